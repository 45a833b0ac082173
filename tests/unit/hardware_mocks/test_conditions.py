"""Every condition that stops a simulated printer has a word in every language that printer may speak."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

import pytest

from hardware_mocks.evolis.printer import _COMMAND_FAULTS as EVOLIS_FAULTS
from hardware_mocks.evolis.replies import Refusal
from hardware_mocks.evolis.words import DIALECTS, words
from hardware_mocks.families import FAMILIES
from hardware_mocks.faults import CATALOGUE, PLACES, STEPS
from hardware_mocks.machine import Condition, RetransferCondition
from hardware_mocks.magicard.printer import _COMMAND_FAULTS as MAGICARD_FAULTS
from hardware_mocks.magicard.replies import CODES as MAGICARD
from hardware_mocks.matica.exchange import COMMAND_FAULTS
from hardware_mocks.matica.words import CODES as MATICA
from hardware_mocks.matica.words import HEADS, WAITS
from hardware_mocks.retransfer import Retransfer
from hardware_mocks.zebra.printer import _COMMAND_FAULTS as ZEBRA_FAULTS
from hardware_mocks.zebra.words import CODES as ZEBRA

TABLES: Mapping[tuple[str, str], Mapping[str, object]] = {
    **{("evolis", dialect): words(dialect) for dialect in DIALECTS},
    ("magicard", ""): MAGICARD,
    ("matica", ""): MATICA,
    ("zebra", ""): ZEBRA,
}


def test_every_family_is_here() -> None:
    assert {family for family, _ in TABLES} == set(FAMILIES)


@pytest.mark.parametrize(("family", "dialect"), TABLES)
def test_a_language_has_a_word_for_every_condition_of_its_printer(family: str, dialect: str) -> None:
    wanted = set(get_args(Condition))
    if FAMILIES[family].machine is Retransfer:
        wanted |= set(get_args(RetransferCondition))
    assert wanted <= set(TABLES[family, dialect])


def test_evolis_has_a_text_for_every_refusal_and_position() -> None:
    """The classic dialect knows no ribbon tag, and so none that cannot be read."""
    for dialect in DIALECTS:
        wanted = {*get_args(Refusal), "none", "print", "contact", "contactless"}
        assert wanted - set(words(dialect)) == ({"tag"} if dialect == "classic" else set())


def test_a_ribbon_that_is_torn_has_a_code_of_its_own_where_the_language_knows_one() -> None:
    assert "ribbon_cut" in ZEBRA
    assert "ribbon_cut" in MATICA
    assert set(HEADS) == set(FAMILIES["matica"].dialects)


def test_every_fault_that_a_language_looks_for_is_in_the_catalogue() -> None:
    looked_for = {*PLACES, *WAITS, *COMMAND_FAULTS, *EVOLIS_FAULTS, *MAGICARD_FAULTS, *ZEBRA_FAULTS}
    for family in FAMILIES.values():
        looked_for |= set(family.faults)
    assert looked_for <= set(CATALOGUE)
    assert {step for step, _ in CATALOGUE.values()} <= set(STEPS)
