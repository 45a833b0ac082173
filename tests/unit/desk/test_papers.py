"""The paper of an act can be had again from the books alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from printd.desk import paper_making
from printd.errors import Refused
from printd.reports import act_drawn, acts, pdf, signing_drawn, table_drawn
from support.counter import BUDI, RATNA, SITI, TWO, Counter, counter
from support.deliberate import line, notices
from support.paper import check_paper, pages_of


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Counter]:
    with counter(tmp_path / "shop") as made:
        made.announce()
        yield made


def lost_and_had_again(office: Counter, kind: str, name: str, files: dict[str, str]) -> None:
    """Throw an act's papers away, have a copy written, and compare what machines and people read of them."""
    before = Path(files["json"]).read_bytes()
    told = check_paper(Path(files["pdf"]), Path(files["json"]))
    for path in files.values():
        if path.endswith((".json", ".pdf")):
            Path(path).unlink()
    again = office.act("papers.again", kind=kind, name=name, by=SITI)["files"]
    assert Path(again["json"]).read_bytes() == before
    copy = check_paper(Path(again["pdf"]), Path(again["json"]))
    assert copy.count(" SALINAN") == len(pages_of(Path(again["pdf"]))), "below the title, and on every other page"
    assert copy.replace(" SALINAN", "") == told, "and of the same root"


@notices(
    {
        "the cells stay empty": line(
            table_drawn._row, "shown(value, one.kind, one.words, reader)", "shown(None, one.kind, one.words, reader)"
        ),
        "a cell has its neighbour's figure": line(table_drawn._row, "row.get(one.key)", "row.get(columns[0].key)"),
        "the first row is left out": line(table_drawn.table, "for row in rows]", "for row in rows[1:]]"),
        "points without their values": line(act_drawn.body, "[reader.said(one) for one in act.points]", "[]"),
        "nobody's name": line(signing_drawn._lines, "if person.name else _DOTS", "and _DOTS"),
        "a log of no root": line(pdf._Pages._head_and_foot, "if self._document.root:", "if not self._document.root:"),
        "a page of nothing": line(
            acts.to_pdf, "render(document, office, code", "(lambda *_, **__: b'%PDF-1.4' + bytes(9999))(0, code"
        ),
        "a page with a title alone": line(
            acts.to_pdf,
            "render(document, office, code",
            "render(dataclasses.replace(document, tables=(), signatures=()), office, code",
        ),
        "the number of another paper": line(paper_making._completed, "number.text or", "'7/XI/2026' or"),
    }
)
def test_every_act_is_written_again_as_it_was(office: Counter) -> None:
    cartons = [{"carton": f"D1-{n}"} for n in (1, 2)]
    office.count({"pieces": 100, "cartons": cartons})
    received = office.act("deliveries.receive", delivery="D1", **TWO)
    lost_and_had_again(office, "delivery", "D1", received["act"])
    office.act("deliveries.open", delivery="D1", carton="D1-1", **TWO)
    shift = office.open_shift(5)
    office.act("blanks.spoil", serial="K00001", cause="factory_defect", **TWO)
    office.act("shifts.count_begin", by=SITI)
    office.sheets(shift)
    closed = office.act("shifts.close", **TWO)
    lost_and_had_again(office, "shift", shift, closed["files"])
    witnesses = [{"name": "PETRUS CONTOH", "agency": "Satpol PP"}]
    about = {"ba_number": "BA/1", "place": "halaman", "witnesses": witnesses, "by": BUDI, "second": RATNA}
    done = office.act("destructions.destroy", **about)
    lost_and_had_again(office, "destruction", done["id"], done["files"])
    numbers = [json.loads(Path(one["json"]).read_bytes())["number"] for one in (received["act"], closed["files"])]
    assert numbers == [f"BA.400.12.2.1/{n}/Dukcapil/XI/2026" for n in (1, 2)]


@pytest.mark.parametrize(
    ("kind", "name", "sentence"),
    [
        ("delivery", "D1", "was not received yet"),
        ("delivery", "D9", "There is no delivery D9"),
        ("shift", "nothing", "There is no shift"),
        ("transfer", "T1", "T1"),
        ("destruction", "x", "There is no destruction"),
        ("letter", "x", "wrong arguments"),
    ],
)
def test_what_is_not_there_has_no_paper(office: Counter, kind: str, name: str, sentence: str) -> None:
    def folder() -> list[Any]:
        return sorted(office.shop.folder.rglob("*.pdf"))

    before = folder()
    with pytest.raises(Refused, match=sentence):
        office.act("papers.again", kind=kind, name=name, by=SITI)
    assert folder() == before
