"""printd shifts: open a shift, issue blanks to it, count blind, close it with an act."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from printd.cli import choices
from printd.cli.common import (
    By,
    Json,
    With,
    act,
    answer,
    minute,
    moment,
    ranges,
    sheet,
    signed,
    spans,
    timed,
)
from printd.cli.language import place
from printd.cli.output import out, show_facts, show_rows
from printd.language.vocabularies import Vocabulary

if TYPE_CHECKING:
    from printd.desk.shifts import CountBegun, GoesOn, SheetTaken, ShiftEnded, ShiftListed, ShiftShown

app = typer.Typer()

Pieces = Annotated[int | None, typer.Option(min=0, help="How many; by default what the day needs.")]
Serial = Annotated[list[str] | None, typer.Option(help="SERIAL or FIRST..LAST instead; repeat.")]
Reason = Annotated[str, typer.Option(help="Why more than the day needs.")]


@app.command("open")
def open_(
    context: typer.Context,
    by: By,
    second: With,
    pieces: Pieces = None,
    serial: Serial = None,
    stock_type: choices.StockType = "WNI",
    reason: Reason = "",
    as_json: Json = False,
) -> None:
    """Open a shift and issue to it what the day needs; two people sign."""
    _issue(context, "shifts.open", by, second, pieces, serial, stock_type, reason, as_json)


@app.command()
def issue(
    context: typer.Context,
    by: By,
    second: With,
    pieces: Pieces = None,
    serial: Serial = None,
    stock_type: choices.StockType = "WNI",
    reason: Reason = "",
    as_json: Json = False,
) -> None:
    """Issue more blanks to the open shift; two people sign."""
    _issue(context, "shifts.issue", by, second, pieces, serial, stock_type, reason, as_json)


def _issue(
    context: typer.Context,
    name: str,
    by: str,
    second: str,
    pieces: int | None,
    serial: list[str] | None,
    stock_type: str,
    reason: str,
    as_json: bool,
) -> None:
    what = {"pieces": pieces, "serials": ranges(serial) or None, "stock_type": stock_type, "reason": reason}
    shown: ShiftShown = act(context, name, by=signed(by), second=signed(second), **what)
    answer(as_json, shown, _show)


@app.command("count-begin")
def count_begin(context: typer.Context, by: By, as_json: Json = False) -> None:
    """Begin the count: printing stops, and figures are hidden until the shift is closed."""
    result: CountBegun = act(context, "shifts.count_begin", by=signed(by))

    def show_it(one: CountBegun) -> None:
        out.print(f"Shift {one['shift']} is being counted; nothing is printed.")
        sheet = " ".join(f"{place}=PIECES" for place in one["places"])
        out.print(f"Two people count, each alone: printd shifts count {sheet} --by NAME", soft_wrap=True)

    answer(as_json, result, show_it)


@app.command()
def count(
    context: typer.Context,
    found: Annotated[list[str], typer.Argument(help="PLACE=PIECES or PLACE=FIRST..LAST,SERIAL for each place.")],
    by: By,
    as_json: Json = False,
) -> None:
    """Count place by place: one person's sheet, entered alone; two people count."""
    result: SheetTaken = act(context, "shifts.count", found=sheet(found), by=signed(by))
    answer(
        as_json,
        result,
        lambda one: out.print(f"{one['counted_by']} has counted: {', '.join(map(place, one['places']))}."),
    )


@app.command()
def resume(context: typer.Context, by: By, as_json: Json = False) -> None:
    """Leave the count and go on with the shift."""
    result: GoesOn = act(context, "shifts.resume", by=signed(by))
    answer(as_json, result, lambda one: out.print(f"Shift {one['shift']} goes on."))


@app.command()
def close(
    context: typer.Context,
    by: By,
    second: With,
    approved_by: Annotated[str | None, typer.Option(help="Supervisor who answers for a difference.")] = None,
    reason: Annotated[str, typer.Option(help="Why it differs.")] = "",
    voided: Annotated[str | None, choices.option(choices.VOIDED, "How the spoiled blanks were made unusable")] = None,
    kept: Annotated[str, typer.Option(help="Where the spoiled blanks are kept.")] = "",
    seal: Annotated[str, typer.Option(help="Number of the seal under which they are.")] = "",
    stored: Annotated[str, typer.Option(help="The locked place that the rest goes back into.")] = "",
    as_json: Json = False,
) -> None:
    """Close the shift with an act; the two who counted sign."""
    approver = None if approved_by is None else signed(approved_by)
    two = {"by": signed(by), "second": signed(second)}
    told = {"note": reason, "voided": voided, "kept": kept, "seal": seal, "stored": stored}
    closed: ShiftEnded = act(context, "shifts.close", approved_by=approver, **told, **two)
    answer(as_json, closed, lambda shift: _show(shift, shift["files"]))


@app.command("list")
def list_(context: typer.Context, as_json: Json = False) -> None:
    """List all shifts."""

    def show_it(rows: list[ShiftListed]) -> None:
        show_rows(
            timed("Shifts"),
            ["shift", "state", "opened", "by", "closed", "counted by", "difference approved by"],
            [
                [
                    one["id"],
                    one["state"],
                    minute(one["opened_at"]),
                    [one["opened_by"], one["opened_with"]],
                    minute(one["closed_at"]),
                    [name for name in (one["closed_by"], one["closed_with"]) if name],
                    one["approved_by"],
                ]
                for one in rows
            ],
            words={"state": Vocabulary.SHIFT},
            empty="No shift yet. Two people open one with: printd shifts open",
        )

    found: list[ShiftListed] = act(context, "shifts.list")
    answer(as_json, found, show_it)


@app.command()
def show(context: typer.Context, shift: str, as_json: Json = False) -> None:
    """Show a shift and its closing act."""
    shown: ShiftShown = act(context, "shifts.show", shift=shift)
    answer(as_json, shown, _show)


def _show(shift: ShiftShown | ShiftEnded, files: dict[str, str] | None = None) -> None:
    show_facts(
        {
            "shift": shift["id"],
            "state": shift["state"],
            "opened": f"{moment(shift['opened_at'])} by {shift['opened_by']} and {shift['opened_with']}",
            "holds": spans(shift.get("holds") or []) or None,
            "closed": f"{moment(shift['closed_at'])} by {shift['closed_by']} and {shift['closed_with']}"
            if shift["closed_at"]
            else None,
            "act": (files or {}).get("pdf"),
            **({"not shown now": shift["counting"]} if "counting" in shift else {}),
        },
        words={"state": Vocabulary.SHIFT},
    )
    closing = shift["act"]
    if closing is None:
        return
    out.print()
    rows: list[dict[str, object]] = [{**row} for row in closing["stock"]]
    keys = [key for key in rows[0] if key != "stock_type"] if rows else []
    show_rows(
        "Stock",
        ["flow", *(row["stock_type"] for row in closing["stock"])],
        [[key.replace("_", " "), *(row[key] for row in rows)] for key in keys],
        empty="There was no stock.",
    )
    out.print()
    show_rows(
        "Count",
        ["place", "counted", "book", "difference"],
        [[one["place"], one["counted"], one["book"], one["counted"] - one["book"]] for one in closing["places"]],
        words={"place": Vocabulary.PLACE},
        empty="",
    )
