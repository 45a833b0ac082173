"""The daemon is started while a fault lasts: it starts, says what ails, begins no card, and goes on when it is over."""

from __future__ import annotations

import pytest

from faults.choice import WHOLE
from faults.folder_faults import FAULTS, Fault
from faults.ground import Ground, Grounds, Ledger
from faults.shops import SITI

WAITING = (
    "disk full",
    "ext4 full",
    "folder",
    "database",
    "wal",
    "immutable folder",
    "immutable database",
    "read-only disk",
)
"""A daemon that was killed left its files, its socket, and a card under way."""

STEADY = 2.0
"""Seconds for which it must live with the fault before anybody believes that it does."""


@pytest.mark.parametrize("name", WAITING if WHOLE else ("disk full", "folder", "database"))
def test_it_starts_waits_and_goes_on(grounds: Grounds, name: str) -> None:
    fault = FAULTS[name]
    ground = grounds(fault.disk)
    before = open_attempt(ground)
    fault.put(ground)
    try:
        ground.begin()
        ground.steady(STEADY)
        said = ground.printd("check", "--json").whole()
        assert said.code == 1, said
        assert _named(fault, said.out + ground.words()), (said, ground.words()[-1500:])
        answered = ground.act("printers.pause", {"name": "p3", "by": SITI}).whole()
        ground.steady(0)
        assert "attempt.started" not in ground.ledger().kinds[len(before.kinds) :]
    finally:
        fault.lift(ground)
    ground.until(lambda: _begun(ground), f"the daemon does not go on: {ground.words()[-1500:]}", seconds=30)
    books = ground.ledger()
    new = books.kinds[len(before.kinds) :]
    assert books.kinds[: len(before.kinds)] == before.kinds
    assert ("printer.paused" in new) is (answered.code == 0), answered
    assert "attempt.in_doubt" in new, new
    began, doubted = new.index("attempt.started"), new.index("attempt.in_doubt")
    assert doubted < began, new
    ground.act("printers.resume", {"name": "p3", "by": SITI}).whole()
    ground.stop()


def open_attempt(ground: Ground) -> Ledger:
    """Leave a shop as a killed daemon does: its log beside the database, a stale socket, an attempt that is open."""
    ground.furnish("dawn")
    ground.crash()
    return ground.ledger()


def _named(fault: Fault, text: str) -> bool:
    return any(word in text.lower() for word in fault.cause)


def _begun(ground: Ground) -> bool | None:
    """Tell whether the daemon printed a card: it is at work again."""
    if not ground.answers():
        return None
    return "attempt.printed" in ground.ledger().kinds or None
