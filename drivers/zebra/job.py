"""One card as EPCL printers want it: downloads, then the commands that lay panels (protocol sheet 5, 7, 10). Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from drivers import panels
from drivers.errors import ArtworkError
from drivers.family import Abilities, Options, check_levels
from drivers.panels import Panels
from drivers.printer import Artwork, EncodedCard, Rung, Station
from drivers.zebra.raster import LEVEL_BITS, compress, compress_without_controls, escape, pack_bits, pack_levels

PLAIN, LEN32 = "plain", "len32"
"""The two framings (protocol sheet 4.1, 4.2)."""

_DYES = ("y", "m", "c")  # buffers 0, 1, 2 (sheet 7.1)
_COMPRESSED_LEVELS = 30  # PS: compressed, 32 levels
_COMPRESSED_BYTES = 2  # G: data compressed, sizes in bytes
_CLEAR_AND_LOAD = 1  # G: what to do with the area
_LAY_BLACK = "I 10"  # and back to the print-ready position
_INTENSITY = 8  # of resin, the sample's own value
_MONOCHROME = MappingProxyType({"k": "4"})  # the one value of +RIB that is known
_WITH_BACK = MappingProxyType({"k": "k", "ymcko": "ymckok"})  # panels of the front -> a ribbon with one for the back
_HARMLESS = frozenset(
    {".", "V", "E", "%CLN", "F", "vF", "G", "vG", "Z", "vZ", "PS", "+RIB", "+C"}
)  # every other command may move a card


@dataclass(frozen=True)
class Memory:
    """An image memory (protocol sheet 5).

    :param dots: of a line of the print head, along the short edge of the card.
    :param lines: along the long edge.
    :param whole_card: holds all panels of a side at once; otherwise each is printed before the next is sent (sheet 2).
    """

    dots: int
    lines: int
    whole_card: bool = True


STANDARD = Memory(624, 1008, whole_card=False)
EXTENDED = Memory(640, 1024)
MAX_SECURE = Memory(652, 1048)


@dataclass(frozen=True)
class Quirks:
    """What no source confirms (protocol sheet 7.2, 12). All off: set one only after a guide or test cards told it.

    Texts are commands or parameters as they follow ESC; ``None`` means that the driver refuses what would need it.

    :param ribbons: parameter of ``+RIB`` for ribbons by their panels; only that for ``k`` is known, others are ``ko``,
        ``ymcko`` and ``ymckok``. Empty: the command is not sent and the printer's own setting is relied on. A ribbon
        that is missing here is refused.
    :param overlay: parameters of ``IV`` that lay the varnish buffer; empty: none.
    :param black: command that lays black from the varnish buffer, where the model has all black data there.
    :param flip: command that turns the card.
    :param stations: commands that bring a card to a station.
    :param escapes_colour: whether data of ``PS`` are escaped; ``None``: unknown, so that bytes that would have to be
        are avoided.
    """

    ribbons: Mapping[str, str] = field(default_factory=lambda: _MONOCHROME)
    overlay: str | None = None
    black: str | None = None
    flip: str | None = None
    stations: Mapping[Station, str] = field(default_factory=dict)
    escapes_colour: bool | None = None


_NONE = Quirks()


@dataclass(frozen=True)
class Model:
    """What one model can do.

    :param framing: ``plain``, ``len32``, or ``None`` to find it by asking ``V`` in either.
    :param resin_as_varnish: all black data go to the varnish buffer, and no overlay is laid (sheet 2, Max Secure).
    :param escapes_bits: data of ``Z`` and ``vZ`` are escaped (sheet 4.1).
    """

    name: str
    memory: Memory = EXTENDED
    framing: str | None = None
    resin_as_varnish: bool = False
    escapes_bits: bool = True
    quirks: Quirks = _NONE

    @property
    def abilities(self) -> Abilities:
        """See :class:`drivers.family.Model`. Passes of ribbon panels are counted, cards are not (sheet 7.3)."""
        return Abilities(
            sides=2 if self.quirks.flip is not None else 1,
            colour_levels=frozenset({1 << LEVEL_BITS}),
            stations=frozenset(self.quirks.stations),
            counts=False,
            tells_position=False,
            proves=Rung.ENGINE_DONE,
        )


MODELS: Mapping[str, Model] = MappingProxyType(
    {
        model.name: model
        for model in (
            # The old generation: plain framing, replies on a serial line alone (sheet 3).
            Model("p300", STANDARD, PLAIN),
            Model("p300-extended", EXTENDED, PLAIN),
            Model("p310", EXTENDED, PLAIN),
            Model("p400", STANDARD, PLAIN),
            Model("p400-extended", EXTENDED, PLAIN),
            Model("p420", EXTENDED, PLAIN),
            Model("max3300", MAX_SECURE, PLAIN, resin_as_varnish=True),
            # The "i" generation: memory as extended by inference, framing asked for (sheet 2, 4.2, 5).
            Model("p110i"),
            Model("p120i"),
            Model("p205"),
            Model("p210"),
            Model("p310c"),
            Model("p310f"),
            Model("p310i"),
            Model("p330i"),
            Model("p420i"),
            Model("p430i"),
            Model("p520"),
            Model("p520i"),
            Model("p720"),
        )
    }
)


def command(name: str, *parameters: int | str, data: bytes | None = None, space: bool = False) -> bytes:
    """Return one command in plain framing (protocol sheet 4.1).

    :param data: what follows, with ``space`` after a space.
    """
    words = " ".join((name, *map(str, parameters))).encode("ascii")
    return b"\x1b" + words + (b" " if space else b"") + (data or b"") + b"\r"


def name_of(whole: bytes) -> str:
    """Return the name of a command in plain framing, without parameters and data."""
    words = whole[1:16]
    if words[:1] in (b"Z", b"O") or words[:2] in (b"vZ", b"vO"):  # data follow at once
        return words[: 1 + words.startswith(b"v")].decode("ascii")
    return words.split(b" ")[0].split(b"\r")[0].decode("ascii", "replace")


def moves_card(whole: bytes) -> bool:
    """Tell whether a command may move a card: every one that is not known to move none."""
    return name_of(whole) not in _HARMLESS


def encode(art: Artwork, model: Model, options: Options | None = None) -> EncodedCard:
    """Put one card into the printer's language; a back carries black resin alone.

    Commands are in plain framing: which one the printer wants may only be known when it is connected.

    :param options: its ``separation.ribbon`` is the ribbon in the printer, which does not tell which it has. Only
        ``k`` is printed by confirmed commands alone.
    :raises ArtworkError: wrong shapes, other levels than 32, what the ribbon cannot carry, and what no confirmed
        command of the model does.
    """
    options = options or Options()
    check_levels(model, options.levels)
    front = options.separation
    sides = [(art.front, front)] if art.back is None else [(art.front, front), (art.back, front.of_back())]
    for (side, _), called in zip(sides, ("front", "back"), strict=False):
        panels.check(side, called)
    ribbon = front.ribbon if art.back is None else _WITH_BACK.get(front.ribbon)
    if ribbon is None:
        raise ArtworkError(f"The ribbon {front.ribbon} has no panel for the back", hint="Print the front alone")
    _refuse_unconfirmed(model, ribbon, two_sided=art.back is not None)
    memory = model.memory
    told = model.quirks.ribbons[ribbon]
    commands = [command("+RIB", told)] if told else []
    for side, separation in sides:
        fitted = panels.fit(side, memory.lines, memory.dots)
        if separation is not front and model.quirks.flip is not None:
            commands.append(command(model.quirks.flip))
        commands += _side(panels.separate(fitted, separation, bits=LEVEL_BITS), model, separation.ribbon)
    commands.append(command("MO"))
    names = "".join(separation.ribbon for _, separation in sides)
    return EncodedCard(tuple(commands), tuple(names), ribbon, len(sides))


def _refuse_unconfirmed(model: Model, ribbon: str, *, two_sided: bool) -> None:
    """Refuse jobs that would need a command or parameter that no source confirms (protocol sheet 7.2)."""
    hint = "It is settled by the printer's programming guide and test cards, not by trying on blanks"
    if ribbon != "k" and model.resin_as_varnish:
        raise ArtworkError(f"The model {model.name} prints black alone", hint="Print with a ribbon of black resin")
    if ribbon not in model.quirks.ribbons:
        raise ArtworkError(
            f"How the model {model.name} is told of a ribbon {ribbon} is not confirmed, so nothing is printed with it",
            hint=hint,
        )
    if "o" in ribbon and model.quirks.overlay is None:
        raise ArtworkError(
            f"The model {model.name} lays the overlay by the command IV, whose parameters are not confirmed", hint=hint
        )
    if model.resin_as_varnish and model.quirks.black is None:
        raise ArtworkError(f"No confirmed command lays black on the model {model.name}", hint=hint)
    if two_sided and model.quirks.flip is None:
        raise ArtworkError(f"No confirmed command turns a card in the model {model.name} to print its back", hint=hint)


def _side(planes: Panels, model: Model, inks: str) -> list[bytes]:
    """Return the downloads of a side and the commands that lay it, each panel at once where the memory is short."""
    black, lay_black = ("v", model.quirks.black) if model.resin_as_varnish else ("", _LAY_BLACK)
    assert lay_black is not None
    begin = [command(f"{black}F"), *([command("vF")] if "o" in inks else [])]
    if "y" not in inks:
        begin.append(command("+C", _INTENSITY))
    loads, lays = [], []
    for buffer, dye in enumerate(_DYES if "y" in inks else ()):
        loads.append([_dye(buffer, getattr(planes, dye), model)])
        lays.append(command("IS", buffer))
    loads.append(list(_bits(planes.k, model, black)))
    lays.append(command(lay_black))
    if "o" in inks:
        loads.append(list(_bits(planes.o, model, "v")))
        lays.append(command("IV", *filter(None, [model.quirks.overlay])))
    if model.memory.whole_card:  # nothing moves before all has arrived
        return [*begin, *(one for load in loads for one in load), *lays]
    return [*begin, *(one for load, lay in zip(loads, lays, strict=True) for one in (*load, lay))]


def _dye(buffer: int, values: npt.NDArray[np.uint8], model: Model) -> bytes:
    raw = pack_levels(values)
    escapes = model.quirks.escapes_colour
    data = compress_without_controls(raw) if escapes is None else compress(raw)
    return command("PS", buffer, _COMPRESSED_LEVELS, data=escape(data) if escapes else data, space=True)


def _bits(mask: npt.NDArray[np.bool_], model: Model, prefix: str) -> Iterator[bytes]:
    """Declare the whole buffer as one area, then fill it (protocol sheet 10 B)."""
    size = (-(-model.memory.dots // 8), model.memory.lines)
    yield command(f"{prefix}G", 0, 0, _COMPRESSED_BYTES, *size, _CLEAR_AND_LOAD)
    data = compress(pack_bits(mask))
    yield command(f"{prefix}Z", data=escape(data) if model.escapes_bits else data)
