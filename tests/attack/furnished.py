"""A shop with something in every table, what its database's owner can do to it, and who is asked afterwards."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from typer.testing import CliRunner

from faults.shops import RATNA, SITI, TWO, Facts, Maker, noon, site_report
from printd.backup import backup
from printd.backup.restore import bring_back
from printd.books import cosigned
from printd.books.heads import SEEN_NAME, Head
from printd.books.retrace import Past
from printd.cli.app import app
from printd.desk.desk import Desk
from printd.desk.going_on import go_on
from printd.errors import PrintdError
from printd.events.kinds import read
from printd.intake import purge
from printd.ledger.cosigner import Cosigner
from printd.ledger.notes import split_note
from printd.ledger.policy import Witness
from printd.shop.shop import Shop
from printd.store import log
from printd.words.roles import Role
from support.fixed import unbooked
from support.people import enrolment, proof
from support.witnesses import policy

WITNESS = Cosigner("ntt.example/witness-1", bytes(range(32)))

NEXT = "printd.example/ntt/kupang/blanks/2027"
"""Name of the log's second generation."""


def furnish(make: Maker) -> None:
    """Do everything in a shop that leaves a row in a table of its own."""
    noon(make)
    facts, day = make.facts, make.shop.today().isoformat()
    make("calibration.calibrate", name="p2", offset_x=2, by=SITI)
    facts["sample"] = make("samples.draw", pieces=3, number="4711", by=SITI)["sample"]
    make("samples.count", sample=facts["sample"], **TWO)
    make("samples.draw", pieces=2, number="4712", by=SITI)
    make("jobs.override", job=facts["overridden"], reason="a test", **TWO)
    make("cards.tried", job=facts["checked"], how="phone", by=SITI)
    make("jobs.hand_over", job=facts["checked"], by=SITI, receiver="holder", old_card="none")
    make("chips.bind", serial="K00150", uid="04A1B2C3D4E5F6", by=SITI)
    report = {"document": "LAP/1", "name": "r.csv", "content": site_report("K00101")}
    make("sites.used", site="alak", **report, **TWO)
    make("sites.report", site="alak", pieces=5, day=day, by=SITI)
    make("incidents.note", incident=facts["incident"], text="looked for it", by=SITI)
    make("consumables.open", kind="ribbon", label="R1", printer="p1", by=SITI)
    make("records.acknowledge", record=facts["record 6"], by=SITI)
    make("operators.enrol", **enrolment("cici", Role.STOREKEEPER))
    make("operators.retire", name="cici", by=RATNA, second=SITI)
    clock = make.shop.books.clock
    make.shop.books.clock = lambda: clock() - timedelta(days=1)  # a day that is closed after it
    make("jobs.hold", job=facts["queued"], by=SITI)
    make.shop.books.clock = clock
    purge.end_month(make.shop, make.shop.months.names()[-1])


def furnished(base: Path) -> tuple[Path, Facts]:
    """Make such a shop, lose its end, and have two people go on in a new generation of the log; return its folder."""
    make = Maker(base / "first")
    furnish(make)
    make.shop.sign()
    backup.make(make.folder, base / "copy", lambda _done, _whole: None, unbooked)
    make.shop.books.enter(read("register.read", {"what": "specimen:j", "rows": 0}), ["siti"])
    facts = make.finish()
    newest = str(make.folder / SEEN_NAME)
    folder = base / "shop"
    bring_back(
        base / "copy",
        folder,
        key_folder=make.folder / "keys",
        month_folder=make.shop.months.folder,
        against=[newest],
        accept_loss=True,
    )
    shop = Shop.open(folder)
    try:
        go_on(Desk(shop), proof("ratna"), proof("siti"), origin=NEXT)
    finally:
        shop.close()
    with (folder / "printd.toml").open("a") as config:
        config.write(policy(("province", WITNESS.verifier.vkey, "")))
    shop = Shop.open(folder)
    try:
        shop.check_start()
        shop.sign()
        cosign(shop)
    finally:
        shop.close()
    return folder, facts


def cosign(shop: Shop) -> None:
    """Let a witness cosign the last checkpoint, and let it have shown one that the log turned out to have."""
    with shop.store.writing() as connection:
        size, root, note = log.signed_checkpoints(connection, 1)[0]
        line = WITNESS.cosign(split_note(note)[0], 1_764_460_800)
        cosigned.keep(connection, size, note, line, WITNESS.verifier, "2026-11-30T00:00:01Z")
    head = Head(size, root, "the witness", note)
    cosigned.add_contradiction(shop.store, Witness("province", WITNESS.verifier), head, note, "2026-11-30T00:00:01Z")


def write(database: Path, statements: Iterable[str]) -> None:
    """Write past every rule, as the database's owner can; the rules stand as they were when he has done.

    Each statement changes something, or makes or drops a thing.
    """
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        for pragma in ("foreign_keys=OFF", "ignore_check_constraints=ON"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("BEGIN IMMEDIATE")
        kept = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in kept:
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            done = connection.execute(statement)
            assert done.rowcount > 0, f"it changes nothing: {statement}"
        for _, sql in kept:
            connection.execute(sql)
        connection.execute("COMMIT")


def alter(database: Path, statements: Iterable[str]) -> None:
    """Make, drop or alter what the database itself holds to."""
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


def notice(folder: Path, vkey: str) -> str:
    """Ask the start, ``audit verify``, the daemon's look at the past and ``audit replay``; return who says no.

    :returns: their letters, in this order: ``S``, ``V``, ``D``, ``R``.
    """
    start, past = _stops(folder)
    verify, replay = (
        _says_no(folder, command, more) for command, more in (("verify", ["--vkey", vkey]), ("replay", []))
    )
    said = {"S": start, "V": verify, "D": past, "R": replay}
    return "".join(letter for letter, no in said.items() if no)


def _says_no(folder: Path, command: str, more: list[str]) -> bool:
    done = CliRunner().invoke(app, ["--shop", str(folder), "audit", command, *more, "--json"])
    assert done.exception is None or isinstance(done.exception, SystemExit | PrintdError), done.exception
    return done.exit_code != 0


def _stops(folder: Path) -> tuple[bool, bool]:
    """Tell whether a start stops, and whether the daemon, where it starts, finds something beside its work."""
    try:
        shop = Shop.open(folder)
    except PrintdError:
        return True, False
    try:
        past = Past(shop.store, shop.check_start())
        if shop.books.barred is not None:
            return True, False
    except PrintdError:
        shop.close()
        return True, False
    try:
        while past.step():
            pass
    except PrintdError:
        return False, True
    finally:
        shop.close()
    return False, False
