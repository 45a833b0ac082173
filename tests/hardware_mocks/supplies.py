"""Ribbon and counters: what a printer uses up and what it counts."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

PANELS = {"ymcko": "ymcko", "ymckok": "ymckok", "k": "k", "ko": "ko"}
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
        """Read ``ymcko:100`` (100 sets). Raise ValueError for an unknown kind."""
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

    def wind_to(self, panel: str) -> None:
        """Bring a panel under the head; it is used up by that. Panels passed over are lost."""
        order = PANELS[self.kind]
        if panel not in order:
            raise WrongRibbonError(panel)
        if self.cut:
            raise RibbonEndError(panel)
        index = order.find(panel, self.at) if self.at is not None else -1
        if index < 0:
            if self.left == 0:
                raise RibbonEndError(panel)
            self.left -= 1
            index = order.index(panel)
        self.at = index + 1

    def finish_set(self) -> None:
        """Wind to the start of the next set."""
        self.at = None


@dataclass
class Counters:
    """What the printer counts (protocol sheet 5.1): cards fed, panels printed, cards until cleaning, cleanings done."""

    cards: int = 0
    panels: int = 0
    until_cleaning: int = 1000
    cleanings: int = 0

    def copy(self) -> "Counters":
        """Return an equal set of counters."""
        return Counters(**asdict(self))

    @classmethod
    def read(cls, path: Path | None) -> "Counters":
        """Return what an earlier process kept in a file, or a new printer's counters."""
        return cls(**json.loads(path.read_text(encoding="utf-8"))) if path and path.exists() else cls()

    def keep(self, path: Path) -> None:
        """Write them to a file, whole or not at all."""
        fresh = path.with_name(f".{path.name}.new")
        fresh.write_text(json.dumps(asdict(self)), encoding="utf-8")
        fresh.replace(path)
