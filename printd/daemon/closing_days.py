"""The daemon's part that closes the days on which no shift did, soon after midnight: silence shows in the log."""

from __future__ import annotations

import threading

from printd.books import closings
from printd.books.booking import Books
from printd.words.moments import stamp

PART = "closing days"
SECONDS = 30.0


def run(books: Books, stop: threading.Event) -> None:
    """Look now and every half a minute, until told to stop."""
    while not stop.is_set():
        close(books)
        stop.wait(SECONDS)


def close(books: Books) -> None:
    """Close the days that are over and lack a closing; where nothing may be booked, whoever may again does it first."""
    if books.barred is not None:
        return
    with books.store.reading() as connection:
        if not closings.days(connection).lacking(stamp(books.clock())):
            return
    with books.booking() as booking:
        booking.tell_time()
