"""Opening what lies sealed: only an envelope that an entry speaks of, with the content that was taken in.

Two things are compared before anybody sees what is inside. The envelope: its digest is in the entry that brought it,
and that entry is proved by the signed tree head (:mod:`printd.books.seals`), so that whoever has the database cannot
exchange envelopes, and whoever has the keys as well cannot seal another face. And of a record its content, by the keyed
digest of the same entry.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from printd.books import seals
from printd.errors import AlteredError, IntegrityError, Refused
from printd.events.records import RecordAccepted, RecordQuarantined
from printd.events.sealing import Sealing, of_quarantine, of_record
from printd.remedies import Do
from printd.shop.shop import Shop
from printd.shop.vault import unseal
from printd.store import records, sealed
from printd.store.rows import Connection
from printd.store.seals import find_seal

S = TypeVar("S", bound=Sealing)


@dataclass(frozen=True)
class OpenedRecord:
    """What was sealed of a record: its fields as JSON, and the files of its pictures."""

    fields: bytes
    photo: bytes
    signature: bytes | None


def open_record(shop: Shop, connection: Connection, record: str) -> OpenedRecord:
    """Return what was sealed of a record.

    :raises Refused: it is erased.
    :raises AlteredError: it is not what was sealed, or not what was taken in.
    """
    seal = of_record(record)
    secret = records.record_secret_of(connection, record)
    event = _brought(shop, connection, seal, RecordAccepted, None if secret is None else seals.of_record(secret))
    assert secret is not None
    key = _unwrapped(shop, bytes(secret["wrapped_key"]), record, seal)
    photo, signature = bytes(secret["photo"]), secret["signature"]
    opened = OpenedRecord(
        _unsealed(key, bytes(secret["fields"]), f"fields:{record}", seal),
        _unsealed(key, photo, f"photo:{record}", seal),
        None if signature is None else _unsealed(key, bytes(signature), f"signature:{record}", seal),
    )
    if shop.vault.content(opened.fields, opened.photo, opened.signature) != event.digest:
        raise _altered(seal, "Its content has another digest than the record that was taken in.")
    return opened


def open_quarantine(shop: Shop, connection: Connection, quarantine: str) -> bytes:
    """Return what was sealed of a refused record.

    :raises Refused: it is erased.
    :raises AlteredError: it is not what was sealed.
    """
    seal = of_quarantine(quarantine)
    row = records.find_quarantine(connection, quarantine)
    _brought(shop, connection, seal, RecordQuarantined, None if row is None else seals.of_quarantine(row))
    assert row is not None
    key = _unwrapped(shop, bytes(row["wrapped_key"]), quarantine, seal)
    return _unsealed(key, bytes(row["files"]), seal, seal)


def open_fields(shop: Shop, connection: Connection, seal: str, kind: type[Sealing]) -> bytes:
    """Return what an act sealed, as JSON.

    :param kind: of the event that brought it.
    :raises Refused: nothing is sealed under this name, or it is erased.
    :raises AlteredError: it is not what was sealed.
    """
    row = sealed.find_sealed(connection, seal)
    _brought(shop, connection, seal, kind, None if row is None else seals.of_act(row))
    assert row is not None
    key = _unwrapped(shop, bytes(row["wrapped_key"]), seal, seal)
    return _unsealed(key, bytes(row["fields"]), f"sealed:{seal}", seal)


def _brought(shop: Shop, connection: Connection, seal: str, kind: type[S], found: str | None) -> S:
    """Return the event that brought something sealed, when the envelope is the one it speaks of.

    :param found: digest of the envelope as it is stored; ``None``: it is not there.
    """
    if found is None and find_seal(connection, seal) is None:
        raise Refused(f"Nothing is sealed for {seal}.", why="It never was, or it was erased on schedule.")
    try:
        event = seals.brought(connection, seal, kind, shop.signed_heads(connection))
    except IntegrityError as unproved:
        raise _altered(seal, f"{unproved.what} {unproved.why}") from unproved
    if event is None:
        raise _altered(seal, "No entry of the log brought it.")
    if found is None:
        raise _altered(seal, "It is not there, and no entry says that it was erased.")
    if event.sealed != found:
        raise _altered(seal, "Its envelope has another digest than the entry that brought it.")
    return event


def _unwrapped(shop: Shop, wrapped: bytes, owner: str, seal: str) -> bytes:
    try:
        return shop.vault.unwrap(wrapped, owner)
    except AlteredError as shut:
        shut.seal = seal
        raise


def _unsealed(key: bytes, content: bytes, what: str, seal: str) -> bytes:
    try:
        return unseal(key, content, what)
    except AlteredError as shut:
        shut.seal = seal
        raise


def _altered(seal: str, why: str) -> AlteredError:
    error = AlteredError(
        f"What is sealed as {seal} is not what was taken in.",
        why=why,
        consequence="It is not shown and not printed.",
        remedy=("Keep the database as it is and call the auditor; see all of them: ", Do("audit.replay")),
    )
    error.seal = seal
    return error
