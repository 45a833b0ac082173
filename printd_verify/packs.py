"""A pack: the folder that an auditor is given. Its sums, its log, and every table made anew from the log's entries.

| in the pack | what it is |
|---|---|
| `LIHAT-DULU.html` | what it is and how it is verified |
| `SHA256SUMS` | the sum of every other file |
| `log/` | the log as static files, whole or an excerpt |
| `tables/` | the fixed tables as CSV, with their description |
| `reports/` | the tables that people read, as PDF and JSON |
| `printd-verify.pyz` | this program |
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from printd_verify.findings import Findings
from printd_verify.gdpdu import DTD, DTD_TEXT, INDEX, index_xml
from printd_verify.heads import Kept
from printd_verify.quick import look
from printd_verify.rows import Rows
from printd_verify.tables import BY_NAME, Row
from printd_verify.tables_read import ReportRead, TableRead
from printd_verify.tiles import CHECKPOINT, Tiles
from printd_verify.verification import Progress, Report, Trust, verify

LOG: Final = "log"
TABLES: Final = "tables"
REPORTS: Final = "reports"
SUMS: Final = "SHA256SUMS"
GUIDE: Final = "LIHAT-DULU.html"
VERIFIER: Final = "printd-verify.pyz"

REPORTED: Final = {
    "account": ("balance", "account"),
    "gaps": ("gaps",),
    "exceptions": ("exceptions",),
    "spoilage": ("spoilage", "spoils"),
    "master": ("master",),
}
"""Reports, each with the tables that are in it."""

_KNOWN: Final = frozenset(
    {
        GUIDE, VERIFIER, f"{TABLES}/{INDEX}", f"{TABLES}/{DTD}",
        *(f"{TABLES}/{name}.csv" for name in BY_NAME),
        *(f"{REPORTS}/{name}.{kind}" for name in REPORTED for kind in ("json", "pdf")),
    }
)  # fmt: skip
"""Every file of a pack but its log's and its sums."""

_SUM: Final = re.compile(r"([0-9a-f]{64})  ([^\n\\]{1,500})")
_BLOCK: Final = 1 << 20
_MAX_SUMS: Final = 200_000_000


def is_pack(path: Path) -> bool:
    """Tell whether a folder is a pack."""
    if not (path / LOG / CHECKPOINT).is_file() or (path / CHECKPOINT).exists():
        return False
    return any((path / one).exists() for one in (SUMS, TABLES, REPORTS, GUIDE))


def verify_pack(
    folder: Path,
    trust: Trust,
    *,
    against: Sequence[Kept] = (),
    since: Kept | None = None,
    quick: bool = False,
    jobs: int | None = None,
    progress: Progress | None = None,
    also: Callable[[str, Row], None] | None = None,
) -> Report:
    """Verify a pack: its sums, its log, and every row of its tables.

    :param quick: sums, and the log quickly; no table.
    :param also: is given every row as the entries give it.
    :raises SourceError: the pack has no log that can be read.
    """
    findings = Findings()
    check_sums(folder, findings)
    if "file_no_file" in findings.codes():  # a link leads elsewhere, and a pipe has no end
        return Report(cases=findings.cases)
    source = Tiles(folder / LOG)
    if quick:
        report = look(source, trust, against=against, since=since, progress=progress)
        report.cases = [*findings.cases, *report.cases]
        return report
    tables = {name: TableRead(folder / TABLES / f"{name}.csv", name, findings) for name in TableRead.NAMES}
    reports = [
        ReportRead(folder / REPORTS / f"{name}.json", name, inside, findings) for name, inside in REPORTED.items()
    ]

    def take(table: str, row: Row) -> None:
        tables[table].take(row)
        for one in reports:
            one.take(table, row)
        if also is not None:
            also(table, row)

    rows = Rows(source.start, source.end, take)
    report = verify(source, trust, against=against, since=since, jobs=jobs, progress=progress, rows=rows)
    rows.finish()
    for table in tables.values():
        table.finish()
    root = "" if report.root is None else report.root.hex()
    for one in reports:
        one.finish(report.size, root)
    _check_text(folder / TABLES / INDEX, index_xml(report.origin, report.size, root), findings)
    _check_text(folder / TABLES / DTD, DTD_TEXT, findings)
    report.pack = True
    report.cases = [*findings.cases, *report.cases]
    return report


def check_sums(folder: Path, findings: Findings) -> None:
    """Hold every file of a pack against its sum."""
    listed = _listed(folder, findings)
    for path in _files(folder, findings):
        if path == SUMS:
            continue
        if path not in _KNOWN and not path.startswith(f"{LOG}/"):
            findings.add("file_unknown", path=path)
        wanted = listed.pop(path, None)
        if wanted is None:
            findings.add("file_not_listed", path=path)
        elif _sum(folder / path) != wanted:
            findings.add("file_altered", path=path)
    for path in listed:
        findings.add("file_missing", path=path)


def _listed(folder: Path, findings: Findings) -> dict[str, str]:
    try:
        with (folder / SUMS).open("rb") as file:
            lines = file.read(_MAX_SUMS).decode("utf-8").split("\n")
    except (OSError, UnicodeDecodeError):
        findings.add("sums_unreadable", line=0)
        return {}
    listed: dict[str, str] = {}
    for number, line in enumerate(lines[:-1], 1):
        found = _SUM.fullmatch(line)
        if found is None or found[2] in listed:
            findings.add("sums_unreadable", line=number)
        else:
            listed[found[2]] = found[1]
    if lines[-1]:
        findings.add("sums_unreadable", line=len(lines))
    return listed


def _files(folder: Path, findings: Findings) -> Iterator[str]:
    """Yield every file below a folder; what is no file is told and not looked into."""
    for above, folders, files in os.walk(folder):
        for name in sorted([*files, *folders]):
            path = Path(above, name)
            told = path.relative_to(folder).as_posix()
            kind = path.lstat().st_mode
            if stat.S_ISREG(kind):
                yield told
            elif not stat.S_ISDIR(kind):
                findings.add("file_no_file", path=told)


def _sum(path: Path) -> str:
    found = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                found.update(block)
    except OSError:
        return ""
    return found.hexdigest()


def _check_text(path: Path, wanted: str, findings: Findings) -> None:
    """Hold a file against what it must be, letter by letter."""
    try:
        with path.open("rb") as file:
            given = file.read(len(wanted.encode()) + 1)
    except OSError:
        given = b""
    if given != wanted.encode():
        findings.add("description", path=path.name)
