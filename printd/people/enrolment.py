"""A new key for somebody: made, named after the log and the person, and sealed under their passphrase."""

from __future__ import annotations

from dataclasses import dataclass

from printd.ledger.signatures import SigningKey, person_key_name, vkey
from printd.people.sealed_key import SealedKey, seal
from printd.people.stretching import Cost


@dataclass(frozen=True)
class NewKey:
    """A key that was just made.

    :param key: the private key, at hand.
    :param vkey: its public half, for the entry that enrols it.
    :param sealed: the private half as the shop keeps it.
    :param recovery_code: opens it too; shown once, kept by nobody here.
    """

    key: SigningKey
    vkey: str
    sealed: SealedKey
    recovery_code: str


def new_key(name: str, origin: str, passphrase: str, cost: Cost) -> NewKey:
    """Make a key for somebody.

    :param origin: name of the log.
    :param cost: of a guess at the passphrase; below the recommended one only in a practice shop.
    :raises Refused: the passphrase is too short.
    :raises SignatureError: the name cannot be part of a key's name.
    """
    key = SigningKey.new()
    sealed, code = seal(name, origin, key, passphrase, cost, allow_cheap=cost.is_cheap)
    return NewKey(key, vkey(person_key_name(origin, name), key.public), sealed, code)
