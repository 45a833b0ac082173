"""The booking refuses whoever may not sign, whatever the desk believed; what is only tried is signed by nobody."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from printd.books import signing
from printd.books.booking import Books
from printd.books.people import PeopleInTables, _told
from printd.books.signing import Signing
from printd.desk.desk import Desk
from printd.errors import Refused
from printd.events.attempts import AttemptSpoiled
from printd.events.base import Event
from printd.events.cards import CardChecked
from printd.events.deliveries import CartonOpened
from printd.events.kinds import read
from printd.events.operators import Enrolled, OperatorEnrolled, OperatorRetired, OperatorRoleSet
from printd.events.printers import PrinterPaused
from printd.events.registers import RegisterRead
from printd.ledger.entry import Entry, EntryError
from printd.ledger.signatures import person_key_name, vkey
from printd.people import enrolment
from printd.store import log
from printd.store.engine import dump
from printd.words.roles import Role
from printd.words.states import Quality
from support.counter import Counter
from support.deliberate import line, notices
from support.fixed import ORIGIN
from support.office_past import OfficePast
from support.people import FIRST, SECOND, enrol, key_of
from support.signers import enrol as enrol_signers
from support.signers import enrolled

PAUSED = PrinterPaused(printer="p1", why="lunch")
READ = RegisterRead(what="r15", rows=1)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Counter]:
    made = Counter(tmp_path / "shop")
    made.announce()
    yield made
    made.shop.close()


@pytest.fixture
def past(desk: Desk) -> OfficePast:
    return OfficePast(desk, date(2026, 11, 2), 10)


def refused(books: Books, event: Event, *by: str) -> str:
    """Enter an event that nobody may sign so; return what was said. Nothing of it stays."""
    with books.store.reading() as connection:
        before = log.frontier(connection), dump(connection)
    with pytest.raises(Refused) as refusal:
        books.enter(event, by)
    with books.store.reading() as connection:
        assert (log.frontier(connection), dump(connection)) == before
    return refusal.value.what


@notices(
    {
        "the table is not asked": line(Signing.check, "signatures.check(event, names,", "print(event, names,"),
        "who has left still signs": line(_told, 'row is None or not row["active"]', "row is None"),
    }
)
def test_the_booking_refuses_whoever_may_not_sign(office: Counter) -> None:
    books = office.shop.books
    books.enter(OperatorRetired(name="budi"), [FIRST, SECOND])
    opened = CartonOpened(delivery="D1", carton="D1-1")
    assert refused(books, opened, "siti") == "1 people sign, and it must be 2."
    assert refused(books, opened, "siti", "mallory") == "'mallory' is not an active operator of this shop."
    assert refused(books, opened, "siti", "budi") == "'budi' is not an active operator of this shop."
    assert refused(books, READ, "siti") == "siti is not a supervisor."
    assert refused(books, read("job.cancelled", {"job": "j"})) == "0 people sign, and it must be 1."
    with pytest.raises(EntryError, match="names somebody twice"):
        books.enter(opened, ["siti", "siti"])
    books.enter(READ, ["ratna"])
    books.enter(PAUSED, ["siti"])
    books.enter(PAUSED)


@notices(
    {
        "a role is never looked up again": line(
            PeopleInTables.entered, "self._people.update(changed(event, self.find))", "str(event)"
        )
    },
)
def test_whoever_leaves_or_rises_in_a_transaction_counts_as_such_in_it(office: Counter) -> None:
    books = office.shop.books
    enrol(office.desk, "cici", Role.SUPERVISOR)

    def read_before_and_after(change: Event) -> None:
        with books.booking() as booking:
            booking.enter(READ, ["cici"])
            booking.enter(change, [FIRST, SECOND])
            booking.enter(READ, ["cici"])

    for change in (OperatorRoleSet(name="cici", role=Role.OPERATOR), OperatorRetired(name="cici")):
        with pytest.raises(Refused, match="cici"):
            read_before_and_after(change)
    with books.booking() as booking:
        dewi = enrolled("dewi", origin=office.shop.config.office.origin)
        booking.enter(OperatorEnrolled(person=dewi), [FIRST, SECOND, "dewi"])
        booking.enter(PAUSED, ["dewi"])
        booking.enter(OperatorRoleSet(name="dewi", role=Role.SUPERVISOR), [FIRST, SECOND])
        booking.enter(READ, ["dewi"])


def test_nobody_signs_without_their_key_or_with_another(office: Counter) -> None:
    books = office.shop.books
    with pytest.raises(Refused, match="siti has not signed"), books.booking({}) as booking:
        booking.enter(PAUSED, ["siti"])
    for other in (key_of("siti"), books.keys["budi"]):
        with pytest.raises(Refused, match="not the one that they"), books.booking({"siti": other}) as booking:
            booking.enter(PAUSED, ["siti"])


def _library_takes(public: bytes, signature: bytes, signed: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, signed)
    except InvalidSignature:
        return False
    return True


@notices(
    {
        "a signature that is written otherwise is good": line(signing._is_good, "return False", "return True"),
        "the bytes are not looked at": line(
            signing._is_good, "verify(person.public, read_signature(text), said)", "True"
        ),
        "the origin is not in what is signed": line(
            PeopleInTables._read_origin, 'return row["origin"]', 'return "elsewhere"'
        ),
    }
)
def test_a_signature_is_good_for_its_entry_in_its_log_alone(office: Counter) -> None:
    """The bytes are checked with the library alone, from the entry and the rule of the log reference 17.7."""
    books = office.shop.books
    entry = books.enter(READ, ["ratna"])
    with books.store.reading() as connection:
        _, body, _ = list(log.entries(connection))[entry.seq]
        enrolment = next(
            one
            for _, raw, _ in log.entries(connection)
            if (one := Entry.from_body(raw)).kind == "operator.enrolled" and one.data["person"]["name"] == "ratna"
        )
    signature = base64.urlsafe_b64decode(Entry.from_body(body).signatures[0] + "==")
    public = base64.b64decode(enrolment.data["person"]["key"].split("+", 2)[2])[-32:]
    cut = body.rindex(b',"sig":')
    origin = office.shop.config.office.origin.encode()
    signed = b"printd.example/entry-signature/v1\n%b\n%b" % (origin, body[:cut] + b',"v":2}')
    assert _library_takes(public, signature, signed)
    good = Entry.from_body(body)
    for wrong in (
        replace(good, seq=good.seq + 1),
        replace(good, at="2026-11-02T01:00:01Z"),
        replace(good, data={**good.data, "rows": 2}),
        replace(good, signatures=(good.signatures[0][:-1] + "B",)),
        replace(good, signatures=("A" * 86,)),
    ):
        with books.store.reading() as connection, pytest.raises(Refused, match="is not good"):
            Signing(PeopleInTables(connection)).verify(wrong, read(wrong.kind, wrong.data))
    with books.store.reading() as connection:
        Signing(PeopleInTables(connection)).verify(good, READ)


@notices(
    {
        "nobody knows who printed": line(
            PeopleInTables.card, "return UNKNOWN if row is None else card_of(self._connection, row)", "return UNKNOWN"
        )
    }
)
def test_whoever_printed_a_card_does_not_spoil_it_alone_in_the_books(past: OfficePast) -> None:
    books = past.desk.shop.books
    printed, begun = past.print_card(past.wish()), past.begin_card(past.wish())
    words = "siti printed this card and cannot alone say what became of it."
    ended = AttemptSpoiled(attempt=begun, to="spoiled", cause="jam")
    checked = CardChecked(attempt=printed, quality=Quality.SPOILED, cause="scorch")
    assert refused(books, ended, "siti") == refused(books, checked, "siti") == words
    books.enter(ended, ["siti", "budi"])
    books.enter(checked, ["budi"])


def test_a_trial_leaves_nothing_and_only_an_unsigned_one_asks_nobody_to_sign(office: Counter) -> None:
    books = office.shop.books
    with books.store.reading() as connection:
        before = log.frontier(connection), dump(connection)
    with books.trial(unsigned=True) as booking:
        booking.enter(OperatorRetired(name="budi"))
        booking.enter(READ, ["cici", "mallory"])
        size = booking.size
    with pytest.raises(Refused, match="it must be 0 or 1"), books.trial() as booking:
        booking.enter(PAUSED, ["siti", "budi"])
    with books.store.reading() as connection:
        assert (log.frontier(connection), dump(connection)) == before
        assert size == before[0].size + 2


def test_nobody_signs_before_there_is_anybody(books: Books) -> None:
    assert "is not an active operator" in refused(books, PAUSED, "siti")
    enrol_signers(books)
    assert books.enter(READ, ["ratna"]).actors == ("ratna",)


@notices(
    {
        "a name is given again": line(enrolment.check_free, "if taken:", "if taken and not name:"),
        "two have one key": line(enrolment.check_key, "if public in others:", "if public in (key, name):"),
        "a key is of any log": line(enrolment.check_key, "if named != person_key_name(origin, name):", "if not named:"),
    }
)
def test_the_books_give_names_and_keys_once_and_for_this_log(books: Books) -> None:
    enrol_signers(books)
    books.enter(OperatorRetired(name="budi"), [FIRST, SECOND])
    for name in ("siti", "budi"):
        said = refused(books, OperatorEnrolled(person=enrolled(name)), FIRST, SECOND, name)
        assert said == f"There is an operator {name} already, or was one."
    own = enrolled("cici").model_dump()
    shared = Enrolled(**{**own, "key": vkey(person_key_name(ORIGIN, "cici"), key_of("ratna").public)})
    keys = {FIRST: key_of(FIRST), SECOND: key_of(SECOND), "cici": key_of("ratna")}
    with pytest.raises(Refused, match="belongs to somebody already"), books.booking(keys) as booking:
        booking.enter(OperatorEnrolled(person=shared), [*keys])
    elsewhere = OperatorEnrolled(person=enrolled("cici", origin=f"{ORIGIN}/2"))
    assert "and it must be" in refused(books, elsewhere, FIRST, SECOND, "cici")
    books.enter(OperatorEnrolled(person=enrolled("cici")), [FIRST, SECOND, "cici"])
