"""What a device sent is shown to people and carried out by nobody's terminal."""

import io

import pytest
from rich.console import Console
from rich.text import Text

from drivers.printer import legible
from printd.cli import output

STEERS, SHOWN = "jam\x1b[2J\x9b31m\x00", r"jam\x1b[2J\x9b31m\x00"


def test_control_characters_become_words_and_everything_else_stays() -> None:
    assert legible(STEERS) == SHOWN
    assert legible("Jl. Ahmad Yani\t7\n\u00e9\u20ac\U0001f5a8") == "Jl. Ahmad Yani\t7\n\u00e9\u20ac\U0001f5a8"


@pytest.mark.parametrize("console", [output.out, output.err])
def test_no_text_steers_the_terminal(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console, "_file", io.StringIO())
    monkeypatch.setattr(console, "_force_terminal", True)
    monkeypatch.setattr(output, "out", console)
    console.print(STEERS)
    console.print(Text(STEERS, style="bold"))
    output.show_rows("printers", ["reading"], [[STEERS]], empty="none")
    output.show_facts({"reading": STEERS, "all": [STEERS]})
    seen = console.file.getvalue()  # type: ignore[attr-defined]
    assert seen.count(SHOWN) == 5
    assert not set(seen) & set("\x9b\x00")
    assert "\x1b[2J" not in seen
