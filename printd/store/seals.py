"""SQL of seals, and of everything that lies sealed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar, cast

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from printd.store.columns import as_bytes
from printd.store.rows import AT_ONCE, first, rows
from printd.store.tables.records import QuarantineRow, RecordSecretRow, quarantine, record_secret
from printd.store.tables.sealed import SealedRow, sealed
from printd.store.tables.seals import SealRow, seal

_BATCH = 100  # a record has a photo

R = TypeVar("R", bound=Mapping[str, object])


def add_seal(connection: Connection, row: SealRow) -> None:
    """Write that something is sealed."""
    connection.execute(seal.insert(), row)


def set_erased(connection: Connection, names: Sequence[str], seq: int) -> None:
    """Write by which entry things were erased."""
    for start in range(0, len(names), AT_ONCE):
        some = seal.c.name.in_(names[start : start + AT_ONCE])
        connection.execute(seal.update().where(some).values(erased_seq=seq))


def find_seal(connection: Connection, name: str) -> SealRow | None:
    """Return what the entries say of something sealed; ``None``: nothing was."""
    return first(connection, sa.select(seal).where(seal.c.name == name), SealRow)


def seals(connection: Connection) -> list[SealRow]:
    """Return what the entries say that was sealed, by name."""
    return rows(connection, sa.select(seal).order_by(seal.c.name), SealRow)


def record_secrets(connection: Connection) -> Iterator[RecordSecretRow]:
    """Yield the sealed half of every record."""
    return _every(connection, record_secret, RecordSecretRow)


def quarantines(connection: Connection) -> Iterator[QuarantineRow]:
    """Yield every refused record."""
    return _every(connection, quarantine, QuarantineRow)


def all_sealed(connection: Connection) -> Iterator[SealedRow]:
    """Yield the sealed fields of every act."""
    return _every(connection, sealed, SealedRow)


def _every(connection: Connection, table: sa.Table, row: type[R]) -> Iterator[R]:
    """Yield all rows in the order of their key, a few in memory at a time."""
    (key,) = table.primary_key.columns
    query, after = as_bytes(table).order_by(key).limit(_BATCH), ""
    while True:
        found = rows(connection, query.where(key > after), row)
        yield from found
        if len(found) < _BATCH:
            return
        after = cast(str, cast("Mapping[str, Any]", found[-1])[key.name])
