"""Checkpoints: the signed statement "this log has so many entries under this root" (c2sp.org/tlog-checkpoint).

Rules as in the log reference section 8. The origin is the log's name; the key that signs carries the same name.
"""

import base64
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from printd.ledger.merkle import EMPTY_ROOT
from printd.ledger.notes import ED25519, NoteMalformedError, Signer, Verifier, decode_base64, open_note

_ORIGIN: Final = re.compile(r"(?!.*://)[!-*,-~]{1,255}", re.ASCII)
_SIZE: Final = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)
_MAX_SIZE: Final = 2**63 - 1


class CheckpointError(ValueError):
    """A text that is not a checkpoint of this log, although the note around it may be well signed."""


class EmptyRootError(CheckpointError):
    """A checkpoint of no entries whose root is not the empty tree's: well formed, and never true."""


@dataclass(frozen=True)
class Checkpoint:
    """A tree head: `origin` (the log's name), `size` in entries, 32-byte `root`.

    `extensions` are extra lines that other logs may write; this log never does. Raises CheckpointError when out of
    shape.
    """

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not _ORIGIN.fullmatch(self.origin):
            raise CheckpointError("an origin is a name of printable ASCII without space, plus and scheme")
        if not 0 <= self.size <= _MAX_SIZE:
            raise CheckpointError("a size lies between 0 and 2^63-1")
        if len(self.root) != 32:
            raise CheckpointError("a root has 32 bytes")
        if self.size == 0 and self.root != EMPTY_ROOT:
            raise EmptyRootError("size 0 with a root that is not the empty tree's")
        if any(not line or "\n" in line for line in self.extensions):
            raise CheckpointError("an extension line is not empty and one line")

    def text(self) -> str:
        """Return the lines that are signed, each ending in a line feed."""
        lines = (self.origin, str(self.size), base64.b64encode(self.root).decode(), *self.extensions)
        return "".join(f"{line}\n" for line in lines)


def parse(text: str) -> Checkpoint:
    """Read a checkpoint text; raises CheckpointError unless it is exactly what `Checkpoint.text` writes."""
    if not text.endswith("\n"):
        raise CheckpointError("the final line feed is missing")
    lines = text[:-1].split("\n")
    if len(lines) < 3:
        raise CheckpointError("fewer than three lines: origin, size and root are needed")
    origin, size, root, *extensions = lines
    if not _SIZE.fullmatch(size):
        raise CheckpointError("the size is not a plain decimal number")
    if not root.isascii():
        raise CheckpointError("the root is not base64")
    try:
        raw = decode_base64(root.encode("ascii"))
    except NoteMalformedError as error:
        raise CheckpointError(f"the root is {error}") from error
    return Checkpoint(origin, int(size), raw, tuple(extensions))


def sign(checkpoint: Checkpoint, signer: Signer) -> bytes:
    """Return the checkpoint as a signed note; raises CheckpointError when the key's name is not the origin.

    Ed25519 is deterministic: signing the same checkpoint again gives the same bytes.
    """
    if signer.name != checkpoint.origin:
        raise CheckpointError(f"the key {signer.name} may not sign for the log {checkpoint.origin}")
    return signer.sign(checkpoint.text())


def open_checkpoint(note: bytes, origin: str, verifiers: Iterable[Verifier]) -> Checkpoint:
    """Read a signed checkpoint of the log `origin`.

    Raises the NoteError kinds of `open_note`, and CheckpointError when the text is not a checkpoint, is one of another
    log, or is signed only by keys (witnesses) that are not this log's own.
    """
    known = tuple(verifiers)
    opened = open_note(note, known)
    checkpoint = parse(opened.text)
    if checkpoint.origin != origin:
        raise CheckpointError("the checkpoint belongs to another log: its origin line differs")
    own = {item.label for item in known if item.name == origin and item.algorithm == ED25519}
    if own.isdisjoint(opened.verified):
        raise CheckpointError("no key of this log signed the checkpoint")
    return checkpoint
