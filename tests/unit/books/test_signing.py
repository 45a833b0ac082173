"""The booking refuses whoever may not sign, whatever the desk believed; what is only tried is signed by nobody."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from printd.books.booking import Booking, Books
from printd.books.signing import Signing
from printd.desk.desk import Desk
from printd.errors import Refused
from printd.events.attempts import AttemptSpoiled
from printd.events.base import Event
from printd.events.cards import CardChecked
from printd.events.deliveries import CartonOpened
from printd.events.kinds import read
from printd.events.operators import OperatorSet
from printd.events.printers import PrinterPaused
from printd.events.registers import RegisterRead
from printd.store import log
from printd.store.engine import dump
from printd.words.states import Quality
from support.counter import Counter
from support.deliberate import line, notices
from support.office_past import OfficePast
from support.signers import enrol

PAUSED = PrinterPaused(printer="p1", why="lunch")
READ = RegisterRead(what="r8", rows=1)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Counter]:
    made = Counter(tmp_path / "shop")
    made.announce()
    yield made
    made.shop.close()


@pytest.fixture
def past(desk: Desk) -> OfficePast:
    return OfficePast(desk, date(2026, 11, 2), 10)


def refused(books: Books, event: Event, *by: str) -> str:
    """Enter an event that nobody may sign so; return what was said. Nothing of it stays."""
    with books.store.reading() as connection:
        before = log.frontier(connection), dump(connection)
    with pytest.raises(Refused) as refusal:
        books.enter(event, by)
    with books.store.reading() as connection:
        assert (log.frontier(connection), dump(connection)) == before
    return refusal.value.what


@notices(
    {
        "the booking asks nobody": line(Booking._append, "if self._signing is not None:", "if self._signing is None:"),
        "who has left still signs": line(Signing._role_of, 'if row is None or not row["active"]:', "if row is None:"),
    }
)
def test_the_booking_refuses_whoever_may_not_sign(office: Counter) -> None:
    books = office.shop.books
    books.enter(OperatorSet(name="budi", role="operator", active=False))
    opened = CartonOpened(delivery="D1", carton="D1-1")
    assert refused(books, opened, "siti") == "1 people sign, and it must be 2."
    assert refused(books, opened, "siti", "siti") == "siti cannot sign twice."
    assert refused(books, opened, "siti", "mallory") == "'mallory' is not an active operator of this shop."
    assert refused(books, opened, "siti", "budi") == "'budi' is not an active operator of this shop."
    assert refused(books, READ, "siti") == "siti is not a supervisor."
    assert refused(books, read("job.cancelled", {"job": "j"})) == "0 people sign, and it must be 1."
    books.enter(READ, ["ratna"])
    books.enter(PAUSED, ["siti"])
    books.enter(PAUSED)


@notices(
    {"a role is never looked up again": line(Signing.check, "self._roles.clear()", "self._roles.copy()")},
)
def test_whoever_leaves_or_rises_in_a_transaction_counts_as_such_in_it(office: Counter) -> None:
    books = office.shop.books
    books.enter(OperatorSet(name="cici", role="supervisor", active=True))

    def read_before_and_after(change: OperatorSet) -> None:
        with books.booking() as booking:
            booking.enter(READ, ["cici"])
            booking.enter(change)
            booking.enter(READ, ["cici"])

    for change in (
        OperatorSet(name="cici", role="operator", active=True),
        OperatorSet(name="cici", role="supervisor", active=False),
    ):
        with pytest.raises(Refused, match="cici"):
            read_before_and_after(change)
    with books.booking() as booking:
        booking.enter(OperatorSet(name="dewi", role="operator", active=True))
        booking.enter(PAUSED, ["dewi"])
        booking.enter(OperatorSet(name="dewi", role="supervisor", active=True))
        booking.enter(READ, ["dewi"])


@notices(
    {
        "nobody knows who printed": line(
            Signing._printed_by, 'return "" if attempt is None else attempt["operator"]', 'return ""'
        )
    }
)
def test_whoever_printed_a_card_does_not_spoil_it_alone_in_the_books(past: OfficePast) -> None:
    books = past.desk.shop.books
    printed, begun = past.print_card(past.wish()), past.begin_card(past.wish())
    words = "siti printed this card and cannot alone approve that it is spoiled."
    ended = AttemptSpoiled(attempt=begun, to="spoiled", cause="jam")
    checked = CardChecked(attempt=printed, quality=Quality.SPOILED, cause="scorch")
    assert refused(books, ended, "siti") == refused(books, checked, "siti") == words
    books.enter(ended, ["siti", "budi"])
    books.enter(checked, ["budi"])


def test_a_trial_leaves_nothing_and_only_an_unsigned_one_asks_nobody_to_sign(office: Counter) -> None:
    books = office.shop.books
    with books.store.reading() as connection:
        before = log.frontier(connection), dump(connection)
    with books.trial(unsigned=True) as booking:
        booking.enter(OperatorSet(name="cici", role="operator", active=True))
        booking.enter(READ, ["cici", "mallory"])
        size = booking.size
    with pytest.raises(Refused, match="it must be 0 or 1"), books.trial() as booking:
        booking.enter(PAUSED, ["siti", "budi"])
    with books.store.reading() as connection:
        assert (log.frontier(connection), dump(connection)) == before
        assert size == before[0].size + 2


def test_nobody_signs_before_there_is_anybody(books: Books) -> None:
    assert "is not an active operator" in refused(books, PAUSED, "siti")
    enrol(books)
    assert books.enter(READ, ["ratna"]).actors == ("ratna",)
