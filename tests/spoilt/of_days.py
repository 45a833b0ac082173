"""Days and their totals, papers of acts, and what else may not follow what."""

from __future__ import annotations

from typing import Any, Final

from spoilt.cases import LOG_KEY, Case, Words, inside
from spoilt.good import Good
from spoilt.insider import Insider
from spoilt.of_cards import MACHINE

_TWO: Final = ("siti", "budi")


def _totals(log: Insider, **by: int) -> None:
    """Change the totals of the last closing."""
    totals = log.data(log.find("shift.closed", -1))["totals"][0]
    for name, number in by.items():
        totals[name] += number


def _job(log: Insider, kind: str, number: int = 0) -> Any:
    return log.entries[log.find(kind, number)]["data"]["job"]


def _retired(log: Insider) -> None:
    """Retire a printer, and let it work all the same."""
    log.say("printer.retired", {"printer": "p3"}, *_TWO)
    log.say("printer.resumed", {"printer": "p3"}, "siti")


def _moved_in_count(log: Insider) -> None:
    shift = log.entries[log.find("shift.opened", -1)]["data"]["shift"]
    data = {"serials": [["K00133", "K00133"]], "from": "hopper:p1", "to": f"shift:{shift}", "why": "unload"}
    log.insert(log.find("shift.counting", -1) + 1, "blanks.moved", data, *_TWO)


def _chain(good: Good, folder: Any) -> Words:
    """Let the last closing begin with more than the one before ended with; give an excerpt that begins between them."""
    log = Insider(good)
    act = log.data(log.find("shift.closed", -1))["act"]
    act["stock"][0]["opening"] += 1
    act["stock"][0]["closing"] += 1
    told = log.told()
    return told.write_tiles(folder / "export"), "--vkey", told.vkey, "--quick"


def _found_whole(log: Insider) -> None:
    """Lose a card that was printed, and find a blank."""
    data = {"serials": [["K00001", "K00001"]], "from": "spoiled", "to": "missing", "why": "missing"}
    log.say("blanks.moved", data, *_TWO)
    log.say("blanks.moved", {**data, "from": "missing", "to": "store", "why": "found"}, *_TWO)


CASES: Final[tuple[Case, ...]] = (
    inside("totals-forged", "the totals of a closing have a card with its holder that is in the store", "totals",
           lambda log: _totals(log, holder=1, store=-1)),
    inside("totals-sum", "the totals of a closing do not add up", "totals_sum", lambda log: _totals(log, holder=1)),
    inside("day-of-another", "a closing says that it is of another day", "closing_day",
           lambda log: log.data(log.find("shift.closed", -1)).update(day="2026-01-02")),
    inside("day-again", "a day is closed twice", "day_again", lambda log: log.again(log.find("day.closed", -1))),
    inside("paper-of-nothing", "a paper is made of an entry that made none", "paper_act",
           lambda log: log.data(log.find("paper.made", -1)).update(entry=2)),
    inside("paper-twice", "the paper of an act is made twice, and neither is a copy", "paper_again",
           lambda log: log.again(log.find("paper.made", -1))),
    inside("paper-number-left-out", "an official number of a paper is left out", "paper_number",
           lambda log: log.data(log.find("paper.made", -1)).update(running=77)),
    inside("moved-in-count", "blanks move while the shift is counted", "moved_in_count", _moved_in_count),
    inside("printer-twice", "a printer's name is given twice", "printer_again",
           lambda log: log.say("printer.added", {**MACHINE, "printer": "p1", "serial_number": "S9"}, *_TWO)),
    inside("no-printer", "a printer pauses that there is not", "unknown_printer",
           lambda log: log.say("printer.paused", {"printer": "p9", "why": "x"})),
    inside("printer-retired", "a printer works that was retired", "retired_printer", _retired),
    inside("retired-at-work", "a printer is retired while it works", "retired_at_work",
           lambda log: log.say("printer.retired", {"printer": "p1"}, *_TWO)),
    inside("no-warnings", "warnings are acknowledged that nobody raised", "no_warnings",
           lambda log: log.again(log.find("record.acknowledged"))),
    inside("released-otherwise", "a job that somebody held is let go as if its card had been spoiled",
           "released_otherwise",
           lambda log: log.say("job.released", {"job": _job(log, "job.held"), "act": "reprint"}, *_TWO)),
    inside("no-sample", "a sample is counted that nobody drew", "unknown_sample",
           lambda log: log.say("sample.counted", {"sample": "s9", "missing": [], "bound": 0}, *_TWO)),
    inside("found-whole", "a card that was spoiled is lost, and found as a blank", "found_whole", _found_whole),
    Case("closing-chain", LOG_KEY, "a closing begins with more than the one before ended with; it is looked at quickly",
         "closing_chain", _chain),
)  # fmt: skip
