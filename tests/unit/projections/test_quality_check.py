"""The quality check, also of a card that passed it once; and which chip goes with a card whose blank was another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from printd.books.replay import compare
from printd.custody import correction
from printd.errors import Refused
from printd.projections import cards
from printd.projections.kinds import PROJECTIONS
from printd.store import chips as store_chips
from support.counter import BUDI, MARTA, SITI, TWO, Counter, counter
from support.deliberate import line, notices
from support.fixed import NewDatabase
from support.people import person
from support.workday import finish, print_on, queue, start

UID = "04A1B2C3D4E5F6"
OTHERS = {"by": BUDI, "second": MARTA}


@pytest.fixture
def office(new_database: NewDatabase, tmp_path: Path) -> Iterator[Counter]:
    """An office on either database, with blanks K00001 to K00004 in a printer that siti let work."""
    url = new_database(False)
    extra = "" if url.startswith("sqlite") else f'\n[database]\nurl = "{url}"\n'
    with counter(tmp_path / "shop", extra) as made:
        made.announce()
        made.receive()
        made.open_shift(4)
        made.act("blanks.load", printer="p1", pieces=4, by=SITI)
        yield made


def replays(office: Counter) -> None:
    with office.shop.store.reading() as connection:
        assert compare(connection, PROJECTIONS).differences == ()


def refusal_of(act: Callable[[], object]) -> str:
    """Return why an act was not done; nothing where it was."""
    try:
        act()
    except Refused as refusal:
        return str(refusal)
    return ""


@notices(
    {
        "a card that passed is looked for in the tray": line(
            cards._card_checked,
            'places.FINISHED if attempt["quality"] == Quality.GOOD else places.OUTPUT',
            "places.OUTPUT",
        )
    }
)
def test_a_card_found_bad_after_it_passed_goes_to_the_bin_and_its_job_waits(office: Counter) -> None:
    (job,) = queue(office.desk, 1)
    print_on(office.desk, job, "K00001")
    office.act("jobs.check", job=job, quality="good", by=BUDI)
    assert (office.places()["finished"], office.act("jobs.show", job=job)["state"]) == (1, "finished")
    assert "passed by the quality check" in refusal_of(
        lambda: office.act("jobs.check", job=job, quality="good", by=BUDI)
    )
    bad = {"job": job, "quality": "spoiled", "cause": "print_fade", **OTHERS}
    assert refusal_of(lambda: office.act("jobs.check", **bad)) == ""
    places = office.places()
    assert ("finished" in places, "output" in places, places["spoiled"]) == (False, False, 1)
    shown = office.act("jobs.show", job=job)
    assert (shown["state"], shown["held_because"]) == ("held", "spoiled")
    assert [(one["quality"], one["cause"]) for one in shown["attempts"]] == [("spoiled", "print_fade")]
    assert [(step["from"], step["to"]) for step in office.act("blanks.show", serial="K00001")["life"][-3:]] == [
        ("printer:p1", "output"),
        ("output", "finished"),
        ("finished", "spoiled"),
    ]
    assert "held" in refusal_of(lambda: start(office.desk, job, "K00002")), "nothing is printed again by itself"
    assert refusal_of(lambda: office.act("jobs.check", **bad)), "it is spoiled once"
    office.act("jobs.reprint", job=job, **TWO)
    print_on(office.desk, job, "K00002")
    office.act("jobs.check", job=job, quality="good", by=BUDI)
    office.act("jobs.hand_over", job=job, by=person("siti"), receiver="holder", old_card="none")
    assert (office.places()["holder"], office.places()["spoiled"]) == (1, 1)
    assert refusal_of(lambda: office.act("jobs.check", **bad)), "it is the holder's now"
    replays(office)


def chips(office: Counter) -> dict[str, str | None]:
    """Return which chip the books know of the first two blanks."""
    with office.shop.store.reading() as connection:
        found = {serial: store_chips.chip_of_serial(connection, serial) for serial in ("K00001", "K00002")}
    return {serial: None if chip is None else str(chip["uid"]) for serial, chip in found.items()}


def bind(office: Counter) -> None:
    office.act("chips.bind", serial="K00001", uid=UID, by=person("siti"))


@notices(
    {"every chip goes with the card": line(correction.exchange, '["bound_at"] >= since', '["bound_at"] <= entry.at')}
)
def test_a_chip_that_was_read_in_a_blank_before_its_card_began_stays_with_the_blank(office: Counter) -> None:
    (job,) = queue(office.desk, 1)
    bind(office)
    office.later(seconds=1)
    print_on(office.desk, job, "K00001")
    office.later(minutes=5)
    office.act("jobs.correct", job=job, serial="K00002", **TWO)
    assert chips(office) == {"K00001": UID, "K00002": None}
    assert office.act("blanks.show", serial="K00001")["place"] == "hopper:p1"
    assert office.act("blanks.show", serial="K00002")["place"] == "output"
    replays(office)


@pytest.mark.parametrize("seconds", [0, 90])
@notices({"no chip goes with the card": line(correction.exchange, '["bound_at"] >= since', '["bound_at"] > entry.at')})
def test_a_chip_that_was_read_in_a_card_goes_with_the_card(office: Counter, seconds: int) -> None:
    """Also within the second in which it began: the log knows no smaller time."""
    (job,) = queue(office.desk, 1)
    attempt = start(office.desk, job, "K00001")
    office.later(seconds=seconds)
    bind(office)
    finish(office.desk, attempt)
    office.later(minutes=5)
    office.act("jobs.correct", job=job, serial="K00002", **TWO)
    assert chips(office) == {"K00001": None, "K00002": UID}
    replays(office)
