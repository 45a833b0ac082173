"""An attempt in doubt: what is known of it, which card is in hand, and what each choice books."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Literal, NotRequired, TypedDict, assert_never, final

from printd import remedies
from printd.books.booking import Booking
from printd.books.cards import evidence_of
from printd.custody import correction, identity
from printd.custody.movements import place_in_hand, place_of
from printd.desk.desk import Desk
from printd.errors import Refused
from printd.events.attempts import AttemptCorrected, AttemptPrinted, AttemptSpoiled, AttemptUnused
from printd.events.base import Event
from printd.events.blanks import BlanksMoved
from printd.events.evidence import PRINTED_SAYS, Evidence, Position, Rung, says_printed
from printd.events.fields import CounterName
from printd.events.signatures import required
from printd.printing.in_doubt import WireLine, why_in_doubt
from printd.remedies import ASKED, SAME, Do, ErrorTold, Remedy
from printd.shop.config import Policy
from printd.store import attempts, blanks, chips, jobs, movements
from printd.store.rows import Connection
from printd.store.tables.attempts import AttemptRow
from printd.store.tables.jobs import JobRow
from printd.store.tables.movements import MovementRow
from printd.words import places
from printd.words.reasons import HeldBecause
from printd.words.serials import parse_serial
from printd.words.states import AttemptState, JobState

Choice = Literal["printed", "unused", "spoiled"]
Where = Literal["hopper", "hand"]

_LADDER: tuple[Rung, ...] = ("nothing", "sent", "engine_done", "left_printer", "read_back")
_EVERY: tuple[tuple[Choice, Where | None], ...] = (
    ("printed", None),
    ("unused", "hand"),
    ("unused", "hopper"),
    ("spoiled", None),
)


class Signs(Enum):
    """Who must sign how a doubt is settled (design rule 7)."""

    ONE = auto()  # says so, and proves nothing
    NOT_ITS_OPERATOR_ALONE = auto()  # a spoiled card: who printed it does not approve that alone
    TWO_BY_POLICY = auto()
    TWO_AGAINST_EVIDENCE = auto()  # with the serial that they read: nothing would be on a card that was printed
    TWO_FOR_ANOTHER_CARD = auto()  # than the booked one


@dataclass(frozen=True)
class Decision:
    """What a person says of the card in hand.

    :param cause: why it is spoiled.
    :param blank_is: where the booked blank is. Of an unused one that is the card in hand, unless another was read.
    :param read: the serial that was read on the card in hand; empty: nobody read one.
    :param skipped: serials that left the hopper unprinted with this card and are not in hand.
    """

    outcome: Choice
    cause: str = ""
    blank_is: Where | None = None
    read: str = ""
    skipped: Sequence[str] = field(default=())


class EvidenceShown(TypedDict):
    """What was known of a card at one moment, as the books keep it: :class:`printd.events.evidence.Evidence`."""

    findings: list[str]
    rung: NotRequired[Rung]
    position: NotRequired[Position]
    after: NotRequired[dict[CounterName, int]]
    raw: NotRequired[dict[str, str]]


class CounterShown(TypedDict):
    """One counter of a printer before a card and after it; ``None`` is unknown."""

    before: int | None
    after: int | None
    delta: int | None


class DoubtShown(TypedDict):
    """What is known of an attempt in doubt; ``wire`` is what went over the printer's wire last, oldest first."""

    attempt: str
    says: str
    printer: str
    serial: str
    operator: str
    since: str
    rung: Rung
    position: Position
    counters: dict[CounterName, CounterShown]
    findings: list[str]
    raw: dict[str, str]
    wire: list[WireLine]


class _Told(TypedDict):
    read: str
    booked: str
    place: str | None
    same: bool


class _Card(_Told):
    says: str


class CardInHand(_Card):
    """What it means that a serial was read on the card in hand, and what to do about it."""

    remedy: Remedy


class ScanShown(_Card):
    """What it means that a serial was read on the card in hand; the remedy is in its parts."""

    remedy: list[remedies.PartTold]


MovementShown = TypedDict("MovementShown", {"serials": list[str], "from": str, "to": str, "why": str})
"""Blanks from the first serial to the last that would go from one place to another."""


class JobAfter(TypedDict):
    """How a job would stand, and on which blank its card would be."""

    state: JobState
    held_because: HeldBecause | None
    blank: str


class _Choice(TypedDict):
    outcome: Choice
    blank_is: Where | None
    read: str
    warning: str
    signatures: str


@final
class ChoiceShown(_Choice):
    """What a choice would book; each sentence that says so is in its parts."""

    job: JobAfter
    movements: list[MovementShown]
    entries: int
    says: list[list[remedies.PartTold]]


@final
class ChoiceRefused(_Choice):
    """A choice that would be refused, and the error that says why."""

    refused: ErrorTold


Choices = list[ChoiceShown | ChoiceRefused]


def in_doubt(connection: Connection, job: JobRow) -> AttemptRow:
    """Return the attempt of a job that is in doubt.

    :raises Refused: none is.
    """
    for attempt in attempts.attempts_of(connection, job["id"]):
        if attempt["state"] == AttemptState.IN_DOUBT:
            return attempt
    raise Refused(
        f"No attempt of job {job['id'][:8]} is in doubt.",
        why=f"The job is {job['state']}.",
        consequence="Nothing was changed.",
        remedy=("See what waits for a person with: ", Do("jobs.list", state="in_doubt")),
    )


def known(desk: Desk, attempt: AttemptRow) -> DoubtShown:
    """Return what is known of an attempt: how far up the ladder, counter deltas, card position, the wire's last lines.

    Unknown is ``None``: a counter that was not read before or after has no delta.
    """
    from printd.printing.kept import last  # noqa: PLC0415 - brings the drivers with it

    evidence: list[EvidenceShown] = json.loads(attempt["evidence"])
    before: dict[CounterName, int] = json.loads(attempt["counters"])
    after = _last_counters(evidence)
    in_order = [finding for one in evidence for finding in one["findings"]]
    return {
        "attempt": attempt["id"],
        "says": why_in_doubt(attempt),
        "printer": attempt["printer"],
        "serial": attempt["serial"],
        "operator": attempt["operator"],
        "since": attempt["opened_at"],
        "rung": _highest(evidence),
        "position": _position(evidence),
        "counters": {
            name: {"before": before.get(name), "after": after.get(name), "delta": _delta(before, after, name)}
            for name in sorted({*before, *after})
        },
        "findings": list(dict.fromkeys(in_order)),
        "raw": next((one["raw"] for one in reversed(evidence) if one.get("raw")), {}),
        "wire": last(desk.shop.folder, attempt["printer"]),
    }


def _highest(evidence: list[EvidenceShown]) -> Rung:
    """Return how far up the ladder it goes."""
    return max((one["rung"] for one in evidence if "rung" in one), key=_LADDER.index, default="nothing")


def _position(evidence: list[EvidenceShown]) -> Position:
    return next((one["position"] for one in reversed(evidence) if one.get("position")), "unknown")


def _last_counters(evidence: list[EvidenceShown]) -> dict[CounterName, int]:
    return next((one["after"] for one in reversed(evidence) if one.get("after")), {})


def _delta(before: dict[CounterName, int], after: dict[CounterName, int], name: CounterName) -> int | None:
    return after[name] - before[name] if name in before and name in after else None


def read(connection: Connection, text: str) -> str:
    """Return the serial of the card in hand from what was scanned: the serial itself, or the UID of its chip.

    :raises Refused: it is neither a serial of a delivery here nor a chip that is bound.
    """
    scanned = text.strip()
    with suppress(Refused):
        one = parse_serial(scanned)
        if place_of(connection, scanned) is not None:
            return one.first_serial
    with suppress(Refused):
        chip = chips.chip_of_uid(connection, identity.parse_uid(scanned))
        if chip is not None:
            return str(chip["serial"])
    raise Refused(
        f"{scanned[:40]!r} is no serial of a delivery here, and no chip that is bound to a blank.",
        consequence="Nothing was changed.",
        remedy=("Read the card again. If it is right, put the card aside: ", Do("incidents.open", kind="extra")),
    )


def hold_against(connection: Connection, attempt: AttemptRow, serial: str) -> CardInHand:
    """Say what it means that this serial was read on the card in hand; ``remedy`` is what to do about it."""
    place = place_of(connection, serial)
    same = serial == attempt["serial"]
    told: _Told = {"read": serial, "booked": attempt["serial"], "place": place, "same": same}
    if same:
        return {**told, "says": f"The card in hand is {serial}, the blank that is booked.", "remedy": ""}
    booked = f"the books expect {attempt['serial']}"
    if place == places.hopper(attempt["printer"]):
        return {
            **told,
            "says": f"The card in hand is {serial}, {booked}: two blanks were fed at once, or they lay "
            "in another order.",
            "remedy": (
                "Two people settle it with the serial of the card in hand: ",
                Do("jobs.resolve", job=ASKED, scan=serial, outcome=ASKED, second=ASKED),
                ". Cards that were printed after an unseen double feed are one blank off as well: ",
                Do("jobs.correct"),
                ", the latest first.",
            ),
        }
    carried = attempts.attempt_on(connection, serial)
    other = "" if carried is None else f" Job {carried['job_id'][:8]} is booked on it."
    return {
        **told,
        "says": f"The card in hand is {serial}, {booked}. {serial} is in {place}, so that {attempt['printer']} cannot "
        f"have fed it.{other}",
        "remedy": (
            (
                f"Look for {attempt['serial']}. If {serial} did come out of {attempt['printer']}, book first how it "
                "came there ("
            ),
            Do("blanks.load"),
            "), or which card is on it (",
            Do("jobs.correct"),
            ").",
        ),
    }


def read_to_json(told: CardInHand | None) -> ScanShown | None:
    """Return what :func:`hold_against` said as plain data."""
    return None if told is None else {**told, "remedy": remedies.to_json(told["remedy"])}


def against(attempt: AttemptRow, decision: Decision) -> str:
    """Return where the evidence says one thing and a choice another, or an empty string.

    Nobody is kept from choosing so, with the card in hand; but they are to look once more.
    """
    evidence: list[EvidenceShown] = json.loads(attempt["evidence"])
    before: dict[CounterName, int] = json.loads(attempt["counters"])
    after, position = _last_counters(evidence), _position(evidence)
    cards, panels = _delta(before, after, "cards"), _delta(before, after, "panels")
    counted = [
        f"{number} {name}{'' if number == 1 else 's'}"
        for number, name in ((cards, "card"), (panels, "panel"))
        if number is not None
    ]
    counters = f"it counted {' and '.join(counted)}" if counted else ""
    reached = PRINTED_SAYS.get(_highest(evidence), "")
    if claims_unused(attempt, decision):
        return (
            f"The evidence says that a card was printed: {_and(reached, counters)}. Unused claims that nothing is on "
            "the blank, and has the person's card printed a second time. Look at both sides once more: if anything is "
            "on it, it is spoiled; if it is whole, it is printed."
        )
    left_hopper = bool(cards) or position not in ("none", "unknown")
    if decision.outcome == "unused" and decision.blank_is == "hopper" and left_hopper and not decision.read:
        seen = counters if cards else f"the printer believes a card at {position}"
        return (
            f"The evidence says that a card left the hopper: {seen}. A blank in the hopper claims that none did. Look "
            "for it in the printer and around it before you say so."
        )
    if decision.outcome == "printed" and not reached and 0 in (panels, cards):
        return (
            f"The evidence says that nothing was printed: {counters}. Printed claims a whole card. Read the serial "
            "of the card in hand: it may carry another job's."
        )
    return ""


def claims_unused(attempt: AttemptRow, decision: Decision) -> bool:
    """Tell whether nothing is to be on a blank of which the evidence says that something was printed on it."""
    return decision.outcome == "unused" and says_printed(json.loads(attempt["counters"]), evidence_of(attempt))


def check_read(attempt: AttemptRow, decision: Decision) -> None:
    """Make sure that a blank that is unused against the evidence was in hand.

    :raises Refused: nobody read its serial.
    """
    if claims_unused(attempt, decision) and not decision.read:
        raise Refused(
            f"{attempt['serial']} cannot be unused unread.",
            why=against(attempt, decision),
            consequence="Nothing was changed.",
            remedy=(
                "If nothing is on it, two people read the serial on the blank itself, wherever it lies, and sign: ",
                Do(SAME, scan=ASKED, second=ASKED),
                ".",
            ),
        )


def _and(*parts: str) -> str:
    return ", and ".join(part for part in parts if part)


def settle(booking: Booking, attempt: AttemptRow, decision: Decision, by: tuple[str, ...]) -> None:
    """Book a decision: the books follow the card in hand, then the attempt ends.

    :raises Refused: the card in hand cannot have been fed in this attempt, a serial is not where it is said to be, or
        nobody read the serial of a blank that is unused against the evidence.
    """
    from printd.printing.attempt import end  # noqa: PLC0415 - brings the drivers with it

    connection, booked = booking.connection, attempt["serial"]
    check_read(attempt, decision)
    findings = ["Settled by a person with the card in hand."]
    if warning := against(attempt, decision):
        findings.append(f"They were told: {warning}")
    in_hand = decision.read or booked
    if decision.read:
        findings.insert(0, f"The serial {decision.read} was read on the card in hand.")
    if in_hand != booked:
        told = hold_against(connection, attempt, in_hand)
        if told["place"] != places.hopper(attempt["printer"]):
            raise Refused(told["says"], consequence="Nothing was changed.", remedy=told["remedy"])
        findings.insert(1, f"{booked} was booked.")
        correction.book_attempt(booking, attempt, in_hand, by)
    elif decision.blank_is == "hopper" and decision.outcome != "unused":
        raise Refused(
            f"{booked} cannot be {decision.outcome} and lie in the hopper.",
            consequence="Nothing was changed.",
            remedy=(
                "If the card in hand is another blank, read its serial: ",
                Do(SAME, scan=ASKED),
                ". If there is none: ",
                Do(SAME, outcome="unused"),
                ".",
            ),
        )
    outcome, to = AttemptState(decision.outcome), ""
    if outcome is AttemptState.UNUSED and (in_hand != booked or decision.blank_is != "hopper"):
        to = place_in_hand(connection)
    evidence = Evidence(findings=tuple(findings), rung="read_back" if decision.read else None)
    scanned = decision.read if outcome is AttemptState.UNUSED else ""
    end(booking, attempt, outcome, evidence=evidence, cause=decision.cause, to=to, scanned=scanned, by=by)
    hopper = places.hopper(attempt["printer"])
    for serial in decision.skipped:
        _move(booking, serial, hopper, places.SKIPPED, "skipped", by)
    if in_hand != booked and decision.blank_is == "hand":
        _move(booking, booked, hopper, places.SKIPPED, "skipped", by)
        _move(booking, booked, places.SKIPPED, place_in_hand(connection), "found", by)


def _move(booking: Booking, serial: str, source: str, target: str, why: str, by: tuple[str, ...]) -> None:
    booking.enter(BlanksMoved(serials=(parse_serial(serial),), from_=source, to=target, why=why), by)


def choices(desk: Desk, attempt: AttemptRow, serial: str) -> Choices:
    """Return what each possible choice would book, or why it is refused.

    :param serial: that was read on the card in hand; empty: none was.
    """
    every: Choices = []
    for outcome, blank_is in _EVERY:
        cause = "other" if outcome == "spoiled" else ""
        every.append(preview(desk, attempt, Decision(outcome, cause, blank_is, serial)))
    return every


def preview(desk: Desk, attempt: AttemptRow, decision: Decision) -> ChoiceShown | ChoiceRefused:
    """Book a decision, note what that made of the books, and undo it: what is told is what will be booked."""
    told: _Choice = {
        "outcome": decision.outcome,
        "blank_is": decision.blank_is,
        "read": decision.read,
        "warning": against(attempt, decision),
        "signatures": _signatures(attempt, who_signs(attempt, decision, desk.shop.config.policy)),
    }
    try:
        with desk.shop.books.trial(unsigned=True) as booking:
            first = booking.next_number()
            settle(booking, attempt, decision, ())
            moved = [_movement(row) for row in movements.movements_from(booking.connection, first)]
            job = jobs.find_job(booking.connection, attempt["job_id"])
            ended = attempts.find_attempt(booking.connection, attempt["id"])
            assert job is not None
            assert ended is not None
            entries = booking.size - first
    except Refused as refusal:
        return {**told, "refused": refusal.to_json()}
    state: JobAfter = {"state": job["state"], "held_because": job["held_because"], "blank": ended["serial"]}
    return {**told, "job": state, "movements": moved, "entries": entries, "says": _sentences(attempt, moved, job)}


def who_signs(attempt: AttemptRow, decision: Decision, policy: Policy) -> Signs:
    """Return who must sign a decision, by what it books and the policy: what a preview shows, and people are asked."""
    another = decision.read not in ("", attempt["serial"])
    booked = required(_decides(attempt, decision, another=another))
    if another and 1 not in booked.numbers:
        return Signs.TWO_FOR_ANOTHER_CARD
    if claims_unused(attempt, decision):
        return Signs.TWO_AGAINST_EVIDENCE
    if policy.doubts_by_two:
        return Signs.TWO_BY_POLICY
    return Signs.NOT_ITS_OPERATOR_ALONE if booked.not_alone else Signs.ONE


def _decides(attempt: AttemptRow, decision: Decision, *, another: bool) -> Event:
    """Return what decides who signs, of all that a decision books: a correction, otherwise the attempt's end."""
    card = attempt["id"]
    if another:
        return AttemptCorrected(attempt=card, booked=attempt["serial"], actual=decision.read)
    match decision.outcome:
        case "printed":
            return AttemptPrinted(attempt=card, to=places.OUTPUT)
        case "unused":
            return AttemptUnused(attempt=card, to=places.hopper(attempt["printer"]))
        case "spoiled":
            return AttemptSpoiled(attempt=card, to=places.SPOILED, cause=decision.cause)
        case _:
            assert_never(decision.outcome)


def _signatures(attempt: AttemptRow, signs: Signs) -> str:
    match signs:
        case Signs.TWO_FOR_ANOTHER_CARD | Signs.TWO_BY_POLICY:
            return "two people sign"
        case Signs.TWO_AGAINST_EVIDENCE:
            return "two people sign, with the serial that they read on the blank"
        case Signs.NOT_ITS_OPERATOR_ALONE:
            return f"somebody other than {attempt['operator']} signs, alone or with them"
        case Signs.ONE:
            return "one operator says so"
        case _:
            assert_never(signs)


def _movement(row: MovementRow) -> MovementShown:
    serials = blanks.serials_of(row)
    return {"serials": serials.to_json(), "from": row["source"], "to": row["target"], "why": row["why"]}


_NEXT: Mapping[str, Remedy] = {
    "printed": "The card waits for the quality check.",
    "queued": "The job goes back to its place in the queue and is printed again on another blank.",
    "held": ("The job is held; it is printed again only after: ", Do("jobs.reprint")),
}


def _sentences(attempt: AttemptRow, moved: Sequence[MovementShown], job: JobRow) -> list[list[remedies.PartTold]]:
    """Return what would become of blanks, job and printer, each sentence in its parts."""
    went: list[Remedy] = [
        f"{one['serials'][0]} goes from {one['from']} to {one['to']} ({one['why']})." for one in moved
    ]
    told = [*went, _NEXT[job["state"]], f"{attempt['printer']} goes on with the next card."]
    return [remedies.to_json(one) for one in told]
