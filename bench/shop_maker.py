"""A shop with years behind it: one carton is used by the shop's own books, and what that left is copied for others.

Going through :meth:`printd.books.Booking.enter` makes some hundreds of entries a second, so that millions would take
hours. So the first carton is issued, printed, checked and handed over the real way, a shift of its own; every row that
it left is then copied for the next cartons with serials, ids, days and entry numbers of their own, and each entry is
signed anew by those whom it names. That the copies are a shop is shown on a small one by
:func:`printd.books.replay.compare` and by the verifier of the log.
"""

from __future__ import annotations

import random
import re
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import sqlalchemy as sa

from bench.figures import progress
from bench.office import CARTONS, ORIGIN, PRINTER, Office
from printd.books import closings
from printd.books.booking import Booking
from printd.books.signing import Keys
from printd.demo.staff import CHECKER, RUNNER, SUPERVISOR
from printd.events.kinds import read
from printd.ledger.entry import parse, with_signatures, without_signatures
from printd.ledger.merkle import EMPTY_ROOT, leaf_hash, node_hash
from printd.ledger.signatures import message, write_signature
from printd.store import log, printers
from printd.store.tables import PROJECTIONS
from printd.store.tables.blanks import serial_range
from printd.store.tables.deliveries import carton
from printd.store.tables.log import entry, log_state, node
from printd.store.tables.movements import movement

SPOILED_EVERY = 50  # the last piece of a carton among them, so that no row reaches over two cartons
START = datetime(2024, 1, 2, 8, tzinfo=UTC)

_AREAS = [f"53.71.0{number}" for number in range(1, 7)]
_REASONS = ("baru", "rusak", "hilang", "ubah_data")
_ID = 22  # characters of an id that are its own; digests and pseudonyms are as long
_NUMBERS_OF_ENTRIES = frozenset({"seq", "opened_seq", "closed_seq", "place_in_queue"})
_BATCH = 20_000
_CLOSING: Mapping[str, Any] = {
    "stock": [],
    "closing": {},
    "places": [],
    "gaps": [],
    "spoiled": {},
    "outcomes": {},
    "note": "",
    "log_size": 0,
    "log_root": EMPTY_ROOT.hex(),
}
"""The least that an act of closing can say."""
_CLOSES = '"kind":"shift.closed"'
_AT_ONCE = 20  # cartons in one transaction


@dataclass(frozen=True)
class Size:
    """How large the shop shall be: deliveries of ``pieces_each``, and how many entries at least."""

    deliveries: int
    pieces_each: int
    entries: int


def fill(office: Office, size: Size) -> None:
    """Receive the deliveries and use cards of them, carton by carton, until the log is that long.

    The office's clock must stand at :data:`START`.
    """
    for number in range(size.deliveries):
        office.deliver(f"D-{number:02}", _letters(number), size.pieces_each)
    each = size.pieces_each // CARTONS
    with office.shop.store.reading() as connection:
        first = log.frontier(connection).size
    with office.shop.books.booking() as booking:
        _use_first_carton(booking, each, _resumed(booking.connection))
        last = booking.size
    copies = max(0, -(-(size.entries - last) // (last - first)))
    with office.shop.store.reading() as connection:
        pattern = _Pattern.read(connection, first, each)
    for start in range(1, copies + 1, _AT_ONCE):
        with office.shop.store.writing() as connection:
            _copy(connection, pattern, range(start, min(start + _AT_ONCE, copies + 1)), office.shop.books.keys)
        progress(f"carton {min(start + _AT_ONCE, copies + 1)} of {copies + 1}")
    with office.shop.store.writing() as connection:
        _grow(connection, last)
    office.shop.sign()


def _resumed(connection: sa.Connection) -> int:
    """Return the number of the entry in which somebody let the printer work."""
    row = printers.find_printer(connection, PRINTER)
    assert row is not None
    assert row["resumed_seq"] is not None
    return row["resumed_seq"]


def _letters(number: int) -> str:
    return f"B{chr(65 + number)}K"


# --- the carton that is really used ---------------------------------------------------------------------------------


def _use_first_carton(booking: Booking, pieces: int, resumed: int) -> None:
    two, shift, prefix = [RUNNER, CHECKER], "D-00-C0", _letters(0)
    ends = [f"{prefix}{1:07d}", f"{prefix}{pieces:07d}"]
    enter = partial(_enter, booking)
    enter("carton.opened", {"delivery": "D-00", "carton": "C0"}, two)
    enter("shift.opened", {"shift": shift, "reason": "a measurement"}, two)
    issued = {"serials": [ends], "from": "store", "to": f"shift:{shift}", "why": "issue"}
    enter("blanks.moved", issued, two)
    loaded = {"serials": [ends], "from": f"shift:{shift}", "to": f"hopper:{PRINTER}", "why": "load"}
    enter("blanks.moved", loaded, [RUNNER])
    for number in range(1, pieces + 1):
        _card(booking, f"{prefix}{number:07d}", number, resumed)
    enter("shift.counting", {"shift": shift}, [RUNNER])
    totals = [one.data() for one in closings.totals(booking.connection)]
    told = {"day": START.date().isoformat(), "totals": totals}
    enter("shift.closed", {"shift": shift, "returned": [], "act": _CLOSING, **told}, two)


def _enter(booking: Booking, kind: str, data: Mapping[str, Any], by: Sequence[str] = ()) -> None:
    booking.enter(read(kind, data), by)


def _new_id(chance: random.Random) -> str:
    return str(uuid.UUID(int=chance.getrandbits(128), version=4))


def _card(booking: Booking, serial: str, number: int, resumed: int) -> None:
    """Print one card, look at it and hand it over; one in fifty jams."""
    job, record, attempt = (_new_id(random.Random()) for _ in range(3))
    enter = partial(_enter, booking)
    enter(
        "record.accepted",
        {
            "record": record,
            "job": job,
            "holder": record[:_ID],
            "digest": attempt[:_ID],
            "source": "spool",
            "remote_status": "PRINT_READY_RECORD",
            "reason": _REASONS[number % 4],
            "stock_type": "WNI",
            "warnings": [],
            "area": _AREAS[number % 6],
            "nik_area": "53.71",
            "sealed": "5e" * 32,
        },
    )
    counters = {"cards": number, "panels": number * 5, "ribbon_left": number % 200, "until_cleaning": number % 1000}
    started = {"attempt": attempt, "job": job, "number": 1, "printer": PRINTER, "resumed": resumed, "serial": serial}
    enter("attempt.started", {**started, "counters": counters, "artwork": record[:_ID]})
    raw = {"Rco;c": str(number), "Rco;p": str(number * 5), "Rlr;p": "OK", "Rrt;count": "199", "Rrt;qty": "200"}
    evidence = {"after": counters, "findings": [], "position": "none", "raw": raw, "rung": "left_printer"}
    if number % SPOILED_EVERY == 0:
        enter("attempt.spoiled", {"attempt": attempt, "to": "spoiled", "cause": "jam", "evidence": evidence})
        enter("job.cancelled", {"job": job}, [SUPERVISOR])
        return
    enter("attempt.printed", {"attempt": attempt, "to": "output", "evidence": evidence})
    enter("card.checked", {"attempt": attempt, "quality": "good"}, [CHECKER])
    enter("card.handed_over", {"attempt": attempt, "receiver": "holder"}, [CHECKER])


# --- and all the others ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Pattern:
    """What one carton left: its entries, and the rows of every table that came by them."""

    first: int
    entries: Sequence[bytes]
    rows: Mapping[str, Sequence[Mapping[str, Any]]]
    pieces: int

    @classmethod
    def read(cls, connection: sa.Connection, first: int, pieces: int) -> _Pattern:
        rows = {
            table.name: [dict(row) for row in connection.execute(sa.select(table)).mappings()]
            for table in PROJECTIONS
            if table.name in ("record", "job", "attempt", "spoil", "shift", "closing", "handover", "seal")
        }
        moved = sa.select(movement).where(movement.c.seq >= first)
        rows["movement"] = [dict(row) for row in connection.execute(moved).mappings()]
        prefix = _letters(0)
        lying = sa.select(serial_range).where(serial_range.c.prefix == prefix, serial_range.c.last <= pieces)
        rows["serial_range"] = [dict(row) for row in connection.execute(lying).mappings()]
        return cls(first, [body for _, body, _ in log.entries(connection, first)], rows, pieces)


class _Translation:
    """From what the first carton wrote to what another would have written."""

    def __init__(self, number: int, pattern: _Pattern) -> None:
        delivery, carton = divmod(number, CARTONS)
        chance = random.Random(number)  # ids as scattered as the real ones, which an index feels
        self._ids: dict[str, str] = {}
        self._chance = chance
        self._prefix = _letters(delivery)
        self._words = {"C0": f"C{carton}", "D-00": f"D-{delivery:02}", "D-00-C0": f"D-{delivery:02}-C{carton}"}
        self._day = (START + timedelta(days=number)).date().isoformat()
        self._cartons = number
        self._pieces = pattern.pieces
        self.serials_on = carton * pattern.pieces
        self.entries_on = number * len(pattern.entries)

    _TOKEN = re.compile(
        r"(?P<id>[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{3})|BAK(?P<serial>[0-9]{7})|(?P<prefix>\bBAK\b)"
        r"|(?P<word>\bD-00-C0\b|\bD-00\b|\bC0\b)|(?P<day>2024-01-02)(?=T|\"|$)"
    )

    _TOTAL = re.compile(r'"(?P<name>store|holder|spoiled)":(?P<number>[0-9]+)')

    def text(self, value: str) -> str:
        return self._TOKEN.sub(self._one, value)

    def closing(self, value: str) -> str:
        """Return a closing with the totals that one after so many cartons more has."""
        return self._TOTAL.sub(self._total, value)

    def _total(self, found: re.Match[str]) -> str:
        name, number = found["name"], int(found["number"])
        more = -self._pieces if name == "store" else number
        return f'"{name}":{number + self._cartons * more}'

    def _one(self, found: re.Match[str]) -> str:
        kind, old = str(found.lastgroup), found.group(0)
        if kind == "id":  # the beginning of a UUID as long as a pseudonym
            old = old[:_ID]
            if old not in self._ids:
                self._ids[old] = _new_id(self._chance)[:_ID]
            return self._ids[old]
        if kind == "serial":
            return f"{self._prefix}{int(found.group('serial')) + self.serials_on:07d}"
        return {"prefix": self._prefix, "day": self._day}.get(kind) or self._words[old]

    def row(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Return a row with everything in it moved on."""
        here = row.get("prefix") is not None
        return {
            name: self.text(value)
            if isinstance(value, str)
            else value
            if not isinstance(value, int)
            else value + self.entries_on
            if name in _NUMBERS_OF_ENTRIES
            else value + self.serials_on
            if here and name in ("first", "last")
            else value
            for name, value in row.items()
        }


def _copy(connection: sa.Connection, pattern: _Pattern, numbers: range, keys: Keys) -> None:
    """Write entries and rows of some cartons.

    :param keys: of those who sign the entries.
    """
    tables = {table.name: table for table in PROJECTIONS}
    order = [name for name in tables if name in pattern.rows]
    write = _writer(connection)
    splits = [_split(body) for body in pattern.entries]
    for number in numbers:
        to = _Translation(number, pattern)
        entries = []
        for at, (before, after, names) in enumerate(splits):
            seq = pattern.first + to.entries_on + at
            moved_on = to.text(before)
            if _CLOSES in before:
                moved_on = to.closing(moved_on)
            plain = f"{moved_on}{seq}{after}".encode()
            said = message(ORIGIN, plain)
            body = with_signatures(plain, [write_signature(keys[name].sign(said)) for name in names])
            entries.append({"seq": seq, "body": body, "leaf_hash": leaf_hash(body)})
        write(entry, entries)
        _issue(connection, to, pattern)
        for name in order:
            if name != "serial_range":
                write(tables[name], [to.row(row) for row in pattern.rows[name]])
        write(serial_range, [to.row(row) for row in pattern.rows["serial_range"]])


def _split(body: bytes) -> tuple[str, str, tuple[str, ...]]:
    """Cut what people sign of an entry before and after its own number, near its end; return it with their names."""
    said = parse(body)
    before, after = without_signatures(body).decode().rsplit(f'"seq":{said["seq"]}', 1)
    return f'{before}"seq":', after, tuple(said["by"])


def _issue(connection: sa.Connection, to: _Translation, pattern: _Pattern) -> None:
    """Take the carton out of the store and mark it as opened."""
    prefix, delivery, label = to.text("BAK"), to.text("D-00"), to.text("C0")
    stock, first = serial_range, to.serials_on + 1
    whole = connection.execute(
        sa.select(stock).where(stock.c.prefix == prefix, stock.c.place == "store").order_by(stock.c.first).limit(1)
    ).one()
    at = stock.c.prefix == prefix, stock.c.first == first
    assert whole.first == first
    connection.execute(stock.delete().where(*at))
    if whole.last > to.serials_on + pattern.pieces:
        left = {**whole._mapping, "first": to.serials_on + pattern.pieces + 1}
        connection.execute(stock.insert(), left)
    opened = {"opened_at": to.text(pattern.rows["shift"][0]["opened_at"]), "opened_by": RUNNER, "opened_with": CHECKER}
    connection.execute(
        carton.update().where(carton.c.delivery_id == delivery, carton.c.label == label).values(**opened)
    )


Write = Callable[[sa.Table, list[dict[str, Any]]], None]


def _writer(connection: sa.Connection) -> Write:
    """Return how many rows are written at once: the driver's own way, without the layers that make single rows nice."""
    raw = connection.connection.cursor()
    postgres = connection.dialect.name == "postgresql"

    def write(table: sa.Table, rows: list[dict[str, Any]]) -> None:
        if not rows:
            return
        columns = ", ".join(f'"{column}"' for column in rows[0])
        if postgres:
            with raw.copy(f"COPY {table.name} ({columns}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(tuple(row.values()))
            return
        marks = ", ".join("?" for _ in rows[0])
        raw.executemany(
            f"INSERT INTO {table.name} ({columns}) VALUES ({marks})",
            [tuple(row.values()) for row in rows],
        )

    return write


def _grow(connection: sa.Connection, known: int) -> None:
    """Write the Merkle nodes that the entries after the first ``known`` complete, and the end of the log."""
    write = _writer(connection)
    level, hashes = 0, [leaf for _, _, leaf in log.entries(connection)]
    size = len(hashes)
    frontier: list[bytes] = []
    while hashes:
        if len(hashes) % 2:
            frontier.append(hashes[-1])
        hashes = [node_hash(hashes[at], hashes[at + 1]) for at in range(0, len(hashes) - 1, 2)]
        level += 1
        for some in _batches(hashes, known >> level):
            write(node, [{"level": level, "idx": at, "hash": one} for at, one in some])
    packed = b"".join(reversed(frontier))
    connection.execute(log_state.update().values(size=size, frontier=packed))


def _batches(hashes: Sequence[bytes], first: int) -> Iterator[list[tuple[int, bytes]]]:
    for start in range(first, len(hashes), _BATCH):
        yield list(enumerate(hashes[start : start + _BATCH], start))
