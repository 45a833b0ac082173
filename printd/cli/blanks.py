"""printd blanks: where every blank is and has been."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from printd.cli.common import By, Json, With, act, answer, signed
from printd.cli.output import out, show_facts, show_rows

app = typer.Typer(no_args_is_help=True, help="Where every blank is and has been.")

Last = Annotated[str | None, typer.Argument(help="Last serial; only the first where it is left out.")]


@app.command()
def show(context: typer.Context, serial: str, as_json: Json = False) -> None:
    """Tell a blank's whole life."""
    answer(as_json, act(context, "blanks.show", serial=serial), _show_life)


@app.command()
def where(context: typer.Context, as_json: Json = False) -> None:
    """Show the sums by delivery and place."""
    answer(as_json, act(context, "blanks.where"), _show_where)


@app.command()
def load(
    context: typer.Context, printer: str, first: str, by: By, second: With, last: Last = None, as_json: Json = False
) -> None:
    """Issue blanks from the store into a printer's hopper; two people sign."""
    serials = [[first, last or first]]
    two = {"by": signed(by), "second": signed(second)}
    _moved(as_json, act(context, "blanks.load", printer=printer, serials=serials, **two))


@app.command()
def unload(
    context: typer.Context, printer: str, first: str, by: By, second: With, last: Last = None, as_json: Json = False
) -> None:
    """Take blanks from a printer's hopper back into the store; two people sign."""
    serials = [[first, last or first]]
    two = {"by": signed(by), "second": signed(second)}
    _moved(as_json, act(context, "blanks.unload", printer=printer, serials=serials, **two))


@app.command()
def spoil(
    context: typer.Context,
    serial: str,
    cause: Annotated[str, typer.Option(help="Spoil cause, e.g. factory_defect.")],
    by: By,
    second: With,
    as_json: Json = False,
) -> None:
    """Book an unprinted blank as spoiled; two people sign."""
    _moved(as_json, act(context, "blanks.spoil", serial=serial, cause=cause, by=signed(by), second=signed(second)))


@app.command()
def skip(context: typer.Context, serial: str, by: By, second: With, as_json: Json = False) -> None:
    """Book a blank that left its hopper unprinted and is not in hand; two people sign."""
    _moved(as_json, act(context, "blanks.skip", serial=serial, by=signed(by), second=signed(second)))


@app.command()
def find(context: typer.Context, serial: str, by: By, second: With, as_json: Json = False) -> None:
    """Book a skipped blank that was found whole into the store; two people sign."""
    _moved(as_json, act(context, "blanks.find", serial=serial, by=signed(by), second=signed(second)))


@app.command()
def reconcile(context: typer.Context, as_json: Json = False) -> None:
    """Check for each delivery that announced = sum over all places; exit 1 where it does not."""
    result = act(context, "blanks.where")
    answer(as_json, result, _show_where)
    if any(row["balance"] for row in result["deliveries"].values()):
        raise typer.Exit(1)


def _moved(as_json: bool, result: dict[str, Any]) -> None:
    def show_it(done: dict[str, Any]) -> None:
        ranges = ", ".join(first if first == last else f"{first} to {last}" for first, last in done["serials"])
        out.print(f"{done['pieces']:,} moved from {done['from']} to {done['to']}: {ranges} (entry {done['entry']})")

    answer(as_json, result, show_it)


def _show_life(blank: dict[str, Any]) -> None:
    delivery = blank["delivery"]
    show_facts(
        {
            "serial": blank["serial"],
            "place": blank["place"],
            "delivery": f"{delivery['id']}, {delivery['stock_type']}, generation {delivery['generation']}",
        }
    )
    out.print()
    show_rows(
        "Life",
        ["entry", "at", "from", "to", "why", "cause", "job"],
        [
            [
                step["entry"],
                step["at"].replace("T", " ").removesuffix("Z"),
                step["from"],
                step["to"],
                step["why"],
                step["cause"] if step["to"] == "spoiled" else None,
                (step["job"] or "")[:8],
            ]
            for step in blank["life"]
        ],
        text=["from", "to"],
        empty="It was announced and has not moved since.",
    )


def _show_where(sums: dict[str, Any]) -> None:
    deliveries = sums["deliveries"]
    rows: list[list[Any]] = []
    for name, row in deliveries.items():
        rows += [[name, place, pieces, None, None] for place, pieces in sorted(row["places"].items())]
        rows.append([name, "all places", sum(row["places"].values()), row["announced"], row["balance"]])
    if len(deliveries) > 1:
        rows += [["all deliveries", place, pieces, None, None] for place, pieces in sorted(sums["places"].items())]
    show_rows(
        "Blanks by place",
        ["delivery", "place", "pieces", "announced", "balance"],
        rows,
        empty="No deliveries yet.",
    )
