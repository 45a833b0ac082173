"""Rebuild every projection from the entries alone and compare it with the tables of the running shop."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from printd.books.closings import UNCLOSED, Days
from printd.books.people import PeopleInTables
from printd.books.projection import Projection
from printd.books.signing import Signing
from printd.errors import Refused
from printd.events.kinds import read
from printd.ledger.entry import Entry
from printd.store import log
from printd.store.engine import ForbiddenError, dump, scratch
from printd.store.rows import Connection

# An altered entry can have any shape: a rule refuses it, or the projections find no sense in it.
_IMPOSSIBLE = (Refused, ForbiddenError, ValueError, LookupError, TypeError, AttributeError)


@dataclass(frozen=True)
class Difference:
    """One place where a table and the log differ."""

    table: str
    message: str


@dataclass(frozen=True)
class Replay:
    """What a replay found."""

    entries: int
    rows: int
    differences: tuple[Difference, ...]


class _Rules:
    """What any entry is held against, whatever its kind."""

    def __init__(self, copy: Connection, projections: Mapping[str, Projection]) -> None:
        self._copy = copy
        self._projections = projections
        self._signing = Signing(PeopleInTables(copy))
        self._days = Days(None, "")

    def apply(self, seq: int, body: bytes, leaf: bytes) -> None:
        """Hold an entry against those who signed it and the days that must be closed before it, and apply it."""
        entry = Entry.from_body(body)
        event = read(entry.kind, entry.data)
        self._signing.verify(entry, event)
        if not isinstance(event, UNCLOSED):
            self._days.check_closed(entry.at)
        log.add_entry(self._copy, seq, body, leaf)
        self._projections[entry.kind](self._copy, entry)
        self._days.take(entry.at, event)


@contextmanager
def rebuilt(entries: Iterable[tuple[int, bytes, bytes]], projections: Mapping[str, Projection]) -> Iterator[Connection]:
    """Give a database in memory that holds what the entries alone make of every table; it is gone at the end.

    :param entries: number, bytes and leaf hash of each.
    :raises EntryError: an entry is none.
    :raises Refused: an entry cannot have happened.
    """
    with scratch() as copy:
        rules = _Rules(copy, projections)
        for seq, body, leaf in entries:
            rules.apply(seq, body, leaf)
        yield copy


def compare(
    connection: Connection, projections: Mapping[str, Projection], progress: Callable[[int], None] | None = None
) -> Replay:
    """Replay the log into an empty database and compare all projections, row by row.

    The replay stops at the first entry that the rules refuse, which is itself a difference.
    """
    count = 0
    with scratch() as copy:
        rules = _Rules(copy, projections)
        for seq, body, leaf in log.entries(connection):
            try:
                rules.apply(seq, body, leaf)
            except _IMPOSSIBLE as why:
                return Replay(count, 0, (Difference("entry", f"entry {seq} cannot have happened: {why!r}"),))
            count += 1
            if progress is not None:
                progress(count)
        expected, actual = dump(copy), dump(connection)
    differences: list[Difference] = []
    for table, rows in expected.items():
        told, kept = set(rows), set(actual[table])
        differences += [
            Difference(table, f"the log says {row}, the table does not") for row in sorted(told - kept, key=str)
        ]
        differences += [
            Difference(table, f"the table says {row}, the log does not") for row in sorted(kept - told, key=str)
        ]
    return Replay(count, sum(len(rows) for rows in actual.values()), tuple(differences))
