"""Every kind of entry that the books know, and what one of it does to the tables."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from printd.books.projection import Projection
from printd.projections import (
    attempts,
    blanks,
    cards,
    clock,
    closings,
    configuration,
    consumables,
    deliveries,
    destructions,
    discrepancies,
    incidents,
    jobs,
    leaving,
    logins,
    operators,
    papers,
    policy,
    printers,
    purges,
    records,
    registers,
    requests,
    shifts,
    shop,
    sukets,
    test_prints,
    transfers,
)

PROJECTIONS: Mapping[str, Projection] = MappingProxyType(
    {
        **attempts.PROJECTIONS,
        **blanks.PROJECTIONS,
        **cards.PROJECTIONS,
        **clock.PROJECTIONS,
        **closings.PROJECTIONS,
        **configuration.PROJECTIONS,
        **consumables.PROJECTIONS,
        **deliveries.PROJECTIONS,
        **destructions.PROJECTIONS,
        **discrepancies.PROJECTIONS,
        **incidents.PROJECTIONS,
        **jobs.PROJECTIONS,
        **leaving.PROJECTIONS,
        **logins.PROJECTIONS,
        **operators.PROJECTIONS,
        **papers.PROJECTIONS,
        **policy.PROJECTIONS,
        **printers.PROJECTIONS,
        **purges.PROJECTIONS,
        **records.PROJECTIONS,
        **registers.PROJECTIONS,
        **requests.PROJECTIONS,
        **shifts.PROJECTIONS,
        **shop.PROJECTIONS,
        **sukets.PROJECTIONS,
        **test_prints.PROJECTIONS,
        **transfers.PROJECTIONS,
    }
)
