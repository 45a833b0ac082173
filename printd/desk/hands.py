"""Whose hands were on a card: nobody says alone what became of one that nobody else touched."""

from __future__ import annotations

from collections.abc import Sequence

from printd.errors import Refused
from printd.events.signatures import Card, Signatures, why_not_alone
from printd.remedies import ASKED, SAME, Do


def check_hands(wanted: Signatures, card: Card, names: Sequence[str]) -> None:
    """Make sure that nobody whose hands alone were on a card says what became of it (design rule 7).

    The books hold the same; here the remedy is an act.

    :raises Refused: they would approve what they did themselves.
    """
    why = why_not_alone(wanted, card, names)
    if why:
        raise Refused(
            why,
            consequence="Nothing was changed.",
            remedy=("A second person looks at the card and signs too: ", Do(SAME, second=ASKED)),
        )
