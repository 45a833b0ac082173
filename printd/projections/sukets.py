"""What entries of temporary certificates do to the tables."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from printd.books.projection import Projection, on
from printd.errors import Refused
from printd.events.supplies import SuketIssued
from printd.ledger.entry import Entry
from printd.projections.seals import sealing
from printd.store import sukets
from printd.store.rows import Connection


def _issued(connection: Connection, event: SuketIssued, entry: Entry) -> None:
    """Keep a certificate of a person who has none that is valid on the day of issue."""
    earlier = sukets.open_sukets(connection, event.holder)
    valid = [one for one in earlier if one["issued_on"] <= event.issued_on <= one["expires_on"]]
    if valid:
        raise Refused(
            f"This holder has {valid[0]['id']}, valid until {valid[0]['expires_on']}.",
            why="Nobody holds two valid certificates.",
            consequence="The certificate was not booked.",
            remedy="Renew it when it has expired.",
        )
    sukets.add_suket(
        connection,
        {
            "id": event.suket,
            "holder": event.holder,
            "issued_on": event.issued_on,
            "expires_on": event.expires_on,
            "status": event.status,
            "entered_at": entry.at,
            "entered_by": entry.actors[0],
            "converted_at": None,
            "job_id": None,
        },
    )


PROJECTIONS: Mapping[str, Projection] = MappingProxyType(dict((on(SuketIssued, sealing(_issued)),)))
