"""Which blank a card is really on: the serial that two people read on it takes the place of the booked one.

After a double feed that nobody saw, or where blanks lay in another order, a card lies on another blank than its attempt
or test print has booked. Both blanks then go where the other was: the booked one was never fed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from printd.books.booking import Booking
from printd.custody.movements import move, place_of
from printd.errors import Refused
from printd.events.attempts import AttemptCorrected
from printd.events.test_prints import TestPrintCorrected
from printd.ledger.entry import Entry
from printd.remedies import Do, Remedy
from printd.store import attempts, blanks, cards, chips, deliveries, movements, spoils, test_prints
from printd.store.rows import Connection
from printd.store.tables.attempts import AttemptRow
from printd.store.tables.test_prints import TestPrintRow
from printd.words import places
from printd.words.serials import parse_serial

Corrected: TypeAlias = AttemptCorrected | TestPrintCorrected


def check_in_hand(connection: Connection, booked: str) -> None:
    """Make sure that people can have the card of this blank in hand, as far as the books know.

    :raises Refused: it is booked as missing or destroyed.
    """
    place = _place(connection, booked)
    if place == places.DESTROYED:
        raise Refused(
            f"{booked} was destroyed and never moves again.",
            why="The card is booked on it, so that nobody can have it in hand.",
            consequence="Nothing was changed: the books keep the serial that the act of destruction names.",
            remedy=(
                f"If {booked} lies in your hand, two pieces carry it: ",
                Do("incidents.open", kind="extra"),
                ". If another blank was destroyed in its place, book that one: ",
                Do("incidents.miss"),
            ),
        )
    if place == places.MISSING:
        raise Refused(
            f"{booked} is booked as missing, and so is the card on it.",
            consequence="Nothing was changed.",
            remedy=("If the card is in your hand, book first that it is found: ", Do("blanks.spoil", serial=booked)),
        )


def check_fed(connection: Connection, printer: str, actual: str) -> None:
    """Make sure that a printer can have fed a blank that the books believe unprinted.

    It lies in the hopper, or did so before it was taken out in the books.

    :raises Refused: it does not; the sentence says where it is.
    """
    place, hopper = _place(connection, actual), places.hopper(printer)
    if place == hopper:
        return
    kind = places.kind(place)
    if kind in (places.Kind.SHIFT, places.Kind.STORE) and _came_to(connection, actual, hopper):
        return
    raise Refused(
        f"{actual} is in {place or 'no delivery'}, so that no card of {printer} can be on it.",
        consequence="Nothing was changed.",
        remedy=_remedy(connection, printer, actual, kind),
    )


def _remedy(connection: Connection, printer: str, actual: str, kind: places.Kind | None) -> Remedy:
    if kind in (places.Kind.SKIPPED, places.Kind.MISSING):
        return ("It is found: book that first (", Do("blanks.find", serial=actual), "), then correct.")
    if kind is places.Kind.PRINTER:
        return ("A card on it is under way or in doubt. Settle that first: see ", Do("printers.list"))
    if kind is places.Kind.DESTROYED:
        return ("If it lies in your hand, two pieces carry this serial: ", Do("incidents.open", kind="extra"))
    attempt = attempts.attempt_on(connection, actual)
    if attempt is not None:
        job = attempt["job_id"][:8]
        return (f"Job {job} is booked on it. Correct the latest card first: ", Do("jobs.correct", job=job))
    test = test_prints.on(connection, actual)
    if test is not None:
        correct = Do("test_prints.correct", name=test["printer"], booked=actual)
        return "A test print is booked on it. Correct the latest card first: ", correct
    if kind is places.Kind.SPOILED:
        return "It was booked as spoiled by itself. Leave it so: both blanks are for the spoil bin."
    return (f"Read the card again. If it did come out of {printer}, book first how it came there: ", Do("blanks.load"))


def _place(connection: Connection, serial: str) -> str:
    return place_of(connection, serial) or ""


def _came_to(connection: Connection, serial: str, place: str) -> bool:
    one = parse_serial(serial)
    return any(step["target"] == place for step in movements.life(connection, one))


def book_attempt(booking: Booking, attempt: AttemptRow, actual: str, by: Sequence[str]) -> None:
    """Enter that the card of an attempt is on another blank than the booked one."""
    booked = attempt["serial"]
    card_in, blank_in = _place(booking.connection, booked), _place(booking.connection, actual)
    event = AttemptCorrected(attempt=attempt["id"], booked=booked, actual=actual, from_=card_in, to=blank_in)
    booking.enter(event, by)


def book_test_print(booking: Booking, test: TestPrintRow, actual: str, by: Sequence[str]) -> None:
    """Enter that a test print is on another blank than the booked one."""
    booked = test["serial"]
    card_in, blank_in = _place(booking.connection, booked), _place(booking.connection, actual)
    booking.enter(TestPrintCorrected(test=test["id"], booked=booked, actual=actual, from_=card_in, to=blank_in), by)


def apply(
    connection: Connection, event: Corrected, entry: Entry, printer: str, *, since: str, attempt: str | None = None
) -> None:
    """Book each of two blanks where the other was, with all that is kept of the card that is on one of them.

    :param printer: that made the card.
    :param since: when the card was begun. A chip that was bound since then was read in the card, and goes with it.
    :raises Refused: nobody can have the card in hand, or this printer cannot have fed the other blank.
    """
    booked, actual = event.booked, event.actual
    check_in_hand(connection, booked)
    check_fed(connection, printer, actual)
    exchange(connection, event, entry, event.from_ or "", event.to or "", since=since, attempt=attempt)
    one = parse_serial(actual)
    stock = blanks.stock_of(connection, one)
    spoils.put_on(connection, booked, actual, stock["id"], deliveries.carton_of(connection, actual))
    cards.put_on(connection, booked, actual)


def exchange(
    connection: Connection,
    event: Corrected,
    entry: Entry,
    card_in: str,
    blank_in: str,
    *,
    since: str,
    attempt: str | None = None,
) -> None:
    """Move the two blanks of a correction, and the chip that was read in the card."""
    booked, actual = event.booked, event.actual
    for number, (serial, source, target) in enumerate(((booked, card_in, blank_in), (actual, blank_in, card_in))):
        move(
            connection,
            [parse_serial(serial)],
            source,
            target,
            seq=entry.seq,
            part=number,
            at=entry.at,
            why="corrected",
            attempt=attempt,
        )
    chip = chips.chip_of_serial(connection, booked)
    read_in_it = chip is not None and chip["bound_at"] >= since
    if chip is not None and read_in_it and chips.chip_of_serial(connection, actual) is None:
        chips.move_chip(connection, chip["uid"], actual)
