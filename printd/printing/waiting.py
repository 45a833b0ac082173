"""Why a job waits, and which goes next: the order and the reason come from the same rules. Pure.

:func:`turns` gives the order in which the dispatcher hands jobs out, :func:`why_waits` the rule that keeps one of them;
a test holds the two against each other.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType
from typing import Literal, TypedDict, assert_never

from printd.printing.policy import Usage, class_of, is_below_floor, is_capped, longest_wait_counts, rank, spent_areas
from printd.printing.shown import Shown, in_short, works
from printd.remedies import Do
from printd.shop.config import Policy, PriorityClass
from printd.words.reasons import HeldBecause
from printd.words.states import JobState, PrinterState


class Why(StrEnum):
    """Why a job is not being printed."""

    HELD_WARNINGS = "held:warnings"
    HELD_OPERATOR = "held:operator"
    HELD_ARTWORK = "held:artwork"
    HELD_STALE = "held:stale"
    HELD_RESTORED = "held:restored"
    HELD_ALTERED = "held:altered"
    HELD_SPOILED = "held:spoiled"
    IN_DOUBT = "in_doubt"
    COUNTING = "counting"
    HALTED = "halted"  # no card is begun in the whole shop
    NO_STATION = "no_station"
    NO_BLANK = "no_blank"
    WRONG_GENERATION = "wrong_generation"
    CAP = "cap"
    QUOTA = "quota"
    FLOOR = "floor"
    NO_PRINTER = "no_printer"  # every printer that could print it stands still
    CLASS = "class"  # another class goes first
    NEXT = "next"  # nothing but the jobs before it


_HELD = MappingProxyType(
    {
        HeldBecause.WARNINGS: Why.HELD_WARNINGS,
        HeldBecause.OPERATOR: Why.HELD_OPERATOR,
        HeldBecause.ARTWORK: Why.HELD_ARTWORK,
        HeldBecause.STALE: Why.HELD_STALE,
        HeldBecause.RESTORED: Why.HELD_RESTORED,
        HeldBecause.ALTERED: Why.HELD_ALTERED,
        HeldBecause.SPOILED: Why.HELD_SPOILED,
    }
)


class Facts(TypedDict, total=False):
    """What a reason's sentence names. Each reason has its own few."""

    stock_type: str
    generation: str
    station: str
    able: tuple[str, ...]  # the printers that have this station
    name: str  # of a class
    most: int
    area: str
    left: int  # blanks
    oldest_every: int
    shift: str
    message: str  # what ails the shop, or what is known of a card in doubt
    still: tuple[tuple[int, str], ...]  # how many printers stand still, and in what state
    fits_all: bool  # they are all printers of the shop
    overridden: bool
    runs: bool  # the daemon


@dataclass(frozen=True)
class Waits:
    """Why a job waits.

    :param do: the act that helps; ``None``: none does.
    """

    why: Why
    facts: Facts = field(default_factory=Facts)
    do: Do | None = None


@dataclass(frozen=True)
class Kind:
    """What the rules ask of a job in the queue.

    :param generation: of the blank it must be printed on; ``None``: any.
    """

    stock_type: str
    generation: str | None = None
    reason: str | None = None
    area: str | None = None


@dataclass(frozen=True)
class Job:
    """A job as it stands.

    :param overridden: two people let it go first.
    :param doubt: what is known of its card in doubt.
    """

    id: str
    state: JobState
    kind: Kind
    overridden: bool = False
    held_because: HeldBecause | None = None
    doubt: str = ""


@dataclass(frozen=True)
class Press:
    """A printer as it stands: what it shows, and what lies in its hopper.

    :param blanks: stock type and generation of each kind.
    :param has_station: whether it can hold a card where its chip is read or written, if that must be.
    """

    shown: Shown
    blanks: Collection[tuple[str, str]] = ()
    has_station: bool = True


@dataclass(frozen=True)
class Now:
    """A shop at one moment.

    :param queue: the kinds of jobs in the queue, each once.
    :param station: where a chip must be read or written before a card is printed; empty: nowhere.
    :param halted: why no card is begun in the whole shop.
    :param counting: the shift that is being counted.
    :param runs: whether the daemon runs.
    """

    policy: Policy
    usage: Usage
    presses: Mapping[str, Press]
    queue: Collection[Kind] = ()
    station: str = ""
    halted: str = ""
    counting: str = ""
    runs: bool = True

    @cached_property
    def able(self) -> tuple[str, ...]:
        """The printers that can hold a card where its chip is read or written."""
        return tuple(sorted(name for name, press in self.presses.items() if press.has_station))

    @cached_property
    def loaded(self) -> Mapping[str, set[str]]:
        """Generations of the blanks in their hoppers by stock type."""
        found: dict[str, set[str]] = defaultdict(set)
        for name in self.able:
            for stock_type, generation in self.presses[name].blanks:
                found[stock_type].add(generation)
        return found

    @cached_property
    def going(self) -> Collection[tuple[str, str]]:
        """Stock type and name of each class of which a job in the queue may go now."""
        return {
            (kind.stock_type, own.name)
            for kind in self.queue
            if (own := class_of(self.policy, kind.reason)) is not None and _goes(kind, self)
        }


@dataclass(frozen=True)
class Turn:
    """Jobs that may go now, in the order of the queue.

    :param by: whose turn it is, as an attempt's entry says.
    :param reasons: reasons they must have; ``None``: any but ``not_reasons``.
    """

    by: Literal["longest_wait", "class", "order"]
    reasons: tuple[str, ...] | None
    not_reasons: tuple[str, ...]
    not_areas: tuple[str, ...]


def turns(policy: Policy, usage: Usage, stock_type: str) -> Iterator[Turn]:
    """Yield who may go after those that two people let go first: where the longest wait counts, all together before
    the classes, which follow in their order; at last what no class names.
    """
    areas = spent_areas(policy, usage)
    classes = [one for one in policy.classes if _kept(policy, usage, stock_type, one) is None]
    others = _kept(policy, usage, stock_type, None) is None
    named = _reasons(policy.classes)
    if longest_wait_counts(policy, usage):
        kept = tuple(reason for reason in named if reason not in _reasons(classes))
        every = Turn("longest_wait", None, kept, areas)
        yield every if others else Turn("longest_wait", _reasons(classes), (), areas)
    for one in classes:
        yield Turn("class", tuple(one.reasons), (), areas)
    if others:
        yield Turn("order", None, named, areas)


def _reasons(classes: Iterable[PriorityClass]) -> tuple[str, ...]:
    return tuple(reason for one in classes for reason in one.reasons)


def why_waits(job: Job, now: Now) -> Waits | None:
    """Return why a job waits; ``None``: it prints, or the next step is the counter's."""
    match job.state:
        case JobState.QUEUED:
            return _queued(job, now)
        case JobState.HELD:
            assert job.held_because is not None
            return _held(job.held_because)
        case JobState.IN_DOUBT:
            return Waits(Why.IN_DOUBT, {"message": job.doubt}, Do("jobs.resolve", job=job.id))
        case JobState.PRINTING | JobState.PRINTED | JobState.FINISHED | JobState.HANDED_OVER | JobState.CANCELLED:
            return None
        case _:
            assert_never(job.state)


def _held(because: HeldBecause) -> Waits:
    why = _HELD[because]
    match because:
        case HeldBecause.WARNINGS:
            return Waits(why, do=Do("records.acknowledge"))
        case HeldBecause.ARTWORK | HeldBecause.ALTERED:
            return Waits(why, do=Do("jobs.show"))
        case HeldBecause.OPERATOR | HeldBecause.STALE | HeldBecause.RESTORED:
            return Waits(why, do=Do("jobs.release"))
        case HeldBecause.SPOILED:
            return Waits(why, do=Do("jobs.reprint"))
        case _:
            assert_never(because)


def _queued(job: Job, now: Now) -> Waits:
    if now.counting:
        return Waits(Why.COUNTING, {"shift": now.counting})
    if now.halted:
        return Waits(Why.HALTED, {"message": now.halted})
    lacking = _no_blank(job.kind, now)
    if lacking is not None:
        return lacking
    if not job.overridden:
        kept = _kept_kind(job.kind, now.policy, now.usage)
        if kept is not None:
            return kept
    still = _no_printer(job.kind, now)
    if still is not None:
        return still
    higher = None if job.overridden else _class_before(job.kind, now)
    do = None if now.runs else Do("run")
    if higher is not None:
        every = now.policy.oldest_every
        return Waits(Why.CLASS, {"name": higher.name, "oldest_every": every, "runs": now.runs}, do)
    return Waits(Why.NEXT, {"overridden": job.overridden, "runs": now.runs}, do)


def _no_blank(kind: Kind, now: Now) -> Waits | None:
    """Return that no printer with the station, where one must be, has a blank for it."""
    about: Facts = {"stock_type": kind.stock_type}
    if now.station:
        if not now.able:
            return Waits(Why.NO_STATION, {"station": now.station})
        about |= {"station": now.station, "able": now.able}
    made = now.loaded.get(kind.stock_type, set())
    if not made:
        return Waits(Why.NO_BLANK, about)
    if kind.generation is not None and kind.generation not in made:
        return Waits(Why.WRONG_GENERATION, about | {"generation": kind.generation})
    return None


def _kept_kind(kind: Kind, policy: Policy, usage: Usage) -> Waits | None:
    """Return which rule of the policy keeps a kind of job from being printed now."""
    own = class_of(policy, kind.reason)
    kept = _kept(policy, usage, kind.stock_type, own)
    if kept is not None and kept.why is Why.CAP:
        return kept
    if kind.area is not None and kind.area in spent_areas(policy, usage):
        return Waits(Why.QUOTA, {"area": kind.area, "most": policy.quotas[kind.area]})
    return kept


def _kept(policy: Policy, usage: Usage, stock_type: str, own: PriorityClass | None) -> Waits | None:
    """Return which rule keeps a whole class, or what no class names, from being printed now: its cap, or the floor."""
    if own is not None and own.daily_cap is not None and is_capped(own, usage):
        return Waits(Why.CAP, {"name": own.name, "most": own.daily_cap})
    if is_below_floor(policy, usage, stock_type) and not (own is not None and own.below_floor):
        return Waits(Why.FLOOR, {"left": usage.stock.get(stock_type, 0), "most": policy.reserve_floor})
    return None


def _goes(kind: Kind, now: Now) -> bool:
    """Tell whether jobs of a kind are handed out now, each in its turn."""
    return _no_blank(kind, now) is None and _kept_kind(kind, now.policy, now.usage) is None


def _fits(kind: Kind, press: Press) -> bool:
    """Tell whether a blank for this kind of job lies in the hopper of a printer that may print it."""
    return press.has_station and any(
        stock_type == kind.stock_type and kind.generation in (None, made) for stock_type, made in press.blanks
    )


def _no_printer(kind: Kind, now: Now) -> Waits | None:
    """Return that each printer that has a blank for it stands still."""
    fit = [one.shown for one in now.presses.values() if _fits(kind, one)]
    if any(works(one.state) for one in fit):
        return None
    if not now.runs and any(one.state is PrinterState.NOT_RUNNING for one in fit):
        return None  # it would print if the daemon ran
    still = tuple((number, words) for words, number in sorted(Counter(map(in_short, fit)).items()))
    return Waits(Why.NO_PRINTER, {"still": still, "fits_all": len(fit) == len(now.presses)})


def _class_before(kind: Kind, now: Now) -> PriorityClass | None:
    """Return the first class before its own of which a job may go now."""
    before = now.policy.classes[: rank(now.policy, kind.reason)]
    return next((one for one in before if (kind.stock_type, one.name) in now.going), None)
