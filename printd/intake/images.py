"""Photo and signature of a record: decoded under limits, judged by content, never by name (domain reference 3.2 and 6).

The size in pixels is read from the header and refused there: nothing is decoded whose picture would be larger than
allowed, nor a JPEG that is stored in more passes than any honest one. A picture that ends early is refused rather than
printed half grey. Messages carry no personal data.
"""

import io
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Final

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from printd.intake.picture_rules import DEFAULT_LIMITS, ImageLimits, ImageRefusedError, What

_EXIF_ORIENTATION: Final = 0x0112
_UPRIGHT: Final[Mapping[int, Image.Transpose]] = MappingProxyType(
    {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_270,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_90,
    }
)
"""What brings a photo upright by its camera's mark (Exif 2.3, tag Orientation)."""
_ANALYSED: Final = 96
_COLOURED: Final = 24  # of 255: red, green and blue of a grey photo that was saved in colour differ by less
_SCAN: Final = b"\xff\xda"
"""Begins every scan of a JPEG (ITU-T T.81, table B.1), and stands nowhere in its coded data (B.1.1.5)."""


def decode_photo(data: bytes, limits: ImageLimits = DEFAULT_LIMITS) -> Image.Image:
    """Return the portrait as an upright RGB picture.

    Only JPEG is taken. Where its camera marked that it lay on its side or head (EXIF), it is turned.
    Raises ImageRefusedError with the codes photo_size, photo_format, photo_broken, photo_pixels, photo_small,
    photo_scans, photo_landscape.
    """
    with _opened("photo", data, limits.photo_bytes, "JPEG") as image:
        _check_pixels("photo", image, limits.photo_pixels, limits.min_side)
        if scans(data) > limits.scans:
            message = (
                f"The photo is stored in more than {limits.scans} passes, each of which takes the time of a whole "
                "picture. It was not opened; save it as a plain (baseline) JPEG."
            )
            raise ImageRefusedError("photo_scans", message)
        turn = _UPRIGHT.get(_exif_orientation(image))
        photo = _load("photo", image).convert("RGB")
        upright = photo if turn is None else photo.transpose(turn)
        if upright.width > upright.height:
            message = "The photo is wider than high. A portrait is needed; check that the right file was delivered."
            raise ImageRefusedError("photo_landscape", message)
        return upright


def decode_signature(data: bytes, limits: ImageLimits = DEFAULT_LIMITS) -> Image.Image:
    """Return the signature as 8-bit grey ("L"), ink dark on white; transparent places become white.

    Only PNG is taken. Raises ImageRefusedError with the codes signature_size, signature_format, signature_broken,
    signature_pixels, signature_small.
    """
    with _opened("signature", data, limits.signature_bytes, "PNG") as image:
        _check_pixels("signature", image, limits.signature_pixels, limits.min_side)
        loaded = _load("signature", image)
        if loaded.mode in ("RGBA", "LA", "PA") or "transparency" in loaded.info:
            rgba = loaded.convert("RGBA")
            loaded = Image.alpha_composite(Image.new("RGBA", rgba.size, "white"), rgba)
        if loaded.mode.startswith("I"):  # 16 bits a pixel: Pillow would clip them to white instead of scaling
            return Image.fromarray((np.asarray(loaded) >> 8).astype(np.uint8))
        return loaded.convert("L")


def decode_snapshot(data: bytes, limits: ImageLimits = DEFAULT_LIMITS) -> Image.Image:
    """Return a photo of what was done, for a paper: any JPEG of a camera, turned as the camera was held, in RGB.

    Raises ImageRefusedError with the codes snapshot_size, snapshot_format, snapshot_broken, snapshot_pixels,
    snapshot_small, snapshot_scans.
    """
    with _opened("snapshot", data, limits.photo_bytes, "JPEG") as image:
        _check_pixels("snapshot", image, limits.photo_pixels, limits.min_side)
        if scans(data) > limits.scans:
            raise ImageRefusedError("snapshot_scans", f"The snapshot is stored in more than {limits.scans} passes.")
        _exif_orientation(image)
        return ImageOps.exif_transpose(_load("snapshot", image)).convert("RGB")


def scans(data: bytes) -> int:
    """Return in how many scans a JPEG is stored, at most.

    Every place where one could begin counts, also inside a profile or a thumbnail, which may hold a few: a reader that
    looks for the markers as the decoder does could be led to look elsewhere than it.
    """
    return data.count(_SCAN)


def background_colour(photo: Image.Image) -> str | None:
    """Return "red" or "blue" where the upper corners of the portrait clearly are, None where it is neither.

    Looks at the top tenth of the left and the right fifth, where there is no head, in a copy at most 96 pixels wide.
    """
    small = photo.convert("RGB")
    small.thumbnail((_ANALYSED, 2 * _ANALYSED))
    hue = np.asarray(small.convert("HSV"), dtype=np.uint8)
    rows, columns = max(1, hue.shape[0] // 10), max(1, hue.shape[1] // 5)
    corners = np.concatenate([hue[:rows, :columns].reshape(-1, 3), hue[:rows, -columns:].reshape(-1, 3)])
    vivid = corners[(corners[:, 1] >= 80) & (corners[:, 2] >= 50)]
    if len(vivid) * 10 < len(corners) * 6:
        return None
    shade = vivid[:, 0].astype(np.int16)  # 0 to 255 for the full circle: red at both ends, blue about 170
    red = np.count_nonzero((shade <= 14) | (shade >= 238))
    blue = np.count_nonzero((shade >= 130) & (shade <= 190))
    if red * 10 >= len(vivid) * 8:
        return "red"
    if blue * 10 >= len(vivid) * 8:
        return "blue"
    return None


def background_fits(photo: Image.Image, birth_year: int) -> bool:
    """Tell whether the background may be right: red for an odd birth year, blue for an even one, or unclear."""
    expected = "red" if birth_year % 2 else "blue"
    return background_colour(photo) in (expected, None)


def is_grey(photo: Image.Image) -> bool:
    """Tell whether a photo has no colour: in a small copy fewer than one dot in fifty has any."""
    small = photo.convert("RGB")
    small.thumbnail((_ANALYSED, 2 * _ANALYSED))
    dots = np.asarray(small, dtype=np.int16)
    coloured = np.count_nonzero(dots.max(axis=2) - dots.min(axis=2) > _COLOURED)
    return bool(coloured * 50 < small.width * small.height)


def jpeg_quality(data: bytes) -> int:
    """Return how good a JPEG was saved, 1 to 100, as the writers of the Independent JPEG Group count it.

    That number is in no file; the steps in which brightness is stored are (ITU-T T.81, B.2.4.1), and each number has
    its own. Of a writer that has other steps, the number with the nearest ones is given.
    """
    with Image.open(io.BytesIO(data), formats=["JPEG"]) as image:
        steps = _steps(image)
    return min(range(1, 101), key=lambda quality: abs(_steps_at(quality) - steps))


@cache
def _steps_at(quality: int) -> int:
    saved = io.BytesIO()
    Image.new("L", (8, 8)).save(saved, "JPEG", quality=quality)
    with Image.open(saved) as image:
        return _steps(image)


def _steps(image: Image.Image) -> int:
    """Return the sum of the steps of a JPEG's first table: brightness."""
    tables: Mapping[int, list[int]] = getattr(image, "quantization", {})
    return sum(tables[min(tables)]) if tables else 0


def _opened(what: What, data: bytes, limit: int, kind: str) -> Image.Image:
    if len(data) > limit:
        message = f"The {what} has {len(data)} bytes; at most {limit} are accepted. Save it with stronger compression."
        raise ImageRefusedError(f"{what}_size", message)
    if not data:
        raise ImageRefusedError(f"{what}_size", f"The {what} file is empty. Have it delivered again.")
    try:
        return Image.open(io.BytesIO(data), formats=[kind])
    except UnidentifiedImageError as error:
        message = f"The {what} is not a {kind} file, whatever its name says. Convert it and bring it again."
        raise ImageRefusedError(f"{what}_format", message) from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        message = (
            f"The {what} unpacks to far more pixels than a card needs. It was not opened; have it delivered again."
        )
        raise ImageRefusedError(f"{what}_pixels", message) from error
    except (OSError, SyntaxError, ValueError) as error:
        raise _broken(what) from error


def _check_pixels(what: What, image: Image.Image, limit: int, least: int) -> None:
    if image.width * image.height > limit:
        message = (
            f"The {what} would unpack to {image.width} x {image.height} pixels; at most {limit} in all are accepted. "
            "It was not opened; save it smaller."
        )
        raise ImageRefusedError(f"{what}_pixels", message)
    if min(image.size) < least:
        message = f"The {what} is only {image.width} x {image.height} pixels. Have it delivered in its full size."
        raise ImageRefusedError(f"{what}_small", message)


def _exif_orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(_EXIF_ORIENTATION, 0))
    except (OSError, SyntaxError, ValueError, TypeError) as error:
        raise _broken("photo") from error


def _load(what: What, image: Image.Image) -> Image.Image:
    try:
        image.load()
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise _broken(what) from error
    return image


def _broken(what: What) -> ImageRefusedError:
    return ImageRefusedError(f"{what}_broken", f"The {what} is damaged or cut short. Have it delivered again.")
