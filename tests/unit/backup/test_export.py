"""The log as a folder of static files: whole, continued, as an excerpt; refused where it would not be what it says."""

from __future__ import annotations

import fcntl
import os
import shutil
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from printd.backup import export as exporting
from printd.errors import IntegrityError, Refused
from printd.ledger.cosigner import Cosigner
from printd.ledger.export import Export, ExportError
from printd.ledger.merkle import Frontier, leaf_hash, verify_range
from printd.ledger.notes import Signer, split_note
from printd.store.engine import Store
from support.bare_log import BareLog, leaf
from support.deliberate import line, notices
from support.exported import bodies, files
from support.fixed import NewDatabase
from support.forger import loosen

SIGNER = Signer("printd.example/export", bytes(range(32)))
SIZES = (1, 255, 256, 257, 700, 1100)


@pytest.fixture
def bare(store: Store) -> BareLog:
    """An empty log, on each kind of database in turn."""
    return BareLog(store, SIGNER)


@pytest.fixture
def on_sqlite(new_sqlite: NewDatabase) -> Callable[[Callable[[int], bytes]], BareLog]:
    """Make logs, each in a database of its own."""

    def make(body: Callable[[int], bytes] = leaf) -> BareLog:
        from printd.store import log

        store = Store.open(new_sqlite(True))
        with store.writing() as connection:
            log.start(connection)
        return BareLog(store, SIGNER, body)

    return make


def read(folder: Path) -> list[bytes]:
    return [body for _, body, _ in Export.open(folder, SIGNER.verifier).entries()]


def test_it_grows_from_head_to_head_into_what_is_written_at_once(bare: BareLog, tmp_path: Path) -> None:
    for size in SIZES:
        bare.grow(size)
        start = bare.export(tmp_path / "grown")
        bare.export(tmp_path / f"at-once-{size}")
        grown, at_once = files(tmp_path / "grown"), files(tmp_path / f"at-once-{size}")
        assert at_once.items() <= grown.items()
        assert all(".p/" in path for path in grown.keys() - at_once.keys())
        assert read(tmp_path / "grown") == bodies(tmp_path / "grown") == [leaf(number) for number in range(size)]
        assert start % 256 == 0
        assert size - start <= 600, "only what is new is read"
    for level in ("0", "entries"):
        left = sorted(one.name for one in (tmp_path / "grown" / "tile" / level).glob("*.p"))
        assert left == ["004.p"], "what is full has no use for what it was before"
    assert bare.export(tmp_path / "grown") == 1024, "where nothing is new, little is read"


def test_an_earlier_head_can_be_read_until_its_last_tile_is_full(bare: BareLog, tmp_path: Path) -> None:
    bare.grow(600)
    bare.export(tmp_path / "log")
    early = (tmp_path / "log" / "checkpoint").read_bytes()
    for size in (700, 800):
        bare.grow(size)
        bare.export(tmp_path / "log")
        shutil.copytree(tmp_path / "log", tmp_path / f"copy-{size}")
        (tmp_path / f"copy-{size}" / "checkpoint").write_bytes(early)
        assert read(tmp_path / f"copy-{size}") == [leaf(number) for number in range(600)], "the full one stands for it"


def test_a_web_server_may_read_it_whatever_the_umask(bare: BareLog, tmp_path: Path) -> None:
    bare.grow(300)
    before = os.umask(0o077)
    try:
        bare.export(tmp_path / "www" / "log")
        bare.grow(600)
        bare.export(tmp_path / "www" / "log")
    finally:
        os.umask(before)
    found = [tmp_path / "www", *(tmp_path / "www").rglob("*")]
    assert {one.stat().st_mode & 0o777 for one in found if one.is_dir()} == {0o755}
    assert {one.stat().st_mode & 0o777 for one in found if one.is_file()} == {0o644}


def test_what_witnesses_say_later_comes_to_the_head_alone(bare: BareLog, tmp_path: Path) -> None:
    bare.grow(300)
    bare.export(tmp_path / "log")
    before, note = files(tmp_path / "log"), bare.head()
    text, _ = split_note(note)
    cosigned = note + Cosigner("witness.example/w1", bytes(range(32))).cosign(text, 1_780_000_000)
    head = exporting.cosign(tmp_path / "log", SIGNER.verifier, {300: cosigned}.get)
    assert (head.size, files(tmp_path / "log")) == (300, {**before, "checkpoint": cosigned})
    exporting.cosign(tmp_path / "log", SIGNER.verifier, {300: note}.get)
    assert (tmp_path / "log" / "checkpoint").read_bytes() == cosigned, "what was said stays said"
    other = bare.head(200)
    for said in (None, other):
        with pytest.raises(IntegrityError, match="does not have"):
            exporting.cosign(tmp_path / "log", SIGNER.verifier, {300: said}.get)
    (tmp_path / "mine").mkdir()
    with pytest.raises(Refused, match="something else"):
        exporting.cosign(tmp_path / "mine", SIGNER.verifier, {300: cosigned}.get)
    assert files(tmp_path / "log") == {**before, "checkpoint": cosigned}


def test_what_lies_beside_the_log(bare: BareLog, tmp_path: Path) -> None:
    bare.grow(3)
    bare.export(tmp_path / "log")
    found = files(tmp_path / "log")
    assert set(found) == {"checkpoint", "keys/log.vkey", "policy", "tile/0/000.p/3", "tile/entries/000.p/3"}
    assert found["checkpoint"] == bare.head()


def test_the_first_cosigned_checkpoint_lies_beside_the_whole_log_alone(bare: BareLog, tmp_path: Path) -> None:
    bare.grow(3)
    bare.export(tmp_path / "log", first=b"cosigned")
    assert files(tmp_path / "log")["first-cosigned"] == b"cosigned"
    bare.grow(5)
    bare.export(tmp_path / "log", first=b"cosigned")
    assert read(tmp_path / "log") == [leaf(number) for number in range(5)]
    bare.export(tmp_path / "excerpt", (1, 3), first=b"cosigned")
    assert "first-cosigned" not in files(tmp_path / "excerpt"), "nothing there leads to it"


# --- excerpts ---


@pytest.mark.parametrize(
    ("first", "end"), [(0, 1), (0, 1100), (300, 301), (255, 257), (256, 512), (300, 1100), (1099, 1100)]
)
def test_an_excerpt_leads_to_the_head(bare: BareLog, tmp_path: Path, first: int, end: int) -> None:
    bare.grow(1100)
    bare.export(tmp_path / "whole")
    bare.export(tmp_path / "part", (first, end))
    whole, part = files(tmp_path / "whole"), files(tmp_path / "part")
    begins, ends, *told = part.pop("excerpt").decode().splitlines()
    assert part.items() <= whole.items()
    assert (begins, ends) == (f"from {first}", f"to {end}")
    proof = [b64decode(one) for one in told]
    leaves = [leaf_hash(leaf(number)) for number in range(first, end)]
    head = Export.open(tmp_path / "part", SIGNER.verifier).head
    before, after = verify_range(first, end, head.size, leaves, proof, head.root)
    assert (before, after) == tuple(
        Frontier().extend(leaf_hash(leaf(n)) for n in range(to)).root() for to in (first, end)
    )
    touched = {f"tile/entries/{number:03}" for number in range(first // 256, -(-end // 256))}
    assert {one.removesuffix(".p/76") for one in part if "entries" in one} == touched
    assert all("tile/1/000.p/4" in one or "tile/0/" in one for one in part if "tile/" in one and "entries" not in one)
    assert "tile/0/004.p/76" in part, "the edge of the tree"


def test_an_excerpt_gives_no_entries_as_if_it_were_whole(bare: BareLog, tmp_path: Path) -> None:
    bare.grow(600)
    bare.export(tmp_path / "part", (0, 300))
    with pytest.raises(ExportError, match="an excerpt, of the entries 0 to 299 alone"):
        next(Export.open(tmp_path / "part", SIGNER.verifier).entries())


@pytest.mark.parametrize("then", [None, (0, 300)])
def test_an_excerpt_is_never_continued(bare: BareLog, tmp_path: Path, then: tuple[int, int] | None) -> None:
    bare.grow(600)
    bare.export(tmp_path / "part", (0, 300))
    before = files(tmp_path / "part")
    with pytest.raises(Refused, match="an excerpt is written whole"):
        bare.export(tmp_path / "part", then)
    assert files(tmp_path / "part") == before


def test_a_whole_export_becomes_no_excerpt(bare: BareLog, tmp_path: Path) -> None:
    bare.grow(600)
    bare.export(tmp_path / "log")
    before = files(tmp_path / "log")
    with pytest.raises(Refused, match="an excerpt is written whole"):
        bare.export(tmp_path / "log", (0, 300))
    assert files(tmp_path / "log") == before


# --- where it is written to ---


def test_what_a_cut_left_is_begun_again(bare: BareLog, tmp_path: Path) -> None:
    bare.grow(600)
    bare.export(tmp_path / "log")
    right = files(tmp_path / "log")
    (tmp_path / "log" / "checkpoint").unlink()
    (tmp_path / "log" / "tile" / "entries" / "000").write_bytes(b"of another log")
    (tmp_path / "log" / ".part").mkdir()
    (tmp_path / "log" / ".part" / "7").write_bytes(b"half")
    bare.export(tmp_path / "log")
    assert files(tmp_path / "log") == right


@pytest.mark.parametrize("there", ["keys/log.key", "tile/0/000", "letter.txt", "checkpoint", "excerpt"])
def test_a_folder_of_somebody_elses_is_left_alone(bare: BareLog, tmp_path: Path, there: str) -> None:
    bare.grow(3)
    path = tmp_path / "place" / there
    path.parent.mkdir(parents=True)
    path.write_text("mine")
    with pytest.raises(Refused, match="something else than an export") as refused:
        bare.export(tmp_path / "place")
    assert "Nothing was written" in refused.value.consequence
    assert files(tmp_path / "place") == {there: b"mine"}


def test_a_file_is_no_folder(bare: BareLog, tmp_path: Path) -> None:
    bare.grow(3)
    (tmp_path / "file").write_text("mine")
    with pytest.raises(Refused) as refused:
        bare.export(tmp_path / "file")
    assert "Errno" not in f"{refused.value.why}"
    assert (tmp_path / "file").read_text() == "mine"


def test_two_exports_do_not_write_to_one_folder(bare: BareLog, tmp_path: Path) -> None:
    bare.grow(3)
    (tmp_path / "log").mkdir()
    handle = os.open(tmp_path / "log", os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        with pytest.raises(Refused, match="Another export"):
            bare.export(tmp_path / "log")
        assert not files(tmp_path / "log")
    finally:
        os.close(handle)
    bare.export(tmp_path / "log")


@pytest.mark.parametrize("of", ["another log", "another history", "a later state"])
def test_an_export_of_something_else_is_not_continued(
    on_sqlite: Callable[..., BareLog], tmp_path: Path, of: str
) -> None:
    mine, other = on_sqlite(), on_sqlite((lambda number: b"x") if of == "another history" else leaf)
    if of == "another log":
        other.signer = Signer("printd.example/other", bytes(range(1, 33)))
    mine.grow(600)
    other.grow(900 if of == "a later state" else 500)
    other.export(tmp_path / "log")
    before = files(tmp_path / "log")
    with pytest.raises(Refused if of == "another log" else IntegrityError):
        mine.export(tmp_path / "log")
    assert files(tmp_path / "log") == before


# --- what is not believed ---

OTHER = "X'6f74686572'"  # another entry's bytes, and those of leaf-650 and leaf-651
SWAPPED = "CASE seq WHEN 650 THEN X'6c6561662d363531' ELSE X'6c6561662d363530' END"
FIRST_LEAF = "(SELECT leaf_hash FROM entry WHERE seq = 3)"
ALTERED = {
    "an entry": f"UPDATE entry SET body = {OTHER} WHERE seq = 650",
    "an entry and its hash": f"UPDATE entry SET body = {OTHER}, leaf_hash = {FIRST_LEAF} WHERE seq = 650",
    "two entries exchanged": f"UPDATE entry SET body = {SWAPPED} WHERE seq IN (650, 651)",
    "a missing entry": "DELETE FROM entry WHERE seq = 650",
    "a missing end": "DELETE FROM entry WHERE seq >= 690",
    "a hash above": f"UPDATE node SET hash = {FIRST_LEAF} WHERE level = 8 AND idx = 1",
    "a missing hash above": "DELETE FROM node WHERE level = 8 AND idx = 1",
}


@pytest.mark.parametrize("span", [None, (520, 680)])
@pytest.mark.parametrize("what", ALTERED)
def test_an_altered_database_is_not_exported(
    on_sqlite: Callable[..., BareLog], tmp_path: Path, what: str, span: tuple[int, int] | None
) -> None:
    """What was exported before is as it was, but for files that nothing asks for; of a new one nothing is left."""
    bare = on_sqlite()
    bare.grow(600)
    bare.export(tmp_path / "log")
    before = files(tmp_path / "log")
    bare.grow(700)
    head = bare.head()
    with bare.store.writing() as connection:
        loosen(connection)
        connection.execute(sa.text(ALTERED[what]))
    target = tmp_path / ("log" if span is None else "part")
    with pytest.raises(IntegrityError):
        bare.export(target, span, head)
    if span is None:
        assert before.items() <= files(target).items()
        assert read(target) == [leaf(number) for number in range(600)]
    else:
        assert not target.exists()


def test_a_head_that_another_root_is_signed_under_is_not_published(bare: BareLog, tmp_path: Path) -> None:
    bare.grow(300)
    head = bare.head(299)
    text = head.replace(b"\n299\n", b"\n300\n").split(b"\n\n")[0].decode() + "\n"
    for span in (None, (1, 5)):
        with pytest.raises(IntegrityError, match="do not give the root"):
            bare.export(tmp_path / "log", span, SIGNER.sign(text))
        assert not (tmp_path / "log").exists()


def test_a_file_there_that_says_something_else_stops_it(bare: BareLog, tmp_path: Path) -> None:
    bare.grow(600)
    bare.export(tmp_path / "log")
    (tmp_path / "log" / "tile" / "entries" / "002").write_bytes(b"other")
    before = files(tmp_path / "log")
    bare.grow(800)
    with pytest.raises(IntegrityError, match="is not what the log says"):
        bare.export(tmp_path / "log")
    assert before.items() <= files(tmp_path / "log").items()
    assert read(tmp_path / "log") == [leaf(number) for number in range(600)]


@notices(
    {
        "nothing is held against the signed root": line(
            exporting._write_all, "if edge.root() != source.head.root:", "if False:"
        ),
        "stored hashes are believed": line(
            exporting._bundles, "bodies.append(body)", "bodies.append(b'leaf-%d' % seq)"
        ),
    }
)
def test_entries_are_hashed_from_their_bytes(on_sqlite: Callable[..., BareLog], tmp_path: Path) -> None:
    bare = on_sqlite()
    bare.grow(300)
    head = bare.head()
    with bare.store.writing() as connection:
        loosen(connection)
        connection.execute(sa.text(ALTERED["an entry"].replace("650", "7")))
    with pytest.raises(IntegrityError):
        bare.export(tmp_path / "log", note=head)


# --- what is read ---


@pytest.mark.parametrize(
    ("path", "content", "says"),
    [
        ("checkpoint", None, "no file checkpoint"),
        ("checkpoint", b"", "not good"),
        ("checkpoint", b"x" * 1_000_001, "longer than it can be"),
        ("tile/entries/002.p/88", None, "is missing"),
        ("tile/entries/001", b"\x00", "within an entry"),
        *(
            ("excerpt", content, "names no entries below 600")
            for content in (
                b"",
                b"from 1\nto 3",
                b"from 3\nto 3\n",
                b"from 0\nto 601\n",
                b"from 01\nto 3\n",
                b"from 0\nto 3\nx\n",
            )
        ),
        ("excerpt", b"from 0\nto 3\n" + b"A" * 42 + b"B=\n", "stray bits"),
    ],
)
def test_what_is_no_export(bare: BareLog, tmp_path: Path, path: str, content: bytes | None, says: str) -> None:
    bare.grow(600)
    bare.export(tmp_path / "log")
    if content is None:
        (tmp_path / "log" / path).unlink()
    else:
        (tmp_path / "log" / path).write_bytes(content)
    with pytest.raises(ExportError, match=says):
        read(tmp_path / "log")
