"""The fault plan: each fault once, at its place, with its physical consequence."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from hardware_mocks.control import act
from hardware_mocks.evolis.raster import SIZES
from hardware_mocks.faults import CATALOGUE, HELP, FaultPlan, parse
from hardware_mocks.pytest_wires import Setup, SimulatedPrinter, ask

DATA = dict.fromkeys("ymc", b"\xff" * SIZES[32]) | dict.fromkeys("ko", b"\xff" * SIZES[2])


@contextmanager
def printer(*faults: str, **options: object) -> Iterator[SimulatedPrinter]:
    setup = Setup(**{"hopper": list("ABCDEF"), "faults": list(faults), **options})  # type: ignore[arg-type]
    with SimulatedPrinter(setup) as made:
        assert ask(made, "Pem;2") == "OK"
        yield made


def panels(made: SimulatedPrinter, which: str = "ymcko") -> list[str | None]:
    return [ask(made, f"Db;{panel};{2 if panel in 'ko' else 32}", DATA[panel]) for panel in which]


def job(made: SimulatedPrinter, which: str = "ymcko") -> list[str | None]:
    return [ask(made, "Ss"), *panels(made, which), ask(made, "Se")]


def cards(made: SimulatedPrinter) -> list[tuple[object, object, object, object]]:
    return [
        (card["blank"], card["where"], [(p["panel"], p["laid"]) for p in card["front"]], card["complete"])  # type: ignore[attr-defined]
        for card in made.truth.read("card")
    ]


WHOLE = [(panel, 1.0) for panel in "ymcko"]


@pytest.mark.parametrize(
    "text",
    ["nonsense", "jam@colour=y", "jam@panel", "jam@step=nowhere", "ribbon_end@step=eject", "jam@at=2", "jam@at=x",
     "double_feed@command=Se"],
)  # fmt: skip
def test_bad_faults_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse(text)


def test_help_explains_every_fault() -> None:
    assert [name for name in CATALOGUE if f"  {name} " not in HELP] == []


def test_a_fault_happens_once_and_only_where_every_key_fits() -> None:
    plan = FaultPlan(["jam@panel=m,card=2"])
    assert plan.take("panel", {"panel": "m", "card": "1"}) is None
    assert plan.take("eject", {"panel": "m", "card": "2"}) is None
    assert plan.take("panel", {"panel": "y", "card": "2"}) is None
    assert plan.take("panel", {"panel": "m", "card": "2"}) is not None
    assert plan.take("panel", {"panel": "m", "card": "2"}) is None


def test_the_ribbon_ends_in_a_panel() -> None:
    with printer("ribbon_end@panel=c,card=2,at=0.25") as made:
        assert job(made) == ["OK"] * 7
        assert job(made) == ["OK"] * 4 + ["ERR RIBBON", "OK", "OK"]  # o only fills memory; Se throws the card out
        assert cards(made)[1] == ("B", "output", [("y", 1.0), ("m", 1.0), ("c", 0.25)], False)
        assert ask(made, "Ss") == "ERR RIBBON"
        made.hands.new_ribbon()
        assert job(made) == ["OK"] * 7
        assert cards(made)[2] == ("C", "output", WHOLE, True)


def test_a_partly_laid_panel_ends_on_the_picture_where_it_stopped(tmp_path: Path) -> None:
    with printer("ribbon_cut@panel=k,at=0.5", cards=tmp_path, ribbon="k:5") as made:
        assert job(made, "k")[-1] == "ERR RIBBON"
        assert made.hands.take_card() is not None
        picture = np.asarray(Image.open(str(made.truth.read("card")[0]["picture"])).convert("L"))
    assert picture[:, :508].max() == 0
    assert picture[:, 508:].min() == 255


def test_a_jam_holds_the_card_until_a_hand_takes_it_out() -> None:
    with printer("jam@panel=m,card=1") as made:
        ask(made, "Ss")
        assert panels(made, "ymc") == ["OK", "OK", "CARD JAM"]
        assert [ask(made, command) for command in ("Ser", "Se", "Ss", "Rlr;p")] == ["CARD JAM"] * 3 + ["CARD"]
        assert made.hands.look()["jammed"]
        taken = made.hands.clear_jam()["cards"][0]  # type: ignore[index]
        assert taken["blank"] == "A"
        assert cards(made) == [("A", "hand", [("y", 1.0), ("m", 0.5)], False)]
        assert ask(made, "Rlr;p") == "OK"
        assert job(made) == ["OK"] * 7


def test_a_feed_jam_is_not_seen_by_the_card_sensor() -> None:
    with printer("feed_jam@card=1") as made:
        assert [ask(made, command) for command in ("Ss", "Rlr;p", "Rco;c")] == ["CARD JAM", "OK", "0"]
        look = made.hands.look()
        assert (look["inside"], look["hopper"]) == (["A"], 5)


def test_two_blanks_fed_together_both_come_out_and_count_as_one() -> None:
    with printer("double_feed@card=2") as made:
        for _ in range(3):
            assert job(made) == ["OK"] * 7
        assert cards(made) == [
            ("A", "output", WHOLE, True), ("B", "output", WHOLE, True), ("C", "output", [], False),
            ("D", "output", WHOLE, True),
        ]  # fmt: skip
        assert ask(made, "Rco;c") == "3"
        assert [line["blanks"] for line in made.truth.read("double_feed")] == [["B", "C"]]


def test_a_defect_prints_normally_but_shows(tmp_path: Path) -> None:
    with printer("defect@card=2", cards=tmp_path, ribbon="k:9") as made:
        job(made, "k")
        job(made, "k")
        good, bad = made.truth.read("card")
    assert (good["defect"], bad["complete"]) == (None, True)
    assert bad["defect"]
    darkness = [np.asarray(Image.open(str(card["picture"])).convert("L")).max() for card in (good, bad)]
    assert darkness == [0, 244]


def test_the_feeder_fails_once() -> None:
    with printer("feeder_empty@card=2") as made:
        assert job(made) == ["OK"] * 7
        assert ask(made, "Ss") == "FEEDER EMPTY"
        assert job(made) == ["OK"] * 7
        assert [card[0] for card in cards(made)] == ["A", "B"]


def test_the_cover_opened_in_a_panel_spoils_it() -> None:
    with printer("cover@panel=k") as made:
        assert job(made)[-2:] == ["COVER OPEN", "COVER OPEN"]
        made.hands.close_cover()
        assert ask(made, "Ser") == "OK"
        assert cards(made) == [("A", "reject", [*WHOLE[:3], ("k", 0.5)], False)]


@pytest.mark.parametrize(("box", "command"), [("hopper_full", "Se"), ("reject_full", "Ser")])
def test_a_full_box_keeps_the_card_inside(box: str, command: str) -> None:
    with printer(box) as made:
        ask(made, "Ss")
        assert [ask(made, text) for text in (command, "Rlr;p", command, "Rlr;p")] == ["HOPPER FULL", "CARD", "OK", "OK"]


def test_a_flip_jam() -> None:
    with printer("flip_jam", ribbon="k:9") as made:
        ask(made, "Ss")
        panels(made, "k")
        ask(made, "Sv")
        assert [*panels(made, "k"), ask(made, "Se")] == ["OK", "CARD JAM"]
        assert made.hands.look()["position"] == "flipper"


@pytest.mark.parametrize(
    ("fault", "reply", "left"),
    [("silence", None, 0), ("reply_lost_undone", None, 0), ("reply_lost", None, 1), ("garbled_reply", "\x07?#", 1)],
)
def test_lost_replies_with_and_without_the_act(fault: str, reply: str | None, left: int) -> None:
    with printer(f"{fault}@command=Se,card=2") as made:
        assert job(made) == ["OK"] * 7
        assert job(made) == ["OK"] * 6 + [reply]
        assert len(cards(made)) == 1 + left
        assert ask(made, "Rlr;p") == ("OK" if left else "CARD")
        assert ask(made, "Se") == "OK"
        assert len(cards(made)) == 2


def test_a_lost_reply_may_be_meant_for_one_panel() -> None:
    with printer("reply_lost@command=Db,panel=c") as made:
        ask(made, "Ss")
        assert panels(made) == ["OK", "OK", None, "OK", "OK"]


def test_a_reply_comes_twice() -> None:
    with printer("duplicate_reply@command=Rco;c") as made:
        ask(made, "Rco;c")
        assert made.idle()
        assert list(made.port.replies) == [b"0\x00", b"0\x00"]


POWER_CUTS = {  # moment of sheet 8 -> fed, blank inside, cards out, panels laid on the card inside
    "step=before_feed": (0, [], 0), "step=feed": (0, ["A"], 0), "step=after_feed": (1, ["A"], 0),
    "step=before_panel,panel=m": (1, ["A"], 0), "panel=m": (1, ["A"], 0), "step=after_panel,panel=m": (1, ["A"], 0),
    "step=before_eject": (1, ["A"], 0), "step=eject": (1, ["A"], 0), "step=after_eject": (1, [], 1),
    "reply=Se": (1, [], 1), "command=Se": (1, ["A"], 0), "payload=c": (1, ["A"], 0),
}  # fmt: skip


@pytest.mark.parametrize("where", POWER_CUTS)
def test_power_fails_at_each_moment(where: str) -> None:
    counted, inside, out = POWER_CUTS[where]
    with printer(f"power_cut@{where}") as made:
        assert None in job(made)
        assert not made.hands.look()["power"]
        made.hands.power_on()
        assert made.wait_for(lambda: made.machine.ready)
        look = made.hands.look()
        assert (look["inside"], look["output"]) == (inside, out)
        assert [ask(made, command) for command in ("Rem", "Rco;c")] == ["0;0", str(counted)]
        assert len(made.truth.read("card")) == out
        if inside:
            taken = made.hands.take_card()["cards"][0]  # type: ignore[index]
            assert taken["complete"] == (where in ("step=before_eject", "step=eject"))


def test_counters_may_be_stored_one_card_late() -> None:
    with printer("power_cut@step=after_eject,card=2", quirks=["counters_late"]) as made:
        job(made)
        assert [ask(made, count) for count in ("Rco;c", "Rco;p")] == ["1", "5"]
        job(made)
        made.hands.power_on()
        assert made.wait_for(lambda: made.machine.ready)
        assert [ask(made, count) for count in ("Rco;c", "Rco;p")] == ["1", "5"]
        assert len(cards(made)) == 2


def test_a_card_inside_may_be_thrown_out_at_power_on() -> None:
    with printer("power_cut@panel=k", quirks=["eject_on_boot"]) as made:
        job(made)
        made.hands.power_on()
        assert made.wait_for(lambda: made.machine.ready and not made.machine.path)
        assert cards(made) == [("A", "output", [*WHOLE[:3], ("k", 0.5)], False)]


def test_what_waited_in_the_printer_is_lost_with_the_power() -> None:
    with printer("power_cut@step=after_feed") as made:
        with made.machine.cond:
            made.port.offer(b"\x1bSs\r")
            made.port.offer(b"\x1bSe\r\x1bSs\r")
        assert made.wait_for(lambda: not made.machine.power)
        made.hands.power_on()
        assert made.wait_for(lambda: made.machine.ready)
        assert made.idle()
        look = made.hands.look()
        assert (look["inside"], look["fed"], look["just_booted"]) == (["A"], 1, True)
        assert cards(made) == []


def test_power_off_by_hand_loses_bitmaps_and_the_job() -> None:
    with printer() as made:
        ask(made, "Ss")
        panels(made, "ym")
        made.hands.power_off()
        assert ask(made, "Rtp", timeout=0.05) is None
        made.hands.power_on()
        assert made.wait_for(lambda: made.machine.ready)
        assert [ask(made, command) for command in ("Pem;2", "Rlr;p", "Se")] == ["OK", "CARD", "OK"]
        assert cards(made) == [("A", "output", [("y", 1.0)], False)]


def test_a_power_cut_in_time_lays_a_part_of_the_panel() -> None:
    with printer(speed=20.0, ribbon="k:5") as made:
        ask(made, "Ss")
        panels(made, "k")
        with made.machine.cond:
            made.port.offer(b"\x1bSe\r")
        assert made.wait_for(lambda: made.machine.moving)
        made.hands.power_off()
        assert made.idle()
        (line,) = made.truth.read("laid")
        assert 0 <= float(str(line["laid"])) < 1
        made.hands.take_card()
        assert [card[3] for card in cards(made)] == [False]


def test_without_pem_2_the_printer_waits_for_the_operator_and_starts_a_new_card() -> None:
    with printer("ribbon_end@panel=c,card=1") as made:
        ask(made, "Pem;0")
        ask(made, "Ss")
        stream = b"".join(
            b"\x1bDb;" + panel.encode() + (b";2;" if panel in "ko" else b";32;") + DATA[panel] + b"\r"
            for panel in "ymcko"
        )  # fmt: skip
        with made.machine.cond:
            made.port.offer(stream + b"\x1bSe\r")
        assert made.wait_for(lambda: bool(made.truth.read("waits")))
        assert made.hands.look()["inside"] == ["A"]
        made.hands.new_ribbon()
        assert made.wait_for(lambda: len(made.truth.read("card")) == 2)
        assert cards(made) == [
            ("A", "reject", [("y", 1.0), ("m", 1.0), ("c", 0.5)], False), ("B", "output", WHOLE, True),
        ]  # fmt: skip


def test_without_pem_2_an_empty_feeder_is_waited_for() -> None:
    with printer(hopper=[]) as made:
        ask(made, "Pem;0")
        with made.machine.cond:
            made.port.offer(b"\x1bSs\r")
        assert made.wait_for(lambda: bool(made.truth.read("waits")))
        made.hands.load(["Z"])
        assert made.wait_for(lambda: made.machine.position == "print")


def test_hands_refuse_to_reach_into_a_moving_printer() -> None:
    with printer(speed=5.0) as made:
        with made.machine.cond:
            made.port.offer(b"\x1bSs\r")
        assert made.wait_for(lambda: made.machine.moving)
        assert act(made.hands, {"do": "take_card"})["ok"] is False
        made.hands.open_cover()
        assert made.idle()
        assert act(made.hands, {"do": "take_card"})["ok"] is True
