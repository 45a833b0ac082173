"""A surprise count: who looks cannot choose, anybody can draw the same again, and what it proves is exact."""

from __future__ import annotations

import hashlib
import tracemalloc
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from itertools import combinations

import pytest
from pydantic import SecretStr

from printd.custody import sampling
from printd.custody.sampling import most_missing
from printd.desk import blanks, samples, shifts
from printd.desk.desk import Desk
from printd.desk.proofs import Person
from printd.errors import Refused
from printd.store import log
from printd.words.serials import SerialRange
from support.people import proof
from support.workday import add_printers, announce, entries, stock

Two = tuple[Person, Person]


def by_hand(ranges: list[tuple[str, SerialRange]], pieces: int, seed: bytes) -> list[tuple[str, str]]:
    """The draw as its documentation says it, with every blank written out."""
    everything = [(part.serial(n), place) for place, part in ranges for n in range(part.first, part.last + 1)]
    chosen: list[int] = []
    number = 0
    while len(chosen) < min(pieces, len(everything)):
        digest = hashlib.sha256(seed + number.to_bytes(8, "big")).hexdigest()
        at = int(digest, 16) % len(everything)
        if at not in chosen:
            chosen.append(at)
        number += 1
    return sorted(everything[at] for at in chosen)


RANGES = [
    ("hopper:p1", SerialRange("A", 3, 5, 24)),
    ("spoiled", SerialRange("A", 3, 1, 1)),
    ("spoiled", SerialRange("A", 3, 40, 41)),
    ("store", SerialRange("B", 4, 1, 77)),
]


@pytest.mark.parametrize("pieces", [1, 7, 60, 99, 100, 101, 1000])
def test_the_draw_is_the_one_that_its_documentation_describes(pieces: int) -> None:
    for number in range(5):
        seed = hashlib.sha256(bytes([number])).digest()
        drawn = sampling.draw(RANGES, pieces, seed)
        assert drawn == by_hand(RANGES, pieces, seed)
        assert len(set(drawn)) == min(pieces, 100)


def test_every_piece_has_the_same_chance() -> None:
    hits = Counter(
        serial
        for number in range(4000)
        for serial, _ in sampling.draw(RANGES, 5, hashlib.sha256(number.to_bytes(4, "big")).digest())
    )
    assert len(hits) == 100
    expected = 4000 * 5 / 100
    assert sum((hits[one] - expected) ** 2 / expected for one in hits) < 149  # chi-square, 99 degrees, p = 0.001


def test_ten_million_blanks_are_drawn_from_in_little_memory() -> None:
    ranges = [("store", SerialRange("K", 8, 1, 9_000_000)), ("spoiled", SerialRange("K", 8, 9_000_001, 10_000_000))]
    tracemalloc.start()
    drawn = sampling.draw(ranges, 1000, b"seed")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(drawn) == 1000
    assert peak < 2_000_000


def chance(population: int, drawn: int, missing: int, bad: int) -> Fraction:
    """The chance of at most so many, by looking at every possible sample."""
    draws = [sum(one < bad for one in sample) for sample in combinations(range(population), drawn)]
    return Fraction(sum(hit <= missing for hit in draws), len(draws))


@pytest.mark.parametrize(("population", "drawn"), [(9, 4), (12, 3), (11, 6), (8, 8), (7, 1)])
def test_the_bound_is_exact(population: int, drawn: int) -> None:
    for missing in range(drawn + 1):
        possible = [
            bad
            for bad in range(missing, population - (drawn - missing) + 1)
            if chance(population, drawn, missing, bad) >= Fraction(5, 100)
        ]
        assert most_missing(population, drawn, missing) == max(possible)


@pytest.mark.parametrize(
    ("population", "drawn", "missing", "bound"),
    [
        (1000, 1000, 0, 0),  # everything was looked at
        (1000, 1000, 3, 3),
        (100, 0, 0, 100),  # nothing was looked at
        (10_000_000, 59, 0, round(10_000_000 * (1 - 0.05 ** (1 / 59)))),  # the binomial's bound, which is close
    ],
)
def test_the_bound_at_its_ends(population: int, drawn: int, missing: int, bound: int) -> None:
    assert most_missing(population, drawn, missing) == pytest.approx(bound, rel=1e-4)


def test_a_bound_over_ten_million_blanks_is_found() -> None:
    assert most_missing(10_000_000, 1000, 500) == 5_264_809


def spread(desk: Desk, two: Two) -> None:
    """Blanks in store, shift, hopper and spoil bin, and some that are not received."""
    stock(desk, two)
    announce(desk, "T", [("T001", "T100")])
    add_printers(desk, "p1")
    shifts.open_(desk, *two, pieces=20, reason="a test")
    blanks.load(desk, "p1", two[0], pieces=10)
    blanks.spoil(desk, "K100", "factory_defect", *two)
    blanks.skip(desk, "K005", *two)


def test_a_sample_is_drawn_from_all_blanks_at_hand_and_can_be_drawn_again(desk: Desk, two: Two) -> None:
    spread(desk, two)
    told = samples.draw(desk, 99, "4711", proof("siti"))
    assert {place for _, place in told["drawn"]} == {"store", f"shift:{_day(desk)}-1", "hopper:p1", "spoiled"}
    assert "K005" not in [serial for serial, _ in told["drawn"]]
    found = samples.count(desk, told["sample"], *two)
    assert found["population"] == 99, "all but the skipped one and those on the way"
    few = samples.draw(desk, 12, "4711", proof("budi"))
    entry = entries(desk, "sample.drawn")[-1]
    assert entry.actors == ("budi",)
    assert entry.data == {**few, "population": 99}
    with desk.shop.store.reading() as connection:
        ranges = sampling.population(connection)
    words = f"printd sample/1\n{few['size']}\n{few['root']}\n4711".encode()
    assert few["seed"] == hashlib.sha256(words).hexdigest()
    again = by_hand(ranges, 12, bytes.fromhex(few["seed"]))
    assert [list(one) for one in again] == few["drawn"]
    samples.count(desk, few["sample"], *two)
    other = samples.draw(desk, 12, "4712", proof("budi"))
    assert other["root"] == few["root"], "the same checkpoint"
    assert other["drawn"] != few["drawn"], "who signs cannot know what another number draws"


def _day(desk: Desk) -> str:
    return desk.shop.today().isoformat()


def test_the_order_of_the_draw_is_the_same_on_every_database(
    desk_on_both: Desk, enrol: Callable[[Desk, str], Person]
) -> None:
    """Prefixes in another case sort differently where the database follows a language."""
    two = enrol(desk_on_both, "siti"), enrol(desk_on_both, "budi")
    for number, first in enumerate(("b-01", "A-01", "B_01", "a.01", "a-01")):
        stock(desk_on_both, two, f"D{number}", first, first[:-2] + "09")
    with desk_on_both.shop.store.reading() as connection:
        ranges = sampling.population(connection)
    assert ranges == sorted(ranges)
    assert [part.prefix for _, part in ranges] == ["A-", "B_", "a-", "a.", "b-"]


def test_what_two_people_found_is_booked_with_what_it_proves(desk: Desk, two: Two) -> None:
    spread(desk, two)
    told = samples.draw(desk, 30, "4711", proof("siti"))
    gone = [told["drawn"][3][0], told["drawn"][8][0]]
    result = samples.count(desk, told["sample"], *two, missing=gone)
    bound = most_missing(99, 30, 2)
    assert result["says"] == f"With 95 % confidence at most {bound} of 99 are missing."
    entry = entries(desk, "sample.counted")[-1]
    assert entry.actors == ("siti", "budi")
    assert entry.data == {"sample": told["sample"], "missing": sorted(gone), "bound": bound}
    with pytest.raises(Refused, match="waits for its count"):
        samples.count(desk, told["sample"], *two)


def test_what_cannot_be_counted_is_refused_and_not_booked(desk: Desk, two: Two) -> None:
    with pytest.raises(Refused, match="no blank to draw"):
        samples.draw(desk, 5, "4711", proof("siti"))
    spread(desk, two)
    with pytest.raises(Refused, match="nobody did not prove"):
        samples.draw(desk, 5, "4711", proof("nobody"))
    told = samples.draw(desk, 5, "4711", proof("siti"))
    siti, budi = two
    wrong = Person(name="budi", passphrase=SecretStr("wrong"))
    with desk.shop.store.reading() as connection:
        before = log.frontier(connection)
    for second, sample, missing, words in (
        (siti, told["sample"], [], "cannot sign twice"),
        (wrong, told["sample"], [], "budi did not prove"),
        (budi, "sample-0", [], "no sample sample-0"),
        (budi, told["sample"], ["K005"], "K005 was not drawn"),
        (budi, told["sample"], ["?"], "not a serial"),
    ):
        with pytest.raises(Refused, match=words):
            samples.count(desk, sample, siti, second, missing)
    with desk.shop.store.reading() as connection:
        assert log.frontier(connection) == before


def test_no_sample_tells_figures_while_a_shift_is_counted(desk: Desk, two: Two) -> None:
    spread(desk, two)
    shifts.count_begin(desk, two[0])
    with pytest.raises(Refused, match="is being counted"):
        samples.draw(desk, 5, "4711", proof("siti"))
