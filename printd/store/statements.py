"""Statements as SQL: written once in a process for each kind of database, whichever engine asks first.

SQLAlchemy keeps what it wrote for each engine apart. A process has several: the shop's own, and one in memory for every
replay of the log. Writing the statements anew for each of them costs more than running them over a small shop.
"""

from __future__ import annotations

from typing import Any, TypeVar

from sqlalchemy.engine.interfaces import Compiled, Dialect
from sqlalchemy.util import LRUCache

_MOST = 2000  # the house has some hundreds; those with a list of values are of any length

_T = TypeVar("_T")


class _Statements(LRUCache[Any, Compiled]):
    """Takes the place of an engine's own cache, whose keys begin with the engine's dialect."""

    def get(self, key: Any, default: _T | None = None) -> Compiled | _T | None:  # type: ignore[override]  # one form of its two
        return super().get(_of_any_engine(key), default)

    def __setitem__(self, key: Any, value: Compiled) -> None:
        super().__setitem__(_of_any_engine(key), value)


def _of_any_engine(key: tuple[Any, ...]) -> tuple[Any, ...]:
    """Put what decides how SQL is written in the place of the dialect: kind of database, driver, version."""
    dialect: Dialect = key[0]
    return dialect.name, dialect.driver, getattr(dialect, "server_version_info", None), *key[1:]


STATEMENTS = _Statements(_MOST)
