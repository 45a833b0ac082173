"""What the demo's people do at their printers: look at what stands still, and settle it with the card in hand."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from printd.demo.simulators import Simulator

PASSWORD = "printd-demo"
RUNNER, CHECKER, SUPERVISOR = "siti", "budi", "ratna"


class Act(Protocol):
    """Performs an act at the shop's desk."""

    def __call__(self, name: str, /, **arguments: Any) -> Any:
        """Perform it."""


def person(name: str) -> dict[str, str]:
    """Return a person of the demo with their password."""
    return {"name": name, "password": PASSWORD}


class Staff:
    """The runner works the printers; the checker looks at cards and answers for spoiled ones."""

    def __init__(self, act: Act, simulators: Mapping[str, Simulator], truth: Path) -> None:
        self._act = act
        self._simulators = simulators
        self._truth = truth
        self.done: Counter[str] = Counter()

    def round(self) -> dict[str, int]:
        """Walk through the shop once; return the number of jobs by state afterwards."""
        for row in self._act("printers.list"):
            if row["state"] == "in_doubt":
                self._settle(row)
            elif row["state"] == "stopped":
                self._cure(row)
            elif row["paused"]:
                self._look_and_resume(row)
        jobs = self._act("jobs.list", limit=100_000)
        printed = [job for job in jobs if job["state"] == "printed"]
        cards = self.cards_by_blank() if printed else {}
        for job in printed:
            self._check(job, cards.get(job["serial"]))
        for job in jobs:
            if job["state"] == "held" and job["held_because"] == "spoiled":
                self._act("jobs.reprint", job=job["id"], by=CHECKER)
                self.done["reprints decided"] += 1
        return dict(Counter(job["state"] for job in jobs))

    def cards_by_blank(self) -> dict[str, dict[str, Any]]:
        """Return what a person sees on each card that left a printer."""
        lines = self._truth.read_text(encoding="utf-8").splitlines() if self._truth.exists() else []
        cards = (json.loads(line) for line in lines if '"event":"card"' in line)
        return {card["blank"]: card for card in cards}

    def _settle(self, row: Mapping[str, Any]) -> None:
        """Take the card out and look at it: whole, untouched or spoiled."""
        simulator = self._simulators[row["name"]]
        if simulator.hand("look")["inside"]:
            simulator.hand("take_card")
        job = self._act("jobs.show", job=row["job_in_doubt"])
        serial = job["attempts"][-1]["serial"]
        card = self.cards_by_blank().get(serial)
        if card is None:
            outcome: dict[str, Any] = {"outcome": "unused", "blank_is": "hopper"}
        elif card["complete"]:
            outcome = {"outcome": "printed"}
        else:
            outcome = {"outcome": "spoiled", "cause": "jam"}
        self._act("jobs.resolve", job=job["id"], by=person(CHECKER), **outcome)
        self.done["doubts settled"] += 1

    def _cure(self, row: Mapping[str, Any]) -> None:
        simulator = self._simulators[row["name"]]
        seen = simulator.hand("look")
        if seen["cover_open"]:
            simulator.hand("close_cover")
            self.done["covers closed"] += 1
        elif seen["inside"] and seen["jammed"]:
            simulator.hand("clear_jam")
            self.done["jams cleared"] += 1
        elif not seen["ribbon"] or seen["ribbon"]["cut"] or not seen["ribbon"]["left"]:
            simulator.hand("new_ribbon")
            self.done["ribbons changed"] += 1

    def _look_and_resume(self, row: Mapping[str, Any]) -> None:
        simulator = self._simulators[row["name"]]
        if simulator.hand("look")["inside"]:
            simulator.hand("take_card")
        self._act("printers.resume", name=row["name"], by=RUNNER)

    def _check(self, job: Mapping[str, Any], card: Mapping[str, Any] | None) -> None:
        """Look at a printed card: the wrong look of a defective blank is seen by anybody."""
        if card is not None and card["complete"] and not card["defect"]:
            self._act("jobs.check", job=job["id"], quality="good", by={"name": CHECKER})
        else:
            cause = "factory_defect" if card is not None and card["defect"] else "other"
            self._act("jobs.check", job=job["id"], quality="spoiled", cause=cause, by=person(CHECKER))
            self.done["cards refused at the check"] += 1
