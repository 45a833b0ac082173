"""Papers of acts, by the entries: each stands for its act, and any other of the same act is a copy on its root."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from printd_verify.findings import Findings
from printd_verify.places import Handler

ENTRIES: Final = {
    "delivery": (frozenset({"delivery.received"}), "delivery"),
    "correction": (frozenset({"discrepancy.closed"}), "discrepancy"),
    "shift": (frozenset({"shift.closed"}), "shift"),
    "transfer": (frozenset({"transfer.sent", "transfer.acknowledged"}), "transfer"),
    "destruction": (frozenset({"blanks.destroyed"}), "destruction"),
    "destruction-list": (frozenset({"register.read"}), "what"),
    "stock-count": (frozenset({"stock.closed"}), "count"),
    "request": (frozenset({"request.made"}), "request"),
    "handover": (frozenset({"card.handed_over"}), "attempt"),
}
"""By paper the kinds of entries that it stands for, and the field in which they name their act."""

_FORGOTTEN: Final = "handover"
"""There are as many as cards: whoever reads such a slip holds it against its entry."""


def names_act(paper: str, name: str, kind: str, data: dict[str, Any]) -> bool:
    """Tell whether an entry is the act for which a paper stands."""
    kinds, field = ENTRIES.get(paper, (frozenset(), ""))
    return kind in kinds and data.get(field) == name


class _Made(NamedTuple):
    paper: str
    name: str
    size: int
    root: str
    number: tuple[str | None, int | None, int | None]


class Papers:
    """Acts that may have a paper, and those that have one."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._acts: dict[int, tuple[str, str]] = {}
        self._running: dict[int, int] = {}
        self._made: dict[int, _Made] = {}
        self.handlers: dict[str, Handler] = {"paper.made": self._paper}
        self.acts: dict[str, Handler] = {
            kind: self._act_of(paper, field)
            for paper, (kinds, field) in ENTRIES.items()
            if paper != _FORGOTTEN
            for kind in kinds
        }
        """By kind of act what takes note of it."""

    def _act_of(self, paper: str, field: str) -> Handler:
        def act(seq: int, at: str, by: list[str], data: dict[str, Any]) -> None:
            self._acts[seq] = (paper, data[field])

        return act

    def _paper(self, seq: int, at: str, by: list[str], data: dict[str, Any]) -> None:
        paper, name, act = data["paper"], data["name"], data["entry"]
        if not act < data["size"] <= seq:
            self._findings.add("paper_stands", seq, name=name, act=act, size=data["size"])
        if paper != _FORGOTTEN and self._acts.get(act) != (paper, name):
            self._findings.unknown("paper_act", seq, paper=paper, name=name, act=act)
        number = (data.get("number"), data.get("year"), data.get("running"))
        made, first = _Made(paper, name, data["size"], data["root"], number), self._made.get(act)
        is_copy = data.get("copy", False)
        if first is None:
            if is_copy:
                self._findings.unknown("paper_copy", seq, paper=paper, name=name)
            self._made[act] = made
            self._numbered(seq, made)
        elif not is_copy:
            self._findings.add("paper_again", seq, paper=paper, name=name)
        elif made != first:
            self._findings.add("paper_copy", seq, paper=paper, name=name)

    def _numbered(self, seq: int, made: _Made) -> None:
        """Hold an official number against the one before: they run through a year without a gap."""
        text, year, running = made.number
        if text is None and year is None and running is None:
            return
        if text is None or year is None or running is None:
            self._findings.add("paper_number", seq, paper=made.paper, name=made.name, running=running or 0, last=0)
            return
        last = self._running.get(year)
        if last is None and running != 1:
            self._findings.unknown("paper_number", seq, paper=made.paper, name=made.name, running=running, last=0)
        elif last is not None and running != last + 1:
            self._findings.add("paper_number", seq, paper=made.paper, name=made.name, running=running, last=last)
        self._running[year] = running
