"""Acts on registers by name: the same report with NIK and name, which a supervisor opens; that look is booked.

The log and the reports name people by pseudonyms. Whose they are lies sealed: in the records, with the invalid cards
and with the certificates, until it is erased on schedule.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date
from types import MappingProxyType
from typing import TypedDict

from printd.desk import sealing
from printd.desk.desk import Desk, supervisor
from printd.desk.destruction_list import two_to_open
from printd.desk.proofs import Person
from printd.desk.reports import document
from printd.errors import Refused
from printd.events.registers import RegisterRead
from printd.intake.record import PrintReadyRecord
from printd.reports.document import Document, Value
from printd.shop.months import MonthGoneError
from printd.shop.opening import open_record
from printd.store import records as store_records
from printd.store import sealed
from printd.store.rows import Connection

BY_NAME = ("r7", "r14", "r15")
"""Reports whose paper names people (domain reference section 7)."""

BY_ADDRESS = "r8"
"""The one that has addresses as well."""


class Named(TypedDict):
    """Rows of a report, each with ``nik`` and ``name`` of its holder beside the report's own columns."""

    rows: list[dict[str, Value]]


def names(desk: Desk, name: str, first: date, last: date, by: Person, site: str = "") -> Named:
    """Return, under ``rows``, those of a report that name a holder, with NIK and name; ``None`` where they were erased.

    Nothing is written to a file: who needs the paper prints what is shown.

    :raises Refused: the report names nobody, or no supervisor asks.
    """
    who = supervisor(desk, by)
    if name.lower() not in BY_NAME:
        raise Refused(
            f"Report {name[:40]} names nobody.",
            consequence="Nothing was shown.",
            remedy=f"By name there are: {', '.join(BY_NAME)}; with addresses {BY_ADDRESS}, which two people open.",
        )
    return _opened(desk, name.lower(), document(desk, name, first, last, site), [who], ("nik", "name"))


def addresses(desk: Desk, first: date, last: date, by: Person, second: Person, site: str = "") -> Named:
    """Return, under ``rows``, those of R8 with NIK, name and ``address``; two open them, one of them a supervisor.

    Nothing is written to a file.

    :raises Refused: neither is a supervisor.
    """
    who = two_to_open(desk, by, second)
    told = document(desk, BY_ADDRESS, first, last, site)
    return _opened(desk, BY_ADDRESS, told, who, ("nik", "name", "address"))


def _opened(desk: Desk, what: str, told: Document, who: Sequence[str], shown: Sequence[str]) -> Named:
    rows = [dict(row) for table in told.tables for row in table.rows if row.get("holder")]
    known = _people(desk, sorted({str(row["holder"]) for row in rows}))
    desk.enter(RegisterRead(what=what, rows=len(rows)), who)
    return {
        "rows": [{**row, **{key: known.get(str(row["holder"]), _NOBODY).get(key) for key in shown}} for row in rows]
    }


_NOBODY: Mapping[str, str | None] = MappingProxyType({})


def _people(desk: Desk, holders: Sequence[str]) -> dict[str, Mapping[str, str | None]]:
    """Return NIK and name behind pseudonyms, from what is still sealed of them."""
    with desk.shop.store.reading() as connection:
        records = store_records.sealed_records_of(connection, holders)
        kept = sealed.sealed_of(connection, [one for one in holders if one not in records])
        named = {holder: _of_record(desk, connection, record) for holder, record in records.items()}
    return named | {holder: _of_seals(desk, names) for holder, names in kept.items()}


def _of_record(desk: Desk, connection: Connection, number: str) -> Mapping[str, str | None]:
    try:
        record = PrintReadyRecord.from_json(open_record(desk.shop, connection, number).fields)
    except MonthGoneError:
        return _NOBODY
    return {"nik": record.nik, "name": record.nama, "address": _address(record)}


def _address(record: PrintReadyRecord) -> str:
    below = f"RT {record.rt}/RW {record.rw}" if record.rt and record.rw else ""
    return ", ".join(part for part in (record.alamat, below, record.kel_name, record.kec_name) if part)


def _of_seals(desk: Desk, names: Sequence[str]) -> Mapping[str, str | None]:
    """A certificate seals the NIK alone, an invalid card the name and the address as well."""
    found = []
    for name in names:
        with suppress(MonthGoneError):
            found.append(sealing.look(desk, name, sealing.OfHolder))
    if not found:
        return _NOBODY
    whole = next((one for one in found if "name" in one), found[0])
    return {"nik": whole["nik"], "name": whole.get("name"), "address": whole.get("address")}
