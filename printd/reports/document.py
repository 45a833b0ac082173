"""What an act, a letter or a register says, apart from how and in which language it is shown.

Texts are English messages of the catalogue, or sentences with typed values; a code in a table or a fact names its
vocabulary. Values are texts, whole numbers, booleans or ``None`` (unknown, shown as a dash); a rate is a whole number
of basis points, a moment is written as the log writes it. So the canonical JSON of a document is the same in every
language and on every machine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias, TypedDict

from printd.language.sentences import Sentence, SentenceTold
from printd.language.vocabularies import Vocabulary

Value: TypeAlias = str | int | bool | Sentence | None
Kind = Literal["text", "int", "bp", "code", "rupiah", "day", "month", "moment"]
Figures = Sequence[Sequence[str | int]]

Label: TypeAlias = str | Sentence
"""A message of the catalogue, or a sentence with values."""


def whole(value: Value) -> int:
    """Return the number in a cell; what is unknown counts as nothing.

    :raises TypeError: it is none.
    """
    if value is None:
        return 0
    if not isinstance(value, int):
        raise TypeError(f"{value!r} is no number")
    return value


def summed(rows: Sequence[Mapping[str, Value]], key: str) -> int:
    """Return the sum of a column."""
    return sum(whole(row.get(key)) for row in rows)


@dataclass(frozen=True)
class Column:
    """One column of a table.

    :param key: its name in rows, CSV and JSON.
    :param kind: how values are written: ``int`` grouped and right, ``rupiah`` as money without words, ``bp`` basis
        points as per cent, ``code`` unbroken, ``day`` of an ISO date, ``month`` of ``2026-11``, ``moment`` of the log
        or one that the office's clock showed.
    :param width: share of the page's width, beside the other columns' shares.
    :param words: the vocabulary that its codes are of.
    """

    key: str
    title: str
    kind: Kind = "text"
    width: float = 1.0
    words: Vocabulary | None = None


@dataclass(frozen=True)
class Table:
    """Rows under a heading; ``total`` is shown as a last, strong row, and ``empty`` where there is no row.

    :param nil: key of the column that names rows: those with nothing but zeros are named below it in one line instead,
        but for those that say ``"keep"``. Empty: every row is shown.
    """

    title: Label
    columns: Sequence[Column]
    rows: Sequence[Mapping[str, Value]]
    total: Mapping[str, Value] | None = None
    empty: str = "none"
    nil: str = ""

    def shown_and_nil(self) -> tuple[list[Mapping[str, Value]], list[Mapping[str, Value]]]:
        """Return the rows that are shown, and those that are only named."""
        if not self.nil:
            return list(self.rows), []
        figures = [one.key for one in self.columns if one.kind == "int"]
        nil = [row for row in self.rows if not row.get("keep") and not any(whole(row.get(one)) for one in figures)]
        return [row for row in self.rows if row not in nil], nil


@dataclass(frozen=True)
class Fact:
    """One figure with its name, above the tables; kinds and words as for a column."""

    key: str
    title: str
    value: Value
    kind: Kind = "text"
    words: Vocabulary | None = None


@dataclass(frozen=True)
class Line:
    """One line of a chart; ``None`` is a gap."""

    title: str
    values: Sequence[float | None]
    style: Literal["line", "step", "dots", "limit", "bars", "alarm"] = "line"
    of: str = ""
    """Of which stock type or printer, where there are several."""


@dataclass(frozen=True)
class Chart:
    """A picture where a person would rather look; never the only place of a figure."""

    title: str
    labels: Sequence[str]
    lines: Sequence[Line]
    unit: str = ""
    words: Vocabulary | None = None
    """The vocabulary that its labels are of."""


@dataclass(frozen=True)
class Person:
    """An official as papers name them; what nobody told is empty and left out.

    :param name: with titles.
    :param nip: 18 digits, of a civil servant.
    :param rank: *pangkat/golongan*, such as ``Penata (III/c)``.
    :param position: *jabatan*.
    :param agency: *unit kerja* or *instansi*; empty: this office.
    :param assignment: number and day of the letter that sent them (*surat tugas*); empty: none.
    """

    name: str = ""
    nip: str = ""
    rank: str = ""
    position: str = ""
    agency: str = ""
    assignment: Label = ""


@dataclass(frozen=True)
class Party:
    """Somebody who signs below an act's opening: a party to it, or an officer.

    :param side: ``first`` hands over, ``second`` receives; empty: an officer and no party.
    """

    person: Person
    side: Literal["first", "second", ""] = ""


@dataclass(frozen=True)
class Signature:
    """A line to sign on.

    :param role: above it, such as ``Counter I``; of the parties it is their word.
    :param above: a line over that, such as ``Acknowledged:``.
    :param person: below it; without a name a dotted line is left to be written on.
    """

    role: Label
    person: Person = field(default_factory=Person)
    above: str = ""


@dataclass(frozen=True)
class Signatures:
    """Signatures that stand together.

    :param form: ``beside`` in columns (one alone stands in the middle), ``table`` numbered with name, post and room to
        sign.
    """

    signers: Sequence[Signature]
    form: Literal["beside", "table"] = "beside"
    heading: str = ""


@dataclass(frozen=True)
class Annex:
    """Tables and pictures that belong to an act or a letter and begin on a page of their own.

    :param restricted: it names people (*TERBATAS*).
    :param pictures: JPEG files.
    :param apart: what the act says of it where it is a paper of its own and is not drawn with the act.
    """

    title: Label
    tables: Sequence[Table] = ()
    remarks: Sequence[Sentence] = ()
    restricted: bool = False
    pictures: Sequence[bytes] = ()
    apart: Sentence | None = None
    charts: Sequence[Chart] = ()


@dataclass(frozen=True)
class Belongs:
    """What makes a document an annex that is a paper of its own.

    :param annex: its number among the annexes, from 1.
    :param title: of the record that it belongs to, whose ``number`` and ``day`` stand above it.
    :param restricted: it names people (*TERBATAS*).
    """

    annex: int
    title: Label
    number: str
    day: str
    restricted: bool = False


@dataclass(frozen=True)
class Act:
    """What makes a document a record (*berita acara*): papers reference sections 1.7 and 2.

    :param at: moment of the deed, as the log writes it; empty: that of its entry.
    :param place: where it was done.
    :param parties: who signs, in order.
    :param basis: letters and rules that it rests on.
    :param deed: what was done, before the tables.
    :param points: numbered, after the tables.
    :param copies: how many originals are signed (*rangkap*).
    :param keepers: who keeps one each.
    """

    at: str
    place: str
    parties: Sequence[Party]
    deed: Sentence
    basis: Sequence[Sentence] = ()
    points: Sequence[Sentence] = ()
    copies: int = 2
    keepers: Label = ""
    annexes: Sequence[Annex] = ()


@dataclass(frozen=True)
class Letter:
    """What makes a document an official letter (*surat dinas*).

    :param nature: such as ``urgent``.
    :param enclosed: what lies with it.
    :param addressee: lines; :param through: by whose hands.
    :param points: numbered, between opening and closing.
    :param copies_to: who gets a copy (*tembusan*).
    """

    day: str
    nature: str
    enclosed: Label
    subject: Label
    addressee: Sequence[str]
    through: Sequence[str]
    opening: Sentence
    points: Sequence[Sentence]
    closing: Label
    copies_to: Sequence[str] = ()
    annexes: Sequence[Annex] = ()


@dataclass(frozen=True)
class Document:
    """An act, a letter, a register or a slip.

    :param name: stem of its file's name; says nothing personal.
    :param title: of an act below the word for it.
    :param number: the official one, where it has one; beside it ``given``, another one that somebody gave by hand.
    :param period: first and last day, ISO dates.
    :param size: of the log it was computed at, with ``root`` in hex and ``day``, the office's day of its last entry.
    :param small: it has half a page (A5).
    :param upward: it goes to another office, so place, day and the head's signature stand below it.
    :param system: what the system says of itself and its log, small in the foot.
    :param data: figures that machines want and people do not; part of the JSON only.
    """

    name: str
    title: Label
    number: str = ""
    given: str = ""
    period: tuple[str, str] | None = None
    site: str = ""
    act: Act | None = None
    letter: Letter | None = None
    belongs: Belongs | None = None
    facts: Sequence[Fact] = ()
    tables: Sequence[Table] = ()
    charts: Sequence[Chart] = ()
    remarks: Sequence[Label] = ()
    signatures: Sequence[Signatures] = ()
    system: Sequence[Sentence] = ()
    size: int = 0
    root: str = ""
    day: str = ""
    landscape: bool = False
    small: bool = False
    upward: bool = False
    data: Mapping[str, Figures] = field(default_factory=dict)


class ColumnTold(TypedDict):
    """A :class:`Column` in the JSON of a document."""

    key: str
    title: str
    kind: Kind
    width: float
    words: str | None


CellTold: TypeAlias = str | int | bool | SentenceTold | None
"""A cell in the JSON of a document; a sentence as message and values."""


class TableTold(TypedDict):
    """A :class:`Table` in the JSON of a document."""

    title: str | SentenceTold
    columns: list[ColumnTold]
    rows: list[dict[str, CellTold]]
    total: dict[str, CellTold] | None
    empty: str
    nil: str


class FactTold(TypedDict):
    """A :class:`Fact` in the JSON of a document."""

    key: str
    title: str
    value: CellTold
    kind: Kind
    words: str | None


class DocumentTold(TypedDict):
    """The JSON of a register: what it has of a :class:`Document`, which is no act, no letter, and signed by nobody."""

    name: str
    title: str | SentenceTold
    number: str
    given: str
    period: list[str] | None
    site: str
    act: None
    letter: None
    belongs: None
    facts: list[FactTold]
    tables: list[TableTold]
    remarks: list[str | SentenceTold]
    signatures: list[None]
    system: list[SentenceTold]
    size: int
    root: str
    day: str
    landscape: bool
    small: bool
    upward: bool
    data: dict[str, list[list[str | int]]]
