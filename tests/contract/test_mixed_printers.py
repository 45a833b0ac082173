"""A shop whose printers differ: jobs go to one that can do them. One has the station or the ribbon, another has not."""

from __future__ import annotations

import sys
from pathlib import Path

from printd.demo.staff import RUNNER, person
from support.office import TWO, Office, office, until

ENCODER = f"""
[encoder]
mode = "command"
station = "contact"
command = ["{sys.executable}", "-c", ""]
"""


def without_station(shop: Office, first: int, last: int) -> None:
    """Add a printer that makes pictures, and blanks in its hopper."""
    folder = shop.folder / "printed"
    folder.mkdir()
    told = shop.act("printers.add", name="pic", uri=f"picture:{folder}", family="picture", model="png", **TWO)
    assert "cannot hold a card at a contact station" in told["unable"]
    shop.issue(f"BLK{first:06d}", f"BLK{last:06d}")
    shop.act("blanks.load", printer="pic", pieces=last - first + 1, by=person(RUNNER))
    shop.act("printers.resume", name="pic", by=person(RUNNER))


def test_jobs_wait_for_the_printer_that_has_the_station(tmp_path: Path) -> None:
    with office(tmp_path, blanks=2, more=ENCODER) as shop:
        without_station(shop, 3, 5)
        shop.take_in(3)
        with shop.open_doors():
            until(lambda: list(shop.places().values()).count("output") == 2, "both blanks of p0 are printed")
            until(lambda: "unable" in [row["state"] for row in shop.act("printers.list")], "the other says why not")
            rows = {row["name"]: row for row in shop.act("printers.list")}
            assert "proves left_printer and no chip" in rows["pic"]["message"]
            assert not rows["pic"]["paused"], "nobody has to resume it once the shop wants no chips"
            (waiting,) = shop.act("jobs.list", state="queued")["jobs"]
            assert waiting["waits"]["code"] == "no_blank"
            assert waiting["waits"]["sentence"].endswith("of a printer with a contact station (p0)")
            shop.act("printers.pause", name="pic", by=person(RUNNER))
            tested = shop.act("test_prints.print", name="pic", by=person(RUNNER))
            assert (tested["state"], tested["serial"]) == ("spoiled", "BLK000003"), "a test card needs no chip"
            assert not list((tmp_path / "printed").glob("000002*"))
        places = list(shop.places().values())
        assert (places.count("hopper:pic"), places.count("output")) == (2, 2)
        shop.prove()


def test_a_shop_where_no_printer_has_the_station_says_so(tmp_path: Path) -> None:
    shop = Office(tmp_path, more=ENCODER)
    try:
        shop.deliver(5)
        without_station(shop, 1, 2)
        shop.take_in(1)
        (job,) = shop.act("jobs.list")["jobs"]
        assert job["waits"]["code"] == "no_station"
        assert "no printer of this shop has a contact station" in job["waits"]["sentence"]
        (row,) = shop.act("printers.list")
        assert row["state"] == "unable"
    finally:
        shop.shop.close()


def test_jobs_go_to_the_printer_with_the_right_ribbon(tmp_path: Path) -> None:
    """The other says what it lacks and has touched no blank; with the right ribbon it goes on."""
    with office(tmp_path, printers=2, blanks=4) as shop:
        wrong = shop.printers["p0"]
        wrong.hands.new_ribbon("k", 100)
        shop.take_in(7)
        with shop.open_doors():
            until(lambda: list(shop.places().values()).count("output") == 4, "the other printed on all its blanks")
            rows = {row["name"]: row for row in shop.act("printers.list")}
            assert not rows["p1"]["paused"]
            assert "Put in the ribbon that the job needs" in rows["p0"]["pause_reason"]
            assert not wrong.truth.read("card")
            assert list(shop.places().values()).count("hopper:p0") == 4
            wrong.hands.new_ribbon("ymcko", 100)
            shop.act("printers.resume", name="p0", by=person(RUNNER))
            shop.print_everything(7)
        assert len(wrong.truth.read("card")) == 3
        shop.judge(records=7)
