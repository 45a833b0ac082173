"""What entries of custody do to the tables: movements here, the rest by noun in the modules beside this one."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from printd.books import Projection
from printd.custody import (
    delivery_books,
    loss_books,
    places,
    routes,
    shift_books,
    spoilage,
    supply_books,
    transfer_books,
)
from printd.custody.causes import step_outside
from printd.custody.movements import move
from printd.custody.serials import from_json
from printd.ledger.entry import Entry
from printd.store.rows import Connection


def _moved(connection: Connection, entry: Entry) -> None:
    data = entry.data
    routes.check(data["why"], data["from"], data["to"])
    ranges = from_json(data["serials"])
    move(
        connection,
        ranges,
        data["from"],
        data["to"],
        seq=entry.seq,
        at=entry.at,
        why=data["why"],
    )
    if data["to"] == places.SPOILED:
        step = data.get("step") or step_outside(data["from"])
        printer = data["from"].partition(":")[2] if data["from"].startswith("hopper:") else None
        spoilage.keep(connection, entry, ranges, data.get("cause", data["why"]), step, printer=printer)


PROJECTIONS: Mapping[str, Projection] = MappingProxyType(
    {
        "blanks.moved": _moved,
        **delivery_books.PROJECTIONS,
        **shift_books.PROJECTIONS,
        **transfer_books.PROJECTIONS,
        **loss_books.PROJECTIONS,
        **supply_books.PROJECTIONS,
    }
)
