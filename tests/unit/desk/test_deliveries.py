"""Receiving a delivery: two people who are who they say, a delivery that was announced, once."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from pydantic import SecretStr

from printd.cli.remedies import sentence
from printd.desk import deliveries, operators
from printd.desk.acts import perform
from printd.desk.desk import Desk
from printd.desk.proofs import Person
from printd.errors import Refused
from printd.events.kinds import read
from printd.ledger.entry import Entry
from printd.store import log
from printd.store.engine import dump
from support.receipts import count_twice, on_its_way
from support.workday import refused

Two = tuple[Person, Person]
HEADER = {
    "practice": True,
    "bast_number": "470/1/BAST",
    "bast_date": "2026-11-02",
    "stock_type": "WNI",
    "generation": "2024a",
}
CARTONS = [{"carton": "C1", "first": "KPG001", "last": "KPG050"}, {"carton": "C2", "first": "KPG061", "last": "KPG100"}]


def announce(desk: Desk, delivery: str, by: str = "siti", **named: object) -> deliveries.DeliveryShown:
    content = json.dumps({**HEADER, "delivery": delivery, **(named or {"cartons": CARTONS})}).encode()
    return deliveries.announce(desk, "m.json", b64encode(content).decode(), by)


def entries(desk: Desk) -> list[Entry]:
    with desk.shop.store.reading() as connection:
        return [Entry.from_body(body) for _, body, _ in log.entries(connection)]


def person(name: str, password: str | None) -> Person:
    return Person(name=name, password=None if password is None else SecretStr(password))


def test_two_people_receive_what_was_announced(desk: Desk, two: Two) -> None:
    announced = announce(desk, "D-17")
    assert (announced["state"], announced["announced_by"], announced["announced"]) == ("announced", "siti", None)
    assert "KPG" not in repr(announced), "the receipt is blind"
    count_twice(desk, "D-17", *two)
    received = deliveries.receive(desk, "D-17", two[1], two[0])
    assert [(one["carton"], one["first"], one["last"], one["pieces"]) for one in received["cartons"]] == [
        ("C1", "KPG001", "KPG050", 50),
        ("C2", "KPG061", "KPG100", 40),
    ]
    assert (received["state"], received["received_by"], received["received_with"]) == ("received", "budi", "siti")
    assert received["places"] == {"store": 90}
    last = entries(desk)[-1]
    assert (last.kind, last.actors) == ("delivery.received", ("budi", "siti"))
    serials = [["KPG001", "KPG050"], ["KPG061", "KPG100"]]
    assert last.data == {"delivery": "D-17", "serials": serials, "counted": 90, "discrepancies": []}
    assert received["received_at"] == last.at


def test_only_the_delivery_that_was_named_is_received(desk: Desk, two: Two) -> None:
    announce(desk, "D-17")
    announce(desk, "D-18", count=5)
    count_twice(desk, "D-18", *two)
    deliveries.receive(desk, "D-18", *two)
    assert {row["id"]: row["state"] for row in deliveries.list_(desk)} == {"D-17": "announced", "D-18": "received"}
    assert on_its_way(desk, "D-17")[:2] == ["KPG001", "KPG002"]


def test_one_person_cannot_sign_twice(desk: Desk, two: Two) -> None:
    announce(desk, "D-17")
    refusal = refused(desk, lambda: deliveries.receive(desk, "D-17", two[0], two[0]))
    assert refusal.what == "siti cannot sign twice."
    assert "two different people" in refusal.why


WRONG_PEOPLE: list[tuple[str, str | None, str]] = [
    ("budi", "siti-passphrase", "password of budi is wrong or missing"),
    ("budi", "", "password of budi is wrong or missing"),
    ("budi", None, "password of budi is wrong or missing"),
    ("budi", "budi-pass ", "password of budi is wrong or missing"),
    ("nobody", "budi-passphrase", "'nobody' is not an active operator"),
    ("", "", "'' is not an active operator"),
    ("Budi", "budi-passphrase", "'Budi' is not an active operator"),
    ("gone", "gone-pass", "'gone' is not an active operator"),
]


@pytest.mark.parametrize("place", [0, 1])
def test_each_of_the_two_must_be_an_active_operator_with_their_own_password(
    desk: Desk, two: Two, enrol: Callable[[Desk, str], Person], place: int
) -> None:
    enrol(desk, "gone")
    desk.shop.books.enter(read("operator.set", {"name": "gone", "role": "operator", "active": False}))
    announce(desk, "D-17")
    for name, password, words in WRONG_PEOPLE:
        wrong = person(name, password)
        people = (wrong, two[0]) if place == 0 else (two[0], wrong)
        refusal = refused(desk, partial(deliveries.receive, desk, "D-17", *people))
        assert words in refusal.what
        assert not password or password not in str(refusal)


def test_a_person_without_a_stored_password_cannot_sign(desk: Desk, two: Two) -> None:
    announce(desk, "D-17")
    desk.shop.books.enter(read("operator.set", {"name": "bare", "role": "operator", "active": True}))
    refusal = refused(desk, lambda: deliveries.receive(desk, "D-17", two[0], person("bare", "")))
    assert "password of bare" in refusal.what


def test_a_delivery_that_was_not_announced_is_not_received(desk: Desk, two: Two) -> None:
    refusal = refused(desk, lambda: deliveries.receive(desk, "D-17", *two))
    assert refusal.what == "No delivery D-17 was announced."
    assert "deliveries announce" in sentence(refusal.remedy)


def test_a_delivery_is_received_once(desk: Desk, two: Two) -> None:
    announce(desk, "D-17")
    count_twice(desk, "D-17", *two)
    deliveries.receive(desk, "D-17", *two)
    refusal = refused(desk, lambda: deliveries.receive(desk, "D-17", *two))
    assert "D-17 was received already" in refusal.what
    assert "siti" in refusal.what
    assert "budi" in refusal.what


def test_serials_of_another_delivery_are_refused_with_their_names_and_their_place(desk: Desk, two: Two) -> None:
    announce(desk, "D-17")
    count_twice(desk, "D-17", *two)
    deliveries.receive(desk, "D-17", *two)
    refusal = refused(
        desk, lambda: announce(desk, "D-18", cartons=[{"carton": "C9", "first": "KPG045", "last": "KPG062"}])
    )
    assert "KPG045 to KPG050 belong to delivery D-17 already, now in store" in refusal.what
    assert "D-18 was not announced" in refusal.consequence
    refusal = refused(desk, lambda: announce(desk, "D-18", serials=["KPG055", "KPG061"]))
    assert "KPG061 belongs to delivery D-17 already" in refusal.what
    announce(desk, "D-18", serials=["KPG055"])
    assert on_its_way(desk, "D-18") == ["KPG055"]


@pytest.mark.parametrize("by", ["gone", "nobody"])
def test_who_announces_works_here(desk: Desk, enrol: Callable[[Desk, str], Person], by: str) -> None:
    enrol(desk, "gone")
    desk.shop.books.enter(read("operator.set", {"name": "gone", "role": "operator", "active": False}))
    refusal = refused(desk, lambda: announce(desk, "D-17", by))
    assert f"{by!r} is not an active operator" in refusal.what


def test_an_unknown_delivery_is_not_shown(desk: Desk) -> None:
    with pytest.raises(Refused, match="There is no delivery D-1"):
        deliveries.show(desk, "D-1")


WRONG_ARGUMENTS: list[dict[str, Any]] = [
    {},
    {"delivery": "D-17"},
    {"delivery": "D-17", "by": person("siti"), "second": "budi"},
    {"delivery": 17, "by": {"name": "siti"}, "second": {"name": "budi"}},
    {"delivery": "D-17", "by": {"name": "siti"}, "second": {"name": "budi"}, "force": True},
    {"delivery": "D-17", "by": {"name": "siti", "role": "supervisor"}, "second": {"name": "budi"}},
]


def test_an_act_asked_for_with_wrong_arguments_is_refused_before_it_begins(desk: Desk) -> None:
    for arguments in WRONG_ARGUMENTS:
        refusal = refused(desk, partial(perform, desk, "deliveries.receive", arguments))
        assert "wrong arguments" in refusal.what


def test_an_act_that_does_not_exist_is_refused(desk: Desk) -> None:
    for act in ("deliveries.destroy", "", "deliveries", "deliveries.known", "__class__"):
        assert "deliveries.receive" in sentence(refused(desk, partial(perform, desk, act, {})).remedy)


def test_a_login_name_says_little_and_is_plain(desk: Desk) -> None:
    for name in ("", "s", "Siti", "siti aminah", "siti\n", "1siti", "s" * 33, "sit\u0131", "=siti"):
        assert "login name" in refused(desk, partial(operators.add, desk, name, SecretStr("long enough"))).what


def test_an_operator_is_enrolled_once_and_a_new_password_replaces_the_old(desk: Desk, two: Two) -> None:
    refused(desk, lambda: operators.add(desk, "siti", SecretStr("another")))
    refused(desk, lambda: operators.add(desk, "ratna", SecretStr("abc")))
    new = SecretStr("another")
    refused(desk, lambda: operators.passwd(desk, "ratna", new, two[0]))
    assert "cannot give siti" in refused(desk, lambda: operators.passwd(desk, "siti", new, two[1])).what
    assert "wrong or missing" in refused(desk, lambda: operators.passwd(desk, "siti", new, Person(name="siti"))).what
    operators.passwd(desk, "siti", new, two[0])
    announce(desk, "D-17")
    assert "siti is wrong" in refused(desk, lambda: deliveries.receive(desk, "D-17", *two)).what
    siti = person("siti", "another")
    count_twice(desk, "D-17", siti, two[1])
    assert deliveries.receive(desk, "D-17", siti, two[1])["state"] == "received"


def test_no_password_reaches_log_or_tables(desk: Desk, two: Two) -> None:
    announce(desk, "D-17")
    count_twice(desk, "D-17", *two)
    deliveries.receive(desk, "D-17", *two)
    with desk.shop.store.reading() as connection:
        kept = repr(dump(connection)) + repr(list(log.entries(connection)))
    assert "siti-passphrase" not in kept
    assert "argon2" not in kept
