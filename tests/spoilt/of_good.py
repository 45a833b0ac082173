"""The good log in every form in which an auditor is given one: nothing is found in it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from spoilt.cases import Case, Words, whole
from spoilt.good import Good
from spoilt.insider import Insider
from spoilt.of_files import cosigned, next_generation, proof_of
from support.told import write


def _export(good: Good, folder: Path) -> Words:
    return whole(good, folder), "--vkey", good.log.vkey


def _excerpt(good: Good, folder: Path) -> Words:
    told = Insider(good).told()
    return told.write_tiles(folder / "excerpt", 256, len(told.bodies)), "--vkey", told.vkey


def _database(good: Good, folder: Path) -> Words:
    return Insider(good).told().write_database(folder / "printd.sqlite", good.sizes), "--vkey", good.log.vkey


def _proof(good: Good, folder: Path) -> Words:
    log = Insider(good)
    told = log.told()
    write(folder / "act.tlog-proof", proof_of(told, log.find("shift.closed", -1)))
    return folder / "act.tlog-proof", "--vkey", told.vkey


def _kept(good: Good, folder: Path) -> Words:
    told = Insider(good).told()
    (folder / "kept.note").write_bytes(told.note(300))
    return told.write_tiles(folder / "export"), "--vkey", told.vkey, "--against", folder / "kept.note"


def _next(good: Good, folder: Path) -> Words:
    log = Insider(good)
    log.signer = next_generation(log)
    told = log.told()
    return told.write_tiles(folder / "export"), "--vkey", told.vkey


def _rewritten(good: Good, folder: Path) -> Words:
    """Write every entry anew without changing one: the insider himself leaves no trace."""
    log = Insider(good)
    for seq in range(len(log.entries)):
        log.entry(seq)
    told = log.told()
    assert tuple(told.bodies) == good.bodies
    return told.write_tiles(folder / "export"), "--vkey", told.vkey


_NOBODY: Final = "nobody"

CASES: Final[tuple[Case, ...]] = (
    Case("good-export", _NOBODY, "a whole export", "", _export),
    Case("good-excerpt", _NOBODY, "an excerpt from the second bundle on", "", _excerpt),
    Case("good-database", _NOBODY, "a shop's database", "", _database),
    Case("good-proof", _NOBODY, "the proof of one act", "", _proof),
    Case("good-kept", _NOBODY, "an export, and a checkpoint that was kept of it", "", _kept),
    Case("good-cosigned", _NOBODY, "an export that two witnesses cosigned, by a policy", "",
         lambda good, folder: cosigned(Insider(good), folder)),
    Case("good-next", _NOBODY, "a log that ended and goes on under another key", "", _next),
    Case("good-rewritten", _NOBODY, "every entry written and signed anew as it was", "", _rewritten),
)  # fmt: skip
