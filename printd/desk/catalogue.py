"""Every act of the desk: where it is, what it may enter in the log, and by that who signs it.

Kinds stand as text, so that what only lists the acts loads neither events nor pydantic.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from printd.words.subjects import Subject

if TYPE_CHECKING:
    from printd.events.signatures import Signatures


@dataclass(frozen=True)
class Entered:
    """Events that an act may enter.

    :param kind: of the events.
    :param fields: those that are known beforehand and decide who signs.
    """

    kind: str
    fields: tuple[tuple[str, object], ...] = ()

    def signatures(self) -> tuple[Signatures, ...]:
        """Return who signs them: each rule that may hold."""
        from printd.events.kinds import KINDS  # noqa: PLC0415 - loads slowly
        from printd.events.signatures import possible  # noqa: PLC0415

        return possible(KINDS[self.kind], **dict(self.fields))


@dataclass(frozen=True)
class Act:
    """One act.

    :param module: of this package.
    :param function: in it.
    :param enters: what it may enter in the log; nothing: it reads.
    :param asks_name: it asks who acts, though no entry of it names them.
    """

    module: str
    function: str
    enters: tuple[Entered, ...] = ()
    asks_name: bool = False

    @property
    def reads(self) -> bool:
        """Whether it enters nothing."""
        return not self.enters

    def signatures(self) -> tuple[Signatures, ...]:
        """Return who signs what it enters, each rule once."""
        return tuple(dict.fromkeys(rule for entered in self.enters for rule in entered.signatures()))


def _entered(kind: str, **fields: object) -> Entered:
    return Entered(kind, tuple(fields.items()))


def _moved(why: str) -> Entered:
    return _entered("blanks.moved", why=why)


def _read(what: str) -> Entered:
    return _entered("register.read", what=what)


_INCIDENT = _entered("incident.opened")
_PAPER = _entered("paper.made")
_CHECKED = tuple(_entered("card.checked", quality=one) for one in ("good", "spoiled"))
_DOUBTED = _entered("test_print.ended", outcome="in_doubt")
"""Test prints that nobody makes any more are put in doubt by whoever looks at test prints next."""

_ACTS: tuple[Act, ...] = (
    Act("operators", "enrol", (_entered("operator.enrolled"),)),
    Act("operators", "set_role", (_entered("operator.role_set", name=""),)),
    Act("operators", "retire", (_entered("operator.retired", name=""),)),
    Act("operators", "renew", (_entered("operator.key_renewed", name=""),)),
    Act("operators", "passwd", (_entered("operator.resealed", name=""),)),
    Act("operators", "recover", (_entered("operator.resealed", name=""),)),
    Act("operators", "list_"),
    Act("people", "login", asks_name=True),
    Act("people", "for_script", asks_name=True),
    Act("people", "logout"),
    Act("people", "list_"),
    Act("people", "end", asks_name=True),
    Act("deliveries", "announce", (_entered("delivery.announced"),)),
    Act("deliveries", "count", (_entered("delivery.counted"),)),
    Act("deliveries", "receive", (_entered("delivery.received"), _PAPER)),
    Act("deliveries", "open_", (_entered("carton.opened"),)),
    Act("deliveries", "list_"),
    Act("deliveries", "show"),
    Act("discrepancies", "list_"),
    Act("discrepancies", "close", (_entered("discrepancy.closed"), _INCIDENT, _PAPER)),
    Act("chips", "bind", (_entered("chip.bound"), _INCIDENT)),
    Act("chips", "read"),
    Act("incidents", "open_", (_INCIDENT,)),
    Act("incidents", "note", (_entered("incident.noted"),)),
    Act("incidents", "close", (_entered("incident.closed"),)),
    Act("incidents", "miss", (_entered("card.missed"), _moved("missing"), _INCIDENT)),
    Act("incidents", "list_"),
    Act("incidents", "show"),
    Act("shifts", "open_", (_entered("shift.opened"), _moved("issue"))),
    Act("shifts", "issue", (_moved("issue"),)),
    Act("shifts", "count_begin", (_entered("shift.counting"),)),
    Act("shifts", "count", (_entered("shift.counted"),)),
    Act("shifts", "resume", (_entered("shift.resumed"),)),
    Act(
        "shifts",
        "close",
        (_entered("shift.closed"), _entered("card.missed"), _moved("missing"), _moved("found"), _INCIDENT, _PAPER),
    ),
    Act("shifts", "list_"),
    Act("shifts", "show"),
    Act("samples", "draw", (_entered("sample.drawn"),)),
    Act("samples", "count", (_entered("sample.counted"),)),
    Act("cards", "take_back", (_entered("card.returned"),)),
    Act("cards", "tried", (_entered("card.tried"),)),
    Act("cards", "list_"),
    Act("cards", "names", (_read("invalid_cards"),)),
    Act("destructions", "destroy", (_entered("blanks.destroyed"), _read("destruction:"), _PAPER)),
    Act("destructions", "list_"),
    Act("destructions", "show"),
    Act("destructions", "annex", (_read("destruction:"), _PAPER)),
    Act("configuration", "show"),
    Act("configuration", "accept", (_entered("configuration.accepted"),)),
    Act("policy", "show"),
    Act("policy", "overrides"),
    Act("spoilage", "chart"),
    Act("spoilage", "ages_"),
    Act("sites", "set_", (_entered("site.set"),)),
    Act("sites", "list_"),
    Act("sites", "report", (_entered("site.reported"),)),
    Act(
        "sites",
        "used",
        (_entered("site.printed"), _entered("site.differed"), _entered("job.held", why="stale")),
    ),
    Act("sites", "spoiled", (_moved("site_spoiled"),)),
    Act("transfers", "send", (_entered("transfer.sent"), _PAPER)),
    Act("transfers", "acknowledge", (_entered("transfer.acknowledged"), _PAPER)),
    Act("transfers", "acknowledge_signed", (_entered("transfer.acknowledged"), _PAPER)),
    Act("transfers", "receipt", asks_name=True),
    Act("transfers", "give_back", (_moved("give_back"),)),
    Act("transfers", "list_"),
    Act("transfers", "show"),
    Act("transfers", "carrier", (_read(Subject.TRANSFER.of("")),)),
    Act("reports", "list_"),
    Act("reports", "report"),
    Act("holders", "names", (_read("r7"),)),
    Act("holders", "addresses", (_read("r8"),)),
    Act("papers", "again", (_PAPER,)),
    Act("leaving", "backup", (_entered("backup.begun"),)),
    Act("leaving", "export", (_entered("export.begun"),)),
    Act("leaving", "provable"),
    Act("leaving", "open_record", (_read("opening:"),)),
    Act("counts", "count", (_entered("stock.counted"),)),
    Act("counts", "close", (_entered("stock.closed"), _PAPER)),
    Act("consumables", "receive", (_entered("consumable.received"),)),
    Act("consumables", "open_", (_entered("consumable.opened"),)),
    Act("consumables", "list_"),
    Act("suket", "issue", (_entered("suket.issued"),)),
    Act("suket", "list_"),
    Act("forecast", "show"),
    Act("forecast", "request", (_entered("request.made"), _PAPER)),
    Act("blanks", "load", (_moved("load"),)),
    Act("blanks", "unload", (_moved("unload"),)),
    Act("blanks", "spoil", (_moved("factory_defect"),)),
    Act("blanks", "skip", (_moved("skipped"),)),
    Act("blanks", "find", (_moved("found"),)),
    Act("blanks", "show"),
    Act("blanks", "where"),
    Act("blanks", "in_"),
    Act("records", "import_", (_entered("record.accepted"),), asks_name=True),
    Act("records", "list_"),
    Act("records", "show"),
    Act(
        "records",
        "acknowledge",
        (
            _entered("record.acknowledged", warnings=()),
            _entered("record.acknowledged", warnings=("nik_date_mismatch",)),
            _entered("record.acknowledged", warnings=("not_vouched",)),
        ),
    ),
    Act("records", "quarantined"),
    Act("records", "restore", (_entered("record.restored"),)),
    Act("records", "dismiss", (_entered("record.dismissed"),)),
    Act("records", "ends"),
    Act("records", "purge", (_entered("records.purged"), _entered("month.ended")), asks_name=True),
    Act("records", "erase", (_entered("records.erased"), _entered("month.ended"))),
    Act("jobs", "list_"),
    Act("jobs", "count"),
    Act("jobs", "show"),
    Act("jobs", "hold", (_entered("job.held", why="operator"),)),
    Act("jobs", "release", (_entered("job.released", act="release"),)),
    Act("jobs", "cancel", (_entered("job.cancelled"),)),
    Act("jobs", "reprint", (_entered("job.released", act="reprint"),)),
    Act("jobs", "override", (_entered("job.overridden"),)),
    Act("jobs", "doubt"),
    Act(
        "jobs",
        "resolve",
        (
            _entered("attempt.printed"),
            _entered("attempt.unused"),
            _entered("attempt.spoiled"),
            _entered("attempt.corrected"),
            _moved("skipped"),
            _moved("found"),
        ),
    ),
    Act("jobs", "check", _CHECKED),
    Act("jobs", "check_all", _CHECKED),
    Act("jobs", "correct", (_entered("attempt.corrected"),)),
    Act("jobs", "hand_over", (_entered("card.handed_over"),)),
    Act("jobs", "hand_over_all", (_entered("card.handed_over"),)),
    Act("pictures", "draw", (_read("specimen:"), _read("card_in_doubt:"))),
    Act("printers", "add", (_entered("printer.added"),)),
    Act("printers", "list_"),
    Act("printers", "pause", (_entered("printer.paused"),)),
    Act("printers", "drain", (_entered("printer.paused"),)),
    Act("printers", "resume", (_entered("printer.resumed"),)),
    Act("printers", "retire", (_entered("printer.retired"),)),
    Act("printers", "discover"),
    Act("health", "show"),
    Act("witnesses", "show"),
    Act("witnesses", "exchange"),
    Act("technician", "test", asks_name=True),
    Act("technician", "trace", asks_name=True),
    Act("calibration", "calibrate", (_entered("printer.calibrated"),)),
    Act("calibration", "show"),
    Act(
        "test_prints",
        "print_",
        (
            _entered("test_print.started"),
            _entered("test_print.ended", outcome="spoiled"),
            _DOUBTED,
            _entered("chip.bound"),
            _INCIDENT,
        ),
    ),
    Act("test_prints", "show"),
    Act("test_prints", "list_"),
    Act("test_prints", "look", (_entered("test_print.evidence"), _DOUBTED)),
    Act(
        "test_prints",
        "settle",
        (
            _entered("test_print.ended", outcome="spoiled"),
            _entered("test_print.ended", outcome="lost"),
            _DOUBTED,
            _INCIDENT,
        ),
    ),
    Act("test_prints", "correct", (_entered("test_print.corrected"), _DOUBTED)),
)

ACTS: Mapping[str, Act] = MappingProxyType({f"{one.module}.{one.function.rstrip('_')}": one for one in _ACTS})
"""Every act by its name. Its module is imported when it is asked for: a clerk waits for imports."""
