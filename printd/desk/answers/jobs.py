"""What acts on jobs answer."""

from __future__ import annotations

from typing import NotRequired, TypedDict, final

from printd.desk import doubt as doubts
from printd.desk import waiting
from printd.events.fields import CounterName
from printd.store.jobs import ListedJob
from printd.store.tables.jobs import JobRow
from printd.words.states import AttemptState, Quality


class JobListed(ListedJob):
    """One job of a list, and why it waits."""

    waits: waiting.WaitsShown | None


class JobList(TypedDict):
    """Jobs, and how many there are."""

    jobs: list[JobListed]
    total: int
    counting: NotRequired[str]


class AttemptShown(TypedDict):
    """One attempt with its evidence."""

    id: str
    job_id: str
    number: int
    serial: str
    printer: str
    operator: str
    artwork: str
    state: AttemptState
    cause: str | None
    quality: Quality | None
    counters: dict[CounterName, int]
    evidence: list[doubts.EvidenceShown]
    opened_at: str
    closed_at: str | None
    checked_at: str | None
    checked_by: str | None
    turn: str | None
    policy_class: str | None


class JobShown(JobRow):
    """One job: why it waits, its attempts, and what is known of the one in doubt."""

    waits: waiting.WaitsShown | None
    attempts: list[AttemptShown]
    doubt: doubts.DoubtShown | None
    counting: NotRequired[str]


@final
class JobResolved(JobShown):
    """A job whose doubt is settled; ``warning``: where the evidence says another thing."""

    warning: str


class JobsShown(TypedDict):
    """Jobs of which the same was booked."""

    jobs: list[JobShown]


@final
class JobPreviewed(TypedDict):
    """What a decision would book."""

    job: str
    scan: doubts.ScanShown | None
    choices: doubts.Choices


class JobDoubt(doubts.DoubtShown):
    """What is known of a job's attempt in doubt, and what each choice would book."""

    job: str
    record_id: str
    scan: doubts.ScanShown | None
    choices: doubts.Choices
