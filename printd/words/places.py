"""The places a blank can be in. A blank is in exactly one.

A place is written as its kind, and for some kinds a colon and the name of whose it is: ``store``, ``hopper:p1``.
"""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType


class Kind(StrEnum):
    """Every kind of place."""

    STORE = "store"
    TRANSIT = "transit"
    SHIFT = "shift"
    HOPPER = "hopper"
    PRINTER = "printer"
    OUTPUT = "output"
    FINISHED = "finished"
    HOLDER = "holder"
    SPOILED = "spoiled"
    SKIPPED = "skipped"
    MISSING = "missing"
    DESTROYED = "destroyed"
    INVALID = "invalid"
    RETURNED = "returned"
    TRANSFER = "transfer"
    SITE = "site"


_KINDS = MappingProxyType({one.value: one for one in Kind})

STORE = Kind.STORE.value
OUTPUT = Kind.OUTPUT.value
FINISHED = Kind.FINISHED.value
HOLDER = Kind.HOLDER.value
SPOILED = Kind.SPOILED.value
SKIPPED = Kind.SKIPPED.value
MISSING = Kind.MISSING.value
DESTROYED = Kind.DESTROYED.value
INVALID = Kind.INVALID.value
"""Brought back by its holder, kept for destruction."""

RETURNED = Kind.RETURNED.value
"""Given back to the province."""


def start(kind: Kind) -> str:
    """Return how every place of a kind begins whose name says whose it is: the kind and a colon."""
    return f"{kind}:"


def transit(delivery: str) -> str:
    """On the way, announced under a delivery, or in dispute at its receipt."""
    return start(Kind.TRANSIT) + delivery


def shift(shift_id: str) -> str:
    """Issued to a shift, not yet loaded."""
    return start(Kind.SHIFT) + shift_id


def hopper(printer: str) -> str:
    """In the input hopper of a printer."""
    return start(Kind.HOPPER) + printer


def inside(printer: str) -> str:
    """Taken by an attempt: inside the printer, or wherever an attempt in doubt left it."""
    return start(Kind.PRINTER) + printer


def transfer(transfer_id: str) -> str:
    """On the way to or from another site, in the hands of a named carrier."""
    return start(Kind.TRANSFER) + transfer_id


def site(name: str) -> str:
    """At another office, a sub-district or a mobile unit, which acknowledged it."""
    return start(Kind.SITE) + name


def kind(place: str) -> Kind | None:
    """Return what kind of place it is; ``None``: there is no such place."""
    return _KINDS.get(place.partition(":")[0])


def whose(place: str) -> str:
    """Return the delivery, shift, printer, transfer or site that a place is named after; empty where it has none."""
    return place.partition(":")[2]
