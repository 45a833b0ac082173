"""A forger: he owns the database and the shop's folder, computes every hash anew, and has no key."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from printd.ledger.merkle import Frontier, Node, leaf_hash
from printd.store import log

Change = Callable[[int, bytes], bytes]
"""Takes number and bytes of an entry, and returns the bytes that are to stand there."""


def loosen(connection: Connection) -> None:
    """Take the database's own rules away, as its owner can."""
    if connection.dialect.name == "postgresql":
        for table in ("entry", "node", "checkpoint", "checkpoint_note"):
            connection.execute(sa.text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        return
    connection.execute(sa.text("PRAGMA foreign_keys=OFF"))
    names = connection.execute(sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
    for name in names:
        connection.execute(sa.text(f"DROP TRIGGER {name}"))


@contextmanager
def loosened(connection: Connection) -> Iterator[None]:
    """Take SQLite's own rules away for a while, and put them back as they were."""
    kept = connection.execute(sa.text("SELECT sql FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
    loosen(connection)
    yield
    for sql in kept:
        connection.exec_driver_sql(sql)


def rewrite(connection: Connection, change: Change, size: int | None = None) -> Frontier:
    """Rewrite entries and whatever is computed from them: leaves, every node, the end of the log.

    :param size: how many entries are left; by default all.
    :returns: the new end.
    """
    loosen(connection)
    end, nodes = Frontier(), list[Node]()
    kept = list(log.entries(connection))[:size]
    for seq, body, _ in kept:
        told = change(seq, body)
        leaf = leaf_hash(told)
        values = {"body": told, "leaf": leaf, "seq": seq}
        connection.execute(sa.text("UPDATE entry SET body = :body, leaf_hash = :leaf WHERE seq = :seq"), values)
        end, made = end.append(leaf)
        nodes += made
    connection.execute(sa.text("DELETE FROM entry WHERE seq >= :size"), {"size": len(kept)})
    connection.execute(sa.text("DELETE FROM node"))
    log.add_nodes(connection, nodes)
    log.set_frontier(connection, end)
    return end


def replace_all(connection: Connection, bodies: Sequence[bytes]) -> Frontier:
    """Let the log have these entries and no others, with whatever is computed from them; return its end."""
    loosen(connection)
    for table in ("entry", "node"):
        connection.execute(sa.text(f"DELETE FROM {table}"))
    end, nodes = Frontier(), list[Node]()
    for seq, body in enumerate(bodies):
        leaf = leaf_hash(body)
        log.add_entry(connection, seq, body, leaf)
        end, made = end.append(leaf)
        nodes += made
    log.add_nodes(connection, nodes)
    log.set_frontier(connection, end)
    return end


def same(_seq: int, body: bytes) -> bytes:
    """Change nothing."""
    return body


def delete_checkpoints(connection: Connection, above: int = -1) -> None:
    """Delete the checkpoints over more entries than a number."""
    loosen(connection)
    for table in ("checkpoint_note", "checkpoint"):
        connection.execute(sa.text(f"DELETE FROM {table} WHERE size > :above"), {"above": above})
