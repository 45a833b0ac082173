"""R9, the act of a destruction (*berita acara pemusnahan*)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypedDict

from printd.reports.document import Column, Document, Fact, Signature, Table, Value
from printd.words.serials import from_json, say

if TYPE_CHECKING:
    from typing_extensions import ReadOnly


class Witness(TypedDict):
    """Whose official saw it."""

    agency: ReadOnly[str]


class Destroyed(TypedDict):
    """What the act of a destruction says; ``causes`` has pieces by cause."""

    id: ReadOnly[str]
    ba_number: ReadOnly[str]
    at: ReadOnly[str]
    by: ReadOnly[str]
    second: ReadOnly[str]
    method: ReadOnly[str]
    place: ReadOnly[str]
    witnesses: ReadOnly[Sequence[Witness]]
    serials: ReadOnly[Sequence[Sequence[str]]]
    blanks: ReadOnly[int]
    cards: ReadOnly[int]
    causes: ReadOnly[Mapping[str, int]]
    card_causes: ReadOnly[Mapping[str, int]]


def destruction_act(shown: Any) -> Document:
    """Return the act of one destruction; witnesses sign beside their agency, names are written by hand.

    :param shown: a destruction as the desk shows it.
    """
    act: Destroyed = shown
    rows: list[dict[str, Value]] = [
        {"kind": kind, "cause": cause, "pieces": pieces}
        for kind, causes in (("blangko", act["causes"]), ("kartu", act["card_causes"]))
        for cause, pieces in causes.items()
    ]
    return Document(
        name=act["id"],
        title="Berita Acara Pemusnahan KTP-el Rusak/Invalid",
        english="Act of destruction of spoiled blanks and invalid cards",
        number=act["ba_number"],
        facts=[
            Fact("at", "Waktu", "Time", act["at"], "moment"),
            Fact("place", "Tempat", "Place", act["place"]),
            Fact("method", "Cara", "Method", act["method"]),
            Fact("blanks", "Blangko rusak", "Spoiled blanks", act["blanks"], "int"),
            Fact("cards", "Kartu invalid", "Invalid cards", act["cards"], "int"),
            Fact("serials", "Nomor seri", "Serials", say(from_json(act["serials"]), limit=40) or None),
        ],
        tables=[
            Table(
                "Keping menurut sebab",
                "Pieces by cause",
                [
                    Column("kind", "Jenis", "Kind", "text", 2),
                    Column("cause", "Sebab", "Cause", "code", 2),
                    Column("pieces", "Keping", "Pieces", "int"),
                ],
                rows,
                {"kind": "Jumlah", "cause": None, "pieces": act["blanks"] + act["cards"]},
            ),
        ],
        signatures=[
            Signature("Petugas 1", "Officer (1)", act["by"]),
            Signature("Petugas 2", "Officer (2)", act["second"]),
            *(Signature(f"Saksi, {one['agency']}", "Witness") for one in act["witnesses"]),
            Signature("Kepala Dinas", "Head of office"),
        ],
    )
