"""What people write is kept for ever, so it holds no NIK, however it is written (design rule 6).

A NIK or family card number is `PPKKCC DDMMYY SSSS` (domain reference 4.1): province, regency, district, a date with 40
added to the day for women, and a running number. Nobody can tell such a number from another of 16 digits, so whatever
may be one is refused. What the trade writes beside it seldom may: a date first (`2026...`) names no province, nor does
a low serial (`00012345`); a serial's letters keep its digits apart from the next ones; an official's NIP has 18 digits.
"""

from __future__ import annotations

import re
import unicodedata

_LENGTH = 16
_FURTHEST = 3
"""Signs between two groups of digits that still may be one number: `5371 - 9941`."""

_GROUP = re.compile(r"[0-9]+")
_UUID = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\b")
_BYTE = r"(?:25[0-5]|2[0-4][0-9]|1?[0-9]{1,2})"
_ADDRESS = re.compile(rf"(?<![0-9.])(?:{_BYTE}\.){{3}}{_BYTE}(?![0-9.])")
_NOT_ONE = "x"
"""Stands for what has so many digits and is something else: an id of printd's own, a machine's address."""

_PROVINCES = frozenset(
    (*range(11, 20), 21, *range(31, 37), *range(51, 55), *range(61, 66), *range(71, 77), 81, 82, *range(91, 98))
)
"""Province numbers that were ever given, with some beside them for what may come (Kepmendagri on area codes)."""


def holds_nik(text: str) -> bool:
    """Tell whether a text may hold a NIK or a family card number, in one piece or in groups, in any kind of digits."""
    if sum(map(str.isnumeric, text)) < _LENGTH:
        return False
    read = _ADDRESS.sub(_NOT_ONE, _UUID.sub(_NOT_ONE, _in_ascii_digits(text)))
    return any(_may_be_one(number) for number in _numbers(read))


def holds_sixteen_digits(text: str) -> bool:
    """Tell whether a text holds 16 digits in a row, whatever they may be, or what may be a NIK."""
    return holds_nik(text) or any(len(group) == _LENGTH for group in _GROUP.findall(_in_ascii_digits(text)))


def _in_ascii_digits(text: str) -> str:
    """Return a text with every kind of digit as 0 to 9, and without signs that nobody sees."""
    folded = unicodedata.normalize("NFKC", text)
    seen = (sign for sign in folded if unicodedata.category(sign) not in ("Cf", "Mn", "Me"))
    return "".join(str(unicodedata.decimal(sign, sign)) for sign in seen)


def _numbers(text: str) -> list[str]:
    """Return every 16 digits that stand together: whole groups, with at most a few signs and no letter between."""
    groups = list(_GROUP.finditer(text))
    found = []
    for start, first in enumerate(groups):
        digits, end = first[0], first.end()
        for other in groups[start + 1 :]:
            between = text[end : other.start()]
            if len(digits) >= _LENGTH or len(between) > _FURTHEST or any(map(str.isalpha, between)):
                break
            digits, end = digits + other[0], other.end()
        if len(digits) == _LENGTH:
            found.append(digits)
    return found


def _may_be_one(digits: str) -> bool:
    province, regency, district = digits[:2], digits[2:4], digits[4:6]
    day, month, running = int(digits[6:8]), int(digits[8:10]), digits[12:]
    return (
        int(province) in _PROVINCES
        and 0 < int(regency) < 80
        and district != "00"
        and (1 <= day <= 31 or 41 <= day <= 71)
        and 1 <= month <= 12
        and running != "0000"
    )
