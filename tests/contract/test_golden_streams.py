"""No driver's bytes change unnoticed, and no model of any family is without golden streams."""

from __future__ import annotations

import pytest

from contract.golden import REFUSED, RENEW, book, digests
from drivers import families
from drivers.family import Family

MODELS = [(family, model) for family in families() for model in family.models]


@pytest.mark.parametrize(("family", "model"), MODELS, ids=[f"{family.name}-{model}" for family, model in MODELS])
def test_a_model_is_sent_the_same_bytes_as_ever(family: Family, model: str) -> None:
    golden = book().get(family.name, {}).get(model)
    assert golden is not None, (
        f"The model {model} of the family {family.name} has no golden streams. Make them: {RENEW}"
    )
    found = digests(family, model)
    changed = [card for card, digest in found.items() if digest != golden.get(card)]
    assert not changed, (
        f"{family.name} {model} is sent other bytes for: {', '.join(changed)}. If that is meant: {RENEW}"
    )
    assert set(golden) == set(found)


@pytest.mark.parametrize("family", families(), ids=lambda family: family.name)
def test_golden_streams_are_of_models_that_exist_and_can_print(family: Family) -> None:
    golden = book().get(family.name, {})
    gone = set(golden) - set(family.models)
    assert not gone, f"Golden streams of models that the family {family.name} no longer has: {', '.join(sorted(gone))}"
    printed = {digest for streams in golden.values() for digest in streams.values()} - {REFUSED}
    assert printed, f"No model of the family {family.name} prints anything"
    for model, streams in golden.items():
        two_sided = family.models[model].abilities.sides == 2
        assert (streams["two sides"] != REFUSED) <= two_sided, (
            f"{family.name} {model} prints a back that it cannot turn"
        )
