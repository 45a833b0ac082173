"""An office for tests: a real shop with its running daemon, simulated printers in this process, and its staff.

``Office.judge`` compares the books with what physically happened; it knows the simulators' truth and the database, and
shares nothing with the code that prints.
"""

from __future__ import annotations

import json
import threading
import time
import zlib
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from hardware_mocks.pytest_wires import Setup, SimulatedPrinter, pty_printer, tcp_printer
from printd.books.booking import Clock, utc_now
from printd.books.proof import prove
from printd.books.replay import compare
from printd.daemon.daemon import Daemon
from printd.demo.people import Person, make_people
from printd.demo.reader import CardReader
from printd.demo.staff import CHECKER, RUNNER, SUPERVISOR, Staff, enrolment, person
from printd.desk.acts import perform
from printd.desk.desk import Desk
from printd.intake.inbox import Inbox, Parcel
from printd.printing.artwork import Artist
from printd.projections.configuration import PAUSED_BECAUSE
from printd.projections.kinds import PROJECTIONS
from printd.shop import configured
from printd.shop.config import CONFIG_NAME, load
from printd.shop.shop import Shop
from printd.store import log, records
from printd.words.roles import Role
from support.people import FIRST_TWO, EverybodysKeys, create
from support.signed import Signed

ORIGIN = "test.example/53/5371/blanks/1"
CONFIG = """
[printing]
poll_seconds = 0.05
card_seconds = 2
command_seconds = 0.8

[duty]
cards_per_day = 0

[health]
free_mb = 8
"""
WAIT = 30.0
TWO = {"by": person(RUNNER), "second": person(CHECKER)}


def until(condition: Callable[[], bool], what: str, seconds: float = WAIT) -> None:
    """Wait until something is true; fail with what was waited for."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds} s in vain until {what}"
        time.sleep(0.02)


class Office:
    """One shop, its printers and its people."""

    def __init__(self, folder: Path, database: str = "", more: str = "", clock: Clock = utc_now) -> None:
        self.folder = folder
        self.shop_folder = folder / "shop"
        extra = CONFIG + more + (f'\n[database]\nurl = "{database}"\n' if database else "")
        another = {} if clock is utc_now else {"clock": clock}  # such a shop is a copy of no other one
        create(self.shop_folder, origin=ORIGIN, extra=extra, practice=True, **another)
        self.shop = Shop.open(self.shop_folder, clock)
        self.shop.books.keys = EverybodysKeys(self.shop.store)
        self.desk = Desk(self.shop)
        self.printers: dict[str, SimulatedPrinter] = {}
        self.cards = folder / "cards"
        self.cards.mkdir()
        for name, role in ((RUNNER, Role.OPERATOR), (CHECKER, Role.OPERATOR), (SUPERVISOR, Role.SUPERVISOR)):
            self.act("operators.enrol", **{**enrolment(name, role), **FIRST_TWO})

    def act(self, name: str, /, **arguments: Any) -> Any:
        """Perform an act at the desk."""
        return perform(self.desk, name, arguments)

    def deliver(self, pieces: int, delivery: str = "D-1", prefix: str = "BLK") -> None:
        """Announce and receive a delivery."""
        manifest = {
            "delivery": delivery,
            "bast_number": "BAST/1",
            "bast_date": "2026-01-05",
            "stock_type": "WNI",
            "generation": "5",
            "practice": True,
            "cartons": [{"carton": f"{delivery}-1", "first": f"{prefix}000001", "last": f"{prefix}{pieces:06d}"}],
        }
        content = b64encode(json.dumps(manifest).encode()).decode()
        self.act("deliveries.announce", name="m.json", content=content, by=person(RUNNER))
        self.receive(delivery, pieces)

    def receive(self, delivery: str, pieces: int) -> None:
        """Count a delivery of one carton twice, receive it, open the carton."""
        sheet = {"pieces": pieces, "cartons": [{"carton": f"{delivery}-1"}]}
        for name in (RUNNER, CHECKER):
            self.act("deliveries.count", delivery=delivery, sheet=sheet, by=person(name))
        self.act("deliveries.receive", delivery=delivery, **TWO)
        self.act("deliveries.open", delivery=delivery, carton=f"{delivery}-1", **TWO)

    def issue(self, first: str, last: str) -> None:
        """Issue blanks to the shift; the first issue opens it."""
        name = "shifts.issue" if self.act("shifts.list") else "shifts.open"
        self.act(name, serials=[[first, last]], reason="a test", **TWO)

    def add_printer(self, name: str, printer: SimulatedPrinter, uri: str, first: int, last: int) -> None:
        """Book a printer and fill its hopper, in the books and in truth."""
        self.printers[name] = printer
        self.act("printers.add", name=name, uri=uri, model="primacy", **TWO)
        self.issue(f"BLK{first:06d}", f"BLK{last:06d}")
        self.act("blanks.load", printer=name, pieces=last - first + 1, by=person(RUNNER))
        printer.hands.load([f"BLK{number:06d}" for number in range(first, last + 1)])
        self.act("printers.resume", name=name, by=person(RUNNER))

    def take_in(self, count: int, seed: int = 7) -> list[Person]:
        """Bring records in and answer for their warnings."""
        inbox = Inbox(self.shop)
        invented = make_people(count, seed=seed)
        for one in invented:
            inbox.accept(Parcel(json.dumps(one.fields).encode(), one.photo_jpeg, one.signature_png), "test")
        self.act("records.acknowledge", by=person(SUPERVISOR))
        return invented

    def reconfigure(self, **sections: Any) -> None:
        """Change what the shop runs under, and let two people answer for it; without sections: as its file says now."""
        changed = self.shop.config.model_copy(update=sections)
        self.shop.config = changed if sections else load(self.shop_folder / CONFIG_NAME)
        if not configured.enter(self.shop):
            return
        found = self.act("configuration.show")[0]["entry"]
        self.act("configuration.accept", entry=found, by=person(SUPERVISOR), second=person(CHECKER))
        for row in self.act("printers.list"):
            if row["pause_reason"] == PAUSED_BECAUSE:
                self.act("printers.resume", name=row["name"], by=person(RUNNER))

    def run_under(self, **printing: Any) -> None:
        """Change settings of ``[printing]``; two people answer for it and the printers go on."""
        self.reconfigure(printing=self.shop.config.printing.model_copy(update=printing))

    @contextmanager
    def open_doors(self, *, deaths: bool = False) -> Iterator[Daemon]:
        """Run the daemon in a thread; what it dies of is raised here.

        :param deaths: whether a part of it may die and begin anew.
        """
        daemon = Daemon(self.shop)
        died: list[BaseException] = []

        def work() -> None:
            try:
                daemon.run()
            except BaseException as reason:
                died.append(reason)
                raise

        thread = threading.Thread(target=work, name="daemon")
        thread.start()
        self.desk.workshop = daemon
        try:
            yield daemon
        finally:
            daemon.stop()
            thread.join(WAIT)
            self.desk.workshop = None
        assert not thread.is_alive(), "the daemon did not stop"
        assert not died, f"the daemon died of {died}"
        assert not daemon.left, f"these did not end with it: {daemon.left}"
        assert deaths or not daemon.parts.died, f"these died meanwhile: {daemon.parts.died}"

    def outside(self) -> list[dict[str, Any]]:
        """Return every card that left a printer."""
        return [card for printer in self.printers.values() for card in _truth(printer, "card")]

    def staff(self) -> Staff:
        """Return the people who work here."""
        hands = {name: _hand(printer) for name, printer in self.printers.items()}
        return Staff(self.act, hands, self.outside, CardReader(self.shop))

    def print_everything(self, records: int, seconds: float = WAIT) -> Staff:
        """Let the staff walk round until every record has a checked card."""
        staff = self.staff()
        deadline = time.monotonic() + seconds
        while staff.round().get("finished", 0) < records:
            assert time.monotonic() < deadline, self.act("printers.list")
            time.sleep(0.05)
        return staff

    def places(self) -> dict[str, str]:
        """Return the place of every blank, from the table alone."""
        found: dict[str, str] = {}
        with self.shop.store.reading() as connection:
            for prefix, width, first, last, place in connection.exec_driver_sql(
                "SELECT prefix, width, first, last, place FROM serial_range"
            ):
                for number in range(first, last + 1):
                    found[f"{prefix}{number:0{width}d}"] = place
        return found

    def judge(self, records: int | None = None) -> None:
        """Compare books and physics; with ``records``, each of so many has exactly one good card."""
        places = self.places()
        where = self.act("blanks.where")
        assert all(row["balance"] == 0 for row in where["deliveries"].values())
        assert len(places) == where["announced"]
        blacks, tested = self._blacks(), self._tested()
        good: dict[str, int] = {}
        for card in self.outside():
            touched = bool(card["front"] or card["back"])
            if card["blank"] not in places:
                assert not touched, f"{card['blank']} belongs to no delivery and was printed"
                continue
            place = places[card["blank"]]
            if card["blank"] in tested:
                assert touched, f"{card['blank']} is booked as spent by a test print and came out untouched"
                assert place in ("spoiled", "destroyed"), f"{card['blank']} is a test print, booked {place}"
            elif card["complete"] and not card["defect"]:
                owner = blacks.get(next(one["crc32"] for one in card["front"] if one["panel"] == "k"))
                assert owner is not None, f"{card['blank']} carries a card that nobody ordered"
                booked = self._record_on(card["blank"])
                assert booked == owner, f"{card['blank']} carries record {owner}, the books say {booked}"
                if place != "spoiled":
                    assert place in ("output", "finished", "holder"), f"{card['blank']} is printed, booked {place}"
                    good[owner] = good.get(owner, 0) + 1
            elif touched:
                assert place == "spoiled", f"{card['blank']} is spoiled, the books say {place}"
                inks = {one["panel"]: one["crc32"] for one in card["front"] if one["laid"] == 1.0}
                owner = blacks.get(inks.get("k", ""))  # its black is whole: it tells whose card it was to be
                assert owner in (None, booked := self._record_on(card["blank"])), (
                    f"{card['blank']} was to be record {owner}, the books say {booked}"
                )
            else:
                kind = place.partition(":")[0]
                assert kind in ("shift", "spoiled"), f"{card['blank']} came out untouched, the books say {place}"
        assert all(count == 1 for count in good.values()), f"two good cards of one record: {good}"
        if records is not None:
            assert len(good) == records
        for name, printer in self.printers.items():
            inside = [card.blank for card in printer.machine.hopper]
            booked_in = [blank for blank, place in places.items() if place == f"hopper:{name}"]
            assert sorted(inside) == sorted(booked_in), f"the hopper of {name} differs from the books"
        self.prove()

    def _tested(self) -> set[str]:
        """Return the blanks that test prints spent, from the table alone."""
        with self.shop.store.reading() as connection:
            return set(connection.exec_driver_sql("SELECT serial FROM test_print WHERE state = 'spoiled'").scalars())

    def prove(self) -> None:
        """The log proves itself and rebuilds every table; whom an entry names has signed it, by the entries alone."""
        self.shop.sign()
        with self.shop.store.reading() as connection:
            end = log.frontier(connection)
            report = prove(connection, self.shop.keys.log.vkey)
            assert report.problems == []
            assert report.size == end.size
            assert compare(connection, PROJECTIONS).differences == ()
            signed = Signed(body for _, body, *_ in log.entries(connection))
        assert len(signed.entries) == end.size
        assert signed.signatures

    def _blacks(self) -> dict[str, str]:
        """Return the record that each black panel belongs to: drawn again, packed here, compared by CRC-32."""
        shop = self.shop
        artist = Artist(shop)
        found: dict[str, str] = {}
        with self.shop.store.reading() as connection:
            for row in records.list_records(connection, 100_000):
                turned = np.rot90(artist.draw(row["id"]).front.resin, k=-1)  # clockwise: 1016 lines of 648 dots
                found[f"{zlib.crc32(np.packbits(turned, axis=1).tobytes()):08x}"] = row["id"]
        return found

    def _record_on(self, blank: str) -> str | None:
        life = self.act("blanks.show", serial=blank)["life"]
        job = next((step["job"] for step in reversed(life) if step["job"]), None)
        return None if job is None else str(self.act("jobs.show", job=job)["record_id"])


@contextmanager
def office(
    folder: Path,
    *,
    printers: int = 1,
    faults: tuple[str, ...] = (),
    blanks: int = 20,
    database: str = "",
    more: str = "",
    clock: Clock = utc_now,
    **setup: Any,
) -> Iterator[Office]:
    """Open an office with printers on serial lines and TCP in turn; ``faults`` happen on the first.

    :param more: sections of its configuration.
    :param clock: what it takes for the time, in UTC.
    """
    with ExitStack() as stack:
        made = Office(folder, database, more, clock)
        stack.callback(made.shop.close)
        made.deliver(printers * blanks + 10)
        for number in range(printers):
            options = Setup(
                serial=f"SIM{number:04d}",
                cards=made.cards,
                faults=list(faults) if number == 0 else [],
                **setup,
            )
            first = number * blanks + 1
            if number % 2 == 0:
                pty = stack.enter_context(pty_printer(options, folder / f"tty{number}"))
                uri, printer = f"serial:{folder / f'tty{number}'}?baud=115200", pty.printer
            else:
                tcp = stack.enter_context(tcp_printer(options))
                uri, printer = f"tcp://{tcp.host}:{tcp.port}", tcp.printer
            made.add_printer(f"p{number}", printer, uri, first, first + blanks - 1)
        yield made


def _truth(printer: SimulatedPrinter, event: str) -> list[dict[str, Any]]:
    return [dict(line) for line in printer.truth.read(event)]


def _hand(printer: SimulatedPrinter) -> Any:
    def hand(action: str, /, **arguments: Any) -> Any:
        return getattr(printer.hands, action)(**arguments)

    return hand
