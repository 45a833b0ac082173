"""Finds out what was given: a database, a folder of tiles, or proofs."""

from __future__ import annotations

from pathlib import Path

from printd_verify.database import MAGIC, Database
from printd_verify.pictures import is_picture
from printd_verify.proofs import is_proof, proof_files
from printd_verify.sources import SourceError
from printd_verify.tiles import CHECKPOINT, Tiles

DATABASE = "printd.sqlite"
"""Name of a shop's database in its folder."""


def proofs_of(path: Path) -> list[Path]:
    """Return the proofs that were given; none: it is a log."""
    if path.is_dir():
        return proof_files(path) if not (path / CHECKPOINT).is_file() else []
    try:
        with path.open("rb") as file:
            return [path] if is_proof(file.read(len(MAGIC) * 2)) else []
    except OSError:
        return []


def is_paper(path: Path) -> bool:
    """Tell whether a photo, a scan, a PDF or the text of a code was given."""
    try:
        with path.open("rb") as file:
            return is_picture(file.read(len(MAGIC)))
    except OSError:
        return False


def open_source(path: Path) -> Database | Tiles:
    """Open a log.

    :raises SourceError: there is none.
    """
    if path.is_dir():
        if (path / CHECKPOINT).is_file():
            return Tiles(path)
        if (path / DATABASE).is_file():
            return Database(path / DATABASE)
        raise SourceError("no_log_here", path=str(path))
    try:
        with path.open("rb") as file:
            magic = file.read(len(MAGIC))
    except OSError as wrong:
        raise SourceError("no_such_file", path=str(path)) from wrong
    if magic != MAGIC:
        raise SourceError("no_log_here", path=str(path))
    return Database(path)
