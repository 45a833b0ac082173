"""Any card printer behind a queue of CUPS, by IPP: the fallback for printers whose language is not public.

The queue's own driver separates colours and speaks to the printer. Of the card itself CUPS knows nothing: its
"completed" means that the data left, so that every card waits for a read-back or a person. A card's pages are in
:mod:`drivers.cups.job` and :mod:`drivers.cups.raster`, IPP's bytes in :mod:`drivers.cups.ipp`, HTTP in
:mod:`drivers.cups.wires`, what a queue says and must be in :mod:`drivers.cups.replies`, what proves a card in
:mod:`drivers.cups.evidence`. Notes are at the end of this file.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import time
from collections.abc import Sequence
from typing import NoReturn
from urllib.parse import quote

from drivers.candidate import Candidate, Match
from drivers.cups import ipp, replies, retention
from drivers.cups.evidence import Job, judge, state_of
from drivers.cups.ipp import Attributes, JobState, Operation, Tag
from drivers.cups.job import DPI, MODELS, Model, encode
from drivers.cups.wires import Server
from drivers.deadline import Deadline
from drivers.errors import AddressError, DriverError, NoReplyError, NotFoundError, RefusedError
from drivers.family import Family
from drivers.printer import (
    Condition,
    Confirmation,
    Counters,
    EncodedCard,
    Identity,
    Outcome,
    Position,
    Reason,
    Rung,
    Severity,
    State,
    Station,
    Status,
)
from drivers.transports.base import Transport

FAMILY = "cups"
USER = "printd"
"""``requesting-user-name``: this driver finds its own jobs by it and by :data:`JOB`."""
JOB = "card-"
"""How the names of its jobs begin; a number drawn by chance follows, and nothing of the card."""

_LOCAL = "/run/cups/cups.sock"
_POLL_SECONDS = 0.2
_CANCEL_SECONDS = 5.0  # seconds at the end of a deadline that are kept for cancelling the job
_ASKED = (
    "job-id",
    "job-name",
    "job-originating-user-name",
    "job-state",
    "job-state-reasons",
    "job-printer-state-message",
    "job-impressions-completed",
    "job-media-sheets-completed",
    "number-of-documents",
    "time-at-processing",
)


class CupsPrinter:
    """One queue of CUPS; satisfies :class:`drivers.printer.CardPrinter`.

    Opening and looking change nothing. A job is created held, its document is sent, and only then is it released, so
    that whatever goes wrong before is known not to have printed.

    :raises RefusedError: the queue could print a card twice or otherwise than drawn; the hint mends it.
    """

    def __init__(self, server: Server, model: Model, deadline: Deadline) -> None:
        self.model = model
        self._server = server
        self._uri = f"ipp://localhost/printers/{quote(server.queue)}"
        self._number = 0
        self._job: Job | None = None
        try:
            told = self._attributes(deadline)
            replies.check(told, dpi=DPI, sides=model.sides)
            replies.medium(told, *model.page)
        except DriverError:
            server.close()
            raise

    def identify(self, deadline: Deadline) -> Identity:
        """See the contract. The serial number is the queue's UUID: CUPS does not tell which printer hangs on it."""
        told = self._attributes(deadline)
        return Identity(
            FAMILY,
            replies.text(told, "printer-make-and-model") or None,
            replies.text(told, "printer-uuid").removeprefix("urn:uuid:") or None,
            replies.text(told, "printer-firmware-string-version") or None,
            replies.facts(told),
        )

    def status(self, deadline: Deadline) -> Status:
        """See the contract. Conditions are as old as the last job; unfinished jobs of anybody block."""
        try:
            return replies.status(self._attributes(deadline), self._unfinished(deadline))
        except NoReplyError as silent:
            unknown = Condition(Reason.UNKNOWN, Severity.ERROR, str(silent))
            return Status(State.UNKNOWN, (unknown,), Position.UNKNOWN, {"error": str(silent)})

    def counters(self, deadline: Deadline) -> Counters:
        """See the contract. All are unknown: CUPS counts no cards."""
        return Counters()

    def feed(self, station: Station, deadline: Deadline) -> None:
        """See the contract. :raises RefusedError: always."""
        raise RefusedError(f"A print queue holds no card at the {station.value} station")

    def print(self, card: EncodedCard, deadline: Deadline) -> None:
        """See the contract. Where the job is not over in time it is cancelled, and whether it printed is not known."""
        job = self._job = Job(card, f"{JOB}{secrets.token_hex(6)}")
        try:
            medium = self._refuse_unready(job, deadline)
            self._submit(job, medium, deadline)
            self._release(job, deadline)
            self._watch(job, deadline)
        except DriverError as failure:
            job.failure = failure
            raise

    def confirm(self, before: Counters, card: EncodedCard | None, deadline: Deadline) -> Confirmation:
        """See the contract; cancels what is left of the attempt, so that nothing prints by itself. Raises nothing."""
        job = self._job if self._job is not None and self._job.card is card else None
        outcome, rung, findings = Outcome.IN_DOUBT, Rung.NOTHING, list[str]()
        raw: dict[str, str] = {}
        try:
            left = self._cancel_own(deadline)
            if job is None:
                findings = ["Nobody saw how far this card came. Look for it in the printer and its output."]
                findings += self._end_of_last_job(deadline)
            else:
                told = self._ask_job(job.number, deadline) if job.number is not None else {}
                raw = replies.readable(told, _ASKED)
                outcome, rung, findings = judge(job, told, same_run=job.run == self._server.connections)
            findings += [f"Job {number} was not over; it was cancelled." for number in left]
        except DriverError as trouble:
            if job is not None and not job.asked and not job.others_queued:
                outcome = Outcome.UNUSED
            findings.append(f"No reading: {trouble}")
            rung = Rung.SENT if job is not None and job.released else Rung.NOTHING
        if job is not None and job.failure is not None:
            findings.insert(0, f"The queue's last answer: {job.failure}")
        return Confirmation(outcome, rung, Position.UNKNOWN, before, Counters(), "", tuple(findings), raw)

    def eject(self, deadline: Deadline) -> None:
        """See the contract. :raises RefusedError: always."""
        _by_hand()

    def reject(self, deadline: Deadline) -> None:
        """See the contract. :raises RefusedError: always."""
        _by_hand()

    def clear(self, deadline: Deadline) -> None:
        """See the contract. Cancels this driver's unfinished jobs.

        :raises RefusedError: others' jobs are in the queue.
        """
        self._cancel_own(deadline)
        others = self._unfinished(deadline)
        if others:
            raise RefusedError(f"{len(others)} jobs of others are in the queue", hint=f"cancel -a {self._server.queue}")

    def close(self) -> None:
        """See the contract."""
        self._server.close()

    # --- a card's way through the queue ---

    def _refuse_unready(self, job: Job, deadline: Deadline) -> str:
        """Return the name of the medium, or refuse: settings may have changed since the queue was opened."""
        told = self._attributes(deadline)
        unfinished = self._unfinished(deadline)
        job.others_queued = bool(unfinished)
        replies.check(told, dpi=DPI, sides=self.model.sides)
        found = replies.status(told, unfinished)
        if found.blocking or found.state is not State.IDLE:
            why = "; ".join(one.raw or one.reason.value for one in found.blocking) or found.state.value
            raise RefusedError(f"The queue {self._server.queue} is not ready: {why}", hint="See: lpstat -l -p")
        return replies.medium(told, *self.model.page)

    def _submit(self, job: Job, medium: str, deadline: Deadline) -> None:
        template: list[ipp.Wanted] = [
            (Tag.KEYWORD, "job-hold-until", "indefinite"),
            (Tag.INTEGER, "copies", 1),
            (Tag.KEYWORD, "media", medium),
            (Tag.KEYWORD, "print-scaling", "none"),
            (Tag.KEYWORD, "print-color-mode", "color"),
            (Tag.KEYWORD, "sides", "two-sided-long-edge" if job.card.sides == 2 else "one-sided"),
            (Tag.INTEGER, "number-up", 1),
            (Tag.ENUM, "orientation-requested", 3),
            (Tag.KEYWORD, "job-sheets", ("none", "none")),
        ]
        job.asked = True
        try:
            made = self._ask(Operation.CREATE_JOB, [(Tag.NAME, "job-name", job.name)], deadline, template)
        except NotFoundError:
            job.asked = False
            raise
        except RefusedError:
            job.asked = False
            raise
        job.run = self._server.connections
        number = made.first(Tag.JOB).get("job-id", (None,))[0]
        if not isinstance(number, int) or made.first(Tag.UNSUPPORTED):
            job.number = number if isinstance(number, int) else None
            ignored = ", ".join(made.first(Tag.UNSUPPORTED)) or "the job's number"
            raise RefusedError(f"The queue would leave out what makes the card exact: {ignored}")
        job.number = number
        operands: list[ipp.Wanted] = [
            (Tag.INTEGER, "job-id", number),
            (Tag.NAME, "document-name", job.name),
            (Tag.MIME_TYPE, "document-format", replies.RASTER),
            (Tag.BOOLEAN, "last-document", True),
        ]
        self._ask(Operation.SEND_DOCUMENT, operands, deadline, document=job.card.commands[0])
        told = self._ask_job(number, deadline)
        held = told.get("job-state") == (JobState.HELD,)
        if not held or told.get("number-of-documents") != (1,):
            job.released = not held
            raise RefusedError("The queue did not hold the job as it was asked to", reply=str(state_of(told)))

    def _release(self, job: Job, deadline: Deadline) -> None:
        assert job.number is not None
        job.released = True
        try:
            self._ask(Operation.RELEASE_JOB, [(Tag.INTEGER, "job-id", job.number)], deadline)
        except (NotFoundError, RefusedError):
            job.released = False  # it said no, or was not there to be asked
            raise

    def _watch(self, job: Job, deadline: Deadline) -> None:
        assert job.number is not None
        patience = Deadline(deadline.at - min(_CANCEL_SECONDS, deadline.remaining / 4))
        told: Attributes = {}
        while not patience.expired:
            told = self._ask_job(job.number, patience)
            state = told.get("job-state", (None,))[0]
            if state == JobState.COMPLETED:
                return
            if state in (JobState.CANCELED, JobState.ABORTED):
                raise RefusedError(f"The queue ended the job: {state_of(told)}", reply=_message(told))
            time.sleep(min(_POLL_SECONDS, patience.remaining))
        with contextlib.suppress(RefusedError):  # over a moment ago
            self._cancel(job.number, deadline)
        raise NoReplyError(
            "The queue did not finish the job in time; it was cancelled, and whether it printed is not known",
            hint="Look at the printer, and for the card",
            reply=f"{state_of(told)} {_message(told)}".strip(),
        )

    def _cancel_own(self, deadline: Deadline) -> list[int]:
        """Cancel this driver's unfinished jobs and return their numbers: CUPS would print them when it can."""
        left = []
        for one in self._unfinished(deadline):
            mine = replies.text(one, "job-originating-user-name") == USER
            number = one.get("job-id", (None,))[0]
            if mine and replies.text(one, "job-name").startswith(JOB) and isinstance(number, int):
                with contextlib.suppress(RefusedError):  # over a moment ago
                    self._cancel(number, deadline)
                left.append(number)
        return left

    def _end_of_last_job(self, deadline: Deadline) -> list[str]:
        """Return how this driver's last finished job ended, as CUPS keeps it."""
        operands: list[ipp.Wanted] = [
            (Tag.KEYWORD, "which-jobs", "completed"),
            (Tag.BOOLEAN, "my-jobs", True),
            (Tag.INTEGER, "limit", 1),
            (Tag.KEYWORD, "requested-attributes", _ASKED),
        ]
        found = self._ask(Operation.GET_JOBS, operands, deadline).all(Tag.JOB)
        return [f"The last job that is over, {replies.text(one, 'job-id')}, is {state_of(one)}." for one in found[:1]]

    # --- questions ---

    def _attributes(self, deadline: Deadline) -> Attributes:
        wanted: list[ipp.Wanted] = [(Tag.KEYWORD, "requested-attributes", replies.WANTED)]
        return self._ask(Operation.GET_PRINTER_ATTRIBUTES, wanted, deadline).first(Tag.PRINTER)

    def _unfinished(self, deadline: Deadline) -> list[Attributes]:
        wanted: list[ipp.Wanted] = [
            (Tag.KEYWORD, "which-jobs", "not-completed"),
            (Tag.KEYWORD, "requested-attributes", _ASKED),
        ]
        return self._ask(Operation.GET_JOBS, wanted, deadline).all(Tag.JOB)

    def _ask_job(self, number: int, deadline: Deadline) -> Attributes:
        wanted: list[ipp.Wanted] = [
            (Tag.INTEGER, "job-id", number),
            (Tag.KEYWORD, "requested-attributes", _ASKED),
        ]
        return self._ask(Operation.GET_JOB_ATTRIBUTES, wanted, deadline).first(Tag.JOB)

    def _cancel(self, number: int, deadline: Deadline) -> None:
        self._ask(Operation.CANCEL_JOB, [(Tag.INTEGER, "job-id", number)], deadline)

    def _ask(
        self,
        operation: Operation,
        operands: Sequence[ipp.Wanted],
        deadline: Deadline,
        job: Sequence[ipp.Wanted] = (),
        document: bytes = b"",
    ) -> ipp.Reply:
        """Ask once.

        :raises RefusedError: the server says that it did not do it.
        :raises NotFoundError: it has no such queue, or is not there.
        """
        self._number += 1
        uri: ipp.Wanted = (Tag.URI, "printer-uri", self._uri)
        user: ipp.Wanted = (Tag.NAME, "requesting-user-name", USER)
        rest = list(operands)
        numbered = [one for one in rest if one[1] == "job-id"]  # belongs beside the URI (RFC 8011 section 4.1.5)
        ordered = [uri, *numbered, user, *(one for one in rest if one[1] != "job-id")]
        sent = ipp.request(operation, self._number, ordered, job, document)
        answer = ipp.reply(self._server.post(f"/printers/{quote(self._server.queue)}", sent, deadline))
        if answer.request != self._number:
            self._server.close()
            raise NoReplyError("The print server answered another question", command=operation.name)
        if answer.status == 0x0406 and operation is Operation.GET_PRINTER_ATTRIBUTES:
            raise NotFoundError(
                f"The print server at {self._server.name} has no queue {self._server.queue}", hint="See: lpstat -v"
            )
        if not answer.good:
            raise RefusedError(
                "The print server did not do what it was asked",
                command=operation.name,
                reply=f"{answer.status:04x} {answer.message}".strip(),
            )
        return answer


def _message(told: Attributes) -> str:
    return replies.text(told, "job-printer-state-message")


def _by_hand() -> NoReturn:
    raise RefusedError("A print queue moves no card but when it prints", hint="Use the printer's own buttons")


def open_uri(address: str, model: Model, deadline: Deadline) -> CupsPrinter:
    """Open the queue at an address, ``cups://HOST:631/QUEUE``; see :class:`drivers.cups.wires.Server`."""
    return CupsPrinter(Server(address), model, deadline)


def leaves_nothing(address: str, deadline: Deadline) -> None:
    """See :attr:`drivers.family.Family.leaves_nothing`: the server's settings, its finished jobs, the queue's device.

    :raises RefusedError: something of a card stays, or nobody knows.
    """
    try:
        settings = retention.SETTINGS.read_text(encoding="utf-8", errors="replace")
    except OSError:
        settings = None
    retention.check_settings(settings)
    server = Server(address)
    queue: ipp.Wanted = (Tag.URI, "printer-uri", f"ipp://localhost/printers/{quote(server.queue)}")
    user: ipp.Wanted = (Tag.NAME, "requesting-user-name", USER)
    over: list[ipp.Wanted] = [
        queue,
        user,
        (Tag.KEYWORD, "which-jobs", "completed"),
        (Tag.KEYWORD, "requested-attributes", ("job-id", "number-of-documents")),
    ]
    wanted: list[ipp.Wanted] = [queue, user, (Tag.KEYWORD, "requested-attributes", replies.WANTED)]
    path = f"/printers/{quote(server.queue)}"
    try:
        told = ipp.reply(server.post(path, ipp.request(Operation.GET_PRINTER_ATTRIBUTES, 1, wanted), deadline))
        finished = ipp.reply(server.post(path, ipp.request(Operation.GET_JOBS, 2, over), deadline))
    finally:
        server.close()
    retention.check_device(told.first(Tag.PRINTER))
    if not finished.good:
        raise RefusedError("CUPS does not tell which jobs are over", reply=f"{finished.status:04x} {finished.message}")
    retention.check_jobs(finished.all(Tag.JOB))


def discover(deadline: Deadline) -> list[Candidate]:
    """List the queues of this machine's CUPS, if it runs. Nothing is known of whether they print cards."""
    if not os.path.exists(_LOCAL):  # noqa: PTH110 - a socket
        return []
    server = Server(f"cups://{quote(_LOCAL, safe='')}/any")
    wanted: list[ipp.Wanted] = [(Tag.KEYWORD, "requested-attributes", replies.WANTED)]
    try:
        found = ipp.reply(server.post("/", ipp.request(Operation.CUPS_GET_PRINTERS, 1, wanted), deadline))
    except DriverError:
        return []
    finally:
        server.close()
    return [_candidate(told) for told in found.all(Tag.PRINTER) if replies.text(told, "printer-name")]


def _candidate(told: Attributes) -> Candidate:
    why = ""
    try:
        replies.check(told, dpi=DPI, sides=1)
    except RefusedError as unfit:
        why = str(unfit)
    uri = f"cups://{quote(_LOCAL, safe='')}/{quote(replies.text(told, 'printer-name'))}"
    identity = replies.text(told, "printer-uuid").removeprefix("urn:uuid:") or None
    says = replies.text(told, "printer-make-and-model")
    return Candidate("cups", uri, identity, (Match(FAMILY, None, 1),), says, why)


def _no_wire(transport: Transport, _model: Model) -> CupsPrinter:
    transport.close()
    raise AddressError("A print queue is no wire", hint="Write cups://HOST:631/QUEUE")


DRIVER = Family(
    name=FAMILY,
    models=MODELS,
    encode=encode,
    connect=_no_wire,
    open_uri=open_uri,
    leaves_nothing=leaves_nothing,
    wires=("cups",),
    discover=discover,
)

# Protocol notes
#
# Known (read from CUPS 2.4.2 at work; RFC 8010, RFC 8011, PWG 5102.4)
# - An unfinished job is begun again when cupsd starts, under every error policy: the state "processing" on disk becomes
#   "pending". The policy abort-job ends only jobs whose backend fails. So the queue's device must be once:..., whose
#   backend (``once`` in this folder) marks a job's UUID on disk before the first byte and refuses it the next time.
# - A job made with job-hold-until=indefinite waits for Release-Job, and is loaded as held again.
# - time-at-processing has no value until a job is begun.
# - States are written up to DirtyCleanInterval (30 s) after they change: after a restart CUPS may believe an older one.
#
# Seen but unknown
# - Which way a portrait page has to be turned, and how the back lies: models -cw and -ccw, a test card for each queue.
# - Whether a vendor's filter keeps dots as they are: a 1-dot line on a test card shows it.
#
# Open questions (each wants a printer)
# - Ribbon and overlay are the queue's defaults; what the driver does with pure black is its own affair.
# - The UUID belongs to the queue: a printer exchanged behind it is not noticed.
