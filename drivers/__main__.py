"""``python -m drivers list``, ``status URI`` and ``encode FAMILY FRONT.png``: printers without a shop."""

from __future__ import annotations

import argparse
import contextlib
import sys
from pathlib import Path

from drivers import encode, families, list_printers, named, open_printer, specimen
from drivers.deadline import Deadline
from drivers.errors import AddressError, DriverError
from drivers.printer import legible

_SECONDS = 20.0


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return 0 when done, 1 when refused."""
    parser = argparse.ArgumentParser(prog="python -m drivers", description="Look at card printers.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="list card printers on USB")
    status = commands.add_parser("status", help="ask one printer how it is")
    status.add_argument(
        "uri",
        help="usb://0f49/SERIAL, serial:/dev/ttyUSB0?baud=115200, tcp://HOST:PORT, cups://HOST/QUEUE, picture:/DIR",
    )
    status.add_argument("--model", default="", help="model, e.g. primacy, where the address does not say it")
    card = commands.add_parser(
        "encode", help="write what a printer would be sent for pictures, with SPECIMEN over them"
    )
    card.add_argument("family", help="printer language, e.g. evolis")
    card.add_argument(
        "front", type=Path, help="the front in dye, RGB or grey, 1016 x 648 dots (2032 x 1296 at 600 dpi)"
    )
    card.add_argument("back", type=Path, nargs="?", help="the back; what is exactly black is resin")
    card.add_argument("--model", required=True, help="model of the family, e.g. primacy")
    card.add_argument("--out", type=Path, required=True, help="file for the bytes")
    card.add_argument("--resin", type=Path, help="picture that is dark where the front has black resin")
    chosen = parser.parse_args(arguments)
    try:
        if chosen.command == "encode":
            return _encode(chosen)
        return _list() if chosen.command == "list" else _status(chosen.uri, chosen.model)
    except DriverError as error:
        print(error, file=sys.stderr)
        return 1


def _list() -> int:
    found = list_printers()
    if not found:
        known = ", ".join(family.name for family in families() if family.usb_vendors)
        print(f"No USB printer of a known family ({known}) is plugged in and switched on.")
    for device in found:
        reason = f"cannot be addressed: {device.why or 'no serial number'}"
        print(f"{device.uri or reason}  {device.vendor:04x}:{device.product:04x}  {device.name}".rstrip())
    return 0


def _status(uri: str, model: str) -> int:
    deadline = Deadline.after(_SECONDS)
    family, model = named(uri, model=model)
    with contextlib.closing(open_printer(uri, family=family, model=model, deadline=deadline)) as printer:
        identity, status = printer.identify(deadline), printer.status(deadline)
        for probe, reply in {**identity.raw, **status.raw}.items():
            print(f"{probe:10} {legible(reply)}")
        print(f"state      {status.state.value}, card {status.position.value}")
        for condition in status.conditions:
            hint = f": {condition.hint}" if condition.hint else ""
            print(f"{condition.severity.value:10} {condition.reason.value} ({legible(condition.raw)}){hint}")
    return 0


def _encode(chosen: argparse.Namespace) -> int:
    models = {family.name: family.models for family in families()}.get(chosen.family, {})
    dpi = models[chosen.model].abilities.dpi if chosen.model in models else 300  # an unknown one is refused below
    art = specimen.artwork(chosen.front, chosen.back, chosen.resin, dpi)
    card = encode(art, family=chosen.family, model=chosen.model)
    stream = b"".join(card.commands)
    try:
        chosen.out.write_bytes(stream)
    except OSError as full:
        raise AddressError(f"{chosen.out} cannot be written ({full.strerror})") from full
    print(
        f"{chosen.out}: {len(stream)} bytes for {chosen.family} {chosen.model}, ribbon {card.ribbon}, "
        f"panels {' '.join(card.panels)}; SPECIMEN lies over every side"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
