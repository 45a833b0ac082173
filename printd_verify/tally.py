"""What entries move between kinds of places, by themselves: of an excerpt nothing else is known of most blanks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any, Final

from printd_verify.places import pieces
from printd_verify.words import kind_of, ranges

OUTSIDE: Final = "outside"
"""Where blanks are before a delivery is announced: what all places together have more, it has less."""

_CHECKED: Final = frozenset({"output", "finished"})
_ON_THE_WAY: Final = frozenset({OUTSIDE, "transit", "transfer"})
_ARRIVES: Final = frozenset({"store", "site"})


class Tally:
    """Sums of movements since the last closing.

    :ivar moved: by kind of place how many more there are.
    :ivar alike: kinds of which only the sum is known, since what lies before the excerpt tells which it was.
    :ivar doubts: how many more attempts and test prints are in doubt.
    :ivar perhaps_of_sites: of how many pieces it is not known whether they were on the way or with a site.
    :ivar unsure: of how many that ended it is not known whether they were in doubt.
    """

    def __init__(self) -> None:
        self.moved = Counter[str]()
        self.alike: list[frozenset[str]] = []
        self.doubts = self.unsure = self.perhaps_of_sites = 0
        self._states: dict[str, str] = {}
        self._good: dict[str, bool] = {}
        self._transfers: dict[str, str] = {}
        self._differences: dict[str, tuple[str, str]] = {}
        self._read: dict[str, Callable[[list[str], dict[str, Any]], None]] = {
            "delivery.announced": lambda by, data: self._move(OUTSIDE, "transit", _pieces(data)),
            "delivery.received": self._received,
            "discrepancy.closed": self._settled,
            "blanks.moved": lambda by, data: self._move(kind_of(data["from"]), kind_of(data["to"]), _pieces(data)),
            "site.printed": lambda by, data: self._move("site", "holder", 1),
            "site.differed": lambda by, data: self._differ(data["discrepancies"], "site"),
            "transfer.sent": self._sent,
            "transfer.acknowledged": self._acknowledged,
            "blanks.destroyed": self._destroyed,
            "card.returned": self._returned,
            "attempt.started": lambda by, data: self._began(data["attempt"]),
            "attempt.in_doubt": lambda by, data: self._doubted(data["attempt"], data.get("fed")),
            "attempt.printed": self._ended,
            "attempt.unused": self._ended,
            "attempt.spoiled": self._ended,
            "test_print.started": lambda by, data: self._began(data["test"]),
            "test_print.ended": self._test_ended,
            "card.checked": self._checked,
            "card.missed": lambda by, data: self._after_check(data["attempt"], "missing"),
            "card.handed_over": self._handed_over,
            "shift.closed": self._shift_closed,
        }

    def read(self, kind: str, by: list[str], data: dict[str, Any]) -> None:
        """Take an entry."""
        take = self._read.get(kind)
        if take is not None:
            take(by, data)

    def begin_anew(self) -> None:
        """Begin to count from zero: a closing was read."""
        self.moved.clear()
        self.alike.clear()
        self.doubts = self.unsure = self.perhaps_of_sites = 0

    def _move(self, source: str, target: str, number: int) -> None:
        self.moved[source] -= number
        self.moved[target] += number

    def _received(self, by: list[str], data: dict[str, Any]) -> None:
        self._move("transit", "store", _pieces(data))
        self._differ(data.get("discrepancies", []), "transit")

    def _differ(self, found: list[dict[str, Any]], place: str) -> None:
        for one in found:
            self._differences[one["id"]] = (one["kind"], place)

    def _settled(self, by: list[str], data: dict[str, Any]) -> None:
        if data["outcome"] == "nothing":
            return
        kind, place = self._differences.get(data["discrepancy"], ("", ""))
        number = pieces(ranges(data["serials"]))
        if not place:
            self.alike.append(_ON_THE_WAY)
            if data["outcome"] == "missing":  # as what a site could not name does, which lay with it until then
                self.perhaps_of_sites += number
        self._move(OUTSIDE if kind == "over" else place or OUTSIDE, data["outcome"], number)

    def _sent(self, by: list[str], data: dict[str, Any]) -> None:
        self._transfers[data["transfer"]] = kind_of(data["to"])
        self._move(kind_of(data["from"]), "transfer", _pieces(data))

    def _acknowledged(self, by: list[str], data: dict[str, Any]) -> None:
        target = self._transfers.get(data["transfer"], "")
        if not target:
            self.alike.append(_ARRIVES)
        self._move("transfer", target or "store", _pieces(data))
        self._differ(data["discrepancies"], "transfer")

    def _destroyed(self, by: list[str], data: dict[str, Any]) -> None:
        self._move("spoiled", "destroyed", _pieces(data))
        self._move("invalid", "destroyed", pieces(ranges(data["invalid"])))

    def _returned(self, by: list[str], data: dict[str, Any]) -> None:
        if "serial" in data:
            self._move("holder", "invalid", 1)

    def _began(self, name: str) -> None:
        self._states[name] = "open"
        self._move("hopper", "printer", 1)

    def _doubted(self, name: str, fed: str | None) -> None:
        self.doubts += 1
        self._states[name] = "in_doubt"
        if fed is not None:
            self._move("hopper", "skipped", 1)

    def _settle(self, name: str, by: list[str]) -> None:
        """Take note that something ended that was under way or in doubt."""
        before = self._states.pop(name, None)
        if before == "in_doubt":
            self.doubts -= 1
        elif before is None and by:  # the machine ends nothing that is in doubt
            self.unsure += 1

    def _ended(self, by: list[str], data: dict[str, Any]) -> None:
        name, target = data["attempt"], kind_of(data["to"])
        self._settle(name, by)
        self._move("printer", target, 1)
        if "fed" in data:
            self._move("hopper", "skipped", 1)
        if target == "output":
            self._good[name] = False

    def _test_ended(self, by: list[str], data: dict[str, Any]) -> None:
        if data["outcome"] == "in_doubt":
            self._doubted(data["test"], None)
            return
        self._settle(data["test"], by)
        if "to" in data:
            self._move("printer", kind_of(data["to"]), 1)

    def _checked(self, by: list[str], data: dict[str, Any]) -> None:
        if data["quality"] == "good":
            self._move("output", "finished", 1)
            self._good[data["attempt"]] = True
        else:
            self._after_check(data["attempt"], "spoiled")

    def _after_check(self, attempt: str, target: str) -> None:
        """Move a card that may have been checked before."""
        good = self._good.pop(attempt, None)
        if good is None:
            self.alike.append(_CHECKED)
        self._move("finished" if good else "output", target, 1)

    def _handed_over(self, by: list[str], data: dict[str, Any]) -> None:
        self._good.pop(data["attempt"], None)
        self._move("finished", "holder", 1)

    def _shift_closed(self, by: list[str], data: dict[str, Any]) -> None:
        for place, serials in data["returned"]:
            self._move(kind_of(place), "store", pieces(ranges(serials)))


def _pieces(data: dict[str, Any]) -> int:
    return pieces(ranges(data["serials"]))
