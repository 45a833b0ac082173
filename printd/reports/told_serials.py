"""Serials that an entry tells in the words of the log, as values that are said in the reader's language."""

from __future__ import annotations

import re
from typing import Final

from printd.language.sentences import Listed, Said, Sentence, Serials

_CUT: Final = re.compile(r"(.*?)(?: and ([0-9]+) more ranges)?")
_APART: Final = re.compile(r"count ([12]): (.*) (not there|too many)")
_SAID: Final = {
    "not there": "count {count}: {serials} not there",
    "too many": "count {count}: {serials} too many",
}


def lying(text: str) -> Sentence | None:
    """Return the serials of a place as :func:`printd.words.serials.say` tells them; ``None``: it tells none."""
    return Sentence("{serials}", serials=_ranges(text)) if text else None


def apart(text: str | None) -> Sentence | None:
    """Return in what the sheets of a stock count and the books differ; ``None``: in no serial that was scanned."""
    if text is None:
        return None
    told: list[Said] = []
    for piece in text.split("; "):
        found = _APART.fullmatch(piece)
        told.append(
            piece if found is None else Sentence(_SAID[found[3]], count=int(found[1]), serials=_ranges(found[2]))
        )
    return Sentence("{serials}", serials=Listed(told))


def _ranges(text: str) -> Listed:
    found = _CUT.fullmatch(text)
    assert found is not None, "it matches every line"
    ranges = [(one.split(" to ")[0], one.split(" to ")[-1]) for one in found[1].split(", ")]
    rest: list[Said] = [] if found[2] is None else [Sentence("and {rest} more ranges", rest=int(found[2]))]
    return Listed([Serials(ranges, 0), *rest])
