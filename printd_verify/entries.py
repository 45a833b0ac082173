"""Entries as they stand in the log: one value has one spelling (RFC 8785), with the members that every entry has.

A bundle is read as one piece of JSON. Most entries match the pattern of their kind (:mod:`printd_verify.patterns`), and
so are in form. Any other is written again by the C code of `json`: the bytes are the same only where no name stands
twice and order, spaces and escapes are canonical; that numbers are whole and small and that names are ASCII is seen
where its fields are looked at (:mod:`printd_verify.forms`). What does not come out the same is read once more by
itself, strictly and with `rfc8785`, to say why.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, NoReturn

import rfc8785

MAX_BODY: Final = 65_535
"""Longest entry in bytes (c2sp.org/tlog-tiles)."""

MAX_INT: Final = 2**53 - 1
"""Largest whole number that every reader of JSON holds exactly."""

SCHEMA: Final = 2

LABEL: Final = b"printd.example/entry-signature/v1"
"""First line of what people sign."""

_SIGNED: Final = frozenset({"at", "by", "data", "kind", "seq", "sig", "v"})
_UNSIGNED: Final = _SIGNED - {"sig"}
_AT: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z", re.ASCII)
_SIGNATURE: Final = re.compile(r"[A-Za-z0-9_-]{86}", re.ASCII)
_END: Final = b',"v":2}'
_MAX_DEPTH: Final = 32


class EntryError(ValueError):
    """Bytes that are no entry; the message is one of a few words, none of them from the entry."""


def decode(bodies: Sequence[bytes]) -> list[Any] | None:
    """Return the values of entries, whatever they are; ``None``: they are no JSON, or not one value each.

    Whether each is by itself what was decoded is for the caller to look at: its pattern tells, or
    :func:`is_as_written`.
    """
    try:
        values: list[Any] = _decoder.decode((b"[%b]" % b",".join(bodies)).decode("utf-8"))
    except (ValueError, RecursionError):
        return None
    return values if len(values) == len(bodies) else None


def is_as_written(value: Any, body: bytes) -> bool:
    """Tell whether a value is what an entry says, in canonical form and with an entry's members."""
    try:
        if len(body) > MAX_BODY or _encoder.encode(value).encode("utf-8") != body:
            return False
        _check_members(value)
    except (ValueError, RecursionError, TypeError, AttributeError):
        return False
    return True


def read_entry(body: bytes) -> dict[str, Any]:
    """Return the members of one entry.

    :raises EntryError: it is not in canonical form, or has other members than an entry.
    """
    if len(body) > MAX_BODY:
        raise EntryError("too_long")
    try:
        value = _strict.decode(body.decode("utf-8"))
        if not isinstance(value, dict) or _depth(value) > _MAX_DEPTH:
            raise EntryError("no_object")
        canonical = rfc8785.dumps(value)
    except EntryError:
        raise
    except (ValueError, RecursionError) as wrong:  # rfc8785's own error is a ValueError
        raise EntryError("no_json") from wrong
    if canonical != body:
        raise EntryError("not_canonical")
    _check_members(value)
    return value


def unsigned(body: bytes) -> bytes:
    """Return the bytes that people sign, of a signed entry in canonical form: `sig` stands last but for the schema."""
    return body[: body.rindex(b',"sig":[')] + _END


def message(origin: str, without_sig: bytes) -> bytes:
    """Return what each signer of an entry signs."""
    return b"%b\n%b\n%b" % (LABEL, origin.encode("utf-8"), without_sig)


def moment(at: str) -> datetime:
    """Return the moment that an entry's time says."""
    return datetime.fromisoformat(at)


def _check_members(value: dict[str, Any]) -> None:
    names = value.keys()
    by, data = value.get("by"), value.get("data")
    if value.get("v") != SCHEMA or type(value["v"]) is not int:
        raise EntryError("schema")
    if type(data) is not dict or type(by) is not list or type(value.get("seq")) is not int or value["seq"] > MAX_INT:
        raise EntryError("members")
    if type(value.get("kind")) is not str or not is_time(value.get("at")):
        raise EntryError("members")
    if not by:
        if names != _UNSIGNED:
            raise EntryError("members")
        return
    signatures = value.get("sig")
    if signatures is None:
        raise EntryError("unsigned")
    if names != _SIGNED or type(signatures) is not list or len(signatures) != len(by):
        raise EntryError("members")
    if not all(type(name) is str and name for name in by) or len(set(by)) != len(by):
        raise EntryError("members")
    if not all(type(one) is str and _SIGNATURE.fullmatch(one) for one in signatures):
        raise EntryError("members")


@lru_cache(maxsize=1024)
def is_time(at: object) -> bool:
    """Tell whether a value is a moment as entries write it."""
    if type(at) is not str or not _AT.fullmatch(at):
        return False
    try:
        datetime.fromisoformat(at)
    except ValueError:
        return False
    return True


def _depth(value: object) -> int:
    if isinstance(value, dict):
        return 1 + max(map(_depth, value.values()), default=0)
    if isinstance(value, list):
        return 1 + max(map(_depth, value), default=0)
    return 0


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs) or not all(name.isascii() for name in members):
        raise EntryError("names")
    return members


def _whole(digits: str) -> int:
    if len(digits) > 17 or abs(int(digits)) > MAX_INT:
        raise EntryError("numbers")
    return int(digits)


def _no_fraction(_: str) -> NoReturn:
    raise EntryError("numbers")


_strict: Final = json.JSONDecoder(
    object_pairs_hook=_unique, parse_int=_whole, parse_float=_no_fraction, parse_constant=_no_fraction
)
_decoder: Final = json.JSONDecoder()
_encoder: Final = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, check_circular=False
)
