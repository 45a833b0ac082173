"""Acts on ribbons, films and cleaning kits (R16): receive, open in a printer, see what they still are good for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Literal, TypedDict

from pydantic import Field

from printd.custody import levels
from printd.custody.levels import Level
from printd.desk.desk import Desk, plain, proved
from printd.desk.proofs import Person
from printd.errors import Refused
from printd.events.supplies import ConsumableOpened, ConsumableReceived
from printd.projections.consumables import find_supply, in_stock
from printd.store import consumables, usage
from printd.store.rows import Connection
from printd.store.tables.consumables import ConsumableRow, SupplyRow
from printd.words.causes import SPOIL_CAUSES, step_in_attempt
from printd.words.moments import stamp

Kind = Literal["ribbon", "film", "cleaning"]

# The chip is written before anything is printed: a card that fails there costs no panel (domain reference 2.6).
_SPARED = tuple(cause for cause in SPOIL_CAUSES if step_in_attempt(cause) == "encode")


class Opened(TypedDict):
    """A consumable that was put into a printer; ``pieces`` are left of its sort in the cupboard, ``None``: unknown."""

    kind: Kind
    label: str
    printer: str
    nominal: int
    opened_at: str
    pieces: int | None


_Yield = TypedDict("_Yield", {"yield": int})


class ConsumableTold(ConsumableRow, _Yield):
    """A consumable in a printer and what it gave, by estimate; ``level`` while it is in use."""

    used: int
    spoiled: int
    left: int
    level: Level | None


class SupplyTold(TypedDict):
    """What lies in the cupboard of one sort; ``None``, and ``unknown``: it was opened and never booked in."""

    kind: str
    label: str
    pieces: int | None
    nominal: int
    level: Literal["ok", "empty", "unknown"]


class ConsumablesTold(TypedDict):
    """What is in the printers, what ended last in each, and what lies in the cupboard."""

    open: list[ConsumableTold]
    ended: list[ConsumableTold]
    cupboard: list[SupplyTold]


def receive(
    desk: Desk,
    kind: Kind,
    label: str,
    pieces: Annotated[int, Field(ge=1, le=100_000)],
    nominal: Annotated[int, Field(ge=1, le=1_000_000)],
    by: Person,
    document: str = "",
) -> SupplyRow:
    """Book consumables into the cupboard.

    :param label: type and lot, as it stands on the box.
    :param nominal: cards that one is made for; of a cleaning kit, cards after which the next cleaning is due.
    :param document: paper with which they came.
    """
    operator, name, paper = proved(desk, by), plain(label, "label", 64), _paper(document)
    with desk.booking() as booking:
        came = ConsumableReceived(kind_=kind, label=name, pieces=pieces, nominal=nominal, document=paper)
        booking.enter(came, [operator])
        held = find_supply(booking.connection, kind, name)
    assert held is not None
    return held


def open_(
    desk: Desk,
    kind: Kind,
    label: str,
    printer: str,
    by: Person,
    nominal: Annotated[int, Field(ge=1, le=1_000_000)] | None = None,
    document: str = "",
) -> Opened:
    """Take one out of the cupboard into a printer; what was in it before has ended with that.

    A cleaning kit is used up when it is opened.

    :param nominal: cards that it is made for, of a label of which nothing was ever booked in: how many more there are
        stays unknown.
    :param document: paper by which it was given out.
    """
    operator, name, paper = proved(desk, by), plain(label, "label", 64), _paper(document)
    with desk.booking() as booking:
        unbooked = nominal is not None and find_supply(booking.connection, kind, name) is None
        left, made_for = None, nominal or 0
        if not unbooked:
            here = in_stock(booking.connection, kind, name)
            left, made_for = here["pieces"] - 1, here["nominal"]
            if nominal not in (None, made_for):
                raise Refused(
                    f"{kind.capitalize()} {name} is in the books as made for {made_for} cards, not {nominal}.",
                    consequence="Nothing was opened.",
                    remedy="Leave the number out, or give the label that stands on this box.",
                )
        opened = ConsumableOpened(
            kind_=kind, label=name, printer=printer, nominal=made_for, document=paper, unbooked=unbooked
        )
        entry = booking.enter(opened, [operator])
    return {
        "kind": kind,
        "label": name,
        "printer": printer,
        "nominal": made_for,
        "opened_at": entry.at,
        "pieces": left,
    }


def _paper(document: str) -> str | None:
    return plain(document, "document", 100) if document else None


def list_(desk: Desk) -> ConsumablesTold:
    """Return what is in the printers now, what lies in the cupboard, and what those that ended lately have given.

    Figures are estimates from the attempts since each was opened: ``used`` good cards, ``spoiled`` panels laid on cards
    that were lost, ``left`` of the nominal, ``yield`` good cards against the nominal in basis points.
    """
    now = stamp(desk.shop.books.clock() + timedelta(seconds=1))  # a card that began this second is one of them
    with desk.shop.store.reading() as connection:
        rows = consumables.consumables(connection)
        current = [_told(connection, row, now) for row in rows if row["ended_at"] is None]
        last: dict[tuple[str, str], ConsumableRow] = {}
        for row in rows:
            if row["ended_at"] is not None:
                last[row["printer"], row["kind"]] = row
        ended = [_told(connection, row, row["ended_at"] or now) for row in last.values()]
        cupboard = _cupboard(consumables.supplies(connection), rows)
    return {
        "open": sorted(current, key=_order),
        "ended": sorted(ended, key=_order),
        "cupboard": cupboard,
    }


def _cupboard(known: Sequence[SupplyRow], opened: Sequence[ConsumableRow]) -> list[SupplyTold]:
    """Return what lies in the cupboard by the books, and what came into a printer without ever being booked in."""
    there: dict[tuple[str, str], SupplyTold] = {}
    for one in opened:
        about = one["kind"], one["label"]
        there[about] = {
            "kind": one["kind"],
            "label": one["label"],
            "pieces": None,
            "nominal": one["nominal"],
            "level": "unknown",
        }
    for row in known:
        there[row["kind"], row["label"]] = {**row, "level": "ok" if row["pieces"] else "empty"}
    return [there[about] for about in sorted(there)]


def _order(row: ConsumableTold) -> tuple[str, str]:
    return row["printer"], row["kind"]


def _told(connection: Connection, row: ConsumableRow, until: str) -> ConsumableTold:
    used, spoiled = usage.panels(connection, row["printer"], row["opened_at"], until, _SPARED)
    left = row["nominal"] - used - spoiled
    return {
        **row,
        "used": used,
        "spoiled": spoiled,
        "left": left,
        "yield": round(10_000 * used / row["nominal"]),
        "level": levels.of_consumable(left, row["nominal"]) if row["ended_at"] is None else None,
    }
