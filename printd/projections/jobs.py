"""What entries of jobs do to the tables."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from printd.books.projection import Projection, on
from printd.errors import Refused
from printd.events.jobs import JobCancelled, JobHeld, JobReleased
from printd.ledger.entry import Entry
from printd.remedies import Do
from printd.store import jobs
from printd.store.rows import Connection
from printd.words.reasons import HeldBecause
from printd.words.states import (
    JobEvent,
    JobState,
    next_job_state,
)


def step(connection: Connection, job_id: str, event: JobEvent, held_because: HeldBecause | None = None) -> None:
    """Take a job on by one event.

    :raises Refused: there is no such job, or its state does not allow it.
    """
    job = jobs.find_job(connection, job_id)
    if job is None:
        raise Refused(f"There is no job {job_id}.", remedy=("See all jobs with: ", Do("jobs.list")))
    jobs.set_job(connection, job_id, next_job_state(JobState(job["state"]), event), held_because)


def _job_held(connection: Connection, event: JobHeld, entry: Entry) -> None:
    step(connection, event.job, JobEvent.HOLD, event.why)


_LETS_GO = {
    "release": (
        HeldBecause.OPERATOR,
        HeldBecause.ARTWORK,
        HeldBecause.STALE,
        HeldBecause.RESTORED,
        HeldBecause.ALTERED,
    ),
    "reprint": (HeldBecause.SPOILED,),
}


def _job_released(connection: Connection, event: JobReleased, entry: Entry) -> None:
    job = jobs.find_job(connection, event.job)
    if job is not None and job["state"] == JobState.HELD and job["held_because"] not in _LETS_GO[event.act]:
        short, because = job["id"][:8], job["held_because"]
        acts: dict[HeldBecause | None, Do] = {
            HeldBecause.WARNINGS: Do("records.acknowledge", record=job["record_id"][:8]),
            HeldBecause.SPOILED: Do("jobs.reprint", job=short),
        }
        raise Refused(
            f"Job {short} is held because of {because}.",
            why=f"{event.act.capitalize()} does not answer for that.",
            consequence="It stays held.",
            remedy=("Use: ", acts.get(because, Do("jobs.release", job=short))),
        )
    step(connection, event.job, JobEvent.RELEASE)
    if event.looked_up and job is not None and job["held_because"] == HeldBecause.STALE:
        jobs.set_looked_up(connection, event.job, entry.at, entry.seq)


def _job_cancelled(connection: Connection, event: JobCancelled, entry: Entry) -> None:
    step(connection, event.job, JobEvent.CANCEL)
    jobs.set_cancelled(connection, event.job, entry.at)


PROJECTIONS: Mapping[str, Projection] = MappingProxyType(
    dict(
        (
            on(JobHeld, _job_held),
            on(JobReleased, _job_released),
            on(JobCancelled, _job_cancelled),
        )
    )
)
