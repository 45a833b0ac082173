"""Talking to a simulated Matica printer past any wire; written from the protocol sheet, like the printer."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager

from hardware_mocks.pytest_wires import Setup, SimulatedPrinter

OK, NOT_OK, DATA = 0xF1000100, 0xF1000200, 0xF1000300
SIZES = {"xid8600": (2072, 1328), "xid580": (1036, 664)}
FULL_PANEL = 255
ALL = 1 << 30


@contextmanager
def matica(*, awake: bool = True, **options: object) -> Iterator[SimulatedPrinter]:
    """A printer with a connection; ``awake``: the start was told and the document opened."""
    about = {"family": "matica", "dialect": "xid580", "hopper": ["A", "B", "C"], **options}
    with SimulatedPrinter(Setup(**about)) as made:  # type: ignore[arg-type]
        connect(made)
        if awake:
            assert made.idle()
            send(made, start())
            say(made, "01020000")
        yield made


def connect(made: SimulatedPrinter) -> bytes:
    """Begin a connection; return what the printer says unasked."""
    with made.machine.cond:
        made.port.connect()
    return send(made, b"")


def send(made: SimulatedPrinter, data: bytes, step: int = ALL) -> bytes:
    """Send bytes in pieces; return what the printer sent until it had worked on all of them."""
    machine, port = made.machine, made.port
    for at in range(0, len(data), step):
        with machine.cond:
            part = data[at : at + step]
            while part and port.alive:
                part = part[port.offer(part) :]
                assert machine.cond.wait_for(lambda: port.room() > 0 or not port.alive, 10)
    with machine.cond:
        assert machine.cond.wait_for(lambda: not (port.received or port.busy) or not port.alive, 10)
        answer = b"".join(port.replies)
        port.replies.clear()
        return answer


def block(kind: int, word: int = 0, sequence: int = 0, data: bytes = b"") -> bytes:
    data += b"\x00" * (-len(data) % 4)
    return struct.pack(">4I", kind, 2 + len(data) // 4, word, sequence) + data


def start(word: int = 0, document: str = "J-7") -> bytes:
    names = "printd".encode("utf-16-le").ljust(32, b"\x00") + document.encode("utf-16-le").ljust(64, b"\x00")
    return block(0xF2000300, word, 0x99999999, bytes(12) + names)


def command(data: str, word: int = 0, sequence: int = 0) -> bytes:
    return block(0xF0000100, word, sequence, bytes.fromhex(data))


def image(made: SimulatedPrinter, tag: int, pixels: bytes | int = 0) -> bytes:
    cols, rows = SIZES[made.setup.dialect]
    raw = bytes([pixels]) * (cols * rows) if isinstance(pixels, int) else pixels
    return block(0xF0000200, 0, tag, bytes((tag, 0, 0, 0)) + struct.pack(">II", len(raw) + 4, len(raw)) + raw)


def replies(answer: bytes) -> list[tuple[int, int, int, bytes]]:
    """Cut what the printer sent into type, code, sequence, data."""
    found = []
    while answer:
        kind, words, code, sequence = struct.unpack_from(">4I", answer)
        size = 8 + 4 * words
        assert len(answer) >= size
        found.append((kind, code, sequence, answer[16:size]))
        answer = answer[size:]
    return found


def say(made: SimulatedPrinter, *commands: str, word: int = 0) -> list[str]:
    """Send commands one by one; return each code in hex, with the data behind a colon if there are any."""
    codes = []
    for text in commands:
        ((kind, code, _, data),) = replies(send(made, command(text, word)))
        assert kind == (NOT_OK if code else DATA if data else OK)
        codes.append(f"{code:X}" + (f":{data.hex()}" if data else ""))
    return codes


def upload(made: SimulatedPrinter, *tags: int, pixels: bytes | int = 255) -> list[int]:
    return [code for tag in tags for _, code, _, _ in replies(send(made, image(made, tag, pixels)))]


def card(made: SimulatedPrinter) -> dict[str, object]:
    (one,) = made.truth.read("card")
    return one


def panels(record: dict[str, object], side: str = "front") -> list[tuple[str, float]]:
    laid = record[side]
    assert isinstance(laid, list)
    return [(one["panel"], one["laid"]) for one in laid]
