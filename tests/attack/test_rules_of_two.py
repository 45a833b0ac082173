"""Fewer people than a rule wants, or two of whom none may: the hands that a card goes through, doubts, records.

The attacker HAS one passphrase, his own, and what a person at the counter has. He TRIES to have a card printed and
called good alone, to have one printed twice, to vouch for a record, or what wants a supervisor. WHO NOTICES: the desk,
with a sentence that says what is missing, and the booking where he comes past the desk.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from drivers.printer import Confirmation, Counters, Outcome, Position, Rung
from printd.books import cards, signing
from printd.books.replay import compare
from printd.books.signers import PeopleInEntries, Signers
from printd.cli.remedies import sentence
from printd.custody import sampling
from printd.desk.acts import perform
from printd.desk.desk import Desk
from printd.errors import Refused
from printd.events import signatures
from printd.events.attempts import AttemptPrinted, AttemptUnused
from printd.events.base import Event
from printd.events.cards import CardChecked
from printd.events.kinds import EVENTS, read
from printd.events.records import RecordAcknowledged
from printd.ledger.entry import Entry
from printd.printing.attempt import begin, end
from printd.printing.card_run import evidence_of
from printd.projections import shifts
from printd.projections.kinds import PROJECTIONS
from printd.store import attempts, log
from printd.words.roles import Role
from printd.words.states import AttemptState, Quality
from support.deliberate import line, notices
from support.intake_help import (
    KNOWN_DISTRICT,
    accept,
    deliver,
    document,
    new_shop,
    opened,
    people,
    print_card,
    signer,
    state_of,
)
from support.resumed import resumed
from support.samples import sample
from support.signed_log import SignedLog

A, B = "KPG0000001", "KPG0000002"
ANI, BUDI = signer("ani"), signer("budi")
BEFORE, AFTER = Counters(cards=100, panels=500), Counters(cards=101, panels=505)
PRINTED = Confirmation(Outcome.IN_DOUBT, Rung.LEFT_PRINTER, Position.NONE, BEFORE, AFTER)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A shop in which ani loaded the hopper and lets the printer work."""
    with opened(new_shop(tmp_path / "shop", KNOWN_DISTRICT)) as desk:
        deliver(desk)
        yield desk


def in_doubt(desk: Desk) -> str:
    """Leave an attempt in doubt of which the printer says that a card was printed; return its id."""
    books, job = desk.shop.books, accept(desk, people()[0]).job
    attempt = begin(books, job=job, printer="p1", resumed=resumed(books), serial=A, counters=BEFORE, artwork="A" * 22)
    with books.booking() as booking:
        row = attempts.find_attempt(booking.connection, attempt)
        assert row is not None
        end(booking, row, AttemptState.IN_DOUBT, evidence=evidence_of(PRINTED))
    return attempt


def one_settles(desk: Desk) -> None:
    policy = desk.shop.config.policy.model_copy(update={"doubts_by_two": False})
    desk.shop.config = desk.shop.config.model_copy(update={"policy": policy})


def refused(desk: Desk, name: str, **arguments: Any) -> Refused:
    """Return how the desk refuses an act; nothing is booked."""
    before = state_of(desk.shop.store)
    with pytest.raises(Refused) as why:
        perform(desk, name, arguments)
    assert state_of(desk.shop.store) == before
    return why.value


def not_booked(desk: Desk, event: Event, *by: str) -> str:
    """Return how the books refuse what comes past the desk."""
    before = state_of(desk.shop.store)
    with pytest.raises(Refused) as why:
        desk.shop.books.enter(event, by)
    assert state_of(desk.shop.store) == before
    return why.value.what


def found(desk: Desk) -> list[tuple[str, str]]:
    """Return what a verifier says of the people, from the entries alone: kind of finding and of entry."""
    signers, every = Signers(desk.shop.config.office.origin), []
    with desk.shop.store.reading() as connection:
        for _, body, _ in log.entries(connection):
            every.append(Entry.from_body(body))
            signers.add(every[-1], body)
    named = signers.finish()
    return [(one.kind, every[one.seq].kind if one.seq is not None else "") for one in named]


def replayed(desk: Desk) -> Sequence[object]:
    """Return what a replay says of the entries."""
    with desk.shop.store.reading() as connection:
        return compare(connection, PROJECTIONS).differences


# Whoever loads, prints and checks.


@notices(
    {
        "nobody knows who loaded": line(cards.card_of, '_loaded_by(connection, attempt["serial"])', '"budi"'),
        "whoever printed is not asked for": line(cards.card_of, 'attempt["operator"]', '"budi"'),
    }
)
def test_one_who_loaded_and_printed_a_card_does_not_call_it_good(desk: Desk) -> None:
    """HAS one passphrase, of whoever loaded the hopper and let its printer work. TRIES to call a card good that
    nobody else has seen.
    """
    card = accept(desk, people()[0])
    attempt = print_card(desk, card.job, A)
    told = refused(desk, "jobs.check", job=card.job, quality="good", by=ANI)
    assert told.what == "ani cannot alone say that this card is good: nobody else loaded its blank or printed it."
    assert sentence(told.remedy).startswith("A second person looks at the card and signs too: ")
    refused(desk, "jobs.check", job=card.job, quality="good", by=ANI, second=ANI)
    assert not_booked(desk, CardChecked(attempt=attempt, quality=Quality.GOOD), "ani") == told.what
    perform(desk, "jobs.check", {"job": card.job, "quality": "good", "by": ANI, "second": BUDI})
    assert (found(desk), replayed(desk)) == ([], ())


@pytest.mark.parametrize("what", ["load", "resume"])
def test_two_people_are_enough_whichever_of_the_hands_is_the_other_s(desk: Desk, what: str) -> None:
    """HAS nothing: so that the refusal above is no refusal of the arguments."""
    card = accept(desk, people()[0])
    serial = A
    if what == "load":
        perform(desk, "blanks.load", {"printer": "p1", "pieces": 2, "by": BUDI})
        serial = "KPG0000011"
    else:
        desk.shop.books.enter(read("printer.resumed", {"printer": "p1"}), ["budi"])
    print_card(desk, card.job, serial)
    perform(desk, "jobs.check", {"job": card.job, "quality": "good", "by": ANI})
    assert (found(desk), replayed(desk)) == ([], ())


def test_who_loaded_is_asked_of_the_blank_that_the_card_is_really_on(desk: Desk) -> None:
    """HAS one passphrase, of whoever loaded a blank and printed on it. TRIES to call its card good, which was booked on
    a blank that a colleague loaded.
    """
    perform(desk, "blanks.load", {"printer": "p1", "pieces": 2, "by": BUDI})
    card = accept(desk, people()[0])
    attempt = print_card(desk, card.job, "KPG0000011")
    perform(desk, "jobs.correct", {"job": card.job, "serial": B, "by": ANI, "second": BUDI})
    refused(desk, "jobs.check", job=card.job, quality="good", by=ANI)
    desk.shop.books.enter(CardChecked(attempt=attempt, quality=Quality.GOOD), ["budi"])
    assert (found(desk), replayed(desk)) == ([], ())


@notices(
    {
        "the verifier knows no loader": line(PeopleInEntries.card, "self._cards.find(attempt)", "self._cards.find('')"),
        "hands are not looked at": line(signatures.why_not_alone, "if wanted.two_hands and", "if False and"),
    }
)
def test_whoever_has_the_log_s_key_as_well_is_named_by_the_verifier(tmp_path: Path) -> None:
    """HAS the database, the folder with the log's key, and one passphrase. TRIES to write entries by which he loaded,
    printed and checked a card. WHO NOTICES: ``audit verify``, from the entries alone.
    """
    made = SignedLog.with_staff()
    load = read("blanks.moved", {"serials": [["K1", "K9"]], "from": "shift:s", "to": "hopper:p1", "why": "load"})
    made.add(load, "siti")
    mine = made.add(read("printer.resumed", {"printer": "p1"}), "siti")
    for attempt, serial in (("a", "K1"), ("b", "K2")):
        made.add(started(attempt, serial, mine))
        made.add(AttemptPrinted(attempt=attempt, to="output"))
    alone = made.add(CardChecked(attempt="a", quality=Quality.GOOD), "siti")
    made.add(CardChecked(attempt="b", quality=Quality.GOOD), "budi")
    assert made.kinds() == [("signers", alone)]


def started(attempt: str, serial: str, mine: int) -> Event:
    told = {"job": "j", "number": 1, "serial": serial, "counters": {"panels": 5}, "artwork": "d"}
    return read("attempt.started", {"attempt": attempt, "printer": "p1", "resumed": mine, **told})


# Unused, against the evidence: a second card of the same person.


def test_one_does_not_have_a_card_printed_twice_whatever_the_policy_says(desk: Desk) -> None:
    """HAS one passphrase, in a shop in which one person settles a doubt, and a whole card in his pocket. TRIES to say
    that its blank is unused, so that it is printed again.
    """
    attempt = in_doubt(desk)
    one_settles(desk)
    job = perform(desk, "jobs.list", {"state": "in_doubt"})["jobs"][0]["id"]
    unread = refused(desk, "jobs.resolve", job=job, outcome="unused", by=BUDI)
    assert "two people read the serial on the blank itself" in sentence(unread.remedy)
    alone = refused(desk, "jobs.resolve", job=job, outcome="unused", scan=A, by=BUDI)
    assert alone.what == "Two people settle this doubt."
    refused(desk, "jobs.resolve", job=job, outcome="unused", scan=A, by=BUDI, second=BUDI)
    says = "The evidence says that a card was printed: two people say otherwise, with the serial that they read on it."
    unused = AttemptUnused(attempt=attempt, to="hopper:p1", scanned=A)
    assert not_booked(desk, unused, "budi") == says
    assert not_booked(desk, unused.model_copy(update={"scanned": None}), "ani", "budi") == says
    assert not_booked(desk, unused.model_copy(update={"scanned": B}), "ani", "budi") == says


@notices(
    {"nobody has to settle": line(signatures.check, "if wanted.settles and card", "if not names and False and card")}
)
def test_nobody_settles_a_doubt_as_if_the_printer_had(desk: Desk) -> None:
    """HAS the installation and no passphrase. TRIES to book what became of a card in doubt as a printer's worker does,
    for which nobody signs. WHO NOTICES: the booking.
    """
    attempt = in_doubt(desk)
    for event in (
        AttemptUnused(attempt=attempt, to="hopper:p1"),
        AttemptPrinted(attempt=attempt, to="output"),
        read("attempt.spoiled", {"attempt": attempt, "to": "spoiled", "cause": "jam"}),
    ):
        assert not_booked(desk, event) == "Nobody has signed what became of a card in doubt."


def test_evidence_that_is_taken_out_of_the_database_is_still_in_the_entries(desk: Desk) -> None:
    """HAS the database and one passphrase. TRIES to say alone that a blank is unused, after he took the evidence out of
    the tables. WHO NOTICES: ``audit verify`` and ``audit replay``, by the evidence in the entries.
    """
    in_doubt(desk)
    one_settles(desk)
    with desk.shop.store.writing() as connection:
        connection.execute(sa.text("UPDATE attempt SET evidence = '[]', counters = '{}'"))
    job = perform(desk, "jobs.list", {"state": "in_doubt"})["jobs"][0]["id"]
    perform(desk, "jobs.resolve", {"job": job, "outcome": "unused", "by": BUDI})
    assert found(desk) == [("signers", "attempt.unused")]
    assert replayed(desk)


@notices(
    {
        "the verifier reads no evidence": line(cards.CardsInEntries._add, "if evidence is not None:", "if not self:"),
        "the verifier sees no doubt": line(cards.CardsInEntries.entered, ".in_doubt = True", ".in_doubt = False"),
    }
)
def test_whoever_has_the_log_s_key_and_settles_a_doubt_is_named() -> None:
    """HAS the database, the folder with the log's key, and two passphrases. TRIES to write that a blank is unused on
    which something was printed: for nobody, alone, or by two who did not read it. WHO NOTICES: ``audit verify``, from
    the entries alone.
    """
    wrong: list[tuple[tuple[str, ...], str | None]] = [
        ((), "K1"),
        (("budi",), "K1"),
        (("budi", "ratna"), None),
        (("budi", "ratna"), "K2"),
    ]
    for by, scanned in wrong:
        made, settled = settled_by(by, scanned)
        assert made.kinds() == [("signers", settled)], (by, scanned)
    made, _ = settled_by(("budi", "ratna"), "K1")
    assert made.kinds() == []


def settled_by(by: tuple[str, ...], scanned: str | None) -> tuple[SignedLog, int]:
    """Return a log in which they say that a blank is unused on which something was printed, and the entry."""
    made = SignedLog.with_staff()
    mine = made.add(read("printer.resumed", {"printer": "p1"}), "siti")
    made.add(started("a", "K1", mine))
    made.add(read("attempt.in_doubt", {"attempt": "a"}))
    made.add(read("attempt.evidence", {"attempt": "a", "evidence": {"findings": [], "after": {"panels": 10}}}))
    return made, made.add(AttemptUnused(attempt="a", to="hopper:p1", scanned=scanned), *by)


# Records for which no registry vouches.


def test_one_who_has_the_spool_does_not_have_an_invented_person_printed(tmp_path: Path) -> None:
    """HAS one passphrase and the spool of a real shop. TRIES to bring a record of
    somebody invented, and to answer for it himself.
    """
    with opened(new_shop(tmp_path / "shop", KNOWN_DISTRICT, practice=False)) as desk:
        person = people()[0]
        files = {"document": document(person), "photo": person.photo_jpeg, "signature": person.signature_png}
        parcel = {name: b64encode(data).decode() for name, data in files.items()}
        done = perform(desk, "records.import", {"parcel": parcel, "by": ANI})
        assert done["warnings"] == ["not_vouched"]
        told = refused(desk, "records.acknowledge", record=done["record"], by=ANI)
        assert "the second signs too" in sentence(told.remedy)
        refused(desk, "records.acknowledge", record=done["record"], by=ANI, second=ANI)
        left = perform(desk, "records.acknowledge", {"by": ANI})
        assert left == {"acknowledged": [], "left_to_others": [done["record"]]}
        for warnings in (("not_vouched",), ()):
            not_booked(desk, RecordAcknowledged(record=done["record"], warnings=warnings), "ani")
        assert perform(desk, "jobs.show", {"job": done["job"]})["state"] == "held"
        perform(desk, "records.acknowledge", {"record": done["record"], "by": ANI, "second": BUDI})
        assert perform(desk, "jobs.show", {"job": done["job"]})["state"] == "queued"


# A surprise count that surprises.


def drawn(desk: Desk, number: str, seed: str = "") -> dict[str, Any]:
    """Return what a draw of three blanks tells, as the rule has it; a seed of one's own takes the rule's place."""
    with desk.shop.store.reading() as connection:
        end, ranges = log.frontier(connection), sampling.population(connection)
    root = end.root().hex()
    follows = seed or sampling.seed_of(end.size, root, number).hex()
    return {
        "sample": "sample-mine",
        "size": end.size,
        "root": root,
        "number": number,
        "seed": follows,
        "population": sum(len(part) for _, part in ranges),
        "drawn": [list(one) for one in sampling.draw(ranges, 3, bytes.fromhex(follows))],
    }


@notices({"any draw is a draw": line(shifts._check_draw, "not 0 < event.size <= entry.seq", "event.size < 0")})
def test_nobody_chooses_what_a_surprise_count_draws(desk: Desk) -> None:
    """HAS one passphrase, and has taken a blank. TRIES to book a draw that leaves it out: by a seed of his own, other
    blanks, fewer of them all, or a checkpoint that is not signed yet. WHO NOTICES: the booking, which draws again.
    """
    right = drawn(desk, "4711")
    chosen: list[dict[str, Any]] = [
        drawn(desk, "4711", seed="5" * 64),
        {**right, "drawn": drawn(desk, "4712")["drawn"]},
        {**right, "drawn": right["drawn"][:2] + right["drawn"][:1]},
        {**right, "population": right["population"] - 1},
        {**right, "number": "4712"},
        {**right, "root": "0" * 64},
        later(desk, right),
    ]
    for event in chosen:
        words = "sample-mine does not follow from its checkpoint and number."
        assert not_booked(desk, read("sample.drawn", event), "ani") == words
    desk.shop.books.enter(read("sample.drawn", right), ["ani"])


def later(desk: Desk, right: dict[str, Any]) -> dict[str, Any]:
    """Return a draw that is right but for its checkpoint, which is over entries that are not there yet."""
    size = right["size"] + 5
    seed = sampling.seed_of(size, right["root"], right["number"])
    with desk.shop.store.reading() as connection:
        blanks = sampling.draw(sampling.population(connection), 3, seed)
    return {**right, "size": size, "seed": seed.hex(), "drawn": [list(one) for one in blanks]}


# Two of the same role.

FOR_A_SUPERVISOR = [
    sample(kind, **({"name": "adi"} if kind.kind.startswith("operator.") else {}))
    for kind in EVENTS
    if kind.kind not in ("operator.enrolled", "operator.key_renewed", "shop.opened")
]
FOR_A_SUPERVISOR = [
    event
    for event in FOR_A_SUPERVISOR
    if (rule := signatures.required(event)).among or rule.supervisor in (0, max(rule.numbers) - 1)
]


@pytest.mark.parametrize("role", [Role.OPERATOR, Role.STOREKEEPER, Role.ADMINISTRATOR, Role.AUDITOR])
def test_people_of_one_role_do_not_make_a_supervisor(role: Role) -> None:
    """HAS the database, the folder with the log's key, and three passphrases of one role. TRIES to write everything
    that wants a supervisor among those who sign. WHO NOTICES: ``audit verify``, from the entries alone.
    """
    made = SignedLog.with_staff()
    names = ["one", "two", "three"]
    for name in names:
        made.enrol(name, role)
    assert {"operator.role_set", "operator.retired", "configuration.accepted", "site.set", "register.read"} <= {
        event.kind for event in FOR_A_SUPERVISOR
    }
    wrong = []
    for event in FOR_A_SUPERVISOR:
        rule = signatures.required(event)
        wrong.append(made.add(event, *names[: max(rule.numbers)]))
    assert made.kinds() == [("signers", seq) for seq in wrong]


@pytest.mark.parametrize("role", [Role.STOREKEEPER, Role.ADMINISTRATOR, Role.AUDITOR])
def test_who_handles_no_cards_says_of_none_what_became_of_it(role: Role) -> None:
    """HAS the database, the folder with the log's key, and two passphrases of a role that prints nothing.

    TRIES to write that they checked a card, handed it over, let it be printed again. WHO NOTICES: ``audit verify``,
    from the entries alone.
    """
    made = SignedLog.with_staff()
    for name in ("one", "two"):
        made.enrol(name, role)
    mine = made.add(read("printer.resumed", {"printer": "p1"}), "siti")
    made.add(started("a", "K1", mine))
    made.add(AttemptPrinted(attempt="a", to="output"))
    wrong = [
        made.add(CardChecked(attempt="a", quality=Quality.GOOD), "one", "two"),
        made.add(read("card.handed_over", {"attempt": "a"}), "one"),
        made.add(read("job.released", {"job": "j", "act": "reprint"}), "one", "two"),
        made.add(read("printer.resumed", {"printer": "p1"}), "one"),
    ]
    assert made.kinds() == [("signers", seq) for seq in wrong]
    assert signing.whose_card_matters(CardChecked(attempt="a", quality=Quality.GOOD)) == "a"
