"""Keeping an act: its PDF and its canonical JSON in the shop's folder, under a name that says nothing personal."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import rfc8785

from printd import durable
from printd.books import cosigned
from printd.language.sentences import Moment, Sentence, is_said, plain
from printd.language.vocabularies import Vocabulary
from printd.ledger.paper_code import Claim, pack
from printd.reports.document import Document
from printd.reports.office import Office, office_of
from printd.shop.shop import Shop
from printd.store import log

if TYPE_CHECKING:
    from printd.reports.code_block import Code

FOLDER = "acts"
_DRAWN = frozenset({"charts", "pictures"})
COPY = "-salinan"
"""Ends the name of a copy's file."""


@dataclass(frozen=True)
class Kept:
    """A paper as it was written: the paths of its files, and the SHA-256 of its PDF in hex."""

    files: dict[str, str]
    digest: str


@dataclass(frozen=True)
class Apart:
    """A paper that lies nowhere in the shop: its PDF, the SHA-256 of that in hex, its pages."""

    content: bytes
    digest: str
    pages: int


def draw(shop: Shop, document: Document, claim: Claim) -> Apart:
    """Return a paper that names people and so is never written into the shop's folder.

    :param document: with size and root of the claim's checkpoint.
    :param claim: what the code on it says.
    """
    from printd.reports.pdf import drawn  # noqa: PLC0415 - loads slowly, and few commands draw a page

    office = office_of(shop)
    page, pages = drawn(document, office, code=_code(document, office, claim))
    return Apart(page, hashlib.sha256(page).hexdigest(), pages)


def keep(shop: Shop, document: Document, claim: Claim, *, is_copy: bool) -> Kept:
    """Write ``acts/<name>.pdf`` and ``acts/<name>.json``; a copy is ``acts/<name>-salinan.pdf``.

    A document of the same name is written anew: it was computed from the same entries.

    :param document: with size and root of the claim's checkpoint.
    :param claim: what the code on it says.
    """
    document = _with_witnesses(shop, document)
    folder = shop.folder / FOLDER
    page = to_pdf(document, office_of(shop), claim, is_copy=is_copy)
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
    line = Sentence("Witnesses that hold the log: none of {of}.", of=of)
    if held is not None and told["held_at"] is not None:
        holding = sum(one["size"] is not None and one["size"] >= held for one in told["witnesses"])
        line = Sentence(
            "Witnesses that hold the log: {holding} of {of}, its first {held} entries, on {at}.",
            holding=holding,
            of=of,
            held=held,
            at=Moment(told["held_at"]),
        )
    return dataclasses.replace(document, system=[*document.system, line])


def to_json(document: Document) -> bytes:
    """Return the canonical JSON of a document (RFC 8785); charts and pictures are left out."""
    return rfc8785.dumps(_plain(document)) + b"\n"


def _plain(value: Any) -> Any:
    """Return a value as JSON has it: dataclasses by the names of their fields, without what is no text or figure."""
    if is_said(value):
        return plain(value)
    if dataclasses.is_dataclass(value):
        return {
            one.name: _plain(getattr(value, one.name)) for one in dataclasses.fields(value) if one.name not in _DRAWN
        }
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value


def to_pdf(document: Document, office: Office, claim: Claim | None = None, *, is_copy: bool = False) -> bytes:
    """Return a document as PDF.

    :param claim: what the code on it says; ``None``: it has no code.
    """
    from printd.reports.pdf import render  # noqa: PLC0415 - loads slowly, and few commands draw a page

    if claim is None:
        return render(document, office)
    return render(document, office, code=_code(document, office, claim), is_copy=is_copy)


def _code(document: Document, office: Office, claim: Claim) -> Code:
    from printd.reports.code_block import Code  # noqa: PLC0415 - loads slowly

    reader = office.reader
    words = (
        f"{reader.word(Vocabulary.PAPER, claim.paper)} {claim.name}",
        reader.said(Sentence("entry {entry} · log {size}", entry=claim.index, size=document.size)),
    )
    return Code(pack(claim), words)


def write(path: Path, content: bytes) -> None:
    """Write a file of the shop whole or not at all, for its own user only."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    durable.write(path, content)
