"""EPCL words: dialects, error codes, and how a command's text falls into name, parameters and data (sheet 2, 7, 8)."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Dialect:
    """What a model has (sheet 2, 5). ``dots`` along the print head, ``lines`` along the card.

    ``one_colour``: Y, M and C share one buffer. ``mono``: prefix of the names of mono graphic commands. ``rejects``: a
    card that an error spoilt is moved out by itself (``+RB``). ``v_codes``: configuration codes that ``V`` confirms.
    """

    dots: int = 640
    lines: int = 1024
    one_colour: bool = False
    varnish_is_mono: bool = False
    rejects: bool = False
    v_codes: tuple[str, ...] = ("10", "20")


DIALECTS = {
    "i": Dialect(),
    "p310": Dialect(v_codes=("10", "20", "100")),
    "p300": Dialect(624, 1008, one_colour=True, v_codes=("10",)),
    "p420": Dialect(rejects=True, v_codes=("14", "20")),
    "max": Dialect(652, 1048, varnish_is_mono=True, v_codes=("80",)),
}

CODES = {
    "feeder_empty": 4, "jam": 3, "cover_open": 48, "head_open": 7, "head_hot": 2, "ribbon_end": 8, "ribbon_cut": 1,
    "ribbon_type": 35, "rotation": 47, "hopper_full": -1, "reject_full": -1, "time_out": 45, "no_card": -1,
}  # fmt: skip
"""Conditions of the machine and the code that tells them (sheet 8); a full box has none but "mechanical"."""
MEDIA = frozenset({1, 4, 8, 9, 35})
IN_ENCODER, NOT_IN_ENCODER, INVALID, COORDINATES, UNKNOWN, GRAPHIC, NO_AREA = 5, 6, 10, 11, 14, 22, 30
TOO_WIDE, TOO_HIGH, CHECKSUM, NO_ENCODER = 31, 32, 33, 44

CANDIDATES = ("MI", "MB", "MF", "MS", "$F", "R", "+RB")
"""Names that no readable source confirms for every model (sheet 7.2); only a quirk makes a printer know them."""


class CodeError(Exception):
    """The command is answered NACK with this code."""

    def __init__(self, code: int, why: str = "") -> None:
        super().__init__(why or f"code {code}")
        self.code = code


@dataclass(frozen=True)
class Command:
    """A command's name, its parameters and the image or track data behind them."""

    name: str
    params: tuple[str, ...] = ()
    data: bytes = b""

    @property
    def line(self) -> str:
        """Name and parameters as a fault names them: ``IS;0``."""
        return ";".join((self.name, *self.params))


_DATA = re.compile(rb"(v?[OZ])(.*)", re.DOTALL)
_PANEL = re.compile(rb"(PS) (\d{1,5}) (\d{1,5}) (.*)", re.DOTALL)
_AREA = re.compile(rb"(GS) (\d{1,5}) (\d{1,5}) (\d{1,5}) (\d{1,5}) (\d{1,5}) (\d{1,5}) (.*)", re.DOTALL)
_GLUED = re.compile(rb"(\+EC)(\d{1,3})|(\+RB)([012])([01])")
_NO_SPACE = ("+EC", "+RB", "+X")
_INITIATOR = re.compile(rb"(\+X)(.)", re.DOTALL)
_TRACK = re.compile(rb"(&B) (\d) (.*)", re.DOTALL)
_ENCODE = re.compile(rb"(&E)([ -~]*)")
_NUMBERS = re.compile(rb"([!-~]{1,6})((?: -?[0-9]{1,6})*)")


def split(text: bytes) -> Command:
    """Take a command's text apart.

    :raises CodeError: it has no form that the sheet shows: 22 or 14.
    """
    for form, data in ((_DATA, 1), (_PANEL, 1), (_AREA, 1), (_INITIATOR, 1), (_TRACK, 1), (_GLUED, 0), (_ENCODE, 0)):
        if match := form.fullmatch(text):
            parts = [part for part in match.groups() if part is not None]
            words = [part.decode("ascii") for part in parts[: len(parts) - data]]
            return Command(words[0], tuple(words[1:]), parts[-1] if data else b"")
    if text[:2] in (b"PS", b"GS"):
        raise CodeError(GRAPHIC, "image data without their parameters")
    if match := _NUMBERS.fullmatch(text):
        name, numbers = match.group(1).decode("ascii"), match.group(2).decode("ascii")
        if name in _NO_SPACE:
            raise CodeError(INVALID, f"{name} and its parameters are written as one word")
        return Command(name, tuple(numbers.split()))
    raise CodeError(UNKNOWN, "no command of this form")
