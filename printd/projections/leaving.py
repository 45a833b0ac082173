"""What entries of copies do to the tables: they are facts of their own, once the log is as long as they say."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from printd.books.projection import Projection, on
from printd.errors import Refused
from printd.events.leaving import BackupBegun, ExportBegun
from printd.ledger.entry import Entry
from printd.store.rows import Connection


def _left(connection: Connection, event: BackupBegun | ExportBegun, entry: Entry) -> None:
    if event.size > entry.seq:
        raise Refused(
            f"A copy cannot have {event.size} entries: the log had {entry.seq}.", consequence="Nothing was changed."
        )


def _exported(connection: Connection, event: ExportBegun, entry: Entry) -> None:
    _left(connection, event, entry)
    end = event.size if event.end is None else event.end
    if not event.first < end <= event.size:
        raise Refused(
            f"An excerpt cannot go from entry {event.first} to {end}: the log had {event.size}.",
            consequence="Nothing was changed.",
        )


PROJECTIONS: Mapping[str, Projection] = MappingProxyType(dict((on(BackupBegun, _left), on(ExportBegun, _exported))))
