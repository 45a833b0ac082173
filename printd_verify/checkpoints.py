"""Checkpoints: so many entries have this root (c2sp.org/tlog-checkpoint)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from printd_verify.notes import LOG, NoteError, Opened, decode_base64
from printd_verify.tree import EMPTY_ROOT

_ORIGIN: Final = re.compile(r"(?!.*://)[!-*,-~]{1,255}", re.ASCII)
_SIZE: Final = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
_PLAIN: Final = re.compile(r"(0|[1-9][0-9]{0,18}):([0-9a-f]{64})", re.ASCII)
_MAX_SIZE: Final = 2**63 - 1


class CheckpointError(ValueError):
    """A text that is no checkpoint, or not one of this log."""


@dataclass(frozen=True)
class Head:
    """A tree head: so many entries have this root.

    :param origin: name of the log; empty where whoever brought it did not say.
    """

    origin: str
    size: int
    root: bytes


def read_head(text: bytes) -> Head:
    """Read the text of a checkpoint, each line with its line feed.

    :raises CheckpointError: it is none.
    """
    try:
        lines = text.decode("utf-8").split("\n")
    except UnicodeDecodeError as wrong:
        raise CheckpointError("not UTF-8") from wrong
    if len(lines) < 4 or lines[-1] or not all(lines[:-1]):
        raise CheckpointError("origin, size and root are wanted, each on a line")
    origin, size = lines[:2]
    if not _ORIGIN.fullmatch(origin):
        raise CheckpointError("the first line is no name of a log")
    if not _SIZE.fullmatch(size) or int(size) > _MAX_SIZE:
        raise CheckpointError("the size is no plain decimal number")
    try:
        root = decode_base64(lines[2].encode("utf-8"))
    except NoteError as wrong:
        raise CheckpointError(f"the root is {wrong}") from wrong
    if len(root) != 32:
        raise CheckpointError("a root has 32 bytes")
    if size == "0" and root != EMPTY_ROOT:
        raise CheckpointError("no entries, and another root than theirs")
    return Head(origin, int(size), root)


def head_of(note: Opened) -> Head:
    """Return the tree head of a note that was opened with trusted keys.

    :raises CheckpointError: it is no checkpoint, or the log that it names did not sign it.
    """
    head = read_head(note.text)
    if not any(key.kind == LOG and key.name == head.origin for key in note.signed):
        raise CheckpointError("the log that it names has not signed it")
    return head


def read_kept(content: bytes) -> Head:
    """Read a checkpoint that somebody kept: `SIZE:ROOT` with the root in hex, or a note, whose signatures play no part.

    What is held against it is the log, and one size has one root whoever says so.

    :raises CheckpointError: it is neither.
    """
    try:
        plain = _PLAIN.fullmatch(content.decode("ascii").strip())
    except UnicodeDecodeError:
        plain = None
    if plain is not None:
        return Head("", int(plain[1]), bytes.fromhex(plain[2]))
    end = content.rfind(b"\n\n")
    return read_head(content[: end + 1] if end >= 0 else content)
