"""Replay: the entries alone rebuild every table, and every alteration of a table or of an entry's sense is found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from printd.books.booking import Books
from printd.books.replay import compare
from printd.events.kinds import read
from printd.ledger.entry import Entry
from printd.ledger.signatures import message, write_signature
from printd.projections.kinds import PROJECTIONS
from printd.store import log, tables
from printd.store.engine import Store
from support.fixed import ORIGIN
from support.people import EverybodysKeys, key_of

Live = Callable[[Books, int, int], "Counter[str]"]
SEED = 20261301


@pytest.mark.parametrize("seed", [1, 2])
def test_the_log_of_a_random_history_rebuilds_every_table(books: Books, live: Live, seed: int) -> None:
    told = live(books, seed, 200)
    assert told["refused"] > 20  # what was refused left no trace
    counted: list[int] = []
    with books.store.reading() as connection:
        found = compare(connection, PROJECTIONS, counted.append)
        kept = sum(
            connection.execute(sa.select(sa.func.count()).select_from(one)).scalar_one() for one in tables.PROJECTIONS
        )
    assert found.differences == ()
    assert found.entries >= 200
    assert counted == list(range(1, found.entries + 1))
    assert found.rows == kept > 100


def test_cards_that_were_put_on_other_blanks_are_rebuilt_there(books: Books, live: Live) -> None:
    told: Counter[str] = Counter()
    for number in range(20):  # on, until chance has done it
        told += live(books, number, 120 + 40 * number)
        if told["attempt.corrected"]:
            break
    assert told["attempt.corrected"]
    with books.store.reading() as connection:
        assert compare(connection, PROJECTIONS).differences == ()


RARE = ("clock_jump", "generation", "paper")
"""Tables that the random life does not touch; the history ends with that."""


@pytest.fixture(scope="module")
def lived(new_sqlite: Callable[[bool], str], live: Live) -> Iterator[sa.Engine]:
    """A database with a history in which every table has rows, open without any of its rules."""
    store = Store.open(new_sqlite(True))
    with store.writing() as connection:
        log.start(connection)
    for number in range(12):  # on, until chance has touched everything
        with store.reading() as connection:
            size = log.frontier(connection).size
        live(Books(store, PROJECTIONS), SEED + number, size + 200)
        with store.reading() as connection:
            if all(connection.execute(sa.select(one)).first() for one in tables.PROJECTIONS if one.name not in RARE):
                break
    books = Books(store, PROJECTIONS)
    books.keys = EverybodysKeys(store)
    paper = {"paper": "delivery", "name": "D1", "entry": 1, "size": 2, "root": "0" * 64, "digest": "1" * 64}
    paper |= {"number": "BA.1/2026", "year": 2026, "running": 1}
    books.enter(read("paper.made", paper), ["siti"])
    books.enter(read("clock.went_back", {"from": "2027-01-01T00:00:00Z", "to": "2026-01-01T00:00:00Z"}))
    lost = {"missing": 3, "backup": {}, "known": {"size": 9, "root": "0" * 64}}
    ended = {"note": "", "origin": "o/1", "log_key": "k1", "next": {"origin": "o/2", "log_key": "k2"}, **lost}
    books.enter(read("log.rolled_back", ended), ["siti", "budi"])
    books.enter(read("shop.restored", lost), ["siti", "budi"])
    store.close()
    engine = sa.create_engine(store.engine.url)
    with engine.begin() as connection:
        names = connection.execute(sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
        for name in names:
            connection.execute(sa.text(f"DROP TRIGGER {name}"))
    yield engine
    engine.dispose()


@pytest.fixture
def loose(lived: sa.Engine) -> Iterator[Connection]:
    """A connection that may break every rule; what it does is thrown away."""
    with lived.connect() as connection:
        connection.execute(sa.text("PRAGMA ignore_check_constraints = ON"))
        yield connection
        connection.rollback()


def test_the_untouched_history_has_every_table_and_no_difference(loose: Connection) -> None:
    assert compare(loose, PROJECTIONS).differences == ()
    for table in tables.PROJECTIONS:
        assert loose.execute(sa.select(table)).first() is not None, table.name


@pytest.mark.parametrize("number", range(max(len(table.columns) for table in tables.PROJECTIONS)))
def test_one_altered_value_in_any_column_is_found_and_its_table_named(loose: Connection, number: int) -> None:
    altered = Counter[str]()
    for table in tables.PROJECTIONS:  # the columns of this number in all tables at once: each must be found
        if number >= len(table.columns):
            continue
        column = list(table.columns)[number]
        if isinstance(column.type, sa.Boolean):
            value = f"NOT {column.name}"
        elif isinstance(column.type, sa.Integer):
            value = f"coalesce({column.name}, 0) + 1000000"
        else:
            value = f"coalesce({column.name}, '') || 'x'"
        where = f"rowid = (SELECT max(rowid) FROM {table.name})"
        changed = loose.execute(sa.text(f"UPDATE {table.name} SET {column.name} = {value} WHERE {where}"))
        assert changed.rowcount == 1
        altered[table.name] += 2  # the row that the log says, and the row that the table says
    found = compare(loose, PROJECTIONS).differences
    assert Counter(one.table for one in found) == altered


def test_a_missing_row_of_any_table_is_found_and_its_table_named(loose: Connection) -> None:
    for table in tables.PROJECTIONS:
        loose.execute(sa.text(f"DELETE FROM {table.name} WHERE rowid = (SELECT min(rowid) FROM {table.name})"))
    found = compare(loose, PROJECTIONS).differences
    assert [one.table for one in found] == [table.name for table in tables.PROJECTIONS]
    assert all(one.message.startswith("the log says") for one in found)


def test_a_row_that_no_entry_made_is_found(loose: Connection) -> None:
    loose.execute(sa.text("INSERT INTO operator VALUES ('thief', 'supervisor', 1, 'k', 's', 'Thief', NULL, '', '')"))
    (one,) = compare(loose, PROJECTIONS).differences
    assert one.table == "operator"
    assert "thief" in one.message


def test_a_value_set_to_nothing_and_nothing_set_to_a_value_are_found(loose: Connection) -> None:
    loose.execute(sa.text("UPDATE delivery SET received_by = NULL WHERE state = 'received'"))
    assert {one.table for one in compare(loose, PROJECTIONS).differences} == {"delivery"}
    loose.rollback()
    loose.execute(sa.text("UPDATE movement SET attempt_id = '' WHERE attempt_id IS NULL"))
    assert {one.table for one in compare(loose, PROJECTIONS).differences} == {"movement"}


def rewrite(connection: Connection, entry: Entry, data: dict[str, Any]) -> None:
    """Put other data into an entry, well-formed, as a forger would who has everybody's keys."""
    other = Entry(entry.seq, entry.at, entry.kind, entry.actors, data)
    text = message("o/2" if entry.kind == "shop.restored" else ORIGIN, other.unsigned())
    signed = tuple(write_signature(key_of(name).sign(text)) for name in entry.actors)
    body = replace(other, signatures=signed).body()
    connection.execute(sa.text("UPDATE entry SET body = :body WHERE seq = :seq"), {"body": body, "seq": entry.seq})


# Said in the entry for the auditor alone: no table holds it.
TOLD_ONLY = {
    ("shop.opened", "origin"),
    ("shop.opened", "log_key"),
    ("shop.opened", "documents_key"),
    ("printer.added", "firmware"),
    ("record.acknowledged", "warnings"),
    ("log.rolled_back", "note"),
    ("log.rolled_back", "backup"),
    ("log.rolled_back", "known"),
    ("shop.restored", "missing"),
    ("shop.restored", "backup"),
    ("shop.restored", "known"),
    ("backup.begun", "backup"),
    ("backup.begun", "root"),
    ("export.begun", "root"),
    ("register.read", "what"),
    ("register.read", "rows"),
    ("card.missed", "note"),
}


# Where the altered entry may say nothing new: it names no printer or record that is known, or a later entry hides it.
HIDDEN = {
    ("printer.paused", "printer"),
    ("printer.paused", "why"),  # a later resume takes the reason away
    ("printer.resumed", "printer"),
    ("record.acknowledged", "record"),
    ("attempt.spoiled", "evidence"),
    ("attempt.printed", "evidence"),
    ("attempt.unused", "evidence"),
    ("attempt.in_doubt", "evidence"),
    ("card.checked", "cause"),
    ("attempt.corrected", "from"),  # where the card was put on a blank as earlier versions did, without saying whence
    ("transfer.acknowledged", "discrepancies"),
    ("discrepancy.closed", "serials"),  # where the outcome is nothing
    ("incident.noted", "police_report"),  # where an earlier note named the same
}
WRONG: list[object] = [None, 7, "", [], {}, ["x", "y"], {"x": 1}, -1, [["K1"]], "\u0000"]


@pytest.mark.parametrize("absent", [True, False])
def test_an_entry_without_sense_is_a_finding_not_a_crash(loose: Connection, absent: bool) -> None:
    """An eighth of the values is left out, an eighth altered."""
    bodies = loose.execute(sa.text("SELECT body FROM entry ORDER BY seq")).scalars().all()
    last_of_kind = {entry.kind: entry for entry in map(Entry.from_body, bodies)}
    places = [(entry, key) for entry in last_of_kind.values() for key in entry.data]
    unseen = []
    for number, (entry, key) in enumerate(places[3 * absent :: 8]):
        altered = {name: old for name, old in entry.data.items() if name != key}
        if not absent:
            altered[key] = WRONG[number % len(WRONG)]
        with loose.begin_nested() as point:
            rewrite(loose, entry, altered)
            differences = compare(loose, PROJECTIONS).differences
            point.rollback()
        if not differences and entry.data != altered and (entry.kind, key) not in TOLD_ONLY | HIDDEN:
            unseen.append((entry.kind, key))
    assert unseen == []
    assert len(last_of_kind) > 12


def test_the_first_impossible_entry_is_named(loose: Connection) -> None:
    bodies = loose.execute(sa.text("SELECT body FROM entry ORDER BY seq")).scalars().all()
    entry = next(one for one in map(Entry.from_body, bodies) if one.kind == "delivery.received")
    rewrite(loose, entry, {**entry.data, "serials": [["K99-001", "K99-002"]]})
    found = compare(loose, PROJECTIONS)
    (one,) = found.differences
    assert found.entries == entry.seq
    assert one.table == "entry"
    assert f"entry {entry.seq} cannot have happened" in one.message
    assert "K99-001 to K99-002" in one.message


@pytest.mark.postgres
def test_altered_tables_are_found_on_postgresql_too(new_postgres: Callable[[bool], str], live: Live) -> None:
    store = Store.open(new_postgres(True))
    try:
        with store.writing() as connection:
            log.start(connection)
        live(Books(store, PROJECTIONS), SEED, 250)
        for statement, table in (
            ("UPDATE operator SET active = NOT active", "operator"),
            ("UPDATE serial_range SET place = 'destroyed' WHERE place = 'store'", "serial_range"),
            ("UPDATE job SET place_in_queue = place_in_queue + 1", "job"),
            ("UPDATE printer SET pause_reason = pause_reason || ' '", "printer"),
            ("UPDATE delivery SET received_at = '2026-01-01T00:00:00Z' WHERE received_at IS NOT NULL", "delivery"),
        ):
            with store.engine.connect() as connection:
                assert connection.execute(sa.text(statement)).rowcount > 0
                assert {one.table for one in compare(connection, PROJECTIONS).differences} == {table}
    finally:
        store.close()
