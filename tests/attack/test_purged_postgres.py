"""What a PostgreSQL server keeps of whoever asked to be erased: bytes that nothing opens.

He HAS the database as the server's files, its write-ahead log too, the shop's folder, and the keys of the shop. What he
TRIES is to read somebody who was erased. NOBODY needs to notice: what deleted rows left there opens with no key that is
left.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa

from printd.desk.acts import perform
from printd.desk.desk import Desk
from printd.intake.inbox import Accepted
from printd.shop.shop import Shop
from support.ended import RATNA, handed_over, seen, staffed, taken_in
from support.fixed import ORIGIN, NewDatabase
from support.intake_help import people, signer
from support.people import EverybodysKeys, create
from support.remains import Trace, remains

pytestmark = pytest.mark.postgres
ANNA, BENNY = people()[1], people()[3]


@dataclass
class Server:
    """A shop on a server, where that keeps the shop's database and its write-ahead log, and since when."""

    desk: Desk
    folders: tuple[Path, Path]
    since: float

    def traces(self) -> set[Trace]:
        """Return what is found of the two, when everything is written to files."""
        with self.desk.shop.store.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("CHECKPOINT")
        return remains([ANNA, BENNY], self.desk.shop.folder, *self.files())

    def files(self) -> Iterator[Path]:
        """Yield the server's files of this shop; what was last written before it knows nothing of it."""
        for folder in self.folders:
            yield from (one for one in folder.rglob("*") if one.is_file() and one.stat().st_mtime >= self.since)


@pytest.fixture
def server(tmp_path: Path, new_postgres: NewDatabase) -> Iterator[Server]:
    since = time.time()
    create(tmp_path / "shop", origin=ORIGIN, extra=f'\n[database]\nurl = "{new_postgres(False)}"\n')
    shop = Shop.open(tmp_path / "shop")
    shop.books.keys = EverybodysKeys(shop.store)
    with shop.store.reading() as connection:
        data = Path(connection.exec_driver_sql("SHOW data_directory").scalar_one())
        oid = connection.exec_driver_sql("SELECT oid FROM pg_database WHERE datname = current_database()").scalar_one()
    yield Server(staffed(Desk(shop)), (data / "base" / str(oid), data / "pg_wal"), since)
    shop.close()


def of(record: Accepted, traces: set[Trace]) -> set[Path]:
    """Return the files in which a key of a record was found."""
    return {Path(one.where) for one in traces if one.how == "key" and record.record in one.what}


@pytest.mark.timeout(600)
def test_bytes_stay_in_the_server_s_files_and_nothing_opens_them(server: Server) -> None:
    """TRIES the files of the tables, of deleted rows too, and the write-ahead log."""
    desk = server.desk
    anna, benny = handed_over(desk, ANNA, 1), taken_in(desk, BENNY)
    with desk.shop.store.reading() as connection:
        query = sa.text("SELECT wrapped_key FROM record_secret WHERE record_id = :record")
        wrapped = bytes(connection.execute(query, {"record": anna.record}).scalar_one())
    before = server.traces()
    assert {one.how for one in before} == {"key"}, "nothing in clear, in no file"
    for one in (anna, benny):
        folders = {next(folder for folder in server.folders if file.is_relative_to(folder)) for file in of(one, before)}
        assert folders == set(server.folders), "the search finds keys in both places"
    who = {"by": RATNA, "second": signer("ani")}
    assert perform(desk, "records.erase", {"nik": ANNA.fields["NIK"], **who})["counts"] == {"record": 1}
    after = server.traces()
    assert of(anna, after) == set()
    assert of(benny, after), "who waits is kept apart"
    assert {one.how for one in after} == {"key"}
    assert any(wrapped in one.read_bytes() for one in server.files()), "what was deleted lies there still"
    assert seen(desk) == []
