"""Manifests: the three ways to name blanks are read alike from JSON and CSV; what is wrong leaves nothing behind."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from printd.custody.manifest import MAX_BYTES, read
from printd.desk import deliveries
from printd.desk.acts import perform
from printd.desk.desk import Desk
from printd.desk.proofs import Logins
from printd.errors import Refused
from printd.shop.shop import Shop
from printd.store import log
from printd.store.engine import dump
from printd.words.serials import SerialRange
from support.people import create, person, proof
from support.people import enrol as enrol_person
from support.receipts import on_its_way

HEADER: dict[str, Any] = {
    "practice": True,
    "delivery": "D-17",
    "bast_number": "470/123/BAST/2026",
    "bast_date": "2026-11-02",
    "stock_type": "WNI",
    "generation": "2024a",
}
CARTONS = [
    {"carton": "C1", "first": "KPG000001", "last": "KPG000500"},
    {"carton": "C2", "first": "KPG000501", "last": "KPG001000"},
    {"carton": "C3", "first": "KPG002001", "last": "KPG002500"},
]
COLUMNS = "delivery,bast_number,bast_date,stock_type,generation,practice"
LINE = "D-17,470/123/BAST/2026,2026-11-02,WNI,2024a,true"


def as_json(**more: Any) -> bytes:
    return json.dumps({**HEADER, **more}).encode()


def as_csv(columns: str, *rows: str, header: str = COLUMNS, line: str = LINE) -> bytes:
    return "\r\n".join([f"{header},{columns}", *(f"{line},{row}" for row in rows), ""]).encode()


SHEET = "delivery;bast_number;bast_date;stock_type;generation;practice"


def sheet(columns: str = "", *rows: str, date: str = "02/11/2026", **one: str) -> bytes:
    """A manifest as a spreadsheet with Indonesian settings saves it: one line of some columns, or several lines."""
    line = f"D-17;470/123/BAST/2026;{date};WNI;2024a;TRUE"
    if one:
        one = {"count": "3", **one}
        columns, rows = ";".join(one), (";".join(one.values()),)
    return (
        b"\xef\xbb\xbf"
        + "\r\n".join([f"{SHEET};{columns or 'count'}", *(f"{line};{row}" for row in rows or ("3",)), ""]).encode()
    )


def carton(label: str, first: str, last: str) -> dict[str, str]:
    return {"carton": label, "first": first, "last": last}


def test_cartons_are_read_alike_from_json_and_csv() -> None:
    told = read(as_json(cartons=CARTONS), name="bast.json")
    rows = [",".join(one.values()) for one in CARTONS]
    assert read(as_csv("carton,first,last", *rows), name="BAST.CSV") == told
    assert told.serials == (SerialRange("KPG", 6, 1, 1000), SerialRange("KPG", 6, 2001, 2500))
    assert told.announced == 1500
    assert told.identified_by == "serial"
    assert [(one.label, str(one.serials)) for one in told.cartons] == [
        ("C1", "KPG000001 to KPG000500"),
        ("C2", "KPG000501 to KPG001000"),
        ("C3", "KPG002001 to KPG002500"),
    ]


def test_what_an_indonesian_spreadsheet_saves_is_read_as_the_same(office: Desk) -> None:
    told = read(as_json(cartons=CARTONS), name="bast.json")
    rows = [";".join(one.values()) for one in CARTONS]
    assert read(sheet("carton;first;last", *rows), name="bast.csv") == told
    for date in ("2/11/2026", "02-11-2026", "2026-11-02"):
        assert read(sheet("carton;first;last", *rows, date=date), name="bast.csv") == told
    wider = sheet("carton;first;last;;", *(f"{row};;" for row in rows)) + b";;;;;;;;;;;\r\n\r\n"
    assert read(wider, name="bast.csv") == told
    for text, count in (("4.000", 4000), ("4000", 4000), ("1.234.567", 1234567), ("999", 999)):
        assert read(sheet(count=text), name="bast.csv").announced == count
    more = {"unit_value": 9547, "due_back": "2026-12-31", "sender": "kab-kupang"}
    loaned = read(sheet(count="4.000", unit_value="9.547", due_back="31/12/2026", sender="kab-kupang"), name="m.csv")
    assert loaned == read(as_json(count=4000, **more), name="m.json")
    plain = as_csv("count", "3", line=LINE.replace("2026-11-02", "20/11/2026"))
    assert read(plain, name="m.csv").bast_date == "2026-11-20"  # , separates, but no month is the twentieth
    announced = deliveries.announce(office, "bast.csv", encoded(sheet(count="4.000")), proof("siti"))
    assert (announced["bast_date"], announced["bast_number"]) == ("2026-11-02", "470/123/BAST/2026")


def test_a_list_of_serials_is_read_alike_from_json_and_csv() -> None:
    serials = ["KPG000003", "KPG000001", "KPG000002", "KPG000009"]
    told = read(as_json(serials=serials), name="bast.json")
    assert read(as_csv("serial", *serials), name="bast.csv") == told
    assert told.serials == (SerialRange("KPG", 6, 1, 3), SerialRange("KPG", 6, 9, 9))
    assert told.cartons == ()


def test_a_count_is_read_alike_and_the_office_assigns_one_serial_a_piece() -> None:
    told = read(as_json(count=1500), name="bast.json")
    assert read(as_csv("count", "1500"), name="bast.csv") == told
    assert told.identified_by == "count"
    assert told.announced == 1500
    assert [part.to_json() for part in told.serials] == [["D-17/000001", "D-17/001500"]]


def test_a_large_delivery_is_one_range() -> None:
    told = read(as_json(cartons=[carton("C1", "KPG0000000", "KPG0999999")]), name="bast.json")
    assert told.announced == 1_000_000
    assert len(told.serials) == 1


def test_a_spreadsheet_s_byte_order_mark_and_empty_lines_do_no_harm() -> None:
    content = b"\xef\xbb\xbf" + as_csv("serial", "KPG1", "KPG2").replace(b"\r\n", b"\r\n\r\n")
    assert read(content, name="bast.csv").announced == 2


# Each refused manifest, with words that its refusal must carry.
REFUSED: dict[str, tuple[str, bytes, list[str]]] = {
    "no json": ("m.json", b"{", ["not JSON"]),
    "cut json": ("m.json", as_json(count=3)[:-4], ["not JSON"]),
    "no object": ("m.json", b"[1]", ["not a JSON object"]),
    "deep json": ("m.json", b"[" * 100_000, ["not JSON"]),
    "huge number": ("m.json", as_json(count=3).replace(b"3}", b"9" * 6000 + b"}"), ["not JSON"]),
    "duplicate key": ("m.json", as_json(count=3)[:-1] + b', "count": 4}', ["'count' is there twice"]),
    "duplicate key inside": (
        "m.json",
        as_json(cartons=[carton("C1", "K1", "K2")]).replace(b'"first"', b'"carton": "C9", "first"'),
        ["'carton' is there twice"],
    ),
    "other encoding": ("m.json", as_json(count=3).replace(b"2024a", b"2024\xe9"), ["UTF-8", "byte"]),
    "utf-16": ("m.csv", as_csv("count", "3").decode().encode("utf-16"), ["UTF-8"]),
    "other ending": ("m.xlsx", as_json(count=3), [".json", ".csv"]),
    "too many bytes": ("m.json", b" " * (MAX_BYTES + 1), [str(MAX_BYTES)]),
    "unknown key": ("m.json", as_json(count=3, colour="x"), ["colour"]),
    "unknown key in a carton": ("m.json", as_json(cartons=[{**CARTONS[0], "pieces": 500}]), ["cartons.0.pieces"]),
    "missing key": ("m.json", json.dumps({"count": 3}).encode(), ["bast_number", "stock_type"]),
    "nothing named": ("m.json", as_json(), ["exactly one of cartons, serials or count"]),
    "two ways": ("m.json", as_json(count=3, serials=["K1"]), ["exactly one of cartons, serials or count"]),
    "no pieces": ("m.json", as_json(count=0), ["count"]),
    "negative": ("m.json", as_json(count=-3), ["count"]),
    "half a piece": ("m.json", as_json(count=1.5), ["count"]),
    "count as text": ("m.json", as_json(count="3"), ["count"]),
    "count as truth": ("m.json", as_json(count=True), ["count"]),
    "too big a count": ("m.json", as_json(count=50_000_001), ["count", "50000000"]),
    "too big a range": ("m.json", as_json(cartons=[carton("C1", "K00000000", "K50000000")]), ["50000000"]),
    "too many ranges": ("m.json", as_json(serials=[f"K{n:07d}" for n in range(0, 8000, 2)]), ["does not fit"]),
    "no such day": ("m.json", as_json(count=3).replace(b"11-02", b"02-30"), ["day"]),
    "another calendar's digits": ("m.json", as_json(count=3, bast_date="٢٠٢٦-11-02"), ["bast_date"]),
    "date with time": ("m.json", as_json(count=3, bast_date="2026-11-02T00:00"), ["bast_date"]),
    "unknown stock": ("m.json", as_json(count=3, stock_type="KIA"), ["stock_type"]),
    "delivery of a path": ("m.json", as_json(count=3, delivery="../D-1"), ["delivery"]),
    "delivery of a formula": ("m.json", as_json(count=3, delivery="=1+1"), ["delivery"]),
    "delivery with a line": ("m.json", as_json(count=3, delivery="D-1\n"), ["delivery"]),
    "bast of a formula": ("m.json", as_json(count=3, bast_number="=HYPERLINK(1)"), ["bast_number"]),
    "bast of an at sign": ("m.json", as_json(count=3, bast_number="@SUM(1)"), ["bast_number"]),
    "bast with an escape": ("m.json", as_json(count=3, bast_number="1\x1b[2J"), ["bast_number"]),
    "bast with a zero": ("m.json", as_json(count=3, bast_number="1\x00"), ["bast_number"]),
    "bast with half a character": ("m.json", as_json(count=3).replace(b"470/", b"\\ud800"), ["bast_number"]),
    "bast too long": ("m.json", as_json(count=3, bast_number="1" * 101), ["bast_number"]),
    "no bast": ("m.json", as_json(count=3, bast_number=""), ["bast_number"]),
    "no serial": ("m.json", as_json(serials=["KPG1", "KPG"]), ["'KPG'"]),
    "serial of a formula": ("m.csv", as_csv("serial", "=A1"), ["'=A1'"]),
    "same serial twice": ("m.json", as_json(serials=["KPG1", "KPG2", "KPG1"]), ["KPG1 is listed twice"]),
    "range backwards": ("m.json", as_json(cartons=[carton("C1", "KPG9", "KPG1")]), ["KPG9", "KPG1", "backwards"]),
    "range of two series": ("m.json", as_json(cartons=[carton("C1", "KPG1", "KPH9")]), ["KPG1", "KPH9"]),
    "overlapping cartons": (
        "m.json",
        as_json(cartons=[carton("C1", "KPG01", "KPG10"), carton("C2", "KPG08", "KPG20")]),
        ["KPG08 to KPG10 are listed twice"],
    ),
    "carton inside another": (
        "m.json",
        as_json(cartons=[carton("C1", "KPG01", "KPG10"), carton("C2", "KPG04", "KPG05")]),
        ["KPG04 to KPG05 are listed twice"],
    ),
    "same label twice": (
        "m.json",
        as_json(cartons=[carton("C1", "KPG01", "KPG10"), carton("C1", "KPG11", "KPG20")]),
        ["Carton C1 is listed twice"],
    ),
    "carton without a label": ("m.json", as_json(cartons=[carton("", "KPG1", "KPG9")]), ["cartons.0.carton"]),
    "csv: empty": ("m.csv", b"", ["missing columns: delivery"]),
    "csv: header alone": ("m.csv", as_csv("serial"), ["data lines: 0"]),
    "csv: unknown column": ("m.csv", as_csv("serial,colour", "KPG1,red"), ["Unknown columns: colour"]),
    "csv: missing column": (
        "m.csv",
        as_csv("serial", "KPG1", header="delivery,bast_number", line="D-17,1"),
        ["missing columns: bast_date, stock_type, generation"],
    ),
    "csv: column twice": ("m.csv", as_csv("serial,serial", "KPG1,KPG2"), ["'serial' is there twice"]),
    "csv: field too many": ("m.csv", as_csv("serial", "KPG1,KPG2"), ["Line 2 has more fields"]),
    "csv: open quote": ("m.csv", as_csv("serial", '"KPG1'), ["Line"]),
    "csv: field beyond the limit": ("m.csv", as_csv("serial", "K" * 200_000), ["Line"]),
    "csv: two separators": (
        "m.csv",
        as_csv("serial", "KPG1").replace(b",", b";", 3),
        ["only one may separate", "delivery;bast_number;bast_date", "20/11/2026"],
    ),
    "csv: month first": ("m.csv", sheet(date="11/20/2026"), ["Line 2: bast_date", "does not exist", "20/11/2026"]),
    "csv: year of two digits": ("m.csv", sheet(date="20/11/26"), ["Line 2: bast_date", "2026-11-20"]),
    "csv: month as a word": ("m.csv", sheet(date="20 November 2026"), ["Line 2: bast_date", "20/11/2026"]),
    "csv: day or month first": (
        "m.csv",
        as_csv("count", "3", line=LINE.replace("2026-11-02", "02/11/2026")),
        ["Line 2: bast_date", "2026-11-02 or 2026-02-11"],
    ),
    "csv: decimal comma": ("m.csv", sheet(count="1,500"), ["Line 2: count", "4.000"]),
    "csv: odd groups": ("m.csv", sheet(count="15.00"), ["Line 2: count", "4.000"]),
    "csv: points in an English file": ("m.csv", as_csv("count", "4.000"), ["Line 2: count", "with ; between"]),
    "csv: loan with no such day": ("m.csv", sheet(due_back="31/11/2026"), ["Line 2: due_back", "does not exist"]),
    "csv: value with decimals": ("m.csv", sheet(unit_value="9.547,00"), ["Line 2: unit_value"]),
    "csv: other value below": (
        "m.csv",
        sheet("unit_value;serial", "9.547;KPG1", "9.548;KPG2"),
        ["Line 3 speaks of another delivery"],
    ),
    "csv: two deliveries": (
        "m.csv",
        as_csv("serial", "KPG1") + as_csv("serial", "KPG2", line=LINE.replace("D-17", "D-18")).split(b"\r\n")[1],
        ["Line 3 speaks of another delivery"],
    ),
    "csv: nothing named": ("m.csv", as_csv("serial,count", "KPG1,", ","), ["Line 3 names neither"]),
    "csv: two counts": ("m.csv", as_csv("count", "3", "4"), ["Line 3"]),
    "csv: count in words": ("m.csv", as_csv("count", "tiga"), ["Line 2"]),
    "csv: two ways": ("m.csv", as_csv("serial,count", "KPG1,", ",3"), ["exactly one of cartons, serials or count"]),
    "csv: two ways in a line": ("m.csv", as_csv("serial,count", "KPG1,3"), ["Line 2", "more than one way"]),
    "csv: serial beside a carton": (
        "m.csv",
        as_csv("carton,first,last,serial", "C1,KPG1,KPG2,KPG9"),
        ["Line 2", "more than one way"],
    ),
    "csv: carton without last": ("m.csv", as_csv("carton,first,last", "C1,KPG1,"), ["'' is not a serial"]),
    "csv: carton without range": ("m.csv", as_csv("carton,first,last", "C1,,"), ["'' is not a serial"]),
    "csv: formula as carton": ("m.csv", as_csv("carton,first,last", "=C1,KPG1,KPG2"), ["cartons.0.carton"]),
    "csv: formula as delivery": ("m.csv", as_csv("count", "3", line=LINE.replace("D-17", "=1+1")), ["delivery"]),
}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One shop for all refusals of this file: each must leave it as it was."""
    folder = tmp_path_factory.mktemp("manifest") / "shop"
    create(folder, origin="printd.example/tests/manifest/blanks/1")
    shop = Shop.open(folder)
    desk = Desk(shop)
    enrol_person(desk, "siti")
    deliveries.announce(
        desk, "first.json", encoded(as_json(delivery="D-1", serials=["OLD1", "OLD2", "OLD5"])), proof("siti")
    )
    yield desk
    shop.close()


def encoded(content: bytes) -> str:
    return b64encode(content).decode()


def everything(desk: Desk) -> tuple[int, object]:
    with desk.shop.store.reading() as connection:
        return log.frontier(connection).size, dump(connection)


def refused(desk: Desk, act: Callable[[], object]) -> str:
    """Return the whole text of the refusal, having made sure that nothing else came of the act."""
    before = everything(desk)
    with pytest.raises(Refused) as refusal:
        act()
    assert everything(desk) == before
    return str(refusal.value)


@pytest.mark.parametrize("case", REFUSED)
def test_a_wrong_manifest_is_refused_whole(office: Desk, case: str) -> None:
    name, content, words = REFUSED[case]
    text = refused(office, lambda: deliveries.announce(office, name, encoded(content), proof("siti")))
    assert [word for word in words if word not in text] == [], text


def test_a_refused_manifest_can_be_announced_once_it_is_corrected(desk: Desk) -> None:
    enrol_person(desk, "siti")
    with pytest.raises(Refused):
        deliveries.announce(desk, "m.json", encoded(as_json(serials=["KPG1", "KPG1"])), proof("siti"))
    shown = deliveries.announce(desk, "m.json", encoded(as_json(serials=["KPG1", "KPG2"])), proof("siti"))
    assert shown["state"] == "announced"
    assert len(on_its_way(desk, "D-17")) == 2


def test_the_same_delivery_twice_is_refused(office: Desk) -> None:
    again = encoded(as_json(delivery="D-1", serials=["NEW1"]))
    assert "D-1 is announced already" in refused(
        office, lambda: deliveries.announce(office, "m.json", again, proof("siti"))
    )


@pytest.mark.parametrize(
    ("first", "last", "named"),
    [
        ("OLD0", "OLD1", "OLD1 belongs"),
        ("OLD2", "OLD3", "OLD2 belongs"),
        ("OLD0", "OLD9", "OLD1 to OLD2 belong"),
        ("OLD5", "OLD5", "OLD5 belongs"),
        ("OLD3", "OLD6", "OLD5 belongs"),
    ],
)
def test_serials_of_another_delivery_are_refused_and_named_with_it(
    office: Desk, first: str, last: str, named: str
) -> None:
    content = encoded(as_json(delivery="D-2", cartons=[carton("C1", first, last), carton("C2", "NEW1", "NEW9")]))
    text = refused(office, lambda: deliveries.announce(office, "m.json", content, proof("siti")))
    assert named in text
    assert "delivery D-1" in text
    assert "transit:D-1" in text


def test_a_gap_between_the_serials_of_another_delivery_is_free(desk: Desk) -> None:
    enrol_person(desk, "siti")
    deliveries.announce(
        desk, "m.json", encoded(as_json(delivery="D-1", serials=["OLD1", "OLD2", "OLD5"])), proof("siti")
    )
    deliveries.announce(
        desk, "m.json", encoded(as_json(delivery="D-2", serials=["OLD3", "OLD4", "OLD6"])), proof("siti")
    )
    assert len(on_its_way(desk, "D-2")) == 3


@pytest.mark.parametrize("by", ["nobody", "", "SITI", "siti "])
def test_an_unknown_operator_cannot_announce(office: Desk, by: str) -> None:
    office.logins = Logins()  # nobody guessed before
    text = refused(office, lambda: deliveries.announce(office, "m.json", encoded(as_json(count=3)), proof(by)))
    assert f"{by} did not prove who they are" in text


@pytest.mark.parametrize("content", ["not base64!", "AAA", "=AAA", "€"])
def test_content_that_is_not_base64_is_refused(office: Desk, content: str) -> None:
    arguments = {"name": "m.json", "content": content, "by": person("siti")}
    assert "base64" in refused(office, lambda: perform(office, "deliveries.announce", arguments))
