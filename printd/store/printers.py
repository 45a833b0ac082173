"""SQL of printers."""

from __future__ import annotations

from typing import TypedDict, Unpack

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from printd.store.rows import first, rows
from printd.store.tables.blanks import serial_range
from printd.store.tables.deliveries import delivery
from printd.store.tables.printers import PrinterRow, printer
from printd.words import places

RETIRED = "retired:"
"""Address of a printer that works here no more: there is nothing at it to speak with."""


def add_printer(connection: Connection, row: PrinterRow) -> None:
    """Write a new printer."""
    connection.execute(printer.insert(), row)


class PrinterChange(TypedDict, total=False):
    """A printer's new settings."""

    uri: str
    serial_number: str
    operator: str | None
    resumed_seq: int | None
    paused: bool
    pause_reason: str


def set_printer(connection: Connection, name: str, **values: Unpack[PrinterChange]) -> None:
    """Write a printer's new settings."""
    connection.execute(printer.update().where(printer.c.name == name).values(**values))


_FIND_PRINTER = sa.select(printer).where(printer.c.name == sa.bindparam("k"))


def find_printer(connection: Connection, name: str) -> PrinterRow | None:
    """Return one printer."""
    return first(connection, _FIND_PRINTER, PrinterRow, k=name)


def is_retired(row: PrinterRow) -> bool:
    """Tell whether a printer works here no more."""
    return row["uri"] == RETIRED


def printers(connection: Connection, *, retired: bool = False) -> list[PrinterRow]:
    """Return the printers by name, with ``retired`` also those that work here no more."""
    query = sa.select(printer).order_by(printer.c.name)
    return rows(connection, query if retired else query.where(printer.c.uri != RETIRED), PrinterRow)


def loaded(connection: Connection) -> list[tuple[str, str, str]]:
    """Return printer, stock type and generation of the blanks in all hoppers, each kind once."""
    query = (
        sa.select(printer.c.name, delivery.c.stock_type, delivery.c.generation)
        .join_from(printer, serial_range, serial_range.c.place == places.start(places.Kind.HOPPER) + printer.c.name)
        .join(delivery, delivery.c.id == serial_range.c.delivery_id)
        .where(printer.c.uri != RETIRED)
        .distinct()
    )
    return [tuple(row) for row in connection.execute(query)]
