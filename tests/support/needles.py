"""What is looked for of people, in every way in which it may be written, and a search for thousands of it at once."""

from __future__ import annotations

import base64
import hashlib
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date

import numpy as np
import numpy.typing as npt
from PIL import Image

from printd.demo.people import Person

_PIECE = 48
_ROW = 24
_SHORT = 6
"""Bytes by which needles are looked up; shorter ones are anybody's."""
_HASHED = 4
_BITS = 22
_MIX = np.uint32(0x9E3779B1)
_TEXTS = ("NIK", "NO_KK", "NAMA_LGKP", "ALAMAT", "EKTP_LOCAL_ID")
_DATES = ("%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y", "%d.%m.%Y", "%Y%m%d")

Needle = tuple[int, str]
"""Place of the person among those that are looked for, and which thing of theirs it is."""


def words_of(person: Person) -> dict[str, str]:
    """Return what of a person must not remain, as it was delivered."""
    return {name: str(person.fields[name]) for name in _TEXTS}


class Search:
    """Finds what is one person's alone in bytes; what two have alike (a birth date, a background) is nobody's."""

    def __init__(self, people: Iterable[Person]) -> None:
        everybody = list(people)
        mine = [{one: what for what, one in _needles(person) if len(one) >= _SHORT} for person in everybody]
        whole = [
            b"\0".join((*needles, person.photo_jpeg, person.signature_png))
            for needles, person in zip(mine, everybody, strict=True)
        ]
        self._by_start: dict[bytes, list[tuple[bytes, Needle]]] = defaultdict(list)
        for number, needles in enumerate(mine):
            others = whole[:number] + whole[number + 1 :]
            for needle, what in needles.items():
                if not any(needle in other for other in others):
                    self._by_start[needle[:_SHORT]].append((needle, (number, what)))
        self._known = np.zeros(1 << _BITS, np.bool_)
        for start in self._by_start:
            self._known[_hashes(start)] = True

    def found(self, text: bytes) -> set[Needle]:
        """Return whose and what stands in some bytes."""
        if len(text) < _SHORT:
            return set()
        found = set()
        for place in np.flatnonzero(self._known[_hashes(text)]).tolist():
            for needle, whose in self._by_start.get(text[place : place + _SHORT], ()):
                if text.startswith(needle, place):
                    found.add(whose)
        return found


def _hashes(text: bytes) -> npt.NDArray[np.uint32]:
    """Return a number for the bytes that begin at each place where a needle can."""
    octets = np.frombuffer(text, np.uint8)
    places = len(octets) - _SHORT + 1
    value = np.zeros(places, np.uint32)
    for number in range(_HASHED):
        value |= octets[number : number + places].astype(np.uint32) << np.uint32(8 * number)
    hashed: npt.NDArray[np.uint32] = np.right_shift(value * _MIX, np.uint32(32 - _BITS))
    return hashed


def _needles(person: Person) -> Iterator[tuple[str, bytes]]:
    for name, text in _texts(person):
        for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
            data = text.encode(encoding)
            yield name, data
            yield from _coded(name, data)
        for digest in (hashlib.sha256, hashlib.sha1, hashlib.md5):
            told = digest(text.encode(), usedforsecurity=False)
            yield f"{told.name} of {name}", told.digest()
            yield f"{told.name} of {name} in hex", told.hexdigest().encode()
    for name, picture in (("photo", person.photo_jpeg), ("signature", person.signature_png)):
        told = hashlib.sha256(picture)
        yield f"sha256 of {name}", told.digest()
        yield f"sha256 of {name} in hex", told.hexdigest().encode()
        for at in range(len(picture) // 3, len(picture) - _PIECE, max(_PIECE, len(picture) // 8)):
            piece = picture[at : at + _PIECE]
            yield name, piece
            yield from _coded(name, piece)
    for row in _rows_of(person.photo_jpeg):
        yield "pixels", row


def _texts(person: Person) -> Iterator[tuple[str, str]]:
    for name, text in words_of(person).items():
        written = (text, text.lower(), text.title(), text.replace(" ", "%20"), text.replace(" ", "_"))
        yield from ((name, one) for one in written)
    nik = words_of(person)["NIK"]
    yield "NIK", " ".join((nik[:4], nik[4:8], nik[8:12], nik[12:]))
    yield "NIK", ".".join((nik[:2], nik[2:4], nik[4:6], nik[6:12], nik[12:]))
    born = date.fromisoformat(str(person.fields["TGL_LHR"]))
    yield from (("birth date", f"{born:{form}}") for form in _DATES)


def _coded(name: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    yield f"{name} in hex", data.hex().encode()
    yield f"{name} in hex", data.hex().upper().encode()
    for shift in range(3):  # base64 says the same bytes in three ways, by where they begin
        whole = (shift + len(data)) // 3 * 4
        coded = base64.b64encode(b"\0" * shift + data)[4 if shift else 0 : whole]
        yield f"{name} in base64", coded
        yield f"{name} in base64", coded.replace(b"+", b"-").replace(b"/", b"_")


def _rows_of(picture: bytes) -> Iterator[bytes]:
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    for y in range(image.height // 6, image.height, image.height // 12):
        for x in range(0, image.width - _ROW, image.width // 6):
            row = bytes(image.crop((x, y, x + _ROW, y + 1)).tobytes())
            if len(set(row)) > _ROW // 2:  # a row of one colour is anybody's
                yield row
