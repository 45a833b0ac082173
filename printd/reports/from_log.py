"""Reports from an exported log alone: the tables are rebuilt from its entries, and the same query is asked."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from printd.books.replay import rebuilt
from printd.errors import Refused
from printd.events.base import EventError
from printd.ledger import export
from printd.ledger.entry import EntryError
from printd.projections.kinds import PROJECTIONS
from printd.remedies import ASKED, Do
from printd.reports import catalogue
from printd.reports.document import Document
from printd.reports.view import View


def build(path: Path, name: str, first: date, last: date, site: str = "") -> tuple[Document, str]:
    """Return a report computed from an exported log, and the name of its office.

    :raises Refused: the file is no export, or it was altered.
    """
    try:
        header = export.read_header(path)
        with rebuilt(export.read(path), PROJECTIONS) as connection:
            zone = ZoneInfo(header["timezone"])
            view = View(connection, zone, first, last, site, header["size"], header["root"])
            return catalogue.build(name, view), str(header["office"])
    except (export.ExportError, EntryError, EventError, KeyError, OSError) as broken:
        raise Refused(
            f"The exported log {path} cannot be used.",
            why=f"{broken}.",
            consequence="Nothing was computed.",
            remedy=("Export it again: ", Do("audit.export", file=ASKED)),
        ) from broken
