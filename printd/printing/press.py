"""Opening the shop's printers: by address, with the configured USB backend, and only if it is still the same one."""

from __future__ import annotations

import importlib
import os
from functools import cache
from pathlib import Path

import drivers
from drivers.deadline import Deadline
from drivers.printer import CardPrinter
from drivers.transports.trace import Trace
from printd.errors import ConfigError, Refused
from printd.printing import genuine, kept
from printd.printing.calibration import settings_of
from printd.printing.separation import separation_of
from printd.shop.config import Config
from printd.shop.shop import Shop
from printd.store import attempts, printers
from printd.words.moments import stamp
from printd.words.states import AttemptState


def usb_backend(config: Config) -> object | None:
    """Return the pyusb backend that the configuration names, or ``None`` for libusb.

    :raises ConfigError: the module or function does not exist.
    """
    return _backend(config.usb.backend, config.usb.argument) if config.usb.backend else None


@cache
def _backend(name: str, argument: str) -> object:
    module, _, function = name.partition(":")
    try:
        return getattr(importlib.import_module(module), function)(argument)
    except (ImportError, AttributeError, ValueError) as missing:
        raise ConfigError(
            f"The USB backend {name!r} cannot be loaded.",
            why=f"{missing}.",
            remedy="usb.backend in printd.toml is module:function; leave it empty for libusb.",
        ) from missing


def open_printer(
    shop: Shop, uri: str, family: str, model: str, deadline: Deadline, trace: Trace | None = None
) -> CardPrinter:
    """Open the printer at an address; ``trace`` notes what goes over its wire.

    :raises Refused: this is a real shop, and what is there is no printer, or keeps the cards.
    """
    genuine.check(shop, uri, family, deadline)
    return drivers.open_printer(
        uri,
        model=model,
        family=family,
        usb_backend=usb_backend(shop.config) if uri.startswith("usb:") else None,
        deadline=deadline,
        trace=trace,
    )


def new_trace(shop: Shop, name: str) -> tuple[Trace, Path]:
    """Begin a trace of a printer's dialogue in the shop's folder, for its own user only; return it and its path."""
    folder = shop.folder / "traces"
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / f"{name}-{shop.books.clock():%Y%m%dT%H%M%SZ}.jsonl"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    return Trace(os.fdopen(descriptor, "a", encoding="ascii")), path


def connect(shop: Shop, name: str, trace: Trace | None = None) -> CardPrinter:
    """Open a printer of the books and make sure that it is the one that was added.

    The last of what goes over its wire is kept for whoever settles a doubt (:mod:`printd.printing.kept`).

    :param trace: notes all of it.
    :raises Refused: another printer answers at its address, or its ICC profile is not the one in the books.
    """
    with shop.store.reading() as connection:
        row = printers.find_printer(connection, name)
        calibration = settings_of(connection, name)
        doubtful = bool(attempts.attempts_in(connection, [AttemptState.IN_DOUBT], name))
    if row is None:
        raise Refused(f"There is no printer {name}.")
    if not any(one.name == row["family"] and one.open_uri for one in drivers.families()):  # those have no wire of ours
        trace = kept.keep(shop.folder, name, doubtful=doubtful, at=stamp(shop.books.clock()), also=trace)
    deadline = Deadline.after(shop.config.printing.command_seconds * 4)
    try:
        printer = open_printer(shop, row["uri"], row["family"], row["model"], deadline, trace)
    except BaseException:
        if trace is not None:
            trace.close()
        raise
    try:
        identity = printer.identify(deadline)
        separation_of(calibration, shop.folder)  # refused before a job is taken, not job by job
        if identity.serial_number != row["serial_number"]:
            raise Refused(
                f"The printer at {row['uri']} says it is {identity.serial_number or 'nobody'}, "
                f"the books expect {row['serial_number']}.",
                why="It was exchanged, or its serial number could not be read.",
                consequence="Its counters and its hopper are not the ones in the books.",
                remedy="Put the right printer back, or add this one under a name of its own.",
            )
    except BaseException:
        printer.close()
        raise
    return printer
