"""Bundles of proofs of a log that a test tells, made and taken apart without the shop's writer where that matters."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from printd.books.about import about
from printd.ledger.merkle import inclusion_proof, leaf_hash, root_of
from printd.ledger.proof_file import Bundle, Noun, Proof
from support.judges import Asked
from support.told import Told, write


@dataclass(frozen=True)
class Made:
    """A bundle before it is written, with the checkpoint under which it stands."""

    bundle: Bundle
    note: bytes
    vkey: str

    @property
    def content(self) -> bytes:
        return self.bundle.content(self.note)

    def with_proofs(self, change: Callable[[list[Proof]], Iterable[Proof]]) -> Made:
        """Return it with other proofs."""
        return replace(self, bundle=replace(self.bundle, proofs=[*change(list(self.bundle.proofs))]))

    def without(self, kind: str, which: int = 0) -> Made:
        """Return it without one of its entries of a kind."""
        some = [proof for proof in self.bundle.proofs if f'"kind":"{kind}"'.encode() in proof.body]
        assert some, kind
        return self.with_proofs(lambda proofs: [one for one in proofs if one is not some[which]])

    def place(self, kind: str) -> int:
        """Return which of its proofs is the first of a kind."""
        return next(at for at, proof in enumerate(self.bundle.proofs) if f'"kind":"{kind}"'.encode() in proof.body)


def bundle(told: Told, noun: Noun, name: str, opening: bytes = b"", size: int | None = None) -> Made:
    """Return the bundle about something in a log, under the checkpoint of its first entries."""
    bodies = told.bodies[:size]
    found, people = about(noun, name, lambda: enumerate(bodies))
    proofs = [proof(told, seq, len(bodies)) for seq in sorted({**found, **people})]
    return Made(Bundle(noun, name, proofs, opening), told.note(size), told.vkey)


def proof(told: Told, index: int, size: int | None = None) -> Proof:
    """Return the proof of one entry."""
    leaves = [leaf_hash(body) for body in told.bodies[:size]]
    hashes = inclusion_proof(index, len(leaves), lambda level, at: root_of(leaves[at << level : at + 1 << level]))
    return Proof(index, told.bodies[index], hashes)


def asked(content: bytes, vkey: str, folder: Path) -> list[Asked]:
    """Return what outside judges are asked of a bundle: for each checkpoint in it the proofs under it.

    It takes the text apart by the form of C2SP alone, and hashes each entry itself.
    """
    by_note: dict[bytes, list[tuple[int, bytes, list[bytes]]]] = {}
    for one in re.split(rb"^(?=c2sp\.org/tlog-proof@v1$)", content, flags=re.MULTILINE)[1:]:
        head, _, note = one.partition(b"\n\n")
        _, extra, index, *hashes = head.split(b"\n")
        body = base64.b64decode(extra.removeprefix(b"extra "))
        leaf = sha256(b"\x00" + body).digest()
        told = int(index.removeprefix(b"index ")), leaf, [base64.b64decode(text) for text in hashes]
        by_note.setdefault(note, []).append(told)
    made = []
    for number, (note, told_) in enumerate(by_note.items()):
        write(folder / str(number) / "checkpoint", note)
        made.append(Asked(vkey, folder / str(number), 0, 0, tuple(told_)))
    return made


def flipped(body: bytes, old: bytes, new: bytes) -> bytes:
    """Return bytes with one piece exchanged."""
    assert old in body
    return body.replace(old, new, 1)


def exchanged(proofs: Sequence[Proof], at: int, body: bytes) -> list[Proof]:
    """Return proofs of which one has another entry."""
    return [*proofs[:at], replace(proofs[at], body=body), *proofs[at + 1 :]]
