"""The trade's words: places, subjects, moments and states are written by printd.words, and by nobody else by hand."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from enum import StrEnum
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

import printd
from printd.store.tables.shifts import shift
from printd.store.tables.test_prints import test_print
from printd.words import moments, places
from printd.words.states import ShiftState, is_counting
from printd.words.states import TestPrintState as State
from printd.words.subjects import Subject, split
from support.deliberate import line, notices

KUPANG = ZoneInfo("Asia/Makassar")
HOUSE = Path(printd.__file__).parent


@pytest.mark.parametrize(
    ("place", "kind", "whose"),
    [
        (places.STORE, "store", ""),
        (places.hopper("p1"), "hopper", "p1"),
        (places.inside("p1"), "printer", "p1"),
        (places.shift("2026-11-30-1"), "shift", "2026-11-30-1"),
        (places.transit("D:1"), "transit", "D:1"),
        (places.transfer("t"), "transfer", "t"),
        (places.site("kelapa-lima"), "site", "kelapa-lima"),
    ],
)
def test_a_place_is_its_kind_and_whose_it_is(place: str, kind: str, whose: str) -> None:
    assert place == (f"{kind}:{whose}" if whose else kind)
    assert (places.kind(place), places.whose(place)) == (kind, whose)


@pytest.mark.parametrize("word", ["", "Store", "hoppers:p1", ":p1"])
def test_what_is_no_place_has_no_kind(word: str) -> None:
    assert places.kind(word) is None


def test_a_subject_is_read_as_it_was_written() -> None:
    assert [one.of("a:b") for one in Subject] == [
        *("delivery:a:b", "shift:a:b", "transfer:a:b", "site:a:b", "stock:a:b", "act:a:b")
    ]
    assert all(split(one.of("a:b")) == (one, "a:b") for one in Subject)


@notices(
    {
        "the day begins at midnight in UTC": line(moments.midnight, "time(), zone", "time(), UTC"),
        "the log keeps the office's time": line(moments.stamp, "moment.astimezone(UTC)", "moment"),
        "the day is that of UTC": line(moments.office_day, "at.astimezone(zone)", "at"),
    }
)
def test_a_day_of_the_office_begins_at_its_own_midnight() -> None:
    began = moments.midnight(date(2026, 11, 3), KUPANG)
    assert began == "2026-11-02T16:00:00Z"
    assert moments.parse(began) == datetime(2026, 11, 2, 16, tzinfo=UTC)
    assert moments.office_day(moments.parse(began), KUPANG) == date(2026, 11, 3)


def test_a_count_is_under_way_in_one_state_of_a_shift() -> None:
    assert [state for state in ShiftState if is_counting({"state": state.value})] == [ShiftState.COUNTING]
    assert not is_counting(None)


@pytest.mark.parametrize(("table", "states"), [(shift, ShiftState), (test_print, State)], ids=str)
def test_the_database_takes_the_states_that_there_are(table: sa.Table, states: type[StrEnum]) -> None:
    (check,) = (
        str(one.sqltext)
        for one in table.constraints
        if isinstance(one, sa.CheckConstraint) and "state IN" in str(one.sqltext)
    )
    assert set(re.findall("'(.*?)'", check)) == {state.value for state in states}


def _found(what: Callable[[ast.AST], bool]) -> Iterator[str]:
    """Yield where in the house, words and migrations left out, something is written."""
    for path in HOUSE.rglob("*.py"):
        inner = path.relative_to(HOUSE)
        if inner.parts[0] != "words" and "migrations" not in inner.parts:
            yield from (f"{inner}:{node.lineno}" for node in ast.walk(ast.parse(path.read_text())) if what(node))  # type: ignore[attr-defined]  # what is found is an expression


_PLACE = re.compile(r"(hopper|shift|transit|transfer|site):")
"""``printer:`` is also how a part of the running shop is named (printd.health)."""


def _spells_a_place(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and _PLACE.match(node.value) is not None


def _compares_a_state(node: ast.AST) -> bool:
    if not isinstance(node, ast.Compare):
        return False
    sides = [node.left, *node.comparators]
    literal = any(isinstance(one, ast.Constant) and isinstance(one.value, str) for one in sides)
    return literal and any(isinstance(one, ast.Subscript) and ast.unparse(one.slice) == "'state'" for one in sides)


@pytest.mark.parametrize(
    ("what", "written"),
    [(_spells_a_place, "f'hopper:{name}'"), (_compares_a_state, "row['state'] == 'counting'")],
    ids=["a place spelled by hand", "a state compared with a literal"],
)
def test_nobody_writes_by_hand(what: Callable[[ast.AST], bool], written: str) -> None:
    assert any(what(node) for node in ast.walk(ast.parse(written)))
    assert list(_found(what)) == []
