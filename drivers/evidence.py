"""From counters, card position and what a connection did with a card to what can be proved about it. Pure.

The reading of counters after an interruption follows protocol sheet 6.4, and is stricter in two places: a finished
card is never assumed without the answer to every command, and "no card was fed" is only believed when a second
witness says so, because nobody knows when a printer writes its counters to the memory that survives a power cut.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from drivers.errors import DriverError, RefusedError
from drivers.printer import Confirmation, Counters, EncodedCard, Outcome, Position, Rung


@dataclass
class Attempt:
    """What one connection did with one card.

    :param card: what :meth:`drivers.printer.CardPrinter.print` was asked to send, if it was asked.
    :param fed: a feed command was accepted before.
    :param sent: commands of the card that were started; the last one perhaps in part.
    :param answered: commands of the card that the printer accepted.
    :param failure: the error that ended feeding or printing.
    :param in_step: answers belong to their questions: no unasked reply came that may have been an error.
    """

    card: EncodedCard | None = None
    fed: bool = False
    sent: int = 0
    answered: int = 0
    failure: DriverError | None = None
    ejected: bool = False
    rejected: bool = False
    in_step: bool = True

    @property
    def over(self) -> bool:
        """Whether what comes next belongs to another card."""
        return self.card is not None or self.failure is not None or self.ejected or self.rejected

    @property
    def complete(self) -> bool:
        """Whether the printer accepted every command of the card."""
        return self.card is not None and self.failure is None and self.answered == len(self.card.commands)


@dataclass(frozen=True)
class _Deltas:
    cards: int | None
    panels: int | None
    ribbon: int | None


@dataclass
class _Verdict:
    outcome: Outcome
    findings: list[str] = field(default_factory=list)


def judge(
    attempt: Attempt,
    before: Counters,
    after: Counters,
    position: Position,
    *,
    cause: str = "",
    counts_panels: bool = True,
    raw: Mapping[str, str] | None = None,
) -> Confirmation:
    """Say what is proved about an attempt.

    :param before: counters read before the card was fed.
    :param counts_panels: whether the counter of panels goes up by one a panel; otherwise by a number that is not known.
    :param cause: the trade's spoil cause that the printer's own words stand for, or an empty string.
    """
    deltas = _Deltas(
        _difference(before.cards, after.cards),
        _difference(before.panels, after.panels),
        _difference(after.ribbon_left, before.ribbon_left),
    )
    verdict = _weigh(attempt, deltas, position, jammed=cause == "jam", counts_panels=counts_panels)
    if attempt.failure is not None:
        verdict.findings.insert(0, f"The printer's last answer: {attempt.failure}")
    if not attempt.in_step:
        verdict.findings.append("Replies came that nobody had asked for; answers may belong to other commands.")
    return Confirmation(
        outcome=verdict.outcome,
        rung=_rung(attempt, deltas, position),
        position=position,
        before=before,
        after=after,
        cause=cause if verdict.outcome is Outcome.SPOILED else "",
        findings=tuple(verdict.findings),
        raw=raw or {},
    )


def _weigh(attempt: Attempt, deltas: _Deltas, position: Position, *, jammed: bool, counts_panels: bool) -> _Verdict:
    if position is Position.UNKNOWN:
        return _doubt("Where a card is inside the printer is not known.")
    if deltas.cards is None:
        return _doubt("How many cards were fed is not known: the counter is missing or went backwards.")
    if deltas.cards > 1:
        return _doubt(f"double feed: {deltas.cards} cards were fed for one attempt. Find all of them.")
    if position is not Position.NONE:
        return _doubt(
            f"A card is inside the printer, position {position.value}; {_fed(deltas)}, {_printed(deltas)}. "
            "Clear the printer, which rejects it, and ask again."
        )
    if deltas.cards == 0 and jammed:
        return _doubt("No card was counted, and one jammed: look for a blank that sticks in the feeder, bent or not.")
    if deltas.cards == 0:
        return _weigh_untouched(attempt, deltas)
    if attempt.rejected:
        return _Verdict(Outcome.SPOILED, [f"One card was fed and went to the reject box; {_printed(deltas)}."])
    if attempt.ejected:
        return _doubt(f"The card was sent to the output hopper without being finished; {_printed(deltas)}.")
    return _weigh_gone(attempt, deltas, counts_panels=counts_panels)


def _weigh_untouched(attempt: Attempt, deltas: _Deltas) -> _Verdict:
    if attempt.fed or attempt.rejected or attempt.ejected or attempt.complete or deltas.panels or deltas.ribbon:
        return _doubt(
            f"The counter says that no card was fed, which other evidence contradicts ({_printed(deltas)}, "
            f"{attempt.answered} commands accepted). Were the counters read after the card was fed?"
        )
    refused = isinstance(attempt.failure, RefusedError) and attempt.in_step
    never_sent = attempt.card is not None and attempt.sent == 0
    if refused or never_sent or deltas.ribbon == 0:
        return _Verdict(Outcome.UNUSED, ["No card was fed and none is inside."])
    return _doubt(
        "The counter says that no card was fed and none is inside. A printer may save its counters late, and nothing "
        "else vouches for it: look for a card in the output hopper and count the blanks in the feeder."
    )


def _weigh_gone(attempt: Attempt, deltas: _Deltas, *, counts_panels: bool) -> _Verdict:
    card = attempt.card
    if card is not None and attempt.complete and attempt.in_step:
        if deltas.panels == len(card.panels) or (not counts_panels and deltas.panels):
            findings = [] if deltas.ribbon in (None, 1) else [f"The ribbon's tag went down by {deltas.ribbon}, not 1."]
            return _Verdict(Outcome.PRINTED, findings)
        if deltas.panels is None and deltas.ribbon == 1:
            return _Verdict(Outcome.PRINTED, ["The printer does not count panels; the ribbon's tag went down by one."])
        return _doubt(
            f"Every command was accepted and the card left, but {_printed(deltas)} where {len(card.panels)} were sent."
        )
    if counts_panels and deltas.panels is not None and card is not None and deltas.panels < len(card.panels):
        return _doubt(f"A card came out or was pulled out unfinished: {_printed(deltas)} of {len(card.panels)}.")
    return _doubt(f"A card was fed and left the printer, very likely finished ({_printed(deltas)}). Look at the card.")


def _rung(attempt: Attempt, deltas: _Deltas, position: Position) -> Rung:
    if attempt.card is None or attempt.sent < len(attempt.card.commands):
        return Rung.NOTHING
    if not attempt.complete or not attempt.in_step:
        return Rung.SENT
    left = position is Position.NONE and deltas.cards == 1 and not attempt.rejected
    return Rung.LEFT_PRINTER if left else Rung.ENGINE_DONE


def _difference(smaller: int | None, larger: int | None) -> int | None:
    if smaller is None or larger is None or larger < smaller:
        return None
    return larger - smaller


def _fed(deltas: _Deltas) -> str:
    return "one card was fed" if deltas.cards == 1 else "no card was fed since, so it was there before"


def _printed(deltas: _Deltas) -> str:
    return "the number of printed panels is not known" if deltas.panels is None else f"{deltas.panels} panels printed"


def _doubt(finding: str) -> _Verdict:
    return _Verdict(Outcome.IN_DOUBT, [finding])
