"""Acts whose answers are still to be typed, and commands that still read an act by no type."""

from __future__ import annotations

NOT_YET: frozenset[str] = frozenset()
"""Acts."""

COMMANDS_NOT_YET: frozenset[str] = frozenset()
"""File of the command and act."""
