"""What an act or a register says, apart from how it is shown: Indonesian first, English beside it.

Values are texts, whole numbers, booleans or ``None`` (unknown, shown as a dash); a rate is a whole number of basis
points, a moment is written as the log writes it. So the canonical JSON of a document is the same in every language and
on every machine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypedDict

Value = str | int | bool | None
Kind = Literal["text", "int", "bp", "code"]
Figures = Sequence[Sequence[str | int]]


@dataclass(frozen=True)
class Column:
    """One column of a table.

    :param key: its name in rows, CSV and JSON.
    :param kind: how values are written: ``int`` grouped and right, ``bp`` basis points as per cent, ``code`` unbroken.
    :param width: share of the page's width, beside the other columns' shares.
    """

    key: str
    title: str
    english: str
    kind: Kind = "text"
    width: float = 1.0


@dataclass(frozen=True)
class Table:
    """Rows under a heading; ``total`` is shown as a last, strong row."""

    title: str
    english: str
    columns: Sequence[Column]
    rows: Sequence[Mapping[str, Value]]
    total: Mapping[str, Value] | None = None
    empty: str = "Nihil / none"


@dataclass(frozen=True)
class Fact:
    """One figure with its name, above the tables.

    :param kind: as for a column; ``moment`` is shown on the office's clock.
    """

    key: str
    title: str
    english: str
    value: Value
    kind: Kind | Literal["moment"] = "text"


@dataclass(frozen=True)
class Line:
    """One line of a chart; ``None`` is a gap."""

    title: str
    values: Sequence[float | None]
    style: Literal["line", "step", "dots", "limit", "bars", "alarm"] = "line"


@dataclass(frozen=True)
class Chart:
    """A picture where a person would rather look; never the only place of a figure."""

    title: str
    english: str
    labels: Sequence[str]
    lines: Sequence[Line]
    unit: str = ""


@dataclass(frozen=True)
class Signature:
    """A line to sign on; the name is a login name of the shop, or left to be written."""

    role: str
    english: str
    name: str = ""


@dataclass(frozen=True)
class Document:
    """An act or a register.

    :param name: stem of its file's name; says nothing personal.
    :param number: of the handover record or act, where it has one.
    :param period: first and last day, ISO dates.
    :param size: of the log it was computed at, with ``root`` in hex.
    :param small: it has half a page (A5).
    :param data: figures that machines want and people do not; part of the JSON only.
    """

    name: str
    title: str
    english: str
    number: str = ""
    period: tuple[str, str] | None = None
    site: str = ""
    facts: Sequence[Fact] = ()
    tables: Sequence[Table] = ()
    charts: Sequence[Chart] = ()
    remarks: Sequence[str] = ()
    signatures: Sequence[Signature] = ()
    size: int = 0
    root: str = ""
    landscape: bool = False
    small: bool = False
    data: Mapping[str, Figures] = field(default_factory=dict)


class ColumnTold(TypedDict):
    """A :class:`Column` in the JSON of a document."""

    key: str
    title: str
    english: str
    kind: Kind
    width: float


class TableTold(TypedDict):
    """A :class:`Table` in the JSON of a document."""

    title: str
    english: str
    columns: list[ColumnTold]
    rows: list[dict[str, Value]]
    total: dict[str, Value] | None
    empty: str


class FactTold(TypedDict):
    """A :class:`Fact` in the JSON of a document."""

    key: str
    title: str
    english: str
    value: Value
    kind: Kind | Literal["moment"]


class SignatureTold(TypedDict):
    """A :class:`Signature` in the JSON of a document."""

    role: str
    english: str
    name: str


class DocumentTold(TypedDict):
    """The JSON of a :class:`Document`: all but its charts."""

    name: str
    title: str
    english: str
    number: str
    period: list[str] | None
    site: str
    facts: list[FactTold]
    tables: list[TableTold]
    remarks: list[str]
    signatures: list[SignatureTold]
    size: int
    root: str
    landscape: bool
    small: bool
    data: dict[str, list[list[str | int]]]
