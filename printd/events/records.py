"""Print-ready records: taken in, answered for, or refused and sealed away."""

from __future__ import annotations

from typing import ClassVar

from printd.events.base import Event
from printd.events.fields import Digest, Opened, PrintReason, Pseudonym, StockType, Text
from printd.events.sealing import Sealing, of_quarantine, of_record


class RecordAccepted(Sealing):
    """A record came in and became a job; what it holds is sealed."""

    kind: ClassVar[str] = "record.accepted"

    record: str
    """Its id, a random UUID."""

    job: str
    """Id of its job, a random UUID."""

    holder: Pseudonym
    """Of the person whose card it is for."""

    digest: Digest
    """Of record and pictures, by which the same record is recognised."""

    source: str
    """Where it came from: `spool`, `import`."""

    remote_status: Text
    """Status that the registry gave it, word by word; may be empty."""

    reason: PrintReason
    """Why the card is printed."""

    stock_type: StockType
    """Of which type its blank must be."""

    warnings: tuple[str, ...]
    """Codes of what a person must answer for before it is printed; its job is held for them."""

    # Absent in entries of earlier versions.
    nik_area: str | None = None
    """Province and district that the NIK begins with, `53.71`; absent in early entries."""

    area: str | None = None
    """Code of the holder's sub-district, `53.71.01`; absent where the record does not say."""

    generation: Text | None = None
    """Which make of blank it must be printed on; absent where any will do."""

    delivered: Opened | None = None
    """Of its files as they were delivered, by which whoever delivered them recognises it; absent in early entries."""

    @property
    def seal(self) -> str:
        """See :class:`printd.events.sealing.Sealing`."""
        return of_record(self.record)


class RecordAcknowledged(Event):
    """Somebody answered for a record's warnings; its job goes on."""

    kind: ClassVar[str] = "record.acknowledged"

    record: str
    """Its id."""

    warnings: tuple[str, ...]
    """Codes of the warnings."""


class RecordQuarantined(Sealing):
    """A record was refused and sealed away."""

    kind: ClassVar[str] = "record.quarantined"

    quarantine: str
    """Id that it is kept under, a random UUID."""

    codes: tuple[str, ...]
    """Codes of what was wrong."""

    @property
    def seal(self) -> str:
        """See :class:`printd.events.sealing.Sealing`."""
        return of_quarantine(self.quarantine)


class RecordDismissed(Event):
    """A refused record was erased for good."""

    kind: ClassVar[str] = "record.dismissed"

    quarantine: str
    """Id that it was kept under."""


class RecordRestored(Event):
    """Somebody read the files of a refused record, to have it repaired."""

    kind: ClassVar[str] = "record.restored"

    quarantine: str
    """Id that it is kept under."""
