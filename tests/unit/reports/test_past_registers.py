"""A register of days that are over says the same at every later time: what came after its period is not in it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from printd.desk import jobs
from printd.desk.acts import perform
from printd.desk.desk import Desk
from printd.reports.registers import supplies
from printd.store import usage
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
    told: list[dict[str, Any]] = report(past, name, first, last)["tables"][0]["rows"]
    return told


def report(past: OfficePast, name: str, first: int, last: int) -> dict[str, Any]:
    """Return a register from one day to another, counted from the first."""
    days = {"first": str(DAY + timedelta(days=first)), "last": str(DAY + timedelta(days=last))}
    told: dict[str, Any] = perform(past.desk, "reports.report", {"name": name, **days})
    return told


@notices(
    {
        "a period knows a later end": line(supplies._given, 'if (row["ended_at"] or "9") < view.high else None', ""),
        "what ended is in every later period": line(
            supplies.consumables, 'row["ended_at"] is None or row["ended_at"] >= view.low', "True"
        ),
        "cards of after the period are counted": line(
            supplies._given, 'min(row["ended_at"] or view.high, view.high)', 'row["ended_at"] or view.high'
        ),
        "what was opened later is gone already": line(supplies._stock, 'row["opened_at"] >= view.low', "False"),
        "what came later was there before": line(supplies._stock, 'if row["at"] < view.low', ""),
        "what nobody booked in is nothing": line(
            supplies._stock, '"left": before + now - taken if came else None', '"left": before + now - taken'
        ),
        "the last panels are not counted": line(usage._moved, "max(seen) - min(seen)", "min(seen) - min(seen)"),
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
    kit = {"kind": "cleaning", "label": "C", "printer": "p1", "nominal": 900, "by": person("siti")}
    perform(past.desk, "consumables.open", kit)
    past.print_card(past.wish(), before={"panels": 100, "cards": 20}, after={"panels": 105, "cards": 21})
    past.at(DAY + timedelta(days=2), 9)
    past.print_card(past.wish())
    past.at(DAY + timedelta(days=2), 10)
    open_()
    past.at(DAY + timedelta(days=5), 9)
    shown = {
        days: [(row["opened"], row["ended"], row["prints"], row["left"]) for row in register(past, "r16", *days)]
        for days in ((0, 0), (0, 1), (2, 2), (3, 5))
    }
    for days, told in shown.items():
        shown[days] = [row for row in told if row[3] < 800]  # the cleaning kit never ends
    first, second, end = "2026-11-02 09:00", "2026-11-04 10:00", "2026-11-04 10:00"
    assert shown == {
        (0, 0): [(first, None, 1, 19)],
        (0, 1): [(first, None, 1, 19)],
        (2, 2): [(first, end, 2, 18), (second, None, 0, 20)],
        (3, 5): [(second, None, 0, 20)],
    }
    (kit_told, ribbon), (_, later) = (
        [
            tuple(row[key] for key in ("opening", "came", "opened", "left", "unbooked"))
            for row in report(past, "r16", *days)["tables"][1]["rows"]
        ]
        for days in ((0, 0), (2, 2))
    )
    assert (kit_told, ribbon, later) == ((None, 0, 0, None, 1), (0, 2, 1, 1, 0), (1, 0, 1, 0, 0))
    (remark,) = report(past, "r16", 0, 0)["remarks"]
    assert remark["values"] == {"label": "C"}
    panels = {
        (row["kind"], row["opened"]): (row["fed"], row["panels"], row["told"]) for row in register(past, "r16", 0, 5)
    }
    assert panels == {
        ("ribbon", first): (1, 5, None),
        ("ribbon", second): (None, None, None),
        ("cleaning", first): (1, None, None),
    }, "what a printer does not tell is not known"


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
