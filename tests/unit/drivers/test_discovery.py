"""What may be a card printer: ranked by its own words first, and looked at without a byte that could print."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from importlib.resources import files

import pytest

from drivers import families
from drivers.candidate import Candidate, Match
from drivers.discovery import discover, rank
from drivers.evolis.printer import DRIVER
from drivers.family import Family
from drivers.transports.usb import UsbTransport
from hardware_mocks.pytest_wires import Setup, usb_inprocess_printer
from hardware_mocks.wires.ibackend import InProcessBackend


@pytest.mark.parametrize(
    ("vendor", "product", "device_id", "best"),
    [
        (0x0F49, None, "", Match("evolis", None, 20)),
        (0x0F49, 0x0A00, "", Match("evolis", "zenius", 30)),
        (None, None, "MFG:Evolis;MDL:Primacy;CLS:PRINTER;", Match("evolis", "primacy", 70)),
        (0x0F49, 0x0A00, "MFG:Evolis;MDL:Zenius;", Match("evolis", "zenius", 100)),
        (None, None, "CLS:PRINTER;MANUFACTURER: EVOLIS ;", Match("evolis", None, 40)),
        (0x0C1F, 0x880A, "MFG:Magicard ;MDL:Enduro+;", Match("magicard", "enduro-plus", 100)),
        (0x0C1F, 0x1800, "", Match("magicard", None, 30)),  # two models share this product id
        (0x0C1F, None, "MFG:Magicard ; CMD:PCL,MPL;MDL:RioTango2D", Match("magicard", None, 60)),
        (0x04F9, None, "MFG:Brother;MDL:Evolis;", None),
        (None, None, "", None),
    ],
)
def test_the_printers_own_words_weigh_most(
    vendor: int | None, product: int | None, device_id: str, best: Match | None
) -> None:
    found = rank(families(), vendor, product, device_id)
    assert (found[0] if found else None) == best


def test_a_printer_on_usb_is_told_with_its_serial_number_and_its_words() -> None:
    with usb_inprocess_printer(Setup(serial="10000777001"), bind_usblp=False) as sim:
        (found,) = [one for one in discover([DRIVER], usb_backend=sim.backend) if one.wire == "usb"]
        assert (found.uri, found.serial_number) == ("usb://0f49/10000777001", "10000777001")
        assert found.matches[0].model == "primacy"
        assert "MDL:Primacy" in found.says
        assert sim.printer.truth.lines == []


def test_a_printer_that_somebody_uses_is_told_without_disturbing_it() -> None:
    with (
        usb_inprocess_printer(Setup(serial="10000777001")) as sim,
        closing(UsbTransport(0x0F49, "10000777001", sim.backend)) as transport,
    ):
        (found,) = [one for one in discover([DRIVER], usb_backend=sim.backend) if one.wire == "usb"]
        assert (found.says, found.matches[0].score) == ("Primacy", 30)
        assert "MDL:Primacy" in transport.device_id()


@contextmanager
def answering(greeting: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """Listen on a port as a network printer; yield its address and what it heard."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.settimeout(10)
                connection.sendall(greeting)
                heard.append(connection.recv(100))

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"127.0.0.1:{server.getsockname()[1]}", heard
        thread.join(10)


def on_the_network(family: Family, address: str) -> list[Candidate]:
    return [one for one in discover([family], [address], InProcessBackend([])) if one.wire == "tcp"]


def test_a_network_printer_that_speaks_first_is_known_and_hears_nothing() -> None:
    polite = replace(DRIVER, name="polite", greeting=lambda data: "m1" if data.startswith(b"HELLO") else None)
    for greeting, matches in ((b"HELLO", (Match("polite", "m1", 100),)), (b"220 smtp", ()), (b"", ())):
        with answering(greeting) as (address, heard):
            (found,) = [
                one for one in discover([polite], [address], usb_backend=InProcessBackend([])) if one.wire == "tcp"
            ]
        assert (found.uri, found.matches) == (f"tcp://{address}", matches)
        assert heard == [b""]


@pytest.mark.parametrize("address", ["127.0.0.1:1", "nowhere", ":9", "host:port"])
def test_an_address_where_nobody_answers_is_told_with_the_reason(address: str) -> None:
    (found,) = on_the_network(DRIVER, address)
    assert found.uri is None
    assert found.why


def test_the_udev_rules_name_every_vendor_of_every_family() -> None:
    rules = files("drivers").joinpath("70-card-printers.rules").read_text(encoding="ascii")
    named = {int(number, 16) for number in re.findall(r'ATTR\{idVendor\}=="([0-9a-f]{4})"', rules)}
    assert {vendor for family in families() for vendor in family.usb_vendors} <= named
    assert rules.count('MODE="0660"') == rules.count("idVendor")
