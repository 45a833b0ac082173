"""Papers of acts, held against the log from outside: as files, photographed, scanned, copied, in a folder."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from printd_verify import command, paper_folder
from printd_verify import papers as papers_module
from printd_verify.papers import ENTRIES
from support.counter import BUDI, SITI
from support.deliberate import line, notices
from support.exported import export
from support.paper import check_paper, pages_of, word
from support.papered import Papered, drawn, papered, photographed, scanned

APART = "destruction-list"
KINDS = sorted(ENTRIES.keys() - {APART})


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Papered]:
    with papered(tmp_path_factory.mktemp("papered") / "shop") as made:
        yield made


@pytest.fixture(scope="module")
def exported(shop: Papered, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return export(shop.shop.shop, tmp_path_factory.mktemp("exported") / "log")


@pytest.fixture
def verified(shop: Papered, exported: Path, capsys: pytest.CaptureFixture[str]) -> Any:
    def run(given: Path, *more: str, log: Path | None = exported) -> dict[str, Any]:
        beside = ["--log", str(log)] if log else []
        code = command.main([str(given), "--vkey", shop.vkey, *beside, *more, "--json"])
        told: dict[str, Any] = json.loads(capsys.readouterr().out)
        assert code == (0 if told["holds"] else 1)
        told["classes"] = {one["class"] for one in told["findings"]}
        told["says"] = {one["class"]: one["what"] for one in told["paper"]}
        return told

    return run


def test_every_paper_says_what_its_act_says_and_has_its_code_beside_the_title(shop: Papered) -> None:
    for kind in KINDS:
        check_paper(shop.pdf(kind), Path(shop.files[kind]["json"]))
        pages = pages_of(shop.pdf(kind))
        (coded,) = (number for number, page in enumerate(pages) if " · log " in page)
        assert coded == (len(pages) - 1 if kind == "request" else 0), "a letter has it below its annex"
        assert f"{word(kind, 'kind of a paper')} {shop.names[kind]}" in pages[coded] or kind == "handover"


@pytest.mark.parametrize("kind", [*KINDS, APART, "copy"])
def test_a_file_is_known_by_the_log(shop: Papered, verified: Any, kind: str) -> None:
    told = verified(shop.pdf(kind))
    assert told["holds"], told["findings"]
    assert told["known"]
    of = "delivery" if kind == "copy" else kind
    entry = told["says"]["fact_paper_entry"]
    assert entry["kind"] in ENTRIES[of][0]
    assert json.loads(entry["data"])[ENTRIES[of][1]] == shop.names[of]
    assert ("fact_paper_copy" in told["says"]) is (kind == "copy")
    assert "fact_paper_alone" not in told["says"]


def test_it_is_known_by_the_database_too_and_without_a_log_its_signature_alone(shop: Papered, verified: Any) -> None:
    assert verified(shop.pdf("shift"), log=shop.shop.shop.folder)["known"]
    told = verified(shop.pdf("shift"), log=None)
    assert told["holds"], told["findings"]
    assert not told["known"]
    assert "fact_paper_alone" in told["says"]
    assert told["says"]["fact_paper_says"] == {
        "paper": "shift",
        "act_name": shop.names["shift"],
        "act": told["says"]["fact_paper_says"]["act"],
    }


PHOTOS: dict[str, dict[str, Any]] = {
    "straight": {"turned": 0, "blurred": 0.5, "noise": 0.05, "quality": 80},
    "turned by three degrees": {"turned": 3, "blurred": 0.8, "noise": 0.1, "quality": 60},
    "upside down": {"turned": 177, "blurred": 0.8, "noise": 0.1, "quality": 60},
    "from the side": {"turned": 88, "blurred": 0.8, "noise": 0.1, "quality": 50},
    "out of focus": {"turned": -2, "blurred": 1.3, "noise": 0.05, "quality": 60},
    "packed hard": {"turned": 1, "blurred": 0.6, "noise": 0.05, "quality": 25},
    "grainy": {"turned": 1, "blurred": 0.6, "noise": 0.3, "quality": 60},
}


@pytest.mark.parametrize(("kind", "how"), [*(("shift", how) for how in PHOTOS), ("handover", "out of focus")])
def test_its_code_is_read_from_a_photo(shop: Papered, verified: Any, tmp_path: Path, kind: str, how: str) -> None:
    photo = tmp_path / "photo.jpg"
    photo.write_bytes(photographed(drawn(shop.pdf(kind)), **PHOTOS[how]))
    told = verified(photo)
    assert told["holds"], told["findings"]
    assert not told["known"], "a picture shows no bytes of the file"
    assert "fact_paper_picture" in told["says"]


def test_its_code_is_read_from_a_scan_and_from_what_a_hand_scanner_types(
    shop: Papered, verified: Any, tmp_path: Path
) -> None:
    scan = tmp_path / "scan.pdf"
    scan.write_bytes(scanned(drawn(shop.pdf("shift"))))
    told = verified(scan)
    assert told["holds"], told["findings"]
    assert not told["known"]
    typed = tmp_path / "typed.txt"
    from printd_verify.pictures import look

    typed.write_text(look(shop.pdf("shift").read_bytes()).codes[0] + "\n")
    assert verified(typed)["says"]["fact_paper_says"] == told["says"]["fact_paper_says"]


def test_it_is_said_in_both_languages_and_of_a_picture_that_the_eye_is_needed(
    shop: Papered, exported: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    photo = tmp_path / "photo.jpg"
    drawn(shop.pdf("destruction")).convert("L").save(photo)
    assert command.main([str(photo), "--vkey", shop.vkey, "--log", str(exported)]) == 0
    said = capsys.readouterr().out
    assert "KODENYA SAH" in said
    assert "THE CODE IS GOOD" in said
    assert "pemusnahan destruction-" in said
    assert "every figure must be compared" in said
    assert command.main([str(shop.pdf("destruction")), "--vkey", shop.vkey, "--log", str(exported)]) == 0
    assert "SEMUA COCOK" in capsys.readouterr().out


def test_a_page_without_a_code_says_how_to_photograph_it(verified: Any, tmp_path: Path) -> None:
    from PIL import Image

    white = tmp_path / "white.png"
    Image.new("L", (800, 1200), 255).save(white)
    assert verified(white)["classes"] == {"paper_no_code"}
    for content in (b"%PDF-1.4\nnothing", b"\xff\xd8\xff\xe0nothing", b"PDC1:", b"PDC1:AAAA\n"):
        (tmp_path / "bad").write_bytes(content)
        assert verified(tmp_path / "bad")["classes"] <= {"paper_unread", "paper_code"}
        assert not verified(tmp_path / "bad")["holds"]


@pytest.mark.parametrize("library", ["zxingcpp", "pypdfium2"])
def test_a_library_that_is_missing_is_named(
    shop: Papered, verified: Any, monkeypatch: pytest.MonkeyPatch, library: str
) -> None:
    monkeypatch.setitem(__import__("sys").modules, library, None)
    told = verified(shop.pdf("shift"))
    assert told["classes"] == {"paper_no_library"}
    assert "pip install" in told["findings"][0]["first"][0]["says"]["en"]


def test_equal_papers_are_equal_files_and_copies_too(shop: Papered) -> None:
    digests = {kind: sha256(shop.pdf(kind).read_bytes()).hexdigest() for kind in ("delivery", "copy")}
    again = shop.shop.act("papers.again", kind="delivery", name="D1", by=BUDI)
    assert sha256(Path(again["files"]["pdf"]).read_bytes()).hexdigest() == digests["copy"]
    first, copy = (" ".join(pages_of(shop.pdf(kind))) for kind in ("delivery", "copy"))
    assert "SALINAN" in copy
    assert "SALINAN" not in first
    assert copy.replace("SALINAN ", "") == first, "the same root, and all else"
    shop.shop.shop.sign()


def folder_of(shop: Papered, path: Path) -> Path:
    """Return a copy of the folder of papers, without what other tests had copied."""
    shutil.copytree(shop.acts, path, ignore=shutil.ignore_patterns("shift-*-salinan.pdf"))
    return path


def found(told: dict[str, Any]) -> dict[str, str]:
    return {one["file"]: one["found"] + (f" {one['why']}" if one["why"] else "") for one in told["papers"]}


@pytest.fixture
def audited(shop: Papered) -> Any:
    from typer.testing import CliRunner

    from printd.cli.app import app

    def run(folder: Path) -> dict[str, Any]:
        done = CliRunner().invoke(app, ["--shop", str(shop.shop.shop.folder), "audit", "papers", str(folder), "--json"])
        told: dict[str, Any] = json.loads(done.stdout)
        assert done.exit_code == (1 if told["altered"] else 0), done.output
        return told

    return run


@notices(
    {
        "any digest will do": line(paper_folder._one, "if known is not None:", "if False:"),
        "a copy is the first one": line(paper_folder._one, '"copy" if known.is_copy else "known"', '"known"'),
        "what is missing is there": line(paper_folder.compare, "one.act not in there", "False"),
    }
)
def test_a_folder_of_papers_is_held_against_the_log(shop: Papered, audited: Any, tmp_path: Path) -> None:
    folder = folder_of(shop, tmp_path / "acts")
    told = audited(folder)
    assert set(found(told).values()) == {"known", "copy"}
    assert told["missing"] == []
    (folder / "receipt-D1.pdf").rename(folder / "surat 12.pdf")
    (folder / shop.pdf("shift").name).unlink()
    (folder / shop.pdf("transfer").name).write_bytes(scanned(drawn(shop.pdf("transfer"))))
    (folder / "letter.pdf").write_bytes(scanned(drawn(shop.pdf("shift"), 20)))
    told = audited(folder)
    assert found(told)["surat 12.pdf"] == "known"
    assert found(told)[shop.pdf("transfer").name] == "scan"
    assert found(told)["letter.pdf"] == "unknown no_code"
    assert [(one["paper"], one["name"]) for one in told["missing"]] == [("shift", shop.names["shift"])]
    assert told["altered"] == 0


def test_an_auditor_compares_a_folder_without_the_shop(
    shop: Papered, verified: Any, tmp_path: Path, exported: Path
) -> None:
    folder = folder_of(shop, tmp_path / "acts")
    told = verified(folder)
    assert told["holds"], told["findings"]
    assert {one["class"] for one in told["paper"]} <= {"fact_folder_known", "fact_folder_copy", "fact_folder_young"}
    page = folder / shop.pdf("shift").name
    page.write_bytes(page.read_bytes() + b"\n")
    assert verified(folder)["classes"] == {"paper_altered"}


def test_what_no_checkpoint_covers_yet_is_no_accusation(shop: Papered, audited: Any, tmp_path: Path) -> None:
    made = shop.shop.act("papers.again", kind="shift", name=shop.names["shift"], by=SITI)
    copy = tmp_path / "acts" / "a.pdf"
    copy.parent.mkdir()
    shutil.copy(made["files"]["pdf"], copy)
    assert found(audited(copy.parent)) == {"a.pdf": "unknown unsigned"}
    shop.shop.shop.sign()
    assert found(audited(copy.parent)) == {"a.pdf": "copy"}
    Path(made["files"]["pdf"]).unlink()  # other tests take what lies there for what was exported


def test_a_folder_that_lacks_a_paper_is_not_known_whole(shop: Papered, verified: Any, tmp_path: Path) -> None:
    folder = folder_of(shop, tmp_path / "acts")
    assert verified(folder)["known"]
    (folder / shop.pdf("shift").name).unlink()
    told = verified(folder)
    assert (told["holds"], told["known"]) == (True, False)
    assert told["says"]["fact_folder_missing"]["act_name"] == shop.names["shift"]


def test_one_sentence_of_each_kind_of_paper_is_written_once_more_as_the_shop_has_it() -> None:
    from printd.words.papers import ENTRIES as OURS

    assert {kind: (frozenset(kinds), field) for kind, (kinds, field) in OURS.items()} == dict(papers_module.ENTRIES)


def test_what_is_read_is_kept_small(shop: Papered, tmp_path: Path) -> None:
    from printd_verify.pictures import MAX_BYTES, look

    assert MAX_BYTES < 10**8

    for kind in KINDS:
        (code,) = look(shop.pdf(kind).read_bytes()).codes
        assert len(code) < 560, "version 18 at level Q, 39 mm"
