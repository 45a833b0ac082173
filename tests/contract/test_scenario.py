"""The scenario, a fortieth of its size: two months of one office end with books equal to what physically lies there."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
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


def test_the_scenario_has_what_registers_must_tell(told: dict[str, Any]) -> None:
    """Every figure of them is counted again, and crossed, in test_scenario_registers.py."""
    receipts = rows_of(told, "r5-receipts")
    assert sum(row["accepted"] for row in receipts if row["counted"] is None) > 0, "accepted by a correction"
    assert sum(row["never_came"] for row in receipts) == diary.GRANT_SHORT
    assert all(row["number"] and (row["counted"] is None or row["giver"]) for row in receipts)
    assert {row["unit_value"] for row in receipts} >= {9547, None}
    assert sum(row["missing"] for row in rows_of(told, "r6-shifts")) == 1, "the delivery's three pieces are no shift's"
    assert {row["unit"] for row in rows_of(told, "r1-daily-stock") if isinstance(row["unit"], str)} == {
        *("office", "site:alak", "site:mobil-1", "transfer")
    }
    (named,) = rows_of(told, "r3-sites", 1)
    assert named["outcome"] == "nothing", "a later report named the card"
    for row in rows_of(told, "r13-transfers"):
        assert row["arrived"] == row["pieces"]
        assert row["receivers"]
        assert row["givers"]
    assert {row["receiver"] for row in rows_of(told, "r14-undistributed", 1)} >= {"holder", "proxy"}
    assert rows_of(told, "r7-print-register", -1), "cards of the mobile unit"
    assert rows_of(told, "r8-invalid-cards", 1), "cards that the office spoiled"


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
