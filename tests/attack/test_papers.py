"""Papers between offices and out of a shop: altered, played again, exchanged between shops.

HAS: what lies on a table or in a mailbox, a key of his own, no key of a shop.
TRIES: to have blanks announced or acknowledged that never came, an act or a report say something else, a backup or an
export pass that is another shop's or no longer what it was.
NOTICED: by the desk, which takes no paper whose signature, name or serials do not fit; by whoever writes the paper
again from the books, or holds its root against the log; by two people who count what came.
"""

from __future__ import annotations

import json
import shutil
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from printd.backup import backup
from printd.backup.restore import bring_back
from printd.books.heads import SEEN_NAME
from printd.books.replay import compare
from printd.cli.app import app
from printd.custody import sealed_note
from printd.errors import ConfigError, PrintdError, Refused
from printd.ledger.checkpoint import Checkpoint, open_checkpoint, sign
from printd.ledger.merkle import Frontier, leaf_hash
from printd.ledger.notes import Signer
from printd.projections.kinds import PROJECTIONS
from printd.reports import from_log
from printd.reports.document import Document
from printd.store import log
from support.counter import RATNA, TWO, Counter, counter, person
from support.exported import alter, bodies, export, replace, size, vkey
from support.fixed import unbooked

DAYS = {"first": "2026-11-01", "last": "2026-11-30"}
SEND = {"to": "alak", "carrier": "YOSEF CONTOH", "document": "BA/7", **TWO}


@pytest.fixture
def shops(tmp_path: Path) -> Iterator[tuple[Counter, Counter]]:
    """The office that lends ten blanks, and the one that borrows them: each knows the other's key."""
    with ExitStack() as stack:
        lender = stack.enter_context(counter(tmp_path / "lender"))
        key = lender.shop.keys.documents.verifier.vkey
        borrower = stack.enter_context(counter(tmp_path / "borrower", f'[custody]\nsender_keys = ["{key}"]\n'))
        lender.announce()
        lender.receive()
        theirs = borrower.shop.keys.documents.verifier.vkey
        lender.act("sites.set", site="alak", kind="office", title="Alak", key=theirs, by=RATNA)
        yield lender, borrower


def sent(lender: Counter) -> tuple[str, bytes]:
    """Let ten blanks leave; return the transfer and its manifest."""
    told = lender.act("transfers.send", pieces=10, **SEND)
    return told["id"], Path(told["files"]["manifest"]).read_bytes()


def announced(shop: Counter, note: bytes, name: str = "m.note") -> Any:
    return shop.act("deliveries.announce", name=name, content=b64encode(note).decode(), by=person("marta"))


def acknowledged(shop: Counter, transfer: str, note: bytes) -> Any:
    return shop.act("transfers.acknowledge_signed", transfer=transfer, content=b64encode(note).decode(), **TWO)


def refused(shop: Counter, says: str, act: Callable[[], object]) -> None:
    """Make sure that an act is refused for a reason, and that nothing of it is in the log."""
    before = entries(shop)
    with pytest.raises(Refused, match=says):
        act()
    assert entries(shop) == before


def entries(shop: Counter) -> int:
    with shop.shop.store.reading() as connection:
        return log.frontier(connection).size


def body(note: bytes) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(note.partition(b"\n")[0])
    return told


# --- manifests ---


def test_a_manifest_is_taken_as_its_sender_wrote_it(shops: tuple[Counter, Counter]) -> None:
    """HAS nothing. TRIES nothing. NOTICED by nobody: otherwise no test below says anything."""
    lender, borrower = shops
    transfer, note = sent(lender)
    assert announced(borrower, note)["id"] == transfer


@pytest.mark.parametrize("what", ["serials", "cartons", "number", "name", "practice", "line"])
def test_a_manifest_is_altered(shops: tuple[Counter, Counter], what: str) -> None:
    """HAS a manifest on its way. TRIES to have it announce more, or under another number. NOTICED by the desk."""
    lender, borrower = shops
    transfer, note = sent(lender)
    there, here = {
        "serials": (b"K00010", b"K00090"),
        "cartons": (f"{transfer}-1".encode(), f"{transfer}-2".encode()),
        "number": (b"BA/7", b"BA/8"),
        "name": (f'"delivery":"{transfer}"'.encode(), b'"delivery":"T2026-0009"'),
        "practice": (b',"practice":true', b""),
        "line": (b"\n\n", b"\n{}\n\n"),
    }[what]
    assert note.count(there) >= 1
    refused(borrower, "signature of the manifest", lambda: announced(borrower, note.replace(there, here)))


@pytest.mark.parametrize("name", ["his own", "the sender's"])
def test_a_manifest_is_written_by_a_stranger(shops: tuple[Counter, Counter], name: str) -> None:
    """HAS a key of his own, perhaps under the sender's name. TRIES to announce blanks. NOTICED by the desk."""
    lender, borrower = shops
    _, note = sent(lender)
    label = "thief.example/documents" if name == "his own" else lender.shop.keys.documents.verifier.name
    forged = sealed_note.seal(body(note), Signer.generate(label))
    refused(borrower, "signature of the manifest", lambda: announced(borrower, forged))


@pytest.mark.parametrize("name", ["m.json", "m.csv"])
def test_a_manifest_comes_without_its_signature(shops: tuple[Counter, Counter], name: str) -> None:
    """HAS a manifest. TRIES to leave the signature away. NOTICED by the desk, which knows its senders' keys."""
    lender, borrower = shops
    _, note = sent(lender)
    refused(borrower, "is not signed", lambda: announced(borrower, json.dumps(body(note)).encode(), name))


def test_a_manifest_is_played_again(shops: tuple[Counter, Counter]) -> None:
    """HAS a manifest that was announced. TRIES to announce the same blanks twice. NOTICED by the desk."""
    lender, borrower = shops
    _, note = sent(lender)
    announced(borrower, note)
    refused(borrower, "already", lambda: announced(borrower, note))


def test_a_manifest_for_another_office_brings_no_blanks(shops: tuple[Counter, Counter]) -> None:
    """HAS a manifest that a trusted sender wrote for another office. TRIES to have its blanks received here.

    NOTICED by the two who count what came: a manifest names no receiver, and is only announced.
    """
    lender, borrower = shops
    transfer, note = sent(lender)
    assert announced(borrower, note)["state"] == "announced"
    borrower.count({"pieces": 0, "serials": [], "cartons": []}, transfer)
    borrower.act("deliveries.receive", delivery=transfer, **TWO)
    assert "store" not in borrower.places()
    assert [one["state"] for one in borrower.act("discrepancies.list")] == ["open"]


# --- acknowledgements ---


def told(transfer: str, first: str = "K00001", last: str = "K00010") -> dict[str, Any]:
    return {"acknowledges": transfer, "serials": [[first, last]], "pieces": 10, "practice": True}


def test_an_acknowledgement_is_altered_or_a_strangers(shops: tuple[Counter, Counter]) -> None:
    """HAS an acknowledgement on its way, or a key of his own. TRIES to have blanks arrive. NOTICED by the desk."""
    lender, borrower = shops
    transfer, _ = sent(lender)
    right = sealed_note.seal(told(transfer, last="K00004"), borrower.shop.keys.documents)
    name = borrower.shop.keys.documents.verifier.name
    for forged in (
        right.replace(b"K00004", b"K00010"),
        sealed_note.seal(told(transfer), Signer.generate(name)),
        sealed_note.seal(told(transfer), lender.shop.keys.documents),
        right.partition(b"\n\n")[0] + b"\n",
    ):
        refused(lender, "does not hold", lambda forged=forged: acknowledged(lender, transfer, forged))  # type: ignore[misc] # bound now


def test_an_acknowledgement_is_played_again(shops: tuple[Counter, Counter]) -> None:
    """HAS an acknowledgement that was booked. TRIES it once more, and for the next transfer. NOTICED by the desk."""
    lender, borrower = shops
    transfer, _ = sent(lender)
    note = sealed_note.seal(told(transfer), borrower.shop.keys.documents)
    acknowledged(lender, transfer, note)
    refused(lender, "acknowledged already", lambda: acknowledged(lender, transfer, note))
    following, _ = sent(lender)
    refused(lender, f"is not of {following}", lambda: acknowledged(lender, following, note))


def test_another_paper_with_the_right_signature_is_no_acknowledgement(shops: tuple[Counter, Counter]) -> None:
    """HAS a manifest that the other side signed. TRIES it as its acknowledgement. NOTICED by the desk."""
    lender, borrower = shops
    transfer, note = sent(lender)
    other = sealed_note.seal(body(note), borrower.shop.keys.documents)
    refused(lender, "is not of", lambda: acknowledged(lender, transfer, other))


def test_an_acknowledgement_to_another_office_tells_other_serials(shops: tuple[Counter, Counter]) -> None:
    """HAS what the other side acknowledged to a third office, whose transfer has the same number. TRIES it here.

    NOTICED by the desk: the serials are others, and nothing arrives but two open discrepancies.
    """
    lender, borrower = shops
    transfer, _ = sent(lender)
    note = sealed_note.seal(told(transfer, "Z00001", "Z00010"), borrower.shop.keys.documents)
    found = acknowledged(lender, transfer, note)["discrepancies"]
    assert [(one["kind"], one["pieces"]) for one in found] == [("short", 10), ("over", 10)]
    assert lender.places()[f"transfer:{transfer}"] == 10


# --- acts, reports, exports ---


def test_an_act_is_edited(shops: tuple[Counter, Counter]) -> None:
    """HAS the folder of acts. TRIES to have one say more. NOTICED by whoever has a copy written from the books."""
    lender, _ = shops
    plain, page = (lender.shop.folder / "acts" / f"receipt-D1.{form}" for form in ("json", "pdf"))
    right, told = page.read_bytes(), plain.read_bytes()
    plain.write_bytes(told.replace(b"BAST/1", b"BAST/9"))
    page.write_bytes(right.replace(b"%PDF", b"%PDG"))
    copies = [lender.act("papers.again", kind="delivery", name="D1", by=RATNA)["files"]["pdf"] for _ in range(2)]
    assert plain.read_bytes() == told
    assert copies == [str(page.with_name("receipt-D1-salinan.pdf"))] * 2
    assert Path(copies[0]).read_bytes().startswith(b"%PDF")
    assert page.read_bytes() != right, "what lies there `audit papers` tells: test_printed_papers"


def verified(shop: Counter, against: str) -> tuple[int, str]:
    """Return how ``audit verify`` ends with what somebody holds against the log, and what it says."""
    vkey = shop.shop.keys.log.vkey
    command = ["--shop", str(shop.shop.folder), "audit", "verify", "--vkey", vkey, "--against", against, "--json"]
    done = CliRunner().invoke(app, command)
    return done.exit_code, done.stdout or str(done.exception)


@pytest.mark.parametrize("what", ["right", "altered", "another shop's", "later"])
def test_the_root_that_an_act_carries_is_held_against_the_log(shops: tuple[Counter, Counter], what: str) -> None:
    """HAS an act on paper. TRIES another root on it, another shop's act, or one of entries that were taken out.

    NOTICED by ``audit verify --against``, to which an auditor gives what the act says.
    """
    lender, borrower = shops
    lender.shop.sign()
    borrower.shop.sign()
    of = borrower if what == "another shop's" else lender
    with of.shop.store.reading() as connection:
        end = log.frontier(connection)
    root = "00" * 32 if what == "altered" else end.root().hex()
    size = end.size + 5 if what == "later" else end.size
    code, said = verified(lender, f"{size}:{root}")
    kind = {"right": "", "altered": "head_root", "another shop's": "head_root", "later": "head_beyond"}[what]
    assert (code, kind in said) == (0 if what == "right" else 1, True), said


def test_a_checkpoint_of_another_shop_is_none_of_this_log(shops: tuple[Counter, Counter]) -> None:
    """HAS the other shop's note. TRIES to have it prove this log. NOTICED by ``audit verify``: it has another key."""
    lender, borrower = shops
    lender.shop.sign()
    borrower.shop.sign()
    code, said = verified(lender, str(borrower.shop.folder / SEEN_NAME))
    assert code == 1
    assert "no checkpoint of this log" in said


def test_an_excerpt_of_a_report_is_edited(shops: tuple[Counter, Counter]) -> None:
    """HAS a report as CSV. TRIES to have it say more. NOTICED by whoever asks for the same days again."""
    lender, _ = shops
    made = lender.act("reports.report", name="r1", **DAYS)["files"]
    path = Path(made["csv"])
    right = path.read_bytes()
    path.write_bytes(right.replace(b"100", b"900"))
    assert path.read_bytes() != right, "it says something that can be altered"
    lender.act("reports.report", name="r1", **DAYS)
    assert path.read_bytes() == right


@pytest.fixture
def exported(shops: tuple[Counter, Counter], tmp_path: Path) -> Path:
    """The lender's log, exported."""
    lender, _ = shops
    lender.shop.sign()
    return export(lender.shop, tmp_path / "log")


def reported(folder: Path, shop: Counter) -> object:
    return from_log.build(folder, vkey(shop.shop), "r1", date(2026, 11, 1), date(2026, 11, 30))[0]


def _another_word(found: list[bytes]) -> list[bytes]:
    return [one.replace(b"K00050", b"K00060") for one in found]


def _exchanged(found: list[bytes]) -> list[bytes]:
    return [*found[:-2], found[-1], found[-2]]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(_another_word, id="altered"),
        pytest.param(lambda found: found[:-1], id="cut"),
        pytest.param(lambda found: [*found, found[-1]], id="longer"),
        pytest.param(_exchanged, id="exchanged entries"),
    ],
)
def test_an_export_is_altered(
    shops: tuple[Counter, Counter], exported: Path, change: Callable[[list[bytes]], list[bytes]]
) -> None:
    """HAS an exported log. TRIES to have reports computed from it say something else.

    NOTICED by whoever computes one, with the log's key from elsewhere: the entries no longer give the signed root.
    """
    reported(exported, shops[0])
    alter(exported, change)
    with pytest.raises(PrintdError):
        reported(exported, shops[0])


@pytest.mark.parametrize(
    "what", ["the head of a shorter log", "another shop's head", "his own head", "his own key too"]
)
def test_an_export_is_cut_and_its_head_made_to_fit(
    shops: tuple[Counter, Counter], exported: Path, tmp_path: Path, what: str
) -> None:
    """HAS an exported log, another shop's, and a key of his own. TRIES to leave its end away, under a head that fits.

    NOTICED by whoever computes a report with the log's key from elsewhere: that key signed no such head.
    """
    lender, borrower = shops
    head = exported / "checkpoint"
    right = head.read_bytes()
    short = bodies(exported)[:-3]
    root = Frontier().extend(map(leaf_hash, short))
    if what == "another shop's head":
        borrower.shop.sign()
        head.write_bytes((borrower.shop.folder / SEEN_NAME).read_bytes())
    elif what == "the head of a shorter log":
        lines = right.split(b"\n")
        lines[1:3] = [b"%d" % root.size, b64encode(root.root())]
        head.write_bytes(b"\n".join(lines))
    else:
        thief = Signer.generate(vkey(lender.shop).name)
        head.write_bytes(sign(Checkpoint(thief.name, root.size, root.root()), thief))
        if what == "his own key too":  # he lays it where an auditor might look for one
            (exported / "keys" / "log.vkey").write_text(f"{thief.vkey}\n")
    replace(exported, short)
    with pytest.raises(Refused, match="cannot be used"):
        reported(exported, lender)


def test_an_older_export_stands_for_the_newest(shops: tuple[Counter, Counter], exported: Path) -> None:
    """HAS an exported log of an earlier day. TRIES to pass it off as the newest, before what was booked since.

    NOTICED by whoever holds a later checkpoint: it is of more entries. A report says at which root it was computed.
    """
    lender, _ = shops
    sent(lender)
    lender.shop.sign()
    later = open_checkpoint((lender.shop.folder / SEEN_NAME).read_bytes(), vkey(lender.shop).name, [vkey(lender.shop)])
    code, said = verified(lender, str(exported))
    assert (code, '"compared": 2' in said) == (0, True), "an export is a checkpoint that was kept, too"
    document = reported(exported, lender)
    assert isinstance(document, Document)
    assert (document.size, document.root) == (
        size(exported),
        Frontier().extend(map(leaf_hash, bodies(exported))).root().hex(),
    )
    assert document.size < later.size


# --- backups ---


@pytest.fixture
def copies(shops: tuple[Counter, Counter], tmp_path: Path) -> tuple[Path, Path]:
    """A backup of each of the two shops."""
    for name, one in zip(("one", "other"), shops, strict=True):
        one.shop.sign()
        backup.make(one.shop.folder, tmp_path / name, lambda _done, _whole: None, unbooked)
    return tmp_path / "one", tmp_path / "other"


@pytest.mark.parametrize("what", ["a root", "a file's digest", "another shop's", "a stranger's"])
def test_the_manifest_of_a_backup_is_forged(
    shops: tuple[Counter, Counter], copies: tuple[Path, Path], tmp_path: Path, what: str
) -> None:
    """HAS the disk with the backups. TRIES to have another one restored. NOTICED by the restore."""
    one, other = copies
    path = one / backup.MANIFEST_NAME
    note = path.read_bytes()
    if what == "another shop's":
        path.write_bytes((other / backup.MANIFEST_NAME).read_bytes())
    elif what == "a stranger's":
        thief = Signer.generate(shops[0].shop.keys.documents.verifier.name)
        path.write_bytes(thief.sign(note.decode().rpartition("\n\n")[0] + "\n"))
    else:
        there = b'"root": "' if what == "a root" else b'"sha256": "'
        at = note.index(there) + len(there)
        path.write_bytes(note[:at] + (b"0" if note[at : at + 1] != b"0" else b"1") + note[at + 1 :])
    not_restored(shops[0], one, tmp_path)


@pytest.mark.parametrize("what", ["database", "configuration", "checkpoint", "missing"])
def test_a_file_of_a_backup_is_exchanged(
    shops: tuple[Counter, Counter], copies: tuple[Path, Path], tmp_path: Path, what: str
) -> None:
    """HAS the disk with the backups. TRIES to put another shop's file into one, or none. NOTICED by the restore."""
    one, other = copies
    name = {"database": "printd.sqlite", "configuration": "printd.toml", "checkpoint": SEEN_NAME}.get(what, SEEN_NAME)
    (one / name).unlink()
    if what != "missing":
        shutil.copyfile(other / name, one / name)
    not_restored(shops[0], one, tmp_path)


def test_an_older_backup_stands_for_the_newest(
    shops: tuple[Counter, Counter], copies: tuple[Path, Path], tmp_path: Path
) -> None:
    """HAS the disk with the backups. TRIES to lose what was booked since an earlier one.

    NOTICED by the restore, where somebody holds a later checkpoint or act against it; by nobody otherwise.
    """
    lender, _ = shops
    sent(lender)
    lender.shop.sign()
    newest = str(lender.shop.folder / SEEN_NAME)
    with pytest.raises(Refused, match="entries are missing"):
        bring_back(copies[0], tmp_path / "back", key_folder=lender.shop.folder / "keys", against=[newest])
    bring_back(copies[0], tmp_path / "back", key_folder=lender.shop.folder / "keys")
    with lender.shop.store.reading() as connection:
        assert compare(connection, PROJECTIONS).differences == ()


def not_restored(shop: Counter, source: Path, tmp_path: Path) -> None:
    with pytest.raises((Refused, ConfigError)):
        bring_back(source, tmp_path / "back", key_folder=shop.shop.folder / "keys")
    assert not (tmp_path / "back").exists()
