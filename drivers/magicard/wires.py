"""Requests and pages out, one reply back: the conversation with a Magicard printer over USB (protocol sheet 3, 4, 8).

It finds where a reply ends. What a reply means is in :mod:`drivers.magicard.replies`.
"""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from drivers.deadline import Deadline
from drivers.errors import NoReplyError, UnexpectedReplyError
from drivers.magicard.replies import readable
from drivers.transports.base import Transport

_REPLY_SECONDS = 2.0  # the vendor's filter waits so long, and asks twice (sheet 3)
_ASKED = 2
_IDLE = 0.2  # seconds without a byte that end a reply without ETX
_LONGEST = 4096  # bytes of a reply; the longest known has some 256


@runtime_checkable
class UsbPort(Transport, Protocol):
    """A transport that can tell the printer class's status byte while the pipes rest."""

    def port_status(self) -> int | None:
        """See :class:`drivers.transports.usb.UsbTransport`."""

    @property
    def serial_number(self) -> str:
        """Serial number by which the device was found."""


class Conversation:
    """Requests and pages over one transport, half duplex.

    ``taken_in_part``: the printer took a part of a page, waits for the rest of it, and would take whatever is sent next
    for that rest.
    """

    def __init__(self, transport: Transport) -> None:
        self.transport = transport
        self.taken_in_part = False

    def send(self, page: bytes, deadline: Deadline) -> None:
        """Send one page of a card, to which no reply comes.

        :raises WriteStalledError: the printer did not take it.
        :raises GoneError: the connection broke.
        """
        self.taken_in_part = True  # also where the connection breaks in the middle
        self.transport.write(page, deadline)
        self.taken_in_part = False

    def ask(self, words: str, deadline: Deadline) -> bytes:
        """Send a request, which moves no card, and return its reply; ask once more where none comes.

        :raises NoReplyError: nothing came, or only the beginning of something.
        :raises UnexpectedReplyError: what came has no end.
        :raises GoneError: the connection broke.
        """
        if self.taken_in_part:
            raise NoReplyError(
                "The printer waits for the rest of a card and cannot be asked", hint="Switch it off and on"
            )
        # Both spellings are in use: with comma and without lead-in, and the reverse (sheet 4, 8.3).
        envelope = b"\x05" * 9 + b"\x01" if words.startswith("STA") else b"\x01,"
        request = envelope + f"REQ,{words},".encode("ascii") + b"\x1c\x03"
        for left in reversed(range(_ASKED)):
            self.drain()
            self.transport.write(request, deadline)
            try:
                return self._reply(words, deadline)
            except NoReplyError:
                if not left or deadline.expired:
                    raise
        raise AssertionError("the last turn returns or raises")

    def drain(self) -> None:
        """Discard all that has arrived, so that no later question takes it for its answer."""
        taken = 0
        while taken < _LONGEST and (more := self.transport.read(Deadline.after(self.transport.settle))):
            taken += len(more)

    def _reply(self, words: str, deadline: Deadline) -> bytes:
        reply, end = b"", deadline.sooner(_REPLY_SECONDS)
        while True:
            more = self.transport.read(end.sooner(_IDLE) if reply else end)
            reply += more
            if b"\x03" in reply:
                return reply[: reply.index(b"\x03") + 1]
            if len(reply) > _LONGEST:
                raise UnexpectedReplyError(
                    f"The printer sent more than {_LONGEST} bytes without an end",
                    command=f"REQ,{words}",
                    reply=readable(reply[:80]),
                )
            if not more and (end.expired or reply):
                raise NoReplyError(
                    "The printer did not answer in time",
                    hint="If it stays silent, switch it off and on",
                    command=f"REQ,{words}",
                    reply=readable(reply[:80]),
                )
