"""What events that come with something sealed have in common."""

from __future__ import annotations

from printd.events.base import Event
from printd.events.fields import SealedDigest


def of_record(record: str) -> str:
    """Return the name under which a record is sealed."""
    return f"record:{record}"


def of_quarantine(quarantine: str) -> str:
    """Return the name under which a refused record is sealed."""
    return f"quarantine:{quarantine}"


def of_witnesses(destruction: str) -> str:
    """Return the name under which the witnesses of a destruction are sealed."""
    return f"witnesses:{destruction}"


class Sealing(Event):
    """An event with which something personal is sealed beside the log."""

    sealed: SealedDigest
    """Of what was sealed with it."""

    @property
    def seal(self) -> str:
        """Name under which it is sealed, ``<noun>:<id>``."""
        raise NotImplementedError
