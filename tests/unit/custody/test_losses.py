"""What is lost, spoiled, brought back and destroyed: by whom it may be said, and that a destroyed blank stays so."""

from __future__ import annotations

import hashlib
import io
import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from math import comb
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from PIL import ExifTags, Image

from drivers.printer import Counters
from printd.books.replay import compare
from printd.custody import control_chart
from printd.errors import Refused
from printd.events.kinds import read
from printd.printing.attempt import begin, end
from printd.projections.kinds import PROJECTIONS
from printd.store import attempts
from printd.words.states import AttemptState
from support.counter import BUDI, RATNA, SITI, TWO, Counter, counter
from support.fixed import SEALED
from support.paper import check_paper, pages_of
from support.people import person
from support.resumed import resumed

WITNESSES = [{"name": "PETRUS CONTOH", "agency": "Satpol PP"}]
ACT = {"ba_number": "BA/1", "place": "halaman", "witnesses": WITNESSES, "by": BUDI, "second": RATNA}
NIK = "5371990201990001"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Counter]:
    extra = ""
    if request.param == "postgres":
        make: Callable[[bool], str] = request.getfixturevalue("new_postgres")
        extra = f'[database]\nurl = "{make(False)}"\n'
    with counter(tmp_path / "shop", extra) as made:
        made.announce()
        made.receive()
        made.open_shift(20)
        made.act("blanks.load", printer="p1", pieces=10, by=SITI)
        yield made
        with made.shop.store.reading() as connection:
            assert compare(connection, PROJECTIONS).differences == ()


def refused(office: Counter, name: str, /, **arguments: Any) -> str:
    with pytest.raises(Refused) as refusal:
        office.act(name, **arguments)
    return str(refusal.value)


def card(office: Counter, number: int, outcome: AttemptState = AttemptState.PRINTED) -> str:
    """Print a card on the lowest blanks of p1; return its job."""
    books = office.shop.books
    job = f"job-{number}"
    who = {"holder": f"h{number}", "digest": f"d{number}", "source": "spool", "remote_status": "PRR", "sealed": SEALED}
    what = {"reason": "baru", "stock_type": "WNI", "warnings": []}
    books.enter(read("record.accepted", {"record": f"r{number}", "job": job, **who, **what}))
    about: dict[str, Any] = {"job": job, "printer": "p1", "serial": f"K{number:05d}", "artwork": "a"}
    attempt = begin(books, counters=Counters(), resumed=resumed(books), **about)
    with books.booking() as booking:
        row = attempts.find_attempt(booking.connection, attempt)
        assert row is not None
        end(booking, row, outcome, evidence=None, cause="jam")
    return job


def test_a_destroyed_blank_never_moves_again(office: Counter) -> None:
    office.act("blanks.spoil", serial="K00001", cause="jam", **TWO)
    done = office.act("destructions.destroy", **ACT)
    assert (done["blanks"], done["causes"], office.places()["destroyed"]) == (1, {"jam": 1}, 1)
    for name, arguments in (
        ("blanks.spoil", {"serial": "K00001", "cause": "jam", **TWO}),
        ("blanks.skip", {"serial": "K00001", **TWO}),
        ("blanks.find", {"serial": "K00001", **TWO}),
        ("incidents.miss", {"serial": "K00001", "note": "x", **TWO}),
        ("blanks.load", {"printer": "p1", "serials": [["K00001"]], "by": SITI}),
        ("blanks.unload", {"printer": "p1", "serials": [["K00001"]], **TWO}),
        ("shifts.issue", {"serials": [["K00001"]], "reason": "x", **TWO}),
        ("destructions.destroy", {**ACT, "serials": [["K00001"]]}),
        ("transfers.give_back", {"serials": [["K00001"]], "document": "x", **TWO}),
    ):
        assert "K00001" in refused(office, name, **arguments) or "destroyed" in refused(office, name, **arguments)
    for why, target in (("found", "store"), ("missing", "missing"), ("jam", "spoiled"), ("issue", "shift:s")):
        data = {"serials": [["K00001"] * 2], "from": "destroyed", "to": target, "why": why}
        with pytest.raises(Refused, match="A destroyed blank never moves again"):
            office.shop.books.enter(read("blanks.moved", data), ["siti", "budi"])
    columns = "seq, part, prefix, width, first, last, source, target, at, why"
    row = "0, 9, 'K', 5, 1, 1, 'destroyed', 'store', '2026-11-02T01:00:00Z', 'x'"
    statement = sa.text(f"INSERT INTO movement ({columns}) VALUES ({row})")
    with pytest.raises(Refused, match="never moves again"), office.shop.store.writing() as connection:
        connection.execute(statement)


def test_a_destruction_names_its_witnesses_only_in_the_seal(office: Counter) -> None:
    office.act("blanks.spoil", serial="K00001", cause="jam", **TWO)
    wrongs: list[dict[str, Any]] = [
        {"witnesses": []},
        {"second": BUDI},
        {"ba_number": ""},
        {"serials": [["K00002"]]},
    ]
    for wrong in wrongs:
        refused(office, "destructions.destroy", **{**ACT, **wrong})
    shot, marks = io.BytesIO(), Image.Exif()
    marks[ExifTags.Base.Orientation] = 6
    Image.new("RGB", (640, 480), "orange").save(shot, "JPEG", exif=marks)
    photos = [b64encode(shot.getvalue()).decode()]
    told: list[tuple[dict[str, Any], str]] = [
        ({"begun": "09.00", "ended": "08.59"}, "begins before it ends"),
        ({"ended": "9.61"}, "The end of the destruction is no time"),
        ({"ended": "2026-11-03 09.00"}, "ends before it is booked"),
        ({"recounted": 2}, "2 pieces were counted before the witnesses, and 1 would be booked"),
        ({"method": "shred"}, "Nothing says that this may be shredded"),
        ({"photos": [b64encode(b"no picture").decode()]}, "is not a JPEG file"),
    ]
    for wrong, why in told:
        assert why in refused(office, "destructions.destroy", **{**ACT, **wrong})
    more = {"begun": "08.10", "ended": "2026-11-02 08:40", "voided": "cut", "recounted": 1, "photos": photos}
    seen = [{**WITNESSES[0], "position": "Kepala Seksi"}]
    letters = {"method": "shred", "orders": ["Surat Persetujuan Wali Kota Kupang Nomor 1"]}
    done = office.act("destructions.destroy", **{**ACT, **more, **letters, "witnesses": seen})
    assert (done["begun"], done["ended"]) == ("2026-11-02T00:10:00Z", "2026-11-02T00:40:00Z")
    assert (done["witnesses"][0]["agency"], done["witnesses"][0]["position"]) == ("Satpol PP", "Kepala Seksi")
    assert (done["recounted"], done["left_blanks"], done["left_cards"], len(done["basis"])) == (1, 0, 0, 3)
    (how,) = done["spoiled"]
    assert (how["cause"], how["step"], how["pieces"], how["serials"]) == ("jam", "store", 1, [["K00001", "K00001"]])
    told_on_paper = check_paper(Path(done["files"]["pdf"]), Path(done["files"]["json"]))
    for said in (
        "dengan cara dicacah, yang dimulai pukul 08.10 WITA dan selesai pukul 08.40 WITA, di hadapan para saksi",
        "d. Surat Persetujuan Wali Kota Kupang Nomor 1",
        "dibuat tidak dapat digunakan (digunting), dan dihitung ulang di hadapan saksi dengan hasil 1 (satu) keping",
        "LAMPIRAN II BERITA ACARA",
        done["photos"][0]["digest"],
        "Kepala Seksi, Satpol PP",
    ):
        assert said in told_on_paper
    (photo,) = (office.shop.folder / "photos").iterdir()
    assert photo.name == f"{done['photos'][0]['digest']}.jpg" == f"{hashlib.sha256(shot.getvalue()).hexdigest()}.jpg"
    assert photo.read_bytes() == shot.getvalue()
    photo.write_bytes(b"another one")  # HAS the folder; the next paper says that it is not there any more
    copy = office.act("papers.again", kind="destruction", name=done["id"], by=RATNA)["files"]
    assert "Foto yang berkasnya tidak ada lagi: 1." in check_paper(Path(copy["pdf"]), Path(copy["json"]))
    with office.shop.store.reading() as connection:
        bodies = connection.execute(sa.text("SELECT body FROM entry")).scalars().all()
    assert not any(b"PETRUS" in bytes(body) for body in bodies)
    assert b"PETRUS" not in Path(done["files"]["json"]).read_bytes()


def test_an_invalid_card_is_kept_sealed_until_it_is_destroyed(office: Counter, tmp_path: Path) -> None:
    job = card(office, 1)
    office.act("jobs.check", job=job, quality="good", by=BUDI)
    whose = {"nik": NIK, "name": "MARIA CONTOH", "address": "JL. CONTOH 1", "cause": "moved", "by": person("budi")}
    sentence = refused(office, "cards.take_back", serial="K00001", **whose)
    assert "never handed to a holder" in sentence
    assert "MARIA" not in sentence
    assert NIK not in refused(office, "cards.take_back", **{**whose, "nik": NIK + "1"})
    office.act("jobs.hand_over", job=job, by=person("budi"), receiver="holder", old_card="none")
    taken = office.act("cards.take_back", serial="K00001", **whose)
    office.act("cards.take_back", **{**whose, "cause": "damaged"})
    assert office.places()["invalid"] == 1
    assert "MARIA" not in repr(office.act("cards.list"))
    assert "is not a supervisor" in refused(office, "cards.names", cards=[taken["card"]], by=BUDI)
    for wrong in (taken["card"][:3], "nobody's"):
        assert "names no card" in refused(office, "cards.names", cards=[taken["card"], wrong], by=RATNA)
    listed = taken["card"][:8]  # as much of it as the list shows
    (named,) = office.act("cards.names", cards=[listed], by=RATNA)["cards"]
    assert (named["name"], named["nik"]) == ("MARIA CONTOH", NIK)
    nobody = {**ACT, "second": SITI, "annex": True}
    assert "Neither budi nor siti is a supervisor" in refused(office, "destructions.destroy", **nobody)
    done = office.act("destructions.destroy", **ACT, annex=True)
    assert (done["blanks"], done["cards"], done["card_causes"]) == (0, 2, {"damaged": 1, "moved": 1})
    paper = check_paper(Path(done["files"]["pdf"]), Path(done["files"]["json"]))
    assert "Lampiran I, Daftar KTP-el menurut nama dan alamat (2 baris, berkas tersendiri, 1 halaman)" in paper
    apart = tmp_path / "list.pdf"
    apart.write_bytes(b64decode(done["annex"]))
    (page,) = pages_of(apart)
    number = json.loads(Path(done["files"]["json"]).read_bytes())["number"]
    assert "TERBATAS LAMPIRAN I BERITA ACARA" in page
    assert all(said in page for said in (NIK, "MARIA CONTOH", "JL. CONTOH 1", f"NOMOR {number}", "pindah/kedatangan"))
    whole = b"".join(path.read_bytes() for path in office.shop.folder.rglob("*") if path.suffix in (".pdf", ".json"))
    assert apart.read_bytes() not in whole, "it lies nowhere in the shop"
    assert office.places()["destroyed"] == 1
    about = {"destruction": done["id"], "second": SITI}
    assert "Neither budi nor siti is a supervisor" in refused(office, "destructions.annex", by=BUDI, **about)
    listed = office.act("destructions.annex", by=RATNA, **about)["cards"]
    assert [(row["name"], row["address"]) for row in listed] == [("MARIA CONTOH", "JL. CONTOH 1")] * 2
    with office.shop.store.reading() as connection:
        kept = [bytes(body) for body in connection.execute(sa.text("SELECT body FROM entry")).scalars()]
    assert not any(b"MARIA" in body or NIK.encode() in body for body in kept)
    assert sum(b'"kind":"register.read"' in body for body in kept) == 3


def test_who_printed_does_not_answer_alone_for_a_spoiled_card(office: Counter) -> None:
    job = card(office, 1)
    lost = {"job": job, "quality": "spoiled", "cause": "print_fade"}
    assert "siti printed this card" in refused(office, "jobs.check", by=SITI, **lost)
    office.act("jobs.check", by=BUDI, **lost)
    with office.shop.store.reading() as connection:
        row = connection.execute(sa.text("SELECT * FROM spoil")).mappings().one()
    told = (row["cause"], row["step"], row["printer"], row["operator"], row["approved_by"], row["carton"])
    assert told == ("print_fade", "qc", "p1", "siti", "budi", "D1-1")


def test_a_card_that_is_gone_is_missing_and_its_record_waits_for_a_decision(office: Counter) -> None:
    job = card(office, 1)
    incident = office.act("incidents.miss", serial="K00001", note="not in the output", **TWO)
    assert (incident["kind"], incident["last_event"]["target"]) == ("missing", "missing")
    assert office.places()["missing"] == 1
    shown = office.act("jobs.show", job=job)
    assert (shown["state"], shown["held_because"]) == ("held", "spoiled")
    office.act("incidents.note", incident=incident["id"], text="searched", police_report="LP/1", by=person("siti"))
    assert "cannot sign twice" in refused(
        office, "incidents.close", incident=incident["id"], outcome="x", by=SITI, second=SITI
    )
    closed = office.act("incidents.close", incident=incident["id"], outcome="not found", **TWO)
    assert (closed["police_report"], closed["state"], len(closed["notes"])) == ("LP/1", "closed", 1)
    assert "no open incident" in refused(office, "incidents.note", incident=incident["id"], text="x", by=person("siti"))
    assert "16 digits" in refused(office, "incidents.open", kind="other", note=f"card of {NIK}", by=person("siti"))


def test_what_waits_is_told_with_its_age(office: Counter) -> None:
    office.act("blanks.spoil", serial="K00001", cause="jam", **TWO)
    office.later(days=2)
    office.act("blanks.skip", serial="K00002", **TWO)
    office.announce("D2", first=501, pieces=4)
    office.later(days=2)
    found = {one["place"]: (one["pieces"], one["age_days"], one["late"]) for one in office.act("spoilage.ages")}
    assert found == {"spoiled": (1, 4, True), "skipped": (1, 2, False), "transit:D2": (None, 2, False)}


def test_the_chart_alarms_by_the_exact_tail_where_groups_are_small() -> None:
    groups = [("steady", 1000, 17), ("bad", 40, 6), ("saint", 900, 1), ("small", 5, 1), ("none", 0, 0)]
    found = control_chart.chart(groups)
    assert {one.group: one.alarm for one in found.points} == {
        "steady": "",
        "bad": "above",
        "saint": "below",
        "small": "",
    }
    assert (found.tried, found.spoiled) == (1945, 25)
    rate = 25 / 1945
    tail = sum(comb(40, k) * rate**k * (1 - rate) ** (40 - k) for k in range(6, 41))
    assert abs(control_chart.at_least(40, 6, rate) - tail) < 1e-12
    steady = found.points[0]
    spread = 3 * (rate * (1 - rate) / 1000) ** 0.5
    assert (steady.lower, steady.upper) == (round(1e4 * max(0, rate - spread)), round(1e4 * (rate + spread)))


def test_spoilage_is_charted_by_printer_cause_operator_carton_and_day(office: Counter) -> None:
    for number in range(1, 6):
        card(office, number, AttemptState.SPOILED if number == 2 else AttemptState.PRINTED)
    office.act("blanks.spoil", serial="K00080", cause="factory_defect", **TWO)
    day = office.shop.today()
    for by, expected in {
        "printer": {"p1": (5, 1), "-": (1, 1)},
        "cause": {"jam": (5, 1), "factory_defect": (5, 1)},
        "operator": {"siti": (5, 1), "-": (1, 1)},
        "carton": {"D1-1": (5, 1), "D1-2": (1, 1)},
        "day": {day.isoformat(): (6, 2)},
    }.items():
        found = office.act("spoilage.chart", first=day, last=day, by=by)
        assert {one["group"]: (one["tried"], one["spoiled"]) for one in found["points"]} == expected
