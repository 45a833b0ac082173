"""The job that a printer prints next: taken up and drawn while another card is still in the printer."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass

from drivers.deadline import Deadline
from drivers.printer import EncodedCard
from printd.books.booking import Books
from printd.errors import Refused
from printd.events.jobs import JobHeld
from printd.events.policy import TurnTaken
from printd.events.sealing import of_record
from printd.log import logger
from printd.printing.dispatch import Dispatcher, Waiting
from printd.shop.altered import report
from printd.words.reasons import HeldBecause


@dataclass(frozen=True)
class Prepared:
    """One job rendered and encoded for one printer's model."""

    job: str
    card: EncodedCard
    artwork: str


Drawn = tuple[Prepared, TurnTaken]
"""A job as it is printed, and by which rule of the policy it was its turn."""


class UnprintableError(Exception):
    """The record cannot be printed as it is; ``because`` says which act lets it go on."""

    def __init__(self, because: HeldBecause, message: str) -> None:
        super().__init__(message)
        self.because = because


class UnableError(Exception):
    """This printer cannot print this shop's cards as they must be; the sentence says why. Others may."""


Prepare = Callable[[Waiting, str], Prepared]
Kind = tuple[str, str]
"""Stock type and generation of a blank."""


@dataclass(frozen=True)
class _Taken:
    """A job that is kept from other printers, being drawn."""

    waiting: Waiting
    kind: Kind  # of the blank it was taken for
    prepared: Future[Prepared]


class NextJob:
    """Takes jobs up for one printer, one at a time, and has them drawn.

    :param prepare: renders and encodes a job for this printer; raises :class:`UnprintableError`, :class:`UnableError`.
    :param drawing: runs ``prepare``.
    :param held: called when a job turned out to be unprintable and was held: another may be taken.
    """

    def __init__(
        self,
        printer: str,
        books: Books,
        dispatcher: Dispatcher,
        prepare: Prepare,
        drawing: Executor,
        held: Callable[[], None],
    ) -> None:
        self._printer = printer
        self._books = books
        self._dispatcher = dispatcher
        self._prepare = prepare
        self._drawing = drawing
        self._held = held
        self._taken: _Taken | None = None
        self._log = logger(printer=printer)

    def take_up(self, kind: Kind) -> None:
        """Take a job up for a blank of this kind, where one waits; one for another kind is left to others."""
        if self._taken is not None and self._taken.kind != kind:
            self.leave_to_others()
        if self._taken is None:
            waiting = self._dispatcher.take(*kind, self._printer)
            if waiting is not None:
                self._taken = _Taken(waiting, kind, self._drawing.submit(self._prepare, waiting, self._printer))

    def drawn(self, deadline: Deadline) -> Drawn | None:
        """Return the job that was taken up, and why, once it is drawn; whoever gets it gives it back to the dispatcher.

        :return: ``None`` where none was taken up, or where it is unprintable and so was held.
        :raises UnableError: this printer cannot print it; others may have it.
        """
        taken, self._taken = self._taken, None
        if taken is None:
            return None
        try:
            return taken.prepared.result(deadline.remaining), taken.waiting.turn
        except UnprintableError as unfit:
            self._hold(taken.waiting, unfit)
            return None
        except UnableError:
            self._dispatcher.give_back(taken.waiting.job)
            raise

    def leave_to_others(self) -> None:
        """Let other printers have the job that was taken up."""
        if self._taken is not None:
            self._taken.prepared.cancel()
            self._dispatcher.give_back(self._taken.waiting.job)
            self._taken = None
            self._dispatcher.wake_all()

    def _hold(self, waiting: Waiting, unfit: UnprintableError) -> None:
        job = waiting.job
        try:
            if unfit.because is HeldBecause.ALTERED:
                report(self._books, of_record(waiting.record))
            else:
                self._books.enter(JobHeld(job=job, why=unfit.because, message=str(unfit)[:300]))
                self._log.warning("job.held", job=job, because=unfit.because, why=str(unfit))
        except Refused as changed:
            self._log.info("job.changed", job=job, why=str(changed))
        self._dispatcher.give_back(job)
        self._held()
