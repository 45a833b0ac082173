"""printd forecast: how long blanks last, and asking for more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from printd.cli import choices, officials
from printd.cli.common import By, Json, act, answer, moment, signed, written
from printd.cli.language import said
from printd.cli.output import out, show_rows
from printd.language.vocabularies import Vocabulary

if TYPE_CHECKING:
    from printd.desk.forecast import Requested, StockTold
    from printd.store.requests import OpenRequest

app = typer.Typer()

_ENOUGH = 5
"""Working days: a week of them has each weekday once."""


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
    difference: Annotated[str, typer.Option(help="What explains another number than was computed.")] = "",
    collector: Annotated[str | None, typer.Option(help=f"Who will fetch them: {officials.OFFICIAL}.")] = None,
    as_json: Json = False,
) -> None:
    """Ask the province for blanks: writes the letter (R11) as PDF and JSON."""
    what = {"stock_type": stock_type, "pieces": pieces, "sfe": sfe, "suket": suket, "reason": reason}
    told = {"difference": difference, "collector": officials.official(collector)}
    result: Requested = act(context, "forecast.request", by=signed(by), **what, **told)
    answer(as_json, result, _show_request)


def _show_request(made: Requested) -> None:
    already = made["beside"]
    out.print(
        f"{made['request']} asks for {made['asked']:,} blanks of type {made['stock_type']}"
        + ("" if made["difference"] is None else f", where {made['facts']['ask']:,} are computed")
        + ("" if already is None else f", beside {already['request']}")
        + f"; the letter is {written(made['act'])}"
    )
    if already is not None:
        told = f"{_open(already)} Both stand now: see that the province reads the second as more, not as the same need."
        out.print(told, style="yellow", soft_wrap=True)


def _open(request: OpenRequest) -> str:
    """Return what a request still waits for, in a sentence."""
    came = f"{request['came']:,} have come since" if request["came"] else "none has come since"
    coming = f", and {request['coming']} on the way is not counted yet" if request["coming"] else ""
    return f"{request['request']} of {moment(request['at'])} asks for {request['asked']:,}; {came}{coming}."


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
        words={"type": Vocabulary.STOCK_TYPE, "level": Vocabulary.LEVEL},
        empty="No blanks were delivered or needed yet.",
    )
    for one in stocks:
        today = f"{one['today']['used']:,} used and {one['today']['wished']:,} wished for"
        if one["since"] is None:
            none = f"less than 1 working day known of the last {one['history_days']} days, so nothing is foretold"
            out.print(f"{one['stock_type']}: {none}; today so far: {today}.")
        else:
            days = f"{one['open_days']:,} working days since {one['since']}"
            if one["open_days"] < _ENOUGH:
                days = f"less than {_ENOUGH} working days known ({days}), so the figures may be far off"
            else:
                days = f"told by {days}"
            out.print(f"{one['stock_type']}: {days}; today so far, which is not over: {today}.")
        if one["open"] is not None:
            out.print(f"{one['stock_type']}: {_open(one['open'])}")
        if one["surging"]:
            more = ", ".join(said(Vocabulary.REASON, reason) for reason in one["surging"])
            out.print(f"{one['stock_type']}: more is asked for than usual: {more}.")
        if one["coming"]:
            out.print(f"{one['stock_type']}: {one['coming']} on the way; count it before you ask for more.")
