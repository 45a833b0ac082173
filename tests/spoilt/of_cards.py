"""Cards, jobs and printers: everything is signed, and the entries do not fit each other."""

from __future__ import annotations

from typing import Any, Final

from spoilt.cases import Case, inside
from spoilt.insider import Insider

MACHINE: Final = {"uri": "tcp://192.0.2.1:1", "family": "evolis", "model": "primacy", "firmware": "1"}


def _second_card(log: Insider) -> None:
    """Print the last but one job once more, on the blank and in the place of the last one's card."""
    log.remove(log.find("card.handed_over", -2))
    job = log.data(log.find("attempt.started", -2))["job"]
    log.data(log.find("attempt.started", -1)).update(job=job, number=2)
    log.remove(log.find("record.accepted", -1))


def _serial_twice(log: Insider) -> None:
    serial = log.data(log.find("attempt.started", -2))["serial"]
    log.data(log.find("attempt.started", -1))["serial"] = serial


def _jump(log: Insider, first: int, by: int) -> None:
    """Let the printer's card counter go on otherwise from an attempt on."""
    for entry in log.entries[first:]:
        if entry["kind"] == "attempt.started":
            _count(log.data(entry["seq"])["counters"], by)
        elif entry["kind"] in ("attempt.printed", "attempt.spoiled"):
            _count(log.data(entry["seq"])["evidence"]["after"], by)


def _count(counters: dict[str, int], by: int) -> None:
    counters["cards"] += by


def _of_printer(log: Insider, **evidence: Any) -> int:
    """Change what the printer told of the card in doubt; return the number of its entry."""
    seq = log.find("attempt.in_doubt", -1)
    log.data(seq)["evidence"] = {"findings": ["no reply"], **evidence}
    return seq


def _again(log: Insider) -> None:
    log.remove(log.find("card.handed_over", -2))
    name = log.data(log.find("attempt.started", -2))["attempt"]
    for kind in ("attempt.started", "attempt.printed", "card.checked", "card.handed_over"):
        log.data(log.find(kind, -1))["attempt"] = name


def _by(log: Insider, seq: int, *by: str) -> int:
    log.entry(seq)["by"] = [*by]
    return seq


def _incident(log: Insider) -> None:
    seq = log.find("attempt.started", -1)
    serial = log.entries[seq]["data"]["serial"]
    about = {"incident": "i9", "kind": "unknown_uid", "serials": [[serial, serial]], "pieces": 1}
    log.insert(seq, "incident.opened", {**about, "note": "", "last_event": ""})


def _counted_too_soon(log: Insider) -> None:
    seq = log.find("shift.counting", -1)
    log.remove(seq)
    shift = log.entries[log.find("shift.opened", -1)]["data"]["shift"]
    log.insert(seq - 4, "shift.counting", {"shift": shift}, "siti")


CASES: Final[tuple[Case, ...]] = (
    inside("second-card", "a job whose card is good is printed once more, and that card is good too", "second_card",
           _second_card),
    inside("serial-twice", "two good cards lie on one blank", "elsewhere", _serial_twice),
    inside("no-record", "a card is printed for which no record ever came", "unknown_job",
           lambda log: log.remove(log.find("record.accepted", -1))),
    inside("two-jobs", "one person has two live jobs", "two_jobs",
           lambda log: log.data(log.find("record.accepted", -1)).update(
               holder=log.entries[log.find("record.accepted", 1)]["data"]["holder"])),
    inside("job-again", "a job's name is given twice", "job_again",
           lambda log: log.again(log.find("record.accepted", 1))),
    inside("attempt-again", "two attempts have one name", "attempt_again",
           _again),
    inside("attempt-number", "a first attempt says that it is the third", "attempt_number",
           lambda log: log.data(log.find("attempt.started", -1)).update(number=3)),
    inside("not-checked", "a card is handed over that nobody checked", "job_state",
           lambda log: log.remove(log.find("card.checked", -1))),
    inside("handed-over-twice", "a card is handed over twice", "unknown_attempt",
           lambda log: log.again(log.find("card.handed_over", -1))),
    inside("reprint-unasked", "a spoiled card is printed once more and nobody let it", "job_state",
           lambda log: log.remove(log.find("job.released", act="reprint"))),
    inside("outcome-twice", "a card comes out of the printer twice", "attempt_state",
           lambda log: log.insert(log.find("attempt.printed", -1) + 1, "attempt.printed",
                                  log.entries[log.find("attempt.printed", -1)]["data"])),
    inside("outcome-missing", "a card has no outcome, and the printer goes on", "printer_busy",
           lambda log: log.remove(log.find("attempt.printed", -2))),
    inside("one-pair-of-hands", "one person loaded the blanks, let the printer work and calls its cards good",
           "one_pair_of_hands",
           lambda log: _by(log, log.find("blanks.moved", -1, why="load"), "siti")),
    inside("own-card", "whoever let the card be printed alone calls it spoiled", "own_card",
           lambda log: _by(log, log.find("attempt.spoiled", -1), "siti")),
    inside("doubt-unsigned", "a card in doubt is settled and nobody signs it", "doubt_unsigned",
           lambda log: _by(log, log.find("attempt.unused", -1))),
    inside("against-evidence", "one person says that a card is unused which the printer printed", "against_evidence",
           lambda log: (_of_printer(log, rung="left_printer"),
                        _by(log, log.find("attempt.unused", -1), "budi"))),
    inside("scanned-other", "another serial was read on the card than is booked", "scanned_other",
           lambda log: log.data(log.find("attempt.unused", -1)).update(scanned="K00099")),
    inside("unused-in-output", "an unused blank lies among the cards", "ends_there",
           lambda log: log.data(log.find("attempt.unused", -1)).update(to="output")),
    inside("let-by-another", "a card refers to an older entry that let the printer work", "resumed",
           lambda log: log.data(log.find("attempt.started", -1)).update(resumed=log.find("printer.resumed", 0))),
    inside("paused", "a card is printed while the printer is paused", "resumed",
           lambda log: log.insert(log.find("attempt.started", -1), "printer.paused", {"printer": "p1", "why": "x"})),
    inside("counter-jump", "the printer's counter goes on by one card that no entry knows", "counter_gap",
           lambda log: _jump(log, log.find("attempt.started", -1), 1)),
    inside("counter-back", "the printer's counter goes back by 500 cards", "counter_back",
           lambda log: _jump(log, log.find("attempt.started", -1), -500)),
    inside("wrong-blank", "a card lies on a blank of another stock type than its record wants", "wrong_blank",
           lambda log: log.data(log.find("record.accepted", -1)).update(stock_type="OA")),
    inside("not-let-first", "a card says that two people let it go first, and none did", "not_overridden",
           lambda log: log.data(log.find("attempt.started", -1)).update(turn={"by": "override"})),
    inside("other-class", "a card says that it goes by a class that the policy does not have", "other_class",
           lambda log: log.data(log.find("attempt.started", -1)).update(turn={"by": "class", "class": "urgent"})),
    inside("blank-of-incident", "a blank is printed that an incident stopped", "stopped_blank", _incident),
    inside("printed-in-count", "a card is begun while the shift is counted", "printed_in_count", _counted_too_soon),
    inside("other-warnings", "warnings are acknowledged that a record does not have", "other_warnings",
           lambda log: log.data(log.find("record.acknowledged")).update(warnings=["nik_sex_mismatch"])),
    inside("machine-twice", "one machine has two names", "machine_again",
           lambda log: log.say("printer.added", {**MACHINE, "printer": "p9", "serial_number": "S1"}, "siti", "budi")),
    inside("test-print-at-work", "a test print runs on a printer that works", "not_paused",
           lambda log: log.say("test_print.started", {
               "test": "t9", "purpose": "test", "printer": "p1", "serial_number": "S1", "serial": "K00100",
               "counters": {"cards": 1091}, "artwork": "A" * 22}, "siti")),
)  # fmt: skip
