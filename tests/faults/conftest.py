"""Disks, processes and shops of a run; each worker has its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from faults.disk import Kind, NoDiskError, must_have
from faults.ground import Ground, Grounds, Processes, ground


@pytest.fixture(scope="session")
def processes() -> Iterator[Processes]:
    """Whoever forks commands and daemons."""
    made = Processes()
    yield made
    made.close()


@pytest.fixture(scope="session")
def _grounds(processes: Processes, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grounds]:
    """One ground of each kind, made when it is first asked for."""
    with ExitStack() as stack:
        made: dict[Kind, Ground] = {}

        def give(kind: Kind) -> Ground:
            if kind not in made:
                try:
                    made[kind] = stack.enter_context(ground(kind, processes, tmp_path_factory.mktemp(kind)))
                except NoDiskError as missing:
                    must_have(missing)
            return made[kind]

        yield give


@pytest.fixture
def grounds(_grounds: Grounds) -> Iterator[Grounds]:
    """Grounds that are empty again afterwards."""
    used: list[Ground] = []

    def give(kind: Kind) -> Ground:
        used.append(_grounds(kind))
        return used[-1]

    yield give
    for one in used:
        one.clear()
