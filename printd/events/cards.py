"""Printed cards: checked, handed over, missing; and old ones that come back."""

from __future__ import annotations

from typing import ClassVar, Literal

from printd.events.base import Event
from printd.events.fields import Pseudonym, Serial, SpoilCause, Text, YesNo
from printd.events.sealing import Sealing
from printd.words.states import Quality


class CardChecked(Event):
    """The quality check of a printed card: good, it is finished; spoiled, it goes to the spoil bin, its job is held."""

    kind: ClassVar[str] = "card.checked"

    attempt: str
    """Id of the attempt that printed it."""

    quality: Literal[Quality.GOOD, Quality.SPOILED]
    """What it is."""

    cause: SpoilCause | None = None
    """Why it is spoiled; absent of a good one."""


class CardMissed(Event):
    """A printed card is not where it must be; its job is held."""

    kind: ClassVar[str] = "card.missed"

    attempt: str
    """Id of the attempt that printed it."""

    note: Text
    """What is known."""


class CardHandedOver(Event):
    """A finished card left for its holder; a temporary certificate of the same person is converted by it."""

    kind: ClassVar[str] = "card.handed_over"

    attempt: str
    """Id of the attempt that printed it."""

    # Absent in entries of earlier versions: nobody asked.
    receiver: Literal["holder", "proxy", "unknown"] | None = None
    """Who took it; absent in early entries: unknown."""

    old_card: Literal["taken", "none", "unknown"] | None = None
    """Whether an old card was taken back; absent in early entries: unknown."""

    basis: Text | None = None
    """Of a proxy: the paper on which they took it, such as a letter of authority; absent in early entries."""

    why_unknown: Text | None = None
    """Where either is unknown: why; absent in early entries."""


class CardTried(Event):
    """Somebody tried to reach the holder of a finished card; nothing here names anybody outside the office."""

    kind: ClassVar[str] = "card.tried"

    attempt: str
    """Id of the attempt that printed it."""

    how: Literal["phone", "visit", "message"]
    """In which way."""

    reached: YesNo = False
    """True where the holder, or somebody for them, was spoken to; absent elsewhere."""


class CardReturned(Sealing):
    """An invalid card came back, to be destroyed; whose it was is sealed."""

    kind: ClassVar[str] = "card.returned"

    card: str
    """Its id, a random UUID."""

    holder: Pseudonym
    """Of the person whose it was."""

    cause: Literal["encode_fail", "damaged", "print_fail", "data_change", "moved", "deceased"]
    """Why it is invalid."""

    from_site: Text
    """Where it was brought: `office`, or a site."""

    serial: Serial | None = None
    """Its blank, where the serial can be read; it then leaves its holder's hand in the books too."""

    @property
    def seal(self) -> str:
        """See :class:`printd.events.sealing.Sealing`."""
        return f"card:{self.card}"
