"""What to do, as values: a sentence in which an act of the desk is no command line yet.

The command line makes a command of it, a page a button, a catalogue another language. Nothing below those doors names
a command.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias, TypedDict

ASKED: Final = None
"""What only the reader knows, and fills in."""

SAME: Final = ""
"""The act that was refused, asked for once more."""

DO: Final = "{do}"
"""Stands in a sentence where whoever shows it writes down the act that helps: a command, a button."""

Value: TypeAlias = str | tuple[str, str] | None
"""What an act is given: a text, the first and the last of a range, or what the reader fills in."""


@dataclass(frozen=True, init=False)
class Do:
    """An act to be asked for: ``Do("jobs.resolve", job="3f2a", scan=ASKED)``.

    :param act: its name in ``printd/desk/catalogue.py``, the name of what is asked beside the desk
        (``audit.verify``), or :data:`SAME`: the refused act again, with these arguments beside its own.
    :param arguments: under the names that the act gives them.
    """

    act: str
    arguments: Mapping[str, Value]

    def __init__(self, act: str, /, **arguments: Value) -> None:
        object.__setattr__(self, "act", act)
        object.__setattr__(self, "arguments", arguments)

    def __str__(self) -> str:
        told = (f"{name}={'?' if value is None else plain_value(value)}" for name, value in self.arguments.items())
        return " ".join(part for part in (self.act, *told) if part)


@dataclass(frozen=True)
class Argument:
    """The name of one argument of the act at hand, where a sentence speaks of it."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class How:
    """Where an act's arguments are explained.

    :param act: as :class:`Do` names it.
    """

    act: str = SAME

    def __str__(self) -> str:
        return f"{self.act} help".strip()


Part: TypeAlias = str | Do | Argument | How
Remedy: TypeAlias = Part | tuple[Part, ...]


def parts(remedy: Remedy) -> tuple[Part, ...]:
    """Return a remedy's parts in the order in which they are read; none of one that says nothing."""
    return remedy if isinstance(remedy, tuple) else (remedy,) if remedy else ()


def plain(remedy: Remedy) -> str:
    """Return a remedy as text that belongs to no door, for log lines: ``Settle it: jobs.resolve job=3f2a``."""
    return "".join(map(str, parts(remedy)))


def plain_value(value: str | tuple[str, str]) -> str:
    """Return what an act is given as text; a range is its first and its last."""
    return value if isinstance(value, str) else " ".join(value)


DoTold = TypedDict("DoTold", {"do": str, "with": dict[str, str | list[str] | None]})
"""An act as plain data."""


class ArgumentTold(TypedDict):
    """The name of an argument as plain data."""

    argument: str


class HowTold(TypedDict):
    """Where an act is explained, as plain data."""

    how: str


PartTold: TypeAlias = str | DoTold | ArgumentTold | HowTold
"""A part of a remedy as plain data."""


def to_json(remedy: Remedy) -> list[PartTold]:
    """Return a remedy as plain data.

    Its parts are texts, ``{"do": act, "with": arguments}``, ``{"argument": name}`` and ``{"how": act}``; ``None`` among
    the arguments is what the reader fills in, a pair a range.
    """
    return [_part_to_json(part) for part in parts(remedy)]


def _part_to_json(part: Part) -> PartTold:
    match part:
        case Do():
            given: dict[str, str | list[str] | None] = {
                name: list(value) if isinstance(value, tuple) else value for name, value in part.arguments.items()
            }
            return {"do": part.act, "with": given}
        case Argument():
            return {"argument": part.name}
        case How():
            return {"how": part.act}
        case str():
            return part


def from_json(told: Iterable[Any]) -> Remedy:
    """Return the remedy that :func:`to_json` made plain data of."""
    return tuple(map(_part_from_json, told))


def _part_from_json(told: Any) -> Part:
    if isinstance(told, str):
        return told
    if "argument" in told:
        return Argument(told["argument"])
    if "how" in told:
        return How(told["how"])
    given = {name: tuple(value) if isinstance(value, list) else value for name, value in told["with"].items()}
    return Do(told["do"], **given)


class ErrorTold(TypedDict):
    """An error as plain data; ``error`` is the name of its class."""

    error: str
    what: str
    why: str
    consequence: str
    remedy: list[PartTold]
