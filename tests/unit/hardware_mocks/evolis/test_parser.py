"""Framing of the simulated Evolis (protocol sheet 3, 8)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware_mocks.evolis.wires import Broken, Command, Parser

PANEL = bytes(range(256)) * 321 + bytes(120)  # 82,296 bytes with every CR, ESC, NUL and ";" in them
assert len(PANEL) == 82_296


def parse(data: bytes, chunks: list[int] | None = None) -> list[Command | Broken]:
    parser, found, position = Parser(), [], 0
    for size in [*(chunks or []), len(data)]:
        parser.push(data[position : position + size])
        position += size
        while (item := parser.next()) is not None:
            found.append(item)
    return found


def test_nuls_before_commands_are_skipped_and_esc_may_be_left_out() -> None:
    data = b"\x00\x00\x1bPem;2\rRtp\r\x00\x00\x00\x1b\x1bRlr;p\r"
    assert parse(data) == [Command("Pem", ("2",)), Command("Rtp"), Command("Rlr", ("p",))]


@given(st.lists(st.integers(1, 40_000), max_size=8), st.lists(st.integers(1, 9), max_size=8))
def test_any_chunking_gives_the_same_commands(large: list[int], small: list[int]) -> None:
    data = b"\x1bSs\r\x1bDb;k;2;" + PANEL + b"\r\x00\x00\x1bDbc;k;2;3;\r\x1b;\r\x1bSe\r"
    expected = [
        Command("Ss"), Command("Db", ("k", "2"), PANEL), Command("Dbc", ("k", "2", "3"), b"\r\x1b;"), Command("Se"),
    ]  # fmt: skip
    assert parse(data, small + large) == expected
    assert parse(data, large + small) == expected


def test_a_surplus_byte_is_reported_and_the_next_command_is_read() -> None:
    broken, following = parse(b"\x1bDb;k;2;" + bytes(82_297) + b"\rSe\r")
    assert isinstance(broken, Broken)
    assert following == Command("Se")


@pytest.mark.parametrize(
    "data",
    [b"Db;y;65;", b"Dbc;k;2;x;", b"Dbc;k;2;99999999;", b"Db;y;128", b"P" * 100, b"Pem;" + b"2" * 61],
)
def test_what_cannot_be_framed_is_broken_and_left_at_the_next_cr(data: bytes) -> None:
    broken, following = parse(b"\x1b" + data + b"\rRtp\r")
    assert isinstance(broken, Broken)
    assert not broken.unknown
    assert following == Command("Rtp")


@pytest.mark.parametrize("name", [b"rtp", b"RTP", b"Toolong", b"R2", b""])
def test_what_is_no_name_is_unknown(name: bytes) -> None:
    broken, following = parse(name + b"\rRtp\r")
    assert isinstance(broken, Broken)
    assert broken.unknown
    assert following == Command("Rtp")


def test_a_command_inside_another_loses_the_first() -> None:
    broken, command = parse(b"\x1bPc;k;\x1bSe\r")
    assert isinstance(broken, Broken)
    assert command == Command("Se")


def test_a_header_of_64_bytes_is_taken() -> None:
    line = b"Pem;" + b"2" * 60
    assert parse(line + b"\r") == [Command("Pem", ("2" * 60,))]


def test_reset_forgets_half_a_payload() -> None:
    parser = Parser()
    parser.push(b"\x1bDb;k;2;" + bytes(1000))
    assert parser.next() is None
    parser.reset()
    parser.push(b"Rtp\r")
    assert parser.next() == Command("Rtp")
