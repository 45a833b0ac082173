"""Inside the guest: the drivers through usbfs on printers of another machine, beside the kernel's own drivers and udev.

Each printer is a process outside, attached over the network as a person would (``usbip attach``); what physically
happened is read from its truth file. Runs as root, and where that matters as a user of the group lp or of no group.
"""

from __future__ import annotations

import codecs
import contextlib
import grp
import json
import os
import stat
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import numpy as np
import pytest

from drivers import encode, list_printers, open_printer
from drivers.deadline import Deadline
from drivers.errors import AccessError, BusyError, DriverError, GoneError, NotFoundError
from drivers.family import Options
from drivers.panels import Separation
from drivers.printer import Artwork, CardPrinter, EncodedCard, Outcome, SidePicture, State
from drivers.transports.trace import Trace

# An ordinary user cannot load modules from the home of root: what comes late is loaded now.
for encoding in ("latin-1", "utf-16-le"):
    codecs.lookup(encoding)
list_printers()
PLACES = json.loads(Path("/mnt/places.json").read_text())
DEVICES = Path("/sys/bus/usb/devices")
MODELS = {"evolis": "primacy", "magicard": "enduro-plus", "zebra": "p330i", "matica": "xid8600"}
VENDORS = {"evolis": "0f49", "magicard": "0c1f", "zebra": "0a5f", "matica": "2166"}
NOBODY = 65534
FAMILIES = pytest.mark.parametrize("name", list(MODELS))


def soon() -> Deadline:
    return Deadline.after(60)


def until(condition: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end, f"not within a minute: {what}"
        time.sleep(0.02)


def command(*arguments: str) -> str:
    return subprocess.run(arguments, capture_output=True, text=True, timeout=60, check=True).stdout


@dataclass
class Plugged:
    """A printer at the guest's bus."""

    name: str
    port: int
    device: str

    @property
    def serial(self) -> str:
        return str(PLACES[self.name]["serial"])

    @property
    def family(self) -> str:
        return {"twin": "evolis"}.get(self.name, self.name.partition("-")[0])

    @property
    def uri(self) -> str:
        return f"usb://{VENDORS[self.family]}/{self.serial}"

    @property
    def node(self) -> Path:
        bus, number = (int((DEVICES / self.device / file).read_text()) for file in ("busnum", "devnum"))
        return Path(f"/dev/bus/usb/{bus:03}/{number:03}")

    @property
    def kernel_driver(self) -> str:
        link = DEVICES / f"{self.device}:1.0" / "driver"
        return link.resolve().name if link.exists() else ""

    def open(self, trace: Trace | None = None) -> CardPrinter:
        """Open it; libusb hears a moment later than udev that a printer was plugged in."""
        deadline = soon()
        while True:
            try:
                return open_printer(
                    self.uri, family=self.family, model=MODELS[self.family], deadline=deadline, trace=trace
                )
            except NotFoundError:
                if deadline.expired:
                    raise
                time.sleep(0.1)

    def truth(self, event: str) -> list[dict[str, object]]:
        lines = [json.loads(line) for line in Path(PLACES[self.name]["truth"]).read_text().splitlines()]
        return [line for line in lines if line["event"] == event]

    def unplug(self) -> None:
        command("usbip", "detach", "-p", str(self.port))
        until(lambda: not (DEVICES / self.device).exists(), f"{self.name} went")


Plug = Callable[[str], Plugged]


@pytest.fixture
def plug() -> Iterator[Plug]:
    """Plug printers in; what is still there at the end is unplugged."""
    there: list[Plugged] = []

    def attach(name: str) -> Plugged:
        place = PLACES[name]
        before = set(used_ports())
        end = time.monotonic() + 60
        while True:  # the printer outside needs a moment to see that its last host let go
            attaching = subprocess.run(
                ["usbip", "--tcp-port", str(place["port"]), "attach", "-r", place["host"], "-b", "1-1"],
                capture_output=True, text=True, timeout=60, check=False,
            )  # fmt: skip
            if attaching.returncode == 0:
                break
            assert time.monotonic() < end, attaching.stderr
            time.sleep(0.1)
        until(lambda: len(set(used_ports()) - before) == 1, f"{name} came")
        (port,) = set(used_ports()) - before
        one = Plugged(name, port, used_ports()[port])
        there.append(one)
        until(lambda: bool(one.kernel_driver), f"the kernel's driver took {name}")
        command("udevadm", "settle", "--timeout=60")
        return one

    yield attach
    for port in used_ports():
        command("usbip", "detach", "-p", str(port))
    for one in there:
        until(lambda gone=one: not (DEVICES / gone.device).exists(), f"{one.name} went")  # type: ignore[misc]


def used_ports() -> dict[int, str]:
    """Return names of devices by port of the virtual host controller (state 006 is in use)."""
    table = Path("/sys/devices/platform/vhci_hcd.0/status").read_text().splitlines()[1:]
    return {int(row[1]): row[6] for row in map(str.split, table) if row[2] == "006"}


@contextlib.contextmanager
def as_user(*groups: str) -> Iterator[None]:
    """Be an ordinary user of these groups."""
    os.setgroups([grp.getgrnam(name).gr_gid for name in groups])
    os.setegid(NOBODY)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)
        os.setgroups([0])


def card(family: str) -> EncodedCard:
    side = SidePicture(
        np.full((648, 1016, 3), 255, np.uint8), np.zeros((648, 1016), np.bool_), np.ones((648, 1016), np.bool_)
    )
    side.resin[400:420, 100:700] = True
    if family == "zebra":  # its colour ribbons are told by codes that no source knows: black is what it has by itself
        return encode(Artwork(side), model="p330i", family="zebra", options=Options(Separation(ribbon="k")))
    side.colour[50:300, 60:260] = (200, 90, 30)
    if family == "matica":
        return encode(Artwork(fine(side)), model="xid8600", family="matica")
    return encode(Artwork(side), model=MODELS[family], family=family)


def fine(side: SidePicture) -> SidePicture:
    """The same at 600 dpi."""
    colour = side.colour.repeat(2, 0).repeat(2, 1)
    return SidePicture(colour, *(plane.repeat(2, 0).repeat(2, 1) for plane in (side.resin, side.overlay)))


@FAMILIES
def test_a_user_of_the_group_prints_and_the_kernels_driver_gets_the_printer_back(plug: Plug, name: str) -> None:
    one = plug(name)
    own = "usb-storage" if name == "matica" else "usblp"
    assert one.kernel_driver == own
    job, cards = card(name), len(one.truth("card"))
    with as_user("lp"):
        printer = one.open()
    assert one.kernel_driver == "usbfs"
    odd = len(one.truth("protocol"))  # what the kernel asked a Matica, which it took for a disk
    with as_user("lp"):
        assert printer.status(soon()).state is State.IDLE
        assert printer.identify(soon()).serial_number == one.serial
        before = printer.counters(soon())
        printer.print(job, soon())
        assert printer.confirm(before, job, soon()).outcome is Outcome.PRINTED
        printer.close()
    (printed,) = one.truth("card")[cards:]
    assert (printed["where"], printed["complete"]) == ("output", True)
    assert len(one.truth("protocol")) == odd
    until(lambda: one.kernel_driver == own, f"{own} has the printer again")


@FAMILIES
def test_the_rule_names_the_node_after_the_serial_number_and_lets_the_group_in(plug: Plug, name: str) -> None:
    one = plug(name)
    until(lambda: Path(f"/dev/card-printer/{one.serial}").resolve() == one.node, "the name stands for the node")
    seen = one.node.stat()
    assert (grp.getgrgid(seen.st_gid).gr_name, stat.S_IMODE(seen.st_mode)) == ("lp", 0o660)
    with as_user(), pytest.raises(AccessError):
        one.open()
    assert one.kernel_driver == ("usb-storage" if name == "matica" else "usblp")
    one.unplug()
    until(lambda: not os.path.lexists(f"/dev/card-printer/{one.serial}"), "the name went with the printer")


def test_all_are_listed_and_no_kernel_driver_is_disturbed(plug: Plug) -> None:
    plugged = [plug(name) for name in MODELS]
    drivers = [one.kernel_driver for one in plugged]
    with as_user("lp"):
        found = {device.uri: device.device_id for device in list_printers()}
    assert set(found) == {one.uri for one in plugged}
    assert [one.kernel_driver for one in plugged] == drivers
    for one in plugged:  # read from the kernel, which asked when it bound usblp
        told = DEVICES / f"{one.device}:1.0" / "ieee1284_id"
        assert found[one.uri] == (told.read_text().strip() if told.exists() else "")
    assert "MFG:Evolis;" in found[plugged[0].uri]


def test_twins_are_told_apart_by_serial_number_whatever_port_they_are_on(plug: Plug) -> None:
    first, second = plug("evolis"), plug("twin")
    ports = first.port, second.port
    for _ in range(2):
        counts = {one.name: len(one.truth("card")) for one in (first, second)}
        printer, job = second.open(), card("evolis")
        before = printer.counters(soon())
        printer.print(job, soon())
        assert printer.confirm(before, job, soon()).outcome is Outcome.PRINTED
        printer.close()
        assert len(first.truth("card")) == counts["evolis"]
        assert len(second.truth("card")) == counts["twin"] + 1
        first.unplug()
        second.unplug()
        second, first = plug("twin"), plug("evolis")
    assert (second.port, first.port) == ports


def test_a_printer_that_is_in_use_is_refused_to_a_second(plug: Plug) -> None:
    one = plug("evolis")
    printer = one.open()
    with pytest.raises(BusyError):
        one.open()
    assert printer.status(soon()).state is State.IDLE
    printer.close()


class PulledOut(Trace):
    """Pulls the cable out when the second long write begins: one panel is there, another is on its way."""

    def __init__(self, one: Plugged) -> None:
        super().__init__(StringIO())
        self._one, self._long = one, 0

    def out(self, data: bytes) -> None:
        super().out(data)
        self._long += len(data) > 4096
        if self._long == 2:
            self._long += 1
            command("usbip", "detach", "-p", str(self._one.port))


@pytest.mark.parametrize("name", ["evolis-pulled", "matica-pulled"])
def test_pulled_out_in_mid_job_no_card_is_called_good_then_or_after_it_is_back(plug: Plug, name: str) -> None:
    one = plug(name)
    job, printer = card(one.family), one.open(PulledOut(one))
    before = printer.counters(soon())
    with pytest.raises(GoneError):
        printer.print(job, soon())
    with pytest.raises(GoneError):
        printer.status(soon())
    printer.close()
    until(lambda: not (DEVICES / one.device).exists(), f"{name} went")
    again = plug(name)
    printer = again.open()
    assert printer.confirm(before, job, soon()).outcome is not Outcome.PRINTED
    printer.close()
    assert not any(card["complete"] for card in again.truth("card"))


@FAMILIES
def test_a_cable_that_comes_out_in_a_panel_leaves_a_card_that_nobody_calls_good(plug: Plug, name: str) -> None:
    one = plug(f"{name}-cut")
    job, printer = card(name), one.open()
    before = printer.counters(soon())
    with pytest.raises(GoneError):
        printer.print(job, soon())
    with contextlib.suppress(DriverError):
        assert printer.confirm(before, job, soon()).outcome is not Outcome.PRINTED
    printer.close()
    until(lambda: not (DEVICES / one.device).exists(), f"{name} went")
    assert not any(card["complete"] for card in one.truth("card"))
