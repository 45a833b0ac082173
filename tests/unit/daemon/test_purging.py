"""The daemon's part that ends personal data: by schedule, but not by a clock that leapt ahead."""

from __future__ import annotations

import pytest

from printd.daemon.purging import Purging
from printd.desk.desk import Desk
from printd.shop.health import Health
from support.deliberate import line, notices
from support.ended import days_later, handed_over, staffed
from support.intake_help import document, inbox, people
from support.workday import entries


@pytest.fixture
def health() -> Health:
    return Health(lambda: "2026-11-30T00:00:00Z", lambda: None)


def test_it_purges_when_it_begins(desk: Desk, health: Health) -> None:
    staffed(desk)
    handed_over(desk, people()[1], 1)
    days_later(desk, 30)
    inbox(desk).quarantine({"record.json": document(people()[3])}, ())
    part = Purging(desk.shop, health)
    days_later(desk, 32)
    part.once()
    assert len(entries(desk, "records.purged")) == 1
    assert not health.problems()


@notices({"a clock that leapt is believed": line(Purging.once, "if self._ahead:", "if False:")})
def test_a_clock_far_ahead_of_the_last_entry_erases_nothing(desk: Desk, health: Health) -> None:
    staffed(desk)
    handed_over(desk, people()[1], 1)
    days_later(desk, 100)
    Purging(desk.shop, health).once()
    assert not entries(desk, "records.purged")
    (problem,) = health.problems()
    assert (problem.part, problem.code, problem.stops) == ("erasure", "waits", "nothing")
    assert "Look at the clock" in problem.message
