"""The tables of a shop's database, changed by somebody who owns it.

HAS: the database, and whatever opens it; no key of the log, no passphrase, nothing that is kept outside.
TRIES: to alter, invent and take out rows of every table, and what the database itself holds to: triggers and indexes.
NOTICED: by ``audit replay`` where a table says something else than the entries, or what lies sealed is not what was
sealed; by ``audit verify`` and the start where the log, its hashes or its signatures were touched.

Only what follows from the entries is believed: who is somebody in the table alone may act until somebody looks, and the
log then shows every act of theirs.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from attack.furnished import WITNESS, alter, cosign, furnish, furnished, notice, write
from attack.tamperings import TAMPERINGS, Tampering
from faults.shops import Facts, Maker
from printd.backup import backup
from printd.backup.restore import bring_back
from printd.books import cosigned, proof, seals
from printd.books.heads import SEEN_NAME
from printd.books.proof import prove
from printd.books.replay import compare
from printd.desk.acts import perform
from printd.desk.desk import Desk
from printd.errors import IntegrityError, Refused
from printd.events.kinds import read
from printd.ledger.notes import Verifier
from printd.people.enrolment import new_key
from printd.people.stretching import CHEAP
from printd.projections.kinds import PROJECTIONS
from printd.shop.shop import Shop
from printd.store import rules
from printd.store.metadata import metadata
from printd.store.rows import Connection
from support.deliberate import line, notices
from support.fixed import ORIGIN, NewDatabase, unbooked
from support.people import EverybodysKeys, person

SQLITE = "printd.sqlite"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Facts]:
    return furnished(tmp_path_factory.mktemp("furnished"))


@pytest.fixture
def folder(made: tuple[Path, Facts], tmp_path: Path) -> Path:
    """The furnished shop, for one attack."""
    shutil.copytree(made[0], tmp_path / "shop")
    return tmp_path / "shop"


@pytest.fixture
def vkey(made: tuple[Path, Facts]) -> str:
    """The log's key, as the auditor has it from outside."""
    return (made[0] / "keys" / "log.vkey").read_text().strip()


def test_nobody_says_no_where_nobody_was(folder: Path, vkey: str) -> None:
    """HAS nothing. TRIES nothing. NOTICED by nobody: otherwise no test below says anything."""
    write(folder / SQLITE, ())
    assert notice(folder, vkey) == ""


@pytest.mark.parametrize("tampering", TAMPERINGS, ids=[one.what for one in TAMPERINGS])
def test_what_is_done_to_a_table_is_noticed(folder: Path, vkey: str, tampering: Tampering) -> None:
    """TRIES one change of one table, past every rule, and puts the rules back."""
    write(folder / SQLITE, tampering.statements)
    assert notice(folder, vkey) == tampering.who


def test_every_table_is_tampered_with_in_every_way() -> None:
    """HAS nothing. TRIES nothing: this holds the list of tamperings whole. NOTICED by nobody."""
    done = {
        (way, found[1])
        for one in TAMPERINGS
        for statement in one.statements
        for way, form in (
            ("UPDATE", r"UPDATE (\w+)"),
            ("DELETE", r"DELETE FROM (\w+)"),
            ("INSERT", r"INSERT INTO (\w+)"),
        )
        if (found := re.match(form, statement)) is not None
    }
    missing = {(way, name) for way in ("UPDATE", "DELETE", "INSERT") for name in metadata.tables} - done
    assert missing == {
        ("INSERT", "log_state"),  # it holds one row
        ("INSERT", "checkpoint_note"),  # of a checkpoint that is there: its own is there already
        ("DELETE", "cosignature"),  # each witness is asked anew, and has its own copy
        ("DELETE", "contradiction"),  # the witness shows it at the next question: test_witnesses.py
        ("DELETE", "restored"),  # below: it decides only until two people have decided
    }
    assert len(TAMPERINGS) >= 91


RULES: dict[str, tuple[str, ...]] = {
    "the log may be altered": ("DROP TRIGGER entry_no_update",),
    "movements may be taken out": ("DROP TRIGGER movement_no_delete",),
    "a restore may be forgotten": ("DROP TRIGGER restored_no_delete",),
    "a blank may be in two places": ("DROP TRIGGER serial_range_one_place_insert",),
    "a destroyed blank may move": ("DROP TRIGGER movement_destroyed_stays",),
    "a rule never holds": (
        "DROP TRIGGER entry_no_delete",
        "CREATE TRIGGER entry_no_delete BEFORE DELETE ON entry WHEN 0 BEGIN SELECT RAISE(ABORT, 'no'); END",
    ),
    "a rule of a stranger spoils what is booked": (
        "CREATE TRIGGER helpful AFTER INSERT ON spoil BEGIN DELETE FROM spoil WHERE serial = NEW.serial; END",
    ),
    "a holder may have two live jobs": ("DROP INDEX uq_job_live_holder",),
    "a printer may have two open attempts": ("DROP INDEX uq_attempt_open_printer",),
    "a blank may be printed twice": ("DROP INDEX uq_attempt_taken_blank",),
    "a blank may be printed twice, its index never holds": (
        "DROP INDEX uq_attempt_taken_blank",
        "CREATE UNIQUE INDEX uq_attempt_taken_blank ON attempt (serial) WHERE state = 'nothing'",
    ),
    "a search takes for ever": ("DROP INDEX ix_movement_single",),
    "an index forbids what is right": ("CREATE UNIQUE INDEX helpful ON movement (seq, part, at)",),
}


@pytest.mark.parametrize("what", RULES)
def test_what_the_database_holds_to_is_changed(folder: Path, vkey: str, what: str) -> None:
    """TRIES to drop, alter or add a trigger or an index, so that something is possible tomorrow.

    NOTICED by ``audit replay``, and by the restore of a backup made of it.
    """
    alter(folder / SQLITE, RULES[what])
    assert notice(folder, vkey) == "R"


def test_a_backup_without_rules_is_not_restored(folder: Path, tmp_path: Path) -> None:
    """TRIES to have the triggers dropped in the shop that is restored tomorrow. NOTICED by the restore."""
    alter(folder / SQLITE, ("DROP TRIGGER entry_no_update",))
    backup.make(folder, tmp_path / "copy", lambda _done, _whole: None, unbooked)
    with pytest.raises(IntegrityError, match="does not prove itself") as told:
        bring_back(tmp_path / "copy", tmp_path / "back", key_folder=folder / "keys")
    assert "entry_no_update" in str(told.value)


def test_an_operator_who_is_a_supervisor_in_the_table_alone_acts_as_one(folder: Path, vkey: str) -> None:
    """HAS one passphrase and the database. TRIES to sign what is a supervisor's, and puts his role back.

    NOTICED by ``audit replay`` for ever: the entry says who signed, and earlier entries what he was.
    """
    write(folder / SQLITE, ("UPDATE operator SET role = 'supervisor' WHERE name = 'siti'",))
    act(folder, "sites.set", site="own", kind="office", title="Own", by=person("siti"))
    assert "R" in notice(folder, vkey)
    write(folder / SQLITE, ("UPDATE operator SET role = 'operator' WHERE name = 'siti'",))
    assert "R" in notice(folder, vkey)


def test_a_retired_person_who_works_in_the_table_alone_signs(folder: Path, vkey: str) -> None:
    """HAS the passphrase of one who left, and the database. TRIES to act once more. NOTICED by ``audit replay``."""
    hold = {"kind": "other", "note": "a test"}
    with pytest.raises(Refused):
        act(folder, "incidents.open", **hold, by=person("cici"))
    write(folder / SQLITE, ("UPDATE operator SET active = 1 WHERE name = 'cici'",))
    act(folder, "incidents.open", **hold, by=person("cici"))
    write(folder / SQLITE, ("UPDATE operator SET active = 0 WHERE name = 'cici'",))
    assert "R" in notice(folder, vkey)


def test_a_key_of_his_own_lies_sealed_as_a_colleagues(folder: Path, vkey: str) -> None:
    """HAS the database. TRIES to seal a key of his own under a passphrase of his own, in a colleague's place.

    NOTICED by the act, which is refused; with the public key exchanged as well, by ``audit replay``.
    """
    forged = new_key("budi", ORIGIN, "my own passphrase", CHEAP)
    thief = {"name": "budi", "passphrase": "my own passphrase"}
    write(
        folder / SQLITE,
        (f"UPDATE operator_secret SET sealed_key = '{forged.sealed.body().decode()}' WHERE name = 'budi'",),
    )
    with pytest.raises((Refused, IntegrityError)):
        act(folder, "incidents.open", kind="other", note="a test", by=thief)
    assert notice(folder, vkey) == "R"
    to_fit = f"key = '{forged.vkey}', sealed = '{forged.sealed.digest}'"
    write(folder / SQLITE, (f"UPDATE operator SET {to_fit} WHERE name = 'budi'",))
    act(folder, "incidents.open", kind="other", note="a test", by=thief)
    assert "R" in notice(folder, vkey)


def act(folder: Path, name: str, /, **arguments: object) -> None:
    shop = Shop.open(folder)
    try:
        perform(Desk(shop), name, arguments)
        shop.sign()
    finally:
        shop.close()


def test_a_restore_is_forgotten_before_two_people_decide(folder: Path, tmp_path: Path, vkey: str) -> None:
    """HAS the database of a shop that was just restored. TRIES to let it go on as if nothing had been lost.

    NOTICED by nobody inside: what was restored proves itself. NOTICED by whoever holds a later checkpoint against it.
    """
    backup.make(folder, tmp_path / "copy", lambda _done, _whole: None, unbooked)
    shop = Shop.open(folder)
    try:
        shop.books.keys = EverybodysKeys(shop.store)
        shop.books.enter(read("register.read", {"what": "specimen:j", "rows": 0}), ["siti"])
        shop.sign()
    finally:
        shop.close()
    back, later = tmp_path / "back", str(folder / SEEN_NAME)
    bring_back(tmp_path / "copy", back, key_folder=folder / "keys", against=[later], accept_loss=True)
    assert notice(back, vkey) == "S"
    write(back / SQLITE, ("DELETE FROM restored WHERE size = (SELECT max(size) FROM restored)",))
    assert notice(back, vkey) == ""
    shop = Shop.open(back)
    try:
        with pytest.raises(IntegrityError, match="1 entries are missing"):
            shop.check_start([later])
    finally:
        shop.close()


@notices(
    {
        "people's keys are not looked at": line(seals.check, "yield from _people(connection)", "return"),
        "the database's rules are believed": line(
            rules.differences, 'yield from _differ("index", *_indexes(connection))', "return"
        ),
        "a node too many is none": line(proof.prove, "*_beyond(connection, report.size), ", ""),
    }
)
def test_every_look_is_needed(folder: Path, vkey: str) -> None:
    """TRIES three ways, one after the other. NOTICED: each by one look, which nothing else would miss."""
    by_name = {one.what: one for one in TAMPERINGS}
    kept = (folder / SQLITE).read_bytes()
    for what in ("secrets of people: a sealed key is no key", "nodes: one is invented"):
        write(folder / SQLITE, by_name[what].statements)
        assert notice(folder, vkey) == by_name[what].who
        (folder / SQLITE).write_bytes(kept)
    alter(folder / SQLITE, RULES["a blank may be printed twice"])
    assert notice(folder, vkey) == "R"


# --- the same on PostgreSQL, whose owner writes past every rule by one setting of his session ---

_SAMPLE = [
    one
    for one in TAMPERINGS
    if "S" not in one.who
    and "role that there is not" not in one.what
    and "generation" not in one.what
    and not any("'restored'" in said for said in one.statements)  # nothing was restored there
    and not any("AS BLOB" in said for said in one.statements)
][::5]
"""Of those that a transaction that is undone can show, in words of both databases."""


@pytest.fixture(scope="module")
def on_postgres(tmp_path_factory: pytest.TempPathFactory, new_postgres: NewDatabase) -> Iterator[Maker]:
    make = Maker(tmp_path_factory.mktemp("postgres") / "shop", new_postgres(False))
    furnish(make)
    make.shop.sign()
    cosign(make.shop)
    yield make
    make.shop.close()


def seen(connection: Connection, vkey: str) -> str:
    """Return who of those who look at one state of the database notices something."""
    lines = cosigned.differ(connection, [WITNESS.verifier], [Verifier.from_vkey(vkey)])
    verify = not prove(connection, vkey).good or bool(lines)
    replay = bool(compare(connection, PROJECTIONS).differences or list(seals.check(connection)))
    return "V" * verify + "R" * (replay or bool(list(rules.differences(connection))))


def undone(make: Maker, attack: Callable[[Connection], None]) -> str:
    """Return who notices an attack; it is undone."""
    with make.shop.store.engine.connect() as connection, connection.begin() as transaction:
        attack(connection)
        found = seen(connection, make.shop.keys.log.vkey)
        transaction.rollback()
    return found


@pytest.mark.postgres
@pytest.mark.parametrize("tampering", _SAMPLE, ids=[one.what for one in _SAMPLE])
def test_on_postgresql_it_is_noticed_too(on_postgres: Maker, tampering: Tampering) -> None:
    """TRIES the same with PostgreSQL's own way past the rules. NOTICED by the same."""

    def attack(connection: Connection) -> None:
        connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
        for statement in tampering.statements:
            written = re.sub(r"x'([0-9a-f]*)'", r"'\\\\x\1'::bytea", statement)
            written = re.sub(r"zeroblob\(((?:[^()]|\([^()]*\))+)\)", r"decode(repeat('00', \1), 'hex')", written)
            assert connection.exec_driver_sql(written.replace("%", "%%")).rowcount > 0

    assert undone(on_postgres, attack) == tampering.who.replace("S", "").replace("D", "")


_OF_POSTGRESQL = {
    "the rules of a table are switched off": "ALTER TABLE entry DISABLE TRIGGER USER",
    "the foreign keys of a table are switched off": "ALTER TABLE attempt DISABLE TRIGGER ALL",
    "a trigger is dropped": "DROP TRIGGER movement_destroyed_stays ON movement",
    "a function does nothing": "CREATE OR REPLACE FUNCTION printd_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RETURN NEW; END $$",
    "a trigger holds for less": "DROP TRIGGER node_append_only ON node; CREATE TRIGGER node_append_only BEFORE UPDATE "
    "ON node FOR EACH STATEMENT EXECUTE FUNCTION printd_append_only()",
    "what is written goes nowhere": "CREATE RULE helpful AS ON UPDATE TO job DO INSTEAD NOTHING",
    "an index is dropped": "DROP INDEX uq_job_live_holder",
}


@pytest.mark.postgres
@pytest.mark.parametrize("what", _OF_POSTGRESQL)
def test_on_postgresql_the_rules_are_looked_at(on_postgres: Maker, what: str) -> None:
    """TRIES to change what PostgreSQL holds to. NOTICED by ``audit replay``."""

    def attack(connection: Connection) -> None:
        connection.exec_driver_sql(_OF_POSTGRESQL[what])

    assert undone(on_postgres, attack) == "R"
