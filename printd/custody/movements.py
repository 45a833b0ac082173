"""Booking blanks from one place to another, the whole of it or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from printd.errors import Refused
from printd.remedies import Do
from printd.store import blanks, deliveries, movements, shifts
from printd.store.blanks import RangeRow
from printd.store.rows import Connection
from printd.words import places
from printd.words.serials import SerialRange, join, parse_serial, say


def whereabouts(connection: Connection, wanted: SerialRange) -> list[tuple[SerialRange, str | None]]:
    """Return consecutive parts of a range with the place each is in, ``None`` for serials of no delivery."""
    return _parts(blanks.touching(connection, wanted), wanted)


def place_of(connection: Connection, serial: str) -> str | None:
    """Return the place a blank is in; ``None``: it belongs to no delivery."""
    return whereabouts(connection, parse_serial(serial))[0][1]


def check_place(connection: Connection, wanted: SerialRange, place: str) -> None:
    """Make sure that every blank of a range is in a place.

    :raises Refused: one is elsewhere.
    """
    for part, where in whereabouts(connection, wanted):
        if where != place:
            raise Refused(
                f"{part} {'is' if len(part) == 1 else 'are'} not in {place}, but in {where or 'no delivery'}.",
                consequence="Nothing was booked.",
            )


def place_in_hand(connection: Connection) -> str:
    """Return where a blank goes that lies in a person's hand: to the shift, and where none is open to the store."""
    shift = shifts.current(connection)
    return places.STORE if shift is None else places.shift(shift["id"])


def _parts(rows: Sequence[RangeRow], wanted: SerialRange) -> list[tuple[SerialRange, str | None]]:
    parts: list[tuple[SerialRange, str | None]] = []
    number = wanted.first
    for row in rows:
        if row.last < wanted.first or row.first > wanted.last:
            continue
        if row.first > number:
            parts.append((SerialRange(wanted.prefix, wanted.width, number, row.first - 1), None))
            number = row.first
        end = min(row.last, wanted.last)
        parts.append((SerialRange(wanted.prefix, wanted.width, number, end), row.place))
        number = end + 1
    if number <= wanted.last:
        parts.append((SerialRange(wanted.prefix, wanted.width, number, wanted.last), None))
    return parts


def _neighbourhood(connection: Connection, part: SerialRange) -> list[RangeRow]:
    """Return the rows that hold a range or stand next to it."""
    return blanks.touching(connection, SerialRange(part.prefix, part.width, part.first - 1, part.last + 1))


def create(connection: Connection, ranges: Sequence[SerialRange], place: str, delivery: str) -> None:
    """Bring the serials of a newly announced delivery into being.

    :raises Refused: a serial is listed twice, or another delivery has it.
    """
    for part in join(ranges):
        there = blanks.touching(connection, part)
        if there:
            row = there[0]
            shared = SerialRange(part.prefix, part.width, max(part.first, row.first), min(part.last, row.last))
            raise Refused(
                f"{shared} {'belongs' if len(shared) == 1 else 'belong'} to delivery {row.delivery_id} already, "
                f"now in {row.place}.",
                consequence=f"Delivery {delivery} was not announced; nothing was changed.",
                remedy="Compare both handover records with the province before anything is accepted.",
            )
        blanks.replace(connection, [], [RangeRow(part.prefix, part.width, part.first, part.last, place, delivery)])


def move(
    connection: Connection,
    ranges: Iterable[SerialRange],
    source: str,
    target: str,
    *,
    seq: int,
    at: str,
    why: str,
    attempt: str | None = None,
    part: int = 0,
) -> int:
    """Move serials out of one place into another; return how many movements that took: one a range and delivery.

    :param part: number of the first movement, where one entry books several.

    :raises Refused: a serial is not where it is said to be, and the sentence names it, or no serial is given at all;
        nothing changes.
    """
    wanted = join(ranges)
    if not wanted:
        raise Refused(f"No serial was named that leaves {source}.", consequence="Nothing was moved.")
    rows = {one: _neighbourhood(connection, one) for one in wanted}
    elsewhere = [(part, place) for one in wanted for part, place in _parts(rows[one], one) if place != source]
    if elsewhere:
        raise Refused(
            f"{say(wanted)} cannot leave {source}: "
            + "; ".join(
                f"{part} {'is' if len(part) == 1 else 'are'} {'in ' + place if place else 'in no delivery'}"
                for part, place in elsewhere[:6]
            )
            + ".",
            consequence="Nothing was moved.",
            remedy=("See where a blank has been with: ", Do("blanks.show", serial=elsewhere[0][0].first_serial)),
        )
    if source == places.STORE:
        _keep_closed(connection, wanted, sealed_too=places.kind(target) in (places.Kind.TRANSFER, places.Kind.RETURNED))
    moved = [held for one in wanted for held in _by_delivery(rows[one], one)]
    for number, one in enumerate(wanted):  # each shift may change the rows around the next
        _shift(connection, one, rows[one] if number == 0 else _neighbourhood(connection, one), target)
    movements.add_movements(
        connection,
        (
            {
                "seq": seq,
                "part": number,
                "prefix": one.prefix,
                "width": one.width,
                "first": one.first,
                "last": one.last,
                "source": source,
                "target": target,
                "at": at,
                "why": why,
                "attempt_id": attempt,
                "delivery_id": delivery,
            }
            for number, (one, delivery) in enumerate(moved, start=part)
        ),
    )
    return len(moved)


def _by_delivery(rows: Sequence[RangeRow], wanted: SerialRange) -> list[tuple[SerialRange, str]]:
    """Return a range cut where one delivery ends and the next begins."""
    parts: list[tuple[SerialRange, str]] = []
    for row in rows:
        low, high = max(row.first, wanted.first), min(row.last, wanted.last)
        if low > high:
            continue
        if parts and parts[-1][1] == row.delivery_id:
            low = parts.pop()[0].first
        parts.append((SerialRange(wanted.prefix, wanted.width, low, high), row.delivery_id))
    return parts


def _keep_closed(connection: Connection, wanted: Sequence[SerialRange], *, sealed_too: bool) -> None:
    """Keep closed cartons closed: two people open one, or it leaves the office whole and sealed.

    :raises Refused: a serial is in a closed carton.
    """
    for one in wanted:
        for row in deliveries.cartons_touching(connection, one):
            whole = one.first <= row["first"] and row["last"] <= one.last
            if row["opened_at"] is None and not (whole and sealed_too):
                inside = SerialRange(one.prefix, one.width, max(one.first, row["first"]), min(one.last, row["last"]))
                raise Refused(
                    f"{inside} {'is' if len(inside) == 1 else 'are'} in the closed carton {row['label']}.",
                    consequence="Nothing was moved.",
                    remedy=(
                        "Two people open it first: ",
                        Do("deliveries.open", delivery=row["delivery_id"], carton=row["label"]),
                    ),
                )


def _shift(connection: Connection, part: SerialRange, rows: Sequence[RangeRow], target: str) -> None:
    """Give every serial of a range its new place; neighbours of one delivery in one place become one row."""
    pieces: list[RangeRow] = []
    for row in rows:
        low, high = max(row.first, part.first), min(row.last, part.last)
        cuts = [(row.first, low - 1, row.place), (low, high, target), (high + 1, row.last, row.place)]
        if low > high:  # a neighbour that only touches
            cuts = [(row.first, row.last, row.place)]
        pieces += [row._replace(first=a, last=b, place=place) for a, b, place in cuts if a <= b]
    merged: list[RangeRow] = []
    for piece in sorted(pieces, key=lambda row: row.first):
        last = merged[-1] if merged else None
        if last and (last.place, last.delivery_id, last.last + 1) == (piece.place, piece.delivery_id, piece.first):
            merged[-1] = last._replace(last=piece.last)
        else:
            merged.append(piece)
    blanks.replace(connection, rows, merged)
