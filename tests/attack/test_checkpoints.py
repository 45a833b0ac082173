"""The log's own signatures: what somebody can do who owns database and folder and has no key.

``the start`` is what the daemon and every command look at before the key is used; ``audit verify`` is what an auditor
runs with the key that he has from outside.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection
from typer.testing import CliRunner

from printd.books.checkpoints import check_heads, finish, retired
from printd.books.heads import SEEN_NAME
from printd.books.retrace import Past, retrace
from printd.cli.app import app
from printd.client.client import call
from printd.daemon.daemon import Daemon
from printd.errors import IntegrityError
from printd.events.kinds import read
from printd.ledger.checkpoint import Checkpoint, sign
from printd.ledger.merkle import Frontier
from printd.ledger.notes import Signer
from printd.shop.shop import Shop
from printd.store import generations, log
from support.deliberate import line, notices
from support.fixed import ORIGIN
from support.forger import delete_checkpoints, loosen, rewrite, same
from support.people import FIRST, EverybodysKeys, create

STRANGER = Signer(ORIGIN, bytes(32))


def work(shop: Shop, entries: int) -> None:
    shop.books.keys = EverybodysKeys(shop.store)
    for _ in range(entries):
        shop.books.enter(read("register.read", {"what": "specimen:j", "rows": 0}), [FIRST])


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop with five checkpoints and a tail that is not signed yet."""
    base = tmp_path_factory.mktemp("signed")
    create(base / "shop", origin=ORIGIN)
    shop = Shop.open(base / "shop")
    for entries in (4, 3, 5, 6):
        work(shop, entries)
        shop.sign()
        if entries == 3:  # 8 entries
            shutil.copyfile(base / "shop" / SEEN_NAME, base / "early.note")
    work(shop, 3)
    shop.close()
    return base


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """The shop, for one attack."""
    shutil.copytree(made / "shop", tmp_path / "shop")
    shutil.copyfile(made / "early.note", tmp_path / "early.note")
    shutil.copyfile(made / "shop" / SEEN_NAME, tmp_path / "last.note")
    return tmp_path / "shop"


@pytest.fixture
def vkey(made: Path) -> str:
    """The log's key, as the auditor has it from outside."""
    return (made / "shop" / "keys" / "log.vkey").read_text().strip()


def past_the_rules(folder: Path, attack: Callable[[Connection], object]) -> None:
    engine = sa.create_engine(f"sqlite:///{folder / 'printd.sqlite'}")
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        loosen(connection)
        attack(connection)
        connection.commit()
    engine.dispose()


def verified(folder: Path, vkey: str, *against: str) -> tuple[int, dict[str, Any]]:
    words = [word for one in against for word in ("--against", one)]
    command = ["--shop", str(folder), "audit", "verify", "--vkey", vkey, "--json", *words]
    result = CliRunner().invoke(app, command)
    return result.exit_code, json.loads(result.stdout)


def found(told: dict[str, Any]) -> set[str]:
    return {one["kind"] for one in told["problems"]}


def signatures(folder: Path) -> list[Any]:
    engine = sa.create_engine(f"sqlite:///{folder / 'printd.sqlite'}")
    with engine.connect() as connection:
        rows = list(connection.execute(sa.text("SELECT size, note FROM checkpoint_note ORDER BY size")))
    engine.dispose()
    return rows


def start_stops(folder: Path, says: str) -> None:
    """The daemon and every command stop with a sentence, and nothing is signed."""
    before = signatures(folder)
    shop = Shop.open(folder)
    try:
        for start in (lambda: Daemon(shop).run(), lambda: call(folder, "operators.list", {})):
            with pytest.raises(IntegrityError) as stopped:
                start()
            assert says in stopped.value.what
    finally:
        shop.close()
    assert signatures(folder) == before, "nothing is signed"


def active(_seq: int, body: bytes) -> bytes:
    """Rewrite an entry into another one of the same form."""
    return body.replace(b'"rows":0', b'"rows":7')


def active_at(seq: int) -> Callable[[int, bytes], bytes]:
    return lambda number, body: active(number, body) if number == seq else body


def active_behind_8(seq: int, body: bytes) -> bytes:
    return active(seq, body) if seq > 8 else body


def pending(connection: Connection, root: bytes | None = None) -> None:
    """Ask for a signature as a crash would leave it open: a root that is fixed, without its note."""
    end = log.frontier(connection)
    log.add_checkpoint(connection, end.size, root if root is not None else end.root())


def signed_by_a_stranger(connection: Connection) -> None:
    """Sign a rewritten history with a key of the attacker's own, under the log's name."""
    end = rewrite(connection, active)
    delete_checkpoints(connection)
    log.add_checkpoint(connection, end.size, end.root())
    log.add_note(connection, end.size, sign(Checkpoint(ORIGIN, end.size, end.root()), STRANGER))


def called_retired(connection: Connection) -> None:
    """Say in the table of generations that the stranger's key is the log's of an earlier time."""
    signed_by_a_stranger(connection)
    generation(connection)


def generation(connection: Connection) -> None:
    row: Any = {"seq": 12, "origin": ORIGIN, "log_key": STRANGER.vkey, "next_key": "x", "missing": 0}
    generations.add_generation(connection, row)


def both(first: Callable[[Connection], object], second: Callable[[Connection], object]) -> Callable[[Connection], None]:
    """Do one thing after the other."""

    def attack(connection: Connection) -> None:
        first(connection)
        second(connection)

    return attack


def nothing(_connection: Connection) -> None:
    """Leave the database as it is."""


NOTHING_SIGNED = "entries and no signed checkpoint"
NOT_THERE = "The last signed checkpoint is not in"
ATTACKS: dict[str, tuple[Callable[[Connection], object], str | None, str]] = {
    "every checkpoint deleted": (delete_checkpoints, "", NOTHING_SIGNED),
    "every checkpoint and the note deleted": (delete_checkpoints, None, NOTHING_SIGNED),
    "the note deleted": (nothing, None, NOT_THERE),
    "the last checkpoints deleted": (lambda c: delete_checkpoints(c, 8), "", "keeps a checkpoint of 19 entries"),
    "the last checkpoints and the note deleted": (lambda c: delete_checkpoints(c, 8), None, NOT_THERE),
    "an early note put back": (nothing, "early.note", "keeps an older checkpoint"),
    "the history rewritten": (lambda c: rewrite(c, active), "", "no longer give the root that was signed"),
    "the history rewritten, the note deleted": (lambda c: rewrite(c, active), None, "no longer give the root"),
    "the history rewritten, every checkpoint deleted": (
        both(lambda c: rewrite(c, active), delete_checkpoints),
        None,
        NOTHING_SIGNED,
    ),
    "the history rewritten behind an early checkpoint": (
        both(lambda c: rewrite(c, active_behind_8), lambda c: delete_checkpoints(c, 8)),
        "",
        "another root",
    ),
    "a signature asked for over a rewritten history": (
        both(lambda c: rewrite(c, active), pending),
        "",
        "no longer give the root that was signed",
    ),
    "a signature asked for over a root of nothing": (lambda c: pending(c, bytes(32)), "", "another root"),
    "the log cut behind an early checkpoint": (lambda c: rewrite(c, same, 10), "", "the database has 10"),
    "log and checkpoints cut": (
        both(lambda c: rewrite(c, same, 10), lambda c: delete_checkpoints(c, 10)),
        "",
        "9 entries are missing",
    ),
    "an entry of the tail rewritten": (
        lambda c: c.execute(
            sa.text("UPDATE entry SET body = :body WHERE seq = 20"), {"body": active(20, log.bodies(c, [20])[20])}
        ),
        "",
        "does not fit its 22 entries",
    ),
    "an entry of the tail taken out": (
        lambda c: c.execute(sa.text("DELETE FROM entry WHERE seq = 20")),
        "",
        "does not fit its 22 entries",
    ),
    "signed by a stranger": (signed_by_a_stranger, "", "not signed by this shop's key"),
    "signed by a stranger whose key is called retired": (called_retired, "", "not signed by this shop's key"),
    "a generation that never was": (generation, "", "table of the log's generations"),
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_is_missing_or_rewritten_stops_the_start_and_is_not_proved(folder: Path, vkey: str, attack: str) -> None:
    """The attacker HAS the database and the folder, and no key.

    He TRIES to have another history signed, or to take signatures away so that nobody misses what is cut or rewritten.
    WHO NOTICES: the start, which signs nothing, and whoever runs ``audit verify`` with the key.
    """
    act, note, says = ATTACKS[attack]
    past_the_rules(folder, act)
    if note is None:
        (folder / SEEN_NAME).unlink()
    elif note:
        shutil.copyfile(folder.parent / note, folder / SEEN_NAME)
    code, told = verified(folder, vkey)
    start_stops(folder, says)
    assert (code, told["verified"]) == (1, False), told


def start(folder: Path) -> None:
    shop = Shop.open(folder)
    try:
        shop.check_start()
    finally:
        shop.close()


@pytest.mark.parametrize("table", [False, True])
def test_a_log_signed_by_a_stranger_is_not_proved_by_any_word_of_its_own(folder: Path, vkey: str, table: bool) -> None:
    """The attacker HAS the database and a key of his own.

    He TRIES to have it taken for the log's earlier key: by an entry that he writes himself, and by a row of the table.
    WHO NOTICES: ``audit verify`` with the key from outside.
    """

    def forge(connection: Connection) -> None:
        if table:
            generation(connection)
        said = {
            "backup": {},
            "known": {"size": 3, "root": "00" * 32},
            "log_key": STRANGER.vkey,
            "missing": 0,
            "next": {"log_key": vkey, "origin": ORIGIN},
            "note": "",
            "origin": ORIGIN,
        }
        text = json.dumps(said, sort_keys=True, separators=(",", ":")).encode()

        def ends(seq: int, body: bytes) -> bytes:
            if seq != 12:
                return body
            at, version = body[: body.index(b'"data"')], body[body.index(b',"seq"') :]
            return at + b'"data":' + text + b',"kind":"log.rolled_back"' + version

        end = rewrite(connection, ends)
        delete_checkpoints(connection)
        log.add_checkpoint(connection, end.size, end.root())
        log.add_note(connection, end.size, sign(Checkpoint(ORIGIN, end.size, end.root()), STRANGER))

    past_the_rules(folder, forge)
    code, told = verified(folder, vkey)
    assert code == 1
    assert {"unsigned", "checkpoint_note"} <= found(told)


def test_entries_rewritten_below_the_last_signature_bar_the_running_shop(folder: Path, vkey: str) -> None:
    """The attacker HAS the database. He TRIES to change an early entry, and leaves every hash as it was.

    WHO NOTICES: the daemon, which looks at the whole log beside its work; what it signs has the old hashes still.
    """
    change = {"body": active(2, _body(folder, 2))}
    past_the_rules(folder, lambda c: c.execute(sa.text("UPDATE entry SET body = :body WHERE seq = 2"), change))
    shop = Shop.open(folder)
    try:
        past = Past(shop.store, shop.check_start())
        with pytest.raises(IntegrityError) as altered:
            look(past)
        assert "entry 2 " in altered.value.why
        daemon = Daemon(shop)
        daemon._past = Past(shop.store, shop.check_start())
        daemon.stop()
        daemon._look_at_past()
        (problem,) = daemon.problems()
        assert (problem.part, problem.code, problem.stops) == ("log", "altered", "shop")
        with pytest.raises(IntegrityError, match="does not fit"):
            work(shop, 1)
        before = signatures(folder)
        with pytest.raises(IntegrityError, match="does not fit"):
            shop.sign()
        assert signatures(folder) == before
    finally:
        shop.close()
    assert "entry_altered" in found(verified(folder, vkey)[1])


def test_a_rewritten_past_with_new_hashes_beside_it_is_not_the_one_that_was_signed(folder: Path) -> None:
    """The attacker HAS the database. He TRIES to keep only the hashes that the last signature is held against.

    WHO NOTICES: the daemon beside its work, which computes them from the entries.
    """

    def forge(connection: Connection) -> None:
        nodes = connection.execute(sa.text("SELECT level, idx, hash FROM node")).all()
        end = log.frontier(connection)
        rewrite(connection, active_at(2))
        for level, index, value in nodes:  # as they were
            values = {"hash": value, "level": level, "index": index}
            connection.execute(sa.text("UPDATE node SET hash = :hash WHERE level = :level AND idx = :index"), values)
        log.set_frontier(connection, end)

    past_the_rules(folder, forge)
    shop = Shop.open(folder)
    try:
        past = Past(shop.store, shop.check_start())
        with pytest.raises(IntegrityError, match="are not the ones that were signed"):
            look(past)
    finally:
        shop.close()


def look(past: Past) -> None:
    """Look at everything that was signed before the start."""
    while past.step():
        pass


def _body(folder: Path, seq: int) -> bytes:
    shop = Shop.open(folder)
    try:
        with shop.store.reading() as connection:
            return log.bodies(connection, [seq])[seq]
    finally:
        shop.close()


@pytest.mark.parametrize("rewritten", [False, True])
def test_an_old_state_put_back_whole_is_noticed_by_what_somebody_keeps_outside(
    folder: Path, vkey: str, rewritten: bool
) -> None:
    """The attacker HAS database and folder, and copies of both from earlier.

    He TRIES to put log, checkpoints and note back together, and perhaps to rewrite what was not signed then. No start
    can tell; WHO NOTICES: whoever holds a later checkpoint against it, at ``run`` or ``audit verify``; and that whom a
    rewritten entry names has not signed it, ``audit verify`` without one.
    """
    early = folder.parent / "early.note"
    past_the_rules(folder, lambda c: delete_checkpoints(c, 8))
    if rewritten:
        past_the_rules(folder, lambda c: rewrite(c, active_behind_8))
    else:
        past_the_rules(folder, lambda c: rewrite(c, same, 10))
    shutil.copyfile(early, folder / SEEN_NAME)
    start(folder)
    last = str(folder.parent / "last.note")
    shop = Shop.open(folder)
    try:
        with pytest.raises(IntegrityError, match="another root" if rewritten else "9 entries are missing"):
            shop.check_start([last])
    finally:
        shop.close()
    code, told = verified(folder, vkey)
    assert (told["signed"], told["tail"]["entries"]) == (8, 14 if rewritten else 2)
    assert (code, found(told)) == ((1, {"signature"}) if rewritten else (0, set()))
    code, told = verified(folder, vkey, last, str(early))
    assert (code, found(told)) == (1, {"head_root", "signature"} if rewritten else {"head_beyond"})


UNDER_IT: dict[str, tuple[Callable[[Connection], object], str | None, str]] = {
    "an old state put back": (
        both(lambda c: rewrite(c, active_behind_8), lambda c: delete_checkpoints(c, 8)),
        "early.note",
        "another root",
    ),
    "the history rewritten": (lambda c: rewrite(c, active), "", "no longer give the root that was signed"),
    "every checkpoint deleted": (both(lambda c: rewrite(c, active), delete_checkpoints), None, NOTHING_SIGNED),
    "the end of the log alone": (
        lambda c: log.set_frontier(c, Frontier(22, (bytes(32), bytes(32), bytes(32)))),
        "",
        "does not fit its 23 entries",
    ),
}


@pytest.mark.parametrize("keeps_the_end", [False, True], ids=["and its end", "and keeps its end"])
@pytest.mark.parametrize("attack", UNDER_IT)
def test_a_running_shop_keeps_what_it_signed(folder: Path, attack: str, keeps_the_end: bool) -> None:
    """The attacker HAS database and folder while the daemon runs, and copies of both from earlier.

    He TRIES to put another history under it. WHO NOTICES: the daemon, at its next act or signature: it knows where
    the log ended, looks at what it signs, and knows what it signed.
    """
    act, note, says = UNDER_IT[attack]
    shop = Shop.open(folder)
    try:
        shop.check_start()
        shop.sign()
        with shop.store.writing() as connection:
            loosen(connection)
            end = log.frontier(connection)
            act(connection)
            if keeps_the_end:
                log.set_frontier(connection, end)
        if note is None:
            (folder / SEEN_NAME).unlink()
        elif note:
            shutil.copyfile(folder.parent / note, folder / SEEN_NAME)
        before = signatures(folder)
        if not keeps_the_end:
            with pytest.raises(IntegrityError, match="Somebody else has written into the log"):
                work(shop, 1)
        elif attack == "the end of the log alone":
            return  # nothing is changed then
        with pytest.raises(IntegrityError, match=says if keeps_the_end else "Somebody else has written into the log"):
            shop.sign()
        assert signatures(folder) == before
    finally:
        shop.close()


def test_a_note_of_a_stranger_in_the_folder_is_named(folder: Path, vkey: str) -> None:
    """The attacker HAS the folder and a key of his own. He TRIES a note of his own beside the database.

    WHO NOTICES: the start, and ``audit verify``, which goes on with the rest.
    """
    (folder / SEEN_NAME).write_bytes(sign(Checkpoint(ORIGIN, 19, bytes(32)), STRANGER))
    start_stops(folder, "was not signed by this shop's key")
    code, told = verified(folder, vkey)
    assert (code, found(told), told["signed"]) == (1, {"head_note"}, 19)


def test_what_is_not_signed_is_stated_and_no_success_for_ever(folder: Path, vkey: str) -> None:
    """The attacker HAS the daemon stopped. He TRIES to let entries pass that no checkpoint ever covers.

    WHO NOTICES: ``audit verify``, which says up to where the log is proved, and fails where the rest is old.
    """
    code, told = verified(folder, vkey)
    assert (code, told["verified"], told["signed"], told["tail"]["entries"]) == (0, True, 19, 3)
    old = b'{"at":"2026-01-05T08:00:00Z"'

    def age(seq: int, body: bytes) -> bytes:
        return old + body[len(old) :] if seq >= 19 else body

    past_the_rules(folder, lambda c: rewrite(c, age))
    code, told = verified(folder, vkey)
    assert code == 1
    assert found(told) == {"tail", "entry_time", "signature"}, "the time is inside what people signed"
    result = CliRunner().invoke(app, ["--shop", str(folder), "audit", "verify", "--vkey", vkey])
    assert "The log proves itself." not in result.stdout


@pytest.mark.parametrize(
    ("at", "kind"), [("2025-01-05T08:00:00Z", "entry_time"), ("2099-01-05T08:00:00Z", "entry_time")]
)
def test_times_of_the_tail_that_cannot_be_are_named(folder: Path, vkey: str, at: str, kind: str) -> None:
    """The attacker HAS the database. He TRIES to date what is not signed yet back, or ahead.

    WHO NOTICES: ``audit verify``: no entry says that the clock went back, and no clock is that far ahead.
    """
    prefix = b'{"at":"%b"' % at.encode()
    past_the_rules(folder, lambda c: rewrite(c, lambda seq, b: prefix + b[len(prefix) :] if seq == 21 else b))
    code, told = verified(folder, vkey)
    assert (code, kind in found(told)) == (1, True)


BUGS = {
    "what is asked for is signed unseen": line(
        finish, "if note is None:\n            _look", "if False:\n            _look"
    ),
}


@notices(BUGS)
def test_a_root_that_waits_for_its_signature_is_looked_at_first(folder: Path) -> None:
    """The attacker HAS the database of a running shop. He TRIES to write the root that the key signs next.

    WHO NOTICES: the daemon, before it signs.
    """
    shop = Shop.open(folder)
    try:
        with shop.store.writing() as connection:
            loosen(connection)
            pending(connection, bytes(32))
        before = signatures(folder)
        with pytest.raises(IntegrityError, match="another root"):
            shop.sign()
        assert signatures(folder) == before
    finally:
        shop.close()


@notices(
    {
        "the bytes are not hashed": line(retrace, "tree = _append(tree, seq, body, stored, end.size)", "tree = end"),
        "a head is taken for good": line(check_heads, "if not _begins_with(connection, end, head):", "if False:"),
        "the table is believed": line(retired, 'raise _generation_altered(row["seq"])', "continue"),
    }
)
def test_every_look_of_the_start_is_needed(folder: Path) -> None:
    """The attacker HAS the database. He TRIES three ways at once. WHO NOTICES: the start, each by a look of its own."""
    assert folder.is_dir()
    names = (
        "an entry of the tail rewritten",
        "the history rewritten behind an early checkpoint",
        "a generation that never was",
    )
    for number, name in enumerate(names):
        copy = folder.parent / f"copy-{number}"
        shutil.copytree(folder, copy)
        act, _, says = ATTACKS[name]
        past_the_rules(copy, act)
        with pytest.raises(IntegrityError, match=says):
            start(copy)
