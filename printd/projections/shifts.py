"""What entries of shifts, counts and samples do to the tables."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType

from printd.books import closings as books
from printd.books.projection import Projection, on
from printd.custody import flows, sampling
from printd.custody.movements import move
from printd.errors import Refused
from printd.events.counts import SampleCounted, SampleDrawn, StockClosed, StockCounted
from printd.events.shifts import (
    ClosingAct,
    PlaceCount,
    ShiftClosed,
    ShiftCounted,
    ShiftCounting,
    ShiftOpened,
    ShiftResumed,
)
from printd.ledger.entry import Entry
from printd.projections import closings
from printd.projections.deliveries import keep_sheet
from printd.remedies import Do
from printd.store import attempts, blanks, samples, shifts, test_prints
from printd.store.rows import Connection
from printd.store.tables.shifts import ShiftRow
from printd.words import places
from printd.words.states import UNSETTLED, ShiftState, is_counting
from printd.words.subjects import Subject


def _opened(connection: Connection, event: ShiftOpened, entry: Entry) -> None:
    now = shifts.current(connection)
    if now is not None:
        raise Refused(
            f"Shift {now['id']} is not closed.",
            consequence="No other shift was opened.",
            remedy=("Count and close it first: ", Do("shifts.close")),
        )
    shifts.add_shift(
        connection,
        {
            "id": event.shift,
            "state": ShiftState.OPEN,
            "current": 1,
            "opened_seq": entry.seq,
            "opened_at": entry.at,
            "opened_by": entry.actors[0],
            "opened_with": entry.actors[1],
            "counting_since": None,
            "closed_seq": None,
            "closed_at": None,
            "closed_by": None,
            "closed_with": None,
            "approved_by": None,
            "act": None,
        },
    )


def the_current(connection: Connection) -> ShiftRow:
    """Return the shift that is not closed.

    :raises Refused: none is open.
    """
    row = shifts.current(connection)
    if row is None:
        raise Refused(
            "No shift is open.",
            why="Blanks leave the store only for a shift.",
            consequence="Nothing was moved.",
            remedy=("Two people open one: ", Do("shifts.open")),
        )
    return row


def check_not_counted(shift: ShiftRow) -> None:
    """Make sure that a shift is not being counted.

    :raises Refused: it is.
    """
    if is_counting(shift):
        raise Refused(
            f"Shift {shift['id']} is being counted.",
            consequence="Nothing was moved.",
            remedy=("Close it, or go on with: ", Do("shifts.resume")),
        )


def now_open(connection: Connection) -> ShiftRow:
    """Return the open shift.

    :raises Refused: none is, or its count is under way.
    """
    row = the_current(connection)
    check_not_counted(row)
    return row


def check_nothing_under_way(connection: Connection) -> None:
    """Make sure that it is known of every blank that was fed what became of it.

    :raises Refused: an attempt or a test print is under way or in doubt.
    """
    tests = test_prints.in_(connection, UNSETTLED)
    under_way = [*attempts.attempts_in(connection, UNSETTLED), *tests]
    if under_way:
        told = ", ".join(f"{one['serial']} in {one['printer']}" for one in under_way)
        raise Refused(
            f"Nobody knows yet what became of {told}.",
            consequence="The shift stays open.",
            remedy=(
                "Settle it with the card in hand: ",
                Do("jobs.resolve"),
                *((", ", Do("test_prints.settle", name=tests[0]["printer"])) if tests else ()),
            ),
        )


def _in(connection: Connection, shift: str, *states: ShiftState) -> ShiftRow:
    row = shifts.find_shift(connection, shift)
    if row is None or row["state"] not in states:
        raise Refused(
            f"Shift {shift} is {row['state'] if row else 'unknown'}, not {' or '.join(states)}.",
            consequence="Nothing was changed.",
        )
    return row


def _counting(connection: Connection, event: ShiftCounting, entry: Entry) -> None:
    row = _in(connection, event.shift, ShiftState.OPEN)
    shifts.set_shift(connection, row["id"], state=ShiftState.COUNTING, counting_since=entry.at)


def _resumed(connection: Connection, event: ShiftResumed, entry: Entry) -> None:
    row = _in(connection, event.shift, ShiftState.COUNTING)
    shifts.set_shift(connection, row["id"], state=ShiftState.OPEN, counting_since=None)


def _counted(connection: Connection, event: ShiftCounted, entry: Entry) -> None:
    row = _in(connection, event.shift, ShiftState.COUNTING)
    keep_sheet(connection, entry, Subject.SHIFT.of(row["id"]), _sheet(event.places))


def _sheet(found: Mapping[str, PlaceCount]) -> dict[str, object]:
    return {place: one.data() for place, one in found.items()}


def _closed(connection: Connection, event: ShiftClosed, entry: Entry) -> None:
    """Close a shift: what was not used goes back into the store."""
    part = 0
    row = _in(connection, event.shift, ShiftState.COUNTING)
    check_nothing_under_way(connection)
    _check_adds_up(event.act)
    store = places.STORE
    for source, serials in event.returned:
        part += move(connection, serials, source, store, seq=entry.seq, at=entry.at, why="return", part=part)
    _check_none_left(connection, row)
    _check_day(connection, event.day, entry)
    closings.keep(connection, event.day, event.totals, entry)
    shifts.set_shift(
        connection,
        row["id"],
        state=ShiftState.CLOSED,
        current=None,
        closed_seq=entry.seq,
        closed_at=entry.at,
        closed_by=entry.actors[0],
        closed_with=entry.actors[1],
        approved_by=entry.actors[2] if len(entry.actors) > 2 else None,
        act=json.dumps(event.act.data(), sort_keys=True, ensure_ascii=False),
    )


def _check_day(connection: Connection, told: str, entry: Entry) -> None:
    """Make sure that a shift is closed on the day that its closing tells.

    :raises Refused: it is not.
    """
    today = books.days(connection).day_of(entry.at).isoformat()
    if told != today:
        raise Refused(
            f"The closing tells the day {told}, and in the office it is {today}.",
            consequence="The shift stays open.",
            remedy=("Close it again: ", Do("shifts.close")),
        )


def _check_adds_up(act: ClosingAct) -> None:
    """Make sure that the sums of an act add up for every stock type.

    :raises Refused: they do not, which only altered tables can cause.
    """
    for row in act.stock:
        lacking = flows.gap(row.opening, {key: getattr(row, key) for key in (*flows.COMING, *flows.GOING)}, row.closing)
        if lacking:
            raise Refused(
                f"The books do not add up for stock type {row.stock_type}: {lacking:+} pieces.",
                consequence="The shift stays open.",
                remedy=("Run: ", Do("audit.replay"), ", and call the auditor."),
            )
    for one in act.work or ():
        lacking = flows.shift_gap(
            one.carried_in, {key: getattr(one, key) for key in (*flows.BROUGHT, *flows.TAKEN)}, one.carried_over
        )
        if lacking:
            raise Refused(
                f"What the shift had in hand of stock type {one.stock_type} does not add up: {lacking:+} pieces.",
                consequence="The shift stays open.",
                remedy=("Run: ", Do("audit.replay"), ", and call the auditor."),
            )


def _check_none_left(connection: Connection, shift: ShiftRow) -> None:
    """Make sure that a shift goes with nothing in its hands: nobody answers for what a closed one holds.

    :raises Refused: blanks lie in it, or in a hopper.
    """
    left = [
        row
        for row in blanks.held(connection)
        if row["place"] == places.shift(shift["id"]) or places.kind(row["place"]) is places.Kind.HOPPER
    ]
    if left:
        raise Refused(
            f"{left[0]['pieces']} blanks are left in {left[0]['place']}.",
            why="What a shift did not use goes back into the store with its closing.",
            consequence="The shift stays open.",
        )


def _stock_counted(connection: Connection, event: StockCounted, entry: Entry) -> None:
    keep_sheet(connection, entry, Subject.STOCK.of(event.count), _sheet(event.places))


def _stock_closed(connection: Connection, event: StockClosed, entry: Entry) -> None:
    keep_sheet(connection, entry, Subject.ACT.of(event.count), event.act.data())


def check_all_counted(connection: Connection) -> None:
    """Make sure that every sample that was drawn was counted: nobody draws until they like what they draw.

    :raises Refused: one was not.
    """
    left = samples.uncounted(connection)
    if left is not None:
        raise Refused(
            f"Sample {left} was drawn and is not counted.",
            why="Whoever could leave a sample would draw until one suits them.",
            consequence="Nothing was drawn.",
            remedy=("Two people count it first, and name what they do not find: ", Do("samples.count", sample=left)),
        )


def _drawn(connection: Connection, event: SampleDrawn, entry: Entry) -> None:
    check_all_counted(connection)
    _check_draw(connection, event, entry)
    samples.add_sample(
        connection,
        {
            "id": event.sample,
            "seed": event.seed,
            "population": event.population,
            "drawn": json.dumps(event.drawn),
            "drawn_at": entry.at,
            "drawn_by": entry.actors[0],
            "counted_at": None,
            "counted_by": None,
            "counted_with": None,
            "missing": None,
            "bound": None,
        },
    )


def _check_draw(connection: Connection, event: SampleDrawn, entry: Entry) -> None:
    """Draw once more: the books hold no sample that somebody chose.

    That the root is the log's at that size is for whoever verifies the log, as of every root that an entry tells.

    :raises Refused: the checkpoint is none of before, or seed, population or blanks do not follow from it.
    """
    ranges = sampling.population(connection)
    drawn = tuple(sampling.draw(ranges, len(event.drawn), bytes.fromhex(event.seed)))
    if (
        not 0 < event.size <= entry.seq
        or event.seed != sampling.seed_of(event.size, event.root, event.number).hex()
        or event.population != sum(len(part) for _, part in ranges)
        or event.drawn != drawn
    ):
        raise Refused(
            f"{event.sample} does not follow from its checkpoint and number.",
            why="A surprise count draws what nobody chose.",
            consequence="Nothing was drawn.",
        )


def _sample_counted(connection: Connection, event: SampleCounted, entry: Entry) -> None:
    row = samples.find_sample(connection, event.sample)
    if row is None or row["counted_at"] is not None:
        raise Refused(f"There is no sample {event.sample} that waits for its count.", consequence="Nothing changed.")
    drawn = {serial for serial, _ in json.loads(row["drawn"])}
    foreign = sorted(set(event.missing) - drawn)
    if foreign:
        raise Refused(f"{foreign[0]} was not drawn with {row['id']}.", consequence="Nothing was booked.")
    samples.set_sample(
        connection,
        row["id"],
        counted_at=entry.at,
        counted_by=entry.actors[0],
        counted_with=entry.actors[1],
        missing=json.dumps(event.missing),
        bound=event.bound,
    )


PROJECTIONS: Mapping[str, Projection] = MappingProxyType(
    dict(
        (
            on(ShiftOpened, _opened),
            on(ShiftCounting, _counting),
            on(ShiftResumed, _resumed),
            on(ShiftCounted, _counted),
            on(ShiftClosed, _closed),
            on(StockCounted, _stock_counted),
            on(StockClosed, _stock_closed),
            on(SampleDrawn, _drawn),
            on(SampleCounted, _sample_counted),
        )
    )
)
