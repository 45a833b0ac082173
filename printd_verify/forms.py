"""What a field may hold, by the words of docs/log.md, and how the lists of fields are read.

A list of fields is a text such as ``attempt:text fed?:serial``: names with what each holds, `?` where it may be absent.
``free`` is a text that people write, in which nobody's number may stand; ``[x]`` is a list, ``{x}`` an object of x by
text, ``{key=x}`` one by something else, ``(x,y)`` one value of each in order, ``x/null`` may be null, ``=a/b`` is one
of some words, and a name of a part is an object with the fields of that.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from printd_verify import words
from printd_verify.entries import MAX_INT, is_time
from printd_verify.free_text import holds_nik

Check = Callable[[Any], bool]
"""Tells whether a value is in form."""


def _pattern(expression: str) -> Check:
    match = re.compile(expression, re.ASCII).fullmatch

    def check(value: Any) -> bool:
        return type(value) is str and match(value) is not None

    return check


def _text(value: Any) -> bool:
    return type(value) is str


def _whole(value: Any) -> bool:
    return type(value) is int and 0 <= value <= MAX_INT


def _signed(value: Any) -> bool:
    return type(value) is int and -MAX_INT <= value <= MAX_INT


def _per_cent(value: Any) -> bool:
    return type(value) is int and 0 <= value <= 100


def _truth(value: Any) -> bool:
    return type(value) is bool


def _null(value: Any) -> bool:
    return value is None


def _place(value: Any) -> bool:
    return type(value) is str and value.partition(":")[0] in words.PLACES


def _serial(value: Any) -> bool:
    return type(value) is str and words.read_serial(value) is not None


def _ranges(value: Any) -> bool:
    return type(value) is list and all(
        type(pair) is list and len(pair) == 2 and words.read_range(pair) is not None for pair in value
    )


def _one_of(known: Iterable[str]) -> Check:
    those = frozenset(known)

    def check(value: Any) -> bool:
        return type(value) is str and value in those

    return check


TYPES: Final[Mapping[str, Check]] = {
    "text": _text,
    "free": _text,
    "whole": _whole,
    "signed": _signed,
    "percent": _per_cent,
    "truth": _truth,
    "null": _null,
    "place": _place,
    "serial": _serial,
    "ranges": _ranges,
    "moment": lambda value: is_time(value) if type(value) is str else False,
    "day": _pattern(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"),
    "hash": _pattern(r"[0-9a-f]{64}"),
    "hash_or_empty": _pattern(r"([0-9a-f]{64})?"),
    "uid": _pattern(r"[0-9A-F]{8}|[0-9A-F]{14}|[0-9A-F]{20}"),
    "nip": _pattern(r"[0-9]{18}"),
    "legal_name": lambda value: type(value) is str and 1 <= len(value) <= 100,
    "number": lambda value: type(value) is str and 4 <= len(value) <= 64,
    "cause": _one_of(words.CAUSES),
    "reason": _one_of(words.PRINT_REASONS),
    "stock_type": _one_of(words.STOCK_TYPES),
    "role": _one_of(words.ROLES),
    "why_moved": _one_of(words.ROUTES),
    "counter": _one_of(words.COUNTERS),
}

WITHOUT_NIK: Final[Mapping[str, Check]] = {
    **TYPES,
    **dict.fromkeys(
        ("free", "legal_name", "number", "serial"), lambda value: type(value) is not str or not holds_nik(value)
    ),
    "ranges": lambda value: not any(holds_nik(pair[0]) for pair in value),
}
"""Of what is in form: whether what people write may hold somebody's number."""


class Forms:
    """The fields of each kind of entry.

    :param kinds: by kind its list of fields.
    :param parts: by name the list of fields of what others consist of.
    :param types: by word how a value of it is checked.
    """

    def __init__(self, kinds: Mapping[str, str], parts: Mapping[str, str], types: Mapping[str, Check] = TYPES) -> None:
        self._types = types
        self._parts: dict[str, Check] = {}
        self._lists = parts
        self._fields = {kind: self._read_fields(fields) for kind, fields in kinds.items()}
        self.checks: Mapping[str, Check] = {kind: _object(*fields) for kind, fields in self._fields.items()}
        """By kind, whether `data` is in form."""

    def first_wrong(self, kind: str, data: Mapping[str, Any]) -> str:
        """Return the first field that is missing or not in form; empty where a field is there that the kind has not."""
        required, every = self._fields[kind]
        wrong = [name for name, one in data.items() if name in every and not every[name](one)]
        return min([*(required - data.keys()), *wrong], default="")

    def _read_fields(self, fields: str) -> tuple[frozenset[str], dict[str, Check]]:
        every: dict[str, Check] = {}
        required: set[str] = set()
        for field in fields.split():
            name, _, holds = field.partition(":")
            if not name.endswith("?"):
                required.add(name)
            every[name.removesuffix("?")] = self._read(holds)
        return frozenset(required), every

    def _read(self, holds: str) -> Check:
        if holds.startswith("="):
            return _one_of(tuple(holds[1:].split("/")))
        if "/" in holds and holds[0] not in "[{(":
            return _either(*(self._read(one) for one in holds.split("/")))
        if holds.startswith("["):
            return _list(self._read(holds[1:-1]))
        if holds.startswith("{"):
            key, found, value = holds[1:-1].rpartition("=")
            return _by_key(self._read(key) if found else _text, self._read(value))
        if holds.startswith("("):
            return _row(*(self._read(one) for one in split(holds[1:-1])))
        if holds in self._types:
            return self._types[holds]
        if holds not in self._parts:
            self._parts[holds] = _object(*self._read_fields(self._lists[holds]))
        return self._parts[holds]


def split(text: str) -> list[str]:
    """Return what commas part outside of brackets, in the words of a type."""
    parts, depth = [""], 0
    for sign in text:
        depth += (sign in "[{(") - (sign in "]})")
        if sign == "," and not depth:
            parts.append("")
        else:
            parts[-1] += sign
    return parts


def _object(required: frozenset[str], every: Mapping[str, Check]) -> Check:
    least = len(required)

    def check(value: Any) -> bool:
        if type(value) is not dict or len(value) < least:
            return False
        needed = least
        for name, one in value.items():
            is_good = every.get(name)
            if is_good is None or not is_good(one):
                return False
            if name in required:
                needed -= 1
        return needed == 0

    return check


def _either(*checks: Check) -> Check:
    return lambda value: any(check(value) for check in checks)


def _list(check: Check) -> Check:
    return lambda value: type(value) is list and all(map(check, value))


def _row(*checks: Check) -> Check:
    def check(value: Any) -> bool:
        return (
            type(value) is list
            and len(value) == len(checks)
            and all(is_good(one) for is_good, one in zip(checks, value, strict=True))
        )

    return check


def _by_key(key: Check, check: Check) -> Check:
    return lambda value: (
        type(value) is dict and all(name.isascii() and key(name) and check(one) for name, one in value.items())
    )
