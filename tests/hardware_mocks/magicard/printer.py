"""The Magicard firmware: jobs in, cards out; requests answered; a port status that tells ready, busy, fault.

From protocol sheet 3, 8, 9 and 11.
"""

from hardware_mocks.machine import Machine, PrinterFaultError
from hardware_mocks.magicard.job import Page
from hardware_mocks.magicard.replies import CODES, NO_ERROR, Replies
from hardware_mocks.magicard.wires import PageError, Parser, Request
from hardware_mocks.port import Port

READY, BUSY, FAULT = 0x18, 0x08, 0x10
_SMALL = 4096
_COMMAND_FAULTS = ("silence", "reply_lost", "reply_lost_undone", "duplicate_reply", "garbled_reply", "stall",
                   "power_cut", "cable_out")  # fmt: skip


class Magicard:
    """One printer's firmware. Every method wants the machine's lock held."""

    def __init__(self, machine: Machine, port: Port, serial: str, model: str, firmware: str, dialect: str) -> None:
        self._machine, self._port = machine, port
        self._replies = Replies(machine, serial, model, firmware, dialect)
        self._parser = Parser(dialect)
        self.jobs = 0
        self._error = NO_ERROR
        self._pressed = machine.button
        self._busy = False
        self._front: Page | None = None
        self._drops = False  # after bytes that were no page, the rest of them is dropped; only a request is heard

    def connected(self) -> None:
        """Begin a new connection. A page in progress stays: only its end or switching off ends it (unverified)."""

    def restart(self) -> None:
        """Begin as after power-on: what was received of a job is lost, an error is gone."""
        self._parser.reset()
        self._front, self._error, self._busy, self._drops = None, NO_ERROR, False, False

    # -- what the wire sees ----------------------------------------------------------------------------------------

    def port_status(self) -> int:
        """The byte of GET_PORT_STATUS (sheet 3)."""
        self._look_at_button()
        if self._busy or self._parser.unfinished or self._front is not None:
            return BUSY
        return FAULT if self._error != NO_ERROR else READY

    def _look_at_button(self) -> None:
        if self._machine.button != self._pressed:
            self._pressed = self._machine.button
            if not self._machine.jammed and not self._machine.cover_open:
                self._error, self._drops = NO_ERROR, False

    def receive(self, data: bytes) -> None:
        """Work on received bytes until more are needed.

        :raises PowerLostError: power fails meanwhile.
        """
        piece = _SMALL if self._machine.plan.waiting_for("payload") else max(1, len(data))
        for start in range(0, len(data), piece):
            part = data[start : start + piece]
            if self._drops:
                if b"REQ," not in part:
                    continue
                part = b"\x01,REQ," + part.partition(b"REQ,")[2]
            self._parser.push(part)
            while self._next():
                pass
            if self._cut_in_plane():
                return

    def _next(self) -> bool:
        try:
            item = self._parser.next()
        except PageError as error:
            self._machine.truth.write("protocol", text=str(error))
            self._error, self._drops = (81, 1), True
            return False
        if item is None:
            return False
        self._port.busy = self._busy = isinstance(item, Page)
        try:
            if isinstance(item, Page):
                self._take_page(item)
            else:
                self._answer(item)
        finally:
            self._machine.moving = self._port.busy = self._busy = False
            self._machine.changed()
        return True

    def _cut_in_plane(self) -> bool:
        """Let happen what is planned for the middle of a plane; say whether the rest of the bytes is lost."""
        panel = self._parser.half_of
        if panel is None:
            return False
        fault = self._machine.take_fault("payload", ("power_cut", "cable_out"), panel=panel)
        if fault is None:
            return False
        self._machine.apply_fault(fault)
        self._port.drop_received()
        return True

    # -- requests --------------------------------------------------------------------------------------------------

    def _answer(self, request: Request) -> None:
        context = {"command": request.words.replace(",", ";"), "card": str(self._machine.ordinal)}
        fault = self._machine.take_fault("command", _COMMAND_FAULTS, **context)
        kind = fault.name if fault else ""
        if fault and kind in ("power_cut", "cable_out"):
            self._machine.apply_fault(fault)
            return
        if kind in ("silence", "reply_lost", "reply_lost_undone"):
            return
        if kind == "stall":
            self._port.stalled = True
            return
        reply = b"\x01\x07?#" if kind == "garbled_reply" else self._reply(request.words)
        if reply is not None:
            self._send(reply)
            if kind == "duplicate_reply":
                self._send(reply)

    def _send(self, data: bytes) -> None:
        quirks = self._machine.quirks
        if quirks.delay:
            self._machine.wait(quirks.delay)
        size = 2 if quirks.split else 64
        for start in range(0, len(data), size):
            self._port.reply(data[start : start + size])

    def _reply(self, words: str) -> bytes | None:
        self._look_at_button()
        return None if words in self._machine.quirks.lacks else self._replies.answer(words, self._error)

    # -- jobs ------------------------------------------------------------------------------------------------------

    def _take_page(self, page: Page) -> None:
        for field in page.fields:
            if field in ("USFON", "NOC2") or field.startswith(("MAG", "ERA")):
                self._machine.truth.write("odd", text=f"header field {field}")
        if page.duplex and page.side == "front":
            self._front = page
            return
        pages = [page] if self._front is None else [self._front, page]
        self._front = None
        try:
            self._print(pages)
        except PrinterFaultError as fault:
            self._machine.finish_ribbon_set()
            self._error = CODES[fault.kind]

    def _print(self, pages: list[Page]) -> None:
        machine = self._machine
        self.jobs += 1
        machine.truth.write("job", job=self.jobs)
        machine.check_ribbon(machine.ribbon.kind if machine.ribbon is not None else "")
        machine.feed()
        for page in pages:
            for plane in page.planes:
                machine.intend(page.side, plane.panel, self.jobs)
            if page.overcoat is not None:
                machine.intend(page.side, "o", self.jobs)
        for page in pages:
            for plane in page.planes:
                machine.lay(page.side, plane.panel, plane, self.jobs)
            if page.overcoat is not None:
                machine.lay(page.side, "o", page.overcoat, self.jobs)
        machine.finish_ribbon_set()
        machine.eject("output")
