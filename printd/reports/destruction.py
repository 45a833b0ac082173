"""R9, the act of a destruction (*berita acara pemusnahan*), with its annexes (papers reference section 2, M4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NotRequired, TypedDict

from printd.language.sentences import Clock, Code, Count, Said, Sentence
from printd.language.vocabularies import Vocabulary
from printd.reports.document import (
    Act,
    Annex,
    Belongs,
    Column,
    Document,
    Party,
    Person,
    Signature,
    Signatures,
    Table,
    Value,
)
from printd.reports.office import Office, acknowledged
from printd.words.moments import office_day, parse
from printd.words.serials import parse_range

if TYPE_CHECKING:
    from typing_extensions import ReadOnly

TITLE = "Destruction of spoiled KTP-el blanks and of damaged or invalid KTP-el"
_LIST = "List of KTP-el by name and address"
_UNKNOWN = Sentence("not known yet")


class Witness(TypedDict):
    """Whose official saw it, and in which post."""

    agency: ReadOnly[str]
    position: NotRequired[ReadOnly[str]]


class Photo(TypedDict):
    """A photo that was taken with it."""

    digest: ReadOnly[str]
    size: ReadOnly[int]


class Spoiled(TypedDict):
    """Spoiled blanks of one cause, step and day."""

    cause: ReadOnly[str]
    step: ReadOnly[str]
    day: ReadOnly[str]
    serials: ReadOnly[Sequence[Sequence[str]]]


class Destroyed(TypedDict):
    """What the act of a destruction says; ``causes`` has pieces by cause. What nobody told is ``None``."""

    id: ReadOnly[str]
    ba_number: ReadOnly[str]
    at: ReadOnly[str]
    by: ReadOnly[str]
    second: ReadOnly[str]
    method: ReadOnly[str]
    place: ReadOnly[str]
    witnesses: ReadOnly[Sequence[Witness]]
    blanks: ReadOnly[int]
    cards: ReadOnly[int]
    begun: ReadOnly[str | None]
    ended: ReadOnly[str | None]
    voided: ReadOnly[str | None]
    recounted: ReadOnly[int | None]
    basis: ReadOnly[Sequence[str] | None]
    orders: ReadOnly[Sequence[str]]
    photos: ReadOnly[Sequence[Photo]]
    left_blanks: ReadOnly[int | None]
    left_cards: ReadOnly[int | None]
    spoiled: ReadOnly[Sequence[Spoiled]]
    causes: ReadOnly[Mapping[str, int]]
    card_causes: ReadOnly[Mapping[str, int]]
    list_pages: ReadOnly[int | None]


class Listed(TypedDict):
    """A destroyed card with whose it was; ``None``: erased by now."""

    nik: ReadOnly[str | None]
    name: ReadOnly[str | None]
    address: ReadOnly[str | None]
    serial: ReadOnly[str | None]
    cause: ReadOnly[str]
    received_at: ReadOnly[str]
    from_site: ReadOnly[str]


def destruction_act(shown: Any, office: Office, pictures: Sequence[bytes] = ()) -> Document:
    """Return the act of one destruction; witnesses sign beside their agency, names are written by hand.

    :param shown: a destruction as the desk shows it.
    :param pictures: its photos, small, as JPEG.
    """
    act: Destroyed = shown
    officers = [office.person(one) for one in (act["by"], act["second"])]
    copies = office.copies.get("destruction", 3)
    return Document(
        name=act["id"],
        title=TITLE,
        given=act["ba_number"],
        act=Act(
            at=act["begun"] or act["at"],
            place=act["place"],
            parties=[Party(one) for one in officers],
            basis=[Sentence("{letter}", letter=one) for one in (*(act["basis"] or ()), *act["orders"])],
            deed=_deed(act),
            points=_points(act),
            copies=copies,
            keepers="one each for this office, the inspectorate and the Directorate General"
            if copies == _KEEPERS
            else "",
            annexes=_annexes(act, pictures),
        ),
        tables=[
            _by_cause("Spoiled blanks by cause", act["causes"], Vocabulary.CAUSE),
            _by_cause("Damaged or invalid KTP-el by cause", act["card_causes"], Vocabulary.INVALID),
        ],
        signatures=[
            Signatures([Signature("Officer I", officers[0]), Signature("Officer II", officers[1])]),
            Signatures(
                [
                    Signature("Witness", Person(agency=one["agency"], position=one.get("position", "")))
                    for one in act["witnesses"]
                ],
                "table",
                "Witnesses:",
            ),
            acknowledged(office),
        ],
    )


_KEEPERS = 3


def _deed(act: Destroyed) -> Sentence:
    method = Code(Vocabulary.METHOD, act["method"])
    if act["begun"] is None and act["ended"] is None:
        return Sentence(
            "have destroyed, {method}, at times that are not known, before the witnesses below:", method=method
        )
    begun, ended = (_UNKNOWN if at is None else Clock(at) for at in (act["begun"], act["ended"]))
    return Sentence(
        "have destroyed, {method}, begun at {begun} and ended at {ended}, before the witnesses below:",
        method=method,
        begun=begun,
        ended=ended,
    )


def _points(act: Destroyed) -> list[Sentence]:
    total = act["blanks"] + act["cards"]
    voided: Said = _UNKNOWN if act["voided"] is None else Code(Vocabulary.VOIDED, act["voided"])
    recounted: Said = _UNKNOWN if act["recounted"] is None else Count(act["recounted"])
    left = [None if one is None else Count(one) for one in (act["left_blanks"], act["left_cards"])]
    points = [
        Sentence("Pieces in all: {pieces}.", pieces=Count(total)),
        Sentence(
            "Before, every piece was recorded; it was made unusable: {voided}; pieces counted again before the "
            "witnesses: {recounted}.",
            voided=voided,
            recounted=recounted,
        ),
        Sentence(
            "Left to destroy: spoiled blanks {blanks}, damaged or invalid KTP-el {cards}.",
            blanks=left[0] or _UNKNOWN,
            cards=left[1] or _UNKNOWN,
        ),
    ]
    if not act["photos"]:
        points.append(Sentence("No photo was taken."))
    return points


def _by_cause(title: str, causes: Mapping[str, int], words: Vocabulary) -> Table:
    rows: list[dict[str, Value]] = [
        {"no": number, "cause": cause, "pieces": pieces}
        for number, (cause, pieces) in enumerate(causes.items(), start=1)
    ]
    columns = [
        Column("no", "No.", "int", 0.3),
        Column("cause", "Cause", width=4, words=words),
        Column("pieces", "Pieces", "int"),
    ]
    return Table(
        title, columns, rows, {"cause": Sentence("Total"), "pieces": sum(causes.values())} if rows else None, "nil"
    )


def _annexes(act: Destroyed, pictures: Sequence[bytes]) -> list[Annex]:
    pages = act["list_pages"]
    listed = (
        Sentence("{rows} lines, a paper of its own", rows=act["cards"])
        if pages is None
        else Sentence("{rows} lines, a paper of its own of {pages} pages", rows=act["cards"], pages=pages)
    )
    taken: list[dict[str, Value]] = [
        {"no": number, "digest": one["digest"], "size": one["size"]}
        for number, one in enumerate(act["photos"], start=1)
    ]
    annexes = [Annex(_LIST, restricted=True, apart=listed)] if act["cards"] else []
    if act["spoiled"]:
        annexes.append(Annex("Serials of spoiled blanks", [Table("", _SERIALS, _serials(act["spoiled"]))]))
    if taken:
        times = Sentence(
            "Taken on the spot between {begun} and {ended}.",
            begun=_UNKNOWN if act["begun"] is None else Clock(act["begun"]),
            ended=_UNKNOWN if act["ended"] is None else Clock(act["ended"]),
        )
        remarks = [times]
        if len(pictures) < len(taken):
            remarks.append(Sentence("Photos whose files are no longer there: {gone}.", gone=len(taken) - len(pictures)))
        annexes.append(Annex("Photos", [Table("", _PHOTOS, taken)], remarks, pictures=pictures))
    return annexes


_SERIALS = [
    Column("no", "No.", "int", 0.4),
    Column("first", "First serial", "code", 1.7),
    Column("last", "Last serial", "code", 1.7),
    Column("pieces", "Pieces", "int", 0.6),
    Column("cause", "Cause", width=1.8, words=Vocabulary.CAUSE),
    Column("step", "Step", width=1.4, words=Vocabulary.STEP),
    Column("day", "Date", "day", 1),
]

_PHOTOS = [
    Column("no", "No.", "int", 0.4),
    Column("digest", "Digital fingerprint of the file (SHA-256)", "code", 6),
    Column("size", "Bytes", "int", 1),
]


def _serials(spoiled: Sequence[Spoiled]) -> list[dict[str, Value]]:
    rows: list[dict[str, Value]] = []
    for one in spoiled:
        for first, last in one["serials"]:
            told: dict[str, Value] = {"first": first, "last": last, "pieces": len(parse_range(first, last))}
            rows.append({"no": len(rows) + 1, **told, **{key: one[key] for key in ("cause", "step", "day")}})
    return rows


def card_list(shown: Any, cards: Sequence[Listed], number: str, day: str, office: Office) -> Document:
    """Return the first annex of a destruction, the list of its cards by name and address: a paper of its own.

    :param shown: the destruction as the desk shows it.
    :param number: official one of its act; ``day``: on which that was done.
    """
    act: Destroyed = shown
    rows: list[dict[str, Value]] = [
        {
            "no": at,
            "nik": one["nik"],
            "name": one["name"],
            "address": one["address"],
            "serial": one["serial"],
            "cause": one["cause"],
            "taken": office_day(parse(one["received_at"]), office.reader.zone).isoformat(),
            "site": one["from_site"],
        }
        for at, one in enumerate(cards, start=1)
    ]
    officers = [office.person(one) for one in (act["by"], act["second"])]
    return Document(
        name=f"{act['id']}-list",
        title=_LIST,
        belongs=Belongs(1, TITLE, number, day, restricted=True),
        tables=[Table("", _CARDS, rows, empty="nil")],
        signatures=[
            Signatures(
                [
                    Signature("Officer I", officers[0]),
                    Signature("Officer II", officers[1]),
                    *acknowledged(office).signers,
                ]
            )
        ],
        landscape=True,
    )


_CARDS = [
    Column("no", "No.", "int", 0.4),
    Column("nik", "NIK", "code", 1.5),
    Column("name", "Name", width=2),
    Column("address", "Address", width=3.4),
    Column("serial", "Serial, where known", "code", 1.3),
    Column("cause", "Cause", width=1.5, words=Vocabulary.INVALID),
    Column("taken", "Taken back on", "day", 1),
    Column("site", "From unit", width=1, words=Vocabulary.SITE),
]
