"""What the demo's people do at their printers: look at what stands still, and settle it with the card in hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, Protocol

PASSWORD = "printd-demo"
RUNNER, CHECKER, SUPERVISOR = "siti", "budi", "ratna"


class Act(Protocol):
    """Performs an act at the shop's desk."""

    def __call__(self, name: str, /, **arguments: Any) -> Any:
        """Perform it."""


class Hand(Protocol):
    """Does something to one printer as a person would; see the simulator's list of hands."""

    def __call__(self, action: str, /, **arguments: Any) -> Mapping[str, Any]:
        """Do it and tell what was seen."""


def person(name: str) -> dict[str, str]:
    """Return a person of the demo with their password."""
    return {"name": name, "password": PASSWORD}


class Staff:
    """The runner works the printers; the checker looks at cards and answers for spoiled ones.

    :param hands: of each printer by its name.
    :param cards: every card that lies outside a printer, as a person who picks it up sees it, oldest first.
    """

    def __init__(self, act: Act, hands: Mapping[str, Hand], cards: Callable[[], list[dict[str, Any]]]) -> None:
        self._act = act
        self._hands = hands
        self._cards = cards
        self.done: Counter[str] = Counter()

    def round(self) -> dict[str, int]:
        """Walk through the shop once; return the number of jobs by state afterwards."""
        for row in self._act("printers.list"):
            hand = self._hands[row["name"]]
            if row["state"] == "in_doubt":
                self._settle(row, hand)
            elif row["state"] in ("stopped", "offline"):
                self._cure(hand)
            elif row["paused"]:
                self._cure(hand)
                self._act("printers.resume", name=row["name"], by=RUNNER)
        jobs = self._act("jobs.list", limit=100_000)
        printed = [job for job in jobs if job["state"] == "printed"]
        seen = {card["blank"]: card for card in self._cards()} if printed else {}
        for job in printed:
            self._check(job, seen.get(job["serial"]))
        for job in jobs:
            if job["state"] == "held" and job["held_because"] == "spoiled":
                self._act("jobs.reprint", job=job["id"], by=CHECKER)
                self.done["reprints decided"] += 1
        return dict(Counter(job["state"] for job in jobs))

    def _settle(self, row: Mapping[str, Any], hand: Hand) -> None:
        """Take out what is inside, look at the card, and say what became of it."""
        self._cure(hand)
        job = self._act("jobs.show", job=row["job_in_doubt"])
        serial = job["attempts"][-1]["serial"]
        outside = {card["blank"]: card for card in self._cards()}
        card = outside.get(serial)
        if card is None:
            outcome: dict[str, Any] = {"outcome": "unused", "blank_is": "hopper"}
        elif not card["front"] and not card["back"]:
            outcome = {"outcome": "unused", "blank_is": "hand"}
        elif card["complete"]:
            outcome = {"outcome": "printed"}
        else:
            outcome = {"outcome": "spoiled", "cause": "jam"}
        booked = self._act("blanks.in", place=f"hopper:{row['name']}")
        dragged = [blank for blank in booked if blank in outside]
        self._act("jobs.resolve", job=job["id"], by=person(CHECKER), skipped=dragged, **outcome)
        for blank in dragged:  # fed together with the card and lying beside it, untouched
            self._act("blanks.find", serial=blank, by=person(RUNNER), second=person(CHECKER))
        self.done["doubts settled"] += 1

    def _cure(self, hand: Hand) -> None:
        """Do what anybody would do who sees the printer."""
        seen = hand("look")
        if not seen["power"]:
            hand("power_on")
            self.done["printers switched on"] += 1
        if not seen["cable"]:
            hand("plug")
            self.done["cables plugged in"] += 1
        if seen["inside"]:
            hand("take_card")
            self.done["cards taken out"] += 1
        if seen["cover_open"]:
            hand("close_cover")
            self.done["covers closed"] += 1
        if not seen["ribbon"] or seen["ribbon"]["cut"] or not seen["ribbon"]["left"]:
            hand("new_ribbon")
            self.done["ribbons changed"] += 1

    def _check(self, job: Mapping[str, Any], card: Mapping[str, Any] | None) -> None:
        """Look at a printed card: the wrong look of a defective blank is seen by anybody."""
        if card is not None and card["complete"] and not card["defect"]:
            self._act("jobs.check", job=job["id"], quality="good", by={"name": CHECKER})
        else:
            cause = "factory_defect" if card is not None and card["defect"] else "other"
            self._act("jobs.check", job=job["id"], quality="spoiled", cause=cause, by=person(CHECKER))
            self.done["cards refused at the check"] += 1
