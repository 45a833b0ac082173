"""Why a job waits and which goes next: the dispatcher over the books of random shops, against the reasons told."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some

from printd.desk.catalogue import ACTS
from printd.desk.waiting import say
from printd.printing import waiting
from printd.printing.dispatch import Dispatcher, read_usage
from printd.printing.policy import Usage
from printd.printing.shown import Shown
from printd.printing.waiting import Job, Kind, Now, Press, Why, why_waits
from printd.remedies import DO
from printd.shop.config import Policy, PriorityClass
from printd.store.tables.attempts import attempt
from printd.store.tables.jobs import job
from printd.store.tables.records import record as record_table
from printd.words.moments import stamp
from printd.words.reasons import PRINT_REASONS, HeldBecause
from printd.words.states import AttemptState, JobState, PrinterState
from support.counter import Counter, counter
from support.deliberate import line, notices

AREAS = ("53.71.01", "53.71.04")
REASONS = PRINT_REASONS[:3]
IN_TURN = {Why.NEXT, Why.CLASS}
"""Reasons of a job that waits for nothing but the jobs before it, so that it is handed out in its turn."""


@dataclass(frozen=True)
class Wish:
    """A job that is there, as its row has it; ``override`` is its place among those that two people let go first."""

    kind: Kind
    state: JobState = JobState.QUEUED
    override: int | None = None


@dataclass(frozen=True)
class Shopful:
    """A policy, the cards of today, and the jobs in the order of the queue."""

    policy: Policy
    printed: list[Kind]
    wishes: list[Wish]


def kinds() -> some.SearchStrategy[Kind]:
    """Return kinds of jobs, most of them for the blanks that are there."""
    return some.builds(
        Kind,
        stock_type=some.sampled_from(("WNI", "WNI", "WNI", "WNI", "OA")),
        generation=some.sampled_from((None, "5", "4.8")),
        reason=some.sampled_from((*REASONS, None)),
        area=some.sampled_from((*AREAS, None)),
    )


@some.composite
def shopfuls(draw: some.DrawFn) -> Shopful:
    """Return shops in which caps, quotas, the floor and the longest wait often decide."""
    named = draw(some.permutations(REASONS))[: draw(some.sampled_from((0, 1, 2, 2, 3)))]
    ends = sorted(draw(some.sets(some.integers(1, len(named)), max_size=2)) | {len(named)}) if named else []
    policy = Policy(
        classes=[
            PriorityClass(
                name=f"class{number}",
                reasons=list(named[begin:end]),
                daily_cap=draw(some.sampled_from((None, None, 0, 1, 2))),
                below_floor=draw(some.booleans()),
            )
            for number, (begin, end) in enumerate(zip([0, *ends], ends, strict=False))
        ],
        oldest_every=draw(some.sampled_from((0, 1, 2, 3))),
        reserve_floor=draw(some.sampled_from((0, 0, 0, 100))),
        quotas=draw(some.dictionaries(some.sampled_from(AREAS), some.integers(0, 3), max_size=1)),
    )
    states = some.sampled_from((JobState.QUEUED,) * 5 + (JobState.HELD, JobState.FINISHED))
    wishes = draw(some.lists(some.builds(Wish, kinds(), states), min_size=3, max_size=8))
    first = draw(some.permutations(range(len(wishes))))[: draw(some.sampled_from((0, 0, 1, 2)))]
    for number, index in enumerate(first):
        wishes[index] = Wish(wishes[index].kind, wishes[index].state, number + 1)
    return Shopful(policy, draw(some.lists(kinds(), max_size=2)), wishes)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Counter]:
    """A shop with a hundred blanks of type WNI, generation 5, in the store."""
    extra = ""
    if request.param == "postgres":
        extra = f'\n[database]\nurl = "{request.getfixturevalue("new_postgres")(False)}"\n'
    with counter(tmp_path / "shop", extra) as made:
        made.announce()
        made.receive()
        yield made


def furnish(office: Counter, shop: Shopful) -> None:
    """Write the jobs and the cards of a shop, in place of those of the one before."""
    at = stamp(office.now)
    wishes = [*shop.wishes, *(Wish(kind, JobState.FINISHED) for kind in shop.printed)]
    record = {"source": "s", "remote_status": "s", "reason": "baru", "stock_type": "WNI", "warnings": ""}
    with office.shop.store.writing() as connection:
        for table in (attempt, job, record_table):
            connection.execute(table.delete())
        for number, one in enumerate(wishes):
            who = {"id": f"r{number}", "holder": f"h{number}", "digest": f"d{number}", "received_at": at}
            connection.execute(record_table.insert(), record | who)
            about = {"id": f"j{number}", "record_id": f"r{number}", "holder": f"h{number}", "place_in_queue": number}
            state = {"state": one.state, "override_seq": one.override, "created_at": at}
            connection.execute(job.insert(), about | state | asdict(one.kind))
        for number in range(len(shop.wishes), len(wishes)):
            card = {"id": f"a{number}", "job_id": f"j{number}", "number": 1, "serial": f"X{number}", "printer": "p1"}
            how = {"operator": "siti", "artwork": "a", "counters": "{}", "evidence": "[]", "opened_at": at}
            connection.execute(attempt.insert(), card | how | {"state": AttemptState.PRINTED})


def usage_of(office: Counter, shop: Shopful, taken: Iterable[Wish]) -> Usage:
    """Return what the policy counts, as if what was taken up were printed."""
    with office.shop.store.reading() as connection:
        usage = read_usage(connection, shop.policy, office.shop.zone, office.shop.books.clock)
    for one in taken:
        usage.today[str(one.kind.reason)] += 1
        usage.by_area[str(one.kind.area)] += 1
    return usage


def in_order(shop: Shopful, usage: Usage, job: str) -> tuple[int, int]:
    """Return where a job stands among those that may go: the rule of docs/configuration.md, written once more."""
    place = int(job[1:])
    one = shop.wishes[place]
    if one.override is not None:
        return -1, one.override
    every, reasons = shop.policy.oldest_every, [group.reasons for group in shop.policy.classes]
    if reasons and every and usage.today.total() % every == 0:
        return 0, place
    return next((nth for nth, named in enumerate(reasons) if one.kind.reason in named), len(reasons)), place


IDLE = Press(Shown(PrinterState.IDLE), {("WNI", "5")})
MANY = settings(
    max_examples=200,
    deadline=None,
    derandomize=True,
    database=None,
    report_multiple_bugs=False,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@notices(
    {
        "a quota is told and not held": line(waiting.turns, "spent_areas(policy, usage)", "()"),
        "a quota is held and not told": line(
            waiting._kept_kind, "if kind.area is not None and kind.area in spent_areas(policy, usage):", "if False:"
        ),
        "below the floor goes what no class names": line(
            waiting.turns, "others = _kept(policy, usage, stock_type, None) is None", "others = True"
        ),
        "a class that is kept goes all the same": line(
            waiting.turns, "if _kept(policy, usage, stock_type, one) is None", "if True"
        ),
        "a class that is kept goes with the longest wait": line(
            waiting.turns, "if reason not in _reasons(classes)", "if False"
        ),
        "what no class names never waits longest": line(
            waiting.turns,
            'every = Turn("longest_wait", None, kept, areas)',
            'every = Turn("longest_wait", _reasons(classes), (), areas)',
        ),
        "two people move a job past no cap": line(waiting._queued, "if not job.overridden:", "if True:"),
        "a class goes first of which every job is kept": line(
            waiting._goes, "_kept_kind(kind, now.policy, now.usage) is None", "True"
        ),
        "a class goes first of which no blank is there": line(waiting._goes, "_no_blank(kind, now) is None", "True"),
        "what is taken up is not counted": line(Dispatcher._in_order, 'usage.today[row["reason"]] += 1', "pass"),
    }
)
def test_a_job_is_given_out_when_it_waits_for_nothing_but_its_turn(office: Counter, deliberate_bug: object) -> None:
    """Of those that do, the first in order; one that waits for another class, only after it or as the longest wait."""

    phases = (Phase.generate,) if deliberate_bug else (Phase.generate, Phase.shrink)

    @settings(MANY, phases=phases)
    @given(shopfuls())
    def drained(shop: Shopful) -> None:
        furnish(office, shop)
        dispatcher = Dispatcher(office.shop.store, shop.policy, office.shop.zone, office.shop.books.clock)
        left = {f"j{number}": one for number, one in enumerate(shop.wishes) if one.state is JobState.QUEUED}
        taken: list[Wish] = []
        while True:
            usage = usage_of(office, shop, taken)
            now = Now(shop.policy, usage, {"p1": IDLE}, queue={one.kind for one in left.values()})
            told = {
                name: why_waits(Job(name, one.state, one.kind, one.override is not None), now)
                for name, one in left.items()
            }
            for waits in filter(None, told.values()):
                assert (DO in say(waits)) == (waits.do is not None)
            named = {name: waits for name, waits in told.items() if waits is not None and waits.why in IN_TURN}
            given_out = dispatcher.take("WNI", "5", "p1")
            expected = min(named, key=lambda name: in_order(shop, usage, name), default=None)
            assert (None if given_out is None else given_out.job) == expected, told
            for waits in named.values():
                if waits.why is Why.CLASS:
                    first = next(one for one in shop.policy.classes if one.name == waits.facts["name"])
                    assert any(left[other].kind.reason in first.reasons for other in named), "nobody of it may go"
            if expected is None:
                return
            longest = in_order(shop, usage, expected)[0] == 0
            assert longest or named[expected].why is Why.NEXT, "it waits for a class that does not go"
            taken.append(left.pop(expected))

    drained()


def test_every_hold_has_its_reason_and_names_an_act_that_there_is() -> None:
    now = Now(Policy(), Usage(), {})
    told = {}
    for because in HeldBecause:
        waits = why_waits(Job("j", JobState.HELD, Kind("WNI"), held_because=because), now)
        assert waits is not None
        assert waits.do is not None
        assert waits.do.act in ACTS
        assert DO in say(waits)
        told[waits.why] = f"held:{because}"
    assert told == {one: one.value for one in Why if one.startswith("held:")}


def test_a_job_waits_for_all_that_stands_still() -> None:
    """The first reason is told that nothing but a person or the counter ends."""
    blanks = {("WNI", "5")}
    stopped = Shown(PrinterState.STOPPED, ("marker-supply-empty-error", "media-low-warning"))
    presses = {
        "p1": Press(Shown(PrinterState.IN_DOUBT, ("other-error",)), blanks),
        "p2": Press(Shown(PrinterState.IN_DOUBT), blanks),
        "p3": Press(stopped, blanks),
        "p4": Press(Shown(PrinterState.HANGS), blanks),
    }
    job = Job("j", JobState.QUEUED, Kind("WNI"))
    now = Now(Policy(), Usage(), presses)
    assert _said(job, now) == (
        "every printer stands still: 1 hangs, 2 in doubt, 1 stopped (marker-supply-empty-error, media-low-warning)"
    )
    idle = Press(Shown(PrinterState.IDLE), {("WNI", "4.8")})
    assert _said(job, replace(now, presses=presses | {"p5": idle})) == "its turn comes in the order of the queue"
    only = replace(job, kind=Kind("WNI", "5"))
    said = _said(only, replace(now, presses={"p1": presses["p1"], "p5": idle}))
    assert said == "every printer that has a blank for it stands still: 1 in doubt"
    unable = replace(idle, blanks=blanks, has_station=False)
    said = _said(only, replace(now, presses={"p5": unable, "p6": idle}, station="contact"))
    assert said == "no blank of generation 5 is in a hopper of a printer with a contact station (p6)"
    off = Press(Shown(PrinterState.NOT_RUNNING), blanks)
    said = _said(job, replace(now, presses={"p1": off}, runs=False))
    assert said == f"its turn comes in the order of the queue; nothing is printed until the daemon runs: {DO}"
    assert _said(job, replace(now, halted="The disk is full.", counting="S-1")) == "shift S-1 is being counted"


def _said(job: Job, now: Now) -> str:
    waits = why_waits(job, now)
    assert waits is not None
    return say(waits)
