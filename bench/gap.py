"""The gap that the daemon adds between two cards of one printer, with one printer and with sixteen at work.

A gap begins when a card falls into the output box and ends when the same printer begins the next job, both by the
simulator's own clock in real milliseconds. It holds the evidence of the last card, two durable commits and the
readings before the next card.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import Any

from bench.artwork import artist_of
from bench.figures import Budget, Figure, Row, median, percentile, progress
from bench.floor import Floor, TruthFile, floor
from bench.office import PRINTER, office, work_folder
from drivers import open_printer
from drivers.deadline import Deadline
from drivers.printer import CardPrinter, EncodedCard
from hardware_mocks.machine import SECONDS
from hardware_mocks.wires.usb_socket import backend
from printd.demo.people import make_people
from printd.demo.staff import SUPERVISOR, person
from printd.events.policy import TurnTaken
from printd.printing.dispatch import Waiting

PRINTERS = (1, 16)
CARDS = 10  # of each printer
CARD_SECONDS = 18.0  # printer time of a card
FASTER = 4.0  # how many times faster than a real printer the simulated ones move; gaps are not scaled
_MS = 1000.0
_GAP = Budget("at most", 100)
_COMMAND_SECONDS = 60.0
_STALL_SECONDS = 120.0
_WALK_SECONDS = 0.5
_MOVES = sum(SECONDS[step] for step in ("feed", "y", "m", "c", "k", "o", "eject"))
SPEED = FASTER * _MOVES / CARD_SECONDS


def run(parent: Path) -> Figure:
    """Measure with the daemon, then the same printers with the driver alone."""
    figure = Figure("gap")
    for printers in PRINTERS:
        progress(f"{printers} at work, a card takes {CARD_SECONDS / FASTER:g} s")
        with work_folder(parent) as folder, floor(folder) as made:
            truth = _print_all(made, printers)
        progress("the same printers, the driver alone, without books")
        with work_folder(parent) as folder:
            bare = _ms(gaps(_print_bare(folder, printers)))
        ours = _ms(gaps(truth))
        what = "one printer" if printers == 1 else f"{printers} printers"
        bare_is = "the driver alone, no books"
        figure.rows += [
            Row(f"gap between two cards, {what}, median", median(ours), "ms", median(bare), bare_is, _GAP),
            Row(f"gap between two cards, {what}, p99", percentile(ours, 99), "ms", percentile(bare, 99), bare_is),
        ]
        figure.notes.append(
            f"{what}: {len(ours)} gaps, a card {median(_card_seconds(truth)) * FASTER:.1f} s of printer time; "
            f"the machine was given {FASTER:g} times the cards of as many real printers"
        )
    return figure


def gaps(truth: Iterable[Mapping[str, Any]]) -> list[float]:
    """Return the seconds from each card's leaving to the same printer's next job."""
    return _between(truth, ("card", "job"))


def _card_seconds(truth: Iterable[Mapping[str, Any]]) -> list[float]:
    return _between(truth, ("job", "card"))


def _between(truth: Iterable[Mapping[str, Any]], events: tuple[str, str]) -> list[float]:
    seen: dict[str, list[Mapping[str, Any]]] = {}
    for line in truth:
        if line["event"] in events:
            seen.setdefault(line["printer"], []).append(line)
    return [
        after["time"] - before["time"]
        for lines in seen.values()
        for before, after in pairwise(lines)
        if (before["event"], after["event"]) == events
    ]


def _ms(seconds: list[float]) -> list[float]:
    return [one * _MS for one in seconds]


def _print_all(made: Floor, printers: int) -> list[dict[str, Any]]:
    """Print so many cards with the daemon; nobody looks on but for a count now and then."""
    records = printers * CARDS
    made.furnish(printers, 3 * CARDS, SPEED, lambda _: [], records)
    made.begin()
    made.spool(make_people(records, seed=5371))
    moved = time.monotonic()
    before: dict[str, int] = {}
    while (states := made.act("jobs.count")).get("printed", 0) < records:
        if states != before:
            moved, before = time.monotonic(), states
        if sum(states.values()) == records and states.get("held"):
            # The invented district does not exist, and printd says so.
            made.act("records.acknowledge", by=person(SUPERVISOR))
        if time.monotonic() - moved > _STALL_SECONDS:
            raise RuntimeError(f"nothing moves: {states} {made.act('printers.list')}")
        time.sleep(_WALK_SECONDS)
    return TruthFile(made.truth).read()


def _print_bare(folder: Path, printers: int) -> list[dict[str, Any]]:
    """Print the same card again and again with nothing but the driver, one thread a printer."""
    with office(folder / "shop") as made:
        ((job, record),) = made.take_in(1, seed=3)
        card = artist_of(made.shop).prepare(Waiting(job, record, TurnTaken(by="order")), PRINTER).card
    with floor(folder / "f") as bench:
        bench.furnish(printers, CARDS, SPEED, lambda _: [], CARDS + 1)
        bus = backend(bench.folder / "bus")
        with ThreadPoolExecutor(printers) as threads:
            for done in [threads.submit(_print_each, one.uri, bus, card) for one in bench.simulators.values()]:
                done.result()
        return TruthFile(bench.truth).read()


def _print_each(uri: str, bus: object, card: EncodedCard) -> None:
    printer = open_printer(uri, model="primacy", usb_backend=bus, deadline=Deadline.after(_COMMAND_SECONDS))
    try:
        for _ in range(CARDS):
            _print(printer, card)
    finally:
        printer.close()


def _print(printer: CardPrinter, card: EncodedCard) -> None:
    """Ask and tell the printer what a worker does for one card."""
    deadline = Deadline.after(_COMMAND_SECONDS)
    printer.status(deadline)
    before = printer.counters(deadline)
    printer.print(card, deadline)
    printer.confirm(before, card, deadline)
