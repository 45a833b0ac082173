"""Where every blank was after every entry, one dictionary entry a blank, and what became of every card."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from crossing.entries import Entry, day_of, each

ON_HAND = frozenset({"store", "shift", "hopper", "printer", "output"})
"""A blank that lies in one of these is the office's and no card yet."""


def kind(place: str) -> str:
    """Return what kind of place it is."""
    return place.split(":", maxsplit=1)[0]


@dataclass(frozen=True)
class Step:
    """One blank that went from one place to another by one entry."""

    entry: Entry
    serial: str
    source: str
    target: str

    @property
    def day(self) -> date:
        """The office's day."""
        return day_of(self.entry["at"])


@dataclass(frozen=True)
class Spoil:
    """A blank that was spoiled, once and for ever."""

    entry: Entry
    serial: str
    cause: str
    step: str
    attempt: str | None
    site: str


@dataclass
class Card:
    """One attempt on one blank, and what became of it; ``None`` until an entry says it."""

    started: Entry
    serial: str
    let_by: str
    ended: Entry | None = None
    state: str = "open"
    checks: list[Entry] = field(default_factory=list)
    missed: Entry | None = None
    entries: list[Entry] = field(default_factory=list)
    """What was entered of it after its start."""

    handed_over: Entry | None = None

    @property
    def id(self) -> str:
        """Its id."""
        return str(self.started["data"]["attempt"])

    def checked(self, until: date) -> Entry | None:
        """Return its last quality check up to the end of a day."""
        return next((one for one in reversed(self.checks) if day_of(one["at"]) <= until), None)

    @property
    def job(self) -> str:
        """Id of its job."""
        return str(self.started["data"]["job"])

    @property
    def printer(self) -> str:
        """Name of the printer."""
        return str(self.started["data"]["printer"])


@dataclass
class Trial:
    """One test print on one blank."""

    started: Entry
    serial: str
    let_by: str
    ended: Entry | None = None
    entries: list[Entry] = field(default_factory=list)


@dataclass
class Books:
    """Everything that the entries say, in the order in which they say it."""

    entries: list[Entry]
    at: dict[str, str] = field(default_factory=dict)
    delivery_of: dict[str, str] = field(default_factory=dict)
    deliveries: dict[str, Entry] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    spoils: dict[str, Spoil] = field(default_factory=dict)
    cards: dict[str, Card] = field(default_factory=dict)
    trials: dict[str, Trial] = field(default_factory=dict)
    records: dict[str, Entry] = field(default_factory=dict)
    disputes: dict[str, Entry] = field(default_factory=dict)
    """The entry that opened each difference."""

    closed: dict[int, Counter[tuple[str, str]]] = field(default_factory=dict)
    """Pieces by stock type and kind of place after each closing."""

    def __post_init__(self) -> None:
        self._let: dict[str, str] = {}
        for entry in self.entries:
            self._one(entry, entry["data"])
            if entry["kind"] in ("shift.closed", "day.closed"):
                held = Counter((self.type_of(serial), kind(place)) for serial, place in self.at.items())
                self.closed[entry["seq"]] = held

    def legal(self, *logins: str) -> str:
        """Return people by their legal names."""
        names: dict[str, str] = {}
        for entry in self.of("shop.opened", "operator.enrolled"):
            for one in entry["data"].get("people", [entry["data"].get("person")]):
                names[one["name"]] = one["legal_name"]
        return "; ".join(names[one] for one in logins)

    def number_of(self, paper: str, name: str) -> str | None:
        """Return the official number of an act; ``None``: it has none."""
        for entry in self.of("paper.made"):
            if (entry["data"]["paper"], entry["data"]["name"]) == (paper, name):
                number: str | None = entry["data"].get("number")
                return number
        return None

    def of(self, *kinds: str) -> list[Entry]:
        """Return the entries of some kinds."""
        return [one for one in self.entries if one["kind"] in kinds]

    def type_of(self, serial: str) -> str:
        """Return the stock type of a blank."""
        return str(self.deliveries[self.delivery_of[serial]]["data"]["stock_type"])

    def lent(self, serial: str) -> bool:
        """Return whether a blank came on loan."""
        return bool(self.deliveries[self.delivery_of[serial]]["data"].get("due_back"))

    def value_of(self, serial: str) -> int | None:
        """Return what a blank is worth in rupiah; ``None``: its delivery does not say."""
        value: int | None = self.deliveries[self.delivery_of[serial]]["data"].get("unit_value")
        return value

    def holder_of(self, card: Card) -> str:
        """Return the pseudonym of whose card it is."""
        return str(self.records[card.job]["data"]["holder"])

    @property
    def first_day(self) -> date:
        """The office's day on which the log begins."""
        return day_of(self.entries[0]["at"])

    def _move(self, entry: Entry, serials: Iterable[str], target: str) -> list[Step]:
        made = []
        for serial in serials:
            made.append(Step(entry, serial, self.at[serial], target))
            self.at[serial] = target
        self.steps += made
        return made

    def _spoil(self, entry: Entry, serials: Iterable[str], cause: str, step: str, **more: Any) -> None:
        about = {"attempt": None, "site": "", **more}
        for serial in serials:
            self.spoils.setdefault(serial, Spoil(entry, serial, cause, step, **about))

    def _one(self, entry: Entry, data: dict[str, Any]) -> None:
        for one in data.get("discrepancies", []):
            self.disputes[one["id"]] = entry
        match entry["kind"]:
            case "delivery.announced":
                self.deliveries[data["delivery"]] = entry
                for serial in each(data["serials"]):
                    assert serial not in self.at, serial
                    self.at[serial] = f"transit:{data['delivery']}"
                    self.delivery_of[serial] = data["delivery"]
            case "delivery.received":
                self._move(entry, each(data["serials"]), "store")
            case "discrepancy.closed" if data["outcome"] != "nothing":
                self._move(entry, each(data["serials"]), data["outcome"])
                if data["outcome"] == "spoiled":
                    self._spoil(entry, each(data["serials"]), "factory_defect", "receipt")
            case "blanks.moved":
                self._moved(entry, data)
            case "site.printed":
                self._move(entry, [data["serial"]], "holder")
            case "shift.closed":
                for place, ranges in data["returned"]:
                    assert {self.at[one] for one in each(ranges)} <= {place}
                    self._move(entry, each(ranges), "store")
            case "transfer.sent":
                self._move(entry, each(data["serials"]), f"transfer:{data['transfer']}")
            case "transfer.acknowledged":
                sent = next(one for one in self.of("transfer.sent") if one["data"]["transfer"] == data["transfer"])
                self._move(entry, each(data["serials"]), sent["data"]["to"])
            case "blanks.destroyed":
                self._move(entry, each(data["serials"]) + each(data["invalid"]), "destroyed")
            case "record.accepted":
                self.records[data["job"]] = entry
            case "printer.resumed":
                self._let[str(entry["seq"])] = entry["by"][0]
            case str(name) if name.startswith("attempt."):
                self._attempt(entry, data)
            case str(name) if name.startswith("test_print."):
                self._trial(entry, data)
            case str(name) if name.startswith("card."):
                self._card(entry, data)

    def _moved(self, entry: Entry, data: dict[str, Any]) -> None:
        steps = self._move(entry, each(data["serials"]), data["to"])
        assert {one.source for one in steps} == {data["from"]}, entry
        if data["to"] != "spoiled" or data["why"] == "found":
            return
        if data["why"] == "site_spoiled":
            where = {"site": data["from"].split(":", 1)[1]}
            self._spoil(entry, each(data["serials"]), data["cause"], data["step"], **where)
        else:
            step = "receipt" if kind(data["from"]) in ("transit", "transfer") else "store"
            self._spoil(entry, each(data["serials"]), data["why"], step)

    def _attempt(self, entry: Entry, data: dict[str, Any]) -> None:
        if entry["kind"] == "attempt.started":
            let = self.entries[data["resumed"]]["by"][0]
            self.cards[data["attempt"]] = Card(entry, data["serial"], let)
            self._move(entry, [data["serial"]], f"printer:{data['printer']}")
            return
        card = self.cards[data["attempt"]]
        card.entries.append(entry)
        if "fed" in data:
            self._move(entry, [data["fed"]], "skipped")
        match entry["kind"].split(".")[1]:
            case "in_doubt":
                card.state = "in_doubt"
            case "corrected":
                card.serial = self._corrected(entry, data)
            case ("printed" | "unused" | "spoiled") as state:
                card.state, card.ended = state, entry
                self._move(entry, [card.serial], data["to"])
                if state == "spoiled":
                    step = "encode" if data["cause"] in ("no_chip", "encode_fail") else "print"
                    self._spoil(entry, [card.serial], data["cause"], step, attempt=card.id)

    def _corrected(self, entry: Entry, data: dict[str, Any]) -> str:
        """Let each of two blanks go where the other was; return which of them carries the card."""
        booked, actual = str(data["booked"]), str(data["actual"])
        there, here = self.at[booked], self.at[actual]
        self._move(entry, [booked], here)
        self._move(entry, [actual], there)
        if booked in self.spoils:
            was = self.spoils.pop(booked)
            self.spoils[actual] = Spoil(was.entry, actual, was.cause, was.step, was.attempt, was.site)
        return actual

    def _trial(self, entry: Entry, data: dict[str, Any]) -> None:
        if data["test"] in self.trials:
            self.trials[data["test"]].entries.append(entry)
        match entry["kind"].split(".")[1]:
            case "started":
                let = next(
                    one["by"][0]
                    for one in reversed(self.entries[: entry["seq"]])
                    if one["kind"] == "printer.resumed" and one["data"]["printer"] == data["printer"]
                )
                self.trials[data["test"]] = Trial(entry, data["serial"], let)
                self._move(entry, [data["serial"]], f"printer:{data['printer']}")
            case "ended":
                trial = self.trials[data["test"]]
                trial.ended = entry
                if "to" in data:
                    self._move(entry, [trial.serial], data["to"])
                if data["outcome"] == "spoiled":
                    self._spoil(entry, [trial.serial], "test_print", "print")
            case "corrected":
                self.trials[data["test"]].serial = self._corrected(entry, data)

    def _card(self, entry: Entry, data: dict[str, Any]) -> None:
        if entry["kind"] == "card.returned":
            if "serial" in data:
                self._move(entry, [data["serial"]], "invalid")
            return
        card = self.cards[data["attempt"]]
        match entry["kind"].split(".")[1]:
            case "checked":
                card.checks.append(entry)
                self._move(entry, [card.serial], "finished" if data["quality"] == "good" else "spoiled")
                if data["quality"] != "good":
                    self._spoil(entry, [card.serial], data["cause"], "qc", attempt=card.id)
            case "missed":
                card.missed = entry
                self._move(entry, [card.serial], "missing")
            case "handed_over":
                card.handed_over = entry
                self._move(entry, [card.serial], "holder")
