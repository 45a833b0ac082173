"""The paper of an act can be had again from the books alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from printd.errors import Refused
from printd.reports import acts, pdf
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
    assert copy.count(" SALINAN / COPY") == 1 + len(pages_of(Path(again["pdf"]))), "beside the title, and on every page"
    assert copy.replace(" SALINAN / COPY", "") == told, "and of the same root"


@notices(
    {
        "the cells stay empty": line(
            pdf._row, "text = shown(row.get(one.key), one.kind)", "text = shown(None, one.kind)"
        ),
        "a cell has its neighbour's figure": line(pdf._row, "row.get(one.key)", "row.get(columns[0].key)"),
        "the first row is left out": line(pdf._table, "for row in table.rows]", "for row in table.rows[1:]]"),
        "facts without their values": line(
            pdf._told, "return shown(fact.value, fact.kind)", "return shown(None, fact.kind)"
        ),
        "nobody's name": line(pdf._signatures, "if one.name else '.' * 28", "and '.' * 28"),
        "a log of no root": line(pdf._Pages._head_and_foot, "if self._document.root else", "and"),
        "a page of nothing": line(
            acts.to_pdf, "render(document, office, zone, code", "(lambda *_, **__: b'%PDF-1.4' + bytes(9999))(0, code"
        ),
        "a page with a title alone": line(
            acts.to_pdf,
            "render(document, office, zone, code",
            "render(dataclasses.replace(document, facts=(), tables=(), signatures=()), office, zone, code",
        ),
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
