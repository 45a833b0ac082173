"""A shop is made in a PostgreSQL database wholly or not at all; a database that is none is told by what it is."""

from __future__ import annotations

import os
import socket
import stat
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from printd.backup import backup
from printd.books.replay import compare
from printd.cli.app import app
from printd.cli.remedies import whole
from printd.client.client import call
from printd.client.session_files import ForScript, keep_for_script
from printd.daemon import daemon
from printd.errors import ConfigError, PrintdError
from printd.ledger.verify import verify_log
from printd.projections.kinds import PROJECTIONS
from printd.shop.shop import Shop
from printd.store import log
from printd.store.engine import create_engine, migrate
from support.fixed import NewDatabase, unbooked
from support.people import FOUNDERS, create, enrolment

pytestmark = pytest.mark.postgres

ORIGIN = "kupang.example/53/5371/blanks/1"
SECRET = "s3cret-9"
WALLED = {"walled": "scram-sha-256", "shut": "reject", "poor": "scram-sha-256"}
"""Users of the server, and how it lets them in."""


@pytest.fixture
def url(new_postgres: NewDatabase) -> str:
    """The address of an empty database, as a person writes it."""
    return new_postgres(False).replace("postgresql+psycopg://", "postgresql://")


def sql(url: str, *statements: str) -> Any:
    engine = create_engine(url).execution_options(isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            for statement in statements:
                result = connection.exec_driver_sql(statement)
            return result.all() if result.returns_rows else None
    finally:
        engine.dispose()


@pytest.fixture
def as_user(url: str) -> Iterator[Callable[[str, str], str]]:
    """Give the address for a user of whom the server wants a password, or whom it does not let in."""
    hba = Path(sql(url, "SHOW hba_file")[0][0])
    before = hba.read_text()
    owned = sa.make_url(url).database
    sql(url, *(f"CREATE ROLE {name} LOGIN PASSWORD '{SECRET}'" for name in WALLED))
    sql(url, f"ALTER DATABASE {owned} OWNER TO walled")
    hba.write_text("".join(f"local all {name} {how}\n" for name, how in WALLED.items()) + before)
    sql(url, "SELECT pg_reload_conf()")
    end = time.monotonic() + 20
    while sql(url, "SELECT count(*) FROM pg_hba_file_rules WHERE user_name && '{walled,shut,poor}'")[0][0] != 3:
        assert time.monotonic() < end

    def address(user: str, password: str) -> str:
        return sa.make_url(url).set(username=user, password=password or None).render_as_string(hide_password=False)

    while True:  # the server takes new rules in after a moment
        try:
            sql(address("walled", "wrong"), "SELECT 1")
        except sa.exc.OperationalError:
            break
        assert time.monotonic() < end
    yield address
    hba.write_text(before)
    sql(url, f"ALTER DATABASE {owned} OWNER TO postgres", "SELECT pg_reload_conf()")
    sql(url, "DROP OWNED BY walled, shut, poor CASCADE", "DROP ROLE walled, shut, poor")


def printd(folder: Path, *arguments: str) -> tuple[int, str]:
    """Run a command; return its exit code, and everything it said or was refused with."""
    result = CliRunner().invoke(app, ["--shop", str(folder), *arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        assert isinstance(result.exception, PrintdError), result.exception
        return 1, whole(result.exception)
    return result.exit_code, result.output


@pytest.fixture(autouse=True)
def _the_first_two_are_at_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """What they type is tested elsewhere."""
    monkeypatch.setattr("printd.cli.founding.founders", lambda *_: FOUNDERS)


def init(folder: Path, url: str) -> tuple[int, str]:
    return printd(folder, "init", "--origin", ORIGIN, "--database", url)


def everything(url: str) -> list[Any]:
    """Everything that lies in a database, system tables left out."""
    return list(
        sql(
            url,
            "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE "
            "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' UNION ALL "
            "SELECT n.nspname, p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE "
            "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'",
        )
    )


def test_a_shop_is_made_in_a_database_and_works(url: str, tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    code, told = init(folder, url)
    assert code == 0, told
    assert not (folder / "printd.sqlite").exists()
    assert stat.S_IMODE((folder / "printd.toml").stat().st_mode) == 0o600
    call(folder, "operators.enrol", enrolment("siti"))
    code, told = printd(folder, "check")
    assert code == 0, told
    with closing(Shop.open(folder)) as shop, shop.store.reading() as connection:
        assert shop.store.engine.dialect.name == "postgresql"
        report = verify_log(
            log.entries(connection),
            log.NodeStream(connection),
            log.checkpoints(connection),
            origin=ORIGIN,
            vkey=shop.keys.log.vkey,
            frontier=log.frontier_as_stored(connection),
        )
        assert (report.problems, report.size) == ([], 2)
        assert compare(connection, PROJECTIONS).differences == ()


def test_the_address_is_private_whatever_the_umask(url: str, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        create(tmp_path / "shop", origin=ORIGIN, database=url)
    finally:
        os.umask(before)
    for path in (tmp_path / "shop").rglob("*"):
        if path.name != "log.vkey" and path.name != "documents.vkey":
            assert not stat.S_IMODE(path.stat().st_mode) & 0o077, path


@pytest.mark.parametrize("holds", ["a shop", "another program's table", "a view", "the tables of a shop"])
def test_a_database_that_holds_something_is_refused_and_not_touched(url: str, tmp_path: Path, holds: str) -> None:
    if holds == "a shop":
        create(tmp_path / "first", origin=ORIGIN, database=url)
    elif holds == "the tables of a shop":
        migrate(url)
    else:
        sql(url, "CREATE VIEW patients AS SELECT 1" if holds == "a view" else "CREATE TABLE patients (id int)")
    before = everything(url)
    code, told = init(tmp_path / "shop", url)
    assert code == 1
    assert "is not empty" in told
    assert ("holds a shop" in told) is ("shop" in holds)
    assert ("patients" in told) is ("shop" not in holds)
    assert "new, empty database" in told
    assert not (tmp_path / "shop").exists()
    assert everything(url) == before
    if holds == "a shop":
        code, told = printd(tmp_path / "first", "check")
        assert code == 0, told


@pytest.mark.parametrize(
    ("written", "why"),
    [
        (f"postgresql://siti:{SECRET}@nosuch.invalid/books", "no machine called nosuch.invalid"),
        (f"postgresql://siti:{SECRET}@db.office:5432x/books", "names nothing that can be used"),
        (f"postgresql://siti:{SECRET}@127.0.0.1:99999/books", "names nothing that can be used"),
        (f"postgresql://siti:{SECRET}@x@db.office/books", "names nothing that can be used"),
        (f"postgresql://siti:x/{SECRET}@db.office/books", "names nothing that can be used"),
        (f"postgresql://siti:x?{SECRET}@db.office/books", "names nothing that can be used"),
        (f'postgresql://siti:"{SECRET}@db.office/books', "names nothing that can be used"),
        (f"postgresql://siti:{SECRET}\n@db.office/books", "names nothing that can be used"),
        (f"postgresql://siti@db.office/books?password={SECRET}", "names nothing that can be used"),
        (f"postgresql://siti:{SECRET}@127.0.0.1/books?colour=red", "has an option that PostgreSQL does not know"),
        (f"postgres//siti:{SECRET}@db.office/books", "Only a PostgreSQL database"),
        (f"mysql://siti:{SECRET}@db.office/books", "Only a PostgreSQL database"),
        (f"sqlite:////srv/{SECRET}/books", "Only a PostgreSQL database"),
    ],
)
def test_a_wrong_address_is_refused_before_anything_is_made(tmp_path: Path, written: str, why: str) -> None:
    code, told = init(tmp_path / "shop", written)
    assert code == 1
    assert why in told
    assert "--database" in told
    assert SECRET not in told
    assert not (tmp_path / "shop").exists()


def test_an_address_without_a_database_is_refused(url: str, tmp_path: Path) -> None:
    code, told = init(tmp_path / "shop", url.replace(f"/{sa.make_url(url).database}", "/"))
    assert code == 1
    assert "names no database" in told
    assert not (tmp_path / "shop").exists()


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


Case = tuple[str, str, str]


@pytest.fixture
def wrong(url: str, as_user: Callable[[str, str], str]) -> list[Case]:
    """Addresses that let nobody into a shop's database: the address, what is said, what is to be done."""
    parts = sa.make_url(url)

    def changed(**what: Any) -> str:
        return parts.set(**what).render_as_string(hide_password=False)

    return [
        (f"postgresql://siti:{SECRET}@127.0.0.1:{free_port()}/books", "refused", "See that the server runs"),
        (f"postgresql://siti:{SECRET}@/books?host=/nowhere/at/all", "o such file", "See that the server runs"),
        (as_user("walled", f"{SECRET}-not"), "refuses the user walled or the password", "Correct [database]"),
        (as_user("walled", ""), "wants a password, and none is given", "~/.pgpass"),
        (as_user("shut", SECRET), "does not let the user shut in from here", "pg_hba.conf"),
        (changed(username="nobody", password=SECRET), "does not let the user nobody in", "makes the user"),
        (changed(database="books_2018", password=SECRET), "There is no database books_2018", "createdb"),
        (as_user("walled", SECRET).replace(str(parts.database), "books_2018"), "There is no database", "createdb"),
    ]


def test_who_lets_nobody_in_is_told_apart_at_init_check_run_and_every_act(
    url: str, wrong: list[Case], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "shop"
    create(folder, origin=ORIGIN, database=url)
    path = folder / "printd.toml"
    good = path.read_text()
    backup.make(folder, tmp_path / "kept", lambda _done, _whole: None, unbooked)
    keep_for_script(tmp_path / "siti", ForScript("siti", ORIGIN, "5e" * 32))
    monkeypatch.setenv("PRINTD_SESSIONS", str(tmp_path / "siti"))
    copy = ["backup", str(tmp_path / "copy"), "--by", "siti"]
    bring = ("restore", str(tmp_path / "kept"), "--dir", str(tmp_path / "new"), "--keys", str(folder / "keys"))
    for address, what, remedy in wrong:
        code, told = init(tmp_path / "new", address)
        assert code == 1
        assert what in told
        assert remedy.removeprefix("See that the ") in told
        assert not (tmp_path / "new").exists()
        said = [told]
        code, told = printd(folder, *bring, "--database", address)
        assert code == 1
        assert what in told
        assert not (tmp_path / "new").exists()
        assert SECRET not in told
        path.write_text(good.replace(url, address))
        for command in (["check"], ["jobs", "list"], ["audit", "verify"], copy):
            code, told = printd(folder, *command)
            assert code == 1
            assert what in told
            assert remedy in told
            said.append(told)
        if not remedy.startswith("See that the server"):  # a daemon may wait for a server that comes back
            with pytest.raises(PrintdError, match=what) as refused:
                daemon.run(folder)
            said.append(whole(refused.value))
        assert not any(SECRET in one for one in said)
        assert not any("restore" in one.lower().replace("nothing has to be restored", "") for one in said)


def test_what_a_database_holds_is_told_apart_at_check_run_and_every_act(
    url: str, new_postgres: NewDatabase, tmp_path: Path
) -> None:
    folder, path = tmp_path / "shop", tmp_path / "shop" / "printd.toml"
    create(folder, origin=ORIGIN, database=url)
    good = path.read_text()
    empty, foreign, damaged, bare, other, renamed = (new_postgres(False) for _ in range(6))
    sql(foreign, "CREATE TABLE patients (id int)", "CREATE TABLE alembic_version (version_num varchar(32))")
    create(tmp_path / "damaged", origin=ORIGIN, database=damaged)
    sql(damaged, "DROP TABLE checkpoint_note, checkpoint CASCADE")
    migrate(bare)
    create(tmp_path / "other", origin="ende.example/53/5308/blanks/1", database=other)
    create(tmp_path / "renamed", origin=ORIGIN, database=renamed)
    for address, what, remedy in (
        (empty, "is empty: no shop was ever made in it", "printd init"),
        (foreign, "holds no shop but something else", "Correct [database]"),
        (damaged, "is damaged. Its tables checkpoint, checkpoint_note are missing", "restore the newest backup"),
        (bare, "has the tables of a shop and no first entry", "call the auditor"),
        (other, f"holds another shop: ende.example/53/5308/blanks/1, and this is {ORIGIN}", "Correct [database]"),
        (renamed, "are not the ones this database was made with", "database of the same shop"),
    ):
        before = everything(address)
        path.write_text(good.replace(url, address))
        for command in (["check"], ["jobs", "list"]):
            code, told = printd(folder, *command)
            assert code == 1
            assert what in told
            assert remedy in told
        with pytest.raises(ConfigError) as refused:
            daemon.run(folder)
        assert what in whole(refused.value)
        assert everything(address) == before
    path.write_text(good)
    assert printd(folder, "check")[0] == 0


@pytest.mark.parametrize("there", [False, True])
@pytest.mark.parametrize(
    "failing",
    [
        "printd.books.checkpoints.sign_now",
        "printd.store.log.start",
        "printd.books.heads.remember",
        "printd.shop.shop.configured",
    ],
)
def test_whatever_fails_neither_a_folder_nor_half_a_schema_stays(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str, there: bool
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    folder = tmp_path / "shop"
    if there:
        folder.mkdir()
    with monkeypatch.context() as patch:
        patch.setattr(failing, full)
        with pytest.raises(ConfigError) as refused:
            create(folder, origin=ORIGIN, database=url)
    assert "No space left on device" in refused.value.why
    assert folder.exists() is there
    assert not there or list(folder.iterdir()) == []
    assert everything(url) == []
    create(folder, origin=ORIGIN, database=url)
    assert printd(folder, "check")[0] == 0


def test_a_user_that_may_make_no_tables_is_told_so(
    as_user: Callable[[str, str], str], url: str, tmp_path: Path
) -> None:
    code, told = init(tmp_path / "shop", as_user("poor", SECRET))
    assert code == 1
    assert "No shop can be made in the database" in told
    assert "permission denied for schema public" in told
    assert "own that database" in told
    assert SECRET not in told
    assert not (tmp_path / "shop").exists()
    assert everything(url) == []
    code, told = init(tmp_path / "shop", as_user("walled", SECRET))
    assert code == 0, told
    assert SECRET not in told
    code, told = printd(tmp_path / "shop", "check", "--json")
    assert code == 0
    assert SECRET not in told


def test_of_two_that_make_a_shop_in_one_database_at_a_time_one_is_refused(url: str, tmp_path: Path) -> None:
    start, ends = threading.Barrier(2), dict[str, str]()

    def work(name: str) -> None:
        start.wait(30)
        try:
            create(tmp_path / name, origin=ORIGIN, database=url)
            ends[name] = "made"
        except ConfigError as refused:
            ends[name] = refused.what

    workers = [threading.Thread(target=work, args=(name,)) for name in ("one", "two")]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    (made,) = (name for name, end in ends.items() if end == "made")
    (other,) = set(ends) - {made}
    assert "is not empty: it holds a shop" in ends[other]
    assert not (tmp_path / other).exists()
    assert printd(tmp_path / made, "check")[0] == 0
