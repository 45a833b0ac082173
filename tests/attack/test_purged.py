"""Whoever ends is gone: from the shop's files, and from backups that were made while they were there.

He HAS the database, every backup of it, and the keys of the shop. What he TRIES is to read somebody whose time is over.
NOBODY needs to notice: nothing of them opens any more.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from printd.backup import backup
from printd.backup.restore import bring_back
from printd.books.booking import utc_now
from printd.demo.people import Person, make_people
from printd.demo.staff import PASSPHRASE, RUNNER, SUPERVISOR, person
from printd.desk.desk import Desk
from printd.errors import Refused
from printd.intake.findings import RecordRefused
from printd.intake.inbox import Inbox, Parcel
from printd.intake.sources import aside, spool
from printd.log import into
from printd.shop.opening import open_record
from printd.shop.shop import Shop
from support.ended import seen
from support.exported import export, size
from support.office import Office, office, until
from support.people import EverybodysKeys, session_files
from support.remains import Trace, pictures_in, remains

LATER = timedelta(days=100)
"""How long ago the shop was used: whoever is over by then is over now."""
PATIENCE = 300.0
"""Seconds; nothing here is about time."""
SOMEBODY = "somebody"
"""Whose key lies somewhere, beside no row that it opens."""
NAMES = ("anna", "benny", "cici", "dodi", "eka", "waits")
"""Handed over; erased on her own wish; refused; brought an old card back; had a certificate; waits for his card."""


OUTSIDE = ("cards", "tty0")
"""What is not the shop's any more: cards that people have in hand, and the printer's line."""


def of_the_day() -> datetime:
    """Return the time for as long as the day lasts."""
    return utc_now() - LATER


class Kept(Office):
    """An office of which only the shop's folder is there: no daemon, no printers."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.shop_folder = folder, folder / "shop"
        self.shop = Shop.open(self.shop_folder, of_the_day)
        self.shop.books.keys = EverybodysKeys(self.shop.store)
        self.desk = Desk(self.shop)
        self.printers = {}


@dataclass
class Used:
    """A used shop, its people, and where its files lie."""

    office: Office
    people: dict[str, Person]
    folder: Path

    @property
    def roots(self) -> list[Path]:
        """Everything that is the shop's, its copies, exports, papers, logs and temporary files."""
        return [one for one in sorted(self.folder.iterdir()) if one.name not in OUTSIDE]

    def remains(self, *more: Path) -> dict[str, set[str]]:
        """Return by person how something of them was found."""
        return self.told(self.traces(*more))

    def told(self, traces: set[Trace]) -> dict[str, set[str]]:
        """Return by person how something of them was found."""
        found: dict[str, set[str]] = {}
        for one in traces:
            found.setdefault(SOMEBODY if one.whose < 0 else NAMES[one.whose], set()).add(one.how)
        return found

    def traces(self, *more: Path) -> set[Trace]:
        return remains([self.people[name] for name in NAMES], *self.roots, *more)

    def wrapped_keys(self) -> set[bytes]:
        """Return the wrapped keys of all records that the database has."""
        with self.office.shop.store.reading() as connection:
            return set(connection.exec_driver_sql("SELECT wrapped_key FROM record_secret").scalars())

    def deliver(self, name: str, **changes: str) -> str:
        """Deliver somebody's record as it was delivered before, but for some changes; return its pseudonym."""
        one = self.people[name]
        parcel = Parcel(json.dumps({**one.fields, **changes}).encode(), one.photo_jpeg, one.signature_png)
        accepted = Inbox(self.office.shop).accept(parcel, "spool")
        return str(self.office.act("records.show", record=accepted.record)["holder"])

    def leave(self, name: str) -> None:
        """Have everything made that leaves the shop: its log, whole and of its last half, and an auditor's pack."""
        shop = self.office.shop
        shop.sign()
        end = size(export(shop, self.folder / "exports" / name))
        export(shop, self.folder / "exports" / f"{name}, an excerpt", (end // 2, end))
        (self.folder / "packs").mkdir(exist_ok=True)
        self.audit("pack", self.folder / "packs" / name)

    def audit(self, *words: str | Path) -> None:
        """Have the supervisor run ``printd audit``."""
        session = self.folder / "sessions" / SUPERVISOR
        _run("printd", "--shop", self.office.shop.folder, "audit", *words, "--by", SUPERVISOR, PRINTD_SESSIONS=session)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop through which six people went, with its log, papers, a trace, a proof, exports, a pack and a backup."""
    folder = tmp_path_factory.mktemp("used")
    place = folder / "of the day"
    place.mkdir()
    (place / "tmp").mkdir()
    invented = dict(zip(NAMES, make_people(len(NAMES), seed=31), strict=True))
    with pytest.MonkeyPatch.context() as patch:
        _temporary(place, patch)
        with into(place / "daemon.log"), office(place, printers=1, blanks=8, clock=of_the_day) as made:
            made.run_under(card_seconds=120, command_seconds=30)
            used = Used(made, invented, place)
            with made.open_doors():
                _day(used)
                used.leave("evening")
            shutil.copytree(place, folder / "kept", symlinks=True, ignore=shutil.ignore_patterns("*.sock", "tty*"))
    return folder / "kept"


@pytest.fixture
def used(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Used]:
    """A copy of it, of which the write-ahead log is as it was."""
    folder = tmp_path / "place"
    shutil.copytree(template, folder)
    _temporary(folder, monkeypatch)
    invented = dict(zip(NAMES, make_people(len(NAMES), seed=31), strict=True))
    with into(folder / "daemon.log"):
        made = Kept(folder)
        try:
            yield Used(made, invented, folder)
        finally:
            made.shop.close()


def _temporary(folder: Path, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(tempfile, "tempdir", str(folder / "tmp"))
    patch.setenv("TMPDIR", str(folder / "tmp"))
    patch.setenv("SQLITE_TMPDIR", str(folder / "tmp"))


def _day(used: Used) -> None:
    made, people = used.office, used.people
    act = made.act
    for name in ("anna", "benny", "dodi", "eka"):  # by the spool, under names that name them
        one, start = people[name], f"{people[name].fields['NAMA_LGKP']} {people[name].fields['NIK']}"
        (made.shop.spool / f"{start}.jpg").write_bytes(one.photo_jpeg)
        (made.shop.spool / f"{start}.png").write_bytes(one.signature_png)
        (made.shop.spool / f"{start}.tmp").write_text(json.dumps(one.fields))
        (made.shop.spool / f"{start}.tmp").rename(made.shop.spool / f"{start}.json")
    refused = people["cici"]
    (made.shop.spool / "c.jpg").write_bytes(refused.photo_jpeg)
    (made.shop.spool / "c.json").write_text(json.dumps({**refused.fields, "TGL_LHR": "yesterday"}))
    (made.shop.spool / "d.jpg").write_bytes(refused.photo_jpeg)
    (made.shop.spool / "d.json").write_text(json.dumps({**refused.fields, "more": "x" * spool.MAX_DOCUMENT}))
    (made.shop.spool / "lonely.jpg").write_bytes(refused.photo_jpeg)
    until(lambda: len(act("records.quarantined")) == 2, "two are refused", PATIENCE)
    until(lambda: act("records.list")["total"] == 4, "four are taken in", PATIENCE)
    day = made.shop.today().isoformat()
    about = {"issued_on": day, "status": "PRR", "by": person(RUNNER)}
    act("suket.issue", nik=people["eka"].fields["NIK"], **about)
    act("records.acknowledge", by=person(SUPERVISOR))
    act("technician.trace", name="p0", on=True, by=person(RUNNER))
    made.print_everything(4, PATIENCE)
    for job in act("jobs.list")["jobs"]:
        act("jobs.hand_over", job=job["id"], by=person(RUNNER), receiver="holder", old_card="none")
        act("papers.again", kind="handover", name=job["id"], by=person(RUNNER))
    old = people["dodi"].fields
    act(
        "cards.take_back",
        nik=old["NIK"],
        name=old["NAMA_LGKP"],
        address=old["ALAMAT"],
        cause="data_change",
        by=person(RUNNER),
    )
    witnesses = [{"name": "CONTOH", "agency": "Inspektorat"}]
    two = {"by": person(SUPERVISOR), "second": person(RUNNER)}
    done = act("destructions.destroy", ba_number="BA/1", place="yard", witnesses=witnesses, annex=True, **two)
    assert b64decode(done["annex"]).startswith(b"%PDF"), "it lies nowhere in the shop, before the purge or after"
    (listed,) = act("destructions.annex", destruction=done["id"], **two)["cards"]
    assert (listed["name"], listed["address"]) == (old["NAMA_LGKP"], old["ALAMAT"])
    for name in ("r7", "r8", "r14", "r15"):
        act("reports.report", name=name, first=day, last=day)
    for name in ("r7", "r14", "r15"):
        act("holders.names", name=name, first=day, last=day, by=person(SUPERVISOR))
    act("holders.addresses", first=day, last=day, by=person(SUPERVISOR), second=person(RUNNER))
    late = people["waits"]
    parcel = Parcel(json.dumps(late.fields).encode(), late.photo_jpeg, late.signature_png)
    Inbox(made.shop).accept(parcel, "test")
    session_files(made.desk, used.folder / "sessions", SUPERVISOR, passphrase=PASSPHRASE)
    (used.folder / "proofs").mkdir()
    used.audit("prove", "--record", act("records.list")["records"][0]["id"], "--dir", used.folder / "proofs")
    made.shop.sign()
    backup.make(made.shop.folder, used.folder / "backups" / "noon", lambda done, whole: None, lambda: "a backup")


def _later(used: Used, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the time of everybody who is over run out."""
    used.office.shop.books.clock = utc_now
    later = time.time() + aside.HOURS * 3600 + 1
    monkeypatch.setattr(time, "time", lambda: later)


def _two() -> dict[str, Any]:
    return {"by": person(SUPERVISOR), "second": person(RUNNER)}


@pytest.mark.timeout(1200)
def test_nothing_of_whoever_is_over_remains_in_any_file(used: Used, monkeypatch: pytest.MonkeyPatch) -> None:
    """TRIES every file of a used shop: database, free pages, write-ahead log, spool, papers, logs, exports,
    proofs, packs, backups.
    """
    made = used.office
    traces = used.traces()
    before = used.told(traces)
    clear = {Path(one.where).relative_to(made.shop.spool).parts[0] for one in traces if one.how == "clear"}
    assert clear == {aside.TOO_LARGE, "lonely.jpg"}, "sealed, and nowhere else in clear"
    assert {NAMES[one.whose] for one in traces if one.how == "clear"} == {"cici"}
    pictured = pictures_in(*used.roots)
    names = {Path(one).name for one in pictured}
    assert names == {"record.jpg", "lonely.jpg"}, f"another file has a picture in it, whosever: {pictured}"
    assert before.keys() == {*NAMES, SOMEBODY}, "the search finds whoever is there, and keys in the write-ahead log"
    assert all(before[name] == {"key", "pseudonym"} for name in NAMES if name != "cici")
    assert before["cici"] == {"clear", "key"}
    where: dict[str, set[str]] = {}
    for one in traces:
        where.setdefault(one.how, set()).add(Path(one.where).relative_to(used.folder).parts[0])
    del where["clear"]
    assert where == {"key": {"shop", "backups"}, "pseudonym": {"shop", "backups", "exports", "packs", "proofs"}}
    assert "printd.sqlite-wal" in {Path(one.where).name for one in traces}
    assert _kinds(used) >= LOOKED_THROUGH, "the day leaves every kind of file"
    papers = {one.name.partition("-")[0] for one in (made.shop.folder / "acts").glob("*.pdf")}
    assert papers == {"receipt", "destruction", "handover"}
    keys, files = used.wrapped_keys(), [made.shop.folder / one for one in ("printd.sqlite", "printd.sqlite-wal")]
    done = made.act("records.erase", nik=used.people["benny"].fields["NIK"], **_two())
    assert done["counts"] == {"record": 1}
    gone = {one for one in keys if not any(one in file.read_bytes() for file in files)}
    assert gone == keys - used.wrapped_keys() != set(), "overwritten, in the write-ahead log too: not only unreadable"
    assert used.remains().keys() == set(NAMES) - {"benny"}, "she is gone at once, from the backup too; nobody else is"
    _later(used, monkeypatch)
    done = made.act("records.purge", by=person(RUNNER))
    assert done["counts"] == {"card": 1, "quarantine": 2, "record": 3, "suket": 1}
    assert (done["aside"], done["left"], done["months"]) == (2, False, []), "her erasure has ended the month"
    (destroyed,) = made.act("destructions.list")
    (listed,) = made.act("destructions.annex", destruction=destroyed["id"], **_two())["cards"]
    assert (listed["nik"], listed["name"], listed["address"]) == (None, None, None)
    used.leave("later")
    backup.make(made.shop.folder, used.folder / "backups" / "later", lambda done, whole: None, lambda: "a backup")
    assert used.remains() == {"waits": {"key", "pseudonym"}}
    assert pictures_in(*used.roots) == {}
    made.prove()
    assert seen(made.desk) == []
    for name in ("evening", "later"):
        for kind in ("exports", "packs"):
            _verified(used, used.folder / kind / name)
    _verified(used, made.shop.folder / "printd.sqlite")


LOOKED_THROUGH = {
    "printd.sqlite", "printd.sqlite-wal", "printd.sqlite-shm", ".toml", ".key", ".vkey", ".note", ".pdf", ".csv",
    ".json", ".jpg", "tile", "checkpoint", "daemon.log", "acts", "reports", "traces", "wires", "tables",
    ".tlog-proofs",
}  # fmt: skip


def _kinds(used: Used) -> set[str]:
    files = [one for root in used.roots for one in (root, *root.rglob("*")) if one.is_file()]
    return {one.name for one in files} | {one.suffix for one in files} | {part for one in files for part in one.parts}


def _verified(used: Used, log: Path) -> None:
    """Let the verifier that takes nothing from the shop prove a log."""
    _run("printd_verify", log, "--vkey", used.office.shop.keys.log.vkey)


def _run(*words: str | Path, **environment: Path) -> None:
    """Run a module to its good end."""
    command = [sys.executable, "-m", *map(str, words)]
    mine = {**os.environ, **{name: str(value) for name, value in environment.items()}}
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, env=mine)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.timeout(1200)
def test_a_delivery_that_is_sent_again_tells_nothing_of_who_was_erased(used: Used) -> None:
    """HAS the database, the keys of the shop, and the very delivery that was sealed once, to put it into the spool.

    TRIES to have the shop call them by the name that they had, so that the old entries tell whose they are; and to get
    a second card under way. NOBODY notices the first: the shop does not know them again. The second the books refuse.
    """
    made, benny = used.office, used.people["benny"].fields["NIK"]
    with made.shop.store.reading() as connection:
        rows = connection.exec_driver_sql("SELECT holder, digest FROM record").all()
    known = {text for row in rows for text in row}
    with pytest.raises(RecordRefused, match="The same record came before"):
        used.deliver("benny")
    made.act("records.erase", nik=benny, **_two())
    holder = used.deliver("benny")
    assert holder not in known, "a name that no entry had"
    with made.shop.store.reading() as connection:
        rows = connection.exec_driver_sql("SELECT holder, digest FROM record").all()
    assert len({row[1] for row in rows}) == len(rows) == 6
    hers = {one.what for one in used.traces() if one.how == "pseudonym" and one.whose == NAMES.index("benny")}
    assert hers == {holder}, "whoever has every key matches the new one alone"
    for name in ("benny", "waits"):
        with pytest.raises(RecordRefused, match="of the same NIK is"):
            used.deliver(name, ALAMAT="JALAN CONTOH DUA")
    with pytest.raises(Refused, match="under way"):
        made.act("records.erase", nik=benny, **_two())
    made.prove()


@pytest.mark.timeout(1200)
def test_a_copy_of_the_months_keys_that_somebody_kept_undoes_it(used: Used, monkeypatch: pytest.MonkeyPatch) -> None:
    """HAS the database, every backup of it, the keys of the shop, and a copy of the folder `months` from before.

    TRIES the old backup. NOBODY notices: it opens. So that copy is made anew over the old one, and there is no second.
    """
    made = used.office
    elsewhere = used.folder.parent
    shutil.copytree(made.shop.months.folder, elsewhere / "kept")
    shutil.copytree(made.shop.folder / "keys", elsewhere / "kept keys")
    _later(used, monkeypatch)
    made.act("records.purge", by=person(RUNNER))
    assert used.remains(elsewhere / "kept keys").keys() == {"waits"}, "a copy of the other keys undoes nothing"
    assert used.remains(elsewhere / "kept").keys() >= {"anna", "benny", "dodi", "eka"}


@pytest.mark.timeout(1200)
def test_a_restored_backup_opens_nothing_of_an_ended_month_and_says_so(
    used: Used, monkeypatch: pytest.MonkeyPatch
) -> None:
    """TRIES to restore the backup from before."""
    made = used.office
    with made.shop.store.reading() as connection:
        rows = connection.exec_driver_sql("SELECT record_id, state FROM job").all()
    over = next(record for record, state in rows if state == "handed_over")
    waits = next(record for record, state in rows if state not in ("handed_over", "cancelled"))
    _later(used, monkeypatch)
    made.act("records.purge", by=person(RUNNER))
    source, target = used.folder / "backups" / "noon", used.folder / "restored"
    done = bring_back(source, target, key_folder=made.shop.folder / "keys", month_folder=made.shop.months.folder)
    (shut,) = done.shut
    assert (shut.kept, shut.live) == (6, 0), "four records, an invalid card and a certificate; who waits is kept apart"
    shop = Shop.open(target)
    try:
        with shop.store.reading() as connection, pytest.raises(Refused) as refused:
            open_record(shop, connection, over)
        assert "was destroyed on schedule" in str(refused.value)
        assert "can be opened no more" in str(refused.value)
        with shop.store.reading() as connection:
            assert open_record(shop, connection, waits).photo == used.people["waits"].photo_jpeg
    finally:
        shop.close()
    bare = used.folder / "bare"
    (shut,) = bring_back(source, bare, key_folder=made.shop.folder / "keys").shut
    assert (shut.kept, shut.live) == (7, 1), "without the folder months nothing opens"
