"""One case: a shop, a fault, an act, what it answers; then the fault is over, and the shop goes on."""

from __future__ import annotations

import re
import time
from pathlib import Path

from faults import judge
from faults.catalogue import ALONE, CASES, DAEMON
from faults.folder_faults import KILLED, RUNNING, Fault
from faults.ground import Ground, Said, Untrue
from faults.shops import SITI


def find(ground: Ground, template: str, life: str) -> None:
    """Put a shop into place as it is found."""
    ground.furnish(template)
    if life in (KILLED, RUNNING):
        ground.start()
    if life == KILLED:
        ground.kill()


def live(ground: Ground, name: str, fault: Fault, life: str) -> None:
    """Live through a case. :raises Untrue: the shop said something that is not so, or did not go on."""
    case = CASES[name]
    door = DAEMON if life == RUNNING else ALONE
    find(ground, case.shop, life)
    arguments = case.arguments(ground.facts)
    before, since = ground.ledger(), time.time_ns() - judge.TICK
    fault.put(ground)
    try:
        said = ground.act(name, arguments)
    finally:
        fault.lift(ground)
    if door == DAEMON:
        ground.until(lambda: ground.answers() or None, "the daemon does not answer after the fault")
    after = ground.ledger()
    if door not in case.doors:
        said.whole()
        judge.sentences(said.value)
        return
    done = judge.answer(case, fault, said, before, after)
    if done:
        judge.owing(case, said, after, since, signing=door == ALONE and bool(case.books))
    else:
        ground.until(lambda: _again(ground, name), f"after the fault {name} still does not work")
    _whole(ground, name, said, since, done=done)


def _again(ground: Ground, name: str) -> Said | None:
    said = ground.act(name, CASES[name].arguments(ground.facts)).whole()
    if said.code:
        judge.sentences(said.value)
        return None
    return said


def _whole(ground: Ground, name: str, said: Said, since: int, *, done: bool) -> None:
    """Make sure that what was owed is there in the end: by the daemon, or by whoever the answer names."""
    told = said.value
    if done:
        for one in judge.debts(told):
            for command in re.findall(r"printd (\S.*?)\.?$", one["remedy"]):
                _make_up(ground, command, since)
        if judge.debts(told) and ground.daemon is None:  # the next act that is booked signs for this one too
            ground.act("incidents.open", {"kind": "extra", "note": "a test", "by": SITI}).whole()
        for path in judge.papers(told):
            if not judge.written(path, since):
                raise Untrue(f"{path.name} was owed and is not there")
    if ground.daemon is not None:
        ground.until(lambda: _signed(ground), "the daemon does not sign what was booked")
        ground.stop()
    if done and CASES[name].books and _signed(ground) is None:
        raise Untrue(f"no checkpoint covers the books: {ground.ledger().signed}, {ground.ledger().noted}")


def _signed(ground: Ground) -> Path | None:
    books = ground.ledger()
    return ground.shop if books.signed == books.noted == len(books.kinds) else None


def _make_up(ground: Ground, command: str, since: int) -> None:
    """Do what an answer named to make up what it owed."""
    made = ground.printd(*command.split(), "--json").whole()
    if made.code:
        raise Untrue(f"what was owed cannot be made up by printd {command}: {made.out[-400:]}{made.err[-400:]}")
    missing = [path for path in judge.papers(made.value) if not judge.written(path, since)]
    if missing or not judge.papers(made.value):
        raise Untrue(f"printd {command} did not make up what was owed: {missing} {made.out[-400:]}")
