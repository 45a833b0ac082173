"""printd demo: the main job on simulated printers, from a delivery to a log that adds up."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Group
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from printd.cli import choices
from printd.cli.common import Json, answer
from printd.cli.language import place, said
from printd.cli.output import moving, out, show_facts, show_json
from printd.language.vocabularies import Vocabulary

if TYPE_CHECKING:
    from printd.demo.kupang import play as kupang
    from printd.demo.story import Scene, Summary


def demo(
    records: Annotated[int, typer.Option(min=1, max=10_000, help="Invented people to print cards for.")] = 24,
    printers: Annotated[int, typer.Option(min=1, max=32, help="Simulated printers, USB and serial in turn.")] = 4,
    speed: Annotated[float, typer.Option(min=0, help="1: real time; 20: twenty times faster; 0: no time.")] = 20.0,
    faults: Annotated[
        str, choices.option(choices.FAULT_PLANS, "Faults on the way (typical: a ribbon end, a jam, a bad blank)")
    ] = "typical",
    folder: Annotated[Path, typer.Option("--dir", help="A new folder for the demo.")] = Path("demo-shop"),
    scenario: Annotated[
        str | None, choices.option(choices.SCENARIOS, "Two months of one office instead, day by day")
    ] = None,
    scale: Annotated[int, typer.Option(min=1, max=100, help="Divide the scenario's quantities by this.")] = 1,
    only_records: Annotated[
        bool, typer.Option("--only-records", help="Only write the people's records, for printd records import.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Print a day's cards on simulated printers: delivery, records, faults, quality check, proof."""
    if only_records:
        _write_records(folder, records, as_json=as_json)
        return
    from printd.demo import story

    if scenario:
        _play_scenario(folder, scale, as_json=as_json)
        return
    with Live(console=moving(), refresh_per_second=8, transient=True) as live:
        summary = story.play(
            folder,
            records=records,
            printers=printers,
            speed=speed,
            faults="typical" if faults == "typical" else "none",
            show=lambda scene: live.update(_scene(scene, records)),
        )
    if not as_json:
        _show(summary)
    good = summary["verified"] and summary["good_cards"] == records and not summary["in_doubt"]
    if as_json:
        show_json(summary)
    if not good:
        raise typer.Exit(1)


def _write_records(folder: Path, records: int, *, as_json: bool) -> None:
    from printd.demo.records import write

    answer(
        as_json,
        {"folder": str(folder), "files": write(folder, records)},
        lambda done: out.print(
            f"{len(done['files'])} records of invented people are in {done['folder']}. "
            f"Take them in with: printd records import {done['folder']}"
        ),
    )


def _play_scenario(folder: Path, scale: int, *, as_json: bool) -> None:
    from printd.demo.kupang import play

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=moving(), transient=True) as progress:
        task = progress.add_task("making the shop", total=None)
        summary = play.play(
            folder,
            scale=scale,
            show=lambda step, day, days: progress.update(task, description=step, completed=day, total=days),
        )
    if as_json:
        show_json(summary)
    else:
        _show_scenario(summary)
    if not (summary["conserved"] and summary["verified"]):
        raise typer.Exit(1)


def _show_scenario(summary: kupang.Summary) -> None:
    out.print("Two months of one office are played.", style="bold")
    error = summary["forecast_error"]
    show_facts(
        {
            "days": f"{summary['days']} working days, as many shifts opened and closed",
            "delivered": summary["delivered"],
            "places": _places(summary["places"]),
            "printed": summary["printed"],
            "spoiled": _causes(summary["spoiled"]),
            "days without blanks": summary["stockout_days"],
            "forecast error": "unknown" if error is None else f"{error / 100:.1f} %, five working days ahead",
            "reports": f"{summary['reports']} in {summary['shop']}/reports, acts in {summary['shop']}/acts",
            "conserved": "yes: every piece lies where the books say" if summary["conserved"] else "NO",
            "verified": "yes: entries, tree, signatures, all tables rebuilt" if summary["verified"] else "NO",
        }
    )
    out.print("\nRefused on the way:", style="bold")
    for what, sentence in summary["refusals"].items():
        out.print(f"  {what}: {sentence}", soft_wrap=True)


def _places(found: Mapping[str, int]) -> str:
    return ", ".join(f"{place(one)} {pieces:,}" for one, pieces in found.items())


def _causes(found: Mapping[str, int]) -> str:
    return ", ".join(f"{said(Vocabulary.CAUSE, one)} {pieces:,}" for one, pieces in found.items()) or "none"


def _scene(scene: Scene, records: int) -> Group:
    done = scene.states.get("finished", 0)
    head = Table.grid(padding=(0, 2))
    head.add_row(
        Text(scene.step, style="bold"), ProgressBar(total=records, completed=done, width=40), f"{done}/{records}"
    )
    rows = Table(box=None, pad_edge=False)
    for column in ("printer", "state", "blanks", "what it says"):
        rows.add_column(column)
    for row in scene.printers:
        style = {"in_doubt": "yellow", "stopped": "red", "offline": "red", "printing": "green"}.get(row["state"], "")
        says = ", ".join(row["reasons"]) or row["message"]
        rows.add_row(
            row["name"], Text(said(Vocabulary.PRINTER, row["state"]), style=style), str(row["blanks"]), says[:60]
        )
    return Group(head, rows) if scene.printers else Group(head)


def _show(summary: Summary) -> None:
    out.print("The shop has printed its cards.", style="bold")
    show_facts(
        {
            "records": summary["records"],
            "printed": f"{summary['printed']}; records with exactly one good card: {summary['good_cards']}",
            "spoiled": _causes(summary["spoiled"]),
            "in doubt": summary["in_doubt"],
            "blanks": _places(summary["blanks"]),
            "sum": f"{sum(summary['blanks'].values()):,} of {summary['delivered']:,} delivered",
            "log": f"{summary['entries']:,} entries, root {summary['root']}",
            "verified": "yes: entries, tree, signatures, and all tables rebuilt from the log"
            if summary["verified"]
            else "NO",
            "pictures": summary["cards_dir"],
            "truth": summary["truth"],
        }
    )
    shop = os.path.relpath(summary["shop"])
    program = os.path.relpath(sys.argv[0]) if os.sep in sys.argv[0] else "printd"
    out.print("\nGo on with, for example:", style="bold")
    for command in ("jobs list", "blanks where", "blanks show KPG0000003", "audit verify", "audit replay"):
        out.print(f"  {program} --shop {shop} {command}", soft_wrap=True)
