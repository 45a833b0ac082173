"""A week of an office: days with a closing, a silent one, and a shift that is left open over several days."""

from __future__ import annotations

from pathlib import Path

from printd.events.kinds import read
from printd.words.states import AttemptState
from support.counter import SITI, TWO, Counter
from support.workday import finish, print_on, queue, start

DAYS = [f"2026-11-0{number}" for number in range(2, 8)]
"""Monday to Saturday: a shift closes on Monday; on Tuesday nothing happens; on Wednesday a shift opens, and a card is
in doubt; on Friday it closes; on Saturday something is looked at."""


LOOK = read("register.read", {"what": "specimen:j", "rows": 0})


def week(folder: Path, extra: str = "", past: int = 0) -> Counter:
    """Live it; the shop's log is signed to its end.

    :param past: so many entries are there before, of which an excerpt knows nothing.
    """
    office = Counter(folder, extra)
    with office.shop.books.booking() as booking:
        for _ in range(past):
            booking.enter(LOOK, ["siti"])
    office.announce()
    office.receive()
    office.announce("D2", 201, 20, stock_type="OA")
    shift = office.open_shift(10)
    office.act("blanks.load", printer="p1", pieces=10, by=SITI)
    for serial in ("K00001", "K00002"):
        job = queue(office.desk, 1)[0]
        print_on(office.desk, job, serial)
    print_on(office.desk, queue(office.desk, 1)[0], "K00003", AttemptState.SPOILED, "jam")
    _close(office, shift)
    office.shop.sign()
    office.later(days=2)
    shift = office.open_shift(10)
    office.act("blanks.load", printer="p1", pieces=10, by=SITI)
    attempt = start(office.desk, queue(office.desk, 1)[0], "K00004")
    finish(office.desk, attempt, AttemptState.IN_DOUBT)
    office.shop.sign()
    office.later(days=2)
    gone = {"attempt": attempt, "to": "spoiled", "cause": "jam"}
    office.shop.books.enter(read("attempt.spoiled", gone), ["siti", "budi"])
    _close(office, shift)
    office.shop.sign()
    office.later(days=1)
    office.shop.books.enter(LOOK, ["siti"])
    office.shop.sign()
    return office


def _close(office: Counter, shift: str) -> None:
    """Count and close a shift, so much later that it is evening."""
    office.later(hours=6)
    office.act("shifts.count_begin", by=SITI)
    office.sheets(shift)
    office.act("shifts.close", **TWO)
