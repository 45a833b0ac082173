"""The worker of one printer: look, take a job, begin, run the card, book what is proved; one card at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from zoneinfo import ZoneInfo

from drivers.deadline import Deadline
from drivers.errors import DriverError
from drivers.printer import (
    CardPrinter,
    Condition,
    Counters,
    EncodedCard,
    Outcome,
    Reason,
    Status,
)
from printd.books.booking import Books
from printd.custody.clock import presently
from printd.custody.movements import place_of
from printd.errors import Refused
from printd.events.attempts import AttemptEvidence
from printd.events.printers import PrinterPaused
from printd.log import logger
from printd.printing import machine
from printd.printing.attempt import begin, end, state_of
from printd.printing.card_run import CardRun, Look, RanCard
from printd.printing.dispatch import Dispatcher
from printd.printing.duty import why_it_rests
from printd.printing.in_doubt import why_in_doubt
from printd.printing.next_job import Drawn, Kind, NextJob, Prepare, UnableError
from printd.printing.shown import Live, Standing, stands_still
from printd.printing.station import CardStation, Verdict, report_conflict
from printd.shop.config import Duty, Printing
from printd.store import attempts, blanks, operators, printers, shifts
from printd.store.blanks import NextBlank
from printd.store.rows import Connection
from printd.store.tables.attempts import AttemptRow
from printd.words import places
from printd.words.moments import midnight, office_day
from printd.words.serials import SerialRange
from printd.words.states import AttemptState, PrinterState, is_counting

_UNKNOWN_LOOKS = 5
"""Looks in a row at a printer whose state is unknown before it is paused; silence may end when it is switched on."""

_IDLE_FACTOR = 10
"""An idle worker polls this many times slower; new work wakes it."""


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
        self._station = station
        self._halted = halted
        self._stop = threading.Event()
        self._wake = threading.Event()
        self._reconnect = threading.Event()
        self._printer: CardPrinter | None = None
        self._next = NextJob(name, books, dispatcher, prepare, drawing, self.wake)
        self._blank_kind: Kind | None = None  # of the blank that lies lowest in the hopper
        self._asked_about: str | None = None  # the attempt in doubt of which the printer has told all it knows
        self._was_in_doubt = False
        self._unknown_looks = 0
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
        self._reconnect.set()
        self._wake.set()

    # --- the worker's own thread ---

    def run(self) -> None:
        """Work until stopped. Only a defect of printd itself lets an exception out."""
        try:
            while not self._stop.is_set():
                self.work_once()
        finally:
            self._next.leave_to_others()
            self._disconnect()
            self._show(PrinterState.STOPPED)
            self.over = True

    def work_once(self) -> None:
        """Look at books and printer once, and print one card; or say why not, and wait for a moment."""
        self._deadline()
        with self._books.store.reading() as connection:
            row = printers.find_printer(connection, self.name)
            doubtful = attempts.attempts_in(connection, [AttemptState.IN_DOUBT], self.name)
            blank = blanks.next_blank(connection, places.hopper(self.name))
            shift = shifts.current(connection)
            signer = None if row is None else operators.find_operator(connection, row["operator"] or "")
            resting = self._why_it_rests(connection)
        if row is None:
            raise RuntimeError(f"printer {self.name} is not in the books")
        if doubtful:
            self._stand_in_doubt(doubtful[0])
            return
        if self._was_in_doubt or self._reconnect.is_set():
            self._reconnect.clear()
            self._disconnect()  # a person settled it at the machine: what the connection remembers of it is over
            self._was_in_doubt = False
        still = stands_still(
            Standing(
                paused=row["pause_reason"] if row["paused"] else None,
                halted=self._halted(),
                counting=shift["id"] if is_counting(shift) else "",
                tired=resting,
            )
        )
        if still is not None:
            if still.state is PrinterState.PAUSED:
                self._disconnect()  # a technician may want to speak with it
            self._wait(still.state, still.reasons, still.message, idle=True)
            return
        assert row["resumed_seq"] is not None
        if signer is None or not signer["active"]:
            self._pause(f"{row['operator']}, who resumed it, does not work here any more and signs no card.")
            return
        self._blank_kind = None if blank is None else (blank["stock_type"], blank["generation"])
        printer = self._connected()
        if printer is None:
            return
        try:
            self._print_next(printer, row["resumed_seq"], blank)
        except UnableError as unable:
            self._unable = str(unable)
            self._wait(PrinterState.UNABLE, ["other-warning"], self._unable, idle=True)
        except DriverError as trouble:
            self._disconnect()
            self._wait(PrinterState.STOPPED, ["unknown"], str(trouble), idle=self._nothing_waits())

    def _connected(self) -> CardPrinter | None:
        """Return the printer, connected; ``None``: it cannot be, and that was shown or booked."""
        if self._printer is None:
            self._deadline()
            try:
                self._printer = self._connect(self.name)
            except Refused as exchanged:
                if self._was_in_doubt:  # it stands still already: the books do not take the same pause at every look
                    self._wait(PrinterState.OFFLINE, ["offline"], str(exchanged), idle=self._nothing_waits())
                else:
                    self._pause(str(exchanged))
            except DriverError as trouble:
                self._wait(PrinterState.OFFLINE, ["offline"], str(trouble), idle=self._nothing_waits())
            except UnableError as unable:
                self._wait(PrinterState.UNABLE, ["other-warning"], str(unable), idle=True)
        return self._printer

    def _print_next(self, printer: CardPrinter, resumed: int, blank: NextBlank | None) -> None:
        reasons = self._look(printer)
        if reasons is None:
            return
        if blank is None:
            missing = "The books know no blank in this hopper."
            self._wait(PrinterState.WAITING, [*reasons, "media-needed"], missing, idle=True)
            return
        kind = (str(blank["stock_type"]), str(blank["generation"]))
        taken = self._take_job(kind, reasons)
        if taken is None:
            return
        prepared = taken[0]
        serial = SerialRange(blank["prefix"], blank["width"], blank["first"], blank["first"]).first_serial
        begun = self._begin(printer, taken, resumed, serial, reasons)
        if begun is None:
            return
        attempt, before = begun
        self._show(PrinterState.PRINTING, reasons, serial)
        self._next.take_up(kind)
        self._run_card(printer, attempt, prepared.card, before)

    def _look(self, printer: CardPrinter) -> Sequence[str] | None:
        """Return what a printer tells that may take a card; ``None``: it may not, and that was shown or booked."""
        status = printer.status(self._deadline())
        reasons = machine.reasons(status)
        if not machine.is_ready(status):
            self._stand_still(status, reasons)
            return None
        self._unknown_looks = 0
        if status.position.is_inside:
            self._pause(f"A card is inside ({status.position}) although no attempt is open.")
            return None
        return reasons

    def _stand_still(self, status: Status, reasons: Sequence[str]) -> None:
        """Show why no card may be begun. Where that stays unknown, pause with the reading: a person looks."""
        told = _readings(status.blocking)
        if any(one.reason is Reason.UNKNOWN for one in status.blocking):
            self._disconnect()  # a silent or half-spoken connection is begun anew
            self._unknown_looks += 1
            if self._unknown_looks >= _UNKNOWN_LOOKS:
                self._unknown_looks = 0
                self._pause(f"Its state is unknown. {told}")
                return
        self._wait(PrinterState.STOPPED, reasons, told, idle=self._nothing_waits())

    def _take_job(self, kind: Kind, reasons: Sequence[str]) -> Drawn | None:
        """Return a job for the next blank, drawn; ``None``: there is none, and that was shown."""
        self._next.take_up(kind)
        taken = self._next.drawn(self._until(self._config.card_seconds))
        if taken is not None:
            self._unable = ""
        elif self._unable:
            self._wait(PrinterState.UNABLE, ["other-warning"], self._unable, idle=True)
        else:
            self._wait(PrinterState.IDLE, reasons, idle=True)
        return taken

    def _begin(
        self, printer: CardPrinter, taken: Drawn, resumed: int, serial: str, reasons: Sequence[str]
    ) -> tuple[str, Counters] | None:
        """Book the intent; return the attempt and the counters before it. ``None``: no card was begun."""
        prepared, turn = taken
        try:
            if self._station is not None:
                self._station.ready()
            before = printer.counters(self._deadline())
            if self._stop.is_set():
                return None
            attempt = begin(
                self._books,
                job=prepared.job,
                printer=self.name,
                resumed=resumed,
                serial=serial,
                counters=before,
                artwork=prepared.artwork,
                turn=turn,
            )
        except Refused as changed:  # held, cancelled or moved since it was taken up
            self._log.info("attempt.refused", job=prepared.job, blank=serial, why=str(changed))
            self._wait(PrinterState.WAITING, reasons, str(changed))
            return None
        finally:
            self._dispatcher.give_back(prepared.job)
        return attempt, before

    def _run_card(self, printer: CardPrinter, attempt_id: str, card: EncodedCard, before: Counters) -> None:
        run = CardRun(printer, self._config, self._until)
        ran = run.run(card, before, self._look_of_station(printer, attempt_id))
        if run.silent:
            self._disconnect()
        self._book(attempt_id, ran, self._why_pause(printer, ran))
        outcome = ran.ending.outcome
        if outcome is Outcome.PRINTED:
            self._cards += 1
        else:
            self._dispatcher.wake_all()  # the job may wait again, for whoever can print it
        if outcome is Outcome.IN_DOUBT:
            self._was_in_doubt = True  # also where a person settles it before the next look
            if self._printer is not None:
                self._asked_about = attempt_id  # it still answers, and has said all it knows

    def _look_of_station(self, printer: CardPrinter, attempt_id: str) -> Look | None:
        """Return what looks at the card before anything is sent to the print head, where there is a station."""
        station = self._station
        if station is None:
            return None

        def look(feeding: Deadline) -> Verdict:
            with self._books.store.reading() as connection:
                attempt = attempts.find_attempt(connection, attempt_id)
            assert attempt is not None
            self.due = Deadline(feeding.at + station.longest)
            return station.read_and_write(printer, attempt, feeding)

        return look

    def _why_pause(self, printer: CardPrinter, ran: RanCard) -> str:
        """Return why a person has to look before the next card, or an empty string."""
        if ran.verdict is not None and ran.rejection is not None:
            return ran.verdict.sentence
        outcome = ran.ending.outcome
        if outcome not in (Outcome.UNUSED, Outcome.SPOILED) or self._blocking(printer):
            return ""
        why = f"An attempt ended {outcome}, and the printer shows no reason. Look at it before the next card."
        return f"{why} {ran.trouble}" if ran.trouble else why

    def _blocking(self, printer: CardPrinter) -> tuple[Condition, ...]:
        try:
            return printer.status(self._deadline()).blocking
        except DriverError:
            self._disconnect()
            return ()

    def _book(self, attempt_id: str, ran: RanCard, why_pause: str) -> None:
        """Book how an attempt ended, with all that follows from it, in one transaction."""
        ending, rejection = ran.ending, ran.rejection
        with self._books.booking() as booking:
            attempt = attempts.find_attempt(booking.connection, attempt_id)
            assert attempt is not None
            end(
                booking,
                attempt,
                state_of(ending.outcome),
                evidence=ran.evidence,
                cause=ending.cause,
                to=ending.to,
                fed=_in_hopper(booking.connection, self.name, ending.fed),
            )
            if rejection is not None and rejection.conflict is not None:
                report_conflict(booking, attempt["serial"], rejection.conflict)
            if why_pause:
                booking.enter(PrinterPaused(printer=self.name, why=why_pause[:300]))
        self._log.info("attempt.ended", attempt=attempt_id, outcome=str(ending.outcome), blank=attempt["serial"])
        if ending.outcome is not Outcome.PRINTED:
            found = ran.confirmation.findings
            self._log.warning("attempt.trouble", attempt=attempt_id, trouble=ran.trouble, findings=found)

    def _stand_in_doubt(self, attempt: AttemptRow) -> None:
        """Keep the line stopped; add what the printer can still tell about a doubtful attempt, once a start.

        Where it cannot be reached, nothing is booked and it is asked again: the log would carry every try.
        """
        self._was_in_doubt = True
        if self._asked_about != attempt["id"]:
            self._blank_kind = None
            printer = self._connected()
            if printer is None:
                return  # shown as offline, with the reason; asked again at the next look
            run = CardRun(printer, self._config, self._until)
            evidence = run.ask_again(attempt["counters"])
            if run.silent:
                self._disconnect()
            self._books.enter(AttemptEvidence(attempt=attempt["id"], evidence=evidence))
            self._asked_about = attempt["id"]
        self._wait(PrinterState.IN_DOUBT, ["other-error"], why_in_doubt(attempt), idle=True)

    # --- small things ---

    def _nothing_waits(self) -> bool:
        """Tell whether no job could be taken up for the next blank: it is not urgent how the printer is."""
        kind = self._blank_kind
        return not self._was_in_doubt and (kind is None or not self._dispatcher.waits(*kind))

    def _why_it_rests(self, connection: Connection) -> str:
        """Return why this printer must rest, by what the books say it did today: a restart forgets nothing."""
        if not self._duty.cards_per_day and not self._duty.cards_in_a_row:
            return ""
        now = self._books.clock()
        day_began = midnight(office_day(now, self._zone), self._zone)
        cards = [row["opened_at"] for row in attempts.attempts_today(connection, self.name, day_began)]
        cards = sorted(at for at in presently(connection, cards, now) if at >= day_began)
        return why_it_rests(self._duty, cards, now, self._zone)

    def _deadline(self, commands: int = 12) -> Deadline:
        return self._until(self._config.command_seconds * commands)

    def _until(self, seconds: float) -> Deadline:
        """Return a deadline, and let whoever looks after the workers know it."""
        self.due = Deadline.after(seconds)
        return self.due

    def _pause(self, why: str) -> None:
        self._books.enter(PrinterPaused(printer=self.name, why=why[:300]))
        self._log.warning("printer.paused", why=why)

    def _wait(self, state: PrinterState, reasons: Sequence[str] = (), message: str = "", *, idle: bool = False) -> None:
        """Show why nothing is printed, and wait for a moment.

        :param idle: wait longer: nothing that could be printed waits for this printer alone.
        """
        self._next.leave_to_others()
        self._show(state, reasons, message)
        seconds = self._config.poll_seconds * (_IDLE_FACTOR if idle else 1)
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


def _in_hopper(connection: Connection, printer: str, serial: str) -> str:
    """Return a serial that the books hold in this hopper; an empty string for one that is elsewhere, or none."""
    there = serial and place_of(connection, serial) == places.hopper(printer)
    return serial if there else ""
