"""Running the program that writes a chip: not ours, under a time limit, believed by its exit code alone."""

from __future__ import annotations

import contextlib
import os
import re
import select
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

_CHIP_FAILED = 65  # EX_DATAERR of sysexits.h
_AGAIN = 75  # EX_TEMPFAIL
_KEPT = 4096  # bytes of its output, the last ones
_CODE = re.compile(rb"[a-z0-9][a-z0-9-]{0,31}")


class Result(StrEnum):
    """What one run says."""

    ENCODED = "encoded"
    CHIP_FAILED = "chip failed"
    AGAIN = "try again"
    BROKEN = "broken"  # it crashed, hung, could not be started, or ended with a code that means nothing


@dataclass(frozen=True)
class Ran:
    """How one run ended; ``sentence`` says it with nothing personal in it."""

    result: Result
    sentence: str


def run(command: Sequence[str], variables: Mapping[str, str], seconds: float) -> Ran:
    """Run the program once.

    Exit code 0: encoded; 65: the chip failed; 75: try again; anything else: broken. It runs in a process group of its
    own, which is killed when it ends or when time is up. Of what it writes, which may be personal, only a code is
    kept: the first word of the last line, where it is one of ``a-z``, ``0-9`` and ``-``, at most 32.

    :param variables: added to the environment, of which everything else that begins with ``PRINTD_`` is left out.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PRINTD_")}
    began = time.monotonic()
    try:
        process = subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env={**environment, **variables},
            start_new_session=True,
        )
    except (OSError, ValueError) as unusable:
        why = unusable.strerror if isinstance(unusable, OSError) else "a NUL in it"
        return Ran(Result.BROKEN, f"The encoder command cannot be started: {why}.")
    said = b""
    try:
        ended, said = _watch(process, began + seconds)
    finally:
        with contextlib.suppress(ProcessLookupError):  # before it is reaped: the number is still its own
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        said = (said + _rest(process))[-_KEPT:]
        if process.stdout is not None:
            process.stdout.close()
    return _read_exit(process.returncode, ended=ended, seconds=seconds, code=_code(said))


def _watch(process: subprocess.Popen[bytes], until: float) -> tuple[bool, bytes]:
    """Read what it writes until it ends, though others may hold its output open; say whether it ended in time."""
    assert process.stdout is not None
    said, output = b"", process.stdout.fileno()
    os.set_blocking(output, False)
    handle = os.pidfd_open(process.pid)
    try:
        poll = select.poll()
        poll.register(handle, select.POLLIN)
        poll.register(output, select.POLLIN)
        while (left := until - time.monotonic()) > 0:
            ready = {descriptor for descriptor, _ in poll.poll(left * 1000)}
            if handle in ready:
                return True, said
            if output in ready:
                piece = _read(output)
                said = (said + (piece or b""))[-_KEPT:]
                if piece == b"":
                    poll.unregister(output)
        return False, said
    finally:
        os.close(handle)


def _read(output: int) -> bytes | None:
    """Return what is there: nothing at the end, ``None`` where more may come."""
    try:
        return os.read(output, 65536)
    except BlockingIOError:
        return None


def _rest(process: subprocess.Popen[bytes]) -> bytes:
    """Return what still lies in the pipe, which holds no more than 64 KiB."""
    assert process.stdout is not None
    return _read(process.stdout.fileno()) or b""


def _code(said: bytes) -> str:
    lines = said.strip().splitlines()
    word = lines[-1].split()[0] if lines and lines[-1].split() else b""
    return word.decode("ascii") if _CODE.fullmatch(word) else ""


def _read_exit(status: int, *, ended: bool, seconds: float, code: str) -> Ran:
    tail = f" ({code})." if code else "."
    if not ended:
        return Ran(Result.BROKEN, f"The encoder command was killed after {seconds:g} s{tail}")
    if status < 0:
        return Ran(Result.BROKEN, f"The encoder command ended by signal {-status}{tail}")
    result = {0: Result.ENCODED, _CHIP_FAILED: Result.CHIP_FAILED, _AGAIN: Result.AGAIN}.get(status, Result.BROKEN)
    return Ran(result, f"The encoder command ended with {status}, {result}{tail}")
