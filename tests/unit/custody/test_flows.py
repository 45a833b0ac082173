"""The identity of a period: whatever way blanks go, what came in is what went out and what is left."""

from __future__ import annotations

import random
from collections import Counter
from itertools import pairwise

import pytest

from printd.custody import flows
from printd.custody.flows import COMING, GOING
from printd.store.blanks import Held
from printd.store.movements import Flow

ZERO = dict.fromkeys((*COMING, *GOING), 0)


def moved(*way: str, pieces: int = 1, stock_type: str = "WNI", due_back: str | None = None) -> list[Flow]:
    """The movements of blanks that went from place to place."""
    return [
        {"stock_type": stock_type, "due_back": due_back, "source": source, "target": target, "pieces": pieces}
        for source, target in pairwise(way)
    ]


_PRINTED = ("transit:D", "store", "shift:1", "hopper:p", "printer:p", "output", "finished")

WAYS = {
    "received and kept": (("transit:D", "store"), {"received": 3}, 3),
    "issued": (("transit:D", "store", "shift:1"), {"received": 3}, 3),
    "printed and handed over": (
        (*_PRINTED, "holder"),
        {"received": 3, "used_good": 3},
        0,
    ),
    "brought back and destroyed": (
        (
            "transit:D",
            "store",
            "shift:1",
            "hopper:p",
            "printer:p",
            "output",
            "finished",
            "holder",
            "invalid",
            "destroyed",
        ),
        {"received": 3, "used_good": 3},
        0,
    ),
    "spoiled and destroyed": (("transit:D", "store", "spoiled", "destroyed"), {"received": 3, "spoiled": 3}, 0),
    "damaged on arrival": (("transit:D", "spoiled"), {"received": 3, "spoiled": 3}, 0),
    "never arrived": (("transit:D", "missing"), {}, 0),
    "never arrived, and found behind the door": (("transit:D", "missing", "store"), {"recovered": 3}, 3),
    "sent back at the door": (("transit:D", "returned"), {}, 0),
    "good at the check, spoiled later": (
        (*_PRINTED, "spoiled"),
        {"received": 3, "spoiled": 3},
        0,
    ),
    "skipped and found": (
        ("transit:D", "store", "shift:1", "hopper:p", "skipped", "shift:1"),
        {"received": 3, "skipped": 3, "recovered": 3},
        3,
    ),
    "skipped and never found": (
        ("transit:D", "store", "shift:1", "hopper:p", "skipped", "missing"),
        {"received": 3, "skipped": 3, "recovered": 3, "missing": 3},
        0,
    ),
    "missing, and found bent": (
        ("transit:D", "store", "missing", "spoiled"),
        {"received": 3, "missing": 3, "recovered": 3, "spoiled": 3},
        0,
    ),
    "spoiled, and stolen from the bin": (
        ("transit:D", "store", "spoiled", "missing"),
        {"received": 3, "missing": 3},
        0,
    ),
    "sent to a sub-district": (
        ("transit:D", "store", "transfer:T", "site:alak", "holder"),
        {"received": 3, "loaned_out": 3},
        0,
    ),
    "sent and sent back": (
        ("transit:D", "store", "transfer:T", "site:alak", "transfer:U", "store"),
        {"received": 3, "loaned_out": 3, "loaned_in": 3},
        3,
    ),
    "spoiled at the sub-district": (
        ("transit:D", "store", "transfer:T", "site:alak", "spoiled", "destroyed"),
        {"received": 3, "loaned_out": 3},
        0,
    ),
    "given back": (("transit:D", "store", "returned"), {"received": 3, "returned": 3}, 0),
}


@pytest.mark.parametrize("way", WAYS)
def test_every_way_of_a_blank_is_told_and_adds_up(way: str) -> None:
    steps, told, left = WAYS[way]
    found = flows.net(moved(*steps, pieces=3))["WNI"]
    assert found == {**ZERO, **told}
    assert flows.gap(0, found, left) == 0
    assert flows.gap(0, found, left + 1) == -1, "one too many on hand is noticed"
    assert flows.gap(1, found, left) == 1, "one that was there before and is gone is noticed"


IN_HAND = {
    "given back": (("store", "shift:1", "hopper:p", "shift:1", "store"), {"issued": 3, "returned": 3}, 0),
    "good, and spoiled on the shelf": (
        ("store", "shift:1", "hopper:p", "printer:p", "output", "finished", "spoiled"),
        {"issued": 3, "good": 3},
        0,
    ),
    "waits for the check": (("store", "shift:1", "hopper:p", "printer:p", "output"), {"issued": 3}, 3),
    "spoiled, and it was another": (("store", "shift:1", "spoiled", "hopper:p"), {"issued": 3}, 3),
    "skipped, found, missing": (
        ("store", "shift:1", "hopper:p", "skipped", "shift:1", "missing"),
        {"issued": 3, "skipped": 3, "found": 3, "missing": 3},
        0,
    ),
    "never arrived": (("transit:D", "missing"), {}, 0),
    "damaged on arrival": (("transit:D", "spoiled", "destroyed"), {}, 0),
    "spoiled in the store": (("transit:D", "store", "spoiled"), {}, 0),
    "spoiled at a site": (("store", "transfer:T", "site:alak", "spoiled"), {}, 0),
    "stolen from the shelf": (("finished", "missing"), {}, 0),
}
"""Ways of a blank, and what of them is a shift's: by place, whenever it happened."""


@pytest.mark.parametrize("way", IN_HAND)
def test_a_shift_answers_for_what_was_in_its_hands_and_for_nothing_else(way: str) -> None:
    steps, told, left = IN_HAND[way]
    found = flows.by_shift(moved(*steps, pieces=3)).get("WNI", dict.fromkeys((*flows.BROUGHT, *flows.TAKEN), 0))
    assert found == {**dict.fromkeys((*flows.BROUGHT, *flows.TAKEN), 0), **told}
    assert flows.shift_gap(0, found, left) == 0
    assert flows.shift_gap(0, found, left + 1) == -1, "one too many in hand is noticed"
    assert flows.in_hand([{"stock_type": "WNI", "place": steps[-1], "pieces": 3}]).get("WNI", 0) == left


def test_a_borrowed_blank_is_loaned_in_and_each_type_is_told_apart() -> None:
    found = flows.net(
        [
            *moved("transit:L", "store", pieces=500, due_back="2026-12-31"),
            *moved("transit:D", "store", pieces=7, stock_type="OA"),
        ]
    )
    assert found == {"WNI": {**ZERO, "loaned_in": 500}, "OA": {**ZERO, "received": 7}}


def test_on_hand_is_what_the_office_can_still_print_on_or_has_to_look_at() -> None:
    places = ("store", "shift:1", "hopper:p", "printer:p", "output")
    gone = ("finished", "holder", "invalid", "spoiled", "skipped", "missing", "destroyed", "returned")
    away = ("transfer:T", "site:alak", "transit:D")
    held: list[Held] = [{"stock_type": "WNI", "place": place, "pieces": 10} for place in (*places, *gone, *away)]
    assert flows.on_hand(held) == {"WNI": 50}


NEXT = {
    "transit": ("store", "spoiled", "missing", "returned"),
    "store": ("shift:1", "transfer:T", "returned", "missing", "spoiled"),
    "shift": ("hopper:p", "store", "missing", "spoiled"),
    "hopper": ("printer:p", "shift:1", "skipped", "store", "missing", "spoiled"),
    "printer": ("output", "spoiled", "hopper:p", "store"),
    "output": ("finished", "spoiled", "missing", "hopper:p"),
    "finished": ("holder", "spoiled", "missing"),
    "holder": ("invalid",),
    "invalid": ("destroyed", "missing"),
    "spoiled": ("destroyed", "missing"),
    "skipped": ("shift:1", "missing", "spoiled"),
    "missing": ("store", "spoiled"),
    "transfer": ("site:alak", "store", "missing", "spoiled"),
    "site": ("holder", "transfer:U", "spoiled", "missing"),
}


@pytest.mark.parametrize("seed", range(20))
def test_periods_of_random_movements_follow_one_another_without_a_gap(seed: int) -> None:
    """Forty blanks go any way; each period's closing is what is counted, and the next one's opening."""
    chance = random.Random(seed)
    places = ["transit:D"] * 40
    opening = 0
    for _ in range(30):
        movements: list[Flow] = []
        for _ in range(chance.randrange(60)):
            piece = chance.randrange(len(places))
            ways = NEXT.get(places[piece].partition(":")[0], ())
            if ways:
                target = chance.choice(ways)
                movements += moved(places[piece], target)
                places[piece] = target
        held: list[Held] = [{"stock_type": "WNI", "place": place, "pieces": n} for place, n in Counter(places).items()]
        closing = flows.on_hand(held).get("WNI", 0)
        assert flows.gap(opening, flows.net(movements).get("WNI", ZERO), closing) == 0
        opening = closing
