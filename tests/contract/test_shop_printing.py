"""The shop prints: every fault ends with books that equal physics and at most one good card a record."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from support.office import TWO, office

RECORDS = 3
FAULTS = [
    "feeder_empty@card=2",
    "double_feed@card=2",
    "wrong_ribbon@card=2",
    "ribbon_end@panel=y,card=2",
    "jam@panel=m,card=2",
    "hopper_full@card=2",
    "silence@command=Ss,card=2",
    "reply_lost@command=Se,card=2",
    "garbled_reply@command=Se,card=2",
    "power_cut@step=after_feed,card=2",
    "power_cut@reply=Se,card=2",
    "cable_out@payload=c,card=2",
]
MORE = [
    "feed_jam@card=2",
    "defect@card=2",
    "ribbon_end@panel=o,card=2",
    "ribbon_cut@panel=k,card=2",
    "jam@step=eject,card=2",
    "jam@step=feed,card=2",
    "cover@panel=c,card=2",
    "head_hot@panel=k,card=2",
    "silence@command=Rco;c,card=2",
    "silence@command=Db,panel=m,card=2",
    "silence@command=Se,card=2",
    "reply_lost@command=Ss,card=2",
    "reply_lost@command=Db,panel=o,card=2",
    "reply_lost_undone@command=Se,card=2",
    "duplicate_reply@command=Se,card=2",
    "power_cut@step=before_feed,card=2",
    "power_cut@panel=k,card=2",
    "power_cut@step=before_eject,card=2",
    "power_cut@step=after_eject,card=2",
    "cable_out@reply=Rco;c,card=1",
    "cable_out@reply=Se,card=2",
]
"""With ``make crash``; the crash suite meets the like of them without wires and waiting."""


def test_four_printers_print_every_record_once(tmp_path: Path) -> None:
    with office(tmp_path, printers=4) as shop:
        shop.run_under(card_seconds=60, command_seconds=20.0)  # beside other tests a card may take its time
        shop.take_in(24)
        with shop.open_doors():
            staff = shop.print_everything(24)
        assert not staff.done, "nothing went wrong, and nobody had to put anything right"
        shop.judge(records=24)
        used = {line["printer"] for line in shop.outside()}
        assert used == {"SIM0000", "SIM0001", "SIM0002", "SIM0003"}


def test_the_lowest_serial_of_a_hopper_is_booked_first(tmp_path: Path) -> None:
    """Two ranges in one hopper, lowest below as the operator laid them: the books follow the printer across the gap."""
    with office(tmp_path, blanks=3) as shop:
        shop.issue("BLK000008", "BLK000010")
        shop.act("blanks.load", printer="p0", serials=[["BLK000008", "BLK000010"]], by=TWO["by"])
        shop.printers["p0"].hands.load(["BLK000008", "BLK000009", "BLK000010"])
        shop.take_in(5)
        with shop.open_doors():
            staff = shop.print_everything(5)
        assert not staff.done["blanks corrected"]
        shop.judge(records=5)
        assert [card["blank"][-2:] for card in shop.outside()] == ["01", "02", "03", "08", "09"]


def test_a_printer_whose_counters_prove_nothing_leaves_every_card_to_a_person(tmp_path: Path) -> None:
    """Every command is answered OK, and still nobody may say printed: it counts cards where others count panels."""
    with office(tmp_path, quirks=["count_cards"]) as shop:
        shop.take_in(RECORDS)
        with shop.open_doors():
            staff = shop.print_everything(RECORDS)
        assert staff.done["doubts settled"] == RECORDS
        shop.judge(records=RECORDS)


@pytest.mark.postgres
def test_the_same_shop_on_postgresql(tmp_path: Path, new_postgres: Callable[[bool], str]) -> None:
    with office(tmp_path, printers=2, faults=("jam@panel=m,card=2",), database=new_postgres(False)) as shop:
        shop.take_in(6)
        with shop.open_doors():
            shop.print_everything(6)
        shop.judge(records=6)


@pytest.mark.parametrize("fault", FAULTS + (MORE if os.environ.get("PRINTD_CRASH") else []))
def test_books_equal_physics_after(fault: str, tmp_path: Path) -> None:
    with office(tmp_path, faults=(fault,)) as shop:
        shop.take_in(RECORDS)
        with shop.open_doors():
            staff = shop.print_everything(RECORDS)
        assert bool(staff.done["blanks corrected"]) == fault.startswith("double_feed"), "the right blank was booked"
        shop.judge(records=RECORDS)
        printer = shop.printers["p0"]
        assert printer.truth.read("fault") or fault.startswith(("double_feed", "jam", "feed_jam")), "it never happened"
