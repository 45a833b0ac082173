"""The name of the daemon's socket: lost, it is made anew; what is not ours is not taken away at the end."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from printd.cli.remedies import sentence
from printd.client import client
from printd.console.control_socket import ControlSocket
from printd.desk.desk import Desk
from printd.errors import StorageError
from printd.shop.folder import SOCKET_NAME
from support.people import FIRST, SECOND

WAIT = 20.0


@contextmanager
def listening(desk: Desk) -> Iterator[tuple[ControlSocket, Path]]:
    path = desk.shop.folder / SOCKET_NAME
    served = ControlSocket(desk, path)
    thread = threading.Thread(target=served.run)
    thread.start()
    try:
        until(lambda: client.listens(path))
        yield served, path
    finally:
        served.stop()
        thread.join(WAIT)
        assert not thread.is_alive()


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + WAIT
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def delete(path: Path) -> None:
    path.unlink()


def replace_by_a_file(path: Path) -> None:
    path.unlink()
    path.write_text("not a socket")


def move(path: Path) -> None:
    path.rename(path.with_name("elsewhere"))


@pytest.mark.parametrize("lose", [delete, replace_by_a_file, move])
def test_a_lost_name_is_noticed_and_made_anew(desk: Desk, lose: Callable[[Path], None]) -> None:
    with listening(desk) as (served, path):
        assert served.look()
        lose(path)
        assert not client.listens(path)
        assert not served.look()
        until(lambda: client.listens(path))
        until(served.look)
        told = client.call(desk.shop.folder, "operators.list", {})
        assert {one["name"] for one in told} == {FIRST, SECOND}
    assert not path.exists()


def test_at_the_end_only_the_own_name_is_taken_away(desk: Desk) -> None:
    with listening(desk) as (_, path):
        replace_by_a_file(path)
    assert path.read_text() == "not a socket"


def test_a_name_that_cannot_be_made_is_said(desk: Desk) -> None:
    path = desk.shop.folder / SOCKET_NAME
    path.mkdir()
    with pytest.raises(StorageError, match="cannot be made") as refused:
        ControlSocket(desk, path).run()
    assert sentence(refused.value.remedy) == "Take away what is in its place."
