"""The code on a paper: which entry it stands for, and the checkpoint over that, small enough for a photo.

It is a claim and no proof: the checkpoint is signed, the rest is held against the log (log reference section 17.4)::

    printd-paper@v1
    paper <kind> <name>
    index <number of the entry>
    <base64 of the entry's leaf hash>

    <signed checkpoint>

In the code stands this text packed by zlib, then in base45 (RFC 9285), whose letters a QR code keeps in 5.5 bits each.
"""

from __future__ import annotations

import base64
import zlib
from dataclasses import dataclass
from typing import Final

HEADER: Final = "printd-paper@v1"
PREFIX: Final = "PDC1:"
"""Begins the text of a code."""

_BASE45: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"


@dataclass(frozen=True)
class Claim:
    """What a paper claims.

    :param paper: kind of the paper, one word.
    :param name: of the act in the books.
    :param index: number of the entry for which it stands.
    :param leaf: hash of that entry.
    :param note: signed checkpoint that has the entry below it.
    """

    paper: str
    name: str
    index: int
    leaf: bytes
    note: bytes

    def text(self) -> bytes:
        """Return it as it is packed."""
        lines = (HEADER, f"paper {self.paper} {self.name}", f"index {self.index}", base64.b64encode(self.leaf).decode())
        return "\n".join(lines).encode() + b"\n\n" + self.note


def pack(claim: Claim) -> str:
    """Return the text of a code; equal claims give equal texts under one version of zlib."""
    return PREFIX + encode_base45(zlib.compress(claim.text(), 9))


def encode_base45(content: bytes) -> str:
    """Encode as base45 (RFC 9285)."""
    signs = []
    for at in range(0, len(content), 2):
        group = content[at : at + 2]
        value = int.from_bytes(group, "big")
        for _ in range(len(group) + 1):
            value, digit = divmod(value, 45)
            signs.append(_BASE45[digit])
    return "".join(signs)
