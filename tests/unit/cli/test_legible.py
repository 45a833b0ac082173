"""What a device sent is shown to people and carried out by nobody's terminal."""

import io
import sys
from collections.abc import Callable

import pytest

import drivers.printer
from printd.cli import output
from printd.errors import PrintdError

STEERS, SHOWN = "jam\x1b[2J\x9b31m\x00", r"jam\x1b[2J\x9b31m\x00"


@pytest.mark.parametrize("legible", [drivers.printer.legible, output.legible])
def test_control_characters_become_words_and_everything_else_stays(legible: Callable[[str], str]) -> None:
    assert legible(STEERS) == SHOWN
    assert legible("Jl. Ahmad Yani\t7\n\u00e9\u20ac\U0001f5a8") == "Jl. Ahmad Yani\t7\n\u00e9\u20ac\U0001f5a8"


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("name", ["stdout", "stderr"])
def test_no_text_steers_the_terminal(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Screen()
    monkeypatch.setattr(sys, name, screen)
    monkeypatch.setattr(output, "out", output.Terminal(name))
    monkeypatch.setattr(output, "err", output.Terminal(name))
    output.out.print(STEERS)
    output.out.print(STEERS, style="bold")
    output.show_rows("printers", ["reading"], [[STEERS]], empty="none")
    output.show_facts({"reading": STEERS, "all": [STEERS]})
    output.show_error(PrintdError(STEERS, why=STEERS))
    seen = screen.getvalue()
    assert seen.count(SHOWN) == 7
    assert not set(seen) & set("\x9b\x00")
    assert "\x1b[2J" not in seen
