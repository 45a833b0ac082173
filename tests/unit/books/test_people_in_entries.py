"""Who works here, with which role and which key, from entries alone: of whom a verifier believes that they signed."""

from __future__ import annotations

import base64

import pytest

from printd.books.people import brought, changed
from printd.books.signers import PeopleInEntries
from printd.events.base import Event
from printd.events.kinds import read
from printd.events.operators import (
    Enrolled,
    OperatorEnrolled,
    OperatorKeyRenewed,
    OperatorResealed,
    OperatorRetired,
    OperatorRoleSet,
)
from printd.events.shop import ShopOpened
from printd.ledger.notes import Signer, key_id
from printd.ledger.signatures import LABEL, SigningKey, person_key_name, vkey
from printd.words.roles import Role
from support.deliberate import line, notices
from support.fixed import ORIGIN
from support.people import FIRST, SECOND, key_of
from support.signed_log import LOADED, OTHER, RESUMED, SignedLog, started
from support.signers import enrolled, opened

REGISTER = read("register.read", {"what": "r15", "rows": 1})


@pytest.fixture
def log() -> SignedLog:
    return SignedLog.with_staff()


def renewal(name: str, key: SigningKey | str) -> OperatorKeyRenewed:
    text = key if isinstance(key, str) else key_for(name, key.public)
    return OperatorKeyRenewed(name=name, key=text, sealed="1" * 64)


def key_for(name: str, public: bytes, origin: str = ORIGIN) -> str:
    return vkey(person_key_name(origin, name), public)


def with_key(name: str, key: SigningKey | str) -> OperatorEnrolled:
    text = key if isinstance(key, str) else key_for(name, key.public)
    return OperatorEnrolled(person=Enrolled(**{**enrolled(name).model_dump(), "key": text}))


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
