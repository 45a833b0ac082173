"""SQL of transfers between sites."""

from __future__ import annotations

from typing import TypedDict, Unpack

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from printd.store.rows import first, rows
from printd.store.tables.transfers import TransferRow, transfer
from printd.words.states import TransferState


def add_transfer(connection: Connection, row: TransferRow) -> None:
    """Write a transfer that left."""
    connection.execute(transfer.insert(), row)


class TransferChange(TypedDict, total=False):
    """What became of a transfer."""

    state: TransferState
    acknowledged_at: str
    acknowledged_by: str
    acknowledged_with: str
    acknowledgement: str
    receivers: str
    received_on: str | None
    arrived_seals: str


def set_transfer(connection: Connection, name: str, **values: Unpack[TransferChange]) -> None:
    """Write what became of a transfer."""
    connection.execute(transfer.update().where(transfer.c.id == name).values(**values))


def find_transfer(connection: Connection, name: str) -> TransferRow | None:
    """Return one transfer."""
    return first(connection, sa.select(transfer).where(transfer.c.id == name), TransferRow)


def transfers(connection: Connection) -> list[TransferRow]:
    """Return all transfers, oldest first."""
    return rows(connection, sa.select(transfer).order_by(transfer.c.sent_at, transfer.c.id), TransferRow)
