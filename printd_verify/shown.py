"""How a report is shown: as text in one or two languages, as JSON, and how far the work is."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any, Final, TextIO

from printd_verify.findings import Case
from printd_verify.lives import Life
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
    if not report.proofs and (report.start or report.end < report.size):
        facts.append(("fact_excerpt", {"first": report.start, "last": report.end - 1}))
    how = "fact_proofs" if report.proofs else ("fact_quick" if report.quick else "fact_people")
    facts.append((how, {"number": report.signatures}))
    if report.proofs:
        facts.append(("fact_people", {"number": report.signatures}))
    if report.unknown and not report.lives:
        facts.append(("fact_unknown", {"number": report.unknown}))
    for life, opened in report.lives:
        facts += _life(life, opened, report.size)
    if report.people_from:
        facts.append(("fact_since", {"first": report.people_from}))
    if report.unchecked:
        facts.append(("fact_unchecked", {"number": report.unchecked}))
    if report.pack:
        facts.append(("fact_pack", {}))
    if report.first_held is not None:
        facts.append(_first_held(*report.first_held, report.first_print))
    for name, time in report.witnesses.items():
        facts.append(("fact_witness", {"name": name, "at": _moment(time)}))
    facts += _of_the_first(report)
    facts += _of_the_closing(report)
    facts += [("fact_kept", {"name": name}) for name in report.kept]
    facts += [("fact_lost", {"name": name}) for name in report.lost]
    return facts


def _life(life: Life, opened: str, size: int) -> list[tuple[str, dict[str, Any]]]:
    """Return what a bundle says of one thing."""
    about = {"name": life.name, "number": len(life.steps), "people": life.people}
    facts: list[tuple[str, dict[str, Any]]] = [(f"fact_about_{life.noun}", about)]
    for seq, at, kind, by, way in life.steps:
        facts.append(("fact_step", {"entry": seq, "at": at, "kind": kind, "by": ", ".join(by) or "-", "way": way}))
    moved = [step[0] for step in life.steps if step[4]]
    if life.place and moved:
        facts.append(("fact_place", {"place": life.place, "entry": moved[-1]}))
    if opened:
        facts.append((f"fact_{opened}_record", {"entry": life.erased or 0}))
    return [*facts, *((code, {"size": size}) for code in ("fact_not_whole", "fact_may_lack", "fact_after"))]


def _first_held(size: int, time: int, printed: tuple[int, str] | None) -> tuple[str, dict[str, Any]]:
    at = _moment(time)
    if printed is None or (size <= printed[0] and at <= printed[1]):
        return "fact_held_before", {"size": size, "at": at}
    return "fact_held_after", {"size": size, "at": at, "printed": printed[1]}


def _of_the_first(report: Report) -> list[tuple[str, dict[str, Any]]]:
    """Return whether a witness saw the log before its first card; nothing where nobody asked, or could tell."""
    if not report.asked_witnesses or report.quick or report.proofs or report.start:
        return []
    if report.first is None:
        return [("fact_first_none", {})]
    seen = min(report.first.witnesses.values())
    words = {"size": report.first.size, "names": ", ".join(report.first.witnesses), "at": _moment(seen)}
    return [("fact_first_before" if report.seen_before_print else "fact_first_after", words)]


def _of_the_closing(report: Report) -> list[tuple[str, dict[str, Any]]]:
    """Return what the last closing says of each stock type."""
    if report.closing is None:
        return []
    facts: list[tuple[str, dict[str, Any]]] = []
    for row in report.closing["totals"]:
        sums = {name: sum(row[kind] for kind in kinds) for name, kinds in _TOGETHER.items()}
        plain = {name: row[name] for name in (*_ALONE, "stock_type")}
        facts.append(("fact_closing", {"day": report.closing["day"], **sums, **plain}))
        if row["in_doubt"]:
            facts.append(("fact_doubt", plain))
    return facts


_TOGETHER: Final = {
    "on_hand": ("store", "shift", "hopper", "printer", "output"),
    "good": ("finished", "holder", "invalid"),
    "sites": ("transfer", "site"),
    "lost": ("skipped", "missing"),
}
_ALONE: Final = ("received", "spoiled", "destroyed", "returned", "in_doubt")


def _moment(time: int) -> str:
    return datetime.fromtimestamp(time, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


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
        "unknown": report.unknown,
        "about": [_about(life, opened) for life, opened in report.lives],
        "last_at": report.last_at,
        "witnesses": report.witnesses,
        "first_cosigned": report.first
        and {
            "size": report.first.size,
            "witnesses": report.first.witnesses,
            "before_first_print": report.seen_before_print,
        },
        "kept": report.kept,
        "lost": report.lost,
        "unchecked": report.unchecked,
        "known": report.known,
        "paper": [{"class": code, "what": what} for code, what in report.told],
        "closing": report.closing,
        "totals": report.totals,
        "pack": report.pack,
        "first_held": report.first_held,
        "first_print": report.first_print,
        "findings": [_case(case) for case in report.cases],
    }
    return json.dumps(told, ensure_ascii=False)


def _about(life: Life, opened: str) -> dict[str, Any]:
    names = ("entry", "at", "kind", "by", "way")
    return {
        "noun": life.noun,
        "name": life.name,
        "entries": [dict(zip(names, step, strict=True)) for step in life.steps],
        "people": life.people,
        "place": life.place,
        "record": opened,
        "erased": life.erased,
    }


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
