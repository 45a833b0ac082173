"""The shop notices its sick parts, begins no card meanwhile, goes on by itself; printers are drained and retired."""

from __future__ import annotations

import errno
import os
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from drivers.deadline import Deadline
from drivers.printer import CardPrinter
from layouts.ktp_el import profile
from printd.cli.app import app
from printd.cli.remedies import sentence
from printd.daemon import daemon as daemon_module
from printd.daemon import parts
from printd.daemon.daemon import Daemon
from printd.demo.staff import CHECKER, RUNNER, person
from printd.errors import Refused
from printd.events.kinds import read
from printd.printing import artwork, press
from printd.printing import attempt as attempt_module
from printd.printing import worker as worker_module
from printd.shop.folder import SOCKET_NAME
from printd.shop.health import Health, Surroundings
from printd.shop.shop import Shop
from support.office import TWO, Office, office, until
from support.people import create


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(daemon_module, "_LOOK_SECONDS", 0.05)
    monkeypatch.setattr(daemon_module, "_WATCH_SECONDS", 0.05)
    monkeypatch.setattr(parts, "STEADY_SECONDS", 0.2)
    monkeypatch.setattr(parts, "_FIRST_WAIT", 0.2)


def _row(shop: Office, name: str) -> dict[str, Any]:
    return next(row for row in shop.act("printers.list") if row["name"] == name)


def _fed(shop: Office) -> int:
    return sum(len(printer.truth.read("feed")) for printer in shop.printers.values())


def test_no_card_is_begun_without_room_or_signature_until_there_is_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full, broken, real_statvfs, real_sign = [True], [False], os.statvfs, Shop.sign

    def statvfs(path: Any) -> Any:
        return SimpleNamespace(f_bavail=7, f_frsize=1 << 20) if full else real_statvfs(path)

    def sign(shop: Shop) -> int:
        if broken[0]:
            raise OSError(errno.EIO, "Input/output error")
        return real_sign(shop)

    monkeypatch.setattr(os, "statvfs", statvfs)
    monkeypatch.setattr(Shop, "sign", sign)
    with office(tmp_path, more="\n[log]\ncheckpoint_seconds = 0.1\n") as shop:
        shop.take_in(2)
        with shop.open_doors(deaths=True) as daemon:
            until(lambda: _row(shop, "p0")["state"] == "waiting", "the worker was told")
            assert "7 MB left, fewer than 8" in _row(shop, "p0")["message"]
            _told_everywhere(shop, "disk", "full")
            assert _fed(shop) == 0, "a card was begun although its end might not be booked"
            broken[0] = True
            held = shop.act("jobs.list", state="queued")["jobs"][0]["id"]
            shop.act("jobs.hold", job=held, by=person(RUNNER))  # the log grows
            until(lambda: _stops(daemon, "checkpoints"), "signing fails")
            full.clear()
            until(lambda: daemon.health.of("disk") is None, "there is room")
            until(lambda: "The disk reports an error" in _row(shop, "p0")["message"], "the worker was told")
            assert _fed(shop) == 0, "a card was begun although the log cannot be signed"
            shop.act("jobs.release", job=held, by=person(RUNNER))
            broken[0] = False
            shop.print_everything(2)
            until(lambda: not daemon.health.problems(), "all is well again")
            assert daemon.parts.died.keys() == {"checkpoints"}
        shop.judge(records=2)


def _told_everywhere(shop: Office, part: str, code: str) -> None:
    socket = str(shop.shop_folder / SOCKET_NAME)
    with httpx.Client(transport=httpx.HTTPTransport(uds=socket), base_url="http://printd") as web:
        answer = web.get("/health")
    assert (answer.status_code, answer.json()["ready"]) == (503, False)
    assert (answer.json()["problems"][0]["part"], answer.json()["problems"][0]["code"]) == (part, code)
    ran = CliRunner().invoke(app, ["--shop", str(shop.shop_folder), "check"])
    assert ran.exit_code == 1
    assert f"{part} ({code}, since" in ran.output


def _stops(daemon: Daemon, part: str) -> bool:
    problem = daemon.health.of(part)
    return problem is not None and problem.stops == "shop"


def test_a_dead_and_a_hanging_worker_leave_the_others_at_work_and_come_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """p0's connection hangs, jobs are cancelled meanwhile; p1's worker dies between the card and its outcome."""
    connecting, hanging, died = threading.Event(), threading.Event(), threading.Event()
    real_connect, real_end = press.connect, attempt_module.end

    def connect(shop: Shop, name: str, trace: Any = None) -> CardPrinter:
        if name == "p0":
            connecting.set()
            assert hanging.wait(60)
        return real_connect(shop, name, trace)

    def end(booking: Any, attempt: Any, *about: Any, **more: Any) -> None:
        if attempt["printer"] == "p1" and not died.is_set():
            died.set()
            raise sa.exc.OperationalError("INSERT secret", {"name": "secret"}, Exception("database or disk is full"))
        real_end(booking, attempt, *about, **more)

    monkeypatch.setattr(parts, "GRACE_SECONDS", 0.2)
    monkeypatch.setattr(daemon_module, "connect", connect)
    monkeypatch.setattr(worker_module, "end", end)
    with office(tmp_path, printers=2) as shop:
        shop.printers["p1"].hands.open_cover()
        shop.take_in(5)
        last = shop.act("jobs.list")["jobs"][-1]["id"]
        with shop.open_doors(deaths=True) as daemon:
            until(connecting.is_set, "p0 connects")
            shop.act("jobs.cancel", job=last, by=person(RUNNER))
            assert shop.act("jobs.show", job=last)["state"] == "cancelled", "p0 hangs in its connection, p1 is open"
            daemon._workers["p0"].due = Deadline.after(0)
            until(lambda: _row(shop, "p0")["state"] == "hangs", "it is told that p0 hangs")
            shop.printers["p1"].hands.close_cover()
            until(lambda: _row(shop, "p1")["state"] == "died", "it is told that p1's worker died")
            said = _row(shop, "p1")["message"]
            assert "OperationalError: database or disk is full" in said
            assert "secret" not in said, "what was to be booked may name a person"
            until(lambda: _row(shop, "p1")["state"] == "in_doubt", "its card is in doubt")
            shop.print_everything(1)
            assert {card["printer"] for card in shop.outside()} == {"SIM0001"}
            hanging.set()
            shop.print_everything(4)
            until(lambda: not daemon.health.problems(), "all is well again")
            assert daemon.parts.died == {"printer:p1": 1}
        shop.judge(records=4)


def test_jobs_are_cancelled_while_the_printer_is_unplugged(tmp_path: Path) -> None:
    """One before anything began, one whose card was cut: that one is for a person first. Nothing is printed later."""
    with office(tmp_path, faults=("cable_out@payload=c,card=1",)) as shop:
        shop.take_in(3)
        cut, *others = [row["id"] for row in shop.act("jobs.list")["jobs"]]
        with shop.open_doors():
            until(lambda: shop.act("jobs.show", job=cut)["state"] == "in_doubt", "the cable came out")
            for job in others:
                shop.act("jobs.cancel", job=job, by=person(RUNNER))
                assert shop.act("jobs.show", job=job)["state"] == "cancelled"
            with pytest.raises(Refused, match=r"in doubt cannot be cancelled\.") as refused:
                shop.act("jobs.cancel", job=cut, by=person(RUNNER))
            assert "printd jobs resolve" in sentence(refused.value.remedy)
            shop.print_everything(1)
            assert shop.act("jobs.count") == {"cancelled": 2, "finished": 1}
        shop.judge(records=1)


def test_a_printer_is_drained_emptied_and_retired_for_good(tmp_path: Path) -> None:
    with office(tmp_path, blanks=6, speed=6.0) as shop:
        shop.run_under(card_seconds=60)
        shop.take_in(3)
        held = shop.act("jobs.list")["jobs"][-1]["id"]
        shop.act("jobs.hold", job=held, by=person(RUNNER))
        printer = shop.printers["p0"]
        with shop.open_doors():
            until(lambda: bool(printer.truth.read("laid")), "the first panel is laid")
            told = shop.act("printers.drain", name="p0", by=person(RUNNER))
            assert told["under_way"] == "BLK000001"
            assert _row(shop, "p0")["state"] == "draining"
            with pytest.raises(Refused, match="BLK000001 is under way in p0"):  # at once: opening keys takes a while
                shop.shop.books.enter(read("printer.retired", {"printer": "p0"}), [RUNNER, CHECKER])
            until(lambda: _row(shop, "p0")["state"] == "paused", "the card under way is finished")
            assert [card["blank"] for card in shop.outside()] == ["BLK000001"]
        with shop.open_doors() as daemon:
            until(lambda: _row(shop, "p0")["state"] == "paused", "still paused after a restart")
            assert shop.act("jobs.show", job=held)["state"] == "held"
            with pytest.raises(Refused, match="5 blanks lie in the hopper of p0"):
                shop.act("printers.retire", name="p0", **TWO)
            shop.act("blanks.unload", printer="p0", **TWO)
            with pytest.raises(Refused, match="cannot sign twice"):
                shop.act("printers.retire", name="p0", by=TWO["by"], second=TWO["by"])
            shop.act("printers.retire", name="p0", **TWO)
            assert _row(shop, "p0")["state"] == "retired"
            until(lambda: "printer:p0" not in daemon.parts.wait(Deadline.after(0)), "its worker, told to end, ends")
            for act, more in (
                ("printers.resume", {"name": "p0", "by": person(RUNNER)}),
                ("printers.pause", {"name": "p0", "by": person(RUNNER)}),
                ("blanks.load", {"printer": "p0", "pieces": 1, "by": TWO["by"]}),
                ("technician.test", {"name": "p0", "by": person(RUNNER)}),
                ("printers.add", {"name": "p0", "uri": "tcp://127.0.0.1:9", "model": "primacy", **TWO}),
                ("printers.retire", {"name": "p0", **TWO}),
            ):
                with pytest.raises(Refused, match="retired"):
                    shop.act(act, **more)
        with shop.open_doors() as daemon:
            assert _row(shop, "p0")["state"] == "retired"
            assert daemon.live("p0") is None, "it has a worker again"
        shop.prove()
        with shop.shop.store.reading() as connection:
            (kinds,) = connection.exec_driver_sql(
                "SELECT count(*) FROM entry WHERE CAST(body AS TEXT) LIKE '%printer.retired%'"
            ).one()
        assert kinds == 1


def test_a_clock_that_went_back_is_told_until_it_is_right_again(tmp_path: Path) -> None:
    now = [datetime(2026, 3, 2, 8, 0, 4, tzinfo=UTC)]
    name, any_room = "kupang.example/53/5371/blanks/1", "[health]\nfree_mb = 0\n"
    create(tmp_path / "shop", origin=name, timezone="UTC", extra=any_room, clock=lambda: now[0])
    now[0] -= timedelta(seconds=1)
    shop = Shop.open(tmp_path / "shop", lambda: now[0])
    health = Health(lambda: "now", loud=False)
    around = Surroundings(shop, health)
    around.look()
    assert health.problems() == [], "one second is nobody's fault"
    now[0] -= timedelta(hours=3)
    around.look()
    (told,) = health.problems()
    assert (told.part, told.code, told.stops) == ("clock", "went-back", "nothing")
    assert "says 2026-03-02 05:00:03 UTC; it has been 2026-03-02 08:00:04 UTC already" in told.message
    now[0] += timedelta(hours=3, seconds=1)
    around.look()
    assert health.problems() == []
    shop.close()


def test_a_job_of_two_sides_is_left_to_a_printer_that_prints_two(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not held as if something were wrong with it, and the printer of one side says why it stands still."""
    one_sided = profile("ktp_el")
    two_sided = one_sided.model_copy(update={"back": one_sided.front})
    monkeypatch.setattr(artwork, "profile", lambda name: two_sided)
    with office(tmp_path) as shop:
        shop.take_in(1)
        with shop.shop.store.writing() as connection:
            connection.exec_driver_sql("UPDATE printer SET model = 'zenius'")
        with shop.open_doors():
            until(lambda: _row(shop, "p0")["state"] == "unable", "p0 says that it cannot")
            assert "prints one side of a card, and layout ktp_el has two" in _row(shop, "p0")["message"]
            assert shop.act("jobs.list")["jobs"][0]["state"] == "queued"
    assert artwork.lacks_sides("ktp_el", "p1", "evolis", "primacy") == ""
    assert _fed(shop) == 0
