"""A print shop at work: the daemon as a process of its own, each simulated printer as one, people at the socket."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from printd.client.client import call
from printd.demo.people import Person
from printd.demo.simulators import Simulator, start
from printd.demo.staff import CHECKER, RUNNER, enrolment, founders, person
from printd.desk.acts import perform
from printd.desk.desk import Desk
from printd.errors import PrintdError
from printd.shop.folder import SOCKET_NAME
from printd.shop.making import create
from printd.shop.shop import Shop

ORIGIN = "bench.example/53/5371/blanks/1"
DELIVERY = "D-1"
CARTON = 2000
BOOT_SECONDS = 60.0
STOP_SECONDS = 30.0
_LOOK_SECONDS = 0.02
_TWO = {"by": person(RUNNER), "second": person(CHECKER)}
_USB = """
[duty]
cards_per_day = 0

[usb]
backend = "hardware_mocks.wires.usb_socket:backend"
argument = "{bus}"
"""


class Floor:
    """A shop whose printers are named ``printer-1`` and so on, on USB and serial lines in turn.

    :param config: sections of its configuration.
    """

    def __init__(self, folder: Path, config: str = "") -> None:
        self.folder, self.shop = folder, folder / "shop"
        self.truth = folder / "truth.jsonl"
        self.simulators: dict[str, Simulator] = {}
        self.daemon: subprocess.Popen[bytes] | None = None
        usb = _USB.format(bus=folder / "bus")
        create(self.shop, origin=ORIGIN, extra=usb + config, practice=True, people=founders())

    def furnish(self, printers: int, blanks: int, speed: float, faults: Callable[[int], list[str]], sets: int) -> None:
        """Start the printers, enrol people, receive a delivery, book the printers and fill each hopper.

        :param blanks: in each hopper.
        :param speed: of the printers; 1 is real time.
        :param faults: of each printer by its number from 0.
        :param sets: on each ribbon.
        """
        with ThreadPoolExecutor(4) as several:
            made = [
                several.submit(
                    start,
                    self.folder,
                    number + 1,
                    usb=number % 2 == 0,
                    speed=speed,
                    ribbon=f"ymcko:{sets}",
                    faults=faults(number),
                    pictures=False,
                )
                for number in range(printers)
            ]
        self.simulators = {f"printer-{number + 1}": one.result() for number, one in enumerate(made)}
        shop = Shop.open(self.shop)
        try:
            desk = Desk(shop)

            def act(name: str, /, **arguments: Any) -> Any:
                return perform(desk, name, arguments)

            _deliver(act, printers * blanks)
            for number, (name, simulator) in enumerate(self.simulators.items()):
                act("printers.add", name=name, uri=simulator.uri, model="primacy", **_TWO)
                act("blanks.load", printer=name, pieces=blanks, by=person(RUNNER))
                serials = range(number * blanks + 1, (number + 1) * blanks + 1)
                simulator.hand("load", blanks=[serial(one) for one in serials])
                act("printers.resume", name=name, by=person(RUNNER))
        finally:
            shop.close()

    def act(self, name: str, /, **arguments: Any) -> Any:
        """Perform an act as the command line does."""
        return call(self.shop, name, arguments)

    def begin(self) -> float:
        """Start the daemon; return the seconds until it answered."""
        began = time.monotonic()
        with (self.folder / "daemon.log").open("ab") as lines:
            self.daemon = subprocess.Popen(
                [sys.executable, "-m", "printd", "--shop", str(self.shop), "run"], stderr=lines
            )
        while not self._answers():
            if self.daemon.poll() is not None or time.monotonic() - began > BOOT_SECONDS:
                said = (self.folder / "daemon.log").read_text(encoding="utf-8", errors="replace")[-1500:]
                raise PrintdError("The daemon did not start.", why=f"It said: {said}")
            time.sleep(_LOOK_SECONDS)
        return time.monotonic() - began

    def _answers(self) -> bool:
        """Tell whether the daemon itself listens; the client alone would do without one."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as knock:
            try:
                knock.connect(str(self.shop / SOCKET_NAME))
            except OSError:
                return False
        try:
            return bool(self.act("operators.list"))
        except PrintdError:
            return False

    def kill(self) -> None:
        """End the daemon as a power cut does: SIGKILL."""
        assert self.daemon is not None
        self.daemon.kill()
        self.daemon.wait(STOP_SECONDS)

    def daemon_down(self) -> None:
        """End the daemon as an office does."""
        if self.daemon is not None and self.daemon.poll() is None:
            self.daemon.terminate()
            try:
                self.daemon.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.kill()

    def stop(self) -> None:
        """End the daemon and the printers."""
        self.daemon_down()
        for simulator in self.simulators.values():
            simulator.stop()

    def spool(self, invented: Iterable[Person]) -> None:
        """Deliver records as a registry's client does: pictures first, the JSON's own name last."""
        for one in invented:
            place = self.shop / "spool" / str(one.fields["EKTP_LOCAL_ID"])
            place.with_suffix(".jpg").write_bytes(one.photo_jpeg)
            place.with_suffix(".png").write_bytes(one.signature_png)
            document = place.with_suffix(".tmp")
            document.write_text(json.dumps(one.fields), encoding="utf-8")
            document.rename(place.with_suffix(".json"))


@contextmanager
def floor(folder: Path, config: str = "") -> Iterator[Floor]:
    """Give a floor; its daemon and its printers end with it."""
    made = Floor(folder, config)
    try:
        yield made
    finally:
        made.stop()


def serial(number: int) -> str:
    """Return the serial of a blank of the delivery, from 1."""
    return f"BLK{number:07d}"


class TruthFile:
    """What physically happened, read as far as it was written; a line that is not whole is left for the next look."""

    def __init__(self, path: Path) -> None:
        self._path, self._at = path, 0
        self.lines: list[dict[str, Any]] = []

    def read(self) -> list[dict[str, Any]]:
        """Return all lines so far."""
        if self._path.exists():
            with self._path.open("rb") as file:
                file.seek(self._at)
                text = file.read()
            whole = text[: text.rfind(b"\n") + 1]
            self._at += len(whole)
            self.lines += [json.loads(line) for line in whole.splitlines()]
        return self.lines

    def cards(self) -> list[dict[str, Any]]:
        """Return every card that left a printer, oldest first."""
        return [line for line in self.read() if line["event"] == "card"]


def _deliver(act: Any, pieces: int) -> None:
    act("operators.enrol", **enrolment(RUNNER))
    cartons: list[Mapping[str, str]] = [
        {"carton": f"C{low}", "first": serial(low), "last": serial(min(low + CARTON - 1, pieces))}
        for low in range(1, pieces + 1, CARTON)
    ]
    manifest = {
        "delivery": DELIVERY,
        "bast_number": "BAST/BENCH/1",
        "bast_date": "2026-01-05",
        "stock_type": "WNI",
        "generation": "5",
        "practice": True,
        "cartons": cartons,
    }
    content = b64encode(json.dumps(manifest).encode()).decode("ascii")
    act("deliveries.announce", name="manifest.json", content=content, by=person(RUNNER))
    sheet = {"pieces": pieces, "cartons": [{"carton": one["carton"]} for one in cartons]}
    for name in (RUNNER, CHECKER):
        act("deliveries.count", delivery=DELIVERY, sheet=sheet, by=person(name))
    act("deliveries.receive", delivery=DELIVERY, **_TWO)
    for one in cartons:
        act("deliveries.open", delivery=DELIVERY, carton=one["carton"], **_TWO)
    act("shifts.open", pieces=pieces, reason="every hopper is filled", **_TWO)
