"""A card and what was laid on it, side by side and panel by panel."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

WIDTH, HEIGHT = 1016, 648
"""Card picture in dots, landscape, 300 dpi (protocol sheet 4.1)."""
SIDES = ("front", "back")
_PLANE = {"c": 0, "m": 1, "y": 2}  # the dye takes its complement out of red, green, blue


class Ink(Protocol):
    """What a printer language hands over for one panel."""

    @property
    def crc32(self) -> str:
        """CRC-32 of the panel's packed raster, 8 hex digits."""

    def density(self) -> NDArray[np.uint8]:
        """Ink on the upright landscape picture, shape (648, 1016), 0 none, 255 full."""


@dataclass
class Laid:
    """One panel that touched the card; ``laid`` is the part that was done, from the left edge."""

    panel: str
    job: int
    crc32: str
    laid: float
    ink: Ink | None

    def as_json(self) -> dict[str, object]:
        """Describe the panel for the truth file."""
        return {"panel": self.panel, "job": self.job, "crc32": self.crc32, "laid": round(self.laid, 3)}


@dataclass
class Card:
    """One physical blank."""

    blank: str
    defect: str | None = None
    sides: dict[str, list[Laid]] = field(default_factory=lambda: {side: [] for side in SIDES})
    intended: dict[int, list[tuple[str, str]]] = field(default_factory=dict)
    pictures: dict[str, Path] = field(default_factory=dict)
    tracks: dict[int, bytes] = field(default_factory=dict)

    def lay(self, side: str, laid: Laid) -> None:
        """Put one panel on one side, over whatever is there."""
        self.sides[side].append(laid)

    def jobs(self) -> list[int]:
        """Return the jobs whose ink is on the card."""
        return sorted({laid.job for side in SIDES for laid in self.sides[side]})

    def complete(self) -> bool:
        """Say whether every panel of exactly one job lies on the card whole and once, and nothing else."""
        jobs = self.jobs()
        if len(jobs) != 1:
            return False
        have = Counter((side, laid.panel) for side in SIDES for laid in self.sides[side])
        whole = all(laid.laid >= 1.0 for side in SIDES for laid in self.sides[side])
        return whole and max(have.values()) == 1 and have == Counter(self.intended.get(jobs[0], []))

    def picture(self, side: str) -> Image.Image:
        """Compose what a person sees on one side; RGB, 1016 x 648."""
        planes = self._ground(side)
        for laid in self.sides[side]:
            columns = round(laid.laid * WIDTH)
            if laid.ink is None or laid.panel in ("o", "u") or columns == 0:
                continue  # overlay is clear, UV ink unseen; ink of an earlier pass is already in the ground
            density = laid.ink.density()[:, :columns]
            if laid.panel == "k":
                for plane in planes:
                    np.minimum(plane[:, :columns], ~density, out=plane[:, :columns])
            else:
                part = planes[_PLANE[laid.panel]][:, :columns]
                if part.min() == 255:
                    np.invert(density, out=part)
                else:  # dye over dye multiplies: a second pass is seen as too dark
                    part[:] = part.astype(np.uint16) * (~density) // 255
        if self.defect is not None and side == "front":
            _blotch(planes)
        return Image.merge("RGB", [Image.fromarray(plane) for plane in planes])

    def _ground(self, side: str) -> list[NDArray[np.uint8]]:
        path = self.pictures.get(side)
        if path is None or not path.exists():
            return [np.full((HEIGHT, WIDTH), 255, dtype=np.uint8) for _ in range(3)]
        with Image.open(path) as image:
            pixels = np.asarray(image.convert("RGB"))
        return [np.ascontiguousarray(pixels[:, :, index]) for index in range(3)]

    def save(self, folder: Path, stem: str) -> None:
        """Write a picture of each side that carries ink (the front always) and let go of the rasters."""
        for side in SIDES:
            if side == "front" or self.sides[side]:
                path = folder / (f"{stem}.png" if side == "front" else f"{stem}-back.png")
                self.picture(side).save(path, compress_level=1)
                self.pictures[side] = path
        self.drop_ink()

    def drop_ink(self) -> None:
        """Let go of the rasters; what was laid stays known."""
        for side in SIDES:
            for laid in self.sides[side]:
                laid.ink = None


def _blotch(planes: list[NDArray[np.uint8]]) -> None:
    y, x = np.ogrid[:HEIGHT, :WIDTH]
    spot = ((x - 620) / 90.0) ** 2 + ((y - 330) / 60.0) ** 2 < 1.0
    for plane in planes:
        plane[spot] = 244
