"""A counter for tests: four people, a delivery of one hundred blanks in two cartons, two printers, a clock to turn."""

from __future__ import annotations

import json
import shutil
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from printd.desk.acts import perform
from printd.desk.desk import Desk
from printd.events.kinds import read
from printd.shop.shop import Shop
from printd.words.roles import Role
from support.people import EverybodysKeys, create, enrol

ORIGIN = "printd.example/tests/counter/blanks/1"


def person(name: str) -> dict[str, str]:
    """Return somebody with their password."""
    return {"name": name, "passphrase": f"{name}-passphrase"}


SITI, BUDI, MARTA, RATNA = (person(name) for name in ("siti", "budi", "marta", "ratna"))
TWO = {"by": SITI, "second": BUDI}


START = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)


class Counter:
    """The desk, and a clock that stands until it is turned."""

    def __init__(self, folder: Path, extra: str = "", *, practice: bool = True) -> None:
        self.now = START
        if new := not folder.exists() and "postgresql" in extra:
            create(folder, origin=ORIGIN, extra=extra, practice=practice, clock=lambda: self.now)
        elif not folder.exists():
            shutil.copytree(Path(_begun(extra, practice=practice).name) / "shop", folder)
        self.shop = Shop.open(folder, lambda: self.now)
        self.desk = Desk(self.shop)
        self.shop.books.keys = EverybodysKeys(self.shop.store)
        if new:
            self.begin()

    def begin(self) -> None:
        """Enrol its people and add its printers."""
        for name in ("siti", "budi", "marta"):
            enrol(self.desk, name)
        enrol(self.desk, "ratna", Role.SUPERVISOR)
        for name in ("p1", "p2"):
            about = {
                "uri": f"usb://0f49/{name}",
                "family": "evolis",
                "model": "m",
                "serial_number": name,
                "firmware": "1",
            }
            self.shop.books.enter(read("printer.added", {"printer": name, **about}), ["siti", "budi"])
            self.shop.books.enter(read("printer.resumed", {"printer": name}), ["siti"])

    def act(self, name: str, /, **arguments: Any) -> Any:
        """Perform an act of the desk."""
        return perform(self.desk, name, arguments)

    def later(self, **span: float) -> None:
        """Turn the clock on."""
        self.now += timedelta(**span)

    def announce(self, delivery: str = "D1", first: int = 1, pieces: int = 100, **more: Any) -> None:
        """Announce a delivery in two cartons of equal size."""
        half = first + pieces // 2
        ends = ((first, half - 1), (half, first + pieces - 1))
        cartons = [
            {"carton": f"{delivery}-{n}", "first": f"K{a:05d}", "last": f"K{b:05d}"}
            for n, (a, b) in enumerate(ends, start=1)
        ]
        about = {
            "practice": self.shop.practice,
            "bast_number": "BAST/1",
            "bast_date": "2026-11-02",
            "stock_type": "WNI",
            "generation": "5",
        }
        content = json.dumps({"delivery": delivery, **about, "cartons": cartons, **more}).encode()
        self.act("deliveries.announce", name="m.json", content=b64encode(content).decode(), by=person("marta"))

    def count(self, sheet: dict[str, Any], delivery: str = "D1") -> None:
        """Let both count alike."""
        for one in (SITI, BUDI):
            self.act("deliveries.count", delivery=delivery, sheet=sheet, by=one)

    def receive(self, delivery: str = "D1", pieces: int = 100) -> None:
        """Receive a delivery whole and open both cartons."""
        cartons = [f"{delivery}-{n}" for n in (1, 2)]
        self.count({"pieces": pieces, "cartons": [{"carton": one} for one in cartons]}, delivery)
        self.act("deliveries.receive", delivery=delivery, **TWO)
        for one in cartons:
            self.act("deliveries.open", delivery=delivery, carton=one, **TWO)

    def open_shift(self, pieces: int = 20) -> str:
        """Open a shift with so many blanks."""
        return str(self.act("shifts.open", pieces=pieces, reason="a test", **TWO)["id"])

    def places(self) -> dict[str, int]:
        """Return the pieces in every place."""
        found: dict[str, int] = self.act("blanks.where")["places"]
        return found

    def sheets(self, shift: str, **changed: Any) -> None:
        """Count a shift's end as the books have it, but for what is changed (``_`` stands for a colon)."""
        sheet: dict[str, Any] = {}
        with self.shop.store.reading() as connection:
            for place in (f"shift:{shift}", "hopper:p1", "hopper:p2", "output", "spoiled"):
                query = "SELECT coalesce(sum(last - first + 1), 0) FROM serial_range WHERE place = '%s'"
                held = connection.exec_driver_sql(query % place).scalar_one()
                sheet[place] = {"pieces": int(held)}
        sheet |= {name.replace("_", ":", 1): one for name, one in changed.items()}
        for one in (SITI, BUDI):
            self.act("shifts.count", found=sheet, by=one)


@cache
def _begun(extra: str, *, practice: bool) -> TemporaryDirectory[str]:
    """Make a counter once, for all tests to have a copy of."""
    made = TemporaryDirectory(prefix="printd-counter-")
    folder = Path(made.name) / "shop"
    create(folder, origin=ORIGIN, extra=extra, practice=practice, clock=lambda: START)
    one = Counter(folder)
    one.begin()
    one.shop.close()
    return made


@contextmanager
def counter(folder: Path, extra: str = "", *, practice: bool = True) -> Iterator[Counter]:
    """Open a counter, a new one where there is none, and close it.

    :param practice: whether a new one is a practice shop.
    """
    made = Counter(folder, extra, practice=practice)
    try:
        yield made
    finally:
        made.shop.close()
