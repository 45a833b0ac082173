"""printd backup and restore: a shop in one folder, and back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from printd.cli.common import By, Json, act, answer, folder, moment, signed
from printd.cli.language import said
from printd.cli.output import moving, out, show_facts
from printd.language.vocabularies import Vocabulary

if TYPE_CHECKING:
    from rich.progress import TaskID

    from printd.backup.backup import Manifest
    from printd.backup.restore import Restored, Step
    from printd.desk.leaving import Begun


def backup(
    context: typer.Context,
    to: Annotated[Path, typer.Argument(help="A new folder, best on another disk.")],
    by: By,
    as_json: Json = False,
) -> None:
    """Back the shop up, while the daemon runs or not: database, configuration, public keys; no secret key."""
    from printd.backup.backup import make

    person = signed(by)

    def book() -> str:
        begun: Begun = act(context, "leaving.backup", by=person)
        return begun["backup"]

    with _bar() as step:
        manifest = make(folder(context), to, lambda done, whole: step("database", done, whole), book)
    answer(as_json, {**asdict(manifest), "id": manifest.backup, "backup": str(to)}, lambda _: _show_made(to, manifest))


def restore(
    source: Annotated[Path, typer.Argument(metavar="FROM", help="Folder that printd backup made.")],
    target: Annotated[Path, typer.Option("--dir", help="A new folder for the shop.")],
    key_folder: Annotated[
        Path | None, typer.Option("--keys", help="Folder of the secret keys; by default DIR/keys.")
    ] = None,
    month_folder: Annotated[
        Path | None, typer.Option("--months", help="Folder of the months' keys; by default DIR/months.")
    ] = None,
    database: Annotated[str, typer.Option(help="Address of a new, empty PostgreSQL database.")] = "",
    against: Annotated[
        list[str] | None,
        typer.Option(
            help="Newest checkpoint that you hold: a signed note, the folder of a backup or export, or SIZE:ROOT."
        ),
    ] = None,
    accept_loss: Annotated[
        bool, typer.Option("--accept-loss", help="Restore although entries are known to be missing.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Bring a backup back, wholly and proved, or not at all."""
    from printd.backup.restore import bring_back

    with _bar() as step:
        done = bring_back(
            source,
            target,
            key_folder=key_folder,
            month_folder=month_folder,
            database=database,
            against=against or (),
            accept_loss=accept_loss,
            step=step,
        )
    result = {
        "shop": str(target),
        "made_at": done.manifest.made_at,
        "size": done.manifest.size,
        "root": done.manifest.root,
        "missing": done.missing,
        "in_doubt": done.in_doubt,
        "cannot_know": done.unknown,
        "opens_no_more": [asdict(one) for one in done.shut],
    }
    answer(as_json, result, lambda _: _show_restored(target, done))


@contextmanager
def _bar() -> Iterator[Step]:
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

    console = moving()
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as bar:
        tasks: dict[str, TaskID] = {}

        def step(what: str, done: int, whole: int) -> None:
            if what not in tasks:
                tasks[what] = bar.add_task(what, total=whole)
            bar.update(tasks[what], completed=done, total=whole)

        yield step


def _show_made(to: Path, made: Manifest) -> None:
    show_facts(
        {
            "backup": str(to),
            "entries": f"{made.size:,}, {made.signed:,} of them under the last signed checkpoint",
            "root": made.root,
            "in doubt": made.in_doubt,
            "needs the keys": ", ".join(f"{name} {print_}" for name, print_ in made.keys.items()),
        }
    )
    out.print("The secret keys are not in it, nor the months': keep their own copies, apart from this one.")


def _show_restored(shop: Path, made: Restored) -> None:
    show_facts(
        {
            "shop": str(shop),
            "backup of": moment(made.manifest.made_at, shop),
            "entries": made.manifest.size,
            "root": made.manifest.root,
            "known to be missing": made.missing,
        }
    )
    for one in made.in_doubt:
        out.print(f"- blank {one['serial']} at {one['printer']}: find it; what became of it is in doubt")
    for place, pieces in made.unknown.items():
        there = f"{said(Vocabulary.PLACE, place)}: {pieces:,} blanks in the backup"
        out.print(f"- {there}; what was printed since, the backup cannot know")
    for month in made.shut:
        out.print(
            f"- sealed with the key of {month.month}, which is not here: {month.kept:,}; nobody opens them any more. "
            "The key was destroyed on schedule after this backup was made, or the folder months was not brought along "
            f"(--months). Cards that still wait for such a record: {month.live:,}; cancel their jobs and bring the "
            "records from the registry again."
        )
    out.print(
        "The log proves itself and the tables say what it says. The shop can be read and audited now; it books nothing "
        "until two people say how it goes on: printd audit go-on"
    )
