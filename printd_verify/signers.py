"""Who must sign what: by kind of entry how many different people, in which roles, and who may not do it alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

OPERATOR: Final = "operator"
SUPERVISOR: Final = "supervisor"

BLANKS: Final = frozenset({"operator", "storekeeper", "supervisor"})
"""Those who handle blanks."""

CARDS: Final = frozenset({"operator", "supervisor"})
"""Those who print, check and hand over cards."""

MACHINES: Final = BLANKS | {"administrator"}
"""Those who see to printers and to who works here."""

ALL: Final = MACHINES | {"auditor"}


@dataclass(frozen=True)
class Rule:
    """Who signs.

    :param numbers: how many, each number that is right.
    :param roles: those that each may have.
    :param third: a third one is a supervisor.
    :param first: the first one is a supervisor.
    :param supervisor: one of them is a supervisor, beside the owner.
    :param owner: name of whom it is about, who signs last, in whatever role.
    :param absent: name of whom it is about, who does not sign.
    :param not_the_printer: whoever let the printer print the card does not sign alone.
    :param two_hands: those who sign, whoever printed the card and whoever loaded its blank are two people at least.
    :param settles: of a card in doubt somebody signs.
    """

    numbers: tuple[int, ...]
    roles: frozenset[str] = BLANKS
    third: bool = False
    first: bool = False
    supervisor: bool = False
    owner: str = ""
    absent: str = ""
    not_the_printer: bool = False
    two_hands: bool = False
    settles: bool = False

    @cached_property
    def is_plain(self) -> bool:
        """Number and roles are all that is asked of those who sign, whoever they are."""
        return not (self.third or self.first or self.supervisor or self.owner or self.absent)

    @cached_property
    def asks_of_card(self) -> bool:
        """What is known of a card decides who signs."""
        return self.not_the_printer or self.two_hands or self.settles


_NOBODY: Final = Rule((0,))
_ONE: Final = Rule((1,))
_TWO: Final = Rule((2,))
_ONE_FOR_CARDS: Final = Rule((1,), CARDS)
_TWO_FOR_MACHINES: Final = Rule((2,), MACHINES)
_OF_PEOPLE: Final = Rule((3,), MACHINES, supervisor=True)
_ENDS: Final = Rule((0, 1, 2), CARDS, settles=True)
_COUNTED: Final = Rule((2, 3), third=True)
_TWO_FOR_CARDS: Final = Rule((2,), CARDS)
_GOOD_CARD: Final = Rule((1, 2), CARDS, two_hands=True)
_SPOILED_CARD: Final = Rule((1, 2), CARDS, not_the_printer=True)
_MOVES: Final = {"load": _ONE, "skipped": Rule((1, 2)), "missing": _COUNTED, "found": _COUNTED}

_ALWAYS: Final[Mapping[str, Rule]] = {
    **dict.fromkeys(
        (
            "clock.went_back", "day.closed", "shop.configured", "login.failed", "record.accepted", "record.quarantined",
            "attempt.started", "attempt.in_doubt", "attempt.evidence", "records.purged", "month.ended",
        ),
        _NOBODY,
    ),
    **dict.fromkeys(
        (
            "delivery.announced", "delivery.counted", "shift.counting", "shift.resumed", "shift.counted",
            "stock.counted", "sample.drawn", "site.reported", "backup.begun", "export.begun", "record.dismissed",
            "record.restored", "consumable.received", "consumable.opened", "suket.issued", "request.made",
        ),
        _ONE,
    ),
    **dict.fromkeys(
        (
            "delivery.received", "carton.opened", "discrepancy.closed", "shift.opened", "stock.closed",
            "sample.counted", "site.printed", "site.differed", "transfer.sent", "transfer.acknowledged",
            "incident.closed", "blanks.destroyed",
            "job.overridden", "attempt.corrected", "test_print.corrected",
        ),
        _TWO,
    ),
    **dict.fromkeys(
        (
            "job.cancelled", "printer.resumed", "test_print.started", "test_print.evidence", "card.handed_over",
            "card.tried", "card.returned",
        ),
        _ONE_FOR_CARDS,
    ),
    **dict.fromkeys(("printer.added", "printer.retired", "shop.restored", "log.rolled_back"), _TWO_FOR_MACHINES),
    "shop.opened": Rule((2,), ALL, supervisor=True),
    "printer.calibrated": Rule((1,), MACHINES),
    "printer.paused": Rule((0, 1), MACHINES),
    "configuration.accepted": Rule((2,), MACHINES, supervisor=True),
    "records.erased": Rule((2,), CARDS, supervisor=True),
    "incident.noted": Rule((1,), ALL),
    "paper.made": Rule((1, 2, 3), ALL),
    "site.set": Rule((1,), first=True),
    "chip.bound": Rule((0, 1)),
    "card.missed": _COUNTED,
    "attempt.printed": _ENDS,
    "attempt.unused": replace(_ENDS, not_the_printer=True),
    "attempt.spoiled": replace(_ENDS, not_the_printer=True),
}  # fmt: skip

_SUPERVISORS_WARNINGS: Final = frozenset({"nik_date_mismatch", "nik_sex_mismatch"})
_WARNING_OF_TWO: Final = "not_vouched"

MACHINE: Final = frozenset(kind for kind, rule in _ALWAYS.items() if rule.numbers == (0,))
"""Kinds that nobody ever signs."""


def rule_of(kind: str, data: Mapping[str, Any]) -> Rule:
    """Return who signs an entry.

    :raises KeyError: there is no such kind.
    """
    always = _ALWAYS.get(kind)
    return always if always is not None else _SOMETIMES[kind](data)


def _enrolled(data: Mapping[str, Any]) -> Rule:
    return replace(_OF_PEOPLE, owner=data["person"]["name"])


def _renewed(data: Mapping[str, Any]) -> Rule:
    return replace(_OF_PEOPLE, owner=data["name"])


def _about(data: Mapping[str, Any]) -> Rule:
    return Rule((2,), MACHINES, supervisor=True, absent=data["name"])


def _resealed(data: Mapping[str, Any]) -> Rule:
    return Rule((1,), ALL, owner=data["name"])


def _moved(data: Mapping[str, Any]) -> Rule:
    return _MOVES.get(data["why"], _TWO)


def _closed(data: Mapping[str, Any]) -> Rule:
    return Rule((3,), third=True) if data["act"]["gaps"] else _TWO


def _incident(data: Mapping[str, Any]) -> Rule:
    return _NOBODY if data["kind"] == "altered" else Rule((0, 1, 2, 3), ALL, third=True)


def _acknowledged(data: Mapping[str, Any]) -> Rule:
    numbers = (2,) if _WARNING_OF_TWO in data["warnings"] else (1, 2)
    return Rule(numbers, supervisor=not _SUPERVISORS_WARNINGS.isdisjoint(data["warnings"]))


def _held(data: Mapping[str, Any]) -> Rule:
    return _ONE_FOR_CARDS if data["why"] == "operator" else _NOBODY


def _released(data: Mapping[str, Any]) -> Rule:
    return _TWO_FOR_CARDS if data["act"] == "reprint" else _ONE_FOR_CARDS


def _test_ended(data: Mapping[str, Any]) -> Rule:
    match data["outcome"]:
        case "in_doubt":
            return _NOBODY
        case "lost":
            return _TWO
        case _:
            return Rule((0, 2), CARDS)


def _checked(data: Mapping[str, Any]) -> Rule:
    return _GOOD_CARD if data["quality"] == "good" else _SPOILED_CARD


def _looked(data: Mapping[str, Any]) -> Rule:
    what = data["what"]
    if what == "r8" or what.startswith("destruction:"):
        return Rule((2,), supervisor=True)
    return _ONE if what.startswith(("specimen:", "card_in_doubt:")) else Rule((1,), first=True)


_SOMETIMES: Final = {
    "operator.enrolled": _enrolled,
    "operator.key_renewed": _renewed,
    "operator.role_set": _about,
    "operator.retired": _about,
    "operator.resealed": _resealed,
    "blanks.moved": _moved,
    "shift.closed": _closed,
    "incident.opened": _incident,
    "record.acknowledged": _acknowledged,
    "job.held": _held,
    "job.released": _released,
    "test_print.ended": _test_ended,
    "card.checked": _checked,
    "register.read": _looked,
}

KINDS: Final = frozenset((*_ALWAYS, *_SOMETIMES))
"""Every kind that has a rule."""
