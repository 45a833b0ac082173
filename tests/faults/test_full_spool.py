"""Records come while the spool or the disk fails: the daemon lives, each record is taken once, and no file is lost."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from faults.disk import Kind
from faults.folder_faults import RUNNING
from faults.ground import Ground, Grounds
from faults.life import find
from faults.shops import people


def full(ground: Ground) -> None:
    ground.disk.fill()


def room(ground: Ground) -> None:
    ground.disk.make_room()


def shut(ground: Ground) -> None:
    (ground.shop / "spool").chmod(0o500)


def opened(ground: Ground) -> None:
    (ground.shop / "spool").chmod(0o700)


def claims_shut(ground: Ground) -> None:
    (ground.shop / "spool" / ".claimed").mkdir(mode=0o500, exist_ok=True)
    (ground.shop / "spool" / ".claimed").chmod(0o500)


def claims_opened(ground: Ground) -> None:
    (ground.shop / "spool" / ".claimed").chmod(0o700)


def deliver(ground: Ground, number: int) -> None:
    """Write a record as whoever delivers does, the name of its document last."""
    one, folder = people()[number], ground.shop / "spool"
    (folder / f"{number}.jpg").write_bytes(one.photo_jpeg)
    (folder / f"{number}.png").write_bytes(one.signature_png)
    (folder / f"{number}.tmp").write_text(json.dumps(one.fields))


def named(ground: Ground, number: int) -> None:
    (ground.shop / "spool" / f"{number}.tmp").rename(ground.shop / "spool" / f"{number}.json")


@pytest.mark.parametrize(
    ("kind", "put", "lift", "parts"),
    [
        pytest.param("tmpfs", full, room, ("disk",), id="disk full"),
        pytest.param("plain", shut, opened, ("spool", "folder"), id="spool unwritable"),
        pytest.param("plain", claims_shut, claims_opened, ("spool", "folder"), id="claims unwritable"),
    ],
)
def test_a_record_that_comes_meanwhile_is_taken_once(
    grounds: Grounds,
    kind: Kind,
    put: Callable[[Ground], None],
    lift: Callable[[Ground], None],
    parts: tuple[str, ...],
) -> None:
    ground = grounds(kind)
    find(ground, "noon", RUNNING)
    before = ground.ledger()
    deliver(ground, 10)
    try:
        put(ground)
        named(ground, 10)
        told = ground.until(lambda: _ailing(ground, parts), f"/health does not name it: {ground.health()}")
        assert all(one["message"].endswith((".", ")")) and "Errno" not in one["message"] for one in told), told
        ground.steady(1.0)
    finally:
        lift(ground)
    _taken(ground, len(before.kinds), 1)


def test_a_spool_that_is_gone_is_named_and_may_come_back(grounds: Grounds) -> None:
    ground = grounds("plain")
    find(ground, "noon", RUNNING)
    before = ground.ledger()
    shutil.rmtree(ground.shop / "spool")
    ground.until(lambda: _ailing(ground, ("spool",)), "/health does not name the spool", seconds=30)
    ground.steady(1.0)
    (ground.shop / "spool").mkdir(mode=0o700)
    deliver(ground, 11)
    named(ground, 11)
    _taken(ground, len(before.kinds), 1)


def _ailing(ground: Ground, parts: tuple[str, ...]) -> list[dict[str, str]] | None:
    return [one for one in ground.health()["problems"] if one["part"] in parts] or None


def _taken(ground: Ground, since: int, count: int) -> None:
    """Make sure that each record entered once, and that nothing is left of it in the spool."""
    ground.until(
        lambda: "record.accepted" in ground.ledger().kinds[since:] or None,
        f"the record is not taken: {ground.words()[-800:]}",
        seconds=40,
    )
    walked = os.walk(ground.shop / "spool")  # a folder that goes meanwhile is none
    left = [Path(folder, name) for folder, _, names in walked for name in names]
    ground.until(lambda: not left or not any(one.exists() for one in left) or None, f"files are left: {left}")
    ground.stop()
    new = ground.ledger().kinds[since:]
    assert new.count("record.accepted") == count
    assert "record.quarantined" not in new
