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
from printd.store import blanks, destructions
from printd.store import cards as store_cards
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
    _fits_itself(event, entry, pieces(spoiled) + len(event.cards))
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
            "begun": event.begun,
            "ended": event.ended,
            "voided": event.voided,
            "recounted": event.recounted,
            "basis": json.dumps(event.basis, ensure_ascii=False),
            "orders": json.dumps(event.orders, ensure_ascii=False),
            "photos": json.dumps([one.data() for one in event.photos], sort_keys=True),
            "left_blanks": event.left_blanks,
            "left_cards": event.left_cards,
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
    _left(connection, event)


def _fits_itself(event: BlanksDestroyed, entry: Entry, destroyed: int) -> None:
    """Make sure that what an act of destruction says of itself can be so.

    :param destroyed: pieces.
    :raises Refused: it cannot.
    """
    moments = [one for one in (event.begun, event.ended, entry.at) if one is not None]
    if moments != sorted(moments):
        raise _refused(
            "A destruction begins before it ends, and ends before it is booked.",
            f"Said was: begun {event.begun}, ended {event.ended}; now it is {entry.at}.",
        )
    if event.recounted not in (None, destroyed):
        raise _refused(
            f"{event.recounted} pieces were counted before the witnesses, and {destroyed} would be booked.",
            "What is destroyed is what was counted.",
        )
    if event.basis is not None and event.method == "shred" and not event.orders:
        raise _refused(
            "Nothing says that this may be shredded.",
            "The circulars order burning (domain reference section 2.4).",
            "Name the letter on which it is shredded, or burn it.",
        )


def _left(connection: Connection, event: BlanksDestroyed) -> None:
    """Make sure that as many pieces are left as the act says.

    :raises Refused: there are more or fewer.
    """
    blanks_left = sum(len(row.serials) for row in blanks.in_place(connection, places.SPOILED))
    cards_left = len(store_cards.cards_kept(connection))
    for said, found, what in (
        (event.left_blanks, blanks_left, "spoiled blanks"),
        (event.left_cards, cards_left, "invalid cards"),
    ):
        if said not in (None, found):
            raise _refused(f"{found} {what} are left to destroy, and the act says {said}.", "The act is read upstairs.")


def _refused(what: str, why: str, remedy: str = "") -> Refused:
    return Refused(what, why=why, consequence="Nothing was destroyed.", remedy=remedy)


PROJECTIONS: Mapping[str, Projection] = MappingProxyType(dict((on(BlanksDestroyed, sealing(_destroyed)),)))
