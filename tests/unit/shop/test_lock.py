"""Holding a shop alone: nobody gets round it by deleting a file, and whoever waits is told for whom."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from printd.errors import ShopBusyError
from printd.shop.lock import Holder, holder, locked
from support.fixed import ORIGIN
from support.people import create

HOLD = """
import sys
from pathlib import Path
from printd.shop.lock import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def another(folder: Path) -> Iterator[int]:
    """Another process that holds the shop."""
    command = [sys.executable, "-c", HOLD, str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "held\n"
            yield process.pid
        finally:
            process.communicate(timeout=30)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    create(tmp_path / "shop", origin=ORIGIN)
    return tmp_path / "shop"


def test_whoever_holds_the_shop_is_told_by_its_number_and_command(folder: Path) -> None:
    assert holder(folder) is None
    seen: list[Holder] = []
    with another(folder) as pid:
        with pytest.raises(ShopBusyError) as busy, locked(folder, 0.2, seen.append):
            pass
        assert f"process {pid} (python" in busy.value.why
        assert [one.pid for one in seen] == [pid]
        told = holder(folder)
        assert told is not None
        assert told.pid == pid
    assert holder(folder) is None


def test_no_file_can_be_deleted_to_get_round_it(folder: Path) -> None:
    with another(folder):
        for one in folder.iterdir():
            if one.is_file() and one.name != "printd.toml":
                one.unlink()
        with pytest.raises(ShopBusyError), locked(folder):
            pass


def test_an_unwritable_folder_can_be_held(folder: Path) -> None:
    before = sorted(folder.iterdir())
    folder.chmod(0o555)
    try:
        with locked(folder):
            assert sorted(folder.iterdir()) == before, "nothing has to be written for it"
    finally:
        folder.chmod(0o755)
