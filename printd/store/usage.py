"""SQL of use: cards wished for and blanks spent by office day, what waits, what a printer took since a moment."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TypedDict

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from printd.store.rows import rows
from printd.store.tables.attempts import attempt
from printd.store.tables.deliveries import delivery
from printd.store.tables.jobs import job
from printd.store.tables.printers import printer
from printd.store.tables.records import record
from printd.store.tables.sukets import suket
from printd.store.tables.test_prints import test_print
from printd.words.states import AttemptState, DeliveryState, JobState, Quality, TestPrintState

ENDED_FOR_GOOD = (AttemptState.PRINTED, AttemptState.SPOILED)


def _days(bounds: Sequence[str]) -> sa.CTE:
    """Return office days as a table: number, first moment, first moment after.

    :param bounds: the moments in UTC at which the days begin, and the one at which the last of them ends.
    """
    columns = (sa.column("day", sa.Integer), sa.column("low", sa.String), sa.column("high", sa.String))
    return (
        sa.values(*columns, name="days").data([(day, *span) for day, span in enumerate(pairwise(bounds))]).cte("days")
    )


class Wished(TypedDict):
    """Records of one reason that came on a day; 0 is the first."""

    day: int
    stock_type: str
    reason: str
    cards: int


def wished(connection: Connection, bounds: Sequence[str]) -> list[Wished]:
    """Return the records that came: number by day (0 is the first), stock type and reason."""
    day = _days(bounds)
    keys = (day.c.day, record.c.stock_type, record.c.reason)
    query = (
        sa.select(*keys, sa.func.count().label("cards"))
        .join_from(day, record, sa.and_(record.c.received_at >= day.c.low, record.c.received_at < day.c.high))
        .group_by(*keys)
    )
    return rows(connection, query, Wished)


class Spent(TypedDict):
    """Blanks of one reason that attempts took for good on a day, and the bad ones of them."""

    day: int
    stock_type: str
    reason: str
    blanks: int
    bad: int


def spent(connection: Connection, bounds: Sequence[str]) -> list[Spent]:
    """Return the blanks that attempts took for good: number by day, stock type and reason, and the bad ones of them."""
    day = _days(bounds)
    keys = (day.c.day, job.c.stock_type, record.c.reason)
    bad = sa.or_(attempt.c.state == AttemptState.SPOILED, attempt.c.quality.in_((Quality.SPOILED, Quality.MISSING)))
    query = (
        sa.select(
            *keys,
            sa.func.count().label("blanks"),
            sa.cast(sa.func.sum(sa.case((bad, 1), else_=0)), sa.BigInteger).label("bad"),
        )
        .join_from(day, attempt, sa.and_(attempt.c.opened_at >= day.c.low, attempt.c.opened_at < day.c.high))
        .join(job, job.c.id == attempt.c.job_id)
        .join(record, record.c.id == job.c.record_id)
        .where(attempt.c.state.in_(ENDED_FOR_GOOD))
        .group_by(*keys)
    )
    return rows(connection, query, Spent)


def waiting(connection: Connection) -> dict[str, int]:
    """Return the jobs that wait for a blank, queued or held, by stock type."""
    query = (
        sa.select(job.c.stock_type, sa.func.count())
        .where(job.c.state.in_((JobState.QUEUED, JobState.HELD)))
        .group_by(job.c.stock_type)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def coming(connection: Connection) -> dict[str, int]:
    """Return how many deliveries are announced and not received, by stock type; their pieces are counted blind."""
    query = (
        sa.select(delivery.c.stock_type, sa.func.count())
        .where(delivery.c.state == DeliveryState.ANNOUNCED)
        .group_by(delivery.c.stock_type)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def stock_types(connection: Connection) -> list[str]:
    """Return the stock types that were ever delivered or wished for."""
    query = sa.union(sa.select(delivery.c.stock_type), sa.select(job.c.stock_type).distinct())
    return sorted(row[0] for row in connection.execute(query))


def working_printers(connection: Connection) -> int:
    """Return the number of printers that are not paused."""
    query = sa.select(sa.func.count()).where(printer.c.paused.is_(False))
    return int(connection.execute(query).scalar_one())


def sukets_outstanding(connection: Connection) -> int:
    """Return how many people hold a temporary certificate that no card has replaced."""
    query = sa.select(sa.func.count(sa.distinct(suket.c.holder))).where(suket.c.converted_at.is_(None))
    return int(connection.execute(query).scalar_one())


def panels(connection: Connection, on: str, low: str, high: str, spared: Sequence[str]) -> tuple[int, int]:
    """Return the cards that a printer laid panels on from a moment up to another: good ones, and lost ones.

    A test card takes panels and is no good card.

    :param spared: spoil causes that strike before anything is printed.
    """
    lost = sa.or_(attempt.c.state == AttemptState.SPOILED, attempt.c.quality == Quality.SPOILED)
    query = sa.select(
        sa.func.coalesce(sa.func.sum(sa.case((lost, 0), else_=1)), 0),
        sa.func.coalesce(sa.func.sum(sa.case((lost, 1), else_=0)), 0),
    ).where(
        attempt.c.printer == on,
        attempt.c.opened_at >= low,
        attempt.c.opened_at < high,
        sa.or_(
            attempt.c.state == AttemptState.PRINTED,
            sa.and_(attempt.c.state == AttemptState.SPOILED, attempt.c.cause.not_in(spared)),
        ),
    )
    good, bad = connection.execute(query).one()
    tests = sa.select(sa.func.count()).where(
        test_print.c.printer == on,
        test_print.c.opened_at >= low,
        test_print.c.opened_at < high,
        test_print.c.state == TestPrintState.SPOILED,
    )
    return int(good), int(bad) + int(connection.execute(tests).scalar_one())


class Counted(TypedDict):
    """What a printer's own counters told between two moments; ``None``: it does not tell that."""

    cards: int | None
    panels: int | None
    ribbon_left: int | None


def counted(connection: Connection, on: str, low: str, high: str) -> Counted:
    """Return what a printer's own counters say of the cards that it began from a moment up to another.

    Cards fed and panels printed are the difference of the first reading and the last one, ``ribbon_left`` is the last.
    """
    told: list[tuple[str, dict[str, int]]] = []
    for table in (attempt, test_print):
        query = sa.select(table.c.opened_at, table.c.counters, table.c.evidence).where(
            table.c.printer == on, table.c.opened_at >= low, table.c.opened_at < high
        )
        for at, before, evidence in connection.execute(query):
            told.append((at, json.loads(before)))
            told += [(at, one["after"]) for one in json.loads(evidence) if one.get("after")]
    told.sort(key=lambda one: one[0])
    return {
        "cards": _moved(told, "cards"),
        "panels": _moved(told, "panels"),
        "ribbon_left": next((one["ribbon_left"] for _, one in reversed(told) if "ribbon_left" in one), None),
    }


def _moved(told: Sequence[tuple[str, Mapping[str, int]]], name: str) -> int | None:
    seen = [one[name] for _, one in told if name in one]
    return max(seen) - min(seen) if seen else None
