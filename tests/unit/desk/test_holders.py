"""Registers by name: a supervisor sees whose they are, the log remembers the look, nothing else holds a name."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from drivers.printer import Counters
from faults.shops import site_report
from printd.desk import reports
from printd.errors import Refused
from printd.events.kinds import read
from printd.printing.attempt import begin, end
from printd.store import attempts, log
from printd.words.states import AttemptState
from support.counter import BUDI, RATNA, SITI, TWO, Counter, counter
from support.fixed import SEALED
from support.intake_help import accept, people
from support.people import person
from support.resumed import resumed

ANNA = people()[0]
NIK, BACK = "5371990201990001", "5371994101900001"
PERIOD = {"first": "2026-11-01", "last": "2026-11-30"}


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Counter]:
    extra = ""
    if request.param == "postgres":
        extra = f'[database]\nurl = "{request.getfixturevalue("new_postgres")(False)}"\n'
    with counter(tmp_path / "shop", extra) as made:
        made.announce()
        made.receive()
        made.open_shift(20)
        made.act("blanks.load", printer="p1", pieces=10, by=SITI)
        yield made


def names(office: Counter, report: str, by: dict[str, str] = RATNA) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = office.act("holders.names", name=report, **PERIOD, by=by)["rows"]
    return rows


def print_card(office: Counter, job: str) -> None:
    about: dict[str, Any] = {"job": job, "printer": "p1", "serial": "K00001", "artwork": "a"}
    attempt = begin(
        office.shop.books, counters=Counters(), resumed=resumed(office.shop.books, about["printer"]), **about
    )
    with office.shop.books.booking() as booking:
        row = attempts.find_attempt(booking.connection, attempt)
        assert row is not None
        end(booking, row, AttemptState.PRINTED, evidence=None)


def test_a_print_register_names_its_people_to_a_supervisor_alone(office: Counter) -> None:
    done = accept(office.desk, ANNA)
    office.act("records.acknowledge", record=done.record, by=person("budi"))
    print_card(office, done.job)
    with pytest.raises(Refused, match="is not a supervisor"):
        names(office, "r7", BUDI)
    (row,) = names(office, "R7")
    assert (row["nik"], row["name"], row["serial"]) == (ANNA.fields["NIK"], ANNA.fields["NAMA_LGKP"], "K00001")
    report = office.act("reports.report", name="r7", **PERIOD)
    with office.shop.store.reading() as connection:
        kept = b"".join(body for _, body, _ in log.entries(connection))
    assert str(ANNA.fields["NIK"]) not in repr(report) + kept.decode()
    assert kept.count(b"register.read") == 1
    assert not [path for path in (office.shop.folder / "reports").iterdir() if row["nik"].encode() in path.read_bytes()]


def test_certificates_and_invalid_cards_are_named_from_their_own_seals(office: Counter) -> None:
    office.act("suket.issue", nik=NIK, issued_on="2026-11-02", status="PRR", by=person("siti"))
    whose = {"nik": BACK, "name": "MARIA CONTOH", "address": "JL. CONTOH 1", "cause": "moved", "by": person("budi")}
    office.act("cards.take_back", **whose)
    assert [(one["nik"], one["name"]) for one in names(office, "r15")] == [(NIK, None)]
    with pytest.raises(Refused, match="with addresses r8, which two people open"):
        names(office, "r8")
    with pytest.raises(Refused, match="Neither budi nor siti is a supervisor"):
        office.act("holders.addresses", **PERIOD, by=BUDI, second=SITI)
    (row,) = office.act("holders.addresses", **PERIOD, by=RATNA, second=SITI)["rows"]
    assert (row["nik"], row["name"], row["address"]) == (BACK, "MARIA CONTOH", "JL. CONTOH 1")


def test_who_was_erased_stays_a_pseudonym_and_a_stock_report_names_nobody(office: Counter) -> None:
    about = {
        "source": "spool",
        "remote_status": "PRR",
        "reason": "baru",
        "stock_type": "WNI",
        "warnings": [],
        "sealed": SEALED,
    }
    office.shop.books.enter(read("record.accepted", {"record": "r", "job": "j", "holder": "h", "digest": "d", **about}))
    print_card(office, "j")
    (row,) = names(office, "r7")
    assert (row["holder"], row["nik"], row["name"]) == ("h", None, None)
    with pytest.raises(Refused, match="names nobody"):
        names(office, "r1")


def test_who_has_a_card_of_a_site_is_named_and_their_job_here_does_not_print(office: Counter) -> None:
    done = accept(office.desk, ANNA)
    office.act("records.acknowledge", record=done.record, by=person("budi"))
    office.act("suket.issue", nik=ANNA.fields["NIK"], issued_on="2026-11-02", status="PRR", by=person("siti"))
    assert office.act("jobs.show", job=done.job)["state"] == "queued"
    office.act("sites.set", site="alak", kind="subdistrict", title="Kecamatan Alak", by=RATNA)
    send = {"to": "alak", "carrier": "YOSEF CONTOH", "document": "BA/7", "serials": [["K00051", "K00052"]]}
    sent = office.act("transfers.send", **send, **TWO)
    office.act("transfers.acknowledge", transfer=sent["id"], pieces=2, document="TT/1", **TWO)
    report = site_report("K00051", nik=str(ANNA.fields["NIK"]), reason="luar_domisili")
    used = office.act("sites.used", site="alak", document="LAP/1", name="r.csv", content=report, **TWO)
    assert used["held"] == [done.job]
    waits = office.act("jobs.show", job=done.job)
    assert (waits["state"], waits["held_because"]) == ("held", "stale")
    assert office.act("suket.list")["outstanding"] == 0, "the card is what the certificate stood for"
    assert [row["name"] for row in names(office, "r7")] == [ANNA.fields["NAMA_LGKP"]], "one pseudonym for both"
    (row,) = names(office, "r14")
    assert (row["nik"], row["site"], row["receiver"]) == (ANNA.fields["NIK"], "site:alak", "holder")
    away = reports.document(office.desk, "r18", date(2026, 11, 1), date(2026, 11, 30)).tables[0].rows
    assert away == [{"unit": "site:alak", "area": "53.71", "reason": "luar_domisili", "cards": 1}]
