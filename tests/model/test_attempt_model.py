"""The attempt protocol, explored whole: every order of kills, power cuts, lost, late and untrue answers, double feeds.

The model is ``attempt.pml``; spin (distribution) makes a program of it that visits every state. ``make model`` explores
one kill, one power cut, one lost and one late answer together, which takes minutes; here fewer things go wrong in one
world, and deliberate bugs must be found.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

MODEL = Path(__file__).with_name("attempt.pml")
WHOLE = os.environ.get("PRINTD_MODEL") == "whole"
WHOLE_WORLDS = [(0, 1, 1), (1, 1, 1)] if WHOLE else []


def explore(folder: Path, defines: Mapping[str, int]) -> tuple[int, int]:
    """Return errors and states of the model with these definitions."""
    if shutil.which("spin") is None or shutil.which("gcc") is None:
        missing = "spin and gcc are not installed: apt-get install spin gcc libc6-dev"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    given = [f"-D{name}={value}" for name, value in defines.items()]
    subprocess.run(["spin", *given, "-a", str(MODEL)], cwd=folder, check=True, capture_output=True, timeout=60)
    compiled = ["gcc", "-O2", "-w", "-DSAFETY", "-DCOLLAPSE", "-o", "pan", "pan.c"]
    subprocess.run(compiled, cwd=folder, check=True, capture_output=True, timeout=60)
    done = subprocess.run(
        ["./pan", "-m200000", "-w25" if WHOLE else "-w22"], cwd=folder, capture_output=True, text=True, timeout=1500
    )
    assert "max search depth too small" not in done.stdout, done.stdout
    errors = re.search(r"errors: (\d+)", done.stdout)
    states = re.search(r"(\d+) states, stored", done.stdout)
    assert errors is not None, done.stdout + done.stderr
    assert states is not None, done.stdout
    print(f"{dict(defines)}: {int(states.group(1)):,} states, {errors.group(1)} errors")  # pytest -rP shows it
    return int(errors.group(1)), int(states.group(1))


def world(kills: int, cuts: int, losses: int) -> dict[str, int]:
    return {"KILLS": kills, "CUTS": cuts, "LOSSES": losses}


@pytest.mark.timeout(1600)
@pytest.mark.parametrize(("kills", "cuts", "losses"), [(1, 1, 0), (2, 0, 0), (0, 0, 1), *WHOLE_WORLDS])
def test_no_order_of_events_breaks_a_rule(tmp_path: Path, kills: int, cuts: int, losses: int) -> None:
    errors, states = explore(tmp_path, world(kills, cuts, losses))
    assert errors == 0
    assert states > 100_000  # it went somewhere


MISFED = {"MISFEEDS": 1, "RIBBONS": 1, "BLANKS": 4}
"""Two blanks are fed at once and nobody sees it; a ribbon ends in a card, and printd itself calls that card spoiled."""
ALONE = {"ALONE": 1}
WHOLE_MISFED = [{**world(1, 1, 1), **ALONE}, world(1, 0, 0)] if WHOLE else []


@pytest.mark.timeout(1600)
@pytest.mark.parametrize("where", [{**world(1, 1, 0), **ALONE}, world(0, 0, 0), *WHOLE_MISFED])
def test_books_that_are_put_right_after_a_double_feed_say_what_is_so(tmp_path: Path, where: dict[str, int]) -> None:
    """Whenever people look, and whatever became of the cards: printed, in doubt, spoiled."""
    errors, states = explore(tmp_path, {**where, **MISFED})
    assert errors == 0
    assert states > 100_000


@pytest.mark.parametrize(
    ("bug", "where"),
    [
        ("BUG_NO_INTENT", world(0, 0, 0)),  # a card begins before its intent is durable
        ("BUG_REQUEUE_AT_START", world(1, 0, 0)),  # what was open at a kill goes back to the queue
        ("BUG_TIMEOUT_IS_UNUSED", world(0, 0, 1)),  # silence counts as "nothing happened"
        ("BUG_NO_CONFIRM", world(0, 0, 1)),  # an answer is believed without the counter
        ("BUG_SETTLED_AT_WORK", world(0, 0, 1)),  # a person decides while the printer still works
        ("BUG_OLD_CONNECTION", world(0, 1, 1)),  # an answer to the last attempt is heard as one to the next
        ("BUG_SPOILED_STAYS", {**world(0, 0, 0), **MISFED, **ALONE}),  # only cards that were called good are corrected
        ("BUG_EARLIEST_FIRST", {**world(0, 0, 0), **MISFED, **ALONE}),  # the earliest card is corrected first
    ],
)
def test_every_deliberate_bug_is_found(tmp_path: Path, bug: str, where: dict[str, int]) -> None:
    errors, _ = explore(tmp_path, {**where, bug: 1})
    assert errors > 0
