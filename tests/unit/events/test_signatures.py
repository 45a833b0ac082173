"""Who signs what: every kind has its rule, and the rule refuses whoever may not."""

from __future__ import annotations

from typing import Any

import pytest

from printd.errors import Refused
from printd.events import kinds, signatures
from printd.events.base import Event
from printd.events.operators import (
    Enrolled,
    OperatorEnrolled,
    OperatorKeyRenewed,
    OperatorResealed,
    OperatorRetired,
    OperatorRoleSet,
)
from printd.events.shifts import ShiftClosed
from printd.events.signatures import (
    NOBODY,
    ONE,
    ONE_FOR_CARDS,
    SUPERVISOR,
    TWO,
    TWO_FOR_MACHINES,
    Card,
    Signatures,
    check,
    required,
)
from printd.words.roles import EVERYBODY, MACHINES, Role

CARD = Card(printed_by="siti")

PEOPLE = {
    "siti": Role.OPERATOR,
    "budi": Role.OPERATOR,
    "ratna": Role.SUPERVISOR,
    "wayan": Role.SUPERVISOR,
    "dewi": Role.STOREKEEPER,
    "agus": Role.AUDITOR,
    "putu": Role.ADMINISTRATOR,
}


def moved(why: str, source: str = "store", target: str = "shift:s") -> Event:
    return kinds.read("blanks.moved", {"serials": [["K1", "K1"]], "from": source, "to": target, "why": why})


def closed(*gaps: dict[str, Any]) -> ShiftClosed:
    figures = {"stock": [], "closing": {}, "places": [], "gaps": list(gaps), "spoiled": {}, "outcomes": {}}
    act = {**figures, "note": "", "log_size": 1, "log_root": "0" * 64}
    return ShiftClosed.read({"shift": "s", "returned": [], "act": act})


def ended(outcome: str) -> Event:
    return kinds.read("test_print.ended", {"test": "t", "outcome": outcome, "evidence": {"findings": []}})


SPOILED = kinds.read("card.checked", {"attempt": "a", "quality": "spoiled", "cause": "scorch"})
GAP = {"place": "hopper:p1", "counted": 3, "book": 4}
UNUSED = kinds.read("attempt.unused", {"attempt": "a", "to": "hopper:p1", "evidence": {"findings": []}})
SEALED = {"key": "k", "sealed": "0" * 64}
ENROLLED = OperatorEnrolled(person=Enrolled(name="siti", role=Role.OPERATOR, legal_name="Siti Contoh", **SEALED))
RENEWED = OperatorKeyRenewed(name="siti", **SEALED)
RESEALED = OperatorResealed(name="siti", sealed="0" * 64)
ROLE_SET = OperatorRoleSet(name="siti", role=Role.SUPERVISOR)
RETIRED = OperatorRetired(name="ratna")
HELD = kinds.read("job.held", {"job": "j", "why": "operator"})
NOTED = kinds.read("incident.noted", {"incident": "i", "text": "t"})


def test_every_kind_has_its_rule() -> None:
    # Fields that some rules depend on.
    told: dict[str, Any] = {
        "person": ENROLLED.person,
        "name": "",
        "why": "",
        "warnings": (),
        "what": "",
        "act": closed().act,
    }
    for event in kinds.EVENTS:
        assert required(event.model_construct(None, **told)).numbers, event.kind


@pytest.mark.parametrize(
    ("event", "names"),
    [
        (moved("issue"), "siti budi"),
        (moved("load", "shift:s", "hopper:p1"), "siti"),
        (moved("unload", "hopper:p1", "shift:s"), "siti budi"),
        (moved("skipped", "hopper:p1", "skipped"), "siti"),
        (moved("skipped", "hopper:p1", "skipped"), "siti budi"),
        (moved("missing", "store", "missing"), "siti budi"),
        (moved("missing", "store", "missing"), "siti budi ratna"),
        (moved("jam", "hopper:p1", "spoiled"), "siti budi"),
        (closed(), "siti budi"),
        (closed(GAP), "siti budi ratna"),
        (SPOILED, "budi"),
        (SPOILED, "siti budi"),
        (UNUSED, ""),
        (UNUSED, "budi"),
        (UNUSED, "siti budi"),
        (ENROLLED, "ratna putu siti"),
        (ENROLLED, "budi ratna siti"),
        (RENEWED, "ratna budi siti"),
        (RESEALED, "siti"),
        (ROLE_SET, "budi ratna"),
        (ROLE_SET, "putu ratna"),
        (RETIRED, "putu wayan"),
        (moved("issue"), "dewi siti"),
        (kinds.read("printer.retired", {"printer": "p1"}), "putu siti"),
        (NOTED, "agus"),
        (ended("in_doubt"), ""),
        (ended("unused"), ""),
        (ended("unused"), "siti budi"),
        (HELD, "siti"),
        (kinds.read("job.held", {"job": "j", "why": "artwork", "message": "m"}), ""),
        (kinds.read("register.read", {"what": "r8", "rows": 3}), "ratna"),
        (kinds.read("register.read", {"what": "card_in_doubt:a", "rows": 1}), "siti"),
        (kinds.read("record.acknowledged", {"record": "r", "warnings": ["photo_background"]}), "siti"),
        (kinds.read("record.acknowledged", {"record": "r", "warnings": ["nik_date_mismatch"]}), "ratna"),
    ],
)
def test_those_who_are_asked_for_may_sign(event: Event, names: str) -> None:
    check(event, names.split(), PEOPLE.get, CARD)


@pytest.mark.parametrize(
    ("event", "names", "says"),
    [
        (moved("issue"), "siti", "1 people sign, and it must be 2"),
        (moved("issue"), "siti siti", "siti cannot sign twice"),
        (moved("issue"), "siti mallory", "'mallory' is not an active operator"),
        (moved("issue"), "siti budi ratna", "3 people sign, and it must be 2"),
        (moved("load", "shift:s", "hopper:p1"), "", "0 people sign, and it must be 1"),
        (moved("missing", "store", "missing"), "siti ratna budi", "budi is not a supervisor"),
        (closed(GAP), "siti budi", "2 people sign, and it must be 3"),
        (closed(GAP), "ratna siti budi", "budi is not a supervisor"),
        (closed(), "siti budi ratna", "3 people sign, and it must be 2"),
        (SPOILED, "siti", "siti printed this card"),
        (UNUSED, "siti", "siti printed this card"),
        (UNUSED, "siti budi ratna", "3 people sign, and it must be 0 or 1 or 2"),
        (ENROLLED, "ratna siti", "2 people sign, and it must be 3"),
        (ENROLLED, "ratna siti budi", "siti has not signed this last"),
        (ENROLLED, "putu budi siti", "None of those who sign is a supervisor"),
        (ENROLLED, "ratna agus siti", "agus cannot sign this: they are an auditor"),
        (RENEWED, "ratna budi", "2 people sign, and it must be 3"),
        (RENEWED, "ratna siti budi", "siti has not signed this last"),
        (RESEALED, "budi", "siti has not signed this last"),
        (RESEALED, "ratna siti", "2 people sign, and it must be 1"),
        (ROLE_SET, "siti ratna", "siti cannot sign what is about themselves"),
        (ROLE_SET, "ratna", "1 people sign, and it must be 2"),
        (ROLE_SET, "putu budi", "None of those who sign is a supervisor"),
        (RETIRED, "ratna wayan", "ratna cannot sign what is about themselves"),
        (moved("issue"), "siti putu", "putu cannot sign this: they are an administrator"),
        (moved("issue"), "siti agus", "agus cannot sign this: they are an auditor"),
        (SPOILED, "dewi", "dewi cannot sign this: they are a storekeeper"),
        (HELD, "dewi", "dewi cannot sign this: they are a storekeeper"),
        (ended("unused"), "siti", "1 people sign, and it must be 0 or 2"),
        (ended("lost"), "", "0 people sign, and it must be 2"),
        (ended("in_doubt"), "siti", "1 people sign, and it must be 0"),
        (kinds.read("job.held", {"job": "j", "why": "artwork", "message": "m"}), "siti", "it must be 0"),
        (kinds.read("register.read", {"what": "r8", "rows": 3}), "siti", "siti is not a supervisor"),
        (kinds.read("register.read", {"what": "transfer:T", "rows": 1}), "siti", "siti is not a supervisor"),
        (
            kinds.read("record.acknowledged", {"record": "r", "warnings": ["nik_sex_mismatch"]}),
            "siti",
            "is a supervisor",
        ),
    ],
)
def test_others_may_not(event: Event, names: str, says: str) -> None:
    with pytest.raises(Refused, match=says) as refused:
        check(event, names.split(), PEOPLE.get, CARD)
    assert refused.value.consequence == "Nothing was changed."


def test_rules_that_depend_on_nothing_are_these() -> None:
    told = {
        kind: required(event.model_construct()) for kind, event in kinds.KINDS.items() if event in signatures.ALWAYS
    }
    assert {kind for kind, asked in told.items() if asked == NOBODY} == {
        "clock.went_back",
        "shop.configured",
        "record.accepted",
        "record.quarantined",
        "login.failed",
        "attempt.started",
        "attempt.in_doubt",
        "attempt.evidence",
    }
    assert {kind for kind, asked in told.items() if asked == SUPERVISOR} == {"site.set"}
    two = {kind for kind, asked in told.items() if asked == TWO}
    assert {"delivery.received", "blanks.destroyed", "attempt.corrected"} < two
    machines = {kind for kind, asked in told.items() if asked == TWO_FOR_MACHINES}
    assert machines == {"printer.added", "printer.retired", "shop.restored", "log.rolled_back"}
    assert told["shop.opened"] == Signatures((2,), roles=EVERYBODY, among=True)
    assert told["configuration.accepted"] == Signatures((2,), roles=MACHINES, among=True)
    assert {"shift.counted", "sample.drawn"} <= {kind for kind, asked in told.items() if asked == ONE}
    assert told["card.handed_over"] == ONE_FOR_CARDS
