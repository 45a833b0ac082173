"""The real daemon, killed by SIGKILL at each named point of its first card, over real wires; people settle; the judge.

Simulators live here, daemons are forked by ``crash.zygote``. In a common run some points are taken by chance, in
``make crash`` all.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from crash.house import BLANKS, PRESSES, People, blacks_of
from hardware_mocks.pytest_wires import Setup, SimulatedPrinter
from hardware_mocks.wires.pty import PtyWire
from hardware_mocks.wires.tcp import TcpWire
from hardware_mocks.wires.usb_socket import UsbSocketServer
from printd.client.client import call
from printd.demo.people import make_people
from printd.demo.staff import RUNNER, person
from printd.desk.acts import perform
from printd.desk.desk import Desk
from printd.errors import PrintdError
from printd.printing.artwork import Artist
from printd.shop.shop import Shop
from printd.store import records
from support import office as offices
from support.office import TWO, Office, until

ALL = bool(int(os.environ.get("PRINTD_CRASH", "0")))
SOME = 2  # points of a wire in a common run
RECORDS = 2
WIRES = {"evolis-serial": "evolis", "evolis-tcp": "evolis", "evolis-usb": "evolis", "magicard-usb": "magicard"}
_TESTS = Path(__file__).parent.parent


class Zygote:
    """The process that forks daemons."""

    def __init__(self, lines: Path) -> None:
        self._lines = lines
        self._process = subprocess.Popen(
            [sys.executable, "-m", "crash.zygote"],
            env={**os.environ, "PYTHONPATH": str(_TESTS)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, **asked: Any) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(asked) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer

    def begin(self, shop: Path, told: Path, kill: tuple[str, int] | None = None) -> int:
        return int(self.ask(shop=str(shop), told=str(told), kill=kill, lines=str(self._lines))["pid"])

    def ended(self, pid: int, seconds: float) -> int | None:
        """Return how a daemon ended; ``None``: it did not within this time."""
        end = time.monotonic() + seconds
        while (how := self.ask(wait=pid)["ended"]) is None:
            if time.monotonic() > end:
                return None
            time.sleep(0.01)
        return int(how)

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()


@dataclass
class Bench:
    """A template shop whose printer stands on one wire at one address; ``run`` is where it is copied to."""

    wire: str
    template: Path
    run: Path
    zygote: Zygote
    blacks: dict[str, str] = field(default_factory=dict)
    port: int = 0
    ready: list[float] = field(default_factory=list)

    @property
    def family(self) -> str:
        return WIRES[self.wire]

    @contextmanager
    def printer(self) -> Iterator[SimulatedPrinter]:
        """Put the printer, with its blanks, on the wire."""
        hopper = [f"BLK{number:06d}" for number in range(1, BLANKS + 1)]
        speed = 100.0 if self.family == "magicard" else 0.0
        setup = Setup(family=self.family, serial="SIM1", hopper=hopper, speed=speed, **PRESSES[self.family].setup)
        with SimulatedPrinter(setup) as sim:
            on: Any
            if self.wire.endswith("serial"):
                on = PtyWire(sim, self.run / "tty")
            elif self.wire.endswith("tcp"):
                on = TcpWire(sim, port=self.port)
                self.port = on.port
            else:
                on = UsbSocketServer(sim, self.run / "bus")
            try:
                yield sim
            finally:
                on.close()

    @property
    def uri(self) -> str:
        usb = {"evolis": "0f49", "magicard": "0c1f"}[self.family]
        return {
            "serial": f"serial:{self.run / 'tty'}?baud=115200",
            "tcp": f"tcp://127.0.0.1:{self.port}",
            "usb": f"usb://{usb}/SIM1",
        }[self.wire.partition("-")[2]]


class Survivors(Office):
    """The office after a copy of the template: through the daemon's socket."""

    def __init__(self, bench: Bench, sim: SimulatedPrinter) -> None:
        self.shop_folder = bench.run / "shop"
        shutil.copytree(bench.template, self.shop_folder)
        self.printers = {"p0": sim}
        self.shop = Shop.open(self.shop_folder)
        self.desk = Desk(self.shop)
        self._known = bench.blacks

    def act(self, name: str, /, **arguments: Any) -> Any:
        if (self.shop_folder / "printd.sock").is_socket():
            return call(self.shop_folder, name, arguments)
        return perform(self.desk, name, arguments)

    def _blacks(self) -> dict[str, str]:
        return self._known


@pytest.fixture(scope="module")
def zygote(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Zygote]:
    made = Zygote(tmp_path_factory.mktemp("zygote") / "daemon.log")
    yield made
    made.close()


@pytest.fixture(scope="module", params=WIRES)
def bench(request: pytest.FixtureRequest, zygote: Zygote, tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """Make the template: one printer on the wire, blanks, a record in the books and one in the spool."""
    base = tmp_path_factory.mktemp(request.param)
    made = Bench(request.param, base / "shop", base / "run", zygote)
    made.run.mkdir()
    more = ""
    if made.wire.endswith("usb"):
        (made.run / "bus").mkdir()
        more = f'\n[usb]\nbackend = "hardware_mocks.wires.usb_socket:backend"\nargument = "{made.run / "bus"}"\n'
    with made.printer():
        office = Office(base, more=more)
        office.deliver(BLANKS + 4)
        model = PRESSES[made.family].model
        office.act("printers.add", name="p0", uri=made.uri, model=model, family=made.family, **TWO)
        office.issue("BLK000001", f"BLK{BLANKS:06d}")
        office.act("blanks.load", printer="p0", pieces=BLANKS, by=person(RUNNER))
        office.act("printers.resume", name="p0", by=person(RUNNER))
        office.take_in(RECORDS)
        shop = office.shop
        artist = Artist(shop)
        with shop.store.reading() as connection:
            rows = records.list_records(connection, 100)
        cards = {row["id"]: artist.encode(artist.draw(row["id"]), made.family, model) for row in rows}
        made.blacks = blacks_of(made.family, cards)
        shop.sign()
        shop.close()
    return made


def listens(path: Path) -> bool:
    """Tell whether somebody listens: the socket is there a moment earlier."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            return False
    return True


@dataclass(frozen=True)
class Lived:
    """How a killed daemon ended, and what it told before."""

    ended: int
    names: list[str]


def live_through(bench: Bench, kill: tuple[str, int] | None) -> Lived:
    """Kill, start again, let people settle everything, stop, judge."""
    told = bench.run / "told"
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, bench.run / "shop", ignore_errors=True)
        sim = stack.enter_context(bench.printer())
        made = Survivors(bench, sim)
        stack.callback(made.shop.close)
        invented = make_people(1, seed=77)[0]  # with no photograph: it is set aside, which is work on files as well
        (made.shop.spool / "x.json").write_text(json.dumps(invented.fields), encoding="utf-8")
        pid = bench.zygote.begin(made.shop_folder, told, kill)
        ended = 0
        if kill is not None:
            how = bench.zygote.ended(pid, 3)
            if how is None:  # it never came to that point
                os.kill(pid, signal.SIGTERM)
                how = bench.zygote.ended(pid, 20)
            assert how in (0, -signal.SIGKILL), "the daemon died of something else"
            ended = how
            sim.idle()
            pid = bench.zygote.begin(made.shop_folder, bench.run / "told2")
        began = time.monotonic()
        (made.shop_folder / "printd.sock").unlink(missing_ok=True)  # of the life before
        until(lambda: listens(made.shop_folder / "printd.sock"), "the daemon listens")
        bench.ready.append(time.monotonic() - began)
        try:
            hands = {"p0": offices._hand(sim)}
            carried = {record: black for black, record in bench.blacks.items()}
            staff = People(made.act, hands, made.outside, lambda record: carried[record])
            end = time.monotonic() + 60

            def settled() -> bool:
                try:
                    return staff.round().get("finished", 0) >= RECORDS
                except PrintdError:  # it changed while they looked
                    return False

            while not settled():
                assert time.monotonic() < end, made.act("printers.list")
                time.sleep(0.02)
        finally:
            os.kill(pid, signal.SIGTERM)
            assert bench.zygote.ended(pid, 20) == 0, "the daemon did not stop well"
        made.judge(records=RECORDS)
    return Lived(ended, told.read_text().splitlines())


@pytest.mark.timeout(1800)
def test_killed_at_each_point(bench: Bench) -> None:
    names = live_through(bench, None).names
    assert sum("commit attempt.printed" in name for name in names) == 2 * RECORDS
    seen: Counter[str] = Counter()
    points = []
    for name in names[: names.index("after commit attempt.printed") + 8]:
        seen[name] += 1
        if "port status" not in name or seen[name] == 1:
            points.append((name, seen[name]))
    sure = [point for point in points if point[1] == 1]  # as many looks at a busy printer are not taken each time
    chosen = points if ALL else random.Random(len(points)).sample(sure, 3 * SOME)
    started = sum(name == "before commit attempt.started" for name in names)
    killed = 0
    for point in chosen:
        killed += live_through(bench, point).ended == -signal.SIGKILL
        if killed == SOME and not ALL:
            break
    assert started >= RECORDS
    assert killed, "no daemon came to the point at which it was to kill itself"
    print(
        f"{bench.wire}: {len(points)} points, {killed} daemons killed; "
        f"ready after {sorted(bench.ready)[len(bench.ready) // 2]:.2f} s (median), {max(bench.ready):.2f} s at most"
    )
