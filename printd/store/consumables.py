"""SQL of consumables: what is in printers, what lies in the cupboard, and what came in."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from printd.store.rows import rows
from printd.store.tables.consumables import (
    ConsumableRow,
    SupplyReceiptRow,
    SupplyRow,
    consumable,
    supply,
    supply_receipt,
)


def add_supply(connection: Connection, kind: str, label: str, pieces: int, nominal: int) -> None:
    """Add pieces of a consumable to the cupboard."""
    same = (supply.c.kind == kind, supply.c.label == label)
    grown = connection.execute(supply.update().where(*same).values(pieces=supply.c.pieces + pieces, nominal=nominal))
    if grown.rowcount == 0:
        row = {"kind": kind, "label": label, "pieces": pieces, "nominal": nominal}
        connection.execute(supply.insert(), row)


def add_receipt(connection: Connection, row: SupplyReceiptRow) -> None:
    """Write what came into the cupboard at once."""
    connection.execute(supply_receipt.insert(), row)


def receipts_until(connection: Connection, high: str) -> list[SupplyReceiptRow]:
    """Return what came into the cupboard before a moment, oldest first."""
    query = sa.select(supply_receipt).where(supply_receipt.c.at < high).order_by(supply_receipt.c.seq)
    return rows(connection, query, SupplyReceiptRow)


def take_supply(connection: Connection, kind: str, label: str) -> bool:
    """Take one piece out of the cupboard; tell whether there was one."""
    there = (supply.c.kind == kind, supply.c.label == label, supply.c.pieces > 0)
    return connection.execute(supply.update().where(*there).values(pieces=supply.c.pieces - 1)).rowcount == 1


def supplies(connection: Connection) -> list[SupplyRow]:
    """Return what lies in the cupboard."""
    return rows(connection, sa.select(supply).order_by(supply.c.kind, supply.c.label), SupplyRow)


def add_consumable(connection: Connection, row: ConsumableRow) -> None:
    """Write a consumable that was put into a printer."""
    connection.execute(consumable.insert(), row)


def end_consumables(connection: Connection, printer: str, kind: str, at: str) -> None:
    """Write that what is in a printer has ended."""
    connection.execute(
        consumable.update()
        .where(consumable.c.printer == printer, consumable.c.kind == kind, consumable.c.ended_at.is_(None))
        .values(ended_at=at)
    )


def consumables(connection: Connection) -> list[ConsumableRow]:
    """Return everything that was ever opened, oldest first."""
    return rows(connection, sa.select(consumable).order_by(consumable.c.seq), ConsumableRow)
