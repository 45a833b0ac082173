"""What entries of the clock do to the tables."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from printd.books.projection import Projection, on
from printd.events.clock import ClockWentBack
from printd.ledger.entry import Entry
from printd.store import clock_jumps
from printd.store.rows import Connection


def _went_back(connection: Connection, event: ClockWentBack, entry: Entry) -> None:
    clock_jumps.add_jump(connection, {"seq": entry.seq, "before": event.from_, "after": event.to})


PROJECTIONS: Mapping[str, Projection] = MappingProxyType(dict((on(ClockWentBack, _went_back),)))
