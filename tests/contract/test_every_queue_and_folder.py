"""The contract suite on the drivers that no simulated printer hangs on: queues of a real cupsd, and folders.

As in :mod:`contract.test_every_driver`: whatever the wire does, *printed* only of a card that is there, *unused* only
where nothing was printed. Of a queue nothing is ever *printed*.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract.cups_desk import CupsDesk, Queue, cups_desk, missing, until
from contract.presses import WHOLE, Counted, artwork, soon
from contract.relay import Relay, relay
from drivers import encode, open_printer
from drivers.errors import DriverError, NotFoundError
from drivers.picture.printer import BOOK
from drivers.printer import CardPrinter, Confirmation, Counters, EncodedCard, Outcome, Rung, State


def tried(printer: CardPrinter, before: Counters, card: EncodedCard) -> Confirmation:
    with contextlib.suppress(DriverError):
        printer.print(card, soon())
    return printer.confirm(before, card, soon())


# --- queues ---


@pytest.fixture(scope="module")
def cupsd() -> Iterator[CupsDesk]:
    if why := missing():
        if os.environ.get("CI") == "true":
            pytest.fail(why)
        pytest.skip(why)
    with cups_desk() as made:
        yield made


@pytest.fixture(scope="module")
def page() -> EncodedCard:
    return encode(artwork(), model="cr80", family="cups")


@dataclass
class Press:
    """One queue behind a relay."""

    cupsd: CupsDesk
    queue: Queue
    wire: Relay

    def open(self) -> CardPrinter:
        uri = f"cups://127.0.0.1:{self.wire.port}/{self.queue.name}"
        return open_printer(uri, family="cups", model="cr80", deadline=soon())

    def hold(self, found: Confirmation) -> None:
        """Hold what the driver says against what reached the printer."""
        assert found.outcome in (Outcome.IN_DOUBT, Outcome.UNUSED), "data that left is no card"
        assert found.findings
        if found.outcome is Outcome.UNUSED:
            assert self.queue.received() == [], "unused, and the printer had it"


@contextlib.contextmanager
def press(cupsd: CupsDesk, manner: str, at: int = 0) -> Iterator[Press]:
    with relay(cupsd.root / "sock", manner, at) as wire:
        yield Press(cupsd, cupsd.queue(), wire)


@pytest.mark.cups
@pytest.mark.parametrize("manner", ["whole", "bytes", "delayed"])
def test_a_queue_s_card_is_sent_and_no_more_is_said(cupsd: CupsDesk, page: EncodedCard, manner: str) -> None:
    with press(cupsd, manner) as desk, contextlib.closing(desk.open()) as printer:
        assert printer.identify(soon()).serial_number
        assert printer.status(soon()).state is State.IDLE
        found = tried(printer, printer.counters(soon()), page)
        assert (found.outcome, found.rung) == (Outcome.IN_DOUBT, Rung.SENT), found.findings
        assert found.raw["job-state"] == "9"
        assert [one.read_bytes() for one in desk.queue.received()] == [page.commands[0]]
        assert printer.status(soon()).state is State.IDLE


@pytest.mark.cups
@pytest.mark.parametrize("manner", ["torn", "answer", "half"])
def test_a_queue_s_connection_that_breaks_proves_nothing_that_is_not_so(
    cupsd: CupsDesk, page: EncodedCard, manner: str, record_property: Counted
) -> None:
    points = range(1, 10) if WHOLE else (1, 4, 6, 9)  # looking, the document, the release, confirming
    record_property("points", len(points))
    for at in points:
        with press(cupsd, "whole") as desk, contextlib.closing(desk.open()) as printer:
            desk.wire.at, desk.wire.manner = desk.wire.exchanges + at, manner
            desk.hold(tried(printer, Counters(), page))
            assert desk.wire.exchanges >= desk.wire.at, f"it broke not at {at}"
            desk.wire.plug()
            with contextlib.closing(desk.open()) as again:
                desk.hold(again.confirm(Counters(), None, soon()))
                until(lambda: not cupsd.unfinished(desk.queue), "nothing is left that would print by itself")
                assert len(desk.queue.received()) <= 1


# --- folders ---


@pytest.fixture(scope="module")
def pictures() -> EncodedCard:
    return encode(artwork(), model="png", family="picture")


def folder(path: Path) -> CardPrinter:
    return open_printer(f"picture:{path}", family="picture", model="png", deadline=soon())


def cards(path: Path) -> list[str]:
    """Cards that lie in a folder, each with all its pictures."""
    laid = sorted(one for one in path.iterdir() if one.name.isdigit())
    assert all(len(list(one.glob("*.png"))) == 6 for one in laid), "a card is there whole or not at all"
    return [one.name for one in laid]


def test_a_folder_s_card_is_printed_and_proved(tmp_path: Path, pictures: EncodedCard) -> None:
    with contextlib.closing(folder(tmp_path)) as printer:
        assert printer.status(soon()).state is State.IDLE
        found = tried(printer, printer.counters(soon()), pictures)
        assert (found.outcome, found.rung) == (Outcome.PRINTED, Rung.LEFT_PRINTER)
        assert found.raw
    assert cards(tmp_path) == ["000001"]


def printing_until(path: Path, card: EncodedCard, last: int) -> int:
    """Print in a process of its own that ends without a word at its n-th act on the folder; return how many it did.

    :param last: that act, counted from 1; 0 for none.
    """
    told, tells = os.pipe()
    child = os.fork()
    if child == 0:
        done = 0

        def look(event: str, arguments: tuple[object, ...]) -> None:
            nonlocal done
            if event in ("open", "os.mkdir", "os.rename", "os.remove", "os.rmdir"):
                done += 1
                if done == last:
                    os._exit(0)

        try:
            printer = folder(path)
            sys.addaudithook(look)
            printer.print(card, soon())
            os.write(tells, str(done).encode())
        finally:
            os._exit(0)
    os.close(tells)
    with os.fdopen(told) as pipe:
        said = pipe.read()
    os.waitpid(child, 0)
    return int(said or 0)


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")  # the child runs nothing that other threads hold
def test_power_lost_at_any_act_on_a_folder_proves_nothing_that_is_not_so(
    tmp_path: Path, pictures: EncodedCard, record_property: Counted
) -> None:
    (tmp_path / "whole").mkdir()
    acts = printing_until(tmp_path / "whole", pictures, 0)
    assert acts > 8, "every picture, the card and the book"
    points = range(1, acts + 1) if WHOLE else (1, 2, acts // 2, *range(acts - 6, acts + 1))
    record_property("points", len(points))
    for last in points:
        place = tmp_path / str(last)
        place.mkdir()
        with contextlib.closing(folder(place)) as printer:
            before = printer.counters(soon())
        assert printing_until(place, pictures, last) == 0
        with contextlib.closing(folder(place)) as printer:
            found = printer.confirm(before, None, soon())
            assert found.outcome in (Outcome.UNUSED, Outcome.IN_DOUBT)
            assert (found.outcome is Outcome.UNUSED) == (cards(place) == [])
            assert printer.status(soon()).state is State.IDLE, "usable again"


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(noise=st.binary(max_size=200))
def test_a_folder_whose_book_is_noise_is_no_printer(tmp_path: Path, noise: bytes) -> None:
    (tmp_path / BOOK).write_bytes(noise)
    with pytest.raises(DriverError) as refused:
        folder(tmp_path)
    assert str(refused.value).isprintable()


def test_a_folder_swapped_for_another_is_seen(tmp_path: Path, pictures: EncodedCard) -> None:
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
    with contextlib.closing(folder(tmp_path / "one")) as printer:
        named = printer.identify(soon()).serial_number
    (tmp_path / "one").rename(tmp_path / "gone")
    with pytest.raises(NotFoundError):
        folder(tmp_path / "one")
    (tmp_path / "other").rename(tmp_path / "one")
    with contextlib.closing(folder(tmp_path / "one")) as printer:
        assert printer.identify(soon()).serial_number != named
