"""The catalogue says what the functions of the desk are: who is asked, who signs, whether the log is written."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys

import pytest

from faults.catalogue import CASES
from faults.shops import RATNA
from printd.desk.acts import act_named
from printd.desk.catalogue import ACTS
from printd.events.kinds import KINDS

PEOPLE = ("by", "second", "approved_by")


def people(name: str) -> dict[str, inspect.Parameter]:
    """Return the parameters of an act that are people; a chart is drawn ``by`` something else."""
    parameters = inspect.signature(act_named(name)).parameters
    return {
        one: parameter
        for one, parameter in parameters.items()
        if one in PEOPLE and parameter.annotation in ("str", "Person", "Person | None")
    }


def numbers(name: str) -> set[int]:
    """Return how many people can be given to an act."""
    asked = people(name).values()
    least = sum(one.default is one.empty for one in asked)
    own = "passphrase" in inspect.signature(act_named(name)).parameters  # whose key it is signs too, by this
    return set(range(least + own, len(asked) + own + 1))


@pytest.mark.parametrize("name", sorted(ACTS))
def test_an_act_takes_as_many_people_as_sign_what_it_enters(name: str) -> None:
    act = ACTS[name]
    rules = act.signatures()
    if act.reads or act.asks_name:
        assert numbers(name) == ({1} if act.asks_name else {0})
        assert all(rule.numbers == (0,) for rule in rules)
        return
    for number in numbers(name):
        assert any(number in rule.numbers for rule in rules), f"{number} people may not sign any of it"
    for rule in rules:
        assert {0, *numbers(name)} & {*rule.numbers}, f"nobody can sign {rule}"


@pytest.mark.parametrize("name", sorted(ACTS))
def test_whoever_signs_beside_others_or_as_a_supervisor_gives_a_password(name: str) -> None:
    rules = ACTS[name].signatures()
    kinds = {parameter.annotation for parameter in people(name).values()}
    if len(people(name)) > 1:
        assert "str" not in kinds
    if rules and all(rule.supervisor == 0 for rule in rules) and people(name):
        assert kinds == {"Person"}
    # Answering for a record's warnings is done under a bare name, whoever it is.


@pytest.mark.parametrize("name", sorted(ACTS))
def test_the_faults_catalogue_enters_what_this_one_says(name: str) -> None:
    act, case = ACTS[name], CASES[name]
    kinds = {one.kind for one in act.enters}
    assert set(case.books) <= kinds <= set(KINDS)
    assert bool(case.books) is bool(kinds), "it reads, or it does not"


def test_the_faults_catalogue_has_a_supervisor_sign_what_only_a_supervisor_may() -> None:
    class Anything(dict[str, str]):
        def __missing__(self, key: str) -> str:
            return key

    signed = {
        name
        for name, act in ACTS.items()
        if act.enters and numbers(name) == {1} and CASES[name].arguments(Anything()).get("by") == RATNA
    }
    only = {
        name
        for name, act in ACTS.items()
        if act.enters and all(rule.supervisor == 0 and rule.numbers == (1,) for rule in act.signatures())
    }
    assert (
        only
        == signed
        == {
            "cards.names",
            "holders.names",
            "leaving.open_record",
            "sites.set",
            "transfers.carrier",
        }
    )


def test_it_is_listed_without_what_loads_slowly() -> None:
    looking = "import json, sys; import printd.desk.catalogue; print(json.dumps(sorted(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", looking], capture_output=True, text=True, timeout=60, check=True)
    loaded = json.loads(ran.stdout)
    assert not [one for one in loaded if one.startswith(("pydantic", "printd.events", "printd.books", "sqlalchemy"))]
