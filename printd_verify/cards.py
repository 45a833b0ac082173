"""Jobs, attempts and cards, by the entries: what may follow what, and that nobody gets two good cards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from printd_verify.findings import Findings
from printd_verify.places import Handler, Places
from printd_verify.printers import Printers
from printd_verify.shifts import Shifts
from printd_verify.spans import Spans
from printd_verify.words import kind_of, ranges, read_serial

_NEXT: Final = {
    ("held", "release"): "queued",
    ("held", "cancel"): "",
    ("queued", "hold"): "held",
    ("queued", "cancel"): "",
    ("queued", "start"): "printing",
    ("printing", "printed"): "printed",
    ("printing", "unused"): "queued",
    ("printing", "spoiled"): "held",
    ("printing", "in_doubt"): "in_doubt",
    ("in_doubt", "printed"): "printed",
    ("in_doubt", "unused"): "queued",
    ("in_doubt", "spoiled"): "held",
    ("printed", "good"): "finished",
    ("printed", "spoiled"): "held",
    ("finished", "hand_over"): "",
    ("finished", "spoiled"): "held",
}
"""Where something takes a job; empty: it is over."""

_LETS_GO: Final = {
    "release": frozenset({"operator", "artwork", "stale", "restored", "altered"}),
    "reprint": frozenset({"spoiled"}),
}
_SAYS_PRINTED: Final = frozenset({"engine_done", "left_printer"})
_UNDER_WAY: Final = ("open", "in_doubt")


@dataclass(slots=True)
class Job:
    """A wish for a card that is not over.

    :param why: for what it is held.
    :param attempts: how many began.
    :param overridden: two people let it go first.
    """

    holder: str
    stock_type: str
    generation: str
    reason: str
    state: str
    why: str
    overridden: bool = False
    attempts: int = 0


@dataclass(slots=True)
class Attempt:
    """A try whose card is not over.

    :param by: who let the printer work.
    :param says_printed: the printer's evidence says that something is on the card.
    """

    job: str
    serial: str
    printer: str
    by: str
    seq: int
    panels: int | None
    state: str = "open"
    quality: str = ""
    says_printed: bool = False


class Cards:
    """Everything between a record and its holder's hand. What is over is forgotten: only open things take memory."""

    def __init__(self, findings: Findings, places: Places, printers: Printers, shifts: Shifts) -> None:
        self._findings = findings
        self._places = places
        self._printers = printers
        self._shifts = shifts
        self._jobs: dict[str, Job] = {}
        self._holders: dict[str, str] = {}
        self._warned: dict[str, tuple[str, list[str]]] = {}
        self._attempts: dict[str, Attempt] = {}
        self._tests: dict[str, Attempt] = {}
        self._loads: Spans[str] = Spans()
        self._classes: dict[str, list[str]] | None = None  # reasons by class; none: no entry tells the policy
        self.stopped: dict[str, set[str]] = {}
        """Blanks that must not be printed, each with the incidents that say so."""
        self.handlers: dict[str, Handler] = {
            "shop.opened": self._configured,
            "shop.configured": self._configured,
            "record.accepted": self._accepted,
            "record.acknowledged": self._acknowledged,
            "job.held": self._held,
            "job.released": self._released,
            "job.cancelled": self._cancelled,
            "job.overridden": self._overridden,
            "shop.restored": self._restored,
            "attempt.started": self._started,
            "attempt.printed": self._printed,
            "attempt.unused": self._unused,
            "attempt.spoiled": self._spoiled,
            "attempt.in_doubt": self._in_doubt,
            "attempt.evidence": self._evidence,
            "attempt.corrected": self._corrected,
            "test_print.started": self._test_started,
            "test_print.ended": self._test_ended,
            "test_print.evidence": self._test_evidence,
            "test_print.corrected": self._test_corrected,
            "card.checked": self._checked,
            "card.missed": self._missed,
            "card.handed_over": self._handed_over,
        }

    def find(self, attempt: str) -> Attempt | None:
        """Return a try whose card is not over; ``None``: nothing is known of it any more."""
        return self._attempts.get(attempt)

    def in_doubt(self) -> list[str]:
        """Return the blanks of attempts and test prints of which nobody knows yet what became of them."""
        every = (*self._attempts.values(), *self._tests.values())
        return [one.serial for one in every if one.state == "in_doubt"]

    def loaded(self, names: list[str], data: dict[str, Any]) -> None:
        """Take note of who loaded blanks."""
        for part in ranges(data["serials"]):
            self._loads.put(part, names[0] if names else "")

    def loader(self, serial: str) -> str:
        """Return who loaded a blank last; empty: no entry says so."""
        one = read_serial(serial)
        return "" if one is None else self._loads.at(one) or ""

    def _accepted(self, seq: int, at: str, by: list[str], data: dict[str, Any]) -> None:
        job, holder = data["job"], data["holder"]
        if job in self._jobs:
            self._findings.doubt("job_again", seq, job=job)
            return
        if holder in self._holders:
            self._findings.doubt("two_jobs", seq, job=job, other=self._holders[holder])
        warned = bool(data["warnings"])
        if warned:
            self._warned[data["record"]] = job, data["warnings"]
        state, why = ("held", "warnings") if warned else ("queued", "")
        self._jobs[job] = Job(holder, data["stock_type"], data.get("generation", ""), data["reason"], state, why)
        self._holders[holder] = job

    def _acknowledged(self, seq: int, at: str, by: list[str], data: dict[str, Any]) -> None:
        job, warnings = self._warned.pop(data["record"], ("", []))
        if not job:
            self._findings.unknown("no_warnings", seq, record=data["record"])
        elif warnings != data["warnings"]:
            self._findings.doubt("other_warnings", seq, record=data["record"])
        elif (known := self._jobs.get(job)) is not None and (known.state, known.why) == ("held", "warnings"):
            self._step(seq, job, "release")

    def _step(self, seq: int, job: str, event: str, why: str = "") -> bool:
        """Take a job on."""
        known = self._jobs.get(job)
        if known is None:
            self._findings.unknown("unknown_job", seq, job=job)
            return False
        state = _NEXT.get((known.state, event))
        if state is None:
            code = "second_card" if event == "start" and known.state in ("printed", "finished") else "job_state"
            self._findings.doubt(code, seq, job=job, state=known.state, event=event)
            return False
        known.state, known.why = state, why
        if not state:
            del self._jobs[job]
            if self._holders.get(known.holder) == job:
                del self._holders[known.holder]
        return True

    def _held(self, seq: int, at: str, by: list[str], data: dict[str, Any]) -> None:
        self._step(seq, data["job"], "hold", data["why"])

    def _released(self, seq: int, at: str, by: list[str], data: dict[str, Any]) -> None:
        known = self._jobs.get(data["job"])
        if known is not None and known.state == "held" and known.why not in _LETS_GO[data["act"]]:
            self._findings.doubt("released_otherwise", seq, job=data["job"], act=data["act"], why=known.why)
            return
        self._step(seq, data["job"], "release")

    def _cancelled(self, seq: int, at: str, by: list[str], data: dict[str, Any]) -> None:
        self._step(seq, data["job"], "cancel")

    def _overridden(self, seq: int, at: str, by: list[str], data: dict[str, Any]) -> None:
        known = self._jobs.get(data["job"])
        if known is None:
            self._findings.unknown("unknown_job", seq, job=data["job"])
        elif known.state != "queued":
            self._findings.doubt("job_state", seq, job=data["job"], state=known.state, event="override")
        else:
            known.overridden = True

    def _restored(self, seq: int, at: str, by: list[str], data: dict[str, Any]) -> None:
        for job in self._jobs.values():
            if job.state == "queued":
                job.state, job.why = "held", "restored"
        self._printers.pause_all()

    def _started(self, seq: int, at: str, by: list[str], data: dict[str, Any]) -> None:
        name, attempt, serial = data["printer"], data["attempt"], data["serial"]
        if attempt in self._attempts:
            self._findings.doubt("attempt_again", seq, attempt=attempt)
            return
        self._shifts.check_printing(seq)
        printer = self._printers.begin(seq, name, serial, data["counters"])
        signer = ""
        if printer is not None:
            signer = self._printers.signer(seq, name, printer, data["resumed"])
        job = self._jobs.get(data["job"])
        if self._step(seq, data["job"], "start") and job is not None:
            self._suits(seq, job, data)
            if "turn" in data:
                self._in_turn(seq, job, data)
        self._not_stopped(seq, serial)
        self._move(seq, serial, f"hopper:{name}", f"printer:{name}")
        self._attempts[attempt] = Attempt(data["job"], serial, name, signer, seq, data["counters"].get("panels"))
        self._shifts.began(seq)

    def _suits(self, seq: int, job: Job, data: dict[str, Any]) -> None:
        """Hold a blank against what the job needs."""
        job.attempts += 1
        if job.attempts != data["number"] and not self._findings.began_later:
            self._findings.doubt("attempt_number", seq, said=data["number"], number=job.attempts)
        one = read_serial(data["serial"])
        delivery = None if one is None else self._places.of(one)
        if delivery is None:
            return
        if delivery.stock_type != job.stock_type or job.generation not in ("", delivery.generation):
            self._findings.doubt("wrong_blank", seq, serial=data["serial"], job=data["job"])

    def _configured(self, seq: int, at: str, by: list[str], data: dict[str, Any]) -> None:
        """Take note of the policy's classes."""
        if "configuration" in data:
            self._classes = {one["name"]: one["reasons"] for one in data["configuration"]["policy"]["classes"]}

    def _in_turn(self, seq: int, job: Job, data: dict[str, Any]) -> None:
        """Hold the rule by which a job is said to have been the next against the policy, and against who let it go."""
        turn = data["turn"]
        if turn["by"] == "override" and not job.overridden:
            self._findings.unknown("not_overridden", seq, job=data["job"])
        if self._classes is None:
            return
        own = next((name for name, reasons in self._classes.items() if job.reason in reasons), None)
        if turn.get("class") != own or (turn["by"], own is None) in (("class", True), ("order", False)):
            self._findings.doubt("other_class", seq, job=data["job"], said=turn.get("class", "-"), own=own or "-")

    def _not_stopped(self, seq: int, serial: str) -> None:
        for incident in self.stopped.get(serial, ()):
            self._findings.doubt("stopped_blank", seq, serial=serial, incident=incident)

    def _move(self, seq: int, serial: str, source: str, target: str) -> bool:
        one = read_serial(serial)
        return one is not None and self._places.move_one(seq, one, source, target)

    def _printed(self, seq: int, at: str, by: list[str], data: dict[str, Any]) -> None:
        if data["to"] != "output":
            self._findings.add("ends_there", seq, place=data["to"], event="printed")
        self._end(seq, by, data, "printed")

    def _unused(self, seq: int, at: str, by: list[str], data: dict[str, Any]) -> None:
        if kind_of(data["to"]) not in ("hopper", "shift", "store", "skipped"):
            self._findings.add("ends_there", seq, place=data["to"], event="unused")
        attempt = self._attempts.get(data["attempt"])
        if attempt is not None and data.get("scanned", attempt.serial) != attempt.serial:
            self._findings.doubt("scanned_other", seq, serial=data["scanned"], booked=attempt.serial)
        self._end(seq, by, data, "unused")

    def _spoiled(self, seq: int, at: str, by: list[str], data: dict[str, Any]) -> None:
        if data["to"] != "spoiled":
            self._findings.add("ends_there", seq, place=data["to"], event="spoiled")
        attempt = self._attempts.get(data["attempt"])
        if attempt is not None:
            self._shifts.spoil(attempt.serial, data["cause"])
        self._end(seq, by, data, "spoiled")

    def _in_doubt(self, seq: int, at: str, by: list[str], data: dict[str, Any]) -> None:
        self._end(seq, by, data, "in_doubt")

    def _end(self, seq: int, by: list[str], data: dict[str, Any], outcome: str) -> None:
        """End an attempt, or put it in doubt."""
        name = data["attempt"]
        attempt = self._known(seq, name)
        if attempt is None:
            return
        if attempt.state not in _UNDER_WAY or (attempt.state, outcome) == ("in_doubt", "in_doubt"):
            self._findings.doubt("attempt_state", seq, attempt=name, state=attempt.state, outcome=outcome)
            return
        if "fed" in data:
            self._printers.fed_beside(attempt.printer)
        self._learn(seq, attempt, data.get("evidence"))
        self._step(seq, attempt.job, outcome, "spoiled" if outcome == "spoiled" else "")
        self._shifts.ended(attempt.seq, attempt.state, outcome)
        attempt.state = outcome
        if outcome != "in_doubt":
            self._printers.ended(attempt.printer)
            self._move(seq, attempt.serial, f"printer:{attempt.printer}", data["to"])
        if "fed" in data:
            self._move(seq, data["fed"], f"hopper:{attempt.printer}", "skipped")
        if outcome == "unused":
            del self._attempts[name]

    def _learn(self, seq: int, attempt: Attempt, evidence: dict[str, Any] | None) -> None:
        if evidence is None:
            return
        after = evidence.get("after")
        if after:
            panels = after.get("panels")
            moved = panels is not None and attempt.panels is not None and panels != attempt.panels
            attempt.says_printed = attempt.says_printed or moved
            self._printers.told(seq, attempt.printer, after)
        attempt.says_printed = attempt.says_printed or evidence.get("rung") in _SAYS_PRINTED

    def _known(self, seq: int, name: str) -> Attempt | None:
        attempt = self._attempts.get(name)
        if attempt is None:
            self._findings.unknown("unknown_attempt", seq, attempt=name)
        return attempt

    def _evidence(self, seq: int, at: str, by: list[str], data: dict[str, Any]) -> None:
        attempt = self._attempts.get(data["attempt"])
        if attempt is not None:
            self._learn(seq, attempt, data["evidence"])

    def _corrected(self, seq: int, at: str, by: list[str], data: dict[str, Any]) -> None:
        """Put a card on the blank that it is on; of a card that is over only where both blanks are is known."""
        attempt = self._attempts.get(data["attempt"])
        if attempt is not None:
            if attempt.serial != data["booked"] or attempt.state not in ("printed", "in_doubt", "spoiled"):
                self._findings.doubt("corrected_other", seq, serial=data["booked"])
                return
            attempt.serial = data["actual"]
        card_in, blank_in = self._place(data["booked"]), self._place(data["actual"])
        early = blank_in if kind_of(blank_in) == "hopper" else "hopper"  # as entries of early versions take for granted
        self._exchange(seq, data, data.get("from", card_in), data.get("to", early))

    def _place(self, serial: str) -> str:
        one = read_serial(serial)
        held = None if one is None else self._places.at(one)
        return "" if held is None else held.place

    def _exchange(self, seq: int, data: dict[str, Any], card_in: str, blank_in: str) -> None:
        if not card_in or not blank_in:
            return
        self._move(seq, data["booked"], card_in, blank_in)
        self._move(seq, data["actual"], blank_in, card_in)
        self._shifts.respoil(data["booked"], data["actual"])

    def _test_started(self, seq: int, at: str, by: list[str], data: dict[str, Any]) -> None:
        name, serial = data["printer"], data["serial"]
        self._shifts.check_printing(seq)
        printer = self._printers.begin(seq, name, serial, data["counters"])
        if printer is not None and printer.resumed is not None:
            self._findings.doubt("not_paused", seq, printer=name)
        self._not_stopped(seq, serial)
        self._move(seq, serial, f"hopper:{name}", f"printer:{name}")
        panels = data["counters"].get("panels")
        self._tests[data["test"]] = Attempt("", serial, name, by[0] if by else "", seq, panels)

    def _test_ended(self, seq: int, at: str, by: list[str], data: dict[str, Any]) -> None:
        test = self._tests.get(data["test"])
        if test is None:
            self._findings.unknown("unknown_attempt", seq, attempt=data["test"])
            return
        if test.state not in _UNDER_WAY:
            self._findings.doubt("attempt_state", seq, attempt=data["test"], state=test.state, outcome=data["outcome"])
            return
        self._learn(seq, test, data["evidence"])
        test.state = data["outcome"]
        if test.state == "in_doubt":
            return
        self._printers.ended(test.printer)
        self._move(seq, test.serial, f"printer:{test.printer}", data.get("to", ""))
        if test.state == "spoiled":
            self._shifts.spoil(test.serial, "test_print")
        else:
            del self._tests[data["test"]]

    def _test_evidence(self, seq: int, at: str, by: list[str], data: dict[str, Any]) -> None:
        test = self._tests.get(data["test"])
        if test is not None:
            self._learn(seq, test, data["evidence"])

    def _test_corrected(self, seq: int, at: str, by: list[str], data: dict[str, Any]) -> None:
        test = self._tests.get(data["test"])
        if test is not None:
            if test.serial != data["booked"] or test.state not in ("in_doubt", "spoiled"):
                self._findings.doubt("corrected_other", seq, serial=data["booked"])
                return
            test.serial = data["actual"]
        self._exchange(seq, data, data["from"], data["to"])

    def _checked(self, seq: int, at: str, by: list[str], data: dict[str, Any]) -> None:
        name, good = data["attempt"], data["quality"] == "good"
        attempt = self._known(seq, name)
        if attempt is None or not self._step(seq, attempt.job, data["quality"], "" if good else "spoiled"):
            return
        source = "finished" if attempt.quality == "good" else "output"
        self._move(seq, attempt.serial, source, "finished" if good else "spoiled")
        attempt.quality = data["quality"]
        if not good:
            self._shifts.spoil(attempt.serial, data.get("cause", ""))
            attempt.job = ""

    def _missed(self, seq: int, at: str, by: list[str], data: dict[str, Any]) -> None:
        attempt = self._known(seq, data["attempt"])
        if attempt is None or not self._step(seq, attempt.job, "spoiled", "spoiled"):
            return
        place = self._place(attempt.serial)
        self._move(seq, attempt.serial, place if place in ("output", "finished") else "output", "missing")
        attempt.quality, attempt.job = "missing", ""

    def _handed_over(self, seq: int, at: str, by: list[str], data: dict[str, Any]) -> None:
        attempt = self._known(seq, data["attempt"])
        if attempt is None or not self._step(seq, attempt.job, "hand_over"):
            return
        self._move(seq, attempt.serial, "finished", "holder")
        del self._attempts[data["attempt"]]
