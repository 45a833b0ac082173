"""Sentences with values in them, apart from the language that they are said in.

A sentence is its English text with ``{names}``, which the catalogue translates, and a typed value for each name. So an
act's content is the same whoever reads it, and a figure in it is still a figure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, tzinfo
from typing import TypeAlias, TypedDict

from printd.language import codes, dates, numbers
from printd.language.catalogue import Language, text
from printd.language.vocabularies import Vocabulary
from printd.words.serials import SerialRange


@dataclass(frozen=True)
class Count:
    """A number in figures and words: ``4.000 (empat ribu)``."""

    number: int


@dataclass(frozen=True)
class Figure:
    """A number in figures alone."""

    number: int


@dataclass(frozen=True)
class Rupiah:
    """Whole rupiah in figures and words."""

    amount: int


@dataclass(frozen=True)
class Day:
    """A day: ``30 November 2026``; ISO as the books keep it."""

    iso: str


@dataclass(frozen=True)
class SpelledDay:
    """A day in words, as acts begin with it."""

    iso: str


@dataclass(frozen=True)
class Moment:
    """A moment of the log, on the office's clock, with its day."""

    at: str


@dataclass(frozen=True)
class Clock:
    """The time of day of a moment of the log, on the office's clock."""

    at: str


@dataclass(frozen=True)
class Code:
    """A code of a vocabulary."""

    vocabulary: Vocabulary
    code: str


@dataclass(frozen=True)
class Serials:
    """Ranges of serials as first and last serial, cut after ``limit`` with a count of the rest; 0: never cut."""

    ranges: Sequence[Sequence[str]]
    limit: int = 6


@dataclass(frozen=True)
class Listed:
    """Several values with commas between them."""

    items: Sequence[Said]


@dataclass(frozen=True, init=False)
class Sentence:
    """A message of the catalogue with its values."""

    message: str
    values: Mapping[str, Said]

    def __init__(self, message: str, **values: Said) -> None:
        object.__setattr__(self, "message", message)
        object.__setattr__(self, "values", values)


Said: TypeAlias = (
    str | int | Count | Figure | Rupiah | Day | SpelledDay | Moment | Clock | Code | Serials | Listed | Sentence | None
)
"""A text is shown as it is (a name, a number of a letter), a whole number grouped, ``None`` is unknown: a dash."""

UNKNOWN = "-"


@dataclass(frozen=True)
class Reader:
    """In which language and on which clock something is read.

    :param sites: full names of the sites by their short ones.
    """

    language: Language
    zone: tzinfo
    sites: Mapping[str, str] = field(default_factory=dict)

    def text(self, message: str) -> str:
        """Return a message of the catalogue."""
        return text(message, self.language)

    def word(self, vocabulary: Vocabulary, code: str) -> str:
        """Return the words of a code."""
        return codes.said(vocabulary, code, self.language, self.sites)

    def label(self, label: str | Sentence) -> str:
        """Return a message of the catalogue, or a sentence, as people read it."""
        return self.said(label) if isinstance(label, Sentence) else self.text(label)

    def said(self, value: Said) -> str:
        """Return a value as people read it."""
        match value:
            case None:
                return UNKNOWN
            case bool():
                return text("yes" if value else "no", self.language)
            case str():
                return value
            case int():
                return numbers.figure(value, self.language)
            case Count(number):
                return numbers.count(number, self.language)
            case Figure(number):
                return numbers.figure(number, self.language)
            case Rupiah(amount):
                return numbers.rupiah_in_words(amount, self.language)
            case Day(iso):
                return dates.day(date.fromisoformat(iso), self.language)
            case SpelledDay(iso):
                return dates.spelled(date.fromisoformat(iso), self.language)
            case Moment(at):
                return dates.moment(at, self.zone, self.language)
            case Clock(at):
                return dates.clock(at, self.zone, self.language)
            case Code(vocabulary, code):
                return self.word(vocabulary, code)
            case Serials(ranges, limit):
                return self._serials(ranges, limit)
            case Listed(items):
                return ", ".join(self.said(one) for one in items)
            case Sentence(message, values):
                return text(message, self.language).format(**{key: self.said(one) for key, one in values.items()})

    def _serials(self, ranges: Sequence[Sequence[str]], limit: int) -> str:
        to = text("to (serials)", self.language)
        shown = [
            first if first == last else f"{first} {to} {last}" for first, last in (ranges[:limit] if limit else ranges)
        ]
        rest = len(ranges) - len(shown)
        if rest:
            shown.append(self.said(Sentence("and {rest} more ranges", rest=rest)))
        return ", ".join(shown)


def serials(ranges: Sequence[SerialRange], limit: int = 6) -> Serials:
    """Return ranges of serials as a value of a sentence."""
    return Serials([part.to_json() for part in ranges], limit)


_VALUES = (Count, Figure, Rupiah, Day, SpelledDay, Moment, Clock, Code, Serials, Listed, Sentence)


def is_said(value: object) -> bool:
    """Tell whether something is a sentence, or a value that only one can have."""
    return isinstance(value, _VALUES)


class SentenceTold(TypedDict):
    """A sentence in JSON."""

    message: str
    values: dict[str, SaidTold]


class CountTold(TypedDict):
    """A :class:`Count` in JSON."""

    count: int


class FigureTold(TypedDict):
    """A :class:`Figure` in JSON."""

    figure: int


class RupiahTold(TypedDict):
    """A :class:`Rupiah` in JSON."""

    rupiah: int


class DayTold(TypedDict):
    """A :class:`Day` in JSON."""

    day: str


class SpelledDayTold(TypedDict):
    """A :class:`SpelledDay` in JSON."""

    spelled_day: str


class MomentTold(TypedDict):
    """A :class:`Moment` in JSON."""

    moment: str


class ClockTold(TypedDict):
    """A :class:`Clock` in JSON."""

    clock: str


class CodeTold(TypedDict):
    """A :class:`Code` in JSON; ``of`` is its vocabulary."""

    code: str
    of: str


class SerialsTold(TypedDict):
    """A :class:`Serials` in JSON."""

    serials: list[list[str]]
    limit: int


class ListedTold(TypedDict):
    """A :class:`Listed` in JSON."""

    listed: list[SaidTold]


SaidTold: TypeAlias = (
    str
    | int
    | SentenceTold
    | CountTold
    | FigureTold
    | RupiahTold
    | DayTold
    | SpelledDayTold
    | MomentTold
    | ClockTold
    | CodeTold
    | SerialsTold
    | ListedTold
    | None
)
"""A value in JSON."""


def plain(value: Said) -> SaidTold:
    """Return a value as JSON has it: a kind by its name, so that a machine knows what it reads."""
    match value:
        case Count(number):
            return {"count": number}
        case Figure(number):
            return {"figure": number}
        case Rupiah(amount):
            return {"rupiah": amount}
        case Day(iso):
            return {"day": iso}
        case SpelledDay(iso):
            return {"spelled_day": iso}
        case Moment(at):
            return {"moment": at}
        case Clock(at):
            return {"clock": at}
        case Code(vocabulary, code):
            return {"code": code, "of": vocabulary.value}
        case Serials(ranges, limit):
            return {"serials": [list(one) for one in ranges], "limit": limit}
        case Listed(items):
            return {"listed": [plain(one) for one in items]}
        case Sentence(message, values):
            return {"message": message, "values": {key: plain(one) for key, one in values.items()}}
    return value
