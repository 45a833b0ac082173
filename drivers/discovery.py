"""Which card printers may be where: looking only. No card moves, no printer is asked anything that it could print.

USB devices are told by descriptors and IEEE-1284 id, serial lines by what hangs on them, network printers at addresses
that a person names. What is found is a candidate with a score; who it is, is asked when a person adds it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from serial.tools import list_ports

from drivers.candidate import Candidate, Match
from drivers.deadline import Deadline
from drivers.errors import DriverError
from drivers.family import Family
from drivers.transports.tcp import TcpTransport
from drivers.transports.usb import UsbDevice, list_devices

_BY_ID = Path("/dev/serial/by-id")
_GREETING_SECONDS = 1.0

# What each sign is worth, of 100. Maker and model of the IEEE-1284 id are the printer's own words; a vendor id is
# shared by all a maker ever built, and a product id often by several models.
_MAKER, _MODEL, _VENDOR, _PRODUCT = 40, 30, 20, 10
_CERTAIN = 100


def discover(
    families: Sequence[Family], addresses: Iterable[str] = (), usb_backend: object | None = None
) -> list[Candidate]:
    """Look at USB, serial lines, the addresses that a person names, and what families find themselves (queues).

    :param addresses: ``host:port`` of network printers.
    :raises DriverError: USB cannot be used at all.
    """
    found = [_usb(device, families) for device in list_devices(_vendors(families), usb_backend)]
    found += _serial_lines()
    found += [_network(address, families) for address in addresses]
    for family in families:
        if family.discover is not None:
            found += family.discover(Deadline.after(_GREETING_SECONDS * 2))
    return found


def rank(families: Iterable[Family], vendor: int | None, product: int | None, device_id: str) -> tuple[Match, ...]:
    """Return what a device may be, best first.

    :param device_id: its IEEE-1284 id, empty where it is not known.
    """
    maker, told = _field(device_id, "MFG|MANUFACTURER"), _field(device_id, "MDL|MODEL")
    found = []
    for family in families:
        score = _MAKER * (maker.upper() in family.manufacturers) + _VENDOR * (vendor in family.usb_vendors)
        if not score:
            continue
        models = {
            name: _MODEL * (_comparable(told) == _comparable(name))
            + _PRODUCT * (product is not None and getattr(model, "usb_product", None) == product)
            for name, model in family.models.items()
        }
        best = max(models.values())
        named = [name for name, points in models.items() if points == best] if best else []
        # One product id that several models share names none of them.
        found.append(Match(family.name, named[0] if len(named) == 1 else None, score + best))
    return tuple(sorted(found, key=lambda match: -match.score))


def _vendors(families: Iterable[Family]) -> dict[int, int]:
    return {vendor: family.usb_class for family in families for vendor in family.usb_vendors}


def _usb(device: UsbDevice, families: Sequence[Family]) -> Candidate:
    matches = rank(families, device.vendor, device.product, device.device_id)
    says = device.device_id or device.name
    nameless = "" if device.serial_number else "it has no serial number and could be exchanged unseen"
    return Candidate("usb", device.uri, device.serial_number, matches, says, device.why or nameless)


def _serial_lines() -> list[Candidate]:
    """Serial lines by their lasting names: a ``ttyUSB0`` is another printer after the next start."""
    lasting = {link.resolve(): link for link in sorted(_BY_ID.iterdir())} if _BY_ID.is_dir() else {}
    return [
        Candidate(
            "serial", f"serial:{lasting.get(Path(port.device).resolve(), port.device)}", None, (), port.description
        )
        for port in sorted(list_ports.comports(), key=lambda port: str(port.device))
    ]


def _network(address: str, families: Iterable[Family]) -> Candidate:
    """Connect and listen; nothing is sent, since it is not known what is there."""
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit():
        return Candidate("tcp", None, None, (), why=f"{address!r} is not HOST:PORT")
    uri = f"tcp://{host}:{port}"
    try:
        transport = TcpTransport(host, int(port), Deadline.after(_GREETING_SECONDS * 2))
    except DriverError as absent:
        return Candidate("tcp", None, None, (), why=str(absent))
    try:
        greeting = transport.read(Deadline.after(_GREETING_SECONDS))
    except DriverError as gone:
        return Candidate("tcp", uri, None, (), why=str(gone))
    finally:
        transport.close()
    greeted = [(family, family.greeting(greeting)) for family in families if family.greeting is not None]
    matches = tuple(Match(family.name, model or None, _CERTAIN) for family, model in greeted if model is not None)
    return Candidate("tcp", uri, None, matches, "" if matches else "it is silent until it is asked")


def _field(device_id: str, names: str) -> str:
    found = re.search(rf"(?:^|;)\s*(?:{names}):([^;]*)", device_id, re.IGNORECASE)
    return found.group(1).strip() if found else ""


def _comparable(name: str) -> str:
    return re.sub("[^a-z0-9]", "", name.lower().replace("+", "plus"))
