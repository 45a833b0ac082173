"""Panel decoding against the checksums and examples of the protocol sheet, sections 3 and 4."""

import zlib

import numpy as np
import pytest

from hardware_mocks.evolis.raster import (
    SIZES,
    Bitmap,
    RasterError,
    filled,
    load_compressed,
    load_plain,
    pack,
    unpack,
    upright,
)

Y, X = np.mgrid[:648, :1016]
PREDICATES = {  # landscape: name -> (mask, CRC-32 of the raw raster)
    "bar": ((X >= 100) & (X < 200), "19d22b0b"),
    "top": (Y < 100, "bdbc981b"),
    "bottom": (Y >= 548, "7dabb0e3"),
    "lattice": ((7 * X + 3 * Y) % 11 == 0, "acb613a6"),
    "top-left": ((X == 0) & (Y == 0), "d62664a5"),
    "bottom-left": ((X == 0) & (Y == 647), "47c91487"),
}


def compress(landscape: np.ndarray) -> bytes:
    """Write the counted form of sheet 4.3 by its rule: count byte, trailing zero bytes left out, FF for a full line."""
    lines = np.packbits(np.rot90(landscape, -1), axis=1)
    out = bytearray()
    for line in lines:
        data = line.tobytes().rstrip(b"\x00")
        out += b"\xff" if data == b"\xff" * 81 else bytes([len(data)]) + data
    return bytes(out)


@pytest.mark.parametrize("name", PREDICATES)
def test_counted_panels_give_the_sheets_rasters(name: str) -> None:
    mask, crc = PREDICATES[name]
    bitmap = load_compressed("k", 2, compress(mask))
    assert bitmap.crc32 == crc
    assert np.array_equal(bitmap.density() == 255, mask)


def test_the_encoding_used_here_is_the_sheets() -> None:
    sizes = {name: (len(compress(mask)), f"{zlib.crc32(compress(mask)):08x}") for name, (mask, _) in PREDICATES.items()}
    assert sizes == {
        "bar": (1016, "51c072ca"), "top": (83_312, "97fb004a"), "bottom": (14_224, "efac2445"),
        "lattice": (83_035, "3e0d7e96"), "top-left": (1097, "166605e3"), "bottom-left": (1017, "b0e0fd1b"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("levels", "pixels", "packed"),
    [
        (128, [0, 1, 2, 3, 64, 100, 126, 127], "00041038193F7F"),
        (64, [0, 1, 2, 3, 32, 50, 62, 63], "001083832FBF"),
        (32, [0, 1, 2, 3, 16, 25, 30, 31], "00443867DF"),
    ],
)
def test_the_worked_groups_unpack(levels: int, pixels: list[int], packed: str) -> None:
    data = bytes.fromhex(packed).ljust(SIZES[levels], b"\x00")
    assert unpack(data, levels)[0, :8].tolist() == pixels


@pytest.mark.parametrize(("levels", "crc"), [(32, "91374c07"), (64, "75bfe177"), (128, "82d02271")])
def test_the_dye_self_test_unpacks_to_its_formula(levels: int, crc: str) -> None:
    value8 = ((3 * X + 5 * Y) % 256).astype(np.uint8)
    shift = 8 - (levels - 1).bit_length()
    packed = pack(np.ascontiguousarray(np.rot90(value8 >> shift, -1)), levels)
    bitmap = load_plain("y", levels, packed)
    assert bitmap.crc32 == crc
    assert np.array_equal(upright(bitmap.raster()), value8 >> shift)


@pytest.mark.parametrize(
    ("levels", "line", "value"),
    [
        (128, "85FF85FF858A", 5),
        (64, "C5FF8589", 5),
        (32, "E588", 5),
        (32, "8000", 0),
        (128, "8000", 0),
        (64, "8000", 0),
    ],
)
def test_the_worked_dye_runs_fill_a_line(levels: int, line: str, value: int) -> None:
    bitmap = load_compressed("m", levels, bytes.fromhex(line) * 1016)
    assert np.unique(bitmap.raster()).tolist() == [value]


def test_single_pixels_and_runs_mix_in_a_line() -> None:
    line = bytes([1, 2, 0x80 | 3, 255, 0x80 | 4, 255]) + bytes([0x80 | 7, 136])
    bitmap = load_compressed("c", 128, line * 1016)
    assert bitmap.raster()[500].tolist() == [1, 2] + [3] * 255 + [4] * 255 + [7] * 136


@pytest.mark.parametrize(
    ("panel", "levels", "payload"),
    [
        ("k", 2, b"\x00" * 1015),
        ("k", 2, b"\x00" * 1017),
        ("k", 2, b"\x52" + bytes(82) + b"\x00" * 1015),
        ("k", 2, b"\x00" * 1015 + b"\x05\x01"),
        ("y", 128, b"\x80\x00" * 1015),
        ("y", 128, b"\x80\x00" * 1017),
        ("y", 128, b"\x80\x00" * 1015 + b"\x85"),
        ("k", 128, b"\x80\x00" * 1016),
        ("y", 2, b"\x00" * 1016),
        ("x", 2, b"\x00" * 1016),
        ("", 2, b"\x00" * 1016),
    ],
)
def test_damaged_compressed_panels_are_refused(panel: str, levels: int, payload: bytes) -> None:
    with pytest.raises(RasterError):
        load_compressed(panel, levels, payload)


def test_plain_panels_must_have_the_size_of_the_table() -> None:
    assert SIZES == {2: 82_296, 32: 411_480, 64: 493_776, 128: 576_072}
    with pytest.raises(RasterError):
        load_plain("k", 2, bytes(82_295))


def test_full_ink_is_full_density() -> None:
    assert filled("o", 255).packed == b"\xff" * 82_296
    assert filled("o", 0).packed == bytes(82_296)
    assert filled("y", 255).density().min() == 255
    assert Bitmap(32, b"\xff" * SIZES[32]).density().min() == 255
    assert Bitmap(64, bytes(SIZES[64])).density().max() == 0
