"""What one register says and another one says too, or itself elsewhere: over the JSON of reports and acts alone.

Whoever has the papers can ask the same with a pencil. Each identity is of a period that begins with the shop, and gives
pairs of figures: what is compared, the one, the other.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Row = Mapping[str, Any]
Pair = tuple[str, Any, Any]

_COMING = ("received", "loaned_in", "recovered")
_SPOILED = ("spoiled_encode", "spoiled_print", "spoiled_other")
_GOING = ("used_good", *_SPOILED, "loaned_out", "returned", "skipped", "missing")


@dataclass(frozen=True)
class Papers:
    """Every report and every act of one shop, as its JSON says it, and the office's sums of places.

    :param reports: tables of rows by the report's short name.
    :param totals: last row of each of these tables, where it has one.
    :param acts: each act by its name.
    :param places: pieces by place, as ``printd blanks where`` tells them at the period's end.
    """

    reports: Mapping[str, list[list[Row]]]
    totals: Mapping[str, list[Row | None]]
    acts: Mapping[str, Mapping[str, Any]]
    places: Mapping[str, int]

    def rows(self, name: str, table: int = 0) -> list[Row]:
        """Return the rows of a register."""
        return self.reports[name][table]

    def kept(self, start: str) -> dict[str, Mapping[str, Any]]:
        """Return the acts whose names begin so, by the rest of the name."""
        return {name.removeprefix(start): one for name, one in self.acts.items() if name.startswith(start)}


@dataclass(frozen=True)
class Identity:
    """One identity: what it says, and the pairs that it compares."""

    says: str
    pairs: Callable[[Papers], Iterable[Pair]]


def total(rows: Iterable[Row], *keys: str) -> int:
    """Return the sum of the figures of some columns; what is said in words is none."""
    return sum(value for row in rows for key in keys if isinstance(value := row[key], int))


def by(rows: Iterable[Row], key: str, *keys: str) -> Counter[Any]:
    """Return the sums of some columns by another, of those that are not zero."""
    found: Counter[Any] = Counter()
    for row in rows:
        found[row[key]] += total([row], *keys)
    return Counter({one: n for one, n in found.items() if n})


def of(rows: Iterable[Row], key: str, value: Any) -> Row:
    """Return the row in which a column holds a value; a row of nothing where there is none."""
    return next((row for row in rows if row[key] == value), defaultdict(lambda: None))


def fact(act: Mapping[str, Any], key: str) -> Any:
    """Return one figure of an act."""
    return next(one["value"] for one in act["facts"] if one["key"] == key)


def _office(papers: Papers) -> list[Row]:
    return _units(papers, "office")


def _units(papers: Papers, *which: str) -> list[Row]:
    """Return the rows of R1 of some units, or of each by itself, without their sums."""
    rows = [row for row in papers.rows("r1") if isinstance(row["unit"], str)]
    return [row for row in rows if row["unit"] in which] if which else rows


def _r1_foots(papers: Papers) -> Iterable[Pair]:
    for row in papers.rows("r1"):
        came = int(row["opening"]) + total([row], *_COMING)
        yield f"{row['date']} {row['unit']} {row['stock_type']}", came, total([row], *_GOING, "closing")


def _r1_adds_up(papers: Papers) -> Iterable[Pair]:
    for row in papers.rows("r1"):
        if not isinstance(row["unit"], str):
            same = [one for one in _units(papers) if all(one[key] == row[key] for key in ("date", "stock_type"))]
            for key in ("opening", *_COMING, *_GOING, "closing"):
                yield f"{row['date']} {key}", row[key], total(same, key)


def _r1_goes_on(papers: Papers) -> Iterable[Pair]:
    last: dict[tuple[Any, Any], int] = defaultdict(int)
    for row in _units(papers):
        key = row["unit"], row["stock_type"]
        yield f"{row['date']} {key}", row["opening"], last[key]
        last[key] = int(row["closing"])


def _r1_is_where(papers: Papers) -> Iterable[Pair]:
    last: dict[tuple[Any, Any], int] = {}
    for row in _units(papers):
        last[row["unit"], row["stock_type"]] = int(row["closing"])
    held: Counter[str] = Counter()
    for place, n in papers.places.items():
        on_hand = _kind(place) in ("store", "shift", "hopper", "printer", "output")
        unit = "office" if on_hand else "transfer" if _kind(place) == "transfer" else place
        held[unit] += n if on_hand or _kind(place) in ("transfer", "site") else 0
    closed: Counter[str] = Counter()
    for (unit, _), n in last.items():
        closed[unit] += n
    yield "what each unit has", +closed, +held


def _kind(place: str) -> str:
    return place.split(":", maxsplit=1)[0]


def _totals(papers: Papers) -> Iterable[Pair]:
    for name, tables in papers.totals.items():
        for number, last in enumerate(tables):
            rows = [
                row for row in papers.rows(name, number) if isinstance(row.get("unit", ""), str)
            ]  # no sums of units
            for key, value in (last or {}).items():
                if isinstance(value, int) and not isinstance(value, bool):
                    yield f"{name}[{number}] {key}", value, total(rows, key)


def _r4_foots(papers: Papers) -> Iterable[Pair]:
    standing: Counter[str] = Counter()
    for row in papers.rows("r4"):
        standing[row["stock_type"]] += int(row["in"]) - int(row["out"])
        yield f"{row['at']} {row['document']}", row["balance"], standing[row["stock_type"]]
    yield "store", sum(standing.values()), papers.places.get("store", 0)


def _r4_by_day(papers: Papers) -> Iterable[Pair]:
    """On a day that ends with a shift that carries nothing over, what is on hand is what lies in the store."""
    at: dict[Any, Counter[Any]] = {}
    standing: Counter[Any] = Counter()
    for row in papers.rows("r4"):
        standing[row["stock_type"]] = int(row["balance"])
        at[row["at"][:10]] = Counter(standing)
    over = by(papers.rows("r6"), "shift", "carried_over")
    shut = {row["shift"][:10] for row in papers.rows("r6", 1) if not over[row["shift"]]}
    for row in _office(papers):
        if row["date"] in shut and row["date"] in at:
            yield row["date"], row["closing"], at[row["date"]][row["stock_type"]]


def _received(papers: Papers) -> Iterable[Pair]:
    came = total(_office(papers), "received", "loaned_in")
    back = sum(_arrived(papers, "store"))
    yield "received and lent", came - back, total(papers.rows("r5"), "accepted", "spoiled")
    from_carts = total((row for row in papers.rows("r4") if _kind(row["other"]) == "transit"), "in")
    yield "into the store", from_carts, total(papers.rows("r5"), "accepted")


def _arrived(papers: Papers, target: str) -> list[int]:
    return [int(row["arrived"] or 0) for row in papers.rows("r13") if row["target"] == target]


def _r5_value(papers: Papers) -> Iterable[Pair]:
    for row in papers.rows("r5"):
        unit = row["unit_value"]
        yield row["delivery"], row["value"], None if unit is None else unit * int(row["accepted"])


def _r6_foots(papers: Papers) -> Iterable[Pair]:
    for row in papers.rows("r6"):
        yield f"{row['shift']} available", row["available"], total([row], "carried_in", "issued", "found")
        ends = total([row], "good", "spoiled", "returned", "skipped", "missing", "carried_over")
        yield row["shift"], total([row], "carried_in", "issued", "found"), ends


def _r6_goes_on(papers: Papers) -> Iterable[Pair]:
    over: Counter[Any] = Counter()
    for shift in dict.fromkeys(row["shift"] for row in papers.rows("r6")):
        rows = [row for row in papers.rows("r6") if row["shift"] == shift]
        yield shift, by(rows, "stock_type", "carried_in"), +over
        over = by(rows, "stock_type", "carried_over")


def _r6_and_r4(papers: Papers) -> Iterable[Pair]:
    to_shifts = [row for row in papers.rows("r4") if _kind(row["other"]) == "shift"]
    yield "issued", total(papers.rows("r6"), "issued"), total(to_shifts, "out")
    backs = [row for row in papers.rows("r4") if _kind(row["other"]) in ("shift", "hopper", "printer")]
    yield "returned", total(papers.rows("r6"), "returned"), total(backs, "in")


def _good(papers: Papers) -> Iterable[Pair]:
    used = total(_office(papers), "used_good")
    yield "R1 and R7", used, sum(row["result"] == "good" for row in papers.rows("r7"))
    yield "R1 and R2", used, total(papers.rows("r2"), "good")
    yield "R6 and acts", total(papers.rows("r6"), "good"), _of_acts(papers, "good", "shift")


def _of_acts(papers: Papers, figure: str, column: str) -> int:
    """Return the sum of a figure in the acts of all shifts: of the office, or of the shift's own hands."""
    tables = [table for act in papers.kept("shift-").values() for table in act["tables"]]
    rows = [row for table in tables for row in table["rows"] if row.get("figure") == figure]
    return total(rows, column)


def _printed(papers: Papers) -> Iterable[Pair]:
    by_day: Counter[str] = Counter(
        row["at"][:10]
        for row in papers.rows("r7")
        if row["result"] in ("good", "missing", "printed") or row["checked_by"]
    )
    yield "cards", +by(papers.rows("r2"), "date", "printed"), +by_day


def _summary(papers: Papers) -> Iterable[Pair]:
    yield "results", by(papers.rows("r7", 1), "result", "cards"), Counter(row["result"] for row in papers.rows("r7"))


def _spoiled(papers: Papers) -> Iterable[Pair]:
    days, printers, causes = (papers.rows("spoilage", number) for number in range(3))
    yield "by day", by(_office(papers), "date", *_SPOILED), by(days, "group", "spoiled")
    yield "by printer", total(days, "spoiled"), total(printers, "spoiled")
    yield "by cause", total(days, "spoiled"), total(causes, "spoiled")


def _finished(papers: Papers) -> Iterable[Pair]:
    yield "waiting", len(papers.rows("r14")), papers.places.get("finished", 0)
    known = {row["serial"] for row in papers.rows("r7") if row["result"] == "good"}
    listed = [row["serial"] for number in (0, 1) for row in papers.rows("r14", number)]
    yield "serials", sorted(listed), sorted(known)
    printed = [(row["serial"], row["holder"], row["site"]) for row in _of_sites(papers, "r7")]
    yield "of sites", printed, [(row["serial"], row["holder"], row["site"]) for row in _of_sites(papers, "r14")]
    used = total((row for row in _units(papers) if _kind(row["unit"]) == "site"), "used_good")
    yield "sites' cards", len(printed), used


def _of_sites(papers: Papers, name: str) -> list[Row]:
    """Return the rows of a register's table of cards of sites, which it has where there are any."""
    return next((rows for rows in papers.reports[name] if rows and "document" in rows[0] and "site" in rows[0]), [])


def _away(papers: Papers) -> Iterable[Pair]:
    rows = [row for row in papers.rows("r7") if row["result"] == "good"] + _of_sites(papers, "r7")
    yield "cards", total(papers.rows("r18"), "cards"), sum(row["reason"] == "luar_domisili" for row in rows)


def _destroyed(papers: Papers) -> Iterable[Pair]:
    acts = papers.rows("r9")
    for table, key in ((0, "blanks"), (1, "cards")):
        months: Counter[str] = Counter()
        for row in acts:
            months[row["at"][:7]] += total([row], key)
        yield f"{key} by month", by(papers.rows("r10", table), "month", "pieces"), +months
        yield (
            f"{key} gone",
            total(papers.rows("r10", table), "pieces"),
            total(papers.rows("r10", table + 2), "destroyed"),
        )
        named = {one for row in papers.rows("r10", table) for one in row["acts"].split("; ")}
        yield f"acts that destroyed {key}", named, {row["act"] for row in acts if row[key]}
    for name, act in papers.kept("destruction-").items():
        row = of(acts, "act", act["number"])
        if row["act"]:
            yield (
                name,
                total(act["tables"][0]["rows"] + act["tables"][1]["rows"], "pieces"),
                total([row], "blanks", "cards"),
            )


def _invalid(papers: Papers) -> Iterable[Pair]:
    back, own = papers.rows("r8"), papers.rows("r8", 1)
    burnt, left = total(papers.rows("r9"), "cards"), papers.rows("r10", 3)
    yield "brought back", len(back), total(left, "added")
    yield "of them destroyed", sum(row["destroyed"] is not None for row in back), burnt
    yield "of them left", sum(row["destroyed"] is None for row in back), int(left[-1]["left"]) if left else 0
    spoiled = papers.rows("r10", 2)
    yield "spoiled", total(spoiled, "added"), total(_units(papers), *_SPOILED)
    yield "spoiled ones left", int(spoiled[-1]["left"]) if spoiled else 0, papers.places.get("spoiled", 0)
    causes = [row for row in papers.rows("r7") if row["result"] == "spoiled"]
    yield "own cards", sorted(row["serial"] for row in own), sorted(row["serial"] for row in causes)


def _counts(papers: Papers) -> Iterable[Pair]:
    for name, act in papers.kept("stock-count-").items():
        mine = [row for row in papers.rows("r12") if row["count"] == name]
        told = [(row["place"], row["book"]) for row in act["tables"][0]["rows"]]
        yield name, sorted((row["place"], row["book"]) for row in mine), sorted(told)
        left = [row for row in papers.rows("r12", 2) if row["count"] == name]
        yield f"{name} value", act["tables"][2]["total"]["value"], total(left, "value")
    at: dict[str, int] = {}
    standing: Counter[Any] = Counter()
    for row in papers.rows("r4"):
        standing[row["stock_type"]] = int(row["balance"])
        at[row["at"][:10]] = sum(standing.values())
    for row in papers.rows("r12"):
        if row["place"] == "store":
            day = max((one for one in at if one <= row["count"][:10]), default="")
            yield f"store {row['count']}", row["book"], at.get(day)


def _inventory(papers: Papers) -> Iterable[Pair]:
    rows = papers.rows("r12", 3)
    yield "came", total(rows, "in"), total(_office(papers), *_COMING)
    for key in ("used_good", "loaned_out", "returned", "skipped", "missing"):
        yield key, total(rows, key), total(_office(papers), key)
    yield "spoiled", total(rows, "spoiled"), total(_office(papers), *_SPOILED)
    last: dict[Any, int] = {row["stock_type"]: int(row["closing"]) for row in _office(papers)}
    yield "closing", by(rows, "stock_type", "closing"), Counter({one: n for one, n in last.items() if n})
    for row in rows:
        if isinstance(row["unit_value"], int):
            yield f"value of {row['document']}", row["value"], row["unit_value"] * row["closing"]
    known = {row["document"]: row["unit_value"] for row in papers.rows("r5") if row["counted"] is not None}
    told = {row["document"]: row["unit_value"] if isinstance(row["unit_value"], int) else None for row in rows}
    yield "prices", told, {key: value for key, value in known.items() if key in told}


def _transfers(papers: Papers) -> Iterable[Pair]:
    sent = papers.rows("r13")
    yield (
        "sent",
        total((row for row in sent if row["source"] == "store"), "pieces"),
        total(_office(papers), "loaned_out"),
    )
    yield "on the way", total(sent, "pieces"), total(_units(papers, "transfer"), "loaned_in")
    yield "arrived", total(sent, "arrived"), total(_units(papers, "transfer"), "loaned_out")


def _sites(papers: Papers) -> Iterable[Pair]:
    held = {(row["unit"], row["stock_type"], row["date"]): row["closing"] for row in _units(papers)}
    for row in papers.rows("r3"):
        key = row["site"], row["stock_type"], row["day"]
        yield f"{key}", row["book"], held.get(key)
        yield f"{key} differs", row["difference"], row["reported"] - row["book"]


def _ribbons(papers: Papers) -> Iterable[Pair]:
    spent = Counter(row["printer"] for row in papers.rows("r7") if _took_panels(row))
    spent += Counter(row["printer"] for row in _trials(papers) if row["result"] == "spoiled")
    for kind in ("ribbon", "film"):
        mine = [row for row in papers.rows("r16") if row["kind"] == kind]
        for printer in {row["printer"] for row in mine}:
            used = total((row for row in mine if row["printer"] == printer), "prints", "spoiled")
            yield f"{kind} of {printer}", used, spent[printer]


def _took_panels(row: Row) -> bool:
    return row["result"] != "unused" and row["cause"] not in ("no_chip", "encode_fail")


def _trials(papers: Papers) -> list[Row]:
    return next((rows for rows in papers.reports["r7"] if rows and "purpose" in rows[0]), [])


def _sukets(papers: Papers) -> Iterable[Pair]:
    given = {(row["holder"], row["handed_over"]) for row in papers.rows("r14", 1)}
    for row in papers.rows("r15"):
        if row["converted"] is not None:
            yield row["no"], (row["holder"], row["converted"]) in given, True
    days = _office(papers)
    left = sum(row["converted"] is None for row in papers.rows("r15"))
    yield "open", days[-1]["suket_open"] if days else 0, left


def _missing(papers: Papers) -> Iterable[Pair]:
    lost = total((row for row in papers.rows("r17") if row["kind"] == "missing"), "pieces")
    places = sum(n for place, n in papers.places.items() if place == "missing")
    yield "incidents", lost, places + total(_office(papers), "recovered") - _skipped_found(papers)


def _skipped_found(papers: Papers) -> int:
    return total(_office(papers), "skipped") - papers.places.get("skipped", 0)


def _acts_of_shifts(papers: Papers) -> Iterable[Pair]:
    sheets = papers.rows("r6")
    yield "shifts", set(papers.kept("shift-")), {row["shift"] for row in papers.rows("r6", 1)}
    until = max((row["shift"][:10] for row in sheets), default="")
    days = [row for row in _office(papers) if row["date"] <= until]
    for figure in ("received", "loaned_in", "recovered", "loaned_out", "skipped", "missing"):
        yield f"office {figure}", _of_acts(papers, figure, "office"), total(days, figure)
    yield "office good", _of_acts(papers, "good", "office"), total(days, "used_good")
    yield "office spoiled", _of_acts(papers, "spoiled", "office"), total(days, *_SPOILED)
    for figure in ("issued", "spoiled", "skipped", "missing"):
        yield f"shifts {figure}", _of_acts(papers, figure, "shift"), total(sheets, figure)
    yield "shifts returned", _of_acts(papers, "stored", "shift"), total(sheets, "returned")


def _acts_of_receipts(papers: Papers) -> Iterable[Pair]:
    for name, act in papers.kept("receipt-").items():
        row = of([one for one in papers.rows("r5") if one["counted"] is not None], "delivery", name)
        for key in ("announced", "counted", "accepted"):
            yield f"{name} {key}", act["tables"][0]["total"][key], row[key]
    for name, act in papers.kept("correction-").items():
        settled = [one for one in papers.rows("r5") if one["number"] == act["number"]]
        if settled:
            pieces = total(act["tables"][0]["rows"], "pieces")
            yield name, pieces, total(settled, "accepted", "spoiled", "never_came")


def _requests(papers: Papers) -> Iterable[Pair]:
    for name, act in papers.acts.items():
        if name.startswith("request-"):
            row = of(papers.rows("r11"), "request", name)
            position, _, asked = (one["values"] for one in act["letter"]["points"][:3])
            said = {key: _figure(value) for key, value in {**position, **asked}.items()}
            for key in ("prr", "sfe", "suket", "stock", "printers"):
                yield f"{name} {key}", said[key], row[key]
            yield f"{name} average use", said["use"], row["average_use"]
            yield f"{name} asked", said["asked"], row["asked"]
            yield f"{name} computed", said.get("computed"), row["computed"]


def _figure(value: Any) -> Any:
    """Return the figure that a letter says; ``None``: that it is not known."""
    if isinstance(value, dict):
        return value.get("figure", value.get("count"))
    return value


IDENTITIES: Mapping[str, Identity] = {
    "R1 foots": Identity("opening + what came = what went + closing, each day, unit and type", _r1_foots),
    "R1 adds up": Identity("the row of all units is the sum of theirs, each day and type", _r1_adds_up),
    "R1 goes on": Identity("a day opens with what the day before closed with", _r1_goes_on),
    "R1 and the shelves": Identity(
        "what each unit closes with is what lies there: the office, each site, on the way", _r1_is_where
    ),
    "Totals": Identity("a last row is the sum of the rows above it, in every register", _totals),
    "R4 foots": Identity("each balance is the one above, plus in, less out; the last one lies in the store", _r4_foots),
    "R4 and R1": Identity("where a shift carries nothing over, the day closes with the store's balance", _r4_by_day),
    "R1, R4 and R5": Identity(
        "received is what R5 accepted, also by later corrections, and what came spoiled", _received
    ),
    "R5 values": Identity("value = accepted x unit value, unknown where no paper says it", _r5_value),
    "R6 foots": Identity(
        "taken over + issued + found = good + spoiled + back + skipped + missing + carried over", _r6_foots
    ),
    "R6 goes on": Identity("a shift takes over what the one before carried over", _r6_goes_on),
    "R6 and R4": Identity("what shifts were given and gave back left and entered the store", _r6_and_r4),
    "R1, R2, R6 and R7": Identity("printed good = good in R2 = good rows of R7; of shifts as in their acts", _good),
    "R2 and R7": Identity("cards printed a day = rows of the print register, good or not, of that day", _printed),
    "R7 and its summary": Identity("each result as often as there are rows of it", _summary),
    "R1 and spoilage": Identity("spoiled by day = by printer = by cause", _spoiled),
    "R14, R7 and R1": Identity(
        "good cards = those that wait and those handed over, serial by serial; and so of sites", _finished
    ),
    "R18 and R7": Identity("out-of-domicile prints are the good rows with that reason, of office and sites", _away),
    "R9, R10 and acts": Identity("destroyed by act = by month and cause; each cause names its acts", _destroyed),
    "R8, R9 and R10": Identity(
        "registered = destroyed + left to destroy; what was spoiled is R1's; own cards are those that R7 spoiled",
        _invalid,
    ),
    "R12, R4 and acts": Identity("the book of a count is the balance of that moment", _counts),
    "R12, R5 and R1": Identity("the inventory by delivery adds up to R1, at the prices of the receipts", _inventory),
    "R13 and R1": Identity(
        "sent from the store = sent out in R1; sent and arrived are what was between units", _transfers
    ),
    "R3 and R1": Identity("what a site has by the books when it reports at a day's end is what R1 closes with", _sites),
    "R16 and R7": Identity("cards on a printer's ribbon = its rows that reached printing, and test prints", _ribbons),
    "R15, R14 and R1": Identity("a certificate is converted by a hand-over; the rest is open", _sukets),
    "R17 and R1": Identity("what is missing has its incident", _missing),
    "R6, R1 and acts": Identity(
        "the acts of the shifts add up to R1 for the office, to R6 for the shifts", _acts_of_shifts
    ),
    "R5 and acts": Identity("the act of a receipt counted what R5 says", _acts_of_receipts),
    "R11 and letters": Identity("the letter's figures are the register's", _requests),
}
"""Every identity by its name."""
