"""SQL of consumables, temporary certificates, requests and hand-overs."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from printd.store.office_schema import consumable, handover, request, suket, supply
from printd.store.rows import Row, rows
from printd.store.schema import delivery


def add_supply(connection: Connection, kind: str, label: str, pieces: int, nominal: int) -> None:
    """Add pieces of a consumable to the cupboard."""
    same = (supply.c.kind == kind, supply.c.label == label)
    grown = connection.execute(supply.update().where(*same).values(pieces=supply.c.pieces + pieces, nominal=nominal))
    if grown.rowcount == 0:
        row = {"kind": kind, "label": label, "pieces": pieces, "nominal": nominal}
        connection.execute(supply.insert(), row)


def take_supply(connection: Connection, kind: str, label: str) -> None:
    """Take one piece out of the cupboard."""
    same = (supply.c.kind == kind, supply.c.label == label)
    connection.execute(supply.update().where(*same).values(pieces=supply.c.pieces - 1))


def supplies(connection: Connection) -> list[Row]:
    """Return what lies in the cupboard."""
    return rows(connection, sa.select(supply).order_by(supply.c.kind, supply.c.label))


def add_consumable(connection: Connection, row: dict[str, Any]) -> None:
    """Write a consumable that was put into a printer."""
    connection.execute(consumable.insert(), row)


def end_consumables(connection: Connection, printer: str, kind: str, at: str) -> None:
    """Write that what is in a printer has ended."""
    connection.execute(
        consumable.update()
        .where(consumable.c.printer == printer, consumable.c.kind == kind, consumable.c.ended_at.is_(None))
        .values(ended_at=at)
    )


def consumables(connection: Connection) -> list[Row]:
    """Return everything that was ever opened, oldest first."""
    return rows(connection, sa.select(consumable).order_by(consumable.c.seq))


def add_suket(connection: Connection, row: dict[str, Any]) -> None:
    """Write a temporary certificate."""
    connection.execute(suket.insert(), row)


def open_sukets(connection: Connection, holder: str) -> list[Row]:
    """Return the temporary certificates of a person that no card has replaced, oldest first."""
    query = sa.select(suket).where(suket.c.holder == holder, suket.c.converted_at.is_(None))
    return rows(connection, query.order_by(suket.c.issued_on, suket.c.id))


def convert_sukets(connection: Connection, holder: str, at: str, job: str) -> None:
    """Write that a card has replaced all temporary certificates of a person, renewed ones too."""
    connection.execute(
        suket.update()
        .where(suket.c.holder == holder, suket.c.converted_at.is_(None))
        .values(converted_at=at, job_id=job)
    )


def sukets(connection: Connection) -> list[Row]:
    """Return all temporary certificates, oldest first."""
    return rows(connection, sa.select(suket).order_by(suket.c.issued_on, suket.c.id))


def add_request(connection: Connection, row: dict[str, Any]) -> None:
    """Write a request for blanks."""
    connection.execute(request.insert(), row)


def find_request(connection: Connection, name: str) -> Row | None:
    """Return one request for blanks."""
    return next(iter(rows(connection, sa.select(request).where(request.c.id == name))), None)


def unanswered(connection: Connection, stock_type: str) -> Row | None:
    """Return the last request for blanks of a type, where no delivery of it but a loan was announced since.

    What came first is told by the log's order: both may bear the same second.
    """
    came = sa.select(delivery.c.id).where(
        delivery.c.stock_type == stock_type, delivery.c.due_back.is_(None), delivery.c.announced_seq > request.c.seq
    )
    query = (
        sa.select(request)
        .where(request.c.stock_type == stock_type, ~came.exists())
        .order_by(request.c.seq.desc())
        .limit(1)
    )
    return next(iter(rows(connection, query)), None)


def add_handover(connection: Connection, row: dict[str, Any]) -> None:
    """Write who took a card."""
    connection.execute(handover.insert(), row)
