"""Personal data at rest: sealed with a key of its own per record, so that erasing the key erases the person.

AES-256-GCM. The data key of what ends on schedule is wrapped by a key that comes from its month's
(:mod:`printd.shop.months`), of what stays as long as the log by the shop's records key. What each sealed piece is, and
whose, is bound to it as associated data, so that pieces cannot be exchanged between records.

A person's pseudonym is made with a salt, which lies sealed with what is kept of them: when the last of it is erased,
nobody can match the pseudonym any more, whatever keys they have.
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
from printd.shop.months import MonthGoneError, Months

_NONCE = 12
_NO_MONTH = b"\0"
_SALT = 16


class Vault:
    """Seals and opens personal data, and makes pseudonyms.

    :param months: wrap what ends; none: nothing that ends is sealed or opened.
    """

    def __init__(self, records_key: bytes, pseudonym_key: bytes, months: Months | None = None) -> None:
        self._months = months
        self._wrap = AESGCM(records_key)
        self._pseudonym = pseudonym_key
        self._records = records_key

    @classmethod
    def of(cls, keys: Keys, months: Months | None = None) -> Vault:
        """Return the vault of a shop's keys."""
        return cls(keys.records, keys.pseudonym, months)

    def check(self) -> str:
        """Return a value that tells whether two vaults have the same keys, and nothing about the keys."""
        return self.pseudonym("key-check", hmac.digest(self._records, b"key-check", hashlib.sha256))

    def new_key(self, owner: str, month: str = "") -> tuple[bytes, bytes]:
        """Return a fresh data key and its wrapped form, which alone is stored.

        :param month: name of the month's key with which it ends; empty: it stays as long as the log.
        """
        key = AESGCM.generate_key(bit_length=256)
        return key, month.encode() + _NO_MONTH + _seal(self._wrapping(month, owner), key, f"key:{owner}")

    def unwrap(self, wrapped: bytes, owner: str) -> bytes:
        """Return a data key.

        :raises MonthGoneError: the key of its month is destroyed.
        :raises AlteredError: it was altered, or belongs to another owner.
        """
        month, _, rest = wrapped.partition(_NO_MONTH)
        return _open(self._wrapping(month.decode("ascii", "replace"), owner), rest, f"key:{owner}")

    def _wrapping(self, month: str, owner: str) -> AESGCM:
        if not month:
            return self._wrap
        if self._months is None:
            raise MonthGoneError(month)
        return AESGCM(self._months.key_for(month, owner))

    def content(self, fields: bytes, photo: bytes, signature: bytes | None, salt: bytes) -> str:
        """Return the keyed digest of a record's content, by which the same record is recognised while it is kept."""
        parts = (fields, photo, signature or b"")
        return self.pseudonym("record", salt + b"".join(hashlib.sha256(part).digest() for part in parts))

    def holder(self, nik: str, salt: bytes) -> str:
        """Return the pseudonym of a person whose card it is.

        :param salt: the person's, as long as anything of them is kept.
        """
        return self.pseudonym("holder", salt + nik.encode())

    def pseudonym(self, domain: str, value: bytes) -> str:
        """Return the name (22 characters) that stands for a value in the log; only the key's owner can match it."""
        digest = hmac.digest(self._pseudonym, domain.encode() + b"\0" + value, hashlib.sha256)
        return base64.urlsafe_b64encode(digest[:16]).rstrip(b"=").decode("ascii")


def new_salt() -> bytes:
    """Return a salt for the pseudonym of somebody of whom nothing is kept yet."""
    return secrets.token_bytes(_SALT)


def opening(key: bytes, record: str) -> bytes:
    """Return what lets whoever has a record's files tell that they are those that were taken in.

    It comes from the record's data key, of which it tells nothing, and ends with it.
    """
    return hmac.digest(key, f"opening:{record}".encode(), hashlib.sha256)


def delivered(opened: bytes, document: bytes, photo: bytes | None, signature: bytes | None) -> str:
    """Return the keyed digest (hex) of a record's files as they were delivered.

    :param opened: the record's :func:`opening`.
    """
    parts = (bytes(32) if part is None else hashlib.sha256(part).digest() for part in (document, photo, signature))
    return hmac.digest(opened, b"".join(parts), hashlib.sha256).hex()


def month_of(wrapped: bytes) -> str:
    """Return the name of the month's key that a wrapped data key ends with; empty: it stays."""
    return wrapped.partition(_NO_MONTH)[0].decode("ascii", "replace")


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
