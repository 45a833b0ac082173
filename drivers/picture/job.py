"""One card as PNG pictures, one a panel and one a side as it would look. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from drivers import panels
from drivers.family import Abilities, Options, check_levels
from drivers.picture.raster import LEVEL_BITS, pack, pack_side
from drivers.printer import Artwork, EncodedCard


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
        return Abilities(sides=2, dpi=self.dpi, colour_levels=frozenset({1 << LEVEL_BITS}))


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
        laid = panels.separate(side, how, bits=LEVEL_BITS)
        pictures += [pack(getattr(laid, panel)) for panel in how.ribbon]
        pictures.append(pack_side(laid))
    return EncodedCard(tuple(pictures), tuple(separation.ribbon) * len(sides), separation.ribbon, len(sides))


def names(card: EncodedCard) -> list[str]:
    """Return the file names of a card's pictures, in the order of its commands."""
    each = len(card.panels) // card.sides
    return [
        f"{side}{panel}.png"
        for number, side in enumerate(("front", "back")[: card.sides])
        for panel in (*(f"-{one}" for one in card.panels[number * each : (number + 1) * each]), "")
    ]
