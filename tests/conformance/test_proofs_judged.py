"""Bundles of proofs before judges who share no code with printd: each proof in good bundles and in spoilt ones.

They know trees and notes: what is wrong with an entry, or lacks, our own verifier says (tests/unit/verify).
"""

from __future__ import annotations

from pathlib import Path

import pytest

from support.bundled import asked, bundle
from support.judges import NAMES, judged
from support.spoilt_bundles import SPOILT, lived
from support.told import Told

pytestmark = pytest.mark.judges
LOG = lived()


def refused(name: str, content: bytes, folder: Path) -> list[str]:
    """Return why a judge refuses what is in a bundle."""
    return [why for one in asked(content, LOG.vkey, folder) if (why := judged(name, one))]


def grown() -> Told:
    """Return a log of several bundles."""
    told = lived()
    for number in range(600):
        told.say("shift.resumed", {"shift": f"s{number}"}, "siti")
    return told


@pytest.mark.parametrize("name", NAMES)
def test_every_proof_of_a_bundle_is_taken(name: str, tmp_path: Path) -> None:
    told = grown()
    for number, (noun, of) in enumerate((("blank", "K00001"), ("job", "j2"), ("record", "r1"))):
        made = bundle(told, noun, of)  # type: ignore[arg-type]  # a word of the list
        (one,) = asked(made.content, told.vkey, tmp_path / str(number))
        assert len(one.inclusion) == len(made.bundle.proofs) > 5
        assert judged(name, one) == ""


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("what", [what for what, spoilt in SPOILT.items() if not spoilt.included])
def test_a_proof_that_is_none_is_refused(name: str, what: str, tmp_path: Path) -> None:
    assert refused(name, SPOILT[what].make(LOG), tmp_path)


@pytest.mark.parametrize("what", [what for what, spoilt in SPOILT.items() if spoilt.included])
def test_what_only_our_verifier_finds_is_in_a_signed_tree_all_the_same(what: str, tmp_path: Path) -> None:
    assert refused("go", SPOILT[what].make(LOG), tmp_path) == []
