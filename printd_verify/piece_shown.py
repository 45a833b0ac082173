"""The life of one blank as people and as programs read it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from printd_verify.piece import Life, Step
from printd_verify.sentences import LANGUAGES, say
from printd_verify.shown import as_json, as_text
from printd_verify.terms import place_words, words
from printd_verify.verification import Report


def life_as_text(life: Life, report: Report, languages: Sequence[str]) -> str:
    """Return what people read: the life, then what came of verifying the pack."""
    parts = ["\n".join(_lines(life, report, language)) for language in languages] if life.steps else []
    return "\n\n".join([*parts, as_text(report, languages)])


def life_as_json(life: Life, report: Report) -> str:
    """Return what programs read."""
    told: dict[str, Any] = json.loads(as_json(report))
    told["piece"] = asdict(life)
    return json.dumps(told, ensure_ascii=False)


def _lines(life: Life, report: Report, language: str) -> list[str]:
    at = LANGUAGES.index(language)
    place = place_words(life.place)[at] if life.place else "-"
    about = {"serial": life.serial, "delivery": life.delivery or "-", "bast": life.bast_number or "-", "place": place}
    lines = [say("piece", about, language)]
    lines += [f"  {_line(step, at, language)}" for step in life.steps]
    root = "" if report.root is None else report.root.hex()
    proof = "piece_proved" if report.holds else "piece_not_proved"
    return [*lines, f"  {say(proof, {'number': len(life.steps), 'root': root}, language)}"]


def _line(step: Step, at: int, language: str) -> str:
    moves = step.rows.get("movements", ())
    parts = [words(step.kind)[at], *(f"{place_words(row['from'])[at]} > {place_words(row['to'])[at]}" for row in moves)]
    for row in step.rows.get("cards", ()):
        about = [row["printer"], *(words(row[name])[at] for name in ("outcome", "detail", "evidence"))]
        parts.append(", ".join(one for one in about if one))
        if row["let_work_by"]:
            parts.append(say("piece_let_work", {"name": row["let_work_by"]}, language))
    parts += [f"{words(row['kind'])[at]}: {words(row['state'])[at]}" for row in step.rows.get("gaps", ())]
    parts += [f"! {words(row['class'])[at]}: {row['detail']}" for row in step.rows.get("exceptions", ())]
    parts.append(say("piece_by", {"names": step.by}, language) if step.by else say("piece_machine", {}, language))
    head = say("piece_step", {"entry": step.entry, "at": f"{step.at[:10]} {step.at[11:19]} UTC"}, language)
    return f"{head}: {'; '.join(parts)}"
