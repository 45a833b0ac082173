"""What the database itself forbids, whatever the code above it does: shown with bare SQL on both databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from printd.errors import Refused
from printd.store.engine import Store, dump

FORBIDDEN = sa.exc.IntegrityError
DAY = "2026-11-23T09:15:02Z"
SITI: dict[str, object] = {
    "name": "siti",
    "role": "operator",
    "active": True,
    "key": "k",
    "sealed": "0" * 64,
    "legal_name": "Siti Contoh",
    "rank": "",
    "position": "",
}


def put(connection: Connection, table: str, **values: object) -> None:
    columns = ", ".join(values)
    marks = ", ".join(f":{name}" for name in values)
    connection.execute(sa.text(f"INSERT INTO {table} ({columns}) VALUES ({marks})"), values)


def blank(connection: Connection, first: int, last: int, place: str = "store", **other: object) -> None:
    row = {"prefix": "K", "width": 3, "first": first, "last": last, "place": place, "delivery_id": "D1"}
    put(connection, "serial_range", **(row | other))


def job(connection: Connection, name: str, holder: str, state: str = "queued") -> None:
    row: dict[str, object] = {"record_id": "r1", "holder": holder, "stock_type": "WNI", "state": state}
    put(connection, "job", id=name, **row, place_in_queue=1, created_at=DAY)


def attempt(connection: Connection, name: str, serial: str, printer: str, state: str, job_id: str = "j1") -> None:
    texts: dict[str, object] = {
        "operator": "siti",
        "artwork": "a",
        "counters": "{}",
        "evidence": "[]",
        "opened_at": DAY,
    }
    number = int(name.removeprefix("a"))
    row: dict[str, object] = {"job_id": job_id, "number": number, "serial": serial, "printer": printer, "state": state}
    put(connection, "attempt", id=name, **row, **texts)


@pytest.fixture(scope="module")
def shared(new_database: Callable[[bool], str]) -> Iterator[Store]:
    """One database of each kind for all that is rolled back."""
    opened = Store.open(new_database(True))
    yield opened
    opened.close()


@pytest.fixture
def bare(shared: Store) -> Iterator[Connection]:
    """A connection to a database with one of everything, in a transaction that is thrown away."""
    with shared.engine.connect() as connection, connection.begin() as transaction:
        put(connection, "entry", seq=0, body=b"{}", leaf_hash=b"\x00" * 32)
        put(connection, "node", level=1, idx=0, hash=b"\x00" * 32)
        put(connection, "checkpoint", size=1, root=b"\x00" * 32)
        put(connection, "checkpoint_note", size=1, note=b"n")
        put(connection, "restored", size=1, root=b"\x00" * 32, made_at=DAY, told="")
        where: dict[str, object] = {"prefix": "K", "width": 3, "first": 1, "last": 1, "source": "store"}
        put(connection, "movement", seq=0, part=0, **where, target="spoiled", at=DAY, why="jam")
        about: dict[str, object] = {"bast_number": "1", "bast_date": "2026-11-02", "stock_type": "WNI"}
        more: dict[str, object] = {"generation": "g", "identified_by": "serial", "announced": 9, "state": "announced"}
        for name in ("D1", "D2"):
            put(connection, "delivery", id=name, **about, **more, announced_at=DAY, announced_by="siti")
        who: dict[str, object] = {"holder": "h", "source": "s", "remote_status": "x", "reason": "baru"}
        put(connection, "record", id="r1", **who, digest="d", stock_type="WNI", warnings="", received_at=DAY)
        for number in (1, 2):
            made: dict[str, object] = {"uri": "u", "family": "evolis", "model": "m", "serial_number": f"s{number}"}
            put(connection, "printer", name=f"p{number}", **made, paused=False, pause_reason="")
        job(connection, "j1", "holder-1")
        job(connection, "j2", "holder-2")
        yield connection
        transaction.rollback()


def forbidden(connection: Connection, statement: str, **values: object) -> str:
    with pytest.raises(FORBIDDEN) as refusal, connection.begin_nested():
        connection.execute(sa.text(statement), values)
    return str(refusal.value.orig)


APPEND_ONLY = {
    "entry": "seq",
    "node": "idx",
    "checkpoint": "size",
    "checkpoint_note": "size",
    "movement": "part",
    "restored": "size",
}


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("statement", ["UPDATE {table} SET {key} = {key} + 7", "DELETE FROM {table}"])
def test_what_the_log_holds_is_never_changed_nor_taken_out(bare: Connection, table: str, statement: str) -> None:
    before = bare.execute(sa.text(f"SELECT * FROM {table}")).all()
    message = forbidden(bare, statement.format(table=table, key=APPEND_ONLY[table]))
    assert f"{table}: the log is append-only" in message
    assert bare.execute(sa.text(f"SELECT * FROM {table}")).all() == before
    assert before


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_what_the_log_holds_is_not_replaced_or_emptied_in_one_go(bare: Connection, table: str) -> None:
    before = bare.execute(sa.text(f"SELECT * FROM {table}")).all()
    if bare.dialect.name == "sqlite":
        message = forbidden(bare, f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")
    else:
        message = forbidden(bare, f"TRUNCATE {table} CASCADE")
    assert "the log is append-only" in message
    assert bare.execute(sa.text(f"SELECT * FROM {table}")).all() == before


RANGE_1_TO_9 = [
    pytest.param(5, 5, id="inside"),
    pytest.param(1, 3, id="same first"),
    pytest.param(7, 9, id="same last"),
    pytest.param(1, 9, id="the same"),
    pytest.param(0, 1, id="over its first"),
    pytest.param(9, 12, id="over its last"),
    pytest.param(0, 20, id="around"),
]


@pytest.mark.parametrize(("first", "last"), RANGE_1_TO_9)
def test_a_serial_cannot_be_put_into_two_places(bare: Connection, first: int, last: int) -> None:
    blank(bare, 1, 9)
    blank(bare, 100, 109)
    with pytest.raises(FORBIDDEN), bare.begin_nested():
        blank(bare, first, last, "spoiled", delivery_id="D2")


@pytest.mark.parametrize(("first", "last"), RANGE_1_TO_9)
def test_a_serial_cannot_be_moved_into_a_second_place(bare: Connection, first: int, last: int) -> None:
    blank(bare, 1, 9)
    blank(bare, 100, 109, "spoiled")
    forbidden(bare, "UPDATE serial_range SET first = :low, last = :high WHERE first = 100", low=first, high=last)


def test_one_row_that_reaches_over_a_later_one_is_found_behind_rows_between(bare: Connection) -> None:
    for first in (1, 11, 21, 31):
        blank(bare, first, first + 4)
    forbidden(bare, "UPDATE serial_range SET last = 35 WHERE first = 1")
    forbidden(bare, "UPDATE serial_range SET last = 31 WHERE first = 21")


def test_neighbours_and_serials_of_another_series_are_free(bare: Connection) -> None:
    blank(bare, 1, 9)
    blank(bare, 10, 10)
    blank(bare, 0, 0)
    blank(bare, 1, 9, width=4)
    blank(bare, 1, 9, prefix="L")
    assert bare.execute(sa.text("SELECT count(*) FROM serial_range")).scalar() == 5


@pytest.mark.parametrize(("first", "last"), [(5, 4), (-1, 3)])
def test_a_range_runs_forwards_from_zero(bare: Connection, first: int, last: int) -> None:
    with pytest.raises(FORBIDDEN), bare.begin_nested():
        blank(bare, first, last)


def test_a_blank_belongs_to_a_delivery_that_exists(bare: Connection) -> None:
    with pytest.raises(FORBIDDEN), bare.begin_nested():
        blank(bare, 1, 1, delivery_id="D9")


STATES = ("open", "in_doubt", "printed", "unused", "spoiled")


@pytest.mark.parametrize(("one", "other"), list(product(STATES, STATES)))
def test_a_printer_has_one_open_attempt(bare: Connection, one: str, other: str) -> None:
    attempt(bare, "a1", "K001", "p1", one)
    attempt(bare, "a2", "K002", "p2", "open")
    if {one, other} <= {"open", "in_doubt"}:
        with pytest.raises(FORBIDDEN), bare.begin_nested():
            attempt(bare, "a3", "K003", "p1", other)
    else:
        attempt(bare, "a3", "K003", "p1", other)


@pytest.mark.parametrize(("one", "other"), list(product(STATES, STATES)))
def test_a_blank_is_taken_by_one_attempt_unless_it_stayed_unused(bare: Connection, one: str, other: str) -> None:
    attempt(bare, "a1", "K001", "p1", one)
    if "unused" in (one, other):
        attempt(bare, "a2", "K001", "p2", other)
    else:
        with pytest.raises(FORBIDDEN), bare.begin_nested():
            attempt(bare, "a2", "K001", "p2", other)


def test_an_ended_attempt_does_not_open_again_beside_another(bare: Connection) -> None:
    attempt(bare, "a1", "K001", "p1", "printed")
    attempt(bare, "a2", "K002", "p1", "open")
    forbidden(bare, "UPDATE attempt SET state = 'in_doubt' WHERE id = 'a1'")


def test_an_attempt_has_a_number_of_its_own_within_its_job(bare: Connection) -> None:
    attempt(bare, "a1", "K001", "p1", "unused")
    with pytest.raises(FORBIDDEN), bare.begin_nested():
        attempt(bare, "a01", "K002", "p2", "unused")


JOB_STATES = ("held", "queued", "printing", "in_doubt", "printed", "finished", "handed_over", "cancelled")


@pytest.mark.parametrize("state", JOB_STATES)
def test_a_person_has_one_live_job(bare: Connection, state: str) -> None:
    job(bare, "j3", "holder-3", state)
    if state in ("handed_over", "cancelled"):
        job(bare, "j4", "holder-3")
        forbidden(bare, "UPDATE job SET state = 'held' WHERE id = 'j3'")
    else:
        with pytest.raises(FORBIDDEN), bare.begin_nested():
            job(bare, "j4", "holder-3")


def test_a_record_enters_once_and_a_printer_is_one_machine(bare: Connection) -> None:
    for table in ("record", "printer"):
        key = "id" if table == "record" else "name"
        columns = [column for column in sa.inspect(bare).get_columns(table) if column["name"] != key]
        names = ", ".join(column["name"] for column in columns)
        forbidden(bare, f"INSERT INTO {table} ({key}, {names}) SELECT 'new', {names} FROM {table}")


@pytest.mark.parametrize("role", ["", "admin", "Operator"])
def test_an_operator_has_a_role_of_the_trade(bare: Connection, role: str) -> None:
    with pytest.raises(FORBIDDEN), bare.begin_nested():
        put(bare, "operator", **{**SITI, "role": role})


def test_a_delivery_of_nothing_is_none(bare: Connection) -> None:
    forbidden(bare, "UPDATE delivery SET announced = 0")


def test_the_log_has_one_end(bare: Connection) -> None:
    with pytest.raises(FORBIDDEN), bare.begin_nested():
        put(bare, "log_state", id=2, size=0, frontier=b"")


def test_what_the_database_forbids_is_a_refusal_that_changes_nothing(store: Store) -> None:
    with store.reading() as connection:
        before = dump(connection)

    def overwrite() -> None:
        with store.writing() as connection:
            put(connection, "operator", **SITI)
            put(connection, "entry", seq=0, body=b"{}", leaf_hash=b"\x00" * 32)
            connection.execute(sa.text("UPDATE entry SET body = leaf_hash"))

    with pytest.raises(Refused, match="The database refuses this change") as refusal:
        overwrite()
    assert "append-only" in refusal.value.why
    with store.reading() as connection:
        assert dump(connection) == before
        assert connection.execute(sa.text("SELECT count(*) FROM entry")).scalar() == 0
