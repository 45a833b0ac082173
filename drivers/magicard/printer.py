"""Direct-to-card printers of Magicard over USB: Enduro, Rio Pro, Pronto; Rio 2 and Tango 2; Alto, Opera, Tempo.

A card's pages are in :mod:`drivers.magicard.job`, the bits of planes in :mod:`drivers.magicard.raster`, the wire's
grammar in :mod:`drivers.magicard.wires`, what answers mean in :mod:`drivers.magicard.replies`, what proves a card in
:mod:`drivers.evidence`. Protocol notes are at the end of this file.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import NoReturn, assert_never

from drivers.deadline import Deadline
from drivers.errors import AddressError, DriverError, GoneError, NoReplyError, RefusedError
from drivers.evidence import Attempt, judge
from drivers.family import Family
from drivers.magicard import replies
from drivers.magicard.job import MODELS, Model, Options, encode
from drivers.magicard.replies import Info
from drivers.magicard.wires import Conversation, UsbPort
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

FAMILY = "magicard"
USB_VENDOR = 0x0C1F

_READY, _BUSY, _PAPER = 0x18, 0x08, 0x20  # port status: the printer class's bits as these printers use them (sheet 3)
_POLL_SECONDS = 0.2  # the vendor polls every 2 s (sheet 3); it costs one control request
_BUSY_SECONDS = 10.0  # a printer that took a job is busy within 2 s (sheet 9)
_COUNTED_SECONDS = 10.0  # counters may step so long after the printer is ready again (sheet 9)
_RETRY_SECONDS = 3.0  # a printer that tries a job again by itself, its error cleared, is busy within 2 s (sheet 8.4, 9)


class MagicardPrinter:
    """One Magicard printer on USB; satisfies :class:`drivers.printer.CardPrinter`.

    Nothing is sent to the bulk pipe while the printer is busy (sheet 3). The printer takes and ejects cards by itself,
    as part of a job: there are no stations, and a person clears it.

    :raises AddressError: the transport cannot tell the port's status.
    """

    def __init__(self, transport: Transport, model: Model) -> None:
        if not isinstance(transport, UsbPort):
            transport.close()
            raise AddressError("Magicard printers are driven over USB alone", hint="Write usb://0c1f/SERIALNUMBER")
        self.model = model
        self._port = transport
        self._conversation = Conversation(transport)
        self._attempt = Attempt()

    def identify(self, deadline: Deadline) -> Identity:
        """See the contract. Where the language has no word for it, the serial number is that of the USB device."""
        told, raw = self._info(deadline)
        serial_number = told.serial_number or self._port.serial_number
        return Identity(FAMILY, told.model, serial_number, told.firmware, raw)

    def status(self, deadline: Deadline) -> Status:
        """See the contract. A printer at work is asked for its port status alone.

        :raises GoneError: the connection broke and has to be opened again.
        """
        port = self._port.port_status()
        raw = {"port": "none" if port is None else f"{port:02X}"}
        if port is None:
            return _unknown("The printer does not tell its port status", raw)
        conditions = (
            [Condition(Reason.MEDIA_EMPTY, Severity.ERROR, f"port {port:02X}", "Load cards")] if port & _PAPER else []
        )
        if port & ~_PAPER == _BUSY:
            return Status(State.PROCESSING, tuple(conditions), Position.INSIDE, raw)
        try:
            code, warned, told = self._error(deadline)
        except GoneError:
            raise
        except DriverError as silent:
            return _unknown(str(silent), raw)
        raw |= told
        conditions += warned
        if port & ~_PAPER == _READY and code == (0, 0):
            return Status(State.STOPPED if port & _PAPER else State.IDLE, tuple(conditions), Position.NONE, raw)
        found = replies.condition(code, " ".join(told.values())) if code is not None else None
        conditions.append(found or Condition(Reason.UNKNOWN, Severity.ERROR, f"port {port:02X}"))
        return Status(State.STOPPED if found else State.UNKNOWN, tuple(conditions), Position.UNKNOWN, raw)

    def counters(self, deadline: Deadline) -> Counters:
        """See the contract. All are unknown where the family tells none (sheet 8)."""
        return self._info(deadline)[0].counters

    def feed(self, station: Station, deadline: Deadline) -> None:
        """See the contract. :raises RefusedError: always."""
        raise RefusedError(
            f"This printer takes its card when it prints; none can be held at the {station.value} station"
        )

    def print(self, card: EncodedCard, deadline: Deadline) -> None:
        """See the contract. All pages are sent, then the port is watched until the printer is ready again."""
        if self._attempt.over:
            self._attempt = Attempt()
        attempt = self._attempt
        attempt.card = card
        with self._noting_failure(attempt):
            self._refuse_unready(card, deadline)
            self._conversation.drain()
            for page in card.commands:
                attempt.sent += 1
                self._conversation.send(page, deadline)
            self._watch(deadline)
            attempt.answered = len(card.commands)

    def confirm(self, before: Counters, card: EncodedCard | None, deadline: Deadline) -> Confirmation:
        """See the contract. Raises nothing: what cannot be read is unknown, and unknown is in doubt."""
        attempt = self._attempt
        if attempt.card is not card:  # another connection's card, of which this one knows nothing
            attempt = replace(attempt, card=None, sent=0, answered=0, failure=None)
        after, position, trouble = Counters(), Position.UNKNOWN, ""
        raw: dict[str, str] = {}
        try:
            status = self.status(deadline)
            if status.position is Position.NONE and attempt.sent and not attempt.complete:
                self._rest(deadline)
                status = self.status(deadline)
            position, raw = status.position, dict(status.raw)
            if position is Position.NONE:
                after, told = self._settled_counters(before, attempt, deadline)
                raw |= told
        except DriverError as error:
            trouble = str(error)
        found = judge(attempt, before, after, position, counts_panels=False, raw=raw)
        return replace(found, findings=(*found.findings, f"No reading: {trouble}")) if trouble else found

    def eject(self, deadline: Deadline) -> None:
        """See the contract. :raises RefusedError: always."""
        self._by_hand("ejects its card")

    def reject(self, deadline: Deadline) -> None:
        """See the contract. :raises RefusedError: always."""
        self._by_hand("rejects its card")

    def clear(self, deadline: Deadline) -> None:
        """See the contract. :raises RefusedError: a person has to clear the printer: no command for it is known."""
        if self._conversation.taken_in_part:
            raise RefusedError("The printer still waits for the rest of a card", hint="Switch it off and on")
        if self.status(deadline).position is not Position.NONE:
            self._by_hand("is cleared")

    def close(self) -> None:
        """See the contract."""
        self._port.close()

    def _by_hand(self, act: str) -> NoReturn:
        raise RefusedError(f"This printer {act} by its own button, not by a command", hint=replies.OPERATOR)

    def _refuse_unready(self, card: EncodedCard, deadline: Deadline) -> None:
        if self._conversation.taken_in_part:
            raise RefusedError("The printer still waits for the rest of another card", hint="Switch it off and on")
        status = self.status(deadline)
        if status.state is not State.IDLE:
            reasons = ", ".join(one.reason.value for one in status.conditions) or status.state.value
            raise RefusedError(f"The printer is not ready: {reasons}", hint=replies.OPERATOR, reply=status.raw["port"])
        if "y" in card.ribbon and self.model.line.counters == "INF" and self._info(deadline)[0].no_colour_film:
            raise RefusedError(
                "The film in the printer is black alone, or there is none", hint="Put in the film that the job needs"
            )

    def _watch(self, deadline: Deadline) -> None:
        """Wait until the printer was busy and is ready again; send nothing meanwhile (sheet 3, 9).

        :raises RefusedError: it stopped with an error.
        :raises NoReplyError: it did not begin, or did not end in time.
        """
        begun = False
        beginning = deadline.sooner(_BUSY_SECONDS)
        while True:
            port = self._port.port_status()
            if port is not None and port & ~_PAPER == _BUSY:
                begun = True
            elif port is not None and port & ~_PAPER != _READY:
                code, _, told = self._error(deadline)
                name = f"{code[0]:02}:{code[1]:02}" if code else f"port {port:02X}"
                raise RefusedError(
                    f"The printer stopped with error {name}", hint=replies.OPERATOR, reply=" ".join(told.values())
                )
            elif port is not None and begun:
                return
            if (beginning if not begun else deadline).expired:
                what = "did not finish" if begun else "took the card's data and did not begin"
                raise NoReplyError(
                    f"The printer {what} in time; whether it printed is not known", hint=replies.OPERATOR
                )
            time.sleep(min(_POLL_SECONDS if begun else 0.02, deadline.remaining))

    def _rest(self, deadline: Deadline) -> None:
        """Wait some seconds: a printer whose memory still holds the card may begin to print it by itself."""
        end = deadline.sooner(_RETRY_SECONDS)
        while not end.expired and self._port.port_status() == _READY:
            time.sleep(min(_POLL_SECONDS, end.remaining))

    def _settled_counters(
        self, before: Counters, attempt: Attempt, deadline: Deadline
    ) -> tuple[Counters, dict[str, str]]:
        """Read counters; after a whole card wait some seconds for both to step, which may not be at once (sheet 9)."""
        patience = deadline.sooner(_COUNTED_SECONDS)
        while True:
            told, raw = self._info(deadline)
            pairs = ((told.counters.cards, before.cards), (told.counters.panels, before.panels))
            if all(now is None or now != then for now, then in pairs) or not attempt.complete or patience.expired:
                return told.counters, raw
            time.sleep(min(_POLL_SECONDS, patience.remaining))

    def _info(self, deadline: Deadline) -> tuple[Info, dict[str, str]]:
        told_by = self.model.line.counters
        match told_by:
            case "INF":
                reply = self._conversation.ask("INF", deadline)
                return replies.info(reply), {"INF": replies.readable(reply)}
            case "STA":
                answers = {key: self._conversation.ask(f"STA,{key}", deadline) for key in replies.STATE_KEYS.values()}
                return replies.of_states(answers), {key: replies.readable(one) for key, one in answers.items()}
            case "":
                return Info(), {}
            case _:
                assert_never(told_by)

    def _error(self, deadline: Deadline) -> tuple[tuple[int, int] | None, list[Condition], dict[str, str]]:
        """Return the error's numbers, ``None`` where the answer has none, what is to be warned of, and the answer."""
        if self.model.line.counters == "INF":
            told, raw = self._info(deadline)
            return told.error, replies.warnings(told), raw
        reply = self._conversation.ask("ERR", deadline)
        return replies.error_code(reply), [], {"ERR": replies.readable(reply)}

    @contextlib.contextmanager
    def _noting_failure(self, attempt: Attempt) -> Iterator[None]:
        try:
            yield
        except DriverError as error:
            attempt.failure = error
            raise


def _unknown(why: str, raw: dict[str, str]) -> Status:
    return Status(State.UNKNOWN, (Condition(Reason.UNKNOWN, Severity.ERROR, why),), Position.UNKNOWN, raw)


DRIVER = Family(
    name=FAMILY,
    models=MODELS,
    encode=encode,
    connect=MagicardPrinter,
    options=Options,
    usb_vendors=(USB_VENDOR,),
    manufacturers=("MAGICARD",),
)

# Protocol notes
#
# Known
# - Planes and header agree with the vendor's filter and with captures of its Windows drivers, byte for byte (sheet 1).
# - While the port says busy the vendor's driver sends nothing; neither does this one. It watches the port alone.
# - There is no job id and no completion message: a card is proved by the counters of cards and panels, by a port that
#   was busy and is ready again, and by no error. HoloKote is off and copies are one, always.
# - Firmware requests (FRM, UPG) and STA,RAMP, which hangs, are in no code path.
#
# Seen but unknown
# - The panel counter's step for a card: any step beside one card counts as printed, none does not.
# - What else than 00:00 and 11:01 means: numbers and text are shown, the line stops.
# - DFR of the Tango is "panels remaining" by one source, which was not sure itself; it is shown as what is left on the
#   film. That it did not change is a second witness of an untouched card; by how much it changes is only told.
# - Port bit 20 was never seen: it is shown as media-empty and stops the line, ready or not; with 08 it is still busy.
# - Gutenprint begins the card at dot 15 of a Rio or Tango canvas, the vendor's drivers at 16; the vendor's is used. All
#   else is the same on every dot. Its backend reads no page of resin alone, which the vendor's filter sends.
# - EJT, RST and CLN exist on the Tango by one source; not sent. The operator presses the button.
#
# Open questions (each wants a printer)
# - No sensor tells where a card is. Ready, not busy and without error is taken for "no card inside".
# - Alto, Opera and Tempo tell no counter that is known, so that every card of theirs ends in doubt.
# - Whether the printer prints the same job again by itself after its button was pressed (sheet 8.4). So a card that was
#   sent and then failed counts as unused only after the printer stayed ready for some seconds.
# - Orientation on Rio and of the back, use of TDT, product ids other than those in the table of models.
