"""While a fault lasts the daemon lives, ``/health`` and ``printd check`` name it; when it is over all is well again."""

from __future__ import annotations

from typing import Any

import pytest

from faults import judge
from faults.choice import WHOLE
from faults.folder_faults import CLEAN, FAULTS, RUNNING, Fault
from faults.ground import Ground, Grounds, Said
from faults.life import find
from faults.shops import SITI

_SHARE = ("disk full", "folder", "immutable wal", "disk that failed", "database", "read-only disk")
SEEN = [
    name
    for name, fault in FAULTS.items()
    if fault.books
    and RUNNING in fault.lives
    and name not in ("socket", "database damaged")
    and (WHOLE or name in _SHARE)
]
TOLD = [name for name, fault in FAULTS.items() if fault.books and CLEAN in fault.lives and (WHOLE or name in _SHARE)]


def names(fault: Fault, text: str) -> bool:
    """Tell whether a text names the fault."""
    return any(word in text.lower() for word in fault.cause)


def ailing(ground: Ground, fault: Fault) -> dict[str, Any] | None:
    """Return what ``/health`` says when it names the fault."""
    told = ground.health()
    return told if any(names(fault, one["message"]) for one in told["problems"]) else None


@pytest.mark.parametrize("name", SEEN)
def test_a_running_daemon_names_what_is_wrong_and_goes_on(grounds: Grounds, name: str) -> None:
    fault = FAULTS[name]
    ground = grounds(fault.disk)
    find(ground, "noon", RUNNING)
    fault.put(ground)
    try:
        # Somebody is at work, or nobody could notice.
        if ground.act("printers.pause", {"name": "p1", "by": SITI}).whole().code == 0:
            return  # the daemon has its files open already
        told = ground.until(lambda: ailing(ground, fault), f"/health does not name it: {ground.health()}")
        assert not told["ready"], told
        for one in told["problems"]:
            assert not any(word in one["message"].lower().replace(judge.CALMING, "") for word in fault.never), one
        checked = ground.printd("check", "--json").whole()
        assert checked.code == 1
        assert names(fault, checked.out), checked
    finally:
        fault.lift(ground)
    ground.until(lambda: ground.health()["ready"] or None, "the daemon does not go on")
    ground.until(lambda: _well(ground), "check does not become well")
    ground.stop()


@pytest.mark.parametrize("name", TOLD)
def test_without_a_daemon_check_names_what_is_wrong(grounds: Grounds, name: str) -> None:
    fault = FAULTS[name]
    ground = grounds(fault.disk)
    find(ground, "noon", CLEAN)
    fault.put(ground)
    try:
        checked = ground.printd("check", "--json").whole()
    finally:
        fault.lift(ground)
    assert checked.code == 1, checked
    assert names(fault, checked.out), checked
    assert not any(word in checked.out.lower().replace(judge.CALMING, "") for word in fault.never), checked
    assert _well(ground)


def _well(ground: Ground) -> Said | None:
    checked = ground.printd("check", "--json").whole()
    return None if checked.code else checked
