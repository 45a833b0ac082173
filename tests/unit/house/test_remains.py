"""The search for what remains of people finds them wherever and however they are written, and nobody else."""

from __future__ import annotations

import base64
import bz2
import gzip
import io
import json
import os
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from drivers.cups.raster import document
from printd.demo.people import make_people
from support.remains import pictures_in, remains

ANNA, BENNY = make_people(2, seed=31)
NOISE = os.urandom(100_000)


def zipped(content: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inside", content)
    return held.getvalue()


def in_pages(content: bytes) -> bytes:
    """Return content as it lies in PostgreSQL's write-ahead log, in the middle of it a page's header."""
    halves = b"\x16\xd1".ljust(40, b"\1") + (NOISE + content[: len(content) // 2])[-8152:], content[len(content) // 2 :]
    rest = [halves[1][at : at + 8168] for at in range(0, len(halves[1]), 8168)]
    return halves[0] + b"".join(b"\x16\xd1".ljust(24, b"\2") + one.ljust(8168, b"\0") for one in rest)


PACKED: dict[str, Callable[[bytes], bytes]] = {
    "as it is": lambda content: content,
    "in noise": lambda content: NOISE + content + NOISE,
    "zlib": lambda content: NOISE + zlib.compress(content),
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "zip of gzip": lambda content: zipped(gzip.compress(content)),
    "hex": lambda content: content.hex().encode(),
    "a dump of PostgreSQL": lambda content: b"1\t\\\\x" + content.hex().encode() + b"\t2",
    "base64": base64.b64encode,
    "base64, one byte later": lambda content: base64.b64encode(b"x" + content),
    "base64 of addresses, two bytes later": lambda content: base64.urlsafe_b64encode(b"xx" + content),
    "base64 of gzip": lambda content: b"extra " + base64.b64encode(gzip.compress(NOISE[:100] + content)) + b"\n",
    "pages of a database's log": in_pages,
    "a stream of a PDF": lambda content: b"stream\n" + base64.a85encode(zlib.compress(content)) + b"~>endstream",
}
WRITTEN: dict[str, bytes] = {
    "name": str(ANNA.fields["NAMA_LGKP"]).encode(),
    "name in small letters": str(ANNA.fields["NAMA_LGKP"]).lower().encode(),
    "name in UTF-16": str(ANNA.fields["NAMA_LGKP"]).encode("utf-16"),
    "NIK": str(ANNA.fields["NIK"]).encode(),
    "address": str(ANNA.fields["ALAMAT"]).encode(),
    "birth date on a card": b"KUPANG, 05-07-1955",
    "record": json.dumps(ANNA.fields).encode(),
    "photo": ANNA.photo_jpeg,
    "half a photo": ANNA.photo_jpeg[len(ANNA.photo_jpeg) // 2 :],
    "signature": ANNA.signature_png,
}


@pytest.mark.parametrize("packed", PACKED)
def test_a_person_is_found_however_they_are_packed(packed: str, tmp_path: Path) -> None:
    for what, content in WRITTEN.items():
        (tmp_path / what).write_bytes(PACKED[packed](content))
    found = remains([ANNA, BENNY], tmp_path)
    assert {Path(one.where).name for one in found} == WRITTEN.keys()
    assert {(one.whose, one.how) for one in found} == {(0, "clear")}


def test_a_name_of_a_file_and_pixels_are_found(tmp_path: Path) -> None:
    (tmp_path / f"{ANNA.fields['NIK']}.txt").write_bytes(b"")
    Image.open(io.BytesIO(ANNA.photo_jpeg)).convert("RGB").save(tmp_path / "drawn.bmp")
    found = {(Path(one.where).suffix, one.what) for one in remains([ANNA, BENNY], tmp_path)}
    assert found == {(".txt", "NIK"), (".bmp", "pixels")}


def test_who_is_not_there_is_not_found(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(NOISE + json.dumps(BENNY.fields).encode())
    assert {one.whose for one in remains([ANNA, BENNY], tmp_path)} == {1}


def test_pictures_are_found_in_any_file(tmp_path: Path) -> None:
    (tmp_path / "photo").write_bytes(ANNA.photo_jpeg)
    (tmp_path / "packed").write_bytes(NOISE + gzip.compress(NOISE + ANNA.signature_png))
    page = np.zeros((636, 1012, 3), np.uint8)
    (tmp_path / "printed").write_bytes(document([page], dpi=300, page_size="custom_cr80_85.6x54mm"))
    sizes = struct.pack("<4I", 1012, 636, 0, 8)  # width, height, kind of medium, bits of a colour
    (tmp_path / "cups").write_bytes(NOISE + b"3SaR" + bytes(372) + sizes + bytes(1796))
    (tmp_path / "letters").write_bytes(b"3SaR" + NOISE)
    (tmp_path / "noise").write_bytes(NOISE)
    Image.new("RGB", (16, 16)).save(tmp_path / "small.png")
    found = {Path(path).name: kinds for path, kinds in pictures_in(tmp_path).items()}
    assert found.keys() == {"photo", "packed", "cups", "printed"}
    assert found["cups"] == found["printed"] == {"raster of CUPS"}
