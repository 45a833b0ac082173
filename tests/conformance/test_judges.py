"""Exported logs and proofs before judges who share no code with printd: they take ours, and refuse spoilt ones.

Go's golang.org/x/mod/sumdb and aics-tlog read the whole folder; metamorphic-log judges heads and proofs.
"""

from __future__ import annotations

import json
import os
import shutil
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from printd.books.retrace import node_at
from printd.ledger.checkpoint import Checkpoint, parse, sign
from printd.ledger.export import Export, ExportError
from printd.ledger.merkle import Frontier, consistency_proof, inclusion_proof, leaf_hash
from printd.ledger.notes import Signer
from printd.store import log
from printd.store.engine import Store
from support import exported
from support.bare_log import BareLog, leaf
from support.counter import Counter, counter
from support.fixed import NewDatabase
from support.judges import NAMES, READING_TILES, Asked, judged

pytestmark = pytest.mark.judges
DATA = Path(os.environ.get("PRINTD_CONFORMANCE_DATA", Path(__file__).parents[3] / "shared" / "data"))
SIGNER = Signer("printd.example/judged", bytes(range(32)))
SIZES = (1, 2, 255, 256, 257, 700, 1100)
LARGE = 70_000

each = pytest.mark.parametrize("name", NAMES)
reading = pytest.mark.parametrize("name", READING_TILES)


def bare_log(new_sqlite: NewDatabase, body: Callable[[int], bytes] = leaf) -> BareLog:
    store = Store.open(new_sqlite(True))
    with store.writing() as connection:
        log.start(connection)
    return BareLog(store, SIGNER, body)


@pytest.fixture(scope="module")
def grown(new_sqlite: NewDatabase, tmp_path_factory: pytest.TempPathFactory) -> tuple[BareLog, Path, dict[int, bytes]]:
    """A log, the folder of its export that was continued at each size, and the head of each."""
    bare, folder = bare_log(new_sqlite), tmp_path_factory.mktemp("judged") / "log"
    heads = {}
    for size in SIZES:
        bare.grow(size)
        heads[size] = bare.head()
        bare.export(folder)
    return bare, folder, heads


def asked(bare: BareLog, folder: Path, older: dict[int, bytes], span: tuple[int, int] | None = None) -> Asked:
    """Return all that printd can prove of a log under the head of an export: of some entries, and older heads."""
    size = exported.size(folder)
    first, end = span or (0, size)
    with bare.store.reading() as connection:

        def node(level: int, index: int) -> bytes:
            return node_at(connection, level, index)

        some = sorted({first, (first + end) // 2, end - 1})
        inclusion = tuple((one, node(0, one), inclusion_proof(one, size, node)) for one in some)
        consistency = tuple((head, consistency_proof(old, size, node)) for old, head in older.items() if old <= size)
    return Asked(bare.signer.vkey, folder, first, end, inclusion, consistency)


@each
@pytest.mark.parametrize("size", SIZES)
def test_an_export_and_its_proofs_are_taken(new_sqlite: NewDatabase, tmp_path: Path, name: str, size: int) -> None:
    bare = bare_log(new_sqlite)
    bare.grow(size)
    heads = {old: bare.head(old) for old in SIZES if old <= size}
    bare.export(tmp_path / "log")
    assert judged(name, asked(bare, tmp_path / "log", heads)) == ""


@each
def test_one_that_was_continued_is_taken(grown: tuple[BareLog, Path, dict[int, bytes]], name: str) -> None:
    bare, folder, heads = grown
    assert judged(name, asked(bare, folder, heads)) == ""


@each
@pytest.mark.parametrize("span", [(0, 1), (0, 300), (256, 512), (300, 700), (1000, 1100), (1099, 1100)])
def test_an_excerpt_is_taken(
    grown: tuple[BareLog, Path, dict[int, bytes]], tmp_path: Path, name: str, span: tuple[int, int]
) -> None:
    bare, _, heads = grown
    bare.export(tmp_path / "part", span)
    assert judged(name, asked(bare, tmp_path / "part", heads, span)) == ""


@pytest.fixture(scope="module")
def large(new_sqlite: NewDatabase, tmp_path_factory: pytest.TempPathFactory) -> tuple[BareLog, Path, dict[int, bytes]]:
    """A log of three levels of tiles, the folder of its export, and two older heads."""
    bare, folder = bare_log(new_sqlite), tmp_path_factory.mktemp("large") / "log"
    bare.grow(LARGE)
    bare.export(folder)
    return bare, folder, {size: bare.head(size) for size in (256, 65_536)}


@each
def test_a_large_one_is_taken(large: tuple[BareLog, Path, dict[int, bytes]], name: str) -> None:
    """Its root is that of the published vectors."""
    bare, folder, heads = large
    assert judged(name, asked(bare, folder, heads)) == ""
    if (DATA / "tlog-vectors.json").is_file():
        vectors = json.loads((DATA / "tlog-vectors.json").read_text("utf-8"))
        (root,) = (one["root_b64"] for one in vectors["roots"] if one["size"] == LARGE)
        assert (folder / "checkpoint").read_text().split("\n")[2] == root


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counter]:
    with counter(tmp_path_factory.mktemp("shop") / "shop") as made:
        made.announce()
        made.receive()
        made.shop.sign()
        yield made


@each
def test_a_shops_export_is_taken(shop: Counter, tmp_path: Path, name: str) -> None:
    folder = exported.export(shop.shop, tmp_path / "log")
    size = exported.size(folder)
    with shop.shop.store.reading() as connection:

        def node(level: int, index: int) -> bytes:
            return node_at(connection, level, index)

        inclusion = tuple((one, node(0, one), inclusion_proof(one, size, node)) for one in range(size))
        older = tuple(
            (note, consistency_proof(old, size, node)) for old, _, note in log.signed_checkpoints(connection, 100)
        )
    assert judged(name, Asked(exported.vkey(shop.shop).vkey, folder, 0, size, inclusion, older)) == ""


def cosigned(head: bytes, seed: bytes, name: str, time: int = 1_790_000_000) -> tuple[str, bytes]:
    """Return a witness's key, and the head with its cosignature (log reference section 9)."""
    key = Ed25519PrivateKey.from_private_bytes(seed)
    public = b"\x04" + key.public_key().public_bytes_raw()
    label = sha256(name.encode() + b"\n" + public).digest()[:4]
    text = head.split(b"\n\n")[0] + b"\n"
    signature = time.to_bytes(8, "big") + key.sign(b"cosignature/v1\ntime %d\n" % time + text)
    line = "\N{EM DASH} ".encode() + name.encode() + b" " + b64encode(label + signature) + b"\n"
    return f"{name}+{label.hex()}+{b64encode(public).decode()}", head + line


@reading
def test_cosignatures_go_with_it(grown: tuple[BareLog, Path, dict[int, bytes]], tmp_path: Path, name: str) -> None:
    bare, _, heads = grown
    province, once = cosigned(heads[1100], b"p" * 32, "province.example/w1")
    notary, twice = cosigned(once, b"n" * 32, "notary.example/w1")
    bare.export(tmp_path / "log", note=twice)
    assert (tmp_path / "log" / "checkpoint").read_bytes() == twice
    good = Asked(bare.signer.vkey, tmp_path / "log", 0, 1100, witnesses=(province, notary))
    assert judged(name, good) == ""
    stranger, _ = cosigned(once, b"s" * 32, "stranger.example/w1")
    assert judged(name, replace(good, witnesses=(province, stranger))) != ""
    (tmp_path / "log" / "checkpoint").write_bytes(twice[:-10] + (b"B" if twice[-10:-9] == b"A" else b"A") + twice[-9:])
    assert judged(name, good) != ""


# --- spoilt ---


def resigned(folder: Path, bodies: list[bytes], signer: Signer = SIGNER) -> None:
    """Put a head over other entries, well signed."""
    tree = Frontier().extend(map(leaf_hash, bodies))
    (folder / "checkpoint").write_bytes(sign(Checkpoint(signer.name, tree.size, tree.root()), signer))


def flipped(path: Path, at: int = 40) -> None:
    content = bytearray(path.read_bytes())
    content[at % len(content)] ^= 1
    path.write_bytes(content)


def of_head(change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        path = folder / "checkpoint"
        before = path.read_bytes()
        path.write_bytes(change(before))
        assert path.read_bytes() != before

    return spoil


def _longer(folder: Path) -> None:
    path = folder / "tile" / "entries" / "004.p" / "76"
    path.write_bytes(path.read_bytes() + b"\x00\x01x")


def _wider(folder: Path) -> None:
    path = folder / "tile" / "0" / "004.p" / "76"
    path.write_bytes(path.read_bytes() + bytes(32))


def _swapped(folder: Path) -> None:
    first, second = (folder / "tile" / "entries" / name for name in ("001", "002"))
    one, other = first.read_bytes(), second.read_bytes()
    first.write_bytes(other)
    second.write_bytes(one)


HEADS: dict[str, Callable[[Path], object]] = {
    "another root": of_head(lambda note: note.replace(note.split(b"\n")[2], b64encode(bytes(32)))),
    "another size": of_head(lambda note: note.replace(b"\n1100\n", b"\n1099\n")),
    "another log": of_head(lambda note: note.replace(b"printd.example/judged\n", b"printd.example/other\n", 1)),
    "no signature": of_head(lambda note: note.split(b"\n\n")[0] + b"\n\n"),
    "an altered signature": of_head(lambda note: note[:-10] + (b"B" if note[-10:-9] == b"A" else b"A") + note[-9:]),
    "a stranger's key": lambda folder: resigned(
        folder, [leaf(number) for number in range(1100)], Signer(SIGNER.name, bytes(range(1, 33)))
    ),
    "no final line feed": of_head(lambda note: note[:-1]),
    "text behind it": of_head(lambda note: note + b"and more\n"),
    "no head": lambda folder: (folder / "checkpoint").unlink(),
}
LAX = {("aics", "no final line feed"), ("aics", "a tile that is longer")}
"""What a judge takes although the format forbids it; we do not."""

FOLDERS: dict[str, Callable[[Path], object]] = {
    "an altered entry": lambda folder: flipped(folder / "tile" / "entries" / "001"),
    "an altered last entry": lambda folder: flipped(folder / "tile" / "entries" / "004.p" / "76", -1),
    "a bundle cut off": lambda folder: (folder / "tile" / "entries" / "001").write_bytes(b"\x00\x06leaf-2"),
    "a bundle that is longer": _longer,
    "two bundles exchanged": _swapped,
    "a tile that is longer": _wider,
    "a missing bundle": lambda folder: (folder / "tile" / "entries" / "002").unlink(),
    "an altered hash of an entry": lambda folder: flipped(folder / "tile" / "0" / "001"),
    "an altered hash at the edge": lambda folder: flipped(folder / "tile" / "0" / "004.p" / "76"),
    "an altered hash above": lambda folder: flipped(folder / "tile" / "1" / "000.p" / "4"),
    "a tile cut off": lambda folder: (folder / "tile" / "0" / "001").write_bytes(bytes(64)),
    "a missing tile": lambda folder: (folder / "tile" / "0" / "003").unlink(),
    "a missing tile above": lambda folder: (folder / "tile" / "1" / "000.p" / "4").unlink(),
}


def spoilt(folder: Path, to: Path, spoil: Callable[[Path], object]) -> Path:
    shutil.copytree(folder, to)
    spoil(to)
    return to


@each
@pytest.mark.parametrize("what", HEADS)
def test_a_spoilt_head_is_refused(
    grown: tuple[BareLog, Path, dict[int, bytes]], tmp_path: Path, name: str, what: str
) -> None:
    bare, folder, heads = grown
    good, bad = asked(bare, folder, heads), spoilt(folder, tmp_path / "log", HEADS[what])
    assert (judged(name, replace(good, folder=bad)) == "") is ((name, what) in LAX)
    with pytest.raises(ExportError):
        Export.open(bad, SIGNER.verifier)


@reading
@pytest.mark.parametrize("what", FOLDERS)
def test_a_spoilt_folder_is_refused(
    grown: tuple[BareLog, Path, dict[int, bytes]], tmp_path: Path, name: str, what: str
) -> None:
    bare, folder, _ = grown
    bad = Asked(bare.signer.vkey, spoilt(folder, tmp_path / "log", FOLDERS[what]), 0, 1100)
    assert (judged(name, bad) == "") is ((name, what) in LAX)


def _without(proof: list[bytes]) -> list[bytes]:
    return proof[:-1]


def _more(proof: list[bytes]) -> list[bytes]:
    return [*proof, bytes(32)]


def _turned(proof: list[bytes]) -> list[bytes]:
    return proof[::-1]


def _another(proof: list[bytes]) -> list[bytes]:
    return [*proof[:1], bytes(32), *proof[2:]]


@each
@pytest.mark.parametrize("change", [_without, _more, _turned, _another])
@pytest.mark.parametrize("of", ["an entry", "an older head"])
def test_a_spoilt_proof_is_refused(
    grown: tuple[BareLog, Path, dict[int, bytes]], name: str, change: Callable[[list[bytes]], list[bytes]], of: str
) -> None:
    bare, folder, heads = grown
    good = asked(bare, folder, {700: heads[700]})
    if of == "an entry":
        (_, (index, hash_, proof), _) = good.inclusion
        bad = replace(good, inclusion=((index, hash_, change(proof)),))
    else:
        ((older, proof),) = good.consistency
        bad = replace(good, consistency=((older, change(proof)),))
    assert judged(name, good) == ""
    assert judged(name, bad) != ""


@each
def test_a_proof_of_another_entry_is_refused(grown: tuple[BareLog, Path, dict[int, bytes]], name: str) -> None:
    bare, folder, _ = grown
    good = asked(bare, folder, {})
    for index, hash_ in ((550, leaf_hash(leaf(551))), (551, leaf_hash(leaf(550)))):
        ((_, _, proof),) = (one for one in good.inclusion if one[0] == 550)
        assert judged(name, replace(good, inclusion=((index, hash_, proof),))) != ""


@pytest.fixture(scope="module")
def anew(new_sqlite: NewDatabase, tmp_path_factory: pytest.TempPathFactory) -> tuple[BareLog, Path]:
    """The same log with another entry in it, signed by the same key, and its export."""
    other = bare_log(new_sqlite, lambda number: b"another" if number == 7 else leaf(number))
    folder = tmp_path_factory.mktemp("anew") / "log"
    other.grow(1100)
    other.export(folder)
    return other, folder


@each
@pytest.mark.parametrize("proof", ["its own", "the old one's"])
def test_a_history_that_was_written_anew_does_not_go_on_from_an_older_head(
    grown: tuple[BareLog, Path, dict[int, bytes]], anew: tuple[BareLog, Path], name: str, proof: str
) -> None:
    """Its signatures are fresh and valid: whoever has the log's key made them. An older head that was kept tells."""
    bare, folder, heads = grown
    other, written = anew
    mine = asked(other, written, {700: heads[700]})
    assert judged(name, replace(mine, consistency=())) == "", "by itself it proves itself"
    if proof == "the old one's":
        mine = replace(mine, consistency=asked(bare, folder, {700: heads[700]}).consistency)
    assert judged(name, mine) != ""


@each
def test_a_log_that_was_rolled_back_does_not_go_on_from_its_later_head(
    grown: tuple[BareLog, Path, dict[int, bytes]], new_sqlite: NewDatabase, tmp_path: Path, name: str
) -> None:
    _, _, heads = grown
    short = bare_log(new_sqlite)
    short.grow(700)
    short.export(tmp_path / "log")
    mine = Asked(short.signer.vkey, tmp_path / "log", 0, 700, consistency=((heads[1100], []),))
    assert judged(name, mine) != ""


@reading
def test_an_excerpt_proves_nothing_of_what_it_lacks(
    grown: tuple[BareLog, Path, dict[int, bytes]], tmp_path: Path, name: str
) -> None:
    bare, _, heads = grown
    bare.export(tmp_path / "part", (300, 700))
    part: dict[str, Any] = {"vkey": bare.signer.vkey, "folder": tmp_path / "part"}
    assert judged(name, Asked(first=300, end=700, **part)) == ""
    assert judged(name, Asked(first=0, end=700, **part)) != ""
    assert parse(heads[1100].split(b"\n\n")[0].decode() + "\n").size == 1100
