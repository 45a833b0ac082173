"""A paper that somebody holds: its code, whether the log signed it, and what the log says of its act.

The code is a claim: which act the paper is of, the hash of that act's entry, and a signed checkpoint over it. A
signature alone shows that the log had this root; that the code belongs on this paper only the log and the eye tell:
the entry must have that hash and be that act, and the file must be one of which the log has the digest.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import rfc8785

from printd_verify.checkpoints import CheckpointError, Head, head_of
from printd_verify.entries import EntryError, read_entry
from printd_verify.findings import Findings
from printd_verify.generations import retired_keys
from printd_verify.notes import NoteError, decode_base64, open_note
from printd_verify.paper_prints import prints_in
from printd_verify.papers import names_act
from printd_verify.pictures import MAX_BYTES, PREFIX, NoLibraryError, PictureError, Seen, look
from printd_verify.proofs import ProofFileError, unpack
from printd_verify.sources import PART, Source
from printd_verify.tree import WIDTH, ProofError, Tree, fold, leaf_hash
from printd_verify.verification import Report, Trust
from printd_verify.work import Task, work

HEADER: Final = b"printd-paper@v1"
_PAPER: Final = re.compile(rb"paper ([a-z-]{1,20}) ([^\n]{1,400})")
_INDEX: Final = re.compile(rb"index (0|[1-9][0-9]{0,17})")
_LINES: Final = 4


class ClaimError(ValueError):
    """A text that is no claim."""


@dataclass(frozen=True)
class Claim:
    """What a code says.

    :param index: number of the act's entry.
    :param leaf: hash of that entry.
    """

    paper: str
    name: str
    index: int
    leaf: bytes
    note: bytes


def read_claim(text: str) -> Claim:
    """Read the text of a code.

    :raises ClaimError: it is none.
    """
    try:
        content = unpack(text.removeprefix(PREFIX).encode("ascii"))
        head, found, note = content.partition(b"\n\n")
        lines = head.split(b"\n")
        if not found or len(lines) != _LINES or lines[0] != HEADER:
            raise ClaimError("it does not begin as a code of a paper does, or has no checkpoint")
        paper, index = _PAPER.fullmatch(lines[1]), _INDEX.fullmatch(lines[2])
        leaf = decode_base64(lines[3])
        if paper is None or index is None or len(leaf) != sha256().digest_size:
            raise ClaimError("paper, number and hash of its act are wanted, each on a line")
        return Claim(paper[1].decode("ascii"), paper[2].decode("utf-8"), int(index[1]), leaf, note)
    except (ProofFileError, NoteError, UnicodeError) as wrong:
        raise ClaimError(str(wrong)) from wrong


def verify_paper(path: Path, trust: Trust, source: Source | None) -> Report:
    """Verify one paper, given as a photo, a scan, its file, or the text of its code.

    :param source: the log beside it; ``None``: there is none, and its signature alone is looked at.
    """
    findings, report = Findings(), Report(paper=True, verdict="verdict_code")
    name = path.name
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            raise PictureError("too large")
        seen = look(content)
    except NoLibraryError as missing:
        findings.add("paper_no_library", None, library=missing.library)
    except (OSError, PictureError) as wrong:
        findings.add("paper_unread", None, name=name, why=str(wrong))
    else:
        _verify(findings, report, name, content, seen, trust, source)
    report.told = [(code, {name: _printable(one) for name, one in what.items()}) for code, what in report.told]
    report.cases = findings.cases
    return report


def _printable(value: str | int) -> str | int:
    """Return what somebody wrote in a form that no terminal is led astray by."""
    return value if isinstance(value, int) else "".join(sign if sign.isprintable() else "?" for sign in value)


def _verify(
    findings: Findings, report: Report, name: str, content: bytes, seen: Seen, trust: Trust, source: Source | None
) -> None:
    if not seen.codes:
        findings.add("paper_no_code", None, name=name)
        return
    if len(seen.codes) > 1:
        findings.add("paper_two_codes", None, name=name, number=len(seen.codes))
    for code in seen.codes:
        try:
            claim = read_claim(code)
            head = _head(claim.note, trust, source)
            if claim.index >= head.size:
                raise ClaimError("its act is beyond its checkpoint")
        except (ClaimError, NoteError, CheckpointError) as wrong:
            findings.add("paper_code", None, name=name, why=str(wrong))
            continue
        except ProofError as wrong:
            findings.add("paper_log", None, why=str(wrong))
            continue
        report.origin, report.size, report.root, report.signed_size = head.origin, head.size, head.root, head.size
        report.checkpoints += 1
        act: dict[str, Any] = {"paper": claim.paper, "act_name": claim.name, "act": claim.index}
        report.told.append(("fact_paper_says", act))
        root = {"origin": head.origin, "size": head.size, "root": head.root.hex()}
        report.told.append(("fact_paper_signed", root))
        if source is None:
            report.told.append(("fact_paper_alone", {}))
        elif _holds(findings, report, name, claim, head, source):
            digest = "" if seen.is_picture else sha256(content).hexdigest()
            _known(findings, report, name, claim, head, digest, trust, source)


def _head(note: bytes, trust: Trust, source: Source | None) -> Head:
    """Return the checkpoint of a code; one of an earlier generation where the log beside it vouches for its key.

    :raises NoteError: it is not signed by whom is trusted.
    :raises CheckpointError: it is none.
    :raises ProofError: the log beside does not lead to its own last checkpoint.
    """
    try:
        return head_of(open_note(note, trust.keys))
    except (NoteError, CheckpointError):
        for one in retired_keys(source, trust) if source is not None else ():
            with suppress(NoteError, CheckpointError):
                head = head_of(open_note(note, [one.key]))
                if one.since < head.size <= one.until:
                    return head
        raise


def stands(source: Source, claim: Claim, head: Head) -> bool:
    """Tell whether a log has the root on which a code stands, and the act's entry below it."""
    if not claim.index < head.size <= source.size:
        return False
    body, root = under(source, claim.index, head.size)
    return root == head.root and body is not None and leaf_hash(body) == claim.leaf


def _holds(findings: Findings, report: Report, name: str, claim: Claim, head: Head, source: Source) -> bool:
    """Hold a code against the log; tell whether its act is there, as it says."""
    if head.size > source.size:
        findings.add("paper_beyond", claim.index, name=name, size=head.size, has=source.size)
        return False
    body, root = under(source, claim.index, head.size)
    if root != head.root:
        findings.add("paper_root", claim.index, name=name, size=head.size)
        return False
    if body is None:
        findings.add("paper_hidden", claim.index, name=name, act=claim.index)
        return False
    try:
        entry = read_entry(body)
    except EntryError as wrong:
        findings.add("entry_form", claim.index, why=str(wrong))
        return False
    told = leaf_hash(body) == claim.leaf and names_act(claim.paper, claim.name, entry["kind"], entry["data"])
    if not told:
        findings.add("paper_entry", claim.index, name=name, paper=claim.paper, act_name=claim.name, act=claim.index)
    report.told.append(
        (
            "fact_paper_entry",
            {
                "act": claim.index,
                "kind": entry["kind"],
                "at": entry["at"],
                "by": ", ".join(entry["by"]),
                "data": rfc8785.dumps(entry["data"]).decode(),
            },
        )
    )
    return told


def _known(
    findings: Findings,
    report: Report,
    name: str,
    claim: Claim,
    head: Head,
    digest: str,
    trust: Trust,
    source: Source,
) -> None:
    """Hold a paper against those that the log says were made.

    :param digest: of its file; empty: it is a picture of a paper, which has no digest of its own.
    """
    try:
        every = prints_in(source, trust, head)
    except ProofError as wrong:
        findings.add("paper_log", None, why=str(wrong))
        return
    prints = [one for one in every if (one.act, one.root) == (claim.index, head.root.hex())]
    act = {"paper": claim.paper, "act_name": claim.name}
    if not any(one.is_signed for one in prints):
        code = "paper_young" if prints else "paper_not_made"
        findings.add(code, claim.index, **act)
        return
    copies = sum(one.is_copy for one in prints)
    report.told.append(("fact_paper_copies", {"number": len(prints), "copies": copies}))
    if not digest:
        report.told.append(("fact_paper_picture", {}))
        return
    found = next((one for one in prints if one.digest == digest), None)
    if found is None:
        findings.add("paper_altered", claim.index, name=name)
    elif not found.is_signed:
        findings.add("paper_young", claim.index, **act)
    else:
        code = "fact_paper_copy" if found.is_copy else "fact_paper_first"
        report.known, report.verdict = True, "verdict_good"
        report.told.append((code, {"seq": found.seq, "by": found.by}))


def under(source: Source, index: int, size: int) -> tuple[bytes | None, bytes | None]:
    """Return an entry's bytes, and the root of so many entries that they lead to; ``None``: something is missing.

    Of all other bundles the stored hashes are taken: were one altered, the root would be another.
    """
    mine, last = index // PART * PART, (size - 1) // PART * PART
    bundles: dict[int, bytes | None] = {}
    tail: list[bytes] | None = []
    for first in {mine, last}:
        done = work(source, first, Task((), frozenset({size}), form=False))
        bundles.update(enumerate(done.bundles, first // WIDTH))
        if first == last and size % WIDTH:
            tail = done.tails.get(size)
    tree = Tree()
    for number in range(size // WIDTH):
        one = bundles[number] if number in bundles else source.bundle_hash(number)
        if one is None:
            return None, None
        tree.append(one)
    if tail is None:
        return None, None
    part = source.read(mine)
    body = part.bodies[index - mine]
    if body is not None and part.stored()[index - mine] not in (None, leaf_hash(body)):
        body = None  # the tree holds the hash of another
    return body, fold([*tree.pieces(size // WIDTH), *tail])
