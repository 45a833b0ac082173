"""Signing: one size, one root, one note, whatever a crash leaves in between."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from printd.books.booking import Books
from printd.books.checkpoints import NOTHING, Known, _look, check_start, sign_now
from printd.books.heads import SEEN_NAME
from printd.books.retrace import Past, root_at, signed_tree
from printd.client.client import call
from printd.daemon.daemon import Daemon
from printd.desk.acts import perform
from printd.desk.desk import Desk
from printd.errors import IntegrityError, Refused
from printd.ledger.checkpoint import Checkpoint, open_checkpoint, sign
from printd.ledger.merkle import Frontier
from printd.ledger.notes import Signer
from printd.ledger.verify import verify_log
from printd.shop.shop import Shop
from printd.store import log
from printd.store.engine import Store
from printd.store.rows import Connection
from support.deliberate import line, notices
from support.forger import loosen, rewrite
from support.something import something

SIGNER = Signer("printd.example/sign", bytes(range(32)))
FIRST = Known(NOTHING)


def grow(books: Books, entries: int) -> None:
    for _ in range(entries):
        books.enter(something())


def heads(store: Store) -> list[tuple[int, bytes, bytes | None]]:
    with store.reading() as connection:
        return log.checkpoints(connection)


def problems(store: Store) -> list[str]:
    with store.reading() as connection:
        end = log.frontier(connection)
        report = verify_log(
            log.entries(connection),
            log.NodeStream(connection),
            log.checkpoints(connection),
            origin=SIGNER.verifier.name,
            vkey=SIGNER.vkey,
            frontier=(end.size, end.hashes),
        )
    return [one.message for one in report.problems]


def crash_while_signing(store: Store) -> tuple[int, bytes]:
    """Do what signing does up to the moment before the note is written."""
    with store.writing() as connection:
        end = log.frontier(connection, lock=True)
        log.add_checkpoint(connection, end.size, end.root())
    return end.size, end.root()


def test_an_empty_log_is_not_signed(store: Store) -> None:
    assert sign_now(store, SIGNER) == 0
    assert heads(store) == []
    check_start(store, SIGNER.verifier)


def test_a_note_says_size_and_root_and_carries_the_log_s_signature(books: Books) -> None:
    grow(books, 5)
    assert sign_now(books.store, SIGNER, FIRST) == 5
    ((size, root, note),) = heads(books.store)
    assert note is not None
    told = open_checkpoint(note, SIGNER.verifier.name, [SIGNER.verifier])
    with books.store.reading() as connection:
        end = log.frontier(connection)
    assert (told.size, told.root) == (size, root) == (5, end.root())
    check_start(books.store, SIGNER.verifier)


def test_a_log_that_did_not_grow_is_not_signed_again(books: Books) -> None:
    grow(books, 3)
    assert [sign_now(books.store, SIGNER, FIRST) for _ in range(3)] == [3, 3, 3]
    assert len(heads(books.store)) == 1
    grow(books, 1)
    assert sign_now(books.store, SIGNER) == 4
    assert [size for size, _, _ in heads(books.store)] == [3, 4]


def test_a_crash_before_the_note_is_finished_with_the_same_note(books: Books) -> None:
    grow(books, 1)
    sign_now(books.store, SIGNER, FIRST)
    grow(books, 2)
    size, root = crash_while_signing(books.store)
    assert heads(books.store)[1:] == [(size, root, None)]
    check_start(books.store, SIGNER.verifier)
    assert sign_now(books.store, SIGNER) == 3
    finished = heads(books.store)
    assert finished[1][:2] == (size, root)
    assert finished[1][2] == sign(Checkpoint(SIGNER.verifier.name, size, root), SIGNER)
    assert sign_now(books.store, SIGNER) == 3
    assert heads(books.store) == finished


def test_a_crash_before_the_note_is_finished_although_the_log_grew_since(books: Books) -> None:
    grow(books, 1)
    sign_now(books.store, SIGNER, FIRST)
    grow(books, 2)
    crash_while_signing(books.store)
    grow(books, 2)  # at the start, attempts in doubt are entered before anything is signed
    assert sign_now(books.store, SIGNER) == 5
    assert [(size, note is None) for size, _, note in heads(books.store)][1:] == [(3, False), (5, False)]
    assert problems(books.store) == []


def test_one_size_has_one_root_and_one_note_for_ever(books: Books) -> None:
    grow(books, 2)
    sign_now(books.store, SIGNER, FIRST)
    before = heads(books.store)
    with pytest.raises(Refused), books.store.writing() as connection:
        log.add_checkpoint(connection, 2, bytes(32))
    with pytest.raises(Refused), books.store.writing() as connection:
        log.add_note(connection, 2, b"other")
    with pytest.raises(Refused), books.store.writing() as connection:
        log.add_note(connection, 99, b"a note without its checkpoint")
    assert heads(books.store) == before


def test_every_checkpoint_of_a_growing_log_proves_itself(books: Books) -> None:
    for number, entries in enumerate((1, 1, 2, 5, 7, 16)):
        grow(books, entries)
        sign_now(books.store, SIGNER, Known() if number else FIRST)
        check_start(books.store, SIGNER.verifier)
    assert [size for size, _, _ in heads(books.store)] == [1, 2, 4, 9, 16, 32]
    grow(books, 3)
    check_start(books.store, SIGNER.verifier)
    assert problems(books.store) == []


@pytest.mark.parametrize(
    "stranger", [Signer("printd.example/sign", bytes(32)), Signer("other.example", bytes(range(32)))]
)
def test_another_key_or_another_log_is_noticed_before_it_signs(books: Books, stranger: Signer) -> None:
    grow(books, 2)
    sign_now(books.store, SIGNER, FIRST)
    with pytest.raises(IntegrityError, match="not signed by this shop's key"):
        check_start(books.store, stranger.verifier)


def refused_without_its_note(shop: Shop) -> str:
    """Take away the folder's own note of the last checkpoint; return what the start says, and make sure it stops."""
    (shop.folder / SEEN_NAME).unlink()
    before = heads(shop.store)
    said = []
    for start in (shop.check_start, lambda: call(shop.folder, "operators.list", {})):
        with pytest.raises(IntegrityError) as refusal:
            start()
        said.append(refusal.value.what)
    assert said[0] == said[1]
    assert heads(shop.store) == before, "nothing is signed"
    assert not (shop.folder / SEEN_NAME).exists()
    return said[0]


@notices({"the signed root is not computed anew": line(signed_tree, "tree.root() != last.root", "tree.root() is None")})
def test_an_entry_that_was_altered_with_all_that_is_computed_from_it_stops_the_start(shop_on_both: Shop) -> None:
    grow(shop_on_both.books, 7)
    size = shop_on_both.sign()
    grow(shop_on_both.books, 2)
    with shop_on_both.store.writing() as connection:
        rewrite(connection, lambda seq, body: body.replace(b"an office", b"no office") if seq == 3 else body)
        end = log.frontier(connection)
        assert root_at(connection, end.size) == end.root(), "leaves, nodes and end fit each other"
    assert f"no longer give the root that was signed at size {size}" in refused_without_its_note(shop_on_both)


@pytest.mark.parametrize("alter", ["end", "leaf"])
@notices({"the end is not computed anew": line(_look, "    retrace(connection, base, heads)\n", "")})
def test_an_end_that_does_not_fit_its_entries_stops_the_start(shop_on_both: Shop, alter: str) -> None:
    """Behind the last signature, where no checkpoint speaks of it."""
    grow(shop_on_both.books, 7)
    shop_on_both.sign()
    grow(shop_on_both.books, 3)  # the last one stands alone: no node is made of it yet
    with shop_on_both.store.writing() as connection:
        loosen(connection)
        end = log.frontier(connection)
        if alter == "end":
            log.set_frontier(connection, Frontier(end.size, (*end.hashes[:-1], bytes(32))))
        else:
            last = {"leaf": bytes(32), "seq": end.size - 1}
            connection.execute(sa.text("UPDATE entry SET leaf_hash = :leaf WHERE seq = :seq"), last)
    assert f"does not fit its {end.size} entries" in refused_without_its_note(shop_on_both)


def test_the_folder_is_never_more_than_one_checkpoint_behind(
    shop_on_both: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A crash comes before the note is kept, again and again: no start takes that for an attack."""
    shop = shop_on_both

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    for _ in range(3):
        grow(shop.books, 2)
        with monkeypatch.context() as patch:
            patch.setattr("printd.books.heads.remember", crash)
            with pytest.raises(KeyboardInterrupt):
                shop.sign()
        shop.check_start()
        kept = len(heads(shop.store))
    assert kept == 1, "nothing new is signed before the last one is kept"
    sign_now(shop.store, shop.keys.log)  # and a crash behind the signature, before it is kept
    shop.check_start()
    assert shop.sign() == shop.sign()
    shop.check_start()
    grow(shop.books, 1)
    crash_while_signing(shop.store)
    shop.check_start()
    grow(shop.books, 1)
    shop.sign()
    shop.check_start()
    assert [note is None for _, _, note in heads(shop.store)] == [False] * 4


def test_a_start_reads_the_tail_and_the_daemon_the_rest(shop: Shop) -> None:
    grow(shop.books, 2300)
    shop.sign()
    grow(shop.books, 40)
    read_at_start: list[int] = []
    real = log.some_entries

    def reading(connection: Connection, first: int, most: int) -> list[tuple[int, bytes, bytes]]:
        rows = real(connection, first, most)
        read_at_start.extend(seq for seq, _, _ in rows)
        return rows

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(log, "some_entries", reading)
        daemon = Daemon(shop)
        daemon._past = Past(shop.store, shop.check_start())
    assert read_at_start == list(range(2301, 2341)), "a start takes as long as the tail is"
    shown = perform(Desk(shop, daemon), "health.show", {})
    assert shown["looked"] == {"entries": 0, "of": 2301}
    daemon.stop()
    for looked in (1000, 2000, 2301, 2301):
        daemon._look_at_past()
        assert daemon.looked() == (looked, 2301)
    assert daemon.problems() == []
