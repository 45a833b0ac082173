"""What entries of printers do to the tables."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType

from printd.books.projection import Projection, on
from printd.errors import Refused
from printd.events.printers import PrinterAdded, PrinterCalibrated, PrinterPaused, PrinterResumed, PrinterRetired
from printd.ledger.entry import Entry
from printd.projections.configuration import check_answered
from printd.projections.opened import is_practice
from printd.projections.test_prints import check_none_open
from printd.remedies import ASKED, Do
from printd.store import attempts, blanks, calibrations, printers, test_prints
from printd.store.rows import Connection
from printd.words import places
from printd.words.addresses import why_unreal
from printd.words.states import (
    AttemptState,
)


def check_real(connection: Connection, name: str, uri: str) -> None:
    """Make sure that a real shop gets no printer that is none, as far as its address shows.

    :raises Refused: this is a real shop, and what is at the address is no printer.
    """
    why = why_unreal(uri)
    if why and not is_practice(connection):
        raise Refused(
            f"{name} is no printer for a real shop: {why}.",
            why=f"Its address is {uri[:100]}.",
            consequence="It was not added.",
            remedy=("To practise, make a shop for it: ", Do("init", practice=ASKED)),
        )


def _printer_added(connection: Connection, event: PrinterAdded, entry: Entry) -> None:
    check_real(connection, event.printer, event.uri)
    printers.add_printer(
        connection,
        {
            "name": event.printer,
            "uri": event.uri,
            "family": event.family,
            "model": event.model,
            "serial_number": event.serial_number,
            "operator": None,
            "resumed_seq": None,
            "paused": True,
            "pause_reason": "new",
        },
    )


def known_printer(connection: Connection, name: str) -> str:
    """Return the name of a printer that works here.

    :raises Refused: there is none, or it is retired.
    """
    row = printers.find_printer(connection, name)
    if row is None:
        raise Refused(f"There is no printer {name}.", remedy=("See all with: ", Do("printers.list")))
    if printers.is_retired(row):
        raise Refused(f"{name} is retired.", consequence="It never works here again; nothing was changed.")
    return name


def _printer_paused(connection: Connection, event: PrinterPaused, entry: Entry) -> None:
    printers.set_printer(connection, known_printer(connection, event.printer), paused=True, pause_reason=event.why)


def _printer_resumed(connection: Connection, event: PrinterResumed, entry: Entry) -> None:
    name = known_printer(connection, event.printer)
    check_none_open(connection, name, "It stays paused.")
    check_answered(connection, "It stays paused.")
    printers.set_printer(
        connection, name, paused=False, pause_reason="", operator=entry.actors[0], resumed_seq=entry.seq
    )


def _printer_retired(connection: Connection, event: PrinterRetired, entry: Entry) -> None:
    """Let a printer go for good; its name and serial number stay taken, and its address leads nowhere."""
    name = known_printer(connection, event.printer)
    row = printers.find_printer(connection, name)
    if row is not None and not row["paused"]:
        raise Refused(
            f"{name} is not paused.",
            consequence="It was not retired.",
            remedy=("Let it finish what it does: ", Do("printers.drain", name=name)),
        )
    under_way = attempts.attempts_in(connection, [AttemptState.OPEN, AttemptState.IN_DOUBT], name)
    serials = [one["serial"] for one in (*under_way, test_prints.open_on(connection, name)) if one is not None]
    if serials:
        raise Refused(
            f"{serials[0]} is under way in {name}, or nobody has said yet what became of it.",
            consequence="The printer was not retired.",
            remedy=("Wait for the card, or settle the doubt: see ", Do("printers.list")),
        )
    left = sum(one.last - one.first + 1 for one in blanks.in_place(connection, places.hopper(name)))
    if left:
        raise Refused(
            f"{left} blanks lie in the hopper of {name}.",
            consequence="It was not retired.",
            blind=f"The hopper of {name} is not empty in the books.",
            remedy=("Take them out, in the books too: ", Do("blanks.unload", printer=name)),
        )
    printers.set_printer(connection, name, uri=printers.RETIRED, pause_reason="retired")


def _calibrated(connection: Connection, event: PrinterCalibrated, entry: Entry) -> None:
    name = event.printer
    if printers.find_printer(connection, name) is None:
        raise Refused(f"There is no printer {name}.", remedy=("See all with: ", Do("printers.list")))
    settings = json.dumps(event.settings.data(), sort_keys=True, ensure_ascii=False)
    calibrations.put(
        connection, {"printer": name, "seq": entry.seq, "at": entry.at, "by": entry.actors[0], "settings": settings}
    )


PROJECTIONS: Mapping[str, Projection] = MappingProxyType(
    dict(
        (
            on(PrinterAdded, _printer_added),
            on(PrinterPaused, _printer_paused),
            on(PrinterResumed, _printer_resumed),
            on(PrinterRetired, _printer_retired),
            on(PrinterCalibrated, _calibrated),
        )
    )
)
