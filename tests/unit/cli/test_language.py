"""The language of the terminal is the one that gettext's environment wants, where we have it."""

import io
import sys
from typing import Any

import pytest

from printd.cli import language, output
from printd.language.vocabularies import Vocabulary


@pytest.mark.parametrize(
    ("environment", "wanted"),
    [
        ({}, "en"),
        ({"LANG": "id_ID.UTF-8"}, "id"),
        ({"LANG": "id"}, "id"),
        ({"LANG": "in_ID.UTF-8"}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "en_GB.UTF-8", "LC_MESSAGES": "id_ID.UTF-8"}, "id"),
        ({"LANG": "id_ID.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "en_US.UTF-8", "LANGUAGE": "jv:id:en"}, "id"),
        ({"LANG": "id_ID.UTF-8", "LANGUAGE": "en:id"}, "en"),
        ({"LANG": "id_ID@latin", "LC_ALL": ""}, "id"),
        ({"LANG": "nl_NL.UTF-8"}, "en"),
    ],
)
def test_the_environment_says_which_language(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], wanted: str
) -> None:
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert language.language() == wanted


def test_a_table_says_the_codes_of_its_vocabularies_and_keeps_their_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    class Screen(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setenv("LANGUAGE", "id")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr(sys, "stdout", screen := Screen())
    words = {"state": Vocabulary.JOB, "reasons": Vocabulary.REASON}
    rows: list[list[Any]] = [["held", "held", ["hilang", "rusak"], None], ["b", "", [], "held"]]
    output.show_rows("Jobs", ["job", "state", "reasons", "left"], rows, words=words, empty="")
    output.show_facts({"place": "hopper:p1", "state": "finished"}, words={"place": Vocabulary.PLACE, **words})
    told = screen.getvalue()
    assert "\x1b[33mditahan, menunggu keputusan\x1b[0m" in told
    assert "hilang, rusak" in told
    assert "baki masukan mesin cetak p1" in told
    assert "\x1b[32mselesai, lulus pemeriksaan mutu\x1b[0m" in told
    assert told.count("\x1b[33mheld\x1b[0m") == 2, "what names no vocabulary is shown as it is"
