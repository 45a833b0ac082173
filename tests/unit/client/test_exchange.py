"""One request over a Unix socket: a whole answer is told, and what is not whole is never taken for one."""

import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from printd.client.exchange import BrokenOffError, post

SECONDS = 30.0
WHOLE = b'HTTP/1.1 409 Conflict\r\nserver: uvicorn\r\nContent-Length: 12\r\nconnection: close\r\n\r\n{"a": "b\\n"}'


@pytest.fixture
def answering(tmp_path: Path) -> Iterator[Callable[[bytes], Path]]:
    """Return a way to a socket that reads one request and answers with these bytes, and then ends."""
    doors: list[socket.socket] = []

    def answer(told: bytes) -> Path:
        door = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        doors.append(door)
        path = tmp_path / f"{len(doors)}.sock"
        door.bind(str(path))
        door.listen()
        thread = threading.Thread(target=serve, args=(door, told))
        thread.start()
        threads.append(thread)
        return path

    threads: list[threading.Thread] = []
    yield answer
    for thread in threads:
        thread.join(SECONDS)
    for door in doors:
        door.close()


def serve(door: socket.socket, told: bytes) -> None:
    door.settimeout(SECONDS)
    there, _ = door.accept()
    with there:
        there.settimeout(SECONDS)
        asked = b""
        while not asked.endswith(b"{}"):
            asked += there.recv(1000)
        assert asked.startswith(b"POST /acts/x HTTP/1.1\r\n")
        assert b"\r\nContent-Length: 2\r\n" in asked
        for at in range(len(told)):  # a byte at a time: nothing may hang on how it is cut
            there.sendall(told[at : at + 1])


def test_a_whole_answer_is_status_and_body(answering: Callable[[bytes], Path]) -> None:
    assert post(answering(WHOLE), "/acts/x", b"{}", SECONDS) == (409, b'{"a": "b\\n"}')


def test_an_answer_that_is_cut_anywhere_is_no_answer(answering: Callable[[bytes], Path]) -> None:
    for length in range(len(WHOLE)):
        with pytest.raises(BrokenOffError):
            post(answering(WHOLE[:length]), "/acts/x", b"{}", SECONDS)


@pytest.mark.parametrize(
    "told",
    [
        WHOLE + b"x",
        WHOLE.replace(b"Content-Length: 12", b"Content-Length: x"),
        WHOLE.replace(b"Content-Length: 12\r\n", b""),
        WHOLE.replace(b"HTTP/1.1", b"SSH-2.0"),
    ],
)
def test_what_is_no_answer_of_ours_is_no_answer(answering: Callable[[bytes], Path], told: bytes) -> None:
    with pytest.raises(BrokenOffError):
        post(answering(told), "/acts/x", b"{}", SECONDS)


def test_silence_ends(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as door:
        door.bind(str(tmp_path / "silent.sock"))
        door.listen()
        with pytest.raises(BrokenOffError, match="TimeoutError"):
            post(tmp_path / "silent.sock", "/acts/x", b"{}", 0.2)


def test_where_nobody_listens_nothing_was_sent(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        post(tmp_path / "nobody.sock", "/acts/x", b"{}", SECONDS)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as door:
        door.bind(str(tmp_path / "left.sock"))
    with pytest.raises(OSError, match="refused"):
        post(tmp_path / "left.sock", "/acts/x", b"{}", SECONDS)
