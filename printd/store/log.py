"""SQL of the log: entries, Merkle nodes, the frontier, checkpoints."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from heapq import merge

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from printd.errors import IntegrityError
from printd.ledger.merkle import Frontier, Node
from printd.store.tables.log import checkpoint, checkpoint_note, entry, log_state, node

_FRONTIER = sa.select(log_state.c.size, log_state.c.frontier).where(log_state.c.id == 1)
_SET_FRONTIER = (
    log_state.update()
    .where(log_state.c.id == 1)
    .values(size=sa.bindparam("s", type_=log_state.c.size.type), frontier=sa.bindparam("f"))
)
_LOCKED_FRONTIER = _FRONTIER.with_for_update()
_INSERT_ENTRY = entry.insert()
_INSERT_NODE = node.insert()
_BODY = sa.select(entry.c.body).where(entry.c.seq == sa.bindparam("s"))
_AT = re.compile(rb'\{"at":"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)"')
_BATCH = 1000


def start(connection: Connection) -> None:
    """Write the state of an empty log."""
    connection.execute(log_state.insert(), {"id": 1, "size": 0, "frontier": b""})


def frontier(connection: Connection, *, lock: bool = False) -> Frontier:
    """Return where the log ends; with ``lock``, nobody else appends before this transaction ends.

    :raises IntegrityError: what is stored cannot be the end of a log.
    """
    row = connection.execute(_LOCKED_FRONTIER if lock else _FRONTIER).first()
    packed = b"" if row is None else bytes(row.frontier)
    try:
        return Frontier(-1 if row is None else row.size, _hashes(packed))
    except ValueError as altered:
        raise IntegrityError(
            "The stored end of the log (log_state) is missing or was altered.",
            why=f"{altered}.",
            consequence="Nothing is booked, signed or printed.",
            remedy="Stop, and call the auditor.",
        ) from altered


def frontier_as_stored(connection: Connection) -> tuple[int, tuple[bytes, ...]]:
    """Return the stored end of the log unchecked, for a verifier that says itself what is wrong with it."""
    row = connection.execute(_FRONTIER).first()
    return (-1, ()) if row is None else (row.size, _hashes(bytes(row.frontier)))


def _hashes(packed: bytes) -> tuple[bytes, ...]:
    return tuple(packed[at : at + 32] for at in range(0, len(packed), 32))


def last_at(connection: Connection, size: int) -> str | None:
    """Return the time that the last entry carries; ``None`` before the first, or where it was altered."""
    body = connection.execute(_BODY, {"s": size - 1}).scalar()
    found = None if body is None else _AT.match(bytes(body))
    return None if found is None else found[1].decode("ascii")


def add_entry(connection: Connection, seq: int, body: bytes, leaf_hash: bytes) -> None:
    """Append one entry's bytes."""
    connection.execute(_INSERT_ENTRY, {"seq": seq, "body": body, "leaf_hash": leaf_hash})


def add_nodes(connection: Connection, nodes: Sequence[Node]) -> None:
    """Write complete subtrees above the leaves; the leaves' own hashes stand beside their entries."""
    rows = [{"level": one.level, "idx": one.index, "hash": one.hash} for one in nodes if one.level > 0]
    if rows:
        connection.execute(_INSERT_NODE, rows)


def set_frontier(connection: Connection, end: Frontier) -> None:
    """Write where the log ends now."""
    connection.execute(_SET_FRONTIER, {"s": end.size, "f": b"".join(end.hashes)})


def entries(connection: Connection, first: int = 0) -> Iterator[tuple[int, bytes, bytes]]:
    """Yield (seq, body, leaf hash) in order of seq, a batch at a time."""
    while True:
        rows = some_entries(connection, first, _BATCH)
        yield from rows
        if len(rows) < _BATCH:
            return
        first = rows[-1][0] + 1


def some_entries(connection: Connection, first: int, most: int) -> list[tuple[int, bytes, bytes]]:
    """Return (seq, body, leaf hash) of the entries from one on, in order of seq.

    :param most: how many.
    """
    query = sa.select(entry).where(entry.c.seq >= first).order_by(entry.c.seq).limit(most)
    return [(row.seq, bytes(row.body), bytes(row.leaf_hash)) for row in connection.execute(query)]


def first_since(connection: Connection, at: str) -> int | None:
    """Return the number of the first entry of a moment or later; ``None``: there is none."""
    query = sa.select(sa.func.min(entry.c.seq)).where(_written_at() >= at.encode("ascii"))
    found: int | None = connection.execute(query).scalar()
    return found


def end_before(connection: Connection, at: str) -> int:
    """Return the number of the entry after the last one that is earlier than a moment."""
    query = sa.select(sa.func.max(entry.c.seq)).where(_written_at() < at.encode("ascii"))
    found: int | None = connection.execute(query).scalar()
    return 0 if found is None else found + 1


def _written_at() -> sa.Function[bytes]:
    """Return the time in an entry's bytes, which every entry begins with."""
    return sa.func.substr(entry.c.body, len(b'{"at":"') + 1, len("2026-11-02T08:00:00Z"), type_=entry.c.body.type)


def holding(connection: Connection, texts: Sequence[bytes], first: int, end: int) -> Iterator[tuple[int, bytes]]:
    """Yield (seq, body) of those entries from one number to below another whose bytes hold one of some texts."""
    if connection.dialect.name == "sqlite":
        found = [sa.func.instr(entry.c.body, text) > 0 for text in texts]
    else:
        found = [sa.func.position(sa.literal(text).op("IN")(entry.c.body)) > 0 for text in texts]
    query = sa.select(entry.c.seq, entry.c.body).where(entry.c.seq >= first, entry.c.seq < end, sa.or_(*found))
    for row in connection.execute(query.order_by(entry.c.seq)):
        yield row.seq, bytes(row.body)


def nodes_beyond(connection: Connection, size: int) -> list[tuple[int, int]]:
    """Return level and index of stored nodes that a log of a size has not."""
    levels = connection.execute(sa.select(node.c.level).distinct().order_by(node.c.level)).scalars().all()
    return [
        (level, index)
        for level in levels
        for index in connection.execute(
            sa.select(node.c.idx)
            .where(node.c.level == level, sa.or_(node.c.idx < 0, node.c.idx >= (size >> level if level > 0 else 0)))
            .order_by(node.c.idx)
            .limit(_BATCH)
        ).scalars()
    ]


class NodeStream:
    """Looks stored nodes up in the order in which appending makes them known, in constant memory.

    A verifier walks the leaves once and asks for each subtree when its last leaf has come.
    """

    def __init__(self, connection: Connection) -> None:
        levels = connection.execute(sa.select(node.c.level).distinct().order_by(node.c.level)).scalars().all()
        self._rows = merge(*(_level(connection, level) for level in levels))
        self._ahead = next(self._rows, None)

    def __call__(self, level: int, index: int) -> bytes | None:
        """Return a stored hash, or ``None``: leaf hashes stand beside their entries, others may be missing."""
        if level == 0:
            return None
        wanted = ((index + 1) << level, level)
        while self._ahead is not None and self._ahead[:2] < wanted:
            self._ahead = next(self._rows, None)
        return self._ahead[2] if self._ahead is not None and self._ahead[:2] == wanted else None


def _level(connection: Connection, level: int) -> Iterator[tuple[int, int, bytes]]:
    """Yield (number of leaves that complete it, level, hash) of one level's nodes."""
    after = -1
    while True:
        query = (
            sa.select(node.c.idx, node.c.hash)
            .where(node.c.level == level, node.c.idx > after)
            .order_by(node.c.idx)
            .limit(_BATCH)
        )
        rows = connection.execute(query).all()
        for row in rows:
            yield (row.idx + 1) << level, level, bytes(row.hash)
        if len(rows) < _BATCH:
            return
        after = rows[-1].idx


def find_node(connection: Connection, level: int, index: int) -> bytes | None:
    """Return one stored hash, a leaf's for level 0."""
    if level == 0:
        query = sa.select(entry.c.leaf_hash).where(entry.c.seq == index)
    else:
        query = sa.select(node.c.hash).where(node.c.level == level, node.c.idx == index)
    found = connection.execute(query).scalar()
    return None if found is None else bytes(found)


def add_checkpoint(connection: Connection, size: int, root: bytes) -> None:
    """Fix the root of a size, before the key is used: one size, one root, ever."""
    connection.execute(checkpoint.insert(), {"size": size, "root": root})


def add_note(connection: Connection, size: int, note: bytes) -> None:
    """Write the signed note of a checkpoint."""
    connection.execute(checkpoint_note.insert(), {"size": size, "note": note})


def note_of(connection: Connection, size: int) -> bytes | None:
    """Return the signed note of a checkpoint; ``None``: there is none of this size."""
    found = connection.execute(sa.select(checkpoint_note.c.note).where(checkpoint_note.c.size == size)).scalar()
    return None if found is None else bytes(found)


def checkpoints(connection: Connection) -> list[tuple[int, bytes, bytes | None]]:
    """Return (size, root, note) of every checkpoint, smallest first."""
    query = (
        sa.select(checkpoint.c.size, checkpoint.c.root, checkpoint_note.c.note)
        .join_from(checkpoint, checkpoint_note, isouter=True)
        .order_by(checkpoint.c.size)
    )
    return [
        (row.size, bytes(row.root), None if row.note is None else bytes(row.note)) for row in connection.execute(query)
    ]


def last_checkpoint(connection: Connection) -> tuple[int, bytes, bytes | None] | None:
    """Return (size, root, note) of the largest checkpoint."""
    query = (
        sa.select(checkpoint.c.size, checkpoint.c.root, checkpoint_note.c.note)
        .join_from(checkpoint, checkpoint_note, isouter=True)
        .order_by(checkpoint.c.size.desc())
        .limit(1)
    )
    row = connection.execute(query).first()
    return None if row is None else (row.size, bytes(row.root), None if row.note is None else bytes(row.note))


def signed_checkpoints(connection: Connection, most: int) -> list[tuple[int, bytes, bytes]]:
    """Return (size, root, note) of the largest checkpoints that have a note, largest first.

    :param most: how many.
    """
    query = (
        sa.select(checkpoint.c.size, checkpoint.c.root, checkpoint_note.c.note)
        .join_from(checkpoint, checkpoint_note)
        .order_by(checkpoint.c.size.desc())
        .limit(most)
    )
    return [(row.size, bytes(row.root), bytes(row.note)) for row in connection.execute(query)]


def bodies(connection: Connection, seqs: Sequence[int]) -> dict[int, bytes]:
    """Return the bytes of some entries by their number."""
    found: dict[int, bytes] = {}
    for start in range(0, len(seqs), _BATCH // 2):
        some = list(seqs[start : start + _BATCH // 2])
        for row in connection.execute(sa.select(entry.c.seq, entry.c.body).where(entry.c.seq.in_(some))):
            found[row.seq] = bytes(row.body)
    return found
