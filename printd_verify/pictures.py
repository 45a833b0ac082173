"""Codes on papers, read from photos, scans and PDFs. The libraries for that are not needed for anything else.

`zxing-cpp` finds the codes, `pypdfium2` draws the pages of a PDF, `Pillow` opens pictures.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

PREFIX: Final = "PDC1:"
"""Begins the text of a code on a paper."""

MAX_BYTES: Final = 50_000_000
_MAX_PAGES: Final = 50
_MAX_PIXELS: Final = 80_000_000
_RESOLUTIONS: Final = (200, 300)
"""Dots an inch in which a page is drawn; the finer one where the coarser shows no code."""

_POINTS: Final = 72
_GRAINS: Final = 1.8
"""Dots over which a picture is smoothed that was made twice as large."""

_MAGIC: Final = (b"%PDF-", b"\x89PNG\r\n", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*", b"BM", b"GIF8", b"RIFF")

Grey = tuple[bytes, int, int]
"""A picture: a byte a dot, width, height."""


class PictureError(ValueError):
    """Bytes that cannot be read; the message says why."""


class NoLibraryError(ValueError):
    """A library that is needed to read this is not installed; ``library`` is its name."""

    def __init__(self, library: str) -> None:
        super().__init__(library)
        self.library = library


@dataclass(frozen=True)
class Seen:
    """What was read from a paper.

    :param codes: texts of the codes, each once.
    :param is_picture: it shows a paper: a photo, or a scan, whose pages have no letters of their own.
    """

    codes: list[str]
    is_picture: bool


def is_picture(head: bytes) -> bool:
    """Tell whether a file begins as a picture, a PDF or the text of a code does."""
    return head.startswith((*_MAGIC, PREFIX.encode()))


def look(content: bytes) -> Seen:
    """Read the codes on a paper.

    :param content: of a picture or a PDF, or the text of a code, as a scanner at the counter types it.
    :raises PictureError: it is none of these.
    :raises NoLibraryError: a library is missing.
    """
    if content.startswith(PREFIX.encode()):
        return Seen([content.decode("ascii", "replace").strip("\r\n")], is_picture=True)
    if content.startswith(b"%PDF-"):
        return _look_at_pages(content)
    found: list[str] = []
    for grey in _picture(content):
        found = _codes(grey)
        if found:
            break
    return Seen(found, is_picture=True)


def _look_at_pages(content: bytes) -> Seen:
    try:
        import pypdfium2  # noqa: PLC0415 - needed for this alone
    except ImportError as missing:
        raise NoLibraryError("pypdfium2") from missing
    found: dict[str, None] = {}
    letters = 0
    try:
        document = pypdfium2.PdfDocument(content)
        for number in range(min(len(document), _MAX_PAGES)):
            page = document[number]
            letters += page.get_textpage().count_chars()
            for resolution in _RESOLUTIONS:
                codes = _codes(_drawn(page, resolution))
                found.update(dict.fromkeys(codes))
                if codes:
                    break
    except pypdfium2.PdfiumError as broken:
        raise PictureError("no PDF that can be read") from broken
    return Seen(list(found), is_picture=letters == 0)


def _drawn(page: Any, resolution: int) -> Grey:
    width, height = page.get_size()
    scale = resolution / _POINTS
    if not 0 < width * height * scale * scale <= _MAX_PIXELS:
        raise PictureError("a page is too large")
    drawn = page.render(scale=scale, grayscale=True)
    raw, stride = bytes(drawn.buffer), drawn.stride
    rows = raw if stride == drawn.width else b"".join(
        raw[row * stride : row * stride + drawn.width] for row in range(drawn.height)
    )  # fmt: skip
    return rows, drawn.width, drawn.height


def _picture(content: bytes) -> Iterator[Grey]:
    """Yield a picture as it is, then without its grains, then smaller, where what is out of focus has edges again.

    Last twice as large, where grains can be smoothed that are as large as half a module.
    """
    try:
        from PIL import Image, ImageFilter, ImageOps, UnidentifiedImageError  # noqa: PLC0415 - needed for this alone
    except ImportError as missing:
        raise NoLibraryError("pillow") from missing
    try:
        with Image.open(io.BytesIO(content)) as opened:
            if opened.width * opened.height > _MAX_PIXELS:
                raise PictureError("the picture is too large")
            grey = ImageOps.exif_transpose(opened).convert("L")
    except (OSError, UnidentifiedImageError, SyntaxError, ValueError, Image.DecompressionBombError) as broken:
        if isinstance(broken, PictureError):
            raise
        raise PictureError("no picture that can be read") from broken
    for how in (grey, grey.filter(ImageFilter.GaussianBlur(1)), grey.reduce(2), grey.reduce(3)):
        yield how.tobytes(), how.width, how.height
    if 4 * grey.width * grey.height <= _MAX_PIXELS:
        larger = grey.resize((2 * grey.width, 2 * grey.height), Image.Resampling.BICUBIC)
        smooth = larger.filter(ImageFilter.GaussianBlur(_GRAINS))
        yield smooth.tobytes(), smooth.width, smooth.height


def _codes(grey: Grey) -> list[str]:
    """Return the texts of our codes in a picture; in a large one others may be seen where none is."""
    try:
        import zxingcpp  # noqa: PLC0415 - needed for this alone
    except ImportError as missing:
        raise NoLibraryError("zxing-cpp") from missing
    dots, width, height = grey
    picture = memoryview(dots).cast("B", shape=[height, width])
    found = zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)
    return list(dict.fromkeys(one.text for one in found if one.text.startswith(PREFIX)))
