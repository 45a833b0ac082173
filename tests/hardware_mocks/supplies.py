"""Ribbon and counters: what a printer uses up and what it counts."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from hardware_mocks.card import Laid

PANELS = {"ymcko": "ymcko", "ymckok": "ymckok", "k": "k", "ko": "ko", "ymck": "ymck", "ymckk": "ymckk",
          "ymcku": "ymcku"}  # fmt: skip
"""Panels of one set (one card) on each ribbon kind, in the order in which they pass the head."""


class WrongRibbonError(ValueError):
    """The ribbon has no such panel."""


class RibbonEndError(ValueError):
    """No further set is left."""


@dataclass
class Ribbon:
    """A ribbon roll. ``left`` counts the sets that were not begun; ``at`` is the next panel of the begun set."""

    kind: str
    capacity: int
    left: int
    at: int | None = None
    cut: bool = False

    @classmethod
    def parse(cls, text: str) -> "Ribbon":
        """Read ``ymcko:100`` (100 sets).

        :raises ValueError: the kind is not known.
        """
        kind, _, count = text.partition(":")
        if kind not in PANELS:
            msg = f"unknown ribbon {kind!r}; known: {', '.join(PANELS)}"
            raise ValueError(msg)
        sets = int(count) if count else 100
        return cls(kind, sets, sets)

    @property
    def ended(self) -> bool:
        """Whether nothing more can be printed from it."""
        return self.cut or (self.left == 0 and self.at is None)

    def wind_to(self, panel: str, *, last: bool = False) -> None:
        """Bring a panel under the head; it is used up by that. Panels passed over are lost.

        ``last`` means the last panel of that name in a set (the second black one).
        """
        order = PANELS[self.kind]
        if panel not in order:
            raise WrongRibbonError(panel)
        if self.cut:
            raise RibbonEndError(panel)
        find = order.rfind if last else order.find
        index = find(panel, self.at) if self.at is not None else -1
        if index < 0:
            if self.left == 0:
                raise RibbonEndError(panel)
            self.left -= 1
            index = find(panel)
        self.at = index + 1

    def finish_set(self) -> None:
        """Wind to the start of the next set."""
        self.at = None


@dataclass
class Film:
    """Transfer film. ``left`` counts sections; ``section`` is what lies on the one that was begun, first laid first."""

    capacity: int
    left: int
    section: list[Laid] = field(default_factory=list)

    @property
    def ended(self) -> bool:
        """Whether no section is left to print on."""
        return self.left == 0

    def wind_on(self) -> list[Laid]:
        """Use the begun section up and return what lay on it; nothing happens to one that was not begun."""
        used, self.section = self.section, []
        if used:
            self.left -= 1
        return used


@dataclass
class Counters:
    """What the printer counts (protocol sheet 5.1): cards fed, panels printed, cards until cleaning, cleanings done.

    ``errors`` is counted by retransfer printers only, which also count cards since cleaning in ``cleanings``.
    """

    cards: int = 0
    panels: int = 0
    until_cleaning: int = 1000
    cleanings: int = 0
    errors: int = 0

    def copy(self) -> "Counters":
        """Return an equal set of counters."""
        return Counters(**asdict(self))

    @classmethod
    def read(cls, path: Path | None) -> "Counters":
        """Return what an earlier process kept in a file, or a new printer's counters."""
        return cls(**json.loads(path.read_text(encoding="utf-8"))) if path and path.exists() else cls()

    def write(self, path: Path) -> None:
        """Write them to a file, whole or not at all."""
        fresh = path.with_name(f".{path.name}.new")
        fresh.write_text(json.dumps(asdict(self)), encoding="utf-8")
        fresh.replace(path)
