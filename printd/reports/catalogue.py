"""Every report by its name: R1 to R18 of the trade (domain reference section 7) and the spoilage chart."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from printd.errors import Refused
from printd.reports.document import Document
from printd.reports.registers import counts, custody, handovers, incidents, invalid, prints, stock, supplies
from printd.reports.view import View


@dataclass(frozen=True)
class Report:
    """A report that there is.

    :param title: a message of the catalogue.
    :param upward: another office gets it, so place, day and the head's signature stand below it.
    """

    title: str
    build: Callable[[View], Document]
    upward: bool = False


REPORTS: Mapping[str, Report] = MappingProxyType(
    {
        "r1": Report("Daily stock position", stock.daily_stock, upward=True),
        "r2": Report("Public notice", stock.public_notice),
        "r3": Report("Reconciliation of sites", custody.sites),
        "r4": Report("Stock card", handovers.stock_card),
        "r5": Report("Receipts", handovers.receipts),
        "r6": Report("Issue and return by shift", counts.shifts),
        "r7": Report("Print register", prints.register),
        "r8": Report("Damaged or invalid KTP-el", invalid.cards),
        "r9": Report("Records of destruction", invalid.destructions, upward=True),
        "r10": Report("Monthly destruction report", invalid.monthly, upward=True),
        "r11": Report("Requests for blanks", supplies.requests),
        "r12": Report("Stock counts", counts.stock_counts, upward=True),
        "r13": Report("Transfers and loans", handovers.lent),
        "r14": Report("Undistributed cards", prints.undistributed, upward=True),
        "r15": Report("Temporary certificates", supplies.sukets, upward=True),
        "r16": Report("Consumables", supplies.consumables, upward=True),
        "r17": Report("Incidents", incidents.register, upward=True),
        "r18": Report("Out-of-domicile prints", prints.out_of_domicile, upward=True),
        "spoilage": Report("Control chart of spoilage", invalid.spoilage),
    }
)


def build(name: str, view: View) -> Document:
    """Return a report of a view.

    :raises Refused: no report has this name.
    """
    known = REPORTS.get(name.lower())
    if known is None:
        raise Refused(f"There is no report {name[:40]!r}.", remedy=f"Known are: {', '.join(REPORTS)}.")
    document = known.build(view)
    period = (view.first.isoformat(), view.last.isoformat())
    return replace(document, period=period, size=view.size, root=view.root, day=view.as_of, upward=known.upward)
