"""printd audit papers: what lies in a folder of papers, held against the log."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypedDict

import typer

from printd.cli import vkeys
from printd.cli.common import Json, answer, folder
from printd.cli.language import said
from printd.cli.output import out, show_rows
from printd.errors import Refused
from printd.language.vocabularies import Vocabulary

if TYPE_CHECKING:
    from printd.ledger.notes import Verifier
    from printd_verify.paper_folder import Compared


class PaperFound(TypedDict):
    """A file: what it is, of which act, number of the entry that knows it, and why it is none that was made."""

    file: str
    found: str
    paper: str | None
    name: str | None
    entry: int | None
    why: str


class PaperMissing(TypedDict):
    """An act of which neither the paper nor a copy or picture of it is there."""

    paper: str
    name: str
    entry: int


class PapersCompared(TypedDict):
    """What lies in a folder; ``altered`` is how many files lie there in the place of a paper."""

    altered: int
    papers: list[PaperFound]
    missing: list[PaperMissing]


_WHY = {
    "unsigned": "the log knows it, and no checkpoint covers that yet: look again in a minute",
    "not_entered": "its code fits, and the log knows of no such paper: write it again",
    "digest": "the log has other bytes of it",
    "code": "its code is none",
    "root": "its code stands on nothing that the log knows",
    "foreign": "its code is not signed by this log",
    "no_code": "it has no code that can be read",
    "unreadable": "it cannot be read",
    "not_looked_at": "its code was not looked at: pip install pypdfium2 zxing-cpp",
}


def papers(
    context: typer.Context,
    papers_folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of papers, as PDF.")],
    vkey: vkeys.Vkey = None,
    as_json: Json = False,
) -> None:
    """Compare papers in a folder with the log: known, copy, scan, altered, unknown, missing; exit 1: one is altered."""
    if not papers_folder.is_dir():
        raise Refused(f"{papers_folder} is no folder.", remedy="Name the folder in which the papers lie.")
    verifier = vkeys.verifier(context, vkey)
    compared = _compared(folder(context), verifier, papers_folder)
    result = _told(compared)
    answer(as_json, result, _show)
    if result["altered"]:
        raise typer.Exit(1)


def _compared(shop: Path, verifier: Verifier, papers_folder: Path) -> Compared:
    """Hold a folder against the papers that the shop's log knows."""
    from printd.books import checkpoints
    from printd.books.papers_made import has_below, papers_made
    from printd.shop.config import CONFIG_NAME, load
    from printd.shop.shop import database_url
    from printd.store.engine import Store
    from printd_verify.notes import read_key
    from printd_verify.paper_folder import compare
    from printd_verify.paper_prints import Print

    store = Store.open(database_url(shop, load(shop / CONFIG_NAME)))
    try:
        with store.reading() as connection:
            every = (verifier, *checkpoints.retired(connection, verifier))
            prints = [
                Print.of({"seq": one.seq, "at": one.at, "by": one.actors, "data": one.data}, is_signed=is_signed)
                for is_signed, entries in zip((True, False), papers_made(connection, [verifier]), strict=True)
                for one in entries
            ]
            keys = [read_key(one.vkey) for one in every]
            return compare(
                papers_folder,
                prints,
                keys,
                lambda claim, head: has_below(connection, claim.index, claim.leaf, head.size, head.root),
            )
    finally:
        store.close()


def _told(compared: Compared) -> PapersCompared:
    found: list[PaperFound] = [
        {
            "file": one.name,
            "found": one.is_,
            "paper": one.of.paper if one.of else None,
            "name": one.of.name if one.of else None,
            "entry": one.of.seq if one.of else None,
            "why": one.why,
        }
        for one in compared.found
    ]
    missing: list[PaperMissing] = [{"paper": one.paper, "name": one.name, "entry": one.seq} for one in compared.missing]
    return {"altered": sum(one["found"] == "altered" for one in found), "papers": found, "missing": missing}


def _show(told: PapersCompared) -> None:
    show_rows(
        "Papers",
        ["file", "is", "of", "entry", "why"],
        [
            [one["file"], one["found"], _of(one["paper"], one["name"]), one["entry"], _WHY.get(one["why"])]
            for one in told["papers"]
        ],
        text=["file", "why"],
        empty="No PDF lies here.",
    )
    if told["missing"]:
        show_rows(
            "Missing here",
            ["paper", "name", "entry"],
            [[one["paper"], one["name"], one["entry"]] for one in told["missing"]],
            words={"paper": Vocabulary.PAPER},
            empty="",
        )
    if any(one["found"] == "scan" for one in told["papers"]):
        out.print("A scan has a code that fits; what it says is compared by eye, with printd-verify FILE --log.")


def _of(paper: str | None, name: str | None) -> str | None:
    return None if paper is None else f"{said(Vocabulary.PAPER, paper)} {name}"
