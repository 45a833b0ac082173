"""What the pass counter of an EPCL printer proves about one attempt (protocol sheet 9). Pure.

It counts ribbon panels that passed under the head, and nothing counts cards or tells where one is. So it is judged
apart from :mod:`drivers.evidence`, by the same rules: only a whole conversation and the right number say "printed",
and only a command that cannot have moved a card, with a counter that stands still, says "unused".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from drivers.evidence import Attempt
from drivers.printer import Confirmation, Counters, Outcome, Position, Rung
from drivers.zebra.job import moves_card

_TAKE_OUT = "Take every card out of the printer and its hopper and look at each."
_LATE = "The counter may be off by one: nobody knows when it is saved."


@dataclass
class Moves:
    """What a connection knows of an attempt beside :class:`drivers.evidence.Attempt`.

    :param not_begun: the last command that moves a card was refused in words that say it moved none.
    :param pending: error that the printer held when it was asked for its counter, or an empty string.
    """

    not_begun: bool = False
    pending: str = ""
    raw: Mapping[str, str] = field(default_factory=dict)


def judge(attempt: Attempt, moves: Moves, before: Counters, after: Counters) -> Confirmation:
    """Say what is proved about an attempt.

    :param before: counters read before the card was fed.
    """
    passes = None
    if before.panels is not None and after.panels is not None and after.panels >= before.panels:
        passes = after.panels - before.panels
    outcome, findings = _weigh(attempt, moves, passes)
    if attempt.failure is not None:
        findings.insert(0, f"The printer's last answer: {attempt.failure}")
    if moves.pending:
        findings.append(f"The printer held an error: {moves.pending}")
    if not attempt.in_step:
        findings.append("Replies came that nobody had asked for; answers may belong to other commands.")
    return Confirmation(
        outcome=outcome,
        rung=_rung(attempt, moves),
        position=Position.UNKNOWN,
        before=before,
        after=after,
        findings=tuple(findings),
        raw=moves.raw,
    )


def _weigh(attempt: Attempt, moves: Moves, passes: int | None) -> tuple[Outcome, list[str]]:
    if passes is None:
        return _doubt("How many panels passed the head is not known: the counter is missing or went backwards.")
    if attempt.card is None:
        if passes:
            return _doubt(f"{passes} panels passed the head since the attempt began. {_TAKE_OUT} {_LATE}")
        return _doubt(f"No panel is counted since the attempt began. {_LATE} A card may be in the path. {_TAKE_OUT}")
    wanted = len(attempt.card.panels)
    if _untouched(attempt, moves) and attempt.in_step:
        if passes == 0:
            return Outcome.UNUSED, ["No card was moved and no panel passed the head."]
        return _doubt(f"No card was moved, and {passes} panels are counted: somebody else prints. {_TAKE_OUT}")
    if passes == wanted and attempt.complete and attempt.in_step and not moves.pending and not attempt.ejected:
        return Outcome.PRINTED, ["The printer has no sensor that tells whether the card left it."]
    if passes == 0:
        return _doubt(f"No panel is counted, but a card was to be moved. {_LATE} {_TAKE_OUT}")
    if passes < wanted:
        return _doubt(f"{passes} of {wanted} panels are counted: the card is spoilt. {_LATE} {_TAKE_OUT}")
    if passes == wanted:
        return _doubt(f"All {wanted} panels are counted: the card is printed, perhaps not ejected. {_LATE} {_TAKE_OUT}")
    return _doubt(f"{passes} panels are counted for a card of {wanted}: more was printed than was sent. {_TAKE_OUT}")


def _untouched(attempt: Attempt, moves: Moves) -> bool:
    """Tell whether nothing that was sent can have moved a card."""
    if attempt.card is None or attempt.failure is None or attempt.fed or attempt.ejected:
        return False
    started = sum(map(moves_card, attempt.card.commands[: attempt.sent]))
    return started == 0 or (started == 1 and moves.not_begun)


def _rung(attempt: Attempt, moves: Moves) -> Rung:
    if attempt.card is None or attempt.sent < len(attempt.card.commands):
        return Rung.NOTHING
    return Rung.ENGINE_DONE if attempt.complete and attempt.in_step and not moves.pending else Rung.SENT


def _doubt(finding: str) -> tuple[Outcome, list[str]]:
    return Outcome.IN_DOUBT, [finding]
