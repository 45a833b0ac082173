"""Why nothing prints, said by the running shop: to whoever looks at a job, at a printer, or resumes one."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from contract.office import Office, office, until
from printd import daemon as daemon_module
from printd.demo.staff import RUNNER


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
            sentences = [
                job["waits"]["sentence"],
                shop.act("printers.list")[0]["message"],
                shop.act("jobs.doubt", job=job["id"])["says"],
                shop.act("printers.resume", name="p0", by=RUNNER)["still"],
            ]
            for sentence in sentences:
                assert word in sentence
                assert job["serial"] in sentence
                assert next_step in sentence
            assert _queued(shop) == {"code": "no_printer", "sentence": "every printer stands still: 1 in doubt"}


def test_the_machine_s_own_reasons_are_why_a_job_waits(tmp_path: Path) -> None:
    with office(tmp_path, printers=2, faults=("ribbon_end@panel=c,card=1",)) as shop:
        shop.act("printers.pause", name="p1", by=RUNNER)
        shop.take_in(2)
        with shop.open_doors():
            expected = "every printer stands still: 1 paused, 1 stopped (marker-supply-empty-error)"
            until(lambda: _queued(shop)["sentence"] == expected, "the ribbon's end and the pause are told")
            shop.act("printers.resume", name="p1", by=RUNNER)
            until(lambda: shop.act("jobs.count").get("printed") == 1, "the other printer prints it")


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
