"""Serials: one text names one blank and back; ranges join to the fewest, and never swallow a serial said twice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from printd.errors import Refused
from printd.words.serials import SerialRange, common, from_json, join, minus, parse_range, parse_serial, say

PREFIXES = st.from_regex(r"([A-Za-z0-9./_-]{0,29}[A-Za-z./_-])?", fullmatch=True)
SERIALS = st.builds("{}{}".format, PREFIXES, st.from_regex(r"[0-9]{1,34}", fullmatch=True))


@given(SERIALS)
def test_a_serial_reads_back_as_it_stands_on_the_blank(text: str) -> None:
    one = parse_serial(text)
    assert len(one) == 1
    assert one.first_serial == one.last_serial == str(one) == text
    assert from_json([one.to_json()]) == [one]


@given(SERIALS, SERIALS)
def test_two_texts_never_name_the_same_blank(one: str, other: str) -> None:
    assert (parse_serial(one) == parse_serial(other)) == (one == other)


@given(PREFIXES, st.integers(1, 18), st.data())
def test_what_a_range_calls_its_serials_is_what_parsing_calls_them(
    prefix: str, width: int, data: st.DataObject
) -> None:
    number = data.draw(st.integers(0, 10**width - 1))
    text = SerialRange(prefix, width, number, number).first_serial
    assert parse_serial(text) == SerialRange(prefix, width, number, number)


@pytest.mark.parametrize(
    "text", ["KPG000001", "1", "A/B.C_D-9", "000", "BAST-17/000001", "9" * 18, "8" * 20, "x" * 46 + "7"]
)
def test_serials_of_the_trade_are_taken(text: str) -> None:
    assert parse_serial(text).first_serial == text


NO_SERIALS = [
    "",
    "KPG",
    "KPG1 ",
    " KPG1",
    "KPG1\n",
    "KPG 1",
    "KPG\u00c91",
    "KPG\u0661",
    "x" * 47 + "7",
    "1" * 65,
    "=1+1",
]


@pytest.mark.parametrize("text", [*NO_SERIALS, "KPG1;2", "KPG-1a", "\x001", "KPG1\x00"])
def test_a_text_that_is_no_serial_is_refused_and_named(text: str) -> None:
    with pytest.raises(Refused) as refusal:
        parse_serial(text)
    assert repr(text[:60]) in refusal.value.what


def test_leading_zeros_make_another_serial() -> None:
    assert parse_serial("A01") != parse_serial("A1")
    assert join([parse_serial("A01"), parse_serial("A1")]) == [parse_serial("A1"), parse_serial("A01")]


def test_a_range_counts_both_its_ends() -> None:
    part = parse_range("KPG000098", "KPG000102")
    assert (len(part), part.first_serial, part.last_serial) == (5, "KPG000098", "KPG000102")
    assert str(part) == "KPG000098 to KPG000102"
    assert parse_range("KPG7") == parse_range("KPG7", "KPG7")


@pytest.mark.parametrize(
    ("first", "last"),
    [("KPG2", "KPG1"), ("KPG1", "KPH2"), ("KPG1", "KPG02"), ("KPG9", "KPG10"), ("A1B1", "A2B1")],
)
def test_two_ends_that_span_nothing_are_refused_and_named(first: str, last: str) -> None:
    with pytest.raises(Refused) as refusal:
        parse_range(first, last)
    assert first in refusal.value.what
    assert last in refusal.value.what


NUMBERS = st.sets(st.tuples(st.sampled_from(["A", "B-"]), st.sampled_from([2, 3]), st.integers(0, 60)), max_size=60)


@given(NUMBERS, st.randoms(use_true_random=False))
def test_joining_keeps_every_serial_in_the_fewest_ranges(numbers: set[tuple[str, int, int]], chance: object) -> None:
    parts = [SerialRange(prefix, width, number, number) for prefix, width, number in numbers]
    chance.shuffle(parts)  # type: ignore[attr-defined]
    joined = join(parts)
    told = [(part.prefix, part.width, n) for part in joined for n in range(part.first, part.last + 1)]
    assert told == sorted(numbers)
    begins = [one for one in numbers if (one[0], one[1], one[2] - 1) not in numbers]
    assert len(joined) == len(begins)


RANGES = st.builds(lambda first, more: SerialRange("A", 3, first, first + more), st.integers(0, 40), st.integers(0, 9))


@given(st.lists(RANGES, min_size=2, max_size=6))
def test_joining_refuses_exactly_when_a_serial_is_there_twice(parts: list[SerialRange]) -> None:
    said = [n for part in parts for n in range(part.first, part.last + 1)]
    twice = {n for n in said if said.count(n) > 1}
    if not twice:
        assert [n for part in join(parts) for n in range(part.first, part.last + 1)] == sorted(said)
        return
    with pytest.raises(Refused) as refusal:
        join(parts)
    named = [parse_serial(word) for word in refusal.value.what.split() if word.startswith("A")]
    assert named
    assert set(range(named[0].first, named[-1].last + 1)) <= twice


PARTS = NUMBERS.map(lambda numbers: join(SerialRange(prefix, width, n, n) for prefix, width, n in numbers))


@given(PARTS, PARTS, st.randoms(use_true_random=False))
def test_minus_and_common_say_what_sets_of_single_serials_say(
    one: list[SerialRange], other: list[SerialRange], chance: object
) -> None:
    def singles(parts: list[SerialRange]) -> list[tuple[str, int, int]]:
        return [(part.prefix, part.width, n) for part in parts for n in range(part.first, part.last + 1)]

    mine, theirs = set(singles(one)), set(singles(other))
    for parts in (one, other):
        chance.shuffle(parts)  # type: ignore[attr-defined]
    assert singles(minus(one, other)) == sorted(mine - theirs)
    assert singles(common(one, other)) == sorted(mine & theirs)


def test_a_sentence_names_the_first_ranges_and_counts_the_rest() -> None:
    parts = [parse_serial(f"A{number}") for number in range(1, 9)]
    assert say(parts[:2]) == "A1, A2"
    assert say(parts, limit=3) == "A1, A2, A3 and 5 more ranges"
