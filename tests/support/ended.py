"""Records whose way is at its end, and a clock that can be moved: what tests of purges share."""

from __future__ import annotations

from datetime import datetime, timedelta

from printd.books import seals
from printd.books.booking import utc_now
from printd.books.replay import compare
from printd.demo.people import Person
from printd.desk.acts import perform
from printd.desk.desk import Desk
from printd.intake.inbox import Accepted
from printd.projections.kinds import PROJECTIONS
from printd.words.roles import Role
from support.intake_help import accept, deliver, print_card, signer
from support.people import OF_INTAKE, enrol

RATNA = signer("ratna")
"""A supervisor."""


def staffed(desk: Desk) -> Desk:
    """Let ani, budi and the supervisor ratna work here, with blanks in the hopper of p1."""
    known = {row["name"] for row in perform(desk, "operators.list", {})}
    for name, role in (("ani", Role.OPERATOR), ("budi", Role.OPERATOR), ("ratna", Role.SUPERVISOR)):
        if name not in known:
            enrol(desk, name, role, OF_INTAKE)
    deliver(desk)
    return desk


def taken_in(desk: Desk, person: Person) -> Accepted:
    """Take a record in and answer for whatever there is to answer for."""
    accepted = accept(desk, person)
    if accepted.warnings:
        perform(desk, "records.acknowledge", {"record": accepted.record, "by": RATNA, "second": signer("ani")})
    return accepted


def handed_over(desk: Desk, person: Person, number: int) -> Accepted:
    """Take a record in, print its card on the blank of this number, check it and hand it over."""
    accepted = taken_in(desk, person)
    hand_over(desk, accepted, number)
    return accepted


def hand_over(desk: Desk, accepted: Accepted, number: int) -> None:
    """Print the card of a record on the blank of this number, check it and hand it over."""
    print_card(desk, accepted.job, f"KPG{number:07d}")
    perform(desk, "jobs.check", {"job": accepted.job, "quality": "good", "by": signer("budi")})
    perform(
        desk, "jobs.hand_over", {"job": accepted.job, "by": signer("ani"), "receiver": "holder", "old_card": "none"}
    )


def days_later(desk: Desk, days: int) -> None:
    """Move the shop's clock ahead of where it is."""
    now = desk.shop.books.clock() - utc_now()

    def later() -> datetime:
        return utc_now() + now + timedelta(days=days)

    desk.shop.books.clock = later


def seen(desk: Desk) -> list[str]:
    """Return what an auditor finds without a key: tables that are not the log's, and envelopes that are not."""
    with desk.shop.store.reading() as connection:
        return [one.message for one in compare(connection, PROJECTIONS).differences] + list(seals.check(connection))
