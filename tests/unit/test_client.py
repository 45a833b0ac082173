"""Reaching a shop that somebody else holds for a moment."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from printd.client import call
from printd.errors import ShopBusyError
from printd.lock import locked
from printd.shop import create


def test_a_command_waits_until_another_is_done(tmp_path: Path) -> None:
    create(tmp_path / "shop", origin="test.example/53/5371/blanks/1")
    held, let_go = threading.Event(), threading.Event()

    def another() -> None:
        with locked(tmp_path / "shop"):
            held.set()
            let_go.wait(30)

    thread = threading.Thread(target=another)
    thread.start()
    assert held.wait(30)
    threading.Timer(0.5, let_go.set).start()
    assert call(tmp_path / "shop", "operators.list", {}) == []
    thread.join(30)


def test_a_daemon_waits_for_a_command_and_then_gives_up(tmp_path: Path) -> None:
    create(tmp_path / "shop", origin="test.example/53/5371/blanks/1")
    shop = tmp_path / "shop"
    with locked(shop), pytest.raises(ShopBusyError, match="Another process works"), locked(shop, patience=0.2):
        pass
    with locked(shop, patience=0.2):
        pass
