"""Why a job waits: for a person, for a blank, for a printer that works, for its turn. One place for all who say so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from printd.desk.desk import Desk
from printd.desk.standing import Standing, standings, why_still
from printd.printing.abilities import lacks_station
from printd.printing.dispatch import read_usage
from printd.printing.in_doubt import say_doubt
from printd.printing.policy import Usage, Waits, why_waits
from printd.store import attempts, jobs, printers, shifts
from printd.store.rows import Connection
from printd.store.tables.attempts import AttemptRow
from printd.words.reasons import HeldBecause
from printd.words.states import AttemptState, JobState, PrinterState, is_counting

_HELD = {
    HeldBecause.WARNINGS: "its record has warnings that nobody acknowledged: printd records acknowledge",
    HeldBecause.OPERATOR: "an operator holds it: printd jobs release",
    HeldBecause.ARTWORK: "its card cannot be drawn as it is; printd jobs show says why",
    HeldBecause.STALE: "its record was pulled too long ago: look it up at the registry, then printd jobs release",
    HeldBecause.RESTORED: "it may have been printed after the backup: look at the cards, then printd jobs release",
    HeldBecause.SPOILED: "its card was lost: decide whether it is printed again (printd jobs reprint)",
}


class Reasons:
    """What jobs wait for, by the books of one moment and by what the printers do.

    :param connection: of that moment; it must stay open.
    """

    def __init__(self, desk: Desk, connection: Connection) -> None:
        self._desk = desk
        self._connection = connection

    def of(self, job: Mapping[str, Any]) -> Waits | None:
        """Return why a job waits; ``None``: it prints, or the next step is the counter's."""
        if job["state"] == JobState.QUEUED:
            return self._queued(job)
        if job["state"] == JobState.HELD:
            return Waits(f"held:{job['held_because']}", _HELD[HeldBecause(job["held_because"])])
        if job["state"] == JobState.IN_DOUBT:
            return Waits("in_doubt", say_doubt(self._doubts[job["id"]]))
        return None

    def _queued(self, job: Mapping[str, Any]) -> Waits:
        halted = self._halted
        if halted is not None:
            return halted
        station = self._desk.shop.config.encoder.station
        if self._able == []:
            return Waits("no_station", f"no printer of this shop has a {station} station to read or write its chip at")
        policy = self._desk.shop.config.policy
        waits = why_waits(policy, self._usage, job, waiting=self._reasons, loaded=self._loaded, still=self._still(job))
        if self._able is not None and waits.code in ("no_blank", "wrong_generation"):
            return Waits(
                waits.code, f"{waits.sentence} of a printer with a {station} station ({', '.join(self._able)})"
            )
        if self._desk.workshop is None and waits.code in ("next", "class"):
            return Waits(waits.code, f"{waits.sentence}; nothing is printed until the daemon runs: printd run")
        return waits

    def _still(self, job: Mapping[str, Any]) -> str:
        fit = [
            name
            for name, kinds in self._hoppers.items()
            if any(kind == job["stock_type"] and job["generation"] in (None, made) for kind, made in kinds)
        ]
        printers = self._printers
        if self._desk.workshop is None and any(printers[name].state == PrinterState.NOT_RUNNING for name in fit):
            return ""  # it would print if the daemon ran
        return why_still(printers, fit)

    @cached_property
    def _halted(self) -> Waits | None:
        """Why no card is begun in the whole shop."""
        shift = shifts.current(self._connection)
        if is_counting(shift):
            return Waits("counting", f"shift {shift['id']} is being counted")
        workshop = self._desk.workshop
        ailing = next((one for one in (workshop.problems() if workshop else []) if one.stops == "shop"), None)
        return None if ailing is None else Waits("halted", f"no card is begun in this shop: {ailing.message}")

    @cached_property
    def _able(self) -> list[str] | None:
        """The printers that can hold a card where its chip is read or written; ``None``: no card needs that."""
        encoder = self._desk.shop.config.encoder
        if encoder.mode == "none":
            return None
        rows = printers.printers(self._connection)
        return [row["name"] for row in rows if not lacks_station(encoder, row["name"], row["family"], row["model"])]

    @cached_property
    def _hoppers(self) -> dict[str, set[tuple[str, str]]]:
        """Stock types and generations of the blanks in the hoppers, by printer that could print them."""
        found: dict[str, set[tuple[str, str]]] = defaultdict(set)
        for printer, stock_type, generation in printers.loaded(self._connection):
            if self._able is None or printer in self._able:
                found[printer].add((stock_type, generation))
        return found

    @cached_property
    def _loaded(self) -> dict[str, set[str]]:
        """Generations of the blanks in these hoppers by stock type."""
        found: dict[str, set[str]] = defaultdict(set)
        for kinds in self._hoppers.values():
            for stock_type, generation in kinds:
                found[stock_type].add(generation)
        return found

    @cached_property
    def _printers(self) -> dict[str, Standing]:
        return standings(self._desk, self._connection)

    @cached_property
    def _usage(self) -> Usage:
        shop = self._desk.shop
        return read_usage(self._connection, shop.config.policy, shop.zone, shop.books.clock)

    @cached_property
    def _reasons(self) -> list[str]:
        return jobs.queued_reasons(self._connection)

    @cached_property
    def _doubts(self) -> dict[str, AttemptRow]:
        return {row["job_id"]: row for row in attempts.attempts_in(self._connection, [AttemptState.IN_DOUBT])}
