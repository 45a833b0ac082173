"""Documents as CSV (RFC 4180): every table, with its keys as header; codes stay codes, for it is data.

A document of one table is that table. Of several, each begins with its title on a line of its own, and an empty line
stands between two.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Protocol

from printd.language.sentences import Reader, Sentence
from printd.reports.document import Document, Table, Value


class Writer(Protocol):
    """Writes rows, as those of :mod:`csv` do."""

    def writerow(self, row: Iterable[object], /) -> object:
        """Write one row."""


_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def render(document: Document, reader: Reader) -> str:
    """Return the tables of a document; a text that a spreadsheet would take for a formula gets an apostrophe.

    :param reader: of titles and sentences.
    """
    out = io.StringIO()
    writer = csv.writer(out)
    for number, table in enumerate(document.tables):
        if len(document.tables) > 1:
            if number:
                writer.writerow([])
            writer.writerow([reader.label(table.title)])
        _rows(writer, table, reader)
    return out.getvalue()


def _rows(writer: Writer, table: Table, reader: Reader) -> None:
    writer.writerow([one.key for one in table.columns])
    for row in table.rows:
        writer.writerow([_safe(row.get(one.key), reader) for one in table.columns])


def _safe(value: Value, reader: Reader) -> str | int:
    if value is None:
        return ""
    if isinstance(value, int):
        return int(value)
    text = reader.said(value) if isinstance(value, Sentence) else value
    return f"'{text}" if text.startswith(_FORMULA) else text
