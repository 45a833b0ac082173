"""Photo and signature judged in a process of their own, under limits of time and memory.

A picture is what a stranger made for a decoder. One that takes too long, too much, or breaks the decoder costs that
process and its own record; the shop goes on with the next. The process lives long, since beginning one takes as long as
twenty pictures, and there is one for all: who comes while it works waits.
"""

from __future__ import annotations

import atexit
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import asdict, dataclass
from typing import Final, cast

from printd.errors import PrintdError
from printd.intake.picture_rules import Asked, ImageLimits, ImageRefusedError, Judged, Photo, What, too_costly

_STARTS: Final = 60.0
"""Seconds in which the process must be there; it takes half of one."""
_LONGEST_ANSWER: Final = 4096
_CODE: Final = re.compile("(photo|signature|snapshot)_[a-z]{1,20}")
_ENDED: Final = "so much that the process which opens it ended"


@dataclass(frozen=True)
class Bounds:
    """What one picture may take: ``seconds`` in all, and of the processor; ``memory``: bytes of address space."""

    seconds: float = 30.0
    processor: int = 10
    memory: int = 1024 * 1024 * 1024


class _EndedError(Exception):
    """The process ended, or did not answer in time (``late``)."""

    def __init__(self, late: bool, code: int) -> None:
        super().__init__()
        self.late = late
        self.code = code


class Pictures:
    """Judges pictures, one at a time."""

    def __init__(self, bounds: Bounds = Bounds()) -> None:
        self._bounds = bounds
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._wire: socket.socket | None = None
        self._owner = 0
        self._closing = False

    @property
    def process(self) -> int | None:
        """The id of the process, while there is one."""
        return None if self._process is None else self._process.pid

    def check_photo(self, data: bytes, limits: ImageLimits, birth_year: int) -> Photo:
        """Make sure that a photo can be printed; return what is seen of it.

        :raises ImageRefusedError: it cannot; see :func:`printd.intake.images.decode_photo`, and ``photo_costly``.
        :raises PrintdError: no picture can be judged now.
        """
        told = self._judged("photo", data, limits, birth_year)
        sides, quality = (told.get("width", 0), told.get("height", 0)), told.get("quality", 0)
        if not all(type(one) is int and one > 0 for one in (*sides, quality)):
            raise too_costly("photo", _ENDED)  # a decoder that was broken says anything
        return Photo(told.get("fits") is True, *sides, told.get("grey") is True, quality)

    def check_signature(self, data: bytes, limits: ImageLimits) -> None:
        """Make sure that a signature can be printed.

        :raises ImageRefusedError: it cannot; see :func:`printd.intake.images.decode_signature`.
        :raises PrintdError: no picture can be judged now.
        """
        self._judged("signature", data, limits, 0)

    def check_snapshot(self, data: bytes, limits: ImageLimits) -> None:
        """Make sure that a photo of what was done can be put on a paper.

        :raises ImageRefusedError: it cannot; see :func:`printd.intake.images.decode_snapshot`.
        :raises PrintdError: no picture can be judged now.
        """
        self._judged("snapshot", data, limits, 0)

    def close(self) -> None:
        """End the process; a picture that is being opened is given up."""
        process, self._closing = self._process, True
        if process is not None and self._owner == os.getpid():
            process.kill()
        with self._lock:
            self._end()
            self._closing = False

    def _judged(self, what: What, data: bytes, limits: ImageLimits, birth_year: int) -> Judged:
        size = limits.signature_bytes if what == "signature" else limits.photo_bytes
        # One byte more than is allowed is refused as well, and need not travel.
        sent = data[: size + 1]
        asked: Asked = {"what": what, "birth_year": birth_year, "limits": asdict(limits), "bytes": len(sent)}
        with self._lock:
            told = self._told(what, json.dumps(asked).encode() + b"\n" + sent)
        code, message = told.get("code", ""), told.get("message", "")
        if not code:
            return told
        if not (_CODE.fullmatch(code) and message.isprintable()):  # a decoder that was broken says anything
            raise too_costly(what, _ENDED)
        raise ImageRefusedError(code, message)

    def _told(self, what: What, asked: bytes) -> Judged:
        """Return the answer about one picture; a process that ended by something else is begun anew once."""
        fresh = not self._runs()
        if fresh:
            self._begin()
        try:
            return self._ask(asked)
        except _EndedError as ended:
            again_once = not fresh and not self._closing  # perhaps it was gone already
            if again_once and not ended.late and ended.code != -signal.SIGXCPU:
                self._begin()
                try:
                    return self._ask(asked)
                except _EndedError as again:
                    ended = again
            raise _why(what, ended, self._bounds) from None

    def _ask(self, asked: bytes) -> Judged:
        wire, until = self._wire, time.monotonic() + self._bounds.seconds
        assert wire is not None
        try:
            wire.settimeout(self._bounds.seconds)
            wire.sendall(asked)
            return _line(wire, until)
        except TimeoutError:
            raise _EndedError(True, self._end()) from None
        except (OSError, ValueError):
            raise _EndedError(False, self._end()) from None

    def _runs(self) -> bool:
        return self._process is not None and self._owner == os.getpid() and self._process.poll() is None

    def _begin(self) -> None:
        """Begin the process.

        :raises PrintdError: it cannot be; no picture is at fault.
        """
        self._end()
        ours, theirs = socket.socketpair()
        environment = {
            **{name: os.environ[name] for name in ("LD_LIBRARY_PATH",) if name in os.environ},
            "PYTHONPATH": os.pathsep.join(sys.path),
            "OPENBLAS_NUM_THREADS": "1",  # each thread takes address space
            "SECONDS": str(self._bounds.processor),
            "MEMORY": str(self._bounds.memory),
        }
        command = [sys.executable, "-P", "-m", "printd.intake.picture_process"]
        try:
            with theirs:
                self._process = subprocess.Popen(
                    command,
                    stdin=theirs.fileno(),
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    env=environment,
                    cwd="/",
                    start_new_session=True,  # whoever stops the daemon at its terminal does not stop this beneath it
                )
            self._wire, self._owner = ours, os.getpid()
            ours.settimeout(_STARTS)
            _line(ours, time.monotonic() + _STARTS)
        except (OSError, ValueError) as failed:
            ours.close()
            code = self._end()
            raise PrintdError(
                "Pictures cannot be opened now.",
                why=f"The process that opens them does not start ({type(failed).__name__}, {code}).",
                consequence="No record was taken in or refused for that.",
                remedy="See that the machine has memory left and that printd is whole (pip check); then repeat.",
            ) from failed

    def _end(self) -> int:
        """End the process, if there is one of ours; return how it ended."""
        process, wire, mine = self._process, self._wire, self._owner == os.getpid()
        self._process = self._wire = None
        if wire is not None:
            wire.close()
        if process is None:
            return 0
        if not mine:  # this is a fork; whoever began it goes on with it
            process.returncode = 0
            return 0
        try:
            return process.wait(0.5) if wire is not None else process.wait(0)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            return 0


def _line(wire: socket.socket, until: float) -> Judged:
    """Return one line.

    :raises TimeoutError: it does not come in time.
    :raises OSError: nobody sends one any more.
    :raises ValueError: it is none.
    """
    told = b""
    while not told.endswith(b"\n"):
        wire.settimeout(max(0.001, until - time.monotonic()))
        part = wire.recv(_LONGEST_ANSWER)
        if not part:
            raise ConnectionError
        told += part
        if len(told) > _LONGEST_ANSWER:
            raise ValueError
    answer = json.loads(told)
    if not isinstance(answer, dict) or not all(isinstance(one, str | int) for one in answer.values()):
        raise ValueError
    return cast(Judged, answer)


def _why(what: What, ended: _EndedError, bounds: Bounds) -> ImageRefusedError:
    if ended.late:
        return too_costly(what, f"more than {bounds.seconds:g} s")
    if ended.code == -signal.SIGXCPU:
        return too_costly(what, f"more than {bounds.processor} s of the processor")
    return too_costly(what, _ENDED)


PICTURES: Final = Pictures()
"""The one of this process; it ends with it."""
atexit.register(PICTURES.close)
