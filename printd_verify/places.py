"""Where every blank is, by the entries: in exactly one place, and for each delivery the places add up."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from printd_verify.findings import Findings
from printd_verify.spans import Spans
from printd_verify.words import Range, kind_of

Handler = Callable[[int, str, list[str], dict[str, Any]], None]
"""Takes number, time, names and data of an entry."""

Moved = Callable[[Range, str, str, str], None]
"""Takes blanks that moved, from where, to where, and the delivery that they came with; empty: nothing tells which."""

ORIGIN: Final = "province"
"""Where blanks were before they came into the books."""

ON_HAND: Final = frozenset({"store", "shift", "hopper", "printer", "output"})

_ACCOUNTS: Final = {
    **dict.fromkeys(ON_HAND, "on_hand"),
    **dict.fromkeys(("finished", "holder", "invalid"), "used_good"),
    **dict.fromkeys(("transfer", "site"), "loaned_out"),
    **{one: one for one in ("spoiled", "returned", "skipped", "missing", "transit", "destroyed")},
}
"""What a blank counts as, by the kind of its place."""

IN_HAND: Final = frozenset({"shift", "hopper", "printer", "output"})
"""Where blanks are that a shift answers for."""

_BROUGHT: Final = {"store": "issued", "skipped": "found", "missing": "found"}
_TAKEN: Final = {
    "store": "returned", "finished": "good", "holder": "good", "invalid": "good", "spoiled": "spoiled",
    "skipped": "skipped", "missing": "missing",
}  # fmt: skip
BROUGHT: Final = ("issued", "found")
TAKEN: Final = ("good", "spoiled", "returned", "skipped", "missing")

COMING: Final = ("received", "loaned_in", "recovered")
GOING: Final = ("used_good", "spoiled", "loaned_out", "returned", "skipped", "missing")


@dataclass(eq=False, slots=True)
class Held:
    """Where blanks are, and with which delivery they came; of each pair there is one, so that it is compared fast."""

    place: str
    delivery: str


@dataclass
class Delivery:
    """What a delivery brought.

    :param announced: pieces that it brings into the books.
    :param loan: it is to be given back.
    """

    stock_type: str
    generation: str
    announced: int
    loan: bool
    received: bool = False
    unit_value: int | None = None


class Places:
    """Every blank, and what moved since the last closing."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._held: Spans[Held] = Spans()
        self._cartons: Spans[tuple[str, str]] = Spans()
        self._opened: set[tuple[str, str]] = set()
        self.deliveries: dict[str, Delivery] = {}
        self.counts: dict[Held, int] = {}
        """Pieces by place and delivery."""
        self._moved: dict[tuple[Held, Held], int] = {}
        self._known: dict[tuple[str, str], Held] = {}
        self.on_move: Moved | None = None
        """Is told everything that moves."""
        self.spoiled_in_hand: dict[str, None] = {}
        """Blanks that a shift spoiled since the last closing."""

    def at(self, blank: Range) -> Held | None:
        """Return where a blank is; ``None``: the entries that are there do not tell."""
        return self._held.at(blank)

    def of(self, blank: Range) -> Delivery | None:
        """Return the delivery that a blank came with."""
        held = self._held.at(blank)
        return None if held is None else self.deliveries.get(held.delivery)

    def parts(self, blanks: Range) -> list[tuple[Range, Held | None]]:
        """Return consecutive parts of a range with where each is."""
        return self._held.parts(blanks)

    def every(self) -> Iterable[tuple[Range, Held]]:
        """Return all blanks."""
        return self._held

    def create(self, seq: int, blanks: Sequence[Range], place: str, delivery: str) -> bool:
        """Bring blanks into the books."""
        if _twice(blanks):
            self._findings.add("listed_twice", seq, serial=str(blanks[0]))
            return False
        for part in blanks:
            for one, held in self._held.parts(part):
                if held is not None:
                    self._findings.doubt("in_the_books", seq, serial=str(one), delivery=held.delivery)
                    return False
        new = self._held_in(place, delivery)
        for part in blanks:
            self._held.put(part, new)
            if self.on_move is not None:
                self.on_move(part, ORIGIN, place, delivery)
        self.counts[new] = self.counts.get(new, 0) + pieces(blanks)
        return True

    def add_carton(self, carton: Range, delivery: str, label: str) -> None:
        """Take note of a closed carton."""
        self._cartons.put(carton, (delivery, label))

    def open_carton(self, seq: int, delivery: str, label: str) -> None:
        """Two people opened a carton."""
        if (delivery, label) in self._opened:
            self._findings.add("carton_again", seq, carton=label)
        self._opened.add((delivery, label))

    def has_carton(self, delivery: str, label: str) -> bool:
        """Tell whether a delivery brought a carton."""
        return any(value == (delivery, label) for _, value in self._cartons)

    def move_one(self, seq: int, blank: Range, source: str, target: str) -> bool:
        """Move one blank as :meth:`move` does."""
        held = self._held.at(blank)
        if held is None or held.place != source or source == "store":
            return self.move(seq, [blank], source, target)
        self._take(blank, held, source, target)
        return True

    def _take(self, part: Range, held: Held | None, source: str, target: str) -> None:
        """Give a range, all of one delivery in one place, its new place."""
        delivery, number = "" if held is None else held.delivery, part.last - part.first + 1
        new, counts = self._held_in(target, delivery), self.counts
        self._held.put(part, new)
        if self.on_move is not None:
            self.on_move(part, source, target, delivery)
        counts[new] = counts.get(new, 0) + number
        if target == "spoiled" or source == "spoiled":
            self._spoil(part, source, target)
        if held is not None:
            counts[held] -= number
            way, moved = (held, new), self._moved
            moved[way] = moved.get(way, 0) + number

    def _spoil(self, part: Range, source: str, target: str) -> None:
        """Take note of what a shift spoiled, and of what came back since another blank was meant."""
        if not {kind_of(source), kind_of(target)} & IN_HAND:
            return
        for number in range(part.first, part.last + 1):
            serial = str(part._replace(first=number, last=number))
            if target == "spoiled":
                self.spoiled_in_hand[serial] = None
            else:
                self.spoiled_in_hand.pop(serial, None)

    def _held_in(self, place: str, delivery: str) -> Held:
        """Return the one value for a place and delivery."""
        found = self._known.get((place, delivery))
        if found is None:
            found = self._known[place, delivery] = Held(place, delivery)
        return found

    def move(self, seq: int, blanks: Sequence[Range], source: str, target: str) -> bool:
        """Take blanks out of one place and put them into another; tell whether they were there."""
        if len(blanks) > 1 and _twice(blanks):
            self._findings.add("listed_twice", seq, serial=str(blanks[0]))
            return False
        if not blanks:
            self._findings.add("no_serials", seq, place=source)
            return False
        parts = [part for one in blanks for part in self._held.parts(one)]
        if not self._are_there(seq, parts, source):
            return False
        if source == "store":
            self._keep_closed(seq, blanks, sealed_too=kind_of(target) in ("transfer", "returned"))
        for part, held in parts:
            self._take(part, held, source, target)
        return True

    def pieces(self, place: str) -> int:
        """Return how many blanks are in a place."""
        return sum(number for held, number in self.counts.items() if held.place == place)

    def in_kinds(self, kinds: Iterable[str]) -> dict[str, int]:
        """Return how many blanks are in each place of some kinds."""
        wanted, found = frozenset(kinds), Counter[str]()
        for held, number in self.counts.items():
            if kind_of(held.place) in wanted:
                found[held.place] += number
        return dict(found)

    def on_hand(self) -> dict[str, int]:
        """Return pieces on hand by stock type."""
        found = Counter[str]()
        for held, number in self.counts.items():
            delivery = self.deliveries.get(held.delivery)
            if delivery is not None and kind_of(held.place) in ON_HAND:
                found[delivery.stock_type] += number
        return dict(found)

    def flows(self, *, never_came: bool) -> dict[str, dict[str, int]]:
        """Return what came and went since the last closing, by stock type.

        :param never_came: whether what never came of a delivery counts as received, as closings of early logs have it.
        """
        found: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys((*COMING, *GOING), 0))
        for (left, came), number in self._moved.items():
            delivery = self.deliveries.get(left.delivery)
            if delivery is None:
                continue
            stock_type, loan = delivery.stock_type, delivery.loan
            source, target = _ACCOUNTS[kind_of(left.place)], _ACCOUNTS[kind_of(came.place)]
            if target == "destroyed" or source == target or (source == "loaned_out" and target != "on_hand"):
                continue
            if source == "transit" and target in ("missing", "returned") and not never_came:
                continue
            flows = found[stock_type]
            if source == "transit":
                flows["loaned_in" if loan else "received"] += number
            elif source in ("skipped", "missing"):
                flows["recovered"] += number
            elif source == "loaned_out":
                flows["loaned_in"] += number
            elif source != "on_hand":
                flows[source] -= number
            if target != "on_hand":
                flows[target] += number
        return dict(found)

    def by_shift(self) -> dict[str, dict[str, int]]:
        """Return what came into the hands of a shift and left them since the last closing, by stock type."""
        found: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys((*BROUGHT, *TAKEN), 0))
        for (left, came), number in self._moved.items():
            source, target = kind_of(left.place), kind_of(came.place)
            delivery = self.deliveries.get(left.delivery)
            if delivery is None or (source in IN_HAND) == (target in IN_HAND):
                continue
            flows = found[delivery.stock_type]
            if source in IN_HAND:
                flows[_TAKEN.get(target, target)] = flows.get(_TAKEN.get(target, target), 0) + number
            elif source in _BROUGHT:
                flows[_BROUGHT[source]] += number
            else:
                flows[_TAKEN.get(source, source)] = flows.get(_TAKEN.get(source, source), 0) - number
        return dict(found)

    def in_hand(self) -> dict[str, int]:
        """Return pieces in the hands of a shift, by stock type."""
        found = Counter[str]()
        for held, number in self.counts.items():
            delivery = self.deliveries.get(held.delivery)
            if delivery is not None and kind_of(held.place) in IN_HAND:
                found[delivery.stock_type] += number
        return dict(found)

    def close_period(self) -> None:
        """Begin to count anew what comes and goes."""
        self._moved.clear()
        self.spoiled_in_hand.clear()

    def left(self, delivery: str) -> dict[str, int]:
        """Return how many blanks of a delivery are in each kind of place."""
        found = Counter[str]()
        for held, number in self.counts.items():
            if held.delivery == delivery:
                found[kind_of(held.place)] += number
        return dict(found)

    def check_deliveries(self, seq: int | None) -> None:
        """Make sure that each delivery's pieces are those that it brought."""
        found = Counter[str]()
        for held, number in self.counts.items():
            found[held.delivery] += number
        for name, delivery in self.deliveries.items():
            if found[name] != delivery.announced:
                self._findings.add("delivery_sum", seq, delivery=name, brought=delivery.announced, found=found[name])

    def _are_there(self, seq: int, parts: Sequence[tuple[Range, Held | None]], source: str) -> bool:
        for part, held in parts:
            if held is None:
                if self._findings.began_later:
                    self._findings.unchecked += 1
                    continue
                self._findings.doubt("unknown_blank", seq, serial=str(part), place=source)
                return False
            if held.place != source:
                self._findings.doubt("elsewhere", seq, serial=str(part), said=source, place=held.place)
                return False
        return True

    def _keep_closed(self, seq: int, blanks: Sequence[Range], *, sealed_too: bool) -> None:
        for one in blanks:
            for part, carton in self._cartons.parts(one):
                if carton is None or carton in self._opened:
                    continue
                whole = sealed_too and self._is_whole(part, carton)
                if not whole:
                    self._findings.doubt("carton_closed", seq, serial=str(part), carton=carton[1])
                    return

    def _is_whole(self, part: Range, carton: tuple[str, str]) -> bool:
        before, after = part.first - 1, part.last + 1
        beside = (part._replace(first=before, last=before), part._replace(first=after, last=after))
        return all(self._cartons.at(one) != carton for one in beside)


def gap(opening: int, flows: Mapping[str, int], closing: int) -> int:
    """Return what lacks so that what came equals what went and what is left."""
    return opening + sum(flows[one] for one in COMING) - sum(flows[one] for one in GOING) - closing


def pieces(blanks: Iterable[Range]) -> int:
    """Return how many serials ranges have."""
    return sum(part.last - part.first + 1 for part in blanks)


def joined(blanks: Iterable[Range]) -> list[Range]:
    """Return the same serials as the fewest ranges, in order."""
    found: list[Range] = []
    for part in sorted(blanks):
        if found and found[-1].series == part.series and part.first <= found[-1].last + 1:
            found[-1] = found[-1]._replace(last=max(found[-1].last, part.last))
        else:
            found.append(part)
    return found


def _twice(blanks: Sequence[Range]) -> bool:
    return pieces(joined(blanks)) != pieces(blanks)
