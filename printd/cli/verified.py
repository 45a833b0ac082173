"""What `audit verify` finds: the shop's own verifier, checkpoints that are kept elsewhere, witnesses, and the clock."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import TypedDict
from zoneinfo import ZoneInfo

from printd.books import closings, heads, kept
from printd.books.cosigned import contradictions, in_words, unheld
from printd.books.cosigned import differ as cosignatures_differ
from printd.books.cosigned import show as show_cosigned
from printd.books.proof import generations_differ, heads_differ, prove
from printd.errors import Refused
from printd.ledger.notes import Verifier
from printd.ledger.verify import Problem, Report
from printd.shop.config import Config
from printd.shop.shop import witnesses
from printd.store import clock_jumps, generations, log
from printd.store.engine import Store
from printd.store.rows import Connection
from printd.words.moments import moment, parse

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


def check(
    shop: Path,
    store: Store,
    config: Config,
    verifier: Verifier,
    brought: Sequence[heads.Named],
    progress: Callable[[int, int], None],
) -> Verified:
    """Prove the log of a shop as the shop itself does.

    :param brought: checkpoints that are kept elsewhere.
    :param progress: is told how many entries were read, of how many.
    """
    seen = shop / heads.SEEN_NAME
    found = [heads.find(str(seen))] if seen.exists() else []  # before the database, which is written first
    policy = witnesses(config, verifier)
    with store.reading() as connection:
        whole = max(0, log.frontier_as_stored(connection)[0])
        report = prove(connection, verifier.vkey, lambda count: progress(count, whole))
        retired = [Verifier.from_vkey(one.log_key) for one in report.ended]
        own, foreign = _own([verifier, *retired], found)
        held = [*own, *(heads.opened(one, [verifier, *retired]) for one in brought)]
        held += contradictions(store, verifier)
        differ, incomparable = heads_differ(connection, report, held)
        differ += generations_differ(connection, report)
        differ += cosignatures_differ(connection, [one.key for one in policy.witnesses], [verifier, *retired])
        differ += _days_missing(connection)
        differ += unheld(connection, policy, datetime.now(UTC))
        office = ZoneInfo(config.office.timezone)
        held_by = [in_words(show_cosigned(connection, policy), office)] if policy.witnesses else []
        told = [*notes(connection, office), *held_by, *incomparable]
    lacks = None if foreign else kept.lacking(store, shop, verifier, retired)
    now = datetime.now(UTC)
    tail = _tail(report, now)
    problems = [*report.problems, *foreign, *differ, *_of_time(report, now, tail, config.log.checkpoint_seconds)]
    if lacks is not None and report.signed_size:  # without a good checkpoint that is said already
        problems.append(Problem("checkpoint_missing", None, lacks.what))
    return {
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


def span(seconds: int) -> str:
    """Return how long something took, for people."""
    if seconds < 120:
        return f"{seconds} s"
    return f"{seconds // 60:,} min" if seconds < 7200 else f"{seconds // 3600:,} h"
