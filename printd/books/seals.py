"""Whether what lies sealed beside the log is what an entry says: checked without a key.

The entry carries SHA-256 over the whole envelope as it is stored: its name, the wrapped data key, each ciphertext with
its random nonce, and the tag by which its holder is found. Of what is inside this tells nothing, neither to whoever
tries all NIKs nor to whoever knows the person: a ciphertext cannot be made again without its key of 256 random bits.
When key and ciphertext are erased, the digest is one of random bytes that nobody has; it is worth nothing, and the
entry may stay for ever. An auditor who has the database and no key can check every envelope. An HMAC over the content
could be checked only by whoever may read it, and would go on matching a guess for as long as its key lived.

One envelope has one content: AES-GCM opens it under no second key that anybody can find, since neither its nonce nor
its ciphertext was chosen by whoever looks for one. So an unaltered envelope holds what was taken in.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import TypeVar

from printd.books.heads import Head
from printd.books.proved import proved
from printd.events import sealing
from printd.events.base import EventError
from printd.events.sealing import Sealing
from printd.store import operators, seals
from printd.store.rows import Connection
from printd.store.tables.operators import OperatorSecretRow
from printd.store.tables.records import QuarantineRow, RecordSecretRow
from printd.store.tables.sealed import SealedRow

S = TypeVar("S", bound=Sealing)

_LABEL = b"printd sealed 1"


def digest(name: str, wrapped_key: bytes, *parts: bytes | None) -> str:
    """Return the digest (hex) of an envelope.

    :param name: under which it is sealed.
    :param parts: the ciphertexts, in the order of their columns; ``None``: there is none.
    """
    whole = hashlib.sha256(_LABEL)
    for part in (name.encode(), wrapped_key, *parts):
        whole.update(b"-" if part is None else b"+" + len(part).to_bytes(8, "big") + part)
    return whole.hexdigest()


def of_record(row: RecordSecretRow) -> str:
    """Return the digest of a record's envelope."""
    signature = row["signature"]
    parts = bytes(row["fields"]), bytes(row["photo"]), None if signature is None else bytes(signature)
    holder = bytes(row["salt"]), row["tag"].encode()
    return digest(sealing.of_record(row["record_id"]), bytes(row["wrapped_key"]), *parts, *holder)


def of_quarantine(row: QuarantineRow) -> str:
    """Return the digest of a refused record's envelope, and of what was said when it was refused."""
    why = (row["received_at"], row["codes"], row["message"])
    parts = bytes(row["files"]), *(one.encode() for one in why)
    return digest(sealing.of_quarantine(row["id"]), bytes(row["wrapped_key"]), *parts)


def of_person(row: OperatorSecretRow) -> str:
    """Return the digest of a person's sealed key, as the entry that brought it has it."""
    return hashlib.sha256(row["sealed_key"].encode()).hexdigest()


def of_act(row: SealedRow) -> str:
    """Return the digest of the envelope of an act's fields."""
    salt, tag = row["salt"], row["tag"]
    holder = None if salt is None else bytes(salt), None if tag is None else tag.encode()
    return digest(row["id"], bytes(row["wrapped_key"]), bytes(row["fields"]), *holder)


def check(connection: Connection) -> Iterator[str]:
    """Yield, name by name, where what lies sealed is not what the entries say. No key is needed.

    What the table ``seal`` says is what the entries say where the replay finds it equal: what was sealed lies there,
    unless an entry says that it was erased, and then it does not.
    """
    told = {row["name"]: row for row in seals.seals(connection)}
    for name, found in _stored(connection):
        said = told.pop(name, None)
        if said is None:
            yield f"{name} lies sealed, and no entry brought it"
        elif said["erased_seq"] is not None:
            yield f"{name} was erased by entry {said['erased_seq']}, and lies there"
        elif said["digest"] != found:
            yield f"{name} is not what was sealed"
    yield from (
        f"{name} was sealed, and is not there; no entry erased it"
        for name, said in told.items()
        if said["erased_seq"] is None
    )
    yield from _people(connection)


def _people(connection: Connection) -> Iterator[str]:
    """Yield, person by person, where a sealed key is not the one that an entry brought."""
    told = {row["name"]: row["sealed"] for row in operators.operators(connection)}
    for row in operators.secrets(connection):
        said = told.pop(row["name"], None)
        if said is None:
            yield f"a key of {row['name']} lies sealed, and no entry brought it"
        elif said != of_person(row):
            yield f"the sealed key of {row['name']} is not the one that was enrolled"
    yield from (f"the sealed key of {name} is not there" for name in told)


def _stored(connection: Connection) -> Iterator[tuple[str, str]]:
    for record in seals.record_secrets(connection):
        yield sealing.of_record(record["record_id"]), of_record(record)
    for refused in seals.quarantines(connection):
        yield sealing.of_quarantine(refused["id"]), of_quarantine(refused)
    for act in seals.all_sealed(connection):
        yield act["id"], of_act(act)


def brought(connection: Connection, name: str, kind: type[S], heads: list[Head]) -> S | None:
    """Return the event that brought something sealed, from its entry, which is proved.

    :param kind: of the event.
    :param heads: signed ones, as :func:`printd.books.proved.proved` takes them.
    :returns: ``None`` where no entry of that kind brought it, or it is erased.
    :raises IntegrityError: the entry was altered.
    """
    row = seals.find_seal(connection, name)
    if row is None or row["erased_seq"] is not None:
        return None
    entry = proved(connection, row["seq"], heads)
    try:
        event = kind.read(entry.data) if entry.kind == kind.kind else None
    except EventError:
        return None
    return event if event is not None and event.seal == name else None
