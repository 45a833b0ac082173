"""The daemon: puts the parts of a shop together, starts them, watches them, stops them."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from pathlib import Path

from drivers.printer import CardPrinter
from printd import checkpoints
from printd.console.api import Server
from printd.desk.desk import Desk
from printd.folder import SOCKET_NAME
from printd.intake.inbox import Inbox
from printd.intake.sources.spool import Spool
from printd.log import logger
from printd.press import check_station, connect, new_trace, usb_backend
from printd.printing.artwork import Artist
from printd.printing.dispatch import Dispatcher
from printd.printing.recovery import doubt_open_attempts, enter_policy
from printd.printing.station import CardStation
from printd.printing.worker import Live, Worker
from printd.shop import Shop, locked
from printd.store import jobs, log

_WATCH_SECONDS = 0.5
_COMMAND_SECONDS = 5.0  # a command without the daemon may be at work just now
_MOST_PARTS = 512


class Daemon:
    """A running shop. It is also the workshop that the desk wakes and asks."""

    def __init__(self, shop: Shop) -> None:
        self._shop = shop
        self._log = logger(shop=shop.config.office.origin)
        self._stop = threading.Event()
        self._dispatcher = Dispatcher(shop.store, shop.config.policy, shop.zone, shop.books.clock)
        self._artist = Artist(shop.store, shop.vault, shop.config, shop.zone, shop.books.clock, shop.folder)
        self._drawing = ThreadPoolExecutor(max_workers=os.cpu_count() or 1, thread_name_prefix="draw")
        self._threads = ThreadPoolExecutor(max_workers=_MOST_PARTS, thread_name_prefix="part")
        self._parts: dict[str, Future[None]] = {}
        self._parts_lock = threading.Lock()
        self._workers: dict[str, Worker] = {}
        self._traced: set[str] = set()
        self._desk = Desk(shop, self)
        self._spool = Spool(shop.spool, Inbox(shop.books, shop.vault, shop.config, shop.areas))

    # --- the workshop, for the desk ---

    def wake(self, printer: str | None = None) -> None:
        """Tell one worker, or all, that something changed."""
        for name, worker in list(self._workers.items()):
            if printer in (None, name):
                worker.wake()

    def employ(self, printer: str) -> None:
        """Start a worker for a printer."""
        worker = Worker(
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
        )
        self._workers[printer] = worker
        self._start(f"printer:{printer}", worker.run)

    def trace(self, printer: str, *, on: bool) -> None:
        """Note what goes over a printer's wire from its next connection on, which begins now, or no more."""
        (self._traced.add if on else self._traced.discard)(printer)
        worker = self._workers.get(printer)
        if worker is not None:
            worker.reconnect()

    def live(self, printer: str) -> Live | None:
        """Return what a worker does now."""
        worker = self._workers.get(printer)
        return worker.live if worker else None

    # --- life ---

    def run(self) -> None:
        """Work until stopped by a signal; raises what a part died of."""
        checkpoints.check_start(self._shop.store, self._shop.keys.log)
        usb_backend(self._shop.config)  # a wrong name stops the start, not the first card
        enter_policy(self._shop.books, self._shop.config.policy)
        doubtful = doubt_open_attempts(self._shop.books)
        if doubtful:
            self._log.warning("recovery.in_doubt", attempts=doubtful)
        server = Server(self._desk, self._shop.folder / SOCKET_NAME)
        with self._shop.store.reading() as connection:
            names = [row["name"] for row in jobs.printers(connection)]
        for name in names:
            self.employ(name)
        self._start("spool", lambda: self._spool.run(self._stop, self.wake))
        self._start("checkpoints", self._sign)
        self._start("socket", server.run)
        self._log.info("daemon.ready", printers=len(names))
        try:
            self._watch()
        finally:
            self._stop.set()
            for worker in self._workers.values():
                worker.stop()
            server.stop()
            self._threads.shutdown()
            self._drawing.shutdown(cancel_futures=True)
            self._shop.sign()
            self._log.info("daemon.stopped")

    def stop(self) -> None:
        """Ask the daemon to end: cards under way are finished first."""
        self._stop.set()

    def _connect(self, printer: str) -> CardPrinter:
        with self._shop.store.reading() as connection:
            row = jobs.find_printer(connection, printer)
        if row is not None:
            check_station(self._shop.config.encoder, printer, row["family"], row["model"])
        return connect(self._shop, printer, new_trace(self._shop, printer)[0] if printer in self._traced else None)

    def _station(self, printer: str) -> CardStation | None:
        encoder = self._shop.config.encoder
        return None if encoder.mode == "none" else CardStation(self._shop.books, encoder, printer)

    def _start(self, name: str, part: Callable[[], None]) -> None:
        with self._parts_lock:
            self._parts[name] = self._threads.submit(part)

    def _watch(self) -> None:
        """Wait for the signal to stop, or for a part that ended on its own: a shop with a dead part stops loudly."""
        while not self._stop.wait(_WATCH_SECONDS):
            with self._parts_lock:
                parts = dict(self._parts)
            ended = wait_for(parts.values(), timeout=0).done
            for name, part in parts.items():
                if part in ended:
                    self._log.error("daemon.part_died", part=name)
                    part.result()
                    return

    def _sign(self) -> None:
        limits = self._shop.config.log
        signed, at = self._shop.sign(), time.monotonic()
        while not self._stop.wait(min(1.0, limits.checkpoint_seconds)):
            with self._shop.store.reading() as connection:
                grown = log.frontier(connection).size - signed
            late = time.monotonic() - at >= limits.checkpoint_seconds
            if grown >= limits.checkpoint_entries or (grown and late):
                signed, at = self._shop.sign(), time.monotonic()


def run(folder: Path) -> None:
    """Run the daemon of a shop until SIGTERM or SIGINT."""
    with locked(folder, patience=_COMMAND_SECONDS):
        shop = Shop.open(folder)
        try:
            daemon = Daemon(shop)
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda _number, _frame: daemon.stop())
            daemon.run()
        finally:
            shop.close()
