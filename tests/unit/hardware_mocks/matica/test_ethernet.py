"""The simulated Matica printer on Ethernet: worked blocks, film and card, refusals (protocol sheet 4 to 12)."""

from __future__ import annotations

import contextlib
import socket
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from hardware_mocks.__main__ import main
from hardware_mocks.pytest_wires import Setup, SimulatedPrinter, tcp_printer
from support.matica_talk import (
    NOT_OK,
    OK,
    SIZES,
    block,
    card,
    command,
    connect,
    image,
    matica,
    panels,
    replies,
    say,
    send,
    start,
    upload,
)

NONE, INSIDE = "0:01020400", "0:01020000"
FULL = [("y", 1.0), ("m", 1.0), ("c", 1.0), ("k", 1.0)]


def wrong(made: SimulatedPrinter) -> list[object]:
    return [line["text"] for line in made.truth.read("protocol")]


def side(made: SimulatedPrinter, *tags: int) -> list[str]:
    """Upload full panels and print them on film."""
    assert not any(upload(made, *tags))
    return say(made, f"060200{sum(tags):02X}")


# -- the sheet's own bytes -------------------------------------------------------------------------
def test_the_first_blocks_of_the_sheet() -> None:
    with matica(awake=False, dialect="xid8600") as made:
        opening = bytes.fromhex("F20003000000001D00000002999999990000000078091107152900 00") + bytes(96)
        assert send(made, opening) == bytes.fromhex("F3000400 00000002 00000000 99999999")
        assert made.truth.read("odd") == []
        status = bytes.fromhex("F0000100 00000003 00000000 00000000 01020000")
        assert send(made, status) == bytes.fromhex("F1000200 00000002 00062800 00000000")  # latched after the start
        assert send(made, status) == bytes.fromhex("F1000100 00000002 00000000 00000000")
        where = bytes.fromhex("F0000100 00000003 00000000 00000001 02020000")
        assert send(made, where) == bytes.fromhex("F1000300 00000003 00000000 00000001 01020400")
        assert say(made, "04020000") == ["0"]
        panel = bytes.fromhex("F0000200 000A7F25 00000000 00000002 01000000 0029FC84 0029FC80") + bytes(2_751_616)
        assert send(made, panel) == bytes.fromhex("F1000100 00000002 00000000 00000002")
        assert say(made, "06020001") == ["0"]
        transfer = bytes.fromhex("F0000100 00000003 00000000 00000009 07020005")
        assert send(made, transfer) == bytes.fromhex("F1000100 00000002 00000000 00000009")
        assert card(made)["complete"] is True


def test_the_small_head_takes_the_panels_of_the_sheet_and_word_0() -> None:
    with matica(awake=False) as made:
        assert send(made, start(0)).hex() == "f3000400000000020000000099999999"
        panel = bytes.fromhex("F0000200 00029FCD 00000000 00000002 08000000 000A7F24 000A7F20") + bytes(687_904)
        assert send(made, panel).hex().startswith("f1000200")  # the start is told first
        assert send(made, panel) == bytes.fromhex("F1000100 00000002 00000000 00000002")
    with matica(awake=False) as made:
        send(made, start(2))
        assert made.truth.read("odd") != []


def test_the_printer_says_unasked_who_it_is() -> None:
    with matica(awake=False, serial="PRINTER01", dialect="xid8600") as made:
        data = connect(made)
        assert len(data) == 120
        assert data[:12] == bytes.fromhex("F3000200 0000001C 00000000")
        assert (data[30:40], data[40:44], data[56:72]) == (b"PRINTER01\0", b"\x7f\0\0\1", b"XID8600         ")
    with matica(awake=False, model="XID 5805 strange") as made:
        assert connect(made)[56:72] == b"XID 5805 strange"


def test_sequences_are_echoed_and_replies_come_in_order() -> None:
    with matica() as made:
        together = b"".join(command("01020000", sequence=number) for number in (7, 0x99999999, 0, 3))
        assert [sequence for _, _, sequence, _ in replies(send(made, together))] == [7, 0x99999999, 0, 3]


def test_any_pieces_make_the_same_blocks() -> None:
    stream = command("01020000") + command("04020000") + command("02020000") + block(0xF0000600, 0, 9, b"\x0e\0\0\0")
    with matica() as made:
        whole = send(made, stream)
    with matica() as made:
        assert send(made, stream, 1) == whole
    with matica() as made:
        assert say(made, "04020000") == ["0"]
        assert [code for _, code, _, _ in replies(send(made, image(made, 8, 255), 4999))] == [0]
        assert say(made, "06020008", "07020005") == ["0", "0"]
        assert card(made)["complete"] is True


# -- questions -------------------------------------------------------------------------------------
def test_items_have_the_form_of_the_sheet() -> None:
    asked = bytes.fromhex("0E000000 0A000000 0D000000 0B000000 0C000000 01000000 99000000")
    with matica(hopper=[]) as made:
        ((kind, code, _, data),) = replies(send(made, block(0xF0000600, 0, 1, asked)))
        assert (kind, code) == (0xF1000600, 0)
        assert data.hex(" ", 4).split()[:2] == ["0e060203", "e8000000"]  # the sheet's example: 1000
        assert data[8:] == bytes.fromhex("0A020102 0D020100 0B020132 0C02010A 010604FF02D00000")
    with matica(ribbon="ymckk:750", film=300) as made:
        made.machine.ribbon.left = 713  # type: ignore[union-attr]
        made.machine.film.left = 29  # type: ignore[attr-defined]
        ((_, _, _, data),) = replies(send(made, block(0xF0000600, 0, 1, asked)))
        assert data == bytes.fromhex("0E060202EE000000 0A020100 0D020104 0B02012F 0C020100 0106040000000000")


def test_geometry_and_settings_are_read_and_not_written_over_tcp() -> None:
    with matica(dialect="xid8600") as made:
        ((kind, _, _, data),) = replies(send(made, block(0xF0000500, 0, 1, bytes.fromhex("040000000A0000000B000000"))))
        assert (kind, data) == (0xF1000500, bytes.fromhex("0406020258000000 0A06020818000000 0B06020530000000"))
        for question, answer in ((0xF0000400, 0xF1000400), (0xF0000A00, 0xF1000A00)):
            ((kind, _, _, data),) = replies(send(made, block(question, 0, 1, bytes.fromhex("4F000000"))))
            assert (kind, data) == (answer, bytes.fromhex("4F02010A"))
        ((kind, code, _, _),) = replies(send(made, block(0xF0000800, 0, 1, bytes.fromhex("16020101"))))
        assert (kind, code) == (NOT_OK, 0x52000)


def test_datagrams_are_answered_beside_the_stream() -> None:
    with tcp_printer(Setup(family="matica", dialect="xid580", hopper=["A"], quirks=["no_handshake"])) as sim:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as host:
            host.settimeout(10)
            host.connect((sim.host, sim.udp))
            host.send(b"\x00" * 40)  # neither this nor half a block is answered
            host.send(block(0xF0000600, 0, 4, bytes(4))[:12])
            host.send(block(0xF0000600, 0, 5, bytes.fromhex("01000000 0A000000")))
            assert host.recv(2000) == block(0xF1000600, 0, 5, bytes.fromhex("010604FF06280000 0A020100"))
            host.send(block(0xF0000800, 0, 6, bytes.fromhex("16020101")))
            assert replies(host.recv(2000)) == [(OK, 0, 6, b"")]
            host.send(block(0xF0000A00, 0, 7, bytes.fromhex("16000000")))
            assert replies(host.recv(2000))[0][3] == bytes.fromhex("16020101")
            host.send(command("07020005", sequence=8))  # nothing moves by datagram
            assert replies(host.recv(2000)) == [(NOT_OK, 0x52000, 8, b"")]
        assert [line["text"] for line in sim.printer.truth.read("odd")] == ["setting 16 was changed"]


# -- film and card ---------------------------------------------------------------------------------
def test_a_card_of_four_panels_goes_by_the_sheets_sequence() -> None:
    with matica() as made:
        assert say(made, "01020000", "02020000", "04020002", "02020000") == ["0", NONE, "0", "0:01020002"]
        assert say(made, "0A021000", "0A025000", "05020000", "02020000") == ["0", "0", "0", INSIDE]
        assert upload(made, 1, 2, 4, 8) == [0, 0, 0, 0]
        assert say(made, "0602000F", "07020005", "01020000", "02020000") == ["0", "0", "0", NONE]
        one = card(made)
        assert (one["blank"], one["where"], one["complete"]) == ("A", "output", True)
        assert panels(one) == FULL
        assert made.truth.read("odd") == made.truth.read("protocol") == []
        assert (made.machine.counters.cards, made.machine.counters.panels) == (1, 4)
        assert made.hands.look()["film"] == {"left": 999, "printed": []}


def test_printing_lies_on_the_film_until_it_is_fused() -> None:
    with matica() as made:
        assert say(made, "04020000") == ["0"]
        assert side(made, 8) == ["0"]
        assert made.truth.read("laid") == []
        assert [line["panel"] for line in made.truth.read("film_laid")] == ["k"]
        assert made.hands.look()["film"] == {"left": 1000, "printed": ["k"]}
        assert say(made, "05020004") == ["0"]  # rejected: the card is as blank as it came
        one = card(made)
        assert (one["where"], one["front"], one["back"]) == ("reject", [], [])
        assert made.machine.counters.cards == 0


def test_film_that_was_not_fused_is_lost_at_initialising_and_lands_on_the_next_card_without() -> None:
    for clean in ("03020000", "04028000", None):
        with matica() as made:
            say(made, "04020000")
            side(made, 8)
            say(made, "05020004", *([clean] if clean == "03020000" else []))
            assert say(made, clean if clean == "04028000" else "04020000") == ["0"]
            assert len(made.truth.read("film_wasted")) == (1 if clean else 0)
            side(made, 1, 2, 4)
            say(made, "07020005")
            second = made.truth.read("card")[1]
            assert second["complete"] is bool(clean)
            assert second["jobs"] == ([2] if clean else [1, 2])  # somebody else's text under the picture


def test_two_sides_and_uv_in_a_pass_of_its_own() -> None:
    with matica(ribbon="ymcku:10") as made:
        say(made, "04020000")
        assert not any(upload(made, 1, 2, 4, 8, 0x40))
        assert say(made, "0602000F", "07020000", "02020000", "06020040", "07021000") == ["0", "0", INSIDE, "0", "0"]
        assert made.machine.side_up == "back"
        assert side(made, 8) == ["0"]
        assert say(made, "07020005") == ["0"]
        one = card(made)
        assert panels(one) == [*FULL, ("u", 1.0)]
        assert (panels(one, "back"), one["complete"]) == ([("k", 1.0)], True)
        assert (made.machine.counters.cards, made.machine.counters.panels) == (1, 6)
        assert made.machine.film.left == 997  # type: ignore[attr-defined]


def test_a_blank_front_is_only_flipped() -> None:
    with matica() as made:
        assert say(made, "04020000", "05021000") == ["0", "0"]
        side(made, 8)
        say(made, "07060005 00000000")
        one = card(made)
        assert (one["front"], panels(one, "back"), one["complete"]) == ([], [("k", 1.0)], True)


def test_a_panel_that_was_sent_and_not_printed_leaves_the_card_incomplete() -> None:
    with matica() as made:
        say(made, "04020000")
        upload(made, 1, 2, 4, 8)
        assert say(made, "06020007", "07020005") == ["0", "0"]
        assert card(made)["complete"] is False


@pytest.mark.parametrize("dialect", list(SIZES))
def test_the_card_shows_the_picture_upright_whatever_way_it_was_sent(dialect: str, tmp_path: Path) -> None:
    cols, rows = SIZES[dialect]
    scale = cols // 1036
    plane = np.zeros((rows, cols), np.uint8)
    top, left = (rows - 648 * scale) // 2, (cols - 1016 * scale) // 2
    plane[top : top + 100 * scale, left : left + 200 * scale] = 200
    sent = plane[::-1, ::-1] if dialect == "xid8600" else plane
    with matica(awake=False, dialect=dialect, cards=tmp_path, serial="M") as made:
        send(made, start(2 if dialect == "xid8600" else 0))
        say(made, "01020000", "04020000")
        assert upload(made, 1, pixels=sent.tobytes()) == [0]
        say(made, "06020001", "07020005")
    with Image.open(tmp_path / "M-1.png") as opened:
        shown = np.asarray(opened)
    assert shown.shape == (648, 1016, 3)
    assert (shown[:100, :200] == (255, 255, 55)).all()  # yellow takes blue away
    shown = shown.copy()
    shown[:100, :200] = 255
    assert (shown == 255).all()


# -- what is refused -------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("commands", "code"),
    [
        (["06020001"], "52600"),  # nothing uploaded
        (["04020000", "07020005"], "52600"),  # nothing on the film
        (["05020000"], "52600"), (["05020004"], "52600"), (["05020005"], "52600"),  # no card
        (["04020000", "04020000"], "52600"),  # a card inside
        (["04020002", "07020005"], "52600"),  # not under the roller
        (["04020004"], "52A00"), (["04020005"], "52A00"),
        (["05020006"], "52000"), (["0B020000"], "52000"), (["77020000"], "52000"), (["0105"], "52000"),
        (["01030000 00"], "52000"), (["07020004"], "52000"), (["06020110"], "52000"), (["0A020000"], "52600"),
        (["04020002", "0A024000"], "52600"), (["04020200"], "52000"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_refused_and_nothing_else_happens(commands: list[str], code: str) -> None:
    with matica() as made:
        assert say(made, *commands)[-1] == code
        assert made.truth.read("card") == made.truth.read("laid") == made.truth.read("film_laid") == []
        assert say(made, "01020000") == ["0"]  # none of these is an error that stays


def test_nothing_is_printed_twice_from_one_upload() -> None:
    with matica() as made:
        say(made, "04020000")
        assert side(made, 8) == ["0"]
        assert say(made, "06020008", "06022008") == ["52600", "52600"]  # used up; buffer 1 was never filled
        upload(made, 8)
        assert say(made, "06020009") == ["52600"]  # yellow is missing


def test_only_the_document_start_opens_the_printer() -> None:
    with matica(awake=False) as made:
        assert say(made, "01020000", "04020000") == ["52000", "52000"]
        send(made, start(document="J-12")[:-4])
        assert send(made, b"\0\0\0\0")
        assert say(made, "01020000", "01020000") == ["62800", "0"]
        assert [line["document"] for line in made.truth.read("document")] == ["J-12"]
        connect(made)
        assert say(made, "01020000") == ["52000"]
    with matica(awake=False, quirks=["no_handshake"]) as made:
        assert say(made, "01020000", "04020000") == ["62800", "0"]


def test_which_transfers_a_firmware_knows_is_a_quirk() -> None:
    short, long = "07020005", "0706000500000000"
    for quirk, good, bad in (("transfer_short", short, long), ("transfer_long", long, short)):
        with matica(quirks=[quirk]) as made:
            say(made, "04020000")
            side(made, 8)
            assert say(made, bad, good) == ["52000", "0"]


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data[:4] + struct.pack(">I", 5) + data[8:28],  # far too short
        lambda data: data[:20] + struct.pack(">I", 687_904) + data[24:],  # the first size wrong
        lambda data: data[:16] + b"\x03" + data[17:],  # two panels at once
        lambda data: data[:4] + struct.pack(">I", 0xA7F25) + data[8:] + bytes(2_751_616 - 687_904),  # the other head's
    ],
)
def test_a_panel_of_another_size_is_refused_whole(change: object) -> None:
    with matica() as made:
        say(made, "04020000")
        bad = change(image(made, 1))  # type: ignore[operator]
        ((kind, code, sequence, _),) = replies(send(made, bad, 1 << 20))
        assert (kind, code, sequence) == (NOT_OK, 0x52000, 1)
        assert len(wrong(made)) == 1
        assert say(made, "06020001", "02020000") == ["52600", INSIDE]  # and the stream is still understood


def test_garbage_ends_the_connection_and_keeps_nothing() -> None:
    reply = bytes.fromhex("F1000100 00000002 00000000 00000000")
    for garbage in (b"\x1bSs\r", b"GET / HTTP/1.1\r\n\r\n", bytes(64), reply, b"\xff" * 9):
        with matica() as made:
            assert send(made, command("01020000") + garbage) == b""
            assert made.port.hanging_up
            assert len(wrong(made)) == 1
            connect(made)
            send(made, start())
            assert say(made, "01020000") == ["0"]


def test_an_endless_block_is_swallowed_and_not_kept() -> None:
    with matica() as made:
        send(made, bytes.fromhex("F0000600 3FFFFFF0 00000000 00000005"))
        for _ in range(20):
            assert send(made, bytes(1 << 20)) == b""
        parser = made.language.ethernet._parser  # type: ignore[attr-defined]
        assert len(parser._buffer) == 0
        connect(made)
        send(made, start())
        assert say(made, "01020000") == ["0"]


# -- the real wire ---------------------------------------------------------------------------------
def _read(stream: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size and (piece := stream.recv(size - len(data))):
        data += piece
    return data


def test_one_client_at_a_time_the_second_waits_or_is_refused() -> None:
    with tcp_printer(Setup(family="matica")) as sim:
        with socket.create_connection((sim.host, sim.port), 10) as first:
            assert len(_read(first, 120)) == 120
            second = socket.create_connection((sim.host, sim.port), 10)
        with second:
            assert len(_read(second, 120)) == 120  # only now
    with (
        tcp_printer(Setup(family="matica", quirks=["refuse_second"])) as sim,
        socket.create_connection((sim.host, sim.port), 10) as first,
    ):
        assert len(_read(first, 120)) == 120
        with socket.create_connection((sim.host, sim.port), 10) as second:
            assert _read(second, 120) == b""
        first.sendall(start(2))
        assert len(_read(first, 16)) == 16


def test_a_connection_reset_in_an_upload_and_the_next_one_begins_anew() -> None:
    setup = Setup(family="matica", dialect="xid580", hopper=["A"], faults=["reset@payload=m"], quirks=["no_handshake"])
    with tcp_printer(setup) as sim:
        with socket.create_connection((sim.host, sim.port), 10) as host:
            assert len(_read(host, 120)) == 120
            host.sendall(command("01020000"))
            _read(host, 16)
            host.sendall(image(sim.printer, 1, 9))
            assert _read(host, 16).hex().startswith("f1000100")
            with contextlib.suppress(ConnectionError):
                host.sendall(image(sim.printer, 2, 9))
                assert _read(host, 1) == b""
        with socket.create_connection((sim.host, sim.port), 10) as host:
            assert len(_read(host, 120)) == 120
            host.sendall(command("02020000"))
            assert _read(host, 20)[16:] == bytes.fromhex("01020400")


# -- recorded streams ------------------------------------------------------------------------------
def test_a_recorded_stream_becomes_pictures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with matica(dialect="xid8600") as made:
        plane = np.zeros((1328, 2072), np.uint8)
        plane[:10, :20] = 255
        first, second = image(made, 8, plane[::-1, ::-1].tobytes()), image(made, 1, 7)
    (tmp_path / "one").write_bytes(start() + command("04020000") + first + command("07021000") + second)
    assert main(["decode-matica", str(tmp_path / "one"), "--out", str(tmp_path / "out")]) == 0
    table = capsys.readouterr().out.splitlines()[1:]
    assert [line.split()[0] for line in table] == ["front-k", "back-y"]
    assert f"{zlib.crc32(first[28:]):08x}" in table[0]
    with Image.open(tmp_path / "out" / "front-k.png") as opened:
        shown = np.asarray(opened)
    assert shown.shape == (1328, 2072)
    assert (np.argwhere(shown == 0).min(0).tolist(), np.argwhere(shown == 0).max(0).tolist()) == ([0, 0], [9, 19])
    for damaged in (b"", start(), first[:-1], first[:50] + first, b"USBC" + bytes(40)):
        (tmp_path / "bad").write_bytes(damaged)
        assert main(["decode-matica", str(tmp_path / "bad"), "--out", str(tmp_path / "out")]) == 1
