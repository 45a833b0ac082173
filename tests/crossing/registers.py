"""Every register of an office by name, each table by table, as the entries of the log make it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from crossing import cards, custody_acts, handovers, invalid, stock, supplies
from crossing.custody import Books

Row = dict[str, Any]
Builder = Callable[[Books, date, date], list[Row]]

REGISTERS: Mapping[str, tuple[Builder, ...]] = MappingProxyType(
    {
        "r1": (stock.daily,),
        "r2": (stock.notice,),
        "r3": (custody_acts.sites,),
        "r4": (stock.card,),
        "r5": (handovers.receipts,),
        "r6": (custody_acts.shifts,),
        "r7": (cards.prints, cards.summary),
        "r8": (invalid.cards,),
        "r9": (invalid.destructions,),
        "r10": (invalid.monthly, invalid.left),
        "r11": (supplies.requests,),
        "r12": (custody_acts.counts,),
        "r13": (handovers.transfers,),
        "r14": (cards.undistributed, cards.taken),
        "r15": (supplies.sukets, supplies.sukets_at_end),
        "r16": (supplies.consumables, supplies.stock, supplies.came),
        "r17": (custody_acts.incidents, custody_acts.reports, custody_acts.done),
        "r18": (cards.away,),
        "spoilage": (invalid.by_day, invalid.by_printer, invalid.by_cause),
    }
)

TEXTS: Mapping[str, set[str]] = MappingProxyType(
    {
        "r4": {"serials"},
        "r5": {"differences", "sender"},
        "r6": {"serials"},
        "r9": {"serials"},
        "r13": {"serials"},
        "r11": {"collector"},
        "r17": {"serials", "last_event", "standing", "reported_to"},
    }
)
"""Columns that say in words what others say in figures."""
