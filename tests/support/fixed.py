"""What the shops of all tests share."""

from __future__ import annotations

from collections.abc import Callable

ORIGIN = "printd.example/ntt/kupang/blanks/2026"

NewDatabase = Callable[[bool], str]
"""Makes a database, migrated or empty, and returns its address."""

SEALED = "5e" * 32
"""Digest of an envelope, for events that a test enters past the desk: nothing is sealed there."""


def unbooked() -> str:
    """Book no backup: it is made below the desk, where nobody signs."""
    return "00000000-0000-4000-8000-000000000000"
