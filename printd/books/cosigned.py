"""What witnesses say of this log's checkpoints: who holds how much of it, since when, and who holds another history.

No row is believed for what it says: a cosignature counts where its line is good over the checkpoint that was signed
(log reference sections 9 and 17.1). How old one is, the witness's own clock says; that one came, ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TypedDict

from printd.books.heads import Head
from printd.books.retrace import node_at
from printd.ledger.checkpoint import CheckpointError, open_checkpoint
from printd.ledger.cosigner import Cosignature, cosignatures
from printd.ledger.entry import Entry, EntryError
from printd.ledger.merkle import consistency_proof
from printd.ledger.notes import NoteError, Verifier, signature_line, split_note
from printd.ledger.policy import Policy, Witness
from printd.ledger.submission import Submission
from printd.ledger.verify import Problem
from printd.store import cosignatures as stored
from printd.store import log, movements
from printd.store.engine import Store
from printd.store.rows import Connection
from printd.store.tables.cosignatures import ContradictionRow, CosignatureRow
from printd.words.moments import moment, parse, stamp
from printd.words.places import Kind

SILENT = timedelta(days=1)
"""After which it is told that no witness cosigned what stands in the log."""

_LOOKED_AT = 8  # of a witness's last cosignatures: a bad line stands only where somebody altered the table
_FIRST = 64


class WitnessHolds(TypedDict):
    """What a witness holds of the log: entries, and when it saw them; ``None``: nothing that is known here."""

    witness: str
    key: str
    size: int | None
    seen_at: str | None


class Cosigned(TypedDict):
    """Who holds the log.

    :param head: entries that the last checkpoint covers.
    :param holding: how many witnesses hold that checkpoint.
    :param held: entries that enough of them hold, ``None``: there is no such number; seen by the last of them
        ``held_at``.
    :param first: entries of the first cosigned checkpoint, and ``first_at`` when it was seen.
    :param before_first_print: whether that was before a card was printed.
    :param printed: whether a card was.
    """

    head: int
    witnesses: list[WitnessHolds]
    holding: int
    held: int | None
    held_at: str | None
    first: int | None
    first_at: str | None
    before_first_print: bool
    printed: bool


def submission(connection: Connection, old: int) -> Submission | None:
    """Return what is asked of a witness that holds a number of entries; ``None``: nothing that goes on from there.

    :raises IntegrityError: a stored hash is missing.
    """
    rows = log.signed_checkpoints(connection, 1)
    if not rows or old > rows[0][0]:
        return None
    size, _, note = rows[0]
    proof = consistency_proof(old, size, lambda level, index: node_at(connection, level, index))
    return Submission(old, tuple(proof), note)


def keep(connection: Connection, size: int, note: bytes, lines: bytes, key: Verifier, received_at: str) -> int:
    """Keep the cosignatures of a witness that came back for a checkpoint; return how many are new.

    :param note: the checkpoint as it was sent.
    :param lines: what came back; lines of other keys are left.
    :raises NoteError: there is no good line of this witness among them.
    """
    found = cosignatures(note + lines, [key])
    if any(one.time == 0 for one in found):
        raise NoteError("a cosignature says when, and this one has no time")
    return sum(
        stored.add_cosignature(
            connection,
            {"size": size, "key": one.label, "time": one.time, "line": one.line, "received_at": received_at},
        )
        for one in found
    )


def latest(connection: Connection, key: Verifier, until: str | None = None) -> CosignatureRow | None:
    """Return the last good cosignature of a witness, over the largest size; ``None``: there is none.

    :param until: only of those that came before this moment.
    """
    rows = stored.latest(connection, key.label, _LOOKED_AT, until)
    return next((row for row in rows if _is_good(connection, row, key)), None)


def show(connection: Connection, policy: Policy, until: str | None = None) -> Cosigned:
    """Return who holds the log.

    :param until: only what came before this moment.
    """
    last = log.signed_checkpoints(connection, 1)
    head = last[0][0] if last else 0
    found = {one.name: latest(connection, one.key, until) for one in policy.witnesses}
    held = _held(policy, {name: row["size"] for name, row in found.items() if row is not None})
    seen = [_seen(row) for row in found.values() if row is not None and held is not None and row["size"] >= held]
    first = _first(connection, policy.witnesses)
    printed = movements.first_to(connection, Kind.PRINTER)
    return {
        "head": head,
        "witnesses": [_holds(one, found[one.name]) for one in policy.witnesses],
        "holding": sum(row is not None and row["size"] == head for row in found.values()),
        "held": held,
        "held_at": max(seen, default=None),
        "first": None if first is None else first["size"],
        "first_at": None if first is None else _seen(first),
        "before_first_print": first is not None
        and (printed is None or (first["size"] <= printed[0] and _seen(first) <= printed[1])),
        "printed": printed is not None,
    }


def in_words(told: Cosigned, zone: tzinfo) -> str:
    """Return who holds the log in one line."""
    of = len(told["witnesses"])
    if not of:
        return "No witness is configured: whoever puts everything back to an earlier day is found by nobody."
    holding = f"{told['holding']} of {of} witnesses hold the log's head ({told['head']:,} entries)"
    if told["held"] is None or told["held_at"] is None:
        return f"{holding}; no checkpoint is held by enough of them yet."
    return f"{holding}; enough of them hold {told['held']:,} entries, seen {moment(told['held_at'], zone)}."


def first_in_words(told: Cosigned, zone: tzinfo) -> str:
    """Return in one line whether a witness saw the log before the first card was printed."""
    if told["first"] is not None and told["first_at"] is not None:
        before = "before the first card was printed" if told["before_first_print"] else "after a card was printed"
        return f"The first {told['first']:,} entries were seen {moment(told['first_at'], zone)}, {before}."
    if told["printed"]:
        return "No witness saw the log before the first card was printed, nor since."
    return (
        "No card was printed yet. Let a witness cosign the log before the first one is (docs/witnesses.md): nobody can "
        "begin it anew after that."
    )


def first_note(connection: Connection, policy: Policy) -> bytes:
    """Return the smallest checkpoint that a witness cosigned, with the first cosignature of each; empty: there is none.

    :param policy: whose witnesses count.
    """
    found = _first(connection, policy.witnesses)
    note = None if found is None else log.note_of(connection, found["size"])
    if found is None or note is None:
        return b""
    for one in policy.witnesses:
        rows = stored.earliest(connection, one.key.label, _FIRST)
        good = (row for row in rows if row["size"] == found["size"] and _is_good(connection, row, one.key))
        note += next((bytes(row["line"]) for row in good), b"")
    return note


def cosigned_note(connection: Connection, size: int, keys: Sequence[Verifier]) -> bytes | None:
    """Return a checkpoint with each witness's last good cosignature behind the log's line; ``None``: it is not there.

    :param keys: of witnesses; of others no line goes out.
    """
    note = log.note_of(connection, size)
    if note is None:
        return None
    rows = stored.of_size(connection, size)
    for key in keys:
        row = next((one for one in rows if one["key"] == key.label and _is_good(connection, one, key)), None)
        note += b"" if row is None else bytes(row["line"])
    return note


def differ(connection: Connection, keys: Iterable[Verifier], own: Sequence[Verifier]) -> list[Problem]:
    """Return which of the kept cosignatures are none, and which checkpoints of witnesses this log never signed.

    A row that holds what no row of its table holds is none, whosever it says that it is.

    :param keys: of witnesses; whose key is not known cannot be looked at.
    :param own: the log's keys, those of its generations that ended among them.
    """
    known = {one.label: one for one in keys}
    found = [
        Problem("cosignature", None, f"the cosignature of {row['key']} over {row['size']} entries is not its own")
        for row in stored.every(connection)
        if row["key"] in known and not _is_good(connection, row, known[row["key"]])
    ]
    found += [
        Problem(table, None, f"{number} rows of table {table} hold text for bytes, or the like: they are not its own")
        for table, number in stored.unread(connection).items()
        if number
    ]
    return found + [
        Problem(
            "contradiction", None, f"what {row['key']} is said to hold of {row['size']} entries, this log never signed"
        )
        for row in stored.contradictions(connection)
        if all((head := shown(bytes(row["note"]), key, "")) is None or head.size != row["size"] for key in own)
    ]


def unheld(connection: Connection, policy: Policy, now: datetime) -> list[Problem]:
    """Return that enough witnesses did not hold, for a day by now, what stands in the log.

    Where no witness is configured, or none is needed, none is missed.
    """
    if not policy.witnesses or policy.satisfied(set()):
        return []
    told = show(connection, policy)
    held = told["held"] or 0
    body = log.bodies(connection, [held]).get(held)
    try:
        since = None if body is None else Entry.from_body(body).at
        late = since is not None and now - parse(since) >= SILENT
    except (EntryError, ValueError):
        return []  # an altered entry, which is reported
    if not late:
        return []
    message = f"enough witnesses hold {held} entries, and entry {held} is of {since}: nobody outside saw it for a day"
    return [Problem("quorum", held, message)]


def shown(note: bytes, verifier: Verifier, witness: str) -> Head | None:
    """Return the checkpoint that a witness shows; ``None``: this log's own key did not sign it.

    So a witness that only says that it refuses stops nobody; a signature of our own key does.

    :param verifier: this log's key.
    """
    try:
        checkpoint = open_checkpoint(note, verifier.name, [verifier])
    except (NoteError, CheckpointError):
        return None
    return Head(checkpoint.size, checkpoint.root, f"the checkpoint that {witness} holds", note, checkpoint.origin)


def add_contradiction(store: Store, witness: Witness, head: Head, own: bytes, seen_at: str) -> None:
    """Keep, for good, what a witness holds and this log does not have, beside this log's own checkpoint.

    :param own: empty: it has none.
    """
    row: ContradictionRow = {
        "key": witness.key.label,
        "size": head.size,
        "note": head.note,
        "own": own,
        "seen_at": seen_at,
    }
    with store.writing() as connection:
        stored.add_contradiction(connection, row)


def contradictions(store: Store, verifier: Verifier) -> list[Head]:
    """Return the checkpoints of this log's own key that witnesses were found to hold and this log did not have."""
    with store.reading() as connection:
        rows = stored.contradictions(connection)
    found = [shown(bytes(row["note"]), verifier, row["key"]) for row in rows]
    return [replace(head, note=_own_lines(head.note, verifier)) for head in found if head is not None]


def _own_lines(note: bytes, verifier: Verifier) -> bytes:
    """Return a note with this log's line alone: what an entry can take, whatever else a stranger wrote behind it."""
    text, lines = split_note(note)
    own = {one for one in lines if (one[0], one[1]) == (verifier.name.encode(), verifier.key_id)}
    return text + b"\n" + b"".join(signature_line(name.decode(), key, signature) for name, key, signature in own)


def _held(policy: Policy, sizes: dict[str, int]) -> int | None:
    """Return the largest size that enough witnesses hold: whoever holds a larger one holds it too."""
    if not sizes:
        return None
    for size in sorted(set(sizes.values()), reverse=True):
        if policy.satisfied({name for name, held in sizes.items() if held >= size}):
            return size
    return None


def _first(connection: Connection, witnesses: Iterable[Witness]) -> CosignatureRow | None:
    found = [
        row
        for one in witnesses
        for row in stored.earliest(connection, one.key.label, _FIRST)
        if _is_good(connection, row, one.key)
    ]
    return min(found, key=lambda row: (row["size"], row["time"]), default=None)


def _is_good(connection: Connection, row: CosignatureRow, key: Verifier) -> bool:
    note = log.note_of(connection, row["size"])
    try:
        found: list[Cosignature] = [] if note is None else cosignatures(note + bytes(row["line"]), [key])
    except NoteError:
        return False
    return [(one.label, one.time) for one in found] == [(row["key"], row["time"])]


def _holds(witness: Witness, row: CosignatureRow | None) -> WitnessHolds:
    size, seen = (None, None) if row is None else (row["size"], _seen(row))
    return {"witness": witness.name, "key": witness.key.label, "size": size, "seen_at": seen}


def _seen(row: CosignatureRow) -> str:
    """Return when a witness saw a checkpoint: not after what it said of it was here, whatever its clock says."""
    try:
        told = stamp(datetime.fromtimestamp(row["time"], UTC))
    except (ValueError, OverflowError, OSError):
        return row["received_at"]
    return min(told, row["received_at"])
