"""Supplies: consumables, temporary certificates (*surat keterangan*), and requests for blanks."""

from __future__ import annotations

from typing import ClassVar, Literal

from printd.events.base import Event, Part
from printd.events.fields import Day, PrintReason, Pseudonym, Signed, StockType, Text, Whole, YesNo
from printd.events.officials import Official
from printd.events.sealing import Sealing

ConsumableKind = Literal["ribbon", "film", "cleaning"]


class ConsumableReceived(Event):
    """Consumables went into the cupboard."""

    kind: ClassVar[str] = "consumable.received"

    kind_: ConsumableKind
    """What they are."""

    label: Text
    """Type and lot, as on the box."""

    pieces: Whole
    """How many."""

    nominal: Whole
    """Cards that one is made for; of a cleaning kit, cards until the next cleaning."""

    # Absent in entries of earlier versions.
    document: Text | None = None
    """Paper with which they came, where there is one."""


class ConsumableOpened(Event):
    """One was put into a printer, out of the cupboard unless it says otherwise; what was in it before has ended."""

    kind: ClassVar[str] = "consumable.opened"

    kind_: ConsumableKind
    """What it is."""

    label: Text
    """Type and lot, as on the box."""

    printer: Text
    """Name of the printer."""

    nominal: Whole
    """Cards that it is made for."""

    # Both absent in entries of earlier versions.
    document: Text | None = None
    """Paper by which it was given out, where there is one."""

    unbooked: YesNo = False
    """Whether nothing of its label was ever booked in, so that nobody knows how many more there are."""


class SuketIssued(Sealing):
    """A temporary certificate was issued; whose it is is sealed."""

    kind: ClassVar[str] = "suket.issued"

    suket: str
    """Its name."""

    holder: Pseudonym
    """Of its holder."""

    issued_on: Day
    """Its first day."""

    expires_on: Day
    """Its last day."""

    status: Literal["PRR", "SFE", "Pro", "DUP", "Efac", "CP", "CS", "SFCP", "CRL", "CL"]
    """Status of the record, as it is printed in the certificate's corner."""

    @property
    def seal(self) -> str:
        """See :class:`printd.events.sealing.Sealing`."""
        return f"suket:{self.suket}"


class DaysLeft(Part):
    """Calendar days until the stock is spent, by estimate."""

    middle: Whole
    """As likely more as fewer."""

    low: Whole
    """Nine times in ten it is more."""

    high: Whole
    """Nine times in ten it is fewer."""


class TodaySoFar(Part):
    """What happened on the day of the request, which was not over."""

    used: Whole
    """Blanks used."""

    wished: Whole
    """Cards wished for."""


class EarlyRequestFacts(Part):
    """The figures behind a request as earlier versions wrote them; null is unknown."""

    stock: Whole
    """Unprinted blanks."""

    level: Literal["ok", "low", "empty"]
    """How that is."""

    floor: Whole
    """Blanks at or below which more may be asked for (`stock.ask_below`)."""

    queue: Whole
    """Cards that wait to be printed."""

    coming: Whole
    """Deliveries on the way."""

    used_per_day: Whole | None
    """Blanks used on an open day, the mean of the last 20."""

    wished_per_day: Whole | None
    """Cards wished for on an open day now."""

    days_left: DaysLeft | None
    """How long the stock lasts."""

    ask_on: Day | None
    """When more should be asked for."""

    ask: Whole | None
    """Blanks that the forecast would ask for."""

    surging: tuple[PrintReason | Literal["-"], ...]
    """Reasons for which far more is wished than before."""

    prr: Whole
    """Records ready to print that wait."""

    sfe: Whole | None
    """Records sent for enrolment, as the ministry's application shows them."""

    suket: Whole
    """Temporary certificates outstanding."""

    average_use: Whole | None
    """As `used_per_day`, under the letter's name."""

    printers: Whole
    """Printers that work."""

    recent: tuple[tuple[Day, Whole], ...]
    """The last days, at most 28, each with the blanks used."""

    reason: Text | None = None
    """Why more is asked for before the stock is used up, where it is."""

    beside: Text | None = None
    """An earlier request that nothing answered yet, where there is one."""


class RequestFacts(EarlyRequestFacts):
    """The figures behind a request; null is unknown."""

    since: Day | None
    """First day that tells of all this."""

    open_days: Whole
    """Open days from it on."""

    history_days: Whole
    """Days before the request that were looked at."""

    today: TodaySoFar
    """What happened on the day itself."""


class YearSoFar(Part):
    """Blanks of one type since the year began: what was there, came, went, and is there now."""

    first: Day
    """First day of the year."""

    opening: Whole
    """There when it began."""

    received: Signed
    """Came from the province; like all flows below zero where more went the other way."""

    loaned_in: Signed
    """Came on loan, or back from sites."""

    recovered: Signed
    """Came back that had left the books' stock."""

    used_good: Signed
    """Became good cards."""

    spoiled: Signed
    """Were spoiled."""

    loaned_out: Signed
    """Went to other sites."""

    returned: Signed
    """Went back to the province."""

    skipped: Signed
    """Left a hopper unprinted and were not found."""

    missing: Signed
    """Are missing."""

    closing: Whole
    """There now, with those in printers and not checked yet."""


class RequestMade(Event):
    """The office asked the province for blanks."""

    kind: ClassVar[str] = "request.made"

    request: str
    """Its name."""

    stock_type: StockType
    """Of which type."""

    asked: Whole
    """How many blanks."""

    facts: RequestFacts | EarlyRequestFacts
    """The figures behind it."""

    # All absent in entries of earlier versions.
    difference: Text | None = None
    """Why another number is asked for than was computed (`ask`), where it is."""

    collector: Official | None = None
    """Who will fetch them; absent: nobody was named yet."""

    year: YearSoFar | None = None
    """The account of the year until then."""

    addressee: tuple[Text, ...] = ()
    """To whom the letter goes, line by line."""

    through: tuple[Text, ...] = ()
    """By whose hands it goes there, line by line; absent: straight."""
