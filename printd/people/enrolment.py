"""A new key for somebody: made, named after the log and the person, and sealed under their passphrase."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from printd.errors import Refused
from printd.ledger.signatures import SignatureError, SigningKey, person_key_name, read_vkey, vkey
from printd.people.sealed_key import SealedKey, seal
from printd.people.stretching import Cost

_NAME: Final = re.compile(r"[a-z][a-z0-9._-]{1,31}", re.ASCII)


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


def check_name(name: str) -> None:
    """Refuse what cannot be a login name.

    :raises Refused: it is not 2 to 32 of a-z, 0-9 and . _ -, beginning with a letter.
    """
    if not _NAME.fullmatch(name):
        raise Refused(
            f"{name[:40]!r} cannot be a login name.",
            why="It is 2 to 32 of a-z, 0-9 and . _ - and begins with a letter.",
            consequence="Nothing was changed.",
            remedy="Choose a short name that says nothing private: the log keeps it for ever.",
        )


def check_free(name: str, *, taken: bool) -> None:
    """Refuse a name that is or was somebody's.

    :param taken: whether the log gave it to somebody before.
    :raises Refused: so it is, or it cannot be a login name.
    """
    check_name(name)
    if taken:
        raise Refused(
            f"There is an operator {name} already, or was one.",
            consequence="Nothing was changed.",
            remedy="Choose another name: one that was used is never used again.",
        )


def check_key(key: str, origin: str, name: str, others: Collection[bytes]) -> bytes:
    """Return the public key, 32 bytes, with which somebody is enrolled.

    :param key: as a verifier key.
    :param origin: name of the log.
    :param others: public keys that belong to people already.
    :raises Refused: it is none, is named otherwise, or is somebody's already.
    """
    try:
        named, public = read_vkey(key)
    except SignatureError as wrong:
        raise Refused(f"The key of {name} is none.", why=f"{wrong}.", consequence="Nothing was changed.") from wrong
    if named != person_key_name(origin, name):
        raise Refused(
            f"The key of {name} is named {named}, and it must be {person_key_name(origin, name)}.",
            consequence="Nothing was changed.",
        )
    if public in others:
        raise Refused(
            f"The key of {name} belongs to somebody already.",
            why="Each person has a key of their own.",
            consequence="Nothing was changed.",
        )
    return public


def new_key(name: str, origin: str, passphrase: str, cost: Cost) -> NewKey:
    """Make a key for somebody.

    :param origin: name of the log.
    :param cost: of a guess at the passphrase; below the recommended one only in a practice shop.
    :raises Refused: it cannot be a login name, or the passphrase is too short.
    """
    check_name(name)
    key = SigningKey.new()
    sealed, code = seal(name, origin, key, passphrase, cost, allow_cheap=cost.is_cheap)
    return NewKey(key, vkey(person_key_name(origin, name), key.public), sealed, code)
