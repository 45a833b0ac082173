"""Every pair of state and event of jobs and attempts: it goes where the shop's rules say, or it is refused."""

from __future__ import annotations

from itertools import product

import pytest

from printd.errors import Refused
from printd.words.states import AttemptState, JobEvent, JobState, check_attempt, next_job_state

# Written out by hand from the design: intent before act, only evidence says printed, nothing is printed again by
# itself (sections 2.2 and 2.3), and the order of section 5. Not taken from the tables under test.
LEGAL_JOB_STEPS = {
    ("held", "release"): "queued",
    ("held", "cancel"): "cancelled",
    ("queued", "hold"): "held",
    ("queued", "cancel"): "cancelled",
    ("queued", "start"): "printing",
    ("printing", "print"): "printed",
    ("printing", "unuse"): "queued",
    ("printing", "spoil"): "held",
    ("printing", "doubt"): "in_doubt",
    ("in_doubt", "print"): "printed",
    ("in_doubt", "unuse"): "queued",
    ("in_doubt", "spoil"): "held",
    ("printed", "pass"): "finished",
    ("printed", "spoil"): "held",
    ("finished", "hand_over"): "handed_over",
    ("finished", "spoil"): "held",
}
LEGAL_ENDS = {
    ("open", "in_doubt"),
    ("open", "printed"),
    ("open", "unused"),
    ("open", "spoiled"),
    ("in_doubt", "printed"),
    ("in_doubt", "unused"),
    ("in_doubt", "spoiled"),
}


WORDS = {
    "hold": "held", "release": "released", "cancel": "cancelled", "start": "printed", "print": "booked as printed",
    "unuse": "booked as not printed", "spoil": "booked as spoiled", "doubt": "put in doubt",
    "pass": "passed by the quality check", "hand_over": "handed over",
}  # fmt: skip
"""What people call each step."""


@pytest.mark.parametrize(("state", "event"), list(product(JobState, JobEvent)))
def test_a_job_goes_where_the_rules_say_or_nowhere(state: JobState, event: JobEvent) -> None:
    goal = LEGAL_JOB_STEPS.get((state.value, event.value))
    if goal is not None:
        assert next_job_state(state, event) == JobState(goal)
        return
    with pytest.raises(Refused) as refusal:
        next_job_state(state, event)
    said = WORDS[event.value]
    assert f"A job that is {state.value.replace('_', ' ')} cannot be {said}." in refusal.value.what


@pytest.mark.parametrize(("state", "outcome"), list(product(AttemptState, AttemptState)))
def test_an_attempt_ends_once(state: AttemptState, outcome: AttemptState) -> None:
    if (state.value, outcome.value) in LEGAL_ENDS:
        check_attempt(state, outcome)
        return
    with pytest.raises(Refused) as refusal:
        check_attempt(state, outcome)
    assert state.value in refusal.value.what
    assert outcome.value in refusal.value.what


def reachable(start: JobState, events: set[JobEvent]) -> set[JobState]:
    """Return every state that some order of these events leads to."""
    seen, ahead = {start}, [start]
    while ahead:
        state = ahead.pop()
        for event in events:
            try:
                goal = next_job_state(state, event)
            except Refused:
                continue
            if goal not in seen:
                seen.add(goal)
                ahead.append(goal)
    return seen


@pytest.mark.parametrize("start", [JobState.PRINTING, JobState.IN_DOUBT, JobState.PRINTED, JobState.FINISHED])
def test_a_spoiled_card_is_never_printed_again_unless_a_person_releases_the_job(start: JobState) -> None:
    held = next_job_state(start, JobEvent.SPOIL)
    assert JobState.PRINTING not in reachable(held, set(JobEvent) - {JobEvent.RELEASE})


def test_in_doubt_never_leads_back_to_printing_without_a_finding_that_the_blank_is_unused_or_spoiled() -> None:
    found = reachable(JobState.IN_DOUBT, set(JobEvent) - {JobEvent.UNUSE, JobEvent.SPOIL})
    assert JobState.PRINTING not in found
    assert JobState.QUEUED not in found


@pytest.mark.parametrize("end", [JobState.HANDED_OVER, JobState.CANCELLED])
def test_the_ends_of_a_job_are_final(end: JobState) -> None:
    assert reachable(end, set(JobEvent)) == {end}


@pytest.mark.parametrize("state", [one for one in JobState if one is not JobState.CANCELLED])
def test_every_job_can_still_come_to_an_end(state: JobState) -> None:
    assert reachable(state, set(JobEvent)) & {JobState.HANDED_OVER, JobState.CANCELLED}


@pytest.mark.parametrize("state", [JobState.PRINTING, JobState.IN_DOUBT, JobState.PRINTED, JobState.FINISHED])
def test_a_job_with_a_card_under_way_or_made_cannot_be_cancelled(state: JobState) -> None:
    with pytest.raises(Refused):
        next_job_state(state, JobEvent.CANCEL)
