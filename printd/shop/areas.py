"""Administrative areas: what a table knows, and what it cannot judge (domain reference 4.1 rule 2 and 4.2).

A table read from a file may hold a whole country, one province or a few rows. An unknown code is only held against a
record where the table lists the neighbours that it would stand among; otherwise nothing is known, and nothing is said.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final, Literal

from printd.errors import ConfigError
from printd.shop.config import Config

Verdict = Literal["known", "unknown", "not_judged"]

_CODE: Final = re.compile(r"[0-9]{2}(\.[0-9]{2}(\.[0-9]{2}(\.[0-9]{4})?)?)?", re.ASCII)
_LEVELS: Final = {2: {"provinsi"}, 5: {"kabupaten", "kota"}, 8: {"kecamatan"}, 13: {"kelurahan", "desa"}}
_MAX_BYTES: Final = 32 * 1024 * 1024

_NATIONAL_REGENCIES: Final = 514
"""Regencies and cities of the country: 416 kabupaten and 98 kota."""

_NTT: Final = (
    "Kupang,Timor Tengah Selatan,Timor Tengah Utara,Belu,Alor,Flores Timur,Sikka,Ende,Ngada,Manggarai,Sumba Timur,"
    "Sumba Barat,Lembata,Rote Ndao,Manggarai Barat,Nagekeo,Sumba Tengah,Sumba Barat Daya,Manggarai Timur,Sabu Raijua,"
    "Malaka"
)
_KOTA_KUPANG: Final = "Alak,Maulafa,Kelapa Lima,Oebobo,Kota Raja,Kota Lama"


class AreaTableError(ValueError):
    """A table file that cannot be used; the message names file and line and what to do."""


@dataclass(frozen=True)
class AreaTable:
    """Area names by dotted code (`53`, `53.71`, `53.71.04`, `53.71.04.1001`)."""

    names: Mapping[str, str]

    @classmethod
    def builtin(cls) -> AreaTable:
        """Return what needs no file: province 53, its 22 regencies and the six districts of Kota Kupang (53.71)."""
        names = {"53": "Nusa Tenggara Timur", "53.71": "Kota Kupang"}
        names |= {f"53.{number:02}": f"Kabupaten {name}" for number, name in enumerate(_NTT.split(","), 1)}
        names |= {f"53.71.{number:02}": name for number, name in enumerate(_KOTA_KUPANG.split(","), 1)}
        return cls(names)

    @classmethod
    def load(cls, path: Path) -> AreaTable:
        """Read a UTF-8 CSV file with the columns `code,name,level`.

        Raises AreaTableError for a file that cannot be read, another header, a code that is not dotted digits, a level
        that does not fit its code, an empty name, a code given twice, or a child without its parent.
        """
        try:
            if path.stat().st_size > _MAX_BYTES:
                raise AreaTableError(f"{path}: larger than {_MAX_BYTES} bytes; this is not a table of areas.")
            with path.open(encoding="utf-8-sig", newline="") as lines:
                return cls(_read(path, lines))
        except OSError as error:
            raise AreaTableError(
                f"{path}: cannot be read ({error.strerror}). Check the path in the configuration."
            ) from error
        except (UnicodeDecodeError, csv.Error) as error:
            raise AreaTableError(
                f"{path}: is not a UTF-8 CSV file. Save it as UTF-8 with the header code,name,level."
            ) from error

    @cached_property
    def covers_the_country(self) -> bool:
        """All 514 regencies and cities are listed, so that one which is not listed does not exist."""
        return sum(len(code) == 5 for code in self.names) >= _NATIONAL_REGENCIES

    def name(self, code: str) -> str | None:
        """Return the name of a dotted code, None when the table does not have it."""
        return self.names.get(code)

    def judge(self, code: str) -> Verdict:
        """Tell whether an area exists, as far as this table can know.

        `unknown` needs a table that lists the neighbours: other children of the same parent, or, for a regency, the
        whole country. A province of a table with fewer is not judged.
        """
        if code in self.names:
            return "known"
        if self.covers_the_country and len(code) <= 5:
            return "unknown"
        parent = code.rpartition(".")[0]
        if parent and parent in self._parents:
            return "unknown"
        return "not_judged"

    @cached_property
    def _parents(self) -> frozenset[str]:
        return frozenset(code.rpartition(".")[0] for code in self.names if len(code) > 2)


def _read(path: Path, lines: Iterable[str]) -> dict[str, str]:
    rows = csv.reader(lines)
    header = next(rows, [])
    if header != ["code", "name", "level"]:
        raise AreaTableError(f"{path}: the first line must be code,name,level.")
    names: dict[str, str] = {}
    for number, row in enumerate(rows, 2):
        where = f"{path}, line {number}"
        if len(row) != 3:
            raise AreaTableError(f"{where}: has {len(row)} columns instead of 3.")
        code, name, level = row[0], row[1].strip(), row[2]
        if not _CODE.fullmatch(code):
            raise AreaTableError(f"{where}: the code is not dotted digits such as 53.71.04.")
        if level not in _LEVELS[len(code)]:
            raise AreaTableError(f"{where}: the level does not belong to a code of this length.")
        if not name:
            raise AreaTableError(f"{where}: the name is empty.")
        if code in names:
            raise AreaTableError(f"{where}: the code is there a second time.")
        parent = code.rpartition(".")[0]
        if parent and parent not in names:
            raise AreaTableError(f"{where}: the area above this one is missing or comes later; sort the file by code.")
        names[code] = name
    return names


def configured(folder: Path, config: Config) -> AreaTable:
    """Return the configured table of area codes, or the built-in one.

    :raises ConfigError: the configured file cannot be read.
    """
    if not config.intake.areas:
        return AreaTable.builtin()
    path = folder / config.intake.areas
    try:
        return AreaTable.load(path)
    except (OSError, ValueError) as broken:
        raise ConfigError(
            f"The table of area codes {path} cannot be read.",
            why=f"{broken}.",
            remedy="It is a CSV file with the columns code, name and level; correct intake.areas in printd.toml.",
        ) from broken
