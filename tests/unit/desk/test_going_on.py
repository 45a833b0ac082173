"""An older state is recognised by any later checkpoint; two people say how it goes on, and nothing prints by itself."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from pydantic import SecretStr
from typer.testing import CliRunner

from printd.backup import backup
from printd.backup.restore import bring_back
from printd.books import checkpoints, heads, restored
from printd.books.booking import Books
from printd.books.proof import prove
from printd.books.replay import compare
from printd.cli.app import app
from printd.client.client import call
from printd.daemon.daemon import Daemon
from printd.desk import going_on
from printd.desk.desk import Desk
from printd.desk.going_on import go_on
from printd.desk.proofs import Person
from printd.errors import ConfigError, IntegrityError, Refused
from printd.events.kinds import read
from printd.ledger.checkpoint import Checkpoint, open_checkpoint, sign
from printd.ledger.entry import Entry
from printd.ledger.merkle import Node
from printd.ledger.verify import verify_log
from printd.projections.kinds import PROJECTIONS
from printd.shop import keys
from printd.shop.shop import Shop
from printd.store import attempts, jobs, log, printers
from printd.store.engine import SQLITE_NAME
from printd.words.states import UNSETTLED, JobState
from support.deliberate import line, notices
from support.fixed import ORIGIN, unbooked
from support.forger import Change, delete_checkpoints, rewrite, same
from support.people import EverybodysKeys, create, create_of_its_own, session_files
from support.people import enrol as enrol_person
from support.signers import keep_sealed

Live = Callable[[Books, int, int], "Counter[str]"]
NEXT = f"{ORIGIN}-2"
ANI, TONO = (Person(name=name, passphrase=SecretStr(f"{name}-passphrase")) for name in ("ani", "tono"))
TWO = (ANI, TONO)


def quiet(_done: int, _whole: int) -> None:
    """Show nobody how far it is."""


def work(shop: Shop, entries: int) -> int:
    """Book something and sign; return how many entries there are."""
    shop.books.keys = EverybodysKeys(shop.store)
    for _ in range(entries):
        shop.books.enter(read("register.read", {"what": "specimen:j", "rows": 0}), ["siti"])
    return shop.sign()


def state(shop: Shop) -> tuple[list[Any], Counter[str]]:
    with shop.store.reading() as connection:
        return printers.printers(connection), Counter(jobs.count_jobs(connection))


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory, live: Live) -> Path:
    """A closed shop with people, printers, jobs and a card under way."""
    folder = tmp_path_factory.mktemp("past") / "shop"
    create(folder, origin=ORIGIN)
    shop = Shop.open(folder)
    for number in range(40):  # on, until one card is under way by chance, and nothing else is open
        live(shop.books, 11 + number, 120 + 20 * number)
        with shop.store.reading() as connection:
            if [one["state"] for one in attempts.attempts_in(connection, UNSETTLED)] == ["open"]:
                break
    for one in TWO:
        assert one.passphrase is not None
        enrol_person(Desk(shop), one.name)
    shop.books.enter(read("printer.resumed", {"printer": "p1"}), ["siti"])
    keep_sealed(shop.books)
    shop.sign()
    shop.close()
    return folder


@pytest.fixture
def folder(past: Path, tmp_path: Path) -> Path:
    """The shop, for one test to ruin."""
    shutil.copytree(past, tmp_path / "shop")
    return tmp_path / "shop"


def put_back(folder: Path, entries: int = 7) -> tuple[int, int, bytes]:
    """Let the shop work on, then put its database back from before; return sizes before and after, and the root."""
    kept = folder.parent / "yesterday.sqlite"
    shutil.copyfile(folder / SQLITE_NAME, kept)
    shop = Shop.open(folder)
    with shop.store.reading() as connection:
        before = log.frontier(connection).size
    after = work(shop, entries)
    with shop.store.reading() as connection:
        root = log.frontier(connection).root()
    shop.close()
    for stale in folder.glob(f"{SQLITE_NAME}-*"):
        stale.unlink()
    shutil.copyfile(kept, folder / SQLITE_NAME)
    return before, after, root


def test_a_database_put_back_from_yesterday_is_noticed_at_every_start(folder: Path) -> None:
    before, after, _ = put_back(folder)
    shop = Shop.open(folder)
    try:
        with pytest.raises(IntegrityError, match=f"ends at {before} entries, but {after} .*: 7 entries are missing"):
            Daemon(shop).run()
    finally:
        shop.close()
    with pytest.raises(IntegrityError, match="7 entries are missing"):
        call(folder, "jobs.list", {})


@notices(
    {
        "the loss of one entry is none": line(
            checkpoints.check_heads, "head.size > end.size:", "head.size > end.size + 1:"
        )
    }
)
def test_one_lost_entry_is_a_loss(folder: Path) -> None:
    before, after, root = put_back(folder, entries=1)
    shop = Shop.open(folder)
    try:
        for held in ([], [f"{after}:{root.hex()}"]):
            with pytest.raises(
                IntegrityError, match=f"ends at {before} entries, but {after} .*: 1 entries are missing"
            ):
                shop.check_start(held)
        (folder / heads.SEEN_NAME).unlink()  # and by what people hold alone; without that, that the note is not there
        with pytest.raises(IntegrityError, match="The last signed checkpoint is not in"):
            shop.check_start()
        with pytest.raises(IntegrityError, match="1 entries are missing"):
            shop.check_start([f"{after}:{root.hex()}"])
    finally:
        shop.close()
    put_back(folder, entries=1)
    with pytest.raises(IntegrityError, match="1 entries are missing"):
        call(folder, "jobs.list", {})


@pytest.mark.parametrize("how", ["printed", "note", "backup"])
def test_a_whole_folder_put_back_is_noticed_by_what_people_hold(folder: Path, how: str) -> None:
    kept = folder.parent / "kept"
    shutil.copytree(folder, kept)
    shop = Shop.open(folder)
    after = work(shop, 5)
    with shop.store.reading() as connection:
        end = log.frontier(connection)
    shop.close()
    backup.make(folder, folder.parent / "copy", quiet, unbooked)
    held = {
        "printed": f"{end.size}:{end.root().hex().upper()}",
        "note": str(folder / heads.SEEN_NAME),
        "backup": str(folder.parent / "copy"),
    }[how]
    old = Shop.open(kept)
    try:
        old.check_start()
        with pytest.raises(IntegrityError, match=f"but {after} were signed or printed"):
            old.check_start([held])
        with pytest.raises(Refused, match="is no checkpoint of this log"):
            old.check_start([str(folder / "printd.toml")])
    finally:
        old.close()
    now = Shop.open(folder)
    now.check_start([held])
    now.close()


def test_a_fork_is_refused_by_the_start_and_by_every_act(folder: Path) -> None:
    _, size, root = put_back(folder)
    shop = Shop.open(folder)
    try:
        shop.books.keys = EverybodysKeys(shop.store)
        work_on = size + 3 - Entry.from_body(_last(shop)).seq
        for _ in range(work_on):
            shop.books.enter(read("register.read", {"what": "specimen:k", "rows": 0}), ["siti"])
        with pytest.raises(IntegrityError, match=f"At {size} entries the database has another root"):
            shop.check_start()
        with pytest.raises(IntegrityError, match="another root"):
            go_on(Desk(shop), *TWO, origin=NEXT)
        with pytest.raises(IntegrityError, match="another root"):
            shop.check_start([f"{size}:{root.hex()}"])
    finally:
        shop.close()


def _last(shop: Shop) -> bytes:
    with shop.store.reading() as connection:
        return list(log.entries(connection))[-1][1]


def test_a_foreign_note_in_the_folder_stops_the_start(folder: Path, tmp_path: Path) -> None:
    create_of_its_own(tmp_path / "other", origin=ORIGIN)
    shutil.copyfile(tmp_path / "other" / heads.SEEN_NAME, folder / heads.SEEN_NAME)
    shop = Shop.open(folder)
    try:
        with pytest.raises(IntegrityError, match="not signed by this shop's key"):
            shop.check_start()
    finally:
        shop.close()


def test_the_file_of_the_last_checkpoint_never_goes_back(folder: Path) -> None:
    shop = Shop.open(folder)
    try:
        early = (folder / heads.SEEN_NAME).read_bytes()
        size = work(shop, 2)
        late = (folder / heads.SEEN_NAME).read_bytes()
        assert open_checkpoint(late, ORIGIN, [shop.keys.log.verifier]).size == size
        heads.remember(folder, early, shop.keys.log.verifier)
        assert (folder / heads.SEEN_NAME).read_bytes() == late
        (folder / heads.SEEN_NAME).unlink()
        with pytest.raises(IntegrityError, match="The last signed checkpoint is not in"):
            shop.check_start()
    finally:
        shop.close()


def test_the_loss_is_recorded_by_two_people_and_the_next_generation_proves_itself(folder: Path) -> None:
    before, after, root = put_back(folder)
    note = (folder / heads.SEEN_NAME).read_bytes()
    shop = Shop.open(folder)
    old_key = shop.keys.log.vkey
    desk = Desk(shop)
    try:
        with pytest.raises(Refused, match="7 entries are missing"):
            go_on(desk, *TWO)
        with pytest.raises(Refused, match="cannot sign twice"):
            go_on(desk, TWO[0], TWO[0], origin=NEXT)
        with pytest.raises(Refused, match="name of its own"):
            go_on(desk, *TWO, origin=ORIGIN)
        with pytest.raises(ConfigError, match="it has 1 part between slashes"):
            go_on(desk, *TWO, origin="next")
        with pytest.raises(Refused, match="tono did not prove"):
            go_on(desk, TWO[0], Person(name="tono", passphrase=SecretStr("guess")), origin=NEXT)
        assert Entry.from_body(_last(shop)).seq == before - 1
        done = go_on(desk, *TWO, origin=NEXT)
    finally:
        shop.close()
    assert (done["missing"], done["origin"], done["in_doubt"]) == (7, NEXT, 1)
    shop = Shop.open(folder)
    try:
        shop.check_start()
        with shop.store.reading() as connection:
            entry = Entry.from_body(log.bodies(connection, [done["entry"]])[done["entry"]])
            assert compare(connection, PROJECTIONS).differences == ()
        assert (entry.seq, entry.kind, entry.actors) == (before, "log.rolled_back", ("ani", "tono"))
        assert entry.data["note"].encode() == note, "the old checkpoint stays as evidence, word for word"
        assert entry.data["known"] == {"size": after, "root": root.hex()}
        assert (entry.data["origin"], entry.data["log_key"]) == (ORIGIN, old_key)
        new_key = shop.keys.log.vkey
        assert entry.data["next"] == {"origin": NEXT, "log_key": new_key}
        assert new_key != old_key
        printers, queue = state(shop)
        assert all(row["paused"] for row in printers)
        assert "restored" in {row["pause_reason"].split()[0] for row in printers}
        assert queue["queued"] == 0
        work(shop, 300)  # beyond the size that was lost: no checkpoint of the old name speaks of it
        shop.check_start()
        with shop.store.reading() as connection:
            lines = [(raw or b"").splitlines()[0].decode() for _, _, raw in log.checkpoints(connection)]
        assert set(lines[: lines.index(NEXT)]) == {ORIGIN}
        assert set(lines[lines.index(NEXT) :]) == {NEXT}
    finally:
        shop.close()
    result = CliRunner().invoke(app, ["--shop", str(folder), "audit", "verify", "--json"])
    told = json.loads(result.stdout)
    assert (result.exit_code, told["verified"]) == (0, True)
    assert any("7 entries were lost" in one for one in told["notes"])


def test_an_old_checkpoint_is_still_held_against_the_key_of_its_time(folder: Path) -> None:
    put_back(folder)
    shop = Shop.open(folder)
    old = shop.keys.log
    go_on(Desk(shop), *TWO, origin=NEXT)
    with shop.store.reading() as connection:
        rows = log.checkpoints(connection)
        entries, end = list(log.entries(connection)), log.frontier_as_stored(connection)
    shop.close()
    key = (folder / "keys" / "log.vkey").read_text().strip()
    proved = verify_log(entries, None, rows, origin=NEXT, vkey=key, frontier=end)
    assert proved.problems == []
    assert [(one.log_key, one.next_key, one.missing) for one in proved.ended] == [(old.vkey, key, 7)]
    assert proved.checkpoints_verified == len(rows), "the key is named by an entry that the next one vouches for"
    short = verify_log(entries, None, rows[:-1], origin=NEXT, vkey=key, frontier=end)
    assert {one.kind for one in short.problems} == {"checkpoint_note", "generation", "unsigned"}
    size, root, _ = rows[0]
    forged = [(size, root, sign(Checkpoint(NEXT, size, root), keys.load(folder, NEXT).log)), *rows[1:]]
    found = verify_log(entries, None, forged, origin=NEXT, vkey=key, frontier=end)
    assert [one.kind for one in found.problems] == ["checkpoint_note"], "the new key vouches for nothing older"


def test_a_restored_shop_is_read_until_two_people_decide(folder: Path, tmp_path: Path) -> None:
    backup.make(folder, tmp_path / "copy", quiet, unbooked)
    back = tmp_path / "back"
    done = bring_back(tmp_path / "copy", back, key_folder=folder / "keys", against=[str(tmp_path / "copy")])
    assert [one["state"] for one in done.in_doubt] == ["open"]
    assert done.unknown
    assert call(back, "operators.list", {})
    shop = Shop.open(back)
    shop.books.keys = EverybodysKeys(shop.store)
    try:
        with pytest.raises(IntegrityError, match="whether anything was booked after it is not known"):
            Daemon(shop).run()
        with pytest.raises(IntegrityError, match="restored from a backup"):
            shop.books.enter(read("register.read", {"what": "specimen:j", "rows": 0}), ["siti"])
        told = go_on(Desk(shop), *TWO)
        assert (told["missing"], told["origin"], told["in_doubt"]) == (0, ORIGIN, 1)
        printers, queue = state(shop)
        assert all(row["paused"] for row in printers)
        assert (queue["queued"], queue["in_doubt"]) == (0, 1)
        work(shop, 1)
        with shop.store.reading() as connection:
            assert compare(connection, PROJECTIONS).differences == ()
        assert restored.marked(shop.store) is None
        with pytest.raises(Refused, match="Nothing is known to be missing"):
            go_on(Desk(shop), *TWO)
        held = next(row for row in _rows(shop) if row["held_because"] == "restored")
        shop.books.enter(read("job.released", {"job": held["id"], "act": "release"}), ["siti"])
        assert state(shop)[1]["queued"] == 1
    finally:
        shop.close()


def _rows(shop: Shop) -> list[Any]:
    with shop.store.reading() as connection:
        return jobs.list_jobs(connection, JobState.HELD, 1000)


def test_a_backup_older_than_what_people_hold_is_refused_and_remembered_where_they_insist(
    folder: Path, tmp_path: Path
) -> None:
    backup.make(folder, tmp_path / "copy", quiet, unbooked)
    shop = Shop.open(folder)
    size = work(shop, 4)
    with shop.store.reading() as connection:
        printed = f"{size}:{log.frontier(connection).root().hex()}"
    shop.close()
    bring: dict[str, Any] = {"key_folder": folder / "keys", "against": [printed]}
    with pytest.raises(Refused, match="4 entries are missing"):
        bring_back(tmp_path / "copy", tmp_path / "back", **bring)
    assert not (tmp_path / "back").exists()
    done = bring_back(tmp_path / "copy", tmp_path / "back", **bring, accept_loss=True)
    assert done.missing == 4
    shop = Shop.open(tmp_path / "back")
    try:
        with pytest.raises(IntegrityError, match="4 entries are missing"):
            shop.check_start()  # although nobody names the paper again
        with pytest.raises(Refused, match="4 entries are missing"):
            go_on(Desk(shop), *TWO)
        assert go_on(Desk(shop), *TWO, origin=NEXT)["missing"] == 4
    finally:
        shop.close()
    again = Shop.open(tmp_path / "back")
    again.check_start()
    again.close()
    forked = f"{printed[:-4]}{'0000' if not printed.endswith('0000') else '1111'}"
    small = f"{size - 4}:{forked.partition(':')[2]}"
    with pytest.raises(IntegrityError, match="two histories"):
        bring_back(tmp_path / "copy", tmp_path / "fork", key_folder=folder / "keys", against=[small])
    assert not (tmp_path / "fork").exists()


def test_the_whole_way_by_the_command_line(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(Shop.open(folder)) as made:
        monkeypatch.setenv("PRINTD_SESSIONS", session_files(Desk(made), tmp_path / "files", "ani", "tono"))
    two = ("--by", "ani", "--with", "tono")

    def printd(shop: Path, *arguments: str) -> tuple[int, Any]:
        result = CliRunner().invoke(app, ["--shop", str(shop), *arguments, "--json"])
        return result.exit_code, json.loads(result.stdout) if result.exit_code == 0 else result.exception

    code, made = printd(folder, "backup", str(tmp_path / "copy"), "--by", "ani")
    assert (code, made["database"], made["in_doubt"]) == (0, "sqlite", 1)
    bring = ("restore", str(tmp_path / "copy"), "--dir", str(tmp_path / "back"), "--keys", str(folder / "keys"))
    code, told = printd(folder, *bring)
    assert (code, told["size"], len(told["in_doubt"])) == (0, made["size"], 1)
    code, refusal = printd(tmp_path / "back", "check")
    assert code == 1
    assert "restored from a backup" in str(refusal)
    code, told = printd(tmp_path / "back", "audit", "go-on", *two)
    assert (code, told["missing"]) == (0, 0)
    code, listed = printd(tmp_path / "back", "jobs", "list", "--state", "held")
    assert code == 0
    why = {row["waits"]["code"]: row["waits"]["sentence"] for row in listed["jobs"]}
    assert "printed after the backup" in why["held:restored"]
    put_back(tmp_path / "back")
    code, refusal = printd(tmp_path / "back", "check")
    assert code == 1
    assert "7 entries are missing" in str(refusal)
    code, told = printd(tmp_path / "back", "audit", "go-on", *two, "--origin", NEXT)
    assert (code, told["missing"], told["origin"]) == (0, 7, NEXT)
    code, told = printd(tmp_path / "back", "audit", "verify")
    assert (code, told["verified"]) == (0, True)


def forget(folder: Path, rewritten: Change = same, *, hashes: bool = True) -> None:
    """Delete every checkpoint and the note, as whoever owns database and folder can; perhaps rewrite the log as well.

    :param hashes: whether the stored nodes are computed anew.
    """
    shop = Shop.open(folder)
    try:
        with shop.store.writing() as connection:
            nodes = connection.execute(sa.text("SELECT level, idx, hash FROM node")).all()
            rewrite(connection, rewritten)
            if not hashes:
                connection.execute(sa.text("DELETE FROM node"))
                log.add_nodes(connection, [Node(*row) for row in nodes])
            delete_checkpoints(connection)
    finally:
        shop.close()
    (folder / heads.SEEN_NAME).unlink()


@pytest.mark.parametrize("missing", ["all", "note", "table"])
def test_where_checkpoints_are_missing_two_people_decide_with_one_from_outside(
    folder: Path, tmp_path: Path, missing: str
) -> None:
    outside = tmp_path / "outside.note"
    shutil.copyfile(folder / heads.SEEN_NAME, outside)
    if missing == "note":
        (folder / heads.SEEN_NAME).unlink()
    else:
        forget(folder)
    if missing == "table":
        shutil.copyfile(outside, folder / heads.SEEN_NAME)
    shop = Shop.open(folder)
    try:
        with pytest.raises(IntegrityError, match="signed checkpoint") as stopped:
            Daemon(shop).run()
        said = str(stopped.value.remedy)
        assert "Two people decide, with a checkpoint that was kept elsewhere" in said
        with pytest.raises(IntegrityError, match="signed checkpoint"):
            shop.check_start()
        with pytest.raises(Refused, match="signed checkpoint"):
            go_on(Desk(shop), *TWO)
        with pytest.raises(Refused, match="cannot sign twice"):
            go_on(Desk(shop), TWO[0], TWO[0], [str(outside)])
        size = open_checkpoint(outside.read_bytes(), ORIGIN, [shop.keys.log.verifier]).size
        with pytest.raises(IntegrityError, match="another root"):
            go_on(Desk(shop), *TWO, [f"{size}:{'00' * 32}"])
        done = go_on(Desk(shop), *TWO, [str(outside)])
        assert (done["missing"], done["origin"]) == (0, ORIGIN)
        assert all(row["paused"] for row in state(shop)[0])
        shop.check_start([str(outside)])
        work(shop, 2)
    finally:
        shop.close()
    again = Shop.open(folder)
    again.check_start()
    with again.store.reading() as connection:
        report = prove(connection, again.keys.log.vkey)
        assert (report.problems, report.tail) == ([], 0)
        assert compare(connection, PROJECTIONS).differences == ()
    again.close()


@pytest.mark.parametrize("hashes", [True, False])
def test_two_people_do_not_sign_a_rewritten_log(folder: Path, tmp_path: Path, hashes: bool) -> None:
    """With the hashes left as they were, every stored node still leads to the root that was signed."""
    outside = tmp_path / "outside.note"
    shutil.copyfile(folder / heads.SEEN_NAME, outside)
    forget(folder, lambda seq, body: body.replace(b"2026-", b"2025-", 1) if seq == 5 else body, hashes=hashes)
    shop = Shop.open(folder)
    try:
        with pytest.raises(IntegrityError, match="another root"):
            go_on(Desk(shop), *TWO, [str(outside)])
        with shop.store.reading() as connection:
            assert log.checkpoints(connection) == []
    finally:
        shop.close()


@pytest.mark.parametrize("lost", [1, 7])  # one: the entries of the decision already reach beyond what was lost
@pytest.mark.parametrize("step", ["books.checkpoints.sign_now", "shop.keys.take_over", "books.heads.remember"])
def test_a_crash_while_the_generation_changes_is_ended_by_doing_it_again(
    folder: Path, step: str, lost: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_back(folder, lost)
    shop = Shop.open(folder)

    def crash(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(f"printd.{step}", crash)
        with pytest.raises(KeyboardInterrupt):
            go_on(Desk(shop), *TWO, origin=NEXT)
    shop.close()
    if not going_on.finish(folder) and step != "books.heads.remember":
        again = Shop.open(folder)
        with pytest.raises(IntegrityError, match="the key of its next generation is not in its place"):
            work(again, 1)
        with pytest.raises(Refused, match="cannot sign twice"):
            go_on(Desk(again), TWO[0], TWO[0])
        done = go_on(Desk(again), *TWO)
        assert (done["missing"], done["origin"]) == (lost, NEXT)
        again.close()
    last = Shop.open(folder)
    try:
        last.check_start()
        assert last.config.office.origin == NEXT
        with last.store.reading() as connection:
            kinds = Counter(Entry.from_body(body).kind for _, body, _ in log.entries(connection))
        assert kinds["log.rolled_back"] == 1
        work(last, 2)
        last.check_start()
    finally:
        last.close()
