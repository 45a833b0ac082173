"""Acts on shifts: open with what the day needs, issue more, begin the count, count blind, close with an act."""

from __future__ import annotations

import json
from collections.abc import Sequence
from math import ceil
from typing import Annotated, Literal, NotRequired, TypedDict

from pydantic import Field

from printd.books.booking import Booking
from printd.desk import owed
from printd.desk.closing import ClosingActShown, Count, Counted, Told, settle, to_count
from printd.desk.counting import counting
from printd.desk.desk import Desk, plain, proved, supervisor, two_people, worded
from printd.desk.paper_making import Act
from printd.desk.proofs import Person
from printd.errors import Refused
from printd.events.blanks import BlanksMoved
from printd.events.fields import Voided
from printd.events.shifts import (
    ClosingAct,
    ShiftClosed,
    ShiftCounted,
    ShiftCounting,
    ShiftOpened,
    ShiftResumed,
)
from printd.projections.shifts import now_open
from printd.remedies import ASKED, Argument, Do
from printd.reports.closing import closing
from printd.reports.office import office_of
from printd.store import blanks, deliveries, jobs, printers, shifts
from printd.store.rows import Connection
from printd.store.tables.shifts import ShiftRow
from printd.words import places
from printd.words.serials import SerialRange, join, minus, parse_range
from printd.words.serials import pieces as count_pieces
from printd.words.states import ShiftState, is_counting

Pieces = Annotated[int, Field(ge=0)]

_SPARE_SHARE, _SPARE_PIECES = 0.02, 2  # spoilage is 1 to 2 % (domain reference section 8)


class ShiftListed(TypedDict):
    """One shift without its act; ``current`` is 1 until it is closed."""

    id: str
    state: ShiftState
    current: int | None
    opened_seq: int
    opened_at: str
    opened_by: str
    opened_with: str
    counting_since: str | None
    closed_seq: int | None
    closed_at: str | None
    closed_by: str | None
    closed_with: str | None
    approved_by: str | None


class _Shift(ShiftListed):
    holds: NotRequired[list[list[str]]]
    counting: NotRequired[str]


class ShiftShown(_Shift):
    """One shift with its act where it is closed; ``holds``: serial ranges that lie in it, while it is open.

    While something is counted there are neither; ``counting`` says so.
    """

    act: ClosingActShown | None


class ShiftEnded(_Shift):
    """A shift that was closed, with its act; ``files`` are the paths of that, none where they are owed."""

    act: ClosingActShown
    files: dict[str, str] | None


class CountBegun(TypedDict):
    """A count that began, and the places that are counted."""

    shift: str
    state: Literal[ShiftState.COUNTING]
    places: list[str]


class GoesOn(TypedDict):
    """A shift whose count was left."""

    shift: str
    state: Literal[ShiftState.OPEN]


class SheetTaken(TypedDict):
    """One person's sheet at a shift's end: which places are on it, and none of its figures."""

    shift: str
    counted_by: str
    places: list[str]


def need(desk: Desk, connection: Connection, stock_type: str) -> int:
    """Return how many blanks of a type the day needs beyond those that are issued already.

    What waits in the queue, at most what the printers may print in a day, and a little for spoilage.
    """
    waiting = jobs.count_queued(connection, stock_type)
    cap = desk.shop.config.duty.cards_per_day * len(printers.printers(connection))
    wanted = min(waiting, cap) if cap else waiting
    issued: int = sum(
        row["pieces"]
        for row in blanks.held(connection)
        if row["stock_type"] == stock_type and places.kind(row["place"]) in (places.Kind.SHIFT, places.Kind.HOPPER)
    )
    return max(0, wanted + ceil(wanted * _SPARE_SHARE) + (_SPARE_PIECES if wanted else 0) - issued)


def open_(
    desk: Desk,
    by: Person,
    second: Person,
    pieces: Pieces | None = None,
    stock_type: str = "WNI",
    serials: list[list[str]] | None = None,
    reason: str = "",
) -> ShiftShown:
    """Open a shift and issue to it what the day needs, signed by two people.

    :param pieces: the lowest so many of the store; by default what the day needs.
    :param serials: pairs of first and last serial, instead of a number.
    :param reason: why more is issued than the day needs.
    """
    signed = two_people(desk, by, second)
    today = desk.shop.today().isoformat()
    with desk.booking() as booking:
        number = sum(row["id"].startswith(today) for row in shifts.shifts(booking.connection)) + 1
        name = f"{today}-{number}"
        booking.enter(ShiftOpened(shift=name, reason=plain(reason, "reason") if reason else None), signed)
        _issue(desk, booking, name, signed, pieces, stock_type, serials, reason)
    desk.wake()
    return show(desk, name)


def issue(
    desk: Desk,
    by: Person,
    second: Person,
    pieces: Pieces | None = None,
    stock_type: str = "WNI",
    serials: list[list[str]] | None = None,
    reason: str = "",
) -> ShiftShown:
    """Issue more blanks to the open shift, signed by two people."""
    signed = two_people(desk, by, second)
    with desk.booking() as booking:
        name = now_open(booking.connection)["id"]
        _issue(desk, booking, name, signed, pieces, stock_type, serials, reason)
    return show(desk, name)


def _issue(
    desk: Desk,
    booking: Booking,
    name: str,
    signed: Sequence[str],
    wanted: int | None,
    stock_type: str,
    serials: list[list[str]] | None,
    reason: str,
) -> None:
    needed = need(desk, booking.connection, stock_type)
    if serials is not None:
        ranges = join(parse_range(pair[0], pair[-1]) for pair in serials)
    else:
        ranges = lowest(booking.connection, places.STORE, stock_type, needed if wanted is None else wanted)
    asked = count_pieces(ranges) if serials is not None or wanted is None else wanted
    if asked > needed and not reason:
        raise Refused(
            f"The day needs {needed} more blanks of type {stock_type}, not {asked}.",
            why="A shift gets only what it needs: what waits to be printed, and a little for spoilage.",
            consequence="Nothing was issued.",
            remedy=("Issue fewer, or say why with ", Argument("reason"), "."),
            blind=f"The day needs fewer blanks of type {stock_type} than {asked}: issue fewer, or say why.",
        )
    if count_pieces(ranges) < (wanted or 0):
        raise Refused(
            f"The store has {count_pieces(ranges)} blanks of type {stock_type} in open cartons, not {wanted}.",
            consequence="Nothing was issued.",
            remedy=("Two people open a carton: ", Do("deliveries.open", delivery=ASKED, carton=ASKED)),
            blind=f"The store has fewer blanks of type {stock_type} in open cartons than {wanted}.",
        )
    if ranges:
        issued = BlanksMoved(
            serials=tuple(ranges),
            from_=places.STORE,
            to=places.shift(name),
            why="issue",
            reason=plain(reason, "reason") if reason else None,
        )
        booking.enter(issued, signed)


def lowest(connection: Connection, place: str, stock_type: str, wanted: int) -> list[SerialRange]:
    """Return the lowest serials of a type in a place, older deliveries first, closed cartons left out."""
    found: list[SerialRange] = []
    limit = 64
    while True:
        lying = blanks.lowest(connection, place, stock_type, limit)
        found = []
        for part in lying:
            for free in _outside_closed(connection, part) if place == places.STORE else [part]:
                left = wanted - count_pieces(found)
                if left <= 0:
                    return found
                found.append(SerialRange(free.prefix, free.width, free.first, min(free.last, free.first + left - 1)))
        if count_pieces(found) >= wanted or len(lying) < limit:
            return found
        limit *= 8


def _outside_closed(connection: Connection, part: SerialRange) -> list[SerialRange]:
    closed = [
        blanks.serials_of(row) for row in deliveries.cartons_touching(connection, part) if row["opened_at"] is None
    ]
    return minus([part], closed)


def count_begin(desk: Desk, by: Person) -> CountBegun:
    """Begin the count at a shift's end: printing stops, and figures are hidden until it is closed.

    The answer names the places that are counted, and says nothing of what the books hold in them.
    """
    operator = proved(desk, by)
    with desk.booking() as booking:
        row = now_open(booking.connection)
        booking.enter(ShiftCounting(shift=row["id"]), [operator])
        named = list(to_count(booking.connection, row))
    desk.wake()
    return {"shift": row["id"], "state": ShiftState.COUNTING, "places": named}


def resume(desk: Desk, by: Person) -> GoesOn:
    """Leave the count and go on with the shift."""
    operator = proved(desk, by)
    with desk.booking() as booking:
        row = shifts.current(booking.connection)
        if row is None:
            raise Refused("No shift is open.", consequence="Nothing was changed.")
        booking.enter(ShiftResumed(shift=row["id"]), [operator])
    desk.wake()
    return {"shift": row["id"], "state": ShiftState.OPEN}


def count(desk: Desk, found: dict[str, Count], by: Person) -> SheetTaken:
    """Book what one person counted, place by place, alone; nothing is said of what the books hold.

    Places to count are those of :func:`printd.desk.closing.to_count`; a place that is not on the sheet counts as not
    looked at.

    :raises Refused: no count is under way, or the sheet names another place.
    """
    operator = proved(desk, by)
    sheet = {place: one.told() for place, one in sorted(found.items())}
    with desk.booking() as booking:
        row = shifts.current(booking.connection)
        if not is_counting(row):
            raise Refused(
                "No count is under way.",
                consequence="Nothing was booked.",
                remedy=("Begin it with: ", Do("shifts.count_begin")),
            )
        names = to_count(booking.connection, row)
        if not set(sheet) <= set(names):  # what somebody typed instead is not repeated: it may be anything
            raise Refused(
                "The sheet names a place that is not counted at a shift's end.",
                consequence="Nothing was booked.",
                remedy=f"Count: {', '.join(names)}.",
            )
        booking.enter(ShiftCounted(shift=row["id"], places=sheet), [operator])
    return {"shift": row["id"], "counted_by": operator, "places": sorted(sheet)}


def close(
    desk: Desk,
    by: Person,
    second: Person,
    approved_by: Person | None = None,
    note: str = "",
    voided: Voided | None = None,
    kept: str = "",
    seal: str = "",
    stored: str = "",
) -> ShiftEnded:
    """Close the shift with an act, signed by two who counted alike.

    It closes when what was counted is what the books say; otherwise a supervisor, who did not count, answers for the
    difference with a reason, and the pieces it is about are known by their serials.

    :param voided: how the spoiled blanks were made unusable; like what follows unknown where nobody tells.
    :param kept: where the spoiled blanks are kept.
    :param seal: number of the seal under which they are.
    :param stored: the locked place that the rest goes back into.
    """
    signed = two_people(desk, by, second)
    if approved_by is not None:
        if approved_by.name in signed:
            raise Refused(
                f"{approved_by.name} counted and cannot approve the difference.",
                consequence="The shift stays open.",
                remedy="Another supervisor approves it.",
            )
        supervisor(desk, approved_by)
    if note or approved_by is not None:
        note = plain(note, "reason")
    told = Told(
        note=note,
        voided=voided,
        kept=plain(kept, "place of the spoiled blanks", 100) if kept else None,
        seal=plain(seal, "number of the seal", 60) if seal else None,
        stored=plain(stored, "place of the rest", 100) if stored else None,
    )
    with desk.booking() as booking:
        row = shifts.current(booking.connection)
        if not is_counting(row):
            raise Refused(
                "No count is under way." if row is None else f"Shift {row['id']} has not been counted.",
                consequence="Nothing was closed.",
                remedy=("Begin with: ", Do("shifts.count_begin")),
            )
        counted = Counted.of(booking.connection, row, signed)
        approver = approved_by.name if approved_by else None
        lost = worded(desk, "not found when shift {shift} was counted: {note}", shift=str(row["id"]), note=told.note)
        name = settle(booking, row, counted, signed, approver, told, lost)
        entry = next(one.seq for one, event in booking.entered if isinstance(event, ShiftClosed))
    desk.wake()
    with desk.shop.store.reading() as connection:
        shown = _shown(connection, name)
    act = shown["act"]
    assert act is not None  # it is closed
    files = owed.paper(desk, Act("shift", name, entry), signed, lambda: closing(shown, office_of(desk.shop)))
    return {**shown, "act": act, "files": files}


def list_(desk: Desk) -> list[ShiftListed]:
    """Return all shifts, oldest first, without their acts."""
    with desk.shop.store.reading() as connection:
        return [_listed(row) for row in shifts.shifts(connection)]


def _listed(row: ShiftRow) -> ShiftListed:
    return {
        "id": row["id"],
        "state": row["state"],
        "current": row["current"],
        "opened_seq": row["opened_seq"],
        "opened_at": row["opened_at"],
        "opened_by": row["opened_by"],
        "opened_with": row["opened_with"],
        "counting_since": row["counting_since"],
        "closed_seq": row["closed_seq"],
        "closed_at": row["closed_at"],
        "closed_by": row["closed_by"],
        "closed_with": row["closed_with"],
        "approved_by": row["approved_by"],
    }


def show(desk: Desk, shift: str) -> ShiftShown:
    """Return one shift, and its act where it is closed; neither that nor what it holds while something is counted."""
    with desk.shop.store.reading() as connection:
        shown = _shown(connection, shift)
        count = counting(desk, connection)
    if count is None:
        return shown
    shown.pop("holds", None)
    shown["act"], shown["counting"] = None, f"{count.says}; figures are shown after it."
    return shown


def _shown(connection: Connection, shift: str) -> ShiftShown:
    row = shifts.find_shift(connection, shift)
    if row is None:
        raise Refused(f"There is no shift {shift}.", remedy=("See all with: ", Do("shifts.list")))
    act: ClosingActShown | None = None
    if row["act"]:  # with what an entry of an earlier version does not have
        act = json.loads(ClosingAct.model_validate_json(row["act"]).model_dump_json())
    held = [one.serials.to_json() for one in blanks.in_place(connection, places.shift(row["id"]))]
    shown: ShiftShown = {**row, "act": act, "holds": held, "counting": ""}
    del shown["counting"]
    if row["state"] != ShiftState.OPEN:
        del shown["holds"]
    return shown
