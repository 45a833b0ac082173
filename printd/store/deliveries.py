"""SQL of receipt: count sheets, discrepancies, cartons, chips."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from printd.store.office_schema import chip, count_sheet, discrepancy, incident
from printd.store.rows import Row, first, rows
from printd.store.schema import carton, delivery
from printd.words.states import DisputeState


def add_sheet(connection: Connection, row: dict[str, Any]) -> None:
    """Write what one person counted."""
    connection.execute(count_sheet.insert(), row)


def last_sheets(connection: Connection, subject: str) -> dict[str, Row]:
    """Return each person's last sheet of a subject, by name."""
    query = sa.select(count_sheet).where(count_sheet.c.subject == subject).order_by(count_sheet.c.seq)
    return {row["person"]: row for row in rows(connection, query)}


def add_discrepancies(connection: Connection, found: Sequence[dict[str, Any]]) -> None:
    """Write newly found differences."""
    if found:
        connection.execute(discrepancy.insert(), list(found))


def find_discrepancy(connection: Connection, name: str) -> Row | None:
    """Return one difference."""
    return first(connection, sa.select(discrepancy).where(discrepancy.c.id == name))


def discrepancies(connection: Connection, state: str | None = None, subject: str | None = None) -> list[Row]:
    """Return differences, oldest first."""
    query = sa.select(discrepancy).order_by(discrepancy.c.opened_at, discrepancy.c.id)
    if state is not None:
        query = query.where(discrepancy.c.state == state)
    if subject is not None:
        query = query.where(discrepancy.c.subject == subject)
    return rows(connection, query)


def set_discrepancy(connection: Connection, name: str, **values: Any) -> None:
    """Write what became of a difference."""
    connection.execute(discrepancy.update().where(discrepancy.c.id == name).values(**values))


def grow_delivery(connection: Connection, delivery_id: str, pieces: int) -> None:
    """Add pieces to what a delivery announced: a document says that more came."""
    grown = delivery.c.announced + pieces
    connection.execute(delivery.update().where(delivery.c.id == delivery_id).values(announced=grown))


def open_carton(connection: Connection, delivery_id: str, label: str, at: str, by: str, second: str) -> None:
    """Mark a carton as opened."""
    connection.execute(
        carton.update()
        .where(carton.c.delivery_id == delivery_id, carton.c.label == label)
        .values(opened_at=at, opened_by=by, opened_with=second)
    )


def find_carton(connection: Connection, delivery_id: str, label: str) -> Row | None:
    """Return one carton."""
    return first(connection, sa.select(carton).where(carton.c.delivery_id == delivery_id, carton.c.label == label))


def add_chip(connection: Connection, row: dict[str, Any]) -> None:
    """Write which chip a blank has."""
    connection.execute(chip.insert(), row)


def move_chip(connection: Connection, uid: str, serial: str) -> None:
    """Write that a chip is in another blank than was believed."""
    connection.execute(chip.update().where(chip.c.uid == uid).values(serial=serial))


def chip_of_uid(connection: Connection, uid: str) -> Row | None:
    """Return the binding of a chip."""
    return first(connection, sa.select(chip).where(chip.c.uid == uid))


def chip_of_serial(connection: Connection, serial: str) -> Row | None:
    """Return the binding of a blank."""
    return first(connection, sa.select(chip).where(chip.c.serial == serial))


_IDENTITY = (
    sa.select(incident.c.id, incident.c.serials, incident.c.note)
    .where(incident.c.state == DisputeState.OPEN, incident.c.kind.in_(("unknown_uid", "uid_elsewhere")))
    .order_by(incident.c.id)
)


def identity_incidents(connection: Connection) -> list[Row]:
    """Return open incidents about a chip that is not what the books say."""
    return rows(connection, _IDENTITY)
