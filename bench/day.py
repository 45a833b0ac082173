"""A simulated day in a big office: 24 hours, sixteen printers, faults as they come, the daemon killed every hour.

``make day``. Printers move as many times faster as a day is longer than the run; the daemon and its people live in
real time, so that they have less time for each card than any office gives them. Every hour a batch of records comes,
and at a card of it and a moment of that card, both drawn by chance, the daemon is killed with SIGKILL and started
again. People see what people can see: they walk round, look at what stands still, take cards out, read them, and say
what became of them.
At the end every card that left a printer is held against its blank in the books.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.figures import median, progress
from bench.floor import Floor, TruthFile, floor
from bench.judge import Judgement, compare, prove, read_books
from bench.office import work_folder
from crash.house import People
from printd.demo.people import make_people
from printd.demo.reader import CardReader
from printd.demo.simulators import Simulator
from printd.demo.staff import SUPERVISOR, person
from printd.errors import PrintdError, Refused
from printd.ledger.entry import Entry
from printd.printing.shown import Live
from printd.shop.shop import Shop
from printd.store import log, records

RATES: Mapping[str, float] = {
    "jam@panel=m": 0.004, "jam@step=eject": 0.001, "feed_jam": 0.002, "ribbon_cut@panel=c": 0.002,
    "head_hot@panel=k": 0.002, "cover@panel=y": 0.002, "power_cut@panel=k": 0.002, "cable_out@payload=m": 0.001,
    "defect": 0.004, "feeder_empty": 0.002, "hopper_full": 0.001, "double_feed": 0.001, "reply_lost@command=Se": 0.001,
    "silence@command=Ss": 0.001, "pass_uncounted@panel=k": 0.001,
}  # fmt: skip
"""Faults a card. Those that spoil a blank add up to 2 in 100, an office's 1.7 (domain reference 8); how they share that
is our guess, since no office publishes it."""
MOMENTS = ("job", "feed", "laid", "card")
"""Of a card, at one of which the daemon is killed."""
HOUR = 3600.0
_CONFIG = """
[printing]
poll_seconds = 0.1
card_seconds = 6
command_seconds = 0.5
"""
_ROUND_SECONDS = 0.1
_HANDS = 40  # tries to take a card out of a printer that moves
_STALL_SECONDS = 180.0
_SETS = 200  # on a ribbon: it ends now and then


@dataclass(frozen=True)
class Day:
    """What is lived through.

    :param cards: records that come, evenly over the hours.
    :param minutes: real minutes of the day; its evening, until all is printed, comes after.
    :param harsh: how many times the usual rate of faults.
    """

    printers: int = 16
    hours: int = 24
    cards: int = 1600
    minutes: float = 6.0
    harsh: float = 1.0
    seed: int = 1

    @property
    def speed(self) -> float:
        """How many times faster than a real one a printer is."""
        return self.hours * HOUR / (self.minutes * 60)


@dataclass
class Report:
    """What the day came to."""

    cards: int = 0
    kills: int = 0
    at_work: list[int] = field(default_factory=list)
    ready: list[float] = field(default_factory=list)
    faults: Counter[str] = field(default_factory=Counter)
    doubts: Counter[str] = field(default_factory=Counter)
    acts: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    judgement: Judgement = field(default_factory=Judgement)


def live(day: Day, folder: Path, show: Callable[[str], None] = progress) -> Report:
    """Live through a day in a new folder, and judge it."""
    report, chance = Report(), random.Random(day.seed)
    each = day.cards // day.printers * 2 + 20
    with floor(folder, _CONFIG) as made, ThreadPoolExecutor(1) as threads:
        show(f"{day.printers} printers, {day.speed:.0f} times as fast as real ones")
        made.furnish(day.printers, each, day.speed, lambda number: _faults(day, number, each), _SETS)
        invented = make_people(day.cards, seed=day.seed)
        with closing(Shop.open(made.shop)) as looking:
            reader = CardReader(looking)
            made.begin()
            office = Office(made, reader, day.cards)
            began = time.monotonic()
            work = threads.submit(office.work)
            try:
                for hour in range(day.hours):
                    batch = invented[day.cards * hour // day.hours : day.cards * (hour + 1) // day.hours]
                    made.spool(batch)
                    _kill_within(office, report, chance.choice(MOMENTS), chance.randint(1, max(1, len(batch))))
                    show(f"hour {hour + 1}: {office.states}")
                    _sleep_until(began + (hour + 1) * day.minutes * 60 / day.hours, work)
                show("the evening: what is left is printed")
                office.last_hour.set()
                work.result()
            finally:
                office.closing.set()
            report.seconds = time.monotonic() - began
            report.acts = office.staff.done
            made.daemon_down()
            _judge(made, looking, reader, report)
    return report


def _faults(day: Day, printer: int, cards: int) -> list[str]:
    """Draw what goes wrong in a printer, card by card."""
    chance = random.Random(f"{day.seed} {printer}")
    return [
        f"{text}{',' if '@' in text else '@'}card={card}"
        for card in range(1, cards + 1)
        for text, rate in RATES.items()
        if chance.random() < rate * day.harsh
    ]


def _kill_within(office: Office, report: Report, moment: str, after: int) -> None:
    """Kill the daemon when that happened to so many more cards, and start it again."""
    truth, deadline = TruthFile(office.floor.truth), time.monotonic() + _STALL_SECONDS
    before = _count(truth, moment)
    while _count(truth, moment) < before + after:
        if time.monotonic() > deadline or office.died():
            raise RuntimeError(f"no card is begun any more: {office.why}")
        time.sleep(0.01)
    out = Counter(line["event"] for line in truth.lines if line["event"] in ("feed", "card"))
    report.at_work.append(max(0, out["feed"] - out["card"]))
    office.alive.clear()
    office.floor.kill()
    report.kills += 1
    report.ready.append(office.floor.begin())
    office.alive.set()


def _count(truth: TruthFile, moment: str) -> int:
    """Count the cards that came so far: a job begun, a card fed, its black panel laid, a card let go."""
    return sum(line["event"] == moment and line.get("panel", "k") == "k" for line in truth.read())


def _sleep_until(then: float, work: Future[None]) -> None:
    while (left := then - time.monotonic()) > 0 and not work.done():
        time.sleep(min(left, 0.2))
    if work.done():
        work.result()
        raise RuntimeError("the people went home before the day was over")


class Eyes(People):
    """People who can only look: at printers, cards and blanks. They know of a printer's trouble what the list says."""

    seen: Mapping[str, Mapping[str, Any]] = {}

    def round(self) -> dict[str, int]:
        """Walk through the shop once, after a look at the list."""
        self.seen = {row["name"]: row for row in self._act("printers.list")}
        return super().round()


class Office:
    """The people of a floor, at work until every record has a good card."""

    def __init__(self, made: Floor, reader: CardReader, cards: int) -> None:
        self.floor, self.cards = made, cards
        self.alive, self.last_hour, self.closing = threading.Event(), threading.Event(), threading.Event()
        self.alive.set()
        self.states: dict[str, int] = {}
        self.why = ""
        self._truth = TruthFile(made.truth)
        hands = {name: _patient(simulator) for name, simulator in made.simulators.items()}
        self.staff = Eyes(self._act, hands, self._truth.cards, reader)
        self.staff.live = self._live

    def died(self) -> bool:
        """Tell whether the people cannot work any more."""
        return self.closing.is_set()

    def _live(self, name: str) -> Live:
        row = self.staff.seen[name]
        return Live(row["state"], tuple(row["reasons"]), row["message"])

    def _act(self, name: str, /, **arguments: Any) -> Any:
        """Perform an act; while the daemon is down people wait for it."""
        self.alive.wait(_STALL_SECONDS)
        return self.floor.act(name, **arguments)

    def work(self) -> None:
        """Walk round until the last hour is over and everything is printed and checked."""
        moved = time.monotonic()
        before: dict[str, int] = {}
        while not self.closing.is_set():
            try:
                self.states = self.staff.round()
                if self.states.get("held"):
                    self._act("records.acknowledge", by=person(SUPERVISOR))
            except (Refused, PrintdError) as changed:
                # What they saw changed meanwhile, or the daemon was killed under their hands: they look again.
                self.why = str(changed)
            if self.states != before:
                moved, before = time.monotonic(), self.states
            if self.last_hour.is_set() and self.states.get("finished", 0) >= self.cards:
                for name in self.floor.simulators:
                    self.staff.look_beside(name)
                return
            if time.monotonic() - moved > _STALL_SECONDS:
                lost = (
                    self._act("records.quarantined"),
                    sum(one.is_file() for one in self.floor.shop.glob("spool/**/*")),
                )
                raise RuntimeError(
                    f"the shop stands still: {self.states}; refused and in the spool: {lost}; {self.why}"
                )
            time.sleep(_ROUND_SECONDS)


def _patient(simulator: Simulator) -> Any:
    """Return hands that take no card out of a printer that moves: they wait, and switch it off if it never stops."""

    def hand(action: str, /, **arguments: Any) -> Mapping[str, Any]:
        for _ in range(_HANDS if action == "take_card" else 0):
            try:
                return simulator.hand(action)
            except PrintdError:
                time.sleep(0.05)
        if action == "take_card":
            simulator.hand("power_off")
            taken = simulator.hand(action)
            simulator.hand("power_on")
            return taken
        return simulator.hand(action, **arguments)

    return hand


def _judge(made: Floor, looking: Shop, reader: CardReader, report: Report) -> None:
    with looking.store.reading() as connection:
        owners = {reader(row["id"]): row["id"] for row in records.list_records(connection, 1_000_000)}
        entries = [Entry.from_body(body) for _, body, *_ in log.entries(connection)]
    inside = {name: list(one.hand("hopper")["blanks"]) for name, one in made.simulators.items()}
    truth = TruthFile(made.truth)
    report.cards = len(truth.cards())
    report.faults = Counter(line["fault"].partition("@")[0] for line in truth.lines if line["event"] == "fault")
    report.doubts = _doubts(entries)
    report.judgement = compare(read_books(made.shop), truth.cards(), owners, inside)
    prove(made.shop, report.judgement)


def _doubts(entries: list[Entry]) -> Counter[str]:
    """Count what put attempts in doubt and what people saw that settled them."""
    why: dict[str, str] = {}
    told: Counter[str] = Counter()
    for entry in entries:
        attempt = str(entry.data.get("attempt", ""))
        if entry.kind == "attempt.in_doubt":
            killed = any("printd stopped" in text for text in entry.data["evidence"]["findings"])
            why[attempt] = "after a kill" if killed else "after a fault"
        elif attempt in why and entry.kind in ("attempt.printed", "attempt.spoiled", "attempt.unused"):
            seen = {
                "attempt.printed": "a whole card",
                "attempt.spoiled": "a card printed in part",
                "attempt.unused": "the blank in the hopper"
                if str(entry.data.get("to", "")).startswith("hopper")
                else "an untouched blank outside",
            }[entry.kind]
            by = "a person saw" if entry.actors else "nobody: the printer's evidence said"
            told[f"{why.pop(attempt)}, {by} {seen}"] += 1
    if why:
        told["not settled"] += len(why)
    return told


def _table(day: Day, report: Report) -> Table:
    table = Table(box=None, pad_edge=False, show_header=False)
    judged = report.judgement

    def rows(head: str, values: Mapping[str, Any]) -> None:
        for number, (name, value) in enumerate(values.items()):
            table.add_row("" if number else head, name, str(value))

    rows("day", {"printers": day.printers, "hours": day.hours, "printer time, times real": f"{day.speed:.0f}",
                 "real seconds": f"{report.seconds:.0f}"})  # fmt: skip
    rows("cards", {"records": day.cards, "cards that left a printer": report.cards, **judged.kinds})
    rows("faults", dict(report.faults.most_common()))
    rows("kills", {"SIGKILL": report.kills, "cards inside at that moment": sum(report.at_work)})
    rows("doubts", dict(sorted(report.doubts.items())))
    rows("people", dict(sorted(report.acts.items())))
    rows("ready again", {"median": f"{median(report.ready):.2f} s", "longest": f"{max(report.ready):.2f} s"})
    rows("proof", {name: said.get("entries", "adds up") for name, said in judged.said.items()})
    rows("books against physics", {"differences": len(judged.wrong)})
    return table


def main() -> None:
    """Live through a day, show it, and end with 1 where books and physics differ."""
    usual = Day()
    reader = argparse.ArgumentParser(prog="bench/day.py", description=__doc__)
    for name in ("printers", "hours", "cards", "seed"):
        reader.add_argument(f"--{name}", type=int, default=getattr(usual, name))
    for name in ("minutes", "harsh"):
        reader.add_argument(f"--{name}", type=float, default=getattr(usual, name))
    reader.add_argument("--dir", type=Path, default=Path("/var/tmp"), help="where the shop is made (%(default)s)")
    reader.add_argument("--json", action="store_true", help="print one JSON object on the last line")
    chosen = vars(reader.parse_args())
    parent, as_json = chosen.pop("dir"), chosen.pop("json")
    day = Day(**chosen)
    with work_folder(parent) as folder:
        report = live(day, folder)
    console = Console(highlight=False, markup=False)
    console.print(_table(day, report))
    for difference in report.judgement.wrong:
        console.print(difference, style="red")
    if as_json:
        print(json.dumps({"ready": report.ready, "kills": report.kills, "wrong": report.judgement.wrong}))
    sys.exit(bool(report.judgement.wrong))


if __name__ == "__main__":
    main()
