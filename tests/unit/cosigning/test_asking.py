"""A shop asks a witness: a real process that answers, or a stranger who answers as he likes."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Protocol
from zlib import crc32

import pytest
from typer.testing import CliRunner

from printd.books import cosigned
from printd.books.booking import utc_now
from printd.books.cosigned import Cosigned
from printd.cli.app import app
from printd.cosigning.asking import LOOK_SECONDS, Asker
from printd.desk.desk import Desk
from printd.desk.going_on import go_on
from printd.errors import IntegrityError
from printd.events.kinds import read
from printd.ledger.checkpoint import Checkpoint, sign
from printd.ledger.cosigner import Cosigner
from printd.ledger.merkle import EMPTY_ROOT
from printd.ledger.notes import Signer, Verifier
from printd.shop.health import Health
from printd.shop.shop import Shop
from printd.store import cosignatures, log
from printd.witness.kept import Kept
from support.people import FIRST, SECOND, EverybodysKeys, create, proof
from support.witnesses import Served, answering, policy, served

CLOSED = "http://127.0.0.1:1"
OTHER = Cosigner("other.example/w1", bytes(range(32)))


def origin(number: int) -> str:
    return f"printd.example/ntt/office-{number}/blanks/1"


@pytest.fixture(scope="module")
def witness(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A witness that listens, and knows no log yet."""
    with served(tmp_path_factory.mktemp("witness") / "w") as there:
        yield there


class Asking:
    """A shop, and how it asks its witness."""

    def __init__(self, folder: Path) -> None:
        self.shop = Shop.open(folder)
        self.shop.books.keys = EverybodysKeys(self.shop.store)
        self.health = Health(lambda: "2026-11-30T00:00:00Z")
        self.barred: list[IntegrityError] = []
        self.asker = Asker(self.shop, self.shop.witnesses.witnesses[0], self.health, self.barred.append)

    def work(self, entries: int = 3, rows: int = 0) -> None:
        for _ in range(entries):
            self.shop.books.enter(read("register.read", {"what": "specimen:j", "rows": rows}), [FIRST])
        self.shop.sign()

    def told(self) -> Cosigned:
        with self.shop.store.reading() as connection:
            return cosigned.show(connection, self.shop.witnesses)

    def problem(self) -> tuple[str, str]:
        (found,) = self.health.problems()
        return found.code, found.stops


class Made(Protocol):
    """Makes a shop whose one witness is the real one, at an address that a test may change."""

    def __call__(self, address: str = ..., trusted: bool = ...) -> Path: ...


@pytest.fixture
def made(witness: Served, tmp_path: Path, request: pytest.FixtureRequest) -> Made:
    """Make a shop whose one witness is the real one, at an address that a test may change."""
    number = crc32(request.node.name.encode())

    def make(address: str = witness.url, trusted: bool = True) -> Path:
        folder = tmp_path / "shop"
        create(folder, origin=origin(number), extra=policy(("province", witness.vkey, address)))
        if trusted:
            kept = Kept.open(witness.folder)
            assert kept is not None
            kept.trust((folder / "keys" / "log.vkey").read_text().strip())
        return folder

    return make


@pytest.fixture
def ask() -> Iterator[Callable[[Path], Asking]]:
    opened: list[Asking] = []

    def begin(folder: Path) -> Asking:
        made = Asking(folder)
        opened.append(made)
        return made

    yield begin
    for one in opened:
        one.asker.close()
        one.shop.close()


Ask = Callable[[Path], Asking]


def test_the_first_checkpoint_is_cosigned_before_anything_is_printed(made: Made, ask: Ask) -> None:
    asking = ask(made())
    before = asking.told()
    assert (before["holding"], before["held"], before["before_first_print"]) == (0, None, False)
    assert asking.asker.turn() == LOOK_SECONDS
    told = asking.told()
    assert (told["holding"], told["held"], told["first"]) == (1, told["head"], told["head"])
    assert told["before_first_print"]
    assert asking.health.problems() == []


def test_each_later_checkpoint_is_cosigned_once(made: Made, ask: Ask) -> None:
    asking = ask(made())
    sizes = []
    for _ in range(3):
        for _ in range(2):
            assert asking.asker.turn() == LOOK_SECONDS
        sizes.append(asking.told()["head"])
        assert asking.told()["holding"] == 1
        asking.work()
        assert asking.told()["holding"] == 0, "the head is another one now"
    with asking.shop.store.reading() as connection:
        assert [row["size"] for row in cosignatures.every(connection)] == sizes


def test_a_head_that_stays_is_cosigned_again_after_an_hour(made: Made, ask: Ask) -> None:
    asking = ask(made())
    asking.asker.turn()
    asking.shop.books.clock = lambda: utc_now() + timedelta(hours=1, seconds=2)
    asking.asker.turn()
    with asking.shop.store.reading() as connection:
        rows = cosignatures.every(connection)
    assert len({row["size"] for row in rows}) == 1
    assert len(rows) in (1, 2), "two within a second of the witness's clock are one"
    assert asking.barred == []


def test_asking_begins_anew_after_it_was_broken_off(made: Made, ask: Ask) -> None:
    """A part of the daemon that died begins anew with the same way to the witness."""
    asking = ask(made())
    for _ in range(2):
        assert asking.asker.turn() == LOOK_SECONDS
        asking.asker.close()
        asking.work()
    assert asking.asker.turn() == LOOK_SECONDS
    assert asking.told()["holding"] == 1


def test_a_witness_that_contradicted_is_asked_no_more(made: Made, ask: Ask, tmp_path: Path, witness: Served) -> None:
    """What it says later, by whomever, does not put something milder in the place of the conflict."""
    folder = made()
    asking = ask(folder)
    asking.asker.turn()
    shutil.copytree(folder, tmp_path / "copy")
    asking.work(5)
    asking.asker.turn()
    old = ask(tmp_path / "copy")
    for _ in range(3):
        old.asker.turn()
    assert (len(old.barred), old.problem()) == (1, ("conflict", "shop"))


def test_a_shop_that_does_not_know_what_it_was_given_asks_anew(made: Made, ask: Ask, tmp_path: Path) -> None:
    """The answer was lost: the witness holds more than the shop knows of."""
    folder = made()
    shutil.copytree(folder, tmp_path / "earlier")
    asking = ask(folder)
    asking.work()
    shutil.copytree(folder, tmp_path / "before the answer")
    asking.asker.turn()
    late = ask(tmp_path / "before the answer")
    assert late.told()["holding"] == 0
    late.work()
    late.asker.turn()
    assert late.told()["holding"] == 1
    assert (late.barred, late.health.problems()) == ([], [])


def test_a_witness_that_is_not_there_is_asked_less_often(made: Made, ask: Ask) -> None:
    asking = ask(made(CLOSED))
    pauses = [asking.asker.turn() for _ in range(12)]
    assert all(2.0 ** min(number, 8) <= pause <= 300.0 for number, pause in enumerate(pauses[:8]))
    assert all(150.0 <= pause <= 300.0 for pause in pauses[9:])
    assert len(set(pauses)) > 6, "all shops of a province would come at once"
    assert (asking.barred, asking.health.problems()) == ([], []), "it is missed after a day, not after a second"


def test_a_witness_that_does_not_know_the_log_is_told_of(made: Made, ask: Ask) -> None:
    asking = ask(made(trusted=False))
    assert asking.asker.turn() > 0
    assert asking.problem() == ("refused", "nothing")
    assert asking.barred == []


def test_an_older_copy_put_back_bars_the_books(made: Made, ask: Ask, tmp_path: Path) -> None:
    folder = made()
    asking = ask(folder)
    asking.asker.turn()
    shutil.copytree(folder, tmp_path / "copy")
    asking.work(5)
    asking.asker.turn()
    old = ask(tmp_path / "copy")
    old.work(2)
    old.asker.turn()
    assert old.problem() == ("conflict", "shop")
    (why,) = old.barred
    assert "3 entries are missing" in why.what
    assert "province" in why.what
    with pytest.raises(IntegrityError, match="3 entries are missing"):
        ask(tmp_path / "copy").shop.check_start()


def test_two_people_record_what_the_witness_shows_to_be_lost(
    made: Made, ask: Ask, tmp_path: Path, witness: Served
) -> None:
    """The way out of an older copy where there is no newer backup: the next generation of the log, under a new name."""
    folder, copy = made(), tmp_path / "copy"
    asking = ask(folder)
    asking.asker.turn()
    shutil.copytree(folder, copy)
    asking.work(5)
    asking.asker.turn()
    ask(copy).asker.turn()
    shop = Shop.open(copy)
    try:
        following = f"{shop.keys.log.name[:-1]}2"
        done = go_on(Desk(shop), proof(FIRST), proof(SECOND), origin=following)
    finally:
        shop.close()
    assert done["missing"] == 5
    kept = Kept.open(witness.folder)
    assert kept is not None
    kept.trust((copy / "keys" / "log.vkey").read_text().strip())
    again = ask(copy)
    again.shop.check_start()
    again.work(9)
    assert again.asker.turn() == LOOK_SECONDS
    assert again.told()["holding"] == 1
    told = CliRunner().invoke(app, ["--shop", str(copy), "audit", "verify", "--json"])
    assert json.loads(told.stdout)["problems"] == []


def test_another_history_bars_the_books_and_both_notes_are_kept(
    made: Made, ask: Ask, tmp_path: Path, witness: Served
) -> None:
    folder = made()
    asking = ask(folder)
    asking.asker.turn()
    shutil.copytree(folder, tmp_path / "copy")
    asking.work(2)
    asking.asker.turn()
    fork = ask(tmp_path / "copy")
    fork.work(1, rows=1)  # within the same second the same entry is the same history
    fork.work(4)
    fork.asker.turn()
    assert fork.problem() == ("conflict", "shop")
    assert "two histories" in fork.barred[0].why
    with fork.shop.store.reading() as connection:
        (row,) = cosignatures.contradictions(connection)
        own = log.signed_checkpoints(connection, 1)[0]
    assert row["own"] == own[2]
    assert row["note"].startswith(asking.shop.keys.log.name.encode())
    with pytest.raises(IntegrityError, match="another root"):
        ask(tmp_path / "copy").shop.check_start()
    kept = Kept.open(witness.folder)
    assert kept is not None
    (evidence,) = kept.refused(asking.shop.keys.log.verifier)
    assert own[2] in (evidence / "request.txt").read_bytes()
    assert (evidence / "held.note").read_bytes() == row["note"]


REFUSALS: dict[str, tuple[int, str, bytes]] = {
    "422": (422, "text/plain", b"the proof leads to another root\n"),
    "409 with a huge size": (409, "text/x.tlog.size", b"999999999\n"),
    "409 with no size": (409, "text/x.tlog.size", b"many\n"),
    "409 of the size that was sent": (409, "text/x.tlog.size", b"0\n"),
    "409 as text": (409, "text/plain", b"3\n"),
}


@pytest.mark.parametrize("what", REFUSALS)
@pytest.mark.parametrize("shows", ["nothing", "a note of a stranger's key", "what the shop has"])
def test_a_witness_that_only_says_no_stops_nobody(made: Made, ask: Ask, what: str, shows: str) -> None:
    shown: list[tuple[int, str, bytes]] = [(404, "text/plain", b"")]
    with answering(lambda method, _path: REFUSALS[what] if method == "POST" else shown[0]) as address:
        asking = ask(made(address))
        name = asking.shop.keys.log.name
        if shows == "a note of a stranger's key":
            shown[0] = (200, "text/plain", sign(Checkpoint(name, 99, bytes(32)), Signer(name, bytes(32))))
        elif shows == "what the shop has":
            with asking.shop.store.reading() as connection:
                shown[0] = (200, "text/plain", log.signed_checkpoints(connection, 1)[0][2])
        asking.asker.turn()
    assert asking.barred == []
    assert asking.problem() == ("refused", "nothing")


ANSWERS: dict[str, bytes] = {
    "nothing": b"",
    "no line of a note": b"hello\n",
    "a line of another witness": OTHER.cosign(b"x\n", 7),
    "a long answer": b"x" * 100_000,
}


@pytest.mark.parametrize("what", ANSWERS)
def test_what_is_no_cosignature_of_the_witness_is_not_kept(made: Made, ask: Ask, what: str) -> None:
    with answering(lambda _method, _path: (200, "text/plain", ANSWERS[what])) as address:
        asking = ask(made(address))
        assert asking.asker.turn() > LOOK_SECONDS
    assert asking.told()["holding"] == 0
    if what != "a long answer":
        assert asking.problem() == ("not-its-own", "nothing")
    with asking.shop.store.reading() as connection:
        assert cosignatures.every(connection) == []


def test_a_redirection_is_not_followed(made: Made, ask: Ask, witness: Served) -> None:
    asked: list[str] = []

    def elsewhere(_method: str, path: str) -> tuple[int, str, bytes]:
        asked.append(path)
        return 307, "text/plain", b""

    with answering(elsewhere) as address:
        asking = ask(made(address))
        asking.asker.turn()
    assert asked == ["/add-checkpoint"]
    assert asking.told()["holding"] == 0


def test_the_empty_tree_has_one_root() -> None:
    """What the shop of a test signs is never empty; a witness's empty checkpoint contradicts nothing."""
    key = Signer("x.example/a", bytes(32))
    head = cosigned.shown(sign(Checkpoint("x.example/a", 0, EMPTY_ROOT), key), Verifier.from_vkey(key.vkey), "w")
    assert head is not None
    assert head.root == EMPTY_ROOT
