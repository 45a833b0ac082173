"""Reports from an exported log alone: it is proved, tables are rebuilt from its entries, the same query is asked.

A figure is only as good as what it was computed from: the head must be signed by a key that did not come with the
export, and the entries must give its root.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from printd.books.replay import rebuilt
from printd.errors import Refused
from printd.events.base import EventError
from printd.ledger.entry import EntryError
from printd.ledger.export import Export, ExportError
from printd.ledger.notes import Verifier
from printd.projections.kinds import PROJECTIONS
from printd.remedies import ASKED, Do
from printd.reports import catalogue
from printd.reports.document import Document
from printd.reports.view import View
from printd.shop import configured
from printd.store import configuration
from printd.store.rows import Connection


@dataclass(frozen=True)
class ProvedLog:
    """An exported log whose bytes gave the signed root, and the tables that its entries alone make."""

    export: Export
    tables: Connection

    def build(self, name: str, first: date, last: date, site: str = "") -> tuple[Document, str]:
        """Return a report, and the name of the office."""
        office, zone = _office(self.tables)
        view = View(self.tables, zone, first, last, site, self.export.head.size, self.export.head.root.hex())
        return catalogue.build(name, view), office


@contextmanager
def proved(folder: Path, key: Verifier) -> Iterator[ProvedLog]:
    """Give an exported log to compute reports from.

    :param key: the log's, from elsewhere than the export.
    :raises Refused: the folder holds no export of this log, only an excerpt, or one that was altered.
    """
    try:
        export = Export.open(folder, key)
        with rebuilt(export.entries(), PROJECTIONS) as tables:
            yield ProvedLog(export, tables)
    except (ExportError, EntryError, EventError, KeyError) as broken:
        raise Refused(
            f"The exported log {folder} cannot be used.",
            why=f"{broken}.",
            consequence="Nothing was computed.",
            remedy=("Export it again: ", Do("audit.export", folder=ASKED)),
        ) from broken


def build(folder: Path, key: Verifier, name: str, first: date, last: date, site: str = "") -> tuple[Document, str]:
    """Return a report computed from an exported log, and the name of its office.

    :raises Refused: see :func:`proved`.
    """
    with proved(folder, key) as told:
        return told.build(name, first, last, site)


def _office(connection: Connection) -> tuple[str, ZoneInfo]:
    """Return name and time zone of the office, as the log tells them last."""
    row = configuration.last_configuration(connection)
    if row is None:
        raise ExportError("no entry says what the shop ran under, so that nobody knows its days")
    told = configured.read(row)
    return told.office, ZoneInfo(told.timezone)
