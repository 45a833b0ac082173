"""A pack around an export: tables and reports made from its entries, the verifier, what to read first, sums.

The tables are made by the verifier's own table maker while it verifies what is about to leave, so that whoever makes a
pack knows what its auditor will be told.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from zoneinfo import ZoneInfo

from printd import durable
from printd.books.cosigned import Cosigned
from printd.language.sentences import Reader
from printd.packs.documents import Told, reports
from printd.packs.guide import guide
from printd.reports import office as reports_office
from printd.reports.acts import to_json, to_pdf
from printd_verify import packs, single_file
from printd_verify.gdpdu import DTD, DTD_TEXT, INDEX, index_xml
from printd_verify.notes import read_key
from printd_verify.rows import Rows
from printd_verify.tables import TABLES, Row, as_csv
from printd_verify.tiles import Tiles
from printd_verify.verification import Progress, Report, Trust, verify


@dataclass(frozen=True)
class Office:
    """Whose pack it is.

    :param vkey: public key of the log.
    :param cosigned: who holds the log.
    """

    name: str
    zone: ZoneInfo
    vkey: str
    cosigned: Cosigned


def complete(folder: Path, office: Office, progress: Progress | None = None) -> Report:
    """Make a pack of a folder that has the log in it; return what the verifier says of the log.

    :raises OSError: it cannot be written.
    """
    source = Tiles(folder / packs.LOG)
    kept: dict[str, list[Row]] = {name: [] for inside in packs.REPORTED.values() for name in inside}
    (folder / packs.TABLES).mkdir()
    with ExitStack() as stack:
        files = {one.name: stack.enter_context(_csv(folder, one.name)) for one in TABLES}
        for one in TABLES:
            files[one.name].write(as_csv([*one.names]))

        def take(table: str, row: Row) -> None:
            files[table].write(as_csv(row))
            if table in kept:
                kept[table].append(row)

        rows = Rows(source.start, source.end, take)
        report = verify(source, Trust((read_key(office.vkey),)), rows=rows, progress=progress)
        rows.finish()
    root = "" if report.root is None else report.root.hex()
    (folder / packs.TABLES / INDEX).write_text(index_xml(report.origin, report.size, root), encoding="utf-8")
    (folder / packs.TABLES / DTD).write_text(DTD_TEXT, encoding="utf-8")
    told = Told(report.origin, source.start, source.end, report.size, root, office.zone)
    (folder / packs.REPORTS).mkdir()
    on_paper = reports_office.Office(office.name, Reader("id", office.zone))
    for made in reports(kept, told):
        (folder / packs.REPORTS / f"{made.told.name}.json").write_bytes(to_json(made.told))
        (folder / packs.REPORTS / f"{made.paper.name}.pdf").write_bytes(to_pdf(made.paper, on_paper))
    single_file.write(folder / packs.VERIFIER)
    page = guide(office.name, office.vkey, office.cosigned, told, report, office.zone)
    (folder / packs.GUIDE).write_text(page, encoding="utf-8")
    _write_sums(folder)
    return report


def _csv(folder: Path, name: str) -> IO[str]:
    return (folder / packs.TABLES / f"{name}.csv").open("w", encoding="utf-8", newline="")


def _write_sums(folder: Path) -> None:
    """Write the sum of every file, and make all of them durable."""
    lines = [f"{_sum(path)}  {path.relative_to(folder).as_posix()}\n" for path in sorted(_files(folder))]
    durable.write(folder / packs.SUMS, "".join(lines).encode(), mode=0o644)
    for path in sorted({one.parent for one in _files(folder)}):
        durable.sync_folder(path)


def _files(folder: Path) -> Iterator[Path]:
    return (one for one in folder.rglob("*") if one.is_file())


def _sum(path: Path) -> str:
    with path.open("rb+") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
        os.fsync(file.fileno())
    return found
