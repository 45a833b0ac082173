"""A person's private key at rest: sealed under a passphrase, and once more under a recovery code.

AES-256-GCM under a key that Argon2id makes of the secret. Whose key it is, of which log, and which of the two secrets
opens it are bound to each copy as associated data, so that no copy can be put in another's place. What is stored is
still whatever somebody wrote into the database: the entry of the enrolment carries the `digest`, and what comes out
must be the private half of the public key that was enrolled.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass
from typing import Any, Final, Literal, NoReturn

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from printd.ledger import entry
from printd.ledger.notes import NoteMalformedError, decode_base64
from printd.ledger.signatures import SigningKey
from printd.people import passphrases, recovery_codes, stretching
from printd.people.stretching import RECOMMENDED, Cost, stretched

VERSION: Final = 1
"""Of what is stored: a reader refuses every other."""

_NONCE: Final = 12
_SEED: Final = 32
_TAG: Final = 16
_Secret = Literal["passphrase", "recovery"]


class WrongSecretError(Exception):
    """The passphrase or the recovery code is not the one that this key was sealed under."""


class ForeignKeyError(Exception):
    """The secret opened a key that is not the enrolled one: what is stored was exchanged."""


class SealedKeyError(ValueError):
    """Stored bytes that are no sealed key; the message says what is wrong, never the content."""


@dataclass(frozen=True)
class Owner:
    """Whose key it is: the person's `name` in the log, the log's `origin`, and the enrolled `public` key."""

    name: str
    origin: str
    public: bytes


@dataclass(frozen=True)
class SealedCopy:
    """The private key under one secret: what Argon2id is asked for, the nonce, and the ciphertext with its tag."""

    cost: Cost
    salt: bytes
    nonce: bytes
    ciphertext: bytes


@dataclass(frozen=True)
class SealedKey:
    """A private key sealed twice, as it is stored."""

    passphrase: SealedCopy
    recovery: SealedCopy

    def body(self) -> bytes:
        """Return the one byte form (canonical JSON) that is stored and backed up."""
        return entry.canonical(
            {"v": VERSION, "passphrase": _copy_members(self.passphrase), "recovery": _copy_members(self.recovery)}
        )

    @classmethod
    def from_body(cls, body: bytes, *, allow_cheap: bool = False) -> SealedKey:
        """Read stored bytes; nothing is believed of them yet but their shape.

        :param allow_cheap: in a practice shop: a cost below the recommended one is taken.
        :raises SealedKeyError: they are not exactly what :meth:`body` returns, or the cost is not within bounds.
        """
        try:
            value = entry.parse(body)
        except entry.EntryError as error:
            raise SealedKeyError(str(error)) from error
        version, by_passphrase, by_recovery = _members(value, "v", "passphrase", "recovery")
        if version != VERSION or type(version) is not int:
            raise SealedKeyError("a version that is not known here")
        return cls(_read_copy(by_passphrase, allow_cheap), _read_copy(by_recovery, allow_cheap))

    @property
    def digest(self) -> str:
        """SHA-256 of the stored bytes in hex, for the entry that says what was sealed."""
        return hashlib.sha256(self.body()).hexdigest()


def seal(
    name: str, origin: str, key: SigningKey, passphrase: str, cost: Cost = RECOMMENDED, *, allow_cheap: bool = False
) -> tuple[SealedKey, str]:
    """Seal a person's key under a passphrase and under a new recovery code.

    Takes two calculations of Argon2id.

    :returns: what is stored, and the recovery code as it is shown once; nothing keeps it.
    :raises Refused: the passphrase is too short.
    :raises ValueError: the cost is below the recommended one, and that is not allowed.
    """
    passphrases.check(passphrase)
    _refuse_cheap(cost, allow_cheap)
    owner, code = Owner(name, origin, key.public), recovery_codes.new_code()
    sealed = SealedKey(
        _seal(owner, key, "passphrase", passphrases.as_bytes(passphrase), cost),
        _seal(owner, key, "recovery", _code_bytes(code), cost),
    )
    return sealed, code


def open_with_passphrase(sealed: SealedKey, owner: Owner, passphrase: str) -> SigningKey:
    """Return the private key; takes one calculation of Argon2id.

    :raises WrongSecretError: the passphrase is wrong, or the copy was sealed for somebody else or altered.
    :raises ForeignKeyError: what was sealed is not the private half of the owner's public key.
    """
    return _open(sealed.passphrase, owner, "passphrase", passphrases.as_bytes(passphrase))


def open_with_recovery(sealed: SealedKey, owner: Owner, typed: str) -> SigningKey:
    """Return the private key by the recovery code, as it was typed; takes one calculation of Argon2id.

    :raises MistypedCodeError: what was typed is no recovery code; nothing was tried.
    :raises WrongSecretError: it is another code, or the copy was sealed for somebody else or altered.
    :raises ForeignKeyError: what was sealed is not the private half of the owner's public key.
    """
    return _open(sealed.recovery, owner, "recovery", _code_bytes(typed))


def open_nothing(secret: str, cost: Cost = RECOMMENDED) -> NoReturn:
    """Take as long as a wrong secret takes, where the name is nobody's.

    :param cost: what the shop's keys are sealed at.
    :raises WrongSecretError: always.
    """
    stretched(passphrases.as_bytes(secret), bytes(stretching.SALT), cost)
    raise WrongSecretError


def _seal(owner: Owner, key: SigningKey, by: _Secret, secret: bytes, cost: Cost) -> SealedCopy:
    salt, nonce = secrets.token_bytes(stretching.SALT), secrets.token_bytes(_NONCE)
    sealed = AESGCM(stretched(secret, salt, cost)).encrypt(nonce, key.seed, _bound(owner, by))
    return SealedCopy(cost, salt, nonce, sealed)


def _open(copy: SealedCopy, owner: Owner, by: _Secret, secret: bytes) -> SigningKey:
    try:
        seed = AESGCM(stretched(secret, copy.salt, copy.cost)).decrypt(copy.nonce, copy.ciphertext, _bound(owner, by))
    except InvalidTag as wrong:
        raise WrongSecretError from wrong
    key = SigningKey(seed)
    if key.public != owner.public:
        raise ForeignKeyError
    return key


def _bound(owner: Owner, by: _Secret) -> bytes:
    """Return what a copy is bound to; one value has one byte form, so no two owners share it."""
    return entry.canonical(
        {"v": VERSION, "opens": by, "name": owner.name, "origin": owner.origin, "public": owner.public.hex()}
    )


def _code_bytes(typed: str) -> bytes:
    return recovery_codes.read_code(typed).encode("ascii")


def _refuse_cheap(cost: Cost, allowed: bool) -> None:
    if cost.is_cheap and not allowed:
        raise ValueError("below the recommended cost of Argon2id: a guess would be too cheap")


def _copy_members(copy: SealedCopy) -> dict[str, object]:
    return {
        "time_cost": copy.cost.time_cost,
        "memory_kib": copy.cost.memory_kib,
        "parallelism": copy.cost.parallelism,
        "salt": base64.b64encode(copy.salt).decode("ascii"),
        "nonce": base64.b64encode(copy.nonce).decode("ascii"),
        "ciphertext": base64.b64encode(copy.ciphertext).decode("ascii"),
    }


def _read_copy(value: object, allow_cheap: bool) -> SealedCopy:
    time_cost, memory_kib, parallelism, salt, nonce, ciphertext = _members(
        value, "time_cost", "memory_kib", "parallelism", "salt", "nonce", "ciphertext"
    )
    try:
        cost = Cost(_whole(time_cost), _whole(memory_kib), _whole(parallelism))
        _refuse_cheap(cost, allow_cheap)
    except ValueError as error:
        raise SealedKeyError(str(error)) from error
    return SealedCopy(cost, _bytes(salt, stretching.SALT), _bytes(nonce, _NONCE), _bytes(ciphertext, _SEED + _TAG))


def _members(value: object, *names: str) -> list[Any]:
    if not isinstance(value, dict) or value.keys() != set(names):
        raise SealedKeyError("other members than a sealed key has")
    return [value[name] for name in names]


def _whole(value: object) -> int:
    if type(value) is not int:
        raise SealedKeyError("a cost is not a whole number")
    return value


def _bytes(value: object, length: int) -> bytes:
    if not isinstance(value, str):
        raise SealedKeyError("salt, nonce and ciphertext are text")
    try:
        raw = decode_base64(value.encode())
    except NoteMalformedError as error:
        raise SealedKeyError(str(error)) from error
    if len(raw) != length:
        raise SealedKeyError("a salt, nonce or ciphertext of another length")
    return raw
