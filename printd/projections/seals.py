"""What entries that come with something sealed do to the table of seals."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from printd.events.sealing import Sealing
from printd.ledger.entry import Entry
from printd.store import seals
from printd.store.rows import Connection

S = TypeVar("S", bound=Sealing)


def sealing(apply: Callable[[Connection, S, Entry], None]) -> Callable[[Connection, S, Entry], None]:
    """Return the projection of an event, with its seal."""

    def with_seal(connection: Connection, event: S, entry: Entry) -> None:
        apply(connection, event, entry)
        seals.add_seal(
            connection,
            {"name": event.seal, "seq": entry.seq, "at": entry.at, "digest": event.sealed, "erased_seq": None},
        )

    return with_seal
