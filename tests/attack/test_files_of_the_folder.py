"""Files of the shop's folder are deleted, edited or added, by whoever may write there.

Who notices: the start, which refuses; or nobody has to, because nothing that the shop does depends on the file. What a
file decides is bound to an entry of the log or to the database, never to the file's being there.
"""

from __future__ import annotations

import json
import shutil
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from printd.backup import backup
from printd.backup.restore import bring_back
from printd.books import heads
from printd.cli.app import app
from printd.client.client import call
from printd.client.session_files import ForScript, keep_for_script
from printd.daemon.daemon import Daemon
from printd.desk.acts import perform
from printd.desk.going_on import go_on
from printd.desk.proofs import Person
from printd.errors import ConfigError, IntegrityError, Refused
from printd.events.kinds import read
from printd.ledger.notes import Signer
from printd.printing.calibration import FOLDER, NEUTRAL
from printd.printing.separation import separation_of
from printd.store import log
from support.exported import bodies
from support.fixed import unbooked
from support.forger import loosen
from support.intake_help import ORIGIN, deliver, new_shop, opened, sessions_beside, signer
from support.people import create, enrolment

LOOK = read("register.read", {"what": "specimen:j", "rows": 0})
NEXT = "printd.example/53/5371/blanks/2"
NOT_THERE = "The last signed checkpoint is not in .*last-checkpoint.note"
TWO = (Person.model_validate(signer("ani")), Person.model_validate(signer("budi")))


def quiet(_done: int, _whole: int) -> None:
    """Show nobody how far it is."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A shop in which some things were booked and signed."""
    made = new_shop(tmp_path / "shop")
    with opened(made) as desk:
        deliver(desk)
        desk.shop.sign()
    return made


@pytest.fixture
def restored(folder: Path, tmp_path: Path) -> Path:
    """The shop restored from a backup after which eight entries were booked and signed, which is told; all is lost."""
    backup.make(folder, tmp_path / "copy", quiet, unbooked)
    work(folder, 8)
    newest = str(folder / heads.SEEN_NAME)
    bring_back(tmp_path / "copy", tmp_path / "back", key_folder=folder / "keys", against=[newest], accept_loss=True)
    return tmp_path / "back"


def work(folder: Path, times: int) -> None:
    with opened(folder) as desk:
        for _ in range(times):
            desk.shop.books.enter(LOOK, ["ani"])
        desk.shop.sign()


def size_of(folder: Path) -> int:
    with opened(folder) as desk, desk.shop.store.reading() as connection:
        return log.frontier(connection).size


def refuses(folder: Path, why: str) -> None:
    """Make sure that the daemon does not start and that no command books anything."""
    before = size_of(folder)
    with opened(folder) as desk, pytest.raises(IntegrityError, match=why):
        Daemon(desk.shop).run()
    with pytest.raises(IntegrityError, match=why):
        call(folder, "operators.enrol", enrolment("rudi"))
    assert size_of(folder) == before


def test_the_last_checkpoint_is_deleted(folder: Path) -> None:
    """HAS the folder. TRIES to have nothing outside the database left that shows its end.

    NOTICED by the daemon and by each command, until two people have brought a checkpoint from outside, which an entry
    says; a start that is held against one puts nothing back.
    """
    outside = folder.parent / "auditor.note"
    shutil.copyfile(folder / heads.SEEN_NAME, outside)
    (folder / heads.SEEN_NAME).unlink()
    refuses(folder, NOT_THERE)
    with opened(folder) as desk:
        with pytest.raises(IntegrityError, match=NOT_THERE):
            desk.shop.check_start([str(outside)])
        with pytest.raises(Refused, match=NOT_THERE):
            go_on(desk, *TWO)
        assert not (folder / heads.SEEN_NAME).exists()
        done = go_on(desk, *TWO, [str(outside)])
    with opened(folder) as desk, desk.shop.store.reading() as connection:
        decided = json.loads(log.bodies(connection, [done["entry"]])[done["entry"]])
    assert (decided["kind"], decided["by"]) == ("shop.restored", ["ani", "budi"])
    call(folder, "operators.enrol", enrolment("rudi"))


def test_the_last_checkpoint_is_deleted_and_the_database_put_back(folder: Path) -> None:
    """HAS folder and database. TRIES to lose what was booked since noon.

    NOTICED at the start by the missing file, and by the checkpoint from outside that two people then have to bring.
    """
    shutil.copyfile(folder / "printd.sqlite", folder.parent / "noon.sqlite")
    work(folder, 3)
    outside = folder.parent / "auditor.note"
    shutil.copyfile(folder / heads.SEEN_NAME, outside)
    shutil.copyfile(folder.parent / "noon.sqlite", folder / "printd.sqlite")
    refuses(folder, "3 entries are missing")
    (folder / heads.SEEN_NAME).unlink()
    refuses(folder, NOT_THERE)
    with opened(folder) as desk:
        with pytest.raises(IntegrityError, match="3 entries are missing"):
            desk.shop.check_start([str(outside)])
        for told in ([], [str(outside)], [f"0:{sha256().hexdigest()}"]):  # none of these is of what is left
            with pytest.raises(Refused, match=NOT_THERE):
                go_on(desk, *TWO, told, origin=NEXT)


@pytest.mark.parametrize("how", ["bit", "empty", "another key"])
def test_the_last_checkpoint_is_edited(folder: Path, how: str) -> None:
    """HAS the folder. TRIES to have the file say something else, also under a key of his own.

    NOTICED by every start.
    """
    path = folder / heads.SEEN_NAME
    note = bytearray(path.read_bytes())
    if how == "another key":
        with opened(folder) as desk:
            thief = Signer.generate(desk.shop.keys.log.verifier.name)
        note = bytearray(thief.sign(note.decode().rpartition("\n\n")[0] + "\n"))
    elif how == "bit":
        note[-10] ^= 1
    path.write_bytes(b"" if how == "empty" else note)
    refuses(folder, "was not signed by this shop's key")


def test_files_that_say_that_the_shop_was_restored_or_decided_about_do_nothing(folder: Path, restored: Path) -> None:
    """HAS the folder. TRIES to stop a shop that works, or to let one go on that two people must decide about.

    NOTHING changes: the database says whether it was restored, an entry that it was decided.
    """
    about = {"made_at": "2026-01-01T00:00:00Z", "size": 1, "root": "00" * 32, "decided": True}
    for place in (folder, restored):
        for name in ("restored.json", "decided.json", "told-checkpoints", "going-on.json"):
            (place / name).write_text(json.dumps(about))
    work(folder, 1)
    refuses(restored, "restored from a backup|entries are missing")
    for path in restored.iterdir():
        if path.name not in ("printd.toml", "keys", "areas.csv") and not path.name.startswith("printd.sqlite"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    refuses(restored, "restored from a backup|entries are missing")


def test_what_people_told_of_the_loss_outlives_every_file(restored: Path, tmp_path: Path) -> None:
    """HAS the restored folder. TRIES to have two people decide without hearing that eight entries are lost.

    NOTICED by the act itself: what was told at the restore stands in the database, and the loss has to be named.
    """
    for path in restored.iterdir():
        if path.is_file() and path.name != "printd.toml" and not path.name.startswith("printd.sqlite"):
            path.unlink()
    with opened(restored) as desk:
        with pytest.raises(Refused, match=NOT_THERE):
            go_on(desk, *TWO)
        held = [str(tmp_path / "copy")]
        with pytest.raises(Refused, match="8 entries are missing"):
            go_on(desk, *TWO, held)
        assert go_on(desk, *TWO, held, NEXT)["missing"] == 8


@pytest.mark.parametrize("told", ["last-checkpoint.note", "8", "8:zz", "/dev/zero"])
def test_what_the_database_says_that_people_told_names_no_file(restored: Path, told: str) -> None:
    """HAS the restored database. TRIES to have what people told be something that he can choose, or nothing.

    NOTICED by the start and by the act of the two people.
    """
    with opened(restored) as desk:
        with desk.shop.store.writing() as connection:
            loosen(connection)
            connection.execute(sa.text("UPDATE restored SET told = :told"), {"told": told})
        with pytest.raises(IntegrityError, match="table restored was altered"):
            desk.shop.check_start()
        with pytest.raises(IntegrityError, match="table restored was altered"):
            go_on(desk, *TWO, origin=NEXT)


KEYS = ["records.key", "pseudonym.key", "documents.key", "log.key"]


@pytest.mark.parametrize("name", KEYS)
def test_a_key_is_exchanged(folder: Path, tmp_path: Path, name: str) -> None:
    """HAS the folder. TRIES to seal, name or sign with a key of his own from now on.

    NOTICED by whoever opens the shop: the first entry knows every key.
    """
    with opened(folder) as desk:
        origin = desk.shop.config.office.origin
    create(tmp_path / "thief", origin=origin)
    shutil.copyfile(tmp_path / "thief" / "keys" / name, folder / "keys" / name)
    with pytest.raises((ConfigError, IntegrityError)):
        call(folder, "operators.enrol", enrolment("rudi"))


def test_a_key_of_a_next_generation_lies_there(folder: Path) -> None:
    """HAS the folder. TRIES to become the log's next key. NOTHING changes: only an entry of two people names one."""
    with opened(folder) as desk:
        thief, vkey = Signer.generate(NEXT), desk.shop.keys.log.vkey
    path = folder / "keys" / "log.next.key"
    path.write_text(f"{thief.to_text()}\n")
    path.chmod(0o600)
    work(folder, 1)
    with opened(folder) as desk:
        desk.shop.check_start()
        assert desk.shop.keys.log.vkey == vkey


def test_a_colour_profile_is_exchanged(folder: Path) -> None:
    """HAS the folder. TRIES to have cards printed in other colours.

    NOTICED before a card is drawn: an entry has the profile's digest.
    """
    content = b"a profile"
    digest = sha256(content).hexdigest()
    (folder / FOLDER).mkdir(exist_ok=True)
    (folder / FOLDER / f"{digest}.icc").write_bytes(content + b"?")
    with pytest.raises(Refused, match="is not the one in the books"):
        separation_of({**NEUTRAL, "icc": digest}, folder)


def test_an_act_on_paper_is_edited(folder: Path) -> None:
    """HAS the folder. TRIES to have a receipt say more. NOTICED by whoever makes it again from the books."""
    path = folder / "acts" / "receipt-D-1.json"
    right = path.read_bytes()
    assert b"BAST/1" in right
    path.write_bytes(right.replace(b"BAST/1", b"BAST/9"))
    with opened(folder) as desk:
        perform(desk, "papers.again", {"kind": "delivery", "name": "D-1", "by": signer("ani")})
    assert b"BAST/1" in path.read_bytes()
    assert b"BAST/9" not in path.read_bytes()


def test_a_backup_leaves_an_entry_and_an_export_too(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """HAS one passphrase. TRIES to carry the books away. NOTICED by the log: who, when, how much, which file.

    The entry of a backup is in the backup, so that the newest backup lacks nothing.
    """
    monkeypatch.setenv("PRINTD_SESSIONS", sessions_beside(folder))

    def printd(*words: str) -> Any:
        result = CliRunner().invoke(app, ["--shop", str(folder), *words, "--json"], catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    made = printd("backup", str(tmp_path / "copy"), "--by", "ani")
    told = printd("audit", "export", str(tmp_path / "log"), "--by", "ani")
    with opened(folder) as desk, desk.shop.store.reading() as connection:
        end = log.frontier(connection).size
        entries = [json.loads(body) for body in log.bodies(connection, range(end - 2, end)).values()]
    assert [(one["kind"], one["by"]) for one in entries] == [
        ("backup.begun", ["ani"]),
        ("export.begun", ["ani"]),
    ]
    assert made["size"] == end - 1
    assert made["id"] == entries[0]["data"]["backup"]
    assert entries[1]["data"]["size"] == end - 1
    assert json.loads(bodies(tmp_path / "log")[-1]) == entries[1], "the entry of an export is in the export"
    assert told["size"] == end, "below its signed head"
    newest = str(folder / heads.SEEN_NAME)
    with pytest.raises(Refused, match="1 entries are missing"):  # the export's own entry came after the backup
        bring_back(tmp_path / "copy", tmp_path / "back", key_folder=folder / "keys", against=[newest])


@pytest.mark.parametrize("command", [("backup", "copy"), ("audit", "export", "copy")])
def test_nothing_leaves_for_somebody_who_does_not_prove_who_they_are(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    """HAS a colleague's name and a key of his own. TRIES to carry the books away under it.

    REFUSED, and no file is left.
    """
    keep_for_script(tmp_path / "forged", ForScript("ani", ORIGIN, "5e" * 32))
    monkeypatch.setenv("PRINTD_SESSIONS", str(tmp_path / "forged"))
    words = [str(tmp_path / word) if word == "copy" else word for word in command]
    result = CliRunner().invoke(app, ["--shop", str(folder), *words, "--by", "ani"])
    assert isinstance(result.exception, Refused)
    assert not [one for one in tmp_path.iterdir() if "copy" in one.name]


@pytest.mark.parametrize("says", [{"first": "2030-01-01"}, {"last": "2020-01-01"}, {"size": 3, "root": "00" * 32}])
def test_an_export_of_nothing_is_not_booked(folder: Path, says: dict[str, object]) -> None:
    """HAS one passphrase and a client of his own. TRIES to have the log say that next to nothing left. REFUSED."""
    with opened(folder) as desk:
        with pytest.raises(Refused, match=r"no entry from|wrong arguments"):
            perform(desk, "leaving.export", {**says, "by": signer("ani")})
        with desk.shop.store.reading() as connection:
            assert not [one for _, one, _ in log.entries(connection) if b'"export.begun"' in one]
