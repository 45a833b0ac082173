"""printd suket: temporary certificates until the card is printed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from printd.cli import choices
from printd.cli.common import By, Json, act, answer, asked, minute, signed, timed
from printd.cli.output import out, show_rows
from printd.language.vocabularies import Vocabulary

if TYPE_CHECKING:
    from printd.desk.suket import Issued, Sukets

app = typer.Typer()


@app.command()
def issue(
    context: typer.Context,
    issued_on: Annotated[str, typer.Option("--day", help="Day of issue, YYYY-MM-DD.")],
    status: Annotated[str, choices.option(choices.SUKET_STATUSES, "Status, as in its corner")],
    by: By,
    as_json: Json = False,
) -> None:
    """Book a certificate that was issued; the NIK is asked for, so that it stays out of the shell's history."""
    nik = asked("NIK", hidden=True)
    result: Issued = act(context, "suket.issue", nik=nik, issued_on=issued_on, status=status, by=signed(by))
    answer(as_json, result, lambda one: out.print(f"{one['suket']} is valid until {one['expires_on']}."))


@app.command("list")
def list_(
    context: typer.Context,
    state: Annotated[str | None, choices.option(choices.SUKET_STATES, "Only those in one state")] = None,
    as_json: Json = False,
) -> None:
    """List certificates without their holders."""
    told: Sukets = act(context, "suket.list", state=state)
    answer(as_json, told, _show)


def _show(told: Sukets) -> None:
    show_rows(
        timed("Certificates"),
        ["suket", "issued", "expires", "status", "state", "converted", "job"],
        [
            [
                one["id"],
                one["issued_on"],
                one["expires_on"],
                one["status"],
                one["state"],
                minute(one["converted_at"]),
                (one["job_id"] or "")[:8],
            ]
            for one in told["sukets"]
        ],
        words={"state": Vocabulary.SUKET},
        empty="No such certificates.",
    )
    out.print(f"\n{told['outstanding']:,} people wait for their card; {told['expired']:,} certificates have expired.")
