"""One card as PNG pictures, one a panel and one a side as it would look. Pure."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from PIL import Image

from drivers import panels
from drivers.family import Abilities, Options, check_levels
from drivers.panels import Panels
from drivers.printer import Artwork, EncodedCard

_LEVEL_BITS = 8  # of a dot of dye: the grey levels of a PNG


@dataclass(frozen=True)
class Model:
    """A resolution.

    :param dpi: dots per inch of the pictures, 300 or 600.
    """

    name: str
    dpi: int

    @property
    def abilities(self) -> Abilities:
        """See :class:`drivers.family.Model`."""
        return Abilities(sides=2, dpi=self.dpi, colour_levels=frozenset({1 << _LEVEL_BITS}))


MODELS: Mapping[str, Model] = MappingProxyType({one.name: one for one in (Model("png", 300), Model("png-600", 600))})


def encode(art: Artwork, model: Model, options: Options | None = None) -> EncodedCard:
    """Put one card into PNG pictures: for each side its panels in the ribbon's order, then the side as it would look.

    A dye's panel has grey levels, 0 for none and 255 for all; resin and overlay are black and white, white where they
    are laid. The overlay is clear and is not seen on the side.

    :raises ArtworkError: wrong shapes, other levels than 256, or colour on a ribbon that has none.
    """
    options = options or Options()
    check_levels(model, options.levels)
    separation = options.separation
    sides = [("front", art.front, separation)]
    if art.back is not None:
        sides.append(("back", art.back, separation))
    pictures: list[bytes] = []
    for name, side, how in sides:
        panels.check(side, name, model.dpi)
        laid = panels.separate(side, how, bits=_LEVEL_BITS)
        pictures += [_png(Image.fromarray(getattr(laid, panel))) for panel in how.ribbon]
        pictures.append(_png(_look(laid)))
    return EncodedCard(tuple(pictures), tuple(separation.ribbon) * len(sides), separation.ribbon, len(sides))


def names(card: EncodedCard) -> list[str]:
    """Return the file names of a card's pictures, in the order of its commands."""
    each = len(card.panels) // card.sides
    return [
        f"{side}{panel}.png"
        for number, side in enumerate(("front", "back")[: card.sides])
        for panel in (*(f"-{one}" for one in card.panels[number * each : (number + 1) * each]), "")
    ]


def _look(laid: Panels) -> Image.Image:
    light = [np.where(laid.k, np.uint8(0), 255 - dye) for dye in (laid.c, laid.m, laid.y)]
    return Image.merge("RGB", [Image.fromarray(one) for one in light])


def _png(picture: Image.Image) -> bytes:
    # Cards are plain areas and rows that resemble each other, of which the filters leave runs: no search is needed.
    file = io.BytesIO()
    picture.save(file, "PNG", compress_level=1, compress_type=Image.RLE)
    return file.getvalue()
