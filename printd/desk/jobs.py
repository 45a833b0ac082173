"""Acts on jobs: list, show, hold, release, cancel, reprint, resolve a doubt, check quality, hand over."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, Literal

from printd.custody.serials import parse_serial
from printd.desk import doubt as doubts
from printd.desk.blanks import check_cause
from printd.desk.desk import Desk, Limit, Person, known, not_own_spoilage, plain, proved, two_people
from printd.errors import Refused
from printd.printing.dispatch import read_usage
from printd.printing.policy import Waits, why_waits
from printd.printing.states import AttemptState, HeldBecause, JobState
from printd.printing.station import lacks_station
from printd.store import jobs, shifts
from printd.store.rows import Connection, Row


def list_(desk: Desk, state: JobState | None = None, limit: Limit = 200) -> list[dict[str, Any]]:
    """Return jobs in the order of the queue; each that waits says why."""
    policy = desk.shop.config.policy
    with desk.shop.store.reading() as connection:
        rows = jobs.list_jobs(connection, state, limit)
        shift = shifts.current(connection)
        usage = read_usage(connection, policy, desk.shop.zone, desk.shop.books.clock)
        able = _able(desk, connection)
        waiting, loaded = jobs.queued_reasons(connection), jobs.loaded(connection, able)
    told = []
    for row in rows:
        waits = None
        if row["state"] == JobState.QUEUED:
            if shift is not None and shift["state"] == "counting":
                waits = asdict(Waits("counting", f"shift {shift['id']} is being counted"))
            else:
                why = why_waits(policy, usage, row, waiting=waiting, loaded=loaded)
                waits = asdict(_for_a_station(desk.shop.config.encoder.station, able, why))
        elif row["state"] == JobState.HELD:
            waits = asdict(Waits(f"held:{row['held_because']}", _HELD[HeldBecause(row["held_because"])]))
        told.append({**row, "waits": waits})
    return told


def _able(desk: Desk, connection: Connection) -> list[str] | None:
    """Return the printers that can hold a card where its chip is read or written; ``None``: no card needs that."""
    encoder = desk.shop.config.encoder
    if encoder.mode == "none":
        return None
    rows = jobs.printers(connection)
    return [row["name"] for row in rows if not lacks_station(encoder, row["name"], row["family"], row["model"])]


def _for_a_station(station: str, able: list[str] | None, waits: Waits) -> Waits:
    """Say of a job that waits for a printer with the station that it does."""
    if able == []:
        return Waits("no_station", f"no printer of this shop has a {station} station to read or write its chip at")
    if able is not None and waits.code in ("no_blank", "wrong_generation"):
        return Waits(waits.code, f"{waits.sentence} of a printer with a {station} station ({', '.join(able)})")
    return waits


def count(desk: Desk) -> dict[str, int]:
    """Return the number of jobs by state."""
    with desk.shop.store.reading() as connection:
        return jobs.count_jobs(connection)


def show(desk: Desk, job: str) -> dict[str, Any]:
    """Return one job with its attempts and their evidence; of one in doubt, everything that is known of it."""
    with desk.shop.store.reading() as connection:
        row = _find(connection, job)
        attempts = jobs.attempts_of(connection, row["id"])
    doubtful = next((one for one in attempts if one["state"] == AttemptState.IN_DOUBT), None)
    return {
        **row,
        "attempts": [
            {**one, "counters": json.loads(one["counters"]), "evidence": json.loads(one["evidence"])}
            for one in attempts
        ],
        "doubt": None if doubtful is None else doubts.known(desk, doubtful),
    }


_HELD = {
    HeldBecause.WARNINGS: "its record has warnings that nobody acknowledged",
    HeldBecause.OPERATOR: "an operator holds it",
    HeldBecause.ARTWORK: "its card cannot be drawn as it is",
    HeldBecause.STALE: "its record was pulled too long ago: look it up at the registry",
    HeldBecause.RESTORED: "it may have been printed after the backup: look for its card before it is released",
    HeldBecause.SPOILED: "its card was lost: decide whether it is printed again",
}


def override(desk: Desk, job: str, reason: str, by: Person, second: Person) -> dict[str, Any]:
    """Let a queued job go first, past class, cap, quota and floor; two people sign, with a reason."""
    signed = two_people(desk, by, second)
    with desk.shop.books.booking() as booking:
        row = _find(booking.connection, job)
        booking.enter("job.overridden", {"job": row["id"], "why": plain(reason, "reason")}, signed)
    desk.wake()
    return show(desk, row["id"])


def hold(desk: Desk, job: str, by: str) -> dict[str, Any]:
    """Keep a queued job from being printed until it is released."""
    return _enter(desk, job, "job.held", {"why": "operator"}, known(desk, by))


def release(desk: Desk, job: str, by: str) -> dict[str, Any]:
    """Let a held job go on, at its old place in the queue."""
    return _enter(desk, job, "job.released", {"act": "release"}, known(desk, by))


def reprint(desk: Desk, job: str, by: str) -> dict[str, Any]:
    """Decide that a job whose card was spoiled is printed on another blank."""
    return _enter(desk, job, "job.released", {"act": "reprint"}, known(desk, by))


def cancel(desk: Desk, job: str, by: str) -> dict[str, Any]:
    """End a job that is not under way."""
    return _enter(desk, job, "job.cancelled", {}, known(desk, by))


def doubt(desk: Desk, job: str, scan: str = "") -> dict[str, Any]:
    """Return what is known of an attempt in doubt, and what each possible choice would book. Nothing is changed.

    :param scan: what was read on the card in hand: its serial, or the UID of its chip.
    """
    with desk.shop.store.reading() as connection:
        row = _find(connection, job)
        attempt = doubts.in_doubt(connection, row)
        serial = doubts.read(connection, scan) if scan else ""
        told = doubts.hold_against(connection, attempt, serial) if serial else None
    return {
        "job": row["id"],
        "record_id": row["record_id"],
        **doubts.known(desk, attempt),
        "scan": told,
        "choices": doubts.choices(desk, attempt, serial),
    }


def resolve(
    desk: Desk,
    job: str,
    outcome: doubts.Choice,
    by: Person,
    second: Person | None = None,
    cause: str = "",
    blank_is: doubts.Where | None = None,
    skipped: list[str] | None = None,
    scan: str = "",
    dry_run: bool = False,
) -> dict[str, Any]:
    """Settle an attempt in doubt by what a person saw, with the card in hand.

    Where another serial is read on it than the booked one, the books follow the card; two people sign that, and all
    others too where ``policy.doubts_by_two`` says so.

    :param cause: why it is spoiled.
    :param blank_is: where the booked blank is, the hopper or the operator's hand and so back to the shift: for
        ``unused`` (by default in hand), and where another card than the booked one is in hand (by default in the
        hopper).
    :param skipped: serials that left the hopper unprinted with this card (double feed) and are not in hand.
    :param scan: what was read on the card in hand: its serial, or the UID of its chip.
    :param dry_run: tell what it would book, and book nothing; nobody needs to prove who they are for that.
    """
    if outcome == "spoiled":
        check_cause(cause)
    with desk.shop.store.reading() as connection:
        row = _find(connection, job)
        attempt = doubts.in_doubt(connection, row)
        serial = doubts.read(connection, scan) if scan else ""
        told = doubts.hold_against(connection, attempt, serial) if serial else None
    decision = doubts.Decision(outcome, cause, blank_is, serial, skipped or [])
    if dry_run:
        return {"job": row["id"], "scan": told, "choices": [doubts.preview(desk, attempt, decision)]}
    if told is not None and not told["same"]:
        if second is None:
            raise Refused(told["says"], consequence="Nothing was changed.", remedy=told["remedy"])
        two_people(desk, by, second)
    elif desk.shop.config.policy.doubts_by_two:
        if second is None:
            raise Refused(
                "Two people settle a doubt in this shop.",
                why="Its policy says so (policy.doubts_by_two).",
                consequence="Nothing was changed.",
                remedy="The second looks at the card and signs too: --with NAME",
            )
        two_people(desk, by, second)
    else:
        _people(desk, by, second, prove=outcome == "spoiled")
    if outcome == "spoiled":
        not_own_spoilage(attempt["operator"], by.name, second.name if second else None)
    with desk.shop.books.booking() as booking:
        doubts.settle(booking, doubts.in_doubt(booking.connection, row), decision, _names(by, second))
    desk.wake(attempt["printer"])
    return show(desk, row["id"])


def check(
    desk: Desk,
    job: str,
    quality: Literal["good", "spoiled"],
    by: Person,
    second: Person | None = None,
    cause: str = "",
) -> dict[str, Any]:
    """Book the quality check of a printed card: good to ``finished``, spoiled to the spoil bin."""
    _people(desk, by, second, prove=quality == "spoiled")
    if quality == "spoiled":
        check_cause(cause)
    with desk.shop.books.booking() as booking:
        row = _find(booking.connection, job)
        attempt = _printed(booking.connection, row)
        data = {"attempt": attempt["id"], "quality": quality}
        if quality == "spoiled":
            not_own_spoilage(attempt["operator"], by.name, second.name if second else None)
            data["cause"] = cause
        booking.enter("card.checked", data, _names(by, second))
    return show(desk, row["id"])


def correct(desk: Desk, job: str, serial: str, by: Person, second: Person) -> dict[str, Any]:
    """Book which blank really carries a printed card, where it is not the booked one (an unseen double feed).

    The booked blank goes back to the hopper in the books. After a double feed every later card of that printer is one
    blank off: correct the latest first. Signed by two people.
    """
    signed = two_people(desk, by, second)
    actual = parse_serial(serial).first_serial
    with desk.shop.books.booking() as booking:
        row = _find(booking.connection, job)
        attempt = _printed(booking.connection, row)
        if attempt["serial"] == actual:
            raise Refused(f"The books say {actual} already.", consequence="Nothing was changed.")
        booking.enter(
            "attempt.corrected", {"attempt": attempt["id"], "booked": attempt["serial"], "actual": actual}, signed
        )
    return show(desk, row["id"])


def hand_over(
    desk: Desk,
    job: str,
    by: str,
    receiver: Literal["holder", "proxy", "unknown"] = "unknown",
    old_card: Literal["taken", "none", "unknown"] = "unknown",
) -> dict[str, Any]:
    """Book a finished card as handed over: who took it, and whether the old card was taken back.

    A temporary certificate of the same person is converted by it.
    """
    operator = known(desk, by)
    with desk.shop.books.booking() as booking:
        row = _find(booking.connection, job)
        attempt = _printed(booking.connection, row)
        data = {"attempt": attempt["id"], "receiver": receiver, "old_card": old_card}
        booking.enter("card.handed_over", data, [operator])
    return show(desk, row["id"])


def _people(desk: Desk, by: Person, second: Person | None, *, prove: bool) -> None:
    """Make sure that one is known, and that two, or one who answers for a spoiled card, are who they say."""
    if second is None and by.password is None and not prove:
        known(desk, by.name)
        return
    if second is not None and second.name == by.name:
        raise Refused(f"{by.name} cannot sign twice.", remedy="Call a colleague.")
    for person in (by, second):
        if person is not None:
            proved(desk, person)


def _names(by: Person, second: Person | None) -> tuple[str, ...]:
    return (by.name,) if second is None else (by.name, second.name)


def _enter(desk: Desk, job: str, kind: str, data: dict[str, Any], operator: str) -> dict[str, Any]:
    with desk.shop.books.booking() as booking:
        row = _find(booking.connection, job)
        booking.enter(kind, {"job": row["id"], **data}, [operator])
    desk.wake()
    return show(desk, row["id"])


def _find(connection: Connection, start: str) -> Row:
    row = jobs.find_job(connection, only("job", start, lambda text: jobs.jobs_beginning(connection, text)))
    assert row is not None
    return row


def _printed(connection: Connection, row: Row) -> Row:
    attempts = [one for one in jobs.attempts_of(connection, row["id"]) if one["state"] == AttemptState.PRINTED]
    if not attempts or attempts[-1]["quality"] in ("spoiled", "missing"):
        raise Refused(
            f"Job {row['id'][:8]} has no printed card.",
            why=f"It is {row['state']}.",
            consequence="Nothing was changed.",
        )
    return attempts[-1]


def only(what: str, start: str, beginning: Callable[[str], list[str]]) -> str:
    """Return the one id that begins with what a person typed (at least four characters).

    :raises Refused: none does, or several do.
    """
    found = beginning(start) if len(start) >= 4 else []
    if len(found) == 1:
        return found[0]
    raise Refused(
        f"{start[:40]!r} names {'no' if not found else 'more than one'} {what}.",
        remedy=f"Give at least four characters of the {what}'s id, as the list shows it.",
    )
