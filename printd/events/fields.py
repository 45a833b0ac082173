"""Types that fields of many events have, each with the words by which the document of the log tells it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, PlainSerializer, PlainValidator, Strict, StringConstraints

from printd.errors import Refused
from printd.words import moments, places
from printd.words.causes import SPOIL_CAUSES
from printd.words.free_text import holds_nik
from printd.words.reasons import PRINT_REASONS
from printd.words.serials import SerialRange, from_json, parse_serial, to_json


@dataclass(frozen=True)
class Told:
    """How the document calls a type, and in one sentence what it is."""

    words: str
    meaning: str = ""


def one_of(words: Collection[str]) -> Callable[[str], str]:
    """Return the check that a text is one of some words."""
    known = frozenset(words)

    def check(text: str) -> str:
        if text not in known:
            raise ValueError("unknown word")
        return text

    return check


def _place(text: str) -> str:
    if places.kind(text) is None:
        raise ValueError("no place")
    return text


def _serial(text: str) -> str:
    try:
        parse_serial(text)
    except Refused:
        raise ValueError("no serial") from None
    return _text(text)


def _text(text: str) -> str:
    if holds_nik(text):
        raise ValueError("may hold a NIK")
    return text


def _moment(text: str) -> str:
    moments.parse(text)
    return text


def _ranges(value: Any) -> tuple[SerialRange, ...]:
    """Return ranges, from themselves or from pairs of first and last serial."""
    if not isinstance(value, (list, tuple)):
        raise ValueError("no list")
    if all(isinstance(one, SerialRange) for one in value):
        return _without_nik(value)
    if not all(isinstance(one, (list, tuple)) for one in value):
        raise ValueError("no pairs")
    if not all(isinstance(end, str) for one in value for end in one):
        raise ValueError("no text")
    try:
        return _without_nik(from_json(value))
    except Refused:
        raise ValueError("no ranges") from None


def _without_nik(ranges: Iterable[SerialRange]) -> tuple[SerialRange, ...]:
    told = tuple(ranges)
    if any(holds_nik(part.first_serial) for part in told):
        raise ValueError("may hold a NIK")
    return told


Whole = Annotated[int, Strict(), Field(ge=0), Told("whole number")]
Signed = Annotated[int, Strict(), Told("whole number, also below zero")]
YesNo = Annotated[bool, Strict(), Told("true or false")]

Text = Annotated[str, AfterValidator(_text), Told("text")]
"""What people write or name: never a NIK. Ids that printd makes, and what machines say of themselves, are ``str``."""
Serial = Annotated[str, AfterValidator(_serial), Told("serial", "as it stands on the blank")]
SerialRanges = Annotated[
    tuple[SerialRange, ...],
    PlainValidator(_ranges),
    PlainSerializer(to_json, return_type=list[list[str]]),
    Told("serial ranges", "list of pairs, first and last serial of each range; both are the same for one blank"),
]
Place = Annotated[
    str,
    AfterValidator(_place),
    Told(
        "place",
        f"one of {', '.join(places.Kind)}; behind a colon stands whose: `hopper:p1`, `shift:2026-11-30-1`, "
        "`transit:` the delivery, `transfer:` the transfer, `site:` the site",
    ),
]
Moment = Annotated[str, AfterValidator(_moment), Told("moment", "UTC, whole seconds: `2026-11-30T01:43:12Z`")]
Day = Annotated[
    str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"), Told("day", "of the office: `2026-11-30`")
]
Pseudonym = Annotated[
    str,
    Told(
        "pseudonym",
        "22 characters that stand for a person: HMAC-SHA-256, first 16 bytes, base64url; of a holder with a salt, "
        "which ends with what is kept of them",
    ),
]
Digest = Annotated[
    str, Told("keyed digest", "made like a pseudonym, of bytes, with the salt of the holder where it is of a record")
]
Hash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$"), Told("hash", "SHA-256 in hex")]
Opened = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9a-f]{64}$"),
    Told(
        "digest that is opened",
        "HMAC-SHA-256 in hex of files, with a key that comes from the record's own and ends with it: only who is given "
        "that key and has the files can check it",
    ),
]
SealedDigest = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9a-f]{64}$"),
    Told(
        "sealed digest",
        "SHA-256 in hex of an envelope: its name, wrapped key, ciphertexts and tag, as they are stored; it tells "
        "nothing of what is inside, and no key is needed to check it",
    ),
]
Uid = Annotated[
    str,
    StringConstraints(pattern=r"^([0-9A-F]{8}|[0-9A-F]{14}|[0-9A-F]{20})$"),
    Told("chip UID", "4, 7 or 10 bytes in upper-case hex"),
]
SpoilCause = Annotated[
    str, AfterValidator(one_of(SPOIL_CAUSES)), Told("spoil cause", f"one of {', '.join(SPOIL_CAUSES)}")
]
PrintReason = Annotated[
    str,
    AfterValidator(one_of(PRINT_REASONS)),
    Told("print reason", f"the registry's code: one of {', '.join(PRINT_REASONS)}"),
]
StockType = Annotated[
    Literal["WNI", "OA"], Told("stock type", "`WNI`, cards of citizens, or `OA`, cards of foreigners")
]
Voided = Literal["punched", "cut", "punched_cut", "not_yet"]
"""How pieces are made unusable before they are destroyed (domain reference section 2.4)."""

CounterName = Literal["cards", "panels", "ribbon_left", "ribbon_capacity", "until_cleaning"]
Counters = Annotated[
    dict[CounterName, Whole],
    Told(
        "counters",
        "whole numbers by name: `cards` fed, `panels` printed, cards left as `ribbon_left` of `ribbon_capacity`, "
        "cards `until_cleaning`; one that the printer does not tell is absent",
    ),
]
