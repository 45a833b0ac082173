"""What entries of cards do to the tables: checked, missed, handed over, brought back."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from printd.books.projection import Projection, on
from printd.custody.movements import move, place_of
from printd.errors import Refused
from printd.events.cards import CardChecked, CardHandedOver, CardMissed, CardReturned, CardTried
from printd.ledger.entry import Entry
from printd.projections.attempts import attempt_of, keep_spoil
from printd.projections.jobs import step
from printd.projections.seals import sealing
from printd.store import attempts, cards, handovers, jobs, sukets
from printd.store.rows import Connection
from printd.words import places
from printd.words.reasons import HeldBecause
from printd.words.serials import parse_serial
from printd.words.states import (
    JobEvent,
    Quality,
)


def _card_checked(connection: Connection, event: CardChecked, entry: Entry) -> None:
    attempt = attempt_of(connection, event.attempt)
    good = event.quality is Quality.GOOD
    source = places.FINISHED if attempt["quality"] == Quality.GOOD else places.OUTPUT
    if good:
        step(connection, attempt["job_id"], JobEvent.PASS)
    else:
        step(connection, attempt["job_id"], JobEvent.SPOIL, HeldBecause.SPOILED)
    attempts.set_attempt(
        connection,
        attempt["id"],
        quality=event.quality,
        cause=event.cause,
        checked_at=entry.at,
        checked_by=entry.actors[0],
    )
    move(
        connection,
        [parse_serial(attempt["serial"])],
        source,
        places.FINISHED if good else places.SPOILED,
        seq=entry.seq,
        at=entry.at,
        why="quality_good" if good else "quality_spoiled",
        attempt=attempt["id"],
    )
    if not good:
        keep_spoil(connection, entry, attempt, event.cause or "", "qc")


def _card_missed(connection: Connection, event: CardMissed, entry: Entry) -> None:
    attempt = attempt_of(connection, event.attempt)
    place = place_of(connection, attempt["serial"]) or ""
    if place not in (places.OUTPUT, places.FINISHED):
        raise Refused(f"{attempt['serial']} is in {place}.", consequence="Nothing was changed.")
    step(connection, attempt["job_id"], JobEvent.SPOIL, HeldBecause.SPOILED)
    attempts.set_attempt(connection, attempt["id"], quality=Quality.MISSING)
    move(
        connection,
        [parse_serial(attempt["serial"])],
        place,
        places.MISSING,
        seq=entry.seq,
        at=entry.at,
        why="missing",
        attempt=attempt["id"],
    )


def _card_handed_over(connection: Connection, event: CardHandedOver, entry: Entry) -> None:
    attempt = attempt_of(connection, event.attempt)
    step(connection, attempt["job_id"], JobEvent.HAND_OVER)
    handovers.add_handover(
        connection,
        {
            "attempt_id": attempt["id"],
            "at": entry.at,
            "by": entry.actors[0],
            "receiver": event.receiver or "unknown",
            "old_card": event.old_card or "unknown",
            "basis": event.basis,
            "why_unknown": event.why_unknown,
        },
    )
    job = jobs.find_job(connection, attempt["job_id"])
    if job is not None:  # the card is what the certificate stood for
        sukets.convert_sukets(connection, job["holder"], entry.at, job["id"])
    move(
        connection,
        [parse_serial(attempt["serial"])],
        places.FINISHED,
        places.HOLDER,
        seq=entry.seq,
        at=entry.at,
        why="hand_over",
        attempt=attempt["id"],
    )


def _card_tried(connection: Connection, event: CardTried, entry: Entry) -> None:
    attempt = attempt_of(connection, event.attempt)
    place = place_of(connection, attempt["serial"])
    if attempt["quality"] != Quality.GOOD or place != places.FINISHED:
        raise Refused(
            f"{attempt['serial']} is no card that waits for its holder, it is in {place}.",
            consequence="Nothing was booked.",
        )
    handovers.add_try(
        connection,
        {
            "seq": entry.seq,
            "attempt_id": attempt["id"],
            "at": entry.at,
            "by": entry.actors[0],
            "how": event.how,
            "reached": event.reached,
        },
    )


def _card_returned(connection: Connection, event: CardReturned, entry: Entry) -> None:
    serial = parse_serial(event.serial) if event.serial else None
    place = None if serial is None else place_of(connection, serial.first_serial)
    if serial is not None and place != places.HOLDER:
        raise Refused(
            f"{serial} was never handed to a holder, the books have it in {place or 'no delivery'}.",
            consequence="Nothing was booked.",
            remedy="Read the serial again; if it is right, open an incident: two pieces may carry it.",
        )
    cards.add_card(
        connection,
        {
            "id": event.card,
            "holder": event.holder,
            "cause": event.cause,
            "serial": event.serial,
            "from_site": event.from_site,
            "received_at": entry.at,
            "received_by": entry.actors[0],
            "destruction_id": None,
        },
    )
    if serial is not None:
        move(connection, [serial], places.HOLDER, places.INVALID, seq=entry.seq, at=entry.at, why="brought_back")


PROJECTIONS: Mapping[str, Projection] = MappingProxyType(
    dict(
        (
            on(CardChecked, _card_checked),
            on(CardMissed, _card_missed),
            on(CardHandedOver, _card_handed_over),
            on(CardTried, _card_tried),
            on(CardReturned, sealing(_card_returned)),
        )
    )
)
