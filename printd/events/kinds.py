"""Every kind of event there is."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from printd.events import (
    attempts,
    blanks,
    cards,
    clock,
    closings,
    configuration,
    counts,
    deliveries,
    destructions,
    incidents,
    jobs,
    leaving,
    logins,
    operators,
    papers,
    printers,
    purges,
    records,
    registers,
    shifts,
    shop,
    supplies,
    test_prints,
    transfers,
)
from printd.events.base import Event, EventError

EVENTS: tuple[type[Event], ...] = (
    shop.ShopOpened,
    shop.ShopRestored,
    shop.LogRolledBack,
    leaving.BackupBegun,
    leaving.ExportBegun,
    clock.ClockWentBack,
    operators.OperatorEnrolled,
    operators.OperatorRoleSet,
    operators.OperatorRetired,
    operators.OperatorKeyRenewed,
    operators.OperatorResealed,
    configuration.ShopConfigured,
    configuration.ConfigurationAccepted,
    logins.LoginFailed,
    deliveries.DeliveryAnnounced,
    deliveries.DeliveryCounted,
    deliveries.DeliveryReceived,
    deliveries.CartonOpened,
    deliveries.DiscrepancyClosed,
    blanks.BlanksMoved,
    blanks.ChipBound,
    shifts.ShiftOpened,
    shifts.ShiftCounting,
    shifts.ShiftResumed,
    shifts.ShiftCounted,
    shifts.ShiftClosed,
    closings.DayClosed,
    counts.StockCounted,
    counts.StockClosed,
    counts.SampleDrawn,
    counts.SampleCounted,
    transfers.SiteSet,
    transfers.SiteReported,
    transfers.SitePrinted,
    transfers.SiteDiffered,
    transfers.TransferSent,
    transfers.TransferAcknowledged,
    incidents.IncidentOpened,
    incidents.IncidentNoted,
    incidents.IncidentClosed,
    destructions.BlanksDestroyed,
    records.RecordAccepted,
    records.RecordAcknowledged,
    records.RecordQuarantined,
    records.RecordDismissed,
    records.RecordRestored,
    purges.RecordsPurged,
    purges.RecordsErased,
    purges.MonthEnded,
    jobs.JobHeld,
    jobs.JobReleased,
    jobs.JobCancelled,
    jobs.JobOverridden,
    printers.PrinterAdded,
    printers.PrinterPaused,
    printers.PrinterResumed,
    printers.PrinterRetired,
    printers.PrinterCalibrated,
    attempts.AttemptStarted,
    attempts.AttemptPrinted,
    attempts.AttemptUnused,
    attempts.AttemptSpoiled,
    attempts.AttemptInDoubt,
    attempts.AttemptEvidence,
    attempts.AttemptCorrected,
    test_prints.TestPrintStarted,
    test_prints.TestPrintEnded,
    test_prints.TestPrintEvidence,
    test_prints.TestPrintCorrected,
    cards.CardChecked,
    cards.CardMissed,
    cards.CardHandedOver,
    cards.CardTried,
    cards.CardReturned,
    registers.RegisterRead,
    papers.PaperMade,
    supplies.ConsumableReceived,
    supplies.ConsumableOpened,
    supplies.SuketIssued,
    supplies.RequestMade,
)
"""In the order in which the document of the log tells them."""

KINDS: Mapping[str, type[Event]] = MappingProxyType({one.kind: one for one in EVENTS})


def read(kind: str, data: Mapping[str, Any]) -> Event:
    """Return the event that an entry carries.

    :raises EventError: there is no such kind, or the data is no event of it.
    """
    event = KINDS.get(kind)
    if event is None:
        raise EventError("there is no such kind of event")
    return event.read(data)
