"""Simulated printers as processes: the ready line, each wire, the hands, truth that survives a kill."""

import json
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import serial
import usb.core
import usb.util

from hardware_mocks.control import RefusedError, Remote, actions
from hardware_mocks.faults import CATALOGUE
from hardware_mocks.pytest_wires import Setup, pty_printer, tcp_printer
from hardware_mocks.truth import read_truth
from hardware_mocks.wires.usb_socket import backend

K = bytes(82_296)
Start = Callable[..., tuple[subprocess.Popen[str], dict[str, Any]]]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    running: list[subprocess.Popen[str]] = []

    def run(*arguments: str) -> tuple[subprocess.Popen[str], dict[str, Any]]:
        command = [sys.executable, "-m", "hardware_mocks", "evolis", "--speed", "0", "--ribbon", "k:50", *arguments]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        running.append(process)
        assert process.stdout is not None
        ready: dict[str, Any] = json.loads(process.stdout.readline())
        return process, ready

    yield run
    for process in running:
        process.kill()
        process.wait(10)
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                stream.close()


def _exchange(write: Callable[[bytes], object], read: Callable[[], bytes]) -> list[bytes]:
    replies = []
    for command in (b"Pem;2", b"Ss", b"Db;k;2;" + K, b"Se", b"Rlr;p"):
        write(b"\x1b" + command + b"\r")
        replies.append(read())
    return replies


def test_a_serial_printer_prints_and_ends_with_its_stdin(start: Start, tmp_path: Path) -> None:
    truth, link = tmp_path / "truth", tmp_path / "tty"
    process, ready = start(
        "--wire", "pty", "--link", str(link), "--serial", "S1", "--hopper", "A,B", "--truth", str(truth),
        "--cards", str(tmp_path / "cards"),
    )  # fmt: skip
    address = {"wire": "pty", "path": str(link)}
    assert ready == {"ready": True, "serial": "S1", "address": address, "control": None, "pid": process.pid}
    with serial.Serial(str(link), timeout=10) as port:
        assert _exchange(port.write, lambda: port.read_until(b"\x00")) == [b"OK\x00"] * 5
    (card,) = [line for line in read_truth(truth) if line["event"] == "card"]
    assert (card["blank"], card["picture"]) == ("A", str(tmp_path / "cards" / "S1-1.png"))
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait(10) == 0
    assert not link.is_symlink()


def test_a_network_printer_and_the_hands_of_its_operator(start: Start, tmp_path: Path) -> None:
    (tmp_path / "blanks").write_text("A\nB\n")
    control = tmp_path / "control"
    process, ready = start(
        "--wire", "tcp", "--control", str(control), "--hopper", f"@{tmp_path / 'blanks'}", "--cards", str(tmp_path),
    )  # fmt: skip
    address = (ready["address"]["host"], ready["address"]["port"])
    assert (address[0], ready["control"]) == ("127.0.0.1", str(control))
    with socket.create_connection(address, 10) as connection:
        assert _exchange(connection.sendall, lambda: connection.recv(64)) == [b"OK\x00"] * 5
    hands = Remote(control)
    try:
        assert hands.do("hopper") == {"blanks": ["B"]}
        assert hands.do("load", blanks=["C"]) == {"hopper": 2}
        assert [card["blank"] for card in hands.do("take_output")["cards"]] == ["A"]  # type: ignore[attr-defined]
        assert hands.do("look")["output"] == 0
        with pytest.raises(RefusedError):
            hands.do("dance")
        with pytest.raises(RefusedError):
            hands.do("load")
        with pytest.raises(RefusedError):
            hands.do("fault", text="nonsense")
        with pytest.raises(RefusedError):
            hands.do("_cover", is_open=True)
    finally:
        hands.close()
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0
    assert not control.exists()


def test_usb_printers_share_a_bus_and_a_killed_one_is_gone(start: Start, tmp_path: Path) -> None:
    first, ready = start("--wire", "usb", "--bus", str(tmp_path), "--serial", "S1", "--hopper", "A", "--no-usblp")
    start("--wire", "usb", "--bus", str(tmp_path), "--serial", "S2")
    assert ready["address"] == {"wire": "usb", "vid": "0f49", "pid": "0a00", "socket": str(tmp_path / "S1.sock")}
    bus = backend(tmp_path)
    devices = {device.serial_number: device for device in usb.core.find(find_all=True, backend=bus)}
    assert sorted(devices) == ["S1", "S2"]
    assert devices["S2"].is_kernel_driver_active(0)
    printer = devices["S1"]
    assert _exchange(lambda data: printer.write(1, data, 10_000), lambda: bytes(printer.read(0x82, 64, 10_000))) == [
        b"OK\x00"
    ] * 5  # fmt: skip
    first.kill()
    first.wait(10)
    with pytest.raises(usb.core.USBError) as caught:
        printer.write(1, b"x", 10_000)
    assert caught.value.errno == 19
    assert [device.serial_number for device in usb.core.find(find_all=True, backend=bus)] == ["S2"]
    for device in devices.values():
        usb.util.dispose_resources(device)


def test_truth_survives_a_kill(start: Start, tmp_path: Path) -> None:
    process, ready = start("--wire", "tcp", "--hopper", "A,B,C", "--truth", str(tmp_path / "truth"))
    with socket.create_connection((ready["address"]["host"], ready["address"]["port"]), 10) as connection:
        _exchange(connection.sendall, lambda: connection.recv(64))
        connection.sendall(b"\x1bSs\r")
        assert connection.recv(64) == b"OK\x00"
        process.kill()
    process.wait(10)
    assert [line["event"] for line in read_truth(tmp_path / "truth")] == [
        "load", "job", "feed", "laid", "card", "job", "feed",
    ]  # fmt: skip


def test_a_half_written_last_line_of_truth_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "truth").write_text('{"event":"feed"}\n{"event":"ca')
    assert read_truth(tmp_path / "truth") == [{"event": "feed"}]
    assert read_truth(tmp_path / "absent") == []


def test_a_cable_pulled_from_a_serial_printer_and_plugged_again(tmp_path: Path) -> None:
    link = tmp_path / "tty"
    with pty_printer(Setup(hopper=["A"]), link) as sim:
        with serial.Serial(sim.path, timeout=10) as port:
            port.write(b"\x1bDb;k;2;" + K[:1000])
            sim.printer.hands.unplug()
            with pytest.raises((serial.SerialException, OSError)):
                port.read(1)
        assert not link.is_symlink()
        sim.printer.hands.plug()
        _until(link.is_symlink)
        with serial.Serial(sim.path, timeout=10) as port:
            port.write(b"\x1bRlr;p\r")
            assert port.read_until(b"\x00") == b"OK\x00"
        assert sim.printer.truth.read("protocol") == []


def test_a_serial_printer_without_power_is_silent() -> None:
    with pty_printer() as sim, serial.Serial(sim.path, timeout=0.05) as port:
        sim.printer.hands.power_off()
        port.write(b"\x1bRlr;p\r")
        assert port.read(1) == b""
        sim.printer.hands.power_on()
        assert sim.printer.wait_for(lambda: sim.printer.machine.ready)
        port.timeout = 10
        port.write(b"\x1bRem\r")
        assert port.read_until(b"\x00") == b"0;0\x00"


def test_a_network_printer_without_power_is_not_there() -> None:
    with tcp_printer() as sim:
        with socket.create_connection((sim.host, sim.port), 10) as connection:
            connection.sendall(b"\x1bRlr;p\r")
            assert connection.recv(64) == b"OK\x00"
            sim.printer.hands.power_off()
            assert connection.recv(64) == b""
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((sim.host, sim.port), 10)
        sim.printer.hands.power_on()
        _until(lambda: _connects(sim.host, sim.port))


def test_a_connection_lost_in_a_payload_leaves_no_trace() -> None:
    with tcp_printer(Setup(hopper=["A"], ribbon="k:5")) as sim:
        with socket.create_connection((sim.host, sim.port), 10) as connection:
            connection.sendall(b"\x1bPem;2\r")
            connection.recv(64)
            connection.sendall(b"\x1bSs\r")
            connection.recv(64)
            connection.sendall(b"\x1bDb;k;2;" + K[:5000])
        with socket.create_connection((sim.host, sim.port), 10) as connection:
            connection.sendall(b"\x1bRlr;p\r")
            assert connection.recv(64) == b"CARD\x00"
            connection.sendall(b"\x1bSer\r")
            assert connection.recv(64) == b"OK\x00"
        (card,) = sim.printer.truth.read("card")
        assert (card["front"], card["where"]) == ([], "reject")


@pytest.mark.parametrize(
    "arguments",
    [["--wire", "usb"], ["--wire", "tcp", "--listen", "0.0.0.0:0"], ["--wire", "pty", "--fault", "x"],
     ["--wire", "pty", "--ribbon", "x"], ["--wire", "pty", "--hopper", "@/nowhere"]],
)  # fmt: skip
def test_a_wrong_command_line_is_refused(arguments: list[str]) -> None:
    done = _run("evolis", *arguments)
    assert done.returncode == 1
    assert done.stderr.startswith("hardware_mocks: ")
    assert done.stdout == ""


def test_the_overview_and_the_help_name_everything() -> None:
    overview, text = _run(), _run("evolis", "--help")
    assert (overview.returncode, text.returncode) == (0, 0)
    assert [name for name in (*actions(), *CATALOGUE) if f" {name}" not in overview.stdout] == []
    assert [name for name in CATALOGUE if f"  {name} " not in text.stdout] == []


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "hardware_mocks", *arguments]
    return subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=30)


def _connects(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), 10).close()
    except ConnectionRefusedError:
        return False
    return True


def _until(condition: Callable[[], bool]) -> None:
    waiting = threading.Event()
    for _ in range(1000):
        if condition():
            return
        waiting.wait(0.01)
    pytest.fail("did not come true in 10 s")
