"""Who signs what: every kind has its rule, and the rule refuses whoever may not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
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
    check_people,
    required,
    why_against,
    why_not_alone,
)
from printd.words.roles import EVERYBODY, MACHINES, Role
from support.deliberate import line, notices
from support.samples import sample

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
    return ShiftClosed.read({"shift": "s", "returned": [], "act": act, "day": "2026-11-02", "totals": []})


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
        (kinds.read("register.read", {"what": "r7", "rows": 3}), "ratna"),
        (kinds.read("register.read", {"what": "r8", "rows": 3}), "siti ratna"),
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
        (kinds.read("register.read", {"what": "r7", "rows": 3}), "siti", "siti is not a supervisor"),
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
        "day.closed",
        "shop.configured",
        "record.accepted",
        "record.quarantined",
        "records.purged",
        "month.ended",
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


# The whole table, as the shop's rules say it: by kind how many, in which roles, and whom it leaves out.

BY_BLANKS, BY_CARDS = {"operator", "storekeeper", "supervisor"}, {"operator", "supervisor"}
BY_MACHINES = {*BY_BLANKS, "administrator"}
BY_ALL = {*BY_MACHINES, "auditor"}
NEW = {"name": "siti", "role": "operator", "legal_name": "Siti Contoh", **SEALED}


@dataclass(frozen=True)
class Row:
    """Who signs one event.

    :param supervisor: place of a supervisor among the names, where so many sign; ``-1``: any place.
    :param owner: siti signs last; ``about``: siti does not sign at all.
    :param card: the cards of which those who sign (by how many they are) may not say what became.
    """

    numbers: tuple[int, ...]
    roles: set[str] = field(default_factory=lambda: BY_BLANKS)
    supervisor: int | None = None
    owner: bool = False
    about: bool = False
    card: tuple[tuple[int, Card], ...] = ()


def event(kind: str, /, **told: object) -> Event:
    """Return some event of a kind."""
    return sample(kinds.KINDS[kind], **told)


NOBODYS, ONES, TWOS = Row((0,)), Row((1,)), Row((2,))
BY_ONE, BY_TWO = Row((1,), BY_CARDS), Row((2,), BY_CARDS)
OWN = Card(printed_by="budi")
"""Of what budi printed he says nothing alone."""
IN_DOUBT = Card(in_doubt=True)
SAYS_PRINTED = Card(serial="K1", printed_by="agus", in_doubt=True, says_printed=True)
HANDS = Card(printed_by="budi", loaded_by="budi")
SETTLED = Row((0, 1, 2), BY_CARDS, card=((0, IN_DOUBT),))

TABLE: list[tuple[Event, Row]] = [
    (event("shop.opened", people=[NEW, {**NEW, "name": "budi"}]), Row((2,), BY_ALL, supervisor=-1)),
    (event("shop.restored"), Row((2,), BY_MACHINES)),
    (event("log.rolled_back"), Row((2,), BY_MACHINES)),
    (event("backup.begun"), ONES),
    (event("export.begun"), ONES),
    (event("clock.went_back"), NOBODYS),
    (event("day.closed"), NOBODYS),
    (event("operator.enrolled", person=NEW), Row((3,), BY_MACHINES, supervisor=-1, owner=True)),
    (event("operator.key_renewed", name="siti"), Row((3,), BY_MACHINES, supervisor=-1, owner=True)),
    (event("operator.resealed", name="siti"), Row((1,), BY_ALL, owner=True)),
    (event("operator.role_set", name="siti"), Row((2,), BY_MACHINES, supervisor=-1, about=True)),
    (event("operator.retired", name="siti"), Row((2,), BY_MACHINES, supervisor=-1, about=True)),
    (event("shop.configured"), NOBODYS),
    (event("configuration.accepted"), Row((2,), BY_MACHINES, supervisor=-1)),
    (event("login.failed"), NOBODYS),
    (event("delivery.announced"), ONES),
    (event("delivery.counted"), ONES),
    (event("delivery.received"), TWOS),
    (event("carton.opened"), TWOS),
    (event("discrepancy.closed"), TWOS),
    (moved("issue"), TWOS),
    (moved("load"), ONES),
    (moved("unload"), TWOS),
    (moved("return"), TWOS),
    (moved("skipped"), Row((1, 2))),
    (moved("found"), Row((2, 3), supervisor=2)),
    (moved("missing"), Row((2, 3), supervisor=2)),
    (moved("give_back"), TWOS),
    (moved("site_spoiled"), TWOS),
    (moved("jam"), TWOS),
    (event("chip.bound"), Row((0, 1))),
    (event("shift.opened"), TWOS),
    (event("shift.counting"), ONES),
    (event("shift.resumed"), ONES),
    (event("shift.counted"), ONES),
    (closed(), TWOS),
    (closed(GAP), Row((3,), supervisor=2)),
    (event("stock.counted"), ONES),
    (event("stock.closed"), TWOS),
    (event("sample.drawn"), ONES),
    (event("sample.counted"), TWOS),
    (event("site.set"), Row((1,), supervisor=0)),
    (event("site.reported"), ONES),
    (event("site.printed"), TWOS),
    (event("site.differed"), TWOS),
    (event("transfer.sent"), TWOS),
    (event("transfer.acknowledged"), TWOS),
    (event("incident.opened"), Row((0, 1, 2, 3), BY_ALL, supervisor=2)),
    (event("incident.opened", kind="altered"), NOBODYS),
    (event("incident.noted"), Row((1,), BY_ALL)),
    (event("incident.closed"), TWOS),
    (event("blanks.destroyed"), TWOS),
    (event("record.accepted"), NOBODYS),
    (event("record.quarantined"), NOBODYS),
    (event("record.acknowledged"), Row((1, 2))),
    (event("record.acknowledged", warnings=["nik_date_mismatch"]), Row((1, 2), supervisor=-1)),
    (event("record.acknowledged", warnings=["not_vouched"]), TWOS),
    (event("record.acknowledged", warnings=["not_vouched", "nik_sex_mismatch"]), Row((2,), supervisor=-1)),
    (event("record.dismissed"), ONES),
    (event("record.restored"), ONES),
    (event("records.purged"), NOBODYS),
    (event("records.erased"), Row((2,), BY_CARDS, supervisor=-1)),
    (event("month.ended"), NOBODYS),
    (event("job.held", why="operator"), BY_ONE),
    (event("job.held", why="artwork"), NOBODYS),
    (event("job.released", act="release"), BY_ONE),
    (event("job.released", act="reprint"), BY_TWO),
    (event("job.cancelled"), BY_ONE),
    (event("job.overridden"), TWOS),
    (event("printer.added"), Row((2,), BY_MACHINES)),
    (event("printer.retired"), Row((2,), BY_MACHINES)),
    (event("printer.paused"), Row((0, 1), BY_MACHINES)),
    (event("printer.calibrated"), Row((1,), BY_MACHINES)),
    (event("printer.resumed"), BY_ONE),
    (event("attempt.started"), NOBODYS),
    (event("attempt.in_doubt"), NOBODYS),
    (event("attempt.evidence"), NOBODYS),
    (event("attempt.printed"), SETTLED),
    (event("attempt.spoiled"), replace(SETTLED, card=((0, IN_DOUBT), (1, OWN)))),
    (event("attempt.unused"), replace(SETTLED, card=((0, IN_DOUBT), (1, OWN), (1, SAYS_PRINTED), (2, SAYS_PRINTED)))),
    (event("attempt.unused", scanned="K1"), replace(SETTLED, card=((0, IN_DOUBT), (1, OWN), (1, SAYS_PRINTED)))),
    (event("attempt.unused", scanned="K2"), replace(SETTLED, card=((2, SAYS_PRINTED),))),
    (event("attempt.corrected"), TWOS),
    (event("test_print.started"), BY_ONE),
    (event("test_print.evidence"), BY_ONE),
    (ended("in_doubt"), NOBODYS),
    (ended("unused"), Row((0, 2), BY_CARDS)),
    (ended("spoiled"), Row((0, 2), BY_CARDS)),
    (ended("lost"), TWOS),
    (event("test_print.corrected"), TWOS),
    (event("card.checked", quality="good"), Row((1, 2), BY_CARDS, card=((1, HANDS),))),
    (event("card.checked", quality="spoiled", cause="scorch"), Row((1, 2), BY_CARDS, card=((1, OWN), (1, HANDS)))),
    (event("card.missed"), Row((2, 3), supervisor=2)),
    (event("card.handed_over"), BY_ONE),
    (event("card.tried"), BY_ONE),
    (event("card.returned"), BY_ONE),
    (event("register.read", what="r7"), Row((1,), supervisor=0)),
    (event("register.read", what="r8"), Row((2,), supervisor=-1)),
    (event("register.read", what="destruction:d"), Row((2,), supervisor=-1)),
    (event("register.read", what="transfer:T"), Row((1,), supervisor=0)),
    (event("register.read", what="specimen:j"), ONES),
    (event("register.read", what="card_in_doubt:a"), ONES),
    (event("consumable.received"), ONES),
    (event("consumable.opened"), ONES),
    (event("suket.issued"), ONES),
    (event("request.made"), ONES),
    (event("paper.made"), Row((1, 2, 3), BY_ALL)),
]
CLEAN = Card(serial="K1", printed_by="wayan", loaded_by="wayan")


def right(row: Row, number: int) -> list[str]:
    """Return so many who may sign."""
    if row.owner:
        return [*["ratna", "budi"][: number - 1], "siti"] if number else []
    order = ["budi", "siti", "wayan"]
    if row.about or row.supervisor in (0, -1):
        order = ["ratna", "budi", "wayan"]
    elif row.supervisor == 2:
        order[2] = "ratna"
    return order[:number]


def test_the_table_names_every_kind() -> None:
    assert {one.kind for one, _ in TABLE} == set(kinds.KINDS)


@notices(
    {
        "any number will do": line(check_people, "if len(names) not in wanted.numbers:", "if not wanted.numbers:"),
        "any role will do": line(check_people, "if role not in wanted.roles and", "if not wanted.roles and"),
        "one signs twice": line(check_people, "if names.count(name) > 1:", "if not names:"),
        "no supervisor": line(check_people, "if role_of(name) != Role.SUPERVISOR:", "if not name:"),
        "no supervisor among them": line(check_people, "if wanted.among and not any(", "if False and not any("),
        "whose key it is does not sign": line(check_people, "if wanted.owner and names[-1]", "if False and names[-1]"),
        "about oneself": line(check_people, "if name == wanted.not_about:", "if not name:"),
        "a doubt is settled by nobody": line(check, "if wanted.settles and card", "if not names and False and card"),
        "a card is spoiled alone": line(why_not_alone, "if wanted.not_alone and", "if not names and"),
        "one pair of hands": line(why_not_alone, "if wanted.two_hands and", "if False and"),
        "against the evidence": line(why_against, "or not card.says_printed", "or card.says_printed"),
        "alone against the evidence": line(why_against, "len(names) == _TWO_HANDS and", "names and"),
        "unread against the evidence": line(why_against, "and event.scanned == card.serial", "and event"),
    }
)
def test_the_table_is_the_rule() -> None:
    """Those who may sign, and whatever is not right about them refused, each alone."""
    for told, row in TABLE:
        _held(told, row)


def _held(told: Event, row: Row) -> None:
    def taken(names: list[str], card: Card = CLEAN) -> str:
        try:
            check(told, names, PEOPLE.get, card)
        except Refused as refused:
            return refused.what
        return ""

    for number in range(4):
        names = right(row, number)
        assert bool(taken(names)) == (number not in row.numbers), (told.kind, names)
        if number in row.numbers:
            _broken(row, names, taken)
    for number, card in row.card:
        assert taken(right(row, number), card), (told.kind, card)


def _broken(row: Row, names: list[str], taken: Callable[[list[str]], str]) -> None:
    """Break the rule in each place of those who may sign."""
    for place, name in enumerate(names):
        others = [*names]
        for other, role in PEOPLE.items():
            others[place] = other
            if role not in row.roles and not (row.owner and place == len(names) - 1):
                assert "cannot sign this" in taken(others), others
        others[place] = "mallory"
        assert "is not an active operator" in taken(others)
        assert "cannot sign twice" in taken([*names, name])
    if names and row.supervisor is not None and row.supervisor < len(names):
        other = next(one for one in ("putu", "dewi", "siti") if PEOPLE[one] in row.roles)
        others = ["budi", other, "siti"][: len(names) - row.owner]
        assert "supervisor" in taken([*others, "siti"] if row.owner else others)
    if row.owner:
        assert "has not signed this last" in taken(
            ["siti", "budi", "ratna"][: len(names)] if len(names) > 1 else ["budi"]
        )
    if row.about:
        assert "about themselves" in taken(["ratna", "siti"])
