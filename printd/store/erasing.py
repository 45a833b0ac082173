"""SQL of what ends: what is sealed of people and over, and how it is taken out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypedDict

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from printd.store.rows import AT_ONCE, first, rows
from printd.store.tables.attempts import attempt
from printd.store.tables.cards import returned_card
from printd.store.tables.destructions import destruction
from printd.store.tables.handovers import handover
from printd.store.tables.jobs import job
from printd.store.tables.records import quarantine, record_secret
from printd.store.tables.sealed import sealed
from printd.store.tables.seals import EndedMonthRow, SealRow, ended_month, seal
from printd.store.tables.sukets import suket
from printd.words.states import JobState

_END_OF_DAY = "T23:59:59Z"
_HOUR = len("2026-11-30T09")


class Over(TypedDict):
    """Something that is kept of a person, and since when nothing needs it: its name, and the entry that brought it."""

    name: str
    seq: int
    since: str


def over(connection: Connection, before: str, refused_before: str, after: int, limit: int) -> list[Over]:
    """Return what is kept and was over at a moment, oldest entry first.

    :param before: the moment for records, invalid cards and certificates.
    :param refused_before: the moment for what was refused.
    :param after: number of an entry; what later ones brought is meant.
    """
    found = _over(seal.c.seq > after)
    limits = sa.case((found.c.name.startswith("quarantine:"), refused_before), else_=before)
    query = sa.select(found).where(found.c.since <= limits).order_by(found.c.seq).limit(limit)
    return rows(connection, query, Over)


class Counted(TypedDict):
    """How much of a noun is kept and due, or over since an hour (``2026-11-30T09``); no hour: it is not over."""

    noun: str
    due: int
    since: str
    number: int


def ending(connection: Connection, before: str, refused_before: str) -> list[Counted]:
    """Return how much is kept of what ends, by noun and the hour since which it is over; moments as in :func:`over`."""
    found = _over()
    limits = sa.case((found.c.name.startswith("quarantine:"), refused_before), else_=before)
    due = sa.case((found.c.since.is_(None), 0), (found.c.since <= limits, 1), else_=0).label("due")
    since = sa.func.coalesce(sa.func.substr(found.c.since, 1, _HOUR), "").label("since")
    nouns = ("record", "card", "suket", "site_card", "quarantine")
    noun = sa.case(*((seal.c.name.startswith(f"{one}:"), one) for one in nouns)).label("noun")
    query = (
        sa.select(noun, due, since, sa.func.count().label("number"))
        .select_from(seal.outerjoin(found, found.c.name == seal.c.name))
        .where(seal.c.erased_seq.is_(None), noun.is_not(None))
    )
    return rows(connection, query.group_by("noun", "due", "since").order_by("noun", "since"), Counted)


def over_among(connection: Connection, seqs: Sequence[int]) -> list[Over]:
    """Return what is kept and over, or will be at a day that is known, of what some entries brought."""
    found: list[Over] = []
    for start in range(0, len(seqs), AT_ONCE):
        found += rows(connection, sa.select(_over(seal.c.seq.in_(seqs[start : start + AT_ONCE]))), Over)
    return found


def _over(*more: sa.ColumnElement[bool]) -> sa.Subquery:
    """Return the query of what is kept and over: what it is decides since when.

    A record: since its card was handed over, or its job cancelled. An invalid card: since it was destroyed. A
    certificate: since a card replaced it, or it expired while no card of its holder is under way. A card of a site, and
    what was refused: since it came. What stays as long as the log is none of these.
    """
    kept = (seal.c.erased_seq.is_(None), *more)

    def noun(name: str, since: sa.ColumnElement[str]) -> tuple[sa.Select[Any], sa.ColumnElement[str]]:
        start = f"{name}:"
        named = seal.c.name.startswith(start)
        return sa.select(seal.c.name, seal.c.seq, since.label("since")).where(named, *kept), sa.func.substr(
            seal.c.name, len(start) + 1
        )

    handed_over = (
        sa.select(sa.func.max(handover.c.at))
        .join_from(handover, attempt, handover.c.attempt_id == attempt.c.id)
        .where(attempt.c.job_id == job.c.id)
        .correlate(job)
        .scalar_subquery()
    )
    records, record = noun(
        "record", sa.case((job.c.state == JobState.CANCELLED, job.c.cancelled_at), else_=handed_over)
    )
    records = records.join(job, job.c.record_id == record).where(
        job.c.state.in_([JobState.HANDED_OVER, JobState.CANCELLED])
    )
    cards, card = noun("card", destruction.c.at)
    cards = cards.join(returned_card, returned_card.c.id == card).join(
        destruction, destruction.c.id == returned_card.c.destruction_id
    )
    sukets, name = noun("suket", sa.func.coalesce(suket.c.converted_at, suket.c.expires_on + _END_OF_DAY))
    live = sa.exists().where(job.c.holder == suket.c.holder, job.c.state.not_in(_DONE)).correlate(suket)
    sukets = sukets.join(suket, suket.c.id == name).where(sa.or_(suket.c.converted_at.is_not(None), ~live))
    of_sites, _ = noun("site_card", seal.c.at)
    refused, _ = noun("quarantine", seal.c.at)
    return sa.union_all(records, cards, sukets, of_sites, refused).subquery()


_DONE = (JobState.HANDED_OVER, JobState.CANCELLED)


def take_out(connection: Connection, name: str) -> bool:
    """Delete what lies sealed under a name, with its key; tell whether it was there."""
    noun, _, number = name.partition(":")
    if noun == "record":
        gone = connection.execute(record_secret.delete().where(record_secret.c.record_id == number))
    elif noun == "quarantine":
        gone = connection.execute(quarantine.delete().where(quarantine.c.id == number))
    else:
        gone = connection.execute(sealed.delete().where(sealed.c.id == name))
    return bool(gone.rowcount)


class Found(TypedDict):
    """Something sealed of a holder: its name, its wrapped data key, and the salt of the holder's pseudonym, sealed."""

    name: str
    wrapped_key: bytes
    salt: bytes


def of_tag(connection: Connection, tag: str) -> list[Found]:
    """Return what is sealed of a holder, of one month."""
    return _found(connection, record_secret.c.tag == tag, sealed.c.tag == tag)


def of_names(connection: Connection, names: Sequence[str]) -> list[Found]:
    """Return what is sealed of holders under some names; what is none of a holder's is left out."""
    records = [name.removeprefix("record:") for name in names if name.startswith("record:")]
    return _found(
        connection,
        record_secret.c.record_id.in_(records),
        sa.and_(sealed.c.id.in_(names), sealed.c.salt.is_not(None)),
    )


def of_month(connection: Connection, month: str) -> list[str]:
    """Return the names under which anything of holders is sealed with a month's key."""
    start, end = f"{month}:", f"{month};"
    found: list[str] = []
    for table, name in ((record_secret, sa.literal("record:") + record_secret.c.record_id), (sealed, sealed.c.id)):
        some = table.c.tag > start, table.c.tag < end
        found += connection.execute(sa.select(name).where(*some).order_by(name)).scalars()
    return found


def fields_of(connection: Connection, name: str) -> tuple[bytes, bytes] | None:
    """Return the wrapped data key and the sealed fields of a record or of an act; ``None``: it is not there."""
    noun, _, number = name.partition(":")
    table, key, value = (
        (record_secret, record_secret.c.record_id, number) if noun == "record" else (sealed, sealed.c.id, name)
    )
    binary = (sa.cast(table.c[one], sa.LargeBinary) for one in ("wrapped_key", "fields"))
    row = connection.execute(sa.select(*binary).where(key == value)).first()
    return None if row is None else (bytes(row[0]), bytes(row[1]))


def _found(connection: Connection, of_records: sa.ColumnElement[bool], of_acts: sa.ColumnElement[bool]) -> list[Found]:
    found: list[Found] = []
    for table, name, which in (
        (record_secret, sa.literal("record:") + record_secret.c.record_id, of_records),
        (sealed, sealed.c.id, of_acts),
    ):
        binary = (sa.cast(table.c[one], sa.LargeBinary).label(one) for one in ("wrapped_key", "salt"))
        found += rows(connection, sa.select(name.label("name"), *binary).where(which).order_by(name), Found)
    return found


def refused_keys(connection: Connection) -> dict[str, bytes]:
    """Return the wrapped data keys of refused records, by the name under which each is sealed."""
    wrapped = sa.cast(quarantine.c.wrapped_key, sa.LargeBinary)
    return {f"quarantine:{row[0]}": bytes(row[1]) for row in connection.execute(sa.select(quarantine.c.id, wrapped))}


def months_sealed(connection: Connection) -> list[str]:
    """Return the names of the months' keys with which anything of a holder is sealed; an index tells them."""
    found: set[str] = set()
    for table in (record_secret, sealed):
        last = ""
        while True:
            tag = connection.execute(sa.select(sa.func.min(table.c.tag)).where(table.c.tag > last)).scalar()
            if tag is None:
                break
            month = str(tag).partition(":")[0]
            found.add(month)
            last = f"{month};"  # behind every tag of this month
    return sorted(found)


def live_under(connection: Connection, month: str) -> list[str]:
    """Return the names under which records with a live job are sealed with a month's key."""
    query = (
        sa.select(sa.literal("record:") + record_secret.c.record_id)
        .join(job, job.c.record_id == record_secret.c.record_id)
        .where(record_secret.c.tag > f"{month}:", record_secret.c.tag < f"{month};", job.c.state.not_in(_DONE))
    )
    return list(connection.execute(query.order_by(record_secret.c.record_id)).scalars())


def end_month(connection: Connection, row: EndedMonthRow) -> None:
    """Write that a month's key is destroyed."""
    connection.execute(ended_month.insert(), row)


def find_ended_month(connection: Connection, month: str) -> EndedMonthRow | None:
    """Return by which entry a month's key was destroyed; ``None``: by none."""
    return first(connection, sa.select(ended_month).where(ended_month.c.month == month), EndedMonthRow)


def erased_of(connection: Connection, names: Sequence[str]) -> list[SealRow]:
    """Return the seals of those of some names of which an entry says that they are erased."""
    found: list[SealRow] = []
    for start in range(0, len(names), AT_ONCE):
        some = seal.c.name.in_(names[start : start + AT_ONCE])
        found += rows(connection, sa.select(seal).where(some, seal.c.erased_seq.is_not(None)), SealRow)
    return found
