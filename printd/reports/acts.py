"""Keeping an act: its PDF and its canonical JSON in the shop's folder, under a name that says nothing personal."""

from __future__ import annotations

import dataclasses
from datetime import tzinfo
from pathlib import Path

import rfc8785

from printd import durable
from printd.books import cosigned
from printd.reports.document import Document, Fact
from printd.shop.shop import Shop
from printd.store import log
from printd.words.moments import moment

FOLDER = "acts"


def keep(shop: Shop, document: Document) -> dict[str, str]:
    """Write ``acts/<name>.pdf`` and ``acts/<name>.json``; return both paths.

    A document of the same name is written anew: it was computed from the same entries.
    """
    document = _with_witnesses(shop, document)
    folder = shop.folder / FOLDER
    paths = {kind: folder / f"{document.name}.{kind}" for kind in ("pdf", "json")}
    write(paths["json"], to_json(document))
    write(paths["pdf"], to_pdf(document, shop.config.office.name, shop.zone))
    return {kind: str(path) for kind, path in paths.items()}


def _with_witnesses(shop: Shop, document: Document) -> Document:
    """Return an act with a line that says which witnesses held the log before it, where any is configured.

    What came later is left out: the act that is written again says the same.
    """
    if not document.root or not shop.witnesses.witnesses:
        return document
    with shop.store.reading() as connection:
        until = log.last_at(connection, document.size + 1)
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


def to_pdf(document: Document, office: str, zone: tzinfo) -> bytes:
    """Return a document as PDF."""
    from printd.reports.pdf import render  # noqa: PLC0415 - loads slowly, and few commands draw a page

    return render(document, office, zone)


def write(path: Path, content: bytes) -> None:
    """Write a file of the shop whole or not at all, for its own user only."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    durable.write(path, content)
