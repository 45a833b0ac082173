"""The scenario's printers: they take no time and draw nothing, but feed, jam, spoil and count like real ones.

What the engine does with bytes and panels is shown by the demo on simulated printers; here two months of custody pass
through the same worker, queue and books.
"""

from __future__ import annotations

import random

from drivers.deadline import Deadline
from drivers.errors import GoneError
from drivers.printer import (
    Condition,
    Confirmation,
    Counters,
    EncodedCard,
    Identity,
    Outcome,
    Position,
    Reason,
    Rung,
    Severity,
    State,
    Station,
    Status,
)
from printd.demo.kupang.world import Clock, World

_PANELS = 5  # of a YMCKO ribbon, for one side
_JAM = 0.002
_POWER_LOSS = 0.0003
_FLAWS = (
    ("print_fade", 0.004),
    ("factory_defect", 0.003),
    ("print_offset", 0.002),
    ("missing_text", 0.002),
    ("scorch", 0.001),
)


class Press:
    """One printer of the scenario, over the blanks that really lie in its hopper.

    :param seconds: how much of the office's day one card takes, all steps together.
    :param counts_panels: it tells how many panels it printed; others tell the cards that were fed alone.
    """

    def __init__(self, name: str, world: World, clock: Clock, seconds: float, *, counts_panels: bool = False) -> None:
        self.name = name
        self._world = world
        self._clock = clock
        self._seconds = seconds
        self._chance = random.Random(f"{name}-{world.seed}")
        self._cards = 0
        self._panels = 0 if counts_panels else None
        self._outcome = Outcome.UNUSED
        self._cause = ""
        self._jammed = False

    def free(self) -> None:
        """Open the lid and take the jammed card out, as a person does."""
        self._jammed = False

    @property
    def jammed(self) -> bool:
        """Whether a card is stuck."""
        return self._jammed

    def identify(self, deadline: Deadline) -> Identity:
        """Tell who it is."""
        return Identity("scenario", "instant", f"SCENARIO-{self.name}", "1")

    def status(self, deadline: Deadline) -> Status:
        """Tell whether a card is stuck."""
        if self._jammed:
            stuck = Condition(Reason.MEDIA_JAM, Severity.ERROR, "a card is stuck")
            return Status(State.STOPPED, (stuck,), Position.NONE)
        return Status(State.IDLE, (), Position.NONE)

    def counters(self, deadline: Deadline) -> Counters:
        """Tell how many cards were fed and, where it counts them, how many panels were printed."""
        return Counters(cards=self._cards, panels=self._panels)

    def feed(self, station: Station, deadline: Deadline) -> None:
        """Do nothing: cards are fed by printing."""

    def print(self, card: EncodedCard, deadline: Deadline) -> None:
        """Feed the first blank of the hopper and print it, or fail on it."""
        self._outcome, self._cause = Outcome.UNUSED, ""
        serial = self._world.feed(self.name)
        if serial is None:
            return
        self._clock.forward(self._seconds)
        self._cards += 1
        luck = self._chance.random()
        if luck < _POWER_LOSS:
            self._outcome = Outcome.IN_DOUBT
            self._world.carry([serial], "output")
            self._world.flaws[serial] = "power_loss"
            raise GoneError("The power failed in the middle of the card.")
        if luck < _POWER_LOSS + _JAM:
            self._outcome, self._cause, self._jammed = Outcome.SPOILED, "jam", True
            self._world.carry([serial], "spoiled")
            return
        self._outcome = Outcome.PRINTED
        if self._panels is not None:
            self._panels += _PANELS
        self._world.carry([serial], "output")
        flaw = self._chance.choices([name for name, _ in _FLAWS] + [""], [*(p for _, p in _FLAWS), self._good])[0]
        if flaw:
            self._world.flaws[serial] = flaw

    _good = 1 - sum(p for _, p in _FLAWS)

    def confirm(self, before: Counters, card: EncodedCard | None, deadline: Deadline) -> Confirmation:
        """Tell what became of the last card."""
        rung = Rung.LEFT_PRINTER if self._outcome is Outcome.PRINTED else Rung.SENT
        return Confirmation(
            outcome=self._outcome,
            rung=rung,
            position=Position.NONE,
            before=before,
            after=Counters(cards=self._cards, panels=self._panels),
            cause=self._cause,
        )

    def eject(self, deadline: Deadline) -> None:
        """Do nothing: no card stays inside."""

    def reject(self, deadline: Deadline) -> None:
        """Do nothing: no card stays inside."""

    def clear(self, deadline: Deadline) -> None:
        """Do nothing: no card stays inside."""

    def close(self) -> None:
        """Give nothing back."""
