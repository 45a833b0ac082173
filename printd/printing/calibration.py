"""A printer's calibration, as the books have it."""

from __future__ import annotations

import json
from typing import Literal, TypedDict, cast

from printd.store import calibrations
from printd.store.rows import Connection

FOLDER = "profiles"
"""Folder of a shop that holds ICC profiles, each named by its SHA-256."""

Ink = Literal["y", "m", "c", "k"]


class Settings(TypedDict):
    """How the colours of a printer are made; see :class:`printd.events.printers.CalibrationSettings`.

    ``icc`` is a SHA-256 in hex, ``ribbon`` whose they are; either may be empty.
    """

    shift: list[int]
    offset: list[int]
    edge: int
    grey: int
    dither: Literal["none", "ordered", "diffusion"]
    curves: dict[Ink, list[list[int]]]
    icc: str
    intent: Literal["perceptual", "relative", "saturation"]
    ribbon: str


NEUTRAL: Settings = {
    "shift": [0, 0],
    "offset": [0, 0],
    "edge": 0,
    "grey": 0,
    "dither": "none",
    "curves": {},
    "icc": "",
    "intent": "perceptual",
    "ribbon": "",
}
"""Settings of a printer that nobody calibrated."""


def settings_of(connection: Connection, printer: str) -> Settings:
    """Return the settings of a printer, all of them."""
    row = calibrations.find(connection, printer)
    return cast("Settings", {**NEUTRAL, **(json.loads(row["settings"]) if row is not None else {})})
