"""What is verified: wherever a log lies, it is read in parts, with the hashes that are stored beside the entries."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final, Protocol

PART: Final = 4096
"""Entries that are read as one piece: sixteen bundles."""


HASH: Final = 32
"""Bytes of a hash."""


class SourceError(ValueError):
    """There is no log in what was given, or it cannot be read at all; ``code`` names the sentence."""

    def __init__(self, code: str, **what: str) -> None:
        super().__init__(code)
        self.code = code
        self.what = what

    def __reduce__(self) -> tuple[Callable[[], SourceError], tuple[()]]:
        return partial(SourceError, self.code, **self.what), ()


@dataclass
class Part:
    """Up to :data:`PART` entries that follow each other, from a multiple of it on.

    :param first: number of the first.
    :param bodies: bytes of each; ``None``: it is not there.
    :param leaves: hash that is stored for each, ``None``: it is not there; or all of them, joined.
    :param nodes: hashes that are stored above them, by level: of every complete subtree in the part, in order;
        ``None``: it is not there. A level that is stored nowhere is left out.
    :param holes: places of entries that an excerpt leaves out.
    :param problems: code and words of what cannot be read.
    """

    first: int
    bodies: list[bytes | None]
    leaves: Sequence[bytes | None] | bytes
    nodes: dict[int, list[bytes | None]] = field(default_factory=dict)
    holes: set[int] = field(default_factory=set)
    problems: list[tuple[str, dict[str, str | int]]] = field(default_factory=list)

    def stored(self) -> Sequence[bytes | None]:
        """Return the hash that is stored for each, one by one."""
        return hashes(self.leaves) if isinstance(self.leaves, bytes) else self.leaves


def hashes(joined: bytes) -> list[bytes]:
    """Return hashes that were joined."""
    return [joined[at : at + HASH] for at in range(0, len(joined), HASH)]


@dataclass(frozen=True)
class Note:
    """A checkpoint as it was found.

    :param size: entries that it is stored for; ``None``: its text alone says so.
    :param root: that is stored beside it; ``None``: its text alone says so.
    :param note: the signed note; ``None``: there is none.
    :param cosigned: lines of witnesses that are kept beside it, each under the label of its key, so it is said.
    """

    size: int | None
    root: bytes | None
    note: bytes | None
    cosigned: tuple[tuple[str, bytes], ...] = ()


Problems = Iterator[tuple[str, dict[str, str | int]]]
"""Codes of findings, each with its words."""


class Source(Protocol):
    """A log that several processes read: each is sent where it lies, and opens it by itself."""

    @property
    def start(self) -> int:
        """Number of the first entry that is there; above 0 it is an excerpt."""

    @property
    def end(self) -> int:
        """Number behind the last entry that is there."""

    @property
    def size(self) -> int:
        """Entries of the whole log."""

    def read(self, first: int) -> Part:
        """Return the part that begins with an entry."""

    def notes(self, first: int, end: int) -> list[Note]:
        """Return the checkpoints of more than so many entries and at most so many, smallest first."""

    def beside(self) -> list[tuple[str, bytes]]:
        """Return notes that lie beside the log, each with the name of its file."""

    def bundle_hash(self, index: int) -> bytes | None:
        """Return the stored hash over the bundle of some number; ``None``: it is not there."""

    def check_whole(self, rows: Sequence[Sequence[bytes]]) -> Problems:
        """Yield what is wrong with the log as a whole.

        :param rows: complete subtrees as they should be, by level from :data:`printd_verify.tree.BUNDLE_LEVEL` on.
        """
