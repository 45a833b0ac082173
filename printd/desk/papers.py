"""Papers of acts asked for: computed from the books, so one that was lost can be had anew, as a copy that says so."""

from __future__ import annotations

from typing import TypedDict

from printd.desk import counts, deliveries, destructions, discrepancies, forecast, shifts, transfers
from printd.desk.counting import not_counting
from printd.desk.desk import Desk, proved
from printd.desk.paper_making import Act, entry_of, make
from printd.desk.proofs import Person
from printd.desk.slips import handed_over
from printd.errors import Refused
from printd.reports.closing import closing
from printd.reports.document import Document
from printd.reports.handover import slip
from printd.reports.office import office_of
from printd.reports.receipt import bast
from printd.words.papers import ActPaper
from printd.words.states import DeliveryState


class Papers(TypedDict):
    """The papers of an act that were written: their paths by what each is."""

    kind: ActPaper
    name: str
    files: dict[str, str]


def again(desk: Desk, kind: ActPaper, name: str, by: Person) -> Papers:
    """Write the papers of an act that is booked, as PDF and JSON; of a transfer its manifest too.

    Where the act had its paper this one is a copy and says so; either way it is entered, and whoever asks signs. The
    slip of a hand-over is written here for the first time.

    :param name: of the act; of a hand-over the job, by its id or the serial of its blank.
    :raises Refused: there is none of that name, it is not closed or received yet, or a shift is being counted.
    """
    who = proved(desk, by)
    if kind != "handover":  # of one card, whose slip tells no figure
        not_counting(desk)
    if kind == "transfer":
        return {"kind": kind, "name": name, "files": transfers.papers(desk, name, [who])}
    document, called = _document(desk, kind, name)
    act = Act(kind, called, entry_of(desk, kind, called))
    return {"kind": kind, "name": name, "files": make(desk, act, document, [who])}


def _document(desk: Desk, kind: ActPaper, name: str) -> tuple[Document, str]:
    """Return what a paper says, and the name of its act in the books."""
    office = office_of(desk.shop)
    match kind:
        case "delivery":
            shown = deliveries.show(desk, name)
            if shown["state"] != DeliveryState.RECEIVED:
                raise _not_yet(f"Delivery {name} was not received yet.")
            return bast(shown, office), name
        case "correction":
            return discrepancies.paper(desk, name), name
        case "shift":
            shift = shifts.show(desk, name)
            if shift["act"] is None:
                raise _not_yet(f"Shift {name} is not closed yet.")
            return closing(shift, office), name
        case "destruction":
            return destructions.paper(desk, name), name
        case "stock-count":
            return counts.paper(desk, name), name
        case "request":
            return forecast.paper(desk, name), name
        case "handover":
            card = handed_over(desk, name)
            return slip(card, office), card["attempt"]
        case "transfer":
            raise AssertionError("it has papers of its own")


def _not_yet(what: str) -> Refused:
    return Refused(what, why="Its act is written when that is done.", consequence="Nothing was written.")
