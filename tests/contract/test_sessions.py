"""People at real terminals beside a real daemon: what they type, what they read, and when a session is over."""

from __future__ import annotations

import json
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from printd.client.client import call, listens
from printd.daemon.daemon import Daemon
from printd.desk.proofs import Logins
from printd.errors import Refused
from printd.ledger.entry import Entry
from printd.people.sessions import NoSessionError
from printd.shop.folder import SOCKET_NAME
from printd.shop.shop import Shop
from printd.store import log
from support.fixed import ORIGIN
from support.people import FIRST, FIRST_TWO, SECOND, create, passphrase_of, person
from support.terminal import Seat

SECONDS = 180.0
PIN, PIN_OF_SECOND = "4711", "24680"


def asked(name: str, pin: str) -> list[tuple[str, str]]:
    """Return what a login asks, with the answers."""
    return [
        (f"Passphrase of {name}", passphrase_of(name)),
        ("PIN for this terminal", pin),
        ("again", pin),
    ]


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder with a short name: a socket's has a longest length."""
    with tempfile.TemporaryDirectory(prefix="ps-") as name:
        (Path(name) / "run").mkdir(mode=0o700)
        yield Path(name)


@pytest.fixture
def shop(place: Path) -> Iterator[Path]:
    """A shop whose daemon runs."""
    folder = place / "shop"
    create(folder, origin=ORIGIN)
    with (place / "daemon.log").open("wb") as lines:
        daemon = subprocess.Popen([sys.executable, "-m", "printd", "--shop", str(folder), "run"], stderr=lines)
    try:
        until_it_listens(folder)
        yield folder
    finally:
        daemon.send_signal(signal.SIGTERM)
        daemon.wait(SECONDS)


def until_it_listens(folder: Path) -> None:
    end = time.monotonic() + SECONDS
    while not listens(folder / SOCKET_NAME):
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.fixture
def seats(shop: Path, place: Path) -> Iterator[tuple[Seat, Seat]]:
    """Two terminals of one user."""
    two = Seat(shop, place / "run"), Seat(shop, place / "run")
    try:
        yield two
    finally:
        for one in two:
            one.leave()


def entries(folder: Path) -> list[Entry]:
    made = Shop.open(folder)
    try:
        with made.store.reading() as connection:
            return [Entry.from_body(body) for _, body, _ in log.entries(connection)]
    finally:
        made.close()


@pytest.mark.timeout(900)
def test_two_people_at_two_terminals(shop: Path, place: Path, seats: tuple[Seat, Seat]) -> None:
    here, there = seats
    code, told = here.run("printd printers add p1 --with budi")
    assert (code, told.splitlines()[0]) == (1, "Nobody is logged in here.")
    code, told = here.run(f"printd login {FIRST}", *asked(FIRST, PIN))
    assert code == 0
    assert f"{FIRST} is logged in at pts/" in told
    assert passphrase_of(FIRST) not in told
    assert PIN not in told
    (kept,) = (place / "run/printd").iterdir()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.parent.stat().st_mode) == 0o700
    assert set(json.loads(kept.read_text())) == {"name", "token"}

    code, told = there.run("printd printers pause p1")
    assert told.startswith("Nobody is logged in here."), "a session is of one terminal"
    assert there.run(f"printd login {SECOND}", *asked(SECOND, PIN_OF_SECOND))[0] == 0
    listed = json.loads(there.run("printd people --json")[1])
    assert [one["name"] for one in listed] == sorted([FIRST, SECOND])
    assert len({one["terminal"] for one in listed}) == 2

    add = f"printd printers add p1 --with {SECOND}"
    code, told = here.run(add, (f"PIN or passphrase of {SECOND}", "1357"))
    assert (code, "That is not the PIN" in told, "4 more tries" in told) == (1, True, True)
    assert here.run(add, (f"PIN or passphrase of {SECOND}", PIN_OF_SECOND))[0] == 0
    code, told = here.run(
        "printd printers add p2 --with " + SECOND, (f"PIN or passphrase of {SECOND}", passphrase_of(SECOND))
    )
    assert code == 0
    assert f"p1 works for {FIRST}." in here.run("printd printers resume p1")[1]
    assert there.run("printd printers pause p1") == (0, "p1 is paused.")
    code, told = there.run(f"printd printers pause p2 --by {FIRST}", (f"PIN or passphrase of {FIRST}", PIN))
    assert code == 0

    assert there.run("printd logout") == (0, f"{SECOND} is logged out.")
    assert there.run("printd printers resume p1")[0] == 1
    assert list((place / "run/printd").iterdir()) == [kept]
    code, told = here.run(f"printd people --end {FIRST}")
    assert (code, told) == (0, f"Sessions of {FIRST} ended: 1.")
    code, told = here.run("printd printers resume p1")
    assert (code, told.splitlines()[0]) == (1, f"{FIRST} is not logged in here any more.")


@pytest.mark.timeout(900)
def test_a_key_for_a_script_and_what_the_log_says_without_a_daemon(place: Path) -> None:
    folder = place / "shop"
    create(folder, origin=ORIGIN)
    seat = Seat(folder)
    try:
        code, told = seat.run(f"printd login {FIRST}")
        assert (code, told.splitlines()[0]) == (1, "Nobody can log in while the daemon does not run."), "nothing asked"
        file = place / "script"
        code, told = seat.run(
            f"printd login {FIRST} --for-script {file}", (f"Passphrase of {FIRST}", passphrase_of(FIRST))
        )
        assert (code, "whoever reads it acts under this name" in told) == (0, True)
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert set(json.loads(file.read_text())) == {"name", "origin", "seed", "warning"}
        code, told = seat.run(
            f"printd login {FIRST} --for-script {file}", (f"Passphrase of {FIRST}", passphrase_of(FIRST))
        )
        assert (code, "cannot be kept" in told) == (1, True), "what is there is not written over"
        assert seat.run(f"PRINTD_SESSIONS={file} printd incidents open other --note test")[0] == 0
        code, told = seat.run(
            f"printd incidents open other --note test --by {FIRST}", (f"Passphrase of {FIRST}", "wrong")
        )
        assert code == 1
    finally:
        seat.leave()
    failed = [entry for entry in entries(folder) if entry.kind == "login.failed"]
    assert [(entry.actors, entry.data) for entry in failed] == [((), {"names": {FIRST: 1}, "unknown": 0})]


# --- the daemon ----------------------------------------------------------------------------------


class _Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


class _Running:
    """A daemon in a thread, with a clock to turn."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.clock = folder, _Clock()
        self.shop = Shop.open(folder)
        self.daemon = Daemon(self.shop, Logins(self.clock, 600.0))
        self._thread = threading.Thread(target=self.daemon.run)
        self._thread.start()
        until_it_listens(folder)

    def act(self, name: str, /, **arguments: object) -> dict[str, object]:
        told: dict[str, object] = call(self.folder, name, arguments)
        return told

    def stop(self) -> None:
        self.daemon.stop()
        self._thread.join(SECONDS)
        assert not self._thread.is_alive()


@pytest.fixture
def running(place: Path) -> Iterator[_Running]:
    create(place / "shop", origin=ORIGIN)
    made = _Running(place / "shop")
    try:
        yield made
    finally:
        made.stop()
        made.shop.close()


def _login(running: _Running, name: str) -> dict[str, str]:
    done = running.act("people.login", by={**person(name), "terminal": "pts/3"}, pin=PIN)
    return {"name": name, "session": str(done["token"])}


def _note(running: _Running, by: dict[str, str]) -> None:
    running.act("incidents.open", kind="other", note="a test", by=by)


@pytest.mark.timeout(900)
def test_a_daemon_ends_what_is_idle_by_itself(running: _Running) -> None:
    here = _login(running, FIRST)
    key = running.daemon.logins.sessions.by_token(here["session"])
    _note(running, here)
    running.clock.now += 600.0
    end = time.monotonic() + SECONDS
    while True:  # nobody asks for the session, and its key goes all the same
        try:
            key.sign(b"x")
        except NoSessionError:
            break
        assert time.monotonic() < end
        time.sleep(0.05)
    with pytest.raises(Refused, match="not logged in here any more"):
        _note(running, here)


@pytest.mark.timeout(900)
def test_retirement_ends_it_and_five_wrong_pins_end_the_pin(running: _Running) -> None:
    running.act(
        "operators.enrol",
        name="siti",
        role="operator",
        legal_name="Siti",
        passphrase=passphrase_of("siti"),
        **FIRST_TWO,
    )
    here = _login(running, "siti")
    for _ in range(5):
        running.clock.now += 60.0
        with pytest.raises(Refused, match="PIN of siti"):
            _note(running, {"name": "siti", "pin": "0000"})
    running.clock.now += 60.0
    with pytest.raises(Refused, match="The PIN of siti works no more"):
        _note(running, {"name": "siti", "pin": PIN})
    running.clock.now += 60.0
    _note(running, here)
    running.act("operators.retire", name="siti", **FIRST_TWO)
    with pytest.raises(Refused, match="siti is not logged in here any more"):
        _note(running, here)


@pytest.mark.timeout(900)
def test_a_stop_ends_all_and_tells_the_log_what_failed(place: Path) -> None:
    create(place / "shop", origin=ORIGIN)
    running = _Running(place / "shop")
    try:
        key = running.daemon.logins.sessions.by_token(_login(running, FIRST)["session"])
        for name in (SECOND, SECOND, "nobody"):
            with pytest.raises(Refused):
                _note(running, {"name": name, "passphrase": "wrong"})
    finally:
        running.stop()
        running.shop.close()
    with pytest.raises(NoSessionError):
        key.sign(b"x")
    last = entries(place / "shop")[-1]
    assert (last.kind, last.actors, last.data) == ("login.failed", (), {"names": {SECOND: 2}, "unknown": 1})
