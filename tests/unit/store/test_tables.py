"""The type of a row says what its table says: names, order, types, and what may be unknown."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from typing import Any, get_type_hints, is_typeddict

import pytest
import sqlalchemy as sa

from printd.store import deliveries, tables
from printd.store.columns import Word
from printd.store.engine import Store, dump
from printd.store.metadata import metadata
from printd.store.tables.deliveries import DeliveryRow, delivery
from printd.words.states import DeliveryState


def pairs() -> Iterator[tuple[sa.Table, type[Any]]]:
    """Yield every table with the type of its row, which stands before it."""
    for info in pkgutil.iter_modules(tables.__path__):
        module = import_module(f"{tables.__name__}.{info.name}")
        row: type[Any] | None = None
        for one in vars(module).values():
            if is_typeddict(one) and one.__module__ == module.__name__:
                row = one
            if isinstance(one, sa.Table):
                assert row is not None, one.name
                yield one, row
                row = None


def type_of(column: sa.Column[Any]) -> Any:
    known = column.type.words if isinstance(column.type, Word) else column.type.python_type
    return known | None if column.nullable else known


@pytest.mark.parametrize(("table", "row"), list(pairs()), ids=lambda one: getattr(one, "name", ""))
def test_a_row_has_the_columns_of_its_table(table: sa.Table, row: type[Any]) -> None:
    assert list(get_type_hints(row).items()) == [(column.name, type_of(column)) for column in table.columns]


def test_every_table_has_the_type_of_its_row() -> None:
    assert sorted(table.name for table, _ in pairs()) == sorted(metadata.tables)


def test_every_table_with_a_state_knows_its_words() -> None:
    """A state is a word of an enum wherever one stands: of a column that is only text nothing would be checked."""
    assert all(isinstance(one.c.state.type, Word) for one in metadata.tables.values() if "state" in one.columns)


D1: DeliveryRow = {
    "id": "D1",
    "bast_number": "BAST/1",
    "bast_date": "2026-11-02",
    "stock_type": "WNI",
    "generation": "standard",
    "identified_by": "serial",
    "announced": 10,
    "state": DeliveryState.ANNOUNCED,
    "announced_at": "2026-11-03T00:00:00Z",
    "announced_seq": None,
    "announced_by": "siti",
    "received_at": None,
    "received_by": None,
    "received_with": None,
    "sender": None,
    "due_back": None,
    "unit_value": None,
    "seals": None,
    "signed_by": None,
    "counted": None,
    "handover": None,
}


def test_a_row_comes_out_as_it_went_in(store: Store) -> None:
    with store.writing() as connection:
        deliveries.add_delivery(connection, D1, [])
    with store.reading() as connection:
        row = deliveries.find_delivery(connection, "D1")
        (told,) = dump(connection)["delivery"]
    assert row == D1
    assert row is not None
    assert type(row["state"]) is DeliveryState
    assert repr(told[7]) == "'announced'", "two states of the books are compared, and shown, as they are written"


def test_what_is_no_word_comes_out_as_the_text_that_it_is(store: Store) -> None:
    """Somebody altered the table: the verifier tells it, and reads every row for that."""
    with store.writing() as connection:
        deliveries.add_delivery(connection, D1, [])
        connection.execute(sa.text("UPDATE delivery SET state = 'lost'"))
        row = deliveries.find_delivery(connection, "D1")
        assert row is not None
        assert (type(row["state"]), row["state"]) == (str, "lost")
        found = connection.execute(sa.select(delivery.c.id).where(delivery.c.state == DeliveryState.ANNOUNCED)).all()
        assert found == []
