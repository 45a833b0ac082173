"""One flipped byte anywhere in the log of a real shop is found, and the altered entry is named."""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection
from typer.testing import CliRunner

from printd.books import checkpoints
from printd.books.booking import Books
from printd.books.proof import prove
from printd.cli.app import app
from printd.errors import IntegrityError
from printd.events.kinds import read
from printd.ledger.entry import Entry
from printd.ledger.merkle import Frontier
from printd.ledger.verify import Report
from printd.shop.shop import Shop
from printd.store import log
from printd.words.serials import common, from_json, parse_serial
from support.people import create

Live = Callable[[Books, int, int], "Counter[str]"]
ENTRIES = 61
BEFORE_LAST_SIGNATURE = 57


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, live: Live) -> Iterator[Shop]:
    """A shop whose log has some sixty entries, four checkpoints, and a tail that is not signed yet."""
    folder = tmp_path_factory.mktemp("verify") / "shop"
    create(folder, origin="printd.example/tests/verify/blanks/1")
    made = Shop.open(folder)
    for seed, size in ((1, 20), (2, 32), (3, BEFORE_LAST_SIGNATURE)):
        live(made.books, seed, size)
        made.sign()
    live(made.books, 4, ENTRIES)
    yield made
    made.close()


@pytest.fixture
def loose(shop: Shop) -> Iterator[Connection]:
    """A connection to its database without the triggers; what it alters is thrown away."""
    engine = sa.create_engine(shop.store.engine.url)
    with engine.connect() as connection:
        drop_triggers(connection)
        yield connection
        connection.rollback()
    engine.dispose()


def drop_triggers(connection: Connection) -> None:
    names = connection.execute(sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
    for name in names:
        connection.execute(sa.text(f"DROP TRIGGER {name}"))


def flip(connection: Connection, table: str, column: str, where: str, chance: random.Random) -> None:
    """Flip one bit of one value."""
    old = bytes(connection.execute(sa.text(f"SELECT {column} FROM {table} WHERE {where}")).scalar_one())
    place = chance.randrange(len(old))
    new = old[:place] + bytes([old[place] ^ 1 << chance.randrange(8)]) + old[place + 1 :]
    assert connection.execute(sa.text(f"UPDATE {table} SET {column} = :new WHERE {where}"), {"new": new}).rowcount == 1


def verified(connection: Connection, shop: Shop) -> Report:
    return prove(connection, shop.keys.log.vkey)


def size_of(shop: Shop) -> int:
    with shop.store.reading() as connection:
        return log.frontier(connection).size


def test_the_untouched_log_proves_itself(shop: Shop, loose: Connection) -> None:
    report = verified(loose, shop)
    assert report.problems == []
    assert report.checkpoints_verified == 4
    assert report.signed_size < report.size == size_of(shop)


OUTCOMES = {"attempt.printed", "attempt.unused", "attempt.spoiled", "card.checked"}


def others_need(entries: Sequence[Entry], seq: int) -> bool:
    """Tell whether a later entry cannot be checked without this one: who signs, that a card began, by whose hands."""
    told, later = entries[seq], entries[seq + 1 :]
    match told.kind:
        case "shop.opened":
            names = {person["name"] for person in told.data["people"]}
        case "operator.enrolled":
            names = {told.data["person"]["name"]}
        case "attempt.started":
            return any(one.kind in OUTCOMES and one.data["attempt"] == told.data["attempt"] for one in later)
        case "printer.resumed":
            cards = {one.data["attempt"] for one in later if one.data.get("resumed") == told.seq}
            return any(one.kind == "card.checked" and one.data["attempt"] in cards for one in later)
        case "blanks.moved" if told.data["why"] == "load":
            loaded = from_json(told.data["serials"])
            cards = {
                one.data["attempt"]
                for one in later
                if one.kind == "attempt.started" and common([parse_serial(one.data["serial"])], loaded)
            }
            return any(one.kind == "card.checked" and one.data["attempt"] in cards for one in later)
        case _:
            return False
    return any(names & {*one.actors} for one in later)


@pytest.mark.parametrize("column", ["body", "leaf_hash"])
@pytest.mark.parametrize("seed", [0, 1])  # each flips every second entry
def test_a_flipped_bit_of_any_entry_is_found_and_the_entry_named(
    shop: Shop, loose: Connection, column: str, seed: int
) -> None:
    """Whichever of the two was altered, what the entry says is not believed: what needs it is said to be unchecked.

    Which of the two it was shows in the tree above, when the entries behind it are read already.
    """
    chance = random.Random(seed)
    entries = [Entry.from_body(body) for _, body, _ in log.entries(loose)]
    needed = [one.kind for one in entries if others_need(entries, one.seq)]
    assert set(needed) == {"shop.opened", "operator.enrolled", "attempt.started", "blanks.moved", "printer.resumed"}
    for seq in range(seed, len(entries), 2):
        with loose.begin_nested() as point:
            flip(loose, "entry", column, f"seq = {seq}", chance)
            problems = verified(loose, shop).problems
            point.rollback()
        named = [one for one in problems if one.seq == seq and re.search(rf"\bentry {seq}\b", one.message)]
        assert named, (seq, problems)
        unchecked = ["unchecked"] if others_need(entries, seq) else []
        assert [one.kind for one in problems if one.seq != seq] == unchecked, (seq, problems)
        if column == "leaf_hash":
            assert [one.kind for one in problems] == ["leaf_hash_altered", *unchecked]
        else:
            assert "entry_altered" in {one.kind for one in problems}


def test_two_entries_that_changed_places_are_both_named(shop: Shop, loose: Connection) -> None:
    bodies = loose.execute(sa.text("SELECT body FROM entry WHERE seq IN (7, 8) ORDER BY seq DESC")).scalars().all()
    for seq, body in zip((7, 8), bodies, strict=True):
        loose.execute(sa.text("UPDATE entry SET body = :body WHERE seq = :seq"), {"body": body, "seq": seq})
    assert {7, 8} <= {one.seq for one in verified(loose, shop).problems}


def test_a_flipped_bit_of_any_node_is_found_and_its_entries_named(shop: Shop, loose: Connection) -> None:
    chance = random.Random(5)
    nodes = loose.execute(sa.text("SELECT level, idx FROM node ORDER BY level, idx")).all()
    assert len(nodes) == size_of(shop) - size_of(shop).bit_count()
    for level, index in [*nodes[::2], nodes[-1]]:
        first, last = index << level, ((index + 1) << level) - 1
        with loose.begin_nested() as point:
            flip(loose, "node", "hash", f"level = {level} AND idx = {index}", chance)
            problems = verified(loose, shop).problems
            point.rollback()
        assert any(f"entries {first} to {last}" in one.message for one in problems), (level, index, problems)


def test_any_missing_node_and_any_missing_entry_is_found(shop: Shop, loose: Connection) -> None:
    for level, index in loose.execute(sa.text("SELECT level, idx FROM node WHERE idx % 3 = 0")).all():
        with loose.begin_nested() as point:
            loose.execute(sa.text(f"DELETE FROM node WHERE level = {level} AND idx = {index}"))
            assert "node_missing" in {one.kind for one in verified(loose, shop).problems}
            point.rollback()
    last = size_of(shop) - 1
    for seq in {*range(0, last, 5), last}:
        with loose.begin_nested() as point:
            loose.execute(sa.text(f"DELETE FROM entry WHERE seq = {seq}"))
            problems = verified(loose, shop).problems
            point.rollback()
        assert any(f"entry {seq} is missing" in one.message for one in problems)


def test_a_flipped_bit_of_the_frontier_is_found(shop: Shop, loose: Connection) -> None:
    for seed in range(20):
        with loose.begin_nested() as point:
            flip(loose, "log_state", "frontier", "id = 1", random.Random(seed))
            assert {one.kind for one in verified(loose, shop).problems} == {"frontier"}
            point.rollback()


@pytest.mark.parametrize(("table", "column"), [("checkpoint", "root"), ("checkpoint_note", "note")])
def test_a_flipped_bit_of_any_checkpoint_is_found(shop: Shop, loose: Connection, table: str, column: str) -> None:
    for size in loose.execute(sa.text(f"SELECT size FROM {table}")).scalars().all():
        for seed in range(8):
            with loose.begin_nested() as point:
                flip(loose, table, column, f"size = {size}", random.Random(seed))
                problems = verified(loose, shop).problems
                point.rollback()
            assert any(one.kind.startswith("checkpoint") and f"size {size}" in one.message for one in problems), (
                problems
            )


def audit(shop: Shop, *arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["--shop", str(shop.folder), "audit", "verify", *arguments])
    return result.exit_code, result.stdout


@pytest.fixture
def own(tmp_path_factory: pytest.TempPathFactory, live: Live) -> Iterator[Shop]:
    """A shop that a test may ruin."""
    folder = tmp_path_factory.mktemp("own") / "shop"
    create(folder, origin="printd.example/tests/own/blanks/1")
    made = Shop.open(folder)
    live(made.books, 7, 40)
    with made.store.reading() as connection:
        even = log.frontier(connection).size % 2 == 0
    if even:  # a last leaf of its own, so that its stored hash is asked for at the start
        made.books.enter(read("register.read", {"what": "specimen:j", "rows": 0}), ["siti"])
    made.sign()
    yield made
    made.close()


def ruin(shop: Shop, *statements: str) -> None:
    engine = sa.create_engine(shop.store.engine.url)
    with engine.begin() as connection:
        drop_triggers(connection)
        for statement in statements:
            connection.execute(sa.text(statement))
    engine.dispose()


def test_the_command_says_that_a_sound_log_proves_itself(own: Shop) -> None:
    code, text = audit(own)
    assert (code, "The log proves itself." in text) == (0, True)
    code, text = audit(own, "--json")
    result = json.loads(text)
    with own.store.reading() as connection:
        assert result["root"] == log.frontier(connection).root().hex()
    assert (code, result["verified"], result["problems"], result["signed"]) == (0, True, [], result["entries"])


@pytest.mark.parametrize("seq", [0, 17, 39])
@pytest.mark.parametrize("column", ["body", "leaf_hash"])
def test_the_command_exits_1_and_names_the_entry(own: Shop, seq: int, column: str) -> None:
    with own.store.engine.begin() as connection:
        drop_triggers(connection)
        flip(connection, "entry", column, f"seq = {seq}", random.Random(seq))
    code, text = audit(own)
    assert code == 1
    assert re.search(rf"\bentry {seq}\b", " ".join(text.split()))
    code, text = audit(own, "--json")
    assert (code, json.loads(text)["verified"]) == (1, False)
    assert {seq} <= {one["entry"] for one in json.loads(text)["problems"]} <= {seq, None}


@pytest.mark.parametrize("statement", ["UPDATE log_state SET size = size + 1", "DELETE FROM log_state"])
def test_an_impossible_end_of_the_log_is_an_answer_for_people(own: Shop, statement: str) -> None:
    ruin(own, statement)
    command = [sys.executable, "-m", "printd", "--shop", str(own.folder), "audit", "verify"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env={**os.environ, "COLUMNS": "200"})
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "altered" in done.stdout + done.stderr


def test_a_log_cut_back_below_its_checkpoint_is_found_before_the_key_is_used(own: Shop) -> None:
    checkpoints.check_start(own.store, own.keys.log.verifier)
    with own.store.reading() as connection:
        kept = list(log.entries(connection))[:30]
    ruin(own, "DELETE FROM entry WHERE seq >= 30", "DELETE FROM node WHERE ((idx + 1) << level) > 30")
    end = Frontier()
    for _, _, leaf in kept:
        end, _ = end.append(leaf)
    with own.store.writing() as connection:
        log.set_frontier(connection, end)
    with pytest.raises(IntegrityError, match="has 30") as found:
        checkpoints.check_start(own.store, own.keys.log.verifier)
    assert "older copy" in found.value.why
    code, text = audit(own, "--json")
    assert code == 1
    assert "checkpoint_beyond" in {one["kind"] for one in json.loads(text)["problems"]}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE checkpoint SET root = zeroblob(32) WHERE size = (SELECT max(size) FROM checkpoint)",
        "UPDATE checkpoint_note SET note = (SELECT note FROM checkpoint_note ORDER BY size LIMIT 1)",
        "UPDATE checkpoint_note SET note = zeroblob(99)",
        "DELETE FROM node WHERE level = (SELECT max(level) FROM node)",
        "UPDATE node SET hash = zeroblob(32) WHERE level = (SELECT max(level) FROM node)",
        "UPDATE entry SET leaf_hash = zeroblob(32)",
        "UPDATE log_state SET size = size + 1",
    ],
)
def test_an_altered_log_is_found_before_the_key_is_used(own: Shop, statement: str) -> None:
    ruin(own, statement)
    with pytest.raises(IntegrityError):
        checkpoints.check_start(own.store, own.keys.log.verifier)
