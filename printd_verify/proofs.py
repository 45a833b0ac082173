"""Proofs of single entries (c2sp.org/tlog-proof), each with its entry in `extra`, as files or as codes on paper.

What such files prove is that these entries stand in a signed log, each at its place. Whether there are others that say
something else only the whole log can tell.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from printd_verify.checkpoints import CheckpointError, Head, head_of
from printd_verify.entries import EntryError, read_entry
from printd_verify.findings import Findings
from printd_verify.kinds import FORMS
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
    """Tell whether some bytes begin as a proof does."""
    return content.startswith((HEADER, CODE))


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
    """Return the proofs of a folder, or the one file."""
    return sorted(path.glob(f"*{SUFFIX}")) if path.is_dir() else [path]


def verify_proofs(paths: Sequence[Path], trust: Trust) -> Report:
    """Verify proofs, each by itself."""
    findings, report = Findings(), Report()
    for path in paths:
        name = path.name
        try:
            with path.open("rb") as file:
                proof = read_proof(file.read(_MAX + 1))
            head, signed = check_proof(proof, proof.extra, trust.keys)
        except (OSError, ProofFileError, NoteError, CheckpointError, ProofError) as wrong:
            findings.add("proof", None, name=name, why=str(wrong))
            continue
        if trust.policy is not None:
            names = trust.policy.signed_by(set(signed))
            report.witnesses.update((one, signed[trust.policy.witnesses[one]]) for one in names)
            if not trust.policy.is_satisfied(set(signed)):
                findings.add("quorum", proof.index, witnesses=", ".join(names) or "-")
        _check_entry(findings, proof)
        report.origin = head.origin
        if head.size >= report.size:
            report.size, report.root, report.signed_size = head.size, head.root, head.size
        report.checkpoints += 1
        report.kept.append(name)
    if not paths:
        findings.add("no_proofs")
    report.proofs, report.cases = True, findings.cases
    return report


def _check_entry(findings: Findings, proof: Proof) -> None:
    try:
        entry = read_entry(proof.extra)
    except EntryError as wrong:
        findings.add("entry_form", proof.index, why=str(wrong))
        return
    if entry["seq"] != proof.index:
        findings.add("entry_number", proof.index, says=entry["seq"])
    elif entry["kind"] not in FORMS.checks:
        findings.add("kind", proof.index, kind=entry["kind"])
    elif not FORMS.checks[entry["kind"]](entry["data"]):
        field = FORMS.first_wrong(entry["kind"], entry["data"])
        findings.add("data", proof.index, kind=entry["kind"], field=field or "-")


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
