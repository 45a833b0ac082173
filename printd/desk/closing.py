"""Closing a shift: two sheets against each other, both against the books, and the act that comes of it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict

from pydantic import BaseModel, ConfigDict, Field

from printd.books import closings
from printd.books.booking import Booking
from printd.custody import flows, shift_work
from printd.custody.incidents import open_incident
from printd.custody.movements import whereabouts
from printd.errors import Refused
from printd.events import signatures
from printd.events.blanks import BlanksMoved
from printd.events.cards import CardMissed
from printd.events.fields import Voided
from printd.events.shifts import ClosingAct, Gap, PlaceCompared, PlaceCount, ShiftClosed, StockFlows
from printd.projections.shifts import check_nothing_under_way
from printd.remedies import ASKED, Do
from printd.store import attempts, blanks, counts, log, movements, printers, shifts, spoils
from printd.store.rows import Connection
from printd.store.tables.shifts import ShiftRow
from printd.words import places
from printd.words.serials import SerialRange, from_json, join, minus, pieces, say
from printd.words.states import AttemptState
from printd.words.subjects import Subject


class Count(BaseModel):
    """What one person found in a place.

    :param serials: pairs of first and last serial, where the pieces were scanned and not only counted.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    pieces: int = Field(ge=0, le=50_000_000)
    serials: list[list[str]] | None = None

    def told(self) -> PlaceCount:
        """Return it in one form, so that two equal counts are equal.

        :raises Refused: the serials are not as many as the pieces.
        """
        if self.serials is None:
            return PlaceCount(pieces=self.pieces)
        ranges = join(from_json((pair[0], pair[-1]) for pair in self.serials))
        if pieces(ranges) != self.pieces:
            raise Refused(
                f"The sheet says {self.pieces} pieces and names {pieces(ranges)} serials.",
                consequence="Nothing was booked.",
                remedy="Count again.",
            )
        return PlaceCount(pieces=self.pieces, serials=tuple(ranges))


class Told(BaseModel):
    """What only the people say who close a shift; ``None`` is what nobody told.

    :param note: why there are gaps.
    :param voided: how the spoiled blanks were made unusable.
    :param kept: where those are kept.
    :param seal: number of the seal under which they are.
    :param stored: the locked place that the rest goes back into.
    :param incident: about what is missing; the closing itself opens it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    note: str
    voided: Voided | None = None
    kept: str | None = None
    seal: str | None = None
    stored: str | None = None
    incident: str | None = None


class StockFlowsShown(TypedDict):
    """Blanks of one stock type since the shift before was closed."""

    stock_type: str
    opening: int
    received: int
    loaned_in: int
    recovered: int
    used_good: int
    spoiled: int
    loaned_out: int
    returned: int
    skipped: int
    missing: int
    closing: int


class ShiftFlowsShown(TypedDict):
    """Blanks of one stock type in the hands of a shift."""

    stock_type: str
    carried_in: int
    issued: int
    found: int
    good: int
    spoiled: int
    returned: int
    skipped: int
    missing: int
    carried_over: int


class SpoilsShown(TypedDict):
    """Blanks that were spoiled in the hands of a shift for one cause."""

    cause: str
    serials: list[list[str]]


class PlaceShown(TypedDict):
    """A place that was counted, beside the books."""

    place: str
    book: int
    counted: int
    serials: str


class GapShown(TypedDict):
    """A place where count and books differ."""

    place: str
    counted: int
    book: int


class ClosingActShown(TypedDict):
    """The figures of a closing act, as its entry carries them (:class:`printd.events.shifts.ClosingAct`)."""

    stock: list[StockFlowsShown]
    closing: dict[str, int]
    places: list[PlaceShown]
    gaps: list[GapShown]
    spoiled: dict[str, int]
    outcomes: dict[AttemptState, int]
    note: str
    work: list[ShiftFlowsShown] | None
    spoils: list[SpoilsShown]
    voided: Voided | None
    kept: str | None
    seal: str | None
    stored: str | None
    incident: str | None
    log_size: int
    log_root: str


def read_sheet(text: str) -> dict[str, PlaceCount]:
    """Return what one person found, by place, from the sheet as it is kept."""
    return {place: PlaceCount.model_validate(one) for place, one in json.loads(text).items()}


def to_count(connection: Connection, shift: ShiftRow) -> dict[str, list[SerialRange]]:
    """Return the places that are counted at a shift's end, with what the books hold in each."""
    names = [places.shift(shift["id"]), places.OUTPUT, places.SPOILED]
    names += [places.hopper(row["name"]) for row in printers.printers(connection)]
    return {name: _ranges(connection, name) for name in names}


def _ranges(connection: Connection, place: str) -> list[SerialRange]:
    return join(row.serials for row in blanks.in_place(connection, place))


@dataclass(frozen=True)
class Counted:
    """What two people agree on, beside what the books hold."""

    book: Mapping[str, list[SerialRange]]
    sheet: Mapping[str, PlaceCount]

    @classmethod
    def of(cls, connection: Connection, shift: ShiftRow, signed: Sequence[str]) -> Counted:
        """Return the agreed sheet of a shift.

        :raises Refused: one has not counted since this count began and blanks last moved, or the two differ.
        """
        sheets = counts.last_sheets(connection, Subject.SHIFT.of(shift["id"]))
        moved, since = movements.last_seq(connection), shift["counting_since"]
        assert since is not None, "it is counted"
        for name in signed:
            late = name in sheets and sheets[name]["seq"] < moved
            if name not in sheets or late or sheets[name]["at"] < since:
                raise Refused(
                    f"{name} has not counted{' since blanks last moved' if late else ''}.",
                    consequence="The shift stays open.",
                    remedy=(f"{name} counts every place, alone: ", Do("shifts.count")),
                )
        first, second = (read_sheet(sheets[name]["sheet"]) for name in signed)
        differ = sorted(place for place in {*first, *second} if first.get(place) != second.get(place))
        if differ:
            raise Refused(
                "The two counts differ.",
                why=f"{signed[0]} and {signed[1]} do not agree on {', '.join(differ)}.",
                consequence="The shift stays open.",
                remedy="Both count again, each alone.",
            )
        book = to_count(connection, shift)
        unseen = sorted(place for place in book if place not in first and book[place])
        if unseen:
            raise Refused(
                f"Nobody counted {', '.join(unseen)}.",
                consequence="The shift stays open.",
                remedy="Both count every place again, an empty one with 0.",
            )
        return cls(book, {place: first.get(place, PlaceCount(pieces=0)) for place in book})

    def gaps(self) -> dict[str, tuple[int, int]]:
        """Return (counted, book) of every place where they differ, by number or by serial."""
        found: dict[str, tuple[int, int]] = {}
        for place, held in self.book.items():
            one = self.sheet[place]
            wrong = one.serials is not None and list(one.serials) != held
            if one.pieces != pieces(held) or wrong:
                found[place] = (one.pieces, pieces(held))
        return found


def settle(
    booking: Booking,
    shift: ShiftRow,
    counted: Counted,
    signed: Sequence[str],
    approver: str | None,
    told: Told,
    lost: str,
) -> str:
    """Enter the closing of a shift; return its id.

    :param told: what only people know.
    :param lost: what an incident says of blanks that were not found.
    :raises Refused: attempts are open, the count has gaps that nobody answers for, or the identity does not hold.
    """
    connection = booking.connection
    day = booking.tell_time()  # so that nothing comes between the act's root and its entry
    check_nothing_under_way(connection)
    gaps = counted.gaps()
    people = [*signed, *([approver] if approver else [])]
    asked = max(signatures.closing(gaps=bool(gaps)).numbers)
    if len(people) < asked:
        raise Refused(
            f"Shift {shift['id']} does not add up.",
            why=f"Not what the books hold was counted in {', '.join(gaps)}; what they hold is in the act, and not told "
            "before.",
            consequence="It stays open, and no other can open.",
            remedy=(
                "Look again and scan each piece there. If it stays so, a supervisor approves the difference: ",
                Do("shifts.close", approved_by=ASKED, note=ASKED),
            ),
        )
    actors = people[:asked]
    missing, found = _differences(connection, counted, gaps)
    incident = _book_differences(booking, shift, missing, found, actors, told.note, lost)
    left = ((place, tuple(_ranges(connection, place))) for place in counted.book if _goes_back(place))
    returned = tuple((place, serials) for place, serials in left if serials)
    act = _act(connection, shift, counted, gaps, returned, told.model_copy(update={"incident": incident}))
    totals = closings.totals(connection, [place for place, _ in returned])
    closed = ShiftClosed(shift=shift["id"], returned=returned, act=act, day=day, totals=totals)
    booking.enter(closed, actors)
    return shift["id"]


def _goes_back(place: str) -> bool:
    return places.kind(place) in (places.Kind.SHIFT, places.Kind.HOPPER)


def _book_differences(
    booking: Booking,
    shift: ShiftRow,
    missing: Mapping[str, Sequence[SerialRange]],
    found: Mapping[str, Sequence[SerialRange]],
    actors: Sequence[str],
    note: str,
    lost: str,
) -> str | None:
    """Book as missing what the count did not find, and as back what it did; return the incident about the former."""
    for place, serials in missing.items():
        if place == places.OUTPUT:
            for one in (part.serial(number) for part in serials for number in range(part.first, part.last + 1)):
                attempt = attempts.attempt_on(booking.connection, one)
                assert attempt is not None  # only attempts bring blanks there
                booking.enter(CardMissed(attempt=attempt["id"], note=note), actors)
        else:
            gone_from = BlanksMoved(serials=tuple(serials), from_=place, to=places.MISSING, why="missing")
            booking.enter(gone_from, actors)
    for place, serials in found.items():
        back = BlanksMoved(serials=tuple(serials), from_=place, to=places.shift(shift["id"]), why="found")
        booking.enter(back, actors)
    gone = join([part for serials in missing.values() for part in serials])
    if gone:
        return open_incident(booking, "missing", gone, lost[:300], actors)
    return None


def _differences(
    connection: Connection, counted: Counted, gaps: Mapping[str, tuple[int, int]]
) -> tuple[dict[str, list[SerialRange]], dict[str, list[SerialRange]]]:
    """Return what is missing by place, and what was found by the place the books have it in.

    :raises Refused: the serials of a place that differs were not scanned, or one turned up that cannot be there, or
        lies where blanks that are no longer whole belong.
    """
    missing: dict[str, list[SerialRange]] = {}
    found: dict[str, list[SerialRange]] = {}
    for place in gaps:
        one, held = counted.sheet[place], counted.book[place]
        if one.serials is None and one.pieces:
            raise Refused(
                f"{place} differs, and its serials are not on the sheets.",
                why="A difference is booked by serial, or nobody could ever find the piece again.",
                consequence="The shift stays open.",
                remedy="Both scan every piece there, and count again.",
            )
        seen = one.serials or ()
        if minus(held, seen):
            missing[place] = minus(held, seen)
        for part in minus(seen, held):
            for piece, where in whereabouts(connection, part):
                if where not in (places.SKIPPED, places.MISSING):
                    raise Refused(
                        f"{piece} was found in {place}, but the books have it in {where or 'no delivery'}.",
                        consequence="The shift stays open.",
                        remedy="Put it aside, open an incident, and count again without it.",
                    )
                if place in (places.OUTPUT, places.SPOILED):
                    raise Refused(
                        f"{piece} was found in {place}, but the books have it in {where}.",
                        why="Only what lies whole in a hopper or with the shift goes back by a count.",
                        consequence="The shift stays open.",
                        remedy=(
                            "Look at it and book what it is: ",
                            Do("blanks.spoil"),
                            ", or ",
                            Do("blanks.find"),
                            " if it is whole. Then count again.",
                        ),
                    )
                found.setdefault(where, []).append(piece)
    return missing, found


def _act(
    connection: Connection,
    shift: ShiftRow,
    counted: Counted,
    gaps: Mapping[str, tuple[int, int]],
    returned: Sequence[tuple[str, Sequence[SerialRange]]],
    told: Told,
) -> ClosingAct:
    """Return the figures of a closing: what the PDF says, and the entry keeps."""
    before = shifts.last_closed(connection)
    last: ClosingAct | None = None
    after = -1
    if before is not None:
        assert before["act"] is not None
        assert before["closed_seq"] is not None
        last = ClosingAct.model_validate_json(before["act"])
        after = before["closed_seq"]
    opening: dict[str, int] = {} if last is None else dict(last.closing.items())
    since = movements.flows(connection, after)
    moved = flows.net(since)
    on_hand = flows.on_hand(blanks.held(connection))
    types = sorted({*opening, *moved, *on_hand})
    none = dict.fromkeys((*flows.COMING, *flows.GOING), 0)
    end = log.frontier(connection)
    outcomes = Counter(row["state"] for row in attempts.attempts_since(connection, shift["opened_seq"]))
    stock = tuple(
        StockFlows.model_validate(
            {"stock_type": one, "opening": opening.get(one, 0), **moved.get(one, none), "closing": on_hand.get(one, 0)}
        )
        for one in types
    )
    return ClosingAct(
        stock=stock,
        closing={one.stock_type: one.closing for one in stock if one.stock_type in on_hand},
        places=tuple(
            PlaceCompared(place=place, book=pieces(held), counted=counted.sheet[place].pieces, serials=say(held))
            for place, held in counted.book.items()
        ),
        gaps=tuple(Gap(place=place, counted=n, book=book) for place, (n, book) in gaps.items()),
        spoiled=spoils.by_cause(connection, after),
        outcomes=dict(sorted(outcomes.items())),
        work=shift_work.work(connection, last, since, returned),
        spoils=shift_work.spoiled(connection, after),
        **told.model_dump(),
        log_size=end.size,
        log_root=end.root().hex(),
    )
