"""Names of files by which checkpoints travel to a witness and back, in a folder or on a stick.

Their content is that of the requests and answers over HTTP (log reference section 17.2). A name decides nothing that
the content does not repeat.
"""

import re
from pathlib import PurePosixPath
from typing import Final

ROOT: Final = "tlog-witness"
"""The folder on the stick that holds all of it."""

_SIZE: Final = "0|[1-9][0-9]{0,18}"
REQUEST: Final = re.compile(rf"(?P<new>{_SIZE})-from-(?P<old>{_SIZE})\.txt", re.ASCII)
ANSWER: Final = re.compile(rf"(?P<new>{_SIZE})\.(?P<status>[1-5][0-9][0-9])\.txt", re.ASCII)
LOG: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)


def requests(log: str) -> PurePosixPath:
    """Return the folder of the requests of a log, named by `printd.ledger.submission.folder_of` its origin."""
    return PurePosixPath(ROOT, "requests", log)


def request(log: str, new: int, old: int) -> PurePosixPath:
    """Return the path of one request."""
    return requests(log) / f"{new}-from-{old}.txt"


def answers(log: str, key: bytes) -> PurePosixPath:
    """Return the folder of a witness's answers to a log; `key` is the witness's key ID."""
    return PurePosixPath(ROOT, "answers", log, key.hex())


def answer(log: str, key: bytes, new: int, status: int) -> PurePosixPath:
    """Return the path of one answer, `new` being the size that was asked for."""
    return answers(log, key) / f"{new}.{status}.txt"


def checkpoint(log: str, key: bytes) -> PurePosixPath:
    """Return the path of what the witness holds of a log."""
    return PurePosixPath(ROOT, "checkpoints", log, key.hex(), "checkpoint")
