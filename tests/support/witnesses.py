"""Witnesses as real processes: ours, and one of somebody else's."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from printd.witness.kept import Kept

WAIT = 30.0
NAME = "ntt.example/witness-1"


@dataclass
class Served:
    """A witness that listens: its folder, its key, its address, its process."""

    folder: Path
    vkey: str
    url: str
    process: subprocess.Popen[str]
    lines: queue.Queue[str | None] = field(default_factory=queue.Queue)


@contextmanager
def served(folder: Path, *trusted: str, name: str = NAME, under: Sequence[str] = (), port: int = 0) -> Iterator[Served]:
    """Run a witness of ours until the block ends.

    :param trusted: keys of the logs that it cosigns.
    :param under: a command that runs it: ``strace`` and what it is told.
    """
    kept = Kept.open(folder) or Kept.make(folder, name)
    for vkey in trusted:
        kept.trust(vkey)
    command = [*under, sys.executable, "-m", "printd", "audit", "witness", str(folder), "--listen", f"127.0.0.1:{port}"]
    environment = {**os.environ, "PYTHONWARNINGS": "error"}
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=environment, cwd=folder.parent
    )
    found = Served(folder, kept.cosigner.verifier.vkey, "", process)
    reader = threading.Thread(target=_read, args=(process, found.lines), daemon=True)
    reader.start()
    try:
        found.url = f"http://127.0.0.1:{_port(found.lines)}"
        yield found
    finally:
        process.terminate()
        try:
            process.wait(WAIT)
        finally:
            process.kill()
            reader.join(WAIT)
            assert process.stderr is not None
            process.stderr.close()


def _read(process: subprocess.Popen[str], lines: queue.Queue[str | None]) -> None:
    assert process.stderr is not None
    for line in process.stderr:
        lines.put(line)
    lines.put(None)


def _port(lines: queue.Queue[str | None]) -> int:
    said = []
    while True:
        line = lines.get(timeout=WAIT)
        if line is None:
            raise AssertionError(f"the witness ended: {''.join(said)}")
        said.append(line)
        if '"witness.listens"' in line:
            told: int = json.loads(line)["port"]
            return told
