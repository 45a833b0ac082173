"""The shop's keys: one folder, one file a key, readable by the shop's user alone."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from printd import durable
from printd.errors import ConfigError
from printd.ledger.notes import NoteError, Signer

FOLDER = "keys"
_LOG, _VKEY, _RECORDS, _PSEUDONYM = "log.key", "log.vkey", "records.key", "pseudonym.key"
_DOCUMENTS, _DOCUMENTS_VKEY = "documents.key", "documents.vkey"
_NEXT = "log.next.key"
SECRETS = (_LOG, _RECORDS, _PSEUDONYM, _DOCUMENTS)
PUBLIC = (_VKEY, _DOCUMENTS_VKEY)
UNREADABLE = "missing or unreadable"


@dataclass(frozen=True)
class Keys:
    """What the shop keeps secret.

    :param log: signs the checkpoints (Ed25519).
    :param records: 32 bytes; wraps the data keys of personal data.
    :param pseudonym: 32 bytes; makes the pseudonyms that stand for people in the log.
    :param documents: signs manifests and acknowledgements; the log key signs nothing but checkpoints, so that no paper
        can ever be taken for one.
    """

    log: Signer
    records: bytes
    pseudonym: bytes
    documents: Signer


def create(folder: Path, origin: str) -> Keys:
    """Make the keys of a new shop."""
    place = folder / FOLDER
    place.mkdir(mode=0o700)
    signer = Signer.generate(origin)
    _write(place / _LOG, signer.to_text())
    durable.write(place / _VKEY, f"{signer.vkey}\n".encode("ascii"))
    documents = Signer.generate(f"{origin}/documents")
    _write(place / _DOCUMENTS, documents.to_text())
    durable.write(place / _DOCUMENTS_VKEY, f"{documents.vkey}\n".encode("ascii"))
    for name in (_RECORDS, _PSEUDONYM):
        _write(place / name, base64.b64encode(secrets.token_bytes(32)).decode("ascii"))
    durable.sync_folder(place)
    return load(folder, origin)


def load(folder: Path, origin: str) -> Keys:
    """Read the keys.

    :raises ConfigError: one is missing or broken, or belongs to another log; the message names the file.
    """
    return read(folder / FOLDER, origin)


def read(place: Path, origin: str) -> Keys:
    """Read the keys of a keys folder, wherever it lies.

    :raises ConfigError: as :func:`load`.
    """
    signer = _signer(place / _LOG)
    if signer.verifier.name != origin:
        raise ConfigError(
            f"{place / _LOG} signs for the log {signer.verifier.name}, the configuration names {origin}.",
            remedy="Put the right origin into printd.toml, or restore the right key.",
        )
    try:
        documents = Signer.from_text(_private(place / _DOCUMENTS))
    except NoteError as broken:
        raise ConfigError(f"{place / _DOCUMENTS} is not a signing key.", why=f"{broken}.", remedy="Restore it.") from (
            broken
        )
    return Keys(signer, _secret(place / _RECORDS), _secret(place / _PSEUDONYM), documents)


def ready(folder: Path) -> Signer | None:
    """Return the key that lies ready for the log's next generation, if there is one.

    :raises ConfigError: it cannot be read.
    """
    path = folder / FOLDER / _NEXT
    return _signer(path) if path.exists() else None


def make_ready(folder: Path, origin: str) -> Signer:
    """Return a key for the log's next generation, durably kept until :func:`take_over`."""
    kept = ready(folder)
    if kept is None or kept.verifier.name != origin:
        kept = Signer.generate(origin)
        durable.write(folder / FOLDER / _NEXT, f"{kept.to_text()}\n".encode("ascii"))
    return kept


def take_over(folder: Path) -> None:
    """Put the next generation's key in the place of the old one, which nobody may use again."""
    place = folder / FOLDER
    new = _signer(place / _NEXT)
    durable.write(place / _VKEY, f"{new.vkey}\n".encode("ascii"))
    (place / _NEXT).replace(place / _LOG)
    durable.sync_folder(place)


def _signer(path: Path) -> Signer:
    try:
        return Signer.from_text(_private(path))
    except NoteError as broken:
        raise ConfigError(f"{path} is not a log key.", why=f"{broken}.", remedy="Restore it.") from broken


def fingerprints(place: Path) -> dict[str, str]:
    """Return what tells each secret key of a keys folder from others, and nothing about it.

    A signing key is known by the key ID in its public half (C2SP signed-note); of the others it is a keyed digest.
    """
    found = {}
    for name in SECRETS:
        try:
            text = _private(place / name)
            found[name] = _fingerprint(name, text)
        except (ConfigError, NoteError, ValueError):
            found[name] = UNREADABLE
    return found


def _fingerprint(name: str, text: str) -> str:
    if name in (_LOG, _DOCUMENTS):
        return Signer.from_text(text).vkey.split("+")[1]
    return hmac.digest(base64.b64decode(text, validate=True), b"printd key fingerprint", hashlib.sha256)[:8].hex()


def vkey(folder: Path) -> str:
    """Return the verifier key, the public half of the log key."""
    return _read(folder / FOLDER / _VKEY)


def public(folder: Path) -> dict[str, bytes]:
    """Return the files of the public halves, by name."""
    return {name: f"{_read(folder / FOLDER / name)}\n".encode("ascii") for name in PUBLIC}


def _write(path: Path, text: str) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as out:
        out.write(text + "\n")
        out.flush()
        os.fsync(out.fileno())


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as missing:
        raise ConfigError(
            f"The key file {path} cannot be read.",
            consequence="Without its keys the shop can neither sign nor read its records.",
            remedy="Restore the keys folder from the key backup.",
        ) from missing


def _private(path: Path) -> str:
    """Read a key that nobody else may have read."""
    text = _read(path)
    if path.stat().st_mode & 0o077:
        raise ConfigError(
            f"The key file {path} can be read by others.",
            consequence="Whoever read it can sign as this shop or read its records.",
            remedy=f"Find out who could; then protect it: chmod 600 {path}",
        )
    return text


def _secret(path: Path) -> bytes:
    try:
        value = base64.b64decode(_private(path), validate=True)
    except ValueError as broken:
        raise ConfigError(f"The key file {path} is damaged.", remedy="Restore it from the key backup.") from broken
    if len(value) != 32:
        raise ConfigError(f"The key file {path} does not hold 32 bytes.", remedy="Restore it from the key backup.")
    return value
