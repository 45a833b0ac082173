"""Destructions of spoiled blanks and invalid cards."""

from __future__ import annotations

from typing import ClassVar, Literal

from printd.events.base import Part
from printd.events.fields import Pseudonym, SerialRanges, Text
from printd.events.sealing import Sealing, of_witnesses


class Witness(Part):
    """Who saw a destruction; the name is sealed."""

    who: Pseudonym
    """Of the person."""

    agency: Text
    """Whose official it was."""


class BlanksDestroyed(Sealing):
    """Two officers destroyed spoiled blanks and invalid cards; nothing moves them again."""

    kind: ClassVar[str] = "blanks.destroyed"

    destruction: str
    """Its name."""

    ba_number: Text
    """Number of the act (*berita acara*)."""

    serials: SerialRanges
    """What lay in the spoil bin."""

    invalid: SerialRanges
    """Blanks of the invalid cards, of those whose serial could be read."""

    cards: tuple[str, ...]
    """Ids of the invalid cards."""

    method: Literal["burn", "punch_burn", "shred", "cut_burn"]
    """How."""

    place: Text
    """Where, in words."""

    witnesses: tuple[Witness, ...]
    """Who looked on."""

    @property
    def seal(self) -> str:
        """See :class:`printd.events.sealing.Sealing`."""
        return of_witnesses(self.destruction)
