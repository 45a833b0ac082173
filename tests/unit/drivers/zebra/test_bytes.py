"""EPCL: the card's bytes and the printer's answers against the worked examples of the sheet, and against noise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.errors import ArtworkError
from drivers.family import Options
from drivers.panels import Separation
from drivers.printer import Artwork, Counters, EncodedCard, Reason, Rung, Severity, SidePicture, Station
from drivers.zebra import replies
from drivers.zebra.job import MODELS, Model, Quirks, command, encode, moves_card, name_of
from drivers.zebra.printer import DRIVER
from drivers.zebra.raster import compress, compress_without_controls, escape, pack_bits, pack_levels
from drivers.zebra.replies import REASONS, Kind, take

BLACK = Options(Separation(ribbon="k"))
SETTLED = Quirks(ribbons={"k": "4", "ko": "3", "ymcko": "2", "ymckok": "5"}, overlay="", flip="MF")


def blank() -> SidePicture:
    return SidePicture(
        np.full((648, 1016, 3), 255, np.uint8), np.zeros((648, 1016), np.bool_), np.ones((648, 1016), np.bool_)
    )


def settled(name: str, **more: object) -> Model:
    return replace(MODELS[name], quirks=replace(SETTLED, **more))  # type: ignore[arg-type]


def names(card: EncodedCard) -> list[str]:
    """Commands as the sheet writes them, without data."""
    return [
        f"{name_of(one)} data" if name_of(one)[-1] == "Z" else one[1:-1].decode("latin-1")[:7] for one in card.commands
    ]


# Protocol sheet 6, "Worked bytes".
@pytest.mark.parametrize(
    ("raw", "coded"),
    [
        ("00 00 00 01 02 03 1F 1F 1F 1F 1F", "83 00  03 01 02 03  85 1F"),
        ("05 06 07 07 07 07", "81 05  01 06  84 07"),
        ("00" * 300, "FF 00  FF 00  AE 00"),
        (bytes(range(0x28)).hex(), "81 00" + "1F" + bytes(range(1, 0x20)).hex() + "08 20 21 22 23 24 25 26 27"),
        ("00" * 655_360, "FF 00" * 5160 + "A8 00"),
        ("00" * 81_920, "FF 00" * 645 + "85 00"),
    ],
)
def test_data_are_compressed_as_the_sheet_worked_it_out(raw: str, coded: str) -> None:
    assert compress(bytes.fromhex(raw)).hex() == bytes.fromhex(coded).hex()


def expand(coded: bytes) -> tuple[bytes, list[int]]:
    """Decode by the sheet's table of first bytes; return the data and the counts of literals."""
    assert coded[0] & 0x80, "the first code has to be a run"
    out, literals, at = bytearray(), [], 0
    while at < len(coded):
        count = coded[at] & 0x7F
        assert count
        if coded[at] & 0x80:
            out += coded[at + 1 : at + 2] * count
            at += 2
        else:
            literals.append(count)
            assert at + count < len(coded)
            out += coded[at + 1 : at + 1 + count]
            at += 1 + count
    return bytes(out), literals


PIECES = st.lists(
    st.one_of(st.binary(min_size=1, max_size=70), st.tuples(st.binary(min_size=1, max_size=1), st.integers(1, 300))),
    min_size=1,
    max_size=12,
)


@given(PIECES)
def test_what_was_compressed_comes_back(pieces: Sequence[bytes | tuple[bytes, int]]) -> None:
    raw = b"".join(piece if isinstance(piece, bytes) else piece[0] * piece[1] for piece in pieces)
    back, literals = expand(compress(raw))
    assert back == raw
    assert max(literals, default=0) <= 31
    levels = bytes(byte & 0x1F for byte in raw)
    coded = compress_without_controls(levels)
    assert not set(coded) & {0x1B, 0x0D, 0x5B}
    back, _ = expand(coded)
    assert len(back) == len(levels)
    assert all(abs(a - b) <= 1 and (a == b or a in (13, 27)) for a, b in zip(levels, back, strict=True))


def test_a_picture_lies_by_lines_from_the_left_and_dots_from_the_bottom() -> None:
    # Protocol sheet 5.1: colour n*H + m, mono n*(H/8) + m/8 with 0x80 >> m%8, where y = H-1-m.
    height, width = 24, 5
    values = np.arange(height * width, dtype=np.uint8).reshape(height, width) % 32
    mask = (np.arange(height * width).reshape(height, width) * 7 % 5) == 0
    levels, bits = pack_levels(values), pack_bits(mask)
    assert (len(levels), len(bits)) == (height * width, height // 8 * width)
    for n in range(width):
        for m in range(height):
            assert levels[n * height + m] == values[height - 1 - m, n]
            assert bool(bits[n * (height // 8) + m // 8] & 0x80 >> m % 8) == mask[height - 1 - m, n]


def test_escape_puts_a_bracket_before_three_bytes_and_no_other() -> None:
    every = bytes(range(256))
    assert escape(every) == b"".join(b"[" * (byte in b"\x1b\r[") + bytes((byte,)) for byte in every)


def test_commands_have_the_bytes_of_the_sheet() -> None:
    for text, parameters, wanted in (
        (".", (), "1B 2E 0D"),
        ("V", (), "1B 56 0D"),
        ("%CLN", (), "1B 25 43 4C 4E 0D"),
        ("+RIB", (4,), "1B 2B 52 49 42 20 34 0D"),
        ("F", (), "1B 46 0D"),
        ("+C", (8,), "1B 2B 43 20 38 0D"),
        ("I", (10,), "1B 49 20 31 30 0D"),
        ("MO", (), "1B 4D 4F 0D"),
    ):
        assert command(text, *parameters) == bytes.fromhex(wanted)
    assert command("G", 200, 200, 0, 2, 15, 1) == b"\x1bG 200 200 0 2 15 1\r"  # sheet 4.1, the manual's sample


def test_a_black_card_is_sequence_a_with_the_bitmap_of_sequence_b() -> None:
    card = encode(Artwork(blank()), MODELS["p330i"], BLACK)
    assert names(card) == ["+RIB 4", "F", "+C 8", "G 0 0 2", "Z data", "I 10", "MO"]
    assert card.commands[3] == b"\x1bG 0 0 2 80 1024 1\r"
    assert card.commands[4] == b"\x1bZ" + b"\xff\x00" * 645 + b"\x85\x00\r"
    assert (card.panels, card.ribbon, card.sides) == (("k",), "k", 1)
    assert [moves_card(one) for one in card.commands] == [False] * 5 + [True] * 2


def test_a_card_in_colour_is_sequence_c_and_nothing_moves_before_all_is_sent() -> None:
    card = encode(Artwork(blank()), settled("p310", ribbons={"ymcko": ""}))
    dyes, bits = ["PS 0 30", "PS 1 30", "PS 2 30"], ["G 0 0 2", "Z data", "vG 0 0 ", "vZ data"]
    assert names(card) == ["F", "vF", *dyes, *bits, "IS 0", "IS 1", "IS 2", "I 10", "IV", "MO"]
    assert card.commands[2] == b"\x1bPS 0 30 " + b"\xff\x00" * 5160 + b"\xa8\x00\r"
    assert (card.panels, card.ribbon) == (("y", "m", "c", "k", "o"), "ymcko")
    assert names(encode(Artwork(blank()), settled("p310")))[0] == "+RIB 2"


def test_a_short_memory_prints_each_panel_before_the_next_is_sent() -> None:
    card = encode(Artwork(blank()), settled("p300"))  # sheet 10, sequence D
    assert names(card)[3:9] == ["PS 0 30", "IS 0", "PS 1 30", "IS 1", "PS 2 30", "IS 2"]
    assert names(card)[9:] == ["G 0 0 2", "Z data", "I 10", "vG 0 0 ", "vZ data", "IV", "MO"]
    assert b"\x1bG 0 0 2 78 1008 1\r" in card.commands


def test_the_back_follows_the_command_that_turns_the_card() -> None:
    card = encode(Artwork(blank(), blank()), settled("p420"))  # sheet 10, sequence E
    assert names(card)[-7:] == ["MF", "F", "+C 8", "G 0 0 2", "Z data", "I 10", "MO"]
    assert names(card)[0] == "+RIB 5"
    assert (card.panels, card.ribbon, card.sides) == (("y", "m", "c", "k", "o", "k"), "ymckok", 2)
    assert settled("p420").abilities.sides == 2


def test_black_of_a_max_secure_goes_to_the_varnish_buffer() -> None:
    model = settled("max3300", black="I 10")
    card = encode(Artwork(blank()), model, BLACK)
    assert names(card) == ["+RIB 4", "vF", "+C 8", "vG 0 0 ", "vZ data", "I 10", "MO"]
    assert card.commands[3] == b"\x1bvG 0 0 2 82 1048 1\r"
    assert len(expand(card.commands[4][3:-1])[0]) == 82 * 1048


def coloured() -> SidePicture:
    side = blank()
    side.colour[100:200, 300:400] = (10, 200, 90)
    return side


@pytest.mark.parametrize(
    ("art", "model", "ribbon", "why"),
    [
        (Artwork(blank()), MODELS["p310"], "ymcko", "told of a ribbon ymcko is not confirmed"),
        (Artwork(blank()), MODELS["p310"], "ko", "told of a ribbon ko is not confirmed"),
        (Artwork(blank()), settled("p310", overlay=None), "ymcko", "IV, whose parameters are not confirmed"),
        (Artwork(blank(), blank()), MODELS["p420"], "k", "turns a card in the model p420"),
        (Artwork(blank(), blank()), settled("p420", flip=None), "ymcko", "turns a card"),
        (Artwork(blank(), blank()), settled("p420"), "ko", "no panel for the back"),
        (Artwork(blank()), MODELS["max3300"], "k", "No confirmed command lays black"),
        (Artwork(blank()), settled("max3300", black="I"), "ymcko", "black alone"),
        (Artwork(coloured()), MODELS["p310"], "k", "colour"),
        (Artwork(blank(), coloured()), settled("p420"), "ymcko", "colour"),
        (Artwork(replace(blank(), resin=np.zeros((10, 10), np.bool_))), MODELS["p310"], "k", "resin picture"),
    ],
)
def test_what_is_not_known_is_refused_and_not_guessed(art: Artwork, model: Model, ribbon: str, why: str) -> None:
    with pytest.raises(ArtworkError, match=why):
        encode(art, model, Options(Separation(ribbon=ribbon)))


def test_as_they_come_the_models_claim_no_more_than_is_known() -> None:
    for model in MODELS.values():
        about = model.abilities
        assert (about.sides, about.stations, about.counts, about.tells_position) == (1, frozenset(), False, False)
        assert about.proves is Rung.ENGINE_DONE
    station = replace(MODELS["p420"], quirks=Quirks(stations={Station.CONTACTLESS: "MS"}))
    assert station.abilities.stations == {Station.CONTACTLESS}
    assert DRIVER.usb_vendors == (0x0A5F,)


def test_dyes_are_escaped_or_free_of_what_would_be() -> None:
    side = blank()
    side.colour[:, :, 2] = 255 - (np.arange(1016) % 32 * 8)
    open_, raw, escaped = (
        encode(Artwork(side), settled("p310", escapes_colour=how)).commands[3] for how in (None, False, True)
    )
    data = [one[len(b"\x1bPS 0 30 ") : -1] for one in (open_, raw, escaped)]
    assert open_.startswith(b"\x1bPS 0 30 ")
    assert not set(data[0]) & {0x1B, 0x0D, 0x5B}
    assert {0x1B, 0x0D} <= set(data[1])
    assert data[2] == escape(data[1])


COUNTED = "Cpt imp:00025000 next clean Prn:00005000 nb pass:5"


def test_the_counter_is_read_from_the_sheet_s_answer() -> None:
    assert replies.counters(COUNTED) == Counters(panels=25_000)
    assert replies.counters("CPT IMP: 7  Next Clean PRN : 5000, NB PASS: 05").panels == 7
    for other in (
        "",
        "P330i V4.02",
        COUNTED[:30],
        COUNTED.replace("25000", "250x0"),
        COUNTED.replace("0000", "99999999"),
    ):
        assert replies.counters(other) == Counters()


def test_answers_are_cut_as_the_sheet_says() -> None:
    assert take(b"\x15\x30\x35\x04\x06", quiet=False)[0] == replies.Reply(Kind.NACK, 5, "NACK 05")
    assert take(b"\x15-1\x04", quiet=False)[0] == replies.Reply(Kind.NACK, -1, "NACK -1")
    assert take(b"\x06\x06", quiet=False) == (replies.Reply(Kind.ACK, text="ACK"), b"\x06")
    for begun in (b"\x15", b"\x150", b"\x1505", b"\x15-", b"P330"):
        assert take(begun, quiet=False) == (None, begun)
    for end in (b"\r", b"\x04", b"\r\n", b"\0"):
        reply, rest = take(COUNTED.encode() + end, quiet=False)
        assert reply is not None
        assert (reply.kind, reply.text, rest.strip(b"\r\n\0\x04")) == (Kind.TEXT, COUNTED, b"")
    full, _ = take(b"\x15", quiet=True)
    assert full is not None
    assert full.kind is Kind.FULL
    for noise in (b"\x07?#", b"\x1504", b"\x15AB\x04", b"\xff\xfe", b"Cpt\x81imp"):
        got, rest = take(noise, quiet=True)
        assert got is not None
        assert (got.kind, rest.strip(b"\x04")) == (Kind.NOISE, b"")


def test_codes_are_reasons_and_the_rest_is_unknown() -> None:
    wanted = {1: Reason.MARKER_SUPPLY_MISSING, 2: Reason.FUSER_OVER_TEMP, 3: Reason.MEDIA_JAM, 4: Reason.MEDIA_EMPTY}
    wanted |= {7: Reason.COVER_OPEN, 8: Reason.MARKER_SUPPLY_EMPTY, 47: Reason.MEDIA_JAM, 48: Reason.COVER_OPEN}
    for code, reason in wanted.items():
        found = replies.condition(replies.Reply(Kind.NACK, code, f"NACK {code:02}"))
        assert (found.reason, found.severity) == (reason, Severity.ERROR)
    listed = {-1, *range(1, 15), *range(20, 23), *range(30, 36), *range(40, 46), *range(47, 58)}  # sheet 8
    assert set(REASONS) == listed
    assert {code for code, fault in REASONS.items() if not fault.clears} == {-1, 3, 47}  # "stop, card state unknown"
    for other in (0, 15, 46, 60, 99):
        assert replies.condition(replies.Reply(Kind.NACK, other)).reason is Reason.UNKNOWN


def test_the_model_is_a_number_that_some_model_has() -> None:
    numbers = {"310", "330", "3300"}
    assert replies.model_in("P330i V4.02", numbers) == ("330", "P330i")
    assert replies.model_in("Eltron P310 S/N 12345 310.20", numbers) == ("310", "P310")
    assert replies.model_in("Max3300 2.1", numbers) == ("3300", "Max3300")
    for other in ("Evolis Primacy 1234", "V3.30", "33000", "", "QX330"):
        assert replies.model_in(other, numbers) is None
    assert replies.firmware_in("P330i V4.02") == "4.02"
    assert replies.firmware_in("P330i") is None


@given(st.binary(max_size=300), st.booleans())
def test_whatever_comes_is_cut_to_the_end(noise: bytes, quiet: bool) -> None:
    rest, taken = noise, 0
    while rest:
        reply, left = take(rest, quiet=quiet)
        if reply is None:
            assert not quiet or not left
            break
        assert len(left) < len(rest)
        assert reply.text.isascii()
        assert (reply.kind is Kind.NACK) == (reply.code is not None)
        assert reply.code is None or -1 <= reply.code <= 99
        rest, taken = left, taken + 1
    assert taken <= len(noise)


@given(st.text(max_size=200), st.sampled_from(["", "Cpt imp:", COUNTED[:20], COUNTED]))
def test_no_text_is_more_than_unknown(text: str, before: str) -> None:
    panels = replies.counters(before + text).panels
    assert panels is None or 0 <= panels < 10**9
    named = replies.model_in(text, {"330"})
    assert named is None or named[0] == "330"
    firmware = replies.firmware_in(text)
    assert firmware is None or firmware in text
