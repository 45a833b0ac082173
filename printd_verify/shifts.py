"""Shifts and counts, by the entries: counted twice alike, and every figure of a closing as the entries tell it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from printd_verify.findings import Findings
from printd_verify.places import COMING, GOING, Handler, Places, gap
from printd_verify.words import ranges

_BY_THE_SHIFT: Final = frozenset({"issue", "load", "unload"})


class Shifts:
    """The shift that is open, and what happened since the one before was closed."""

    def __init__(self, findings: Findings, places: Places) -> None:
        self._findings = findings
        self._places = places
        self._shift = ""
        self._counting = False
        self._opened = 0
        self._closed_any = False
        self._opening: dict[str, int] = {}
        self._sheets: dict[str, dict[str, Any]] = {}
        self._stock_sheets: dict[str, dict[str, dict[str, Any]]] = {}
        self._spoils: dict[str, str] = {}
        self._spoiled = Counter[str]()
        self._outcomes = Counter[str]()
        self._under_way = 0
        self.handlers: dict[str, Handler] = {
            "shift.opened": self._open,
            "shift.counting": self._count,
            "shift.resumed": self._resume,
            "shift.counted": self._counted,
            "shift.closed": self._close,
            "stock.counted": self._stock_counted,
            "stock.closed": self._stock_closed,
        }

    def check_printing(self, seq: int) -> None:
        """Make sure that no count is under way when a card begins."""
        if self._counting:
            self._findings.doubt("printed_in_count", seq, shift=self._shift)

    def check_moved(self, seq: int, place: str, why: str) -> None:
        """Make sure that blanks come to and leave the shift that is open."""
        if self._shift != place:
            self._findings.unknown("other_shift", seq, shift=place, now=self._shift or "-")
        elif self._counting and why in _BY_THE_SHIFT:
            self._findings.doubt("moved_in_count", seq, shift=place)

    def began(self, seq: int) -> None:
        """Take note that an attempt began."""
        self._outcomes["open"] += 1
        self._under_way += 1

    def ended(self, began: int, before: str, outcome: str) -> None:
        """Take note of what became of an attempt.

        :param began: number of the entry in which it did.
        """
        if outcome != "in_doubt":
            self._under_way -= 1
        if began > self._opened:
            self._outcomes[before] -= 1
            self._outcomes[outcome] += 1

    def spoil(self, serial: str, cause: str) -> None:
        """Take note of a spoiled blank; one that was spoiled before is spoiled once."""
        if serial not in self._spoils:
            self._spoils[serial] = cause
            self._spoiled[cause] += 1

    def respoil(self, booked: str, actual: str) -> None:
        """Take note that it was another blank."""
        if booked in self._spoils:
            self._spoils[actual] = self._spoils.pop(booked)

    def _open(self, seq: int, at: str, by: list[str], data: dict[str, Any]) -> None:
        if self._shift:
            self._findings.doubt("shift_open", seq, shift=data["shift"], now=self._shift)
        self._shift, self._counting, self._opened = data["shift"], False, seq
        self._sheets.clear()
        self._outcomes.clear()

    def _is_it(self, seq: int, shift: str, *, counting: bool) -> bool:
        if self._shift != shift or self._counting is not counting:
            state = "-" if self._shift != shift else ("counting" if self._counting else "open")
            add = self._findings.doubt if self._shift else self._findings.unknown
            add("shift_state", seq, shift=shift, state=state)
            return False
        return True

    def _count(self, seq: int, at: str, by: list[str], data: dict[str, Any]) -> None:
        if self._is_it(seq, data["shift"], counting=False):
            self._counting = True
            self._sheets.clear()

    def _resume(self, seq: int, at: str, by: list[str], data: dict[str, Any]) -> None:
        if self._is_it(seq, data["shift"], counting=True):
            self._counting = False

    def _counted(self, seq: int, at: str, by: list[str], data: dict[str, Any]) -> None:
        if self._is_it(seq, data["shift"], counting=True):
            self._sheets[by[0] if by else ""] = data["places"]

    def _close(self, seq: int, at: str, by: list[str], data: dict[str, Any]) -> None:
        known = self._is_it(seq, data["shift"], counting=True)
        if known and self._under_way:
            self._findings.doubt("closed_in_doubt", seq, shift=data["shift"], number=self._under_way)
        self._judge(seq, by, data["act"])
        for place, serials in data["returned"]:
            self._places.move(seq, ranges(serials), place, "store")
        left = {one: number for one, number in self._places.in_kinds(("shift", "hopper")).items() if number}
        for place, number in left.items():
            if place == f"shift:{data['shift']}" or place.startswith("hopper:"):
                self._findings.doubt("left_behind", seq, place=place, number=number)
        self._places.check_deliveries(seq)
        self._opening = data["act"]["closing"]
        self._closed_any = True
        self._places.close_period()
        self._spoiled.clear()
        self._shift, self._counting = "", False

    def _judge(self, seq: int, by: list[str], act: Mapping[str, Any]) -> None:
        """Hold the figures of a closing against the entries."""
        for row in act["stock"]:
            lacking = gap(row["opening"], row, row["closing"])
            if lacking:
                self._findings.add("closing_sum", seq, stock_type=row["stock_type"], lacking=lacking)
        if self._findings.began_later:  # what lies where, and of which type, was told before
            self._judge_chain(seq, act)
            self._findings.unchecked += 1
            return
        self._judge_stock(seq, act)
        if dict(+self._spoiled) != act["spoiled"]:
            self._findings.doubt("closing_spoiled", seq, said=_told(act["spoiled"]), found=_told(+self._spoiled))
        outcomes = {name: number for name, number in self._outcomes.items() if number}
        if outcomes != act["outcomes"]:
            self._findings.doubt("closing_outcomes", seq, said=_told(act["outcomes"]), found=_told(outcomes))
        gaps = {one["place"] for one in act["gaps"]}
        for row in act["places"]:
            if row["book"] != self._places.pieces(row["place"]) and row["place"] not in gaps:
                found = self._places.pieces(row["place"])
                self._findings.doubt("closing_place", seq, place=row["place"], said=row["book"], found=found)
            if row["book"] != row["counted"] and row["place"] not in gaps:
                self._findings.add("closing_gap", seq, place=row["place"], counted=row["counted"], book=row["book"])
        self._judge_sheets(seq, by, act)

    def _judge_chain(self, seq: int, act: Mapping[str, Any]) -> None:
        """Make sure that a closing begins where the one before ended."""
        for row in act["stock"] if self._closed_any else ():
            ended = self._opening.get(row["stock_type"], 0)
            if ended != row["opening"]:
                words = {"stock_type": row["stock_type"], "said": row["opening"], "found": ended}
                self._findings.add("closing_chain", seq, **words)

    def _judge_stock(self, seq: int, act: Mapping[str, Any]) -> None:
        flows, on_hand = self._places.flows(), self._places.on_hand()
        none = dict.fromkeys((*COMING, *GOING), 0)
        should = {
            one: {"opening": self._opening.get(one, 0), **flows.get(one, none), "closing": on_hand.get(one, 0)}
            for one in {*self._opening, *flows, *on_hand}
        }
        said = {row["stock_type"]: row for row in act["stock"]}
        for stock_type in sorted({*should, *said}):
            for name in ("opening", *COMING, *GOING, "closing"):
                one = said.get(stock_type, {}).get(name, 0)
                other = should.get(stock_type, {}).get(name, 0)
                if one != other:
                    self._findings.doubt(
                        "closing_figure", seq, figure=name, stock_type=stock_type, said=one, found=other
                    )

    def _judge_sheets(self, seq: int, by: list[str], act: Mapping[str, Any]) -> None:
        """Hold the counts of the two who sign against each other, and the act's against theirs."""
        sheets = [self._sheets.get(name) for name in by[:2]]
        if len(sheets) < 2 or None in sheets:
            self._findings.doubt("not_counted", seq, names=", ".join(by[:2]))
            return
        if sheets[0] != sheets[1]:
            self._findings.doubt("counts_differ", seq, names=", ".join(by[:2]))
            return
        sheet = sheets[0] or {}
        for row in act["places"]:
            counted = sheet.get(row["place"], {"pieces": 0})["pieces"]
            if counted != row["counted"]:
                self._findings.doubt("count_told", seq, place=row["place"], said=row["counted"], found=counted)

    def _stock_counted(self, seq: int, at: str, by: list[str], data: dict[str, Any]) -> None:
        self._stock_sheets.setdefault(data["count"], {})[by[0] if by else ""] = data["places"]

    def _stock_closed(self, seq: int, at: str, by: list[str], data: dict[str, Any]) -> None:
        sheets = self._stock_sheets.pop(data["count"], {})
        for item in data["act"]["items"]:
            found = self._places.pieces(item["place"])
            if item["book"] != found and not self._findings.began_later:
                self._findings.doubt("closing_place", seq, place=item["place"], said=item["book"], found=found)
            for name, said in zip(data["act"]["counters"], (item["count_1"], item["count_2"]), strict=True):
                sheet = sheets.get(name)
                counted = None if sheet is None else sheet.get(item["place"], {"pieces": 0})["pieces"]
                if counted is None:
                    self._findings.unknown("not_counted", seq, names=name)
                elif counted != said:
                    self._findings.doubt("count_told", seq, place=item["place"], said=said, found=counted)


def _told(figures: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {number}" for name, number in sorted(figures.items())) or "-"
