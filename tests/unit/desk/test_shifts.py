"""A shift: issued by two, loaded lowest first, counted blind, closed only when it adds up or somebody answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from printd.books.replay import compare
from printd.custody import flows, sampling
from printd.errors import Refused
from printd.projections.kinds import PROJECTIONS
from printd.store.movements import Flow
from printd.words.serials import SerialRange
from support.counter import BUDI, MARTA, RATNA, SITI, TWO, Counter, counter
from support.paper import check_paper
from support.people import person


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Counter]:
    with counter(tmp_path / "shop", "[duty]\ncards_per_day = 30\n") as made:
        made.announce()
        made.receive()
        yield made
        with made.shop.store.reading() as connection:
            assert compare(connection, PROJECTIONS).differences == ()


def refused(office: Counter, name: str, /, **arguments: Any) -> str:
    before = office.shop.books
    with before.store.reading() as connection:
        size = connection.exec_driver_sql("SELECT size FROM log_state").scalar_one()
    with pytest.raises(Refused) as refusal:
        office.act(name, **arguments)
    with before.store.reading() as connection:
        assert connection.exec_driver_sql("SELECT size FROM log_state").scalar_one() == size
    return str(refusal.value)


def test_only_what_the_day_needs_leaves_the_store(office: Counter) -> None:
    assert "The day needs 0 more blanks of type WNI, not 5" in refused(office, "shifts.open", pieces=5, **TWO)
    shift = office.act("shifts.open", **TWO)
    assert (shift["id"], shift["holds"]) == ("2026-11-02-1", [])
    office.act("shifts.issue", pieces=5, reason="mobile unit", **TWO)
    assert office.act("shifts.show", shift=shift["id"])["holds"] == [["K00001", "K00005"]]
    assert "has 95 blanks" in refused(office, "shifts.issue", pieces=500, reason="x", **TWO)
    assert "siti cannot sign twice" in refused(office, "shifts.issue", pieces=1, reason="x", by=SITI, second=SITI)


def test_one_shift_at_a_time(office: Counter) -> None:
    office.open_shift()
    assert "Shift 2026-11-02-1 is not closed" in refused(office, "shifts.open", **TWO)


def test_hoppers_are_loaded_from_the_shift_lowest_serial_first(office: Counter) -> None:
    assert "No shift is open" in refused(office, "blanks.load", printer="p1", pieces=1, by=SITI)
    office.open_shift(20)
    load = {"printer": "p1", "by": SITI}
    sentence = refused(office, "blanks.load", serials=[["K00003", "K00004"]], **load)
    assert "not the lowest serials" in sentence
    assert "K00001 to K00002" in sentence
    sentence = refused(office, "blanks.load", serials=[["K00050"]], **load)
    assert "K00050 cannot be loaded: the shift does not hold it, it is in store" in sentence
    assert "it was never received, it is in no delivery" in refused(office, "blanks.load", serials=[["Z1"]], **load)
    office.act("blanks.load", pieces=3, **load)
    office.act("blanks.load", serials=[["K00004", "K00010"]], printer="p2", by=SITI)
    assert office.places() == {"store": 80, "shift:2026-11-02-1": 10, "hopper:p1": 3, "hopper:p2": 7}
    office.act("blanks.unload", printer="p2", **TWO)
    assert office.places()["shift:2026-11-02-1"] == 17


def test_a_wrong_generation_is_refused_before_a_blank_moves(tmp_path: Path) -> None:
    with counter(tmp_path / "shop", '[printing.generations]\np1 = ["4.8"]\n') as office:
        office.announce()
        office.receive()
        office.open_shift(4)
        assert "p1 cannot print blanks of generation 5" in refused(office, "blanks.load", printer="p1", by=SITI)
        office.act("blanks.load", printer="p2", by=SITI)
        assert office.places() == {"store": 96, "hopper:p2": 4}


def test_while_a_shift_is_counted_the_books_tell_nothing(office: Counter) -> None:
    shift = office.open_shift()
    assert "No count is under way" in refused(office, "shifts.count", found={}, by=SITI)
    office.act("shifts.count_begin", by=SITI)
    for name, arguments in (("blanks.where", {}), ("blanks.in", {"place": f"shift:{shift}"})):
        assert "figures are shown after it" in refused(office, name, **arguments)
    assert "is being counted" in refused(office, "blanks.load", printer="p1", by=SITI)
    office.act("shifts.resume", by=SITI)
    assert office.places() == {"store": 80, f"shift:{shift}": 20}


FACTS = {"voided": "punched", "kept": "iron cabinet", "seal": "S-17", "stored": "safe"}


def test_a_shift_closes_when_two_counted_what_the_books_say(office: Counter) -> None:
    shift = office.open_shift()
    office.act("blanks.load", printer="p1", pieces=5, by=SITI)
    office.act("blanks.spoil", serial="K00003", cause="factory_defect", **TWO)
    assert "has not been counted" in refused(office, "shifts.close", **TWO)
    office.act("shifts.count_begin", by=SITI)
    assert "siti has not counted" in refused(office, "shifts.close", **TWO)
    office.sheets(shift)
    assert "marta has not counted" in refused(office, "shifts.close", by=SITI, second=MARTA)
    assert "NIK" in refused(office, "shifts.close", **FACTS | {"kept": "5371994501900001"}, **TWO)
    shown = office.act("shifts.close", **FACTS, **TWO)
    assert office.places() == {"store": 99, "spoiled": 1}
    (stock,) = shown["act"]["stock"]
    assert (stock["opening"], stock["received"], stock["spoiled"], stock["closing"]) == (0, 100, 1, 99)
    assert shown["act"]["spoiled"] == {"factory_defect": 1}
    (work,) = shown["act"]["work"]
    told = {key: work[key] for key in ("issued", "good", "spoiled", "returned", "missing", "carried_over")}
    assert told == {"issued": 20, "good": 0, "spoiled": 1, "returned": 19, "missing": 0, "carried_over": 0}
    assert shown["act"]["spoils"] == [{"cause": "factory_defect", "serials": [["K00003", "K00003"]]}]
    assert [shown["act"][key] for key in ("voided", "kept", "seal", "stored")] == [*FACTS.values()]
    paper = check_paper(Path(shown["files"]["pdf"]), Path(shown["files"]["json"]))
    for words in (
        "tempat blangko rusak 1 1 1 0 K00003",
        "cacat pabrik 1 K00003",
        "Jumlah tersedia 100 20",
        "Dikembalikan ke gudang - 19",
        "Saldo akhir menurut buku 99 0",
        "cara dibuat tidak dapat digunakan: dilubangi; disimpan pada: iron cabinet; di bawah segel nomor: S-17.",
        "Tidak terdapat selisih.",
        "Sisa blangko 19 (sembilan belas) keping",
    ):
        assert words in paper, words
    told = json.loads(Path(shown["files"]["json"]).read_text())
    assert told["size"] == shown["act"]["log_size"] + 1, "the paper's root has the closing below it"
    assert office.act("shifts.open", **TWO)["id"] == "2026-11-02-2"


def test_a_sheet_is_stale_once_a_blank_has_moved(office: Counter) -> None:
    shift = office.open_shift()
    office.act("shifts.count_begin", by=SITI)
    office.sheets(shift)
    office.act("blanks.spoil", serial="K00050", cause="jam", **TWO)
    assert "has not counted since blanks last moved" in refused(office, "shifts.close", **TWO)


def test_a_gap_keeps_the_shift_open_until_a_supervisor_answers_for_it(office: Counter) -> None:
    shift = office.open_shift()
    office.act("blanks.load", printer="p1", pieces=5, by=SITI)
    office.act("shifts.count_begin", by=SITI)
    office.sheets(shift, hopper_p1={"pieces": 4})
    sentence = refused(office, "shifts.close", **TWO)
    assert "does not add up" in sentence
    assert "Not what the books hold was counted in hopper:p1" in sentence
    answers = {"approved_by": RATNA, "note": "searched twice"}
    assert "serials are not on the sheets" in refused(office, "shifts.close", **answers, **TWO)
    scanned = {"pieces": 4, "serials": [["K00001", "K00003"], ["K00005", "K00005"]]}
    office.sheets(shift, hopper_p1=scanned)
    for wrong, words in (
        ({"approved_by": MARTA, "note": "x"}, "marta is not a supervisor"),
        ({"approved_by": SITI, "note": "x"}, "siti counted and cannot approve"),
        ({"approved_by": RATNA, "note": ""}, "reason must be"),
    ):
        assert words in refused(office, "shifts.close", **wrong, **TWO)
    shown = office.act("shifts.close", **answers, **TWO)
    assert shown["approved_by"] == "ratna"
    assert office.places() == {"store": 99, "missing": 1}
    assert office.act("blanks.show", serial="K00004")["place"] == "missing"
    (incident,) = office.act("incidents.list")
    assert (incident["kind"], incident["serials"]) == ("missing", [["K00004", "K00004"]])
    act = shown["act"]
    assert (act["incident"], act["voided"], act["stored"]) == (incident["id"], None, None), "what nobody told"
    assert [(one["issued"], one["returned"], one["missing"]) for one in act["work"]] == [(20, 19, 1)]
    paper = check_paper(Path(shown["files"]["pdf"]), Path(shown["files"]["json"]))
    assert "Terdapat selisih 1 (satu) keping pada: baki masukan mesin cetak p1; disetujui untuk dicatat oleh" in paper
    assert f"alasan: searched twice; dilaporkan sebagai kejadian Nomor {act['incident'].partition('-')[2]}." in paper
    assert "disimpan dalam keadaan terkunci di: belum diketahui." in paper
    office.act("blanks.find", serial="K00004", **TWO)
    assert office.places() == {"store": 100}


def test_a_lost_blank_that_lies_there_again_is_found_by_the_count(office: Counter) -> None:
    shift = office.open_shift()
    office.act("incidents.miss", serial="K00002", note="not in the tray", **TWO)
    office.act("shifts.count_begin", by=SITI)
    office.sheets(shift, **{f"shift_{shift}": {"pieces": 20, "serials": [["K00001", "K00020"]]}})
    refused(office, "shifts.close", **TWO)
    office.act("shifts.close", approved_by=RATNA, note="it lay below the others", **TWO)
    assert office.places() == {"store": 100}


def test_the_identity_counts_each_flow_once() -> None:
    def moved(source: str, target: str, pieces: int, due_back: str | None = None) -> Flow:
        return {"stock_type": "WNI", "due_back": due_back, "source": source, "target": target, "pieces": pieces}

    history = [
        moved("transit:D", "store", 100),
        moved("transit:L", "store", 10, "2026-12-01"),
        moved("store", "shift:s", 60),
        moved("shift:s", "hopper:p", 60),
        moved("hopper:p", "printer:p", 50),
        moved("printer:p", "output", 48),
        moved("printer:p", "spoiled", 2),
        moved("output", "finished", 45),
        moved("output", "spoiled", 1),
        moved("finished", "holder", 40),
        moved("finished", "spoiled", 1),
        moved("hopper:p", "skipped", 2),
        moved("skipped", "store", 1),
        moved("store", "transfer:T", 20),
        moved("transfer:T", "site:a", 20),
        moved("site:a", "holder", 5),
        moved("site:a", "transfer:U", 4),
        moved("transfer:U", "store", 4),
        moved("spoiled", "destroyed", 3),
        moved("store", "missing", 1),
        moved("store", "returned", 3),
    ]
    net = flows.net(history)["WNI"]
    assert net == {
        "received": 100,
        "loaned_in": 14,
        "recovered": 1,
        "used_good": 44,
        "spoiled": 4,
        "loaned_out": 20,
        "returned": 3,
        "skipped": 2,
        "missing": 1,
    }
    on_hand = 100 + 14 + 1 - 44 - 4 - 20 - 3 - 2 - 1
    assert flows.gap(0, net, on_hand) == 0
    assert flows.gap(0, net, on_hand - 1) == 1


def test_a_sample_can_be_drawn_again_from_its_seed_and_touches_every_place() -> None:
    ranges = [("hopper:p", SerialRange("K", 3, 1, 5)), ("store", SerialRange("K", 3, 100, 10_000_099))]
    drawn = sampling.draw(ranges, 50, b"seed")
    assert drawn == sampling.draw(ranges, 50, b"seed")
    assert len({serial for serial, _ in drawn}) == 50
    assert drawn != sampling.draw(ranges, 50, b"other")
    assert [serial for serial, _ in sampling.draw(ranges[:1], 9, b"x")] == ["K001", "K002", "K003", "K004", "K005"]


@pytest.mark.parametrize(("population", "drawn", "missing"), [(50, 10, 0), (50, 10, 1), (30, 5, 2), (12, 12, 3)])
def test_the_bound_of_a_sample_is_the_exact_one(population: int, drawn: int, missing: int) -> None:
    from itertools import accumulate
    from math import comb

    def at_most(bad: int) -> float:
        ways = (comb(bad, hit) * comb(population - bad, drawn - hit) for hit in range(missing + 1))
        return list(accumulate(ways))[-1] / comb(population, drawn)

    possible = [bad for bad in range(population + 1) if missing <= bad and drawn - missing <= population - bad]
    expected = max(bad for bad in possible if at_most(bad) >= 0.05)
    assert sampling.most_missing(population, drawn, missing) == expected


def test_a_surprise_count_says_how_many_can_be_missing(office: Counter) -> None:
    drawn = office.act("samples.draw", pieces=20, number="4711", by=person("marta"))
    assert "population" not in drawn, "whoever counts does not see how many there are"
    assert "was not drawn" in refused(office, "samples.count", sample=drawn["sample"], missing=["K99999"], **TWO)
    told = office.act("samples.count", sample=drawn["sample"], **TWO)
    assert told["says"] == f"With 95 % confidence at most {told['bound']} of 100 are missing."
    assert 10 <= told["bound"] <= 15
    assert "waits for its count" in refused(office, "samples.count", sample=drawn["sample"], **TWO)


def test_a_stock_count_shows_every_difference_and_needs_a_reason_for_it(office: Counter) -> None:
    """D1 has no unit value and D2 has; four of D1 are at a site, which reports three, and six on the way to it."""
    office.announce("D2", 101, 20, unit_value=9547)
    office.receive("D2", 20)
    office.act("blanks.spoil", serial="K00101", cause="factory_defect", **TWO)
    office.act("sites.set", site="alak", kind="subdistrict", title="Alak", by=RATNA)
    sent = office.act("transfers.send", to="alak", carrier="X", document="BA/2", serials=[["K00001", "K00004"]], **TWO)
    office.act("transfers.acknowledge", transfer=sent["id"], document="TT/2", pieces=4, **TWO)
    office.act("transfers.send", to="alak", carrier="X", document="BA/3", serials=[["K00005", "K00010"]], **TWO)
    office.act("sites.report", site="alak", pieces=3, by=SITI)
    for one in (SITI, BUDI):
        office.act("counts.count", found={"store": {"pieces": 108}}, by=one)
    assert "Nobody counted spoiled." in refused(office, "counts.close", reason="x", **TWO)
    for one in (SITI, BUDI):
        office.act("counts.count", found={"store": {"pieces": 108}, "spoiled": {"pieces": 1}}, by=one)
    sentence = refused(office, "counts.close", **TWO)
    assert "Look again at store" in sentence
    assert "109" not in sentence
    told = {"reason": "one is being searched for", "follow_up": "incident", "witness_agency": "Inspektorat"}
    act = office.act("counts.close", **told, **TWO)
    spoiled, store = act["items"]
    assert (store["book"], store["difference"], store["value"], spoiled["value"]) == (109, -1, None, None)
    assert (act["witness"], act["follow_up"]) == ("Inspektorat", "incident")
    left = {
        one["delivery"]: [one[key] for key in ("good", "spoiled", "elsewhere", "value")] for one in act["deliveries"]
    }
    assert left == {"D1": [90, 0, 10, None], "D2": [19, 1, 0, 19 * 9547]}
    away = [[one[key] for key in ("book", "told", "day", "document")] for one in act["elsewhere"]]
    assert away == [[4, 3, "2026-11-02", None], [6, 6, "2026-11-02", "BA/3"]]
    paper = check_paper(Path(act["files"]["pdf"]), Path(act["files"]["json"]), {"alak": "Alak"})
    for words in (
        "Persediaan dalam kondisi baik: 109 (seratus sembilan) keping menurut buku; di antaranya 19 (sembilan belas)",
        "senilai Rp181.393 (seratus delapan puluh satu ribu tiga ratus sembilan puluh tiga rupiah).",
        "Harga satuan belum diketahui untuk 100 (seratus) keping dari: BAST/1;",
        "Selisih kurang 1 (satu) keping dan selisih lebih 0 (nihil) keping terhadap buku, disebabkan: one is being",
        "ditindaklanjuti dengan: incident.",
        "laporan terakhir tanggal 2 November 2026",
        "surat BA/3 tanggal 2 November 2026",
    ):
        assert words in paper, words
