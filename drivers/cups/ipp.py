"""The Internet Printing Protocol's encoding: requests to bytes, bytes to replies (RFC 8010 section 3). Pure.

Written here because no library fits: pycups needs a compiler and libcups and has no deadlines, pyipp and aioipp are
asynchronous and know no jobs. What a server may send is bounded by whoever reads it; this file refuses what is torn,
longer than it says, or nested deeper than anything real.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from drivers.errors import UnexpectedReplyError

VERSION = b"\x02\x00"
_DEEPEST = 8  # collections inside collections; media-col-database has three


class Operation(IntEnum):
    """Operations that this driver sends (RFC 8011 section 5.4.15; the last is CUPS's own)."""

    CREATE_JOB = 0x0005
    SEND_DOCUMENT = 0x0006
    CANCEL_JOB = 0x0008
    GET_JOB_ATTRIBUTES = 0x0009
    GET_JOBS = 0x000A
    GET_PRINTER_ATTRIBUTES = 0x000B
    RELEASE_JOB = 0x000D
    CUPS_GET_PRINTERS = 0x4002


class JobState(IntEnum):
    """States of a job (RFC 8011 section 5.3.7)."""

    PENDING = 3
    HELD = 4
    PROCESSING = 5
    STOPPED = 6
    CANCELED = 7
    ABORTED = 8
    COMPLETED = 9


class Tag(IntEnum):
    """Delimiters and value syntaxes (RFC 8010 sections 3.5.1 and 3.5.2)."""

    OPERATION = 0x01
    JOB = 0x02
    END = 0x03
    PRINTER = 0x04
    UNSUPPORTED = 0x05
    INTEGER = 0x21
    BOOLEAN = 0x22
    ENUM = 0x23
    RESOLUTION = 0x32
    RANGE = 0x33
    BEGIN_COLLECTION = 0x34
    TEXT_WITH_LANGUAGE = 0x35
    NAME_WITH_LANGUAGE = 0x36
    END_COLLECTION = 0x37
    NAME = 0x42
    KEYWORD = 0x44
    URI = 0x45
    CHARSET = 0x47
    LANGUAGE = 0x48
    MIME_TYPE = 0x49
    MEMBER_NAME = 0x4A


Attributes = Mapping[str, tuple[Any, ...]]
"""Values by name: ``int``, ``bool``, ``str``, ``bytes``, tuples for resolutions and ranges, mappings for collections,
``None`` for what a server calls unknown, unsupported or without value."""

Wanted = tuple[Tag, str, Any]
"""One attribute of a request: syntax, name, and a value or a list of values."""


@dataclass(frozen=True)
class Reply:
    """What a server answered.

    :param status: RFC 8011 appendix B.
    :param groups: delimiter and attributes of each group, in order.
    """

    status: int
    request: int
    groups: tuple[tuple[int, Attributes], ...]

    @property
    def good(self) -> bool:
        """Whether the operation was done."""
        return self.status < 0x0100

    @property
    def message(self) -> str:
        """The server's own words, or an empty string."""
        told = self.first(Tag.OPERATION).get("status-message", ("",))[0]
        return told if isinstance(told, str) else ""

    def first(self, tag: Tag) -> Attributes:
        """Return the first group of a kind, empty where there is none."""
        return next((group for kind, group in self.groups if kind == tag), {})

    def all(self, tag: Tag) -> list[Attributes]:
        """Return all groups of a kind."""
        return [group for kind, group in self.groups if kind == tag]


def request(
    operation: Operation, number: int, operands: Sequence[Wanted], job: Sequence[Wanted] = (), document: bytes = b""
) -> bytes:
    """Return a request; charset and language go before everything else (RFC 8011 section 4.1.4).

    :param number: of the request, which the reply repeats.
    :param operands: operation attributes, ``printer-uri`` first.
    :param job: job template attributes.
    """
    first: list[Wanted] = [
        (Tag.CHARSET, "attributes-charset", "utf-8"),
        (Tag.LANGUAGE, "attributes-natural-language", "en"),
    ]
    parts = [VERSION, struct.pack(">HIB", operation, number, Tag.OPERATION)]
    parts += [_attribute(*one) for one in (*first, *operands)]
    if job:
        parts += [bytes([Tag.JOB]), *(_attribute(*one) for one in job)]
    return b"".join([*parts, bytes([Tag.END]), document])


def reply(data: bytes) -> Reply:
    """Return what a reply says.

    :raises UnexpectedReplyError: it is not IPP, is torn, or goes on after its end.
    """
    reader = _Reader(data)
    version, status, number = struct.unpack(">HHI", reader.take(8))
    if not 0x0100 <= version < 0x0300:
        raise _garbage("its version is not known", data)
    groups: list[tuple[int, dict[str, tuple[Any, ...]]]] = []
    name = ""
    while True:
        tag = reader.byte()
        if tag == Tag.END:
            break
        if tag < 0x10:
            groups.append((tag, {}))
            name = ""
            continue
        called, raw = reader.field(), reader.field()
        value: Any = _collection(reader, _DEEPEST) if tag == Tag.BEGIN_COLLECTION else _value(tag, raw)
        name = _text(called) or name
        if not groups or not name:
            raise _garbage("a value belongs to nothing", data)
        kept = groups[-1][1]
        # A name that comes twice is one attribute with more values only where the name was left out (3.1.5).
        kept[name] = (value,) if called else (*kept[name], value)
    if reader.left:
        raise _garbage("it goes on after its end", data)
    return Reply(status, number, tuple(groups))


def _attribute(tag: Tag, name: str, value: Any) -> bytes:
    parts = []
    for number, one in enumerate(value if isinstance(value, (list, tuple)) else [value]):
        called = b"" if number else name.encode("ascii")
        match tag:
            case Tag.INTEGER | Tag.ENUM:
                raw = struct.pack(">i", one)
            case Tag.BOOLEAN:
                raw = bytes([bool(one)])
            case Tag.NAME | Tag.KEYWORD | Tag.URI | Tag.CHARSET | Tag.LANGUAGE | Tag.MIME_TYPE:
                raw = str(one).encode()
            case _:
                raise ValueError(f"this driver sends no value of syntax {tag.name}")
        parts.append(struct.pack(">BH", tag, len(called)) + called + struct.pack(">H", len(raw)) + raw)
    return b"".join(parts)


def _value(tag: int, raw: bytes) -> Any:
    try:
        match tag:
            case _ if tag < 0x20:  # unsupported, unknown, no-value and their like
                return None
            case Tag.INTEGER | Tag.ENUM:
                return struct.unpack(">i", raw)[0]
            case Tag.BOOLEAN:
                return bool(struct.unpack(">B", raw)[0])
            case Tag.RESOLUTION:
                return struct.unpack(">iib", raw)
            case Tag.RANGE:
                return struct.unpack(">ii", raw)
            case Tag.TEXT_WITH_LANGUAGE | Tag.NAME_WITH_LANGUAGE:
                words = _Reader(raw)
                words.field()
                return _text(words.field())
            case _ if 0x40 <= tag < 0x60:
                return _text(raw)
    except struct.error as wrong:
        raise _garbage(f"a value of syntax {tag:02x} has {len(raw)} bytes", raw) from wrong
    return raw


def _collection(reader: _Reader, depth: int) -> Attributes:
    if not depth:
        raise _garbage("collections are nested without end", b"")
    members: dict[str, tuple[Any, ...]] = {}
    name = ""
    while True:
        tag, called, raw = reader.byte(), reader.field(), reader.field()
        if tag == Tag.END_COLLECTION:
            return members
        if tag < 0x10 or called:
            raise _garbage("a collection does not end", raw)
        if tag == Tag.MEMBER_NAME:
            name = _text(raw)
        elif not name:
            raise _garbage("a collection's value has no name", raw)
        else:
            value = _collection(reader, depth - 1) if tag == Tag.BEGIN_COLLECTION else _value(tag, raw)
            members[name] = (*members.get(name, ()), value)


class _Reader:
    """Takes fields off the front of some bytes."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    @property
    def left(self) -> int:
        return len(self._data) - self._at

    def take(self, count: int) -> bytes:
        if count > self.left:
            raise _garbage("it ends in the middle", self._data)
        self._at += count
        return self._data[self._at - count : self._at]

    def byte(self) -> int:
        return self.take(1)[0]

    def field(self) -> bytes:
        return self.take(int.from_bytes(self.take(2), "big"))


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


def _garbage(why: str, data: bytes) -> UnexpectedReplyError:
    return UnexpectedReplyError(
        f"The print server's answer is no IPP: {why}",
        hint="Check that host and port are those of CUPS",
        reply=repr(data[:40])[2:-1],
    )
