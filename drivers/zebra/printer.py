"""Direct-to-card printers of Zebra, formerly Eltron, that speak EPCL: P300 to P420, and the "i" generation.

The card's bytes are in :mod:`drivers.zebra.job` and :mod:`drivers.zebra.raster`, the wire's grammar in
:mod:`drivers.zebra.wires`, what answers mean in :mod:`drivers.zebra.replies`, the judgement of an attempt in
:mod:`drivers.zebra.evidence`. Protocol notes are at the end of this file.
"""

from __future__ import annotations

import contextlib
import re
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Protocol, runtime_checkable

from drivers.deadline import Deadline
from drivers.errors import DriverError, GoneError, NoReplyError, RefusedError, UnexpectedReplyError
from drivers.evidence import Attempt
from drivers.family import Family
from drivers.printer import (
    Condition,
    Confirmation,
    Counters,
    EncodedCard,
    Identity,
    Reason,
    Severity,
    State,
    Station,
    Status,
)
from drivers.transports.base import Transport
from drivers.zebra import replies
from drivers.zebra.evidence import Moves, judge
from drivers.zebra.job import LEN32, MODELS, PLAIN, Model, command, encode, moves_card, name_of
from drivers.zebra.replies import HURT_DATA, NO_COMMAND, NOT_BEGUN, REASONS, Kind, Reply
from drivers.zebra.wires import Conversation

__all__ = ["DRIVER", "MODELS", "REASONS", "ZebraPrinter", "encode"]

FAMILY = "zebra"
USB_VENDOR = 0x0A5F  # of label printers and other languages as well; product ids are not known (sheet 3)

# Seconds for a reply, once the command was taken.
_READ_SECONDS = 2.0  # after which the other framing is tried (sheet 4.2)
_LOAD_SECONDS = 30.0  # a serial line still drains what the operating system took
_MOVE_SECONDS = 60.0  # for one panel, feeding and winding the ribbon included
_LEFT_SECONDS = 120.0  # after the last command (sheet 9)
_SETTLE_SECONDS = 0.3
_FULL_SECONDS = 0.5  # between two tries while the input buffer is full
_TRIES = 3
_FULL_TRIES = 20
_NUMBERS = {name: re.findall("[0-9]+", name)[0] for name in MODELS}
_SWITCH_OFF = "Switch it off and on, and open the connection again"


@runtime_checkable
class _Numbered(Protocol):
    """A transport that found its device by a serial number."""

    @property
    def serial_number(self) -> str:
        """See :class:`drivers.transports.usb.UsbTransport`."""


class ZebraPrinter:
    """One EPCL printer on one open connection; satisfies :class:`drivers.printer.CardPrinter`.

    It takes a card by itself when the first panel is laid. What moves a card is sent once and never again; settings,
    pictures and questions are, where the printer says that it did not get them. After
    :class:`drivers.errors.GoneError` the object is of no more use: close it and open another.
    """

    def __init__(self, transport: Transport, model: Model) -> None:
        self.model = model
        self._conversation = Conversation(transport, model.framing or PLAIN)
        self._framed = model.framing is not None
        self._attempt = Attempt()
        self._moves = Moves()

    def identify(self, deadline: Deadline) -> Identity:
        """See the contract. The language has no word for a serial number: it is that of the USB device, or none.

        :raises RefusedError: the printer holds an error that keeps it from saying who it is.
        """
        reply, _ = self._ask_state(deadline)
        if reply.kind is not Kind.TEXT:
            raise self._refusal("V", reply)
        named = replies.model_in(reply.text, _NUMBERS.values())
        transport = self._conversation.transport
        serial_number = transport.serial_number if isinstance(transport, _Numbered) else None
        firmware = replies.firmware_in(reply.text)
        return Identity(FAMILY, named and named[1], serial_number, firmware, {"V": reply.text})

    def status(self, deadline: Deadline) -> Status:
        """See the contract. No sensor can be read: an error is known by the refusal that it causes.

        :raises GoneError: the connection broke and has to be opened again.
        """
        try:
            reply, raw = self._ask_state(deadline)
        except GoneError:
            raise
        except DriverError as silent:
            return Status(State.UNKNOWN, (Condition(Reason.UNKNOWN, Severity.ERROR, str(silent)),))
        if reply.kind is Kind.TEXT and replies.is_version(reply.text, _NUMBERS.values()):
            return Status(State.IDLE, raw=raw)
        found = replies.condition(reply)
        return Status(State.UNKNOWN if found.reason is Reason.UNKNOWN else State.STOPPED, (found,), raw=raw)

    def counters(self, deadline: Deadline) -> Counters:
        """See the contract. Panels alone, and unknown where the model has no ``%CLN`` or answers it in another form.

        :raises RefusedError: the printer holds an error.
        """
        reply = self._ask("%CLN", deadline)
        if reply.kind is Kind.NACK and reply.code not in NO_COMMAND:
            raise self._refusal("%CLN", reply)
        return replies.counters(reply.text)

    def feed(self, station: Station, deadline: Deadline) -> None:
        """See the contract. :raises RefusedError: no confirmed command does it (sheet 7.2)."""
        words = self.model.quirks.stations.get(station)
        if words is None:
            raise RefusedError(
                f"No confirmed command brings a card to the {station.value} station of the model {self.model.name}"
            )
        attempt = self._current_attempt()
        with self._noting_failure(attempt):
            self._check_model(deadline)
            attempt.fed = True
            self._move(command(words), deadline)

    def print(self, card: EncodedCard, deadline: Deadline) -> None:
        """See the contract. A card in colour takes minutes on a serial line of 9600 baud."""
        attempt = self._current_attempt()
        attempt.card = card
        with self._noting_failure(attempt):
            self._check_model(deadline)
            for before, one in zip((b"", *card.commands), card.commands, strict=False):
                if moves_card(one):
                    # In step, and no error; what `E` repeats later is told from this text. A printer that accepts a
                    # move before it makes it answers when it is made.
                    self._ask_text("V", deadline, _MOVE_SECONDS)
                    attempt.sent += 1
                    self._move(one, deadline)
                else:
                    attempt.sent += 1
                    self._send(one, deadline, area=before if name_of(one) in ("Z", "vZ") else b"")
                self._refuse_unasked_errors(one)
                attempt.answered += 1
            # Commands run in order: who answers this has done them all (sheet 9).
            self._ask_text("V", deadline, _LEFT_SECONDS)
            self._refuse_unasked_errors(command("V"))

    def confirm(self, before: Counters, card: EncodedCard | None, deadline: Deadline) -> Confirmation:
        """See the contract. Raises nothing: what cannot be read is unknown, and unknown is in doubt."""
        attempt = self._attempt
        if attempt.card is not card:  # another connection's card, of which this one knows nothing
            attempt = replace(attempt, card=None, sent=0, answered=0, failure=None)
        after, trouble, pending = Counters(), "", ""
        raw: dict[str, str] = {}
        try:
            self._conversation.drain(_SETTLE_SECONDS)
            reply = self._ask("%CLN", deadline, _LEFT_SECONDS)
            raw["%CLN"] = reply.text
            if reply.kind is Kind.NACK and reply.code not in NO_COMMAND:
                pending = f"{reply.text} ({replies.fault(reply.code).reason.value})"
                if replies.fault(reply.code).clears:
                    self._send(command("."), deadline)
                    reply = self._ask("%CLN", deadline)
                    raw["%CLN after clearing"] = reply.text
            after = replies.counters(reply.text)
        except DriverError as error:
            trouble = str(error)
        attempt = replace(attempt, in_step=not self._unasked_errors())
        found = judge(attempt, replace(self._moves, pending=pending, raw=raw), before, after)
        return replace(found, findings=(*found.findings, f"No reading: {trouble}")) if trouble else found

    def eject(self, deadline: Deadline) -> None:
        """See the contract. Whether a card is inside is not known to anybody."""
        self._attempt = replace(self._attempt, ejected=True)
        self._move(command("MO"), deadline)

    def reject(self, deadline: Deadline) -> None:
        """See the contract. :raises RefusedError: always; no confirmed command does it (sheet 7.2)."""
        raise RefusedError(
            "No confirmed command sends a card to this printer's reject box", hint="Take the card out by hand"
        )

    def clear(self, deadline: Deadline) -> None:
        """See the contract. Ends the error and asks again; moves nothing, so that a card inside stays there.

        :raises RefusedError: the error is there again.
        """
        self._send(command("."), deadline)
        self._ask_text("V", deadline)

    def close(self) -> None:
        """See the contract."""
        self._conversation.transport.close()

    def _current_attempt(self) -> Attempt:
        if self._attempt.over:
            self._attempt, self._moves = Attempt(), Moves()
            self._conversation.unasked.clear()
        return self._attempt

    def _ask_state(self, deadline: Deadline) -> tuple[Reply, dict[str, str]]:
        """Ask `V` for the present state.

        A refusal tells an error that happened, and not whether it lasts. Where it does not mean a card somewhere, it is
        cleared, which moves nothing, and the printer is asked again (sheet 8).

        :returns: text or refusal, and every answer.
        """
        reply = self._ask("V", deadline)
        raw = {"V": reply.text}
        if reply.kind is Kind.NACK and replies.fault(reply.code).clears:
            self._send(command("."), deadline)
            reply = self._ask("V", deadline)
            raw["V after clearing"] = reply.text
        return reply, raw

    def _check_model(self, deadline: Deadline) -> None:
        """Ask who is there and end an error that is not told (sheet 10, prologue).

        A printer that names another model is refused: its memory has another size. One that names none, and a firmware,
        is believed.

        :raises UnexpectedReplyError: it names neither.
        """
        text = self._ask_text("V", deadline)
        if not replies.is_version(text, _NUMBERS.values()):
            raise UnexpectedReplyError(
                "The device says neither model nor firmware; no such printer is known",
                hint="Look which printer is connected",
                command="V",
                reply=text[:80],
            )
        named = replies.model_in(text, _NUMBERS.values())
        if named is not None and named[0] != _NUMBERS[self.model.name]:
            raise RefusedError(
                f"The printer says that it is a {named[1]}, and the configured model is {self.model.name}",
                hint="Configure the model that it is",
                command="V",
                reply=text,
            )
        self._send(command("."), deadline)

    def _refuse_unasked_errors(self, one: bytes) -> None:
        """Stop where an error came that belongs to an earlier command: the answer just read may do so as well."""
        for reply in self._unasked_errors():
            raise UnexpectedReplyError(
                "An answer came late, so that no answer can be trusted any more",
                hint="Look at the printer",
                command=name_of(one),
                reply=reply.text,
            )

    def _unasked_errors(self) -> list[Reply]:
        return [reply for reply in self._conversation.unasked if reply.kind not in (Kind.ACK, Kind.TEXT)]

    def _ask_text(self, name: str, deadline: Deadline, seconds: float = _READ_SECONDS) -> str:
        """Ask a question and return the text.

        :raises RefusedError: the printer holds an error.
        """
        reply = self._ask(name, deadline, seconds)
        if reply.kind is not Kind.TEXT:
            raise self._refusal(name, reply)
        return reply.text

    def _ask(self, name: str, deadline: Deadline, seconds: float = _READ_SECONDS) -> Reply:
        """Ask for a text, in either framing as long as it is not known, and return text or refusal.

        :raises NoReplyError: silence.
        :raises UnexpectedReplyError: noise, that of the repetition included.
        """
        self._find_framing(deadline)
        reply = self._conversation.ask(command(name), deadline, seconds, text=True)
        if reply.kind is Kind.NOISE:
            reply = self._ask_last_answer(deadline, _READ_SECONDS, text=True)
        return self._checked(name, reply, Kind.TEXT)

    def _find_framing(self, deadline: Deadline) -> None:
        """Ask `V` plain, then with a length, where the model's framing is not known (sheet 4.2)."""
        if self._framed:
            return
        conversation = self._conversation
        try:
            conversation.ask(command("V"), deadline, _READ_SECONDS, text=True)
        except NoReplyError:
            conversation.framing = LEN32
            try:
                conversation.ask(command("V"), deadline, _READ_SECONDS, text=True)
                conversation.drain(_SETTLE_SECONDS)
                if any(reply.kind is Kind.TEXT for reply in conversation.unasked):  # both were answered, one late
                    conversation.framing = PLAIN
            except DriverError:
                conversation.framing = PLAIN
                raise
        self._framed = True

    def _send(self, one: bytes, deadline: Deadline, *, area: bytes = b"") -> None:
        """Send what moves no card, again where the printer did not get it whole.

        After noise `E` would not do: it might repeat the acceptance of the command before.

        :param area: what declares the area of the data that are sent, which may have to be declared again with them.
        :raises RefusedError: the printer did not take it.
        :raises UnexpectedReplyError: it answers something unknown.
        """
        self._find_framing(deadline)
        name, full = name_of(one), 0
        for left in reversed(range(_TRIES)):
            reply = self._conversation.ask(one, deadline, _LOAD_SECONDS, text=False)
            while reply.kind is Kind.FULL and full < _FULL_TRIES and not deadline.expired:
                full += 1
                time.sleep(min(_FULL_SECONDS, deadline.remaining))
                reply = self._conversation.ask(one, deadline, _LOAD_SECONDS, text=False)
            hurt = reply.kind in (Kind.NOISE, Kind.TEXT) or reply.code in HURT_DATA
            if not hurt or not left:
                break
            if area:
                self._send(area, deadline)
        if self._checked(name, reply, Kind.ACK).kind is not Kind.ACK:
            raise self._refusal(name, reply)

    def _move(self, one: bytes, deadline: Deadline) -> None:
        """Send what moves a card, once. Where its answer was lost, the printer is asked for its last answer.

        :raises RefusedError: the printer did not take it, or did not end it.
        :raises NoReplyError: whether it did it is not known.
        :raises UnexpectedReplyError: the same.
        """
        self._find_framing(deadline)
        name = name_of(one)
        try:
            reply = self._conversation.ask(one, deadline, _MOVE_SECONDS, text=False)
            self._moves.not_begun = reply.code in NOT_BEGUN
            lost = reply.kind in (Kind.NOISE, Kind.TEXT)
        except NoReplyError:
            if deadline.expired:
                raise
            lost = True
        if lost:
            reply = self._ask_last_answer(deadline, _MOVE_SECONDS, text=False)
        if lost and reply.kind is Kind.TEXT:  # the answer to the question before
            raise NoReplyError("The printer never answered; whether it did the command is not known", command=name)
        if self._checked(name, reply, Kind.ACK).kind is not Kind.ACK:
            raise self._refusal(name, reply)

    def _ask_last_answer(self, deadline: Deadline, seconds: float, *, text: bool) -> Reply:
        """Return the printer's last answer once more (`E`, sheet 4.3)."""
        for _ in range(_TRIES):
            reply = self._conversation.ask(command("E"), deadline, seconds, text=text)
            if reply.kind is not Kind.NOISE:
                break
        return reply

    def _checked(self, name: str, reply: Reply, wanted: Kind) -> Reply:
        if reply.kind in (wanted, Kind.NACK, Kind.FULL):
            return reply
        raise UnexpectedReplyError(
            "The printer answered something unknown; whether it did the command is not known",
            hint="Look which printer is connected, and at the baud rate",
            command=name,
            reply=reply.text[:80],
        )

    def _refusal(self, name: str, reply: Reply) -> RefusedError:
        if reply.kind is Kind.FULL:
            return RefusedError("The printer's input buffer is full", hint=_SWITCH_OFF, command=name, reply=reply.text)
        found = replies.fault(reply.code)
        return RefusedError(
            f"The printer refused: {found.reason.value}", hint=found.hint, command=name, reply=reply.text
        )

    @contextlib.contextmanager
    def _noting_failure(self, attempt: Attempt) -> Iterator[None]:
        try:
            yield
        except DriverError as error:
            attempt.failure = error
            raise


DRIVER = Family(
    name=FAMILY,
    models=MODELS,
    encode=encode,
    connect=ZebraPrinter,
    usb_vendors=(USB_VENDOR,),
    wires=("serial", "usb"),
)

# Protocol notes
#
# Known
# - Framing, error form, geometry, compression, PS, G, Z, IS, I and %CLN are the vendor's manual of 1999; +RIB 4, +C 8,
#   I 10 and MO are a sample for the P330i (sheet 1). A card in black resin on one side needs no more than these.
# - Colour is not printed as the models come: how a printer is told of a YMCKO ribbon (+RIB) and the parameters of IV
#   are not known. To rely on the printer's own setting was weighed and left to the quirk: a +RIB 4 that any program
#   sent before may still hold, the printer does not tell its ribbon, and a wrong panel passes the head and is counted
#   like the right one. Quirks.ribbons and Quirks.overlay say otherwise for a model that was settled.
# - Data of PS avoid the three bytes that would be escaped, so that it does not matter whether they have to be. Data of
#   Z are escaped.
# - What moves a card is sent once. Before it a question is asked: the answer shows that both are in step and no error
#   is held, and where the answer to the move is lost, `E` repeats that text, which cannot be taken for an acceptance.
#   The sheet would repeat a print command after an empty feeder was filled; here that card is unused, and the next one
#   is another attempt.
# - Cards are proved by panels that passed the head, by every acceptance, and by a question that was answered after MO.
#   Nothing counts cards or sees one, so that between none and all, after a restart, or with a counter that may be off
#   by one, somebody has to look.
#
# Seen but unknown
# - The feed, flip, station and reset commands MI, MB, MF, MS, $F, R; sent where a quirk names them and never else.
# - &P tells a card in the magnetic encoder alone, where this driver sends none. GET_PORT_STATUS may carry the two error
#   lines; nobody has seen it. Neither is asked.
# - The form of the answer to V: a number that some model has is taken for the model's, a dotted one for the firmware.
#   An answer with neither is no printer's that is known: its state is unknown, and nothing is printed.
# - Codes 31 to 57 come from the vendor's library and are expected on the wire (sheet 8).
#
# Open questions (each wants the guide 980415-001 or a printer)
# - Whether +RIB and +C exist before the "i" generation. A model that refuses them prints nothing: Quirks.ribbons.
# - Whether an acceptance comes after the motion or before it; on USB, whether refusals are told at all.
# - Whether %CLN exists on the "i" generation. Where it does not, every card ends in doubt.
# - When the counter is saved, and where a card is after power comes back.
# - Orientation, edges, polarity of levels, the turn of the back: print an F in the lower left corner first (sheet 5.1).
# - Serial numbers exist on USB alone; on a serial line the printer is nobody, and a shop does not take it.
# - P500, P600 and Max Secure have no link that carries replies (sheet 3); of these max3300 is here since it has %CLN.
