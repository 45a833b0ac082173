"""What the books keep of witnesses, on both databases: who holds how much, for how many it is enough, since when."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from printd.books import cosigned
from printd.errors import Refused
from printd.events.kinds import read
from printd.ledger.cosigner import Cosigner
from printd.ledger.notes import NoteError, split_note
from printd.ledger.policy import Policy
from printd.ledger.policy import read as read_policy
from printd.shop.shop import Shop
from printd.store import cosignatures as stored
from printd.store import log
from support.deliberate import line, notices
from support.intake_help import KNOWN_DISTRICT, accept, deliver, new_shop, opened, people, print_card
from support.people import FIRST

WITNESSES = {name: Cosigner(f"{name}.example/w1", bytes([number]) * 32) for number, name in enumerate("pna", 1)}
NAMES = {"p": "province", "n": "notary", "a": "auditor"}
START = 1_764_460_800
"""2025-11-30 00:00 UTC."""


def rules() -> Policy:
    """The province must hold it, and one of two outsiders."""
    lines = [f"witness {NAMES[short]} {key.verifier.vkey}" for short, key in WITNESSES.items()]
    groups = ["group outside any notary auditor", "group enough all province outside", "quorum enough"]
    return read_policy("".join(f"{line}\n" for line in (*lines, *groups)).encode())


def at(seconds: int) -> str:
    return datetime.fromtimestamp(START + seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def grow(shop: Shop, entries: int) -> int:
    for _ in range(entries):
        shop.books.enter(read("register.read", {"what": "specimen:j", "rows": 0}), [FIRST])
    return shop.sign()


def hold(shop: Shop, who: str, size: int, seconds: int, came: int | None = None) -> int:
    """Let a witness cosign a checkpoint at a time; it comes back then, or later."""
    with shop.store.writing() as connection:
        note = log.note_of(connection, size)
        assert note is not None
        line = WITNESSES[who].cosign(split_note(note)[0], START + seconds)
        received = at(seconds if came is None else came)
        return cosigned.keep(connection, size, note, line, WITNESSES[who].verifier, received)


def told(shop: Shop, until: str | None = None) -> Any:
    with shop.store.reading() as connection:
        return cosigned.show(connection, rules(), until)


@notices(
    {
        "whoever holds more holds nothing": line(cosigned._held, "held >= size", "held == size"),
        "an older size is the head": line(cosigned.show, 'row["size"] == head', 'row["size"] <= head'),
        "what came later counts": line(stored.latest, "if until is not None:", "if False:"),
    }
)
def test_what_enough_hold_is_the_largest_size_that_the_policy_is_satisfied_with(shop_on_both: Shop) -> None:
    shop = shop_on_both
    one, two, three = shop.sign(), grow(shop, 2), grow(shop, 3)
    assert told(shop)["held"] is None
    hold(shop, "p", three, 30)
    assert told(shop)["held"] is None, "the province alone is not enough"
    hold(shop, "n", one, 40)
    assert (told(shop)["held"], told(shop)["held_at"]) == (one, at(40))
    hold(shop, "a", two, 50)
    assert (told(shop)["held"], told(shop)["held_at"]) == (two, at(50))
    hold(shop, "n", three, 60)
    assert (told(shop)["held"], told(shop)["holding"]) == (three, 2)
    assert told(shop, at(45))["held"] == one, "what came later is left out"
    assert [row["size"] for row in told(shop)["witnesses"]] == [three, three, two]


def test_a_cosignature_is_kept_once_and_for_ever(shop_on_both: Shop) -> None:
    size = shop_on_both.sign()
    assert [hold(shop_on_both, "p", size, 10) for _ in range(2)] == [1, 0]
    assert hold(shop_on_both, "p", size, 11) == 1
    with shop_on_both.store.writing() as connection:
        stored.add_contradiction(connection, {"key": "x", "size": 1, "note": b"", "own": b"", "seen_at": ""})
    for change in (
        "UPDATE cosignature SET time = 1",
        "DELETE FROM cosignature",
        "UPDATE contradiction SET note = own",
        "DELETE FROM contradiction",
        f"INSERT INTO cosignature SELECT {size + 9}, key, time, line, received_at FROM cosignature",
    ):
        with pytest.raises(Refused), shop_on_both.store.writing() as connection:
            connection.exec_driver_sql(change)


def test_a_cosignature_that_is_none_is_not_kept(shop: Shop) -> None:
    size = shop.sign()
    with shop.store.writing() as connection:
        note = log.note_of(connection, size)
        assert note is not None
        text, _ = split_note(note)
        for lines in (
            b"",
            WITNESSES["n"].cosign(text, START),
            WITNESSES["p"].cosign(text.replace(b"\n", b"x\n", 1), START),
            WITNESSES["p"].cosign(text, START)[:-4] + b"AAA\n",
        ):
            with pytest.raises(NoteError):
                cosigned.keep(connection, size, note, lines, WITNESSES["p"].verifier, at(0))
        assert stored.every(connection) == []


def test_a_witness_whose_clock_is_ahead_did_not_see_it_tomorrow(shop: Shop) -> None:
    size = shop.sign()
    hold(shop, "p", size, 90_000, came=100)
    hold(shop, "n", size, 2**62, came=120)
    assert [row["seen_at"] for row in told(shop)["witnesses"][:2]] == [at(100), at(120)]
    hold(shop, "a", size, 50, came=86_400)
    assert told(shop)["witnesses"][2]["seen_at"] == at(50), "a stick was under way for a day"


def test_whether_the_first_was_seen_before_the_first_card(tmp_path: Path) -> None:
    """By number and by time: one of before the first card that was cosigned after it says nothing."""
    with opened(new_shop(tmp_path / "shop", KNOWN_DISTRICT)) as desk:
        shop = desk.shop
        now = int(shop.books.clock().timestamp()) - START
        deliver(desk)
        before = shop.sign()
        card = accept(desk, people()[0])
        print_card(desk, card.job, "KPG0000001")
        after = shop.sign()
        assert (told(shop)["first"], told(shop)["before_first_print"]) == (None, False)
        hold(shop, "p", after, now)
        assert (told(shop)["first"], told(shop)["before_first_print"]) == (after, False)
        hold(shop, "p", before, now + 3600, came=now + 3600)
        assert (told(shop)["first"], told(shop)["before_first_print"]) == (before, False)
        hold(shop, "n", before, now - 10)
        assert (told(shop)["first"], told(shop)["before_first_print"]) == (before, True)
        assert "before the first card was printed" in cosigned.first_in_words(told(shop), UTC)
        with shop.store.reading() as connection:
            note = cosigned.first_note(connection, rules())
        text, lines = split_note(note)
        assert text.decode().split("\n")[1] == str(before)
        assert len(lines) == 3, "the log's, and of each witness the first over that size"


def test_where_nobody_saw_it_that_is_said(shop: Shop) -> None:
    shop.sign()
    with shop.store.reading() as connection:
        assert cosigned.first_note(connection, rules()) == b""
    none, printed = told(shop), told(shop)
    printed["printed"] = True
    assert "Let a witness cosign the log before the first one is" in cosigned.first_in_words(none, UTC)
    assert "No witness saw the log" in cosigned.first_in_words(printed, UTC)
