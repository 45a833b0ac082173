"""Bundles of proofs: a few lines that say what they are about, an empty line, and proofs one behind the other.

What the lines say nobody signed: it is held against the entries that the proofs carry.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import PurePath
from typing import Final

from printd_verify.notes import NoteError, decode_base64

HEADER: Final = b"printd.example/proof-bundle/v1"
PROOF: Final = b"c2sp.org/tlog-proof@v1"
"""First line of each proof (c2sp.org/tlog-proof)."""

MAX: Final = 64 * 1024 * 1024
"""Longest bundle in bytes."""

_ABOUT: Final = re.compile(rb"(blank|job|record) ([A-Za-z0-9./_-]{1,64})")
_CUT: Final = re.compile(rb"^(?=" + re.escape(PROOF) + rb"$)", re.MULTILINE)
_OPENING: Final = 32
_PHOTO: Final = (".jpg", ".jpeg")


class BundleError(ValueError):
    """Bytes that are no bundle."""


@dataclass(frozen=True)
class Bundle:
    """What a bundle holds.

    :param noun: `blank`, `job` or `record`.
    :param name: the blank's serial, or the id.
    :param opening: lets whoever has a record's files tell that they are those that were taken in; empty: it is closed.
    :param proofs: the bytes of each proof.
    """

    noun: str
    name: str
    opening: bytes
    proofs: tuple[bytes, ...]


def is_bundle(content: bytes) -> bool:
    """Tell whether some bytes begin as a bundle does."""
    return content.startswith(HEADER + b"\n")


def read_bundle(content: bytes) -> Bundle:
    """Read a bundle.

    :raises BundleError: it is none.
    """
    if len(content) > MAX:
        raise BundleError("too long")
    head, found, rest = content.partition(b"\n\n")
    lines = head.split(b"\n")
    about = _ABOUT.fullmatch(lines[1]) if len(lines) > 1 else None
    if not found or lines[0] != HEADER or about is None or len(lines) > 3:
        raise BundleError("it does not say what it is about")
    opening = b""
    if len(lines) == 3:
        try:
            opening = decode_base64(lines[2].removeprefix(b"opening "))
        except NoteError as wrong:
            raise BundleError("the opening is no base64") from wrong
        if not lines[2].startswith(b"opening ") or len(opening) != _OPENING or about[1] != b"record":
            raise BundleError("a line that no bundle has")
    before, *proofs = _CUT.split(rest)
    if before or not proofs:
        raise BundleError("something stands before the first proof, or there is none")
    return Bundle(about[1].decode(), about[2].decode(), opening, tuple(proofs))


def delivered(opening: bytes, files: Sequence[tuple[str, bytes]]) -> str:
    """Return the digest of a record's files as they were delivered: its document, and the pictures beside it.

    :param files: each with its name, whose ending says what it is.
    """
    found: dict[str, bytes] = {}
    for name, content in files:
        ending = PurePath(name).suffix.lower()
        found["photo" if ending in _PHOTO else "signature" if ending == ".png" else "document"] = content
    parts = (found.get(name) for name in ("document", "photo", "signature"))
    return hmac.digest(opening, b"".join(_hashes(parts)), "sha256").hex()


def _hashes(parts: Iterable[bytes | None]) -> Iterable[bytes]:
    return (bytes(32) if part is None else sha256(part).digest() for part in parts)
