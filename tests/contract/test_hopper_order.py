"""A hopper that is topped up, and one that a blank came back to: each card comes on the blank that the books say."""

from __future__ import annotations

from pathlib import Path

from printd.demo.staff import RUNNER, person
from support.office import TWO, office


def test_a_topped_up_hopper_prints_each_card_on_the_blank_that_the_books_say(tmp_path: Path) -> None:
    """A blank that came back is the lowest of the shift, and does not go on top of those that lie there."""
    with office(tmp_path, blanks=3) as shop:
        hands = shop.printers["p0"].hands
        shop.act("printers.pause", name="p0", by=person(RUNNER))
        shop.act("blanks.unload", printer="p0", serials=[["BLK000001"]], **TWO)
        hands.unload()
        hands.load(["BLK000002", "BLK000003"])
        shop.act("printers.resume", name="p0", by=person(RUNNER))
        shop.take_in(1)
        with shop.open_doors():
            staff = shop.print_everything(1)
            shop.issue("BLK000004", "BLK000007")
            done = shop.act("blanks.load", printer="p0", pieces=3, by=person(RUNNER))
            hands.load(["BLK000004", "BLK000005", "BLK000006"])
            assert done["behind"] == [["BLK000004", "BLK000006"]]
            assert done["takes"] == [["BLK000003", "BLK000006"]]
            shop.take_in(4, seed=8)
            staff = shop.print_everything(5)
        assert not staff.done["blanks corrected"]
        shop.judge(records=5)
        assert [card["blank"][-1] for card in shop.outside()] == list("23456")


def test_a_blank_that_came_back_is_printed_first(tmp_path: Path) -> None:
    with office(tmp_path, blanks=4) as shop:
        hands = shop.printers["p0"].hands
        shop.act("printers.pause", name="p0", by=person(RUNNER))
        shop.act("blanks.unload", printer="p0", serials=[["BLK000001", "BLK000002"]], **TWO)
        shop.issue("BLK000005", "BLK000006")
        behind = shop.act("blanks.load", printer="p0", pieces=1, by=person(RUNNER))
        front = shop.act("blanks.load", printer="p0", serials=[["BLK000001", "BLK000002"]], by=person(RUNNER))
        assert (behind["behind"], front["in_front"]) == ([["BLK000005", "BLK000005"]], [["BLK000001", "BLK000002"]])
        assert front["takes"] == [["BLK000001", "BLK000005"]]
        hands.unload()  # two before the stack that was taken out in one piece, one behind it; nobody sorted
        hands.load(["BLK000001", "BLK000002", "BLK000003", "BLK000004", "BLK000005"])
        shop.act("printers.resume", name="p0", by=person(RUNNER))
        shop.take_in(5)
        with shop.open_doors():
            staff = shop.print_everything(5)
        assert not staff.done["blanks corrected"]
        shop.judge(records=5)
        assert [card["blank"][-1] for card in shop.outside()] == list("12345")
