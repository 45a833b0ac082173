"""Tree heads that are known outside the database: what a start is held against (log reference section 13).

A database that was put back from an older copy proves itself, as it did when it was copied. Only a head that was kept
elsewhere shows that entries are missing: the shop's own file of the last checkpoint it signed, the note beside an
export, a backup, or size and root as an act prints them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from printd import durable
from printd.errors import IntegrityError, Refused
from printd.ledger.checkpoint import CheckpointError, open_checkpoint
from printd.ledger.notes import NoteError, Verifier
from printd.ledger.tiles import CHECKPOINT

SEEN_NAME = "last-checkpoint.note"
"""The last checkpoint that this shop signed; written after the database has it."""

_PRINTED = re.compile(r"(0|[1-9][0-9]{0,15}):([0-9a-f]{64})", re.ASCII)
_MOST_BYTES = 100_000
_GIVEN = "the size and root that were given"


@dataclass(frozen=True)
class Head:
    """A tree head of this log.

    :param root: 32 bytes.
    :param source: where it is known from, for people.
    :param note: the signed checkpoint, where there is one.
    :param origin: name of the log that it speaks of; empty where only size and root are told.
    """

    size: int
    root: bytes
    source: str
    note: bytes = b""
    origin: str = ""

    def printed(self) -> str:
        """Return it as an act prints it."""
        return f"{self.size}:{self.root.hex()}"


@dataclass(frozen=True)
class Named:
    """What a person names as a checkpoint: its text, and the note that was found there; empty: none is needed."""

    text: str
    note: bytes
    source: str


def printed(text: str, source: str = _GIVEN) -> Head | None:
    """Return the head that ``SIZE:ROOT`` says; ``None``: the text is not of that form.

    :param source: where it is known from, for people.
    """
    found = _PRINTED.fullmatch(text.strip().lower())
    return Head(int(found[1]), bytes.fromhex(found[2]), source) if found else None


def read(text: str, verifier: Verifier) -> Head:
    """Return the head that a person names: ``SIZE:ROOT``, a signed checkpoint, the folder of a backup or an export.

    :raises Refused: it is none of these, or was not signed by this shop.
    """
    return opened(find(text), [verifier])


def find(text: str) -> Named:
    """Return what a person names, before anybody looks who signed it.

    :raises Refused: it is not there.
    """
    if printed(text) is not None:
        return Named(text, b"", _GIVEN)
    path = Path(text)
    if path.is_dir():
        path /= CHECKPOINT if (path / CHECKPOINT).exists() else SEEN_NAME
    try:
        with path.open("rb") as file:
            return Named(text, file.read(_MOST_BYTES), str(path))
    except OSError as unfit:
        raise _no_checkpoint(text, f"{unfit}") from unfit


def opened(named: Named, keys: Sequence[Verifier]) -> Head:
    """Return the head that a person named.

    :param keys: of which one must have signed it; the first says what is wrong with a note of nobody's.
    :raises Refused: it is none of this log.
    """
    head = printed(named.text)
    if head is not None:
        return head
    signer = next((key for key in keys if _signed_by(named.note, key)), keys[0])
    try:
        return _opened(named.note, signer, named.source)
    except (NoteError, CheckpointError) as unfit:
        raise _no_checkpoint(named.text, f"{unfit}") from unfit


def _no_checkpoint(text: str, why: str) -> Refused:
    return Refused(
        f"{text[:200]!r} is no checkpoint of this log.",
        why=f"{why}.",
        consequence="Nothing was changed.",
        remedy="Name a signed note, the folder of a backup or an export, or SIZE:ROOT as an act prints them.",
    )


def known(folder: Path, verifier: Verifier, retired: Sequence[Verifier] = ()) -> list[Head]:
    """Return the heads that the shop's folder keeps outside the database.

    :param retired: keys of generations that ended; what they signed last stands in the log, and is not held against it.
    :raises IntegrityError: the shop's own is not signed with the shop's key.
    """
    found = []
    path = folder / SEEN_NAME
    if path.exists():
        note = path.read_bytes()
        try:
            if not any(_signed_by(note, key) for key in retired):
                found.append(_opened(note, verifier, str(path)))
        except (NoteError, CheckpointError) as foreign:
            raise IntegrityError(
                f"The checkpoint in {path} was not signed by this shop's key.",
                why=f"{foreign}.",
                consequence="Nothing is signed or printed: keys, database and folder are not of one shop.",
                remedy="Restore keys and database of the same shop. Where nothing but this file is damaged, put it "
                "aside as evidence: two people then decide as where it is missing; see docs/operation.md.",
            ) from foreign
    return found


def remember(folder: Path, note: bytes, verifier: Verifier) -> None:
    """Keep a checkpoint that was signed, unless a later one of this log is kept already.

    :raises OSError: it cannot be written.
    """
    path = folder / SEEN_NAME
    new = _opened(note, verifier, str(path))
    try:
        before = _opened(path.read_bytes(), verifier, str(path)).size
    except (OSError, NoteError, CheckpointError):
        before = -1
    if new.size > before:
        durable.write(path, note)


def _signed_by(note: bytes, key: Verifier) -> bool:
    try:
        open_checkpoint(note, key.name, [key])
    except (NoteError, CheckpointError):
        return False
    return True


def _opened(note: bytes, verifier: Verifier, source: str) -> Head:
    checkpoint = open_checkpoint(note, verifier.name, [verifier])
    return Head(checkpoint.size, checkpoint.root, source, note, checkpoint.origin)
