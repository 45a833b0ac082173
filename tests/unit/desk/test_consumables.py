"""Ribbons, films and cleaning kits: none is opened that is not there; a printer took what was printed."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from printd.desk import consumables
from printd.desk.acts import perform
from printd.desk.desk import Desk
from printd.errors import Refused
from printd.store import consumables as store
from printd.store.engine import dump
from support.office_past import OfficePast
from support.people import person

DAY = date(2026, 11, 2)
Two = tuple[Any, Any]


@pytest.fixture
def past(desk_on_both: Desk, enrol: Any) -> OfficePast:
    for name in ("siti", "budi"):
        enrol(desk_on_both, name)
    return OfficePast(desk_on_both, DAY, 100)


def receive(desk: Desk, kind: str = "ribbon", label: str = "YMCKO lot 7", pieces: int = 2, nominal: int = 20) -> Any:
    what = {"kind": kind, "label": label, "pieces": pieces, "nominal": nominal}
    return perform(desk, "consumables.receive", {**what, "by": person("siti")})


def open_(desk: Desk, kind: str = "ribbon", label: str = "YMCKO lot 7", printer: str = "p1") -> Any:
    return perform(desk, "consumables.open", {"kind": kind, "label": label, "printer": printer, "by": person("siti")})


def refused(desk: Desk, name: str, **arguments: Any) -> Refused:
    with desk.shop.store.reading() as connection:
        before = dump(connection)
    with pytest.raises(Refused) as refusal:
        perform(desk, name, arguments)
    with desk.shop.store.reading() as connection:
        assert dump(connection) == before
    return refusal.value


def test_a_ribbon_is_spent_by_good_cards_and_by_panels_laid_on_lost_ones(past: OfficePast) -> None:
    desk = past.desk
    past.at(DAY, 8)
    past.print_card(past.wish())  # before the ribbon was opened: not its card
    receive(desk)
    past.at(DAY, 9)
    open_(desk)
    past.at(DAY, 10)
    for outcome, cause in (("printed", ""), ("printed", ""), ("spoiled", "ribbon_break"), ("unused", "")):
        attempt = past.print_card(past.wish(), outcome, cause)
    past.print_card(past.wish(), "spoiled", "encode_fail")  # the chip comes first: no panel was laid
    attempt = past.print_card(past.wish())
    past.enter("card.checked", {"attempt": attempt, "quality": "spoiled", "cause": "print_fade"}, "budi")
    (one,) = consumables.list_(desk)["open"]
    assert (one["printer"], one["used"], one["spoiled"], one["left"]) == ("p1", 2, 2, 16)
    assert (one["yield"], one["level"]) == (1000, "ok")
    for _ in range(13):
        past.print_card(past.wish())
    (one,) = consumables.list_(desk)["open"]
    assert (one["left"], one["level"]) == (3, "low")
    for _ in range(3):
        past.print_card(past.wish())
    (one,) = consumables.list_(desk)["open"]
    assert (one["left"], one["level"]) == (0, "empty")
    assert past.replayed()


def test_opening_the_next_ends_the_one_before_on_that_printer_only(past: OfficePast) -> None:
    desk = past.desk
    receive(desk, pieces=3)
    receive(desk, "film", "clear", 1, 1500)
    past.at(DAY, 9)
    open_(desk)
    open_(desk, printer="p2")
    open_(desk, "film", "clear")
    past.at(DAY, 10)
    for _ in range(5):
        past.print_card(past.wish())
    past.at(DAY, 11)
    assert open_(desk)["pieces"] == 0
    past.print_card(past.wish())
    told = consumables.list_(desk)
    assert [(one["printer"], one["kind"], one["used"]) for one in told["open"]] == [
        ("p1", "film", 6),
        ("p1", "ribbon", 1),
        ("p2", "ribbon", 0),
    ]
    (ended,) = told["ended"]
    assert (ended["used"], ended["yield"], ended["level"]) == (5, 2500, None)
    assert [(one["label"], one["pieces"], one["level"]) for one in told["cupboard"]] == [
        ("clear", 0, "empty"),
        ("YMCKO lot 7", 0, "empty"),
    ]
    assert past.replayed()


def test_nothing_is_opened_that_is_not_there(past: OfficePast) -> None:
    desk = past.desk
    what = {"kind": "ribbon", "label": "YMCKO lot 7", "printer": "p1", "by": person("siti")}
    assert "no ribbon YMCKO lot 7 in stock" in refused(desk, "consumables.open", **what).what
    receive(desk, pieces=1)
    assert "no film" in refused(desk, "consumables.open", **{**what, "kind": "film"}).what
    assert "no printer p9" in refused(desk, "consumables.open", **{**what, "printer": "p9"}).what
    assert "nobody" in refused(desk, "consumables.open", **{**what, "by": person("nobody")}).what
    open_(desk)
    assert "in stock" in refused(desk, "consumables.open", **what).what


def test_what_was_never_booked_in_is_opened_and_what_is_left_of_it_is_unknown(past: OfficePast) -> None:
    desk = past.desk
    what = {"kind": "film", "label": "F9", "printer": "p1", "by": person("siti")}
    opened = perform(desk, "consumables.open", {**what, "nominal": 1500, "document": "BON/7"})
    assert (opened["pieces"], opened["nominal"]) == (None, 1500)
    receive(desk)
    cupboard = consumables.list_(desk)["cupboard"]
    assert [(one["label"], one["pieces"], one["level"]) for one in cupboard] == [
        ("F9", None, "unknown"),
        ("YMCKO lot 7", 2, "ok"),
    ]
    receive(desk, "film", "F9", 1, 1500)
    assert "made for 1500 cards, not 900" in refused(desk, "consumables.open", **what, nominal=900).what
    assert perform(desk, "consumables.open", what)["pieces"] == 0
    assert "no film F9 in stock" in refused(desk, "consumables.open", **what, nominal=1500).what
    with desk.shop.store.reading() as connection:
        (first, second) = store.consumables(connection)
        (came, film) = store.receipts_until(connection, "9")
    assert [(one["unbooked"], one["document"]) for one in (first, second)] == [(True, "BON/7"), (False, None)]
    assert [(one["label"], one["pieces"], one["by"]) for one in (came, film)] == [
        ("YMCKO lot 7", 2, "siti"),
        ("F9", 1, "siti"),
    ]
    assert past.replayed()


def test_the_same_label_is_the_same_thing(past: OfficePast) -> None:
    desk = past.desk
    receive(desk)
    assert receive(desk)["pieces"] == 4
    wrong = refused(
        desk, "consumables.receive", kind="ribbon", label="YMCKO lot 7", pieces=1, nominal=500, by=person("siti")
    )
    assert "made for 20 cards, not 500" in wrong.what
    receive(desk, "film", nominal=1500)  # a film of the same label is another thing


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "toner"},
        {"pieces": 0},
        {"nominal": 0},
        {"pieces": -3},
        {"label": ""},
        {"label": "lot 5371990000000001"},
        {"label": "x" * 65},
        {"by": person("nobody")},
    ],
)
def test_what_makes_no_sense_is_not_received(past: OfficePast, wrong: dict[str, Any]) -> None:
    good = {"kind": "ribbon", "label": "L", "pieces": 1, "nominal": 500, "by": person("siti")}
    refused(past.desk, "consumables.receive", **{**good, **wrong})
