"""A shop with a past: days on which records came and cards were printed, entered as the daemon enters them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from copy import copy
from datetime import date, datetime, time, timedelta
from types import MappingProxyType

from printd.books.replay import compare
from printd.desk.desk import Desk
from printd.events.kinds import read
from printd.projections.kinds import PROJECTIONS
from support.fixed import SEALED
from support.resumed import resumed
from support.signers import enrol


class OfficePast:
    """One printer, one open shift, blanks K00001 and up; every event at a time of the office's own day."""

    def __init__(self, desk: Desk, first: date, blanks: int = 5000) -> None:
        self.desk = desk
        self._serial = 0
        self._attempt = 0
        self._record = 0
        self.at(first, 7)
        enrol(desk.shop.books)
        span = [["K00001", f"K{blanks:05d}"]]
        about = {
            "practice": True,
            "bast_number": "b",
            "bast_date": "2026-01-05",
            "stock_type": "WNI",
            "generation": "5",
        }
        more = {"identified_by": "serial", "cartons": [], "serials": span}
        self.enter("delivery.announced", {"delivery": "D-1", **about, **more}, "siti")
        received = {"delivery": "D-1", "serials": span, "counted": blanks, "discrepancies": []}
        self.enter("delivery.received", received, "siti", "budi")
        for name in ("p1", "p2"):
            printer = {"printer": name, "uri": "tcp://192.0.2.1:1", "family": "evolis", "model": "primacy"}
            self.enter("printer.added", {**printer, "serial_number": f"S-{name}", "firmware": "1"}, "siti", "budi")
        self.enter("printer.resumed", {"printer": "p1"}, "siti")
        self.enter("shift.opened", {"shift": "s1"}, "siti", "budi")
        moved = {"serials": span, "from": "store", "to": "shift:s1", "why": "issue"}
        self.enter("blanks.moved", moved, "siti", "budi")
        self.enter("blanks.moved", {**moved, "from": "shift:s1", "to": "hopper:p1", "why": "load"}, "siti")

    def going_on(self, desk: Desk) -> OfficePast:
        """Return the same past at the desk of a copy of its shop; each goes on by itself."""
        other = copy(self)
        other.desk = desk
        return other

    def at(self, day: date, hour: int, minute: int = 0) -> None:
        """Set the shop's clock, in the office's own time."""
        moment = datetime.combine(day, time(hour, minute), self.desk.shop.zone)
        self.desk.shop.books.clock = lambda: moment

    def enter(self, kind: str, data: Mapping[str, object], *by: str) -> None:
        """Enter one event now."""
        self.desk.shop.books.enter(read(kind, data), by)

    def wish(self, reason: str = "baru", stock_type: str = "WNI", holder: str = "") -> str:
        """Take in a record; return its job."""
        self._record += 1
        record, job = (str(uuid.UUID(int=2 * self._record + odd)) for odd in (0, 1))
        who = {"holder": holder or f"h{self._record}", "digest": f"d{self._record}", "source": "s"}
        what = {"remote_status": "PRR", "reason": reason, "stock_type": stock_type, "warnings": [], "sealed": SEALED}
        self.enter("record.accepted", {"record": record, "job": job, **who, **what})
        return job

    def begin_card(self, job: str, counters: Mapping[str, int] = MappingProxyType({})) -> str:
        """Begin a job on the next blank of p1; return the attempt.

        :param counters: what the printer tells just before.
        """
        self._serial += 1
        self._attempt += 1
        attempt = str(uuid.UUID(int=10**9 + self._attempt))
        serial = f"K{self._serial:05d}"
        about = {"printer": "p1", "serial": serial, "counters": {**counters}, "artwork": "a", "number": self._attempt}
        about["resumed"] = resumed(self.desk.shop.books)
        self.enter("attempt.started", {"attempt": attempt, "job": job, **about})
        return attempt

    def print_card(
        self,
        job: str,
        outcome: str = "printed",
        cause: str = "jam",
        before: Mapping[str, int] = MappingProxyType({}),
        after: Mapping[str, int] = MappingProxyType({}),
    ) -> str:
        """Print a job on the next blank of p1; return the attempt.

        :param before: what the printer's counters tell before, and ``after`` the card.
        """
        attempt = self.begin_card(job, before)
        to = {"printed": "output", "unused": "hopper:p1", "spoiled": "spoiled"}[outcome]
        more = {"cause": cause} if outcome == "spoiled" else {}
        told = {"evidence": {"findings": [], "after": {**after}}} if after else {}
        self.enter(f"attempt.{outcome}", {"attempt": attempt, "to": to, **more, **told}, *(("budi",) if more else ()))
        if outcome == "unused":
            self._serial -= 1
        return attempt

    def live(self, first: date, counts: Sequence[tuple[int, int]]) -> None:
        """Live consecutive days: records that come and cards that are printed on each.

        Both before eight, when the log still writes the day before.
        """
        jobs: list[str] = []
        for number, (came, printed) in enumerate(counts):
            day = first + timedelta(days=number)
            for one in range(came):
                self.at(day, 7, one % 30)
                jobs.append(self.wish("baru" if one % 2 else "rusak"))
            for one in range(printed):
                self.at(day, 7, 30 + one % 30)
                self.print_card(jobs.pop(0))

    def replayed(self) -> bool:
        """Tell whether the log alone rebuilds every table."""
        with self.desk.shop.store.reading() as connection:
            return compare(connection, PROJECTIONS).differences == ()
