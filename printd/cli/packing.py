"""printd audit pack: everything that an auditor needs, in one folder, whole or not at all."""

from __future__ import annotations

import shutil
from datetime import tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypedDict
from zoneinfo import ZoneInfo

import typer

from printd import durable
from printd.books.cosigned import in_words
from printd.cli import vkeys
from printd.cli.common import By, Json, answer, folder, zone
from printd.cli.exporting import Exported, exported
from printd.cli.output import out, progress
from printd.errors import Refused
from printd.shop.config import CONFIG_NAME, load

if TYPE_CHECKING:
    from printd.packs.pack import Office


class Packed(TypedDict):
    """A pack: its folder, the log in it, and what the verifier says of that.

    :param findings: how many of each class; none: all holds.
    """

    folder: str
    log: Exported
    holds: bool
    findings: dict[str, int]


def pack(
    context: typer.Context,
    target: Annotated[Path, typer.Argument(metavar="DIR", help="A new folder.")],
    by: By,
    first: Annotated[
        str | None, typer.Option("--from", help="First day, YYYY-MM-DD; by default the log's first.")
    ] = None,
    last: Annotated[str | None, typer.Option("--to", help="Last day, YYYY-MM-DD; by default today.")] = None,
    as_json: Json = False,
) -> None:
    """Write an auditor's pack: log, verifier, tables (CSV, GDPdU), reports (PDF, JSON), sums, what to read first."""
    from printd.packs.pack import complete
    from printd_verify import packs

    if target.exists():
        raise Refused(f"{target} is there already.", consequence="Nothing was written.", remedy="Name a new folder.")
    beside = target.absolute().with_name(f".{target.name}.part")
    try:
        shutil.rmtree(beside, ignore_errors=True)  # one that was cut off
        beside.mkdir(parents=True)
        log = exported(context, beside / packs.LOG, by, first, last)
        with progress() as bar:
            task = bar.add_task("tables", total=log["end"])
            report = complete(
                beside, _office(context, log), lambda done, of: bar.update(task, completed=done, total=of)
            )
        beside.rename(target)
        durable.sync_folder(beside.parent)
    except OSError as failed:
        raise Refused(
            f"The pack cannot be written to {target}.",
            why=f"{failed.strerror}.",
            consequence="No pack was made.",
            remedy="Name a folder that you may write to, on a disk with room.",
        ) from failed
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    findings = {case.code: case.number for case in report.cases}
    made: Packed = {"folder": str(target), "log": log, "holds": report.holds, "findings": findings}
    answer(as_json, made, lambda done: _show(done, zone()))


def _office(context: typer.Context, log: Exported) -> Office:
    """Return whose pack it is."""
    from printd.packs.pack import Office

    shop = folder(context)
    config, verifier = load(shop / CONFIG_NAME), vkeys.verifier(context, None)
    return Office(config.office.name, ZoneInfo(config.office.timezone), verifier.vkey, log["cosigned"])


def _show(made: Packed, zone: tzinfo) -> None:
    log = made["log"]
    out.print(f"The pack is in {made['folder']}: {log['end'] - log['first']:,} entries with root {log['root']}")
    if log["first"]:
        out.print("It does not begin at the start: what is left of a delivery cannot be computed from it alone.")
    if made["holds"]:
        out.print("Its verifier finds nothing.")
    for name, number in made["findings"].items():
        out.print(f"- its verifier finds {name}: {number}", style="yellow")
    out.print(in_words(log["cosigned"], zone), soft_wrap=True)
