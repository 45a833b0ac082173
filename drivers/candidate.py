"""What a search for printers finds: something that may be one, and what it may be."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Match:
    """A family, perhaps a model, and how well a device fits it, 0 to 100."""

    family: str
    model: str | None
    score: int


@dataclass(frozen=True)
class Candidate:
    """Something that may be a card printer.

    :param wire: ``usb``, ``serial``, ``tcp`` or ``cups``.
    :param uri: its address, ``None`` where it cannot be addressed (``why``).
    :param matches: what it may be, best first; none for a serial line, which does not tell what is connected to it.
    :param says: what it says of itself: product, IEEE-1284 id, greeting.
    """

    wire: str
    uri: str | None
    serial_number: str | None
    matches: tuple[Match, ...]
    says: str = ""
    why: str = ""
