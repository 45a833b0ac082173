"""Which entries of a bundle are about what it says that it is about; the others it should not carry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from printd_verify.words import Range, read_range, read_serial

_NAMES: Final = ("attempt", "test", "incident", "transfer", "sample", "card", "discrepancy", "job", "record")
"""Fields that name something of which other entries speak."""

_OF_DELIVERY: Final = frozenset({"delivery.counted", "delivery.received", "carton.opened"})


def strays(noun: str, name: str, entries: Sequence[Mapping[str, Any]]) -> list[int]:
    """Return the numbers of the entries that do not belong to a blank, a job or a record.

    :param entries: none of which tells of people alone.
    """
    blank = read_serial(name) if noun == "blank" else None
    known: set[tuple[str, object]] = {(noun, name)}
    rest, before = list(entries), len(entries) + 1
    while len(rest) < before:
        before, left = len(rest), []
        for entry in rest:
            if _belongs(entry, blank, known):
                known |= _told(entry)
            else:
                left.append(entry)
        rest = left
    return [entry["seq"] for entry in rest]


def _belongs(entry: Mapping[str, Any], blank: Range | None, known: set[tuple[str, object]]) -> bool:
    kind, data = entry["kind"], entry["data"]
    match kind:
        case "printer.resumed":
            return ("entry", entry["seq"]) in known
        case "records.purged" | "records.erased":
            return any(("entry", seq) in known for seq in data["erased"])
        case "register.read":
            return ("record", data["what"].removeprefix("opening:")) in known
    if kind in _OF_DELIVERY and ("delivery", data["delivery"]) in known:
        return True
    if blank is not None and _names(data, blank):
        return True
    return any((what, data[what]) in known for what in _NAMES if isinstance(data.get(what), str))


def _told(entry: Mapping[str, Any]) -> set[tuple[str, object]]:
    """Return what an entry that belongs to it names, so that others belong to it too."""
    data = entry["data"]
    found: set[tuple[str, object]] = {(what, data[what]) for what in _NAMES if isinstance(data.get(what), str)}
    found |= {("discrepancy", one["id"]) for one in data.get("discrepancies", ())}
    if entry["kind"] == "delivery.announced":
        found.add(("delivery", data["delivery"]))
    elif entry["kind"] == "attempt.started":
        found.add(("entry", data["resumed"]))
    elif entry["kind"] == "record.accepted":
        found.add(("entry", entry["seq"]))
    return found


def _names(value: object, blank: Range) -> bool:
    """Tell whether something names a blank, or a range that it lies in."""
    if isinstance(value, str):
        return read_serial(value) == blank
    if isinstance(value, dict):
        return any(_names(one, blank) for one in value.values())
    if not isinstance(value, list):
        return False
    span = read_range(value[-2:]) if 2 <= len(value) <= 3 else None
    if span is not None and span.series == blank.series and span.first <= blank.first <= span.last:
        return True
    return any(_names(one, blank) for one in value)
