"""Direct-to-card printers of Evolis: Tattoo, Pebble, Dualys, Quantum, Zenius, Primacy, KC.

A card's commands are in :mod:`drivers.evolis.job`, the bits of bitmaps in :mod:`drivers.evolis.raster`, the wire's
grammar in :mod:`drivers.evolis.wires`, what answers mean in :mod:`drivers.evolis.replies`, the judgement of an attempt
in :mod:`drivers.evidence`. Protocol notes are at the end of this file.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from typing import assert_never

from drivers.deadline import Deadline
from drivers.errors import (
    DriverError,
    GoneError,
    NoReplyError,
    RefusedError,
    UnexpectedReplyError,
    WriteStalledError,
)
from drivers.evidence import Attempt, judge
from drivers.evolis import replies
from drivers.evolis.job import MODELS, Model, Options, encode, line
from drivers.evolis.replies import ACCEPTED, REASONS
from drivers.evolis.wires import Conversation, command_name
from drivers.family import Family
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

FAMILY = "evolis"
USB_VENDOR = 0x0F49  # usb.ids; printers are matched by vendor and printer class, since product ids are mostly unknown


_STATUS_PROBES = (
    replies.POSITION_PROBE,
    "Rse;o",
    "Rse;f",
    "Rse;n",
    "Rcr",
    "Rrt;qty",
    replies.RIBBON_COUNT,
    "Rlr;h",
    "Rco;r",
)
_COUNTER_PROBES = ("Rco;c", "Rco;p", replies.RIBBON_COUNT, "Rrt;qty", "Rco;r")

# Seconds. Parameters and reads took up to 4 in the vendor's sample, bitmaps 30: a bitmap's answer may wait for the
# panel being printed, and any action for a card being fed or a ribbon being wound (protocol sheet 2.2, 7.2).
_READ_SECONDS = 4.0
_ACT_SECONDS = 30.0
_SETTLE_SECONDS = 0.2
_TRIES = 3


class EvolisPrinter:
    """One Evolis printer on one open connection; satisfies :class:`drivers.printer.CardPrinter`.

    It remembers what it did with the card under way, since that is half of the evidence :meth:`confirm` weighs.
    ``counters`` for ``confirm`` have to be read before ``feed``. After :class:`drivers.errors.GoneError` the object is
    of no more use: close it and open another.
    """

    def __init__(self, transport: Transport, model: Model) -> None:
        self.model = model
        self._conversation = Conversation(transport)
        self._attempt = Attempt()
        self._host_mode = False
        self._serial_number: str | None = None
        self._unsupported: dict[str, str] = {}
        self._fault: Condition | None = None  # what no sensor tells and only ``clear`` ends: a jam, a silence

    def identify(self, deadline: Deadline) -> Identity:
        """See the contract. :raises DriverError: the printer is silent or gone."""
        self._synchronise(deadline)
        raw = {probe: self._probe(probe, deadline) for probe in ("Rtp", "Rsn", "Rfv")}
        model, serial_number, firmware = (None if replies.failed(text) else text for text in raw.values())
        return Identity(FAMILY, model, serial_number, firmware, raw)

    def status(self, deadline: Deadline) -> Status:
        """See the contract. :raises GoneError: the connection broke and has to be opened again."""
        raw: dict[str, str] = {}
        try:
            self._synchronise(deadline)
            for probe in _STATUS_PROBES:
                raw[probe] = self._probe(probe, deadline)
        except GoneError:
            raise
        except DriverError as error:
            return Status(State.UNKNOWN, (Condition(Reason.UNKNOWN, Severity.ERROR, str(error)),), raw=raw)
        found = [replies.condition(probe, reply) for probe, reply in raw.items()] + [self._fault]
        conditions = {c.reason: c for c in sorted(filter(None, found), key=_rank)}
        state = State.IDLE
        if any(c.severity is Severity.ERROR for c in conditions.values()):
            state = State.UNKNOWN if Reason.UNKNOWN in conditions else State.STOPPED
        return Status(state, tuple(conditions.values()), replies.position(raw[replies.POSITION_PROBE]), raw)

    def counters(self, deadline: Deadline) -> Counters:
        """See the contract. :raises DriverError: the printer is silent or gone."""
        self._synchronise(deadline)
        return self._read_counters(deadline)[0]

    def feed(self, station: Station, deadline: Deadline) -> None:
        """See the contract. A card that an earlier attempt left inside is not moved: ``clear`` comes first."""
        if station not in self.model.stations:
            raise RefusedError(f"The model {self.model.name} has no {station.value} station")
        attempt = self._current_attempt()
        with self._noting_failure(attempt):
            self._synchronise(deadline)
            self._refuse_foreign_card(attempt, deadline)
            self._act(line("Pmi;B"), deadline)
            if self.model.keeps_card:
                self._act(line("Pneab;E"), deadline, optional=True)
            self._act(line(_feed_command(station)), deadline)
            attempt.fed = True
            reply = self._probe(replies.POSITION_PROBE, deadline)
            if replies.position(reply) not in (station.position, Position.INSIDE):
                raise UnexpectedReplyError(
                    f"The card was sent to the {station.value} station and is not seen there",
                    hint="Look into the printer",
                    command=replies.POSITION_PROBE,
                    reply=reply,
                )

    def print(self, card: EncodedCard, deadline: Deadline) -> None:
        """See the contract. Allow 60 s a card: a single picture's answer may take 30 s."""
        attempt = self._current_attempt()
        attempt.card = card
        with self._noting_failure(attempt):
            self._host_mode = False  # a printer that restarted unseen would own errors again, and answer nothing
            self._synchronise(deadline)
            self._refuse_foreign_card(attempt, deadline)
            for command in card.commands:
                attempt.sent += 1
                # Sr is only known to models that can flip (protocol sheet 5); one side needs no telling.
                optional = command_name(command) in ("Pneab;A;1", *(("Sr",) if card.sides == 1 else ()))
                self._act(command, deadline, optional=optional)
                self._refuse_unasked_errors(command)
                attempt.answered += 1

    def confirm(self, before: Counters, card: EncodedCard | None, deadline: Deadline) -> Confirmation:
        """See the contract. Raises nothing: what cannot be read is unknown, and unknown is in doubt."""
        attempt = self._attempt
        if attempt.card is not card:  # another connection's card, of which this one knows nothing
            attempt = replace(attempt, card=None, sent=0, answered=0, failure=None)
        after, position, trouble = Counters(), Position.UNKNOWN, ""
        raw: dict[str, str] = {}
        try:
            self._synchronise(deadline)
            reply = self._probe(replies.POSITION_PROBE, deadline)
            after, raw = self._read_counters(deadline)
            raw[replies.POSITION_PROBE] = reply
            position = replies.position(reply)
        except DriverError as error:
            trouble = str(error)
        attempt = replace(attempt, in_step=not self._unasked_errors())
        cause = replies.fault(attempt.failure.reply).cause if attempt.failure else ""
        confirmation = judge(attempt, before, after, position, cause=cause, raw=raw)
        if trouble:
            confirmation = replace(confirmation, findings=(*confirmation.findings, f"No reading: {trouble}"))
        return confirmation

    def eject(self, deadline: Deadline) -> None:
        """See the contract. :raises RefusedError: no card is inside."""
        self._send_out("Se", deadline)
        self._attempt = replace(self._attempt, ejected=True)

    def reject(self, deadline: Deadline) -> None:
        """See the contract. :raises RefusedError: no card is inside."""
        self._send_out("Ser", deadline)
        self._attempt = replace(self._attempt, rejected=True)

    def clear(self, deadline: Deadline) -> None:
        """See the contract. Reads the sensors first and feeds nothing (protocol sheet 6.3).

        An empty feeder and an ended ribbon do not keep a card from being rejected; an open cover or a full box do.

        :raises RefusedError: somebody has to see to the printer first; the hint says how.
        """
        self._host_mode = False
        self._synchronise(deadline)
        for probe in ("Rse;o", "Rlr;h"):
            reply = self._probe(probe, deadline)
            if fault := replies.sensor_fault(probe, reply):
                raise RefusedError(
                    f"The printer cannot be cleared: {fault.reason.value}",
                    hint=fault.hint,
                    command=probe,
                    reply=reply,
                )
        if self._certain_position(deadline) is not Position.NONE:
            self.reject(deadline)
        self._fault = None

    def close(self) -> None:
        """See the contract."""
        self._conversation.transport.close()

    def _current_attempt(self) -> Attempt:
        if self._attempt.over:
            self._attempt = Attempt()
            self._conversation.unasked.clear()
        return self._attempt

    def _refuse_foreign_card(self, attempt: Attempt, deadline: Deadline) -> None:
        """Print on no card that another attempt left inside, and on no second one where ours has vanished."""
        position = self._certain_position(deadline)
        if attempt.fed and position is Position.NONE:
            raise RefusedError("The card that was fed is no longer inside", hint="Find it before going on")
        if not attempt.fed and position is not Position.NONE:
            raise RefusedError(f"A card from before is inside, position {position.value}", hint="Clear the printer")

    def _refuse_unasked_errors(self, command: bytes) -> None:
        """Stop where an error came that belongs to an earlier command: the answer just read may do so as well."""
        for reply in self._unasked_errors():
            raise UnexpectedReplyError(
                "An answer came late, so that no answer can be trusted any more",
                hint="Look at the printer",
                command=command_name(command),
                reply=reply,
            )

    def _unasked_errors(self) -> list[str]:
        unasked = self._conversation.unasked
        return [reply for reply in unasked if reply != self._serial_number and not replies.harmless(reply)]

    def _send_out(self, command: str, deadline: Deadline) -> None:
        self._synchronise(deadline)
        if self._certain_position(deadline) is Position.NONE:
            raise RefusedError("No card is inside that could be sent out")
        if self.model.keeps_card:
            self._act(line("Pneab;A;1"), deadline, optional=True)
        self._act(line(command), deadline)
        position = self._certain_position(deadline)
        if position is not Position.NONE:
            raise RefusedError(
                f"The card is still inside, position {position.value}", hint="Take it out by hand", command=command
            )

    def _certain_position(self, deadline: Deadline) -> Position:
        reply = self._probe(replies.POSITION_PROBE, deadline)
        position = replies.position(reply)
        if position is Position.UNKNOWN:
            raise UnexpectedReplyError(
                "Whether a card is inside is not known",
                hint="Look into the printer",
                command=replies.POSITION_PROBE,
                reply=reply,
            )
        return position

    def _read_counters(self, deadline: Deadline) -> tuple[Counters, dict[str, str]]:
        raw = {probe: self._probe(probe, deadline) for probe in _COUNTER_PROBES}
        return Counters(*(replies.number(text) for text in raw.values())), raw

    def _synchronise(self, deadline: Deadline) -> None:
        """Make errors the host's business and see that question and answer belong together."""
        if not self._host_mode:
            self._act(line("Pem;2"), deadline)
            self._host_mode = True
        said = self._serial_number
        for _ in range(_TRIES + 1):
            reply = self._probe("Rsn", deadline)
            if reply == said:
                self._serial_number = said
                return
            if reply in replies.UNSUPPORTED and self._serial_number is None:
                return  # a model that does not tell; then it cannot be tested
            if self._serial_number is None and not replies.failed(reply):
                said = reply  # believed once it has been said twice
            else:
                self._conversation.unasked.append(reply)
                self._conversation.drain(_SETTLE_SECONDS)
        raise UnexpectedReplyError(
            "The printer's answers do not belong to the questions, or another printer answers",
            hint="Look which printer is connected, then open the connection again",
            command="Rsn",
            reply=reply,
        )

    def _probe(self, name: str, deadline: Deadline) -> str:
        if name in self._unsupported:
            return self._unsupported[name]
        reply = self._ask(line(name), deadline.sooner(_READ_SECONDS))
        for _ in range(_TRIES):  # the ribbon's tag is known to answer OK in place of its number (protocol sheet 5.1)
            if not name.startswith("Rrt") or reply not in ACCEPTED:
                break
            reply = self._ask(line(name), deadline.sooner(_READ_SECONDS))
        if reply in replies.UNSUPPORTED:  # asked again, since one answer to another question would blind us for good
            reply = self._ask(line(name), deadline.sooner(_READ_SECONDS))
            if reply in replies.UNSUPPORTED:
                self._unsupported[name] = reply
        return reply

    def _act(self, command: bytes, deadline: Deadline, *, optional: bool = False) -> None:
        name = command_name(command)
        reply = self._ask(command, deadline.sooner(_READ_SECONDS if name.startswith("P") else _ACT_SECONDS))
        if reply in ACCEPTED or (optional and reply in replies.UNSUPPORTED):
            return
        if reply not in REASONS and not reply.startswith(replies.FAILURES):
            raise UnexpectedReplyError(
                "The printer answered something unknown; whether it did the command is not known",
                hint="Look at the printer",
                command=name,
                reply=reply,
            )
        fault = replies.fault(reply)
        raise RefusedError(f"The printer refused: {fault.reason.value}", hint=fault.hint, command=name, reply=reply)

    def _ask(self, command: bytes, deadline: Deadline) -> str:
        try:
            return self._conversation.ask(command, deadline)
        except (NoReplyError, WriteStalledError):
            self._host_mode = False
            raise

    @contextlib.contextmanager
    def _noting_failure(self, attempt: Attempt) -> Iterator[None]:
        """Keep the error that ends a step of an attempt, as evidence and, where no sensor tells it, as a condition."""
        try:
            yield
        except DriverError as error:
            attempt.failure = error
            fault = replies.fault(error.reply)
            if fault.reason in (Reason.MEDIA_JAM, Reason.FUSER_OVER_TEMP, Reason.UNKNOWN):
                self._fault = Condition(fault.reason, Severity.ERROR, str(error))
            raise


def _feed_command(station: Station) -> str:
    match station:
        case Station.PRINT:
            return "Si"
        case Station.CONTACT:
            return "Sis"
        case Station.CONTACTLESS:
            return "Sic"
        case _:
            assert_never(station)


def _rank(condition: Condition) -> int:
    match condition.severity:
        case Severity.REPORT:
            return 0
        case Severity.WARNING:
            return 1
        case Severity.ERROR:
            return 2
        case _:
            assert_never(condition.severity)


DRIVER = Family(
    name=FAMILY,
    models=MODELS,
    encode=encode,
    connect=EvolisPrinter,
    options=Options,
    usb_vendors=(USB_VENDOR,),
    manufacturers=("EVOLIS",),
    wires=("serial", "tcp", "usb"),
)

# Protocol notes
#
# Known
# - Every command under Pem;2 is answered, bitmaps too; a reply ends with NUL on USB. Several command names and reply
#   texts are the vendor's own, others were read from programs in the field (protocol sheet 1).
# - Dbc for black resin is the captured vendor stream, byte for byte, padding included. Db for dye and overlay follows
#   the guide and two agreeing programs. Dye as Dbc (Options.compress_dyes) is known from the guide alone, which
#   leaves open what a count of zero means; the encoder uses only what every reading of it agrees on.
# - Pmi;B feeds only if no card is inside. It is sent for every card, so that a card held at a station is printed and
#   not joined by a second one.
# - No command that moves a card is ever sent twice. Reads are, where the sheet knows a wrong answer (Rrt, Rsn here).
# - A command that was taken in part cannot be taken back: what is sent next is swallowed as its rest. The driver then
#   refuses to speak until the printer was switched off and on and the connection opened anew.
#
# Seen but unknown
# - Pdt;DU, Mr;s, Ppws;seconds, and the parameters of Pmi;F;s and Se;1 in captured streams. Not sent: programs in the
#   field print without them.
# - Rco;b e f i k s exist; their meaning is unknown. Rco;l counts the cards left on the ribbon and is "not accurate" by
#   the guide's own word, so it is no evidence here: without a ribbon tag the ribbon is unknown.
# - Rlr repeats the last answer and could settle a lost one; nobody has tried.
#
# Open questions (each wants a printer)
# - Whether Rco;p counts panels or cards on a given model. Where it counts cards, every attempt ends in doubt.
# - When counters are saved, and what a printer does at power-up with a card inside.
# - Whether the back needs a turn by 180 degrees (Options.rotate_back), per model.
# - Whether Ser or Seb leads to the reject box on models with one box; Ser is sent.
# - Product ids other than the Zenius's, the texts of Rtp, and whether Quantum flips (here: no; no source says so).
