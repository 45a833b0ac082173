"""Real daemons that kill themselves with SIGKILL at a named point: ``python -m crash.zygote``.

A process that has imported everything and has no threads forks a child for each life, which runs the real daemon on a
real shop over real wires. Points are counted by name, since threads come to them in no order: ``kill`` is the name and
its how-manieth occurrence. Requests and answers are JSON lines on standard input and output.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NoReturn

import drivers.transports
from crash.points import commits
from crash.wire import name_of
from drivers.deadline import Deadline
from drivers.transports.base import Transport
from drivers.transports.usb import UsbTransport
from printd import log as events
from printd.daemon import daemon
from printd.store.engine import Store

_WRITES = ("w", "a", "x", "+")
_OWN_WAYS = (".sqlite", "-wal", "-shm", ".sock", ".lock")  # the database is seen at its commits


class Suicide:
    """Writes each point to a file, and kills this process at one of them."""

    def __init__(self, told: Path, at: tuple[str, int] | None) -> None:
        self._file = os.open(told, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        self._at = at
        self._seen: Counter[str] = Counter()
        self._lock = threading.Lock()

    def reach(self, name: str) -> None:
        with self._lock:
            self._seen[name] += 1
            os.write(self._file, f"{name}\n".encode())
            if self._at == (name, self._seen[name]):
                os.kill(os.getpid(), signal.SIGKILL)
                time.sleep(60)  # the signal comes first

    def audit(self, folder: str, event: str, about: tuple[Any, ...]) -> None:
        """Take file operations in the shop's folder and external programs for points."""
        if event == "subprocess.Popen":
            self.reach(f"before program {Path(str(about[0])).name}")
        elif event in ("os.rename", "os.remove", "os.mkdir") or (event == "open" and _writes(about)):
            path = str(about[0])
            if path.startswith(folder) and not path.endswith(_OWN_WAYS):
                self.reach(f"before {event} {Path(path).parent.name}/*{Path(path).suffix}")


def _writes(about: tuple[Any, ...]) -> bool:
    mode, flags = about[1], about[2]
    if isinstance(mode, str):
        return any(letter in mode for letter in _WRITES)
    return bool(flags & (os.O_WRONLY | os.O_RDWR))


class Watched:
    """A real wire whose writes and answers are points."""

    def __init__(self, behind: Transport, suicide: Suicide) -> None:
        self._behind, self._reach = behind, suicide.reach

    @property
    def settle(self) -> float:
        return self._behind.settle

    def write(self, data: bytes, deadline: Deadline) -> None:
        self._reach(f"before > {name_of(data)}")
        self._behind.write(data, deadline)
        self._reach(f"after > {name_of(data)}")

    def read(self, deadline: Deadline) -> bytes:
        data = self._behind.read(deadline)
        if data:
            self._reach(f"after < {name_of(data)}")
        return data

    def close(self) -> None:
        self._behind.close()


class WatchedUsb(Watched):
    """The same for USB."""

    def __init__(self, behind: UsbTransport, suicide: Suicide) -> None:
        super().__init__(behind, suicide)
        self._usb = behind
        self.serial_number = behind.serial_number

    def port_status(self) -> int | None:
        status = self._usb.port_status()
        self._reach(f"after port status {status}")
        return status


def live(shop: Path, told: Path, at: tuple[str, int] | None, lines: Path) -> NoReturn:
    """Be the daemon of a shop until it is stopped, or kills itself."""
    suicide, kept = Suicide(told, at), ExitStack()
    open_transport, open_store = drivers.transports.open_transport, Store.open

    def watched(*about: Any, **more: Any) -> Transport:
        behind = open_transport(*about, **more)
        return WatchedUsb(behind, suicide) if isinstance(behind, UsbTransport) else Watched(behind, suicide)

    def opened(url: str) -> Store:
        store = open_store(url)
        kept.enter_context(commits(store.engine, suicide.reach))
        return store

    vars(drivers)["open_transport"] = watched
    Store.open = opened  # type: ignore[method-assign]
    folder = str(shop)
    sys.addaudithook(lambda event, about: suicide.audit(folder, event, about))
    events.configure(lines.open("a"))
    code = 1
    try:
        daemon.run(shop)
        code = 0
    finally:
        os._exit(code)


def main() -> None:
    """Fork a life for each request; tell how it ended when asked."""
    for line in sys.stdin:
        asked = json.loads(line)
        answer: dict[str, int | None]
        if "wait" in asked:
            pid, status = os.waitpid(asked["wait"], os.WNOHANG)
            answer = {"ended": os.waitstatus_to_exitcode(status) if pid else None}
        else:
            pid = os.fork()
            if pid == 0:
                at = (asked["kill"][0], asked["kill"][1]) if asked.get("kill") else None
                live(Path(asked["shop"]), Path(asked["told"]), at, Path(asked["lines"]))
            answer = {"pid": pid, "ended": None}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
