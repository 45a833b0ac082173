"""Every act has a case, and where nothing is wrong each case is done: otherwise no fault would prove anything."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from faults import judge
from faults.catalogue import ALONE, CASES, DAEMON
from faults.choice import WHOLE, chosen
from faults.folder_faults import CLEAN, RUNNING
from faults.ground import Ground, Grounds, added
from faults.judge import TICK
from faults.life import find
from printd.desk.catalogue import ACTS


def test_every_act_of_the_catalogue_has_a_case() -> None:
    assert set(CASES) == set(ACTS)


def test_every_act_has_its_turn_in_every_run() -> None:
    assert {act for _, _, act in chosen()} == set(CASES)


def cases() -> list[tuple[str, str]]:
    """Return every act without a daemon; beside one those that need it, and all in a whole run."""
    return [(CLEAN, name) for name in CASES] + [
        (RUNNING, name) for name, case in CASES.items() if WHOLE or case.doors == (DAEMON,)
    ]


@pytest.mark.parametrize(("life", "name"), cases())
def test_where_nothing_is_wrong_the_act_is_done(grounds: Grounds, life: str, name: str) -> None:
    ground, case = grounds("plain"), CASES[name]
    find(ground, case.shop, life)
    before = ground.ledger()
    since = time.time_ns() - TICK
    said = ground.act(name, case.arguments(ground.facts)).whole()
    if (DAEMON if life == RUNNING else ALONE) not in case.doors:
        assert said.code == 1
        judge.sentences(said.value)
        return
    assert said.code == 0, said
    assert set(added(before, ground.ledger(), case.books)) == set(case.books)
    assert "owed" not in said.out
    assert all(judge.written(one, since) for one in judge.papers(said.value))
    assert _written(ground, since) or not case.writes
    if ground.daemon is not None:
        ground.stop()


def _written(ground: Ground, since: int) -> list[Path]:
    """Return the files beside the books that were written."""
    books = ("printd.sqlite", "shop.lock", "printd.sock", "last-checkpoint")
    return [one for one in ground.shop.rglob("*") if judge.written(one, since) and not one.name.startswith(books)]
