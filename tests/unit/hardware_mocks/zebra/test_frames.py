"""EPCL bytes to commands and graphic data: worked bytes of the sheet, exact sizes, noise (protocol sheet 4, 6)."""

from __future__ import annotations

import contextlib
import random
import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware_mocks.zebra.memory import Memory
from hardware_mocks.zebra.raster import RasterError, Runs, expand
from hardware_mocks.zebra.wires import Broken, Frame, Graphic, Line, Parser
from hardware_mocks.zebra.words import DIALECTS, CodeError, Command, split
from support.zebra_talk import AREA, PLANE, black, colour, escape, len32, pack, plain

WORKED = [
    ("00 00 00 01 02 03 1F 1F 1F 1F 1F", "83 00 03 01 02 03 85 1F"),
    ("05 06 07 07 07 07", "81 05 01 06 84 07"),
    ("00" * 300, "FF 00 FF 00 AE 00"),
    (bytes(range(0x28)).hex(), "81 00 1F" + bytes(range(1, 0x20)).hex() + "08" + bytes(range(0x20, 0x28)).hex()),
]


def parser(**line: object) -> Parser:
    return Parser(Line(**line), Memory(DIALECTS["i"]).graphic)  # type: ignore[arg-type]


def cut(made: Parser, stream: bytes, step: int = 1 << 30) -> list[Frame | Broken]:
    found = []
    for start in range(0, len(stream), step):
        made.push(stream[start : start + step])
        while (item := made.next()) is not None:
            found.append(item)
    return found


# -- the run-length code ---------------------------------------------------------------------------
@pytest.mark.parametrize(("raw", "coded"), WORKED)
def test_the_sheets_worked_bytes(raw: str, coded: str) -> None:
    assert expand(bytes.fromhex(coded), len(bytes.fromhex(raw))) == bytes.fromhex(raw)
    assert pack(bytes.fromhex(raw)) == bytes.fromhex(coded)


def test_the_sheets_empty_planes() -> None:
    panel, mono = b"\xff\x00" * 5160 + b"\xa8\x00", b"\xff\x00" * 645 + b"\x85\x00"
    assert (len(panel), len(mono)) == (10_322, 1_292)
    assert expand(panel, 640 * 1024) == bytes(655_360)
    assert expand(mono, 80 * 1024) == bytes(81_920)


@given(st.binary(min_size=1, max_size=600), st.integers(1, 50))
def test_any_data_come_back_whatever_the_pieces(raw: bytes, step: int) -> None:
    coded, runs = pack(raw), Runs(len(raw))
    assert sum(runs.feed(coded[start : start + step]) for start in range(0, len(coded), step)) == len(coded)
    assert runs.complete
    assert bytes(runs.out) == raw


@pytest.mark.parametrize(
    ("coded", "size", "why"),
    [
        ("03 01 02 03", 3, "begin with a run"),
        ("83 00", 4, "hold 3 bytes, not 4"),
        ("83 00", 2, "more than 2"),
        ("83 00 81 00", 3, "more than 3"),
        ("83 00 04 01 02", 7, "hold 5 bytes, not 7"),
        ("83", 3, "hold 0 bytes"),
        ("80 00 83 00", 3, "count of none"),
        ("", 1, "hold 0 bytes"),
    ],
)
def test_data_of_another_size_are_an_error(coded: str, size: int, why: str) -> None:
    with pytest.raises(RasterError, match=why):
        expand(bytes.fromhex(coded), size)


def test_a_literal_may_be_as_long_as_the_manuals_own_figure() -> None:
    assert expand(b"\x81\x00\x3c" + bytes(range(60)), 61) == b"\x00" + bytes(range(60))
    assert expand(b"\x81\x00\x7f" + bytes(127), 128) == bytes(128)


def test_a_bomb_is_stopped_at_the_size() -> None:
    runs = Runs(1000)
    with pytest.raises(RasterError):
        runs.feed(b"\xff\x00" * 100_000)
    assert len(runs.out) <= 1000


# -- plain and length-prefixed ---------------------------------------------------------------------
@pytest.mark.parametrize("step", [1, 3, 1 << 30])
def test_both_framings_in_one_stream(step: int) -> None:
    stream = bytes.fromhex("1B2E0D 1B560D 1B25434C4E0D 1B2B5249422034 0D") + bytes.fromhex(
        "00000008 1B2B52494220340D 1B460D 0000000B 1B2B43203135 5B0D 5B5B 0D 1B4D4F0D"
    )
    texts = [item.text for item in cut(parser(), stream, step) if isinstance(item, Frame)]
    assert texts == [b".", b"V", b"%CLN", b"+RIB 4", b"+RIB 4", b"F", b"+C 15\r[", b"MO"]


@pytest.mark.parametrize("step", [1, 7, 1 << 30])
@pytest.mark.parametrize("frame", [plain, len32])
def test_every_byte_goes_through_escaped(frame: object, step: int) -> None:
    data = bytes(range(256)) * 2
    assert callable(frame)
    assert cut(parser(), frame(b"O" + escape(data)), step) == [Frame(b"O" + data)]


@pytest.mark.parametrize("step", [1, 500, 1 << 30])
@pytest.mark.parametrize("mode", [30, 32])
@pytest.mark.parametrize("frame", [plain, len32])
def test_unescaped_panels_end_where_their_size_says(frame: object, mode: int, step: int) -> None:
    raw = bytes([0x0D, 0x1B, 0x5B, 0x0D] * 25)
    data = pack(raw) if mode == 30 else raw
    assert callable(frame)
    text = b"GS 2 %d 0 0 10 10 " % mode + data
    made = parser(raw_panels=True)
    assert cut(made, frame(text) + plain("MO"), step) == [Frame(text), Frame(b"MO")]
    assert not made.unfinished


def test_unescaped_panels_with_a_byte_too_many() -> None:
    made = parser(raw_panels=True)
    found = cut(made, plain(b"GS 2 32 0 0 2 2 12345") + plain("MO"))
    assert [getattr(item, "code", item) for item in found] == [22, Frame(b"MO")]
    found = cut(made, plain(b"GS 2 30 0 0 2 2 \x85\x00") + plain("MO"))
    assert [getattr(item, "code", item) for item in found] == [22, Frame(b"MO")]


def test_the_alternate_initiator_counts_only_when_it_is_set() -> None:
    made = parser()
    (noise,) = cut(made, b"*MO\r")
    assert isinstance(noise, Broken)
    assert noise.silent
    made.initiator = ord("*")
    assert cut(made, b"*MO\r" + plain("F") + b"\x00\x00\x00\x04*MO\r") == [Frame(b"MO"), Frame(b"F"), Frame(b"MO")]


def test_a_command_inside_another_is_named_and_the_inner_one_heard() -> None:
    broken, inner = cut(parser(), b"\x1bPS 0 30 \x81\x00\x1bMO\r")
    assert isinstance(broken, Broken)
    assert (broken.code, inner) == (22, Frame(b"MO"))
    broken, inner = cut(parser(), b"\x1bI\x1bMO\r")
    assert isinstance(broken, Broken)
    assert (broken.code, inner) == (10, Frame(b"MO"))


@pytest.mark.parametrize(
    ("block", "code"),
    [
        (b"\x00\x00\x00\x04\x1bMO!", 10),  # no CR at the end
        (b"\x00\x00\x00\x05\x1bO\x0d1\r", 10),  # CR in data that is not escaped
        (b"\x00\xff\xff\xff", 10),  # a length that nothing has
        (b"\x00\x00\x00\x01", 10),
    ],
)
def test_a_block_that_is_none_is_answered_and_left(block: bytes, code: int) -> None:
    found = cut(parser(), block + plain("V"))
    assert [getattr(item, "code", item) for item in found] == [code, Frame(b"V")]


def test_a_printer_may_be_deaf_to_one_framing() -> None:
    stream = plain("V") + len32("F")
    assert [item for item in cut(parser(prefixed=False), stream) if isinstance(item, Frame)] == [
        Frame(b"V"),
        Frame(b"F"),  # its length is noise, the command in it is plain
    ]
    heard = cut(parser(plain=False), stream)
    assert [item for item in heard if isinstance(item, Frame)] == [Frame(b"F")]
    assert all(item.silent for item in heard if isinstance(item, Broken))


@pytest.mark.parametrize("step", [1, 64, 1 << 30])
@pytest.mark.parametrize("frame", [plain, len32])
def test_a_command_beyond_the_input_buffer_is_lost_alone(frame: object, step: int) -> None:
    assert callable(frame)
    stream = frame(b"O" + bytes(3000)) + plain("V")
    found = cut(parser(limit=1000), stream, step)
    assert [getattr(item, "code", item) for item in found] == [None, Frame(b"V")]


@pytest.mark.parametrize("start", [b"", b"\x1b", b"\x1bPS 0 32 ", b"\x1bPS 0 30 ", b"\x1b+RIB ", b"\x00\x00\x00\x10"])
@pytest.mark.parametrize("fill", [b"\x00", b"a", b"[", b"\x81", b"\xff"])
@pytest.mark.parametrize("raw", [False, True])
def test_endless_input_takes_bounded_memory_and_ends(start: bytes, fill: bytes, raw: bool) -> None:
    made = parser(raw_panels=raw, limit=100_000)
    piece = fill * 8192
    cut(made, start)
    tracemalloc.start()
    try:
        for _ in range(30):
            cut(made, piece)
        assert tracemalloc.get_traced_memory()[1] < 3_000_000
    finally:
        tracemalloc.stop()
    cut(made, b"\r" * 700_000)  # whatever was open is over by now
    assert cut(made, plain("V"))[-1] == Frame(b"V")


def test_noise_never_hurts() -> None:
    chance = random.Random(5)
    for _ in range(300):
        made = parser(raw_panels=chance.random() < 0.5)
        noise = bytes(chance.choice(b"\x1b\x0d\x5b\x00 PSGZ031\x81\xff") for _ in range(200))
        for item in cut(made, noise, chance.randint(1, 200)):
            if isinstance(item, Frame):
                with contextlib.suppress(CodeError):  # nothing else may come out of it
                    split(item.text)


# -- names, parameters, data -----------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "command"),
    [
        (b"+RIB 4", Command("+RIB", ("4",))),
        (b"+C 8", Command("+C", ("8",))),
        (b"+EC8", Command("+EC", ("8",))),
        (b"+RB11", Command("+RB", ("1", "1"))),
        (b"+X*", Command("+X", (), b"*")),
        (b"G 200 200 0 2 15 1", Command("G", ("200", "200", "0", "2", "15", "1"))),
        (b"I 10", Command("I", ("10",))),
        (b"O  4", Command("O", (), b"  4")),
        (b"vZ\x81\x20", Command("vZ", (), b"\x81\x20")),
        (b"PS 0 30  \x20", Command("PS", ("0", "30"), b" \x20")),
        (b"GS 3 32 1 2 1 3 abc", Command("GS", ("3", "32", "1", "2", "1", "3"), b"abc")),
        (b"&CDEW 0 0", Command("&CDEW", ("0", "0"))),
        (b"&B 1 A B", Command("&B", ("1",), b"A B")),
        (b"&E*", Command("&E", ("*",))),
        (b"!R 3020", Command("!R", ("3020",))),
    ],
)
def test_the_forms_that_the_sheet_shows(text: bytes, command: Command) -> None:
    assert split(text) == command


@pytest.mark.parametrize(
    ("text", "code"), [(b"PS 0 30", 22), (b"GS 0 30 1 1 x", 22), (b"", 14), (b"I  10", 14), (b"\xff", 14)]
)
def test_other_forms_are_none(text: bytes, code: int) -> None:
    with pytest.raises(CodeError) as error:
        split(text)
    assert error.value.code == code


def test_image_data_are_known_by_their_first_bytes() -> None:
    memory = Memory(DIALECTS["i"])
    assert memory.graphic(b"PS 1 30 \x81") == Graphic("m", 8, 655_360, compressed=True)
    assert memory.graphic(b"GS 0 32 5 6 7 8 ") == Graphic("y", 16, 56, compressed=False)
    assert memory.graphic(b"Z\x81") is None
    memory.load(split(AREA.encode()))
    assert memory.graphic(b"Z\x81") == Graphic("k", 1, 81_920, compressed=True)
    assert memory.graphic(b"MO") is None


@pytest.mark.parametrize("step", [256, 4096])
def test_half_a_panel_is_noticed_while_it_comes(step: int) -> None:
    rows = PLANE.copy()
    rows[::2] = np.arange(640) % 32  # bytes to escape among them
    made = parser()
    stream = plain(colour(0, rows))
    assert len(stream) > 20 * 4096
    first = 0
    while made.half_of is None:
        assert cut(made, stream[first : first + step]) == []
        first += step
    assert made.half_of == "y"
    assert 0.4 < first / len(stream) < 0.6
    assert cut(made, stream[first:]) == [Frame(b"PS 0 30 " + pack(rows.tobytes()))]
    assert made.half_of is None


def test_black_of_a_whole_card_is_loaded_as_it_was_sent() -> None:
    memory = Memory(DIALECTS["i"])
    dots = np.random.default_rng(1).random((1024, 640)) < 0.2
    (frame,) = cut(Parser(Line(), memory.graphic), plain(AREA))
    assert isinstance(frame, Frame)
    memory.load(split(frame.text))
    (frame,) = cut(Parser(Line(), memory.graphic), plain(black(dots)))
    assert isinstance(frame, Frame)
    memory.load(split(frame.text))
    assert (memory.black().levels.astype(bool) == dots).all()
