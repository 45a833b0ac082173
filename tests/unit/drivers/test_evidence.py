"""The judgement of an attempt: protocol sheet 6.4, and what must never be claimed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from drivers import evidence
from drivers.errors import DriverError, GoneError, NoReplyError, RefusedError
from drivers.evidence import Attempt, judge
from drivers.printer import Counters, EncodedCard, Outcome, Position, Rung
from support.deliberate import line, notices

CARD = EncodedCard((b"a", b"b", b"c"), ("y", "m", "c", "k", "o"), "ymcko", 1)
BEFORE = Counters(cards=100, panels=500, ribbon_left=50)
DONE = Attempt(card=CARD, sent=3, answered=3)
RIBBON = RefusedError("refused", reply="ERROR RIBBON")
REFUSED = Attempt(card=CARD, sent=2, answered=1, failure=RIBBON)
SILENT = Attempt(card=CARD, sent=2, answered=1, failure=NoReplyError("x"))


def after(cards: int | None, panels: int | None, ribbon: int | None) -> Counters:
    return Counters(
        None if cards is None else 100 + cards,
        None if panels is None else 500 + panels,
        None if ribbon is None else 50 - ribbon,
    )


@pytest.mark.parametrize(
    ("attempt", "deltas", "position", "outcome", "rung"),
    [
        (DONE, (1, 5, 1), Position.NONE, Outcome.PRINTED, Rung.LEFT_PRINTER),
        (DONE, (1, 5, None), Position.NONE, Outcome.PRINTED, Rung.LEFT_PRINTER),
        (DONE, (1, None, 1), Position.NONE, Outcome.PRINTED, Rung.LEFT_PRINTER),
        (DONE, (1, None, None), Position.NONE, Outcome.IN_DOUBT, Rung.LEFT_PRINTER),
        (DONE, (1, 4, 1), Position.NONE, Outcome.IN_DOUBT, Rung.LEFT_PRINTER),
        (DONE, (1, 5, 1), Position.PRINT, Outcome.IN_DOUBT, Rung.ENGINE_DONE),
        (DONE, (1, 5, 1), Position.UNKNOWN, Outcome.IN_DOUBT, Rung.ENGINE_DONE),
        (DONE, (2, 5, 1), Position.NONE, Outcome.IN_DOUBT, Rung.ENGINE_DONE),
        (DONE, (0, 0, 0), Position.NONE, Outcome.IN_DOUBT, Rung.ENGINE_DONE),
        (DONE, (None, 5, 1), Position.NONE, Outcome.IN_DOUBT, Rung.ENGINE_DONE),
        (DONE, (-1, 5, 1), Position.NONE, Outcome.IN_DOUBT, Rung.ENGINE_DONE),
        (replace(DONE, in_step=False), (1, 5, 1), Position.NONE, Outcome.IN_DOUBT, Rung.SENT),
        (replace(DONE, rejected=True), (1, 5, 1), Position.NONE, Outcome.SPOILED, Rung.ENGINE_DONE),
        # Sent out by a command of its own: nobody knows what was on it then.
        (replace(DONE, ejected=True), (1, 5, 1), Position.NONE, Outcome.IN_DOUBT, None),
        # Refused before a card was fed: the feeder was empty.
        (REFUSED, (0, 0, 0), Position.NONE, Outcome.UNUSED, Rung.NOTHING),
        (REFUSED, (0, None, None), Position.NONE, Outcome.UNUSED, None),
        # Refused, but perhaps the answer to another command: the counter alone is believed of nobody.
        (replace(REFUSED, in_step=False), (0, None, None), Position.NONE, Outcome.IN_DOUBT, None),
        (Attempt(card=CARD, failure=GoneError("x")), (0, 0, None), Position.NONE, Outcome.UNUSED, Rung.NOTHING),
        # Refused in the middle.
        (REFUSED, (1, 2, 0), Position.PRINT, Outcome.IN_DOUBT, None),
        (REFUSED, (1, 2, 0), Position.NONE, Outcome.IN_DOUBT, None),
        (
            replace(REFUSED, rejected=True),
            (1, 2, 0), Position.NONE, Outcome.SPOILED, Rung.NOTHING,
        ),
        # Its last answer lost: everything was done, and still nobody has said so.
        (
            Attempt(card=CARD, sent=3, answered=2, failure=NoReplyError("x")),
            (1, 5, 1), Position.NONE, Outcome.IN_DOUBT, Rung.SENT,
        ),
        # Silent, and the counter stands still: believed only with the ribbon's own word.
        (SILENT, (0, 0, 0), Position.NONE, Outcome.UNUSED, None),
        (
            SILENT,
            (0, 0, None), Position.NONE, Outcome.IN_DOUBT, None,
        ),
        # After a restart, row by row of the sheet's table.
        (Attempt(), (0, 0, 0), Position.NONE, Outcome.UNUSED, Rung.NOTHING),
        (Attempt(), (0, 0, None), Position.NONE, Outcome.IN_DOUBT, Rung.NOTHING),
        (Attempt(), (1, 2, 0), Position.PRINT, Outcome.IN_DOUBT, Rung.NOTHING),
        (Attempt(rejected=True), (1, 2, 0), Position.NONE, Outcome.SPOILED, Rung.NOTHING),
        (Attempt(), (1, 5, 1), Position.NONE, Outcome.IN_DOUBT, Rung.NOTHING),
        (Attempt(), (1, 2, 1), Position.NONE, Outcome.IN_DOUBT, Rung.NOTHING),
        # A blank that was fed and not printed.
        (Attempt(fed=True, ejected=True), (1, 0, 0), Position.NONE, Outcome.IN_DOUBT, Rung.NOTHING),
        (Attempt(fed=True, rejected=True), (1, 0, 0), Position.NONE, Outcome.SPOILED, Rung.NOTHING),
        (Attempt(fed=True), (0, 0, 0), Position.NONE, Outcome.IN_DOUBT, Rung.NOTHING),
        (Attempt(), (0, 1, 0), Position.NONE, Outcome.IN_DOUBT, Rung.NOTHING),
    ],
)  # fmt: skip
def test_table(
    attempt: Attempt,
    deltas: tuple[int | None, int | None, int | None],
    position: Position,
    outcome: Outcome,
    rung: Rung | None,
) -> None:
    verdict = judge(attempt, BEFORE, after(*deltas), position, cause="ribbon_break")
    assert verdict.outcome is outcome, verdict.findings
    assert rung is None or verdict.rung is rung
    assert (verdict.cause == "ribbon_break") == (outcome is Outcome.SPOILED)
    assert verdict.findings or outcome is Outcome.PRINTED


Witness = tuple[Attempt, tuple[int | None, int | None, int | None], Position]
PROVED: Witness = (DONE, (1, 5, None), Position.NONE)
"""Nothing but what it takes to call a card printed."""
LESS: list[Witness] = [
    *((replace(DONE, **change), PROVED[1], PROVED[2]) for change in (
        {"ejected": True}, {"rejected": True}, {"in_step": False}, {"answered": 2}, {"failure": RIBBON}, {"card": None},
    )),
    *((DONE, deltas, PROVED[2]) for deltas in (
        (0, 5, None), (2, 5, None), (None, 5, None), (-1, 5, None),
        (1, 4, None), (1, 6, None), (1, 0, None), (1, None, None), (1, -1, None), (1, None, 0), (1, None, 2),
    )),
    *((DONE, PROVED[1], position) for position in Position if position is not Position.NONE),
]  # fmt: skip
"""The same, each with one thing missing or against it."""


@notices(
    {
        "a card sent out by hand can be printed": line(evidence._weigh, "if attempt.ejected:", "if False:"),
        "a rejected card can be printed": line(evidence._weigh, "if attempt.rejected:", "if False:"),
        "a card inside can be printed": line(
            evidence._weigh, "if position is not Position.NONE:", "if position is Position.PRINT:"
        ),
        "two cards fed are one": line(evidence._weigh, "deltas.cards > 1", "deltas.cards > 2"),
        "answers of other commands prove a card": line(
            evidence._weigh_gone, "attempt.complete and attempt.in_step", "attempt.complete"
        ),
        "not every command was accepted": line(evidence._weigh_gone, "attempt.complete and ", ""),
        "a panel is missing": line(
            evidence._weigh_gone, "deltas.panels == len(card.panels)", "deltas.panels in (4, len(card.panels))"
        ),
    }
)
def test_each_single_thing_against_it_takes_a_printed_card_s_proof_away() -> None:
    attempt, deltas, position = PROVED
    assert judge(attempt, BEFORE, after(*deltas), position).outcome is Outcome.PRINTED
    for attempt, deltas, position in LESS:
        found = judge(attempt, BEFORE, after(*deltas), position)
        assert found.outcome is not Outcome.PRINTED, (attempt, deltas, position)
        assert found.findings


UNTOUCHED = (0, None, None)
AGAINST: list[Witness] = [
    *((replace(REFUSED, **change), UNTOUCHED, Position.NONE) for change in (
        {"in_step": False}, {"fed": True}, {"rejected": True}, {"ejected": True}, {"failure": NoReplyError("x")},
    )),
    *((REFUSED, deltas, Position.NONE) for deltas in ((1, None, None), (None, None, None), (0, 1, None), (0, None, 1))),
    *((REFUSED, UNTOUCHED, position) for position in Position if position is not Position.NONE),
]  # fmt: skip
"""A blank proved unused by a refusal and the counter alone, each with one thing missing or against it."""


@notices(
    {
        "a refusal that may belong to another command proves a blank unused": line(
            evidence._weigh_untouched,
            "isinstance(attempt.failure, RefusedError) and attempt.in_step",
            "isinstance(attempt.failure, RefusedError)",
        ),
        "silence is a refusal": line(evidence._weigh_untouched, "RefusedError)", "Exception)"),
        "a card that was fed is unused": line(evidence._weigh_untouched, "attempt.fed or ", ""),
        "panels were laid on nothing": line(evidence._weigh_untouched, " or deltas.panels or deltas.ribbon", ""),
    }
)
def test_each_single_thing_against_it_takes_an_unused_blank_s_proof_away() -> None:
    assert judge(REFUSED, BEFORE, after(*UNTOUCHED), Position.NONE).outcome is Outcome.UNUSED
    for attempt, deltas, position in AGAINST:
        found = judge(attempt, BEFORE, after(*deltas), position)
        assert found.outcome is not Outcome.UNUSED, (attempt, deltas, position)
        assert found.findings


def test_a_jam_before_the_counter_is_not_an_untouched_blank() -> None:
    verdict = judge(REFUSED, BEFORE, after(0, 0, 0), Position.NONE, cause="jam")
    assert verdict.outcome is Outcome.IN_DOUBT
    assert "sticks in the feeder" in verdict.findings[-1]


def test_a_double_feed_is_called_by_its_name() -> None:
    assert judge(DONE, BEFORE, after(2, 5, 1), Position.NONE).findings[0].startswith("double feed: 2 cards")


DELTA = st.sampled_from([None, -1, 0, 1, 2, 5])
FAILURE: st.SearchStrategy[DriverError | None] = st.sampled_from([None, RIBBON, NoReplyError("x"), GoneError("x")])
ATTEMPTS = st.builds(
    Attempt,
    card=st.sampled_from([None, CARD]),
    fed=st.booleans(),
    sent=st.integers(0, 3),
    answered=st.integers(0, 3),
    failure=FAILURE,
    ejected=st.booleans(),
    rejected=st.booleans(),
    in_step=st.booleans(),
)


@example(DONE, 1, 5, None, Position.NONE)
@given(ATTEMPTS, DELTA, DELTA, DELTA, st.sampled_from(Position))
def test_what_is_never_claimed(
    attempt: Attempt, cards: int | None, panels: int | None, ribbon: int | None, position: Position
) -> None:
    verdict = judge(attempt, BEFORE, after(cards, panels, ribbon), position)
    if position is not Position.NONE or cards not in (0, 1):
        assert verdict.outcome is Outcome.IN_DOUBT
    if verdict.outcome is Outcome.PRINTED:
        assert attempt.card is CARD
        assert attempt.failure is None
        assert attempt.in_step
        assert attempt.answered == 3
        assert not attempt.rejected
        assert not attempt.ejected
        assert cards == 1
        assert panels == 5 or (panels in (None, -1) and ribbon == 1)
        assert verdict.rung is Rung.LEFT_PRINTER
    if verdict.outcome is Outcome.UNUSED:
        assert cards == 0
        assert not attempt.fed
        assert panels in (None, -1, 0)
    if verdict.outcome is Outcome.SPOILED:
        assert attempt.rejected
        assert cards == 1


@given(ATTEMPTS, st.sampled_from(Position))
def test_without_counters_everything_is_in_doubt(attempt: Attempt, position: Position) -> None:
    assert judge(attempt, BEFORE, Counters(), position).outcome is Outcome.IN_DOUBT
    assert judge(attempt, Counters(), BEFORE, position).outcome is Outcome.IN_DOUBT
