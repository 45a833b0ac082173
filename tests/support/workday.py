"""A working day in tests: stock received, printers, jobs that wait, attempts as the worker books them, blind counts."""

from __future__ import annotations

import json
import uuid
from base64 import b64encode
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import pytest

from drivers.printer import Counters
from printd.desk import blanks, deliveries, shifts
from printd.desk.closing import Count
from printd.desk.desk import Desk
from printd.desk.proofs import Person
from printd.errors import Refused
from printd.events.kinds import read
from printd.ledger.entry import Entry
from printd.printing.attempt import begin, end
from printd.store import attempts, log
from printd.store.engine import dump
from printd.words.states import AttemptState
from support.fixed import SEALED
from support.people import proof
from support.receipts import count_twice, receive_whole
from support.resumed import resumed

HEADER = {
    "practice": True,
    "bast_number": "470/1/BAST",
    "bast_date": "2026-11-02",
    "stock_type": "WNI",
    "generation": "5",
}


def announce(desk: Desk, delivery: str, cartons: list[tuple[str, str]], **header: Any) -> None:
    """Announce a delivery of some cartons, each from its first to its last serial."""
    listed = [{"carton": f"{delivery}-{n}", "first": a, "last": b} for n, (a, b) in enumerate(cartons, start=1)]
    content = json.dumps({**HEADER, **header, "delivery": delivery, "cartons": listed}).encode()
    deliveries.announce(desk, "m.json", b64encode(content).decode(), proof("siti"))


def stock(
    desk: Desk, two: tuple[Person, Person], delivery: str = "D", first: str = "K001", last: str = "K100", **header: Any
) -> None:
    """Receive a delivery of one carton and open it."""
    announce(desk, delivery, [(first, last)], **header)
    receive_whole(desk, delivery, *two)


def stock_closed(desk: Desk, two: tuple[Person, Person], delivery: str, cartons: list[tuple[str, str]]) -> None:
    """Receive a delivery whose cartons stay closed."""
    announce(desk, delivery, cartons)
    count_twice(desk, delivery, *two)
    deliveries.receive(desk, delivery, *two)


def add_printers(desk: Desk, *names: str) -> None:
    """Book printers that nobody has ever seen."""
    for name in names:
        about = {"uri": "tcp://192.0.2.1:1", "family": "evolis", "model": "primacy", "serial_number": f"S-{name}"}
        desk.shop.books.enter(read("printer.added", {"printer": name, **about, "firmware": "1"}), ["siti", "budi"])
        desk.shop.books.enter(read("printer.resumed", {"printer": name}), ["siti"])


def queue(desk: Desk, count: int, stock_type: str = "WNI") -> list[str]:
    """Let jobs wait for printing; return their ids."""
    made = []
    for _ in range(count):
        job = str(uuid.uuid4())
        about = {"source": "spool", "remote_status": "PRR", "reason": "baru", "warnings": [], "sealed": SEALED}
        who = {"record": str(uuid.uuid4()), "holder": uuid.uuid4().hex, "digest": uuid.uuid4().hex}
        desk.shop.books.enter(read("record.accepted", {**who, **about, "job": job, "stock_type": stock_type}))
        made.append(job)
    return made


def start(desk: Desk, job: str, serial: str, printer: str = "p1") -> str:
    """Begin an attempt as the worker does; return its id."""
    return begin(
        desk.shop.books,
        job=job,
        printer=printer,
        resumed=resumed(desk.shop.books, printer),
        serial=serial,
        counters=Counters(),
        artwork="A" * 22,
    )


def finish(desk: Desk, attempt: str, outcome: AttemptState = AttemptState.PRINTED, cause: str = "") -> None:
    """End an attempt as the worker does."""
    with desk.shop.books.booking() as booking:
        row = attempts.find_attempt(booking.connection, attempt)
        assert row is not None
        end(booking, row, outcome, evidence=None, cause=cause)


def print_on(desk: Desk, job: str, serial: str, outcome: AttemptState = AttemptState.PRINTED, cause: str = "") -> str:
    """Book a whole attempt; return its id."""
    attempt = start(desk, job, serial)
    finish(desk, attempt, outcome, cause)
    return attempt


def count_all(desk: Desk, by: Person, found: Mapping[str, Any]) -> None:
    """Enter one person's sheet: a number, or the ranges that were scanned, for each place."""
    shifts.count(desk, {place: counted(one) for place, one in found.items()}, by)


def counted(found: Any) -> Count:
    """Return what was found as a sheet has it."""
    if isinstance(found, int):
        return Count(pieces=found)
    width = len(found[0][0]) if found else 0
    pieces = sum(int(b[-3:]) - int(a[-3:]) + 1 for a, b in found)
    assert all(len(a) == len(b) == width for a, b in found)
    return Count(pieces=pieces, serials=[list(pair) for pair in found])


def close(desk: Desk, two: tuple[Person, Person], found: Mapping[str, Any], **more: Any) -> shifts.ShiftEnded:
    """Count a shift, both alike, and close it."""
    shifts.count_begin(desk, two[0])
    for person in two:
        count_all(desk, person, found)
    return shifts.close(desk, *two, **more)


def entries(desk: Desk, *kinds: str) -> list[Entry]:
    """Return the log's entries of some kinds, or all."""
    with desk.shop.store.reading() as connection:
        told = [Entry.from_body(body) for _, body, _ in log.entries(connection)]
    return [one for one in told if not kinds or one.kind in kinds]


def where(desk: Desk) -> dict[str, int]:
    """Return the pieces in each place, from the books."""
    places: dict[str, int] = blanks.where(desk)["places"]
    return places


def refused(desk: Desk, act: Callable[[], object]) -> Refused:
    """Return the refusal, a whole sentence, having made sure that neither log nor tables changed."""
    with desk.shop.store.reading() as connection:
        before = log.frontier(connection), dump(connection)
    with pytest.raises(Refused) as refusal:
        act()
    with desk.shop.store.reading() as connection:
        assert (log.frontier(connection), dump(connection)) == before
    assert refusal.value.what.endswith((".", "?"))
    return refusal.value


def set_clock(desk: Desk, moment: datetime) -> None:
    """Let it be a moment for all that is booked from now on."""
    desk.shop.books.clock = lambda: moment


def configure(desk: Desk, **sections: Any) -> None:
    """Exchange sections of the configuration."""
    desk.shop.config = desk.shop.config.model_copy(update=sections)
