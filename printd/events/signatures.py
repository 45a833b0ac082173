"""Who signs what: by kind of event how many different people, in which roles, and who may not sign alone.

These are the rules that an entry itself shows. What depends on the configuration (``policy.doubts_by_two``) or on who
is at the desk is asked there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from printd.errors import Refused
from printd.events import (
    attempts,
    blanks,
    cards,
    clock,
    counts,
    deliveries,
    destructions,
    incidents,
    jobs,
    leaving,
    operators,
    policy,
    printers,
    records,
    registers,
    shifts,
    shop,
    supplies,
    test_prints,
    transfers,
)
from printd.events.base import Event
from printd.events.operators import Role
from printd.words.reasons import HeldBecause
from printd.words.states import Quality
from printd.words.states import TestPrintState as _TestPrintState

RoleOf = Callable[[str], Role | None]
"""Returns the role of an operator; ``None``: nobody of that name works here."""


@dataclass(frozen=True)
class Signatures:
    """Who signs an event.

    :param numbers: how many different people that may be, each number that is right.
    :param supervisor: place among the names, from 0, of the one who must be a supervisor, where so many sign.
    :param but: name of an operator who needs to be none, for the event is about them.
    :param not_alone: whoever printed the card may not be the only one.
    """

    numbers: tuple[int, ...]
    supervisor: int | None = None
    but: str = ""
    not_alone: bool = False


NOBODY: Final = Signatures((0,))
"""The machine books it, or it is the first entry."""

ONE: Final = Signatures((1,))
TWO: Final = Signatures((2,))
SUPERVISOR: Final = Signatures((1,), supervisor=0)
TWO_AND_APPROVED: Final = Signatures((3,), supervisor=2)
"""Two who counted alike, and a supervisor who did not count and answers for the difference."""

TWO_OR_APPROVED: Final = Signatures((2, 3), supervisor=2)
"""Two people; where the closing of a shift books it, the supervisor who answers for the difference as well."""

ONE_OR_MORE: Final = Signatures((1, 2, 3), supervisor=2)
"""Whoever saw it; or all who sign what it comes with."""

PEOPLE_OR_PRINTER: Final = Signatures((0, 1, 2))
"""Nobody where the printer proves it, otherwise whoever had the card in hand."""

TWO_OR_PRINTER: Final = Signatures((0, 2))
"""Nobody where the printer proves it, otherwise two with the card in hand."""

SPOILED_CARD: Final = Signatures((1, 2), not_alone=True)

ALWAYS: Mapping[type[Event], Signatures] = MappingProxyType(
    {
        **dict.fromkeys(
            (
                shop.ShopOpened,
                clock.ClockWentBack,
                policy.PolicySet,
                records.RecordAccepted,
                records.RecordQuarantined,
                attempts.AttemptInDoubt,
                attempts.AttemptEvidence,
            ),
            NOBODY,
        ),
        **dict.fromkeys(
            (
                deliveries.DeliveryAnnounced,
                deliveries.DeliveryCounted,
                blanks.ChipBound,
                shifts.ShiftCounting,
                shifts.ShiftResumed,
                shifts.ShiftCounted,
                counts.StockCounted,
                counts.SampleDrawn,
                transfers.SiteReported,
                incidents.IncidentNoted,
                leaving.BackupBegun,
                leaving.LogExported,
                records.RecordDismissed,
                records.RecordRestored,
                jobs.JobReleased,
                jobs.JobCancelled,
                printers.PrinterAdded,
                printers.PrinterResumed,
                printers.PrinterCalibrated,
                attempts.AttemptStarted,  # whoever let the printer work
                test_prints.TestPrintStarted,
                test_prints.TestPrintEvidence,
                cards.CardHandedOver,
                cards.CardReturned,
                supplies.ConsumableReceived,
                supplies.ConsumableOpened,
                supplies.SuketIssued,
                supplies.RequestMade,
            ),
            ONE,
        ),
        **dict.fromkeys(
            (
                shop.ShopRestored,
                shop.LogRolledBack,
                deliveries.DeliveryReceived,
                deliveries.CartonOpened,
                deliveries.DiscrepancyClosed,
                shifts.ShiftOpened,
                counts.StockClosed,
                counts.SampleCounted,
                transfers.TransferSent,
                transfers.TransferAcknowledged,
                incidents.IncidentClosed,
                destructions.BlanksDestroyed,
                jobs.JobOverridden,
                printers.PrinterRetired,
                attempts.AttemptCorrected,
                test_prints.TestPrintCorrected,
            ),
            TWO,
        ),
        transfers.SiteSet: SUPERVISOR,
        incidents.IncidentOpened: ONE_OR_MORE,
        cards.CardMissed: TWO_OR_APPROVED,
        printers.PrinterPaused: Signatures((0, 1)),  # nobody where it stopped by itself
        attempts.AttemptPrinted: PEOPLE_OR_PRINTER,
        attempts.AttemptUnused: PEOPLE_OR_PRINTER,
        attempts.AttemptSpoiled: Signatures((0, 1, 2), not_alone=True),
    }
)

FOR_A_SUPERVISOR: Final = frozenset({"nik_date_mismatch", "nik_sex_mismatch"})
"""Warnings that a supervisor alone answers for: birth date or sex differ from the NIK (domain reference 4.1)."""

_OPEN_TO_ALL: Final = ("specimen:", "card_in_doubt:")
"""Looks at what should be on a card; all others are looks at names."""


def required(event: Event) -> Signatures:
    """Return who signs an event."""
    match event:
        case operators.OperatorSet(name=name):  # nobody at the enrolment; a new password: its owner or a supervisor
            return Signatures((0, 1), supervisor=0, but=name)
        case blanks.BlanksMoved(why="load"):
            return ONE
        case blanks.BlanksMoved(why="skipped"):  # one, where a doubt is settled with it
            return Signatures((1, 2))
        case blanks.BlanksMoved(why="missing" | "found"):
            return TWO_OR_APPROVED
        case blanks.BlanksMoved():
            return TWO
        case shifts.ShiftClosed(act=act):
            return closing(gaps=bool(act.gaps))
        case incidents.IncidentOpened(kind_="altered"):
            return NOBODY
        case records.RecordAcknowledged(warnings=warnings):
            return SUPERVISOR if FOR_A_SUPERVISOR.intersection(warnings) else ONE
        case jobs.JobHeld(why=why):
            return ONE if why == HeldBecause.OPERATOR else NOBODY
        case test_prints.TestPrintEnded(outcome=_TestPrintState.IN_DOUBT):
            return NOBODY
        case test_prints.TestPrintEnded(outcome=_TestPrintState.LOST):
            return TWO
        case test_prints.TestPrintEnded():
            return TWO_OR_PRINTER
        case cards.CardChecked(quality=Quality.SPOILED):
            return SPOILED_CARD
        case cards.CardChecked():
            return Signatures((1, 2))
        case registers.RegisterRead(what=what):
            return ONE if what.startswith(_OPEN_TO_ALL) else SUPERVISOR
        case _:
            return ALWAYS[type(event)]


def possible(kind: type[Event], **fields: object) -> tuple[Signatures, ...]:
    """Return each rule that an event of a kind may come under.

    :param fields: those that are known beforehand and decide who signs; of a shift's closing none is, for only the
        count shows whether there are gaps.
    """
    if kind is shifts.ShiftClosed:
        return closing(gaps=False), closing(gaps=True)
    return (required(kind.model_construct(None, **fields)),)


def closing(*, gaps: bool) -> Signatures:
    """Return who signs that a shift is closed."""
    return TWO_AND_APPROVED if gaps else TWO


def check(event: Event, names: Sequence[str], role_of: RoleOf, printed_by: str = "") -> None:
    """Make sure that the right people sign an event.

    :param names: of those who sign, in order.
    :param printed_by: the operator who printed the card that the event is about, where it is about one.
    :raises Refused: too few or too many sign, one twice, one who does not work here or has not the role, or whoever
        printed a spoiled card alone.
    """
    wanted = required(event)
    for name in names:
        if names.count(name) > 1:
            raise _refused(f"{name} cannot sign twice.", "Call a colleague.")
        if role_of(name) is None:
            raise _refused(f"{name!r} is not an active operator of this shop.")
    if len(names) not in wanted.numbers:
        right = " or ".join(map(str, wanted.numbers))
        raise _refused(f"{len(names)} people sign, and it must be {right}.", "Those sign who are asked for.")
    if wanted.supervisor is not None and wanted.supervisor < len(names):
        name = names[wanted.supervisor]
        if name != wanted.but and role_of(name) != "supervisor":
            raise _refused(f"{name} is not a supervisor.", "A supervisor signs this.")
    if wanted.not_alone and printed_by and list(names) == [printed_by]:
        raise _refused(
            f"{printed_by} printed this card and cannot alone approve that it is spoiled.",
            "A second person looks at the card and signs too.",
        )


def _refused(what: str, remedy: str = "") -> Refused:
    return Refused(what, consequence="Nothing was changed.", remedy=remedy)
