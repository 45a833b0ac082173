"""A quick look: heads, consistency and the totals of closings, without what the entries say beside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from printd_verify.entries import EntryError, read_entry
from printd_verify.findings import Findings
from printd_verify.heads import Kept
from printd_verify.kinds import FORMS
from printd_verify.places import gap
from printd_verify.sources import PART, Source
from printd_verify.verification import Progress, Report, Trust, verify

_TELLS_TOTALS: Final = b'"kind":"shift.closed","seq":'


def look(
    source: Source, trust: Trust, *, against: Sequence[Kept], since: Kept | None, progress: Progress | None = None
) -> Report:
    """Look at a log quickly.

    Every byte is hashed and leads to the signed root; entries are read only where they tell totals.
    """
    report = verify(source, trust, against=against, since=since, meaning=False, progress=progress)
    findings = Findings()
    closing: dict[str, int] | None = None
    for first in range(source.start // PART * PART, source.end, PART):
        for place, body in enumerate(source.read(first).bodies):
            if body is None or _TELLS_TOTALS not in body:
                continue
            try:
                entry = read_entry(body)
            except EntryError:
                continue
            if entry["kind"] != "shift.closed" or not FORMS.checks["shift.closed"](entry["data"]):
                continue
            act = entry["data"]["act"]
            _check(findings, first + place, act, closing)
            closing = act["closing"]
            report.totals.append({"entry": first + place, "at": entry["at"], "stock": act["stock"]})
    report.quick = True
    report.cases += findings.cases
    return report


def _check(findings: Findings, seq: int, act: dict[str, Any], before: dict[str, int] | None) -> None:
    for row in act["stock"]:
        lacking = gap(row["opening"], row, row["closing"])
        if lacking:
            findings.add("closing_sum", seq, stock_type=row["stock_type"], lacking=lacking)
        ended = None if before is None else before.get(row["stock_type"], 0)
        if ended not in (None, row["opening"]):
            findings.add("closing_chain", seq, stock_type=row["stock_type"], said=row["opening"], found=ended or 0)
