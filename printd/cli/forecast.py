"""printd forecast: how long blanks last, and asking for more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from printd.cli import choices, officials
from printd.cli.common import By, Json, act, answer, signed, written
from printd.cli.output import out, show_rows

if TYPE_CHECKING:
    from printd.desk.forecast import Requested, StockTold

app = typer.Typer()


@app.command()
def show(context: typer.Context, as_json: Json = False) -> None:
    """Show stock, use and what is left of each type; four times in five the truth lies between the two ends."""
    stocks: list[StockTold] = act(context, "forecast.show")
    answer(as_json, stocks, _show)


def request(
    context: typer.Context,
    by: By,
    stock_type: choices.StockType = "WNI",
    pieces: Annotated[int | None, typer.Option(min=1, help="How many; the forecast's number where left out.")] = None,
    sfe: Annotated[int | None, typer.Option(min=0, help="Records sent for enrolment that are not back.")] = None,
    suket: Annotated[int | None, typer.Option(min=0, help="Certificates outstanding; from the register.")] = None,
    reason: Annotated[str, typer.Option(help="Why more is asked for before the stock is used up, or again.")] = "",
    difference: Annotated[str, typer.Option(help="Why another number is asked for than was computed.")] = "",
    collector: Annotated[str | None, typer.Option(help=f"Who will fetch them: {officials.OFFICIAL}.")] = None,
    as_json: Json = False,
) -> None:
    """Ask the province for blanks: writes the letter (R11) as PDF and JSON."""
    what = {"stock_type": stock_type, "pieces": pieces, "sfe": sfe, "suket": suket, "reason": reason}
    told = {"difference": difference, "collector": officials.official(collector)}
    result: Requested = act(context, "forecast.request", by=signed(by), **what, **told)
    answer(
        as_json,
        result,
        lambda made: out.print(
            f"{made['request']} asks for {made['asked']:,} blanks of type {made['stock_type']}"
            + ("" if made["difference"] is None else f", where {made['facts']['ask']:,} are computed")
            + (f", beside {made['facts']['beside']}" if "beside" in made["facts"] else "")
            + f"; the letter is {written(made['act'])}"
        ),
    )


def _known(value: int | str | None) -> int | str:
    return "unknown" if value is None else value


def _show(stocks: list[StockTold]) -> None:
    show_rows(
        "Blanks",
        ["type", "stock", "level", "queue", "used a day", "wished a day", "days left", "between", "ask on", "ask for"],
        [
            [
                one["stock_type"],
                one["stock"],
                one["level"],
                one["queue"],
                *(_known(one["used_per_day"]), _known(one["wished_per_day"])),
                _known(None if left is None else left["middle"]),
                _known(None if left is None else f"{left['low']} and {left['high']}"),
                one["ask_on"] or ("unknown" if left is None else "in over a year"),
                _known(one["ask"]),
            ]
            for one in stocks
            for left in (one["days_left"],)
        ],
        empty="No blanks were delivered or needed yet.",
    )
    for one in stocks:
        today = f"{one['today']['used']:,} used and {one['today']['wished']:,} wished for"
        if one["since"] is None:
            none = f"no whole day of the last {one['history_days']} had wishes or use, so they are not known"
            out.print(f"{one['stock_type']}: {none}; today so far: {today}.")
        else:
            days = f"{one['open_days']:,} open days since {one['since']}"
            out.print(f"{one['stock_type']}: told by {days}; today so far, which is not over: {today}.")
        if one["surging"]:
            out.print(f"{one['stock_type']}: more is asked for than usual: {', '.join(one['surging'])}.")
        if one["coming"]:
            out.print(f"{one['stock_type']}: {one['coming']} on the way; count it before you ask for more.")
