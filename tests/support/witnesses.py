"""Witnesses as real processes, shops that ask them, and strangers who answer as they like."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
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


def policy(*witnesses: tuple[str, str, str], quorum: str = "") -> str:
    """Return the section of printd.toml for witnesses: name, key and address (or nothing) of each.

    :param quorum: a witness's name; by default any of them is enough.
    """
    lines = [f"witness {name} {vkey} {url}".strip() for name, vkey, url in witnesses]
    if not quorum:
        lines.append(f"group some any {' '.join(name for name, _, _ in witnesses)}")
    told = "\n".join([*lines, f"quorum {quorum or 'some'}"])
    return f'\n[witnesses]\npolicy = """\n{told}\n"""\n'


@contextmanager
def answering(answers: Callable[[str, str], tuple[int, str, bytes]]) -> Iterator[str]:
    """Run a stranger's server until the block ends; yield its address.

    :param answers: from method and path to status, media type and content.
    """

    class Stranger(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self._answer()

        def do_GET(self) -> None:
            self._answer()

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

        def _answer(self) -> None:
            status, media_type, content = answers(self.command, self.path)
            self.send_response(status)
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            with suppress(OSError):  # whoever asked may have heard enough
                self.wfile.write(content)

    with ThreadingHTTPServer(("127.0.0.1", 0), Stranger) as server:
        running = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        running.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            running.join(WAIT)
