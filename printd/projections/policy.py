"""What entries of the policy and its overrides do to the tables."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType

from printd.books.projection import Projection
from printd.errors import Refused
from printd.ledger.entry import Entry
from printd.store import jobs, policy
from printd.store.rows import Connection
from printd.words.states import JobState


def _set(connection: Connection, entry: Entry) -> None:
    content = json.dumps(entry.data["content"], sort_keys=True, ensure_ascii=False)
    policy.add_policy(connection, {"seq": entry.seq, "at": entry.at, "content": content})


def _overridden(connection: Connection, entry: Entry) -> None:
    job = jobs.find_job(connection, entry.data["job"])
    if job is None or job["state"] != JobState.QUEUED:
        raise Refused(
            f"Job {entry.data['job'][:8]} is {job['state'] if job else 'unknown'}; only a queued one can go first.",
            consequence="Nothing was changed.",
        )
    policy.add_override(
        connection,
        {
            "seq": entry.seq,
            "job_id": job["id"],
            "reason": entry.data["why"],
            "at": entry.at,
            "by": entry.actors[0],
            "second": entry.actors[1],
        },
    )


PROJECTIONS: Mapping[str, Projection] = MappingProxyType({"policy.set": _set, "job.overridden": _overridden})
