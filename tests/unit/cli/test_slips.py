"""The slip that the holder of a card takes along, as the command line writes it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from printd.cli.app import app
from printd.desk.desk import Desk
from printd.errors import Refused
from support.counter import SITI, TWO, counter
from support.paper import pages_of
from support.papered import Papered
from support.people import session_files


def test_a_slip_is_written_when_the_card_is_handed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with counter(tmp_path / "shop") as shop:
        shop.announce()
        shop.receive()
        shop.open_shift(5)
        shop.act("blanks.load", printer="p1", pieces=3, by=SITI)
        made = Papered(shop)
        job = made.print_card(serial="K00001")
        with pytest.raises(Refused, match="was not handed over yet"):
            shop.act("papers.again", kind="handover", name=job, by=TWO["by"])
        monkeypatch.setenv("PRINTD_SESSIONS", session_files(Desk(shop.shop), tmp_path / "sessions", "siti"))
    done = CliRunner().invoke(
        app,
        ["--shop", str(tmp_path / "shop"), "jobs", "handover", "K00001", "--receiver", "proxy", "--slip"],
        input="nobody\nunknown\nsurat kuasa\nnobody was asked\n",
    )
    assert done.exit_code == 0, done.output
    asked, _, told = done.stderr.rpartition("Why it is unknown:")
    assert "The old card (taken, none or unknown)" in asked
    assert "is none of taken, none, unknown" in asked
    path = Path(re.sub(r"\s", "", told))
    (page,) = pages_of(path)
    assert path.parent == tmp_path / "shop" / "acts"
    assert "Tanda Terima KTP-el" in page
    assert "K00001" in page
    assert "penerima kuasa" in page
    assert "entri 52" in page
