"""How somebody who acts proves it: what opens their key, for this one act."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, SecretStr

from printd.errors import Refused
from printd.ledger.signatures import EntrySigner, SignatureError, SigningKey, person_key_name, read_vkey
from printd.people import recovery_codes
from printd.people.sealed_key import (
    ForeignKeyError,
    Owner,
    SealedKey,
    SealedKeyError,
    WrongSecretError,
    open_nothing,
    open_with_passphrase,
    open_with_recovery,
)
from printd.remedies import Do
from printd.shop.shop import Shop
from printd.store import operators
from printd.store.tables.operators import OperatorRow


class Person(BaseModel):
    """Somebody who acts, with one proof that it is them.

    :param name: login name.
    :param passphrase: opens their sealed key.
    :param session: token of their session at a terminal.
    :param pin: opens a session of theirs that is there already.
    :param seed: their key itself, from a session file for scripts: 64 hexadecimal digits.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)
    name: str
    passphrase: SecretStr | None = None
    session: SecretStr | None = None
    pin: SecretStr | None = None
    seed: SecretStr | None = None


@dataclass
class Logins:
    """Who is logged in where, in the memory of this process."""

    def open(self, shop: Shop, person: Person) -> EntrySigner:
        """Return the key of somebody who works here and proved it.

        :raises Refused: nobody of that name works here, there is no proof, or a wrong one: which of them is not told.
        """
        if person.passphrase is not None:
            return open_by_passphrase(shop, person.name, person.passphrase.get_secret_value())
        if person.seed is not None:
            return _by_seed(shop, person.name, person.seed.get_secret_value())
        raise unproved(person.name)


def open_by_passphrase(shop: Shop, name: str, passphrase: str) -> SigningKey:
    """Return somebody's key.

    :raises Refused: nobody of that name works here, or the passphrase is wrong: it looks and lasts the same.
    """
    row = _working(shop, name)
    try:
        if row is None:
            open_nothing(passphrase, shop.key_cost)
        return open_with_passphrase(_sealed(shop, row), owner_of(row), passphrase)
    except WrongSecretError as wrong:
        raise unproved(name) from wrong
    except ForeignKeyError as foreign:
        raise _exchanged(name) from foreign


def open_by_recovery(shop: Shop, name: str, code: str) -> SigningKey:
    """Return somebody's key by their recovery code.

    :raises Refused: the code is mistyped, whoever is named; nobody of that name works here, or it is another code.
    """
    try:
        recovery_codes.read_code(code)
    except recovery_codes.MistypedCodeError as mistyped:
        raise Refused(
            "That is no recovery code.", why=f"{mistyped}.", consequence="Nothing was changed.", remedy="Type it again."
        ) from mistyped
    row = _working(shop, name)
    try:
        if row is None:
            open_nothing(code, shop.key_cost)
        return open_with_recovery(_sealed(shop, row), owner_of(row), code)
    except WrongSecretError as wrong:
        raise unproved(name) from wrong
    except ForeignKeyError as foreign:
        raise _exchanged(name) from foreign


def unproved(name: str) -> Refused:
    """Return the one refusal for a wrong proof, none, and a name that is nobody's."""
    return Refused(
        f"{name} did not prove who they are.",
        why="Whoever acts signs, with a key that only their own passphrase opens.",
        consequence="Nothing was changed.",
        remedy=(
            "Log in (",
            Do("people.login", name=name),
            ") or give the passphrase again. Those who work here: ",
            Do("operators.list"),
        ),
    )


def _by_seed(shop: Shop, name: str, seed: str) -> SigningKey:
    row = _working(shop, name)
    try:
        key = SigningKey(bytes.fromhex(seed))
    except (ValueError, SignatureError) as broken:
        raise unproved(name) from broken
    if row is None or key.public != owner_of(row).public:
        raise unproved(name)
    return key


def _working(shop: Shop, name: str) -> OperatorRow | None:
    with shop.store.reading() as connection:
        row = operators.find_operator(connection, name)
    return row if row is not None and row["active"] else None


def owner_of(row: OperatorRow) -> Owner:
    """Return whose sealed key it is, as the log enrolled them.

    :raises Refused: what the database has in the place of their public key is none.
    """
    try:
        named, public = read_vkey(row["key"])
    except SignatureError as altered:
        raise _exchanged(row["name"]) from altered
    return Owner(row["name"], named.removesuffix(person_key_name("", row["name"])), public)


def _sealed(shop: Shop, row: OperatorRow) -> SealedKey:
    """Return somebody's sealed key, once it is sure that it is the one their last entry names.

    :raises Refused: another lies in its place: an older one, or a stranger's.
    """
    with shop.store.reading() as connection:
        stored = operators.sealed_key(connection, row["name"])
    try:
        sealed = SealedKey.from_body((stored or "").encode(), allow_cheap=shop.practice)
    except SealedKeyError as broken:
        raise _exchanged(row["name"]) from broken
    if sealed.digest != row["sealed"]:
        raise _exchanged(row["name"])
    return sealed


def _exchanged(name: str) -> Refused:
    return Refused(
        f"The sealed key of {name} is not the one that the log names.",
        why="It was exchanged or altered in the database.",
        consequence="It opens nothing; nothing was changed.",
        remedy="Call the auditor. They get a new key: two people enrol it.",
    )
