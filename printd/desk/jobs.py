"""Acts on jobs: list, show, hold, release, cancel, reprint, resolve a doubt, check quality, hand over."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Annotated, Literal, NoReturn, assert_never

from pydantic import Field

from printd.books.booking import Booking
from printd.books.cards import card_of
from printd.custody import correction
from printd.desk import doubt as doubts
from printd.desk import waiting
from printd.desk.answers.jobs import JobDoubt, JobList, JobListed, JobPreviewed, JobResolved, JobShown, JobsShown
from printd.desk.counting import counting, not_counting
from printd.desk.desk import Desk, Limit, plain, proved, two_people
from printd.desk.hands import check_hands
from printd.desk.proofs import Person
from printd.desk.received import OldCard, Receiver, handed_over
from printd.errors import Refused
from printd.events.cards import CardChecked
from printd.events.jobs import JobCancelled, JobHeld, JobOverridden, JobReleased
from printd.events.signatures import OTHERS_OR_PRINTER, Card, required
from printd.printing.in_doubt import why_in_doubt
from printd.printing.waiting import Waits
from printd.projections.spoilage import check_cause
from printd.remedies import ASKED, DO, SAME, Do, Remedy
from printd.store import attempts as store_attempts
from printd.store import jobs
from printd.store.rows import Connection
from printd.store.tables.attempts import AttemptRow
from printd.store.tables.jobs import JobRow
from printd.words.reasons import HeldBecause
from printd.words.states import UNSETTLED, AttemptState, JobState, Quality

Several = Annotated[list[str], Field(min_length=1, max_length=1000)]
"""Jobs, each by its id or by the serial of its blank."""


_HAVE_CARDS = frozenset({JobState.PRINTED, JobState.FINISHED, JobState.HANDED_OVER})


def list_(desk: Desk, state: JobState | None = None, limit: Limit = 200) -> JobList:
    """Return jobs, what waits for a person or prints first, then the queue, then what is over, and how many there are.

    Each that waits says why. While something is counted, jobs whose cards lie somewhere are left out, with their
    number; ``counting`` says so.
    """
    with desk.shop.store.reading() as connection:
        under_way = counting(desk, connection)
        if under_way is not None:
            every = [row for row in jobs.list_jobs(connection, state, None) if row["state"] not in _HAVE_CARDS]
            hidden = waiting.Reasons(desk, connection)
            without: list[JobListed] = [
                {**row, "serial": None, "waits": waiting.told(hidden.of(row))} for row in every[:limit]
            ]
            return {"jobs": without, "total": len(every), "counting": f"{under_way.says}; cards are shown after it."}
        rows = jobs.list_jobs(connection, state, limit)
        counted = jobs.count_jobs(connection, state) if limit is not None and len(rows) == limit else None
        reasons = waiting.Reasons(desk, connection)
        told: list[JobListed] = [{**row, "waits": waiting.told(reasons.of(row))} for row in rows]
    return {"jobs": told, "total": len(told) if counted is None else sum(counted.values())}


def count(desk: Desk) -> dict[str, int]:
    """Return the number of jobs by state; not while something is counted, for cards of theirs lie in its places."""
    not_counting(desk)
    with desk.shop.store.reading() as connection:
        return jobs.count_jobs(connection)


def show(desk: Desk, job: str) -> JobShown:
    """Return one job with its attempts and their evidence; of one in doubt, everything that is known of it."""
    with desk.shop.store.reading() as connection:
        row = find_job(connection, job)
        attempts = store_attempts.attempts_of(connection, row["id"])
        waits = waiting.Reasons(desk, connection).of(row)
        under_way = counting(desk, connection)
    sentence = ""
    if waits is not None and (way_out := _way_out(row["held_because"])):
        why, (before, behind) = _undrawable(desk, row), way_out
        cannot = f"its card cannot be drawn: {why.rstrip('.')}. {before}{DO}{behind}"
        waits = Waits(waits.why, do=Do("jobs.cancel") if why else Do("jobs.release"))
        sentence = cannot if why else f"its card can be drawn now: {DO}"
    doubtful = next((one for one in attempts if one["state"] == AttemptState.IN_DOUBT), None)
    if under_way is not None:  # a card that is settled lies where somebody counts
        attempts = [one if one["state"] in UNSETTLED else {**one, "serial": ""} for one in attempts]
    shown: JobShown = {
        **row,
        "waits": waiting.told(waits, sentence),
        "attempts": [
            {**one, "counters": json.loads(one["counters"]), "evidence": json.loads(one["evidence"])}
            for one in attempts
        ],
        "doubt": None if doubtful is None else doubts.known(desk, doubtful),
        "counting": "" if under_way is None else f"{under_way.says}; serials are shown after it.",
    }
    if under_way is None:
        del shown["counting"]
    return shown


def override(desk: Desk, job: str, reason: str, by: Person, second: Person) -> JobShown:
    """Let a queued job go first, past class, cap, quota and floor; two people sign, with a reason."""
    signed = two_people(desk, by, second)
    with desk.booking() as booking:
        row = find_job(booking.connection, job)
        booking.enter(JobOverridden(job=row["id"], why=plain(reason, "reason")), signed)
    desk.wake()
    return show(desk, row["id"])


def hold(desk: Desk, job: str, by: Person) -> JobShown:
    """Keep a queued job from being printed until it is released."""
    return _enter(desk, job, lambda name: JobHeld(job=name, why=HeldBecause.OPERATOR), [proved(desk, by)], "held")


def release(desk: Desk, job: str, by: Person) -> JobShown:
    """Let a held job go on, at its old place in the queue.

    One whose record was pulled too long ago counts as looked up at the registry by whoever releases it.

    :raises Refused: its card cannot be drawn yet, or another act answers for the hold.
    """
    operator = proved(desk, by)
    with desk.shop.store.reading() as connection:
        row = find_job(connection, job)
    held = row["held_because"] if row["state"] == JobState.HELD else None
    if (way_out := _way_out(held)) and (why := _undrawable(desk, row)):
        before, behind = way_out
        raise Refused(
            f"The card of job {row['id'][:8]} still cannot be drawn.",
            why=f"{why.rstrip('.')}.",
            consequence="It stays held.",
            remedy=(before, Do("jobs.cancel"), behind),
        )
    looked_up = held == HeldBecause.STALE
    released = JobReleased(job=row["id"], act="release", looked_up=looked_up)
    return _enter(desk, row["id"], lambda _: released, [operator], "released")


def _way_out(because: HeldBecause | None) -> tuple[str, str] | None:
    """Return what stands before and behind the act that cancels, of a hold that ends only where the card can be drawn;
    ``None``: any other.
    """
    if because == HeldBecause.ARTWORK:
        return (
            "Cancel it (",
            (
                ") and bring the record again as its source corrected it; or choose a layout and fonts that can set it "
                "(printing.layout, printing.fonts), start the daemon anew and release it."
            ),
        )
    if because == HeldBecause.ALTERED:
        return (
            "Release it when what was sealed is back in its place. Where it is lost, cancel it (",
            ") and have the registry send the record anew.",
        )
    return None


def _undrawable(desk: Desk, row: JobRow) -> str:
    from printd.printing.faces import undrawable  # noqa: PLC0415 - what draws loads slowly

    return undrawable(desk.shop, row["record_id"])


def reprint(desk: Desk, job: str, by: Person, second: Person) -> JobShown:
    """Decide that a job whose card was spoiled is printed on another blank.

    :raises Refused: its card was not lost, or nobody has said yet what became of it.
    """
    signed = two_people(desk, by, second)
    return _enter(desk, job, lambda name: JobReleased(job=name, act="reprint"), signed, "printed again")


def cancel(desk: Desk, job: str, by: Person) -> JobShown:
    """End a job that is not under way."""
    return _enter(desk, job, lambda name: JobCancelled(job=name), [proved(desk, by)], "cancelled")


def doubt(desk: Desk, job: str, scan: str = "") -> JobDoubt:
    """Return what is known of an attempt in doubt, and what each possible choice would book. Nothing is changed.

    :param scan: what was read on the card in hand: its serial, or the UID of its chip.
    """
    with desk.shop.store.reading() as connection:
        row = find_job(connection, job)
        attempt = doubts.in_doubt(connection, row)
        serial = doubts.read(connection, scan) if scan else ""
        told = doubts.hold_against(connection, attempt, serial) if serial else None
    return {
        "job": row["id"],
        "record_id": row["record_id"],
        **doubts.known(desk, attempt),
        "scan": doubts.read_to_json(told),
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
) -> JobResolved | JobPreviewed:
    """Settle an attempt in doubt by what a person saw, with the card in hand.

    Where another serial is read on it than the booked one, the books follow the card; two people sign that, as they do
    that a blank is unused against the evidence, which needs its serial read, and all else too unless
    ``policy.doubts_by_two`` says otherwise.

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
        row = find_job(connection, job)
        attempt = doubts.in_doubt(connection, row)
        _same_card(connection, job, attempt)
        serial = doubts.read(connection, scan) if scan else ""
        told = doubts.hold_against(connection, attempt, serial) if serial else None
    decision = doubts.Decision(outcome, cause, blank_is, serial, skipped or [])
    if dry_run:
        choice = doubts.preview(desk, attempt, decision)
        return {"job": row["id"], "scan": doubts.read_to_json(told), "choices": [choice]}
    _settled_by(desk, attempt, decision, by, second)
    with desk.booking() as booking:
        doubts.settle(booking, doubts.in_doubt(booking.connection, row), decision, _names(by, second))
    desk.wake(attempt["printer"])
    return {**show(desk, row["id"]), "warning": doubts.against(attempt, decision)}


def _settled_by(desk: Desk, attempt: AttemptRow, decision: doubts.Decision, by: Person, second: Person | None) -> None:
    """Make sure that the people who must sign a decision do.

    :raises Refused: one of them is missing, or not who they say.
    """
    signs = doubts.who_signs(attempt, decision, desk.shop.config.policy)
    match signs:
        case doubts.Signs.ONE:
            _people(desk, by, second)
        case doubts.Signs.NOT_ITS_OPERATOR_ALONE:
            _people(desk, by, second)
            check_hands(OTHERS_OR_PRINTER, Card(printed_by=attempt["operator"]), _names(by, second))
        case doubts.Signs.TWO_FOR_ANOTHER_CARD:
            if second is None:
                with desk.shop.store.reading() as connection:
                    told = doubts.hold_against(connection, attempt, decision.read)
                raise Refused(told["says"], consequence="Nothing was changed.", remedy=told["remedy"])
            two_people(desk, by, second)
        case doubts.Signs.TWO_BY_POLICY | doubts.Signs.TWO_AGAINST_EVIDENCE:
            doubts.check_read(attempt, decision)
            if second is None:
                policy = signs is doubts.Signs.TWO_BY_POLICY
                raise Refused(
                    "Two people settle a doubt in this shop." if policy else "Two people settle this doubt.",
                    why="Its policy says so (policy.doubts_by_two)." if policy else doubts.against(attempt, decision),
                    consequence="Nothing was changed.",
                    remedy=("The second looks at the card and signs too: ", Do(SAME, second=ASKED)),
                )
            two_people(desk, by, second)
        case _:
            assert_never(signs)


def check(
    desk: Desk,
    job: str,
    quality: Literal["good", "spoiled"],
    by: Person,
    second: Person | None = None,
    cause: str = "",
) -> JobShown:
    """Book the quality check of a printed card: good to ``finished``, spoiled to the spoil bin."""
    return check_all(desk, [job], quality, by, second, cause)["jobs"][0]


def check_all(
    desk: Desk,
    all_jobs: Several,
    quality: Literal["good", "spoiled"],
    by: Person,
    second: Person | None = None,
    cause: str = "",
) -> JobsShown:
    """Book the quality check of several printed cards, all of them or none.

    :raises Refused: one of them cannot be booked; every such one is named.
    """
    _people(desk, by, second)
    if quality == "spoiled":
        check_cause(cause)

    def book(booking: Booking, attempt: AttemptRow) -> None:
        event = CardChecked(attempt=attempt["id"], quality=Quality.GOOD)
        if quality == "spoiled":
            event = CardChecked(attempt=attempt["id"], quality=Quality.SPOILED, cause=cause)
        check_hands(required(event), card_of(booking.connection, attempt), _names(by, second))
        booking.enter(event, _names(by, second))

    return _all_or_none(desk, all_jobs, book)


def correct(
    desk: Desk, job: str, serial: str, by: Person, second: Person, attempt: Annotated[int, Field(ge=1)] | None = None
) -> JobShown:
    """Book which blank really carries a card, good or spoiled, where it is not the booked one.

    The booked blank goes where the books believed the other: it was never fed. After an unseen double feed every later
    card of that printer is one blank off: correct the latest first. Signed by two people with the card in hand.

    :param serial: what was read on the card: its serial, or the UID of its chip.
    :param attempt: number of the attempt that made the card, where the job left several.
    """
    signed = two_people(desk, by, second)
    with desk.booking() as booking:
        row = find_job(booking.connection, job)
        card = _card_of(booking.connection, row, attempt)
        actual = doubts.read(booking.connection, serial)
        if card["serial"] == actual:
            raise Refused(f"The books say {actual} already.", consequence="Nothing was changed.")
        correction.book_attempt(booking, card, actual, signed)
    return show(desk, row["id"])


def hand_over(
    desk: Desk,
    job: str,
    by: Person,
    receiver: Receiver,
    old_card: OldCard,
    basis: str | None = None,
    why_unknown: str | None = None,
) -> JobShown:
    """Book a finished card as handed over: who took it, and whether the old card was taken back.

    A temporary certificate of the same person is converted by it.

    :param basis: of a proxy: the paper on which they took it, without a name.
    :param why_unknown: where either is unknown: why.
    """
    return hand_over_all(desk, [job], by, receiver, old_card, basis, why_unknown)["jobs"][0]


def hand_over_all(
    desk: Desk,
    all_jobs: Several,
    by: Person,
    receiver: Receiver,
    old_card: OldCard,
    basis: str | None = None,
    why_unknown: str | None = None,
) -> JobsShown:
    """Book several finished cards as handed over, all of them or none.

    :raises Refused: one of them cannot be booked; every such one is named.
    """
    operator = proved(desk, by)

    def book(booking: Booking, attempt: AttemptRow) -> None:
        booking.enter(handed_over(attempt["id"], receiver, old_card, basis, why_unknown), [operator])

    return _all_or_none(desk, all_jobs, book)


def _all_or_none(desk: Desk, asked: list[str], book: Callable[[Booking, AttemptRow], None]) -> JobsShown:
    """Book the same of several jobs' cards in one transaction: a pile is booked whole or stays where it is.

    :param book: enters it for the attempt that printed the card.
    """
    done: list[str] = []

    def book_one(booking: Booking, one: str) -> None:
        row = find_job(booking.connection, one)
        if row["id"] in done:
            raise Refused(f"Job {row['id'][:8]} is named twice.", remedy="Name each once.")
        attempt = _printed(booking.connection, row)
        _same_card(booking.connection, one, attempt)
        book(booking, attempt)
        done.append(row["id"])

    try:
        with desk.booking() as booking:
            for one in asked:
                book_one(booking, one)
    except Refused:
        refused: list[tuple[str, Refused]] = []
        done.clear()
        for one in asked:  # each alone, and undone, so that all that cannot be booked are told at once
            try:
                with desk.trial() as trial:
                    book_one(trial, one)
            except Refused as why:
                refused.append((one, why))
        if refused:
            raise _none_of(asked, refused) from None
        raise
    return {"jobs": [show(desk, one) for one in done]}


def _same_card(connection: Connection, asked: str, attempt: AttemptRow) -> None:
    """Make sure that a blank by which a person named a job carries the card that is meant.

    :raises Refused: it was spoiled, and the job's card is on another.
    """
    holds = store_attempts.attempt_holding(connection, asked.strip())
    if holds is not None and holds["id"] != attempt["id"]:
        raise Refused(
            f"{holds['serial']} does not carry the card of job {attempt['job_id'][:8]}.",
            why=f"It is {holds['state']}; the card is on {attempt['serial']}.",
            consequence="Nothing was changed.",
            remedy="Read the serial of the card in hand again.",
        )


def _none_of(asked: list[str], refused: list[tuple[str, Refused]]) -> Refused:
    if len(asked) == 1:
        return refused[0][1]
    return Refused(
        f"{len(refused)} of {len(asked)} were refused: {', '.join(one[:40] for one, _ in refused)}.",
        why=" ".join(f"{one[:40]}: {why.what} {why.why}".rstrip() for one, why in refused),
        consequence=f"None of the {len(asked)} was booked.",
        remedy="Leave these out, or settle them first, and give the others again.",
    )


def _people(desk: Desk, by: Person, second: Person | None) -> None:
    """Make sure that one, or two different people, are who they say."""
    if second is None:
        proved(desk, by)
    else:
        two_people(desk, by, second)


def _names(by: Person, second: Person | None) -> tuple[str, ...]:
    return (by.name,) if second is None else (by.name, second.name)


def _enter(
    desk: Desk,
    job: str,
    decided: Callable[[str], JobHeld | JobReleased | JobCancelled],
    signed: Sequence[str],
    asked: str,
) -> JobShown:
    """Enter a decision on a job.

    :param decided: makes the event of the job's id.
    :param asked: what the job was to be, for the refusal of one in doubt.
    """
    with desk.booking() as booking:
        row = find_job(booking.connection, job)
        if row["state"] == JobState.IN_DOUBT:
            _refuse_doubt(booking.connection, row, asked)
        event = decided(row["id"])
        if isinstance(event, JobReleased) and event.act == "reprint" and row["state"] != JobState.HELD:
            raise Refused(
                f"Job {row['id'][:8]} is {row['state'].replace('_', ' ')}: its card was not lost.",
                consequence="Nothing is printed again.",
                remedy=(
                    "See what became of it: ",
                    Do("jobs.show", job=row["id"][:8]),
                    ". A bad card is booked first: ",
                    Do("jobs.check", job=row["id"][:8], quality="spoiled", cause=ASKED),
                ),
            )
        booking.enter(event, signed)
    desk.wake()
    return show(desk, row["id"])


def _refuse_doubt(connection: Connection, row: JobRow, asked: str) -> NoReturn:
    short = row["id"][:8]
    raise Refused(
        f"A job that is in doubt cannot be {asked}.",
        why=why_in_doubt(doubts.in_doubt(connection, row)),
        consequence="Nothing was changed.",
        remedy=(
            "Resolve it first, with the card in hand: ",
            Do("jobs.resolve", job=short),
            " shows what can be said. After ",
            Do(SAME, outcome="spoiled", cause=ASKED),
            " the job is held, and ",
            Do("jobs.reprint", job=short),
            " prints it again.",
        ),
    )


def find_job(connection: Connection, asked: str) -> JobRow:
    """Return the job that a person named: by its id, of which four characters do, or by the serial of its blank.

    :raises Refused: it names none, or several.
    """
    holds = store_attempts.attempt_holding(connection, asked.strip())
    begin = jobs.jobs_beginning(connection, asked) if len(asked) >= _LEAST else []
    found = begin if holds is None or holds["job_id"] in begin else [*begin, holds["job_id"]]
    row = jobs.find_job(connection, only("job", asked, lambda _text: found))
    assert row is not None
    return row


def _printed(connection: Connection, row: JobRow) -> AttemptRow:
    attempts = [
        one for one in store_attempts.attempts_of(connection, row["id"]) if one["state"] == AttemptState.PRINTED
    ]
    if not attempts or attempts[-1]["quality"] in (Quality.SPOILED, Quality.MISSING):
        raise _no_card(row, "no printed card")
    return attempts[-1]


def _card_of(connection: Connection, row: JobRow, number: int | None) -> AttemptRow:
    """Return the attempt whose card is in hand.

    :raises Refused: the job left no card, several of which nobody says which it is, or one that is in doubt.
    """
    short = row["id"][:8]
    left = [one for one in store_attempts.attempts_of(connection, row["id"]) if one["state"] in _LEAVES_A_CARD]
    named = [one for one in left if number in (None, one["number"])]
    if not left:
        raise _no_card(row, "no card")
    if len(named) != 1:
        cards = ", ".join(f"attempt {one['number']} on {one['serial']} ({one['state']})" for one in left)
        raise Refused(
            f"Attempt {number} of job {short} left no card." if not named else f"Job {short} left {len(left)} cards.",
            why=f"There is {cards}.",
            consequence="Nothing was changed.",
            remedy=("Say which one is in hand: ", Do(SAME, attempt=ASKED)),
        )
    if named[0]["state"] == AttemptState.IN_DOUBT:
        raise Refused(
            f"What became of {named[0]['serial']} is in doubt.",
            consequence="Nothing was changed.",
            remedy=("Settle the doubt with what you read on the card: ", Do("jobs.resolve", job=short, scan=ASKED)),
        )
    return named[0]


_LEAVES_A_CARD = (AttemptState.PRINTED, AttemptState.SPOILED, AttemptState.IN_DOUBT)


def _no_card(row: JobRow, what: str) -> Refused:
    short, state = row["id"][:8], JobState(row["state"])
    lost = state is JobState.HELD and row["held_because"] == HeldBecause.SPOILED
    remedies: dict[JobState, Remedy] = {
        JobState.QUEUED: ("It is printed in its turn; see why it waits: ", Do("jobs.list", state="queued")),
        JobState.PRINTING: ("Wait until its card is out: ", Do("jobs.show", job=short)),
        JobState.IN_DOUBT: ("Settle the doubt with the card in hand: ", Do("jobs.resolve", job=short)),
    }
    return Refused(
        f"Job {short} has {what}.",
        why=f"It is {_LOST if lost else state.replace('_', ' ')}.",
        consequence="Nothing was changed.",
        remedy=("Decide whether it is printed again: ", Do("jobs.reprint", job=short))
        if lost
        else remedies.get(state, ("See what became of it: ", Do("jobs.show", job=short))),
    )


_LOST = "held, since its card was spoiled or is missing"


def only(what: str, start: str, beginning: Callable[[str], list[str]]) -> str:
    """Return the one id that begins with what a person typed (at least four characters).

    :raises Refused: none does, or several do.
    """
    found = beginning(start) if len(start) >= _LEAST else []
    if len(found) == 1:
        return found[0]
    blank = ", or the serial of its blank" if what == "job" else ""
    raise Refused(
        f"{start[:40]!r} names {'no' if not found else 'more than one'} {what}.",
        remedy=f"Give at least four characters of the {what}'s id, as the list shows it{blank}.",
    )


_LEAST = 4
"""Characters of an id that a person gives at least."""
