"""Registers foot with the books and with each other: counted again from the log by code that knows nothing of ours.

Two shops: the scenario, and four days of a small office with all that the scenario lacks. ``tests/crossing`` counts
every row from the exported entries; what registers and acts say of each other is a list of named identities.
"""

from __future__ import annotations

import ast
import csv
import io
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import crossing
from crossing.custody import Books
from crossing.entries import read
from crossing.identities import IDENTITIES, Papers
from crossing.plain import plain
from crossing.registers import REGISTERS, TEXTS
from printd.demo.kupang import diary
from printd.desk import blanks
from printd.desk.desk import Desk
from printd.desk.reports import document
from printd.reports import table_csv
from printd.reports.acts import to_json
from printd.reports.catalogue import REPORTS
from printd.reports.office import office_of
from printd.shop.shop import Shop
from support import eventful
from support.exported import export

SMALL = (date.fromisoformat(eventful.DAYS[0]), date.fromisoformat(eventful.DAYS[1]))


@dataclass(frozen=True)
class Lived:
    """A shop that lived, and its exported log."""

    shop: Shop
    books: Books
    written: dict[tuple[date, date], Papers] = field(default_factory=dict)

    def told(self, name: str, first: date, last: date) -> list[dict[str, Any]]:
        """Return the tables of a report as its JSON tells them."""
        tables: list[dict[str, Any]] = json.loads(to_json(document(Desk(self.shop), name, first, last)))["tables"]
        return tables

    def papers(self, first: date, last: date) -> Papers:
        """Return all that it wrote of a period."""
        if (first, last) not in self.written:
            self.written[first, last] = self._papers(first, last)
        return self.written[first, last]

    def _papers(self, first: date, last: date) -> Papers:
        told = {name: self.told(name, first, last) for name in REPORTS}
        return Papers(
            reports={name: [table["rows"] for table in tables] for name, tables in told.items()},
            totals={name: [table["total"] for table in tables] for name, tables in told.items()},
            acts={path.stem: json.loads(path.read_text()) for path in (self.shop.folder / "acts").glob("*.json")},
            places=blanks.where(Desk(self.shop))["places"],
        )


@pytest.fixture(scope="session")
def kupang(told: dict[str, Any], exported: Path) -> Iterator[Lived]:
    """The scenario."""
    shop = Shop.open(Path(told["shop"]))
    yield Lived(shop, Books(read(exported)))
    shop.close()


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    """The small office."""
    office = eventful.live(tmp_path_factory.mktemp("small") / "shop")
    exported = export(office.shop, tmp_path_factory.mktemp("export") / "small")
    yield Lived(office.shop, Books(read(exported)))
    office.shop.close()


PERIODS = [
    pytest.param("kupang", diary.FIRST, diary.LAST, id="the scenario"),
    pytest.param("kupang", date(2018, 9, 12), date(2018, 9, 12), id="the day of the grant"),
    pytest.param("kupang", date(2018, 9, 20), date(2018, 10, 10), id="the middle of the scenario"),
    pytest.param("small", *SMALL, id="the small office"),
    pytest.param("small", SMALL[0], SMALL[0], id="its first day"),
    pytest.param("small", date(2026, 11, 3), date(2026, 11, 4), id="its days in between"),
    pytest.param("small", date(2026, 10, 26), date(2026, 11, 3), id="a week before it was there"),
]


def lived(request: pytest.FixtureRequest, shop: str) -> Lived:
    """Return one of the shops."""
    found: Lived = request.getfixturevalue(shop)
    return found


def test_the_books_counted_here_are_those_of_every_closing(kupang: Lived, small: Lived) -> None:
    for one in (kupang, small):
        for closing in one.books.of("shift.closed", "day.closed"):
            told = {(row["stock_type"], place): n for row in closing["data"]["totals"] for place, n in row.items()}
            held = one.books.closed[closing["seq"]]
            assert {key: told[key] for key in held} == dict(held), closing["seq"]
            announced = sum(n for (_, place), n in told.items() if place == "announced")
            assert sum(held.values()) == announced, closing["seq"]


@pytest.mark.parametrize(("shop", "first", "last"), PERIODS)
@pytest.mark.parametrize("name", sorted(REGISTERS))
def test_every_row_is_what_the_entries_make_it(
    request: pytest.FixtureRequest, name: str, shop: str, first: date, last: date
) -> None:
    one = lived(request, shop)
    told = by_title(name, one.told(name, first, last))
    for title, count in REGISTERS[name].items():
        mine = count(one.books, first, last)
        rows = [
            {key: plain(row.get(key, "no such column")) for key in (mine[0] if mine else row)}
            for row in told.pop(title, {"rows": []})["rows"]
        ]
        assert rows == mine, title
    assert told == {}


def by_title(name: str, tables: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the tables of a report by how we know their titles."""
    titles = [plain(table["title"]) for table in tables]
    known = [next((one for one in REGISTERS[name] if one and title.startswith(one)), title) for title in titles]
    return dict(zip(known, tables, strict=True))


@pytest.mark.parametrize("name", sorted(REGISTERS))
def test_no_column_is_counted_by_nobody(small: Lived, name: str) -> None:
    told = by_title(name, small.told(name, *SMALL))
    for title, count in REGISTERS[name].items():
        mine = count(small.books, *SMALL)
        assert mine, f"{title} of {name} has no row in the small office"
        columns = {column["key"] for column in told[title]["columns"]}
        assert columns - set(mine[0]) <= TEXTS.get(name, set()), title


@pytest.mark.parametrize("name", list(IDENTITIES))
@pytest.mark.parametrize(("shop", "first", "last"), [PERIODS[0], PERIODS[3]])
def test_registers_and_acts_say_the_same(
    request: pytest.FixtureRequest, name: str, shop: str, first: date, last: date
) -> None:
    papers = lived(request, shop).papers(first, last)
    pairs = list(IDENTITIES[name].pairs(papers))
    assert pairs
    assert [pair for pair in pairs if pair[1] != pair[2]] == []


@pytest.mark.parametrize("name", list(IDENTITIES))
def test_an_identity_notices_a_row_that_is_gone_or_a_figure_that_is_another(small: Lived, name: str) -> None:
    papers = small.papers(*SMALL)
    assert any(one != other for spoilt in _one_more(papers) for _, one, other in IDENTITIES[name].pairs(spoilt)), (
        "no figure of any register matters to it"
    )


def _one_more(papers: Papers) -> Iterator[Papers]:
    """Give the papers again and again, each time without one row, or with one figure that is one more."""
    for report, tables in papers.reports.items():
        for table, rows in enumerate(tables):
            for at, row in enumerate(rows):
                yield _with(papers, report, table, [*rows[:at], *rows[at + 1 :]])
                for key in (key for key, value in row.items() if isinstance(value, int)):
                    yield _with(papers, report, table, [*rows[:at], {**row, key: row[key] + 1}, *rows[at + 1 :]])


def _with(papers: Papers, report: str, table: int, rows: list[Any]) -> Papers:
    tables = list(papers.reports[report])
    tables[table] = rows
    return replace(papers, reports={**papers.reports, report: tables})


@pytest.mark.parametrize("name", sorted(REPORTS))
def test_a_register_as_csv_has_every_row_of_every_table(small: Lived, name: str) -> None:
    told = document(Desk(small.shop), name, *SMALL)
    tables = json.loads(to_json(told))["tables"]
    lines = list(csv.reader(io.StringIO(table_csv.render(told, office_of(small.shop).reader))))
    for number, table in enumerate(tables):
        if len(tables) > 1:
            assert number == 0 or lines.pop(0) == []
            lines.pop(0)  # its title
        keys = [column["key"] for column in table["columns"]]
        assert lines.pop(0) == keys
        for row in table["rows"]:
            line = {key: cell.removeprefix("'") for key, cell in zip(keys, lines.pop(0), strict=True)}
            assert line == {key: line[key] if isinstance(row.get(key), dict) else _cell(row.get(key)) for key in keys}
    assert lines == []


def _cell(value: object) -> str:
    return "" if value is None else str(int(value)) if isinstance(value, bool) else str(value)


def test_the_list_of_columns_is_that_of_the_registers(small: Lived) -> None:
    text = (Path(__file__).parents[2] / "docs" / "registers.md").read_text(encoding="utf-8")
    sections = dict(re.findall(r"^## (R\d+|Identities)(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL))
    assert {one.lower() for one in sections} == {*REPORTS, "identities"} - {"spoilage"}
    for name in REPORTS:
        if name != "spoilage":
            rows = [line.split(" | ") for line in sections[name.upper()].splitlines() if line.startswith("| ")]
            listed = {key for row in rows[1:] for key in re.findall(r"`(\w+)`", row[2])}
            assert listed == {column["key"] for table in small.told(name, *SMALL) for column in table["columns"]}, name
    for name, identity in IDENTITIES.items():
        assert f"| {name} | {identity.says} |" in sections["Identities"]


def test_what_counts_again_takes_nothing_from_the_shop_and_nothing_from_the_verifier() -> None:
    for path in Path(next(iter(crossing.__path__))).glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert {one.split(".")[0] for one in names} <= {*sys.stdlib_module_names, "crossing"}, path
