"""What lies sealed is exchanged, altered, deleted or put back: by whoever has the database, and with the keys as well.

Who notices: the machine, before it draws (the job waits, an incident is open); whoever asks for a name or a picture;
the auditor, without any key, by ``audit replay``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from drivers.deadline import Deadline
from printd.backup import backup
from printd.backup.restore import bring_back
from printd.books import seals
from printd.books.heads import SEEN_NAME
from printd.books.replay import compare
from printd.desk.acts import perform
from printd.desk.desk import Desk
from printd.errors import AlteredError, IntegrityError, Refused
from printd.events.sealing import of_record
from printd.intake import purge
from printd.intake.findings import Finding
from printd.intake.inbox import Accepted
from printd.printing.artwork import Artist
from printd.printing.dispatch import Dispatcher
from printd.printing.next_job import NextJob
from printd.projections.kinds import PROJECTIONS
from printd.shop.opening import open_record
from printd.shop.shop import Shop
from printd.shop.vault import seal, unseal
from printd.store import incidents, jobs
from printd.store.rows import Connection
from printd.words.roles import Role
from support.deliberate import line, notices
from support.fixed import unbooked
from support.forger import delete_checkpoints, rewrite
from support.intake_help import (
    KNOWN_DISTRICT,
    accept,
    deliver,
    document,
    inbox,
    new_shop,
    opened,
    people,
    secrets_of,
    signer,
)
from support.people import OF_INTAKE as PASSPHRASE
from support.people import enrol

ANNA, BENNY = people()[1], people()[3]
OTHER_FACE = people()[5].photo_jpeg
RATNA = signer("ratna")
COLUMNS = ("wrapped_key", "fields", "photo", "signature", "salt")


@dataclass
class Office:
    """A shop with blanks in the hopper of p1, and the records of two people in its queue."""

    folder: Path
    desk: Desk
    anna: Accepted
    benny: Accepted

    @property
    def shop(self) -> Shop:
        return self.desk.shop

    def change(self, statement: str, **values: Any) -> None:
        """Write into the database past everything of ours."""
        with self.shop.store.engine.connect() as connection, connection.begin():
            assert connection.execute(sa.text(statement), values).rowcount > 0, statement

    def row(self, table: str, key: str, value: str) -> dict[str, Any]:
        with self.shop.store.reading() as connection:
            found = connection.execute(sa.text(f"SELECT * FROM {table} WHERE {key} = :value"), {"value": value})
            return dict(found.mappings().one())

    def print_next(self) -> str | None:
        """Have the machine draw what comes next, as the worker of p1 does; return its record, if one is drawn."""
        config = self.shop.config
        dispatcher = Dispatcher(self.shop.store, config.policy, self.shop.zone, self.shop.books.clock)
        artist = Artist(self.shop)
        with ThreadPoolExecutor(1) as drawing:
            following = NextJob("p1", self.shop.books, dispatcher, artist.prepare, drawing, lambda: None)
            following.take_up(("WNI", "5"))
            drawn = following.drawn(Deadline.after(120))
        if drawn is None:
            return None
        with self.shop.store.reading() as connection:
            job = jobs.find_job(connection, drawn[0].job)
        assert job is not None
        return job["record_id"]

    def seen(self) -> list[str]:
        """Return what an auditor finds, who has the database and no key."""
        with self.shop.store.reading() as connection:
            return [one.message for one in compare(connection, PROJECTIONS).differences] + list(seals.check(connection))

    def is_held(self, accepted: Accepted) -> None:
        """Make sure that a job waits for its altered record, and that the machine says so once, and of nobody."""
        with self.shop.store.reading() as connection:
            job = jobs.find_job(connection, accepted.job)
            found = incidents.incidents(connection)
        assert job is not None
        assert (job["state"], job["held_because"]) == ("held", "altered")
        of_it = [one for one in found if accepted.record in one["note"]]
        assert [(one["kind"], one["opened_by"], one["state"]) for one in of_it] == [("altered", None, "open")]
        assert not any(secret in str(found) for person in (ANNA, BENNY) for secret in secrets_of(person))


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    folder = new_shop(tmp_path / "shop", KNOWN_DISTRICT)
    with opened(folder) as desk:
        enrol(desk, "ratna", Role.SUPERVISOR, PASSPHRASE)
        deliver(desk)
        made = Office(folder, desk, accept(desk, ANNA), accept(desk, BENNY))
        desk.shop.sign()
        yield made


def test_what_nobody_touched_is_drawn_and_nothing_is_seen(office: Office) -> None:
    """HAS nothing. TRIES nothing. NOBODY has anything to notice: otherwise no test below says anything."""
    assert office.seen() == []
    assert office.print_next() == office.anna.record
    perform(office.desk, "pictures.draw", {"job": office.anna.job, "by": signer("ani")})


def swap_rows(office: Office) -> None:
    first, second = office.anna.record, office.benny.record
    for old, new in ((first, "x"), (second, first), ("x", second)):
        office.change("UPDATE record_secret SET record_id = :new WHERE record_id = :old", old=old, new=new)


def swap_photos(office: Office) -> None:
    rows = [office.row("record_secret", "record_id", one.record) for one in (office.anna, office.benny)]
    for row, other in zip(rows, reversed(rows), strict=True):
        statement = "UPDATE record_secret SET photo = :photo WHERE record_id = :record"
        office.change(statement, photo=other["photo"], record=row["record_id"])


@pytest.mark.parametrize("swap", [swap_rows, swap_photos])
def test_two_records_are_exchanged(office: Office, swap: Callable[[Office], None]) -> None:
    """HAS the database. TRIES to have one person's card carry the other's record, or face.

    NOTICED by the machine before it draws either, and by the auditor without a key.
    """
    swap(office)
    assert office.print_next() is None
    office.is_held(office.anna)
    assert office.print_next() is None
    office.is_held(office.benny)
    names = (of_record(office.anna.record), of_record(office.benny.record))
    assert all(any(one.startswith(name) for one in office.seen()) for name in names)


def reseal(office: Office, photo: bytes, *, new_key: bool) -> None:
    """Seal another photo into Anna's record as the shop itself would, with the shop's own keys."""
    record = office.anna.record
    row = office.row("record_secret", "record_id", record)
    vault = office.shop.vault
    key, wrapped = vault.unwrap(row["wrapped_key"], record), row["wrapped_key"]
    parts = {name: row[name] and unseal(key, row[name], f"{name}:{record}") for name in COLUMNS[1:]}
    parts["photo"] = photo
    if new_key:
        key, wrapped = vault.new_key(record)
    values = {name: part and seal(key, part, f"{name}:{record}") for name, part in parts.items()}
    statement = "UPDATE record_secret SET wrapped_key = :wrapped_key, fields = :fields, photo = :photo, salt = :salt, "
    office.change(
        statement + "signature = :signature WHERE record_id = :record", wrapped_key=wrapped, record=record, **values
    )
    with office.shop.store.reading() as connection, pytest.raises(AlteredError):
        open_record(office.shop, connection, record)


@pytest.mark.parametrize("new_key", [False, True])
def test_another_mans_face_is_sealed_with_the_shops_own_keys(office: Office, new_key: bool) -> None:
    """HAS the database and the folder of keys. TRIES to print another man's face on Anna's card.

    NOTICED by the machine before it draws, by whoever looks at the picture, and by the auditor.
    """
    reseal(office, OTHER_FACE, new_key=new_key)
    assert office.print_next() is None
    assert office.print_next() == office.benny.record
    office.is_held(office.anna)
    with pytest.raises(AlteredError):
        perform(office.desk, "pictures.draw", {"job": office.anna.job, "by": signer("ani")})
    assert office.seen() == [f"{of_record(office.anna.record)} is not what was sealed"]


def forge_seal(office: Office) -> str:
    """Return what the table of seals must say for a forged envelope to fit."""
    row = office.row("record_secret", "record_id", office.anna.record)
    forged = seals.of_record(row)  # type: ignore[arg-type] # a row as the database gives it
    office.change(
        "UPDATE seal SET digest = :digest WHERE name = :name", digest=forged, name=of_record(row["record_id"])
    )
    return forged


def content_of(office: Office) -> str:
    """Return the keyed digest of what Anna's envelope holds now, as the shop makes it."""
    record, vault = office.anna.record, office.shop.vault
    row = office.row("record_secret", "record_id", record)
    key = vault.unwrap(row["wrapped_key"], record)
    parts = (unseal(key, row[name], f"{name}:{record}") for name in COLUMNS[1:])
    return vault.content(*parts)


def test_the_same_record_is_sealed_anew(office: Office) -> None:
    """HAS the database and the keys. TRIES to seal Anna's own record under a key that he keeps.

    NOTICED by the machine and by the auditor: it is another envelope.
    """
    reseal(office, ANNA.photo_jpeg, new_key=True)
    assert office.print_next() is None
    office.is_held(office.anna)
    assert office.seen() == [f"{of_record(office.anna.record)} is not what was sealed"]


def test_the_table_of_seals_is_made_to_fit(office: Office) -> None:
    """HAS the database and the keys. TRIES the same, and writes the new digest where the shop keeps it.

    NOTICED by the machine, which asks the entry and not the table, and by replay.
    """
    reseal(office, OTHER_FACE, new_key=True)
    forge_seal(office)
    office.print_next()
    office.is_held(office.anna)
    assert any("seal" in one or office.anna.record in one for one in office.seen())


@pytest.mark.parametrize("hashes", [False, True])
def test_the_entry_is_made_to_fit(office: Office, hashes: bool) -> None:
    """HAS the database and the keys. TRIES the same, and writes both digests into the entry, with its leaf hash.

    NOTICED by the machine: the entry is not below the tree head that was signed.
    """
    before = office.row("seal", "name", of_record(office.anna.record))
    reseal(office, OTHER_FACE, new_key=True)
    forged = forge_seal(office)
    body = office.row("entry", "seq", before["seq"])["body"].replace(before["digest"].encode(), forged.encode())
    said, content = office.row("record", "id", office.anna.record)["digest"], content_of(office)
    body = body.replace(said.encode(), content.encode())
    office.change("UPDATE record SET digest = :digest WHERE id = :id", digest=content, id=office.anna.record)
    for name in ("entry_no_update", "node_no_update"):
        with office.shop.store.engine.connect() as connection, connection.begin():
            connection.execute(sa.text(f"DROP TRIGGER {name}"))
    office.change("UPDATE entry SET body = :body WHERE seq = :seq", body=body, seq=before["seq"])
    if hashes:
        leaf = sha256(b"\x00" + body).digest()
        office.change("UPDATE entry SET leaf_hash = :leaf WHERE seq = :seq", leaf=leaf, seq=before["seq"])
    office.print_next()
    office.is_held(office.anna)


def make_the_whole_log_fit(office: Office, left: int) -> None:
    """Do the same with every hash computed anew; take away the note, and checkpoints of more than so many entries."""
    before = office.row("seal", "name", of_record(office.anna.record))
    reseal(office, OTHER_FACE, new_key=True)
    forged = forge_seal(office)
    said, content = office.row("record", "id", office.anna.record)["digest"], content_of(office)
    office.change("UPDATE record SET digest = :digest WHERE id = :id", digest=content, id=office.anna.record)

    def fits(_seq: int, body: bytes) -> bytes:
        return body.replace(before["digest"].encode(), forged.encode()).replace(said.encode(), content.encode())

    with office.shop.store.writing() as connection:
        rewrite(connection, fits)
        delete_checkpoints(connection, left)
    (office.folder / SEEN_NAME).unlink()


@notices({"what this process signed is forgotten": line(Shop.signed_heads, "*own, ", "")})
def test_the_whole_log_is_made_to_fit_under_a_running_shop(office: Office) -> None:
    """HAS the database, the folder and the keys, without the log's. TRIES the same with every hash computed anew, and
    leaves only a checkpoint that is older than the entry.

    NOTICED by the machine: it knows what it signed itself.
    """
    make_the_whole_log_fit(office, 1)
    office.print_next()
    office.is_held(office.anna)


def test_the_whole_log_is_made_to_fit_and_no_checkpoint_is_left(office: Office) -> None:
    """HAS the database, the folder and the keys. TRIES the same without any checkpoint, before this process signs.

    NOTICED by the machine: without a signed head nothing is proved.
    """
    make_the_whole_log_fit(office, -1)
    office.shop._signed = None
    office.print_next()
    office.is_held(office.anna)


@pytest.mark.parametrize("column", COLUMNS)
def test_one_bit_of_one_column_is_turned(office: Office, column: str) -> None:
    """HAS the database. TRIES to spoil a record so that it cannot be told what it held.

    NOTICED by the machine; the next record is printed all the same.
    """
    value = bytearray(office.row("record_secret", "record_id", office.anna.record)[column])
    value[-1] ^= 1
    statement = f"UPDATE record_secret SET {column} = :value WHERE record_id = :record"
    office.change(statement, value=bytes(value), record=office.anna.record)
    assert office.print_next() is None
    office.is_held(office.anna)
    assert office.print_next() == office.benny.record
    assert office.seen() == [f"{of_record(office.anna.record)} is not what was sealed"]


@pytest.mark.parametrize("column", COLUMNS)
def test_text_stands_where_bytes_must_be(office: Office, column: str) -> None:
    """HAS the database. TRIES to end the machine and the auditor's tool by a value that cannot be read.

    NOTICED by both as any other alteration; the next record is printed all the same.
    """
    statement = f"UPDATE record_secret SET {column} = CAST(x'ff00fe' AS TEXT) WHERE record_id = :record"
    office.change(statement, record=office.anna.record)
    assert office.print_next() is None
    office.is_held(office.anna)
    assert office.print_next() == office.benny.record
    assert office.seen() == [f"{of_record(office.anna.record)} is not what was sealed"]


def test_the_signature_is_taken_out(office: Office) -> None:
    """HAS the database. TRIES to have the card printed without its holder's signature. NOTICED by the machine."""
    office.change("UPDATE record_secret SET signature = NULL WHERE record_id = :record", record=office.anna.record)
    assert office.print_next() is None
    office.is_held(office.anna)


def test_an_older_ciphertext_of_the_same_person_is_put_back(office: Office) -> None:
    """HAS the database, and a copy of it from before Anna's data were changed. TRIES to print the old data.

    NOTICED by the machine: the envelope of the first record is not the second's.
    """
    perform(office.desk, "jobs.cancel", {"job": office.anna.job, "by": signer("ani")})
    again = accept(office.desk, ANNA, ALAMAT="JL. CONTOH BARU 9")
    old = office.row("record_secret", "record_id", office.anna.record)
    values = {name: old[name] for name in COLUMNS}
    statement = "UPDATE record_secret SET wrapped_key = :wrapped_key, fields = :fields, photo = :photo, salt = :salt, "
    office.change(statement + "signature = :signature WHERE record_id = :record", record=again.record, **values)
    assert office.print_next() == office.benny.record
    assert perform(office.desk, "jobs.hold", {"job": office.benny.job, "by": signer("ani")})["state"] == "held"
    assert office.print_next() is None
    office.is_held(again)


@pytest.mark.parametrize("with_seal", [False, True])
def test_a_record_is_deleted_without_an_erasure(office: Office, with_seal: bool) -> None:
    """HAS the database. TRIES to have a person disappear, with the table of seals or without.

    NOTICED by the machine, whose job waits, and by replay.
    """
    office.change("DELETE FROM record_secret WHERE record_id = :record", record=office.anna.record)
    if with_seal:
        office.change("DELETE FROM seal WHERE name = :name", name=of_record(office.anna.record))
    assert office.print_next() is None
    with office.shop.store.reading() as connection:
        job = jobs.find_job(connection, office.anna.job)
    assert job is not None
    assert job["state"] == "held"
    assert any(office.anna.record in one for one in office.seen())


def act_on_people(office: Office) -> None:
    """Have something sealed of every kind that an act seals."""
    about = {
        "nik": ANNA.fields["NIK"],
        "name": "CONTOH",
        "address": "JL. CONTOH 1",
        "cause": "moved",
        "by": signer("ani"),
    }
    perform(office.desk, "cards.take_back", about)
    perform(office.desk, "cards.take_back", {**about, "nik": BENNY.fields["NIK"]})
    issued = {"nik": ANNA.fields["NIK"], "issued_on": "2026-01-02", "status": "PRR", "by": signer("ani")}
    perform(office.desk, "suket.issue", issued)
    witnesses = [{"name": "CONTOH", "agency": "Inspektorat"}]
    two = {"by": signer("ani"), "second": signer("budi")}
    perform(office.desk, "destructions.destroy", {"ba_number": "BA/1", "place": "oven", "witnesses": witnesses, **two})
    site = {"site": "alak", "kind": "subdistrict", "title": "Alak", "by": RATNA}
    perform(office.desk, "sites.set", site)
    sent = {"to": "alak", "pieces": 1, "document": "BA/2", "carrier": "CONTOH PEMBAWA", **two}
    perform(office.desk, "transfers.send", sent)


def sealed_names(connection: Connection) -> list[str]:
    return list(connection.execute(sa.text("SELECT id FROM sealed ORDER BY id")).scalars())


@pytest.mark.parametrize("how", ["altered", "deleted", "invented", "exchanged"])
def test_what_acts_seal_is_changed(office: Office, how: str) -> None:
    """HAS the database. TRIES carriers, witnesses, certificates and invalid cards: alters, deletes, invents, exchanges.

    NOTICED by the auditor, name by name, without a key.
    """
    act_on_people(office)
    assert office.seen() == []
    with office.shop.store.reading() as connection:
        names = sealed_names(connection)
    assert {name.partition(":")[0] for name in names} == {"card", "suket", "transfer", "witnesses"}
    if how == "exchanged":
        for old, new in ((names[0], "x"), (names[1], names[0]), ("x", names[1])):
            office.change("UPDATE sealed SET id = :new WHERE id = :old", old=old, new=new)
        assert office.seen() == [f"{name} is not what was sealed" for name in names[:2]]
        return
    if how == "invented":
        office.change("INSERT INTO sealed SELECT 'card:nobody', wrapped_key, fields, salt, tag FROM sealed LIMIT 1")
        assert office.seen() == ["card:nobody lies sealed, and no entry brought it"]
        return
    office.change("UPDATE sealed SET fields = fields || x'00'" if how == "altered" else "DELETE FROM sealed")
    said = "is not what was sealed" if how == "altered" else "was sealed, and is not there; no entry erased it"
    assert sorted(office.seen()) == sorted(f"{name} {said}" for name in names)


def test_whoever_asks_for_a_name_is_told_that_it_was_altered(office: Office) -> None:
    """HAS the database and the keys. TRIES to name another carrier.

    NOTICED by the supervisor who asks, and by the machine: the look is refused, and an incident is open.
    """
    act_on_people(office)
    with office.shop.store.reading() as connection:
        name = next(one for one in sealed_names(connection) if one.startswith("transfer:"))
    key, wrapped = office.shop.vault.new_key(name)
    forged = seal(key, b'{"carrier": "ORANG LAIN"}', f"sealed:{name}")
    office.change("UPDATE sealed SET wrapped_key = :w, fields = :f WHERE id = :name", w=wrapped, f=forged, name=name)
    with pytest.raises(AlteredError) as told:
        perform(office.desk, "transfers.carrier", {"transfer": name.partition(":")[2], "by": RATNA})
    assert "ORANG LAIN" not in str(told.value)
    with office.shop.store.reading() as connection:
        (incident,) = incidents.incidents(connection)
    assert (incident["kind"], incident["opened_by"]) == ("altered", None)
    assert name in incident["note"]


@pytest.mark.parametrize("statement", ["UPDATE quarantine SET files = files || x'00'", "DELETE FROM quarantine"])
def test_a_refused_record_is_altered_or_deleted(office: Office, statement: str) -> None:
    """HAS the database. TRIES to have a refused record repaired into another, or forgotten.

    NOTICED by the auditor; and whoever fetches an altered one for repair is refused.
    """
    finding = Finding("error", "photo_missing", "foto", "It has no photo.")
    number = inbox(office.desk).quarantine({"record.json": document(people()[7])}, [finding])
    assert office.seen() == []
    office.change(statement)
    assert [one for one in office.seen() if one.startswith(f"quarantine:{number}")]
    with pytest.raises((AlteredError, Refused)):
        perform(office.desk, "records.restore", {"quarantine": number, "by": signer("ani")})


def test_a_forged_job_points_to_another_record(office: Office) -> None:
    """HAS the database. TRIES to have Anna's job print Benny's record a second time. NOTICED by replay."""
    office.change("UPDATE job SET record_id = :benny WHERE id = :anna", benny=office.benny.record, anna=office.anna.job)
    assert any(office.anna.job in one for one in office.seen())


def test_an_altered_record_is_not_released(office: Office) -> None:
    """HAS one passphrase, after the machine held the job. TRIES to release it. REFUSED until the envelope is right."""
    row = office.row("record_secret", "record_id", office.anna.record)
    reseal(office, OTHER_FACE, new_key=True)
    office.print_next()
    with pytest.raises(Refused, match="still cannot be drawn"):
        perform(office.desk, "jobs.release", {"job": office.anna.job, "by": signer("ani")})
    statement = "UPDATE record_secret SET wrapped_key = :wrapped_key, fields = :fields, photo = :photo, salt = :salt, "
    office.change(statement + "signature = :signature WHERE record_id = :record_id", **row)
    perform(office.desk, "jobs.release", {"job": office.anna.job, "by": signer("ani")})
    assert office.print_next() == office.anna.record


def test_a_backup_of_altered_records_is_not_restored(office: Office, tmp_path: Path) -> None:
    """HAS the database before a backup. TRIES to have the forged face come back with it. NOTICED by the restore."""
    reseal(office, OTHER_FACE, new_key=True)
    office.shop.sign()
    backup.make(office.folder, tmp_path / "copy", lambda _done, _whole: None, unbooked)
    with pytest.raises(IntegrityError, match="does not prove itself") as told:
        bring_back(tmp_path / "copy", tmp_path / "back", key_folder=office.folder / "keys")
    assert office.anna.record in str(told.value)


def test_a_month_is_said_to_have_ended(office: Office) -> None:
    """HAS the database. TRIES to have the shop destroy the key of everybody who waits, by a row that says so.

    NOTICED by the shop, which destroys what an entry says and nothing else, and by replay.
    """
    (month,) = office.shop.months.names()
    statement = "INSERT INTO ended_month (month, seq, at, kept) VALUES (:month, 3, '2026-11-02T08:00:00Z', 0)"
    office.change(statement, month=month)
    purge.finish(office.shop)
    assert office.shop.months.names() == [month]
    assert office.print_next() == office.anna.record
    assert any(month in one for one in office.seen())


def test_who_waits_is_said_to_be_erased(office: Office) -> None:
    """HAS the database. TRIES to have the shop destroy the key of one who waits, which was kept apart.

    NOTICED by the shop, which destroys what an entry says and nothing else, and by replay.
    """
    (month,) = office.shop.months.names()
    purge.end_month(office.shop, month)
    office.change("UPDATE seal SET erased_seq = 3 WHERE name = :name", name=of_record(office.anna.record))
    purge.finish(office.shop)
    left = office.shop.months.left(month)
    assert left is not None
    assert office.anna.record in left.keys
    assert any(office.anna.record in one for one in office.seen())


def test_a_tag_is_altered_so_that_somebody_gets_a_second_card(office: Office) -> None:
    """HAS the database. TRIES to have the shop not know Anna again, and take in another record of hers.

    NOTICED by the machine, whose job waits, and by replay.
    """
    statement = "UPDATE record_secret SET tag = 'x' WHERE record_id = :record"
    office.change(statement, record=office.anna.record)
    assert office.print_next() is None
    office.is_held(office.anna)
    assert office.seen() == [f"{of_record(office.anna.record)} is not what was sealed"]
