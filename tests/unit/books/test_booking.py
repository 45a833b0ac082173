"""The books: an entry, its nodes, the frontier and the tables come together or not at all, however many write."""

from __future__ import annotations

import contextlib
import json
import threading
from collections import Counter
from datetime import UTC, datetime, timedelta, timezone

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from printd.books.booking import Booking, Books, utc_now
from printd.errors import Refused
from printd.events.kinds import read
from printd.events.printers import PrinterPaused
from printd.ledger.entry import MAX_BODY, Entry
from printd.ledger.merkle import EMPTY_ROOT, Frontier, leaf_hash, root_of
from printd.projections.kinds import PROJECTIONS
from printd.store import log
from printd.store.engine import Store, dump
from printd.words.moments import stamp
from support.deliberate import line, notices
from support.signers import enrol
from support.something import something


def stored(connection: Connection) -> tuple[list[tuple[int, bytes, bytes]], dict[tuple[int, int], bytes], Frontier]:
    """Return what lies in the tables of the log, as it lies there."""
    rows = [
        (row.seq, bytes(row.body), bytes(row.leaf_hash))
        for row in connection.execute(sa.text("SELECT * FROM entry ORDER BY seq"))
    ]
    nodes = {(row.level, row.idx): bytes(row.hash) for row in connection.execute(sa.text("SELECT * FROM node"))}
    return rows, nodes, log.frontier(connection)


def check_whole(connection: Connection) -> int:
    """Make sure that the log is without gap and that nodes and frontier are what its bodies give; return its size."""
    rows, nodes, end = stored(connection)
    assert [seq for seq, _, _ in rows] == list(range(len(rows)))
    assert [Entry.from_body(body).seq for _, body, _ in rows] == list(range(len(rows)))
    built, expected = Frontier(), dict[tuple[int, int], bytes]()
    for _, body, leaf in rows:
        assert leaf == leaf_hash(body)
        built, made = built.append(leaf_hash(body))
        expected |= {(node.level, node.index): node.hash for node in made if node.level > 0}
    assert nodes == expected
    assert end == built
    assert end.root() == root_of(leaf_hash(body) for _, body, _ in rows)
    return len(rows)


def everything(store: Store) -> tuple[object, object]:
    with store.reading() as connection:
        return stored(connection), dump(connection)


def test_the_log_is_whole_after_every_entry(books: Books) -> None:
    with books.store.reading() as connection:
        assert check_whole(connection) == 0
        assert log.frontier(connection).root() == EMPTY_ROOT
    for size in range(1, 20):
        entry = books.enter(something())
        assert entry.seq == size - 1
        with books.store.reading() as connection:
            assert check_whole(connection) == size


def test_one_booking_of_many_entries_gives_the_same_log_as_many_bookings(books: Books) -> None:
    with books.booking() as booking:
        for number in range(13):
            assert booking.size == number
            booking.enter(something(number))
    with books.store.reading() as connection:
        assert check_whole(connection) == 13
        assert len(connection.execute(sa.text("SELECT * FROM configuration")).all()) == 13


def test_an_empty_booking_changes_nothing(books: Books) -> None:
    books.enter(something())
    before = everything(books.store)
    with books.booking() as booking:
        assert booking.size == 1
    assert everything(books.store) == before


LOST = {"backup": {}, "known": {"size": 9, "root": "0" * 64}, "missing": 3}


def test_an_entry_says_when_by_whom_and_what(store: Store) -> None:
    moment = datetime(2026, 11, 23, 23, 59, 59, 999_999, tzinfo=timezone(timedelta(hours=8)))
    books = Books(store, PROJECTIONS, lambda: moment)
    enrol(books)
    books.enter(read("shop.restored", LOST), ["ratna", "budi"])
    with store.reading() as connection:
        _, body, _ = stored(connection)[0][-1]
    entry = Entry.from_body(body)
    assert (entry.at, entry.actors, entry.kind, entry.data) == (
        "2026-11-23T15:59:59Z",
        ("ratna", "budi"),
        "shop.restored",
        LOST,
    )


MOVE_OF_NOTHING = {"serials": [["KPG1", "KPG9"]], "from": "store", "to": "spoiled", "why": "jam"}


def test_a_rule_that_refuses_undoes_the_whole_booking(books: Books) -> None:
    enrol(books)
    before = everything(books.store)

    def work() -> None:
        with books.booking() as booking:
            for number in range(5):
                booking.enter(something(number))
            booking.enter(read("blanks.moved", MOVE_OF_NOTHING), ["siti", "budi"])

    with pytest.raises(Refused, match="KPG1 to KPG9"):
        work()
    assert everything(books.store) == before
    assert books.enter(something()).seq == 4


@pytest.mark.parametrize("goes_on", [False, True])
@notices(
    {
        "nobody asks whether an entry was refused": line(
            Booking._check_whole, "if self._broken:", "if self._broken is None:"
        ),
        "a refused entry is taken for whole": line(Booking._append, "self._broken = True ", "self._broken = False "),
    }
)
def test_a_refusal_that_was_swallowed_undoes_the_whole_booking(books: Books, goes_on: bool) -> None:
    """Its entry is written already when a rule refuses; a caller that goes on as if nothing were commits nothing."""
    enrol(books)
    before = everything(books.store)

    def work() -> None:
        with books.booking() as booking:
            booking.enter(something(1))
            with contextlib.suppress(Refused):
                booking.enter(read("blanks.moved", MOVE_OF_NOTHING), ["siti", "budi"])
            if goes_on:
                booking.enter(something(2))

    with pytest.raises(RuntimeError, match="must undo its whole transaction"):
        work()
    assert everything(books.store) == before
    assert books.enter(something()).seq == 4


@pytest.mark.parametrize(
    "event",
    [
        PrinterPaused(printer="p1", why="x" * MAX_BODY),
        PrinterPaused.model_construct(printer="p1", why="\ud800"),
    ],
)
def test_an_entry_that_cannot_be_leaves_nothing(books: Books, event: PrinterPaused) -> None:
    books.enter(something())
    before = everything(books.store)

    def work() -> None:
        with books.booking() as booking:
            booking.enter(something(1))
            booking.enter(event)

    with pytest.raises(Refused):
        work()
    assert everything(books.store) == before


def test_an_interruption_after_the_entries_leaves_nothing(books: Books) -> None:
    before = everything(books.store)

    def work() -> None:
        with books.booking() as booking:
            booking.enter(something())
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        work()
    assert everything(books.store) == before


def test_many_writers_through_two_stores_make_one_gapless_log(store: Store) -> None:
    other = Store.open(store.engine.url.render_as_string(hide_password=False))
    through = [Books(store, PROJECTIONS), Books(other, PROJECTIONS)]
    seqs: list[int] = []
    failed: list[BaseException] = []

    def work(books: Books, which: int) -> None:
        try:
            for number in range(8):
                with books.booking() as booking:
                    entries = [booking.enter(something(which)) for _ in range(1 + number % 3)]
                seqs.extend(entry.seq for entry in entries)
        except BaseException as error:
            failed.append(error)
            raise

    workers = [threading.Thread(target=work, args=(through[n % 2], n)) for n in range(6)]
    try:
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join(60)
        assert not any(worker.is_alive() for worker in workers)
    finally:
        other.close()
    assert failed == []
    assert sorted(seqs) == list(range(6 * 15))
    with store.reading() as connection:
        assert check_whole(connection) == 6 * 15
        told = [
            json.loads(body)["data"]["configuration"]["policy"]["oldest_every"]
            for _, body, _ in log.entries(connection)
        ]
        assert Counter(told) == dict.fromkeys(range(6), 15)


def test_entries_of_any_number_are_read_back_in_order_and_from_any_place(store: Store) -> None:
    with store.writing() as connection:
        for seq in range(2500):  # more than two batches
            log.add_entry(connection, seq, b"%d" % seq, bytes(32))
    with store.reading() as connection:
        for first in (0, 1, 999, 1000, 1001, 2499, 2500):
            assert [(seq, body) for seq, body, _ in log.entries(connection, first)] == [
                (seq, b"%d" % seq) for seq in range(first, 2500)
            ]


@pytest.mark.parametrize("size", [1, 2, 7, 64, 100])
def test_nodes_are_found_one_by_one_and_in_a_stream(books: Books, size: int) -> None:
    with books.booking() as booking:
        for _ in range(size):
            booking.enter(something())
    with books.store.reading() as connection:
        stream = log.NodeStream(connection)
        built = Frontier()
        for _, body, _ in stored(connection)[0]:
            built, made = built.append(leaf_hash(body))
            for node in made:
                assert log.find_node(connection, node.level, node.index) == node.hash
                assert stream(node.level, node.index) == (node.hash if node.level else None)
        assert log.find_node(connection, 0, size) is None
        assert log.find_node(connection, 40, 0) is None


def test_time_is_stamped_in_utc() -> None:
    assert utc_now().tzinfo is UTC
    assert stamp(datetime(2026, 1, 1, 7, tzinfo=timezone(timedelta(hours=8)))) == "2025-12-31T23:00:00Z"
