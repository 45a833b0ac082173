"""SQL of reports: what moved, was printed, spoiled, brought back and destroyed in a period."""

from __future__ import annotations

from typing import TypedDict

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from printd.store.movements import Flow
from printd.store.rows import rows
from printd.store.tables.attempts import AttemptRow, attempt
from printd.store.tables.cards import CardRow, returned_card
from printd.store.tables.consumables import ConsumableRow, consumable
from printd.store.tables.counts import CountSheetRow, count_sheet
from printd.store.tables.deliveries import DeliveryRow, delivery
from printd.store.tables.destructions import DestructionRow, destruction
from printd.store.tables.handovers import HandoverRow, handover
from printd.store.tables.incidents import IncidentRow, incident
from printd.store.tables.jobs import job
from printd.store.tables.movements import MovementRow, movement
from printd.store.tables.records import record
from printd.store.tables.requests import RequestRow, request
from printd.store.tables.shifts import ShiftRow, shift
from printd.store.tables.sites import SiteReportRow, site_report
from printd.store.tables.spoils import SpoilRow, spoil
from printd.store.tables.sukets import SuketRow, suket
from printd.store.tables.transfers import TransferRow, transfer
from printd.words import places
from printd.words.states import Quality
from printd.words.subjects import Subject

_PIECES = sa.cast(sa.func.sum(movement.c.last - movement.c.first + 1), sa.BigInteger).label("pieces")


_MINUTE = sa.func.substr(movement.c.at, 1, 16).label("minute")


def flows_before(connection: Connection, at: str) -> list[Flow]:
    """Return pieces moved before a moment, by stock type, loan, source and target."""
    keys = (delivery.c.stock_type, delivery.c.due_back, movement.c.source, movement.c.target)
    query = sa.select(*keys, _PIECES).join_from(movement, delivery, delivery.c.id == movement.c.delivery_id)
    return rows(connection, query.where(movement.c.at < at).group_by(*keys), Flow)


class DeliveryFlow(Flow):
    """Pieces of one delivery moved from one place to another."""

    delivery_id: str


def flows_by_delivery(connection: Connection, low: str, high: str) -> list[DeliveryFlow]:
    """Return pieces moved in a period, by delivery, source and target."""
    keys = (movement.c.delivery_id, delivery.c.stock_type, delivery.c.due_back, movement.c.source, movement.c.target)
    query = sa.select(*keys, _PIECES).join_from(movement, delivery, delivery.c.id == movement.c.delivery_id)
    inside = query.where(movement.c.at >= low, movement.c.at < high)
    return rows(connection, inside.group_by(*keys), DeliveryFlow)


class MinuteFlow(Flow):
    """Pieces moved within one minute."""

    minute: str


def flows_between(connection: Connection, low: str, high: str) -> list[MinuteFlow]:
    """Return pieces moved in a period, by minute, stock type, loan, source and target."""
    keys = (_MINUTE, delivery.c.stock_type, delivery.c.due_back, movement.c.source, movement.c.target)
    query = sa.select(*keys, _PIECES).join_from(movement, delivery, delivery.c.id == movement.c.delivery_id)
    inside = query.where(movement.c.at >= low, movement.c.at < high)
    return rows(connection, inside.group_by(*keys), MinuteFlow)


class StoreMovement(MovementRow):
    """One movement into or out of the store, with stock type and document of its delivery."""

    stock_type: str
    bast_number: str


def store_movements(connection: Connection, low: str, high: str) -> list[StoreMovement]:
    """Return the movements into and out of the store in a period, in order."""
    query = (
        sa.select(movement, delivery.c.stock_type, delivery.c.bast_number)
        .join_from(movement, delivery, delivery.c.id == movement.c.delivery_id)
        .where(
            movement.c.at >= low,
            movement.c.at < high,
            sa.or_(movement.c.source == places.STORE, movement.c.target == places.STORE),
        )
        .order_by(movement.c.seq, movement.c.part)
    )
    return rows(connection, query, StoreMovement)


def issued_between(connection: Connection, low: str, high: str) -> list[MovementRow]:
    """Return what shifts were given in a period, in order."""
    query = sa.select(movement).where(movement.c.at >= low, movement.c.at < high, movement.c.why == "issue")
    return rows(connection, query.order_by(movement.c.seq, movement.c.part), MovementRow)


class StockSpoil(SpoilRow):
    """One spoiled blank, its stock type, and the place where a site spoiled it; ``None``: the office did."""

    stock_type: str
    site: str | None


def spoils_between(connection: Connection, low: str, high: str) -> list[StockSpoil]:
    """Return the blanks spoiled in a period with their stock type, and where a site spoiled them."""
    of_site = movement.c.seq == spoil.c.seq, movement.c.why == "site_spoiled"
    at_site = sa.select(sa.func.min(movement.c.source)).where(*of_site).correlate(spoil).scalar_subquery().label("site")
    query = (
        sa.select(spoil, delivery.c.stock_type, at_site)
        .join_from(spoil, delivery, delivery.c.id == spoil.c.delivery_id)
        .where(spoil.c.at >= low, spoil.c.at < high)
        .order_by(spoil.c.seq, spoil.c.serial)
    )
    return rows(connection, query, StockSpoil)


class SpoiledCard(SpoilRow):
    """A blank that was spoiled with somebody's card on it, or on the way to it, and whose card it was."""

    holder: str | None


def spoiled_cards_between(connection: Connection, low: str, high: str) -> list[SpoiledCard]:
    """Return the cards that the office spoiled in a period, each with the pseudonym of its holder."""
    query = (
        sa.select(spoil, job.c.holder)
        .join_from(spoil, attempt, attempt.c.id == spoil.c.attempt_id)
        .join(job, job.c.id == attempt.c.job_id)
        .where(spoil.c.at >= low, spoil.c.at < high)
        .order_by(spoil.c.seq, spoil.c.serial)
    )
    return rows(connection, query, SpoiledCard)


class MinuteRecords(TypedDict):
    """Records of a stock type that came within one minute."""

    minute: str
    stock_type: str
    records: int


def records_by_minute(connection: Connection, high: str) -> list[MinuteRecords]:
    """Return when records came before a moment: number by minute and stock type."""
    minute = sa.func.substr(job.c.created_at, 1, 16).label("minute")
    query = sa.select(minute, job.c.stock_type, sa.func.count().label("records")).where(job.c.created_at < high)
    return rows(connection, query.group_by(minute, job.c.stock_type), MinuteRecords)


class Cancelled(TypedDict):
    """One job that was cancelled."""

    stock_type: str
    cancelled_at: str


def cancelled(connection: Connection, high: str) -> list[Cancelled]:
    """Return the jobs cancelled before a moment."""
    query = sa.select(job.c.stock_type, job.c.cancelled_at).where(job.c.cancelled_at < high)
    return rows(connection, query, Cancelled)


class EndedAttempt(AttemptRow):
    """One attempt that ended, with what its job and record say."""

    ended_at: str
    reason: str | None
    holder: str
    created_at: str
    override_seq: int | None
    nik_area: str | None
    record_id: str
    missed_at: str | None


def prints_between(connection: Connection, low: str, high: str) -> list[EndedAttempt]:
    """Return the attempts that ended in a period, with their job's reason and holder."""
    gone = (
        sa.select(movement.c.attempt_id, sa.func.max(movement.c.at).label("at"))
        .where(movement.c.at >= low, movement.c.target == places.MISSING)
        .group_by(movement.c.attempt_id)
        .subquery()
    )
    query = (
        sa.select(
            attempt,
            gone.c.at.label("missed_at"),
            attempt.c.closed_at.label("ended_at"),
            job.c.reason,
            job.c.holder,
            job.c.created_at,
            job.c.override_seq,
            record.c.nik_area,
            job.c.record_id,
        )
        .join_from(attempt, job, job.c.id == attempt.c.job_id)
        .join(record, record.c.id == job.c.record_id)
        .join(gone, gone.c.attempt_id == attempt.c.id, isouter=True)
        .where(attempt.c.closed_at >= low, attempt.c.closed_at < high)
        .order_by(attempt.c.closed_at, attempt.c.id)
    )
    return rows(connection, query, EndedAttempt)


class WaitingCard(AttemptRow):
    """The attempt of a good card that nobody has taken, since when it is good, and its job's holder and reason."""

    good_since: str
    holder: str
    reason: str | None


def undistributed(connection: Connection, at: str) -> list[WaitingCard]:
    """Return good cards that nobody had taken at a moment, oldest first; those too that were lost or spoiled later."""
    left = sa.select(movement.c.attempt_id).where(
        movement.c.at >= at,
        movement.c.source == places.FINISHED,
        movement.c.target.in_((places.MISSING, places.SPOILED)),
    )
    came = (  # of those: a later check has taken the place of the one that found them good
        sa.select(movement.c.attempt_id, sa.func.max(movement.c.at).label("at"))
        .where(movement.c.at < at, movement.c.target == places.FINISHED, movement.c.attempt_id.in_(left))
        .group_by(movement.c.attempt_id)
        .subquery()
    )
    good_since = sa.func.coalesce(came.c.at, attempt.c.checked_at)
    query = (
        sa.select(attempt, good_since.label("good_since"), job.c.holder, job.c.reason)
        .join_from(attempt, job, job.c.id == attempt.c.job_id)
        .join(handover, handover.c.attempt_id == attempt.c.id, isouter=True)
        .join(came, came.c.attempt_id == attempt.c.id, isouter=True)
        .where(
            sa.or_(sa.and_(attempt.c.quality == Quality.GOOD, attempt.c.checked_at < at), came.c.at.is_not(None)),
            sa.or_(handover.c.at.is_(None), handover.c.at >= at),
        )
        .order_by(good_since, attempt.c.id)
    )
    return rows(connection, query, WaitingCard)


class HandedOver(HandoverRow):
    """One hand-over with its card's blank, its quality check and its holder."""

    serial: str
    checked_at: str | None
    holder: str


def handed_over_between(connection: Connection, low: str, high: str) -> list[HandedOver]:
    """Return the cards handed over in a period."""
    query = (
        sa.select(handover, attempt.c.serial, attempt.c.checked_at, job.c.holder)
        .join_from(handover, attempt, attempt.c.id == handover.c.attempt_id)
        .join(job, job.c.id == attempt.c.job_id)
        .where(handover.c.at >= low, handover.c.at < high)
        .order_by(handover.c.at, attempt.c.id)
    )
    return rows(connection, query, HandedOver)


def received_between(connection: Connection, low: str, high: str) -> list[DeliveryRow]:
    """Return the deliveries received in a period."""
    query = sa.select(delivery).where(delivery.c.received_at >= low, delivery.c.received_at < high)
    return rows(connection, query.order_by(delivery.c.received_at, delivery.c.id), DeliveryRow)


def shifts_between(connection: Connection, low: str, high: str) -> list[ShiftRow]:
    """Return the shifts closed in a period."""
    query = sa.select(shift).where(shift.c.closed_at >= low, shift.c.closed_at < high)
    return rows(connection, query.order_by(shift.c.closed_seq), ShiftRow)


def site_reports_between(connection: Connection, first: str, last: str) -> list[SiteReportRow]:
    """Return what sites reported for days, both included."""
    query = sa.select(site_report).where(site_report.c.day >= first, site_report.c.day <= last)
    return rows(connection, query.order_by(site_report.c.day, site_report.c.site, site_report.c.seq), SiteReportRow)


def transfers_between(connection: Connection, low: str, high: str) -> list[TransferRow]:
    """Return the transfers sent in a period."""
    query = sa.select(transfer).where(transfer.c.sent_at >= low, transfer.c.sent_at < high)
    return rows(connection, query.order_by(transfer.c.sent_at, transfer.c.id), TransferRow)


class EndedCard(CardRow):
    """One invalid card, and when it was destroyed."""

    destroyed_at: str | None


def cards_until(connection: Connection, high: str) -> list[EndedCard]:
    """Return the invalid cards that came back before a moment, with when each was destroyed."""
    query = (
        sa.select(returned_card, destruction.c.at.label("destroyed_at"))
        .join_from(returned_card, destruction, destruction.c.id == returned_card.c.destruction_id, isouter=True)
        .where(returned_card.c.received_at < high)
        .order_by(returned_card.c.received_at, returned_card.c.id)
    )
    return rows(connection, query, EndedCard)


def destructions_between(connection: Connection, low: str, high: str) -> list[DestructionRow]:
    """Return the destructions of a period."""
    query = sa.select(destruction).where(destruction.c.at >= low, destruction.c.at < high)
    return rows(connection, query.order_by(destruction.c.at, destruction.c.id), DestructionRow)


def incidents_between(connection: Connection, low: str, high: str) -> list[IncidentRow]:
    """Return the incidents opened in a period."""
    query = sa.select(incident).where(incident.c.opened_at >= low, incident.c.opened_at < high)
    return rows(connection, query.order_by(incident.c.opened_seq), IncidentRow)


def requests_between(connection: Connection, low: str, high: str) -> list[RequestRow]:
    """Return the requests made in a period."""
    query = sa.select(request).where(request.c.at >= low, request.c.at < high)
    return rows(connection, query.order_by(request.c.seq), RequestRow)


def stock_counts_between(connection: Connection, low: str, high: str) -> list[CountSheetRow]:
    """Return the acts of stock counts closed in a period."""
    query = sa.select(count_sheet).where(
        count_sheet.c.subject.startswith(Subject.ACT.of(""), autoescape=True),
        count_sheet.c.at >= low,
        count_sheet.c.at < high,
    )
    return rows(connection, query.order_by(count_sheet.c.seq), CountSheetRow)


def sukets_until(connection: Connection, high: str) -> list[SuketRow]:
    """Return the temporary certificates entered before a moment."""
    query = sa.select(suket).where(suket.c.entered_at < high).order_by(suket.c.issued_on, suket.c.id)
    return rows(connection, query, SuketRow)


def consumables_until(connection: Connection, high: str) -> list[ConsumableRow]:
    """Return the consumables opened before a moment."""
    return rows(
        connection, sa.select(consumable).where(consumable.c.opened_at < high).order_by(consumable.c.seq), ConsumableRow
    )
