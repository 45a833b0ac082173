"""The scenario, a fortieth of its size: two months of one office end with books equal to what physically lies there."""

from __future__ import annotations

import json
from pathlib import Path

from printd.custody import flows
from printd.demo.kupang import play

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


def test_two_months_of_kupang_end_with_every_blank_accounted_for(tmp_path: Path) -> None:
    told = play.play(tmp_path / "kupang", scale=40, show=lambda step, day, days: None)
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
    assert {"stock-count-2018-09-28", "stock-count-2018-10-31"} < acts
    reports = list((shop / "reports").glob("*.pdf"))
    assert len(reports) == told["reports"] == 19
    assert not any("CONTOH" in path.name for path in shop.rglob("*"))
    (daily,) = (shop / "reports").glob("r1-*.json")
    rows = json.loads(daily.read_text())["tables"][0]["rows"]
    assert len(rows) == 61
    for row in rows:
        spoiled = row["spoiled_encode"] + row["spoiled_print"] + row["spoiled_other"]
        assert flows.gap(row["opening"], {**row, "spoiled": spoiled}, row["closing"]) == 0, row["date"]
        assert row["prr_waiting"] >= 0
    assert sum(row["received"] for row in rows) == told["delivered"]
