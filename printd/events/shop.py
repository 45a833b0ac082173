"""The shop and its log: made, restored, and what was lost."""

from __future__ import annotations

from typing import ClassVar

from printd.events.base import Event, Part
from printd.events.configuration import Configuration
from printd.events.fields import Hash, Moment, Whole, YesNo
from printd.events.operators import Enrolled


class ShopOpened(Event):
    """The shop was made: the first entry of its log, signed by its first two people."""

    kind: ClassVar[str] = "shop.opened"

    origin: str
    """Name of the log."""

    log_key: str
    """Public key of the log, as a verifier key."""

    key_check: str
    """Stand-in of the keys that seal records, by which a foreign one is recognised."""

    people: tuple[Enrolled, Enrolled]
    """The first two, one of them a supervisor."""

    practice: YesNo = False
    """Whether it is a practice shop: its printers need be none and its cards all say SPECIMEN; absent: it is real."""

    configuration: Configuration | None = None
    """What it was made with, for which the two answer; absent: the first start finds it."""

    documents_key: str | None = None
    """Public key that signs manifests, acknowledgements and backups, as a verifier key; absent in early entries."""


class Restored(Part):
    """The backup that a shop was restored from; empty where none was, and entries or checkpoints are lost."""

    made_at: Moment | None = None
    """When the backup was made."""

    size: Whole | None = None
    """Entries in it."""

    root: Hash | None = None
    """Root of the log's tree over them."""


class KnownHead(Part):
    """The newest tree head of the log that anybody held."""

    size: Whole
    """Entries below it."""

    root: Hash
    """Root of the log's tree over them."""


class ShopRestored(Event):
    """Two people let a shop go on that was restored or lacks checkpoints: printers pause, waiting jobs are held."""

    kind: ClassVar[str] = "shop.restored"

    backup: Restored
    """What was restored."""

    known: KnownHead
    """What people and the shop knew."""

    missing: Whole
    """Entries that are lost."""


class NextLog(Part):
    """The next generation of the log."""

    origin: str
    """Its name."""

    log_key: str
    """Its public key, as a verifier key."""


class LogRolledBack(Event):
    """Signed entries were lost, and two people say so: the log goes on under another name and key."""

    kind: ClassVar[str] = "log.rolled_back"

    backup: Restored
    """What was restored."""

    known: KnownHead
    """What people and the shop knew."""

    missing: Whole
    """Entries that are lost."""

    note: str
    """The last known checkpoint in full, a signed note."""

    origin: str
    """Name that the log had."""

    log_key: str
    """Public key that the log had, as a verifier key."""

    next: NextLog
    """How it goes on."""
