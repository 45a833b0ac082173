"""printd deliveries: what the province sends."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path
from typing import Annotated, Any

import typer

from printd.cli.common import By, Json, With, act, answer, signed
from printd.cli.output import out, show_facts, show_rows
from printd.custody.manifest import MAX_BYTES
from printd.errors import Refused

app = typer.Typer(no_args_is_help=True, help="What the province sends: announce, receive, list, show.")


@app.command()
def announce(
    context: typer.Context,
    manifest: Annotated[Path, typer.Argument(help="Manifest of the province, .json or .csv.")],
    by: By,
    as_json: Json = False,
) -> None:
    """Book a manifest; its blanks are on the way from now on."""
    try:
        with manifest.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as missing:
        raise Refused(f"The manifest {manifest} cannot be read.", why=f"{missing.strerror}.") from missing
    result = act(context, "deliveries.announce", name=manifest.name, content=b64encode(content).decode("ascii"), by=by)
    answer(as_json, result, _show)


@app.command()
def receive(context: typer.Context, delivery: str, by: By, second: With, as_json: Json = False) -> None:
    """Take a delivery into the store; two people sign."""
    result = act(context, "deliveries.receive", delivery=delivery, by=signed(by), second=signed(second))
    answer(as_json, result, _show)


@app.command("list")
def list_(context: typer.Context, as_json: Json = False) -> None:
    """List all deliveries."""
    answer(
        as_json,
        act(context, "deliveries.list"),
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
            empty="No deliveries yet. Announce one with: printd deliveries announce FILE",
        ),
    )


@app.command()
def show(context: typer.Context, delivery: str, as_json: Json = False) -> None:
    """Show a delivery, its cartons and where its blanks are."""
    answer(as_json, act(context, "deliveries.show", delivery=delivery), _show)


def _show(row: dict[str, Any]) -> None:
    show_facts(
        {
            "delivery": row["id"],
            "state": row["state"],
            "pieces": row["announced"],
            "stock type": f"{row['stock_type']}, generation {row['generation']}",
            "handover record": f"{row['bast_number']} of {row['bast_date']}",
            "announced": f"{row['announced_at']} by {row['announced_by']}",
            "received": f"{row['received_at']} by {row['received_by']} and {row['received_with']}"
            if row["received_at"]
            else "not yet",
        }
    )
    if row["cartons"]:
        out.print()
        show_rows(
            "Cartons",
            ["carton", "first", "last", "pieces"],
            [[one["carton"], one["first"], one["last"], one["pieces"]] for one in row["cartons"]],
            empty="",
        )
    out.print()
    show_rows("Where they are", ["place", "pieces"], sorted(row["places"].items()), empty="Nowhere.")
