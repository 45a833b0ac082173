"""A share of the simulated day, and a judge who must see each way in which books and physics can differ."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bench.day import Day, Report, live
from bench.floor import TruthFile
from bench.judge import Books, compare, read_books
from printd.demo.reader import CardReader
from printd.shop.shop import Shop

pytestmark = pytest.mark.timeout(900)

DAY = Day(printers=2, hours=2, cards=6, minutes=0.04, harsh=10, seed=3)


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Report]:
    folder = tmp_path_factory.mktemp("day")
    return folder, live(DAY, folder, show=lambda said: None)


def test_two_hours_with_a_kill_in_each_end_with_books_equal_to_physics(lived: tuple[Path, Report]) -> None:
    _, report = lived
    assert report.judgement.wrong == []
    assert report.kills == len(report.ready) == DAY.hours
    assert report.judgement.kinds["whole and good"] >= DAY.cards
    assert sum(report.judgement.good.values()) == len(report.judgement.good) == DAY.cards
    assert report.cards == sum(report.judgement.kinds.values()) > DAY.cards, "nothing went wrong: the day was too kind"
    assert sum(report.doubts.values()) == report.acts["doubts settled"] > 0
    assert any("after a kill" in text for text in report.doubts), "what was under way at a kill is for a person"
    assert set(report.judgement.said) == {"audit verify", "audit replay", "blanks reconcile", "signatures"}


@pytest.fixture(scope="module")
def found(lived: tuple[Path, Report]) -> Iterator[Callable[..., list[str]]]:
    """Judge the same day again with something altered."""
    folder, _ = lived
    with closing(Shop.open(folder / "shop")) as shop:
        books, reader = read_books(folder / "shop"), CardReader(shop)
        owners = {reader(one): one for one in books.records}
    truth = TruthFile(folder / "truth.jsonl").cards()
    hoppers: dict[str, list[str]] = {
        f"printer-{number}": [one for one, place in books.places.items() if place == f"hopper:printer-{number}"]
        for number in (1, 2)
    }

    def judge(
        change: Callable[[list[dict[str, Any]]], Any] = lambda cards: None,
        books: Books = books,
        hoppers: dict[str, list[str]] = hoppers,
    ) -> list[str]:
        cards = [dict(card) for card in truth]
        change(cards)
        return compare(books, cards, owners, hoppers).wrong

    assert judge() == []
    return judge  # type: ignore[return-value]


def good(cards: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [card for card in cards if card["complete"] and not card["defect"]]


def moved(books: Books, blank: str, place: str) -> Books:
    return replace(books, places={**books.places, blank: place})


def test_the_judge_sees_cards_that_the_books_do_not(
    found: Callable[..., list[str]], lived: tuple[Path, Report]
) -> None:
    books = read_books(lived[0] / "shop")
    truth = TruthFile(lived[0] / "truth.jsonl").cards()
    one, other = good(truth)[:2]
    unused = next(blank for blank, place in books.places.items() if place.startswith("hopper"))
    printer = books.places[unused].partition(":")[2]

    def twice(cards: list[dict[str, Any]]) -> None:
        cards.append({**one, "blank": unused})

    assert any("the books say none" in text for text in found(twice)), "a card on a blank that nobody printed"
    assert any("carries record" in text for text in found(lambda cards: good(cards)[0].update(front=other["front"])))
    assert any("no good card" in text for text in found(lambda cards: good(cards)[0].update(complete=False)))
    assert any("the books say" in text for text in found(books=moved(books, one["blank"], "store")))
    assert any(printer in text for text in found(books=moved(books, unused, "missing")))
    assert any("in doubt" in text for text in found(books=replace(books, open_attempts=1)))
    second = replace(moved(books, unused, "output"), carries={**books.carries, unused: books.carries[one["blank"]]})
    assert any("2 good cards" in text for text in found(twice, books=second))
