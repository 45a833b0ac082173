"""A recorded dialogue said again: a technician's trace of a real printer becomes a test of its driver."""

from __future__ import annotations

import contextlib
import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from contract.evolis_desk import card
from drivers import open_printer
from drivers.deadline import Deadline
from drivers.errors import DriverError, GoneError
from drivers.printer import Outcome
from drivers.transports import open_transport
from drivers.transports.base import Transport
from drivers.transports.trace import Trace
from hardware_mocks.pytest_wires import Setup, pty_printer, tcp_printer, usb_inprocess_printer
from hardware_mocks.replay import ReplayedPrinter, TraceError, read_trace
from hardware_mocks.wires.ibackend import InProcessBackend
from hardware_mocks.wires.pty import PtyWire
from hardware_mocks.wires.tcp import TcpWire
from hardware_mocks.wires.usb_model import UsbDevice
from printd.demo.staff import RUNNER, person
from support.office import office

SERIAL = "10000777004"
MODELS = {"evolis": "primacy", "zebra": "p330i", "magicard": "enduro-plus", "matica": "xid8600"}
VENDORS = {"evolis": 0x0F49, "magicard": 0x0C1F, "matica": 0x2166}


def soon() -> Deadline:
    return Deadline.after(20)


@contextlib.contextmanager
def simulated(family: str, wire: str, faults: list[str]) -> Iterator[tuple[str, object]]:
    """Give address and backend of a simulator."""
    setup = Setup(family=family, serial=SERIAL, hopper=["A-1"], faults=faults)
    if wire == "pty":
        with pty_printer(setup) as pty:
            yield f"serial:{pty.path}?baud=115200", None
    elif wire == "tcp":
        with tcp_printer(setup) as tcp:
            yield f"tcp://{tcp.host}:{tcp.port}", None
    else:
        with usb_inprocess_printer(setup) as usb:
            assert usb.printer.wait_for(lambda: usb.printer.port.alive)
            yield f"usb://{VENDORS[family]:04x}/{SERIAL}", usb.backend


@contextlib.contextmanager
def replayed(trace: Path, family: str, wire: str) -> Iterator[tuple[str, object, ReplayedPrinter]]:
    """Give address and backend of a printer that follows a trace."""
    with ReplayedPrinter(trace, Setup(family=family, serial=SERIAL)) as printer, contextlib.ExitStack() as stack:
        if wire == "pty":
            pty = PtyWire(printer)
            stack.callback(pty.close)
            yield f"serial:{pty.path}?baud=115200", None, printer
        elif wire == "tcp":
            tcp = TcpWire(printer)
            stack.callback(tcp.close)
            yield f"tcp://{tcp.host}:{tcp.port}", None, printer
        else:
            yield f"usb://{VENDORS[family]:04x}/{SERIAL}", InProcessBackend([UsbDevice(printer)]), printer


def talk(uri: str, family: str, backend: object, trace: Trace | None, *, print_one: bool) -> list[object]:
    """Ask everything, and print a card where wanted; return all readings."""
    printer = open_printer(uri, model=MODELS[family], family=family, usb_backend=backend, deadline=soon(), trace=trace)
    with contextlib.closing(printer):
        told: list[object] = [printer.identify(soon()), printer.status(soon()), printer.status(soon())]
        before = printer.counters(soon())
        told.append(before)
        if print_one:
            try:
                printer.print(card("primacy"), soon())
            except DriverError as failed:
                told.append(type(failed))
            told.append(printer.confirm(before, card("primacy"), soon()))
        return told


def record(
    path: Path, family: str, wire: str, faults: tuple[str, ...] = (), *, print_one: bool = False
) -> list[object]:
    with simulated(family, wire, list(faults)) as (uri, backend), path.open("w", encoding="ascii") as file:
        return talk(uri, family, backend, Trace(file), print_one=print_one)


@pytest.mark.parametrize(
    ("family", "wire"),
    [("evolis", "pty"), ("evolis", "usb"), ("zebra", "tcp"), ("magicard", "usb"), ("matica", "tcp")],
)
def test_the_driver_comes_to_the_same_readings(family: str, wire: str, tmp_path: Path) -> None:
    path = tmp_path / "trace.jsonl"
    print_one = family == "evolis"
    told = record(path, family, wire, print_one=print_one)
    with replayed(path, family, wire) as (uri, backend, printer):
        assert talk(uri, family, backend, None, print_one=print_one) == told
        assert printer.wait_for(lambda: printer.verdict() == "")
    if print_one:
        assert told[-1].outcome is Outcome.PRINTED  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("wire", "fault"), [("tcp", "cable_out@payload=c"), ("usb", "stall@command=Se"), ("usb", "ribbon_end@panel=m")]
)
def test_trouble_is_said_again(wire: str, fault: str, tmp_path: Path) -> None:
    path = tmp_path / "trace.jsonl"
    told = record(path, "evolis", wire, (fault,), print_one=True)
    assert isinstance(told[-2], type)
    with replayed(path, "evolis", wire) as (uri, backend, _):
        again = talk(uri, "evolis", backend, None, print_one=True)
    assert again[:-1] == told[:-1]
    assert again[-1].outcome is told[-1].outcome  # type: ignore[attr-defined]


def test_what_a_technician_recorded_becomes_a_test(tmp_path: Path) -> None:
    """The trace of ``printers test``, said again by a process, leads the same test to the same steps."""
    with office(tmp_path) as made:
        made.act("printers.pause", name="p0", by=person(RUNNER))
        told = made.act("technician.test", name="p0", by=person(RUNNER))
        made.printers["p0"].hands.unplug()
        line = ["replay", told["trace"], "--wire", "pty", "--link", str(tmp_path / "tty0")]
        process = subprocess.Popen(
            [sys.executable, "-m", "hardware_mocks", *line],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        with process:
            assert process.stdout is not None
            assert json.loads(process.stdout.readline())["ready"]
            again = made.act("technician.test", name="p0", by=person(RUNNER))
            _, said = process.communicate(timeout=20)
    assert (again["good"], again["steps"]) == (True, told["steps"])
    assert (process.returncode, said) == (0, "")
    first, second = ([_content(line) for line in Path(one["trace"]).read_text().splitlines()] for one in (told, again))
    assert first == second


def _content(line: str) -> dict[str, Any]:
    return {key: value for key, value in json.loads(line).items() if key != "ms"}


def read_all(transport: Transport) -> None:
    while transport.read(soon()):
        pass


LONG = bytes(range(256)) * 2


def write_trace(path: Path, *lines: dict[str, Any]) -> Path:
    path.write_text("".join(json.dumps({"ms": 0, **line}) + "\n" for line in lines), encoding="ascii")
    return path


@pytest.mark.parametrize(
    ("sent", "sentences"),
    [
        (b"\x1bRsn\r\x1bRfx\r", ["line 3, 1b5266760d", "1b5266780d", "different from byte 3"]),
        (b"\x1bRsn\r\x1bRfv\r" + LONG[:-1] + b"x", ["line 4", "SHA-256"]),
        (b"\x1bRsn\r\x1bRfv\r" + LONG + b"more", ["goes on with nothing more", "6d6f7265"]),
    ],
)
def test_a_deviation_is_told_with_both_sides_bytes(sent: bytes, sentences: list[str], tmp_path: Path) -> None:
    path = write_trace(
        tmp_path / "t",
        {"out": b"\x1bRsn\r".hex()},
        {"in": b"X\0".hex()},
        {"out": b"\x1bRfv\r".hex()},
        {"out": LONG[:32].hex(), "bytes": len(LONG), "sha256": hashlib.sha256(LONG).hexdigest()},
    )
    with replayed(path, "evolis", "tcp") as (uri, _, printer):
        with contextlib.closing(open_transport(uri, deadline=soon())) as transport:
            for at in range(0, len(sent), 7):  # pieces of any length are taken as one stream
                with contextlib.suppress(GoneError):
                    transport.write(sent[at : at + 7], soon())
            assert printer.wait_for(lambda: bool(printer.replay.deviation))
            with pytest.raises(GoneError):
                read_all(transport)
        for sentence in sentences:
            assert sentence in printer.verdict()


def test_a_dialogue_that_breaks_off_is_told_and_one_that_ended_begins_anew(tmp_path: Path) -> None:
    path = write_trace(tmp_path / "t", {"out": "41"}, {"in": "42"}, {"out": "43"})
    with replayed(path, "evolis", "tcp") as (uri, _, printer):
        for _ in range(2):
            with contextlib.closing(open_transport(uri, deadline=soon())) as transport:
                transport.write(b"A", soon())
                assert transport.read(soon()) == b"B"
                assert "line 3, 43" in printer.verdict()
                transport.write(b"C", soon())
                assert printer.wait_for(lambda: printer.verdict() == "")
        with contextlib.closing(open_transport(uri, deadline=soon())) as transport:
            transport.write(b"A", soon())
            assert transport.read(soon()) == b"B"
        with contextlib.closing(open_transport(uri, deadline=soon())):
            assert printer.wait_for(lambda: "sent a new connection" in printer.verdict())


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "holds no dialogue"),
        ("hello\n", "line 1 .* is no line of a trace"),
        ('{"ms":0,"out":"41"}\n{"ms":1,"out":"4"}\n', "line 2"),
        ('{"ms":0,"out":"41"}\n{"ms":1,"error":"WriteStalledError","says":"x"}\n', "line 2 cannot be said again"),
        ("[1]\n", "line 1"),
    ],
)
def test_what_is_no_trace_is_refused_with_its_line(text: str, sentence: str, tmp_path: Path) -> None:
    path = tmp_path / "t"
    path.write_text(text, encoding="ascii")
    with pytest.raises(TraceError, match=sentence):
        read_trace(path)
