"""What entries of sites and transfers do to the tables."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from printd.books.projection import Projection, on
from printd.custody.movements import check_place, move
from printd.errors import Refused
from printd.events.transfers import (
    SiteDiffered,
    SitePrinted,
    SiteReported,
    SiteSet,
    TransferAcknowledged,
    TransferSent,
)
from printd.ledger.entry import Entry
from printd.ledger.notes import NoteError, Verifier
from printd.projections.deliveries import as_json, keep_discrepancies
from printd.projections.seals import sealing
from printd.remedies import Do
from printd.store import blanks, sites, sukets, transfers
from printd.store.rows import Connection
from printd.words import places
from printd.words.serials import SerialRange, parse_serial, pieces, say, to_json
from printd.words.states import TransferState
from printd.words.subjects import Subject

_NAME = re.compile(r"[a-z][a-z0-9-]{1,31}", re.ASCII)


def _site(connection: Connection, event: SiteSet, entry: Entry) -> None:
    if not _NAME.fullmatch(event.site):
        raise Refused(
            f"{event.site[:40]!r} cannot name a site.", why="A name is a-z, 0-9 and -, 2 to 32, letter first."
        )
    if event.key:
        try:
            Verifier.from_vkey(event.key)
        except NoteError as wrong:
            raise Refused(f"The key of {event.site} is no verifier key.", why=f"{wrong}.") from wrong
    sites.put_site(
        connection,
        {"name": event.site, "kind": event.kind_, "title": event.title, "area": event.area, "key": event.key},
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


def _sent(connection: Connection, event: TransferSent, entry: Entry) -> None:
    if transfers.find_transfer(connection, event.transfer) is not None:
        raise Refused(f"There is a transfer {event.transfer} already.", consequence="Nothing was moved.")
    for place in (event.to, event.from_):
        if places.kind(place) is places.Kind.SITE:
            check_site(connection, places.whose(place))
        elif place != places.STORE:
            raise Refused(f"Nothing is sent from or to {place}.", consequence="Nothing was moved.")
    if event.from_ == event.to:
        raise Refused(f"Blanks cannot be sent from {event.from_} to itself.", consequence="Nothing was moved.")
    transfers.add_transfer(
        connection,
        {
            "id": event.transfer,
            "source": event.from_,
            "target": event.to,
            "pieces": pieces(event.serials),
            "serials": json.dumps(to_json(event.serials)),
            "document": event.document,
            "due_back": event.due_back,
            "carrier": event.carrier,
            "seals": " ".join(event.seals),
            "state": TransferState.SENT,
            "sent_at": entry.at,
            "sent_by": entry.actors[0],
            "sent_with": entry.actors[1],
            "acknowledged_at": None,
            "acknowledged_by": None,
            "acknowledged_with": None,
            "acknowledgement": None,
            "purpose": event.purpose,
            "conditions": as_json(event.conditions),
            "givers": as_json([one.data() for one in event.givers]),
            "receivers": None,
            "received_on": None,
            "arrived_seals": None,
        },
    )
    target = places.transfer(event.transfer)
    move(connection, event.serials, event.from_, target, seq=entry.seq, at=entry.at, why="transfer")
    one_kind(connection, event.serials)


def _acknowledged(connection: Connection, event: TransferAcknowledged, entry: Entry) -> None:
    name = event.transfer
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
        acknowledgement=event.acknowledgement,
        receivers=as_json([one.data() for one in event.receivers]),
        received_on=event.received_on,
        arrived_seals=as_json(event.seals),
    )
    if event.serials:
        source = places.transfer(name)
        move(connection, event.serials, source, row["target"], seq=entry.seq, at=entry.at, why="acknowledged")
    keep_discrepancies(connection, entry, Subject.TRANSFER.of(name), event.discrepancies)


def _reported(connection: Connection, event: SiteReported, entry: Entry) -> None:
    check_site(connection, event.site)
    sites.add_report(
        connection,
        {
            "seq": entry.seq,
            "site": event.site,
            "day": event.day,
            "stock_type": event.stock_type,
            "pieces": event.pieces,
            "book": event.book,
            "ribbon": event.ribbon,
            "film": event.film,
            "at": entry.at,
            "by": entry.actors[0],
        },
    )


def _printed(connection: Connection, event: SitePrinted, entry: Entry) -> None:
    """Give a card that a site printed to its holder; their temporary certificate is converted by it."""
    check_site(connection, event.site)
    if sites.site_card_of_job(connection, event.site, event.job) is not None:
        raise Refused(
            f"Job {event.job} of {event.site} has a card already.",
            consequence="Nothing was booked.",
            remedy="Ask the site which of its papers is right.",
        )
    if event.handed_over_on < event.printed_on:
        raise Refused(f"{event.serial} was given out before it was printed.", consequence="Nothing was booked.")
    sites.add_site_card(
        connection,
        {
            "id": event.card,
            "seq": entry.seq,
            "site": event.site,
            "document": event.document,
            "serial": event.serial,
            "job": event.job,
            "holder": event.holder,
            "nik_area": event.nik_area,
            "reason": event.reason,
            "printer": event.printer,
            "operator": event.operator,
            "checker": event.checker,
            "printed_on": event.printed_on,
            "handed_over_on": event.handed_over_on,
            "receiver": event.receiver,
            "old_card": event.old_card,
            "at": entry.at,
            "by": entry.actors[0],
            "by_second": entry.actors[1],
        },
    )
    sukets.convert_sukets(connection, event.holder, entry.at, None)
    source = places.site(event.site)
    move(
        connection,
        [parse_serial(event.serial)],
        source,
        places.HOLDER,
        seq=entry.seq,
        at=entry.at,
        why="site_printed",
    )


def _differed(connection: Connection, event: SiteDiffered, entry: Entry) -> None:
    """Open the differences of blanks that a site cannot name cards for; they stay where they are."""
    check_site(connection, event.site)
    here = places.site(event.site)
    for one in event.discrepancies:
        if one.kind != "unnamed" or pieces(one.serials) != one.pieces:
            raise Refused("A site's difference names its blanks.", consequence="Nothing was booked.")
        for part in one.serials:
            check_place(connection, part, here)
    keep_discrepancies(connection, entry, Subject.SITE.of(event.site), event.discrepancies)


PROJECTIONS: Mapping[str, Projection] = MappingProxyType(
    dict(
        (
            on(SiteSet, _site),
            on(TransferSent, sealing(_sent)),
            on(TransferAcknowledged, _acknowledged),
            on(SiteReported, _reported),
            on(SitePrinted, sealing(_printed)),
            on(SiteDiffered, _differed),
        )
    )
)
