"""One card as Magicard printers want it: pages of header fields and planes (protocol sheet 4 to 7). Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np
import numpy.typing as npt

from drivers import panels
from drivers.dither import Dither
from drivers.errors import ArtworkError
from drivers.family import Abilities, check_levels
from drivers.family import Options as CommonOptions
from drivers.magicard.raster import AOTA, DOTS, ENDURO, INK_BITS, RIO, Head, pack
from drivers.panels import Separation
from drivers.printer import Artwork, EncodedCard, Rung, SidePicture

LEAD_IN = b"\x05" * 64
_PLANES = (("y", "SZB", b"B"), ("m", "SZG", b"G"), ("c", "SZR", b"R"), ("k", "SZK", b"K"))

CounterRequest = Literal["INF", "STA", ""]
"""Which requests tell counters; empty: none does."""

_MAX_HOLES = 2  # NCT fields that a page may have (sheet 5, field 28)


@dataclass(frozen=True)
class Line:
    """One family of the sheet: geometry, and the header fields that it has and others have not (sheet 2, 5).

    :param first: fields before the head's token.
    :param then: fields after it, on every page.
    """

    head: Head
    version: str
    first: tuple[str, ...]
    token: tuple[str, ...]
    then: tuple[str, ...]
    says_duplex: bool
    full: str
    last: tuple[str, ...]
    counters: CounterRequest


ENDURO_LINE = Line(
    ENDURO, "VER1.0-1.05", ("RSPDEF", "COEH"), ("KGE2",), (), True, "0,0,1015,641", ("ICC0", "DDD50"), "INF"
)
RIO_PRO_LINE = Line(ENDURO, "VER1.0-1.05", (), ("KGE2",), ("SLWOFF",), True, "0,0,1015,641", ("ICC0", "DDD50"), "INF")
RIO_LINE = Line(
    RIO,
    "VER2.0.27.0",
    ("REJOFF", "ESS1"),
    ("KEE", "RT2"),
    ("SLWOFF",),
    True,
    "0,0,1025,641",
    ("ICC0", "DDD50"),
    "STA",
)
AOTA_LINE = Line(AOTA, "VER1.7.2.0", (), ("KGE",), (), False, "0,0,999,641", ("ICC0",), "")


@dataclass(frozen=True)
class Model:
    """What one model can do.

    :param usb_product: USB product id where it was seen.
    :param duplex: whether it can turn a card.
    """

    name: str
    line: Line
    usb_product: int | None = None
    duplex: bool = False

    @property
    def abilities(self) -> Abilities:
        """See :class:`drivers.family.Model`."""
        counts = bool(self.line.counters)
        return Abilities(
            sides=2 if self.duplex else 1,
            colour_levels=frozenset({1 << INK_BITS}),
            counts=counts,
            tells_position=False,
            proves=Rung.LEFT_PRINTER if counts else Rung.ENGINE_DONE,
        )


MODELS: Mapping[str, Model] = MappingProxyType(
    {
        model.name: model
        for model in (
            Model("enduro", ENDURO_LINE, 0x4800),
            Model("enduro-plus", ENDURO_LINE, 0x880A, duplex=True),
            Model("mc200", ENDURO_LINE),
            Model("pronto", ENDURO_LINE),
            Model("rio-pro", RIO_PRO_LINE, duplex=True),
            Model("rio-2e", RIO_LINE, 0x1800),
            Model("tango-2e", RIO_LINE, 0x1800, duplex=True),
            Model("alto", AOTA_LINE, 0x2800),
            Model("opera", AOTA_LINE, 0x2800),
            Model("tempo", AOTA_LINE, 0x2800),
        )
    }
)


@dataclass(frozen=True)
class Options(CommonOptions):
    """How a card is encoded.

    :param seconds: Unix time that the header carries (``TDT``); the printer is not known to use it.
    """

    seconds: int = 0


def encode(art: Artwork, model: Model, options: Options | None = None) -> EncodedCard:
    """Put one card into the printer's language: one page a side, front first.

    The dots of the contract's picture that the head does not reach are bleed and are cut. On ribbons without dyes
    (``k``, ``ko``) a page has a resin plane alone.

    :raises ArtworkError: wrong shapes, other levels than 64, colour where there is resin alone and nothing is said
        about how to dither, a back on a model that cannot turn or with a ribbon ``ko``, an overlay that is no rectangle
        with at most two rectangular holes.
    """
    options = options or Options()
    check_levels(model, options.levels)
    separation = options.separation
    panels.check(art.front, "front")
    if art.back is not None:
        panels.check(art.back, "back")
        if not model.duplex:
            raise ArtworkError(f"The model {model.name} cannot turn a card to print its back")
        if separation.ribbon == "ko":
            raise ArtworkError("Two sides on a ribbon ko are not described for this printer", hint="Use k or ymckok")
        if separation.dither is Dither.NONE and panels.has_dye(art.back):
            raise ArtworkError("The back has colour, and its panel is black resin alone", hint="Put it into resin")
    pages = [_page(art.front, separation, model.line, options, "front", duplex=art.back is not None)]
    if art.back is not None:
        pages.append(_page(art.back, separation.of_back(), model.line, options, "back", duplex=True))
    names = (*separation.ribbon, "k") if art.back is not None else tuple(separation.ribbon)
    ribbon = "ymckok" if art.back and separation.dyes else separation.ribbon
    return EncodedCard(tuple(pages), names, ribbon, 2 if art.back else 1)


def _page(side: SidePicture, separation: Separation, line: Line, options: Options, name: str, *, duplex: bool) -> bytes:
    fitted = panels.fit(side, line.head.lines, DOTS)
    inks = panels.separate(fitted, separation, bits=INK_BITS)
    coloured = separation.dyes and panels.has_dye(fitted)
    planes = dict(_planes(inks, line.head, coloured=coloured))
    overlay = _overlay(inks.o, line) if name == "front" else ("OVROFF",)
    front = (line.version, "LANENG", f"TDT{options.seconds:X}", *line.first)
    fields = [
        "NOC1",
        *(front if name == "front" else ()),
        *line.token,
        *line.then,
        *((f"DPX{'ON' if duplex else 'OFF'}",) if line.says_duplex else ()),
        *(("BACK",) if duplex and name == "front" else ()),
        f"PAG{1 if name == 'front' else 2}",
        "IMF" + ("BGR" if "y" in planes else "") + ("K" if "k" in planes else ""),
        "XCO0",
        "YCO0",
        f"WID{line.head.lines}",
        f"HGT{DOTS}",
        *overlay,
        *line.last,
        *(f"{size}{len(planes[ink])}" for ink, size, _ in _PLANES if ink in planes),
    ]
    data = b"".join(planes[ink] + b"\x1c" + letter + b":" for ink, _, letter in _PLANES if ink in planes)
    return LEAD_IN + b"\x01," + ",".join(fields).encode("ascii") + b"\x1c" + data + b"\x03"


def _planes(inks: panels.Panels, head: Head, *, coloured: bool) -> Iterator[tuple[str, bytes]]:
    """Yield the planes with ink; an empty resin plane where nothing else is, without which no card is fed (sheet 5)."""
    if coloured:
        for name, values in (("y", inks.y), ("m", inks.m), ("c", inks.c)):
            yield name, pack(values, head, INK_BITS)
    if inks.k.any() or not coloured:
        yield "k", pack(inks.k.astype(np.uint8), head, 1)


def _overlay(mask: npt.NDArray[np.bool_], line: Line) -> tuple[str, ...]:
    """Return the fields of the overcoat, which is rectangles and no plane (sheet 5, fields 22 to 28)."""
    if not mask.any():
        return ("OVROFF",)
    holes = _rectangles(~mask)
    if len(holes) > _MAX_HOLES:
        raise ArtworkError(
            f"The overlay has {len(holes)} holes; this printer leaves out at most {_MAX_HOLES} rectangles",
            hint="Use one window for the chip and one for the stripe",
        )
    rows = mask.shape[0]
    left_out = tuple(f"NCT{x},{rows - y - h},{x + w - 1},{rows - y - 1}" for x, y, w, h in holes)
    return ("OVRON", "NNNOFF", "USFOFF", f"PCT{line.full}", *left_out)


def _rectangles(holes: npt.NDArray[np.bool_]) -> list[tuple[int, int, int, int]]:
    """Return (x, y, width, height) of the holes.

    :raises ArtworkError: one is not a rectangle.
    """
    left, found = holes.copy(), []
    while left.any():
        y, x = np.unravel_index(int(left.argmax()), left.shape)
        width = _run(left[y, x:])
        height = _run(left[y:, x])
        part = left[y : y + height, x : x + width]
        if not part.all():
            raise ArtworkError("A hole of the overlay is not a rectangle", hint="This printer can leave out no other")
        part[:] = False
        found.append((int(x), int(y), width, height))
    return found


def _run(line: npt.NDArray[np.bool_]) -> int:
    ends = np.flatnonzero(~line)
    return int(ends[0]) if ends.size else len(line)
