"""Faults of a retransfer printer, each against its code, its film and its card (protocol sheet 8, 11, 12)."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from hardware_mocks.families import FAMILIES
from hardware_mocks.faults import CATALOGUE, parse
from hardware_mocks.pytest_wires import SimulatedPrinter
from hardware_mocks.supplies import Counters
from support.matica_talk import NOT_OK, card, command, connect, image, matica, panels, replies, say, send, start, upload

YMCK = (1, 2, 4, 8)
FULL = [("y", 1.0), ("m", 1.0), ("c", 1.0), ("k", 1.0)]


def whole(made: SimulatedPrinter, *, back: bool = False, at: str = "2") -> list[str]:
    """Print one card, with a chip at a station first; return the codes until one is not 0."""
    steps: list[str | tuple[int, ...]] = [f"0402000{at}", "05020000", YMCK, "0602000F"]
    steps += ["07021000", (8,), "06020008"] if back else []
    codes: list[str] = []
    for step in [*steps, "07020005"]:
        got = say(made, step) if isinstance(step, str) else [f"{code:X}" for code in upload(made, *step)]
        codes += got
        if any(code != "0" for code in got):
            break
    return codes


def wake(made: SimulatedPrinter) -> list[str]:
    """Switch a printer on that lost its power and ask for the status twice."""
    made.hands.power_on()
    assert made.wait_for(lambda: made.machine.ready)
    connect(made)
    send(made, start())
    return say(made, "01020000", "01020000")


JAMS = [
    ("feed_jam", "39000"), ("jam@step=feed", "39000"), ("flip_jam", "39100"), ("rotation", "39100"),
    ("transfer_jam", "39300"), ("jam@step=transfer", "39300"), ("retransfer_jam", "39500"), ("eject_jam", "39400"),
    ("jam@step=eject", "39400"), ("hopper_full", "39400"), ("film_mark", "3A100"), ("ribbon_search", "3B100"),
    ("ribbon_end@panel=c", "3B200"), ("ribbon_cut@panel=m", "3B000"), ("station_timeout", "34400"),
]  # fmt: skip


@pytest.mark.parametrize(("fault", "code"), JAMS)
def test_an_error_stays_until_its_cause_is_gone_and_it_is_initialised(fault: str, code: str) -> None:
    with matica(faults=[fault]) as made:
        assert whole(made, back=True)[-1] == code
        assert say(made, "01020000", "01020000", "05020004") == [code] * 3
        assert made.machine.counters.errors == 1
        jammed = made.machine.jammed
        if code[:3] == "3B2" or code == "3B000":
            made.hands.new_ribbon("ymck", 10)
        if jammed:
            assert say(made, "03020000", "01020000") == [code, code]  # the card still sticks
            made.hands.clear_jam()
        assert say(made, "03020000", "01020000") == ["0", "0"]
        if not jammed and made.machine.path:
            assert say(made, "05020004") == ["0"]
        assert whole(made)[-1] == "0"  # the next card
        last = made.truth.read("card")[-1]
        assert (panels(last), last["complete"]) == (FULL, True)


def test_what_the_card_carries_after_each_jam_at_the_roller() -> None:
    for fault, laid in (("transfer_jam", []), ("jam@step=transfer,at=0.25", [(panel, 0.25) for panel in "ymck"]),
                        ("retransfer_jam", FULL), ("eject_jam", FULL)):  # fmt: skip
        with matica(faults=[fault]) as made:
            whole(made)
            made.hands.clear_jam()
            assert panels(card(made)) == laid
            assert card(made)["where"] == "hand"
            say(made, "03020000")
            assert len(made.truth.read("film_wasted")) == (0 if laid else 1)


@pytest.mark.parametrize("panel", list("ymck"))
def test_the_ribbon_ends_before_each_panel(panel: str) -> None:
    with matica(faults=[f"ribbon_end@step=before_panel,panel={panel}"]) as made:
        assert whole(made)[-1] == "3B200"
        assert [line["panel"] for line in made.truth.read("film_laid")] == list("ymck")[: "ymck".index(panel)]
        assert say(made, "02020000") == ["0:01020000"]
        made.hands.new_ribbon("ymck", 10)
        assert say(made, "03020000", "05020004") == ["0", "0"]
        assert card(made)["front"] == []
        assert made.machine.counters.panels == "ymck".index(panel)


def test_film_and_ribbon_come_to_their_end_by_themselves() -> None:
    with matica(film=1, ribbon="ymck:2", hopper=list("ABCD")) as made:
        assert whole(made)[-1] == "0"
        assert whole(made)[-1] == "3A100"
        made.hands.new_film(5)
        say(made, "03020000", "05020004")
        assert whole(made)[-1] == "0"
        assert whole(made)[-1] == "3B200"
    with matica(ribbon="ko") as made:
        say(made, "04020000")
        upload(made, 1)
        assert say(made, "06020001") == ["3B100"]


DOORS = ["before_feed", "feed", "after_feed", "before_station", "station", "after_station", "before_panel,panel=m",
         "panel,panel=c", "after_panel,panel=k", "before_transfer", "transfer", "after_transfer", "before_flip", "flip",
         "after_flip", "before_eject", "eject", "after_eject"]  # fmt: skip


@pytest.mark.parametrize("step", DOORS)
def test_the_door_at_every_step(step: str) -> None:
    with matica(faults=[f"cover@step={step}"]) as made:
        assert whole(made, back=True)[-1] == ("2D100" if step != "after_eject" else "0")
        assert say(made, "01020000", "03020000") == ["2D100", "2D100"]
        made.hands.close_cover()
        assert say(made, "03020000", "01020000") == ["0", "0"]
        if made.hands.look()["inside"]:
            assert say(made, "02020000")[0][:9] in ("0:0102000", "0:0102040")
        assert say(made, "05020004")[0] == ("0" if step not in ("before_feed", "feed", "after_eject") else "52600")


@pytest.mark.parametrize(
    ("name", "code"), [("warming", "2DA00"), ("starting", "2DB00"), ("cold", "2F600"), ("roller_hot", "2C200")]
)
def test_waits_go_by_themselves_after_so_many_questions(name: str, code: str) -> None:
    with matica(faults=[f"{name}@command=status,polls=2"]) as made:
        assert say(made, *["01020000"] * 4) == [code, code, "0", "0"]
    with matica(faults=[f"{name}@command=load,polls=1"]) as made:
        assert say(made, "04020000", "02020000", "01020000") == [code, "0:01020400", "0"]
        assert made.truth.read("feed") == []


def test_a_hot_head_stops_the_print_and_cools_down() -> None:
    with matica(faults=["head_hot@panel=m"]) as made:
        assert whole(made)[-1] == "2F800"
        assert say(made, *["01020000"] * 4) == ["2F800"] * 3 + ["0"]
        assert [line["panel"] for line in made.truth.read("film_laid")] == ["y"]


def test_any_code_can_be_said() -> None:
    with matica(faults=["error@command=status,code=0002C100", "error@command=move,code=00099900"]) as made:
        assert say(made, "01020000", "04020000", "03020000", "04020000") == ["2C100", "2C100", "0", "0"]
        assert say(made, "05020001", "01020000", "03020000", "01020000") == ["99900", "99900", "0", "0"]


def test_no_cards_concerns_loading_alone() -> None:
    with matica(hopper=["A"]) as made:
        assert whole(made)[-1] == "0"  # the last card is printed though the hopper is empty behind it
        assert say(made, "01020000", "04020000", "01020000") == ["2D000", "2D000", "2D000"]
        made.hands.load(["B"])
        assert say(made, "01020000", "04020000") == ["0", "0"]
    with matica(faults=["feeder_empty"]) as made:
        assert say(made, "04020000", "02020000", "01020000", "04020000") == ["2D000", "0:01020400", "0", "0"]


# -- replies ---------------------------------------------------------------------------------------
def test_replies_lost_doubled_garbled_late_and_with_another_number() -> None:
    def codes(fault: str) -> tuple[bytes, bytes, int]:
        with matica(faults=[f"{fault}@command=load"]) as made:
            first = send(made, command("04020000", sequence=1))
            return first, send(made, command("02020000", sequence=2)), len(made.truth.read("feed"))

    good, where = command("04020000", sequence=1), command("02020000", sequence=2)
    assert good != where
    done = bytes.fromhex("F1000100 00000002 00000000 00000001")
    inside = bytes.fromhex("F1000300 00000003 00000000 00000002 01020000")
    nothing = bytes.fromhex("F1000300 00000003 00000000 00000002 01020400")
    assert codes("reply_lost") == (b"", inside, 1)
    assert codes("silence") == codes("reply_lost_undone") == (b"", nothing, 0)
    assert codes("duplicate_reply") == (done * 2, inside, 1)
    assert codes("reply_late") == (b"", done + inside, 1)
    garbled, *rest = codes("garbled_reply")
    assert rest == [inside, 1]
    assert garbled[0] != 0xF1
    other, *rest = codes("wrong_sequence")
    assert rest == [inside, 1]
    assert (other[:12], other[12:] == done[12:]) == (done[:12], False)


@pytest.mark.parametrize(("fault", "done"), [("reset@command=load", 0), ("reset@reply=load", 1)])
def test_a_reset_before_and_after_a_deed(fault: str, done: int) -> None:
    with matica(faults=[fault]) as made:
        assert send(made, command("04020000")) == b""
        assert made.port.hanging_up
        assert len(made.truth.read("feed")) == done


def test_a_magnetic_stripe_is_written_read_and_fails() -> None:
    write = "090A 00 02 16 03 333435 24 01 01".replace(" ", "")
    write = write[:2] + f"{(len(write) - 4) // 2:02X}" + write[4:]
    with matica(faults=["write_failed@command=write_magnetic,card=2"]) as made:
        assert say(made, write) == ["52600"]
        assert say(made, "04020003", write) == ["0", "0"]
        ((kind, code, _, data),) = replies(send(made, command("0806001624000000")))
        assert (kind, code, data[4:]) == (0xF1000300, 0, bytes.fromhex("02 1603333435 240101 000000"))
        assert say(made, "0806000034000000") == ["3A800"]
        assert say(made, "03020000", "05020004", "04020003", write, "01020000") == ["0", "0", "0", "3AD00", "3AD00"]
    with matica(faults=["magnetic_jam"]) as made:
        assert say(made, "04020003") == ["39200"]


# -- counters --------------------------------------------------------------------------------------
@pytest.mark.parametrize(("moment", "counts"), [("load", [1, 1, 1]), ("transfer", [0, 1, 1]), ("exit", [0, 0, 1])])
def test_the_moment_of_counting_is_a_quirk(moment: str, counts: list[int]) -> None:
    with matica(quirks=[f"count_at={moment}", "head_extra=2"]) as made:
        found = []
        for step in ("04020000", "07020000", "05020005"):
            if step.startswith("07"):
                upload(made, 8)
                say(made, "06020008")
            say(made, step)
            found.append(made.machine.counters.cards)
        assert found == counts
        assert made.machine.counters.panels == 3
        made.machine.quirks.head_extra = 0
        assert whole(made, back=True)[-1] == "0"  # two sides are one card
        assert (made.machine.counters.cards, made.machine.counters.panels) == (2, 8)


@pytest.mark.parametrize(("fault", "count"), [("card_uncounted", 0), ("card_counted_twice", 2)])
def test_a_counter_that_counts_wrong(fault: str, count: int) -> None:
    with matica(faults=[fault]) as made:
        assert whole(made)[-1] == "0"
        assert (made.machine.counters.cards, card(made)["complete"]) == (count, True)


def test_counters_outlive_cut_and_process(tmp_path: Path) -> None:
    for _ in range(2):
        with matica(memory=tmp_path / "m", faults=["power_cut@step=after_eject"]) as made:
            with pytest.raises(ValueError, match="not enough"):  # no reply
                whole(made)
            assert not made.machine.power
    assert (Counters.read(tmp_path / "m").cards, Counters.read(tmp_path / "m").panels) == (2, 8)


# -- power -----------------------------------------------------------------------------------------
CUTS = [
    # where, blank still named inside, mode and place after the start, panels on the card's front
    ("step=before_feed", [], "0400", None), ("step=feed", ["A"], "0400", []), ("step=after_feed", ["A"], "0000", []),
    ("step=station", ["A"], "0000", []), ("step=after_station", ["A"], "0002", []),
    *((f"step=before_panel,panel={panel}", ["A"], "0000", []) for panel in "ymck"),
    *((f"step=panel,panel={panel}", ["A"], "0000", []) for panel in "ymck"),
    *((f"step=after_panel,panel={panel}", ["A"], "0000", []) for panel in "ymck"),
    ("step=before_transfer", ["A"], "0000", []), ("step=transfer,at=0", ["A"], "0000", []),
    ("step=transfer,at=0.5", ["A"], "0000", [(panel, 0.5) for panel in "ymck"]),
    ("step=after_transfer", ["A"], "0000", FULL), ("step=before_flip", ["A"], "0000", FULL),
    ("step=flip", ["A"], "0000", FULL), ("step=after_flip", ["A"], "0000", FULL),
    ("step=before_eject", ["A"], "0000", FULL), ("step=eject", ["A"], "0005", FULL),
    ("step=after_eject", [], "0400", FULL), ("reply=transfer;eject", [], "0400", FULL),
    ("command=transfer;flip", ["A"], "0000", []), ("reply=print", ["A"], "0000", []),
    ("payload=c", ["A"], "0000", []),
]  # fmt: skip


@pytest.mark.parametrize(("where", "inside", "place", "front"), CUTS)
def test_a_power_cut_anywhere(where: str, inside: list[str], place: str, front: list[object] | None) -> None:
    with matica(faults=[f"power_cut@{where}"]) as made:
        with contextlib.suppress(ValueError):  # no reply
            whole(made, back=True)
        assert not made.machine.power
        assert wake(made) == ["62800", "0"]
        assert made.hands.look()["inside"] == inside
        assert made.hands.look()["film"]["printed"] == []  # type: ignore[index]
        assert say(made, "02020000") == [f"0:0102{place}"]
        if place == "0400" and inside:
            assert say(made, "04020000", "05020004") == ["0", "0"]  # the one that stuck in the hopper comes first
        elif inside:
            assert say(made, "05020004") == ["0"]
        if front is None:
            assert made.truth.read("card") == []
        else:
            assert (card(made)["blank"], panels(card(made))) == ("A", front)
        printed = [line for line in made.truth.read("film_wasted") if line["why"] == "restart"]
        transferred = bool(front) or not made.truth.read("film_laid")
        late = where == "step=after_flip" or "eject" in where  # the back lies on its own film then
        assert len(printed) == (0 if transferred or late else 1)


@pytest.mark.parametrize(
    ("quirk", "codes"), [("cut_shown", ["62800", "2C300", "0", "0"]), ("cut_latched", ["62800", "2C300", "2C300", "0"])]
)
def test_an_interrupted_motion_may_be_told(quirk: str, codes: list[str]) -> None:
    with matica(quirks=[quirk], faults=["power_cut@step=transfer"]) as made:
        with contextlib.suppress(ValueError):
            whole(made)
        found = wake(made)
        assert [*found, *say(made, "01020000", "03020000")] == codes
        assert say(made, "01020000") == ["0"]
    with matica(quirks=[quirk]) as made:
        made.hands.power_off()
        assert wake(made) == ["62800", "0"]  # nothing moved


def test_film_that_a_quirk_keeps_lands_on_the_next_card() -> None:
    with matica(quirks=["film_kept"], faults=["power_cut@step=before_transfer"]) as made:
        with contextlib.suppress(ValueError):
            whole(made)
        wake(made)
        assert made.hands.look()["film"]["printed"] == list("ymck")  # type: ignore[index]
        say(made, "05020004")
        assert say(made, "04028000") == ["0"]
        assert made.hands.look()["film"]["printed"] == []  # type: ignore[index]


def test_an_immediate_command_is_answered_before_its_end() -> None:
    def codes(made: SimulatedPrinter, *commands: bytes) -> list[int]:
        """Return the codes of commands that come in one piece: the engine gets its turn behind them."""
        found = [code for _, code, _, _ in replies(send(made, b"".join(commands)))]
        assert made.wait_for(lambda: not made.machine.moving)
        return found

    with matica() as made:
        say(made, "04020000")
        upload(made, 8)
        status = command("01020000")
        assert codes(made, command("06020008", 2), status, command("07020005")) == [0, 0x2D400, 0x2D400]
        assert made.hands.look()["film"]["printed"] == ["k"]  # type: ignore[index]
        assert codes(made, command("07020005", 2), status, command("03020000")) == [0, 0x2D300, 0x2D300]
        assert say(made, "01020000", "02020000") == ["0", "0:01020400"]
        assert card(made)["complete"] is True
        assert codes(made, command("04020000", 2), command("05020004", 2)) == [0, 0x2D300]
        assert made.hands.look()["inside"] == ["B"]
        assert codes(made, command("07020005", 2)) == [0x52600]  # what the state forbids is refused at once
        assert say(made, "01020000") == ["0"]


def test_a_motion_that_was_answered_early_does_not_outlive_a_power_cut() -> None:
    with matica(speed=20) as made:
        say(made, "04020000")
        upload(made, 8)
        say(made, "06020008")
        assert say(made, "07020005", word=2) == ["0"]
        made.hands.power_off()
        made.hands.power_on()
        assert made.wait_for(lambda: made.machine.ready, 30)
        connect(made)
        send(made, start())
        assert say(made, "01020000", "01020000") == ["62800", "2DA00"]  # the roller is cold
        assert made.hands.look()["inside"] == ["A"]
        assert made.truth.read("card") == []
        assert not made.machine.moving


def test_every_fault_has_its_help_and_only_its_steps() -> None:
    named = {fault for family in FAMILIES.values() for fault in family.faults}
    assert named <= set(CATALOGUE)
    assert parse("error@command=status,code=2D800").code == 0x2D800
    for text in ("transfer_jam@step=feed", "reset@step=panel", "warming@step=panel", "film_mark@step=transfer"):
        with pytest.raises(ValueError, match="happens only at"):
            parse(text)
    with pytest.raises(ValueError, match="wants code="):
        parse("error@command=status")


def test_moving_with_a_station_engaged_is_seen() -> None:
    with matica() as made:
        assert say(made, "04020001", "0A024000", "05020000") == ["0", "0", "0"]
        assert [line["text"] for line in made.truth.read("odd")] == ["moved with contact engaged"]
    with matica() as made:
        assert say(made, "04020001", "0A020000") == ["0", "0"]  # as the newest host engages the contacts
        assert made.hands.look()["engaged"] == ["contact"]
        assert say(made, "0A025000", "05020000") == ["0", "0"]
        assert made.truth.read("odd") == []


def test_nothing_of_an_upload_is_left_after_a_cut_in_it() -> None:
    with matica(faults=["power_cut@payload=m"], quirks=["no_handshake"]) as made:
        say(made, "04020000")
        assert upload(made, 1) == [0]
        assert send(made, image(made, 2)) == b""
        wake(made)
        assert say(made, "06020001", "06020002") == ["52600", "52600"]
        ((kind, _, _, _),) = replies(send(made, image(made, 2)[:16] + bytes(687_916)))
        assert kind == NOT_OK
