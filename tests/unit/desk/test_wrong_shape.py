"""Arguments of the wrong shape are refused in plain sentences, and never repeated."""

import inspect
import types
import typing
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any

import pytest

from printd.cli import choices
from printd.desk.acts import act_named, perform
from printd.desk.catalogue import ACTS
from printd.errors import Refused
from support.intake_help import KNOWN_DISTRICT, new_shop, opened

WORDS_OF_PYDANTIC = ("Input should", "Field required", "Extra inputs", "valid", "type=", "Value error", "pydantic")
SECRET = "Siti Rahayu"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return new_shop(tmp_path_factory.mktemp("wrong") / "shop", KNOWN_DISTRICT)


@pytest.mark.parametrize(
    ("act", "arguments", "why"),
    [
        ("operators.list", {"all": True}, "all is not asked for."),
        ("jobs.show", {}, "job is missing."),
        ("jobs.list", {"state": SECRET}, "state must be 'held', 'queued', 'printing', 'in_doubt', 'printed', "),
        ("jobs.list", {"limit": SECRET}, "limit is no whole number."),
        ("jobs.list", {"limit": 0}, "limit must be at least 1."),
        ("suket.list", {"state": SECRET}, "state must be 'open', 'expired' or 'converted'."),
        ("spoilage.chart", {"first": SECRET, "last": "2026-13-01"}, "first is no day, written YYYY-MM-DD; last is no"),
        ("blanks.load", {"printer": 7, "by": {"name": "ani"}}, "printer is no text."),
        ("blanks.load", {"printer": "p1", "by": SECRET}, "by is not in the form that is asked for."),
        ("blanks.load", {"printer": "p1", "by": {"name": "a"}, "serials": [[7]]}, "serials, part 1, part 1 is no text"),
    ],
)
def test_what_is_wrong_is_said_in_plain_words(shop: Path, act: str, arguments: dict[str, Any], why: str) -> None:
    with opened(shop) as desk, pytest.raises(Refused) as refused:
        perform(desk, act, arguments)
    assert why in refused.value.why
    assert SECRET not in str(refused.value)
    assert not [word for word in WORDS_OF_PYDANTIC if word in str(refused.value)]


@pytest.mark.parametrize("name", sorted(ACTS))
def test_no_act_answers_in_the_words_of_pydantic(shop: Path, name: str) -> None:
    """Every argument of every act is given values of several wrong shapes."""
    names = [one for one in inspect.signature(act_named(name)).parameters if one != "desk"]
    with opened(shop) as desk:
        for value in (SECRET, -1, 1.5, [[SECRET]], {"name": 7, "cartons": 1}, None):
            with pytest.raises(Refused) as refused:
                perform(desk, name, {**dict.fromkeys(names, value), "nobody": 1})
            told = refused.value.why + refused.value.what
            assert "nobody is not asked for" in told
            assert SECRET not in told
            assert not [word for word in WORDS_OF_PYDANTIC if word in told]


TAKEN = {
    ("operators.enrol", "role"): choices.ROLES,
    ("operators.set_role", "role"): choices.ROLES,
    ("jobs.list", "state"): choices.JOB_STATES,
    ("jobs.resolve", "blank_is"): choices.BLANK_IS,
    ("jobs.hand_over", "receiver"): choices.RECEIVERS,
    ("jobs.hand_over", "old_card"): choices.OLD_CARD,
    ("jobs.hand_over_all", "receiver"): choices.RECEIVERS,
    ("jobs.hand_over_all", "old_card"): choices.OLD_CARD,
    ("test_prints.settle", "outcome"): choices.TEST_OUTCOMES,
    ("test_prints.settle", "blank_is"): choices.BLANK_IS,
    ("cards.take_back", "cause"): choices.INVALID_CARDS,
    ("cards.tried", "how"): choices.TRIES,
    ("destructions.destroy", "method"): choices.DESTRUCTIONS,
    ("shifts.close", "voided"): choices.VOIDED,
    ("destructions.destroy", "voided"): choices.VOIDED,
    ("discrepancies.close", "outcome"): choices.DISCREPANCY_OUTCOMES,
    ("incidents.open", "kind"): choices.INCIDENTS,
    ("incidents.note", "reported_to"): choices.REPORTED_TO,
    ("consumables.receive", "kind"): choices.CONSUMABLES,
    ("consumables.open", "kind"): choices.CONSUMABLES,
    ("sites.set", "kind"): choices.SITES,
    ("sites.report", "stock_type"): choices.STOCK_TYPES,
    ("transfers.send", "stock_type"): choices.STOCK_TYPES,
    ("spoilage.chart", "by"): choices.CHART_GROUPS,
    ("suket.issue", "status"): choices.SUKET_STATUSES,
    ("suket.list", "state"): choices.SUKET_STATES,
    ("papers.again", "kind"): choices.PAPERS,
    ("calibration.calibrate", "dither"): choices.DITHERS,
    ("calibration.calibrate", "intent"): choices.INTENTS,
    ("calibration.calibrate", "curves"): choices.INKS,
}
"""What the command line offers for each argument of an act that takes one of some words."""
CHOSEN_OTHERWISE = {
    ("jobs.resolve", "outcome"),  # --printed, --unused, --spoiled
    ("jobs.check", "quality"),  # --good, --spoiled
    ("jobs.check_all", "quality"),
    ("test_prints.print", "purpose"),  # printers test --card, printers calibrate --card
    ("discrepancies.list", "state"),  # --all
    ("incidents.list", "state"),  # not offered
}


def closed_sets() -> Iterator[tuple[tuple[str, str], tuple[str, ...]]]:
    """Yield every argument of an act that takes one of some words, and the words."""
    for name in ACTS:
        for argument, hint in typing.get_type_hints(act_named(name)).items():
            words = words_of(hint)
            if words and argument != "return":
                yield (name, argument), words


def words_of(hint: Any) -> tuple[str, ...]:
    if typing.get_origin(hint) is typing.Literal:
        return typing.get_args(hint)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return tuple(str(one) for one in hint)
    if typing.get_origin(hint) in (typing.Union, types.UnionType, dict, list):
        return next(filter(None, map(words_of, typing.get_args(hint))), ())
    return ()


def test_the_command_line_offers_the_words_that_the_desk_takes() -> None:
    found = dict(closed_sets())
    assert set(found) - CHOSEN_OTHERWISE == set(TAKEN)
    assert {key: sorted(words) for key, words in TAKEN.items()} == {key: sorted(found[key]) for key in TAKEN}
