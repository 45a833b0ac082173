"""A backup of a living shop comes back to a state that proves itself, or is refused whole."""

from __future__ import annotations

import json
import shutil
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from printd.backup import backup, restore
from printd.backup.restore import bring_back
from printd.books.booking import Books
from printd.cli.app import app
from printd.cli.remedies import sentence
from printd.desk.desk import Desk
from printd.errors import ConfigError, IntegrityError, PrintdError, Refused
from printd.events.kinds import read
from printd.ledger.merkle import Frontier, leaf_hash
from printd.shop import keys, photos
from printd.shop.config import load
from printd.shop.shop import Shop
from printd.store import blanks, copies, deliveries, log
from printd.store.engine import HEAD
from support.deliberate import line, notices
from support.fixed import ORIGIN, NewDatabase, unbooked
from support.people import create, create_of_its_own, enrol
from support.signers import keep_sealed

_PHOTO = b"taken while something burnt"
Live = Callable[[Books, int, int], "Counter[str]"]


@dataclass
class House:
    """A shop with a past, a backup of it, and what it takes to restore that."""

    shop: Shop
    copy: Path
    entries_then: int
    new_url: Callable[[], str]

    @property
    def keys(self) -> Path:
        return self.shop.folder / keys.FOLDER


def quiet(_done: int, _whole: int) -> None:
    """Show nobody how far it is."""


def size_of(shop: Shop) -> int:
    with shop.store.reading() as connection:
        return log.frontier(connection).size


@pytest.fixture(scope="module")
def house(new_database: NewDatabase, live: Live, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """On each kind of database in turn; tests only read it."""
    folder, url = tmp_path_factory.mktemp("house"), new_database(False)
    sqlite = url.startswith("sqlite")
    create(folder / "shop", origin=ORIGIN, extra="" if sqlite else f'\n[database]\nurl = "{url}"\n')
    made = Shop.open(folder / "shop")
    live(made.books, 3, 60)
    keep_sealed(made.books)
    made.sign()
    live(made.books, 4, 64)  # a tail that nobody signed yet
    keep_sealed(made.books)
    photos.keep(made.folder, [_PHOTO])
    then = size_of(made)
    backup.make(made.folder, folder / "copy", quiet, unbooked)
    live(made.books, 5, 80)
    keep_sealed(made.books)
    made.sign()
    yield House(made, folder / "copy", then, lambda: "" if sqlite else new_database(False))
    made.close()


def printd(shop: Path, *arguments: str) -> tuple[int, Any]:
    result = CliRunner().invoke(app, ["--shop", str(shop), *arguments, "--json"])
    return result.exit_code, json.loads(result.stdout.splitlines()[-1]) if result.stdout else result.exception


def test_what_comes_back_proves_itself_replays_and_adds_up(house: House, tmp_path: Path) -> None:
    back = tmp_path / "back"
    done = bring_back(house.copy, back, key_folder=house.keys, database=house.new_url())
    assert (done.manifest.size, done.missing) == (house.entries_then, 0)
    code, verified = printd(back, "audit", "verify")
    assert (code, verified["verified"], verified["entries"]) == (0, True, house.entries_then)
    code, replayed = printd(back, "audit", "replay")
    assert (code, replayed["equal"]) == (0, True)
    assert replayed["rows"] > 50
    assert photos.find(back, sha256(_PHOTO).hexdigest()) == _PHOTO
    again = Shop.open(back)
    with again.store.reading() as connection:  # the door tells no figure while the random history counts something
        lie: Counter[str] = Counter()
        for delivery, _place, pieces in blanks.sums(connection):
            lie[delivery] += pieces
        assert lie == {row["id"]: row["announced"] for row in deliveries.deliveries(connection)}
    again.close()
    with house.shop.store.reading() as connection:
        leaves = [body for _, body, _ in log.entries(connection)][: house.entries_then]
    end = Frontier()
    for body in leaves:
        end, _ = end.append(leaf_hash(body))
    assert verified["root"] == end.root().hex() == done.manifest.root


@pytest.mark.parametrize("name", ["database", "printd.toml", "last-checkpoint.note", "keys/log.vkey"])
@pytest.mark.parametrize("damage", ["altered", "cut", "missing"])
def test_a_damaged_backup_is_refused_whole_and_the_file_named(
    house: House, tmp_path: Path, name: str, damage: str
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(house.copy, copy)
    (database,) = [one for one in copy.iterdir() if one.name in copies.NAMES.values()]
    file = database if name == "database" else copy / name
    content = file.read_bytes()
    middle = len(content) // 2
    if damage == "missing":
        file.unlink()
    else:
        tail = content[middle:-1] if damage == "cut" else bytes([content[middle] ^ 1]) + content[middle + 1 :]
        file.write_bytes(content[:middle] + tail)
    with pytest.raises(Refused, match=f"{file.name} (was altered|is missing)") as refusal:
        bring_back(copy, tmp_path / "back", key_folder=house.keys, database="postgresql://nobody@127.0.0.1:1/none")
    assert str(refusal.value).count(" was altered") + str(refusal.value).count(" is missing") == 1
    assert not (tmp_path / "back").exists()


def test_a_manifest_that_was_altered_is_refused(house: House, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(house.copy, copy)
    manifest = (copy / backup.MANIFEST_NAME).read_bytes()
    assert manifest.count(b'"size": %d' % house.entries_then) == 1
    (copy / backup.MANIFEST_NAME).write_bytes(manifest.replace(b'"size": %d' % house.entries_then, b'"size": 1'))
    with pytest.raises(Refused, match="altered or forged"):
        bring_back(copy, tmp_path / "back", key_folder=house.keys)
    (copy / backup.MANIFEST_NAME).write_bytes(b"noise\n\n\xff")
    with pytest.raises(Refused, match="not what this shop sealed"):
        bring_back(copy, tmp_path / "back", key_folder=house.keys)
    with pytest.raises(Refused, match="holds no backup"):
        bring_back(tmp_path, tmp_path / "back", key_folder=house.keys)
    assert not (tmp_path / "back").exists()


def test_other_keys_are_named_by_their_fingerprints(house: House, tmp_path: Path) -> None:
    wrong = tmp_path / "keys"
    shutil.copytree(house.keys, wrong)
    create_of_its_own(tmp_path / "other", origin=ORIGIN)
    shutil.copyfile(tmp_path / "other" / "keys" / "records.key", wrong / "records.key")
    (wrong / "pseudonym.key").unlink()
    needed, found = keys.fingerprints(house.keys), keys.fingerprints(wrong)
    with pytest.raises(ConfigError) as refusal:
        bring_back(house.copy, tmp_path / "back", key_folder=wrong)
    told = str(refusal.value)
    assert f"records.key {found['records.key']}, needed {needed['records.key']}" in told
    assert f"pseudonym.key {keys.UNREADABLE}, needed {needed['pseudonym.key']}" in told
    assert "log.key" not in told
    assert not (tmp_path / "back").exists()
    # A fingerprint is no part of its key.
    secret = (house.keys / "records.key").read_text()
    assert needed["records.key"] not in secret
    assert len(set(needed.values())) == len(keys.SECRETS)


def test_a_backup_holds_no_secret_key_and_nobody_s_data_in_its_names(house: House) -> None:
    held = b"".join(path.read_bytes() for path in house.copy.rglob("*") if path.is_file())
    for name in keys.SECRETS:
        assert (house.keys / name).read_bytes().strip() not in held
    names = {str(path.relative_to(house.copy)) for path in house.copy.rglob("*")}
    database = names & {"printd.sqlite", "printd.pgdump"}
    assert len(database) == 1
    fixed = {"printd.toml", "last-checkpoint.note", "keys", "keys/log.vkey", "keys/documents.vkey", "manifest.note"}
    assert names == fixed | database | {"photos", f"photos/{sha256(_PHOTO).hexdigest()}.jpg"}
    assert all(path.stat().st_mode & 0o077 == 0 for path in [house.copy, *house.copy.rglob("*")])


def test_a_target_in_use_and_a_database_in_use_are_left_alone(house: House, tmp_path: Path) -> None:
    (tmp_path / "used").mkdir()
    (tmp_path / "used" / "note.txt").write_text("mine")
    with pytest.raises(ConfigError, match="is not empty"):
        bring_back(house.copy, tmp_path / "used", key_folder=house.keys)
    assert [path.name for path in (tmp_path / "used").iterdir()] == ["note.txt"]
    url = house.new_url()
    with pytest.raises(ConfigError, match="The backup is of a"):
        bring_back(house.copy, tmp_path / "back", key_folder=house.keys, database="" if url else "postgresql://h/d")
    if url:
        engine = sa.create_engine(url)
        with engine.begin() as connection:
            connection.execute(sa.text("CREATE TABLE theirs (x integer)"))
        with pytest.raises(ConfigError, match="not empty"):
            bring_back(house.copy, tmp_path / "back", key_folder=house.keys, database=url)
        with engine.connect() as connection:
            assert sa.inspect(connection).get_table_names() == ["theirs"]
        engine.dispose()
    assert not (tmp_path / "back").exists()


def resealed(house: House, copy: Path, **other: Any) -> None:
    """Seal a copy of the backup anew, as the shop itself would have with other values in the manifest."""
    shutil.copytree(house.copy, copy)
    documents = house.shop.keys.documents
    manifest = backup.read_manifest(copy, documents.verifier)
    made = backup.Manifest(**{**manifest.__dict__, **other})
    (copy / backup.MANIFEST_NAME).write_bytes(documents.sign(made.text()))


def test_a_newer_database_and_one_that_proves_something_else_are_refused(house: House, tmp_path: Path) -> None:
    resealed(house, tmp_path / "newer", schema="9999")
    with pytest.raises(ConfigError, match=f"version 9999, this printd knows versions up to {HEAD}"):
        bring_back(tmp_path / "newer", tmp_path / "back", key_folder=house.keys)
    resealed(house, tmp_path / "liar", size=house.entries_then - 1)
    url = house.new_url()
    with pytest.raises(IntegrityError, match="the manifest speaks of"):
        bring_back(tmp_path / "liar", tmp_path / "back", key_folder=house.keys, database=url)
    assert not (tmp_path / "back").exists()
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
    if url:  # what was put back for the proof is taken out again
        engine = sa.create_engine(url)
        with engine.connect() as connection:
            assert sa.inspect(connection).get_table_names() == []
            functions = "SELECT proname FROM pg_proc WHERE proname LIKE 'printd%'"
            assert connection.execute(sa.text(functions)).all() == []
        engine.dispose()


@notices({"of two heads the older counts": line(restore._check_later, "= max(", "= min(")})
def test_of_all_that_people_hold_the_newest_head_counts(house: House, tmp_path: Path) -> None:
    """However many they name, and in whichever order; an act's size and root, a note and a backup count alike."""
    with house.shop.store.reading() as connection:
        end = log.frontier(connection)
    newest, note = f"{end.size}:{end.root().hex()}", str(house.shop.folder / "last-checkpoint.note")
    lost = end.size - house.entries_then
    for held in ([str(house.copy), newest], [newest, str(house.copy)], [str(house.copy), note, str(house.copy)]):
        with pytest.raises(Refused, match=f"ends at {house.entries_then} entries; .*: {lost} entries are missing"):
            bring_back(house.copy, tmp_path / "back", key_folder=house.keys, against=held, database=house.new_url())
        assert list(tmp_path.iterdir()) == []


@notices(
    {"differences of the replay are ignored": line(restore._prove, "if replay.differences:", "if not replay.entries:")}
)
def test_a_backup_whose_tables_say_something_else_than_its_log_is_refused(
    new_database: NewDatabase, tmp_path: Path
) -> None:
    """Its log proves itself to the last byte; somebody made themselves a supervisor past it."""
    url = new_database(False)
    sqlite = url.startswith("sqlite")
    create(tmp_path / "shop", origin=ORIGIN, extra="" if sqlite else f'\n[database]\nurl = "{url}"\n')
    shop = Shop.open(tmp_path / "shop")
    enrol(Desk(shop), "siti")
    shop.sign()
    with shop.store.writing() as connection:
        assert connection.exec_driver_sql("UPDATE operator SET role = 'supervisor' WHERE name = 'siti'").rowcount == 1
    shop.close()
    backup.make(tmp_path / "shop", tmp_path / "copy", quiet, unbooked)
    target = "" if sqlite else new_database(False)
    with pytest.raises(IntegrityError, match="does not prove itself") as refusal:
        bring_back(tmp_path / "copy", tmp_path / "back", key_folder=tmp_path / "shop" / "keys", database=target)
    assert refusal.value.why.startswith("the log says ('siti', 'operator', True, ")
    assert refusal.value.why.endswith(", the table does not.")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy", "shop"]
    if target:
        engine = sa.create_engine(target)
        assert sa.inspect(engine).get_table_names() == []
        engine.dispose()


def test_a_backup_is_of_one_moment_while_others_write(new_database: NewDatabase, live: Live, tmp_path: Path) -> None:
    url = new_database(False)
    extra = "" if url.startswith("sqlite") else f'\n[database]\nurl = "{url}"\n'
    create(tmp_path / "shop", origin=ORIGIN, extra=extra)
    shop = Shop.open(tmp_path / "shop")
    live(shop.books, 3, 40)
    keep_sealed(shop.books)
    busy, stop = threading.Event(), threading.Event()

    def write() -> None:
        while not stop.is_set():
            shop.books.enter(read("register.read", {"what": "specimen:j", "rows": 0}), ["siti"])
            busy.set()

    looks: list[tuple[int, int]] = []

    def look(done: int, whole: int) -> None:
        looks.append((done, whole))
        for _ in range(2):  # the first may have been entered before
            busy.clear()
            assert busy.wait(60), "nobody can write while a backup is made"

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert busy.wait(60)
        before = size_of(shop)
        manifest = backup.make(shop.folder, tmp_path / "copy", look, unbooked)
        after = size_of(shop)
    finally:
        stop.set()
        writer.join(60)
        shop.close()
    assert before <= manifest.size < after
    assert looks
    target = "" if not extra else new_database(False)
    done = bring_back(tmp_path / "copy", tmp_path / "back", key_folder=shop.folder / "keys", database=target)
    assert done.manifest.root == manifest.root


def test_the_password_of_the_database_stays_where_it_is(tmp_path: Path) -> None:
    url = "postgresql://printd:s3cret@db.office/books?sslmode=require"
    create(tmp_path / "shop", origin=ORIGIN)
    path = tmp_path / "shop" / "printd.toml"
    path.write_text(f'{path.read_text()}\n[database]\nurl = "{url}"\n')
    kept = backup.without_password(path, load(path)).decode()
    assert 'url = "postgresql://printd@db.office/books?sslmode=require"' in kept
    assert kept.replace("printd@", "printd:s3cret@") == path.read_text()
    address, environment = copies.libpq(sa.make_url(url.replace("postgresql:", "postgresql+psycopg:")))
    assert address == "postgresql://printd@db.office/books?sslmode=require"
    assert environment["PGPASSWORD"] == "s3cret"
    path.write_text(path.read_text().replace("s3cret", "s\\u0033cret"))
    with pytest.raises(ConfigError, match="could not be left out"):
        backup.without_password(path, load(path))


def test_a_missing_program_of_postgresql_is_a_clear_sentence(house: House) -> None:
    with house.shop.store.reading() as connection:
        if connection.dialect.name != "postgresql":
            return
        with pytest.raises(ConfigError, match=r"pg_undump of PostgreSQL .* is not on this machine") as refusal:
            copies.program(connection, "pg_undump")
        assert "postgresql-client-" in sentence(refusal.value.remedy)
        found = Path(copies.program(connection, "pg_dump"))
    assert found.name == "pg_dump"


def test_a_backup_never_takes_the_place_of_another_and_a_full_disk_leaves_nothing(house: House, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="is there already"):
        backup.make(house.shop.folder, house.copy, quiet, unbooked)
    with pytest.raises(PrintdError, match="could not be written"):
        backup.make(house.shop.folder, Path("/proc/none/copy"), quiet, unbooked)
