"""printd audit, without a further word: everything that can be asked of a shop's books, and one answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from printd.books import heads, seals
from printd.books.replay import Replay, compare
from printd.cli import vkeys
from printd.cli.common import Json, folder, in_office_time
from printd.cli.output import out, progress
from printd.cli.verified import check
from printd.errors import Refused
from printd.ledger.notes import Verifier
from printd.projections.kinds import PROJECTIONS
from printd.shop.config import CONFIG_NAME, Config, load
from printd.shop.shop import database_url, witnesses
from printd.store import blanks, deliveries, log, rules
from printd.store.engine import Store
from printd.store.rows import Connection
from printd.words.states import DeliveryState

if TYPE_CHECKING:
    from rich.progress import Progress

    from printd_verify.findings import Findings
    from printd_verify.verification import Report

Language = Literal["id", "en", "both"]


def audit(
    context: typer.Context,
    vkey: vkeys.Vkey = None,
    against: Annotated[
        list[str] | None,
        typer.Option(
            help="Checkpoint that the log must have: a signed note, the folder of a backup or export, or SIZE:ROOT."
        ),
    ] = None,
    language: Annotated[Language, typer.Option(help="Language of what is found.")] = "both",
    as_json: Json = False,
) -> None:
    """Prove everything: the log by both verifiers, tables, what lies sealed, sums; exit 1: not all holds."""
    if context.invoked_subcommand is not None:
        if vkey is not None or against or as_json or language != "both":
            context.fail(f"Options of audit's own stand behind {context.invoked_subcommand}.")
        return
    from printd_verify.findings import Findings
    from printd_verify.sentences import LANGUAGES, say
    from printd_verify.shown import as_json as in_json
    from printd_verify.shown import as_text

    shop = folder(context)
    config = load(shop / CONFIG_NAME)
    verifier = vkeys.verifier(context, vkey)
    brought = [heads.find(one) for one in against or ()]
    store = Store.open(database_url(shop, config))
    found = Findings()
    try:
        with progress() as bar:
            report = _proved(store, shop, config, verifier, brought, _told(bar, "log"))
            own = check(shop, store, config, verifier, brought, _told(bar, "people"))
            with store.reading() as connection:
                replayed = _replay(connection, found, _told(bar, "tables"))
                _balance(connection, found)
    finally:
        store.close()
    for problem in own["problems"]:
        found.add("own_verifier", problem["entry"], why=problem["message"])
    report.cases += found.cases
    facts = {"entries": replayed.entries, "rows": replayed.rows}
    if as_json:
        typer.echo(json.dumps({**json.loads(in_json(report)), "replayed": facts, "shop": own}, ensure_ascii=False))
    else:
        languages = LANGUAGES if language == "both" else (language,)
        for one in languages:
            out.print(in_office_time(as_text(report, [one])))
            out.print(f"\n{say('fact_replayed', facts, one)}\n")
    if not report.holds:
        raise typer.Exit(1)


def _told(bar: Progress, what: str) -> Callable[[int, int], None]:
    """Return what draws how far a part of the work is."""
    task = bar.add_task(what, total=None)
    return lambda done, of: bar.update(task, completed=done, total=of)


def _proved(
    store: Store,
    shop: Path,
    config: Config,
    verifier: Verifier,
    brought: Sequence[heads.Named],
    progress: Callable[[int, int], None],
) -> Report:
    """Run the verifier that takes nothing from the shop, as an auditor does; no witness is needed for it."""
    from printd.cli.served import Served
    from printd_verify.checkpoints import CheckpointError, read_kept
    from printd_verify.database import Database
    from printd_verify.heads import Kept
    from printd_verify.notes import read_key
    from printd_verify.policies import Policy
    from printd_verify.verification import Trust, verify

    keys = {one.name: read_key(one.key.vkey) for one in witnesses(config, verifier).witnesses}
    policy = Policy([read_key(verifier.vkey)], keys)
    try:
        against = [Kept(one.source, read_kept(one.note or one.text.encode())) for one in brought]
    except CheckpointError as wrong:
        raise Refused("What was given is no checkpoint.", why=f"{wrong}.") from wrong
    trust = Trust(tuple(policy.logs), policy)
    if store.engine.dialect.name == "sqlite":
        path = Path(str(store.engine.url.database))
        with closing(Database(path, beside=shop)) as source:
            return verify(source, trust, against=against, progress=progress)
    with store.reading() as connection:
        return verify(Served(connection, shop), trust, against=against, jobs=0, progress=progress)


def _replay(connection: Connection, found: Findings, progress: Callable[[int, int], None]) -> Replay:
    """Rebuild every table from the entries; look at what lies sealed and at the database's own rules."""
    whole = log.frontier(connection).size
    replayed = compare(connection, PROJECTIONS, lambda count: progress(count, whole))
    for one in replayed.differences:
        found.add("table", None, table=one.table, why=one.message)
    for message in seals.check(connection):
        found.add("sealed", None, why=message)
    for message in rules.differences(connection):
        found.add("rules", None, why=message)
    return replayed


def _balance(connection: Connection, found: Findings) -> None:
    """Make sure that for each delivery that came the sum over all places is what was announced."""
    sums: dict[str, int] = {}
    for name, _, pieces in blanks.sums(connection):
        sums[name] = sums.get(name, 0) + pieces
    for row in deliveries.deliveries(connection):
        if row["state"] != DeliveryState.ANNOUNCED and sums.get(row["id"], 0) != row["announced"]:
            found.add("balance", None, delivery=row["id"])
