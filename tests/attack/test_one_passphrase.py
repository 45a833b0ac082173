"""Somebody who works here, with one passphrase: their own, or a colleague's that they once saw typed.

He HAS that passphrase, the shop's user account, the names of all, and the sessions that it opens. He TRIES every act
that two people sign, to enrol an accomplice, to sign as two, to use what belongs to others. WHO NOTICES: the desk, and
where he comes past it with his own key, the booking; nothing of it is in the log.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from attack.scene import ANI, BUDI, FIRST_ONE, PROVED, SECOND_ONE, arguments, asked_people, noon, refused, size
from printd.desk.acts import perform
from printd.desk.catalogue import ACTS
from printd.desk.desk import Desk
from printd.desk.proofs import Logins
from printd.errors import Refused
from printd.events.printers import PrinterAdded
from printd.ledger.entry import EntryError
from printd.ledger.signatures import SigningKey
from support.deliberate import line, notices
from support.people import FIRST, SECOND, passphrase_of

Shop = tuple[Desk, Mapping[str, Any]]

OF_TWO = [
    name
    for name in PROVED
    if ACTS[name].enters and asked_people(name) and all(min(rule.numbers) > 1 for rule in ACTS[name].signatures())
]
"""Acts of which nothing is entered that fewer than two people sign."""

SECONDS: Mapping[str, Callable[[dict[str, str]], dict[str, str] | None]] = {
    "nobody": lambda own: None,
    "himself": lambda own: own,
    "himself by another name": lambda own: {**own, "name": own["name"].upper()},
    "himself with a blank": lambda own: {**own, "name": f"{own['name']} "},
    "a colleague's name": lambda own: {"name": "budi"},
    "a colleague's name with his passphrase": lambda own: {"name": "budi", "passphrase": f"{own['passphrase']} "},
    "a supervisor's name with his passphrase": lambda own: {**own, "name": SECOND},
    "somebody who is not enrolled": lambda own: {"name": "accomplice", "passphrase": "an accomplice's passphrase"},
}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with noon(tmp_path_factory.mktemp("one") / "shop") as made:
        yield made


def with_second(name: str, facts: Mapping[str, Any], by: dict[str, Any], second: Any) -> dict[str, Any]:
    return {**arguments(name, facts), "by": by, **({} if second is None else {"second": second})}


def test_most_acts_with_blanks_are_acts_of_two() -> None:
    assert {"printers.add", "operators.enrol", "operators.renew", "jobs.reprint", "jobs.correct", "shifts.open"} <= set(
        OF_TWO
    )
    assert len(OF_TWO) > 20


@pytest.mark.parametrize("second", SECONDS.values(), ids=SECONDS)
@pytest.mark.parametrize("name", OF_TWO)
def test_no_act_of_two_is_done_by_one(
    shop: Shop, name: str, second: Callable[[dict[str, str]], dict[str, str] | None]
) -> None:
    desk, facts = shop
    other = second(ANI)
    refused(desk, name, with_second(name, facts, ANI, other))
    if other is not None:
        refused(desk, name, with_second(name, facts, other, ANI))


@pytest.mark.parametrize("name", ["printers.add", "jobs.reprint", "blanks.skip"])
def test_two_do_it(tmp_path: Path, name: str) -> None:
    """So that the refusals above are no refusals of the arguments."""
    with noon(tmp_path / "shop") as (desk, facts):
        before = size(desk)
        perform(desk, name, with_second(name, facts, ANI, BUDI))
        assert size(desk) > before


@pytest.mark.parametrize("one", [ANI, FIRST_ONE], ids=["an operator", "a supervisor"])
@pytest.mark.parametrize("act", ["operators.enrol", "operators.set_role", "operators.retire", "operators.renew"])
def test_nobody_makes_an_accomplice_alone(shop: Shop, act: str, one: dict[str, str]) -> None:
    desk, facts = shop
    for second in SECONDS.values():
        other = second(one)
        refused(desk, act, with_second(act, facts, one, other))
        refused(desk, act, with_second(act, facts, other or one, one))
    refused(desk, act, with_second(act, facts, ANI, BUDI))  # two, of whom none is a supervisor
    names = [row["name"] for row in perform(desk, "operators.list", {}) if row["active"]]
    assert names == sorted(["ani", "budi", FIRST, SECOND])


def test_an_operator_does_nothing_that_a_supervisor_answers_for(shop: Shop) -> None:
    desk, facts = shop
    only = [
        name
        for name in PROVED
        if ACTS[name].enters and all(rule.supervisor == 0 for rule in ACTS[name].signatures()) and asked_people(name)
    ]
    assert len(only) > 3
    for name in only:
        refused(desk, name, {**arguments(name, facts), "by": ANI})


def _added() -> PrinterAdded:
    return PrinterAdded(printer="p9", uri="u", family="evolis", model="m", serial_number="S9", firmware="1")


@pytest.mark.parametrize("in_place", ["none", "his own", "a new one"])
def test_past_the_desk_his_key_signs_for_nobody_else(shop: Shop, in_place: str) -> None:
    desk, _ = shop
    ani = desk.logins.by_passphrase(desk.shop, "ani", ANI["passphrase"], "")
    keys = {"ani": ani} | ({"budi": ani if in_place == "his own" else SigningKey.new()} if in_place != "none" else {})
    before = size(desk)
    wanted = "budi has not signed" if in_place == "none" else "The key of budi is not the one"
    for names in (["ani", "budi"], ["budi", "ani"]):
        with pytest.raises(Refused, match=wanted), desk.shop.books.booking(keys) as booking:
            booking.enter(_added(), names)
    with pytest.raises(EntryError, match="twice"), desk.shop.books.booking(keys) as booking:
        booking.enter(_added(), ["ani", "ani"])
    assert size(desk) == before


# --- sessions ------------------------------------------------------------------------------------


class _Workshop:
    """A daemon as far as sessions need one: it is there."""

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return lambda *_, **__: [] if name == "problems" else None


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[Shop]:
    """The desk of a running daemon; time stands."""
    with noon(tmp_path / "shop") as (desk, facts):
        yield Desk(desk.shop, _Workshop(), Logins(lambda: 0.0)), facts


def login(desk: Desk, who: Mapping[str, str], pin: str = "4711") -> str:
    return str(perform(desk, "people.login", {"by": who, "pin": pin})["token"])


@notices({"a token signs for any name": line(Logins._by_session, "session.person != name", "not session.person")})
def test_his_session_signs_for_nobody_else(counter: Shop) -> None:
    desk, facts = counter
    mine = login(desk, ANI)
    login(desk, BUDI, "8642")
    for name in ("budi", FIRST, "nobody"):
        by = {"name": "ani", "session": mine}
        token = {"name": name, "session": mine}
        said = refused(desk, "printers.add", with_second("printers.add", facts, by, token))
        assert said.what == f"{name} did not prove who they are."
        refused(desk, "printers.add", with_second("printers.add", facts, by, {"name": name, "pin": "4711"}))


def test_with_somebodys_pin_he_has_nothing_when_they_are_gone(counter: Shop) -> None:
    """He saw it typed. It re-opens a session that is there, and nothing else."""
    desk, facts = counter
    token = login(desk, BUDI, "8642")
    seen = {"name": "budi", "pin": "8642"}
    perform(desk, "people.logout", {"session": token})
    refused(desk, "printers.add", with_second("printers.add", facts, ANI, seen))
    for act, more in (("people.login", {"pin": "1111"}), ("people.for_script", {}), ("people.end", {"name": FIRST})):
        refused(desk, act, {"by": seen, **more})


def test_a_session_of_somebody_who_retired_is_worth_nothing(counter: Shop) -> None:
    desk, facts = counter
    token = login(desk, BUDI)
    key = perform(desk, "people.for_script", {"by": BUDI})["seed"]
    perform(desk, "operators.retire", {"name": "budi", "by": FIRST_ONE, "second": SECOND_ONE})
    for second in (
        BUDI,
        *({"name": "budi", **proof} for proof in ({"session": token}, {"pin": "4711"}, {"seed": key})),
    ):
        refused(desk, "printers.add", with_second("printers.add", facts, ANI, second))
        refused(desk, "incidents.open", {"kind": "other", "note": "a test", "by": second})


def test_his_new_passphrase_opens_his_key_alone(counter: Shop) -> None:
    desk, facts = counter
    done = perform(
        desk, "operators.passwd", {"name": "ani", "old": ANI["passphrase"], "passphrase": passphrase_of(SECOND)}
    )
    for second in (
        {"name": SECOND, "passphrase": done["recovery_code"]},
        {"name": "budi", "passphrase": passphrase_of(SECOND)},
    ):
        refused(desk, "printers.add", with_second("printers.add", facts, FIRST_ONE, second))
    refused(
        desk, "operators.recover", {"name": SECOND, "code": done["recovery_code"], "passphrase": "mine from now on"}
    )


def test_who_runs_the_daemon_sees_no_secret_in_what_a_desk_tells_of_itself(counter: Shop) -> None:
    desk, _ = counter
    token = login(desk, BUDI, "8642")
    shown = repr(desk) + repr(desk.logins) + repr(vars(desk.logins))
    assert token not in shown
    assert "8642" not in shown
