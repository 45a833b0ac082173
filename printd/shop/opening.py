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
from printd.shop.months import MonthGoneError, owner_of
from printd.shop.shop import Shop
from printd.shop.vault import opening, unseal
from printd.store import records, sealed
from printd.store.erasing import find_ended_month
from printd.store.rows import Connection
from printd.store.seals import find_seal
from printd.words.moments import moment

S = TypeVar("S", bound=Sealing)


@dataclass(frozen=True)
class OpenedRecord:
    """What was sealed of a record: its fields as JSON, the files of its pictures, its holder's salt."""

    fields: bytes
    photo: bytes
    signature: bytes | None
    salt: bytes


def open_record(shop: Shop, connection: Connection, record: str) -> OpenedRecord:
    """Return what was sealed of a record.

    :raises Refused: it is erased, or the key of its month is destroyed.
    :raises AlteredError: it is not what was sealed, or not what was taken in.
    """
    seal = of_record(record)
    secret = records.record_secret_of(connection, record)
    event = _brought(shop, connection, seal, RecordAccepted, None if secret is None else seals.of_record(secret))
    assert secret is not None
    key = _unwrapped(shop, connection, bytes(secret["wrapped_key"]), seal)
    photo, signature = bytes(secret["photo"]), secret["signature"]
    opened = OpenedRecord(
        _unsealed(key, bytes(secret["fields"]), f"fields:{record}", seal),
        _unsealed(key, photo, f"photo:{record}", seal),
        None if signature is None else _unsealed(key, bytes(signature), f"signature:{record}", seal),
        _unsealed(key, bytes(secret["salt"]), f"salt:{record}", seal),
    )
    if shop.vault.content(opened.fields, opened.photo, opened.signature, opened.salt) != event.digest:
        raise _altered(seal, "Its content has another digest than the record that was taken in.")
    return opened


def opening_of(shop: Shop, connection: Connection, record: str) -> bytes:
    """Return what opens the digest of a record's files to whoever has them (:func:`printd.shop.vault.opening`).

    :raises Refused: it is erased, or the key of its month is destroyed.
    :raises AlteredError: what is sealed of it is not what was taken in.
    """
    open_record(shop, connection, record)
    secret = records.record_secret_of(connection, record)
    assert secret is not None
    return opening(_unwrapped(shop, connection, bytes(secret["wrapped_key"]), of_record(record)), record)


def open_quarantine(shop: Shop, connection: Connection, quarantine: str) -> bytes:
    """Return what was sealed of a refused record.

    :raises Refused: it is erased, or the key of its month is destroyed.
    :raises AlteredError: it is not what was sealed.
    """
    seal = of_quarantine(quarantine)
    row = records.find_quarantine(connection, quarantine)
    _brought(shop, connection, seal, RecordQuarantined, None if row is None else seals.of_quarantine(row))
    assert row is not None
    key = _unwrapped(shop, connection, bytes(row["wrapped_key"]), seal)
    return _unsealed(key, bytes(row["files"]), seal, seal)


def open_fields(shop: Shop, connection: Connection, seal: str, kind: type[Sealing]) -> bytes:
    """Return what an act sealed, as JSON.

    :param kind: of the event that brought it.
    :raises Refused: nothing is sealed under this name, it is erased, or the key of its month is destroyed.
    :raises AlteredError: it is not what was sealed.
    """
    row = sealed.find_sealed(connection, seal)
    _brought(shop, connection, seal, kind, None if row is None else seals.of_act(row))
    assert row is not None
    key = _unwrapped(shop, connection, bytes(row["wrapped_key"]), seal)
    return _unsealed(key, bytes(row["fields"]), f"sealed:{seal}", seal)


def _brought(shop: Shop, connection: Connection, seal: str, kind: type[S], found: str | None) -> S:
    """Return the event that brought something sealed, when the envelope is the one it speaks of.

    :param found: digest of the envelope as it is stored; ``None``: it is not there.
    """
    row = find_seal(connection, seal)
    if row is None and found is None:
        raise Refused(f"Nothing is sealed for {seal}.", why="Nothing ever was.")
    if row is not None and row["erased_seq"] is not None:
        raise Refused(
            f"{seal} is erased.",
            why=f"Entry {row['erased_seq']} of the log says so.",
            consequence="Nobody can open it any more, nor any backup once the key of its month is destroyed.",
        )
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


def _unwrapped(shop: Shop, connection: Connection, wrapped: bytes, seal: str) -> bytes:
    try:
        return shop.vault.unwrap(wrapped, owner_of(seal))
    except AlteredError as shut:
        shut.seal = seal
        raise
    except MonthGoneError as gone:
        ended = find_ended_month(connection, gone.month)
        if ended is None:
            gone.why = (
                "That key is not in the shop's folder months: it was destroyed on schedule after this copy of the "
                "database was made, or the folder was not brought along."
            )
        else:
            gone.why = f"It was destroyed on {moment(ended['at'], shop.zone)}, as entry {ended['seq']} of the log says."
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
