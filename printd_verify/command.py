"""The command `printd-verify`: what it is given, what it says, and how it ends.

It ends with 0 only where all holds, with 1 where something was found, and with 2 where it was not used rightly.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from printd_verify.bundles import MAX
from printd_verify.checkpoints import CheckpointError, read_kept
from printd_verify.findings import Findings
from printd_verify.given_paper import verify_paper
from printd_verify.heads import Kept
from printd_verify.notes import LOG, Key, NoteError, read_key
from printd_verify.opening import is_paper, open_source, proofs_of
from printd_verify.packs import LOG as LOG_FOLDER
from printd_verify.packs import is_pack, verify_pack
from printd_verify.paper_folder import verify_folder
from printd_verify.piece import life_of
from printd_verify.piece_shown import life_as_json, life_as_text
from printd_verify.policies import PolicyError, read_policy
from printd_verify.proofs import verify_proofs
from printd_verify.quick import look
from printd_verify.sentences import LANGUAGES, say
from printd_verify.shown import as_json, as_text, bar
from printd_verify.sources import SourceError
from printd_verify.verification import Report, Trust, verify

PIECE = "piece"
"""The word before a serial: the life of one blank is wanted."""

_MAX_FILE = 1_000_000


class _UsageError(ValueError):
    """What was given cannot be used: code of a sentence, and its words."""

    def __init__(self, code: str, **what: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.what = what


def main(words: Sequence[str] | None = None) -> int:
    """Verify what the command line names; return how it ends."""
    given = sys.argv[1:] if words is None else list(words)
    if given[:1] == [PIECE]:
        return _tell_piece(given[1:])
    asked = _parser().parse_args(given)
    languages = LANGUAGES if asked.language == "both" else (asked.language,)
    try:
        trust = _trust(asked.vkey, asked.policy)
        against = [_kept(one) for one in asked.against]
        since = _kept(asked.since) if asked.since else None
        if is_paper(asked.source):
            beside = open_source(asked.log) if asked.log else None
            return _end(verify_paper(asked.source, trust, beside), asked.json, languages)
        if asked.log and asked.source.is_dir():
            return _end(verify_folder(asked.source, trust, open_source(asked.log)), asked.json, languages)
        pack = is_pack(asked.source)
        proofs = [] if pack else proofs_of(asked.source)
        if proofs:
            files = [(str(one), _read(one, MAX)) for one in asked.record]
            return _end(verify_proofs(proofs, trust, files), asked.json, languages)
        source = open_source(asked.source / LOG_FOLDER if pack else asked.source)
    except (_UsageError, SourceError) as wrong:
        for language in languages:
            sys.stderr.write(f"{say(wrong.code, wrong.what, language)}\n")
        return 2
    progress = bar(sys.stderr) if sys.stderr.isatty() and not asked.json else None
    try:
        if pack:
            report = verify_pack(
                asked.source, trust, against=against, since=since, quick=asked.quick, jobs=asked.jobs, progress=progress
            )
        elif asked.quick:
            report = look(source, trust, against=against, since=since, progress=progress)
        else:
            report = verify(source, trust, against=against, since=since, jobs=asked.jobs, progress=progress)
    except SourceError as broken:  # within the log: whoever brought it must bring a whole one
        findings = Findings()
        findings.add(broken.code, None, **broken.what)
        report = Report(cases=findings.cases)
    return _end(report, asked.json, languages)


def _tell_piece(words: list[str]) -> int:
    """Tell the life of one blank; return how the command ends."""
    parser = argparse.ArgumentParser(prog=f"printd-verify {PIECE}", description="The life of one blank, from a pack.")
    parser.add_argument("serial", help="as it stands on the blank")
    parser.add_argument("pack", type=Path, help="folder of a pack")
    _add_trust(parser)
    _add_manner(parser)
    asked = parser.parse_args(words)
    languages = LANGUAGES if asked.language == "both" else (asked.language,)
    progress = bar(sys.stderr) if sys.stderr.isatty() and not asked.json else None
    try:
        if not is_pack(asked.pack):
            raise SourceError("no_pack_here", path=str(asked.pack))
        trust = _trust(asked.vkey, asked.policy)
        life, report = life_of(asked.serial, asked.pack, trust, jobs=asked.jobs, progress=progress)
    except (_UsageError, SourceError) as wrong:
        for language in languages:
            sys.stderr.write(f"{say(wrong.code, wrong.what, language)}\n")
        return 2
    told = life_as_json(life, report) if asked.json else life_as_text(life, report, languages)
    sys.stdout.write(f"{told}\n")
    return 0 if report.holds else 1


def _end(report: Report, json: bool, languages: Sequence[str]) -> int:
    """Say what came of it; return how the command ends."""
    sys.stdout.write(f"{as_json(report) if json else as_text(report, languages)}\n")
    return 0 if report.holds else 1


def _parser() -> argparse.ArgumentParser:
    after = f"printd-verify {PIECE} SERIAL PACK tells the life of one blank."
    parser = argparse.ArgumentParser(prog="printd-verify", description=__doc__, epilog=after)
    parser.add_argument(
        "source",
        type=Path,
        help="folder of a pack, export, excerpt or shop, a shop's SQLite database, a proof, or a paper: photo, scan or "
        "PDF",
    )
    _add_trust(parser)
    parser.add_argument(
        "--against", action="append", default=[], metavar="CHECKPOINT",
        help="a checkpoint that was kept elsewhere: a file, or SIZE:ROOT; as often as you like",
    )  # fmt: skip
    parser.add_argument(
        "--log", type=Path, help="the log against which a paper (photo, scan, PDF) is held: an export or a database"
    )
    parser.add_argument(
        "--since", metavar="CHECKPOINT", help="one up to which everything was verified before: people's signatures "
        "are looked at from there on",
    )  # fmt: skip
    parser.add_argument(
        "--record", type=Path, nargs="+", default=[], metavar="FILE", help="files of a record as you delivered them "
        "(document, photo, signature): are they those that the bundle says were taken in?",
    )  # fmt: skip
    parser.add_argument("--quick", action="store_true", help="heads, consistency and totals alone")
    _add_manner(parser)
    return parser


def _add_trust(parser: argparse.ArgumentParser) -> None:
    trusted = parser.add_mutually_exclusive_group(required=True)
    trusted.add_argument("--vkey", help="public key of the log, from outside: its text, or a file that holds it")
    trusted.add_argument("--policy", type=Path, help="file of the logs and witnesses that you trust (tlog-policy)")


def _add_manner(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument("--language", choices=(*LANGUAGES, "both"), default="both")
    parser.add_argument("--jobs", type=int, metavar="N", help="processes beside this one; 0: none")


def _trust(vkey: str | None, policy: Path | None) -> Trust:
    if policy is not None:
        try:
            read = read_policy(_read(policy))
        except PolicyError as wrong:
            raise _UsageError("bad_policy", path=str(policy), why=str(wrong)) from wrong
        return Trust(tuple(read.logs), read)
    return Trust((_key(vkey or ""),))


def _key(given: str) -> Key:
    text = given if "+" in given else _read(Path(given)).decode("utf-8", "replace")
    try:
        key = read_key(text.strip())
    except NoteError as wrong:
        raise _UsageError("bad_vkey", why=str(wrong)) from wrong
    if key.kind != LOG:
        raise _UsageError("bad_vkey", why="it is a witness's")
    return key


def _kept(given: str) -> Kept:
    path = Path(given)
    try:
        return Kept(given, read_kept(given.encode() if not path.exists() else _read(path)))
    except CheckpointError as wrong:
        raise _UsageError("bad_checkpoint", name=given, why=str(wrong)) from wrong


def _read(path: Path, most: int = _MAX_FILE) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(most)
    except OSError as wrong:
        raise _UsageError("no_such_file", path=str(path)) from wrong
