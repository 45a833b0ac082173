"""Books against physics: every card that a simulator let go of, beside what the books say of its blank.

The database is read with sqlite3 alone, and the log is proved by the commands that an auditor types: what is judged
has no say in the judgement.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from printd.cli.app import app
from support.signed import Signed

_AFTER_PRINT = ("output", "finished", "holder")
_COMMANDS = (("audit", "verify"), ("audit", "replay"), ("blanks", "reconcile"))


@dataclass
class Judgement:
    """``kinds`` counts cards by what they physically are; ``wrong`` says each thing in which books and physics differ.

    :param said: by audit command, what it printed.
    """

    kinds: Counter[str] = field(default_factory=Counter)
    good: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    said: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Books:
    """What the tables say: the place of each blank, the record of the last attempt on it, and all records."""

    places: Mapping[str, str]
    carries: Mapping[str, str]
    records: tuple[str, ...]
    open_attempts: int


def read_books(shop: Path) -> Books:
    """Read the tables of a shop on SQLite."""
    with closing(sqlite3.connect(f"file:{shop / 'printd.sqlite'}?mode=ro", uri=True)) as connection:
        ranges = connection.execute("SELECT prefix, width, first, last, place FROM serial_range").fetchall()
        carries = connection.execute(
            "SELECT attempt.serial, job.record_id FROM attempt JOIN job ON job.id = attempt.job_id "
            "WHERE attempt.state IN ('printed', 'spoiled') ORDER BY attempt.opened_at, attempt.number"
        ).fetchall()
        records = tuple(row[0] for row in connection.execute("SELECT id FROM record"))
        (under_way,) = connection.execute("SELECT count(*) FROM attempt WHERE state IN ('open', 'in_doubt')").fetchone()
    places = {
        f"{prefix}{number:0{width}d}": place
        for prefix, width, first, last, place in ranges
        for number in range(first, last + 1)
    }
    return Books(places, dict(carries), records, under_way)


def compare(
    books: Books, cards: Iterable[Mapping[str, Any]], owners: Mapping[str, str], inside: Mapping[str, list[str]]
) -> Judgement:
    """Compare each card with its blank in the books.

    :param cards: those that left a printer; a blank that left twice counts as it left last.
    :param owners: record by the CRC-32 of the black panel that its card carries.
    :param inside: blanks by the printer in whose hopper they lie.
    """
    told = Judgement()
    for card in {one["blank"]: one for one in cards}.values():
        kind, problem = _look(books, card, owners)
        told.kinds[kind] += 1
        if problem:
            told.wrong.append(f"{card['blank']} ({kind}): {problem}")
        place = books.places.get(card["blank"], "")
        if kind == "whole and good" and place != "spoiled":
            told.good[owners.get(_black(card), "nobody")] += 1
    told.wrong += [f"record {one[:8]} has {count} good cards" for one, count in told.good.items() if count > 1]
    told.wrong += [f"record {one[:8]} has no good card" for one in books.records if not told.good[one]]
    for printer, blanks in inside.items():
        booked = sorted(one for one, place in books.places.items() if place == f"hopper:{printer}")
        if booked != sorted(blanks):
            odd = sorted(set(booked) ^ set(blanks))
            told.wrong.append(f"the hopper of {printer} differs from the books in {', '.join(odd[:5])}")
    if books.open_attempts:
        told.wrong.append(f"{books.open_attempts} attempts are under way or in doubt")
    return told


def _look(books: Books, card: Mapping[str, Any], owners: Mapping[str, str]) -> tuple[str, str]:
    """Say what a card is, and what is wrong with the books about it."""
    place = books.places.get(card["blank"])
    touched = bool(card["front"] or card["back"])
    if card["complete"]:
        kind, owner = "whole and bad" if card["defect"] else "whole and good", owners.get(_black(card))
        booked = books.carries.get(card["blank"])
        if owner is None:
            return kind, "it carries a card that nobody ordered"
        if booked != owner:
            return kind, f"it carries record {owner[:8]}, the books say {(booked or 'none')[:8]}"
        allowed = ("spoiled",) if card["defect"] else (*_AFTER_PRINT, "spoiled")
        return kind, "" if place in allowed else f"the books say {place}"
    if touched:
        return "printed in part", "" if place == "spoiled" else f"the books say {place}"
    good = place == "spoiled" or (place or "").startswith("shift:")
    return "untouched", "" if good else f"the books say {place}"


def _black(card: Mapping[str, Any]) -> str:
    return next(str(panel["crc32"]) for panel in card["front"] if panel["panel"] == "k")


def prove(shop: Path, told: Judgement) -> None:
    """Let the shop prove its log, rebuild its tables and add up its places, by the commands that an auditor types.

    Who signed what is verified here, from the entries alone.
    """
    with closing(sqlite3.connect(f"file:{shop / 'printd.sqlite'}?mode=ro", uri=True)) as connection:
        bodies = [bytes(body) for (body,) in connection.execute("SELECT body FROM entry ORDER BY seq")]
    try:
        told.said["signatures"] = {"entries": Signed(bodies).signatures}
    except AssertionError as false:
        told.wrong.append(f"signatures: {false}")
    for command in _COMMANDS:
        name = " ".join(command)
        done = CliRunner().invoke(app, ["--shop", str(shop), *command, "--json"])
        if done.exit_code:
            told.wrong.append(f"printd {name} ended with {done.exit_code}: {done.output[-300:]}")
        else:
            told.said[name] = json.loads(done.stdout.splitlines()[-1])
