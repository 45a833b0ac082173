"""Signed notes and their keys (c2sp.org/signed-note), with cosignatures of witnesses (c2sp.org/tlog-cosignature).

Everything is split and compared as bytes, and base64 is read only as an encoder writes it.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

LOG: Final = 0x01
"""Key of a log: Ed25519 over the text."""

WITNESS: Final = 0x04
"""Key of a witness: Ed25519 over a time and the text."""

WITNESS_PQ: Final = 0x06
"""Key of a witness: ML-DSA-44 over a time and the tree head."""

NAME: Final = re.compile(r"[!-*,-~]{1,255}", re.ASCII)
"""Names of keys: printable ASCII without space and plus."""

_LENGTHS: Final = {LOG: 32, WITNESS: 32, WITNESS_PQ: 1312}
_MAX_NOTE: Final = 1_000_000
_MAX_LINES: Final = 100
_MAX_TIME: Final = 2**63
_DASH: Final = "\N{EM DASH} ".encode()
_CONTROL: Final = re.compile(rb"[\x00-\x09\x0b-\x1f]")
_KEY_ID: Final = re.compile(r"[0-9a-f]{8}", re.ASCII)
_PQ_LABEL: Final = b"subtree/v1\n\x00"


class NoteError(ValueError):
    """Bytes that are no signed note, a text that is no key, or a signature that is not good."""


class NotSignedError(NoteError):
    """No key that is known has signed the note."""


@dataclass(frozen=True)
class Key:
    """A public key under its name.

    :param kind: one of :data:`LOG`, :data:`WITNESS`, :data:`WITNESS_PQ`.
    """

    name: str
    key_id: bytes
    kind: int
    public: bytes

    @property
    def label(self) -> str:
        """Name and key ID, which tell this key from every other."""
        return f"{self.name}+{self.key_id.hex()}"


@dataclass(frozen=True)
class Opened:
    """A note of which at least one signature is good.

    :param text: with its final line feed.
    :param signed: the keys that signed it, each once, with the time that a witness gave; 0 where none is given.
    :param unchecked: keys that are known and whose kind of signature this installation cannot check.
    """

    text: bytes
    signed: dict[Key, int]
    unchecked: tuple[Key, ...] = ()


def read_key(text: str) -> Key:
    """Read a verifier key, `name+hhhhhhhh+base64(type || key)`.

    :raises NoteError: it is none, of another type, or its key ID is not that of its name and key.
    """
    name, hexid, raw = split_key(text)
    kind = raw[0] if raw else 0
    if _LENGTHS.get(kind) != len(raw) - 1:
        raise NoteError("not a key of a log or a witness")
    if key_id(name, raw).hex() != hexid:
        raise NoteError("the key ID does not belong to this name and key")
    return Key(name, bytes.fromhex(hexid), kind, raw[1:])


def split_key(text: str) -> tuple[str, str, bytes]:
    """Return name, key ID in hex and the bytes of a key, its type first.

    :raises NoteError: the text is no key.
    """
    name, _, rest = text.partition("+")
    hexid, _, encoded = rest.partition("+")
    if not NAME.fullmatch(name) or not _KEY_ID.fullmatch(hexid) or not encoded.isascii():
        raise NoteError("not a key: name, plus, eight hex digits, plus, base64")
    return name, hexid, decode_base64(encoded.encode("ascii"))


def key_id(name: str, raw: bytes) -> bytes:
    """Return the four bytes that tell a key from others of its name."""
    return sha256(name.encode() + b"\n" + raw).digest()[:4]


def decode_base64(text: bytes) -> bytes:
    """Decode padded base64.

    :raises NoteError: it is not spelt as an encoder writes it.
    """
    try:
        raw = base64.b64decode(text, validate=True)
    except binascii.Error as wrong:
        raise NoteError("not base64") from wrong
    if base64.b64encode(raw) != text:
        raise NoteError("base64 that no encoder writes")
    return raw


def open_note(note: bytes, keys: Iterable[Key]) -> Opened:
    """Read a signed note and check it with the keys that are known; lines of others are passed over.

    :raises NoteError: it is no note, or a signature by a known key is not good: then nothing of it is believed.
    :raises NotSignedError: no known key signed it.
    """
    known = {(key.name.encode(), key.key_id): key for key in keys}
    text, lines = _split(note)
    signed: dict[Key, int] = {}
    unchecked: dict[Key, None] = {}
    for name, number, signature in lines:
        key = known.get((name, number))
        if key is None:
            continue
        time, good = _check(key, text, signature)
        if good is None:
            unchecked[key] = None
        elif not good:
            raise NoteError(f"the signature of {key.label} does not fit the text")
        else:
            signed.setdefault(key, time)
    if not signed:
        raise NotSignedError("none of the keys that are trusted has signed it")
    return Opened(text, signed, tuple(unchecked))


def _split(note: bytes) -> tuple[bytes, list[tuple[bytes, bytes, bytes]]]:
    if len(note) > _MAX_NOTE:
        raise NoteError(f"longer than {_MAX_NOTE} bytes")
    try:
        note.decode("utf-8")
    except UnicodeDecodeError as wrong:
        raise NoteError("not UTF-8") from wrong
    if _CONTROL.search(note):
        raise NoteError("a control character other than line feed")
    end = note.rfind(b"\n\n")
    if end < 0:
        raise NoteError("no empty line between text and signatures")
    block = note[end + 2 :]
    if not block.endswith(b"\n"):
        raise NoteError("no signature, or the final line feed is missing")
    lines = block[:-1].split(b"\n")
    if len(lines) > _MAX_LINES:
        raise NoteError(f"more than {_MAX_LINES} signatures")
    return note[: end + 1], [_line(line) for line in lines]


def _line(line: bytes) -> tuple[bytes, bytes, bytes]:
    if not line.startswith(_DASH):
        raise NoteError("a signature line does not begin with an em dash and a space")
    name, _, encoded = line[len(_DASH) :].partition(b" ")
    if not name or b"+" in name or any(sign.isspace() for sign in name.decode("utf-8")):
        raise NoteError("a signature line without the name of a key")
    raw = decode_base64(encoded)
    if len(raw) < 5:
        raise NoteError("a signature line is too short")
    return name, raw[:4], raw[4:]


def _check(key: Key, text: bytes, signature: bytes) -> tuple[int, bool | None]:
    """Return the time that a signature gives, and whether it is good; ``None``: that cannot be checked here."""
    if key.kind == LOG:
        return 0, verify_ed25519(key.public, signature, text)
    time = int.from_bytes(signature[:8], "big")
    if len(signature) < 8 or time >= _MAX_TIME:
        return 0, False
    if key.kind == WITNESS:
        return time, verify_ed25519(key.public, signature[8:], b"cosignature/v1\ntime %d\n" % time + text)
    lines = text.split(b"\n")
    try:
        size, root = int(lines[1]), decode_base64(lines[2])
    except (IndexError, ValueError):
        return time, False
    if not 0 <= size < _MAX_TIME or len(lines[0]) > 255:
        return time, False
    said = b"%b%b%b%b%b%b%b" % (
        _PQ_LABEL,
        _short(key.name.encode()),
        time.to_bytes(8, "big"),
        _short(lines[0]),
        bytes(8),
        size.to_bytes(8, "big"),
        root,
    )
    return time, _verify_ml_dsa(key.public, signature[8:], said)


def _short(text: bytes) -> bytes:
    return bytes([len(text)]) + text


def _verify_ml_dsa(public: bytes, signature: bytes, message: bytes) -> bool | None:
    try:
        from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey  # noqa: PLC0415 - from 48 on

        MLDSA44PublicKey.from_public_bytes(public).verify(signature, message)
    except (ImportError, UnsupportedAlgorithm):
        return None
    except (InvalidSignature, ValueError):
        return False
    return True


def verify_ed25519(public: bytes, signature: bytes, message: bytes) -> bool:
    """Tell whether a signature over a message is good; one by a key that must not be used never is."""
    key = _usable(public)
    if key is None or len(signature) != 64:
        return False
    try:
        key.verify(signature, message)
    except InvalidSignature:
        return False
    return True


_P: Final = 2**255 - 19
_ORDER_8: Final = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
_SMALL_ORDER: Final = frozenset({0, 1, _P - 1, _ORDER_8, _P - _ORDER_8})
"""The y of each point whose order divides 8 (RFC 7748 section 7; Chalkias and others 2020, table 1)."""


def weakness(public: bytes) -> str:
    """Return why a public key must not be used; empty: nothing is known against it.

    Libraries accept points of small order, for which anybody can sign.
    """
    y = int.from_bytes(public, "little") & (1 << 255) - 1
    if len(public) != 32 or y >= _P:
        return "spelling"
    return "small_order" if y in _SMALL_ORDER else ""


@lru_cache(maxsize=4096)
def _usable(public: bytes) -> Ed25519PublicKey | None:
    return None if weakness(public) else Ed25519PublicKey.from_public_bytes(public)
