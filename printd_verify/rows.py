"""The rows of a pack's tables, made from the entries of a log while it is verified.

Nothing of a pack is read for them. What an excerpt's entries do not tell is left empty: its deliveries before it, the
blank of an attempt that began before it, what was where when it begins.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from printd_verify.accounts import Accounts
from printd_verify.master import Master
from printd_verify.places import COMING, GOING, gap, pieces
from printd_verify.spans import Spans
from printd_verify.spoilage import Spoilage
from printd_verify.tables import BY_NAME, KEY, Cell, Row, clean
from printd_verify.words import CAUSES, Range, kind_of, ranges

Take = Callable[[str, Row], None]
"""Takes the next row of a table."""

_TOTALS: Final = BY_NAME["totals"].names[len(KEY) + 3 : -1]
_LOSSES: Final = frozenset({"missing", "skipped"})
_HELD: Final = {"delivery": "transit", "transfer": "transfer", "site": "site"}
"""Where a thing's blanks are that are in dispute."""


@dataclass(slots=True)
class _Try:
    """An attempt or a test print."""

    job: str
    serial: str
    printer: str
    resumed: int | None
    in_doubt: bool = False


class Rows:
    """Makes rows as entries are read.

    :param first: number of the first entry of which rows are made, and ``end`` of the one behind the last.
    :param whole: whether the entries begin with the log's first.
    :param take: is given every row, those of one table in order.
    """

    def __init__(self, first: int, end: int, take: Take) -> None:
        self._first = first
        self._end = end
        self._take = take
        self._lines: dict[str, int] = {}
        self._seq, self._at, self._kind, self._by = -1, "", "", ""
        self._live = False
        self._about = self._document = self._why = ""
        self._shift = ""
        self._tries: dict[str, _Try] = {}
        self._resumed: dict[int, str] = {}
        self._differences: dict[str, str] = {}
        self._spoiled_once: Spans[bool] = Spans()
        self._accounts = Accounts(whole=first == 0)
        self._master = Master()
        self._spoilage = Spoilage()
        """Number and time of the first entry that begins a card; ``None``: none does."""
        self._handlers: dict[str, Callable[[list[str], dict[str, Any]], None]] = {
            "delivery.announced": self._announced,
            "delivery.received": self._received,
            "transfer.acknowledged": self._differ,
            "site.printed": self._of_site,
            "site.differed": self._differ,
            "discrepancy.closed": self._settled,
            "blanks.moved": self._moved,
            "shift.opened": self._opened,
            "shift.resumed": self._count_left,
            "shift.closed": self._closed,
            "day.closed": lambda by, data: self._totals("", data),
            "paper.made": self._paper,
            "stock.closed": self._stock_closed,
            "printer.resumed": self._let_work,
            "attempt.started": self._started,
            "test_print.started": self._test_started,
            "test_print.ended": self._ended,
            "card.checked": self._checked,
            "card.missed": self._missed,
            "card.handed_over": self._handed_over,
            **dict.fromkeys(("attempt.printed", "attempt.unused", "attempt.spoiled", "attempt.in_doubt"), self._ended),
            **dict.fromkeys(("attempt.evidence", "test_print.evidence"), self._learned),
            **dict.fromkeys(("attempt.corrected", "test_print.corrected"), self._corrected),
            "job.overridden": lambda by, data: self._except("override", data["job"], "", data["why"]),
            "job.released": self._released,
            "record.acknowledged": lambda by, data: self._except(
                "warnings", data["record"], "", ", ".join(data["warnings"])
            ),
            "incident.opened": self._incident,
            "incident.noted": lambda by, data: self._except("incident_noted", data["incident"], "", data["text"]),
            "incident.closed": lambda by, data: self._except("incident_closed", data["incident"], "", data["outcome"]),
            "sample.drawn": self._drawn,
            "sample.counted": self._sample_counted,
            "shop.configured": lambda by, data: self._except("configuration_changed", "", "", ""),
            "configuration.accepted": lambda by, data: self._except(
                "configuration_accepted", f"entry {data['entry']}", "", ""
            ),
            "shop.restored": lambda by, data: self._except("restored", "", "", f"missing {data['missing']}"),
            "log.rolled_back": lambda by, data: self._except("entries_lost", "", "", f"missing {data['missing']}"),
            "clock.went_back": lambda by, data: self._except("clock_back", "", "", f"{data['from']} > {data['to']}"),
            "login.failed": self._failed,
        }

    # --- what the verifier tells ------------------------------------------------------------------------------------

    def entry(self, seq: int, kind: str, at: str, by: list[str], data: dict[str, Any]) -> None:
        """Take the next entry, before what it moves."""
        self._live = self._first <= seq < self._end
        if seq >= self._end:
            return
        self._seq, self._at, self._kind, self._by = seq, at, kind, " ".join(by)
        self._about = self._document = self._why = ""
        self._lines.clear()
        self._put("entries", kind, self._by)
        self._master.read(seq, kind, data)
        handler = self._handlers.get(kind)
        if handler is not None:
            handler(by, data)
        else:
            self._about = str(data.get("transfer") or data.get("destruction") or data.get("card") or "")
            self._document = str(data.get("document") or data.get("ba_number") or data.get("acknowledgement") or "")

    def moved(self, part: Range, source: str, target: str, delivery: str) -> None:
        """Take what the last entry moved: blanks of one delivery."""
        if not self._live:
            return
        number = part.last - part.first + 1
        first, last = _ends(part)
        self._put(
            "movements", self._kind, delivery, first, last, number, source, target, self._why, self._about,
            self._document, self._by,
        )  # fmt: skip
        self._accounts.move(self._seq, self._at, part, source, target, delivery, self._kind, self._by)
        if kind_of(target) in _LOSSES:
            self._gap(kind_of(target), self._about, source, part, number, "open", "", self._document)
        elif kind_of(source) in _LOSSES:
            self._gap(kind_of(source), self._about, source, part, number, "closed", target, self._document)
        if target == "spoiled" and not (source == "missing" and self._spoiled_once.at(part)):
            self._spoiled(part, number, source)
        elif source == "spoiled" and self._why == "corrected":
            self._spoiled(part, -number, source)
        elif (source, target) == ("spoiled", "missing"):
            self._spoiled_once.put(part, True)

    def finish(self) -> None:
        """Make the rows that the last entry settles."""
        self._live = self._seq >= self._first
        if self._live and self._kind != "shift.closed":
            self._freeze("")
        for seq, at, cells in self._spoilage.rows():
            self._late("spoilage", seq, at, cells)
        accounts = self._accounts
        for table, late in (
            ("balance", accounts.balance()), ("account", accounts.account()), ("pieces", accounts.pieces())
        ):  # fmt: skip
            for seq, at, cells in late:
                self._late(table, seq, at, cells)

    # --- rows -------------------------------------------------------------------------------------------------------

    def _put(self, table: str, *cells: Cell) -> None:
        if self._live:
            self._write(table, self._seq, self._at, cells)

    def _late(self, table: str, seq: int, at: str, cells: tuple[Cell, ...]) -> None:
        """Make a row that later entries could still have changed."""
        if seq != self._seq:
            self._lines.pop(table, None)
        self._seq = seq
        self._write(table, seq, at, cells)

    def _write(self, table: str, seq: int, at: str, cells: tuple[Cell, ...]) -> None:
        line = self._lines[table] = self._lines.get(table, 0) + 1
        self._take(table, [seq, line, at[:10], at[11:19], *map(clean, cells)])

    def _except(self, name: str, about: str, serial: str, detail: str) -> None:
        self._put("exceptions", name, about, serial, detail, self._by)

    def _gap(
        self, kind: str, about: str, place: str, part: Range | None, number: int, state: str, end: str, document: str
    ) -> None:
        first, last = ("", "") if part is None else _ends(part)
        self._put("gaps", kind, about, place, first, last, number, state, end, document, self._by)

    # --- deliveries and blanks --------------------------------------------------------------------------------------

    def _announced(self, by: list[str], data: dict[str, Any]) -> None:
        self._about, self._document, self._why = data["delivery"], data["bast_number"], "announced"
        self._accounts.of_type[data["delivery"]] = data["stock_type"]
        self._put(
            "deliveries", data["delivery"], self._kind, data["bast_number"], data["bast_date"], data["stock_type"],
            data["generation"], data.get("sender", ""), pieces(ranges(data["serials"])), "", self._by,
        )  # fmt: skip

    def _received(self, by: list[str], data: dict[str, Any]) -> None:
        name, found = data["delivery"], data.get("discrepancies", [])
        number = pieces(ranges(data["serials"]))
        self._put(
            "deliveries", name, self._kind, "", "", self._accounts.of_type.get(name, ""), "", "", number, len(found),
            self._by,
        )  # fmt: skip
        self._differ(by, data)

    def _differ(self, by: list[str], data: dict[str, Any]) -> None:
        noun = next(one for one in _HELD if one in data)
        self._about = data[noun]
        self._document = data.get("acknowledgement") or data.get("document", "")
        place = f"{_HELD[noun]}:{self._about}"
        for one in data.get("discrepancies", []):
            self._differences[one["id"]] = place
            blanks = ranges(one["serials"])
            if not blanks:
                self._gap(one["kind"], one["id"], place, None, one["pieces"], "open", "", "")
            for part in blanks:
                self._gap(one["kind"], one["id"], place, part, part.last - part.first + 1, "open", "", "")

    def _of_site(self, by: list[str], data: dict[str, Any]) -> None:
        self._about, self._document, self._why = data["card"], data["document"], "handed_over"
        self._put(
            "cards", self._kind, data["card"], data["job"], data["serial"], f"{data['site']}: {data['printer']}", "",
            "handed_over", data["receiver"], "", data["operator"], self._by,
        )  # fmt: skip

    def _settled(self, by: list[str], data: dict[str, Any]) -> None:
        self._about, self._document = data["discrepancy"], data["document"]
        place, end = self._differences.pop(data["discrepancy"], ""), data["outcome"]
        blanks = ranges(data["serials"])
        if end == "spoiled":
            self._why = "factory_defect"
        if not blanks:
            self._gap("difference", self._about, place, None, 0, "closed", end, self._document)
        for part in blanks:
            number = part.last - part.first + 1
            self._gap("difference", self._about, place, part, number, "closed", end, self._document)

    def _moved(self, by: list[str], data: dict[str, Any]) -> None:
        self._why, self._document = data.get("cause", data["why"]), data.get("document", "")
        self._about = data.get("reason", "")
        if len(by) == 1 and (data["why"] in CAUSES or kind_of(data["to"]) in {*_LOSSES, "spoiled"}):
            for part in ranges(data["serials"]):
                self._except("lone_act", f"{data['from']} > {data['to']}", str(part), data["why"])

    def _spoiled(self, part: Range, number: int, source: str) -> None:
        first, last = _ends(part)
        printer = source.partition(":")[2] if kind_of(source) in ("printer", "hopper") else ""
        if not printer and self._about in self._tries:
            printer = self._tries[self._about].printer
        self._put("spoils", first, last, number, self._why, printer, self._shift, self._by)
        if kind_of(source) != "site":
            self._spoilage.spoiled(number, by_hand=self._about not in self._tries)

    # --- shifts and counts ------------------------------------------------------------------------------------------

    def _opened(self, by: list[str], data: dict[str, Any]) -> None:
        self._shift = data["shift"]
        if data.get("reason"):
            self._except("more_than_needed", data["shift"], "", data["reason"])

    def _count_left(self, by: list[str], data: dict[str, Any]) -> None:
        self._except("count_left", data["shift"], "", "")

    def _closed(self, by: list[str], data: dict[str, Any]) -> None:
        self._about, self._why = data["shift"], "return"
        act = data["act"]
        for row in act["stock"]:
            figures = [row[name] for name in ("opening", *COMING, *GOING, "closing")]
            lacking = gap(row["opening"], row, row["closing"])
            self._put("closings", data["shift"], row["stock_type"], *figures, lacking, self._by)
        self._totals(data["shift"], data)
        for row in act["places"]:
            self._counted(data["shift"], row, act["note"])
        for row in act["gaps"]:
            number = row["counted"] - row["book"]
            self._gap("count", data["shift"], row["place"], None, number, "open", "", "")
        if self._live:
            self._spoilage.close(self._seq, self._at, data["shift"])
        self._freeze(data["shift"])
        self._shift = ""

    def _totals(self, shift: str, data: dict[str, Any]) -> None:
        for row in data.get("totals", []):  # closings of early logs have none
            figures = [row["shift" if name == "with_shift" else name] for name in _TOTALS]
            self._put("totals", shift, data["day"], row["stock_type"], *figures, self._by)

    def _paper(self, by: list[str], data: dict[str, Any]) -> None:
        copy = "copy" if data.get("copy") else ""
        about = (data["entry"], data["size"], data["root"], data["digest"], copy)
        self._put("papers", data["paper"], data["name"], *about, self._by)

    def _counted(self, name: str, row: dict[str, Any], reason: str) -> None:
        difference = row["counted"] - row["book"]
        reason = reason if difference else ""
        self._put("counts", name, row["place"], row["book"], row["counted"], difference, reason, self._by)

    def _stock_closed(self, by: list[str], data: dict[str, Any]) -> None:
        act = data["act"]
        for row in act["items"]:
            self._counted(data["count"], {**row, "counted": row["book"] + row["difference"]}, act["reason"])
            if row["difference"]:
                self._gap("stock_count", data["count"], row["place"], None, row["difference"], "open", "", "")

    def _freeze(self, shift: str) -> None:
        for cells in self._master.rows():
            self._put("master", shift, *cells)

    # --- cards ------------------------------------------------------------------------------------------------------

    def _let_work(self, by: list[str], data: dict[str, Any]) -> None:
        self._resumed[self._seq] = by[0] if by else ""

    def _started(self, by: list[str], data: dict[str, Any]) -> None:
        self._about = data["attempt"]
        one = _Try(data["job"], data["serial"], data["printer"], data["resumed"])
        self._tries[self._about] = one
        self._spoilage.tried(1)
        self._card(one, "started")

    def _test_started(self, by: list[str], data: dict[str, Any]) -> None:
        self._about, self._why = data["test"], "test_print"
        one = self._tries[self._about] = _Try("", data["serial"], data["printer"], None)
        self._spoilage.tried(1)
        self._card(one, "started", data["purpose"])

    def _known(self, data: dict[str, Any]) -> _Try:
        self._about = data.get("attempt") or data["test"]
        return self._tries.get(self._about) or _Try("", "", "", None)

    def _card(self, one: _Try, outcome: str, detail: str = "", evidence: dict[str, Any] | None = None) -> None:
        who = "" if one.resumed is None else self._resumed.get(one.resumed, "")
        self._put(
            "cards", self._kind, self._about, one.job, one.serial, one.printer, self._shift, outcome, detail,
            (evidence or {}).get("rung", ""), who, self._by,
        )  # fmt: skip

    def _ended(self, by: list[str], data: dict[str, Any]) -> None:
        one = self._known(data)
        outcome = data.get("outcome") or self._kind.partition(".")[2]
        self._why = data.get("cause", "test_print" if "test" in data else outcome)
        self._card(one, outcome, data.get("cause", ""), data.get("evidence"))
        if outcome == "in_doubt":
            one.in_doubt = True
            self._except("doubt", self._about, one.serial, one.printer)
            return
        if one.in_doubt:
            one.in_doubt = False
            self._except("doubt_settled", self._about, one.serial, outcome)
            if len(by) == 1:
                self._except("lone_act", self._about, one.serial, f"doubt: {outcome}")
        if outcome == "unused":
            self._spoilage.tried(-1)
            self._tries.pop(self._about, None)

    def _learned(self, by: list[str], data: dict[str, Any]) -> None:
        self._card(self._known(data), "evidence", "", data["evidence"])

    def _corrected(self, by: list[str], data: dict[str, Any]) -> None:
        one = self._known(data)
        self._why = "corrected"
        one.serial = data["actual"]
        self._card(one, "corrected", data["booked"])
        self._except("correction", self._about, data["actual"], data["booked"])

    def _checked(self, by: list[str], data: dict[str, Any]) -> None:
        one = self._known(data)
        self._why = data.get("cause", data["quality"])
        self._card(one, data["quality"], data.get("cause", ""))
        self._alone(by, one, data["quality"])

    def _missed(self, by: list[str], data: dict[str, Any]) -> None:
        one = self._known(data)
        self._why = "missing"
        self._card(one, "missing", data["note"])
        self._alone(by, one, "missing")

    def _alone(self, by: list[str], one: _Try, what: str) -> None:
        """Tell where whoever let the printer work also has the only word on the card."""
        if one.resumed is not None and by == [self._resumed.get(one.resumed)]:
            self._except("lone_act", self._about, one.serial, what)

    def _handed_over(self, by: list[str], data: dict[str, Any]) -> None:
        one = self._known(data)
        self._why = "handed_over"
        self._card(one, "handed_over", data.get("receiver", "unknown"))
        self._tries.pop(self._about, None)

    def _released(self, by: list[str], data: dict[str, Any]) -> None:
        if data["act"] == "reprint":
            self._except("reprint", data["job"], "", "")

    # --- exceptions -------------------------------------------------------------------------------------------------

    def _incident(self, by: list[str], data: dict[str, Any]) -> None:
        serials = ", ".join(map(str, ranges(data["serials"])[:6]))
        self._except("incident", data["incident"], serials, f"{data['kind']}: {data['note']}")

    def _drawn(self, by: list[str], data: dict[str, Any]) -> None:
        self._except("sample", data["sample"], "", f"{len(data['drawn'])} / {data['population']}")

    def _sample_counted(self, by: list[str], data: dict[str, Any]) -> None:
        missing = data["missing"]
        self._except("sample_counted", data["sample"], "", f"missing {len(missing)}, bound {data['bound']}")
        for serial in missing:
            for part in ranges([[serial, serial]]):
                self._gap("sample", data["sample"], "", part, 1, "open", "", "")

    def _failed(self, by: list[str], data: dict[str, Any]) -> None:
        self._except("login_failed", "", "", str(sum(data["names"].values()) + data["unknown"]))


def _ends(part: Range) -> tuple[str, str]:
    one = part._replace(last=part.first), part._replace(first=part.last)
    return str(one[0]), str(one[1])
