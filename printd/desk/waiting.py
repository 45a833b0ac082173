"""Why jobs wait, for people: what the rules ask of the books, and their answer in a sentence."""

from __future__ import annotations

from functools import cached_property
from typing import assert_never

from printd.desk.desk import Desk
from printd.desk.standing import shown
from printd.printing.abilities import lacks_station
from printd.printing.dispatch import read_usage
from printd.printing.in_doubt import why_in_doubt
from printd.printing.shown import Helps, act_of
from printd.printing.waiting import Facts, Job, Kind, Now, Press, Waits, Why, why_waits
from printd.remedies import DO
from printd.shop.health import halted_by
from printd.store import attempts, jobs, printers, shifts
from printd.store.rows import Connection
from printd.store.tables.jobs import JobRow
from printd.words.states import AttemptState, JobState, is_counting


class WaitsShown(Helps):
    """Why a job waits; ``{do}`` in the sentence stands for the act that helps."""

    code: Why
    sentence: str


class Reasons:
    """What jobs wait for, by the books of one moment and by what the printers do.

    :param connection: of that moment; it must stay open.
    """

    def __init__(self, desk: Desk, connection: Connection) -> None:
        self._desk = desk
        self._connection = connection

    def of(self, row: JobRow) -> Waits | None:
        """Return why a job waits; ``None``: it prints, or the next step is the counter's."""
        state, because = JobState(row["state"]), row["held_because"]
        job = Job(
            row["id"],
            state,
            Kind(row["stock_type"], row["generation"], row["reason"], row["area"]),
            overridden=row["override_seq"] is not None,
            held_because=because if state is JobState.HELD else None,
            doubt=self._doubts[row["id"]] if state is JobState.IN_DOUBT else "",
        )
        return why_waits(job, self._now)

    @cached_property
    def _now(self) -> Now:
        desk, connection = self._desk, self._connection
        config, shift = desk.shop.config, shifts.current(connection)
        ailments = desk.workshop.problems() if desk.workshop is not None else []
        blanks: dict[str, set[tuple[str, str]]] = {}
        for printer, stock_type, generation in printers.loaded(connection):
            blanks.setdefault(printer, set()).add((stock_type, generation))
        now = shown(desk, connection)
        return Now(
            policy=config.policy,
            usage=read_usage(connection, config.policy, desk.shop.zone, desk.shop.books.clock),
            presses={
                row["name"]: Press(
                    now[row["name"]],
                    blanks.get(row["name"], ()),
                    has_station=not lacks_station(config.encoder, row["name"], row["family"], row["model"]),
                )
                for row in printers.printers(connection)
            },
            queue=[Kind(*kind) for kind in jobs.queued_kinds(connection)] if config.policy.classes else (),
            station="" if config.encoder.mode == "none" else config.encoder.station,
            halted=halted_by(ailments),
            counting=shift["id"] if is_counting(shift) else "",
            runs=desk.workshop is not None,
        )

    @cached_property
    def _doubts(self) -> dict[str, str]:
        in_doubt = attempts.attempts_in(self._connection, [AttemptState.IN_DOUBT])
        return {row["job_id"]: why_in_doubt(row) for row in in_doubt}


def told(waits: Waits | None, sentence: str = "") -> WaitsShown | None:
    """Return why a job waits as an answer carries it.

    :param sentence: said in place of the reason's own.
    """
    if waits is None:
        return None
    said = sentence or say(waits)
    return {"code": waits.why, "sentence": said, **act_of(waits.do)}


def say(waits: Waits) -> str:
    """Return the sentence for a reason."""
    facts = waits.facts
    match waits.why:
        case Why.HELD_WARNINGS:
            return f"its record has warnings that nobody acknowledged: {DO}"
        case Why.HELD_OPERATOR:
            return f"an operator holds it: {DO}"
        case Why.HELD_ARTWORK:
            return f"its card cannot be drawn as it is; {DO} says why"
        case Why.HELD_STALE:
            return f"its record was pulled too long ago: look it up at the registry, then {DO}"
        case Why.HELD_RESTORED:
            return f"it may have been printed after the backup: look at the cards, then {DO}"
        case Why.HELD_ALTERED:
            return f"what is sealed of its record is not what was taken in: call the auditor; {DO} says more"
        case Why.HELD_SPOILED:
            return f"its card was lost: decide whether it is printed again ({DO})"
        case Why.IN_DOUBT:
            return f"{facts['message']} Find the card; with it in hand: {DO}"
        case Why.COUNTING:
            return f"shift {facts['shift']} is being counted"
        case Why.HALTED:
            return f"no card is begun in this shop: {facts['message']}"
        case Why.NO_STATION:
            return f"no printer of this shop has a {facts['station']} station to read or write its chip at"
        case Why.NO_BLANK:
            return f"no blank of type {facts['stock_type']} is in a hopper{_of_those(facts)}"
        case Why.WRONG_GENERATION:
            return f"no blank of generation {facts['generation']} is in a hopper{_of_those(facts)}"
        case Why.CAP:
            return f"class {facts['name']} has had its {facts['most']} cards of today"
        case Why.QUOTA:
            return f"sub-district {facts['area']} has had its {facts['most']} cards"
        case Why.FLOOR:
            return f"{facts['left']} blanks are left, kept for classes that print below {facts['most']}"
        case Why.NO_PRINTER:
            which = "every printer" if facts["fits_all"] else "every printer that has a blank for it"
            return f"{which} stands still: " + ", ".join(f"{number} {state}" for number, state in facts["still"])
        case Why.CLASS:
            every = facts["oldest_every"]
            share = f", but for one card in {every}: the longest wait" if every else ""
            return f"class {facts['name']} goes first{share}{_once_it_runs(facts)}"
        case Why.NEXT:
            if facts["overridden"]:
                return f"goes first: two people said so{_once_it_runs(facts)}"
            return f"its turn comes in the order of the queue{_once_it_runs(facts)}"
        case _:
            assert_never(waits.why)


def _of_those(facts: Facts) -> str:
    return f" of a printer with a {facts['station']} station ({', '.join(facts['able'])})" if "station" in facts else ""


def _once_it_runs(facts: Facts) -> str:
    return "" if facts["runs"] else f"; nothing is printed until the daemon runs: {DO}"
