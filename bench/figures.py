"""What a figure is: measured values, each beside a yardstick of the same run and, where there is one, a budget."""

from __future__ import annotations

import math
import statistics
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal


@dataclass(frozen=True)
class Budget:
    """A limit on the measured value, or on its ratio to the yardstick."""

    kind: Literal["at most", "at least"]
    limit: float
    of: Literal["measured", "ratio"] = "measured"


@dataclass(frozen=True)
class Row:
    """One measured value.

    :param yardstick: in the same unit, measured in the same run.
    """

    what: str
    measured: float
    unit: str
    yardstick: float | None = None
    yardstick_is: str = ""
    budget: Budget | None = None

    @property
    def ratio(self) -> float | None:
        """Measured over yardstick."""
        return self.measured / self.yardstick if self.yardstick else None

    @property
    def met(self) -> bool | None:
        """Whether the budget is met; ``None`` without one."""
        if self.budget is None:
            return None
        value = self.measured if self.budget.of == "measured" else self.ratio
        assert value is not None
        return value <= self.budget.limit if self.budget.kind == "at most" else value >= self.budget.limit

    def as_json(self) -> dict[str, Any]:
        """Return everything as plain values."""
        return {**asdict(self), "ratio": self.ratio, "met": self.met}


@dataclass
class Figure:
    """The rows of one figure, and sentences that say what else was seen."""

    name: str
    rows: list[Row] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def progress(text: str) -> None:
    """Say on stderr what is done now."""
    print(f"  {text}", file=sys.stderr, flush=True)


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the value that so many percent of the values do not exceed (nearest rank)."""
    return sorted(values)[max(0, math.ceil(len(values) * percent / 100) - 1)]


median = statistics.median
