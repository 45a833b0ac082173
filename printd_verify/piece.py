"""The life of one blank, from a pack alone: every entry that moved it or says something of it, by whom, when, proved.

The whole pack is verified for it: what is shown is proved to be in the log, and that nothing else in it is about this
blank.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from printd_verify.findings import Case, Place
from printd_verify.packs import LOG, verify_pack
from printd_verify.sources import PART
from printd_verify.tables import BY_NAME, Row
from printd_verify.tiles import Tiles
from printd_verify.verification import Progress, Report, Trust
from printd_verify.words import Range, read_range, read_serial

_OF_RANGES: Final = frozenset({"movements", "spoils", "gaps"})
_OF_SERIALS: Final = frozenset({"cards", "exceptions"})


@dataclass
class Step:
    """What one entry says of a blank.

    :param leaf: hash of the entry in the log's tree.
    :param rows: of each table what is said there, by the names of its columns.
    """

    entry: int
    at: str
    kind: str
    by: str
    leaf: str = ""
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)


@dataclass
class Life:
    """What is known of a blank.

    :param delivery: that it came with, and ``place`` where it is; empty: no entry tells.
    :param bast_number: number of the delivery's handover record.
    """

    serial: str
    delivery: str = ""
    bast_number: str = ""
    place: str = ""
    steps: list[Step] = field(default_factory=list)


def life_of(
    serial: str, folder: Path, trust: Trust, *, jobs: int | None = None, progress: Progress | None = None
) -> tuple[Life, Report]:
    """Return the life of a blank, and what came of verifying the pack.

    :raises SourceError: the pack has no log that can be read.
    """
    blank = read_serial(serial)
    reader = _Reader(serial, blank)
    report = verify_pack(folder, trust, jobs=jobs, progress=progress, also=reader.take)
    life = reader.life
    if not life.steps:
        report.cases.append(Case("piece_unknown", 1, [Place(None, {"serial": serial[:80]})]))
    else:
        _prove(life, Tiles(folder / LOG))
    return life, report


class _Reader:
    def __init__(self, serial: str, blank: Range | None) -> None:
        self._blank = blank
        self.life = Life(serial)
        self._basts: dict[str, str] = {}
        self._steps: dict[int, Step] = {}
        self._kinds: tuple[int, str] = (-1, "")

    def take(self, table: str, row: Row) -> None:
        """Take a row as the entries give it."""
        if table == "entries":
            self._kinds = int(row[0]), str(row[4])
            return
        if table == "deliveries" and row[6]:
            self._basts[str(row[4])] = str(row[6])
            return
        told = self._about(table, row)
        if told is None:
            return
        if table == "pieces":
            self.life.delivery, self.life.place = told["delivery"], told["place"]
            self.life.bast_number = self._basts.get(told["delivery"], "")
            return
        step = self._steps.get(told["entry"])
        if step is None:
            at = f"{told['utc_date']}T{told['utc_time']}Z"
            step = self._steps[told["entry"]] = Step(told["entry"], at, self._kinds[1], told["by"])
            self.life.steps.append(step)
        step.rows.setdefault(table, []).append(
            {name: value for name, value in told.items() if name not in ("entry", "line", "utc_date", "utc_time", "by")}
        )

    def _about(self, table: str, row: Row) -> dict[str, Any] | None:
        """Return a row by the names of its columns where it is about the blank."""
        if self._blank is None:
            return None
        names = BY_NAME[table].names
        if table in _OF_RANGES or table == "pieces":
            at = names.index("first")
            found = _within(self._blank, str(row[at]), str(row[at + 1]))
        elif table in _OF_SERIALS:
            parts = str(row[names.index("serial")]).split(", ")
            found = any(_within(self._blank, *_ends(part)) for part in parts if part)
        else:
            return None
        return dict(zip(names, row, strict=True)) if found else None


def _ends(part: str) -> tuple[str, str]:
    first, dots, last = part.partition("..")
    return (first, last) if dots else (first, first)


def _within(blank: Range, first: str, last: str) -> bool:
    found = read_range((first.removeprefix("'"), last.removeprefix("'"))) if first else None
    return found is not None and found.series == blank.series and found.first <= blank.first <= found.last


def _prove(life: Life, source: Tiles) -> None:
    """Give each step the hash by which its entry stands in the tree, whose root was verified."""
    read: tuple[int, Callable[[int], bytes | None]] | None = None
    for step in life.steps:
        first = step.entry // PART * PART
        if read is None or read[0] != first:
            read = first, source.read(first).bodies.__getitem__
        body = read[1](step.entry - first)
        step.leaf = "" if body is None else sha256(b"\x00" + body).hexdigest()
