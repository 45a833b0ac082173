"""The entries of one kind that a log has, held against the last checkpoint of it that is good."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from printd_verify.checkpoints import Head
from printd_verify.entries import EntryError, read_entry
from printd_verify.kinds import FORMS
from printd_verify.sources import PART, Source
from printd_verify.tree import WIDTH, ProofError, Tree, fold, leaf_hash
from printd_verify.verification import Trust
from printd_verify.work import Task, check_note, work

_EVERYTHING: Final = 2**63 - 1


def last_signed(source: Source, trust: Trust, head: Head | None = None) -> Head:
    """Return the largest checkpoint of a log that a trusted key signed.

    :param head: one that is known, which is returned where the log has no larger one.
    :raises ProofError: there is none.
    """
    largest = head
    for note in source.notes(-1 if head is None else head.size, _EVERYTHING):
        checked = check_note(note, trust.keys)
        if checked.head is not None and checked.head.size <= source.size:
            largest = checked.head
    if largest is None:
        raise ProofError("no checkpoint of it is signed by the key that is trusted")
    return largest


def entries_of(kind: str, source: Source, signed: Head, since: int) -> list[tuple[dict[str, Any], bool]]:
    """Return the entries of a kind that are in form, from a number on, each with whether the checkpoint covers it.

    :param signed: checkpoint to which the log must lead.
    :raises ProofError: it does not.
    """
    first = min(since, signed.size - 1) // PART * PART
    found: list[tuple[dict[str, Any], bool]] = []
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
            if body is not None and kind.encode() in body and leaf == leaf_hash(body):
                found += ((entry, seq < signed.size) for entry in _in_form(body, kind))
    if fold([*tree.pieces(signed.size // WIDTH), *tail]) != signed.root:
        raise ProofError("its entries give another root")
    return found


def _add(tree: Tree, bundle: bytes | None) -> None:
    if bundle is None:
        raise ProofError("a hash is missing")
    tree.append(bundle)


def _in_form(body: bytes, kind: str) -> Iterator[dict[str, Any]]:
    try:
        entry = read_entry(body)
    except EntryError:
        return
    if entry["kind"] == kind and FORMS.checks[kind](entry["data"]):
        yield entry
