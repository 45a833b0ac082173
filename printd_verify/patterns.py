"""The bytes of an entry in form, as one pattern for each kind: what matches it needs no second look.

A pattern is made from the kind's list of fields. It knows canonical JSON alone, with texts of plain ASCII in which
nothing is escaped, so that it never takes what the slow way would refuse; it leaves out what a pattern cannot tell
(ranges of serials, moments, objects of any names but of texts by text, whether many digits are somebody's number), and
entries with those go the slow way.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from printd_verify import words
from printd_verify.entries import MAX_BODY
from printd_verify.forms import split
from printd_verify.kinds import KINDS, PARTS

_SIGN: Final = r"[ !#-\[\]-~]"
_TEXT: Final = f'"{_SIGN}*"'
_WHOLE: Final = r"(?:0|[1-9][0-9]{0,14})"
_NO_DIGIT: Final = r"[ !#-/:-\[\]-~]*"
_FREE: Final = f'"(?:{_NO_DIGIT}[0-9]){{0,15}}{_NO_DIGIT}"'
"""A text with fewer digits than somebody's number has."""
_SERIAL: Final = r'"(?=[^"]{1,46}")(?:[A-Za-z./_-]*[0-9]){1,15}"'

_TYPES: Final[Mapping[str, str]] = {
    "text": _TEXT,
    "free": _FREE,
    "whole": _WHOLE,
    "signed": r"(?:0|-?[1-9][0-9]{0,14})",
    "truth": "(?:true|false)",
    "null": "null",
    "place": f'"(?:{"|".join(sorted(words.PLACES))})(?::{_SIGN}*)?"',
    "serial": _SERIAL,
    "day": '"[0-9]{4}-[0-9]{2}-[0-9]{2}"',
    "hash": '"[0-9a-f]{64}"',
    "hash_or_empty": '"(?:[0-9a-f]{64})?"',
    "uid": '"(?:[0-9A-F]{8}|[0-9A-F]{14}|[0-9A-F]{20})"',
    "cause": f'"(?:{"|".join(words.CAUSES)})"',
    "reason": f'"(?:{"|".join(words.PRINT_REASONS)})"',
    "stock_type": f'"(?:{"|".join(words.STOCK_TYPES)})"',
    "role": f'"(?:{"|".join(words.ROLES)})"',
    "{text}": rf"(\{{(?:{_TEXT}:{_TEXT}(?:,{_TEXT}:{_TEXT})*)?\}})",
}


class _NoPatternError(ValueError):
    """A type of which no pattern tells whether a value is in form."""


def _value(holds: str) -> str:
    if holds in _TYPES:
        return _TYPES[holds]
    if holds.startswith("="):
        return f'"(?:{"|".join(holds[1:].split("/"))})"'
    if "/" in holds and holds[0] not in "[{(":
        return f"(?:{'|'.join(map(_value, holds.split('/')))})"
    if holds.startswith("["):
        one = _value(holds[1:-1])
        return rf"\[(?:{one}(?:,{one})*)?\]"
    if holds.startswith("("):
        return rf"\[{','.join(map(_value, split(holds[1:-1])))}\]"
    if holds in PARTS:
        return _object(PARTS[holds])
    raise _NoPatternError(holds)


def _object(fields: str) -> str:
    """Return the pattern of an object: its fields in order of their names, some of which may be absent."""
    told: list[tuple[str, bool]] = []
    for field in sorted(fields.split(), key=lambda one: one.partition(":")[0].removesuffix("?")):
        name, _, holds = field.partition(":")
        optional = name.endswith("?")
        try:
            told.append((f'"{name.removesuffix("?")}":{_value(holds)}', optional))
        except _NoPatternError:
            if not optional:
                raise
    ways = []
    for place, (field, optional) in enumerate(told):
        behind = "".join(f"(?:,{one})?" if absent else f",{one}" for one, absent in told[place + 1 :])
        ways.append(field + behind)
        if not optional:
            break
    else:
        ways.append("")
    return rf"\{{(?:{'|'.join(ways)})\}}"


def _pattern(kind: str, fields: str) -> re.Pattern[bytes]:
    names = rf"\[(?:{_TEXT[:-2]}+\"(?:,{_TEXT[:-2]}+\")*)?\]"
    signatures = r'"[A-Za-z0-9_-]{86}"'
    return re.compile(
        (
            rf'\{{"at":"[0-9T:Z-]{{20}}","by":{names},"data":{_object(fields)},"kind":"{re.escape(kind)}",'
            rf'"seq":{_WHOLE}(?:,"sig":\[{signatures}(?:,{signatures})*\])?,"v":2\}}'
        ).encode("ascii")
    )


def _all() -> dict[bytes, re.Pattern[bytes]]:
    found = {}
    for kind, fields in KINDS.items():
        try:
            found[kind.encode()] = _pattern(kind, fields)
        except _NoPatternError:
            continue
    return found


PATTERNS: Final[Mapping[bytes, re.Pattern[bytes]]] = _all()
"""By kind the pattern of its entries; kinds that have none go the slow way."""

_KIND: Final = b'"kind":"'


def is_in_form(body: bytes) -> bool:
    """Tell whether an entry is canonical JSON with the fields of its kind; where this says no it may be so still.

    What is not looked at: whether the time exists, and whether as many have signed as are named, each once.
    """
    if len(body) > MAX_BODY:
        return False
    start = body.rfind(_KIND) + len(_KIND)
    pattern = PATTERNS.get(body[start : body.find(b'"', start)])
    found = None if pattern is None else pattern.fullmatch(body)
    return found is not None and (found.lastindex is None or all(map(_is_in_order, found.groups(b"{}"))))


def _is_in_order(texts: bytes) -> bool:
    """Tell whether the names of an object of texts by text are in order, each once; nothing in it is escaped."""
    names = texts.split(b'"')[1::4]
    return names == sorted(set(names))
