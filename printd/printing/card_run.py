"""The physical run of one card, for a job and for a test print: from the intent in the books to what is proved of it.

Where there is a station, it looks at the card. Then the card is printed or rejected, and the printer is asked what
became of it. Nothing is booked here: intent and end are booked by whoever runs the card.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, assert_never, cast

from drivers.deadline import Deadline
from drivers.errors import DriverError
from drivers.printer import CardPrinter, Confirmation, Counters, EncodedCard, Outcome, Position, Rung
from printd.events.evidence import Evidence
from printd.events.evidence import Position as BookedPosition
from printd.events.evidence import Rung as BookedRung
from printd.events.fields import CounterName
from printd.shop.config import Printing

if TYPE_CHECKING:
    from printd.printing.station import Rejection, Verdict  # brings card readers with it

Look = Callable[[Deadline], "Verdict"]
"""Feeds a card to the station, by a deadline, and says what was found there."""

_MOTION = 8  # commands that feeding to the station, rejecting and clearing may take, each
_QUESTIONS = 4  # commands that a confirmation may take
_MAX_TEXT = 300


@dataclass(frozen=True)
class Ending:
    """How one card ended, as far as printer and station prove it.

    :param cause: why the booked blank is spoiled, where it is.
    :param to: where the booked blank is now; empty: where this outcome leads.
    :param fed: the blank whose chip proves that it was fed in place of the booked one, or an empty string.
    """

    outcome: Outcome
    cause: str = ""
    to: str = ""
    fed: str = ""


@dataclass(frozen=True)
class RanCard:
    """One card that was run.

    :param confirmation: what the printer proves; what the station found stands before its findings.
    :param trouble: why feeding, printing or rejecting did not come to its end, or an empty string.
    :param verdict: of the station, where it came to one.
    """

    ending: Ending
    confirmation: Confirmation
    trouble: str = ""
    verdict: Verdict | None = None

    @property
    def rejection(self) -> Rejection | None:
        """Why the station let the card be rejected; ``None``: it did not."""
        return None if self.verdict is None else self.verdict.rejection

    @property
    def evidence(self) -> Evidence:
        """What the log carries of it."""
        return evidence_of(self.confirmation, self.trouble)


class CardRun:
    """Runs a card on a printer that is connected; no other card is under way in it.

    :param until: makes each deadline from seconds; a worker is watched by the deadline it asked for last.
    """

    def __init__(
        self, printer: CardPrinter, limits: Printing, until: Callable[[float], Deadline] = Deadline.after
    ) -> None:
        self.silent = False
        """Whether the printer did not answer when it was asked what became of the card: this connection is over."""
        self._printer = printer
        self._limits = limits
        self._until = until

    def run(self, card: EncodedCard, before: Counters, look: Look | None = None) -> RanCard:
        """Print a card whose intent is booked, unless the station wants it rejected, and ask what became of it.

        :param before: the printer's counters as they are booked with the intent.
        """
        trouble, verdict, sent = "", None, None
        try:
            verdict = None if look is None else look(self._by(_MOTION))
            if verdict is None or verdict.rejection is None:
                sent = card
                self._printer.print(card, self._until(self._limits.card_seconds))
            else:
                self._printer.reject(self._by(_MOTION))
        except DriverError as error:
            trouble = str(error)
        confirmation = self._confirm(before, sent)
        if trouble and confirmation.position.is_inside:
            confirmation = self._clear(before, sent, confirmation)
        if verdict is None:
            return RanCard(ending_of(confirmation, None), confirmation, trouble)
        ending = ending_of(confirmation, verdict.rejection)
        confirmation = replace(confirmation, findings=(verdict.sentence, *confirmation.findings))
        return RanCard(ending, confirmation, trouble, verdict)

    def ask_again(self, counters: str) -> Evidence:
        """Return what a printer can still tell of a card in doubt, as the log carries it; nothing moves.

        :param counters: those before the card, as the books keep them (JSON).
        """
        return evidence_of(self._confirm(Counters(**json.loads(counters)), None))

    def _confirm(self, before: Counters, sent: EncodedCard | None) -> Confirmation:
        try:
            return self._printer.confirm(before, sent, self._by(_QUESTIONS))
        except DriverError as silent:
            self.silent = True
            return _nothing_known(before, sent, str(silent))

    def _clear(self, before: Counters, sent: EncodedCard | None, found: Confirmation) -> Confirmation:
        """Let the card inside be rejected after trouble, and ask again.

        Where that fails, what was found before stands: a card that came out half-cleared may be counted nowhere, and
        would pass for a blank that never left the hopper.
        """
        try:
            self._printer.clear(self._by(_MOTION))
        except DriverError as stuck:
            return replace(found, findings=(*found.findings, str(stuck)))
        again = self._confirm(before, sent)
        return replace(again, findings=(*found.findings, *again.findings)) if self.silent else again

    def _by(self, commands: int) -> Deadline:
        return self._until(self._limits.command_seconds * commands)


def ending_of(confirmation: Confirmation, rejection: Rejection | None) -> Ending:
    """Say how a card ended: what the station found holds once the card is proved to lie whole in the reject box."""
    match confirmation.outcome:
        case Outcome.PRINTED | Outcome.UNUSED | Outcome.IN_DOUBT:
            return Ending(confirmation.outcome)
        case Outcome.SPOILED:
            return _spoiled(confirmation.cause, rejection)
        case unheard_of:
            assert_never(unheard_of)


def _spoiled(cause: str, rejection: Rejection | None) -> Ending:
    """Say how a card ended of which the printer proves that it did not come out as it should.

    :param cause: what the printer says damaged it, or an empty string.
    """
    conflict = rejection.conflict if rejection is not None else None
    if rejection is None or (cause and conflict is None):
        return Ending(Outcome.SPOILED, cause=cause or "other")
    if cause:
        return Ending(Outcome.IN_DOUBT)  # a card was damaged on its way out, and it is not the booked one
    fed = conflict.belongs if conflict is not None else ""
    return Ending(rejection.outcome, cause=rejection.cause, to=rejection.to, fed=fed)


def known_counters(counters: Counters) -> dict[CounterName, int]:
    """Return the counters that are known; an absent one is unknown, not zero, and so is one below it."""
    told = cast("dict[CounterName, int | None]", asdict(counters))
    return {name: value for name, value in told.items() if value is not None and value >= 0}


def evidence_of(confirmation: Confirmation, trouble: str = "") -> Evidence:
    """Return what a driver could prove, as the log carries it."""
    findings = [trouble, *confirmation.findings] if trouble else list(confirmation.findings)
    return Evidence(
        rung=cast("BookedRung", str(confirmation.rung)),
        position=cast("BookedPosition", str(confirmation.position)),
        after=known_counters(confirmation.after),
        findings=tuple(text[:_MAX_TEXT] for text in findings[:20]),
        raw={key[:40]: value[:_MAX_TEXT] for key, value in list(confirmation.raw.items())[:40]},
    )


def _nothing_known(before: Counters, sent: EncodedCard | None, finding: str) -> Confirmation:
    """Return what can be proved where the printer does not answer: nothing; ``finding`` says why."""
    return Confirmation(
        outcome=Outcome.IN_DOUBT,
        rung=Rung.NOTHING if sent is None else Rung.SENT,
        position=Position.UNKNOWN,
        before=before,
        after=Counters(),
        findings=(finding,),
    )
