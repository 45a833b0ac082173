"""What entries of the shop itself do to the tables: made, restored, a generation of its log ended.

After a restore nothing goes on by itself. Cards may have been printed after the backup that the books know nothing of.
So every printer waits for a person, and so does every job: a second identity card is worse than a late one.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from printd.books.booking import Projection
from printd.ledger.entry import Entry
from printd.store import generations, jobs, printers
from printd.store.rows import Connection
from printd.words.reasons import HeldBecause


def _nothing(connection: Connection, entry: Entry) -> None:
    """Stand for kinds that are facts of their own and change no table."""


PAUSED_BECAUSE = "restored from a backup: count its hopper and look at its output first"


def _restored(connection: Connection, entry: Entry) -> None:
    printers.pause_all(connection, PAUSED_BECAUSE)
    jobs.hold_queue(connection, HeldBecause.RESTORED)


def _rolled_back(connection: Connection, entry: Entry) -> None:
    data = entry.data
    generations.add_generation(
        connection,
        {
            "seq": entry.seq,
            "origin": data["origin"],
            "log_key": data["log_key"],
            "next_key": data["next"]["log_key"],
            "missing": data["missing"],
        },
    )


PROJECTIONS: Mapping[str, Projection] = MappingProxyType(
    {
        "shop.opened": _nothing,
        "shop.restored": _restored,
        "log.rolled_back": _rolled_back,
    }
)
