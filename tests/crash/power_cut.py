"""What a power cut may take from a folder: computed from the system calls of this very thread, as strace saw them.

The worst disk that POSIX allows: a file's content is safe when the file was synced after its last write, a name in a
folder when the folder was synced after the name came or went; whatever is not safe may be lost, each for itself.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import CDLL
from dataclasses import dataclass, field
from pathlib import Path

import pytest

_PR_SET_PTRACER = 0x59616D61
_WRITES = ("write", "pwrite64", "writev", "pwritev", "sendfile", "copy_file_range", "ftruncate", "fallocate")
_SYNCS = ("fsync", "fdatasync")
_NAMES = ("open", "openat", "creat", "mkdir", "mkdirat", "rename", "renameat", "renameat2")
_GONE = ("unlink", "unlinkat", "rmdir")
_CALL = re.compile(r"(\w+)\((.*)\)\s+= (?!-1 )")
_HANDLE = re.compile(r"\d+<([^>]*)>")
_TEXT = re.compile(r'(?:(?:AT_FDCWD|\d+)<([^>]*)>, )?"((?:[^"\\]|\\.)*)"')


@dataclass(frozen=True)
class Step:
    """One call that changed or synced something below the folder."""

    call: str
    path: Path
    to: Path | None = None


@dataclass(frozen=True)
class Calls:
    """What a thread did below a folder, and what was there before."""

    there: frozenset[Path]
    steps: list[Step] = field(default_factory=list)


def need_strace() -> None:
    """Skip where the calls of a process cannot be seen; fail where everything should be there."""
    if shutil.which("strace") is not None:
        return
    if os.environ.get("CI") == "true":
        pytest.fail("strace is missing: apt-get install strace")
    pytest.skip("strace is not installed: apt-get install strace")


@contextmanager
def traced(below: Path, told: Path) -> Iterator[Calls]:
    """Give what holds, at the end, all that this thread did below a folder.

    :param told: a new file for strace, elsewhere.
    """
    need_strace()
    calls = ",".join((*_WRITES, *_SYNCS, *_NAMES, *_GONE))
    command = ["strace", "-y", "-s", "0", "-o", str(told), "-e", f"trace={calls}", "-e", "signal=none"]
    made = Calls(frozenset(below.rglob("*")))
    command += ["-p", str(threading.get_native_id())]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as strace:
        CDLL(None).prctl(_PR_SET_PTRACER, strace.pid, 0, 0, 0)  # Yama lets children be traced, and whom one allows
        try:
            assert strace.stderr is not None
            said = strace.stderr.readline()
            assert "attached" in said, said
            yield made
        finally:
            strace.send_signal(signal.SIGINT)
            strace.wait(30)
    for step in map(_read, told.read_text(errors="replace").splitlines()):
        if step is not None and any(path is not None and path.is_relative_to(below) for path in (step.path, step.to)):
            made.steps.append(step)


def _read(line: str) -> Step | None:
    found = _CALL.match(line)
    if found is None:
        return None
    call, rest = found[1], found[2]
    if call in (*_WRITES, *_SYNCS):
        handle = _HANDLE.match(rest if call != "copy_file_range" else rest.split(", ", 2)[2])
        return None if handle is None else Step(call, Path(handle[1]))
    if call.startswith("open") and "O_CREAT" not in rest:
        return None
    paths = [Path(one[1] or ".") / one[2] for one in _TEXT.finditer(rest)]
    return Step(call, paths[0], paths[1] if len(paths) > 1 else None) if paths else None


@dataclass
class Disk:
    """What is not safe yet, step by step."""

    there: set[Path]
    """Names that are there as long as there is power."""
    unwritten: set[Path] = field(default_factory=set)
    """Files whose content may be lost."""
    unnamed: set[Path] = field(default_factory=set)
    """Names that may be missing."""
    undead: set[Path] = field(default_factory=set)
    """Names that may come back."""

    def take(self, step: Step) -> None:
        """Live through one call."""
        path, to = step.path, step.to
        if step.call in _WRITES:
            self.unwritten.add(path)
        elif step.call in _SYNCS:
            self.unwritten.discard(path)
            for names in (self.unnamed, self.undead):
                names.difference_update({one for one in names if one.parent == path})
        elif step.call in _GONE:
            self._forget(path)
            self.undead.add(path)
        elif to is not None:
            for names in (self.there, self.unwritten, self.unnamed):
                moved = {one for one in names if one.is_relative_to(path)}
                names.difference_update(moved)
                names.update(to / one.relative_to(path) for one in moved)
            self.undead.add(path)
            self.unnamed.add(to)
        elif path not in self.there:
            self.there.add(path)
            self.unnamed.add(path)

    def _forget(self, path: Path) -> None:
        for names in (self.there, self.unwritten, self.unnamed):
            names.difference_update({one for one in names if one.is_relative_to(path)})

    def may_lack(self, folder: Path) -> set[str]:
        """Return what a cut may now take from a folder or leave empty in it, by its path in there."""
        lost = self.unwritten | self.unnamed
        return {str(one.relative_to(folder)) for one in lost if one.is_relative_to(folder) and one != folder}

    def may_have_again(self, folder: Path) -> set[str]:
        """Return what was taken away from a folder and may be back after a cut."""
        return {str(one.relative_to(folder)) for one in self.undead if one.is_relative_to(folder)}


def after(calls: Calls, number: int | None = None) -> Disk:
    """Return what is not safe after so many calls, or after all."""
    disk = Disk(set(calls.there))
    for step in calls.steps[:number]:
        disk.take(step)
    return disk


def half_renamed(calls: Calls) -> set[str]:
    """Return the names that files got before their content was safe: a cut leaves the name on an empty file."""
    disk, found = Disk(set(calls.there)), set[str]()
    for step in calls.steps:
        if step.to is not None and any(one.is_relative_to(step.path) for one in disk.unwritten):
            found.add(step.to.name)
        disk.take(step)
    return found
