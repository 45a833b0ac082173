"""How a printer's colours are separated, by its calibration."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from drivers.colour import Curves, Intent
from drivers.dither import Dither
from drivers.errors import ArtworkError
from drivers.panels import Separation
from printd.errors import Refused
from printd.printing.calibration import FOLDER
from printd.remedies import ASKED, Do


def separation_of(settings: Mapping[str, object], folder: Path) -> Separation:
    """Return how a printer's colours are separated.

    :param folder: the shop's.
    :raises Refused: the ICC profile is not in the folder, or not the one that was booked; or a value is impossible.
    """
    return _separation(json.dumps(dict(settings), sort_keys=True), folder)


@lru_cache(maxsize=64)  # with the profile that was found right: a file that changes later changes no card
def _separation(settings: str, folder: Path) -> Separation:
    told = json.loads(settings)
    profile = _profile(told["icc"], folder) if told["icc"] else b""
    try:
        return Separation(
            edge=told["edge"],
            grey=told["grey"],
            curves=Curves(**{ink: tuple(map(tuple, points)) for ink, points in told["curves"].items()}),
            icc=profile,
            intent=Intent(told["intent"]),
            dither=Dither(told["dither"]),
            shift=(told["shift"][0], told["shift"][1]),
            offset=(told["offset"][0], told["offset"][1]),
        )
    except ArtworkError as impossible:
        raise Refused(f"{impossible}.") from impossible


_NAME_IT = Do("calibration.calibrate", name=ASKED, icc=ASKED)


def _profile(digest: str, folder: Path) -> bytes:
    path = folder / FOLDER / f"{digest}.icc"
    try:
        content = path.read_bytes()
    except OSError as missing:
        raise Refused(
            f"The ICC profile {path} cannot be read.",
            why=f"{missing.strerror}.",
            consequence="Nothing is printed in colours that nobody chose.",
            remedy=("Put the file back, or name it again: ", _NAME_IT),
        ) from missing
    if hashlib.sha256(content).hexdigest() != digest:
        raise Refused(
            f"The ICC profile {path} is not the one in the books.",
            why="Its SHA-256 is another one.",
            consequence="Nothing is printed in colours that nobody chose.",
            remedy=("Put the right file back, or name it again: ", _NAME_IT),
        )
    return content
