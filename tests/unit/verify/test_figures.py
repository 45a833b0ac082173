"""Figures that entries tell of what people and machines counted, and what is said of keys, each held against the rest.

A bug of one line stands beside the test that notices it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from printd.custody import sampling
from printd.ledger.cosigner import Cosigner
from printd.ledger.notes import Signer
from printd_verify import samples, work
from printd_verify.database import Database
from printd_verify.findings import Findings
from printd_verify.meaning import Meaning
from printd_verify.notes import read_key
from printd_verify.places import Places
from printd_verify.policies import Policy
from printd_verify.printers import Printers
from printd_verify.samples import Samples, most_missing
from printd_verify.shifts import Shifts
from printd_verify.stock import Stock
from printd_verify.verification import Report, Trust, verify
from printd_verify.work import _Reader
from support.deliberate import line, notices
from support.told import HASH, ORIGIN, RATNA, SITI, TONO, Told, blanks

DELIVERY: Mapping[str, Any] = {
    "bast_number": "1", "bast_date": "2026-11-01", "stock_type": "WNI", "generation": "5", "practice": True,
    "identified_by": "serial", "cartons": [], "serials": blanks(200, 209), "delivery": "D2",
}  # fmt: skip
WITNESS = Cosigner("ntt.example/witness-1", bytes(range(32)))


@pytest.fixture
def told() -> Told:
    """A shop in which a shift is open and a card went to its holder."""
    log = Told()
    log.begin()
    log.stock()
    log.shift()
    log.good_card(1)
    return log


def look(path: Path, log: Told, *witnesses: Cosigner) -> Report:
    keys = {one.name: read_key(one.verifier.vkey) for one in witnesses}
    policy = Policy([read_key(log.vkey)], keys)
    with closing(Database(path)) as source:
        return verify(source, Trust(tuple(policy.logs), policy), jobs=0)


def found(log: Told, folder: Path) -> dict[str, int]:
    """Return the classes of findings, each with its number."""
    folder.mkdir(exist_ok=True)
    return {one.code: one.number for one in look(log.write_database(folder / "log.sqlite"), log).cases}


def received(
    log: Told, *counted: int, serials: list[list[str]] | None = None, short: int = 0, told: int | None = None
) -> None:
    """Receive a delivery of ten pieces, of which each of two people counted so many."""
    log.say("delivery.announced", DELIVERY, SITI)
    for name, number in zip((SITI, TONO), counted, strict=False):
        sheet = {"pieces": number, "cartons": [], "serials": [], "damaged": [], "wrong_type": []}
        log.say("delivery.counted", {"delivery": "D2", "sheet": sheet}, name)
    lacks = {"id": "D2:1", "kind": "short", "pieces": short, "serials": blanks(210 - short, 209), "note": ""}
    data: dict[str, Any] = {"delivery": "D2", "serials": blanks(200, 209) if serials is None else serials}
    data |= {"discrepancies": [lacks] if short else []} | ({} if told is None else {"counted": told})
    log.say("delivery.received", data, SITI, TONO)


@notices({
    "what does not arrive is not missed": line(Stock._all_told, "left > 0", "left > 9"),
    "no sheet is looked at": line(Stock._judge_receipt, "counted[0] != said", "counted[0] is said"),
    "one sheet is enough": line(Stock._judge_receipt, "len(set(counted)) > 1", "len(set(counted)) > 2"),
})  # fmt: skip
def test_a_receipt_is_held_against_its_sheets(tmp_path: Path) -> None:
    cases: list[tuple[dict[str, Any], tuple[int, ...], set[str]]] = [
        ({}, (), set()),
        ({"told": 10}, (10, 10), set()),
        ({"serials": blanks(200, 207), "short": 2, "told": 8}, (8, 8), set()),
        ({"serials": blanks(200, 207), "told": 8}, (8, 8), {"receipt_left"}),
        ({"serials": blanks(200, 207), "short": 1, "told": 8}, (8, 8), {"receipt_left"}),
        ({"told": 9}, (10, 10), {"count_told"}),
        ({}, (10, 9), {"counts_differ"}),
    ]
    for number, (changes, counted, codes) in enumerate(cases):
        log = Told()
        log.begin()
        received(log, *counted, **changes)
        assert set(found(log, tmp_path / str(number))) == codes, changes


@notices({
    "a card that nobody booked is passed over": line(
        Printers._count, "now > before + printer.fed", "now > before + printer.fed + 1"
    ),
    "a card is known for ever": line(Printers._count, "printer.fed - max(0, now - before)", "printer.fed"),
})  # fmt: skip
def test_a_card_too_many_shows_in_the_counter(told: Told, tmp_path: Path) -> None:
    for number, (booked, codes) in enumerate(((2, set[str]()), (3, {"counter_gap"}))):
        log = Told()
        log.bodies = [*told.bodies]
        log.resumed = told.resumed
        log.record(2)
        log.start(2, counters={"cards": booked})
        assert set(found(log, tmp_path / str(number))) == codes


def test_a_blank_that_was_fed_beside_is_no_card_too_many(told: Told, tmp_path: Path) -> None:
    told.record(2)
    told.start(2)
    told.printed(2, fed="K00003", evidence={"findings": [], "rung": "left_printer", "after": {"cards": 4}})
    assert found(told, tmp_path) == {}


@notices({
    "the bound is another": line(samples.most_missing, ">= ways", "> 2 * ways"),
})  # fmt: skip
def test_a_sample_says_as_much_as_follows_from_it() -> None:
    for population, drawn, missing in ((20, 1, 0), (99, 30, 2), (1000, 59, 0), (12, 12, 3), (50, 0, 0), (400, 40, 40)):
        assert most_missing(population, drawn, missing) == sampling.most_missing(population, drawn, missing)
    assert most_missing(20, 1, 0) == 19  # in one of twenty draws exactly
    assert most_missing(5, 9, 2) == 0  # an entry that says so is found otherwise


@notices({"the bound of a sample is believed": line(Samples._counted, 'bound != data["bound"]', "bound < 0")})
def test_an_entry_tells_the_bound_that_follows() -> None:
    for bound, codes in ((18, {"sample_bound"}), (19, set[str]())):
        findings = Findings()
        sample = Samples(findings, Places(findings)).handlers
        drawn = {"sample": "x", "size": 1, "root": HASH, "number": "4711", "seed": HASH, "population": 20}
        sample["sample.drawn"](5, "", [], {**drawn, "drawn": [["K00011", "store"]]})
        sample["sample.counted"](6, "", [], {"sample": "x", "missing": [], "bound": bound})
        assert findings.codes() - {"sample_seed", "sample_chosen"} == codes


def test_a_bound_of_no_sample_is_none_too() -> None:
    assert most_missing(10, 3, 7) == 0


@notices({
    "numbers of people are not looked for": line(
        _Reader._look_for_people, "not IMPERSONAL.checks[kind](data)", "IMPERSONAL.checks[kind](data) is None"
    ),
})  # fmt: skip
def test_a_number_of_somebody_is_a_finding_and_nothing_follows(told: Told, tmp_path: Path) -> None:
    told.move(11, 12, "store", "shift:s1", "issue", SITI, TONO, reason="NIK 5371994101900001")
    told.move(13, 13, "store", "shift:s1", "issue", SITI, TONO, reason="5371 9941-019\N{NO-BREAK SPACE}0 0001")
    assert found(told, tmp_path) == {"personal": 2}


@notices({"any key may have begun the log": line(Meaning.finish, "not _is(self._log_key, key)", "False")})
def test_the_first_entry_names_the_key_that_signs(tmp_path: Path) -> None:
    for number, (key, codes) in enumerate(((Signer(ORIGIN, b"s" * 32).vkey, {"log_key"}), ("none", {"log_key"}))):
        log = Told()
        good = log.signer
        log.signer = Stranger(key)  # type: ignore[assignment]  # says another key in the first entry
        log.begin()
        log.signer = good
        assert set(found(log, tmp_path / str(number))) == codes


class Stranger:
    """Has a key's text alone."""

    def __init__(self, vkey: str) -> None:
        self.vkey = vkey


@notices({
    "what a witness is said to have cosigned is believed": line(
        work._beside, "forged.append(label)", "continue"
    ),
})  # fmt: skip
def test_cosignatures_beside_a_database(told: Told, tmp_path: Path) -> None:
    path = told.write_database(tmp_path / "log.sqlite")
    note, size = told.note(), len(told.bodies)
    text = note[: note.rindex(b"\n\n") + 1]
    lines = [WITNESS.cosign(text, 1_764_460_800), WITNESS.cosign(text, 1_764_460_900)]
    rows = [(size, WITNESS.verifier.label, number, one, "") for number, one in enumerate(lines)]
    with closing(sqlite3.connect(path)) as connection:
        connection.executemany("INSERT INTO cosignature VALUES (?, ?, ?, ?, ?)", rows)
        connection.commit()
        good = look(path, told, WITNESS)
        assert (good.cases, good.witnesses) == ([], {WITNESS.name: 1_764_460_800})
        assert look(path, told).witnesses == {}
        forged = Cosigner(WITNESS.name, b"f" * 32).cosign(text, 5)
        for bad in (forged, lines[0][:-9] + b"\n", b"x", WITNESS.cosign(text + b"x\n", 5)):
            connection.execute("UPDATE cosignature SET line = ? WHERE time = 1", (bad,))
            connection.commit()
            report = look(path, told, WITNESS)
            assert [one.code for one in report.cases] == ["cosignature"], bad
            assert report.witnesses == {WITNESS.name: 1_764_460_800}


WORK = {
    "stock_type": "WNI",
    "carried_in": 0,
    "issued": 10,
    "found": 0,
    "good": 1,
    "spoiled": 0,
    "returned": 9,
    "skipped": 0,
    "missing": 0,
    "carried_over": 0,
}


@notices({
    "whatever a shift is said to have had is believed": line(Shifts._judge_work, '"work" not in act', "True"),
    "what a shift spoiled is not looked at": line(Shifts._judge_work, "if one != other", "if one is other"),
})  # fmt: skip
def test_what_a_shift_had_in_hand_is_held_against_the_entries(tmp_path: Path) -> None:
    def burnt(log: Told) -> dict[str, Any]:
        """Two blanks are spoiled in the shift's hopper, and one in the store, which is none of its."""
        log.move(9, 10, "hopper:p1", "spoiled", "scorch", SITI, TONO)
        log.move(50, 50, "store", "spoiled", "bent_heat", SITI, TONO)
        sheet = {"hopper:p1": {"pieces": 7}, "output": {"pieces": 0}}
        return {
            "stock": {"spoiled": 3, "closing": 96},
            "closing": {"WNI": 96},
            "totals": {"store": 96, "spoiled": 3},
            "spoiled": {"scorch": 2, "bent_heat": 1},
            "returned": [["hopper:p1", blanks(2, 8)]],
            "of_siti": sheet,
            "of_tono": sheet,
            "places": [{"place": "hopper:p1", "book": 7, "counted": 7, "serials": ""}],
            "work": [{**WORK, "spoiled": 2, "returned": 7}],
        }

    scorched = {"cause": "scorch", "serials": blanks(9, 10)}
    cases: list[tuple[bool, dict[str, Any], set[str]]] = [
        (False, {}, set()),
        (False, {"work": [WORK]}, set()),
        (False, {"work": []}, {"closing_figure"}),
        (False, {"work": [{**WORK, "issued": 9, "returned": 8}]}, {"closing_figure"}),
        (False, {"work": [{**WORK, "missing": 3}]}, {"closing_figure", "closing_sum"}),
        (False, {"work": [WORK], "spoils": [scorched]}, {"closing_spoiled"}),
        (True, {"spoils": [scorched]}, set()),
        (True, {}, {"closing_spoiled"}),
        (True, {"spoils": [{**scorched, "cause": "jam"}]}, {"closing_spoiled"}),
        (True, {"spoils": [scorched, {"cause": "bent_heat", "serials": blanks(50, 50)}]}, {"closing_spoiled"}),
    ]
    for number, (spoiled, changes, codes) in enumerate(cases):
        log = Told()
        log.begin()
        log.stock()
        log.shift()
        log.good_card(1)
        log.close(**((burnt(log) if spoiled else {}) | changes))
        assert set(found(log, tmp_path / str(number))) == codes, changes


@notices({
    "what never came is received": line(Places.flows, "and not never_came", "and never_came"),
})  # fmt: skip
def test_what_never_came_is_no_flow_and_closings_of_early_logs_stay_lawful(tmp_path: Path) -> None:
    early = {"received": 110, "missing": 2, "closing": 107}
    cases: list[tuple[dict[str, int], bool, set[str]]] = [
        ({"received": 108, "closing": 107}, True, set()),
        (early, False, set()),
        (early, True, {"closing_figure"}),
        ({"received": 108, "closing": 107}, False, {"closing_figure"}),
    ]
    for number, (stock, now, codes) in enumerate(cases):
        log = Told()
        log.begin()
        log.stock()
        log.shift()
        log.good_card(1)
        received(log, 8, 8, serials=blanks(200, 207), short=2, told=8)
        ends = {"discrepancy": "D2:1", "outcome": "missing", "document": "LP/1", "serials": blanks(208, 209)}
        log.say("discrepancy.closed", ends, SITI, TONO)
        told: dict[str, Any] = {"work": [WORK]} if now else {}
        there = {"announced": 110, "received": 110, "store": 107, "missing": 2}
        log.close(stock=stock, closing={"WNI": 107}, totals=there, **told)
        assert set(found(log, tmp_path / str(number))) == codes, (stock, now)


@notices({
    "every piece has a price": line(Shifts._left, "None if", "5 if"),
    "a place is left out": line(Shifts._judge_value, "lies.keys() - items.keys()", "items.keys() - items.keys()"),
    "any report will do": line(Shifts._judge_value, '"site" and', '"store" and'),
})  # fmt: skip
def test_a_stock_count_covers_every_place_and_values_nothing_that_no_paper_prices(tmp_path: Path) -> None:
    """D1 has a price, D2 has none; five pieces of D1 are at a site, which reported four."""
    store = {"place": "store", "book": 105, "count_1": 105, "count_2": 105, "difference": 0, "serials": None}
    none = {"finished": 0, "spoiled": 0, "invalid": 0, "transit": 0, "document": "1", "stock_type": "WNI"}
    first = {"delivery": "D1", "unit_value": 7, "good": 95, "value": 665, "elsewhere": 5, **none}
    other = {"delivery": "D2", "unit_value": None, "good": 10, "value": None, "elsewhere": 0, **none}
    site = {"place": "site:alak", "stock_type": "WNI", "book": 5, "told": 4, "day": "2026-11-01", "document": None}
    act = {
        "count": "c",
        "witness": "",
        "reason": "",
        "counters": [SITI, TONO],
        "items": [{**store, "value": None}],
        "elsewhere": [site],
        "deliveries": [first, other],
    }
    cases: list[tuple[dict[str, Any], set[str]]] = [
        ({}, set()),
        ({"deliveries": [first, {**other, "unit_value": 7, "value": 70}]}, {"closing_figure"}),
        ({"deliveries": [first]}, {"closing_figure"}),
        ({"items": [{**store, "value": 105 * 7}]}, {"closing_figure"}),
        ({"items": []}, {"closing_place"}),
        ({"elsewhere": []}, {"closing_place", "count_told"}),
        ({"elsewhere": [{**site, "told": 5}]}, {"count_told"}),
        ({"elsewhere": [{**site, "day": "2026-10-31"}]}, {"count_told"}),
    ]
    for number, (changes, codes) in enumerate(cases):
        log = Told()
        log.begin()
        log.stock(unit_value=7)
        log.stock("D2", 200, 209)
        about = {"kind": "subdistrict", "title": "Alak", "area": "", "key": ""}
        log.say("site.set", {"site": "alak", **about}, RATNA)
        goes = {"transfer": "t", "from": "store", "to": "site:alak", "serials": blanks(1, 5), "document": "BA/1"}
        log.say("transfer.sent", {**goes, "sealed": "0" * 64, "carrier": "c", "seals": []}, SITI, TONO)
        came = {"transfer": "t", "serials": blanks(1, 5), "acknowledgement": "TT/1", "discrepancies": []}
        log.say("transfer.acknowledged", came, SITI, TONO)
        report = {"site": "alak", "day": "2026-11-01", "stock_type": "WNI", "pieces": 4, "book": 5}
        log.say("site.reported", report, SITI)
        for name in (SITI, TONO):
            log.say("stock.counted", {"count": "c", "places": {"store": {"pieces": 105}}}, name)
        root = {"log_size": len(log.bodies), "log_root": log.end().root().hex()}
        log.say("stock.closed", {"count": "c", "act": {**act, **root, **changes}}, SITI, TONO)
        assert set(found(log, tmp_path / str(number))) == codes, changes
