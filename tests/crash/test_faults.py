"""Everything that can break, at every point of an attempt: books equal physics, one good card a record, no stand.

A failing run prints the shortest schedule that still fails, as a command that replays it. ``PRINTD_CRASH`` (``make
crash``) is how many random schedules are lived through, from the seed ``PRINTD_CRASH_FROM`` on, and whether all
singles are.
"""

from __future__ import annotations

import itertools
import os
import random
from collections.abc import Iterator

import pytest
import structlog

from crash.house import PRESSES, Plan
from crash.points import HANDS, KILL, REPLY_FAULTS, WRITE_FAULTS
from crash.schedules import PRECIOUS, drawn, lived, misfed, planned, read_plan, recorded, singles, write_plan

SEEDS = int(os.environ.get("PRINTD_CRASH", "0"))
FIRST = int(os.environ.get("PRINTD_CRASH_FROM", "0"))
SHARE = 24  # random schedules in a common run
PARTS = 8 if SEEDS else 2
FAMILIES = sorted(PRESSES)
GROUPS = {"kill": (KILL,), "hands": HANDS, "replies": REPLY_FAULTS, "writes": WRITE_FAULTS}


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """A thousand attempts in trouble are a thousand lines that nobody reads."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    yield
    structlog.configure(**before)


def some(plans: list[Plan], most: int, seed: int) -> list[Plan]:
    """Return all plans in a whole run, else some, by chance that repeats; say how many."""
    chosen = plans if SEEDS or len(plans) <= most else random.Random(seed).sample(plans, most)
    print(f"{len(chosen)} of {len(plans)} schedules")
    return chosen


@pytest.mark.parametrize("family", FAMILIES)
def test_points_are_there(family: str) -> None:
    names = recorded(family)
    print(f"{len(names)} points")
    for kind in ("attempt.started", "attempt.printed", "card.checked"):
        for when in ("before", "after"):
            assert sum(f"{when} commit {kind}" in name for name in names) == 2, kind
    started = next(number for number, name in enumerate(names) if "after commit attempt.started" in name)
    printed = next(number for number, name in enumerate(names) if "before commit attempt.printed" in name)
    within = names[started:printed]
    assert sum(" > " in name for name in within) >= 4
    assert any(" < " in name for name in within)


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("family", FAMILIES)
def test_one_fault_at_every_point(family: str, group: str) -> None:
    plans = list(singles(family, *GROUPS[group]))
    assert len(plans) > 40
    for plan in some(plans, 4, len(group)):
        lived(plan)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("family", FAMILIES)
def test_one_fault_inside_the_printer(family: str) -> None:
    for plan in some(list(planned(family)), 5, 1):
        lived(plan)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("family", FAMILIES)
def test_one_fault_inside_the_printer_after_two_blanks_were_fed_at_once(family: str) -> None:
    """Every later card is one blank off, whatever became of it: printed, in doubt, or spoiled in printd's own eyes."""
    for plan in some(list(misfed(family)), 4, 2):
        lived(plan)


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("family", FAMILIES)
def test_killed_twice_and_a_fault_beside_a_kill(family: str) -> None:
    """Pairs: at the points around the two commits of an attempt, each with each."""
    names = recorded(family, 1, 1)
    near = [n for n, name in enumerate(names, start=1) if any(kind in name for kind in PRECIOUS)]
    around = sorted({n + shift for n in near for shift in range(-4, 12, 2) if 0 < n + shift <= len(names)})
    pairs = [
        Plan(family, 1, 1, schedule={first: (what,), second: (KILL,)})
        for first, second in itertools.combinations(around, 2)
        for what in (KILL, "lost", "power")
    ]
    for plan in some(pairs, 5, 3):
        lived(plan)


@pytest.mark.timeout(36000)
@pytest.mark.parametrize("part", range(PARTS))
def test_random_schedules(part: int) -> None:
    seeds = range(FIRST + part, FIRST + (SEEDS or SHARE), PARTS)
    for seed in seeds:
        lived(drawn(seed, tuple(FAMILIES)))
    print(f"{len(seeds)} random schedules: every seed of {seeds}")


@pytest.mark.parametrize(
    "schedule",
    [
        "evolis/1/2 - p0 jam@step=feed,card=2",  # settled at once, the old connection kept the jam for ever
        "matica/1/2 - p0 jam@panel=k,card=1",  # nobody initialised the printer after the jam
        "matica/1/1 65:cover p0 jam@step=feed,card=1",  # an open door hindered that, and it was not done later
        "matica/1/3 266:cover p0 head_open@card=3",  # nobody was told to switch it off and on
    ],
)
def test_what_once_brought_a_shop_to_a_stand(schedule: str) -> None:
    lived(read_plan(schedule))


def test_people_whom_a_kill_interrupts_go_on_where_they_were() -> None:
    """The daemon dies between their two acts about one blank: it came out beside a card, and was skipped, not found."""
    lived(read_plan("magicard/1/1 22:kill,89:kill,118:kill p0 double_feed@card=1"))


def test_a_plan_is_one_line() -> None:
    plan = Plan(
        "zebra", 2, 3, ("p0 jam@panel=k,card=1", "p1 double_feed@card=2"), {17: ("kill",), 3: ("lost", "power")}
    )
    assert read_plan(write_plan(plan)) == plan
    assert read_plan(write_plan(Plan())) == Plan()
