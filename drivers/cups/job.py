"""One card as a queue of CUPS wants it: one document of PWG Raster, a page a side. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from drivers import panels
from drivers.cups import raster
from drivers.errors import ArtworkError
from drivers.family import Abilities, Options, check_levels
from drivers.panels import Separation
from drivers.printer import Artwork, EncodedCard, Rung, SidePicture

DPI = 300
"""Dots per inch of every page."""


@dataclass(frozen=True)
class Model:
    """A page as a queue's driver wants it: what CUPS calls a printer model is the queue's own business.

    :param width: dots of the drawn card that are sent, landscape; the rest of the contract's picture is bleed.
    :param turn: quarter turns clockwise before it is sent: 0 for a landscape page, 1 or -1 for a portrait one.
    """

    name: str
    width: int
    height: int
    turn: int = 0
    sides: int = 1

    @property
    def abilities(self) -> Abilities:
        """See :class:`drivers.family.Model`."""
        return Abilities(sides=self.sides, dpi=DPI, counts=False, tells_position=False, proves=Rung.SENT)

    @property
    def page(self) -> tuple[float, float]:
        """Width and height of the page in mm, as it is sent."""
        size = (self.width * 25.4 / DPI, self.height * 25.4 / DPI)
        return size if not self.turn else (size[1], size[0])


_PAGES = {"cr80": (1011, 638), "cr80-bleed": (1016, 648), "hdp": (1035, 661)}
_TURNS = {"": 0, "-cw": 1, "-ccw": -1}
_SIDES = {"": 1, "-duplex": 2}
MODELS: Mapping[str, Model] = MappingProxyType(
    {
        page + turn + sides: Model(page + turn + sides, *_PAGES[page], _TURNS[turn], _SIDES[sides])
        for page in _PAGES
        for turn in _TURNS
        for sides in _SIDES
    }
)


def encode(art: Artwork, model: Model, options: Options | None = None) -> EncodedCard:
    """Put one card into one PWG Raster document, a page a side, front first.

    Resin is black, RGB 0, 0, 0, which drivers of card printers make of resin; overlay is an option of the queue's
    driver and is not in the picture (protocol sheet "Fallback").

    :raises ArtworkError: wrong shapes, a back on a model of one side, levels of dye or a
        separation, which are the queue's affair.
    """
    options = options or Options()
    check_levels(model, options.levels)
    if options.separation != Separation():
        raise ArtworkError(
            "Colours are separated by the queue's own driver", hint="Set ribbon and colours there: lpoptions"
        )
    sides = [("front", art.front)] + ([("back", art.back)] if art.back is not None else [])
    if len(sides) > model.sides:
        raise ArtworkError(f"The model {model.name} prints one side", hint=f"Use {model.name}-duplex")
    pages = [_page(side, name, model) for name, side in sides]
    size = f"custom_{model.name}_{model.page[0]:.2f}x{model.page[1]:.2f}mm"
    document = raster.document(pages, dpi=DPI, page_size=size)
    return EncodedCard((document,), ("rgb",) * len(pages), "", len(pages))


def _page(side: SidePicture, name: str, model: Model) -> npt.NDArray[np.uint8]:
    panels.check(side, name)
    fitted = panels.fit(side, model.width, model.height)
    rgb = np.where(fitted.resin[:, :, None], np.uint8(0), fitted.colour)
    return np.ascontiguousarray(np.rot90(rgb, -model.turn))
