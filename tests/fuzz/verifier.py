"""What the verifier that takes nothing from the shop reads: files that anybody may have written."""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

from fuzz.target import Target
from printd_verify import checkpoints, entries, free_text, notes, packs, people, policies, proofs, tiles
from printd_verify.database import Database
from printd_verify.findings import Findings
from printd_verify.kinds import FORMS
from printd_verify.patterns import is_in_form
from printd_verify.proofs import Proof
from printd_verify.sources import PART, Note, Part, Problems, SourceError
from printd_verify.tables_read import ReportRead, TableRead
from printd_verify.verification import Report, Trust, verify
from printd_verify.words import read_serial
from support.told import BUDI, SITI, Told

_LOG = Told()
_LOG.begin()
_LOG.stock()
_LOG.shift()
_LOG.good_card(1)
_LOG.record(2)
_LOG.start(2)
_LOG.printed(2, SITI, BUDI)
_KEY = notes.read_key(_LOG.vkey)
_NOTE = _LOG.note()
_HASH = b"A" * 43 + b"=\n"
_ROOM = TemporaryDirectory(prefix="printd-fuzz-")
_FOLDER = Path(_ROOM.name)
_DATABASE = _LOG.write_database(_FOLDER / "good.sqlite").read_bytes()
_TILES = _LOG.write_tiles(_FOLDER / "export")


class Lines:
    """A log in memory: a line is an entry, whose own number is put right where it is one."""

    start = 0

    def __init__(self, data: bytes) -> None:
        self.bodies = [_numbered(line, place) for place, line in enumerate(data.split(b"\n"))]
        self.size = self.end = len(self.bodies)

    def read(self, first: int) -> Part:
        """See :class:`printd_verify.sources.Source`."""
        some = self.bodies[first : first + PART]
        return Part(first, [*some], [sha256(b"\x00" + body).digest() for body in some])

    def notes(self, first: int, end: int) -> list[Note]:
        """There is none."""
        return []

    def beside(self) -> list[tuple[str, bytes]]:
        """There is none."""
        return []

    def bundle_hash(self, index: int) -> bytes | None:
        """There is none."""
        return None

    def check_whole(self, rows: Sequence[Sequence[bytes]]) -> Problems:
        """Nothing else is stored."""
        return iter(())


def _numbered(line: bytes, place: int) -> bytes:
    try:
        value = json.loads(line)
        value["seq"] = place
        return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    except (ValueError, TypeError, RecursionError):
        return line


def report_on(data: bytes) -> Report:
    """Verify the entries that some lines are."""
    return verify(Lines(data), Trust((_KEY,)), jobs=0)


def _entry(data: bytes) -> None:
    short = is_in_form(data)
    value = entries.read_entry(data)
    assert value["kind"] in FORMS.checks or not short
    assert free_text.holds_nik(data.decode()) in (True, False)
    read_serial(data.decode())


def _keys(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    for read, wrong in ((notes.read_key, notes.NoteError), (people.read_person_key, people.PersonKeyError)):
        try:
            read(text)
        except wrong:
            continue


def _note(data: bytes) -> None:
    checkpoints.head_of(notes.open_note(data, [_KEY]))
    assert data.startswith(_NOTE[: _NOTE.rindex(b"\n\n")])


def _proof(data: bytes) -> Proof:
    proof = proofs.read_proof(data)
    proofs.check_proof(proof, proof.extra, [_KEY])
    return proof


def _excerpt(data: bytes) -> None:
    (_TILES / "excerpt").write_bytes(data)
    opened = tiles.Tiles(_TILES)
    assert opened.start < opened.end <= opened.size
    verify(opened, Trust((_KEY,)), jobs=0)


def _database(data: bytes) -> None:
    """Bytes are put into a good database: two say where, two how many, and so on."""
    content, at = bytearray(_DATABASE), 0
    while at + 3 < len(data):
        where, many = int.from_bytes(data[at : at + 2], "big"), 1 + data[at + 2] % 64
        piece = data[at + 3 : at + 3 + many]
        content[where : where + len(piece)] = piece
        at += 3 + many
    path = _FOLDER / "log.sqlite"
    path.write_bytes(content)
    source = Database(path)
    try:
        verify(source, Trust((_KEY,)), jobs=0)
    finally:
        source.close()


def _table(data: bytes) -> None:
    path = _FOLDER / "account.csv"
    path.write_bytes(data)
    table = TableRead(path, "account", Findings())
    for entry in range(3):
        table.take([entry, 1, *["x"] * 20])
    table.finish()


def _report(data: bytes) -> None:
    path = _FOLDER / "account.json"
    path.write_bytes(data)
    report = ReportRead(path, "account", packs.REPORTED["account"], Findings())
    report.finish(3, "0" * 64)


def _sums(data: bytes) -> None:
    folder = _FOLDER / "pack"
    folder.mkdir(exist_ok=True)
    (folder / packs.SUMS).write_bytes(data)
    packs.check_sums(folder, Findings())


_REFUSED = (notes.NoteError, checkpoints.CheckpointError)

TARGETS: dict[str, Target] = {
    "verifier-entry": Target(_entry, (entries.EntryError,), tuple(_LOG.bodies[::4])),
    "verifier-log": Target(report_on, (), (b"\n".join(_LOG.bodies), b"\n".join(_LOG.bodies[:9]))),
    "verifier-note": Target(_note, _REFUSED, (_NOTE,)),
    "verifier-kept": Target(checkpoints.read_kept, (checkpoints.CheckpointError,), (_NOTE, b"5:" + b"0" * 64)),
    "verifier-key": Target(_keys, (), (_LOG.vkey.encode(), b"a/people/b+00000000+/3By")),
    "verifier-policy": Target(
        policies.read_policy, (policies.PolicyError,), (f"log {_LOG.vkey}\nquorum none\n".encode(),)
    ),
    "verifier-proof": Target(
        _proof, (proofs.ProofFileError, *_REFUSED, proofs.ProofError),
        (b"c2sp.org/tlog-proof@v1\nextra e30=\nindex 0\n" + _HASH * 3 + b"\n" + _NOTE, b"PDP1:6BF5F$ D8Q"),
    ),
    "verifier-bundle": Target(
        tiles.read_bundle_file, (tiles.TilesError,), (b"".join(len(b).to_bytes(2, "big") + b for b in _LOG.bodies[:3]),)
    ),
    "verifier-excerpt": Target(_excerpt, (SourceError,), (b"from 0\nto 9\n" + _HASH, b"from 3\nto 4\n" + _HASH * 5)),
    "verifier-database": Target(_database, (SourceError,), (b"\x00\x10\x02\x04\x00", b"\x10\x00\x08" + bytes(9))),
    "verifier-table": Target(_table, (), (b"entry,line\r\n1,1\r\n", b'"1","1"\r\n')),
    "verifier-report": Target(_report, (), (b'{"size":3,"tables":[{"rows":[{"entry":1,"line":1}]}]}',)),
    "verifier-sums": Target(_sums, (), (b"0" * 64 + b"  SHA256SUMS\n",)),
}  # fmt: skip
