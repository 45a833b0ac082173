"""Sessions at the desk: who is logged in where, how often somebody may guess, and when it is over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import SecretStr

from printd.desk import operators, people
from printd.desk.acts import perform
from printd.desk.desk import Desk
from printd.desk.proofs import Logins, Person
from printd.errors import Refused
from printd.ledger.entry import Entry
from printd.shop.shop import Shop
from printd.store import log
from support.deliberate import line, notices
from support.people import FIRST, SECOND, enrol, passphrase_of, person, proof

MINUTE, IDLE = 60.0, 600.0
PIN, TERMINAL = "4711", "pts/3"
WRONG = "not the passphrase"


class Clock:
    """Stands until it is turned on."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Workshop:
    """A daemon as far as sessions need one: it is there."""

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return lambda *_, **__: [] if name == "problems" else None


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def counter(shop: Shop, clock: Clock) -> Desk:
    """A desk beside a daemon, with siti who works there; nobody signs who did not prove it."""
    desk = Desk(shop, Workshop(), Logins(clock, IDLE))
    enrol(desk, "siti")
    shop.books.keys = {}
    return desk


def login(desk: Desk, name: str = "siti", terminal: str = TERMINAL, pin: str = PIN) -> dict[str, str]:
    """Log somebody in; return them with the token of their session."""
    done = perform(desk, "people.login", {"by": {**person(name), "terminal": terminal}, "pin": pin})
    return {"name": name, "session": done["token"], "terminal": terminal}


def note(desk: Desk, by: dict[str, str]) -> None:
    """Do something that one person signs."""
    perform(desk, "incidents.open", {"kind": "other", "note": "a test", "by": by})


def size(desk: Desk) -> int:
    with desk.shop.store.reading() as connection:
        return log.frontier(connection).size


def refused(desk: Desk, by: dict[str, str]) -> Refused:
    """Return why an act is refused; nothing of it is in the log."""
    before = size(desk)
    with pytest.raises(Refused) as why:
        note(desk, by)
    assert size(desk) == before
    return why.value


# --- a session is used ---------------------------------------------------------------------------


def test_a_token_signs_until_its_session_is_ended(counter: Desk) -> None:
    here = login(counter)
    note(counter, here)
    assert perform(counter, "people.logout", {"session": here["session"]}) == {"name": "siti"}
    assert refused(counter, here).what == "siti is not logged in here any more."
    assert perform(counter, "people.logout", {"session": here["session"]}) == {"name": None}


def test_a_token_signs_for_nobody_else(counter: Desk) -> None:
    here = login(counter)
    assert refused(counter, {**here, "name": FIRST}).what == f"{FIRST} did not prove who they are."


def test_a_pin_signs_where_a_session_is_and_nowhere_else(counter: Desk) -> None:
    by = {"name": "siti", "pin": PIN, "terminal": "pts/9"}
    assert refused(counter, by).what == "siti did not prove who they are."
    login(counter)
    note(counter, by)
    assert refused(counter, {**by, "name": FIRST}).what == f"{FIRST} did not prove who they are."


def test_without_a_daemon_nobody_logs_in_and_a_passphrase_does(counter: Desk) -> None:
    alone = Desk(counter.shop)
    with pytest.raises(Refused, match="while the daemon does not run"):
        login(alone)
    note(alone, person("siti"))


@pytest.mark.parametrize("pin", ["", "123", "123456789", "12a4", "1234567890", "١٢٣٤"])
def test_a_pin_has_4_to_8_digits(counter: Desk, pin: str) -> None:
    with pytest.raises(Refused, match="4 to 8 digits"):
        login(counter, pin=pin)
    assert people.list_(counter) == []


def test_a_session_makes_no_other_and_takes_no_key_out(counter: Desk) -> None:
    here = login(counter)
    for act, more in (("people.login", {"pin": "9999"}), ("people.for_script", {})):
        for by in (here, {"name": "siti", "pin": PIN}, {"name": "siti"}):
            with pytest.raises(Refused, match="did not prove"):
                perform(counter, act, {"by": by, **more})
    assert [one["terminal"] for one in people.list_(counter)] == [TERMINAL]


def test_the_list_tells_who_is_where_and_how_long(counter: Desk, clock: Clock) -> None:
    here = login(counter)
    clock.now += 5 * MINUTE
    login(counter, FIRST, "pts/1")
    note(counter, here)
    clock.now += MINUTE
    assert people.list_(counter) == [
        {"name": "siti", "terminal": TERMINAL, "seconds": 360, "idle_seconds": 60},
        {"name": FIRST, "terminal": "pts/1", "seconds": 60, "idle_seconds": 60},
    ]


# --- a session ends ------------------------------------------------------------------------------


def test_a_session_that_is_not_used_ends(counter: Desk, clock: Clock) -> None:
    here = login(counter)
    clock.now += IDLE - 1
    note(counter, here)
    clock.now += IDLE - 1
    note(counter, here)
    clock.now += IDLE
    assert people.list_(counter) == []
    assert refused(counter, here).what == "siti is not logged in here any more."
    assert refused(counter, {"name": "siti", "pin": PIN}).what == "siti did not prove who they are."


def _retire(desk: Desk) -> None:
    operators.retire(desk, "siti", proof(FIRST), proof(SECOND))


def _renew(desk: Desk) -> None:
    operators.renew(desk, "siti", SecretStr("another passphrase"), proof(FIRST), proof(SECOND))


def _passwd(desk: Desk) -> None:
    operators.passwd(desk, "siti", SecretStr(passphrase_of("siti")), SecretStr("another passphrase"))


@pytest.mark.parametrize("over", [_retire, _renew, _passwd])
def test_retirement_a_new_key_and_a_new_passphrase_end_every_session(
    counter: Desk, over: Callable[[Desk], None]
) -> None:
    two = [login(counter), login(counter, terminal="pts/4")]
    other = login(counter, FIRST, "pts/5")
    over(counter)
    assert [one["name"] for one in people.list_(counter)] == [FIRST]
    for here in two:
        assert refused(counter, here).what == "siti is not logged in here any more."
    note(counter, other)


@notices({"who retired is not looked up": line(Logins._still, "if row is None or", "if row is not None and")})
def test_a_session_of_somebody_who_retired_elsewhere_signs_nothing(counter: Desk) -> None:
    """The retirement was booked by another process, which knows nothing of these sessions."""
    here = login(counter)
    _retire(Desk(counter.shop))
    assert refused(counter, here).what == "siti is not logged in here any more."
    assert people.list_(counter) == []


def test_one_ends_ones_own_session_and_a_supervisor_anybodys(counter: Desk) -> None:
    enrol(counter, "budi")
    here, boss = login(counter), login(counter, FIRST, "pts/5")
    login(counter, terminal="pts/4")
    with pytest.raises(Refused, match="budi is not a supervisor"):
        people.end(counter, "siti", proof("budi"))
    assert perform(counter, "people.end", {"name": "siti", "by": boss, "terminal": "pts/4"})["sessions"] == 1
    note(counter, here)
    assert perform(counter, "people.end", {"name": "siti", "by": here})["sessions"] == 1
    refused(counter, here)
    note(counter, boss)


# --- guesses -------------------------------------------------------------------------------------


def test_five_wrong_pins_and_only_the_passphrase_does(counter: Desk, clock: Clock) -> None:
    here = login(counter)
    for left in (4, 3, 2, 1):
        clock.now += MINUTE
        assert f"{left} more tries" in refused(counter, {"name": "siti", "pin": "0000"}).why
    clock.now += MINUTE
    for pin in ("0000", PIN):
        assert refused(counter, {"name": "siti", "pin": pin}).what == "The PIN of siti works no more."
        clock.now += MINUTE
    note(counter, here)
    note(counter, person("siti"))
    login(counter, terminal="pts/8", pin="5555")
    clock.now += MINUTE
    note(counter, {"name": "siti", "pin": "5555"})


@pytest.mark.parametrize("name", ["siti", "nobody"])
def test_wrong_passphrases_are_slowed_down_whether_the_name_is_somebodys_or_not(
    counter: Desk, clock: Clock, name: str
) -> None:
    by = {"name": name, "passphrase": WRONG, "terminal": TERMINAL}
    for _ in range(3):
        assert refused(counter, by).what == f"{name} did not prove who they are."
    assert refused(counter, by).remedy == "Wait 1 seconds, then give it again."
    clock.now += 1
    assert refused(counter, by).what == f"{name} did not prove who they are."
    assert refused(counter, by).remedy == "Wait 2 seconds, then give it again."
    assert refused(counter, {**person("siti"), "terminal": TERMINAL}).what == "That was tried too often."
    clock.now += 2
    note(counter, {**person("siti"), "terminal": TERMINAL})


def failures(desk: Desk) -> dict[str, Any]:
    """Return what the last entry says of failed logins; the machine booked it."""
    with desk.shop.store.reading() as connection:
        last = size(desk) - 1
        entry = Entry.from_body(log.bodies(connection, [last])[last])
    assert (entry.kind, entry.actors) == ("login.failed", ())
    return dict(entry.data)


def test_what_failed_is_counted_into_the_log_without_what_was_typed(counter: Desk, clock: Clock) -> None:
    login(counter)
    for by in (
        {"name": "siti", "passphrase": WRONG},
        {"name": "siti", "pin": "0000"},
        {"name": FIRST, "passphrase": WRONG},
        {"name": "my passphrase by mistake", "passphrase": WRONG},
        {"name": "nobody", "passphrase": WRONG},
    ):
        clock.now += MINUTE
        refused(counter, by)
    before = size(counter)
    counter.logins.enter_failures(counter.shop.books)
    assert size(counter) == before + 1
    assert failures(counter) == {"names": {"siti": 2, FIRST: 1}, "unknown": 2}
    counter.logins.enter_failures(counter.shop.books)
    assert size(counter) == before + 1, "what was told is not told again"


def test_what_cannot_be_booked_now_is_told_later(counter: Desk) -> None:
    refused(counter, {"name": "siti", "passphrase": WRONG})
    counter.shop.books.barred = Refused("Not now.")
    with pytest.raises(Refused, match="Not now"):
        counter.logins.enter_failures(counter.shop.books)
    counter.shop.books.barred = None
    refused(counter, {"name": "siti", "passphrase": WRONG})
    counter.logins.enter_failures(counter.shop.books)
    assert failures(counter) == {"names": {"siti": 2}, "unknown": 0}


# --- scripts -------------------------------------------------------------------------------------


def test_two_keys_from_files_sign_nothing_together_but_in_a_practice_shop(counter: Desk) -> None:
    enrol(counter, "budi")
    keys = {name: {"name": name, "seed": people.for_script(counter, proof(name))["seed"]} for name in ("siti", "budi")}
    spoil = {"name": "p1", "family": "picture", "model": "png"}
    note(counter, keys["siti"])
    counter.shop.practice = False
    before = size(counter)
    with pytest.raises(Refused, match="lie in files of one script"):
        perform(counter, "printers.add", {**spoil, "by": keys["siti"], "second": keys["budi"]})
    assert size(counter) == before
    counter.shop.practice = True
    perform(counter, "printers.add", {**spoil, "by": keys["siti"], "second": keys["budi"]})


def test_a_key_from_a_file_is_worth_nothing_when_its_owner_has_another(counter: Desk) -> None:
    by = {"name": "siti", "seed": people.for_script(counter, proof("siti"))["seed"]}
    note(counter, by)
    assert refused(counter, {**by, "name": FIRST}).what == f"{FIRST} did not prove who they are."
    _renew(counter)
    assert refused(counter, by).what == "siti did not prove who they are."


def test_nothing_that_was_typed_is_shown(counter: Desk) -> None:
    told = repr(Person(name="siti", passphrase=SecretStr(WRONG), pin=SecretStr(PIN), seed=SecretStr("ab" * 32)))
    assert WRONG not in told
    assert PIN not in told
    assert "abab" not in told
    with pytest.raises(Refused) as why:
        perform(counter, "people.login", {"by": person("siti"), "pin": [PIN], "x": WRONG})
    assert PIN not in str(why.value) + str(why.value.__cause__)
