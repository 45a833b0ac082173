"""Acts on reports: the catalogue, and one report of a period as PDF, CSV and JSON from the same query."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TypedDict

from printd.desk.counting import not_counting
from printd.desk.desk import Desk
from printd.language.catalogue import text
from printd.reports import acts, catalogue, table_csv
from printd.reports.document import Document, DocumentTold
from printd.reports.office import office_of
from printd.reports.view import View
from printd.store import log

FOLDER = "reports"


class ReportListed(TypedDict):
    """A report that there is: its short name, its title in Indonesian and in English."""

    report: str
    title: str
    english: str


class ReportMade(DocumentTold):
    """A report, and the paths of its files by their kind: ``pdf``, ``csv``, ``json``."""

    files: dict[str, str]


def list_(desk: Desk) -> list[ReportListed]:
    """Return the names of all reports, Indonesian and English."""
    return [
        {"report": name, "title": text(one.title, "id"), "english": text(one.title, "en")}
        for name, one in catalogue.REPORTS.items()
    ]


def report(desk: Desk, name: str, first: date, last: date, site: str = "") -> ReportMade:
    """Compute a report at the present state of the log, and write it as PDF, CSV and JSON into the shop's folder.

    Not while a shift is counted.
    """
    made = document(desk, name, first, last, site)
    stem = desk.shop.folder / FOLDER / f"{made.name}-{first.isoformat()}-{last.isoformat()}"
    office = office_of(desk.shop)
    files: dict[str, bytes] = {
        "pdf": acts.to_pdf(made, office),
        "csv": table_csv.render(made, office.reader).encode("utf-8"),
        "json": acts.to_json(made),
    }
    paths: dict[str, str] = {}
    for kind, content in files.items():
        path = Path(f"{stem}.{kind}")
        acts.write(path, content)
        paths[kind] = str(path)
    told: DocumentTold = json.loads(files["json"])
    return {**told, "files": paths}


def document(desk: Desk, name: str, first: date, last: date, site: str = "") -> Document:
    """Compute a report at the present state of the log.

    :raises Refused: no report has this name, or a shift is being counted.
    """
    not_counting(desk)
    with desk.shop.store.reading() as connection:
        end = log.frontier(connection)
        view = View(connection, desk.shop.zone, first, last, site, end.size, end.root().hex())
        return catalogue.build(name, view)
