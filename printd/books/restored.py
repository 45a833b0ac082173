"""Whether a shop that was restored from a backup may go on: until two people have said how, it is only read.

A restore writes into the database, where rows are never taken out, at which size of the log the backup ended, and what
people held that is later. That the two people decided is said by the log itself: what comes next in it is their entry.
So no file of the shop's folder has to be there for the shop to be barred, and none lets it go on.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from typing import TypedDict

from printd.books import heads
from printd.books.heads import Head
from printd.books.retrace import root_at
from printd.errors import IntegrityError, PrintdError
from printd.ledger.entry import Entry, EntryError
from printd.remedies import ASKED, Do
from printd.store import generations, log, restores
from printd.store.engine import Store
from printd.store.rows import Connection
from printd.store.tables.restores import RestoreRow
from printd.words.moments import moment

_DECISION = "shop.restored"
_NEXT = 3  # entries that the decision is among: the clock may have gone back, a generation of the log may have ended


class Marked(TypedDict):
    """The backup that a shop was restored from: when it was made, entries of the log in it, the root in hex."""

    made_at: str
    size: int
    root: str


def mark(store: Store, *, made_at: str, size: int, root: str, told: Sequence[Head] = ()) -> None:
    """Write that the database was restored.

    :param made_at: when the backup was made, as the log writes time.
    :param size: entries of the log in the backup, and ``root`` over them in hex.
    :param told: later heads that people brought: what they speak of is lost.
    """
    lines = "".join(f"{head.printed()}\n" for head in told)
    row: RestoreRow = {"size": size, "root": bytes.fromhex(root), "made_at": made_at, "told": lines}
    with store.writing() as connection:
        if all(one["size"] != size for one in restores.restores(connection)):  # a restored shop was backed up again
            restores.add_restore(connection, row)


def marked(store: Store) -> Marked | None:
    """Return the backup that the shop was restored from; ``None``: no restore is without a decision.

    :raises IntegrityError: what the database says of a restore does not fit its log.
    """
    with store.reading() as connection:
        for row in restores.restores(connection):
            size, root = row["size"], bytes(row["root"])
            if not 0 < size <= log.frontier(connection).size or root_at(connection, size) != root:
                raise _altered(size)
            if not _decided(connection, size):
                return {"made_at": row["made_at"], "size": size, "root": root.hex()}
    return None


def told(store: Store) -> list[Head]:
    """Return the heads that people brought to a restore that nobody has decided about.

    :raises IntegrityError: the table was altered.
    """
    found = []
    with store.reading() as connection:
        for row in restores.restores(connection):
            if _decided(connection, row["size"]):
                continue
            for line in row["told"].splitlines():
                head = heads.printed(line, "what was brought when it was restored")
                if head is None:
                    raise _altered(row["size"])
                found.append(head)
    return found


def bar(store: Store, key: str, zone: tzinfo) -> PrintdError | None:
    """Return why nothing may be booked yet, where that is so.

    :param key: public half of the key that would sign the log.
    :param zone: of the office.
    """
    try:
        about = marked(store)
        with store.reading() as connection:
            ended = generations.generations(connection)
    except IntegrityError as altered:
        return altered
    if about is not None:
        return undecided(about, zone)
    return _between_generations(ended[-1]["origin"]) if ended and ended[-1]["next_key"] != key else None


def _decided(connection: Connection, size: int) -> bool:
    bodies = log.bodies(connection, range(size, size + _NEXT))
    return any(_kind(body) == _DECISION for body in bodies.values())


def _kind(body: bytes) -> str:
    try:
        return Entry.from_body(body).kind
    except EntryError:
        return "altered"  # decides nothing; audit verify names the place


def undecided(about: Marked, zone: tzinfo) -> PrintdError:
    """Return why a restored shop books nothing yet."""
    return IntegrityError(
        f"This shop was restored from a backup of {moment(about['made_at'], zone)} with {about['size']} entries; "
        "whether anything was booked after it is not known yet.",
        consequence="It can be read and audited. Nothing is booked or printed: a card that was printed after the "
        "backup would be printed twice.",
        remedy=(
            "Two people decide: ",
            Do("audit.go_on", by=ASKED, second=ASKED, against=ASKED),
            ", where NEWEST is the newest checkpoint or act that you hold; see docs/operation.md.",
        ),
    )


def _altered(size: int) -> PrintdError:
    return IntegrityError(
        f"The database says that it was restored from a backup of {size} entries, and its log is not that backup's.",
        why="The table restored was altered, or comes from another restore.",
        consequence="Nothing is booked, signed or printed.",
        remedy="Restore the shop once more, and call the auditor.",
    )


def _between_generations(old: str) -> PrintdError:
    return IntegrityError(
        f"The log {old} has ended, and the key of its next generation is not in its place.",
        why="The change was interrupted, or the keys are older than the database.",
        consequence="Nothing is booked, signed or printed.",
        remedy=(
            "End the change: ",
            Do("audit.go_on", by=ASKED, second=ASKED),
            ". Where the keys were put back from an older copy, restore the newer ones.",
        ),
    )
