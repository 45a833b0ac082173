"""R9, the act of a destruction (*berita acara pemusnahan*)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from printd.reports.document import Column, Document, Fact, Signature, Table
from printd.words.serials import from_json, say


def destruction_act(act: Mapping[str, Any]) -> Document:
    """Return the act of one destruction; witnesses sign beside their agency, names are written by hand."""
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
                [
                    *({"kind": "blangko", "cause": cause, "pieces": n} for cause, n in act["causes"].items()),
                    *({"kind": "kartu", "cause": cause, "pieces": n} for cause, n in act["card_causes"].items()),
                ],
                {"kind": "Jumlah", "cause": None, "pieces": act["blanks"] + act["cards"]},
            ),
        ],
        signatures=[
            Signature("Petugas 1", "Officer (1)", act["by"]),
            Signature("Petugas 2", "Officer (2)", act["second"]),
            *(Signature(f"Saksi, {one['agency']}", "Witness") for one in act["witnesses"]),
            Signature("Kepala Dinas", "Head of office"),
        ],
        size=act["log_size"],
        root=act["log_root"],
    )
