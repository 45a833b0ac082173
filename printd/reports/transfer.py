"""R13, the handover record of a transfer or loan (*berita acara serah terima antar unit*)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypedDict

from printd.reports.document import Column, Document, Fact, Signature, Table

if TYPE_CHECKING:
    from typing_extensions import ReadOnly


class Transferred(TypedDict):
    """What the act of a transfer says."""

    id: ReadOnly[str]
    document: ReadOnly[str]
    source: ReadOnly[str]
    target: ReadOnly[str]
    pieces: ReadOnly[int]
    serials: ReadOnly[Sequence[Sequence[str]]]
    due_back: ReadOnly[str | None]
    seals: ReadOnly[str]
    sent_at: ReadOnly[str]
    sent_by: ReadOnly[str]
    sent_with: ReadOnly[str]
    acknowledged_at: ReadOnly[str | None]
    acknowledgement: ReadOnly[str | None]


def transfer_act(shown: Any) -> Document:
    """Return the act of one transfer, sent or acknowledged; the carrier signs by hand.

    :param shown: a transfer as the desk shows it.
    """
    transfer: Transferred = shown
    return Document(
        name=f"transfer-{transfer['id']}{'' if transfer['acknowledged_at'] is None else '-acknowledged'}",
        title="Berita Acara Serah Terima Blangko Antar Unit",
        english="Handover record of a transfer of blanks",
        number=transfer["document"],
        facts=[
            Fact("id", "Nomor kiriman", "Transfer", transfer["id"], "code"),
            Fact("source", "Dari", "From", transfer["source"], "code"),
            Fact("target", "Kepada", "To", transfer["target"], "code"),
            Fact("pieces", "Keping", "Pieces", transfer["pieces"], "int"),
            Fact("due_back", "Dikembalikan paling lambat", "Due back", transfer["due_back"]),
            Fact("seals", "Segel", "Seals", transfer["seals"] or None),
            Fact("sent_at", "Dikirim", "Sent", transfer["sent_at"], "moment"),
            Fact("acknowledged_at", "Diterima", "Acknowledged", transfer["acknowledged_at"], "moment"),
            Fact("acknowledgement", "Bukti terima", "Acknowledgement", transfer["acknowledgement"]),
        ],
        tables=[
            Table(
                "Nomor seri",
                "Serials",
                [Column("first", "Awal", "First", "code", 2), Column("last", "Akhir", "Last", "code", 2)],
                [{"first": first, "last": last} for first, last in transfer["serials"]],
            )
        ],
        signatures=[
            Signature("Yang menyerahkan 1", "Handed over by (1)", transfer["sent_by"]),
            Signature("Yang menyerahkan 2", "Handed over by (2)", transfer["sent_with"]),
            Signature("Pembawa", "Carrier"),
            Signature("Yang menerima", "Received by"),
        ],
    )
