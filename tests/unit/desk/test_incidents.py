"""Incidents: what was done about each, who heard of it, and that nobody forgets to tell them in time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from printd.books.replay import compare
from printd.custody import incidents as custody
from printd.projections import incidents as projections
from printd.projections.kinds import PROJECTIONS
from printd.reports.registers import incidents as registers
from printd.shop import health
from support.counter import TWO, Counter, counter
from support.deliberate import line, notices
from support.people import person


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Counter]:
    with counter(tmp_path / "shop", "\n[incidents]\nreport_hours = 6\n") as made:
        made.announce()
        made.receive()
        yield made


def standings(office: Counter) -> list[tuple[str, bool, bool]]:
    """Return of each incident in R17 how its reporting stands, and who of head and ministry heard of it."""
    days = {"first": "2026-01-01", "last": "2026-12-31"}
    made = office.act("reports.report", name="r17", **days)
    return [
        (row["standing"]["message"], row["head"] is not None, row["ministry"] is not None)
        for row in made["tables"][1]["rows"]
    ]


def noted(office: Counter, incident: str, text: str, *told: str) -> Any:
    more = {"reported_to": list(told)} if told else {}
    return office.act("incidents.note", incident=incident, text=text, by=person("siti"), **more)


@notices(
    {
        "it is late before its time": line(custody.is_overdue, 'row["report_by"] < now', "True"),
        "a closed one is late": line(custody.is_overdue, 'row["state"] == DisputeState.OPEN', "True"),
        "one who heard is enough": line(custody.is_overdue, "None in told.values()", "not any(told.values())"),
        "the limit is the usual one": line(projections._report_by, "timedelta(hours=hours)", "timedelta(hours=24)"),
        "nobody is told": line(health.incidents_trouble, "if not late:", "if True:"),
        "late is in time": line(registers._standing, '<= due else "reported late"', '> "" else "reported late"'),
    }
)
def test_an_incident_is_reported_in_time_or_told_as_a_problem(office: Counter) -> None:
    lost = office.act("incidents.miss", serial="K00007", note="not in its box", **TWO)
    name, began = lost["id"], office.now
    assert lost["report_by"] == f"{began + timedelta(hours=6):%Y-%m-%dT%H:%M:%SZ}"
    assert lost["last_event"]["target"] == "missing"
    assert lost["reported"] == {"head": None, "province": None, "ministry": None}
    other = office.act("incidents.open", kind="seal_broken", note="carton 3", by=person("siti"))["id"]
    office.now = began + timedelta(hours=2)
    noted(office, name, "searched the store")
    noted(office, name, "told the head of office", "head")
    office.now = began + timedelta(hours=6)
    assert not any(one["overdue"] for one in office.act("incidents.list"))
    assert health.incidents_trouble(office.shop, office.now) == ""
    office.now += timedelta(seconds=1)
    assert [one["overdue"] for one in office.act("incidents.list")] == [True, True]
    told = health.incidents_trouble(office.shop, office.now)
    assert f"{name} by" in told
    assert "to province, ministry; " in told
    assert standings(office) == [("to be reported", True, False), ("to be reported", False, False)], "by the last entry"
    office.act("incidents.open", kind="other", note="another matter", by=person("siti"))
    overdue = "overdue: not reported to all"
    assert standings(office)[:2] == [(overdue, True, False), (overdue, False, False)]
    (problem,) = [one for one in office.act("health.show")["problems"] if one["part"] == "incidents"]
    assert (problem["code"], problem["stops"]) == ("not-reported", "nothing")
    office.act("incidents.close", incident=other, outcome="sealed anew", **TWO)
    shown = noted(office, name, "letter 470/12", "ministry", "province", "head")
    assert shown["reported"]["head"] < shown["reported"]["province"] == shown["reported"]["ministry"]
    assert [one["reported_to"] for one in shown["notes"]] == [[], ["head"], ["head", "province", "ministry"]]
    assert not any(one["overdue"] for one in office.act("incidents.list"))
    assert health.incidents_trouble(office.shop, office.now) == ""
    assert standings(office) == [
        ("reported late", True, True),
        ("settled, not reported to all", False, False),
        ("to be reported", False, False),
    ]
    with office.shop.store.reading() as connection:
        assert compare(connection, PROJECTIONS).differences == ()
