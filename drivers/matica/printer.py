"""Retransfer printers of Matica / XID (G-Printec): XID8600 and XID580x, over Ethernet and USB.

A card's blocks are in :mod:`drivers.matica.job`, the dots of panels in :mod:`drivers.matica.raster`, the form of blocks
in :mod:`drivers.matica.blocks`, the two wires' grammar in :mod:`drivers.matica.wires`, what answers mean in
:mod:`drivers.matica.replies`, what proves a card in :mod:`drivers.matica.evidence`. Protocol notes are at the end of
this file.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Protocol, TypeVar, assert_never

from drivers.deadline import Deadline
from drivers.errors import DriverError, GoneError, NoReplyError, RefusedError, UnexpectedReplyError
from drivers.evidence import Attempt
from drivers.family import STORAGE_CLASS, Family
from drivers.matica import blocks
from drivers.matica.blocks import CHIP_STATIONS, ChipStation, Introduction
from drivers.matica.evidence import Reading, Steps, judge
from drivers.matica.job import MODELS, Model, encode, model_of
from drivers.matica.replies import (
    BUSY,
    DOOR_OPEN,
    NO_CARDS,
    NOT_DONE,
    READY,
    REASONS,
    RESTARTED,
    CodeError,
    condition,
    fault,
    lasts,
    state,
    waits,
    written,
)
from drivers.matica.wires.ethernet import Ethernet
from drivers.matica.wires.usb import Usb, UsbPort
from drivers.printer import (
    Condition,
    Confirmation,
    Counters,
    EncodedCard,
    Identity,
    Position,
    Reason,
    Severity,
    State,
    Station,
    Status,
)
from drivers.transports.base import Transport

__all__ = ["DRIVER", "MODELS", "REASONS", "MaticaPrinter", "encode"]

FAMILY = "matica"
USB_VENDOR = 0x2166


def _place(station: Station) -> int:
    match station:
        case Station.PRINT:
            return 0
        case Station.CONTACT:
            return 1
        case Station.CONTACTLESS:
            return 2
        case _:
            assert_never(station)


_REJECT, _EXIT = 4, 5
_AT = MappingProxyType({_place(station): station.position for station in Station})
_INSIDE = frozenset({3, 4, 5})  # the magnetic station and the two exits
_POLL_SECONDS = 0.1  # sheet 7
_WARM_SECONDS = 600.0  # sheet 8
_SETTLE_SECONDS = 30.0
_RESTART_POLLS = 20
_CLEAR = "Clear the printer, which rejects the card"

_T = TypeVar("_T")


class Dialect(Protocol):
    """What both wires can do. What moves a card is said in blocks (:mod:`drivers.matica.blocks`), once."""

    def introduce(self, deadline: Deadline) -> Introduction:
        """Ask who the printer is, once a connection; everything else comes after it."""

    def code(self, deadline: Deadline) -> int:
        """Return the status code, 0 for ready."""

    def position(self, deadline: Deadline) -> tuple[int, int]:
        """Return mode and position of the card."""

    def counters(self, deadline: Deadline) -> tuple[Counters, Mapping[str, str]]:
        """Return counters and what they were read from."""

    def consumables(self, deadline: Deadline) -> Mapping[str, str]:
        """Return what is told of cards, ribbon and film."""

    def perform(self, one: bytes, deadline: Deadline) -> None:
        """Send a command or a panel once and wait for its answer."""

    def engage(self, station: ChipStation, deadline: Deadline) -> None:
        """Bring contacts or antenna of a station to the card."""

    def release(self, station: ChipStation, deadline: Deadline) -> None:
        """Let go of the card."""


class MaticaPrinter:
    """One retransfer printer on one open connection; satisfies :class:`drivers.printer.CardPrinter`.

    Panels are printed to film and then transferred to the card. What moves a card or film is sent once and never again;
    questions are asked twice. After :class:`drivers.errors.GoneError` the object is of no more use: close it and open
    another.
    """

    def __init__(self, transport: Transport, model: Model) -> None:
        self.model = model
        self._transport = transport
        self._dialect: Dialect = Usb(transport) if isinstance(transport, UsbPort) else Ethernet(transport)
        self._attempt = Attempt()
        self._steps = Steps()
        self._film_clean = False  # another connection may have printed film and not transferred it
        self._may_initialise = True  # once a connection, by the first status that nothing hinders (``status``)

    def identify(self, deadline: Deadline) -> Identity:
        """See the contract. The number is the MAC address on Ethernet, that of the USB device on USB.

        :raises DriverError: the printer is silent, gone, or another device.
        """
        known = self._dialect.introduce(deadline)
        return Identity(FAMILY, known.type, known.serial_number, known.firmware, known.raw)

    def status(self, deadline: Deadline) -> Status:
        """See the contract. Warming up and every other wait stop the start of a card as long as they last.

        An error of a card that is not inside any more stays until the printer is initialised (sheet 8). So what an
        earlier connection left is cleared once, by the first status of the next, where no card is inside; an open door
        hinders that, and a printer in error does not tell its door before.

        :raises GoneError: the connection broke and has to be opened again.
        """
        raw: dict[str, str] = {}
        try:
            self._dialect.introduce(deadline)
            code = self._code(deadline)
            if code in RESTARTED:  # perhaps said once alone
                code = self._code(deadline)
            raw["state"] = written(code)
            position, raw["position"] = self._position(deadline)
            if self._may_initialise and position is Position.NONE and lasts(code):
                code = self._initialised(deadline)
                raw["state after initialising"] = written(code)
            self._may_initialise = code == DOOR_OPEN or waits(code)
            raw |= self._ask(self._dialect.consumables, deadline)
        except GoneError:
            raise
        except DriverError as silent:
            return Status(State.UNKNOWN, (Condition(Reason.UNKNOWN, Severity.ERROR, str(silent)),), raw=raw)
        found = condition(code)
        return Status(state(code), (found,) if found else (), position, raw)

    def counters(self, deadline: Deadline) -> Counters:
        """See the contract: ``cards`` is the total, ``panels`` what the head printed to film.

        :raises DriverError: the printer is silent or gone.
        """
        self._dialect.introduce(deadline)
        return self._ask(self._dialect.counters, deadline)[0]

    def feed(self, station: Station, deadline: Deadline) -> None:
        """See the contract. At a station its contacts or antenna are brought to the card."""
        attempt = self._current_attempt()
        with self._noting_failure(attempt):
            self._bring_card(station, deadline)
            if station is not Station.PRINT:
                self._dialect.engage(station, deadline)

    def print(self, card: EncodedCard, deadline: Deadline) -> None:
        """See the contract. Panels go to film first; up to the transfer the blank stays a blank."""
        attempt = self._current_attempt()
        attempt.card = card
        with self._noting_failure(attempt):
            self._bring_card(Station.PRINT, deadline)
            for one in card.commands:
                self._do(one, deadline)
                attempt.answered += 1

    def confirm(self, before: Counters, card: EncodedCard | None, deadline: Deadline) -> Confirmation:
        """See the contract. Raises nothing: what cannot be read is unknown, and unknown is in doubt."""
        attempt, steps = self._attempt, self._steps
        if attempt.card is not card:  # another connection's card, of which this one knows nothing
            attempt, steps = Attempt(), Steps()
        trouble, code, position, after = "", None, Position.UNKNOWN, Counters()
        raw: dict[str, str] = {}
        try:
            self._dialect.introduce(deadline)
            code = self._settled_code(deadline.sooner(min(_SETTLE_SECONDS, deadline.remaining / 2)))
            raw["state"] = written(code)
            position, raw["position"] = self._position(deadline)
            after, told = self._ask(self._dialect.counters, deadline)
            raw |= told
        except DriverError as error:
            trouble = str(error)
        if code in BUSY:
            position = Position.UNKNOWN
        found = judge(attempt, steps, before, Reading(position, after, code, raw))
        return replace(found, findings=(*found.findings, f"No reading: {trouble}")) if trouble else found

    def eject(self, deadline: Deadline) -> None:
        """See the contract. :raises RefusedError: no card is inside, or the printer is not ready."""
        self._send_out(_EXIT, deadline)
        self._attempt = replace(self._attempt, ejected=True)

    def reject(self, deadline: Deadline) -> None:
        """See the contract. :raises RefusedError: no card is inside, or the printer is not ready."""
        self._send_out(_REJECT, deadline)
        self._attempt = replace(self._attempt, rejected=True)

    def clear(self, deadline: Deadline) -> None:
        """See the contract: the error is cleared by initialising, once; a card found inside is rejected (sheet 8).

        :raises RefusedError: the error is there again: somebody has to see to the printer first.
        """
        self._dialect.introduce(deadline)
        code = self._settled_code(deadline)
        if code == DOOR_OPEN or waits(code):
            raise CodeError(code)
        if code not in (READY, NO_CARDS):
            self._dialect.perform(blocks.command(blocks.INITIALISE), deadline)
            self._await_ready(deadline)
        if self._position(deadline)[0] is not Position.NONE:
            self.reject(deadline)

    def close(self) -> None:
        """See the contract."""
        self._transport.close()

    def _initialised(self, deadline: Deadline) -> int:
        """Initialise once and return what the printer says then: the same where the cause is still there."""
        try:
            self._dialect.perform(blocks.command(blocks.INITIALISE), deadline)
        except CodeError as refused:
            return refused.code
        return self._code(deadline)

    def _current_attempt(self) -> Attempt:
        self._may_initialise = False
        if self._attempt.over:
            self._attempt, self._steps = Attempt(), Steps()
        return self._attempt

    def _bring_card(self, station: Station, deadline: Deadline) -> None:
        """Take a card from the hopper to a station, or move there the one that this attempt took.

        :raises RefusedError: the printer is another model, is not ready, or holds a card of which nothing is known.
        """
        known = self._dialect.introduce(deadline)
        if not known.type.startswith(self.model.type):
            raise RefusedError(
                f"The printer says that it is a {known.type or 'nobody'}, and the configured model is "
                f"{self.model.name}",
                hint="Configure the model that it is",
            )
        fed = self._attempt.fed
        self._await_ready(deadline, job=fed, loading=not fed)
        position, told = self._position(deadline)
        wanted = station.position
        if position is Position.NONE and not fed:
            self._load(_place(station), deadline)
        elif position is Position.NONE or not fed:
            raise RefusedError(
                "The card is not inside any more" if fed else "A card is inside of which this attempt knows nothing",
                hint="Look for it" if fed else _CLEAR,
                reply=told,
            )
        elif position is not wanted:
            self._release(position, deadline)
            self._move(_place(station), deadline)
        position, told = self._position(deadline)
        if position is not wanted:
            raise UnexpectedReplyError(
                f"The card was sent to the {station.value} station and is not there",
                hint="Look into the printer",
                reply=told,
            )

    def _load(self, place: int, deadline: Deadline) -> None:
        """Take a card, with film that carries nothing: what lay on it would come on this card as well (sheet 11)."""
        self._steps.loading = True
        flags = 0 if self._film_clean else blocks.NEW_FILM
        try:
            self._dialect.perform(blocks.command(blocks.LOAD, flags, place), deadline)
        except CodeError as refused:
            self._steps.loading = refused.code not in (*NOT_DONE, NO_CARDS)
            raise
        self._attempt.fed = self._film_clean = True
        self._await_ready(deadline, job=True)

    def _move(self, place: int, deadline: Deadline) -> None:
        self._dialect.perform(blocks.command(blocks.MOVE, 0, place), deadline)
        self._await_ready(deadline, job=True)

    def _do(self, one: bytes, deadline: Deadline) -> None:
        """Send one of a card's blocks to a ready printer; before a transfer note that it may spoil the card."""
        kind, code, _, _ = blocks.parts(one)
        if kind == blocks.UPLOAD:
            self._attempt.sent += 1
            self._dialect.perform(one, deadline)
            return
        self._await_ready(deadline, job=True)
        transferred = self._steps.transferring
        self._steps.transferring |= code == blocks.TRANSFER
        self._film_clean = False
        self._attempt.sent += 1
        try:
            self._dialect.perform(one, deadline)
        except CodeError as refused:
            if refused.code in NOT_DONE:
                self._steps.transferring = transferred
            raise
        self._await_ready(deadline, job=True)
        self._film_clean = code == blocks.TRANSFER

    def _send_out(self, place: int, deadline: Deadline) -> None:
        self._dialect.introduce(deadline)
        self._await_ready(deadline)
        position, told = self._position(deadline)
        if position is Position.NONE:
            raise RefusedError("No card is inside the printer", reply=told)
        self._release(position, deadline)
        self._move(place, deadline)
        position, told = self._position(deadline)
        if position is not Position.NONE:
            raise UnexpectedReplyError("The card was sent out and is still inside", hint="Look into it", reply=told)

    def _release(self, position: Position, deadline: Deadline) -> None:
        """Release the card at a station, always: after a restart it is not known whether it is held."""
        for station in CHIP_STATIONS:
            if position is station.position:
                self._dialect.release(station, deadline)

    def _await_ready(self, deadline: Deadline, *, job: bool = False, loading: bool = False) -> None:
        """Wait until the printer is ready (sheet 7, 8).

        :param job: a card is under way, so that a restart is an error; where the wait does not end, nothing is known of
            the card.
        :param loading: the next step takes a card from the hopper, so that an empty hopper is an error.
        :raises CodeError: it stopped with something that does not end by itself.
        :raises NoReplyError: with ``job``, it did not become ready in time.
        """
        end, restarts = deadline.sooner(_WARM_SECONDS), 0
        while True:
            code = self._code(deadline)
            restarts += code in RESTARTED
            if code == READY or (code == NO_CARDS and not loading):
                return
            if not (waits(code) or (code in RESTARTED and not job and restarts < _RESTART_POLLS)):
                raise CodeError(code)
            if end.remaining <= _POLL_SECONDS:
                if job:
                    raise NoReplyError(
                        f"The printer was not ready in time: {fault(code).says}",
                        hint="Look at the printer",
                        reply=written(code),
                    )
                raise CodeError(code)
            time.sleep(_POLL_SECONDS)

    def _settled_code(self, end: Deadline) -> int:
        """Return the first status code that does not end by itself, or the last one before the deadline."""
        restarts = 0
        while True:
            code = self._code(end)
            restarts += code in RESTARTED
            passing = waits(code) or (code in RESTARTED and restarts < _RESTART_POLLS)
            if not passing or end.remaining <= _POLL_SECONDS:
                return code
            time.sleep(_POLL_SECONDS)

    def _code(self, deadline: Deadline) -> int:
        return self._ask(self._dialect.code, deadline)

    def _position(self, deadline: Deadline) -> tuple[Position, str]:
        mode, place = self._ask(self._dialect.position, deadline)
        told = f"{mode:02X} {place:02X}"
        if mode == blocks.NO_CARD:
            return Position.NONE, told
        if mode:
            return Position.UNKNOWN, told
        return _AT.get(place, Position.INSIDE if place in _INSIDE else Position.UNKNOWN), told

    def _ask(self, question: Callable[[Deadline], _T], deadline: Deadline) -> _T:
        """Ask a question that moves nothing; once more where no answer came, or the answer was a restart."""
        try:
            return question(deadline)
        except (NoReplyError, CodeError) as failed:
            if deadline.expired or (isinstance(failed, CodeError) and failed.code not in RESTARTED):
                raise
            return question(deadline)

    @contextlib.contextmanager
    def _noting_failure(self, attempt: Attempt) -> Iterator[None]:
        try:
            yield
        except DriverError as error:
            attempt.failure = error
            raise


def greeting(data: bytes) -> str | None:
    """Return the model behind what a printer says first on TCP, empty where only the family is certain."""
    try:
        reply, _ = blocks.take(data)
        known = blocks.introduction(reply) if reply is not None else None
    except UnexpectedReplyError:
        return None
    if known is None:
        return None
    model = model_of(known.type)
    return model.name if model is not None else ""


DRIVER = Family(
    name=FAMILY,
    models=MODELS,
    encode=encode,
    connect=MaticaPrinter,
    usb_vendors=(USB_VENDOR,),
    usb_class=STORAGE_CLASS,
    wires=("tcp", "usb"),
    greeting=greeting,
)

# Protocol notes
#
# Known
# - Blocks, greeting, panels, commands, positions, codes and CDBs are those of a working server and of captures (sheet
#   1). Print to film and transfer to the card are separate: up to the transfer a card is a blank, and encoded at most.
# - EncodedCard.commands are Ethernet blocks with the sequence 0, which is the one thing that is changed when they are
#   sent; on USB they are translated, and the pixels taken over.
# - A card is printed when every command was accepted, the printer is ready again, no card is inside, the total went up
#   by one and the head by the panels at least. A load that was refused with "no cards" or as a wrong command, and one
#   that was never sent, leave the blank in the hopper: unused. Everything else is for a person.
# - A blank that was loaded and not transferred to goes to the reject exit when the printer is cleared, and the finding
#   says that it is whole. It is in doubt, not unused: unused would book it into the hopper, where it is not.
# - Film that was printed and not transferred would come on the next card. So the first card of a connection is loaded
#   with the flag that initialises the film, and so is the first after a print to film that no transfer followed.
# - An error of the medium (key 3) and a power cut stay in the printer until it is initialised. Where no card is inside,
#   the first status of a connection does that once: who opens one has seen to the printer (sheet 8). It is not done
#   again over the same connection, so that nothing turns by itself while somebody has their hands in it, and not with a
#   card inside: clear() does that, and rejects the card.
# - Settings are not read and not written. UV and the peel-off panel are not printed: the ribbons that are known have no
#   peel-off panel, and two sources would call it an overlay. The film covers the whole card, chip contacts as well.
# - The load comes before the panels, as in every capture, although the other order would keep the blank safer.
#
# Seen but unknown
# - Immediate commands, buffer 1, magnetic commands, the laminator, counter reset, test cards: not sent.
# - The transfer's longer form 07 06: Model.long_transfer, off. A firmware that refuses the short one says 00052000,
#   and the card is not touched.
# - Which of tags 1E to 23 is which counter on Ethernet was inferred from growth; a wrong one ends cards in doubt.
# - What is left of ribbon and film is shown as the printer's own numbers; their scale is rough.
# - The month of the document's time may count from 0; the clock is only written into the printer's own log.
#
# Open questions (each wants a printer)
# - Which motion counts a card and when the counter is saved; whether a card on two sides counts one. Where it counts
#   two, it ends in doubt.
# - Whether 0002C300 stays until the printer is initialised: it is polled for two seconds, then stops the line, and
#   clear() initialises. Whether initialising moves a card by itself.
# - Whether film that was printed before a failure is wound past by itself. It is not relied on: see above.
# - Rotation of XID580x on USB, and of backs: print an F in the lower left corner first.
# - A serial number in the printer's own words is not known. On Ethernet its MAC address stands for it, on USB the
#   device's serial number: the same printer on another wire is another one in a shop's books.
