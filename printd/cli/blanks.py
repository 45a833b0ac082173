"""printd blanks: where every blank is and has been."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from printd.cli import choices
from printd.cli.common import By, Json, With, act, answer, ranges, second, sheet, signed, spans, timed, written
from printd.cli.forecast import request
from printd.cli.language import place
from printd.cli.output import out, show_facts, show_rows
from printd.language.vocabularies import Vocabulary

if TYPE_CHECKING:
    from printd.desk.blanks import Life, Loaded, Moved, Sums
    from printd.desk.chips import ChipOfBlank
    from printd.desk.counts import CountClosed, SheetTaken
    from printd.desk.hoppers import Order
    from printd.desk.samples import SampleFound, SampleShown

app = typer.Typer()


@app.command()
def show(context: typer.Context, serial: str, as_json: Json = False) -> None:
    """Tell a blank's whole life."""
    life: Life = act(context, "blanks.show", serial=serial)
    answer(as_json, life, _show_life)


@app.command()
def where(context: typer.Context, as_json: Json = False) -> None:
    """Show the sums by delivery and place."""
    sums: Sums = act(context, "blanks.where")
    answer(as_json, sums, _show_where)


Pieces = Annotated[int | None, typer.Option("--pieces", min=1, help="How many, lowest serials first.")]


@app.command()
def load(
    context: typer.Context,
    printer: str,
    by: By,
    pieces: Pieces = None,
    serial: Annotated[list[str] | None, typer.Option(help="SERIAL or FIRST..LAST instead; repeat.")] = None,
    stock_type: choices.StockType = "WNI",
    as_json: Json = False,
) -> None:
    """Put blanks of the open shift into a printer's hopper, lowest serial first; say where they go in it.

    Without serials and --pieces: the printer's even share, so that the other printers get theirs. What is named must be
    the lowest of the shift, or the lowest of those that go behind what lies in the hopper.
    """
    what = {"printer": printer, "pieces": pieces, "serials": ranges(serial) or None, "stock_type": stock_type}
    loaded: Loaded = act(context, "blanks.load", by=signed(by), **what)
    answer(as_json, loaded, lambda done: _show_loaded(printer, done))


@app.command()
def unload(
    context: typer.Context,
    printer: str,
    by: By,
    second: With,
    serial: Annotated[
        list[str] | None, typer.Option(help="SERIAL or FIRST..LAST; repeat. The whole hopper otherwise.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Take blanks out of a printer's hopper, back to the shift; two people sign."""
    two = {"by": signed(by), "second": signed(second)}
    _moved(as_json, act(context, "blanks.unload", printer=printer, serials=ranges(serial) or None, **two))


@app.command()
def spoil(
    context: typer.Context,
    serial: str,
    cause: Annotated[str, choices.option(choices.CAUSES, "Spoil cause")],
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
    """Book a skipped or missing blank that was found whole; two people sign."""
    _moved(as_json, act(context, "blanks.find", serial=serial, by=signed(by), second=signed(second)))


@app.command()
def sample(
    context: typer.Context,
    pieces: Annotated[int, typer.Option(min=1, max=1000, help="How many serials to draw.")],
    number: Annotated[str, typer.Option(help="What whoever audits brings: a number that the shop could not know.")],
    by: By,
    as_json: Json = False,
) -> None:
    """Draw serials from store, shift, hoppers and spoil bin for a surprise count, by a number from outside."""

    def show_it(drawn: SampleShown) -> None:
        title = f"{drawn['sample']}: {len(drawn['drawn'])} blanks"
        show_rows(title, ["serial", "place"], drawn["drawn"], words={"place": Vocabulary.PLACE}, empty="")
        out.print(f"\nLook for each; then: printd blanks sample-count {drawn['sample']} [--missing SERIAL ...]")

    result: SampleShown = act(context, "samples.draw", pieces=pieces, number=number, by=signed(by))
    answer(as_json, result, show_it)


@app.command("sample-count")
def sample_count(
    context: typer.Context,
    sample: str,
    by: By,
    second: With,
    missing: Annotated[list[str] | None, typer.Option(help="A serial that was not there; repeat.")] = None,
    as_json: Json = False,
) -> None:
    """Book what two people found of a sample; says how many can be missing at most."""
    two = {"by": signed(by), "second": signed(second)}
    result: SampleFound = act(context, "samples.count", sample=sample, missing=missing or [], **two)
    answer(as_json, result, lambda told: out.print(told["says"]))


@app.command()
def bind(
    context: typer.Context,
    serial: str,
    uid: Annotated[str, typer.Argument(help="The chip's UID in hex.")],
    by: By,
    as_json: Json = False,
) -> None:
    """Bind a blank to the chip that was read in it, or check that it is the one bound before."""
    result: ChipOfBlank = act(context, "chips.bind", serial=serial, uid=uid, by=signed(by))
    answer(as_json, result, lambda bound: out.print(f"{bound['serial']} has the chip {bound['uid']}."))


@app.command()
def count(
    context: typer.Context,
    found: Annotated[list[str], typer.Argument(help="PLACE=PIECES or PLACE=FIRST..LAST,... for each place.")],
    by: By,
    as_json: Json = False,
) -> None:
    """Count stock outside a shift (stock opname): one person's sheet, entered alone."""
    result: SheetTaken = act(context, "counts.count", found=sheet(found), by=signed(by))
    answer(as_json, result, lambda done: out.print(f"Counted: {', '.join(map(place, done['places']))}."))


@app.command("count-close")
def count_close(
    context: typer.Context,
    by: By,
    second: With,
    agency: Annotated[str, typer.Option(help="Agency of the witness.")] = "",
    reason: Annotated[str, typer.Option(help="Why figures differ.")] = "",
    follow_up: Annotated[str, typer.Option(help="What is done about it.")] = "",
    as_json: Json = False,
) -> None:
    """Close the day's stock count with an act; the two who counted sign."""
    two = {"by": signed(by), "second": signed(second)}
    told = {"witness_agency": agency, "reason": reason, "follow_up": follow_up}
    result: CountClosed = act(context, "counts.close", **told, **two)
    answer(as_json, result, lambda done: out.print(f"Closed; the act is {written(done['files'])}"))


@app.command()
def reconcile(context: typer.Context, as_json: Json = False) -> None:
    """Check for each delivery that announced = sum over all places; exit 1 where it does not."""
    result: Sums = act(context, "blanks.where")
    answer(as_json, result, _show_where)
    if any(row["balance"] for row in result["deliveries"].values()):
        raise typer.Exit(1)


app.command()(request)


def _show_loaded(printer: str, done: Loaded) -> None:
    out.print(
        f"Loaded into {done['to'].partition(':')[2]}: {done['pieces']:,} of type {done['stock_type']}, "
        f"{spans(done['serials'])} (entry {done['entry']})."
    )
    _show_order(printer, done)
    out.print(f"Left in the shift: {done['left']:,} of type {done['stock_type']}.")


def _moved(as_json: bool, result: Moved) -> None:
    def show_it(done: Moved) -> None:
        ranges = spans(done["serials"])
        way = f"from {place(done['from'])} to {place(done['to'])}"
        out.print(f"{done['pieces']:,} moved {way}: {ranges} (entry {done['entry']})")

    answer(as_json, result, show_it)


def _show_order(printer: str, done: Order) -> None:
    """Say where blanks are to be put in a hopper, and in which order the printer takes all of them."""
    if done["in_front"]:
        out.print(
            f"Put {spans(done['in_front'])} in front of those that lie in {printer}: where it takes the next blank."
        )
    if done["behind"]:
        out.print(f"Put {spans(done['behind'])} behind those that lie in {printer}: it takes them last.")
    out.print(f"{printer} takes them in this order: {spans(done['takes'])}.", soft_wrap=True)


def _show_life(blank: Life) -> None:
    delivery = blank["delivery"]
    show_facts(
        {
            "serial": blank["serial"],
            "place": blank["place"],
            "delivery": f"{delivery['id']}, {delivery['stock_type']}, generation {delivery['generation']}",
        },
        words={"place": Vocabulary.PLACE},
    )
    out.print()
    show_rows(
        timed("Life"),
        ["entry", "at", "from", "to", "why", "cause", "job"],
        [
            [
                step["entry"],
                second(step["at"]),
                step["from"],
                step["to"],
                step["why"],
                step["cause"] if step["to"] == "spoiled" else None,
                (step["job"] or "")[:8],
            ]
            for step in blank["life"]
        ],
        aside=["why", "cause", "job"],
        words={
            **dict.fromkeys(("from", "to"), Vocabulary.PLACE),
            "why": Vocabulary.MOVEMENT,
            "cause": Vocabulary.CAUSE,
        },
        empty="It was announced and has not moved since.",
    )


def _show_where(sums: Sums) -> None:
    deliveries = sums["deliveries"]
    rows: list[list[str | int | None]] = []
    for name, row in deliveries.items():
        rows += [[name, place, pieces, None, None] for place, pieces in sorted(row["places"].items())]
        rows.append([name, "all places", sum(row["places"].values()), row["announced"], row["balance"]])
    if len(deliveries) > 1:
        rows += [["all deliveries", place, pieces, None, None] for place, pieces in sorted(sums["places"].items())]
    show_rows(
        "Blanks by place",
        ["delivery", "place", "pieces", "announced", "balance"],
        rows,
        words={"place": Vocabulary.PLACE},
        empty="No deliveries yet.",
    )
