"""SQL of sealed fields: names and addresses that an act needs and the log must not hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from printd.store.columns import as_bytes
from printd.store.rows import AT_ONCE, first, rows
from printd.store.tables.cards import returned_card
from printd.store.tables.sealed import SealedRow, sealed
from printd.store.tables.sites import site_card
from printd.store.tables.sukets import suket


def add_sealed(connection: Connection, row: SealedRow) -> None:
    """Write personal fields of an act, sealed."""
    connection.execute(sealed.insert(), row)


def find_sealed(connection: Connection, name: str) -> SealedRow | None:
    """Return the sealed fields of an act."""
    return first(connection, as_bytes(sealed).where(sealed.c.id == name), SealedRow)


class _Name(TypedDict):
    """Under which name something of a person is sealed."""

    holder: str
    id: str


def sealed_of(connection: Connection, holders: Sequence[str]) -> dict[str, list[str]]:
    """Return by holder the names under which something of each is sealed: site cards, invalid ones, certificates."""
    found: dict[str, list[str]] = {}
    for table, kind in ((site_card, "site_card:"), (returned_card, "card:"), (suket, "suket:")):
        for start in range(0, len(holders), AT_ONCE):
            name = sa.literal(kind) + table.c.id
            query = sa.select(table.c.holder, sealed.c.id).join_from(table, sealed, sealed.c.id == name)
            wanted = table.c.holder.in_(holders[start : start + AT_ONCE])
            for row in rows(connection, query.where(wanted).order_by(sealed.c.id), _Name):
                found.setdefault(row["holder"], []).append(row["id"])
    return found
