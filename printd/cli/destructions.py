"""printd destructions: spoiled blanks and invalid cards, destroyed before witnesses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from printd.cli import choices
from printd.cli.common import By, Json, With, act, answer, minute, ranges, signed, timed, written
from printd.cli.output import out, show_rows
from printd.language.vocabularies import Vocabulary

if TYPE_CHECKING:
    from printd.desk.cards import Names
    from printd.desk.destructions import Destroyed, DestructionTold

app = typer.Typer()


@app.command()
def destroy(
    context: typer.Context,
    ba_number: Annotated[str, typer.Argument(help="Number of the act (berita acara).")],
    place: Annotated[str, typer.Option(help="Where.")],
    witness: Annotated[list[str], typer.Option(help="NAME@AGENCY; repeat. Names are sealed.")],
    by: By,
    second: With,
    serial: Annotated[
        list[str] | None, typer.Option(help="SERIAL or FIRST..LAST; repeat. All spoiled ones otherwise.")
    ] = None,
    method: Annotated[str, choices.option(choices.DESTRUCTIONS, "How")] = "burn",
    as_json: Json = False,
) -> None:
    """Destroy what lies in the spoil bin and the invalid cards; two officers and witnesses."""
    seen = [{"name": name, "agency": agency} for name, _, agency in (text.rpartition("@") for text in witness)]
    what = {"ba_number": ba_number, "place": place, "witnesses": seen, "method": method}
    two = {"by": signed(by), "second": signed(second)}
    result: Destroyed = act(context, "destructions.destroy", serials=ranges(serial) or None, **what, **two)
    answer(
        as_json,
        result,
        lambda one: out.print(
            f"{one['blanks']} blanks and {one['cards']} cards are destroyed; the act is {written(one['files'])}"
        ),
    )


@app.command("list")
def list_(context: typer.Context, as_json: Json = False) -> None:
    """List all destructions."""

    def show_it(rows: list[DestructionTold]) -> None:
        show_rows(
            timed("Destructions"),
            ["destruction", "act", "at", "method", "place", "blanks", "cards", "officers"],
            [
                [
                    one["id"],
                    one["ba_number"],
                    minute(one["at"]),
                    one["method"],
                    one["place"],
                    one["blanks"],
                    one["cards"],
                    [one["by"], one["second"]],
                ]
                for one in rows
            ],
            text=["place"],
            words={"method": Vocabulary.METHOD},
            empty="Nothing was destroyed yet.",
        )

    answer(as_json, act(context, "destructions.list"), show_it)


@app.command()
def annex(context: typer.Context, destruction: str, by: By, as_json: Json = False) -> None:
    """Show the annex by name and by address; a supervisor asks, and that is booked."""
    result: Names = act(context, "destructions.annex", destruction=destruction, by=signed(by))
    answer(
        as_json,
        result,
        lambda told: show_rows(
            "Annex",
            ["name", "address", "cause"],
            [[one["name"], one["address"], one["cause"]] for one in told["cards"]],
            words={"cause": Vocabulary.INVALID},
            empty="None.",
        ),
    )
