"""What entries of papers may say: each stands for its act, on a root of this log, and is the first of it or a copy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from printd_verify import papers
from printd_verify.database import Database
from printd_verify.notes import read_key
from printd_verify.verification import Trust, verify
from support.deliberate import line, notices
from support.told import HASH, SITI, TONO, Told


def log_with(*made: dict[str, Any], by: tuple[str, ...] = (SITI, TONO)) -> Told:
    """Return a log with a delivery and papers of it; what they say otherwise than the right one."""
    log = Told()
    log.begin()
    act = log.stock()
    size = len(log.bodies)
    root = log.end(size).root().hex()
    for other in made:
        right = {"paper": "delivery", "name": "D1", "entry": act, "size": size, "root": root, "digest": HASH}
        log.say("paper.made", {**right, **other}, *by)
    return log


def found(log: Told, folder: Path) -> set[str]:
    report = verify(Database(log.write_database(folder / "log.sqlite")), Trust((read_key(log.vkey),)), jobs=0)
    return {case.code for case in report.cases}


COPY = {"copy": True}
NUMBER = {"number": "BA/1/2026", "year": 2026, "running": 1}
WRONG: dict[str, tuple[list[dict[str, Any]], set[str]]] = {
    "none is": ([{}, COPY, COPY], set()),
    "its root": ([{"root": "ab" * 32}], {"told_root"}),
    "a root that is to come": ([{"size": 10_000}], {"told_later", "paper_stands"}),
    "a root below its act": ([{"size": 1, "root": ""}], {"paper_stands"}),
    "its act": ([{"entry": 0}], {"paper_act"}),
    "its kind": ([{"paper": "shift"}], {"paper_act"}),
    "its name": ([{"name": "D2"}], {"paper_act"}),
    "a second first one": ([{}, {}], {"paper_again"}),
    "a copy of none": ([COPY], {"paper_copy"}),
    "a copy on another root": ([{}, {**COPY, "size": 1, "root": ""}], {"paper_copy", "paper_stands"}),
    "a number": ([{**NUMBER}], set()),
    "a number of a copy": ([{**NUMBER}, {**COPY}], {"paper_copy"}),
    "its running number": ([{**NUMBER, "running": 2}], {"paper_number"}),
    "its year": ([{"number": "BA/1/2026", "running": 1}], {"paper_number"}),
    "a word": ([{"paper": "letter"}], {"data"}),
    "no digest": ([{"digest": ""}], {"data"}),
}


@notices(
    {
        "any act will do": line(papers.Papers._paper, "self._acts.get(act) != (paper, name)", "False"),
        "any copy will do": line(papers.Papers._paper, "made != first", "False"),
        "any running number will do": line(papers.Papers._numbered, "last is None and running != 1", "False"),
        "any size will do": line(papers.Papers._paper, 'not act < data["size"] <= seq', "False"),
    }
)
def test_what_is_wrong_with_an_entry_of_a_paper_is_found(tmp_path: Path) -> None:
    for number, (made, codes) in enumerate(WRONG.values()):
        for one in made:
            if one.get("root") == "":
                one["root"] = log_with().end(one["size"]).root().hex()
        folder = tmp_path / str(number)
        folder.mkdir()
        assert found(log_with(*made), folder) == codes, made


@pytest.mark.parametrize(("by", "codes"), [((SITI,), set()), ((), {"number_of_signers"}), (("nobody",), {"stranger"})])
def test_somebody_who_works_here_answers_for_it(tmp_path: Path, by: tuple[str, ...], codes: set[str]) -> None:
    classes = found(log_with({}, by=by), tmp_path)
    assert codes <= classes
    assert bool(codes) is bool(classes)
