"""printd reports: the registers an office owes, as PDF, CSV and JSON."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from printd.cli import choices, vkeys
from printd.cli.common import By, Json, With, act, answer, signed, timed
from printd.cli.output import out, show_rows
from printd.errors import Refused
from printd.language.vocabularies import Vocabulary

if TYPE_CHECKING:
    from printd.desk.holders import Named
    from printd.desk.papers import Papers
    from printd.desk.reports import ReportListed, ReportMade
    from printd.reports.document import DocumentTold

app = typer.Typer()

First = Annotated[str, typer.Option("--from", help="First day, YYYY-MM-DD.")]
Last = Annotated[str, typer.Option("--to", help="Last day, YYYY-MM-DD.")]
Log = Annotated[Path | None, typer.Option(help="Folder of an exported log: compute it from that alone.")]
Site = Annotated[str, typer.Option(help="Of one site only.")]


@app.command("list")
def list_(context: typer.Context, as_json: Json = False) -> None:
    """List all reports."""
    rows: list[ReportListed] = act(context, "reports.list")
    answer(
        as_json,
        rows,
        lambda told: show_rows(
            "Reports",
            ["report", "Indonesian", "English"],
            [[one["report"], one["title"], one["english"]] for one in told],
            empty="",
        ),
    )


@app.command()
def names(
    context: typer.Context,
    report: Annotated[str, choices.argument(choices.REPORTS_BY_NAME, "Which")],
    first: First,
    last: Last,
    by: By,
    site: Site = "",
    as_json: Json = False,
) -> None:
    """Show a register with NIK and name; a supervisor asks, and that is booked."""
    result: Named = act(context, "holders.names", name=report, first=first, last=last, site=site, by=signed(by))
    answer(as_json, result, _show_names)


@app.command()
def addresses(
    context: typer.Context, first: First, last: Last, by: By, second: With, site: Site = "", as_json: Json = False
) -> None:
    """Show R8 with NIK, name and address; two people open them, one of them a supervisor, and that is booked."""
    two = {"by": signed(by), "second": signed(second)}
    result: Named = act(context, "holders.addresses", first=first, last=last, site=site, **two)
    answer(as_json, result, _show_names)


@app.command("act")
def act_again(
    context: typer.Context,
    kind: Annotated[str, choices.argument(choices.PAPERS, "Of what")],
    name: Annotated[str, typer.Argument(help="Its name in the books; of a hand-over the job or its blank.")],
    by: By,
    as_json: Json = False,
) -> None:
    """Write the paper of an act: where it had one, as a copy that says so. It is booked, and who asked for it signs."""

    def show_it(told: Papers) -> None:
        for path in told["files"].values():
            out.print(path, soft_wrap=True)

    made: Papers = act(context, "papers.again", kind=kind, name=name, by=signed(by))
    answer(as_json, made, show_it)


def _show_names(told: Named) -> None:
    rows = told["rows"]
    kept = [key for key in ("no", "at", "printed", "handed_over", "issued_on", "serial", "cause", "result")
            if any(key in row for row in rows)]  # fmt: skip
    columns = [*kept, "nik", "name", *(["address"] if any("address" in row for row in rows) else [])]
    show_rows(
        timed("By name"),
        columns,
        [[row.get(key) for key in columns] for row in rows],
        text=["name", "address"],
        words={"cause": Vocabulary.INVALID, "result": Vocabulary.ATTEMPT},
        empty="Nobody in this period.",
    )


def _command(name: str) -> None:
    @app.command(name, help=f"{choices.REPORTS[name]}.")
    def one(
        context: typer.Context,
        first: First,
        last: Last,
        site: Site = "",
        log: Log = None,
        vkey: vkeys.Vkey = None,
        as_json: Json = False,
    ) -> None:
        if log is not None:
            from printd.reports import from_log
            from printd.reports.acts import to_json

            key = vkeys.verifier(context, vkey)
            document, _ = from_log.build(log, key, name, _day(first), _day(last), site)
            told: DocumentTold = json.loads(to_json(document))
            answer(as_json, told, _show)
            return
        result: ReportMade = act(context, "reports.report", name=name, first=first, last=last, site=site)
        answer(as_json, result, _show_made)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as wrong:
        raise Refused(f"{text[:20]!r} is not a day.", remedy="Write YYYY-MM-DD.") from wrong


def _show(told: DocumentTold) -> None:
    first, last = told["period"] or ("", "")
    out.print(f"{told['title']}, {first} to {last}", style="bold")
    for table in told["tables"]:
        out.print(f"  {table['title']}: {len(table['rows']):,} rows")


def _show_made(told: ReportMade) -> None:
    _show(told)
    for path in told["files"].values():
        out.print(path, soft_wrap=True)


for _name in choices.REPORTS:
    _command(_name)
