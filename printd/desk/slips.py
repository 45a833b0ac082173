"""What the slip of a card says that was handed over."""

from __future__ import annotations

from printd.desk.desk import Desk
from printd.desk.jobs import find_job
from printd.errors import Refused
from printd.remedies import Do
from printd.reports.handover import HandedOver
from printd.store import attempts, handovers


def handed_over(desk: Desk, job: str) -> HandedOver:
    """Return what the slip of a card says.

    :param job: by its id, of which four characters do, or by the serial of the card's blank.
    :raises Refused: there is none, or its card was not handed over.
    """
    with desk.shop.store.reading() as connection:
        row = find_job(connection, job)
        of_job = {one["id"]: one for one in attempts.attempts_of(connection, row["id"])}
        taken = handovers.handover_of(connection, list(of_job))
    if taken is None:
        raise Refused(
            f"The card of job {row['id'][:8]} was not handed over yet.",
            why="Its slip is written when that is done.",
            consequence="Nothing was written.",
            remedy=("Hand it over with: ", Do("jobs.hand_over", job=row["id"][:8])),
        )
    attempt = of_job[taken["attempt_id"]]
    return {
        "attempt": attempt["id"],
        "serial": attempt["serial"],
        "printed_at": attempt["closed_at"] or "",
        "at": taken["at"],
        "by": taken["by"],
        "receiver": taken["receiver"],
        "old_card": taken["old_card"],
    }
