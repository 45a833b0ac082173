"""Reaching a shop that somebody else holds for a moment."""

from __future__ import annotations

import ctypes
import os
import select
import struct
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from printd.client import client
from printd.client.client import call
from printd.desk.desk import Desk
from printd.errors import ShopBusyError
from printd.shop import lock
from printd.shop.lock import locked
from printd.shop.shop import Shop
from support.deliberate import line, notices
from support.fixed import ORIGIN
from support.people import create, enrol

_IN_OPEN, _IN_CLOSE = 0x20, 0x18  # inotify(7)


@contextmanager
def seen_at(folder: Path) -> Iterator[int]:
    """Give a descriptor on which the kernel tells each opening and closing of a folder, and of what lies in it."""
    libc = ctypes.CDLL(None, use_errno=True)
    watch = libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        assert watch >= 0
        assert libc.inotify_add_watch(watch, os.fsencode(folder), _IN_OPEN | _IN_CLOSE) >= 0, ctypes.get_errno()
        yield watch
    finally:
        os.close(watch)


def wait_for_tries(watch: int, times: int, command: Future[Any]) -> None:
    """Return when the folder itself was opened so many times, or there is an answer; after ten seconds in any case."""
    opened = 0
    for _ in range(100):
        if command.done() or opened >= times:
            return
        if select.select([watch], [], [], 0.1)[0]:
            told, at = os.read(watch, 65536), 0
            while at < len(told):
                _, mask, _, length = struct.unpack_from("iIII", told, at)
                opened += bool(mask & _IN_OPEN) and not length  # with a name, it is something in the folder
                at += 16 + length


@notices(
    {
        "the lock keeps nobody out": line(lock._take, "return False", "return True"),
        "a command does not wait": line(client.call, "time.monotonic() > deadline", "deadline"),
    }
)
def test_a_command_waits_until_another_is_done(tmp_path: Path) -> None:
    """Its answer has what the other one booked last: it tried, found the shop held, and tried again."""
    folder = tmp_path / "shop"
    create(folder, origin=ORIGIN)
    held = Shop.open(folder)
    try:
        with ThreadPoolExecutor(1) as pool:
            with locked(folder), seen_at(folder) as watch:
                command = pool.submit(call, folder, "operators.list", {})
                wait_for_tries(watch, 2, command)
                assert not command.done()
                enrol(Desk(held), "siti")
                held.sign()
            assert [one["name"] for one in command.result(30)] == ["komang", "siti", "wayan"]
    finally:
        held.close()


def test_a_daemon_waits_for_a_command_and_then_gives_up(tmp_path: Path) -> None:
    create(tmp_path / "shop", origin=ORIGIN)
    folder = tmp_path / "shop"
    with locked(folder), pytest.raises(ShopBusyError, match="Another process works"), locked(folder, patience=0.2):
        pass
    with locked(folder, patience=0.2):
        pass
