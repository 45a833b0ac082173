"""What entries of jobs do to the tables."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from printd.books.projection import Projection
from printd.errors import Refused
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


def _job_held(connection: Connection, entry: Entry) -> None:
    step(connection, entry.data["job"], JobEvent.HOLD, HeldBecause(entry.data["why"]))


_LETS_GO = {
    "release": (HeldBecause.OPERATOR, HeldBecause.ARTWORK, HeldBecause.STALE, HeldBecause.RESTORED),
    "reprint": (HeldBecause.SPOILED,),
}


def _job_released(connection: Connection, entry: Entry) -> None:
    job = jobs.find_job(connection, entry.data["job"])
    if job is not None and job["state"] == JobState.HELD and job["held_because"] not in _LETS_GO[entry.data["act"]]:
        short, because = job["id"][:8], job["held_because"]
        acts: dict[HeldBecause | None, str] = {
            HeldBecause.WARNINGS: f"records acknowledge {job['record_id'][:8]}",
            HeldBecause.SPOILED: f"jobs reprint {short}",
        }
        raise Refused(
            f"Job {short} is held because of {because}.",
            why=f"{entry.data['act'].capitalize()} does not answer for that.",
            consequence="It stays held.",
            remedy=f"Use: printd {acts.get(because, f'jobs release {short}')}",
        )
    step(connection, entry.data["job"], JobEvent.RELEASE)
    if entry.data.get("looked_up") and job is not None and job["held_because"] == HeldBecause.STALE:
        jobs.set_looked_up(connection, entry.data["job"], entry.at, entry.seq)


def _job_cancelled(connection: Connection, entry: Entry) -> None:
    step(connection, entry.data["job"], JobEvent.CANCEL)
    jobs.set_cancelled(connection, entry.data["job"], entry.at)


PROJECTIONS: Mapping[str, Projection] = MappingProxyType(
    {
        "job.held": _job_held,
        "job.released": _job_released,
        "job.cancelled": _job_cancelled,
    }
)
