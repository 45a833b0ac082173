"""What Magicard printers answer, and what it means (protocol sheet 8). Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from drivers.printer import Condition, Counters, Reason, Severity

_LONGEST_NUMBER = 9
_CODE = re.compile(rb"(?<![0-9])([0-9]{2}):([0-9]{2})(?![0-9])")
_NO_ERROR = (0, 0)
OPERATOR = "Look at the printer's display, free the card path and press its button"
NOT_FED = (11, 1)  # the only code besides none whose meaning was seen (sheet 8.4)

# Places of REQ,INF that are read (sheet 8.1).
_MODEL, _SERIAL, _FIRMWARE, _CARDS, _PANELS = 1, 3, 6, 9, 11
_SINCE_CLEAN, _BETWEEN, _MAJOR, _MINOR = 14, 15, 19, 20
_SHOTS, _USED, _COLOUR = 22, 23, 25

STATE_KEYS = {"serial": "MSR", "firmware": "VRS", "cards": "TCQ", "panels": "TPQ", "left": "DFR"}
"""Keys of ``REQ,STA`` that are asked (sheet 8.3)."""


@dataclass(frozen=True)
class Info:
    """What a printer says of itself; ``None`` where it does not say, or says what cannot be a number."""

    model: str | None = None
    serial_number: str | None = None
    firmware: str | None = None
    counters: Counters = field(default_factory=Counters)
    error: tuple[int, int] | None = None
    no_colour_film: bool = False


def info(reply: bytes) -> Info:
    """Read a reply to ``REQ,INF``: fields ended by comma or colon; missing ones at its end are not known."""
    marker = reply.find(b"STA$$")
    if marker < 0:
        return Info()
    texts = re.split(rb"[,:\x03]", reply[marker + 5 :])
    fields = [text.decode("latin-1").strip() for text in texts]
    capacity, used = _number(fields, _SHOTS), _number(fields, _USED)
    since, between = _number(fields, _SINCE_CLEAN), _number(fields, _BETWEEN)
    major, minor = _number(fields, _MAJOR), _number(fields, _MINOR)
    left = capacity - used if capacity is not None and used is not None and used <= capacity else None
    return Info(
        model=_text(fields, _MODEL),
        serial_number=_text(fields, _SERIAL),
        firmware=_text(fields, _FIRMWARE),
        counters=Counters(
            cards=_number(fields, _CARDS),
            panels=_number(fields, _PANELS),
            ribbon_left=left,
            ribbon_capacity=capacity,
            until_cleaning=max(0, between - since) if between is not None and since is not None else None,
        ),
        error=(major, minor) if major is not None and minor is not None else None,
        no_colour_film=_number(fields, _COLOUR) == 0,
    )


def of_states(answers: Mapping[str, bytes]) -> Info:
    """Read replies to ``REQ,STA,key``: the key again, then its value, then a comma (sheet 8.3)."""
    told = {name: value(answers.get(key, b""), key) for name, key in STATE_KEYS.items()}
    return Info(
        serial_number=told["serial"],
        firmware=told["firmware"],
        counters=Counters(
            cards=_as_number(told["cards"]), panels=_as_number(told["panels"]), ribbon_left=_as_number(told["left"])
        ),
    )


def value(reply: bytes, key: str) -> str | None:
    """Return the value of one key; ``None``: the reply is none to it."""
    found = re.search(rb"\x01STA,%s([^\x01\x03]*)\x03" % key.encode("ascii"), reply, re.DOTALL)
    if found is None:
        return None
    return found.group(1).decode("latin-1").removesuffix(",").strip() or None


def error_code(reply: bytes) -> tuple[int, int] | None:
    """Return major and minor of a reply to ``REQ,ERR``: its second line.

    The sentence before it is in the display's language and may have numbers of its own (sheet 8.2).
    """
    _, marker, text = reply.partition(b"\x01STA")
    lines = text.split(b"\n")
    found = _CODE.search(lines[1]) if marker and len(lines) > 1 else None
    return (int(found.group(1)), int(found.group(2))) if found else None


def condition(code: tuple[int, int], raw: str) -> Condition | None:
    """Return what an error code means, ``None`` for no error."""
    if code == _NO_ERROR:
        return None
    reason, hint = (Reason.MEDIA_NEEDED, "Load cards") if code == NOT_FED else (Reason.OTHER, OPERATOR)
    return Condition(reason, Severity.ERROR, f"{code[0]:02}:{code[1]:02} {raw}".strip(), hint)


def warnings(told: Info) -> list[Condition]:
    """Return what does not stop the printer: a cleaning that is due (sheet 8.1: field 14 has reached field 15)."""
    if told.counters.until_cleaning != 0:
        return []
    return [Condition(Reason.CLEANER_LIFE_OVER, Severity.WARNING, "cards since clean >= cards between cleans")]


def readable(reply: bytes) -> str:
    """Return a reply as text for traces and people; its charset is not known."""
    return reply.decode("ascii", "backslashreplace").strip("\x01\x03")


def _text(fields: Sequence[str], at: int) -> str | None:
    return fields[at] or None if at < len(fields) else None


def _number(fields: Sequence[str], at: int) -> int | None:
    return _as_number(_text(fields, at))


def _as_number(text: str | None) -> int | None:
    is_number = text is not None and text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER
    return int(text) if text is not None and is_number else None
