"""The papers that lie in a folder, held against those that the log knows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Final, Literal

from printd_verify.checkpoints import CheckpointError, Head, head_of
from printd_verify.findings import Findings
from printd_verify.generations import retired_keys
from printd_verify.given_paper import Claim, ClaimError, read_claim, stands
from printd_verify.notes import Key, NoteError, open_note
from printd_verify.paper_prints import Print, prints_in
from printd_verify.pictures import MAX_BYTES, NoLibraryError, PictureError, look
from printd_verify.sources import Source
from printd_verify.tree import ProofError
from printd_verify.verification import Report, Trust

Is = Literal["known", "copy", "scan", "altered", "unknown"]
"""What a file is: the first paper of an act, a copy of it, a picture of one, something else in its place, or none."""

_STEMS: Final = {
    "delivery": ("receipt-{}",),
    "correction": ("correction-{}",),
    "shift": ("shift-{}",),
    "transfer": ("transfer-{}", "transfer-{}-acknowledged"),
    "destruction": ("{}",),
    "destruction-list": (),
    "stock-count": ("stock-count-{}",),
    "request": ("{}",),
    "handover": ("handover-{}",),
}
_COPY: Final = "-salinan"
_APART: Final = "destruction-list"
"""Names people, and so lies in no folder of the shop."""

_UNKNOWN: Final = {"unsigned": "young", "not_entered": "not_entered"}

Stands = Callable[[Claim, Head], bool]
"""Tells whether a log has the root of a code, and its act below it."""


@dataclass(frozen=True)
class Found:
    """One file of a folder.

    :param of: the paper of the log that it is, or is said to be; ``None``: none.
    :param why: why it is none that the shop made, a word.
    """

    name: str
    is_: Is
    of: Print | None
    why: Literal[
        "", "unsigned", "not_entered", "digest", "code", "root", "foreign", "no_code", "unreadable", "not_looked_at"
    ] = ""


@dataclass
class Compared:
    """What lies in a folder, and the acts of which nothing lies there."""

    found: list[Found] = field(default_factory=list)
    missing: list[Print] = field(default_factory=list)

    @property
    def altered(self) -> bool:
        """Whether something lies there in the place of a paper."""
        return any(one.is_ == "altered" for one in self.found)


def pdfs_in(folder: Path) -> list[Path]:
    """Return the PDFs of a folder, in order of their names."""
    return sorted(one for one in folder.iterdir() if one.suffix.lower() == ".pdf" and one.is_file())


def compare(folder: Path, prints: Sequence[Print], keys: Sequence[Key], fits: Stands) -> Compared:
    """Hold the PDFs of a folder against the papers that the log knows.

    Where the libraries that read codes are not there, a file is known by its digest and its name alone.

    :param keys: of the log, those of its generations that ended among them.
    :param fits: asked of a code on which no paper of the log stands.
    """
    compared = Compared()
    by_digest = {one.digest: one for one in prints}
    by_stem: dict[str, Print] = {}
    for one in prints:
        for stem in _STEMS.get(one.paper, ()):
            by_stem.setdefault(stem.format(one.name.replace(":", "_")) + (_COPY if one.is_copy else ""), one)
    for path in pdfs_in(folder):
        compared.found.append(_one(path, prints, by_digest, by_stem.get(path.stem), keys, fits))
    there = {one.of.act for one in compared.found if one.of is not None and one.is_ != "altered"}
    kept = (one for one in prints if not one.is_copy and one.paper != _APART)
    compared.missing = [one for one in kept if one.act not in there]
    return compared


def _one(
    path: Path,
    prints: Sequence[Print],
    by_digest: dict[str, Print],
    named: Print | None,
    keys: Sequence[Key],
    fits: Stands,
) -> Found:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError:
        return Found(path.name, "unknown", None, "unreadable")
    known = by_digest.get(sha256(content).hexdigest())
    if known is not None and not known.is_signed:
        return Found(path.name, "unknown", known, "unsigned")
    if known is not None:
        return Found(path.name, "copy" if known.is_copy else "known", known)
    try:
        seen = look(content[:MAX_BYTES])
    except NoLibraryError:
        return Found(path.name, "unknown" if named is None else "altered", named, "not_looked_at")
    except PictureError:
        return Found(path.name, "unknown" if named is None else "altered", named, "unreadable")
    if not seen.codes:
        return Found(path.name, "unknown" if named is None else "altered", named, "no_code")
    try:
        (claim,) = map(read_claim, seen.codes)
        head = head_of(open_note(claim.note, keys))
    except ClaimError:
        return Found(path.name, "altered", named, "code")
    except (NoteError, CheckpointError, ValueError):
        return Found(path.name, "unknown" if named is None else "altered", named, "foreign")
    of = _of(claim, head, prints)
    if of is None:
        if named is None and fits(claim, head):  # a power cut came before it was entered
            return Found(path.name, "unknown", None, "not_entered")
        return Found(path.name, "altered", named, "root")
    if not seen.is_picture or (named is not None and named.act != of.act):
        return Found(path.name, "altered", of, "digest")
    return Found(path.name, "scan", of)


def _of(claim: Claim, head: Head, prints: Sequence[Print]) -> Print | None:
    """Return the first paper on which a code can stand; ``None``: none of the log does."""
    says = (claim.paper, claim.name, claim.index, head.size, head.root.hex())
    return next((one for one in prints if (one.paper, one.name, one.act, one.size, one.root) == says), None)


def verify_folder(folder: Path, trust: Trust, source: Source) -> Report:
    """Hold the papers in a folder against a log."""
    findings, report = Findings(), Report(paper=True, verdict="verdict_folder")
    try:
        keys = [*trust.logs, *(one.key for one in retired_keys(source, trust))]
        compared = compare(folder, prints_in(source, trust), keys, partial(stands, source))
    except ProofError as wrong:
        findings.add("paper_log", None, why=str(wrong))
    else:
        for one in compared.found:
            paper, act_name = (one.of.paper, one.of.name) if one.of else ("-", "-")
            if one.is_ == "altered":
                findings.add("paper_altered", one.of.act if one.of else None, name=one.name)
            else:
                code = f"fact_folder_{_UNKNOWN.get(one.why, one.is_)}"
                report.told.append((code, {"name": one.name, "paper": paper, "act_name": act_name}))
        for missing in compared.missing:
            told = {"paper": missing.paper, "act_name": missing.name, "seq": missing.seq}
            report.told.append(("fact_folder_missing", told))
        report.known = not compared.missing and all(one.is_ in ("known", "copy") for one in compared.found)
        if report.known:
            report.verdict = "verdict_good"
    report.cases = findings.cases
    return report
