"""What entries of operators do to the tables."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from printd.books.booking import Projection
from printd.ledger.entry import Entry
from printd.store import operators
from printd.store.rows import Connection


def _operator(connection: Connection, entry: Entry) -> None:
    operators.put_operator(connection, entry.data["name"], entry.data["role"], entry.data["active"])


PROJECTIONS: Mapping[str, Projection] = MappingProxyType(
    {
        "operator.set": _operator,
    }
)
