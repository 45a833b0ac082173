"""What a driver offers: one printer language with its models; a family's ``printer.py`` has one, named ``DRIVER``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from drivers.candidate import Candidate
from drivers.deadline import Deadline
from drivers.errors import ArtworkError
from drivers.panels import Separation
from drivers.printer import Artwork, CardPrinter, EncodedCard, Rung, Station
from drivers.transports.base import Transport

PRINTER_CLASS = 7
"""USB interface class of printers."""
STORAGE_CLASS = 8
"""USB interface class of mass storage, which some card printers speak (SCSI commands over Bulk-Only Transport)."""


@dataclass(frozen=True)
class Abilities:
    """What a model can do and what it can prove; a shop derives from it which evidence it can reach.

    :param dpi: resolution of the pictures it wants: 300 (1016 x 648 dots) or 600 (2032 x 1296).
    :param sides: most sides of a card that it prints.
    :param colour_levels: numbers of levels of each dye that its language can carry; empty where the levels are another
        program's choice.
    :param stations: where it can hold a card before it is printed.
    :param counts: whether it tells how many cards it fed.
    :param tells_position: whether it tells where a card is inside.
    :param proves: the highest rung of the evidence ladder that its own words reach.
    """

    sides: int = 1
    dpi: int = 300
    colour_levels: frozenset[int] = frozenset()
    stations: frozenset[Station] = frozenset()
    counts: bool = True
    tells_position: bool = True
    proves: Rung = Rung.LEFT_PRINTER


class Model(Protocol):
    """One model of a family. What else a model has is the family's own business."""

    @property
    def name(self) -> str:
        """Its name in the family's ``models`` and in a shop's books."""

    @property
    def abilities(self) -> Abilities:
        """What it can do and prove."""


@dataclass(frozen=True)
class Options:
    """How a card is encoded; a family adds its own fields, all with defaults.

    :param separation: how colours become panels on this printer and ribbon.
    :param levels: levels of each dye; ``None``: the most that the model's language can carry.
    """

    separation: Separation = field(default_factory=Separation)
    levels: int | None = None


def check_levels(model: Model, levels: int | None) -> None:
    """Refuse a number of levels of each dye that a model cannot print.

    :param levels: ``None`` for the model's own.
    :raises ArtworkError: its language cannot carry that number, or has no say in it.
    """
    can = model.abilities.colour_levels
    if levels is None or levels in can:
        return
    if not can:
        raise ArtworkError(
            f"How many levels of dye the model {model.name} prints is its own driver's choice, and cannot be {levels} "
            "by ours",
            hint="Choose no number of levels",
        )
    raise ArtworkError(
        f"The model {model.name} cannot print {levels} levels of dye",
        hint=f"Choose {' or '.join(map(str, sorted(can)))}, or no number of levels",
    )


def dye_bits(model: Model, options: Options) -> int:
    """Return the bits of one dot of dye: as few as the levels need that the options ask for.

    :raises ArtworkError: the model cannot print those levels.
    """
    check_levels(model, options.levels)
    levels = options.levels or max(model.abilities.colour_levels)
    return (levels - 1).bit_length()


@dataclass(frozen=True)
class Family:
    """One printer language.

    :param models: models by name; each satisfies :class:`Model`.
    :param encode: artwork, model and the family's options (``None`` for its defaults) to bytes; pure.
    :param options: the family's own class of :class:`Options`.
    :param connect: makes a printer of an open transport and a model.
    :param open_uri: for families that are reached by no transport of ours: makes a printer of an address and a model.
    :param usb_vendors: USB vendor ids of its printers.
    :param usb_class: USB interface class they speak.
    :param manufacturers: values of ``MFG`` in their IEEE-1284 device ids, in capitals, stripped.
    :param wires: schemes of the addresses that lead to its printers.
    :param greeting: for printers that speak first on TCP: the model behind the first bytes, empty where only the family
        is certain, ``None`` where it is another's.
    :param leaves_nothing: for families that are reached by no transport of ours: makes sure that nothing of a card
        stays on a disk on its way to the printer at an address, and raises a :class:`drivers.errors.DriverError` where
        something does or nobody knows. ``None``: that can never be said.
    :param discover: for families that are reached by no transport of ours: finds their printers.
    """

    name: str
    models: Mapping[str, Model]
    encode: Callable[[Artwork, Any, Any], EncodedCard]
    connect: Callable[[Transport, Any], CardPrinter]
    options: type[Options] = Options
    open_uri: Callable[[str, Any, Deadline], CardPrinter] | None = None
    leaves_nothing: Callable[[str, Deadline], None] | None = None
    usb_vendors: tuple[int, ...] = ()
    usb_class: int = PRINTER_CLASS
    manufacturers: tuple[str, ...] = ()
    wires: tuple[str, ...] = ("usb",)
    greeting: Callable[[bytes], str | None] | None = None
    discover: Callable[[Deadline], Sequence[Candidate]] | None = None
