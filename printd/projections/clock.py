"""What entries of the clock do to the tables."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from printd.books.projection import Projection
from printd.ledger.entry import Entry
from printd.store import clock_jumps
from printd.store.rows import Connection


def _went_back(connection: Connection, entry: Entry) -> None:
    clock_jumps.add_jump(connection, {"seq": entry.seq, "before": entry.data["from"], "after": entry.data["to"]})


PROJECTIONS: Mapping[str, Projection] = MappingProxyType(
    {
        "clock.went_back": _went_back,
    }
)
