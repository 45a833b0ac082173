"""Blanks against a dictionary: whatever is asked of the desk, the books and a naive model never differ."""

from __future__ import annotations

import json
from base64 import b64encode
from collections import Counter
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, event, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from pydantic import SecretStr

from printd.custody.movements import whereabouts
from printd.custody.serials import SerialRange
from printd.desk import blanks, deliveries, operators
from printd.desk.desk import Desk, Person
from printd.errors import Refused
from printd.replay import compare
from printd.shop import PROJECTIONS
from printd.store import blanks as rows
from printd.store import log

LAST = 24
RANGE = st.builds(lambda low, more: (low, min(low + more, LAST)), st.integers(0, LAST), st.integers(0, 6))
RANGES = st.lists(RANGE, min_size=1, max_size=3)
PLACES = st.sampled_from(["store", "hopper:p1", "hopper:p2", "spoiled", "skipped", "output", "transit:"])
PRINTERS = st.sampled_from(["p1", "p2"])
PEOPLE = tuple(Person(name=name, password=SecretStr(f"{name}-pass")) for name in ("siti", "budi"))
HEADER = {"bast_number": "1/BAST", "bast_date": "2026-11-02", "stock_type": "WNI", "generation": "g"}

runs = count()


class Custody(RuleBasedStateMachine):
    """Lawful and unlawful acts on one series of blanks, each example with a series of its own."""

    def __init__(self, desk: Desk, tally: Counter[str]) -> None:
        super().__init__()
        self.desk = desk
        self.tally = tally
        self.series = f"X{next(runs)}-"
        self.model: dict[int, tuple[str, str]] = {}  # serial number -> place, delivery
        self.announced: dict[str, int] = {}
        self.received: set[str] = set()
        self.size = self.log_size()

    def serial(self, number: int) -> str:
        return f"{self.series}{number:03d}"

    def log_size(self) -> int:
        with self.desk.shop.store.reading() as connection:
            return log.frontier(connection).size

    def place(self, name: str) -> str:
        return f"transit:{self.series}0" if name == "transit:" else name

    def attempt(self, lawful: bool, act: Callable[[], object], wrong: list[int], then: Callable[[], None]) -> None:
        """Act, and hold what came of it against the model; ``wrong`` are serials of which the refusal names one."""
        refusal: Refused | None = None
        try:
            act()
        except Refused as refused:
            refusal = refused
        event("done" if refusal is None else "refused")
        self.tally["done" if refusal is None else "refused"] += 1
        assert lawful == (refusal is None), refusal or "an unlawful act was done"
        if refusal is not None:
            assert not wrong or any(self.serial(number) in refusal.what for number in wrong), (str(refusal), wrong)
        else:
            self.size += 1
            then()
        assert self.log_size() == self.size, "one act, one entry; a refused act, none"

    def move(self, ranges: list[tuple[int, int]], source: str, goal: str, act: Callable[[], object]) -> None:
        named = Counter(number for low, high in ranges for number in range(low, high + 1))
        twice = sorted(number for number, times in named.items() if times > 1)
        away = [number for number in sorted(named) if self.model.get(number, ("", ""))[0] != source]

        def then() -> None:
            self.model |= {number: (goal, self.model[number][1]) for number in named}

        ends = self.ends(twice or away)
        self.attempt(not twice and not away, act, ends, then)

    def ends(self, numbers: list[int]) -> list[int]:
        """Return where runs of serials begin or end: a sentence names ranges by their ends."""
        return [number for number in numbers if number - 1 not in numbers or number + 1 not in numbers] or numbers

    def pairs(self, ranges: list[tuple[int, int]]) -> list[list[str]]:
        return [[self.serial(low), self.serial(high)] for low, high in ranges]

    @initialize(low=st.integers(0, 5), high=st.integers(12, LAST))
    def begin(self, low: int, high: int) -> None:
        self.announce([(low, high)], 0)
        self.receive(0, PEOPLE)

    @rule(start=st.integers(0, LAST), pieces=st.integers(1, 6), goal=PLACES, printer=PRINTERS, desk=st.booleans())
    def move_what_is_there(self, start: int, pieces: int, goal: str, printer: str, desk: bool) -> None:
        """Move blanks from where they are: by an act of the desk where one serves, else by a bare entry."""
        number = min((n for n in self.model if n >= start), default=min(self.model))
        place = self.model[number][0]
        high = number
        while high < number + pieces - 1 and self.model.get(high + 1, ("", ""))[0] == place:
            high += 1
        if desk and place == "store":
            self.load([(number, high)], printer)
        elif desk and place.startswith("hopper:"):
            self.unload([(number, high)], place.removeprefix("hopper:"))
        else:
            self.book_any([(number, high)], place, goal)

    @rule(ranges=RANGES, number=st.integers(0, 3))
    def announce(self, ranges: list[tuple[int, int]], number: int) -> None:
        name = f"{self.series}{number}"
        cartons = [{"carton": f"C{n}", "first": a, "last": b} for n, (a, b) in enumerate(self.pairs(ranges))]
        content = b64encode(json.dumps({**HEADER, "delivery": name, "cartons": cartons}).encode()).decode()
        said = Counter(n for low, high in ranges for n in range(low, high + 1))
        twice = sorted(n for n, times in said.items() if times > 1)
        taken = sorted(n for n in said if n in self.model)

        def then() -> None:
            self.announced[name] = len(said)
            self.model |= dict.fromkeys(said, (f"transit:{name}", name))

        wrong = [] if name in self.announced and not twice else self.ends(twice) or taken
        lawful = not twice and not taken and name not in self.announced
        self.attempt(lawful, lambda: deliveries.announce(self.desk, "m.json", content, "siti"), wrong, then)

    @rule(number=st.integers(0, 3), people=st.sampled_from([PEOPLE, PEOPLE, PEOPLE[::-1], (PEOPLE[0], PEOPLE[0])]))
    def receive(self, number: int, people: tuple[Person, Person]) -> None:
        name = f"{self.series}{number}"
        waiting = [n for n, (place, _) in self.model.items() if place == f"transit:{name}"]
        lawful = people[0] != people[1] and bool(waiting) and name not in self.received

        def then() -> None:
            self.model |= dict.fromkeys(waiting, ("store", name))
            self.received.add(name)

        self.attempt(lawful, lambda: deliveries.receive(self.desk, name, *people), [], then)

    @rule(ranges=RANGES, printer=PRINTERS)
    def load(self, ranges: list[tuple[int, int]], printer: str) -> None:
        act = lambda: blanks.load(self.desk, printer, self.pairs(ranges), *PEOPLE)  # noqa: E731
        self.move(ranges, "store", f"hopper:{printer}", act)

    @rule(ranges=RANGES, printer=PRINTERS)
    def unload(self, ranges: list[tuple[int, int]], printer: str) -> None:
        act = lambda: blanks.unload(self.desk, printer, self.pairs(ranges), *PEOPLE)  # noqa: E731
        self.move(ranges, f"hopper:{printer}", "store", act)

    @rule(number=st.integers(0, LAST))
    def spoil(self, number: int) -> None:
        place = self.model.get(number, ("nowhere", ""))[0]
        lawful = place in ("store", "skipped") or place.startswith("hopper:")
        act = lambda: blanks.spoil(self.desk, self.serial(number), "factory_defect", *PEOPLE)  # noqa: E731
        self.attempt(lawful, act, [number], lambda: self.put(number, "spoiled"))

    @rule(number=st.integers(0, LAST))
    def skip(self, number: int) -> None:
        lawful = self.model.get(number, ("nowhere", ""))[0].startswith("hopper:")
        act = lambda: blanks.skip(self.desk, self.serial(number), *PEOPLE)  # noqa: E731
        self.attempt(lawful, act, [number], lambda: self.put(number, "skipped"))

    @rule(number=st.integers(0, LAST))
    def find(self, number: int) -> None:
        lawful = self.model.get(number, ("nowhere", ""))[0] == "skipped"
        act = lambda: blanks.find(self.desk, self.serial(number), *PEOPLE)  # noqa: E731
        self.attempt(lawful, act, [number], lambda: self.put(number, "store"))

    def put(self, number: int, place: str) -> None:
        self.model[number] = (place, self.model[number][1])

    @rule(ranges=RANGES, source=PLACES, goal=PLACES)
    def book_any(self, ranges: list[tuple[int, int]], source: str, goal: str) -> None:
        source, goal = self.place(source), self.place(goal)
        data: dict[str, Any] = {"serials": self.pairs(ranges), "from": source, "to": goal, "why": "any"}
        self.move(ranges, source, goal, lambda: self.desk.shop.books.enter("blanks.moved", data, ["siti"]))

    @invariant()
    def the_books_say_what_the_model_says(self) -> None:
        with self.desk.shop.store.reading() as connection:
            kept = rows.touching(connection, self.series, 3, 0, 999)
            whole = whereabouts(connection, SerialRange(self.series, 3, 0, LAST))
        told = [(number, (row.place, row.delivery_id)) for row in kept for number in range(row.first, row.last + 1)]
        assert told == sorted(self.model.items())
        runs_of_model = [n for n, where in self.model.items() if self.model.get(n - 1) != where]
        assert len(kept) == len(runs_of_model), "rows were not merged"
        assert [(n, place) for part, place in whole for n in range(part.first, part.last + 1)] == [
            (n, self.model.get(n, (None, ""))[0]) for n in range(LAST + 1)
        ]

    @invariant()
    def the_sums_equal_what_was_announced(self) -> None:
        shown = blanks.where(self.desk)["deliveries"]
        mine = {name: shown[name] for name in shown if name.startswith(self.series)}
        expected = {}
        for name, pieces in self.announced.items():
            places = Counter(place for place, delivery in self.model.values() if delivery == name)
            expected[name] = {"announced": pieces, "places": dict(places), "balance": 0}
        assert mine == expected


@pytest.fixture
def office(desk_on_both: Desk) -> Desk:
    for person in PEOPLE:
        assert person.password is not None
        operators.add(desk_on_both, person.name, person.password)
    for name in ("p1", "p2"):
        about = {"uri": "u", "family": "evolis", "model": "m", "serial_number": name, "firmware": "1"}
        desk_on_both.shop.books.enter("printer.added", {"printer": name, **about}, ["siti"])
    return desk_on_both


def test_the_books_and_a_naive_model_never_differ(office: Desk) -> None:
    tally = Counter[str]()

    class OfThisOffice(Custody):
        def __init__(self) -> None:
            super().__init__(office, tally)

    phases = (Phase.generate, Phase.shrink)
    bounded = settings(max_examples=25, stateful_step_count=25, deadline=None, database=None, phases=phases)
    run_state_machine_as_test(OfThisOffice, settings=settings(bounded, suppress_health_check=list(HealthCheck)))
    assert min(tally["done"], tally["refused"]) > 40, tally  # it really drove both ways
    with office.shop.store.reading() as connection:
        assert compare(connection, PROJECTIONS).differences == ()


def test_a_blank_s_life_is_told_in_order_whether_it_moved_alone_or_with_many(office: Desk) -> None:
    cartons = [{"carton": "C1", "first": "K001", "last": "K100"}]
    content = b64encode(json.dumps({**HEADER, "delivery": "D1", "cartons": cartons}).encode()).decode()
    deliveries.announce(office, "m.json", content, "siti")
    deliveries.receive(office, "D1", *PEOPLE)
    blanks.load(office, "p1", [["K040", "K060"]], *PEOPLE)
    blanks.skip(office, "K050", *PEOPLE)
    blanks.find(office, "K050", *PEOPLE)
    blanks.load(office, "p2", [["K001", "K010"], ["K050", "K050"]], *PEOPLE)
    blanks.spoil(office, "K050", "bent_heat", *PEOPLE)
    shown = blanks.show(office, "K050")
    assert [(step["from"], step["to"], step["why"]) for step in shown["life"]] == [
        ("transit:D1", "store", "receive"),
        ("store", "hopper:p1", "load"),
        ("hopper:p1", "skipped", "skipped"),
        ("skipped", "store", "found"),
        ("store", "hopper:p2", "load"),
        ("hopper:p2", "spoiled", "bent_heat"),
    ]
    assert (shown["place"], shown["delivery"]["id"]) == ("spoiled", "D1")
    assert [step["to"] for step in blanks.show(office, "K100")["life"]] == ["store"]
    for other in ("K101", "K0050", "L050"):
        with pytest.raises(Refused, match=f"{other} belongs to no delivery"):
            blanks.show(office, other)


def test_a_million_blanks_are_one_row_and_a_move_in_the_middle_makes_three(office: Desk) -> None:
    content = b64encode(json.dumps({**HEADER, "delivery": "D1", "count": 1_000_000}).encode()).decode()
    deliveries.announce(office, "m.json", content, "siti")
    deliveries.receive(office, "D1", *PEOPLE)

    def kept() -> list[tuple[int, int, str]]:
        with office.shop.store.reading() as connection:
            return [(row.first, row.last, row.place) for row in rows.touching(connection, "D1/", 7, 0, 10**7)]

    assert kept() == [(1, 1_000_000, "store")]
    blanks.load(office, "p1", [["D1/0500000", "D1/0500099"]], *PEOPLE)
    assert kept() == [(1, 499_999, "store"), (500_000, 500_099, "hopper:p1"), (500_100, 1_000_000, "store")]
    blanks.unload(office, "p1", [["D1/0500000", "D1/0500099"]], *PEOPLE)
    assert kept() == [(1, 1_000_000, "store")]


def test_blanks_of_two_deliveries_stay_two_rows_side_by_side(office: Desk) -> None:
    for name, first, last in (("D1", "K001", "K005"), ("D2", "K006", "K009")):
        content = json.dumps({**HEADER, "delivery": name, "cartons": [{"carton": "C", "first": first, "last": last}]})
        deliveries.announce(office, "m.json", b64encode(content.encode()).decode(), "siti")
        deliveries.receive(office, name, *PEOPLE)
    blanks.load(office, "p1", [["K004", "K007"]], *PEOPLE)
    assert {name: one["places"] for name, one in blanks.where(office)["deliveries"].items()} == {
        "D1": {"store": 3, "hopper:p1": 2},
        "D2": {"store": 2, "hopper:p1": 2},
    }


def test_serials_that_make_no_sense_move_nothing(office: Desk) -> None:
    content = b64encode(json.dumps({**HEADER, "delivery": "D1", "serials": ["K001", "K002", "K003"]}).encode()).decode()
    deliveries.announce(office, "m.json", content, "siti")
    deliveries.receive(office, "D1", *PEOPLE)
    wrong: list[list[list[str]]] = [[], [["K001", "K002"], ["K002", "K003"]], [["K002", "K001"]], [["K", "K"]]]
    for serials in wrong:
        with pytest.raises(Refused):
            blanks.load(office, "p1", serials, *PEOPLE)
        with pytest.raises(Refused):
            office.shop.books.enter("blanks.moved", {"serials": serials, "from": "store", "to": "spoiled", "why": "x"})
    assert blanks.where(office)["places"] == {"store": 3}


def test_a_printer_that_does_not_exist_gets_no_blanks(office: Desk) -> None:
    with pytest.raises(Refused, match="no printer p9"):
        blanks.load(office, "p9", [["K001", "K001"]], *PEOPLE)


def test_a_blank_is_spoiled_by_a_cause_of_the_trade_only(office: Desk) -> None:
    for cause in ("", "accident", "JAM"):
        with pytest.raises(Refused, match="is not a spoil cause"):
            blanks.spoil(office, "K001", cause, *PEOPLE)
