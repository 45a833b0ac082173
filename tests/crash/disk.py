"""A shop on a disk that fails: run under ``bad_disk.c`` as ``LD_PRELOAD=... python -m crash.disk LIBRARY STEP``.

The n-th write of the database from the first card on fails, once or until somebody sees to the disk. A life that the
error reaches ends, loudly, as the daemon does with a part that died; the disk is mended, and the next life begins.
"""

from __future__ import annotations

import ctypes
import errno
import itertools
import json
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from crash.house import House, Plan, house
from crash.points import Killed
from printd.errors import StorageError

ERRORS = {"ENOSPC": errno.ENOSPC, "EIO": errno.EIO, "short write": 0}
_FOR_GOOD = 1_000_000


class BadDisk:
    """The hand on the disk."""

    def __init__(self, library: str) -> None:
        self._strike = ctypes.CDLL(library).bad_disk

    def fail(self, first: int, times: int, code: int) -> None:
        self._strike(b"printd.sqlite", first, times, code)

    def mend(self) -> int:
        """Return how many writes there were since it failed."""
        return int(self._strike(b"", 0, 0, 0))


class OnBadDisk(House):
    """A house whose lives end by an error of the database."""

    disk: BadDisk
    deaths = 0
    refused = 0
    writes = 0

    def begin(self) -> None:
        with self._dying():
            super().begin()

    def turn(self, name: str) -> None:
        with self._dying():
            super().turn(name)

    def judge(self, records: int | None = None) -> None:
        self.writes = self.disk.mend()
        super().judge(records)

    @contextmanager
    def _dying(self) -> Iterator[None]:
        try:
            yield
        except StorageError as failed:
            self.deaths += 1
            self.disk.mend()
            self.points.dead = True
            raise Killed from failed

    def people(self) -> dict[str, int]:
        try:
            return super().people()
        except StorageError:  # an act that was refused by the disk: they tell the technician and try again
            self.refused += 1
            self.disk.mend()
            return {}


def main(library: str, step: int) -> None:
    """Let every write, or each step-th, fail in turn, in every way; print what came of it."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    disk, told = BadDisk(library), Counter[str]()
    broken: list[str] = []
    ways = itertools.product(range(1, 2000, step), ERRORS.items(), (1, _FOR_GOOD))
    for first, (name, code), times in ways:
        with house(Plan(records=1), OnBadDisk) as made:
            assert isinstance(made, OnBadDisk)
            made.disk = disk
            disk.fail(first, times, code)
            try:
                made.run()
            except Exception as error:  # noqa: BLE001 - whatever it is, it goes into the report
                broken.append(f"write {first} {name} times {times}: {type(error).__name__}: {error}"[:300])
            disk.mend()
            told["runs"] += 1
            told["deaths"] += made.deaths
            told["refused acts"] += made.refused
            told[name] += made.deaths + made.refused > 0
            if made.writes and made.writes < first:
                break  # there are no more writes than that
    print(json.dumps({"told": told, "broken": broken}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
