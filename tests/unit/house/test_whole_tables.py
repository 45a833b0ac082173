"""A table by the members of an enum has all of them, so that no member that is added later ends a command."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from enum import Enum

import pytest

import drivers
import hardware_mocks
import layouts
import printd
from printd.custody import flows
from printd.projections import jobs as job_projections
from printd.words.places import Kind
from printd.words.reasons import HeldBecause
from printd.words.states import AttemptState
from printd.words.subjects import Subject

PARTIAL = {
    # A destroyed blank is what it was before.
    "printd.custody.flows._ACCOUNTS": {Kind.DESTROYED},
    # What a shift has in hand comes from few kinds of places, and never goes out of the house.
    "printd.custody.flows._BROUGHT": set(Kind) - {Kind.STORE, Kind.SKIPPED, Kind.MISSING},
    "printd.custody.flows._TAKEN": flows.IN_HAND
    | {Kind.TRANSIT, Kind.DESTROYED, Kind.RETURNED, Kind.TRANSFER, Kind.SITE},
    # What is with its holder, gone or destroyed is nothing that is left.
    "printd.custody.inventory._STANDS": {Kind.HOLDER, Kind.DESTROYED, Kind.RETURNED, Kind.MISSING, Kind.SKIPPED},
    # Only a delivery, a transfer and a site leave a difference open.
    "printd.projections.discrepancies._IN": set(Subject) - {Subject.DELIVERY, Subject.TRANSFER, Subject.SITE},
    # What a site has leaves it to few kinds of places.
    "printd.reports.registers.units._LEAVES": set(Kind) - {Kind.HOLDER, Kind.MISSING, Kind.RETURNED, Kind.SPOILED},
    # An attempt ends in one of the other states; the log has no entry attempt.open.
    "printd.projections.attempts._ENDS": {AttemptState.OPEN},
}
"""Tables that lack members on purpose, each with its reason."""


def _tables() -> Iterator[tuple[str, type[Enum], set[Enum]]]:
    """Yield every table of a module by members of one enum: its name, the enum, the members it has."""
    for package in (drivers, hardware_mocks, layouts, printd):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".migrations" in found.name or found.name.endswith("__main__"):
                continue
            module = importlib.import_module(found.name)
            for name, value in vars(module).items():
                if isinstance(value, Mapping) and value and all(isinstance(key, Enum) for key in value):
                    kind = type(next(iter(value)))
                    if all(isinstance(key, kind) for key in value):
                        yield f"{found.name}.{name}", kind, set(value)


TABLES = list(_tables())


def test_the_tables_are_found() -> None:
    names = {name for name, _, _ in TABLES}
    assert {"printd.printing.waiting._HELD", "printd.words.states._DONE", *PARTIAL} <= names


@pytest.mark.parametrize(("name", "kind", "there"), TABLES, ids=[name for name, _, _ in TABLES])
def test_a_table_lacks_no_member(name: str, kind: type[Enum], there: set[Enum]) -> None:
    assert set(kind) - there == PARTIAL.get(name, set())


def test_each_reason_that_holds_a_job_ends_by_one_act() -> None:
    """Release and reprint share them out; warnings are acknowledged."""
    shared = [because for some in job_projections._LETS_GO.values() for because in some]
    assert sorted([*shared, HeldBecause.WARNINGS]) == sorted(HeldBecause)
