"""What the entries of a log say, in order: who signed, what may follow what, and whether the figures add up.

It goes on after a finding. An entry that is not rightly signed still moves what it says that it moved, so that one
forgery is one finding; but it gives nobody a key, a role or a printer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from printd_verify.cards import Cards
from printd_verify.checkpoints import Head
from printd_verify.closings import Closings
from printd_verify.days import Days
from printd_verify.entries import moment
from printd_verify.findings import Findings
from printd_verify.heads import Ended, Heads
from printd_verify.notes import Key, NoteError, read_key
from printd_verify.papers import Papers
from printd_verify.people import PRIVILEGES, People, VerifySignatures
from printd_verify.places import Handler, Places
from printd_verify.printers import Printers
from printd_verify.rows import Rows
from printd_verify.samples import Samples
from printd_verify.shifts import Shifts
from printd_verify.signers import MACHINE, Rule, rule_of
from printd_verify.stock import Stock
from printd_verify.supplies import Supplies

CLOCK_TOLERANCE: Final = timedelta(seconds=2)
"""How far the clock may go back without an entry that says so."""


class Meaning:
    """Reads entries in order.

    :ivar last_at: time of the last entry.
    :ivar first_print: number and time of the entry in which the first card or test print began.
    """

    def __init__(
        self,
        findings: Findings,
        heads: Heads,
        verify: VerifySignatures,
        start: int,
        people_from: int,
        latest: datetime,
        places: Places | None = None,
        rows: Rows | None = None,
    ) -> None:
        """Begin with an empty shop.

        :param start: number of the first entry that is there.
        :param people_from: number of the first entry whose signatures are looked at.
        :param latest: time after which no entry can be.
        :param places: where blanks are, for one who follows but some of them.
        :param rows: is told every entry and what it moves.
        """
        self._findings = findings
        self._heads = heads
        self._start = start
        self._latest = latest
        self.last_at = ""
        self.first_print: tuple[int, str] | None = None
        self._log_key = ""
        self._people = People(findings, verify, people_from)
        self._places = places or Places(findings)
        self._rows = rows
        self._places.on_move = None if rows is None else rows.moved
        self._shifts = Shifts(findings, self._places)
        self._printers = Printers(findings, self._places, self._people)
        self._cards = Cards(findings, self._places, self._printers, self._shifts)
        self._stock = Stock(findings, self._places, self._cards, self._shifts)
        self._days = Days(findings)
        self._closings = Closings(findings, self._places, self._cards)
        papers = Papers(findings)
        self._handlers = _merged(
            Samples(findings, self._places).handlers,
            self._printers.handlers,
            self._cards.handlers,
            self._shifts.handlers,
            self._stock.handlers,
            self._days.handlers,
            self._closings.handlers,
            Supplies(findings, self._places).handlers,
            papers.handlers,
            papers.acts,
            dict.fromkeys(("attempt.started", "test_print.started"), self._began),
        )

    @property
    def signatures(self) -> int:
        """How many signatures of people are good."""
        return self._people.good

    @property
    def closing(self) -> dict[str, Any] | None:
        """What the last closing tells; ``None``: there was none."""
        return self._closings.last

    def read(self, entries: Sequence[tuple[Any, ...]]) -> None:
        """Read the next entries; one that is its number alone cannot be read."""
        handlers, last_at, days, tally = self._handlers, self.last_at, self._days, self._closings.tally
        rows = self._rows
        for one in entries:
            if len(one) == 1:
                self._findings.cannot_read(one[0])
                continue
            seq, kind, at, by, data, signatures, unsigned = one
            if at != last_at:
                self._tell_time(seq, kind, at, data)
                last_at = self.last_at = at
            if rows is not None:
                rows.entry(seq, kind, at, by, data)
            good = True
            if by or kind not in MACHINE:
                good = self._signed(seq, kind, by, data, signatures, unsigned)
            if at < days.low or at >= days.high:
                days.look(seq, kind, at)
            if seq == 0 or kind in PRIVILEGES:
                self._enter(seq, kind, by, data, good=good)
                if not good:
                    continue
            if tally is not None:
                tally.read(kind, by, data)
            handler = handlers.get(kind)
            if handler is not None:
                handler(seq, at, by, data)
        self._people.flush()

    def finish(self, origin: str) -> None:
        """Say what shows at the end.

        :param origin: name of the log, by its last good checkpoint; empty where there is none.
        """
        if origin and self._people.origin not in ("", origin):
            self._findings.add("log_called", None, said=self._people.origin, signed=origin)
        key = self._heads.first_key
        if key is not None and self._log_key and not _is(self._log_key, key):
            self._findings.add("log_key", 0, said=self._log_key, signed=key.label)
        if not self._findings.began_later:
            self._places.check_deliveries(None)

    def _began(self, seq: int, at: str, by: list[str], data: dict[str, Any]) -> None:
        if self.first_print is None:
            self.first_print = seq, at

    def _tell_time(self, seq: int, kind: str, at: str, data: dict[str, Any]) -> None:
        """Hold a time against the one before and against that of whoever verifies."""
        if at < self.last_at and moment(self.last_at) - moment(at) > CLOCK_TOLERANCE:
            said = (kind, data.get("from"), data.get("to"))
            if said != ("clock.went_back", self.last_at, at):
                self._findings.doubt("time_back", seq, at=at, before=self.last_at)
        elif moment(at) > self._latest:
            self._findings.add("time_ahead", seq, at=at)

    def _signed(
        self,
        seq: int,
        kind: str,
        by: list[str],
        data: dict[str, Any],
        signatures: list[str] | None,
        unsigned: bytes | None,
    ) -> bool:
        """Hold those who sign an entry against who must; tell whether nothing is known against them."""
        rule = rule_of(kind, data)
        new = self._people.brought(kind, data)
        good = self._people.check(seq, kind, rule, by, new)
        if rule.asks_of_card:
            self._hands(seq, kind, rule, by, data)
        if by and signatures is not None and unsigned is not None:
            origin = data["origin"] if kind == "shop.opened" else self._people.origin
            if origin or (not self._start and self._findings.knows_all_below(seq)):
                good = self._people.verify(seq, kind, by, signatures, unsigned, new, origin) and good
        return good

    def _hands(self, seq: int, kind: str, rule: Rule, by: list[str], data: dict[str, Any]) -> None:
        """Make sure that nobody alone has the last word on a card that went through their own hands."""
        attempt = self._cards.find(data["attempt"])
        if attempt is None:
            return  # said where the entry is read
        if rule.settles and attempt.state == "in_doubt" and not by:
            self._findings.doubt("doubt_unsigned", seq, serial=attempt.serial)
        if rule.not_the_printer and by == [attempt.by]:
            self._findings.doubt("own_card", seq, name=attempt.by, serial=attempt.serial)
        if rule.two_hands and len({*by, attempt.by, self._cards.loader(attempt.serial)} - {""}) < 2:
            self._findings.unknown("one_pair_of_hands", seq, name=", ".join(by), serial=attempt.serial)
        sure = len(by) == 2 and data.get("scanned") == attempt.serial
        if kind == "attempt.unused" and by and attempt.says_printed and not sure:
            self._findings.doubt("against_evidence", seq, serial=attempt.serial)

    def _enter(self, seq: int, kind: str, by: list[str], data: dict[str, Any], *, good: bool) -> None:
        if (kind == "shop.opened") != (seq == 0):
            self._findings.add("log_begins", seq)
            if kind == "shop.opened":
                return
        if kind == "shop.opened":
            self._stock.opened(data)
            self._log_key = data["log_key"]
        if kind == "log.rolled_back" and good:
            known = Head(data["origin"], data["known"]["size"], bytes.fromhex(data["known"]["root"]))
            after = data["next"]
            ended = Ended(
                seq, data["origin"], data["log_key"], after["origin"], after["log_key"], known, data["missing"]
            )
            self._heads.ended.append(ended)
        self._people.enter(seq, kind, data, by, good)


def _merged(*some: Mapping[str, Handler]) -> dict[str, Handler]:
    """Return handlers by kind; of a kind that several take note of, one after the other."""
    merged: dict[str, Handler] = {}
    for handlers in some:
        for kind, handler in handlers.items():
            merged[kind] = _both(merged[kind], handler) if kind in merged else handler
    return merged


def _both(first: Handler, second: Handler) -> Handler:
    def take(seq: int, at: str, by: list[str], data: dict[str, Any]) -> None:
        first(seq, at, by, data)
        second(seq, at, by, data)

    return take


def _is(text: str, key: Key) -> bool:
    """Tell whether a text is a key."""
    try:
        return read_key(text) == key
    except NoteError:
        return False
