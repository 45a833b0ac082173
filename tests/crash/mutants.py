"""Deliberate bugs, each a named patch of the product: a suite that does not notice them proves nothing.

A mutant is put into every life of a run. ``MUTANTS`` tells for each which faults its hunters try, most telling first.
"""

from __future__ import annotations

import contextlib
import random
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import pytest

from crash.house import Plan
from crash.schedules import planned, recorded, singles
from drivers import evidence
from drivers.errors import DriverError
from drivers.evolis import printer as evolis
from drivers.evolis.printer import EvolisPrinter
from drivers.magicard import printer as magicard
from drivers.printer import Confirmation, Outcome, Position, State, Status
from printd.events.evidence import Evidence
from printd.printing import attempt as attempts
from printd.printing import recovery, worker
from printd.printing.card_run import CardRun
from printd.printing.worker import Worker
from printd.store import attempts as store_attempts
from printd.store import blanks
from printd.words import places, states
from printd.words.states import AttemptState, JobEvent, JobState

Patch = Callable[[pytest.MonkeyPatch], None]
Hunt = Callable[[], Iterator[Plan]]


@dataclass(frozen=True)
class Mutant:
    """One bug: how it is put in, and the plans among which one must break a rule."""

    patch: Patch
    hunt: Hunt


def _from_the_intent(family: str, records: int, *actions: str) -> Iterator[Plan]:
    """Give single faults within the first attempt, in no order: before it nothing of a card is at stake."""
    names = recorded(family, 1, records)
    begins, ends = (names.index(f"p0 after commit attempt.{kind}") + 1 for kind in ("started", "printed"))
    plans = [plan for plan in singles(family, *actions, records=records) if begins <= min(plan.schedule) <= ends]
    random.Random(len(plans)).shuffle(plans)
    return iter(plans)


def _kills(family: str = "evolis") -> Iterator[Plan]:
    return _from_the_intent(family, 1, "kill")


def _untrue(family: str = "evolis") -> Iterator[Plan]:
    return singles(family, "untrue", records=1)


def _jams(family: str = "evolis") -> Iterator[Plan]:
    return (plan for plan in planned(family, 2) if "jam" in plan.faults[0])


def _replies(family: str = "evolis") -> Iterator[Plan]:
    return _from_the_intent(family, 2, "lost", "late", "stale", "twice", "half")


def _hands(family: str = "evolis") -> Iterator[Plan]:
    return _from_the_intent(family, 1, "power", "unplug", "cover")


def _inside(family: str = "evolis") -> Iterator[Plan]:
    return planned(family, 1)


def intent_after_the_act(patch: pytest.MonkeyPatch) -> None:
    """The card is printed, and only then the attempt is booked."""
    begin, run_card = attempts.begin, Worker._run_card
    kept: dict[str, Any] = {}

    def later(books: Any, **about: Any) -> str:
        kept.update(about)
        return str(uuid.uuid4())

    def printed_first(self: Any, printer: Any, attempt_id: str, card: Any, before: Any) -> None:
        trouble: list[DriverError] = []
        try:
            printer.print(card, self._deadline(30))
        except DriverError as error:
            trouble.append(error)

        def done(*_: object) -> None:
            if trouble:
                raise trouble[0]

        with contextlib.ExitStack() as stack:
            stack.callback(lambda: printer.__dict__.pop("print", None))
            printer.print = done
            run_card(self, printer, begin(self._books, **kept), card, before)

    patch.setattr(worker, "begin", later)
    patch.setattr(Worker, "_run_card", printed_first)


def outcome_before_the_act(patch: pytest.MonkeyPatch) -> None:
    """The outcome is booked as printed before a byte leaves."""

    def booked_first(self: Any, printer: Any, attempt_id: str, card: Any, before: Any) -> None:
        with self._books.booking() as booking:
            row = store_attempts.find_attempt(booking.connection, attempt_id)
            assert row is not None
            attempts.end(booking, row, AttemptState.PRINTED, evidence=Evidence(findings=()))
        with contextlib.suppress(DriverError):
            printer.print(card, self._deadline(30))

    patch.setattr(Worker, "_run_card", booked_first)


def requeued_at_the_start(patch: pytest.MonkeyPatch) -> None:
    """What was open at the start goes back to the queue."""
    _at_the_start(patch, AttemptState.UNUSED)


def printed_at_the_start(patch: pytest.MonkeyPatch) -> None:
    """What was open at the start is taken for printed."""
    _at_the_start(patch, AttemptState.PRINTED)


def _at_the_start(patch: pytest.MonkeyPatch, outcome: AttemptState) -> None:
    def settle(books: Any) -> int:
        with books.booking() as booking:
            for one in store_attempts.attempts_in(booking.connection, [AttemptState.OPEN]):
                attempts.end(booking, one, outcome, evidence=Evidence(findings=()))
        return 0

    patch.setattr(recovery, "doubt_open_attempts", settle)


def forgotten_at_the_start(patch: pytest.MonkeyPatch) -> None:
    """Nobody looks for open attempts at the start."""
    patch.setattr(recovery, "doubt_open_attempts", lambda books: 0)


def silence_is_unused(patch: pytest.MonkeyPatch) -> None:
    """A printer that says nothing is taken for one that did nothing."""
    _confirmed(patch, lambda found: Outcome.UNUSED if found.position is Position.UNKNOWN else found.outcome)


def doubt_is_printed(patch: pytest.MonkeyPatch) -> None:
    """What cannot be proved is taken for printed."""
    _confirmed(patch, lambda found: Outcome.PRINTED if found.outcome is Outcome.IN_DOUBT else found.outcome)


def doubt_is_unused(patch: pytest.MonkeyPatch) -> None:
    """What cannot be proved is tried again."""
    _confirmed(patch, lambda found: Outcome.UNUSED if found.outcome is Outcome.IN_DOUBT else found.outcome)


def _confirmed(patch: pytest.MonkeyPatch, outcome: Callable[[Confirmation], Outcome]) -> None:
    confirm = CardRun._confirm

    def changed(self: Any, *about: Any, **more: Any) -> Confirmation:
        found = confirm(self, *about, **more)
        return replace(found, outcome=outcome(found))

    patch.setattr(CardRun, "_confirm", changed)


def no_counters_asked(patch: pytest.MonkeyPatch) -> None:
    """A card whose every command was accepted is printed: counters and position are not looked at."""
    judge = evidence.judge

    def trusting(attempt: Any, *about: Any, **more: Any) -> Confirmation:
        found = judge(attempt, *about, **more)
        return replace(found, outcome=Outcome.PRINTED) if attempt.complete else found

    for module in (evolis, magicard):
        patch.setattr(module, "judge", trusting)


def silence_is_idle(patch: pytest.MonkeyPatch) -> None:
    """A printer that does not answer is idle and empty, and its counters stand still."""
    status, confirm = EvolisPrinter.status, EvolisPrinter.confirm

    def calm(self: Any, deadline: Any) -> Status:
        found = status(self, deadline)
        return Status(State.IDLE, (), Position.NONE) if found.state is State.UNKNOWN else found

    def believed(self: Any, before: Any, card: Any, deadline: Any) -> Confirmation:
        found = confirm(self, before, card, deadline)
        if found.position is not Position.UNKNOWN:
            return found
        return evidence.judge(self._attempt, before, replace(before), Position.NONE)

    patch.setattr(EvolisPrinter, "status", calm)
    patch.setattr(EvolisPrinter, "confirm", believed)


def printed_again_by_itself(patch: pytest.MonkeyPatch) -> None:
    """A print that failed is sent once more within the attempt."""
    send = EvolisPrinter.print

    def stubborn(self: Any, card: Any, deadline: Any) -> None:
        try:
            send(self, card, deadline)
        except DriverError:
            send(self, card, deadline)

    patch.setattr(EvolisPrinter, "print", stubborn)


def spoiled_is_queued(patch: pytest.MonkeyPatch) -> None:
    """A spoiled card is printed anew without anybody's decision."""
    table = {
        **states.JOB_TRANSITIONS,
        (JobState.PRINTING, JobEvent.SPOIL): JobState.QUEUED,
        (JobState.IN_DOUBT, JobEvent.SPOIL): JobState.QUEUED,
    }
    patch.setattr(states, "JOB_TRANSITIONS", MappingProxyType(table))


def highest_serial_first(patch: pytest.MonkeyPatch) -> None:
    """The books take the highest blank of a hopper, the printer the lowest."""
    lowest = blanks.next_blank

    def highest(connection: Any, place: str) -> Any:
        row = lowest(connection, place)
        if row is None:
            return None
        last = connection.exec_driver_sql(f"SELECT max(last) FROM serial_range WHERE place = '{place}'").scalar()
        return {**row, "first": last}

    patch.setattr(blanks, "next_blank", highest)


def spoiled_goes_back(patch: pytest.MonkeyPatch) -> None:
    """A spoiled blank is booked back into the hopper."""
    end = attempts.end

    def back(booking: Any, row: Any, outcome: AttemptState, **more: Any) -> None:
        if outcome is AttemptState.SPOILED:
            outcome, more["to"] = AttemptState.UNUSED, places.hopper(row["printer"])
        end(booking, row, outcome, **more)

    patch.setattr(worker, "end", back)
    patch.setattr(attempts, "end", back)  # as the desk takes it


def old_connection_kept(patch: pytest.MonkeyPatch) -> None:
    """What a connection remembers of an attempt outlives the doubt."""
    work_once = Worker.work_once

    def unmindful(self: Any) -> None:
        self._was_in_doubt = False  # in doubt, it is settled before the worker looks
        work_once(self)

    patch.setattr(Worker, "work_once", unmindful)


MUTANTS: Mapping[str, Mutant] = MappingProxyType(
    {
        one.__name__: Mutant(one, hunt)
        for one, hunt in (
            (intent_after_the_act, _kills),
            (outcome_before_the_act, _kills),
            (requeued_at_the_start, _kills),
            (printed_at_the_start, _kills),
            (forgotten_at_the_start, _kills),
            (silence_is_unused, _hands),
            (silence_is_idle, _hands),
            (doubt_is_printed, _hands),
            (doubt_is_unused, _replies),
            (no_counters_asked, _untrue),
            (printed_again_by_itself, _replies),
            (spoiled_is_queued, _inside),
            (highest_serial_first, _inside),
            (spoiled_goes_back, _inside),
            (old_connection_kept, _jams),
        )
    }
)
