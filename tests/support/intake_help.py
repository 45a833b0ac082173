"""What the tests of intake, desk, command line and socket share: a shop of their own, invented records."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import sys
import tempfile
from base64 import b64encode
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import structlog

from drivers.printer import Counters
from printd.cli.app import main
from printd.demo.people import Person, make_people
from printd.desk.acts import perform
from printd.desk.desk import Desk
from printd.events.kinds import read
from printd.intake.inbox import Accepted, Inbox, Parcel
from printd.printing.attempt import begin, end
from printd.shop.shop import Shop
from printd.store import attempts, log
from printd.store.engine import Store, dump
from printd.store.metadata import metadata
from printd.words.states import AttemptState
from support.people import FIRST, OF_INTAKE, SECOND, EverybodysKeys, create, enrol, session_files
from support.resumed import resumed

ORIGIN = "printd.example/53/5371/blanks/1"
PASSPHRASE = OF_INTAKE
"""Of ani and budi."""

_SECRETS = ("record_secret", "quarantine", "operator_secret")


@cache
def people() -> list[Person]:
    """A hundred invented people; every NIK in the district 5371.99, which does not exist."""
    return make_people(100, seed=20)


def document(person: Person, drop: tuple[str, ...] = (), **changes: Any) -> bytes:
    """The JSON of one record, with some members changed or left out."""
    fields = {name: value for name, value in {**person.fields, **changes}.items() if name not in drop}
    return json.dumps(fields).encode()


def parcel(person: Person, **changes: Any) -> Parcel:
    return Parcel(document(person, **changes), person.photo_jpeg, person.signature_png)


def secrets_of(person: Person) -> list[str]:
    """What of a person must never be seen in the clear."""
    names = ("NIK", "NO_KK", "NAMA_LGKP", "ALAMAT", "EKTP_LOCAL_ID")
    return [str(person.fields[name]) for name in names]


AREAS = """code,name,level
53,Nusa Tenggara Timur,provinsi
53.71,Kota Kupang,kota
53.71.99,Contoh,kecamatan
"""
KNOWN_DISTRICT = '[intake]\nareas = "areas.csv"\n'
"""More TOML: a table of areas that has the invented people's district, so that their records bring no warning."""


@cache
def _template(*, known: bool, practice: bool) -> tempfile.TemporaryDirectory[str]:
    place = tempfile.TemporaryDirectory(prefix="printd-unit-")
    folder, areas = Path(place.name) / "shop", Path(place.name) / "areas.csv"
    areas.write_text(AREAS)
    create(folder, origin=ORIGIN, extra=KNOWN_DISTRICT.replace("areas.csv", str(areas)) * known, practice=practice)
    shop = Shop.open(folder)
    for name in ("ani", "budi"):
        enrol(Desk(shop), name, passphrase=PASSPHRASE)
        session_files(Desk(shop), Path(place.name) / "sessions", name, passphrase=PASSPHRASE)
    session_files(Desk(shop), Path(place.name) / "sessions", FIRST, SECOND)
    shop.sign()
    shop.close()
    return place


def new_shop(folder: Path, extra: str = "", *, practice: bool = True) -> Path:
    """Make a shop with the operators ani and budi; beside it lie session files of them and of the first two.

    :param extra: more TOML. :data:`KNOWN_DISTRICT` it has from its making on; anything else is written into its
        configuration afterwards, and nobody has answered for it.
    """
    known = extra == KNOWN_DISTRICT
    template = Path(_template(known=known, practice=practice).name)
    shutil.copytree(template / "shop", folder)
    if not (sessions := folder.parent / "sessions").exists():
        shutil.copytree(template / "sessions", sessions)
    if extra and not known:
        with (folder / "printd.toml").open("a", encoding="utf-8") as config:
            config.write(extra)
    return folder


@contextmanager
def opened(folder: Path) -> Iterator[Desk]:
    shop = Shop.open(folder)
    try:
        shop.books.keys = EverybodysKeys(shop.store)
        yield Desk(shop)
    finally:
        shop.close()


def inbox(desk: Desk) -> Inbox:
    return Inbox(desk.shop)


def accept(desk: Desk, person: Person, **changes: Any) -> Accepted:
    return inbox(desk).accept(parcel(person, **changes), "test")


def signer(name: str) -> dict[str, str]:
    return {"name": name, "passphrase": PASSPHRASE}


_TWO = {"by": signer("ani"), "second": signer("budi")}


def state_of(store: Store) -> dict[str, Any]:
    """Everything a shop's database says: projections, size of the log, secrets."""
    with store.reading() as connection:
        secrets = {name: sorted(map(repr, connection.execute(sa.select(metadata.tables[name])))) for name in _SECRETS}
        return {**dump(connection), "entries": log.frontier(connection).size, **secrets}


def state(folder: Path) -> dict[str, Any]:
    """Every table of a shop that nobody has open, read without a line of ours."""
    with closing(sqlite3.connect(folder / "printd.sqlite")) as connection:
        return {name: sorted(map(repr, connection.execute(f"SELECT * FROM {name}"))) for name in metadata.tables}


def files(folder: Path) -> dict[str, bytes]:
    """Every file below a folder with its bytes, links not followed, folders of the shop's own left out."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink()
    }


def manifest(
    delivery: str = "D-1", first: str = "KPG0000001", last: str = "KPG0000020", *, practice: bool = True
) -> bytes:
    return json.dumps(
        {
            **({"practice": True} if practice else {}),
            "delivery": delivery,
            "bast_number": "BAST/1",
            "bast_date": "2026-01-05",
            "stock_type": "WNI",
            "generation": "5",
            "cartons": [{"carton": f"{delivery}-1", "first": first, "last": last}],
        }
    ).encode()


def deliver(desk: Desk) -> None:
    """Twenty blanks received, a shift with twelve of them, ten of those in the hopper of printer p1."""
    content = b64encode(manifest(practice=desk.shop.practice)).decode()
    perform(desk, "deliveries.announce", {"name": "m.json", "content": content, "by": signer("ani")})
    receive(desk, "D-1", 20)
    desk.shop.books.enter(
        read(
            "printer.added",
            {
                "printer": "p1",
                "uri": "tcp://192.0.2.1:1",
                "family": "evolis",
                "model": "primacy",
                "serial_number": "S1",
                "firmware": "unknown",
            },
        ),
        ["ani", "budi"],
    )
    desk.shop.books.enter(read("printer.resumed", {"printer": "p1"}), ["ani"])
    perform(desk, "shifts.open", {"pieces": 12, "reason": "a test", **_TWO})
    perform(desk, "blanks.load", {"printer": "p1", "pieces": 10, "by": signer("ani")})


def receive(desk: Desk, delivery: str, pieces: int) -> None:
    """Receive a delivery of one carton, whole, and open the carton."""
    sheet = {"pieces": pieces, "cartons": [{"carton": f"{delivery}-1"}]}
    for name in ("ani", "budi"):
        perform(desk, "deliveries.count", {"delivery": delivery, "sheet": sheet, "by": signer(name)})
    perform(desk, "deliveries.receive", {"delivery": delivery, **_TWO})
    perform(desk, "deliveries.open", {"delivery": delivery, "carton": f"{delivery}-1", **_TWO})


def print_card(desk: Desk, job: str, serial: str, outcome: AttemptState = AttemptState.PRINTED) -> str:
    """Book an attempt as the worker does, without a printer; return its id."""
    books = desk.shop.books
    attempt = begin(
        books, job=job, printer="p1", resumed=resumed(books), serial=serial, counters=Counters(), artwork="A" * 22
    )
    with books.booking() as booking:
        row = attempts.find_attempt(booking.connection, attempt)
        assert row is not None
        end(booking, row, outcome, evidence=None, cause="jam" if outcome is AttemptState.SPOILED else "")
    return attempt


def sessions_beside(folder: Path) -> str:
    """Return what PRINTD_SESSIONS is set to, for the session files beside a new shop."""
    sessions = folder.parent / "sessions"
    if not sessions.exists():  # no shop was made beside it
        shutil.copytree(Path(_template(known=False, practice=True).name) / "sessions", sessions)
    return ":".join(str(sessions / name) for name in ("ani", "budi", FIRST, SECOND))


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def value(self) -> Any:
        """The JSON value on the last line."""
        return json.loads(self.out.splitlines()[-1])


class CommandLine:
    """The real entry point with its own arguments, in this process; a script of ani, budi and the first two."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self._capsys, self._monkeypatch = folder, capsys, monkeypatch
        self.sessions = folder.parent / "sessions"
        monkeypatch.setenv("PRINTD_SESSIONS", sessions_beside(folder))
        monkeypatch.delenv("PRINTD_SHOP", raising=False)

    def __call__(self, *arguments: str, shop: Path | None = None) -> Ran:
        self._monkeypatch.setattr(sys, "argv", ["printd", "--shop", str(shop or self.folder), *arguments])
        self._capsys.readouterr()
        mask, events = os.umask(0o077), structlog.get_config()
        try:
            main()
            code = 0
        except SystemExit as left:
            code = left.code if isinstance(left.code, int) else 1 if left.code else 0
        finally:
            os.umask(mask)
            structlog.configure(**events)
        seen = self._capsys.readouterr()
        return Ran(code, seen.out, seen.err)
