"""A pack's reports, from the rows that the verifier's own table maker gives.

Every row carries the cells of its table under their names, so that the JSON can be held against the entries; what
people read beside them (words, the office's clock) has names of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from printd.language.sentences import Sentence
from printd.reports.document import Chart, Column, Document, Fact, Line, Table, Value, summed, whole
from printd.words import moments
from printd_verify import tables
from printd_verify.packs import REPORTED
from printd_verify.terms import place_words, words

Rows = Sequence[tables.Row]


@dataclass(frozen=True)
class Told:
    """What every report of a pack says of itself.

    :param origin: name of the log.
    :param first: number of the first entry that is told, and ``end`` of the one behind the last.
    :param size: of the log, with ``root`` in hex.
    """

    origin: str
    first: int
    end: int
    size: int
    root: str
    zone: ZoneInfo


@dataclass(frozen=True)
class Report:
    """One report.

    :param told: what the verifier holds against the entries, row by row; nothing else is in it.
    :param paper: the same as people read it, with sums and pictures that follow from it.
    """

    told: Document
    paper: Document


_ENTRY = Column("entry", "Entry", "int", 0.7)
_WHEN = Column("when", "Time", "code", 1.4)
_BY = Column("by", "By", "text", 1.5)


def reports(rows: Mapping[str, Rows], told: Told) -> list[Report]:
    """Return every report, in the order in which they are read.

    :param rows: of every table that is in one.
    """
    builders: dict[str, Callable[[Mapping[str, Rows], Told], Report]] = {
        "account": _account,
        "gaps": _gaps,
        "exceptions": _exceptions,
        "spoilage": _spoilage,
        "master": _master,
    }
    return [builders[name](rows, told) for name in REPORTED]


def _rows(name: str, rows: Mapping[str, Rows], told: Told, **shown: str) -> list[dict[str, Value]]:
    """Return rows by name.

    :param shown: names of further cells, each with the column whose code it says in words.
    """
    columns = tables.BY_NAME[name].names
    found = []
    for row in rows[name]:
        cells: dict[str, Value] = dict(zip(columns, row, strict=True))
        cells["when"] = moments.minute(f"{cells['utc_date']}T{cells['utc_time']}Z", told.zone)
        for key, column in shown.items():
            code = str(cells[column])
            said = place_words(code) if column == "place" else words(code)
            cells[key] = said[0] if said[0] == said[1] else f"{said[0]} / {said[1]}"
        found.append(cells)
    return found


def _columns(name: str, *wanted: str) -> list[Column]:
    """Return columns of a table as it describes them."""
    found = {one.name: one for one in tables.BY_NAME[name].columns}
    return [Column(one, found[one].english, "int" if found[one].kind == "number" else "text") for one in wanted]


def _document(name: str, title: str, *inside: Table, told: Told) -> Document:
    return Document(name=name, title=title, tables=inside, size=told.size, root=told.root, landscape=True)


def _report(document: Document, told: Told, *inside: Table, charts: Sequence[Chart] = ()) -> Report:
    """Return a report.

    :param inside: tables on paper, where they are others.
    """
    files = ", ".join(f"tables/{name}.csv" for name in REPORTED[document.name])
    facts = [
        Fact("origin", "Log", told.origin, "code"),
        Fact("entries", "Entries", f"{told.first} - {told.end - 1}", "code"),
        Fact("log", "Stands on the log's root", f"{told.size} : {told.root}", "code"),
        Fact("table", "The same rows", files, "code"),
    ]
    remarks = [] if told.first == 0 else [_EXCERPT]
    paper = replace(document, facts=facts, tables=inside or document.tables, charts=charts, remarks=remarks)
    return Report(document, paper)


_EXCERPT = Sentence(
    "An excerpt: these entries do not begin at the start, so that what is left cannot be computed from them alone."
)


def _sums(rows: Sequence[Mapping[str, Value]], name: str, *columns: str) -> dict[str, Value]:
    """Return a last row with sums of columns."""
    return {name: Sentence("Total"), **{one: summed(rows, one) for one in columns}}


def _account(rows: Mapping[str, Rows], told: Told) -> Report:
    title = "Statement of account by delivery and place"
    balance = _rows("balance", rows, told)
    groups = [one.name for one, _ in tables.GROUPS]
    first = Table(
        "What became of each delivery",
        [
            Column("delivery", "Delivery", "text", 1.7),
            *_columns("balance", "brought", *groups, "lacking"),
        ],
        balance,
    )
    places = _rows("account", rows, told, place_shown="place")
    places.sort(key=lambda row: (str(row["delivery"]), _PLACE_ORDER.get(str(row["place"]), 99)))
    second = Table(
        "By place",
        [
            Column("delivery", "Delivery", "text", 2),
            Column("stock_type", "Type", "code", 0.6),
            Column("place_shown", "Place", "text", 3),
            *_columns("account", "came", "went", "left"),
            _ENTRY,
            _WHEN,
        ],
        places,
    )
    document = _document("account", title, first, second, told=told)
    if told.first:
        return _report(document, told)
    first = replace(first, total=_sums(balance, "delivery", "brought", *groups, "lacking"))
    return _report(document, told, first, replace(second, total=_sums(places, "delivery", "left")))


_PLACE_ORDER = {
    place: number
    for number, place in enumerate(
        ("transit", "store", "shift", "hopper", "printer", "output", "finished", "holder", "invalid", "spoiled",
         "destroyed", "skipped", "missing", "transfer", "site", "returned")
    )
}  # fmt: skip


def _gaps(rows: Mapping[str, Rows], told: Told) -> Report:
    title = "Gaps, losses and how they were closed"
    found = _rows("gaps", rows, told, kind_shown="kind", place_shown="place", state_shown="state", end_shown="outcome")
    columns = [
        _ENTRY,
        _WHEN,
        Column("kind_shown", "Kind", "text", 1.6),
        Column("about", "About", "text", 1.6),
        Column("place_shown", "Place", "text", 1.8),
        Column("first", "First serial", "code", 1.3),
        Column("last", "Last serial", "code", 1.3),
        Column("pieces", "Pieces", "int", 0.7),
        Column("state_shown", "State", "text", 1.2),
        Column("end_shown", "Outcome", "text", 1.2),
        Column("document", "Document", "text", 1.2),
        _BY,
    ]
    return _report(_document("gaps", title, Table(title, columns, found), told=told), told)


def _exceptions(rows: Mapping[str, Rows], told: Told) -> Report:
    title = "Overrides, lone acts, doubts and how they were settled, samples"
    found = _rows("exceptions", rows, told, class_shown="class")
    columns = [
        _ENTRY,
        _WHEN,
        Column("class_shown", "Class", "text", 2),
        Column("about", "About", "text", 2),
        Column("serial", "Serial", "text", 1.6),
        Column("detail", "Detail", "text", 3),
        _BY,
    ]
    each = Table("One by one", columns, found)
    numbers = Counter(str(row["class_shown"]) for row in found)
    by_class = Table(
        "By class",
        [Column("class_shown", "Class", "text", 4), Column("number", "How many", "int")],
        [{"class_shown": name, "number": number} for name, number in sorted(numbers.items())],
    )
    return _report(_document("exceptions", title, each, told=told), told, by_class, each)


def _spoilage(rows: Mapping[str, Rows], told: Told) -> Report:
    title = "Control chart of spoilage by shift"
    found = _rows("spoilage", rows, told, alarm_shown="alarm")
    columns = [
        Column("shift", "Shift", "code", 1.5),
        Column("tried", "Used", "int"),
        Column("spoiled", "Spoiled", "int"),
        Column("rate", "Rate", "bp"),
        Column("lower", "Lower limit", "bp"),
        Column("upper", "Upper limit", "bp"),
        Column("alarm_shown", "Alarm", "text", 1.6),
        _ENTRY,
        _WHEN,
    ]
    spoils = _rows("spoils", rows, told, cause_shown="cause")
    each = [
        _ENTRY,
        _WHEN,
        *_columns("spoils", "first", "last", "pieces"),
        Column("cause_shown", "Cause", "text", 2),
        *_columns("spoils", "printer", "shift"),
        _BY,
    ]
    shifts = Table("By shift", columns, found)
    blanks = Table("Spoiled blanks", each, spoils)
    causes = Counter[str]()
    for row in spoils:
        causes[str(row["cause_shown"])] += whole(row["pieces"])
    by_cause = Table(
        "By cause",
        [Column("cause", "Cause", "text", 4), Column("pieces", "Pieces", "int")],
        [{"cause": name, "pieces": number} for name, number in causes.most_common()],
    )

    def line(name: str) -> list[float | None]:
        return [whole(row[name]) / 100 for row in found]

    lines = [
        Line("rate", line("rate"), "line"),
        Line("upper limit", line("upper"), "limit"),
        Line("lower limit", line("lower"), "limit"),
        Line("alarm", [whole(row["rate"]) / 100 if row["alarm"] else None for row in found], "alarm"),
    ]
    labels = [str(row["shift"])[5:] for row in found]
    chart = Chart("Spoilage by shift", labels, lines, " %")
    document = _document("spoilage", title, shifts, blanks, told=told)
    totals = replace(shifts, total=_sums(found, "shift", "tried", "spoiled"))
    return _report(document, told, totals, by_cause, blanks, charts=[chart])


def _master(rows: Mapping[str, Rows], told: Told) -> Report:
    title = "Master data at each closing"
    found = _rows("master", rows, told, subject_shown="subject")
    columns = [
        _ENTRY,
        Column("shift", "Shift", "code", 1.2),
        Column("subject_shown", "What it is", "text", 1.4),
        Column("name", "Name", "text", 1.6),
        Column("value", "Content", "text", 2.6),
        Column("key", "Key or digest", "text", 4.2),
        Column("since", "By entry", "int", 0.8),
    ]
    changes, before = [], set[tuple[Value, ...]]()
    for row in found:
        fact = (row["subject"], row["name"], row["since"])
        if fact not in before:
            changes.append(row)
            before.add(fact)
    title_on_paper = "What was new or another at a closing; the JSON and the CSV have all of each"
    on_paper = Table(title_on_paper, columns, changes)
    document = _document("master", title, Table(title, columns, found), told=told)
    return _report(document, told, on_paper)
