"""Whoever cosigns checkpoints of other logs: a key of its own, and cosignatures as they stand in a note.

The key is of another type than a log's, so that neither is ever taken for the other (log reference section 9).
"""

import base64
from collections.abc import Iterable
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from printd.ledger.cosignature import TIME, ed25519_message, time_of
from printd.ledger.notes import (
    COSIGNATURE,
    COSIGNATURES,
    NAME,
    NoteMalformedError,
    Verifier,
    key_id,
    open_note,
    signature_line,
    split_key,
    split_note,
)

_PREFIX = "PRIVATE+KEY+"


@dataclass(frozen=True)
class Cosigner:
    """An Ed25519 private key for cosignatures under its name. `to_text` is the only way to write the seed."""

    name: str
    _seed: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name):
            raise NoteMalformedError("a key name is 1 to 255 printable ASCII characters without space and plus")
        if len(self._seed) != 32:
            raise NoteMalformedError("an Ed25519 seed has 32 bytes (RFC 8032 section 5.1.5)")

    @classmethod
    def generate(cls, name: str) -> "Cosigner":
        """Make a new key from the operating system's randomness."""
        return cls(name, Ed25519PrivateKey.generate().private_bytes_raw())

    @classmethod
    def from_text(cls, text: str) -> "Cosigner":
        """Read `PRIVATE+KEY+name+hhhhhhhh+base64(0x04 || seed)`; raises NoteMalformedError for anything else."""
        if not text.startswith(_PREFIX):
            raise NoteMalformedError("not a cosigner's key: it does not begin with PRIVATE+KEY+")
        name, hexid, key = split_key(text.removeprefix(_PREFIX), "a cosigner's key")
        if len(key) != 33 or key[0] != COSIGNATURE:
            raise NoteMalformedError("not a cosigner's Ed25519 key (type 4, 32 bytes)")
        made = cls(name, key[1:])
        if made.verifier.key_id.hex() != hexid:
            raise NoteMalformedError("the key ID does not belong to this name and key: mistyped or altered")
        return made

    def to_text(self) -> str:
        """Return the private key as text; whoever reads it can cosign. Keep it in a file of mode 0600."""
        key = base64.b64encode(bytes([COSIGNATURE]) + self._seed).decode()
        return f"{_PREFIX}{self.verifier.label}+{key}"

    @property
    def verifier(self) -> Verifier:
        """The public half."""
        public = Ed25519PrivateKey.from_private_bytes(self._seed).public_key().public_bytes_raw()
        return Verifier(self.name, key_id(self.name, bytes([COSIGNATURE]) + public), COSIGNATURE, public)

    def cosign(self, text: bytes, time: int) -> bytes:
        """Return the signature line over a checkpoint's text at a time, in POSIX seconds; ValueError below 1."""
        if time < 1:
            raise ValueError("a cosignature says when: its time is never 0")
        signature = Ed25519PrivateKey.from_private_bytes(self._seed).sign(ed25519_message(time, text))
        return signature_line(self.name, self.verifier.key_id, time.to_bytes(TIME, "big") + signature)


@dataclass(frozen=True)
class Cosignature:
    """A good cosignature: the `label` of its key (`name+hhhhhhhh`), its `time` in POSIX seconds, and its `line`."""

    label: str
    time: int
    line: bytes


def cosignatures(note: bytes, verifiers: Iterable[Verifier]) -> list[Cosignature]:
    """Return the good cosignatures in a note by keys that we know, in its order.

    Raises the NoteError kinds of `open_note`: a known key's bad line spoils the note, and none at all is untrusted.
    """
    known = [one for one in verifiers if one.algorithm in COSIGNATURES]
    opened = open_note(note, known)
    _, lines = split_note(note)
    found = []
    for name, key, signature in lines:
        label = f"{name.decode()}+{key.hex()}"
        if label in opened.verified:
            found.append(Cosignature(label, time_of(signature), signature_line(name.decode(), key, signature)))
    return found
