"""One command out, one reply back: the conversation with an Evolis printer (protocol sheet 2.2, 2.3, 3).

It finds where a reply ends, and keeps what came without a question: that is evidence of its own. What a reply means is
in :mod:`drivers.evolis.replies`.
"""

from __future__ import annotations

import re

from drivers.deadline import Deadline
from drivers.errors import DriverError, NoReplyError, UnexpectedReplyError, WriteStalledError
from drivers.transports.base import Transport

_ENDS = re.compile(rb"[\0\r\n]")  # NUL on USB (two third-party tools); the others may end a reply on a serial line
_IDLE = 0.2  # seconds without a byte that end a reply which has begun
_LONGEST = 1024  # the vendor's library keeps this much of a reply
_MOST_UNASKED = 20
_NAMED = re.compile(rb"\x1b([A-Za-z]{1,5}(?:;[^;\r\0]{0,12}){0,2})")


def command_name(command: bytes) -> str:
    """Return a command as text for messages: name and at most two parameters, never a payload."""
    match = _NAMED.match(command)
    return match.group(1).decode("ascii", "replace") if match else ""


class Conversation:
    """Commands and replies over one transport, half duplex.

    ``unasked`` are replies that nobody asked for: late ones, or ones that came twice. ``taken_in_part``: the printer
    took a part of a command, waits for the rest of it, and would take whatever is sent next for that rest.
    """

    def __init__(self, transport: Transport) -> None:
        self.transport = transport
        self.unasked: list[str] = []
        self.taken_in_part = False
        self._surplus = b""

    def ask(self, command: bytes, deadline: Deadline) -> str:
        """Send a command and return its reply, stripped.

        :raises NoReplyError: nothing came, or only the beginning of something.
        :raises UnexpectedReplyError: what came is no reply at all.
        :raises WriteStalledError: the printer did not take the command.
        :raises GoneError: the connection broke.
        """
        name = command_name(command)
        if self.taken_in_part:
            raise WriteStalledError(
                "The printer still waits for the rest of a picture and would take a command for a part of it",
                accepted=0,
                hint="Switch the printer off and on",
                command=name,
            )
        if deadline.expired:
            raise NoReplyError("No time was left, so the command was not sent", command=name)
        try:
            self.drain(self.transport.settle)
            self.transport.write(command, deadline)
            return self._reply(deadline)
        except WriteStalledError as error:
            self.taken_in_part = 0 < error.accepted < len(command)
            error.command = name
            raise
        except DriverError as error:
            error.command = name
            raise

    def drain(self, seconds: float) -> None:
        """Move all that has arrived to ``unasked``, so that no later command takes it for its reply.

        :param seconds: how long to wait for a byte.
        """
        late = self._surplus
        self._surplus = b""
        while len(late) < _LONGEST and (more := self.transport.read(Deadline.after(seconds))):
            late += more
        self._note(late)

    def _reply(self, deadline: Deadline) -> str:
        buffer, taken = b"", 0
        while True:
            patience = deadline.sooner(_IDLE) if buffer else deadline
            more = self.transport.read(patience)
            taken += len(more)
            buffer = (buffer + more).lstrip(b"\0\r\n ")  # the end of the reply before, where it ended in two characters
            if end := _ENDS.search(buffer):
                self._surplus = buffer[end.end() :]
                return _text(buffer[: end.start()])
            if taken > _LONGEST:  # also where all of it was ends of nothing
                raise UnexpectedReplyError(
                    f"The printer sent more than {_LONGEST} bytes without an end", reply=_text(buffer[:80])
                )
            if not more and buffer and not deadline.expired:
                return _text(buffer)
            if not more and deadline.expired:
                raise NoReplyError(
                    "The printer did not answer in time; whether it did the command is not known",
                    hint="Look at the printer. If it stays silent, switch it off and on",
                    reply=_text(buffer),
                )

    def _note(self, replies: bytes) -> None:
        texts = (_text(part) for part in _ENDS.split(replies))
        self.unasked = (self.unasked + [text for text in texts if text])[:_MOST_UNASKED]


def _text(raw: bytes) -> str:
    return raw.decode("ascii", "backslashreplace").strip("\0\r\n ")
