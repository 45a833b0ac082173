"""A working day: blanks leave the store only for a shift, and it ends only when every one is where the books say."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from pydantic import SecretStr

from printd.config import Duty
from printd.desk import blanks, deliveries, incidents, jobs, operators, printers, reports, samples, shifts, spoilage
from printd.desk.acts import perform
from printd.desk.closing import Count
from printd.desk.desk import Desk, Person
from printd.errors import Refused
from printd.ledger import merkle
from printd.printing.states import AttemptState
from printd.replay import compare
from printd.shop import PROJECTIONS
from printd.store import log
from printd.store.engine import dump
from workday import (
    add_printers,
    announce,
    close,
    count_all,
    counted,
    entries,
    finish,
    print_on,
    queue,
    start,
    stock,
    stock_closed,
    where,
)

Two = tuple[Person, Person]
NIK = "5371994501900001"


@pytest.fixture
def ratna(desk: Desk) -> Person:
    """A supervisor."""
    operators.add(desk, "ratna", SecretStr("ratna-pass"), role="supervisor")
    return Person(name="ratna", password=SecretStr("ratna-pass"))


@pytest.fixture
def open_shift(desk: Desk, two: Two) -> str:
    """A hundred blanks, two printers, and an open shift with twenty blanks, ten of them in p1."""
    stock(desk, two)
    add_printers(desk, "p1", "p2")
    name = shifts.open_(desk, *two, pieces=20, reason="a test")["id"]
    blanks.load(desk, "p1", two[0], pieces=10)
    return str(name)


def refused(desk: Desk, act: Callable[[], object]) -> Refused:
    """Return the refusal, having made sure that neither log nor tables changed."""
    with desk.shop.store.reading() as connection:
        before = log.frontier(connection), dump(connection)
    with pytest.raises(Refused) as refusal:
        act()
    with desk.shop.store.reading() as connection:
        assert (log.frontier(connection), dump(connection)) == before
    assert refusal.value.what.endswith((".", "?"))
    return refusal.value


def set_clock(desk: Desk, moment: datetime) -> None:
    desk.shop.books.clock = lambda: moment


def configure(desk: Desk, **sections: Any) -> None:
    desk.shop.config = desk.shop.config.model_copy(update=sections)


def today(desk: Desk) -> str:
    return desk.shop.today().isoformat()


# --- opening ---


def test_two_people_open_a_shift_with_what_the_day_needs(desk: Desk, two: Two) -> None:
    stock(desk, two)
    add_printers(desk, "p1")
    queue(desk, 10)
    queue(desk, 5, stock_type="OA")
    opened = shifts.open_(desk, *two)
    name = f"{today(desk)}-1"
    assert (opened["id"], opened["state"], opened["opened_by"], opened["opened_with"]) == (name, "open", "siti", "budi")
    assert opened["holds"] == [["K001", "K013"]], "ten jobs, 2 % of them and two pieces more"
    first, second = entries(desk)[-2:]
    assert (first.kind, second.kind) == ("shift.opened", "blanks.moved")
    assert first.actors == second.actors == ("siti", "budi")
    assert second.data == {"serials": [["K001", "K013"]], "from": "store", "to": f"shift:{name}", "why": "issue"}
    assert where(desk) == {"store": 87, f"shift:{name}": 13}
    assert (
        refused(desk, lambda: shifts.issue(desk, *two, pieces=1)).what
        == "The day needs 0 more blanks of type WNI, not 1."
    )


@pytest.mark.parametrize(
    ("cap", "printing", "waiting", "needed"),
    [
        (100, 1, 0, 0),
        (100, 1, 1, 4),
        (100, 1, 50, 53),
        (100, 1, 51, 55),
        (10, 1, 50, 13),
        (10, 2, 50, 23),
        (0, 2, 50, 53),  # no cap
    ],
)
def test_the_need_of_a_day(desk: Desk, two: Two, cap: int, printing: int, waiting: int, needed: int) -> None:
    configure(desk, duty=Duty(cards_per_day=cap))
    add_printers(desk, *[f"p{number}" for number in range(printing)])
    queue(desk, waiting)
    with desk.shop.store.reading() as connection:
        assert shifts.need(desk, connection, "WNI") == needed


def test_more_than_the_day_needs_takes_a_reason_that_is_kept(desk: Desk, two: Two) -> None:
    stock(desk, two)
    add_printers(desk, "p1")
    queue(desk, 10)
    for more in ({"pieces": 14}, {"serials": [["K001", "K014"]]}):
        error = refused(desk, partial(shifts.open_, desk, *two, **more))
        assert error.what == "The day needs 13 more blanks of type WNI, not 14."
        assert "--reason" in error.remedy
    assert "readable" in str(refused(desk, lambda: shifts.open_(desk, *two, pieces=14, reason="  ")))
    assert "NIK" in str(refused(desk, lambda: shifts.open_(desk, *two, pieces=14, reason=f"for {NIK}")))
    shifts.open_(desk, *two, pieces=14, reason="a school comes")
    assert [one.data["reason"] for one in entries(desk, "shift.opened", "blanks.moved")] == ["a school comes"] * 2


@pytest.mark.parametrize("pieces", [-1, -(10**30)])
def test_nobody_issues_less_than_nothing(desk: Desk, two: Two, pieces: int) -> None:
    stock(desk, two)
    people = {"by": {"name": "siti", "password": "siti-pass"}, "second": {"name": "budi", "password": "budi-pass"}}
    refused(desk, lambda: perform(desk, "shifts.open", {**people, "pieces": pieces}))
    perform(desk, "shifts.open", {**people, "pieces": 0})
    refused(desk, lambda: perform(desk, "shifts.issue", {**people, "pieces": pieces}))
    add_printers(desk, "p1")
    load = {"printer": "p1", "by": people["by"]}
    assert "pieces" in str(refused(desk, lambda: perform(desk, "blanks.load", {**load, "pieces": pieces})))
    assert "pieces" in str(refused(desk, lambda: perform(desk, "blanks.load", {**load, "pieces": 0})))


def test_one_person_alone_opens_nothing(desk: Desk, two: Two) -> None:
    stock(desk, two)
    siti, budi = two
    nobody, wrong = Person(name="nobody", password=SecretStr("x")), Person(name="budi", password=SecretStr("wrong"))
    assert "cannot sign twice" in refused(desk, lambda: shifts.open_(desk, siti, siti)).what
    assert "password" in refused(desk, lambda: shifts.open_(desk, siti, wrong)).what
    assert "password" in refused(desk, lambda: shifts.open_(desk, siti, Person(name="budi"))).what
    assert "nobody" in refused(desk, lambda: shifts.open_(desk, siti, nobody)).what
    shifts.open_(desk, siti, budi, pieces=0)
    assert "cannot sign twice" in refused(desk, lambda: shifts.issue(desk, siti, siti, pieces=1, reason="x y")).what


def test_one_shift_at_a_time_and_the_day_s_shifts_are_numbered(desk: Desk, two: Two) -> None:
    first = shifts.open_(desk, *two)["id"]
    error = refused(desk, lambda: shifts.open_(desk, *two))
    assert error.what == f"Shift {first} is not closed."
    assert "shifts close" in error.remedy
    shifts.count_begin(desk, two[0])
    assert error.what == refused(desk, lambda: shifts.open_(desk, *two)).what
    for person in two:
        count_all(desk, person, {})
    shifts.close(desk, *two)
    assert shifts.open_(desk, *two)["id"] == first[:-1] + "2"
    assert [(row["id"][-2:], row["state"]) for row in shifts.list_(desk)] == [("-1", "closed"), ("-2", "open")]


def test_a_shift_is_named_by_the_office_s_day(desk: Desk, two: Two) -> None:
    """Kupang is eight hours ahead: the third of September begins there while the second is still on in Greenwich."""
    set_clock(desk, datetime(2018, 9, 2, 23, 30, tzinfo=UTC))
    assert desk.shop.zone.key in ("Asia/Makassar", "Asia/Jakarta", "Asia/Jayapura")
    assert shifts.open_(desk, *two)["id"] == "2018-09-03-1"


def test_only_open_cartons_are_issued_and_the_older_delivery_first(desk: Desk, two: Two) -> None:
    set_clock(desk, datetime(2018, 9, 3, 1, 0, tzinfo=UTC))
    stock_closed(desk, two, "OLD", [("M001", "M010"), ("M011", "M020"), ("M021", "M030")])
    deliveries.open_(desk, "OLD", "OLD-2", *two)
    set_clock(desk, datetime(2018, 9, 3, 2, 0, tzinfo=UTC))
    stock(desk, two, "NEW", "A001", "A010")
    error = refused(desk, lambda: shifts.open_(desk, *two, pieces=21, reason="a test"))
    assert error.what == "The store has 20 blanks of type WNI in open cartons, not 21."
    assert "deliveries open" in error.remedy
    inside = refused(desk, lambda: shifts.open_(desk, *two, serials=[["M010", "M012"]], reason="a test"))
    assert inside.what == "M010 is in the closed carton OLD-1."
    opened = shifts.open_(desk, *two, pieces=13, reason="a test")
    assert opened["holds"] == [["A001", "A003"], ["M011", "M020"]]
    assert entries(desk, "blanks.moved")[-1].data["serials"] == [["M011", "M020"], ["A001", "A003"]]


def test_each_stock_type_is_issued_for_itself(desk: Desk, two: Two) -> None:
    stock(desk, two)
    stock(desk, two, "ORANGE", "OA001", "OA050", stock_type="OA")
    add_printers(desk, "p1")
    queue(desk, 3, stock_type="OA")
    shifts.open_(desk, *two, stock_type="OA")
    assert shifts.list_(desk)[0]["state"] == "open"
    assert shifts.show(desk, f"{today(desk)}-1")["holds"] == [["OA001", "OA006"]]
    assert shifts.issue(desk, *two, pieces=2, reason="a test")["holds"] == [["K001", "K002"], ["OA001", "OA006"]]


# --- loading ---


def test_the_lowest_serials_are_loaded_by_the_shift_s_people(desk: Desk, two: Two, open_shift: str) -> None:
    moved = blanks.load(desk, "p2", two[1], pieces=3)
    assert moved["serials"] == [["K011", "K013"]]
    assert entries(desk)[-1].actors == ("budi",)
    assert entries(desk)[-1].data == {
        "serials": [["K011", "K013"]],
        "from": f"shift:{open_shift}",
        "to": "hopper:p2",
        "why": "load",
    }
    error = refused(desk, lambda: blanks.load(desk, "p2", two[0], serials=[["K015", "K016"]]))
    assert (error.what, error.remedy) == ("K015 to K016 are not the lowest serials of the shift.", "Load K014 to K015.")
    blanks.load(desk, "p2", two[0], serials=[["K014", "K015"], ["K016"]])
    assert (
        refused(desk, lambda: blanks.load(desk, "p2", two[0], pieces=5)).what == "The shift holds 4 blanks of type WNI."
    )
    blanks.load(desk, "p2", two[0])
    assert where(desk) == {"store": 80, "hopper:p1": 10, "hopper:p2": 10}
    assert "The shift holds 0" in refused(desk, lambda: blanks.load(desk, "p2", two[0])).what


def test_what_the_shift_does_not_hold_is_not_loaded(desk: Desk, two: Two, open_shift: str) -> None:
    announce(desk, "T", [("T001", "T100")])
    for first, what, remedy in (
        ("T001", "T001 cannot be loaded: it was never received, it is in transit:T.", "deliveries receive"),
        ("Z001", "Z001 cannot be loaded: it was never received, it is in no delivery.", "deliveries receive"),
        ("K050", "K050 cannot be loaded: the shift does not hold it, it is in store.", "shifts issue"),
        ("K001", "K001 cannot be loaded: the shift does not hold it, it is in hopper:p1.", "shifts issue"),
    ):
        error = refused(desk, partial(blanks.load, desk, "p2", two[0], serials=[[first, first]]))
        assert error.what == what
        assert remedy in error.remedy


def test_without_an_open_shift_nothing_is_loaded_or_unloaded(desk: Desk, two: Two) -> None:
    stock(desk, two)
    add_printers(desk, "p1")
    for act in (
        lambda: blanks.load(desk, "p1", two[0], pieces=1),
        lambda: blanks.load(desk, "p1", two[0], serials=[["K001", "K001"]]),
        lambda: blanks.unload(desk, "p1", *two),
        lambda: shifts.issue(desk, *two, pieces=1, reason="a test"),
    ):
        assert refused(desk, act).what == "No shift is open."


def test_one_hopper_holds_one_stock_type(desk: Desk, two: Two, open_shift: str) -> None:
    stock(desk, two, "ORANGE", "OA001", "OA050", stock_type="OA")
    shifts.issue(desk, *two, pieces=5, stock_type="OA", reason="a test")
    for how in ({"pieces": 2, "stock_type": "OA"}, {"serials": [["OA001", "OA002"]]}):
        error = refused(desk, partial(blanks.load, desk, "p1", two[0], **how))
        assert "OA001 to OA002: type OA, but blanks of type WNI lie in p1." in error.what
    blanks.load(desk, "p2", two[0], serials=[["OA001", "OA002"]])
    assert "type WNI, but blanks of type OA" in refused(desk, lambda: blanks.load(desk, "p2", two[0], pieces=1)).what
    mixed = refused(desk, lambda: blanks.load(desk, "p2", two[0], serials=[["K011", "K011"], ["OA003", "OA003"]]))
    assert "not the lowest" in mixed.what
    blanks.unload(desk, "p2", *two)
    blanks.load(desk, "p2", two[0], pieces=1)


def test_a_generation_that_a_printer_cannot_print_stays_out_of_it(desk: Desk, two: Two) -> None:
    configure(desk, printing=desk.shop.config.printing.model_copy(update={"generations": {"p1": ("4.8",)}}))
    stock(desk, two)
    stock(desk, two, "V48", "V001", "V010", generation="4.8")
    add_printers(desk, "p1", "p2")
    shifts.open_(desk, *two, serials=[["K001", "K005"], ["V001", "V005"]], reason="a test")
    error = refused(desk, lambda: blanks.load(desk, "p1", two[0], pieces=7))
    assert error.what == "p1 cannot print blanks of generation 5, as K001 to K005 is."
    assert "4.8" in error.remedy
    blanks.load(desk, "p2", two[0], pieces=5)
    assert blanks.load(desk, "p1", two[0], pieces=5)["serials"] == [["V001", "V005"]]


def test_two_people_take_blanks_back_out_of_a_hopper(desk: Desk, two: Two, open_shift: str) -> None:
    siti, _ = two
    assert "cannot sign twice" in refused(desk, lambda: blanks.unload(desk, "p1", siti, siti)).what
    assert "K011" in refused(desk, lambda: blanks.unload(desk, "p1", *two, serials=[["K010", "K011"]])).what
    blanks.unload(desk, "p1", *two, serials=[["K009", "K010"]])
    assert where(desk) == {"store": 80, "hopper:p1": 8, f"shift:{open_shift}": 12}
    blanks.unload(desk, "p1", *two)
    assert where(desk) == {"store": 80, f"shift:{open_shift}": 20}
    assert entries(desk)[-1].actors == ("siti", "budi")
    assert "empty" in refused(desk, lambda: blanks.unload(desk, "p1", *two)).what


# --- blanks that leave the way ---


def test_what_is_found_goes_to_the_shift_and_without_one_to_the_store(desk: Desk, two: Two, open_shift: str) -> None:
    blanks.skip(desk, "K001", *two)
    blanks.skip(desk, "K002", *two)
    incidents.miss(desk, "K003", "gone after lunch", *two)
    assert blanks.find(desk, "K001", *two)["to"] == f"shift:{open_shift}"
    assert blanks.find(desk, "K003", *two)["to"] == f"shift:{open_shift}"
    shift = {f"shift:{open_shift}": 12, "hopper:p1": 7}
    close(desk, two, shift)
    assert blanks.find(desk, "K002", *two)["to"] == "store"
    assert where(desk) == {"store": 100}


@pytest.mark.parametrize("place", ["store", "shift", "hopper", "skipped", "missing"])
def test_a_blank_is_spoiled_wherever_it_lies_unprinted(desk: Desk, two: Two, open_shift: str, place: str) -> None:
    blanks.skip(desk, "K001", *two)
    incidents.miss(desk, "K002", "gone", *two)
    serial = {"store": "K050", "shift": "K015", "hopper": "K005", "skipped": "K001", "missing": "K002"}[place]
    assert blanks.spoil(desk, serial, "bent_heat", *two)["from"].startswith(place)
    assert blanks.show(desk, serial)["place"] == "spoiled"
    assert "is in spoiled" in refused(desk, lambda: blanks.spoil(desk, serial, "bent_heat", *two)).what


def test_a_card_that_was_lost_and_found_never_becomes_a_blank_again(desk: Desk, two: Two, open_shift: str) -> None:
    """A printed card, one spoiled, one brought back: each may get lost, and none may be printed on again."""
    printed, spoiled = queue(desk, 2)
    print_on(desk, printed, "K001")
    print_on(desk, spoiled, "K002", AttemptState.SPOILED, "jam")
    blanks.spoil(desk, "K003", "factory_defect", *two)
    for serial in ("K001", "K002", "K003"):
        incidents.miss(desk, serial, "not in its box", *two)
    for serial in ("K001", "K002", "K003"):
        error = refused(desk, partial(blanks.find, desk, serial, *two))
        assert f"{serial} was no unprinted blank" in error.what
        assert "blanks spoil" in error.remedy
        blanks.spoil(desk, serial, "other", *two)
        assert blanks.show(desk, serial)["place"] == "spoiled"
    _replays(desk)


def test_a_card_taken_from_the_bin_comes_back_as_it_was_spoiled_first(desk: Desk, two: Two, open_shift: str) -> None:
    blanks.spoil(desk, "K003", "factory_defect", *two)
    incidents.miss(desk, "K003", "not in the bin", *two)
    blanks.spoil(desk, "K003", "other", *two)
    assert close(desk, two, {f"shift:{open_shift}": 10, "hopper:p1": 9, "spoiled": 1})["act"]["spoiled"] == {
        "factory_defect": 1
    }


# --- counting ---


def test_printing_and_moving_rest_while_a_shift_is_counted(desk: Desk, two: Two, open_shift: str) -> None:
    job = queue(desk, 1)[0]
    assert shifts.count_begin(desk, two[1]) == {"shift": open_shift, "state": "counting"}
    assert shifts.show(desk, open_shift)["counting_since"] is not None
    for act in (
        lambda: start(desk, job, "K001"),
        lambda: blanks.load(desk, "p2", two[0], pieces=1),
        lambda: blanks.unload(desk, "p1", *two),
        lambda: shifts.issue(desk, *two, pieces=1, reason="a test"),
        lambda: shifts.count_begin(desk, two[0]),
    ):
        assert refused(desk, act).what == f"Shift {open_shift} is being counted."
    assert shifts.resume(desk, two[0]) == {"shift": open_shift, "state": "open"}
    print_on(desk, job, "K001")
    assert "not counting" in refused(desk, lambda: shifts.resume(desk, two[0])).what


def test_no_figure_is_shown_while_a_shift_is_counted(desk: Desk, two: Two, open_shift: str) -> None:
    shifts.count_begin(desk, two[0])
    for act in (
        lambda: blanks.where(desk),
        lambda: blanks.in_(desk, "hopper:p1"),
        lambda: samples.draw(desk, 3, "siti"),
        lambda: spoilage.ages_(desk),
        lambda: reports.report(desk, "R1", desk.shop.today(), desk.shop.today()),
    ):
        error = refused(desk, act)
        assert error.what == f"Shift {open_shift} is being counted; figures are shown after it."
    assert [row["blanks"] for row in printers.list_(desk)] == [None, None]
    assert deliveries.show(desk, "D")["places"] == {}
    queue(desk, 1)
    assert [row["waits"]["sentence"] for row in jobs.list_(desk)] == [f"shift {open_shift} is being counted"]
    assert "holds" not in shifts.show(desk, open_shift)
    assert set(shifts.count(desk, {"hopper:p1": counted(3)}, two[0])) == {"shift", "counted_by", "places"}
    shifts.resume(desk, two[0])
    assert [row["blanks"] for row in printers.list_(desk)] == [10, 0]


def test_counting_needs_a_count_and_a_person(desk: Desk, two: Two, open_shift: str) -> None:
    sheet = {"hopper:p1": counted(10)}
    assert refused(desk, lambda: shifts.count(desk, sheet, two[0])).what == "No count is under way."
    assert "has not been counted" in refused(desk, lambda: shifts.close(desk, *two)).what
    shifts.count_begin(desk, two[0])
    wrong = Person(name="siti", password=SecretStr("wrong"))
    assert "password" in refused(desk, lambda: shifts.count(desk, sheet, wrong)).what
    assert "password" in refused(desk, lambda: shifts.resume(desk, wrong)).what


@pytest.mark.parametrize(
    "place", ["store", "hopper:p9", "shift:2018-09-03-1", f"hopper:{NIK}", "ANI WATI", "", "spoiled:x"]
)
def test_only_places_of_the_shift_are_counted_and_nothing_else_is_logged(
    desk: Desk, two: Two, open_shift: str, place: str
) -> None:
    shifts.count_begin(desk, two[0])
    error = refused(desk, lambda: shifts.count(desk, {place: counted(3)}, two[0]))
    assert "is not counted at a shift's end" in error.what
    for name in (f"shift:{open_shift}", "hopper:p1", "hopper:p2", "output", "spoiled"):
        assert name in error.remedy


def test_a_sheet_that_contradicts_itself_is_not_booked(desk: Desk, two: Two, open_shift: str) -> None:
    shifts.count_begin(desk, two[0])
    for sheet, words in (
        (Count(pieces=3, serials=[["K001", "K002"]]), "says 3 pieces and names 2"),
        (Count(pieces=2, serials=[["K001", "K001"], ["K001", "K001"]]), "twice"),
        (Count(pieces=2, serials=[["K002", "K001"]]), "backwards"),
    ):
        assert words in str(refused(desk, partial(shifts.count, desk, {"hopper:p1": sheet}, two[0])))


def test_a_shift_does_not_close_on_one_count_or_on_two_that_differ(desk: Desk, two: Two, open_shift: str) -> None:
    siti, budi = two
    right = {f"shift:{open_shift}": 10, "hopper:p1": 10}
    shifts.count_begin(desk, siti)
    assert refused(desk, lambda: shifts.close(desk, *two)).what == "siti has not counted."
    count_all(desk, siti, right)
    error = refused(desk, lambda: shifts.close(desk, *two))
    assert error.what == "budi has not counted."
    assert not any(character.isdigit() for character in error.what + error.why + error.remedy)
    count_all(desk, budi, {**right, "hopper:p1": 9})
    error = refused(desk, lambda: shifts.close(desk, *two))
    assert (error.what, error.why) == ("The two counts differ.", "siti and budi do not agree on hopper:p1.")
    count_all(desk, budi, {"hopper:p1": 10})
    assert "do not agree on shift:" in refused(desk, lambda: shifts.close(desk, *two)).why
    count_all(desk, siti, {"hopper:p1": 10})
    assert refused(desk, lambda: shifts.close(desk, *two)).what == f"Nobody counted shift:{open_shift}."
    for person in two:
        count_all(desk, person, right)
    assert "cannot sign twice" in refused(desk, lambda: shifts.close(desk, siti, siti)).what
    assert shifts.close(desk, *two)["state"] == "closed"


def test_the_two_who_counted_close_and_nobody_for_them(
    desk: Desk, two: Two, open_shift: str, enrol: Callable[[Desk, str], Person]
) -> None:
    rini = enrol(desk, "rini")
    shifts.count_begin(desk, two[0])
    for person in two:
        count_all(desk, person, {f"shift:{open_shift}": 10, "hopper:p1": 10})
    assert refused(desk, lambda: shifts.close(desk, two[0], rini)).what == "rini has not counted."


def test_a_sheet_is_stale_once_a_blank_moved(desk: Desk, two: Two, open_shift: str) -> None:
    shifts.count_begin(desk, two[0])
    sheet: dict[str, Any] = {f"shift:{open_shift}": 10, "hopper:p1": 10}
    for person in two:
        count_all(desk, person, sheet)
    blanks.spoil(desk, "K010", "bent_heat", *two)
    assert refused(desk, lambda: shifts.close(desk, *two)).what == "siti has not counted since blanks last moved."
    sheet |= {"hopper:p1": 9, "spoiled": 1}
    count_all(desk, two[0], sheet)
    assert refused(desk, lambda: shifts.close(desk, *two)).what == "budi has not counted since blanks last moved."
    count_all(desk, two[1], sheet)
    shifts.close(desk, *two)


def test_a_sheet_of_an_earlier_count_of_the_shift_is_stale(desk: Desk, two: Two, open_shift: str) -> None:
    """Counted at noon, gone on, and only the sheets of noon at night: who knows what left the office since."""
    noon = datetime(2018, 9, 3, 4, 0, tzinfo=UTC)
    set_clock(desk, noon)
    shifts.count_begin(desk, two[0])
    for person in two:
        count_all(desk, person, {f"shift:{open_shift}": 10, "hopper:p1": 10})
    shifts.resume(desk, two[0])
    set_clock(desk, noon + timedelta(hours=4))
    shifts.count_begin(desk, two[0])
    assert "siti has not counted" in refused(desk, lambda: shifts.close(desk, *two)).what


def test_nothing_closes_over_a_card_that_nobody_knows_about(desk: Desk, two: Two, open_shift: str) -> None:
    first = queue(desk, 1)[0]
    begun = start(desk, first, "K001")
    shifts.count_begin(desk, two[0])
    sheet: dict[str, Any] = {f"shift:{open_shift}": 10, "hopper:p1": 9}
    for person in two:
        count_all(desk, person, sheet)
    error = refused(desk, lambda: shifts.close(desk, *two))
    assert error.what == "Nobody knows yet what became of K001 in p1."
    assert "jobs resolve" in error.remedy
    finish(desk, begun, AttemptState.IN_DOUBT)
    for person in two:
        count_all(desk, person, sheet)
    assert refused(desk, lambda: shifts.close(desk, *two)).what == error.what
    jobs.resolve(desk, first, "unused", two[1], blank_is="hand")
    sheet[f"shift:{open_shift}"] = 11
    for person in two:
        count_all(desk, person, sheet)
    shifts.close(desk, *two)
    assert where(desk) == {"store": 100}


# --- closing ---


def test_a_day_s_closing_tells_every_blank_and_sends_the_rest_to_the_store(
    desk: Desk, two: Two, open_shift: str
) -> None:
    ids = queue(desk, 4)
    for number, job in enumerate(ids[:3], start=1):
        print_on(desk, job, f"K{number:03}")
    print_on(desk, ids[3], "K004", AttemptState.SPOILED, "print_blur")
    jobs.check(desk, ids[0], "good", Person(name="budi"))
    jobs.hand_over(desk, ids[0], "budi")
    jobs.check(desk, ids[1], "good", Person(name="budi"))
    blanks.spoil(desk, "K020", "factory_defect", *two)
    blanks.skip(desk, "K010", *two)
    before = len(entries(desk)) + 3  # the count begins, two sheets
    closed = close(desk, two, {f"shift:{open_shift}": 9, "hopper:p1": 5, "output": 1, "spoiled": 2})
    act = closed["act"]
    assert act["stock"] == [
        {
            "stock_type": "WNI",
            "opening": 0,
            "received": 100,
            "loaned_in": 0,
            "recovered": 0,
            "used_good": 2,
            "spoiled": 2,
            "loaned_out": 0,
            "returned": 0,
            "skipped": 1,
            "missing": 0,
            "closing": 95,
        }
    ]
    assert {one["place"]: (one["book"], one["counted"], one["serials"]) for one in act["places"]} == {
        f"shift:{open_shift}": (9, 9, "K011 to K019"),
        "hopper:p1": (5, 5, "K005 to K009"),
        "hopper:p2": (0, 0, ""),
        "output": (1, 1, "K003"),
        "spoiled": (2, 2, "K004, K020"),
    }
    assert (act["gaps"], act["spoiled"]) == ([], {"factory_defect": 1, "print_blur": 1})
    assert act["outcomes"] == {"printed": 3, "spoiled": 1}
    assert act["log_size"] == before
    entry = entries(desk)[-1]
    assert (entry.kind, entry.actors) == ("shift.closed", ("siti", "budi"))
    assert entry.data["act"] == act
    assert sorted(entry.data["returned"]) == [
        ["hopper:p1", [["K005", "K009"]]],
        [f"shift:{open_shift}", [["K011", "K019"]]],
    ]
    assert where(desk) == {"store": 94, "output": 1, "finished": 1, "holder": 1, "spoiled": 2, "skipped": 1}
    assert (closed["closed_by"], closed["closed_with"], closed["approved_by"]) == ("siti", "budi", None)
    _replays(desk)


def test_the_root_in_an_act_is_that_of_the_log_before_it(desk: Desk, two: Two, open_shift: str) -> None:
    act = close(desk, two, {f"shift:{open_shift}": 10, "hopper:p1": 10})["act"]
    frontier = merkle.Frontier()
    with desk.shop.store.reading() as connection:
        for _, body, _ in list(log.entries(connection))[: act["log_size"]]:
            frontier, _ = frontier.append(merkle.leaf_hash(body))
    assert act["log_root"] == frontier.root().hex()


def test_an_act_is_kept_as_pdf_and_as_canonical_json(desk: Desk, two: Two, open_shift: str) -> None:
    closed = close(desk, two, {f"shift:{open_shift}": 10, "hopper:p1": 10})
    pdf, plain = (Path(closed["files"][kind]) for kind in ("pdf", "json"))
    assert pdf.read_bytes().startswith(b"%PDF-")
    assert (pdf.name, plain.name) == (f"shift-{open_shift}.pdf", f"shift-{open_shift}.json")
    assert plain.stat().st_mode & 0o077 == 0
    document = json.loads(plain.read_bytes())
    assert plain.read_bytes() == rfc8785.dumps(document) + b"\n"
    assert (document["size"], document["root"]) == (closed["act"]["log_size"], closed["act"]["log_root"])
    assert [one["english"] for one in document["signatures"]] == [
        "Counted by (1)",
        "Counted by (2)",
        "Supervisor",
        "Head of office",
    ]
    stock_table, count_table = document["tables"][:2]
    assert stock_table["rows"] == closed["act"]["stock"]
    assert {row["place"]: row["count_1"] for row in count_table["rows"]}["hopper:p1"] == 10


def test_each_day_begins_with_what_the_last_one_left(desk: Desk, two: Two) -> None:
    stock(desk, two)
    add_printers(desk, "p1")
    openings = []
    moment = datetime(2030, 1, 7, 1, 0, tzinfo=UTC)
    for day in range(3):
        set_clock(desk, moment + timedelta(days=day))
        job = queue(desk, 1)[0]
        shift = shifts.open_(desk, *two)["id"]
        blanks.load(desk, "p1", two[0])
        print_on(desk, job, f"K{day + 1:03}")
        jobs.check(desk, job, "good", Person(name="budi"))
        jobs.hand_over(desk, job, "budi")
        if day == 1:
            set_clock(desk, moment + timedelta(days=day, hours=1))
            stock(desk, two, "LOAN", "L001", "L030", due_back="2030-12-31")
        set_clock(desk, moment + timedelta(days=day, hours=8))
        row = close(desk, two, {f"shift:{shift}": 0, "hopper:p1": 3})["act"]["stock"][0]
        openings.append((row["opening"], row["received"], row["loaned_in"], row["used_good"], row["closing"]))
    assert openings == [(0, 100, 0, 1, 99), (99, 0, 30, 1, 128), (128, 0, 0, 1, 127)]


def test_an_office_that_prints_nothing_closes_its_day_too(desk: Desk, two: Two) -> None:
    shift = shifts.open_(desk, *two)["id"]
    closed = close(desk, two, {})
    assert (closed["act"]["stock"], closed["act"]["gaps"]) == ([], [])
    assert entries(desk)[-1].data["returned"] == []
    assert shifts.show(desk, shift)["act"] == closed["act"]


def test_a_note_without_a_difference_is_as_plain_as_any(desk: Desk, two: Two, open_shift: str) -> None:
    found = {f"shift:{open_shift}": 10, "hopper:p1": 10}
    shifts.count_begin(desk, two[0])
    for person in two:
        count_all(desk, person, found)
    assert "NIK" in str(refused(desk, lambda: shifts.close(desk, *two, note=f"card of {NIK}")))
    assert shifts.close(desk, *two, note="a quiet day")["act"]["note"] == "a quiet day"


# --- closing with a gap ---


def test_a_gap_keeps_the_shift_open_and_is_named(desk: Desk, two: Two, open_shift: str) -> None:
    error = refused_close(desk, two, {f"shift:{open_shift}": 10, "hopper:p1": 9})
    assert error.what == f"Shift {open_shift} does not add up."
    assert error.why == "hopper:p1: counted 9, in the books 10."
    assert "--approved-by" in error.remedy
    assert shifts.show(desk, open_shift)["state"] == "counting"
    shifts.resume(desk, two[0])


def refused_close(desk: Desk, two: Two, found: dict[str, Any], **more: Any) -> Refused:
    """Count and be refused at closing."""
    shifts.count_begin(desk, two[0])
    for person in two:
        count_all(desk, person, found)
    return refused(desk, lambda: shifts.close(desk, *two, **more))


def test_a_supervisor_who_did_not_count_answers_for_a_gap_with_a_note(
    desk: Desk, two: Two, open_shift: str, ratna: Person, enrol: Callable[[Desk, str], Person]
) -> None:
    rini = enrol(desk, "rini")
    found = {f"shift:{open_shift}": 10, "hopper:p1": [("K001", "K004"), ("K006", "K010")]}
    shifts.count_begin(desk, two[0])
    for person in two:
        count_all(desk, person, found)
    for more, words in (
        ({"approved_by": rini, "note": "gone"}, "not a supervisor"),
        ({"approved_by": two[0], "note": "gone"}, "cannot approve"),
        ({"approved_by": ratna}, "note must be"),
        ({"approved_by": ratna, "note": f"see {NIK}"}, "NIK"),
        ({"approved_by": Person(name="ratna"), "note": "gone"}, "password"),
    ):
        assert words in str(refused(desk, partial(shifts.close, desk, *two, **more)))
    closed = shifts.close(desk, *two, approved_by=ratna, note="not there after lunch")
    assert closed["approved_by"] == "ratna"
    assert closed["act"]["gaps"] == [{"place": "hopper:p1", "counted": 9, "book": 10}]
    assert closed["act"]["stock"][0]["missing"] == 1
    assert closed["act"]["stock"][0]["closing"] == 99
    assert blanks.show(desk, "K005")["place"] == "missing"
    assert where(desk) == {"store": 99, "missing": 1}
    moved, opened, last = entries(desk)[-3:]
    assert (moved.kind, opened.kind, last.kind) == ("blanks.moved", "incident.opened", "shift.closed")
    assert moved.actors == opened.actors == last.actors == ("siti", "budi", "ratna")
    incident = incidents.list_(desk)[0]
    assert (incident["kind"], incident["serials"]) == ("missing", [["K005", "K005"]])
    assert incident["last_event"]["target"] == "missing"
    assert "not there after lunch" in incident["note"]
    _replays(desk)


def test_a_gap_of_unknown_serials_is_not_booked(desk: Desk, two: Two, open_shift: str, ratna: Person) -> None:
    error = refused_close(desk, two, {f"shift:{open_shift}": 10, "hopper:p1": 9}, approved_by=ratna, note="one is gone")
    assert error.what == "hopper:p1 differs, and its serials are not on the sheets."


def test_an_empty_hopper_that_should_be_full_needs_no_scan(
    desk: Desk, two: Two, open_shift: str, ratna: Person
) -> None:
    close(desk, two, {f"shift:{open_shift}": 10, "hopper:p1": 0}, approved_by=ratna, note="the hopper was emptied")
    assert where(desk) == {"store": 90, "missing": 10}
    assert incidents.list_(desk)[0]["pieces"] == 10


def test_the_right_number_of_wrong_blanks_is_a_gap(desk: Desk, two: Two, open_shift: str, ratna: Person) -> None:
    incidents.miss(desk, "K001", "gone", *two)
    found = {f"shift:{open_shift}": 10, "hopper:p1": [("K001", "K009")]}  # K001 is back, K010 is gone
    error = refused_close(desk, two, found)
    assert error.why == "hopper:p1: counted 9, in the books 9."
    closed = shifts.close(desk, *two, approved_by=ratna, note="one turned up, one went")
    assert blanks.show(desk, "K001")["place"] == "store"
    assert blanks.show(desk, "K010")["place"] == "missing"
    row = closed["act"]["stock"][0]
    assert (row["recovered"], row["missing"], row["closing"]) == (1, 2, 99)
    _replays(desk)


def test_a_blank_of_elsewhere_in_a_hopper_stops_the_closing(
    desk: Desk, two: Two, open_shift: str, ratna: Person
) -> None:
    more: dict[str, Any] = {"approved_by": ratna, "note": "one too many"}
    for serial, place in (("K011", f"shift:{open_shift}"), ("K050", "store"), ("Z001", "no delivery")):
        found = {f"shift:{open_shift}": 10, "hopper:p1": [("K001", "K010"), (serial, serial)]}
        error = refused_close(desk, two, found, **more)
        assert error.what == f"{serial} was found in hopper:p1, but the books have it in {place}."
        shifts.resume(desk, two[0])


def test_a_missing_card_of_the_output_ends_its_card_and_not_only_its_blank(
    desk: Desk, two: Two, open_shift: str, ratna: Person
) -> None:
    ids = queue(desk, 2)
    for number, job in enumerate(ids, start=1):
        print_on(desk, job, f"K{number:03}")
    found = {f"shift:{open_shift}": 10, "hopper:p1": 8, "output": [("K002", "K002")]}
    closed = close(desk, two, found, approved_by=ratna, note="a printed card is gone")
    assert blanks.show(desk, "K001")["place"] == "missing"
    lost = jobs.show(desk, ids[0])
    assert (lost["state"], lost["held_because"]) == ("held", "spoiled")
    assert jobs.show(desk, ids[1])["state"] == "printed"
    row = closed["act"]["stock"][0]
    assert (row["missing"], row["used_good"], row["closing"]) == (1, 0, 99)
    assert [one.kind for one in entries(desk)[-3:]] == ["card.missed", "incident.opened", "shift.closed"]
    _replays(desk)


def test_a_lost_card_that_turns_up_in_the_tray_is_no_blank(
    desk: Desk, two: Two, open_shift: str, ratna: Person
) -> None:
    job = queue(desk, 1)[0]
    print_on(desk, job, "K001")
    incidents.miss(desk, "K001", "gone", *two)
    for place in ("output", "spoiled", "hopper:p1"):
        held = [("K002", "K010")] if place == "hopper:p1" else []
        found: dict[str, Any] = {f"shift:{open_shift}": 10, "hopper:p1": 9}
        found[place] = [("K001", "K001"), *held]
        error = refused_close(desk, two, found, approved_by=ratna, note="it was under the tray")
        assert error.what.startswith("K001 ")
        assert "blanks spoil" in error.remedy
        shifts.resume(desk, two[0])
    blanks.spoil(desk, "K001", "other", *two)
    close(desk, two, {f"shift:{open_shift}": 10, "hopper:p1": 9, "spoiled": 1})


def test_an_approval_that_nobody_needed_is_not_booked(desk: Desk, two: Two, open_shift: str, ratna: Person) -> None:
    found = {f"shift:{open_shift}": 10, "hopper:p1": 10}
    closed = close(desk, two, found, approved_by=ratna, note="just in case")
    assert closed["approved_by"] is None
    assert entries(desk)[-1].actors == ("siti", "budi")


def test_serials_as_they_are_cost_no_gap(desk: Desk, two: Two, open_shift: str) -> None:
    found = {f"shift:{open_shift}": [("K011", "K015"), ("K016", "K020")], "hopper:p1": 10}
    assert close(desk, two, found)["act"]["gaps"] == []


def test_a_hopper_that_got_a_blank_back_after_the_day_is_counted_the_next_day(
    desk: Desk, two: Two, open_shift: str
) -> None:
    """An unseen double feed that shows only when the shift is closed: the booked blank is in the hopper again."""
    job = queue(desk, 1)[0]
    print_on(desk, job, "K001")
    close(desk, two, {f"shift:{open_shift}": 10, "hopper:p1": 9, "output": 1})
    second = shifts.open_(desk, *two, pieces=0)["id"]
    blanks_in = shifts.issue(desk, *two, serials=[["K002", "K003"]], reason="a test")["holds"]
    assert blanks_in == [["K002", "K003"]]
    blanks.load(desk, "p1", two[0])
    jobs.correct(desk, job, "K002", *two)
    assert where(desk) == {"store": 97, "hopper:p1": 2, "output": 1}
    close(desk, two, {f"shift:{second}": 0, "hopper:p1": [("K001", "K001"), ("K003", "K003")], "output": 1})
    assert where(desk) == {"store": 99, "output": 1}


def test_a_whole_day_on_every_database(desk_on_both: Desk, enrol: Callable[[Desk, str], Person]) -> None:
    desk = desk_on_both
    two = enrol(desk, "siti"), enrol(desk, "budi")
    operators.add(desk, "ratna", SecretStr("ratna-pass"), role="supervisor")
    stock(desk, two)
    add_printers(desk, "p1")
    job = queue(desk, 1)[0]
    shift = shifts.open_(desk, *two)["id"]
    blanks.load(desk, "p1", two[0])
    print_on(desk, job, "K001")
    found = {f"shift:{shift}": 0, "hopper:p1": [("K002", "K002"), ("K004", "K004")], "output": 1}
    ratna = Person(name="ratna", password=SecretStr("ratna-pass"))
    row = close(desk, two, found, approved_by=ratna, note="one is gone")["act"]["stock"][0]
    assert (row["received"], row["missing"], row["closing"]) == (100, 1, 99)
    _replays(desk)


def _replays(desk: Desk) -> None:
    """Make sure that the log alone makes the same tables."""
    with desk.shop.store.reading() as connection:
        assert not compare(connection, PROJECTIONS).differences
