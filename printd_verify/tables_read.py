"""Tables and reports of a pack as they lie there, row by row beside what the entries give."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final, TextIO

from printd_verify.findings import Findings
from printd_verify.tables import BY_NAME, Row

_KEY: Final = re.compile(r"[0-9]{1,16}", re.ASCII)
_NOT_FROM_ENTRIES: Final = ("facts", "remarks", "signatures", "data")
"""Members of a report in which a pack says nothing: nobody could hold it against the entries."""

_MAX_REPORT: Final = 400_000_000


class TableRead:
    """One table; rows that should be there come in order, and each is looked for in the file.

    :cvar NAMES: of all tables.
    """

    NAMES: Final = tuple(BY_NAME)

    def __init__(self, path: Path, name: str, findings: Findings) -> None:
        self._path = path
        self._name = name
        self._findings = findings
        self._columns = BY_NAME[name].names
        self._rows = self._read()
        self._given: tuple[int, tuple[int, int], list[str]] | None = None
        self._next()

    def take(self, row: Row) -> None:
        """Look for a row that the entries give."""
        wanted, place = [str(cell) for cell in row], (int(row[0]), int(row[1]))
        while self._given is not None and self._given[1] < place:
            self._stray()
        if self._given is None or self._given[1] > place:
            self._findings.add("table_row_missing", place[0], table=self._name, row=place[1])
            return
        number, _, given = self._given
        if given != wanted:
            self._differs(number, place[0], given, wanted)
        self._next()

    def finish(self) -> None:
        """Tell which rows are there that no entry gives."""
        while self._given is not None:
            self._stray()

    def _next(self) -> None:
        self._given = next(self._rows, None)

    def _stray(self) -> None:
        if self._given is not None:
            self._findings.add("table_row_stray", None, table=self._name, number=self._given[0])
            self._next()

    def _differs(self, number: int, entry: int, given: list[str], wanted: list[str]) -> None:
        for column, said, found in zip(self._columns, given, wanted, strict=False):
            if said != found:
                words: dict[str, str | int] = {"column": column, "said": said or "-", "found": found or "-"}
                self._findings.add("table_row", entry, table=self._name, number=number, **words)
                return
        self._findings.add("table_row_form", None, table=self._name, number=number)

    def _read(self) -> Iterator[tuple[int, tuple[int, int], list[str]]]:
        """Yield line, key and cells of each row that has a key, the keys going up."""
        try:
            with self._path.open(encoding="utf-8", newline="") as file:
                yield from self._keyed(file)
        except (OSError, UnicodeDecodeError, csv.Error):
            self._findings.add("table_unreadable", table=self._name)

    def _keyed(self, file: TextIO) -> Iterator[tuple[int, tuple[int, int], list[str]]]:
        reader = csv.reader(file, strict=True)
        if next(reader, None) != self._columns:
            self._findings.add("table_columns", table=self._name)
        last = (-1, 0)
        for cells in reader:
            key = tuple(cells[:2])
            if len(cells) != len(self._columns) or not all(map(_KEY.fullmatch, key)):
                self._findings.add("table_row_form", None, table=self._name, number=reader.line_num)
                continue
            place = (int(cells[0]), int(cells[1]))
            if place <= last:
                self._findings.add("table_row_stray", None, table=self._name, number=reader.line_num)
                continue
            last = place
            yield reader.line_num, place, cells


class ReportRead:
    """One report: its rows must be those of its tables, in whatever order, under the root of this log."""

    def __init__(self, path: Path, name: str, tables: Sequence[str], findings: Findings) -> None:
        self._path = path
        self._name = name
        self._findings = findings
        self._wanted: dict[str, list[Row]] = {table: [] for table in tables}

    def take(self, table: str, row: Row) -> None:
        """Take the next row that the entries give."""
        wanted = self._wanted.get(table)
        if wanted is not None:
            wanted.append(row)

    def finish(self, size: int, root: str) -> None:
        """Hold what lies there against the rows."""
        told = self._told()
        if told is None:
            return
        if (told.get("size"), told.get("root")) != (size, root):
            self._findings.add("report_root", report=self._name)
        tables = told.get("tables")
        given = [one for one in tables if isinstance(one, dict)] if isinstance(tables, list) else []
        rows = [one["rows"] for one in given if isinstance(one.get("rows"), list)]
        if len(rows) < len(self._wanted) or len(rows) < len(given):
            self._findings.add("report_unreadable", report=self._name)
            return
        if len(rows) > len(self._wanted) or any(map(told.get, _NOT_FROM_ENTRIES)) or any(map(_total, given)):
            self._findings.add("report_more", report=self._name)
        for (name, wanted), some in zip(self._wanted.items(), rows, strict=False):
            self._hold(name, some, wanted)

    def _hold(self, table: str, rows: list[Any], wanted: Sequence[Row]) -> None:
        for number, (given, row) in enumerate(zip(sorted(rows, key=_key), wanted, strict=False), 1):
            self._compare(table, number, given, row)
        if len(rows) != len(wanted):
            self._findings.add("report_rows", report=self._name, said=len(rows), found=len(wanted))

    def _compare(self, table: str, number: int, given: object, wanted: Row) -> None:
        row = given if isinstance(given, dict) else {}
        for column, found in zip(BY_NAME[table].names, wanted, strict=True):
            said = row.get(column)
            if said != found or type(said) is not type(found):
                words: dict[str, str | int] = {"column": column, "said": str(said), "found": str(found) or "-"}
                self._findings.add("report_row", int(wanted[0]), report=self._name, number=number, **words)
                return

    def _told(self) -> dict[str, Any] | None:
        try:
            with self._path.open("rb") as file:
                told = json.loads(file.read(_MAX_REPORT))
        except (OSError, ValueError, RecursionError):
            told = None
        if not isinstance(told, dict):
            self._findings.add("report_unreadable", report=self._name)
            return None
        return told


def _total(table: dict[str, Any]) -> object:
    return table.get("total")


def _key(row: object) -> tuple[int, int]:
    """Return entry and line of a report's row; of what is none, something that stands first."""
    told = (row.get("entry"), row.get("line")) if isinstance(row, dict) else (None, None)
    return (told[0], told[1]) if type(told[0]) is int and type(told[1]) is int else (-1, -1)
