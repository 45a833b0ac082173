"""Stock counts outside shifts (R12): two blind sheets, every difference on record, nothing typed that may be a name."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from printd.books.replay import compare
from printd.desk import blanks, counts, incidents, shifts
from printd.desk.closing import Count
from printd.desk.desk import Desk
from printd.desk.proofs import Person
from printd.projections.kinds import PROJECTIONS
from support.paper import check_paper
from support.workday import add_printers, counted, entries, refused, stock

Two = tuple[Person, Person]
NIK = "5371994501900001"


@pytest.fixture
def office(desk: Desk, two: Two) -> Desk:
    """A hundred blanks at 9,547 rupiah, three of them spoiled."""
    stock(desk, two, unit_value=9547)
    add_printers(desk, "p1")
    for serial in ("K005", "K050", "K051"):
        blanks.spoil(desk, serial, "factory_defect", *two)
    return desk


def count(desk: Desk, by: Person, **found: Any) -> counts.SheetTaken:
    """Enter a sheet of every place that holds blanks: as the books have it, but for what is named."""
    sheet = {"store": 97, "spoiled": 3} | found
    return counts.count(desk, {place: counted(one) for place, one in sheet.items()}, by)


def rows_of(document: Any) -> list[dict[str, Any]]:
    """Return the places of an act as its entry has them."""
    rows = [{key: value for key, value in row.items() if key != "condition"} for row in document["tables"][0]["rows"]]
    return sorted(rows, key=lambda row: str(row["place"]))


def item(act: counts.CountClosed, place: str) -> counts.PlaceCountedShown:
    (found,) = (one for one in act["items"] if one["place"] == place)
    return found


def test_a_count_that_agrees_is_an_act_with_value_and_witness(office: Desk, two: Two) -> None:
    for person in two:
        told = count(office, person, store=97, spoiled=[("K005", "K005"), ("K050", "K051")])
        assert set(told) == {"count", "counted_by", "places"}, "nothing is said of the books"
    act = counts.close(office, *two, witness_agency="Inspektorat Kota")
    day = office.shop.today().isoformat()
    assert [(one["place"], one["book"], one["difference"], one["serials"], one["value"]) for one in act["items"]] == [
        ("spoiled", 3, 0, None, None),
        ("store", 97, 0, None, 97 * 9547),
    ]
    assert (act["count"], act["witness"], act["reason"], act["counters"]) == (
        day,
        "Inspektorat Kota",
        "",
        ["siti", "budi"],
    )
    entry, paper = entries(office)[-2:]
    assert (entry.kind, entry.actors) == ("stock.closed", ("siti", "budi"))
    assert (paper.kind, paper.actors, paper.data["entry"]) == ("paper.made", ("siti", "budi"), entry.seq)
    full = {key: value for key, value in act.items() if key not in ("files", "elsewhere", "follow_up")}
    assert entry.data["act"] == full, "what there is nothing of is not written"
    assert act["deliveries"] == [
        {
            "delivery": "D",
            "document": "470/1/BAST",
            "stock_type": "WNI",
            "unit_value": 9547,
            "good": 97,
            "value": 97 * 9547,
            "finished": 0,
            "spoiled": 3,
            "invalid": 0,
            "elsewhere": 0,
            "transit": 0,
        }
    ]
    assert act["log_size"] == entry.seq
    document = json.loads(Path((act["files"] or {})["json"]).read_bytes())
    assert rows_of(document) == act["items"]
    check_paper(Path((act["files"] or {})["pdf"]), Path((act["files"] or {})["json"]))
    with office.shop.store.reading() as connection:
        assert not compare(connection, PROJECTIONS).differences


@pytest.mark.parametrize(
    ("first", "second", "difference"),
    [(97, 97, 0), (96, 96, -1), (98, 98, 1), (97, 96, -1), (96, 98, -1), (0, 97, -97), (97, 99, 2)],
)
def test_the_difference_is_the_furthest_from_the_books(
    office: Desk, two: Two, first: int, second: int, difference: int
) -> None:
    count(office, two[0], store=first)
    count(office, two[1], store=second)
    if difference:
        error = refused(office, lambda: counts.close(office, *two))
        assert error.why == "Look again at store; what the books hold there is in the act, and not told before."
    told = item(counts.close(office, *two, reason="one is being searched for"), "store")
    assert (told["count_1"], told["count_2"], told["difference"]) == (first, second, difference)


def test_one_who_scanned_and_one_who_counted_agree(office: Desk, two: Two) -> None:
    count(office, two[0], spoiled=[("K005", "K005"), ("K050", "K051")])
    count(office, two[1], spoiled=3)
    assert item(counts.close(office, *two), "spoiled")["difference"] == 0


def test_the_right_number_of_wrong_serials_is_a_difference(office: Desk, two: Two) -> None:
    for person in two:
        count(office, person, spoiled=[("K005", "K005"), ("K051", "K052")])
    error = refused(office, lambda: counts.close(office, *two))
    assert "spoiled" in error.why
    assert "K05" not in error.why
    told = item(counts.close(office, *two, reason="exchanged"), "spoiled")
    assert (
        told["serials"]
        == "count 1: K050 not there; count 1: K052 too many; count 2: K050 not there; count 2: K052 too many"
    )


@pytest.mark.parametrize(
    "place",
    [
        "",
        "ANI WATI",
        f"hopper:{NIK}",
        "hopper:p9",
        "shift:2026-01-01-1",
        "site:alak",
        "holder",
        "missing",
        "transit:D",
        "printer:p9",
    ],
)
def test_only_places_of_the_office_are_counted_and_nothing_else_is_logged(office: Desk, two: Two, place: str) -> None:
    error = refused(office, lambda: counts.count(office, {place: Count(pieces=3)}, two[0]))
    assert NIK not in str(error)
    assert "ANI" not in str(error)
    empty = ("hopper:p1", "printer:p1", "finished")
    counts.count(office, {place: Count(pieces=0) for place in empty}, two[0])


def test_two_people_count_each_alone_and_both_close(
    office: Desk, two: Two, enrol: Callable[[Desk, str], Person]
) -> None:
    siti, budi = two
    assert "did not prove who they are" in str(refused(office, lambda: count(office, Person(name="siti"), store=97)))
    count(office, siti, store=97)
    assert "budi has not counted" in refused(office, lambda: counts.close(office, *two)).what
    assert "cannot sign twice" in refused(office, lambda: counts.close(office, siti, siti)).what
    count(office, budi, store=97, output=0)
    assert "different places" in refused(office, lambda: counts.close(office, *two)).what
    count(office, budi, store=97)
    rini = enrol(office, "rini")
    assert "rini has not counted" in refused(office, lambda: counts.close(office, siti, rini)).what
    wrong = Person(name="budi", passphrase=SecretStr("wrong"))
    assert "did not prove who they are" in refused(office, lambda: counts.close(office, siti, wrong)).what
    counts.close(office, *two)


def test_a_blank_that_moved_since_makes_a_sheet_stale(office: Desk, two: Two) -> None:
    for person in two:
        count(office, person, store=97)
    incidents.miss(office, "K070", "gone", *two)
    assert "siti has not counted" in refused(office, lambda: counts.close(office, *two)).what
    for person in two:
        count(office, person, store=96)
    counts.close(office, *two)


def test_a_second_count_of_a_day_has_sheets_and_an_act_of_its_own(office: Desk, two: Two) -> None:
    for person in two:
        count(office, person, store=97)
    first = counts.close(office, *two)
    assert "has not counted" in refused(office, lambda: counts.close(office, *two)).what
    for person in two:
        count(office, person, store=96)
    second = counts.close(office, *two, reason="looked again")
    assert second["count"] == f"{first['count']}-2"
    assert (second["files"] or {})["pdf"] != (first["files"] or {})["pdf"]
    assert rows_of(json.loads(Path((first["files"] or {})["json"]).read_bytes())) == first["items"]


@pytest.mark.parametrize("field", ["reason", "witness_agency"])
def test_no_nik_gets_into_the_log(office: Desk, two: Two, field: str) -> None:
    for person in two:
        count(office, person, store=97)
    told: Any = {field: f"said {NIK}"}
    error = refused(office, lambda: counts.close(office, *two, **told))
    assert NIK not in str(error)


def test_a_stock_count_is_no_way_around_the_blind_count_of_a_shift(office: Desk, two: Two) -> None:
    shifts.open_(office, *two, pieces=0)
    shifts.count_begin(office, two[0])
    for person in two:
        count(office, person, store=1)
    error = refused(office, lambda: counts.close(office, *two))
    assert "97" not in str(error)
    assert "is being counted" in error.what
