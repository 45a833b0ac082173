"""Magicard: planes against the sheet's digests, the job against its worked bytes, answers against noise."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.deadline import Deadline
from drivers.errors import ArtworkError, RefusedError
from drivers.magicard import replies
from drivers.magicard.job import LEAD_IN, MODELS, Options, encode
from drivers.magicard.printer import MagicardPrinter
from drivers.magicard.raster import CANVAS, DOTS, ENDURO, RIO, Head, pack
from drivers.printer import Artwork, Counters, Outcome, Reason, Severity, SidePicture, State

# Protocol sheet 6.6: L is the line, i the canvas index; only the 642 dots of the card carry ink.
VECTORS = [
    (ENDURO, "all", 6, "18530a050146f614c30a9ffa04d8a2b0f75d545357f733b1d472953a556f6475"),
    (ENDURO, "gradient", 6, "684fcfacb1f9a56c140a4dd34cd1b38370b443b6757ad85e71a57333163bf93d"),
    (ENDURO, "checker", 1, "4efa4fe6b9e30ecfac5e0b10f4667e7c54856537a1d1ec5bf2fa5dc5e6a12040"),
    (RIO, "all", 6, "a59d7640770b440d5cd9d5c45c0f6adf0427488f74c7aef814ea5d26cfad3f79"),
    (RIO, "gradient", 6, "5aab4af25865dbdd591b67ca86fcebe10e7b7e3a4e305967ef9ae75b28e5821d"),
    (RIO, "checker", 1, "cf0091f39a61897840c6e039fb60583de98ac2f766e5d6e80f4d377e07d7af9a"),
]


@pytest.mark.parametrize(("head", "name", "bits", "digest"), VECTORS)
def test_planes_have_the_digests_of_the_sheet(head: Head, name: str, bits: int, digest: str) -> None:
    line, dot = np.mgrid[0 : head.lines, 0:CANVAS]
    values = {
        "all": np.full((head.lines, CANVAS), 63),
        "gradient": (line + 2 * dot) % 64,
        "checker": (line // 8 + dot // 8) % 2,
    }[name][:, head.first : head.first + DOTS]
    upright = values[::-1].T if head.turned else values.T[::-1]  # sheet 6.4
    assert hashlib.sha256(pack(upright.astype(np.uint8), head, bits)).hexdigest() == digest


def side(*, colour: bool = True, resin: bool = True) -> SidePicture:
    picture = SidePicture(
        np.full((648, 1016, 3), 255, np.uint8), np.zeros((648, 1016), np.bool_), np.ones((648, 1016), np.bool_)
    )
    picture.colour[100:200, 300:400] = (10, 200, 90) if colour else 255
    picture.resin[400:420, 100:700] = resin
    return picture


# Protocol sheet 7, the vendor's order of fields with our values.
WORKED = (
    ",NOC1,VER1.0-1.05,LANENG,TDT66A0C0DE,RSPDEF,COEH,KGE2,DPXOFF,PAG1,IMFBGRK,XCO0,YCO0,WID1016,HGT642,OVRON,NNNOFF,"
    "USFOFF,PCT0,0,1015,641,ICC0,DDD50,SZB585216,SZG585216,SZR585216,SZK97536"
)


def test_a_job_is_the_worked_example_of_the_sheet_in_header_and_length() -> None:
    (page,) = encode(Artwork(side()), MODELS["enduro"], Options(seconds=0x66A0C0DE)).commands
    assert page.startswith(LEAD_IN + b"\x01" + WORKED.encode() + b"\x1c")
    assert len(page) == 1_853_447
    assert page.endswith(b"\x1cK:\x03")


@pytest.mark.parametrize(
    ("model", "part"),
    [
        ("tango-2e", b",REJOFF,ESS1,KEE,RT2,SLWOFF,DPXOFF,PAG1,IMFBGRK,XCO0,YCO0,WID1016,HGT642,OVRON,NNNOFF,USFOFF,"),
        ("rio-pro", b",KGE2,SLWOFF,DPXOFF,PAG1,"),
        ("alto", b",KGE,PAG1,IMFBGRK,XCO0,YCO0,WID1000,HGT642,OVRON,NNNOFF,USFOFF,PCT0,0,999,641,ICC0,SZB576000,"),
    ],
)
def test_each_family_has_its_own_fields(model: str, part: bytes) -> None:
    (page,) = encode(Artwork(side()), MODELS[model]).commands
    assert part in page[:500]
    assert b"USFON" not in page[:500]


def test_planes_without_ink_are_left_out_and_an_empty_side_still_feeds_a_card() -> None:
    header = encode(Artwork(side(colour=False)), MODELS["enduro"]).commands[0][:500]
    assert b"IMFK," in header
    assert b"SZB" not in header
    header = encode(Artwork(side(resin=False)), MODELS["enduro"]).commands[0][:500]
    assert b"IMFBGR," in header
    empty = encode(Artwork(side(colour=False, resin=False)), MODELS["enduro"]).commands[0]
    assert b"IMFK," in empty[:500]
    assert empty.endswith(bytes(97_536) + b"\x1cK:\x03")


def test_both_sides_are_two_pages_and_the_front_announces_the_back() -> None:
    card = encode(Artwork(side(), side(colour=False)), MODELS["enduro-plus"])
    assert [b"PAG1" in page[:500] for page in card.commands] == [True, False]
    assert b",DPXON,BACK,PAG1," in card.commands[0][:500]
    assert b",NOC1,KGE2,DPXON,PAG2,IMFK," in card.commands[1][:500]
    with pytest.raises(ArtworkError, match="cannot turn"):
        encode(Artwork(side(), side(colour=False)), MODELS["pronto"])


def test_windows_of_the_overlay_are_rectangles_counted_from_the_bottom() -> None:
    picture = side()
    picture.overlay[103:203, 90:261] = False
    (page,) = encode(Artwork(picture), MODELS["enduro"]).commands
    assert b"PCT0,0,1015,641,NCT90,442,260,541,ICC0" in page[:500]
    picture.overlay[150, 500] = picture.overlay[300, 700] = False
    with pytest.raises(ArtworkError, match="3 holes"):
        encode(Artwork(picture), MODELS["enduro"])
    picture = side()
    picture.overlay[10:20, 10:30] = picture.overlay[20:30, 10:15] = False
    with pytest.raises(ArtworkError, match="not a rectangle"):
        encode(Artwork(picture), MODELS["enduro"])


INF = b"\x01STA$$2,Enduro+,0,SN9,H,P,1.05,3829,0,120,7,600,1,9,4,15,50,50,50,0,0,F1,300,25,YMCKO,1016,1016,1016"


def test_the_status_answer_gives_counters_and_knows_what_it_does_not_know() -> None:
    told = replies.info(INF + b"\x03")
    assert (told.model, told.serial_number, told.firmware, told.error) == ("Enduro+", "SN9", "1.05", (0, 0))
    assert told.counters == Counters(120, 600, 275, 300, 11)
    assert replies.info(INF.replace(b",", b":") + b"\x03") == told  # sheet 8.1: both end a field
    cut = replies.info(INF[:60] + b"\x03")
    assert (cut.counters.cards, cut.counters.ribbon_left, cut.error) == (120, None, None)
    assert replies.info(b"\x01STA$$\x03").counters == Counters()
    assert replies.info(INF.replace(b",120,", b",99999999999,")).counters.cards is None
    assert replies.info(b"OK\x00") == replies.Info()


def test_errors_are_read_by_number_whatever_the_language() -> None:
    german = b"\x01STADie Karte wurde nicht gef\xfchrt 12\nFehlercode - 11:01\n(c0201)\x03"
    assert replies.error_code(german) == (11, 1)
    assert replies.error_code(b"\x01STAPrinterstatus OK.\n00:00\n(c0300)\x03") == (0, 0)
    assert replies.error_code(b"\x01\x07?#\x03") is None
    timed = b"\x01STADie Pause endet um 00:00 Uhr.\nFehlercode - 27:03\n(c0201)\x03"
    assert replies.error_code(timed) == (27, 3)  # a time of day in the sentence is no error number
    assert replies.error_code(b"\x01STAPause bis 00:00\x03") is None
    found = replies.condition((27, 3), "x")
    assert found is not None
    assert (found.reason, found.raw) == (Reason.OTHER, "27:03 x")
    assert replies.condition((0, 0), "x") is None


def test_film_without_dye_and_a_cleaning_that_is_due_are_read() -> None:
    told = replies.info(INF + b"\x03")
    assert not told.no_colour_film
    assert replies.warnings(told) == []
    assert replies.info(INF.replace(b"1016,1016,1016", b"0,1016,0") + b"\x03").no_colour_film
    assert replies.info(INF.replace(b"1016,1016,1016", b"0,0,0") + b"\x03").no_colour_film  # no film at all
    assert not replies.info(INF[:60] + b"\x03").no_colour_film  # not told is not none
    due = replies.info(INF.replace(b",4,15,", b",15,15,") + b"\x03")
    assert [(one.reason, one.severity) for one in replies.warnings(due)] == [
        (Reason.CLEANER_LIFE_OVER, Severity.WARNING)
    ]


class Scripted:
    """A printer whose port status and answers are told in advance; the last of each stays."""

    settle = 0.0
    serial_number = "SN9"

    def __init__(self, ports: list[int], answers: list[bytes]) -> None:
        self.ports, self.answers = ports, answers
        self.written: list[bytes] = []
        self._reply = b""

    def port_status(self) -> int:
        return self.ports.pop(0) if len(self.ports) > 1 else self.ports[0]

    def write(self, data: bytes, deadline: Deadline) -> None:
        self.written.append(data)
        if b"REQ," in data[:40]:
            self._reply = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def read(self, deadline: Deadline) -> bytes:
        reply, self._reply = self._reply, b""
        return reply

    def close(self) -> None:
        pass


@pytest.mark.parametrize(("port", "state"), [(0x08, State.PROCESSING), (0x28, State.PROCESSING), (0x38, State.STOPPED)])
def test_a_busy_printer_is_never_spoken_to(port: int, state: State) -> None:
    wire = Scripted([port], [INF + b"\x03"])
    status = MagicardPrinter(wire, MODELS["enduro"]).status(Deadline.after(5))
    assert status.state is state
    assert bool(status.blocking) == bool(port & 0x20)
    assert bool(wire.written) == (state is not State.PROCESSING)  # sheet 3: nothing on bulk OUT while it is busy


def test_a_busy_printer_is_not_spoken_to_while_it_prints() -> None:
    """Paper-empty while busy, as when the last card was taken, is no end of the card."""
    wire = Scripted([0x18, 0x08, 0x28, 0x08, 0x18], [INF + b"\x03"])
    printer = MagicardPrinter(wire, MODELS["enduro"])
    card = encode(Artwork(side()), MODELS["enduro"])
    printer.print(card, Deadline.after(20))
    assert wire.written[-1] == card.commands[0]


@pytest.mark.parametrize("late", [b",120,7,605,", b",121,7,600,", b",120,7,600,"])
def test_counters_that_step_late_are_waited_for(late: bytes) -> None:
    done = INF.replace(b",120,7,600,", b",121,7,605,").replace(b",25,YMCKO", b",26,YMCKO") + b"\x03"
    wire = Scripted([0x18, 0x08, 0x18], [INF + b"\x03"])
    printer = MagicardPrinter(wire, MODELS["enduro"])
    before = printer.counters(Deadline.after(5))
    card = encode(Artwork(side()), MODELS["enduro"])
    printer.print(card, Deadline.after(20))
    wire.answers = [INF.replace(b",120,7,600,", late) + b"\x03"] * 3 + [done]
    found = printer.confirm(before, card, Deadline.after(20))
    assert (found.outcome, found.after.cards, found.after.panels) == (Outcome.PRINTED, 121, 605)


@pytest.mark.parametrize(("after", "outcome"), [([0x18, 0x18, 0x08], Outcome.IN_DOUBT), ([0x18], Outcome.UNUSED)])
def test_a_job_that_the_printer_may_take_up_again_is_no_untouched_card(after: list[int], outcome: Outcome) -> None:
    """Sheet 8.4 and 11, F14: its error cleared by the button, the printer may print from its memory."""
    wire = Scripted([0x18, 0x08, 0x10], [INF + b"\x03"])
    printer = MagicardPrinter(wire, MODELS["enduro"])
    before = printer.counters(Deadline.after(5))
    card = encode(Artwork(side()), MODELS["enduro"])
    with pytest.raises(RefusedError):
        printer.print(card, Deadline.after(20))
    wire.ports = after
    assert printer.confirm(before, card, Deadline.after(20)).outcome is outcome


@given(st.binary(max_size=400))
def test_no_answer_whatsoever_is_more_than_unknown(noise: bytes) -> None:
    for reply in (noise, b"\x01STA$$" + noise, b"\x01STA" + noise, b"\x01STA,TCQ" + noise):
        told = replies.info(reply)
        for number in (told.counters.cards, told.counters.panels, told.counters.ribbon_left):
            assert number is None or 0 <= number < 10**9
        code = replies.error_code(reply)
        assert code is None or all(0 <= part <= 99 for part in code)
        if code is not None and (found := replies.condition(code, replies.readable(reply))) is not None:
            assert found.severity is Severity.ERROR
        assert all(one.severity is Severity.WARNING for one in replies.warnings(told))
        states = replies.of_states(dict.fromkeys(replies.STATE_KEYS.values(), reply)).counters
        for number in (states.cards, states.panels, states.ribbon_left):
            assert number is None or 0 <= number < 10**9
        value = replies.value(reply, "TCQ")
        assert value is None or len(value) <= len(reply)
        assert replies.readable(reply).isascii()
