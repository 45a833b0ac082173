"""Personal data ends: by schedule what is over, at once what a person asks for; entry and destruction are one.

Each purge is one transaction: the entry that says what is erased, and the deletion of the sealed content with its key.
What lies outside the database follows it: keys of months and what was set aside in the spool. A crash in between leaves
a booked purge half done, and :func:`finish` does the rest at the next start: it destroys what an entry says is
destroyed, and nothing else.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import cast

from printd.books.booking import Booking
from printd.books.proved import proved
from printd.errors import AlteredError, IntegrityError
from printd.events.base import Event, EventError
from printd.events.kinds import read
from printd.events.purges import MonthEnded, Noun, RecordsErased, RecordsPurged
from printd.events.records import RecordDismissed
from printd.intake.sources import aside
from printd.ledger.entry import Entry
from printd.ledger.merkle import leaf_hash
from printd.log import logger
from printd.shop.months import MonthGoneError, owner_of
from printd.shop.shop import Shop
from printd.shop.vault import month_of, unseal
from printd.store import erasing, log
from printd.store.erasing import Over
from printd.store.rows import Connection
from printd.words.moments import stamp

_AT_ONCE = 1000
"""Envelopes in one entry, so that whoever waits to book a card waits a moment."""


@dataclass
class Purged:
    """What ended.

    :param counts: of what was sealed, by noun.
    :param aside: deliveries that lay in the spool and were not taken in.
    :param shut: deliveries there that nobody could look through for the person; they end after three days.
    :param months: whose keys were destroyed.
    :param left: something is still to be taken out of files; the next purge does it.
    """

    counts: Counter[str] = field(default_factory=Counter)
    aside: int = 0
    shut: int = 0
    months: list[str] = field(default_factory=list)
    left: bool = False


def purge(shop: Shop) -> Purged:
    """Erase what is over for the time that the configuration sets, and destroy the keys of months that are due.

    :raises StorageError: disk or database do not take it now; what is booked is finished by the next one.
    """
    done = Purged()
    after = -1
    while True:
        with shop.store.reading() as connection:
            over = _due(shop, connection, after)
        if not over and not aside.due(shop.spool, removes(shop)):
            break
        _purge(shop, over, done)
        if not over:
            break
        after = over[-1]["seq"]
    for month in months_due(shop):
        end_month(shop, month)
        done.months.append(month)
    done.left = not finish(shop)
    return done


def _due(shop: Shop, connection: Connection, after: int) -> list[Over]:
    return erasing.over(connection, *limits(shop), after, _AT_ONCE)


def limits(shop: Shop) -> tuple[str, str]:
    """Return two moments: what was over then ends now; the second is for what was refused."""
    now, retention = shop.books.clock(), shop.config.retention
    return stamp(now - timedelta(days=retention.handed_over_days)), stamp(now - timedelta(days=retention.refused_days))


def _purge(shop: Shop, over: Sequence[Over], done: Purged) -> None:
    retention, deliveries = shop.config.retention, aside.due(shop.spool, removes(shop))
    with shop.books.booking() as booking:
        still = _still(booking.connection, over)
        erased = take_out(booking, still)
        if not erased and not deliveries:
            return
        event = RecordsPurged(
            erased=tuple(one["seq"] for one in erased),
            counts=_counts(erased),
            aside=len(deliveries),
            handed_over_days=retention.handed_over_days,
            refused_days=retention.refused_days,
        )
        entry = booking.enter(event)
        aside.move(shop.spool, deliveries, named(entry))
    done.counts += Counter(event.counts)
    done.aside += len(deliveries)


def _still(connection: Connection, over: Sequence[Over]) -> list[Over]:
    """Return what is still kept and over, now that nobody else books."""
    known = {one["name"] for one in erasing.over_among(connection, [one["seq"] for one in over])}
    return [one for one in over if one["name"] in known]


def take_out(booking: Booking, over: Sequence[Over]) -> list[Over]:
    """Delete sealed content with its keys; return what of it was there, in the order of its entries.

    What is not there was taken away by somebody: no entry must say that it was erased, so that the auditor finds it.
    """
    there = [one for one in over if erasing.take_out(booking.connection, one["name"])]
    return sorted(there, key=lambda one: one["seq"])


def erased_event(over: Sequence[Over], deliveries: int) -> RecordsErased:
    """Return what says that something was erased because its person asked for it.

    :param deliveries: that lay in the spool and go too.
    """
    return RecordsErased(erased=tuple(one["seq"] for one in over), counts=_counts(over), aside=deliveries)


def _counts(over: Sequence[Over]) -> dict[Noun, int]:
    return dict(Counter(cast("Noun", one["name"].partition(":")[0]) for one in over))


# --- months ---


def months_due(shop: Shop) -> list[str]:
    """Return the months that ended so long ago that whatever was handed over in them is erased.

    One that is still to come was begun when the clock was wrong, and ends at once.
    """
    now, today = shop.month(), shop.today()
    return [name for name in shop.months.names() if name[:7] > now or (name[:7] < now and ends_on(shop, name) <= today)]


def ends_on(shop: Shop, month: str) -> date:
    """Return the day on which the key of a month is destroyed."""
    year, number = int(month[:4]), int(month[5:7])
    after = date(year + number // 12, number % 12 + 1, 1)
    return after + timedelta(days=shop.config.retention.handed_over_days)


def end_month(shop: Shop, month: str) -> None:
    """Book that a month's key is destroyed, and destroy it; the keys of what is still needed are kept apart."""
    with shop.books.booking() as booking:
        book_end(booking, month)
    destroy(shop, month)


def book_end(booking: Booking, month: str) -> None:
    """Book that a month's key is destroyed, unless that was booked before; :func:`destroy` follows the commit."""
    if erasing.find_ended_month(booking.connection, month) is None:
        booking.enter(MonthEnded(month=month, kept=len(_sealed_in(booking.connection, month))))


def destroy(shop: Shop, month: str) -> None:
    """Keep the keys of what is still needed apart, then destroy the month's; a crash in between changes nothing."""
    if shop.months.opens(month):
        with shop.store.reading() as connection:
            kept = [(name, _nik(shop, connection, name)) for name in _sealed_in(connection, month)]
        shop.months.keep_apart(month, kept)
    shop.months.destroy(month)


def _sealed_in(connection: Connection, month: str) -> list[str]:
    refused = [name for name, wrapped in erasing.refused_keys(connection).items() if month_of(wrapped) == month]
    return [*erasing.of_month(connection, month), *refused]


def _nik(shop: Shop, connection: Connection, name: str) -> str:
    """Return the NIK of whom something is sealed; empty: nobody's that can be asked for, or it was altered."""
    found = None if name.startswith("quarantine:") else erasing.fields_of(connection, name)
    if found is None:
        return ""
    wrapped, fields = found
    owner = owner_of(name)
    try:
        key = shop.vault.unwrap(wrapped, owner)
        opened = unseal(key, fields, f"fields:{owner}" if name.startswith("record:") else f"sealed:{name}")
    except (AlteredError, MonthGoneError):  # the auditor finds it
        return ""
    return str(json.loads(opened)["nik"])


# --- after a crash, and after every purge ---


def finish(shop: Shop) -> bool:
    """Destroy outside the tables what entries say is destroyed; tell whether nothing is left of it.

    :raises StorageError: disk or database do not take it now.
    """
    for month in shop.months.names():
        if _is_booked(shop, month):
            destroy(shop, month)
    for month in shop.months.left_of():
        gone = _erased(shop, month)
        if gone:
            shop.months.forget(gone)
    stay = aside.remove(shop.spool, removes(shop))
    if stay:
        logger().warning("purge.aside_stays", deliveries=stay)
    return shop.store.forget_deleted() and not stay


def removes(shop: Shop) -> aside.Booked:
    """Return what tells of the name of an entry, as :func:`named` gives it, whether it says that deliveries go."""

    def booked(name: str) -> bool:
        number = name.partition(".")[0]
        found = _entry(shop, int(number)) if number.isdecimal() else None
        return found is not None and named(found[0]) == name and isinstance(found[1], RecordsPurged | RecordsErased)

    return booked


def named(entry: Entry) -> str:
    """Return a name that no other entry has, one of the same number that is never booked least of all."""
    return f"{entry.seq}.{leaf_hash(entry.body()).hex()}"


def _is_booked(shop: Shop, month: str) -> bool:
    """Tell whether an entry, and not a table alone, says that the key of a month is destroyed."""
    with shop.store.reading() as connection:
        ended = erasing.find_ended_month(connection, month)
    event = None if ended is None else _event(shop, ended["seq"])
    return isinstance(event, MonthEnded) and event.month == month


def _erased(shop: Shop, month: str) -> list[str]:
    """Return the names of what is left of a month and erased, as entries, and not a table alone, say."""
    left = shop.months.left(month)
    if left is None or not left.keys:
        return []
    names = [f"{noun}{owner}" for owner in left.keys for noun in ("", "record:", "quarantine:")]
    with shop.store.reading() as connection:
        rows = erasing.erased_of(connection, names)
    events = {seq: _event(shop, seq) for seq in {row["erased_seq"] for row in rows} if seq is not None}
    return [row["name"] for row in rows if _says_erased(events.get(row["erased_seq"] or -1), row["name"], row["seq"])]


def _says_erased(event: Event | None, name: str, seq: int) -> bool:
    if isinstance(event, RecordDismissed):
        return name == f"quarantine:{event.quarantine}"
    return isinstance(event, RecordsPurged | RecordsErased) and seq in event.erased


def _event(shop: Shop, seq: int) -> Event | None:
    """Return what an entry says, when it is proved; ``None``: there is none, or it says nothing."""
    found = _entry(shop, seq)
    return None if found is None else found[1]


def _entry(shop: Shop, seq: int) -> tuple[Entry, Event] | None:
    with shop.store.reading() as connection:
        if seq >= log.frontier(connection).size:
            return None
        try:
            entry = proved(connection, seq, shop.signed_heads(connection))
            return entry, read(entry.kind, entry.data)
        except (IntegrityError, EventError):
            return None
