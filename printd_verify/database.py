"""The log in a shop's database: an SQLite file, which is only read. A shop may work in it meanwhile.

Columns are read as bytes, whatever somebody put there: text is no entry and no hash, but it has bytes.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from printd_verify.sources import PART, Note, Part, Problems, SourceError
from printd_verify.tree import BUNDLE_LEVEL, WIDTH, pieces_of, rows_of

MAGIC: Final = b"SQLite format 3\x00"
SEEN: Final = "last-checkpoint.note"
"""Where a shop writes its newest checkpoint beside the database."""

_BROKEN: Final = (sqlite3.Error, UnicodeDecodeError)
"""What reading a broken file raises; the second, where SQLite would say what is wrong in bytes of the file."""

_HIGHEST: Final = PART.bit_length() - 1
_MAX_GAP: Final = 1_000_000


class Database:
    """The log in an SQLite file, as long as it was when it was opened."""

    def __init__(self, path: Path, size: int | None = None, beside: Path | None = None) -> None:
        """Open it.

        :param size: entries that are looked at; by default all that are there.
        :param beside: the shop's folder; by default the one in which the file lies.
        :raises SourceError: it is no database of a shop.
        """
        self._path = path
        self._beside = (beside or path.parent) / SEEN
        self.start = 0
        try:
            self._connection = _connect(path)
        except _BROKEN as wrong:
            raise SourceError("database_unreadable", path=str(path), why=str(wrong)) from wrong
        self._rows("BEGIN")  # what comes meanwhile is not seen
        self._cosigned = bool(self._rows("SELECT 1 FROM sqlite_master WHERE name = 'cosignature'"))
        self.size = self.end = self._count() if size is None else size

    def __reduce__(self) -> tuple[type[Database], tuple[Path, int, Path]]:
        return Database, (self._path, self.size, self._beside.parent)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def _count(self) -> int:
        """Return how many entries the log has, by their numbers."""
        count = self._rows("SELECT count(*) FROM entry")[0][0]
        last = self._rows("SELECT max(seq) FROM entry WHERE seq < ?", count + _MAX_GAP)[0][0]
        return 0 if last is None else max(last + 1, 0)

    def _rows(self, query: str, *values: int) -> list[Any]:
        """Return all rows of a query.

        :raises SourceError: the file is broken there.
        """
        try:
            return self._connection.execute(query, values).fetchall()
        except _BROKEN as wrong:
            raise SourceError("database_unreadable", path=str(self._path), why=str(wrong)) from wrong

    def read(self, first: int) -> Part:
        """See :class:`printd_verify.sources.Source`."""
        end = min(first + PART, self.size)
        query = (
            "SELECT seq, CAST(body AS BLOB), CAST(leaf_hash AS BLOB) FROM entry WHERE seq >= ? AND seq < ? ORDER BY seq"
        )
        rows = self._rows(query, first, end)
        if [row[0] for row in rows] == [*range(first, end)]:
            bodies: list[bytes | None] = [row[1] for row in rows]
            leaves: list[bytes | None] = [row[2] for row in rows]
        else:
            there = {row[0]: row for row in rows}
            bodies = [there[seq][1] if seq in there else None for seq in range(first, end)]
            leaves = [there[seq][2] if seq in there else None for seq in range(first, end)]
        return Part(first, bodies, leaves, {level: self._level(level, first, end) for level in range(1, _HIGHEST + 1)})

    def notes(self, first: int, end: int) -> list[Note]:
        """See :class:`printd_verify.sources.Source`."""
        query = (
            "SELECT c.size, c.root, n.note FROM checkpoint c LEFT JOIN checkpoint_note n ON n.size = c.size "
            "WHERE c.size > ? AND c.size <= ? ORDER BY c.size"
        )
        rows = self._rows(query, first, end)
        lines = self._lines(first, end)
        return [
            Note(size, _blob(root), None if note is None else _blob(note), tuple(lines.get(size, ())))
            for size, root, note in rows
        ]

    def _lines(self, first: int, end: int) -> dict[int, list[tuple[str, bytes]]]:
        """Return what witnesses are said to have cosigned, by the size of the checkpoint."""
        found: dict[int, list[tuple[str, bytes]]] = {}
        query = "SELECT size, key, line FROM cosignature WHERE size > ? AND size <= ? ORDER BY size, key, time"
        for size, key, line in self._rows(query, first, end) if self._cosigned else ():
            found.setdefault(size, []).append((str(key), _blob(line)))
        return found

    def beside(self) -> list[tuple[str, bytes]]:
        """See :class:`printd_verify.sources.Source`."""
        try:
            return [(SEEN, self._beside.read_bytes())]
        except OSError:
            return []

    def bundle_hash(self, index: int) -> bytes | None:
        """See :class:`printd_verify.sources.Source`."""
        rows = self._rows("SELECT CAST(hash AS BLOB) FROM node WHERE level = ? AND idx = ?", BUNDLE_LEVEL, index)
        return rows[0][0] if rows else None

    def check_whole(self, rows: Sequence[Sequence[bytes]]) -> Problems:
        """See :class:`printd_verify.sources.Source`."""
        for level in range(_HIGHEST + 1, BUNDLE_LEVEL + len(rows)):
            should = rows[level - BUNDLE_LEVEL]
            for index, found in enumerate(self._level(level, 0, self.size)):
                if found != should[index]:
                    span: dict[str, str | int] = {"first": index << level, "last": (index + 1 << level) - 1}
                    yield "node_missing" if found is None else "node_altered", span
        yield from self._strangers()
        yield from self._end(rows)

    def _strangers(self) -> Problems:
        """Yield rows that a log of this size has not."""
        query = "SELECT level, count(*), min(idx), max(idx) FROM node GROUP BY level"
        for level, count, lowest, highest in self._rows(query):
            allowed = self.size >> level if level > 0 else 0
            if lowest < 0 or highest >= allowed or count > allowed:
                yield "node_stray", {"level": level}
        query = "SELECT count(*) FROM entry WHERE seq < 0 OR seq >= ?"
        stray = self._rows(query, self.size)[0][0]
        if stray:
            yield "entry_stray", {"number": stray}

    def _end(self, rows: Sequence[Sequence[bytes]]) -> Problems:
        """Hold the stored end of the log against what it should be."""
        rows_of_state = self._rows("SELECT size, frontier FROM log_state WHERE id = 1")
        size, packed = (rows_of_state[0][0], _blob(rows_of_state[0][1])) if rows_of_state else (-1, b"")
        start = self.size - self.size % WIDTH
        query = "SELECT CAST(leaf_hash AS BLOB) FROM entry WHERE seq >= ? AND seq < ? ORDER BY seq"
        tail = [one[0] or b"" for one in self._rows(query, start, self.size)]
        if len(tail) != self.size - start or size != self.size or len(rows[0]) != self.size // WIDTH:
            yield "end_altered", {"stored": size, "size": self.size}
            return
        should = [*pieces_of(rows, self.size // WIDTH), *pieces_of(rows_of(tail), len(tail))]
        if packed != b"".join(should):
            yield "end_altered", {"stored": size, "size": self.size}

    def _level(self, level: int, first: int, end: int) -> list[bytes | None]:
        low, high = first >> level, end >> level
        query = "SELECT CAST(hash AS BLOB) FROM node WHERE level = ? AND idx >= ? AND idx < ? ORDER BY idx"
        rows = self._rows(query, level, low, high)
        if len(rows) == high - low:
            return [row[0] for row in rows]
        query = "SELECT idx, CAST(hash AS BLOB) FROM node WHERE level = ? AND idx >= ? AND idx < ?"
        there = dict(self._rows(query, level, low, high))
        return [there.get(index) for index in range(low, high)]


def _connect(path: Path) -> sqlite3.Connection:
    """Open a file to be read only; one on a medium that cannot be written to has nobody who works in it."""
    uri = path.resolve().as_uri()
    for how in ("mode=ro", "mode=ro&immutable=1"):
        connection = sqlite3.connect(f"{uri}?{how}", uri=True, timeout=30, isolation_level=None)
        connection.text_factory = _text
        try:
            connection.execute("PRAGMA query_only = ON")
            connection.execute("SELECT 1 FROM sqlite_master").fetchone()
        except _BROKEN:
            connection.close()
            if how == "mode=ro":
                continue
            raise
        return connection
    raise AssertionError("one of them returns or raises")


def _text(stored: bytes) -> str:
    """Return text of a column, whatever bytes somebody put there."""
    return stored.decode("utf-8", "surrogateescape")


def _blob(value: object) -> bytes:
    """Return the bytes of a column, whatever somebody put there."""
    if isinstance(value, bytes):
        return value
    return value.encode("utf-8", "surrogateescape") if isinstance(value, str) else str(value).encode()
