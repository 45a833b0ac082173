"""How the number of a civil servant is written (papers reference section 1.6)."""

from __future__ import annotations


def nip(digits: str) -> str:
    """Return 18 digits in their groups, date of birth, appointment, sex, running: ``19990101 202401 2 000``."""
    return f"{digits[:8]} {digits[8:14]} {digits[14]} {digits[15:]}" if len(digits) == 18 else digits
