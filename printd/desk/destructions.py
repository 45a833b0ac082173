"""Acts on destruction (R9): two officers, witnesses, method and place; after it nothing moves those serials again."""

from __future__ import annotations

import io
import json
from base64 import b64encode
from collections.abc import Sequence
from datetime import tzinfo
from typing import Annotated, Final, Literal, NotRequired, TypedDict

from pydantic import BaseModel, ConfigDict, Field

from printd.desk import destruction_list, owed, sealing
from printd.desk.desk import Desk, File, not_to_disk, plain, sent, two_people
from printd.desk.destruction_list import CardList
from printd.desk.paper_making import Act
from printd.desk.proofs import Person
from printd.errors import Refused
from printd.events import destructions as events
from printd.events.destructions import BlanksDestroyed
from printd.events.fields import Voided
from printd.events.sealing import of_witnesses
from printd.intake.picture_rules import ImageLimits, ImageRefusedError
from printd.intake.pictures import PICTURES
from printd.remedies import Do
from printd.reports.destruction import destruction_act
from printd.reports.document import Document
from printd.reports.office import office_of
from printd.shop import photos as shop_photos
from printd.store import blanks, destructions, log, papers, spoils, trouble
from printd.store import cards as store_cards
from printd.store.rows import Connection
from printd.store.tables.destructions import DestructionRow
from printd.store.tables.spoils import SpoilRow
from printd.words import places
from printd.words.moments import office_day, parse, said
from printd.words.serials import SerialRange, join, minus, parse_range, pieces, to_json

MOST_PHOTOS: Final = 8
_LIMITS: Final = ImageLimits(photo_bytes=6_000_000, photo_pixels=25_000_000)
_SIDE: Final = 900
"""Pixels of a photo's longer side on a paper."""


class Witness(BaseModel):
    """Who saw it."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: Annotated[str, Field(min_length=1, max_length=100)]
    agency: Annotated[str, Field(min_length=1, max_length=100)]
    position: Annotated[str, Field(max_length=100)] = ""


class WitnessTold(TypedDict):
    """Who saw it, as the log has it: a pseudonym, whose official it was, and in which post where that was said."""

    who: str
    agency: str
    position: NotRequired[str]


class PhotoTold(TypedDict):
    """A photo that was taken: SHA-256 of its file in hex, and its bytes."""

    digest: str
    size: int


class SpoiledTold(TypedDict):
    """Spoiled blanks of one cause, step and day of the office; ``serials`` are pairs of first and last."""

    cause: str
    step: str
    day: str
    pieces: int
    serials: list[list[str]]


class DestructionTold(TypedDict):
    """One destruction; ``blanks`` and ``cards`` are how many of each. What nobody said is ``None``.

    ``basis`` are the rules that the office cited, ``orders`` letters for this one alone.
    """

    id: str
    ba_number: str
    at: str
    by: str
    second: str
    method: str
    place: str
    witnesses: list[WitnessTold]
    serials: list[list[str]]
    blanks: int
    cards: int
    begun: str | None
    ended: str | None
    voided: str | None
    recounted: int | None
    basis: list[str] | None
    orders: list[str]
    photos: list[PhotoTold]
    left_blanks: int | None
    left_cards: int | None


class DestructionShown(DestructionTold):
    """One destruction with pieces by cause, and size and root of the log for the foot of its act.

    ``list_pages``: of the list of its cards by name, where that was made before the act; ``None``: it was not.
    """

    spoiled: list[SpoiledTold]
    causes: dict[str, int]
    card_causes: dict[str, int]
    list_pages: int | None
    log_size: int
    log_root: str


class Destroyed(DestructionShown):
    """A destruction that was booked, and the paths of its act; ``None``: it is owed.

    ``annex`` is the PDF in base64 of the list of its cards by name, where that was asked for; it lies nowhere else.
    """

    files: dict[str, str] | None
    annex: str | None


def destroy(
    desk: Desk,
    ba_number: str,
    place: str,
    witnesses: Annotated[list[Witness], Field(min_length=1, max_length=20)],
    by: Person,
    second: Person,
    serials: list[list[str]] | None = None,
    cards: list[str] | None = None,
    method: Literal["burn", "punch_burn", "shred", "cut_burn"] = "burn",
    begun: str = "",
    ended: str = "",
    voided: Voided | None = None,
    recounted: Annotated[int, Field(ge=0)] | None = None,
    orders: Annotated[list[str], Field(max_length=10)] | None = None,
    photos: Annotated[list[File], Field(max_length=MOST_PHOTOS)] | None = None,
    annex: bool = False,
    to_disk: bool = False,
) -> Destroyed:
    """Book a destruction, signed by two officers. Names of witnesses are sealed; the log has their agencies.

    :param serials: pairs of first and last serial of what lies in the spoil bin; everything there, where left out.
    :param cards: ids of invalid cards; all that are kept, where left out.
    :param begun: on the office's clock, ``16.05`` or ``2026-11-30 16.05``; ``ended`` as well.
    :param voided: how the pieces were made unusable before.
    :param recounted: pieces that were counted once more before the witnesses.
    :param orders: letters on which this destruction alone stands; shredding needs one.
    :param photos: JPEG files, base64.
    :param annex: the two open the list of the cards by name and address too, and the act says how many pages it has;
        one of them is a supervisor.
    :param to_disk: the door is going to write that list to a disk, which in a real shop may not be.
    """
    if annex:
        not_to_disk(desk, destruction_list.WHAT, to_disk=to_disk)
    signed = destruction_list.two_to_open(desk, by, second) if annex else two_people(desk, by, second)
    number = plain(ba_number, "number of the act", 100)
    times = _said(desk, begun, "beginning"), _said(desk, ended, "end")
    letters = tuple(plain(one, "letter", 300) for one in orders or [])
    pictures = [_photo(one) for one in photos or []]
    with desk.booking() as booking:
        connection = booking.connection
        kept = {row["id"]: row for row in store_cards.cards_kept(connection)}
        chosen = sorted(kept) if cards is None else cards
        spoiled = _in(connection, places.SPOILED) if serials is None else _named(serials)
        invalid = join(parse_range(serial) for one in chosen if one in kept and (serial := kept[one]["serial"]))
        left = minus(_in(connection, places.SPOILED), spoiled)
        digests = _keep(desk, pictures)
        name = f"destruction-{booking.next_number()}"
        told = {"witnesses": [one.model_dump() for one in witnesses]}
        digest = sealing.keep(desk, booking, of_witnesses(name), told)
        destroyed = BlanksDestroyed(
            destruction=name,
            ba_number=number,
            serials=tuple(spoiled),
            invalid=tuple(invalid),
            cards=tuple(chosen),
            method=method,
            place=plain(place, "place"),
            witnesses=tuple(
                events.Witness(
                    who=sealing.stand_in(desk, "witness", one.name),
                    agency=plain(one.agency, "agency", 100),
                    position=plain(one.position, "position", 100) if one.position else "",
                )
                for one in witnesses
            ),
            begun=times[0],
            ended=times[1],
            voided=voided,
            recounted=recounted,
            basis=tuple(desk.shop.config.destruction.basis),
            orders=letters,
            photos=tuple(
                events.Photo(digest=digest, size=len(content))
                for digest, content in dict(zip(digests, pictures, strict=True)).items()
            ),
            left_blanks=pieces(left),
            left_cards=len(kept.keys() - set(chosen)),
            sealed=digest,
        )
        entry = booking.enter(destroyed, signed)
    of = Act("destruction", name, entry.seq)
    if not annex:
        return {**show(desk, name), "files": owed.paper(desk, of, signed, lambda: paper(desk, name)), "annex": None}
    opened = owed.follow(desk.owed, _NO_LIST, _THEN, lambda: destruction_list.opened(desk, show(desk, name), signed))
    pages = None if opened is None else opened.pages
    files = owed.paper(desk, of, signed, lambda: paper(desk, name, pages))
    made: bytes | None = None
    if opened is not None:
        made = owed.follow(desk.owed, _NO_LIST, _THEN, lambda: destruction_list.made(desk, opened, signed).content)
    listed = None if made is None else b64encode(made).decode("ascii")
    return {**show(desk, name), "files": files, "annex": listed}


_NO_LIST: Final = "The list of its cards by name was not made."
_THEN: Final = ("When that is mended, make it with: ", Do("destructions.annex"))


def annex(desk: Desk, destruction: str, by: Person, second: Person, to_disk: bool = False) -> CardList:
    """Return the cards of a destruction by name and by address; two open them, one of them a supervisor.

    :param to_disk: the door is going to write it to a disk, which in a real shop may not be.
    :raises Refused: there is no such destruction, or neither is a supervisor.
    """
    not_to_disk(desk, destruction_list.WHAT, to_disk=to_disk)
    signed = destruction_list.two_to_open(desk, by, second)
    opened = destruction_list.opened(desk, show(desk, destruction), signed)
    made = destruction_list.made(desk, opened, signed)
    return {"cards": opened.cards, "pages": made.pages, "pdf": b64encode(made.content).decode("ascii")}


def paper(desk: Desk, destruction: str, list_pages: int | None = None) -> Document:
    """Return what the act of a destruction says.

    :param list_pages: of the list of its cards by name, where that is being made.
    """
    shown = show(desk, destruction)
    found = (shop_photos.find(desk.shop.folder, one["digest"]) for one in shown["photos"])
    pictures = [_small(one) for one in found if one is not None]
    told: DestructionShown = {**shown, "list_pages": shown["list_pages"] if list_pages is None else list_pages}
    return destruction_act(told, office_of(desk.shop), pictures)


def _small(photo: bytes) -> bytes:
    """Return a photo as a paper carries it: small, and without the marks of its camera."""
    from printd.intake.images import decode_snapshot  # noqa: PLC0415 - what opens pictures loads slowly

    picture = decode_snapshot(photo, _LIMITS)
    picture.thumbnail((_SIDE, _SIDE))
    kept = io.BytesIO()
    picture.save(kept, "JPEG", quality=80)
    return kept.getvalue()


def _keep(desk: Desk, photos: Sequence[bytes]) -> list[str]:
    """Write photos; return their digests.

    :raises StorageError: the disk does not take them.
    """
    try:
        return shop_photos.keep(desk.shop.folder, photos)
    except OSError as failed:
        known = trouble.of_files(failed, "The photos of the destruction could not be kept.")
        if known is None:
            raise
        raise known from failed


def list_(desk: Desk) -> list[DestructionTold]:
    """Return all destructions, oldest first."""
    with desk.shop.store.reading() as connection:
        return [_told(row) for row in destructions.destructions(connection)]


def show(desk: Desk, destruction: str) -> DestructionShown:
    """Return one destruction with its causes."""
    with desk.shop.store.reading() as connection:
        row = destructions.find_destruction(connection, destruction)
        if row is None:
            raise Refused(f"There is no destruction {destruction}.", remedy=("See: ", Do("destructions.list")))
        told = _told(row)
        serials = _named(told["serials"])
        causes = spoils.causes_of(connection, serials)
        how = spoils.spoils_of(connection, serials)
        kept = store_cards.cards_of(connection, destruction)
        own = papers.first_of(connection, "destruction", destruction)
        listed = papers.first_of(connection, "destruction-list", destruction_list.called(destruction))
        end = log.frontier(connection)
    card_causes: dict[str, int] = {}
    for card in kept:
        card_causes[card["cause"]] = card_causes.get(card["cause"], 0) + 1
    return {
        **told,
        "spoiled": _by_cause(how, desk.shop.zone),
        "causes": causes,
        "card_causes": dict(sorted(card_causes.items())),
        "list_pages": None if own is None or listed is None or listed["entry"] > own["seq"] else listed["pages"],
        "log_size": end.size,
        "log_root": end.root().hex(),
    }


def _by_cause(how: Sequence[SpoilRow], zone: tzinfo) -> list[SpoiledTold]:
    """Return spoiled blanks by cause, step and day."""
    found: dict[tuple[str, str, str], list[SerialRange]] = {}
    for row in how:
        day = office_day(parse(row["at"]), zone).isoformat()
        found.setdefault((row["cause"], row["step"], day), []).append(parse_range(row["serial"]))
    return [
        {"cause": cause, "step": step, "day": day, "pieces": len(serials), "serials": to_json(join(serials))}
        for (cause, step, day), serials in sorted(found.items())
    ]


def _said(desk: Desk, text: str, what: str) -> str | None:
    """Return a moment of the office's clock as the log writes it; ``None``: nobody said it.

    :raises Refused: it is none.
    """
    if not text:
        return None
    try:
        return said(text, desk.shop.zone, desk.shop.today())
    except (ValueError, OverflowError) as wrong:
        raise Refused(
            f"The {what} of the destruction is no time.",
            consequence="Nothing was destroyed.",
            remedy="Say it as 16.05, or with the day as 2026-11-30 16.05.",
        ) from wrong


def _photo(text: str) -> bytes:
    """Return the bytes of a photo that can be put on a paper.

    :raises Refused: it is none.
    """
    content = sent(text)
    try:
        PICTURES.check_snapshot(content, _LIMITS)
    except ImageRefusedError as refused:
        raise Refused(
            str(refused), consequence="Nothing was destroyed.", remedy="Name JPEG files, as the camera makes them."
        ) from refused
    return content


def _in(connection: Connection, place: str) -> list[SerialRange]:
    return [row.serials for row in blanks.in_place(connection, place)]


def _named(pairs: list[list[str]]) -> list[SerialRange]:
    return join(parse_range(pair[0], pair[-1]) for pair in pairs)


def _told(row: DestructionRow) -> DestructionTold:
    return {
        **row,
        "witnesses": json.loads(row["witnesses"]),
        "serials": json.loads(row["serials"]),
        "basis": json.loads(row["basis"]),
        "orders": json.loads(row["orders"]),
        "photos": json.loads(row["photos"]),
    }
