"""Acts on reports: the catalogue, and one report of a period as PDF, CSV and JSON from the same query."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

from printd.desk.desk import Desk
from printd.desk.shifts import not_counting
from printd.reports import acts, catalogue, table_csv
from printd.reports.view import View
from printd.store import log

FOLDER = "reports"


def list_(desk: Desk) -> list[dict[str, str]]:
    """Return the names of all reports, Indonesian and English."""
    return [{"report": name, "title": one[0], "english": one[1]} for name, one in catalogue.REPORTS.items()]


def report(desk: Desk, name: str, first: date, last: date, site: str = "") -> dict[str, Any]:
    """Compute a report at the present state of the log, and write it as PDF, CSV and JSON into the shop's folder.

    Not while a shift is counted.
    """
    not_counting(desk)
    with desk.shop.store.reading() as connection:
        end = log.frontier(connection)
        view = View(connection, desk.shop.zone, first, last, site, end.size, end.root().hex())
        document = catalogue.build(name, view)
    stem = desk.shop.folder / FOLDER / f"{document.name}-{first.isoformat()}-{last.isoformat()}"
    office = desk.shop.config.office.name
    files: dict[str, bytes] = {
        "pdf": acts.to_pdf(document, office),
        "csv": table_csv.render(document).encode("utf-8"),
        "json": acts.to_json(document),
    }
    paths: dict[str, str] = {}
    for kind, content in files.items():
        path = Path(f"{stem}.{kind}")
        acts.write(path, content)
        paths[kind] = str(path)
    told: dict[str, Any] = json.loads(files["json"])
    return {**told, "files": paths}
