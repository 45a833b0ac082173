"""Acts on test prints: print the calibration card on a blank of the books, look at one in doubt, settle it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, TypedDict

from printd.custody import correction
from printd.custody.incidents import open_incident
from printd.custody.movements import place_in_hand
from printd.desk import doubt as doubts
from printd.desk import health
from printd.desk.counting import counting
from printd.desk.desk import Desk, Limit, plain, proved, two_people, worded
from printd.desk.proofs import Person
from printd.desk.technician import alone, speaking
from printd.errors import Refused
from printd.events.evidence import Evidence
from printd.events.fields import CounterName
from printd.events.test_prints import EndState, Purpose, TestPrintEvidence
from printd.projections.test_prints import check_free
from printd.remedies import Do
from printd.store import test_prints
from printd.store.tables.test_prints import TestPrintRow
from printd.words.serials import parse_serial
from printd.words.states import TestPrintState

Outcome = Literal["spoiled", "unused", "lost"]


class TestPrintShown(TypedDict):
    """One test print with its evidence."""

    id: str
    purpose: str
    serial: str
    printer: str
    serial_number: str
    operator: str
    artwork: str
    state: TestPrintState
    counters: dict[CounterName, int]
    evidence: list[doubts.EvidenceShown]
    opened_at: str
    closed_at: str | None
    settled_by: str | None
    settled_with: str | None


class TestPrintMade(TestPrintShown):
    """A test print that was just made; ``trace`` is the file that holds the dialogue."""

    trace: str


class TestPrintList(TypedDict):
    """Test prints, and how many there are."""

    test_prints: list[TestPrintShown]
    total: int


def print_(desk: Desk, name: str, by: Person, purpose: Purpose = "test") -> TestPrintMade:
    """Print the calibration card on the next blank of a paused printer's hopper; that blank is spoiled by it.

    It is drawn as the printer is calibrated in the books.

    :raises Refused: the printer is not paused, not ready or not the one of the books, its hopper is empty in them, or
        something on it is not over; nothing was printed.
    """
    from printd.printing import test_run  # noqa: PLC0415 - brings the drivers with it

    operator = proved(desk, by)
    _check_well(desk)
    _doubt_orphans(desk)
    with desk.shop.store.reading() as connection:
        row = check_free(connection, name)
        test_run.next_serial(connection, name)
    card = test_run.draw_card(desk.shop, row)
    with alone(desk, name):
        test, path = test_run.print_card(desk.shop, row, card, operator, desk.keys, purpose)
    desk.wake(name)
    return {**show(desk, test), "trace": str(path)}


def show(desk: Desk, test: str) -> TestPrintShown:
    """Return one test print with its evidence."""
    with desk.shop.store.reading() as connection:
        row = test_prints.find(connection, test)
        hidden = counting(desk, connection) is not None
    if row is None:
        raise Refused(f"There is no test print {test[:40]!r}.", remedy=("See all with: ", Do("test_prints.list")))
    return _told(row, hidden=hidden)


def list_(desk: Desk, name: str | None = None, limit: Limit = 200) -> TestPrintList:
    """Return test prints, of one printer or of all, the last first, and how many there are."""
    with desk.shop.store.reading() as connection:
        hidden = counting(desk, connection) is not None
        told = [_told(row, hidden=hidden) for row in test_prints.list_(connection, name, limit)]
        return {"test_prints": told, "total": test_prints.count(connection, name)}


def look(desk: Desk, name: str, by: Person) -> TestPrintShown:
    """Return the test print of a printer that is in doubt, with what the printer can still tell, which is booked.

    :raises Refused: none is in doubt.
    """
    from printd.printing import test_run  # noqa: PLC0415 - brings the drivers with it

    operator = proved(desk, by)
    _doubt_orphans(desk)
    row = _doubtful(desk, name)
    with alone(desk, name):
        evidence = test_run.ask_again(desk.shop, row)
    desk.enter(TestPrintEvidence(test=row["id"], evidence=evidence), [operator])
    return show(desk, row["id"])


def settle(
    desk: Desk,
    name: str,
    outcome: Outcome,
    by: Person,
    second: Person,
    blank_is: Literal["hopper", "hand"] = "hand",
    note: str = "",
) -> TestPrintShown:
    """Settle a test print in doubt by what two people saw, with the card in hand; or that nobody finds it.

    :param blank_is: for ``unused``: still in the hopper, or in somebody's hand and so back to the shift.
    :param note: how it was looked for, where it is lost; the incident that this opens carries it.
    """
    from printd.printing import test_print  # noqa: PLC0415 - brings the drivers with it

    signed = two_people(desk, by, second)
    if outcome == "lost":
        note = plain(note, "note")
    _doubt_orphans(desk)
    with desk.booking() as booking:
        row = test_prints.open_on(booking.connection, name)
        if row is None or row["state"] != TestPrintState.IN_DOUBT:
            raise _none_in_doubt(name)
        # Whoever printed signs second: the first name stands in the books for who answers for the spoiled blank.
        signed = (signed[1], signed[0]) if signed[0] == row["operator"] else signed
        to = ""
        if outcome == "unused" and blank_is == "hand":
            to = place_in_hand(booking.connection)
        finding = "Nobody finds its blank." if outcome == "lost" else "Settled by two people with the card in hand."
        test_print.end(booking, row, _ENDS[outcome], Evidence(findings=(finding,)), to=to, by=signed)
        if outcome == "lost":
            text = worded(desk, "not found after a test print of {printer}: {note}", printer=name, note=note)
            open_incident(booking, "missing", [parse_serial(row["serial"])], text[:300], signed)
    desk.wake(name)
    return show(desk, row["id"])


_UNSETTLED = (TestPrintState.OPEN, TestPrintState.IN_DOUBT)
_ENDS: Mapping[Outcome, EndState] = MappingProxyType(
    {"spoiled": TestPrintState.SPOILED, "unused": TestPrintState.UNUSED, "lost": TestPrintState.LOST}
)


def correct(desk: Desk, name: str, booked: str, serial: str, by: Person, second: Person) -> TestPrintShown:
    """Book which blank a test print is really on, spoiled or in doubt, where it is not the booked one.

    See :func:`printd.desk.jobs.correct`. Signed by two people with the card in hand.

    :param booked: serial of the blank that the books have for it.
    :param serial: what was read on the card: its serial, or the UID of its chip.
    """
    signed = two_people(desk, by, second)
    _doubt_orphans(desk)
    with desk.booking() as booking:
        row = test_prints.on(booking.connection, parse_serial(booked).first_serial)
        if row is None or row["printer"] != name:
            raise Refused(
                f"No test print of {name[:40]!r} is booked on {booked[:40]}.",
                consequence="Nothing was changed.",
                remedy=("See all with their blanks: ", Do("test_prints.list")),
            )
        actual = doubts.read(booking.connection, serial)
        if row["serial"] == actual:
            raise Refused(f"The books say {actual} already.", consequence="Nothing was changed.")
        correction.book_test_print(booking, row, actual, signed)
    return show(desk, row["id"])


def _check_well(desk: Desk) -> None:
    """Make sure that a card may be begun in this shop now.

    :raises Refused: something stops the whole shop, so that what became of the card might not be booked.
    """
    for one in health.show(desk)["problems"]:
        if one["stops"] == "shop":
            raise Refused(
                "No card is begun in this shop now.",
                why=one["message"],
                consequence="Nothing was printed.",
                remedy="When that is mended, print it again.",
            )


def _doubt_orphans(desk: Desk) -> None:
    """Put test prints in doubt that nobody is making any more: their command died, or could not book how they ended.

    Every act goes through this process: the daemon, or one command alone.
    """
    from printd.printing import test_print  # noqa: PLC0415 - brings the drivers with it

    with desk.shop.store.reading() as connection:
        left = test_prints.in_(connection, [TestPrintState.OPEN])
    orphans = {row["id"] for row in left if not speaking(desk, row["printer"])}
    if orphans:
        with desk.booking() as booking:
            test_print.doubt_open(booking, orphans)


def _doubtful(desk: Desk, name: str) -> TestPrintRow:
    with desk.shop.store.reading() as connection:
        row = test_prints.open_on(connection, name)
    if row is None or row["state"] != TestPrintState.IN_DOUBT:
        raise _none_in_doubt(name)
    return row


def _none_in_doubt(name: str) -> Refused:
    return Refused(
        f"No test print of {name[:40]!r} is in doubt.",
        consequence="Nothing was changed.",
        remedy=("See all with: ", Do("test_prints.list")),
    )


def _told(row: TestPrintRow, *, hidden: bool) -> TestPrintShown:
    """Return what is shown of a test print.

    :param hidden: something is counted: a card that is settled lies where somebody counts, and is not named.
    """
    serial = row["serial"] if not hidden or row["state"] in _UNSETTLED else ""
    return {**row, "serial": serial, "counters": json.loads(row["counters"]), "evidence": json.loads(row["evidence"])}
