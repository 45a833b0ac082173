"""printd spoilage: the control chart, and the age of what waits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from printd.cli import choices
from printd.cli.common import Json, act, answer, minute, timed
from printd.cli.output import out, show_rows
from printd.language.vocabularies import Vocabulary

if TYPE_CHECKING:
    from printd.custody.ages import Waiting
    from printd.desk.spoilage import Chart

app = typer.Typer()


@app.command()
def chart(
    context: typer.Context,
    first: Annotated[str, typer.Option("--from", help="First day, YYYY-MM-DD.")],
    last: Annotated[str, typer.Option("--to", help="Last day, YYYY-MM-DD.")],
    group: Annotated[str, choices.option(choices.CHART_GROUPS, "What is compared")] = "printer",
    as_json: Json = False,
) -> None:
    """Show the spoilage rate of each group with its control limits; alarms above and suspiciously below."""

    def show_it(found: Chart) -> None:
        show_rows(
            f"Spoilage by {group}: {found['spoiled']} of {found['tried']}, {found['rate'] / 100:.2f} %",
            [group, "tried", "spoiled", "rate, %", "lower, %", "upper, %", "alarm"],
            [
                [
                    *(one["group"], one["tried"], one["spoiled"]),
                    *(f"{rate / 100:.2f}" for rate in (one["rate"], one["lower"], one["upper"])),
                    one["alarm"],
                ]
                for one in found["points"]
            ],
            words={"alarm": Vocabulary.ALARM, **({group: Vocabulary.CAUSE} if group == "cause" else {})},
            empty="No card was tried in these days.",
        )

    answer(as_json, act(context, "spoilage.chart", first=first, last=last, by=group), show_it)


@app.command()
def ages(context: typer.Context, as_json: Json = False) -> None:
    """Show how long blanks have been spoiled, skipped, missing, invalid or on the way."""

    def show_it(rows: list[Waiting]) -> None:
        show_rows(
            timed("What waits"),
            ["place", "first", "last", "pieces", "since", "age, days", "late"],
            [
                [
                    one["place"],
                    one["first"] or "not counted yet",
                    one["last"] or "",
                    "" if one["pieces"] is None else one["pieces"],
                    minute(one["since"]),
                    one["age_days"],
                    "late" if one["late"] else "",
                ]
                for one in rows
            ],
            words={"place": Vocabulary.PLACE},
            empty="Nothing waits.",
        )
        out.print()

    answer(as_json, act(context, "spoilage.ages"), show_it)
