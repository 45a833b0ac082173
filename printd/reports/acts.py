"""Keeping an act: its PDF and its canonical JSON in the shop's folder, under a name that says nothing personal."""

from __future__ import annotations

import dataclasses
import hashlib
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path

import rfc8785

from printd import durable
from printd.books import cosigned
from printd.ledger.paper_code import Claim, pack
from printd.reports.document import Document, Fact
from printd.shop.shop import Shop
from printd.store import log
from printd.words.moments import moment

FOLDER = "acts"
COPY = "-salinan"
"""Ends the name of a copy's file."""


@dataclass(frozen=True)
class Kept:
    """A paper as it was written: the paths of its files, and the SHA-256 of its PDF in hex."""

    files: dict[str, str]
    digest: str


def keep(shop: Shop, document: Document, claim: Claim, *, is_copy: bool) -> Kept:
    """Write ``acts/<name>.pdf`` and ``acts/<name>.json``; a copy is ``acts/<name>-salinan.pdf``.

    A document of the same name is written anew: it was computed from the same entries.

    :param document: with size and root of the claim's checkpoint.
    :param claim: what the code on it says.
    """
    document = _with_witnesses(shop, document)
    folder = shop.folder / FOLDER
    page = to_pdf(document, shop.config.office.name, shop.zone, claim, is_copy=is_copy)
    names = {"pdf": f"{document.name}{COPY if is_copy else ''}.pdf", "json": f"{document.name}.json"}
    write(folder / names["json"], to_json(document))
    write(folder / names["pdf"], page)
    return Kept({kind: str(folder / name) for kind, name in names.items()}, hashlib.sha256(page).hexdigest())


def _with_witnesses(shop: Shop, document: Document) -> Document:
    """Return an act with a line that says which witnesses held the log before it, where any is configured.

    What came later is left out: the act that is written again says the same.
    """
    if not document.root or not shop.witnesses.witnesses:
        return document
    with shop.store.reading() as connection:
        until = log.last_at(connection, document.size)
        told = cosigned.show(connection, shop.witnesses, until)
    of, held = len(told["witnesses"]), told["held"]
    text = f"0 dari / of {of}"
    if held is not None and told["held_at"] is not None:
        holding = sum(one["size"] is not None and one["size"] >= held for one in told["witnesses"])
        entries = f"{held:,} entri pertama / first entries".replace(",", ".")
        text = f"{holding} dari / of {of}: {entries}, {moment(told['held_at'], shop.zone)}"
    line = Fact("witnesses", "Saksi yang memegang log", "Witnesses that hold the log", text)
    return dataclasses.replace(document, facts=[*document.facts, line])


def to_json(document: Document) -> bytes:
    """Return the canonical JSON of a document (RFC 8785); charts, which only repeat figures, are left out."""
    plain = dataclasses.asdict(document)
    del plain["charts"]
    return rfc8785.dumps(plain) + b"\n"


def to_pdf(
    document: Document, office: str, zone: tzinfo, claim: Claim | None = None, *, is_copy: bool = False
) -> bytes:
    """Return a document as PDF.

    :param claim: what the code on it says; ``None``: it has no code.
    """
    from printd.reports.code_block import Code  # noqa: PLC0415 - loads slowly, and few commands draw a page
    from printd.reports.pdf import render  # noqa: PLC0415

    if claim is None:
        return render(document, office, zone)
    words = (f"{claim.paper} {claim.name}", f"entri / entry {claim.index} · log {document.size}")
    return render(document, office, zone, code=Code(pack(claim), words), is_copy=is_copy)


def write(path: Path, content: bytes) -> None:
    """Write a file of the shop whole or not at all, for its own user only."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    durable.write(path, content)
