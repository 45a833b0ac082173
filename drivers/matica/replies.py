"""Status and error codes of Matica / XID printers (protocol sheet 8): the same on both wires.

A code is 00 KK AA 00: SCSI sense key and additional sense code. What is not in the table is unknown, and stops.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from drivers.errors import RefusedError
from drivers.printer import Condition, Reason, Severity, State

READY = 0
NO_CARDS = 0x0002D000
DOOR_OPEN = 0x0002D100
BUSY = frozenset({0x0002D300, 0x0002D400})
RESTARTED = frozenset({0x00062800, 0x0002C300})
"""Said by a printer that lost its power or was reset: what it was told before is over."""
NOT_DONE = frozenset({0x00052000, 0x00052600, 0x00052A00})
"""Answers to a command that say that it was refused as such, before anything moved."""


@dataclass(frozen=True)
class Fault:
    """What a code means.

    :param says: for a person.
    :param hint: what to do.
    :param waits: it ends by itself.
    :param cause: the trade's spoil cause that it stands for, or an empty string.
    """

    reason: Reason
    says: str
    hint: str = "Call the service if it stays"
    waits: bool = False
    cause: str = ""


_SERVICE = "Switch the printer off and on; call the service if it stays"
_JAM = "Open the door, take the card out, close the door"
_WAIT = "It ends by itself"
_DEFECT = "This is a defect of the driver: report it with the trace"


def _jam(where: str) -> Fault:
    return Fault(Reason.MEDIA_JAM, f"a card jammed {where}", _JAM, cause="jam")


def _hot(what: str) -> Fault:
    return Fault(Reason.FUSER_OVER_TEMP, f"the {what} is too hot", _SERVICE)


REASONS: Mapping[int, Fault] = MappingProxyType(
    {
        0x0002DA00: Fault(Reason.OTHER, "warming up", _WAIT, waits=True),
        0x0002DB00: Fault(Reason.OTHER, "initialising", _WAIT, waits=True),
        0x0002D300: Fault(Reason.OTHER, "busy", _WAIT, waits=True),
        0x0002D400: Fault(Reason.OTHER, "busy printing", _WAIT, waits=True),
        NO_CARDS: Fault(Reason.MEDIA_EMPTY, "no cards in the hopper", "Fill the hopper"),
        DOOR_OPEN: Fault(Reason.DOOR_OPEN, "the door is open", "Close the door"),
        0x0002C100: Fault(Reason.OTHER, "cam error", _SERVICE),
        0x0002C200: Fault(Reason.FUSER_OVER_TEMP, "the heat roller is too hot", _WAIT, waits=True),
        0x0002C300: Fault(Reason.OTHER, "the power was interrupted", "Clear the printer"),
        0x0002D800: Fault(Reason.OTHER, "hardware error", _SERVICE),
        0x0002F000: _hot("transfer roller"),
        0x0002F100: Fault(Reason.OTHER, "the heater of the transfer roller failed", _SERVICE),
        0x0002F200: Fault(Reason.OTHER, "the thermistor of the transfer roller failed", _SERVICE),
        0x0002F300: _hot("second roller"),
        0x0002F400: Fault(Reason.OTHER, "the heater of the second roller failed", _SERVICE),
        0x0002F500: Fault(Reason.OTHER, "the thermistor of the second roller failed", _SERVICE),
        0x0002F600: Fault(Reason.OTHER, "too cold", "Warm the room", waits=True),
        0x0002F800: Fault(Reason.FUSER_OVER_TEMP, "the print head is too hot", _WAIT, waits=True),
        0x00034400: Fault(Reason.OTHER, "hardware error", _SERVICE),
        0x00039000: _jam("at the hopper"),
        0x00039100: _jam("at the turn-over"),
        0x00039200: _jam("at the magnetic station"),
        0x00039300: _jam("at the transfer"),
        0x00039400: _jam("at the exit"),
        0x00039500: _jam("at the retransfer"),
        0x0003A100: Fault(
            Reason.MARKER_SUPPLY_MISSING, "the mark of the transfer film was not found", "Look at the film"
        ),
        0x0003A800: Fault(Reason.OTHER, "magnetic test failed", "Reject the card", cause="encode_fail"),
        0x0003AB00: Fault(Reason.OTHER, "magnetic mechanics failed", "Reject the card", cause="encode_fail"),
        0x0003AC00: Fault(Reason.OTHER, "magnetic hardware failed", "Reject the card", cause="encode_fail"),
        0x0003AD00: Fault(Reason.OTHER, "magnetic write failed", "Reject the card", cause="encode_fail"),
        0x0003B000: Fault(Reason.MARKER_SUPPLY_MISSING, "ribbon error", "Look at the ribbon"),
        0x0003B100: Fault(Reason.MARKER_SUPPLY_MISSING, "the ribbon's panel was not found", "Look at the ribbon"),
        0x0003B200: Fault(Reason.MARKER_SUPPLY_EMPTY, "the ribbon is finished", "Put in a new ribbon"),
        0x00052000: Fault(Reason.OTHER, "unknown command", _DEFECT),
        0x00052600: Fault(Reason.OTHER, "the card is not where the command needs it", "Clear the printer"),
        0x00052A00: Fault(Reason.OTHER, "a card cannot be loaded to that position", _DEFECT),
        0x00062800: Fault(Reason.OTHER, "the printer was just restarted", "Look whether a card is inside"),
    }
)
_UNKNOWN = Fault(Reason.UNKNOWN, "an error that is not known", "Look at the printer's display")


class CodeError(RefusedError):
    """The printer answered with a code: it did not do what it was told.

    :param code: as in :data:`REASONS`.
    """

    def __init__(self, code: int, command: str = "") -> None:
        found = fault(code)
        super().__init__(f"The printer says: {found.says}", hint=found.hint, command=command, reply=written(code))
        self.code = code


def written(code: int) -> str:
    """Return a code as people write it: eight hexadecimal digits."""
    return f"{code:08X}"


def fault(code: int) -> Fault:
    """Return what a code means; one that is in no table is unknown."""
    return REASONS.get(code, _UNKNOWN)


def waits(code: int) -> bool:
    """Tell whether a code ends by itself."""
    return fault(code).waits


def lasts(code: int) -> bool:
    """Tell whether a code stays after its cause is gone until the printer is initialised: medium errors (key 3), power.

    Of the service codes that is not known; they want the printer switched off.
    """
    return code >> 16 == 3 or code == 0x0002C300


def condition(code: int) -> Condition | None:
    """Return what stops the printer, ``None`` for a printer that is ready. A wait is an error as long as it lasts."""
    if code == READY:
        return None
    found = fault(code)
    return Condition(found.reason, Severity.ERROR, f"{written(code)} {found.says}", found.hint)


def state(code: int) -> State:
    """Return what a printer does that answers with a code."""
    if code == READY:
        return State.IDLE
    if waits(code):
        return State.PROCESSING
    return State.UNKNOWN if code not in REASONS else State.STOPPED
