"""Reply texts of the two dialects (protocol sheet 6.1) and the names that belong to one of them only."""

DIALECTS = ("classic", "kc")

_COMMON = {
    "feeder_empty": "FEEDER EMPTY", "cover_open": "COVER OPEN", "head_hot": "ERROR HEAD", "hopper_full": "HOPPER FULL",
    "reject_full": "HOPPER FULL", "unknown": "ERROR CDE", "ribbon_type": "ERR RIBBON TYPE",
    "option": "OPT NOT AVAILABLE", "head_open": "COVER OPEN", "rotation": "ERROR TIME OUT",
}  # fmt: skip
_OWN = {
    "classic": {
        "jam": "ERROR TIME OUT", "time_out": "ERROR TIME OUT", "ribbon_end": "ERROR RIBBON",
        "parameter": "ERROR PARAMETRES", "no_card": "NO CARD", "none": "NO CARD", "print": "ERR CARD",
        "contact": "ERR CARD", "contactless": "ERR CARD",
    },
    "kc": {
        "jam": "CARD JAM", "time_out": "ERR TIME", "ribbon_end": "ERR RIBBON", "parameter": "ERR PARAMETRES",
        "no_card": "ERR", "none": "OK", "print": "CARD", "contact": "SMART CARD", "contactless": "CONTACTLESS CARD",
        "tag": "ERR RIB DETECTION",
    },
}  # fmt: skip

KC_ONLY = (
    "Rrt", "Rzp", "Rlr;h", "Rse;o", "Rse;f", "Rse;n", "Rse;b", "Pcim", "Pcem", "Pcrm", "Psmgr", "Pneab", "Pbc", "Pps",
)  # fmt: skip


def words(dialect: str) -> dict[str, str]:
    """Return condition or position -> reply text."""
    return {**_COMMON, **_OWN[dialect]}
