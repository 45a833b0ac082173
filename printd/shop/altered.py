"""What the machine books where something sealed is not what was taken in: its job waits, and an incident is open."""

from __future__ import annotations

from printd.books.booking import Books
from printd.custody.incidents import open_altered
from printd.events.jobs import JobHeld
from printd.store import jobs
from printd.words.reasons import HeldBecause
from printd.words.states import JobState


def report(books: Books, seal: str) -> None:
    """Hold the job of a record that was altered, if it is in the queue, and open an incident unless one is open.

    :param seal: name of what is sealed, ``<noun>:<id>``.
    """
    note = f"What is sealed as {seal} is not what was taken in."
    noun, _, number = seal.partition(":")
    with books.booking() as booking:
        job = jobs.job_of_record(booking.connection, number) if noun == "record" else None
        if job is not None and job["state"] == JobState.QUEUED:
            booking.enter(JobHeld(job=job["id"], why=HeldBecause.ALTERED, message=note))
        open_altered(booking, note)
