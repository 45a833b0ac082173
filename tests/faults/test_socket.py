"""The names a daemon needs in its folder are deleted under it: it takes them back, and nobody works beside it."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from faults import judge
from faults.folder_faults import CLEAN, RUNNING
from faults.ground import Ground, Grounds, Untrue
from faults.life import find
from faults.shops import SITI

NOTE = {"kind": "extra", "note": "a test", "by": SITI}


def deleted(path: Path) -> None:
    path.unlink()


def a_file(path: Path) -> None:
    path.unlink()
    path.write_text("not a socket")


def a_stale_socket(path: Path) -> None:
    path.unlink()
    with socket.socket(socket.AF_UNIX) as other:
        other.bind(str(path))


def moved(path: Path) -> None:
    path.rename(path.with_name("moved.sock"))


@pytest.mark.parametrize("harm", [deleted, a_file, a_stale_socket, moved])
def test_a_daemon_takes_its_socket_back(grounds: Grounds, harm: Callable[[Path], None]) -> None:
    ground = grounds("plain")
    find(ground, "noon", RUNNING)
    before = ground.ledger()
    harm(ground.shop / "printd.sock")
    said = ground.act("incidents.open", NOTE).whole()  # at once: it waits for the daemon, or says who holds the shop
    if said.code:
        _names_the_daemon(ground, said.out)
    ground.until(lambda: ground.answers() or None, "the daemon does not listen again")
    assert ground.act("incidents.open", NOTE).whole().code == 0
    assert ground.printd("check", "--json").whole().code == 0
    gained = ground.ledger().kinds[len(before.kinds) :].count("incident.opened")
    assert gained == 1 + (said.code == 0)
    ground.stop()
    assert not (ground.shop / "printd.sock").exists()


def test_a_daemon_that_stands_is_named_where_its_socket_is_gone(grounds: Grounds) -> None:
    ground = grounds("plain")
    find(ground, "noon", RUNNING)
    assert ground.daemon is not None
    os.kill(ground.daemon.pid, signal.SIGSTOP)
    try:
        (ground.shop / "printd.sock").unlink()
        said = ground.act("incidents.open", NOTE).whole()
        assert said.code == 1
        _names_the_daemon(ground, said.out)
        checked = ground.printd("check", "--json").whole()
        assert checked.code == 1
        _names_the_daemon(ground, checked.out)
        second = ground.printd("run").whole()
        assert second.code == 1
        _names_the_daemon(ground, second.err)
    finally:
        os.kill(ground.daemon.pid, signal.SIGCONT)
    ground.until(lambda: ground.answers() or None, "the daemon does not listen again")
    assert ground.act("incidents.open", NOTE).whole().code == 0
    ground.stop()


@pytest.mark.parametrize("names", [("shop.lock",), ("shop.lock", "printd.sock")])
def test_nobody_works_beside_a_daemon_whose_files_were_deleted(grounds: Grounds, names: tuple[str, ...]) -> None:
    ground = grounds("plain")
    find(ground, "noon", RUNNING)
    for name in names:
        (ground.shop / name).unlink(missing_ok=True)
    second = ground.printd("run").whole()
    assert second.code == 1
    judge_words(second.err)
    assert ground.answers()
    assert ground.act("incidents.open", NOTE).whole().code == 0
    ground.stop()


def judge_words(text: str) -> None:
    """Make sure that a second daemon says why it does not start."""
    if "runs already" not in text and "held by" not in text:
        raise Untrue(f"the second daemon does not say that one runs: {text[-600:]}")


def test_a_second_daemon_says_at_once_that_one_runs(grounds: Grounds) -> None:
    ground = grounds("plain")
    find(ground, "noon", RUNNING)
    second = ground.printd("run").whole()
    assert second.code == 1
    _names_the_daemon(ground, second.err)
    ground.stop()


@pytest.mark.parametrize("put", [lambda path: path.mkdir(), lambda path: path.write_text("x")], ids=["folder", "file"])
def test_what_lies_in_the_place_of_the_socket_does_not_end_the_daemon(
    grounds: Grounds, put: Callable[[Path], None]
) -> None:
    ground = grounds("plain")
    find(ground, "noon", CLEAN)
    path = ground.shop / "printd.sock"
    put(path)
    ground.begin()
    ground.steady(2.0)
    if path.is_dir():
        said = ground.act("incidents.open", NOTE).whole()
        assert said.code == 1
        judge.sentences(said.value)
        path.rmdir()
    ground.until(lambda: ground.answers() or None, f"the daemon does not listen: {ground.words()[-800:]}")
    assert ground.act("incidents.open", NOTE).whole().code == 0
    ground.stop()


def _names_the_daemon(ground: Ground, text: str) -> None:
    assert ground.daemon is not None
    if str(ground.daemon.pid) not in text:
        raise Untrue(f"process {ground.daemon.pid}, which holds the shop, is not named: {text[-800:]}")
