"""What the shops of all tests share."""

from __future__ import annotations

from collections.abc import Callable

from argon2 import PasswordHasher

ORIGIN = "printd.example/ntt/kupang/blanks/2026"

NewDatabase = Callable[[bool], str]
"""Makes a database, migrated or empty, and returns its address."""

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""Hashes passwords in no time: what a hash costs is not what these tests are about."""
