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


class ExportBegun(Event):
    """Somebody began an export of the log, whole or an excerpt: entries leave the shop.

    It is signed before anything leaves, and stands below the checkpoint of the export itself.
    """

    kind: ClassVar[str] = "export.begun"

    size: Whole
    """Entries of the log when it began."""

    root: Hash
    """Root of the log's tree over them."""

    first: Whole = 0
    """Number of the first entry that leaves; absent: from the beginning."""

    end: Whole | None = None
    """Number of the entry after the last one that leaves; absent: up to the end of the log, this entry too."""
