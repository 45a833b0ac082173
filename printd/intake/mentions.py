"""Whether a NIK stands in bytes that nobody could read as a record: what was refused, or set aside in the spool."""

from __future__ import annotations

import re
from collections.abc import Iterable

_BETWEEN = rb"[ .\-]?"
_ESCAPED = re.compile(rb"\\u00(3[0-9])")
_TAIL = 256
"""Bytes of a block that are looked at again with the next: longer than a NIK in any way of writing it."""


def mentions(blocks: Iterable[bytes], nik: str) -> bool:
    """Tell whether a NIK stands somewhere: in ASCII, UTF-16 or escapes of JSON, with or without marks between digits.

    :param blocks: of one file, in order.
    """
    wanted = re.compile(_BETWEEN.join(digit.encode() for digit in nik))
    tail = b""
    for block in blocks:
        text = tail + block
        plain = _ESCAPED.sub(lambda escape: bytes.fromhex(escape[1].decode()), text.replace(b"\0", b""))
        if wanted.search(plain):
            return True
        tail = text[-_TAIL:]
    return False
