"""What documents say of every kind of entry with every field, made from the classes of the events.

docs/log.md has the types of fields, docs/log-blanks.md and docs/log-cards.md the kinds, noun by noun.
``python -m printd.events.document docs`` renews all three; a test fails where one says something else.
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
import types
from collections.abc import Iterator
from enum import StrEnum
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from printd.events import evidence, fields
from printd.events.base import Event, Part
from printd.events.kinds import EVENTS

BEGIN = "<!-- Made from printd/events: python -m printd.events.document docs -->"
END = "<!-- End of what is made from printd/events -->"

_OF_CARDS = {"evidence", "records", "jobs", "printers", "attempts", "test_prints", "cards", "purges", "supplies"}
"""Nouns of records, printers and cards; every other one is of the shop, its people and its blanks."""

_PLAIN = {str: "text", int: "whole number", bool: "true or false", type(None): "null"}


def renewed(text: str, chapter: str) -> str:
    """Return a document with another chapter between its two marks.

    :raises ValueError: it does not have both marks once.
    """
    before, found, rest = text.partition(f"{BEGIN}\n")
    _, end, after = rest.partition(f"{END}\n")
    if not found or not end:
        raise ValueError(f"the document lacks the line {BEGIN!r} or, below it, {END!r}")
    return f"{before}{BEGIN}\n{chapter}{END}\n{after}"


def chapters() -> dict[str, str]:
    """Return what is made for each document, by its name: types of fields, and the kinds of two families of nouns."""
    kinds: dict[str, list[str]] = {"log-blanks": [], "log-cards": []}
    for name in dict.fromkeys([evidence.__name__, *(event.__module__ for event in EVENTS)]):
        of_cards = name.rpartition(".")[2] in _OF_CARDS
        kinds["log-cards" if of_cards else "log-blanks"] += ["", *_noun(sys.modules[name])]
    types = [f"- *{told.words}*: {told.meaning}." for told in _types() if told.meaning]
    return {name: "\n".join([*lines, ""]) for name, lines in {"log": types, **kinds}.items()}


def _types() -> Iterator[fields.Told]:
    for value in vars(fields).values():
        if get_origin(value) is Annotated:
            yield from (one for one in get_args(value) if isinstance(one, fields.Told))


def _noun(module: types.ModuleType) -> list[str]:
    """Return the section of a noun: its kinds, and behind them the parts that their fields consist of."""
    told = [value for value in vars(module).values() if inspect.isclass(value) and value.__module__ == module.__name__]
    kinds = [one for one in EVENTS if one in told]
    parts = [one for one in told if issubclass(one, Part) and not issubclass(one, Event)]
    title = (module.__doc__ or "").splitlines()[0].partition(":")[0].rstrip(".")
    lines = [f"## {title}", "", "| kind, field | holds | |", "|---|---|---|"]
    for kind in kinds:
        lines += [f"| **`{kind.kind}`** | | {_doc(kind)} |", *_rows(kind)]
    for part in parts:
        lines += [f"| *{_name(part)}* | | {_doc(part)} |", *_rows(part)]
    return lines


def _rows(model: type[Part]) -> Iterator[str]:
    hints = get_type_hints(model, include_extras=True)
    told: dict[str, str] = {}
    for one in reversed(model.__mro__):
        if issubclass(one, Part):
            told |= _told_in(one.__module__).get(one.__name__, {})
    for name, field in model.model_fields.items():
        holds = _words(hints[name], absent=not field.is_required())
        yield f"| `{field.serialization_alias or name}` | {holds} | {told[name]} |"


def _words(hint: Any, *, absent: bool = False) -> str:
    """Return a type in words.

    :param absent: the field may be absent; then nothing else stands for it.
    """
    if absent:
        options = get_args(hint) if get_origin(hint) in (Union, types.UnionType) else (hint,)
        return f"{' or '.join(_words(one) for one in options if one is not type(None))}; may be absent"
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Annotated:
        told = [one.words for one in inner if isinstance(one, fields.Told)]
        return f"*{told[0]}*" if told and _has_meaning(told[0]) else (told[0] if told else _words(inner[0]))
    if origin in (Union, types.UnionType):
        return " or ".join(_words(one) for one in inner)
    if origin is Literal:
        return " / ".join(f"`{one}`" for one in inner)
    if origin is tuple and inner[-1] is Ellipsis:
        return f"list of {_words(inner[0])}"
    if origin is tuple:
        return f"[{', '.join(map(_words, inner))}]"
    if origin is dict:
        return f"object: {_words(inner[1])} by {_words(inner[0])}"
    if issubclass(hint, StrEnum):
        return " / ".join(f"`{one}`" for one in hint)
    return f"*{_name(hint)}*" if issubclass(hint, Part) else _PLAIN[hint]


@cache
def _meanings() -> dict[str, str]:
    return {told.words: told.meaning for told in _types()}


def _has_meaning(words: str) -> bool:
    return bool(_meanings().get(words))


def _name(part: type[Part]) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", part.__name__).lower()


def _doc(model: type[Part]) -> str:
    return _one_line(model.__doc__ or "")


@cache
def _told_in(module: str) -> dict[str, dict[str, str]]:
    """Return what the source of a module says below each field of each class."""
    tree = ast.parse(inspect.getsource(sys.modules[module]))
    return {one.name: dict(_below_fields(one)) for one in tree.body if isinstance(one, ast.ClassDef)}


def _below_fields(model: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for field, below in pairwise(model.body):
        match field, below:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                yield name, _one_line(text)


def _one_line(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def main() -> None:
    """Renew what is made in the documents of the folder that the command line names."""
    for name, chapter in chapters().items():
        path = Path(sys.argv[1]) / f"{name}.md"
        path.write_text(renewed(path.read_text(encoding="utf-8"), chapter), encoding="utf-8")


if __name__ == "__main__":
    main()
