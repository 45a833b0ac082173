"""Entries that people signed are forged by somebody who signs every checkpoint himself.

The attacker HAS the database, the shop's folder and the key of the log, and so every hash, every checkpoint and
``last-checkpoint.note`` fit whatever he writes; he has nobody's passphrase, or his own. He TRIES to let entries say
that others did what they did not. WHO NOTICES: ``audit verify``, which asks the entries alone who works here and who
signed, and ``audit replay``, which asks it again while it rebuilds the tables. What he changes in the tables alone the
replay notices at once, and ``audit verify`` from the first entry on that is signed by it.
"""

from __future__ import annotations

import base64
import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection
from typer.testing import CliRunner

from printd.books import proof, replay
from printd.books.booking import Books
from printd.books.heads import SEEN_NAME
from printd.cli.app import app
from printd.errors import IntegrityError
from printd.events.kinds import read
from printd.ledger.checkpoint import Checkpoint, sign
from printd.ledger.entry import Entry
from printd.ledger.merkle import Frontier, leaf_hash
from printd.ledger.notes import key_id
from printd.ledger.signatures import LABEL, SigningKey, message, person_key_name, vkey, write_signature
from printd.projections.kinds import PROJECTIONS
from printd.shop import keys
from printd.store import log
from printd.words.states import AttemptState
from support.deliberate import line, notices
from support.forger import delete_checkpoints, loosened, replace_all
from support.intake_help import KNOWN_DISTRICT, accept, deliver, new_shop, opened, people, print_card
from support.people import FIRST, SECOND, EverybodysKeys

HIS = SigningKey(b"h" * 32)
"""The key that the attacker made for himself."""

LOOK = read("register.read", {"what": "specimen:j", "rows": 0})
OF_A_SUPERVISOR = read("register.read", {"what": "r15", "rows": 3})

Entries = list[Entry]
Forged = Callable[[Entries], "list[Entry | bytes]"]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop in which ani and budi worked: blanks received and loaded, one card printed and one spoiled."""
    base = tmp_path_factory.mktemp("signatures")
    new_shop(base / "shop", KNOWN_DISTRICT)
    with opened(base / "shop") as desk:
        deliver(desk)
        print_card(desk, accept(desk, people()[0]).job, "KPG0000001")
        print_card(desk, accept(desk, people()[1]).job, "KPG0000002", AttemptState.SPOILED)
        desk.shop.books.enter(LOOK, ["ani"])
        desk.shop.sign()
    return base


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """The shop, for one attack."""
    shutil.copytree(made / "shop", tmp_path / "shop")
    return tmp_path / "shop"


def of_database(folder: Path, attack: Callable[[Connection], None]) -> None:
    """Do something to the database that none of its rules stands against."""
    engine = sa.create_engine(f"sqlite:///{folder / 'printd.sqlite'}")
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        with loosened(connection):
            attack(connection)
        connection.commit()
    engine.dispose()


def forge(folder: Path, forged: Forged) -> None:
    """Write the log anew and sign its end with the shop's own key, in the database and beside it."""

    def attack(connection: Connection) -> None:
        entries = [Entry.from_body(body) for _, body, _ in log.entries(connection)]
        signer = keys.load(folder, origin_of(entries)).log
        told = forged(entries)
        end = replace_all(connection, [one if isinstance(one, bytes) else one.body() for one in told])
        note = sign(Checkpoint(signer.name, end.size, end.root()), signer)
        delete_checkpoints(connection)
        log.add_checkpoint(connection, end.size, end.root())
        log.add_note(connection, end.size, note)
        (folder / SEEN_NAME).write_bytes(note)

    of_database(folder, attack)


def retold(entries: Entries, again: Callable[[Entry], Entry]) -> list[Entry | bytes]:
    """Number entries anew, let each tell the roots that the log has now, and have it signed.

    :param entries: of a history, with the numbers that they had; some may be missing.
    :param again: signs one.
    """
    numbers, roots, made, end = dict[int, int](), list[str](), list[Entry | bytes](), Frontier()
    for seq, one in enumerate(entries):
        numbers[one.seq] = seq
        roots.append(end.root().hex())
        now = {"log_size": seq, "log_root": roots[seq]}
        data = dict(one.data) | (now if "log_root" in one.data else {})
        if "act" in data:
            data["act"] = {**data["act"], **now}
        if "resumed" in data:
            data["resumed"] = numbers[data["resumed"]]
        if one.kind == "paper.made":
            size = sum(number < data["size"] for number in numbers)
            data |= {"entry": numbers[data["entry"]], "size": size, "root": roots[size]}
        new = again(replace(one, seq=seq, data=data))
        end, _ = end.append(leaf_hash(new.body()))
        made.append(new)
    return made


def origin_of(entries: Entries) -> str:
    return str(entries[0].data["origin"])


def verified(folder: Path, *words: str) -> tuple[int, set[tuple[str, int | None]]]:
    """Return how `audit verify` ends with the key from outside, and what it finds at which entries."""
    key = (folder / "keys" / "log.vkey").read_text().strip()
    result = CliRunner().invoke(app, ["--shop", str(folder), "audit", "verify", "--vkey", key, "--json", *words])
    told = json.loads(result.stdout)
    assert told["verified"] is (result.exit_code == 0)
    return result.exit_code, {(one["kind"], one["entry"]) for one in told["problems"]}


def replayed(folder: Path) -> tuple[int, list[str]]:
    """Return how `audit replay` ends, and what differs."""
    result = CliRunner().invoke(app, ["--shop", str(folder), "audit", "replay", "--json"])
    return result.exit_code, [f"{one['table']}: {one['message']}" for one in json.loads(result.stdout)["differences"]]


def first(entries: Entries, kind: str, *by: str) -> int:
    """Return the number of the first entry of a kind that these people signed."""
    return next(one.seq for one in entries if one.kind == kind and (not by or one.actors == by))


def signed(entry: Entry, origin: str, own: Mapping[str, SigningKey]) -> Entry:
    """Return an entry with the signatures that the attacker can make; the others are of nobody's."""
    text = message(origin, entry.unsigned())
    made = [write_signature(own[name].sign(text)) if name in own else "A" * 86 for name in entry.actors]
    return replace(entry, signatures=tuple(made))


def appended(entries: Entries, kind: str, data: Mapping[str, Any], by: tuple[str, ...], **own: SigningKey) -> Entry:
    """Return an entry that the attacker writes at the end, signed with the keys that he has."""
    bare = Entry(len(entries), entries[-1].at, kind, by, data)
    return signed(bare, origin_of(entries), own)


def altered(kind: str, by: tuple[str, ...], change: Callable[[Entry], Entry | bytes]) -> Forged:
    def forged(entries: Entries) -> list[Entry | bytes]:
        seq = first(entries, kind, *by)
        return [change(one) if one.seq == seq else one for one in entries]

    return forged


def moved(entries: Entries) -> list[Entry | bytes]:
    """Exchange a load and a look: each gets number and time of the other."""
    one, other = first(entries, "blanks.moved", "ani"), first(entries, "register.read", "ani")
    return [
        replace(entries[other], seq=one, at=each.at)
        if each.seq == one
        else replace(entries[one], seq=other, at=each.at)
        if each.seq == other
        else each
        for each in entries
    ]


def without_sig(entry: Entry) -> bytes:
    return entry.unsigned()


def enrolment(entries: Entries, name: str, key: str) -> dict[str, Any]:
    person = entries[first(entries, "operator.enrolled")].data["person"]
    return {"person": {**person, "name": name, "key": key}}


def weak(entries: Entries) -> list[Entry | bytes]:
    named = person_key_name(origin_of(entries), "mara")
    key = b"\xff" + LABEL.encode() + bytes([1]) + bytes(31)
    text = f"{named}+{key_id(named, key).hex()}+{base64.b64encode(key).decode()}"
    for_any = write_signature(bytes([1]) + bytes(63))
    bare = appended(entries, "operator.enrolled", enrolment(entries, "mara", text), (FIRST, SECOND, "mara"))
    return [*entries, replace(bare, signatures=(*bare.signatures[:2], for_any))]


def himself(entries: Entries) -> list[Entry | bytes]:
    key = vkey(person_key_name(origin_of(entries), "mara"), HIS.public)
    data = enrolment(entries, "mara", key)
    return [*entries, appended(entries, "operator.enrolled", data, (FIRST, SECOND, "mara"), mara=HIS)]


def new_key_for_ani(entries: Entries) -> list[Entry | bytes]:
    key = vkey(person_key_name(origin_of(entries), "ani"), HIS.public)
    data = {"name": "ani", "key": key, "sealed": "0" * 64}
    return [*entries, appended(entries, "operator.key_renewed", data, (FIRST, SECOND, "ani"), ani=HIS)]


def supervisor(entries: Entries) -> list[Entry | bytes]:
    return [*entries, appended(entries, "operator.role_set", {"name": "ani", "role": "supervisor"}, (FIRST, SECOND))]


def key_in_her_enrolment(entries: Entries) -> list[Entry | bytes]:
    """Put his key into the entry that enrolled ani, and sign with it everything that she ever signed."""
    origin = origin_of(entries)
    key = vkey(person_key_name(origin, "ani"), HIS.public)

    def again(one: Entry) -> Entry:
        if one.kind == "operator.enrolled" and one.data["person"]["name"] == "ani":
            one = replace(one, data={"person": {**one.data["person"], "key": key}})
        text = message(origin, one.unsigned())
        hers = write_signature(HIS.sign(text))
        pairs = zip(one.actors, one.signatures, strict=True)
        return replace(one, signatures=tuple(hers if name == "ani" else old for name, old in pairs))

    return [again(one) for one in entries]


LOADED, RECEIVED = ("blanks.moved", ("ani",)), ("delivery.received", ("ani", "budi"))
WITHOUT_A_PASSPHRASE: Mapping[str, tuple[Forged, str, str, str]] = {
    "a load is a colleague's": (
        altered(*LOADED, lambda one: replace(one, actors=("budi",))),
        "blanks.moved",
        "signature",
        "The signature of budi",
    ),
    "a load is of nobody": (
        altered(*LOADED, lambda one: replace(one, actors=(), signatures=())),
        "blanks.moved",
        "signers",
        "0 people sign",
    ),
    "a load is of somebody who never was": (
        altered(*LOADED, lambda one: replace(one, actors=("mara",))),
        "blanks.moved",
        "signers",
        "'mara' is not an active operator",
    ),
    "other blanks are loaded": (
        altered(*LOADED, lambda one: replace(one, data={**one.data, "serials": [["KPG0000001", "KPG0000009"]]})),
        "blanks.moved",
        "signature",
        "The signature of ani",
    ),
    "a load has a signature of nobody's": (
        altered(*LOADED, lambda one: replace(one, signatures=("A" * 86,))),
        "blanks.moved",
        "signature",
        "The signature of ani",
    ),
    "signatures are left out": (
        altered(*LOADED, without_sig),
        "blanks.moved",
        "entry_form",
        "sig is missing",
    ),
    "the second of two is left out": (
        altered(*RECEIVED, lambda one: replace(one, actors=one.actors[:1], signatures=one.signatures[:1])),
        "delivery.received",
        "signature",
        "1 people sign",
    ),
    "the second of two is another": (
        altered(*RECEIVED, lambda one: replace(one, actors=("ani", FIRST))),
        "delivery.received",
        "signature",
        "The signature of ani",
    ),
    "two change places": (
        altered(*RECEIVED, lambda one: replace(one, actors=one.actors[::-1], signatures=one.signatures[::-1])),
        "delivery.received",
        "signature",
        "The signature of budi",
    ),
    "their signatures change places": (
        altered(*RECEIVED, lambda one: replace(one, signatures=one.signatures[::-1])),
        "delivery.received",
        "signature",
        "The signature of ani",
    ),
    "one signature stands for both": (
        altered(*RECEIVED, lambda one: replace(one, signatures=(one.signatures[0],) * 2)),
        "delivery.received",
        "signature",
        "The signature of budi",
    ),
    "a card is laid to who let another printer work": (
        altered("attempt.started", (), lambda one: replace(one, data={**one.data, "resumed": 3})),
        "attempt.started",
        "resumed",
        "was let work by another entry than 3",
    ),
    "ani's key is exchanged where she was enrolled": (
        key_in_her_enrolment,
        "operator.enrolled",
        "signature",
        f"The signature of {FIRST}",
    ),
}


@pytest.mark.parametrize(("forged", "kind", "finding", "says"), WITHOUT_A_PASSPHRASE.values(), ids=WITHOUT_A_PASSPHRASE)
def test_an_entry_is_rewritten(made: Path, folder: Path, forged: Forged, kind: str, finding: str, says: str) -> None:
    """HAS database, folder and the log's key. TRIES to rewrite one entry in its place.

    NOTICED by `audit verify` and by `audit replay`, both with the entry's number.
    """
    before: Entries = []
    of_database(folder, lambda c: before.extend(Entry.from_body(body) for _, body, _ in log.entries(c)))
    assert verified(folder) == (0, set())
    assert replayed(folder) == (0, [])
    forge(folder, forged)
    code, found = verified(folder)
    seqs = {one.seq for one in before if one.kind == kind}
    assert code == 1
    assert finding in {one for one, seq in found if seq in seqs}
    code, differ = replayed(folder)
    assert code == 1
    assert len(differ) == 1
    assert says in differ[0]
    assert any(f"entry {seq} cannot have happened" in differ[0] for seq in seqs)


def again_at_the_end(entries: Entries) -> list[Entry | bytes]:
    old = entries[first(entries, "blanks.moved", "ani")]
    return [*entries, replace(old, seq=len(entries), at=entries[-1].at)]


def a_word_for_ani(entries: Entries) -> list[Entry | bytes]:
    return [*entries, appended(entries, "register.read", LOOK.data(), ("ani",))]


def a_word_for_two(entries: Entries) -> list[Entry | bytes]:
    data = {"serials": [["KPG0000015", "KPG0000016"]], "from": "store", "to": "missing", "why": "missing"}
    return [*entries, appended(entries, "blanks.moved", data, ("ani", "budi"), ani=HIS, budi=HIS)]


APPENDED: Mapping[str, tuple[Forged, str, str]] = {
    "an old load once more": (again_at_the_end, "signature", "The signature of ani"),
    "a word for ani": (a_word_for_ani, "signature", "The signature of ani"),
    "blanks are missing, say two": (a_word_for_two, "signature", "The signature of ani"),
    "he enrols himself": (himself, "signature", f"The signature of {FIRST}"),
    "he enrols himself with a key for which anybody can sign": (
        weak,
        "enrolment",
        "A key that is to be enrolled is none",
    ),
    "he gives ani a new key": (new_key_for_ani, "signature", f"The signature of {FIRST}"),
    "he makes ani a supervisor": (supervisor, "signature", f"The signature of {FIRST}"),
}


@pytest.mark.parametrize(("forged", "finding", "says"), APPENDED.values(), ids=APPENDED)
def test_an_entry_is_written_at_the_end(folder: Path, forged: Forged, finding: str, says: str) -> None:
    """HAS database, folder and the log's key. TRIES to let somebody have done what they did not do.

    NOTICED by `audit verify` and by `audit replay`, both with the entry's number.
    """
    numbers: list[int] = []

    def noting_its_number(entries: Entries) -> list[Entry | bytes]:
        numbers.append(len(entries))
        return forged(entries)

    forge(folder, noting_its_number)
    code, found = verified(folder)
    assert code == 1
    assert (finding, numbers[0]) in found
    assert {seq for _, seq in found} == {numbers[0]}
    code, (differs,) = replayed(folder)
    assert code == 1
    assert f"entry {numbers[0]} cannot have happened" in differs
    assert says in differs


@notices(
    {
        "the verifier does not ask who signed": line(proof.prove, "read=signers.add", "read=None"),
        "the replay does not ask who signed": line(replay._Rules.apply, "self._signing.verify(entry, ", "(entry, "),
    }
)
def test_two_entries_change_places(folder: Path) -> None:
    """HAS database, folder and the log's key. TRIES to let things have happened in another order.

    NOTICED by `audit verify` at both, and by `audit replay` at the first of them.
    """
    places: list[int] = []

    def forged(entries: Entries) -> list[Entry | bytes]:
        places.extend((first(entries, "blanks.moved", "ani"), first(entries, "register.read", "ani")))
        return moved(entries)

    forge(folder, forged)
    assert verified(folder) == (1, {("signature", seq) for seq in places})
    code, (differs,) = replayed(folder)
    assert code == 1
    assert f"entry {min(places)} cannot have happened" in differs
    assert "The signature of ani" in differs


HIRED = """INSERT INTO operator
    SELECT 'mara', role, active, :key, sealed, legal_name, nip, position, rank
    FROM operator WHERE name = 'ani'"""
IN_THE_TABLE: Mapping[str, tuple[str, str, str, str]] = {
    "ani is a supervisor": (
        "UPDATE operator SET role = 'supervisor' WHERE name = 'ani'",
        "ani",
        "signers",
        "ani is not a supervisor",
    ),
    "his key is budi's": (
        "UPDATE operator SET key = :key WHERE name = 'budi'",
        "budi",
        "signature",
        "The signature of budi",
    ),
    "mara works here": (HIRED, "mara", "signers", "'mara' is not an active operator"),
}


@pytest.mark.parametrize(("statement", "name", "finding", "says"), IN_THE_TABLE.values(), ids=IN_THE_TABLE)
def test_the_table_of_people_says_otherwise(folder: Path, statement: str, name: str, finding: str, says: str) -> None:
    """HAS the database and his own passphrase, ani's. TRIES to be more than he is, or somebody else, by the table.

    NOTICED by the running shop at his first act, by `audit replay` at once, and by both from the first entry on that a
    program signs which believes the table.
    """
    own = ":key" in statement
    event = LOOK if own else OF_A_SUPERVISOR

    def attack(connection: Connection) -> None:
        origin = str(Entry.from_body(log.bodies(connection, [0])[0]).data["origin"])
        connection.execute(sa.text(statement), {"key": vkey(person_key_name(origin, name), HIS.public)} if own else {})

    of_database(folder, attack)
    assert verified(folder) == (0, set())  # it believes no table, and none was used yet
    code, differ = replayed(folder)
    assert code == 1
    assert {one.partition(":")[0] for one in differ} == ({"operator", "sealed"} if name == "mara" else {"operator"})
    with opened(folder) as desk:
        signers = {name: HIS} if own else {name: EverybodysKeys(desk.shop.store)[name]}
        running = Books(desk.shop.store, PROJECTIONS)
        with desk.shop.store.reading() as connection:
            running.begin(log.frontier(connection).size, log.frontier(connection))
        with pytest.raises(IntegrityError, match="otherwise than the entries"), running.booking(signers) as booking:
            booking.enter(event, [name])
        with desk.shop.books.booking(signers) as booking:
            seq = booking.enter(event, [name]).seq
        desk.shop.sign()
    assert verified(folder) == (1, {(finding, seq)})
    code, differ = replayed(folder)
    assert code == 1
    (differs,) = (one for one in differ if f"entry {seq} cannot have happened" in one)
    assert says in differs


def test_the_whole_history_is_signed_anew_with_keys_of_his_own(folder: Path, made: Path) -> None:
    """HAS database, folder and the log's key. TRIES to give everybody another key from the first entry on.

    Entries alone cannot tell: they are all of one piece, the roots that papers tell too. NOTICED by whoever holds a
    checkpoint of the log from outside, by `audit replay`, as the tables still have the keys and roots from before, and
    by each of the people, whose key the shop does not know any more.
    """
    theirs = {name: SigningKey(name.encode().ljust(32, b"h")) for name in (FIRST, SECOND, "ani", "budi")}

    def forged(entries: Entries) -> list[Entry | bytes]:
        origin = origin_of(entries)

        def own(person: Mapping[str, Any]) -> dict[str, Any]:
            name = person["name"]
            return {**person, "key": vkey(person_key_name(origin, name), theirs[name].public)}

        def again(one: Entry) -> Entry:
            if one.kind == "shop.opened":
                one = replace(one, data={**one.data, "people": [own(person) for person in one.data["people"]]})
            elif one.kind == "operator.enrolled":
                one = replace(one, data={"person": own(one.data["person"])})
            return signed(one, origin, theirs)

        return retold(entries, again)

    outside = made / "shop" / SEEN_NAME
    forge(folder, forged)
    assert verified(folder) == (0, set())
    code, found = verified(folder, "--against", str(outside))
    assert code == 1
    assert {kind for kind, _ in found} == {"head_root"}
    code, differ = replayed(folder)
    assert code == 1
    assert {one.partition(":")[0] for one in differ} == {"operator", "paper"}
