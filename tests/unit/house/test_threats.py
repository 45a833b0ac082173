"""docs/threats.md says what the attacks of tests/attack say, and each of them says what it must."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from attack import document

TESTS = Path(__file__).parents[2]
DOCUMENT = TESTS.parent / "docs" / "threats.md"


@pytest.mark.parametrize("attack", list(document.attacks()), ids=lambda one: one.name)
def test_every_attack_says_who_has_what_and_who_notices(attack: document.Attack) -> None:
    assert attack.whole, f"{attack.name} says only {attack.told}"
    assert attack.control or attack.holder


def test_the_document_says_what_the_attacks_say(tmp_path: Path) -> None:
    """As a process of its own: what other tests imported does not help it."""
    text, again = DOCUMENT.read_text(encoding="utf-8"), tmp_path / "threats.md"
    again.write_text(without_tables(text), encoding="utf-8")
    command = [sys.executable, "-m", "attack.document", str(again)]
    done = subprocess.run(command, cwd=TESTS, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert text == again.read_text(encoding="utf-8"), (
        "renew it: cd tests && python -m attack.document ../docs/threats.md"
    )


def without_tables(text: str) -> str:
    head, _, rest = text.partition(document.BEGIN)
    return f"{head}{document.BEGIN}\n{document.END}{rest.partition(document.END)[2]}"


def test_there_are_as_many_as_were_promised() -> None:
    assert sum(one.cases for one in document.attacks() if not one.control) >= 60
