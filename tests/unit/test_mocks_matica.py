"""The simulated Matica printer on Ethernet: worked blocks, film and card, refusals (protocol sheet 4 to 12)."""

from __future__ import annotations

from matica_talk import (
    card,
    matica,
    panels,
    say,
    upload,
)

NONE, INSIDE = "0:01020400", "0:01020000"


def test_a_card_of_four_panels_goes_by_the_sheets_sequence() -> None:
    with matica() as made:
        assert say(made, "01020000", "02020000", "04020002", "02020000") == ["0", NONE, "0", "0:01020002"]
        assert say(made, "0A021000", "0A025000", "05020000", "02020000") == ["0", "0", "0", INSIDE]
        assert upload(made, 1, 2, 4, 8) == [0, 0, 0, 0]
        assert say(made, "0602000F", "07020005", "01020000", "02020000") == ["0", "0", "0", NONE]
        one = card(made)
        assert (one["blank"], one["where"], one["complete"]) == ("A", "output", True)
        assert panels(one) == [(panel, 1.0) for panel in "ymck"]
        assert made.truth.read("odd") == made.truth.read("protocol") == []
        assert (made.machine.counters.cards, made.machine.counters.panels, made.machine.film.left) == (1, 4, 999)
