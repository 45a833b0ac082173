"""Acts on incidents (R17): a blank that is missing, one too many, a broken seal, a chip that is not the books'."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Literal, TypedDict

from printd.custody.incidents import TOLD_TO, Kind, LastEvent, is_overdue, open_incident, reported
from printd.custody.movements import place_of
from printd.desk.desk import Desk, plain, proved, two_people
from printd.desk.proofs import Person
from printd.errors import Refused
from printd.events.blanks import BlanksMoved
from printd.events.cards import CardMissed
from printd.events.incidents import IncidentClosed, IncidentNoted, ReportedTo
from printd.remedies import Do
from printd.store import attempts, incidents
from printd.store.tables.incidents import IncidentNoteRow, IncidentRow
from printd.words import places
from printd.words.moments import stamp
from printd.words.serials import join, parse_range, parse_serial
from printd.words.states import DisputeState


class IncidentTold(TypedDict):
    """One incident; ``last_event`` is the last movement of its first blank, ``reported`` when each first heard of it.

    ``overdue``: by ``report_by`` it was not reported to all of them, and is open.
    """

    id: str
    kind: str
    serials: list[list[str]]
    pieces: int
    note: str
    last_event: LastEvent
    state: DisputeState
    opened_seq: int
    opened_at: str
    opened_by: str | None
    police_report: str | None
    closed_at: str | None
    closed_by: str | None
    closed_with: str | None
    outcome: str | None
    report_by: str | None
    reported: dict[ReportedTo, str | None]
    overdue: bool


class NoteTold(TypedDict):
    """What was done about an incident, and to whom it was reported with that."""

    seq: int
    incident_id: str
    at: str
    by: str
    text: str
    reported_to: list[ReportedTo]
    police_report: str | None


class IncidentShown(IncidentTold):
    """One incident with everything that was done about it."""

    notes: list[NoteTold]


def open_(desk: Desk, kind: Kind, note: str, by: Person, serials: list[list[str]] | None = None) -> IncidentShown:
    """Book that something is not as it must be."""
    operator = proved(desk, by)
    text = plain(note, "note")
    with desk.booking() as booking:
        name = open_incident(
            booking, kind, join(parse_range(pair[0], pair[-1]) for pair in serials or []), text, [operator]
        )
    return show(desk, name)


def note(
    desk: Desk,
    incident: str,
    text: str,
    by: Person,
    police_report: str = "",
    reported_to: list[ReportedTo] | None = None,
) -> IncidentShown:
    """Book what was done about an incident, the number of the police report, and to whom it was reported with that."""
    operator = proved(desk, by)
    noted = plain(text, "note")
    report = plain(police_report, "number of the police report", 100) if police_report else None
    told = tuple(one for one in TOLD_TO if one in (reported_to or ()))
    desk.enter(IncidentNoted(incident=incident, text=noted, police_report=report, reported_to=told), [operator])
    return show(desk, incident)


def close(desk: Desk, incident: str, outcome: str, by: Person, second: Person) -> IncidentShown:
    """Close an incident with what came of it, signed by two people."""
    signed = two_people(desk, by, second)
    desk.enter(IncidentClosed(incident=incident, outcome=plain(outcome, "outcome")), signed)
    desk.wake()
    return show(desk, incident)


def miss(desk: Desk, serial: str, note: str, by: Person, second: Person) -> IncidentShown:
    """Book that a blank or card is not where it must be; an incident opens with it. Signed by two people."""
    signed = two_people(desk, by, second)
    one, text = parse_serial(serial), plain(note, "note")
    with desk.booking() as booking:
        place = place_of(booking.connection, serial)
        if place is None:
            raise Refused(f"{serial} belongs to no delivery of this shop.", consequence="Nothing was changed.")
        if place in (places.OUTPUT, places.FINISHED):
            attempt = attempts.attempt_on(booking.connection, one.first_serial)
            assert attempt is not None  # only attempts bring blanks there
            booking.enter(CardMissed(attempt=attempt["id"], note=text), signed)
        else:
            booking.enter(BlanksMoved(serials=(one,), from_=place, to=places.MISSING, why="missing"), signed)
        name = open_incident(booking, "missing", [one], text, signed)
    desk.wake()
    return show(desk, name)


def list_(desk: Desk, state: Literal["open", "closed"] | None = None) -> list[IncidentTold]:
    """Return incidents, oldest first."""
    with desk.shop.store.reading() as connection:
        return [
            _plain(desk, row, incidents.notes(connection, row["id"])) for row in incidents.incidents(connection, state)
        ]


def show(desk: Desk, incident: str) -> IncidentShown:
    """Return one incident with everything that was done about it."""
    with desk.shop.store.reading() as connection:
        row = incidents.find_incident(connection, incident)
        if row is None:
            raise Refused(f"There is no incident {incident}.", remedy=("See all with: ", Do("incidents.list")))
        done = incidents.notes(connection, incident)
    return {
        **_plain(desk, row, done),
        "notes": [{**one, "reported_to": json.loads(one["reported_to"])} for one in done],
    }


def _plain(desk: Desk, row: IncidentRow, notes: Sequence[IncidentNoteRow]) -> IncidentTold:
    told = reported(notes)
    return {
        **row,
        "serials": json.loads(row["serials"]),
        "last_event": json.loads(row["last_event"]),
        "reported": told,
        "overdue": is_overdue(row, told, stamp(desk.shop.books.clock())),
    }
