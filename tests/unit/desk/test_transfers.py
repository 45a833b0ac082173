"""Transfers: sealed manifest out, signed acknowledgement back, a named carrier, differences, loans."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from faults.shops import site_nik, site_report
from printd.books.replay import compare
from printd.desk import sealing, transfers
from printd.errors import Refused
from printd.projections.kinds import PROJECTIONS
from printd.store import log, sites
from support.counter import BUDI, RATNA, SITI, TWO, Counter, counter
from support.deliberate import line, notices
from support.people import person


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Counter]:
    with counter(tmp_path / "shop") as made:
        made.announce()
        made.receive()
        made.act("sites.set", site="alak", kind="subdistrict", title="Kecamatan Alak", area="53.71.01", by=RATNA)
        yield made
        with made.shop.store.reading() as connection:
            assert compare(connection, PROJECTIONS).differences == ()


def public_key(shop: Path, name: str = "documents") -> str:
    return (shop / "keys" / f"{name}.vkey").read_text(encoding="ascii").strip()


def refused(office: Counter, name: str, /, **arguments: Any) -> str:
    with pytest.raises(Refused) as refusal:
        office.act(name, **arguments)
    return str(refusal.value)


CAMAT = {
    "name": "DOMINGGUS CONTOH",
    "position": "Kepala Seksi Pelayanan Umum",
    "office": "Kecamatan Alak",
    "assignment": {"number": "ST/7", "day": "2026-11-01"},
}
SEND = {"to": "alak", "carrier": "YOSEF CONTOH", "document": "BA/7", "seals": ["S1"], **TWO}


def test_blanks_travel_in_custody_and_arrive_by_acknowledgement(office: Counter) -> None:
    sent = office.act("transfers.send", pieces=10, purpose="pelayanan", **SEND)
    assert (sent["id"], sent["serials"], office.places()) == (
        "T2026-0001",
        [["K00001", "K00010"]],
        {"store": 90, "transfer:T2026-0001": 10},
    )
    assert "YOSEF" not in repr(sent)
    assert office.act("transfers.carrier", transfer=sent["id"], by=RATNA)["carrier"] == "YOSEF CONTOH"
    assert "is not a supervisor" in refused(office, "transfers.carrier", transfer=sent["id"], by=SITI)
    office.later(days=4)
    assert office.act("transfers.list")[0]["late"]
    paper = {"transfer": sent["id"], "document": "TT/1", **TWO}
    assert "A difference is booked by serial" in refused(office, "transfers.acknowledge", pieces=9, **paper)
    signed = {"receivers": [CAMAT], "received_on": "2026-11-03", "seals": [{"seal": "S1", "state": "broken"}]}
    told = office.act("transfers.acknowledge", pieces=10, **signed, **paper)
    assert (told["receivers"], told["received_on"], told["purpose"]) == ([CAMAT], "2026-11-03", "pelayanan")
    assert [list(one) for one in told["arrived_seals"]] == [["S1", "broken"]]
    assert office.places() == {"store": 90, "site:alak": 10}
    assert "was acknowledged already" in refused(office, "transfers.acknowledge", pieces=10, **paper)
    used = {"site": "alak", "document": "LAP/1", "name": "r.csv", **TWO}
    office.act("sites.used", content=site_report(*(f"K{number:05d}" for number in range(1, 5))), **used)
    office.act("sites.spoiled", site="alak", serials=[["K00005"]], cause="scorch", **TWO)
    told = office.act("sites.report", site="alak", pieces=4, by=person("siti"), ribbon=30)
    assert (told["book"], told["difference"]) == (5, -1)
    back = office.act("transfers.send", **{**SEND, "to": "store"}, from_site="alak", pieces=5, givers=[CAMAT])
    assert back["givers"] == [CAMAT]
    act = json.loads(Path(back["files"]["json"]).read_bytes())
    assert [row["pieces"] for row in act["tables"][0]["rows"]] == [4, 1, 0, 5, 0, 0]
    assert act["tables"][0]["total"]["pieces"] == 10
    assert act["act"]["parties"][1]["person"]["name"] == CAMAT["name"]
    assert "YOSEF CONTOH" in repr(act["signatures"]), "who carries it signs its act"
    office.act("transfers.acknowledge", transfer=back["id"], pieces=5, document="TT/2", **TWO)
    assert office.places() == {"store": 95, "holder": 4, "spoiled": 1}


def test_what_did_not_arrive_stays_on_the_way_until_it_is_settled(office: Counter) -> None:
    sent = office.act("transfers.send", pieces=10, **SEND)
    arrived = [["K00001", "K00008"], ["K00050"]]
    told = office.act("transfers.acknowledge", transfer=sent["id"], serials=arrived, document="TT/1", **TWO)
    assert [(one["kind"], one["pieces"]) for one in told["discrepancies"]] == [("short", 2), ("over", 1)]
    assert office.places() == {"store": 90, "site:alak": 8, "transfer:T2026-0001": 2}
    short = {"discrepancy": "T2026-0001-1", "document": "LP/3", **TWO}
    office.act("discrepancies.close", outcome="missing", **short)
    over = {"discrepancy": "T2026-0001-2", "document": "LP/3", **TWO}
    assert "do not enter the store" in refused(office, "discrepancies.close", outcome="store", **over)
    office.act("discrepancies.close", outcome="nothing", **over)
    assert office.places() == {"store": 90, "site:alak": 8, "missing": 2}


def at_alak(office: Counter, pieces: int = 10) -> dict[str, Any]:
    """Have a site hold blanks; return what a report of it names beside its content."""
    sent = office.act("transfers.send", pieces=pieces, **SEND)
    office.act("transfers.acknowledge", transfer=sent["id"], pieces=pieces, document="TT/1", **TWO)
    return {"site": "alak", "document": "LAP/1", "name": "r.csv", **TWO}


def test_a_site_names_each_card_that_it_printed_and_the_log_nobody(office: Counter) -> None:
    used = at_alak(office)
    done = office.act("sites.used", content=site_report("K00001", "K00003"), **used)
    assert (done["cards"], done["unnamed"], done["discrepancy"], done["held"]) == (2, [], None, [])
    with office.shop.store.reading() as connection:
        first, second = sites.site_cards_between(connection, "", "9")
        written = repr(list(log.entries(connection)))
    assert (first["serial"], first["job"], first["printer"]) == ("K00001", "ALAK/1", "alak-1")
    assert (first["operator"], first["checker"]) == ("PETUGAS SATU", "PETUGAS DUA")
    assert (first["printed_on"], first["handed_over_on"]) == ("2018-09-01", "2018-09-02")
    assert first["holder"] != second["holder"]
    assert site_nik(1) not in written
    opened = sealing.look(office.desk, f"site_card:{first['id']}", sealing.OfHolder)
    assert opened == {"nik": site_nik(1), "name": "CONTOH"}
    again = {**used, "content": site_report("K00004", start=2)}
    assert "Job ALAK/2 of alak has a card already" in refused(office, "sites.used", **again)
    assert office.places() == {"store": 90, "site:alak": 8, "holder": 2}


def test_what_a_site_cannot_name_stays_in_its_stock_until_it_is_named_or_lost(office: Counter) -> None:
    used = at_alak(office)
    done = office.act("sites.used", content=site_report("K00001", "K00002", checker=""), **used)
    assert (done["cards"], done["unnamed"], done["discrepancy"]) == (0, [["K00001", "K00002"]], "alak-1")
    assert office.places() == {"store": 90, "site:alak": 10}
    (open_,) = office.act("discrepancies.list")
    assert (open_["kind"], open_["subject"], open_["pieces"]) == ("unnamed", "site:alak", 2)
    again = office.act("sites.used", content=site_report("K00001", "K00002", checker=""), **used)
    assert again["discrepancy"] is None, "it is open already"
    ends = {"discrepancy": "alak-1", "document": "LAP/2", **TWO}
    assert "K00001 to K00002 are still in the stock of alak" in refused(
        office, "discrepancies.close", outcome="nothing", **ends
    )
    assert "cannot end as store" in refused(office, "discrepancies.close", outcome="store", **ends)
    office.act("sites.used", content=site_report("K00001", "K00002"), **{**used, "document": "LAP/2"})
    office.act("discrepancies.close", outcome="nothing", **ends)
    office.act("sites.used", content=site_report("K00003", nik=""), **{**used, "document": "LAP/3"})
    office.act("discrepancies.close", outcome="missing", **{**ends, "discrepancy": "alak-2"})
    assert office.places() == {"store": 90, "site:alak": 7, "holder": 2, "missing": 1}
    assert [one["kind"] for one in office.act("incidents.list")] == ["missing"]


def test_a_report_that_is_wrong_is_refused_whole_and_what_is_personal_in_it_not_told(office: Counter) -> None:
    used = at_alak(office)
    secret = "5371994101900001"
    for content, name, words in (
        (site_report("K00050"), "r.csv", "K00050 is in store"),
        (site_report("K00001", "K00001"), "r.csv", "Line 3: its serial stands in an earlier line"),
        (site_report(secret), "r.csv", "Line 2: the serial is none"),
        (site_report("K00001", printer=f"p {secret}"), "r.csv", "Line 2: printer is longer"),
        (site_report("K00001", nik=secret + "0"), "r.csv", "Line 2: nik is no NIK"),
        (site_report("K00001", receiver="wife"), "r.csv", "receiver is none of holder, proxy, unknown"),
        (site_report("K00001", printed_on="kemarin"), "r.csv", "Write 2026-11-20 or 20/11/2026"),
        (site_report("K00001", printed_on="03/09/2018"), "r.csv", "handed_over_on is before printed_on"),
        (site_report("K00001", handed_over_on="2030-01-01"), "r.csv", "on a day to come"),
        (site_report("K00001", wife="x"), "r.csv", "Its first line must name columns"),
        (site_report("K00001"), "r.xlsx", "neither in .json nor in .csv"),
        (site_report("K00001"), "r.json", "It is not a JSON object"),
        (b64encode(b'{"cards": []}').decode(), "r.json", "There is no card in it"),
        (b64encode(b"\xff").decode(), "r.csv", "It is not UTF-8 text"),
    ):
        told = refused(office, "sites.used", **{**used, "content": content, "name": name})
        assert words in told
        assert secret not in told
    assert office.places() == {"store": 90, "site:alak": 10}
    card = dict(zip(*(line.split(";") for line in _lines(site_report("K00001"))), strict=True))
    told_json = b64encode(json.dumps({"cards": [card, {"serial": "K00002"}]}).encode()).decode()
    done = office.act("sites.used", **{**used, "content": told_json, "name": "r.json"})
    assert (done["cards"], done["unnamed"]) == (1, [["K00002", "K00002"]])


def _lines(content: str) -> list[str]:
    return b64decode(content).decode("utf-8-sig").splitlines()


def test_what_may_not_be_sent(office: Counter) -> None:
    office.act("blanks.spoil", serial="K00100", cause="jam", **TWO)
    for wrong, words in (
        ({"pieces": 3, "second": SITI}, "cannot sign twice"),
        ({"pieces": 3, "to": "nowhere"}, "There is no site nowhere"),
        ({"pieces": 3, "to": "store"}, "to itself"),
        ({"pieces": 500}, "has 99 blanks of type WNI to send"),
        ({"serials": [["K00100"]]}, "K00100 is in spoiled"),
        ({"serials": [["K09999"]]}, "K09999 is in no delivery"),
        ({}, "Name either"),
    ):
        assert words in refused(office, "transfers.send", **{**SEND, **wrong})
    assert office.places() == {"store": 99, "spoiled": 1}


def test_a_loan_that_is_not_back_in_time_is_overdue(office: Counter) -> None:
    office.act("sites.set", site="kab-kupang", kind="office", title="Kabupaten Kupang", by=RATNA)
    due = office.shop.today() + timedelta(days=10)
    sent = office.act("transfers.send", **{**SEND, "to": "kab-kupang"}, pieces=5, due_back=due)
    office.act("transfers.acknowledge", transfer=sent["id"], pieces=5, document="TT/1", **TWO)
    assert not office.act("transfers.list")[0]["overdue"]
    office.later(days=11)
    assert office.act("transfers.list")[0]["overdue"]


def test_two_shops_hand_blanks_over_by_signed_papers(tmp_path: Path) -> None:
    with counter(tmp_path / "a") as giver:
        giver.announce()
        giver.receive()
        sender = public_key(tmp_path / "a")
        assert sender != public_key(tmp_path / "a", "log")
        with counter(tmp_path / "b", f'[custody]\nsender_keys = ["{sender}"]\n') as taker:
            site = {"site": "office-b", "kind": "office", "title": "B", "key": public_key(tmp_path / "b")}
            giver.act("sites.set", by=RATNA, **site)
            sent = giver.act("transfers.send", **{**SEND, "to": "office-b"}, serials=[["K00011", "K00020"]])
            note = Path(sent["files"]["manifest"]).read_bytes()
            content = b64encode(note).decode()
            taker.act("deliveries.announce", name="m.note", content=content, by=person("marta"))
            carton = f"{sent['id']}-1"
            taker.count({"pieces": 10, "cartons": [{"carton": carton}], "seals": [{"seal": "S1"}]}, sent["id"])
            taker.act("deliveries.receive", delivery=sent["id"], **TWO)
            receipt = taker.act("transfers.receipt", delivery=sent["id"], by=person("siti"))
            altered = b64encode(Path(receipt["file"]).read_bytes().replace(b"K00020", b"K00019")).decode()
            signed = {"transfer": sent["id"], **TWO}
            assert "does not hold" in refused(giver, "transfers.acknowledge_signed", content=altered, **signed)
            done = giver.act("transfers.acknowledge_signed", content=receipt["note"], **signed)
            assert done["acknowledgement"].startswith("printd.example/tests/counter/blanks/1/documents+")
            assert [one["name"] for one in done["receivers"]] == ["Siti Contoh", "Budi Contoh"]
            assert done["received_on"] == giver.shop.today().isoformat()
            assert [list(one) for one in done["arrived_seals"]] == [["S1", "whole"]]
            assert giver.places() == {"store": 90, "site:office-b": 10}
            assert taker.places() == {"store": 10}


@notices(
    {
        "an acknowledgement serves for any transfer": line(
            transfers.acknowledge_signed, 'told.get("acknowledges") != transfer', "not told"
        )
    }
)
def test_the_acknowledgement_of_one_transfer_does_not_serve_for_another(tmp_path: Path) -> None:
    """Both went to the same office, and both came: its signed papers are exchanged on the way."""
    with counter(tmp_path / "a") as giver:
        giver.announce()
        giver.receive()
        sender = public_key(tmp_path / "a")
        with counter(tmp_path / "b", f'[custody]\nsender_keys = ["{sender}"]\n') as taker:
            site = {"site": "office-b", "kind": "office", "title": "B", "key": public_key(tmp_path / "b")}
            giver.act("sites.set", by=RATNA, **site)
            names, papers = [], []
            for _ in range(2):
                sent = giver.act("transfers.send", **{**SEND, "to": "office-b"}, pieces=10)
                content = b64encode(Path(sent["files"]["manifest"]).read_bytes()).decode()
                taker.act("deliveries.announce", name="m.note", content=content, by=person("marta"))
                taker.count({"pieces": 10, "cartons": [{"carton": f"{sent['id']}-1"}]}, sent["id"])
                taker.act("deliveries.receive", delivery=sent["id"], **TWO)
                names.append(sent["id"])
                papers.append(taker.act("transfers.receipt", delivery=sent["id"], by=person("siti"))["note"])
        before = giver.places()
        assert before == {"store": 80, **dict.fromkeys((f"transfer:{name}" for name in names), 10)}
        for name, paper in ((names[0], papers[1]), (names[1], papers[0])):
            told = refused(giver, "transfers.acknowledge_signed", transfer=name, content=paper, **TWO)
            assert f"This acknowledgement is not of {name}" in told
        assert giver.places() == before
        assert giver.act("discrepancies.list") == []
        for name, paper in zip(names, papers, strict=True):
            giver.act("transfers.acknowledge_signed", transfer=name, content=paper, **TWO)
        assert giver.places() == {"store": 80, "site:office-b": 20}


def test_blanks_go_back_to_the_province_by_a_paper(office: Counter) -> None:
    office.act("transfers.give_back", serials=[["K00001", "K00005"]], document="SURAT/1", **TWO)
    assert office.places() == {"store": 95, "returned": 5}
    assert "cannot sign twice" in refused(
        office, "transfers.give_back", serials=[["K00006"]], document="x", by=BUDI, second=BUDI
    )
