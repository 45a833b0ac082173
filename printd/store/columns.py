"""Types of columns: a word of the trade, a serial, and bytes that are bytes whatever stands there."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    LargeBinary,
    Select,
    String,
    Table,
    and_,
    cast,
    func,
    select,
    true,
    type_coerce,
)
from sqlalchemy.engine import Connection
from sqlalchemy.types import TypeDecorator, TypeEngine


class Word(TypeDecorator[StrEnum]):
    """A word of one of the enums in ``printd.words``: text in the table, the enum in a row.

    What is no such word, as it may stand in a table that somebody altered, comes out as the text that it is: telling
    it is for the verifier, who reads every row.
    """

    impl = String
    cache_ok = True

    def __init__(self, words: type[StrEnum], length: int) -> None:
        super().__init__(length)
        self.words = words
        self.length = length
        self._known = {one.value: one for one in words}

    def process_bind_param(self, value: str | None, _dialect: Any) -> str | None:
        """Return the text of a word."""
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, _dialect: Any) -> Any:
        """Return the word of a text."""
        return None if value is None else self._known.get(value, value)


def plain(column: Column[Any]) -> ColumnElement[Any]:
    """Return a column as it stands in its table: a word as text."""
    return type_coerce(column, column.type.impl) if isinstance(column.type, Word) else column


def as_bytes(table: Table) -> Select[Any]:
    """Return the query of whole rows whose binary columns come out as bytes.

    SQLite keeps text in any column, and what is no text cannot be read as such: who altered a row would end whoever
    reads it, where it is to be told.
    """
    return select(
        *(cast(one, one.type).label(one.name) if isinstance(one.type, LargeBinary) else one for one in table.c)
    )


def of_its_types(connection: Connection, table: Table) -> ColumnElement[bool]:
    """Return the condition that each column of a row holds what its type says; none of them may be null.

    SQLite keeps anything in any column, and whoever altered a row would end whoever reads it. On PostgreSQL every row
    is so.
    """
    if connection.dialect.name != "sqlite":
        return true()
    return and_(*(func.typeof(one) == _kept_as(one) for one in table.c))


def _kept_as(column: Column[Any]) -> str:
    if isinstance(column.type, LargeBinary):
        return "blob"
    return "integer" if isinstance(column.type, BigInteger) else "text"


def serial_text(length: int) -> TypeEngine[str]:
    """Return the type of a serial, its prefix, or a tag: on every database it sorts by its bytes, as the books do.

    PostgreSQL would sort by the language that the database was made with.
    """
    return String(length).with_variant(String(length, collation="C"), "postgresql")
