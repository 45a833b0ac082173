"""Receipt: what two people found in a delivery, held against what was announced. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from printd.errors import Refused
from printd.events.deliveries import ReceiptSheet
from printd.events.officials import SealState
from printd.words.serials import SerialRange, common, from_json, join, minus, pieces

Condition = Literal["intact", "damaged", "seal_broken", "wrong_type"]

OTHER_TYPE = "of another type"
"""Note of pieces over that are of another stock type or generation: they never enter the store."""

DAMAGED = "damaged"
"""Note of pieces over that are damaged: they never enter the store either."""

OF_CARTON = "carton "
"""Begins the note of pieces that came in a carton which was not intact; its label follows."""

ANNOUNCED_WITH = "announced with "
"""Begins the note of pieces that another delivery announced; its name follows."""

Ends = Annotated[list[str], Field(min_length=1, max_length=2)]
"""First and last serial, or the one."""


class SeenCarton(BaseModel):
    """A carton that somebody saw, and how it was."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    carton: str = Field(max_length=64)
    condition: Condition = "intact"


class SeenSeal(BaseModel):
    """A seal that somebody read, and whether it was whole."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    seal: str = Field(max_length=64)
    state: SealState = "whole"


class Sheet(BaseModel):
    """What one person counted and scanned, without seeing what was announced.

    :param pieces: all pieces, those in closed cartons by the figure on the carton.
    :param serials: first and last serial of what was scanned piece by piece.
    :param damaged: pieces among them, or of intact cartons, that arrived damaged.
    :param wrong_type: pieces among them of another stock type or generation.
    :param seals: as they were read on the cartons.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    pieces: int = Field(ge=0, le=50_000_000)
    cartons: list[SeenCarton] = []
    serials: list[Ends] = []
    damaged: list[Ends] = []
    wrong_type: list[Ends] = []
    seals: list[SeenSeal] = []

    def told(self) -> ReceiptSheet:
        """Return the sheet in one form, so that two equal counts are equal.

        :raises Refused: it names a carton or a seal twice, or serials that make no sense.
        """
        labels = sorted((one.carton, one.condition) for one in self.cartons)
        if len({label for label, _ in labels}) != len(labels):
            raise Refused("A carton is on the sheet twice.", consequence="Nothing was booked.")
        seals = sorted((one.seal, one.state) for one in self.seals)
        if len({number for number, _ in seals}) != len(seals):
            raise Refused("A seal is on the sheet twice.", consequence="Nothing was booked.")
        return ReceiptSheet(
            pieces=self.pieces,
            cartons=tuple(labels),
            serials=_joined(self.serials),
            damaged=_joined(self.damaged),
            wrong_type=_joined(self.wrong_type),
            seals=tuple(seals),
        )


def _joined(pairs: Sequence[Sequence[str]]) -> tuple[SerialRange, ...]:
    return tuple(join(from_json((pair[0], pair[-1]) for pair in pairs)))


DisputeKind = Literal["short", "over", "damaged", "seal_broken", "wrong_stock_type", "serial_elsewhere"]

_DISPUTE: Mapping[Condition, DisputeKind] = MappingProxyType(
    {"damaged": "damaged", "seal_broken": "seal_broken", "wrong_type": "wrong_stock_type"}
)
"""What is wrong with the pieces of a carton that is not intact."""


@dataclass(frozen=True)
class Dispute:
    """A difference that stays open: which pieces, and what is wrong with them."""

    kind: DisputeKind
    serials: tuple[SerialRange, ...]
    pieces: int
    note: str = ""


@dataclass(frozen=True)
class Receipt:
    """What goes into the store, and what is in dispute."""

    accepted: tuple[SerialRange, ...]
    disputes: tuple[Dispute, ...]


Whose = Callable[[SerialRange], list[tuple[SerialRange, str | None]]]
"""Says which delivery each part of a range belongs to; ``None``: none."""


def compare(
    announced: Sequence[SerialRange],
    cartons: Mapping[str, SerialRange],
    sheet: ReceiptSheet,
    *,
    by_count: bool,
    whose: Whose,
) -> Receipt:
    """Hold a sheet on which both counters agree against what was announced.

    :param announced: serials that are on the way.
    :param cartons: serials declared for each carton by its label.
    :param sheet: as :meth:`Sheet.told` gives it.
    :param by_count: the delivery came without serials; the office assigned them, so the last ones are the short ones.
    :raises Refused: the sheet does not say which pieces are there.
    """
    if by_count:
        return _by_count(announced, sheet)
    scanned = join(sheet.serials)
    _check_labels(cartons, sheet)
    if not scanned and not sheet.cartons and sheet.pieces:
        if sheet.pieces != pieces(announced):
            raise Refused(
                "The count alone does not say which pieces came.",
                why="This delivery has serials.",
                consequence="Nothing was received.",
                remedy="Both scan the serials or the cartons, and count again.",
            )
        scanned = list(announced)
    seen = list(scanned)
    disputes: list[Dispute] = []
    for label, condition in sheet.cartons:
        inside = common(scanned, [cartons[label]])
        if condition != "intact":
            held = tuple(inside or [cartons[label]])
            disputes.append(Dispute(_DISPUTE[condition], held, pieces(held), f"{OF_CARTON}{label}"))
            seen += minus([cartons[label]], inside) if not inside else []
        else:
            seen += minus([cartons[label]], inside)
    seen = join(seen)
    if pieces(seen) != sheet.pieces:
        raise Refused(
            f"The {sheet.pieces} pieces on the sheet do not add up from its cartons and serials.",
            consequence="Nothing was received.",
            remedy="Scan the pieces of every carton that is not full, and count again.",
        )
    bad: tuple[tuple[str, DisputeKind, tuple[SerialRange, ...]], ...] = (
        ("damaged", "damaged", sheet.damaged),
        ("wrong type", "wrong_stock_type", sheet.wrong_type),
    )
    for words, kind, named in bad:
        if minus(named, seen):
            raise Refused(
                f"{minus(named, seen)[0]} is said to be {words} but was not counted.",
                consequence="Nothing was received.",
            )
        fresh = common(minus(named, [part for one in disputes for part in one.serials]), announced)
        if fresh:
            disputes.append(Dispute(kind, tuple(fresh), pieces(fresh)))
    disputes += _beyond(minus(seen, announced), sheet, whose)
    short = minus(announced, seen)
    if short:
        disputes.append(Dispute("short", tuple(short), pieces(short)))
    disputed = [part for one in disputes for part in one.serials]
    return Receipt(tuple(minus(common(announced, seen), disputed)), tuple(disputes))


def _beyond(over: Sequence[SerialRange], sheet: ReceiptSheet, whose: Whose) -> list[Dispute]:
    """Return the disputes about pieces that this delivery did not announce, each piece in one."""
    other_type = common(over, sheet.wrong_type)
    damaged = minus(common(over, sheet.damaged), other_type)
    fine = minus(minus(over, other_type), damaged)
    disputes: list[Dispute] = []
    for note, parts in ((OTHER_TYPE, other_type), (DAMAGED, damaged), ("", fine)):
        for part in parts:
            for piece, delivery in whose(part):
                if delivery is None:
                    disputes.append(Dispute("over", (piece,), len(piece), note))
                else:
                    told = f"{ANNOUNCED_WITH}{delivery}" + (f", {note}" if note else "")
                    disputes.append(Dispute("serial_elsewhere", (piece,), len(piece), told))
    return disputes


def _by_count(announced: Sequence[SerialRange], sheet: ReceiptSheet) -> Receipt:
    if sheet.serials or sheet.damaged or sheet.wrong_type or any(how == "wrong_type" for _, how in sheet.cartons):
        raise Refused(
            "This delivery came as a count, without serials.",
            consequence="Nothing was received.",
            remedy="Count the pieces, and say how each carton was; a bad piece is booked as spoiled after the receipt.",
        )
    (part,) = announced
    counted = sheet.pieces
    if counted > len(part):
        return Receipt(tuple(announced), (Dispute("over", (), counted - len(part)),))
    if counted == len(part):
        return Receipt(tuple(announced), ())
    short = SerialRange(part.prefix, part.width, part.first + counted, part.last)
    there = (SerialRange(part.prefix, part.width, part.first, part.first + counted - 1),) if counted else ()
    return Receipt(there, (Dispute("short", (short,), len(short)),))


def _check_labels(cartons: Mapping[str, SerialRange], sheet: ReceiptSheet) -> None:
    for label, _ in sheet.cartons:
        if label not in cartons:
            raise Refused(
                f"No carton {label[:64]} is on the manifest.",
                consequence="Nothing was received.",
                remedy="Read its label again; if it is right, scan the pieces in it instead.",
            )
