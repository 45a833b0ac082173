"""The entry in which somebody let a printer work, which its attempts refer to."""

from __future__ import annotations

from printd.books.booking import Books
from printd.store import printers


def resumed(books: Books, printer: str = "p1") -> int:
    """Return its number."""
    with books.store.reading() as connection:
        row = printers.find_printer(connection, printer)
    assert row is not None
    assert row["resumed_seq"] is not None, f"nobody let {printer} work"
    return row["resumed_seq"]
