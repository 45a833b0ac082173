"""Photo and signature, brought to the dots of their boxes."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from layouts.errors import FitError
from layouts.fonts import Bits
from layouts.model import DotBox

PHOTO = "foto"
SIGNATURE = "tanda_tangan"

_STROKE_LEVEL = 16  # of 255: a dot that a pen stroke covers by a sixteenth is black, or thin strokes would break up
_MOST_INK = 0.6  # a signature that is black on more of its area is inverted or a picture of something else
_LEAST_CONTRAST = 40


def _flat(image: Image.Image, mode: str) -> Image.Image:
    """The image in ``mode`` ("RGB" or "L"), transparent parts white."""
    if image.mode == mode:
        return image
    if image.has_transparency_data:
        shown = image.convert("RGBA")
        paper = Image.new("RGBA", shown.size, (255, 255, 255, 255))
        return Image.alpha_composite(paper, shown).convert(mode)
    return image.convert(mode)


def portrait(photo: Image.Image, box: DotBox, crop: float) -> NDArray[np.uint8]:
    """The photo filling its box: uint8 RGB (height, width, 3). What is too much is cut evenly from both edges.

    :raises FitError: filling the box would cut away more than the share ``crop`` of its width or height.
    """
    width, height = photo.size
    kept_width, kept_height = kept((width, height), box, crop)
    left, top = (width - kept_width) / 2, (height - kept_height) / 2
    scaled = _flat(photo, "RGB").resize(
        (box.width, box.height),
        Image.Resampling.BICUBIC,
        box=(left, top, left + kept_width, top + kept_height),
        reducing_gap=2.0,
    )
    return np.asarray(scaled)


def kept(size: tuple[int, int], box: DotBox, crop: float) -> tuple[float, float]:
    """Width and height, in dots, of the middle of a photo that fills its box.

    :param size: the photo's width and height in dots.
    :raises FitError: as :func:`portrait`.
    """
    width, height = size
    if not width or not height:
        raise FitError(PHOTO, "the picture has no dots")
    kept_width = min(width, height * box.width / box.height)
    kept_height = min(height, width * box.height / box.width)
    if kept_width < width * (1 - crop) or kept_height < height * (1 - crop):
        raise FitError(
            PHOTO,
            f"the picture is {width} x {height} dots; filling its place would cut away more than {crop:.0%} of it."
            f" It must be upright with about {box.width / box.height:.2f} times as much width as height",
        )
    return kept_width, kept_height


def pen_strokes(signature: Image.Image, box: DotBox) -> Bits:
    """The signature's strokes, whole and as large as the box allows: bool (height, width) of the box, centred.

    :raises FitError: nothing is drawn on it, or it is more ink than paper.
    """
    ink = ink_of(signature)
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    drawn = Image.fromarray(ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])
    scale = min(box.width / drawn.width, box.height / drawn.height)
    size = (min(box.width, max(1, round(drawn.width * scale))), min(box.height, max(1, round(drawn.height * scale))))
    strokes = np.asarray(drawn.convert("L").resize(size, Image.Resampling.BOX)) >= _STROKE_LEVEL
    result = np.zeros((box.height, box.width), np.bool_)
    left, top = (box.width - size[0]) // 2, (box.height - size[1]) // 2
    result[top : top + size[1], left : left + size[0]] = strokes
    return result


def ink_of(signature: Image.Image) -> Bits:
    """Where a signature's picture is ink: bool (height, width) of the picture.

    :raises FitError: as :func:`pen_strokes`.
    """
    grey = np.asarray(_flat(signature, "L"))
    if not grey.size or int(grey.max()) - int(grey.min()) < _LEAST_CONTRAST:
        raise FitError(SIGNATURE, "the picture shows no strokes; capture the signature again")
    ink = grey < (int(grey.max()) + int(grey.min()) + 1) // 2
    if ink.mean() > _MOST_INK:
        raise FitError(SIGNATURE, "the picture is more ink than paper; it must be dark strokes on a light ground")
    return ink
