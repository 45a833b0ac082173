"""Ending personal data beside a bare DELETE of the same rows: a person's erasure, and a purge by schedule."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from bench.figures import Figure, Row, median, progress
from bench.office import Office, office, work_folder
from printd.books.booking import utc_now
from printd.demo.people import make_people
from printd.demo.staff import CHECKER, RUNNER, SUPERVISOR
from printd.events.jobs import JobCancelled
from printd.intake import purge
from printd.intake.erasure import erase
from printd.store.engine import SQLITE_NAME

RECORDS = 300
"""Some days of an office."""
ROUNDS = 5
_SEED = 5
_LATER = timedelta(days=100)
_DELETE = "bare sqlite3: DELETE of the same rows, its write-ahead log cut to nothing, no secure_delete"


def run(parent: Path, records: int = RECORDS) -> Figure:
    """Measure on SQLite; PostgreSQL overwrites nothing."""
    figure = Figure("purge")
    with work_folder(parent) as folder, office(folder / "shop") as made:
        progress(f"taking in {records} records")
        for job, _record in made.take_in(records, seed=_SEED):
            made.shop.books.enter(JobCancelled(job=job), [RUNNER])
        made.shop.sign()
        rounds = [[_deleted(made, folder, secure=one) for one in (False, True)] for _ in range(ROUNDS)]
        bare, secure = (median(times) for times in zip(*rounds, strict=True))
        progress("erasing one person, and the month with them")
        nik = str(make_people(records, seed=_SEED)[0].fields["NIK"])
        began = time.perf_counter()
        erase(made.shop, nik, made.shop.books.keys, [SUPERVISOR, CHECKER])
        erased = time.perf_counter() - began
        progress("purging the others")
        made.shop.books.clock = lambda: utc_now() + _LATER
        began = time.perf_counter()
        done = purge.purge(made.shop)
        purged = time.perf_counter() - began
        assert done.counts == {"record": records - 1}, done
    figure.rows = [
        Row(f"DELETE {records} sealed records, overwritten (secure_delete)", secure, "s", bare, _DELETE),
        Row(f"purge {records - 1} records whose time is over", purged, "s", bare, _DELETE),
        Row(
            f"erase one person: {records - 1} keys of others kept apart, the month's destroyed",
            erased,
            "s",
            bare,
            _DELETE,
        ),
    ]
    figure.notes.append("a purge books an entry, deletes, destroys keys in files, proves what it destroys by the log")
    return figure


def _deleted(made: Office, folder: Path, *, secure: bool) -> float:
    """Return how long it takes to delete everything that is sealed of records, in a copy of the shop's database."""
    copy = folder / "copy.sqlite"
    with closing(sqlite3.connect(made.folder / SQLITE_NAME)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    try:
        with closing(sqlite3.connect(copy, isolation_level=None)) as database:
            for pragma in ("journal_mode=WAL", "synchronous=FULL", f"secure_delete={'ON' if secure else 'OFF'}"):
                database.execute(f"PRAGMA {pragma}").fetchall()
            began = time.perf_counter()
            database.execute("DELETE FROM record_secret")
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            return time.perf_counter() - began
    finally:
        for one in folder.glob(f"{copy.name}*"):
            one.unlink()
