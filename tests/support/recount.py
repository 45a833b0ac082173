"""The figures of reports counted again from an exported log: raw JSON entries and dictionaries, nothing of printd.

One dictionary entry a blank. Written from what each kind of entry says, not from what the shop makes of it.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from support.exported import bodies

WITA = timezone(timedelta(hours=8))
ON_HAND = {"store", "shift", "hopper", "printer", "output"}
IN_HAND = ON_HAND - {"store"}
GOOD = {"finished", "holder", "invalid"}


def serials(pairs: list[list[str]]) -> list[str]:
    """Return every serial between the ends of pairs."""
    found = []
    for first, last in pairs:
        low, high = (re.fullmatch(r"(.*?)([0-9]+)", text) for text in (first, last))
        assert low is not None
        assert high is not None
        numbers = range(int(low[2]), int(high[2]) + 1)
        found += [f"{low[1]}{number:0{len(low[2])}d}" for number in numbers]
    return found


def local(at: str) -> datetime:
    """Return a moment by the clock of Kupang."""
    return datetime.strptime(at, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).astimezone(WITA)


class Recount:
    """What the entries of one exported log say, day by day."""

    def __init__(self, exported: Path) -> None:
        self.entries = [json.loads(body) for body in bodies(exported)]
        self.at: dict[str, str] = {}  # blank -> place
        self.lent: set[str] = set()
        self.flows: dict[date, Counter[str]] = defaultdict(Counter)
        self.closing: dict[date, int] = {}
        self.hands: dict[str, Counter[str]] = {}  # shift -> what came into its hands and what left them
        self._hand: Counter[str] = Counter()
        self.unprinted: dict[date, int] = {}
        self.store: list[tuple[int, int]] = []  # in and out of the store, entry by entry
        self.attempts: dict[str, dict[str, Any]] = {}
        self.prints: list[tuple[date, str]] = []
        self.came: Counter[date] = Counter()
        self.good: Counter[date] = Counter()
        self.spoil: dict[str, tuple[str, str]] = {}  # blank -> cause, step
        self.spoiled: list[tuple[date, str, str]] = []
        self.rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for entry in self.entries:
            day = local(entry["at"]).date()
            self.rows[entry["kind"]].append({**entry["data"], "day": day, "by": entry["by"]})
            self._one(entry, entry["data"], day)
            held = Counter(place.split(":")[0] for place in self.at.values())
            self.closing[day] = sum(held[one] for one in ON_HAND)
            self.unprinted[day] = held["store"] + held["shift"] + held["hopper"]

    def move(self, day: date, blanks: list[str], target: str) -> None:
        """Carry blanks to a place, and count what flows over the office's edge."""
        for blank in blanks:
            source = self.at.get(blank, "nowhere")
            self.at[blank] = target
            self.flow(day, source.split(":")[0], target.split(":", maxsplit=1)[0], blank in self.lent)
            self.hold(source.split(":")[0], target.split(":", maxsplit=1)[0])
            if "store" in (source, target):
                self.store.append((int(target == "store"), int(source == "store")))

    def flow(self, day: date, source: str, target: str, lent: bool) -> None:
        """Count one blank under what the trade calls it."""
        flows = self.flows[day]
        if source == "transit" and target in ("missing", "returned"):
            return  # it never came
        if target == "destroyed" or (source in ("transfer", "site") and target not in ON_HAND):
            return
        if source == "transit":
            flows["loaned_in" if lent else "received"] += 1
        elif source in ("skipped", "missing"):
            flows["recovered"] += 1
        elif source in ("transfer", "site"):
            flows["loaned_in"] += 1
        elif source in GOOD and target not in GOOD:
            flows["used_good"] -= 1
        elif source == "spoiled":
            flows["spoiled"] -= 1
        names = {**dict.fromkeys(GOOD, "used_good"), "transfer": "loaned_out", "site": "loaned_out"}
        name = names.get(target, target)
        if target not in ON_HAND and not (source in GOOD and target in GOOD):
            flows[name] += 1

    def hold(self, source: str, target: str) -> None:
        """Count one blank that comes into the hands of a shift, or leaves them, by where it comes from and goes to."""
        if source not in IN_HAND and target in IN_HAND:
            self._hand["issued" if source == "store" else f"from {source}"] += 1
        elif source in IN_HAND and target not in IN_HAND:
            names = {**dict.fromkeys(GOOD, "good"), "store": "returned"}
            self._hand[names.get(target, target)] += 1

    def lose(self, day: date, blank: str, cause: str, step: str) -> None:
        """Take note of a spoiled blank."""
        self.spoil.setdefault(blank, (cause, step))
        self.spoiled.append((day, cause, step))

    def _one(self, entry: dict[str, Any], data: dict[str, Any], day: date) -> None:
        kind = entry["kind"]
        if kind == "delivery.announced":
            for blank in serials(data["serials"]):
                self.at[blank] = f"transit:{data['delivery']}"
                if data.get("due_back"):
                    self.lent.add(blank)
        elif kind == "delivery.received":
            self.move(day, serials(data["serials"]), "store")
        elif kind == "discrepancy.closed" and data["outcome"] != "nothing":
            self.move(day, serials(data["serials"]), data["outcome"])
        elif kind == "blanks.moved":
            self.move(day, serials(data["serials"]), data["to"])
            if data["to"] == "spoiled" and data["why"] != "site_spoiled":
                for blank in serials(data["serials"]):
                    self.lose(day, blank, data["why"], data.get("step", "store"))
        elif kind == "shift.closed":
            for _, pairs in data["returned"]:
                self.move(day, serials(pairs), "store")
            self.hands[data["shift"]] = self._hand
            self._hand = Counter()
        elif kind == "transfer.sent":
            self.move(day, serials(data["serials"]), f"transfer:{data['transfer']}")
        elif kind == "transfer.acknowledged":
            sent = next(one for one in self.rows["transfer.sent"] if one["transfer"] == data["transfer"])
            self.move(day, serials(data["serials"]), sent["to"])
        elif kind == "site.printed":
            self.move(day, [data["serial"]], "holder")
        elif kind == "blanks.destroyed":
            self.move(day, serials(data["serials"]) + serials(data["invalid"]), "destroyed")
        elif kind == "record.accepted":
            self.came[day] += 1
        elif kind == "attempt.started":
            self.attempts[data["attempt"]] = {**data, "operator": self.entries[data["resumed"]]["by"][0]}
            self.at[data["serial"]] = f"printer:{data['printer']}"
        elif kind in ("attempt.printed", "attempt.unused", "attempt.spoiled"):
            attempt = self.attempts[data["attempt"]]
            attempt |= {"state": kind.split(".")[1], "closed": entry["at"], "cause": data.get("cause")}
            self.prints.append((day, data["attempt"]))
            self.move(day, [attempt["serial"]], data["to"])
            if kind == "attempt.spoiled":
                step = "encode" if data["cause"] in ("no_chip", "encode_fail") else "print"
                self.lose(day, attempt["serial"], data["cause"], step)
        elif kind == "card.checked":
            attempt = self.attempts[data["attempt"]]
            attempt |= {"quality": data["quality"], "checked": entry["at"], "cause": data.get("cause")}
            self.move(day, [attempt["serial"]], "finished" if data["quality"] == "good" else "spoiled")
            if data["quality"] == "good":
                self.good[day] += 1
            else:
                self.lose(day, attempt["serial"], data["cause"], "qc")
        elif kind == "card.handed_over":
            attempt = self.attempts[data["attempt"]]
            attempt["handed_over"] = entry["at"]
            self.move(day, [attempt["serial"]], "holder")
