"""A quick look: heads, consistency and the totals of closings, without what the entries say beside."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from printd_verify.closings import Totals, lacks, told
from printd_verify.days import Days
from printd_verify.entries import EntryError, read_entry
from printd_verify.findings import Findings
from printd_verify.heads import Kept
from printd_verify.kinds import FORMS
from printd_verify.places import ON_HAND, gap
from printd_verify.sources import PART, Source
from printd_verify.tree import WIDTH
from printd_verify.verification import Progress, Report, Trust, verify

_TELLS: Final = re.compile(
    rb'"kind":"(?:clock\.went_back|day\.closed|shift\.closed|shop\.configured|shop\.opened)","seq":'
)
_CLOSINGS: Final = ("day.closed", "shift.closed")
_GROW: Final = ("announced", "received", "destroyed")
"""Figures that nothing takes away from."""


def look(
    source: Source, trust: Trust, *, against: Sequence[Kept], since: Kept | None, progress: Progress | None = None
) -> Report:
    """Look at a log quickly.

    Every byte is hashed and leads to the signed root; entries are read only where they tell totals.
    """
    report = verify(source, trust, against=against, since=since, meaning=False, progress=progress)
    findings = Findings()
    findings.began_later = source.start >= WIDTH
    closings = _Closings(findings)
    for first in range(source.start // PART * PART, source.end, PART):
        for place, body in enumerate(source.read(first).bodies):
            if body is None or not (_TELLS.search(body) or first + place == source.end - 1):
                continue
            try:
                entry = read_entry(body)
            except EntryError:
                continue
            if FORMS.checks.get(entry["kind"], _unknown)(entry["data"]):
                closings.read(first + place, entry)
    report.totals = closings.told
    report.closing = closings.told[-1] if closings.told else None
    report.quick = True
    report.cases += findings.cases
    return report


def _unknown(data: object) -> bool:
    return False


class _Closings:
    """Reads closings alone.

    :ivar told: the totals of each.
    """

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._days = Days(findings)
        self._closing: dict[str, int] | None = None
        self.told: list[dict[str, Any]] = []

    def read(self, seq: int, entry: dict[str, Any]) -> None:
        """Take an entry that tells a closing or the office's time, or the last one."""
        kind, at, data, findings = entry["kind"], entry["at"], entry["data"], self._findings
        self._days.look(seq, kind, at)
        take = self._days.handlers.get(kind)
        if take is not None:
            take(seq, at, entry["by"], data)
        if kind not in _CLOSINGS:
            return
        closing = told(seq, at, data)
        if kind == "shift.closed":
            act = data["act"]
            _check(findings, seq, act, self._closing)
            _check_on_hand(findings, seq, act, data["totals"])
            self._closing = act["closing"]
            closing["stock"] = act["stock"]
        _check_totals(findings, seq, data["totals"], self.told[-1] if self.told else None)
        self.told.append(closing)


def _check(findings: Findings, seq: int, act: dict[str, Any], before: dict[str, int] | None) -> None:
    for row in act["stock"]:
        lacking = gap(row["opening"], row, row["closing"])
        if lacking:
            findings.add("closing_sum", seq, stock_type=row["stock_type"], lacking=lacking)
        ended = None if before is None else before.get(row["stock_type"], 0)
        if ended not in (None, row["opening"]):
            findings.add("closing_chain", seq, stock_type=row["stock_type"], said=row["opening"], found=ended or 0)


def _check_totals(findings: Findings, seq: int, totals: Totals, last: dict[str, Any] | None) -> None:
    """Make sure that totals add up, and that what can only grow did."""
    before = {} if last is None else {row["stock_type"]: row for row in last["totals"]}
    for row in totals:
        stock_type = row["stock_type"]
        lacking = lacks(row)
        if lacking:
            findings.add("totals_sum", seq, stock_type=stock_type, lacking=lacking)
        for figure in _GROW if stock_type in before else ():
            was, now = before[stock_type][figure], row[figure]
            if now < was:
                findings.add("totals_back", seq, stock_type=stock_type, figure=figure, before=was, said=now)


def _check_on_hand(findings: Findings, seq: int, act: dict[str, Any], totals: Totals) -> None:
    """Make sure that an act's closing figures are those of the totals."""
    there = {row["stock_type"]: sum(row[kind] for kind in ON_HAND) for row in totals}
    for row in act["stock"]:
        stock_type, told = row["stock_type"], row["closing"]
        if there.get(stock_type, 0) != told:
            words = {"said": there.get(stock_type, 0), "found": told}
            findings.add("totals_act", seq, stock_type=stock_type, **words)
