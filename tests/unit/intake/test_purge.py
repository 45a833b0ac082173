"""Personal data ends by schedule and on a person's wish; what is under way does not; the log still proves itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any, cast

import pytest
import sqlalchemy as sa

from printd.books.booking import utc_now
from printd.demo.people import Person
from printd.desk.acts import perform
from printd.desk.desk import Desk
from printd.errors import Refused
from printd.events.purges import Noun, RecordsErased, RecordsPurged
from printd.intake import purge
from printd.intake.findings import Finding, RecordRefused
from printd.shop.opening import open_record
from printd.store import seals as store_seals
from printd.words.states import AttemptState
from support.deliberate import line, notices
from support.ended import RATNA, days_later, hand_over, handed_over, seen, staffed, taken_in
from support.intake_help import accept, document, inbox, people, print_card, signer
from support.workday import entries

ANNA, BENNY, CICI = people()[1], people()[3], people()[5]
DAYS, REFUSED_DAYS = 62, 30


@pytest.fixture
def desk(desk_on_both: Desk) -> Desk:
    return staffed(desk_on_both)


def opens(desk: Desk, record: str) -> bool:
    with desk.shop.store.reading() as connection:
        try:
            return bool(open_record(desk.shop, connection, record).photo)
        except Refused:
            return False


def rows(desk: Desk, table: str) -> int:
    with desk.shop.store.reading() as connection:
        return int(connection.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar_one())


def holder(desk: Desk, record: str) -> str:
    return str(perform(desk, "records.show", {"record": record})["holder"])


def erase(desk: Desk, whose: Person, **more: Any) -> Any:
    return perform(desk, "records.erase", {"nik": whose.fields["NIK"], "by": RATNA, "second": signer("ani"), **more})


@notices(
    {
        "what waits is purged too": line(purge.purge, "over = _due(shop, connection, after)", "over = []"),
    }
)
def test_what_is_over_for_long_enough_ends_and_nothing_else(desk: Desk) -> None:
    gone, waits = handed_over(desk, ANNA, 1), taken_in(desk, BENNY)
    days_later(desk, DAYS - 1)
    assert perform(desk, "records.purge", {"by": signer("ani")}) == {
        "counts": {},
        "aside": 0,
        "months": [],
        "left": False,
    }
    assert opens(desk, gone.record)
    days_later(desk, 1)
    done = perform(desk, "records.purge", {"by": signer("ani")})
    assert done["counts"] == {"record": 1}
    assert not opens(desk, gone.record)
    assert opens(desk, waits.record), "it is not handed over, and its key was kept apart where its month ended"
    assert rows(desk, "record_secret") == 1
    (entry,) = entries(desk, "records.purged")
    assert entry.actors == ()
    event = RecordsPurged.read(entry.data)
    assert (event.counts, event.handed_over_days, event.refused_days) == ({"record": 1}, DAYS, REFUSED_DAYS)
    assert seen(desk) == []
    assert purge.purge(desk.shop).counts == {}


def test_what_is_printed_finished_or_in_doubt_never_ends_by_schedule(desk: Desk) -> None:
    made = [taken_in(desk, person) for person in people()[10:16]]
    waits, held, printing, printed, finished, doubt = made
    perform(desk, "jobs.hold", {"job": held.job, "by": signer("ani")})
    del waits, printing
    print_card(desk, printed.job, "KPG0000001")
    print_card(desk, finished.job, "KPG0000002")
    perform(desk, "jobs.check", {"job": finished.job, "quality": "good", "by": signer("budi")})
    print_card(desk, doubt.job, "KPG0000003", AttemptState.IN_DOUBT)
    days_later(desk, 400)
    done = purge.purge(desk.shop)
    assert not done.counts
    assert done.months, "the key of their month is due all the same"
    assert all(opens(desk, one.record) for one in made)
    assert seen(desk) == []


def test_a_cancelled_record_ends_too(desk: Desk) -> None:
    accepted = taken_in(desk, ANNA)
    perform(desk, "jobs.cancel", {"job": accepted.job, "by": signer("ani")})
    days_later(desk, DAYS)
    assert purge.purge(desk.shop).counts == {"record": 1}


def test_refused_records_end_after_their_own_time(desk: Desk) -> None:
    finding = Finding("error", "NIK_missing", "NIK", "It has no NIK.")
    number = inbox(desk).quarantine({"record.json": document(ANNA)}, [finding])
    days_later(desk, REFUSED_DAYS - 1)
    assert not purge.purge(desk.shop).counts
    days_later(desk, 1)
    assert purge.purge(desk.shop).counts == {"quarantine": 1}
    with pytest.raises(Refused):
        inbox(desk).restore(number)
    assert seen(desk) == []


def test_invalid_cards_and_certificates_end_when_they_are_over(desk: Desk) -> None:
    who = {"nik": ANNA.fields["NIK"], "name": ANNA.fields["NAMA_LGKP"], "address": "CONTOH"}
    card = perform(desk, "cards.take_back", {**who, "cause": "moved", "by": signer("ani")})
    day = desk.shop.today().isoformat()
    suket = {"nik": BENNY.fields["NIK"], "issued_on": day, "status": "PRR", "by": signer("ani")}
    perform(desk, "suket.issue", suket)
    days_later(desk, DAYS)
    assert not purge.purge(desk.shop).counts, "neither is over"
    assert perform(desk, "cards.names", {"cards": [card["card"]], "by": RATNA})["cards"][0]["name"] == who["name"]
    witnesses = [{"name": "CONTOH", "agency": "Inspektorat"}]
    two = {"by": signer("ani"), "second": signer("budi")}
    perform(desk, "destructions.destroy", {"ba_number": "BA/1", "place": "yard", "witnesses": witnesses, **two})
    days_later(desk, DAYS)
    assert purge.purge(desk.shop).counts == {"card": 1}
    with pytest.raises(Refused, match="is erased"):
        perform(desk, "cards.names", {"cards": [card["card"]], "by": RATNA})
    days_later(desk, 183)
    assert purge.purge(desk.shop).counts == {"suket": 1}
    assert rows(desk, "sealed") == 1, "the witnesses stay: they answer for an act"
    assert seen(desk) == []


# --- pseudonyms ---


def test_one_person_has_one_pseudonym_while_anything_of_them_is_kept(desk: Desk) -> None:
    first = handed_over(desk, ANNA, 1)
    second = taken_in(desk, ANNA_AGAIN)
    assert holder(desk, first.record) == holder(desk, second.record)
    with pytest.raises(RecordRefused, match="of the same NIK is queued"):
        accept(desk, ANNA_THIRD)
    days_later(desk, DAYS + 31)
    assert purge.purge(desk.shop).months, "the first month's key is gone"
    with pytest.raises(RecordRefused, match="of the same NIK is queued"):
        accept(desk, ANNA_THIRD)
    hand_over(desk, second, 2)
    days_later(desk, DAYS)
    assert purge.purge(desk.shop).counts == {"record": 1}
    third = taken_in(desk, ANNA_THIRD)
    assert holder(desk, third.record) != holder(desk, second.record), "nothing of her was kept"


def again(**changes: Any) -> Any:
    return replace(ANNA, fields={**ANNA.fields, **changes})


ANNA_AGAIN, ANNA_THIRD = again(ALAMAT="JALAN CONTOH DUA"), again(ALAMAT="JALAN CONTOH TIGA")


def test_the_same_record_is_known_while_it_is_kept(desk: Desk) -> None:
    handed_over(desk, ANNA, 1)
    with pytest.raises(RecordRefused, match="The same record came before"):
        accept(desk, ANNA)


def test_a_certificate_is_converted_by_the_card_of_its_holder(desk: Desk) -> None:
    day = desk.shop.today().isoformat()
    suket = {"nik": ANNA.fields["NIK"], "issued_on": day, "status": "PRR", "by": signer("ani")}
    told = perform(desk, "suket.issue", suket)
    accepted = handed_over(desk, ANNA, 1)
    assert told["holder"] == holder(desk, accepted.record)
    assert perform(desk, "suket.list", {})["sukets"][0]["state"] == "converted"


# --- a person's erasure ---


def test_two_people_erase_everything_of_a_person(desk: Desk) -> None:
    gone, stays = handed_over(desk, ANNA, 1), taken_in(desk, BENNY)
    finding = Finding("error", "record_known", "", "The same record came before.")
    inbox(desk).quarantine({"record.json": document(ANNA)}, [finding])
    inbox(desk).quarantine({"record.json": document(CICI)}, [finding])
    before = desk.shop.months.names()
    done = erase(desk, ANNA)
    assert done["counts"] == {"quarantine": 1, "record": 1}
    assert done["months"] == before, "backups die with the month's key"
    assert desk.shop.months.names() == []
    assert not opens(desk, gone.record)
    assert opens(desk, stays.record)
    assert rows(desk, "quarantine") == 1
    (entry,) = entries(desk, "records.erased")
    assert entry.actors == ("ratna", "ani")
    assert RecordsErased.read(entry.data).counts == {"quarantine": 1, "record": 1}
    assert seen(desk) == []
    with pytest.raises(Refused, match="Nothing is kept"):
        erase(desk, ANNA)
    taken_in(desk, ANNA)
    with pytest.raises(RecordRefused, match="of the same NIK"):
        accept(desk, again(ALAMAT="JALAN CONTOH DUA"))
    with pytest.raises(RecordRefused, match="of the same NIK"):
        accept(desk, replace(BENNY, fields={**BENNY.fields, "ALAMAT": "JALAN CONTOH DUA"}))


def test_nobody_is_erased_of_whom_something_is_under_way(desk: Desk) -> None:
    handed_over(desk, ANNA, 1)
    taken_in(desk, ANNA_AGAIN)
    with pytest.raises(Refused, match="under way") as refused:
        erase(desk, ANNA)
    assert str(ANNA.fields["NIK"]) not in str(refused.value)
    assert rows(desk, "record_secret") == 2
    assert not entries(desk, "records.erased")


@pytest.mark.parametrize("second", ["budi", "ani"])
def test_one_of_two_who_erase_is_a_supervisor(desk: Desk, second: str) -> None:
    handed_over(desk, ANNA, 1)
    with pytest.raises(Refused):
        erase(desk, ANNA, by=signer("ani"), second=signer(second))
    assert rows(desk, "record_secret") == 1


# --- rules of the books ---


def purged(*seqs: int, **counts: int) -> RecordsPurged:
    told = cast("dict[Noun, int]", counts)
    return RecordsPurged(erased=seqs, counts=told, aside=0, handed_over_days=DAYS, refused_days=REFUSED_DAYS)


def test_the_books_take_no_purge_of_what_is_under_way_or_not_due(desk: Desk) -> None:
    over, waits = handed_over(desk, ANNA, 1), taken_in(desk, BENNY)
    with desk.shop.store.reading() as connection:
        seqs = {
            name: row["seq"]
            for name in (over.record, waits.record)
            if (row := store_seals.find_seal(connection, f"record:{name}")) is not None
        }
    books = desk.shop.books
    with pytest.raises(Refused, match="cannot be erased"):
        books.enter(purged(seqs[over.record], record=1))
    days_later(desk, DAYS)
    for wrong in (
        purged(seqs[waits.record], record=1),
        purged(seqs[over.record], seqs[waits.record], record=2),
        purged(seqs[over.record], record=2),
        purged(seqs[over.record], card=1),
        purged(seqs[over.record], seqs[over.record], record=2),
        purged(0, record=1),
        purged(),
    ):
        with pytest.raises(Refused):
            books.enter(wrong)
    with pytest.raises(Refused, match="0 people sign, and it must be 2"):
        books.enter(RecordsErased(erased=(seqs[over.record],), counts={"record": 1}, aside=0))
    books.enter(purged(seqs[over.record], record=1))
    with pytest.raises(Refused, match="cannot be erased"):
        books.enter(purged(seqs[over.record], record=1))


def test_an_envelope_without_its_entry_and_an_entry_without_its_destruction_are_found(desk: Desk) -> None:
    over, waits = handed_over(desk, ANNA, 1), taken_in(desk, BENNY)
    with desk.shop.store.reading() as connection:
        seal = store_seals.find_seal(connection, f"record:{over.record}")
    assert seal is not None
    days_later(desk, DAYS)
    entry = desk.shop.books.enter(purged(seal["seq"], record=1))  # past everything that deletes
    assert seen(desk) == [f"record:{over.record} was erased by entry {entry.seq}, and lies there"]
    with pytest.raises(Refused, match="is erased"), desk.shop.store.reading() as connection:
        open_record(desk.shop, connection, over.record)
    with desk.shop.store.writing() as connection:
        connection.execute(sa.text("DELETE FROM record_secret"))
    assert seen(desk) == [f"record:{waits.record} was sealed, and is not there; no entry erased it"]
    days_later(desk, 1)
    assert not purge.purge(desk.shop).counts


def test_what_somebody_took_away_is_never_booked_as_erased(desk: Desk) -> None:
    over = handed_over(desk, ANNA, 1)
    with desk.shop.store.writing() as connection:
        connection.execute(sa.text("DELETE FROM record_secret"))
    days_later(desk, DAYS)
    assert not purge.purge(desk.shop).counts
    assert seen(desk) == [f"record:{over.record} was sealed, and is not there; no entry erased it"]


def test_a_purge_of_the_real_clock_finds_nothing(desk: Desk) -> None:
    handed_over(desk, ANNA, 1)
    assert desk.shop.books.clock() - utc_now() < timedelta(minutes=1)
    assert purge.purge(desk.shop) == purge.Purged()


# --- the look ahead ---


def test_a_look_ahead_says_what_ends_now_and_in_which_month_and_changes_nothing(desk: Desk) -> None:
    handed_over(desk, ANNA, 1)
    waits = taken_in(desk, BENNY)
    inbox(desk).quarantine({"record.json": document(CICI)}, [])
    now = desk.shop.books.clock()
    (month,) = desk.shop.months.names()
    before = len(entries(desk))
    told = perform(desk, "records.ends", {})
    at = {days: f"{(now + timedelta(days=days)).astimezone(desk.shop.zone):%Y-%m}" for days in (REFUSED_DAYS, DAYS)}
    assert told["now"] == {}
    assert {when: counts for when, counts in told["later"].items() if "record" in counts} == {
        at[DAYS]: {"record": 1} | ({"quarantine": 1} if at[DAYS] == at[REFUSED_DAYS] else {})
    }
    assert told["later"][at[REFUSED_DAYS]]["quarantine"] == 1
    assert told["under_way"] == {"record": 1}
    assert list(told["keys"]) == [month]
    ends = date.fromisoformat(told["keys"][month])
    assert perform(desk, "records.ends", {}) == told
    assert len(entries(desk)) == before
    days_later(desk, (ends - desk.shop.today()).days - 1)
    told = perform(desk, "records.ends", {})
    assert told["now"] == {"record": 1, "quarantine": 1}
    assert told["keys"] == {month: ends.isoformat()}
    days_later(desk, 1)
    told = perform(desk, "records.ends", {})
    assert (told["months"], told["keys"], told["later"]) == ([month], {}, {})
    done = purge.purge(desk.shop)
    assert done.counts == told["now"], "a look ahead and the purge agree"
    assert done.months == told["months"]
    assert perform(desk, "records.ends", {})["now"] == {}
    assert opens(desk, waits.record)
