"""SQL of chips: which is in which blank."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from printd.store.rows import first
from printd.store.tables.chips import ChipRow, chip


def add_chip(connection: Connection, row: ChipRow) -> None:
    """Write which chip a blank has."""
    connection.execute(chip.insert(), row)


def move_chip(connection: Connection, uid: str, serial: str) -> None:
    """Write that a chip is in another blank than was believed."""
    connection.execute(chip.update().where(chip.c.uid == uid).values(serial=serial))


def chip_of_uid(connection: Connection, uid: str) -> ChipRow | None:
    """Return the binding of a chip."""
    return first(connection, sa.select(chip).where(chip.c.uid == uid), ChipRow)


def chip_of_serial(connection: Connection, serial: str) -> ChipRow | None:
    """Return the binding of a blank."""
    return first(connection, sa.select(chip).where(chip.c.serial == serial), ChipRow)
