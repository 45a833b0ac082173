"""printd cards: invalid cards that holders bring back, and finished ones that nobody fetches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from printd.cli import choices
from printd.cli.common import By, Json, act, answer, asked, minute, signed, timed
from printd.cli.language import said
from printd.cli.output import out, show_rows
from printd.language.vocabularies import Vocabulary

if TYPE_CHECKING:
    from printd.desk.cards import Names, TakenBack, Tried
    from printd.store.tables.cards import CardRow

app = typer.Typer()

Cards = Annotated[list[str], typer.Argument(help="One or several, each by its id, of which four characters do.")]


@app.command("take-back")
def take_back(
    context: typer.Context,
    cause: Annotated[str, choices.argument(choices.INVALID_CARDS, "Why it is invalid")],
    by: By,
    from_site: Annotated[str, typer.Option(help="Where it was handed in.")] = "office",
    scan: Annotated[str | None, typer.Option(help="Serial of its blank, where it can be read on the card.")] = None,
    as_json: Json = False,
) -> None:
    """Take an invalid card back; NIK, name and address are asked for and sealed, never logged."""
    whose = {key: asked(label) for key, label in _ASKED.items()}
    what = {"cause": cause, "from_site": from_site, "serial": scan}
    result: TakenBack = act(context, "cards.take_back", by=signed(by), **what, **whose)
    why = said(Vocabulary.INVALID, cause)
    answer(as_json, result, lambda one: out.print(f"Taken back as {one['card'][:8]}, {why}."))


_ASKED = {"nik": "NIK", "name": "Name", "address": "Address"}


@app.command()
def tried(
    context: typer.Context,
    job: Annotated[str, typer.Argument(help="Job of the card, of which four characters do, or the blank's serial.")],
    how: Annotated[str, choices.option(choices.TRIES, "How")],
    by: By,
    reached: Annotated[bool, typer.Option("--reached", help="They, or somebody for them, were spoken to.")] = False,
    as_json: Json = False,
) -> None:
    """Book that somebody tried to reach the holder of a finished card."""
    result: Tried = act(context, "cards.tried", job=job, how=how, reached=reached, by=signed(by))
    answer(as_json, result, lambda one: out.print(f"Tried {one['tries']} times so far to reach the holder."))


@app.command("list")
def list_(context: typer.Context, as_json: Json = False) -> None:
    """List the invalid cards that wait for destruction."""

    def show_it(rows: list[CardRow]) -> None:
        show_rows(
            timed("Invalid cards"),
            ["card", "cause", "serial", "from", "received", "by"],
            [
                [
                    *(one["id"][:8], one["cause"], one["serial"], one["from_site"]),
                    *(minute(one["received_at"]), one["received_by"]),
                ]
                for one in rows
            ],
            words={"cause": Vocabulary.INVALID},
            empty="No invalid card is kept.",
        )

    answer(as_json, act(context, "cards.list"), show_it)


@app.command()
def names(context: typer.Context, cards: Cards, by: By, as_json: Json = False) -> None:
    """Show whose cards these were; a supervisor asks, and that is booked."""
    result: Names = act(context, "cards.names", cards=cards, by=signed(by))
    answer(
        as_json,
        result,
        lambda told: show_rows(
            "Cards",
            ["name", "address", "cause"],
            [[one["name"], one["address"], one["cause"]] for one in told["cards"]],
            words={"cause": Vocabulary.INVALID},
            empty="None.",
        ),
    )
