"""Who signed what, from entries alone: each rule broken in a log whose hashes and checkpoints are all right.

First by a forger who has the key of the log and the key of nobody, then by one who has everybody's.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import replace

import pytest

from printd.books import signing
from printd.books.booking import Books
from printd.books.people import brought, changed
from printd.books.signers import PeopleInEntries, Signers
from printd.events.base import Event
from printd.events.kinds import EVENTS, read
from printd.events.operators import (
    Enrolled,
    OperatorEnrolled,
    OperatorKeyRenewed,
    OperatorResealed,
    OperatorRetired,
    OperatorRoleSet,
)
from printd.events.printers import PrinterRetired
from printd.events.shop import ShopOpened
from printd.events.signatures import required
from printd.ledger.entry import Entry
from printd.ledger.notes import Signer, key_id
from printd.ledger.signatures import LABEL, SigningKey, person_key_name, vkey
from printd.ledger.verify import Problem
from printd.store import log as stored
from printd.words.roles import Role
from support.deliberate import line, notices
from support.fixed import ORIGIN
from support.people import FIRST, SECOND, key_of
from support.samples import sample
from support.signed import Signed
from support.signed_log import AT, STAFF, SignedLog
from support.signers import enrolled, opened

LOADED = read("blanks.moved", {"serials": [["K1", "K1"]], "from": "store", "to": "hopper:p1", "why": "load"})
ISSUED = read("blanks.moved", {"serials": [["K1", "K1"]], "from": "store", "to": "shift:s", "why": "issue"})
REGISTER = read("register.read", {"what": "r8", "rows": 1})
RESUMED = read("printer.resumed", {"printer": "p1"})
RESUMED_P2 = read("printer.resumed", {"printer": "p2"})
PAUSED = read("printer.paused", {"printer": "p1", "why": "lunch"})
OTHER = SigningKey(b"o" * 32)
"""Somebody's key that is not the one they are known by."""


@pytest.fixture
def log() -> SignedLog:
    return SignedLog.with_staff()


def started(resumed: int, attempt: str = "a", printer: str = "p1") -> Event:
    told = {"job": "j", "number": 1, "serial": "K1", "counters": {}, "artwork": "d"}
    return read("attempt.started", {"attempt": attempt, "printer": printer, "resumed": resumed, **told})


def spoiled(attempt: str = "a") -> Event:
    return read("attempt.spoiled", {"attempt": attempt, "to": "spoiled", "cause": "jam"})


def printed(attempt: str = "a") -> Event:
    return read("attempt.printed", {"attempt": attempt, "to": "output"})


def checked(quality: str, attempt: str = "a") -> Event:
    cause = {} if quality == "good" else {"cause": "scorch"}
    return read("card.checked", {"attempt": attempt, "quality": quality, **cause})


def renewal(name: str, key: SigningKey | str) -> OperatorKeyRenewed:
    text = key if isinstance(key, str) else key_for(name, key.public)
    return OperatorKeyRenewed(name=name, key=text, sealed="1" * 64)


def key_for(name: str, public: bytes, origin: str = ORIGIN) -> str:
    return vkey(person_key_name(origin, name), public)


def with_key(name: str, key: SigningKey | str) -> OperatorEnrolled:
    text = key if isinstance(key, str) else key_for(name, key.public)
    return OperatorEnrolled(person=Enrolled(**{**enrolled(name).model_dump(), "key": text}))


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
    assert [(one.kind, one.seq) for one in log_findings(log)] == [("log_name", again)]
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
    assert [(one.kind, one.seq) for one in log_findings(other)] == [("log_name", foreign)]


def log_findings(log: SignedLog) -> list[Problem]:
    """Return what is found about people, whatever else is wrong with the log."""
    signers = Signers(log.origin)
    for entry in log.entries:
        signers.add(entry, entry.body())
    return signers.finish()


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
        return {one.kind for one in log_findings(made) if one.seq is not None}

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
                names[place] = next(one for one in ("made", "tono") if one not in names and STAFF[one] in wanted.roles)
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


@notices(
    {
        "retired people sign": line(PeopleInEntries.entered, "self._people.pop(who, None)", "str(who)"),
        "a role is for ever": line(changed, "Person(role, there.public)", "there"),
        "a key is for ever": line(brought, "Person(there.role, _public(key))", "there"),
    }
)
def test_roles_keys_and_people_are_those_of_the_entries_below(log: SignedLog) -> None:
    early = log.add(LOADED, "cici")
    log.enrol("cici")
    log.add(LOADED, "cici")
    log.add(OperatorResealed(name="cici", sealed="1" * 64), "cici")
    log.add(OperatorRoleSet(name="cici", role=Role.SUPERVISOR), FIRST, SECOND)
    log.add(REGISTER, "cici")
    log.add(OperatorRoleSet(name="ratna", role=Role.STOREKEEPER), FIRST, SECOND)
    fallen = log.add(REGISTER, "ratna")
    log.add(renewal("siti", OTHER), FIRST, SECOND, "siti", keys={"siti": OTHER})
    old = log.add(LOADED, "siti")
    log.add(LOADED, "siti", keys={"siti": OTHER})
    log.add(OperatorRetired(name="budi"), FIRST, SECOND)
    gone = log.add(LOADED, "budi")
    assert log.kinds() == [("signers", early), ("signers", fallen), ("signature", old), ("signers", gone)]
    assert "'budi' is not an active operator" in log.found()[-1].message


def test_a_new_key_signs_its_own_entry(log: SignedLog) -> None:
    """Nobody enrols or renews a key without whose key it is; a supervisor and another person sign too."""
    dewi = OperatorEnrolled(person=enrolled("dewi"))
    unsigned = log.add(dewi, FIRST, SECOND, "dewi", keys={"dewi": OTHER})
    first = log.add(dewi, FIRST, "dewi", SECOND)
    nobody = log.add(dewi, "siti", "tono", "dewi")
    two = log.add(dewi, FIRST, "dewi")
    renewed = renewal("siti", OTHER)
    with_old = log.add(renewed, FIRST, SECOND, "siti")
    of_nobody = log.add(renewal("eka", key_of("eka")), FIRST, SECOND, "eka")
    assert log.kinds() == [
        ("signature", unsigned),
        ("signers", first),
        ("signers", nobody),
        ("signers", two),
        ("signature", with_old),
        ("signers", of_nobody),
    ]


@notices(
    {
        "a name is given again": line(
            PeopleInEntries.entered, "self._people.pop(who, None)", "self._names.discard(who)"
        ),
        "a key that was given up is forgotten": line(
            PeopleInEntries.entered, "self._keys.add(person.public)", "str(person)"
        ),
    }
)
def test_names_and_keys_are_given_once(log: SignedLog) -> None:
    again = log.add(OperatorEnrolled(person=enrolled("siti")), FIRST, SECOND, "siti")
    log.add(OperatorRetired(name="budi"), FIRST, SECOND)
    retired = log.add(with_key("budi", OTHER), FIRST, SECOND, "budi", keys={"budi": OTHER})
    shared = log.add(with_key("cici", key_of("ratna")), FIRST, SECOND, "cici", keys={"cici": key_of("ratna")})
    log.add(renewal("siti", OTHER), FIRST, SECOND, "siti", keys={"siti": OTHER})
    given_up = log.add(with_key("cici", key_of("siti")), FIRST, SECOND, "cici", keys={"cici": key_of("siti")})
    back = log.add(renewal("siti", key_of("siti")), FIRST, SECOND, "siti")
    assert log.kinds() == [("enrolment", one) for one in (again, retired, shared, given_up, back)]


SMALL_ORDER = bytes([1]) + bytes(31)


class ForAnyMessage(SigningKey):
    """The signature that libraries take for the neutral point's, over whatever is signed."""

    def __init__(self) -> None:
        self.public = SMALL_ORDER

    def sign(self, message: bytes) -> bytes:
        return bytes([1]) + bytes(63)


def weak_vkey(name: str) -> str:
    """Write the key as `vkey` does, which refuses it."""
    named, key = person_key_name(ORIGIN, name), b"\xff" + LABEL.encode() + SMALL_ORDER
    return f"{named}+{key_id(named, key).hex()}+{base64.b64encode(key).decode()}"


@pytest.mark.parametrize(
    ("key", "says"),
    [
        (weak_vkey("mara"), "small order"),
        (key_for("siti", OTHER.public), f"named {ORIGIN}/people/siti"),
        (key_for("mara", OTHER.public, f"{ORIGIN}/2"), f"named {ORIGIN}/2/people/mara"),
        (Signer.generate(f"{ORIGIN}/people/mara").vkey, "not a person's key"),
        ("nonsense", "is none"),
    ],
    ids=["weak", "named after another person", "named after another log", "a log's key", "nonsense"],
)
def test_a_key_that_must_not_be_enrolled_is_named_and_signs_nothing(log: SignedLog, key: str, says: str) -> None:
    keys = {"mara": ForAnyMessage() if "small" in says else OTHER}
    seq = log.add(with_key("mara", key), FIRST, SECOND, "mara", keys=keys)
    used = log.add(LOADED, "mara", keys=keys)
    renewed = log.add(renewal("siti", key), FIRST, SECOND, "siti", keys={"siti": keys["mara"]})
    found = log.found()
    first = [("enrolment", seq), ("signers", used)]
    if key == key_for("siti", OTHER.public):
        assert [(one.kind, one.seq) for one in found] == first
    else:
        assert [(one.kind, one.seq) for one in found] == [*first, ("enrolment", renewed)]
    assert says in found[0].message


def test_what_is_not_rightly_signed_gives_nobody_anything(log: SignedLog) -> None:
    """Each act by it is named as well, and who was wronged by it signs on."""
    forged = log.add(OperatorEnrolled(person=enrolled("mara")), FIRST, SECOND, "mara", keys={FIRST: OTHER})
    used = log.add(LOADED, "mara")
    risen = log.add(OperatorRoleSet(name="siti", role=Role.SUPERVISOR), FIRST, "siti", keys={FIRST: OTHER})
    ruled = log.add(REGISTER, "siti")
    ousted = log.add(OperatorRetired(name="budi"), FIRST, SECOND, keys={SECOND: OTHER})
    log.add(LOADED, "budi")
    exchanged = log.add(renewal("tono", OTHER), FIRST, SECOND, "tono", keys={FIRST: OTHER, "tono": OTHER})
    stolen = log.add(LOADED, "tono", keys={"tono": OTHER})
    log.add(LOADED, "tono")
    let_work = log.add(RESUMED, "siti", keys={"siti": OTHER})
    begun = log.add(started(let_work))
    assert log.kinds() == [
        ("signature", forged),
        ("signers", used),
        ("signers", risen),
        ("signature", risen),
        ("signers", ruled),
        ("signature", ousted),
        ("signature", exchanged),
        ("signature", stolen),
        ("signature", let_work),
        ("resumed", begun),
    ]


def genesis(first: Enrolled, second: Enrolled) -> ShopOpened:
    return opened().model_copy(update={"people": (first, second)})


@pytest.mark.parametrize(
    ("event", "by", "kinds"),
    [
        (genesis(enrolled(FIRST, Role.SUPERVISOR), enrolled(SECOND)), (FIRST, SECOND), []),
        (genesis(enrolled(FIRST), enrolled(SECOND)), (FIRST, SECOND), ["signers"]),
        (genesis(enrolled(FIRST, Role.SUPERVISOR), enrolled(FIRST)), (FIRST,), ["enrolment"]),
        (
            genesis(
                enrolled(FIRST, Role.SUPERVISOR),
                with_key(SECOND, key_of(FIRST)).person,
            ),
            (FIRST, SECOND),
            ["enrolment"],
        ),
        (genesis(enrolled(FIRST, Role.SUPERVISOR), enrolled(SECOND)), (FIRST,), ["signers"]),
        (genesis(enrolled(FIRST, Role.SUPERVISOR), enrolled(SECOND)), (FIRST, "siti"), ["signers"]),
        (genesis(enrolled(FIRST, Role.SUPERVISOR, f"{ORIGIN}/2"), enrolled(SECOND)), (FIRST, SECOND), ["enrolment"]),
        (OperatorEnrolled(person=enrolled("siti")), (FIRST, SECOND, "siti"), ["log_name"]),
    ],
)
def test_the_first_entry_enrols_two_who_sign_it(event: Event, by: tuple[str, ...], kinds: list[str]) -> None:
    log = SignedLog()
    log.add(event, *by)
    assert [kind for kind, _ in log.kinds()] == kinds


def test_a_log_does_not_begin_twice(log: SignedLog) -> None:
    """Two strangers who sign a second first entry are nobody here."""
    again = log.add(genesis(enrolled("eka", Role.SUPERVISOR), enrolled("putu")), "eka", "putu")
    used = log.add(LOADED, "eka")
    assert log.kinds() == [("log_name", again), ("signers", used)]


# Who let a printer work, and so who printed what.


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
    log.add(sample_of("shop.configured"))
    wrongly(third)
    wrongly(other, "p2")
    fourth = log.add(RESUMED, "siti")
    log.add(sample_of("shop.restored"), FIRST, SECOND)
    wrongly(fourth)
    fifth = log.add(RESUMED, "siti")
    log.add(sample(PrinterRetired, printer="p1"), FIRST, SECOND)
    wrongly(fifth)
    sixth = log.add(RESUMED_P2, "budi")
    log.add(OperatorRetired(name="budi"), FIRST, SECOND)
    wrongly(sixth, "p2")
    assert [(one.kind, one.seq) for one in log_findings(log)] == [("resumed", seq) for seq in wrong]


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
