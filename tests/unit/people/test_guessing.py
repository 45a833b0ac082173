"""Guesses are slowed down by name and by terminal, for names that exist and for others alike, and counted."""

from __future__ import annotations

import threading
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from printd.people import guessing
from printd.people.guessing import FREE_TRIES, LONGEST_SECONDS, OTHER_TERMINALS, Guessing, TooSoonError
from printd.people.sealed_key import ForeignKeyError, WrongSecretError
from support.deliberate import line, notices


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Door:
    """A door that asks for passphrases, and its clock."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.guessing = Guessing(self.clock)

    def tries(self, right: bool, name: str = "siti", terminal: str = "loket-1", known: bool = True) -> float:
        """Try once; return the seconds that it has to wait instead."""
        try:
            with suppress(WrongSecretError), self.guessing.guess(name, terminal, known=known):
                if not right:
                    raise WrongSecretError
        except TooSoonError as soon:
            return soon.seconds
        return 0.0

    def waits(self, number: int, name: str = "siti", terminal: str = "loket-1", known: bool = True) -> list[float]:
        """Fail so often, having waited each time for what it takes; return the waits."""
        waited = []
        for _ in range(number):
            wait = self.tries(False, name, terminal, known)
            if wait:
                self.clock.now += wait
                assert self.tries(False, name, terminal, known) == 0
            waited.append(wait)
        return waited


GROWING = [0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]


def test_waits_grow_to_five_minutes() -> None:
    assert Door().waits(15) == GROWING


@notices(
    {
        "names that are nobody's are not slowed down": line(
            guessing.Guessing.guess, "wait = max(names.wait(whose),", "wait = max(known and names.wait(whose),"
        )
    }
)
def test_a_name_that_is_nobodys_waits_alike() -> None:
    door = Door()
    waited = []
    for number in range(15):  # each at another terminal: only the name slows it down
        wait = door.tries(False, "nobody", f"loket-{number}", known=False)
        door.clock.now += wait
        waited.append(wait)
        assert not wait or door.tries(False, "nobody", f"loket-{number}", known=False) == 0
    assert waited == GROWING


def test_a_terminal_waits_whatever_names_are_tried() -> None:
    door = Door()
    waited = []
    for number in range(15):
        wait = door.tries(False, f"name-{number}", known=number % 2 == 0)
        door.clock.now += wait
        waited.append(wait)
        assert not wait or door.tries(False, f"name-{number}", known=number % 2 == 0) == 0
    assert waited == GROWING
    assert door.tries(True, "siti", "loket-2") == 0


def test_a_name_waits_at_whatever_terminal() -> None:
    door = Door()
    door.waits(5, terminal="loket-1")
    assert door.tries(True, terminal="loket-2") == 4
    assert door.tries(True, "budi", "loket-2") == 0


def test_too_soon_counts_nothing_and_tries_nothing() -> None:
    door = Door()
    door.waits(3)
    for _ in range(50):
        with pytest.raises(TooSoonError) as soon, door.guessing.guess("siti", "loket-1", known=True):
            pytest.fail("a secret was tried")
        assert soon.value.seconds == 1
    failures = door.guessing.drain()
    assert failures is not None
    assert failures.people == {"siti": 3}
    door.clock.now += 1
    assert door.tries(True) == 0


def test_the_right_secret_ends_the_wait_of_the_name_and_not_of_the_terminal() -> None:
    door = Door()
    door.waits(5)
    door.clock.now += 4
    assert door.tries(True) == 0
    assert door.tries(True, terminal="loket-2") == 0
    assert door.waits(3, terminal="loket-3") == [0, 0, 0]
    assert door.tries(False, "budi") == 0
    assert door.tries(True, "tono") == 8


def test_logging_in_under_ones_own_name_in_between_gains_no_guess() -> None:
    door = Door()
    waited = []
    for number in range(7):
        assert door.tries(False, f"colleague-{number}") == 0
        wait = door.tries(True, "budi")
        door.clock.now += wait
        waited.append(wait)
        assert not wait or door.tries(True, "budi") == 0
    assert waited == [0, 0, 1, 2, 4, 8, 16]


@notices(
    {"a right secret keeps failures fresh": line(guessing._Tries.end, "if failed:", "if True:")}
)  # fmt: skip
def test_a_busy_counter_forgets_its_slips() -> None:
    door = Door()
    door.waits(12)
    door.clock.now += 300
    for _ in range(130):  # somebody logs in each minute for two hours
        assert door.tries(True, "budi") == 0
        door.clock.now += 60
    assert door.waits(4, "siti", "loket-1") == [0, 0, 0, 1]


def test_a_failure_is_forgotten_every_ten_minutes() -> None:
    door = Door()
    door.waits(6)  # the next waits 8 seconds
    door.clock.now += 1199
    assert door.tries(False) == 0  # one was forgotten, and this is one more
    assert door.tries(False) == 8
    door.clock.now += 6 * 600
    assert door.waits(4) == [0, 0, 0, 1]


def test_all_is_forgotten_two_hours_after_the_worst_attack() -> None:
    door = Door()
    door.waits(40)
    door.clock.now += 12 * 600
    assert door.waits(4) == [0, 0, 0, 1]


def test_patience_gains_nothing() -> None:
    """Whoever waits no longer than he must makes one guess in five minutes, all day."""
    door = Door()
    door.waits(12)
    end, guesses = door.clock.now + 86_400, 0
    while door.clock.now < end:
        door.waits(1)
        guesses += 1
    assert guesses <= 86_400 / LONGEST_SECONDS + 1


@notices(
    {"tries that last are not counted": line(guessing._Tries.begin, "tried.lasting + 1", "tried.lasting + 0")}
)  # fmt: skip
def test_many_at_once_wait_as_many_one_after_the_other() -> None:
    door = Door()
    all_tried, inside = threading.Barrier(21), threading.Event()
    let_in: list[int] = []
    refused: list[int] = []

    def guesses(number: int) -> None:
        try:
            with door.guessing.guess("siti", f"loket-{number}", known=True):
                let_in.append(number)
                all_tried.wait(60)
                inside.wait(60)
                raise WrongSecretError
        except TooSoonError:
            refused.append(number)
            all_tried.wait(60)
        except WrongSecretError:
            pass

    threads = [threading.Thread(target=guesses, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    all_tried.wait(60)
    inside.set()
    for thread in threads:
        thread.join(60)
    assert (len(let_in), len(refused)) == (FREE_TRIES, 20 - FREE_TRIES)
    failures = door.guessing.drain()
    assert failures is not None
    assert failures.people == {"siti": FREE_TRIES}


def test_what_is_no_wrong_secret_is_no_guess() -> None:
    door = Door()
    for _ in range(20):
        with pytest.raises(ForeignKeyError), door.guessing.guess("siti", "loket-1", known=True):
            raise ForeignKeyError
    assert door.guessing.drain() is None
    door.waits(2)
    with pytest.raises(ForeignKeyError), door.guessing.guess("siti", "loket-1", known=True):
        raise ForeignKeyError
    assert door.waits(2) == [0, 1]  # and it made nothing forgotten


def test_batches_count_each_failure_once_and_tell_no_name_that_is_nobodys() -> None:
    door = Door()
    assert door.guessing.drain() is None
    door.waits(4)
    door.waits(2, "budi", "loket-2")
    door.waits(3, "kata sandi saya yang panjang", "loket-3", known=False)
    door.waits(1, "lain", "loket-3", known=False)
    door.tries(True, "tono", "loket-4")
    failures = door.guessing.drain()
    assert failures is not None
    assert (failures.people, failures.unknown) == ({"siti": 4, "budi": 2}, 4)
    assert failures.terminals == {"loket-1": 4, "loket-2": 2, "loket-3": 4}
    assert door.guessing.drain() is None


def test_a_batch_has_so_many_terminals_that_it_fits_into_an_entry() -> None:
    door = Door()
    for number in range(500):
        door.tries(False, f"name-{number}", f"terminal-{number}", known=False)
    failures = door.guessing.drain()
    assert failures is not None
    assert len(failures.terminals) == 101
    assert (failures.terminals[OTHER_TERMINALS], sum(failures.terminals.values())) == (400, 500)


def test_a_flood_of_invented_names_takes_no_memory_and_frees_nobody() -> None:
    door = Door()
    door.waits(8)
    for number in range(guessing._KEPT + 500):
        door.tries(False, f"name-{number}", f"loket-{number}", known=False)
    assert len(door.guessing._strangers._tried) == guessing._KEPT
    assert door.tries(True, terminal="loket-x") > 0


TRIES = st.tuples(st.sampled_from("abc"), st.sampled_from("xy"), st.booleans(), st.floats(0, 2000))


@given(st.lists(TRIES, max_size=60))
def test_no_order_of_tries_waits_longer_than_five_minutes_or_counts_wrongly(
    tries: list[tuple[str, str, bool, float]],
) -> None:
    door, failed = Door(), 0
    for name, terminal, right, pause in tries:
        door.clock.now += pause
        wait = door.tries(right, name, terminal)
        assert 0 <= wait <= LONGEST_SECONDS
        failed += wait == 0 and not right
    failures = door.guessing.drain()
    told = (0, 0) if failures is None else (sum(failures.people.values()), sum(failures.terminals.values()))
    assert told == (failed, failed)
