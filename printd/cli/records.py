"""printd records: what the registry wants printed."""

from __future__ import annotations

import stat
from base64 import b64decode, b64encode
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypedDict

import typer

from printd.cli.common import (
    All,
    By,
    Json,
    Limit,
    MaybeWith,
    With,
    act,
    answer,
    asked,
    limit_of,
    minute,
    moment,
    signed,
    timed,
)
from printd.cli.language import language, said
from printd.cli.memory import to_disk
from printd.cli.output import moving, out, show_facts, show_rows
from printd.errors import ParcelRefused, PrintdError, Refused
from printd.language.vocabularies import Vocabulary

if TYPE_CHECKING:
    from printd.desk.records import Acknowledged, Dismissed, Ends, Erased, Imported, Purged, RecordList, RecordShown
    from printd.store.records import Refusal

app = typer.Typer()


class RefusedFile(TypedDict):
    """A file of a record that was refused, by its number: its name may name a person."""

    file: str
    why: str


class Import(TypedDict):
    """What became of several records."""

    accepted: list[Imported]
    refused: list[RefusedFile]


class Restored(TypedDict):
    """Files of a refused record, and the folder that they lie in."""

    files: list[str]
    folder: str


@app.command("import")
def import_(
    context: typer.Context,
    path: Annotated[Path, typer.Argument(help="One .json record, or a folder of them.")],
    by: By,
    as_json: Json = False,
) -> None:
    """Take in records with the pictures beside them; exit 1 where one was refused. The files stay where they are."""
    from rich.progress import track

    from printd.intake.findings import RecordRefused

    found = sorted(one for one in path.iterdir() if one.suffix.lower() == ".json") if _is_folder(path) else [path]
    if not found:
        raise Refused(f"There is no .json record in {path}.")
    who = signed(by)
    accepted: list[Imported] = []
    refused: list[RefusedFile] = []
    for number, file in enumerate(track(found, description="records", console=moving(), transient=True), start=1):
        try:
            taken: Imported = act(context, "records.import", parcel=_sent(file), by=who)
            accepted.append(taken)
        except (ParcelRefused, RecordRefused) as refusal:
            why = refusal.why if isinstance(refusal, ParcelRefused) else str(refusal)
            refused.append({"file": f"number {number} of {len(found)} in name order", "why": why})
    told: Import = {"accepted": accepted, "refused": refused}
    answer(as_json, told, _show_import)
    if refused:
        raise typer.Exit(1)


@app.command("list")
def list_(context: typer.Context, limit: Limit = 200, everything: All = False, as_json: Json = False) -> None:
    """List records in the order of their jobs, live ones first; they are named by number, never by person."""
    answer(as_json, act(context, "records.list", limit=limit_of(limit, everything)), _show_list)


@app.command()
def show(context: typer.Context, record: str, as_json: Json = False) -> None:
    """Show one record."""
    answer(as_json, act(context, "records.show", record=record), _show)


@app.command()
def acknowledge(
    context: typer.Context,
    by: By,
    record: Annotated[str | None, typer.Argument(help="Record; leave it out with --all.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All records whose warnings wait.")] = False,
    second: MaybeWith = None,
    as_json: Json = False,
) -> None:
    """Answer for the warnings of a record; its job goes on. Two people sign for one that no registry vouches for."""
    if (record is None) != everything:
        raise Refused("Name one record, or say --all.", consequence="Nothing was changed.")
    who = signed(by)
    people = {"by": who, "second": signed(second) if second else None}

    def show_it(done: Acknowledged) -> None:
        left = len(done["left_to_others"])
        wait = f" {left} wait for a supervisor, or a second person." if left else ""
        out.print(f"{len(done['acknowledged'])} records acknowledged by {who['name']}.{wait}")

    answer(
        as_json,
        act(context, "records.acknowledge", record=record, **people),
        show_it,
    )


@app.command()
def quarantined(context: typer.Context, as_json: Json = False) -> None:
    """List what the spool refused, and why."""
    answer(as_json, act(context, "records.quarantined"), _show_quarantined)


@app.command()
def restore(
    context: typer.Context,
    quarantine: str,
    target: Annotated[Path, typer.Option("--dir", help="A new folder for the files.")],
    by: By,
    as_json: Json = False,
) -> None:
    """Take the files of a refused record out again, to repair them; as they are written, import takes them."""
    from printd.intake.sources.spool import BESIDE

    who = signed(by)
    try:
        target.mkdir(mode=0o700)
    except OSError as there:
        raise Refused(f"The folder {target} cannot be made.", why=f"{there.strerror}.") from there
    try:
        files: dict[str, str] = act(context, "records.restore", quarantine=quarantine, by=who, to_disk=to_disk(target))
    except PrintdError:
        target.rmdir()
        raise
    written = {BESIDE.get(name, name): b64decode(data) for name, data in files.items()}
    try:
        for name, content in written.items():
            (target / name).write_bytes(content)
    except OSError as failed:
        raise Refused(
            f"The files of the refused record cannot be written into {target}.",
            why=f"{failed.strerror}.",
            consequence="It stays among the refused ones; that somebody read it is booked.",
            remedy=f"Make room, delete {target}, and repeat.",
        ) from failed
    restored: Restored = {"files": sorted(written), "folder": str(target)}
    answer(as_json, restored, _show_restored)


@app.command()
def dismiss(context: typer.Context, quarantine: str, by: By, as_json: Json = False) -> None:
    """Erase a refused record for good."""
    answer(as_json, act(context, "records.dismiss", quarantine=quarantine, by=signed(by)), _show_dismissed)


@app.command()
def purge(
    context: typer.Context,
    by: By,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what ends now and later, and end nothing.")] = False,
    as_json: Json = False,
) -> None:
    """Erase now what is over for the days that the configuration sets, as the daemon does every hour."""
    if dry_run:
        answer(as_json, act(context, "records.ends"), _show_ends)
        return
    answer(as_json, act(context, "records.purge", by=signed(by)), _show_purged)


@app.command()
def erase(
    context: typer.Context,
    by: By,
    second: With,
    as_json: Json = False,
) -> None:
    """Erase everything that is kept of a person, whose NIK is asked for, here and in every backup; two people sign."""
    nik = asked("NIK", hidden=True)
    people = {"by": signed(by), "second": signed(second)}
    answer(as_json, act(context, "records.erase", nik=nik, **people), _show_erased)


def _is_folder(path: Path) -> bool:
    try:
        return stat.S_ISDIR(path.stat().st_mode)
    except OSError as unusable:  # its text would name the path, which may name a person
        raise Refused(
            "The record or folder cannot be read.",
            why=f"{unusable.strerror}.",
            consequence="Nothing was taken in.",
            remedy="Look at the path again.",
        ) from None


def _sent(path: Path) -> dict[str, str | None]:
    from printd.intake.sources.spool import parcel_of

    parcel = parcel_of(path)
    return {
        name: None if data is None else b64encode(data).decode("ascii")
        for name, data in (("document", parcel.document), ("photo", parcel.photo), ("signature", parcel.signature))
    }


def _show_list(told: RecordList) -> None:
    show_rows(
        "Records",
        ["record", "job", "job state", "reason", "status", "type", "warnings", "acknowledged by"],
        [
            [
                row["id"][:8],
                row["job"][:8],
                row["job_state"],
                row["reason"],
                row["remote_status"],
                row["stock_type"],
                row["warnings"].split(),
                row["acknowledged_by"],
            ]
            for row in told["records"]
        ],
        text=["warnings"],
        words={
            "job state": Vocabulary.JOB,
            "reason": Vocabulary.REASON,
            "type": Vocabulary.STOCK_TYPE,
            "warnings": Vocabulary.WARNING,
        },
        total=told["total"],
        empty="No records yet. Put them into the spool folder, or use: printd records import PATH",
    )


def _show(row: RecordShown) -> None:
    job = row["job"]
    show_facts(
        {
            **row,
            "warnings": row["warnings"].split(),
            "received_at": moment(row["received_at"]),
            "job": None if job is None else job["id"],
        },
        words={"reason": Vocabulary.REASON, "stock_type": Vocabulary.STOCK_TYPE, "warnings": Vocabulary.WARNING},
    )
    if not row["acknowledged_by"]:
        for code in row["warnings"].split():
            _show_warning(code)


def _show_warning(code: str, records: str = "") -> None:
    """Print what a warning means and what to do, in the language of the terminal.

    :param records: how many have it.
    """
    from printd.intake.warnings import WARNINGS
    from printd.language.catalogue import text

    told = text(WARNINGS.get(code, "Check and acknowledge."), language())  # one of an earlier version has no sentence
    out.print(f"- {said(Vocabulary.WARNING, code)}{records}: {told}", style="yellow", soft_wrap=True)


def _show_quarantined(rows: list[Refusal]) -> None:
    show_rows(
        timed("Quarantined"),
        ["number", "received", "codes", "what to do"],
        [[row["id"][:8], minute(row["received_at"]), row["codes"], row["message"]] for row in rows],
        text=["what to do", "codes"],
        empty="Nothing was refused.",
    )


def _show_restored(done: Restored) -> None:
    files, to = ", ".join(done["files"]), done["folder"]
    out.print(f"{files} in {to}. Repair them, then: printd records import {to}", soft_wrap=True)


def _show_dismissed(done: Dismissed) -> None:
    out.print(f"{done['dismissed'][:8]} is erased.")


_NOUNS = {
    "record": "records",
    "card": "invalid cards",
    "suket": "certificates",
    "site_card": "cards of sites",
    "quarantine": "refused records",
}


def _told(counts: dict[str, int]) -> str:
    return ", ".join(f"{number:,} {_NOUNS[noun]}" for noun, number in counts.items())


def _show_purged(done: Purged) -> None:
    if not (done["counts"] or done["aside"] or done["months"]):
        out.print("Nothing is due.")
    if done["counts"]:
        out.print(f"Erased with their keys: {_told(done['counts'])}.")
    if done["aside"]:
        out.print(f"Removed, not taken in from the spool: {done['aside']:,}.")
    _show_months(done["months"], left=done["left"])


def _show_ends(found: Ends) -> None:
    found_by = {"now": found["now"], **found["later"], "not over": found["under_way"]}
    show_rows(
        "What ends",
        ["when", *_NOUNS.values()],
        [[when, *(counts.get(noun, 0) for noun in _NOUNS)] for when, counts in found_by.items()],
        empty="",
    )
    if found["aside"]:
        out.print(f"In the spool, in clear and not taken in, to be removed now: {found['aside']:,}.")
    for month in found["months"]:
        out.print(f"The key of {month} is destroyed now; of what is still needed the keys are kept apart.")
    for month, day in found["keys"].items():
        out.print(f"The key of {month} is destroyed on {day}.")
    out.print("Nothing was ended.")


def _show_erased(done: Erased) -> None:
    if done["counts"]:
        out.print(f"Erased with their keys: {_told(done['counts'])}.")
    if done["aside"]:
        out.print(f"Removed, not taken in from the spool: {done['aside']:,}.")
    if done["shut"]:
        told = f"{done['shut']:,} deliveries in the spool cannot be looked through; they end after three days."
        out.print(told, style="yellow")
    _show_months(done["months"], left=done["left"])


def _show_months(months: list[str], *, left: bool) -> None:
    for month in months:
        out.print(f"The key of {month} is destroyed: what was erased of it opens in no backup.")
    if months:
        out.print("Make the copy of the shop's folder months anew, over the old one.")
    if left:
        out.print("Something is still read by others and in the files; the next purge takes it out.", style="yellow")


def _show_import(result: Import) -> None:
    warned = sum(1 for one in result["accepted"] if one["warnings"])
    out.print(f"{len(result['accepted'])} records taken in, {warned} of them with warnings to acknowledge.")
    codes = Counter(code for one in result["accepted"] for code in one["warnings"])
    for code, records in sorted(codes.items()):
        _show_warning(code, f" ({records})")
    for one in result["refused"]:
        out.print(f"- refused, {one['file']}: {one['why']}", style="red")
