"""The USB dialect of Matica / XID printers over Bulk-Only Transport (protocol sheet 7).

"Bulk-only" with a section is USB Mass Storage Class, Bulk-Only Transport 1.0.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, runtime_checkable

from drivers.deadline import Deadline
from drivers.errors import GoneError, NoReplyError, UnexpectedReplyError, WriteStalledError
from drivers.matica.blocks import ChipStation, Introduction, name
from drivers.matica.replies import CodeError
from drivers.matica.wires import scsi
from drivers.printer import Counters
from drivers.transports.base import Transport

_READ_SECONDS = 2.0
_ACT_SECONDS = 60.0  # the working server waits 60 s for a load and 30 for all else (sheet 7)
_MOST_STALLS = 3
_MOST_LATE = 20
_TOTAL, _HEAD = 0, 2


@runtime_checkable
class UsbPort(Transport, Protocol):
    """A transport that found its device by a serial number."""

    @property
    def serial_number(self) -> str:
        """See :class:`drivers.transports.usb.UsbTransport`."""


@runtime_checkable
class _Resettable(Protocol):
    def reset_storage(self) -> None:
        """See :class:`drivers.transports.usb.UsbTransport`."""


class BulkOnly:
    """Wrapped commands over the two pipes, one at a time.

    A stalled pipe is cleared by the transport, and the status is asked for all the same (bulk-only 6.7). A command that
    was not ended properly is followed by reset recovery (5.3.4) before the next one. Ends are told apart by their tag,
    so that one that comes late is discarded.
    """

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._tag = 0
        self._not_ended = False

    def run(
        self, cdb: bytes, deadline: Deadline, seconds: float, *, payload: bytes = b"", length: int = 0, called: str = ""
    ) -> tuple[bool, bytes]:
        """Send one command and return whether it was done, and the data that came.

        :param payload: data for the device.
        :param length: most data from it.
        :param called: what messages call the command; its CDB by itself.
        :raises NoReplyError: it was not ended in time.
        :raises UnexpectedReplyError: it was ended in a way that says nothing, phase errors among them.
        """
        called = called or cdb.hex(" ")
        if deadline.expired:
            raise NoReplyError("No time was left, so the command was not sent", command=called)
        if self._not_ended:
            self._recover()
        end = deadline.sooner(seconds)
        self._tag += 1
        self._not_ended = True  # until it is ended properly
        inward = length > 0
        self._transport.write(scsi.cbw(self._tag, cdb, length or len(payload), inward=inward), end)
        if payload:
            self._send(payload, end, called)
        data, ended = self._answer(length, end, called)
        if ended.status not in (scsi.GOOD, scsi.FAILED) or (payload and ended.residue and not ended.status):
            raise UnexpectedReplyError(
                "The printer and this driver do not agree how much was sent; whether the command was done is not known",
                hint="Look at the printer",
                command=called,
                reply=f"status {ended.status} residue {ended.residue}",
            )
        self._not_ended = False
        return ended.status == scsi.GOOD, data

    def _send(self, payload: bytes, end: Deadline, called: str) -> None:
        try:
            self._transport.write(payload, end)
        except WriteStalledError as stalled:
            if end.expired:
                stalled.command = called
                raise
            # The device wants no more; its status says why.

    def _answer(self, length: int, end: Deadline, called: str) -> tuple[bytes, scsi.Csw]:
        """Return data and status of a command; a read may bring both at once, or any part of them."""
        buffer, stalls, late = b"", 0, 0
        while len(buffer) <= length + scsi.CSW_BYTES and stalls < _MOST_STALLS and late < _MOST_LATE:
            try:
                more = self._transport.read(end)
            except NoReplyError:
                stalls += 1
                continue
            if not more:
                raise NoReplyError(
                    "The printer did not end the command in time; whether it did it is not known",
                    hint="Look at the printer",
                    command=called,
                    reply=buffer[:40].hex(),
                )
            buffer += more
            last = buffer[-scsi.CSW_BYTES :]
            if len(last) < scsi.CSW_BYTES or last[:4] != b"USBS":
                continue
            ended = scsi.csw(last)
            if ended.tag == self._tag:
                return buffer[: -scsi.CSW_BYTES], ended
            if 0 < ended.tag < self._tag and len(buffer) == scsi.CSW_BYTES:
                buffer, late = b"", late + 1
        raise UnexpectedReplyError(
            "The printer answered something that is no end of a command",
            hint="Look which device this is",
            command=called,
            reply=buffer[:40].hex(),
        )

    def _recover(self) -> None:
        if not isinstance(self._transport, _Resettable):
            raise GoneError("The USB connection fell out of step", hint="Open it again")
        self._transport.reset_storage()
        self._not_ended = False


class Usb:
    """SCSI commands; see :class:`drivers.matica.wires.ethernet.Ethernet` for what each method is for."""

    def __init__(self, port: UsbPort) -> None:
        self._bulk = BulkOnly(port)
        self._serial_number = port.serial_number
        self._introduction: Introduction | None = None

    def introduce(self, deadline: Deadline) -> Introduction:
        """Ask who the printer is, once a connection."""
        if self._introduction is None:
            told = self._read(scsi.INQUIRY, scsi.INQUIRY_BYTES, deadline)
            self._introduction = scsi.introduction(told, self._serial_number)
        return self._introduction

    def code(self, deadline: Deadline) -> int:
        """Return the status code, 0 for ready: the printer is tested, then asked for its sense (sheet 7)."""
        good, _ = self._bulk.run(scsi.TEST_UNIT_READY, deadline, _READ_SECONDS)
        code = self._sense(deadline)
        if not good and not code:
            raise UnexpectedReplyError("The printer is not ready and does not say why", reply="sense 00000000")
        return code

    def position(self, deadline: Deadline) -> tuple[int, int]:
        """Return mode and position of the card."""
        return scsi.place(self._read(scsi.POSITION, scsi.POSITION_BYTES, deadline))

    def counters(self, deadline: Deadline) -> tuple[Counters, Mapping[str, str]]:
        """Return counters and what they were read from."""
        told = self._read(scsi.COUNTERS, scsi.COUNTERS_BYTES, deadline)
        found = scsi.counters(told)
        return Counters(cards=found.get(_TOTAL), panels=found.get(_HEAD)), {"counters": told.hex()}

    def consumables(self, deadline: Deadline) -> Mapping[str, str]:
        """Return what is told of the ribbon; what is left of it is not sure (sheet 7)."""
        return {"mode sense 63": self._read(scsi.RIBBON, scsi.RIBBON_BYTES, deadline).hex()}

    def perform(self, one: bytes, deadline: Deadline) -> None:
        """Send a command or a panel once.

        :raises CodeError: the printer refused it.
        """
        cdb, payload = scsi.translated(one)
        self._act(cdb, deadline, payload=payload, called=name(one))

    def engage(self, station: ChipStation, deadline: Deadline) -> None:
        """Bring the contacts or the antenna of one station to the card."""
        self._act(scsi.engage(station), deadline)

    def release(self, station: ChipStation, deadline: Deadline) -> None:
        """Let go of the card."""
        self._act(scsi.release(station), deadline)

    def _act(self, cdb: bytes, deadline: Deadline, *, payload: bytes = b"", called: str = "") -> None:
        good, _ = self._bulk.run(cdb, deadline, _ACT_SECONDS, payload=payload, called=called)
        if not good:
            raise self._refusal(called or cdb.hex(" "), deadline)

    def _read(self, cdb: bytes, length: int, deadline: Deadline) -> bytes:
        good, data = self._bulk.run(cdb, deadline, _READ_SECONDS, length=length)
        if not good:
            raise self._refusal(cdb.hex(" "), deadline)
        return data

    def _refusal(self, called: str, deadline: Deadline) -> CodeError | UnexpectedReplyError:
        code = self._sense(deadline)
        if code:
            return CodeError(code, called)
        return UnexpectedReplyError("The printer refused and does not say why", command=called, reply="sense 00000000")

    def _sense(self, deadline: Deadline) -> int:
        good, data = self._bulk.run(scsi.REQUEST_SENSE, deadline, _READ_SECONDS, length=scsi.SENSE_BYTES)
        if not good:
            raise UnexpectedReplyError("The printer does not tell its sense", command=scsi.REQUEST_SENSE.hex(" "))
        return scsi.sense(data)
