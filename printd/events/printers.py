"""Printers: which there are, who works them, and how they are calibrated."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import StringConstraints

from printd.events.base import Event, Part
from printd.events.fields import Signed, Text, Told, Whole

ProfileHash = Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{64})?$"), Told("hash, or empty text")]


class PrinterAdded(Event):
    """A printer belongs to the shop; it starts paused."""

    kind: ClassVar[str] = "printer.added"

    printer: Text
    """Its name."""

    uri: Text
    """Its address."""

    family: str
    """Which language it speaks."""

    model: str
    """Which model it is."""

    serial_number: str
    """Its own, as it tells it."""

    firmware: str
    """Version of its software, as it tells it, or `unknown`."""


class PrinterPaused(Event):
    """A printer takes no more cards; a person paused it and is named, or it stopped by itself."""

    kind: ClassVar[str] = "printer.paused"

    printer: Text
    """Its name."""

    why: Text
    """Why, in words."""


class PrinterResumed(Event):
    """A printer may work; its attempts refer to this entry and so to who signed it."""

    kind: ClassVar[str] = "printer.resumed"

    printer: Text
    """Its name."""


class PrinterRetired(Event):
    """Two people let a printer go for good; its name and serial number are never used again."""

    kind: ClassVar[str] = "printer.retired"

    printer: Text
    """Its name."""


class CalibrationSettings(Part):
    """How the colours of a printer are made; whole, whatever changed."""

    shift: tuple[Signed, Signed]
    """Dots right and down by which resin is moved against the dyes."""

    offset: tuple[Signed, Signed]
    """Dots right and down by which all is moved on the card."""

    edge: Whole
    """Dots by which the dyes reach under resin at its edges."""

    grey: Whole
    """Per cent of grey that is made of resin instead of dyes."""

    dither: Literal["none", "ordered", "diffusion"]
    """How tones become dots of resin."""

    curves: dict[Literal["y", "m", "c", "k"], tuple[tuple[Whole, Whole], ...]]
    """Tone curves by ink: pairs of the amount that is wanted and the amount that is sent, each of 255."""

    icc: ProfileHash
    """SHA-256 of the ICC profile; empty: none."""

    intent: Literal["perceptual", "relative", "saturation"]
    """What is done with colours that the printer cannot make."""

    ribbon: Text
    """Ribbon with which this was found; may be empty."""


class PrinterCalibrated(Event):
    """A printer's calibration; it applies to the next card that is drawn."""

    kind: ClassVar[str] = "printer.calibrated"

    printer: Text
    """Its name."""

    settings: CalibrationSettings
    """How it is calibrated now."""
