"""A test print cut at each of its points: nobody knows, people look, and the books say what physically happened."""

from __future__ import annotations

import os
from contextlib import ExitStack
from functools import cache
from typing import Any

import pytest

from crash.house import House, Plan, clock_of_nobody, house, wired
from crash.points import KILL, Killed, Schedule
from printd.demo.staff import CHECKER, RUNNER, person
from printd.desk.acts import perform
from printd.desk.desk import Desk
from printd.errors import Refused
from support import office as offices
from support.office import TWO, Office
from support.workday import entries

ALL = bool(int(os.environ.get("PRINTD_CRASH", "0")))
FIRST = "BLK000001"


@pytest.mark.timeout(900)
def test_a_test_print_that_is_killed_anywhere_is_settled_by_physical_truth() -> None:
    names = _points()
    assert "p0 before connect" in names
    started = names.index("after commit test_print.started") + 1
    ended = names.index("before commit test_print.ended") + 1
    assert ended - started > 10, names  # bytes of the card leave between the two
    around = {started - 1, started, started + 1, ended - 1, ended, ended + 1}
    for number in range(1, len(names) + 1) if ALL else sorted({*around, *range(8, len(names), 40)}):
        wanted = "none" if number < started else "in_doubt" if number <= ended else "spoiled"
        assert _live({number: (KILL,)})[1] == wanted, names[number - 1]


@pytest.mark.timeout(900)
def test_a_printer_that_dies_under_a_test_print_is_settled_by_physical_truth() -> None:
    names = _points()
    first = names.index("after commit test_print.started") + 1
    found = {
        action: {_live({number: (action,)})[1] for number in range(first, len(names), 1 if ALL else 40)}
        for action in ("power", "unplug", "jam")
    }
    assert all(states <= {"in_doubt", "spoiled", "unused"} for states in found.values())
    assert all("in_doubt" in found[action] for action in ("power", "unplug")), found


@cache
def _points() -> list[str]:
    """Return the points of a test print that nothing happens to."""
    return _live({})[0]


def _live(schedule: Schedule) -> tuple[list[str], str]:
    """Print a test card under a schedule; return the points, and how it stood before people settled it.

    Afterwards the shop must be whole: books equal physics, and the next test print goes well.
    """
    with house(Plan(printers=1, records=0, schedule=schedule)) as made, ExitStack() as stack:
        stack.enter_context(clock_of_nobody(made.clock))
        stack.enter_context(wired(made.lines, made.points))
        made.points.counting = False
        made.act("printers.pause", name="p0", by=person(RUNNER))
        made.points.counting = True
        try:
            _print(made)
        except Killed:
            made.bury()
        except Refused:
            pass  # what happened before anything was booked: nothing moved, as is looked at below
        names = list(made.points.names)
        made.points.counting = made.points.dead = False
        if len(names) % 2:
            made.begin()  # the daemon starts; otherwise the next command finds what was left
        state = _settle(made)
        Office.judge(made)
        kinds = [one.kind for one in entries(made.desk) if one.kind.startswith("test_print.")]
        assert kinds.count("test_print.started") == (state != "none")
        told = _print(made)
        assert (told["state"], told["serial"]) == ("spoiled", _next(made, told["serial"]))
        Office.judge(made)
    return names, state


def _next(made: House, serial: str) -> str:
    """Return a serial, having made sure that it was the lowest of the hopper."""
    assert all(blank > serial for blank, place in made.places().items() if place == "hopper:p0")
    return serial


def _print(made: House) -> dict[str, Any]:
    told: dict[str, Any] = _alone(made, "test_prints.print", name="p0", by=person(RUNNER))
    return told


def _alone(made: House, name: str, /, **arguments: Any) -> Any:
    """Perform an act as a command does while no daemon runs."""
    return perform(Desk(made.shop), name, arguments)


def _settle(made: House) -> str:
    """Put the printer right, and settle what is in doubt with the card in hand; return how it stood before."""
    rows = _alone(made, "test_prints.list")["test_prints"]
    if not rows:
        assert not made.printers["p0"].truth.read("feed")
        return "none"
    (row,) = rows
    _cure(made)
    if row["state"] not in ("open", "in_doubt"):
        return str(row["state"])
    with pytest.raises(Refused, match="in doubt"):
        _print(made)
    with pytest.raises(Refused, match="in doubt"):
        _alone(made, "printers.resume", name="p0", by=person(RUNNER))
    told = _alone(made, "test_prints.look", name="p0", by=person(CHECKER))
    assert told["evidence"][-1]["rung"] in ("nothing", "sent", "engine_done", "left_printer")
    cards = {card["blank"]: card for card in made.outside()}
    card = cards.get(FIRST)
    if card is None:
        choice = {"outcome": "unused", "blank_is": "hopper"}
    elif card["front"]:
        choice = {"outcome": "spoiled"}
    else:
        choice = {"outcome": "unused", "blank_is": "hand"}
    _alone(made, "test_prints.settle", name="p0", **choice, **TWO)
    return str(told["state"])


def _cure(made: House) -> None:
    hand = offices._hand(made.printers["p0"])
    hand("power_off")
    hand("power_on")
    seen = hand("look")
    if not seen["cable"]:
        hand("plug")
    if seen["inside"]:
        hand("take_card")
    if not seen["ribbon"] or seen["ribbon"]["cut"]:
        hand("new_ribbon")
