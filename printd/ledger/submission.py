"""What a log asks of a witness: its newest checkpoint, with the proof that it goes on from the one before.

The body of `add-checkpoint` (c2sp.org/tlog-witness), over HTTP or as a file: log reference sections 10 and 17.2.
"""

import base64
import re
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from printd.ledger.notes import NoteMalformedError, decode_base64

MOST_BYTES: Final = 65_536
"""Bytes that a submission, or its answer, has at most."""

MOST_HASHES: Final = 63

SIZE_TYPE: Final = "text/x.tlog.size"
"""Media type of the answer that tells which size the witness cosigned last."""

_OLD: Final = re.compile(rb"old (0|[1-9][0-9]{0,18})", re.ASCII)
_SIZE: Final = re.compile(rb"(0|[1-9][0-9]{0,18})\n", re.ASCII)


class SubmissionError(ValueError):
    """Bytes that are no submission."""


@dataclass(frozen=True)
class Submission:
    """A signed checkpoint, the size that the witness cosigned last, and the consistency proof between the two."""

    old: int
    proof: tuple[bytes, ...]
    note: bytes

    def body(self) -> bytes:
        """Return the bytes of the request."""
        hashes = b"".join(base64.b64encode(one) + b"\n" for one in self.proof)
        return b"old %d\n" % self.old + hashes + b"\n" + self.note


def read(body: bytes) -> Submission:
    """Read a request; raises SubmissionError for any other bytes. Who signed the checkpoint is not looked at."""
    if len(body) > MOST_BYTES:
        raise SubmissionError(f"longer than {MOST_BYTES} bytes")
    head, _, note = body.partition(b"\n\n")
    first, *lines = head.split(b"\n")
    old = _OLD.fullmatch(first)
    if old is None:
        raise SubmissionError("the first line is not old and a size")
    if len(lines) > MOST_HASHES:
        raise SubmissionError(f"more than {MOST_HASHES} hashes")
    if not note:
        raise SubmissionError("no checkpoint behind an empty line")
    try:
        proof = tuple(map(decode_base64, lines))
    except NoteMalformedError as error:
        raise SubmissionError(f"a hash is {error}") from error
    if any(len(one) != 32 for one in proof):
        raise SubmissionError("a hash has 32 bytes")
    return Submission(int(old[1]), proof, note)


def read_size(body: bytes) -> int | None:
    """Return the size that an answer of the type `SIZE_TYPE` tells; None: it tells none."""
    told = _SIZE.fullmatch(body)
    return None if told is None else int(told[1])


def folder_of(origin: str) -> str:
    """Return the name under which a witness keeps and shows what it knows of a log: SHA-256 of the origin, in hex."""
    return sha256(origin.encode()).hexdigest()
