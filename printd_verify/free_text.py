"""What people write into the log is kept for ever, so nothing there may be somebody's number (NIK, family card).

Such a number is `PPKKCC DDMMYY SSSS`: province, regency, district, a birth date with 40 added to the day for women, and
a running number; in one piece or in groups with up to three signs between, in any kind of digits. What has so many
digits and is something else (random ids, addresses of machines) is passed over.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import chain
from typing import Final

_DIGITS: Final = 16
_BETWEEN: Final = 3
_ID: Final = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\b")
_PART: Final = r"(?:25[0-5]|2[0-4][0-9]|1?[0-9]{1,2})"
_ADDRESS: Final = re.compile(rf"(?<![0-9.])(?:{_PART}\.){{3}}{_PART}(?![0-9.])")
_GROUP: Final = re.compile(r"[0-9]+")
_UNSEEN: Final = frozenset({"Cf", "Mn", "Me"})
_PROVINCES: Final = frozenset(
    chain(range(11, 22), range(31, 37), range(51, 55), range(61, 66), range(71, 77), (81, 82), range(91, 98))
) - {20}


def holds_nik(text: str) -> bool:
    """Tell whether a text may hold somebody's number."""
    if sum(sign.isnumeric() for sign in text) < _DIGITS:
        return False
    folded = (sign for sign in unicodedata.normalize("NFKC", text) if unicodedata.category(sign) not in _UNSEEN)
    plain = "".join(str(unicodedata.decimal(sign, sign)) for sign in folded)
    return any(map(_is_nik, _numbers(_ADDRESS.sub("x", _ID.sub("x", plain)))))


def _numbers(text: str) -> list[str]:
    """Return all runs of 16 digits, from whole groups that stand close together without a letter between."""
    found: list[str] = []
    open_runs: list[str] = []
    end = 0
    for group in _GROUP.finditer(text):
        between = text[end : group.start()]
        if len(between) > _BETWEEN or any(map(str.isalpha, between)):
            open_runs.clear()
        open_runs = [run + group[0] for run in (*open_runs, "") if len(run) + len(group[0]) <= _DIGITS]
        found += [run for run in open_runs if len(run) == _DIGITS]
        end = group.end()
    return found


def _is_nik(digits: str) -> bool:
    province, regency, district, day, month, _, running = (
        int(digits[at : at + (4 if at == 12 else 2)]) for at in (0, 2, 4, 6, 8, 10, 12)
    )
    return (
        province in _PROVINCES
        and 1 <= regency <= 79
        and district > 0
        and (1 <= day <= 31 or 41 <= day <= 71)
        and 1 <= month <= 12
        and running > 0
    )
