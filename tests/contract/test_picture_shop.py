"""A shop without hardware prints into a folder, with the books, the daemon and the evidence of any other."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from printd.cli.remedies import sentence
from printd.demo.staff import RUNNER, person
from printd.errors import Refused
from printd.printing.artwork import Artist
from printd.store import records
from support.office import TWO, Office, until
from support.workday import entries

FAMILY = {"family": "picture", "model": "png", **TWO}


def test_a_shop_prints_into_a_folder(tmp_path: Path) -> None:
    shop = Office(tmp_path)
    folder = tmp_path / "printed"
    uri = f"picture:{folder}"
    try:
        with pytest.raises(Refused, match="mkdir"):
            shop.act("printers.add", name="p0", uri=uri, **FAMILY)
        folder.mkdir()
        added = shop.act("printers.add", name="p0", uri=uri, **FAMILY)
        shop.deliver(10)
        shop.issue("BLK000001", "BLK000003")
        shop.act("blanks.load", printer="p0", pieces=3, by=person(RUNNER))
        tested = shop.act("technician.test", name="p0", by=person(RUNNER))
        assert tested["good"], tested["steps"]
        shop.act("printers.resume", name="p0", by=person(RUNNER))
        shop.take_in(2)
        with shop.open_doors():
            until(lambda: list(shop.places().values()).count("output") == 2, "two cards are printed")
        assert shop.places()["BLK000003"] == "hopper:p0"
        rungs = [one.data["evidence"]["rung"] for one in entries(shop.desk, "attempt.printed")]
        assert rungs == ["left_printer"] * 2, "the folder's count is the evidence"
        shop.prove()
        printed = [folder / "000001" / "front.png", folder / "000002" / "front.png"]
        assert sorted(drawn(shop)) == sorted(seen(one) for one in printed)
        shutil.rmtree(folder)
        folder.mkdir()  # another folder in the same place
        shop.act("printers.pause", name="p0", by=person(RUNNER))
        shop.act("printers.resume", name="p0", by=person(RUNNER))
        with shop.open_doors():
            until(lambda: "the books expect" in shop.act("printers.list")[0]["message"], "the exchange is noticed")
        assert added["serial_number"] in shop.act("printers.list")[0]["message"]
    finally:
        shop.shop.close()


def test_a_fresh_shop_prints_into_its_own_folder(tmp_path: Path) -> None:
    shop = Office(tmp_path)
    try:
        added = shop.act("printers.add", name="practice", **TWO)
        assert (added["model"], added["uri"]) == ("png", f"picture:{tmp_path / 'shop' / 'printed' / 'practice'}")
        (listed,) = shop.act("printers.list")
        assert (listed["name"], listed["serial_number"]) == ("practice", added["serial_number"])
        with pytest.raises(Refused, match="The address of p1 is missing"):
            shop.act("printers.add", name="p1", family="evolis", model="primacy", **TWO)
        with pytest.raises(Refused, match="The model of the evolis printer is not said") as refused:
            shop.act("printers.add", name="p1", uri="usb://0f49/1", **TWO)
        assert "primacy" in sentence(refused.value.remedy)
        with pytest.raises(Refused, match="does not say what printer is there"):
            shop.act("printers.add", name="p1", uri="tcp://127.0.0.1:9", **TWO)
    finally:
        shop.shop.close()


def seen(picture: Path) -> bytes:
    with Image.open(picture) as image:
        return np.asarray(image).tobytes()


def drawn(shop: Office) -> list[bytes]:
    """Return the fronts of all records, drawn again and put together here."""
    found = []
    one = shop.shop
    artist = Artist(one)
    with shop.shop.store.reading() as connection:
        for row in records.list_records(connection, 10):
            front = artist.draw(row["id"]).front
            found.append(np.where(front.resin[:, :, None], 0, front.colour).astype(np.uint8).tobytes())
    return found
