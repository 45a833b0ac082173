"""SQL of the papers that were made of acts."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from printd.store.rows import first
from printd.store.tables.papers import PaperRow, paper


def add_paper(connection: Connection, row: PaperRow) -> None:
    """Write that a paper was made."""
    connection.execute(paper.insert(), row)


def last_running(connection: Connection, year: int) -> int:
    """Return the last running number that papers of a year have; 0: none has one."""
    query = sa.select(sa.func.max(paper.c.running)).where(paper.c.year == year)
    return int(connection.execute(query).scalar() or 0)


def first_of(connection: Connection, kind: str, name: str) -> PaperRow | None:
    """Return the first paper of an act; ``None``: there is none.

    :param kind: what the paper is of; ``name`` that of the act.
    """
    query = sa.select(paper).where(paper.c.paper == kind, paper.c.name == name).order_by(paper.c.seq).limit(1)
    return first(connection, query, PaperRow)


def number_of(connection: Connection, kind: str, name: str) -> str | None:
    """Return the official number of an act's paper; ``None``: there is no paper, or it has none."""
    found = first_of(connection, kind, name)
    return None if found is None else found["number"]


def original(connection: Connection, entry: int) -> PaperRow | None:
    """Return the first paper that was made of an act; ``None``: there is none.

    :param entry: number of the act's entry.
    """
    query = sa.select(paper).where(paper.c.entry == entry, paper.c.copy.is_(False))
    return first(connection, query, PaperRow)
