"""What a worker does from one look at its printer to the next: when it rests, pauses, stops, and what it takes up."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta

import pytest
import structlog

from crash.house import House, Plan, clock_of_nobody, house, wired
from crash.wire import NONSENSE, Wire
from drivers.deadline import Deadline
from printd.demo.staff import CHECKER, RUNNER, SUPERVISOR, person
from printd.ledger.entry import Entry
from printd.printing.next_job import NextJob
from printd.printing.shown import stands_still
from printd.printing.worker import Worker
from printd.shop.config import Duty
from support.deliberate import line, notices
from support.people import FIRST_TWO
from support.workday import entries

TWO = {"by": person(RUNNER), "second": person(CHECKER)}


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    yield
    structlog.configure(**before)


@contextmanager
def at_work(plan: Plan, kind: type[House] = House) -> Iterator[House]:
    """Give a house whose workers have begun; the test says whose turn it is."""
    with house(plan, kind) as made, clock_of_nobody(made.clock), wired(made.lines, made.points):
        made.begin()
        yield made


def entered(made: House, kind: str) -> list[Entry]:
    """Return what was entered in the life of this house; its shop's own past has no attempt and no worker."""
    return [one for one in entries(made.desk, kind) if not one.actors or kind.startswith("attempt")]


def signed_for(made: House) -> list[str]:
    """Return who let the printer work, of each attempt: in the entry that it refers to; it names nobody itself."""
    found = entries(made.desk)
    begun = [one for one in found if one.kind == "attempt.started"]
    assert not any(one.actors for one in begun)
    let = [found[one.data["resumed"]] for one in begun]
    assert all(one.kind == "printer.resumed" for one in let)
    return [name for one in let for name in one.actors]


class TwoADay(House):
    """An office at +8 hours with two cards a day and printer; its clock stands until it is turned."""

    now = datetime.combine(datetime.now(UTC).date() + timedelta(days=2), time(23, 58), UTC)

    def _open(self) -> None:
        super()._open()
        self.shop.config = self.shop.config.model_copy(update={"duty": Duty(cards_per_day=2)})
        self.shop.books.clock = lambda: self.now

    def begin(self) -> None:
        """Begin a life; two people answer for the cap, once, and let the printer go on."""
        super().begin()
        if not entries(self.desk, "configuration.accepted"):
            changed = entries(self.desk, "shop.configured")[-1]
            self.act("configuration.accept", entry=changed.seq, by=person(RUNNER), second=person(SUPERVISOR))
            self.act("printers.resume", name="p0", by=person(RUNNER))

    def printed(self) -> int:
        self.turn("p0")
        return len(entered(self, "attempt.printed"))


@notices(
    {
        "the duty cap has no effect": line(stands_still, "if known.tired:", "if False:"),
        "a printer's day begins at midnight in UTC": line(
            Worker._why_it_rests,
            "office_day(now, self._zone), self._zone",
            "now.date(), now.tzinfo",
        ),
        "what was printed today is forgotten at a restart": line(
            Worker._why_it_rests, "why_it_rests(self._duty, cards,", "why_it_rests(self._duty, cards[: self._cards],"
        ),
        "a day never ends": line(Worker._why_it_rests, "= midnight(", '= "2026-01-01T00:00:00Z" or midnight('),
    }
)
def test_a_printer_rests_after_its_cards_of_a_day_until_the_office_s_midnight() -> None:
    with at_work(Plan(records=3), TwoADay) as made:
        assert isinstance(made, TwoADay)
        assert [made.printed() for _ in range(4)] == [1, 2, 2, 2]
        shown = made.live("p0")
        assert shown is not None
        assert shown.state == "waiting"
        assert "It has printed 2 cards today, which is its limit" in shown.message
        made.now += timedelta(minutes=4)
        assert made.printed() == 2, "in the office it is eight in the morning of the same day"
        made.bury()
        made.begin()
        assert made.printed() == 2, "a restart forgets what the books know"
        made.now = made.now.replace(hour=15, minute=59)
        assert made.printed() == 2
        made.now = made.now.replace(hour=16, minute=1)
        assert made.printed() == 3
        assert not entered(made, "printer.paused"), "nobody has to resume it"


class Baffled(House):
    """A house whose printer answers the question for its feeder with nonsense as long as the test wants."""

    baffled = False

    def look(self, times: int, *, baffled: bool) -> bool:
        """Let the worker look some times; tell whether it paused the printer."""
        self.baffled = baffled
        for _ in range(times):
            self.turn("p0")
        return bool(next(row for row in self.act("printers.list") if row["name"] == "p0")["paused"])


@contextmanager
def nonsense_of(made: Baffled) -> Iterator[None]:
    write = Wire.write

    def answers(self: Wire, data: bytes, deadline: Deadline) -> None:
        write(self, data, deadline)
        if made.baffled and b"Rlr;" in data:
            with self._sim.machine.cond:
                self._port.replies.clear()
            self._coming.append(NONSENSE)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Wire, "write", answers)
        yield


@notices(
    {
        "unknown looks are never reset": line(
            Worker._look,
            "        self._unknown_looks = 0\n",
            "",
        ),
        "after a pause one unknown look is enough": line(
            Worker._stand_still, "                self._unknown_looks = 0\n", ""
        ),
        "an unknown state never pauses": line(
            Worker._stand_still, "if self._unknown_looks >= _UNKNOWN_LOOKS", "if self._unknown_looks > _UNKNOWN_LOOKS"
        ),
    }
)
def test_only_unknown_looks_in_a_row_pause_a_printer() -> None:
    with at_work(Plan(records=0), Baffled) as made:
        assert isinstance(made, Baffled)
        with nonsense_of(made):
            assert not made.look(4, baffled=True)
            assert not made.look(1, baffled=False), "four looks are not five"
            assert not made.look(4, baffled=True), "it was known in between: these are four in a row, not eight"
            assert made.look(1, baffled=True), "the fifth in a row"
            made.act("printers.resume", name="p0", by=person(RUNNER))
            assert not made.look(4, baffled=True), "after a pause it is looked at anew"
            assert made.look(1, baffled=True)


@pytest.mark.parametrize("family", ["evolis", "matica"])
@notices({"a card inside stops nobody": line(Worker._look, "if status.position.is_inside:", "if False:")})
def test_a_card_inside_of_which_the_books_know_nothing_pauses_the_printer_before_an_attempt(family: str) -> None:
    """Somebody let the printer take a card: printing would be on a card that is nobody's, or not in the books."""
    with at_work(Plan(family)) as made:
        machine = made.printers["p0"].machine
        with machine.cond:
            machine.feed()
        made.turn("p0")
        assert not entered(made, "attempt.started")
        (paused,) = entered(made, "printer.paused")
        assert "A card is inside" in paused.data["why"]
        assert "although no attempt is open" in paused.data["why"]
        assert made.act("jobs.count")["queued"] == 2


@notices({"whoever has left prints on": line(Worker.work_once, 'not signer["active"]', "not signer")})
def test_a_printer_pauses_whose_cards_would_be_signed_by_somebody_who_has_left_and_another_resumes_it() -> None:
    with at_work(Plan(records=2)) as made:
        made.turn("p0")
        made.act("operators.retire", name=RUNNER, **FIRST_TWO)
        made.turn("p0")
        assert signed_for(made) == [RUNNER]
        why = f"{RUNNER}, who resumed it, does not work here any more and signs no card."
        assert [one.data["why"] for one in entered(made, "printer.paused")] == [why]
        made.turn("p0")
        assert len(entered(made, "printer.paused")) == 1
        made.act("printers.resume", name="p0", by=person(CHECKER))
        made.turn("p0")
        assert signed_for(made) == [RUNNER, CHECKER]


@notices(
    {
        "another printer under a doubt is paused in the books at every look": line(
            Worker._connected, "if self._was_in_doubt:", "if False:"
        )
    }
)
def test_a_printer_that_was_exchanged_under_a_card_in_doubt_is_told_and_booked_once_the_doubt_is_over() -> None:
    with at_work(Plan(records=1, faults=("p0 power_cut@panel=c,card=1",))) as made:
        made.turn("p0")
        made.bury()
        printer = made.printers["p0"]
        printer.hands.power_on()
        exchange(made, "ANOTHER")
        made.begin()
        for _ in range(3):
            made.turn("p0")
        shown = made.live("p0")
        assert shown is not None
        assert (shown.state, "the books expect ANOTHER" in shown.message) == ("offline", True)
        assert not entered(made, "printer.paused")
        assert not entered(made, "attempt.evidence"), "another printer knows nothing of this card"
        exchange(made, printer.machine.serial)
        for _ in range(3):
            made.turn("p0")
        assert len(entered(made, "attempt.evidence")) == 1
        exchange(made, "ANOTHER")
        job = made.act("jobs.list", state="in_doubt")["jobs"][0]["id"]
        printer.hands.take_card()
        made.act("jobs.resolve", job=job, outcome="spoiled", cause="power_loss", **TWO)
        made.turn("p0")
        assert ["the books expect ANOTHER" in one.data["why"] for one in entered(made, "printer.paused")] == [True]


def exchange(made: House, expected: str) -> None:
    """Let the books expect another printer, as if the cables had been swapped."""
    with made.shop.store.writing() as connection:
        connection.exec_driver_sql(f"UPDATE printer SET serial_number = '{expected}' WHERE name = 'p0'")


class Stopping(House):
    """A house where the daemon is told to stop at a point of the schedule."""

    def _happen(self, action: str, printer: str) -> None:
        if action == "stop":
            for worker in self._workers.values():
                worker.stop()
        else:
            super()._happen(action, printer)


@notices(
    {
        "a card is begun after the stop": line(
            Worker._begin, "if self._stop.is_set():\n                return", "if False:\n                return"
        ),
        "a job that was taken up at the stop is kept from others": line(
            Worker._begin,
            "finally:\n            self._dispatcher.give_back(prepared.job)",
            "finally:\n            pass",
        ),
    }
)
def test_no_card_is_begun_after_the_stop_wherever_it_comes() -> None:
    with at_work(Plan(records=1)) as made:
        begun = len(made.points.names)
        made.turn("p0")
        before = made.points.names.index("p0 before commit attempt.started")
        looks = range(begun + 1, before + 1)
        assert sum(" > " in made.points.names[at - 1] for at in looks) >= 4, "it is asked before the card is begun"
    for at in looks:
        with at_work(Plan(records=1, schedule={at: ("stop",)}), Stopping) as made:
            made.turn("p0")
            assert not entered(made, "attempt.started"), f"stopped at {made.points.names[at - 1]}, and begun"
            assert not made.printers["p0"].truth.read("feed")
            assert made._workers["p0"]._dispatcher.waits("WNI", "5"), "the job is kept from every other printer"


@notices(
    {
        "a job that was drawn for another kind of blank is printed": line(
            NextJob.take_up, "self._taken.kind != kind", "False"
        ),
        "a job that is not printed here is kept from the others": line(
            NextJob.leave_to_others, "self._dispatcher.give_back(self._taken.waiting.job)", "pass"
        ),
    }
)
def test_a_job_taken_up_for_one_kind_of_blank_is_left_to_others_when_another_kind_is_loaded() -> None:
    with at_work(Plan(printers=2, records=2)) as made:
        made.turn("p0")
        assert len(entered(made, "attempt.started")) == 1, "and the second job is drawn already"
        _load_foreigners(made)
        made.turn("p0")
        shown = made.live("p0")
        assert shown is not None
        assert (shown.state, shown.message) == ("idle", "")
        made.turn("p1")
        assert [one.data["printer"] for one in entered(made, "attempt.started")] == ["p0", "p1"]


def _load_foreigners(made: House) -> None:
    """Let blanks of another type lie in the hopper of p0, in the books and in truth."""
    manifest = "delivery,bast_number,bast_date,stock_type,generation,practice,carton,first,last\n"
    manifest += "D-2,B/2,2026-01-06,OA,5,true,D-2-1,OAX000001,OAX000005\n"
    made.act("deliveries.announce", name="m.csv", content=b64encode(manifest.encode()).decode(), by=person(RUNNER))
    made.receive("D-2", 5)
    made.issue("OAX000001", "OAX000005")
    made.act("blanks.unload", printer="p0", **TWO)
    made.act("blanks.load", printer="p0", stock_type="OA", by=person(RUNNER))
    hands = made.printers["p0"].hands
    hands.unload()
    hands.load([f"OAX{number:06d}" for number in range(1, 6)])
