"""Tables of a shop, one file a noun, each with the type of its row. What must not happen is forbidden, not hoped for.

Two kinds of tables: the log (``entry``, ``node``, ``log_state``, ``checkpoint``, ``checkpoint_note``, what witnesses
say of it in ``cosignature`` and ``contradiction``, and ``restored``, the backups it came from) with the secrets that no
log may hold (``record_secret``, ``operator_secret``, ``quarantine``, ``sealed``), and projections, which replaying the
log must rebuild exactly (everything in ``PROJECTIONS``).

Lists of serials stand as canonical JSON, pairs of first and last serial as the entries carry them.
"""

from __future__ import annotations

from sqlalchemy import Table

from printd.store.tables import cosignatures, log, restores
from printd.store.tables.attempts import attempt
from printd.store.tables.blanks import serial_range
from printd.store.tables.calibrations import calibration
from printd.store.tables.cards import returned_card
from printd.store.tables.chips import chip
from printd.store.tables.clock_jumps import clock_jump
from printd.store.tables.closings import closing
from printd.store.tables.configuration import configuration
from printd.store.tables.consumables import consumable, supply, supply_receipt
from printd.store.tables.counts import count_sheet
from printd.store.tables.deliveries import carton, delivery
from printd.store.tables.destructions import destruction
from printd.store.tables.discrepancies import discrepancy
from printd.store.tables.generations import generation
from printd.store.tables.handovers import handover, holder_try
from printd.store.tables.incidents import incident, incident_note
from printd.store.tables.jobs import job
from printd.store.tables.movements import movement
from printd.store.tables.operators import operator
from printd.store.tables.papers import paper
from printd.store.tables.policy import override
from printd.store.tables.printers import printer
from printd.store.tables.records import quarantine, record, record_secret
from printd.store.tables.requests import request
from printd.store.tables.samples import sample
from printd.store.tables.sealed import sealed
from printd.store.tables.seals import ended_month, seal
from printd.store.tables.shifts import shift
from printd.store.tables.shop import shop
from printd.store.tables.sites import site, site_card, site_report
from printd.store.tables.spoils import spoil
from printd.store.tables.sukets import suket
from printd.store.tables.test_prints import test_print
from printd.store.tables.transfers import transfer

__all__ = ["PROJECTIONS", "SECRETS", "cosignatures", "log", "restores"]

SECRETS: tuple[Table, ...] = (record_secret, quarantine, sealed)
"""What lies sealed of people and ends."""

PROJECTIONS: tuple[Table, ...] = (
    shop,
    operator,
    delivery,
    carton,
    serial_range,
    movement,
    record,
    job,
    printer,
    calibration,
    attempt,
    test_print,
    count_sheet,
    discrepancy,
    chip,
    shift,
    sample,
    site,
    site_report,
    site_card,
    transfer,
    incident,
    incident_note,
    spoil,
    returned_card,
    destruction,
    configuration,
    override,
    consumable,
    supply,
    supply_receipt,
    suket,
    request,
    paper,
    handover,
    holder_try,
    clock_jump,
    closing,
    generation,
    seal,
    ended_month,
)
