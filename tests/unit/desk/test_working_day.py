"""A working day: blanks leave the store only for a shift, and it ends only when every one is where the books say."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial

import pytest
from pydantic import SecretStr

from printd.books.replay import compare
from printd.cli.remedies import sentence
from printd.desk import blanks, deliveries, incidents, shifts
from printd.desk.acts import perform
from printd.desk.desk import Desk
from printd.desk.proofs import Person
from printd.projections.kinds import PROJECTIONS
from printd.shop.config import Duty
from printd.words.roles import Role
from printd.words.states import AttemptState
from support.people import enrol as enrol_person
from support.people import person
from support.workday import (
    add_printers,
    announce,
    close,
    configure,
    count_all,
    entries,
    print_on,
    queue,
    refused,
    set_clock,
    stock,
    stock_closed,
    where,
)

Two = tuple[Person, Person]
NIK = "5371994501900001"


@pytest.fixture
def ratna(desk: Desk) -> Person:
    """A supervisor."""
    enrol_person(desk, "ratna", Role.SUPERVISOR)
    return Person(name="ratna", passphrase=SecretStr("ratna-passphrase"))


@pytest.fixture
def open_shift(desk: Desk, two: Two) -> str:
    """A hundred blanks, two printers, and an open shift with twenty blanks, ten of them in p1."""
    stock(desk, two)
    add_printers(desk, "p1", "p2")
    name = shifts.open_(desk, *two, pieces=20, reason="a test")["id"]
    blanks.load(desk, "p1", two[0], pieces=10)
    return str(name)


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


def test_what_was_loaded_is_not_needed_again(desk: Desk, two: Two, open_shift: str) -> None:
    queue(desk, 30)
    with desk.shop.store.reading() as connection:
        assert shifts.need(desk, connection, "WNI") == 33 - 20, "ten with the shift and ten in the hopper"


def test_more_than_the_day_needs_takes_a_reason_that_is_kept(desk: Desk, two: Two) -> None:
    stock(desk, two)
    add_printers(desk, "p1")
    queue(desk, 10)
    for more in ({"pieces": 14}, {"serials": [["K001", "K014"]]}):
        error = refused(desk, partial(shifts.open_, desk, *two, **more))
        assert error.what == "The day needs 13 more blanks of type WNI, not 14."
        assert "--reason" in sentence(error.remedy)
    assert "readable" in str(refused(desk, lambda: shifts.open_(desk, *two, pieces=14, reason="  ")))
    assert "NIK" in str(refused(desk, lambda: shifts.open_(desk, *two, pieces=14, reason=f"for {NIK}")))
    shifts.open_(desk, *two, pieces=14, reason="a school comes")
    assert [one.data["reason"] for one in entries(desk, "shift.opened", "blanks.moved")] == ["a school comes"] * 2


@pytest.mark.parametrize("pieces", [-1, -(10**30)])
def test_nobody_issues_less_than_nothing(desk: Desk, two: Two, pieces: int) -> None:
    stock(desk, two)
    people = {
        "by": person("siti"),
        "second": person("budi"),
    }
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
    nobody, wrong = Person(name="nobody", passphrase=SecretStr("x")), Person(name="budi", passphrase=SecretStr("wrong"))
    assert "cannot sign twice" in refused(desk, lambda: shifts.open_(desk, siti, siti)).what
    for other in (wrong, Person(name="budi"), nobody):
        refusal = refused(desk, partial(shifts.open_, desk, siti, other))
        assert refusal.what == f"{other.name} did not prove who they are."
    shifts.open_(desk, siti, budi, pieces=0)
    assert "cannot sign twice" in refused(desk, lambda: shifts.issue(desk, siti, siti, pieces=1, reason="x y")).what


def test_one_shift_at_a_time_and_the_day_s_shifts_are_numbered(desk: Desk, two: Two) -> None:
    first = shifts.open_(desk, *two)["id"]
    error = refused(desk, lambda: shifts.open_(desk, *two))
    assert error.what == f"Shift {first} is not closed."
    assert "shifts close" in sentence(error.remedy)
    shifts.count_begin(desk, two[0])
    assert error.what == refused(desk, lambda: shifts.open_(desk, *two)).what
    for one in two:
        count_all(desk, one, {})
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
    assert "deliveries open" in sentence(error.remedy)
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
    assert (error.what, sentence(error.remedy)) == (
        "K015 to K016 are not the lowest serials of the shift.",
        "Load K014 to K015.",
    )
    blanks.load(desk, "p2", two[0], serials=[["K014", "K015"], ["K016"]])
    assert (
        refused(desk, lambda: blanks.load(desk, "p2", two[0], pieces=5)).what == "The shift holds 4 blanks of type WNI."
    )
    blanks.load(desk, "p2", two[0])
    assert where(desk) == {"store": 80, "hopper:p1": 10, "hopper:p2": 10}
    assert "The shift holds 0" in refused(desk, lambda: blanks.load(desk, "p2", two[0])).what


def test_where_nobody_says_how_many_each_printer_gets_an_even_share(desk: Desk, two: Two) -> None:
    stock(desk, two)
    add_printers(desk, "p1", "p2", "p3", "old")
    shifts.open_(desk, *two, pieces=20, reason="a test")
    perform(desk, "printers.pause", {"name": "old", "by": person("siti")})
    retire = {"by": two[0].model_dump(), "second": two[1].model_dump()}
    perform(desk, "printers.retire", {"name": "old", **retire})
    moved = blanks.load(desk, "p1", two[0])
    assert (moved["serials"], moved["pieces"], moved["stock_type"], moved["left"]) == ([["K001", "K007"]], 7, "WNI", 13)
    again = refused(desk, lambda: blanks.load(desk, "p1", two[0]))
    assert again.what == "p1 has its share already: 7 of 20 blanks of type WNI, among 3 printers."
    assert sentence(again.remedy).endswith("printd blanks load p1 --pieces N")
    assert blanks.load(desk, "p2", two[0], pieces=3)["left"] == 10
    assert blanks.load(desk, "p2", two[0])["serials"] == [["K011", "K014"]], "up to its share"
    assert blanks.load(desk, "p3", two[0])["left"] == 0, "the last share is what there is"
    assert where(desk) == {"store": 80, "hopper:p1": 7, "hopper:p2": 7, "hopper:p3": 6}


def test_a_share_that_others_have_taken_already_is_what_is_left(desk: Desk, two: Two) -> None:
    stock(desk, two)
    add_printers(desk, "p1", "p2")
    shifts.open_(desk, *two, pieces=20, reason="a test")
    blanks.load(desk, "p1", two[0], pieces=15)
    moved = blanks.load(desk, "p2", two[0])
    assert (moved["serials"], moved["left"]) == ([["K016", "K020"]], 0)


def test_a_printer_that_cannot_print_the_type_has_no_share_in_it(desk: Desk, two: Two) -> None:
    only = {"p2": ("4.8",)}
    configure(desk, printing=desk.shop.config.printing.model_copy(update={"generations": only}))
    stock(desk, two)
    stock(desk, two, "ORANGE", "OA001", "OA050", stock_type="OA")
    add_printers(desk, "p1", "p2", "p3")
    shifts.open_(desk, *two, pieces=20, reason="a test")
    shifts.issue(desk, *two, pieces=5, stock_type="OA", reason="a test")
    moved = blanks.load(desk, "p3", two[0], stock_type="OA", serials=[["OA001", "OA005"]])
    assert (moved["stock_type"], moved["left"]) == ("OA", 0)
    assert blanks.load(desk, "p1", two[0])["pieces"] == 20


def test_what_the_shift_does_not_hold_is_not_loaded(desk: Desk, two: Two, open_shift: str) -> None:
    announce(desk, "T", [("T001", "T100")])
    for first, what, remedy in (
        ("T001", "T001 cannot be loaded: it was never received, it is in transit:T.", "deliveries receive"),
        ("Z001", "Z001 cannot be loaded: it was never received, it is in no delivery.", "deliveries receive"),
        ("K050", "K050 cannot be loaded: the shift does not hold it, it is in store.", "shifts issue"),
        ("K001", "K001 cannot be loaded: it is loaded already, it is in hopper:p1.", "blanks unload"),
    ):
        error = refused(desk, partial(blanks.load, desk, "p2", two[0], serials=[[first, first]]))
        assert error.what == what
        assert remedy in sentence(error.remedy)


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
    assert "4.8" in sentence(error.remedy)
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
        assert "blanks spoil" in sentence(error.remedy)
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


def _replays(desk: Desk) -> None:
    """Make sure that the log alone makes the same tables."""
    with desk.shop.store.reading() as connection:
        assert not compare(connection, PROJECTIONS).differences
