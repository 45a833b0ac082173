"""The trade's words as the log writes them: places, causes, ways of blanks, roles, serials."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

PLACES: Final = frozenset(
    {
        "store", "transit", "shift", "hopper", "printer", "output", "finished", "holder", "spoiled", "skipped",
        "missing", "destroyed", "invalid", "returned", "transfer", "site",
    }
)  # fmt: skip
"""Kinds of places; behind a colon may stand whose it is."""

CAUSES: Final = (
    "factory_defect", "no_chip", "encode_fail", "print_fade", "print_blur", "print_offset", "missing_text",
    "ribbon_break", "jam", "bent_heat", "scorch", "wrong_data", "wrong_blank_type", "operator_error", "power_loss",
    "test_print", "other",
)  # fmt: skip
"""Why blanks are spoiled."""

PRINT_REASONS: Final = (
    "baru", "pindah_datang", "ubah_data", "hilang", "rusak", "tukar_suket", "luar_domisili", "perpanjangan_oa",
)  # fmt: skip
STOCK_TYPES: Final = ("WNI", "OA")
COUNTERS: Final = ("cards", "panels", "ribbon_left", "ribbon_capacity", "until_cleaning")
ROLES: Final = ("operator", "storekeeper", "supervisor", "auditor", "administrator")

_WHOLE_BLANKS: Final = frozenset({"store", "shift", "hopper", "skipped"})

ROUTES: Final = {
    "issue": (frozenset({"store"}), frozenset({"shift"})),
    "load": (frozenset({"shift"}), frozenset({"hopper"})),
    "unload": (frozenset({"hopper"}), frozenset({"shift"})),
    "return": (frozenset({"shift", "hopper"}), frozenset({"store"})),
    "skipped": (frozenset({"hopper"}), frozenset({"skipped"})),
    "found": (frozenset({"skipped", "missing"}), frozenset({"store", "shift"})),
    "missing": (_WHOLE_BLANKS | {"spoiled", "invalid", "site", "transfer"}, frozenset({"missing"})),
    "give_back": (frozenset({"store"}), frozenset({"returned"})),
    "site_spoiled": (frozenset({"site"}), frozenset({"spoiled"})),
    **dict.fromkeys(CAUSES, (_WHOLE_BLANKS | {"missing"}, frozenset({"spoiled"}))),
}
"""For which reason people move blanks: from what kinds of place to what kinds."""

_SERIAL: Final = re.compile(r"([A-Za-z0-9./_-]{0,46}?)([0-9]{1,18})", re.ASCII)


class Range(NamedTuple):
    """Serials that follow each other."""

    prefix: str
    width: int
    first: int
    last: int

    @property
    def series(self) -> tuple[str, int]:
        """What those have in common that can be compared: prefix and number of digits."""
        return self.prefix, self.width

    def __str__(self) -> str:
        low = f"{self.prefix}{self.first:0{self.width}d}"
        return low if self.first == self.last else f"{low}..{self.prefix}{self.last:0{self.width}d}"


@lru_cache(maxsize=8192)
def read_serial(text: str) -> Range | None:
    """Return the range of one that a serial names; ``None``: it is none."""
    found = _SERIAL.fullmatch(text)
    if found is None:
        return None
    number = int(found[2])
    return Range(found[1], len(found[2]), number, number)


def read_range(pair: Sequence[object]) -> Range | None:
    """Return the range between two serials; ``None``: they are none, or do not belong together."""
    first, last = pair
    if type(first) is not str or type(last) is not str:
        return None
    low, high = read_serial(first), read_serial(last)
    if low is None or high is None or low.series != high.series or low.first > high.first:
        return None
    return low._replace(last=high.last)


def ranges(pairs: Sequence[Sequence[str]]) -> list[Range]:
    """Return the ranges of an entry whose form was looked at."""
    return [part for part in map(read_range, pairs) if part is not None]


def kind_of(place: str) -> str:
    """Return what kind of place it is."""
    return place.partition(":")[0]


def whose(place: str) -> str:
    """Return whose place it is; empty: nobody's."""
    return place.partition(":")[2]
