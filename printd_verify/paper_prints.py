"""The papers that a log knows: every entry that says that one was made, below the last checkpoint that is good."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from printd_verify.checkpoints import Head
from printd_verify.entries import EntryError, read_entry
from printd_verify.kinds import FORMS
from printd_verify.sources import PART, Source
from printd_verify.tree import WIDTH, ProofError, Tree, fold, leaf_hash
from printd_verify.verification import Trust
from printd_verify.work import Task, check_note, work

KIND: Final = "paper.made"
_EVERYTHING: Final = 2**63 - 1


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
    since = source.start if head is None else head.size
    signed = _signed(source, trust, head)
    if signed is None:
        raise ProofError("no checkpoint of it is signed by the key that is trusted")
    first = min(since, signed.size - 1) // PART * PART
    found: list[Print] = []
    tail: list[bytes] = []
    tree = Tree()
    for number in range(first // WIDTH):
        _add(tree, source.bundle_hash(number))
    for start in range(first, source.end, PART):
        if start < signed.size:
            done = work(source, start, Task((), frozenset({signed.size}), form=False))
            for bundle in done.bundles[: (signed.size - start) // WIDTH]:
                _add(tree, bundle)
            tail = done.tails.get(signed.size) or []
        part = source.read(start)
        for seq, body, leaf in zip(range(start, source.end), part.bodies, part.stored(), strict=False):
            if body is not None and b"paper.made" in body and leaf == leaf_hash(body):
                found += _print(body, is_signed=seq < signed.size)
    if fold([*tree.pieces(signed.size // WIDTH), *tail]) != signed.root:
        raise ProofError("its entries give another root")
    return found


def _add(tree: Tree, bundle: bytes | None) -> None:
    if bundle is None:
        raise ProofError("a hash is missing")
    tree.append(bundle)


def _print(body: bytes, *, is_signed: bool) -> Iterator[Print]:
    try:
        entry = read_entry(body)
    except EntryError:
        return
    if entry["kind"] == KIND and FORMS.checks[KIND](entry["data"]):
        yield Print.of(entry, is_signed=is_signed)


def _signed(source: Source, trust: Trust, head: Head | None) -> Head | None:
    """Return the largest checkpoint of a log that a trusted key signed; the one that is known, where there is none."""
    largest = head
    for note in source.notes(-1 if head is None else head.size, _EVERYTHING):
        checked = check_note(note, trust.keys)
        if checked.head is not None and checked.head.size <= source.size:
            largest = checked.head
    return largest
