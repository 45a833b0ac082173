"""A table by the members of an enum has all of them, so that no member that is added later ends a command."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from enum import Enum

import pytest

import drivers
import layouts
import printd
from drivers.printer import Station
from printd.words.places import Kind
from printd.words.states import AttemptState

PARTIAL = {
    # A destroyed blank is what it was before.
    "printd.custody.flows._ACCOUNTS": {Kind.DESTROYED},
    # An attempt ends in one of the other states; the log has no entry attempt.open.
    "printd.projections.attempts._ENDS": {AttemptState.OPEN},
    # At the print station nothing is engaged: the driver asks for the other two alone.
    "drivers.matica.wires.ethernet._ENGAGED": {Station.PRINT},
    "drivers.matica.scsi.ENGAGE": {Station.PRINT},
    "drivers.matica.scsi.RELEASE": {Station.PRINT},
}
"""Tables that lack members on purpose, each with its reason."""


def _tables() -> Iterator[tuple[str, type[Enum], set[Enum]]]:
    """Yield every table of a module by members of one enum: its name, the enum, the members it has."""
    for package in (drivers, layouts, printd):
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
    assert {"printd.desk.waiting._HELD", "printd.words.states._DONE", *PARTIAL} <= names


@pytest.mark.parametrize(("name", "kind", "there"), TABLES, ids=[name for name, _, _ in TABLES])
def test_a_table_lacks_no_member(name: str, kind: type[Enum], there: set[Enum]) -> None:
    assert set(kind) - there == PARTIAL.get(name, set())
