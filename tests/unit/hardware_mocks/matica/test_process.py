"""The Matica printer as a process of its own, and recorded Magicard jobs: what the command line gives."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import usb.core
from PIL import Image

from hardware_mocks.__main__ import main
from hardware_mocks.control import RefusedError, Remote
from hardware_mocks.families import FAMILIES
from hardware_mocks.truth import read_truth
from hardware_mocks.wires.usb_socket import backend
from support.matica_talk import block, replies


@contextmanager
def process(*arguments: str) -> Iterator[dict[str, Any]]:
    """A printer that ends with its stdin."""
    command = [sys.executable, "-m", "hardware_mocks", "matica", "--speed", "0", *arguments]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as made:
        assert made.stdout is not None
        try:
            yield json.loads(made.stdout.readline())["address"]
        finally:
            made.communicate(timeout=30)
    assert made.returncode == 0


def test_a_networked_printer_of_the_smaller_kind(tmp_path: Path) -> None:
    control, truth = tmp_path / "control", tmp_path / "truth"
    where = ["--control", str(control), "--truth", str(truth), "--dialect", "xid580", "--film", "7"]
    with process("--wire", "tcp", "--serial", "M-1", "--hopper", "A", *where) as address:
        with socket.create_connection((address["host"], address["port"]), 10) as host:
            data = host.recv(200)
            while len(data) < 120:
                data += host.recv(200)
        assert (data[30:33], data[56:72]) == (b"M-1", b"XID580i         ")
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as host:
            host.settimeout(20)
            host.connect((address["host"], address["udp"]))
            host.send(block(0xF0000600, 0, 1, bytes.fromhex("0A000000")))
            assert replies(host.recv(2000)) == [(0xF1000600, 0, 1, bytes.fromhex("0A020100"))]
        hands = Remote(control)
        assert hands.do("look")["film"] == {"left": 7, "printed": []}
        assert main(["hand", "--control", str(control), "new_film", "30"]) == 0
        assert hands.do("look")["film"] == {"left": 30, "printed": []}
        with pytest.raises(RefusedError):
            hands.do("new_film", count=1, more=2)
        hands.close()
    assert [line["event"] for line in read_truth(truth)] == ["load", "film"]


def test_a_printer_on_the_bus_of_a_folder(tmp_path: Path) -> None:
    with process("--wire", "usb", "--bus", str(tmp_path)) as address:
        assert (address["vid"], address["pid"]) == ("2166", "701d")
        device = usb.core.find(backend=backend(tmp_path))
        assert (device.product, device.is_kernel_driver_active(0)) == ("Card Printer", True)
    with process("--wire", "usb", "--bus", str(tmp_path), "--no-usblp"):
        assert usb.core.find(backend=backend(tmp_path)).is_kernel_driver_active(0) is False


def test_the_overview_tells_what_each_family_has(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    text = capsys.readouterr().out
    for name, family in FAMILIES.items():
        line = next(line for line in text.splitlines() if line.startswith(f"{name} "))
        assert all(word in line.replace(";", "").split() for word in (*family.wires, *family.dialects))
        with pytest.raises(SystemExit) as ended:
            main([name, "--help"])
        assert ended.value.code == 0
        assert ("--film" in capsys.readouterr().out) is bool(family.film)


def test_a_recorded_magicard_job_becomes_pictures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = np.zeros((1016, 84), np.uint8)
    rows[:10] = 0xFF  # the first ten lines; on this head line 0 is the right edge
    plane = rows.tobytes()
    job = b"\x05" * 64 + b"\x01,RT2,SZK%d,OVRON,PCT0,0,1015,641,IMFK\x1c" % len(plane) + plane + b"\x1cK:\x03"
    (tmp_path / "job").write_bytes(b"\x01,REQ,ERR\x1c\x03" + job)
    assert main(["decode-magicard", str(tmp_path / "job"), "--out", str(tmp_path / "out")]) == 0
    table = capsys.readouterr().out.splitlines()[1:]
    assert [line.split()[0] for line in table] == ["front-k", "front-o"]
    assert f"{zlib.crc32(plane):08x}" in table[0]
    with Image.open(tmp_path / "out" / "front-k.png") as opened:
        dark = np.argwhere(np.asarray(opened) == 0)
    assert set(dark[:, 1].tolist()) == set(range(1006, 1016))
    assert len(dark) == 10 * 642
    for damaged in (job[:-1], job.replace(b"\x1cK:", b"\x1cB:"), b"\x01,REQ,ERR\x1c\x03", b""):
        (tmp_path / "job").write_bytes(damaged)
        assert main(["decode-magicard", str(tmp_path / "job"), "--out", str(tmp_path / "out")]) == 1
