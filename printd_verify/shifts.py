"""Shifts and counts, by the entries: counted twice alike, and every figure of a closing as the entries tell it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from printd_verify.findings import Findings
from printd_verify.places import BROUGHT, COMING, GOING, ON_HAND, TAKEN, Handler, Places, gap, joined
from printd_verify.words import Range, kind_of, ranges

_BY_THE_SHIFT: Final = frozenset({"issue", "load", "unload"})


_BY_PAPER: Final = frozenset({"transit", "transfer", "site"})
_HERE: Final = ON_HAND | {"finished", "spoiled", "invalid"}
_VALUED: Final = (
    "unit_value", "good", "value", "finished", "spoiled", "invalid", "elsewhere", "transit",
)  # fmt: skip


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
        self._reports: dict[tuple[str, str], tuple[int, str]] = {}
        self._carried: dict[str, int] = {}
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

    def reported(self, data: Mapping[str, Any]) -> None:
        """Take note of what a site reported last."""
        self._reports[f"site:{data['site']}", data["stock_type"]] = data["pieces"], data["day"]

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
        self._judge_work(seq, data["act"])
        left = {one: number for one, number in self._places.in_kinds(("shift", "hopper")).items() if number}
        for place, number in left.items():
            if place == f"shift:{data['shift']}" or place.startswith("hopper:"):
                self._findings.doubt("left_behind", seq, place=place, number=number)
        self._places.check_deliveries(seq)
        self._opening = data["act"]["closing"]
        self._carried = self._places.in_hand()
        if self._findings.began_later:
            self._carried = {row["stock_type"]: row["carried_over"] for row in data["act"].get("work", [])}
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

    def _judge_work(self, seq: int, act: Mapping[str, Any]) -> None:
        """Hold what a shift is said to have had in hand against the entries, once the rest went back."""
        if "work" not in act:
            return
        said = {row["stock_type"]: row for row in act["work"]}
        for stock_type, row in said.items():
            lacking = row["carried_in"] + sum(row[one] for one in BROUGHT)
            lacking -= sum(row[one] for one in TAKEN) + row["carried_over"]
            if lacking:
                self._findings.add("closing_sum", seq, stock_type=stock_type, lacking=lacking)
        if self._findings.began_later:
            for stock_type, row in said.items() if self._closed_any else ():
                ended = self._carried.get(stock_type, 0)
                if ended != row["carried_in"]:
                    words = {"stock_type": stock_type, "said": row["carried_in"], "found": ended}
                    self._findings.add("closing_chain", seq, **words)
            return
        flows, left = self._places.by_shift(), self._places.in_hand()
        should = {
            one: {"carried_in": self._carried.get(one, 0), **flows.get(one, {}), "carried_over": left.get(one, 0)}
            for one in {*self._carried, *flows, *left}
        }
        self._judge_figures(seq, said, should, ("carried_in", *BROUGHT, *TAKEN, "carried_over"))
        spoiled = {one["cause"]: joined(ranges(one["serials"])) for one in act.get("spoils", [])}
        found: dict[str, list[Range]] = {}
        for serial in self._places.spoiled_in_hand:
            found.setdefault(self._spoils.get(serial, ""), []).extend(ranges([[serial, serial]]))
        for cause in sorted({*spoiled, *found}):
            one, other = spoiled.get(cause, []), joined(found.get(cause, []))
            if one != other:
                self._findings.doubt("closing_spoiled", seq, said=_which(cause, one), found=_which(cause, other))

    def _judge_stock(self, seq: int, act: Mapping[str, Any]) -> None:
        flows, on_hand = self._places.flows(never_came="work" not in act), self._places.on_hand()
        none = dict.fromkeys((*COMING, *GOING), 0)
        should = {
            one: {"opening": self._opening.get(one, 0), **flows.get(one, none), "closing": on_hand.get(one, 0)}
            for one in {*self._opening, *flows, *on_hand}
        }
        said = {row["stock_type"]: row for row in act["stock"]}
        self._judge_figures(seq, said, should, ("opening", *COMING, *GOING, "closing"))

    def _judge_figures(
        self,
        seq: int,
        said: Mapping[str, Mapping[str, Any]],
        should: Mapping[str, Mapping[str, Any]],
        names: Sequence[str],
    ) -> None:
        """Hold figures by stock type or delivery against what they should be."""
        for stock_type in sorted({*should, *said}):
            for name in names:
                one = said.get(stock_type, {}).get(name, 0)
                other = should.get(stock_type, {}).get(name, 0)
                if one != other:
                    told = {"said": _or_dash(one), "found": _or_dash(other)}
                    self._findings.doubt("closing_figure", seq, figure=name, stock_type=stock_type, **told)

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
        self._judge_value(seq, data["act"])
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

    def _judge_value(self, seq: int, act: Mapping[str, Any]) -> None:
        """Make sure that a stock count covers every place, and that no piece has a price that no paper gave."""
        if "deliveries" not in act or self._findings.began_later:
            return
        items = {item["place"]: item for item in act["items"]}
        told = {(row["place"], row["stock_type"]): row for row in act.get("elsewhere", [])}
        lies, away = Counter[str](), Counter[tuple[str, str]]()
        values: dict[str, int | None] = {}
        for held, number in self._places.counts.items():
            delivery, kind = self._places.deliveries.get(held.delivery), kind_of(held.place)
            if not number or delivery is None:
                continue
            if kind in _BY_PAPER:
                away[held.place, delivery.stock_type] += number
            elif kind in _HERE:
                lies[held.place] += number
                worth = None if delivery.unit_value is None else delivery.unit_value * number
                before = values.get(held.place, 0)
                values[held.place] = None if worth is None or before is None else before + worth
        for place in sorted(lies.keys() - items.keys()):
            self._findings.doubt("closing_place", seq, place=place, said=0, found=lies[place])
        for place, item in items.items():
            value = values.get(place, 0) if kind_of(place) in ON_HAND else None
            if item["value"] != value:
                words = {"figure": "value", "stock_type": place}
                self._findings.doubt(
                    "closing_figure", seq, **words, said=_or_dash(item["value"]), found=_or_dash(value)
                )
        for one in sorted({*told, *away}):
            said, found = told.get(one, {"book": 0, "told": None, "day": None}), away[one]
            if said["book"] != found:
                self._findings.doubt("closing_place", seq, place=one[0], said=said["book"], found=found)
            report = self._reports.get(one, (None, None))
            if kind_of(one[0]) == "site" and (said["told"], said["day"]) != report:
                told_of = {"said": _or_dash(said["told"]), "found": _or_dash(report[0])}
                self._findings.doubt("count_told", seq, place=one[0], **told_of)
        self._judge_figures(seq, {row["delivery"]: row for row in act["deliveries"]}, self._left(), _VALUED)

    def _left(self) -> dict[str, dict[str, Any]]:
        """Return what is left of each delivery, and what it is worth."""
        found = {}
        for name, delivery in self._places.deliveries.items():
            left = self._places.left(name)
            good = sum(left.get(kind, 0) for kind in ON_HAND)
            away = left.get("transfer", 0) + left.get("site", 0)
            figures = {one: left.get(one, 0) for one in ("finished", "spoiled", "invalid", "transit")}
            if good or away or any(figures.values()):
                worth = None if delivery.unit_value is None else delivery.unit_value * good
                figures.update(good=good, elsewhere=away)
                found[name] = {**figures, "unit_value": delivery.unit_value, "value": worth}
        return found


def _or_dash(figure: int | None) -> str | int:
    return "-" if figure is None else figure


def _which(cause: str, blanks: Sequence[Range]) -> str:
    return f"{cause or '-'} {', '.join(map(str, blanks[:6])) or '-'}"


def _told(figures: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {number}" for name, number in sorted(figures.items())) or "-"
