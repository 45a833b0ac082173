"""Acts on transfers: sealed manifest out, acknowledgement back, a named carrier in between; loans; giving back."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import date, tzinfo
from pathlib import Path
from typing import Annotated, Literal, NamedTuple, NotRequired, TypedDict

from pydantic import Field, TypeAdapter

from printd.custody import received, sealed_note
from printd.custody.clock import age_days
from printd.custody.receipt import SeenSeal
from printd.desk import owed, sealing
from printd.desk.counting import not_counting
from printd.desk.desk import Desk, File, plain, proved, sent, supervisor, two_people
from printd.desk.officials import Official, OfficialTold
from printd.desk.paper_making import Act, entry_of, make
from printd.desk.proofs import Person
from printd.desk.shifts import lowest
from printd.desk.transfer_acts import act_of
from printd.errors import Refused
from printd.events.blanks import BlanksMoved
from printd.events.deliveries import Discrepancy
from printd.events.officials import SealState
from printd.events.registers import RegisterRead
from printd.events.transfers import TransferAcknowledged, TransferSent
from printd.ledger.notes import NoteError
from printd.projections.opened import check_same_kind
from printd.projections.transfers import check_site, one_kind
from printd.remedies import Do
from printd.reports import acts
from printd.store import blanks, deliveries, log, movements, operators, sites, transfers
from printd.store.rows import Connection
from printd.store.tables.operators import OperatorRow
from printd.store.tables.transfers import TransferRow
from printd.words import places
from printd.words.moments import moment, office_day, parse
from printd.words.serials import SerialRange, common, from_json, join, minus, parse_range, to_json
from printd.words.serials import pieces as count_pieces
from printd.words.states import DeliveryState, TransferState
from printd.words.subjects import Subject

Seal = Annotated[str, Field(pattern=r"^[A-Za-z0-9./_-]{1,64}$")]
Officials = Annotated[list[Official], Field(max_length=5)]
_OFFICIALS = TypeAdapter(Officials)
_SEALS = TypeAdapter(list[tuple[str, SealState]])


class TransferTold(TypedDict):
    """One transfer; ``age_days`` while it is on its way, ``overdue``: a loan that is not back on its day."""

    id: str
    source: str
    target: str
    pieces: int
    serials: list[list[str]]
    document: str
    due_back: str | None
    carrier: str
    seals: str
    state: TransferState
    sent_at: str
    sent_by: str
    sent_with: str
    acknowledged_at: str | None
    acknowledged_by: str | None
    acknowledged_with: str | None
    acknowledgement: str | None
    purpose: str | None
    conditions: list[str]
    givers: list[OfficialTold]
    receivers: list[OfficialTold]
    received_on: str | None
    arrived_seals: list[tuple[str, SealState]]
    age_days: int | None
    late: bool
    overdue: bool


class TransferShown(TransferTold):
    """One transfer, with size and root of the log for the foot of its act."""

    log_size: int
    log_root: str


class Sent(TransferShown):
    """A transfer that was sent, and the paths of its papers; ``None``: they are owed."""

    files: dict[str, str] | None


class Difference(TypedDict):
    """A difference between what was sent and what arrived, open until a document closes it."""

    id: str
    kind: Literal["short", "over"]
    pieces: int
    serials: list[list[str]]
    note: str


class Acknowledged(Sent):
    """A transfer that was acknowledged, with the differences that this opened."""

    discrepancies: list[Difference]


class Acknowledgement(TypedDict):
    """What our acknowledgement of a delivery says."""

    acknowledges: str
    serials: list[list[str]]
    pieces: int | None
    at: str | None
    receivers: list[OfficialTold]
    seals: list[tuple[str, SealState]]
    practice: NotRequired[Literal[True]]


class Receipt(Acknowledgement):
    """Our acknowledgement of a delivery: the signed ``note`` in base64, and the path of its ``file``."""

    note: str
    file: str


_GivenBack = TypedDict("_GivenBack", {"serials": list[list[str]], "from": str, "to": str, "why": Literal["give_back"]})


class GivenBack(_GivenBack):
    """Blanks that went back to the province, and the number of the entry that says so."""

    entry: int


class Carrier(TypedDict):
    """Who carries or carried a transfer."""

    transfer: str
    carrier: str


class _ManifestCarton(TypedDict):
    carton: str
    first: str
    last: str


class _Manifest(TypedDict):
    """The manifest of a transfer, in the form in which deliveries are announced."""

    delivery: str
    bast_number: str
    bast_date: str
    stock_type: str
    generation: str
    cartons: list[_ManifestCarton]
    seals: NotRequired[list[str]]
    due_back: NotRequired[str]
    practice: NotRequired[Literal[True]]


def send(
    desk: Desk,
    to: str,
    carrier: str,
    document: str,
    by: Person,
    second: Person,
    pieces: Annotated[int, Field(ge=1)] | None = None,
    serials: list[list[str]] | None = None,
    stock_type: Literal["WNI", "OA"] = "WNI",
    seals: list[Seal] | None = None,
    due_back: date | None = None,
    from_site: str | None = None,
    purpose: str | None = None,
    givers: Officials | None = None,
) -> Sent:
    """Send blanks to a site, or from a site back (``to`` is then ``store``); signed by two people.

    Its sealed manifest is written beside the act, for the other side to announce and count by.

    :param carrier: who carries it; the name is sealed, the log has a pseudonym.
    :param pieces: the lowest so many of the type; whole closed cartons leave sealed when named by their serials.
    :param due_back: a loan, or what is left of it, comes back until this day.
    :param purpose: for what the site gets them.
    :param givers: officials of the site that sends them back.
    """
    signed = two_people(desk, by, second)
    source = places.STORE if from_site is None else places.site(from_site)
    target = places.STORE if to == places.STORE else places.site(to)
    with desk.booking() as booking:
        connection = booking.connection
        for name in (to, from_site):
            if name not in (None, places.STORE):
                check_site(connection, str(name))
        ranges = _chosen(connection, source, pieces, serials, stock_type)
        number = len(transfers.transfers(connection)) + 1
        name = f"T{desk.shop.today().year}-{number:04d}"
        sealed: sealing.OfCarrier = {"carrier": carrier}
        digest = sealing.keep(desk, booking, Subject.TRANSFER.of(name), sealed)
        entry = booking.enter(
            TransferSent(
                transfer=name,
                from_=source,
                to=target,
                serials=tuple(ranges),
                document=plain(document, "document", 100),
                carrier=sealing.stand_in(desk, "carrier", carrier),
                seals=tuple(seals or ()),
                due_back=None if due_back is None else due_back.isoformat(),
                purpose=None if purpose is None else plain(purpose, "purpose"),
                givers=tuple(one.told() for one in givers or ()),
                conditions=tuple(desk.shop.config.custody.transfer_conditions) if target != places.STORE else (),
                sealed=digest,
            ),
            signed,
        )
    shown = show(desk, name)
    return {**shown, "files": _papers(desk, name, signed, entry.seq)}


def acknowledge(
    desk: Desk,
    transfer: str,
    document: str,
    by: Person,
    second: Person,
    serials: list[list[str]] | None = None,
    pieces: Annotated[int, Field(ge=0)] | None = None,
    receivers: Officials | None = None,
    received_on: date | None = None,
    seals: list[SeenSeal] | None = None,
) -> Acknowledged:
    """Book the other side's acknowledgement, from its paper; signed by two people.

    :param serials: what arrived, pairs of first and last serial; everything, where ``pieces`` is all that was sent.
    :param receivers: who signed for it there.
    :param received_on: day of its paper.
    :param seals: as they were when it arrived.
    """
    signed = two_people(desk, by, second)
    named = None if serials is None else join(parse_range(pair[0], pair[-1]) for pair in serials)
    told = _Told(plain(document, "document", 100), receivers or [], received_on, seals or [])
    return _acknowledge(desk, transfer, named, pieces, told, signed)


def acknowledge_signed(desk: Desk, transfer: str, content: File, by: Person, second: Person) -> Acknowledged:
    """Book an acknowledgement that the other side signed with its key; signed by two people here.

    :param content: the note, base64.
    """
    signed = two_people(desk, by, second)
    with desk.shop.store.reading() as connection:
        row = _on_its_way(connection, transfer, desk.shop.zone)
        site = sites.find_site(connection, places.whose(row["target"]))
    keys = [site["key"]] if site is not None and site["key"] else []
    try:
        raw, label = sealed_note.unseal(sent(content), keys)
    except NoteError as wrong:
        raise Refused(
            f"The acknowledgement of {transfer} does not hold.",
            why=f"{wrong}." if keys else f"No key is known of {row['target']}.",
            consequence="Nothing was booked.",
            remedy=("Ask the other side for it again, and compare its key: ", Do("sites.list")),
        ) from wrong
    told = json.loads(raw)
    if told.get("acknowledges") != transfer:
        raise Refused(
            f"This acknowledgement is not of {transfer}.", consequence="Nothing was booked.", remedy="Look at its file."
        )
    with desk.shop.store.reading() as connection:
        check_same_kind(
            connection,
            f"The acknowledgement of {transfer}",
            practice=bool(told.get("practice", False)),
            consequence="Nothing was booked.",
        )
    return _acknowledge(desk, transfer, join(from_json(told["serials"])), None, _told_by(told, label, desk), signed)


class _Told(NamedTuple):
    """What the other side says of a transfer that arrived, beside the serials."""

    paper: str
    receivers: Sequence[Official]
    received_on: date | None
    seals: Sequence[SeenSeal]


def _told_by(note: Mapping[str, object], label: str, desk: Desk) -> _Told:
    """Return what a signed acknowledgement says; one of an earlier version names nobody.

    :raises Refused: it is in no form that is known.
    """
    try:
        receivers = _OFFICIALS.validate_python(note.get("receivers", []))
        seals = [SeenSeal(seal=number, state=state) for number, state in _SEALS.validate_python(note.get("seals", []))]
        at = note.get("at")
        return _Told(label, receivers, office_day(parse(at), desk.shop.zone) if isinstance(at, str) else None, seals)
    except ValueError as wrong:  # pydantic's too
        raise Refused(
            "The acknowledgement says in no known form who received it, when, or how the seals were.",
            consequence="Nothing was booked.",
            remedy="Ask the other side for it again.",
        ) from wrong


def receipt(desk: Desk, delivery: str, by: Person) -> Receipt:
    """Write our acknowledgement of a received delivery for whoever sent it, signed with the documents key.

    Not while something is counted: it names every serial that came.
    """
    proved(desk, by)
    not_counting(desk)
    with desk.shop.store.reading() as connection:
        row = deliveries.find_delivery(connection, delivery)
        if row is None or row["state"] != DeliveryState.RECEIVED:
            raise Refused(f"Delivery {delivery} is not received.", consequence="Nothing was written.")
        life = movements.received_serials(connection, delivery)
        sheet = received.sheet(connection, row)
        staff = [operators.find_operator(connection, name or "") for name in (row["received_by"], row["received_with"])]
    arrived = to_json(join(life))
    document: Acknowledgement = {
        "acknowledges": delivery,
        "serials": arrived,
        "pieces": row["counted"],
        "at": row["received_at"],
        "receivers": [_official(one, desk.shop.config.office.name) for one in staff if one is not None],
        "seals": [] if sheet is None else list(sheet.seals),
    }
    if desk.shop.practice:
        document["practice"] = True
    note = sealed_note.seal(document, desk.shop.keys.documents)
    path = _file(desk, f"{delivery}.acknowledgement.note", note)
    return {**document, "note": b64encode(note).decode("ascii"), "file": path}


def give_back(desk: Desk, serials: list[list[str]], document: str, by: Person, second: Person) -> GivenBack:
    """Give blanks of the store back to the province; signed by two people."""
    signed = two_people(desk, by, second)
    ranges = tuple(join(parse_range(pair[0], pair[-1]) for pair in serials))
    number = plain(document, "document", 100)
    entry = desk.enter(
        BlanksMoved(serials=ranges, from_=places.STORE, to=places.RETURNED, why="give_back", document=number), signed
    )
    return {
        "serials": to_json(ranges),
        "from": places.STORE,
        "to": places.RETURNED,
        "why": "give_back",
        "entry": entry.seq,
    }


def list_(desk: Desk) -> list[TransferTold]:
    """Return all transfers, oldest first, with the age of those on their way and of loans that are overdue."""
    with desk.shop.store.reading() as connection:
        rows = transfers.transfers(connection)
        held = {row["place"] for row in blanks.held(connection)}
    return [_told(desk, row, held) for row in rows]


def show(desk: Desk, transfer: str) -> TransferShown:
    """Return one transfer."""
    with desk.shop.store.reading() as connection:
        row = _find(connection, transfer)
        held = {one["place"] for one in blanks.held(connection)}
        end = log.frontier(connection)
    return {**_told(desk, row, held), "log_size": end.size, "log_root": end.root().hex()}


def carrier(desk: Desk, transfer: str, by: Person) -> Carrier:
    """Return who carries or carried a transfer; a supervisor asks, and that is booked."""
    name = supervisor(desk, by)
    found = sealing.look(desk, Subject.TRANSFER.of(transfer), sealing.OfCarrier)
    desk.enter(RegisterRead(what=Subject.TRANSFER.of(transfer), rows=1), [name])
    return {"transfer": transfer, "carrier": found["carrier"]}


def _acknowledge(
    desk: Desk,
    transfer: str,
    named: list[SerialRange] | None,
    pieces: int | None,
    told: _Told,
    signed: Sequence[str],
) -> Acknowledged:
    with desk.booking() as booking:
        row = _on_its_way(booking.connection, transfer, desk.shop.zone)
        gone = from_json(json.loads(row["serials"]))
        if named is None:
            if pieces != row["pieces"]:
                raise Refused(
                    f"{row['pieces']} pieces left with {transfer}, {pieces} are acknowledged.",
                    why="A difference is booked by serial.",
                    consequence="Nothing was booked.",
                    remedy="Name the serials that arrived.",
                )
            named = gone
        differences = _differences(transfer, minus(gone, named), minus(named, gone))
        entry = booking.enter(
            TransferAcknowledged(
                transfer=transfer,
                serials=tuple(common(named, gone)),
                acknowledgement=told.paper,
                discrepancies=tuple(Discrepancy.model_validate(one) for one in differences),
                receivers=tuple(one.told() for one in told.receivers),
                received_on=None if told.received_on is None else told.received_on.isoformat(),
                seals=tuple((one.seal, one.state) for one in told.seals),
            ),
            signed,
        )
    shown = show(desk, transfer)
    return {**shown, "discrepancies": differences, "files": _papers(desk, transfer, signed, entry.seq)}


def _official(person: OperatorRow, office: str) -> OfficialTold:
    """Return somebody of our staff as another office sees them."""
    official: OfficialTold = {"name": person["legal_name"], "office": office}
    if person["nip"]:
        official["nip"] = person["nip"]
    if person["position"]:
        official["position"] = person["position"]
    return official


def _differences(transfer: str, short: list[SerialRange], over: list[SerialRange]) -> list[Difference]:
    found: list[tuple[Literal["short", "over"], list[SerialRange]]] = [("short", short), ("over", over)]
    return [
        {
            "id": f"{transfer}-{number}",
            "kind": kind,
            "pieces": count_pieces(part),
            "serials": to_json(part),
            "note": "",
        }
        for number, (kind, part) in enumerate((one for one in found if one[1]), start=1)
    ]


def papers(desk: Desk, transfer: str, by: Sequence[str], entry: int | None = None) -> dict[str, str]:
    """Write the papers of a transfer: its act, and the manifest with which the other side announces it.

    :param by: who sign that its act was made.
    :param entry: number of the entry for which it stands; left out: the last one that speaks of the transfer.
    :raises Refused: there is no such transfer.
    """
    shown = show(desk, transfer)
    act = Act("transfer", transfer, entry_of(desk, "transfer", transfer) if entry is None else entry)
    manifest = sealed_note.seal(_manifest(desk, shown), desk.shop.keys.documents)
    return {
        "manifest": _file(desk, f"{transfer}.manifest.note", manifest),
        **make(desk, act, act_of(desk, shown, act.entry), by),
    }


def _papers(desk: Desk, transfer: str, by: Sequence[str], entry: int) -> dict[str, str] | None:
    return owed.written(desk, "transfer", transfer, lambda: papers(desk, transfer, by, entry))


def _find(connection: Connection, transfer: str) -> TransferRow:
    row = transfers.find_transfer(connection, transfer)
    if row is None:
        raise Refused(f"There is no transfer {transfer}.", remedy=("See all with: ", Do("transfers.list")))
    return row


def _on_its_way(connection: Connection, transfer: str, zone: tzinfo) -> TransferRow:
    row = _find(connection, transfer)
    if row["state"] != TransferState.SENT:
        raise Refused(
            f"Transfer {transfer} was acknowledged already, at {moment(row['acknowledged_at'] or '-', zone)} by "
            f"{row['acknowledgement']}.",
            consequence="Nothing was booked twice.",
        )
    return row


def _chosen(
    connection: Connection, source: str, pieces: int | None, serials: list[list[str]] | None, stock_type: str
) -> list[SerialRange]:
    if (pieces is None) == (serials is None):
        raise Refused("Name either how many pieces leave, or their serials.", consequence="Nothing was moved.")
    if serials is not None:
        return join(parse_range(pair[0], pair[-1]) for pair in serials)
    found = lowest(connection, source, stock_type, pieces or 0)
    if count_pieces(found) < (pieces or 0):
        raise Refused(
            f"{source} has {count_pieces(found)} blanks of type {stock_type} to send, not {pieces}.",
            consequence="Nothing was moved.",
            blind=f"{source} does not have {pieces} blanks of type {stock_type} to send.",
        )
    return join(found)


def _manifest(desk: Desk, transfer: TransferShown) -> _Manifest:
    ranges = from_json(transfer["serials"])
    with desk.shop.store.reading() as connection:
        stock_type, generation = one_kind(connection, ranges)
    manifest: _Manifest = {
        "delivery": transfer["id"],
        "bast_number": transfer["document"],
        "bast_date": office_day(parse(transfer["sent_at"]), desk.shop.zone).isoformat(),
        "stock_type": stock_type,
        "generation": generation,
        "cartons": [
            {"carton": f"{transfer['id']}-{number}", "first": part.first_serial, "last": part.last_serial}
            for number, part in enumerate(ranges, start=1)
        ],
    }
    if transfer["seals"]:
        manifest["seals"] = transfer["seals"].split()
    if transfer["due_back"] is not None:
        manifest["due_back"] = transfer["due_back"]
    if desk.shop.practice:
        manifest["practice"] = True
    return manifest


def _file(desk: Desk, name: str, content: bytes) -> str:
    path: Path = desk.shop.folder / acts.FOLDER / name
    acts.write(path, content)
    return str(path)


def _told(desk: Desk, row: TransferRow, held: set[str]) -> TransferTold:
    age = age_days(desk.shop.store, row["sent_at"], desk.shop.books.clock())
    on_its_way = row["state"] == TransferState.SENT
    due = row["due_back"] if row["target"] in held else None
    return {
        **row,
        "serials": json.loads(row["serials"]),
        "conditions": json.loads(row["conditions"]),
        "givers": json.loads(row["givers"]),
        "receivers": json.loads(row["receivers"] or "[]"),
        "arrived_seals": json.loads(row["arrived_seals"] or "[]"),
        "age_days": age if on_its_way else None,
        "late": on_its_way and age > desk.shop.config.stock.late_days,
        "overdue": due is not None and desk.shop.today().isoformat() > due,
    }
