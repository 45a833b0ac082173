"""The months' keys: what is sealed of people opens with one of them, and it ends when that is destroyed.

Each lies in a small file of its own in the shop's folder ``months``, outside the database and its backups, sealed under
the records key. From the key of a month and the name of what is sealed comes the key that wraps its data key, so that
one name's key tells nothing of another's. When a month ends, the keys of what must still be opened are written beside
(``left``), and the month's key is destroyed: every copy of the database that was made before dies for everybody else.
What is left of a month ends name by name.

A month's key has a random part in its name: a shop that lost the folder makes another, and never takes the one for the
other.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import threading
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from printd import durable
from printd.errors import AlteredError, PrintdError, Refused

FOLDER: Final = "months"
_KEY, _LEFT, _OLD = ".key", ".left", ".old"
SUFFIXES: Final = frozenset({_KEY, _LEFT})
"""Of the files in it that are what they are for; others are left by a crash."""
_BYTES = 32
_NONCE = 12


class MonthGoneError(Refused):
    """The key of a month is not there: what was sealed with it opens no more. ``month`` names it."""

    def __init__(self, month: str) -> None:
        super().__init__(
            f"What was sealed with the month's key {month} can be opened no more.",
            why="That key is not in the shop's folder months.",
            consequence="Neither this shop nor any backup opens it.",
            remedy="For a card that is still wanted, cancel the job and bring the record from the registry again.",
        )
        self.month = month


@dataclass(frozen=True)
class Left:
    """What is left of a month whose key is destroyed.

    :param tag_key: finds people among them.
    :param keys: by the name that the data key of what is sealed belongs to.
    :param tags: names under which things are sealed by tag; a person may have several.
    """

    tag_key: bytes
    keys: Mapping[str, bytes]
    tags: Mapping[str, tuple[str, ...]]


class Months:
    """The months' keys of one shop.

    :param folder: of the shop.
    :param records_key: under which they lie sealed.
    """

    def __init__(self, folder: Path, records_key: bytes) -> None:
        self.folder = folder / FOLDER
        self._sealing = AESGCM(records_key)
        self._making = threading.Lock()
        self._read: dict[str, tuple[tuple[int, int], Left]] = {}

    def names(self) -> list[str]:
        """Return the names of the months whose keys are there, oldest first."""
        return self._with(_KEY)

    def left_of(self) -> list[str]:
        """Return the names of the months of which something is left, oldest first."""
        return [name for name in self._with(_LEFT) if not self._path(name, _KEY).exists()]

    def current(self, month: str) -> str:
        """Return the name of the key with which is sealed now; it is made where there is none, durably.

        :param month: the office's, ``2026-11``.
        """
        with self._making:
            there = [name for name in self.names() if name[:7] == month]
            if there:
                return there[-1]
            name = f"{month}.{secrets.token_hex(4)}"
            self.folder.mkdir(mode=0o700, exist_ok=True)
            durable.sync_folder(self.folder.parent)
            durable.write(self._path(name, _KEY), self._sealed(secrets.token_bytes(_BYTES), name, _KEY))
            return name

    def key_for(self, month: str, owner: str) -> bytes:
        """Return the key that wraps the data key of something sealed.

        :param owner: see :func:`owner_of`.
        :raises MonthGoneError: it is destroyed.
        :raises AlteredError: the file was altered.
        """
        key = self._key(month)
        if key is not None:
            return _derived(key, "key", owner)
        left = self.left(month)
        if left is None or owner not in left.keys:
            raise MonthGoneError(month)
        return left.keys[owner]

    def tag(self, month: str, person: str) -> str:
        """Return by what the sealed things of a person are found, among those of one month.

        :param person: their NIK.
        :raises MonthGoneError: the month's key is destroyed.
        """
        key = self._key(month)
        if key is None:
            raise MonthGoneError(month)
        return f"{month}:{_tag(_derived(key, 'tags'), person)}"

    def left(self, month: str) -> Left | None:
        """Return what is left of a month; ``None``: nothing.

        :raises AlteredError: the file was altered.
        """
        try:
            about = self._path(month, _LEFT).stat()
        except OSError:
            return None
        version, known = (about.st_ino, about.st_mtime_ns), self._read.get(month)
        if known is not None and known[0] == version:
            return known[1]
        content = self._opened(month, _LEFT)
        if content is None:
            return None
        told = json.loads(content)
        left = Left(
            base64.b64decode(told["tag_key"]),
            {owner: base64.b64decode(key) for owner, key in told["keys"].items()},
            {tag: tuple(names) for tag, names in told["tags"].items()},
        )
        self._read[month] = version, left
        return left

    def left_of_person(self, month: str, person: str) -> tuple[str, ...]:
        """Return the names of what is left of a person, of one month."""
        left = self.left(month)
        return () if left is None else left.tags.get(_tag(left.tag_key, person), ())

    def keep_apart(self, month: str, kept: Iterable[tuple[str, str]]) -> int:
        """Write beside a month's key, durably, the keys of what is to outlive it; return how many.

        :param kept: name under which each thing is sealed, and NIK of its holder; empty: nobody can ask for it.
        :raises MonthGoneError: the month's key is destroyed already.
        """
        key = self._key(month)
        if key is None:
            raise MonthGoneError(month)
        tag_key = secrets.token_bytes(_BYTES)
        keys: dict[str, bytes] = {}
        tags: dict[str, tuple[str, ...]] = {}
        for name, person in kept:
            keys[owner_of(name)] = _derived(key, "key", owner_of(name))
            if person:
                tag = _tag(tag_key, person)
                tags[tag] = (*tags.get(tag, ()), name)
        if keys:
            durable.write(self._path(month, _LEFT), self._sealed(_told(Left(tag_key, keys, tags)), month, _LEFT))
        return len(keys)

    def opens(self, month: str) -> bool:
        """Tell whether a month's key is there, and not half destroyed: what is to outlive it was kept apart then."""
        try:
            return self._key(month) is not None
        except AlteredError:
            return False

    def destroy(self, month: str) -> None:
        """Destroy a month's key; what :meth:`keep_apart` wrote stays. One that is destroyed already stays so."""
        path = self._path(month, _KEY)
        if path.exists():
            durable.destroy(path)

    def forget(self, names: Collection[str]) -> None:
        """Destroy the keys of some things that are left of months.

        :param names: under which they were sealed.
        """
        gone = {owner_of(name) for name in names}
        for month in self.left_of():
            left = self.left(month)
            if left is None or gone.isdisjoint(left.keys):
                continue
            rest = Left(
                left.tag_key,
                {owner: key for owner, key in left.keys.items() if owner not in gone},
                {
                    tag: stay
                    for tag, of in left.tags.items()
                    if (stay := tuple(name for name in of if owner_of(name) not in gone))
                },
            )
            path = self._path(month, _LEFT)
            self._read.pop(month, None)
            if not rest.keys:
                durable.destroy(path)
                continue
            old = path.with_suffix(_OLD)
            old.unlink(missing_ok=True)
            old.hardlink_to(path)  # so that its bytes can be overwritten, also after a crash: see tidy
            durable.write(path, self._sealed(_told(rest), month, _LEFT))
            durable.destroy(old)

    def tidy(self) -> None:
        """Destroy what a crash left half written or half destroyed."""
        if not self.folder.is_dir():
            return
        for path in sorted(self.folder.iterdir()):
            if path.name.startswith("."):
                durable.destroy(path)
            elif path.suffix == _OLD:
                same = path.with_suffix(_LEFT)
                if same.exists() and same.samefile(path):  # it was not replaced yet
                    path.unlink()
                    durable.sync_folder(self.folder)
                else:
                    durable.destroy(path)

    def _with(self, suffix: str) -> list[str]:
        if not self.folder.is_dir():
            return []
        return sorted(path.stem for path in self.folder.iterdir() if path.suffix == suffix and path.name[0] != ".")

    def _path(self, month: str, suffix: str) -> Path:
        if not month or "/" in month or month[0] == ".":
            raise MonthGoneError("without a name")
        return self.folder / f"{month}{suffix}"

    def _key(self, month: str) -> bytes | None:
        return self._opened(month, _KEY)

    def _sealed(self, content: bytes, month: str, suffix: str) -> bytes:
        nonce = secrets.token_bytes(_NONCE)
        sealed = nonce + self._sealing.encrypt(nonce, content, f"month:{month}{suffix}".encode())
        return base64.b64encode(sealed) + b"\n"

    def _opened(self, month: str, suffix: str) -> bytes | None:
        path = self._path(month, suffix)
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as shut:
            raise PrintdError(
                f"The file {path} cannot be read.",
                why=f"{shut.strerror}.",
                consequence="What was sealed in that month cannot be opened.",
                remedy="Give the shop's user its folder back.",
            ) from shut
        try:
            if not content.strip(b"\0"):
                return None  # a power cut came between overwriting it and taking its name away
            sealed = base64.b64decode(content, validate=False)
            return self._sealing.decrypt(sealed[:_NONCE], sealed[_NONCE:], f"month:{month}{suffix}".encode())
        except (InvalidTag, ValueError) as altered:
            raise AlteredError(
                f"The file {path} is not a month's key of this shop.",
                why="It was altered, or the records key is another.",
                consequence="What was sealed in that month cannot be opened.",
                remedy="Bring the shop's folder months back as it was.",
            ) from altered


def owner_of(name: str) -> str:
    """Return the name that the data key of something belongs to, of the name under which it is sealed."""
    noun, _, number = name.partition(":")
    return number if noun in ("record", "quarantine") else name


def _derived(key: bytes, what: str, name: str = "") -> bytes:
    return hmac.digest(key, f"{what}:{name}".encode(), hashlib.sha256)


def _tag(key: bytes, person: str) -> str:
    return base64.urlsafe_b64encode(hmac.digest(key, person.encode(), hashlib.sha256)[:16]).rstrip(b"=").decode("ascii")


def _told(left: Left) -> bytes:
    return json.dumps(
        {
            "tag_key": base64.b64encode(left.tag_key).decode("ascii"),
            "keys": {name: base64.b64encode(key).decode("ascii") for name, key in left.keys.items()},
            "tags": {tag: list(names) for tag, names in left.tags.items()},
        }
    ).encode()
