"""printd sites: other offices, sub-districts and mobile units that hold our blanks."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from printd.cli import choices
from printd.cli.common import By, Json, With, act, answer, ranges, read_file, signed, spans
from printd.cli.language import said
from printd.cli.output import out, show_rows
from printd.language.vocabularies import Vocabulary

if TYPE_CHECKING:
    from printd.desk.sites import Report, SiteBooked, SiteTold, Spoiled, Used

app = typer.Typer()


@app.command("set")
def set_(
    context: typer.Context,
    site: str,
    kind: Annotated[str, choices.argument(choices.SITES, "What it is")],
    title: Annotated[str, typer.Option(help="Its name.")],
    by: By,
    area: Annotated[str, typer.Option(help="Code of the sub-district.")] = "",
    vkey: Annotated[str, typer.Option(help="Verifier key with which it signs acknowledgements.")] = "",
    as_json: Json = False,
) -> None:
    """Book a site, or change one; a supervisor does."""
    what = {"site": site, "kind": kind, "title": title, "area": area, "key": vkey}
    result: SiteBooked = act(context, "sites.set", by=signed(by), **what)
    answer(as_json, result, lambda one: out.print(f"{one['site']} is booked."))


@app.command("list")
def list_(context: typer.Context, as_json: Json = False) -> None:
    """List all sites and the blanks they hold."""

    def show_it(rows: list[SiteTold]) -> None:
        show_rows(
            "Sites",
            ["site", "kind", "name", "area", "holds"],
            [
                [
                    one["name"],
                    one["kind"],
                    one["title"],
                    one["area"],
                    ", ".join(f"{said(Vocabulary.STOCK_TYPE, of)} {pieces:,}" for of, pieces in one["holds"].items()),
                ]
                for one in rows
            ],
            words={"kind": Vocabulary.SITE},
            empty="No site is booked.",
        )

    answer(as_json, act(context, "sites.list"), show_it)


@app.command()
def report(
    context: typer.Context,
    site: str,
    pieces: Annotated[int, typer.Option(min=0, help="How many it says it holds.")],
    by: By,
    day: Annotated[str | None, typer.Option(help="YYYY-MM-DD; today otherwise.")] = None,
    stock_type: choices.StockType = "WNI",
    ribbon_left: Annotated[int | None, typer.Option(min=0, max=100, help="Per cent left of its ribbon.")] = None,
    film_left: Annotated[int | None, typer.Option(min=0, max=100, help="Per cent left of its film.")] = None,
    as_json: Json = False,
) -> None:
    """Book what a site says it holds."""
    what = {"site": site, "pieces": pieces, "day": day, "stock_type": stock_type}
    what |= {"ribbon": ribbon_left, "film": film_left}
    result: Report = act(context, "sites.report", by=signed(by), **what)
    answer(as_json, result, lambda one: out.print(f"Books {one['book']}, reported {pieces}: {one['difference']:+}."))


@app.command()
def used(
    context: typer.Context,
    site: str,
    report: Annotated[Path, typer.Argument(help="Its report, card by card: .csv or .json, see: printd docs formats.")],
    document: Annotated[str, typer.Option(help="Number of the site's report.")],
    by: By,
    second: With,
    as_json: Json = False,
) -> None:
    """Book which cards a site printed and gave out; two people sign. What it cannot name stays in its stock."""
    told = {"site": site, "document": document, "name": report.name}
    told["content"] = b64encode(read_file(report)).decode("ascii")
    result: Used = act(context, "sites.used", **told, by=signed(by), second=signed(second))
    answer(as_json, result, _show_used)


def _show_used(done: Used) -> None:
    out.print(f"{done['cards']} cards are booked.")
    if done["unnamed"]:
        out.print(f"Not named, and so still in the stock of {done['site']}: {spans(done['unnamed'])}.", soft_wrap=True)
    if done["discrepancy"]:
        out.print(f"The difference is open as {done['discrepancy']}.")
    for job in done["held"]:
        out.print(f"{job[:8]} is held: its holder has a card of {done['site']}.")


@app.command()
def spoiled(
    context: typer.Context,
    site: str,
    serial: Annotated[list[str], typer.Option(help="SERIAL or FIRST..LAST; repeat.")],
    cause: Annotated[str, choices.option(choices.CAUSES, "Spoil cause")],
    by: By,
    second: With,
    as_json: Json = False,
) -> None:
    """Book blanks that a site spoiled and brought back; two people sign."""
    two = {"by": signed(by), "second": signed(second)}
    result: Spoiled = act(context, "sites.spoiled", site=site, serials=ranges(serial), cause=cause, **two)
    answer(as_json, result, lambda one: out.print(f"Booked (entry {one['entry']})."))
