"""Proofs of single entries (c2sp.org/tlog-proof), each with its entry in `extra`: files, bundles, codes on paper.

What such files prove is that these entries stand in a signed log, each at its place. Whether there are others that say
something else only the whole log can tell.
"""

from __future__ import annotations

import hmac
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from printd_verify import bundles, lives
from printd_verify.checkpoints import CheckpointError, Head, head_of
from printd_verify.entries import EntryError, read_entry
from printd_verify.findings import Findings
from printd_verify.kinds import FORMS, IMPERSONAL
from printd_verify.notes import Key, NoteError, decode_base64, open_note
from printd_verify.tree import ProofError, leaf_hash, verify_inclusion
from printd_verify.verification import Report, Trust

SUFFIX: Final = ".tlog-proof"
HEADER: Final = b"c2sp.org/tlog-proof@v1"
CODE: Final = b"PDP1:"
"""Begins a proof in a code on paper: zlib, then base45 (RFC 9285)."""

_MAX: Final = 65_536 * 4
_MAX_HASHES: Final = 63
_INDEX: Final = re.compile(rb"index (0|[1-9][0-9]{0,18})")
_BASE45: Final = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"


class ProofFileError(ValueError):
    """A file that is no proof."""


@dataclass(frozen=True)
class Proof:
    """What a file holds.

    :param extra: the entry, by its own word; empty: none.
    :param note: the checkpoint.
    """

    index: int
    extra: bytes
    hashes: tuple[bytes, ...]
    note: bytes


def is_proof(content: bytes) -> bool:
    """Tell whether some bytes begin as a proof or a bundle of proofs does."""
    return content.startswith((HEADER, bundles.HEADER, CODE))


def read_proof(content: bytes) -> Proof:
    """Read a proof, as a file or as the text of a code.

    :raises ProofFileError: it is none.
    """
    if content.startswith(CODE):
        content = unpack(content[len(CODE) :].rstrip(b"\r\n"))
    if len(content) > _MAX:
        raise ProofFileError("too long")
    head, found, note = content.partition(b"\n\n")
    lines = head.split(b"\n")
    if not found or lines[0] != HEADER:
        raise ProofFileError("it does not begin as a proof does, or has no checkpoint")
    try:
        extra = b""
        at = 1
        if lines[at : at + 1] and lines[at].startswith(b"extra "):
            extra = decode_base64(lines[at][6:])
            at += 1
        index = _INDEX.fullmatch(lines[at]) if at < len(lines) else None
        if index is None:
            raise ProofFileError("no number of the entry")
        hashes = tuple(decode_base64(line) for line in lines[at + 1 :])
    except NoteError as wrong:
        raise ProofFileError(f"a line is {wrong}") from wrong
    if len(hashes) > _MAX_HASHES or any(len(one) != 32 for one in hashes):
        raise ProofFileError("a hash has 32 bytes, and there are 63 at most")
    return Proof(int(index[1]), extra, hashes, note)


def check_proof(proof: Proof, entry: bytes, keys: Sequence[Key]) -> tuple[Head, dict[Key, int]]:
    """Make sure that an entry stands at its place in a log; return the checkpoint and who signed it.

    :raises NoteError: the checkpoint is not signed by these keys.
    :raises CheckpointError: it is none.
    :raises ProofError: the hashes do not lead to its root.
    """
    opened = open_note(proof.note, keys)
    head = head_of(opened)
    verify_inclusion(proof.index, head.size, leaf_hash(entry), proof.hashes, head.root)
    return head, opened.signed


def proof_files(path: Path) -> list[Path]:
    """Return the proofs and bundles of a folder, or the one file."""
    return sorted((*path.glob(f"*{SUFFIX}"), *path.glob(f"*{SUFFIX}s"))) if path.is_dir() else [path]


def verify_proofs(paths: Sequence[Path], trust: Trust, files: Sequence[tuple[str, bytes]] = ()) -> Report:
    """Verify proofs, each by itself, and what entries that belong together say.

    :param files: of a record, by their names, which may be those that a bundle says were taken in.
    """
    reader = _Reader(trust)
    single: list[_Proved] = []
    for path in paths:
        name = path.name
        try:
            with path.open("rb") as file:
                content = file.read(bundles.MAX + 1)
            if not bundles.is_bundle(content):
                single += filter(None, reader.prove(name, [content]))
                continue
            bundle = bundles.read_bundle(content)
        except (OSError, bundles.BundleError) as wrong:
            reader.findings.add("proof", None, name=name, why=str(wrong))
            continue
        reader.tell(name, bundle, reader.prove(name, bundle.proofs), files)
    for origin in sorted({one.head.origin for one in single}):
        reader.tell_of(origin, sorted((one for one in single if one.head.origin == origin), key=lambda one: one.seq))
    if not paths:
        reader.findings.add("no_proofs")
    reader.report.proofs, reader.report.cases = True, reader.findings.cases
    return reader.report


@dataclass(frozen=True)
class _Proved:
    """An entry whose proof is good.

    :param value: what it says; ``None``: it is not in form.
    """

    head: Head
    seq: int
    body: bytes
    value: dict[str, Any] | None


class _Reader:
    """Looks at proofs, and remembers what it found."""

    def __init__(self, trust: Trust) -> None:
        self.findings, self.report = Findings(), Report()
        self._trust = trust
        self._now = lives.now()
        self._roots: dict[tuple[str, int], bytes] = {}
        self._heads: dict[bytes, tuple[Head, dict[Key, int]]] = {}

    def prove(self, name: str, contents: Sequence[bytes]) -> list[_Proved | None]:
        """Return the entries of a file whose proofs are good, and ``None`` for each other."""
        found: list[_Proved | None] = []
        for content in contents:
            try:
                proof = read_proof(content)
                head = self._head(proof.note)
                verify_inclusion(proof.index, head.size, leaf_hash(proof.extra), proof.hashes, head.root)
            except (ProofFileError, NoteError, CheckpointError, ProofError) as wrong:
                self.findings.add("proof", None, name=name, why=str(wrong))
                found.append(None)
                continue
            found.append(_Proved(head, proof.index, proof.extra, _check_entry(self.findings, proof)))
        if any(found):
            self.report.kept.append(name)
        return found

    def tell(
        self, name: str, bundle: bundles.Bundle, found: Sequence[_Proved | None], files: Sequence[tuple[str, bytes]]
    ) -> None:
        """Hold the entries of a bundle against each other."""
        proved = [one for one in found if one is not None]
        if len({one.head for one in proved}) > 1:
            self.findings.add("bundle_heads", None, name=name)
        elif any(one.seq >= other.seq for one, other in pairwise(proved)):
            self.findings.add("bundle_order", None, name=name)
        elif proved:
            life = self._life(proved[0].head.origin, found, bundle.noun, bundle.name)
            self.report.lives.append((life, self._open(bundle, life, files)))

    def tell_of(self, origin: str, proved: Sequence[_Proved]) -> None:
        """Say whose signatures single proofs carry, so far as others tell their keys."""
        once = {one.seq: one for one in proved}
        self._life(origin, list(once.values()), "", "")

    def _life(self, origin: str, found: Sequence[_Proved | None], noun: str, name: str) -> lives.Life:
        said = [None if one is None or one.value is None else lives.Said(one.body, one.value) for one in found]
        life = lives.look(self.findings, said, origin, noun, name, self._now)
        self.report.signatures += life.signatures
        self.report.unknown += life.unknown
        return life

    def _open(self, bundle: bundles.Bundle, life: lives.Life, files: Sequence[tuple[str, bytes]]) -> str:
        """Return what can be said of a record's files."""
        if bundle.noun != "record" or life.accepted is None:
            return ""
        if not bundle.opening:
            if files:
                self.findings.add("record_closed", life.accepted["seq"], record=bundle.name)
            return "erased" if life.erased is not None else "closed"
        if not files:
            return "open"
        if not hmac.compare_digest(bundles.delivered(bundle.opening, files), life.accepted.get("delivered", "")):
            self.findings.add("record_other", life.accepted["seq"], record=bundle.name)
            return "open"
        return "same"

    def _head(self, note: bytes) -> Head:
        """Return what a checkpoint says, once its signatures are looked at.

        :raises NoteError: it is not signed by whom is trusted.
        :raises CheckpointError: it is none.
        """
        known = self._heads.get(note)
        if known is not None:
            return known[0]
        opened = open_note(note, self._trust.keys)
        head = head_of(opened)
        self._heads[note] = head, opened.signed
        policy, report = self._trust.policy, self.report
        if policy is not None:
            names = policy.signed_by(set(opened.signed))
            report.witnesses.update((one, opened.signed[policy.witnesses[one]]) for one in names)
            if not policy.is_satisfied(set(opened.signed)):
                self.findings.add("quorum", None, witnesses=", ".join(names) or "-")
        if self._roots.setdefault((head.origin, head.size), head.root) != head.root:
            self.findings.add("fork", None, origin=head.origin, size=head.size)
        report.checkpoints += 1
        report.origin = head.origin
        if head.size >= report.size:
            report.size, report.root, report.signed_size = head.size, head.root, head.size
        return head


def _check_entry(findings: Findings, proof: Proof) -> dict[str, Any] | None:
    """Return what an entry says; ``None``: it is in no form of an entry."""
    try:
        entry = read_entry(proof.extra)
    except EntryError as wrong:
        findings.add("entry_form", proof.index, why=str(wrong))
        return None
    if entry["seq"] != proof.index:
        findings.add("entry_number", proof.index, says=entry["seq"])
    elif entry["kind"] not in FORMS.checks:
        findings.add("kind", proof.index, kind=entry["kind"])
    elif not FORMS.checks[entry["kind"]](entry["data"]):
        field = FORMS.first_wrong(entry["kind"], entry["data"])
        findings.add("data", proof.index, kind=entry["kind"], field=field or "-")
    else:
        if not IMPERSONAL.checks[entry["kind"]](entry["data"]):
            field = IMPERSONAL.first_wrong(entry["kind"], entry["data"])
            findings.add("personal", proof.index, kind=entry["kind"], field=field)
        return entry
    return None


def unpack(text: bytes) -> bytes:
    """Return what a code on paper holds behind its prefix.

    :raises ProofFileError: it cannot be unpacked.
    """
    try:
        reader = zlib.decompressobj()
        content = reader.decompress(decode_base45(text), _MAX)
    except (ValueError, zlib.error) as wrong:
        raise ProofFileError("the code cannot be unpacked") from wrong
    if not reader.eof or reader.unused_data or reader.unconsumed_tail:
        raise ProofFileError("the code is cut, or too much is in it")
    return content


def decode_base45(text: bytes) -> bytes:
    """Decode base45 (RFC 9285).

    :raises ValueError: it is none.
    """
    digits = [_BASE45.index(sign) for sign in text]
    found = bytearray()
    for at in range(0, len(digits), 3):
        group = digits[at : at + 3]
        value = sum(digit * 45**place for place, digit in enumerate(group))
        length = len(group) - 1
        if not length or value >= 256**length:
            raise ValueError("not base45")
        found += value.to_bytes(length, "big")
    return bytes(found)
