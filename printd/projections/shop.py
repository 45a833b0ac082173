"""What entries of the shop itself do to the tables: made, restored, a generation of its log ended.

After a restore nothing goes on by itself. Cards may have been printed after the backup that the books know nothing of.
So every printer waits for a person, and so does every job: a second identity card is worse than a late one.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from printd.books.projection import Projection, on
from printd.errors import Refused
from printd.events.shop import LogRolledBack, ShopOpened, ShopRestored
from printd.ledger.entry import Entry
from printd.projections.configuration import keep
from printd.projections.operators import enrol
from printd.store import generations, jobs, printers, shop
from printd.store.rows import Connection
from printd.words.reasons import HeldBecause
from printd.words.states import JobEvent, JobState, next_job_state

PAUSED_BECAUSE = "restored from a backup: count its hopper and look at its output first"


def _opened(connection: Connection, event: ShopOpened, entry: Entry) -> None:
    if entry.seq:
        raise Refused("The shop was opened already.", why="That is the first entry of its log, and no other.")
    shop.open_shop(connection, event.origin)
    if tuple(person.name for person in event.people) != entry.actors:
        raise Refused("The first entry enrols the two people who sign it.", consequence="Nothing was made.")
    for person in event.people:
        enrol(connection, person, event.origin)
    if event.configuration is not None:
        keep(connection, entry, event.configuration, answered=True)


def _restored(connection: Connection, event: ShopRestored, entry: Entry) -> None:
    for printer in printers.printers(connection):
        if not printer["paused"]:
            printers.set_printer(connection, printer["name"], paused=True, pause_reason=PAUSED_BECAUSE)
    held = next_job_state(JobState.QUEUED, JobEvent.HOLD)
    jobs.set_jobs_in(connection, JobState.QUEUED, held, HeldBecause.RESTORED)


def check_new_origin(connection: Connection, old: str, new: str) -> None:
    """Make sure that the next generation of the log gets a name that no generation had.

    :raises Refused: it is the present one's, or an earlier one's.
    """
    if new in (old, *(row["origin"] for row in generations.generations(connection))):
        raise Refused(
            "The next generation of the log needs a name of its own.",
            consequence="Nothing was changed.",
            remedy="Take the next generation for its last part; never take a name that was used before.",
        )


def _rolled_back(connection: Connection, event: LogRolledBack, entry: Entry) -> None:
    check_new_origin(connection, event.origin, event.next.origin)
    generations.add_generation(
        connection,
        {
            "seq": entry.seq,
            "origin": event.origin,
            "log_key": event.log_key,
            "next_key": event.next.log_key,
            "missing": event.missing,
        },
    )
    shop.set_origin(connection, event.next.origin)


PROJECTIONS: Mapping[str, Projection] = MappingProxyType(
    dict((on(ShopOpened, _opened), on(ShopRestored, _restored), on(LogRolledBack, _rolled_back)))
)
