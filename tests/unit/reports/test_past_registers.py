"""A register of days that are over says the same at every later time: what came after its period is not in it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from printd.desk import jobs
from printd.desk.acts import perform
from printd.desk.desk import Desk
from printd.reports.registers import supplies
from support.deliberate import line, notices
from support.office_past import OfficePast
from support.people import person, proof

DAY = date(2026, 11, 2)
NIK = "5371994101900001"


@pytest.fixture
def past(desk: Desk, enrol: Any) -> OfficePast:
    for name in ("siti", "budi"):
        enrol(desk, name)
    return OfficePast(desk, DAY, 100)


def register(past: OfficePast, name: str, first: int, last: int) -> list[dict[str, Any]]:
    """Return the rows of a register from one day to another, counted from the first."""
    days = {"first": str(DAY + timedelta(days=first)), "last": str(DAY + timedelta(days=last))}
    told: list[dict[str, Any]] = perform(past.desk, "reports.report", {"name": name, **days})["tables"][0]["rows"]
    return told


@notices(
    {
        "a period knows a later end": line(
            supplies.consumables, 'if (row["ended_at"] or "9") < view.high else None', ""
        ),
        "what ended is in every later period": line(supplies.consumables, 'row["ended_at"] < view.low', "False"),
        "cards of after the period are counted": line(
            supplies.consumables, 'min(row["ended_at"] or view.high, view.high)', 'row["ended_at"] or view.high'
        ),
    }
)
def test_a_ribbon_s_end_stands_in_the_period_in_which_it_ended_and_in_none_before(past: OfficePast) -> None:
    perform(
        past.desk,
        "consumables.receive",
        {"kind": "ribbon", "label": "L", "pieces": 2, "nominal": 20, "by": person("siti")},
    )

    def open_(label: str = "L") -> None:
        perform(
            past.desk, "consumables.open", {"kind": "ribbon", "label": label, "printer": "p1", "by": person("siti")}
        )

    past.at(DAY, 9)
    open_()
    past.print_card(past.wish())
    past.at(DAY + timedelta(days=2), 9)
    past.print_card(past.wish())
    past.at(DAY + timedelta(days=2), 10)
    open_()
    past.at(DAY + timedelta(days=5), 9)
    shown = {
        days: [(row["opened"], row["ended"], row["prints"], row["left"]) for row in register(past, "r16", *days)]
        for days in ((0, 0), (0, 1), (2, 2), (3, 5))
    }
    first, second, end = "2026-11-02 09:00", "2026-11-04 10:00", "2026-11-04 10:00"
    assert shown == {
        (0, 0): [(first, None, 1, 19)],
        (0, 1): [(first, None, 1, 19)],
        (2, 2): [(first, end, 2, 18), (second, None, 0, 20)],
        (3, 5): [(second, None, 0, 20)],
    }


@notices(
    {
        "a period knows a later conversion": line(
            supplies.sukets, 'if (row["converted_at"] or "9") < view.high else None', ""
        )
    }
)
def test_a_certificate_s_conversion_stands_in_no_period_before_it(past: OfficePast) -> None:
    about = {"nik": NIK, "issued_on": str(DAY), "status": "PRR", "by": person("siti")}
    holder = perform(past.desk, "suket.issue", about)["holder"]
    past.at(DAY + timedelta(days=1), 9)
    job = past.wish("tukar_suket", holder=holder)
    attempt = past.print_card(job)
    past.enter("card.checked", {"attempt": attempt, "quality": "good"}, "budi")
    jobs.hand_over(past.desk, job, proof("siti"), "holder", "none")
    converted = [[row["converted"] for row in register(past, "r15", 0, last)] for last in (0, 1, 9)]
    assert converted == [[None], ["2026-11-03 09:00"], ["2026-11-03 09:00"]]
