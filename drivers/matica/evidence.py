"""What counters and position of a retransfer printer prove about one attempt (protocol sheet 11). Pure.

Not in :mod:`drivers.evidence`, because here a card is touched only by the transfer: what goes wrong before costs film
and ribbon, and the blank stays a blank. The rules are the same: only a whole conversation, the right
counter and an empty machine say "printed"; only a blank that was never asked for is "unused". Which motion counts a
card (load, transfer or exit) is not known, so that a counter which stands still proves nothing of a blank that moved.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from drivers.evidence import Attempt
from drivers.matica.replies import NO_CARDS, READY, fault, written
from drivers.printer import Confirmation, Counters, Outcome, Position, Rung


@dataclass
class Steps:
    """How far a card came beside what :class:`drivers.evidence.Attempt` says.

    :param loading: a load was sent, and not refused by words that say that no card was taken.
    :param transferring: a transfer of film to the card was sent.
    """

    loading: bool = False
    transferring: bool = False


@dataclass(frozen=True)
class Reading:
    """What the printer says now.

    :param code: its status code, ``None`` where it said nothing.
    """

    position: Position = Position.UNKNOWN
    counters: Counters = field(default_factory=Counters)
    code: int | None = None
    raw: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class _Deltas:
    total: int | None
    head: int | None


def judge(attempt: Attempt, steps: Steps, before: Counters, now: Reading) -> Confirmation:
    """Say what is proved about an attempt.

    :param before: counters read before a card was loaded.
    """
    deltas = _Deltas(_grown(before.cards, now.counters.cards), _grown(before.panels, now.counters.panels))
    outcome, finding = _weigh(attempt, steps, deltas, now)
    findings = [finding] if finding else []
    if attempt.failure is not None:
        findings.insert(0, f"The printer's last answer: {attempt.failure}")
    if now.code not in (None, READY, NO_CARDS):
        findings.append(f"The printer says {written(now.code)}: {fault(now.code).says}.")
    cause = fault(getattr(attempt.failure, "code", READY)).cause if outcome is Outcome.SPOILED else ""
    return Confirmation(
        outcome=outcome,
        rung=_rung(attempt, steps, deltas, now),
        position=now.position,
        before=before,
        after=now.counters,
        cause=cause,
        findings=tuple(findings),
        raw=now.raw,
    )


def _weigh(attempt: Attempt, steps: Steps, deltas: _Deltas, now: Reading) -> tuple[Outcome, str]:
    if now.position is Position.UNKNOWN:
        return _doubt("Where a card is inside the printer is not known.")
    if now.position is not Position.NONE:
        return _doubt(f"A card is inside the printer, position {now.position.value}. {_inside(attempt, steps)}")
    if deltas.total is None:
        return _doubt("How many cards were counted is not known: the counter is missing or went backwards.")
    if deltas.total > 1:
        return _doubt(f"{deltas.total} cards were counted for one attempt. Find all of them.")
    if not (attempt.over or attempt.fed):
        return _weigh_unknown(deltas)
    if not steps.loading:
        return _weigh_untouched(attempt, deltas)
    if attempt.rejected:
        return _weigh_rejected(attempt, steps)
    if attempt.ejected:
        return _doubt("The card was sent to the exit without being finished. Look at it.")
    return _weigh_gone(attempt, steps, deltas, now)


def _weigh_unknown(deltas: _Deltas) -> tuple[Outcome, str]:
    """Weigh after a restart, when nobody knows how far the attempt came (sheet 11)."""
    if deltas.total:
        return _doubt("One card was counted, and none is inside: it came out, very likely printed. Look at it.")
    if deltas.head:
        return _doubt(f"No card was counted; {_film(deltas)}. Look for a card at the exits and in the hands of people.")
    return _doubt("No card was counted and nothing was printed: look whether the blank is in the hopper.")


def _weigh_untouched(attempt: Attempt, deltas: _Deltas) -> tuple[Outcome, str]:
    if attempt.rejected or attempt.ejected:
        return _doubt("A card was inside of which nothing is known, and was moved out. Look at it.")
    if deltas.total or deltas.head:
        return _doubt(f"No card was asked for, and the counters went on ({_film(deltas)}): somebody else prints.")
    return Outcome.UNUSED, "No card was taken from the hopper and none is inside."


def _weigh_rejected(attempt: Attempt, steps: Steps) -> tuple[Outcome, str]:
    if steps.transferring:
        return Outcome.SPOILED, "The card was in the transfer and went to the reject exit."
    if attempt.card is None:
        return Outcome.SPOILED, "One card was loaded and went to the reject exit unprinted."
    # To call it unused would book it back into the hopper, where it is not.
    return _doubt("The blank lies unprinted at the reject exit: nothing was transferred to it. Take it back, unused.")


def _weigh_gone(attempt: Attempt, steps: Steps, deltas: _Deltas, now: Reading) -> tuple[Outcome, str]:
    card = attempt.card
    if not attempt.fed:
        return _doubt(
            f"A card was asked for and not brought ({_film(deltas)}). "
            "Look into the hopper and at its exit: the blank may stick there."
        )
    if card is None or not steps.transferring:
        return _doubt(
            f"A card was loaded and is gone before anything was transferred to it ({_film(deltas)}). "
            "Whoever took it out has a blank."
        )
    ready = now.code in (READY, NO_CARDS)
    whole = deltas.head is None or deltas.head >= len(card.panels)
    if attempt.complete and ready and whole and deltas.total == 1:
        return Outcome.PRINTED, "" if deltas.head is not None else "The printer does not tell what its head printed."
    if deltas.total == 1:
        return _doubt(f"One card was counted and left the printer, very likely finished ({_film(deltas)}). Look at it.")
    return _doubt(f"The transfer began and no card was counted ({_film(deltas)}). Find the card and look at it.")


def _inside(attempt: Attempt, steps: Steps) -> str:
    if not (attempt.over or attempt.fed):
        return "How far it came nobody knows. Clear the printer, which rejects it, and look at it."
    if steps.transferring:
        return "The transfer to it began. Clear the printer, which rejects it, and look at it."
    return "Nothing was transferred to it. Clear the printer, which rejects it unprinted."


def _rung(attempt: Attempt, steps: Steps, deltas: _Deltas, now: Reading) -> Rung:
    if attempt.card is None or not steps.transferring or attempt.sent < len(attempt.card.commands):
        return Rung.NOTHING
    if not attempt.complete:
        return Rung.SENT
    left = now.position is Position.NONE and deltas.total == 1 and not attempt.rejected
    return Rung.LEFT_PRINTER if left else Rung.ENGINE_DONE


def _grown(before: int | None, after: int | None) -> int | None:
    return None if before is None or after is None or after < before else after - before


def _film(deltas: _Deltas) -> str:
    return "what was printed is not known" if deltas.head is None else f"{deltas.head} panels printed to film"


def _doubt(finding: str) -> tuple[Outcome, str]:
    return Outcome.IN_DOUBT, finding
