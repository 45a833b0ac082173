"""The Ethernet dialect of Matica / XID printers: one block out, one block back (protocol sheet 4)."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import assert_never

from drivers.deadline import Deadline
from drivers.errors import NoReplyError, RefusedError, UnexpectedReplyError, WriteStalledError
from drivers.matica import blocks
from drivers.matica.blocks import ChipStation, Introduction, Reply
from drivers.matica.job import model_of
from drivers.matica.replies import CodeError
from drivers.printer import Counters, Station
from drivers.transports.base import Transport

_IDENTITY_SECONDS = 5.0
_READ_SECONDS = 2.0
_ACT_SECONDS = 60.0  # the working server waits 60 s for a load and 30 for all else (sheet 7)
_MOST_LATE = 20
_ALL_RELEASED = blocks.RELEASE_CONTACT | blocks.RELEASE_CONTACTLESS
_TOTAL, _HEAD = 0x1F, 0x20
_CARDS, _RIBBON_LEFT, _FILM_LEFT, _RIBBON_TYPE = 0x0A, 0x0B, 0x0C, 0x0D
_ANEW = "Open the connection again"


class Ethernet:
    """Blocks over TCP. It judges nothing but whether an answer is one.

    Answers are told apart by their sequence, so that one that comes late or twice is discarded. After
    :class:`drivers.errors.GoneError` or an answer that is none the connection is of no more use.
    """

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._buffer = b""
        self._sequence = -1
        self._introduction: Introduction | None = None
        self._broken = False

    def introduce(self, deadline: Deadline) -> Introduction:
        """Read who the printer is and begin a document, once a connection (sheet 4.1).

        :raises NoReplyError: it says nothing: another program may have it.
        :raises UnexpectedReplyError: it is another device, or a type that is not known.
        """
        if self._introduction is None:
            self._refuse_broken("identity")
            self._broken = True  # a greeting that failed half-way cannot be taken up again
            known = blocks.introduction(self._block("identity", deadline.sooner(_IDENTITY_SECONDS)))
            model = model_of(known.type)
            if model is None:
                raise UnexpectedReplyError(
                    "The printer is of a type that this driver does not know", reply=known.type or "no type"
                )
            opening = blocks.document("cards", "cards", parameter=model.parameter, at=time.time())
            self._transport.write(opening, deadline)
            reply = self._block("document start", deadline.sooner(_READ_SECONDS))
            if reply.kind != blocks.STARTED:
                raise UnexpectedReplyError("The printer did not take the greeting", reply=f"{reply.kind:08X}")
            if reply.code:
                raise CodeError(reply.code, "document start")
            self._broken, self._introduction = False, known
        return self._introduction

    def code(self, deadline: Deadline) -> int:
        """Return the status code, 0 for ready."""
        one = blocks.command(blocks.STATUS)
        reply = self._exchange(one, deadline, _READ_SECONDS, (blocks.DONE, blocks.REFUSED))
        if reply.kind == blocks.REFUSED and not reply.code:
            raise UnexpectedReplyError("The printer is not ready and does not say why", reply=f"{reply.kind:08X}")
        return reply.code

    def position(self, deadline: Deadline) -> tuple[int, int]:
        """Return mode and position of the card."""
        one = blocks.command(blocks.POSITION)
        return blocks.place(self._done(one, deadline, _READ_SECONDS, (blocks.TOLD,)).data)

    def counters(self, deadline: Deadline) -> tuple[Counters, Mapping[str, str]]:
        """Return counters and what they were read from."""
        told = self._information(deadline, _TOTAL, _HEAD)
        total, head = blocks.number(told.get(_TOTAL)), blocks.number(told.get(_HEAD))
        return Counters(cards=total, panels=head), {"total": str(total), "head": str(head)}

    def consumables(self, deadline: Deadline) -> Mapping[str, str]:
        """Return what is told of cards, ribbon and film, in the printer's own numbers (sheet 9)."""
        told = self._information(deadline, _CARDS, _RIBBON_LEFT, _FILM_LEFT, _RIBBON_TYPE)
        names = {
            _CARDS: "cards (0 present, 2 none)",
            _RIBBON_LEFT: "ribbon left (x 2 = percent)",
            _FILM_LEFT: "film left (x 10 = percent)",
            _RIBBON_TYPE: "ribbon type",
        }
        return {name: told[tag].hex() for tag, name in names.items() if tag in told}

    def perform(self, one: bytes, deadline: Deadline) -> None:
        """Send a command or a panel once.

        :raises CodeError: the printer refused it.
        """
        self._done(one, deadline, _ACT_SECONDS, (blocks.DONE,))

    def engage(self, station: ChipStation, deadline: Deadline) -> None:
        """Bring the contacts or the antenna of one station to the card, and those of the other away."""
        match station:
            case Station.CONTACT:
                other = blocks.RELEASE_CONTACTLESS
            case Station.CONTACTLESS:
                other = blocks.RELEASE_CONTACT
            case _:
                assert_never(station)
        self.perform(blocks.command(blocks.STATIONS, other), deadline)

    def release(self, station: ChipStation, deadline: Deadline) -> None:
        """Let go of the card; both stations are released at once."""
        self.perform(blocks.command(blocks.STATIONS, _ALL_RELEASED), deadline)

    def _information(self, deadline: Deadline, *tags: int) -> dict[int, bytes]:
        one = blocks.questions(*tags)
        return blocks.items(self._done(one, deadline, _READ_SECONDS, (blocks.INFORMED,)).data)

    def _done(self, one: bytes, deadline: Deadline, seconds: float, wanted: tuple[int, ...]) -> Reply:
        reply = self._exchange(one, deadline, seconds, (*wanted, blocks.REFUSED))
        if reply.code:
            raise CodeError(reply.code, blocks.name(one))
        if reply.kind == blocks.REFUSED:
            raise RefusedError(
                "The printer refused and does not say why", command=blocks.name(one), reply=f"{reply.kind:08X}"
            )
        return reply

    def _exchange(self, one: bytes, deadline: Deadline, seconds: float, wanted: tuple[int, ...]) -> Reply:
        """Send a block and return the reply with its sequence; late replies to others are discarded.

        :raises NoReplyError: none came.
        :raises UnexpectedReplyError: one came that belongs to nothing, or is of another kind.
        """
        called = blocks.name(one)
        self._refuse_broken(called)
        if deadline.expired:
            raise NoReplyError("No time was left, so the command was not sent", command=called)
        self._sequence += 1
        try:
            self._transport.write(blocks.numbered(one, self._sequence), deadline)
        except WriteStalledError as stalled:
            self._broken = stalled.accepted > 0  # the printer would take what follows for the rest
            stalled.command = called
            raise
        end = deadline.sooner(seconds)
        for _ in range(_MOST_LATE):
            reply = self._block(called, end)
            if reply.sequence == self._sequence and reply.kind in wanted:
                return reply
            if reply.sequence >= self._sequence and reply.sequence != blocks.FIRST_SEQUENCE:
                break
        self._broken = True
        raise UnexpectedReplyError(
            "The printer answered something else than it was asked; whether it did the command is not known",
            hint=_ANEW,
            command=called,
            reply=f"{reply.kind:08X} code {reply.code:08X} sequence {reply.sequence:08X}",
        )

    def _block(self, called: str, end: Deadline) -> Reply:
        while True:
            try:
                reply, self._buffer = blocks.take(self._buffer)
            except UnexpectedReplyError as strange:
                self._broken, strange.command = True, called
                raise
            if reply is not None:
                return reply
            more = self._transport.read(end)
            if not more:
                raise NoReplyError(
                    "The printer did not answer in time",
                    hint="Look at the printer, and whether another program has it",
                    command=called,
                    reply=self._buffer[:40].hex(),
                )
            self._buffer += more

    def _refuse_broken(self, called: str) -> None:
        if self._broken:
            raise NoReplyError("The connection fell out of step and is not used any more", hint=_ANEW, command=called)
