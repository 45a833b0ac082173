"""A kill at every change of a file and every commit of a day: nothing comes in twice, nothing is lost, nothing is half.

``PRINTD_CRASH`` is how many random schedules of two or three kills are lived through, from ``PRINTD_CRASH_FROM`` on.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator

import pytest
import structlog

from crash.files import file_house, recorded
from crash.points import KILL

SEEDS = int(os.environ.get("PRINTD_CRASH", "0"))
FIRST = int(os.environ.get("PRINTD_CRASH_FROM", "0"))
SHARE = 8  # random schedules in a common run
STEP = 1 if SEEDS else 2  # a common run takes every other point
SHARES = 8 if SEEDS else 1
PARTS = (
    "rename spool/", "mkdir spool/.claimed/N", "remove spool/.claimed/N/photo.jpg", "bind printd.sock",
    "remove printd.sock", "open .last-checkpoint.note", "rename .last-checkpoint.note", "open acts/", "rename acts/",
    "commit record.accepted", "commit delivery.received", "commit shift.closed", "commit paper.made",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    yield
    structlog.configure(**before)


def test_the_points_are_there() -> None:
    names = recorded()
    print(f"{len(names)} points")
    for part in PARTS:
        assert any(part in name for name in names), f"{part} is no point of {sorted(set(names))}"


@pytest.mark.timeout(900)
def test_a_kill_at_every_point() -> None:
    for number, name in list(enumerate(recorded(), start=1))[::STEP]:
        with file_house({number: (KILL,)}) as made:
            try:
                made.run()
            except AssertionError as broken:
                raise AssertionError(f"killed at {number}, {name}: {broken}") from broken
            assert made.lives == 2


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("part", range(SHARES))
def test_several_kills_at_random_points(part: int) -> None:
    most = round(len(recorded()) * 1.5)
    for seed in range(FIRST + part, FIRST + (SEEDS or SHARE), SHARES):
        chance = random.Random(seed)
        schedule = {chance.randint(1, most): (KILL,) for _ in range(chance.randint(2, 3))}
        with file_house(schedule) as made:
            try:
                made.run()
            except AssertionError as broken:
                raise AssertionError(f"seed {seed}, killed at {sorted(schedule)}: {broken}") from broken
