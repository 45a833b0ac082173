"""Why nothing prints, said by the running shop: to whoever looks at a job, at a printer, or resumes one."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from hardware_mocks.pytest_wires import Setup, usb_inprocess_printer
from printd.cli.commands import with_commands
from printd.daemon import daemon as daemon_module
from printd.demo.staff import RUNNER, person
from printd.printing import press
from support.office import TWO, Office, office, until


def _queued(shop: Office) -> dict[str, Any]:
    found: dict[str, Any] = shop.act("jobs.list", state="queued")["jobs"][0]["waits"]
    return found


@pytest.mark.parametrize(("fault", "word"), [("jam@card=1", "jam"), ("cable_out@card=1", "cable")])
def test_a_doubt_is_told_in_the_printer_s_words_wherever_somebody_looks(tmp_path: Path, fault: str, word: str) -> None:
    with office(tmp_path, faults=(fault,)) as shop:
        shop.take_in(2)
        with shop.open_doors():
            until(lambda: shop.act("jobs.count").get("in_doubt") == 1, "its card is in doubt")
            (job,) = shop.act("jobs.list", state="in_doubt")["jobs"]
            next_step = f"printd jobs resolve {job['id'][:8]}"
            says = shop.act("jobs.doubt", job=job["id"])["says"]
            assert word in says
            assert job["serial"] in says
            sentences = [
                with_commands(job)["waits"]["sentence"],
                with_commands(shop.act("printers.list"))[0]["message"],
                with_commands(shop.act("printers.resume", name="p0", by=person(RUNNER)))["still"],
            ]
            for sentence in sentences:
                assert sentence.startswith(says)
                assert next_step in sentence
            sentence = "every printer stands still: 1 in doubt"
            assert _queued(shop) == {"code": "no_printer", "sentence": sentence, "act": "", "arguments": {}}


def test_the_machine_s_own_reasons_are_why_a_job_waits(tmp_path: Path) -> None:
    with office(tmp_path, printers=2, faults=("ribbon_end@panel=c,card=1",)) as shop:
        shop.act("printers.pause", name="p1", by=person(RUNNER))
        shop.take_in(2)
        with shop.open_doors():
            expected = "every printer stands still: 1 paused, 1 stopped (marker-supply-empty-error)"
            until(lambda: _queued(shop)["sentence"] == expected, "the ribbon's end and the pause are told")
            shop.act("printers.resume", name="p1", by=person(RUNNER))
            until(lambda: shop.act("jobs.count").get("printed") == 1, "the other printer prints it")


def test_a_printer_that_cannot_print_these_cards_leaves_them_to_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It lacks something, and the records do not: nothing is held, or a whole queue would be, job by job."""
    setup = Setup(family="zebra", serial="Z1", ribbon="k:10")
    with office(tmp_path) as shop, usb_inprocess_printer(setup) as usb:
        monkeypatch.setattr(press, "usb_backend", lambda config: usb.backend)
        about = {"uri": f"usb://{usb.device.face.vendor:04x}/Z1", "family": "zebra", "model": "p330i"}
        shop.act("printers.add", name="z", **about, **TWO)
        shop.issue("BLK000021", "BLK000024")
        shop.act("blanks.load", printer="z", pieces=4, by=person(RUNNER))
        shop.act("printers.resume", name="z", by=person(RUNNER))
        shop.take_in(3)
        with shop.open_doors():
            until(lambda: _state(shop, "z") == "unable", "it is told")
            until(lambda: shop.act("jobs.count") == {"printed": 3}, "the other one prints them")
            assert "ribbon ymcko" in shop.act("printers.list")[1]["message"]
            shop.act("printers.pause", name="p0", by=person(RUNNER))
            shop.take_in(1, seed=8)
            expected = "every printer stands still: 1 paused, 1 unable"
            until(lambda: _queued(shop)["sentence"] == expected, "its job says so")
            assert shop.act("jobs.count") == {"printed": 3, "queued": 1}


def _state(shop: Office, name: str) -> str:
    return next(str(row["state"]) for row in shop.act("printers.list") if row["name"] == name)


def test_a_shop_that_begins_no_card_is_why_a_job_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(daemon_module, "_LOOK_SECONDS", 0.05)
    full, real = [True], os.statvfs
    monkeypatch.setattr(
        os, "statvfs", lambda path: SimpleNamespace(f_bavail=7, f_frsize=1 << 20) if full else real(path)
    )
    with office(tmp_path) as shop:
        shop.take_in(1)
        with shop.open_doors():
            until(lambda: _queued(shop)["code"] == "halted", "the job says that nothing prints")
            assert "7 MB left" in _queued(shop)["sentence"]
            full.clear()
            until(lambda: shop.act("jobs.count") == {"printed": 1}, "it is printed")
