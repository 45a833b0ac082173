"""Logs that were spoilt in every way that we know, most of them by somebody who has everything.

WHO NOTICES: ``printd-verify``, from what the auditor is given alone. docs/spoilt.md lists them.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from spoilt.good import make
from spoilt.make import BEGIN, CASES, judged, renewed

DOCUMENT = Path(__file__).parents[2] / "docs" / "spoilt.md"


@pytest.mark.timeout(600)
def test_each_is_noticed_and_the_good_ones_are_not(tmp_path: Path) -> None:
    """HAS database, folder, the log's key and everybody's passphrase, or less.

    TRIES to let the log say what did not happen: more than a hundred ways, each alone. NOTICED, each by the class of
    findings that belongs to it; nothing is found where nobody was.
    """
    said = dict(judged(make(tmp_path / "shop")))
    missed = {case.name: told.found for case, told in said.items() if case.finds and case.finds not in told.found}
    accused = {case.name: told.found for case, told in said.items() if not case.finds and told.found}
    assert (missed, accused) == ({}, {})
    assert all(told.code == bool(case.finds) for case, told in said.items())
    text = DOCUMENT.read_text(encoding="utf-8")
    assert renewed(text, said) == text, f"renew it: {BEGIN}"


def test_there_are_many_and_each_has_its_name() -> None:
    """HAS nothing. TRIES nothing: the list itself is held to what it says."""
    assert len({case.name for case in CASES}) == len(CASES)
    assert len([case for case in CASES if case.finds]) >= 60
