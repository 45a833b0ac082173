"""What entries of requests for blanks do to the tables."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType

from printd.books.projection import Projection, on
from printd.events.base import Part
from printd.events.supplies import RequestMade
from printd.ledger.entry import Entry
from printd.store import requests
from printd.store.rows import Connection


def _made(connection: Connection, event: RequestMade, entry: Entry) -> None:
    requests.add_request(
        connection,
        {
            "id": event.request,
            "seq": entry.seq,
            "at": entry.at,
            "by": entry.actors[0],
            "stock_type": event.stock_type,
            "asked": event.asked,
            "facts": json.dumps(event.facts.data(), sort_keys=True, ensure_ascii=False),
            "difference": event.difference,
            "collector": _json(event.collector),
            "year": _json(event.year),
            "addressee": json.dumps(event.addressee, ensure_ascii=False),
            "through": json.dumps(event.through, ensure_ascii=False),
        },
    )


def _json(part: Part | None) -> str | None:
    return None if part is None else json.dumps(part.data(), sort_keys=True, ensure_ascii=False)


PROJECTIONS: Mapping[str, Projection] = MappingProxyType(dict((on(RequestMade, _made),)))
