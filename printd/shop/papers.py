"""How an office's papers look, and by which numbers they go: what its own rules decide (papers reference section 1)."""

from __future__ import annotations

from string import Formatter
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from printd.words.papers import PaperKind

_NAMES: Final = frozenset({"kode", "n", "unit", "romawi", "bulan", "tahun", "sifat"})
_Line = Annotated[str, Field(max_length=200)]


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Head(_Section):
    """Who signs for the office; without a name a line is left to write it on.

    ``position`` as it stands above the name; empty: *Kepala* and the office's name.
    """

    name: _Line = ""
    nip: Annotated[str, Field(pattern=r"^([0-9]{18})?$")] = ""
    rank: _Line = ""
    position: _Line = ""


class Papers(_Section):
    """Letterhead, page, words and numbers; every default is a habit of other offices and not a rule for this one.

    ``number`` is the pattern of a record's official number, ``letter_number`` of a letter's: ``{kode}`` the
    classification, ``{n}`` the running number of the year (``{n:03}`` of three digits), ``{unit}``, ``{romawi}`` the
    month in Roman, ``{bulan}`` in figures, ``{tahun}``, ``{sifat}``.

    ``copies``: how many originals of each act are signed. ``addressee`` and ``through`` of a request, line by line.
    """

    language: Literal["id", "en"] = "id"
    government: _Line = ""
    address: _Line = ""
    emblem: str = ""
    place: _Line = ""
    unit: _Line = "Dukcapil"
    paper: Literal["A4", "F4"] = "A4"
    fonts: Annotated[list[str], Field(max_length=2)] = []
    font_size: Annotated[float, Field(ge=8, le=14)] = 11
    margins_mm: tuple[float, float, float, float] = (20, 20, 25, 30)
    first_party: _Line = "PIHAK PERTAMA"
    second_party: _Line = "PIHAK KEDUA"
    number: _Line = "BA.{kode}/{n}/{unit}/{romawi}/{tahun}"
    letter_number: _Line = "{kode}/{n}/{unit}/{romawi}/{tahun}"
    codes: dict[PaperKind, _Line] = {}
    code: _Line = "400.12.2.1"
    sifat: _Line = "B"
    copies: dict[PaperKind, Annotated[int, Field(ge=1, le=20)]] = {"destruction": 3}
    addressee: list[_Line] = [
        "Direktur Jenderal Kependudukan dan Pencatatan Sipil",
        "Kementerian Dalam Negeri",
    ]
    through: list[_Line] = []
    copies_to: list[_Line] = []
    head: Head = Head()

    @field_validator("number", "letter_number")
    @classmethod
    def _known_names(cls, pattern: str) -> str:
        try:
            named = [name for _, name, _, _ in Formatter().parse(pattern) if name is not None]
            pattern.format(**{name: 1 if name in ("n", "bulan", "tahun") else "x" for name in _NAMES})
        except (KeyError, ValueError, IndexError) as wrong:
            raise ValueError(f"is no pattern: use {', '.join(sorted(_NAMES))} in braces") from wrong
        if "n" not in named or "tahun" not in named:
            raise ValueError("names no {n} or no {tahun}, so that two papers would have one number")
        return pattern

    @field_validator("fonts")
    @classmethod
    def _both_or_none(cls, files: list[str]) -> list[str]:
        if len(files) == 1:
            raise ValueError("needs two files, the plain and the bold one")
        return files
