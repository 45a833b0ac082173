"""What entries of destructions do to the tables."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType

from printd.books.projection import Projection, on
from printd.custody.movements import move
from printd.errors import Refused
from printd.events.destructions import BlanksDestroyed
from printd.ledger.entry import Entry
from printd.projections.seals import sealing
from printd.store import cards as store_cards
from printd.store import destructions
from printd.store.rows import Connection
from printd.words import places
from printd.words.serials import join, parse_serial, pieces, say, to_json


def _destroyed(connection: Connection, event: BlanksDestroyed, entry: Entry) -> None:
    spoiled, invalid = event.serials, event.invalid
    cards = store_cards.cards_by_id(connection, event.cards)
    gone = [one for one in event.cards if one not in cards or cards[one]["destruction_id"] is not None]
    if gone:
        raise Refused(f"No invalid card {gone[0][:8]} is kept here.", consequence="Nothing was destroyed.")
    if not spoiled and not event.cards:
        raise Refused("There is nothing to destroy.", consequence="Nothing was booked.")
    of_cards = join(parse_serial(row["serial"]) for row in cards.values() if row["serial"])
    if join(invalid) != of_cards:
        raise Refused(
            f"The cards that are destroyed are on {say(of_cards) if of_cards else 'no blank that is known'}.",
            why="A card and its blank are destroyed together.",
            consequence="Nothing was destroyed.",
        )
    destructions.add_destruction(
        connection,
        {
            "id": event.destruction,
            "ba_number": event.ba_number,
            "at": entry.at,
            "by": entry.actors[0],
            "second": entry.actors[1],
            "method": event.method,
            "place": event.place,
            "witnesses": json.dumps([one.data() for one in event.witnesses], sort_keys=True, ensure_ascii=False),
            "serials": json.dumps(to_json((*spoiled, *invalid))),
            "blanks": pieces(spoiled),
            "cards": len(event.cards),
        },
    )
    store_cards.set_cards_destroyed(connection, event.cards, event.destruction)
    part = 0
    for serials, source in ((spoiled, places.SPOILED), (invalid, places.INVALID)):
        if serials:
            part += move(
                connection,
                serials,
                source,
                places.DESTROYED,
                seq=entry.seq,
                at=entry.at,
                why="destroyed",
                part=part,
            )


PROJECTIONS: Mapping[str, Projection] = MappingProxyType(dict((on(BlanksDestroyed, sealing(_destroyed)),)))
