"""Code lists of the trade by their vocabulary, and words that the trade does not use."""

from __future__ import annotations

from typing import Any, get_args

from printd.custody import control_chart, levels
from printd.events import (
    blanks,
    cards,
    deliveries,
    destructions,
    evidence,
    fields,
    incidents,
    policy,
    supplies,
    test_prints,
    transfers,
)
from printd.intake.warnings import WARNINGS
from printd.language.vocabularies import Vocabulary
from printd.words import causes, papers, places, reasons, roles, states, subjects


def listed(event: Any, field: str) -> tuple[str, ...]:
    """Return the code list of an event's field, optional or not."""
    found = event.model_fields[field].annotation
    return tuple(str(one) for part in (found, *get_args(found)) for one in get_args(part) if isinstance(one, str))


BOOKED = (
    *("receive", "attempt", "printed", "unused", "spoiled", "corrected", "quality_good", "quality_spoiled"),
    *("hand_over", "brought_back", "discrepancy", "transfer", "acknowledged", "destroyed", "site_printed"),
)
"""Why blanks move by entries of other kinds than the one for it; the scenario's test holds them against its books."""

CODES: dict[Vocabulary, tuple[str, ...]] = {
    Vocabulary.CAUSE: causes.SPOIL_CAUSES,
    Vocabulary.STEP: causes.STEPS,
    Vocabulary.INVALID: listed(cards.CardReturned, "cause"),
    Vocabulary.PLACE: tuple(places.Kind),
    Vocabulary.JOB: tuple(states.JobState),
    Vocabulary.HELD: tuple(reasons.HeldBecause),
    Vocabulary.ATTEMPT: (*states.AttemptState, "good", "missing"),
    Vocabulary.QUALITY: tuple(states.Quality),
    Vocabulary.TEST_PRINT: tuple(states.TestPrintState),
    Vocabulary.PURPOSE: get_args(test_prints.Purpose),
    Vocabulary.SHIFT: tuple(states.ShiftState),
    Vocabulary.DELIVERY: tuple(states.DeliveryState),
    Vocabulary.TRANSFER: tuple(states.TransferState),
    Vocabulary.DISPUTE: tuple(states.DisputeState),
    Vocabulary.SUKET: tuple(states.SuketState),
    Vocabulary.PRINTER: tuple(states.PrinterState),
    Vocabulary.REASON: reasons.PRINT_REASONS,
    Vocabulary.RECEIVER: listed(cards.CardHandedOver, "receiver"),
    Vocabulary.OLD_CARD: listed(cards.CardHandedOver, "old_card"),
    Vocabulary.CONDITION: get_args(deliveries.Condition),
    Vocabulary.DIFFERENCE: listed(deliveries.Discrepancy, "kind"),
    Vocabulary.OUTCOME: listed(deliveries.DiscrepancyClosed, "outcome"),
    Vocabulary.SUBJECT: tuple(subjects.Subject),
    Vocabulary.METHOD: listed(destructions.BlanksDestroyed, "method"),
    Vocabulary.INCIDENT: listed(incidents.IncidentOpened, "kind_"),
    Vocabulary.SITE: listed(transfers.SiteSet, "kind_"),
    Vocabulary.CONSUMABLE: get_args(supplies.ConsumableKind),
    Vocabulary.LEVEL: (*get_args(levels.Level), "unknown"),  # of one that was never booked in
    Vocabulary.HEARS: get_args(incidents.ReportedTo),
    Vocabulary.ROLE: tuple(roles.Role),
    Vocabulary.STOCK_TYPE: ("WNI", "OA"),
    Vocabulary.IDENTIFIED: listed(deliveries.DeliveryAnnounced, "identified_by"),
    Vocabulary.MOVEMENT: (*blanks.WAYS, *BOOKED),
    Vocabulary.RUNG: get_args(evidence.Rung),
    Vocabulary.POSITION: get_args(evidence.Position),
    Vocabulary.ALARM: tuple(one for one in get_args(control_chart.Alarm) if one),
    Vocabulary.PAPER: tuple(one for some in get_args(papers.PaperKind) for one in get_args(some) or (some,)),
    Vocabulary.SEAL: ("whole", "broken"),
    Vocabulary.TURN: listed(policy.TurnTaken, "by"),
    Vocabulary.UNIT: (),  # sites by their names
    Vocabulary.TRY: listed(cards.CardTried, "how"),
    Vocabulary.NAMED: ("missing", "nothing"),
    Vocabulary.VOIDED: get_args(fields.Voided),
    Vocabulary.WARNING: tuple(WARNINGS),
}

FORBIDDEN = (
    *("diumumkan", "temuan", "hilang", "terlewat", "toko", "corong", "pencetak", "shift", "opname"),
    *("kosong", "lembar", "buah", "diragukan", "selai", "subdistrik", "kelurahan", "seluler", "menerbitkan", "memuat"),
    *("mengunggah", "membongkar", "retur", "penghapusan", "penghancuran", "bendahara", "penjaga", "proksi"),
    *("pemegang", "lantai", "akta", "aksi", "manifes", "kuitansi", "terbuka", "tertutup", "buta"),
)
"""The wrong words of the papers reference, section 4, where they stand alone."""
