"""Acts on a printer's calibration: what the calibration card told, kept in the books."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Annotated, Literal, cast

from pydantic import Field, StrictInt

from printd.desk.desk import FILE, Desk, plain, proved, sent
from printd.desk.proofs import Person
from printd.errors import Refused
from printd.events.printers import CalibrationSettings, PrinterCalibrated
from printd.printing.calibration import FOLDER, NEUTRAL, Ink, Settings, settings_of
from printd.remedies import Do, How
from printd.store import calibrations, printers

Dither = Literal["none", "ordered", "diffusion"]
Intent = Literal["perceptual", "relative", "saturation"]
"""Words of ``drivers.dither`` and ``drivers.colour``, which load slowly; a test holds them against each other."""

_MAX_PROFILE = 4_000_000  # bytes; profiles of printers have some hundred thousand

Amount = Annotated[StrictInt, Field(ge=0, le=255)]
Curve = Annotated[list[tuple[Amount, Amount]], Field(max_length=33)]


class Calibrated(Settings):
    """How a printer is calibrated now."""

    name: str


class CalibrationShown(Calibrated):
    """How a printer is calibrated, and who made it when, if anybody did."""

    at: str | None
    by: str | None


def calibrate(
    desk: Desk,
    name: str,
    by: Person,
    shift_x: int | None = None,
    shift_y: int | None = None,
    offset_x: int | None = None,
    offset_y: int | None = None,
    edge: int | None = None,
    grey: int | None = None,
    dither: Dither | None = None,
    curves: dict[Ink, Curve] | None = None,
    icc: Annotated[str | None, FILE] = None,
    intent: Intent | None = None,
    ribbon: str | None = None,
    anew: bool = False,
) -> Calibrated:
    """Book what is given in place of what was; what is not given stays. It applies to the next card that is drawn.

    :param shift_x: dots right by which resin is moved against the dyes; ``shift_y`` down.
    :param offset_x: dots right by which all is moved on the card; ``offset_y`` down.
    :param curves: pairs of amounts by ink; an empty list takes a curve away.
    :param icc: the profile as base64; empty takes it away.
    :param ribbon: which ribbon it was found with.
    :param anew: begin with a printer that nobody calibrated.
    :raises Refused: no such printer or operator, nothing given, an impossible value or profile.
    """
    from printd.printing.separation import separation_of  # noqa: PLC0415 - brings the drivers with it

    operator = proved(desk, by)
    profile = sent(icc) if icc else b""
    if len(profile) > _MAX_PROFILE:
        raise Refused(f"The ICC profile has {len(profile)} bytes, more than {_MAX_PROFILE}.")
    given = {
        "edge": edge,
        "grey": grey,
        "dither": dither,
        "intent": intent,
        "ribbon": plain(ribbon, "ribbon's name", 40) if ribbon else ribbon,
        "icc": hashlib.sha256(profile).hexdigest() if profile else icc,
    }
    told = cast("Settings", {key: value for key, value in given.items() if value is not None})
    with desk.booking() as booking:
        if printers.find_printer(booking.connection, name) is None:
            raise Refused(f"There is no printer {name}.", remedy=("See all with: ", Do("printers.list")))
        before = settings_of(booking.connection, name)
        settings: Settings = {**(NEUTRAL if anew else before), **told}
        settings["shift"] = _moved(settings["shift"], shift_x, shift_y)
        settings["offset"] = _moved(settings["offset"], offset_x, offset_y)
        changed = {
            **settings["curves"],
            **{ink: [list(pair) for pair in pairs] for ink, pairs in (curves or {}).items()},
        }
        settings["curves"] = {ink: pairs for ink, pairs in changed.items() if pairs}
        if settings == before:
            raise Refused(
                f"That is how {name} is calibrated already.",
                consequence="Nothing was changed.",
                remedy=("Say what to change: see ", How("calibration.calibrate")),
            )
        if profile:
            _keep(profile, settings["icc"], desk.shop.folder / FOLDER)
        separation_of(settings, desk.shop.folder)
        whole = CalibrationSettings.model_validate(settings)
        booking.enter(PrinterCalibrated(printer=name, settings=whole), [operator])
    desk.wake(name)
    return {"name": name, **settings}


def _moved(old: list[int], right: int | None, down: int | None) -> list[int]:
    return [old[0] if right is None else right, old[1] if down is None else down]


def show(desk: Desk, name: str) -> CalibrationShown:
    """Return a printer's calibration, and who made it when."""

    with desk.shop.store.reading() as connection:
        if printers.find_printer(connection, name) is None:
            raise Refused(f"There is no printer {name}.", remedy=("See all with: ", Do("printers.list")))
        row = calibrations.find(connection, name)
        settings = settings_of(connection, name)
    at, by = (None, None) if row is None else (row["at"], row["by"])
    return {"name": name, **settings, "at": at, "by": by}


def _keep(profile: bytes, digest: str, folder: Path) -> None:
    """Write a profile durably under its digest, before anything is booked that names it.

    :raises Refused: it is no profile that a printer can be driven with.
    """
    from drivers.errors import ArtworkError  # noqa: PLC0415 - the drivers load slowly
    from drivers.panels import Separation  # noqa: PLC0415

    try:
        Separation(icc=profile)
    except ArtworkError as bad:
        raise Refused(f"{bad}.", consequence="Nothing was changed.") from bad
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / f"{digest}.icc"
    new = path.with_suffix(".new")
    with new.open("wb") as file:
        file.write(profile)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
