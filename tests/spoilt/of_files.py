"""Files and rows that were altered, heads that were signed twice or by others, witnesses, proofs of single entries."""

from __future__ import annotations

import base64
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Final

from printd.ledger.checkpoint import Checkpoint, sign
from printd.ledger.cosigner import Cosigner
from printd.ledger.merkle import Frontier, inclusion_proof, leaf_hash
from printd.ledger.notes import Signer
from spoilt.cases import DATABASE, FILES, LOG_KEY, Case, Words, whole
from spoilt.good import Good
from spoilt.insider import Insider
from support.told import Told, write

PROVINCE: Final = Cosigner("ntt.example/witness-1", bytes(range(32)))
AUDITOR: Final = Cosigner("audit.example/witness-1", bytes(range(1, 33)))
STRANGER: Final = Signer("printd.example/ntt/kupang/blanks/2026", b"s" * 32)
"""A key under the log's name that is not the log's."""

_SEEN: Final = 1_764_460_800

_BUNDLE, _TILE = "tile/entries/001", "tile/0/000"
_EARLY: Final = "(SELECT min(size) FROM checkpoint WHERE size > 1)"
_NEXT: Final = "printd.example/ntt/kupang/blanks/2027"


def _export(name: str, does: str, finds: str, spoil: Callable[[Path], object], has: str = FILES) -> Case:
    """Return the case of an export of which files were altered."""

    def make(good: Good, folder: Path) -> Words:
        export = whole(good, folder)
        spoil(export)
        return export, "--vkey", good.log.vkey

    return Case(name, has, does, finds, make)


def _excerpt(name: str, does: str, finds: str, spoil: Callable[[Path], object]) -> Case:
    """Return the case of an excerpt of which files were altered: it has the second bundle and what follows."""

    def make(good: Good, folder: Path) -> Words:
        told = Insider(good).told()
        excerpt = told.write_tiles(folder / "excerpt", 256, len(told.bodies))
        spoil(excerpt)
        return excerpt, "--vkey", good.log.vkey

    return Case(name, FILES, does, finds, make)


def _database(name: str, does: str, finds: str, *statements: str, has: str = DATABASE) -> Case:
    """Return the case of a database that was written to."""

    def make(good: Good, folder: Path) -> Words:
        path = Insider(good).told().write_database(folder / "printd.sqlite", good.sizes)
        with closing(sqlite3.connect(path)) as connection:
            for statement in statements:
                done = connection.execute(statement)
                assert done.rowcount, f"it changes nothing: {statement}"
            connection.commit()
        return path, "--vkey", good.log.vkey

    return Case(name, has, does, finds, make)


def _head(
    name: str, does: str, finds: str, make: Callable[[Insider, Path], Words], has: str = LOG_KEY
) -> Case:  # fmt: skip
    """Return the case of heads that say something else than they should."""
    return Case(name, has, does, finds, lambda good, folder: make(Insider(good), folder))


def _flip(path: Path, at: int = 100) -> None:
    content = bytearray(path.read_bytes())
    content[at % len(content)] ^= 1
    path.write_bytes(content)


def _cut(path: Path, by: int = 40) -> None:
    path.write_bytes(path.read_bytes()[:-by])


def _swap(one: Path, other: Path) -> None:
    content = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(content)


def _sign(told: Told, export: Path, signer: Signer, size: int | None = None) -> None:
    end = told.end(size)
    (export / "checkpoint").write_bytes(sign(Checkpoint(signer.name, end.size, end.root()), signer))


def _by_a_stranger(log: Insider, folder: Path) -> Words:
    told = log.told()
    export = told.write_tiles(folder / "export")
    _sign(told, export, STRANGER)
    return export, "--vkey", told.vkey


def _kept(log: Insider, folder: Path) -> Path:
    """Write the checkpoint that an auditor keeps of the good log; return its file."""
    path = folder / "kept.note"
    path.write_bytes(log.told().note())
    return path


def _fork(log: Insider, folder: Path) -> Words:
    kept = _kept(log, folder)
    log.data(log.find("job.overridden"))["why"] = "another reason"
    told = log.told()
    return told.write_tiles(folder / "export"), "--vkey", told.vkey, "--against", kept


def _rolled_back(log: Insider, folder: Path) -> Words:
    kept = _kept(log, folder)
    while len(log.entries) > 500:
        log.remove(len(log.entries) - 1)
    told = log.told()
    return told.write_tiles(folder / "export"), "--vkey", told.vkey, "--against", kept


def _gone_on(log: Insider, folder: Path) -> Words:
    """Lose the end, go on otherwise, and show the newer log to whoever holds the older one."""
    kept = _kept(log, folder)
    while len(log.entries) > 500:
        log.remove(len(log.entries) - 1)
    for _ in range(100):
        log.say("login.failed", {"names": {}, "unknown": 1})
    told = log.told()
    return told.write_tiles(folder / "export"), "--vkey", told.vkey, "--against", kept


def _stale(log: Insider, folder: Path) -> Words:
    """Publish the head of an earlier day over the newer files, to whoever holds the newer head."""
    kept, told = _kept(log, folder), log.told()
    export = told.write_tiles(folder / "export")
    earlier = Told(log.origin)
    earlier.signer, earlier.bodies = log.signer, told.bodies[:512]
    shutil.rmtree(export)
    return earlier.write_tiles(export), "--vkey", told.vkey, "--against", kept


def _note_exchanged(log: Insider, folder: Path) -> Words:
    """Let the shop's own note of its last checkpoint be one of another history."""
    path = log.told().write_database(folder / "printd.sqlite")
    log.data(log.find("job.overridden"))["why"] = "another reason"
    (folder / "last-checkpoint.note").write_bytes(log.told().note())
    return path, "--vkey", log.signer.vkey


def next_generation(log: Insider) -> Signer:
    """End the log as two people do, and go on under another name and key."""
    after, before = Signer(_NEXT, b"n" * 32), log.told()
    known = {"size": len(before.bodies), "root": before.end().root().hex()}
    data = {"backup": {}, "known": known, "missing": 0, "note": "", "origin": log.origin, "log_key": log.signer.vkey}
    log.say("log.rolled_back", {**data, "next": {"origin": _NEXT, "log_key": after.vkey}}, "ratna", "siti")
    log.say("login.failed", {"names": {}, "unknown": 1})
    return after


def _by_the_ended_key(log: Insider, folder: Path) -> Words:
    """Sign what belongs to the next generation with the key of the one that ended."""
    old, after = log.signer, next_generation(log)
    told = log.told()
    export = told.write_tiles(folder / "export")
    _sign(told, export, old)
    return export, "--vkey", after.vkey


def _vouched_by_nobody(log: Insider, folder: Path) -> Words:
    """Let an entry end the log that one person wrote, and sign the rest with a key of his own."""
    after = next_generation(log)
    seq = log.find("log.rolled_back")
    log.entry(seq)["by"] = ["siti"]
    log.signer = after
    told = log.told()
    return told.write_tiles(folder / "export"), "--vkey", after.vkey


def _policy(folder: Path, told: Told, quorum: str) -> Path:
    lines = [
        f"log {told.vkey}",
        f"witness province {PROVINCE.verifier.vkey}",
        f"witness auditor {AUDITOR.verifier.vkey}",
    ]
    path = folder / "policy"
    path.write_text("\n".join([*lines, f"group both {quorum} province auditor", "quorum both", ""]))
    return path


def cosigned(
    log: Insider, folder: Path, *by: Cosigner, quorum: str = "all", time: int = _SEEN, spoil: bool = False
) -> Words:
    """Write an export that witnesses cosigned; by default the two of the policy by which it is verified."""
    told = log.told()
    export = told.write_tiles(folder / "export")
    note = told.note()
    text = note[: note.rindex(b"\n\n") + 1]
    for one in by or (PROVINCE, AUDITOR):
        line = one.cosign(text, time)
        if spoil:
            name, _, encoded = line.rstrip(b"\n").rpartition(b" ")
            raw = bytearray(base64.b64decode(encoded))
            raw[-1] ^= 1
            line = name + b" " + base64.b64encode(bytes(raw)) + b"\n"
        note += line
    (export / "checkpoint").write_bytes(note)
    return export, "--policy", _policy(folder, told, quorum)


def _forged_beside(log: Insider, folder: Path) -> Words:
    """Say that a witness cosigned the head of a database, which it did not."""
    told = log.told()
    path = told.write_database(folder / "printd.sqlite")
    note, size = told.note(), len(told.bodies)
    line = Cosigner(AUDITOR.name, b"f" * 32).cosign(note[: note.rindex(b"\n\n") + 1], _SEEN)
    with closing(sqlite3.connect(path)) as connection:
        row = (size, AUDITOR.verifier.label, _SEEN, line, "")
        connection.execute("INSERT INTO cosignature VALUES (?, ?, ?, ?, ?)", row)
        connection.commit()
    return path, "--policy", _policy(folder, told, "any")


def _too_early(log: Insider, folder: Path) -> Words:
    """Sign what the ended key did not sign with the next one's key."""
    early, log.signer = 300, next_generation(log)
    told = log.told()
    path = told.write_database(folder / "printd.sqlite", [early])
    return path, "--vkey", told.vkey


def _no_key_in_genesis(log: Insider, folder: Path) -> Words:
    """Say in the first entry that another key than the log's signs it."""
    log.data(0)["log_key"] = STRANGER.vkey
    told = log.told()
    return told.write_tiles(folder / "export"), "--vkey", told.vkey


def _proof(spoil: Callable[[Told, int], bytes]) -> Callable[[Insider, Path], Words]:
    def make(log: Insider, folder: Path) -> Words:
        told = log.told()
        write(folder / "act.tlog-proof", spoil(told, log.find("shift.closed", -1)))
        return folder / "act.tlog-proof", "--vkey", told.vkey

    return make


def proof_of(told: Told, seq: int, entry: bytes = b"", index: int | None = None, note: bytes = b"") -> bytes:
    """Return the proof of an entry, or one that lies about something."""
    leaves = [leaf_hash(body) for body in told.bodies]

    def node(level: int, place: int) -> bytes:
        return Frontier().extend(leaves[place << level : (place + 1) << level]).root()

    hashes = [base64.b64encode(one).decode() for one in inclusion_proof(seq, len(leaves), node)]
    lines = ["c2sp.org/tlog-proof@v1", f"extra {base64.b64encode(entry or told.bodies[seq]).decode()}"]
    lines += [f"index {seq if index is None else index}", *hashes]
    return "\n".join(lines).encode() + b"\n\n" + (note or told.note())


def _other_proof(excerpt: Path) -> None:
    lines = (excerpt / "excerpt").read_bytes().split(b"\n")
    lines[2] = base64.b64encode(b"x" * 32)
    (excerpt / "excerpt").write_bytes(b"\n".join(lines))


def _said(excerpt: Path, old: bytes, new: bytes) -> None:
    content = (excerpt / "excerpt").read_bytes()
    assert old in content
    (excerpt / "excerpt").write_bytes(content.replace(old, new))


def _by(told: Told, signer: Signer) -> bytes:
    end = told.end()
    return sign(Checkpoint(signer.name, end.size, end.root()), signer)


CASES: Final[tuple[Case, ...]] = (
    _export("entry-altered", "one byte of an entry is another", "entry_altered",
            lambda export: _flip(export / _BUNDLE, 1000)),
    _export("leaf-altered", "one hash of an entry is another", "leaf_altered",
            lambda export: _flip(export / _TILE)),
    _export("bundles-exchanged", "two bundles of entries change places", "entry_altered",
            lambda export: _swap(export / "tile/entries/000", export / _BUNDLE)),
    _export("bundle-missing", "a bundle of entries is not there", "bundle_missing",
            lambda export: (export / _BUNDLE).unlink()),
    _export("bundle-cut", "a bundle of entries is cut off", "bundle_malformed",
            lambda export: _cut(export / _BUNDLE)),
    _export("tile-missing", "a tile of hashes is not there", "tile_missing",
            lambda export: (export / _TILE).unlink()),
    _export("tile-cut", "a tile of hashes is cut off", "tile_missing", lambda export: _cut(export / _TILE)),
    _export("upper-tile", "a tile above the entries is another", "node_altered",
            lambda export: _flip(export / "tile/1/000.p/2", 3)),
    _export("last-bundle", "the last entries are not there", "bundle_missing",
            lambda export: next((export / "tile/entries/002.p").iterdir()).unlink()),
    _excerpt("excerpt-proof", "the proof of an excerpt is another", "excerpt_proof",
             _other_proof),
    _excerpt("excerpt-longer", "an excerpt says that it has more than it has", "bundle_missing",
             lambda excerpt: _said(excerpt, b"from 256\n", b"from 100\n")),
    _database("row-missing", "one entry is deleted", "gap", "DELETE FROM entry WHERE seq = 300"),
    _database("rows-missing", "200 entries are deleted", "gap", "DELETE FROM entry WHERE seq BETWEEN 300 AND 499"),
    _database("row-altered", "one entry is altered", "entry_altered",
              "UPDATE entry SET body = CAST(replace(CAST(body AS TEXT), 'a look', 'a book') AS BLOB) "
              "WHERE CAST(body AS TEXT) LIKE '%a look%'"),
    _database("hash-altered", "the hash beside an entry is altered", "leaf_altered",
              "UPDATE entry SET leaf_hash = zeroblob(32) WHERE seq = 300"),
    _database("row-and-hash", "an entry and its hash are altered, and nothing above", "entry_or_leaf_altered",
              "UPDATE entry SET leaf_hash = zeroblob(32), body = X'7b7d' WHERE seq = 300"),
    _database("row-stray", "an entry is written beyond the end", "gap",
              "INSERT INTO entry VALUES (5000, X'7b7d', zeroblob(32))"),
    _database("node-altered", "a hash above entries is altered", "node_altered",
              "UPDATE node SET hash = zeroblob(32) WHERE level = 3 AND idx = 20"),
    _database("node-missing", "a hash above entries is deleted", "node_missing",
              "DELETE FROM node WHERE level = 3 AND idx = 20"),
    _database("node-stray", "a hash is written above entries that there are not", "node_stray",
              "INSERT INTO node VALUES (3, 900, zeroblob(32))"),
    _database("end-altered", "the stored end of the log is altered", "end_altered", "UPDATE log_state SET size = 9"),
    _database("checkpoint-row", "the row beside a checkpoint tells another root", "checkpoint_row",
              f"UPDATE checkpoint SET root = zeroblob(32) WHERE size = {_EARLY}"),
    _database("checkpoint-unsigned", "a checkpoint has no signature", "checkpoint_unsigned",
              f"DELETE FROM checkpoint_note WHERE size = {_EARLY}"),
    _database("checkpoint-cut", "the signature of a checkpoint is cut off", "checkpoint_note",
              f"UPDATE checkpoint_note SET note = substr(note, 1, length(note) - 9) WHERE size = {_EARLY}"),
    _database("last-deleted", "the last entries are deleted with their hashes, and the checkpoints stay",
              "checkpoint_beyond", "DELETE FROM entry WHERE seq >= (SELECT max(size) - 5 FROM checkpoint)",
              "DELETE FROM node WHERE (idx + 1) << level > (SELECT max(size) - 5 FROM checkpoint)"),
    _database("nothing-signed", "every checkpoint is deleted", "unsigned",
              "DELETE FROM checkpoint_note", "DELETE FROM checkpoint"),
    _head("stranger-signs", "another key signs the log under its name", "unsigned", _by_a_stranger, FILES),
    _head("fork", "history is rewritten and signed anew; the auditor kept a checkpoint", "kept_root", _fork),
    _head("rolled-back", "the last day is taken out and the rest signed; the auditor kept a checkpoint", "kept_beyond",
          _rolled_back),
    _head("gone-on", "the last day is taken out and another put there; the auditor kept a checkpoint", "kept_root",
          _gone_on),
    _head("stale-head", "an old export is shown for the new one; the auditor kept a checkpoint", "kept_beyond", _stale,
          FILES),
    _head("note-exchanged", "the shop's own note is of another history", "kept_root", _note_exchanged),
    _head("ended-key", "a key signs entries that came after it ended", "unsigned", _by_the_ended_key),
    _head("ended-by-one", "one person ends the log and goes on under a key of his own", "number_of_signers",
          _vouched_by_nobody),
    _head("key-too-early", "a key signs entries of the time before it began", "checkpoint_key", _too_early),
    _head("cosignature-forged", "a witness is said to have cosigned a database's head, and did not", "cosignature",
          _forged_beside, DATABASE),
    _head("another-log-key", "the first entry names another key than the one that signs the log", "log_key",
          _no_key_in_genesis),
    _head("witness-missing", "one of two witnesses has not cosigned", "quorum",
          lambda log, folder: cosigned(log, folder, PROVINCE)),
    _head("witness-false", "a witness's cosignature is not its own", "checkpoint_note",
          lambda log, folder: cosigned(log, folder, PROVINCE, AUDITOR, spoil=True), FILES),
    _head("witness-ahead", "a witness cosigned on a day that has not come", "witness_ahead",
          lambda log, folder: cosigned(log, folder, PROVINCE, AUDITOR, time=4_000_000_000)),
    _head("proof-altered", "a proof carries another entry", "proof",
          _proof(lambda told, seq: proof_of(told, seq, told.bodies[seq].replace(b'"printed":90', b'"printed":89'))),
          FILES),
    _head("proof-of-another", "a proof says that its entry has another number", "proof",
          _proof(lambda told, seq: proof_of(told, seq, index=seq - 1)), FILES),
    _head("proof-unsigned", "the checkpoint of a proof is signed by another key", "proof",
          _proof(lambda told, seq: proof_of(told, seq, note=_by(told, STRANGER))), FILES),
)  # fmt: skip
