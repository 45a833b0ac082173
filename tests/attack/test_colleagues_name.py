"""Somebody who knows a colleague's name.

He HAS the shop's user account (the socket, the command line) and the names of all who work here; no passphrase, no
terminal at which somebody is logged in. He TRIES every act of the catalogue that writes under a colleague's name, with
that name alone and with what he guesses. WHO NOTICES: the desk, which refuses each, and the log, which has nothing of
it but how often somebody guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from attack.scene import FIRST_ONE, PROVED, arguments, asked_people, noon, refused, size
from printd.desk.acts import perform
from printd.desk.desk import Desk
from printd.desk.proofs import Logins
from printd.ledger.entry import Entry
from printd.store import log
from support.deliberate import line, notices
from support.people import FIRST

BARE: Mapping[str, Callable[[str], Any]] = {
    "the name": lambda name: {"name": name},
    "the name as a text": lambda name: name,
    "a passphrase that is guessed": lambda name: {"name": name, "passphrase": f"{name}-2026-kupang"},
    "no passphrase": lambda name: {"name": name, "passphrase": ""},
    "a PIN": lambda name: {"name": name, "pin": "1234"},
    "a token": lambda name: {"name": name, "session": "A" * 43},
    "a key": lambda name: {"name": name, "seed": "11" * 32},
    "half a key": lambda name: {"name": name, "seed": "11"},
    "two proofs of nothing": lambda name: {"name": name, "pin": "1234", "session": "x", "seed": "00" * 32},
}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, Mapping[str, Any]]]:
    with noon(tmp_path_factory.mktemp("name") / "shop") as made:
        yield made


def attack(name: str, facts: Mapping[str, Any], proof: Callable[[str], Any]) -> dict[str, Any]:
    """Return an act under the names of colleagues: the two supervisors, where so many are asked."""
    names = dict(zip(("by", "second", "approved_by"), (FIRST, "ani", "budi"), strict=True))
    return {**arguments(name, facts), **{one: proof(names[one]) for one in asked_people(name)}}


@pytest.mark.parametrize("proof", BARE.values(), ids=BARE)
@pytest.mark.parametrize("name", [one for one in PROVED if asked_people(one)])
def test_no_act_is_done_under_a_colleagues_name(
    shop: tuple[Desk, Mapping[str, Any]], name: str, proof: Callable[[str], Any]
) -> None:
    desk, facts = shop
    refused(desk, name, attack(name, facts, proof))


EARLIER = {"jobs.resolve": "No attempt of job", "people.login": "while the daemon does not run"}
"""Acts that this shop refuses before it asks who acts, with what they say; every other one asks first."""


@notices(
    {"a bare name is enough": line(Logins.open, "raise unproved(person.name)", "return ScriptKey(SigningKey.new())")}
)
def test_it_is_the_missing_proof_that_is_refused(shop: tuple[Desk, Mapping[str, Any]]) -> None:
    desk, facts = shop
    said = {
        name: str(refused(desk, name, attack(name, facts, BARE["the name"]))) for name in PROVED if asked_people(name)
    }
    other = {name: text for name, text in said.items() if "did not prove who they are" not in text}
    assert set(other) == set(EARLIER)
    assert [name for name, text in other.items() if EARLIER[name] not in text] == []
    assert len(said) - len(other) > 50


@pytest.mark.parametrize("act", ["operators.passwd", "operators.recover"])
@pytest.mark.parametrize("typed", ["", "wrong", "0000-0000-0000-0000-0000-0000-0000"])
def test_a_colleagues_passphrase_is_not_replaced(shop: tuple[Desk, Mapping[str, Any]], act: str, typed: str) -> None:
    desk, _ = shop
    secret = {"old": typed} if act == "operators.passwd" else {"code": typed}
    refused(desk, act, {"name": FIRST, "passphrase": "mine from now on", **secret})
    perform(desk, "incidents.open", {"kind": "other", "note": "the old one opens still", "by": FIRST_ONE})


def test_the_guesses_stand_in_the_log(tmp_path: Path) -> None:
    with noon(tmp_path / "shop") as (desk, facts):
        for _ in range(3):
            refused(desk, "jobs.hold", {**arguments("jobs.hold", facts), "by": BARE["no passphrase"](FIRST)})
        before = size(desk)
        desk.logins.enter_failures(desk.shop.books)
        with desk.shop.store.reading() as connection:
            entry = Entry.from_body(log.bodies(connection, [before])[before])
        assert (entry.kind, entry.actors, entry.data) == ("login.failed", (), {"names": {FIRST: 3}, "unknown": 0})
