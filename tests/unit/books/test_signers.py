"""Who signed what, from entries alone: each rule broken in a log whose hashes and checkpoints are all right.

First by a forger who has the key of the log and the key of nobody, then by one who has everybody's. Who works here is
asked in ``test_people_in_entries.py``, who printed which card in ``test_printed_in_entries.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from printd.books import signing
from printd.books.booking import Books
from printd.books.signers import PeopleInEntries, Signers
from printd.events.base import Event
from printd.events.kinds import EVENTS, read
from printd.events.operators import OperatorEnrolled
from printd.events.signatures import required
from printd.ledger.entry import Entry
from printd.store import log as stored
from support.deliberate import line, notices
from support.fixed import ORIGIN
from support.people import FIRST, SECOND
from support.samples import sample
from support.signed import Signed
from support.signed_log import AT, LOADED, OTHER, RESUMED, STAFF, SignedLog, spoiled, started
from support.signers import enrolled

ISSUED = read("blanks.moved", {"serials": [["K1", "K1"]], "from": "store", "to": "shift:s", "why": "issue"})


@pytest.fixture
def log() -> SignedLog:
    return SignedLog.with_staff()


def test_a_log_in_which_all_is_signed_has_no_finding_and_every_signature_is_counted(log: SignedLog) -> None:
    log.add(ISSUED, "siti", "tono")
    log.add(read("incident.noted", {"incident": "i", "text": "di ruang arsip lama: état détruit"}), "adi")  # not ASCII
    log.add(LOADED, "budi")
    log.add(sample_of("record.accepted"))
    signers = Signers(ORIGIN)
    for entry in log.entries:
        signers.add(entry, entry.body())
    assert signers.finish() == log.found() == []
    assert signers.signatures == sum(len(entry.actors) for entry in log.entries) == 2 + 3 * len(STAFF) + 4


def sample_of(kind: str) -> Event:
    return sample(next(one for one in EVENTS if one.kind == kind))


# What a forger does who has nobody's key: entries of siti's, and of siti's and tono's, altered in place.

ALTERED: dict[str, Callable[[Entry], Entry]] = {
    "another name": lambda entry: replace(entry, actors=("budi", *entry.actors[1:])),
    "names in another order": lambda entry: replace(entry, actors=entry.actors[::-1]),
    "signatures in another order": lambda entry: replace(entry, signatures=entry.signatures[::-1]),
    "names and signatures in another order": lambda entry: replace(
        entry, actors=entry.actors[::-1], signatures=entry.signatures[::-1]
    ),
    "one signature twice": lambda entry: replace(entry, signatures=(entry.signatures[0],) * 2),
    "another time": lambda entry: replace(entry, at="2026-11-02T08:00:01Z"),
    "other data": lambda entry: replace(entry, data={**entry.data, "serials": [["K2", "K2"]]}),
    "a signature with stray bits": lambda entry: replace(
        entry, signatures=(f"{entry.signatures[0][:-1]}B", entry.signatures[1])
    ),
    "no signature at all": lambda entry: replace(entry, signatures=("A" * 86, "A" * 86)),
    "a second person who did not sign": lambda entry: replace(entry, actors=("siti", "ratna")),
}


@pytest.mark.parametrize("change", ALTERED.values(), ids=ALTERED)
@notices({"signatures are not looked at": line(signing.not_good, "if not _is_good(find(name), text, said)", "if 0")})
def test_whoever_alters_a_signed_entry_is_noticed_at_it(log: SignedLog, change: Callable[[Entry], Entry]) -> None:
    seq = log.add(ISSUED, "siti", "tono")
    log.add(LOADED, "budi")
    log.alter(seq, change)
    assert set(log.kinds()) == {("signature", seq)}


def test_a_signed_entry_is_good_in_its_place_alone(log: SignedLog) -> None:
    first, second = log.add(ISSUED, "siti", "tono"), log.add(LOADED, "siti")
    replayed = log.append(replace(log.entries[second], seq=len(log.entries)))
    assert log.kinds() == [("signature", replayed)]
    one, two = log.entries[first], log.entries[second]
    log.alter(first, lambda _: replace(two, seq=first))
    log.alter(second, lambda _: replace(one, seq=second))
    assert log.kinds() == [
        ("signature", first),
        ("signature", second),
        ("signature", second),
        ("signature", replayed),
    ]


def test_whose_signature_is_dropped_is_missed(log: SignedLog) -> None:
    seq = log.add(ISSUED, "siti", "tono")
    log.alter(seq, lambda entry: replace(entry, actors=("siti",), signatures=entry.signatures[:1]))
    assert log.kinds() == [("signers", seq), ("signature", seq)]
    log.alter(seq, lambda entry: replace(entry, actors=(), signatures=()))
    assert log.kinds() == [("signers", seq)]


@notices(
    {
        "the name of the log is not in what is signed": line(
            Signers._findings, "self._signing.origin_of(event)", f"'{ORIGIN}/other'"
        )
    }
)
def test_what_is_signed_for_another_log_is_not_good_in_this_one(log: SignedLog) -> None:
    seq = log.add(LOADED, "siti", origin=f"{ORIGIN}/other")
    assert log.kinds() == [("signature", seq)]


@notices(
    {
        "the log keeps its first name": line(
            PeopleInEntries.entered, "self._names_of_log.append(after.origin)", "after.origin"
        )
    }
)
def test_from_the_next_generation_on_its_name_is_signed(log: SignedLog) -> None:
    log.add(LOADED, "siti")
    log.roll_back(FIRST, SECOND)
    log.add(LOADED, "siti")
    log.add(OperatorEnrolled(person=enrolled("cici", origin=log.origin)), FIRST, SECOND, "cici")
    assert log.kinds() == []
    old = log.add(LOADED, "siti", origin=ORIGIN)
    named = log.enrol("dewi")
    assert log.kinds() == [("signature", old), ("enrolment", named)]


def test_an_end_of_the_log_that_names_another_one_or_an_old_name_is_noticed(log: SignedLog) -> None:
    log.roll_back(FIRST, SECOND)
    again = log.roll_back(FIRST, SECOND, origin=ORIGIN)
    log.origin = f"{ORIGIN}/2"  # what is void changes no name
    assert [(one.kind, one.seq) for one in log.of_people()] == [("log_name", again)]
    other = SignedLog.with_staff()
    foreign = other.add(
        read(
            "log.rolled_back",
            {
                "backup": {},
                "known": {"size": 1, "root": "0" * 64},
                "missing": 0,
                "note": "",
                "origin": f"{ORIGIN}/x",
                "log_key": "k",
                "next": {"origin": "a\nb", "log_key": "k"},
            },
        ),
        FIRST,
        SECOND,
    )
    other.add(LOADED, "siti")
    assert [(one.kind, one.seq) for one in other.of_people()] == [("log_name", foreign)]


def test_a_log_that_is_called_otherwise_than_its_key_is_noticed(log: SignedLog) -> None:
    signers = Signers(f"{ORIGIN}/other")
    for entry in log.entries:
        signers.add(entry, entry.body())
    (one,) = signers.finish()
    assert (one.kind, one.seq) == ("log_name", None)


# What a forger does who has everybody's key.


def right(event: Event, number: int) -> list[str]:
    """Return who signs an event, so many."""
    wanted = required(event)
    may = [name for name in ("siti", "budi", "tono", "ratna", "made", "adi") if STAFF[name] in wanted.roles]
    names = [name for name in may if name not in (wanted.not_about, wanted.owner, "ratna")][:number]
    if number and (wanted.among or wanted.supervisor is not None):
        place = wanted.supervisor or 0
        if place < number:
            names[place:] = ["ratna", *names[place : number - 1]]
    return [*names[: number - 1], wanted.owner] if wanted.owner and number else names


OTHERS = ("made", "tono", "siti", "budi")
"""Who takes the place of the supervisor."""

OF_PEOPLE = {"shop.opened", "operator.enrolled", "operator.key_renewed"}
KINDS = [event for event in EVENTS if event.kind not in OF_PEOPLE]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.kind)
def test_the_table_holds_for_every_kind(kind: type[Event]) -> None:
    """As many as the table says, no more and no fewer, and none of another role; each of those who may is taken."""
    told: dict[str, object] = {"name": "siti"} if kind.kind.startswith("operator.") else {}
    made = SignedLog.with_staff()
    resumed = made.add(RESUMED, FIRST)
    told |= {"printer": "p1", "resumed": resumed} if kind.kind == "attempt.started" else {}
    event = sample(kind, **told)
    wanted = required(event)
    if wanted.not_alone or wanted.two_hands:
        made.add(started(resumed, attempt="x001"))
    if kind.kind == "log.rolled_back":
        event = sample(kind, origin=ORIGIN, next={"origin": "n", "log_key": "k"})
    base = list(made.entries)

    def found(*names: str) -> set[str]:
        made.entries[:] = base
        made.add(event, *names)
        return {one.kind for one in made.of_people() if one.seq is not None}

    for number in wanted.numbers:
        assert found(*right(event, number)) == set(), number
        for place, name in enumerate(right(event, number)):
            for other, role in STAFF.items():
                if role not in wanted.roles and name != wanted.owner:
                    names = right(event, number)
                    names[place] = other
                    assert found(*names) == {"signers"}, names
            if wanted.supervisor == place or (wanted.among and name == "ratna"):
                names = right(event, number)
                names[place] = next(one for one in OTHERS if one not in names and STAFF[one] in wanted.roles)
                assert found(*names) == {"signers"}, names
    for number in set(range(5)) - set(wanted.numbers):
        names = [one for one in right(event, 4) if one != wanted.not_about][:number]
        if len(names) == number:
            assert found(*names) == {"signers"}, names
    if wanted.not_about:
        assert found("ratna", wanted.not_about) == {"signers"}
    if wanted.owner:
        assert found("budi") == {"signers"}


def test_what_is_no_event_of_its_kind_is_named(log: SignedLog) -> None:
    bare = Entry(len(log.entries), AT, "job.cancelled", (), {"job": "j", "more": 1})
    seq = log.append(bare)
    unheard_of = log.append(replace(bare, seq=seq + 1, kind="job.stolen"))
    assert log.kinds() == [("event", seq), ("event", unheard_of)]


@pytest.mark.parametrize("seed", [1, 2])
def test_a_random_history_has_no_finding(books: Books, live: Callable[[Books, int, int], object], seed: int) -> None:
    """What the booking lets pass is proved by the entries; another reader of the format counts the same signatures."""
    live(books, seed, 200)
    with books.store.reading() as connection:
        entries = [(Entry.from_body(body), body) for _, body, _ in stored.entries(connection)]
    signers = Signers(ORIGIN)
    for entry, body in entries:
        signers.add(entry, body)
    assert signers.finish() == []
    assert signers.signatures == Signed(body for _, body in entries).signatures > 150


@notices(
    {
        "whoever is not known is accused": line(
            PeopleInEntries.cannot_tell, "if not self._missed:", "if self._missed:"
        ),
        "what cannot be told is not said": line(Signers._findings, "self._unchecked += 1", "str(self)"),
    }
)
def test_what_is_missing_accuses_nobody(log: SignedLog) -> None:
    """Nobody can tell who signed, and it is said once; what can be told still is."""
    cici, resumed = log.enrol("cici"), log.add(RESUMED, "siti")
    log.add(LOADED, "cici")
    log.add(started(resumed))
    log.add(spoiled(), "budi")
    begun = log.add(started(resumed, "b"))
    log.add(spoiled("b"), "budi")
    forged = log.add(LOADED, "siti", keys={"siti": OTHER})
    expected = [("signature", forged), ("unchecked", None)]
    for gone, unchecked in ({0}, 7), ({cici}, 1), ({resumed}, 0), ({begun}, 1), ({cici, begun}, 2), ({5, 6}, 0):
        signers = Signers(ORIGIN)
        for entry in log.entries:
            if entry.seq not in gone:
                signers.add(entry, entry.body())
        found = signers.finish()
        assert [(one.kind, one.seq) for one in found] == expected[: 1 + bool(unchecked)], gone
        assert all(f"{unchecked} entries" in one.message for one in found[1:]), gone
