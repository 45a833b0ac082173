"""Shops to measure in: made as a user makes one, on a folder of this run."""

from __future__ import annotations

import json
import os
import tempfile
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from printd.books.booking import Clock, utc_now
from printd.demo.people import make_people
from printd.demo.staff import CHECKER, PASSPHRASE, RUNNER, SUPERVISOR, enrolment, founders, person
from printd.desk.acts import perform
from printd.desk.desk import Desk
from printd.desk.proofs import Logins
from printd.events.kinds import read
from printd.intake.inbox import Inbox, Parcel
from printd.shop.making import create
from printd.shop.shop import Shop

ORIGIN = "bench.example/53/5371/blanks/1"
PRINTER = "printer-1"
CARTONS = 500


def as_installed() -> dict[str, str]:
    """Return the environment of a command as an installed printd has it: what was compiled once is kept."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


@contextmanager
def work_folder(parent: Path) -> Iterator[Path]:
    """Give a folder that is gone at the end; its short name leaves room for a socket's path."""
    with tempfile.TemporaryDirectory(prefix="pb-", dir=parent) as name:
        yield Path(name)


class Office:
    """An open shop with its people and one printer in the books, without the daemon.

    It is a practice shop, and everybody's key is open: what is booked past the desk costs its signatures, and not the
    opening of a key, which is slow on purpose.
    """

    def __init__(self, folder: Path, database: str = "", clock: Clock = utc_now) -> None:
        extra = f'\n[database]\nurl = "{database}"\n' if database else ""
        create(folder, origin=ORIGIN, extra=extra, clock=clock, practice=True, people=founders())
        self.folder = folder
        self.shop = Shop.open(folder, clock)
        self.desk = Desk(self.shop)
        self.act("operators.enrol", **enrolment(RUNNER))
        names = (RUNNER, CHECKER, SUPERVISOR)
        self.shop.books.keys = {name: Logins().by_passphrase(self.shop, name, PASSPHRASE, "") for name in names}
        printer = {"printer": PRINTER, "uri": "tcp://192.0.2.1:9", "family": "evolis", "model": "primacy"}
        added = read("printer.added", {**printer, "serial_number": "SIM0001", "firmware": "0"})
        self.shop.books.enter(added, [RUNNER, CHECKER])
        self.shop.books.enter(read("printer.resumed", {"printer": PRINTER}), [RUNNER])

    def act(self, name: str, /, **arguments: Any) -> Any:
        """Perform an act at the desk."""
        return perform(self.desk, name, arguments)

    def deliver(self, delivery: str, prefix: str, pieces: int) -> None:
        """Announce, count twice and receive a serialised delivery in 500 cartons of as many pieces each."""
        each = pieces // CARTONS
        manifest = {
            "delivery": delivery,
            "practice": True,
            "bast_number": "BAST/BENCH/1",
            "bast_date": "2026-01-05",
            "stock_type": "WNI",
            "generation": "5",
            "cartons": [
                {"carton": f"C{number}", "first": f"{prefix}{first:07d}", "last": f"{prefix}{first + each - 1:07d}"}
                for number in range(CARTONS)
                for first in (number * each + 1,)
            ],
        }
        content = b64encode(json.dumps(manifest).encode()).decode()
        self.act("deliveries.announce", name="manifest.json", content=content, by=person(RUNNER))
        sheet = {"pieces": each * CARTONS, "cartons": [{"carton": f"C{number}"} for number in range(CARTONS)]}
        for name in (RUNNER, CHECKER):
            self.act("deliveries.count", delivery=delivery, sheet=sheet, by=person(name))
        self.act("deliveries.receive", delivery=delivery, by=person(RUNNER), second=person(CHECKER))

    def issue(self, first: str, last: str, delivery: str, carton: str) -> None:
        """Open a carton and issue some of its blanks to a new shift."""
        two = {"by": person(RUNNER), "second": person(CHECKER)}
        self.act("deliveries.open", delivery=delivery, carton=carton, **two)
        self.act("shifts.open", serials=[[first, last]], reason="a measurement", **two)

    def take_in(self, count: int, seed: int) -> list[tuple[str, str]]:
        """Bring invented records in; return job and record of each."""
        inbox = Inbox(self.shop)
        entered = [
            inbox.accept(Parcel(json.dumps(one.fields).encode(), one.photo_jpeg, one.signature_png), "bench")
            for one in make_people(count, seed=seed)
        ]
        return [(one.job, one.record) for one in entered]

    def ranges(self) -> int:
        """Return the number of rows that hold all blanks."""
        with self.shop.store.reading() as connection:
            return int(connection.exec_driver_sql("SELECT count(*) FROM serial_range").scalar_one())


@contextmanager
def office(folder: Path, database: str = "", clock: Clock = utc_now) -> Iterator[Office]:
    """Open a new office and close it."""
    made = Office(folder, database, clock)
    try:
        yield made
    finally:
        made.shop.close()
