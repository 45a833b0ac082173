"""What entries of overrides of the policy do to the tables."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from printd.books.projection import Projection, on
from printd.errors import Refused
from printd.events.jobs import JobOverridden
from printd.ledger.entry import Entry
from printd.store import jobs, policy
from printd.store.rows import Connection
from printd.words.states import JobState


def _overridden(connection: Connection, event: JobOverridden, entry: Entry) -> None:
    job = jobs.find_job(connection, event.job)
    if job is None or job["state"] != JobState.QUEUED:
        raise Refused(
            f"Job {event.job[:8]} is {job['state'] if job else 'unknown'}; only a queued one can go first.",
            consequence="Nothing was changed.",
        )
    policy.add_override(
        connection,
        {
            "seq": entry.seq,
            "job_id": job["id"],
            "reason": event.why,
            "at": entry.at,
            "by": entry.actors[0],
            "second": entry.actors[1],
        },
    )


PROJECTIONS: Mapping[str, Projection] = MappingProxyType(dict((on(JobOverridden, _overridden),)))
