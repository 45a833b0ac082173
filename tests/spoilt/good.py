"""One shop in which everything is right and much happened: every spoilt log is made from its log."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from attack.furnished import furnish
from faults.shops import BUDI, RATNA, SITI, TWO, Maker
from printd.books.booking import Booking
from printd.custody.inventory import LOOKED_INTO
from printd.events.kinds import read
from printd.ledger.entry import Entry
from printd.ledger.notes import Signer
from printd.ledger.signatures import EntrySigner
from printd.shop import keys
from printd.store import blanks, log
from printd.words import places
from support.fixed import ORIGIN, SEALED
from support.people import EverybodysKeys, enrolment
from support.resumed import resumed

CARDS: Final = 90
"""Cards of the second shift."""

_SPOILED, _UNUSED = 30, 60
"""Which of them are spoiled and made once more, and which blank comes out unused first."""


@dataclass(frozen=True)
class Good:
    """The log of a good shop, and the keys of all who signed it.

    :param bodies: its entries.
    :param people: key of each person by login name.
    :param log: key of the log.
    :param sizes: at which the shop signed.
    """

    bodies: tuple[bytes, ...]
    people: Mapping[str, EntrySigner]
    log: Signer
    sizes: tuple[int, ...]


def make(folder: Path) -> Good:
    """Live two shifts in a new shop, act by act; return its log."""
    shop = Maker(folder)
    furnish(shop)
    _end_first_shift(shop)
    shop.shop.sign()
    _second_shift(shop)
    shop.shop.sign()
    _afterwards(shop)
    shop.shop.sign()
    everybody = EverybodysKeys(shop.shop.store)
    with shop.shop.store.reading() as connection:
        bodies = tuple(body for _, body, _ in log.entries(connection))
        sizes = tuple(size for size, _, _ in log.signed_checkpoints(connection, 100))
    people = {name: everybody[name] for name in everybody}
    signer = keys.load(folder, ORIGIN).log
    shop.shop.close()
    return Good(bodies, people, signer, tuple(sorted(sizes)))


def _end_first_shift(shop: Maker) -> None:
    with shop.shop.store.reading() as connection:
        entries = [Entry.from_body(body) for _, body, _ in log.entries(connection)]
    drawn = [str(one.data["sample"]) for one in entries if one.kind == "sample.drawn"]
    shop("samples.count", sample=drawn[-1], **TWO)
    shop("jobs.resolve", job=shop.facts["doubtful"], outcome="printed", **TWO)
    shop("test_prints.settle", name="p4", outcome="spoiled", **TWO)
    shop("discrepancies.close", discrepancy=shop.facts["discrepancy"], outcome="spoiled", document="LP/1", **TWO)
    shop("jobs.check", job=shop.facts["printed"], quality="good", by=BUDI)
    _close(shop)


def _close(shop: Maker) -> None:
    shop("shifts.count_begin", by=SITI)
    sheet = shop.sheets()
    for one in (SITI, BUDI):
        shop("shifts.count", found=sheet, by=one)
    shop("shifts.close", **TWO)


def _second_shift(shop: Maker) -> None:
    shop.announce("D6", 1001, 1400)
    shop.receive("D6", 400)
    shop("shifts.open", pieces=CARDS + 30, reason="a test", **TWO)
    shop("blanks.load", printer="p1", pieces=CARDS + 20, by=BUDI)
    shop.enter("printer.paused", {"printer": "p1", "why": "a look"}, "siti")
    shop.enter("printer.resumed", {"printer": "p1"}, "siti")
    let = resumed(shop.shop.books)
    with shop.shop.books.booking() as booking:
        printing = _Printing(booking, let)
        for number in range(CARDS):
            job = printing.wish(number)
            if number == _UNUSED:
                printing.doubt(job)
            if number == _SPOILED:
                printing.spoil(job)
            printing.good(job)
    _close(shop)


def _afterwards(shop: Maker) -> None:
    """Do what is done between two shifts."""
    lying = shop("blanks.where")["places"].items()
    stored = {place: {"pieces": n} for place, n in lying if places.kind(place) in LOOKED_INTO}
    for one in (SITI, BUDI):
        shop("counts.count", found=stored, by=one)
    shop("counts.close", **TWO)
    shop("operators.enrol", **enrolment("dewi"))
    shop("operators.set_role", name="dewi", role="storekeeper", by=RATNA, second=SITI)
    shop("leaving.export", by=SITI)


class _Printing:
    """Prints cards on p1 as its worker books them, each on the next blank."""

    def __init__(self, booking: Booking, let: int) -> None:
        """Begin.

        :param let: number of the entry in which the printer was let work.
        """
        self._booking = booking
        self._let = let
        self._cards = 1000
        self._attempts: dict[str, int] = {}

    def wish(self, number: int) -> str:
        """Take in a record; return its job."""
        record, job = (str(uuid.UUID(int=10**6 + 2 * number + odd)) for odd in (0, 1))
        about = {"sealed": SEALED, "digest": f"d{number}", "source": "spool", "remote_status": "PRR", "warnings": []}
        who = {"record": record, "job": job, "holder": f"{number:022d}"}
        self._enter("record.accepted", {**about, **who, "reason": "baru", "stock_type": "WNI"})
        return job

    def good(self, job: str) -> None:
        """Print a job well, and give the card to its holder."""
        attempt = self._begin(job)
        self._end("printed", attempt, to="output")
        self._enter("card.checked", {"attempt": attempt, "quality": "good"}, "siti")
        self._enter("card.handed_over", {"attempt": attempt, "receiver": "holder", "old_card": "none"}, "siti")

    def spoil(self, job: str) -> None:
        """Print a job badly; two people let it be printed once more."""
        self._end("spoiled", self._begin(job), "budi", to="spoiled", cause="print_blur")
        self._enter("job.released", {"job": job, "act": "reprint"}, "siti", "budi")

    def doubt(self, job: str) -> None:
        """Begin a job of which two people say afterwards that nothing is on the card."""
        attempt = self._begin(job)
        self._enter("attempt.in_doubt", {"attempt": attempt, "evidence": {"findings": ["no reply"]}})
        to = {"to": "hopper:p1", "scanned": self._serial}
        self._enter("attempt.unused", {"attempt": attempt, **to}, "budi", "siti")

    def _begin(self, job: str) -> str:
        row = blanks.next_blank(self._booking.connection, "hopper:p1")
        assert row is not None
        self._serial = f"K{row['first']:05d}"
        number = self._attempts[job] = self._attempts.get(job, 0) + 1
        attempt = str(uuid.UUID(int=int(uuid.UUID(job)) * 100 + number))
        about = {"job": job, "number": number, "printer": "p1", "artwork": "A" * 22, "serial": self._serial}
        about |= {"counters": self._counters(), "resumed": self._let}
        self._enter("attempt.started", {"attempt": attempt, **about})
        return attempt

    def _end(self, outcome: str, attempt: str, *by: str, **more: Any) -> None:
        self._cards += 1
        evidence = {"findings": [], "rung": "left_printer", "after": self._counters()}
        self._enter(f"attempt.{outcome}", {"attempt": attempt, "evidence": evidence, **more}, *by)

    def _enter(self, kind: str, data: Mapping[str, Any], *by: str) -> None:
        self._booking.enter(read(kind, data), by)

    def _counters(self) -> dict[str, int]:
        return {"cards": self._cards, "panels": 4 * self._cards}
