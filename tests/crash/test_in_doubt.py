"""In doubt with people at the printer: the books follow the card in hand, and faults are per card."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from crash.house import House, People, Plan, clock_of_nobody, house, wired
from crash.points import KILL
from crash.schedules import read_plan
from crash.wire import Wire
from drivers.deadline import Deadline
from printd.ledger.entry import Entry
from support.workday import entries


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    yield
    structlog.configure(**before)


def lived(text: str) -> tuple[House, list[Entry]]:
    """Live through a plan; return the house, closed, and what its life entered (the house's own part is left out)."""
    with house(read_plan(text)) as made:
        furnished = len(entries(made.desk))
        made.run()
        found = entries(made.desk)
    return made, found[furnished:]


def kinds(found: list[Entry], *wanted: str) -> list[str]:
    return [one.kind for one in found if one.kind.partition(".")[0] in wanted]


def test_a_good_card_on_the_next_blank_is_booked_there_by_two_after_an_unseen_double_feed() -> None:
    """Killed between act and outcome of the second card, which lies on the third blank: the second came out beside."""
    with house(Plan(faults=("p0 double_feed@card=1",))) as made:
        made.run()
        point = [n for n, name in enumerate(made.points.names, 1) if "before commit attempt.printed" in name][1]
    made, found = lived(f"evolis/1/2 {point}:{KILL} p0 double_feed@card=1")
    second = [one for one in found if one.data.get("attempt") == found_attempt(found, 1)]
    assert [one.kind for one in second] == [
        "attempt.started", "attempt.in_doubt", "attempt.evidence", "attempt.corrected", "attempt.printed",
        "card.checked",
    ]  # fmt: skip
    corrected, printed = second[3], second[4]
    assert (corrected.data["booked"], corrected.data["actual"]) == ("BLK000002", "BLK000003")
    assert corrected.actors == printed.actors == ("siti", "budi")
    assert printed.data["evidence"]["rung"] == "read_back"
    assert made._staff.done["blanks corrected"] == 1
    assert "printer.paused" not in [one.kind for one in found], "the mistake was left for the quality check to find"


@pytest.mark.parametrize("fault", ["jam@panel=k,card=2", "power_cut@panel=k,card=2"])
def test_a_half_printed_card_on_the_next_blank_is_spoiled_there_and_the_job_waits_for_a_decision(fault: str) -> None:
    _, found = lived(f"evolis/1/2 - p0 double_feed@card=1 p0 {fault}")
    second = [one for one in found if one.data.get("attempt") == found_attempt(found, 1)]
    assert [one.kind for one in second][-2:] == ["attempt.corrected", "attempt.spoiled"]
    assert second[-2].data["actual"] == "BLK000003"
    assert kinds(found, "job") == ["job.released"], "it was printed again without a decision"


@pytest.mark.parametrize(
    "plan",
    [
        # the ribbon ended: a half-printed card in the reject box
        "evolis/1/2 - p0 double_feed@card=1 p0 ribbon_end@panel=c,card=2",
        # the output hopper was full: a whole card in the reject box
        "evolis/1/3 - p0 double_feed@card=1 p0 hopper_full@card=2",
    ],
)
def test_a_card_that_printd_itself_booked_as_spoiled_is_put_on_its_real_blank_by_two(plan: str) -> None:
    _, found = lived(plan)
    assert corrected(found) == {"BLK000002": "BLK000003"}


def test_cards_that_nobody_looked_at_before_the_last_was_out_are_corrected_the_latest_first() -> None:
    """A whole one and two half-printed ones in the reject box, of which only the first says whose it is."""
    decide, check = People._decide, People._check
    with pytest.MonkeyPatch.context() as patch:

        def looked_at(self: People) -> bool:
            counted = self._act("jobs.count")
            return not any(counted.get(state) for state in ("queued", "printing", "in_doubt"))

        patch.setattr(People, "_decide", lambda self, lost: decide(self, lost) if looked_at(self) else None)
        patch.setattr(People, "_check", lambda self, printed: check(self, printed) if looked_at(self) else None)
        _, found = lived(
            "evolis/1/3 - p0 double_feed@card=1 p0 hopper_full@card=1 p0 ribbon_end@panel=c,card=2 "
            "p0 ribbon_end@panel=m,card=3"
        )
    assert list(corrected(found).items()) == [("BLK000003", "BLK000004"), ("BLK000002", "BLK000003")]


def corrected(found: list[Entry]) -> dict[str, str]:
    """Return the blanks that were exchanged under cards that no person had called spoiled, in order."""
    by_itself = [one.data["attempt"] for one in found if one.kind == "attempt.spoiled" and not one.actors]
    entered = [one for one in found if one.kind == "attempt.corrected" and one.data["attempt"] in by_itself]
    assert all(one.actors == ("siti", "budi") and one.data["from"] == "spoiled" for one in entered)
    return {one.data["booked"]: one.data["actual"] for one in entered}


def found_attempt(found: list[Entry], number: int) -> Any:
    return [one.data["attempt"] for one in found if one.kind == "attempt.started"][number]


@pytest.mark.parametrize(
    ("plan", "first"),
    [
        ("evolis/1/3 - p0 feeder_empty@card=1", "attempt.unused"),
        ("evolis/1/3 - p0 jam@step=feed,card=1", "attempt.in_doubt"),
    ],
)
def test_a_job_that_failed_before_its_blank_was_touched_goes_back_to_its_place(plan: str, first: str) -> None:
    _, found = lived(plan)
    assert kinds(found, "attempt")[1] == first
    begun = [one.data["job"] for one in found if one.kind == "attempt.started"]
    accepted = list(dict.fromkeys(begun))
    assert begun == [accepted[0], *accepted], "it went to the end of the queue"


@pytest.mark.parametrize(
    ("plan", "cured"),
    [
        ("evolis/1/2 - p0 ribbon_end@panel=k,card=1", "ribbons changed"),
        ("evolis/1/2 - p0 jam@panel=k,card=1", "cards taken out"),
        ("evolis/1/2 - p0 cover@panel=k,card=1", "covers closed"),
        ("magicard/1/2 - p0 jam@panel=k,card=1", "cards taken out"),
        ("zebra/1/2 - p0 ribbon_end@panel=k,card=1", "ribbons changed"),
    ],
)
def test_after_a_person_cured_it_the_printer_goes_on_by_itself(plan: str, cured: str) -> None:
    made, found = lived(plan)
    assert made._staff.done[cured]
    assert not kinds(found, "printer"), "somebody had to resume it"
    assert sum(one.kind == "attempt.printed" for one in found) >= 2


def test_a_printer_whose_state_is_unknown_is_paused_with_its_reading_and_the_others_go_on() -> None:
    """It answers the question for its feeder with nonsense, for ever."""
    with house(Plan(printers=2, records=2)) as made:
        write = Wire.write

        def answers_nonsense(self: Wire, data: bytes, deadline: Deadline) -> None:
            write(self, data, deadline)
            if self._line.name == "p0" and b"Rlr;" in data:  # the feeder's sensor
                with self._sim.machine.cond:
                    self._port.replies.clear()
                self._coming.append(b"\x07?#\x00")

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Wire, "write", answers_nonsense)
            made.run()
            with clock_of_nobody(made.clock), wired(made.lines, made.points):
                for _ in range(6):
                    made.turn("p0")
        found = entries(made.desk)
        paused = [one for one in found if one.kind == "printer.paused" and one.data["printer"] == "p0"]
        assert paused
        assert all(one.actors == () for one in paused)
        assert "unknown" in paused[0].data["why"]
        assert r"Rlr;h: \x07?#" in paused[0].data["why"], paused[0].data["why"]
        assert {one.data["printer"] for one in found if one.kind == "attempt.started"} == {"p1"}
