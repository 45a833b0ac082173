"""printd printers: the machines of the shop."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from printd.cli.common import By, Json, act, answer
from printd.cli.output import out, show_rows

app = typer.Typer(no_args_is_help=True, help="The machines: discover, add, list, pause, resume, test, trace.")


@app.command()
def discover(
    context: typer.Context,
    tcp: Annotated[list[str] | None, typer.Option(help="HOST:PORT of a network printer; repeat.")] = None,
    as_json: Json = False,
) -> None:
    """List what may be a card printer, best fit first; nothing is printed. Score 100: it says so itself."""
    answer(
        as_json,
        act(context, "printers.discover", tcp=tcp or []),
        lambda rows: show_rows(
            "Found",
            ["wire", "address", "serial number", "family", "model", "score", "says", "in the books as", "remark"],
            [
                [
                    row["wire"],
                    row["uri"],
                    row["serial_number"],
                    row["family"],
                    row["model"],
                    row["score"],
                    row["says"],
                    row["name"],
                    row["why"],
                ]
                for row in sorted(rows, key=lambda row: -row["score"])
            ],
            text=["says", "remark"],
            empty="No card printer is connected and switched on. A network printer: --tcp HOST:PORT",
        ),
    )


@app.command()
def add(
    context: typer.Context,
    name: str,
    uri: Annotated[str, typer.Argument(help="usb://VENDOR/SERIAL, serial:/dev/ttyUSB0 or tcp://HOST:PORT")],
    by: By,
    model: Annotated[str, typer.Option(help="Model, e.g. primacy.")] = "primacy",
    family: Annotated[str, typer.Option(help="Printer language, e.g. evolis.")] = "evolis",
    as_json: Json = False,
) -> None:
    """Ask a printer who it is and book it; it starts paused."""
    answer(
        as_json,
        act(context, "printers.add", name=name, uri=uri, model=model, family=family, by=by),
        lambda row: out.print(
            f"{row['name']} is the {row['model']} with serial number {row['serial_number']}. It is paused; "
            f"load blanks, then: printd printers resume {row['name']}"
        ),
    )


@app.command("list")
def list_(context: typer.Context, as_json: Json = False) -> None:
    """List all printers and what they do now."""
    answer(
        as_json,
        act(context, "printers.list"),
        lambda rows: show_rows(
            "Printers",
            ["printer", "model", "serial number", "state", "reasons", "blanks", "operator", "message"],
            [
                [
                    row["name"],
                    row["model"],
                    row["serial_number"],
                    row["state"],
                    row["reasons"],
                    row["blanks"],
                    row["operator"],
                    row["message"],
                ]
                for row in rows
            ],
            text=["message", "reasons"],
            empty="No printers yet. Find one with: printd printers discover",
        ),
    )


@app.command()
def pause(
    context: typer.Context,
    name: str,
    by: By,
    why: Annotated[str, typer.Option(help="Kept with the pause.")] = "paused by an operator",
    as_json: Json = False,
) -> None:
    """Stop a printer after the card under way."""
    answer(
        as_json, act(context, "printers.pause", name=name, by=by, why=why), lambda row: out.print(f"{name} is paused.")
    )


@app.command()
def resume(context: typer.Context, name: str, by: By, as_json: Json = False) -> None:
    """Let a printer work; its attempts carry your name."""
    answer(as_json, act(context, "printers.resume", name=name, by=by), lambda row: out.print(f"{name} works for {by}."))


@app.command("test")
def ask(context: typer.Context, name: str, by: By, as_json: Json = False) -> None:
    """Ask a paused printer everything that moves no card; keep the dialogue. Exit 1 where something is not good."""
    result = act(context, "technician.test", name=name, by=by)

    def show_it(told: dict[str, Any]) -> None:
        show_rows(
            f"{told['printer']} ({told['family']} {told['model']})",
            ["step", "result", "says"],
            [[one["step"], "good" if one["good"] else "not good", one["says"]] for one in told["steps"]],
            text=["says"],
            empty="",
        )
        out.print(f"What went over the wire: {told['trace']}", soft_wrap=True)

    answer(as_json, result, show_it)
    if not result["good"]:
        raise typer.Exit(1)


@app.command()
def trace(
    context: typer.Context,
    name: str,
    by: By,
    stop: Annotated[bool, typer.Option("--stop", help="End it.")] = False,
    as_json: Json = False,
) -> None:
    """Keep what goes over a printer's wire while it works; of a card's panels only digests are kept."""
    result = act(context, "technician.trace", name=name, on=not stop, by=by)
    answer(
        as_json,
        result,
        lambda told: out.print(
            f"The trace of {name} has ended; see {told['folder']}"
            if stop
            else f"From its next connection on, which begins now, {name} is traced in {told['folder']}",
            soft_wrap=True,
        ),
    )
