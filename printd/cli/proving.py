"""printd audit prove: what the log says about one blank, job or record, as one file that proves itself."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypedDict

import typer

from printd import durable
from printd.books.cosigned import Cosigned, cosigned_note, in_words
from printd.books.cosigned import show as show_cosigned
from printd.cli import vkeys
from printd.cli.common import By, Json, act, answer, folder, signed, zone
from printd.cli.output import out, progress
from printd.errors import Refused, StorageError
from printd.shop.config import CONFIG_NAME, load
from printd.shop.shop import database_url, witnesses
from printd.store import log
from printd.store.engine import Store

if TYPE_CHECKING:
    from printd.backup.proving import Proved
    from printd.desk.leaving import OpenedForProof, Provable
    from printd.ledger.proof_file import Noun

SUFFIX = ".tlog-proofs"


class ProofWritten(TypedDict):
    """A proof bundle: its file, what it is about, its checkpoint, and the numbers of its entries.

    ``people`` are those that give whoever signed the others their keys. ``beyond`` entries of the log are younger than
    the checkpoint. ``opened``: whoever has the record's files can tell by it that they were taken in; ``erased`` is the
    entry by which the record was erased.
    """

    file: str
    about: str
    name: str
    entries: list[int]
    people: list[int]
    size: int
    root: str
    beyond: int
    opened: bool
    erased: int | None
    cosigned: Cosigned


def prove(
    context: typer.Context,
    by: By,
    name: Annotated[
        str | None, typer.Argument(metavar="SERIAL|JOB", help="A blank's serial, or the id of a job.")
    ] = None,
    record: Annotated[
        str | None, typer.Option(help="A record, opened for whoever has its files; a supervisor signs for that.")
    ] = None,
    target: Annotated[Path, typer.Option("--dir", help="Folder for the file.")] = Path(),
    as_json: Json = False,
) -> None:
    """Write all that the log says of a blank, a job or a record into one file; printd-verify proves it anywhere."""
    from printd.backup.proving import prove as write

    if (name is None) == (record is None):
        raise Refused("Name a blank or a job, or say --record.", consequence="Nothing was written.")
    if not target.is_dir():
        raise Refused(f"There is no folder {target}.", consequence="Nothing was written.", remedy="Make it first.")
    shop = folder(context)
    config = load(shop / CONFIG_NAME)
    verifier = vkeys.verifier(context, None)
    asked = witnesses(config, verifier)
    opened: OpenedForProof | None = None
    noun: Noun = "record"
    if record is not None:
        opened = _opened(context, record, by)
        subject = opened["record"]
    else:
        found: Provable = act(context, "leaving.provable", name=name)
        noun, subject = found["noun"], found["name"]
    store = Store.open(database_url(shop, config))
    try:
        with store.reading() as connection, progress() as bar:
            rows = log.signed_checkpoints(connection, 1)
            covered = rows[0][0] if rows else 0
            entry = opened["entry"] if opened else None
            if not covered or (entry is not None and covered <= entry):
                raise _unsigned()
            note = cosigned_note(connection, covered, [one.key for one in asked.witnesses]) or rows[0][2]
            task = bar.add_task("entries", total=covered)
            opening = bytes.fromhex(opened["opening"]) if opened else b""
            made = write(
                connection, noun, subject, note, verifier, opening, lambda done: bar.update(task, completed=done)
            )
            held = show_cosigned(connection, asked)
    finally:
        store.close()
    file = target / f"{noun}-{subject.replace('/', '_')}{SUFFIX}"
    try:
        durable.write(file, made.content, 0o644)
    except OSError as full:
        raise StorageError(f"{file} cannot be written: {full.strerror}.", consequence="No proof was written.") from full
    answer(as_json, _written(file, noun, subject, made, opened, held), _show)


def _opened(context: typer.Context, record: str, by: str) -> OpenedForProof:
    opened: OpenedForProof = act(context, "leaving.open_record", record=record, by=signed(by))
    return opened


def _unsigned() -> Refused:
    return Refused(
        "The end of the log is not signed yet.",
        why="A proof ends under a signed checkpoint.",
        consequence="No proof was written.",
        remedy="Mend what was said to be owed, then write it again.",
    )


def _written(
    file: Path, noun: Noun, subject: str, made: Proved, opened: OpenedForProof | None, held: Cosigned
) -> ProofWritten:
    return {
        "file": str(file),
        "about": noun,
        "name": subject,
        "entries": made.entries,
        "people": made.people,
        "size": made.size,
        "root": made.root.hex(),
        "beyond": made.beyond,
        "opened": bool(opened and opened["opening"]),
        "erased": opened["erased"] if opened else None,
        "cosigned": held,
    }


def _show(made: ProofWritten) -> None:
    out.print(
        f"{len(made['entries'])} entries about {made['about']} {made['name']} and {len(made['people'])} about who "
        f"signed them, under a checkpoint of {made['size']:,} entries with root {made['root']}, are in {made['file']}",
        soft_wrap=True,
    )
    if made["opened"]:
        out.print("Whoever has the record's files can tell by it that they were taken in. Nobody else learns anything.")
    if made["erased"] is not None:
        out.print(f"The record is erased (entry {made['erased']}): nobody can tell any more whose it was.")
    if made["beyond"]:
        out.print(f"{made['beyond']:,} entries are younger than the checkpoint and were not looked at.")
    out.print("It cannot show that no other entry is about it: only the whole log can.")
    out.print(in_words(made["cosigned"], zone()), soft_wrap=True)
