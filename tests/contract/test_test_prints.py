"""Test prints through the books, beside the daemon's work, on a simulated Evolis."""

from __future__ import annotations

import threading
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image

from contract.card_path import card_path, uid_of
from crash.test_killed_daemon import daemon_process, over_socket
from hardware_mocks.wires.vicc import Pcscd
from layouts.calibration import draw
from layouts.fonts import FontSource
from layouts.render import RenderedSide
from printd.cli.remedies import sentence
from printd.demo.staff import CHECKER, RUNNER, person
from printd.errors import PrintdError, Refused
from printd.printing import test_print as printing
from printd.printing.card_run import CardRun
from printd.printing.test_run import _end
from printd.store import spoils
from support.deliberate import line, notices
from support.office import TWO, office, until
from support.workday import entries

FIRST, SECOND = "BLK000001", "BLK000002"


def dots(path: str | Path) -> npt.NDArray[np.uint8]:
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB"))


def layout(name: str, model: str, day: date) -> RenderedSide:
    return draw(printer=name, model=model, day=day, fonts=FontSource(None)).front


def test_the_card_is_printed_as_calibrated_between_the_daemons_cards(tmp_path: Path) -> None:
    with office(tmp_path, blanks=6) as shop:
        shop.take_in(1)
        with shop.open_doors():
            shop.print_everything(1)
            with pytest.raises(Refused, match="p0 is not paused"):
                shop.act("test_prints.print", name="p0", by=person(RUNNER))
            shop.act("printers.pause", name="p0", by=person(RUNNER))
            plain = shop.act("test_prints.print", name="p0", by=person(RUNNER), purpose="calibration")
            shop.act("calibration.calibrate", name="p0", by=person(RUNNER), shift_x=3, offset_y=2)
            moved = shop.act("test_prints.print", name="p0", by=person(CHECKER), purpose="calibration")
            assert "ended: spoiled" in shop.act("printers.list")[0]["pause_reason"]
            anew = {"anew": True}  # people know cards as they are drawn
            shop.act("calibration.calibrate", name="p0", by=person(RUNNER), **anew)
            shop.take_in(1, seed=8)
            shop.act("printers.resume", name="p0", by=person(RUNNER))
            shop.print_everything(2)
        shop.judge(records=2)
        assert [(one["serial"], one["state"]) for one in (plain, moved)] == [
            (SECOND, "spoiled"),
            ("BLK000003", "spoiled"),
        ]
        assert [one["after"]["cards"] - one["before"] for one in map(_counted, (plain, moved))] == [1, 1]
        started, _ = entries(shop.desk, "test_print.started")
        assert started.data["serial_number"] == "SIM0000"
        assert started.data["purpose"] == "calibration"
        assert started.data["counters"]["cards"] == 1
        assert started.actors == (RUNNER,)
        cards = {card["blank"]: card for card in shop.outside()}
        drawn = layout("p0", "primacy", shop.shop.today())
        for blank, right, down in ((SECOND, 0, 0), ("BLK000003", 3, 2)):
            black = (dots(cards[blank]["picture"]) == 0).all(axis=2)
            resin = np.roll(drawn.resin, (down, right), axis=(0, 1))[8:-8, 8:-8]
            assert black[8:-8, 8:-8][resin].all(), "the resin lies where the calibration puts it"
            others = np.roll(resin, 1, axis=1)
            assert not black[8:-8, 8:-8][others].all(), "and nowhere else would do"
        dyes = drawn.colour.astype(int) - dots(cards[SECOND]["picture"]).astype(int)
        assert np.abs(dyes[~drawn.resin]).max() <= 4, "seven bits a dye"
        with shop.shop.store.reading() as connection:
            spoiled = spoils.spoiled_between(connection, "2000", "3000")
        assert [(row["serial"], row["cause"], row["step"], row["printer"], row["operator"]) for row in spoiled] == [
            (SECOND, "test_print", "print", "p0", RUNNER),
            ("BLK000003", "test_print", "print", "p0", CHECKER),
        ]


def _counted(told: dict[str, Any]) -> dict[str, Any]:
    return {"before": told["counters"]["cards"], **told["evidence"][0]}


def test_a_doubt_stops_the_printer_and_the_shift_until_two_people_settle_it(tmp_path: Path) -> None:
    with office(tmp_path, blanks=3, faults=("power_cut@panel=c,card=1",)) as shop:
        shop.take_in(1)
        shop.act("printers.pause", name="p0", by=person(RUNNER))
        with shop.open_doors():
            told = shop.act("test_prints.print", name="p0", by=person(RUNNER))
            assert (told["state"], shop.places()[FIRST]) == ("in_doubt", "printer:p0")
            (row,) = shop.act("printers.list")
            assert row["pause_reason"] == f"A test print on {FIRST} is in doubt: settle it."
            shop.act("shifts.count_begin", by=person(RUNNER))
            counted = {"hopper:p0": {"pieces": 2}, f"shift:{shop.act('shifts.list')[0]['id']}": {"pieces": 0}}
            for name in (RUNNER, CHECKER):
                shop.act("shifts.count", found=counted, by=person(name))
            with pytest.raises(Refused, match=f"what became of {FIRST} in p0") as refusal:
                shop.act("shifts.close", **TWO)
            assert "settle-test p0" in sentence(refusal.value.remedy)
            shop.act("shifts.resume", by=person(RUNNER))
            for act in ("printers.resume", "test_prints.print"):
                with pytest.raises(Refused, match=f"test print of p0 on {FIRST} is in doubt"):
                    shop.act(act, name="p0", by=person(RUNNER))
            with pytest.raises(Refused, match="cannot sign twice"):
                shop.act("test_prints.settle", name="p0", outcome="spoiled", by=TWO["by"], second=TWO["by"])
            hands = shop.printers["p0"].hands
            hands.power_on()
            hands.take_card()
            looked = shop.act("test_prints.look", name="p0", by=person(CHECKER))
            assert (looked["state"], len(looked["evidence"])) == ("in_doubt", 2)
            settled = shop.act("test_prints.settle", name="p0", outcome="spoiled", **TWO)
            assert (settled["state"], settled["settled_by"], settled["settled_with"]) == ("spoiled", CHECKER, RUNNER)
            hands.new_ribbon()
            shop.act("printers.resume", name="p0", by=person(RUNNER))
            shop.print_everything(1)
        shop.judge(records=1)
        with shop.shop.store.reading() as connection:
            (spoiled,) = spoils.spoiled_between(connection, "2000", "3000")
        assert (spoiled["operator"], spoiled["approved_by"]) == (RUNNER, CHECKER), "nobody approves their own"


def test_a_test_card_that_lies_on_another_blank_is_put_on_it_by_two(tmp_path: Path) -> None:
    """The first took two blanks at once and counted one; the second lies on the third blank."""
    with office(tmp_path, blanks=5, faults=("double_feed@card=1",)) as shop:
        shop.act("printers.pause", name="p0", by=person(RUNNER))
        told = [shop.act("test_prints.print", name="p0", by=person(RUNNER)) for _ in range(2)]
        assert [(one["serial"], one["state"]) for one in told] == [(FIRST, "spoiled"), (SECOND, "spoiled")]
        printed = [card["blank"] for card in shop.outside() if card["front"]]
        assert printed == [FIRST, "BLK000003"]
        right = {"name": "p0", "booked": SECOND, "serial": "BLK000003"}
        assert shop.act("test_prints.correct", **right, **TWO)["serial"] == "BLK000003"
        for act in ("blanks.skip", "blanks.find"):
            shop.act(act, serial=SECOND, **TWO)
        shop.judge()


def test_who_speaks_with_a_printer_speaks_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While one command prints a test card, another at the same daemon is refused, and the books stay right."""
    begun, go_on = threading.Event(), threading.Event()
    run = CardRun.run

    def slow(self: CardRun, *about: Any) -> Any:
        begun.set()
        assert go_on.wait(30)
        return run(self, *about)

    monkeypatch.setattr(CardRun, "run", slow)
    with office(tmp_path, blanks=3) as shop:
        shop.act("printers.pause", name="p0", by=person(RUNNER))
        told: list[Any] = []
        first = threading.Thread(
            target=lambda: told.append(shop.act("test_prints.print", name="p0", by=person(RUNNER)))
        )
        with shop.open_doors():
            first.start()
            assert begun.wait(30)
            for refused, about in (
                ("technician.test", {"by": person(RUNNER)}),
                ("test_prints.print", {"by": person(CHECKER)}),
                ("printers.resume", {"by": person(RUNNER)}),
                ("test_prints.settle", {"outcome": "unused", **TWO}),
            ):
                with pytest.raises(Refused, match=r"under way|Somebody else|is in doubt"):
                    shop.act(refused, name="p0", **about)
            go_on.set()
            first.join(30)
            assert told[0]["state"] == "spoiled"
            monkeypatch.setattr(CardRun, "run", lambda *about: 1 / 0)
            with monkeypatch.context() as full_disk:
                full_disk.setattr(printing, "end", lambda *about, **more: 1 / 0)
                with pytest.raises(ZeroDivisionError):
                    shop.act("test_prints.print", name="p0", by=person(RUNNER))
            assert shop.act("test_prints.list")["test_prints"][0]["state"] == "open", "nobody could book how it ended"
            settled = shop.act("test_prints.settle", name="p0", outcome="unused", blank_is="hopper", **TWO)
            assert (settled["state"], settled["serial"]) == ("unused", SECOND)
        shop.judge(records=0)


def test_a_daemon_that_is_told_to_end_does_not_wait_for_a_test_print(tmp_path: Path) -> None:
    """The card is under way for longer than the ten seconds that the end may take; it is in doubt then."""
    with office(tmp_path, blanks=3, speed=1.0) as shop:
        shop.act("printers.pause", name="p0", by=person(RUNNER))
        config = shop.shop_folder / "printd.toml"
        config.write_text(config.read_text().replace("card_seconds = 2", "card_seconds = 60"))
        shop.reconfigure()
        shop.shop.sign()
        over_socket(shop)
        refused: list[PrintdError] = []

        def ask() -> None:
            try:
                shop.act("test_prints.print", name="p0", by=person(RUNNER))
            except PrintdError as error:
                refused.append(error)

        with daemon_process(shop.shop_folder) as process:
            asking = threading.Thread(target=ask)
            asking.start()
            until(lambda: bool(shop.printers["p0"].truth.read("laid")), "a panel is laid")
            process.terminate()
            assert process.wait(10) == 0
            asking.join(30)
        assert "unknown" in refused[0].consequence
        del shop.act  # nobody listens any more
        hands = shop.printers["p0"].hands
        hands.power_off()
        hands.power_on()
        if hands.look()["inside"]:
            hands.take_card()
        test = shop.act("test_prints.look", name="p0", by=person(CHECKER))
        assert (test["state"], test["serial"]) == ("in_doubt", FIRST)
        shop.act("test_prints.settle", name="p0", outcome="spoiled", **TWO)
        shop.judge(records=0)


@pytest.mark.pcsc
@notices(
    {
        "a foreign chip under a test print is nobody's business": line(
            _end, "ran.rejection.conflict is not None", "False"
        )
    }
)
def test_where_chips_are_read_a_test_card_is_printed_on_the_booked_blank_alone(tmp_path: Path, cards: Pcscd) -> None:
    encoder = f'[encoder]\nmode = "uid"\nchip_seconds = 4\n[encoder.readers]\np0 = "{cards.readers[0]}"\n'
    with (
        office(tmp_path, blanks=3, more=encoder) as shop,
        card_path(shop.printers["p0"], cards.slots[0]),
    ):
        shop.act("printers.pause", name="p0", by=person(RUNNER))
        good = shop.act("test_prints.print", name="p0", by=person(RUNNER))
        assert (good["state"], good["serial"]) == ("spoiled", FIRST)
        assert f"was bound to {FIRST}" in good["evidence"][0]["findings"][0]
        shop.act("chips.bind", serial="BLK000003", uid=uid_of("BLK000003").hex(), by=person(RUNNER))
        hands = shop.printers["p0"].hands
        hands.unload()
        hands.load(["BLK000003", SECOND])  # swapped by hand, unseen by the books
        laid = len(shop.printers["p0"].truth.read("laid"))
        swapped = shop.act("test_prints.print", name="p0", by=person(RUNNER))
        assert (swapped["state"], swapped["serial"]) == ("in_doubt", SECOND)
        assert "BLK000003, booked in hopper:p0, was rejected unprinted" in swapped["evidence"][0]["findings"][0]
        assert len(shop.printers["p0"].truth.read("laid")) == laid, "nothing was printed on a blank that is not booked"
        incidents = shop.act("incidents.list")
        both = [[SECOND, SECOND], ["BLK000003", "BLK000003"]]
        assert [(one["kind"], one["serials"]) for one in incidents] == [("uid_elsewhere", both)]
        assert entries(shop.desk, "incident.opened")[0].actors == (), "the station found it"
        assert {one.actors for one in entries(shop.desk, "test_print.started")} == {(RUNNER,)}
        shop.act("test_prints.settle", name="p0", outcome="unused", blank_is="hopper", **TWO)
        shop.act("blanks.skip", serial="BLK000003", **TWO)
        shop.act("blanks.find", serial="BLK000003", **TWO)
        with pytest.raises(Refused, match=f"{SECOND} has the open incident"):
            shop.act("test_prints.print", name="p0", by=person(RUNNER))
        shop.act("incidents.close", incident=incidents[0]["id"], outcome="They lay swapped.", **TWO)
        assert shop.act("test_prints.print", name="p0", by=person(RUNNER))["state"] == "spoiled"
        shop.judge(records=0)
