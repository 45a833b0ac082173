"""The places a blank can be in. A blank is in exactly one."""

from __future__ import annotations

STORE = "store"
OUTPUT = "output"
FINISHED = "finished"
HOLDER = "holder"
SPOILED = "spoiled"
SKIPPED = "skipped"


def transit(delivery: str) -> str:
    """On the way, announced under a delivery."""
    return f"transit:{delivery}"


def hopper(printer: str) -> str:
    """In the input hopper of a printer."""
    return f"hopper:{printer}"


def inside(printer: str) -> str:
    """Taken by an attempt: inside the printer, or wherever an attempt in doubt left it."""
    return f"printer:{printer}"
