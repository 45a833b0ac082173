"""printd incidents: what is missing, one too many, or not what the books say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from printd.cli import choices
from printd.cli.common import By, Json, With, act, answer, minute, moment, ranges, signed, spans, timed
from printd.cli.language import said
from printd.cli.output import out, show_facts, show_rows
from printd.language.vocabularies import Vocabulary

if TYPE_CHECKING:
    from printd.desk.incidents import IncidentShown, IncidentTold

app = typer.Typer()

Note = Annotated[str, typer.Option(help="What was seen; nothing personal.")]


@app.command()
def miss(context: typer.Context, serial: str, note: Note, by: By, second: With, as_json: Json = False) -> None:
    """Book a blank or card as missing; an incident opens; two people sign."""
    two = {"by": signed(by), "second": signed(second)}
    shown: IncidentShown = act(context, "incidents.miss", serial=serial, note=note, **two)
    answer(as_json, shown, _show)


@app.command("open")
def open_(
    context: typer.Context,
    kind: Annotated[str, choices.argument(choices.INCIDENTS, "What it is")],
    note: Note,
    by: By,
    serial: Annotated[list[str] | None, typer.Option(help="What it is about: SERIAL or FIRST..LAST; repeat.")] = None,
    as_json: Json = False,
) -> None:
    """Book that something is not as it must be."""
    shown: IncidentShown = act(context, "incidents.open", kind=kind, note=note, serials=ranges(serial), by=signed(by))
    answer(as_json, shown, _show)


@app.command()
def note(
    context: typer.Context,
    incident: str,
    text: str,
    by: By,
    police_report: Annotated[str, typer.Option(help="Number of the police report.")] = "",
    reported_to: Annotated[
        list[str] | None, choices.option(choices.REPORTED_TO, "Who heard of it with this; repeat; one of")
    ] = None,
    as_json: Json = False,
) -> None:
    """Book what was done about an incident, and who heard of it."""
    what = {"incident": incident, "text": text, "police_report": police_report, "reported_to": reported_to or []}
    shown: IncidentShown = act(context, "incidents.note", by=signed(by), **what)
    answer(as_json, shown, _show)


@app.command()
def close(
    context: typer.Context,
    incident: str,
    outcome: Annotated[str, typer.Argument(help="What came of it.")],
    by: By,
    second: With,
    as_json: Json = False,
) -> None:
    """Close an incident; two people sign."""
    two = {"by": signed(by), "second": signed(second)}
    shown: IncidentShown = act(context, "incidents.close", incident=incident, outcome=outcome, **two)
    answer(as_json, shown, _show)


@app.command("list")
def list_(context: typer.Context, as_json: Json = False) -> None:
    """List all incidents."""

    def show_it(rows: list[IncidentTold]) -> None:
        show_rows(
            timed("Incidents"),
            ["incident", "kind", "state", "pieces", "serials", "opened", "by", "report by", "note"],
            [
                [
                    one["id"],
                    one["kind"],
                    one["state"],
                    one["pieces"],
                    spans(one["serials"]),
                    minute(one["opened_at"]),
                    one["opened_by"] or "the printer",
                    _due(one),
                    one["note"],
                ]
                for one in rows
            ],
            text=["serials", "note"],
            words={"kind": Vocabulary.INCIDENT, "state": Vocabulary.DISPUTE},
            empty="No incident was booked.",
        )

    answer(as_json, act(context, "incidents.list"), show_it)


@app.command()
def show(context: typer.Context, incident: str, as_json: Json = False) -> None:
    """Show an incident and what was done about it."""
    shown: IncidentShown = act(context, "incidents.show", incident=incident)
    answer(as_json, shown, _show)


def _due(one: IncidentTold) -> str:
    """Return by when it must be reported, or that it was."""
    if one["report_by"] is None:
        return "unknown"
    if None not in one["reported"].values():
        return "reported"
    return f"{minute(one['report_by'])}{', overdue' * one['overdue']}"


def _last_event(one: IncidentTold) -> str | None:
    last = one["last_event"]
    if "at" not in last:
        return None
    ways = (said(Vocabulary.PLACE, last[end]) for end in ("source", "target"))
    return f"{moment(last['at'])}: {' -> '.join(ways)} (entry {last['seq']})"


def _show(one: IncidentShown) -> None:
    show_facts(
        {
            "incident": one["id"],
            "kind": one["kind"],
            "state": one["state"],
            "serials": spans(one["serials"]),
            "opened": f"{moment(one['opened_at'])} by {one['opened_by'] or 'the printer'}",
            "note": one["note"],
            "last event": _last_event(one),
            "report by": f"{moment(one['report_by'])}{', overdue' * one['overdue']}" if one["report_by"] else "unknown",
            **{
                f"reported to {said(Vocabulary.HEARS, who)}": moment(at) if at else "not yet"
                for who, at in one["reported"].items()
            },
            "police report": one["police_report"],
            "outcome": one["outcome"],
        },
        words={"kind": Vocabulary.INCIDENT, "state": Vocabulary.DISPUTE},
    )
    for step in one["notes"]:
        heard = ", ".join(said(Vocabulary.HEARS, who) for who in step["reported_to"])
        told = f" (reported to {heard})" if heard else ""
        out.print(f"  {moment(step['at'])}  {step['by']}: {step['text']}{told}")
