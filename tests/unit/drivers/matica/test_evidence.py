"""What is proved about a card on a retransfer printer: one row of the table a test."""

from __future__ import annotations

from typing import Any

import pytest

from drivers.errors import NoReplyError
from drivers.evidence import Attempt
from drivers.matica import evidence
from drivers.matica.evidence import Reading, Steps, judge
from drivers.matica.replies import NO_CARDS, CodeError
from drivers.printer import Confirmation, Counters, EncodedCard, Outcome, Position, Rung
from support.deliberate import line, notices

CARD = EncodedCard((b"y", b"m", b"c", b"k", b"print", b"transfer"), ("y", "m", "c", "k"), "ymck", 1)
BEFORE = Counters(cards=100, panels=600)
NONE = Position.NONE
DONE: dict[str, Any] = {"sent": 6, "answered": 6, "fed": True, "loading": True, "transferring": True}
STOPPED: dict[str, Any] = {"failure": CodeError(0x00039300), "fed": True, "loading": True}
LOST: dict[str, Any] = {
    "failure": NoReplyError("no answer"),
    "fed": True,
    "loading": True,
    "transferring": True,
    "sent": 6,
}


def judged(
    position: Position = NONE,
    total: int | None = 0,
    head: int | None = 0,
    *,
    card: EncodedCard | None = CARD,
    code: int | None = 0,
    loading: bool = False,
    transferring: bool = False,
    **did: Any,
) -> Confirmation:
    after = Counters(cards=None if total is None else 100 + total, panels=None if head is None else 600 + head)
    return judge(Attempt(card, **did), Steps(loading, transferring), BEFORE, Reading(position, after, code))


PRINTED = [
    {"total": 1, "head": 4, **DONE},
    {"total": 1, "head": 6, **DONE},  # "about 6 a card" (sheet 9)
    {"total": 1, "head": None, **DONE},
    {"total": 1, "head": 4, "code": NO_CARDS, **DONE},  # it was the last one in the hopper
]
UNUSED = [
    {"failure": CodeError(NO_CARDS)},
    {"failure": CodeError(0x0002D100)},
    {"card": None, "failure": CodeError(NO_CARDS)},  # on its way to a station
]
SPOILED = [
    {"card": None, "fed": True, "loading": True, "rejected": True},  # at a station
    {**LOST, "rejected": True},
    {**LOST, "total": 1, "rejected": True},
    {**STOPPED, "transferring": True, "rejected": True},
]
IN_DOUBT = [
    {"position": Position.UNKNOWN, "total": 1, "head": 4, **DONE},
    {"position": Position.PRINT, "total": 1, "head": 4, **DONE},
    {"position": Position.PRINT, **STOPPED},
    {"total": None, "head": 4, **DONE},
    {"total": -1, "head": 4, **DONE},
    {"total": 2, "head": 4, **DONE},
    {"total": 0, "head": 4, **DONE},
    {"total": 1, "head": 3, **DONE},
    {"total": 1, "head": 4, **DONE, "code": 0x00039400},
    {"total": 1, "head": 4, **DONE, "code": None},
    {"total": 1, "head": 4, **DONE, "code": 0x0002D400},
    {"total": 1, "head": 4, **DONE, "answered": 5},
    {"total": 1, "head": 4, **LOST},
    {"total": 0, "head": 4, **LOST},
    {**STOPPED},
    {**STOPPED, "rejected": True},  # a whole blank at the reject exit: unused would book it into the hopper
    {"failure": CodeError(0x00039000), "loading": True},
    {"failure": CodeError(NO_CARDS), "total": 1},
    {"failure": CodeError(NO_CARDS), "head": 4},
    {"card": None},
    {"card": None, "total": 1, "head": 4},
    {"card": None, "head": 4},
    {"card": None, "rejected": True},
    {"card": None, "ejected": True},
    {**STOPPED, "ejected": True},
]


@pytest.mark.parametrize(
    ("outcome", "row"),
    [
        (outcome, row)
        for outcome, rows in (
            (Outcome.PRINTED, PRINTED),
            (Outcome.UNUSED, UNUSED),
            (Outcome.SPOILED, SPOILED),
            (Outcome.IN_DOUBT, IN_DOUBT),
        )
        for row in rows
    ],
)
def test_the_outcome_is_what_the_evidence_says(outcome: Outcome, row: dict[str, Any]) -> None:
    found = judged(**row)
    assert found.outcome is outcome, found.findings
    assert found.findings or outcome is Outcome.PRINTED
    assert (found.rung is Rung.LEFT_PRINTER) <= (row.get("total") == 1)


PROVED: dict[str, Any] = {"total": 1, "head": 4, **DONE}
AGAINST: list[dict[str, Any]] = [
    {"ejected": True}, {"rejected": True}, {"fed": False}, {"transferring": False}, {"loading": False}, {"card": None},
    {"answered": 5}, {"failure": NoReplyError("no answer")}, {"total": 0}, {"total": 2}, {"total": None}, {"total": -1},
    {"head": 0}, {"head": 3}, {"code": None}, {"code": 0x00039400}, {"code": 0x0002D300},
    *({"position": position} for position in Position if position is not NONE),
]  # fmt: skip
"""What takes a printed card's proof away, each alone."""


@notices(
    {
        "a card sent out by hand can be printed": line(evidence._weigh, "if attempt.ejected:", "if False:"),
        "a card that was not brought can be printed": line(evidence._weigh_gone, "if not attempt.fed:", "if False:"),
        "a card to which nothing was transferred can be printed": line(
            evidence._weigh_gone, "card is None or not steps.transferring", "card is None"
        ),
        "a card inside can be printed": line(
            evidence._weigh, "now.position is not Position.NONE", "now.position is Position.PRINT"
        ),
        "a printer that says an error printed": line(
            evidence._weigh_gone, "attempt.complete and ready", "attempt.complete"
        ),
    }
)
def test_each_single_thing_against_it_takes_a_printed_card_s_proof_away() -> None:
    assert judged(**PROVED).outcome is Outcome.PRINTED
    for one in AGAINST:
        assert judged(**{**PROVED, **one}).outcome is not Outcome.PRINTED, one


def test_a_person_is_told_what_to_do() -> None:
    assert "Take it back, unused" in " ".join(judged(**STOPPED, rejected=True).findings)
    assert "The transfer to it began" in " ".join(judged(Position.INSIDE, **LOST).findings)
    assert "Nothing was transferred to it" in " ".join(judged(Position.PRINT, **STOPPED).findings)
    assert "very likely printed" in " ".join(judged(card=None, total=1, head=4).findings)
    assert "0003B200: the ribbon is finished" in " ".join(judged(**STOPPED, code=0x0003B200).findings)
    assert "jammed at the transfer" in judged(**STOPPED).findings[0]


@pytest.mark.parametrize(("code", "cause"), [(0x00039300, "jam"), (0x0002D100, ""), (0x0003AD00, "encode_fail")])
def test_a_spoilt_card_has_the_cause_that_the_printer_named(code: int, cause: str) -> None:
    row = {**STOPPED, "failure": CodeError(code), "transferring": True}
    assert judged(**row, rejected=True).cause == cause
    assert judged(Position.PRINT, **row).cause == ""


@pytest.mark.parametrize(
    ("row", "rung"),
    [
        ({"total": 1, "head": 4, **DONE}, Rung.LEFT_PRINTER),
        ({"total": 0, "head": 4, **DONE}, Rung.ENGINE_DONE),
        ({"position": Position.PRINT, "total": 1, **DONE}, Rung.ENGINE_DONE),
        (LOST, Rung.SENT),
        ({**LOST, "transferring": False}, Rung.NOTHING),
        (STOPPED, Rung.NOTHING),
        ({"card": None, "total": 1}, Rung.NOTHING),
    ],
)
def test_the_rung_is_how_far_it_is_proved(row: dict[str, Any], rung: Rung) -> None:
    assert judged(**row).rung is rung
