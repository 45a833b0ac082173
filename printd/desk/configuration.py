"""Acts on the configuration: what the shop ran under, and who answers for what a start found changed."""

from __future__ import annotations

from typing import Annotated, TypedDict

from pydantic import Field

from printd.desk.desk import Desk, two_people
from printd.desk.proofs import Person
from printd.events.configuration import Configuration, ConfigurationAccepted
from printd.shop import configured
from printd.shop.health import Problem
from printd.store import configuration
from printd.words.moments import moment, stamp


class ConfigurationShown(TypedDict):
    """What the shop ran under from one entry on; ``changed``: what differs from the one before, by the log's names.

    ``answered`` is the entry by which two people answer for it, ``None``: nobody has yet.
    """

    entry: int
    at: str
    changed: list[str]
    office: str
    timezone: str
    version: str
    layout: str
    layout_digest: str
    senders: list[str]
    settings: str
    answered: int | None


class Accepted(TypedDict):
    """What two people answer for, by what entry."""

    entry: int
    accepted_by: list[str]
    answered: int


def show(desk: Desk) -> list[ConfigurationShown]:
    """Return all that the shop ever ran under, newest first."""
    with desk.shop.store.reading() as connection:
        rows = configuration.configurations(connection)
    told: list[ConfigurationShown] = []
    before: Configuration | None = None
    for row in rows:
        one = configured.read(row)
        told.insert(
            0,
            {
                "entry": row["seq"],
                "at": row["at"],
                "changed": configured.changed(before, one),
                "office": one.office,
                "timezone": one.timezone,
                "version": one.version,
                "layout": one.layout,
                "layout_digest": one.layout_digest,
                "senders": list(one.senders),
                "settings": one.settings,
                "answered": row["answered_seq"],
            },
        )
        before = one
    return told


def accept(desk: Desk, entry: Annotated[int, Field(ge=0)], by: Person, second: Person) -> Accepted:
    """Answer for what a start found changed; two people sign, one of them a supervisor.

    :raises Refused: the entry tells of no configuration, or is answered for.
    """
    signed = two_people(desk, by, second)
    booked = desk.enter(ConfigurationAccepted(entry=entry), signed)
    desk.wake()
    return {"entry": entry, "accepted_by": list(signed), "answered": booked.seq}


def problems(desk: Desk) -> list[Problem]:
    """Return, as a problem, what nobody answers for, and what the next start would find."""
    with desk.shop.store.reading() as connection:
        waiting = configuration.unanswered(connection)
        last = configuration.last_configuration(connection)
    if waiting:
        row = waiting[0]
        message = (
            f"A start at {moment(row['at'], desk.shop.zone)} found the shop under another configuration (entry "
            f"{row['seq']}). No printer can be resumed until two people answer for it."
        )
        return [Problem("configuration", "unanswered", message, "nothing", row["at"])]
    now = configured.of(desk.shop.config)
    before = None if last is None else configured.read(last)
    differs = configured.changed(before, now)
    if not differs:
        return []
    message = (
        f"The shop is configured otherwise than the log says ({', '.join(differs)}). The next start enters it, and the "
        "printers pause until two people answer for it."
    )
    return [Problem("configuration", "changed", message, "nothing", stamp(desk.shop.books.clock()))]
