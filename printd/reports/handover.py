"""The slip that the holder of a card takes along (*tanda terima*): says nothing of who that is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict

from printd.reports.document import Document, Fact, Signature

if TYPE_CHECKING:
    from typing_extensions import ReadOnly


class HandedOver(TypedDict):
    """What the slip says of a card."""

    attempt: ReadOnly[str]
    serial: ReadOnly[str]
    printed_at: ReadOnly[str]
    at: ReadOnly[str]
    by: ReadOnly[str]
    receiver: ReadOnly[str]
    old_card: ReadOnly[str]


_RECEIVERS = {"holder": "pemegang sendiri / the holder", "proxy": "kuasa / a proxy"}
_OLD_CARDS = {"taken": "ditarik / taken back", "none": "tidak ada / there was none"}


def slip(told: Any) -> Document:
    """Return the slip of one card that was handed over.

    :param told: as the desk shows it.
    """
    card: HandedOver = told
    return Document(
        name=f"handover-{card['attempt']}",
        title="Tanda Terima KTP-el",
        english="Receipt of an identity card",
        number=card["serial"],
        facts=[
            Fact("serial", "Nomor seri blangko", "Serial of the blank", card["serial"], "code"),
            Fact("printed_at", "Dicetak", "Printed", card["printed_at"], "moment"),
            Fact("at", "Diserahkan", "Handed over", card["at"], "moment"),
            Fact("by", "Oleh", "By", card["by"]),
            Fact("receiver", "Diterima oleh", "Received by", _RECEIVERS.get(card["receiver"])),
            Fact("old_card", "Kartu lama", "Old card", _OLD_CARDS.get(card["old_card"])),
        ],
        signatures=[
            Signature("Yang menyerahkan", "Handed over by", card["by"]),
            Signature("Penerima", "Receiver"),
        ],
        small=True,
    )
