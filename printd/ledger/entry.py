"""Log entries: canonical JSON leaves of at most 65,535 bytes.

Sources: RFC 8785 (canonical JSON) and the log reference section 6, which narrows it: ASCII member names, text,
booleans, null, whole numbers up to 2^53-1, lists and objects; no fractions. Inside that profile one value has exactly
one byte form, in every language, so the bytes that were hashed can be compared and never need to be rebuilt.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any, Final, NoReturn

import rfc8785

MAX_BODY: Final = 65_535
"""Longest entry in bytes: the length field of an entry bundle has 16 bits (C2SP tlog-tiles)."""

MAX_INT: Final = 2**53 - 1
"""Largest whole number that every JSON reader holds exactly (RFC 7493 section 2.2)."""

MAX_DEPTH: Final = 32
"""Deepest nesting of an entry, its outermost object counted."""

SCHEMA: Final = 2
"""Schema number of entries: those that name people carry their signatures (log reference section 17.7)."""

_MEMBERS: Final = frozenset({"v", "seq", "at", "kind", "by", "data"})
_SIGNED_MEMBERS: Final = _MEMBERS | {"sig"}
_END: Final = b',"v":%d}' % SCHEMA
_SIGNATURES: Final = re.compile(rb',"sig":\["[A-Za-z0-9_-]{86}"(?:,"[A-Za-z0-9_-]{86}")*\],"v":%d\}\Z' % SCHEMA)
_SIGNATURE: Final = re.compile(r"[A-Za-z0-9_-]{86}", re.ASCII)
_AT: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z", re.ASCII)
_KIND: Final = re.compile(r"[a-z][a-z0-9_]*([.-][a-z0-9_]+)*", re.ASCII)


class EntryError(ValueError):
    """A value or a byte string that cannot be a log entry; the message names the place in it, never the content."""


def canonical(value: Mapping[str, Any]) -> bytes:
    """Return the one canonical byte form of `value` (RFC 8785 in the log's profile).

    Tuples are written as lists. Raises EntryError naming the path (`$.data.count`) of what does not belong: a float,
    another type, a whole number beyond 2^53-1, a member name that is not ASCII text, a lone surrogate, too deep
    nesting, or more than 65,535 bytes in all.
    """
    if not isinstance(value, Mapping):
        raise EntryError("$ must be an object: an entry is a set of named members")
    try:
        body = rfc8785.dumps(_plain(value, "$", 0))
    except rfc8785.CanonicalizationError as error:  # the profile is narrower; this is the net below it
        raise EntryError(f"$ has no canonical form: {error}") from error
    if len(body) > MAX_BODY:
        raise EntryError(f"$ takes {len(body)} bytes, more than the {MAX_BODY} an entry may have")
    return body


def parse(body: bytes) -> dict[str, Any]:
    """Read one entry and refuse every byte string that `canonical` would not have written.

    Raises EntryError for bytes that are not UTF-8 JSON, a duplicate member name, a value outside the profile, or any
    other spelling of a value than the canonical one.
    """
    if len(body) > MAX_BODY:
        raise EntryError(f"$ takes {len(body)} bytes, more than the {MAX_BODY} an entry may have")
    try:
        value = _strict.decode(body.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise EntryError(f"not UTF-8 at byte {error.start}") from error
    except json.JSONDecodeError as error:
        raise EntryError(f"not JSON at character {error.pos}: {error.msg}") from error
    except RecursionError as error:
        raise EntryError(f"nested deeper than {MAX_DEPTH} levels") from error
    if not isinstance(value, dict):
        raise EntryError("$ must be an object: an entry is a set of named members")
    if canonical(value) != body:
        raise EntryError("not in canonical form (RFC 8785): order, spacing or escapes differ")
    return value


@dataclass(frozen=True)
class Entry:
    """One event of the shop as it stands in the log.

    `seq` is the leaf index counted from 0, `at` the time in UTC to the second (RFC 3339, "2026-11-23T09:15:02Z"),
    `kind` a lower-case dotted word such as "attempt.started", `actors` the names of the people who answer for it
    (may be empty), `data` whatever the kind asks for, within the profile of `canonical`, and `signatures` one for each
    of `actors`, in order: 86 characters of unpadded base64url; none before it is signed. Raises EntryError when a
    member is out of shape.
    """

    seq: int
    at: str
    kind: str
    actors: tuple[str, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
    signatures: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        _check_unsigned(SCHEMA, self.seq, self.at, self.kind, list(self.actors), self.data)
        if self.signatures:
            _check_signatures(list(self.signatures), len(self.actors))

    def unsigned(self) -> bytes:
        """Return the canonical bytes without signatures, which people sign; raises EntryError as `canonical` does."""
        return self._unsigned

    def signed(self, signatures: Sequence[str]) -> "Entry":
        """Return this entry with its signatures; its other bytes stay as they are and are not made again."""
        made = replace(self, signatures=tuple(signatures))
        vars(made)["_unsigned"] = self._unsigned
        return made

    @cached_property
    def _unsigned(self) -> bytes:
        return canonical(
            {
                "v": SCHEMA,
                "seq": self.seq,
                "at": self.at,
                "kind": self.kind,
                "by": list(self.actors),
                "data": self.data,
            }
        )

    def body(self) -> bytes:
        """Return the canonical bytes that are hashed and stored.

        Raises EntryError where `data` leaves the profile, or where people are named who have not signed.
        """
        if len(self.signatures) != len(self.actors):
            raise EntryError("$.sig must hold one signature for each name in $.by")
        return with_signatures(self.unsigned(), self.signatures)

    @classmethod
    def from_body(cls, body: bytes) -> "Entry":
        """Read an entry back from its bytes; raises EntryError unless they are exactly what `body` returns."""
        return cls.from_members(parse(body))

    @classmethod
    def from_members(cls, value: Mapping[str, Any]) -> "Entry":
        """Make an entry of parsed members; raises EntryError for a missing or extra member or another schema number."""
        check_members(value)
        return cls(
            value["seq"], value["at"], value["kind"], tuple(value["by"]), value["data"], tuple(value.get("sig", ()))
        )


def with_signatures(unsigned: bytes, signatures: Sequence[str]) -> bytes:
    """Return the bytes of an entry with its signatures: `sig` stands last but for the schema number.

    Raises EntryError where it takes more than 65,535 bytes then.
    """
    if not signatures:
        return unsigned
    body = b'%b,"sig":[%b]%b' % (
        unsigned.removesuffix(_END),
        b",".join(b'"%b"' % one.encode("ascii") for one in signatures),
        _END,
    )
    if len(body) > MAX_BODY:
        raise EntryError(f"$ takes {len(body)} bytes, more than the {MAX_BODY} an entry may have")
    return body


def without_signatures(body: bytes) -> bytes:
    """Return the bytes that people signed, of an entry that was read in canonical form."""
    found = _SIGNATURES.search(body)
    return body if found is None else body[: found.start()] + _END


def check_members(value: Mapping[str, Any]) -> None:
    """Raise EntryError unless `value` has exactly the members of schema 2, each in shape.

    `sig` is there where, and only where, `by` names somebody.
    """
    names = value.keys()
    if names not in (_MEMBERS, _SIGNED_MEMBERS):
        missing = sorted(_MEMBERS - names)
        raise EntryError(
            f"$ lacks the member {missing[0]}" if missing else f"$ has a member that schema {SCHEMA} does not know"
        )
    _check_unsigned(value["v"], value["seq"], value["at"], value["kind"], value["by"], value["data"])
    if "sig" in value:
        _check_signatures(value["sig"], len(value["by"]))
    elif value["by"]:
        raise EntryError("$.sig is missing: an entry that names people carries their signatures")


def _check_unsigned(version: object, seq: object, at: object, kind: object, actors: object, data: object) -> None:
    if type(version) is not int or version != SCHEMA:
        raise EntryError(f"$.v must be {SCHEMA}, the only schema known here")
    if type(seq) is not int or not 0 <= seq <= MAX_INT:
        raise EntryError("$.seq must be a whole number from 0 to 2^53-1")
    if not isinstance(at, str) or not isinstance(kind, str):
        raise EntryError("$.at and $.kind must be text")
    _check_time(at)
    _check_kind(kind)
    if not isinstance(actors, list) or not all(isinstance(name, str) and name for name in actors):
        raise EntryError("$.by must be a list of people's names, none of them empty")
    if len(set(actors)) != len(actors):
        raise EntryError("$.by names somebody twice")
    if not isinstance(data, Mapping):
        raise EntryError("$.data must be an object")


def _check_signatures(signatures: object, people: int) -> None:
    if not isinstance(signatures, list) or len(signatures) != people or not people:
        raise EntryError("$.sig must hold one signature for each name in $.by")
    if not all(isinstance(one, str) and _SIGNATURE.fullmatch(one) for one in signatures):
        raise EntryError("$.sig must hold signatures of 86 characters each")


def _plain(value: object, path: str, depth: int) -> Any:
    """Return `value` as plain dict, list, str, int, bool and None, having checked the profile on the way."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _text(value, path)
    if isinstance(value, int):
        if not -MAX_INT <= value <= MAX_INT:
            raise EntryError(f"{path} is beyond 2^53-1: other readers would round it; write it as text")
        return int(value)
    if depth >= MAX_DEPTH:
        raise EntryError(f"{path} is nested deeper than {MAX_DEPTH} levels")
    if isinstance(value, Mapping):
        plain = {}
        for name, member in value.items():
            if not isinstance(name, str) or not name.isascii():
                raise EntryError(f"{path} has a member name that is not ASCII text")
            plain[_text(name, path)] = _plain(member, f"{path}.{name}", depth + 1)
        return plain
    if isinstance(value, (list, tuple)):
        return [_plain(item, f"{path}[{index}]", depth + 1) for index, item in enumerate(value)]
    if isinstance(value, float):
        raise EntryError(f"{path} is a floating-point number: use a whole number of a smaller unit, or text")
    raise EntryError(f"{path} is of type {type(value).__name__}, which JSON of the log does not carry")


def _text(value: str, path: str) -> str:
    try:
        value.encode("utf-8")
    except UnicodeEncodeError as error:
        raise EntryError(f"{path} holds a lone surrogate, which UTF-8 cannot carry") from error
    return str.__str__(value)


@lru_cache(maxsize=1024)
def _check_time(at: str) -> None:
    if not _AT.fullmatch(at):
        raise EntryError("$.at must be UTC to the second, such as 2026-11-23T09:15:02Z")
    try:
        datetime.fromisoformat(at)
    except ValueError as error:
        raise EntryError("$.at is not a time that exists") from error


@lru_cache(maxsize=1024)
def _check_kind(kind: str) -> None:
    if not _KIND.fullmatch(kind):
        raise EntryError("$.kind must be a lower-case dotted word such as attempt.started")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise EntryError("an object names the same member twice")
    return members


def _whole(digits: str) -> int:
    if len(digits) > 17 or abs(int(digits)) > MAX_INT:
        raise EntryError("a whole number is beyond 2^53-1")
    return int(digits)


def _no_fraction(_: str) -> NoReturn:
    raise EntryError("a floating-point number, which entries do not carry")


_strict = json.JSONDecoder(
    object_pairs_hook=_unique, parse_int=_whole, parse_float=_no_fraction, parse_constant=_no_fraction
)

decoder: Final = json.JSONDecoder(parse_int=_whole, parse_float=_no_fraction, parse_constant=_no_fraction)
"""Reads values of the profile; raises EntryError for other numbers. Duplicate names show when the value is encoded."""

encoder: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
"""Writes a value of the profile in the bytes of RFC 8785, in C; it does not check that the value is in the profile."""
