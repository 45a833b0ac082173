"""What a terminal shows: folded between words, coloured for people alone, aligned by the places that letters take."""

import io
import sys
from collections.abc import Callable

import pytest

from printd.cli import output
from printd.errors import PrintdError


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], Screen]:
    """Return a way to a terminal of a width, on which colours are wanted."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")

    def of(width: int) -> Screen:
        made = Screen()
        monkeypatch.setattr(sys, "stdout", made)
        monkeypatch.setattr(sys, "stderr", made)
        monkeypatch.setattr(output.out, "width", width)
        monkeypatch.setattr(output.err, "width", width)
        return made

    return of


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 10, [""]),
        ("one two", 10, ["one two"]),
        ("one two three", 8, ["one two", "three"]),
        ("one  two", 5, ["one ", "two"]),
        ("abcdefghij", 4, ["abcd", "efgh", "ij"]),
        ("ab abcdefghij", 4, ["ab", "abcd", "efgh", "ij"]),
        ("  - indented words", 12, ["  - indented", "words"]),
        ("世界世界", 4, ["世界", "世界"]),
        ("世界", 1, ["世", "界"]),
    ],
)
def test_text_is_parted_between_words(text: str, width: int, lines: list[str]) -> None:
    assert output.folded(text, width) == lines


@pytest.mark.parametrize(("text", "places"), [("abc", 3), ("é", 1), ("e\u0301", 1), ("世界", 4), ("", 0)])
def test_letters_take_the_places_that_a_terminal_gives_them(text: str, places: int) -> None:
    assert output.cells(text) == places


def test_people_see_colours_and_files_do_not(
    screen: Callable[[int], Screen], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    output.show_rows("Jobs", ["job", "state"], [["a", "held"]], empty="")
    assert capsys.readouterr().out == "Jobs\njob  state\na    held\n"
    seen = screen(80)
    output.show_rows("Jobs", ["job", "state"], [["a", "held"]], empty="")
    assert "\x1b[33mheld\x1b[0m" in seen.getvalue()
    assert "\x1b[1mJobs\x1b[0m" in seen.getvalue()
    monkeypatch.setenv("NO_COLOR", "1")
    plain = screen(80)
    output.show_rows("Jobs", ["job", "state"], [["a", "held"]], empty="")
    assert plain.getvalue() == "Jobs\njob  state\na    held\n"


def test_numbers_stand_right_and_wide_letters_keep_the_columns(capsys: pytest.CaptureFixture[str]) -> None:
    output.show_rows("Title", ["place", "pieces", "note"], [["世", 1200, "x"], ["store", 7, "y"]], empty="")
    assert capsys.readouterr().out == "Title\nplace  pieces  note\n世      1,200  x\nstore       7  y\n"


def test_an_error_fits_the_terminal_and_loses_no_word(screen: Callable[[int], Screen]) -> None:
    seen = screen(30)
    sentence = "Every word of this sentence is there to be read by whoever stands at the counter."
    output.show_error(PrintdError("It was refused.", why=sentence, remedy="Look again."))
    shown = seen.getvalue().replace("\x1b[1m", "").replace("\x1b[1;31m", "").replace("\x1b[0m", "")
    assert all(len(line) <= 30 for line in shown.splitlines())
    assert " ".join(shown.split()) == f"It was refused. Why: {sentence} Do: Look again."


def test_lines_are_as_wide_as_the_terminal_is(screen: Callable[[int], Screen], monkeypatch: pytest.MonkeyPatch) -> None:
    screen(1)
    monkeypatch.setenv("COLUMNS", "33")
    output.fit_output()
    assert (output.out.width, output.err.width) == (33, 33)
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    output.fit_output()
    assert output.out.width > 1000, "a file has no width"


def test_a_fact_is_never_broken(screen: Callable[[int], Screen]) -> None:
    seen = screen(20)
    output.show_facts({"root": "ab" * 32, "state": None})
    assert "ab" * 32 in seen.getvalue()
