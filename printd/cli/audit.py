"""printd audit: prove the log, with or without the daemon; it only reads."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING, Annotated, TypedDict
from zoneinfo import ZoneInfo

import typer

from printd.books import closings, heads, kept, seals
from printd.books.cosigned import contradictions, in_words, unheld
from printd.books.cosigned import differ as cosignatures_differ
from printd.books.cosigned import show as show_cosigned
from printd.books.proof import generations_differ, heads_differ, prove
from printd.books.replay import Difference, compare
from printd.cli import exporting, packing, proving, vkeys
from printd.cli.common import By, Json, With, answer, folder, signed
from printd.cli.cosigned import cosigned
from printd.cli.output import out, progress, show_facts
from printd.cli.papers import papers
from printd.cli.witness import witness
from printd.errors import Refused
from printd.ledger.notes import Verifier
from printd.ledger.verify import Problem, Report
from printd.projections.kinds import PROJECTIONS
from printd.shop.config import CONFIG_NAME, load
from printd.shop.shop import database_url, witnesses
from printd.store import clock_jumps, generations, log, rules
from printd.store.engine import Store
from printd.store.rows import Connection
from printd.words.moments import moment, parse

if TYPE_CHECKING:
    from printd.desk.going_on import GoesOn

app = typer.Typer()
app.command("export")(exporting.export)
app.command("prove")(proving.prove)
app.command("papers")(papers)
app.command("pack")(packing.pack)

_SHOWN = 20
_TAIL_SECONDS = 300.0
"""Age from which a tail that nobody signed is none of a shop at work, where that signs more often."""

_AHEAD_SECONDS = 300.0
"""How far two clocks may differ: the shop's, and that of whoever verifies."""


class Wrong(TypedDict):
    """Something in the log that does not prove itself, and at which entry; ``None``: at none of them."""

    kind: str
    entry: int | None
    message: str


class Tail(TypedDict):
    """Entries beyond the last good checkpoint: how many, when the first was written, how many seconds ago that is."""

    entries: int
    since: str
    seconds: int


class Verified(TypedDict):
    """What the proof of a log found.

    ``signed`` is the size of the last good checkpoint, up to which the log is proved, ``compared`` how many checkpoints
    that are kept elsewhere were held against it, ``signatures`` how many of people are good under entries.
    """

    verified: bool
    entries: int
    root: str | None
    checkpoints: int
    signed: int
    signatures: int
    tail: Tail | None
    compared: int
    notes: list[str]
    problems: list[Wrong]


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
    seen = shop / heads.SEEN_NAME
    found = [heads.find(str(seen))] if seen.exists() else []  # before the database, which is written first
    brought = [heads.find(one) for one in against or ()]
    office = ZoneInfo(config.office.timezone)
    policy = witnesses(config, verifier)
    store = Store.open(database_url(shop, config))
    try:
        with store.reading() as connection, progress() as bar:
            task = bar.add_task("entries", total=max(0, log.frontier_as_stored(connection)[0]))
            report = prove(connection, verifier.vkey, lambda count: bar.update(task, completed=count))
            retired = [Verifier.from_vkey(one.log_key) for one in report.ended]
            own, foreign = _own([verifier, *retired], found)
            held = [*own, *(heads.opened(one, [verifier, *retired]) for one in brought)]
            held += contradictions(store, verifier)
            differ, incomparable = heads_differ(connection, report, held)
            differ += generations_differ(connection, report)
            differ += cosignatures_differ(connection, [one.key for one in policy.witnesses], [verifier, *retired])
            differ += _days_missing(connection)
            differ += unheld(connection, policy, datetime.now(UTC))
            held_by = [in_words(show_cosigned(connection, policy), office)] if policy.witnesses else []
            told = [*notes(connection, office), *held_by, *incomparable]
        lacks = None if foreign else kept.lacking(store, shop, verifier, retired)
    finally:
        store.close()
    now = datetime.now(UTC)
    tail = _tail(report, now)
    problems = [*report.problems, *foreign, *differ, *_of_time(report, now, tail, config.log.checkpoint_seconds)]
    if lacks is not None and report.signed_size:  # without a good checkpoint that is said already
        problems.append(Problem("checkpoint_missing", None, lacks.what))
    result: Verified = {
        "verified": not problems,
        "entries": report.size,
        "root": report.root.hex() if report.root is not None else None,
        "checkpoints": report.checkpoints_verified,
        "signed": report.signed_size,
        "signatures": report.signatures,
        "tail": tail,
        "compared": len(held),
        "notes": told,
        "problems": [{"kind": one.kind, "entry": one.seq, "message": one.message} for one in problems],
    }
    answer(as_json, result, lambda done: _show_verified(done, office))
    if problems:
        raise typer.Exit(1)


def _days_missing(connection: Connection) -> list[Problem]:
    """Return where the log goes on although a day before has no closing."""
    return [
        Problem("day_missing", seq, f"{len(days)} days have no closing, from {days[0]} on, and the log goes on here")
        for seq, days in closings.unclosed(log.entries(connection))
    ]


def _own(keys_: list[Verifier], found: list[heads.Named]) -> tuple[list[heads.Head], list[Problem]]:
    """Return the checkpoint that the shop's folder keeps, or what is wrong with it."""
    try:
        return [heads.opened(one, keys_) for one in found], []
    except Refused as foreign:
        message = f"the checkpoint in {found[0].source} is not this log's: {foreign.why.rstrip('.')}"
        return [], [Problem("head_note", None, message)]


def _tail(report: Report, now: datetime) -> Tail | None:
    """Return what lies beyond the last good checkpoint; ``None``: nothing."""
    if not report.tail or report.tail_at is None:
        return None
    try:
        seconds = max(0, round((now - parse(report.tail_at)).total_seconds()))
    except ValueError:  # an altered entry, which is reported
        return None
    return {"entries": report.tail, "since": report.tail_at, "seconds": seconds}


def _of_time(report: Report, now: datetime, tail: Tail | None, every: float) -> list[Problem]:
    """Return what the clock says against a log: it is ahead of it, or was not signed when it should have been.

    :param every: seconds after which the shop signs what was booked.
    """
    found = []
    if tail is not None and tail["seconds"] > max(_TAIL_SECONDS, 2 * every):
        message = (
            f"the {tail['entries']} entries from {report.signed_size} on have been there for {span(tail['seconds'])}, "
            "and no checkpoint covers them: they are not proved. The daemon, or the next act without it, signs them"
        )
        found.append(Problem("tail", None, message))
    try:
        ahead = (parse(report.last_at) - now).total_seconds() if report.last_at else 0
    except ValueError:
        ahead = 0
    if ahead > _AHEAD_SECONDS:
        message = f"entry {report.size - 1} is of {report.last_at}, which is {span(round(ahead))} from now"
        found.append(Problem("entry_time", report.size - 1, message))
    return found


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


def notes(connection: Connection, zone: tzinfo) -> list[str]:
    """Return what an auditor should know although it breaks no rule; times on the office's clock."""
    jumps = [
        (row["seq"], moment(row["before"], zone), moment(row["after"], zone)) for row in clock_jumps.jumps(connection)
    ]
    return [
        *(f"entry {seq}: the clock went back from {before} to {after}" for seq, before, after in jumps),
        *(
            f"entry {row['seq']}: {row['missing']} entries were lost; the log {row['origin']} ended there"
            for row in generations.generations(connection)
        ),
    ]


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


def span(seconds: int) -> str:
    """Return how long something took, for people."""
    if seconds < 120:
        return f"{seconds} s"
    return f"{seconds // 60:,} min" if seconds < 7200 else f"{seconds // 3600:,} h"


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
        out.print(f"- {problem}", style="red")
    if len(problems) > _SHOWN:
        out.print(f"- and {len(problems) - _SHOWN:,} more", style="red")
    out.print(bad, style="bold red")


app.command()(cosigned)
app.command()(witness)
