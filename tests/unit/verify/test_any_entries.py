"""Entries of any kind in any order, in form, that speak of the same few things: there is a report, whatever it says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fuzz.verifier import report_on
from printd_verify.forms import split
from printd_verify.kinds import FORMS, KINDS, PARTS
from printd_verify.sentences import LANGUAGES, say
from support.told import HASH, Told

LOG = Told()
LOG.begin()
LOG.stock()
LOG.shift()
LOG.good_card(1)
BEGUN = [body.decode() for body in LOG.bodies]

NAMES = st.sampled_from(["a1", "j1", "r1", "h1", "p1", "s1", "D1", "siti", "budi", "2026-11-02", ""])
SERIALS = st.sampled_from(["K00001", "K00002", "K00011", "K00100", "X1"])
NUMBERS = st.integers(0, 30) | st.sampled_from([255, 256, 2**53 - 1])
PLACES = ["store", "hopper:p1", "shift:s1", "printer:p1", "output", "finished", "holder", "spoiled", "transit:D1"]

OF_TYPE: Mapping[str, st.SearchStrategy[Any]] = {
    "text": NAMES,
    "free": NAMES,
    "whole": NUMBERS,
    "signed": st.integers(-5, 5),
    "percent": st.integers(0, 100),
    "truth": st.booleans(),
    "null": st.none(),
    "place": st.sampled_from([*PLACES, "missing", "destroyed", "site:a1", "transfer:a1", "invalid", "skipped"]),
    "serial": SERIALS,
    "ranges": st.sampled_from(
        [[], [["K00001", "K00001"]], [["K00001", "K00009"]], [["K00005", "K00007"], ["X1", "X1"]]]
    ),
    "moment": st.sampled_from(["2026-11-02T08:00:00Z", "2026-11-02T07:00:00Z"]),
    "day": st.sampled_from(["2026-11-01", "2026-11-02", "2026-11-03"]),
    "hash": st.sampled_from([HASH, "a1" * 32]),
    "hash_or_empty": st.sampled_from([HASH, ""]),
    "uid": st.sampled_from(["04A1B2C3", "04A1B2C3D4E5F6"]),
    "nip": st.just("198001012005011001"),
    "legal_name": st.just("Contoh"),
    "number": st.sampled_from(["4711", "a" * 64]),
}


def of(holds: str) -> st.SearchStrategy[Any]:
    """Return values of one type of the verifier's lists."""
    if holds in OF_TYPE:
        return OF_TYPE[holds]
    if holds.startswith("="):
        return st.sampled_from(holds[1:].split("/"))
    if "/" in holds and holds[0] not in "[{(":
        return st.one_of(*map(of, holds.split("/")))
    if holds.startswith("["):
        return st.lists(of(holds[1:-1]), max_size=2)
    if holds.startswith("("):
        return st.tuples(*map(of, split(holds[1:-1]))).map(list)
    if holds.startswith("{"):
        key, found, value = holds[1:-1].rpartition("=")
        return st.dictionaries(of(key) if found else NAMES, of(value), max_size=2)
    if holds in PARTS:
        return of_fields(PARTS[holds])
    words = {"cause": "jam", "reason": "baru", "stock_type": "WNI", "role": "operator", "why_moved": "load"}
    return st.just(words[holds]) if holds != "why_moved" else st.sampled_from(["load", "issue", "missing", "found"])


def of_fields(fields: str) -> st.SearchStrategy[dict[str, Any]]:
    told = {name: of(holds) for name, _, holds in (one.partition(":") for one in fields.split())}
    always = {name: one for name, one in told.items() if not name.endswith("?")}
    sometimes = {name[:-1]: one for name, one in told.items() if name.endswith("?")}
    return st.fixed_dictionaries(always, optional=sometimes)


@st.composite
def entries(draw: st.DrawFn) -> str:
    kind = draw(st.sampled_from(sorted(KINDS)))
    data = draw(of_fields(KINDS[kind]))
    assert FORMS.checks[kind](data), (kind, data)
    by = draw(st.sampled_from([[], ["siti"], ["siti", "budi"], ["ratna", "sari", "mara"], ["mara"]]))
    value = {"v": 2, "seq": 0, "at": "2026-11-02T08:00:00Z", "kind": kind, "by": by, "data": data}
    if by:
        value["sig"] = ["A" * 86] * len(by)
    return json.dumps(value)


@pytest.mark.parametrize("begins", [True, False])
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(told=st.lists(entries(), min_size=1, max_size=12))
def test_there_is_a_report(begins: bool, told: list[str]) -> None:
    report = report_on("\n".join([*(BEGUN if begins else []), *told]).encode())
    assert not report.holds  # nothing is signed
    for case in report.cases:
        for place in case.places:
            assert all(say(case.code, place.what, language) for language in LANGUAGES)
