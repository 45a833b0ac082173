"""SQL of cosignatures, and of checkpoints by which a witness contradicts this log.

A row that holds text for bytes, or the like, is read by nobody; :func:`unread` tells that it is there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from printd.store.columns import of_its_types
from printd.store.rows import rows
from printd.store.tables.cosignatures import ContradictionRow, CosignatureRow, contradiction, cosignature


def add_cosignature(connection: Connection, row: CosignatureRow) -> bool:
    """Write a cosignature, for good; tell whether it is new."""
    same = sa.select(cosignature.c.size).where(*(cosignature.c[name] == row[name] for name in ("size", "key", "time")))
    if connection.execute(same).first() is not None:
        return False
    connection.execute(cosignature.insert(), row)
    return True


def latest(connection: Connection, key: str, most: int, until: str | None = None) -> list[CosignatureRow]:
    """Return cosignatures of a key, of the largest size and latest first.

    :param most: how many.
    :param until: only those that came before this moment.
    """
    query = _cosignatures(connection).where(cosignature.c.key == key)
    if until is not None:
        query = query.where(cosignature.c.received_at < until)
    return rows(
        connection, query.order_by(cosignature.c.size.desc(), cosignature.c.time.desc()).limit(most), CosignatureRow
    )


def earliest(connection: Connection, key: str, most: int) -> list[CosignatureRow]:
    """Return cosignatures of a key, of the smallest size and earliest first.

    :param most: how many.
    """
    query = _cosignatures(connection).where(cosignature.c.key == key)
    return rows(connection, query.order_by(cosignature.c.size, cosignature.c.time).limit(most), CosignatureRow)


def of_size(connection: Connection, size: int) -> list[CosignatureRow]:
    """Return the cosignatures of a checkpoint, latest first."""
    query = _cosignatures(connection).where(cosignature.c.size == size)
    return rows(connection, query.order_by(cosignature.c.time.desc(), cosignature.c.key), CosignatureRow)


def every(connection: Connection) -> list[CosignatureRow]:
    """Return all cosignatures, those of the smallest size first."""
    query = _cosignatures(connection).order_by(cosignature.c.size, cosignature.c.key, cosignature.c.time)
    return rows(connection, query, CosignatureRow)


def last_received(connection: Connection, keys: Sequence[str]) -> str | None:
    """Return when the last cosignature of one of some keys came; ``None``: none ever did."""
    query = sa.select(sa.func.max(cosignature.c.received_at)).where(
        cosignature.c.key.in_(keys), of_its_types(connection, cosignature)
    )
    found: str | None = connection.execute(query).scalar()
    return found


def add_contradiction(connection: Connection, row: ContradictionRow) -> None:
    """Write, for good, by which checkpoint a witness contradicts this log; the first of its size is kept."""
    same = sa.select(contradiction.c.size).where(contradiction.c.key == row["key"], contradiction.c.size == row["size"])
    if connection.execute(same).first() is None:
        connection.execute(contradiction.insert(), row)


def contradictions(connection: Connection) -> list[ContradictionRow]:
    """Return the checkpoints by which witnesses contradict this log."""
    query = sa.select(contradiction).where(of_its_types(connection, contradiction)).order_by(contradiction.c.size)
    return rows(connection, query, ContradictionRow)


def unread(connection: Connection) -> dict[str, int]:
    """Return how many rows of each of the tables hold what no row of it holds, so that nobody reads them."""
    found = {}
    for table in (cosignature, contradiction):
        query = sa.select(sa.func.count()).select_from(table).where(sa.not_(of_its_types(connection, table)))
        found[table.name] = int(connection.execute(query).scalar_one())
    return found


def _cosignatures(connection: Connection) -> sa.Select[tuple[Any, ...]]:
    return sa.select(cosignature).where(of_its_types(connection, cosignature))
