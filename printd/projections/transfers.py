"""What entries of sites and transfers do to the tables."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from printd.books.projection import Projection
from printd.custody.movements import move
from printd.errors import Refused
from printd.events.deliveries import Discrepancy
from printd.ledger.entry import Entry
from printd.ledger.notes import NoteError, Verifier
from printd.projections.deliveries import keep_discrepancies
from printd.remedies import Do
from printd.store import blanks, sites, transfers
from printd.store.rows import Connection
from printd.words import places
from printd.words.serials import SerialRange, from_json, parse_serial, pieces, say
from printd.words.states import TransferState
from printd.words.subjects import Subject

_NAME = re.compile(r"[a-z][a-z0-9-]{1,31}", re.ASCII)


def _site(connection: Connection, entry: Entry) -> None:
    data = entry.data
    if not _NAME.fullmatch(data["site"]):
        raise Refused(
            f"{data['site'][:40]!r} cannot name a site.", why="A name is a-z, 0-9 and -, 2 to 32, letter first."
        )
    if data["key"]:
        try:
            Verifier.from_vkey(data["key"])
        except NoteError as wrong:
            raise Refused(f"The key of {data['site']} is no verifier key.", why=f"{wrong}.") from wrong
    sites.put_site(
        connection,
        {
            "name": data["site"],
            "kind": data["kind"],
            "title": data["title"],
            "area": data["area"],
            "key": data["key"],
        },
    )


def check_site(connection: Connection, site: str) -> None:
    """Make sure that there is a site.

    :raises Refused: there is none of this name.
    """
    if sites.find_site(connection, site) is None:
        raise Refused(f"There is no site {site}.", remedy=("A supervisor books it: ", Do("sites.set")))


def one_kind(connection: Connection, ranges: Sequence[SerialRange]) -> tuple[str, str]:
    """Return stock type and generation of what is sent.

    :raises Refused: it is of more than one, which no manifest can say.
    """
    kinds = {
        (one["stock_type"], one["generation"])
        for part in ranges
        for end in (part.first_serial, part.last_serial)
        for one in (blanks.stock_of(connection, parse_serial(end)),)
    }
    if len(kinds) != 1:
        raise Refused(
            f"{say(ranges)} are of more than one stock type or generation.",
            consequence="Nothing was moved.",
            remedy="Send one transfer for each.",
        )
    (kind,) = kinds
    return kind


def _sent(connection: Connection, entry: Entry) -> None:
    data = entry.data
    serials = from_json(data["serials"])
    if transfers.find_transfer(connection, data["transfer"]) is not None:
        raise Refused(f"There is a transfer {data['transfer']} already.", consequence="Nothing was moved.")
    for place in (data["to"], data["from"]):
        if places.kind(place) is places.Kind.SITE:
            check_site(connection, places.whose(place))
        elif place != places.STORE:
            raise Refused(f"Nothing is sent from or to {place}.", consequence="Nothing was moved.")
    if data["from"] == data["to"]:
        raise Refused(f"Blanks cannot be sent from {data['from']} to itself.", consequence="Nothing was moved.")
    transfers.add_transfer(
        connection,
        {
            "id": data["transfer"],
            "source": data["from"],
            "target": data["to"],
            "pieces": pieces(serials),
            "serials": json.dumps(data["serials"]),
            "document": data["document"],
            "due_back": data.get("due_back"),
            "carrier": data["carrier"],
            "seals": " ".join(data["seals"]),
            "state": TransferState.SENT,
            "sent_at": entry.at,
            "sent_by": entry.actors[0],
            "sent_with": entry.actors[1],
            "acknowledged_at": None,
            "acknowledged_by": None,
            "acknowledged_with": None,
            "acknowledgement": None,
        },
    )
    target = places.transfer(data["transfer"])
    move(connection, serials, data["from"], target, seq=entry.seq, at=entry.at, why="transfer")
    one_kind(connection, serials)


def _acknowledged(connection: Connection, entry: Entry) -> None:
    data = entry.data
    name = data["transfer"]
    row = transfers.find_transfer(connection, name)
    if row is None or row["state"] != TransferState.SENT:
        raise Refused(f"Transfer {name} is not on its way.", consequence="Nothing was changed.")
    transfers.set_transfer(
        connection,
        name,
        state=TransferState.ACKNOWLEDGED,
        acknowledged_at=entry.at,
        acknowledged_by=entry.actors[0],
        acknowledged_with=entry.actors[1],
        acknowledgement=data["acknowledgement"],
    )
    arrived = from_json(data["serials"])
    if arrived:
        source = places.transfer(name)
        move(connection, arrived, source, row["target"], seq=entry.seq, at=entry.at, why="acknowledged")
    keep_discrepancies(
        connection, entry, Subject.TRANSFER.of(name), [Discrepancy.model_validate(one) for one in data["discrepancies"]]
    )


def _reported(connection: Connection, entry: Entry) -> None:
    data = entry.data
    check_site(connection, data["site"])
    sites.add_report(
        connection,
        {
            "seq": entry.seq,
            "site": data["site"],
            "day": data["day"],
            "stock_type": data["stock_type"],
            "pieces": data["pieces"],
            "book": data["book"],
            "ribbon": data.get("ribbon"),
            "film": data.get("film"),
            "at": entry.at,
            "by": entry.actors[0],
        },
    )


PROJECTIONS: Mapping[str, Projection] = MappingProxyType(
    {
        "site.set": _site,
        "transfer.sent": _sent,
        "transfer.acknowledged": _acknowledged,
        "site.reported": _reported,
    }
)
