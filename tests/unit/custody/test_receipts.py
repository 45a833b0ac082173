"""Receipt is blind, differences stay open until a document closes them, cartons stay closed until two open one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from printd.books.replay import compare
from printd.custody import receipt, sealed_note
from printd.custody.manifest import read
from printd.errors import ConfigError, Refused
from printd.ledger.notes import Signer
from printd.projections.kinds import PROJECTIONS
from support.counter import BUDI, MARTA, SITI, TWO, Counter, counter
from support.deliberate import line, notices
from support.people import create, person

WHOLE = {"pieces": 100, "cartons": [{"carton": "D1-1"}, {"carton": "D1-2"}]}


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Counter]:
    with counter(tmp_path / "shop") as made:
        made.announce()
        yield made
        with made.shop.store.reading() as connection:
            assert compare(connection, PROJECTIONS).differences == ()


def refused(office: Counter, name: str, /, **arguments: Any) -> str:
    with pytest.raises(Refused) as refusal:
        office.act(name, **arguments)
    return str(refusal.value)


def test_nobody_sees_what_was_announced_before_both_have_counted(office: Counter) -> None:
    for shown in (office.act("deliveries.show", delivery="D1"), office.act("deliveries.list")[0]):
        assert shown["announced"] is None
        assert "K0" not in repr(shown)
    assert office.act("blanks.where")["deliveries"] == {}
    assert "before two people have counted it" in refused(office, "blanks.in", place="transit:D1")
    assert office.act("blanks.show", serial="K00001")["delivery"]["announced"] is None
    (waits,) = office.act("spoilage.ages")
    assert (waits["place"], waits["pieces"], waits["first"]) == ("transit:D1", None, None)
    office.act("deliveries.count", delivery="D1", sheet={"pieces": 99}, by=SITI)
    assert "budi has not counted" in refused(office, "deliveries.receive", delivery="D1", **TWO)
    office.act("deliveries.count", delivery="D1", sheet=WHOLE, by=BUDI)
    sentence = refused(office, "deliveries.receive", delivery="D1", **TWO)
    assert "The two counts differ" in sentence
    assert "100" not in sentence
    assert "99" not in sentence
    office.act("deliveries.count", delivery="D1", sheet=WHOLE, by=SITI)
    assert office.act("deliveries.receive", delivery="D1", **TWO)["places"] == {"store": 100}


def test_a_count_of_one_does_not_serve_for_two(office: Counter) -> None:
    office.act("deliveries.count", delivery="D1", sheet=WHOLE, by=SITI)
    office.act("deliveries.count", delivery="D1", sheet=WHOLE, by=SITI)
    assert "siti cannot sign twice" in refused(office, "deliveries.receive", delivery="D1", by=SITI, second=SITI)
    assert "marta has not counted" in refused(office, "deliveries.receive", delivery="D1", by=SITI, second=MARTA)


def test_every_kind_of_difference_opens_a_discrepancy_and_stays_in_transit(office: Counter) -> None:
    office.announce("D2", first=201, pieces=10)
    sheet = {
        "pieces": 50 + 48 + 1 + 1,
        "cartons": [{"carton": "D1-1"}, {"carton": "D1-2", "condition": "seal_broken"}],
        "serials": [["K00051", "K00098"], ["K00300", "K00300"], ["K00203", "K00203"]],
        "damaged": [["K00007", "K00007"]],
        "wrong_type": [["K00008", "K00009"]],
    }
    office.count(sheet)
    shown = office.act("deliveries.receive", delivery="D1", **TWO)
    found = {one["kind"]: (one["pieces"], one["serials"]) for one in shown["discrepancies"]}
    assert found == {
        "seal_broken": (48, [["K00051", "K00098"]]),
        "damaged": (1, [["K00007", "K00007"]]),
        "wrong_stock_type": (2, [["K00008", "K00009"]]),
        "over": (1, [["K00300", "K00300"]]),
        "serial_elsewhere": (1, [["K00203", "K00203"]]),
        "short": (2, [["K00099", "K00100"]]),
    }
    assert shown["places"] == {"store": 47, "transit:D1": 53}
    told = json.loads(Path(shown["act"]["json"]).read_bytes())
    goods, differences = told["tables"]
    keys = ("announced", "counted", "difference", "accepted", "value")
    assert [[row[key] for key in keys] for row in goods["rows"]] == [
        [50, 50, 0, 47, None],
        [50, 48, -2, 0, None],
        [0, 2, 2, 0, None],
    ]
    assert [goods["total"][key] for key in keys[:4]] == [100, 100, 0, 47]
    assert len(differences["rows"]) == 6
    assert "The unit price is not known" in repr(told["act"]["points"])
    assert "granted" not in repr(told["act"]["points"])
    office.later(days=4)
    assert {one["age_days"] for one in office.act("discrepancies.list")} == {4}
    assert all(one["late"] for one in office.act("discrepancies.list"))


@pytest.mark.parametrize(
    "sheet",
    [
        {**WHOLE, "pieces": 99},
        {**WHOLE, "pieces": 101},
        {"pieces": 50, "cartons": [{"carton": "D1-1"}], "serials": [["K00051", "K00051"]]},
        {"pieces": 99, "cartons": [{"carton": "D1-1"}, {"carton": "D1-2", "condition": "seal_broken"}]},
        {"pieces": 100, "serials": [["K00001", "K00099"]]},
    ],
)
@notices({"a sheet need not add up": line(receipt.compare, "pieces(seen) != sheet.pieces", "not seen")})
def test_a_sheet_that_does_not_add_up_receives_nothing(office: Counter, sheet: dict[str, Any]) -> None:
    """Both counted alike, and both wrong: the figure, or what it is made of."""
    office.count(sheet)
    told = refused(office, "deliveries.receive", delivery="D1", **TWO)
    assert f"The {sheet['pieces']} pieces on the sheet do not add up from its cartons and serials" in told
    assert office.act("deliveries.show", delivery="D1")["state"] == "announced"
    assert office.act("discrepancies.list") == []
    office.receive()
    assert office.places() == {"store": 100}


@pytest.mark.parametrize(("key", "words"), [("damaged", "damaged"), ("wrong_type", "wrong type")])
@pytest.mark.parametrize("ends", [["K00051", "K00051"], ["K00049", "K00051"], ["K00300", "K00300"]])
@notices(
    {"a piece may be bad that nobody counted": line(receipt.compare, "if minus(named, seen):", "if named == seen:")}
)
def test_a_piece_that_is_said_to_be_bad_was_counted(office: Counter, key: str, words: str, ends: list[str]) -> None:
    """The second carton did not come: what lies in it is neither damaged nor of another type."""
    office.count({"pieces": 50, "cartons": [{"carton": "D1-1"}], key: [ends]})
    told = refused(office, "deliveries.receive", delivery="D1", **TWO)
    assert f"is said to be {words} but was not counted" in told
    assert ("K00300" if "K00300" in ends else "K00051") in told
    assert office.act("deliveries.show", delivery="D1")["state"] == "announced"
    office.count({"pieces": 50, "cartons": [{"carton": "D1-1"}], key: [["K00050", "K00050"]]})
    shown = office.act("deliveries.receive", delivery="D1", **TWO)
    assert sorted((one["kind"], one["pieces"]) for one in shown["discrepancies"]) == sorted(
        [("short", 50), ("damaged" if key == "damaged" else "wrong_stock_type", 1)]
    )
    assert shown["places"] == {"store": 49, "transit:D1": 51}


def close_by_id(office: Counter, discrepancy: str, outcome: str) -> None:
    office.act("discrepancies.close", discrepancy=discrepancy, outcome=outcome, document="SURAT/9", **TWO)


def close(office: Counter, kind: str, outcome: str, **more: Any) -> Any:
    one = next(row for row in office.act("discrepancies.list") if row["kind"] == kind)
    what = {"discrepancy": one["id"], "outcome": outcome, "document": "SURAT/9"}
    return office.act("discrepancies.close", **{**what, **TWO, **more})


def test_a_difference_is_closed_by_a_document_and_two_people_only(office: Counter) -> None:
    office.count({**WHOLE, "pieces": 101, "serials": [["K00300", "K00300"]], "damaged": [["K00007", "K00007"]]})
    office.act("deliveries.receive", delivery="D1", **TWO)
    for more in ({"document": ""}, {"second": SITI}, {"document": "5371994902990001"}):
        with pytest.raises(Refused):
            close(office, "damaged", "spoiled", **more)
    with pytest.raises(Refused, match="cannot end as missing"):
        close(office, "damaged", "missing")
    close(office, "damaged", "spoiled")
    with pytest.raises(Refused, match="is about 1 pieces over; 3 cannot be taken in"):
        close(office, "over", "store", serials=[["K00300", "K00302"]])
    with pytest.raises(Refused, match="K00050 did not come over"):
        close(office, "over", "store", serials=[["K00050"]])
    close(office, "over", "store")
    assert office.places() == {"store": 100, "spoiled": 1}
    assert office.act("blanks.where")["deliveries"]["D1"]["announced"] == 101
    assert office.act("blanks.show", serial="K00007")["life"][-1]["why"] == "discrepancy"
    assert "There is no open discrepancy" in refused(
        office, "discrepancies.close", discrepancy="D1:1", outcome="spoiled", document="x", **TWO
    )


def test_pieces_over_that_are_damaged_or_of_another_type_never_enter_the_store(office: Counter) -> None:
    over = {"serials": [["K00301", "K00306"]], "damaged": [["K00301", "K00302"]], "wrong_type": [["K00302", "K00303"]]}
    office.count({**WHOLE, "pieces": 106, **over})
    office.act("deliveries.receive", delivery="D1", **TWO)
    found = {(one["note"], one["pieces"]): one["id"] for one in office.act("discrepancies.list")}
    assert set(found) == {("damaged", 1), ("of another type", 2), ("", 3)}
    for key in (("damaged", 1), ("of another type", 2)):
        with pytest.raises(Refused, match="It can end as: nothing"):
            close_by_id(office, found[key], "store")
        close_by_id(office, found[key], "nothing")
    close_by_id(office, found["", 3], "store")
    assert office.places() == {"store": 103}


def test_a_serial_that_is_in_the_books_already_does_not_come_over_twice(office: Counter) -> None:
    office.count({**WHOLE, "pieces": 101, "serials": [["K00300"]]})
    office.act("deliveries.receive", delivery="D1", **TWO)
    office.announce("D2", first=300, pieces=2)
    with pytest.raises(Refused, match="K00300 is in the books already, in transit:D2"):
        close(office, "over", "store")
    assert office.act("discrepancies.list")[0]["state"] == "open"


def test_a_carton_is_opened_while_a_part_of_it_is_in_dispute(office: Counter) -> None:
    office.count({**WHOLE, "damaged": [["K00007"]]})
    office.act("deliveries.receive", delivery="D1", **TWO)
    office.act("deliveries.open", delivery="D1", carton="D1-1", **TWO)
    office.act("shifts.open", serials=[["K00001", "K00006"]], reason="x", **TWO)
    assert sum(office.places().values()) == 100


def test_what_never_came_is_missing_with_an_incident(office: Counter) -> None:
    office.count({"pieces": 50, "cartons": [{"carton": "D1-1"}]})
    office.act("deliveries.receive", delivery="D1", **TWO)
    close(office, "short", "missing")
    assert office.places() == {"store": 50, "missing": 50}
    (incident,) = office.act("incidents.list")
    assert (incident["kind"], incident["pieces"], incident["serials"]) == ("missing", 50, [["K00051", "K00100"]])


HANDOVER: dict[str, Any] = {
    "place": "Gudang Dinas Provinsi",
    "giver": {
        "name": "GABRIEL CONTOH, S.Sos.",
        "nip": "199001012015011001",
        "rank": "Penata (III/c)",
        "position": "Pengurus Barang",
        "office": "Dinas Provinsi",
    },
    "collector": {"name": "MARTA CONTOH", "assignment": {"number": "ST/1", "day": "2026-11-01"}},
    "allocation": {"number": "471.13/2210/Dukcapil", "day": "2026-10-30"},
}


def test_a_receipt_says_who_gave_it_on_which_papers_and_how_cartons_and_seals_were(office: Counter) -> None:
    seen = {**WHOLE, "seals": [{"seal": "S-2", "state": "broken"}, {"seal": "S-1"}]}
    office.act("deliveries.count", delivery="D1", sheet={**seen, "seals": [{"seal": "S-1"}]}, by=SITI)
    office.act("deliveries.count", delivery="D1", sheet=seen, by=BUDI)
    assert "do not agree on: seals" in refused(office, "deliveries.receive", delivery="D1", **TWO)
    twice = {**seen, "seals": [{"seal": "S-1"}, {"seal": "S-1"}]}
    assert "A seal is on the sheet twice" in refused(office, "deliveries.count", delivery="D1", sheet=twice, by=SITI)
    office.count(seen)
    shown = office.act("deliveries.receive", delivery="D1", handover=HANDOVER, **TWO)
    assert shown["handover"] == HANDOVER
    act = json.loads(Path(shown["act"]["json"]).read_bytes())["act"]
    giver, collector = (one["person"] for one in act["parties"])
    assert (giver["name"], giver["nip"], giver["agency"]) == (
        "GABRIEL CONTOH, S.Sos.",
        "199001012015011001",
        "Dinas Provinsi",
    )
    assert (collector["name"], collector["assignment"]["values"]["number"]) == ("MARTA CONTOH", "ST/1")
    assert "471.13/2210/Dukcapil" in repr(act["basis"][0])
    assert act["place"] == "Gudang Dinas Provinsi"
    assert [(one["carton"], one["condition"]) for one in shown["cartons_seen"]] == [
        ("D1-1", "intact"),
        ("D1-2", "intact"),
    ]
    assert [(one["seal"], one["state"]) for one in shown["seals_seen"]] == [("S-1", "whole"), ("S-2", "broken")]
    assert office.act("deliveries.show", delivery="D1")["handover"] == HANDOVER


def test_a_delivery_by_count_tells_its_cartons_and_never_which_piece_is_bad(tmp_path: Path) -> None:
    with counter(tmp_path / "shop") as office:
        office.announce("C1", cartons=None, count=10)
        for wrong in ({"damaged": [["C1/000001"]]}, {"cartons": [{"carton": "A", "condition": "wrong_type"}]}):
            office.count({"pieces": 10, **wrong}, "C1")
            assert "came as a count" in refused(office, "deliveries.receive", delivery="C1", **TWO)
        office.count({"pieces": 10, "cartons": [{"carton": "A", "condition": "damaged"}]}, "C1")
        shown = office.act("deliveries.receive", delivery="C1", **TWO)
        assert (shown["cartons_seen"], shown["handover"]) == ([{"carton": "A", "condition": "damaged"}], None)
        assert office.places() == {"store": 10}


def test_a_delivery_by_count_is_short_at_its_end_and_over_beyond_it(tmp_path: Path) -> None:
    with counter(tmp_path / "shop") as office:
        for delivery, counted in (("C1", 7), ("C2", 12)):
            office.announce(delivery, cartons=None, count=10)
            office.count({"pieces": counted}, delivery)
            office.act("deliveries.receive", delivery=delivery, **TWO)
        kinds = {one["subject"]: (one["kind"], one["pieces"]) for one in office.act("discrepancies.list")}
        assert kinds == {"delivery:C1": ("short", 3), "delivery:C2": ("over", 2)}
        closed = close(office, "over", "store")
        told = json.loads(Path(closed["files"]["json"]).read_bytes())
        assert (told["name"], told["given"]) == ("correction-C2_1", closed["document"])
        again = office.act("papers.again", kind="delivery", name="C2", by=SITI)
        (goods, _) = json.loads(Path(again["files"]["json"]).read_bytes())["tables"]
        assert [goods["total"][key] for key in ("announced", "counted", "accepted")] == [10, 12, 10]
        assert office.act("blanks.show", serial="C2/000012")["place"] == "store"
        assert office.act("blanks.show", serial="C1/000008")["place"] == "transit:C1"


def test_a_closed_carton_gives_nothing_until_two_people_open_it(office: Counter) -> None:
    office.count(WHOLE)
    office.act("deliveries.receive", delivery="D1", **TWO)
    some = {"serials": [["K00001", "K00002"]], "reason": "x"}
    assert "are in the closed carton D1-1" in refused(office, "shifts.open", **some, **TWO)
    alone = {"delivery": "D1", "carton": "D1-1", "by": SITI, "second": SITI}
    assert "cannot sign twice" in refused(office, "deliveries.open", **alone)
    office.act("deliveries.open", delivery="D1", carton="D1-1", **TWO)
    assert "was opened already" in refused(office, "deliveries.open", delivery="D1", carton="D1-1", **TWO)
    office.act("shifts.open", **some, **TWO)
    assert office.act("shifts.list")[0]["state"] == "open"


def test_a_manifest_is_taken_only_from_a_sender_whose_key_is_known(tmp_path: Path) -> None:
    province, thief = Signer.generate("ntt.example/blanks"), Signer.generate("ntt.example/blanks")
    document = {
        "delivery": "S1",
        "practice": True,
        "bast_number": "B",
        "bast_date": "2026-11-02",
        "stock_type": "WNI",
        "generation": "5",
    }
    note = sealed_note.seal({**document, "count": 3}, province)
    told = read(note, name="s.note", keys=[province.vkey])
    assert (told.announced, told.signed_by) == (3, province.verifier.label)
    forged = {
        "altered": note.replace(b'"count":3', b'"count":4'),
        "another's": sealed_note.seal({**document, "count": 3}, thief),
        "spaced": province.sign('{"count": 3}\n'),
        "two lines": province.sign('{"count":3}\n{}\n'),
        "unsigned": note.split(b"\n\n")[0],
        "empty": b"",
    }
    for what, content in forged.items():
        with pytest.raises(Refused, match=r"signature of the manifest s\.note does not hold"):
            read(content, name="s.note", keys=[province.vkey])
        assert what
    with pytest.raises(Refused, match="is not signed"):
        read(b"{}", name="s.json", keys=[province.vkey])
    with pytest.raises(Refused, match="does not hold"):
        read(note, name="s.note")
    with pytest.raises(ConfigError, match="is no verifier key"):
        create(tmp_path / "shop", origin="x.example/53/5371/blanks/1", extra='[custody]\nsender_keys = ["nonsense"]\n')


def test_a_chip_belongs_to_one_blank_and_a_wrong_one_stops_it(office: Counter) -> None:
    office.receive()
    bind = {"serial": "K00001", "uid": "04a1b2c3d4e5f6", "by": person("siti")}
    assert office.act("chips.bind", **bind) == office.act("chips.bind", **bind)
    for wrong, words in (
        ({"uid": "04A1B2C3D4E5F7"}, "K00001 is bound to the chip 04A1B2C3D4E5F6"),
        ({"serial": "K00002"}, "is bound to K00001"),
        ({"serial": "K00999", "uid": "04A1B2C3D4E5F8"}, "belongs to no delivery"),
        ({"uid": "08a1b2c3"}, "is a random one"),
        ({"uid": "xyz"}, "is not a chip's UID"),
    ):
        assert words in refused(office, "chips.bind", **{**bind, **wrong})
    refused(office, "chips.bind", **{**bind, "serial": "K00002"})  # read again, it says nothing new
    assert [one["kind"] for one in office.act("incidents.list")] == ["uid_elsewhere", "uid_elsewhere", "unknown_uid"]
