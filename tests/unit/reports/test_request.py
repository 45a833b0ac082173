"""Asking for blanks: figures by office day, a letter that repeats its entry, nothing blind given away."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from printd.books.retrace import root_at
from printd.cli.remedies import sentence
from printd.desk import forecast
from printd.desk.acts import perform
from printd.desk.desk import Desk
from printd.errors import Refused
from printd.language.sentences import plain
from printd.ledger.entry import Entry
from printd.reports.office import office_of
from printd.reports.request import letter
from printd.shop.shop import Shop
from printd.store import log, usage
from printd.store.engine import dump
from printd.words.moments import stamp
from support.deliberate import line, notices
from support.fixed import ORIGIN, SEALED, NewDatabase
from support.office_past import OfficePast
from support.paper import check_paper
from support.people import EverybodysKeys, copy_of, create, person
from support.people import enrol as enrol_person

MONDAY = date(2026, 9, 7)
WEEKS = 4
TODAY = MONDAY + timedelta(weeks=WEEKS)
WEEK = [(6, 5)] * 5 + [(0, 0)] * 2


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory, new_database: NewDatabase) -> tuple[Path, OfficePast]:
    """Four weeks of six wishes and five cards a working day; 20 wait, and 100 of 200 blanks are left."""
    folder, url = tmp_path_factory.mktemp("lived") / "shop", new_database(False)
    create(folder, origin=ORIGIN, extra="" if url.startswith("sqlite") else f'\n[database]\nurl = "{url}"\n')
    with shop_of(folder) as shop:
        for name in ("siti", "budi"):
            enrol_person(Desk(shop), name)
        made = OfficePast(Desk(shop), MONDAY, 200)
        made.live(MONDAY, WEEK * WEEKS)
    return folder, made


@pytest.fixture
def past(lived: tuple[Path, OfficePast], new_database: NewDatabase, tmp_path: Path) -> Iterator[OfficePast]:
    """A shop of its own with that past."""
    copy_of(lived[0], tmp_path / "shop", new_database(False))
    with shop_of(tmp_path / "shop") as shop:
        made = lived[1].going_on(Desk(shop))
        made.at(TODAY, 9)
        yield made


@contextmanager
def shop_of(folder: Path) -> Iterator[Shop]:
    """Open a shop in which everybody signs."""
    shop = Shop.open(folder)
    shop.books.keys = EverybodysKeys(shop.store)
    yield shop
    shop.close()


def show(desk: Desk) -> dict[str, Any]:
    (one,) = perform(desk, "forecast.show", {})
    assert isinstance(one, dict)
    return one


def request(desk: Desk, **arguments: Any) -> Any:
    return perform(desk, "forecast.request", {"stock_type": "WNI", "by": person("siti"), **arguments})


def refused(desk: Desk, **arguments: Any) -> Refused:
    with desk.shop.store.reading() as connection:
        before = dump(connection)
    with pytest.raises(Refused) as refusal:
        request(desk, **arguments)
    with desk.shop.store.reading() as connection:
        assert dump(connection) == before
    assert len(list(desk.shop.folder.glob("acts/request*.pdf"))) == len(entries(desk, "request.made"))
    return refusal.value


def configure(desk: Desk, **stock: int) -> None:
    """Change the shop's own configuration of stock."""
    config = desk.shop.config
    desk.shop.config = config.model_copy(update={"stock": config.stock.model_copy(update=stock)})


def entries(desk: Desk, kind: str) -> list[Entry]:
    with desk.shop.store.reading() as connection:
        found = [Entry.from_body(body) for _, body, _ in log.entries(connection)]
    return [one for one in found if one.kind == kind]


def test_use_and_wishes_stand_on_the_offices_own_day(past: OfficePast) -> None:
    """Kupang is eight hours ahead: a card of 7.30 belongs to a day on which the log still writes the day before."""
    past.at(TODAY, 0, 0)
    past.wish("ubah_data")  # at the first moment of the day: of this day, and of no other
    past.at(TODAY, 7, 30)
    past.print_card(past.wish("hilang"), "spoiled", "jam")
    past.at(TODAY, 23, 59)
    past.print_card(past.wish("hilang"))
    past.print_card(past.wish("hilang"), "unused")
    zone = past.desk.shop.zone
    bounds = [stamp(datetime.combine(TODAY + timedelta(days=day), time(), zone)) for day in (-3, -2, -1, 0, 1, 2)]
    assert bounds[3] == "2026-10-04T16:00:00Z"
    with past.desk.shop.store.reading() as connection:
        wished, spent = usage.wished(connection, bounds), usage.spent(connection, bounds)
    assert sorted((row["day"], row["reason"], row["cards"]) for row in wished) == [
        (0, "baru", 3),
        (0, "rusak", 3),
        (3, "hilang", 3),
        (3, "ubah_data", 1),
    ]
    assert sum(row["blanks"] for row in spent if row["day"] == 0) == 5
    assert [(row["day"], row["reason"], row["blanks"], row["bad"]) for row in spent if row["day"] > 0] == [
        (3, "hilang", 2, 1)
    ]


def test_a_forecast_from_the_books(past: OfficePast) -> None:
    told = show(past.desk)
    assert (told["stock_type"], told["stock"], told["queue"], told["level"]) == ("WNI", 100, 20, "low")
    assert told["used_per_day"] == 5
    assert told["wished_per_day"] == pytest.approx(6, abs=1)
    assert 20 <= told["days_left"]["low"] <= told["days_left"]["middle"] <= told["days_left"]["high"] <= 60
    assert told["ask_on"] >= TODAY.isoformat()
    assert told["ask"] in (100, 200)
    assert told["coming"] == 0
    configure(past.desk, ask_below=99)
    assert show(past.desk)["level"] == "ok"


def test_the_letter_repeats_its_entry(past: OfficePast) -> None:
    desk = past.desk
    made = request(desk, sfe=7)
    (entry,) = entries(desk, "request.made")
    assert entry.data["request"] == made["request"] == f"request-{entry.seq}"
    assert entry.actors == ("siti",)
    facts = entry.data["facts"]
    assert made["asked"] == facts["ask"] == entry.data["asked"]
    expected = {"prr": 20, "sfe": 7, "suket": 0, "stock": 100, "average_use": 5, "printers": 1, "floor": 1000}
    assert {key: facts[key] for key in expected} == expected
    assert facts["recent"][-1] == [(TODAY - timedelta(days=1)).isoformat(), 0]
    assert facts["recent"][-3] == [(TODAY - timedelta(days=3)).isoformat(), 5]
    assert len(facts["recent"]) == 28
    check_paper(Path(made["act"]["pdf"]), Path(made["act"]["json"]))
    told = json.loads(Path(made["act"]["json"]).read_bytes())
    letter_told = told["letter"]
    position, _, asked, year, collector = (one["values"] for one in letter_told["points"])
    assert asked["asked"] == {"count": entry.data["asked"]}
    assert asked["computed"] == {"figure": facts["ask"]}
    assert told["data"]["recent"] == facts["recent"]
    account, weeks = letter_told["annexes"][0]["tables"]
    assert [row["used"] for row in weeks["rows"]] == [25] * 4
    assert {row["key"]: row["pieces"] for row in account["rows"]} == {
        key: value for key, value in entry.data["year"].items() if key != "first"
    }
    assert [position[key]["figure"] for key in ("prr", "sfe", "suket", "printers", "floor")] == [20, 7, 0, 1, 1000]
    assert year["closing"] == {"figure": 200}, "with the hundred that lie in the output"
    assert (collector, letter_told["through"]) == ({}, [])
    assert letter_told["addressee"] == entry.data["addressee"] == desk.shop.config.papers.addressee
    with desk.shop.store.reading() as connection:
        root = root_at(connection, entry.seq + 1)
    assert (told["size"], told["root"]) == (entry.seq + 1, root.hex())
    about = {**entry.data, "at": entry.at, "by": entry.actors[0], "day": TODAY.isoformat()}
    again = letter(about, office_of(desk.shop))
    assert again.letter is not None
    assert [plain(one) for one in again.letter.points] == letter_told["points"]
    assert past.replayed()


def test_what_nobody_said_is_unknown_and_what_the_register_knows_is_taken_from_it(past: OfficePast) -> None:
    desk = past.desk
    about = {"issued_on": "2026-10-01", "expires_on": "2027-04-01", "status": "PRR", "sealed": SEALED}
    past.enter("suket.issued", {"suket": "suket-x", "holder": "somebody", **about}, "siti")
    facts = request(desk)["facts"]
    assert (facts["sfe"], facts["suket"]) == (None, 1)
    assert request(desk, suket=12, reason="counted again")["facts"]["suket"] == 12


def test_more_is_asked_for_only_when_the_stock_is_used_up_or_for_a_reason(past: OfficePast) -> None:
    desk = past.desk
    configure(desk, ask_below=100)
    assert "reason" not in request(desk)["facts"]
    configure(desk, ask_below=99)
    refusal = refused(desk)
    assert "100 blanks of type WNI" in refusal.what
    assert "Use it up, then ask again" in sentence(refusal.remedy)
    refused(desk, pieces=4000)
    refused(desk, reason="for 5371994101900001")
    made = request(desk, reason="the recruitment of civil servants begins on Monday")
    assert made["facts"]["reason"] == "the recruitment of civil servants begins on Monday"


def test_a_request_that_nothing_answered_is_not_made_again_without_a_reason(past: OfficePast) -> None:
    desk = past.desk
    first = request(desk)
    past.at(TODAY + timedelta(days=1), 9)
    past.wish()  # other figures, and the same need
    refusal = refused(desk)
    assert refusal.what == (
        f"{first['request']} of 2026-10-05 09:00:00 WITA asks for {first['asked']} blanks of type WNI already, and no "
        "delivery was announced since."
    )
    assert f"printd reports act request {first['request']}" in sentence(refusal.remedy)
    refused(desk, pieces=300)
    second = request(desk, reason="two schools register on Thursday")
    assert second["facts"]["beside"] == first["request"]
    points = json.loads(Path(second["act"]["json"]).read_bytes())["letter"]["points"]
    assert [one["values"] for one in points[-2:]] == [
        {"reason": "two schools register on Thursday"},
        {"request": first["request"]},
    ]
    assert second["request"] in refused(desk).what, "the last one is named"
    past.wish("perpanjangan_oa", "OA")
    assert "beside" not in request(desk, stock_type="OA", pieces=20)["facts"], "another type is another need"
    assert past.replayed()


@notices(
    {
        "another number is asked for and nobody says why": line(
            forecast.request, "_check_difference(now, asked, differs)", "pass"
        ),
        "the year begins with the office": line(forecast._year_so_far, "replace(month=1, day=1)", "replace(year=2000)"),
    }
)
def test_who_asks_for_another_number_than_was_computed_says_why(past: OfficePast) -> None:
    desk = past.desk
    computed = show(desk)["ask"]
    refusal = refused(desk, pieces=computed + 300)
    assert refusal.what == (f"The forecast computes {computed} blanks of type WNI, and {computed + 300} are asked for.")
    assert sentence(refusal.remedy) == "Say why they differ: --difference TEXT"
    assert "as the forecast computes" in refused(desk, difference="the way is long").what
    refused(desk, pieces=300, difference="for 5371994101900001")
    refused(desk, collector={"name": "Marta Contoh", "nip": "12"})
    who = {"name": "Marta Contoh", "position": "Pengurus Barang", "assignment": {"number": "ST.1", "day": "2026-10-05"}}
    made = request(desk, pieces=computed + 300, difference="the way is long", collector=who)
    (entry,) = entries(desk, "request.made")
    assert entry.data["difference"] == made["difference"] == "the way is long"
    assert entry.data["collector"] == made["collector"] == who
    none = dict.fromkeys(("recovered", "loaned_in", "loaned_out", "returned", "skipped", "missing", "opening"), 0)
    year = {"first": "2026-01-01", "received": 200, "used_good": 0, "spoiled": 0, "closing": 200}
    assert entry.data["year"] == made["year"] == {**year, **none}
    past.at(date(2027, 1, 4), 9)
    past.print_card(past.wish(), "spoiled", "jam")
    year = request(desk, pieces=500, reason="again", difference="the year begins")["year"]
    assert (year["first"], year["opening"], year["received"], year["spoiled"], year["closing"]) == (
        "2027-01-01",
        200,
        0,
        1,
        199,
    )
    assert past.replayed()


def announced(past: OfficePast, **due: str) -> None:
    about = {"practice": True, "bast_number": "b", "bast_date": "2026-10-05", "stock_type": "WNI", "generation": "5"}
    more = {"identified_by": "serial", "cartons": [], "serials": [["L00001", "L00002"]], **due}
    past.enter("delivery.announced", {"delivery": "D-2", **about, **more}, "siti")


@pytest.mark.parametrize("days", [0, 3])
@pytest.mark.parametrize(("due", "answered"), [({}, True), ({"due_back": "2026-12-01"}, False)])
def test_a_delivery_answers_a_request_and_a_loan_does_not(
    past: OfficePast, due: dict[str, str], answered: bool, days: int
) -> None:
    desk = past.desk
    first = request(desk)
    past.at(TODAY + timedelta(days=days), 9)
    announced(past, **due)
    still = {"request": first["request"], "asked": first["asked"], "came": 0}
    told = show(desk)["open"]
    assert {key: told[key] for key in still} == still
    assert (told["deliveries"], told["coming"]) == ((1, 1) if answered else (0, 0))
    if not answered:
        assert first["request"] in refused(desk, pieces=500).what
        return
    past.enter("delivery.received", {"delivery": "D-2", "serials": [["L00001", "L00002"]]}, "siti", "budi")
    told = show(desk)["open"]
    assert (told["came"], told["coming"]) == (2, 0)
    made = request(desk, pieces=500, difference="two schools")
    assert "beside" not in made["facts"]
    assert made["beside"] == told, "it is told: two have come of what was asked for"
    assert show(desk)["open"]["request"] == made["request"]


def test_a_delivery_announced_before_a_request_in_the_same_second_does_not_answer_it(past: OfficePast) -> None:
    announced(past)
    first = request(past.desk, pieces=500)
    assert first["request"] in refused(past.desk, pieces=500).what


def test_the_letter_of_a_request_is_had_again_to_remind_by_it(past: OfficePast) -> None:
    desk = past.desk
    made = request(desk)
    before = Path(made["act"]["json"]).read_bytes()
    for path in made["act"].values():
        Path(path).unlink()
    again = perform(desk, "papers.again", {"kind": "request", "name": made["request"], "by": person("siti")})["files"]
    assert Path(again["json"]).read_bytes() == before
    with pytest.raises(Refused, match="There is no request request-1"):
        perform(desk, "papers.again", {"kind": "request", "name": "request-1", "by": person("siti")})


def test_what_was_spoiled_today_is_no_part_of_what_days_tell(past: OfficePast) -> None:
    jobs = [past.wish("hilang") for _ in range(30)]
    before = show(past.desk)
    for job in jobs:
        past.print_card(job, "spoiled", "jam")
    told = show(past.desk)
    assert told["today"] == {"used": 30, "wished": 30}
    assert told["ask"] == before["ask"] == 200, "a bad morning does not make every card to come cost more blanks"


def test_a_day_that_is_not_over_is_told_by_itself(desk: Desk, enrol: Any) -> None:
    """On its first day an office has used blanks, and what it uses in a day is not known yet."""
    for name in ("siti", "budi"):
        enrol(desk, name)
    past = OfficePast(desk, TODAY, 200)
    past.live(TODAY, [(40, 39)])
    past.at(TODAY, 16)
    told = show(desk)
    assert told["today"] == {"used": 39, "wished": 40}
    assert (told["used_per_day"], told["days_left"], told["since"], told["open_days"]) == (None, None, None, 0)
    assert "39 used" in refused(desk).why
    facts = request(desk, pieces=500)["facts"]
    assert (facts["today"]["used"], facts["recent"]) == (39, [])
    past.at(TODAY + timedelta(days=1), 9)
    told = show(desk)
    assert told["today"] == {"used": 0, "wished": 0}
    assert (told["used_per_day"], told["since"], told["open_days"]) == (39, TODAY.isoformat(), 1)
    past.at(TODAY + timedelta(days=8), 9)
    later = request(desk, pieces=500, reason="again", difference="two schools")["facts"]["recent"]
    assert later[0] == [TODAY.isoformat(), 39]
    assert len(later) == 8


def test_what_is_on_the_way_is_not_given_away_and_is_counted_first(past: OfficePast) -> None:
    desk = past.desk
    before = show(desk)
    about = {"practice": True, "bast_number": "b", "bast_date": "2026-10-05", "stock_type": "WNI", "generation": "5"}
    more = {"identified_by": "serial", "cartons": [], "serials": [["L00001", "L07654"]]}
    past.enter("delivery.announced", {"delivery": "D-2", **about, **more}, "siti")
    told = show(desk)
    assert "7654" not in json.dumps(told)
    assert told["ask"] is None
    assert told == {**before, "coming": 1, "ask": None}
    assert "on the way" in refused(desk).why
    made = request(desk, pieces=1000)
    assert "7654" not in json.dumps(made["facts"])
    assert made["asked"] == 1000


def test_nothing_is_told_while_a_shift_is_counted(past: OfficePast) -> None:
    past.enter("shift.counting", {"shift": "s1"}, "siti")
    with pytest.raises(Refused, match="being counted"):
        show(past.desk)
    assert "being counted" in refused(past.desk).what


def test_an_unknown_type_and_an_unknown_person_ask_for_nothing(past: OfficePast) -> None:
    assert "'OA'" in refused(past.desk, stock_type="OA").what
    assert "nobody" in refused(past.desk, by=person("nobody")).what
    refused(past.desk, pieces=0)
    refused(past.desk, sfe=-1)


def test_a_shop_without_a_past_knows_nothing_and_says_so(desk: Desk, enrol: Any) -> None:
    for name in ("siti", "budi"):
        enrol(desk, name)
    assert perform(desk, "forecast.show", {}) == []
    past = OfficePast(desk, TODAY, 10)
    told = show(desk)
    assert (told["days_left"], told["ask"], told["used_per_day"]) == (None, None, None)
    assert "not known" in refused(desk).what
    assert request(desk, pieces=500)["asked"] == 500
    assert past.replayed()


def test_each_stock_type_is_asked_for_by_itself(past: OfficePast) -> None:
    past.wish("perpanjangan_oa", "OA")
    citizens, foreigners = perform(past.desk, "forecast.show", {})[::-1]
    assert (citizens["stock_type"], citizens["queue"]) == ("WNI", 20)
    assert (foreigners["stock_type"], foreigners["queue"], foreigners["stock"]) == ("OA", 1, 0)
    assert foreigners["days_left"]["high"] == 0
    assert foreigners["level"] == "empty"


def test_the_clock_is_the_shops(past: OfficePast) -> None:
    assert datetime.now(UTC).date() != TODAY
    assert request(past.desk)["at"] == "2026-10-05T01:00:00Z"
