"""Personal data at rest: sealed with a key of its own per record, so that erasing the key erases the person.

AES-256-GCM; the data key is wrapped by the shop's records key. What each sealed piece is, and whose, is bound to it
as associated data, so that pieces cannot be exchanged between records.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from printd.errors import AlteredError
from printd.shop.keys import Keys

_NONCE = 12


class Vault:
    """Seals and opens personal data, and makes pseudonyms."""

    def __init__(self, records_key: bytes, pseudonym_key: bytes) -> None:
        self._wrap = AESGCM(records_key)
        self._pseudonym = pseudonym_key
        self._records = records_key

    @classmethod
    def of(cls, keys: Keys) -> Vault:
        """Return the vault of a shop's keys."""
        return cls(keys.records, keys.pseudonym)

    def check(self) -> str:
        """Return a value that tells whether two vaults have the same keys, and nothing about the keys."""
        return self.pseudonym("key-check", hmac.digest(self._records, b"key-check", hashlib.sha256))

    def new_key(self, owner: str) -> tuple[bytes, bytes]:
        """Return a fresh data key and its wrapped form, which alone is stored."""
        key = AESGCM.generate_key(bit_length=256)
        return key, _seal(self._wrap, key, f"key:{owner}")

    def unwrap(self, wrapped: bytes, owner: str) -> bytes:
        """Return a data key.

        :raises AlteredError: it was altered, or belongs to another owner.
        """
        return _open(self._wrap, wrapped, f"key:{owner}")

    def content(self, fields: bytes, photo: bytes, signature: bytes | None) -> str:
        """Return the keyed digest of a record's content, by which the same record is recognised."""
        parts = (fields, photo, signature or b"")
        return self.pseudonym("record", b"".join(hashlib.sha256(part).digest() for part in parts))

    def pseudonym(self, domain: str, value: bytes) -> str:
        """Return the name (22 characters) that stands for a value in the log; only the key's owner can match it."""
        digest = hmac.digest(self._pseudonym, domain.encode() + b"\0" + value, hashlib.sha256)
        return base64.urlsafe_b64encode(digest[:16]).rstrip(b"=").decode("ascii")


def seal(key: bytes, data: bytes, what: str) -> bytes:
    """Return ``data`` sealed under a data key, bound to what it is."""
    return _seal(AESGCM(key), data, what)


def unseal(key: bytes, sealed: bytes, what: str) -> bytes:
    """Return what was sealed.

    :raises AlteredError: it was altered or is something else.
    """
    return _open(AESGCM(key), sealed, what)


def _seal(cipher: AESGCM, data: bytes, what: str) -> bytes:
    nonce = secrets.token_bytes(_NONCE)
    return nonce + cipher.encrypt(nonce, data, what.encode())


def _open(cipher: AESGCM, sealed: bytes, what: str) -> bytes:
    try:
        return cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], what.encode())
    except (InvalidTag, ValueError) as altered:  # ValueError: too short to be sealed at all
        raise AlteredError(
            f"The sealed {what.split(':', maxsplit=1)[0]} cannot be opened.",
            why="It was altered, or the records key is not the one it was sealed with.",
            remedy="Restore the database and the keys folder of the same day.",
        ) from altered
