"""What CUPS's word about a job proves of its card (RFC 8011). Pure.

Not in :mod:`drivers.evidence`, because CUPS counts no cards and sees none: data that left are no card, so that nothing
here says "printed", and a job that was begun is no blank.
"""

from __future__ import annotations

from dataclasses import dataclass

from drivers.cups.ipp import Attributes, JobState
from drivers.errors import DriverError
from drivers.printer import EncodedCard, Outcome, Rung


@dataclass
class Job:
    """What this connection did with one card.

    :param asked: the request that creates the job was begun.
    :param released: the request that lets it print was begun; before that a held job prints nothing.
    :param others_queued: other jobs were in the queue, which may take the card's blank.
    :param run: number of the connection that created it.
    """

    card: EncodedCard
    name: str
    asked: bool = False
    number: int | None = None
    released: bool = False
    others_queued: bool = False
    run: int = 0
    failure: DriverError | None = None


def judge(job: Job, told: Attributes, *, same_run: bool) -> tuple[Outcome, Rung, list[str]]:
    """Say what is proved about a card.

    :param told: attributes of its job as CUPS tells them now, empty where it has none.
    :param same_run: one run of the server answered everything since the job was made. Another may know an older state
        of the job: CUPS writes states to disk some time after they change.
    """
    if job.others_queued:
        return Outcome.IN_DOUBT, Rung.NOTHING, ["Other jobs were in the queue; one of them may have taken the card."]
    if not job.asked:
        return Outcome.UNUSED, Rung.NOTHING, ["No job was made."]
    begun = told.get("time-at-processing", (None,))[0] is not None
    if not job.released and not begun:
        return Outcome.UNUSED, Rung.NOTHING, ["The job was held, and was never released."]
    state = told.get("job-state", (None,))[0]
    if state in (JobState.CANCELED, JobState.ABORTED) and not begun and "time-at-processing" in told and same_run:
        return Outcome.UNUSED, Rung.NOTHING, ["The job was ended before CUPS began to process it."]
    rung = Rung.SENT if begun or state == JobState.COMPLETED else Rung.NOTHING
    if state == JobState.COMPLETED:
        return (
            Outcome.IN_DOUBT,
            rung,
            ["CUPS sent the card's data and knows no more. Read the card back, or look at it."],
        )
    return Outcome.IN_DOUBT, rung, [f"The job is {state_of(told)}; whether a card was taken is not known."]


def state_of(told: Attributes) -> str:
    """Return a job's state and the reasons for it, for people."""
    number = told.get("job-state", (None,))[0]
    reasons = ", ".join(str(one) for one in told.get("job-state-reasons", ()) if one != "none")
    word = "not known to CUPS"
    if isinstance(number, int):
        word = JobState(number).name.lower() if number in tuple(JobState) else "in a state that is not known"
    return f"{word} ({reasons})" if reasons else word
