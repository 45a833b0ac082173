"""The judgement by the pass counter: protocol sheet 9, and what must never be claimed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from drivers.errors import DriverError, GoneError, NoReplyError, RefusedError
from drivers.evidence import Attempt
from drivers.printer import Counters, EncodedCard, Outcome, Position, Rung
from drivers.zebra import evidence
from drivers.zebra.evidence import Moves, judge
from support.deliberate import line, notices

CARD = EncodedCard(
    (b"\x1bF\r", b"\x1bZ\x81\x00\r", b"\x1bIS 0\r", b"\x1bIS 1\r", b"\x1bI 10\r", b"\x1bMO\r"), ("y", "m", "k"), "", 1
)
DONE = Attempt(card=CARD, sent=6, answered=6)
EMPTY = Attempt(card=CARD, sent=3, answered=2, failure=RefusedError("refused", reply="NACK 04"))
BROKEN = Attempt(card=CARD, sent=4, answered=3, failure=RefusedError("refused", reply="NACK 01"))
LOADING = Attempt(card=CARD, sent=2, answered=1, failure=NoReplyError("x"))
AFTER = Attempt()  # a restart: what was sent is not known
NOT_BEGUN = Moves(not_begun=True)


@pytest.mark.parametrize(
    ("attempt", "moves", "passes", "outcome", "rung", "says"),
    [
        (DONE, Moves(), 3, Outcome.PRINTED, Rung.ENGINE_DONE, "no sensor"),
        (DONE, Moves(), 2, Outcome.IN_DOUBT, Rung.ENGINE_DONE, "2 of 3"),
        (DONE, Moves(), 4, Outcome.IN_DOUBT, Rung.ENGINE_DONE, "more was printed"),
        (DONE, Moves(), None, Outcome.IN_DOUBT, Rung.ENGINE_DONE, "not known"),
        (DONE, Moves(pending="NACK 03"), 3, Outcome.IN_DOUBT, Rung.SENT, "held an error: NACK 03"),
        (replace(DONE, in_step=False), Moves(), 3, Outcome.IN_DOUBT, Rung.SENT, "nobody had asked"),
        (replace(DONE, ejected=True), Moves(), 3, Outcome.IN_DOUBT, Rung.ENGINE_DONE, "perhaps not ejected"),
        (replace(DONE, failure=GoneError("x")), Moves(), 3, Outcome.IN_DOUBT, Rung.SENT, "perhaps not ejected"),
        # The sheet's table after a power cut, made careful by its own limits: the counter may be off by one.
        (AFTER, Moves(), 0, Outcome.IN_DOUBT, Rung.NOTHING, "off by one"),
        (AFTER, Moves(), 3, Outcome.IN_DOUBT, Rung.NOTHING, "off by one"),
        (BROKEN, Moves(), 0, Outcome.IN_DOUBT, Rung.NOTHING, "a card was to be moved"),
        (BROKEN, Moves(), 1, Outcome.IN_DOUBT, Rung.NOTHING, "1 of 3 panels are counted: the card is spoilt"),
        # Nothing that was sent can have moved a card.
        (LOADING, Moves(), 0, Outcome.UNUSED, Rung.NOTHING, "No card was moved"),
        (LOADING, Moves(), 1, Outcome.IN_DOUBT, Rung.NOTHING, "somebody else prints"),
        (LOADING, Moves(), None, Outcome.IN_DOUBT, Rung.NOTHING, "not known"),
        (EMPTY, NOT_BEGUN, 0, Outcome.UNUSED, Rung.NOTHING, "No card was moved"),
        (EMPTY, Moves(), 0, Outcome.IN_DOUBT, Rung.NOTHING, "a card was to be moved"),
        (BROKEN, NOT_BEGUN, 0, Outcome.IN_DOUBT, Rung.NOTHING, "a card was to be moved"),
        (replace(EMPTY, fed=True), NOT_BEGUN, 0, Outcome.IN_DOUBT, Rung.NOTHING, "a card was to be moved"),
        (replace(LOADING, ejected=True), Moves(), 0, Outcome.IN_DOUBT, Rung.NOTHING, "a card was to be moved"),
    ],
)
def test_table(attempt: Attempt, moves: Moves, passes: int | None, outcome: Outcome, rung: Rung, says: str) -> None:
    after = Counters() if passes is None else Counters(panels=500 + passes)
    found = judge(attempt, moves, Counters(panels=500), after)
    assert (found.outcome, found.rung, found.position) == (outcome, rung, Position.UNKNOWN), found.findings
    assert says in " ".join(found.findings)


@notices(
    {
        "a refusal that may belong to another command proves a blank unused": line(
            evidence._weigh, "_untouched(attempt, moves) and attempt.in_step", "_untouched(attempt, moves)"
        ),
        "a card that was fed is unused": line(evidence._untouched, " or attempt.fed", ""),
    }
)
def test_each_single_thing_against_it_takes_an_unused_blank_s_proof_away() -> None:
    for attempt, moves in ((LOADING, Moves()), (EMPTY, NOT_BEGUN)):
        assert judge(attempt, moves, Counters(panels=500), Counters(panels=500)).outcome is Outcome.UNUSED
        for against in ({"in_step": False}, {"fed": True}, {"ejected": True}, {"sent": 5}, {"card": None}):
            found = judge(replace(attempt, **against), moves, Counters(panels=500), Counters(panels=500))
            assert found.outcome is Outcome.IN_DOUBT, against


FAILURE: st.SearchStrategy[DriverError | None] = st.sampled_from([None, RefusedError("x"), NoReplyError("x")])
ATTEMPTS = st.builds(
    Attempt,
    card=st.sampled_from([None, CARD]),
    fed=st.booleans(),
    sent=st.integers(0, 6),
    answered=st.integers(0, 6),
    failure=FAILURE,
    ejected=st.booleans(),
    in_step=st.booleans(),
)
PANELS = st.one_of(st.none(), st.integers(498, 506))


@example(DONE, Moves(), 500, 503)
@example(EMPTY, NOT_BEGUN, 500, 500)
@given(ATTEMPTS, st.builds(Moves, not_begun=st.booleans(), pending=st.sampled_from(["", "NACK 03"])), PANELS, PANELS)
def test_what_is_never_claimed(attempt: Attempt, moves: Moves, before: int | None, after: int | None) -> None:
    found = judge(attempt, moves, Counters(panels=before), Counters(panels=after))
    assert found.outcome is not Outcome.SPOILED  # no sensor and no reject box vouches for where the card is
    assert found.rung is not Rung.LEFT_PRINTER
    assert found.findings
    if found.outcome is Outcome.PRINTED:
        assert before is not None
        assert after == before + 3
        assert (attempt.card, attempt.answered, attempt.failure) == (CARD, 6, None)
        assert attempt.in_step
        assert not attempt.ejected
        assert not moves.pending
    if found.outcome is Outcome.UNUSED:
        assert before is not None
        assert after == before
        assert attempt.card is CARD
        assert attempt.failure is not None
        assert attempt.sent <= 2 or (attempt.sent == 3 and moves.not_begun)
        assert attempt.in_step
        assert not attempt.fed
        assert not attempt.ejected
