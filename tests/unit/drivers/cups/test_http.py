"""A print server that is none, or a bad one: garbage, no end, no answer, HTTP errors, another question's answer."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Iterator

import pytest

from drivers import open_printer
from drivers.cups.job import MODELS
from drivers.cups.printer import open_uri
from drivers.cups.wires import Server
from drivers.deadline import Deadline
from drivers.errors import (
    AccessError,
    AddressError,
    DriverError,
    GoneError,
    NoReplyError,
    NotFoundError,
    UnexpectedReplyError,
    WriteStalledError,
)

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/ipp\r\n"
IPP = bytes.fromhex("0200 0000 00000001 01 03")


def soon(seconds: float = 20) -> Deadline:
    return Deadline.after(seconds)


@contextlib.contextmanager
def answering(*answers: bytes | Callable[[socket.socket], object], reads: bool = True) -> Iterator[str]:
    """A server on loopback that gives one answer to each connection, or does with it what a function does."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(20)

    def serve() -> None:
        for one in answers:
            with contextlib.suppress(OSError):
                wire, _ = listener.accept()
                with wire:
                    wire.settimeout(20)
                    if reads:
                        wire.recv(1 << 16)
                    if callable(one):
                        one(wire)
                    else:
                        wire.sendall(one)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"cups://127.0.0.1:{listener.getsockname()[1]}/card"
    finally:
        listener.close()
        thread.join(20)
    assert not thread.is_alive()


def body(content: bytes) -> bytes:
    return OK + b"Content-Length: %d\r\n\r\n" % len(content) + content


def chunked(content: bytes) -> bytes:
    return OK + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n" % len(content) + content + b"\r\n0\r\n\r\n"


@pytest.mark.parametrize(
    "answer",
    [body(IPP), chunked(IPP), OK + b"\r\n" + IPP, b"HTTP/1.1 100 Continue\r\n\r\n" * 3 + body(IPP)],
    ids=["length", "chunks", "until closed", "after continue"],
)
def test_answers_in_every_lawful_form(answer: bytes) -> None:
    with answering(answer) as address:
        server = Server(address)
        assert server.post("/printers/card", b"question", soon()) == IPP
        server.close()


def endless(piece: bytes) -> Callable[[socket.socket], None]:
    def send(wire: socket.socket) -> None:
        with contextlib.suppress(OSError):
            wire.sendall(OK if piece != b"HTTP/1.1 100 Continue\r\n\r\n" else b"")
            wire.sendall(b"\r\n" if piece == b"x" else b"")
            while True:
                wire.sendall(piece * (1 << 12))

    return send


@pytest.mark.parametrize(
    ("answer", "error", "says"),
    [
        (b"garbage\r\n\r\n", UnexpectedReplyError, "speaks no HTTP"),
        (bytes(range(256)) * 400, UnexpectedReplyError, "speaks no HTTP"),
        (b"", GoneError, "closed by the other end"),
        (OK, GoneError, "closed by the other end"),
        (OK + b"Content-Length: 50\r\n\r\nshort", GoneError, "closed by the other end"),
        (
            b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>",
            UnexpectedReplyError,
            "no print",
        ),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", UnexpectedReplyError, "no content type"),
        (b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n", AccessError, "status 401"),
        (b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", AccessError, "status 403"),
        (b"HTTP/1.1 426 Upgrade Required\r\nContent-Length: 0\r\n\r\n", AccessError, "without password and encryption"),
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", UnexpectedReplyError, "status 404"),
        (b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n", UnexpectedReplyError, "status 500"),
        (
            b"HTTP/1.1 302 Found\r\nLocation: http://elsewhere/\r\nContent-Length: 0\r\n\r\n",
            UnexpectedReplyError,
            "302",
        ),
        (endless(b"x"), UnexpectedReplyError, "more than 1048576 bytes"),
        (endless(b"A: b\r\n"), UnexpectedReplyError, "speaks no HTTP"),
        (endless(b"HTTP/1.1 100 Continue\r\n\r\n"), UnexpectedReplyError, "more than 1048576 bytes"),
    ],
)
def test_other_answers_are_named(answer: object, error: type[DriverError], says: str) -> None:
    with (
        answering(answer) as address,  # type: ignore[arg-type]
        contextlib.closing(Server(address)) as server,
        pytest.raises(error, match=says),
    ):
        server.post("/printers/card", b"question", soon())


def test_an_answer_in_drops_ends_with_the_deadline() -> None:
    """Each byte comes soon enough, and the whole never: a limit for one read alone would wait for ever."""
    over = threading.Event()

    def drip(wire: socket.socket) -> None:
        with contextlib.suppress(OSError):
            for byte in OK * 1000:
                wire.sendall(bytes([byte]))
                if over.wait(0.02):
                    return

    with answering(drip) as address, contextlib.closing(Server(address)) as server:
        with pytest.raises(NoReplyError, match="in time"):
            server.post("/printers/card", b"question", soon(0.5))
        over.set()


def test_silence_ends_with_the_deadline() -> None:
    over = threading.Event()
    with answering(lambda _: over.wait(20)) as address, contextlib.closing(Server(address)) as server:
        with pytest.raises(NoReplyError, match="in time"):
            server.post("/printers/card", b"question", soon(0.3))
        over.set()


def test_a_server_that_takes_nothing_ends_with_the_deadline() -> None:
    over = threading.Event()
    waiting = answering(lambda _: over.wait(20), reads=False)
    with waiting as address, contextlib.closing(Server(address)) as server:
        with pytest.raises(WriteStalledError) as stalled:
            server.post("/printers/card", bytes(1 << 26), soon(0.5))
        assert 0 < stalled.value.accepted < 1 << 26
        over.set()


def test_one_connection_serves_until_it_is_closed() -> None:
    def two(wire: socket.socket) -> None:
        wire.sendall(body(IPP))
        wire.recv(1 << 16)
        wire.sendall(body(IPP))

    with answering(two, body(IPP)) as address, contextlib.closing(Server(address)) as server:
        for _ in range(2):
            assert server.post("/printers/card", b"question", soon()) == IPP
        assert server.connections == 1, "two answers under one number are from one run of the server"
        with contextlib.suppress(GoneError):  # the end of the first connection may be seen late
            server.post("/printers/card", b"question", soon())
        if server.connections == 1:
            server.post("/printers/card", b"question", soon())
        assert server.connections == 2


def test_nobody_there_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    for address in (f"cups://127.0.0.1:{port}/card", "cups://%2Fnowhere%2Fcups.sock/card"):
        with pytest.raises(NotFoundError, match="No print server answers") as absent:
            open_printer(address, family="cups", model="cr80", deadline=soon())
        assert "systemctl status cups" in absent.value.hint


@pytest.mark.parametrize(
    "address",
    [
        "cups:card",
        "cups://",
        "cups://host",
        "cups://host/",
        "cups://host:port/card",
        "cups://user:word@host/card",
        "cups://host/printers/card",
        "cups://host/card?x=1",
        "ipp://host/card",
        "cups://host/a%20b",
        "cups://[::1/card",
    ],
)
def test_other_addresses_are_refused(address: str) -> None:
    with pytest.raises(AddressError, match="not understood"):
        Server(address)


@pytest.mark.parametrize(
    ("address", "name", "queue"),
    [
        ("cups://localhost/card", "localhost:631", "card"),
        ("cups://Print-Host:8631/K%C3%A4rte", "print-host:8631", "K\u00e4rte"),
        ("cups://[::1]/card", "[::1]:631", "card"),
        ("cups://%2Frun%2Fcups%2FCups.sock/card", "/run/cups/Cups.sock", "card"),
    ],
)
def test_addresses(address: str, name: str, queue: str) -> None:
    server = Server(address)
    assert (server.name, server.queue) == (name, queue)


@pytest.mark.parametrize(
    ("content", "error", "says"),
    [
        (b"no IPP at all", UnexpectedReplyError, "no IPP"),
        (bytes.fromhex("0200 0000 00000009 01 03"), NoReplyError, "another question"),
        (bytes.fromhex("0200 0406 00000001 01 03"), NotFoundError, "no queue card"),
        (bytes.fromhex("0200 0503 00000001 01 03"), DriverError, "did not do"),
        (IPP, DriverError, "error policy unknown"),
    ],
)
def test_a_queue_that_answers_oddly_is_not_opened(content: bytes, error: type[DriverError], says: str) -> None:
    with answering(body(content)) as address, pytest.raises(error, match=says):
        open_uri(address, MODELS["cr80"], soon())


def test_a_queue_that_goes_silent_is_unknown_and_not_idle() -> None:
    """A status is a reading: that none came is one, too."""
    attributes = [
        (0x41, b"printer-name", b"card"),
        (0x44, b"printer-error-policy", b"abort-job"),
        (0x45, b"device-uri", b"once:usb://Card"),
        (0x22, b"printer-is-shared", b"\x00"),
        (0x49, b"document-format-supported", b"image/pwg-raster"),
        (0x32, b"pwg-raster-document-resolution-supported", struct.pack(">iib", 300, 300, 3)),
        (0x44, b"pwg-raster-document-type-supported", b"srgb_8"),
        (0x44, b"media-supported", b"custom_cr80_85.6x53.98mm"),
    ]
    fields = b"".join(
        struct.pack(">BH", tag, len(name)) + name + struct.pack(">H", len(value)) + value
        for tag, name, value in attributes
    )
    over = threading.Event()

    def once(wire: socket.socket) -> None:
        wire.sendall(body(bytes.fromhex("0200 0000 00000001 04") + fields + b"\x03"))
        over.wait(20)

    with answering(once) as address, contextlib.closing(open_uri(address, MODELS["cr80"], soon())) as printer:
        status = printer.status(soon(0.3))
        over.set()
    assert (status.state, status.blocking[0].reason) == ("unknown", "unknown")
