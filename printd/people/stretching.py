"""Argon2id (RFC 9106): what makes a guess at a secret cost time and memory, and how much of it is asked for.

Two calculations at once in a process: a crowd at the doors waits, and takes no more memory than two people do.
"""

from __future__ import annotations

from dataclasses import dataclass
from threading import BoundedSemaphore
from typing import Final

from argon2.low_level import Type, hash_secret_raw

SALT: Final = 16
"""Bytes of a salt (RFC 9106 section 3.1 recommends 16)."""

KEY: Final = 32
"""Bytes of what comes out: a key of 256 bits."""

AT_ONCE: Final = 2
"""Calculations at the same time in one process."""

_MOST_TIME: Final = 16
_MOST_MEMORY: Final = 256 * 1024
_MOST_PARALLELISM: Final = 16

_slots = BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True)
class Cost:
    """What one guess costs: passes over the memory, memory in KiB, and lanes that are worked on in parallel.

    Raises ValueError for a cost that Argon2 does not have, and above 16 passes, 256 MiB or 16 lanes: a doctored row of
    the database must not take a machine's memory or its day.
    """

    time_cost: int = 3
    memory_kib: int = 64 * 1024
    parallelism: int = 4

    def __post_init__(self) -> None:
        if not (
            1 <= self.time_cost <= _MOST_TIME
            and 1 <= self.parallelism <= _MOST_PARALLELISM
            and 8 * self.parallelism <= self.memory_kib <= _MOST_MEMORY
        ):
            raise ValueError("Argon2 is asked for more than is ever wanted here, or for less than there is")

    @property
    def is_cheap(self) -> bool:
        """Tell whether it is below the recommended passes or memory: a shop that prints real cards does not take it."""
        return self.time_cost < RECOMMENDED.time_cost or self.memory_kib < RECOMMENDED.memory_kib


RECOMMENDED: Final = Cost()
"""The second recommended option of RFC 9106 (section 4): 3 passes, 64 MiB, 4 lanes. A real shop takes nothing less."""

CHEAP: Final = Cost(time_cost=1, memory_kib=8, parallelism=1)
"""The least there is, for practice shops and tests."""


def stretched(secret: bytes, salt: bytes, cost: Cost) -> bytes:
    """Return the 32 bytes that a secret and a salt give at this cost; waits while two others are being calculated."""
    with _slots:
        return hash_secret_raw(
            secret, salt, cost.time_cost, cost.memory_kib, cost.parallelism, hash_len=KEY, type=Type.ID
        )
