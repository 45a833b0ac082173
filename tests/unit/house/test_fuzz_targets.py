"""Every reader of what comes from outside, on noise and on good input with damage: only declared errors come out.

The targets are those of ``make fuzz``. What it once found is kept below.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fuzz import targets
from fuzz.target import Target
from fuzz.targets import TARGETS

READERS = ("evolis.replies", "magicard.replies", "zebra.replies", "matica.blocks", "matica.wires.scsi", "cups.ipp")
INPUTS = ("reply", "raw", "buffer", "data", "value", "text", "answers")
NOT_FROM_OUTSIDE = {"block", "upload"}  # they write
FOUND: list[tuple[str, bytes]] = []

damage = st.lists(
    st.tuples(st.sampled_from(["flip", "cut", "put", "twice"]), st.integers(0, 4096), st.binary(max_size=8)), max_size=4
)


def damaged(good: bytes, blows: list[tuple[str, int, bytes]]) -> bytes:
    for how, where, noise in blows:
        at = where % (len(good) + 1)
        if how == "flip":
            good = good[:at] + bytes(a ^ 1 << where % 8 for a in good[at : at + 1]) + good[at + 1 :]
        elif how == "cut":
            good = good[:at]
        elif how == "put":
            good = good[:at] + noise + good[at:]
        else:
            good = good[:at] + good
    return good


@pytest.mark.parametrize("name", list(TARGETS))
@settings(max_examples=20)
@given(data=st.data())
def test_only_declared_errors_come_out(name: str, data: st.DataObject) -> None:
    target = TARGETS[name]
    target.run(data.draw(st.binary(max_size=300)))
    target.run(damaged(data.draw(st.sampled_from(target.seeds)), data.draw(damage)))


@pytest.mark.parametrize("name", list(TARGETS))
def test_one_wrong_byte_anywhere_is_read_or_refused(name: str) -> None:
    for seed in TARGETS[name].seeds[:2]:
        for at in range(min(len(seed), 300)):
            for wrong in {0, (seed[at] + 1) % 256} - {seed[at]}:
                TARGETS[name].run(seed[:at] + bytes([wrong]) + seed[at + 1 :])


@pytest.mark.parametrize(("name", "seed"), [(name, seed) for name in TARGETS for seed in TARGETS[name].seeds] + FOUND)
def test_good_input_and_what_was_once_found(name: str, seed: bytes) -> None:
    TARGETS[name].run(seed)


def test_an_error_that_is_not_declared_or_says_nothing_comes_out() -> None:
    def reads(data: bytes) -> None:
        raise KeyError("x") if data else ValueError

    target = Target(reads, (ValueError,), ())
    with pytest.raises(KeyError):
        target.run(b"x")
    with pytest.raises(AssertionError, match="without words"):
        target.run(b"")


def readers() -> Iterator[tuple[str, Callable[..., object]]]:
    for name in READERS:
        module = importlib.import_module(f"drivers.{name}")
        for called, function in inspect.getmembers(module, inspect.isfunction):
            inputs = set(inspect.signature(function).parameters) & set(INPUTS)
            if function.__module__ == module.__name__ and inputs and not called.startswith("_"):
                yield f"{name.replace('.', '_')}.{called}", function


def test_every_reader_of_replies_is_among_the_targets() -> None:
    source = inspect.getsource(targets)
    known = [name for name, _ in readers()]
    assert len(known) > 25
    missing = [name for name in known if name not in source and name.partition(".")[2] not in NOT_FROM_OUTSIDE]
    assert missing == []
