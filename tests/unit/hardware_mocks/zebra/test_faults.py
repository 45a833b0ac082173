"""What goes wrong in a simulated EPCL printer, and what it then says, counts and holds (protocol sheet 8, 9, 11)."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
import serial

from hardware_mocks.pytest_wires import Setup, SimulatedPrinter, pty_printer, usb_inprocess_printer
from hardware_mocks.wires.ibackend import LocalHandle
from hardware_mocks.wires.usb_model import UsbError
from support.zebra_talk import ACK, AREA, COUNTED, PLANE, black, card, colour, nack, panels, plain, say, send, zebra

PRINTS = {"y": "IS 0", "m": "IS 1", "c": "IS 2", "k": "I 10", "o": "IV"}


def print_until(made: SimulatedPrinter, last: str) -> list[bytes]:
    """Print panels in their order up to one; return the answers."""
    answers = []
    for panel, text in PRINTS.items():
        answers += say(made, text)
        if panel == last:
            break
    return answers


def inside(made: SimulatedPrinter) -> list[tuple[str, float]]:
    (one,) = made.machine.path
    return [(laid.panel, laid.laid) for laid in one.sides["front"]]


def power_up(made: SimulatedPrinter) -> None:
    made.hands.power_on()
    assert made.wait_for(lambda: made.machine.ready)


# -- conditions and their codes --------------------------------------------------------------------
@pytest.mark.parametrize(
    ("fault", "code", "laid"),
    [
        ("ribbon_end@step=before_panel,panel=m", "08", [("y", 1.0)]),
        ("ribbon_end@panel=m", "08", [("y", 1.0), ("m", 0.5)]),
        ("ribbon_cut@panel=m,at=0.25", "01", [("y", 1.0), ("m", 0.25)]),
        ("jam@panel=m", "03", [("y", 1.0), ("m", 0.5)]),
        ("jam@step=before_panel,panel=m", "03", [("y", 1.0)]),
        ("cover@panel=m", "48", [("y", 1.0), ("m", 0.5)]),
        ("head_open@panel=m", "07", [("y", 1.0)]),
        ("head_hot@panel=m", "02", [("y", 1.0)]),
    ],
)
def test_a_panel_that_fails_is_told_counted_and_seen(fault: str, code: str, laid: list[tuple[str, float]]) -> None:
    with zebra(faults=[fault]) as made:
        assert print_until(made, "m") == [ACK, nack(code)]
        assert say(made, "IS 2", "E", "MO") == [nack(code)] * 3  # nothing moves until it is cleared
        assert say(made, "%CLN", "V") == [COUNTED % 1, b"P330i V4.02\r"]
        assert inside(made) == laid
        assert made.truth.read("card") == []


@pytest.mark.parametrize("panel", PRINTS)
def test_the_ribbon_ends_before_any_panel(panel: str) -> None:
    with zebra(faults=[f"ribbon_end@step=before_panel,panel={panel}"]) as made:
        answers = print_until(made, panel)
        assert answers == [ACK] * (len(answers) - 1) + [nack("08")]
        assert say(made, "%CLN") == [COUNTED % (len(answers) - 1)]
        made.hands.new_ribbon("ymcko")
        assert say(made, ".", PRINTS[panel], "MO") == [ACK] * 3
        assert [one for one, _ in panels(card(made))] == list(PRINTS)[: len(answers)]


def test_a_ribbon_that_is_none_or_another_is_not_printed_with() -> None:
    with zebra(ribbon="k:5") as made:
        assert say(made, "IS 0", ".", "IV", ".", "I", "MO") == [nack("35"), ACK, nack("35"), ACK, ACK, ACK]
        made.hands.new_ribbon("ymcko")
        assert say(made, "+RIB 4", "I") == [ACK, nack("35")]
        with made.machine.cond:
            made.machine.set_ribbon(None)
        assert say(made, ".", "I") == [ACK, nack("01")]
        assert len(made.truth.read("feed")) == 1


@pytest.mark.parametrize("number", [0, 1, 2, 3])
def test_dye_black_has_a_buffer_but_no_panel_here(number: int) -> None:
    with zebra() as made:
        assert say(made, colour(number, PLANE)) == [ACK]
        assert say(made, f"IS {number}") == [nack("35") if number == 3 else ACK]


@pytest.mark.parametrize(
    ("fault", "texts", "code", "position"),
    [
        ("feed_jam", ["IS 0"], "03", "feeder"),
        ("feeder_empty", ["IS 0"], "04", "none"),
        ("jam@step=flip", ["IS 0", "MF"], "03", "flipper"),
        ("flip_jam", ["IS 0", "MF"], "03", "flipper"),
        ("rotation", ["IS 0", "MF"], "47", "flipper"),
        ("jam@step=eject", ["IS 0", "MO"], "03", "eject"),
        ("hopper_full", ["IS 0", "MO"], "-1", "print"),
        ("station_timeout", ["MS"], "45", "print"),
        ("wrong_ribbon", ["IS 0"], "35", "none"),
    ],
)
def test_a_motion_that_fails_leaves_the_card_where_it_is(
    fault: str, texts: list[str], code: str, position: str
) -> None:
    with zebra(faults=[fault], quirks=["knows=MF", "knows=MS"]) as made:
        assert say(made, *texts)[-1] == nack(code)
        assert made.machine.position == position
        assert made.truth.read("card") == []


def test_a_jammed_card_is_taken_out_by_hand() -> None:
    with zebra(faults=["jam@panel=m"]) as made:
        assert print_until(made, "m") == [ACK, nack("03")]
        assert say(made, ".", "MO") == [ACK, nack("03")]  # cleared, and still jammed
        made.hands.take_card()
        assert card(made)["where"] == "hand"
        assert not card(made)["complete"]
        assert say(made, ".", "IS 0", "MO") == [ACK] * 3
        assert [one["blank"] for one in made.truth.read("card")] == ["A", "B"]


@pytest.mark.parametrize(
    ("rule", "where"), [([], "output"), (["+RB01"], "reject"), (["+RB11"], "output"), (["+RB21"], "reject")]
)
def test_the_reject_rule_moves_a_spoilt_card_out(rule: list[str], where: str) -> None:
    with zebra(dialect="p420", faults=["ribbon_end@panel=m"]) as made:
        assert say(made, *rule, "IS 0", "IS 1") == [ACK] * len(rule) + [ACK, nack("08")]
        assert (card(made)["where"], card(made)["complete"]) == (where, False)


# -- replies that go wrong -------------------------------------------------------------------------
def test_a_lost_ack_is_had_again_and_a_lost_command_answers_for_the_one_before() -> None:
    with zebra(faults=["reply_lost@command=IS;0", "silence@command=IS;1"]) as made:
        assert say(made, "IS 0", "E") == [b"", ACK]
        assert say(made, "V", "IS 1", "E") == [b"P330i V4.02\r", b"", b"P330i V4.02\r"]
        assert inside(made) == [("y", 1.0)]


def test_replies_may_come_twice_as_noise_or_late() -> None:
    faults = ["duplicate_reply@command=F", "garbled_reply@command=V", "reply_late@command=&P"]
    with zebra(faults=faults) as made:
        assert say(made, "F", "V", "E") == [ACK * 2, b"\x07?#", b"P330i V4.02\r"]
        assert say(made, "&P", "%CLN", "&P") == [b"", nack("06") + COUNTED % 0, nack("06")]


def test_a_full_input_buffer_loses_the_command_alone() -> None:
    with zebra(faults=["buffer_full@panel=m"]) as made:
        assert say(made, colour(0, PLANE), colour(1, PLANE), colour(1, PLANE)) == [ACK, b"\x15", ACK]
    with zebra(quirks=["input_limit=2000"]) as made:
        assert say(made, colour(0, PLANE), "V", AREA, black(PLANE)) == [b"\x15", b"P330i V4.02\r", ACK, ACK]


def test_an_early_ack_says_nothing_of_the_motion() -> None:
    with zebra(quirks=["ack_early"], faults=["jam@panel=m"]) as made:
        assert say(made, "IS 9", "IS 0", "IS 1", "%CLN", "IS 2", "E") == [
            nack("10"), ACK, ACK, COUNTED % 1, nack("03"), nack("03"),
        ]  # fmt: skip


def test_a_stall_is_the_wires_own_and_the_answer_stays_to_be_asked_for() -> None:
    with usb_inprocess_printer(Setup(family="zebra", faults=["stall@command=V"]), bind_usblp=False) as sim:
        handle = LocalHandle(sim.device)
        handle.claim()
        assert handle.control(0xA1, 1, 0, 0, 1) == b"\x18"
        text = handle.control(0xA1, 0, 0, 0, 255)
        assert (int.from_bytes(text[:2], "big"), text[2:]) == (len(text), b"MFG:Zebra;MDL:P330i;CMD:EPCL;CLS:PRINTER;")
        handle.write(plain("V"), 1000)
        assert sim.printer.wait_for(lambda: sim.printer.port.stalled)
        with pytest.raises(UsbError, match="EPIPE"):
            handle.read(64, 1000)
        handle.clear_halt()
        handle.write(plain("E"), 1000)
        assert handle.read(64, 5000) == b"P330i V4.02\r"


# -- power and cable -------------------------------------------------------------------------------
@pytest.mark.parametrize("start", [False, True])
@pytest.mark.parametrize("panel", PRINTS)
@pytest.mark.parametrize("when", ["before_panel", "panel", "after_panel"])
def test_power_cut_around_every_panel_against_the_counter(panel: str, when: str, start: bool) -> None:
    quirks = ["count_at_start"] if start else []
    with zebra(faults=[f"power_cut@step={when},panel={panel}"], quirks=quirks) as made:
        dot = b"GS 0 30 0 0 1 1 \x81\x1f"
        assert say(made, "F", "vF", dot, "G 0 0 0 1 1 1", b"Z\x80") == [ACK] * 5
        answers = print_until(made, panel)
        done = len(answers) - 1
        assert answers == [ACK] * done + [b""]
        touched = [(one, 1.0) for one in "ymcko"[:done]]
        if when != "before_panel":
            touched.append((panel, 0.5 if when == "panel" else 1.0))
        assert inside(made) == touched
        power_up(made)
        counted = done + (when == "after_panel" or (start and when == "panel"))
        assert say(made, "%CLN", "&P", "E") == [COUNTED % counted, nack("06"), nack("06")]
        assert made.machine.ribbon is not None
        assert made.machine.ribbon.at is None  # wound to the next set: one is lost
        assert say(made, "MO") == [ACK]
        assert panels(card(made)) == touched
        assert card(made)["complete"] is (touched == [(one, 1.0) for one in "ymcko"])


@pytest.mark.parametrize(("quirks", "counted"), [([], 2), (["count_at_start"], 3), (["counters_late"], 0)])
def test_the_counter_outlives_the_process_as_it_was_saved(quirks: list[str], counted: int, tmp_path: Path) -> None:
    memory = tmp_path / "counters"
    with zebra(memory=memory, quirks=quirks, faults=["power_cut@panel=c"]) as made:
        assert print_until(made, "c") == [ACK, ACK, b""]
    with zebra(memory=memory) as made:
        assert say(made, "%CLN", "I", "%CLN") == [COUNTED % counted, ACK, COUNTED % (counted + 1)]
    with zebra() as made:
        assert say(made, "%CLN") == [COUNTED % 0]


@pytest.mark.parametrize("step", ["before_flip", "flip", "after_flip", "before_eject", "eject", "after_eject"])
def test_power_cut_in_the_flip_and_around_the_way_out(step: str) -> None:
    with zebra(faults=[f"power_cut@step={step}"], quirks=["knows=MF"]) as made:
        answers = say(made, "I 10", "MF", "MO")
        assert answers.index(b"") == (1 if "flip" in step else 2)
        assert bool(made.machine.path) is (step != "after_eject")
        power_up(made)
        assert say(made, "%CLN") == [COUNTED % 1]


def test_another_connection_prints_another_job_on_a_card_that_lay_inside() -> None:
    with zebra() as made:
        assert say(made, "IS 0") == [ACK]
        with made.machine.cond:
            made.port.connect()
        assert say(made, "IS 0", "IS 1", "IS 2", "MO") == [ACK] * 4
        assert (card(made)["jobs"], card(made)["complete"]) == ([1, 2], False)


@pytest.mark.parametrize(("fault", "counted"), [("pass_uncounted@panel=k", 0), ("pass_counted_twice@panel=k", 2)])
def test_the_counter_may_be_wrong_by_one(fault: str, counted: int) -> None:
    with zebra(faults=[fault]) as made:
        assert say(made, "I", "MO", "%CLN", "I", "MO", "%CLN") == [
            ACK, ACK, COUNTED % counted, ACK, ACK, COUNTED % (counted + 1),
        ]  # fmt: skip


@pytest.mark.parametrize("panel", ["y", "m", "c", "k", "o"])
@pytest.mark.parametrize("fault", ["cable_out", "power_cut"])
def test_the_link_drops_in_the_middle_of_a_panel(fault: str, panel: str) -> None:
    rows = PLANE.copy()
    rows[:40, ::3] = 1  # runs of two: the first half comes in more than one piece
    with zebra(faults=[f"{fault}@payload={panel}"]) as made:
        assert say(made, AREA, f"v{AREA}") == [ACK, ACK]
        texts = {"k": black(rows), "o": black(rows, b"vZ")}
        assert say(made, texts.get(panel) or colour("ymc".index(panel), rows)) == [b""]
        assert panel not in made.language.memory.loaded  # type: ignore[attr-defined]
        if fault == "power_cut":
            power_up(made)
        else:
            made.hands.plug()
            with made.machine.cond:
                made.port.connect()
        assert say(made, "V") == [b"P330i V4.02\r"]
        assert made.truth.read("feed") == []


def test_two_blanks_at_once_are_both_out() -> None:
    with zebra(faults=["double_feed"]) as made:
        assert say(made, "I 10", "MO", "%CLN") == [ACK, ACK, COUNTED % 1]
        assert [(one["blank"], len(panels(one))) for one in made.truth.read("card")] == [("A", 1), ("B", 0)]


# -- bad hosts -------------------------------------------------------------------------------------
def test_a_printer_survives_noise_and_prints_afterwards() -> None:
    chance = random.Random(11)
    words = [*b". V F I MO Z O +X E &B".split(), b"IS 0", b"PS 0 30 \x81", b"GS 9 9", b"\x00\x00\x00"]
    with zebra(hopper=[f"N-{number}" for number in range(300)], ribbon="ymcko:300") as made:
        for _ in range(300):
            noise = bytes(chance.choice(b"\x1b\x0d\x5b\x00 ;*0123456789") for _ in range(chance.randint(0, 12)))
            send(made, chance.choice((b"\x1b", b"", b"\x00\x00\x00\x05\x1b")) + chance.choice(words) + noise + b"\r")
        send(made, b"\r\r\r\r")
        with made.machine.cond:
            made.port.connect()
        assert say(made, ".") == [ACK]
        assert say(made, "V") == [b"P330i V4.02\r"]
        say(made, "MO")
        before = len(made.truth.read("card"))
        assert say(made, "F", AREA, black(PLANE), "I 10", "MO") == [ACK] * 5
        assert made.truth.read("card")[before]["complete"]


def test_endless_panels_over_a_serial_line_end_in_nack_alone(tmp_path: Path) -> None:
    setup = Setup(family="zebra", quirks=["input_limit=20000"])
    with pty_printer(setup, tmp_path / "tty") as sim, serial.Serial(sim.path, timeout=10, write_timeout=10) as port:
        port.write(b"\x1bPS 0 30 ")
        for _ in range(20):
            port.write(b"\x81\x01" * 1024)
        assert port.read(1) == b"\x15"
        port.write(b"\r" + plain("V"))
        assert port.read_until(b"\r") == b"P330i V4.02\r"
