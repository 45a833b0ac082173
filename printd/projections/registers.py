"""What entries of registers do to the tables: nothing. Who looked at names is a fact of its own."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from printd.books.projection import Projection
from printd.ledger.entry import Entry
from printd.store.rows import Connection


def _nothing(connection: Connection, entry: Entry) -> None:
    """Stand for kinds that are facts of their own and change no table."""


PROJECTIONS: Mapping[str, Projection] = MappingProxyType(
    {
        "register.read": _nothing,
    }
)
