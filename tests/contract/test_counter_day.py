"""A counter's day by command line with people logged in: how many commands it takes, and how often a secret is typed.

What is counted is what goes over the terminals, and who signed is read from the log's own rows: nothing of printd
counts for itself. Without sessions each command asks each of its signers for the passphrase.
"""

from __future__ import annotations

import json
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from hardware_mocks.printer import Setup, SimulatedPrinter
from hardware_mocks.pytest_wires import pty_printer
from printd.client.client import call, listens
from printd.demo.records import write
from printd.desk.acts import perform
from printd.desk.desk import Desk
from printd.shop.folder import SOCKET_NAME
from printd.shop.shop import Shop
from printd.words.roles import Role
from support.people import create, enrol, passphrase_of, proof
from support.terminal import Seat
from support.workday import stock

ORIGIN = "test.example/53/5371/blanks/1"
SECONDS = 120.0
RECORDS = 6
STOREKEEPER, OPERATOR, SUPERVISOR = "gede", "siti", "wayan"
PINS = {STOREKEEPER: "1470", OPERATOR: "2580", SUPERVISOR: "36900"}
SECRETS = {name: {passphrase_of(name): "passphrases", pin: "PINs"} for name, pin in PINS.items()}
KNOWS = {
    **{f"Passphrase of {name}": passphrase_of(name) for name in PINS},
    **{f"PIN or passphrase of {name}": pin for name, pin in PINS.items()},
}
CONFIG = """
[printing]
poll_seconds = 0.05

[duty]
cards_per_day = 0

[health]
free_mb = 8
"""
FAULTS = ["cable_out@reply=Se,card=2", "defect@card=4"]
"""A card comes out and the printer cannot say so any more; a blank has a factory defect, which only a person sees."""

MOST_COMMANDS, MOST_PINS = 29, 5


@dataclass
class Typed:
    """A command as it was typed.

    :param name: whose terminal it was.
    :param asked: the secrets that were typed for it: whose, and which.
    :param signed: those who signed what it booked.
    """

    name: str
    command: str
    asked: Counter[tuple[str, str]]
    signed: set[str]


@dataclass
class Day:
    """The shop, its printer, and people at their own terminals."""

    shop: Path
    printer: SimulatedPrinter
    seats: dict[str, Seat] = field(default_factory=dict)
    typed: list[Typed] = field(default_factory=list)

    def types(self, name: str, command: str) -> str:
        """Type a command at somebody's terminal and answer what it asks; it must have done what it says."""
        seat, booked = self.seats[name], self.entries()
        before = len(seat.typed)
        code, shown = seat.run(command, knows={**KNOWS, "PIN for this terminal": PINS[name]})
        assert code == 0, (command, shown)
        _, *answers = seat.typed[before:]
        asked = Counter((who, kind) for one in answers for who, known in SECRETS.items() if (kind := known.get(one)))
        assert asked.total() == len(answers), f"{command} asked for what is no secret"
        assert not any(passphrase_of(who) in shown for who in PINS), "what is typed unseen is not shown"
        signed = {who for entry in self.entries()[len(booked) :] for who in entry["by"]}
        self.typed.append(Typed(name, command, asked, signed))
        return shown

    def entries(self) -> list[dict[str, Any]]:
        """Return the log, from the database's own rows."""
        with closing(sqlite3.connect(f"file:{self.shop / 'printd.sqlite'}?mode=ro", uri=True)) as database:
            return [json.loads(body) for (body,) in database.execute("SELECT body FROM entry ORDER BY seq")]

    def until(self, **jobs: int) -> None:
        """Wait, as people do beside a printer, until so many jobs are in some states."""
        until(lambda: jobs.items() <= call(self.shop, "jobs.count", {}).items(), f"jobs: {jobs}")

    def in_hand(self) -> dict[str, bool]:
        """Return the cards that came out, by the serial that is read on them, and whether each looks good."""
        cards: list[dict[str, Any]] = [dict(card) for card in self.printer.truth.read("card")]
        return {card["blank"]: card["complete"] and not card["defect"] for card in cards}


def until(condition: Callable[[], bool], what: str) -> None:
    """Wait until something is true."""
    end = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < end, f"waited in vain until {what}"
        time.sleep(0.05)


@pytest.fixture
def day() -> Iterator[Day]:
    """A practice shop with people, a delivery in its store, records and a printer, whose daemon runs."""
    with ExitStack() as stack:
        place = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="pd-")))
        wire = place / "tty"
        setup = Setup(serial="SIM0001", faults=FAULTS)
        made = Day(place / "shop", stack.enter_context(pty_printer(setup, wire)).printer)
        create(made.shop, origin=ORIGIN, extra=CONFIG)
        _furnish(made.shop, f"serial:{wire}?baud=115200")
        write(place / "people", RECORDS)
        (place / "run").mkdir(mode=0o700)
        lines = stack.enter_context((place / "daemon.log").open("wb"))
        daemon = subprocess.Popen([sys.executable, "-m", "printd", "--shop", str(made.shop), "run"], stderr=lines)
        stack.callback(daemon.wait, SECONDS)
        stack.callback(daemon.send_signal, signal.SIGTERM)
        until(lambda: listens(made.shop / SOCKET_NAME), "the daemon listens")
        for name in PINS:
            made.seats[name] = Seat(made.shop, place / "run", cwd=place)
            stack.callback(made.seats[name].leave)
        yield made


def _furnish(folder: Path, uri: str) -> None:
    shop = Shop.open(folder)
    try:
        desk = Desk(shop)
        siti = enrol(desk, OPERATOR)
        gede = enrol(desk, STOREKEEPER, Role.STOREKEEPER)
        stock(desk, (siti, gede))
        two = {"by": proof(OPERATOR), "second": proof(SUPERVISOR)}
        perform(desk, "printers.add", {"name": "p1", "uri": uri, "model": "primacy", **two})
    finally:
        shop.close()


@pytest.mark.timeout(600)
def test_a_day_at_the_counter_asks_each_for_the_passphrase_once(day: Day) -> None:
    siti, gede, wayan = OPERATOR, STOREKEEPER, SUPERVISOR
    for name in (gede, siti, wayan):
        day.types(name, f"printd login {name}")

    # Morning: records come in, blanks out of the store and into the printer.
    day.types(siti, "printd records import people")
    day.types(siti, "printd records acknowledge --all")
    day.types(gede, f"printd shifts open --with {siti}")
    day.types(gede, "printd blanks load p1")
    (loaded,) = [entry["data"] for entry in day.entries() if entry["data"].get("why") == "load"]
    ((first, last),) = loaded["serials"]
    blanks = [f"K{number:03d}" for number in range(int(first[1:]), int(last[1:]) + 1)]
    day.printer.hands.load(blanks)
    day.types(siti, "printd printers resume p1")

    # The cable comes out under the second card: nobody knows what became of it until two people say so.
    day.until(in_doubt=1)
    told = re.search(r"printd jobs resolve \w+", day.types(siti, "printd printers list"))
    assert told is not None, "the list says what to do"
    assert blanks[1] in day.types(siti, told[0])
    assert day.in_hand()[blanks[1]], "they have it in hand, and it is whole"
    day.printer.hands.plug()
    day.types(siti, f"{told[0]} --printed --with {wayan}")
    day.until(printed=RECORDS)

    # The quality check: whoever printed is not the only one who calls a card spoiled.
    good = [blank for blank, looks_good in day.in_hand().items() if looks_good]
    (bad,) = [blank for blank, looks_good in day.in_hand().items() if not looks_good]
    day.types(siti, f"printd jobs check {' '.join(good)} --good")
    lost = day.types(siti, f"printd jobs check {bad} --spoiled factory_defect --with {wayan}")
    assert "decide whether it is printed again (printd jobs reprint)" in lost
    day.types(siti, f"printd jobs reprint {bad} --with {wayan}")
    day.until(printed=1)
    (again,) = set(day.in_hand()) - {*good, bad}
    day.types(siti, f"printd jobs check {again} --good")
    day.types(siti, "printd jobs list")
    for blank in (*good, again):
        title, _, done = day.types(siti, f"printd jobs handover {blank} --receiver holder --old-card none").splitlines()
        assert (title, *done.split()[1:]) == ("1 booked", "handed", "over", blank)

    # Evening: two count, each alone, and close the shift.
    begun = day.types(siti, "printd shifts count-begin")
    left = {"hopper:p1": len(blanks) - RECORDS - 1, "spoiled": 1, "output": 0}
    (shift,) = {one for one in begun.split() if one.startswith("shift:") and one.endswith("=PIECES")}
    sheet = " ".join(f"{place}={pieces}" for place, pieces in {shift.partition("=")[0]: 0, **left}.items())
    for name in (siti, gede):
        day.types(name, f"printd shifts count {sheet}")
    day.types(siti, f"printd shifts close --with {gede}")
    for name in (siti, gede, wayan):
        day.types(name, "printd logout")

    assert call(day.shop, "jobs.count", {}) == {"handed_over": RECORDS}
    assert [row["state"] for row in call(day.shop, "shifts.list", {})] == ["closed"]
    assert call(day.shop, "people.list", {}) == []
    _judge(day.typed)


def _judge(typed: list[Typed]) -> None:
    """Hold what was asked against what was signed, and tell the figures."""
    for one in typed:
        second = one.command.partition(" --with ")[2]
        people = {one.name, second} - {""}
        assert one.signed in (set(), people), f"{one.command} was signed by {one.signed}"
        wanted = Counter({(second, "PINs"): 1} if second else {})
        if one.command == f"printd login {one.name}":
            wanted = Counter({(one.name, "passphrases"): 1, (one.name, "PINs"): 2})  # which is chosen, typed twice
        assert one.asked == wanted, f"{one.command} asked for {dict(one.asked)}"
    logins = [one for one in typed if one.command.startswith("printd login")]
    asked = sum((one.asked for one in typed), Counter())
    chosen = sum((one.asked for one in logins), Counter())
    without = Counter(name for one in typed for name in one.signed)
    print(f"\n{'':12}commands  passphrases  PINs  without sessions: passphrases")
    for name in PINS:
        commands = sum(one.name == name for one in typed)
        pins = asked[name, "PINs"] - chosen[name, "PINs"]
        print(f"{name:12}{commands:8}  {asked[name, 'passphrases']:11}  {pins:4}  {without[name]:29}")
    acts = sum(bool(one.signed) for one in typed)
    pins = sum(count for (_, kind), count in (asked - chosen).items() if kind == "PINs")
    print(
        f"{len(typed)} commands, {acts} of them signed, {len(PINS)} passphrases, {pins} PINs beside {len(PINS)} that "
        f"were chosen; without sessions {without.total()} passphrases in {len(typed) - 2 * len(PINS)} commands"
    )
    assert {name: asked[name, "passphrases"] for name in PINS} == dict.fromkeys(PINS, 1)
    assert pins <= MOST_PINS
    assert len(typed) <= MOST_COMMANDS
    assert without.total() >= 3 * (len(PINS) + pins)
