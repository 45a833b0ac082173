"""What is accepted of photo and signature, and how one that is not is refused; loads nothing that reads pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypedDict

What = Literal["photo", "signature", "snapshot"]
"""Of a record photo and signature; a snapshot is taken in the office, of what it does."""


class ImageRefusedError(ValueError):
    """A picture that cannot be printed. `code` tells why; the message is a sentence for the operator."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class ImageLimits:
    """What is accepted: bytes of the files, pixels of the decoded pictures, passes in which a JPEG is stored."""

    photo_bytes: int = 2 * 1024 * 1024
    signature_bytes: int = 512 * 1024
    photo_pixels: int = 12_000_000
    signature_pixels: int = 4_000_000
    min_side: int = 16
    scans: int = 100
    """A progressive JPEG is stored in 6 or 10 passes (libjpeg, jpeg_simple_progression) and each pass is one walk over
    the whole picture, whose bytes may be twenty. libjpeg-turbo's djpeg has -maxscans against that."""


DEFAULT_LIMITS: Final = ImageLimits()


class Asked(TypedDict):
    """What is asked about a picture, of which so many ``bytes`` follow; the year is that of a photo's holder."""

    what: What
    birth_year: int
    limits: dict[str, int]
    bytes: int


class Judged(TypedDict, total=False):
    """The answer: that a signature ``fits``; what is seen of a photo (:class:`Photo`); or why a picture is refused."""

    fits: bool
    width: int
    height: int
    grey: bool
    quality: int
    code: str
    message: str


@dataclass(frozen=True)
class Photo:
    """What is seen of a photo that can be printed.

    :param fits: whether its background may be that of the year of birth.
    :param width: dots, upright.
    :param height: dots, upright.
    :param grey: it has no colour.
    :param quality: of 100, as JPEG writers count it.
    """

    fits: bool
    width: int
    height: int
    grey: bool
    quality: int


def too_costly(what: What, why: str) -> ImageRefusedError:
    """Return that a picture was given up while it was opened.

    :param why: what it took too much of.
    """
    return ImageRefusedError(
        f"{what}_costly",
        f"The {what} takes {why} to open, as no honest one does. It was given up; have it saved anew, as a plain file.",
    )
