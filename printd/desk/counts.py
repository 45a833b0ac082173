"""Acts on stock counts outside shifts (R12, *stock opname*): two blind sheets, and a record of every difference."""

from __future__ import annotations

import json
from typing import TypedDict

from printd.custody import inventory
from printd.custody.counting import check_no_shift_counted
from printd.custody.counting import stock_count as stock_count_of
from printd.desk import owed
from printd.desk.closing import Count, read_sheet
from printd.desk.desk import Desk, plain, proved, two_people
from printd.desk.paper_making import Act
from printd.desk.proofs import Person
from printd.errors import Refused
from printd.events.counts import CountAct, PlaceCountedTwice, StockClosed, StockCounted
from printd.events.shifts import PlaceCount
from printd.remedies import Argument, Do
from printd.reports.document import Document
from printd.reports.office import office_of
from printd.reports.stock_count import stock_count
from printd.store import blanks, counts, movements, printers
from printd.store.rows import Connection
from printd.words import places
from printd.words.serials import SerialRange, join, minus, pieces, say
from printd.words.subjects import Subject


class SheetTaken(TypedDict):
    """One person's sheet of a stock count: which places are on it, and none of its figures."""

    count: str
    counted_by: str
    places: list[str]


class PlaceCountedShown(TypedDict):
    """A place that two people counted, beside the books."""

    place: str
    book: int
    count_1: int
    count_2: int
    difference: int
    serials: str | None
    value: int | None


class PlaceToldShown(TypedDict):
    """A place that nobody can look into, by a paper or its last report."""

    place: str
    stock_type: str
    book: int
    told: int | None
    day: str | None
    document: str | None


class DeliveryValuedShown(TypedDict):
    """What is left of one delivery, at its own unit value."""

    delivery: str
    document: str
    stock_type: str
    unit_value: int | None
    good: int
    value: int | None
    finished: int
    spoiled: int
    invalid: int
    elsewhere: int
    transit: int


class CountActShown(TypedDict):
    """The act of a stock count, as its entry carries it (:class:`printd.events.counts.CountAct`)."""

    count: str
    items: list[PlaceCountedShown]
    witness: str
    reason: str
    elsewhere: list[PlaceToldShown]
    deliveries: list[DeliveryValuedShown] | None
    follow_up: str
    counters: list[str]
    log_size: int
    log_root: str


class CountClosed(CountActShown):
    """A stock count that was closed; ``files`` are the paths of its act, none where they are owed."""

    files: dict[str, str] | None


def count(desk: Desk, found: dict[str, Count], by: Person) -> SheetTaken:
    """Book what one person counted in any places of the office, alone.

    The sheets of one day belong to one count, until it is closed.

    :raises Refused: the sheet names something that is no place to look into.
    """
    operator = proved(desk, by)
    sheet = {place: one.told() for place, one in sorted(found.items())}
    with desk.booking() as booking:
        if not set(sheet) <= _places(booking.connection):  # what was typed is not repeated: it may be anything
            raise Refused(
                "The sheet names a place that this office does not have.",
                consequence="Nothing was booked.",
                remedy="Count places such as store, hopper:PRINTER, output, finished, spoiled.",
            )
        name = stock_count_of(booking.connection, desk.shop.today().isoformat())
        booking.enter(StockCounted(count=name, places=sheet), [operator])
    return {"count": name, "counted_by": operator, "places": sorted(sheet)}


def _places(connection: Connection) -> set[str]:
    """Return the places where somebody can look for blanks."""
    always = {places.STORE, places.OUTPUT, places.FINISHED, places.SPOILED, places.INVALID}
    names = [row["name"] for row in printers.printers(connection)]
    machines = {make(name) for name in names for make in (places.hopper, places.inside)}
    return always | machines | _holding(connection)


def _holding(connection: Connection) -> set[str]:
    """Return the places where somebody can look and that hold blanks."""
    return {row["place"] for row in blanks.held(connection) if places.kind(row["place"]) in inventory.LOOKED_INTO}


def close(
    desk: Desk, by: Person, second: Person, witness_agency: str = "", reason: str = "", follow_up: str = ""
) -> CountClosed:
    """Close the day's stock count with an act that shows every difference; signed by the two who counted.

    Every place of the office that holds blanks is counted; of those elsewhere the act tells what papers and the sites'
    last reports say.

    :param witness_agency: whose official looked on, for example ``Inspektorat``.
    :param reason: why figures differ.
    :param follow_up: what is done about it; unknown where nobody tells.
    """
    signed = two_people(desk, by, second)
    with desk.booking() as booking:
        check_no_shift_counted(booking.connection)
        name = stock_count_of(booking.connection, desk.shop.today().isoformat())
        sheets = counts.last_sheets(booking.connection, Subject.STOCK.of(name))
        moved = movements.last_seq(booking.connection)
        for person in signed:
            if person not in sheets or sheets[person]["seq"] < moved:
                raise Refused(
                    f"{person} has not counted since blanks last moved.",
                    consequence="Nothing was closed.",
                    remedy=(f"{person} counts alone: ", Do("counts.count")),
                )
        first, second_sheet = (read_sheet(sheets[person]["sheet"]) for person in signed)
        if set(first) != set(second_sheet):
            raise Refused("The two counted different places.", consequence="Nothing was closed.")
        unseen = sorted(_holding(booking.connection) - set(first))
        if unseen:
            raise Refused(
                f"Nobody counted {', '.join(unseen)}.",
                why="A stock count covers every place of the office, or what lies in one could be shown in another.",
                consequence="Nothing was closed.",
                remedy="Both count every place again, an empty one with 0.",
            )
        items = [_item(booking.connection, place, first[place], second_sheet[place]) for place in sorted(first)]
        if any(item.difference or item.serials for item in items) and not reason:
            raise Refused(
                "What was counted is not what the books hold, or the two counts differ.",
                why=f"Look again at {', '.join(one.place for one in items if one.difference or one.serials)}; what the "
                "books hold there is in the act, and not told before.",
                consequence="Nothing was closed.",
                remedy=(
                    "Count again; if it stays so, close with ",
                    Argument("reason"),
                    ". A missing piece is booked by its serial.",
                ),
            )
        booking.tell_time()  # so that nothing comes between the act's root and its entry
        end = booking.end
        act = CountAct(
            count=name,
            items=tuple(items),
            witness=plain(witness_agency, "agency", 60) if witness_agency else "",
            reason=plain(reason, "reason") if reason else "",
            elsewhere=inventory.elsewhere(booking.connection),
            deliveries=inventory.valued(booking.connection),
            follow_up=plain(follow_up, "follow-up") if follow_up else "",
            counters=signed,
            log_size=end.size,
            log_root=end.root().hex(),
        )
        entry = booking.enter(StockClosed(count=name, act=act), signed)
    shown = _shown(act)
    of = Act("stock-count", name, entry.seq)
    return {**shown, "files": owed.paper(desk, of, signed, lambda: stock_count(shown, office_of(desk.shop)))}


def _shown(act: CountAct) -> CountActShown:
    told: CountActShown = json.loads(act.model_dump_json())
    return told


def paper(desk: Desk, count: str) -> Document:
    """Return the act of a stock count that is closed.

    :raises Refused: there is none of that name.
    """
    with desk.shop.store.reading() as connection:
        sheets = counts.last_sheets(connection, Subject.ACT.of(count))
    if not sheets:
        raise Refused(f"No stock count {count} is closed.", consequence="Nothing was written.")
    shown = _shown(CountAct.model_validate_json(next(iter(sheets.values()))["sheet"]))
    return stock_count(shown, office_of(desk.shop))


def _item(connection: Connection, place: str, one: PlaceCount, other: PlaceCount) -> PlaceCountedTwice:
    held = join(row.serials for row in blanks.in_place(connection, place))
    book = pieces(held)
    furthest = max(one.pieces, other.pieces, key=lambda counted: abs(counted - book))
    return PlaceCountedTwice(
        place=place,
        book=book,
        count_1=one.pieces,
        count_2=other.pieces,
        difference=furthest - book,
        serials=_told_apart(held, one, other),
        value=inventory.value_of(connection, place),
    )


def _told_apart(held: list[SerialRange], *sheets: PlaceCount) -> str | None:
    """Return which serials were not there, or were there too, where somebody scanned them."""
    told = []
    for number, sheet in enumerate(sheets, start=1):
        if sheet.serials is not None:
            told += [f"count {number}: {say(part)} not there" for part in (minus(held, sheet.serials),) if part]
            told += [f"count {number}: {say(part)} too many" for part in (minus(sheet.serials, held),) if part]
    return "; ".join(told) or None
