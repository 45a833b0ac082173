"""Copies: what of the books left the shop."""

from __future__ import annotations

from typing import ClassVar

from printd.events.base import Event
from printd.events.fields import Hash, Whole


class BackupBegun(Event):
    """Somebody began a backup: the whole database, with records sealed, leaves the shop.

    It stands in the backup itself, so that the newest backup lacks nothing that was booked before it.
    """

    kind: ClassVar[str] = "backup.begun"

    backup: str
    """Its id, a random UUID, which its manifest has too."""

    size: Whole
    """Entries of the log when it began."""

    root: Hash
    """Root of the log's tree over them."""


class LogExported(Event):
    """Somebody exported the log: every entry left the shop."""

    kind: ClassVar[str] = "log.exported"

    size: Whole
    """Entries in it."""

    root: Hash
    """Root of the log's tree over them."""

    file: Hash
    """SHA-256 of the file."""
