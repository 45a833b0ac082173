"""What can be wrong with a shop's folder and disk: how each is brought about, and how it is lifted."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from faults.disk import Kind, no_room_in, room_in, run
from faults.ground import Ground, Untrue

CLEAN, KILLED, RUNNING = "after a clean stop", "after a kill", "under a daemon"
LIVES = (CLEAN, KILLED, RUNNING)
"""How the shop is found: by a command after a clean stop, by one after the daemon was killed, or by its daemon."""

PAPERS = ("acts", "reports", "traces", "printed")
"""Folders of a shop that hold no books."""


@dataclass(frozen=True)
class Fault:
    """One fault.

    :param cause: words of which an error that comes of it has at least one; small letters.
    :param never: words that would lead people astray: a remedy that would do harm, a cause that it is not.
    :param books: whether it stands between an act and the books; otherwise every act that books succeeds.
    :param disk: what the shop must lie on.
    :param lives: how the shop is found.
    """

    put: Callable[[Ground], None]
    lift: Callable[[Ground], None]
    cause: tuple[str, ...]
    never: tuple[str, ...] = ("damaged", "restore", "malformed", "older copy", "auditor")
    books: bool = True
    disk: Kind = "plain"
    lives: tuple[str, ...] = LIVES


_FULL = ("full", "room", "space")
_WRITE = ("written", "write", "permission", "not permitted", "denied", "read-only", "readonly", "locked", "user")


def _chmod(name: str, mode: int, *, deep: bool = False) -> tuple[Callable[[Ground], None], Callable[[Ground], None]]:
    """Return how a file or folder of the shop loses its permissions, and gets them back."""
    before: dict[Path, int] = {}

    def put(ground: Ground) -> None:
        before.clear()
        path = ground.shop / name
        if name in PAPERS:
            path.mkdir(mode=0o700, exist_ok=True)
        for one in (path, *(path.rglob("*") if deep else ())):
            if one.exists():
                before[one] = one.stat().st_mode & 0o777
        for one in before:
            one.chmod(mode if one.is_dir() or not deep else mode & 0o444)

    def lift(ground: Ground) -> None:
        for one, mode in before.items():
            # SQLite gives the files beside a database its permissions.
            for other in (one, *one.parent.glob(f"{one.name}-*")):
                if other.exists():
                    other.chmod(mode)

    return put, lift


def _immutable(*names: str) -> tuple[Callable[[Ground], None], Callable[[Ground], None]]:
    """Return how files of the shop become immutable, and change again."""

    def put(ground: Ground) -> None:
        run("chattr", "+i", *(str(ground.shop / name) for name in names if (ground.shop / name).exists()))

    def lift(ground: Ground) -> None:
        run("chattr", "-i", *(str(ground.shop / name) for name in names if (ground.shop / name).exists()))

    return put, lift


def _no_papers(ground: Ground) -> None:
    for name in PAPERS:
        no_room_in(ground.shop / name)


def _papers(ground: Ground) -> None:
    for name in PAPERS:
        room_in(ground.shop / name)


def _moved(ground: Ground) -> None:
    (ground.shop / "printd.sqlite").rename(ground.disk.root / "elsewhere")


def _moved_back(ground: Ground) -> None:
    (ground.disk.root / "elsewhere").replace(ground.shop / "printd.sqlite")


def _kept(ground: Ground) -> None:
    for name in ("printd.sqlite", "printd.sqlite-wal"):
        if (ground.shop / name).exists():
            shutil.copyfile(ground.shop / name, ground.disk.root / f"kept-{name}")


def _damaged(ground: Ground) -> None:
    _kept(ground)
    for name in ("printd.sqlite", "printd.sqlite-wal"):
        path = ground.shop / name
        if path.exists():
            with path.open("r+b") as file:
                file.write(os.urandom(path.stat().st_size))


def _deleted(ground: Ground) -> None:
    _kept(ground)
    for name in ("printd.sqlite", "printd.sqlite-wal", "printd.sqlite-shm"):
        (ground.shop / name).unlink(missing_ok=True)


def _emptied(ground: Ground) -> None:
    _deleted(ground)
    (ground.shop / "printd.sqlite").touch()


def _put_back(ground: Ground) -> None:
    """Put the books back as the advice says: a daemon is stopped before, and started again."""
    beside = ground.daemon is not None
    if beside:  # books that do not prove themselves end it, loudly
        said = ground.stop(codes=(0, 1))
        if said.code and "restore" not in said.err:
            raise Untrue(f"the daemon ended without saying what to do: {said.err[-1000:]}")
    for name in ("printd.sqlite", "printd.sqlite-wal", "printd.sqlite-shm"):
        kept = ground.disk.root / f"kept-{name}"
        if kept.exists():
            (ground.shop / name).write_bytes(kept.read_bytes())
            kept.unlink()
        elif not name.endswith("te"):
            (ground.shop / name).unlink(missing_ok=True)
    if beside:
        ground.start()


def _fail(ground: Ground) -> None:
    ground.disk.read_only(by_force=True)


def _mend(ground: Ground) -> None:
    """After an error of the disk it is repaired and mounted anew, with nobody on it."""
    try:
        ground.stop()
    finally:
        ground.disk.repair()
    ground.start()


FAULTS: Mapping[str, Fault] = MappingProxyType(
    {
        "disk full": Fault(lambda one: one.disk.fill(), lambda one: one.disk.make_room(), _FULL, disk="tmpfs"),
        "ext4 full": Fault(lambda one: one.disk.fill(), lambda one: one.disk.make_room(), _FULL, disk="ext4"),
        "no room for papers": Fault(_no_papers, _papers, _FULL, books=False, disk="tmpfs"),
        "read-only disk": Fault(
            lambda one: one.disk.read_only(by_force=False),
            lambda one: one.disk.writable(),
            ("read-only", "readonly"),
            disk="ext4",
            lives=(CLEAN, KILLED),
        ),
        "disk that failed": Fault(_fail, _mend, ("read-only", "readonly", "i/o error"), disk="ext4", lives=(RUNNING,)),
        "folder": Fault(*_chmod("", 0o500), _WRITE),
        "folder and all in it": Fault(*_chmod("", 0o500, deep=True), _WRITE),
        "database": Fault(*_chmod("printd.sqlite", 0o400), _WRITE),
        "wal": Fault(*_chmod("printd.sqlite-wal", 0o400), _WRITE, lives=(KILLED, RUNNING)),
        "shm": Fault(*_chmod("printd.sqlite-shm", 0o400), _WRITE, lives=(KILLED, RUNNING)),
        "note": Fault(*_chmod("last-checkpoint.note", 0o400), _WRITE, books=False),
        "acts": Fault(*_chmod("acts", 0o500, deep=True), _WRITE, books=False),
        "reports": Fault(*_chmod("reports", 0o500, deep=True), _WRITE, books=False),
        "traces": Fault(*_chmod("traces", 0o500, deep=True), _WRITE, books=False),
        "printed": Fault(*_chmod("printed", 0o500, deep=True), _WRITE, books=False),
        "keys": Fault(*_chmod("keys", 0o500, deep=True), _WRITE, books=False),
        "spool": Fault(*_chmod("spool", 0o500, deep=True), _WRITE, books=False),
        "socket": Fault(*_chmod("printd.sock", 0o000), _WRITE, lives=(KILLED, RUNNING)),
        "immutable folder": Fault(*_immutable(""), _WRITE, disk="ext4"),
        "immutable database": Fault(*_immutable("printd.sqlite"), _WRITE, disk="ext4"),
        "immutable wal": Fault(*_immutable("printd.sqlite-wal"), _WRITE, disk="ext4", lives=(KILLED, RUNNING)),
        "immutable note": Fault(*_immutable("last-checkpoint.note"), _WRITE, disk="ext4", books=False),
        "database gone": Fault(_moved, _moved_back, ("exist", "there", "missing", "gone"), never=("damaged",)),
        "database damaged": Fault(_damaged, _put_back, ("damaged", "restore"), never=("full",)),
        "database deleted": Fault(_deleted, _put_back, ("restore", "deleted"), never=("full", "damaged")),
        "database empty": Fault(_emptied, _put_back, ("restore", "empty", "exchanged"), never=("full", "damaged")),
    }
)
