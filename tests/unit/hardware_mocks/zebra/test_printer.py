"""The simulated EPCL printer: its answers, its image memory, the sheet's sequences (protocol sheet 4, 5, 7, 10)."""

from __future__ import annotations

import itertools
import re
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from hardware_mocks.__main__ import main
from hardware_mocks.pytest_wires import SimulatedPrinter
from hardware_mocks.zebra.decode import decode_stream
from support.zebra_talk import (
    ACK,
    AREA,
    COUNTED,
    PLANE,
    black,
    card,
    colour,
    escape,
    len32,
    nack,
    pack,
    panels,
    plain,
    say,
    send,
    zebra,
)

MEMORY = {"i": (640, 1024), "p310": (640, 1024), "p420": (640, 1024), "p300": (624, 1008), "max": (652, 1048)}


def wrong(made: SimulatedPrinter) -> list[object]:
    return [line["text"] for line in made.truth.read("protocol")]


# -- answers ---------------------------------------------------------------------------------------
def test_the_sheets_prologue_byte_by_byte() -> None:
    with zebra(model="P310i", firmware="V3.1") as made:
        made.machine.counters.panels = 25_000
        assert send(made, bytes.fromhex("1B2E0D"), 1) == bytes.fromhex("06")
        assert send(made, bytes.fromhex("1B560D"), 1) == b"P310i V3.1\r"
        expected = b"Cpt imp:00025000 next clean Prn:00005000 nb pass:5\r"
        assert send(made, bytes.fromhex("1B25434C4E0D"), 1) == expected
        assert send(made, bytes.fromhex("1B450D"), 1) == expected
        assert send(made, bytes.fromhex("000000081B2B52494220340D"), 1) == b"\x06"
        assert send(made, bytes.fromhex("1B2650 0D"), 1) == bytes.fromhex("15303604")  # not in the encoder
        assert wrong(made) == []


@pytest.mark.parametrize(("quirk", "end"), [("cr", b"\r"), ("eot", b"\x04"), ("none", b"")])
def test_a_text_ends_as_the_quirk_says(quirk: str, end: bytes) -> None:
    with zebra(quirks=[f"text_end={quirk}"], firmware="V1") as made:
        assert say(made, "V") == [b"P330i V1" + end]


def test_words_that_the_sheet_could_not_read_are_unknown_until_a_quirk_says_what_they_do() -> None:
    names = ["MI", "MB", "MF", "MS", "$F", "R", "+RB11"]
    others = ["v", "XYZ 1", "IH", "T 80 600 0 1 0 45 1 HELLO", "CLNCARD", "+B 1"]
    with zebra() as made:
        assert say(made, *names, *others) == [nack("14")] * 13
        assert made.truth.read("feed") == []
    with zebra(quirks=[f"knows={name[:3]}" for name in names]) as made:
        assert say(made, *names) == [ACK] * 7
        assert made.machine.position == "contact"
        assert [line["side"] for line in made.truth.read("flip")] == ["back"]
    with zebra(dialect="p420") as made:
        assert say(made, "+RB11", "+RB21", "+RB31", "+RB12") == [ACK, ACK, nack("14"), nack("14")]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("+RIB 4", ACK), ("+RIB 2", nack("10")), ("+RIB", nack("10")), ("+C 8", ACK), ("+C", nack("10")),
        ("+EC0", ACK), ("+EC24", ACK), ("+EC25", nack("10")), ("+EC 8", nack("10")), ("+RIB4", nack("14")),
        ("IS", nack("10")), ("IS 4", nack("10")), ("I 9", nack("10")), ("IV 1", nack("10")), ("F 1", nack("10")),
        ("!R 3020", ACK), ("V 20", ACK), ("V 70", nack("10")), ("&R", ACK), ("&CDEW 0 0", ACK), ("&SVM 0", ACK),
    ],
)  # fmt: skip
def test_parameters_are_checked(text: str, answer: bytes) -> None:
    with zebra() as made:
        assert say(made, text) == [answer]
        assert made.truth.read("feed") == []


def test_the_alternate_initiator_is_set_told_and_removed() -> None:
    with zebra() as made:
        assert say(made, "!X") == [b""]
        assert send(made, b"*MO\r") == b""
        assert say(made, "+X*", "!X") == [ACK, b"*\r"]
        assert send(made, b"*.\r") == ACK
        assert say(made, b"+X\x07", "!X") == [nack("10"), b""]
        assert send(made, b"*.\r") == b""
        assert say(made, "+X*") == [ACK]
        made.hands.power_off()
        made.hands.power_on()
        assert made.wait_for(lambda: made.machine.ready)
        assert send(made, b"*.\r") == b""


def test_the_port_status_is_the_two_line_code() -> None:
    with zebra(hopper=[], dialect="i") as made:

        def lines() -> int:
            with made.machine.cond:
                return made.language.port_status()  # type: ignore[attr-defined,no-any-return]

        assert lines() == 0x18
        assert (say(made, "NONE"), lines()) == ([nack("14")], 0x10)
        assert (say(made, "&P"), lines()) == ([nack("06")], 0x18)
        assert (say(made, "I 10"), lines()) == ([nack("04")], 0x38)
        assert (say(made, "V", "."), lines()) == ([b"P330i V4.02\r", ACK], 0x18)
        made.hands.load(["A"])
        made.hands.fault("jam@panel=k")
        assert (say(made, "I 10"), lines()) == ([nack("03")], 0x30)


def test_the_encoder_holds_the_card_until_it_is_printed() -> None:
    with zebra() as made:
        assert say(made, "&R", "&B 1 TRACK", "&E*", "&P") == [ACK, ACK, ACK, nack("05")]
        assert say(made, "I 10", "&P", "MO") == [ACK, nack("06"), ACK]
        assert panels(card(made)) == [("k", 1.0)]
    with zebra(quirks=["no_encoder"]) as made:
        assert say(made, "&R", "&E*") == [nack("44")] * 2
        assert made.truth.read("feed") == []


# -- image memory ----------------------------------------------------------------------------------
@pytest.mark.parametrize("dialect", MEMORY)
@pytest.mark.parametrize("mode", [30, 32])
def test_a_whole_buffer_has_exactly_the_models_size(dialect: str, mode: int) -> None:
    dots, lines = MEMORY[dialect]
    with zebra(dialect=dialect) as made:
        for size, answer in ((dots * lines, ACK), (dots * lines - 1, nack("22")), (dots * lines + 1, nack("22"))):
            data = pack(bytes(size)) if mode == 30 else bytes(size)
            assert say(made, b"PS 0 %d " % mode + data) == [answer], size
        prefix = "v" if dialect == "max" else ""
        area = f"{prefix}G 0 0 2 {-(-dots // 8)} {lines} 1"
        for size, answer in (
            (-(-dots // 8) * lines, ACK),
            (dots * lines // 8 - 1, nack("22")),
            (-(-dots // 8) * lines + 1, nack("22")),
        ):
            assert say(made, area, f"{prefix}Z".encode() + pack(bytes(size))) == [ACK, answer], size


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"PS 0 31 \x81\x00", "10"),
        (b"PS 4 30 \x81\x00", "10"),
        (b"GS 0 30 1020 0 5 1 \x85\x00", "31"),
        (b"GS 0 30 0 636 1 5 \x85\x00", "32"),
        (b"GS 0 30 0 0 0 5 \x85\x00", "30"),
        (b"GS 0 30 0 0 1 5 \x84\x00", "22"),
        (b"GS 0 30 0 0 1 5 \x86\x00", "22"),
        (b"GS 0 30 0 0 1 5 \x85\x20", "22"),
        (b"GS 0 30 0 0 1 5", "22"),
        (b"Z\x81\x00", "30"),
        (b"O0", "30"),
        (b"G 0 0 2 81 1024 1", "32"),
        (b"G 0 0 2 80 1025 1", "31"),
        (b"G 0 0 4 80 1024 1", "10"),
        (b"G 0 0 2 80 1024 3", "10"),
        (b"G 0 0 2 80 1024", "10"),
        (b"G -1 0 2 80 1024 1", "30"),
    ],
)
def test_what_cannot_be_loaded_is_named(text: bytes, code: str) -> None:
    with zebra() as made:
        assert say(made, text, "E") == [nack(code)] * 2
        assert len(wrong(made)) == 1


def test_a_part_of_a_buffer_lands_where_it_is_sent_and_merges(tmp_path: Path) -> None:
    part = np.arange(12, dtype=np.uint8).reshape(3, 4)
    with zebra(cards=tmp_path) as made:
        assert say(made, b"GS 1 30 100 200 3 4 " + escape(pack(part.tobytes()))) == [ACK]
        assert say(made, b"GS 1 32 103 200 1 1 \xff") == [ACK]
        levels = made.language.memory.colour("1").levels  # type: ignore[attr-defined]
        assert (levels[100:103, 200:204] == part).all()
        assert levels[103, 200] == 31
        assert np.count_nonzero(levels) == 12


def test_lines_of_an_area_with_checksums_in_dots_and_merged() -> None:
    def dots() -> np.ndarray:
        found: np.ndarray = made.language.memory.black().levels  # type: ignore[attr-defined]
        return found

    with zebra() as made:
        assert say(made, "F", "G 10 3 1 2 3 1", b"O\x81\x01\x80", b"O\x01\x02\x03", b"O\x00\x00\x01") == [
            ACK, ACK, ACK, ACK, nack("33"),
        ]  # fmt: skip
        assert say(made, b"O\x00\x01\x01", b"O\x00\x00\x00") == [ACK, nack("22")]
        assert sorted(zip(*np.nonzero(dots()), strict=True)) == [
            (10, 3), (10, 10), (10, 18), (11, 10), (11, 17), (12, 18),
        ]  # fmt: skip
        assert say(made, "G 10 3 10 1 3 2", b"Z\x00\x00\x80") == [ACK, ACK]  # one dot high, merged
        assert max(zip(*np.nonzero(dots()), strict=True)) == (12, 18)
        assert np.count_nonzero(dots()) == 7
        assert say(made, "G 10 3 0 2 1 0", b"O\xff\xfe") == [ACK, ACK]  # cleared, then loaded reversed
        assert dots()[10, 3:19].tolist() == [0] * 15 + [1]
        assert say(made, "F", "IV", "MO") == [ACK] * 3
        assert not dots().any()


# -- sequences A to F ------------------------------------------------------------------------------
def figure() -> np.ndarray:
    """An F in the lower left corner of an upright landscape card of 1024 x 640, as sent: lines along the short edge."""
    upright = np.zeros((640, 1024), np.uint8)
    upright[440:620, 40:60] = upright[440:460, 40:160] = upright[520:540, 40:120] = 1
    return np.ascontiguousarray(upright[::-1].T)  # line n is column n from the left; its dots go from the bottom up


def assert_figure(pixels: np.ndarray, ink: int, paper: int = 255) -> None:
    want = np.full((640, 1024), paper)
    want[figure().T[::-1] == 1] = ink
    assert pixels.shape == (648, 1016)
    assert (pixels[4:644] == want[:, 4:1020]).all()  # the middle of the memory lies on the middle of the card


@pytest.mark.parametrize("frame", [plain, len32])
@pytest.mark.parametrize("step", [1, 1000])
def test_sequence_a_and_b_a_mono_card(frame: object, step: int, tmp_path: Path) -> None:
    assert callable(frame)
    with zebra(ribbon="k:5", cards=tmp_path) as made:
        for text in ("+RIB 4", "F", "+C 8", AREA, black(figure()), "I 10", "MO"):
            assert send(made, frame(text), step) == ACK
        assert say(made, "%CLN") == [COUNTED % 1]
        out = card(made)
        assert (out["blank"], out["complete"], out["where"], panels(out)) == ("A", True, "output", [("k", 1.0)])
        packed = np.packbits(figure(), axis=1).tobytes()
        assert len(packed) == 81_920
        assert out["front"] == [{"panel": "k", "job": 1, "crc32": f"{zlib.crc32(packed):08x}", "laid": 1.0}]
        pixels = np.asarray(Image.open(str(out["picture"])))
        assert_figure(pixels[:, :, 0], 0)
        assert (wrong(made), made.truth.read("odd")) == ([], [])


@pytest.mark.parametrize("raw", [False, True])
@pytest.mark.parametrize("quirk", [[], ["ack_early"], ["count_at_start"], ["split"]])
def test_sequence_c_a_colour_card_with_varnish(raw: bool, quirk: list[str], tmp_path: Path) -> None:
    with zebra(cards=tmp_path, quirks=[*quirk, "ribbon_code=2:ymcko", *["raw_panels"] * raw]) as made:
        answers = say(made, ".", "+RIB 2", "F", "vF")
        for number in range(3):
            text = colour(number, figure() * (10 + number))
            if raw:
                text = b"PS %d 30 " % number + pack((figure() * (10 + number)).tobytes())
            answers += say(made, text)
        answers += say(made, AREA, black(PLANE), "IS 0", "IS 1", "IS 2", "I 10", "IV", "MO")
        assert answers == [ACK] * 15
        assert say(made, "%CLN") == [COUNTED % 5]
        out = card(made)
        assert panels(out) == [(panel, 1.0) for panel in "ymcko"]
        assert out["complete"]
        pixels = np.asarray(Image.open(str(out["picture"])))
        for channel, level in ((2, 10), (1, 11), (0, 12)):  # yellow takes blue, magenta green, cyan red
            assert_figure(pixels[:, :, channel], 255 - level * 255 // 31)
        assert (wrong(made), made.truth.read("odd")) == ([], [])


def test_a_second_card_of_the_same_memory_needs_no_download() -> None:
    with zebra() as made:
        assert say(made, colour(0, PLANE + 3), "IS 0", "MO") == [ACK] * 3
        assert say(made, "IS 0", "IS 1", "IS 2", "MO") == [ACK] * 4
        first, second = made.truth.read("card")
        assert (first["front"], second["complete"]) == (
            [{"panel": "y", "job": 1, "crc32": f"{zlib.crc32(bytes([3]) * 655_360):08x}", "laid": 1.0}],
            True,
        )
        assert not first["complete"]  # a colour was loaded; magenta and cyan never came
        assert second["jobs"] == [2]


def test_sequence_d_one_colour_buffer_holds_one_colour_at_a_time() -> None:
    with zebra(dialect="p300") as made:
        for number in range(3):
            assert say(made, colour(number, np.full((1008, 624), 5 + number)), f"IS {number}") == [ACK, ACK]
        assert say(made, "I 10", "IV", "MO") == [ACK] * 3
        front = card(made)["front"]
        assert isinstance(front, list)
        sums = [one["crc32"] for one in front[:3]]
        assert sums == [f"{zlib.crc32(bytes([level]) * 1008 * 624):08x}" for level in (5, 6, 7)]
        assert card(made)["complete"]
    with zebra(dialect="p300") as made:
        for number in range(3):
            assert say(made, colour(number, np.full((1008, 624), 5 + number))) == [ACK]
        assert say(made, "IS 0", "MO") == [ACK, ACK]
        front = card(made)["front"]
        assert isinstance(front, list)
        assert front[0]["crc32"] == f"{zlib.crc32(bytes([7]) * 1008 * 624):08x}"  # only the last one is there


def test_sequence_e_both_sides_with_a_flip_that_a_quirk_knows(tmp_path: Path) -> None:
    with zebra(ribbon="ymckok:5", cards=tmp_path, quirks=["knows=MF"]) as made:
        for number in range(3):
            assert say(made, colour(number, PLANE + 1)) == [ACK]
        assert say(made, AREA, black(PLANE), "IS 0", "IS 1", "IS 2", "I 10", "IV") == [ACK] * 7
        assert say(made, "MF", "F", AREA, black(figure()), "I", "MO") == [ACK] * 6
        out = card(made)
        assert (panels(out), panels(out, "back")) == ([(one, 1.0) for one in "ymcko"], [("k", 1.0)])
        assert out["complete"]
        assert made.machine.ribbon is not None
        assert made.machine.ribbon.left == 4
        assert_figure(np.asarray(Image.open(str(out["picture_back"])))[:, :, 1], 0)
    with zebra() as made:
        assert say(made, "I 10", "MF", "MO") == [ACK, nack("14"), ACK]


def test_sequence_f_the_feeder_is_empty() -> None:
    with zebra(hopper=[]) as made:
        assert say(made, AREA, black(figure())) == [ACK, ACK]
        assert send(made, plain("I 10")) == bytes.fromhex("15303404")
        assert say(made, "I 10", "MO") == [nack("04")] * 2  # it stays until it is cleared
        assert say(made, "%CLN") == [COUNTED % 0]
        made.hands.load(["X"])
        assert say(made, ".", "I 10", "MO", "%CLN") == [ACK, ACK, ACK, COUNTED % 1]
        assert (card(made)["blank"], card(made)["complete"]) == ("X", True)


def test_what_was_loaded_for_a_card_that_never_came_is_wanted_on_no_later_one() -> None:
    with zebra(hopper=[]) as made:
        assert say(made, "F", "vF", colour(0, PLANE), "IS 0") == [ACK, ACK, ACK, nack("04")]
        made.hands.load(["X"])
        assert say(made, ".", "F", AREA, black(figure()), "I", "MO") == [ACK] * 6
        assert (card(made)["complete"], panels(card(made))) == (True, [("k", 1.0)])


def test_a_card_that_passed_the_head_and_is_printed_again_is_an_odd_thing_to_do() -> None:
    with zebra() as made:
        assert say(made, "I 10", "IV", "MO", "I", "MO") == [ACK] * 5
        assert made.truth.read("odd") == []
        assert say(made, "I", "IV", "MO") == [ACK] * 3
        assert len(made.truth.read("odd")) == 1


def test_max_has_mono_data_in_the_varnish_buffer_alone(tmp_path: Path) -> None:
    dots = np.zeros((1048, 652), np.uint8)
    dots[24, 2:10] = 1
    with zebra(dialect="max", ribbon="k:5", cards=tmp_path) as made:
        assert say(made, "F", "G 0 0 2 82 1048 1", "IV") == [nack("14"), nack("14"), nack("10")]
        assert say(made, "vF", "vG 0 0 2 82 1048 1", black(dots, b"vZ"), "I 10", "MO") == [ACK] * 5
        out = card(made)
        assert (panels(out), out["complete"]) == ([("k", 1.0)], True)
        pixels = np.asarray(Image.open(str(out["picture"])))[:, :, 0]
        # 1048 lines on 1016 columns: 16 beside each end; 652 dots on 648 rows: 2 beside each edge; dot 2 is the lowest
        assert sorted(zip(*np.nonzero(pixels == 0), strict=True)) == [(row, 8) for row in range(640, 648)]


def test_a_test_card_uses_up_a_blank() -> None:
    with zebra(ribbon="k:5") as made:
        assert say(made, "A1", "%CLN") == [ACK, COUNTED % 1]
        assert (card(made)["blank"], panels(card(made))) == ("A", [("k", 1.0)])


# -- recorded streams ------------------------------------------------------------------------------
def stream() -> bytes:
    texts = [colour(number, figure() * 31) for number in range(3)]
    front: list[bytes | str] = [*texts, AREA, black(PLANE), "IS 0", "IS 1", "IS 2", "I 10", "IV"]
    back: list[bytes | str] = ["MF", "F", AREA, black(figure()), "I", "MO"]
    return b"".join(frame(text) for frame, text in zip(itertools.cycle((plain, len32)), front + back, strict=False))


def test_a_recorded_stream_becomes_pictures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "stream"
    path.write_bytes(stream())
    assert main(["decode-zebra", str(path), "--out", str(tmp_path / "out")]) == 0
    table = capsys.readouterr().out.splitlines()
    assert [line.split()[1] for line in table[1:]] == [
        "front-y", "front-m", "front-c", "front-k", "front-o", "back-k",
    ]  # fmt: skip
    back = decode_stream(stream())[-1]
    assert back.plane.crc32 in table[-1]
    pixels = np.asarray(Image.open(tmp_path / "out" / "06-card1-back-k.png"))
    assert (pixels == 255 - figure().T[::-1] * 255).all()


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (plain("IS 0")[:-1], "ends inside command 1"),
        (plain("MO"), "no panel"),
        (plain("F") + plain(b"PS 0 30 \x81\x00"), "command 2.*hold 1 bytes, not 655360"),
        (b"%!PS" + plain("F"), "command 1: 4 bytes outside"),
    ],
)
def test_another_stream_is_refused_with_its_place(
    data: bytes, why: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "stream"
    path.write_bytes(data)
    assert main(["decode-zebra", str(path), "--out", str(tmp_path)]) == 1
    assert re.search(why, capsys.readouterr().err)
