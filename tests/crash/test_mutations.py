"""Every deliberate bug is noticed by the suite, by name."""

from __future__ import annotations

import itertools

import pytest

from crash.house import house
from crash.mutants import MUTANTS
from crash.schedules import fails, write_plan

MOST = 160  # plans that a bug may survive


@pytest.mark.parametrize("name", MUTANTS)
def test_a_deliberate_bug_is_noticed(name: str) -> None:
    mutant = MUTANTS[name]
    plans = list(itertools.islice(mutant.hunt(), MOST))  # before the bug is in: they come from a run without
    with pytest.MonkeyPatch.context() as patch:
        mutant.patch(patch)
        caught = next((plan for plan in plans if fails(plan)), None)
    assert caught is not None, f"{name} ({mutant.patch.__doc__}) survived {len(plans)} plans"
    print(f"{name}: {write_plan(caught)}")
    with house(caught) as made:  # and it is the bug that breaks the rule
        made.run()
