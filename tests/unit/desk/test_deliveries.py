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
from printd.desk.proofs import Logins, Person, unproved
from printd.errors import Refused
from printd.ledger.entry import Entry
from printd.store import log
from printd.store.engine import dump
from printd.words.roles import Role
from support.people import FIRST, SECOND, person, proof
from support.people import enrol as enrol_person
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
    return deliveries.announce(desk, "m.json", b64encode(content).decode(), proof(by))


def entries(desk: Desk) -> list[Entry]:
    with desk.shop.store.reading() as connection:
        return [Entry.from_body(body) for _, body, _ in log.entries(connection)]


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
    last, paper = entries(desk)[-2:]
    assert (last.kind, last.actors) == ("delivery.received", ("budi", "siti"))
    assert (paper.kind, paper.actors, paper.data["entry"]) == ("paper.made", ("budi", "siti"), last.seq)
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


WRONG_PEOPLE: list[tuple[str, str | None]] = [
    ("budi", "siti-passphrase"),
    ("budi", ""),
    ("budi", None),
    ("budi", "budi-passphrase "),
    ("nobody", "budi-passphrase"),
    ("", ""),
    ("Budi", "budi-passphrase"),
    ("gone", "gone-passphrase"),
]


@pytest.mark.parametrize("place", [0, 1])
def test_each_of_the_two_must_work_here_and_open_their_own_key(
    desk: Desk, two: Two, enrol: Callable[[Desk, str], Person], place: int
) -> None:
    enrol(desk, "gone")
    operators.retire(desk, "gone", proof(FIRST), proof(SECOND))
    announce(desk, "D-17")
    count_twice(desk, "D-17", *two)
    for name, passphrase in WRONG_PEOPLE:
        wrong = Person(name=name, passphrase=None if passphrase is None else SecretStr(passphrase))
        people = (wrong, two[0]) if place == 0 else (two[0], wrong)
        desk.logins = Logins()  # nobody guessed before
        refusal = refused(desk, partial(deliveries.receive, desk, "D-17", *people))
        assert str(refusal) == str(unproved(name)), "which of them it is, nobody learns"
        assert not passphrase or passphrase not in str(refusal)
    assert deliveries.receive(desk, "D-17", *two)["state"] == "received"


def test_a_person_without_a_sealed_key_cannot_sign(desk: Desk, two: Two) -> None:
    """Their key is not in the database, as after a deletion: nothing stands in for it."""
    announce(desk, "D-17")
    count_twice(desk, "D-17", *two)
    with desk.shop.store.writing() as connection:
        connection.exec_driver_sql("DELETE FROM operator_secret WHERE name = 'budi'")
    for passphrase in ("", "budi-passphrase"):
        bare = Person(name="budi", passphrase=SecretStr(passphrase))
        refusal = refused(desk, partial(deliveries.receive, desk, "D-17", two[0], bare))
        assert refusal.what == "The sealed key of budi is not the one that the log names."


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.ADMINISTRATOR])
@pytest.mark.parametrize("place", [0, 1])
def test_who_receives_may_handle_blanks(desk: Desk, two: Two, role: Role, place: int) -> None:
    announce(desk, "D-17")
    other = enrol_person(desk, "dewi", Role.STOREKEEPER)
    people = (other, two[0]) if place == 0 else (two[0], other)
    count_twice(desk, "D-17", *people)
    operators.set_role(desk, "dewi", role, proof(FIRST), proof(SECOND))
    refusal = refused(desk, partial(deliveries.receive, desk, "D-17", *people))
    assert refusal.what == f"dewi cannot sign this: they are an {role}."
    operators.set_role(desk, "dewi", Role.STOREKEEPER, proof(FIRST), proof(SECOND))
    assert deliveries.receive(desk, "D-17", *people)["state"] == "received"


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
def test_who_announces_works_here(desk: Desk, two: Two, enrol: Callable[[Desk, str], Person], by: str) -> None:
    enrol(desk, "gone")
    operators.retire(desk, "gone", proof(FIRST), proof(SECOND))
    assert str(refused(desk, lambda: announce(desk, "D-17", by))) == str(unproved(by))
    announce(desk, "D-17")


def test_an_unknown_delivery_is_not_shown(desk: Desk) -> None:
    with pytest.raises(Refused, match="There is no delivery D-1"):
        deliveries.show(desk, "D-1")


WRONG_ARGUMENTS: list[dict[str, Any]] = [
    {},
    {"delivery": "D-17"},
    {"delivery": "D-17", "by": "siti", "second": "budi"},
    {"delivery": "D-17", "by": person("siti"), "second": "budi"},
    {"delivery": "D-17", "by": person("siti"), "second": {"name": "budi", "password": "budi-passphrase"}},
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


def test_no_passphrase_and_no_key_reaches_log_or_tables(desk: Desk, two: Two) -> None:
    announce(desk, "D-17")
    count_twice(desk, "D-17", *two)
    deliveries.receive(desk, "D-17", *two)
    with desk.shop.store.reading() as connection:
        kept = repr(dump(connection)) + repr(list(log.entries(connection)))
    assert "siti-passphrase" not in kept
    assert Logins().by_passphrase(desk.shop, "siti", "siti-passphrase", "").seed.hex() not in kept
    assert "ciphertext" not in kept, "sealed keys lie beside the projections, in a table of their own"
