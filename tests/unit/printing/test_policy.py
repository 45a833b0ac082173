"""Who gets scarce blanks: the real dispatcher over a real queue, on both databases; and why each job waits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from drivers.printer import Counters
from printd.desk.policy import ClassTold, PolicyTold
from printd.errors import ConfigError, Refused
from printd.events.kinds import read
from printd.events.policy import TurnTaken
from printd.printing import policy as rules
from printd.printing.attempt import begin, end
from printd.printing.dispatch import Dispatcher, Waiting
from printd.printing.duty import why_it_rests as why
from printd.projections import attempts as projections
from printd.shop import configured
from printd.shop.config import Duty, Policy, PriorityClass
from printd.store import attempts
from printd.words.states import AttemptState
from support.counter import SITI, TWO, Counter, counter
from support.deliberate import line, notices
from support.fixed import SEALED
from support.people import create, person
from support.resumed import resumed

CONFIG = """
[policy]
reserve_floor = 90
oldest_every = 0

[policy.quotas]
"53.71.04" = 2

[[policy.classes]]
name = "first"
reasons = ["baru"]
below_floor = true

[[policy.classes]]
name = "lost"
reasons = ["hilang", "rusak"]
daily_cap = 3
"""

FIRST = TurnTaken(by="class", class_="first")


@pytest.fixture
def config() -> str:
    """What the office's configuration says of the policy."""
    return CONFIG


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def office(request: pytest.FixtureRequest, tmp_path: Path, config: str) -> Iterator[Counter]:
    extra = config
    if request.param == "postgres":
        make: Callable[[bool], str] = request.getfixturevalue("new_postgres")
        extra += f'\n[database]\nurl = "{make(False)}"\n'
    with counter(tmp_path / "shop", extra) as made:
        made.announce()
        made.receive()
        made.open_shift(20)
        made.act("blanks.load", printer="p1", pieces=20, by=SITI)
        yield made


def wish(office: Counter, number: int, reason: str, area: str = "53.71.01", **more: str) -> str:
    who = {"holder": f"h{number}", "digest": f"d{number}", "source": "spool", "remote_status": "PRR", "sealed": SEALED}
    what = {"reason": reason, "stock_type": "WNI", "warnings": [], "area": area, **more}
    office.shop.books.enter(read("record.accepted", {"record": f"r{number}", "job": f"job-{number}", **who, **what}))
    return f"job-{number}"


def dispatcher(office: Counter, policy: Policy | None = None) -> Dispatcher:
    shop = office.shop
    return Dispatcher(shop.store, policy or shop.config.policy, shop.zone, shop.books.clock)


def taken(office: Counter, most: int = 50, policy: Policy | None = None) -> list[str]:
    """Take until nothing more may be taken."""
    found: list[str] = []
    one = dispatcher(office, policy)
    while len(found) < most and (waiting := one.take("WNI", "5", "p1")) is not None:
        found.append(waiting.job)
    return found


def printed(office: Counter, job: str, number: int) -> None:
    about: dict[str, Any] = {"job": job, "printer": "p1", "serial": f"K{number:05d}", "artwork": "a"}
    attempt = begin(
        office.shop.books, counters=Counters(), resumed=resumed(office.shop.books, about["printer"]), **about
    )
    with office.shop.books.booking() as booking:
        row = attempts.find_attempt(booking.connection, attempt)
        assert row is not None
        end(booking, row, AttemptState.PRINTED, evidence=None)


def waits(office: Counter) -> dict[str, str]:
    return {row["id"]: row["waits"]["code"] for row in office.act("jobs.list")["jobs"] if row["waits"]}


def test_classes_print_in_their_order_up_to_cap_and_quota(office: Counter) -> None:
    lost = [wish(office, number, "hilang") for number in range(5)]
    other = [wish(office, number, "ubah_data") for number in range(10, 12)]
    first = [wish(office, number, "baru") for number in range(20, 22)]
    oebobo = [wish(office, number, "baru", "53.71.04") for number in range(30, 33)]
    assert taken(office) == [*first, *oebobo[:2], *lost[:3], *other]
    told = waits(office)
    assert {told[job] for job in first} == {"next"}
    assert {told[job] for job in lost} == {"class"}
    for number, job in enumerate([*oebobo[:2], *lost[:3]], start=1):
        printed(office, job, number)
    told = waits(office)
    assert (told[oebobo[2]], told[lost[3]], told[other[0]]) == ("quota", "cap", "class")
    assert taken(office) == [*first, *other]
    office.now += timedelta(hours=15, minutes=1)  # past midnight in Kupang, where it was nine in the morning
    assert taken(office) == [*first, oebobo[2], *lost[3:], *other]


@notices(
    {
        "a job goes first that nobody let": line(
            projections._attempt_started, "_check_turn(connection, event)", "pass"
        ),
    }
)
def test_an_attempt_s_entry_says_by_which_rule_it_was_its_turn(office: Counter) -> None:
    shared = office.shop.config.policy.model_copy(update={"oldest_every": 4})
    urgent, lost = wish(office, 1, "ubah_data"), wish(office, 2, "hilang")
    first = [wish(office, number, "baru") for number in (3, 4)]
    office.act("jobs.override", job=urgent, reason="a hospital asks", **TWO)
    one = dispatcher(office, shared)
    found = [waiting for _ in range(4) if (waiting := one.take("WNI", "5", "p1")) is not None]
    assert [(waiting.job, waiting.turn.by, waiting.turn.class_) for waiting in found] == [
        (urgent, "override", None),
        (first[0], "class", "first"),
        (first[1], "class", "first"),
        (lost, "class", "lost"),
    ]
    about: Any = {"printer": "p1", "artwork": "a", "counters": Counters(), "resumed": resumed(office.shop.books)}
    with pytest.raises(Refused, match="Nobody let job job-2 go first"):
        begin(office.shop.books, job=lost, serial="K00001", turn=found[0].turn, **about)
    attempt = begin(office.shop.books, job=urgent, serial="K00001", turn=found[0].turn, **about)
    with office.shop.books.booking() as booking:
        row = attempts.find_attempt(booking.connection, attempt)
        assert row is not None
        end(booking, row, AttemptState.PRINTED, evidence=None)
    assert (row["turn"], row["policy_class"]) == ("override", None)
    one = dispatcher(office, shared)
    assert one.take("WNI", "5", "p1") == Waiting(first[0], "r3", FIRST)
    wish(office, 5, "hilang")
    for number in (2, 3, 4):
        printed(office, wish(office, number + 20, "baru"), number)
    waiting = dispatcher(office, shared).take("WNI", "5", "p1")
    assert waiting == Waiting(lost, "r2", TurnTaken(by="longest_wait", class_="lost"))
    shown = office.act("jobs.show", job=urgent)["attempts"][0]
    assert (shown["turn"], shown["policy_class"]) == ("override", None)


def test_one_card_in_some_goes_to_the_longest_wait(office: Counter) -> None:
    """However many come of a higher class: the lower ones go on, but not past their cap, a quota or the reserve."""
    shared = office.shop.config.policy.model_copy(update={"oldest_every": 4})
    spent = wish(office, 1, "ubah_data", "53.71.04")
    lost = [wish(office, number, "hilang") for number in range(2, 7)]
    other = [wish(office, number, "ubah_data") for number in range(10, 12)]
    first = [wish(office, number, "baru") for number in range(20, 40)]
    for number in (41, 42):
        printed(office, wish(office, number, "baru", "53.71.04"), number - 40)
    for number in (43, 44):
        printed(office, wish(office, number, "baru"), number - 40)
    expected = [lost[0], *first[:3], lost[1], *first[3:6], lost[2], *first[6:9], other[0], *first[9:12], other[1]]
    assert taken(office, len(expected), shared) == expected
    assert spent not in expected
    assert taken(office, 3) == first[:3], "strict where the share is 0"
    for number in range(10, 21):
        office.act("blanks.spoil", serial=f"K{number + 60:05d}", cause="factory_defect", **TWO)
    assert taken(office, 3, shared) == first[:3], "below the reserve only classes that print there"


def test_a_job_that_one_printer_alone_can_do_is_not_overtaken_there(office: Counter) -> None:
    """p1 holds generation 5, p2 the older one: each takes the queue in its order, but for what it cannot print."""
    plain = [wish(office, 1, "baru"), wish(office, 2, "baru")]
    older = wish(office, 3, "baru", generation="4.8")
    late = wish(office, 4, "baru")
    one = dispatcher(office)
    assert [one.take("WNI", kind, printer) for kind, printer in (("5", "p1"), ("4.8", "p2"))] == [
        Waiting(plain[0], "r1", FIRST),
        Waiting(plain[1], "r2", FIRST),
    ]
    assert one.take("WNI", "5", "p1") == Waiting(late, "r4", FIRST), "p1 goes on: what it cannot print does not stop it"
    assert one.take("WNI", "4.8", "p2") == Waiting(older, "r3", FIRST)
    assert one.take("WNI", "4.8", "p2") is None
    assert not one.waits("WNI", "5")
    woken: list[str] = []
    one.listen("p2", lambda: woken.append("p2"))
    one.free("p1")  # its worker died: what it had taken up is anybody's
    assert one.waits("WNI", "4.8")
    one.wake_all()
    assert woken == ["p2"]
    assert {one.take("WNI", "4.8", "p2"), one.take("WNI", "4.8", "p2")} == {
        Waiting(plain[0], "r1", FIRST),
        Waiting(late, "r4", FIRST),
    }


def test_below_the_reserve_only_named_classes_print(office: Counter) -> None:
    lost, first = wish(office, 1, "hilang"), wish(office, 2, "baru")
    for number in range(10, 21):
        office.act("blanks.spoil", serial=f"K{number + 60:05d}", cause="factory_defect", **TWO)
    assert taken(office) == [first]
    assert waits(office) == {lost: "floor", first: "next"}
    shown = office.act("policy.show")
    assert (shown["stock"], shown["today"]) == ({"WNI": 89}, {"first": 0, "lost": 0})


@pytest.mark.parametrize("config", ['[policy]\nquota_period = "month"\n\n[policy.quotas]\n"53.71.04" = 2\n'])
@notices(
    {
        "a monthly quota comes back at midnight": line(rules.starts, "today.replace(day=1)", "today"),
        "a month is thirty days": line(
            rules.starts, "today.replace(day=1)", "datetime.fromordinal(today.toordinal() - 29)"
        ),
        "the month begins in UTC": line(rules.starts, "office_day(now, zone)", "now.date()"),
    }
)
def test_a_monthly_quota_comes_back_with_the_office_s_month(office: Counter) -> None:
    """Kupang's December begins at four in the afternoon of November 30th in UTC."""
    oebobo = [wish(office, number, "baru", "53.71.04") for number in range(1, 5)]
    other = wish(office, 9, "baru")
    for number in (1, 2):
        printed(office, oebobo[number - 1], number)
    for day, hour in ((2, 2), (2, 16), (3, 1), (15, 1), (30, 15)):
        office.now = datetime(2026, 11, day, hour, 59, tzinfo=UTC)
        assert taken(office) == [other], office.now
        assert {job: code for job, code in waits(office).items() if job in oebobo} == dict.fromkeys(oebobo[2:], "quota")
    office.now = datetime(2026, 11, 30, 16, 0, tzinfo=UTC)
    assert taken(office) == [*oebobo[2:], other]
    assert set(waits(office).values()) == {"next"}
    for number in (3, 4):
        printed(office, oebobo[number - 1], number)
    last = wish(office, 10, "baru", "53.71.04")
    office.later(days=1)
    assert taken(office) == [other]
    assert waits(office)[last] == "quota"


def test_two_people_let_a_job_go_first_with_a_reason(office: Counter) -> None:
    first = wish(office, 1, "baru")
    late = wish(office, 2, "ubah_data", "53.71.04")
    for wrong in ({"reason": ""}, {"second": SITI}):
        with pytest.raises(Refused):
            office.act("jobs.override", **{"job": late, "reason": "hospital", **TWO, **wrong})
    office.act("jobs.override", job=late, reason="hospital", **TWO)
    assert taken(office) == [late, first]
    assert [(row["job_id"], row["reason"], row["second"]) for row in office.act("policy.overrides")] == [
        (late, "hospital", "budi")
    ]
    printed(office, late, 1)
    with pytest.raises(Refused, match="only a queued one"):
        office.act("jobs.override", job=late, reason="again", **TWO)


def test_a_wrong_generation_or_type_is_refused_before_the_blank_moves(office: Counter) -> None:
    job = wish(office, 1, "baru", generation="4.8")
    assert taken(office) == []
    assert waits(office) == {job: "wrong_generation"}
    before = office.places()
    with pytest.raises(Refused, match=r"is of generation 5, job job-1 needs 4\.8"):
        printed(office, job, 1)
    assert office.places() == before
    office.act("blanks.unload", printer="p1", **TWO)
    assert waits(office) == {job: "no_blank"}


def test_a_blank_with_a_foreign_chip_is_not_printed(office: Counter) -> None:
    job = wish(office, 1, "baru")
    office.act("chips.bind", serial="K00001", uid="04A1B2C3D4E5F6", by=person("siti"))
    with pytest.raises(Refused, match="is bound to the chip"):
        office.act("chips.bind", serial="K00001", uid="04A1B2C3D4E5FF", by=person("siti"))
    with pytest.raises(Refused, match="K00001 has the open incident"):
        printed(office, job, 1)
    incident = office.act("incidents.list")[0]["id"]
    office.act("incidents.close", incident=incident, outcome="misread", **TWO)
    printed(office, job, 1)


def test_nothing_is_printed_while_a_shift_is_counted(office: Counter) -> None:
    job = wish(office, 1, "baru")
    office.act("shifts.count_begin", by=SITI)
    with pytest.raises(Refused, match="is being counted"):
        printed(office, job, 1)


def test_no_card_begins_on_a_printer_that_was_paused_or_has_one_under_way(office: Counter) -> None:
    """Whatever its worker believed a moment ago: the books know."""
    jobs_of = [wish(office, number, "baru") for number in (1, 2)]
    office.act("printers.pause", name="p1", by=person("siti"), why="the cover is open")
    before = office.places()
    with pytest.raises(Refused, match="p1 is paused: the cover is open"):
        printed(office, jobs_of[0], 1)
    office.act("printers.resume", name="p1", by=person("siti"))
    about: Any = {"printer": "p1", "artwork": "a", "counters": Counters(), "resumed": resumed(office.shop.books)}
    assert office.places() == before
    attempt = begin(office.shop.books, job=jobs_of[0], serial="K00001", **about)
    for state in (AttemptState.IN_DOUBT, AttemptState.UNUSED):
        with pytest.raises(Refused, match="K00001 is under way in p1, or nobody has said yet"):
            begin(office.shop.books, job=jobs_of[1], serial="K00002", **about)
        with office.shop.books.booking() as booking:
            row = attempts.find_attempt(booking.connection, attempt)
            assert row is not None
            by = () if state is AttemptState.IN_DOUBT else ("budi", "siti")
            end(booking, row, state, evidence=None, by=by)
    begin(office.shop.books, job=jobs_of[1], serial="K00001", **about)


def test_the_log_says_which_policy_applied(office: Counter) -> None:
    shop = office.shop
    for _ in range(2):
        assert not configured.enter(shop), "the first entry says it"
    policy = shop.config.policy.model_copy(update={"reserve_floor": 5})
    shop.config = shop.config.model_copy(update={"policy": policy})
    assert configured.enter(shop)
    with shop.store.reading() as connection:
        told = connection.exec_driver_sql("SELECT content FROM configuration ORDER BY seq").scalars().all()
    assert ['"reserve_floor": 90' in told[0], '"reserve_floor": 5' in told[1], len(told)] == [True, True, 2]


@pytest.mark.parametrize(
    "wrong",
    [
        '[[policy.classes]]\nname = "a"\nreasons = ["nonsense"]\n',
        '[[policy.classes]]\nname = "a"\nreasons = ["baru", "baru"]\n',
        '[[policy.classes]]\nname = "a"\nreasons = ["baru"]\n[[policy.classes]]\nname = "a"\nreasons = ["rusak"]\n',
        '[policy]\nquota_period = "year"\n',
    ],
)
def test_a_policy_that_makes_no_sense_stops_the_start(tmp_path: Path, wrong: str) -> None:
    with pytest.raises(ConfigError, match="policy"):
        create(tmp_path / "shop", origin="x.example/53/5371/blanks/1", extra=wrong)


def test_a_printer_rests_by_what_the_books_say_it_did_today(office: Counter) -> None:
    zone = ZoneInfo("Asia/Makassar")
    duty = Duty(cards_per_day=5, cards_in_a_row=3, cool_down_minutes=15)
    at: list[Any] = [f"2026-11-02T01:0{minute}:00Z" for minute in range(4)]
    assert why(duty, at[:2], office.now, zone) == ""
    assert "3 cards in a row and cools down until 09:17" in why(duty, at[:3], office.now + timedelta(minutes=3), zone)
    assert why(duty, at[:3], office.now + timedelta(minutes=18), zone) == ""
    assert "cools down" not in why(duty, [*at[:3], "2026-11-02T01:30:00Z"], office.now + timedelta(minutes=31), zone)
    assert "its limit" in why(duty, [*at, "2026-11-02T02:00:00Z"], office.now, zone)
    assert why(Duty(cards_per_day=0), at * 50, office.now, zone) == ""


def test_all_that_the_configuration_says_of_the_policy_is_shown() -> None:
    """What is shown is written field by field: a setting that is added must not be left out."""
    assert Policy.model_fields.keys() <= PolicyTold.__required_keys__
    assert PriorityClass.model_fields.keys() == ClassTold.__required_keys__
