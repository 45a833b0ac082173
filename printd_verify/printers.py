"""Printers, by the entries: who lets each work, whether its counters go on, and what it has under way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from printd_verify.findings import Findings
from printd_verify.people import People
from printd_verify.places import Handler, Places


@dataclass
class Printer:
    """A printer.

    :param resumed: number of the entry in which somebody let it work; ``None``: nobody does now.
    :param by: who that was.
    :param counters: as they were last told.
    :param fed: cards that entries know to have gone in since, and that its counter did not show yet.
    :param busy: serial of the blank of which nobody knows yet what becomes of it.
    """

    serial_number: str
    resumed: int | None = None
    by: str = ""
    retired: bool = False
    counters: dict[str, int] = field(default_factory=dict)
    fed: int = 0
    busy: str = ""


class Printers:
    """All printers, and what the shop runs under."""

    def __init__(self, findings: Findings, places: Places, people: People) -> None:
        self._findings = findings
        self._people = people
        self._places = places
        self._printers: dict[str, Printer] = {}
        self._serial_numbers: set[str] = set()
        self._unanswered: dict[int, bool] = {}
        self.handlers: dict[str, Handler] = {
            "printer.added": self._added,
            "printer.paused": self._paused,
            "printer.resumed": self._resumed,
            "printer.retired": self._retired,
            "printer.calibrated": self._calibrated,
            "shop.opened": self._opened,
            "shop.configured": self._configured,
            "configuration.accepted": self._accepted,
        }

    def find(self, seq: int, name: str) -> Printer | None:
        """Return a printer that works here."""
        printer = self._printers.get(name)
        if printer is None:
            self._findings.unknown("unknown_printer", seq, printer=name)
            if self._findings.began_later:
                printer = self._printers[name] = Printer("")
        elif printer.retired:
            self._findings.doubt("retired_printer", seq, printer=name)
        return printer

    def pause_all(self) -> None:
        """Nobody lets any printer work any more."""
        for printer in self._printers.values():
            printer.resumed = None

    def signer(self, seq: int, name: str, printer: Printer, resumed: int) -> str:
        """Return who signed for what a printer prints now; empty: not whom an attempt says.

        :param resumed: number of the entry that an attempt refers to.
        """
        left = self._people.was_here(printer.by) and not self._people.works(printer.by)
        if printer.resumed != resumed or left:
            self._findings.unknown("resumed", seq, printer=name, said=resumed)
            return ""
        return printer.by

    def begin(self, seq: int, name: str, serial: str, counters: dict[str, int]) -> Printer | None:
        """Begin a card or a test print."""
        printer = self.find(seq, name)
        if printer is None:
            return None
        if printer.busy:
            self._findings.doubt("printer_busy", seq, printer=name, serial=printer.busy)
        self._count(seq, name, printer, counters)
        printer.busy, printer.fed = serial, 1
        return printer

    def fed_beside(self, name: str) -> None:
        """Another blank of the hopper was fed in place of the one that is booked."""
        printer = self._printers.get(name)
        if printer is not None:
            printer.fed += 1

    def told(self, seq: int, name: str, counters: Mapping[str, int] | None) -> None:
        """Take note of counters that a printer told after a card."""
        printer = self._printers.get(name)
        if printer is not None and counters:
            self._count(seq, name, printer, counters)

    def ended(self, name: str) -> None:
        """A card or test print is over."""
        printer = self._printers.get(name)
        if printer is not None:
            printer.busy = ""

    def _count(self, seq: int, name: str, printer: Printer, counters: Mapping[str, int]) -> None:
        """Hold counters against those that were told last: a card that no entry tells shows here."""
        before, now = printer.counters.get("cards"), counters.get("cards")
        if before is not None and now is not None:
            if now < before:
                self._findings.doubt("counter_back", seq, printer=name, before=before, now=now)
            elif now > before + printer.fed:
                self._findings.doubt("counter_gap", seq, printer=name, before=before, now=now, known=printer.fed)
            printer.fed = max(0, printer.fed - max(0, now - before))
        printer.counters.update(counters)

    def _added(self, seq: int, at: str, by: list[str], data: dict[str, Any]) -> None:
        name, serial_number = data["printer"], data["serial_number"]
        if name in self._printers:
            self._findings.doubt("printer_again", seq, printer=name)
            return
        if serial_number in self._serial_numbers:
            self._findings.doubt("machine_again", seq, printer=name, serial_number=serial_number)
        self._serial_numbers.add(serial_number)
        self._printers[name] = Printer(serial_number)

    def _paused(self, seq: int, at: str, by: list[str], data: dict[str, Any]) -> None:
        printer = self.find(seq, data["printer"])
        if printer is not None:
            printer.resumed = None

    def _resumed(self, seq: int, at: str, by: list[str], data: dict[str, Any]) -> None:
        printer = self.find(seq, data["printer"])
        if printer is None:
            return
        for entry in self._unanswered:
            self._findings.doubt("unanswered", seq, printer=data["printer"], found=entry)
            break
        printer.resumed, printer.by = seq, by[0] if by else ""

    def _retired(self, seq: int, at: str, by: list[str], data: dict[str, Any]) -> None:
        name = data["printer"]
        printer = self.find(seq, name)
        if printer is None:
            return
        if printer.resumed is not None or printer.busy or self._places.pieces(f"hopper:{name}"):
            self._findings.doubt("retired_at_work", seq, printer=name)
        printer.retired, printer.resumed = True, None

    def _calibrated(self, seq: int, at: str, by: list[str], data: dict[str, Any]) -> None:
        if data["printer"] not in self._printers:
            self.find(seq, data["printer"])

    def _opened(self, seq: int, at: str, by: list[str], data: dict[str, Any]) -> None:
        if "configuration" in data:
            self._unanswered.clear()

    def _configured(self, seq: int, at: str, by: list[str], data: dict[str, Any]) -> None:
        self._unanswered[seq] = True
        self.pause_all()

    def _accepted(self, seq: int, at: str, by: list[str], data: dict[str, Any]) -> None:
        if self._unanswered.pop(data["entry"], None) is None:
            self._findings.unknown("answers_nothing", seq, found=data["entry"])
