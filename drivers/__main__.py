"""``python -m drivers list`` and ``python -m drivers status URI``: printers without a shop."""

from __future__ import annotations

import argparse
import contextlib
import sys

from drivers import FAMILIES, list_printers, open_printer
from drivers.deadline import Deadline
from drivers.errors import DriverError

_SECONDS = 20.0


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return 0 when done, 1 when refused."""
    parser = argparse.ArgumentParser(prog="python -m drivers", description="Look at card printers.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="list card printers on USB")
    status = commands.add_parser("status", help="ask one printer how it is")
    status.add_argument("uri", help="usb://0f49/SERIALNUMBER, serial:/dev/ttyUSB0?baud=115200 or tcp://host:port")
    status.add_argument("--model", default="dualys", choices=sorted(m for f in FAMILIES for m in f.models))
    chosen = parser.parse_args(arguments)
    try:
        return _list() if chosen.command == "list" else _status(chosen.uri, chosen.model)
    except DriverError as error:
        print(error, file=sys.stderr)
        return 1


def _list() -> int:
    found = list_printers()
    if not found:
        print(
            f"No USB printer of a known family ({', '.join(f.name for f in FAMILIES)}) is plugged in and switched on."
        )
    for device in found:
        reason = f"cannot be addressed: {device.why or 'no serial number'}"
        print(f"{device.uri or reason}  {device.vendor:04x}:{device.product:04x}  {device.name}".rstrip())
    return 0


def _status(uri: str, model: str) -> int:
    deadline = Deadline.after(_SECONDS)
    with contextlib.closing(open_printer(uri, model=model, deadline=deadline)) as printer:
        identity, status = printer.identify(deadline), printer.status(deadline)
        for probe, reply in {**identity.raw, **status.raw}.items():
            print(f"{probe:10} {reply}")
        print(f"state      {status.state.value}, card {status.position.value}")
        for condition in status.conditions:
            print(f"{condition.severity.value:10} {condition.reason.value} ({condition.raw})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
