"""Every way that people may move a blank, written down; whatever else they say is refused, whole."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType

import pytest

from printd.custody import routes
from printd.errors import Refused
from printd.events.kinds import read
from printd.words import places
from support.counter import SITI, TWO, Counter, counter
from support.deliberate import line, notices
from support.signers import signers

WAYS = """
issue: store > shift
load: shift > hopper
unload: hopper > shift
return: shift hopper > store
skipped: hopper > skipped
found: skipped missing > store shift
missing: store shift hopper skipped spoiled invalid site transfer > missing
give_back: store > returned
site_spoiled: site > spoiled
factory_defect: store shift hopper skipped missing > spoiled
no_chip: store shift hopper skipped missing > spoiled
encode_fail: store shift hopper skipped missing > spoiled
print_fade: store shift hopper skipped missing > spoiled
print_blur: store shift hopper skipped missing > spoiled
print_offset: store shift hopper skipped missing > spoiled
missing_text: store shift hopper skipped missing > spoiled
ribbon_break: store shift hopper skipped missing > spoiled
jam: store shift hopper skipped missing > spoiled
bent_heat: store shift hopper skipped missing > spoiled
scorch: store shift hopper skipped missing > spoiled
wrong_data: store shift hopper skipped missing > spoiled
wrong_blank_type: store shift hopper skipped missing > spoiled
operator_error: store shift hopper skipped missing > spoiled
power_loss: store shift hopper skipped missing > spoiled
test_print: store shift hopper skipped missing > spoiled
other: store shift hopper skipped missing > spoiled
"""
"""For each reason from what kinds of place it leads to what kinds. A way more or less is a change of the shop's rules:
whoever makes it writes it here too, and says why."""

PLACES = (
    "province",
    places.STORE,
    places.OUTPUT,
    places.FINISHED,
    places.HOLDER,
    places.SPOILED,
    places.SKIPPED,
    places.MISSING,
    places.DESTROYED,
    places.INVALID,
    places.RETURNED,
    places.transit("D1"),
    places.shift("S1"),
    places.hopper("p1"),
    places.inside("p1"),
    places.transfer("T1"),
    places.site("alak"),
)


def written() -> set[tuple[str, str, str]]:
    """Return reason, kind of place and kind of goal of every way above."""
    found = set()
    for way in WAYS.split("\n")[1:-1]:
        why, _, ends = way.partition(": ")
        sources, _, goals = ends.partition(" > ")
        found |= {(why, source, goal) for source in sources.split() for goal in goals.split()}
    return found


def open_now() -> set[tuple[str, str, str]]:
    """Return every way that the rules let through, tried between all places for every reason, known or not."""
    found = set()
    reasons = {why for why, _, _ in written()} | {*routes.ROUTES, "attempt", "printed", "quality_good", "corrected", ""}
    for why in reasons:
        for source in PLACES:
            for goal in PLACES:
                try:
                    routes.check(why, source, goal)
                except Refused:
                    continue
                found.add((why, str(places.kind(source)), str(places.kind(goal))))
    return found


def a_way_more(patch: pytest.MonkeyPatch) -> None:
    sources, goals = routes.ROUTES["return"]
    patch.setattr(routes, "ROUTES", MappingProxyType({**routes.ROUTES, "return": (sources | {"output"}, goals)}))


def a_way_less(patch: pytest.MonkeyPatch) -> None:
    sources, goals = routes.ROUTES["return"]
    patch.setattr(routes, "ROUTES", MappingProxyType({**routes.ROUTES, "return": (sources - {"hopper"}, goals)}))


def a_reason_more(patch: pytest.MonkeyPatch) -> None:
    way = (frozenset({"output"}), frozenset({"hopper"}))
    patch.setattr(routes, "ROUTES", MappingProxyType({**routes.ROUTES, "again": way}))


@notices(
    {
        "a card goes from the tray into the store": a_way_more,
        "a hopper is not emptied into the store": a_way_less,
        "a card goes back into the hopper": a_reason_more,
        "the goal is free": line(routes.check, " or kind(target) not in way[1]", ""),
        "the place it lies in is free": line(routes.check, "kind(source) not in way[0] or ", ""),
    }
)
def test_blanks_are_moved_by_people_on_the_ways_that_are_written_down_and_no_other() -> None:
    found = open_now()
    assert found - written() == set(), "ways that nobody wrote down"
    assert written() - found == set(), "ways that are closed"
    assert not any(source == "destroyed" for _, source, _ in found)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Counter]:
    """An office with blanks in the store, the shift and a hopper."""
    with counter(tmp_path / "shop") as made:
        made.announce()
        made.receive()
        made.open_shift(4)
        made.act("blanks.load", printer="p1", pieces=2, by=SITI)
        yield made


def test_the_books_take_no_other_way_although_the_blank_lies_there(office: Counter) -> None:
    """Whoever enters it: the rule stands in the books, not at the desk."""
    shift = office.act("blanks.show", serial="K00003")["place"]
    before = office.places()
    for serial, source, goal, why in (
        ("K00001", "hopper:p1", "finished", "return"),
        ("K00001", "hopper:p1", "holder", "site_spoiled"),
        ("K00003", shift, "destroyed", "missing"),
        ("K00050", "store", "hopper:p1", "load"),
        ("K00050", "store", "returned", "return"),
    ):
        data = {"serials": [[serial, serial]], "from": source, "to": goal, "why": why}
        moved = read("blanks.moved", data)
        with pytest.raises(Refused, match=f"No blank goes from {source} to {goal} for the reason {why}"):
            office.shop.books.enter(moved, signers(moved))
    assert office.places() == before
    office.act("blanks.unload", printer="p1", **TWO)
    assert office.places() == {"store": before["store"], shift: 4}
