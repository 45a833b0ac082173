"""Packs of logs that a test tells entry by entry."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo

from printd.books.cosigned import Cosigned
from printd.packs.pack import Office, complete
from support.told import BUDI, RATNA, SITI, TONO, Told

NOBODY: Cosigned = {
    "head": 0, "witnesses": [], "holding": 0, "held": None, "held_at": None, "first": None, "first_at": None,
    "before_first_print": False, "printed": False,
}  # fmt: skip


def eventful() -> Told:
    """Return a log of a shift in which something of everything happened that a table tells of."""
    log = Told()
    log.begin()
    log.stock()
    log.shift()
    log.good_card(1)
    for number, cause in ((2, "print_blur"), (3, "")):
        log.record(number)
        log.start(number)
        log.printed(number)
        quality = {"quality": "spoiled", "cause": cause} if cause else {"quality": "good"}
        log.check(number, BUDI if cause else SITI, **quality)
    log.record(4)
    log.start(4)
    log.say("attempt.in_doubt", {"attempt": "a4", "evidence": {"findings": ["no answer"], "rung": "sent"}})
    log.say("attempt.printed", {"attempt": "a4", "to": "output"}, SITI, BUDI)
    log.check(4, BUDI)
    log.move(6, 6, "hopper:p1", "skipped", "skipped", SITI)
    log.move(20, 21, "store", "missing", "missing", SITI, TONO)
    log.move(20, 20, "missing", "store", "found", SITI, TONO)
    log.move(30, 30, "store", "spoiled", "bent_heat", SITI, TONO)
    log.record(5)
    log.say("job.overridden", {"job": "j5", "why": "=berangkat haji besok\nsegera"}, RATNA, SITI)
    return log


def packed(
    log: Told, folder: Path, start: int = 0, end: int | None = None, beside: Mapping[str, bytes] = MappingProxyType({})
) -> Path:
    """Write a pack of a log, or of an excerpt.

    :param beside: more files of the log.
    """
    log.write_tiles(folder / "log", start, end)
    for name, content in beside.items():
        (folder / "log" / name).write_bytes(content)
    complete(folder, Office("Dinas Contoh", ZoneInfo("Asia/Makassar"), log.vkey, NOBODY))
    return folder
