"""One kind of input that is read, and what may come of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Target:
    """One kind of input.

    :param reads: feeds bytes to readers.
    :param may_raise: all that may come out of it.
    :param seeds: good inputs.
    """

    reads: Callable[[bytes], object]
    may_raise: tuple[type[Exception], ...]
    seeds: tuple[bytes, ...] = field(repr=False)

    def run(self, data: bytes) -> None:
        """Read; whatever is not declared comes out."""
        try:
            self.reads(data)
        except self.may_raise as told:
            worded(told)


def worded(told: Exception) -> None:
    """Make sure that an error says something."""
    assert str(told).strip(), "an error without words"
