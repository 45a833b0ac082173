"""What spoils a log that was good, said entry by entry."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any

from printd.ledger.notes import key_id
from printd.ledger.signatures import LABEL, person_key_name
from support.told import (
    BUDI,
    HASH,
    ORIGIN,
    RATNA,
    SARI,
    SITI,
    TONO,
    Told,
    blanks,
    enrolled,
)

Spoil = Callable[[Told], object]

MACHINE = {"uri": "tcp://192.0.2.1:1", "family": "f", "model": "m", "firmware": "1"}


def weak(log: Told) -> None:
    name, public = person_key_name(ORIGIN, "mara"), bytes([1]) + bytes(31)
    raw = b"\xff" + LABEL.encode() + public
    text = f"{name}+{key_id(name, raw).hex()}+{base64.b64encode(raw).decode()}"
    log.say("operator.enrolled", {"person": enrolled("mara", "operator", key=text)}, RATNA, SARI, "mara")


def enrol(name: str = "mara", **more: Any) -> Spoil:
    return lambda log: log.say("operator.enrolled", {"person": enrolled(name, "operator", **more)}, RATNA, SARI, name)


def printed_twice(log: Told) -> None:
    """A finished card's job is printed once more."""
    log.record(2)
    log.start(2)
    log.printed(2)
    log.check(2, BUDI)
    log.start(2, 3, attempt="b2", number=2, counters={"cards": 3})


def doubt(log: Told, *by: str, **more: Any) -> None:
    log.record(2)
    log.start(2)
    log.say("attempt.in_doubt", {"attempt": "a2", "evidence": {"findings": [], "rung": "engine_done"}})
    log.say("attempt.unused", {"attempt": "a2", "to": "hopper:p1", **more}, *by)


def two_records_of_one(log: Told) -> None:
    log.record(2)
    log.record(3, holder="h2")


def spoiled(log: Told, *by: str) -> None:
    log.record(2)
    log.start(2)
    log.say("attempt.spoiled", {"attempt": "a2", "to": "spoiled", "cause": "jam"}, *by)


def later(at: str) -> Spoil:
    def spoil(log: Told) -> None:
        log.at = at
        log.say("login.failed", {"names": {}, "unknown": 1})

    return spoil


def configured(log: Told) -> None:
    content = {"classes": [], "reserve_floor": 0, "quota_period": "day", "quotas": {}}
    digests = {"layout_digest": HASH, "senders": [], "settings": HASH, "policy": content}
    words = {"office": "o", "timezone": "Asia/Makassar", "version": "1", "layout": "l"}
    log.say("shop.configured", {"configuration": {**words, **digests}})
    log.say("printer.resumed", {"printer": "p1"}, SITI)


def in_the_count(log: Told) -> None:
    log.record(2)
    log.say("shift.counting", {"shift": "s1"}, SITI)
    log.start(2)


def sample(log: Told, **changes: Any) -> int:
    size = len(log.bodies) - 1
    root = log.end(size).root().hex()
    seed = sha256(f"printd sample/1\n{size}\n{root}\n4711".encode()).hexdigest()
    data = {"sample": "x", "size": size, "root": root, "number": "4711", "seed": seed, "population": 99}
    return log.say("sample.drawn", {**data, "drawn": [["K00011", "store"]], **changes}, SITI)


def moved(*arguments: Any, **more: Any) -> Spoil:
    return lambda log: log.move(*arguments, **more)


def say_(kind: str, data: Mapping[str, Any], *by: str, **more: Any) -> Spoil:
    return lambda log: log.say(kind, data, *by, **more)


def over(log: Told) -> str:
    """Say that two pieces came over with a delivery; return the name of the difference."""
    about = {"bast_number": "1", "bast_date": "2026-11-01", "stock_type": "WNI", "generation": "5", "practice": True}
    data = {"delivery": "D2", **about, "identified_by": "serial", "cartons": [], "serials": blanks(200, 209)}
    log.say("delivery.announced", data, SITI)
    difference = {"id": "D2-1", "kind": "over", "pieces": 2, "serials": [], "note": ""}
    received = {"delivery": "D2", "serials": blanks(200, 209), "counted": 12, "discrepancies": [difference]}
    log.say("delivery.received", received, SITI, TONO)
    return "D2-1"


def at_alak(log: Told) -> int:
    """Let a site hold two blanks."""
    log.say("site.set", {"site": "alak", "kind": "office", "title": "t", "area": "", "key": ""}, RATNA)
    log.say("transfer.sent", {
        "sealed": HASH, "transfer": "t", "from": "store", "to": "site:alak", "serials": blanks(20, 21), "document": "1",
        "carrier": "c", "seals": [],
    }, SITI, TONO)  # fmt: skip
    return log.say("transfer.acknowledged", {
        "transfer": "t", "serials": blanks(20, 21), "acknowledgement": "1", "discrepancies": [],
    }, SITI, TONO)  # fmt: skip


def site_card(log: Told, number: int) -> int:
    """Let that site report a card."""
    return log.say("site.printed", {
        "sealed": HASH, "card": str(number), "site": "alak", "document": "1", "serial": blanks(number, number)[0][0],
        "job": "1", "holder": "h", "nik_area": "53.71", "printer": "p", "operator": "o", "checker": "c",
        "printed_on": "2026-11-02", "handed_over_on": "2026-11-02", "receiver": "holder", "old_card": "none",
    }, SITI, TONO)  # fmt: skip


def differed(log: Told, number: int, kind: str = "unnamed") -> int:
    """Let it use a blank and name no card."""
    one = {"id": "alak-1", "kind": kind, "pieces": 1, "serials": blanks(number, number), "note": "1"}
    return log.say("site.differed", {"site": "alak", "document": "1", "discrepancies": [one]}, SITI, TONO)


def came_back(log: Told) -> int:
    data = {"sealed": HASH, "card": "c", "holder": "h1", "cause": "damaged", "from_site": "office", "serial": "K00001"}
    return log.say("card.returned", data, SITI)


def destroyed(log: Told, cards: list[str], invalid: list[list[str]], **more: Any) -> int:
    data = {"sealed": HASH, "destruction": "b", "ba_number": "1", "serials": [], "invalid": invalid, "cards": cards}
    return log.say("blanks.destroyed", {**data, "method": "burn", "place": "p", "witnesses": [], **more}, SITI, TONO)


def sent(log: Told, number: int) -> int:
    data = {"sealed": HASH, "transfer": "t", "from": "store", "to": "site:alak", "serials": blanks(number, number)}
    return log.say("transfer.sent", {**data, "document": "1", "carrier": "c", "seals": []}, SITI, TONO)


def started(**more: Any) -> Spoil:
    def spoil(log: Told) -> None:
        log.record(2)
        log.start(2, **more)

    return spoil
