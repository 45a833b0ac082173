"""The papers that a log knows: every entry that says that one was made, below the last checkpoint that is good."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from printd_verify.checkpoints import Head
from printd_verify.signed_entries import entries_of, last_signed
from printd_verify.sources import Source
from printd_verify.verification import Trust

KIND: Final = "paper.made"


@dataclass(frozen=True)
class Print:
    """A paper that the log knows.

    :param seq: number of the entry that says so.
    :param act: number of the act's entry.
    :param size: entries below the checkpoint on which it stands, and their ``root`` in hex.
    :param digest: of the file.
    :param by: who asked for it.
    :param is_signed: a good checkpoint covers the entry; otherwise it is young, and proves nothing yet.
    """

    seq: int
    paper: str
    name: str
    act: int
    size: int
    root: str
    digest: str
    is_copy: bool
    at: str
    by: str
    is_signed: bool

    @classmethod
    def of(cls, entry: dict[str, Any], *, is_signed: bool) -> Print:
        """Return what an entry of a paper in form says."""
        data = entry["data"]
        return cls(
            entry["seq"],
            *(data["paper"], data["name"], data["entry"], data["size"], data["root"], data["digest"]),
            is_copy=data.get("copy", False),
            at=entry["at"],
            by=", ".join(entry["by"]),
            is_signed=is_signed,
        )


def prints_in(source: Source, trust: Trust, head: Head | None = None) -> list[Print]:
    """Return the papers that were made, first to last, with those that no checkpoint covers yet.

    :param head: those below it are left out; ``None``: all of them are wanted.
    :raises ProofError: the log does not lead to its own last checkpoint, or has none.
    """
    signed = last_signed(source, trust, head)
    since = source.start if head is None else head.size
    return [Print.of(entry, is_signed=is_signed) for entry, is_signed in entries_of(KIND, source, signed, since)]
