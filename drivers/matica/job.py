"""One card as Matica / XID retransfer printers want it: panels, film, transfer (protocol sheet 2, 5, 6, 10). Pure.

``EncodedCard.commands`` are blocks of the Ethernet dialect with the sequence 0, in the order in which they are sent
once a blank is at the print position. On Ethernet they go out as they are, numbered; on USB each is translated, and
the pixels of an upload are taken over (:func:`drivers.matica.wires.scsi.translated`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from drivers import panels
from drivers.errors import ArtworkError
from drivers.family import Abilities, check_levels
from drivers.family import Options as CommonOptions
from drivers.matica import blocks
from drivers.matica.raster import LEVEL_BITS, pack, pack_resin
from drivers.panels import Separation
from drivers.printer import Artwork, EncodedCard, SidePicture, Station

_TAGS = {"y": 0x01, "m": 0x02, "c": 0x04, "k": 0x08}
_OUT = 5  # the normal exit


@dataclass(frozen=True)
class Model:
    """What one model is.

    :param type: beginning of the type string that it reports.
    :param columns: dots of a panel, landscape; the film is printed beyond the card's edge.
    :param rows: rows of a panel.
    :param turned: whether the picture is sent turned by 180 degrees.
    :param parameter: of the block that begins a document.
    :param long_transfer: whether its firmware wants the transfer in the longer form (sheet 13.2).
    """

    name: str
    type: str
    dpi: int
    columns: int
    rows: int
    turned: bool
    parameter: int
    long_transfer: bool = False
    usb_product: int = 0x701D

    @property
    def abilities(self) -> Abilities:
        """See :class:`drivers.family.Model`."""
        return Abilities(sides=2, dpi=self.dpi, colour_levels=frozenset({1 << LEVEL_BITS}), stations=frozenset(Station))


MODELS: Mapping[str, Model] = MappingProxyType(
    {
        model.name: model
        for model in (
            Model("xid8600", "XID8600", 600, 2072, 1328, turned=True, parameter=2),
            Model("xid580x", "XID580", 300, 1036, 664, turned=False, parameter=0),
        )
    }
)


def model_of(type_string: str) -> Model | None:
    """Return the model that reports this type, ``None`` where none is known."""
    return next((model for model in MODELS.values() if type_string.startswith(model.type)), None)


def encode(art: Artwork, model: Model, options: CommonOptions | None = None) -> EncodedCard:
    """Put one card into blocks: of each side its panels, one print to film, one transfer.

    Both sides may have colour: each takes a ribbon's full set. The film covers the whole card, so that there is no
    overlay panel and no window in it: the overlay pictures are not used.

    :raises ArtworkError: wrong shapes, other levels than 256, a side with nothing on it, colour where there is resin
        alone and nothing is said about how to dither.
    """
    options = options or CommonOptions()
    check_levels(model, options.levels)
    separation = options.separation
    sides = [("front", art.front)] if art.back is None else [("front", art.front), ("back", art.back)]
    for name, side in sides:
        panels.check(side, name, model.dpi)
    commands: list[bytes] = []
    names: list[str] = []
    for name, side in sides:
        laid = _panels(side, separation, model, name)
        commands += [blocks.upload(_TAGS[panel], pack(one, turned=model.turned)) for panel, one in laid.items()]
        commands.append(blocks.command(blocks.PRINT, 0, sum(_TAGS[panel] for panel in laid)))
        last = name == sides[-1][0]
        then = (0, _OUT) if last else (blocks.FLIP, 0)
        commands.append(blocks.long_transfer(*then) if model.long_transfer else blocks.command(blocks.TRANSFER, *then))
        names += laid
    return EncodedCard(tuple(commands), tuple(names), "ymck" if separation.dyes else "k", len(sides))


def _panels(side: SidePicture, separation: Separation, model: Model, name: str) -> dict[str, npt.NDArray[np.uint8]]:
    """Return the panels that carry something, upright: all dyes or none, one byte a dot (sheet 5)."""
    fitted = panels.fit(side, model.columns, model.rows)
    inks = panels.separate(fitted, separation, bits=LEVEL_BITS)
    laid = {"y": inks.y, "m": inks.m, "c": inks.c} if inks.y.any() or inks.m.any() or inks.c.any() else {}
    if inks.k.any():
        laid["k"] = pack_resin(inks.k)
    if not laid:
        raise ArtworkError(f"There is nothing to print on the {name}", hint="Leave the side out")
    return laid
