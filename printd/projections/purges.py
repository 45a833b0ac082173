"""What entries of purges do to the tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from types import MappingProxyType

from printd.books.projection import Projection, on
from printd.errors import Refused
from printd.events.purges import MonthEnded, Noun, RecordsErased, RecordsPurged
from printd.ledger.entry import Entry
from printd.store import erasing, seals
from printd.store.erasing import Over
from printd.store.rows import Connection
from printd.words.moments import parse, stamp


def _records_purged(connection: Connection, event: RecordsPurged, entry: Entry) -> None:
    days = {"quarantine": event.refused_days}

    def due(one: Over) -> bool:
        noun = one["name"].partition(":")[0]
        return one["since"] <= _days_before(entry.at, days.get(noun, event.handed_over_days))

    if not event.erased and not event.aside:
        raise _refused("That purge erases nothing.")
    _erase(connection, event.erased, event.counts, entry, due)


def _records_erased(connection: Connection, event: RecordsErased, entry: Entry) -> None:
    if not event.erased and not event.aside:
        raise _refused("That erases nothing.")
    _erase(connection, event.erased, event.counts, entry, lambda one: one["since"] <= entry.at)


def _erase(
    connection: Connection,
    seqs: Sequence[int],
    counts: Mapping[Noun, int],
    entry: Entry,
    due: Callable[[Over], bool],
) -> None:
    """Write that what some entries brought is erased.

    :param due: tells whether something that is over may be.
    :raises Refused: something of it never was sealed, is erased, or is still needed; or the counts are others.
    """
    if list(seqs) != sorted(set(seqs)):
        raise _refused("The entries are not named in order, each once.")
    over = erasing.over_among(connection, seqs)
    may = [one for one in over if due(one)]
    if len(may) != len(seqs):
        lacking = min(set(seqs) - {one["seq"] for one in may})
        raise _refused(
            f"What entry {lacking} brought cannot be erased.",
            "Nothing of a person was sealed with it, it is erased, its time has not come, or it is under way: a card "
            "that is not handed over, an invalid card that is not destroyed, a certificate that is valid.",
        )
    names = [one["name"] for one in may]
    if Counter(name.partition(":")[0] for name in names) != {noun: number for noun, number in counts.items() if number}:
        raise _refused("The counts are not those of what is erased.")
    seals.set_erased(connection, names, entry.seq)


def _days_before(at: str, days: int) -> str:
    return stamp(parse(at) - timedelta(days=days))


def _month_ended(connection: Connection, event: MonthEnded, entry: Entry) -> None:
    ended = erasing.find_ended_month(connection, event.month)
    if ended is not None:
        raise _refused(f"The key of {event.month} was destroyed by entry {ended['seq']}.")
    erasing.end_month(connection, {"month": event.month, "seq": entry.seq, "at": entry.at, "kept": event.kept})


def _refused(what: str, why: str = "") -> Refused:
    return Refused(what, why=why, consequence="Nothing was erased.")


PROJECTIONS: Mapping[str, Projection] = MappingProxyType(
    dict(
        (
            on(RecordsPurged, _records_purged),
            on(RecordsErased, _records_erased),
            on(MonthEnded, _month_ended),
        )
    )
)
