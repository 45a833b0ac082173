"""Whoever ends is gone: from the shop's files, and from backups that were made while they were there.

He HAS the database, every backup of it, and the keys of the shop. What he TRIES is to read somebody whose time is over.
NOBODY needs to notice: nothing of them opens any more.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from printd.backup import backup
from printd.backup.restore import bring_back
from printd.books.booking import utc_now
from printd.demo.people import Person, make_people
from printd.demo.staff import CHECKER, RUNNER, SUPERVISOR, person
from printd.errors import Refused
from printd.intake.inbox import Inbox, Parcel
from printd.intake.sources import aside, spool
from printd.log import into
from printd.shop.opening import open_record
from printd.shop.shop import Shop
from support.ended import seen
from support.office import Office, office, until
from support.remains import Trace, remains

LATER = timedelta(days=100)
SOMEBODY = "somebody"
"""Whose key lies somewhere, beside no row that it opens."""
NAMES = ("anna", "benny", "cici", "dodi", "eka", "waits")
"""Handed over; erased on her own wish; refused; brought an old card back; had a certificate; waits for his card."""


@dataclass
class Used:
    """A used shop, its people, and where its files lie."""

    office: Office
    people: dict[str, Person]
    folder: Path

    @property
    def roots(self) -> tuple[Path, ...]:
        """Everything that is the shop's, its backups and temporary files; not the cards that people have in hand."""
        return tuple(self.folder / name for name in ("shop", "backups", "tmp", "out", "daemon.log"))

    def remains(self, *more: Path) -> dict[str, set[str]]:
        """Return by person how something of them was found."""
        found: dict[str, set[str]] = {}
        for one in self.traces(*more):
            found.setdefault(SOMEBODY if one.whose < 0 else NAMES[one.whose], set()).add(one.how)
        return found

    def traces(self, *more: Path) -> set[Trace]:
        return remains([self.people[name] for name in NAMES], *self.roots, *more)


@pytest.fixture
def used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Used]:
    """A shop through which six people went, with its daemon's log, papers, a trace, an export and a backup."""
    (tmp_path / "tmp").mkdir()
    (tmp_path / "out").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    monkeypatch.setenv("SQLITE_TMPDIR", str(tmp_path / "tmp"))
    invented = dict(zip(NAMES, make_people(len(NAMES), seed=31), strict=True))
    with into(tmp_path / "daemon.log"), office(tmp_path, printers=1, blanks=8) as made:
        used = Used(made, invented, tmp_path)
        made.run_under(card_seconds=120, command_seconds=30)  # nothing here is about time
        with made.open_doors():
            _day(used)
        made.shop.sign()
        yield used


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
    until(lambda: len(act("records.quarantined")) == 2, "two are refused")
    until(lambda: act("records.list")["total"] == 4, "four are taken in")
    day = made.shop.today().isoformat()
    about = {"issued_on": day, "status": "PRR", "by": person(RUNNER)}
    act("suket.issue", nik=people["eka"].fields["NIK"], **about)
    act("records.acknowledge", by=person(SUPERVISOR))
    act("technician.trace", name="p0", on=True, by=person(RUNNER))
    made.print_everything(4, 120)
    for job in act("jobs.list")["jobs"]:
        act("jobs.hand_over", job=job["id"], by=person(RUNNER))
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
    two = {"by": person(RUNNER), "second": person(CHECKER)}
    act("destructions.destroy", ba_number="BA/1", place="yard", witnesses=witnesses, **two)
    for name in ("r7", "r8", "r14", "r15"):
        act("reports.report", name=name, first=day, last=day)
        act("holders.names", name=name, first=day, last=day, by=person(SUPERVISOR))
    late = people["waits"]
    parcel = Parcel(json.dumps(late.fields).encode(), late.photo_jpeg, late.signature_png)
    Inbox(made.shop).accept(parcel, "test")
    made.shop.sign()
    backup.make(made.shop.folder, used.folder / "backups" / "noon", lambda done, whole: None, lambda: "a backup")


def _years_later(used: Used, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the time of everybody who is over run out."""
    shop = used.office.shop
    shop.books.clock = lambda: utc_now() + LATER
    later = time.time() + aside.HOURS * 3600 + 1
    monkeypatch.setattr(time, "time", lambda: later)


def _two() -> dict[str, Any]:
    return {"by": person(SUPERVISOR), "second": person(RUNNER)}


@pytest.mark.timeout(600)
def test_nothing_of_whoever_is_over_remains_in_any_file(used: Used, monkeypatch: pytest.MonkeyPatch) -> None:
    """TRIES every file of a used shop: database, free pages, write-ahead log, spool, papers, logs, exports, backups."""
    made = used.office
    traces, before = used.traces(), used.remains()
    clear = [one for one in traces if one.how == "clear" and NAMES[one.whose] != "cici"]
    assert clear == [], "sealed, and nowhere in clear"
    assert before.keys() == {*NAMES, SOMEBODY}, "the search finds whoever is there, and keys in the write-ahead log"
    assert all(before[name] == {"key", "pseudonym"} for name in NAMES if name != "cici")
    assert before["cici"] >= {"clear", "key"}, "set aside in the spool, in clear"
    assert {Path(one.where).parts[len(used.folder.parts)] for one in traces} >= {"shop", "backups"}
    done = made.act("records.erase", nik=used.people["benny"].fields["NIK"], **_two())
    assert done["counts"] == {"record": 1}
    assert "benny" not in used.remains(), "on her wish she is gone at once, from the backup too"
    assert used.remains().keys() == set(NAMES) - {"benny"}, "and nobody else is"
    _years_later(used, monkeypatch)
    done = made.act("records.purge", by=person(RUNNER))
    assert done["counts"] == {"card": 1, "quarantine": 2, "record": 3, "suket": 1}
    assert (done["aside"], done["left"], done["months"]) == (1, False, []), "her erasure has ended the month"
    assert used.remains() == {"waits": {"key", "pseudonym"}}
    made.shop.sign()
    made.prove()
    assert seen(made.desk) == []


@pytest.mark.timeout(600)
def test_a_copy_of_the_months_keys_that_somebody_kept_undoes_it(used: Used, monkeypatch: pytest.MonkeyPatch) -> None:
    """HAS the database, every backup of it, the keys of the shop, and a copy of the folder `months` from before.

    TRIES the old backup. NOBODY notices: it opens. So that copy is made anew over the old one, and there is no second.
    """
    made = used.office
    shutil.copytree(made.shop.months.folder, used.folder / "kept")
    shutil.copytree(made.shop.folder / "keys", used.folder / "kept keys")
    _years_later(used, monkeypatch)
    made.act("records.purge", by=person(RUNNER))
    assert used.remains(used.folder / "kept keys").keys() == {"waits"}, "a copy of the other keys undoes nothing"
    assert used.remains(used.folder / "kept").keys() >= {"anna", "benny", "dodi", "eka"}


@pytest.mark.timeout(600)
def test_a_restored_backup_opens_nothing_of_an_ended_month_and_says_so(
    used: Used, monkeypatch: pytest.MonkeyPatch
) -> None:
    """TRIES to restore the backup from before."""
    made = used.office
    with made.shop.store.reading() as connection:
        rows = connection.exec_driver_sql("SELECT record_id, state FROM job").all()
    over = next(record for record, state in rows if state == "handed_over")
    waits = next(record for record, state in rows if state not in ("handed_over", "cancelled"))
    _years_later(used, monkeypatch)
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
