"""printd consumables: ribbons, films and cleaning kits."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from printd.cli import choices
from printd.cli.common import By, Json, act, answer, minute, timed
from printd.cli.output import out, show_rows

app = typer.Typer()

Kind = Annotated[str, choices.argument(choices.CONSUMABLES, "What it is")]
Label = Annotated[str, typer.Argument(help="Type and lot, as on the box.")]


@app.command()
def receive(
    context: typer.Context,
    kind: Kind,
    label: Label,
    pieces: Annotated[int, typer.Option(min=1, help="How many came.")],
    nominal: Annotated[int, typer.Option(min=1, help="Cards that one is made for.")],
    by: By,
    as_json: Json = False,
) -> None:
    """Book consumables into the cupboard."""
    result = act(context, "consumables.receive", kind=kind, label=label, pieces=pieces, nominal=nominal, by=by)
    answer(
        as_json, result, lambda here: out.print(f"{here['pieces']:,} of {here['kind']} {here['label']} are here now.")
    )


@app.command("open")
def open_(context: typer.Context, kind: Kind, label: Label, printer: str, by: By, as_json: Json = False) -> None:
    """Put one into a printer; what was in it before has ended."""
    result = act(context, "consumables.open", kind=kind, label=label, printer=printer, by=by)
    answer(
        as_json,
        result,
        lambda done: out.print(f"{done['kind']} {done['label']} is in {done['printer']}; {done['pieces']:,} are left."),
    )


@app.command("list")
def list_(context: typer.Context, as_json: Json = False) -> None:
    """Show what is in the printers, what it is still good for, and what lies in the cupboard."""
    answer(as_json, act(context, "consumables.list"), _show)


def _show(told: dict[str, list[dict[str, Any]]]) -> None:
    show_rows(
        timed("In the printers"),
        ["printer", "kind", "label", "opened", "used", "spoiled", "left", "nominal", "level"],
        [
            [
                *(one[key] for key in ("printer", "kind", "label")),
                minute(one["opened_at"]),
                *(one[key] for key in ("used", "spoiled", "left", "nominal", "level")),
            ]
            for one in told["open"]
        ],
        aside=["opened"],
        empty="Nothing was opened yet.",
    )
    if told["ended"]:
        out.print()
        show_rows(
            timed("Ended last"),
            ["printer", "kind", "label", "opened", "ended", "used", "spoiled", "nominal", "yield, %"],
            [
                [
                    *(one[key] for key in ("printer", "kind", "label")),
                    *(minute(one[key]) for key in ("opened_at", "ended_at")),
                    *(one[key] for key in ("used", "spoiled", "nominal")),
                    f"{one['yield'] / 100:.2f}",
                ]
                for one in told["ended"]
            ],
            aside=["opened", "ended"],
            empty="",
        )
    out.print()
    show_rows(
        "In the cupboard",
        ["kind", "label", "pieces", "nominal", "level"],
        [[one[key] for key in ("kind", "label", "pieces", "nominal", "level")] for one in told["cupboard"]],
        empty="The cupboard is empty.",
    )
