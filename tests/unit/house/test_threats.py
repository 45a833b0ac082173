"""docs/threats.md says what the attacks of tests/attack say, and each of them says what it must."""

from __future__ import annotations

from pathlib import Path

import pytest

from attack import document

DOCUMENT = Path(__file__).parents[3] / "docs" / "threats.md"


@pytest.mark.parametrize("attack", list(document.attacks()), ids=lambda one: one.name)
def test_every_attack_says_who_has_what_and_who_notices(attack: document.Attack) -> None:
    assert attack.whole, f"{attack.name} says only {attack.told}"
    assert attack.control or attack.holder


def test_the_document_says_what_the_attacks_say() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    again = "cd tests && python -m attack.document ../docs/threats.md"
    assert text == document.renewed(text), f"renew it: {again}"


def test_there_are_as_many_as_were_promised() -> None:
    assert sum(one.cases for one in document.attacks() if not one.control) >= 60
