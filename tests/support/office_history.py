"""Random lawful and unlawful events of the office around the printers, for histories that are replayed."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Sequence
from typing import Any

from printd.books.booking import Books
from printd.custody import sampling
from printd.ledger.merkle import EMPTY_ROOT
from printd.printing.calibration import NEUTRAL
from printd.shop.config import Policy
from printd.store import log
from printd.words.serials import SerialRange
from support.closed import closed
from support.fixed import SEALED

Enter = Callable[..., None]
One = Callable[[str], Any]
Every = Callable[[str], Sequence[Any]]
ROOT = "ab" * 32
END = {"log_size": 0, "log_root": EMPTY_ROOT.hex()}  # true of every log
SHEET = {"pieces": 3, "cartons": [["C1", "intact"]], "serials": [], "damaged": [], "wrong_type": []}
CLOSED = {"stock": [], "closing": {}, "places": [], "gaps": [], "spoiled": {}, "outcomes": {}, "note": "", **END}
COUNT = {"count": "c", "items": [], "witness": "", "reason": "", "counters": ["siti", "budi"], **END}
UNKNOWN = ("used_per_day", "wished_per_day", "days_left", "ask_on", "ask", "sfe", "average_use", "since")
NONE = ("floor", "queue", "coming", "prr", "suket", "printers", "open_days", "history_days")
FACTS: dict[str, Any] = {
    **dict.fromkeys(UNKNOWN),
    **dict.fromkeys(NONE, 0),
    "stock": 3,
    "level": "low",
    "surging": [],
    "recent": [],
    "today": {"used": 0, "wished": 0},
}


def office_events(
    chance: random.Random, enter: Enter, one: One, every: Every, books: Books
) -> Sequence[Callable[[], None]]:
    """Return events of shifts, counts, transfers, losses, supplies and policy.

    :param enter: enters a kind with its data, signed as it must be, or takes note that it was refused.
    :param one: returns a random row of a table, or an empty one.
    :param every: returns all of them.
    :param books: from which samples are drawn.
    """

    def draw() -> dict[str, Any]:
        """Return what a surprise count draws now, by the log as it is."""
        with books.store.reading() as connection:
            end = log.frontier(connection)
            ranges = sampling.population(connection)
        seed = sampling.seed_of(end.size, end.root().hex(), "4711")
        told = {"size": end.size, "root": end.root().hex(), "number": "4711", "seed": seed.hex()}
        drawn = [list(one) for one in sampling.draw(ranges, 3, seed)]
        return {**told, "population": sum(len(part) for _, part in ranges), "drawn": drawn}

    def serials(place: str) -> tuple[str, list[list[str]]]:
        """Return a part of a random range, mostly of one that lies where it is wanted."""
        for _ in range(40):
            row = one("serial_range")
            if row and row["place"].startswith(place):
                first = chance.randint(row["first"], row["last"])
                part = SerialRange(row["prefix"], row["width"], first, chance.randint(first, row["last"]))
                return row["place"], [part.to_json()]
        return "hopper:nowhere", [["K1", "K1"]]

    def name() -> str:
        return str(uuid.UUID(int=chance.getrandbits(128)))

    def shift() -> None:
        enter("shift.opened", {"shift": f"s{chance.randrange(10**6)}"})
        row = one("shift WHERE state != 'closed'")
        if not row:
            return
        enter("shift.counting", {"shift": row["id"]})
        enter("shift.counted", {"shift": row["id"], "places": {"output": {"pieces": 1}}})
        if chance.random() < 0.6:
            enter("shift.resumed", {"shift": row["id"]})
        else:
            lying: dict[str, list[list[str]]] = {}
            for part in every("serial_range WHERE place LIKE 'hopper:%' OR place LIKE 'shift:%'"):
                ends = SerialRange(part["prefix"], part["width"], part["first"], part["last"]).to_json()
                lying.setdefault(part["place"], []).append(ends)
            returned = [[place, some] for place, some in lying.items()]
            with books.store.reading() as connection:
                told = closed(connection, books.clock(), *lying)
            enter("shift.closed", {"shift": row["id"], "returned": returned, "act": CLOSED, **told})

    def count() -> None:
        row = one("delivery")
        if row:
            enter("delivery.counted", {"delivery": row["id"], "sheet": SHEET})
        enter("stock.counted", {"count": "c", "places": {"store": {"pieces": 3}}})
        enter("stock.closed", {"count": "c", "act": COUNT})
        drawn = draw()
        enter("sample.drawn", {"sample": name(), **drawn})
        sample = one("sample")
        enter(
            "sample.counted", {"sample": sample["id"], "missing": [serial for serial, _ in drawn["drawn"]], "bound": 4}
        )

    def dispute() -> None:
        number = chance.randrange(100, 10**6)
        span = [[f"Q{number}-1", f"Q{number}-4"]]
        about = {
            "practice": True,
            "bast_number": "b",
            "bast_date": "2026-11-02",
            "stock_type": "WNI",
            "generation": "g",
        }
        cartons = [[f"C{number}", f"Q{number}-1", f"Q{number}-2"]]
        more = {"identified_by": "serial", "cartons": cartons, "serials": span, "sender": "x", "seals": ["S1"]}
        due = {"due_back": "2026-12-01", "unit_value": 9547, "signed_by": "k"} if chance.random() < 0.5 else {}
        enter("delivery.announced", {"delivery": f"Q{number}", **about, **more, **due})
        over = chance.choice(["", "n"])
        found = [
            {"id": f"Q{number}-1", "kind": "short", "pieces": 1, "serials": [[f"Q{number}-4"] * 2], "note": ""},
            {"id": f"Q{number}-2", "kind": "over", "pieces": 1, "serials": [[f"Q{number}-9"] * 2], "note": over},
        ]
        received = {"delivery": f"Q{number}", "serials": [[f"Q{number}-1", f"Q{number}-3"]], "counted": 4}
        enter("delivery.received", {**received, "discrepancies": found})
        enter("carton.opened", {"delivery": f"Q{number}", "carton": f"C{number}"})
        open_ = one("discrepancy")
        outcome = chance.choice(["store", "missing"] if open_["kind"] == "short" else ["store", "nothing"])
        lot = open_["subject"].partition(":")[2]
        some = [[f"{lot}-4"] * 2] if open_["kind"] == "short" else [[f"{lot}-9"] * 2]
        closed = {"discrepancy": open_["id"], "outcome": outcome, "document": "d", "serials": some}
        enter("discrepancy.closed", closed)
        _, some = serials("store")
        enter("chip.bound", {"uid": f"{chance.getrandbits(56):014X}", "serial": some[0][0]})

    def lose() -> None:
        enter(
            "incident.opened",
            {"incident": name(), "kind": "other", "serials": [], "pieces": 0, "note": "n", "last_event": "{}"},
        )
        row = one("incident")
        note = {"incident": row["id"], "text": "t", **({"police_report": "p"} if chance.random() < 0.5 else {})}
        note |= {"reported_to": chance.sample(["head", "province"], 1)} if chance.random() < 0.5 else {}
        enter("incident.noted", note)
        if chance.random() < 0.3:
            enter("incident.closed", {"incident": row["id"], "outcome": "o"})
        enter(
            "card.returned", {"card": name(), "holder": "h1", "cause": "moved", "from_site": "office", "sealed": SEALED}
        )
        card, (_, some) = one("returned_card"), serials("spoiled")
        data = {"destruction": name(), "ba_number": "b", "method": "burn", "place": "p", "cards": [card["id"]]}
        data["sealed"], witnesses = SEALED, [{"who": "w", "agency": "a"}]
        enter("blanks.destroyed", {**data, "serials": some, "invalid": [], "witnesses": witnesses})
        enter("register.read", {"what": "r8", "rows": 1})
        row = one("attempt")
        if row and chance.random() < 0.2:
            enter("card.missed", {"attempt": row["id"], "note": "n"})

    def send() -> None:
        site = chance.choice(["alak", "unit-1"])
        data = {"site": site, "kind": "subdistrict", "title": "t", "area": "53.71.01", "key": ""}
        enter("site.set", data)
        _, some = serials("store")
        about = {"from": "store", "to": f"site:{site}", "serials": some, "document": "d", "carrier": "c"}
        due = {"due_back": "2026-12-24"} if chance.random() < 0.5 else {}
        enter("transfer.sent", {"transfer": name(), **about, "seals": ["S"], "sealed": SEALED, **due})
        row = one("transfer")
        if row and chance.random() < 0.6:
            _, some = serials(f"transfer:{row['id']}")
            taken = {"transfer": row["id"], "serials": some, "acknowledgement": "a", "discrepancies": []}
            enter("transfer.acknowledged", taken)
        stock = {"site": site, "day": "2026-11-02", "stock_type": "WNI", "pieces": 3, "book": 4}
        enter("site.reported", {**stock, **({"ribbon": 40} if chance.random() < 0.5 else {})})
        _, some = serials(f"site:{site}")
        days = {"printed_on": "2026-11-02", "handed_over_on": "2026-11-03"}
        by = {"printer": "p", "operator": "o", "checker": "c", "receiver": "proxy", "old_card": "none"}
        about = {"site": site, "document": "d", "holder": "h1", "nik_area": "53.71", **days, **by, "sealed": SEALED}
        job = f"j{chance.randrange(20)}"
        enter("site.printed", {"card": name(), **about, "serial": some[0][0], "job": job})
        _, some = serials(f"site:{site}")
        open_ = {"id": name(), "kind": "unnamed", "pieces": 1, "serials": [[some[0][0]] * 2], "note": "d"}
        enter("site.differed", {"site": site, "document": "d", "discrepancies": [open_]})
        row = one("attempt")
        if row:
            enter("card.tried", {"attempt": row["id"], "how": "visit", **({"reached": True} if some else {})})

    def supply() -> None:
        kind = chance.choice(["ribbon", "film", "cleaning"])
        paper = {"document": "d"} if chance.random() < 0.5 else {}
        enter("consumable.received", {"kind": kind, "label": "L", "pieces": 2, "nominal": 500, **paper})
        printer = one("printer")
        if printer:
            data = {"kind": kind, "label": "L", "printer": printer["name"], "nominal": 500}
            enter("consumable.opened", data)
            enter("consumable.opened", {**data, "label": "M", "unbooked": True, "document": "d"})
            settings = {**NEUTRAL, "edge": 1, "curves": {"y": [[0, 0], [255, 250]]}}
            enter("printer.calibrated", {"printer": printer["name"], "settings": settings})
        about = {"holder": f"h{chance.randrange(30)}", "issued_on": "2026-01-02", "expires_on": "2026-07-02"}
        enter("suket.issued", {"suket": name(), **about, "status": "PRR", "sealed": SEALED})
        who = {"name": "A", "nip": "198204152009011001", "assignment": {"number": "n", "day": "2026-11-02"}}
        more = {"difference": "d", "collector": who, "addressee": ["a"]} if chance.random() < 0.5 else {}
        enter("request.made", {"request": name(), "stock_type": "WNI", "asked": 400, "facts": FACTS, **more})
        row = one("attempt")
        if row:
            about = {"receiver": chance.choice(["holder", "proxy"]), "old_card": "taken"}
            enter("card.checked", {"attempt": row["id"], "quality": "good"})
            enter("card.handed_over", {"attempt": row["id"], **about})

    def test_card() -> None:
        source, some = serials("shift:")
        enter("blanks.moved", {"serials": some, "from": source, "to": "hopper:p1", "why": "load"})
        place, some = serials("hopper:")
        on, test = place.removeprefix("hopper:"), name()
        enter("printer.paused", {"printer": on, "why": "a test"})
        about = {"purpose": "test", "printer": on, "serial_number": "sn", "serial": some[0][0], "artwork": "a"}
        enter("test_print.started", {"test": test, **about, "counters": {"cards": 1}})
        evidence: dict[str, Any] = {"evidence": {"findings": []}}
        last = one("test_print")
        for ended in (test, last["id"]) if last else ():
            outcome = chance.choice(["in_doubt", "spoiled", "unused", "lost"])
            to = {"spoiled": "spoiled", "unused": place, "lost": "missing"}.get(outcome)
            data = {"test": ended, "outcome": outcome, **evidence, **({"to": to} if to else {})}
            enter("test_print.ended", data)
            enter("test_print.evidence", {"test": test, **evidence})

    def rule() -> None:
        policy = {**Policy().model_dump(mode="json"), "reserve_floor": chance.randrange(9)}
        about = {"office": "o", "timezone": "UTC", "version": "0.1.0", "layout": "l", "senders": []}
        under = {**about, "layout_digest": "0" * 64, "settings": "1" * 64, "policy": policy}
        enter("shop.configured", {"configuration": under})
        for found in every("configuration"):
            enter("configuration.accepted", {"entry": found["seq"]})
        row = one("job")
        if row:
            enter("job.overridden", {"job": row["id"], "why": "w"})

    return (shift, count, dispute, lose, send, supply, test_card, rule)
