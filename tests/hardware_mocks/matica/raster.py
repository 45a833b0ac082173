"""Panels of a Matica / XID printer as uploaded, and what they are on the card's picture (protocol sheet 2, 5)."""

import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hardware_mocks.matica.words import Head


@dataclass(frozen=True)
class Plane:
    """One panel as uploaded; it has the exact size of the head."""

    head: Head
    panel: str
    raw: bytes

    @property
    def crc32(self) -> str:
        """CRC-32 of the panel's bytes as sent."""
        return f"{zlib.crc32(self.raw):08x}"

    def values(self) -> NDArray[np.uint8]:
        """Ink as a person sees it on the film's picture, upright, shape (rows, cols), 0 none, 255 full."""
        values = np.frombuffer(self.raw, np.uint8).reshape(self.head.rows, self.head.cols)
        if self.panel == "k":
            values = (values >= 128).astype(np.uint8) * 255
        return values[::-1, ::-1] if self.head.turned else values

    def density(self) -> NDArray[np.uint8]:
        """Ink on the card's picture, shape (648, 1016): the middle of the film, at 600 dpi two dots by two."""
        scale = self.head.dpi // 300
        high, wide = 648 * scale, 1016 * scale
        top, left = (self.head.rows - high) // 2, (self.head.cols - wide) // 2
        part = self.values()[top : top + high, left : left + wide]
        if scale == 1:
            return np.ascontiguousarray(part)
        pairs = part.reshape(648, scale, 1016, scale).astype(np.uint16)
        mean = (pairs.sum(axis=(1, 3)) + 2) // 4
        return np.asarray(mean, np.uint8)
