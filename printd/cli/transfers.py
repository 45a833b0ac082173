"""printd transfers: blanks sent to other sites and back, loans, giving back."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from printd.cli import choices, officials
from printd.cli.common import (
    By,
    Json,
    With,
    act,
    answer,
    minute,
    moment,
    ranges,
    read_file,
    signed,
    spans,
    timed,
)
from printd.cli.language import place
from printd.cli.output import out, show_facts, show_rows
from printd.language.vocabularies import Vocabulary

if TYPE_CHECKING:
    from printd.desk.transfers import Acknowledged, Carrier, GivenBack, Receipt, Sent, TransferShown, TransferTold

app = typer.Typer()


@app.command()
def send(
    context: typer.Context,
    to: Annotated[str, typer.Argument(help="Site, or store for blanks that come back.")],
    carrier: Annotated[str, typer.Option(help="Who carries it; the name is sealed.")],
    document: Annotated[str, typer.Option(help="Number of the handover record.")],
    by: By,
    second: With,
    pieces: Annotated[int | None, typer.Option(min=1, help="How many, lowest serials first.")] = None,
    serial: Annotated[list[str] | None, typer.Option(help="SERIAL or FIRST..LAST instead; repeat.")] = None,
    stock_type: choices.StockType = "WNI",
    seal: Annotated[list[str] | None, typer.Option(help="Number of a seal; repeat.")] = None,
    due_back: Annotated[str | None, typer.Option(help="A loan, until YYYY-MM-DD.")] = None,
    from_site: Annotated[str | None, typer.Option(help="Site that sends them back.")] = None,
    purpose: Annotated[str | None, typer.Option(help="For what the site gets them, in words.")] = None,
    giver: Annotated[
        list[str] | None, typer.Option(help=f"Who of the site sends them back: {officials.OFFICIAL}; repeat.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Send blanks; two people sign. The sealed manifest for the other side lies beside the act."""
    what = {"to": to, "carrier": carrier, "document": document, "pieces": pieces, "stock_type": stock_type}
    more = {"serials": ranges(serial) or None, "seals": seal or [], "due_back": due_back, "from_site": from_site}
    told = {"purpose": purpose, "givers": officials.officials(giver)}
    two = {"by": signed(by), "second": signed(second)}
    sent: Sent = act(context, "transfers.send", **what, **more, **told, **two)
    answer(as_json, sent, _show_with_papers)


@app.command()
def acknowledge(
    context: typer.Context,
    transfer: str,
    by: By,
    second: With,
    document: Annotated[str, typer.Option(help="Number of the other side's paper.")] = "",
    pieces: Annotated[int | None, typer.Option(min=0, help="How many arrived.")] = None,
    serial: Annotated[list[str] | None, typer.Option(help="What arrived: SERIAL or FIRST..LAST; repeat.")] = None,
    signer: Annotated[
        list[str] | None, typer.Option(help=f"Who signed for it there: {officials.OFFICIAL}; repeat.")
    ] = None,
    day: Annotated[str | None, typer.Option(help="Of the other side's paper, YYYY-MM-DD.")] = None,
    seal: Annotated[list[str] | None, typer.Option(help=f"As it arrived: {officials.SEAL}; repeat.")] = None,
    signed_note: Annotated[Path | None, typer.Option(help="File of the other side's signed note instead.")] = None,
    as_json: Json = False,
) -> None:
    """Book the other side's acknowledgement, from paper or from its signed note; two people sign."""
    two = {"by": signed(by), "second": signed(second)}
    result: Acknowledged
    if signed_note is not None:
        if signer or day or seal:
            raise typer.BadParameter("A signed note says itself who received it, when, and how the seals were.")
        content = b64encode(read_file(signed_note)).decode("ascii")
        result = act(context, "transfers.acknowledge_signed", transfer=transfer, content=content, **two)
    else:
        what = {"document": document, "pieces": pieces, "serials": ranges(serial) or None}
        told = {
            "receivers": officials.officials(signer),
            "received_on": day,
            "seals": officials.seals(seal),
        }
        result = act(context, "transfers.acknowledge", transfer=transfer, **what, **told, **two)
    answer(as_json, result, _show_with_papers)


@app.command()
def receipt(context: typer.Context, delivery: str, by: By, as_json: Json = False) -> None:
    """Write our signed acknowledgement of a received delivery."""
    result: Receipt = act(context, "transfers.receipt", delivery=delivery, by=signed(by))
    answer(as_json, result, lambda one: out.print(one["file"]))


@app.command("give-back")
def give_back(
    context: typer.Context,
    serial: Annotated[list[str], typer.Option(help="SERIAL or FIRST..LAST; repeat.")],
    document: Annotated[str, typer.Option(help="Number of the paper.")],
    by: By,
    second: With,
    as_json: Json = False,
) -> None:
    """Give blanks of the store back to the province; two people sign."""
    two = {"by": signed(by), "second": signed(second)}
    result: GivenBack = act(context, "transfers.give_back", serials=ranges(serial), document=document, **two)
    answer(as_json, result, lambda one: out.print(f"Given back: {spans(one['serials'])} (entry {one['entry']})."))


@app.command("list")
def list_(context: typer.Context, as_json: Json = False) -> None:
    """List all transfers."""

    def show_it(rows: list[TransferTold]) -> None:
        show_rows(
            timed("Transfers"),
            ["transfer", "state", "from", "to", "pieces", "sent", "age, days", "late", "due back"],
            [
                [
                    one["id"],
                    one["state"],
                    one["source"],
                    one["target"],
                    one["pieces"],
                    minute(one["sent_at"]),
                    one["age_days"],
                    "late" if one["late"] else "overdue" if one["overdue"] else "",
                    one["due_back"],
                ]
                for one in rows
            ],
            words={"state": Vocabulary.TRANSFER, **dict.fromkeys(("from", "to"), Vocabulary.PLACE)},
            empty="Nothing was sent yet.",
        )

    answer(as_json, act(context, "transfers.list"), show_it)


@app.command()
def show(context: typer.Context, transfer: str, as_json: Json = False) -> None:
    """Show a transfer."""
    shown: TransferShown = act(context, "transfers.show", transfer=transfer)
    answer(as_json, shown, _show)


@app.command()
def carrier(context: typer.Context, transfer: str, by: By, as_json: Json = False) -> None:
    """Show who carries a transfer; a supervisor asks, and that is booked."""
    result: Carrier = act(context, "transfers.carrier", transfer=transfer, by=signed(by))
    answer(as_json, result, lambda one: out.print(one["carrier"]))


def _show_with_papers(one: Sent) -> None:
    _show(one)
    for path in (one["files"] or {}).values():
        out.print(path)


def _show(one: TransferShown) -> None:
    show_facts(
        {
            "transfer": one["id"],
            "state": one["state"],
            "way": f"{place(one['source'])} to {place(one['target'])}",
            "pieces": one["pieces"],
            "serials": spans(one["serials"]),
            "document": one["document"],
            "seals": one["seals"] or None,
            "due back": one["due_back"],
            "sent": f"{moment(one['sent_at'])} by {one['sent_by']} and {one['sent_with']}",
            "acknowledged": f"{moment(one['acknowledged_at'])}, {one['acknowledgement']}"
            if one["acknowledged_at"]
            else None,
            "received by": ", ".join(person["name"] for person in one["receivers"]) or None,
            "purpose": one["purpose"],
        },
        words={"state": Vocabulary.TRANSFER},
    )
