"""Sessions: found by token and by PIN, ended by idleness and by people; what has ended signs nothing."""

from __future__ import annotations

import gc
import secrets
import threading
import weakref
from collections.abc import Callable

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from printd.errors import Refused
from printd.ledger.signatures import SigningKey, verify
from printd.people.sessions import (
    IDLE_SECONDS,
    PIN_TRIES,
    LoggedIn,
    NoSessionError,
    PinEndedError,
    Session,
    Sessions,
    WrongPinError,
)
from support.deliberate import line, notices

KEY = SigningKey(bytes(range(32)))
OTHER = SigningKey(bytes(32))


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def live(find: Callable[[], Session]) -> bool:
    try:
        find().sign(b"x")
    except NoSessionError:
        return False
    return True


def lives(held: Sessions, token: str) -> bool:
    return live(lambda: held.by_token(token))


def test_a_token_finds_the_session_and_it_signs() -> None:
    held = Sessions(Clock())
    token = held.open("siti", "loket-1", KEY)
    session = held.by_token(token)
    assert (session.person, session.terminal, session.public) == ("siti", "loket-1", KEY.public)
    assert verify(KEY.public, session.sign(b"x"), b"x")
    assert len(token) == 43
    assert token not in repr(vars(held))
    for wrong in ("", token[:-1], f"{token}=", token.swapcase(), "\ud800", secrets.token_urlsafe(32)):
        with pytest.raises(NoSessionError):
            held.by_token(wrong)


@pytest.mark.parametrize(
    "end",
    [
        lambda held, token: held.end(token),
        lambda held, token: held.end_at("siti", "loket-1"),
        lambda held, token: held.end_person("siti"),
        lambda held, token: held.end_all(),
        lambda held, token: held.open("siti", "loket-1", OTHER),
    ],
    ids=["the token", "the terminal", "the person", "all", "a new one at this terminal"],
)
def test_what_has_ended_signs_nothing_and_its_key_is_let_go(end: Callable[[Sessions, str], object]) -> None:
    class Watched(SigningKey):
        """A key whose end can be watched: one with slots cannot be."""

    held, key = Sessions(Clock()), Watched(KEY.seed)
    watch = weakref.ref(key)
    token = held.open("siti", "loket-1", key, "1234")
    del key
    session = held.by_token(token)
    end(held, token)
    with pytest.raises(NoSessionError):
        session.sign(b"x")
    with pytest.raises(NoSessionError):
        held.by_token(token)
    gc.collect()
    assert watch() is None


def test_others_stay() -> None:
    held = Sessions(Clock())
    tokens = {
        (person, terminal): held.open(person, terminal, KEY, "1234")
        for person in ("siti", "budi")
        for terminal in ("loket-1", "loket-2")
    }
    held.end_at("siti", "loket-1")
    assert [lives(held, token) for token in tokens.values()] == [False, True, True, True]
    held.end_person("siti")
    assert [(row.person, row.terminal) for row in held.listed()] == [("budi", "loket-1"), ("budi", "loket-2")]
    held.end("no token")
    held.end_person("nobody")
    held.end_at("budi", "loket-3")
    assert len(held.listed()) == 2


@notices({"a use is not counted": line(Sessions.by_token, "held.used = self._clock()", "pass")})
def test_an_idle_session_ends_and_a_used_one_does_not() -> None:
    clock = Clock()
    held = Sessions(clock)
    used, idle = held.open("siti", "loket-1", KEY), held.open("budi", "loket-2", KEY)
    kept = held.by_token(idle)
    for _ in range(3):
        clock.now += IDLE_SECONDS - 1
        assert lives(held, used)
    assert not lives(held, idle)
    assert not live(lambda: kept)
    clock.now += IDLE_SECONDS
    assert held.listed() == []
    assert not lives(held, used)


def test_a_session_that_nobody_asks_for_is_ended_too() -> None:
    clock = Clock()
    held = Sessions(clock, 60)
    session = held.by_token(held.open("siti", "loket-1", KEY))
    clock.now += 59
    held.end_idle()
    assert live(lambda: session)
    clock.now += 1
    held.end_idle()
    assert not live(lambda: session)


def test_the_list_says_who_since_when_and_how_idle_and_is_no_use() -> None:
    clock = Clock()
    held = Sessions(clock)
    token = held.open("siti", "loket-2", KEY)
    clock.now += 100
    held.open("budi", "loket-1", KEY, "1234")
    clock.now += 50
    expected = [LoggedIn("budi", "loket-1", 50, 50), LoggedIn("siti", "loket-2", 150, 150)]
    assert held.listed() == held.listed() == expected
    held.by_token(token)
    clock.now += 1
    assert held.listed() == [LoggedIn("budi", "loket-1", 51, 51), LoggedIn("siti", "loket-2", 151, 1)]


def test_a_pin_finds_a_session_at_whatever_terminal_and_counts_as_use() -> None:
    clock = Clock()
    held = Sessions(clock)
    held.open("siti", "loket-1", KEY, "1234")
    held.open("siti", "loket-2", KEY, "567890123456")
    held.open("budi", "loket-1", OTHER, "1234")
    assert held.by_pin("siti", "1234").terminal == "loket-1"
    assert held.by_pin("siti", "567890123456").terminal == "loket-2"
    assert held.by_pin("budi", "1234").public == OTHER.public
    clock.now += IDLE_SECONDS - 1
    held.by_pin("siti", "1234")
    clock.now += 1
    assert [row.terminal for row in held.listed()] == ["loket-1"]


@pytest.mark.parametrize("pin", ["", "123", "1" * 13, "12a4", "1234\n", " 1234", "١٢٣٤", "-123", "12.4"])
def test_a_pin_is_4_to_12_digits(pin: str) -> None:
    held = Sessions(Clock())
    with pytest.raises(Refused, match="4 to 12 digits"):
        held.open("siti", "loket-1", KEY, pin)
    assert held.listed() == []


def test_a_refused_pin_ends_nothing() -> None:
    held = Sessions(Clock())
    token = held.open("siti", "loket-1", KEY, "1234")
    with pytest.raises(Refused):
        held.open("siti", "loket-1", KEY, "1")
    assert lives(held, token)


@notices(
    {
        "a right PIN makes wrong ones forgotten": line(
            Sessions.by_pin, "fitting[0].used =", "self._wrong_pins.clear(); fitting[0].used ="
        ),
        "one try more": line(Sessions.by_pin, "self._wrong_pins.get(person, 0) >= PIN_TRIES", "False"),
    }
)
def test_five_wrong_pins_end_it_until_the_passphrase_is_given_again() -> None:
    held = Sessions(Clock())
    token = held.open("siti", "loket-1", KEY, "1234")
    held.open("budi", "loket-1", OTHER, "1234")
    for left, wrong in ((4, "1235"), (3, ""), (2, "\ud800"), (1, "12345")):
        assert held.by_pin("siti", "1234").person == "siti"
        with pytest.raises(WrongPinError) as refused:
            held.by_pin("siti", wrong)
        assert refused.value.left == left
    for pin in ("4321", "1234", "4321"):
        with pytest.raises(PinEndedError):
            held.by_pin("siti", pin)
    assert lives(held, token)
    assert live(lambda: held.by_pin("budi", "1234"))
    held.open("siti", "loket-2", KEY, "9999")
    assert held.by_pin("siti", "1234").terminal == "loket-1"


def test_logging_in_again_makes_wrong_pins_forgotten() -> None:
    held = Sessions(Clock())
    for _ in range(2):
        held.open("siti", "loket-1", KEY, "1234")
        for left in (4, 3):
            with pytest.raises(WrongPinError) as refused:
                held.by_pin("siti", "4321")
            assert refused.value.left == left


def test_nobody_has_a_pin_who_is_not_logged_in_with_one() -> None:
    clock = Clock()
    held = Sessions(clock)
    held.open("siti", "loket-1", KEY)
    token = held.open("budi", "loket-1", KEY, "1234")
    held.end(token)
    for person in ("siti", "budi", "nobody"):
        for _ in range(2 * PIN_TRIES):
            with pytest.raises(NoSessionError):
                held.by_pin(person, "1234")
    held.open("tono", "loket-1", KEY, "1234")
    clock.now += IDLE_SECONDS
    with pytest.raises(NoSessionError):
        held.by_pin("tono", "1234")


def test_nothing_of_token_or_pin_is_kept() -> None:
    held = Sessions(Clock())
    token = held.open("siti", "loket-1", KEY, "271828182845")
    shown = repr([vars(held), [vars(one) for one in held._held.values()]])
    for secret in (token, "271828182845", KEY.seed.hex(), repr(KEY.seed)[2:-1]):
        assert secret not in shown
    for number in range(4):
        held.open("siti", f"loket-{number}", KEY, "1234")
    assert len({one.pin for one in held._held.values()}) == len(held._held) == 4  # equal PINs are not seen to be equal


def test_guesses_from_many_threads_are_five() -> None:
    held = Sessions(Clock())
    held.open("siti", "loket-1", KEY, "9999")
    start = threading.Barrier(16)
    told: list[int] = []

    def guesses(first: int) -> None:
        start.wait(60)
        for pin in range(first, first + 50):
            try:
                held.by_pin("siti", f"{pin:04}")
            except WrongPinError as wrong:
                told.append(wrong.left)
            except PinEndedError:
                told.append(0)

    threads = [threading.Thread(target=guesses, args=(number * 50,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(told, reverse=True)[:PIN_TRIES] == [4, 3, 2, 1, 0]
    assert told.count(0) == 16 * 50 - 4


def test_threads_open_use_and_end_without_a_session_left_or_lost() -> None:
    clock = Clock()
    held = Sessions(clock)
    start = threading.Barrier(8)
    wrong: list[tuple[int, int]] = []

    def works(number: int) -> None:
        person = f"person-{number % 4}"
        start.wait(60)
        for turn in range(200):
            token = held.open(person, f"loket-{number}", KEY, "1234")
            if held.by_token(token).person != person or held.by_pin(person, "1234").person != person:
                wrong.append((number, turn))
            held.listed()
            held.end_idle()
            if turn % 2:
                held.end(token)
            else:
                held.end_at(person, f"loket-{number}")
            if lives(held, token):
                wrong.append((number, turn))

    threads = [threading.Thread(target=works, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not wrong
    assert held.listed() == []


PEOPLE, TERMINALS, PINS = ("a", "b"), ("x", "y"), ("1111", "1111", "2222", None)


class Model(RuleBasedStateMachine):
    """Any order of acts against a plain list of who should be logged in."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.held = Sessions(self.clock, 100)
        self.tokens: dict[str, tuple[str, str]] = {}
        self.there: dict[tuple[str, str], tuple[str, str | None, float]] = {}
        self.wrong = dict.fromkeys(PEOPLE, 0)

    def idle(self) -> None:
        for where, (_, _, used) in list(self.there.items()):
            if self.clock.now - used >= 100:
                del self.there[where]

    @rule(person=st.sampled_from(PEOPLE), terminal=st.sampled_from(TERMINALS), pin=st.sampled_from(PINS))
    def opens(self, person: str, terminal: str, pin: str | None) -> None:
        token = self.held.open(person, terminal, KEY, pin)
        self.tokens[token] = (person, terminal)
        self.there[person, terminal] = (token, pin, self.clock.now)
        self.wrong[person] = 0

    @rule(seconds=st.sampled_from([1, 20, 40, 100]))
    def waits(self, seconds: int) -> None:
        self.clock.now += seconds
        self.idle()

    @rule(data=st.data())
    def uses(self, data: st.DataObject) -> None:
        if self.tokens:
            token = data.draw(st.sampled_from(list(self.tokens)))
            where = self.tokens[token]
            there = self.there.get(where)
            good = there is not None and there[0] == token
            assert lives(self.held, token) == good
            if there is not None and good:
                self.there[where] = (token, there[1], self.clock.now)

    @rule(person=st.sampled_from(PEOPLE), pin=st.sampled_from(["3333", "4444", "1111", "2222"]))
    def gives_a_pin(self, person: str, pin: str) -> None:
        pins = {where: there for where, there in self.there.items() if where[0] == person and there[1]}
        try:
            session = self.held.by_pin(person, pin)
        except NoSessionError:
            assert not pins
        except PinEndedError:
            assert pins
            assert self.wrong[person] >= PIN_TRIES - 1
            self.wrong[person] = PIN_TRIES
        except WrongPinError as wrong:
            assert pin not in {there[1] for there in pins.values()}
            self.wrong[person] += 1
            left = PIN_TRIES - self.wrong[person]
            assert (wrong.left, left > 0) == (left, True)  # noqa: PT017 - which error it is depends on what went before
        else:
            assert self.wrong[person] < PIN_TRIES
            token, known, _ = pins[session.person, session.terminal]
            assert known == pin
            self.there[session.person, session.terminal] = (token, known, self.clock.now)

    @rule(person=st.sampled_from(PEOPLE))
    def retires(self, person: str) -> None:
        self.held.end_person(person)
        self.there = {where: there for where, there in self.there.items() if where[0] != person}
        self.wrong[person] = 0

    @rule(data=st.data())
    def logs_out(self, data: st.DataObject) -> None:
        if self.tokens:
            token = data.draw(st.sampled_from(list(self.tokens)))
            self.held.end(token)
            if self.there.get(self.tokens[token], ("",))[0] == token:
                del self.there[self.tokens[token]]

    @invariant()
    def list_is_true(self) -> None:
        assert {(row.person, row.terminal) for row in self.held.listed()} == set(self.there)


TestModel = Model.TestCase
TestModel.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)
