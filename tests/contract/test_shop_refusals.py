"""What the shop does not print, and that it goes on with the rest."""

from __future__ import annotations

import io
import json
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from drivers.printer import Counters
from printd.cli.commands import with_commands
from printd.demo.people import make_people
from printd.demo.staff import CHECKER, RUNNER, SUPERVISOR, person
from printd.errors import Refused
from printd.events.policy import TurnTaken
from printd.intake.inbox import Inbox, Parcel
from printd.printing.artwork import Artist
from printd.printing.attempt import begin
from printd.printing.dispatch import Waiting
from printd.printing.next_job import UnableError
from printd.shop.shop import Shop
from support.office import TWO, Office, office, until
from support.resumed import resumed


def held(shop: Office) -> dict[str, str]:
    return {row["id"]: row["held_because"] for row in shop.act("jobs.list", state="held")["jobs"]}


def test_an_altered_record_is_held_and_the_others_are_printed(tmp_path: Path) -> None:
    with office(tmp_path) as shop:
        shop.take_in(3)
        with shop.shop.store.writing() as connection:
            victim = connection.exec_driver_sql("SELECT record_id FROM record_secret ORDER BY record_id").scalar()
            connection.exec_driver_sql(f"UPDATE record_secret SET fields = photo WHERE record_id = '{victim}'")
        with shop.open_doors():
            until(lambda: shop.act("jobs.count").get("printed", 0) == 2, "the other two are printed")
            until(lambda: list(held(shop).values()) == ["altered"], "the altered one is held")
        (job,) = held(shop)
        assert shop.act("jobs.show", job=job)["record_id"] == victim
        assert len([card for card in shop.outside() if card["front"]]) == 2


def test_what_cannot_be_drawn_is_held_once_with_the_reason_before_a_blank_moves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The office changed its layout after a record had entered: a label that is on the blank already is another.

    And a photo that cannot fill its place, from before photos were held against it at intake.
    """
    with office(tmp_path) as shop:
        one, other = make_people(2, seed=3)
        fields = {**one.fields, "AGAMA": "7"}
        inbox = Inbox(shop.shop)
        monkeypatch.setattr("printd.intake.inbox.misplaced", lambda *_: [])
        inbox.accept(Parcel(json.dumps(other.fields).encode(), square(other.photo_jpeg), other.signature_png), "test")
        shop.act("records.acknowledge", by=person(SUPERVISOR))
        with shop.open_doors():
            until(lambda: list(held(shop).values()) == ["artwork"], "it is held")
            (job,) = held(shop)
            assert "cut away more than 10%" in with_commands(shop.act("jobs.show", job=job))["waits"]["sentence"]
            with pytest.raises(Refused, match="still cannot be drawn"):
                shop.act("jobs.release", job=job, by=person(CHECKER))
        shop.act("jobs.cancel", job=job, by=person(CHECKER))
        inbox.accept(Parcel(json.dumps(fields).encode(), one.photo_jpeg, one.signature_png), "test")
        shop.act("records.acknowledge", by=person(SUPERVISOR))
        shop.run_under(layout="ktp_el_preprinted")
        with shop.open_doors():
            until(lambda: list(held(shop).values()) == ["artwork"], "it is held")
            assert shop.printers["p0"].truth.read("feed") == []
            (job,) = held(shop)
            with pytest.raises(Refused, match="still cannot be drawn") as refused:
                shop.act("jobs.release", job=job, by=person(CHECKER))
            assert "the blank already carries the label of agama" in refused.value.why
            told = with_commands(shop.act("jobs.show", job=job))["waits"]["sentence"]
            assert "the blank already carries the label of agama" in told
            assert "printd jobs cancel" in told
            assert list(held(shop).values()) == ["artwork"]
        shop.run_under(layout="ktp_el")
        told = with_commands(shop.act("jobs.show", job=job))["waits"]["sentence"]
        assert told == "its card can be drawn now: printd jobs release"
        shop.act("jobs.release", job=job, by=person(CHECKER))
        with shop.open_doors():
            until(lambda: shop.act("jobs.count") == {"cancelled": 1, "printed": 1}, "it is printed")


def test_a_font_that_is_gone_stands_for_no_record_s_fault(tmp_path: Path) -> None:
    """The printer says that it prints no card of this shop; nothing is held, and its worker does not die of it."""
    with office(tmp_path) as shop:
        shop.take_in(1)
        (job,) = shop.act("jobs.list", state="queued")["jobs"]
        waiting = Waiting(job["id"], job["record_id"], TurnTaken(by="order"))
        (tmp_path / "fonts").mkdir()
        (tmp_path / "fonts/Arimo-Bold.ttf").write_bytes(b"no font")
        config = shop.shop.config
        printing = config.printing.model_copy(update={"fonts": str(tmp_path / "fonts")})
        shop.shop.config = config.model_copy(update={"printing": printing})
        with pytest.raises(UnableError, match=r"p0 prints none of this shop's cards: .*Arimo-Bold\.ttf cannot be read"):
            Artist(shop.shop).prepare(waiting, "p0")
        shop.shop.config = config
        assert Artist(shop.shop).prepare(waiting, "p0").job == job["id"]


def square(photo: bytes) -> bytes:
    file = io.BytesIO()
    Image.open(io.BytesIO(photo)).resize((400, 400)).save(file, "JPEG")
    return file.getvalue()


def test_a_record_that_was_altered_is_not_released_into_another_hold(tmp_path: Path) -> None:
    with office(tmp_path) as shop:
        shop.take_in(1)
        with shop.shop.store.writing() as connection:
            connection.exec_driver_sql("UPDATE record_secret SET photo = fields")
        with shop.open_doors():
            until(lambda: list(held(shop).values()) == ["altered"], "it is held")
        (job,) = held(shop)
        with pytest.raises(Refused, match="still cannot be drawn"):
            shop.act("jobs.release", job=job, by=person(CHECKER))
        shop.act("jobs.cancel", job=job, by=person(CHECKER))
        assert shop.act("jobs.count") == {"cancelled": 1}


def test_a_stale_record_waits_for_a_look_at_the_registry(tmp_path: Path) -> None:
    with office(tmp_path) as shop:
        shop.take_in(1)
        later = datetime.now(UTC) + timedelta(days=31)
        aged = Shop.open(shop.shop_folder, clock=lambda: later)
        shop.shop.close()
        shop.shop = shop.desk.shop = aged
        with shop.open_doors():
            until(lambda: list(held(shop).values()) == ["stale"], "it is held")
            assert shop.printers["p0"].truth.read("feed") == []
            (job,) = held(shop)
            shop.act("jobs.release", job=job, by=person(CHECKER))
            until(lambda: shop.act("jobs.count") == {"printed": 1}, "who released it has looked it up")
        shop.prove()


def test_a_blank_of_the_wrong_type_does_not_move(tmp_path: Path) -> None:
    with office(tmp_path) as shop:
        manifest = "delivery,bast_number,bast_date,stock_type,generation,practice,carton,first,last\n"
        manifest += "D-2,B/2,2026-01-06,OA,5,true,D-2-1,OAX000001,OAX000005\n"
        shop.act("deliveries.announce", name="m.csv", content=b64encode(manifest.encode()).decode(), by=person(RUNNER))
        shop.receive("D-2", 5)
        shop.issue("OAX000001", "OAX000005")
        with pytest.raises(Refused, match="OAX000001 to OAX000005: type OA, but blanks of type WNI lie in p0"):
            shop.act("blanks.load", printer="p0", serials=[["OAX000001", "OAX000005"]], by=person(RUNNER))
        shop.act("blanks.unload", printer="p0", **TWO)
        shop.act("blanks.load", printer="p0", stock_type="OA", by=person(RUNNER))
        shop.take_in(1)
        (job,) = shop.act("jobs.list", state="queued")["jobs"]
        before = shop.places()
        with pytest.raises(Refused, match=r"OAX000001 is of type OA, job .* needs WNI"):
            begin(
                shop.shop.books,
                job=job["id"],
                printer="p0",
                resumed=resumed(shop.shop.books, "p0"),
                serial="OAX000001",
                counters=Counters(),
                artwork="x" * 22,
            )
        assert shop.places() == before
        assert shop.act("jobs.show", job=job["id"])["attempts"] == []


def test_a_colleague_who_answers_for_a_spoiled_card_proves_who_they_are(tmp_path: Path) -> None:
    """A colleague's name alone would let whoever printed a card approve its loss (two people)."""
    with office(tmp_path) as shop:
        shop.take_in(1)
        with shop.open_doors():
            until(lambda: shop.act("jobs.count").get("printed", 0) == 1, "the card is printed")
            (job,) = shop.act("jobs.list", state="printed")["jobs"]
            lost = {"job": job["id"], "quality": "spoiled", "cause": "print_fade"}
            for nothing in ({}, {"passphrase": person(RUNNER)["passphrase"] + "?"}):
                with pytest.raises(Refused, match="budi did not prove who they are"):
                    shop.act("jobs.check", by={"name": CHECKER, **nothing}, **lost)
            with pytest.raises(Refused, match="siti printed this card"):
                shop.act("jobs.check", by=person(RUNNER), **lost)
            assert shop.act("jobs.count") == {"printed": 1}
            shop.act("jobs.check", by=person(CHECKER), **lost)
        assert shop.act("jobs.count") == {"held": 1}


def test_a_printer_that_was_exchanged_is_paused(tmp_path: Path) -> None:
    with office(tmp_path, printers=2) as shop:
        shop.take_in(1)
        with shop.shop.store.writing() as connection:  # as if the cables had been swapped
            connection.exec_driver_sql("UPDATE printer SET serial_number = 'OTHER' WHERE name = 'p0'")
            connection.exec_driver_sql("UPDATE printer SET paused = true WHERE name = 'p1'")
        with shop.open_doors():
            until(lambda: _row(shop, "p0")["paused"], "it is paused")
        assert "SIM0000" in _row(shop, "p0")["pause_reason"]
        assert "OTHER" in _row(shop, "p0")["pause_reason"]
        assert shop.printers["p0"].truth.read("feed") == []


def _row(shop: Office, name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(row for row in shop.act("printers.list") if row["name"] == name)
    return found
