"""Every register of an office by name, each table by table, as the entries of the log make it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from crossing import cards, counts, handovers, incidents, invalid, sites, stock, supplies
from crossing.custody import Books

Row = dict[str, Any]
Builder = Callable[[Books, date, date], list[Row]]

REGISTERS: Mapping[str, Mapping[str, Builder]] = MappingProxyType(
    {
        "r1": {"Stock by day": stock.daily},
        "r2": {"Availability": stock.notice},
        "r3": {
            "Reports of sites": sites.sites,
            "Used by sites, and not named card by card": sites.not_named,
        },
        "r4": {"Movements of the store": stock.card},
        "r5": {"Receipts": handovers.receipts},
        "r6": {
            "What each shift was given, and what became of it (pieces)": counts.shifts,
            "Physical count at the end of each shift (pieces)": counts.counted,
            "Keeping and differences": counts.kept,
        },
        "r7": {
            "Prints": cards.prints,
            "Summary": cards.summary,
            "Test prints": cards.trials,
            "Printed by sites, as their reports name it": cards.prints_of_sites,
        },
        "r8": {
            "KTP-el that holders brought back": invalid.brought_back,
            "KTP-el that the office spoiled": invalid.spoiled_here,
        },
        "r9": {"": invalid.destructions},
        "r10": {
            "Spoiled blanks that were destroyed": invalid.blanks_by_month,
            "Damaged or invalid KTP-el that were destroyed": invalid.cards_by_month,
            "Spoiled blanks left to destroy": invalid.blanks_left,
            "Damaged or invalid KTP-el left to destroy": invalid.cards_left,
        },
        "r11": {"Requests": supplies.requests},
        "r12": {
            "Counts": counts.counts,
            "Outside the office, not counted by hand (pieces)": counts.elsewhere,
            "Stock counted, at each delivery's own unit price": counts.valued,
            "Inventory of semester": counts.inventory,
        },
        "r13": {"Transfers": handovers.transfers},
        "r14": {
            "Not handed over": cards.undistributed,
            "Handed over in the period": cards.taken,
            "Handed over by sites, as their reports name it": cards.taken_at_sites,
        },
        "r15": {
            "Issued in the period": supplies.sukets,
            "All that were ever issued, at the end of the period": supplies.states,
        },
        "r16": {
            "Ribbon, film, cleaning": supplies.consumables,
            "Stock of unopened pieces": supplies.stock,
            "Came in": supplies.came,
        },
        "r17": {
            "Incidents": incidents.what,
            "Reports to the head of the office, the province and the ministry": incidents.told,
            "What was done": incidents.done,
        },
        "r18": {"Out of domicile": cards.away},
        "spoilage": {"By day": invalid.by_day, "By printer": invalid.by_printer, "By cause": invalid.by_cause},
    }
)
"""Of each register its tables by how their titles begin; one that has no rows may be left out."""

TEXTS: Mapping[str, set[str]] = MappingProxyType(
    {
        "r5": {"remarks"},
        "r12": {"condition"},
    }
)
"""Columns that say in words what others say in figures."""
