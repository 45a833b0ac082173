"""A person's erasure: everything that is kept of one person ends at once, in the shop and in every backup."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence

from printd.books.signing import Keys
from printd.errors import AlteredError, Refused
from printd.intake.mentions import mentions
from printd.intake.nik import NikError, parse_nik
from printd.intake.purge import Purged, book_end, destroy, erased_event, finish, named, removes, take_out
from printd.intake.sources import aside
from printd.remedies import Do
from printd.shop.opening import open_quarantine
from printd.shop.shop import Shop
from printd.shop.vault import month_of
from printd.store import erasing, records, seals
from printd.store.rows import Connection
from printd.words.moments import stamp


def erase(shop: Shop, nik: str, keys: Keys, signed: Sequence[str]) -> Purged:
    """Erase everything that is kept of a person.

    :param keys: of those who sign.
    :raises Refused: the number is none, nothing is kept of this person, or something of theirs is under way.
    """
    try:
        parse_nik(nik)
    except NikError as wrong:
        raise Refused(
            "That is not a NIK.", why=f"{wrong}.", consequence="Nothing was erased.", remedy="Read it again."
        ) from wrong
    done = Purged()
    with shop.books.booking(keys) as booking:
        connection = booking.connection
        names = [*shop.holders.kept(connection, nik), *_refused(shop, connection, nik)]
        lies = aside.of_person(shop.spool, nik, removes(shop))
        if not (names or lies.aside or lies.waits):
            raise Refused(
                "Nothing is kept of this person that can be opened.",
                why="It ended on schedule, or nothing of theirs ever came in.",
                consequence="Nothing was changed.",
                remedy=f"Read the number again.{_shut(lies.shut)}",
            )
        found = {name: row["seq"] for name in names if (row := seals.find_seal(connection, name)) is not None}
        now = stamp(shop.books.clock())
        over = [one for one in erasing.over_among(connection, sorted(found.values())) if one["since"] <= now]
        busy = sorted(set(names) - {one["name"] for one in over})
        if busy or lies.waits:
            raise _under_way(busy, lies.waits)
        months = _months(shop, connection, names)
        erased = take_out(booking, over)
        event = erased_event(erased, len(lies.aside))
        entry = booking.enter(event, signed)
        aside.move(shop.spool, lies.aside, named(entry))
        for month in months:
            book_end(booking, month)
    done.counts += Counter(event.counts)
    done.aside, done.shut = event.aside, lies.shut
    for month in months:
        destroy(shop, month)
        done.months.append(month)
    done.left = not finish(shop)
    return done


def _refused(shop: Shop, connection: Connection, nik: str) -> list[str]:
    """Return the names of refused records that hold a person's NIK."""
    found = []
    for row in records.quarantined(connection):
        try:
            bundle = json.loads(open_quarantine(shop, connection, row["id"]))
        except (AlteredError, Refused):  # nobody can open it: the auditor finds it, or its month ended
            continue
        if any(mentions([bytes.fromhex(data)], nik) for data in bundle.values()):
            found.append(f"quarantine:{row['id']}")
    return found


def _months(shop: Shop, connection: Connection, names: Sequence[str]) -> list[str]:
    """Return the months whose keys, which are there, open something."""
    wrapped = {**erasing.refused_keys(connection)}
    wrapped |= {one["name"]: one["wrapped_key"] for one in erasing.of_names(connection, names)}
    there = set(shop.months.names())
    return sorted({month for name in names if (month := month_of(wrapped.get(name, b""))) in there})


_NOUNS = {
    "record": "record {} has a job that is neither handed over nor cancelled",
    "card": "the invalid card {} is not destroyed, and the annex names its holder",
    "suket": "the certificate {} is valid, or a card is under way that replaces it",
}


def _shut(deliveries: int) -> str:
    return (
        f" {deliveries} deliveries in the spool cannot be looked through; they end after three days."
        if deliveries
        else ""
    )


def _under_way(names: Sequence[str], waits: int) -> Refused:
    told = [_NOUNS[noun].format(number[:8] if noun != "suket" else number) for noun, _, number in _parts(names)]
    if waits:
        told.append(f"deliveries that wait in the spool name them: {waits}")
    return Refused(
        "Something of this person is under way.",
        why=f"{'; '.join(told)}.",
        consequence="Nothing was erased.",
        remedy=("Hand the card over, or cancel its job, and repeat: ", Do("jobs.list")),
    )


def _parts(names: Sequence[str]) -> list[tuple[str, str, str]]:
    return [name.partition(":") for name in names]
