"""The CUPS driver against a real cupsd: what arrives, what is refused, and what nobody may call printed."""

from __future__ import annotations

import contextlib
import functools
import os
import re
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from contract.cups_desk import CupsDesk, Queue, cups_desk, missing, read_raster, until
from drivers import open_printer
from drivers.cups import printer as cups
from drivers.cups.evidence import Job
from drivers.cups.ipp import Operation
from drivers.cups.job import MODELS, encode
from drivers.cups.printer import CupsPrinter
from drivers.cups.raster import document
from drivers.deadline import Deadline
from drivers.errors import AccessError, NoReplyError, NotFoundError, RefusedError
from drivers.printer import (
    Artwork,
    CardPrinter,
    Confirmation,
    Counters,
    EncodedCard,
    Outcome,
    Reason,
    Rung,
    Severity,
    SidePicture,
    State,
    Station,
)

pytestmark = pytest.mark.cups
NONE = Counters()


def soon(seconds: float = 30) -> Deadline:
    return Deadline.after(seconds)


@pytest.fixture(scope="session")
def server() -> Iterator[CupsDesk]:
    """One cupsd for each test process."""
    if why := missing():
        if os.environ.get("CI") == "true":
            pytest.fail(why)
        pytest.skip(why)
    with cups_desk() as made:
        yield made


@dataclass
class Desk:
    """The server, and printers that are closed at the end."""

    cups: CupsDesk
    stack: contextlib.ExitStack

    def open(self, queue: Queue, model: str = "cr80") -> CupsPrinter:
        printer = open_printer(queue.uri, family="cups", model=model, deadline=soon())
        assert isinstance(printer, CupsPrinter)
        self.stack.callback(printer.close)
        return printer


@pytest.fixture
def desk(server: CupsDesk) -> Iterator[Desk]:
    with contextlib.ExitStack() as stack:
        yield Desk(server, stack)


def side(seed: int = 0) -> SidePicture:
    """Noise, plain colour, and lines of one dot: what any scaling would blur."""
    made = SidePicture(
        np.full((648, 1016, 3), 255, np.uint8), np.zeros((648, 1016), np.bool_), np.ones((648, 1016), np.bool_)
    )
    made.colour[50:300, 60:260] = (200, 90, 30)
    made.colour[100:200, 300:700] = np.random.default_rng(seed).integers(0, 256, (100, 400, 3), np.uint8)
    made.resin[400, 100:700] = True
    made.resin[300:600, 800] = True
    made.resin[450:600:2, 100:400:2] = True
    return made


@functools.cache
def card(model: str = "cr80", *, both: bool = False) -> EncodedCard:
    return encode(Artwork(side(), side(1) if both else None), MODELS[model])


def expected(seed: int = 0, width: int = 1011, height: int = 638) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """The picture as it was drawn, black on top, without the bleed that is cut."""
    drawn = side(seed)
    whole = drawn.colour.copy()
    whole[drawn.resin] = 0
    left, top = (1016 - width) // 2, (648 - height) // 2
    return whole[top : top + height, left : left + width]


def tried(printer: CardPrinter, one: EncodedCard, seconds: float = 30) -> Confirmation:
    with contextlib.suppress(RefusedError, NoReplyError):
        printer.print(one, soon(seconds))
    return printer.confirm(NONE, one, soon())


# --- what arrives ---


@pytest.mark.parametrize(
    ("model", "page", "turn"),
    [("cr80", (243, 153), 0), ("cr80-cw", (153, 243), -1), ("cr80-ccw", (153, 243), 1)],
)
def test_a_card_arrives_dot_by_dot(desk: Desk, model: str, page: tuple[int, int], turn: int) -> None:
    queue = desk.cups.queue(page=page)
    printer = desk.open(queue, model)
    found = tried(printer, card(model))
    assert (found.outcome, found.rung) == (Outcome.IN_DOUBT, Rung.SENT), "data that left is no card"
    assert "no more" in found.findings[0]
    (received,) = queue.received()
    assert received.read_bytes() == card(model).commands[0], "CUPS and its filters changed nothing"
    (seen,) = read_raster(received)
    assert np.array_equal(seen.pixels, np.rot90(expected(), turn))
    assert [seen.number(at) for at in (276, 280, 340, 384, 388, 400, 452)] == [300, 300, 1, 8, 24, 19, 1]
    _, user, title, copies, options, *_ = queue.arguments()
    assert (user, copies) == ("printd", "1")
    assert re.fullmatch("card-[0-9a-f]{12}", title), "a job's name tells nothing of the card"
    assert {"print-scaling=none", "number-up=1"} <= set(options.split())


def test_two_sides_are_two_pages_of_one_job(desk: Desk) -> None:
    queue = desk.cups.queue()
    printer = desk.open(queue, "cr80-duplex")
    tried(printer, card("cr80-duplex", both=True))
    (received,) = queue.received()
    front, back = read_raster(received)
    assert np.array_equal(front.pixels, expected(0))
    assert np.array_equal(back.pixels, expected(1))
    assert (front.number(272), front.number(368)) == (1, 0), "turned about the long edge"
    assert "two-sided-long-edge" in queue.arguments()[4]


def test_a_card_arrives_at_an_ipp_printer_dot_by_dot(desk: Desk) -> None:
    with desk.cups.ipp_printer() as (device, folder):
        queue = desk.cups.queue(device=f"once:{device}")
        found = tried(desk.open(queue), card())
        assert found.raw["job-state"] == "9", (found.findings, (desk.cups.root / "log/error").read_text()[-3000:])
        files = [one for one in folder.iterdir() if one.read_bytes()[:4] == b"RaS2"]
        assert len(files) == 1
        (seen,) = read_raster(files[0])
        assert np.array_equal(seen.pixels, expected())


def test_libcups_reads_whatever_is_packed(server: CupsDesk, tmp_path: Path) -> None:
    chance = np.random.default_rng(5)
    for width in (1, 2, 3, 127, 128, 129, 130, 256, 257, 1011):
        for colours in (1, 2, 256):
            page = chance.integers(0, colours, (5, width, 3), np.uint8)
            tall = np.repeat(page, [1, 2, 256, 257, 300], axis=0)
            file = tmp_path / "page"
            file.write_bytes(document([tall, tall[::-1]], dpi=300, page_size="custom_x_1x1mm"))
            first, second = read_raster(file)
            assert np.array_equal(first.pixels, tall)
            assert np.array_equal(second.pixels, tall[::-1])


def test_a_queue_says_who_it_is(desk: Desk) -> None:
    queue, other = desk.cups.queue(), desk.cups.queue()
    identity = desk.open(queue).identify(soon())
    assert identity.model == "Test Card, 1.0"
    assert re.fullmatch("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", identity.serial_number or "")
    assert desk.open(queue).identify(soon()).serial_number == identity.serial_number
    assert desk.open(other).identify(soon()).serial_number != identity.serial_number
    assert desk.open(queue).counters(soon()) == NONE


def test_queues_are_discovered_with_what_is_wrong_with_them(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    good, bad = desk.cups.queue(), desk.cups.queue(policy="retry-job")
    monkeypatch.setattr(cups, "_LOCAL", str(desk.cups.root / "sock"))
    found = {one.uri: one for one in cups.discover(soon())}
    assert found[good.uri].serial_number == desk.open(good).identify(soon()).serial_number
    assert (found[good.uri].says, found[good.uri].why) == ("Test Card, 1.0", "")
    assert "retry-job" in found[bad.uri].why


# --- what is refused ---


@pytest.mark.parametrize("policy", ["retry-job", "retry-current-job", "stop-printer"])
def test_queues_that_try_again_are_refused_with_the_command_that_mends_them(desk: Desk, policy: str) -> None:
    queue = desk.cups.queue(policy=policy)
    with pytest.raises(RefusedError, match=policy) as refused:
        desk.open(queue)
    mended = re.search("Run: (lpadmin .*)", refused.value.hint)
    assert mended
    desk.cups.admin(*mended[1].split())
    assert desk.open(queue).status(soon()).state is State.IDLE


def test_a_queue_that_would_print_again_after_a_restart_is_refused(desk: Desk) -> None:
    queue = desk.cups.queue(device="desk:{folder}")
    with pytest.raises(RefusedError, match="second card") as refused:
        desk.open(queue)
    mended = re.search("; (lpadmin .*)", refused.value.hint)
    assert mended
    desk.cups.admin(*mended[1].split())
    desk.open(queue)


def test_a_shared_queue_is_refused(desk: Desk) -> None:
    with pytest.raises(RefusedError, match="is shared"):
        desk.open(desk.cups.queue(shared=True))


@pytest.mark.parametrize(
    ("settings", "model", "why"),
    [
        ({"driver": False}, "cr80", "300 dots per inch"),
        ({"dpi": 600}, "cr80", "300 dots per inch"),
        ({"duplex": False}, "cr80-duplex", "two sides"),
        ({"page": (595, 842)}, "cr80", "no page of 85.6 x 54.0 mm"),
        ({"page": (153, 243)}, "cr80", "no page of 85.6 x 54.0 mm"),
    ],
)
def test_a_queue_that_would_not_print_what_was_drawn_is_refused(
    desk: Desk, settings: dict[str, object], model: str, why: str
) -> None:
    with pytest.raises(RefusedError, match=why):
        desk.open(desk.cups.queue(**settings), model)  # type: ignore[arg-type]


@pytest.mark.parametrize(("stop", "says"), [("cupsdisable", "cupsenable"), ("cupsreject", "cupsaccept")])
def test_a_queue_that_was_stopped_prints_nothing(desk: Desk, stop: str, says: str) -> None:
    queue = desk.cups.queue()
    printer = desk.open(queue)
    desk.cups.admin(stop, queue.name)
    blocking = printer.status(soon()).blocking
    assert says in blocking[0].raw
    with pytest.raises(RefusedError, match=says):
        printer.print(card(), soon())
    assert printer.confirm(NONE, card(), soon()).outcome is Outcome.UNUSED
    desk.cups.admin(says, queue.name)
    assert not printer.status(soon()).blocking
    assert queue.received() == []


def test_settings_changed_behind_an_open_connection_are_seen_before_the_next_card(desk: Desk) -> None:
    queue = desk.cups.queue()
    printer = desk.open(queue)
    desk.cups.admin("lpadmin", "-p", queue.name, "-o", "printer-error-policy=retry-job")
    with pytest.raises(RefusedError, match="retry-job"):
        printer.print(card(), soon())
    found = printer.confirm(NONE, card(), soon())
    assert (found.outcome, queue.received()) == (Outcome.UNUSED, [])


def test_somebody_else_s_job_blocks_and_leaves_a_doubt(desk: Desk) -> None:
    queue = desk.cups.queue()
    printer = desk.open(queue)
    queue.mode("hold")
    stranger = queue.folder / "stranger"
    stranger.write_bytes(card().commands[0])
    desk.cups.admin("lp", "-d", queue.name, str(stranger))
    until(lambda: bool(queue.received()), "the stranger's card is begun")
    assert "not over" in " ".join(one.raw for one in printer.status(soon()).blocking)
    with pytest.raises(RefusedError, match="not over"):
        printer.print(card(), soon())
    found = printer.confirm(NONE, card(), soon())
    assert (found.outcome, found.rung) == (Outcome.IN_DOUBT, Rung.NOTHING)
    with pytest.raises(RefusedError, match="of others"):
        printer.clear(soon())
    assert len(desk.cups.unfinished(queue)) == 1, "it is not ours to cancel"
    queue.mode("good")
    until(lambda: not desk.cups.unfinished(queue), "the stranger's job is over")
    assert len(queue.received()) == 1


def test_a_queue_moves_no_card_by_itself(desk: Desk) -> None:
    printer = desk.open(desk.cups.queue())
    for act in (printer.eject, printer.reject):
        with pytest.raises(RefusedError, match="buttons"):
            act(soon())
    with pytest.raises(RefusedError, match="contactless"):
        printer.feed(Station.CONTACTLESS, soon())
    printer.clear(soon())


# --- what goes wrong ---


def test_conditions_come_with_the_next_job_and_not_before(desk: Desk) -> None:
    queue = desk.cups.queue()
    printer = desk.open(queue)
    queue.says(
        "STATE: +media-empty-error,marker-supply-low-warning,com.example-belt-torn-report",
        "ATTR: marker-names=YMCKO,Film marker-levels=0,-1 marker-types=ribbon,other marker-colors=none,none",
    )
    assert not printer.status(soon()).conditions
    tried(printer, card())
    status = printer.status(soon())
    told = {one.raw: (one.reason, one.severity) for one in status.conditions}
    assert told["media-empty-error (as of the last job)"] == (Reason.MEDIA_EMPTY, Severity.WARNING)
    assert told["marker-supply-low-warning"] == (Reason.MARKER_SUPPLY_LOW, Severity.WARNING)
    assert told["com.example-belt-torn-report"] == (Reason.UNKNOWN, Severity.REPORT)
    assert told["YMCKO 0 %"] == (Reason.MARKER_SUPPLY_EMPTY, Severity.WARNING), "-1 is not known, and is not empty"
    assert [one.raw for one in status.blocking] == ["com.example-belt-torn-report"], "nobody knows what it means"
    assert "media-empty-error" in status.raw["printer-state-reasons"]
    with pytest.raises(RefusedError, match="belt-torn"):
        printer.print(card(), soon())


def test_a_condition_that_nobody_takes_back_does_not_stop_the_line(desk: Desk) -> None:
    """CUPS keeps it over jobs and restarts until a backend says otherwise, which needs a job."""
    queue = desk.cups.queue()
    printer = desk.open(queue)
    queue.says("STATE: +media-empty-error")
    queue.mode("fail")
    tried(printer, card())
    desk.cups.end(signal.SIGTERM)
    desk.cups.start()
    status = printer.status(soon())
    assert (status.state, [one.reason for one in status.conditions]) == (State.IDLE, [Reason.MEDIA_EMPTY])
    queue.says("STATE: -media-empty-error")
    queue.mode("good")
    assert tried(printer, card()).raw["job-state"] == "9"
    assert not printer.status(soon()).conditions


def test_a_job_that_is_not_over_in_time_is_cancelled_and_in_doubt(desk: Desk) -> None:
    queue = desk.cups.queue()
    printer = desk.open(queue)
    queue.mode("hold")
    with pytest.raises(NoReplyError, match="it was cancelled, and whether it printed is not known"):
        printer.print(card(), soon(2))
    states = desk.cups.run("lpstat", "-W", "completed", "-o", queue.name).stdout
    assert queue.name in states, "it is over before anybody asks what became of it"
    found = printer.confirm(NONE, card(), soon())
    assert (found.outcome, found.rung, found.raw["job-state"]) == (Outcome.IN_DOUBT, Rung.SENT, "7")
    assert not [one for one in found.findings if "was not over" in one]
    assert len(queue.received()) == 1


def test_a_job_that_its_backend_gives_up_is_in_doubt(desk: Desk) -> None:
    queue = desk.cups.queue()
    printer = desk.open(queue)
    queue.mode("fail")
    with pytest.raises(RefusedError, match="aborted"):
        printer.print(card(), soon())
    found = printer.confirm(NONE, card(), soon())
    assert (found.outcome, found.rung) == (Outcome.IN_DOUBT, Rung.SENT), "the backend had the data"
    assert (len(queue.received()), desk.cups.unfinished(queue)) == (1, [])


@pytest.mark.parametrize("restarted", [False, True])
def test_a_job_cancelled_before_it_began_is_unused_if_one_server_saw_it_all(
    desk: Desk, restarted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue = desk.cups.queue()
    printer = desk.open(queue)
    watch = printer._watch

    def stopped_first(job: Job, deadline: Deadline) -> None:
        desk.cups.admin("cancel", f"{queue.name}-{job.number}")
        if restarted:
            desk.cups.end(signal.SIGKILL)
            desk.cups.start()
        watch(job, deadline)

    monkeypatch.setattr(printer, "_watch", stopped_first)
    ask = printer._ask

    def paused_first(operation: Operation, *rest: object, **more: object) -> object:
        if operation is Operation.RELEASE_JOB:
            desk.cups.admin("cupsdisable", queue.name)
        return ask(operation, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(printer, "_ask", paused_first)
    with pytest.raises(RefusedError, match="canceled"):
        printer.print(card(), soon())
    found = printer.confirm(NONE, card(), soon())
    assert found.outcome is (Outcome.IN_DOUBT if restarted else Outcome.UNUSED)
    assert found.rung is Rung.NOTHING
    assert queue.received() == []


@pytest.mark.parametrize("operation", ["CREATE_JOB", "SEND_DOCUMENT", "RELEASE_JOB"])
def test_a_server_that_goes_before_the_job_is_released_leaves_an_unused_blank(
    desk: Desk, operation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue = desk.cups.queue()
    printer = desk.open(queue)
    ask = printer._ask

    def gone_first(asked: Operation, *rest: object, **more: object) -> object:
        if asked.name == operation:
            desk.cups.end(signal.SIGKILL)
        return ask(asked, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(printer, "_ask", gone_first)
    with pytest.raises(NotFoundError):
        printer.print(card(), soon())
    monkeypatch.undo()
    desk.cups.start()
    found = printer.confirm(NONE, card(), soon())
    assert found.outcome is Outcome.UNUSED, found.findings
    assert (queue.received(), desk.cups.unfinished(queue)) == ([], [])


@pytest.mark.parametrize("policy", ["abort-job", "retry-job"])
def test_cups_itself_prints_a_job_again_that_a_restart_interrupted(desk: Desk, policy: str) -> None:
    """Why queues without the backend "once" are refused: no error policy keeps CUPS from making the second card."""
    queue = desk.cups.queue(device="desk:{folder}", policy=policy)
    queue.mode("hold")
    file = queue.folder / "job"
    file.write_bytes(card().commands[0])
    desk.cups.admin("lp", "-d", queue.name, str(file))
    until(lambda: len(queue.received()) == 1, "the card is begun")
    desk.cups.end(signal.SIGKILL)
    queue.mode("good")
    desk.cups.start()
    until(lambda: len(queue.received()) == 2 and not desk.cups.unfinished(queue), "the second card is printed")


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_a_restart_in_the_middle_of_a_card_makes_no_second_one(
    desk: Desk, how: signal.Signals, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue = desk.cups.queue()
    printer = desk.open(queue)
    queue.mode("hold")
    watch = printer._watch

    def ended_first(job: Job, deadline: Deadline) -> None:
        until(lambda: len(queue.received()) == 1, "the card is begun")
        desk.cups.end(how)
        queue.mode("good")
        desk.cups.start()
        watch(job, deadline)

    monkeypatch.setattr(printer, "_watch", ended_first)
    with pytest.raises(RefusedError, match="aborted"):
        printer.print(card(), soon())
    monkeypatch.undo()
    found = printer.confirm(NONE, card(), soon())
    assert found.outcome is Outcome.IN_DOUBT
    assert (len(queue.received()), desk.cups.unfinished(queue)) == (1, [])
    assert not printer.status(soon()).blocking
    tried(printer, card())
    assert len(queue.received()) == 2, "the next card is printed as ever"


def test_another_connection_cancels_what_an_earlier_one_left(desk: Desk) -> None:
    """printd died in the middle of a card; its job waits in CUPS, and would print when the queue is enabled."""
    queue = desk.cups.queue()
    printer = desk.open(queue)
    job = Job(card(), f"{cups.JOB}0123456789ab")
    medium = printer._refuse_unready(job, soon())
    printer._submit(job, medium, soon())
    desk.cups.admin("cupsdisable", queue.name)
    printer._release(job, soon())
    printer.close()
    again = desk.open(queue)
    assert len(desk.cups.unfinished(queue)) == 1, "looking changes nothing"
    found = again.confirm(NONE, None, soon())
    assert (found.outcome, found.rung) == (Outcome.IN_DOUBT, Rung.NOTHING)
    assert f"Job {job.number} was not over; it was cancelled." in found.findings
    desk.cups.admin("cupsenable", queue.name)
    assert desk.cups.unfinished(queue) == []
    tried(again, card())
    assert len(queue.received()) == 1, "the new card alone"
    assert f"{job.number}" not in queue.arguments()[:1]


def test_a_deleted_queue_is_named(desk: Desk) -> None:
    queue = desk.cups.queue()
    printer = desk.open(queue)
    desk.cups.admin("lpadmin", "-x", queue.name)
    with pytest.raises(NotFoundError, match=f"no queue {queue.name}"):
        printer.status(soon())
    with pytest.raises(NotFoundError):
        printer.print(card(), soon())
    assert printer.confirm(NONE, card(), soon()).outcome is Outcome.UNUSED
    with pytest.raises(NotFoundError):
        desk.open(queue)


def test_a_queue_deleted_in_the_middle_of_a_card_leaves_a_doubt(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    queue = desk.cups.queue()
    printer = desk.open(queue)
    queue.mode("hold")
    watch = printer._watch

    def deleted_first(job: Job, deadline: Deadline) -> None:
        until(lambda: len(queue.received()) == 1, "the card is begun")
        desk.cups.admin("lpadmin", "-x", queue.name)
        watch(job, deadline)

    monkeypatch.setattr(printer, "_watch", deleted_first)
    with pytest.raises((RefusedError, NotFoundError)):
        printer.print(card(), soon())
    found = printer.confirm(NONE, card(), soon())
    assert found.outcome is Outcome.IN_DOUBT
    queue.mode("good")


def test_a_server_that_lets_nobody_in_says_so(desk: Desk) -> None:
    queue = desk.cups.queue()
    printer = desk.open(queue)
    configuration = desk.cups.root / "etc/cupsd.conf"
    open_to_all = configuration.read_text()
    desk.cups.end(signal.SIGTERM)
    asked = "<Policy default>\n  <Limit Get-Printer-Attributes>\n    AuthType Basic\n    Require valid-user\n  </Limit>"
    configuration.write_text(open_to_all.replace("<Policy default>", asked))
    try:
        desk.cups.start()
        with pytest.raises(AccessError, match=r"HTTP status 40[13]"):
            printer.status(soon())
    finally:
        desk.cups.end(signal.SIGTERM)
        configuration.write_text(open_to_all)
        desk.cups.start()
    assert printer.status(soon()).state is State.IDLE
