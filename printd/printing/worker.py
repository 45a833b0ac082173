"""The worker of one printer: intent, act, evidence, outcome; one card at a time."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from drivers.deadline import Deadline
from drivers.errors import DriverError
from drivers.printer import (
    CardPrinter,
    Condition,
    Confirmation,
    Counters,
    EncodedCard,
    Position,
    Reason,
)
from printd.books.booking import Booking, Books
from printd.custody import identity
from printd.custody.clock import presently
from printd.custody.incidents import open_incident
from printd.custody.movements import place_of
from printd.errors import Refused
from printd.log import logger
from printd.printing import machine
from printd.printing.attempt import ENDS, begin, end, evidence_of, nothing_known, say_doubt
from printd.printing.dispatch import Dispatcher, Waiting
from printd.printing.duty import rest
from printd.printing.shown import Live, Standing, stands_still
from printd.printing.station import CardStation, Rejection, Verdict
from printd.shop.config import Duty, Printing
from printd.store import jobs, policy, shifts
from printd.store.rows import Connection
from printd.words import places
from printd.words.moments import midnight, office_day
from printd.words.reasons import HeldBecause
from printd.words.serials import SerialRange, parse_serial
from printd.words.states import AttemptState, PrinterState, is_counting

_UNKNOWN_LOOKS = 5
"""Looks in a row at a printer whose state is unknown before it is paused; silence may end when it is switched on."""


@dataclass(frozen=True)
class Prepared:
    """One job rendered and encoded for one printer's model."""

    job: str
    card: EncodedCard
    artwork: str


class UnprintableError(Exception):
    """The record cannot be printed as it is; ``because`` says which act lets it go on."""

    def __init__(self, because: HeldBecause, message: str) -> None:
        super().__init__(message)
        self.because = because


class UnableError(Exception):
    """This printer cannot print this shop's cards as they must be; the sentence says why. Others may."""


@dataclass(frozen=True)
class _Next:
    """A job taken up for later, being drawn while the printer works."""

    waiting: Waiting
    kind: tuple[str, str]  # stock type and generation of the blank it was taken for
    prepared: Future[Prepared]


_CALM = 10
"""So many times longer than ``poll_seconds`` rests a worker that nothing waits for: whatever comes wakes it."""

Prepare = Callable[[Waiting, str], Prepared]
Connect = Callable[[str], CardPrinter]


class Worker:
    """Prints the jobs of the queue on one printer until it is told to stop.

    :param zone: of the office, whose midnight begins a printer's day.
    :param connect: opens the printer by its name in the books; raises :class:`UnableError`.
    :param prepare: renders and encodes a job for this printer; raises :class:`UnprintableError`, :class:`UnableError`.
    :param drawing: runs ``prepare`` for the next job while the printer works on this one.
    :param station: where chips are read or written before a card is printed; ``None``: cards are printed unread.
    :param halted: returns why no card may be begun in this shop now, or an empty string.
    """

    def __init__(
        self,
        name: str,
        books: Books,
        dispatcher: Dispatcher,
        config: Printing,
        duty: Duty,
        zone: ZoneInfo,
        *,
        connect: Connect,
        prepare: Prepare,
        drawing: Executor,
        station: CardStation | None = None,
        halted: Callable[[], str] = lambda: "",
    ) -> None:
        self.name = name
        self.live = Live(PrinterState.STARTING)
        self.due = Deadline.after(config.command_seconds)
        self.over = False
        self._books = books
        self._dispatcher = dispatcher
        self._config = config
        self._duty = duty
        self._zone = zone
        self._connect = connect
        self._prepare = prepare
        self._drawing = drawing
        self._station = station
        self._halted = halted
        self._stop = threading.Event()
        self._wake = threading.Event()
        self._anew = threading.Event()
        self._printer: CardPrinter | None = None
        self._next: _Next | None = None
        self._kind: tuple[str, str] | None = None  # of the blank that lies lowest in the hopper
        self._gathered: str | None = None
        self._doubted = False
        self._unknown = 0
        self._unable = ""  # why the last job that was drawn for it could not be printed on it
        self._cards = 0
        self._log = logger(printer=name)
        dispatcher.listen(name, self.wake)

    # --- from other threads ---

    def stop(self) -> None:
        """Ask the worker to end after the card it is printing; it begins no other."""
        self._stop.set()
        self._wake.set()

    def wake(self) -> None:
        """Tell the worker that something changed: a job came, a hopper was filled, the printer was resumed."""
        self._wake.set()

    def reconnect(self) -> None:
        """Ask the worker to begin a new connection after the card it is printing."""
        self._anew.set()
        self._wake.set()

    # --- the worker's own thread ---

    def run(self) -> None:
        """Work until stopped. Only a defect of printd itself lets an exception out."""
        try:
            while not self._stop.is_set():
                self._turn()
        finally:
            self._drop_next()
            self._disconnect()
            self._show(PrinterState.STOPPED)
            self.over = True

    def _turn(self) -> None:
        self._deadline()
        with self._books.store.reading() as connection:
            row = jobs.find_printer(connection, self.name)
            doubtful = jobs.attempts_in(connection, [AttemptState.IN_DOUBT], self.name)
            blank = jobs.next_blank(connection, places.hopper(self.name))
            shift = shifts.current(connection)
            tired = self._tired(connection)
        if row is None:
            raise RuntimeError(f"printer {self.name} is not in the books")
        if doubtful:
            self._gather(doubtful[0])
            return
        if self._doubted or self._anew.is_set():
            self._anew.clear()
            self._disconnect()  # a person settled it at the machine: what the connection remembers of it is over
            self._doubted = False
        still = stands_still(
            Standing(
                paused=row["pause_reason"] if row["paused"] else None,
                halted=self._halted(),
                counting=shift["id"] if is_counting(shift) else "",
                tired=tired,
            )
        )
        if still is not None:
            if still.state is PrinterState.PAUSED:
                self._disconnect()  # a technician may want to speak with it
            self._rest(still.state, still.reasons, still.message, calm=True)
            return
        self._kind = None if blank is None else (blank["stock_type"], blank["generation"])
        printer = self._connected()
        if printer is None:
            return
        try:
            self._print_next(printer, row, blank)
        except UnableError as unable:
            self._unable = str(unable)
            self._rest(PrinterState.UNABLE, ["other-warning"], self._unable, calm=True)
        except DriverError as trouble:
            self._disconnect()
            self._rest(PrinterState.STOPPED, ["unknown"], str(trouble), calm=self._nothing_waits())

    def _connected(self) -> CardPrinter | None:
        if self._printer is None:
            self._deadline()
            try:
                self._printer = self._connect(self.name)
            except Refused as exchanged:
                self._pause(str(exchanged))
            except DriverError as trouble:
                self._rest(PrinterState.OFFLINE, ["offline"], str(trouble), calm=self._nothing_waits())
            except UnableError as unable:
                self._rest(PrinterState.UNABLE, ["other-warning"], str(unable), calm=True)
        return self._printer

    def _print_next(self, printer: CardPrinter, row: Any, blank: Any) -> None:
        status = printer.status(self._deadline())
        reasons = machine.reasons(status)
        if not machine.is_ready(status):
            if any(one.reason is Reason.UNKNOWN for one in status.blocking):
                self._disconnect()  # a silent or half-spoken connection is begun anew
                self._unknown += 1
                if self._unknown >= _UNKNOWN_LOOKS:  # unknown is a value: a person looks, with the reading in the books
                    self._unknown = 0
                    self._pause(f"Its state is unknown. {_readings(status.blocking)}")
                    return
            self._rest(PrinterState.STOPPED, reasons, _readings(status.blocking), calm=self._nothing_waits())
            return
        self._unknown = 0
        if status.position not in (Position.NONE, Position.UNKNOWN):
            self._pause(f"A card is inside ({status.position}) although no attempt is open.")
            return
        if blank is None:
            self._rest(
                PrinterState.WAITING, [*reasons, "media-needed"], "The books know no blank in this hopper.", calm=True
            )
            return
        kind = (str(blank["stock_type"]), str(blank["generation"]))
        prepared = self._take(kind)
        if prepared is None:
            if self._unable:
                self._rest(PrinterState.UNABLE, ["other-warning"], self._unable, calm=True)
            else:
                self._rest(PrinterState.IDLE, reasons, calm=True)
            return
        self._unable = ""
        serial = SerialRange(blank["prefix"], blank["width"], blank["first"], blank["first"]).first_serial
        try:
            if self._station is not None:
                self._station.ready()
            before = printer.counters(self._deadline())
            if self._stop.is_set():
                return
            attempt = begin(
                self._books,
                job=prepared.job,
                printer=self.name,
                operator=row["operator"],
                serial=serial,
                counters=before,
                artwork=prepared.artwork,
            )
        except Refused as changed:  # held, cancelled or moved since it was taken up
            self._log.info("attempt.refused", job=prepared.job, blank=serial, why=str(changed))
            self._rest(PrinterState.WAITING, reasons, str(changed))
            return
        finally:
            self._dispatcher.give_back(prepared.job)
        self._show(PrinterState.PRINTING, reasons, serial)
        self._prefetch(kind)
        self._act(printer, attempt, prepared.card, before)

    def _act(self, printer: CardPrinter, attempt_id: str, card: EncodedCard, before: Counters) -> None:
        trouble, verdict, sent = "", None, None
        try:
            verdict = self._judge(printer, attempt_id)
            if verdict is None or verdict.rejection is None:
                sent = card
                printer.print(card, self._until(self._config.card_seconds))
            else:
                printer.reject(self._deadline(8))
        except DriverError as error:
            trouble = str(error)
        confirmation = self._confirm(printer, before, sent, after_trouble=bool(trouble))
        if verdict is not None:
            confirmation = replace(confirmation, findings=(verdict.sentence, *confirmation.findings))
        rejection = verdict.rejection if verdict is not None else None
        ending = _ending(confirmation, rejection)
        outcome = ending.outcome
        halt = verdict.sentence if verdict is not None and rejection is not None else ""
        if not halt and outcome in (AttemptState.UNUSED, AttemptState.SPOILED) and not self._blocking(printer):
            halt = f"An attempt ended {outcome}, and the printer shows no reason. Look at it before the next card."
            halt += f" {trouble}" if trouble else ""
        with self._books.booking() as booking:
            attempt = jobs.find_attempt(booking.connection, attempt_id)
            assert attempt is not None
            end(
                booking,
                attempt,
                outcome,
                evidence=evidence_of(confirmation, trouble),
                cause=ending.cause,
                to=ending.to,
                fed=_in_hopper(booking.connection, self.name, ending.fed),
            )
            if rejection is not None and rejection.conflict is not None:
                _report(booking, attempt, rejection.conflict)
            if halt:
                booking.enter("printer.paused", {"printer": self.name, "why": halt[:300]})
        self._log.info("attempt.ended", attempt=attempt_id, outcome=str(outcome), blank=attempt["serial"])
        if outcome is AttemptState.PRINTED:
            self._cards += 1
        else:
            self._dispatcher.tell_all()  # the job may wait again, for whoever can print it
            self._log.warning("attempt.trouble", attempt=attempt_id, trouble=trouble, findings=confirmation.findings)
        if outcome is AttemptState.IN_DOUBT:
            self._doubted = True  # also where a person settles it before the next turn looks
            if self._printer is not None:
                self._gathered = attempt_id  # it still answers, and has said all it knows

    def _judge(self, printer: CardPrinter, attempt_id: str) -> Verdict | None:
        """Let the station look at the card, where there is one. Nothing is sent to the print head before."""
        if self._station is None:
            return None
        with self._books.store.reading() as connection:
            attempt = jobs.find_attempt(connection, attempt_id)
        assert attempt is not None
        feeding = self._deadline(8)
        self.due = Deadline(feeding.at + self._station.longest)
        return self._station.judge(printer, attempt, feeding)

    def _confirm(
        self, printer: CardPrinter, before: Counters, card: EncodedCard | None, *, after_trouble: bool
    ) -> Confirmation:
        try:
            confirmation = printer.confirm(before, card, self._deadline(4))
        except DriverError as silent:
            self._disconnect()
            return nothing_known(before, str(silent))
        if after_trouble and confirmation.position not in (Position.NONE, Position.UNKNOWN):
            try:
                printer.clear(self._deadline(8))
                confirmation = printer.confirm(before, card, self._deadline(4))
            except DriverError as stuck:
                confirmation = replace(confirmation, findings=(*confirmation.findings, str(stuck)))
        return confirmation

    def _blocking(self, printer: CardPrinter) -> tuple[Condition, ...]:
        try:
            return printer.status(self._deadline()).blocking
        except DriverError:
            self._disconnect()
            return ()

    def _gather(self, attempt: Any) -> None:
        """Keep the line stopped; add what the printer can still tell about a doubtful attempt, once a start."""
        self._doubted = True
        if self._gathered != attempt["id"]:
            self._kind = None
            printer = self._connected()
            if printer is None:
                return  # shown as offline, with the reason; asked again at the next turn
            before = Counters(**json.loads(attempt["counters"]))
            confirmation = self._confirm(printer, before, None, after_trouble=False)
            self._books.enter("attempt.evidence", {"attempt": attempt["id"], "evidence": evidence_of(confirmation)})
            self._gathered = attempt["id"]
        self._rest(PrinterState.IN_DOUBT, ["other-error"], say_doubt(attempt), calm=True)

    # --- the next job ---

    def _prefetch(self, kind: tuple[str, str]) -> None:
        if self._next is not None and self._next.kind != kind:
            self._drop_next()
        if self._next is None:
            waiting = self._dispatcher.take(*kind, self.name)
            if waiting is not None:
                self._next = _Next(waiting, kind, self._drawing.submit(self._prepare, waiting, self.name))

    def _take(self, kind: tuple[str, str]) -> Prepared | None:
        self._prefetch(kind)
        taken, self._next = self._next, None
        if taken is None:
            return None
        try:
            return taken.prepared.result(self._until(self._config.card_seconds).remaining)
        except UnprintableError as unfit:
            self._hold(taken.waiting.job, unfit)
            return None
        except UnableError:
            self._dispatcher.give_back(taken.waiting.job)
            raise

    def _hold(self, job: str, unfit: UnprintableError) -> None:
        try:
            self._books.enter("job.held", {"job": job, "why": unfit.because, "message": str(unfit)[:300]})
        except Refused as changed:
            self._log.info("job.changed", job=job, why=str(changed))
        self._dispatcher.give_back(job)
        self._wake.set()

    def _nothing_waits(self) -> bool:
        """Tell whether no job could be taken up for the next blank: it is not urgent how the printer is."""
        return not self._doubted and (self._kind is None or not self._dispatcher.waits(*self._kind))

    def _drop_next(self) -> None:
        """Let other printers have the job that was taken up."""
        if self._next is not None:
            self._next.prepared.cancel()
            self._dispatcher.give_back(self._next.waiting.job)
            self._next = None
            self._dispatcher.tell_all()

    # --- small things ---

    def _tired(self, connection: Connection) -> str:
        """Return why this printer must rest, by what the books say it did today: a restart forgets nothing."""
        if not self._duty.cards_per_day and not self._duty.cards_in_a_row:
            return ""
        now = self._books.clock()
        day_began = midnight(office_day(now, self._zone), self._zone)
        cards = [row["opened_at"] for row in policy.attempts_today(connection, self.name, day_began)]
        cards = sorted(at for at in presently(connection, cards, now) if at >= day_began)
        return rest(self._duty, cards, now, self._zone)

    def _deadline(self, commands: int = 12) -> Deadline:
        return self._until(self._config.command_seconds * commands)

    def _until(self, seconds: float) -> Deadline:
        """Return a deadline, and let whoever looks after the workers know it."""
        self.due = Deadline.after(seconds)
        return self.due

    def _pause(self, why: str) -> None:
        self._books.enter("printer.paused", {"printer": self.name, "why": why[:300]})
        self._log.warning("printer.paused", why=why)

    def _rest(self, state: PrinterState, reasons: Sequence[str] = (), message: str = "", *, calm: bool = False) -> None:
        """Wait for a moment, or, ``calm``, for longer: nothing that could be printed waits for this printer alone."""
        self._drop_next()
        self._show(state, reasons, message)
        seconds = self._config.poll_seconds * (_CALM if calm else 1)
        self._until(seconds)
        self._wake.wait(seconds)
        self._wake.clear()

    def _show(self, state: PrinterState, reasons: Sequence[str] = (), message: str = "") -> None:
        before, self.live = self.live, Live(state, tuple(reasons), message, self._cards)
        if (before.state, before.reasons) != (state, self.live.reasons) and state not in (
            PrinterState.PRINTING,
            PrinterState.IDLE,
        ):
            self._log.info("printer.state", state=state, reasons=reasons, message=message)

    def _disconnect(self) -> None:
        if self._printer is not None:
            self._printer.close()
            self._printer = None


def _readings(conditions: Sequence[Condition]) -> str:
    """Return what was read, for people: a device may say anything, and no terminal obeys it."""
    said = "; ".join(map(str, conditions))
    return "".join(char if char.isprintable() else f"\\x{ord(char):02x}" for char in said)


@dataclass(frozen=True)
class _Ending:
    """How an attempt is booked; ``fed`` is the blank whose chip proves that it was fed in place of the booked one."""

    outcome: AttemptState
    cause: str = ""
    to: str = ""
    fed: str = ""


def _ending(confirmation: Confirmation, rejection: Rejection | None) -> _Ending:
    """Say how an attempt ended: what the station found holds once the card is proved to lie whole in the reject box."""
    outcome = ENDS[confirmation.outcome]
    if outcome is not AttemptState.SPOILED:
        return _Ending(outcome)
    conflict = rejection.conflict if rejection is not None else None
    if rejection is None or (confirmation.cause and conflict is None):
        return _Ending(outcome, cause=confirmation.cause or "other")
    if confirmation.cause:
        return _Ending(AttemptState.IN_DOUBT)  # a card was damaged on its way out, and it is not the booked one
    fed = conflict.belongs if conflict is not None else ""
    return _Ending(ENDS[rejection.outcome], cause=rejection.cause, to=rejection.to, fed=fed)


def _in_hopper(connection: Connection, printer: str, serial: str) -> str:
    """Return a serial that the books hold in this hopper; an empty string for one that is elsewhere, or none."""
    there = serial and place_of(connection, serial) == places.hopper(printer)
    return serial if there else ""


def _report(booking: Booking, attempt: Any, conflict: identity.Conflict) -> None:
    """Open an incident about the blank that was booked and the one whose chip was read, unless one says so already."""
    serial = attempt["serial"]
    if identity.known_incident(booking.connection, serial, conflict.sentence) is None:
        named = [parse_serial(one) for one in (serial, conflict.belongs) if one]
        open_incident(booking, conflict.kind, named, conflict.sentence, [attempt["operator"]])
