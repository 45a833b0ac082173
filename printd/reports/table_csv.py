"""Documents as CSV: one file, the first table; keys as header, RFC 4180."""

from __future__ import annotations

import csv
import io

from printd.reports.document import Document, Value

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def render(document: Document) -> str:
    """Return the first table of a document; a text that a spreadsheet would take for a formula gets an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out)
    if document.tables:
        table = document.tables[0]
        writer.writerow([one.key for one in table.columns])
        for row in table.rows:
            writer.writerow([_safe(row.get(one.key)) for one in table.columns])
    return out.getvalue()


def _safe(value: Value) -> str | int:
    if value is None:
        return ""
    if isinstance(value, int):
        return int(value)
    return f"'{value}" if value.startswith(_FORMULA) else value
