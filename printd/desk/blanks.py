"""Acts on blanks: load and unload a hopper, book a spoiled, skipped or found one, look where they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice
from math import ceil
from typing import Annotated, TypedDict

from pydantic import Field

from printd.books.booking import Booking
from printd.custody.movements import place_in_hand, place_of, whereabouts
from printd.custody.routes import ROUTES
from printd.desk import hoppers
from printd.desk.counting import not_counting
from printd.desk.deliveries import DeliveryListed, blind
from printd.desk.desk import Desk, Limit, proved, two_people
from printd.desk.proofs import Person
from printd.desk.shifts import lowest
from printd.errors import Refused
from printd.events.blanks import BlanksMoved
from printd.projections.blanks import check_printer
from printd.projections.shifts import now_open
from printd.projections.spoilage import check_cause
from printd.remedies import ASKED, Do, Remedy
from printd.store import attempts as store_attempts
from printd.store import blanks, movements
from printd.store import deliveries as store_deliveries
from printd.store import printers as store_printers
from printd.store.rows import Connection
from printd.words import places
from printd.words.serials import SerialRange, join, parse_range, parse_serial, say, to_json
from printd.words.states import DeliveryState

_NO_BLANK = {
    places.OUTPUT: "it carries a card that waits for the quality check",
    places.FINISHED: "it carries a finished card",
    places.HOLDER: "it is the card of its holder",
    places.INVALID: "it is an old card that its holder brought back",
    places.SPOILED: "it is spoiled",
    places.DESTROYED: "it was destroyed",
    places.RETURNED: "it was given back to the province",
}
"""What a serial is that is no blank any more."""
_OTHERS: Mapping[str, tuple[str, Remedy]] = {
    places.Kind.HOPPER: (
        "it is loaded already",
        ("Take it out first, where it lies in the wrong hopper: ", Do("blanks.unload")),
    ),
    places.Kind.TRANSFER: (
        "it is on its way between two sites",
        ("Have it acknowledged first: ", Do("transfers.list")),
    ),
    places.Kind.SITE: ("it is at another office", ("Have it sent here first: ", Do("transfers.list"))),
    places.SKIPPED: ("nobody has found it since it was skipped", ("Two people book it as found: ", Do("blanks.find"))),
    places.MISSING: ("it is missing", ("Two people book it as found: ", Do("blanks.find"))),
}


# Two keys are words of Python, which no class can have as names.
_Ends = TypedDict("_Ends", {"from": str, "to": str})


class Moved(_Ends):
    """Blanks that were moved, as their entry says; ``serials`` are ranges, ``entry`` its number."""

    serials: list[list[str]]
    why: str
    entry: int
    pieces: int


class Loaded(Moved, hoppers.Order):
    """Blanks that were put into a hopper, and how many of the type are left in the shift."""

    stock_type: str
    left: int


class Step(_Ends):
    """One movement of a blank; ``cause`` says why its attempt spoiled it, where it did."""

    entry: int
    at: str
    why: str
    attempt: str | None
    job: str | None
    cause: str | None


class Life(TypedDict):
    """A blank, where it is and where it has been."""

    serial: str
    place: str
    delivery: DeliveryListed
    life: list[Step]


class DeliverySums(TypedDict):
    """Pieces of a delivery by place; ``balance``: how many more than were announced."""

    announced: int
    places: dict[str, int]
    balance: int


class Sums(TypedDict):
    """Pieces of all received deliveries, by delivery and by place."""

    deliveries: dict[str, DeliverySums]
    places: dict[str, int]
    announced: int


class InPlace(TypedDict):
    """The first serials in a place, and how many there are."""

    serials: list[str]
    total: int


def load(
    desk: Desk,
    printer: str,
    by: Person,
    pieces: Annotated[int, Field(ge=1)] | None = None,
    serials: list[list[str]] | None = None,
    stock_type: str = "WNI",
) -> Loaded:
    """Put blanks of the open shift into a printer's hopper, lowest serial first.

    The answer says where they are to be put if the hopper still holds some (``in_front``, ``behind``), in which order
    the printer takes all of them (``takes``), and how many of the type are ``left`` in the shift.

    :param pieces: how many; the printer's even share of what the shift holds, where neither they nor serials are named.
    :param serials: pairs of first and last serial; they must be the lowest of their type in the shift, or the lowest of
        those that go behind what lies in the hopper.
    """
    operator = proved(desk, by)
    with desk.booking() as booking:
        connection = booking.connection
        check_printer(connection, printer)
        source = places.shift(now_open(connection)["id"])
        if serials is not None:
            named = join(parse_range(pair[0], pair[-1]) for pair in serials)
            if not named:
                raise Refused("No serial was named.", remedy="Name the first and last serial to load, or how many.")
            _in_shift(connection, named, source)
            stock_type = blanks.stock_of(connection, named[0])["stock_type"]
            pieces = sum(len(part) for part in named)
        there = hoppers.lying(connection, printer, stock_type)
        wanted = _share(desk, connection, printer, source, stock_type) if pieces is None else pieces
        found = hoppers.to_put_behind(connection, there, source, stock_type, wanted)
        if serials is not None and join(found) != named:
            found = lowest(connection, source, stock_type, wanted)
        if serials is not None and join(found) != named:
            raise Refused(
                f"{say(named)} are not the lowest serials of the shift.",
                why="Blanks are loaded lowest serial first, so that a gap shows.",
                consequence="Nothing was moved.",
                remedy=f"Load {say(join(found))}.",
                blind="These are not the lowest serials of the shift, which are loaded first.",
            )
        if not found or sum(len(part) for part in found) < (pieces or 0):
            raise _too_few(connection, printer, there, source, stock_type, found)
        hoppers.check_where(connection, printer, there, found)
        _fits(desk, connection, printer, found)
        moved = _enter(booking, found, source, places.hopper(printer), "load", [operator])
        order = hoppers.told(connection, printer, there, found)
        left = sum(row["pieces"] for row in blanks.held(connection, [source]) if row["stock_type"] == stock_type)
    desk.wake()
    return {**moved, **order, "stock_type": stock_type, "left": left}


def unload(desk: Desk, printer: str, by: Person, second: Person, serials: list[list[str]] | None = None) -> Moved:
    """Take blanks out of a printer's hopper, all of them or those named, back to the shift; signed by two people."""
    signed = two_people(desk, by, second)
    with desk.booking() as booking:
        connection = booking.connection
        check_printer(connection, printer)
        source, target = places.hopper(printer), places.shift(now_open(connection)["id"])
        if serials is None:
            serials = [row.serials.to_json() for row in blanks.in_place(connection, source)]
            if not serials:
                raise Refused(f"The hopper of {printer} is empty in the books.", consequence="Nothing was moved.")
        moved = _move(booking, serials, source, target, "unload", signed)
    desk.wake()
    return moved


def spoil(desk: Desk, serial: str, cause: str, by: Person, second: Person) -> Moved:
    """Book a blank that no attempt holds as spoiled, signed by two people."""
    check_cause(cause)
    signed = two_people(desk, by, second)
    place = _place(desk, serial)
    if places.kind(place) not in ROUTES[cause][0]:
        raise Refused(
            f"{serial} is in {place}; only a blank in store, shift, hopper, skipped or missing is spoiled this way.",
            blind="Only a blank in store, shift, hopper, skipped or missing is spoiled this way; this is none.",
            consequence="Nothing was changed.",
            remedy=("A printed card is judged with: ", Do("jobs.check")),
        )
    return _move_one(desk, serial, place, places.SPOILED, cause, signed)


def skip(desk: Desk, serial: str, by: Person, second: Person) -> Moved:
    """Book a blank that left its hopper unprinted (double feed) and is not in hand, signed by two people."""
    signed = two_people(desk, by, second)
    place = _place(desk, serial)
    if places.kind(place) is not places.Kind.HOPPER:
        what = f"{serial} is in {place}; only a blank of a hopper can be skipped."
        raise Refused(what, blind=f"{serial} is in no hopper.")
    return _move_one(desk, serial, place, places.SKIPPED, "skipped", signed)


def find(desk: Desk, serial: str, by: Person, second: Person) -> Moved:
    """Book a skipped or missing blank that was found whole: to the open shift, else to the store. Two people sign."""
    signed = two_people(desk, by, second)
    place = _place(desk, serial)
    if place not in (places.SKIPPED, places.MISSING):
        raise Refused(
            f"{serial} is in {place}; only a blank that is skipped or missing is found.",
            blind=f"{serial} is neither skipped nor missing.",
            consequence="Nothing was changed.",
            remedy=("See where it has been with: ", Do("blanks.show", serial=serial)),
        )
    with desk.shop.store.reading() as connection:
        target = place_in_hand(connection)
    return _move_one(desk, serial, place, target, "found", signed)


def show(desk: Desk, serial: str) -> Life:
    """Return a blank's whole life: delivery, place, every movement with its attempt.

    Of a delivery that is not received yet, without what was announced.
    """
    one = parse_serial(serial)
    not_counting(desk)
    with desk.shop.store.reading() as connection:
        rows = blanks.touching(connection, one)
        if not rows:
            raise Refused(
                f"{serial} belongs to no delivery of this shop.",
                consequence="A blank with this serial must not be printed.",
                remedy="Read it again; if it is right, report it as foreign.",
            )
        life = movements.life(connection, one)
        attempts = store_attempts.attempts_by_id(connection, [row["attempt_id"] for row in life if row["attempt_id"]])
        delivery = store_deliveries.find_delivery(connection, rows[0].delivery_id)
    assert delivery is not None
    steps: list[Step] = [
        {
            "entry": row["seq"],
            "at": row["at"],
            "from": row["source"],
            "to": row["target"],
            "why": row["why"],
            "attempt": row["attempt_id"],
            "job": attempts[row["attempt_id"]]["job_id"] if row["attempt_id"] in attempts else None,
            "cause": attempts[row["attempt_id"]]["cause"] if row["attempt_id"] in attempts else None,
        }
        for row in life
    ]
    return {"serial": serial, "place": rows[0].place, "delivery": blind(delivery), "life": steps}


def where(desk: Desk) -> Sums:
    """Return the sums by delivery and place, beside what was announced; not while a shift is counted.

    A delivery that is announced but not received is left out: it will be counted blind.
    """
    not_counting(desk)
    with desk.shop.store.reading() as connection:
        announced = {
            row["id"]: row["announced"]
            for row in store_deliveries.deliveries(connection)
            if row["state"] != DeliveryState.ANNOUNCED
        }
        sums = [one for one in blanks.sums(connection) if one[0] in announced]
    deliveries: dict[str, DeliverySums] = {
        name: {"announced": pieces, "places": {}, "balance": -pieces} for name, pieces in announced.items()
    }
    total: dict[str, int] = {}
    for name, place, pieces in sums:
        deliveries[name]["places"][place] = pieces
        deliveries[name]["balance"] += pieces
        total[place] = total.get(place, 0) + pieces
    return {"deliveries": deliveries, "places": total, "announced": sum(announced.values())}


def in_(desk: Desk, place: str, limit: Limit = 1000) -> InPlace:
    """Return the serials in a place, lowest first, and how many there are; not while a shift is counted.

    :raises Refused: it is the way of a delivery that is still to be counted blind.
    """
    not_counting(desk)
    with desk.shop.store.reading() as connection:
        name = places.whose(place)
        coming = places.kind(place) is places.Kind.TRANSIT
        delivery = store_deliveries.find_delivery(connection, name) if coming else None
        if delivery is not None and delivery["state"] == DeliveryState.ANNOUNCED:
            raise Refused(
                f"What {name} announced is not named before two people have counted it.",
                remedy=("Each counts alone: ", Do("deliveries.count", delivery=name)),
            )
        rows = blanks.in_place(connection, place)
    ranges = [row.serials for row in rows]
    every = (part.serial(number) for part in ranges for number in range(part.first, part.last + 1))
    return {"serials": list(islice(every, limit)), "total": sum(map(len, ranges))}


def _too_few(
    connection: Connection,
    printer: str,
    there: Sequence[SerialRange],
    source: str,
    stock_type: str,
    found: Sequence[SerialRange],
) -> Refused:
    """Return why so many blanks cannot be loaded."""
    fewer = hoppers.lower(connection, there, source, stock_type)
    behind = f", {sum(map(len, found))} of them higher than those that lie in {printer}" if fewer else ""
    return Refused(
        f"The shift holds {sum(map(len, (*found, *fewer)))} blanks of type {stock_type}{behind}.",
        consequence="Nothing was moved.",
        blind=f"The shift does not hold so many blanks of type {stock_type} that can be loaded into {printer}.",
        remedy=(
            "Name the lower ones to put them in front: ",
            Do("blanks.load", printer=printer, serials=ASKED),
            f" ({say(fewer)}). Or two people issue more: ",
            Do("shifts.issue"),
        )
        if fewer
        else ("Two people issue more: ", Do("shifts.issue")),
    )


def _in_shift(connection: Connection, named: Sequence[SerialRange], source: str) -> None:
    """Make sure that named blanks are with the shift.

    :raises Refused: one is not; the sentence says where it is.
    """
    for part in named:
        for piece, place in whereabouts(connection, part):
            if place != source:
                why, remedy = _elsewhere(connection, piece, place)
                raise Refused(
                    f"{piece} cannot be loaded: {why}, it is in {place or 'no delivery'}.",
                    consequence="Nothing was moved.",
                    blind=f"{named[0]} and what was named with it are not all with the shift.",
                    remedy=remedy,
                )


def _elsewhere(connection: Connection, piece: SerialRange, place: str | None) -> tuple[str, Remedy]:
    """Return why blanks that are elsewhere cannot be loaded, and what to do."""
    serial, kind = piece.first_serial, places.Kind.TRANSIT if place is None else places.kind(place)
    if kind is places.Kind.TRANSIT:
        return "it was never received", ("Receive the delivery first: ", Do("deliveries.receive"))
    if kind in _NO_BLANK:
        card = store_attempts.attempt_holding(connection, serial)
        whose = f" (job {card['job_id'][:8]})" if card is not None else ""
        look = ("It is no blank and is never printed again. See where it has been: ", Do("blanks.show", serial=serial))
        return f"{_NO_BLANK[kind]}{whose}", (*look, ". If it lies here untouched: ", Do("incidents.open", kind="extra"))
    if kind is places.Kind.PRINTER:
        return "an attempt holds it", ("Wait for its card, or settle its doubt: ", Do("blanks.show", serial=serial))
    return _OTHERS.get(
        kind or "", ("the shift does not hold it", ("Two people issue it to the shift: ", Do("shifts.issue")))
    )


def _share(desk: Desk, connection: Connection, printer: str, source: str, stock_type: str) -> int:
    """Return how many blanks of a shift a printer gets, at most, where nobody names a number.

    What the shift and the hoppers hold of the type is shared evenly among the printers that may print it, so that the
    first one that is loaded leaves some for the next; how many a hopper takes, no model says.

    :raises Refused: its share lies in its hopper already, while the shift still holds some.
    """
    printers = [row["name"] for row in store_printers.printers(connection)]
    lying = blanks.held(connection, [source, *map(places.hopper, printers)])
    held = {row["place"]: row["pieces"] for row in lying if row["stock_type"] == stock_type}
    first = lowest(connection, source, stock_type, 1)
    if not first:
        return 0
    generation = blanks.stock_of(connection, first[0])["generation"]
    taken = {row["place"] for row in lying if row["stock_type"] != stock_type}
    able = {
        one
        for one in printers
        if places.hopper(one) not in taken
        and generation in desk.shop.config.printing.generations.get(one, (generation,))
    }
    if printer not in able:
        return held[source]  # it is refused, whatever the number
    whole = held[source] + sum(held.get(places.hopper(one), 0) for one in able)
    here = held.get(places.hopper(printer), 0)
    share = ceil(whole / len(able))
    if share <= here:
        raise Refused(
            f"{printer} has its share already: {here} of {whole} blanks of type {stock_type}, among {len(able)} "
            "printers.",
            consequence="Nothing was moved.",
            blind=f"{printer} has its share already.",
            remedy=("Say how many more it gets: ", Do("blanks.load", printer=printer, pieces=ASKED)),
        )
    return share - here


def _fits(desk: Desk, connection: Connection, printer: str, found: Sequence[SerialRange]) -> None:
    """Make sure that the configuration lets a printer print these blanks, before one moves.

    :raises Refused: the printer cannot print their generation.
    """
    allowed = desk.shop.config.printing.generations.get(printer)
    if allowed is None:
        return
    for part in found:
        generation = blanks.stock_of(connection, part)["generation"]
        if generation not in allowed:
            raise Refused(
                f"{printer} cannot print blanks of generation {generation}, as {part} is.",
                consequence="Nothing was moved.",
                remedy=f"It prints: {', '.join(allowed)} (printing.generations).",
            )


def _place(desk: Desk, serial: str) -> str:
    with desk.shop.store.reading() as connection:
        place = place_of(connection, serial)
    if place is None:
        raise Refused(f"{serial} belongs to no delivery of this shop.", consequence="Nothing was changed.")
    if place == places.DESTROYED:
        raise Refused(
            f"{serial} was destroyed and never moves again.",
            consequence="Nothing was changed.",
            remedy=("If it lies in your hand, two pieces carry this serial: ", Do("incidents.open", kind="extra")),
        )
    return place


def _move(booking: Booking, serials: list[list[str]], source: str, target: str, why: str, by: Sequence[str]) -> Moved:
    ranges: list[SerialRange] = join(parse_range(pair[0], pair[-1]) for pair in serials)
    if not ranges:
        raise Refused("No serial was named.", remedy="Name the first and last serial to move.")
    return _enter(booking, ranges, source, target, why, by)


def _enter(
    booking: Booking, ranges: Sequence[SerialRange], source: str, target: str, why: str, by: Sequence[str]
) -> Moved:
    entry = booking.enter(BlanksMoved(serials=tuple(ranges), from_=source, to=target, why=why), by)
    return {
        "serials": to_json(ranges),
        "from": source,
        "to": target,
        "why": why,
        "entry": entry.seq,
        "pieces": sum(len(part) for part in ranges),
    }


def _move_one(desk: Desk, serial: str, source: str, target: str, why: str, by: Sequence[str]) -> Moved:
    with desk.booking() as booking:
        moved = _move(booking, [[serial, serial]], source, target, why, by)
    desk.wake()
    return moved
