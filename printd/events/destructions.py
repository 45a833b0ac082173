"""Destructions of spoiled blanks and invalid cards."""

from __future__ import annotations

from typing import ClassVar, Literal

from printd.events.base import Part
from printd.events.fields import Hash, Moment, Pseudonym, SerialRanges, Text, Voided, Whole
from printd.events.sealing import Sealing, of_witnesses


class Witness(Part):
    """Who saw a destruction; the name is sealed."""

    who: Pseudonym
    """Of the person."""

    agency: Text
    """Whose official it was."""

    # Absent in entries of earlier versions, and where nobody said it.
    position: Text = ""
    """Which post they hold there; absent: unknown."""


class Photo(Part):
    """A photo that was taken with a destruction; the file lies in the shop's folder."""

    digest: Hash
    """Of the file."""

    size: Whole
    """Bytes of the file."""


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

    # Absent in entries of earlier versions, and where nobody said it.
    begun: Moment | None = None
    """When the first piece was destroyed; absent: unknown."""

    ended: Moment | None = None
    """When the last one was; absent: unknown."""

    voided: Voided | None = None
    """How the pieces were made unusable before; absent: unknown."""

    recounted: Whole | None = None
    """Pieces that were counted once more before the witnesses, as many as are destroyed; absent: unknown."""

    # Absent in entries of earlier versions, which never had it; the two below as well.
    basis: tuple[Text, ...] | None = None
    """Rules and circulars on which the office destroys, as its configuration has them."""

    left_blanks: Whole | None = None
    """Spoiled blanks that are left to destroy."""

    left_cards: Whole | None = None
    """Invalid cards that are left to destroy."""

    orders: tuple[Text, ...] = ()
    """Letters on which this destruction alone stands, such as the mayor's approval; shredding needs one."""

    photos: tuple[Photo, ...] = ()
    """Taken while the pieces were destroyed."""

    @property
    def seal(self) -> str:
        """See :class:`printd.events.sealing.Sealing`."""
        return of_witnesses(self.destruction)
