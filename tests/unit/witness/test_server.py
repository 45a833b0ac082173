"""The witness's doors: who holds a connection open keeps nobody out for long, and a large request is not read."""

from __future__ import annotations

import socket
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from support.other_logs import MemoryLog
from support.witnesses import WAIT, served

LOG = MemoryLog(leaves=20)


def test_small_requests_and_short_connections(tmp_path: Path) -> None:
    with (
        served(tmp_path / "witness", LOG.vkey) as there,
        httpx.Client(base_url=there.url, trust_env=False, timeout=WAIT) as web,
        ExitStack() as silent,
    ):
        assert web.post("/add-checkpoint", content=LOG.request(0, 5) + b"x" * 70_000).status_code == 413
        assert web.post("/add-checkpoint", content=b"").status_code == 400
        assert web.get("/add-checkpoint").status_code == 405
        assert web.get("/../../witness.key").status_code == 404
        assert web.get("/%2e%2e%2fwitness.key/checkpoint").status_code == 404
        host, port = urlsplit(there.url).hostname, urlsplit(there.url).port
        slow = [silent.enter_context(socket.create_connection((host, port), WAIT)) for _ in range(70)]
        for one in slow:
            one.sendall(b"POST /add-checkpoint HTTP/1.1\r\nHost: x\r\nContent-Le")
        assert [one.recv(1) for one in slow[:60]] == [b""] * 60, "the witness lets them go"
        with httpx.Client(base_url=there.url, trust_env=False, timeout=WAIT) as later:
            assert later.post("/add-checkpoint", content=LOG.request(0, 5)).status_code == 200


def test_it_listens_on_this_machine_alone(tmp_path: Path) -> None:
    with served(tmp_path / "witness") as there:
        port = urlsplit(there.url).port
        assert port is not None
        hexed = f":{port:04X}"
        lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
        listening = {line[1] for line in lines if line[3] == "0A" and line[1].endswith(hexed)}
    assert listening == {f"0100007F{hexed}"}
