"""Schedules: one fault at every point, pairs, random ones with seeds; a failing one is shrunk to its shortest form."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from types import MappingProxyType

from crash.house import House, Plan, Violation, house
from crash.points import HANDS, KILL, REPLY_FAULTS, WRITE_FAULTS, read_schedule, write_schedule

_PLANNED = (
    "ribbon_end@panel=c", "ribbon_end@panel=k", "ribbon_cut@panel=k", "jam@panel=k", "jam@step=feed",
    "jam@step=before_eject", "jam@step=after_panel,panel=k", "cover@panel=k", "cover@step=before_eject", "head_hot",
    "head_open",
    "power_cut@panel=k", "power_cut@step=feed", "power_cut@step=after_eject", "cable_out@step=panel,panel=k",
    "double_feed", "feeder_empty", "feed_jam", "defect", "hopper_full", "pass_uncounted", "pass_counted_twice",
)  # fmt: skip
"""What goes wrong inside a simulated printer, at a card that a plan names."""
_OWN: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "matica": (
            "film_mark", "ribbon_search@panel=m", "transfer_jam", "retransfer_jam", "eject_jam", "card_uncounted",
            "card_counted_twice", "power_cut@step=before_transfer", "power_cut@step=transfer,at=0.4",
            "cover@step=transfer", "cable_out@reply=print", "cable_out@reply=transfer", "reset@payload=k",
        )
    }
)  # fmt: skip
"""What goes wrong in one family alone."""

PRECIOUS = ("attempt.started", "attempt.printed", "attempt.in_doubt", "attempt.unused", "attempt.spoiled")


@cache
def recorded(family: str, printers: int = 1, records: int = 2) -> tuple[str, ...]:
    """Return the points of a run in which nothing goes wrong."""
    with house(Plan(family, printers, records)) as made:
        made.run()
        return tuple(made.points.names)


def fitting(name: str) -> tuple[str, ...]:
    """Return the faults that can happen at a point of this name."""
    if "commit" in name:
        return (KILL, *HANDS)
    if " < " in name:
        return (KILL, *HANDS, *(REPLY_FAULTS if "before" in name else ("people", "turn")))
    if " > " in name:
        if "before" in name and name.endswith("> Se"):  # only there does the card itself tell who sees it
            return (KILL, *HANDS, *WRITE_FAULTS)
        return (KILL, *HANDS, *(WRITE_FAULTS[:-1] if "before" in name else ("people", "turn")))
    return (KILL, *HANDS)


def singles(family: str, *actions: str, records: int = 2) -> Iterator[Plan]:
    """Give each of these faults at each point at which it can happen."""
    for number, name in enumerate(recorded(family, 1, records), start=1):
        for action in fitting(name):
            if action in actions:
                yield Plan(family, 1, records, schedule={number: (action,)})


def planned(family: str, records: int = 2) -> Iterator[Plan]:
    """Give each fault of the simulated printer at the first card and at the second."""
    for card in range(1, records + 1):
        for text in (*_PLANNED, *_OWN.get(family, ())):
            yield Plan(family, 1, records, faults=(f"p0 {text}{',' if '@' in text else '@'}card={card}",))


def misfed(family: str) -> Iterator[Plan]:
    """Give each fault of the simulated printer at the card, or the two cards, after two blanks were fed at once."""
    for plan in planned(family, 1):
        (fault,) = plan.faults
        for cards in ((2,), (2, 3)):
            later = (fault.removesuffix("card=1") + f"card={card}" for card in cards)
            yield Plan(family, 1, 3, faults=("p0 double_feed@card=1", *later))


def drawn(seed: int, families: tuple[str, ...] = ("evolis",)) -> Plan:
    """Draw a plan: 1 or 2 printers, 2 or 3 records, 1 to 4 faults."""
    chance = random.Random(seed)
    family = families[seed % len(families)]
    printers, records = chance.choice((1, 1, 2)), chance.choice((2, 3))
    names = recorded(family, printers, records)
    faults, schedule = [], {}
    commits = [number for number, name in enumerate(names, start=1) if "commit attempt" in name]
    for _ in range(chance.randint(1, 4)):
        if chance.random() < 0.25:
            text = chance.choice((*_PLANNED, *_OWN.get(family, ())))
            faults.append(
                f"p{chance.randrange(printers)} {text}{',' if '@' in text else '@'}card={chance.randint(1, 3)}"
            )
            continue
        number = chance.randint(1, round(len(names) * 1.3))
        if chance.random() < 0.3:  # near the two commits that matter
            number = max(1, chance.choice(commits) + chance.randint(-12, 12))
        name = names[number - 1] if number <= len(names) else " < before"
        schedule[number] = (KILL,) if chance.random() < 0.3 else (chance.choice(fitting(name)),)
    return Plan(family, printers, records, tuple(faults), schedule)


def lived(plan: Plan) -> House:
    """Live through a plan. :raises Violation: with the shortest plan that still breaks a rule, as a script."""
    try:
        with house(plan) as made:
            return made.run()
    except Exception as broken:
        short = shrunk(plan, fails)
        raise Violation(f"{broken}\n\n    {script(short)}\n\nshrunk from {script(plan)}") from broken


def fails(plan: Plan) -> bool:
    """Tell whether a plan breaks a rule."""
    try:
        with house(plan) as made:
            made.run()
    except Exception:  # noqa: BLE001 - a defect of printd is a failure as well
        return True
    return False


def shrunk(plan: Plan, still: Callable[[Plan], bool]) -> Plan:
    """Return the shortest plan that still fails: fewer faults, printers and records."""
    while True:
        for smaller in _smaller(plan):
            if still(smaller):
                plan = smaller
                break
        else:
            return plan


def _smaller(plan: Plan) -> Iterator[Plan]:
    for number in plan.schedule:
        yield replace(plan, schedule={other: what for other, what in plan.schedule.items() if other != number})
    for index in range(len(plan.faults)):
        yield replace(plan, faults=plan.faults[:index] + plan.faults[index + 1 :])
    if plan.records > 1:
        yield replace(plan, records=plan.records - 1)
    if plan.printers > 1 and not any(text.startswith("p1") for text in plan.faults):
        yield replace(plan, printers=1)


def script(plan: Plan) -> str:
    """Return the command that lives through a plan again."""
    return f"python -m crash.replay '{write_plan(plan)}'"


def write_plan(plan: Plan) -> str:
    """Return a plan as one line: ``evolis/1/2 17:kill,30:lost p0 jam@panel=k,card=1``."""
    head = f"{plan.family}/{plan.printers}/{plan.records}"
    return " ".join([head, write_schedule(plan.schedule) or "-", *plan.faults])


def read_plan(text: str) -> Plan:
    """Read what :func:`write_plan` wrote."""
    head, schedule, *faults = text.split(" ")
    family, printers, records = head.split("/")
    pairs = tuple(f"{name} {fault}" for name, fault in zip(faults[::2], faults[1::2], strict=True))
    return Plan(family, int(printers), int(records), pairs, {} if schedule == "-" else read_schedule(schedule))
