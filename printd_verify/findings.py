"""Findings, by class: each with its number of cases and its first places, however many there are."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

SHOWN: Final = 5
"""Places of a class that are told one by one."""

_LONGEST: Final = 240
"""Characters that are shown of what an entry says."""

Value = str | int


@dataclass(frozen=True)
class Place:
    """One case.

    :param entry: number of the entry; ``None``: it is of no single one.
    :param what: what the class's sentence says of it, by name.
    """

    entry: int | None
    what: dict[str, Value]


@dataclass
class Case:
    """One class of findings.

    :param code: its name, under which :mod:`printd_verify.sentences` has its words.
    """

    code: str
    number: int = 0
    places: list[Place] = field(default_factory=list)


class Findings:
    """Collects findings; what depends on entries that nobody could read is counted under one class of its own."""

    def __init__(self) -> None:
        self._cases: dict[str, Case] = {}
        self._unread: int | None = None
        self.began_later = False
        """Whether the log's beginning is not there: what it said is not known, and that is no finding."""
        self.total = 0
        """Cases of all classes."""
        self.unchecked = 0
        """Cases of an excerpt that only what lies before it could tell."""

    def add(self, code: str, entry: int | None = None, **what: Value) -> None:
        """Take a finding."""
        case = self._cases.setdefault(code, Case(code))
        case.number += 1
        self.total += 1
        if len(case.places) < SHOWN:
            case.places.append(Place(entry, {name: _shown(value) for name, value in what.items()}))

    def cannot_read(self, entry: int) -> None:
        """Take note that nobody can tell what an entry said."""
        if self._unread is None:
            self._unread = entry

    def knows_all_below(self, entry: int) -> bool:
        """Tell whether everything was read that entries below one said."""
        return self._unread is None or entry <= self._unread

    def doubt(self, code: str, entry: int, **what: Value) -> None:
        """Take a finding that stands and falls with what entries below said."""
        if not self.knows_all_below(entry):
            self.add("unchecked", entry)
        else:
            self.add(code, entry, **what)

    def unknown(self, code: str, entry: int, **what: Value) -> None:
        """Take a finding that something is not known which an entry below must have told."""
        if self.began_later:
            self.unchecked += 1
        else:
            self.doubt(code, entry, **what)

    @property
    def cases(self) -> list[Case]:
        """Every class of which there are cases, in the order in which the first of each was found."""
        return list(self._cases.values())

    def codes(self) -> set[str]:
        """Return the names of all classes of which there are cases."""
        return set(self._cases)


def _shown(value: Value) -> Value:
    """Return what an entry says in a form that no terminal is led astray by."""
    if isinstance(value, int):
        return value
    clean = "".join(sign if sign.isprintable() else "?" for sign in value)
    return clean if len(clean) <= _LONGEST else f"{clean[: _LONGEST - 1]}\N{HORIZONTAL ELLIPSIS}"
