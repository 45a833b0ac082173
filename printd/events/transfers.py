"""Sites and transfers: other offices that hold our blanks, and what is on its way between them and us."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field, Strict

from printd.events.base import Event
from printd.events.deliveries import Discrepancy
from printd.events.fields import Day, Place, PrintReason, Pseudonym, Serial, SerialRanges, StockType, Text, Told, Whole
from printd.events.officials import Official, SealState
from printd.events.sealing import Sealing
from printd.words.subjects import Subject

Percent = Annotated[int, Strict(), Field(ge=0, le=100), Told("per cent")]


class SiteSet(Event):
    """A supervisor booked a site, or changed one."""

    kind: ClassVar[str] = "site.set"

    site: Text
    """Its short name."""

    kind_: Literal["office", "subdistrict", "mobile"]
    """What it is."""

    title: Text
    """Its full name."""

    area: Text
    """Code of its sub-district, such as `53.71.01`; may be empty."""

    key: Text
    """Verifier key with which it signs acknowledgements; may be empty."""


class SiteReported(Event):
    """What a site says that it holds, beside the books; nothing moves by it."""

    kind: ClassVar[str] = "site.reported"

    site: Text
    """Its short name."""

    day: Day
    """For which day."""

    stock_type: StockType
    """Of which blanks."""

    pieces: Whole
    """Blanks that it says it holds."""

    book: Whole
    """Blanks that it holds in the books."""

    ribbon: Percent | None = None
    """What is left on its ribbon, where it says so."""

    film: Percent | None = None
    """What is left on its film, where it says so."""


class SitePrinted(Sealing):
    """A site printed a card and gave it out, as its report names it; whose it is is sealed, and nobody here saw it.

    Only so do blanks of a site become cards: what it used and cannot name so stays in its stock.
    """

    kind: ClassVar[str] = "site.printed"

    card: str
    """Its id, a random UUID."""

    site: Text
    """Short name of the site."""

    document: Text
    """Number of its report."""

    serial: Serial
    """The blank."""

    job: Text
    """Number of the job in the site's own register."""

    holder: Pseudonym
    """Of the person whose card it is."""

    nik_area: str
    """Regency where the NIK was given, `53.71`."""

    reason: PrintReason | None = None
    """Why the card was asked for, where the site says so."""

    printer: Text
    """The site's printer, as it names it."""

    operator: Text
    """Who printed it, as the site names them."""

    checker: Text
    """Who checked it there."""

    printed_on: Day
    """When it was printed."""

    handed_over_on: Day
    """When it was given out."""

    receiver: Literal["holder", "proxy", "unknown"]
    """Who took it."""

    old_card: Literal["taken", "none", "unknown"]
    """Whether an old card was taken back."""

    @property
    def seal(self) -> str:
        """See :class:`printd.events.sealing.Sealing`."""
        return f"site_card:{self.card}"


class SiteDiffered(Event):
    """Blanks that a site says it used without being able to name their cards: they stay in its stock, in dispute."""

    kind: ClassVar[str] = "site.differed"

    site: Text
    """Short name of the site."""

    document: Text
    """Number of its report."""

    discrepancies: tuple[Discrepancy, ...]
    """Differences that this opens, all `unnamed`."""


class TransferSent(Sealing):
    """Two people sent blanks to a site, or had a site send them back."""

    kind: ClassVar[str] = "transfer.sent"

    transfer: str
    """Its name."""

    from_: Place
    """The store, or the site."""

    to: Place
    """The store, or the site."""

    serials: SerialRanges
    """Which blanks."""

    document: Text
    """Number of the paper."""

    carrier: Pseudonym
    """Of who carries it; the name is sealed."""

    seals: tuple[Text, ...]
    """Numbers of the seals; may be empty."""

    due_back: Day | None = None
    """Day until which it is lent, or until which what is left comes back."""

    # Absent in entries of earlier versions: nobody was asked.
    purpose: Text | None = None
    """For what; absent: unknown."""

    givers: tuple[Official, ...] = ()
    """Officials of the site that sends them back; absent: the office sends, or they are unknown."""

    conditions: tuple[Text, ...] = ()
    """Under which conditions, where the office has set its own; absent: those that papers of this kind have."""

    @property
    def seal(self) -> str:
        """See :class:`printd.events.sealing.Sealing`."""
        return Subject.TRANSFER.of(self.transfer)


class TransferAcknowledged(Event):
    """Two people booked what the other side says that it received; it is there now."""

    kind: ClassVar[str] = "transfer.acknowledged"

    transfer: str
    """Its name."""

    serials: SerialRanges
    """What arrived of what was sent."""

    acknowledgement: str
    """Number of the other side's paper, or the name of the key that signed it."""

    discrepancies: tuple[Discrepancy, ...]
    """Differences that this opens."""

    # Absent in entries of earlier versions: nobody was asked.
    receivers: tuple[Official, ...] = ()
    """Officials of the other side who signed for it; absent: the office received it, or they are unknown."""

    received_on: Day | None = None
    """Day of the other side's paper; absent: unknown."""

    seals: tuple[tuple[Text, SealState], ...] = ()
    """Of each seal its number, and how it was when it arrived; absent: unknown."""
