"""Bitmaps against the checksums and worked examples of the protocol sheet, sections 4.2 to 4.5."""

from __future__ import annotations

import zlib

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.evolis.raster import compress, compress_levels, download, pack_bits, pack_levels

Y, X = np.mgrid[0:648, 0:1016]


def crc(data: bytes) -> str:
    return f"{zlib.crc32(data):08x}"


@pytest.mark.parametrize(
    ("mask", "raw", "size", "compressed"),
    [
        ((X >= 100) & (X < 200), "19d22b0b", 1_016, "51c072ca"),
        (Y < 100, "bdbc981b", 83_312, "97fb004a"),
        (Y >= 548, "7dabb0e3", 14_224, "efac2445"),
        ((7 * X + 3 * Y) % 11 == 0, "acb613a6", 83_035, "3e0d7e96"),
        ((X == 0) & (Y == 0), "d62664a5", 1_097, "166605e3"),
        ((X == 0) & (Y == 647), "47c91487", 1_017, "b0e0fd1b"),
    ],
    ids=["columns", "top", "bottom", "dots", "top-left", "bottom-left"],
)
def test_resin_checksums_of_the_sheet(mask: npt.NDArray[np.bool_], raw: str, size: int, compressed: str) -> None:
    lines = pack_bits(mask)
    assert lines.shape == (1016, 81)
    assert crc(lines.tobytes()) == raw
    squeezed = compress(lines)
    assert (len(squeezed), crc(squeezed)) == (size, compressed)


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ([], "00"),
        (range(648), "FF"),
        ([0], "01 80"),
        ([0, 2], "01 A0"),
        ([647], "51" + " 00" * 80 + " 01"),
        (range(100), "0D" + " FF" * 12 + " F0"),
    ],
    ids=["blank", "solid", "first", "first-and-third", "last", "hundred"],
)
def test_line_examples_of_the_sheet(columns: list[int], expected: str) -> None:
    mask = np.zeros((648, 1016), np.bool_)
    for column in columns:
        mask[647 - column, 5] = True
    assert compress(pack_bits(mask)) == bytes(5) + bytes.fromhex(expected) + bytes(1010)


@pytest.mark.parametrize(
    ("bits", "values", "expected"),
    [
        (7, [0, 1, 2, 3, 64, 100, 126, 127], "00 04 10 38 19 3F 7F"),
        (6, [0, 1, 2, 3, 32, 50, 62, 63], "00 10 83 83 2F BF"),
        (5, [0, 1, 2, 3, 16, 25, 30, 31], "00 44 38 67 DF"),
    ],
)
def test_level_examples_of_the_sheet(bits: int, values: list[int], expected: str) -> None:
    panel = np.zeros((648, 1016), np.uint8)
    panel[::-1, 0][:8] = values
    packed = pack_levels(panel, bits)
    assert packed[:bits] == bytes.fromhex(expected)
    assert not any(packed[bits:])


@pytest.mark.parametrize(
    ("bits", "size", "expected"), [(5, 411_480, "91374c07"), (6, 493_776, "75bfe177"), (7, 576_072, "82d02271")]
)
def test_level_checksums_of_the_sheet(bits: int, size: int, expected: str) -> None:
    packed = pack_levels((((3 * X + 5 * Y) % 256) >> (8 - bits)).astype(np.uint8), bits)
    assert (len(packed), crc(packed)) == (size, expected)


@settings(max_examples=15, deadline=None)
@given(bits=st.sampled_from([5, 6, 7]), seed=st.integers(0, 2**32 - 1))
def test_levels_are_one_string_of_bits(bits: int, seed: int) -> None:
    panel = np.random.default_rng(seed).integers(0, 2**bits, (648, 1016), dtype=np.uint8)
    raster = np.rot90(panel, -1)  # clockwise
    string = (raster[:, :, None] >> np.arange(bits - 1, -1, -1)) & 1
    assert pack_levels(panel, bits) == np.packbits(string.astype(np.uint8)).tobytes()


def expand(data: bytes) -> npt.NDArray[np.uint8]:
    """Undo the line compression one line at a time, refusing what the sheet does not allow."""
    lines, at = np.zeros((1016, 81), np.uint8), 0
    for line in lines:
        count = data[at]
        at += 1
        if count == 0xFF:
            line[:] = 0xFF
            continue
        assert count <= 81
        if count:
            assert data[at + count - 1] != 0, "not the shortest form"
            line[:count] = np.frombuffer(data, np.uint8, count, at)
        at += count
    assert at == len(data)
    return lines


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), share=st.sampled_from([0.0, 0.001, 0.2, 0.999, 1.0]))
def test_compression_is_reversible_and_shortest(seed: int, share: float) -> None:
    rng = np.random.default_rng(seed)
    mask = rng.random((648, 1016)) < share
    mask[:, rng.random(1016) < 0.2] = False
    mask[:, rng.random(1016) < 0.1] = True
    lines = pack_bits(mask)
    np.testing.assert_array_equal(expand(compress(lines)), lines)
    np.testing.assert_array_equal(np.unpackbits(lines, axis=1), np.rot90(mask, -1))


@given(payload=st.binary(max_size=300))
def test_a_bitmap_command_fills_whole_packets(payload: bytes) -> None:
    command = download("Db;k;2;", payload)
    body = b"\x1bDb;k;2;" + payload + b"\r"
    assert command.startswith(body)
    assert len(command) % 64 == 0
    assert len(command) - len(body) < 64
    assert not any(command[len(body) :])


def expanded(coded: bytes, bits: int) -> list[list[int]]:
    """Read dye runs back by the table of section 4.5: lines of 648 values from the left edge, bottom dot first."""
    value_mask, lines, line, at = (1 << bits) - 1, [], [], 0
    while at < len(coded):
        first, at = coded[at], at + 1
        if first < 0x80:
            line.append(first)
        else:
            count, at = coded[at], at + 1
            if count == 0:
                assert (first, line) == (0x80, []), "a zero count is only a blank line"
                line = [0] * 648
            else:
                high = (first & 0x7F) >> bits
                assert high in (0, {7: 0, 6: 1, 5: 3}[bits]), "the high bits are set together or not at all"
                line += [first & value_mask] * (count + {7: 0, 6: 256, 5: 512}[bits] * bool(high))
        if len(line) >= 648:
            assert len(line) == 648, "a run crosses a line"
            lines.append(line)
            line = []
    assert line == []
    return lines


@pytest.mark.parametrize(
    ("bits", "value", "line"),
    [
        (7, 0, "8000"),
        (7, 5, "85FF85FF858A"),
        (6, 5, "C5FF8589"),
        (5, 5, "E588"),
    ],
)
def test_worked_dye_runs_of_the_sheet(bits: int, value: int, line: str) -> None:
    assert compress_levels(np.full((648, 1016), value, np.uint8), bits).hex().upper() == line * 1016


@pytest.mark.parametrize("bits", [5, 6, 7])
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_dye_runs_read_back(bits: int, data: st.DataObject) -> None:
    """Any mixture of runs on a line, each of the lengths at which the code changes among them."""
    edges = st.sampled_from([1, 2, 254, 255, 256, 257, 510, 511, 512, 513, 514, 647, 648])
    runs = data.draw(
        st.lists(st.tuples(edges | st.integers(1, 648), st.integers(0, 2**bits - 1)), min_size=1, max_size=9)
    )
    dots = [value for length, value in runs for _ in range(length)]
    line = (dots * (648 // len(dots) + 1))[:648]
    values = np.zeros((648, 1016), np.uint8)
    where = data.draw(st.integers(0, 1015))
    values[:, where] = line[::-1]  # the first dot of a line is the bottom edge
    read = expanded(compress_levels(values, bits), bits)
    assert len(read) == 1016
    assert read[where] == line
    assert all(value == 0 for number, other in enumerate(read) if number != where for value in other)


def test_dye_runs_of_the_self_test_panel() -> None:
    for bits in (5, 6, 7):
        values = (((3 * X + 5 * Y) % 256) >> (8 - bits)).astype(np.uint8)
        read = np.array(expanded(compress_levels(values, bits), bits), np.uint8)
        assert (read.T[::-1] == values).all()
