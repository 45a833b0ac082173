"""What the shops of all tests share."""

from __future__ import annotations

from collections.abc import Callable

ORIGIN = "printd.example/ntt/kupang/blanks/2026"

NewDatabase = Callable[[bool], str]
"""Makes a database, migrated or empty, and returns its address."""
