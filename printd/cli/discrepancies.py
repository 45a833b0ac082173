"""printd discrepancies: what was in dispute at a receipt, until a document closes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from printd.cli import choices
from printd.cli.common import By, Json, With, act, answer, ranges, signed, spans, written
from printd.cli.language import said
from printd.cli.output import out, show_rows
from printd.language.vocabularies import Vocabulary

if TYPE_CHECKING:
    from printd.desk.discrepancies import DifferenceClosed, DiscrepancyShown

app = typer.Typer()


@app.command("list")
def list_(
    context: typer.Context,
    every: Annotated[bool, typer.Option("--all", help="Closed ones too.")] = False,
    as_json: Json = False,
) -> None:
    """List open discrepancies, oldest first."""

    def show_it(rows: list[DiscrepancyShown]) -> None:
        show_rows(
            "Discrepancies",
            ["discrepancy", "of", "kind", "pieces", "serials", "state", "age, days", "late"],
            [
                [
                    one["id"],
                    one["subject"],
                    one["kind"],
                    one["pieces"],
                    spans(one["serials"]),
                    one["state"],
                    one["age_days"],
                    "late" if one["late"] else "",
                ]
                for one in rows
            ],
            text=["serials"],
            words={"of": Vocabulary.SUBJECT, "kind": Vocabulary.DIFFERENCE, "state": Vocabulary.DISPUTE},
            empty="Nothing is in dispute.",
        )

    found: list[DiscrepancyShown] = act(context, "discrepancies.list", state=None if every else "open")
    answer(as_json, found, show_it)


@app.command()
def close(
    context: typer.Context,
    discrepancy: str,
    outcome: Annotated[str, choices.argument(choices.DISCREPANCY_OUTCOMES, "Where the blanks are booked to")],
    document: Annotated[str, typer.Option(help="Number of the paper that bears it out.")],
    by: By,
    second: With,
    serial: Annotated[
        list[str] | None, typer.Option(help="Pieces over that come in: SERIAL or FIRST..LAST; repeat.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Close a discrepancy by the movement that a document bears out; two people sign."""
    two = {"by": signed(by), "second": signed(second)}
    what = {"discrepancy": discrepancy, "outcome": outcome, "document": document}
    result: DifferenceClosed = act(context, "discrepancies.close", serials=ranges(serial) or None, **what, **two)
    end = said(Vocabulary.OUTCOME, outcome)
    answer(as_json, result, lambda one: out.print(f"{one['id']} is closed: {end}; the act is {written(one['files'])}"))
