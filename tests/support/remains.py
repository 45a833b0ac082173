"""What remains of people in files: a search that knows who they are, and has every key that lies anywhere.

Two looks. In clear: every file, and what is packed in it (zlib streams, as of PDF and PNG), for names, numbers and
addresses in common encodings, for pieces of the pictures' files, and for their pixels where a file is a picture. With
keys: every place in any file, free pages and write-ahead logs too, that may be a wrapped key, is tried with every
month's and every shop's key that lies in any file; every row of any SQLite database is opened with those; and the log
is looked through for pseudonyms that somebody with the keys can match.

It shares no line with what seals: only the format, which is told here once more.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
import json
import re
import sqlite3
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from PIL import Image, UnidentifiedImageError

from printd.demo.people import Person

_WRAPPED = re.compile(rb"([0-9]{4}-[0-9]{2}\.[0-9a-f]{8})\0(.{60})", re.DOTALL)
_UUID = re.compile(rb"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
_NAMED = re.compile(rb"(?:card:[0-9a-f-]{36}|suket:suket-[0-9]+)")
_PIECE = 48
_ROW = 24
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
    """Every key that lies in some file."""

    records: set[bytes] = field(default_factory=set)
    pseudonym: set[bytes] = field(default_factory=set)
    months: dict[str, set[bytes]] = field(default_factory=dict)
    left: dict[tuple[str, str], bytes] = field(default_factory=dict)


def remains(people: Iterable[Person], *roots: Path) -> set[Trace]:
    """Return what remains of people in all files below some folders, or in some files."""
    looked_for = list(people)
    files = {path: _bytes(path) for root in roots for path in sorted([root, *root.rglob("*")]) if path.is_file()}
    keys = _keys(files)
    found: set[Trace] = set()
    needles = _of_one_alone(looked_for)
    for path, content in files.items():
        found |= set(_in_clear(needles, path, content))
        found |= set(_with_keys(looked_for, path, content, keys))
    return found


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


# --- in clear ---


def words_of(person: Person) -> dict[str, str]:
    """Return what of a person must not remain."""
    return {name: str(person.fields[name]) for name in ("NIK", "NO_KK", "NAMA_LGKP", "ALAMAT")}


def _needles(person: Person) -> Iterator[tuple[str, bytes]]:
    for name, text in words_of(person).items():
        for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
            data = text.encode(encoding)
            yield name, data
            yield f"{name} in hex", data.hex().encode()
            for shift in range(3):  # base64 says the same bytes in three ways, by where they begin
                coded = base64.b64encode(b"\0" * shift + data)
                yield f"{name} in base64", coded[4 if shift else 0 : -4]
        yield f"SHA-256 of {name}", hashlib.sha256(text.encode()).digest()
        yield f"SHA-256 of {name} in hex", hashlib.sha256(text.encode()).hexdigest().encode()
    for name, picture in (("photo", person.photo_jpeg), ("signature", person.signature_png)):
        for at in range(len(picture) // 3, len(picture) - _PIECE, max(_PIECE, len(picture) // 8)):
            piece = picture[at : at + _PIECE]
            yield name, piece
            yield f"{name} in hex", piece.hex().encode()
            yield f"{name} in base64", base64.b64encode(piece)[4:-4]
    for row in _rows_of(person.photo_jpeg):
        yield "pixels", row


def _rows_of(picture: bytes) -> Iterator[bytes]:
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    for y in range(image.height // 4, image.height, image.height // 5):
        row = bytes(image.crop((image.width // 3, y, image.width // 3 + _ROW, y + 1)).tobytes())
        if len(set(row)) > _ROW // 2:  # a row of one colour is anybody's
            yield row


def _of_one_alone(people: list[Person]) -> list[list[tuple[str, bytes]]]:
    """Return by person what is looked for: what two have alike (a background) is nobody's."""
    found = []
    for person in people:
        others = [one.photo_jpeg + one.signature_png for one in people if one is not person]
        mine = {needle: what for what, needle in _needles(person) if len(needle) > 5}
        found.append([(what, one) for one, what in mine.items() if not any(one in other for other in others)])
    times = Counter(needle for one in found for _, needle in one)
    return [[(what, needle) for what, needle in one if times[needle] == 1] for one in found]


def _in_clear(people: list[list[tuple[str, bytes]]], path: Path, content: bytes) -> Iterator[Trace]:
    where = [content, path.name.encode(), *_unpacked(content)]
    with suppress(UnidentifiedImageError, OSError, ValueError):
        where.append(Image.open(io.BytesIO(content)).convert("RGB").tobytes())
    for number, needles in enumerate(people):
        for what, needle in needles:
            if any(needle in text for text in where):
                yield Trace(number, "clear", str(path), what)


def _unpacked(content: bytes) -> Iterator[bytes]:
    for start in re.finditer(rb"\x78[\x01\x5e\x9c\xda]", content):
        with suppress(zlib.error):
            text = zlib.decompressobj().decompress(content[start.start() :], 1 << 24)
            if len(text) > _PIECE:
                yield text
    for stream in re.finditer(rb"stream\r?\n([!-uz\s]+)~>", content):  # of a PDF, in ASCII85
        with suppress(ValueError, zlib.error):
            yield zlib.decompress(base64.a85decode(stream[1]))


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


def _with_keys(people: list[Person], path: Path, content: bytes, keys: _Keys) -> Iterator[Trace]:
    owners = {one.decode() for one in (*_UUID.findall(content), *_NAMED.findall(content))}
    data_keys: dict[str, bytes] = {}
    for place in _WRAPPED.finditer(content):  # wherever it lies: in a row, a free page, a log of pages
        month, wrapped = place[1].decode(), place[2]
        near = content[max(0, place.start() - _NEAR) : place.start()]
        close = {one.decode() for one in (*_UUID.findall(near), *_NAMED.findall(near))} or owners
        for owner in close:
            for key in _candidates(keys, month, owner):
                with suppress(InvalidTag):
                    data_keys[owner] = AESGCM(key).decrypt(wrapped[:12], wrapped[12:], f"key:{owner}".encode())
    if not content.startswith(b"SQLite format 3"):
        for owner in data_keys:
            yield Trace(-1, "key", str(path), f"a key of {owner}")
        return
    told = set()
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        holders = {text for (text,) in database.execute("SELECT holder FROM record UNION SELECT holder FROM suket")}
        for owner, what, sealed, salt in _sealed_rows(database):
            if owner not in data_keys:
                continue
            cipher = AESGCM(data_keys[owner])
            told.add(owner)
            with suppress(InvalidTag):
                text = cipher.decrypt(sealed[:12], sealed[12:], what.encode())
                yield from _of(people, text, path, what, "key")
            if salt is None:
                continue
            with suppress(InvalidTag):
                opened = cipher.decrypt(salt[:12], salt[12:], f"salt:{owner}".encode())
                yield from _pseudonyms(people, keys, opened, holders, path)
        yield from _pseudonyms(people, keys, b"", holders, path)
    for owner in data_keys.keys() - told:
        yield Trace(-1, "key", str(path), f"a key of {owner}, whose row is gone")


def _candidates(keys: _Keys, month: str, owner: str) -> Iterator[bytes]:
    for key in keys.months.get(month, ()):
        yield hmac.digest(key, f"key:{owner}".encode(), hashlib.sha256)
    if (month, owner) in keys.left:
        yield keys.left[month, owner]


def _sealed_rows(database: sqlite3.Connection) -> Iterator[tuple[str, str, bytes, bytes | None]]:
    for record, fields, photo, salt in database.execute("SELECT record_id, fields, photo, salt FROM record_secret"):
        yield record, f"fields:{record}", fields, salt
        yield record, f"photo:{record}", photo, salt
    for name, fields, salt in database.execute("SELECT id, fields, salt FROM sealed"):
        yield name, f"sealed:{name}", fields, salt
    for number, files in database.execute("SELECT id, files FROM quarantine"):
        yield number, f"quarantine:{number}", files, None


def _of(people: list[Person], text: bytes, path: Path, what: str, how: str) -> Iterator[Trace]:
    for number, person in enumerate(people):
        nik = words_of(person)["NIK"].encode()
        if nik in text or nik.hex().encode() in text or text == person.photo_jpeg:
            yield Trace(number, how, str(path), what)


def _pseudonyms(people: list[Person], keys: _Keys, salt: bytes, holders: set[str], path: Path) -> Iterator[Trace]:
    for number, person in enumerate(people):
        value = b"holder\0" + salt + words_of(person)["NIK"].encode()
        for key in keys.pseudonym:
            told = base64.urlsafe_b64encode(hmac.digest(key, value, hashlib.sha256)[:16]).rstrip(b"=").decode()
            if told in holders:
                yield Trace(number, "pseudonym", str(path), "with a salt" if salt else "without any")
