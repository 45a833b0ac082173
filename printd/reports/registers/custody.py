"""R3 sites."""

from __future__ import annotations

import json

from printd.language.vocabularies import Vocabulary
from printd.reports.document import Column, Document, Table, Value
from printd.reports.view import View
from printd.store import discrepancies, figures
from printd.words import places
from printd.words.serials import from_json, say
from printd.words.subjects import Subject, split


def sites(view: View) -> Document:
    """Return R3: what each site reported beside what the books said at that moment, and what it could not name."""
    found = figures.site_reports_between(view.connection, view.first.isoformat(), view.last.isoformat())
    rows: list[dict[str, Value]] = [
        {
            "day": row["day"],
            "site": places.site(row["site"]),
            "stock_type": row["stock_type"],
            "book": row["book"],
            "reported": row["pieces"],
            "difference": row["pieces"] - row["book"],
            "ribbon": row["ribbon"],
            "film": row["film"],
        }
        for row in found
        if view.site in ("", row["site"])
    ]
    columns = [
        Column("day", "Day", "day"),
        Column("site", "Site", "code", 1.5, words=Vocabulary.UNIT),
        Column("stock_type", "Type", "code", words=Vocabulary.STOCK_TYPE),
        Column("book", "Book", "int"),
        Column("reported", "Reported", "int"),
        Column("difference", "Difference", "int"),
        Column("ribbon", "Ribbon left", "int"),
        Column("film", "Film left", "int"),
    ]
    return Document(
        name="r3-sites",
        title="Reconciliation of sites",
        site=view.site,
        landscape=True,
        tables=[Table("Reports of sites", columns, rows), _not_named(view)],
    )


def _not_named(view: View) -> Table:
    """Return the table of what sites used and could not name cards for, opened or open in the period."""
    rows: list[dict[str, Value]] = []
    for row in discrepancies.discrepancies(view.connection):
        noun, site = split(row["subject"])
        ended = row["closed_at"] or "9"
        if noun is not Subject.SITE or view.site not in ("", site):
            continue
        if row["opened_at"] >= view.high or ended < view.low:
            continue
        closed = ended < view.high
        rows.append(
            {
                "difference": row["id"],
                "site": places.site(site),
                "opened": view.local(row["opened_at"]),
                "report": row["note"],
                "pieces": row["pieces"],
                "serials": say(from_json(json.loads(row["serials"]))),
                "closed": view.local(row["closed_at"]) if closed else None,
                "outcome": row["outcome"] if closed else None,
                "document": row["document"] if closed else None,
            }
        )
    columns = [
        Column("difference", "Difference", "code", 1.2),
        Column("site", "Site", "code", 1.5, words=Vocabulary.UNIT),
        Column("opened", "Opened", "moment", 1.3),
        Column("report", "Site's report", "text", 1.4),
        Column("pieces", "Pieces", "int", 0.7),
        Column("serials", "Serials", "text", 1.8),
        Column("closed", "Settled", "moment", 1.3),
        Column("outcome", "Outcome", "code", 1.4, words=Vocabulary.NAMED),
        Column("document", "Document", "text", 1.4),
    ]
    return Table("Used by sites, and not named card by card", columns, rows)
