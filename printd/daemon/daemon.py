"""The daemon: puts the parts of a shop together, starts them, watches them, stops them."""

from __future__ import annotations

import functools
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from drivers.deadline import Deadline
from drivers.printer import CardPrinter
from printd.books.checkpoints import NOTHING
from printd.books.retrace import Past
from printd.client.client import listens
from printd.console.control_socket import ControlSocket
from printd.cosigning.asking import Asker
from printd.daemon import closing_days
from printd.daemon.parts import Parts
from printd.daemon.purging import PART, Purging
from printd.desk.desk import Desk
from printd.desk.proofs import Logins
from printd.errors import IntegrityError, ShopBusyError, StorageError
from printd.intake.sources.spool import Spool
from printd.log import logger
from printd.printing import genuine
from printd.printing.abilities import lacks_station
from printd.printing.artwork import Artist, lacks_levels, lacks_sides
from printd.printing.dispatch import Dispatcher
from printd.printing.next_job import UnableError
from printd.printing.press import connect, new_trace, usb_backend
from printd.printing.recovery import doubt_attempts_of, doubt_open_attempts
from printd.printing.shown import Live
from printd.printing.station import CardStation
from printd.printing.worker import Worker
from printd.remedies import plain
from printd.shop import configured
from printd.shop.folder import SOCKET_NAME
from printd.shop.health import Health, Problem, Surroundings
from printd.shop.lock import Holder, locked
from printd.shop.shop import Shop
from printd.store import log, printers
from printd.words.moments import stamp

_WATCH_SECONDS = 0.5
_COMMAND_SECONDS = 5.0  # a command without the daemon may be at work just now
_LOOK_SECONDS = 1.0  # between two looks at disk, folder, database and clock
_AGAIN_SECONDS = 1.0  # until a shop that cannot be opened now is tried again
_SIGNING_SECONDS = 5.0
_GUESSES_SECONDS = 60.0  # between two entries of failed logins
_BREATH_SECONDS = 0.005  # between two pieces of the log that are looked at: cards come first
_PARTS_SECONDS = 6.0  # that the parts have to end in; a card that needs longer is in doubt at the next start
_LAST_SECONDS = 2.0  # for the last checkpoint. Together: ended within ten seconds, whatever stands still


class Daemon:
    """A running shop. It is also the workshop that the desk wakes and asks.

    :param logins: who is logged in where; left out: nobody yet.
    """

    def __init__(self, shop: Shop, logins: Logins | None = None) -> None:
        self._shop = shop
        self.logins = logins or Logins(idle_seconds=60.0 * shop.config.people.idle_minutes)
        self._log = logger(shop=shop.config.office.origin)
        self._stop = threading.Event()
        self._asked_to_stop = False
        self._dispatcher = Dispatcher(shop.store, shop.config.policy, shop.zone, shop.books.clock)
        self._artist = Artist(shop)
        self._drawing = ThreadPoolExecutor(max_workers=os.cpu_count() or 1, thread_name_prefix="draw")
        self.health = Health(lambda: stamp(shop.books.clock()), self._changed)
        self.parts = Parts(self.health, self._stop.is_set)
        self.left: list[str] = []
        self._signing: Deadline | None = None
        self._workers: dict[str, Worker] = {}
        self._traced: set[str] = set()
        self._desk = Desk(shop, self, self.logins)
        self._spool = Spool(shop)
        self._past = Past(shop.store, NOTHING)

    # --- the workshop, for the desk ---

    def wake(self, printer: str | None = None) -> None:
        """Tell one worker, or all, that something changed."""
        for name, worker in list(self._workers.items()):
            if printer in (None, name):
                worker.wake()

    def start_worker(self, printer: str) -> None:
        """Start a worker for a printer."""
        self._workers[printer] = self._new_worker(printer)
        self.parts.start(
            f"printer:{printer}",
            lambda: self._run_worker(printer),
            due=lambda: self._workers[printer].due,
            stops="printer",
        )

    def _new_worker(self, printer: str) -> Worker:
        return Worker(
            printer,
            self._shop.books,
            self._dispatcher,
            self._shop.config.printing,
            self._shop.config.duty,
            self._shop.zone,
            connect=self._connect,
            prepare=self._artist.prepare,
            drawing=self._drawing,
            station=self._station(printer),
            halted=self.health.halted,
        )

    def _run_worker(self, printer: str) -> None:
        """Run a printer's worker; where the last one died, a new one."""
        if self._workers[printer].over:
            self._dispatcher.free(printer)
            doubt_attempts_of(self._shop.books, printer)
            self._workers[printer] = self._new_worker(printer)
            if self._stop.is_set():
                return
        self._workers[printer].run()

    def end_worker(self, printer: str) -> None:
        """End a printer's worker for good."""
        worker = self._workers.get(printer)
        if worker is not None:
            self.parts.drop(f"printer:{printer}")
            worker.stop()

    def trace(self, printer: str, *, on: bool) -> None:
        """Begin or end noting what goes over a printer's wire; its worker connects anew for that."""
        (self._traced.add if on else self._traced.discard)(printer)
        worker = self._workers.get(printer)
        if worker is not None:
            worker.reconnect()

    def live(self, printer: str) -> Live | None:
        """Return what a worker does now."""
        worker = self._workers.get(printer)
        return worker.live if worker else None

    def problems(self) -> list[Problem]:
        """Return what is wrong with the shop now."""
        return self.health.problems()

    def looked(self) -> tuple[int, int]:
        """Return how many of the log's entries were looked at since the start, and how many were signed then."""
        return self._past.looked, self._past.size

    # --- life ---

    def run(self, begun: Callable[[], None] = lambda: None) -> None:
        """Work until stopped.

        :param begun: called when the start-up checks are done, before anything that would have to be ended well.
        """
        self._past = Past(self._shop.store, self._shop.check_start())
        genuine.check_books(self._shop)
        usb_backend(self._shop.config)  # a wrong name stops the start, not the first card
        purging = Purging(self._shop, self.health)
        around = Surroundings(self._shop, self.health)
        server = ControlSocket(self._desk, self._shop.folder / SOCKET_NAME)
        begun()
        around.look()  # before the first card
        working = self._begin_work(purging)
        self.parts.start("disk and clock", lambda: self._watch_surroundings(around))
        self.parts.start("socket", server.run)
        self.parts.start("look at the log", self._look_at_past)
        try:
            while not self._asked_to_stop and not self._stop.wait(_WATCH_SECONDS):
                working = working or self._begin_work(purging)
                self.parts.look()
                if not server.look():
                    self._log.warning("daemon.socket_lost", remedy="It was deleted or replaced; a new one is made.")
        finally:
            self._stop.set()
            for worker in list(self._workers.values()):
                worker.stop()
            server.stop()
            self._end()
            server.gone()

    def _begin_work(self, purging: Purging) -> bool:
        """Book what an earlier run left open, then begin work; return whether disk and database allowed it."""
        try:
            if configured.enter(self._shop):
                self._log.warning("shop.configured", remedy="Two people answer for it before a printer is resumed.")
            doubtful = doubt_open_attempts(self._shop.books)
            with self._shop.store.reading() as connection:
                names = [row["name"] for row in printers.printers(connection)]
        except StorageError as trouble:
            why = f"{trouble.what} {trouble.why}"
            self.health.report(
                "start", "waits", f"{why} Nothing is booked and no card begun yet. {plain(trouble.remedy)}", "shop"
            )
            return False
        if doubtful:
            self._log.warning("recovery.in_doubt", attempts=doubtful)
        self.health.clear("start")
        purging.tidy()
        for name in names:
            if name not in self._workers:
                self.start_worker(name)
        self.parts.start("spool", lambda: self._spool.run(self._stop, self.wake))
        self.parts.start("checkpoints", self._sign, due=lambda: self._signing, stops="shop")
        self.parts.start("logins", self._watch_logins)
        self.parts.start(PART, lambda: purging.run(self._stop))
        self.parts.start(closing_days.PART, lambda: closing_days.run(self._shop.books, self._stop))
        for witness in self._shop.witnesses.witnesses:
            if witness.url:
                asker = Asker(self._shop, witness, self.health, self._bar)
                self.parts.start(f"asking {witness.name}", functools.partial(asker.run, self._stop))
        self._log.info("daemon.ready", printers=len(names))
        return True

    def _end(self) -> None:
        """Wait for the parts, but not for ever; sign what they booked. ``left`` names those that did not end."""
        self.parts.wait(Deadline.after(_PARTS_SECONDS))
        self.logins.sessions.end_all()
        self.parts.start("drawing", lambda: self._drawing.shutdown(cancel_futures=True))
        self.parts.start("last checkpoint", self._sign_last)
        self.left = self.parts.wait(Deadline.after(_LAST_SECONDS))
        if self.left:
            self._log.warning("daemon.left_behind", parts=self.left)
        self._log.info("daemon.stopped")

    def stop(self) -> None:
        """Ask the daemon to end: cards under way are finished where that takes no more than some seconds."""
        self._stop.set()

    def signalled(self) -> None:
        """Ask the same from a signal's handler, which interrupts the thread that waits: no lock may be taken there."""
        self._asked_to_stop = True

    def _connect(self, printer: str) -> CardPrinter:
        with self._shop.store.reading() as connection:
            row = printers.find_printer(connection, printer)
        if row is not None:
            about = printer, row["family"], row["model"]
            lacks = lacks_station(self._shop.config.encoder, *about)
            lacks = lacks or lacks_sides(self._shop.config.printing.layout, *about)
            lacks = lacks or lacks_levels(self._shop.config.printing.colour_levels, *about)
            if lacks:
                raise UnableError(lacks)
        return connect(self._shop, printer, new_trace(self._shop, printer)[0] if printer in self._traced else None)

    def _station(self, printer: str) -> CardStation | None:
        encoder = self._shop.config.encoder
        return None if encoder.mode == "none" else CardStation(self._shop.books, encoder, printer)

    def _changed(self) -> None:
        """Give the jobs of every printer that has a problem to the others, and wake all workers."""
        for one in self.health.problems():
            self._dispatcher.free(one.part.removeprefix("printer:"))
        self.wake()

    def _watch_surroundings(self, around: Surroundings) -> None:
        while not self._stop.wait(_LOOK_SECONDS):
            around.look()

    def _look_at_past(self) -> None:
        """Look at what lies below the last signature, beside the work; entries that were altered bar the books."""
        try:
            while self._past.step() and not self._stop.wait(_BREATH_SECONDS):
                pass
        except IntegrityError as altered:
            self._shop.books.barred = altered
            self.health.report("log", "altered", str(altered), "shop")
        self._stop.wait()

    def _bar(self, conflict: IntegrityError) -> None:
        """Let nothing be booked any more: a witness holds what this log's key signed and this log does not have."""
        self._shop.books.barred = conflict

    def _sign_now(self) -> int:
        self._signing = Deadline.after(_SIGNING_SECONDS)
        try:
            return self._shop.sign()
        finally:
            self._signing = None

    def _watch_logins(self) -> None:
        told = time.monotonic()
        while not self._stop.wait(_LOOK_SECONDS):
            self.logins.sessions.end_idle()  # a key must not lie in memory until somebody asks for it
            if time.monotonic() - told >= _GUESSES_SECONDS:
                self.logins.enter_failures(self._shop.books)
                told = time.monotonic()

    def _sign_last(self) -> None:
        try:
            self.logins.enter_failures(self._shop.books)
        except Exception as failed:  # noqa: BLE001 - the checkpoint over the rest is signed all the same
            self._log.error("daemon.failed_logins_lost", why=type(failed).__name__)
        try:
            self._shop.sign()
        except Exception as failed:  # noqa: BLE001 - the next start finishes it; the books are whole without it
            self._log.error("daemon.last_checkpoint_failed", why=type(failed).__name__)

    def _sign(self) -> None:
        limits = self._shop.config.log
        self._shop.books.know_people()  # beside the work of the printers: in a long log it takes its time
        signed, at = self._sign_now(), time.monotonic()
        while not self._stop.wait(min(1.0, limits.checkpoint_seconds)):
            with self._shop.store.reading() as connection:
                grown = log.frontier(connection).size - signed
            late = time.monotonic() - at >= limits.checkpoint_seconds
            if grown >= limits.checkpoint_entries or (grown and late):
                signed, at = self._sign_now(), time.monotonic()


def run(folder: Path, against: Sequence[str] = ()) -> None:
    """Run the daemon of a shop until SIGTERM or SIGINT.

    :param against: checkpoints that people hold, which the books must reach.
    """
    with locked(folder, _COMMAND_SECONDS, lambda who: _wait_for(folder, who)):
        shop = _opened(folder)
        try:
            shop.check_start(against)
            daemon = Daemon(shop)

            def listen() -> None:  # until now a signal ends the process at once, and nothing is lost by it
                for number in (signal.SIGTERM, signal.SIGINT):
                    signal.signal(number, lambda _number, _frame: daemon.signalled())

            daemon.run(listen)
            if daemon.left:  # threads that wait for a machine would keep the process; the next start knows how to go on
                sys.stderr.flush()
                os._exit(0)
        finally:
            shop.close()


def _wait_for(folder: Path, who: Holder) -> None:
    """Say that a command without the daemon is waited for.

    :raises ShopBusyError: it is no command, but a daemon that runs.
    """
    if listens(folder / SOCKET_NAME):
        raise ShopBusyError(
            f"A daemon of the shop {folder} runs already.",
            why=f"It is {who}.",
            consequence="This one was not started.",
            remedy="Stop that one first, where it should be started anew.",
        )
    logger().warning("daemon.waits", held_by=str(who), seconds=_COMMAND_SECONDS)


def _opened(folder: Path) -> Shop:
    """Open the shop as soon as its disk and its database allow it."""
    told = ""
    while True:
        try:
            return Shop.open(folder)
        except StorageError as trouble:
            if str(trouble) != told:
                told = str(trouble)
                logger().error("daemon.waits", why=f"{trouble.what} {trouble.why}", remedy=plain(trouble.remedy))
            time.sleep(_AGAIN_SECONDS)
