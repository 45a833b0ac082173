"""What EPCL printers answer, and what it means (protocol sheet 4.3, 7.3, 8). Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from drivers.printer import Condition, Counters, Reason, Severity

ACK, NACK, EOT = 0x06, 0x15, 0x04
_ENDS = b"\r\n\0\x04"  # of a text; which of them a printer sends is not confirmed
_CODE = re.compile(rb"\x15(-1|[0-9]{2})\x04")
_CODE_BEGUN = re.compile(rb"\x15(-|-1|[0-9]{1,2})?")
_TEXT = re.compile(rb"[\x20-\x7e]+")
_NUMBER = r"\s*:\s*([0-9]{1,9})(?![^\s,;])"  # a digit that became something else is no end of a number
_PASSES = re.compile(rf"imp{_NUMBER}.{{0,40}}?Prn{_NUMBER}.{{0,40}}?pass{_NUMBER}", re.IGNORECASE)
_MODEL = re.compile(r"(?<![A-Za-z0-9.])(?:P|Max)?\s?([0-9]{3,4})[A-Za-z]?(?![A-Za-z0-9.])", re.IGNORECASE)
_FIRMWARE = re.compile(r"(?<![0-9.])[0-9]{1,3}(?:\.[0-9]{1,3}){1,3}(?![0-9.])")


class Kind(Enum):
    """What a reply is."""

    ACK = "accepted"
    NACK = "refused"
    FULL = "buffer full"
    TEXT = "text"
    NOISE = "noise"


@dataclass(frozen=True)
class Reply:
    """One reply.

    :param code: of a refusal.
    :param text: what came, readable.
    """

    kind: Kind
    code: int | None = None
    text: str = ""


@dataclass(frozen=True)
class Fault:
    """What a code means.

    :param hint: what a person does about it.
    :param clears: ``.`` may end it: it does not say that a card stands somewhere (sheet 8, "stop").
    """

    reason: Reason
    severity: Severity = Severity.ERROR
    hint: str = ""
    clears: bool = True


def _reasons() -> dict[int, Fault]:
    jam = Fault(
        Reason.MEDIA_JAM, hint="Switch the printer off, take every card out of its path, and look at each", clears=False
    )
    ribbon = Fault(Reason.MARKER_SUPPLY_MISSING, hint="Put in a ribbon, or seat it again")
    encoder = Fault(Reason.OTHER, hint="The card encoder reports it, which this job does not use: check the printer")
    wrong = Fault(
        Reason.OTHER, hint="Check the configured model and its quirks; the printer does not take this command"
    )
    line = Fault(Reason.OTHER, hint="Data were hurt on their way: check cable and baud rate")
    service = Fault(Reason.OTHER, hint="Call service if it comes again")
    cover = Fault(Reason.COVER_OPEN, hint="Close the cover")
    return {
        -1: Fault(Reason.OTHER, hint=jam.hint, clears=False),
        1: ribbon,
        2: Fault(Reason.FUSER_OVER_TEMP, hint="Wait until the print head has its temperature"),
        3: jam,
        4: Fault(Reason.MEDIA_EMPTY, hint="Load cards"),
        5: Fault(Reason.OTHER, Severity.REPORT),
        6: Fault(Reason.OTHER, Severity.REPORT),
        7: Fault(Reason.COVER_OPEN, hint="Close the print head"),
        8: Fault(Reason.MARKER_SUPPLY_EMPTY, hint="Change the ribbon"),
        9: Fault(Reason.MARKER_SUPPLY_MISMATCH, hint="Take the ribbon out, or put in the one that the job needs"),
        **dict.fromkeys((10, 11, 12, 13, 14, 20, 21, 22, 30, 31, 32, 40), wrong),
        33: line,
        34: line,
        35: ribbon,
        **dict.fromkeys((41, 42, 43, 44, 45, 49, 50, 51, 55, 56, 57), encoder),
        47: jam,
        48: cover,
        52: service,
        53: service,
        54: service,
    }  # fmt: skip


REASONS: Mapping[int, Fault] = MappingProxyType(_reasons())
"""Meaning of the codes; 60 and above are never on the wire (sheet 8)."""

NO_COMMAND = frozenset({10, 14})
"""Refusals of a command, or of its parameters, that the model does not know."""
NOT_BEGUN = NO_COMMAND | {4, 11}
"""Refusals after which the command has moved nothing: no card in the feeder, or a command that is none."""
HURT_DATA = frozenset({22, 33, 34})
"""Refusals of data after which they are sent again (sheet 8)."""


def take(buffer: bytes, *, quiet: bool) -> tuple[Reply | None, bytes]:
    """Take one reply from the beginning of what came; ``None``: it is not complete.

    :param quiet: nothing followed for a while, so that what has no end of its own is over.
    :returns: the reply, and what is left.
    """
    buffer = buffer.lstrip(_ENDS)
    if not buffer:
        return None, b""
    if buffer[0] == ACK:
        return Reply(Kind.ACK, text="ACK"), buffer[1:]
    if buffer[0] == NACK:
        return _refusal(buffer, quiet=quiet)
    end = next((at for at, byte in enumerate(buffer) if byte in _ENDS or byte in (ACK, NACK)), None)
    if end is None and not quiet:
        return None, buffer
    text, rest = (buffer, b"") if end is None else (buffer[:end], buffer[end:])
    printable = _TEXT.fullmatch(text)
    return Reply(Kind.TEXT if printable else Kind.NOISE, text=readable(text).strip()), rest


def _refusal(buffer: bytes, *, quiet: bool) -> tuple[Reply | None, bytes]:
    if (found := _CODE.match(buffer)) is not None:
        code = int(found.group(1))
        return Reply(Kind.NACK, code, f"NACK {found.group(1).decode('ascii')}"), buffer[found.end() :]
    if not quiet and _CODE_BEGUN.fullmatch(buffer) is not None:
        return None, buffer
    if len(buffer) == 1 or buffer[1] in (ACK, NACK):
        return Reply(Kind.FULL, text="NACK"), buffer[1:]
    end = next((at for at, byte in enumerate(buffer[1:], 1) if byte in (ACK, NACK, EOT)), len(buffer))
    return Reply(Kind.NOISE, text=readable(buffer[:end])), buffer[end:]


def fault(code: int | None) -> Fault:
    """Return what a code means; one that is in no table is unknown."""
    unknown = Fault(Reason.UNKNOWN, hint="Look at the printer's display and lamps", clears=False)
    return unknown if code is None else REASONS.get(code, unknown)


def condition(reply: Reply) -> Condition:
    """Return a refusal in the words of the contract."""
    found = fault(reply.code)
    return Condition(found.reason, found.severity, reply.text, found.hint)


def counters(text: str) -> Counters:
    """Read an answer to ``%CLN``: passes of ribbon panels under the head since new (sheet 7.3).

    How many are left until a cleaning is due is not told: the threshold is, and not since when it counts.
    """
    found = _PASSES.search(text)
    return Counters(panels=int(found.group(1))) if found else Counters()


def model_in(text: str, numbers: Collection[str]) -> tuple[str, str] | None:
    """Return number and name of the model that an answer to ``V`` names, e.g. ``330`` and ``P330i``.

    The form of that answer is not confirmed: only a number that some model has counts.

    :param numbers: of all models.
    """
    return next(((found[1], found[0].strip()) for found in _MODEL.finditer(text) if found[1] in numbers), None)


def firmware_in(text: str) -> str | None:
    """Return what looks like a firmware version in an answer to ``V``."""
    found = _FIRMWARE.search(text)
    return found.group(0) if found else None


def is_version(text: str, numbers: Collection[str]) -> bool:
    """Return whether this may be an answer to ``V``, which is model and firmware (sheet 7.1): it has one at least."""
    return model_in(text, numbers) is not None or firmware_in(text) is not None


def readable(raw: bytes) -> str:
    """Return bytes as text for traces and people."""
    return raw.decode("ascii", "backslashreplace")
