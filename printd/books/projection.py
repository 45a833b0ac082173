"""What an entry does to the tables: one function a kind of event."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from printd.events.base import Event
from printd.ledger.entry import Entry
from printd.store.rows import Connection

E = TypeVar("E", bound=Event)

Projection = Callable[[Connection, Entry], None]
"""Applies an entry of its kind to the tables, or refuses it."""


def on(kind: type[E], apply: Callable[[Connection, E, Entry], None]) -> tuple[str, Projection]:
    """Return a kind's name and the projection that hands its function the event as the entry carries it.

    The event is read from the entry, also where it was just booked: the running shop and the replay see the same.

    :param apply: takes the event, and the entry for its number, time and names.
    """

    def project(connection: Connection, entry: Entry) -> None:
        apply(connection, kind.read(entry.data), entry)

    return kind.kind, project


def nothing(connection: Connection, event: Event, entry: Entry) -> None:
    """Stand for kinds that are facts of their own and change no table."""
