"""SIGKILL of the daemon in the middle, a restart, and people who settle what is in doubt by the physical truth."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from printd.client.client import call
from printd.demo.people import make_people
from printd.demo.staff import SUPERVISOR, person
from printd.desk.acts import perform
from support.office import Office, office, until

RECORDS = 12


@contextmanager
def daemon_process(shop: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run the daemon as an office does; it is gone at the end."""
    with (shop.parent / "daemon.log").open("ab") as lines:
        process = subprocess.Popen([sys.executable, "-m", "printd", "--shop", str(shop), "run"], stderr=lines)
        try:
            until(lambda: (shop / "printd.sock").is_socket() or process.poll() is not None, "the daemon listens")
            yield process
        finally:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def over_socket(made: Office) -> None:
    """Let the office act through the daemon's socket from now on."""

    def act(name: str, /, **arguments: Any) -> Any:
        return call(made.shop_folder, name, arguments)

    made.act = act  # type: ignore[method-assign]


@pytest.mark.parametrize("seed", [1, 2, 3] if os.environ.get("PRINTD_CRASH") else [1])
def test_killed_in_the_middle(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    with office(tmp_path, printers=2, blanks=RECORDS + 12, speed=40.0) as made:
        made.take_in(RECORDS)
        made.shop.sign()
        over_socket(made)
        with daemon_process(made.shop_folder) as process:
            until(lambda: sum(len(p.truth.read("laid")) for p in made.printers.values()) > 6, "panels are laid")
            time.sleep(chance.random() * 0.6)
            process.send_signal(signal.SIGKILL)
            process.wait(10)
        for printer in made.printers.values():
            printer.idle()
        left = _attempts(made)
        fed_before = _fed(made)

        with daemon_process(made.shop_folder):
            until(lambda: not _of(_attempts(made), "open"), "open attempts are in doubt")
            in_doubt = _of(_attempts(made), "in_doubt")
            assert in_doubt == _of(left, "open"), "an attempt that was open at the kill must be in doubt, and no other"
            until(lambda: _asked(made, in_doubt), "the printers were asked what they know")
            _assert_in_doubt_prints_nothing(made, in_doubt, fed_before)
            made.print_everything(RECORDS)
        perform(made.desk, "printers.list", {})
        made.judge(records=RECORDS)


def test_nothing_is_printed_again_by_itself(tmp_path: Path) -> None:
    """One printer, killed with a card inside: after the restart it stands still for as long as nobody decides."""
    with office(tmp_path, printers=1, speed=20.0) as made:
        made.take_in(3)
        made.shop.sign()
        over_socket(made)
        printer = made.printers["p0"]
        with daemon_process(made.shop_folder) as process:
            until(lambda: bool(printer.truth.read("laid")), "the first panel is laid")
            process.send_signal(signal.SIGKILL)
            process.wait(10)
        printer.hands.power_off()  # it waits for the rest of a bitmap that will never come
        printer.hands.power_on()
        fed = len(printer.truth.read("feed"))
        with daemon_process(made.shop_folder):
            until(lambda: bool(_of(_attempts(made), "in_doubt")), "the attempt is in doubt")
            until(lambda: _evidence(made, _of(_attempts(made), "in_doubt")), "its evidence was gathered")
            time.sleep(1.0)  # twenty polls of the worker: time enough to do the wrong thing
            assert len(printer.truth.read("feed")) == fed
            jobs = made.act("jobs.list", state="queued")["jobs"]
            assert len(jobs) == 2, "the other jobs wait, too: their printer waits for a person"
            shown = made.act("jobs.show", job=made.act("jobs.list", state="in_doubt")["jobs"][0]["id"])
            evidence = shown["attempts"][-1]["evidence"]
            assert evidence[0]["findings"] == ["printd stopped between the intent and the outcome of this attempt."]
            assert evidence[1]["after"]["cards"] == shown["attempts"][-1]["counters"]["cards"] + 1
            made.print_everything(3)
        made.judge(records=3)


def test_records_spooled_while_dead_are_taken_at_the_start(tmp_path: Path) -> None:
    with office(tmp_path, printers=1) as made:
        invented = make_people(2, seed=9)
        spool = made.shop_folder / "spool"
        for number, one in enumerate(invented):
            (spool / f"{number}.jpg").write_bytes(one.photo_jpeg)
            (spool / f"{number}.json").write_text(json.dumps(one.fields), encoding="utf-8")
        over_socket(made)
        with daemon_process(made.shop_folder):
            until(lambda: len(made.act("records.list")["records"]) == 2, "both records were taken in")
            made.act("records.acknowledge", by=person(SUPERVISOR))
            made.print_everything(2)
        made.judge(records=2)
        assert not [path for path in spool.rglob("*") if path.is_file()]


def _attempts(made: Office) -> dict[str, str]:
    with made.shop.store.reading() as connection:
        rows = connection.exec_driver_sql("SELECT id, state FROM attempt").all()
    return {row[0]: row[1] for row in rows}


def _of(attempts: dict[str, str], state: str) -> set[str]:
    return {number for number, now in attempts.items() if now == state}


def _evidence(made: Office, attempts: set[str]) -> bool:
    """Tell whether each attempt in doubt has what the printer could still say."""
    with made.shop.store.reading() as connection:
        rows = connection.exec_driver_sql("SELECT id, evidence FROM attempt").all()
    return all(len(json.loads(row[1])) >= 2 for row in rows if row[0] in attempts)


def _asked(made: Office, attempts: set[str]) -> bool:
    """Tell whether each doubtful attempt has its evidence, or its printer is silent: it waits for half a bitmap."""
    silent = {row["name"] for row in made.act("printers.list") if "did not answer" in row["message"]}
    with made.shop.store.reading() as connection:
        rows = connection.exec_driver_sql("SELECT id, printer FROM attempt").all()
    return all(row[1] in silent or _evidence(made, {row[0]}) for row in rows if row[0] in attempts)


def _fed(made: Office) -> dict[str, int]:
    return {name: len(printer.truth.read("feed")) for name, printer in made.printers.items()}


def _assert_in_doubt_prints_nothing(made: Office, in_doubt: set[str], fed_before: dict[str, int]) -> None:
    with made.shop.store.reading() as connection:
        rows = connection.exec_driver_sql("SELECT id, printer FROM attempt").all()
    doubtful = {row[1] for row in rows if row[0] in in_doubt}
    now = _fed(made)
    assert {name: now[name] for name in doubtful} == {name: fed_before[name] for name in doubtful}
