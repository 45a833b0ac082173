"""Photos and signatures are taken as they should be, and refused before they can do harm."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image, ImageDraw

from printd.intake.images import (
    background_colour,
    background_fits,
    decode_photo,
    decode_signature,
    is_grey,
    jpeg_quality,
)
from printd.intake.picture_rules import ImageLimits, ImageRefusedError


def drawn_face(background: str, size: tuple[int, int] = (240, 320)) -> Image.Image:
    image = Image.new("RGB", size, background)
    draw = ImageDraw.Draw(image)
    width, height = size
    draw.rectangle((0, height * 3 // 4, width, height), fill="white")
    draw.ellipse((width // 4, height // 6, width * 3 // 4, height * 4 // 5), fill=(176, 124, 92))
    return image


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def png_header(width: int, height: int) -> bytes:
    """A PNG that promises a picture of any size in a few bytes."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 64)) + chunk(b"IEND", b"")


def refused(code: str, decode: object, data: bytes) -> str:
    assert callable(decode)
    with pytest.raises(ImageRefusedError) as info:
        decode(data)
    assert info.value.code == code
    return str(info.value)


PHOTO = encoded(drawn_face("red"), "JPEG")


def test_a_photo_becomes_rgb() -> None:
    photo = decode_photo(PHOTO)
    assert (photo.mode, photo.size) == ("RGB", (240, 320))
    assert decode_photo(encoded(drawn_face("red").convert("L"), "JPEG")).mode == "RGB"
    assert decode_photo(encoded(drawn_face("red").convert("CMYK"), "JPEG")).mode == "RGB"


@pytest.mark.parametrize("mode", ["1", "L", "RGB", "P"])
def test_a_signature_becomes_grey(mode: str) -> None:
    ink = Image.new("L", (100, 40), 255)
    ImageDraw.Draw(ink).line((5, 5, 90, 30), fill=0, width=3)
    signature = decode_signature(encoded(ink.convert(mode), "PNG"))
    assert signature.mode == "L"
    assert signature.getextrema() == (0, 255)


def test_a_transparent_signature_is_laid_on_white() -> None:
    ink = Image.new("RGBA", (100, 40), (0, 0, 0, 0))
    ImageDraw.Draw(ink).line((5, 20, 90, 20), fill=(0, 0, 0, 255), width=3)
    signature = np.asarray(decode_signature(encoded(ink, "PNG")))
    assert signature[0, 0] == 255
    assert signature[20, 50] == 0


def test_a_signature_of_16_bits_keeps_its_greys() -> None:
    ramp = np.linspace(0, 65535, 100 * 40, dtype=np.uint16).reshape(40, 100)
    signature = np.asarray(decode_signature(encoded(Image.fromarray(ramp), "PNG")))
    assert np.array_equal(signature, ramp >> 8)


def test_the_content_counts_not_the_name() -> None:
    assert "is not a JPEG file" in refused("photo_format", decode_photo, encoded(drawn_face("red"), "PNG"))
    refused("signature_format", decode_signature, PHOTO)
    refused("photo_format", decode_photo, b"\x7fELF" + bytes(100))
    refused("photo_format", decode_photo, b"%!PS-Adobe-3.0 EPSF-3.0\n" + bytes(100))


@pytest.mark.parametrize(
    "side", [(30_000, 30_000), (2**31 - 1, 2**31 - 1), (9_500, 9_500), (100_000, 41), (2001, 2000)]
)
def test_a_picture_that_would_unpack_too_large_is_refused_by_its_header(side: tuple[int, int]) -> None:
    refused("signature_pixels", decode_signature, png_header(*side))


def test_a_photo_that_would_unpack_too_large_is_refused_by_its_header() -> None:
    start = PHOTO.index(b"\xff\xc0") + 5
    bomb = PHOTO[:start] + struct.pack(">HH", 65_000, 60_000) + PHOTO[start + 4 :]
    refused("photo_pixels", decode_photo, bomb)


def test_limits_are_exact() -> None:
    limits = ImageLimits(photo_bytes=len(PHOTO), photo_pixels=240 * 320)
    assert decode_photo(PHOTO, limits).size == (240, 320)
    with pytest.raises(ImageRefusedError, match="at most"):
        decode_photo(PHOTO, ImageLimits(photo_bytes=len(PHOTO) - 1))
    with pytest.raises(ImageRefusedError, match="not opened"):
        decode_photo(PHOTO, ImageLimits(photo_pixels=240 * 320 - 1))
    refused("photo_size", decode_photo, b"")
    refused("signature_size", decode_signature, bytes(512 * 1024 + 1))
    refused("photo_small", decode_photo, encoded(drawn_face("red", (15, 20)), "JPEG"))


@pytest.mark.parametrize("part", [0.02, 0.1, 0.5, 0.9, 0.99])
def test_a_photo_cut_short_is_refused(part: float) -> None:
    with pytest.raises(ImageRefusedError):
        decode_photo(PHOTO[: int(len(PHOTO) * part)])


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
def test_a_signature_cut_short_is_refused(part: float) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (40, 100), dtype=np.uint8)
    data = encoded(Image.fromarray(noise), "PNG")
    with pytest.raises(ImageRefusedError):
        decode_signature(data[: int(len(data) * part)])


def test_a_damaged_signature_is_refused() -> None:
    noise = np.random.default_rng(1).integers(0, 255, (40, 100), dtype=np.uint8)
    data = bytearray(encoded(Image.fromarray(noise), "PNG"))
    data[60] ^= 255
    refused("signature_broken", decode_signature, bytes(data))


def test_a_photo_lying_on_its_side_is_turned_as_its_camera_marked() -> None:
    refused("photo_landscape", decode_photo, encoded(drawn_face("red", (320, 240)), "JPEG"))
    upright = drawn_face("red")
    upright.paste("blue", (0, 0, 60, 60))  # a corner that tells each of the eight ways from the others
    upright.paste("green", (180, 0, 240, 60))
    lying = {  # what a camera held so writes, by the words of the standard: where its row 0 and column 0 are
        1: upright,
        2: upright.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
        3: upright.rotate(180),
        4: upright.transpose(Image.Transpose.FLIP_TOP_BOTTOM),
        5: upright.transpose(Image.Transpose.TRANSPOSE),
        6: upright.rotate(90, expand=True),  # row 0 is the right side, column 0 the top
        7: upright.transpose(Image.Transpose.TRANSVERSE),
        8: upright.rotate(-90, expand=True),  # row 0 is the left side, column 0 the bottom
    }
    for orientation, stored in {0: upright, 9: upright, **lying}.items():
        exif = Image.Exif()
        exif[0x0112] = orientation
        photo = decode_photo(encoded(stored, "JPEG", exif=exif, quality=95))
        assert photo.size == (240, 320)
        assert np.abs(np.asarray(photo, np.int16) - np.asarray(upright, np.int16)).mean() < 3, orientation
    exif = Image.Exif()
    exif[0x0112] = 6  # upright as it is stored, and marked as lying
    refused("photo_landscape", decode_photo, encoded(upright, "JPEG", exif=exif))


def test_how_well_a_photo_was_saved_is_read_from_its_steps() -> None:
    face = drawn_face("blue")
    for quality in (1, 5, 29, 30, 50, 75, 88, 100):
        assert jpeg_quality(encoded(face, "JPEG", quality=quality)) == quality
        assert jpeg_quality(encoded(face.convert("L"), "JPEG", quality=quality)) == quality
    assert jpeg_quality(encoded(face, "JPEG", quality=5, progressive=True)) == 5
    assert 30 < jpeg_quality(encoded(face, "JPEG", quality="web_medium")) < 100  # steps of another writer


def test_a_photo_without_colour_is_grey_however_it_was_saved() -> None:
    for background in ("red", "blue", "orange", "white"):
        face = drawn_face(background)
        assert not is_grey(decode_photo(encoded(face, "JPEG", quality=5)))
        assert is_grey(decode_photo(encoded(face.convert("L"), "JPEG")))
        assert is_grey(decode_photo(encoded(face.convert("L").convert("RGB"), "JPEG", quality=5)))


@pytest.mark.parametrize(
    ("background", "colour"),
    [
        ("red", "red"),
        ("#c8102e", "red"),
        ("#a01010", "red"),
        ("blue", "blue"),
        ("#1f4fbf", "blue"),
        ("#0a2a66", "blue"),
        ("white", None),
        ("#808080", None),
        ("orange", None),
        ("green", None),
        ("black", None),
    ],
)
def test_background_colours(background: str, colour: str | None) -> None:
    photo = decode_photo(encoded(drawn_face(background), "JPEG", quality=60))
    assert background_colour(photo) == colour
    assert background_fits(photo, 1999) == (colour != "blue")
    assert background_fits(photo, 2000) == (colour != "red")


def test_a_mixed_background_is_not_judged() -> None:
    photo = drawn_face("red")
    photo.paste("blue", (0, 0, 120, 320))
    assert background_colour(photo) is None
