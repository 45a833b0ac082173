"""Consumables and requests for blanks, by the entries: what is opened came in, and a request's account adds up."""

from __future__ import annotations

from collections import Counter
from typing import Any

from printd_verify.findings import Findings
from printd_verify.places import Handler, Places, gap


class Supplies:
    """What lies in the cupboard, and what the office asks for."""

    def __init__(self, findings: Findings, places: Places) -> None:
        self._findings = findings
        self._places = places
        self._cupboard: Counter[tuple[str, str]] = Counter()
        self.handlers: dict[str, Handler] = {
            "consumable.received": self._received,
            "consumable.opened": self._opened,
            "request.made": self._requested,
        }

    def _received(self, seq: int, at: str, by: list[str], data: dict[str, Any]) -> None:
        self._cupboard[data["kind"], data["label"]] += data["pieces"]

    def _opened(self, seq: int, at: str, by: list[str], data: dict[str, Any]) -> None:
        """Take one out of the cupboard; of what was never booked in nobody knows how many there are."""
        about = data["kind"], data["label"]
        there = self._cupboard.get(about)
        if data.get("unbooked"):
            if there is not None:
                self._findings.doubt("booked_in", seq, label=data["label"])
        elif not there:
            self._findings.unknown("not_in_stock", seq, label=data["label"])
        else:
            self._cupboard[about] -= 1

    def _requested(self, seq: int, at: str, by: list[str], data: dict[str, Any]) -> None:
        """Hold the account of the year against itself and, where everything is told, against where blanks are."""
        year, stock_type = data.get("year"), data["stock_type"]
        computed = data["facts"]["ask"]
        differs = computed is not None and computed != data["asked"]
        if year is not None and differs != ("difference" in data):
            self._findings.add("request_difference", seq, asked=data["asked"], computed=computed or "-")
        if year is None:
            return
        lacking = gap(year["opening"], year, year["closing"])
        if lacking:
            self._findings.add("request_sum", seq, stock_type=stock_type, lacking=lacking)
        found = self._places.on_hand().get(stock_type, 0)
        if year["closing"] != found and not self._findings.began_later:
            self._findings.doubt("request_figure", seq, stock_type=stock_type, said=year["closing"], found=found)
