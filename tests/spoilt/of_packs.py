"""The pack that an auditor is given: its sums, its tables, its reports, and the log in it."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from printd_verify import packs
from spoilt.cases import FILES, Case, Words
from spoilt.good import Good
from spoilt.insider import Insider
from support.packed import packed

WITH_SUMS: Final = f"{FILES}; he makes the sums good"

Spoil = Callable[[Path], object]


@cache
def _once(bodies: tuple[bytes, ...], text: str) -> TemporaryDirectory[str]:
    """Pack a good log once; every case begins from a copy."""
    del text
    return TemporaryDirectory(prefix=f"printd-pack-{len(bodies)}-")


def _pack(good: Good, folder: Path) -> Path:
    kept = Path(_once(good.bodies, good.log.vkey).name) / "pack"
    if not kept.exists():
        kept.mkdir()
        packed(Insider(good).told(), kept)
    return Path(shutil.copytree(kept, folder / "pack"))


def _case(name: str, does: str, finds: str, spoil: Spoil, *, sums: bool = False) -> Case:
    """Return the case of a pack that was altered.

    :param sums: the list of sums is made anew afterwards.
    """

    def make(good: Good, folder: Path) -> Words:
        pack = _pack(good, folder)
        spoil(pack)
        if sums:
            _sum(pack)
        return pack, "--vkey", good.log.vkey

    return Case(name, (WITH_SUMS if sums else FILES) if finds else "nobody", does, finds, make)


def _sum(pack: Path) -> None:
    files = sorted(one for one in pack.rglob("*") if one.is_file() and one.name != packs.SUMS)
    lines = [f"{hashlib.sha256(one.read_bytes()).hexdigest()}  {one.relative_to(pack).as_posix()}\n" for one in files]
    (pack / packs.SUMS).write_text("".join(lines))


def _lines(table: str, change: Callable[[list[bytes]], list[bytes]]) -> Spoil:
    """Change the lines of a table."""

    def spoil(pack: Path) -> None:
        path = pack / packs.TABLES / f"{table}.csv"
        lines = path.read_bytes().splitlines(keepends=True)
        changed = change(lines)
        assert changed != lines
        path.write_bytes(b"".join(changed))

    return spoil


def _swapped(lines: list[bytes]) -> list[bytes]:
    return [*lines[:5], lines[6], lines[5], *lines[7:]]


def _said(name: str, change: Callable[[dict[str, Any]], object]) -> Spoil:
    """Change what a report says as JSON."""

    def spoil(pack: Path) -> None:
        path = pack / packs.REPORTS / f"{name}.json"
        told = json.loads(path.read_text())
        change(told)
        path.write_text(json.dumps(told, ensure_ascii=False))

    return spoil


def _flip(pack: Path, name: str) -> None:
    content = bytearray((pack / name).read_bytes())
    content[len(content) // 2] ^= 1
    (pack / name).write_bytes(content)


def _without(pack: Path, name: str) -> None:
    (pack / name).unlink()


CASES: Final[tuple[Case, ...]] = (
    _case("good-pack", "a whole pack", "", lambda pack: None),
    _case("pack-paper", "a report's PDF is another", "file_altered", lambda pack: _flip(pack, "reports/account.pdf")),
    _case("pack-guide", "the page that is read first is another", "file_altered",
          lambda pack: _flip(pack, packs.GUIDE)),
    _case("pack-verifier", "the verifier in the pack is another", "file_altered",
          lambda pack: _flip(pack, packs.VERIFIER)),
    _case("pack-file-missing", "a report is taken out", "file_missing",
          lambda pack: _without(pack, "reports/spoilage.pdf")),
    _case("pack-file-more", "a file is put there that was not packed", "file_not_listed",
          lambda pack: (pack / "tables" / "more.csv").write_text("x\n")),
    _case("pack-link", "a link leads out of the pack", "file_no_file",
          lambda pack: (pack / "tables" / "more.csv").symlink_to("/etc/hostname")),
    _case("pack-sums", "a line of the sums is cut off", "sums_unreadable",
          lambda pack: (pack / packs.SUMS).write_bytes((pack / packs.SUMS).read_bytes()[:-9])),
    _case("pack-cell", "a table tells another figure", "table_row",
          _lines("account", lambda lines: [lines[0], *(one.replace(b",store,", b",spoiled,", 1) for one in lines[1:])]),
          sums=True),
    _case("pack-row-out", "a row of a table is taken out", "table_row_missing",
          _lines("exceptions", lambda lines: [*lines[:1], *lines[2:]]), sums=True),
    _case("pack-row-more", "a row is put into a table that no entry gives", "table_row_stray",
          _lines("exceptions", lambda lines: [*lines, lines[-1].replace(b",", b"9,", 1)]), sums=True),
    _case("pack-rows-exchanged", "two rows of a table change places", "table_row_stray", _lines("account", _swapped),
          sums=True),
    _case("pack-columns", "a column of a table has another name", "table_columns",
          _lines("account", lambda lines: [lines[0].replace(b"came", b"went", 1), *lines[1:]]), sums=True),
    _case("pack-description", "the description of the tables is another", "description",
          lambda pack: _flip(pack, "tables/index.xml"), sums=True),
    _case("pack-report-root", "a report stands on another root", "report_root",
          _said("account", lambda told: told.update(root="0" * 64)), sums=True),
    _case("pack-log", "one byte of an entry in a pack is another", "entry_altered",
          lambda pack: _flip(pack, "log/tile/entries/001"), sums=True),
)  # fmt: skip
