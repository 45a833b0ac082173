"""One card as Evolis printers want it: parameters, bitmaps and what lays them (protocol sheet 4, 5, 7). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from drivers import panels
from drivers.dither import Dither
from drivers.errors import ArtworkError
from drivers.evolis.raster import compress, compress_levels, download, pack_bits, pack_levels
from drivers.family import Abilities, dye_bits
from drivers.family import Options as CommonOptions
from drivers.printer import Artwork, EncodedCard, SidePicture, Station

_COLOUR_LEVELS = frozenset({32, 64, 128})  # that Db has a form for (protocol sheet 3)


@dataclass(frozen=True)
class Model:
    """What one model can do.

    :param usb_product: USB product id where it is known.
    :param flip: whether it may carry a flip station; one that was bought without answers ``OPT NOT AVAILABLE``.
    :param keeps_card: whether it ejects by itself unless told by ``Pneab`` (protocol sheet 5.2).
    :param stations: where it may hold a card; encoding stations are options as well.
    """

    name: str
    usb_product: int | None = None
    flip: bool = False
    keeps_card: bool = False
    stations: frozenset[Station] = frozenset(Station)

    @property
    def abilities(self) -> Abilities:
        """See :class:`drivers.family.Model`."""
        return Abilities(sides=2 if self.flip else 1, colour_levels=_COLOUR_LEVELS, stations=self.stations)


MODELS: Mapping[str, Model] = MappingProxyType(
    {
        model.name: model
        for model in (
            Model("tattoo"),
            Model("pebble"),
            Model("dualys", flip=True),
            Model("quantum"),
            Model("zenius", usb_product=0x0A00, keeps_card=True),
            Model("primacy", flip=True, keeps_card=True),
            Model("kc200b", keeps_card=True),
        )
    }
)


@dataclass(frozen=True)
class Options(CommonOptions):
    """How a card is encoded.

    :param rotate_back: turn the back by 180 degrees; whether a model needs it is found with a test card.
    :param compress_dyes: run-length code the dyes, which matters on a serial line alone; no printer has shown that it
        understands the code (protocol sheet 4.5), so prove it with a test card.
    """

    rotate_back: bool = False
    compress_dyes: bool = False


def encode(art: Artwork, model: Model, options: Options | None = None) -> EncodedCard:
    """Put one card into the printer's language: YMCKO on the front and, where there is a back, black resin on it.

    The ribbon for two sides (``ymckok``) has no overlay for the back: the back's overlay picture is not used. On
    ribbons without dyes (``k``, ``ko``) no dye is sent (protocol sheet 5.3, 7.1, 7.3).

    :raises ArtworkError: wrong shapes, other levels than 32, 64 or 128, colour where there is resin alone and nothing
        is said about how to dither, or a back on a model that cannot flip or with a ribbon ``ko``.
    """
    options = options or Options()
    bits = dye_bits(model, options)
    separation = options.separation
    if art.back and separation.ribbon == "ko":
        raise ArtworkError("Two sides on a ribbon ko are not described for this printer", hint="Use k or ymckok")
    panels.check(art.front, "front")
    ribbon = "ymckok" if art.back and separation.dyes else separation.ribbon
    commands = [line(f"Pr;{ribbon}"), line("Pmi;B"), line("Ss"), line("Sr")]
    front = panels.separate(art.front, separation, bits=bits)
    if separation.dyes:
        commands += [
            _dye(name, values, bits, options) for name, values in (("y", front.y), ("m", front.m), ("c", front.c))
        ]
    commands.append(_resin(front.k))
    if "o" in ribbon:
        commands.append(download("Db;o;2;", pack_bits(front.o).tobytes()))
    if art.back:
        commands += [line("Sv"), _resin(_back(art.back, model, bits, options))]
    if model.keeps_card:
        commands.append(line("Pneab;A;1"))
    commands.append(line("Se"))
    names = (*separation.ribbon, "k") if art.back else tuple(separation.ribbon)
    return EncodedCard(tuple(commands), names, ribbon, 2 if art.back else 1)


def _back(back: SidePicture, model: Model, bits: int, options: Options) -> npt.NDArray[np.bool_]:
    panels.check(back, "back")
    if not model.flip:
        raise ArtworkError(f"The model {model.name} cannot turn a card to print its back")
    separation = options.separation.of_back()
    if separation.dither is Dither.NONE and panels.has_dye(back):
        raise ArtworkError("The back has colour, and its panel is black resin alone", hint="Put it into resin")
    resin = panels.separate(back, separation, bits=bits).k
    return resin[::-1, ::-1] if options.rotate_back else resin


def _dye(name: str, values: npt.NDArray[np.uint8], bits: int, options: Options) -> bytes:
    levels = 1 << bits
    if options.compress_dyes:
        payload = compress_levels(values, bits)
        return download(f"Dbc;{name};{levels};{len(payload)};", payload)
    return download(f"Db;{name};{levels};", pack_levels(values, bits))


def _resin(dots: npt.NDArray[np.bool_]) -> bytes:
    payload = compress(pack_bits(dots))
    return download(f"Dbc;k;2;{len(payload)};", payload)


def line(command: str) -> bytes:
    """Return a command without data as the printer wants it (protocol sheet 3)."""
    return b"\x1b" + command.encode("ascii") + b"\r"
