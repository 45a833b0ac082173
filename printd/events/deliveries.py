"""Deliveries: announced, counted blind, received, opened; and the differences that a receipt leaves open."""

from __future__ import annotations

from typing import ClassVar, Literal

from printd.events.base import Event, Part
from printd.events.fields import Day, Serial, SerialRanges, StockType, Text, Whole, YesNo
from printd.events.officials import Letter, Official, SealState

Condition = Literal["intact", "damaged", "seal_broken", "wrong_type"]


class DeliveryAnnounced(Event):
    """A manifest was booked: its blanks are on the way."""

    kind: ClassVar[str] = "delivery.announced"

    delivery: Text
    """Its name, as the manifest gives it."""

    bast_number: Text
    """Number of the handover record (*berita acara serah terima*)."""

    bast_date: Day
    """Day of the handover record."""

    stock_type: StockType
    """Which cards the blanks are for."""

    generation: Text
    """Which make of blank they are."""

    identified_by: Literal["serial", "count"]
    """Whether the manifest names serials, or a number only: then the office gives each piece a serial."""

    cartons: tuple[tuple[Text, Serial, Serial], ...]
    """Of each carton its label, the first and the last serial in it."""

    serials: SerialRanges
    """All blanks announced."""

    sender: Text | None = None
    """Who sent it, where the manifest says so."""

    due_back: Day | None = None
    """Day until which it is lent, where it is."""

    unit_value: Whole | None = None
    """Rupiah that one blank is worth, where the manifest says so."""

    seals: tuple[Text, ...] = ()
    """Numbers of the seals, where it has any."""

    signed_by: str | None = None
    """Name of the key that signed the manifest, where one did."""

    practice: YesNo = False
    """Whether its manifest says that these are blanks to practise with; absent: they are real."""


class ReceiptSheet(Part):
    """What one person counted of a delivery, without seeing what was announced."""

    pieces: Whole
    """All pieces; those in closed cartons by the figure on the carton."""

    cartons: tuple[tuple[Text, Condition], ...]
    """Of each carton its label, and how it was; of a delivery that came as a count, as it stands on the carton."""

    serials: SerialRanges
    """What was scanned piece by piece."""

    damaged: SerialRanges
    """Pieces among them, or of intact cartons, that arrived damaged."""

    wrong_type: SerialRanges
    """Pieces among them of another stock type or generation."""

    # Absent in entries of earlier versions: nobody was asked.
    seals: tuple[tuple[Text, SealState], ...] = ()
    """Of each seal its number, as it was read on it, and how it was; absent: none was read."""


class DeliveryCounted(Event):
    """One person counted a delivery, alone; a later count of theirs replaces it."""

    kind: ClassVar[str] = "delivery.counted"

    delivery: Text
    """Name of the delivery."""

    sheet: ReceiptSheet
    """What they found."""


class Discrepancy(Part):
    """A difference that stays open until a document closes it."""

    id: str
    """Its name: that of the delivery, transfer or site and a number."""

    kind: Literal["short", "over", "damaged", "seal_broken", "wrong_stock_type", "serial_elsewhere", "unnamed"]
    """What is wrong with the pieces."""

    pieces: Whole
    """How many."""

    serials: SerialRanges
    """Which; empty where nobody knows."""

    note: Text
    """What else is known; may be empty."""


class Handover(Part):
    """How a delivery changed hands: what whoever received it saw, or read on papers."""

    place: Text | None = None
    """Where, in words."""

    given_on: Day | None = None
    """On which day, where that was before it was counted."""

    giver: Official | None = None
    """Who handed it over for the other side."""

    collector: Official | None = None
    """Who collected it for the office, by assignment letter."""

    request: Letter | None = None
    """Our letter that it answers."""

    allocation: Letter | None = None
    """Letter that allocates it to the office."""

    grant: Letter | None = None
    """Paper by which it was granted (*naskah hibah*, *BAST BMN*); without one nothing says that it was."""


class DeliveryReceived(Event):
    """Two people who counted alike took a delivery into the store; what is in dispute stays on the way."""

    kind: ClassVar[str] = "delivery.received"

    delivery: Text
    """Name of the delivery."""

    serials: SerialRanges
    """What went into the store."""

    # Absent in entries of earlier versions, which knew no count: all pieces were there.
    counted: Whole | None = None
    """Pieces on the two sheets; absent in early entries: as many as went into the store."""

    discrepancies: tuple[Discrepancy, ...] | None = None
    """Differences that this opens; absent in early entries: none."""

    # Absent in entries of earlier versions: nobody was asked.
    handover: Handover | None = None
    """How it changed hands; absent: nothing of it is known."""


class CartonOpened(Event):
    """Two people opened a carton of the store; only then can its blanks be issued."""

    kind: ClassVar[str] = "carton.opened"

    delivery: Text
    """Name of the delivery."""

    carton: Text
    """Label of the carton."""


class DiscrepancyClosed(Event):
    """A difference was closed by the movement that its document bears out."""

    kind: ClassVar[str] = "discrepancy.closed"

    discrepancy: str
    """Its name."""

    outcome: Literal["store", "spoiled", "missing", "returned", "nothing"]
    """Where the pieces went; `nothing`: they were given back and never entered the books."""

    document: Text
    """Number of the paper."""

    serials: SerialRanges
    """The pieces; empty where nothing moves."""
