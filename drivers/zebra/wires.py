"""One command out, one reply back: the conversation with an EPCL printer (protocol sheet 4).

It frames commands, finds where a reply ends, and keeps what came without a question. What a reply means is in
:mod:`drivers.zebra.replies`.
"""

from __future__ import annotations

from drivers.deadline import Deadline
from drivers.errors import NoReplyError, UnexpectedReplyError, WriteStalledError
from drivers.transports.base import Transport
from drivers.zebra.job import LEN32, name_of
from drivers.zebra.replies import Kind, Reply, readable, take

_IDLE = 0.3  # seconds without a byte that end a reply which has no end of its own (sheet 4.3)
_LONGEST = 1024  # bytes of a reply; the longest known has some 60
_MOST_UNASKED = 20


class Conversation:
    """Commands and replies over one transport, half duplex.

    ``framing`` is ``plain`` until somebody sets it. ``unasked`` are replies that nobody asked for: late ones, or ones
    that came twice. ``taken_in_part``: the printer took a part of a command, waits for the rest of it, and would take
    whatever is sent next for that rest.
    """

    def __init__(self, transport: Transport, framing: str) -> None:
        self.transport = transport
        self.framing = framing
        self.unasked: list[Reply] = []
        self.taken_in_part = False
        self._surplus = b""

    def ask(self, command: bytes, deadline: Deadline, seconds: float, *, text: bool) -> Reply:
        """Send a command and return its reply.

        :param command: in plain framing.
        :param seconds: for the reply, once the command was taken.
        :param text: the answer is a text: an acceptance is none and goes to ``unasked``.
        :raises NoReplyError: nothing came.
        :raises UnexpectedReplyError: what came is no reply at all.
        :raises WriteStalledError: the printer did not take the command.
        :raises GoneError: the connection broke.
        """
        name = name_of(command)
        if self.taken_in_part:
            raise WriteStalledError(
                "The printer still waits for the rest of a picture and would take a command for a part of it",
                accepted=0,
                hint="Switch the printer off and on",
                command=name,
            )
        if deadline.expired:
            raise NoReplyError("No time was left, so the command was not sent", command=name)
        self.drain(self.transport.settle)
        self.taken_in_part = True  # also where the connection breaks in the middle
        try:
            self.transport.write(self._framed(command), deadline)
        except WriteStalledError as error:
            self.taken_in_part = error.accepted > 0
            error.command = name
            raise
        self.taken_in_part = False
        end = deadline.sooner(seconds)
        for _ in range(_MOST_UNASKED):
            reply = self._reply(name, end)
            if reply.kind is not Kind.ACK or not text:
                return reply
            self._note(reply)
        raise UnexpectedReplyError("The printer accepts without end and does not answer", command=name, reply="ACK")

    def drain(self, seconds: float) -> None:
        """Move all that has arrived to ``unasked``, so that no later command takes it for its reply.

        :param seconds: how long to wait for a byte.
        """
        late = self._surplus
        self._surplus = b""
        while len(late) < _LONGEST and (more := self.transport.read(Deadline.after(seconds))):
            late += more
        while late:
            reply, late = take(late, quiet=True)
            if reply is not None:
                self._note(reply)

    def _framed(self, command: bytes) -> bytes:
        return len(command).to_bytes(4, "big") + command if self.framing == LEN32 else command

    def _reply(self, name: str, end: Deadline) -> Reply:
        buffer, taken, quiet = self._surplus, 0, False
        self._surplus = b""
        while True:
            reply, buffer = take(buffer, quiet=quiet)
            if reply is not None:
                self._surplus = buffer
                return reply
            if taken > _LONGEST:  # also where all of it was ends of nothing
                raise UnexpectedReplyError(
                    f"The printer sent more than {_LONGEST} bytes without an end",
                    hint="Look which printer is connected, and at the baud rate",
                    command=name,
                    reply=readable(buffer[:80]),
                )
            if end.expired and not buffer:
                raise NoReplyError(
                    "The printer did not answer in time; whether it did the command is not known",
                    hint="Look at the printer. If it stays silent, switch it off and on",
                    command=name,
                )
            more = self.transport.read(end.sooner(_IDLE) if buffer else end)
            buffer += more
            taken += len(more)
            quiet = not more

    def _note(self, reply: Reply) -> None:
        if len(self.unasked) < _MOST_UNASKED:
            self.unasked.append(reply)
