"""What entries of shifts, counts and samples do to the tables."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType

from printd.books.booking import Projection
from printd.custody.movements import move
from printd.errors import Refused
from printd.ledger.entry import Entry
from printd.projections.deliveries import keep_sheet
from printd.store import samples, shifts
from printd.store.rows import Connection
from printd.store.tables.shifts import ShiftRow
from printd.words import places
from printd.words.serials import from_json
from printd.words.states import ShiftState
from printd.words.subjects import Subject


def _opened(connection: Connection, entry: Entry) -> None:
    now = shifts.current(connection)
    if now is not None:
        raise Refused(
            f"Shift {now['id']} is not closed.",
            consequence="No other shift was opened.",
            remedy="Count and close it first: printd shifts close",
        )
    shifts.add_shift(
        connection,
        {
            "id": entry.data["shift"],
            "state": ShiftState.OPEN,
            "current": 1,
            "opened_seq": entry.seq,
            "opened_at": entry.at,
            "opened_by": entry.actors[0],
            "opened_with": entry.actors[1],
            "counting_since": None,
            "closed_seq": None,
            "closed_at": None,
            "closed_by": None,
            "closed_with": None,
            "approved_by": None,
            "act": None,
        },
    )


def _in(connection: Connection, entry: Entry, *states: ShiftState) -> ShiftRow:
    row = shifts.find_shift(connection, entry.data["shift"])
    if row is None or row["state"] not in states:
        raise Refused(
            f"Shift {entry.data['shift']} is {row['state'] if row else 'unknown'}, not {' or '.join(states)}.",
            consequence="Nothing was changed.",
        )
    return row


def _counting(connection: Connection, entry: Entry) -> None:
    row = _in(connection, entry, ShiftState.OPEN)
    shifts.set_shift(connection, row["id"], state=ShiftState.COUNTING, counting_since=entry.at)


def _resumed(connection: Connection, entry: Entry) -> None:
    row = _in(connection, entry, ShiftState.COUNTING)
    shifts.set_shift(connection, row["id"], state=ShiftState.OPEN, counting_since=None)


def _counted(connection: Connection, entry: Entry) -> None:
    row = _in(connection, entry, ShiftState.COUNTING)
    keep_sheet(connection, entry, Subject.SHIFT.of(row["id"]), entry.data["places"])


def _closed(connection: Connection, entry: Entry) -> None:
    """Close a shift: what was not used goes back into the store."""
    data, part = entry.data, 0
    row = _in(connection, entry, ShiftState.COUNTING)
    store = places.STORE
    for source, serials in data["returned"]:
        part += move(connection, from_json(serials), source, store, seq=entry.seq, at=entry.at, why="return", part=part)
    shifts.set_shift(
        connection,
        row["id"],
        state=ShiftState.CLOSED,
        current=None,
        closed_seq=entry.seq,
        closed_at=entry.at,
        closed_by=entry.actors[0],
        closed_with=entry.actors[1],
        approved_by=entry.actors[2] if len(entry.actors) > 2 else None,
        act=json.dumps(data["act"], sort_keys=True, ensure_ascii=False),
    )


def _stock_counted(connection: Connection, entry: Entry) -> None:
    keep_sheet(connection, entry, Subject.STOCK.of(entry.data["count"]), entry.data["places"])


def _stock_closed(connection: Connection, entry: Entry) -> None:
    keep_sheet(connection, entry, Subject.ACT.of(entry.data["count"]), entry.data["act"])


def _drawn(connection: Connection, entry: Entry) -> None:
    data = entry.data
    samples.add_sample(
        connection,
        {
            "id": data["sample"],
            "seed": data["seed"],
            "population": data["population"],
            "drawn": json.dumps(data["drawn"]),
            "drawn_at": entry.at,
            "drawn_by": entry.actors[0],
            "counted_at": None,
            "counted_by": None,
            "counted_with": None,
            "missing": None,
            "bound": None,
        },
    )


def _sample_counted(connection: Connection, entry: Entry) -> None:
    data = entry.data
    row = samples.find_sample(connection, data["sample"])
    if row is None or row["counted_at"] is not None:
        raise Refused(f"There is no sample {data['sample']} that waits for its count.", consequence="Nothing changed.")
    samples.set_sample(
        connection,
        row["id"],
        counted_at=entry.at,
        counted_by=entry.actors[0],
        counted_with=entry.actors[1],
        missing=json.dumps(data["missing"]),
        bound=data["bound"],
    )


PROJECTIONS: Mapping[str, Projection] = MappingProxyType(
    {
        "shift.opened": _opened,
        "shift.counting": _counting,
        "shift.resumed": _resumed,
        "shift.counted": _counted,
        "shift.closed": _closed,
        "stock.counted": _stock_counted,
        "stock.closed": _stock_closed,
        "sample.drawn": _drawn,
        "sample.counted": _sample_counted,
    }
)
