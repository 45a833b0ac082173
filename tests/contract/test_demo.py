"""The demo as a newcomer runs it: a process of its own, judged by its last line and by the simulators' truth."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

KEYS = {"records", "printed", "spoiled", "in_doubt", "blanks", "entries", "root", "verified", "cards_dir", "truth"}


def run(folder: Path, *options: str) -> dict[str, Any]:
    """Run the demo and return the object on the last line of its standard output."""
    done = subprocess.run(
        [sys.executable, "-m", "printd", "demo", "--json", "--dir", str(folder), *options],
        capture_output=True,
        text=True,
        timeout=110,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert "Traceback" not in done.stderr
    summary: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return summary


def cards(summary: dict[str, Any]) -> list[dict[str, Any]]:
    lines = Path(summary["truth"]).read_text(encoding="utf-8").splitlines()
    return [line for line in map(json.loads, lines) if line["event"] == "card"]


def assert_nothing_is_found(summary: dict[str, Any]) -> None:
    """The verifier that knows nothing of the shop finds nothing in it."""
    shop = Path(summary["shop"])
    command = [sys.executable, "-m", "printd_verify", str(shop), "--vkey", str(shop / "keys" / "log.vkey")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=110)
    assert done.returncode == 0, done.stdout + done.stderr


def test_forty_records_on_four_printers(tmp_path: Path) -> None:
    """Each record has exactly one good card, sums equal the delivery, the log proves itself and rebuilds the tables."""
    summary = run(tmp_path / "d", "--records", "40", "--printers", "4", "--speed", "0", "--faults", "none")
    assert set(summary) >= KEYS
    assert (summary["records"], summary["printed"], summary["in_doubt"]) == (40, 40, 0)
    assert summary["verified"] is True
    good = [card for card in cards(summary) if card["complete"] and not card["defect"]]
    blacks = [panel["crc32"] for card in good for panel in card["front"] if panel["panel"] == "k"]
    assert len(good) == len(set(blacks)) == 40, "40 cards, each with another black panel"
    assert len({card["blank"] for card in good}) == 40
    assert {card["printer"] for card in good} == {"SIM0001", "SIM0002", "SIM0003", "SIM0004"}
    assert summary["blanks"]["finished"] == 40
    assert sum(summary["blanks"].values()) == summary["delivered"]
    assert len(list(Path(summary["cards_dir"]).glob("*.png"))) == 40
    shop = ["--shop", summary["shop"]]
    for command in (["audit", "verify"], ["audit", "replay"], ["blanks", "reconcile"], ["jobs", "list"]):
        done = subprocess.run([sys.executable, "-m", "printd", *shop, *command], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
    assert_nothing_is_found(summary)


def test_typical_faults_are_met_and_settled(tmp_path: Path) -> None:
    summary = run(tmp_path / "d", "--records", "12", "--printers", "2", "--speed", "0", "--faults", "typical")
    assert summary["printed"] == 12
    assert summary["spoiled"] == {"factory_defect": 1, "jam": 1, "ribbon_break": 1}
    assert summary["verified"] is True
    assert summary["blanks"]["spoiled"] == 3
    bad = [card for card in cards(summary) if not card["complete"] or card["defect"]]
    assert len(bad) == 3
    assert_nothing_is_found(summary)
    good = [card for card in cards(summary) if card["complete"] and not card["defect"]]
    assert len(good) == 12


def test_a_folder_that_is_not_empty_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    command = [sys.executable, "-m", "printd", "demo", "--dir", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "is not empty" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
