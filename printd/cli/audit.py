"""printd audit: prove the log, with or without the daemon; it only reads."""

from __future__ import annotations

from datetime import tzinfo
from typing import TYPE_CHECKING, Annotated, TypedDict
from zoneinfo import ZoneInfo

import typer

from printd.books import heads, seals
from printd.books.replay import Difference, compare
from printd.cli import exporting, packing, proving, vkeys
from printd.cli.common import By, Json, With, answer, folder, in_office_time, signed
from printd.cli.cosigned import cosigned
from printd.cli.output import out, progress, show_facts
from printd.cli.papers import papers
from printd.cli.verified import Verified, check, span
from printd.cli.whole import audit
from printd.cli.witness import witness
from printd.projections.kinds import PROJECTIONS
from printd.shop.config import CONFIG_NAME, load
from printd.shop.shop import database_url
from printd.store import log, rules
from printd.store.engine import Store
from printd.words.moments import moment

if TYPE_CHECKING:
    from printd.desk.going_on import GoesOn

app = typer.Typer()
app.callback(invoke_without_command=True)(audit)
app.command("export")(exporting.export)
app.command("prove")(proving.prove)
app.command("papers")(papers)
app.command("pack")(packing.pack)

_SHOWN = 20


class Differs(TypedDict):
    """A table that says something else than the log."""

    table: str
    message: str


class Replayed(TypedDict):
    """What a replay found."""

    equal: bool
    entries: int
    rows: int
    differences: list[Differs]


@app.command()
def verify(
    context: typer.Context,
    vkey: vkeys.Vkey = None,
    against: Annotated[
        list[str] | None,
        typer.Option(
            help="Checkpoint that the log must have: a signed note, the folder of a backup or export, or SIZE:ROOT."
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Check entries, who signed them, stored hashes, checkpoints and those kept elsewhere; exit 1: not proved."""
    shop = folder(context)
    config = load(shop / CONFIG_NAME)
    verifier = vkeys.verifier(context, vkey)
    brought = [heads.find(one) for one in against or ()]
    office = ZoneInfo(config.office.timezone)
    store = Store.open(database_url(shop, config))
    try:
        with progress() as bar:
            task = bar.add_task("entries", total=None)
            result = check(
                shop, store, config, verifier, brought, lambda done, of: bar.update(task, completed=done, total=of)
            )
    finally:
        store.close()
    answer(as_json, result, lambda done: _show_verified(done, office))
    if result["problems"]:
        raise typer.Exit(1)


@app.command()
def replay(context: typer.Context, as_json: Json = False) -> None:
    """Rebuild all tables from the entries alone and compare them, what lies sealed, the rules; exit 1: they differ."""
    shop = folder(context)
    store = Store.open(database_url(shop, load(shop / CONFIG_NAME)))
    try:
        with store.reading() as connection, progress() as bar:
            task = bar.add_task("entries", total=log.frontier(connection).size)
            found = compare(connection, PROJECTIONS, lambda count: bar.update(task, completed=count))
            sealed = [Difference("sealed", message) for message in seals.check(connection)]
            lacks = [Difference("rules", message) for message in rules.differences(connection)]
    finally:
        store.close()
    differences = (*found.differences, *sealed, *lacks)
    result: Replayed = {
        "equal": not differences,
        "entries": found.entries,
        "rows": found.rows,
        "differences": [{"table": one.table, "message": one.message} for one in differences],
    }
    answer(as_json, result, _show_replayed)
    if differences:
        raise typer.Exit(1)


@app.command("go-on")
def go_on(
    context: typer.Context,
    by: By,
    second: With,
    against: Annotated[
        list[str] | None,
        typer.Option(
            help="Newest checkpoint that you hold: a signed note, the folder of a backup or export, or SIZE:ROOT."
        ),
    ] = None,
    origin: Annotated[
        str | None, typer.Option(help="Name of the log's next generation, where entries are lost for good.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Say how a shop goes on that was restored or lacks checkpoints, signed by two: nothing is missing, or what is."""
    from printd.desk import going_on
    from printd.desk.desk import Desk
    from printd.desk.proofs import Person
    from printd.shop.lock import locked
    from printd.shop.shop import Shop

    with locked(folder(context)):
        if going_on.finish(folder(context)):
            answer(as_json, {"finished": True}, lambda _done: out.print("The change that was interrupted is complete."))
            return
        shop = Shop.open(folder(context))
        try:
            signers = [Person.model_validate(signed(name)) for name in (by, second)]
            done = going_on.go_on(Desk(shop), signers[0], signers[1], against or (), origin)
        finally:
            shop.close()
    answer(as_json, done, _show_going_on)


def _show_going_on(done: GoesOn) -> None:
    show_facts({"log": done["origin"], "entries lost": done["missing"], "attempts in doubt": done["in_doubt"]})
    out.print(
        "Every printer is paused and every queued job held. Count the blanks, look at the cards that are there, then "
        "release jobs and resume printers one by one (docs/operation.md)."
    )
    if done["missing"]:
        out.print(
            "The log has a new name and a new key: give keys/log.vkey to the auditor, and back the keys up again."
        )


def _show_verified(result: Verified, zone: tzinfo) -> None:
    show_facts(
        {
            "entries": result["entries"],
            "root": result["root"] or "unknown: entries are missing",
            "checkpoints": f"{result['checkpoints']} with good signatures, the last over {result['signed']:,} entries",
            "people": f"{result['signatures']:,} good signatures under entries",
            "kept elsewhere": f"{result['compared']} compared",
        }
    )
    for note in result["notes"]:
        out.print(f"- {note}", style="yellow")
    tail = result["tail"]
    good = "The log proves itself."
    if tail is not None:
        since = f"since {moment(tail['since'], zone)}, {span(tail['seconds'])}"
        good = (
            f"The log proves itself up to entry {result['signed'] - 1:,}. The {tail['entries']:,} after it ({since}) "
            "are not proved: no checkpoint covers them yet."
        )
    bad = "The log does not prove itself. Stop, and call the auditor."
    if {one["kind"] for one in result["problems"]} == {"tail"}:
        bad = f"The log proves itself up to entry {result['signed'] - 1:,}, and not beyond."
    _verdict([one["message"] for one in result["problems"]], good, bad)


def _show_replayed(result: Replayed) -> None:
    show_facts({"entries replayed": result["entries"], "rows compared": result["rows"]})
    _verdict(
        [f"{one['table']}: {one['message']}" for one in result["differences"]],
        "The tables say what the log says.",
        "The tables differ from the log. Stop, and call the auditor.",
    )


def _verdict(problems: list[str], good: str, bad: str) -> None:
    if not problems:
        out.print(good, style="bold green")
        return
    for problem in problems[:_SHOWN]:
        out.print(f"- {in_office_time(problem)}", style="red")
    if len(problems) > _SHOWN:
        out.print(f"- and {len(problems) - _SHOWN:,} more", style="red")
    out.print(bad, style="bold red")


app.command()(cosigned)
app.command()(witness)
