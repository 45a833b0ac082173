"""The slip that the holder of a card takes along (*tanda terima*): says nothing of who that is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypedDict

from printd.language.vocabularies import Vocabulary
from printd.reports.document import Document, Fact, Signature, Signatures
from printd.reports.office import Office

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


def slip(told: Any, office: Office) -> Document:
    """Return the slip of one card that was handed over.

    :param told: as the desk shows it.
    """
    card: HandedOver = told
    return Document(
        name=f"handover-{card['attempt']}",
        title="Receipt of an identity card",
        number=card["serial"],
        facts=[
            Fact("serial", "Serial of the blank", card["serial"], "code"),
            Fact("printed_at", "Printed", card["printed_at"], "moment"),
            Fact("at", "Handed over", card["at"], "moment"),
            Fact("by", "By", office.person(card["by"]).name),
            Fact("receiver", "Received by", card["receiver"], words=Vocabulary.RECEIVER),
            Fact("old_card", "Old card", card["old_card"], words=Vocabulary.OLD_CARD),
        ],
        signatures=[
            Signatures([Signature("Handed over by", office.person(card["by"])), Signature("Receiver")]),
        ],
        small=True,
    )
