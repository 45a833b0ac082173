"""What the counter answers when a card is handed over: who took it, on what paper, and what became of the old one."""

from __future__ import annotations

from typing import Literal

from printd.desk.desk import plain
from printd.errors import Refused
from printd.events.cards import CardHandedOver
from printd.remedies import ASKED, SAME, Do

Receiver = Literal["holder", "proxy", "unknown"]
OldCard = Literal["taken", "none", "unknown"]


def handed_over(
    attempt: str, receiver: Receiver, old_card: OldCard, basis: str | None, why_unknown: str | None
) -> CardHandedOver:
    """Return the event of a card that was handed over.

    :param basis: of a proxy: the paper on which they took it; no name, which the paper has and the log must not.
    :param why_unknown: why nobody knows who took it, or whether there was an old card.
    :raises Refused: a proxy has no paper, or unknown has no reason; or one stands where nothing asks for it.
    """
    unknown = "unknown" in (receiver, old_card)
    if receiver == "proxy" and basis is None:
        raise Refused(
            "The card went to a proxy, and no paper says that they may take it.",
            consequence="Nothing was booked.",
            remedy=("Name the paper, without a name: ", Do(SAME, basis=ASKED)),
        )
    if unknown and why_unknown is None:
        raise Refused(
            "Who took the card, or what became of the old one, is unknown, and nobody says why.",
            consequence="Nothing was booked.",
            remedy=("Say why: ", Do(SAME, why_unknown=ASKED)),
        )
    if (basis is not None and receiver != "proxy") or (why_unknown is not None and not unknown):
        raise Refused(
            "A proxy has a paper, and what is unknown a reason; nothing else has either.",
            consequence="Nothing was booked.",
        )
    return CardHandedOver(
        attempt=attempt,
        receiver=receiver,
        old_card=old_card,
        basis=None if basis is None else plain(basis, "basis"),
        why_unknown=None if why_unknown is None else plain(why_unknown, "reason"),
    )
