"""What a connection remembers of a card in trouble: whose rest it is, whose answers came late, what is still moving.

Simulated printers on their wires; what no simulator does (half a page taken, a port that shows nothing of it) the wire
does between the two.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from contract.manners import Clock, Late, Manner, Truncated
from contract.presses import BLANKS, NewDesk, card_for, soon
from contract.test_every_driver import spoil_answers
from drivers.deadline import Deadline
from drivers.errors import DriverError, RefusedError, WriteStalledError
from drivers.evolis.printer import EvolisPrinter
from drivers.magicard.printer import MagicardPrinter
from drivers.magicard.wires import Conversation
from drivers.matica.printer import MaticaPrinter
from drivers.matica.replies import BUSY
from drivers.printer import Confirmation, Outcome, Position, Reason
from drivers.transports.base import Transport
from hardware_mocks.matica.printer import Matica
from support.deliberate import Patch, line, notices

_PAGE = 10_000  # bytes that no question has


class HalfAPage(Manner):
    """Half of the first page is taken; the port shows a ready printer, as before it."""

    def __init__(self, behind: Transport, clock: Clock) -> None:
        super().__init__(behind, clock)
        shown = behind.port_status()  # type: ignore[attr-defined]
        self.port_status = lambda: shown

    def write(self, data: bytes, deadline: Deadline) -> None:
        if len(data) < _PAGE:
            super().write(data, deadline)
            return
        half = len(data) // 2
        super().write(data[:half], deadline)
        self.lost = True
        raise WriteStalledError("The printer stopped taking data", accepted=half)


@notices(
    {
        "bytes are sent after a page that was cut in the middle": line(
            Conversation.send, "self.taken_in_part = True", "self.taken_in_part = False"
        ),
        "a printer that waits for a page's rest is asked": line(
            Conversation.ask, "if self.taken_in_part:", "if False:"
        ),
        "another card is sent as the rest of a page": line(
            MagicardPrinter._refuse_unready, "if self._conversation.taken_in_part:", "if False:"
        ),
        "a printer that waits for a page's rest is clear": line(
            MagicardPrinter.clear, "if self._conversation.taken_in_part:", "if False:"
        ),
    }
)
def test_after_a_page_that_was_cut_in_the_middle_not_one_byte_is_sent(new_desk: NewDesk) -> None:
    with new_desk("magicard", "usb") as desk:
        printer, wire = desk.open(HalfAPage)
        before = printer.counters(soon())
        with pytest.raises(WriteStalledError):
            printer.print(card_for("magicard"), soon())
        sent = list(wire.writes)
        assert sent[-1] > _PAGE // 2, "half a page is there"
        found = printer.confirm(before, card_for("magicard"), soon())
        assert wire.writes == sent, "a question was printed as the rest of the page"
        assert (found.outcome, found.position) == (Outcome.IN_DOUBT, Position.UNKNOWN)
        (condition,) = printer.status(soon()).blocking
        assert (condition.reason, "rest of a card" in condition.raw) == (Reason.UNKNOWN, True)
        with pytest.raises(RefusedError, match="rest of another card") as refused:
            printer.print(card_for("magicard"), soon())
        with pytest.raises(RefusedError, match="rest of a card") as stuck:
            printer.clear(soon())
        assert refused.value.hint == stuck.value.hint == "Switch it off and on"
        assert wire.writes == sent
        printer.close()
        desk.recover()
        again, _ = desk.open()
        assert again.confirm(before, None, soon()).outcome is not Outcome.PRINTED
        assert desk.print_one(again).outcome is Outcome.PRINTED
        assert desk.blanks() == BLANKS[1:]


@pytest.mark.parametrize("code", sorted(BUSY))
@notices(
    {
        "where a card is while the printer works is believed": line(
            MaticaPrinter.confirm, "if code in BUSY:", "if False:"
        )
    }
)
def test_while_the_printer_works_a_blank_that_it_was_not_asked_for_is_in_doubt(new_desk: NewDesk, code: int) -> None:
    """It says that no card is inside, and moves one: for whom, nobody here knows."""
    with new_desk("matica", "tcp") as desk:
        printer, _ = desk.open()
        before = printer.counters(soon())
        language = desk.sim.language
        assert isinstance(language, Matica)
        language.core._busy = code
        with pytest.raises(DriverError, match="busy"):
            printer.print(card_for("matica"), soon(4))
        found = printer.confirm(before, card_for("matica"), soon(4))
        assert "position" in found.raw, "it answers, and is asked"
        assert (found.outcome, found.position) == (Outcome.IN_DOUBT, Position.UNKNOWN)
        language.core._busy = 0
        assert printer.confirm(before, card_for("matica"), soon()).outcome is Outcome.UNUSED
        desk.hold(found)


def _claiming(outcome: Outcome) -> Patch:
    """Let the driver claim this of every card that it does not call printed."""
    confirm = EvolisPrinter.confirm

    def claimed(*about: Any) -> Confirmation:
        found = confirm(*about)
        return found if found.outcome is Outcome.PRINTED else replace(found, outcome=outcome)

    return lambda patch: patch.setattr(EvolisPrinter, "confirm", claimed)


@pytest.mark.parametrize("loss", [Truncated, Late])
@notices(
    {
        "whatever was answered, a card is printed": _claiming(Outcome.PRINTED),
        "whatever was answered, a blank is unused": _claiming(Outcome.UNUSED),
        "whatever was answered, a card is spoiled": _claiming(Outcome.SPOILED),
    }
)
def test_what_is_claimed_after_an_answer_by_half_or_too_late_is_held_against_the_card(
    new_desk: NewDesk, loss: type[Truncated | Late]
) -> None:
    """The contract suite does it with every driver; here it is seen that it would notice."""
    assert spoil_answers(new_desk, "evolis", "serial", loss) >= 4
