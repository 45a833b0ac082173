"""The contract between a print shop and a card printer.

A driver offers a :class:`drivers.family.Family`: its models, a pure ``encode`` and a class that satisfies
:class:`CardPrinter`. It knows nothing of records, jobs or blanks: it moves one card at a time and reports what it can
prove.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, assert_never

import numpy as np
import numpy.typing as npt

from drivers.deadline import Deadline

_CONTROLS = {code: f"\\x{code:02x}" for code in (*range(9), *range(11, 32), *range(127, 160))}


def legible(told: str) -> str:
    """Return a raw reading for a terminal: every control character except line feed and tab is written as ``\\x1b``.

    Readings are stored as they came, and a device that sends garbage must not move an operator's cursor.
    """
    return told.translate(_CONTROLS)


class Reason(StrEnum):
    """IPP printer-state-reasons keywords (RFC 8011 section 5.4.12, PWG 5100.9), and two of this trade."""

    COVER_OPEN = "cover-open"
    DOOR_OPEN = "door-open"
    INPUT_TRAY_MISSING = "input-tray-missing"
    MARKER_SUPPLY_EMPTY = "marker-supply-empty"
    MARKER_SUPPLY_LOW = "marker-supply-low"
    MARKER_SUPPLY_MISSING = "marker-supply-missing"
    MEDIA_EMPTY = "media-empty"
    MEDIA_JAM = "media-jam"
    MEDIA_LOW = "media-low"
    MEDIA_NEEDED = "media-needed"
    OUTPUT_AREA_FULL = "output-area-full"
    OUTPUT_AREA_ALMOST_FULL = "output-area-almost-full"
    FUSER_OVER_TEMP = "fuser-over-temp"  # the print head is too hot
    CLEANER_LIFE_OVER = "cleaner-life-over"  # a cleaning cycle is due
    MARKER_SUPPLY_MISMATCH = "marker-supply-mismatch"  # the ribbon is not the one the job needs
    CONFIGURATION_CHANGE = "configuration-change"
    SHUTDOWN = "shutdown"
    OFFLINE = "offline"  # pappl's and CUPS's spelling: no connection
    OTHER = "other"
    UNKNOWN = "unknown"  # the printer said nothing, or something the driver does not know


class Severity(StrEnum):
    """How much a reason stops: RFC 8011's suffixes."""

    REPORT = "report"
    WARNING = "warning"
    ERROR = "error"


class State(StrEnum):
    """What the printer does now."""

    IDLE = "idle"
    PROCESSING = "processing"
    STOPPED = "stopped"
    UNKNOWN = "unknown"

    @property
    def stops(self) -> bool:
        """Whether no card may be started in it."""
        match self:
            case State.IDLE | State.PROCESSING:
                return False
            case State.STOPPED | State.UNKNOWN:
                return True
            case _:
                assert_never(self)


class Position(StrEnum):
    """Where a card is inside the printer."""

    NONE = "none"
    PRINT = "print"
    CONTACT = "contact"
    CONTACTLESS = "contactless"
    FLIPPER = "flipper"
    INSIDE = "inside"  # somewhere inside, the sensors do not tell where
    UNKNOWN = "unknown"

    @property
    def is_inside(self) -> bool:
        """Whether a card is certainly inside."""
        match self:
            case Position.NONE | Position.UNKNOWN:
                return False
            case Position.PRINT | Position.CONTACT | Position.CONTACTLESS | Position.FLIPPER | Position.INSIDE:
                return True
            case _:
                assert_never(self)


class Station(StrEnum):
    """Where a card can be held before it is printed."""

    PRINT = "print"
    CONTACT = "contact"
    CONTACTLESS = "contactless"

    @property
    def position(self) -> Position:
        """Where a card is that is held there."""
        match self:
            case Station.PRINT:
                return Position.PRINT
            case Station.CONTACT:
                return Position.CONTACT
            case Station.CONTACTLESS:
                return Position.CONTACTLESS
            case _:
                assert_never(self)


class Outcome(StrEnum):
    """How one attempt on one card ended."""

    PRINTED = "printed"
    UNUSED = "unused"
    SPOILED = "spoiled"
    IN_DOUBT = "in_doubt"


class Rung(StrEnum):
    """The ladder of evidence that a driver itself can climb."""

    NOTHING = "nothing"
    SENT = "sent"
    ENGINE_DONE = "engine_done"
    LEFT_PRINTER = "left_printer"


@dataclass(frozen=True)
class Condition:
    """One reason with its severity, the raw reading behind it, and what a person does about it."""

    reason: Reason
    severity: Severity
    raw: str = ""
    hint: str = ""

    def __str__(self) -> str:
        said = f"{self.reason}: {self.raw}"
        return f"{said}. {self.hint}" if self.hint else said


@dataclass(frozen=True)
class Status:
    """A reading of the printer. ``raw`` keeps every probe and its verbatim answer."""

    state: State
    conditions: tuple[Condition, ...] = ()
    position: Position = Position.UNKNOWN
    raw: Mapping[str, str] = field(default_factory=dict)

    @property
    def blocking(self) -> tuple[Condition, ...]:
        """Conditions under which no card may be started: every error, and everything unknown."""
        return tuple(c for c in self.conditions if c.severity is Severity.ERROR or c.reason is Reason.UNKNOWN)


@dataclass(frozen=True)
class Identity:
    """Who the printer says it is; ``None`` where it does not say."""

    family: str
    model: str | None
    serial_number: str | None
    firmware: str | None
    raw: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Counters:
    """Numbers the printer keeps, ``None`` where it does not tell.

    ``cards`` counts cards fed, ``panels`` printed panels, ``ribbon_left`` cards left on the ribbon.
    """

    cards: int | None = None
    panels: int | None = None
    ribbon_left: int | None = None
    ribbon_capacity: int | None = None
    until_cleaning: int | None = None


@dataclass(frozen=True)
class SidePicture:
    """What one side of the card shall carry, landscape, origin top left.

    :param colour: dye, RGB, ``uint8`` of shape (height, width, 3); white means no dye.
    :param resin: black resin, ``bool`` of shape (height, width).
    :param overlay: protective overlay, ``bool`` of shape (height, width).
    """

    colour: npt.NDArray[np.uint8]
    resin: npt.NDArray[np.bool_]
    overlay: npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Artwork:
    """Both sides of one card; ``back`` is ``None`` for a card printed on one side."""

    front: SidePicture
    back: SidePicture | None = None


@dataclass(frozen=True)
class EncodedCard:
    """One card in the printer's own language, ready to be sent.

    :param commands: whole commands in order, each as the bytes that go on the wire.
    :param panels: names of the panels in order, front then back, e.g. ``("y", "m", "c", "k", "o")``.
    :param ribbon: ribbon the commands ask for, e.g. ``"ymcko"``.
    :param sides: 1 or 2.
    """

    commands: tuple[bytes, ...]
    panels: tuple[str, ...]
    ribbon: str
    sides: int


@dataclass(frozen=True)
class Confirmation:
    """What can be proved about one attempt, and why.

    :param outcome: the attempt's end as far as the printer's own evidence goes.
    :param rung: the highest rung of the evidence ladder that was reached.
    :param position: where a card is now.
    :param before: counters as they were before the first byte of the job.
    :param after: counters now.
    :param cause: the trade's spoil cause the driver can vouch for, or an empty string.
    :param findings: sentences for the person who resolves, one fact each.
    :param raw: every probe and its verbatim answer.
    """

    outcome: Outcome
    rung: Rung
    position: Position
    before: Counters
    after: Counters
    cause: str = ""
    findings: tuple[str, ...] = ()
    raw: Mapping[str, str] = field(default_factory=dict)


class CardPrinter(Protocol):
    """One card printer on one open connection. Every call ends by its deadline and raises only ``drivers.errors``."""

    def identify(self, deadline: Deadline) -> Identity:
        """Ask who the printer is."""

    def status(self, deadline: Deadline) -> Status:
        """Read state, conditions and card position. Silence is a status of unknown, not an exception."""

    def counters(self, deadline: Deadline) -> Counters:
        """Read the counters."""

    def feed(self, station: Station, deadline: Deadline) -> None:
        """Take a card from the hopper to a station, or move the card inside there."""

    def print(self, card: EncodedCard, deadline: Deadline) -> None:
        """Send one card and wait until the printer says it is done. Returning proves nothing: see ``confirm``."""

    def confirm(self, before: Counters, card: EncodedCard | None, deadline: Deadline) -> Confirmation:
        """Compare counters and position with ``before`` and say what can be proved; moves no card.

        :param card: what was sent over this connection; ``None`` after a restart, when it is not known how far it came.
        """

    def eject(self, deadline: Deadline) -> None:
        """Send the card inside to the output hopper."""

    def reject(self, deadline: Deadline) -> None:
        """Send the card inside to the reject box."""

    def clear(self, deadline: Deadline) -> None:
        """Bring the printer back to a known state after a fault; a card left inside goes to the reject box."""

    def close(self) -> None:
        """Give the connection back. Never raises."""
