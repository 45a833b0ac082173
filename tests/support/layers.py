"""What is packed in a file: every layer in which somebody could find something, and whatever is a picture."""

from __future__ import annotations

import base64
import bz2
import io
import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress

from PIL import Image, UnidentifiedImageError

_LONG = 16
"""Bytes from which on something that unpacks by chance is worth a look."""
_MOST = 1 << 24
_DEEP = 3
_ZLIB = re.compile(rb"\x78[\x01\x5e\x9c\xda]")
_GZIP = re.compile(rb"\x1f\x8b\x08")
_ASCII85 = re.compile(rb"stream\r?\n([!-uz\s]+)~>")
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{100,}")  # longer than a digest or a signature
_HEX = re.compile(rb"\\\\x((?:[0-9a-fA-F]{2})+)")
_ONE_ALPHABET = bytes.maketrans(b"-_", b"+/")
_PICTURE = re.compile(
    rb"\xff\xd8\xff|\x89PNG\r\n\x1a\n|GIF8[79]a|II\*\0|MM\0\*|RaS[23]|[23]SaR|P[456]\n|BM....\0\0\0\0", re.DOTALL
)
_RASTERS = {b"RaS2": ">", b"RaS3": ">", b"2SaR": "<", b"3SaR": "<"}
"""First bytes of a raster of CUPS (application/vnd.cups-raster), and the order of the bytes in it."""
_RASTER_SIZES = 372
"""Where in a page's header width and height stand, then the kind of medium, and the bits of a colour."""
_WAL_PAGE, _WAL_FIRST, _WAL_NEXT = 8192, 40, 24
"""Bytes of a page of PostgreSQL's write-ahead log, and of the headers of a file's first page and of every other."""
_LEAST_SIDE = 32
"""Pixels of each side from which on a picture can show a face."""


def layers(content: bytes, deep: int = _DEEP) -> Iterator[bytes]:
    """Yield a file's content and what is packed in it, in whatever is packed in that too.

    That is streams of zlib (PDF, PNG, dumps of databases) and gzip, xz, bzip2, members of archives, ASCII85 of a PDF,
    base64 such as that of entries in a proof, columns of bytes in a dump, a database's log without the headers of its
    pages, and the pixels of a picture.
    """
    yield content
    if not deep:
        return
    for inner in _packed(content):
        if len(inner) >= _LONG:
            yield from layers(inner, deep - 1)
    with suppress(UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        yield Image.open(io.BytesIO(content)).convert("RGB").tobytes()


def _packed(content: bytes) -> Iterator[bytes]:
    view = memoryview(content)
    for start in _ZLIB.finditer(content):
        with suppress(zlib.error):
            yield zlib.decompressobj().decompress(view[start.start() :], _MOST)
    for start in _GZIP.finditer(content):
        with suppress(zlib.error):
            yield zlib.decompressobj(31).decompress(view[start.start() :], _MOST)
    whole: tuple[Callable[[bytes], bytes], ...] = (bz2.decompress, lzma.decompress)
    for opened in whole:
        with suppress(OSError, EOFError, ValueError, lzma.LZMAError):
            yield opened(content)
    if zipfile.is_zipfile(io.BytesIO(content)):
        with (
            suppress(zipfile.BadZipFile, RuntimeError),
            zipfile.ZipFile(io.BytesIO(content)) as archive,
        ):
            for name in archive.namelist():
                yield name.encode() + b"\n" + archive.read(name)
    for stream in _ASCII85.finditer(content):
        with suppress(ValueError):
            yield base64.a85decode(stream[1])
    for run in _BASE64.finditer(content):
        with suppress(ValueError):
            yield base64.b64decode(run[0].translate(_ONE_ALPHABET) + b"==")
    if content[1:2] == b"\xd1" and len(content) % _WAL_PAGE == 0:  # a page's header may lie in the middle of anything
        starts = range(_WAL_PAGE, len(content), _WAL_PAGE)
        yield content[_WAL_FIRST:_WAL_PAGE] + b"".join(content[at + _WAL_NEXT : at + _WAL_PAGE] for at in starts)
    plain, times = _HEX.subn(lambda run: bytes.fromhex(run[1].decode()), content)
    if times:
        yield plain


def pictures(content: bytes) -> Iterator[str]:
    """Yield what in a file is a picture large enough for a face: kind and size, wherever it begins."""
    for layer in layers(content):
        for start in _PICTURE.finditer(layer):
            if start[0] in _RASTERS:
                yield from _raster(layer[start.end() :], _RASTERS[start[0]])
                continue
            with suppress(UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
                found = Image.open(io.BytesIO(layer[start.start() :]))
                found.load()
                if min(found.size) >= _LEAST_SIDE:
                    yield f"{found.format} {found.width}x{found.height}"


def _raster(after: bytes, order: str) -> Iterator[str]:
    """Four letters by themselves are no raster: text in base 85 has them by chance."""
    if len(after) < _RASTER_SIZES + 16:
        return
    width, height, _, bits = struct.unpack_from(f"{order}4I", after, _RASTER_SIZES)
    if all(_LEAST_SIDE <= side < 1 << 16 for side in (width, height)) and bits in (1, 2, 4, 8, 16):
        yield "raster of CUPS"
