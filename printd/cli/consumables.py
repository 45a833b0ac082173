"""printd consumables: ribbons, films and cleaning kits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from printd.cli import choices
from printd.cli.common import By, Json, act, answer, minute, signed, timed
from printd.cli.language import said
from printd.cli.output import out, show_rows
from printd.language.vocabularies import Vocabulary

if TYPE_CHECKING:
    from printd.desk.consumables import ConsumablesTold, Opened
    from printd.store.tables.consumables import SupplyRow

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
    document: Annotated[str, typer.Option(help="Paper with which they came.")] = "",
    as_json: Json = False,
) -> None:
    """Book consumables into the cupboard."""
    what = {"kind": kind, "label": label, "pieces": pieces, "nominal": nominal, "document": document}
    result: SupplyRow = act(context, "consumables.receive", by=signed(by), **what)
    answer(
        as_json,
        result,
        lambda here: out.print(
            f"{here['pieces']:,} of {said(Vocabulary.CONSUMABLE, here['kind'])} {here['label']} are here now."
        ),
    )


@app.command("open")
def open_(
    context: typer.Context,
    kind: Kind,
    label: Label,
    printer: str,
    by: By,
    nominal: Annotated[
        int | None, typer.Option(min=1, help="Cards that it is made for, where it was never booked in.")
    ] = None,
    document: Annotated[str, typer.Option(help="Paper by which it was given out.")] = "",
    as_json: Json = False,
) -> None:
    """Put one into a printer; what was in it before has ended."""
    what = {"kind": kind, "label": label, "printer": printer, "nominal": nominal, "document": document}
    result: Opened = act(context, "consumables.open", by=signed(by), **what)
    answer(as_json, result, lambda done: out.print(_opened(done)))


def _opened(done: Opened) -> str:
    left = "how many more there are is unknown" if done["pieces"] is None else f"{done['pieces']:,} are left"
    return f"{said(Vocabulary.CONSUMABLE, done['kind'])} {done['label']} is in {done['printer']}; {left}."


@app.command("list")
def list_(context: typer.Context, as_json: Json = False) -> None:
    """Show what is in the printers, what it is still good for, and what lies in the cupboard."""
    told: ConsumablesTold = act(context, "consumables.list")
    answer(as_json, told, _show)


def _show(told: ConsumablesTold) -> None:
    show_rows(
        timed("In the printers"),
        ["printer", "kind", "label", "opened", "used", "spoiled", "left", "nominal", "level"],
        [
            [
                *(one["printer"], one["kind"], one["label"]),
                minute(one["opened_at"]),
                *(one["used"], one["spoiled"], one["left"], one["nominal"], one["level"]),
            ]
            for one in told["open"]
        ],
        aside=["opened"],
        words={"kind": Vocabulary.CONSUMABLE, "level": Vocabulary.LEVEL},
        empty="Nothing was opened yet.",
    )
    if told["ended"]:
        out.print()
        show_rows(
            timed("Ended last"),
            ["printer", "kind", "label", "opened", "ended", "used", "spoiled", "nominal", "yield, %"],
            [
                [
                    *(one["printer"], one["kind"], one["label"]),
                    *(minute(one["opened_at"]), minute(one["ended_at"])),
                    *(one["used"], one["spoiled"], one["nominal"]),
                    f"{one['yield'] / 100:.2f}",
                ]
                for one in told["ended"]
            ],
            aside=["opened", "ended"],
            words={"kind": Vocabulary.CONSUMABLE},
            empty="",
        )
    out.print()
    show_rows(
        "In the cupboard",
        ["kind", "label", "pieces", "nominal", "level"],
        [
            [
                *(one["kind"], one["label"]),
                "unknown" if one["pieces"] is None else one["pieces"],
                *(one["nominal"], one["level"]),
            ]
            for one in told["cupboard"]
        ],
        words={"kind": Vocabulary.CONSUMABLE, "level": Vocabulary.LEVEL},
        empty="The cupboard is empty.",
    )
