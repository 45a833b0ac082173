"""The closed sets of words that options take: shown by ``--help``, and named where another word is given.

They stand here once more, since the desk that checks them, and the enums that it checks them by, take long to load; a
test holds the two against each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import typer

from printd.words.causes import SPOIL_CAUSES

CAUSES = SPOIL_CAUSES
ROLES = ("operator", "storekeeper", "supervisor", "auditor", "administrator")
STOCK_TYPES = ("WNI", "OA")
JOB_STATES = ("held", "queued", "printing", "in_doubt", "printed", "finished", "handed_over", "cancelled")
BLANK_IS = ("hopper", "hand")
TEST_OUTCOMES = ("spoiled", "unused", "lost")
RECEIVERS = ("holder", "proxy", "unknown")
OLD_CARD = ("taken", "none", "unknown")
TRIES = ("phone", "visit", "message")
INVALID_CARDS = ("encode_fail", "damaged", "print_fail", "data_change", "moved", "deceased")
DESTRUCTIONS = ("burn", "punch_burn", "shred", "cut_burn")
VOIDED = ("punched", "cut", "punched_cut", "not_yet")
DISCREPANCY_OUTCOMES = ("store", "spoiled", "missing", "returned", "nothing")
CARTON_CONDITIONS = ("intact", "damaged", "seal_broken", "wrong_type")
INCIDENTS = ("missing", "extra", "seal_broken", "unknown_uid", "uid_elsewhere", "other")
REPORTED_TO = ("head", "province", "ministry")
CONSUMABLES = ("ribbon", "film", "cleaning")
SITES = ("office", "subdistrict", "mobile")
CHART_GROUPS = ("printer", "cause", "operator", "carton", "day")
SUKET_STATUSES = ("PRR", "SFE", "Pro", "DUP", "Efac", "CP", "CS", "SFCP", "CRL", "CL")
SUKET_STATES = ("open", "expired", "converted")
PAPERS = ("delivery", "shift", "transfer", "destruction", "stock-count", "request", "handover", "correction")
REPORTS = {
    "r1": "Daily stock position",
    "r2": "Public notice",
    "r3": "Reconciliation of sites",
    "r4": "Stock card",
    "r5": "Receipts",
    "r6": "Issue and return by shift",
    "r7": "Print register",
    "r8": "Damaged or invalid KTP-el",
    "r9": "Records of destruction",
    "r10": "Monthly destruction report",
    "r11": "Requests for blanks",
    "r12": "Stock counts",
    "r13": "Transfers and loans",
    "r14": "Undistributed cards",
    "r15": "Temporary certificates",
    "r16": "Consumables",
    "r17": "Incidents",
    "r18": "Out-of-domicile prints",
    "spoilage": "Control chart of spoilage",
}
REPORTS_BY_NAME = ("r7", "r14", "r15")
INKS = ("y", "m", "c", "k")
DITHERS = ("none", "ordered", "diffusion")
INTENTS = ("perceptual", "relative", "saturation")
FAULT_PLANS = ("none", "typical")
SCENARIOS = ("kupang-2018",)
FAMILIES = ("evolis", "magicard", "matica", "zebra", "cups", "picture")
"""Ours. Packages beside printd may offer others, so that this set is told and not closed."""
DOCUMENTS = (
    *("configuration", "custody", "drivers", "formats", "hardware-bringup"),
    *("log", "log-blanks", "log-cards", "operation", "packs", "papers", "registers", "spoilt", "threats", "witnesses"),
)


class OneOf:
    """Reads one of some words, whatever its case."""

    def __init__(self, words: Sequence[str]) -> None:
        self.words = tuple(words)
        self.__name__ = "word"  # what --help calls the kind of value

    def __call__(self, text: str) -> str:
        """Return the word that a text is.

        :raises typer.BadParameter: it is none of them.
        """
        for one in self.words:
            if one.casefold() == text.casefold():
                return one
        raise typer.BadParameter(f"{text[:40]!r} is none of {', '.join(self.words)}.")


def option(words: Sequence[str], about: str, *names: str, metavar: str | None = None) -> Any:
    """Return an option that takes one of some words.

    :param about: help without its full stop; the words follow it.
    """
    return typer.Option(*names, parser=OneOf(words), metavar=metavar, help=f"{about}: {_listed(words)}.")


def argument(words: Sequence[str], about: str) -> Any:
    """Return an argument that takes one of some words."""
    return typer.Argument(parser=OneOf(words), help=f"{about}: {_listed(words)}.")


def asked(words: Sequence[str], label: str) -> str:
    """Return one of some words, from a terminal or a line of input; another one is asked for again."""
    return str(typer.prompt(f"{label} ({_listed(words)})", value_proc=OneOf(words), err=True))


def _listed(words: Sequence[str]) -> str:
    return " or ".join((", ".join(words[:-1]), words[-1])) if len(words) > 1 else words[0]


StockType = Annotated[str, option(STOCK_TYPES, "Type of the blanks")]
