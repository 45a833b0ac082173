"""Papers that acts leave behind, and which entry each of them stands for."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, NamedTuple

ActPaper = Literal["delivery", "shift", "transfer", "destruction", "stock-count", "request", "handover", "correction"]
"""A paper that the books alone make, by what it is of; `handover` is the slip that a holder takes along."""

PaperKind = ActPaper | Literal["destruction-list"]
"""A paper, by what it is of. The list of destroyed cards by name is made only where two people open the names."""


class StandsFor(NamedTuple):
    """The entries that a paper stands for: their kinds, and the field that has the name of the act."""

    kinds: tuple[str, ...]
    field: str


ENTRIES: Mapping[PaperKind, StandsFor] = MappingProxyType(
    {
        "delivery": StandsFor(("delivery.received",), "delivery"),
        "correction": StandsFor(("discrepancy.closed",), "discrepancy"),
        "shift": StandsFor(("shift.closed",), "shift"),
        "transfer": StandsFor(("transfer.sent", "transfer.acknowledged"), "transfer"),
        "destruction": StandsFor(("blanks.destroyed",), "destruction"),
        "destruction-list": StandsFor(("register.read",), "what"),
        "stock-count": StandsFor(("stock.closed",), "count"),
        "request": StandsFor(("request.made",), "request"),
        "handover": StandsFor(("card.handed_over",), "attempt"),
    }
)
