"""R17 incidents (*laporan kejadian*): what happened, who was told in time, and what was done."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence

from printd.custody import incidents as rules
from printd.events.incidents import ReportedTo
from printd.language.sentences import Code, Figure, Listed, Moment, Sentence, serials
from printd.language.vocabularies import Vocabulary
from printd.reports.document import Column, Document, Table, Value
from printd.reports.view import View
from printd.store import figures, incidents
from printd.store.tables.incidents import IncidentNoteRow, IncidentRow
from printd.words.serials import from_json
from printd.words.states import DisputeState


def register(view: View) -> Document:
    """Return R17: the incidents that began in the period, and those that were open in it; all as of its end."""
    noted: dict[str, list[IncidentNoteRow]] = defaultdict(list)
    for note in incidents.notes_before(view.connection, view.high):
        noted[note["incident_id"]].append(note)
    found = [_then(view, row) for row in figures.incidents_between(view.connection, "", view.high)]
    found = [row for row in found if row["opened_at"] >= view.low or (row["closed_at"] or "9") >= view.low]
    rows: list[Mapping[str, Value]] = [_row(view, row) for row in found]
    told: list[Mapping[str, Value]] = [_told(view, row, noted[row["id"]]) for row in found]
    done: list[Mapping[str, Value]] = [
        {
            "incident": note["incident_id"],
            "at": note["at"],
            "by": view.names(note["by"]),
            "text": note["text"],
            "reported_to": _who(json.loads(note["reported_to"])),
        }
        for row in found
        for note in noted[row["id"]]
    ]
    return Document(
        name="r17-incidents",
        title="Report of incidents",
        tables=[
            Table("Incidents", _WHAT, rows),
            Table("Reports to the head of the office, the province and the ministry", _TOLD, told),
            Table("What was done", _DONE, done),
        ],
        landscape=True,
    )


_WHAT = [
    Column("incident", "Incident", "code", 1.2),
    Column("at", "Time", "moment", 1.4),
    Column("finder", "Finder", "text", 1.4),
    Column("kind", "Kind", "code", 1.1, words=Vocabulary.INCIDENT),
    Column("pieces", "Pieces", "int", 0.7),
    Column("serials", "Serials", "text", 1.8),
    Column("note", "Note", "text", 2.2),
    Column("last_event", "Last event", "text", 2.4),
    Column("state", "State", "code", 0.9, words=Vocabulary.DISPUTE),
    Column("outcome", "Outcome", "text", 1.6),
]
_TOLD = [
    Column("incident", "Incident", "code", 1.2),
    Column("report_by", "Report by", "moment", 1.4),
    Column("head", "Head of office", "moment", 1.4),
    Column("province", "Province", "moment", 1.4),
    Column("ministry", "Ministry", "moment", 1.4),
    Column("police_report", "Police report", "text", 1.6),
    Column("standing", "Standing", "text", 2),
]
_DONE = [
    Column("incident", "Incident", "code", 1.2),
    Column("at", "Time", "moment", 1.4),
    Column("by", "By", "text", 1.4),
    Column("text", "What was done", "text", 4),
    Column("reported_to", "Reported to", "text", 2),
]


def _then(view: View, row: IncidentRow) -> IncidentRow:
    """Return an incident as it stood at the period's end."""
    if (row["closed_at"] or "9") < view.high:
        return row
    return {**row, "state": DisputeState.OPEN, "closed_at": None, "outcome": None}


def _row(view: View, row: IncidentRow) -> dict[str, Value]:
    ranges = from_json(json.loads(row["serials"]))
    return {
        "incident": row["id"],
        "at": view.local(row["opened_at"]),
        "finder": view.names(row["opened_by"]) or Sentence("the machine"),
        "kind": row["kind"],
        "pieces": row["pieces"],
        "serials": Sentence("{serials}", serials=serials(ranges)) if ranges else None,
        "note": row["note"],
        "last_event": _last_event(json.loads(row["last_event"] or "{}")),
        "state": row["state"],
        "outcome": row["outcome"],
    }


def _last_event(last: rules.LastEvent) -> Sentence | None:
    """Return the last movement of the first blank; ``None``: it never moved, or the incident names none."""
    if "at" not in last:
        return None
    return Sentence(
        "{at}: from {source} to {target} (entry {entry})",
        at=Moment(last["at"]),
        source=Code(Vocabulary.PLACE, last["source"]),
        target=Code(Vocabulary.PLACE, last["target"]),
        entry=Figure(last["seq"]),
    )


def _told(view: View, row: IncidentRow, notes: Sequence[IncidentNoteRow]) -> dict[str, Value]:
    """Return who heard of an incident when, and whether that was in time."""
    told = rules.reported(notes)
    return {
        "incident": row["id"],
        "report_by": row["report_by"],
        "head": told["head"],
        "province": told["province"],
        "ministry": told["ministry"],
        "police_report": next((one["police_report"] for one in reversed(notes) if one["police_report"]), None),
        "standing": Sentence(_standing(view, row, told)),
    }


def _standing(view: View, row: IncidentRow, told: Mapping[ReportedTo, str | None]) -> str:
    due = row["report_by"]
    if due is None:
        return "no time limit is known"
    if None not in told.values():
        return "reported in time" if max(at or "" for at in told.values()) <= due else "reported late"
    if row["state"] != DisputeState.OPEN:
        return "settled, not reported to all"
    return "overdue: not reported to all" if rules.is_overdue(row, told, view.last_at) else "to be reported"


def _who(told: Sequence[ReportedTo]) -> Sentence | None:
    if not told:
        return None
    return Sentence("{who}", who=Listed([Code(Vocabulary.HEARS, one) for one in told]))
