"""A print shop that is killed, cut and misled by a schedule, and settled by its people: one thread, no waiting.

A life of the daemon is what ``Daemon.run`` does before and with its workers, turn by turn; a kill is an exception at a
point and at every later one of that life, since nothing leaves the process but through points. The next life begins on
the same database. ``crash.zygote`` does the same with real processes and real signals.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
import sqlalchemy as sa

import drivers
from crash.points import Killed, Points, Schedule, commits
from crash.wire import Clock, Line
from drivers import deadline as deadline_module
from drivers.deadline import Deadline
from drivers.dither import Dither
from drivers.magicard import printer as magicard
from drivers.matica import printer as matica
from drivers.panels import Separation
from drivers.printer import EncodedCard
from drivers.zebra import printer as zebra
from hardware_mocks.control import RefusedError
from hardware_mocks.pytest_wires import Setup, SimulatedPrinter
from printd.demo.staff import RUNNER, PrinterRow, Staff, person
from printd.desk.acts import perform
from printd.desk.desk import Desk
from printd.errors import Refused
from printd.events.policy import TurnTaken
from printd.ledger.entry import Entry
from printd.printing import recovery
from printd.printing.artwork import Artist
from printd.printing.dispatch import Dispatcher, Waiting
from printd.printing.next_job import Prepared
from printd.printing.press import connect
from printd.printing.shown import Live
from printd.printing.worker import Worker
from printd.shop import configured
from printd.shop.config import Printing
from printd.shop.health import Problem
from printd.shop.shop import Shop
from printd.store import log
from support import office as offices
from support.office import TWO, Office

BLANKS = 8  # in each hopper
RECORDS = 3
ROUNDS = 90  # after which a shop that still is not done has come to a stand
_FAST_DISK = Path("/dev/shm")


@dataclass(frozen=True)
class Press:
    """How one family is set up here: a model that proves its cards, and its simulator."""

    model: str
    uri: str
    setup: Mapping[str, Any] = field(default_factory=dict)
    separation: Mapping[str, Any] = field(default_factory=dict)


PRESSES: Mapping[str, Press] = MappingProxyType(
    {
        "evolis": Press("primacy", "tcp://127.0.0.1:{port}"),
        "magicard": Press("enduro-plus", "usb://0c1f/SIM{port}"),
        "matica": Press("xid580x", "tcp://127.0.0.1:{port}", {"dialect": "xid580"}),
        "zebra": Press(
            "p330i", "tcp://127.0.0.1:{port}", {"ribbon": "k:100"}, {"ribbon": "k", "dither": Dither.ORDERED}
        ),
    }
)


@dataclass(frozen=True)
class Plan:
    """One run: a family, printers, records, faults planned in the simulators, and the schedule."""

    family: str = "evolis"
    printers: int = 1
    records: int = 2
    faults: tuple[str, ...] = ()  # "p0 jam@panel=k,card=1"
    schedule: Schedule = field(default_factory=dict)


@dataclass(frozen=True)
class Template:
    """A shop made once for a family, to be copied; ``blacks`` tells whose card carries which black panel."""

    folder: Path
    prepared: dict[tuple[str, str], Prepared]
    blacks: Mapping[str, str]


class Now:
    """Draws at once, in the thread that asks."""

    def submit(self, work: Any, /, *arguments: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(work(*arguments))
        except Exception as error:  # noqa: BLE001 - whoever asks for the result gets it
            future.set_exception(error)
        return future


@contextmanager
def clock_of_nobody(clock: Clock) -> Iterator[None]:
    """Let the drivers live on a clock that jumps."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (deadline_module, magicard, matica, zebra):
            patch.setattr(module, "time", clock)
        yield


_FIRST: list[sa.Engine] = []


@contextmanager
def statements_kept() -> Iterator[None]:
    """Let all SQLite engines share one dialect and its compiled statements: a run opens several."""
    make = sa.create_engine

    def alike(*about: Any, **more: Any) -> sa.Engine:
        engine = make(*about, **more)
        if engine.dialect.name == "sqlite":
            if not _FIRST:
                _FIRST.append(make("sqlite://"))
                with _FIRST[0].connect():
                    pass
            engine.dialect, engine._compiled_cache = _FIRST[0].dialect, _FIRST[0]._compiled_cache
        return engine

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sa, "create_engine", alike)
        yield


@contextmanager
def wired(lines: Mapping[str, Line], points: Points) -> Iterator[None]:
    """Let addresses lead to simulated printers."""

    def open_transport(uri: str, *, usb_class: int = 7, usb_backend: object = None, deadline: Deadline) -> Any:
        return lines[uri].connect(points)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(drivers, "open_transport", open_transport)
        yield


def _uri(family: str, number: int) -> str:
    return PRESSES[family].uri.format(port=9101 + number)


def _printer(family: str, number: int, faults: list[str]) -> SimulatedPrinter:
    return SimulatedPrinter(Setup(family=family, serial=f"SIM{9101 + number}", faults=faults, **PRESSES[family].setup))


def prepare(artist: Artist, shop: Shop, family: str, waiting: Waiting, printer: str) -> Prepared:
    """Prepare a job as the artist does, on the ribbon that this family's proven model has."""
    drawn = artist.draw(waiting.record)
    card = artist.encode(drawn, family, PRESSES[family].model, Separation(**PRESSES[family].separation))
    return Prepared(waiting.job, card, shop.vault.pseudonym("artwork", b"".join(card.commands)))


@cache
def template(family: str) -> Template:
    """Make the shop of a family, to be copied."""
    return furnish(family)


def furnish(family: str, database: str = "") -> Template:
    """Make a shop: two printers with blanks, some records; what each job's card looks like is printed once apart."""
    base = Path(tempfile.mkdtemp(prefix="printd-crash-", dir=_FAST_DISK if _FAST_DISK.is_dir() else None))
    _KEPT.callback(shutil.rmtree, base, ignore_errors=True)
    clock, quiet = Clock(), Points({}, lambda action, printer: None)
    quiet.counting = False
    with ExitStack() as stack:
        made = Office(base, database)
        stack.callback(made.shop.close)
        made.deliver(2 * BLANKS + 4)
        sims = [stack.enter_context(_printer(family, number, [])) for number in range(2)]
        lines = {_uri(family, number): Line(f"p{number}", sims[number], clock) for number in range(2)}
        stack.enter_context(clock_of_nobody(clock))
        stack.enter_context(wired(lines, quiet))
        for number, sim in enumerate(sims):
            first = number * BLANKS + 1
            _add_printer(made, family, number, sim, first)
        made.take_in(RECORDS)
        artist = Artist(made.shop)
        prepared = {}
        for job in made.act("jobs.list")["jobs"]:
            for number in range(2):
                waiting = Waiting(job["id"], job["record_id"], TurnTaken(by="order"))
                prepared[job["id"], f"p{number}"] = prepare(artist, made.shop, family, waiting, f"p{number}")
        records = {job["id"]: str(job["record_id"]) for job in made.act("jobs.list")["jobs"]}
        blacks = blacks_of(family, {records[job]: one.card for (job, _), one in prepared.items()})
        assert len(blacks) == RECORDS, "two records have one black panel"
        made.shop.sign()
    return Template(base / "shop", prepared, blacks)


def blacks_of(family: str, cards: Mapping[str, EncodedCard]) -> dict[str, str]:
    """Print each record's card once apart; return by the black panel that lies on it whose it is."""
    clock, quiet = Clock(), Points({}, lambda action, printer: None)
    quiet.counting = False
    spoken = next(one for one in drivers.families() if one.name == family)
    blacks: dict[str, str] = {}
    with clock_of_nobody(clock), _printer(family, 0, []) as sim:
        line = Line("apart", sim, clock)
        sim.hands.load([f"X{number}" for number in range(len(cards))])
        for record, card in cards.items():
            printer = spoken.connect(line.connect(quiet), spoken.models[PRESSES[family].model])
            printer.print(card, Deadline.after(60))
            printer.close()
            laid = sim.truth.read("card")[-1]
            assert laid["complete"], laid
            blacks[black_of(laid)] = record
    return blacks


def _add_printer(made: Office, family: str, number: int, sim: SimulatedPrinter, first: int) -> None:
    name = f"p{number}"
    made.act(
        "printers.add",
        name=name,
        uri=_uri(family, number),
        model=PRESSES[family].model,
        family=family,
        **TWO,
    )
    made.issue(f"BLK{first:06d}", f"BLK{first + BLANKS - 1:06d}")
    made.act("blanks.load", printer=name, pieces=BLANKS, by=person(RUNNER))
    sim.hands.load([f"BLK{index:06d}" for index in range(first, first + BLANKS)])
    made.act("printers.resume", name=name, by=person(RUNNER))


def black_of(card: Mapping[str, Any]) -> str:
    """Return the checksum of the black panel that a card carries."""
    return next(str(panel["crc32"]) for panel in card["front"] if panel["panel"] == "k")


class People(Staff):
    """The staff of the demo, who also know printers with a button, and find blanks that came out beside a card."""

    _visits = 0
    live: Callable[[str], Live | None] = staticmethod(lambda name: None)

    def _clear_printer(self, hand: Any) -> None:
        super()._clear_printer(hand)
        name = next(one for one, other in self._hands.items() if other is hand)
        live = self.live(name)
        lost = live is not None and any("unknown" in reason for reason in live.reasons)
        if lost or (live is not None and "Switch the printer off" in live.message):
            self._visits += 1
            if self._visits % 4 == 0:
                hand("power_off")  # it says so, or is silent or unclear: perhaps the rest of a card never comes
                hand("power_on")
        hand("press")

    def _settle(self, row: PrinterRow, hand: Any) -> None:
        """Settle as the demo's staff; then look for blanks that came out beside the card."""
        super()._settle(row, hand)
        self.look_beside(row["name"])

    def look_beside(self, name: str) -> None:
        """Book a blank that lies outside, untouched, where the books believe it in the hopper; no card is under way.

        One that was booked as skipped and, since the daemon died between the two acts, not as found yet, is found now.
        """
        outside = {card["blank"] for card in self._cards() if not card["front"]}
        for blank in self._act("blanks.in", place=f"hopper:{name}")["serials"]:
            if blank in outside:
                self._act("blanks.skip", serial=blank, **TWO)
        for blank in self._act("blanks.in", place="skipped")["serials"]:
            if blank in outside:
                self._act("blanks.find", serial=blank, **TWO)
                self.done["blanks found beside a card"] += 1


class Violation(AssertionError):
    """A rule was broken; the message tells which, and the last points."""


class House(Office):
    """A copy of a family's shop with its printers; :meth:`run` lives through the plan and judges."""

    def __init__(self, plan: Plan, folder: Path, made: Template | None = None) -> None:
        self.plan, self.made = plan, made or template(plan.family)
        self.shop_folder = folder / "shop"
        shutil.copytree(self.made.folder, self.shop_folder)
        self.clock = Clock()
        self.points = Points(plan.schedule, self._happen)
        self.printers = {}
        self.lines: dict[str, Line] = {}
        for number in range(2):
            name = f"p{number}"
            sim = _printer(plan.family, number, [text[3:] for text in plan.faults if text.startswith(name)])
            first = number * BLANKS + 1
            sim.hands.load([f"BLK{index:06d}" for index in range(first, first + BLANKS)])
            self.printers[name] = sim
            self.lines[_uri(plan.family, number)] = Line(name, sim, self.clock)
        self.lives = 0
        self.rounds = 0
        self._stack = ExitStack()
        self._busy: list[str] = []
        self._workers: dict[str, Worker] = {}
        self._people_at_work = False
        self.shop: Shop
        self._open()
        self._trim()

    # --- lives ---

    def _open(self) -> None:
        self.shop = Shop.open(self.shop_folder)
        self.desk = Desk(self.shop, self)
        self._stack.enter_context(commits(self.shop.store.engine, self._commit))

    def _commit(self, name: str) -> None:
        self.points.reach(name, self._busy[-1] if self._busy else "", alone=True)

    def _trim(self) -> None:
        """Leave as many jobs and printers as the plan wants."""
        self.points.counting = False
        for job in self.act("jobs.list")["jobs"][self.plan.records :]:
            self.act("jobs.cancel", job=job["id"], by=person(RUNNER))
        if self.plan.printers == 1:
            self.act("printers.pause", name="p1", by=person(RUNNER))
        self.points.counting = True

    def begin(self) -> None:
        """Begin a life, as the daemon does."""
        self.lives += 1
        self.points.dead = False
        configured.enter(self.shop)
        recovery.doubt_open_attempts(self.shop.books)
        dispatcher = Dispatcher(self.shop.store, self.shop.config.policy, self.shop.zone, self.shop.books.clock)
        for name in self.names:
            self._workers[name] = Worker(
                name,
                self.shop.books,
                dispatcher,
                Printing(poll_seconds=0.05, card_seconds=60, command_seconds=2),
                self.shop.config.duty,
                self.shop.zone,
                connect=lambda printer: connect(self.shop, printer),
                prepare=lambda waiting, printer: self.made.prepared[waiting.job, printer],
                drawing=Now(),  # type: ignore[arg-type]
            )

    @property
    def names(self) -> list[str]:
        """Printers that work."""
        return [f"p{number}" for number in range(self.plan.printers)]

    def bury(self) -> None:
        """Let the kernel do what it does after a kill: connections end, an open transaction never was."""
        self._workers.clear()
        self._busy.clear()
        self._people_at_work = False
        for line in self.lines.values():
            line.hang_up()
        self._stack.close()
        self.shop.store.close()
        self._open()

    def turn(self, name: str) -> None:
        """Let one worker take one turn, without a wait at its end."""
        if name in self._busy or name not in self._workers:
            return
        self._busy.append(name)
        try:
            self._workers[name].wake()
            self._workers[name].work_once()
        finally:
            self._busy.remove(name)

    # --- the world ---

    def _happen(self, action: str, printer: str) -> None:
        name = printer or self.names[0]
        if action == "people":
            self.people()
        elif action == "turn":
            for other in self.names:
                if other != printer:
                    self.turn(other)
        else:
            sim = self.printers[name]
            with sim.machine.cond:
                if action == "power":
                    sim.machine.switch_off("schedule")
                elif action == "unplug":
                    sim.machine.set_cable(plugged=False)
                elif action == "cover":
                    sim.machine.set_cover(is_open=True)
                elif action == "jam" and sim.machine.path:
                    sim.machine.jammed = True
                    sim.machine.truth.write("jam", blank=sim.machine.path[0].blank, position=sim.machine.position)
            self.lines[_uri(self.plan.family, int(name[1:]))].settle()

    def people(self) -> dict[str, int]:
        """Let the people walk round once, unless they are at it."""
        if self._people_at_work:
            return {}
        self._people_at_work = True
        try:
            return self._staff.round()
        except Refused:  # what they saw changed meanwhile: they look again at the next round
            return {}
        except RefusedError:
            return {}
        finally:
            self._people_at_work = False

    # --- the workshop of the desk ---

    def wake(self, printer: str | None = None) -> None:
        """Nobody sleeps here."""

    def start_worker(self, printer: str) -> None:
        """Printers are there from the start."""

    def trace(self, printer: str, *, on: bool) -> None:
        """Nothing is noted."""

    def live(self, printer: str) -> Live | None:
        """Return what a worker does now."""
        worker = self._workers.get(printer)
        return worker.live if worker else None

    def end_worker(self, printer: str) -> None:
        """Nobody retires here."""

    def looked(self) -> tuple[int, int]:
        """Nobody looks at the log here."""
        return 0, 0

    def problems(self) -> list[Problem]:
        """Nobody looks after the parts here."""
        return []

    def act(self, name: str, /, **arguments: Any) -> Any:
        """Perform an act at the desk; while people look, the printers go on."""
        if name == "printers.list" and self._people_at_work:
            for printer in self.names:
                self.turn(printer)
            return [row for row in perform(self.desk, name, arguments) if row["name"] in self.names]
        return perform(self.desk, name, arguments)

    # --- a run ---

    def run(self) -> House:
        """Live until every record has its card; judge. :raises Violation: a rule was broken."""
        hands = {name: offices._hand(self.printers[name]) for name in self.printers}
        carried = {record: black for black, record in self.made.blacks.items()}
        self._staff = People(self.act, hands, self.outside, lambda record: carried[record])
        self._staff.live = self.live
        with clock_of_nobody(self.clock), wired(self.lines, self.points):
            finished = self._live()
            self.points.counting = False
            try:
                self.judge(records=self.plan.records)
            except AssertionError as broken:
                raise Violation(str(broken).splitlines()[0]) from broken
            if not finished:
                raise Violation(f"the shop came to a stand: {self.act('jobs.count')} {self._seen()}")
        return self

    def _live(self) -> bool:
        for self.rounds in range(ROUNDS):
            try:
                if not self._workers:
                    self.begin()
                for name in self.names:
                    self.turn(name)
                if self.people().get("finished", 0) >= self.plan.records:
                    for name in self.names:
                        self._staff.look_beside(name)
                    return True
            except Killed:
                self.bury()
        return False

    def outside(self) -> list[dict[str, Any]]:
        """Return every card that left a printer, oldest first: who looks for a record's card takes the latest."""
        return sorted(super().outside(), key=lambda card: float(card["time"]))

    def _seen(self) -> Any:
        return [(row["name"], row["state"], row["message"]) for row in self.act("printers.list")]

    def _blacks(self) -> dict[str, str]:
        return dict(self.made.blacks)

    def judge(self, records: int | None = None) -> None:
        """See :meth:`support.office.Office.judge`; a stand is told apart from books that are wrong."""
        done = self.act("jobs.count").get("finished", 0) >= (records or 0)
        super().judge(records if done else None)
        self._each_card_was_decided()
        if not any("double_feed" in text for text in self.plan.faults):
            assert not self._staff.done["blanks corrected"], "a card lay on another blank than booked"

    def _each_card_was_decided(self) -> None:
        """Hold the log against the rules: who decides, what a doubt stops, that a card booked as printed is whole."""
        spent: dict[str, str] = {}
        of: dict[str, str] = {}
        at: dict[str, str] = {}
        doubtful: dict[str, str] = {}  # attempt by printer
        on: dict[str, str] = {}
        cards: list[str] = []
        whole = {str(card["blank"]) for card in self.outside() if card["complete"]}
        wrong_blank = any("double_feed" in text for text in self.plan.faults)
        with self.shop.store.reading() as connection:
            entries = [Entry.from_body(body) for _, body, *_ in log.entries(connection)]
        for entry in entries:
            data = entry.data
            if entry.kind == "attempt.started":
                assert data["job"] not in spent, f"a job began again after it was {spent[data['job']]}"
                assert data["printer"] not in doubtful, "a printer went on although an attempt of it was in doubt"
                of[data["attempt"]], at[data["attempt"]] = data["job"], data["printer"]
                on[data["attempt"]] = data["serial"]
                continue
            if entry.kind == "attempt.corrected":
                on[data["attempt"]] = data["actual"]
            if entry.kind == "attempt.printed" and not entry.actors:
                serial = on[data["attempt"]]
                assert wrong_blank or serial in whole, f"{serial} was booked as printed and is not"
            if entry.kind in ("attempt.printed", "attempt.spoiled", "attempt.unused"):
                doubtful.pop(at[data["attempt"]], None)
            if entry.kind == "attempt.in_doubt":
                doubtful[at[data["attempt"]]] = data["attempt"]
            if entry.kind in ("attempt.printed", "attempt.spoiled"):
                spent[of[data["attempt"]]] = entry.kind
                cards.append(data["attempt"])
            if entry.kind == "job.released" and entry.actors and spent.pop(data["job"], None) is not None:
                assert len(entry.actors) == 2, f"{entry.actors} alone let a record have another card"
        inked = {str(card["blank"]) for card in self.outside() if card["front"]}
        for name in self.names:  # a printer takes the lowest blank: a later card is on a later one
            row = [on[attempt] for attempt in of if at[attempt] == name and attempt in cards and on[attempt] in inked]
            assert row == sorted(row), f"the cards of {name} were made in another order than the books say: {row}"

    def close(self) -> None:
        """Take the printers away."""
        self._stack.close()
        self.shop.close()
        for sim in self.printers.values():
            sim.close()


@contextmanager
def house(plan: Plan, kind: type[House] = House) -> Iterator[House]:
    """Give a house for one plan; it is gone at the end."""
    template(plan.family)
    folder = Path(tempfile.mkdtemp(prefix="run-", dir=template(plan.family).folder.parent))
    try:
        with statements_kept():
            made = kind(plan, folder)
            try:
                yield made
            finally:
                made.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def dialogue(sim: SimulatedPrinter) -> str:
    """Return what physically happened, for a report."""
    return "\n".join(
        json.dumps({key: value for key, value in line.items() if key != "time"}) for line in sim.truth.lines
    )


_KEPT = ExitStack()
