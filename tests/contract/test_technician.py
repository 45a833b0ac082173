"""A technician's test of a printer, and traces of what went over its wire: true, useful, and without anybody's face."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from printd.demo.staff import RUNNER, person
from printd.errors import Refused
from support.office import Office, office, until


def asked(made: Office) -> dict[str, Any]:
    told: dict[str, Any] = made.act("technician.test", name="p0", by=person(RUNNER))
    return told


def lines(path: str | Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in Path(path).read_text(encoding="ascii").splitlines()]


def test_a_good_printer_is_asked_everything_and_moves_no_card(tmp_path: Path) -> None:
    with office(tmp_path) as made:
        made.act("printers.pause", name="p0", by=person(RUNNER))
        told = asked(made)
        assert told["good"]
        assert [step["step"] for step in told["steps"]] == ["open", "identify", "status", "status again", "counters"]
        assert "serial number SIM0000" in told["steps"][1]["says"]
        assert told["steps"][4]["says"].startswith("cards 0, panels 0")
        assert not made.printers["p0"].truth.read("feed")
        kept = lines(told["trace"])
        assert all(bytes.fromhex(line["out"])[:2] in (b"\x1bP", b"\x1bR") for line in kept if "out" in line)
        assert b"SIM0000" in b"".join(bytes.fromhex(line["in"]) for line in kept if "in" in line)
        assert Path(told["trace"]).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("harm", "step", "sentence"),
    [
        ("unplug", "open", "cannot be opened"),
        ("power_off", "identify", "did not answer"),
        ("open_cover", "status", "cover-open-error"),
    ],
)
def test_what_is_wrong_is_told_with_the_step(tmp_path: Path, harm: str, step: str, sentence: str) -> None:
    with office(tmp_path) as made:
        made.act("printers.pause", name="p0", by=person(RUNNER))
        getattr(made.printers["p0"].hands, harm)()
        if harm == "unplug":
            until(lambda: not (tmp_path / "tty0").exists(), "the cable is out")
        told = asked(made)
        (first, *_) = [one for one in told["steps"] if not one["good"]]
        assert (told["good"], first["step"]) == (False, step)
        assert sentence in first["says"]
        assert Path(told["trace"]).is_file()


def test_a_printer_at_work_is_not_asked(tmp_path: Path) -> None:
    with office(tmp_path) as made, pytest.raises(Refused, match="p0 is not paused"):
        asked(made)
    with office(tmp_path / "other") as made, pytest.raises(Refused, match="daemon does not run"):
        made.act("technician.trace", name="p0", on=True, by=person(RUNNER))


def test_a_paused_printer_is_let_go_by_its_worker(tmp_path: Path) -> None:
    """Over a serial line that only one program can hold."""
    with office(tmp_path) as made:
        made.take_in(1)
        with made.open_doors():
            made.print_everything(1)
            made.act("printers.pause", name="p0", by=person(RUNNER))
            until(lambda: made.act("printers.list")[0]["state"] == "paused", "the worker rests")
            until(lambda: asked(made)["good"], "the printer answers the technician")
            made.act("printers.resume", name="p0", by=person(RUNNER))
            made.take_in(2, seed=8)
            made.print_everything(3)
        made.judge(records=3)


def test_a_technician_waits_for_the_card_under_way(tmp_path: Path) -> None:
    """Two never speak with one printer: whoever pauses it and asks it at once is answered after the worker let go."""
    with office(tmp_path, speed=30.0) as made:
        made.take_in(1)
        with made.open_doors():
            until(lambda: bool(made.printers["p0"].truth.read("laid")), "a panel is laid")
            assert not made.outside()
            made.act("printers.pause", name="p0", by=person(RUNNER))
            told = asked(made)
        assert told["good"], told["steps"]
        assert made.places()["BLK000001"] == "output"
        made.judge(records=1)


def test_a_trace_at_work_holds_the_dialogue_and_no_panel(tmp_path: Path) -> None:
    with office(tmp_path) as made:
        made.take_in(2)
        with made.open_doors():
            made.act("technician.trace", name="p0", on=True, by=person(RUNNER))
            made.print_everything(2)
            made.act("technician.trace", name="p0", on=False, by=person(RUNNER))
        kept = [line for path in sorted((made.shop_folder / "traces").iterdir()) for line in lines(path)]
        panels = [line for line in kept if "sha256" in line]
        assert len(panels) >= 10  # five a card
        assert all(len(line["out"]) == 64 for line in panels)
        assert sum(line["bytes"] > 1016 * 81 * 7 for line in panels) == 6  # three dyes of two cards, 7 bits a dot
        assert max(len(line.get("out", "")) for line in kept) <= 512
        assert len({line["sha256"] for line in panels}) > 5
        assert not any(hashlib.sha256(b"").hexdigest() == line["sha256"] for line in panels)
        assert any("in" in line for line in kept)
