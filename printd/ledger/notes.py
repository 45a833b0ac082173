"""Signed notes (c2sp.org/signed-note) with Ed25519 keys, and cosignatures (c2sp.org/tlog-cosignature) when read.

Byte rules and traps as in the log reference sections 7 and 9. Everything is split and compared as bytes: text
functions of Python also break lines at U+0085 or U+2028 and let sloppy base64 through.
"""

import base64
import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from printd.ledger.cosignature import ML_DSA_PUBLIC, good_ed25519, good_ml_dsa, knows_ml_dsa

ED25519: Final = 0x01
"""Signature type: Ed25519 over the text."""

COSIGNATURE: Final = 0x04
"""Signature type: Ed25519 over "cosignature/v1", a time and the text."""

ML_DSA: Final = 0x06
"""Signature type: ML-DSA-44 over a time, a checkpoint's origin, its size and its root, under the signer's name."""

COSIGNATURES: Final = (COSIGNATURE, ML_DSA)
"""Signature types of witnesses and mirrors."""

NAME: Final = re.compile(r"[!-*,-~]{1,255}", re.ASCII)
"""Names that a key may have: printable ASCII without space and plus."""

_PUBLIC: Final = {ED25519: 32, COSIGNATURE: 32, ML_DSA: ML_DSA_PUBLIC}
_MAX_NOTE: Final = 1_000_000
_MAX_LINES: Final = 100
_DASH: Final = "\N{EM DASH} ".encode()
_CONTROL: Final = re.compile(rb"[\x00-\x09\x0b-\x1f]")
_KEY_ID: Final = re.compile(r"[0-9a-f]{8}", re.ASCII)


class NoteError(ValueError):
    """A note or key that cannot be used; the subclasses tell why."""


class NoteMalformedError(NoteError):
    """The bytes are not a signed note, or the text is not a key."""


class NoteSignatureError(NoteError):
    """A key that we know is named, but its signature does not fit the text: the note was altered or forged."""


class NoteUntrustedError(NoteError):
    """No key that we know has signed the note."""


@dataclass(frozen=True)
class Verifier:
    """A public key under its name: `name`, 4-byte `key_id`, signature type and the `public` key's bytes."""

    name: str
    key_id: bytes
    algorithm: int
    public: bytes

    @classmethod
    def from_vkey(cls, vkey: str) -> "Verifier":
        """Read `name+hhhhhhhh+base64(type || key)`; raises NoteMalformedError for any other text or a wrong key ID."""
        name, hexid, key = split_key(vkey, "a verifier key")
        if len(key) != 1 + _PUBLIC.get(key[0] if key else 0, -1):
            raise NoteMalformedError("not an Ed25519 verifier key (type 1 or 4, 32 bytes), nor one of ML-DSA-44")
        if key_id(name, key).hex() != hexid:
            raise NoteMalformedError("the key ID does not belong to this name and key: mistyped or altered")
        return cls(name, bytes.fromhex(hexid), key[0], key[1:])

    @property
    def vkey(self) -> str:
        """The key as text for policies and auditors."""
        return f"{self.label}+{base64.b64encode(bytes([self.algorithm]) + self.public).decode()}"

    @property
    def label(self) -> str:
        """Name and key ID, `name+hhhhhhhh`: what tells this key from every other."""
        return f"{self.name}+{self.key_id.hex()}"

    @property
    def checkable(self) -> bool:
        """Whether signatures of this key can be checked here: ML-DSA-44 needs a library that knows it."""
        return self.algorithm != ML_DSA or knows_ml_dsa()

    def check(self, text: bytes, signature: bytes) -> bool:
        """Tell whether `signature` (what follows the key ID in a signature line) is this key's over `text`."""
        if self.algorithm == COSIGNATURE:
            return good_ed25519(self.public, text, signature)
        if self.algorithm == ML_DSA:
            return good_ml_dsa(self.name.encode(), self.public, text, signature)
        if len(signature) != 64:
            return False
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True)
class Signer:
    """An Ed25519 private key under its name. The seed is kept out of `repr`; `to_text` is the only way to write it."""

    name: str
    _seed: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name):
            raise NoteMalformedError("a key name is 1 to 255 printable ASCII characters without space and plus")
        if len(self._seed) != 32:
            raise NoteMalformedError("an Ed25519 seed has 32 bytes (RFC 8032 section 5.1.5)")

    @classmethod
    def generate(cls, name: str) -> "Signer":
        """Make a new key from the operating system's randomness."""
        return cls(name, Ed25519PrivateKey.generate().private_bytes_raw())

    @classmethod
    def from_text(cls, text: str) -> "Signer":
        """Read `PRIVATE+KEY+name+hhhhhhhh+base64(0x01 || seed)`; raises NoteMalformedError for anything else."""
        prefix = "PRIVATE+KEY+"
        if not text.startswith(prefix):
            raise NoteMalformedError("not a signer key: it does not begin with PRIVATE+KEY+")
        name, hexid, key = split_key(text[len(prefix) :], "a signer key")
        if len(key) != 33 or key[0] != ED25519:
            raise NoteMalformedError("not an Ed25519 signer key (type 1, 32 bytes)")
        signer = cls(name, key[1:])
        if signer.verifier.key_id.hex() != hexid:
            raise NoteMalformedError("the key ID does not belong to this name and key: mistyped or altered")
        return signer

    def to_text(self) -> str:
        """Return the private key as text; whoever reads it can sign. Keep it in a file of mode 0600."""
        key = base64.b64encode(bytes([ED25519]) + self._seed).decode()
        return f"PRIVATE+KEY+{self.verifier.label}+{key}"

    @property
    def verifier(self) -> Verifier:
        """The public half."""
        public = Ed25519PrivateKey.from_private_bytes(self._seed).public_key().public_bytes_raw()
        return Verifier(self.name, key_id(self.name, bytes([ED25519]) + public), ED25519, public)

    @property
    def vkey(self) -> str:
        """The public half as text."""
        return self.verifier.vkey

    def sign(self, text: str) -> bytes:
        """Return the signed note over `text`; raises NoteMalformedError for a text that a note cannot carry."""
        message = _encode(text)
        if not message.endswith(b"\n"):
            raise NoteMalformedError("the text of a note ends in a line feed")
        if _CONTROL.search(message):
            raise NoteMalformedError("the text holds a control character other than line feed")
        signature = Ed25519PrivateKey.from_private_bytes(self._seed).sign(message)
        return message + b"\n" + signature_line(self.name, self.verifier.key_id, signature)


@dataclass(frozen=True)
class OpenedNote:
    """A note with at least one good signature: its `text` and the labels (`name+hhhhhhhh`) of the keys that signed
    it.
    """

    text: str
    verified: tuple[str, ...]


def open_note(note: bytes, verifiers: Iterable[Verifier]) -> OpenedNote:
    """Read a signed note and check it against the keys we know.

    Lines of unknown keys, and of keys that cannot be checked here, are ignored. Raises NoteMalformedError when the
    bytes are not a note, NoteSignatureError when a known key's signature is bad (the whole note is refused then),
    NoteUntrustedError when no known key signed it, and ValueError when two verifiers share name and key ID.
    """
    known: dict[tuple[bytes, bytes], Verifier] = {}
    for verifier in verifiers:
        key = (verifier.name.encode(), verifier.key_id)
        if known.setdefault(key, verifier) != verifier:
            raise ValueError(f"two different keys are called {verifier.label}")
    text, lines = split_note(note)
    verified: list[str] = []
    for name, key_id, signature in lines:
        match = known.get((name, key_id))
        if match is None or not match.checkable:
            continue
        if not match.check(text, signature):
            raise NoteSignatureError(f"the signature of {match.label} does not fit the text: altered or forged")
        if match.label not in verified:
            verified.append(match.label)
    if not verified:
        raise NoteUntrustedError("none of the keys that we trust has signed this note")
    return OpenedNote(text.decode("utf-8"), tuple(verified))


def decode_base64(text: bytes) -> bytes:
    """Decode padded standard base64; raises NoteMalformedError for every spelling but the one an encoder writes."""
    try:
        raw = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise NoteMalformedError("not base64") from error
    if base64.b64encode(raw) != text:
        raise NoteMalformedError("base64 with stray bits: not what an encoder writes")
    return raw


def signature_line(name: str, key_id: bytes, signature: bytes) -> bytes:
    """Return the line of a note that carries a signature, with its line feed."""
    return _DASH + name.encode() + b" " + base64.b64encode(key_id + signature) + b"\n"


def split_note(note: bytes) -> tuple[bytes, list[tuple[bytes, bytes, bytes]]]:
    """Return the text with its final line feed, and (name, key ID, signature) of each signature line.

    Nothing is checked but the form. Raises NoteMalformedError when the bytes are not a note.
    """
    if len(note) > _MAX_NOTE:
        raise NoteMalformedError(f"longer than {_MAX_NOTE} bytes")
    try:
        note.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NoteMalformedError(f"not UTF-8 at byte {error.start}") from error
    if _CONTROL.search(note):
        raise NoteMalformedError("a control character other than line feed")
    end = note.rfind(b"\n\n")
    if end < 0:
        raise NoteMalformedError("no empty line between text and signatures")
    block = note[end + 2 :]
    if not block.endswith(b"\n"):
        raise NoteMalformedError("no signature, or the final line feed is missing")
    lines = block[:-1].split(b"\n")
    if len(lines) > _MAX_LINES:
        raise NoteMalformedError(f"more than {_MAX_LINES} signature lines")
    return note[: end + 1], [_signature_line(line) for line in lines]


def _signature_line(line: bytes) -> tuple[bytes, bytes, bytes]:
    if not line.startswith(_DASH):
        raise NoteMalformedError("a signature line does not begin with an em dash and a space")
    name, _, encoded = line[len(_DASH) :].partition(b" ")
    shown = name.decode("utf-8")
    if not name or b"+" in name or any(character.isspace() for character in shown):
        raise NoteMalformedError("a signature line has no valid key name")
    raw = decode_base64(encoded)
    if len(raw) < 5:
        raise NoteMalformedError("a signature line is too short")
    return name, raw[:4], raw[4:]


def split_key(text: str, what: str) -> tuple[str, str, bytes]:
    """Return name, key ID in hex and key bytes (type first) of a key's text; raises NoteMalformedError naming `what`.

    Whether the key ID belongs to name and key, and which types are wanted, is for the caller to look at.
    """
    name, _, rest = text.partition("+")
    hexid, _, encoded = rest.partition("+")
    if not NAME.fullmatch(name) or not _KEY_ID.fullmatch(hexid) or not encoded.isascii():
        raise NoteMalformedError(f"not {what}: expected name, plus, eight hex digits, plus, base64")
    return name, hexid, decode_base64(encoded.encode("ascii"))


def key_id(name: str, key: bytes) -> bytes:
    """Return the 4 bytes that tell a key (its type first) from others of its name."""
    return sha256(name.encode() + b"\n" + key).digest()[:4]


def _encode(text: str) -> bytes:
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise NoteMalformedError("the text holds a lone surrogate") from error
