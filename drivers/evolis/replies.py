"""What the answers of an Evolis printer mean: tables and the reading of them. Pure.

Beside :mod:`drivers.evolis.printer` because it is the part that grows with every model that is met.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from drivers.printer import Condition, Position, Reason, Severity


@dataclass(frozen=True)
class Fault:
    """What one answer of the printer means.

    :param cause: the trade's spoil cause that a card under way suffered, where the answer vouches for one.
    :param hint: what a person does about it.
    """

    reason: Reason
    severity: Severity = Severity.ERROR
    cause: str = ""
    hint: str = ""


def _reasons() -> dict[str, Fault]:
    unknown_command = Fault(Reason.OTHER, hint="This model does not know the command: check the configured model")
    bad_parameter = Fault(Reason.OTHER, hint="Check the configured model; the printer may be locked by a key")
    feeder = Fault(Reason.MEDIA_EMPTY, hint="Load cards")
    no_ribbon = Fault(Reason.MARKER_SUPPLY_MISSING, cause="ribbon_break", hint="Put in a ribbon, or seat it again")
    ribbon = Fault(Reason.MARKER_SUPPLY_EMPTY, cause="ribbon_break", hint="Change the ribbon")
    wrong_ribbon = Fault(Reason.MARKER_SUPPLY_MISMATCH, hint="Put in the ribbon that the job needs")
    cover = Fault(Reason.COVER_OPEN, hint="Close the cover")
    jam = Fault(Reason.MEDIA_JAM, cause="jam", hint="Open the cover and free the card path")
    head = Fault(Reason.FUSER_OVER_TEMP, hint="Wait until the print head has cooled down")
    output = Fault(Reason.OUTPUT_AREA_FULL, hint="Empty the output hopper")
    door = Fault(Reason.DOOR_OPEN, hint="Close the door of the output hopper")
    option = Fault(Reason.OTHER, hint="This printer was bought without that option")
    cleaning = Fault(Reason.CLEANER_LIFE_OVER, Severity.WARNING, hint="Run a cleaning card")
    magnetic = Fault(Reason.OTHER, hint="The magnetic stripe failed, which this job does not use: check the printer")
    service = Fault(Reason.OTHER, hint="Call service if it comes again")
    return {
        # Reply texts: three generations of programs, one printer speaks one of them (protocol sheet 6.1).
        "ERROR CDE": unknown_command,
        "ERROR PARAMETRES": bad_parameter,
        "ERR PARAMETRES": bad_parameter,
        "FEEDER EMPTY": feeder,
        "ERROR RIBBON": ribbon,
        "ERR RIBBON": ribbon,
        "ERR RIB DETECTION": no_ribbon,
        "ERR RIBBON TYPE": wrong_ribbon,
        "COVER OPEN": cover,
        "CARD JAM": jam,
        "ERROR TIME OUT": jam,
        "ERR TIME": jam,
        "ERROR HEAD": head,
        "HOPPER FULL": output,
        "ERROR HOPPER": output,
        "HOPPER DOOR": door,
        "OPT NOT AVAILABLE": option,
        "NEED CLEANING": cleaning,
        "ERR NEED CLEANING": cleaning,
        "ERROR MAG": magnetic,
        "ERROR MAGN": magnetic,
        "ERROR MAG DATA": magnetic,
        "ERROR MAG CHECKSUM": magnetic,
        "ERR READ": magnetic,
        "ERR WRITE": magnetic,
        "ERROR": service,
        "ERR": service,
        "ERROR UNKNOW": service,
        "ERROR CHECKSUM": service,
        "ERROR FLASH UNKNOW": service,
        # NACK and one character, where a serial line was set to ACK/NACK (protocol sheet 2.4).
        "\x151": unknown_command,
        "\x152": bad_parameter,
        "\x15T": jam,
        "\x15C": cover,
        "\x15F": feeder,
        "\x15R": ribbon,
        "\x15K": magnetic,
        "\x15D": magnetic,
        "\x15W": magnetic,
        # Sensors: the probe and what its value means (protocol sheet 5.1).
        "Rse;o low": cover,
        "Rse;f low": feeder,
        "Rse;n high": Fault(Reason.MEDIA_LOW, Severity.WARNING, hint="Load cards soon"),
        "Rlr;h card": Fault(Reason.OUTPUT_AREA_FULL, hint="Empty the output hopper and the reject box"),
        "Rrt;count none": replace(ribbon, cause=""),
        "Rrt;count low": Fault(Reason.MARKER_SUPPLY_LOW, Severity.WARNING, hint="Have a new ribbon ready"),
        "Rco;r due": cleaning,
    }


REASONS: Mapping[str, Fault] = MappingProxyType(_reasons())
ACCEPTED = ("OK", "\x06")  # the second is ACK, where a serial line was set to ACK/NACK
FAILURES = ("ERR", "\x15")  # how every other error text begins; the second is NACK
POSITIONS: Mapping[str, Position] = MappingProxyType(
    {
        "OK": Position.NONE,
        "NO CARD": Position.NONE,
        "CARD": Position.PRINT,
        "SMART CARD": Position.CONTACT,
        "CONTACTLESS CARD": Position.CONTACTLESS,
        "ERR CARD": Position.INSIDE,
    }
)

UNSUPPORTED = ("ERROR CDE", "\x151")
POSITION_PROBE = "Rlr;p"
RIBBON_COUNT = "Rrt;count"

_VOLTS = re.compile(r"(\d{1,2})[,.](\d{1,2}) ?V(?:olts?)?")
_NUMBER = re.compile(r"-?\d{1,9}")
_RIBBON_LOW = 10  # cards


def number(reply: str) -> int | None:
    """Return a counter's value, ``None`` where the reply is none."""
    return int(reply) if _NUMBER.fullmatch(reply) else None


def position(reply: str) -> Position:
    """Return where the printer says a card is."""
    return POSITIONS.get(reply, Position.UNKNOWN)


def failed(reply: str) -> bool:
    """Tell whether an answer to a question for a text is none: an error, a bare acceptance, or nothing."""
    return not reply or reply in ACCEPTED or reply in REASONS or reply.startswith(FAILURES)


def harmless(reply: str) -> bool:
    """Tell whether a reply that nobody asked for can only repeat an acceptance or the answer to a question.

    Anything else may be what an action had to say, so that the acceptance it was given belongs to another.
    """
    return reply in ACCEPTED or reply in POSITIONS or bool(_NUMBER.fullmatch(reply) or _VOLTS.fullmatch(reply))


def fault(reply: str) -> Fault:
    """Return what an error text means; one that is in no table is unknown."""
    return REASONS.get(reply, Fault(Reason.UNKNOWN, hint="Look at the printer's display and lamps"))


def sensor_fault(probe: str, reply: str) -> Fault | None:
    """Say what the answer to one probe of the status means, ``None`` for nothing to report.

    An answer that is in no table is :attr:`Reason.UNKNOWN`, and that stops.
    """
    if reply in UNSUPPORTED:
        return None
    key = _key(probe, reply)
    return None if key == "" else fault(key or reply)


def condition(probe: str, reply: str) -> Condition | None:
    """Return :func:`sensor_fault` in the words of the contract."""
    found = sensor_fault(probe, reply)
    return None if found is None else Condition(found.reason, found.severity, f"{probe}: {reply}", found.hint)


def _key(probe: str, reply: str) -> str | None:
    """Return the key into REASONS, an empty string where all is well, ``None`` where the reply is no sensor's value."""
    if probe in (POSITION_PROBE, "Rcr", "Rlr;h"):
        if probe == "Rlr;h" and reply == "CARD":
            return "Rlr;h card"
        return "" if reply in (POSITIONS if probe == POSITION_PROBE else (*ACCEPTED, "NO CARD")) else None
    if probe.startswith("Rse;"):
        volts = _VOLTS.fullmatch(reply)
        if volts is None:
            return None
        key = f"{probe} {'high' if float(f'{volts[1]}.{volts[2]}') > 1 else 'low'}"
        return key if key in REASONS else ""
    value = number(reply)
    if value is None:
        return None
    if probe == RIBBON_COUNT and value <= _RIBBON_LOW:
        return f"{probe} {'low' if value > 0 else 'none'}"
    return "Rco;r due" if probe == "Rco;r" and value <= 0 else ""
