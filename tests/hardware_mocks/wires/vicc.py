"""Virtual cards in a virtual reader of a real pcscd: vpcd asks for a card over TCP, this answers (vpcd's own protocol).

Each message is a big-endian ``u16`` length and so many bytes. One byte from the reader is a control: 0 power off, 1
power on, 2 reset, all without reply, and 4, answered with the ATR. Anything longer is an APDU, answered with data and
status word. A card that connects is inserted, one that hangs up is removed. vpcd can only listen on all interfaces, so
it gets a network of its own wherever this user may make one.
"""

import contextlib
import fcntl
import functools
import os
import secrets
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

ATR = bytes.fromhex("3B8F8001804F0CA000000306030001000000006A")
"""ATR of a contactless memory card as a reader builds it (PC/SC part 3)."""
GET_UID = bytes.fromhex("FFCA000000")
SLOTS = 2
"""Slots of one virtual reader; vpcd makes no less."""
_POWER_OFF, _POWER_ON, _RESET, _SEND_ATR = b"\x00", b"\x01", b"\x02", b"\x04"
_DRIVER = Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so")
_DAEMON = Path("/usr/sbin/pcscd")
_READY_SECONDS = 20.0
_POLL_SECONDS = 0.5
"""pcscd looks for a card every 0.4 s; one that is exchanged between two looks it takes for the old one, gone mad."""


class UnavailableError(Exception):
    """No pcscd with vpcd can be run here; the message says what would make it possible."""


@dataclass
class VirtualCard:
    """A card with a chip. ``script`` answers the next requests for the UID in place of it, first one first; an answer
    of no bytes at all is a card that is gone, ``hangs`` is one that never answers again.

    :param uid: what the chip says it is; ``None`` for a random one of four bytes, new at every power-up, first byte 08.
    :param pupi: as ``uid`` ``None``, but as type B chips do it: four bytes that no first byte marks as random.
    """

    uid: bytes | None = bytes.fromhex("04A1B2C3D4E5F6")
    pupi: bool = False
    hangs: bool = False
    atr: bytes = ATR
    script: list[bytes] = field(default_factory=list)
    asked: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Be powered for the first time."""
        self.seen = threading.Event()
        """Set once a reader has powered it."""
        self.power_up()

    def power_up(self) -> None:
        """Choose a new number where it is random."""
        self.now = self.uid
        if self.pupi:
            self.now = b"\x5c" + secrets.token_bytes(3)
        elif self.uid is None:
            self.now = b"\x08" + secrets.token_bytes(3)

    def answer(self, apdu: bytes) -> bytes:
        """Answer one APDU."""
        self.asked.append(apdu)
        if apdu[:4] != GET_UID[:4]:
            return b"\x6d\x00"
        if self.script:
            return self.script.pop(0)
        return (self.now or b"") + b"\x90\x00"


class Slot:
    """Where one card can be.

    :param connect: reaches the slot's port; raises OSError while nobody listens.
    """

    def __init__(self, connect: Callable[[], socket.socket]) -> None:
        self._connect = connect
        self._changed = threading.Condition()
        self._card: VirtualCard | None = None
        self._connection: socket.socket | None = None
        self._closing = False
        self._vacant = 0.0  # when the last card went
        self._thread = threading.Thread(target=self._serve, name="virtual card", daemon=True)
        self._thread.start()

    @property
    def card(self) -> VirtualCard | None:
        """The card that is there."""
        return self._card

    def insert(self, card: VirtualCard) -> None:
        """Put a card there in place of what was there."""
        self._put(card)

    def remove(self) -> None:
        """Take the card away."""
        self._put(None)

    def close(self) -> None:
        """Take the card away for good."""
        self._closing = True
        self._put(None)
        self._thread.join(10)

    def _put(self, card: VirtualCard | None) -> None:
        with self._changed:
            if self._card is not None:
                self._vacant = time.monotonic()
            self._card = card
            if self._connection is not None:
                with contextlib.suppress(OSError):
                    self._connection.shutdown(socket.SHUT_RDWR)
            self._changed.notify_all()

    def _serve(self) -> None:
        """Keep the card that is there connected, also over a restart of the reader."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._closing or self._card is not None)
                left = self._vacant + _POLL_SECONDS - time.monotonic()
                self._changed.wait_for(lambda: self._closing, max(0.0, left))
                if self._closing:
                    return
            with contextlib.suppress(OSError), self._connect() as connection:
                with self._changed:
                    card, self._connection = self._card, connection
                if card is not None:
                    self._talk(connection, card)
            with self._changed:
                self._connection = None
                self._changed.wait_for(lambda: self._closing, 0.01)

    def _talk(self, connection: socket.socket, card: VirtualCard) -> None:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while (message := _receive(connection)) is not None:
            if message == _SEND_ATR:
                _send(connection, card.atr)
            elif message in (_POWER_ON, _RESET):
                card.power_up()
                card.seen.set()
            elif message != _POWER_OFF and not card.hangs:
                _send(connection, card.answer(message))


def _receive(connection: socket.socket) -> bytes | None:
    head = _exactly(connection, 2)
    return None if head is None else _exactly(connection, struct.unpack(">H", head)[0])


def _exactly(connection: socket.socket, size: int) -> bytes | None:
    data = b""
    while len(data) < size:
        if hasattr(socket, "TCP_QUICKACK"):  # else every APDU waits for the kernel's delayed acknowledgement
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        piece = connection.recv(size - len(data))
        if not piece:
            return None
        data += piece
    return data


def _send(connection: socket.socket, data: bytes) -> None:
    connection.sendall(struct.pack(">H", len(data)) + data)


class Pcscd:
    """A real pcscd with one virtual reader of two slots, for this process alone.

    It runs in user, mount and network namespaces of its own, where the folder that it always uses is ours and all
    interfaces are one loopback: any number can run at once, as any user, beside the machine's own. Where namespaces are
    forbidden root runs one at a time in the real ``/run/pcscd``, guarded by a file lock; then, and only then, its two
    ports are open to the machine's network while it runs. A client is led to it by ``PCSCLITE_CSOCK_NAME``, which
    libpcsclite reads once: ``socket`` stays the same over stops and starts.

    :param name: of the readers; pcscd adds numbers: ``slots[0]`` is ``readers[0]``, "NAME 00 00".
    :raises UnavailableError: packages are missing, or this user may not.
    """

    def __init__(self, name: str = "Station Reader") -> None:
        missing = [str(path) for path in (_DAEMON, _DRIVER) if not path.exists()]
        if missing:
            raise UnavailableError(f"{missing[0]} is missing: apt-get install pcscd vsmartcard-vpcd libpcsclite1")
        self.readers = [f"{name} 00 {slot:02}" for slot in range(SLOTS)]
        self.folder = Path(tempfile.mkdtemp(prefix="pcscd-"))  # short: a socket's path has at most 107 bytes
        self.socket = self.folder / "client.sock"
        (self.folder / "run").mkdir()
        (self.folder / "no-usb").mkdir()
        self._config = self.folder / "reader.conf"
        self._config.write_text(
            f'FRIENDLYNAME "{name}"\nDEVICENAME /dev/null:{_PORT}\nLIBPATH {_DRIVER}\nCHANNELID {_PORT}\n'
        )
        self._process: subprocess.Popen[bytes] | None = None
        self._door: socket.socket | None = None
        self._knocking = threading.Lock()
        self._lock: int | None = None
        self._apart = _namespaces()
        self.slots = [Slot(functools.partial(self._reach, _PORT + number)) for number in range(SLOTS)]
        try:
            if not self._apart:
                self._lock = _take_run()
            run = self.folder / "run" if self._apart else Path("/run/pcscd")
            self.socket.symlink_to(run / "pcscd.comm")
            self.start()
        except BaseException:
            self.close()
            raise

    def start(self) -> None:
        """Start it and wait until it listens."""
        command = [str(_DAEMON), "--foreground", "--error", "--config", str(self._config)]
        ours, theirs = socket.socketpair()
        if self._apart:
            command = [*_UNSHARE, "sh", "-c", _INSIDE, str(self.folder / "run"), sys.executable, _DOOR, *command]
        with (self.folder / "log").open("ab") as log, theirs:
            self._process = subprocess.Popen(
                command,
                stdin=theirs.fileno(),
                stdout=log,
                stderr=log,
                env={**os.environ, "PCSCLITE_HP_DROPDIR": str(self.folder / "no-usb")},
            )
        ours.settimeout(_READY_SECONDS)
        with self._knocking:
            self._door = ours
        deadline = time.monotonic() + _READY_SECONDS
        while not self._listens():
            if self._process.poll() is not None or time.monotonic() > deadline:
                said = (self.folder / "log").read_text(errors="replace")[-500:]
                raise UnavailableError(f"pcscd does not run: {said}")
            time.sleep(0.01)

    @property
    def running(self) -> bool:
        """Whether it was started and not stopped."""
        return self._process is not None

    def stop(self) -> None:
        """Stop it: every reader is gone."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait(10)
            self._process = None
        with self._knocking:
            if self._door is not None:
                self._door.close()  # the door's keeper ends by it
                self._door = None

    def close(self) -> None:
        """Stop it and take everything away."""
        for slot in self.slots:
            slot.close()
        self.stop()
        if self._lock is not None:
            os.close(self._lock)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _reach(self, port: int) -> socket.socket:
        """Connect to a port where vpcd listens: in its own network through the door there."""
        if not self._apart:
            return socket.create_connection(("127.0.0.1", port), timeout=None)
        with self._knocking:
            if self._door is None:
                raise ConnectionRefusedError
            self._door.sendall(b"%05d" % port)
            _, descriptors, _, _ = socket.recv_fds(self._door, 1, 1)
        if not descriptors:
            raise ConnectionRefusedError
        return socket.socket(fileno=descriptors[0])

    def _listens(self) -> bool:
        with socket.socket(socket.AF_UNIX) as client:
            try:
                client.connect(str(self.socket))
            except OSError:
                return False
        return True


_PORT = 35963
_UNSHARE = ["unshare", "--user", "--map-root-user", "--mount", "--net"]
_INSIDE = """
mount -t tmpfs none /run && mkdir /run/pcscd && mount --bind "$0" /run/pcscd || exit 1
exec 3<&0 </dev/null
"$1" -I -c "$2" <&3 3<&- &
shift 2
exec "$@" 3<&-
"""
_DOOR = """
import fcntl, socket, struct
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
    fcntl.ioctl(any_socket, 0x8914, struct.pack("16sh14x", b"lo", 0x41))  # SIOCSIFFLAGS: up and running
door = socket.socket(fileno=0)
while port := door.recv(5, socket.MSG_WAITALL):
    try:
        with socket.create_connection(("127.0.0.1", int(port))) as there:
            socket.send_fds(door, [b"+"], [there.fileno()])
    except ConnectionRefusedError:
        door.sendall(b"-")
"""


def _namespaces() -> bool:
    """Say whether this user may have mounts of their own."""
    try:
        tried = subprocess.run([*_UNSHARE, "mount", "-t", "tmpfs", "none", "/run"], check=False, capture_output=True)
    except OSError:
        return False
    return tried.returncode == 0


def _take_run() -> int:
    """Take ``/run/pcscd`` for this process, after every other one that tests."""
    if os.getuid() != 0:
        raise UnavailableError("this user may neither make namespaces nor write to /run: run the tests as root")
    lock = os.open("/run/printd-tests-pcscd.lock", os.O_CREAT | os.O_RDWR, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX)
    Path("/run/pcscd").mkdir(exist_ok=True)
    with socket.socket(socket.AF_UNIX) as client:
        try:
            client.connect("/run/pcscd/pcscd.comm")
        except OSError:
            return lock
    os.close(lock)
    raise UnavailableError("another pcscd runs here; stop it, or allow user namespaces")


@contextlib.contextmanager
def pcscd(name: str = "Station Reader") -> Iterator[Pcscd]:
    """Run one and lead this process's PC/SC client to it."""
    made = Pcscd(name)
    before = os.environ.get("PCSCLITE_CSOCK_NAME")
    os.environ["PCSCLITE_CSOCK_NAME"] = str(made.socket)
    try:
        yield made
    finally:
        if before is None:
            del os.environ["PCSCLITE_CSOCK_NAME"]
        else:
            os.environ["PCSCLITE_CSOCK_NAME"] = before
        made.close()
