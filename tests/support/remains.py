"""What remains of people in files: a search that knows who they are, and has every key that lies anywhere.

Two looks. In clear: every file, its name, and what is packed in it (:mod:`support.layers`), for names, numbers,
addresses and birth dates in common encodings, for pieces of the pictures' files, and for their pixels where a file is a
picture (:mod:`support.needles`). With keys: every place in any file, free pages and write-ahead logs too, that may be a
wrapped key, is tried with every month's and every shop's key that lies in any file; every row of any SQLite database is
opened with those; and every file is looked through for the pseudonyms that somebody with the keys can match.

It shares no line with what seals: only the format, which is told here once more.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from printd.demo.people import Person
from support.layers import layers, pictures
from support.needles import Search, words_of

_WRAPPED = re.compile(rb"([0-9]{4}-[0-9]{2}\.[0-9a-f]{8})\0(.{60})", re.DOTALL)
_UUID = re.compile(rb"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
_NAMED = re.compile(rb"(?:card:[0-9a-f-]{36}|suket:suket-[0-9]+)")
_SQLITE = b"SQLite format 3"
_NEAR = 2000
"""Bytes before a wrapped key in which the row that it belongs to says whose it is."""


@dataclass(frozen=True, order=True)
class Trace:
    """Something of a person that was found.

    :param whose: place among the people that were looked for.
    :param how: ``clear``, ``key`` or ``pseudonym``.
    :param where: the file.
    :param what: which words, or which thing that opens.
    """

    whose: int
    how: str
    where: str
    what: str


@dataclass
class _Keys:
    """Every key that lies in some file, and every salt that opens with them."""

    records: set[bytes] = field(default_factory=set)
    pseudonym: set[bytes] = field(default_factory=set)
    months: dict[str, set[bytes]] = field(default_factory=dict)
    left: dict[tuple[str, str], bytes] = field(default_factory=dict)
    data: dict[str, set[bytes]] = field(default_factory=dict)
    salts: set[bytes] = field(default_factory=set)


def remains(people: Iterable[Person], *roots: Path) -> set[Trace]:
    """Return what remains of people in all files below some folders, or in some files."""
    looked_for = list(people)
    files = _files(roots)
    keys = _keys(files)
    unpacked = {path: [os.fsencode(path.name), *layers(content)] for path, content in files.items()}
    search = Search(looked_for)
    found: set[Trace] = set()
    lie = {path: set().union(*(_unwrapped(layer, keys) for layer in every)) for path, every in unpacked.items()}
    for path, every in unpacked.items():
        for layer in every:
            found |= {Trace(whose, "clear", str(path), what) for whose, what in search.found(layer)}
        found |= set(_with_keys(looked_for, path, files[path], lie[path], keys))
    matched = _pseudonyms(looked_for, keys)
    for path, every in unpacked.items():
        for name, number in matched.items():
            if any(name in layer for layer in every):
                found.add(Trace(number, "pseudonym", str(path), name.decode()))
    return found


def _files(roots: Iterable[Path]) -> dict[Path, bytes]:
    return {path: _bytes(path) for root in roots for path in sorted([root, *root.rglob("*")]) if path.is_file()}


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def pictures_in(*roots: Path) -> dict[str, set[str]]:
    """Return which files below some folders have a picture large enough for a face in them, and of which kind."""
    found = {str(path): set(pictures(content)) for path, content in _files(roots).items()}
    return {path: kinds for path, kinds in found.items() if kinds}


# --- with keys ---


def _keys(files: dict[Path, bytes]) -> _Keys:
    keys = _Keys()
    for path, content in files.items():
        with suppress(ValueError):
            if path.name in ("records.key", "pseudonym.key"):
                kind = keys.records if path.name == "records.key" else keys.pseudonym
                kind.add(base64.b64decode(content, validate=False))
    for path, content in files.items():
        month = re.search(r"[0-9]{4}-[0-9]{2}\.[0-9a-f]{8}", path.name)
        if month is None:
            continue
        for records in keys.records:
            for ending in (".key", ".left"):
                with suppress(ValueError, InvalidTag):
                    sealed = base64.b64decode(content, validate=False)
                    about = f"month:{month[0]}{ending}".encode()
                    opened = AESGCM(records).decrypt(sealed[:12], sealed[12:], about)
                    if ending == ".key":
                        keys.months.setdefault(month[0], set()).add(opened)
                    else:
                        for owner, key in json.loads(opened)["keys"].items():
                            keys.left[month[0], owner] = base64.b64decode(key)
    return keys


def _unwrapped(content: bytes, keys: _Keys) -> set[str]:
    """Return the owners of the data keys that lie in some bytes and open; the keys are kept for whatever they open."""
    owners = {one.decode() for one in (*_UUID.findall(content), *_NAMED.findall(content))}
    found = set()
    for place in _WRAPPED.finditer(content):  # wherever it lies: in a row, a free page, a log of pages
        month, wrapped = place[1].decode(), place[2]
        near = content[max(0, place.start() - _NEAR) : place.start()]
        close = {one.decode() for one in (*_UUID.findall(near), *_NAMED.findall(near))} or owners
        for owner in close:
            for key in _candidates(keys, month, owner):
                with suppress(InvalidTag):
                    opened = AESGCM(key).decrypt(wrapped[:12], wrapped[12:], f"key:{owner}".encode())
                    keys.data.setdefault(owner, set()).add(opened)
                    found.add(owner)
    return found


def _with_keys(people: list[Person], path: Path, content: bytes, lie: set[str], keys: _Keys) -> Iterator[Trace]:
    """Yield what opens in a file.

    :param lie: owners of data keys that lie in it.
    """
    told = set()
    if content.startswith(_SQLITE):
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
            for owner, what, sealed, salt in _sealed_rows(database):
                for cipher in map(AESGCM, keys.data.get(owner, ())):
                    told.add(owner)
                    with suppress(InvalidTag):
                        yield from _of(people, cipher.decrypt(sealed[:12], sealed[12:], what.encode()), path, what)
                    with suppress(InvalidTag, ValueError):  # not everything is a holder's
                        keys.salts.add(cipher.decrypt(salt[:12], salt[12:], f"salt:{owner}".encode()))
    for owner in lie - told:
        yield Trace(-1, "key", str(path), f"a key of {owner}, beside no row that it opens")


def _candidates(keys: _Keys, month: str, owner: str) -> Iterator[bytes]:
    for key in keys.months.get(month, ()):
        yield hmac.digest(key, f"key:{owner}".encode(), hashlib.sha256)
    if (month, owner) in keys.left:
        yield keys.left[month, owner]


def _sealed_rows(database: sqlite3.Connection) -> Iterator[tuple[str, str, bytes, bytes]]:
    for record, fields, photo, salt in database.execute("SELECT record_id, fields, photo, salt FROM record_secret"):
        yield record, f"fields:{record}", fields, salt
        yield record, f"photo:{record}", photo, salt
    for name, fields, salt in database.execute("SELECT id, fields, salt FROM sealed"):
        yield name, f"sealed:{name}", fields, salt or b""
    for number, files in database.execute("SELECT id, files FROM quarantine"):
        yield number, f"quarantine:{number}", files, b""


def _of(people: list[Person], text: bytes, path: Path, what: str) -> Iterator[Trace]:
    for number, person in enumerate(people):
        nik = words_of(person)["NIK"].encode()
        if nik in text or nik.hex().encode() in text or text == person.photo_jpeg:
            yield Trace(number, "key", str(path), what)


def _pseudonyms(people: list[Person], keys: _Keys) -> dict[bytes, int]:
    """Return every pseudonym that can be made of these people, and whose it is."""
    found = {}
    for number, person in enumerate(people):
        for salt in (b"", *keys.salts):
            value = b"holder\0" + salt + words_of(person)["NIK"].encode()
            for key in keys.pseudonym:
                told = base64.urlsafe_b64encode(hmac.digest(key, value, hashlib.sha256)[:16]).rstrip(b"=")
                found[told] = number
    return found
