"""Acts written again: their papers are computed from the books, so one that was lost can be had anew."""

from __future__ import annotations

from typing import Literal, TypedDict

from printd.desk import counts, deliveries, destructions, forecast, shifts, transfers
from printd.desk.counting import not_counting
from printd.desk.desk import Desk
from printd.errors import Refused
from printd.reports import acts
from printd.reports.closing import closing
from printd.reports.destruction import destruction_act
from printd.reports.document import Document
from printd.reports.receipt import bast
from printd.store import log
from printd.words.states import DeliveryState

OnePaper = Literal["delivery", "shift", "destruction", "stock-count", "request"]
Kind = Literal["delivery", "shift", "transfer", "destruction", "stock-count", "request"]


class Papers(TypedDict):
    """The papers of an act that were written again: their paths by what each is."""

    kind: Kind
    name: str
    files: dict[str, str]


def again(desk: Desk, kind: Kind, name: str) -> Papers:
    """Write the papers of an act that is booked again, as PDF and JSON; of a transfer its manifest too.

    :raises Refused: there is none of that name, it is not closed or received yet, or a shift is being counted.
    """
    not_counting(desk)
    if kind == "transfer":
        return {"kind": kind, "name": name, "files": transfers.papers(desk, name)}
    return {"kind": kind, "name": name, "files": acts.keep(desk.shop, _document(desk, kind, name))}


def _document(desk: Desk, kind: OnePaper, name: str) -> Document:
    match kind:
        case "delivery":
            shown = deliveries.show(desk, name)
            if shown["state"] != DeliveryState.RECEIVED:
                raise _not_yet(f"Delivery {name} was not received yet.")
            with desk.shop.store.reading() as connection:
                end = log.frontier(connection)
            return bast(shown, end.size, end.root().hex())
        case "shift":
            shift = shifts.show(desk, name)
            if shift["act"] is None:
                raise _not_yet(f"Shift {name} is not closed yet.")
            return closing(shift)
        case "destruction":
            return destruction_act(destructions.show(desk, name))
        case "stock-count":
            return counts.paper(desk, name)
        case "request":
            return forecast.paper(desk, name)


def _not_yet(what: str) -> Refused:
    return Refused(what, why="Its act is written when that is done.", consequence="Nothing was written.")
