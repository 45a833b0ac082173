"""What a witness outside the shop shows, that nothing inside can: histories that were put back or signed anew.

The witness is a process of its own, in a folder of its own, as another office runs it. Whoever attacks has the shop;
the witness's key and its folder he has not.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from zlib import crc32

import httpx
import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from printd.books.heads import SEEN_NAME
from printd.cli.app import app
from printd.client.client import call
from printd.cosigning.asking import Asker
from printd.daemon.daemon import Daemon
from printd.errors import IntegrityError, Refused
from printd.events.kinds import read
from printd.ledger.checkpoint import Checkpoint, sign
from printd.ledger.merkle import consistency_proof
from printd.ledger.notes import Signer
from printd.ledger.submission import Submission, folder_of
from printd.shop import configured
from printd.shop.config import load
from printd.shop.health import Health
from printd.shop.shop import Shop
from printd.store import cosignatures, log
from printd.witness.kept import Kept
from support.forger import delete_checkpoints, loosened, rewrite, same
from support.people import FIRST, EverybodysKeys, create
from support.witnesses import WAIT, Served, answering, policy, served


@pytest.fixture(scope="module")
def witness(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A witness that listens, and knows the log of each test's shop."""
    with served(tmp_path_factory.mktemp("witness") / "w") as there:
        yield there


@pytest.fixture
def folder(witness: Served, tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A shop of a name of its own, whose witness has seen all of it."""
    made = tmp_path / "shop"
    origin = f"printd.example/ntt/office-{crc32(request.node.nodeid.encode())}/blanks/1"
    create(made, origin=origin, extra=policy(("province", witness.vkey, witness.url)))
    kept = Kept.open(witness.folder)
    assert kept is not None
    kept.trust((made / "keys" / "log.vkey").read_text().strip())
    assert asked(made, 9) == ([], [])
    return made


def asked(folder: Path, entries: int, rows: int = 0) -> tuple[list[IntegrityError], list[str]]:
    """Add entries, sign, and ask the witness as the daemon does; return what bars the books, and the problems."""
    shop = Shop.open(folder)
    barred: list[IntegrityError] = []
    health = Health(lambda: "2026-11-30T00:00:00Z")
    asker = Asker(shop, shop.witnesses.witnesses[0], health, barred.append)
    try:
        shop.check_start()
        shop.books.keys = EverybodysKeys(shop.store)
        for _ in range(entries):
            shop.books.enter(read("register.read", {"what": "specimen:j", "rows": rows}), [FIRST])
        shop.sign()
        asker.turn()
    finally:
        asker.close()
        shop.close()
    return barred, [one.code for one in health.problems()]


def verified(folder: Path) -> bool:
    """Whether the shop proves itself to an auditor who holds nothing but the log's key."""
    return all(
        CliRunner().invoke(app, ["--shop", str(folder), "audit", command, "--json"]).exit_code == 0
        for command in ("verify", "replay")
    )


def log_key(folder: Path) -> Signer:
    return Signer.from_text((folder / "keys" / "log.key").read_text().strip())


def taken_back(folder: Path, size: int) -> None:
    """Take the last entries out, and sign what is left as if there had never been more: with the log's own key."""
    key = log_key(folder)
    engine = sa.create_engine(f"sqlite:///{folder / 'printd.sqlite'}")
    with engine.connect() as connection:
        with loosened(connection):
            end = rewrite(connection, same, size)
            delete_checkpoints(connection, -1)
            connection.execute(sa.text("DELETE FROM cosignature WHERE size >= :size"), {"size": size})
            log.add_checkpoint(connection, end.size, end.root())
            note = sign(Checkpoint(key.name, end.size, end.root()), key)
            log.add_note(connection, end.size, note)
        connection.commit()
    engine.dispose()
    (folder / SEEN_NAME).write_bytes(note)


def stops(folder: Path) -> str:
    """The daemon and every command stop; return what they say."""
    said = []
    for start in (lambda: _daemon(folder), lambda: call(folder, "operators.list", {})):
        with pytest.raises(IntegrityError) as stopped:
            start()
        said.append(stopped.value.what)
    assert said[0] == said[1]
    return said[0]


def _daemon(folder: Path) -> None:
    shop = Shop.open(folder)
    try:
        Daemon(shop).run()
    finally:
        shop.close()


RESIGNED: dict[str, tuple[int, str]] = {
    "and goes on beyond what was seen": (12, "another root"),
    "and goes on a little": (1, "entries are missing"),
    "and stops there": (0, "entries are missing"),
}


@pytest.mark.parametrize("how", RESIGNED)
def test_a_history_that_is_signed_anew_is_refused(folder: Path, witness: Served, how: str) -> None:
    """HAS the database, the folder with the log's key, and copies of nothing else.

    TRIES to take the last entries back, and to sign what is left as if there had never been more. The shop proves
    itself after that, to everybody who holds nothing from outside.
    NOTICED by the witness, which refuses it and keeps both signed notes, and by the shop, whose books are barred from
    the first answer on.
    """
    entries, says = RESIGNED[how]
    seen = witness_holds(witness, folder)
    taken_back(folder, seen - 3)
    assert verified(folder), "nothing inside shows it"
    barred, problems = asked(folder, entries, rows=1)
    assert says in barred[0].what
    assert problems == ["conflict"]
    assert says in stops(folder)
    assert not verified(folder)
    evidence = kept_evidence(witness, folder)
    assert any(log_key(folder).name.encode() in (one / "request.txt").read_bytes() for one in evidence)
    assert all((one / "held.note").read_bytes().startswith(log_key(folder).name.encode()) for one in evidence)
    assert witness_holds(witness, folder) == seen, "the witness says what it saw"


def test_a_whole_history_made_anew_is_refused(folder: Path, witness: Served, tmp_path: Path) -> None:
    """HAS the database, the folder with the log's key, and people of his own invention.

    TRIES to make the whole log anew, from the first entry on, and to sign it with the log's own key. It proves itself
    to whoever has that key from outside and nothing else.
    NOTICED by the witness, which refuses it and keeps both signed notes, and by the shop, whose books are barred.
    """
    key, seen = log_key(folder), witness_holds(witness, folder)
    anew = tmp_path / "anew"
    create(anew, origin=key.name, extra=policy(("province", witness.vkey, witness.url)))
    shop = Shop.open(anew)
    shop.books.keys = EverybodysKeys(shop.store)
    for _ in range(seen + 5):
        shop.books.enter(read("register.read", {"what": "specimen:j", "rows": 1}), [FIRST])
    shop.close()
    for name in ("log.key", "log.vkey"):
        shutil.copyfile(folder / "keys" / name, anew / "keys" / name)
    taken_back(anew, seen + 6)
    assert verified(anew), "nothing inside shows it"
    barred, problems = asked(anew, 0)
    assert ("another root" in barred[0].what, problems) == (True, ["conflict"])
    assert "another root" in stops(anew)
    (evidence,) = kept_evidence(witness, folder)
    assert (evidence / "held.note").read_bytes().splitlines()[1] == b"%d" % seen
    assert (anew / SEEN_NAME).read_bytes() in (evidence / "request.txt").read_bytes()


def test_taking_out_what_the_witness_said_helps_for_a_moment(folder: Path, witness: Served) -> None:
    """HAS the database, the folder with the log's key.

    TRIES the same, and takes every word of the witness out of the database whenever one comes.
    NOTICED by the witness, at the next question and at each after it.
    """
    taken_back(folder, witness_holds(witness, folder) - 2)
    for _ in range(2):
        barred, _ = asked(folder, 0)
        assert "entries are missing" in barred[0].what
        engine = sa.create_engine(f"sqlite:///{folder / 'printd.sqlite'}")
        with engine.connect() as connection:
            with loosened(connection):
                for table in ("contradiction", "cosignature"):
                    connection.execute(sa.text(f"DELETE FROM {table}"))
            connection.commit()
        engine.dispose()


def test_an_older_copy_of_everything_is_noticed(folder: Path, witness: Served, tmp_path: Path) -> None:
    """HAS database, folder and keys, and copies of all from this morning: no signature of his own is needed.

    TRIES to have the afternoon never have been. NOTICED by the witness at the first question, and by the shop.
    """
    seen = witness_holds(witness, folder)
    shutil.copytree(folder, tmp_path / "morning")
    assert asked(folder, 3) == ([], [])
    assert witness_holds(witness, folder) == seen + 3
    barred, problems = asked(tmp_path / "morning", 1, rows=1)
    assert (problems, "entries are missing" in barred[0].what) == (["conflict"], True)


def test_an_older_copy_of_the_witness_is_noticed_by_a_shop_that_was_not_put_back(
    folder: Path, witness: Served, tmp_path: Path
) -> None:
    """HAS the witness's folder too, and a copy of it from this morning.

    TRIES to have the witness forget the afternoon. NOTICED by the shop, which kept what the witness cosigned. Where the
    shop was put back to the same morning, NOTICED by neither: only by another witness, or who has an export or paper.
    """
    place = witness.folder / "logs" / folder_of(log_key(folder).name) / "checkpoint"
    morning = place.read_bytes()
    shutil.copytree(folder, tmp_path / "morning")
    assert asked(folder, 3) == ([], [])
    afternoon = place.read_bytes()
    place.write_bytes(morning)
    assert asked(folder, 1) == ([], ["put-back"])
    assert place.read_bytes() not in (morning, afternoon), "it goes on as a witness of what comes"
    place.write_bytes(morning)
    assert asked(tmp_path / "morning", 1, rows=1) == ([], []), "nothing tells here"


@pytest.mark.parametrize("what", ["a second history", "an older state", "the first entry alone"])
def test_whoever_has_the_log_key_alone_gets_no_cosignature(folder: Path, witness: Served, what: str) -> None:
    """HAS a copy of the database and the log's key, on a machine of his own.

    TRIES to have another history, or an older one, cosigned, so that an auditor takes it for the shop's.
    NOTICED by the witness, which refuses and keeps what the key signed.
    """
    seen, before = witness_holds(witness, folder), len(kept_evidence(witness, folder))
    key = log_key(folder)
    engine = sa.create_engine(f"sqlite:///{folder / 'printd.sqlite'}")
    with engine.connect() as connection:
        there = {(level, index): found for level, index, found in _nodes(connection)}
        size = {"a second history": seen + 4, "an older state": seen - 4, "the first entry alone": 1}[what]
        root = bytes(range(32)) if what == "a second history" else _root(connection, size)
    engine.dispose()
    old = min(size, seen)
    proof = consistency_proof(old, seen, lambda level, index: there[level, index]) if what == "a second history" else []
    body = Submission(old, tuple(proof), sign(Checkpoint(key.name, size, root), key)).body()
    with httpx.Client(base_url=witness.url, trust_env=False, timeout=WAIT) as web:
        answer = web.post("/add-checkpoint", content=body)
    assert answer.status_code in (409, 422)
    assert witness_holds(witness, folder) == seen
    assert len(kept_evidence(witness, folder)) == before + 1


def _nodes(connection: sa.Connection) -> Iterator[tuple[int, int, bytes]]:
    for row in connection.execute(sa.text("SELECT seq, leaf_hash FROM entry")):
        yield 0, row.seq, row.leaf_hash
    for row in connection.execute(sa.text("SELECT level, idx, hash FROM node")):
        yield row.level, row.idx, row.hash


def _root(connection: sa.Connection, size: int) -> bytes:
    from printd.books.retrace import root_at

    return root_at(connection, size)


def test_a_shop_cannot_be_left_without_its_witness(folder: Path) -> None:
    """HAS the folder: printd.toml. TRIES to take the witness out, so that nobody is asked any more.

    NOTICED by the start that finds it, everybody who asks `check`, and the books, which let no printer go on until two
    people have answered for it.
    """
    config = folder / "printd.toml"
    before = load(config)
    config.write_text(config.read_text().partition("[witnesses]")[0])
    assert configured.of(load(config)) != configured.of(before)
    shop = Shop.open(folder)
    try:
        assert configured.enter(shop)
    finally:
        shop.close()
    told = CliRunner().invoke(app, ["--shop", str(folder), "check", "--json"])
    assert told.exit_code == 1
    assert "configuration" in {one["part"] for one in json.loads(told.stdout)["problems"]}


OTHER_TYPES: dict[str, tuple[str, str]] = {
    "the line is text": ("cosignature", "line = CAST(line AS TEXT)"),
    "the line is text that nobody decodes": ("cosignature", "line = CAST(x'ff' AS TEXT)"),
    "the line is a number": ("cosignature", "line = 7"),
    "the key is bytes": ("cosignature", "key = CAST(key AS BLOB)"),
    "the time is text": ("cosignature", "time = 'then'"),
    "when it came is bytes": ("cosignature", "received_at = CAST(received_at AS BLOB)"),
    "the witness's checkpoint is text": ("contradiction", "note = CAST(note AS TEXT)"),
    "the own checkpoint is text": ("contradiction", "own = 'x'"),
    "when it was seen is bytes": ("contradiction", "seen_at = x'ff'"),
}


@pytest.mark.parametrize("what", OTHER_TYPES)
def test_text_for_bytes_ends_no_reader(folder: Path, what: str) -> None:
    """HAS the database. TRIES to end whoever reads what witnesses said: text where bytes were, or bytes for text.

    NOTICED by `audit verify` and `audit`, which go on and name the table; the shop asks its witness as before.
    """
    table, change = OTHER_TYPES[what]
    if table == "contradiction":
        note = (folder / SEEN_NAME).read_bytes()
        row = {
            "key": "k",
            "size": int(note.splitlines()[1]),
            "note": note,
            "own": b"",
            "seen_at": "2026-11-30T00:00:00Z",
        }
        altered(folder, "INSERT INTO contradiction VALUES (:key, :size, :note, :own, :seen_at)", row)
    assert verified(folder)
    altered(folder, f"UPDATE {table} SET {change}", {})
    told = CliRunner().invoke(app, ["--shop", str(folder), "audit", "verify", "--json"])
    assert told.exit_code == 1, told
    problems = [(one["kind"], one["entry"]) for one in json.loads(told.stdout)["problems"]]
    assert problems == [(table, None)]
    whole = CliRunner().invoke(app, ["--shop", str(folder), "audit", "--json"])
    assert whole.exit_code == 1
    assert f"rows of table {table}" in whole.stdout
    assert asked(folder, 1) == ([], [])


def altered(folder: Path, statement: str, values: dict[str, Any]) -> None:
    engine = sa.create_engine(f"sqlite:///{folder / 'printd.sqlite'}")
    with engine.connect() as connection:
        with loosened(connection):
            assert connection.execute(sa.text(statement), values).rowcount > 0
        connection.commit()
    engine.dispose()


def forged(name: str) -> bytes:
    """A checkpoint under the log's name, of another key."""
    return sign(Checkpoint(name, 500, bytes(32)), Signer(name, bytes(32)))


LIES: dict[str, Callable[[bytes], tuple[int, str, bytes]]] = {
    "the witness refuses": lambda _note: (422, "text/plain", b"another history\n"),
    "the witness holds more": lambda _note: (409, "text/x.tlog.size", b"99999\n"),
    "a cosignature of nobody": lambda note: (200, "text/plain", note.splitlines(keepends=True)[-1]),
    "another page": lambda _note: (302, "text/html", b"<html>"),
}


@pytest.mark.parametrize("lie", LIES)
def test_whoever_stands_between_shop_and_witness_stops_nobody(folder: Path, lie: str) -> None:
    """HAS the network between shop and witness. TRIES to stop the shop, or to have it believe that it is cosigned.

    NOTICED by everybody who asks `check`: the shop says that its witness does not cosign, and prints on.
    """
    note = (folder / SEEN_NAME).read_bytes()

    def answer(method: str, _path: str) -> tuple[int, str, bytes]:
        return LIES[lie](note) if method == "POST" else (200, "text/plain", forged(log_key(folder).name))

    with answering(answer) as address:
        config = folder / "printd.toml"
        text = config.read_text()
        config.write_text(
            text.replace(text.partition("http://")[2].partition("\n")[0], address.removeprefix("http://"))
        )
        before = rows_of(folder)
        barred, problems = asked(folder, 1, rows=1)
    assert barred == []
    assert set(problems) <= {"refused", "not-its-own"}
    assert rows_of(folder) == before


STICKS: dict[str, tuple[str, bytes | None]] = {
    "a cosignature of a stranger": ("answers/{log}/{key}/10.200.txt", b"\xe2\x80\x94 x y\n"),
    "half a file": ("answers/{log}/{key}/10.200.txt", b"\xe2\x80\x94 provin"),
    "a size that nobody signed": ("answers/{log}/{key}/99999.409.txt", b"99999\n"),
    "a checkpoint of a stranger's key": ("checkpoints/{log}/{key}/checkpoint", b""),
    "a link to a secret": ("answers/{log}/{key}/10.200.txt", None),
    "a name that is a path": ("answers/{log}/{key}/..200.txt", b"x"),
}
"""Under which name lies what; ``None``: a link; nothing: a checkpoint of another key under the log's name."""


@pytest.mark.parametrize("what", STICKS)
def test_a_stick_in_other_hands_changes_nothing(folder: Path, witness: Served, tmp_path: Path, what: str) -> None:
    """HAS the stick on its way between shop and witness. TRIES to have the shop believe what lies on it.

    NOTICED: nothing of it is believed but what is signed, and the command says what came without a cosignature.
    """
    path, content = STICKS[what]
    name = folder_of(log_key(folder).name)
    file = tmp_path / "stick" / "tlog-witness" / path.format(log=name, key=witness.vkey.split("+")[1])
    file.parent.mkdir(parents=True)
    if content is None:
        file.symlink_to(Path("/etc/passwd"))
    else:
        file.write_bytes(content or forged(log_key(folder).name))
    before = rows_of(folder)
    command = ["--shop", str(folder), "audit", "cosigned", "--stick", str(tmp_path / "stick"), "--json"]
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 0, done.stdout
    assert json.loads(done.stdout)["kept"] == 0
    assert rows_of(folder) == before
    assert "root:" not in done.stdout


def test_nothing_is_written_through_a_link_on_a_stick(folder: Path, tmp_path: Path) -> None:
    """HAS the stick. TRIES to have the shop write into its own folder of keys. NOTICED by the command, which stops."""
    stick = tmp_path / "stick"
    (stick / "tlog-witness").mkdir(parents=True)
    (stick / "tlog-witness" / "requests").symlink_to(folder / "keys")
    before = {one.name: one.read_bytes() for one in (folder / "keys").iterdir()}
    done = CliRunner().invoke(app, ["--shop", str(folder), "audit", "cosigned", "--stick", str(stick), "--json"])
    assert isinstance(done.exception, Refused)
    assert "is a link" in done.exception.what
    assert {one.name: one.read_bytes() for one in (folder / "keys").iterdir()} == before


def rows_of(folder: Path) -> list[Any]:
    shop = Shop.open(folder)
    try:
        with shop.store.reading() as connection:
            return [*cosignatures.every(connection), *cosignatures.contradictions(connection)]
    finally:
        shop.close()


def witness_holds(witness: Served, folder: Path) -> int:
    kept = Kept.open(witness.folder)
    assert kept is not None
    last = kept.last(log_key(folder).verifier)
    assert last is not None
    return last.checkpoint.size


def kept_evidence(witness: Served, folder: Path) -> list[Path]:
    kept = Kept.open(witness.folder)
    assert kept is not None
    return kept.refused(log_key(folder).verifier)
