"""The ground of a case: a shop on a disk of its own, its daemon, commands beside it, and what the books really hold."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from faults.disk import Disk, Kind, NoDiskError, apart
from faults.shops import Facts, Templates
from printd.client.session_files import keep_for_script

SECONDS = 40.0
"""After which a process that should have answered is given up."""

RECOVERY = 15.0
"""Within which a shop must go on by itself when a fault is over."""

_CRASH = """
import os, socket, sqlite3, sys
folder = sys.argv[1]
connection = sqlite3.connect(folder + "/printd.sqlite", isolation_level=None)
connection.execute("PRAGMA journal_mode=WAL")
connection.execute("PRAGMA user_version = 1")
connection.execute("PRAGMA user_version = 0")
socket.socket(socket.AF_UNIX).bind(folder + "/printd.sock")
os._exit(0)
"""

_TESTS = Path(__file__).parent.parent


class Untrue(AssertionError):
    """The shop said something that is not so, or did not say what is."""


@dataclass(frozen=True)
class Said:
    """What a process said and how it ended."""

    code: int
    out: str
    err: str

    @property
    def value(self) -> Any:
        """The JSON value on the last line."""
        try:
            return json.loads(self.out.strip().splitlines()[-1])
        except (IndexError, ValueError) as silent:
            raise Untrue(f"no JSON was printed (exit {self.code}): {self.out[-300:]!r} {self.err[-2000:]}") from silent

    def whole(self) -> Said:
        """Make sure that it did not break in the middle."""
        for text in (self.out, self.err):
            if "Traceback" in text or "NO TRACEBACK" in text:
                raise Untrue(f"a traceback was printed (exit {self.code}): {text[-2500:]}")
        return self


@dataclass
class Process:
    """One process that was forked; its words lie in two files."""

    pid: int
    files: tuple[Path, Path]
    code: int | None = None

    def words(self) -> tuple[str, str]:
        out, err = (path.read_text(errors="replace") for path in self.files)
        return out, err


class Processes:
    """Whoever forks commands and daemons; see :mod:`faults.processes`."""

    def __init__(self) -> None:
        with suppress(NoDiskError):  # whoever needs a disk says so
            apart()
        self._folder = Path(tempfile.mkdtemp(prefix="printd-words-"))
        environment = {**os.environ, "PYTHONPATH": str(_TESTS), "OPENBLAS_NUM_THREADS": "1", "PYTHONWARNINGS": "error"}
        environment.pop("PRINTD_SHOP", None)
        self._forker = subprocess.Popen(
            [sys.executable, "-m", "faults.processes"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        self._number = 0

    def _ask(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        assert self._forker.stdin is not None
        assert self._forker.stdout is not None
        self._forker.stdin.write(json.dumps(asked) + "\n")
        self._forker.stdin.flush()
        answer: dict[str, Any] = json.loads(self._forker.stdout.readline())
        return answer

    def begin(self, **asked: Any) -> Process:
        """Begin a process."""
        self._number += 1
        out, err = (self._folder / f"{self._number}.{name}" for name in ("out", "err"))
        for path in (out, err):
            path.touch()
        pid = self._ask({**asked, "out": str(out), "err": str(err)})["pid"]
        return Process(pid, (out, err))

    def ended(self, process: Process) -> bool:
        """Tell whether a process has ended."""
        if process.code is None:
            process.code = self._ask({"wait": process.pid, "now": True})["ended"]
        return process.code is not None

    def wait(self, process: Process, seconds: float = SECONDS) -> Said:
        """Return what a process said when it has ended; one that does not end is killed, and that is a finding."""
        end = time.monotonic() + seconds
        while not self.ended(process):
            if time.monotonic() > end:
                os.kill(process.pid, signal.SIGKILL)
                self._ask({"wait": process.pid})
                raise Untrue(f"no answer within {seconds:g} s: {process.words()}")
            time.sleep(0.004)
        assert process.code is not None
        said = Said(process.code, *process.words())
        for path in process.files:
            path.unlink()
        return said

    def close(self) -> None:
        """End whoever forks."""
        assert self._forker.stdin is not None
        self._forker.stdin.close()
        self._forker.wait(timeout=30)
        assert self._forker.stdout is not None
        self._forker.stdout.close()
        shutil.rmtree(self._folder, ignore_errors=True)


@dataclass
class Ledger:
    """What the books hold, read without a line of ours.

    :param signed: the size of the last checkpoint that has its note.
    """

    kinds: list[str]
    signed: int
    noted: int


@dataclass
class Ground:
    """Where a case is lived through.

    :param privileged: whether its processes keep the privileges of root.
    """

    disk: Disk
    processes: Processes
    templates: Templates
    facts: Facts = field(default_factory=dict)
    daemon: Process | None = None
    privileged: bool = False

    @property
    def shop(self) -> Path:
        """The shop's folder."""
        return self.templates.place

    # --- the shop ---

    def furnish(self, template: str) -> Facts:
        """Put a shop into place, after whatever was there."""
        self.clear()
        self.facts = self.templates.copy(template)
        for path in self.disk.root.glob("session-*"):
            path.unlink()
        self._sessions()  # while the disk still takes a file
        return self.facts

    def _sessions(self) -> str:
        """Return everybody's session files; each is written where it is not there and the disk takes it."""
        disk, paths = os.statvfs(self.disk.root), []
        for one in self.facts["scripts"]:
            paths.append(self.disk.root / f"session-{one.name}")
            if not paths[-1].exists() and disk.f_bavail and not disk.f_flag & os.ST_RDONLY:
                keep_for_script(paths[-1], one)
        return ":".join(map(str, paths))

    def clear(self) -> None:
        """Kill what runs and take the shop away."""
        self.kill()
        if self.shop.exists():
            for path in (self.shop, *self.shop.rglob("*")):
                if path.is_dir():
                    path.chmod(0o700)
            shutil.rmtree(self.shop)

    # --- the daemon ---

    def crash(self) -> None:
        """Leave what a killed daemon leaves: its log beside the database, and a socket that nobody listens on."""
        subprocess.run([sys.executable, "-c", _CRASH, str(self.shop)], check=True, timeout=30)
        assert (self.shop / "printd.sqlite-wal").stat().st_size
        assert (self.shop / "printd.sock").is_socket()

    def begin(self) -> None:
        """Start the daemon, whatever comes of it."""
        self.daemon = self.fork(command=["--shop", str(self.shop), "run"])

    def steady(self, seconds: float) -> None:
        """Make sure that the daemon lives for some time, without a traceback."""
        assert self.daemon is not None
        end = time.monotonic() + seconds
        while True:
            if self.processes.ended(self.daemon):
                raise Untrue(f"the daemon ended with {self.daemon.code}: {self.words()[-2500:]}")
            if "Traceback" in self.words():
                raise Untrue(f"the daemon printed a traceback: {self.words()[-2500:]}")
            if time.monotonic() > end:
                return
            time.sleep(0.05)

    def words(self) -> str:
        """Return what the daemon has said."""
        assert self.daemon is not None
        return "".join(self.daemon.words())

    def start(self) -> None:
        """Start the daemon, and wait until it works."""
        self.begin()
        self.until(lambda: (self.answers() and self.health()["ready"]) or None, "the daemon does not begin")

    def answers(self) -> bool:
        """Tell whether the daemon answers; one that ended is a finding."""
        assert self.daemon is not None
        if self.processes.ended(self.daemon):
            raise Untrue(f"the daemon ended with {self.daemon.code}: {self.daemon.words()[1][-2500:]}")
        try:
            return self.health() is not None
        except (OSError, ValueError):
            return False

    def health(self) -> dict[str, Any]:
        """Return what ``/health`` answers."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
            line.settimeout(10)
            line.connect(str(self.shop / "printd.sock"))
            line.sendall(b"GET /health HTTP/1.0\r\nHost: printd\r\n\r\n")
            with line.makefile("rb") as answer:
                told: dict[str, Any] = json.loads(answer.read().partition(b"\r\n\r\n")[2])
        return told

    def stop(self, codes: tuple[int, ...] = (0,)) -> Said:
        """Stop the daemon as an operator does; return what it said in its life.

        :param codes: how it may end.
        """
        assert self.daemon is not None
        process, self.daemon = self.daemon, None
        if not self.processes.ended(process):
            os.kill(process.pid, signal.SIGTERM)
        said = self.processes.wait(process)
        if said.code not in codes:
            raise Untrue(f"the daemon ended with {said.code}: {said.err[-2500:]}")
        return said.whole()

    def kill(self) -> None:
        """Kill the daemon, if one runs: its files stay as they are."""
        if self.daemon is not None:
            process, self.daemon = self.daemon, None
            if not self.processes.ended(process):
                os.kill(process.pid, signal.SIGKILL)
            self.processes.wait(process)

    # --- commands ---

    def fork(self, **asked: Any) -> Process:
        """Begin a process of this shop's user."""
        return self.processes.begin(**asked, privileged=self.privileged)

    def begin_act(self, name: str, arguments: Mapping[str, Any]) -> Process:
        """Begin one act in a process of its own."""
        return self.fork(shop=str(self.shop), act=name, arguments=dict(arguments))

    def act(self, name: str, arguments: Mapping[str, Any]) -> Said:
        """Perform one act in a process of its own."""
        return self.processes.wait(self.begin_act(name, arguments))

    def printd(self, *arguments: str) -> Said:
        """Run a command; everybody's session file is known to it."""
        environment = {"PRINTD_SESSIONS": self._sessions()}
        command = [*arguments] if arguments[0] == "--shop" else ["--shop", str(self.shop), *arguments]
        return self.processes.wait(self.fork(command=command, environment=environment))

    def until(self, look: Callable[[], Any], otherwise: str, seconds: float = RECOVERY) -> Any:
        """Look again and again until something is there."""
        end = time.monotonic() + seconds
        while True:
            found = look()
            if found is not None:
                return found
            if time.monotonic() > end:
                raise Untrue(otherwise)
            time.sleep(0.03)

    # --- the books ---

    def ledger(self) -> Ledger:
        """Read the books past the shop."""
        bodies = [bytes(row[0]) for row in self.rows("SELECT body FROM entry ORDER BY seq")]
        signed = self.rows("SELECT max(size) FROM checkpoint_note")[0][0]
        kinds = [str(json.loads(body)["kind"]) for body in bodies]
        return Ledger(kinds, int(signed or 0), noted(self.shop / "last-checkpoint.note"))

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Ask the database; without a daemon a copy, since a reader would leave files there, or take them away."""
        if self.daemon is not None:
            with closing(sqlite3.connect(f"file:{self.shop / 'printd.sqlite'}?mode=ro", uri=True)) as connection:
                return connection.execute(query).fetchall()
        with tempfile.TemporaryDirectory(prefix="printd-read-", dir="/dev/shm") as folder:
            for name in ("printd.sqlite", "printd.sqlite-wal"):
                if (self.shop / name).exists():
                    shutil.copyfile(self.shop / name, Path(folder, name))
            with closing(sqlite3.connect(Path(folder, "printd.sqlite"))) as connection:
                return connection.execute(query).fetchall()


Grounds = Callable[[Kind], Ground]
"""Gives the ground of a kind of disk, empty again after the test."""


def noted(path: Path) -> int:
    """Return the size that a checkpoint's note tells; 0: there is none."""
    return int(path.read_bytes().split(b"\n")[1]) if path.exists() else 0


def added(before: Ledger, after: Ledger, kinds: tuple[str, ...]) -> Counter[str]:
    """Return how many entries of some kinds the books gained."""
    if after.kinds[: len(before.kinds)] != before.kinds:
        raise Untrue("the log was not only extended")
    return Counter(kind for kind in after.kinds[len(before.kinds) :] if kind in kinds)


@contextmanager
def ground(kind: Kind, processes: Processes, kept: Path) -> Iterator[Ground]:
    """Give a disk with nothing on it."""
    disk = Disk(kind)
    try:
        yield Ground(disk, processes, Templates(kept, disk.root / "shop"))
    finally:
        disk.close()
