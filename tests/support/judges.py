"""Judges of exported logs that share no code with printd: each a program that is asked as JSON, and answers.

Our own verifier, which takes nothing from the shop either, is asked the same beside them.

Asked are the log's key (``vkey``) and those of the ``witnesses`` who must have cosigned its head, the ``folder`` of an
export with the numbers of its ``first`` entry and of the one after its last (``end``), proofs of ``inclusion`` of leaf
hashes under its head, and of ``consistency`` with older ones. Where ``end`` is 0 the folder holds a head alone, under
which the proofs are.
``tests/packages.sh`` installs them below ``.venv/judges``, where nothing of ours imports them.
"""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from printd_verify.checkpoints import CheckpointError, head_of
from printd_verify.heads import Kept
from printd_verify.notes import NoteError, open_note, read_key
from printd_verify.sources import SourceError
from printd_verify.tiles import CHECKPOINT, Tiles
from printd_verify.tree import ProofError, verify_consistency, verify_inclusion
from printd_verify.verification import Trust, verify

HERE = Path(__file__).parents[1] / "judges"
INSTALLED = Path(__file__).parents[2] / ".venv" / "judges"
OURS = "printd-verify"
NAMES = ("go", "aics", "metamorphic", OURS)
READING_TILES = ("go", "aics", OURS)
_NEEDED = {"go": "judge", "aics": "aics_tlog", "metamorphic": "metamorphic_log"}


@dataclass(frozen=True)
class Asked:
    """An export and proofs, as printd made them or as they were spoilt."""

    vkey: str
    folder: Path
    first: int
    end: int
    inclusion: tuple[tuple[int, bytes, list[bytes]], ...] = ()
    consistency: tuple[tuple[bytes, list[bytes]], ...] = ()
    witnesses: tuple[str, ...] = ()

    def request(self) -> dict[str, Any]:
        """Return it as a judge reads it."""
        return {
            "vkey": self.vkey,
            "witnesses": self.witnesses,
            "folder": str(self.folder),
            "first": self.first,
            "end": self.end,
            "inclusion": [
                {"index": index, "leaf": leaf.hex(), "proof": [one.hex() for one in proof]}
                for index, leaf, proof in self.inclusion
            ],
            "consistency": [
                {"older": older.decode(), "proof": [one.hex() for one in proof]} for older, proof in self.consistency
            ],
        }


def need(name: str) -> None:
    """Skip where a judge is not installed; fail where everything should be there."""
    if name == OURS or (INSTALLED / _NEEDED[name]).exists():
        return
    message = f"the judge {name} is not installed: make packages"
    if os.environ.get("CI") == "true":
        pytest.fail(message)
    pytest.skip(message)


def judged(name: str, asked: Asked) -> str:
    """Return why a judge refuses; empty: it accepts."""
    if name == OURS:
        try:
            return _by_us(asked)
        except (NoteError, CheckpointError, SourceError, ProofError, OSError) as refused:
            return str(refused) or repr(refused)
    need(name)
    process = _running(name)
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{json.dumps(asked.request())}\n")
    process.stdin.flush()
    told = json.loads(process.stdout.readline())
    assert told["accepted"] is not bool(told.get("why")), told
    return str(told.get("why", ""))


@cache
def _running(name: str) -> subprocess.Popen[str]:
    """Return a judge that runs until the tests end, and answers a line with a line."""
    command = (
        [str(INSTALLED / "judge")] if name == "go" else [sys.executable, "-I", "-c", _APART, str(HERE / f"{name}.py")]
    )
    env = {**os.environ, "PRINTD_JUDGES": str(INSTALLED)}
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env)
    atexit.register(_end, process)
    return process


def _end(process: subprocess.Popen[str]) -> None:
    with process:
        process.kill()


def _by_us(asked: Asked) -> str:
    """Judge as `printd-verify` does; entries of these logs say nothing, so that they are not read."""
    key, witnesses = read_key(asked.vkey), [read_key(one) for one in asked.witnesses]
    note = open_note((asked.folder / CHECKPOINT).read_bytes(), [key, *witnesses])
    if len(note.signed) != 1 + len(witnesses):
        return f"{len(note.signed)} of {1 + len(witnesses)} signed"
    head = head_of(note)
    older = [(head_of(open_note(note, [key])), proof) for note, proof in asked.consistency]
    for index, leaf, proof in asked.inclusion:
        verify_inclusion(index, head.size, leaf, proof, head.root)
    for old, proof in older:
        verify_consistency(old.size, head.size, proof, old.root, head.root)
    if asked.end == 0:
        return ""
    source = Tiles(asked.folder)
    if not source.start <= asked.first < asked.end <= source.end:
        return f"its entries are {source.start} to {source.end}"
    whole = source.start == 0 and source.end == source.size
    against = [Kept(f"{old.size}", old) for old, _ in older if whole]
    report = verify(source, Trust((key,)), against=against, meaning=False, jobs=0)
    return ", ".join(case.code for case in report.cases)


_APART = "import os, runpy, sys; sys.path.insert(0, os.environ['PRINTD_JUDGES']); runpy.run_path(sys.argv[1])"
