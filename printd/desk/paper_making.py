"""Making the paper of an act that is booked: signed log, code, file, entry, in this order.

The code on it is of a checkpoint that has the act's entry below it, so the log is signed first. The paper is entered
once it lies on the disk whole: what the log knows has been a file, and a file that it does not know never left the
desk as an answer.
"""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, NamedTuple

from printd.books.proved import proved
from printd.errors import IntegrityError, Refused
from printd.events.papers import PaperMade
from printd.ledger.checkpoint import Checkpoint, CheckpointError, parse
from printd.ledger.merkle import leaf_hash
from printd.ledger.paper_code import Claim
from printd.remedies import Do
from printd.reports import acts
from printd.reports.official_numbers import Number, official
from printd.store import log, papers
from printd.words import moments
from printd.words.papers import ENTRIES, PaperKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from printd.desk.desk import Desk
    from printd.reports.acts import Apart
    from printd.reports.document import Document
    from printd.store.rows import Connection


class Act(NamedTuple):
    """An act that has a paper: what kind of paper, its name in the books, the number of its entry."""

    paper: PaperKind
    name: str
    entry: int


def make(desk: Desk, act: Act, document: Document, by: Sequence[str]) -> dict[str, str]:
    """Make the paper of an act, or a copy where it had one; return the paths of its files.

    :param document: what it says; size and root are those of the code's checkpoint.
    :param by: who signs that it was made: of the first one those of the act, of a copy whoever asked; their keys are at
        hand.
    :raises IntegrityError: the act's entry is not the one that was signed.
    """
    with desk.shop.store.reading() as connection:
        first = papers.original(connection, act.entry)
    if first is None:
        desk.shop.sign()
    with desk.shop.store.reading() as connection:
        claim, head, at = _claim(desk, connection, act, None if first is None else first["size"])
    root = head.root.hex()
    number = (
        _number(desk, act, document, at) if first is None else Number(first["number"], first["year"], first["running"])
    )
    document = _completed(document, head.size, root, at, number)
    kept = acts.keep(desk.shop, document, claim, is_copy=first is not None)
    made = PaperMade(
        paper=act.paper,
        name=act.name,
        entry=act.entry,
        size=head.size,
        root=root,
        digest=kept.digest,
        number=number.text,
        year=number.year,
        running=number.running,
        copy_=first is not None,
    )
    desk.enter(made, by)
    return kept.files


def make_apart(desk: Desk, act: Act, document: Document, by: Sequence[str]) -> Apart:
    """Make a paper that names people: it is entered as any other, and lies nowhere in the shop.

    A file there would go into backups, and nothing takes a person out of those but the end of a key.

    :param act: of which there is no paper yet.
    :param document: size and root are those of the code's checkpoint.
    :param by: who opened the names; their keys are at hand.
    :raises IntegrityError: the act's entry is not the one that was signed.
    """
    desk.shop.sign()
    with desk.shop.store.reading() as connection:
        claim, head, at = _claim(desk, connection, act, None)
    root = head.root.hex()
    apart = acts.draw(desk.shop, _completed(document, head.size, root, at, Number()), claim)
    made = PaperMade(
        paper=act.paper,
        name=act.name,
        entry=act.entry,
        size=head.size,
        root=root,
        digest=apart.digest,
        pages=apart.pages,
    )
    desk.enter(made, by)
    return apart


def _number(desk: Desk, act: Act, document: Document, at: str) -> Number:
    """Return the official number that comes next; none of a slip, which is no official paper."""
    if document.act is None and document.letter is None:
        return Number()
    day = moments.local(at, desk.shop.zone).date()
    with desk.shop.store.reading() as connection:
        running = papers.last_running(connection, day.year) + 1
    return official(desk.shop.config.papers, act.paper, day, running)


def _completed(document: Document, size: int, root: str, at: str, number: Number) -> Document:
    """Return a document with what only its entry and the log tell."""
    made = document.act
    if made is not None and not made.at:
        made = dataclasses.replace(made, at=at)
    return dataclasses.replace(document, act=made, size=size, root=root, number=number.text or document.number)


def entry_of(desk: Desk, paper: PaperKind, name: str) -> int:
    """Return the number of the last entry for which a paper of an act stands: some time in a long log.

    :raises Refused: no entry speaks of it.
    """
    kinds, field = ENTRIES[paper]
    found = None
    with desk.shop.store.reading() as connection:
        end = log.frontier(connection).size
        for seq, body in log.holding(connection, [json.dumps(name, ensure_ascii=False).encode()], 0, end):
            entry = json.loads(body)
            if entry["kind"] in kinds and entry["data"].get(field) == name:
                found = seq
    if found is None:
        raise Refused(f"No entry of the log is of {paper} {name[:60]}.", consequence="Nothing was written.")
    return found


def _claim(desk: Desk, connection: Connection, act: Act, size: int | None) -> tuple[Claim, Checkpoint, str]:
    """Return what the code on a paper says, the checkpoint in it, and the moment of the act.

    :param size: of the checkpoint that the first paper of this act has; ``None``: this is the first one.
    """
    entry = proved(connection, act.entry, desk.shop.signed_heads(connection))
    if size is None:
        last = log.last_checkpoint(connection)
        note = None if last is None else last[2]
    else:
        note = log.note_of(connection, size)
    try:
        head = None if note is None else parse(note.partition(b"\n\n")[0].decode() + "\n")
    except (CheckpointError, UnicodeDecodeError):
        head = None
    if note is None or head is None or head.size <= act.entry:
        raise IntegrityError(
            f"The checkpoint over entry {act.entry} is missing or was altered.",
            why="A paper carries the checkpoint that it stands on.",
            consequence="The paper was not made.",
            remedy=("Run ", Do("audit.verify"), ", and call the auditor."),
        )
    return Claim(act.paper, act.name, act.entry, leaf_hash(entry.body()), note), head, entry.at
