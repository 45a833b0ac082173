"""Which entries of a log are about a blank, a job or a record: found from the entries alone, in two or three passes.

About a blank: whatever names its serial, alone or in a range, and what belongs to that: its attempts and test prints
with their jobs, its carton, delivery, transfers, differences, incidents and samples. About a job: its record, attempts
and what the two led to. Beside them whatever tells whose signatures these are: the keys of all who signed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping

from printd.errors import IntegrityError
from printd.events.attempts import AttemptStarted
from printd.events.base import Event, EventError
from printd.events.deliveries import CartonOpened, DeliveryAnnounced, DeliveryCounted, DeliveryReceived
from printd.events.kinds import read
from printd.events.operators import OperatorEnrolled
from printd.events.printers import PrinterResumed
from printd.events.purges import RecordsErased, RecordsPurged
from printd.events.records import RecordAccepted
from printd.events.registers import RegisterRead
from printd.events.transfers import TransferAcknowledged
from printd.ledger.entry import Entry, EntryError
from printd.ledger.proof_file import Noun
from printd.remedies import Do
from printd.words.serials import parse_serial

_OF_PEOPLE = re.compile(rb'"kind":"(?:shop\.opened|operator\.[a-z_]+|log\.rolled_back|shop\.restored)"')
_RESUMED = b'"kind":"printer.resumed"'
_OF_BLANKS = ("attempt", "test", "incident", "transfer", "sample", "card")
_IDS = (*_OF_BLANKS, "discrepancy", "job", "record")
"""Fields that name something of which other entries speak."""
_BEGINS = {
    "attempt.started": "attempt",
    "test_print.started": "test",
    "incident.opened": "incident",
    "transfer.sent": "transfer",
    "sample.drawn": "sample",
    "card.returned": "card",
}
"""Kinds of entries, each with what it is the first to speak of."""

Row = tuple[int, bytes]
"""Number and bytes of an entry."""

Rows = dict[int, bytes]


def about(noun: Noun, name: str, rows: Callable[[], Iterable[Row]]) -> tuple[Rows, Rows]:
    """Return the entries about something, and those that give whoever signed them their keys, both by number.

    :param rows: returns every entry in order, as often as it is asked: that a job belongs to a blank is told after the
        entry of its record.
    :raises IntegrityError: an entry is not in the form of its kind.
    """
    search: _Search = _Blank(name) if noun == "blank" else _Job(noun, name)
    while True:
        search.is_late = False
        found, people = _pass(search, rows())
        if not search.is_late:
            return found, _signed_with(found, people)


def _pass(search: _Search, rows: Iterable[Row]) -> tuple[Rows, Rows]:
    """Return the entries about something, and those about people."""
    found: Rows = {}
    people: Rows = {}
    resumed: dict[str, Row] = {}
    for seq, body in rows:
        if _OF_PEOPLE.search(body):
            people[seq] = body
        elif _RESUMED in body:
            event = _read(seq, body)[1]
            if isinstance(event, PrinterResumed):
                resumed[event.printer] = seq, body
        elif search.may_be(body):
            entry, event = _read(seq, body)
            if search.takes(entry, event):
                found[seq] = body
                if isinstance(event, AttemptStarted) and event.printer in resumed:
                    found.update([resumed[event.printer]])
    return found, people


def _read(seq: int, body: bytes) -> tuple[Entry, Event]:
    try:
        entry = Entry.from_body(body)
        return entry, read(entry.kind, entry.data)
    except (EntryError, EventError) as altered:
        raise IntegrityError(
            f"Entry {seq} is not in the form of its kind.",
            why=f"{altered}.",
            consequence="No proof was written.",
            remedy=("Run ", Do("audit.verify"), ", and call the auditor."),
        ) from altered


def _signed_with(found: Rows, people: Rows) -> Rows:
    """Return the entries of those who signed, of those who signed these, and so on, and what changed the log's name."""
    told = {seq: _read(seq, body) for seq, body in people.items()}
    needed = {seq for seq, (entry, _) in told.items() if not entry.kind.startswith("operator.")}
    wanted: set[str] = set()
    more = _signers(_read(*one)[0] for one in found.items()) | _signers(told[seq][0] for seq in needed)
    while not more <= wanted:
        wanted |= more
        needed |= {seq for seq, (_, event) in told.items() if _named(event) in wanted}
        more = _signers(told[seq][0] for seq in needed)
    return {seq: people[seq] for seq in needed}


def _signers(entries: Iterable[Entry]) -> set[str]:
    return {name for one in entries for name in one.actors}


def _named(event: Event) -> str:
    """Return whom an entry of people is about."""
    return event.person.name if isinstance(event, OperatorEnrolled) else str(getattr(event, "name", ""))


class _Search:
    """Knows, entry by entry, what belongs together."""

    def __init__(self) -> None:
        self.is_late = False
        """Something turned out to belong to it of which earlier entries may speak."""
        self._ids: set[tuple[str, str]] = set()
        self._needles: set[bytes] = set()

    def may_be(self, body: bytes) -> bool:
        """Tell whether an entry may be about it: most are not, and are not read."""
        return any(map(body.__contains__, self._needles))

    def takes(self, entry: Entry, event: Event) -> bool:
        """Tell whether an entry is about it."""
        raise NotImplementedError

    def _knows(self, what: str, name: str) -> bool:
        """Remember an id; tell whether it is new."""
        new = (what, name) not in self._ids
        self._ids.add((what, name))
        self._needles.add(name.encode())
        return new

    def _names_known(self, event: Event) -> bool:
        return any((what, getattr(event, what, None)) in self._ids for what in _IDS)


class _Job(_Search):
    """A job, or a record with its job."""

    def __init__(self, noun: Noun, name: str) -> None:
        super().__init__()
        self._knows(noun, name)
        self._accepted = -1

    def may_be(self, body: bytes) -> bool:
        return b'"erased":[' in body or super().may_be(body)

    def takes(self, entry: Entry, event: Event) -> bool:
        match event:
            case RecordsPurged(erased=erased) | RecordsErased(erased=erased):
                return self._accepted in erased
            case RegisterRead(what=what):
                return ("record", what.removeprefix("opening:")) in self._ids
        if not self._names_known(event):
            return False
        match event:
            case RecordAccepted():
                self._accepted = entry.seq
                self._knows("record", event.record)
                self._knows("job", event.job)
            case AttemptStarted():
                self._knows("attempt", event.attempt)
        return True


class _Blank(_Search):
    """A blank, with the jobs that it was printed for."""

    def __init__(self, serial: str) -> None:
        super().__init__()
        one = parse_serial(serial)
        self._serial, self._number = serial, one.first
        digits = f"[0-9]{{{one.width}}}"
        self._quoted = f'"{serial}"'.encode()
        end = f'"{re.escape(one.prefix)}({digits})"'
        self._pairs = re.compile(f"{end}(?=,{end})".encode())  # may overlap: a carton's label can look like a serial
        self._own = re.compile(f"{re.escape(one.prefix)}({digits})", re.ASCII)
        self._jobs: dict[str, _Job] = {}
        self._cartons: set[tuple[str, str]] = set()
        self._deliveries: set[str] = set()

    def may_be(self, body: bytes) -> bool:
        return (
            self._quoted in body
            or any(int(low) <= self._number <= int(high) for low, high in self._pairs.findall(body))
            or super().may_be(body)
            or any(job.may_be(body) for job in self._jobs.values())
        )

    def takes(self, entry: Entry, event: Event) -> bool:
        of_job = [job for job in self._jobs.values() if job.takes(entry, event)]
        if not (self._is_named(entry.data) or self._names_known(event) or self._came_with(event)):
            return bool(of_job)
        match event:
            case AttemptStarted() if event.job not in self._jobs:
                self._jobs[event.job] = _Job("job", event.job)
                self.is_late = True
            case DeliveryAnnounced():
                self._deliveries.add(event.delivery)
                self._needles.add(json.dumps(event.delivery, ensure_ascii=False).encode())
                cartons = event.cartons
                self._cartons |= {(event.delivery, label) for label, low, high in cartons if self._holds(low, high)}
            case DeliveryReceived() | TransferAcknowledged():
                for one in event.discrepancies or ():
                    if any(self._holds(part.first_serial, part.last_serial) for part in one.serials):
                        self._knows("discrepancy", one.id)
        for what in _OF_BLANKS:
            name = getattr(event, what, None)
            if isinstance(name, str) and self._knows(what, name):
                self.is_late = self.is_late or _BEGINS.get(entry.kind) != what
        return True

    def _came_with(self, event: Event) -> bool:
        match event:
            case CartonOpened():
                return (event.delivery, event.carton) in self._cartons
            case DeliveryCounted() | DeliveryReceived():
                return event.delivery in self._deliveries
        return False

    def _is_named(self, value: object) -> bool:
        """Tell whether something names the serial, or a range that it lies in."""
        if isinstance(value, str):
            return value == self._serial
        if isinstance(value, Mapping):
            return any(map(self._is_named, value.values()))
        if not isinstance(value, list):
            return False
        return (2 <= len(value) <= 3 and self._holds(*value[-2:])) or any(map(self._is_named, value))

    def _holds(self, first: object, last: object) -> bool:
        if not isinstance(first, str) or not isinstance(last, str):
            return False
        low, high = self._own.fullmatch(first), self._own.fullmatch(last)
        return low is not None and high is not None and int(low[1]) <= self._number <= int(high[1])
