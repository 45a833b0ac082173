"""The daemon ends within ten seconds of SIGTERM whatever stands still, and nothing is lost by it."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from crash.test_killed_daemon import _attempts, _of, daemon_process
from drivers.deadline import Deadline
from printd.daemon import daemon as daemon_module
from printd.daemon.daemon import Daemon
from printd.demo.staff import CHECKER, RUNNER, person
from printd.events.kinds import read
from printd.shop.folder import SOCKET_NAME
from printd.shop.shop import Shop
from support.office import Office, office, until

PROMISE = 10  # seconds


@contextmanager
def dead_address() -> Iterator[str]:
    """Give a TCP address at which connecting takes for ever: its queue is full and nobody accepts."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        waiting = []
        try:
            for _ in range(4):
                one = socket.socket()
                one.setblocking(False)
                with suppress(BlockingIOError):
                    one.connect(listener.getsockname())
                waiting.append(one)
            yield "tcp://{}:{}".format(*listener.getsockname())
        finally:
            for one in waiting:
                one.close()


def _book_at(made: Office, name: str, uri: str, first: int) -> None:
    """Book a printer that nobody can reach now, with blanks in its hopper."""
    told = {"printer": name, "uri": uri, "family": "evolis", "model": "primacy", "serial_number": name, "firmware": "1"}
    made.shop.books.enter(read("printer.added", told), [RUNNER, CHECKER])
    made.issue(f"BLK{first:06d}", f"BLK{first + 1:06d}")
    made.act("blanks.load", printer=name, pieces=2, by=person(RUNNER))
    made.act("printers.resume", name=name, by=person(RUNNER))


def test_everything_stands_still_at_once(tmp_path: Path) -> None:
    """A bitmap under way on a silent printer, a card on a slow one, a dead address, one in doubt, requests open."""
    fault = "silence@command=Db,panel=m,card=1"
    with dead_address() as uri, office(tmp_path, printers=2, blanks=6, faults=(fault,), speed=2.0) as made:
        made.take_in(4)
        _book_at(made, "p2", uri, 13)
        path = made.shop_folder / "printd.toml"
        patient = path.read_text(encoding="utf-8").replace("command_seconds = 0.8", "command_seconds = 60")
        path.write_text(patient.replace("card_seconds = 2", "card_seconds = 600"), encoding="utf-8")
        made.reconfigure()
        made.shop.sign()
        silent, slow = made.printers["p0"], made.printers["p1"]
        with (
            daemon_process(made.shop_folder) as process,
            socket.socket(socket.AF_UNIX) as half,
            socket.socket(socket.AF_UNIX) as whole,
        ):
            until(lambda: bool(silent.truth.read("fault")), "p0 is silent in the middle of its bitmaps")
            until(lambda: bool(slow.truth.read("laid")), "p1 has a card under way")
            for one, act, body in ((half, "jobs.list", b"{"), (whole, "printers.discover", _tcp(uri))):
                one.connect(str(made.shop_folder / SOCKET_NAME))
                said = max(len(body), 9)  # of the first request the rest never comes
                one.sendall(
                    f"POST /acts/{act} HTTP/1.1\r\nHost: printd\r\nContent-Length: {said}\r\n\r\n".encode() + body
                )
            open_then = _of(_attempts(made), "open")
            assert len(open_then) == 2
            process.terminate()
            assert process.wait(PROMISE) == 0
        assert not (made.shop_folder / SOCKET_NAME).exists()
        left = _of(_attempts(made), "open")
        assert left <= open_then
        assert left, "the card of the silent printer cannot have ended"
        for printer in (silent, slow):
            printer.hands.power_off()
            printer.machine.speed = 0.0  # the rest need not take its time
            printer.hands.power_on()
        made.act("printers.pause", name="p2", by=person(RUNNER))
        _leave_out(made, "p2")
        with made.open_doors():
            until(lambda: _of(_attempts(made), "in_doubt") == left, "what was under way is in doubt, and nothing else")
            made.print_everything(4)
        made.judge(records=4)


def _leave_out(made: Office, name: str) -> None:
    """Let the staff see the other printers only."""
    act = made.act

    def without(called: str, /, **arguments: Any) -> Any:
        told = act(called, **arguments)
        return [row for row in told if row["name"] != name] if called == "printers.list" else told

    made.act = without  # type: ignore[method-assign]


def _tcp(uri: str) -> bytes:
    return json.dumps({"tcp": [uri.removeprefix("tcp://")]}).encode()


def test_a_signature_that_never_ends_keeps_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    let_go, real = threading.Event(), Shop.sign

    def sign(shop: Shop) -> int:
        assert let_go.wait(60)
        return real(shop)

    monkeypatch.setattr(daemon_module, "_PARTS_SECONDS", 0.2)
    monkeypatch.setattr(daemon_module, "_LAST_SECONDS", 0.2)
    with office(tmp_path) as made:
        monkeypatch.setattr(Shop, "sign", sign)
        daemon = Daemon(made.shop)
        thread = threading.Thread(target=daemon.run)
        thread.start()
        until(lambda: daemon._signing is not None, "it signs")
        daemon.stop()
        thread.join(PROMISE)
        try:
            assert not thread.is_alive()
            assert daemon.left == ["checkpoints", "last checkpoint"]
        finally:
            let_go.set()
            assert daemon.parts.wait(Deadline.after(10)) == []
