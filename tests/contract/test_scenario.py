"""The scenario, a fortieth of its size: two months of one office end with books equal to what physically lies there."""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from printd.books.signers import PeopleInEntries
from printd.books.signing import Signing
from printd.custody import flows
from printd.demo.kupang import diary
from printd.errors import Refused
from printd.events import kinds
from printd.ledger.entry import Entry, canonical
from printd.ledger.notes import Verifier
from printd.reports import from_log
from printd.reports.acts import to_json
from printd.reports.catalogue import REPORTS
from support.exported import alter, bodies
from support.recount import Recount, serials
from support.signed import Signed

KEYS = ("days", "delivered", "places", "printed", "spoiled", "stockout_days", "forecast_error", "reports")
REFUSED = {
    "own spoilage approved",
    "one person twice",
    "closing with a gap",
    "moving a destroyed serial",
    "loading an unreceived one",
    "forged manifest",
    "over-receipt",
}


def report(told: dict[str, Any], name: str) -> dict[str, Any]:
    """Return a report that the scenario left in the shop's folder."""
    (path,) = (Path(told["shop"]) / "reports").glob(f"{name}-2018*.json")
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def rows_of(told: dict[str, Any], name: str, table: int = 0) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = report(told, name)["tables"][table]["rows"]
    return rows


@pytest.fixture(scope="module")
def proved(exported: Path, key: Verifier) -> Iterator[from_log.ProvedLog]:
    """The log alone, and the tables that its entries make."""
    with from_log.proved(exported, key) as log:
        yield log


@pytest.mark.parametrize("name", sorted(REPORTS))
def test_every_report_is_the_same_from_the_exported_log_alone(
    told: dict[str, Any], proved: from_log.ProvedLog, name: str
) -> None:
    document, _ = proved.build(name, diary.FIRST, diary.LAST)
    kept = report(told, document.name)
    fresh = json.loads(to_json(document))
    assert fresh["tables"] == kept["tables"]
    assert fresh["tables"]


def test_every_entry_is_an_event_to_the_byte_and_the_right_people_signed_it(exported: Path) -> None:
    people = PeopleInEntries()
    signing = Signing(people)
    for body in bodies(exported):
        entry = Entry.from_body(body)
        event = kinds.read(entry.kind, entry.data)
        assert canonical(event.data()) == canonical(entry.data), entry.kind
        signing.verify(entry, event)


def test_every_signature_is_good_by_the_entries_alone(exported: Path) -> None:
    """Verified by the cryptography library, with the keys that the entries give, by code that knows nothing of ours."""
    mine = Signed(bodies(exported))
    assert mine.roles == {"ratna": "supervisor", "budi": "operator", "siti": "operator", "marta": "storekeeper"}
    assert mine.signatures == sum(len(one["by"]) for one in mine.entries) > len(mine.entries) / 2
    assert set(mine.printed_by.values()) == {"siti"}
    named = {one["kind"] for one in mine.entries if one["by"]}
    alone = {one["kind"] for one in mine.entries if not one["by"]}
    by_the_machine = {"day.closed", "record.accepted", "attempt.started", "attempt.in_doubt", "attempt.evidence"}
    by_either = {"attempt.printed", "attempt.spoiled", "printer.paused"}
    assert {"record.accepted", "attempt.started", "attempt.printed"} <= alone <= by_the_machine | by_either
    assert not named & by_the_machine


def _of_another(body: bytes) -> bytes:
    """Let the second signer's signature stand where the first one's is."""
    return re.sub(rb'"sig":\["(.{86})","(.{86})"', rb'"sig":["\2","\2"', body)


@pytest.mark.parametrize(
    ("kind", "alter", "says"),
    [
        ("shift.opened", lambda body: body.replace(b'"marta"', b'"budi"', 1), "budi is not good"),
        ("shift.opened", _of_another, "marta is not good"),
        ("shift.opened", lambda body: re.sub(rb'"at":"2018', b'"at":"2019', body), "is not good"),
        ("card.handed_over", lambda body: re.sub(rb'"sig":.*?\],', b"", body), "its members"),
        ("operator.enrolled", lambda body: re.sub(rb"blanks/2018/people", b"blanks/2019/people", body), "is named"),
        ("attempt.started", lambda body: re.sub(rb'"resumed":\d+', b'"resumed":0', body), "who let"),
    ],
)
def test_whoever_verifies_signatures_alone_notices(
    exported: Path, kind: str, alter: Callable[[bytes], bytes], says: str
) -> None:
    """Broken on purpose: a name, a signature or a word of one entry is another."""
    found = bodies(exported)
    at = next(number for number, body in enumerate(found) if f'"kind":"{kind}"'.encode() in body)
    altered = alter(found[at])
    assert altered != found[at]
    with pytest.raises(AssertionError, match=says):
        Signed([*found[:at], altered])


def test_an_altered_export_gives_no_figure(exported: Path, key: Verifier, tmp_path: Path) -> None:
    altered = tmp_path / "altered"
    shutil.copytree(exported, altered)
    change = partial(map, lambda body: body.replace(b'"quality":"good"', b'"quality":"fine"', 1))
    alter(altered, lambda found: list(change(found)))
    with pytest.raises(Refused, match="cannot be used"):
        from_log.build(altered, key, "r2", diary.FIRST, diary.LAST)


def test_a_recount_without_us_gives_the_figures_of_the_reports(told: dict[str, Any], exported: Path) -> None:
    """R1, R2, R4 to R10, R12 to R14, R16 and R17, counted again by code that knows nothing of ours."""
    mine = Recount(exported)
    keys = ("received", "loaned_in", "recovered", "used_good", "loaned_out", "returned", "skipped", "missing")
    closing = came = good = 0
    stock = rows_of(told, "r1-daily-stock")
    for row in stock:
        if row["unit"] != "office":
            continue
        day = date.fromisoformat(row["date"])
        assert {key: row[key] for key in keys} == {key: mine.flows[day][key] for key in keys}, day
        spoiled = [(cause, step) for on, cause, step in mine.spoiled if on == day]
        assert row["spoiled_encode"] == sum(step == "encode" for _, step in spoiled)
        assert row["spoiled_print"] == sum(step in ("print", "qc") for _, step in spoiled)
        closing = mine.closing.get(day, closing)
        came, good = came + mine.came[day], good + mine.flows[day]["used_good"]
        assert (row["closing"], row["prr_waiting"]) == (closing, came - good), day
    together = [row for row in stock if not isinstance(row["unit"], str)]
    for whole in together:
        parts = [row for row in stock if row["date"] == whole["date"] and row is not whole]
        assert len(parts) > 1
        assert all(whole[key] == sum(row[key] for row in parts) for key in (*keys, "opening", "closing"))
    at_alak = [row["closing"] for row in stock if row["unit"] == "site:alak"]
    assert at_alak[-1] == sum(place == "site:alak" for place in mine.at.values())
    available = 0
    for row in rows_of(told, "r2-public-notice"):
        day = date.fromisoformat(row["date"])
        available = mine.unprinted.get(day, available)
        printed = sum(on == day and mine.attempts[name]["state"] == "printed" for on, name in mine.prints)
        assert (row["available"], row["printed"]) == (available, printed), day
        assert row["good"] == mine.flows[day]["used_good"], day
    card = rows_of(told, "r4-stock-card")
    assert sum(row["in"] for row in card) == sum(one[0] for one in mine.store)
    assert sum(row["out"] for row in card) == sum(one[1] for one in mine.store)
    assert card[-1]["balance"] == sum(place == "store" for place in mine.at.values())
    received = {one["delivery"]: one for one in mine.rows["delivery.received"]}
    receipts = rows_of(told, "r5-receipts")
    assert {row["delivery"]: row["counted"] for row in receipts if row["counted"] is not None} == {
        name: one["counted"] for name, one in received.items()
    }
    settled = mine.rows["discrepancy.closed"]
    later = [len(serials(one["serials"])) for one in settled if one["outcome"] == "store"]
    at_once = sum(len(serials(one["serials"])) for one in received.values())
    assert sum(row["accepted"] for row in receipts) == at_once + sum(later)
    assert sum(later) > 0
    assert sum(row["spoiled"] + row["never_came"] for row in receipts) == sum(
        len(serials(one["serials"])) for one in settled if one["outcome"] not in ("store", "nothing")
    )
    assert sum(row["accepted"] + row["spoiled"] for row in receipts) == sum(
        row["received"] for row in rows_of(told, "r1-daily-stock") if row["unit"] == "office"
    )
    price = {one["delivery"]: one.get("unit_value") for one in mine.rows["delivery.announced"]}
    for row in receipts:
        worth = price[row["delivery"]]
        assert row["value"] == (None if worth is None else worth * row["accepted"])
        assert row["number"]
        assert row["counted"] is None or row["giver"]
    issued: Counter[str] = Counter()
    for one in mine.rows["blanks.moved"]:
        if one["why"] == "issue":
            issued[one["to"].removeprefix("shift:")] += len(serials(one["serials"]))
    by_shift = {row["shift"]: row for row in rows_of(told, "r6-shifts")}
    assert {shift: row["issued"] for shift, row in by_shift.items()} == {
        one["shift"]: issued[one["shift"]] for one in mine.rows["shift.closed"]
    }
    came_in, went = ("carried_in", "issued", "found"), ("good", "spoiled", "returned", "skipped", "missing")
    for shift, row in by_shift.items():
        assert {key: row[key] for key in (*went, "issued") if row[key]} == mine.hands[shift], shift
        assert sum(row[key] for key in came_in) == sum(row[key] for key in (*went, "carried_over")), shift
    assert sum(row["missing"] for row in by_shift.values()) == 1, "the delivery's three pieces are no shift's"
    register = rows_of(told, "r7-print-register")
    assert [row["serial"] for row in register] == [
        one["serial"] for one in sorted(mine.attempts.values(), key=lambda one: (one["closed"], one["attempt"]))
    ]
    results = Counter(one.get("quality") or one["state"] for one in mine.attempts.values())
    assert {row["result"]: row["cards"] for row in rows_of(told, "r7-print-register", 1)} == results
    invalid = rows_of(told, "r8-invalid-cards")
    assert [row["cause"] for row in invalid] == [one["cause"] for one in mine.rows["card.returned"]]
    burnt = mine.rows["blanks.destroyed"]
    assert [(row["ba_number"], row["blanks"], row["cards"]) for row in rows_of(told, "r9-destructions")] == [
        (one["ba_number"], len(serials(one["serials"])), len(one["cards"])) for one in burnt
    ]
    own = rows_of(told, "r8-invalid-cards", 1)
    assert len(own) == sum(
        one["state"] == "spoiled" or one.get("quality") == "spoiled" for one in mine.attempts.values()
    )
    back = {one["card"]: one["cause"] for one in mine.rows["card.returned"]}
    named = {row["ba_number"]: row["act"] for row in rows_of(told, "r9-destructions")}
    spoilt = [Counter(mine.spoil[blank][0] for blank in serials(one["serials"])) for one in burnt]
    invalid_causes = [Counter(back[name] for name in one["cards"]) for one in burnt]
    for table, of_acts in enumerate((spoilt, invalid_causes)):
        monthly: Counter[str] = Counter()
        acts: dict[str, set[str]] = {}
        for row in rows_of(told, "r10-monthly-destruction", table):
            monthly[row["cause"]] += row["pieces"]
            acts.setdefault(row["cause"], set()).update(row["acts"].split("; "))
        assert monthly == sum(of_acts, Counter())
        assert acts == {
            cause: {named[one["ba_number"]] for one, causes in zip(burnt, of_acts, strict=True) if causes[cause]}
            for cause in monthly
        }, "an act stands on its own causes"
    gone = {name for one in burnt for name in one["cards"]}
    still = (sum(place == "spoiled" for place in mine.at.values()), len(set(back) - gone))
    for table, waits in zip((2, 3), still, strict=True):
        account = rows_of(told, "r10-monthly-destruction", table)
        assert all(row["before"] + row["added"] - row["destroyed"] == row["left"] for row in account)
        assert [row["before"] for row in account[1:]] == [row["left"] for row in account[:-1]]
        assert account[-1]["left"] == waits
    asked = [(one["request"], one["asked"], one["facts"]["prr"]) for one in mine.rows["request.made"]]
    assert [(row["request"], row["asked"], row["prr"]) for row in rows_of(told, "r11-requests")] == asked
    items = [one["act"]["items"] for one in mine.rows["stock.closed"]]
    counts = [(row["place"], row["book"], row["count_1"]) for row in rows_of(told, "r12-stock-counts")]
    assert counts == [(one["place"], one["book"], one["count_1"]) for act in items for one in act]
    inventory = rows_of(told, "r12-stock-counts", -1)
    assert sum(row["closing"] for row in inventory) == closing
    assert sum(row["used_good"] for row in inventory) == good
    prices = {one["bast_number"]: one.get("unit_value") for one in mine.rows["delivery.announced"]}
    assert {row["document"] for row in inventory} == set(prices)
    for row in [*rows_of(told, "r12-stock-counts", 2), *inventory]:
        each, left = prices[row["document"]], row.get("good", row.get("closing"))
        assert row["value"] == each * left if each else not isinstance(row["value"], int), "no price is invented"
    sent = [(one["transfer"], len(serials(one["serials"]))) for one in mine.rows["transfer.sent"]]
    lent = rows_of(told, "r13-transfers")
    assert [(row["transfer"], row["pieces"]) for row in lent] == sent
    signers = {
        one["transfer"]: [who["name"] for who in one.get("receivers", ())] for one in mine.rows["transfer.acknowledged"]
    }
    for row in lent:
        assert all(name in row["receivers"] for name in signers[row["transfer"]])
        assert row["arrived"] == row["pieces"]
    waiting = {row["serial"] for row in rows_of(told, "r14-undistributed")}
    assert waiting == {blank for blank, place in mine.at.items() if place == "finished"}
    assert len(rows_of(told, "r14-undistributed", 1)) == len(mine.rows["card.handed_over"])
    assert {row["receiver"] for row in rows_of(told, "r14-undistributed", 1)} >= {"holder", "proxy"}
    used = [(one["job"], one["holder"], one["printer"], one["checker"]) for one in mine.rows["site.printed"]]
    assert sum(place == "holder" for place in mine.at.values()) == len(mine.rows["card.handed_over"]) + len(used)
    by_sites = rows_of(told, "r7-print-register", -1)
    assert [(row["job"], row["holder"], row["printer"], row["checked_by"]) for row in by_sites] == used
    differed = [one["id"] for each in mine.rows["site.differed"] for one in each["discrepancies"]]
    (named,) = rows_of(told, "r3-sites", 1)
    assert ([named["difference"]], named["outcome"]) == (differed, "nothing")
    sites = [(f"site:{one['site']}", one["pieces"] - one["book"]) for one in mine.rows["site.reported"]]
    assert sorted((row["site"], row["difference"]) for row in rows_of(told, "r3-sites")) == sorted(sites)
    assert len(rows_of(told, "r16-consumables")) == len(mine.rows["consumable.opened"])
    incidents = [(one["incident"], one["pieces"]) for one in mine.rows["incident.opened"]]
    assert [(row["incident"], row["pieces"]) for row in rows_of(told, "r17-incidents")] == incidents
    away = {one["job"] for one in mine.rows["record.accepted"] if one["reason"] == "luar_domisili"}
    abroad = sum(one.get("quality") == "good" and one["job"] in away for one in mine.attempts.values())
    assert sum(row["cards"] for row in rows_of(told, "r18-out-of-domicile")) == abroad


def test_two_months_of_kupang_end_with_every_blank_accounted_for(told: dict[str, Any]) -> None:
    assert told["conserved"], told["differences"]
    assert told["verified"]
    assert (told["days"], told["shifts"]) == (42, 42)
    assert set(KEYS) < set(told)
    assert sum(told["places"].values()) == told["delivered"] == 45 + 100 + 25
    assert told["places"]["missing"] == 4, "three never came, one was lost"
    assert told["places"]["site:alak"] == 5
    assert told["stockout_days"] > 0
    assert set(told["refusals"]) == REFUSED
    shop = Path(told["shop"])
    acts = {path.stem for path in (shop / "acts").glob("*.pdf")}
    assert len([name for name in acts if name.startswith("shift-")]) == 42
    assert len([name for name in acts if name.startswith("receipt-")]) == 3
    assert {"correction-KPG-2018-09_1", "correction-KPG-2018-09_2"} < acts
    back = json.loads((shop / "acts" / "transfer-T2018-0003.json").read_text())
    (account,) = back["tables"]
    assert sum(row["pieces"] for row in account["rows"]) == account["total"]["pieces"] == 4
    assert {"stock-count-2018-09-28", "stock-count-2018-10-31"} < acts
    reports = list((shop / "reports").glob("*.pdf"))
    assert len(reports) == told["reports"] == 19
    assert not any("CONTOH" in path.name for path in shop.rglob("*"))
    (daily,) = (shop / "reports").glob("r1-*.json")
    rows = json.loads(daily.read_text())["tables"][0]["rows"]
    assert sum(row["unit"] == "office" for row in rows) == 61
    for row in rows:
        spoiled = row["spoiled_encode"] + row["spoiled_print"] + row["spoiled_other"]
        assert flows.gap(row["opening"], {**row, "spoiled": spoiled}, row["closing"]) == 0, row["date"]
        assert (row["prr_waiting"] or 0) >= 0
    office = sum(row["received"] for row in rows if row["unit"] == "office")
    assert office == told["delivered"] - diary.GRANT_SHORT, "three never came"
