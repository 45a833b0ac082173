"""Who holds this log: the witnesses of printd.toml, and what travels to them and back on a stick.

Asking them over the network is the daemon's, beside the work (:mod:`printd.cosigning.asking`). Nobody signs for either:
a cosignature is its witness's own, and one that is not good is not kept.
"""

from __future__ import annotations

import re
from typing import Annotated, TypedDict

from pydantic import BaseModel, ConfigDict, Field

from printd.books import cosigned
from printd.books.checkpoints import check_heads
from printd.books.cosigned import Cosigned
from printd.desk.desk import Desk
from printd.errors import IntegrityError
from printd.ledger.notes import NoteError
from printd.ledger.policy import Witness
from printd.ledger.submission import folder_of
from printd.store import log
from printd.words.moments import stamp

_OK, _HOLDS = 200, 409
_SIZE = re.compile("0|[1-9][0-9]{0,18}", re.ASCII)
_MOST_CHARACTERS = 65_536
_LARGEST = 2**63 - 1

Size = Annotated[int, Field(ge=0, le=_LARGEST)]
Text = Annotated[str, Field(max_length=_MOST_CHARACTERS)]


class StickAnswer(BaseModel):
    """An answer as it lies on a stick: for which size, the status as HTTP has it, and what it says."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    size: Size
    status: Annotated[int, Field(ge=100, le=599)]
    content: Text


class FromStick(BaseModel):
    """What lies on a stick of one witness: its name in the policy, its answers, the checkpoint that it holds."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    witness: Annotated[str, Field(max_length=300)]
    answers: Annotated[list[StickAnswer], Field(max_length=10_000)]
    held: Text | None = None


class StickFolder(TypedDict):
    """Where what a witness answers lies on a stick: its name in the policy, and the ID of its key in hex."""

    witness: str
    key_id: str


class WitnessesShown(Cosigned):
    """Who holds the log; ``folder`` is the log's on a stick, ``sticks`` the witnesses'."""

    folder: str
    sticks: list[StickFolder]


class Request(TypedDict):
    """A request for a stick: the new size, the old one, and its text."""

    new: int
    old: int
    body: str


class Unanswered(TypedDict):
    """An answer that brought no cosignature: of whom, for which size, the status and why."""

    witness: str
    size: int
    status: int
    why: str


class Exchanged(TypedDict):
    """What came off a stick and what goes onto it.

    ``kept`` counts cosignatures that are new; ``unanswered`` are answers that brought none.
    """

    kept: int
    unanswered: list[Unanswered]
    requests: list[Request]
    cosigned: Cosigned


def show(desk: Desk) -> WitnessesShown:
    """Return who holds the log, how much of it, and since when."""
    shop = desk.shop
    with shop.store.reading() as connection:
        told = cosigned.show(connection, shop.witnesses)
    sticks: list[StickFolder] = [
        {"witness": one.name, "key_id": one.key.key_id.hex()} for one in shop.witnesses.witnesses
    ]
    return {**told, "folder": folder_of(shop.keys.log.name), "sticks": sticks}


def exchange(
    desk: Desk,
    sticks: Annotated[list[FromStick], Field(max_length=64)],
    asked: Annotated[list[Size], Field(max_length=20_000)],
) -> Exchanged:
    """Keep the cosignatures that a stick brought; return the requests that go onto it.

    Nothing on it is believed but what is signed: an answer without a good cosignature changes nothing.

    :param asked: sizes that its requests speak of: the witness may hold any of them by now.
    :raises IntegrityError: a witness holds what this log's key signed and this log does not have; nothing is booked any
        more.
    """
    kept, unanswered = 0, list[Unanswered]()
    told = {one.witness: one for one in sticks}
    for witness in desk.shop.witnesses.witnesses:
        if witness.name in told:
            new, without = _take(desk, witness, told[witness.name])
            kept += new
            unanswered += without
    for witness in desk.shop.witnesses.witnesses:
        if witness.name in told:
            _hold_against(desk, witness, told[witness.name].held)
    hints = [int(one["why"]) for one in unanswered if one["status"] == _HOLDS and _SIZE.fullmatch(one["why"])]
    with desk.shop.store.reading() as connection:
        after = cosigned.show(connection, desk.shop.witnesses)
    requests = _requests(desk, {*asked, *hints}, after)
    return {"kept": kept, "unanswered": unanswered, "requests": requests, "cosigned": after}


def _take(desk: Desk, witness: Witness, told: FromStick) -> tuple[int, list[Unanswered]]:
    """Keep what a witness answered; return how many cosignatures are new, and the answers that brought none."""
    kept, without = 0, list[Unanswered]()
    now = stamp(desk.shop.books.clock())
    for answer in told.answers:
        why = answer.content.partition("\n")[0][:200]
        if answer.status == _OK:
            why = "it is no cosignature of this witness over our checkpoint"
            with desk.shop.store.writing() as connection:
                note = log.note_of(connection, answer.size)
                try:
                    if note is not None:
                        lines = answer.content.encode()
                        kept += cosigned.keep(connection, answer.size, note, lines, witness.key, now)
                        continue
                except NoteError:
                    pass
        without.append({"witness": witness.name, "size": answer.size, "status": answer.status, "why": why})
    return kept, without


def _hold_against(desk: Desk, witness: Witness, held: str | None) -> None:
    """Hold the books against the checkpoint that a witness shows."""
    shop = desk.shop
    head = None if held is None else cosigned.shown(held.encode(), shop.keys.log.verifier, witness.name)
    if head is None:
        return
    try:
        check_heads(shop.store, [head])
    except IntegrityError as conflict:
        with shop.store.reading() as connection:
            own = log.signed_checkpoints(connection, 1)
        cosigned.add_contradiction(shop.store, witness, head, own[0][2] if own else b"", stamp(shop.books.clock()))
        shop.books.barred = conflict
        raise


def _requests(desk: Desk, asked: set[int], after: Cosigned) -> list[Request]:
    """Return a request for each size that a witness may hold: the last known, each asked since, none at first."""
    known = [one["size"] or 0 for one in after["witnesses"]]
    if not known or all(size == after["head"] for size in known):
        return []
    made: list[Request] = []
    with desk.shop.store.reading() as connection:
        for old in sorted({*known, *(size for size in asked if size > min(known))}):
            request = cosigned.submission(connection, old) if old != after["head"] else None
            if request is not None:
                made.append({"new": after["head"], "old": old, "body": request.body().decode()})
    return made
