"""What a counter does all day reads no table that grows with the years from end to end (SQLite's own plans)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa

from bench.office import PRINTER, Office, office
from bench.shop_maker import START, Size, fill
from drivers.printer import Counters
from printd.demo.staff import CHECKER, RUNNER, SUPERVISOR, person
from printd.events.evidence import Evidence
from printd.printing.attempt import begin, end
from printd.printing.dispatch import Dispatcher
from printd.store import attempts, blanks
from printd.words.states import AttemptState
from support.resumed import resumed

_GROWS = "entry|node|serial_range|movement|record|job|attempt|carton|spoil|handover"
_SMALL = "uq_attempt_open_printer|ix_record_waiting"  # indexes that hold only what waits for somebody
_WHOLE = re.compile(rf"^SCAN (?:{_GROWS})\b(?! USING (?:COVERING )?INDEX (?:{_SMALL})$)")


class Plans:
    """Statements that were sent to the database, and what SQLite would read for each."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self.sent: dict[str, Any] = {}

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Collect what is sent meanwhile."""

        def note(_c: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool) -> None:
            self.sent[statement] = parameters[0] if many and parameters else parameters

        sa.event.listen(self._engine, "before_cursor_execute", note)
        try:
            yield
        finally:
            sa.event.remove(self._engine, "before_cursor_execute", note)

    def whole_tables(self) -> set[str]:
        """Return the statements that would read a growing table from end to end, with the line that says so."""
        found = set()
        with self._engine.connect() as connection:
            for statement, parameters in self.sent.items():
                if not statement.lstrip().upper().startswith(("SELECT", "UPDATE", "DELETE")):
                    continue  # of an INSERT the plan names scans for foreign keys that are only run when one is broken
                plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
                found |= {f"{row[3]} <- {' '.join(statement.split())}" for row in plan if _WHOLE.match(row[3])}
        return found


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """An office with some thousand cards behind it and a carton in the hopper."""
    with office(tmp_path_factory.mktemp("shop") / "shop", clock=lambda: START) as made:
        fill(made, Size(deliveries=1, pieces_each=50_000, entries=2_000))
        made.issue("BAK0049901", "BAK0050000", "D-00", "C499")
        made.act("blanks.load", printer=PRINTER, pieces=20, by=person(RUNNER))
        yield made


def test_a_card_from_the_queue_to_its_holder_reads_no_table_from_end_to_end(used: Office) -> None:
    shop = used.shop
    dispatcher = Dispatcher(shop.store, shop.config.policy, shop.zone, shop.books.clock)
    plans = Plans(shop.store.engine)
    with plans.watching():
        for _job, record in used.take_in(1, seed=9):
            used.act("records.acknowledge", record=record, by=person(SUPERVISOR))
        taken = dispatcher.take("WNI", "5", "p0")
        assert taken is not None
        with shop.store.reading() as connection:
            blank = blanks.next_blank(connection, f"hopper:{PRINTER}")
            attempts.attempts_in(connection, [AttemptState.IN_DOUBT], PRINTER)
        assert blank is not None
        serial = f"{blank['prefix']}{blank['first']:07d}"
        let = resumed(shop.books, PRINTER)
        attempt = begin(
            shop.books, job=taken.job, printer=PRINTER, resumed=let, serial=serial, counters=Counters(), artwork="x"
        )
        with shop.books.booking() as booking:
            row = attempts.find_attempt(booking.connection, attempt)
            assert row is not None
            end(booking, row, AttemptState.PRINTED, evidence=Evidence(findings=(), rung="left_printer"))
        used.act("jobs.check", job=taken.job, quality="good", by=person(CHECKER))
        used.act("jobs.hand_over", job=taken.job, by=person(CHECKER), receiver="holder", old_card="none")
        used.act("blanks.load", printer=PRINTER, pieces=5, by=person(RUNNER))
        used.act("blanks.show", serial=serial)
        used.act("jobs.show", job=taken.job)
        used.act("jobs.list", state="queued")
        used.act("printers.list")
        used.act("shifts.list")
        shop.sign()
    assert plans.whole_tables() == set()
    assert len(plans.sent) > 40


def test_a_list_that_is_cut_reads_no_further_than_it_shows_but_to_count(used: Office) -> None:
    plans = Plans(used.shop.store.engine)
    with plans.watching():
        for name, key in (("jobs.list", "jobs"), ("records.list", "records")):
            told = used.act(name, limit=50)
            assert len(told[key]) == 50 < told["total"]
    assert all("count(*)" in line and "COVERING INDEX" in line for line in plans.whole_tables()), plans.whole_tables()


def test_the_sums_of_all_places_read_ranges_and_not_blanks(used: Office) -> None:
    plans = Plans(used.shop.store.engine)
    with plans.watching():
        used.act("blanks.where")
    assert {line.partition(" <- ")[0].split()[1] for line in plans.whole_tables()} == {"serial_range"}
    assert used.ranges() < 100


def test_a_query_that_reads_all_attempts_is_noticed(used: Office) -> None:
    plans = Plans(used.shop.store.engine)
    with plans.watching(), used.shop.store.reading() as connection:
        connection.exec_driver_sql("SELECT count(*) FROM attempt WHERE artwork = 'x'")
    assert len(plans.whole_tables()) == 1
