"""Who works in the shop is written anew in the database, or an entry is written that nobody signed.

Who notices: the running shop, which reads its people from the signed entries and believes no table about them; and the
daemon before it signs again, which holds what no checkpoint covers yet against its signers.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from printd.backup import backup
from printd.backup.restore import bring_back
from printd.books import heads
from printd.daemon.daemon import Daemon
from printd.desk.acts import perform
from printd.desk.desk import Desk
from printd.errors import IntegrityError, StorageError
from printd.events.base import Event
from printd.events.kinds import read
from printd.events.operators import OperatorEnrolled, OperatorRoleSet
from printd.ledger.entry import Entry
from printd.ledger.merkle import leaf_hash
from printd.ledger.signatures import message, write_signature
from printd.shop.shop import Shop
from printd.store import log
from printd.store.engine import SQLITE_NAME, Store
from printd.words.roles import Role
from support.fixed import unbooked
from support.forger import loosen
from support.intake_help import ORIGIN, deliver, new_shop, opened, signer
from support.people import FIRST, SECOND, key_of
from support.signers import enrolled, keep_sealed

AT = "2026-11-30T08:00:00Z"
LOOK = read("register.read", {"what": "specimen:j", "rows": 0})
NOT_SIGNED = r"Entry \d+ of the log was not signed by those who must sign it"
OTHERWISE = "otherwise than the entries"
UNSIGNED = "A" * 86


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A shop with four people, in which some things were booked and signed; Cici counts and prints, and no more."""
    made = new_shop(tmp_path / "shop")
    with opened(made) as desk:
        deliver(desk)
        for name in ("cici", "dewi"):
            person = enrolled(name, Role.OPERATOR, ORIGIN)
            desk.shop.books.enter(OperatorEnrolled(person=person), [FIRST, SECOND, name])
        desk.shop.books.enter(read("operator.retired", {"name": "dewi"}), [FIRST, SECOND])
        keep_sealed(desk.shop.books)
        desk.shop.sign()
    return made


@pytest.fixture
def running(folder: Path) -> Iterator[Desk]:
    """The shop as a daemon has it: looked at, begun, and signed."""
    with opened(folder) as desk:
        desk.shop.check_start()
        desk.shop.sign()
        yield desk


def append(connection: Connection, kind: str, data: dict[str, Any], by: Sequence[str], signed: Sequence[str]) -> int:
    """Write an entry behind all others, with every hash that belongs to it, and no row of any table."""
    loosen(connection)
    end = log.frontier(connection)
    body = Entry(end.size, AT, kind, tuple(by), data, tuple(signed)).body()
    log.add_entry(connection, end.size, body, leaf_hash(body))
    after, nodes = end.append(leaf_hash(body))
    log.add_nodes(connection, nodes)
    log.set_frontier(connection, after)
    return end.size


def past_printd(folder: Path, kind: str, data: dict[str, Any], by: Sequence[str], signed: Sequence[str] = ()) -> int:
    store = Store.open(f"sqlite:///{folder / SQLITE_NAME}")
    try:
        with store.writing() as connection:
            return append(connection, kind, data, by, signed or [UNSIGNED] * len(by))
    finally:
        store.close()


def in_tables(folder: Path, *statements: str) -> None:
    with closing(sqlite3.connect(folder / SQLITE_NAME, isolation_level=None)) as connection:
        for statement in statements:
            assert connection.execute(statement).rowcount == 1


def size(shop: Shop) -> int:
    with shop.store.reading() as connection:
        return log.frontier(connection).size


def notes(shop: Shop) -> int:
    with shop.store.reading() as connection:
        return len(log.signed_checkpoints(connection, 1000))


NONE = enrolled("cici", origin=ORIGIN).key[:-60]
ROW = {
    "a supervisor is made": "role = 'supervisor'",
    "what is no key": f"key = '{NONE}'",
    "somebody else's key": "key = (SELECT key FROM operator WHERE name = 'ani')",
    "nobody works here": "active = 0",
}


@pytest.mark.parametrize("change", ROW.values(), ids=ROW)
def test_a_row_about_somebody_is_changed_beside_the_running_shop(running: Desk, folder: Path, change: str) -> None:
    """HAS the database, beside the running daemon. TRIES to be somebody else at once, without another start.

    NOTICED by the shop at the first act of that person: the entries say who they are.
    """
    shop = running.shop
    in_tables(folder, f"UPDATE operator SET {change} WHERE name = 'cici'")
    before = size(shop)
    with pytest.raises(IntegrityError, match=f"{OTHERWISE}|is none"):
        shop.books.enter(LOOK, ["cici"])
    assert size(shop) == before


def test_who_retired_is_made_to_work_again(running: Desk, folder: Path) -> None:
    """HAS the passphrase of somebody who retired, and the database. TRIES to sign again.

    NOTICED by the shop at the first act: by the entries nobody of that name works here.
    """
    in_tables(folder, "UPDATE operator SET active = 1 WHERE name = 'dewi'")
    with pytest.raises(IntegrityError, match=OTHERWISE):
        running.shop.books.enter(LOOK, ["dewi"])


def test_a_row_is_added_for_nobody(running: Desk, folder: Path) -> None:
    """HAS the database. TRIES to add a supervisor of his own, whose key he has, and to sign with it.

    NOTICED by the shop at the first act.
    """
    key = enrolled("mara", Role.SUPERVISOR, ORIGIN).key
    in_tables(
        folder,
        "INSERT INTO operator SELECT 'mara', 'supervisor', 1, replace(key, key, '" + key + "'), sealed, legal_name, "
        "nip, position, rank FROM operator WHERE name = 'ani'",
    )
    with pytest.raises(IntegrityError, match=OTHERWISE):
        running.shop.books.enter(LOOK, ["mara"])


def test_an_entry_is_appended_beside_the_running_shop(running: Desk, folder: Path) -> None:
    """HAS the database, beside the running daemon. TRIES to have an entry signed that no door took.

    NOTICED at the next act and at the next checkpoint: the log does not end where the daemon left it.
    """
    shop = running.shop
    signed = notes(shop)
    past_printd(folder, "register.read", {"what": "specimen:j", "rows": 0}, ["ani"])
    for act in (shop.sign, lambda: shop.books.enter(LOOK, ["ani"]), lambda: shop.books.enter(LOOK, ["ani"])):
        with pytest.raises(IntegrityError, match="Somebody else has written into the log"):
            act()
    assert notes(shop) == signed


FORGED: dict[str, tuple[Event, list[str], list[str]]] = {
    "nobody signed": (OperatorRoleSet(name="cici", role=Role.SUPERVISOR), [FIRST, SECOND], []),
    "with a key of nobody's": (OperatorRoleSet(name="cici", role=Role.SUPERVISOR), [FIRST, SECOND], ["mara", "mara"]),
    "one signs for two": (OperatorRoleSet(name="cici", role=Role.SUPERVISOR), [FIRST, SECOND], ["cici", "cici"]),
    "one alone": (OperatorRoleSet(name="cici", role=Role.SUPERVISOR), ["cici"], ["cici"]),
    "a new supervisor": (
        OperatorEnrolled(person=enrolled("mara", Role.SUPERVISOR, ORIGIN)),
        [FIRST, SECOND, "mara"],
        ["mara", "mara", "mara"],
    ),
    "a look at names without the role": (
        read("register.read", {"what": "holders", "rows": 3}),
        ["cici"],
        ["cici"],
    ),
    "another name for the look": (LOOK, ["ani"], ["cici"]),
    "who retired": (LOOK, ["dewi"], ["dewi"]),
}


@pytest.mark.parametrize(("event", "by", "with_keys"), FORGED.values(), ids=FORGED)
def test_an_entry_is_appended_while_the_daemon_is_stopped(
    folder: Path, event: Event, by: list[str], with_keys: list[str]
) -> None:
    """HAS the passphrases of an operator and of one who retired, and the database. TRIES to have an entry signed.

    NOTICED before the first act and before the next checkpoint; nothing is booked or signed until people have looked.
    """
    bare = Entry(0, AT, event.kind, tuple(by), event.data(), (UNSIGNED,) * len(by))
    with closing(sqlite3.connect(folder / SQLITE_NAME)) as connection:
        (end,) = connection.execute("SELECT size FROM log_state").fetchone()
    text = message(ORIGIN, Entry(end, AT, bare.kind, bare.actors, bare.data, bare.signatures).unsigned())
    past_printd(folder, event.kind, event.data(), by, [write_signature(key_of(name).sign(text)) for name in with_keys])
    with opened(folder) as desk:
        signed = notes(desk.shop)
        desk.shop.check_start()
        with pytest.raises(IntegrityError, match=NOT_SIGNED):
            perform(desk, "jobs.hold", {"job": "j", "by": signer("ani")})
        with pytest.raises(IntegrityError, match=NOT_SIGNED):
            desk.shop.sign()
        assert (size(desk.shop), notes(desk.shop)) == (end + 1, signed)


def test_an_entry_is_appended_and_the_database_fails_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """HAS the database, and its server. TRIES to break the reading off, so that the rest of it is never read.

    NOTICED before the next checkpoint: nothing is signed before the reading came to the end.
    """
    past_printd(folder, LOOK.kind, LOOK.data(), ["ani"])
    whole = log.holding

    def fails(*asked: Any) -> Iterator[tuple[int, bytes]]:
        yield next(whole(*asked))
        raise StorageError("The database is away.")

    with opened(folder) as desk:
        desk.shop.books.keys = {}  # as in a shop: nobody's key is at hand
        desk.shop.check_start()
        with monkeypatch.context() as patch:
            patch.setattr(log, "holding", fails)
            with pytest.raises(StorageError):
                desk.shop.sign()
        signed = notes(desk.shop)
        with pytest.raises(IntegrityError, match=NOT_SIGNED):
            desk.shop.sign()
        assert notes(desk.shop) == signed


def test_what_is_rightly_signed_behind_the_checkpoint_is_taken(folder: Path) -> None:
    """HAS nothing: the daemon was killed. TRIES nothing. NOTICED by nobody: the right people signed it."""
    with opened(folder) as desk:
        books = desk.shop.books
        books.enter(OperatorRoleSet(name="cici", role=Role.SUPERVISOR), [FIRST, SECOND])
        books.enter(LOOK, ["cici"])
    with opened(folder) as desk:
        desk.shop.check_start()
        desk.shop.books.enter(LOOK, ["cici"])
        desk.shop.sign()


def test_the_decision_of_two_people_is_written_by_nobody(folder: Path, tmp_path: Path) -> None:
    """HAS the database of a restored shop. TRIES to write the entry that lets it go on, in the name of two people.

    NOTICED by the daemon and by each command before the first act: nobody signed it.
    """
    backup.make(folder, tmp_path / "copy", lambda _done, _whole: None, unbooked)
    back = tmp_path / "back"
    bring_back(tmp_path / "copy", back, key_folder=folder / "keys", against=[str(folder / heads.SEEN_NAME)])
    with opened(back) as desk, pytest.raises(IntegrityError, match="restored from a backup"):
        Daemon(desk.shop).run()
    with opened(back) as desk, desk.shop.store.reading() as connection:
        (told,) = connection.execute(sa.text("SELECT size, root, made_at FROM restored")).all()
    decided = {
        "backup": {"made_at": told.made_at, "size": told.size, "root": bytes(told.root).hex()},
        "known": {"size": told.size, "root": bytes(told.root).hex()},
        "missing": 0,
    }
    past_printd(back, "shop.restored", decided, ["ani", "budi"])
    with opened(back) as desk:
        signed = notes(desk.shop)
        desk.shop.check_start()
        with pytest.raises(IntegrityError, match=NOT_SIGNED):
            desk.shop.sign()
        assert notes(desk.shop) == signed
