"""printd audit export: the log in its public form, in a folder for web servers, sticks and auditors."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypedDict

import typer

from printd.books.cosigned import Cosigned, cosigned_note, first_in_words, first_note, in_words
from printd.books.cosigned import show as show_cosigned
from printd.cli import vkeys
from printd.cli.common import By, Json, act, answer, folder, signed, zone
from printd.cli.output import out, progress
from printd.errors import IntegrityError, Refused
from printd.ledger.notes import Verifier
from printd.ledger.policy import Policy, judge
from printd.ledger.tiles import CHECKPOINT
from printd.shop import keys
from printd.shop.config import CONFIG_NAME, load
from printd.shop.folder import SOCKET_NAME
from printd.shop.shop import database_url, policy_text, witnesses
from printd.store import log
from printd.store.engine import Store
from printd.store.rows import Connection
from printd.words.moments import stamp

if TYPE_CHECKING:
    from printd.desk.leaving import ExportedEntries

_WITNESS_SECONDS = 10.0
"""How long an export waits for witnesses to cosign its head: longer than one takes that answers at all."""

_LOOK_SECONDS = 0.2


class HeadHeld(TypedDict):
    """Who cosigned an export's head: ``held_by`` of so many ``asked``, and whether these are ``enough``."""

    held_by: list[str]
    asked: int
    enough: bool


class CosignedExport(HeadHeld):
    """An export whose head was written anew, with what witnesses say of it."""

    folder: str
    origin: str
    size: int
    root: str


class Exported(HeadHeld):
    """An export: its folder, the head that it was signed under, and which entries are in it.

    ``read`` is the number of the first entry that had to be read for it: what lies below was there before.
    """

    folder: str
    origin: str
    size: int
    root: str
    first: int
    end: int
    read: int
    cosigned: Cosigned


def export(
    context: typer.Context,
    target: Annotated[Path, typer.Argument(metavar="DIR", help="A new folder, or an earlier export to be continued.")],
    by: By,
    first: Annotated[str | None, typer.Option("--from", help="Excerpt: first day, YYYY-MM-DD.")] = None,
    last: Annotated[str | None, typer.Option("--to", help="Excerpt: last day, YYYY-MM-DD.")] = None,
    again: Annotated[
        bool, typer.Option("--cosigned", help="Only add what witnesses said since of the head that is there.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Write the log as static files (C2SP tlog-tiles) under a signed head, whole or an excerpt; again: what is new."""
    if again:
        cosigned_export = _cosign(folder(context), target, vkeys.verifier(context, None))
        answer(as_json, cosigned_export, lambda done: out.print(_in_words(done), soft_wrap=True))
        return
    made = exported(context, target, by, first, last)
    answer(as_json, made, lambda done: _show(done, zone()))


def exported(context: typer.Context, target: Path, by: str, first: str | None, last: str | None) -> Exported:
    """Book an export, have it signed, and write it.

    :param first: day with which an excerpt begins, and ``last`` the one with which it ends.
    """
    from printd.backup.export import Source, published
    from printd.backup.export import export as write

    shop = folder(context)
    config = load(shop / CONFIG_NAME)
    verifier, public = vkeys.verifier(context, None), keys.public(shop)
    asked = witnesses(config, verifier)
    policy = policy_text(config, verifier).encode("ascii")
    published(target, verifier, excerpt=bool(first or last))  # what cannot be written is not booked
    booked: ExportedEntries = act(context, "leaving.export", first=first, last=last, by=signed(by))
    store = Store.open(database_url(shop, config))
    try:
        _have_cosigned(shop, store, asked)
        with store.reading() as connection, progress() as bar:
            note = _note(connection, booked["entry"], [one.key for one in asked.witnesses])
            source = Source(connection, note, verifier, public, policy, first_note(connection, asked))
            head = source.head
            start, end = booked["first"], head.size if booked["end"] is None else booked["end"]
            task = bar.add_task("entries", total=end)
            span = None if (start, end) == (0, head.size) else (start, end)
            read = write(source, target, lambda done: bar.update(task, completed=done), span)
            held = show_cosigned(connection, asked)
    finally:
        store.close()
    return {
        "folder": str(target),
        "origin": head.origin,
        "size": head.size,
        "root": head.root.hex(),
        "first": start,
        "end": end,
        "read": read,
        "cosigned": held,
        **_head_held(target, asked),
    }


def _have_cosigned(folder: Path, store: Store, asked: Policy) -> None:
    """Have the head cosigned that was signed just now: the running shop asks by itself, and gets a moment for it.

    :raises IntegrityError: a witness holds another history of this log.
    """
    from printd.client.client import listens

    if not any(one.url for one in asked.witnesses):
        return
    if not listens(folder / SOCKET_NAME):
        _ask(folder)
        return
    until = time.monotonic() + _WITNESS_SECONDS
    while time.monotonic() < until:
        with store.reading() as connection:
            told = show_cosigned(connection, asked)
        if told["holding"] and told["held"] == told["head"]:
            return
        time.sleep(_LOOK_SECONDS)


def _ask(folder: Path) -> None:
    """Ask each witness once, as the running shop does."""
    from printd.cosigning.asking import Asker
    from printd.shop.health import Health
    from printd.shop.shop import Shop

    barred = list[IntegrityError]()
    shop = Shop.open(folder)
    try:
        health = Health(lambda: stamp(shop.books.clock()))
        for witness in shop.witnesses.witnesses:
            if witness.url:
                asker = Asker(shop, witness, health, barred.append)
                try:
                    asker.turn()
                finally:
                    asker.close()
    finally:
        shop.close()
    if barred:
        raise barred[0]


def _cosign(shop: Path, target: Path, verifier: Verifier) -> CosignedExport:
    """Add what witnesses said of the head of an export since it was written."""
    from printd.backup.export import cosign

    config = load(shop / CONFIG_NAME)
    asked = witnesses(config, verifier)
    store = Store.open(database_url(shop, config))
    try:
        with store.reading() as connection:
            keys = [one.key for one in asked.witnesses]
            head = cosign(target, verifier, lambda size: cosigned_note(connection, size, keys))
    finally:
        store.close()
    return {
        "folder": str(target),
        "origin": head.origin,
        "size": head.size,
        "root": head.root.hex(),
        **_head_held(target, asked),
    }


def _head_held(target: Path, asked: Policy) -> HeadHeld:
    """Return who cosigned the head of an export, by the file itself."""
    judged = judge((target / CHECKPOINT).read_bytes(), asked)
    return {"held_by": list(judged.cosigned), "asked": len(asked.witnesses), "enough": judged.enough}


def _in_words(held: HeadHeld) -> str:
    if not held["asked"]:
        return "No witness is configured: whoever puts everything back to an earlier day is found by nobody."
    by = ", ".join(held["held_by"]) or "none"
    if held["enough"]:
        return f"Enough witnesses cosigned this head: {by}."
    return (
        f"Not enough witnesses cosigned this head yet: {by} of {held['asked']}. When they did "
        "(printd audit cosigned), add what they say: printd audit export DIR --cosigned"
    )


def _note(connection: Connection, entry: int, keys: Sequence[Verifier]) -> bytes:
    """Return the last signed checkpoint, with what witnesses say of it.

    :param keys: of the witnesses.
    :raises Refused: it does not cover the entry that says that the log leaves.
    """
    rows = log.signed_checkpoints(connection, 1)
    if not rows or rows[0][0] <= entry:
        raise Refused(
            "The end of the log is not signed yet.",
            why="An export ends under a signed checkpoint.",
            consequence=f"No export was made; entry {entry} says that one was begun.",
            remedy="Mend what was said to be owed, then export again.",
        )
    return cosigned_note(connection, rows[0][0], keys) or rows[0][2]


def _show(made: Exported, zone: tzinfo) -> None:
    whole = f"{made['size']:,} entries"
    if (made["first"], made["end"]) != (0, made["size"]):
        whole = f"The entries {made['first']:,} to {made['end'] - 1:,} of {made['size']:,}"
    out.print(f"{whole} with root {made['root']} are in {made['folder']}")
    if made["first"]:
        out.print("It does not begin at the start: no figure can be computed from it alone.")
    if made["asked"]:
        out.print(_in_words(made), soft_wrap=True)
    out.print(in_words(made["cosigned"], zone), soft_wrap=True)
    if made["cosigned"]["witnesses"]:
        out.print(first_in_words(made["cosigned"], zone), soft_wrap=True)
