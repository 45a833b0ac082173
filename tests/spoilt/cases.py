"""What a spoilt log is: who could have spoilt it, what he did, and what the verifier must say."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from spoilt.good import Good
from spoilt.insider import Insider

EVERYTHING: Final = "everything"
"""Database, folder, the log's key, everybody's passphrase."""

FILES: Final = "the files that the auditor is given"
DATABASE: Final = "the database"
LOG_KEY: Final = "database, folder and the log's key"

Words = Sequence[str | Path]
"""Words of the command line behind ``printd-verify``; files are in the folder of the case."""

Write = Callable[[Good, Path], Words]
"""Writes what the auditor is given into a new folder, and returns how it is verified."""

Spoil = Callable[[Insider], object]


@dataclass(frozen=True)
class Case:
    """One spoilt log.

    :param name: of its folder.
    :param has: what whoever spoilt it has.
    :param does: what he did.
    :param finds: the class of findings that the verifier must give; empty: nothing is wrong with it.
    """

    name: str
    has: str
    does: str
    finds: str
    write: Write


def inside(name: str, does: str, finds: str, spoil: Spoil) -> Case:
    """Return the case of somebody who has everything; the auditor is given a whole export."""

    def write(good: Good, folder: Path) -> Words:
        insider = Insider(good)
        spoil(insider)
        told = insider.told()
        return told.write_tiles(folder / "export"), "--vkey", told.vkey

    return Case(name, EVERYTHING, does, finds, write)


def whole(good: Good, folder: Path) -> Path:
    """Write the whole export of the good shop."""
    return Insider(good).told().write_tiles(folder / "export")
