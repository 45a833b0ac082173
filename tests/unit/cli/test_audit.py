"""What `audit verify` tells of the people whose signatures it verified."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from printd.cli.app import app
from printd.store import log
from support.intake_help import deliver, new_shop, opened
from support.signed import Signed


def test_how_many_signatures_of_people_are_good_is_told(tmp_path: Path) -> None:
    folder = new_shop(tmp_path / "shop")
    with opened(folder) as desk:
        deliver(desk)
        desk.shop.sign()
        with desk.shop.store.reading() as connection:
            signed = Signed(body for _, body, _ in log.entries(connection))
    told = CliRunner().invoke(app, ["--shop", str(folder), "audit", "verify", "--json"])
    assert json.loads(told.stdout)["signatures"] == signed.signatures > 20
    shown = CliRunner().invoke(app, ["--shop", str(folder), "audit", "verify"])
    assert f"{signed.signatures} good signatures under entries" in shown.stdout
