"""Witnesses as real processes, shops that ask them, and strangers who answer as they like."""

from __future__ import annotations

import json
import os
import queue
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from printd.witness.kept import Kept

WAIT = 100.0
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
        command,
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        cwd=folder.parent,
        start_new_session=True,  # what runs it and what it runs are ended together
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
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            reader.join(WAIT)
            assert process.stderr is not None
            process.stderr.close()


def _read(process: subprocess.Popen[str], lines: queue.Queue[str | None]) -> None:
    assert process.stderr is not None
    for line in process.stderr:
        lines.put(line)
    lines.put(None)


def _port(lines: queue.Queue[str | None]) -> int:
    said: list[str] = []
    while True:
        line = lines.get(timeout=WAIT)
        if line is None:
            raise AssertionError(f"the witness ended: {''.join(said)}")
        said.append(line)
        if '"witness.listens"' in line:
            told: int = json.loads(line)["port"]
            return told


JUDGES = Path(sys.prefix) / "judges"
"""Programs of other authors, apart from everything of ours (tests/packages.sh)."""


def others(*words: str, cwd: Path) -> subprocess.Popen[str]:
    """Start a program of another author; its Python finds nothing of ours but the library for cryptography."""
    if not (JUDGES / "aics_witness").is_dir():
        message = f"aics-witness is not in {JUDGES}: sh tests/packages.sh"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    environment = {**os.environ, "PYTHONPATH": str(JUDGES), "PYTHONUNBUFFERED": "1"}
    return subprocess.Popen(
        [sys.executable, *words], cwd=cwd, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def told_by(*words: str, cwd: Path) -> str:
    """Return what a program of another author says; it ends well."""
    with others(*words, cwd=cwd) as process:
        out, err = process.communicate(timeout=WAIT)
    assert process.returncode == 0, err
    return out.strip()


def made_by_others(folder: Path, name: str) -> str:
    """Make a witness of another author; return its key."""
    folder.mkdir()
    return told_by("-m", "aics_witness", "init", "--name", name, cwd=folder)


@contextmanager
def served_by_others(folder: Path, *trusted: tuple[str, str]) -> Iterator[str]:
    """Run a witness of another author until the block ends; yield its address.

    :param trusted: name and key of each log that it cosigns from now on.
    """
    for origin, key in trusted:
        told_by("-m", "aics_witness", "add-log", "--origin", origin, "--vkey", key, cwd=folder)
    with others("-m", "aics_witness", "serve", "--listen", "127.0.0.1:0", cwd=folder) as process:
        try:
            assert process.stderr is not None
            said: list[str] = []
            address = next((found[0] for line in process.stderr if (found := _address(line, said))), None)
            assert address is not None, "".join(said)
            yield address
        finally:
            process.terminate()
            process.communicate(timeout=WAIT)


def _address(line: str, said: list[str]) -> re.Match[str] | None:
    said.append(line)
    return re.search(r"http://[0-9.]+:[0-9]+", line) if "listening on" in line else None


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
