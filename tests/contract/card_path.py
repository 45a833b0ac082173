"""A virtual card follows each simulated one: what is at a printer's contactless station lies in the reader there."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from hardware_mocks.pytest_wires import SimulatedPrinter
from hardware_mocks.wires.vicc import Slot, VirtualCard


def uid_of(blank: str) -> bytes:
    """Return the UID of a blank's chip: every blank has its own, seven bytes, fixed."""
    return b"\x04" + zlib.crc32(blank.encode()).to_bytes(4, "big") + b"\x5a\xa5"


class CardPath:
    """Ties the station of one printer to a slot of the virtual reader.

    :param chips: cards whose chip is not the usual one, by the blank's name; ``None``: no chip.
    """

    def __init__(self, printer: SimulatedPrinter, slot: Slot) -> None:
        self._machine = printer.machine
        self._slot = slot
        self._there: str | None = None
        self.chips: dict[str, VirtualCard | None] = {}
        self.read: list[str] = []
        """Blanks that lay at the station, in order."""

    def follow(self) -> None:
        """Let the reader have what the station has; called whenever something happens in the printer."""
        at_station = self._machine.position == "contactless" and self._machine.path
        blank = self._machine.path[0].blank if at_station else None
        if blank == self._there:
            return
        self._there = blank
        if blank is None:
            self._slot.remove()
            return
        self.read.append(blank)
        card = self.chips[blank] if blank in self.chips else VirtualCard(uid_of(blank))
        if card is not None:
            self._slot.insert(card)


@contextmanager
def card_path(printer: SimulatedPrinter, slot: Slot) -> Iterator[CardPath]:
    """Tie them until the end."""
    path = CardPath(printer, slot)
    with printer.machine.cond:
        printer.machine.listeners.append(path.follow)
    try:
        yield path
    finally:
        with printer.machine.cond:
            printer.machine.listeners.remove(path.follow)
