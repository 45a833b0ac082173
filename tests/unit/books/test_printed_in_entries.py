"""Who let a printer work, and so who printed which card, from entries alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from printd.books.signers import PeopleInEntries, Signers
from printd.events.base import Event
from printd.events.configuration import ShopConfigured
from printd.events.kinds import read
from printd.events.operators import OperatorRetired
from printd.events.printers import PrinterRetired
from printd.events.shop import ShopRestored
from support.deliberate import line, notices
from support.people import FIRST, SECOND
from support.samples import sample
from support.signed_log import RESUMED, SignedLog, spoiled, started

RESUMED_P2 = read("printer.resumed", {"printer": "p2"})
PAUSED = read("printer.paused", {"printer": "p1", "why": "lunch"})


@pytest.fixture
def log() -> SignedLog:
    return SignedLog.with_staff()


def printed(attempt: str = "a") -> Event:
    return read("attempt.printed", {"attempt": attempt, "to": "output"})


def checked(quality: str, attempt: str = "a") -> Event:
    cause = {} if quality == "good" else {"cause": "scorch"}
    return read("card.checked", {"attempt": attempt, "quality": quality, **cause})


@notices(
    {
        "any entry will do": line(PeopleInEntries._why_not_started, "if seq != event.resumed:", "if not seq:"),
        "a pause is not seen": line(PeopleInEntries.entered, "self._resumed.pop(printer, None)", "str(printer)"),
        "a start that pauses all is not seen": line(PeopleInEntries.entered, "self._resumed.clear()", "str(self)"),
        "whoever left is not asked for": line(
            PeopleInEntries._why_not_started, "and name not in self._people:", "and not name:"
        ),
    }
)
def test_an_attempt_refers_to_whoever_let_its_printer_work_last(log: SignedLog) -> None:
    wrong: list[int] = []

    def wrongly(resumed: int, printer: str = "p1") -> None:
        wrong.append(log.add(started(resumed, f"a{len(log.entries)}", printer)))

    def rightly(resumed: int, printer: str = "p1") -> None:
        log.add(started(resumed, f"a{len(log.entries)}", printer))

    wrongly(3)
    first, other = log.add(RESUMED, "siti"), log.add(RESUMED_P2, "budi")
    rightly(first)
    rightly(first)
    wrongly(other)
    wrongly(first, "p2")
    second = log.add(RESUMED, "budi")
    wrongly(first)
    rightly(second)
    log.add(PAUSED)
    wrongly(second)
    rightly(other, "p2")
    third = log.add(RESUMED, "siti")
    log.add(sample(ShopConfigured))
    wrongly(third)
    wrongly(other, "p2")
    fourth = log.add(RESUMED, "siti")
    log.add(sample(ShopRestored), FIRST, SECOND)
    wrongly(fourth)
    fifth = log.add(RESUMED, "siti")
    log.add(sample(PrinterRetired, printer="p1"), FIRST, SECOND)
    wrongly(fifth)
    sixth = log.add(RESUMED_P2, "budi")
    log.add(OperatorRetired(name="budi"), FIRST, SECOND)
    wrongly(sixth, "p2")
    assert [(one.kind, one.seq) for one in log.of_people()] == [("resumed", seq) for seq in wrong]


def test_an_attempt_begins_once(log: SignedLog) -> None:
    """Or a colleague would have printed what somebody spoils alone."""
    mine, other = log.add(RESUMED, "siti"), log.add(RESUMED_P2, "budi")
    log.add(started(mine))
    again = log.add(started(other, printer="p2"))
    alone = log.add(spoiled(), "siti")
    assert log.kinds() == [("resumed", again), ("signers", alone)]


@notices(
    {
        "nobody knows who printed": line(PeopleInEntries.card, "self._cards.find(attempt)", "self._cards.find('')"),
        "a card that is over counts": line(
            Signers._findings, "attempt is not None and alone", "attempt is None and alone"
        ),
    }
)
def test_whoever_printed_a_card_does_not_alone_say_what_became_of_it(log: SignedLog) -> None:
    resumed = log.add(RESUMED, "siti")
    for attempt in "abcdef":
        log.add(started(resumed, attempt))
    alone = [log.add(spoiled("a"), "siti"), log.add(read("attempt.unused", {"attempt": "a", "to": "store"}), "siti")]
    log.add(spoiled("a"), "siti", "budi")
    log.add(spoiled("b"), "budi")
    log.add(spoiled("c"))  # the printer proves it
    log.add(PAUSED)
    log.add(RESUMED, "budi")  # who prints now is not who printed it
    for attempt in "def":
        log.add(printed(attempt))
    log.add(checked("good", "d"), "budi")
    alone.append(log.add(checked("spoiled", "d"), "siti"))
    log.add(checked("spoiled", "d"), "budi")
    log.add(checked("good", "e"), "budi")
    log.add(read("card.handed_over", {"attempt": "e"}), "siti")
    log.add(read("card.missed", {"attempt": "f", "note": "gone"}), "siti", "budi")
    # Of a card that is over nobody speaks alone, nor of one that never was.
    alone += [log.add(checked("spoiled", attempt), "budi") for attempt in ("d", "e", "f", "g")]
    log.add(checked("spoiled", "e"), "siti", "budi")
    assert log.kinds() == [("signers", seq) for seq in alone]


def test_what_is_kept_does_not_grow_with_the_log(log: SignedLog) -> None:
    """Attempts that are over are forgotten, whichever way they ended."""
    people = PeopleInEntries()
    ends: list[Callable[[str], list[tuple[Event, tuple[str, ...]]]]] = [
        lambda one: [(spoiled(one), ())],
        lambda one: [(read("attempt.unused", {"attempt": one, "to": "store"}), ())],
        lambda one: [(printed(one), ()), (checked("spoiled", one), ("budi",))],
        lambda one: [
            (printed(one), ()),
            (checked("good", one), ("budi",)),
            (read("card.handed_over", {"attempt": one}), ("siti",)),
        ],
        lambda one: [(printed(one), ()), (read("card.missed", {"attempt": one, "note": "gone"}), ("siti", "budi"))],
    ]
    resumed = log.add(RESUMED, "siti")
    for number in range(40):
        log.add(started(resumed, f"a{number}"))
        for event, by in ends[number % len(ends)](f"a{number}"):
            log.add(event, *by)
    assert log.kinds() == []
    for entry in log.entries:
        people.entered(entry, read(entry.kind, entry.data))
    cards = vars(people).pop("_cards")
    kept = {name: len(value) for name, value in vars(people).items()}
    assert kept == {"_names_of_log": 1, "_people": 8, "_names": 8, "_keys": 8, "_resumed": 1, "_missed": 0}
    assert not [number for number in range(40) if f"a{number}" in cards]
