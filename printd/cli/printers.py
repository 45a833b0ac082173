"""printd printers: the machines of the shop."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from printd.cli import choices
from printd.cli.common import (
    All,
    By,
    Json,
    Limit,
    MaybeWith,
    With,
    act,
    answer,
    folder,
    limit_of,
    minute,
    moment,
    read_file,
    signed,
    timed,
)
from printd.cli.language import said
from printd.cli.output import out, show_rows
from printd.client import client
from printd.errors import Refused
from printd.language.vocabularies import Vocabulary
from printd.words.states import TestPrintState

if TYPE_CHECKING:
    from printd.desk.calibration import Calibrated, CalibrationShown
    from printd.desk.printers import Added, Drained, Found, PrinterShown, Resumed
    from printd.desk.technician import Tested, Tracing
    from printd.desk.test_prints import TestPrintList, TestPrintMade, TestPrintShown

_CARD_SECONDS = 900.0
"""A card may take ``card_seconds``, at most 600, and what is asked before and after it."""

app = typer.Typer()

Printer = Annotated[str, typer.Argument(metavar="printer")]


@app.command()
def discover(
    context: typer.Context,
    tcp: Annotated[list[str] | None, typer.Option(help="HOST:PORT of a network printer; repeat.")] = None,
    as_json: Json = False,
) -> None:
    """List what may be a card printer, best fit first; nothing is printed. Score 100: it says so itself."""
    answer(as_json, act(context, "printers.discover", tcp=tcp or []), _show_found)


@app.command()
def add(
    context: typer.Context,
    name: Printer,
    by: By,
    second: With,
    uri: Annotated[
        str,
        typer.Argument(
            help="usb://VENDOR/SERIAL, serial:/dev/ttyUSB0, tcp://HOST:PORT, cups://HOST/QUEUE or picture:/FOLDER; "
            "without one, in a practice shop, cards become pictures in its folder printed/PRINTER"
        ),
    ] = "",
    model: Annotated[str, typer.Option(help="Model, e.g. primacy.")] = "",
    family: Annotated[
        str,
        typer.Option(
            help="Printer language, where model and address do not say it; of printd itself: "
            f"{', '.join(choices.FAMILIES)}."
        ),
    ] = "",
    as_json: Json = False,
) -> None:
    """Ask a printer who it is and book it; two people sign. It starts paused."""
    about = {"name": name, "uri": uri, "model": model, "family": family}
    added: Added = act(context, "printers.add", by=signed(by), second=signed(second), **about)
    answer(as_json, added, _show_added)


@app.command("list")
def list_(context: typer.Context, as_json: Json = False) -> None:
    """List all printers and what they do now."""
    answer(as_json, act(context, "printers.list"), _show_list)


@app.command()
def pause(
    context: typer.Context,
    name: Printer,
    by: By,
    reason: Annotated[str, typer.Option(help="Why; kept with the pause.")] = "paused by an operator",
    as_json: Json = False,
) -> None:
    """Stop a printer after the card under way."""
    answer(
        as_json,
        act(context, "printers.pause", name=name, by=signed(by), why=reason),
        lambda row: out.print(f"{name} is paused."),
    )


@app.command()
def drain(context: typer.Context, name: Printer, by: By, as_json: Json = False) -> None:
    """Let a printer finish the card under way and take no more; it is paused then."""

    def show_it(row: Drained) -> None:
        finishes = f"finishes {row['under_way']}, then it is paused." if row["under_way"] else "is paused."
        out.print(f"{name} {finishes}")

    answer(as_json, act(context, "printers.drain", name=name, by=signed(by)), show_it)


@app.command()
def retire(context: typer.Context, name: Printer, by: By, second: With, as_json: Json = False) -> None:
    """Let a drained, emptied printer go for good. Its name and serial number are never used again."""
    answer(
        as_json,
        act(context, "printers.retire", name=name, by=signed(by), second=signed(second)),
        lambda _row: out.print(f"{name} is retired."),
    )


@app.command()
def resume(context: typer.Context, name: Printer, by: By, as_json: Json = False) -> None:
    """Let a printer work; its attempts refer to the entry that you sign."""
    who = signed(by)

    def show_it(row: Resumed) -> None:
        still = f"{name} is resumed for {who['name']} and prints nothing yet. {row['still']}"
        out.print(still if row["still"] else f"{name} works for {who['name']}.", soft_wrap=True)

    answer(as_json, act(context, "printers.resume", name=name, by=who), show_it)


@app.command("test")
def ask(
    context: typer.Context,
    name: Printer,
    by: By,
    card: Annotated[bool, typer.Option("--card", help="Print the calibration card: this takes a blank.")] = False,
    as_json: Json = False,
) -> None:
    """Ask a paused printer everything that moves no card; keep the dialogue. Exit 1 where something is not good."""
    if card:
        _print_card(context, name, by, "test", as_json)
        return
    result: Tested = act(context, "technician.test", name=name, by=signed(by))
    answer(as_json, result, _show_tested)
    if not result["good"]:
        raise typer.Exit(1)


@app.command()
def trace(
    context: typer.Context,
    name: Printer,
    by: By,
    stop: Annotated[bool, typer.Option("--stop", help="End it.")] = False,
    as_json: Json = False,
) -> None:
    """Keep what goes over a printer's wire while it works; of a card's panels only digests are kept."""

    def show_it(told: Tracing) -> None:
        ended = f"The trace of {name} has ended; see {told['folder']}"
        begun = f"From its next connection on, which begins now, {name} is traced in {told['folder']}"
        out.print(ended if stop else begun, soft_wrap=True)

    answer(as_json, act(context, "technician.trace", name=name, on=not stop, by=signed(by)), show_it)


@app.command()
def calibrate(
    context: typer.Context,
    name: Printer,
    by: By,
    shift_x: Annotated[int | None, typer.Option(help="Dots right by which resin is moved against the dyes.")] = None,
    shift_y: Annotated[int | None, typer.Option(help="Dots down by which resin is moved.")] = None,
    offset_x: Annotated[int | None, typer.Option(help="Dots right by which all is moved on the card.")] = None,
    offset_y: Annotated[int | None, typer.Option(help="Dots down by which all is moved.")] = None,
    edge: Annotated[int | None, typer.Option(help="Dots of dye that stay under resin along its edges.")] = None,
    grey: Annotated[int | None, typer.Option(help="Percent of grey made of resin; needs --dither.")] = None,
    dither: Annotated[str | None, choices.option(choices.DITHERS, "How grey becomes dots of resin")] = None,
    curve: Annotated[list[str] | None, typer.Option(help="INK=0:0,128:120,255:250; INK= for none; repeat.")] = None,
    icc: Annotated[Path | None, typer.Option(help="ICC profile of this printer with its ribbon (RGB).")] = None,
    no_icc: Annotated[bool, typer.Option("--no-icc", help="Without a profile.")] = False,
    intent: Annotated[str | None, choices.option(choices.INTENTS, "For colours that the printer cannot make")] = None,
    ribbon: Annotated[str | None, typer.Option(help="Which ribbon it was found with.")] = None,
    anew: Annotated[bool, typer.Option("--anew", help="Forget what was; begin with what is given here.")] = False,
    card: Annotated[
        bool, typer.Option("--card", help="Print the calibration card, as booked so far: this takes a blank.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Book what the calibration card told about a printer; what is not given stays. For the next card that is drawn."""
    if card:
        settings = (shift_x, shift_y, offset_x, offset_y, edge, grey, dither, curve, icc, intent, ribbon)
        if anew or no_icc or any(one is not None for one in settings):
            raise Refused(
                "Settings cannot be booked and the card printed at once.",
                consequence="Nothing was changed.",
                remedy="Book what the last card told first; then print the next one with --card alone.",
            )
        _print_card(context, name, by, "calibration", as_json)
        return
    if icc is not None and no_icc:
        raise Refused("A profile cannot be given and taken away at once.", consequence="Nothing was changed.")
    profile = None if icc is None else b64encode(read_file(icc)).decode()
    result: Calibrated = act(
        context,
        "calibration.calibrate",
        name=name,
        by=signed(by),
        shift_x=shift_x,
        shift_y=shift_y,
        offset_x=offset_x,
        offset_y=offset_y,
        edge=edge,
        grey=grey,
        dither=dither,
        curves=dict(map(_curve, curve or [])),
        icc="" if no_icc else profile,
        intent=intent,
        ribbon=ribbon,
        anew=anew,
    )
    answer(as_json, result, _show_calibrated)


@app.command()
def calibration(context: typer.Context, name: Printer, as_json: Json = False) -> None:
    """Show how a printer is calibrated."""
    answer(as_json, act(context, "calibration.show", name=name), _show_calibration)


@app.command("test-prints")
def list_test_prints(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(metavar="printer")] = None,
    limit: Limit = 200,
    everything: All = False,
    as_json: Json = False,
) -> None:
    """List the test prints of a printer, or of all, the last first."""
    answer(as_json, act(context, "test_prints.list", name=name, limit=limit_of(limit, everything)), _show_test_prints)


@app.command("settle-test")
def settle_test(
    context: typer.Context,
    name: Printer,
    by: By,
    second: MaybeWith = None,
    outcome: Annotated[
        str | None, choices.option(choices.TEST_OUTCOMES, "What the card is; without it the doubt is shown")
    ] = None,
    blank_is: Annotated[str, choices.option(choices.BLANK_IS, "For unused (hand: it goes to the shift)")] = "hand",
    note: Annotated[str, typer.Option(help="For lost: how it was looked for.")] = "",
    as_json: Json = False,
) -> None:
    """Settle a test print in doubt, with the card in hand; two people sign."""
    if outcome is None:
        told = client.call(folder(context), "test_prints.look", {"name": name, "by": signed(by)}, _CARD_SECONDS)
        answer(as_json, told, _show_test_print)
        return
    if second is None:
        raise Refused(
            "Two people settle a test print.",
            consequence="Nothing was changed.",
            remedy="The second looks at the card and signs too: --with NAME",
        )
    two = {"by": signed(by), "second": signed(second)}
    about = {"name": name, "outcome": outcome, "blank_is": blank_is, "note": note}
    answer(as_json, act(context, "test_prints.settle", **about, **two), _show_test_print)


@app.command("correct-test")
def correct_test(
    context: typer.Context,
    name: Printer,
    booked: Annotated[str, typer.Option(help="Serial of the blank that the books have for it.")],
    scan: Annotated[str, typer.Option(help="What is read on the card in hand: its serial or its chip's UID.")],
    by: By,
    second: With,
    as_json: Json = False,
) -> None:
    """Book which blank a test print is really on, after an unseen double feed; two people sign."""
    two = {"by": signed(by), "second": signed(second)}
    told: TestPrintShown = act(context, "test_prints.correct", name=name, booked=booked, serial=scan, **two)
    answer(as_json, told, _show_test_print)


def _print_card(context: typer.Context, name: str, by: str, purpose: str, as_json: bool) -> None:
    """Print the calibration card; exit 1 where it did not end by the printer's own evidence."""
    about = {"name": name, "by": signed(by), "purpose": purpose}
    told: TestPrintMade = client.call(folder(context), "test_prints.print", about, _CARD_SECONDS)
    answer(as_json, told, _show_made)
    if told["state"] == TestPrintState.IN_DOUBT:
        raise typer.Exit(1)


def _show_found(rows: list[Found]) -> None:
    show_rows(
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
    )


def _show_added(row: Added) -> None:
    out.print(
        f"{row['name']} is the {row['model']} with serial number {row['serial_number']}. It is paused; "
        + (row["unable"] or f"load blanks, then: printd printers resume {row['name']}")
    )


def _show_list(rows: list[PrinterShown]) -> None:
    show_rows(
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
        words={"state": Vocabulary.PRINTER},
        empty="No printers yet. Find one with: printd printers discover",
    )


def _show_tested(told: Tested) -> None:
    show_rows(
        f"{told['printer']} ({told['family']} {told['model']})",
        ["step", "result", "says"],
        [[one["step"], "good" if one["good"] else "not good", one["says"]] for one in told["steps"]],
        text=["says"],
        empty="",
    )
    out.print(f"What went over the wire: {told['trace']}", soft_wrap=True)


def _show_test_prints(told: TestPrintList) -> None:
    show_rows(
        timed("Test prints"),
        ["began", "printer", "blank", "purpose", "state", "operator", "settled by"],
        [
            [
                minute(row["opened_at"]),
                row["printer"],
                row["serial"],
                row["purpose"],
                row["state"],
                row["operator"],
                [one for one in (row["settled_by"], row["settled_with"]) if one],
            ]
            for row in told["test_prints"]
        ],
        words={"purpose": Vocabulary.PURPOSE, "state": Vocabulary.TEST_PRINT},
        empty="No test prints.",
        total=told["total"],
    )


def _show_test_print(told: TestPrintShown) -> None:
    means = {
        "spoiled": "The blank is spent: put the card into the spoil bin when you have read it.",
        "unused": "The blank is untouched and lies in the hopper in the books.",
        "in_doubt": f"Find the card; then two people: printd printers settle-test {told['printer']} --outcome ...",
    }
    lines = {
        "blank": told["serial"],
        "state": said(Vocabulary.TEST_PRINT, told["state"]),
        "what it means": means.get(told["state"], ""),
        "counters before": ", ".join(f"{name} {value}" for name, value in told["counters"].items()),
    }
    for number, one in enumerate(told["evidence"], start=1):
        after = ", ".join(f"{name} {value}" for name, value in one.get("after", {}).items())
        where = [f"card position: {said(Vocabulary.POSITION, one['position'])}"] if "position" in one else []
        lines[f"evidence {number}"] = "; ".join(text for text in (*one["findings"], *where, after) if text)
    show_rows(
        f"Test print of {told['printer']}", ["what", "value"], list(map(list, lines.items())), text=["value"], empty=""
    )


def _show_made(told: TestPrintMade) -> None:
    _show_test_print(told)
    out.print(f"What went over the wire: {told['trace']}", soft_wrap=True)


def _curve(text: str) -> tuple[str, list[list[int]]]:
    ink, told, points = text.partition("=")
    pairs = [pair.split(":") for pair in points.split(",") if points]
    if not told or any(len(pair) != 2 or not all(part.isascii() and part.isdigit() for part in pair) for pair in pairs):
        raise Refused(f"{text[:60]!r} is no curve.", remedy="Write INK=0:0,128:120,255:250 with INK y, m, c or k.")
    return choices.OneOf(choices.INKS)(ink), [[int(amount) for amount in pair] for pair in pairs]


def _show_calibrated(told: Calibrated) -> None:
    _show_facts(told["name"], _settings(told))


def _show_calibration(told: CalibrationShown) -> None:
    booked = f"{moment(told['at'])} by {told['by']}" if told["at"] is not None else "never"
    _show_facts(told["name"], {**_settings(told), "booked": booked})


def _show_facts(title: str, facts: dict[str, str]) -> None:
    show_rows(title, ["what", "value"], list(map(list, facts.items())), text=["value"], empty="")


def _settings(told: Calibrated) -> dict[str, str]:
    curves = (f"{ink}={','.join(f'{a}:{b}' for a, b in points)}" for ink, points in sorted(told["curves"].items()))
    return {
        "resin against dyes": "{} right, {} down".format(*told["shift"]),
        "all on the card": "{} right, {} down".format(*told["offset"]),
        "dye under edges of resin": f"{told['edge']} dots",
        "grey made of resin": f"{told['grey']} percent, dithering {told['dither']}",
        "curves": " ".join(curves) or "none",
        "ICC profile": f"{told['icc']} ({told['intent']})" if told["icc"] else "none",
        "ribbon": told["ribbon"] or "not told",
    }
