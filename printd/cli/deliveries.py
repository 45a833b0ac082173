"""printd deliveries: what the province sends."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from printd.cli import choices, officials
from printd.cli.common import By, Json, With, act, answer, moment, ranges, read_file, signed, spans
from printd.cli.output import out, show_facts, show_rows
from printd.language.vocabularies import Vocabulary

if TYPE_CHECKING:
    from printd.desk.deliveries import DeliveryCountedBy, DeliveryListed, DeliveryShown, DeliveryTaken

app = typer.Typer()


@app.command()
def announce(
    context: typer.Context,
    manifest: Annotated[Path, typer.Argument(help="Manifest of the province: .json, .csv or signed .note.")],
    by: By,
    as_json: Json = False,
) -> None:
    """Book a manifest; its blanks are on the way from now on."""
    content = b64encode(read_file(manifest)).decode("ascii")
    result: DeliveryShown = act(context, "deliveries.announce", name=manifest.name, content=content, by=signed(by))
    answer(as_json, result, _show)


@app.command()
def count(
    context: typer.Context,
    delivery: str,
    pieces: Annotated[int, typer.Option(min=0, help="How many, closed cartons by the figure on them.")],
    by: By,
    carton: Annotated[
        list[str] | None, typer.Option(help="LABEL, or LABEL=damaged, =seal_broken, =wrong_type; repeat.")
    ] = None,
    serial: Annotated[list[str] | None, typer.Option(help="Scanned: SERIAL or FIRST..LAST; repeat.")] = None,
    damaged: Annotated[list[str] | None, typer.Option(help="Arrived damaged: SERIAL or FIRST..LAST; repeat.")] = None,
    wrong_type: Annotated[
        list[str] | None, typer.Option(help="Of another type: SERIAL or FIRST..LAST; repeat.")
    ] = None,
    seal: Annotated[list[str] | None, typer.Option(help=f"As it is read: {officials.SEAL}; repeat.")] = None,
    as_json: Json = False,
) -> None:
    """Count a delivery blind: one person's sheet, entered alone; two people count."""
    labels = [text.partition("=") for text in carton or []]
    sheet = {
        "pieces": pieces,
        "cartons": [
            {"carton": label, "condition": choices.OneOf(choices.CARTON_CONDITIONS)(how or "intact")}
            for label, _, how in labels
        ],
        "serials": ranges(serial),
        "damaged": ranges(damaged),
        "wrong_type": ranges(wrong_type),
        "seals": officials.seals(seal),
    }
    result: DeliveryCountedBy = act(context, "deliveries.count", delivery=delivery, sheet=sheet, by=signed(by))
    answer(as_json, result, lambda done: out.print(f"{done['counted_by']} has counted {done['delivery']}."))


@app.command()
def receive(
    context: typer.Context,
    delivery: str,
    by: By,
    second: With,
    place: Annotated[str | None, typer.Option(help="Where it changed hands, in words.")] = None,
    day: Annotated[str | None, typer.Option(help="On which it was handed over, if not today: YYYY-MM-DD.")] = None,
    giver: Annotated[str | None, typer.Option(help=f"Who handed it over: {officials.OFFICIAL}.")] = None,
    collector: Annotated[str | None, typer.Option(help=f"Who collected it: {officials.OFFICIAL}.")] = None,
    request: Annotated[str | None, typer.Option(help=f"Our letter that it answers: {officials.LETTER}.")] = None,
    allocation: Annotated[str | None, typer.Option(help=f"Letter that allocates it: {officials.LETTER}.")] = None,
    grant: Annotated[str | None, typer.Option(help=f"Paper that grants it, if any: {officials.LETTER}.")] = None,
    as_json: Json = False,
) -> None:
    """Take a delivery into the store, as two people counted it; differences stay open as discrepancies.

    What of the papers is not told here is unknown on the act.
    """
    told = {
        "place": place,
        "given_on": day,
        "giver": officials.official(giver),
        "collector": officials.official(collector),
        "request": officials.letter(request),
        "allocation": officials.letter(allocation),
        "grant": officials.letter(grant),
    }
    two = {"by": signed(by), "second": signed(second)}
    handover = told if any(told.values()) else None
    result: DeliveryTaken = act(context, "deliveries.receive", delivery=delivery, handover=handover, **two)
    answer(as_json, result, _show)


@app.command("open")
def open_(context: typer.Context, delivery: str, carton: str, by: By, second: With, as_json: Json = False) -> None:
    """Open a carton of the store; two people do it together."""
    two = {"by": signed(by), "second": signed(second)}
    shown: DeliveryShown = act(context, "deliveries.open", delivery=delivery, carton=carton, **two)
    answer(as_json, shown, _show)


@app.command("list")
def list_(context: typer.Context, as_json: Json = False) -> None:
    """List all deliveries."""
    found: list[DeliveryListed] = act(context, "deliveries.list")
    answer(
        as_json,
        found,
        lambda rows: show_rows(
            "Deliveries",
            ["delivery", "state", "pieces", "type", "generation", "handover record", "of", "received by"],
            [
                [
                    row["id"],
                    row["state"],
                    row["announced"],
                    row["stock_type"],
                    row["generation"],
                    row["bast_number"],
                    row["bast_date"],
                    [name for name in (row["received_by"], row["received_with"]) if name],
                ]
                for row in rows
            ],
            text=["handover record"],
            words={"state": Vocabulary.DELIVERY, "type": Vocabulary.STOCK_TYPE},
            empty="No deliveries yet. Announce one with: printd deliveries announce FILE",
        ),
    )


@app.command()
def show(context: typer.Context, delivery: str, as_json: Json = False) -> None:
    """Show a delivery, its cartons and where its blanks are."""
    shown: DeliveryShown = act(context, "deliveries.show", delivery=delivery)
    answer(as_json, shown, _show)


def _show(row: DeliveryShown) -> None:
    show_facts(
        {
            "delivery": row["id"],
            "state": row["state"],
            "pieces": row.get("counting", "counted blind at its receipt")
            if row["announced"] is None
            else row["announced"],
            "counted": row["counted"],
            "stock type": f"{row['stock_type']}, generation {row['generation']}",
            "handover record": f"{row['bast_number']} of {row['bast_date']}",
            "announced": f"{moment(row['announced_at'])} by {row['announced_by']}",
            "received": f"{moment(row['received_at'])} by {row['received_by']} and {row['received_with']}"
            if row["received_at"]
            else "not yet",
        },
        words={"state": Vocabulary.DELIVERY},
    )
    if row["cartons"]:
        out.print()
        show_rows(
            "Cartons",
            ["carton", "first", "last", "pieces", "opened by"],
            [
                [
                    one["carton"],
                    one["first"],
                    one["last"],
                    one["pieces"],
                    [name for name in (one["opened_by"], one["opened_with"]) if name] or "closed",
                ]
                for one in row["cartons"]
            ],
            empty="",
        )
    if row["discrepancies"]:
        out.print()
        show_rows(
            "Discrepancies",
            ["discrepancy", "kind", "pieces", "serials", "state"],
            [
                [one["id"], one["kind"], one["pieces"], spans(one["serials"]), one["state"]]
                for one in row["discrepancies"]
            ],
            text=["serials"],
            words={"kind": Vocabulary.DIFFERENCE, "state": Vocabulary.DISPUTE},
            empty="",
        )
    out.print()
    places = sorted(row["places"].items())
    show_rows("Where they are", ["place", "pieces"], places, words={"place": Vocabulary.PLACE}, empty="Nowhere.")
