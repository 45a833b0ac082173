"""Who counts does not see: while something is counted no door tells a figure or a serial of what people must find."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest

from faults.catalogue import ALONE, CASES
from faults.shops import SITI, TEMPLATES, TWO, Maker
from printd.custody import counting
from printd.desk.acts import perform
from printd.desk.catalogue import ACTS
from printd.errors import Refused
from printd.reports.catalogue import REPORTS
from printd.store import blanks, log
from printd.words import places
from support.deliberate import line, notices

COUNTED = {
    places.Kind.STORE,
    places.Kind.SHIFT,
    places.Kind.HOPPER,
    places.Kind.OUTPUT,
    places.Kind.FINISHED,
    places.Kind.SPOILED,
}
WRITTEN_BY_PEOPLE = {"incidents.list", "incidents.show", "cards.names"}
"""Serials that somebody wrote into an incident, which says where none of them is."""
SAYS = {"evening": "Shift", "stocktaking": "Stock count", "drawn": "Sample"}


@dataclass
class Counting:
    """A shop in which something is being counted, and what its books have where."""

    name: str
    made: Maker
    serials: set[str] = field(default_factory=set)
    figures: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        with self.made.shop.store.reading() as connection:
            held = blanks.held(connection)
            for place in {row["place"] for row in held if places.kind(row["place"]) in COUNTED}:
                lying = [row.serials for row in blanks.in_place(connection, place)]
                self.serials |= {part.serial(number) for part in lying for number in range(part.first, part.last + 1)}
                self.figures.add(sum(map(len, lying)))
        self.figures = {one for one in self.figures if one > 12}  # a smaller one may be anything
        assert len(self.serials) > 150
        assert self.figures

    def act(self, name: str, /, **arguments: Any) -> str:
        """Return what an act tells, or why it does not."""
        try:
            return json.dumps(perform(self.made.desk, name, arguments))
        except Refused as refused:
            return json.dumps(refused.to_json())

    def silent(self, told: str) -> None:
        found = set(re.findall(r"K[0-9]{5}", told)) & self.serials
        assert not found, told
        assert not {int(one) for one in re.findall(r"(?<![0-9A-Za-z.-])[0-9]+(?![0-9A-Za-z-])", told)} & self.figures, (
            told
        )


@pytest.fixture(scope="module", params=sorted(SAYS))
def shop(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counting]:
    made = Maker(tmp_path_factory.mktemp(request.param) / "shop")
    TEMPLATES[request.param](made)
    yield Counting(request.param, made)
    made.shop.close()


READING = sorted(name for name, act in ACTS.items() if act.reads and ALONE in CASES[name].doors)


def read_all(shop: Counting) -> None:
    for name in READING:
        if name in WRITTEN_BY_PEOPLE:
            continue
        try:
            arguments = CASES[name].arguments(shop.made.facts)
        except KeyError:  # this shop has none of it
            continue
        shop.silent(shop.act(name, **arguments))


@notices({"no count is seen": line(counting.under_way, "if is_counting(shift):", "if False:")})
def test_no_reading_act_tells_what_is_counted(tmp_path_factory: pytest.TempPathFactory) -> None:
    made = Maker(tmp_path_factory.mktemp("evening") / "shop")
    TEMPLATES["evening"](made)
    try:
        read_all(Counting("evening", made))
    finally:
        made.shop.close()


def test_nor_in_a_stock_count_or_a_sample(shop: Counting) -> None:
    read_all(shop)
    for job in perform(shop.made.desk, "jobs.list", {})["jobs"]:
        shop.silent(shop.act("jobs.show", job=job["id"]).replace(str(job.get("serial")), ""))
    for word in ("printed", "checked", "spoiled"):
        shop.silent(shop.act("jobs.show", job=shop.made.facts[word]))


def test_every_answer_that_hides_something_says_why(shop: Counting) -> None:
    for name, arguments in (
        ("blanks.where", {}),
        ("blanks.in", {"place": "store"}),
        ("blanks.show", {"serial": "K00160"}),
        ("deliveries.show", {"delivery": "D1"}),
        ("shifts.show", {"shift": shop.made.facts["shift"]}),
        ("jobs.list", {}),
        ("jobs.show", {"job": shop.made.facts["printed"]}),
        ("jobs.count", {}),
        ("policy.show", {}),
        ("sites.list", {}),
        ("cards.list", {}),
        ("forecast.show", {}),
        ("spoilage.ages", {}),
    ):
        assert SAYS[shop.name] in shop.act(name, **arguments), name


@pytest.mark.parametrize("report", sorted(REPORTS))
def test_no_report_is_made(shop: Counting, report: str) -> None:
    period = {"first": date(2026, 11, 1), "last": date(2026, 12, 31)}
    with pytest.raises(Refused, match=SAYS[shop.name]):
        perform(shop.made.desk, "reports.report", {"name": report, **period})
    assert not list((shop.made.folder / "reports").glob(f"{report}*"))


def test_no_refusal_tells_it(shop: Counting) -> None:
    """Somebody asks for more than there is, or for what is elsewhere, to be told how much there is."""
    for name, arguments in (
        ("blanks.load", {"printer": "p1", "pieces": 1000, "by": SITI}),
        ("blanks.load", {"printer": "p1", "by": SITI, "serials": [["K00199", "K00199"]]}),
        ("blanks.load", {"printer": "p1", "by": SITI, "serials": [["K00040", "K00040"]]}),
        ("shifts.issue", {"pieces": 1000, **TWO}),
        ("shifts.issue", {"pieces": 1000, "reason": "a test", **TWO}),
        ("transfers.send", {"to": "alak", "carrier": "X", "document": "TT/7", "pieces": 1000, **TWO}),
        ("blanks.skip", {"serial": "K00190", **TWO}),
        ("blanks.find", {"serial": "K00190", **TWO}),
        ("printers.retire", {"name": "p2", **TWO}),
    ):
        asked = set(re.findall(r"K[0-9]{5}", json.dumps(arguments)))
        told = shop.act(name, **arguments)
        for one in asked:
            told = told.replace(one, "")
        shop.silent(told)
        assert not re.search(r"in (the )?(store|shift|hopper:|spoiled)", told), (name, told)


def test_a_count_that_differs_is_closed_by_nobody_who_was_told_the_books(shop: Counting) -> None:
    if shop.name == "drawn":
        return
    act, of = ("shifts", "sheet") if shop.name == "evening" else ("counts", "store")
    sheet = dict(shop.made.facts[of])
    for one in sheet:
        sheet[one] = {"pieces": 3}
    for person in TWO.values():
        perform(shop.made.desk, f"{act}.count", {"found": sheet, "by": person})
    told = shop.act(f"{act}.close", **TWO)
    assert "not told before" in told
    shop.silent(told)


def test_the_log_is_not_exported_meanwhile(shop: Counting) -> None:
    with shop.made.shop.store.reading() as connection:
        before = log.frontier(connection).size
    told = shop.act("leaving.export", by=SITI)
    assert SAYS[shop.name] in told
    shop.silent(told)
    with shop.made.shop.store.reading() as connection:
        assert log.frontier(connection).size == before


def test_a_draw_that_nobody_counted_blocks_the_next(shop: Counting) -> None:
    if shop.name != "drawn":
        return
    with pytest.raises(Refused, match="was drawn and is not counted"):
        perform(shop.made.desk, "samples.draw", {"pieces": 3, "number": "4711", "by": SITI})
    found = perform(shop.made.desk, "samples.count", {"sample": shop.made.facts["sample"], **TWO})
    assert found["population"] in shop.figures or found["population"] > 100
    perform(shop.made.desk, "samples.draw", {"pieces": 3, "number": "4711", "by": SITI})
