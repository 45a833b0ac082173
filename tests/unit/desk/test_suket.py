"""Temporary certificates: who holds one is sealed, nobody holds two, and a card that is handed over converts them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from printd.desk import jobs, suket
from printd.desk.acts import perform
from printd.desk.desk import Desk
from printd.desk.received import Receiver
from printd.desk.sealing import OfHolder, look
from printd.errors import Refused
from printd.store import log
from printd.store.engine import dump
from printd.store.tables.handovers import handover
from support.office_past import OfficePast
from support.people import person, proof

DAY = date(2026, 11, 2)
NIK, OTHER = "5371994101900001", "5371990101900002"


@pytest.fixture
def past(desk_on_both: Desk, enrol: Any) -> OfficePast:
    for name in ("siti", "budi"):
        enrol(desk_on_both, name)
    return OfficePast(desk_on_both, DAY, 100)


def issue(desk: Desk, nik: str = NIK, on: str = "2026-11-02", status: str = "PRR") -> Any:
    return perform(desk, "suket.issue", {"nik": nik, "issued_on": on, "status": status, "by": person("siti")})


def hand_over(past: OfficePast, holder: str, receiver: Receiver = "holder", **about: Any) -> str:
    job = past.wish("tukar_suket", holder=holder)
    attempt = past.print_card(job)
    past.enter("card.checked", {"attempt": attempt, "quality": "good"}, "budi")
    jobs.hand_over(past.desk, job, proof("siti"), receiver, "none", **about)
    return job


def test_the_holder_is_sealed_and_the_log_knows_a_stand_in(past: OfficePast) -> None:
    desk = past.desk
    told = issue(desk)
    assert told["expires_on"] == "2027-05-02"
    assert told["state"] == "open"
    assert look(desk, f"suket:{told['suket']}", OfHolder) == {"nik": NIK}
    assert told["holder"] != desk.shop.vault.pseudonym("holder", NIK.encode()), "it has a salt"
    with desk.shop.store.reading() as connection:
        kept = repr(dump(connection)) + repr(list(log.entries(connection)))
        sealed = connection.execute(sa.text("SELECT fields FROM sealed")).scalars().all()
    assert NIK not in kept + repr(told) + repr(suket.list_(desk))
    assert not [one for one in sealed if NIK.encode() in bytes(one)]
    assert past.replayed()


def test_a_card_handed_over_converts_every_certificate_of_its_holder_and_of_nobody_else(past: OfficePast) -> None:
    desk = past.desk
    old, other = issue(desk, on="2026-01-15"), issue(desk, OTHER)
    new = issue(desk, on="2026-11-01", status="CP")  # renewed, for the first has expired
    told = suket.list_(desk)
    assert (told["outstanding"], told["expired"]) == (2, 1)  # people, not papers
    past.at(DAY + timedelta(days=1), 9)
    job = hand_over(past, old["holder"], receiver="proxy", basis="surat kuasa")
    states = {one["id"]: (one["state"], one["job_id"]) for one in suket.list_(desk)["sukets"]}
    assert states == {
        old["suket"]: ("converted", job),
        new["suket"]: ("converted", job),
        other["suket"]: ("open", None),
    }
    assert suket.list_(desk)["outstanding"] == 1
    assert [one["id"] for one in suket.list_(desk, "open")["sukets"]] == [other["suket"]]
    with desk.shop.store.reading() as connection:
        (row,) = connection.execute(sa.select(handover.c.receiver, handover.c.old_card, handover.c.by)).all()
    assert tuple(row) == ("proxy", "none", "siti")
    again = issue(desk, on="2026-11-03")  # a new one later is a new wait
    assert suket.list_(desk)["outstanding"] == 2
    assert again["suket"] not in states
    assert past.replayed()


def test_a_certificate_expires_after_its_last_day(past: OfficePast) -> None:
    issue(past.desk, on="2026-05-02")
    past.at(date(2026, 11, 2), 23, 59)
    assert suket.list_(past.desk)["expired"] == 0
    past.at(date(2026, 11, 3), 0, 1)
    assert [one["state"] for one in suket.list_(past.desk)["sukets"]] == ["expired"]


def test_nobody_holds_two_that_are_valid(past: OfficePast) -> None:
    first = issue(past.desk, on="2026-01-15")
    issue(past.desk, on="2026-08-01")
    with pytest.raises(Refused) as refusal:
        issue(past.desk)
    assert "2027-02-01" in refusal.value.what
    assert first["suket"] not in refusal.value.what
    assert NIK not in str(refusal.value)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"nik": "5371994101900000"}, "0000"),
        ({"nik": "123"}, "16 digits"),
        ({"nik": "٥٣٧١٩٩٤١٠١٩٠٠٠٠١"}, "16 digits"),
        ({"on": "2026-11-03"}, "still to come"),
        ({"on": "yesterday"}, "wrong arguments"),
        ({"status": "OK"}, "wrong arguments"),
    ],
)
def test_what_cannot_be_is_refused_without_the_number(past: OfficePast, change: dict[str, str], words: str) -> None:
    with past.desk.shop.store.reading() as connection:
        before = dump(connection)
    with pytest.raises(Refused) as refusal:
        issue(past.desk, **change)
    assert words in str(refusal.value) + refusal.value.what + refusal.value.why
    assert change.get("nik", NIK) not in str(refusal.value) + refusal.value.why
    with past.desk.shop.store.reading() as connection:
        assert dump(connection) == before
        assert connection.execute(sa.text("SELECT count(*) FROM sealed")).scalar_one() == 0


@pytest.mark.parametrize(
    ("issued", "last"),
    [
        (date(2026, 1, 15), date(2026, 7, 15)),
        (date(2026, 8, 31), date(2027, 2, 28)),
        (date(2027, 8, 31), date(2028, 2, 29)),
        (date(2026, 7, 1), date(2027, 1, 1)),
        (date(2026, 12, 31), date(2027, 6, 30)),
        (date(2028, 2, 29), date(2028, 8, 29)),
    ],
)
def test_six_months_end_on_the_same_day_or_the_last_of_the_month(issued: date, last: date) -> None:
    assert suket.expiry(issued) == last


def test_an_old_hand_over_that_says_nothing_is_unknown(past: OfficePast) -> None:
    job = past.wish()
    attempt = past.print_card(job)
    past.enter("card.checked", {"attempt": attempt, "quality": "good"}, "budi")
    past.enter("card.handed_over", {"attempt": attempt}, "siti")
    with past.desk.shop.store.reading() as connection:
        (row,) = connection.execute(sa.select(handover.c.receiver, handover.c.old_card)).all()
    assert tuple(row) == ("unknown", "unknown")
    assert past.replayed()
