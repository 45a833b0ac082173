"""SQL of movements: what moved where, one blank's life, pieces between places."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypedDict

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from printd.store.blanks import RangeRow
from printd.store.rows import rows
from printd.store.tables.deliveries import delivery
from printd.store.tables.movements import MovementRow, movement
from printd.words.places import SPOILED, STORE, transit
from printd.words.serials import SerialRange

_INSERT_MOVEMENT = movement.insert()


def add_movements(connection: Connection, rows: Iterable[MovementRow]) -> None:
    """Write the movements of one entry."""
    connection.execute(_INSERT_MOVEMENT, list(rows))


def life(connection: Connection, blank: SerialRange) -> list[MovementRow]:
    """Return every movement of one blank, oldest first; of a range, that of its first."""
    number = blank.first
    same = (movement.c.prefix == blank.prefix, movement.c.width == blank.width)
    alone = sa.select(movement).where(*same, movement.c.first == number, movement.c.last == number)
    many = sa.select(movement).where(
        *same, movement.c.last > movement.c.first, movement.c.first <= number, movement.c.last >= number
    )
    both = sa.union_all(alone, many).subquery()
    return rows(connection, sa.select(both).order_by(both.c.seq, both.c.part), MovementRow)


def touching(connection: Connection, blanks: SerialRange, after: int, end: int) -> list[MovementRow]:
    """Return every movement of a serial of a range by entries after a number and up to another, oldest first."""
    query = sa.select(movement).where(
        movement.c.prefix == blanks.prefix,
        movement.c.width == blanks.width,
        movement.c.first <= blanks.last,
        movement.c.last >= blanks.first,
        movement.c.seq > after,
        movement.c.seq <= end,
    )
    return rows(connection, query.order_by(movement.c.seq, movement.c.part), MovementRow)


def between(connection: Connection, source: str, target: str) -> list[MovementRow]:
    """Return every movement from one place to another, oldest first."""
    query = sa.select(movement).where(movement.c.source == source, movement.c.target == target)
    return rows(connection, query.order_by(movement.c.seq, movement.c.part), MovementRow)


def movements_from(connection: Connection, seq: int) -> list[MovementRow]:
    """Return every movement that entries from a number on booked, oldest first."""
    later = sa.select(movement).where(movement.c.seq >= seq).order_by(movement.c.seq, movement.c.part)
    return rows(connection, later, MovementRow)


def first_to(connection: Connection, kind: str) -> tuple[int, str] | None:
    """Return number and moment of the first entry that moved a blank to a place of a kind; ``None``: none ever did."""
    query = sa.select(movement.c.seq, movement.c.at).where(movement.c.target.startswith(f"{kind}:", autoescape=True))
    found = connection.execute(query.order_by(movement.c.seq).limit(1)).first()
    return None if found is None else (found.seq, found.at)


def came_there(connection: Connection, row: RangeRow) -> list[tuple[int, int, str]]:
    """Return parts of a row with the moment each came to its place, in order; empty where none ever moved."""
    same = (movement.c.prefix == row.prefix, movement.c.width == row.width, movement.c.target == row.place)
    columns = (movement.c.seq, movement.c.first, movement.c.last, movement.c.at)
    inside = sa.select(*columns).where(*same, movement.c.first >= row.first, movement.c.first <= row.last)
    across = sa.select(*columns).where(
        *same, movement.c.last > movement.c.first, movement.c.first < row.first, movement.c.last >= row.first
    )
    since: dict[int, str] = {}
    for _, low, high, at in sorted(connection.execute(sa.union_all(inside, across)).all()):
        since.update(dict.fromkeys(range(max(low, row.first), min(high, row.last) + 1), at))
    parts: list[tuple[int, int, str]] = []
    for number in sorted(since):
        if parts and parts[-1][1] + 1 == number and parts[-1][2] == since[number]:
            parts[-1] = (parts[-1][0], number, since[number])
        else:
            parts.append((number, number, since[number]))
    return parts


def received_serials(connection: Connection, delivery_id: str) -> list[SerialRange]:
    """Return everything that arrived of a delivery.

    What its discrepancies closed as missing or returned did not.
    """
    query = (
        sa.select(movement.c.prefix, movement.c.width, movement.c.first, movement.c.last)
        .where(movement.c.source == transit(delivery_id), movement.c.target.in_((STORE, SPOILED)))
        .order_by(movement.c.seq, movement.c.part)
    )
    return [SerialRange(*row) for row in connection.execute(query)]


def around(connection: Connection, place: str, after: int) -> list[MovementRow]:
    """Return what came to a place and left it after an entry, oldest first."""
    there = sa.or_(movement.c.source == place, movement.c.target == place)
    query = sa.select(movement).where(movement.c.seq > after, there).order_by(movement.c.seq, movement.c.part)
    return rows(connection, query, MovementRow)


def last_seq(connection: Connection) -> int:
    """Return the entry of the last movement of any blank; -1 before the first."""
    found = connection.execute(sa.select(sa.func.max(movement.c.seq))).scalar()
    return -1 if found is None else int(found)


class Flow(TypedDict):
    """Pieces of a stock type moved from one place to another; ``due_back``: of a loan."""

    stock_type: str
    due_back: str | None
    source: str
    target: str
    pieces: int


def flows(connection: Connection, after: int) -> list[Flow]:
    """Return pieces moved after an entry, by stock type, loan, source and target."""
    amount = sa.cast(sa.func.sum(movement.c.last - movement.c.first + 1), sa.BigInteger).label("pieces")
    keys = (delivery.c.stock_type, delivery.c.due_back, movement.c.source, movement.c.target)
    query = (
        sa.select(*keys, amount)
        .join_from(movement, delivery, delivery.c.id == movement.c.delivery_id)
        .where(movement.c.seq > after)
        .group_by(*keys)
    )
    return rows(connection, query, Flow)
