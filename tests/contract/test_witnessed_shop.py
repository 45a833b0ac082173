"""A whole office whose log witnesses hold: cards are printed whether one answers or not, and none after a conflict."""

from __future__ import annotations

import json
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from printd.books.booking import utc_now
from printd.cli import exporting
from printd.cli.app import app
from printd.cosigning.asking import Asker
from printd.demo.staff import PASSPHRASE, RUNNER, person
from printd.desk.desk import Desk
from printd.errors import IntegrityError
from printd.ledger.checkpoint import Checkpoint, sign
from printd.ledger.notes import split_note
from printd.ledger.policy import judge
from printd.ledger.policy import read as read_policy
from printd.shop.health import Health, Surroundings
from printd.shop.shop import Shop, policy_text
from printd.witness.kept import Kept
from printd.words.moments import stamp
from printd_verify.command import main as printd_verify
from support.fixed import ORIGIN
from support.office import Office, office, until
from support.paper import text_of
from support.people import FIRST, create, session_files
from support.witnesses import Served, policy, served

QUICK = "\n[log]\ncheckpoint_seconds = 0.2\n"


@contextmanager
def witnessed(base: Path, served_by: Served, *more: tuple[str, str, str]) -> Iterator[Office]:
    """An office whose log is held by a witness that listens, and perhaps by others."""
    rules = policy(("province", served_by.vkey, served_by.url), *more)
    with office(base / "office", more=QUICK + rules) as shop:
        kept = Kept.open(served_by.folder)
        assert kept is not None
        kept.trust(shop.shop.keys.log.vkey)
        yield shop


def told(shop: Office) -> Any:
    return shop.act("witnesses.show")


def test_a_witness_holds_all_that_is_printed(tmp_path: Path) -> None:
    """With another beside it whose line is dead: it takes calls and never answers."""
    with served(tmp_path / "witness") as there, socket.create_server(("127.0.0.1", 0)) as silent:
        dead = f"http://127.0.0.1:{silent.getsockname()[1]}"
        other = "notary.example/w1+527b7168+BCVP7tbY7gLAlfbnjM7h2Es1dCmNdXyhPeIvZm6QIOUS"
        with witnessed(tmp_path, there, ("notary", other, dead)) as shop:
            shop.take_in(3)
            with shop.open_doors() as daemon:
                until(lambda: told(shop)["holding"] == 1, "the witness holds the log before the first card")
                shop.print_everything(3)
                until(lambda: told(shop)["holding"] == 1, "the witness holds the head")
                assert daemon.health.halted() == ""
            shop.judge(records=3)
            found = told(shop)
            assert {one["witness"]: one["size"] is not None for one in found["witnesses"]} == {
                "province": True,
                "notary": False,
            }
            assert found["first"] < found["head"]
            _said_on_paper(shop)


def _said_on_paper(shop: Office) -> None:
    asked = {"stock_type": "WNI", "pieces": 500, "reason": "a test"}
    made = shop.act("forecast.request", by=person(RUNNER), **asked)
    (told,) = json.loads(Path(made["act"]["json"]).read_text())["system"]
    assert (told["values"]["holding"], told["values"]["of"]) == (1, 2)
    assert "Saksi yang memegang log: 1 dari 2" in text_of(Path(made["act"]["pdf"]))
    again = [
        Path(shop.act("papers.again", kind="request", name=made["request"], by=person(RUNNER))["files"]["pdf"])
        for _ in range(2)
    ]
    assert len({one.read_bytes() for one in again}) == 1


def rules_of(shop: Shop) -> Any:
    """The policy as an auditor reads it who was given it by the shop."""
    return read_policy(policy_text(shop.config, shop.keys.log.verifier).encode())


def test_after_a_conflict_no_card_is_begun_and_nothing_is_booked(tmp_path: Path) -> None:
    with served(tmp_path / "witness") as there, witnessed(tmp_path, there) as shop:
        shop.take_in(2)
        key = shop.shop.keys.log
        kept = Kept.open(there.folder)
        assert kept is not None
        other = sign(Checkpoint(key.name, 5, bytes(range(32))), key)  # the key signed another history elsewhere
        line = kept.cosigner.cosign(split_note(other)[0], 1_764_460_800)
        shop.act("printers.pause", name="p0", by=person(RUNNER), why="a test")
        with shop.open_doors() as daemon:
            until(lambda: told(shop)["holding"] == 1, "the witness holds the head")
            kept.keep(key.verifier, other + line)
            shop.act("records.list")
            held = shop.act("jobs.list", state="queued")["jobs"][0]["id"]
            shop.act("jobs.hold", job=held, by=person(RUNNER))  # the log grows, and is signed, and asked for
            until(lambda: daemon.health.of("witness:province") is not None, "the witness contradicts")
            problem = daemon.health.of("witness:province")
            assert problem is not None
            assert (problem.code, problem.stops) == ("conflict", "shop")
            assert daemon.health.halted()
            with pytest.raises(IntegrityError, match="another root"):
                shop.act("jobs.release", job=held, by=person(RUNNER))
        assert [one for one in shop.outside() if one] == []
        with pytest.raises(IntegrityError, match="another root"):
            shop.shop.check_start()


def test_a_day_without_a_cosignature_is_an_alarm_that_stops_nothing(tmp_path: Path) -> None:
    with served(tmp_path / "witness") as there:
        create(tmp_path / "shop", origin=ORIGIN, extra=policy(("province", there.vkey, "")))
    shop = Shop.open(tmp_path / "shop")
    try:
        health = Health(lambda: stamp(shop.books.clock()), loud=False)
        around = Surroundings(shop, health)
        around.look()
        assert health.of("witnesses") is None
        shop.books.clock = lambda: utc_now() + timedelta(hours=25)
        around.look()
        problem = health.of("witnesses")
        assert problem is not None
        assert (problem.code, problem.stops) == ("silent", "nothing")
        assert "province" in problem.message
    finally:
        shop.close()


def test_check_says_who_holds_the_log(tmp_path: Path) -> None:
    create(tmp_path / "alone", origin=ORIGIN)
    alone = CliRunner().invoke(app, ["--shop", str(tmp_path / "alone"), "check"])
    assert "No witness is configured" in alone.stdout
    with served(tmp_path / "witness") as there:
        create(tmp_path / "shop", origin=ORIGIN, extra=policy(("province", there.vkey, "")))
        told = CliRunner().invoke(app, ["--shop", str(tmp_path / "shop"), "check"])
        assert "0 of 1 witnesses hold the log's head" in told.stdout
        stick = tmp_path / "stick"
        stick.mkdir()
        shop = ["--shop", str(tmp_path / "shop"), "audit", "cosigned", "--stick", str(stick)]
        vkey = (tmp_path / "shop" / "keys" / "log.vkey").read_text().strip()
        assert CliRunner().invoke(app, shop).exit_code == 0
        witness = ["audit", "witness", str(there.folder), "--trust", vkey, "--stick", str(stick)]
        assert "cosigned" in CliRunner().invoke(app, witness).stdout
        back = CliRunner().invoke(app, shop)
        assert "before the first card was printed" in back.stdout
    told = CliRunner().invoke(app, ["--shop", str(tmp_path / "shop"), "check", "--json"])
    assert json.loads(told.stdout)["cosigned"]["holding"] == 1


def test_a_day_that_not_enough_witnesses_saw_is_not_proved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the quorum of the policy: one of two is not enough where both are asked for."""
    notary = ("notary", "notary.example/w1+527b7168+BCVP7tbY7gLAlfbnjM7h2Es1dCmNdXyhPeIvZm6QIOUS", "")
    verify = ["--shop", str(tmp_path / "shop"), "audit", "verify", "--json"]
    with served(tmp_path / "witness") as there:
        province = ("province", there.vkey, there.url)
        day_before = partial(datetime.now(UTC).__sub__, timedelta(hours=25))
        create(tmp_path / "shop", origin=ORIGIN, extra=policy(province), clock=day_before)
        ran = CliRunner().invoke(app, verify)
        (problem,) = json.loads(ran.stdout)["problems"]
        assert (ran.exit_code, problem["kind"], problem["entry"]) == (1, "quorum", 0)
        kept = Kept.open(there.folder)
        assert kept is not None
        shop = Shop.open(tmp_path / "shop")
        try:
            kept.trust(shop.keys.log.vkey)
            asker = Asker(shop, shop.witnesses.witnesses[0], Health(lambda: ""), lambda _error: None)
            asker.turn()
            asker.close()
            monkeypatch.setenv("PRINTD_SESSIONS", session_files(Desk(shop), tmp_path / "sessions", FIRST))
        finally:
            shop.close()
        made = _run(*verify[:3], "export", str(tmp_path / "log"))
        assert (made["enough"], made["size"]) == (True, made["cosigned"]["head"]), "no shop runs: the command asks"
    ran = CliRunner().invoke(app, verify)
    assert (ran.exit_code, json.loads(ran.stdout)["problems"]) == (0, [])
    assert any("1 of 1 witnesses hold" in one for one in json.loads(ran.stdout)["notes"])
    settings = tmp_path / "shop" / "printd.toml"
    settings.write_text(settings.read_text().replace(policy(province), policy(province, notary, quorum="notary")))
    assert CliRunner().invoke(app, verify).exit_code == 1


def test_the_head_of_an_export_is_cosigned_before_it_leaves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An export signs a new head; the running shop has it cosigned first. What no witness says in time comes later."""
    folder, root = tmp_path / "witness", ["--shop", str(tmp_path / "office" / "shop"), "audit"]
    with served(folder) as there, witnessed(tmp_path, there) as shop:
        root[1] = str(shop.shop.folder)
        monkeypatch.setenv(
            "PRINTD_SESSIONS", session_files(Desk(shop.shop), tmp_path / "sessions", RUNNER, passphrase=PASSPHRASE)
        )
        rules, policy_file = rules_of(shop.shop), tmp_path / "policy"
        policy_file.write_text(policy_text(shop.shop.config, shop.shop.keys.log.verifier))
        with shop.open_doors():
            until(lambda: told(shop)["holding"] == 1, "the witness holds the head")
            made = _run(*root, "export", str(tmp_path / "log"))
            assert (made["enough"], made["held_by"]) == (True, ["province"])
            os.kill(there.process.pid, signal.SIGSTOP)  # it takes calls, and answers none
            try:
                with monkeypatch.context() as hurried:
                    hurried.setattr(exporting, "_WITNESS_SECONDS", 0.5)
                    late = _run(*root, "export", str(tmp_path / "log"))
            finally:
                os.kill(there.process.pid, signal.SIGCONT)
            assert (late["enough"], late["held_by"], late["size"] > made["size"]) == (False, [], True)
            strict = [str(tmp_path / "log"), "--policy", str(policy_file), "--quick", "--jobs", "0"]
            assert printd_verify(strict) == 1, "an auditor who trusts that witness is told that it has not seen it"
            until(lambda: told(shop)["held"] == late["size"], "it holds the head of the export")
            before = shop.act("witnesses.show")["head"]
            again = _run(*root, "export", str(tmp_path / "log"), "--cosigned")
            assert (again["enough"], again["size"], again["root"]) == (True, late["size"], late["root"])
            assert shop.act("witnesses.show")["head"] == before, "nothing was booked for it"
            assert printd_verify(strict) == 0
        judged = judge((tmp_path / "log" / "checkpoint").read_bytes(), rules)
        assert (judged.enough, judged.checkpoint.size) == (True, late["size"])
        assert CliRunner().invoke(app, [*root, "verify"]).exit_code == 0


def _run(*words: str) -> Any:
    ran = CliRunner().invoke(app, [*words, "--json"])
    assert ran.exit_code == 0, ran.output
    return json.loads(ran.stdout)
