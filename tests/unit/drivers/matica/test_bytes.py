"""The bytes of Matica / XID printers held to the worked examples of protocol sheet 2 to 10; noise for every reader."""

from __future__ import annotations

import contextlib
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.errors import ArtworkError, UnexpectedReplyError
from drivers.family import Options
from drivers.matica import blocks, job, replies
from drivers.matica.job import MODELS, encode
from drivers.matica.printer import DRIVER, greeting
from drivers.matica.wires import scsi
from drivers.panels import Separation
from drivers.printer import Artwork, Reason, SidePicture, State, Station

BOTH = pytest.mark.parametrize("name", list(MODELS))
SHAPES = {"xid8600": (1296, 2032, 1328, 2072), "xid580x": (648, 1016, 664, 1036)}


def blank(name: str) -> SidePicture:
    rows, columns, *_ = SHAPES[name]
    return SidePicture(
        np.full((rows, columns, 3), 255, np.uint8), np.zeros((rows, columns), bool), np.ones((rows, columns), bool)
    )


def uploads(commands: tuple[bytes, ...]) -> dict[int, bytes]:
    return {one[16]: one[28:] for one in commands if one[:4] == bytes.fromhex("F0000200")}


def told(commands: tuple[bytes, ...]) -> list[str]:
    return [one[16:].hex() for one in commands if one[:4] == bytes.fromhex("F0000100")]


# --- Ethernet -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "sequence", "expected"),  # sheet 10, exact first blocks; sheet 6 for the stations
    [
        (blocks.command(blocks.STATUS), 0, "F0000100 00000003 00000000 00000000 01020000"),
        (blocks.command(blocks.POSITION), 1, "F0000100 00000003 00000000 00000001 02020000"),
        (blocks.command(blocks.TRANSFER, 0, 5), 9, "F0000100 00000003 00000000 00000009 07020005"),
        (blocks.command(blocks.LOAD, 0, 2), 2, "F0000100 00000003 00000000 00000002 04020002"),
        (blocks.command(blocks.STATIONS, 0x50), 3, "F0000100 00000003 00000000 00000003 0A025000"),
        (blocks.command(blocks.INITIALISE), 4, "F0000100 00000003 00000000 00000004 03020000"),
        (blocks.long_transfer(0, 5), 5, "F0000100 00000004 00000000 00000005 0706000500000000"),
    ],
)
def test_commands_are_the_blocks_of_the_sheet(one: bytes, sequence: int, expected: str) -> None:
    assert blocks.numbered(one, sequence) == bytes.fromhex(expected)


@pytest.mark.parametrize(
    ("name", "words", "sizes"),  # sheet 5
    [("xid8600", 0x000A7F25, (0x0029FC84, 0x0029FC80)), ("xid580x", 0x00029FCD, (0x000A7F24, 0x000A7F20))],
)
def test_an_upload_says_its_size_three_times(name: str, words: int, sizes: tuple[int, int]) -> None:
    side = blank(name)
    side.resin[:10] = True
    (first, *_) = encode(Artwork(side), MODELS[name]).commands
    assert struct.unpack_from(">4IB3x2I", first) == (0xF0000200, words, 0, 0, 0x08, *sizes)
    assert len(first) == 8 + 4 * words == 28 + sizes[1]


def test_a_document_begins_as_in_the_capture() -> None:
    one = blocks.document("office", "card", parameter=2, at=1600327301)  # 2020-09-17 07:21:41 UTC
    assert len(one) == 124
    assert struct.unpack_from(">4I", one) == (0xF2000300, 0x1D, 2, 0x99999999)
    assert one[20:26].hex() == "780911071529"  # sheet 4.1
    assert one[28:60].decode("utf-16-le").rstrip("\0") == "office"
    assert one[60:124].decode("utf-16-le").rstrip("\0") == "card"


def identity(type_string: bytes = b"XID8600", local: str = "fe80000000000000021234fffe56789a") -> bytes:
    one = bytearray(120)
    struct.pack_into(">4I", one, 0, 0xF3000200, 0x1C, 0, 7)
    one[30:39] = b"PRINTER01"
    one[56:72] = type_string.ljust(16)
    one[72:88] = bytes.fromhex(local)
    return bytes(one)


def test_the_identity_tells_type_and_mac_address() -> None:
    reply, rest = blocks.take(identity() + b"\xf1")
    assert reply is not None
    assert rest == b"\xf1"
    known = blocks.introduction(reply)
    assert (known.type, known.serial_number, known.raw["name"]) == ("XID8600", "00123456789a", "PRINTER01")


@pytest.mark.parametrize("local", ["00" * 16, "fe80" + "00" * 6 + "0212340000567890", "20010db8" + "00" * 12])
def test_an_address_that_holds_no_mac_names_no_printer(local: str) -> None:
    reply, _ = blocks.take(identity(local=local))
    assert reply is not None
    assert blocks.introduction(reply).serial_number is None


@pytest.mark.parametrize(
    ("said", "model"),
    [
        (identity(), "xid8600"),
        (identity(b"XID580i"), "xid580x"),
        (identity(b"OTHER"), ""),
        (identity()[:60], None),
        (b"220 smtp ready\r\n", None),
        (b"\xf3\x00\x02\x00" + b"\0\0\0\x02" + bytes(8), None),
        (b"", None),
    ],
)
def test_a_printer_that_speaks_first_is_known_by_its_type(said: bytes, model: str | None) -> None:
    assert greeting(said) == model


def test_items_are_read_as_in_the_example() -> None:
    assert blocks.items(bytes.fromhex("0E060203E8000000")) == {0x0E: b"\x03\xe8"}  # sheet 9
    both = blocks.items(bytes.fromhex("0A020100 1F06040000000900".replace(" ", "")) + bytes(4))
    assert (both[0x0A], blocks.number(both[0x1F]), blocks.number(both.get(0x20))) == (b"\0", 9, None)
    assert blocks.questions(0x1F, 0x20)[16:] == bytes.fromhex("1F00000020000000")


@pytest.mark.parametrize("damaged", ["0E0602", "0E000000", "0E06090000000000", "0E030100", "0E0A010203040506"])
def test_items_that_run_into_each_other_are_refused(damaged: str) -> None:
    with pytest.raises(UnexpectedReplyError):
        blocks.items(bytes.fromhex(damaged))


# --- USB ----------------------------------------------------------------------------------------------------------


def test_wrappers_are_those_of_the_sheet() -> None:
    inquiry = scsi.cbw(1, scsi.INQUIRY, 96, inward=True)
    assert inquiry == bytes.fromhex("55534243 01000000 60000000 80 00 06 12 00 00 00 60 00" + "00" * 10)
    side = blank("xid8600")
    side.colour[:] = (255, 255, 0)
    (yellow, *_) = encode(Artwork(side), MODELS["xid8600"]).commands
    cdb, payload = scsi.translated(yellow)
    expected = "55534243 06000000 80FC2900 00 00 0A 2A 00 03 00 00 00 29 FC 80 00" + "00" * 6
    assert scsi.cbw(6, cdb, len(payload), inward=False) == bytes.fromhex(expected)
    assert payload == yellow[28:]


@pytest.mark.parametrize(
    ("one", "cdb"),  # sheet 7
    [
        (blocks.command(blocks.LOAD, 0, 2), "31010000000000020000"),
        (blocks.command(blocks.LOAD, 0x80, 0), "31010000040000000000"),
        (blocks.command(blocks.MOVE, 0, 4), "310B0000000000040000"),
        (blocks.command(blocks.MOVE, 0x10, 0), "310B0000020000000000"),
        (blocks.command(blocks.PRINT, 0, 0x0F), "31080600000000000000"),
        (blocks.command(blocks.PRINT, 0, 0x07), "31080200000000000000"),
        (blocks.command(blocks.PRINT, 0, 0x08), "31080400000000000000"),
        (blocks.command(blocks.TRANSFER, 0, 5), "31090000000000000000"),
        (blocks.long_transfer(0, 5), "31090000000000000000"),
        (blocks.command(blocks.TRANSFER, 0x10, 0), "310A0000000000000000"),
        (blocks.command(blocks.TRANSFER, 0, 0), "310D0000000000000000"),
        (blocks.command(blocks.INITIALISE), "010000000000"),
    ],
)
def test_a_block_has_one_word_on_usb(one: bytes, cdb: str) -> None:
    assert scsi.translated(one) == (bytes.fromhex(cdb), b"")


@pytest.mark.parametrize(
    "one", [blocks.command(blocks.PRINT, 0, 0x4F), blocks.command(blocks.TRANSFER, 0x10, 5), blocks.command(99)]
)
def test_what_usb_has_no_word_for_is_not_guessed(one: bytes) -> None:
    with pytest.raises(ValueError, match="no command on USB"):
        scsi.translated(one)


def test_what_usb_tells_is_read_at_the_sheet_s_offsets() -> None:
    raw = bytearray(20)
    raw[0], raw[2], raw[12] = 0x70, 0x02, 0xD1
    assert scsi.sense(bytes(raw)) == replies.DOOR_OPEN
    assert scsi.place(bytes([4, 9, 9, 9, 9, 9, 9, 0])) == (4, 0)
    items = b"".join(struct.pack(">2HI", code, 4, value) for code, value in enumerate((9, 9, 48, 9, 2)))
    assert scsi.counters(b"\x78\0\0\x28" + items + bytes(8)) == {0: 9, 1: 9, 2: 48, 3: 9, 4: 2}
    inquiry = bytes(8) + b"G-Printe" + b"XID8600 00001234" + bytes(26) + b"V1.07".ljust(13)
    known = scsi.introduction(inquiry, "S-1")
    assert (known.type, known.serial_number, known.firmware) == ("XID8600", "S-1", "V1.07")


# --- codes --------------------------------------------------------------------------------------------------------

SHEET_8 = """
00000000 ok; 0002DA00 wait; 0002DB00 wait; 0002D300 wait; 0002D400 wait; 0002D000 media-empty; 0002D100 door-open;
0002C100 other; 0002C200 wait; 0002C300 other; 0002D800 other; 0002F000 fuser-over-temp; 0002F100 other;
0002F200 other; 0002F300 fuser-over-temp; 0002F400 other; 0002F500 other; 0002F600 wait; 0002F800 wait; 00034400 other;
00039000 media-jam; 00039100 media-jam; 00039200 media-jam; 00039300 media-jam; 00039400 media-jam; 00039500 media-jam;
0003A100 marker-supply-missing; 0003A800 other; 0003AB00 other; 0003AC00 other; 0003AD00 other;
0003B000 marker-supply-missing; 0003B100 marker-supply-missing; 0003B200 marker-supply-empty; 00052000 other;
00052600 other; 00052A00 other; 00062800 other
"""


def test_every_code_of_the_sheet_is_known_and_no_other() -> None:
    rows = [row.split() for row in SHEET_8.replace("\n", " ").split(";")]
    assert {int(code, 16) for code, _ in rows} == {0, *replies.REASONS}
    for number, kind in rows:
        code = int(number, 16)
        found = replies.condition(code)
        assert (found is None) == (kind == "ok")
        assert replies.waits(code) == (kind == "wait")
        assert replies.state(code) is {"ok": State.IDLE, "wait": State.PROCESSING}.get(kind, State.STOPPED)
        if found is not None:
            assert number in found.raw
            assert kind in ("wait", found.reason)
            assert replies.fault(code).cause == ("jam" if kind == "media-jam" else replies.fault(code).cause)
    unknown = replies.condition(0x0002FF00)
    assert unknown is not None
    assert (unknown.reason, replies.state(0x0002FF00)) == (Reason.UNKNOWN, State.UNKNOWN)


# --- the card -----------------------------------------------------------------------------------------------------


@BOTH
def test_every_dot_is_where_the_formula_of_the_sheet_puts_it(name: str) -> None:
    rows, columns, film_rows, film_columns = SHAPES[name]
    side = blank(name)
    side.colour[0, 0] = (255, 255, 55)
    side.resin[rows - 1, 2] = True
    sent = uploads(encode(Artwork(side), MODELS[name]).commands)
    assert set(sent) == {0x01, 0x02, 0x04, 0x08}
    for empty in (sent[0x02], sent[0x04]):
        assert empty.count(0) == len(empty), "all three dyes or none"
    top, left = (film_rows - rows) // 2, (film_columns - columns) // 2

    def at(y: int, x: int) -> int:
        return (film_rows - 1 - y) * film_columns + film_columns - 1 - x if name == "xid8600" else y * film_columns + x

    assert np.flatnonzero(np.frombuffer(sent[0x01], np.uint8)).tolist() == [at(top, left)]
    assert sent[0x01][at(top, left)] == 200
    assert np.flatnonzero(np.frombuffer(sent[0x08], np.uint8)).tolist() == [at(top + rows - 1, left + 2)]
    assert sent[0x08][at(top + rows - 1, left + 2)] == 0xFF


@BOTH
def test_what_carries_nothing_is_not_sent(name: str) -> None:
    only_colour, only_black = blank(name), blank(name)
    only_colour.colour[:40] = (10, 20, 30)
    only_black.resin[:40] = True
    for side, tags, command in ((only_colour, {1, 2, 4}, "06020007"), (only_black, {8}, "06020008")):
        card = encode(Artwork(side), MODELS[name])
        assert set(uploads(card.commands)) == tags
        assert told(card.commands) == [command, "07020005"]
    with pytest.raises(ArtworkError, match="nothing to print on the front"):
        encode(Artwork(blank(name)), MODELS[name])
    with pytest.raises(ArtworkError, match="nothing to print on the back"):
        encode(Artwork(only_black, blank(name)), MODELS[name])


@BOTH
def test_no_dye_is_laid_under_black(name: str) -> None:
    side = blank(name)
    side.colour[:60] = 0
    side.resin[:60] = True
    assert set(uploads(encode(Artwork(side), MODELS[name]).commands)) == {8}


def test_two_sides_are_printed_one_after_the_other_each_in_colour() -> None:
    side = blank("xid580x")
    side.colour[:60] = (200, 90, 30)
    side.resin[100:140] = True
    card = encode(Artwork(side, side), MODELS["xid580x"])
    assert told(card.commands) == ["0602000f", "07021000", "0602000f", "07020005"]
    assert (card.panels, card.ribbon, card.sides) == (tuple("ymckymck"), "ymck", 2)
    assert [one[16] for one in card.commands if len(one) > 100] == [1, 2, 4, 8, 1, 2, 4, 8]


def test_a_ribbon_of_black_alone_takes_no_colour_by_itself() -> None:
    side = blank("xid580x")
    side.colour[:60] = (200, 90, 30)
    options = Options(separation=Separation(ribbon="k"))
    with pytest.raises(ArtworkError, match="black resin alone"):
        encode(Artwork(side), MODELS["xid580x"], options)
    side = blank("xid580x")
    side.resin[:60] = True
    card = encode(Artwork(side), MODELS["xid580x"], options)
    assert (card.panels, card.ribbon) == (("k",), "k")


@BOTH
def test_a_picture_of_the_other_resolution_is_refused(name: str) -> None:
    other = next(one for one in MODELS if one != name)
    side = blank(other)
    side.resin[:60] = True
    with pytest.raises(ArtworkError, match=r"Render the card at"):
        encode(Artwork(side), MODELS[name])


def test_the_family_is_reached_over_both_wires() -> None:
    assert (DRIVER.wires, DRIVER.usb_vendors, DRIVER.usb_class) == (("tcp", "usb"), (0x2166,), 8)
    assert {name: model.abilities.dpi for name, model in MODELS.items()} == {"xid8600": 600, "xid580x": 300}
    assert all(model.abilities.stations == set(Station) for model in MODELS.values())


# --- noise --------------------------------------------------------------------------------------------------------

HEADS = st.sampled_from([b"", b"\xf3\0\2\0", b"\xf1\0\3\0\0\0\0\3", b"\xf1\0\6\0", b"USBS", b"\1\2"])
NOISE = st.builds(bytes.__add__, HEADS, st.binary(max_size=200))


@settings(max_examples=300, deadline=None)
@given(data=NOISE)
def test_no_reader_trips_over_noise(data: bytes) -> None:
    assert greeting(data) in (None, "", *MODELS)
    for read in (blocks.place, blocks.items, scsi.sense, scsi.place, scsi.counters, scsi.csw):
        with contextlib.suppress(UnexpectedReplyError):
            read(data)
    with contextlib.suppress(UnexpectedReplyError):
        assert scsi.introduction(data, "S").serial_number == "S"
    left = data
    with contextlib.suppress(UnexpectedReplyError):
        while True:
            reply, rest = blocks.take(left)
            if reply is None:
                assert rest == left
                break
            assert len(rest) < len(left)
            with contextlib.suppress(UnexpectedReplyError):
                blocks.introduction(reply)
            left = rest


@settings(max_examples=50, deadline=None)
@given(data=st.binary(min_size=8, max_size=8))
def test_a_reply_is_never_longer_than_any_that_is_known(data: bytes) -> None:
    with contextlib.suppress(UnexpectedReplyError):
        reply, _ = blocks.take(data + bytes(5000))
        assert reply is not None, "a reply this long is refused, not waited for"


def test_every_panel_has_a_tag_a_name_and_a_number_on_usb() -> None:
    assert set(job._TAGS) == {"y", "m", "c", "k"}
    assert set(job._TAGS.values()) == set(blocks._PANELS) == set(scsi._PANEL)
