"""The station before the print head: whose chip is in the card that was fed, and is it written?

A card that must not be printed goes to the reject box untouched. What the books can say of it then differs: the chip
may tell that another blank was fed than the one that is booked, and so that the booked one never left the hopper.
"""

from __future__ import annotations

from dataclasses import dataclass

from drivers.deadline import Deadline
from drivers.errors import DriverError, NoReplyError
from drivers.printer import CardPrinter, Outcome, Station
from drivers.readers import pcsc
from printd.books.booking import Booking, Books
from printd.custody import identity
from printd.custody.incidents import open_incident
from printd.custody.movements import place_of
from printd.events.blanks import ChipBound
from printd.printing import encoding
from printd.printing.encoding import Result
from printd.shop.config import Encoder
from printd.store import chips
from printd.store.rows import Connection
from printd.store.tables.attempts import AttemptRow
from printd.words import places
from printd.words.serials import parse_serial


@dataclass(frozen=True)
class Rejection:
    """Why a card is not printed, and what the books say of a job's blank once the card lies in the reject box.

    :param cause: why the booked blank is spoiled, where it is.
    :param to: where the booked blank is now; empty: where this outcome leads.
    :param conflict: the chip does not belong there: an incident, and another card was fed than the booked blank.
    """

    outcome: Outcome
    cause: str = ""
    to: str = ""
    conflict: identity.Conflict | None = None


@dataclass(frozen=True)
class Verdict:
    """What was found at the station, in a sentence for the books; with a rejection, nothing is printed."""

    sentence: str
    rejection: Rejection | None = None


class CardStation:
    """The station of one printer and the reader in it.

    :param printer: its name in the books.
    """

    def __init__(self, books: Books, config: Encoder, printer: str) -> None:
        self._books = books
        self._config = config
        self._printer = printer
        self._station = Station(config.station)
        self._reader = config.readers.get(printer, "")
        self._reads = self._station is Station.CONTACTLESS

    @property
    def longest(self) -> float:
        """Seconds that a chip may need, once its card is there."""
        config = self._config
        return 2 * config.chip_seconds + (config.command_tries * config.command_seconds if config.command else 0.0)

    def ready(self) -> None:
        """Make sure, before a blank is booked and moved, that a card brought there would be the one that is read.

        :raises DriverError: the reader cannot be reached, or a card is at it already.
        """
        if self._reads:
            pcsc.await_empty(self._reader, self._deadline())

    def read_and_write(self, printer: CardPrinter, attempt: AttemptRow, feeding: Deadline) -> Verdict:
        """Feed a job's card to the station, verify or bind it, and have its chip written.

        :param attempt: its row in the books.
        :param feeding: by when the card has to be at the station.
        :raises DriverError: the printer did not bring the card there. What the reader does is part of the verdict.
        """
        printer.feed(self._station, feeding)
        uid, verdict = "", Verdict("")
        if self._reads:
            uid, verdict = self._read(attempt["serial"])
        if verdict.rejection is None and self._config.mode == "command":
            return self._write(attempt["id"], attempt["serial"], uid, verdict.sentence)
        return verdict

    def read_only(self, printer: CardPrinter, serial: str, feeding: Deadline) -> Verdict:
        """Feed a test print's blank to the station, verify or bind it; its chip is not written: the card is nobody's.

        A contact station tells no chip from another, so that nothing is fed there.

        :raises DriverError: the printer did not bring the card there.
        """
        if not self._reads:
            return Verdict(f"The chip of {serial} was not looked at.")
        printer.feed(self._station, feeding)
        return self._read(serial)[1]

    def _read(self, serial: str) -> tuple[str, Verdict]:
        where = f"at the {self._station} station of {self._printer}"
        try:
            uid = pcsc.read_uid(self._reader, self._deadline())
        except NoReplyError:
            sentence = f"No chip answered {where} within {self._config.chip_seconds:g} s: {serial} was not printed."
            return "", Verdict(sentence, Rejection(Outcome.SPOILED, cause="no_chip"))
        except DriverError as trouble:
            return "", self._unread(f"The chip {where} could not be read, and {serial} was not printed: {trouble}.")
        if not uid.fixed:
            return "", self._unread(
                f"The chip {where} has a random UID ({uid}), which identifies no blank: {serial} was not printed."
            )
        return str(uid), self._bind(serial, str(uid))

    def _unread(self, sentence: str) -> Verdict:
        """Of a whole card in the reject box the books know only that it left the hopper unprinted."""
        return Verdict(sentence, Rejection(Outcome.UNUSED, to=places.SKIPPED))

    def _bind(self, serial: str, uid: str) -> Verdict:
        """Hold the reading against the books; bind what nobody knew yet."""
        with self._books.booking() as booking:
            conflict = identity.check(booking.connection, serial, uid)
            if conflict is not None:
                return self._reject_foreign(booking.connection, conflict)
            if chips.chip_of_serial(booking.connection, serial) is not None:
                return Verdict(f"The chip {uid} is the one bound to {serial}.")
            booking.enter(ChipBound(uid=uid, serial=serial))
        return Verdict(f"The chip {uid} was bound to {serial}.")

    def _reject_foreign(self, connection: Connection, conflict: identity.Conflict) -> Verdict:
        """Reject a card that is not the booked one, which is where it was, as far as anybody knows."""
        which = "It"
        if conflict.belongs:
            place = place_of(connection, conflict.belongs)
            which = f"{conflict.belongs}, booked in {place},"
        sentence = f"{conflict.sentence} {which} was rejected unprinted."
        return Verdict(sentence, Rejection(Outcome.UNUSED, conflict=conflict))

    def _write(self, attempt: str, serial: str, uid: str, read: str) -> Verdict:
        """Run the program that writes a chip, again where it asks for it; that moves no card.

        :param read: the sentence about the chip that was read, or an empty string.
        """
        named = {"ATTEMPT": attempt, "SERIAL": serial, "STATION": self._station.value, "READER": self._reader}
        command = [*self._config.command, *named.values()]
        for number in range(1, self._config.command_tries + 1):
            variables = {f"PRINTD_{name}": value for name, value in (*named.items(), ("UID", uid))}
            ran = encoding.run(command, variables | {"PRINTD_TRY": str(number)}, self._config.command_seconds)
            if ran.result is not Result.AGAIN:
                break
        tries = f" It was run {number} times." if number > 1 else ""
        sentence = f"{read} {ran.sentence}{tries}".strip()
        if ran.result is Result.ENCODED:
            return Verdict(sentence)
        return Verdict(f"{sentence} {serial} was not printed.", Rejection(Outcome.SPOILED, cause="encode_fail"))

    def _deadline(self) -> Deadline:
        return Deadline.after(self._config.chip_seconds)


def report_conflict(booking: Booking, serial: str, conflict: identity.Conflict) -> None:
    """Open an incident about the blank that was booked and the one whose chip was read, unless one says so already."""
    if identity.known_incident(booking.connection, serial, conflict.sentence) is None:
        named = [parse_serial(one) for one in (serial, conflict.belongs) if one]
        open_incident(booking, conflict.kind, named, conflict.sentence, ())
