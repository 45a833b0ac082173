"""What count sheets, discrepancies and sealed letters are about."""

from __future__ import annotations

from enum import StrEnum


class Subject(StrEnum):
    """What a subject can be; written with a colon and its id: ``delivery:D-1``."""

    DELIVERY = "delivery"
    SHIFT = "shift"
    TRANSFER = "transfer"
    SITE = "site"
    STOCK = "stock"  # what one person counted in a stock count
    ACT = "act"  # the act that closed a stock count

    def of(self, name: str) -> str:
        """Return the subject of this name."""
        return f"{self}:{name}"


def split(subject: str) -> tuple[Subject, str]:
    """Return what a subject is and its id.

    :raises ValueError: it is no subject.
    """
    noun, _, name = subject.partition(":")
    return Subject(noun), name
