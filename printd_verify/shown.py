"""How a report is shown: as text in one or two languages, as JSON, and how far the work is."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, TextIO

from printd_verify.findings import Case
from printd_verify.sentences import LANGUAGES, say
from printd_verify.verification import Report

_BLOCKS = 30


def as_text(report: Report, languages: Sequence[str]) -> str:
    """Return what people read."""
    return "\n\n".join("\n".join(_lines(report, language)) for language in languages)


def _lines(report: Report, language: str) -> list[str]:
    lines = [say(report.verdict if report.holds else "verdict_bad", {"number": len(report.cases)}, language)]
    lines += [f"  {say(code, what, language)}" for code, what in _facts(report)]
    for case in report.cases:
        lines += ["", f"! {case.code} ({case.number})"]
        for place in case.places:
            entry = "" if place.entry is None else f"{say('entry', {'entry': place.entry}, language)}: "
            lines.append(f"    {entry}{say(case.code, place.what, language)}")
        if case.number > len(case.places):
            lines.append(f"    {say('more', {'number': case.number - len(case.places)}, language)}")
    return lines


def _facts(report: Report) -> list[tuple[str, dict[str, Any]]]:
    """Return codes and words of what is true of the log whatever was found."""
    if report.paper:
        return report.told
    facts: list[tuple[str, dict[str, Any]]] = [
        ("fact_log", {"origin": report.origin or "-", "size": report.size, "root": _hex(report.root)}),
        ("fact_signed", {"size": report.signed_size, "tail": report.size - report.signed_size}),
    ]
    if report.start or report.end < report.size:
        facts.append(("fact_excerpt", {"first": report.start, "last": report.end - 1}))
    how = "fact_proofs" if report.proofs else ("fact_quick" if report.quick else "fact_people")
    facts.append((how, {"number": report.signatures}))
    if report.people_from:
        facts.append(("fact_since", {"first": report.people_from}))
    if report.unchecked:
        facts.append(("fact_unchecked", {"number": report.unchecked}))
    for name, time in report.witnesses.items():
        at = datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        facts.append(("fact_witness", {"name": name, "at": at}))
    facts += [("fact_kept", {"name": name}) for name in report.kept]
    facts += [("fact_lost", {"name": name}) for name in report.lost]
    return facts


def as_json(report: Report) -> str:
    """Return what programs read."""
    told = {
        "holds": report.holds,
        "origin": report.origin,
        "from": report.start,
        "to": report.end,
        "size": report.size,
        "root": _hex(report.root),
        "signed_size": report.signed_size,
        "checkpoints": report.checkpoints,
        "signatures": report.signatures,
        "signatures_from": report.people_from,
        "quick": report.quick,
        "proofs": report.proofs,
        "last_at": report.last_at,
        "witnesses": report.witnesses,
        "kept": report.kept,
        "lost": report.lost,
        "unchecked": report.unchecked,
        "known": report.known,
        "paper": [{"class": code, "what": what} for code, what in report.told],
        "totals": report.totals,
        "findings": [_case(case) for case in report.cases],
    }
    return json.dumps(told, ensure_ascii=False)


def _case(case: Case) -> dict[str, Any]:
    return {
        "class": case.code,
        "number": case.number,
        "first": [
            {
                "entry": place.entry,
                "what": place.what,
                "says": {language: say(case.code, place.what, language) for language in LANGUAGES},
            }
            for place in case.places
        ],
    }


def _hex(root: bytes | None) -> str:
    return "" if root is None else root.hex()


def bar(out: TextIO) -> Callable[[int, int], None]:
    """Return what draws on a terminal how far the work is."""

    def draw(done: int, of: int) -> None:
        blocks = _BLOCKS * done // max(of, 1)
        end = "\n" if done >= of else ""
        out.write(f"\r[{'#' * blocks}{'.' * (_BLOCKS - blocks)}] {done:,} / {of:,}{end}")
        out.flush()

    return draw
