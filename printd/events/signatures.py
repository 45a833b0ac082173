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
    closings,
    configuration,
    counts,
    deliveries,
    destructions,
    incidents,
    jobs,
    leaving,
    logins,
    operators,
    papers,
    printers,
    purges,
    records,
    registers,
    shifts,
    shop,
    supplies,
    test_prints,
    transfers,
)
from printd.events.base import Event
from printd.words.reasons import HeldBecause
from printd.words.roles import BLANKS, CARDS, EVERYBODY, MACHINES, Role
from printd.words.states import Quality
from printd.words.states import TestPrintState as _TestPrintState

RoleOf = Callable[[str], Role | None]
"""Returns the role of somebody who works here; ``None``: nobody of that name does."""


@dataclass(frozen=True)
class Signatures:
    """Who signs an event.

    :param numbers: how many different people that may be, each number that is right.
    :param roles: those that each of them may have.
    :param supervisor: place among the names, from 0, of the one who must be a supervisor, where so many sign.
    :param among: one of them must be a supervisor, whoever it is.
    :param owner: name of whom the event is about, who signs last, with any role.
    :param not_about: name of whom the event is about, who does not sign.
    :param not_alone: whoever printed the card may not be the only one.
    :param two_hands: whoever loaded the blank, whoever let the printer work and those who sign are two people at least.
    :param settles: it ends an attempt: of one in doubt it is somebody's.
    """

    numbers: tuple[int, ...]
    roles: frozenset[Role] = BLANKS
    supervisor: int | None = None
    among: bool = False
    owner: str = ""
    not_about: str = ""
    not_alone: bool = False
    two_hands: bool = False
    settles: bool = False


@dataclass(frozen=True)
class Card:
    """What the entries below an event say of the card that it is about; what nobody knows is empty.

    :param serial: of the blank that is booked.
    :param printed_by: who let the printer work.
    :param loaded_by: who put the blank into the hopper.
    :param in_doubt: people look at it before anything becomes of it.
    :param says_printed: the printer's evidence says that something was printed on it.
    """

    serial: str = ""
    printed_by: str = ""
    loaded_by: str = ""
    in_doubt: bool = False
    says_printed: bool = False


UNKNOWN: Final = Card()
"""No card, or one of which no entry says anything."""

NOBODY: Final = Signatures((0,))
"""The machine books it."""

ONE: Final = Signatures((1,))
TWO: Final = Signatures((2,))
ONE_FOR_CARDS: Final = Signatures((1,), roles=CARDS)
ONE_FOR_MACHINES: Final = Signatures((1,), roles=MACHINES)
TWO_FOR_MACHINES: Final = Signatures((2,), roles=MACHINES)
ANYBODY: Final = Signatures((1,), roles=EVERYBODY)
SUPERVISOR: Final = Signatures((1,), supervisor=0)
TWO_AND_APPROVED: Final = Signatures((3,), supervisor=2)
"""Two who counted alike, and a supervisor who did not count and answers for the difference."""

TWO_OR_APPROVED: Final = Signatures((2, 3), supervisor=2)
"""Two people; where the closing of a shift books it, the supervisor who answers for the difference as well."""

BY_NAME: Final = Signatures((2,), among=True)
"""Two who open names and addresses for a paper; one of them a supervisor."""

INCIDENT: Final = Signatures((0, 1, 2, 3), roles=EVERYBODY, supervisor=2)
"""Nobody where a station reads a foreign chip; otherwise whoever saw it, or all who sign what it comes with."""

PEOPLE_OR_PRINTER: Final = Signatures((0, 1, 2), roles=CARDS, settles=True)
"""Nobody where the printer proves it, otherwise whoever had the card in hand."""

OTHERS_OR_PRINTER: Final = Signatures((0, 1, 2), roles=CARDS, not_alone=True, settles=True)
"""Nobody where the printer proves it, otherwise whoever had the card in hand, and not whoever printed it alone."""

TWO_OR_PRINTER: Final = Signatures((0, 2), roles=CARDS)
"""Nobody where the printer proves it, otherwise two with the card in hand."""

SPOILED_CARD: Final = Signatures((1, 2), roles=CARDS, not_alone=True)
GOOD_CARD: Final = Signatures((1, 2), roles=CARDS, two_hands=True)

ALWAYS: Mapping[type[Event], Signatures] = MappingProxyType(
    {
        **dict.fromkeys(
            (
                clock.ClockWentBack,
                closings.DayClosed,  # the log's key signs it, with the checkpoint over it
                configuration.ShopConfigured,
                logins.LoginFailed,
                records.RecordAccepted,
                records.RecordQuarantined,
                purges.RecordsPurged,  # by a schedule that two people answered for with the configuration
                purges.MonthEnded,
                attempts.AttemptStarted,  # whoever let the printer work signed for it
                attempts.AttemptInDoubt,
                attempts.AttemptEvidence,
            ),
            NOBODY,
        ),
        **dict.fromkeys(
            (
                deliveries.DeliveryAnnounced,
                deliveries.DeliveryCounted,
                shifts.ShiftCounting,
                shifts.ShiftResumed,
                shifts.ShiftCounted,
                counts.StockCounted,
                counts.SampleDrawn,
                transfers.SiteReported,
                leaving.BackupBegun,
                leaving.ExportBegun,
                records.RecordDismissed,
                records.RecordRestored,
                supplies.ConsumableReceived,
                supplies.ConsumableOpened,
                supplies.SuketIssued,
                supplies.RequestMade,
            ),
            ONE,
        ),
        **dict.fromkeys(
            (
                deliveries.DeliveryReceived,
                deliveries.CartonOpened,
                deliveries.DiscrepancyClosed,
                shifts.ShiftOpened,
                counts.StockClosed,
                counts.SampleCounted,
                transfers.SitePrinted,
                transfers.SiteDiffered,
                transfers.TransferSent,
                transfers.TransferAcknowledged,
                incidents.IncidentClosed,
                destructions.BlanksDestroyed,
                jobs.JobOverridden,
                attempts.AttemptCorrected,
                test_prints.TestPrintCorrected,
            ),
            TWO,
        ),
        **dict.fromkeys(
            (
                jobs.JobCancelled,
                printers.PrinterResumed,
                test_prints.TestPrintStarted,
                test_prints.TestPrintEvidence,
                cards.CardHandedOver,
                cards.CardTried,
                cards.CardReturned,
            ),
            ONE_FOR_CARDS,
        ),
        **dict.fromkeys((printers.PrinterAdded, printers.PrinterRetired), TWO_FOR_MACHINES),
        **dict.fromkeys((shop.ShopRestored, shop.LogRolledBack), TWO_FOR_MACHINES),
        shop.ShopOpened: Signatures((2,), roles=EVERYBODY, among=True),
        printers.PrinterCalibrated: ONE_FOR_MACHINES,
        purges.RecordsErased: Signatures((2,), roles=CARDS, among=True),  # nobody can be asked whose card it was then
        incidents.IncidentNoted: ANYBODY,
        papers.PaperMade: Signatures((1, 2, 3), roles=EVERYBODY),  # those of the act; who asked for a copy
        configuration.ConfigurationAccepted: Signatures((2,), roles=MACHINES, among=True),
        transfers.SiteSet: SUPERVISOR,
        blanks.ChipBound: Signatures((0, 1)),  # nobody where the station of a printer read it
        incidents.IncidentOpened: INCIDENT,
        cards.CardMissed: TWO_OR_APPROVED,
        printers.PrinterPaused: Signatures((0, 1), roles=MACHINES),  # nobody where it stopped by itself
        attempts.AttemptPrinted: PEOPLE_OR_PRINTER,
        attempts.AttemptUnused: OTHERS_OR_PRINTER,
        attempts.AttemptSpoiled: OTHERS_OR_PRINTER,
    }
)

FOR_A_SUPERVISOR: Final = frozenset({"nik_date_mismatch", "nik_sex_mismatch"})
"""Warnings that a supervisor alone answers for: birth date or sex differ from the NIK (domain reference 4.1)."""

NOT_VOUCHED: Final = "not_vouched"
"""Warning that two people answer for: neither a registry's signature nor a pinned line says that a record is real."""

_OPEN_TO_ALL: Final = ("specimen:", "card_in_doubt:")
"""Looks at what should be on a card; all others are looks at names."""


def required(event: Event) -> Signatures:
    """Return who signs an event."""
    match event:
        case operators.OperatorEnrolled(person=operators.Enrolled(name=name)):
            return Signatures((3,), roles=MACHINES, among=True, owner=name)
        case operators.OperatorKeyRenewed(name=name):
            return Signatures((3,), roles=MACHINES, among=True, owner=name)
        case operators.OperatorRoleSet(name=name) | operators.OperatorRetired(name=name):
            return Signatures((2,), roles=MACHINES, among=True, not_about=name)
        case operators.OperatorResealed(name=name):
            return Signatures((1,), roles=EVERYBODY, owner=name)
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
            numbers = (2,) if NOT_VOUCHED in warnings else (1, 2)
            return Signatures(numbers, among=bool(FOR_A_SUPERVISOR.intersection(warnings)))
        case jobs.JobHeld(why=why):
            return ONE_FOR_CARDS if why == HeldBecause.OPERATOR else NOBODY
        case jobs.JobReleased(act="reprint"):
            return Signatures((2,), roles=CARDS)
        case jobs.JobReleased():
            return ONE_FOR_CARDS
        case test_prints.TestPrintEnded(outcome=_TestPrintState.IN_DOUBT):
            return NOBODY
        case test_prints.TestPrintEnded(outcome=_TestPrintState.LOST):
            return TWO
        case test_prints.TestPrintEnded():
            return TWO_OR_PRINTER
        case cards.CardChecked(quality=Quality.SPOILED):
            return SPOILED_CARD
        case cards.CardChecked():
            return GOOD_CARD
        case registers.RegisterRead(what=what) if what == "r8" or what.startswith("destruction:"):
            return BY_NAME
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
    if kind is operators.OperatorEnrolled:
        fields = {"person": operators.Enrolled.model_construct(None, name="")}
    return (required(kind.model_construct(None, **fields)),)


def closing(*, gaps: bool) -> Signatures:
    """Return who signs that a shift is closed."""
    return TWO_AND_APPROVED if gaps else TWO


def check(event: Event, names: Sequence[str], role_of: RoleOf, card: Card = UNKNOWN) -> None:
    """Make sure that the right people sign an event.

    :param names: of those who sign, in order.
    :param role_of: knows whom the event itself enrols, too.
    :param card: that the event is about, where it is about one.
    :raises Refused: too few or too many sign, one twice, one who does not work here or has not the role, or those who
        had the card in their hands alone say what became of it.
    """
    wanted = required(event)
    check_people(wanted, names, role_of)
    if wanted.settles and card.in_doubt and not names:
        raise _refused("Nobody has signed what became of a card in doubt.", "People look at the card and sign.")
    why = why_not_alone(wanted, card, names) or why_against(event, card, names)
    if why:
        raise _refused(why, "A second person looks at the card and signs too.")


def check_people(wanted: Signatures, names: Sequence[str], role_of: RoleOf) -> None:
    """Make sure that so many people sign as must, each once and in a role that may.

    :param names: of those who sign, in order.
    :raises Refused: they do not.
    """
    for name in names:
        if names.count(name) > 1:
            raise _refused(f"{name} cannot sign twice.", "Call a colleague.")
        role = role_of(name)
        if role is None:
            raise _refused(f"{name!r} is not an active operator of this shop.")
        if role not in wanted.roles and name != wanted.owner:
            raise _refused(f"{name} cannot sign this: they are {_a(role)}.", f"It is for {_or(wanted.roles)}.")
        if name == wanted.not_about:
            raise _refused(f"{name} cannot sign what is about themselves.", "Others sign this.")
    if len(names) not in wanted.numbers:
        right = " or ".join(map(str, wanted.numbers))
        raise _refused(f"{len(names)} people sign, and it must be {right}.", "Those sign who are asked for.")
    if wanted.owner and names[-1] != wanted.owner:
        raise _refused(f"{wanted.owner} has not signed this last.", "Whose key it is signs last.")
    if wanted.supervisor is not None and wanted.supervisor < len(names):
        name = names[wanted.supervisor]
        if role_of(name) != Role.SUPERVISOR:
            raise _refused(f"{name} is not a supervisor.", "A supervisor signs this.")
    if wanted.among and not any(role_of(name) == Role.SUPERVISOR for name in names if name != wanted.owner):
        raise _refused("None of those who sign is a supervisor.", "A supervisor signs this too.")


def why_not_alone(wanted: Signatures, card: Card, names: Sequence[str]) -> str:
    """Return why those who sign may not say alone what became of a card; empty: they may.

    Whose hands were on it and nobody knows is nobody else's: that never makes two of one.
    """
    if wanted.not_alone and card.printed_by and list(names) == [card.printed_by]:
        return f"{card.printed_by} printed this card and cannot alone say what became of it."
    if wanted.two_hands and len({*names, card.printed_by, card.loaded_by} - {""}) < _TWO_HANDS:
        return f"{names[0]} cannot alone say that this card is good: nobody else loaded its blank or printed it."
    return ""


_TWO_HANDS = 2


def why_against(event: Event, card: Card, names: Sequence[str]) -> str:
    """Return why those who sign may not say that a blank is unused, against the evidence; empty: they may."""
    if not isinstance(event, attempts.AttemptUnused) or not names or not card.says_printed:
        return ""
    if len(names) == _TWO_HANDS and event.scanned == card.serial:
        return ""
    return "The evidence says that a card was printed: two people say otherwise, with the serial that they read on it."


def _a(role: Role) -> str:
    return f"{'an' if role[0] in 'aeiou' else 'a'} {role}"


def _or(roles: frozenset[Role]) -> str:
    return ", ".join(_a(role) for role in Role if role in roles)


def _refused(what: str, remedy: str = "") -> Refused:
    return Refused(what, consequence="Nothing was changed.", remedy=remedy)
