"""Real sockets and real pseudo-terminals under the transports; addresses. USB is in the contract suite."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import tty
from collections.abc import Iterator

import pytest

from drivers.deadline import Deadline
from drivers.errors import AddressError, BusyError, DriverError, GoneError, NotFoundError, WriteStalledError
from drivers.transports import open_transport
from drivers.transports.base import Transport


class Peer:
    """The far end of a wire: a descriptor to read and write, and a way to break it."""

    def __init__(self, uri: str, descriptor: int) -> None:
        self.uri, self._descriptor = uri, descriptor

    def send(self, data: bytes) -> None:
        os.write(self._descriptor, data)

    def receive(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            data += os.read(self._descriptor, size - len(data))
        return data

    def cut(self) -> None:
        descriptor, self._descriptor = self._descriptor, -1  # first, or whoever it wakes would close it again
        if descriptor >= 0:
            os.close(descriptor)


@contextlib.contextmanager
def serial_line() -> Iterator[tuple[Transport, Peer]]:
    master, slave = os.openpty()
    tty.setraw(master)
    peer = Peer(f"serial:{os.ttyname(slave)}?baud=115200", master)
    try:
        with contextlib.closing(open_transport(peer.uri, deadline=Deadline.after(5))) as transport:
            os.close(slave)
            yield transport, peer
    finally:
        peer.cut()


@contextlib.contextmanager
def tcp_line() -> Iterator[tuple[Transport, Peer]]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        uri = f"tcp://127.0.0.1:{server.getsockname()[1]}"
        with contextlib.closing(open_transport(uri, deadline=Deadline.after(5))) as transport:
            peer = Peer(uri, server.accept()[0].detach())
            try:
                yield transport, peer
            finally:
                peer.cut()


@pytest.fixture(params=[serial_line, tcp_line], ids=["serial", "tcp"])
def line(request: pytest.FixtureRequest) -> Iterator[tuple[Transport, Peer]]:
    with request.param() as pair:
        yield pair


def test_bytes_go_both_ways_unchanged(line: tuple[Transport, Peer]) -> None:
    transport, peer = line
    every = bytes(range(256)) * 4
    transport.write(every, Deadline.after(5))
    assert peer.receive(len(every)) == every
    peer.send(every)
    got = b""
    while len(got) < len(every):
        part = transport.read(Deadline.after(5))
        assert part
        got += part
    assert got == every


def test_a_large_write_goes_through_while_the_other_end_reads(line: tuple[Transport, Peer]) -> None:
    transport, peer = line
    data, got = os.urandom(300_000), list[bytes]()
    reader = threading.Thread(target=lambda: got.append(peer.receive(len(data))))
    reader.start()
    transport.write(data, Deadline.after(20))
    reader.join(20)
    assert got == [data]


def test_nothing_to_read_is_nothing_and_no_error(line: tuple[Transport, Peer]) -> None:
    transport, peer = line
    assert transport.read(Deadline.after(0)) == b""
    assert transport.read(Deadline.after(0.02)) == b""
    peer.send(b"OK\0")
    assert transport.read(Deadline.after(5)) == b"OK\0"


def test_a_stalled_write_tells_how_much_was_taken(line: tuple[Transport, Peer]) -> None:
    transport, peer = line
    data = os.urandom(16 << 20)
    with pytest.raises(WriteStalledError) as caught:
        transport.write(data, Deadline.after(0.3))
    accepted = caught.value.accepted
    assert 0 < accepted < len(data)
    assert peer.receive(accepted) == data[:accepted]


def test_a_cut_line_is_gone_for_reads_and_writes(line: tuple[Transport, Peer]) -> None:
    transport, peer = line
    peer.cut()
    with pytest.raises(GoneError):
        transport.read(Deadline.after(5))
    with pytest.raises(GoneError):  # a socket takes what is sent first, and only then hears that nobody is there
        transport.write(bytes(32 << 20), Deadline.after(20))


def test_a_line_cut_while_we_wait_wakes_us(line: tuple[Transport, Peer]) -> None:
    transport, peer = line
    threading.Timer(0.05, peer.cut).start()
    with pytest.raises(GoneError):
        transport.read(Deadline.after(20))


def test_closing_twice_is_harmless_and_frees_the_line(line: tuple[Transport, Peer]) -> None:
    transport, _ = line
    transport.close()
    transport.close()
    with pytest.raises(DriverError):
        transport.write(b"x", Deadline.after(1))


def test_a_serial_line_has_one_user() -> None:
    with serial_line() as (_, peer), pytest.raises(BusyError):
        open_transport(peer.uri, deadline=Deadline.after(1))
    with pytest.raises(NotFoundError):
        open_transport(peer.uri, deadline=Deadline.after(1))


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(NotFoundError, match=str(port)):
        open_transport(f"tcp://127.0.0.1:{port}", deadline=Deadline.after(5))
    with pytest.raises(NotFoundError):
        open_transport("serial:/dev/no-such-line", deadline=Deadline.after(5))


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "usb:",
        "usb://0f49",
        "usb://0f49/",
        "usb://f49/123",
        "usb://zzzz/123",
        "tcp://host",
        "tcp://:9100",
        "tcp://host:99999",
        "tcp://host:9100/queue",
        "serial:ttyUSB0",
        "serial://dev/ttyUSB0",
        "serial:/dev/ttyUSB0?baud=fast",
        "serial:/dev/ttyUSB0?baud=9600&baud=19200",
        "serial:/dev/ttyUSB0?speed=9600",
        "http://host:80",
        "tcp://[::1:9100",
    ],
)
def test_an_address_that_is_none_is_refused_with_the_forms_that_are(uri: str) -> None:
    with pytest.raises(AddressError) as caught:
        open_transport(uri, deadline=Deadline.after(1))
    assert "tcp://host:port" in caught.value.hint
