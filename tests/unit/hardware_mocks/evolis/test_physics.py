"""What happens to cards: panels, ribbon, boxes, counters, pictures (protocol sheet 5, 6.3, 8)."""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from hardware_mocks.evolis.raster import SIZES, pack
from hardware_mocks.pytest_wires import Setup, SimulatedPrinter, ask

FULL = dict.fromkeys("ymc", b"\xff" * SIZES[128]) | dict.fromkeys("ko", b"\xff" * SIZES[2])
EMPTY = {panel: bytes(len(data)) for panel, data in FULL.items()}


@contextmanager
def printer(**options: object) -> Iterator[SimulatedPrinter]:
    with SimulatedPrinter(Setup(**{"hopper": ["A", "B", "C"], **options})) as made:  # type: ignore[arg-type]
        assert ask(made, "Pem;2") == "OK"
        yield made


def download(made: SimulatedPrinter, panels: str, data: dict[str, bytes] = FULL) -> list[str | None]:
    return [ask(made, f"Db;{panel};{2 if panel in 'ko' else 128}", data[panel]) for panel in panels]


def job(made: SimulatedPrinter, panels: str = "ymcko", data: dict[str, bytes] = FULL) -> list[str | None]:
    return [ask(made, "Ss"), *download(made, panels, data), ask(made, "Se")]


def laid(card: dict[str, object], side: str = "front") -> list[tuple[str, int, float]]:
    panels = card[side]
    assert isinstance(panels, list)
    return [(panel["panel"], panel["job"], panel["laid"]) for panel in panels]


def pixels(card: dict[str, object], key: str = "picture") -> np.ndarray:
    picture = np.asarray(Image.open(str(card[key])))
    assert picture.shape == (648, 1016, 3)
    return picture


def test_a_job_takes_the_first_blank_and_lays_every_panel_once() -> None:
    with printer() as made:
        assert job(made) == ["OK"] * 7
        (card,) = made.truth.read("card")
        assert laid(card) == [(panel, 1, 1.0) for panel in "ymcko"]
        assert (card["blank"], card["number"], card["where"], card["complete"]) == ("A", 1, "output", True)
        assert card["front"][0]["crc32"] == f"{zlib.crc32(FULL['y']):08x}"  # type: ignore[index]
        assert [ask(made, count) for count in ("Rco;c", "Rco;p", "Rrt;count", "Rco;r")] == ["1", "5", "99", "999"]
        assert job(made) == ["OK"] * 7
        assert [card["blank"] for card in made.truth.read("card")] == ["A", "B"]
        assert made.hands.take_output() == {"cards": [
            {key: value for key, value in card.items() if key not in ("event", "printer", "time")}
            for card in made.truth.read("card")
        ]}  # fmt: skip
        assert made.hands.take_output() == {"cards": []}


def test_truth_is_written_before_the_reply() -> None:
    with printer() as made:
        events = []
        for command in ("Ss", "Se"):
            ask(made, command)
            events.append([line["event"] for line in made.truth.read()])
        assert events[0][-2:] == ["job", "feed"]
        assert events[1][-1] == "card"


def test_the_panel_before_is_laid_when_the_next_one_arrives() -> None:
    with printer() as made:
        ask(made, "Ss")
        seen = []
        for panel in "ymcko":
            download(made, panel)
            seen.append("".join(str(line["panel"]) for line in made.truth.read("laid")))
        assert seen == ["", "y", "ym", "ymc", "ymck"]


def test_colours_come_from_their_panels(tmp_path: Path) -> None:
    left, right = np.zeros((1016, 648), np.uint8), np.zeros((1016, 648), np.uint8)
    left[:508], right[508:] = 127, 127  # raster line 0 is the card's left edge
    data = {"y": pack(left, 128), "m": pack(right, 128), "c": EMPTY["c"]}
    bottom = np.zeros((1016, 648), np.uint8)
    bottom[:, :100] = 1  # column 0 is the card's bottom edge
    with printer(cards=tmp_path, serial="S1") as made:
        job(made, "ymcko", {**data, "k": np.packbits(bottom, axis=1).tobytes(), "o": FULL["o"]})
        (card,) = made.truth.read("card")
    picture = pixels(card)
    assert card["picture"] == str(tmp_path / "S1-1.png")
    assert picture[10, 10].tolist() == [255, 255, 0]
    assert picture[10, 1000].tolist() == [255, 0, 255]
    assert picture[640, 10].tolist() == [0, 0, 0]
    assert (picture[548:] == 0).all()
    assert (picture[:548] != 0).any(axis=2).all()


def test_dye_strength_follows_the_value(tmp_path: Path) -> None:
    half = pack(np.full((1016, 648), 16, np.uint8), 32)
    with printer(cards=tmp_path) as made:
        ask(made, "Ss")
        ask(made, "Db;c;32", half)
        ask(made, "Se")
        (card,) = made.truth.read("card")
    assert pixels(card)[300, 300].tolist() == [255 - 16 * 255 // 31, 255, 255]


def test_a_second_pass_over_the_same_card_is_seen(tmp_path: Path) -> None:
    grey = {**EMPTY, **{panel: pack(np.full((1016, 648), 64, np.uint8), 128) for panel in "ymc"}}
    with printer(cards=tmp_path) as made:
        ask(made, "Pneab;E")
        job(made, "ymcko", grey)
        ask(made, "Pmi;B")
        ask(made, "Pneab;A;1")
        job(made, "ymcko", grey)
        (card,) = made.truth.read("card")
    assert card["jobs"] == [1, 2]
    assert not card["complete"]
    assert laid(card) == [(panel, number, 1.0) for number in (1, 2) for panel in "ymcko"]
    once = 255 - 64 * 255 // 127
    assert pixels(card)[300, 300].tolist() == [once * once // 255] * 3


def test_a_panel_sent_twice_in_one_job_makes_the_card_incomplete() -> None:
    with printer() as made:
        assert job(made, "yymcko") == ["OK"] * 8
        (card,) = made.truth.read("card")
        assert [panel for panel, _, _ in laid(card)] == list("yymcko")
        assert not card["complete"]
        assert ask(made, "Rrt;count") == "98"  # the second yellow is on the next set


def test_two_sides(tmp_path: Path) -> None:
    with printer(ribbon="ymckok:50", cards=tmp_path, serial="S2") as made:
        ask(made, "Ss")
        download(made, "ymcko", EMPTY)
        assert ask(made, "Sv") == "OK"
        download(made, "k", FULL)
        assert ask(made, "Se") == "OK"
        (card,) = made.truth.read("card")
        assert made.machine.ribbon is not None
        assert made.machine.ribbon.left == 49
    assert laid(card, "back") == [("k", 1, 1.0)]
    assert card["complete"]
    assert pixels(card).min() == 255
    assert pixels(card, "picture_back").max() == 0
    assert card["picture_back"] == str(tmp_path / "S2-1-back.png")


def test_downloads_outside_a_job_only_fill_memory() -> None:
    with printer() as made:
        assert download(made, "yk") == ["OK", "OK"]
        assert ask(made, "Se") == "OK"
        assert [line["event"] for line in made.truth.read()] == ["load"]


def test_a_filled_overlay_is_printed_inside_a_job() -> None:
    with printer(ribbon="ko:9") as made:
        ask(made, "Ss")
        download(made, "k")
        assert ask(made, "Wcb;o;255") == "OK"
        assert ask(made, "Se") == "OK"
        (card,) = made.truth.read("card")
        assert card["complete"]
        assert [panel["crc32"] for panel in card["front"]] == [  # type: ignore[attr-defined]
            f"{zlib.crc32(FULL[panel]):08x}" for panel in "ko"
        ]


def test_compressed_panels_carry_the_checksum_of_the_packed_raster() -> None:
    with printer() as made:
        ask(made, "Ss")
        assert ask(made, "Dbc;y;128;2032", b"\x80\x00" * 1016) == "OK"
        assert ask(made, "Dbc;k;2;1016", b"\xff" * 1016) == "OK"
        ask(made, "Se")
        (card,) = made.truth.read("card")
        checksums = [panel["crc32"] for panel in card["front"]]  # type: ignore[attr-defined]
        assert checksums == [f"{zlib.crc32(data):08x}" for data in (EMPTY["y"], FULL["k"])]


def test_a_second_start_discards_the_first_job_and_pushes_its_card_out() -> None:
    with printer() as made:
        ask(made, "Ss")
        download(made, "ym")
        assert job(made) == ["OK"] * 7
        first, second = made.truth.read("card")
        assert (first["blank"], laid(first), first["complete"]) == ("A", [("y", 1, 1.0)], False)
        assert (second["blank"], second["jobs"], second["complete"]) == ("B", [2], True)


def test_input_mode_b_prints_on_the_card_inside() -> None:
    with printer() as made:
        for command in ("Pmi;B", "Sic"):
            assert ask(made, command) == "OK"
        assert job(made) == ["OK"] * 7
        (card,) = made.truth.read("card")
        assert (card["blank"], card["complete"]) == ("A", True)
        assert ask(made, "Rco;c") == "1"


def test_a_rejected_card_is_not_complete_although_its_last_panel_was_loaded() -> None:
    with printer() as made:
        ask(made, "Ss")
        download(made, "ymcko")
        assert ask(made, "Ser") == "OK"
        (card,) = made.truth.read("card")
        assert (card["where"], card["complete"]) == ("reject", False)
        assert [panel for panel, _, _ in laid(card)] == list("ymck")
        assert [record["blank"] for record in made.hands.take_reject()["cards"]] == ["A"]  # type: ignore[attr-defined]


def test_the_wrong_ribbon_feeds_nothing() -> None:
    with printer(ribbon="k:10") as made:
        ask(made, "Pr;ymcko")
        assert ask(made, "Ss") == "ERR RIBBON TYPE"
        assert made.hands.look()["inside"] == []
        assert ask(made, "Pr;k") == "OK"
        ask(made, "Ss")
        assert download(made, "yy") == ["OK", "ERR RIBBON TYPE"]
        assert made.hands.look()["inside"] == ["A"]


def test_the_ribbon_runs_out_after_its_sets_and_a_new_one_helps() -> None:
    with printer(ribbon="k:2") as made:
        assert job(made, "k") == job(made, "k") == ["OK"] * 3
        assert ask(made, "Ss") == "ERR RIBBON"
        assert ask(made, "Rcr") == "ERR RIBBON"
        made.hands.new_ribbon("k", 5)
        assert job(made, "k") == ["OK"] * 3
        assert [line["count"] for line in made.truth.read("ribbon")] == [5]


def test_the_empty_hopper_stops_the_next_job_and_loading_helps() -> None:
    with printer(hopper=["A"], ribbon="k:9") as made:
        assert job(made, "k") == ["OK"] * 3
        assert ask(made, "Ss") == "FEEDER EMPTY"
        made.hands.load(["B", "C"])
        assert made.hands.hopper() == {"blanks": ["B", "C"]}
        assert job(made, "k") == ["OK"] * 3
        assert made.hands.unload() == {"blanks": ["C"]}


def test_an_open_cover_stops_every_movement() -> None:
    with printer() as made:
        made.hands.open_cover()
        assert [ask(made, command) for command in ("Ss", "Sic", "Si", "Ser")] == ["COVER OPEN"] * 4
        made.hands.close_cover()
        assert job(made) == ["OK"] * 7
        assert [line["open"] for line in made.truth.read("cover")] == [True, False]


def test_a_card_printed_before_is_the_same_card_when_it_is_loaded_again(tmp_path: Path) -> None:
    with printer(hopper=["A"], cards=tmp_path) as made:
        job(made, "ymcko", {**EMPTY, "y": FULL["y"]})
        made.hands.load(["A"])
        job(made, "ymcko", {**EMPTY, "m": FULL["m"]})
        first, second = made.truth.read("card")
    assert (second["jobs"], second["complete"]) == ([1, 2], False)
    assert pixels(first)[5, 5].tolist() == [255, 255, 0]
    assert pixels(second)[5, 5].tolist() == [255, 0, 0]


def test_feeding_may_happen_at_the_first_panel() -> None:
    with printer(quirks=["feed_at_panel"]) as made:
        ask(made, "Ss")
        assert made.hands.look()["inside"] == []
        download(made, "y")
        assert made.hands.look()["inside"] == ["A"]
        download(made, "mcko")
        ask(made, "Se")
        (card,) = made.truth.read("card")
        assert card["complete"]


def test_overlay_before_colour_is_done_but_noted() -> None:
    with printer() as made:
        assert job(made, "oymck") == ["OK"] * 7
        assert len(made.truth.read("odd")) == 1


@pytest.mark.parametrize("damage", [b"\x00", b"\xff"])
def test_a_surplus_byte_in_a_panel_is_a_protocol_error(damage: bytes) -> None:
    with printer() as made:
        ask(made, "Ss")
        assert ask(made, "Db;k;2", EMPTY["k"] + damage) == "ERR PARAMETRES"
        assert len(made.truth.read("protocol")) == 1
        assert download(made, "k") == ["OK"]


def test_pictures_of_an_earlier_run_are_not_written_over(tmp_path: Path) -> None:
    names = []
    for _ in range(2):
        with printer(ribbon="k:9", cards=tmp_path, serial="S3") as made:
            job(made, "k")
            names += [Path(str(card["picture"])).name for card in made.truth.read("card")]
    assert names == ["S3-1.png", "S3-2.png"]
