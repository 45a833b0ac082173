"""The database is gone and comes back: a server that is stopped before, during and after acts, a file that is moved."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from faults import judge
from faults.catalogue import ALONE, CASES, DAEMON
from faults.choice import EACH, WHOLE
from faults.folder_faults import CLEAN, FAULTS, RUNNING, Fault
from faults.ground import Ground, Grounds, Processes, Said, Untrue, added
from faults.life import find
from faults.postgres import (
    A_SLOW_READ,
    BEFORE_THE_COMMIT,
    IN_THE_COMMIT,
    NO_MORE,
    NO_SLOW_READ,
    SLOW,
    OnPostgres,
    on_postgres,
)
from faults.shops import SITI, TEMPLATES

AWAY = Fault(
    lambda ground: None,
    lambda ground: None,
    ("does not answer", "server", "connection"),
    never=("damaged", "restore", "does not exist", "make a new shop", "full"),
)
MIDDLE = [
    pytest.param(BEFORE_THE_COMMIT, "printers.pause", id="before the commit"),
    pytest.param(BEFORE_THE_COMMIT, "deliveries.receive", id="before the commit, with papers"),
    pytest.param(IN_THE_COMMIT, "printers.pause", id="in the commit"),
    pytest.param(IN_THE_COMMIT, "transfers.send", id="in the commit, with papers"),
]
NOTE = {"kind": "extra", "note": "a test", "by": SITI}


@pytest.fixture(scope="module")
def _postgres(processes: Processes) -> Iterator[OnPostgres]:
    with on_postgres(processes) as made:
        yield made


@pytest.fixture
def postgres(_postgres: OnPostgres) -> Iterator[OnPostgres]:
    """A server that runs, before and after."""
    yield _postgres
    _postgres.start_server()
    _postgres.clear()


def acts_of(template: str) -> list[str]:
    """Return the acts of one template that a run takes: all, or a share."""
    names = [name for name, case in CASES.items() if case.shop == template]
    return names if WHOLE else names[:: max(1, len(names) // (7 * EACH))]


def works(ground: Ground) -> Said | None:
    """Tell whether an act is booked again."""
    said = ground.act("incidents.open", NOTE).whole()
    return None if said.code else said


@pytest.mark.postgres
@pytest.mark.timeout(400)
@pytest.mark.parametrize("template", [name for name in TEMPLATES if acts_of(name)] if WHOLE else ["noon"])
@pytest.mark.parametrize("life", [CLEAN, RUNNING])
def test_a_server_that_is_away_is_named_by_every_act(postgres: OnPostgres, life: str, template: str) -> None:
    ground = postgres
    find(ground, template, life)
    before = ground.ledger()
    ground.stop_server()
    said = {name: ground.act(name, CASES[name].arguments(ground.facts)) for name in acts_of(template)}
    checked = ground.printd("check", "--json").whole()
    if ground.daemon is not None:
        ground.steady(1.0)
        told = ground.until(lambda: _unready(ground), "/health does not name the server")
        assert any(word in str(told).lower() for word in AWAY.cause), told
    ground.start_server()
    after = ground.ledger()
    ground.until(lambda: works(ground), "it does not go on when the server is back")
    for name, one in said.items():
        case = CASES[name]
        if (DAEMON if life == RUNNING else ALONE) in case.doors:
            done = judge.answer(case, AWAY, one, before, after)
            if done and case.books:
                raise Untrue(f"{name} says that it is booked while the server is away")
        else:
            judge.sentences(one.whole().value)
    assert checked.code == 1
    assert any(word in checked.out.lower() for word in AWAY.cause), checked
    assert not any(word in checked.out.lower().replace(judge.CALMING, "") for word in AWAY.never), checked
    ground.until(lambda: None if ground.printd("check", "--json").whole().code else True, "check does not become well")
    if ground.daemon is not None:
        ground.stop()


def _unready(ground: Ground) -> object | None:
    told = ground.health()
    return None if told["ready"] else told


@pytest.mark.postgres
@pytest.mark.parametrize("life", [CLEAN, RUNNING])
@pytest.mark.parametrize(
    ("trigger", "name"),
    MIDDLE if WHOLE else MIDDLE[1:3],
)
def test_a_server_that_stops_in_the_middle_of_an_act(postgres: OnPostgres, life: str, trigger: str, name: str) -> None:
    ground = postgres
    find(ground, "noon", life)
    before = ground.ledger()
    ground.sql(SLOW, "shop")
    ground.sql(trigger, "shop")
    acting = ground.begin_act(name, CASES[name].arguments(ground.facts))
    ground.until_asleep()
    ground.stop_server()
    said = ground.processes.wait(acting).whole()
    ground.start_server()
    ground.sql(NO_MORE, "shop")
    assert not added(before, ground.ledger(), CASES[name].books)
    assert said.code == 1
    text = judge.sentences(said.value)
    assert any(word in text.lower() for word in AWAY.cause), text
    assert not any(word in text.lower().replace(judge.CALMING, "") for word in AWAY.never), text
    consequence = said.value["consequence"]
    # Whoever is cut off in the middle of a commit cannot know; earlier nothing is booked.
    assert consequence == "Nothing was booked." or (trigger is IN_THE_COMMIT and "unknown" in consequence), consequence
    ground.until(lambda: works(ground), "it does not go on when the server is back")
    if ground.daemon is not None:
        ground.stop()


@pytest.mark.postgres
@pytest.mark.parametrize("life", [CLEAN, RUNNING])
def test_an_act_that_is_booked_stands_though_its_answer_cannot_be_read(postgres: OnPostgres, life: str) -> None:
    ground, name = postgres, "deliveries.receive"
    find(ground, "noon", life)
    before = ground.ledger()
    for statement in A_SLOW_READ:
        ground.sql(statement, "shop")
    acting = ground.begin_act(name, CASES[name].arguments(ground.facts))
    try:
        ground.until_asleep()
    except Untrue as never:
        raise Untrue(f"{never}: {ground.processes.wait(acting)}") from never
    ground.stop_server()
    said = ground.processes.wait(acting).whole()
    ground.start_server()
    for statement in NO_SLOW_READ:
        ground.sql(statement, "shop")
    assert added(before, ground.ledger(), CASES[name].books)
    assert said.code == 0, said
    assert judge.debts(said.value), said
    judge.sentences(said.value)
    ground.until(lambda: works(ground), "it does not go on when the server is back")
    if ground.daemon is not None:
        ground.stop()


@pytest.mark.postgres
def test_a_daemon_waits_for_its_server_when_it_starts(postgres: OnPostgres) -> None:
    ground = postgres
    ground.furnish("dawn")
    before = ground.ledger()
    ground.stop_server()
    ground.begin()
    ground.steady(3.0)
    assert any(word in ground.words().lower() for word in AWAY.cause), ground.words()
    checked = ground.printd("check", "--json").whole()
    assert checked.code == 1
    said = ground.act("printers.pause", {"name": "p3", "by": SITI}).whole()
    assert said.code == 1
    judge.sentences(said.value)
    ground.start_server()
    ground.until(lambda: "attempt.printed" in ground.ledger().kinds or None, ground.words()[-1500:], seconds=30)
    new = ground.ledger().kinds[len(before.kinds) :]
    assert new.index("attempt.in_doubt") < new.index("attempt.started")
    ground.stop()


def test_a_file_that_is_moved_under_many_acts_loses_none_that_was_booked(grounds: Grounds) -> None:
    """A new connection must not make an empty database in its place, which would take the log of the real one away."""
    ground = grounds("plain")
    find(ground, "noon", RUNNING)
    before = ground.ledger()
    FAULTS["database gone"].put(ground)
    begun = [ground.begin_act("incidents.open", NOTE) for _ in range(60)]
    said = [ground.processes.wait(one) for one in begun]
    assert not (ground.shop / "printd.sqlite").exists()
    FAULTS["database gone"].lift(ground)
    for one in said:
        one.whole()
        if one.code:
            judge.sentences(one.value)
    booked = sum(one.code == 0 for one in said)
    assert added(before, ground.ledger(), ("incident.opened",))["incident.opened"] == booked
    ground.until(lambda: works(ground), "it does not go on when the file is back")
    ground.stop()
    assert added(before, ground.ledger(), ("incident.opened",))["incident.opened"] == booked + 1
