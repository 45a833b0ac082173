"""Papers that are not what the shop made, and codes that belong elsewhere.

HAS: a printer, genuine papers of the shop with their codes, the log as it was exported; at most the log's key, and no
outside copy of what it signed.
TRIES: to have a paper pass that says more, that is another shop's, or that stands on a history which the log has not.
NOTICED: by `printd-verify FILE --log`, by `printd-verify FOLDER --log`, and by `printd audit papers`.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from printd.cli.app import app
from printd.ledger.checkpoint import Checkpoint, sign
from printd.ledger.notes import Signer
from printd.ledger.paper_code import PREFIX, Claim, encode_base45, pack
from printd.reports import pdf
from printd.reports.code_block import Code
from printd.reports.document import Document, Fact
from printd.reports.office import office_of
from printd_verify import command, given_paper
from printd_verify.given_paper import read_claim
from printd_verify.pictures import look
from support.deliberate import line, notices
from support.exported import export
from support.papered import Papered, drawn, papered, scanned


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Papered]:
    with papered(tmp_path_factory.mktemp("papered") / "shop") as made:
        yield made


@pytest.fixture(scope="module")
def exported(shop: Papered, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return export(shop.shop.shop, tmp_path_factory.mktemp("exported") / "log")


@pytest.fixture
def verified(shop: Papered, exported: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    def run(given: Path, *, log: bool = True) -> set[str]:
        """Return the classes of what was found; empty: nothing was."""
        beside = ["--log", str(exported)] if log else []
        code = command.main([str(given), "--vkey", shop.vkey, *beside, "--json"])
        told = json.loads(capsys.readouterr().out)
        assert code == (0 if told["holds"] else 1)
        return {one["class"] for one in told["findings"]}

    return run


def audited(shop: Papered, folder: Path) -> tuple[int, dict[str, str]]:
    """Return how `audit papers` ends, and what it says of each file."""
    done = CliRunner().invoke(app, ["--shop", str(shop.shop.shop.folder), "audit", "papers", str(folder), "--json"])
    return done.exit_code, {
        one["file"]: f"{one['found']} {one['why']}".strip() for one in json.loads(done.stdout)["papers"]
    }


def claim_of(shop: Papered, kind: str) -> Claim:
    """Return what the code on a genuine paper says."""
    (code,) = look(shop.pdf(kind).read_bytes()).codes
    read = read_claim(code)
    return Claim(read.paper, read.name, read.index, read.leaf, read.note)


def page(shop: Papered, claim: Claim, pieces: int = 900) -> bytes:
    """Return an act of his own with a code of his choice, drawn as the shop draws its acts."""
    told = Document("x", "Act", facts=[Fact("pieces", "Pieces", pieces, "int")])
    where = shop.shop.shop
    return pdf.render(told, office_of(where), code=Code(pack(claim), ("x",)))


Forge = Callable[[Papered], bytes]


def _more(shop: Papered) -> bytes:
    return page(shop, claim_of(shop, "destruction"))


def _pasted(shop: Papered) -> bytes:
    return page(shop, claim_of(shop, "delivery"))


def _renamed(shop: Papered) -> bytes:
    """A genuine code that says to be another act's."""
    return page(shop, replace(claim_of(shop, "delivery"), paper="destruction", name=shop.names["destruction"]))


def _moved(shop: Papered) -> bytes:
    """A genuine checkpoint, and the number of another entry."""
    return page(shop, replace(claim_of(shop, "destruction"), index=claim_of(shop, "delivery").index))


def _leaf(shop: Papered) -> bytes:
    """A genuine checkpoint, and the hash of an entry of his own."""
    return page(shop, replace(claim_of(shop, "destruction"), leaf=bytes(32)))


def _forked(shop: Papered) -> bytes:
    """Another root at the same size, signed by the log's own key."""
    claim = claim_of(shop, "destruction")
    size = int(claim.note.split(b"\n")[1])
    key = shop.shop.shop.keys.log
    return page(shop, replace(claim, note=sign(Checkpoint(key.verifier.name, size, bytes([7]) * 32), key)))


def _later(shop: Papered) -> bytes:
    """A checkpoint of entries that were taken out of the log since."""
    key = shop.shop.shop.keys.log
    note = sign(Checkpoint(key.verifier.name, 4000, bytes([7]) * 32), key)
    return page(shop, replace(claim_of(shop, "destruction"), note=note))


def _foreign(shop: Papered) -> bytes:
    """A code of another shop that calls itself the same."""
    key = Signer.generate(shop.shop.shop.keys.log.verifier.name)
    claim = claim_of(shop, "destruction")
    size = int(claim.note.split(b"\n")[1])
    return page(shop, replace(claim, note=sign(Checkpoint(key.verifier.name, size, bytes([7]) * 32), key)))


def _empty(shop: Papered) -> bytes:
    """A page that looks the part, without a code."""
    told = Document("x", "Act")
    return pdf.render(told, office_of(shop.shop.shop))


FORGED: dict[str, tuple[Forge, str, str]] = {
    "says more, with its own code": (_more, "paper_altered", "altered digest"),
    "a code pasted from another act": (_pasted, "paper_altered", "altered digest"),
    "a pasted code that says to be this act's": (_renamed, "paper_entry", "altered root"),
    "the number of another entry": (_moved, "paper_entry", "altered root"),
    "a forked root, signed": (_forked, "paper_root", "altered root"),
    "entries that were taken out": (_later, "paper_beyond", "altered root"),
    "another shop's code": (_foreign, "paper_code", "altered foreign"),
    "no code at all": (_empty, "paper_no_code", "altered no_code"),
}


@pytest.mark.parametrize("how", FORGED)
def test_a_paper_of_his_own_in_the_place_of_one(shop: Papered, verified: Any, tmp_path: Path, how: str) -> None:
    """HAS a printer and genuine papers. TRIES one of his own under a genuine name. NOTICED by file and by folder."""
    forge, finding, says = FORGED[how]
    path = tmp_path / "acts" / shop.pdf("destruction").name
    path.parent.mkdir()
    path.write_bytes(forge(shop))
    assert verified(path) == {finding}
    assert audited(shop, path.parent) == (1, {path.name: says})
    assert verified(path.parent) == {"paper_altered"}


@notices({"the hash in the code is not looked at": line(given_paper._holds, "leaf_hash(body) == claim.leaf and ", "")})
def test_the_hash_of_an_entry_of_his_own(shop: Papered, verified: Any, tmp_path: Path) -> None:
    """HAS a genuine checkpoint. TRIES the hash of an entry that he wrote himself. NOTICED by `printd-verify --log`."""
    path = tmp_path / "paper.pdf"
    path.write_bytes(_leaf(shop))
    assert verified(path) == {"paper_entry"}


def test_an_altered_paper_as_a_scan_is_never_called_known(shop: Papered, verified: Any, tmp_path: Path) -> None:
    """HAS a genuine code. TRIES his own figures beside it, scanned. NOTICED by the eye, which is told to compare.

    No program can tell it: bytes of a scan are nobody's. In the place of another act it is noticed by its name.
    """
    forged = tmp_path / "page.pdf"
    forged.write_bytes(_more(shop))
    folder = tmp_path / "acts"
    folder.mkdir()
    (folder / "scan.pdf").write_bytes(scanned(drawn(forged)))
    assert verified(folder / "scan.pdf") == set()
    assert audited(shop, folder) == (0, {"scan.pdf": "scan"})
    (folder / "scan.pdf").rename(folder / shop.pdf("shift").name)
    assert audited(shop, folder) == (1, {shop.pdf("shift").name: "altered digest"})


def test_one_byte_of_a_genuine_file(shop: Papered, verified: Any, tmp_path: Path) -> None:
    """HAS a genuine file. TRIES to change what stands in it and nobody sees. NOTICED by its digest."""
    path = tmp_path / "paper.pdf"
    path.write_bytes(shop.pdf("shift").read_bytes() + b"% a comment\n")
    assert verified(path) == {"paper_altered"}
    assert verified(path, log=False) == set(), "a signature alone is no proof of a paper, and the verdict says so"


def test_two_codes_on_one_paper(shop: Papered, verified: Any, tmp_path: Path) -> None:
    """HAS genuine papers. TRIES both codes on one page, for either reader. NOTICED by `printd-verify`."""
    left, right = (drawn(shop.pdf(kind)).convert("L") for kind in ("delivery", "destruction"))
    both = left.copy()
    both.paste(right.crop((right.width // 2, 0, right.width, right.height // 3)), (0, right.height // 2))
    path = tmp_path / "paper.jpg"
    both.save(path, quality=80)
    assert "paper_two_codes" in verified(path)


def test_a_code_that_unpacks_to_more_than_memory_holds(shop: Papered, verified: Any, tmp_path: Path) -> None:
    """HAS paper. TRIES a code of zeros packed small. NOTICED by the reader, which stops unpacking."""
    path = tmp_path / "code.txt"
    path.write_text(PREFIX + encode_base45(zlib.compress(bytes(50_000_000), 9)))
    assert verified(path) == {"paper_code"}


def test_a_copy_is_never_the_first_paper_again(shop: Papered) -> None:
    """HAS a genuine paper and the books. TRIES to have a second first paper. NOTICED by the books, whoever books it."""
    from printd.errors import Refused
    from printd.events.papers import PaperMade

    claim = claim_of(shop, "destruction")
    root = claim.note.split(b"\n")[2]
    from base64 import b64decode

    made = PaperMade(
        paper="destruction",
        name=claim.name,
        entry=claim.index,
        digest="00" * 32,
        size=int(claim.note.split(b"\n")[1]),
        root=b64decode(root).hex(),
    )
    books = shop.shop.shop.books
    for wrong in (
        made,
        made.model_copy(update={"copy_": True, "root": "11" * 32}),
        made.model_copy(update={"copy_": True, "name": "another"}),
        made.model_copy(update={"copy_": True, "entry": 0}),
        made.model_copy(update={"entry": 0, "size": 10**6}),
        made.model_copy(update={"entry": made.size}),
    ):
        with pytest.raises(Refused, match="cannot be one of this log"):
            books.enter(wrong, ["siti"])
