"""A witness with two shops, one of which is forked: from the first request to the evidence, as offices would see it.

What is kept speaks for itself: whoever holds the log's key sees two notes that it signed, of which neither is the
beginning of the other.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from printd.cli.app import app
from printd.cosigning.asking import Asker
from printd.errors import IntegrityError
from printd.events.kinds import read
from printd.ledger.submission import folder_of
from printd.shop.health import Health
from printd.shop.shop import Shop
from printd.witness.kept import Kept
from printd_verify.command import main as printd_verify
from support import exported
from support.people import FIRST, EverybodysKeys, create
from support.witnesses import Served, policy, served

TOWN, DISTRICT = "printd.example/53/5371/blanks/1", "printd.example/53/5301/blanks/1"


class Office:
    """A shop that asks the witness as its daemon does."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def day(self, entries: int, rows: int = 0) -> tuple[list[str], list[str]]:
        """Book entries and have them cosigned; return what bars the books, and the codes of problems."""
        shop, barred, health = Shop.open(self.folder), list[IntegrityError](), Health(lambda: "2026-11-30T00:00:00Z")
        asker = Asker(shop, shop.witnesses.witnesses[0], health, barred.append)
        try:
            shop.check_start()
            shop.books.keys = EverybodysKeys(shop.store)
            for _ in range(entries):
                shop.books.enter(read("register.read", {"what": "specimen:j", "rows": rows}), [FIRST])
            shop.sign()
            asker.turn()
        finally:
            asker.close()
            shop.close()
        return [one.what for one in barred], [one.code for one in health.problems()]

    def audit(self, *words: str) -> tuple[int, Any]:
        """Run a command of audit."""
        ran = CliRunner().invoke(app, ["--shop", str(self.folder), "audit", *words, "--json"])
        return ran.exit_code, json.loads(ran.stdout)

    def export(self, to: Path) -> Path:
        """Write the log as static files."""
        shop = Shop.open(self.folder)
        try:
            return exported.export(shop, to)
        finally:
            shop.close()

    @property
    def vkey(self) -> str:
        """The key of its log, as others were given it on the first day."""
        return (self.folder / "keys" / "log.vkey").read_text().strip()


def known(kept: Kept, folder: Path, origin: str, witness: Served) -> Office:
    """Make a shop that has a witness, and have the witness know it."""
    create(folder, origin=origin, extra=policy(("province", witness.vkey, witness.url)))
    office = Office(folder)
    kept.trust(office.vkey)
    return office


def seen(kept: Kept, origin: str) -> int:
    """Return how many entries of a log the witness holds."""
    log = kept.log(origin)
    assert log is not None
    last = kept.last(log)
    assert last is not None
    return last.checkpoint.size


def test_of_two_shops_the_one_that_is_forked_is_refused_and_the_other_is_not(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with served(tmp_path / "witness") as there:
        kept = Kept.open(there.folder)
        assert kept is not None
        town, district = (
            known(kept, tmp_path / name, name_of, there) for name, name_of in (("town", TOWN), ("district", DISTRICT))
        )

        # Both work for a day, and the witness holds what each of them signed.
        assert (town.day(5), district.day(7)) == (([], []), ([], []))
        assert (seen(kept, TOWN), seen(kept, DISTRICT)) == (
            town.audit("verify")[1]["signed"],
            district.audit("verify")[1]["signed"],
        )

        # In the evening somebody copies the town's shop, keys and all; the town goes on.
        fork = Office(tmp_path / "fork")
        shutil.copytree(town.folder, fork.folder)
        assert town.day(4) == ([], [])
        held = seen(kept, TOWN)

        # The copy books another history, longer than the first one, with signatures that are all good.
        barred, problems = fork.day(9, rows=1)
        assert ("another root" in barred[0], problems) == (True, ["conflict"])
        assert seen(kept, TOWN) == held, "the witness holds what it saw"

        # The witness kept both signed notes, and says so to its owner.
        (evidence,) = (there.folder / "logs" / folder_of(TOWN) / "refused").iterdir()
        assert not (there.folder / "logs" / folder_of(DISTRICT) / "refused").exists()
        assert (evidence / "why.txt").read_text()[:3] in ("409", "422")
        shown = CliRunner().invoke(app, ["audit", "witness", str(there.folder), "--json"])
        told = {one["origin"]: one["refused"] for one in json.loads(shown.stdout)["logs"]}
        assert told == {TOWN: 1, DISTRICT: 0}

        # The other shop and the true one go on; the copy never does.
        assert (town.day(1), district.day(1)) == (([], []), ([], []))
        with pytest.raises(IntegrityError, match="another root"):
            fork.day(1)
        assert fork.audit("verify")[0] == 1

    # An auditor with the log's key alone: each history proves itself, and the evidence tells that there are two.
    histories = {office: office.export(tmp_path / f"log-{office.folder.name}") for office in (town, fork)}
    for office, folder in histories.items():
        asked = [str(folder), "--vkey", office.vkey, "--jobs", "0", "--json"]
        assert printd_verify(asked) == 0
        capsys.readouterr()
        ends = printd_verify([*asked, "--against", str(evidence / "held.note")])
        found = [one["class"] for one in json.loads(capsys.readouterr().out)["findings"]]
        assert (ends, found) == ((0, []) if office is town else (1, ["kept_root"]))
