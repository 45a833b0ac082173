"""Talking to a simulated EPCL printer past any wire; written from the protocol sheet, like the printer."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from hardware_mocks.pytest_wires import Setup, SimulatedPrinter

ACK = b"\x06"
COUNTED = b"Cpt imp:%08d next clean Prn:00005000 nb pass:5\r"


@contextmanager
def zebra(**options: object) -> Iterator[SimulatedPrinter]:
    about = {"family": "zebra", "hopper": ["A", "B", "C"], **options}
    with SimulatedPrinter(Setup(**about)) as made:  # type: ignore[arg-type]
        yield made


def send(made: SimulatedPrinter, data: bytes, step: int = 1 << 30) -> bytes:
    """Send bytes in pieces; return what the printer sent until it had worked on all of them."""
    machine, port = made.machine, made.port
    for start in range(0, len(data), step):
        with machine.cond:
            part = data[start : start + step]
            while part and port.alive:
                part = part[port.offer(part) :]
                assert machine.cond.wait_for(lambda: port.room() > 0 or not port.alive, 10)
    with machine.cond:
        assert machine.cond.wait_for(lambda: not (port.received or port.busy) or not port.alive, 10)
        answer = b"".join(port.replies)
        port.replies.clear()
        return answer


def say(made: SimulatedPrinter, *commands: bytes | str) -> list[bytes]:
    """Send commands one by one, plain; return the answers."""
    return [send(made, plain(command)) for command in commands]


def nack(code: str) -> bytes:
    return b"\x15" + code.encode() + b"\x04"


def plain(text: bytes | str) -> bytes:
    return b"\x1b" + (text.encode() if isinstance(text, str) else text) + b"\r"


def len32(text: bytes | str) -> bytes:
    body = plain(text)
    return len(body).to_bytes(4, "big") + body


def escape(data: bytes) -> bytes:
    return re.sub(rb"([\x1b\x0d\x5b])", rb"[\1", data)


@functools.cache
def pack(raw: bytes) -> bytes:
    """Compress with runs of equal bytes and literals of at most 31, the first code a run."""
    out, at = bytearray(), 0
    while at < len(raw):
        run = 1
        while run < 127 and at + run < len(raw) and raw[at + run] == raw[at]:
            run += 1
        if run > 1 or at == 0:
            out += bytes((0x80 | run, raw[at]))
            at += run
            continue
        end = at + 1
        while end < len(raw) and end - at < 31 and (end + 1 >= len(raw) or raw[end] != raw[end + 1]):
            end += 1
        out += bytes((end - at,)) + raw[at:end]
        at = end
    return bytes(out)


def colour(number: int, levels: np.ndarray) -> bytes:
    """PS for a whole buffer; ``levels`` of shape (lines, dots), 0..31."""
    return b"PS %d 30 " % number + escape(pack(levels.astype(np.uint8).tobytes()))


def black(dots: np.ndarray, name: bytes = b"Z") -> bytes:
    """Z for the area of a whole buffer; ``dots`` of shape (lines, dots)."""
    return name + escape(pack(np.packbits(dots.astype(bool), axis=1).tobytes()))


AREA = "G 0 0 2 80 1024 1"
PLANE = np.zeros((1024, 640), np.uint8)


def card(made: SimulatedPrinter) -> dict[str, object]:
    (one,) = made.truth.read("card")
    return one


def panels(record: dict[str, object], side: str = "front") -> list[tuple[str, float]]:
    laid = record[side]
    assert isinstance(laid, list)
    return [(one["panel"], one["laid"]) for one in laid]
