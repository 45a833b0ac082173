"""The scenario's staff: what they do at the desk, each act as the command line would ask for it."""

from __future__ import annotations

import json
import random
from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from printd.demo.kupang.world import World
from printd.demo.staff import CHECKER, RUNNER, SUPERVISOR, enrolment, person
from printd.desk.acts import perform
from printd.desk.desk import Desk, two_people
from printd.desk.proofs import Person
from printd.errors import Refused
from printd.events.printers import PrinterAdded
from printd.words.roles import Role
from printd.words.serials import SerialRange, join, parse_serial

_TRIED = 0.6  # share of the cards that lie here whose holders are called on a day
_NOT_ASKED, _BY_PROXY = 0.01, 0.12
_WITHOUT_OLD_CARD = ("baru", "hilang", "tukar_suket")

KEEPER = "marta"
"""Keeps the goods; the others print, check cards, and answer for what differs."""


COUNTERS = (RUNNER, CHECKER)
"""Count stock and shifts: whoever keeps the goods does not."""


def ranges(serials: Iterable[str]) -> list[list[str]]:
    """Return serials as pairs of first and last, the way they are scanned."""
    return [part.to_json() for part in join(parse_serial(one) for one in serials)]


def pieces(pairs: Iterable[Sequence[str]]) -> list[str]:
    """Return every serial of pairs of first and last."""
    found: list[str] = []
    for first, last in pairs:
        low, high = parse_serial(first), parse_serial(last)
        part = SerialRange(low.prefix, low.width, low.first, high.first)
        found += [part.serial(number) for number in range(part.first, part.last + 1)]
    return found


class Office:
    """Four people at one desk, who look at the world and book what they find."""

    def __init__(self, desk: Desk, world: World) -> None:
        self.desk = desk
        self.world = world
        self.people = random.Random(world.seed)
        self.refusals: dict[str, str] = {}

    def act(self, name: str, /, **arguments: Any) -> Any:
        """Perform an act of the desk."""
        return perform(self.desk, name, arguments)

    def refused(self, what: str, name: str, /, **arguments: Any) -> None:
        """Perform an act that must be refused, and keep the sentence."""
        try:
            self.act(name, **arguments)
        except Refused as refusal:
            self.refusals[what] = str(refusal)
            return
        raise RuntimeError(f"{what}: {name} was not refused")

    def enrol(self) -> None:
        """Enrol the other two."""
        self.act("operators.enrol", **enrolment(RUNNER))
        self.act("operators.enrol", **enrolment(KEEPER, Role.STOREKEEPER))

    def add_printer(self, added: PrinterAdded) -> None:
        """Book a printer that no driver speaks with: two people sign, as they would for any other."""
        signed = two_people(self.desk, *(Person.model_validate(person(name)) for name in (RUNNER, SUPERVISOR)))
        self.desk.enter(added, signed)

    # --- deliveries ---

    def announce(self, name: str, content: bytes) -> None:
        """Announce a manifest."""
        self.act("deliveries.announce", name=name, content=b64encode(content).decode("ascii"), by=person(KEEPER))

    def receive(self, delivery: str, sheet: Mapping[str, Any], handover: Mapping[str, Any]) -> Any:
        """Count blind, twice, and book what both found, and who gave it on which papers."""
        for name in (KEEPER, CHECKER):
            self.act("deliveries.count", delivery=delivery, sheet=sheet, by=person(name))
        two = {"by": person(KEEPER), "second": person(CHECKER)}
        return self.act("deliveries.receive", delivery=delivery, handover=handover, **two)

    # --- the day ---

    def scan(self, place: str) -> dict[str, Any]:
        """Count a place by scanning what lies there."""
        found = self.world.pieces(place)
        return {"pieces": len(found), "serials": ranges(found)}

    def count(self, places: Iterable[str]) -> None:
        """Let two people count the same places, each alone."""
        sheet = {place: self.scan(place) for place in places}
        for name in COUNTERS:
            self.act("shifts.count", found=sheet, by=person(name))

    def check_cards(self) -> int:
        """Look at every printed card; book good ones and spoiled ones; return how many were good."""
        good = 0
        for job in self.act("jobs.list", state="printed", limit=100_000)["jobs"]:
            serial = job["serial"]
            flaw = self.world.flaws.get(serial, "")
            if flaw and "own spoilage approved" not in self.refusals:
                alone = {"quality": "spoiled", "cause": flaw, "by": person(RUNNER)}
                self.refused("own spoilage approved", "jobs.check", job=job["id"], **alone)
            quality = {"quality": "spoiled", "cause": flaw} if flaw else {"quality": "good"}
            self.act("jobs.check", job=job["id"], by=person(CHECKER), **quality)
            self.world.carry([serial], "spoiled" if flaw else "finished")
            good += not flaw
        return good

    def hand_over(self, share: float) -> int:
        """Hand finished cards to those who come for them."""
        done = 0
        finished = self.act("jobs.list", state="finished", limit=100_000)["jobs"]
        for job in reversed(finished):  # the longest ready come first
            if self.world.chance.random() < share:
                self.act("jobs.hand_over", job=job["id"], by=person(CHECKER), **self._answers(job["reason"]))
                self.world.carry([job["serial"]], "holder")
                done += 1
            elif self.people.random() < _TRIED:
                how = self.people.choice(("phone", "phone", "message", "visit"))
                self.act("cards.tried", job=job["id"], how=how, reached=how == "phone", by=person(RUNNER))
        return done

    def _answers(self, reason: str | None) -> dict[str, str]:
        """Return what the counter says of one hand-over."""
        luck = self.people.random()
        if luck < _NOT_ASKED:
            return {"receiver": "unknown", "old_card": "unknown", "why_unknown": "buku penyerahan tidak diisi"}
        old_card = "none" if reason in _WITHOUT_OLD_CARD else "taken"
        if luck < _BY_PROXY:
            return {"receiver": "proxy", "old_card": old_card, "basis": "surat kuasa bermeterai"}
        return {"receiver": "holder", "old_card": old_card}


def manifest(delivery: str, bast: str, day: str, cartons: Mapping[str, Sequence[str]], **more: Any) -> dict[str, Any]:
    """Return a manifest of cartons by label, each with its first and last serial."""
    return {
        "delivery": delivery,
        "bast_number": bast,
        "bast_date": day,
        "stock_type": "WNI",
        "generation": "5",
        "cartons": [{"carton": label, "first": ends[0], "last": ends[1]} for label, ends in cartons.items()],
        "practice": True,
        **more,
    }


def as_json(document: Mapping[str, Any]) -> bytes:
    """Return a manifest as the bytes of a file."""
    return json.dumps(document, indent=1).encode()


Show = Callable[[str, int, int], None]
"""Shows a step with the day's number and the number of days."""
